/// Ways to break the notes and the playing of a cue.
#ifndef CS_TESTS_UNIT_AUDIT_BREAKS_H
#define CS_TESTS_UNIT_AUDIT_BREAKS_H

#include "tests/unit/audit_cue.h"

static inline void
the_chord_is_struck_again(Cue *cue)
{
  const CsPart *part = part_of(cue, CS_ROLE_PAD);
  add_note(cue, CS_ROLE_PAD, tick_at(cue, cue->plan->duration_s - 0.6), 240,
      part->notes[part->n_notes - 1].key);
  replay(cue);
}

static inline void
a_note_is_out_of_range(Cue *cue)
{
  CsNote *note = &part_of(cue, CS_ROLE_CHORDS)->notes[8];
  while (note->key <= 108)
    note->key = (uint8_t)(note->key + 12);
  replay(cue);
}

static inline void
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
static inline void
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

static inline void
a_note_has_no_length(Cue *cue)
{
  cue->played->notes[10].off_frame = cue->played->notes[10].on_frame;
}

static inline void
passing_notes_are_foreign(Cue *cue)
{
  CsPart *part       = part_of(cue, CS_ROLE_MOTION);
  const int64_t last = bar_tick(cue, cs_n_body_bars(&cue->e));
  for (size_t k = 1; k < part->n_notes; k += 2)
    if (part->notes[k].start_tick < last)
      part->notes[k].key++;
  replay(cue);
}

static inline void
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

static inline void
the_bass_plays_fifths(Cue *cue)
{
  CsPart *part = part_of(cue, CS_ROLE_BASS);
  for (size_t k = 0; k < part->n_notes; k++) {
    const CsChordSpan *chord =
        cs_chord_span_at(&cue->e, part->notes[k].start_tick);
    const int fifth = part->notes[k].key + 7;
    if (chord->start_tick == part->notes[k].start_tick &&
        cs_is_chord_tone(chord, fifth))
      part->notes[k].key = (uint8_t)fifth;
  }
  clear_span(part, bar_tick(cue, cs_n_body_bars(&cue->e)), INT64_MAX);
  replay(cue);
}

/// To the neighbour of the scale that is no tone of the chord.
static inline void
move_off_chord(Cue *cue, CsNote *note)
{
  static const int steps[] = {2, -2, 1, -1};
  const CsChordSpan *chord = cs_chord_span_at(&cue->e, note->start_tick);
  const unsigned scale     = cs_mode_pitch_classes(cue->plan->key.mode);
  for (size_t i = 0; i < COUNT_OF(steps); i++) {
    const int key = note->key + steps[i];
    const int pc  = cs_mod(key - cue->plan->key.tonic_pc, 12);
    if ((scale >> pc & 1U) == 0 || cs_is_chord_tone(chord, key))
      continue;
    note->key = (uint8_t)key;
    return;
  }
}

static inline void
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

static inline void
short_downbeats_are_off(Cue *cue)
{
  move_tune(cue, true);
}

static inline void
long_notes_are_off(Cue *cue)
{
  move_tune(cue, false);
}

static inline void
the_last_chord_is_another(Cue *cue)
{
  const int64_t tick = bar_tick(cue, cs_n_body_bars(&cue->e));
  for (size_t i = 0; i < cue->score->n_parts; i++)
    if (cs_is_pitched(&cue->e, i))
      shift_keys(&cue->score->parts[i], tick, INT64_MAX, 2);
  replay(cue);
}

static inline void
the_bass_comes_back_late(Cue *cue)
{
  const int bar = cue->plan->sections[2].first_bar + 4;
  clear_span(
      part_of(cue, CS_ROLE_BASS), bar_tick(cue, bar), bar_tick(cue, bar + 3));
  replay(cue);
}

static inline void
thirds_lie_low(Cue *cue)
{
  const CsPart *part = part_of(cue, CS_ROLE_BASS);
  const size_t n     = part->n_notes;
  for (size_t k = 0; k < n; k += 2) {
    const CsNote note        = part->notes[k];
    const CsChordSpan *chord = cs_chord_span_at(&cue->e, note.start_tick);
    int key                  = note.key + 3;
    while (!cs_is_chord_tone(chord, key))
      key++;
    add_note(cue, CS_ROLE_BASS, note.start_tick + 10, note.n_ticks - 10, key);
  }
  replay(cue);
}

