// The audit finds what is broken, and only that: cues that hold every hard
// property are broken on purpose, in their notes, their playing or in what was
// asked of them, and exactly the properties that must speak do.

#include "gen/audit/facts.h"
#include "gen/judge.h"

#include "gen/base/mathx.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

typedef struct Cue {
  CsJob *job;
  CsEvidence e;
  CsPlan *plan;
  CsScore *score;
  CsPerformance *played;
  CsBrief *brief;
} Cue;

static CsEngine *engine;

static void
check(const Cue *cue, CsStatus status)
{
  if (status != CS_OK)
    fail_msg("%s", cs_job_error(cue->job));
}

/// Bring the evidence up to date.
static void
look(Cue *cue)
{
  cue->job->brief = cue->brief;
  check(cue, cs_job_evidence(cue->job->arena, cue->job, &cue->e));
}

/// Play changed notes.
static void
replay(Cue *cue)
{
  cs_score_finish(cue->score);
  check(cue, cs_perform(cue->job->arena, engine->presets, cue->score,
                 &cue->job->performance));
  cue->played = cue->job->performance;
}

static Cue
cue_of(const char *prompt, const char *seed)
{
  Cue cue = {NULL};
  assert_int_equal(cs_job_new(engine, &cue.job), CS_OK);
  check(&cue, cs_job_set(cue.job, "seed", seed));
  check(&cue, cs_job_parse(cue.job, prompt));
  check(&cue, cs_job_compose(cue.job));
  cue.plan   = cue.job->plan;
  cue.score  = cue.job->score;
  cue.played = cue.job->performance;
  cue.brief  = cue.job->brief;
  look(&cue);
  return cue;
}

/// The hard properties that are missed, with blanks between.
static const char *
missed(Cue *cue, bool is_loud)
{
  CsAudit audit;
  CsText text      = cs_text_new(cue->job->arena);
  const char *list = "";
  check(cue, cs_audit_run(cue->job->arena, &cue->e, true, &audit));
  for (size_t i = 0; i < cs_n_properties; i++) {
    const CsFinding *f = &audit.findings[i];
    if (!f->applies || f->holds)
      continue;
    cs_text_addf(&text, "%s%s", text.n > 0 ? " " : "", cs_properties[i]->id);
    if (is_loud)
      print_message("    %s: %.3f (%.3f..%.3f) %s\n", cs_properties[i]->id,
          f->value, f->low, f->high, f->where);
  }
  assert_int_equal(cs_text_take(&text, &list), CS_OK);
  return list;
}

// --- Ways to break -----------------------------------------------------------

static CsPart *
part_of(Cue *cue, CsRole role)
{
  const size_t track = cs_track_of_role(&cue->e, role);
  assert_true(track < cue->score->n_parts);
  return &cue->score->parts[track];
}

static int64_t
bar_tick(const Cue *cue, int bar)
{
  return cs_bar_tick(cue->score->timeline, bar);
}

static void
add_note(Cue *cue, CsRole role, int64_t tick, int64_t n_ticks, int key)
{
  const size_t track = cs_track_of_role(&cue->e, role);
  assert_true(track < cue->score->n_parts);
  check(cue, cs_score_add_note(cue->job->arena, cue->score, track,
                 (CsNote){tick, n_ticks, (uint8_t)key, 90, 0.0F}));
}

static int64_t
tick_at(const Cue *cue, double seconds)
{
  return cs_tick_of_seconds(cue->score->timeline, seconds);
}

/// Take out what a part starts in a span, and end what sounds into it.
static void
clear_span(CsPart *part, int64_t from, int64_t to)
{
  size_t n = 0;
  for (size_t k = 0; k < part->n_notes; k++) {
    CsNote note = part->notes[k];
    if (note.start_tick >= from && note.start_tick < to)
      continue;
    if (note.start_tick < from && note.start_tick + note.n_ticks > from)
      note.n_ticks = from - note.start_tick;
    part->notes[n++] = note;
  }
  part->n_notes = n;
}

static void
clear_all(Cue *cue, int64_t from, int64_t to)
{
  for (size_t i = 0; i < cue->score->n_parts; i++)
    clear_span(&cue->score->parts[i], from, to);
}

static void
ask_event(Cue *cue, CsArcKind kind, double from_s, double to_s)
{
  cue->brief->arc    = CS_NEW(cue->job->arena, CsArcEvent);
  cue->brief->n_arc  = 1;
  cue->brief->arc[0] = (CsArcEvent){.kind = kind,
      .has_start                          = true,
      .has_end                            = to_s > from_s,
      .start_s                            = from_s,
      .end_s                              = to_s,
      .start_at                           = from_s,
      .end_at                             = to_s,
      .amount                             = 1.0};
}

