#include "tests/unit/cue.h"

#include "gen/compose/beat.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { N_SEEDS = 30 };

static const Block form[] = {
    {CS_SECTION_INTRO, 4, .25, .30, {"I", "vi"}},
    {CS_SECTION_A, 8, .52, .55, {"I", "V", "vi", "IV"}},
    {CS_SECTION_A2, 8, .60, .62, {"I", "V", "vi", "IV"}},
    {CS_SECTION_B, 8, .75, .78, {"IV", "V", "vi", "I/3"}},
    {CS_SECTION_BUILD, 8, .50, .90, {"IV", "V", "vi", "V"}},
    {CS_SECTION_CLIMAX, 8, .95, 1.0, {"I", "V", "vi", "IV"}},
    {CS_SECTION_END, 1, 1.0, 1.0, {"I"}},
};

enum { SECTION_B = 3, SECTION_BUILD = 4, SECTION_CLIMAX = 5 };

static void
begin_band(Cue *cue, CsFunction function, const char *pattern, uint64_t seed)
{
  cue_open(cue);
  cue_begin(cue, function, form, COUNT(form));
  CsTrack *kit = cue_track(cue, CS_ROLE_DRUMS, "drums");
  kit->seed    = seed;
  cue_pattern(cue, kit, pattern);
}

static int
count_in_bar(const Cue *cue, const CsPart *p, int bar, int key)
{
  int n = 0;
  for (size_t i = 0; i < p->n_notes; i++)
    n += note_bar(cue, &p->notes[i]) == bar &&
         (key < 0 || p->notes[i].key == key);
  return n;
}

// Does a bar end with an open hat, as the fill that lands on a crash does?
static bool
opens_at_end(const Cue *cue, const CsPart *p, int bar)
{
  for (size_t i = 0; i < p->n_notes; i++)
    if (p->notes[i].key == CS_OPEN_HAT && note_bar(cue, &p->notes[i]) == bar &&
        note_step(cue, &p->notes[i]) >= 14)
      return true;
  return false;
}

static const CsStyleTrack *
style_track(const Cue *cue, CsRole role)
{
  const CsStyle *style = cs_find_style(cue->presets, cue->plan->style);
  for (size_t i = 0; i < style->n_tracks; i++)
    if (style->tracks[i].role == role)
      return &style->tracks[i];
  fail_msg("no %s in %s", cs_role_names[role], style->name);
  return NULL;
}

/// Bass and, when wanted, kit as the style has them.
static const CsPart *
compose_rhythm(Cue *cue, uint64_t seed, bool has_kit)
{
  cue_open(cue);
  cue_begin(cue, CS_THEMATIC, form, COUNT(form));
  cue->plan->seed = seed;
  CsTrack *bass   = cue_track(cue, CS_ROLE_BASS, "picked bass");
  bass->patterns  = style_track(cue, CS_ROLE_BASS)->patterns;
  if (has_kit) {
    CsTrack *kit  = cue_track(cue, CS_ROLE_DRUMS, "drums");
    kit->patterns = style_track(cue, CS_ROLE_DRUMS)->patterns;
  }
  cue_compose(cue);
  return cue_part(cue, CS_ROLE_BASS);
}

static bool
has_note_at(const CsPart *p, int64_t tick, int key)
{
  for (size_t i = 0; i < p->n_notes; i++)
    if (p->notes[i].start_tick == tick && p->notes[i].key == key)
      return true;
  return false;
}

static void
test_the_bass_meets_the_kick_of_its_style(void **state)
{
  (void)state;
  int n = 0, n_met = 0;
  for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
    Cue cue;
    const CsPart *bass = compose_rhythm(&cue, seed, true);
    const CsPart *kit  = cue_part(&cue, CS_ROLE_DRUMS);
    for (size_t i = 0; i < bass->n_notes; i++) {
      const int bar = note_bar(&cue, &bass->notes[i]);
      if (count_in_bar(&cue, kit, bar, CS_KICK) == 0 || bar >= 28)
        continue; // builds pulse
      n++;
      n_met += has_note_at(kit, bass->notes[i].start_tick, CS_KICK);
    }
    cue_close(&cue);
  }
  assert_true(n > 40 * N_SEEDS);
  assert_true(n_met >= 0.8 * n);
}

