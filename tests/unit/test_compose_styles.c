/// Every style of the presets, planned and composed for every function: the
/// facts of RULEBOOK section 9 that notes alone can show.
#include "tests/unit/compose_fixture.h"

#include "gen/base/mathx.h"

#include <math.h>

static CsArena *presets_arena;
static CsPresets *presets;

typedef struct Cue {
  CsArena *arena;
  CsPlan *plan;
  CsScore *score;
} Cue;

enum {
  N_SEEDS  = 3,
  ALL      = (1 << CS_N_FUNCTIONS) - 1,
  METRED   = ALL & ~(1 << CS_AMBIENT) & ~(1 << CS_STINGER),
  THEMATIC = 1 << CS_THEMATIC,
};

/// A cue whose score is NULL could not be made; its arena says why.
static Cue
make_cue(const char *style, CsFunction function, uint64_t seed)
{
  static const double lengths[CS_N_FUNCTIONS] = {
      [CS_UNDERSCORE] = 60,
      [CS_BED]        = 90,
      [CS_STINGER]    = 6,
      [CS_THEMATIC]   = 90,
      [CS_AMBIENT]    = 120,
  };
  Cue cue               = {.arena = cs_arena_new(NULL)};
  CsArcEvent build      = {.kind = CS_ARC_BUILD,
           .has_start            = true,
           .has_end              = true,
           .start_s              = lengths[function] - 20.0,
           .end_s                = lengths[function],
           .anchor               = CS_ANCHOR_END,
           .end_anchor           = CS_ANCHOR_END,
           .start_at             = 20.0,
           .amount               = 1.0};
  const bool builds     = function == CS_THEMATIC || function == CS_UNDERSCORE;
  const CsBrief brief   = {.prompt = "",
        .said                      = CS_SAID_FUNCTION,
        .function                  = function,
        .arc                       = &build,
        .n_arc                     = builds ? 1 : 0};
  const CsPlanWish wish = {.has_duration = true,
      .duration_s                        = lengths[function],
      .style                             = style,
      .sample_rate                       = 48000,
      .seed                              = seed,
      .theme_seed                        = seed};
  if (cs_plan_make(cue.arena, presets, &brief, &wish, &cue.plan) != CS_OK ||
      cs_compose(cue.arena, presets, cue.plan, &cue.score) != CS_OK)
    cue.score = NULL;
  return cue;
}

/// Asked of every cue.
typedef void Judge(const Cue *cue, const char *style);

static void
judge_styles(Judge *judge, unsigned functions)
{
  for (size_t s = 0; s < presets->n_styles; s++)
    for (int f = 0; f < CS_N_FUNCTIONS; f++)
      for (uint64_t seed = 1; seed <= N_SEEDS && (functions >> f & 1U) != 0;
           seed++) {
        const char *style = presets->styles[s].name;
        Cue cue           = make_cue(style, (CsFunction)f, seed);
        if (cue.score != NULL)
          judge(&cue, style);
        cs_arena_free(cue.arena);
      }
}

static bool
is_mine(CsRole role)
{
  return role == CS_ROLE_PAD || role == CS_ROLE_CHORDS ||
         role == CS_ROLE_MOTION || role == CS_ROLE_BASS;
}

static int64_t
end_of(const CsNote *note)
{
  return note->start_tick + note->n_ticks;
}

static void
complain(const Cue *cue, const char *style, const char *what, double value)
{
  print_error("%s, %s, seed %d: %s %.3f\n", style,
      cs_function_names[cue->plan->function], (int)cue->plan->seed, what,
      value);
}

static void
expect(const Cue *cue, const char *style, bool is_well, const char *what,
    double value)
{
  if (!is_well)
    complain(cue, style, what, value);
  assert_true(is_well);
}

static void
test_every_style_serves_every_function(void **state)
{
  (void)state;
  int n_failed = 0;
  for (size_t s = 0; s < presets->n_styles; s++)
    for (int f = 0; f < CS_N_FUNCTIONS; f++)
      for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
        Cue cue = make_cue(presets->styles[s].name, (CsFunction)f, seed);
        if (cue.score == NULL)
          print_error("%s, %s, seed %d: %s\n", presets->styles[s].name,
              cs_function_names[f], (int)seed, cs_arena_error(cue.arena));
        n_failed += cue.score == NULL;
        cs_arena_free(cue.arena);
      }
  assert_int_equal(n_failed, 0);
}