static void
ask_ending(Cue *cue, CsEnding ending)
{
  cue->brief->said |= CS_SAID_ENDING;
  cue->brief->ending = ending;
}

static void
shift_keys(CsPart *part, int64_t from, int64_t to, int semitones)
{
  for (size_t k = 0; k < part->n_notes; k++)
    if (part->notes[k].start_tick >= from && part->notes[k].start_tick < to)
      part->notes[k].key = (uint8_t)(part->notes[k].key + semitones);
}

/// Where a section of that kind begins.
static double
section_s(const Cue *cue, CsSectionKind kind)
{
  for (size_t i = 0; i < cue->plan->n_sections; i++)
    if (cue->plan->sections[i].kind == kind)
      return cue->plan->sections[i].start_s;
  fail_msg("no section %s", cs_section_kind_names[kind]);
  return 0.0;
}

static void
one_frame_more(Cue *cue)
{
  cue->played->n_frames++;
}

static void
two_percent_slower(Cue *cue)
{
  for (size_t i = 0; i < cue->played->n_notes; i++) {
    cue->played->notes[i].on_frame += cue->played->notes[i].on_frame / 50;
    cue->played->notes[i].off_frame += cue->played->notes[i].off_frame / 50;
  }
}

static void
a_tone_higher(Cue *cue)
{
  for (size_t i = 0; i < cue->score->n_parts; i++)
    if (cs_is_pitched(&cue->e, i))
      shift_keys(&cue->score->parts[i], INT64_MIN, INT64_MAX, 2);
  replay(cue);
}

static void
a_waltz_was_asked(Cue *cue)
{
  cue->brief->said |= CS_SAID_METER;
  cue->brief->meter = (CsMeter){3, 4};
}

static void
a_name_was_asked(Cue *cue)
{
  static const char *names[] = {"bassoon"};
  cue->brief->instruments    = (CsStrings){names, 1};
}

static void
a_snare_is_struck(Cue *cue)
{
  enum { SNARE = 38 };
  add_note(cue, CS_ROLE_PERCUSSION, bar_tick(cue, 9), 240, SNARE);
  replay(cue);
}

static void
a_harp_plays_along(Cue *cue)
{
  cue->plan->tracks[0].instrument = "harp";
  cue->plan->tracks[0].program    = 46;
}

static void
a_late_note(Cue *cue)
{
  const CsPart *part = part_of(cue, CS_ROLE_MELODY);
  add_note(cue, CS_ROLE_MELODY, tick_at(cue, cue->plan->duration_s - 0.5), 240,
      part->notes[part->n_notes - 1].key);
  replay(cue);
}

static void
the_button_is_held(Cue *cue)
{
  for (size_t i = 0; i < cue->played->n_notes; i++)
    if (cs_played_s(&cue->e, &cue->played->notes[i]) >
        cs_bar_s(&cue->e, cs_n_body_bars(&cue->e)) - 0.1)
      cue->played->notes[i].off_frame += cue->played->sample_rate;
}

static void
the_fade_has_no_music(Cue *cue)
{
  clear_all(cue, bar_tick(cue, cue->plan->n_bars - 3),
      bar_tick(cue, cue->plan->n_bars));
  replay(cue);
}

static void
the_cut_is_prepared(Cue *cue)
{
  const int64_t end = cue->played->n_frames - cue->played->sample_rate / 2;
  for (size_t i = 0; i < cue->played->n_notes; i++)
    if (cue->played->notes[i].off_frame > end)
      cue->played->notes[i].off_frame =
          cue->played->notes[i].on_frame < end
              ? end
              : cue->played->notes[i].on_frame + CS_GRID_FRAMES;
}

static void
a_loop_was_asked(Cue *cue)
{
  ask_ending(cue, CS_ENDING_LOOP);
  cue->plan->duration_s += 0.25;
}

static void
growth_was_asked_where_it_sinks(Cue *cue)
{
  const double s = section_s(cue, CS_SECTION_BREAK);
  ask_event(cue, CS_ARC_BUILD, s - 8.0, s + 8.0);
}

static void
a_rise_was_asked_where_it_sinks(Cue *cue)
{
  ask_event(cue, CS_ARC_RISE, section_s(cue, CS_SECTION_BREAK), 0.0);
}

static void
a_fall_was_asked_where_it_rises(Cue *cue)
{
  ask_event(cue, CS_ARC_FALL, section_s(cue, CS_SECTION_A), 0.0);
}

