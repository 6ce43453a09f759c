#include "gen/io/picture.h"
#include "gen/io/svg.h"
#include "tests/unit/sample_cue.h"

#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_DEPTH = 16, BUDGET_BYTES = 2 * 1000 * 1000 };

typedef struct Place {
  CsArena *arena;
  SampleCue cue;
  CsOutline outline;
  CsBrief brief;
  CsMeasured measured;
} Place;

static int
set_up(void **state)
{
  Place *place = calloc(1, sizeof *place);
  assert_non_null(place);
  place->arena = cs_arena_new(NULL);
  assert_non_null(place->arena);
  assert_int_equal(sample_cue_make(place->arena, 4, 48000, &place->cue), CS_OK);
  place->brief.prompt             = "calm, then a build";
  place->measured.integrated_lufs = -16.04;
  place->measured.true_peak_dbtp  = -1.02;
  *state                          = place;
  return 0;
}

static int
tear_down(void **state)
{
  Place *place = *state;
  cs_arena_free(place->arena);
  free(place);
  return 0;
}

static const char *
draw(Place *place, bool has_brief, bool has_sound)
{
  const char *svg = NULL;
  assert_int_equal(
      cs_picture_draw(place->arena, &place->cue.performance,
          has_brief ? &place->brief : NULL, has_sound ? &place->outline : NULL,
          has_sound ? &place->measured : NULL, &svg),
      CS_OK);
  return svg;
}

/// Tags nest and close, attributes are quoted, text holds no bare markup and is
/// UTF-8.
static void
assert_well_formed(const char *svg)
{
  char open[MAX_DEPTH][32];
  int depth = 0;
  assert_int_equal(cs_utf8_check(svg, strlen(svg)), strlen(svg));
  for (const char *at = svg; *at != '\0'; at++) {
    assert_true((unsigned char)*at >= ' ' || *at == '\n');
    assert_int_not_equal(*at, '>');
    if (*at == '&')
      assert_true(strncmp(at, "&amp;", 5) == 0 || strncmp(at, "&lt;", 4) == 0 ||
                  strncmp(at, "&gt;", 4) == 0 || strncmp(at, "&quot;", 6) == 0);
    if (*at != '<')
      continue;
    const bool closes = at[1] == '/';
    const char *name  = at + 1 + closes;
    size_t n          = 0;
    while (isalpha((unsigned char)name[n]))
      n++;
    assert_in_range(n, 1, 31);
    bool quoted = false;
    for (at = name + n; quoted || *at != '>'; at++) {
      assert_true(*at != '\0' && *at != '<');
      quoted = *at == '"' ? !quoted : quoted;
    }
    if (closes) {
      assert_true(depth > 0);
      depth--;
      assert_int_equal(strlen(open[depth]), n);
      assert_memory_equal(open[depth], name, n);
    } else if (at[-1] != '/') {
      assert_true(depth < MAX_DEPTH);
      memcpy(open[depth], name, n);
      open[depth++][n] = '\0';
    }
  }
  assert_int_equal(depth, 0);
}

static void
fill_outline(Place *place)
{
  static float block[2 * 1000];
  const int64_t n = place->cue.performance.n_frames;
  cs_outline_begin(&place->outline, n);
  for (int64_t at = 0; at < n; at += 1000) {
    for (int i = 0; i < 1000; i++) {
      block[2 * i]     = i % 2 == 0 ? 0.5F : -0.25F;
      block[2 * i + 1] = 0.0F;
    }
    cs_outline_add(&place->outline, block, 1000, 2);
  }
}

static void
test_a_picture_is_well_formed_and_shows_the_facts(void **state)
{
  Place *place = *state;
  fill_outline(place);
  const char *svg = draw(place, true, true);
  assert_well_formed(svg);
  static const char *const shown[] = {"calm, then a build", ">D minor<",
      ">4/4<", "118.3\xe2\x80\x93", "16.0 LUFS", "1.0 dBTP", ">Build<",
      "melody: flute", "percussion: shaker", ">kick<", ">C4<", ">0:10<"};
  for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
    if (strstr(svg, shown[i]) == NULL)
      fail_msg("the picture lacks %s", shown[i]);
}

static void
test_a_plan_without_prompt_and_sound_is_drawn(void **state)
{
  Place *place    = *state;
  const char *svg = draw(place, false, false);
  assert_well_formed(svg);
  assert_null(strstr(svg, "LUFS"));
  assert_null(strstr(svg, ">sound<"));
}

