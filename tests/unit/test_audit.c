// The audit finds what is broken, and only that: cues that hold every hard
// property are broken on purpose, in their notes, their playing or in what was
// asked of them, and exactly the properties that must speak do.

#include "tests/unit/engine_fixture.h"

#include "tests/unit/audit_breaks.h"

// --- Ways to break what was asked --------------------------------------------

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
the_key_was_to_change_sooner(Cue *cue)
{
  CsArcEvent *e = &cue->brief->arc[0];
  e->start_s = e->start_at = 20.0;
  look(cue);
}

static void
the_key_was_to_change(Cue *cue)
{
  ask_event(cue, CS_ARC_KEY, section_s(cue, CS_SECTION_B), 0.0);
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
the_others_stay(Cue *cue)
{
  enum { KICK = 36 };
  add_note(cue, CS_ROLE_DRUMS, tick_at(cue, 50.0), 240, KICK);
  replay(cue);
}

/// All notes of an instrument, by so much softer or louder.
static void
turn(Cue *cue, const char *name, double factor)
{
  for (size_t i = 0; i < cue->played->n_notes; i++) {
    CsPlayedNote *note     = &cue->played->notes[i];
    const CsInstrument *in = cue->e.instruments[note->track];
    if (in != NULL && cs_instrument_is(in, name))
      note->velocity = (uint8_t)cs_clamp(note->velocity * factor, 1.0, 127.0);
  }
}

static void
the_lead_is_drowned(Cue *cue)
{
  turn(cue, "piano", 0.4);
}

static void
who_is_behind_comes_forward(Cue *cue)
{
  turn(cue, "strings", 2.0);
  turn(cue, "piano", 0.6);
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
#define PLACES "corporate theme, 60 s, piano in front, strings behind"

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
    {"the key was to change sooner",
        "corporate theme, 60 s, key change at 0:45", "1",
        the_key_was_to_change_sooner, "R22"},
    {"the key was to change", THEME, "1", the_key_was_to_change, "R22"},
    {"a note hangs over", "corporate theme, 60 s, silence from 0:20 to 0:22",
        "1", a_note_hangs_over, "R16"},
    {"the drums come early", "corporate bed, 60 s, drums enter at 0:20", "1",
        the_drums_come_early, "R18", "T19"},
    {"the drums stay", "corporate bed, 60 s, drums drop out at 0:40", "1",
        the_drums_stay, "R19", "T19"},
    {"the others stay", "corporate theme, 60 s, drops to just piano at 0:40",
        "1", the_others_stay, "R23"},
    {"the lead is drowned", PLACES, "1", the_lead_is_drowned, "R24"},
    {"who is behind comes forward", PLACES, "1", who_is_behind_comes_forward,
        "R25", "R24"},
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
        "T15a", "T27a T27b"},
    {"long notes are off the chord", THEME, "1", long_notes_are_off, "T15b",
        "T27a"},
    {"the last chord is another", THEME, "1", the_last_chord_is_another, "T18",
        "T11 T13a T13b T14"},
    {"the bass comes back late", THEME, "1", the_bass_comes_back_late, "T19"},
    {"thirds lie low", THEME, "1", thirds_lie_low, "T25"},
    {"the tune is broken chords", THEME, "1", the_tune_is_broken_chords, "T27a",
        "T27b T33b T15a"},
    {"the tune leaps", THEME, "1", the_tune_leaps, "T27b", "T27a T27c"},
    {"the tune leaps once too far", THEME, "1", the_tune_leaps_once_too_far,
        "T27c", "T27b"},
    {"the tune wanders", THEME, "1", the_tune_wanders, "T33b",
        "T11 T15a T15b T27a T27b T27c T33a T33c T33d"},
    {"the tune comes late", THEME, "1", the_tune_comes_late, "T33c", "T39"},
    {"the tune ends early", THEME, "1", the_tune_ends_early, "T33d", "T39"},
    {"the tune is hardly there", THEME, "1", the_tune_is_hardly_there, "T33a",
        "T27a T33b T33c T33d T39"},
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
test_a_theme_that_falls_from_its_start_owes_no_last_statement(void **state)
{
  (void)state;
  Cue cue  = cue_of(THEME ", getting quieter until the end", "1");
  size_t i = 0;
  CsAudit audit;
  check(&cue, cs_audit_run(cue.job->arena, &cue.e, true, &audit));
  while (strcmp(cs_properties[i]->id, "T33d") != 0)
    i++;
  assert_false(audit.findings[i].applies);
  cs_job_free(cue.job);
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

int
main(void)
{
  enum { N = COUNT_OF(breaks) };
  struct CMUnitTest tests[N + 3];
  for (size_t i = 0; i < N; i++)
    tests[i] = (struct CMUnitTest){.name = breaks[i].name,
        .test_func                       = test_break,
        .initial_state                   = (void *)(uintptr_t)&breaks[i]};
  tests[N] = (struct CMUnitTest)cmocka_unit_test(
      test_every_hard_property_of_the_notes_was_broken);
  tests[N + 1] =
      (struct CMUnitTest)cmocka_unit_test(test_ids_rise_and_rows_are_whole);
  tests[N + 2] = (struct CMUnitTest)cmocka_unit_test(
      test_a_theme_that_falls_from_its_start_owes_no_last_statement);
  return cmocka_run_group_tests(tests, open_engine, close_engine);
}