static void
the_peak_was_asked_at_the_start(Cue *cue)
{
  ask_event(cue, CS_ARC_PEAK, 0.0, section_s(cue, CS_SECTION_A));
}

static void
the_drop_was_asked_at_the_start(Cue *cue)
{
  ask_event(cue, CS_ARC_DROP, cs_bar_s(&cue->e, 1), 0.0);
}

static void
a_note_hangs_over(Cue *cue)
{
  const double from_s = cue->plan->silences[0].start_s;
  CsPlayedNote *last  = NULL;
  for (size_t i = 0; i < cue->played->n_notes; i++)
    if (cs_played_s(&cue->e, &cue->played->notes[i]) < from_s)
      last = &cue->played->notes[i];
  assert_non_null(last);
  last->off_frame += cue->played->sample_rate;
}

static void
the_drums_come_early(Cue *cue)
{
  enum { KICK = 36 };
  add_note(cue, CS_ROLE_DRUMS, bar_tick(cue, 1), 240, KICK);
  replay(cue);
}

static void
the_drums_stay(Cue *cue)
{
  enum { KICK = 36 };
  add_note(cue, CS_ROLE_DRUMS, tick_at(cue, 46.0), 240, KICK);
  replay(cue);
}

static void
the_chord_is_struck_again(Cue *cue)
{
  const CsPart *part = part_of(cue, CS_ROLE_PAD);
  add_note(cue, CS_ROLE_PAD, tick_at(cue, cue->plan->duration_s - 0.6), 240,
      part->notes[part->n_notes - 1].key);
  replay(cue);
}

static void
a_note_is_out_of_range(Cue *cue)
{
  CsNote *note = &part_of(cue, CS_ROLE_CHORDS)->notes[8];
  while (note->key <= 108)
    note->key = (uint8_t)(note->key + 12);
  replay(cue);
}

static void
a_contrabass_plays_too_high(Cue *cue)
{
  const size_t track               = cs_track_of_role(&cue->e, CS_ROLE_BASS);
  cue->plan->tracks[track].bank    = 0;
  cue->plan->tracks[track].program = 43;
  CsNote *note                     = &cue->score->parts[track].notes[2];
  while (note->key <= 57)
    note->key = (uint8_t)(note->key + 12);
  replay(cue);
}

/// A note-off is lost: the note lasts until after the next on its key.
static void
a_note_off_is_lost(Cue *cue)
{
  CsPlayedNote *notes = cue->played->notes;
  for (size_t i = 10; i < cue->played->n_notes; i++)
    for (size_t k = i + 1; k < cue->played->n_notes; k++)
      if (notes[k].key == notes[i].key && notes[k].track == notes[i].track) {
        notes[i].off_frame = notes[k].on_frame + CS_GRID_FRAMES;
        return;
      }
  fail_msg("no key comes twice");
}

static void
a_note_has_no_length(Cue *cue)
{
  cue->played->notes[10].off_frame = cue->played->notes[10].on_frame;
}

static void
passing_notes_are_foreign(Cue *cue)
{
  CsPart *part       = part_of(cue, CS_ROLE_MOTION);
  const int64_t last = bar_tick(cue, cs_n_body_bars(&cue->e));
  for (size_t k = 1; k < part->n_notes; k += 2)
    if (part->notes[k].start_tick < last)
      part->notes[k].key++;
  replay(cue);
}

static void
the_bass_misses_changes(Cue *cue)
{
  CsPart *part = part_of(cue, CS_ROLE_BASS);
  int n        = 0;
  for (size_t k = 0; k < part->n_notes; k++) {
    const CsChordSpan *chord =
        cs_chord_span_at(&cue->e, part->notes[k].start_tick);
    if (chord->start_tick == part->notes[k].start_tick && n++ % 8 == 4)
      part->notes[k].key = (uint8_t)(part->notes[k].key + 2);
  }
  replay(cue);
}

static void
the_bass_plays_fifths(Cue *cue)
{
  CsPart *part = part_of(cue, CS_ROLE_BASS);
  for (size_t k = 0; k < part->n_notes; k++) {
    const CsChordSpan *chord =
        cs_chord_span_at(&cue->e, part->notes[k].start_tick);
    const int fifth = part->notes[k].key + 7;
    if (chord->start_tick == part->notes[k].start_tick &&
        cs_is_chord_tone(&cue->e, &chord->chord, fifth))
      part->notes[k].key = (uint8_t)fifth;
  }
  clear_span(part, bar_tick(cue, cs_n_body_bars(&cue->e)), INT64_MAX);
  replay(cue);
}