static void
test_a_cue_without_notes_tracks_or_sections_is_drawn(void **state)
{
  Place *place                   = *state;
  place->cue.performance.n_notes = 0;
  assert_well_formed(draw(place, true, false));
  place->cue.performance.n_tracks = 0;
  place->cue.plan.n_sections      = 0;
  assert_well_formed(draw(place, true, false));
}

static void
test_any_prompt_is_escaped_and_shortened(void **state)
{
  Place *place = *state;
  char *prompt = calloc(1, CS_MAX_PROMPT_BYTES + 1);
  assert_non_null(prompt);
  static const char *const pieces[] = {"<script>alert('x')</script>", "&amp;",
      "\"", "\xe6\x97\xa5\xe6\x9c\xac", "\xf0\x9f\x8e\xb5", "\x01\x1b[31m",
      "\xe2\x80\xae", "\xef\xbf\xbf", "  ", "word ", "\n"};
  CsRng rng                         = cs_rng_at(3, "prompt", 0, 0);
  for (int round = 0; round < 40; round++) {
    const size_t limit =
        round == 0 ? CS_MAX_PROMPT_BYTES : 20U + cs_rng_below(&rng, 400);
    size_t n = 0;
    while (n + 40 < limit) {
      const char *piece =
          pieces[cs_rng_below(&rng, sizeof pieces / sizeof *pieces)];
      memcpy(prompt + n, piece, strlen(piece));
      n += strlen(piece);
    }
    prompt[n]           = '\0';
    place->brief.prompt = prompt;
    const char *svg     = draw(place, true, false);
    assert_well_formed(svg);
    assert_null(strstr(svg, "<script"));
  }
  free(prompt);
}

static void
test_labels_of_events_in_one_row_do_not_meet(void **state)
{
  Place *place = *state;
  enum { N = 60 };
  CsArcEvent *arc = CS_NEW_N(place->arena, CsArcEvent, N);
  CsRng rng       = cs_rng_at(5, "arc", 0, 0);
  for (int i = 0; i < N; i++) {
    arc[i].kind      = (CsArcKind)cs_rng_below(&rng, CS_N_ARC_KINDS);
    arc[i].has_start = i != 31;
    arc[i].has_end   = i % 3 == 0;
    arc[i].start_s   = cs_rng_between(&rng, 0.0, 42.0);
    arc[i].end_s     = arc[i].start_s + cs_rng_between(&rng, 0.0, 3.0);
    arc[i].target    = i % 5 == 0 ? "low strings" : NULL;
  }
  place->brief.arc   = arc;
  place->brief.n_arc = N;
  const char *svg    = draw(place, true, false);
  assert_well_formed(svg);
  double before[1000] = {0};
  int n               = 0;
  // Labels of events are the only texts of this size and colour.
  for (const char *at = svg; (at = strstr(at, "<text x=\"")) != NULL; at++) {
    const char *look = strstr(at, "font-size=\"12.5\" fill=\"#e9edf5\"");
    if (look == NULL || look > strchr(at, '>'))
      continue;
    double x         = strtod(at + 9, NULL);
    const int y      = (int)strtod(strstr(at, "y=\"") + 3, NULL);
    char told[64]    = {0};
    const char *text = strchr(at, '>') + 1;
    memcpy(told, text, (size_t)(strchr(text, '<') - text));
    const double width = cs_svg_width(told, 12.5);
    if (strstr(at, "text-anchor=\"end\"") != NULL &&
        strstr(at, "text-anchor=\"end\"") < text)
      x -= width;
    assert_true(x >= before[y]);
    before[y] = x + width;
    n++;
  }
  assert_in_range(n, 10, N);
}

static void
test_refused_memory_is_an_error_wherever_it_happens(void **state)
{
  Place *place = *state;
  fill_outline(place);
  const char *whole = draw(place, true, true);
  CsStatus status   = CS_ERR_MEMORY;
  for (int n = 1; status != CS_OK; n++) {
    SampleMemory memory   = {n};
    const CsAllocator get = {sample_get, sample_give_back, &memory};
    CsArena *arena        = cs_arena_new(&get);
    const char *svg       = NULL;
    assert_non_null(arena);
    status = cs_picture_draw(arena, &place->cue.performance, &place->brief,
        &place->outline, &place->measured, &svg);
    assert_true(status == CS_OK || status == CS_ERR_MEMORY);
    if (status == CS_OK)
      assert_string_equal(svg, whole);
    cs_arena_free(arena);
  }
}