static void
test_the_bass_plays_the_same_without_a_kit(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
    Cue with, without;
    const CsPart *a = compose_rhythm(&with, seed, true);
    const CsPart *b = compose_rhythm(&without, seed, false);
    assert_int_equal(a->n_notes, b->n_notes);
    for (size_t i = 0; i < a->n_notes; i++) {
      assert_int_equal(a->notes[i].start_tick, b->notes[i].start_tick);
      assert_int_equal(a->notes[i].n_ticks, b->notes[i].n_ticks);
      assert_int_equal(a->notes[i].key, b->notes[i].key);
    }
    cue_close(&with);
    cue_close(&without);
  }
}

static void
test_crashes_mark_only_strong_sections_and_fills_that_land(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
    Cue cue;
    begin_band(&cue, CS_THEMATIC, "D03", seed);
    cue_compose(&cue);
    const CsPart *p = cue_part(&cue, CS_ROLE_DRUMS);
    int last        = -9;
    int n           = 0;
    for (size_t i = 0; i < p->n_notes; i++) {
      if (p->notes[i].key != CS_CRASH)
        continue;
      const int bar      = note_bar(&cue, &p->notes[i]);
      const CsSection *s = cs_section_of_bar(cue.score->timeline, bar);
      assert_int_equal(note_step(&cue, &p->notes[i]), 0);
      assert_true(bar - last >= 4);
      last = bar;
      if (bar == s->first_bar && s->energy[0] >= .7)
        n++;
      else
        assert_true(opens_at_end(&cue, p, bar - 1));
    }
    assert_int_equal(n, 3); // B, climax, end
    cue_close(&cue);
  }
}

// A fill: the bar's last half differs from the same half two bars before.
static bool
ends_otherwise(const Cue *cue, const CsPart *p, int bar)
{
  uint64_t onsets[2] = {0, 0};
  for (size_t i = 0; i < p->n_notes; i++)
    for (int k = 0; k < 2; k++)
      if (note_bar(cue, &p->notes[i]) == bar - 2 * k) {
        const int step = note_step(cue, &p->notes[i]);
        if (step >= 8 && p->notes[i].key != CS_KICK)
          onsets[k] += (uint64_t)p->notes[i].key << (4 * (step - 8) % 60);
      }
  return onsets[0] != onsets[1];
}

static void
test_sections_with_energy_end_in_a_fill(void **state)
{
  (void)state;
  int n = 0, n_filled = 0;
  for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
    Cue cue;
    begin_band(&cue, CS_THEMATIC, "D03", seed);
    cue_compose(&cue);
    for (int s = 1; s <= SECTION_CLIMAX; s++) {
      const CsSection *at = &cue.plan->sections[s];
      n++;
      n_filled += ends_otherwise(
          &cue, cue_part(&cue, CS_ROLE_DRUMS), at->first_bar + at->n_bars - 1);
    }
    cue_close(&cue);
  }
  assert_true(n_filled * 100 >= n * 90);
}

static void
test_a_build_rolls_louder_and_denser_into_the_climax(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
    Cue cue;
    begin_band(&cue, CS_THEMATIC, "D03", seed);
    cue_compose(&cue);
    const CsPart *p    = cue_part(&cue, CS_ROLE_DRUMS);
    const CsSection *s = &cue.plan->sections[SECTION_BUILD];
    const int last     = s->first_bar + s->n_bars - 1;
    int first_velocity = 0, top_velocity = 0;
    for (size_t i = 0; i < p->n_notes; i++) {
      const int bar = note_bar(&cue, &p->notes[i]);
      if (p->notes[i].key != CS_SNARE || (bar != last && bar != last - 1))
        continue;
      if (first_velocity == 0)
        first_velocity = p->notes[i].velocity;
      if (p->notes[i].velocity > top_velocity)
        top_velocity = p->notes[i].velocity;
    }
    assert_in_range(first_velocity, 30, 65);
    assert_true(top_velocity >= 90);
    assert_true(count_in_bar(&cue, p, last, CS_SNARE) >=
                count_in_bar(&cue, p, last - 1, CS_SNARE));
    cue_close(&cue);
  }
}

static void
test_an_excluded_drum_is_never_struck(void **state)
{
  static const char *const names[] = {"kick", "snare", "cymbals", "hi-hat"};
  (void)state;
  for (size_t n = 0; n < COUNT(names); n++)
    for (uint64_t seed = 1; seed <= 8; seed++) {
      Cue cue;
      begin_band(&cue, CS_THEMATIC, "D05", seed);
      cue.plan->exclude.items    = CS_NEW_N(cue.arena, const char *, 1);
      cue.plan->exclude.items[0] = names[n];
      cue.plan->exclude.n        = 1;
      cue_track(&cue, CS_ROLE_PERCUSSION, "shaker");
      cue_compose(&cue);
      for (size_t t = 0; t < cue.plan->n_tracks; t++)
        for (size_t i = 0; i < cue.score->parts[t].n_notes; i++)
          assert_false(
              cs_drum_key_is(cue.score->parts[t].notes[i].key, names[n]));
      assert_true(cue.score->parts[0].n_notes > 0);
      cue_close(&cue);
    }
}