/// To the neighbour of the scale that is no tone of the chord.
static void
move_off_chord(Cue *cue, CsNote *note)
{
  static const int steps[] = {2, -2, 1, -1};
  const CsChordSpan *chord = cs_chord_span_at(&cue->e, note->start_tick);
  const unsigned scale     = cs_mode_pitch_classes(cue->plan->key.mode);
  for (size_t i = 0; i < COUNT_OF(steps); i++) {
    const int key = note->key + steps[i];
    const int pc  = cs_mod(key - cue->plan->key.tonic_pc, 12);
    if ((scale >> pc & 1U) == 0 ||
        cs_is_chord_tone(&cue->e, &chord->chord, key))
      continue;
    note->key = (uint8_t)key;
    return;
  }
}

static void
move_tune(Cue *cue, bool on_downbeats)
{
  CsPart *part = part_of(cue, CS_ROLE_MELODY);
  for (size_t k = 0; k < part->n_notes; k++) {
    CsNote *note       = &part->notes[k];
    const int bar      = cs_bar_of_tick(cue->score->timeline, note->start_tick);
    const bool is_down = note->start_tick == bar_tick(cue, bar);
    const bool is_long = note->n_ticks >= cs_beat_ticks(&cue->e) * 9 / 10;
    if (bar < cs_n_body_bars(&cue->e) && is_down == on_downbeats &&
        is_long != on_downbeats)
      move_off_chord(cue, note);
  }
  replay(cue);
}

static void
short_downbeats_are_off(Cue *cue)
{
  move_tune(cue, true);
}

static void
long_notes_are_off(Cue *cue)
{
  move_tune(cue, false);
}

static void
the_last_chord_is_another(Cue *cue)
{
  const int64_t tick = bar_tick(cue, cs_n_body_bars(&cue->e));
  for (size_t i = 0; i < cue->score->n_parts; i++)
    if (cs_is_pitched(&cue->e, i))
      shift_keys(&cue->score->parts[i], tick, INT64_MAX, 2);
  replay(cue);
}

static void
the_bass_comes_back_late(Cue *cue)
{
  const int bar = cue->plan->sections[2].first_bar + 4;
  clear_span(
      part_of(cue, CS_ROLE_BASS), bar_tick(cue, bar), bar_tick(cue, bar + 3));
  replay(cue);
}

static void
thirds_lie_low(Cue *cue)
{
  const CsPart *part = part_of(cue, CS_ROLE_BASS);
  const size_t n     = part->n_notes;
  for (size_t k = 0; k < n; k += 2) {
    const CsNote note        = part->notes[k];
    const CsChordSpan *chord = cs_chord_span_at(&cue->e, note.start_tick);
    int key                  = note.key + 3;
    while (!cs_is_chord_tone(&cue->e, &chord->chord, key))
      key++;
    add_note(cue, CS_ROLE_BASS, note.start_tick + 10, note.n_ticks - 10, key);
  }
  replay(cue);
}

/// Chord tones alone, a third apart.
static void
the_tune_is_broken_chords(Cue *cue)
{
  CsPart *part = part_of(cue, CS_ROLE_MELODY);
  for (size_t k = 1; k < part->n_notes; k++) {
    CsNote *note             = &part->notes[k];
    const CsChordSpan *chord = cs_chord_span_at(&cue->e, note->start_tick);
    int key                  = part->notes[k - 1].key + (k % 2 == 1 ? 3 : -3);
    while (!cs_is_chord_tone(&cue->e, &chord->chord, key))
      key += k % 2 == 1 ? 1 : -1;
    note->key = (uint8_t)key;
  }
  replay(cue);
}

/// Lower notes that stand out against both neighbours by an octave.
static void
drop_octaves(Cue *cue, bool from_tops, size_t most)
{
  CsPart *part = part_of(cue, CS_ROLE_MELODY);
  size_t n     = 0;
  for (size_t k = 1; k + 1 < part->n_notes && n < most; k++) {
    const int before = part->notes[k].key - part->notes[k - 1].key;
    const int after  = part->notes[k].key - part->notes[k + 1].key;
    const bool fits  = from_tops
                           ? before > 0 && after > 0 && before < 4 && after < 4
                           : before < 0 && after < 0;
    if (!fits || part->notes[k].key < 66)
      continue;
    part->notes[k].key = (uint8_t)(part->notes[k].key - 12);
    n++;
    k++;
  }
  assert_int_equal(n, most);
  replay(cue);
}

static void
the_tune_leaps(Cue *cue)
{
  drop_octaves(cue, true, 5);
}

static void
the_tune_leaps_once_too_far(Cue *cue)
{
  drop_octaves(cue, false, 1);
}

