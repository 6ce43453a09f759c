// The forms of themes: by seed, style, length and words.

#include "tests/unit/plan_fixture.h"

/// "intro4 A8 A'8 ...": the sections of a plan.
static const char *
row_of(const CsPlan *plan, char out[256])
{
  size_t n = 0;
  for (size_t i = 0; i < plan->n_sections && n < 256; i++)
    n += (size_t)snprintf(out + n, 256 - n, "%s%s%d", i > 0 ? " " : "",
        plan->sections[i].name, plan->sections[i].n_bars);
  return out;
}

static CsPlan *
theme(Ask *a, const char *style, double duration_s, uint64_t seed)
{
  ask(a, CS_THEMATIC, duration_s);
  a->wish.style = style;
  a->wish.seed = a->wish.theme_seed = seed;
  return planned(a);
}

static void
test_seeds_of_a_theme_take_different_forms(void **state)
{
  (void)state;
  static const char *const styles[] = {"corporate", "acoustic", "cinematic",
      "rock", "jazz", "classical", "tech", "documentary"};
  for (size_t s = 0; s < sizeof styles / sizeof *styles; s++) {
    char rows[6][256];
    int n_rows = 0;
    for (uint64_t seed = 1; seed <= 6; seed++) {
      Ask a;
      (void)row_of(theme(&a, styles[s], 90.0, seed), rows[n_rows]);
      done(&a);
      bool is_new = true;
      for (int k = 0; k < n_rows; k++)
        is_new &= strcmp(rows[k], rows[n_rows]) != 0;
      n_rows += is_new;
    }
    if (n_rows < 3)
      fail_msg("%s: %d rows, as %s", styles[s], n_rows, rows[0]);
  }
}

static void
test_every_form_climbs_to_a_late_climax_on_the_grid(void **state)
{
  (void)state;
  static const double lengths_s[] = {45.0, 60.0, 90.0, 120.0};
  for (int form = 0; form < CS_N_FORMS_OF_TUNES; form++)
    for (size_t l = 0; l < sizeof lengths_s / sizeof *lengths_s; l++) {
      Ask a;
      ask(&a, CS_THEMATIC, lengths_s[l]);
      a.brief.said |= CS_SAID_FORM;
      a.brief.form       = (CsTuneForm)form;
      const CsPlan *plan = planned(&a);
      double first = -1.0, top = -1.0, top_s = 0.0;
      for (size_t i = 0; i + 1 < plan->n_sections; i++) {
        const CsSection *s = &plan->sections[i];
        if (s->kind == CS_SECTION_A && first < 0.0)
          first = s->energy[0];
        if (s->energy[1] > top)
          top = s->energy[1], top_s = s->start_s;
        if (s->kind != CS_SECTION_CLIMAX)
          assert_int_equal(s->n_bars % 4, 0);
      }
      assert_true(top >= first + 0.2);
      if (top_s < 0.5 * lengths_s[l] || top_s > 0.88 * lengths_s[l])
        fail_msg("%s of %g s: the climax comes at %g s", cs_form_names[form],
            lengths_s[l], top_s);
      done(&a);
    }
}

typedef struct SaidRow {
  CsTuneForm form;
  double duration_s;
  const char *begins; ///< The row of sections.
} SaidRow;

static void
test_a_form_that_is_asked_for_is_taken(void **state)
{
  (void)state;
  static const SaidRow rows[] = {
      {CS_TUNE_AABA, 90.0, "intro4 A8 A'8 B8 climax"},
      {CS_TUNE_VERSES, 120.0, "intro4 A8 B8 A'8 B'"},
      {CS_TUNE_DIRECT, 45.0, "A8"},
      {CS_TUNE_DIRECT, 30.0, "A4 build4 climax"},
      {CS_TUNE_HOOK, 90.0, "A8 break4 A'8"},
      {CS_TUNE_ARC, 90.0, "intro4 A8 A'8 B8 build"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (uint64_t seed = 1; seed <= 4; seed++) {
      Ask a;
      char row[256];
      ask(&a, CS_THEMATIC, rows[i].duration_s);
      a.wish.style = "corporate";
      a.wish.seed = a.wish.theme_seed = seed;
      a.brief.said |= CS_SAID_FORM;
      a.brief.form       = rows[i].form;
      const CsPlan *plan = planned(&a);
      if (strncmp(row_of(plan, row), rows[i].begins, strlen(rows[i].begins)))
        fail_msg("%s: %s", cs_form_names[rows[i].form], row);
      assert_int_equal(plan->n_warnings, 0);
      done(&a);
    }
}

static void
test_a_form_without_room_gives_way_and_says_so(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 30.0);
  a.brief.said |= CS_SAID_FORM;
  a.brief.form       = CS_TUNE_RONDO;
  const CsPlan *plan = planned(&a);
  assert_int_equal(plan->n_warnings, 1);
  assert_string_equal(plan->warnings[0].code, "form_gave_way");
  assert_non_null(strstr(plan->warnings[0].message, "rondo"));
  done(&a);
}

static void
test_an_asked_build_keeps_its_place(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 20; seed++) {
    Ask a;
    ask(&a, CS_THEMATIC, 90.0);
    a.wish.seed = a.wish.theme_seed = seed;
    CsArcEvent *e                   = say_event(&a, CS_ARC_BUILD, -1.0, -1.0);
    e->has_start = e->has_end = false;
    const CsPlan *plan        = planned(&a);
    bool has_build            = false;
    for (size_t i = 0; i < plan->n_sections; i++)
      has_build |= plan->sections[i].kind == CS_SECTION_BUILD;
    assert_true(has_build);
    done(&a);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_seeds_of_a_theme_take_different_forms),
      cmocka_unit_test(test_every_form_climbs_to_a_late_climax_on_the_grid),
      cmocka_unit_test(test_a_form_that_is_asked_for_is_taken),
      cmocka_unit_test(test_a_form_without_room_gives_way_and_says_so),
      cmocka_unit_test(test_an_asked_build_keeps_its_place),
  };
  return cmocka_run_group_tests(tests, load_presets, free_presets);
}