// --- T25 --------------------------------------------------------------------

static bool
is_close_low(const CsScore *score, int64_t tick)
{
  int low = 128, next = 128;
  for (size_t p = 0; p < score->n_parts; p++)
    for (size_t k = 0;
         is_mine(score->plan->tracks[p].role) && k < score->parts[p].n_notes;
         k++) {
      const CsNote *note = &score->parts[p].notes[k];
      if (note->start_tick > tick || end_of(note) <= tick + 500)
        continue;
      if (note->key < low) {
        next = low;
        low  = note->key;
      } else if (note->key > low && note->key < next) {
        next = note->key;
      }
    }
  return next < 128 && next - low < cs_low_gap(low);
}

static void
judge_low_intervals(const Cue *cue, const char *style)
{
  const int64_t end = cs_bar_tick(cue->score->timeline, cue->plan->n_bars - 1);
  int n = 0, n_close = 0;
  for (int64_t tick = 0; tick < end; tick += CS_TICKS_PER_QUARTER) {
    n++;
    n_close += is_close_low(cue->score, tick);
  }
  // a picked chord may leave its lowest note out for a while
  expect(cue, style, n_close * 100 <= 3 * n, "share of close low intervals",
      (double)n_close / n);
}

static void
test_low_intervals_are_wide(void **state)
{
  (void)state;
  judge_styles(judge_low_intervals, ALL);
}

// --- T13, T14 ---------------------------------------------------------------

/// Basses that stay on the tonic by their pattern are not held to the chords.
static bool
has_pedal(const CsTrack *track)
{
  for (size_t i = 0; i < track->patterns.n; i++) {
    const CsPattern *p = cs_find_pattern(presets, track->patterns.items[i]);
    if (p != NULL && p->is_pedal)
      return true;
  }
  return false;
}

static bool
is_free_bass(const CsTrack *track)
{
  return track->role == CS_ROLE_BASS && !has_pedal(track);
}

static void
judge_bass(const Cue *cue, const char *style)
{
  CsChordSpan *chords = NULL;
  size_t n            = 0;
  assert_int_equal(
      cs_timeline_chords(cue->arena, cue->score->timeline, &chords, &n), CS_OK);
  int n_changes = 0, n_roots = 0, n_strong = 0, n_chordal = 0;
  for (size_t p = 0; p < cue->score->n_parts; p++)
    for (size_t k = 0; is_free_bass(&cue->plan->tracks[p]) &&
                       k < cue->score->parts[p].n_notes;
         k++) {
      const CsNote *note = &cue->score->parts[p].notes[k];
      size_t i           = 0;
      while (i + 1 < n && chords[i].end_tick <= note->start_tick)
        i++;
      const int step = cs_mod(note->key - cue->plan->key.tonic_pc, 12);
      const bool is_chordal =
          step == chords[i].chord.bass ||
          (cs_chord_pitch_classes(&chords[i].chord) >> step & 1) != 0;
      if (note->start_tick == chords[i].start_tick) {
        n_changes++;
        n_roots += step == chords[i].chord.bass;
      }
      const int bar = cs_bar_of_tick(cue->score->timeline, note->start_tick);
      const int64_t place =
          note->start_tick - cs_bar_tick(cue->score->timeline, bar);
      if (place % (2 * CS_TICKS_PER_QUARTER) == 0) {
        n_strong++;
        n_chordal += is_chordal;
      }
    }
  if (n_changes > 0)
    expect(cue, style, n_roots * 100 >= n_changes * 85, "roots on changes",
        (double)n_roots / n_changes);
  if (n_strong > 0)
    expect(cue, style, n_chordal * 100 >= n_strong * 95,
        "chord tones on strong beats", (double)n_chordal / n_strong);
}

static void
test_the_bass_holds_the_harmony(void **state)
{
  (void)state;
  judge_styles(judge_bass, METRED);
}

// --- T36 --------------------------------------------------------------------