/// Every bar of the tune gets a rhythm of its own.
static void
the_tune_wanders(Cue *cue)
{
  CsPart *part = part_of(cue, CS_ROLE_MELODY);
  for (size_t k = 0; k < part->n_notes; k++) {
    CsNote *note  = &part->notes[k];
    const int bar = cs_bar_of_tick(cue->score->timeline, note->start_tick);
    if (bar >= cs_n_body_bars(&cue->e))
      continue;
    const int64_t place = (int64_t)((k * 7 + (size_t)bar * 5) % 14) * 240;
    note->start_tick    = bar_tick(cue, bar) + place + 240;
    note->n_ticks       = 200;
    note->key           = (uint8_t)(note->key + (int)(k * 5 % 7) - 3);
  }
  replay(cue);
}

/// Keep the tune's bars for which that is true.
static void
keep_tune(Cue *cue, int from_share, int to_share, int each)
{
  const int n = cs_n_body_bars(&cue->e);
  for (int b = 0; b < n; b++)
    if (100 * b < from_share * n || 100 * b >= to_share * n || b % each != 0)
      clear_span(
          part_of(cue, CS_ROLE_MELODY), bar_tick(cue, b), bar_tick(cue, b + 1));
  replay(cue);
}

static void
the_tune_comes_late(Cue *cue)
{
  keep_tune(cue, 45, 100, 1);
}

static void
the_tune_ends_early(Cue *cue)
{
  keep_tune(cue, 0, 60, 1);
}

static void
the_tune_is_hardly_there(Cue *cue)
{
  keep_tune(cue, 0, 100, cs_n_body_bars(&cue->e) / 3);
}

/// Paste a bar over the next ones.
static void
paste_bars(Cue *cue, int bar, int n_times)
{
  const int64_t from = bar_tick(cue, bar);
  clear_all(cue, from, from); // nothing is held into the copies
  for (size_t i = 0; i < cue->score->n_parts; i++) {
    const CsPart *part = &cue->score->parts[i];
    clear_span(&cue->score->parts[i], bar_tick(cue, bar + 1),
        bar_tick(cue, bar + 1 + n_times));
    const size_t n = part->n_notes;
    for (size_t k = 0; k < n; k++) {
      CsNote note        = part->notes[k];
      const int64_t into = note.start_tick - from;
      if (into < 0 || into >= cs_bar_ticks(cue->score->timeline, bar))
        continue;
      for (int c = 1; c <= n_times; c++) {
        note.start_tick = bar_tick(cue, bar + c) + into;
        check(cue, cs_score_add_note(cue->job->arena, cue->score, i, note));
      }
    }
  }
  replay(cue);
}

static void
a_bar_is_pasted(Cue *cue)
{
  size_t most = 0;
  int busiest = 0;
  for (int b = 1; b + 2 < cs_n_body_bars(&cue->e); b++) {
    const size_t n = cs_count_onsets(
        &cue->e, -1, cs_bar_s(&cue->e, b), cs_bar_s(&cue->e, b + 1));
    if (n > most)
      most = n, busiest = b;
  }
  paste_bars(cue, busiest, 1);
}

static void
loud_is_soft(Cue *cue)
{
  for (size_t i = 0; i < cue->played->n_tracks; i++) {
    CsPlayedTrack *track = &cue->played->tracks[i];
    CsGainPoint *gains =
        CS_NEW_N(cue->job->arena, CsGainPoint, (size_t)cue->plan->n_bars);
    for (int b = 0; b < cue->plan->n_bars; b++)
      gains[b] = (CsGainPoint){
          (int64_t)(cs_bar_s(&cue->e, b) * cue->played->sample_rate),
          -40.0 * cs_energy_at_bar(cue->score->timeline, b + 0.5)};
    track->gains   = gains;
    track->n_gains = (size_t)cue->plan->n_bars;
  }
}

/// Where the demo prompt's build ends.
static int64_t
build_end_tick(const Cue *cue)
{
  return bar_tick(cue, cs_n_body_bars(&cue->e));
}

static void
the_build_thins_out(Cue *cue)
{
  const int last = cs_n_body_bars(&cue->e);
  for (size_t i = 0; i < cue->score->n_parts; i++) {
    CsPart *part = &cue->score->parts[i];
    if (cue->plan->tracks[i].role != CS_ROLE_PAD)
      clear_span(part, bar_tick(cue, last - 2) + 1, build_end_tick(cue));
  }
  replay(cue);
}

