// What the audit says of the sound: a tone that follows the plan of a cue holds
// every hard property of the sound; broken on purpose, exactly the properties
// that must speak do.

#include "tests/unit/engine_fixture.h"

#include "gen/audit/facts.h"
#include "gen/judge.h"

#include "gen/base/mathx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { RATE_HZ = 16000 }; // what is judged here needs no more

/// How the tone is made.
typedef struct Tone {
  double hz;
  double gain_db;
  double late_s;     ///< Silence before it.
  double wobble_db;  ///< Up and down, every 12 s.
  double arc_db;     ///< From no energy to full.
  double decay_db;   ///< Down, a second.
  double end_fade_s; ///< To nothing at the end; 0 for none.
  double fade_in_s, fade_out_s;
  double spike;       ///< Added to one sample in the middle.
  double last_sample; ///< Added to the last one.
  int more_frames;
} Tone;

typedef struct Cue {
  CsJob *job;
  CsEvidence e;
  CsHeard heard;
} Cue;

static Cue
cue_of(const char *prompt)
{
  Cue cue = {NULL};
  assert_int_equal(cs_job_new(engine, &cue.job), CS_OK);
  assert_int_equal(cs_job_parse(cue.job, prompt), CS_OK);
  assert_int_equal(cs_job_compose(cue.job), CS_OK);
  assert_int_equal(cs_job_evidence(cue.job->arena, cue.job, &cue.e), CS_OK);
  return cue;
}

/// Level of the tone at a time, in dB.
static double
level_db(const Cue *cue, const Tone *tone, double s)
{
  const CsTimeline *t = cue->e.score->timeline;
  const int64_t tick  = cs_tick_of_seconds(t, s);
  const int bar       = cs_bar_of_tick(t, tick);
  const double in =
      (double)(tick - cs_bar_tick(t, bar)) / (double)cs_bar_ticks(t, bar);
  const double energy = cs_energy_at_bar(t, bar + in);
  return -20.0 + tone->gain_db - tone->arc_db * (1.0 - energy) -
         tone->decay_db * s + tone->wobble_db * cs_sin(CS_PI * s / 6.0);
}

/// Share of full level that fades leave, 0..1.
static double
fade_at(const Cue *cue, const Tone *tone, double s)
{
  const double left_s = cue->e.plan->duration_s - s;
  double gain         = s < tone->late_s ? 0.0 : 1.0;
  if (tone->end_fade_s > 0.0)
    gain *= cs_clamp((left_s - 0.06) / tone->end_fade_s, 0.0, 1.0);
  if (tone->fade_in_s > 0.0)
    gain *= cs_clamp(s / tone->fade_in_s, 0.0, 1.0);
  if (tone->fade_out_s > 0.0)
    gain *= cs_clamp(left_s / tone->fade_out_s, 0.0, 1.0);
  return gain;
}

static void
hear(Cue *cue, const Tone *tone)
{
  enum { BLOCK = 4000 };
  static float block[BLOCK];
  CsArena *arena      = cue->job->arena;
  CsEar *ear          = NULL;
  const int64_t n     = llround(cue->e.plan->duration_s * RATE_HZ);
  const int64_t n_all = n + tone->more_frames;
  assert_int_equal(cs_ear_new(arena, RATE_HZ, 1, &ear), CS_OK);
  for (int64_t at = 0; at < n_all; at += BLOCK) {
    const int64_t n_block = n_all - at < BLOCK ? n_all - at : BLOCK;
    const double s        = (double)at / RATE_HZ;
    const double level    = cs_gain_from_db(level_db(cue, tone, s));
    for (int64_t i = 0; i < n_block; i++) {
      const double t = (double)(at + i) / RATE_HZ;
      double x =
          level * fade_at(cue, tone, t) * sin(2.0 * CS_PI * tone->hz * t);
      x += at + i == n / 2 ? tone->spike : 0.0;
      x += at + i == n_all - 1 ? tone->last_sample : 0.0;
      block[i] = (float)x;
    }
    assert_int_equal(cs_ear_hear(arena, ear, block, (size_t)n_block), CS_OK);
  }
  assert_int_equal(cs_ear_report(arena, ear, &cue->heard), CS_OK);
  cs_ear_free(ear);
  cue->e.sound = &cue->heard;
}

/// What the master would have aimed at.
static void
aim(Cue *cue)
{
  cue->e.target_lufs = cue->e.plan->function == CS_STINGER
                           ? cue->heard.momentary_max_lufs
                           : cue->heard.integrated_lufs;
}

/// Hard properties of the sound that are missed; R01 counts frames too.
static const char *
missed(Cue *cue, bool is_loud)
{
  CsAudit audit;
  CsText text      = cs_text_new(cue->job->arena);
  const char *list = "";
  assert_int_equal(cs_audit_run(cue->job->arena, &cue->e, true, &audit), CS_OK);
  for (size_t i = 0; i < cs_n_properties; i++) {
    const CsFinding *f    = &audit.findings[i];
    const CsProperty *p   = cs_properties[i];
    const bool is_counted = p->wants_sound || strcmp(p->id, "R01") == 0;
    if (!f->applies || f->holds || !is_counted)
      continue;
    cs_text_addf(&text, "%s%s", text.n > 0 ? " " : "", p->id);
    if (is_loud)
      print_message("    %s: %.3f (%.3f..%.3f) %s\n", p->id, f->value, f->low,
          f->high, f->where);
  }
  assert_int_equal(cs_text_take(&text, &list), CS_OK);
  return list;
}