static uint64_t
print_of_bar(const CsScore *score, int bar)
{
  const int64_t from = cs_bar_tick(score->timeline, bar);
  const int64_t to   = cs_bar_tick(score->timeline, bar + 1);
  uint64_t print     = 0;
  for (size_t p = 0; p < score->n_parts; p++)
    for (size_t k = 0; k < score->parts[p].n_notes; k++) {
      const CsNote *note = &score->parts[p].notes[k];
      if (note->start_tick >= from && note->start_tick < to)
        print = print * 1000003 + (uint64_t)(note->start_tick - from) * 128 +
                note->key + p * 7;
    }
  return print;
}

static void
judge_repeats(const Cue *cue, const char *style)
{
  const CsFunction function = cue->plan->function;
  const int most = function == CS_BED ? 4 : function == CS_AMBIENT ? 1 : 2;
  int run        = 1;
  for (int bar = 1; bar < cue->plan->n_bars; bar++) {
    const uint64_t now = print_of_bar(cue->score, bar);
    run = now != 0 && now == print_of_bar(cue->score, bar - 1) ? run + 1 : 1;
    expect(cue, style, run <= most, "equal bars in a row at bar", bar + 1);
  }
}

static void
test_bars_do_not_repeat_in_long_rows(void **state)
{
  (void)state;
  judge_styles(judge_repeats, ALL);
}

// --- T40, T43, T44 ----------------------------------------------------------

static double
onset_rate(const CsScore *score, int from_bar, int to_bar, bool is_union)
{
  const int64_t from = cs_bar_tick(score->timeline, from_bar);
  const int64_t to   = cs_bar_tick(score->timeline, to_bar);
  size_t n           = 0;
  for (int64_t tick = from; tick < to; tick += 60) {
    size_t n_parts = 0;
    for (size_t p = 0; p < score->n_parts; p++) {
      bool is_struck = false;
      for (size_t k = 0; k < score->parts[p].n_notes && !is_struck; k++) {
        const int64_t start = score->parts[p].notes[k].start_tick;
        is_struck           = start >= tick && start < tick + 60;
      }
      n_parts += is_struck;
    }
    n += is_union ? n_parts > 0 : n_parts;
  }
  return (double)n / (cs_seconds_of_tick(score->timeline, (double)to) -
                         cs_seconds_of_tick(score->timeline, (double)from));
}

static void
judge_build(const Cue *cue, const char *style)
{
  const double ratio = cue->plan->function == CS_THEMATIC ? 1.8 : 1.4;
  for (size_t s = 0; s < cue->plan->n_sections; s++) {
    const CsSection *section = &cue->plan->sections[s];
    if (section->kind != CS_SECTION_BUILD || section->n_bars < 4)
      continue;
    const int end      = section->first_bar + section->n_bars;
    const double first = onset_rate(
        cue->score, section->first_bar, section->first_bar + 2, false);
    const double last = onset_rate(cue->score, end - 2, end, false);
    expect(cue, style, last >= ratio * first, "growth of a build",
        first > 0 ? last / first : 0);
  }
}

static void
test_builds_grow_in_every_style(void **state)
{
  (void)state;
  judge_styles(judge_build, THEMATIC | 1 << CS_UNDERSCORE);
}

static void
judge_quiet(const Cue *cue, const char *style)
{
  const double rate = onset_rate(cue->score, 0, cue->plan->n_bars, true);
  const double most = cue->plan->function == CS_UNDERSCORE ? 2.0 : 0.8;
  expect(cue, style, rate <= most, "onsets a second", rate);
  for (size_t p = 0; p < cue->score->n_parts; p++)
    for (size_t k = 0; k < cue->score->parts[p].n_notes; k++)
      expect(cue, style, cue->score->parts[p].notes[k].velocity <= 75,
          "velocity", cue->score->parts[p].notes[k].velocity);
}

static void
test_underscores_and_ambience_stay_quiet(void **state)
{
  (void)state;
  judge_styles(judge_quiet, 1 << CS_UNDERSCORE | 1 << CS_AMBIENT);
}

// --- T46 --------------------------------------------------------------------