static void
the_build_fades(Cue *cue)
{
  const double from_s = cs_bar_s(&cue->e, cs_n_body_bars(&cue->e) - 2);
  for (size_t i = 0; i < cue->played->n_notes; i++)
    if (cs_played_s(&cue->e, &cue->played->notes[i]) >= from_s - 0.1)
      cue->played->notes[i].velocity =
          (uint8_t)(cue->played->notes[i].velocity / 3 + 1);
}

static void
the_build_begins_wide(Cue *cue)
{
  const int first = cs_bar_near(&cue->e, section_s(cue, CS_SECTION_BUILD));
  const CsChordSpan *chord = cs_chord_span_at(&cue->e, bar_tick(cue, first));
  for (int low = 24; low < 36; low++)
    if (cs_mod(low - cue->plan->key.tonic_pc, 12) == chord->chord.root) {
      add_note(cue, CS_ROLE_CHORDS, bar_tick(cue, first), 480, low);
      break;
    }
  for (int high = 96; high < 108; high++)
    if (cs_mod(high - cue->plan->key.tonic_pc, 12) == chord->chord.root)
      add_note(cue, CS_ROLE_CHORDS, bar_tick(cue, first), 480, high);
  replay(cue);
}

static void
a_phrase_is_empty(Cue *cue)
{
  for (size_t i = 0; i < cue->score->n_parts; i++)
    if (cue->plan->tracks[i].role != CS_ROLE_PAD)
      clear_span(
          &cue->score->parts[i], bar_tick(cue, 8) + 1, bar_tick(cue, 12));
  replay(cue);
}

static void
the_top_line_chatters(Cue *cue)
{
  const CsPart *part = part_of(cue, CS_ROLE_MELODY);
  const int key      = part->notes[0].key;
  for (int b = 0; b < cs_n_body_bars(&cue->e); b++)
    for (int step = 0; step < 4; step++)
      add_note(cue, CS_ROLE_MELODY, bar_tick(cue, b) + 960 * step, 400, key);
  replay(cue);
}

static void
a_note_is_hit_hard(Cue *cue)
{
  cue->played->notes[10].velocity = 100;
}

static void
the_chords_hurry(Cue *cue)
{
  const CsPart *part = part_of(cue, CS_ROLE_CHORDS);
  const int64_t last = bar_tick(cue, cs_n_body_bars(&cue->e) - 1);
  const size_t n     = part->n_notes;
  for (size_t k = 0; k < n; k++)
    for (int c = 1; c < 8 && part->notes[k].start_tick < last; c++)
      add_note(cue, CS_ROLE_CHORDS, part->notes[k].start_tick + 240 * c, 200,
          part->notes[k].key);
  replay(cue);
}

static void
the_sting_strikes_late(Cue *cue)
{
  for (size_t i = 0; i < cue->played->n_notes; i++)
    cue->played->notes[i].velocity = 40;
  CsPlayedNote *last = &cue->played->notes[cue->played->n_notes - 1];
  last->on_frame     = cue->played->n_frames * 4 / 5 / 64 * 64;
  last->off_frame    = last->on_frame + 6400;
  last->velocity     = 127;
}

static void
the_hit_is_late(Cue *cue)
{
  for (size_t i = 0; i < cue->played->n_notes; i++) {
    CsPlayedNote *note = &cue->played->notes[i];
    if (fabs(cs_played_s(&cue->e, note) - 12.3) > 0.12)
      continue;
    note->on_frame += 9600;
    note->off_frame += 9600;
  }
}

static void
a_bar_is_empty(Cue *cue)
{
  clear_all(cue, bar_tick(cue, 9), bar_tick(cue, 10));
  replay(cue);
}

static void
the_loop_pauses(Cue *cue)
{
  const int n = cue->plan->n_bars;
  clear_all(cue, bar_tick(cue, n - 3) + 1, bar_tick(cue, n));
  replay(cue);
}

// --- What must speak ---------------------------------------------------------

typedef struct Break {
  const char *name;
  const char *prompt;
  const char *seed;
  void (*fn)(Cue *cue);
  const char *speaks; ///< Ids with blanks between.
  const char *may;    ///< Others that may speak too, as the cue falls out.
} Break;

#define THEME "corporate theme, 4/4, 90 s, 110 BPM, no vocals"
#define LONG "corporate theme, 4/4, 3 min, 110 BPM, no vocals"
#define DEMO "bright, forward-moving, no vocals, 90 s, builds in last 20 s"