static void
test_an_open_hat_is_never_struck_with_a_closed_one(void **state)
{
  (void)state;
  static const char *const patterns[] = {"D04", "D05", "D11", "D03"};
  for (size_t k = 0; k < COUNT(patterns); k++) {
    Cue cue;
    begin_band(&cue, CS_THEMATIC, patterns[k], 3);
    cue_compose(&cue);
    const CsPart *p = cue_part(&cue, CS_ROLE_DRUMS);
    for (size_t i = 0; i < p->n_notes; i++)
      for (size_t j = i + 1;
           j < p->n_notes && p->notes[j].start_tick == p->notes[i].start_tick;
           j++)
        assert_false(
            (p->notes[i].key == CS_HAT || p->notes[i].key == CS_PEDAL_HAT) &&
            p->notes[j].key == CS_OPEN_HAT);
    cue_close(&cue);
  }
}

static void
test_functions_keep_their_manners(void **state)
{
  (void)state;
  static const struct {
    CsFunction function;
    int max_velocity;
  } cases[] = {{CS_UNDERSCORE, 60}, {CS_BED, 85}, {CS_AMBIENT, 46}};
  for (size_t k = 0; k < COUNT(cases); k++) {
    Cue cue;
    begin_band(&cue, cases[k].function, "D03", 5);
    (void)cue_track(&cue, CS_ROLE_PAD, "warm pad"); // has the last chord
    cue_compose(&cue);
    const CsPart *p = cue_part(&cue, CS_ROLE_DRUMS);
    for (size_t i = 0; i < p->n_notes; i++) {
      assert_true(p->notes[i].velocity <= cases[k].max_velocity);
      assert_int_not_equal(p->notes[i].key, CS_CRASH);
    }
    assert_int_equal(count_in_bar(&cue, p, cue.plan->n_bars - 1, -1), 0);
    cue_close(&cue);
  }
}

static void
test_hats_and_shakers_are_balanced_against_the_snare(void **state)
{
  (void)state;
  Cue cue;
  begin_band(&cue, CS_THEMATIC, "D05", 4);
  cue_track(&cue, CS_ROLE_PERCUSSION, "shaker");
  cue_compose(&cue);
  const CsPart *kit = &cue.score->parts[0];
  for (size_t i = 0; i < kit->n_notes; i++)
    if (kit->notes[i].key == CS_HAT || kit->notes[i].key == CS_OPEN_HAT)
      assert_in_range(kit->notes[i].velocity, 60, 95);
  const CsPart *shaker = &cue.score->parts[1];
  assert_true(shaker->n_notes > 100);
  for (size_t i = 0; i < shaker->n_notes; i++)
    assert_in_range(shaker->notes[i].velocity, 25, 55);
  cue_close(&cue);
}

static void
test_more_energy_brings_more_strokes(void **state)
{
  (void)state;
  Cue cue;
  begin_band(&cue, CS_THEMATIC, "D03", 6);
  cue_compose(&cue);
  const CsPart *p  = cue_part(&cue, CS_ROLE_DRUMS);
  const int intro  = count_in_bar(&cue, p, 1, -1);
  const int climax = count_in_bar(
      &cue, p, cue.plan->sections[SECTION_CLIMAX].first_bar + 1, -1);
  assert_true(intro > 0);
  assert_true(climax > intro);
  cue_close(&cue);
}

static void
test_every_pattern_plays_in_every_meter(void **state)
{
  static const CsMeter meters[] = {
      {4, 4}, {3, 4}, {6, 8}, {12, 8}, {5, 4}, {7, 8}, {2, 4}, {9, 8}};
  (void)state;
  Cue cue;
  cue_open(&cue);
  for (size_t m = 0; m < COUNT(meters); m++)
    for (size_t k = 0; k < cue.presets->n_patterns; k++) {
      const CsPattern *pattern = &cue.presets->patterns[k];
      if (pattern->kind != CS_PATTERN_DRUMS || pattern->scatter_per_s > 0)
        continue;
      cue_begin(&cue, CS_THEMATIC, form, COUNT(form));
      cue.plan->meter = meters[m];
      cue_pattern(&cue, cue_track(&cue, CS_ROLE_DRUMS, "drums"), pattern->id);
      cue_compose(&cue);
      if (cue.score->parts[0].n_notes < 40)
        fail_msg("%s in %d/%d has %d strokes", pattern->id, meters[m].numerator,
            meters[m].denominator, (int)cue.score->parts[0].n_notes);
    }
  cue_close(&cue);
}