static void
judge_velocities(const Cue *cue, const char *style)
{
  for (size_t p = 0; p < cue->score->n_parts; p++) {
    const CsPart *part = &cue->score->parts[p];
    double sum = 0, sum2 = 0;
    if (!is_mine(cue->plan->tracks[p].role) || part->n_notes < 24)
      continue;
    for (size_t k = 0; k < part->n_notes; k++) {
      sum += part->notes[k].velocity;
      sum2 += (double)part->notes[k].velocity * part->notes[k].velocity;
    }
    const double n    = (double)part->n_notes;
    const double mean = sum / n;
    const double sd   = sqrt(sum2 / n - mean * mean);
    expect(cue, style, sd >= 2.5 && sd <= 16.0, "velocity deviation", sd);
  }
}

static void
test_velocities_live_but_stay_together(void **state)
{
  (void)state;
  judge_styles(judge_velocities, ALL);
}

// --- T18, T11 ---------------------------------------------------------------

static void
judge_ending(const Cue *cue, const char *style)
{
  const CsPlan *plan = cue->plan;
  if (plan->sections[plan->n_sections - 1].kind != CS_SECTION_END)
    return;
  const int64_t tick = cs_bar_tick(cue->score->timeline, plan->n_bars - 1);
  int lowest = 128, n = 0;
  for (size_t p = 0; p < cue->score->n_parts; p++)
    for (size_t k = 0;
         is_mine(plan->tracks[p].role) && k < cue->score->parts[p].n_notes;
         k++) {
      const CsNote *note = &cue->score->parts[p].notes[k];
      if (note->start_tick < tick)
        continue;
      n++;
      lowest = note->key < lowest ? note->key : lowest;
    }
  expect(cue, style, n >= 2, "notes of the final chord", n);
  expect(cue, style, cs_mod(lowest - plan->key.tonic_pc, 12) == 0,
      "lowest key at the end", lowest);
}

static void
test_every_cue_ends_on_its_tonic(void **state)
{
  (void)state;
  judge_styles(judge_ending, ALL);
}

static void
judge_scale(const Cue *cue, const char *style)
{
  CsComposer c;
  assert_int_equal(
      cs_composer_begin(cue->arena, presets, cue->plan, &c), CS_OK);
  int n = 0, n_in = 0;
  for (size_t p = 0; p < cue->score->n_parts; p++)
    for (size_t k = 0;
         is_mine(cue->plan->tracks[p].role) && k < cue->score->parts[p].n_notes;
         k++) {
      const CsNote *note   = &cue->score->parts[p].notes[k];
      const uint16_t scale = cs_scale_at(&c, note->start_tick);
      const int key        = note->key % 12;
      n++;
      n_in += (scale >> key & 1) != 0 || key == cue->plan->key.tonic_pc;
    }
  if (n > 0)
    expect(cue, style, n_in * 100 >= n * 97, "notes in the scale",
        (double)n_in / n);
}

static void
test_harmony_and_bass_stay_in_the_scale(void **state)
{
  (void)state;
  judge_styles(judge_scale, ALL);
}

static int
load(void **state)
{
  (void)state;
  presets_arena         = cs_arena_new(NULL);
  const CsStatus status = cs_presets_load(presets_arena, ".", &presets);
  if (status != CS_OK)
    print_error("%s\n", cs_arena_error(presets_arena));
  return status == CS_OK ? 0 : -1;
}

static int
unload(void **state)
{
  (void)state;
  cs_arena_free(presets_arena);
  return 0;
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_style_serves_every_function),
      cmocka_unit_test(test_low_intervals_are_wide),
      cmocka_unit_test(test_the_bass_holds_the_harmony),
      cmocka_unit_test(test_bars_do_not_repeat_in_long_rows),
      cmocka_unit_test(test_builds_grow_in_every_style),
      cmocka_unit_test(test_underscores_and_ambience_stay_quiet),
      cmocka_unit_test(test_velocities_live_but_stay_together),
      cmocka_unit_test(test_every_cue_ends_on_its_tonic),
      cmocka_unit_test(test_harmony_and_bass_stay_in_the_scale),
  };
  return cmocka_run_group_tests(tests, load, unload);
}