static const Break breaks[] = {
    {"one frame more", THEME, "1", one_frame_more, "R01"},
    {"two percent slower", THEME, "1", two_percent_slower, "R02", "T49"},
    {"a tone higher", "corporate theme in D major, 90 s", "1", a_tone_higher,
        "R03 T11 T13a T14 T15a T15b T18", "T13b T07a"},
    {"a waltz was asked", THEME, "1", a_waltz_was_asked, "R05"},
    {"a bassoon was asked", THEME, "1", a_name_was_asked, "R06"},
    {"a snare is struck", "lo-fi theme, 60 s, no drums, but a shaker", "1",
        a_snare_is_struck, "R07"},
    {"a harp plays along", "solo piano bed, 45 s", "1", a_harp_plays_along,
        "R08"},
    {"a late note", "corporate theme, 60 s, let it ring", "1", a_late_note,
        "R09a"},
    {"the button is held", "corporate theme, 60 s, button ending", "1",
        the_button_is_held, "R09b"},
    {"the fade has no music", "corporate theme, 60 s, fade out", "1",
        the_fade_has_no_music, "N02 R09c", "T39"},
    {"the cut is prepared", "corporate theme, 45 s, hard cut", "1",
        the_cut_is_prepared, "R09d"},
    {"a loop was asked", THEME, "1", a_loop_was_asked, "R09e"},
    {"growth was asked where it sinks", LONG, "1",
        growth_was_asked_where_it_sinks, "R11", "T40a T40b T40c"},
    {"a rise was asked where it sinks", LONG, "1",
        a_rise_was_asked_where_it_sinks, "R12"},
    {"a fall was asked where it rises", THEME, "1",
        a_fall_was_asked_where_it_rises, "R13"},
    {"the peak was asked at the start", THEME, "1",
        the_peak_was_asked_at_the_start, "R14"},
    {"the drop was asked at the start", THEME, "1",
        the_drop_was_asked_at_the_start, "R15"},
    {"a note hangs over", "corporate theme, 60 s, silence from 0:20 to 0:22",
        "1", a_note_hangs_over, "R16"},
    {"the drums come early", "corporate bed, 60 s, drums enter at 0:20", "1",
        the_drums_come_early, "R18", "T19"},
    {"the drums stay", "corporate bed, 60 s, drums drop out at 0:40", "1",
        the_drums_stay, "R19", "T19"},
    {"the chord is struck again", THEME, "1", the_chord_is_struck_again, "T02"},
    {"a note is out of range", THEME, "1", a_note_is_out_of_range, "T07a"},
    {"a contrabass plays too high", THEME, "1", a_contrabass_plays_too_high,
        "T07a T08"},
    {"a note-off is lost", THEME, "1", a_note_off_is_lost, "T09"},
    {"a note has no length", THEME, "1", a_note_has_no_length, "T09"},
    {"passing notes are foreign", THEME, "1", passing_notes_are_foreign, "T11"},
    {"the bass misses changes", THEME, "1", the_bass_misses_changes, "T13a T14",
        "T13b"},
    {"the bass plays fifths", THEME, "1", the_bass_plays_fifths, "T13b"},
    {"short downbeats are off the chord", THEME, "1", short_downbeats_are_off,
        "T15a"},
    {"long notes are off the chord", THEME, "1", long_notes_are_off, "T15b",
        "T27a"},
    {"the last chord is another", THEME, "1", the_last_chord_is_another, "T18",
        "T11 T13a T13b T14"},
    {"the bass comes back late", THEME, "1", the_bass_comes_back_late, "T19"},
    {"thirds lie low", THEME, "1", thirds_lie_low, "T25"},
    {"the tune is broken chords", THEME, "1", the_tune_is_broken_chords, "T27a",
        "T27b T33b T15a"},
    {"the tune leaps", THEME, "1", the_tune_leaps, "T27b", "T27c"},
    {"the tune leaps once too far", THEME, "1", the_tune_leaps_once_too_far,
        "T27c", "T27b"},
    {"the tune wanders", THEME, "1", the_tune_wanders, "T33b",
        "T11 T15a T15b T27a T27b T27c T33a T33c T33d"},
    {"the tune comes late", THEME, "1", the_tune_comes_late, "T33c", "T39"},
    {"the tune ends early", THEME, "1", the_tune_ends_early, "T33d", "T39"},
    {"the tune is hardly there", THEME, "1", the_tune_is_hardly_there, "T33a",
        "T33b T33c T33d T39"},
    {"a bar is pasted", "ambient pad, 90 s", "1", a_bar_is_pasted, "T36"},
    {"loud is soft", THEME, "1", loud_is_soft, "T39"},
    {"the build thins out", DEMO, "1", the_build_thins_out, "T40a",
        "R11 T39 T40b T40c"},
    {"the build fades", DEMO, "1", the_build_fades, "T40b", "R11 T39"},
    {"the build begins wide", DEMO, "1", the_build_begins_wide, "T40c"},
    {"a phrase is empty", "corporate bed, 90 s", "1", a_phrase_is_empty, "T42b",
        "T19"},
    {"the top line chatters", "corporate bed, 90 s", "1", the_top_line_chatters,
        "T42c"},
    {"a note is hit hard", "documentary underscore, 60 s", "1",
        a_note_is_hit_hard, "T43b"},
    {"the chords hurry", "documentary underscore, 60 s", "1", the_chords_hurry,
        "T43c"},
    {"the sting strikes late", "bright logo sting, 4 s", "1",
        the_sting_strikes_late, "T45a"},
    {"the hit is late", "trailer theme, 90 s, hit at 12.3 s", "1",
        the_hit_is_late, "T59", "T09"},
    {"a bar is empty", THEME, "1", a_bar_is_empty, "N02", "T19 T36"},
    {"the loop pauses", "corporate bed, 32 s, seamless loop", "1",
        the_loop_pauses, "N03", "N02"},
};