static void
test_a_hit_is_accented(void **state)
{
  (void)state;
  Cue cue;
  begin_band(&cue, CS_THEMATIC, "D03", 2);
  CsHit hit        = {.bar = 10, .beat = 2.0};
  cue.plan->hits   = &hit;
  cue.plan->n_hits = 1;
  cue_compose(&cue);
  const CsPart *p = cue_part(&cue, CS_ROLE_DRUMS);
  bool found      = false;
  for (size_t i = 0; i < p->n_notes; i++)
    found = found || (p->notes[i].key == CS_CRASH &&
                         note_bar(&cue, &p->notes[i]) == 10 &&
                         note_step(&cue, &p->notes[i]) == 8);
  assert_true(found);
  cue_close(&cue);
}

static void
test_a_stinger_rolls_into_one_hit(void **state)
{
  static const Block sting[] = {
      {CS_SECTION_A, 2, .9, .9, {"V"}}, {CS_SECTION_END, 1, 1, 1, {"I"}}};
  (void)state;
  Cue cue;
  cue_open(&cue);
  cue_begin(&cue, CS_STINGER, sting, 2);
  cue_pattern(&cue, cue_track(&cue, CS_ROLE_DRUMS, "drums"), "D03");
  cue_compose(&cue);
  const CsPart *p = cue_part(&cue, CS_ROLE_DRUMS);
  assert_true(p->n_notes >= 6);
  assert_true(count_in_bar(&cue, p, 2, CS_KICK) == 1);
  assert_true(count_in_bar(&cue, p, 2, CS_CRASH) == 1);
  cue_close(&cue);
}

static void
test_timpani_play_notes_of_the_chord(void **state)
{
  (void)state;
  Cue cue;
  CsComposer c;
  cue_open(&cue);
  cue_begin(&cue, CS_THEMATIC, form, COUNT(form));
  cue_track(&cue, CS_ROLE_PERCUSSION, "timpani");
  cue_compose(&cue);
  cue_check(&cue, cs_composer_begin(cue.arena, cue.presets, cue.plan, &c));
  const CsPart *p = &cue.score->parts[0];
  assert_true(p->n_notes > 20);
  for (size_t i = 0; i < p->n_notes; i++) {
    const uint16_t pcs =
        cs_chord_pcs(cs_chord_at(&c, p->notes[i].start_tick));
    assert_in_range(p->notes[i].key, 40, 57);
    assert_true((pcs >> p->notes[i].key % 12 & 1) != 0);
  }
  cue_close(&cue);
}

static void
test_the_same_seed_gives_the_same_strokes(void **state)
{
  (void)state;
  Cue a, b, other;
  begin_band(&a, CS_THEMATIC, "D06", 9);
  begin_band(&b, CS_THEMATIC, "D06", 9);
  begin_band(&other, CS_THEMATIC, "D06", 10);
  cue_compose(&a);
  cue_compose(&b);
  cue_compose(&other);
  assert_true(equal_outside(&a, &b, 0, -1, -1));
  assert_false(equal_outside(&a, &other, 0, -1, -1));
  cue_close(&a);
  cue_close(&b);
  cue_close(&other);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_bass_meets_the_kick_of_its_style),
      cmocka_unit_test(test_the_bass_plays_the_same_without_a_kit),
      cmocka_unit_test(
          test_crashes_mark_only_strong_sections_and_fills_that_land),
      cmocka_unit_test(test_sections_with_energy_end_in_a_fill),
      cmocka_unit_test(test_a_build_rolls_louder_and_denser_into_the_climax),
      cmocka_unit_test(test_an_excluded_drum_is_never_struck),
      cmocka_unit_test(test_an_open_hat_is_never_struck_with_a_closed_one),
      cmocka_unit_test(test_functions_keep_their_manners),
      cmocka_unit_test(test_hats_and_shakers_are_balanced_against_the_snare),
      cmocka_unit_test(test_more_energy_brings_more_strokes),
      cmocka_unit_test(test_every_pattern_plays_in_every_meter),
      cmocka_unit_test(test_a_hit_is_accented),
      cmocka_unit_test(test_a_stinger_rolls_into_one_hit),
      cmocka_unit_test(test_timpani_play_notes_of_the_chord),
      cmocka_unit_test(test_the_same_seed_gives_the_same_strokes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