/// Chord tones alone, a third apart.
static inline void
the_tune_is_broken_chords(Cue *cue)
{
  CsPart *part = part_of(cue, CS_ROLE_MELODY);
  for (size_t k = 1; k < part->n_notes; k++) {
    CsNote *note             = &part->notes[k];
    const CsChordSpan *chord = cs_chord_span_at(&cue->e, note->start_tick);
    int key                  = part->notes[k - 1].key + (k % 2 == 1 ? 3 : -3);
    while (!cs_is_chord_tone(chord, key))
      key += k % 2 == 1 ? 1 : -1;
    note->key = (uint8_t)key;
  }
  replay(cue);
}

/// Lower notes that stand out against both neighbours by an octave.
static inline void
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

static inline void
the_tune_leaps(Cue *cue)
{
  drop_octaves(cue, true, 5);
}

static inline void
the_tune_leaps_once_too_far(Cue *cue)
{
  drop_octaves(cue, false, 1);
}

/// Every bar of the tune gets a rhythm of its own.
static inline void
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
static inline void
keep_tune(Cue *cue, int from_share, int to_share, int each)
{
  const int n = cs_n_body_bars(&cue->e);
  for (int b = 0; b < n; b++)
    if (100 * b < from_share * n || 100 * b >= to_share * n || b % each != 0)
      clear_span(
          part_of(cue, CS_ROLE_MELODY), bar_tick(cue, b), bar_tick(cue, b + 1));
  replay(cue);
}

static inline void
the_tune_comes_late(Cue *cue)
{
  keep_tune(cue, 45, 100, 1);
}

static inline void
the_tune_ends_early(Cue *cue)
{
  keep_tune(cue, 0, 60, 1);
}

static inline void
the_tune_is_hardly_there(Cue *cue)
{
  keep_tune(cue, 0, 100, cs_n_body_bars(&cue->e) / 3);
}

/// Paste a bar over the next ones.
static inline void
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

static inline void
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

static inline void
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
static inline int64_t
build_end_tick(const Cue *cue)
{
  return bar_tick(cue, cs_n_body_bars(&cue->e));
}

static inline void
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

static inline void
the_build_fades(Cue *cue)
{
  const double from_s = cs_bar_s(&cue->e, cs_n_body_bars(&cue->e) - 2);
  for (size_t i = 0; i < cue->played->n_notes; i++)
    if (cs_played_s(&cue->e, &cue->played->notes[i]) >= from_s - 0.1)
      cue->played->notes[i].velocity =
          (uint8_t)(cue->played->notes[i].velocity / 3 + 1);
}

static inline void
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

static inline void
a_phrase_is_empty(Cue *cue)
{
  for (size_t i = 0; i < cue->score->n_parts; i++)
    if (cue->plan->tracks[i].role != CS_ROLE_PAD)
      clear_span(
          &cue->score->parts[i], bar_tick(cue, 8) + 1, bar_tick(cue, 12));
  replay(cue);
}

static inline void
the_top_line_chatters(Cue *cue)
{
  const CsPart *part = part_of(cue, CS_ROLE_MELODY);
  const int key      = part->notes[0].key;
  for (int b = 0; b < cs_n_body_bars(&cue->e); b++)
    for (int step = 0; step < 4; step++)
      add_note(cue, CS_ROLE_MELODY, bar_tick(cue, b) + 960 * step, 400, key);
  replay(cue);
}

static inline void
a_note_is_hit_hard(Cue *cue)
{
  cue->played->notes[10].velocity = 100;
}

static inline void
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

static inline void
the_sting_strikes_late(Cue *cue)
{
  for (size_t i = 0; i < cue->played->n_notes; i++)
    cue->played->notes[i].velocity = 40;
  CsPlayedNote *last = &cue->played->notes[cue->played->n_notes - 1];
  last->on_frame     = cue->played->n_frames * 4 / 5 / 64 * 64;
  last->off_frame    = last->on_frame + 6400;
  last->velocity     = 127;
}

static inline void
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

static inline void
a_bar_is_empty(Cue *cue)
{
  clear_all(cue, bar_tick(cue, 9), bar_tick(cue, 10));
  replay(cue);
}

static inline void
the_loop_pauses(Cue *cue)
{
  const int n = cue->plan->n_bars;
  clear_all(cue, bar_tick(cue, n - 3) + 1, bar_tick(cue, n));
  replay(cue);
}

#endif