static bool
holds_word(const char *list, const char *word)
{
  const size_t n = strlen(word);
  for (const char *p = list; (p = strstr(p, word)) != NULL; p += n)
    if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
      return true;
  return false;
}

/// Those that have to speak do, and no others but those that may.
static bool
is_right(const Break *b, const char *before, const char *after)
{
  bool is_good = true;
  for (size_t i = 0; i < cs_n_properties; i++) {
    const char *id   = cs_properties[i]->id;
    const bool wants = holds_word(b->speaks, id);
    const bool may   = b->may != NULL && holds_word(b->may, id);
    const bool is_in = holds_word(after, id);
    is_good &= wants ? is_in && !holds_word(before, id)
                     : !is_in || may || holds_word(before, id);
  }
  return is_good;
}

static void
test_break(void **state)
{
  const Break *b     = *state;
  Cue cue            = cue_of(b->prompt, b->seed);
  const char *before = missed(&cue, false);
  b->fn(&cue);
  look(&cue);
  const char *after = missed(&cue, false);
  if (!is_right(b, before, after)) {
    (void)missed(&cue, true);
    fail_msg(
        "before \"%s\", after \"%s\", wanted \"%s\"", before, after, b->speaks);
  }
  cs_job_free(cue.job);
}

/// Those that are broken in tests of their own.
static const char elsewhere[] = "T49 T56a T56b";

static void
test_every_hard_property_of_the_notes_was_broken(void **state)
{
  (void)state;
  for (size_t i = 0; i < cs_n_properties; i++) {
    const CsProperty *p = cs_properties[i];
    bool is_broken =
        !p->is_hard || p->wants_sound || holds_word(elsewhere, p->id);
    for (size_t b = 0; b < COUNT_OF(breaks) && !is_broken; b++)
      is_broken = holds_word(breaks[b].speaks, p->id);
    if (!is_broken)
      fail_msg("nothing breaks %s, %s", p->id, p->name);
  }
}

static void
test_ids_rise_and_rows_are_whole(void **state)
{
  (void)state;
  for (size_t i = 0; i < cs_n_properties; i++) {
    const CsProperty *p = cs_properties[i];
    assert_true(i == 0 || strcmp(cs_properties[i - 1]->id, p->id) < 0);
    assert_true(p->fn != NULL && p->unit != NULL && strlen(p->name) > 0);
    assert_true(strlen(p->name) <= 32 && p->text[strlen(p->text) - 1] == '.');
  }
}

static int
open_engine(void **state)
{
  (void)state;
  char why[CS_MESSAGE_BYTES];
  if (cs_engine_open(".", why, &engine) == CS_OK)
    return 0;
  print_error("%s\n", why);
  return -1;
}

static int
close_engine(void **state)
{
  (void)state;
  cs_engine_close(engine);
  return 0;
}

int
main(void)
{
  enum { N = COUNT_OF(breaks) };
  struct CMUnitTest tests[N + 2];
  for (size_t i = 0; i < N; i++)
    tests[i] = (struct CMUnitTest){.name = breaks[i].name,
        .test_func                       = test_break,
        .initial_state                   = (void *)(uintptr_t)&breaks[i]};
  tests[N] = (struct CMUnitTest)cmocka_unit_test(
      test_every_hard_property_of_the_notes_was_broken);
  tests[N + 1] =
      (struct CMUnitTest)cmocka_unit_test(test_ids_rise_and_rows_are_whole);
  return cmocka_run_group_tests(tests, open_engine, close_engine);
}