static void
test_two_hundred_thousand_notes_stay_within_the_budget(void **state)
{
  Place *place     = *state;
  CsPerformance *p = &place->cue.performance;
  enum { N = 200000 };
  p->notes  = CS_NEW_N(place->arena, CsPlayedNote, N);
  CsRng rng = cs_rng_at(9, "notes", 0, 0);
  for (int64_t i = 0; i < N; i++) {
    const int64_t on = p->n_frames / 64 * i / N * 64;
    p->notes[i]      = (CsPlayedNote){on, on + 640,
             (uint16_t)cs_rng_below(&rng, SAMPLE_TRACKS),
             (uint8_t)cs_rng_below(&rng, 128),
             (uint8_t)(1 + cs_rng_below(&rng, 127))};
  }
  p->n_notes = N;
  fill_outline(place);
  const char *svg = draw(place, true, true);
  assert_true(strlen(svg) < BUDGET_BYTES);
  assert_well_formed(svg);
}

static void
test_half_a_day_of_music_stays_within_the_budget(void **state)
{
  Place *place = *state;
  assert_int_equal(
      sample_cue_make(place->arena, 4000, 8000, &place->cue), CS_OK);
  assert_true(place->cue.plan.duration_s > 11 * 3600.0);
  CsPlan *plan     = &place->cue.plan;
  const int n      = plan->n_bars / 2;
  CsSection one    = plan->sections[0];
  plan->sections   = CS_NEW_N(place->arena, CsSection, (size_t)n);
  plan->n_sections = (size_t)n;
  for (int i = 0; i < n; i++) {
    plan->sections[i]           = one;
    plan->sections[i].first_bar = 2 * i;
    plan->sections[i].n_bars    = 2;
    plan->sections[i].energy[1] = i % 10 / 10.0;
  }
  const char *svg = draw(place, true, false);
  assert_true(strlen(svg) < BUDGET_BYTES);
  assert_well_formed(svg);
  assert_non_null(strstr(svg, ">11:00:00<"));
}

static void
test_the_outline_holds_peaks_and_power_of_each_column(void **state)
{
  Place *place = *state;
  fill_outline(place);
  const CsOutline *o = &place->outline;
  int64_t n_summed   = 0;
  for (int i = 0; i < CS_PICTURE_COLUMNS; i++) {
    assert_float_equal(o->high[i], 0.5, 0);
    assert_float_equal(o->low[i], -0.25, 0);
    assert_true(fabs(o->energy[i] / (double)o->n_summed[i] -
                     (0.25 + 0.0625) / 4) < 1e-4);
    n_summed += o->n_summed[i];
  }
  assert_int_equal(n_summed, 2 * o->n_frames);
}

static void
test_the_outline_does_not_depend_on_the_blocks(void **state)
{
  Place *place = *state;
  static float sound[2 * 5000];
  static CsOutline whole, parts;
  (void)place;
  CsRng rng = cs_rng_at(2, "sound", 0, 0);
  for (int i = 0; i < 2 * 5000; i++)
    sound[i] = (float)cs_rng_between(&rng, -1.0, 1.0);
  cs_outline_begin(&whole, 5000);
  cs_outline_begin(&parts, 5000);
  cs_outline_add(&whole, sound, 5000, 2);
  for (size_t at = 0; at < 5000; at += 7)
    cs_outline_add(&parts, sound + 2 * at, at + 7 < 5000 ? 7 : 5000 - at, 2);
  assert_memory_equal(whole.low, parts.low, sizeof whole.low);
  assert_memory_equal(whole.energy, parts.energy, sizeof whole.energy);
  assert_memory_equal(whole.n_summed, parts.n_summed, sizeof whole.n_summed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_a_picture_is_well_formed_and_shows_the_facts),
      TEST(test_a_plan_without_prompt_and_sound_is_drawn),
      TEST(test_a_cue_without_notes_tracks_or_sections_is_drawn),
      TEST(test_any_prompt_is_escaped_and_shortened),
      TEST(test_labels_of_events_in_one_row_do_not_meet),
      TEST(test_refused_memory_is_an_error_wherever_it_happens),
      TEST(test_two_hundred_thousand_notes_stay_within_the_budget),
      TEST(test_half_a_day_of_music_stays_within_the_budget),
      TEST(test_the_outline_holds_peaks_and_power_of_each_column),
      TEST(test_the_outline_does_not_depend_on_the_blocks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