// --- What must speak ---------------------------------------------------------

#define THEME "bright corporate theme, 60 s, builds in the last 20 s"
#define BED "corporate bed, 60 s"
#define UNDERSCORE "documentary underscore, 45 s"
#define STING "bright logo sting, 4 s"
#define FADES "calm bed, 60 s, fades in over 5 s, fades out over 8 s"

static const Tone rising = {.hz = 220.0, .arc_db = 12.0, .end_fade_s = 1.0};
static const Tone even   = {.hz = 220.0, .end_fade_s = 1.0};
static const Tone dying  = {.hz = 220.0, .decay_db = 8.0, .end_fade_s = 0.3};
static const Tone fading = {
    .hz = 220.0, .fade_in_s = 5.0, .fade_out_s = 8.0, .end_fade_s = 0.1};

typedef struct Break {
  const char *name;
  const char *prompt;
  const Tone *whole;
  Tone change;        ///< Added to the whole tone.
  const char *speaks; ///< Ids with blanks between, in order.
} Break;

static const Break breaks[] = {
    {"one frame more", THEME, &rising, {.more_frames = 1}, "R01 T01"},
    {"the end is not silent", BED, &even, {.end_fade_s = -1.0}, "T03a T03b"},
    {"the last sample clicks", BED, &even, {.last_sample = 0.001}, "T03b"},
    {"1 dB louder", BED, &even, {.gain_db = 1.0}, "T04a"},
    {"a peak over the ceiling", BED, &even, {.spike = 0.95}, "T04b"},
    {"it begins late", BED, &even, {.late_s = 0.6}, "T06"},
    {"the build does not grow", THEME, &rising, {.arc_db = -12.0}, "T40d T41"},
    {"the climax sinks", THEME, &rising, {.arc_db = -15.0}, "T40d T41"},
    {"the bed rocks", BED, &even, {.wobble_db = 4.0}, "T42a"},
    {"the underscore shines", UNDERSCORE, &even, {.hz = 2000.0}, "T43a"},
    {"the sting grows", STING, &dying, {.decay_db = -12.0}, "T45b T45c"},
    {"the sting stays", STING, &dying, {.decay_db = -8.0}, "T45c"},
    {"it does not fade in", FADES, &fading, {.fade_in_s = -5.0}, "R20"},
    {"it does not fade out", FADES, &fading, {.fade_out_s = -8.0}, "R21"},
};

static Tone
changed(const Tone *whole, const Tone *by)
{
  return (Tone){
      .hz          = whole->hz + by->hz,
      .gain_db     = whole->gain_db + by->gain_db,
      .late_s      = whole->late_s + by->late_s,
      .wobble_db   = whole->wobble_db + by->wobble_db,
      .arc_db      = whole->arc_db + by->arc_db,
      .decay_db    = whole->decay_db + by->decay_db,
      .end_fade_s  = whole->end_fade_s + by->end_fade_s,
      .fade_in_s   = whole->fade_in_s + by->fade_in_s,
      .fade_out_s  = whole->fade_out_s + by->fade_out_s,
      .spike       = by->spike,
      .last_sample = by->last_sample,
      .more_frames = by->more_frames,
  };
}

static void
test_break(void **state)
{
  const Break *b = *state;
  const Tone by  = changed(b->whole, &b->change);
  Cue cue        = cue_of(b->prompt);
  hear(&cue, b->whole);
  aim(&cue);
  assert_string_equal(missed(&cue, true), "");
  hear(&cue, &by);
  // A change of course is no change of level: the master would have met it.
  if (b->change.gain_db == 0.0)
    aim(&cue);
  const char *found = missed(&cue, false);
  if (strcmp(found, b->speaks) != 0)
    (void)missed(&cue, true);
  assert_string_equal(found, b->speaks);
  cs_job_free(cue.job);
}

static bool
is_broken(const char *id)
{
  for (size_t i = 0; i < COUNT_OF(breaks); i++)
    if (strstr(breaks[i].speaks, id) != NULL)
      return true;
  return false;
}

static void
test_every_hard_property_of_the_sound_was_broken(void **state)
{
  (void)state;
  for (size_t i = 0; i < cs_n_properties; i++)
    if (cs_properties[i]->is_hard && cs_properties[i]->wants_sound &&
        !is_broken(cs_properties[i]->id))
      fail_msg("nothing breaks %s, %s", cs_properties[i]->id,
          cs_properties[i]->name);
}

int
main(void)
{
  enum { N = COUNT_OF(breaks) };
  struct CMUnitTest tests[N + 1];
  for (size_t i = 0; i < N; i++)
    tests[i] = (struct CMUnitTest){.name = breaks[i].name,
        .test_func                       = test_break,
        .initial_state                   = (void *)(uintptr_t)&breaks[i]};
  tests[N] = (struct CMUnitTest)cmocka_unit_test(
      test_every_hard_property_of_the_sound_was_broken);
  return cmocka_run_group_tests(tests, open_engine, close_engine);
}
