// What a member is asked for: what it shares with the full one, and what is its
// own.

#include "gen/jobs/family_parts.h"

#include "gen/base/rng.h"

#include <math.h>
#include <stdio.h>

/// What distinguishes the draws of a member: first another seed alone, then
/// busier patterns, since a short cut has much to say, or sparser ones, then
/// other chords too.
typedef struct Turn {
  double density;
  int harmony;
} Turn;

static const Turn turns[] = {{0.0, 0}, {0.0, 0}, {0.5, 0}, {1.0, 0}, {-0.4, 0},
    {-1.0, 0}, {0.0, 1}, {0.25, 0}, {0.75, 0}, {0.5, 1}, {-0.7, 0}, {0.0, 2},
    {-0.2, 1}, {0.5, 2}, {0.0, 3}};

_Static_assert(sizeof turns / sizeof *turns == CS_FAMILY_DRAWS, "a turn each");

/// In a bar longer than this a sting goes in double time, so that one bar and
/// its last chord have room.
static const double longest_sting_bar_s = 3.4;
static const double fastest_sting_bpm   = 240.0;

// ---- Options ----------------------------------------------------------------

CsStatus
cs_family_set(CsFamily *f, CsJob *job, const char *option, const char *value)
{
  const CsStatus status = cs_job_set(job, option, value);
  return status == CS_OK ? CS_OK
                         : cs_fail(f->arena, status, "%s", cs_job_error(job));
}

static CsStatus
set_number(CsFamily *f, CsJob *job, const char *option, double value)
{
  char text[48];
  (void)snprintf(text, sizeof text, "%.6f", value);
  return cs_family_set(f, job, option, text);
}

static CsStatus
set_seed(CsFamily *f, CsJob *job, const char *option, uint64_t seed)
{
  char text[32];
  (void)snprintf(text, sizeof text, "%llu", (unsigned long long)seed);
  return cs_family_set(f, job, option, text);
}

// ---- What a member is asked -------------------------------------------------

/// Draws of the melody that the full one was mended with: its theme is theirs.
static CsStatus
theme_draw(CsFamily *f, const CsJob *full, int *draw)
{
  *draw = full->options.wish.rerolls.roles[CS_ROLE_MELODY];
  for (size_t i = 0; i < full->n_mended; i++) {
    CsRerolls mended = {{0}, 0};
    CS_TRY(cs_rerolls_parse(f->arena, full->mended[i].rerolls, &mended));
    *draw += mended.roles[CS_ROLE_MELODY];
  }
  return CS_OK;
}

static CsStatus
set_reroll(CsFamily *f, CsJob *job, const char *what, int draw)
{
  char text[48];
  if (draw == 0)
    return CS_OK;
  (void)snprintf(text, sizeof text, "%s=%d", what, draw);
  return cs_family_set(f, job, "reroll", text);
}

/// The theme, its key and its band.
static CsStatus
share_theme(CsFamily *f, CsJob *job)
{
  int draw               = 0;
  const CsJob *full      = f->members[0].job;
  const CsPlanWish *wish = &full->options.wish;
  const uint64_t band =
      wish->has_palette_seed ? wish->palette_seed : wish->seed;
  CS_TRY(set_seed(f, job, "theme-seed", wish->theme_seed));
  CS_TRY(set_seed(f, job, "palette-seed", band));
  if (wish->style == NULL)
    CS_TRY(cs_family_set(f, job, "style", full->plan->style));
  CS_TRY(theme_draw(f, full, &draw));
  return set_reroll(f, job, "melody", draw);
}

/// A seed of the member's own.
static CsStatus
set_own_seed(CsFamily *f, CsJob *job, const CsMember *m, int nth)
{
  const char *place = cs_arena_printf(f->arena, "family.%s", m->cut.name);
  CS_TRY_NEW(place);
  CsRng rng =
      cs_rng_at(f->members[0].job->options.wish.seed, place, (uint64_t)nth, 0);
  return set_seed(f, job, "seed", cs_rng_next(&rng) >> 11);
}

/// Busier or sparser than the full one, but not the other side of what the
/// prompt asks.
static CsStatus
set_density(CsFamily *f, CsJob *job, CsMember *m, double shift)
{
  const double asked = f->members[0].job->plan->density;
  double density     = fmin(fmax(asked + shift, -1.0), 1.0);
  if (asked * density < 0.0)
    density = 0.0;
  m->density = density - asked;
  return shift == 0.0 ? CS_OK : set_number(f, job, "density", density);
}

static double
bar_s(const CsPlan *plan, double bpm)
{
  return cs_meter_quarters(plan->meter) * 60.0 / bpm;
}

static bool
comes_home(CsEnding ending)
{
  return ending == CS_ENDING_RING || ending == CS_ENDING_BUTTON;
}

/// Does a sting go in double time? Where a bar is too long for it; else in
/// every third draw, since with two bars more it has another way home.
static bool
goes_double(const CsPlan *full, double bpm, int nth)
{
  return 2.0 * bpm <= fastest_sting_bpm &&
         (bar_s(full, bpm) > longest_sting_bar_s || nth % 3 == 2);
}

/// A cut of its own length, which comes home.
static CsStatus
ask_for_cut(CsFamily *f, CsJob *job, const CsMember *m, int nth)
{
  const CsPlan *full = f->members[0].job->plan;
  const double bpm   = f->members[0].figures.tempo_bpm;
  const bool is_double =
      m->cut.kind == CS_CUT_STING && goes_double(full, bpm, nth);
  CS_TRY(set_number(f, job, "duration", m->cut.length_s));
  CS_TRY(set_number(
      f, job, is_double ? "tempo" : "tempo-near", is_double ? 2.0 * bpm : bpm));
  CS_TRY(set_number(f, job, "times-for", full->duration_s));
  cs_option_forget(&job->options, "loop");
  if (!comes_home(full->ending))
    CS_TRY(cs_family_set(f, job, "ending", cs_ending_names[CS_ENDING_RING]));
  return CS_OK;
}

/// Eight bars at the tempo of the full one. A stinger's loop is a little tune.
static CsStatus
ask_for_loop(CsFamily *f, CsJob *job)
{
  const CsPlan *full = f->members[0].job->plan;
  const double bpm   = f->members[0].figures.tempo_bpm;
  CS_TRY(set_number(f, job, "duration", CS_LOOP_BARS * bar_s(full, bpm)));
  CS_TRY(set_number(f, job, "tempo", bpm));
  CS_TRY(set_number(f, job, "times-for", full->duration_s));
  if (full->function == CS_STINGER)
    CS_TRY(cs_family_set(f, job, "function", cs_function_names[CS_THEMATIC]));
  return cs_family_set(f, job, "ending", cs_ending_names[CS_ENDING_LOOP]);
}

/// A fade-in keeps its share of a cut; the end is the cut's own. Stings and
/// loops have no fades.
static CsStatus
set_fades(CsFamily *f, CsJob *job, const CsMember *m)
{
  const CsJob *full  = f->members[0].job;
  const double share = m->cut.kind == CS_CUT_LENGTH
                           ? m->cut.length_s / full->plan->duration_s
                           : 0.0;
  if (cs_option_is_given(&job->options, "fade-in"))
    CS_TRY(set_number(f, job, "fade-in", share * full->options.wish.fade_in_s));
  if (cs_option_is_given(&job->options, "fade-out"))
    CS_TRY(cs_family_set(f, job, "fade-out", "0"));
  return CS_OK;
}

CsStatus
cs_family_ask(CsFamily *f, CsJob *job, CsMember *m, int nth)
{
  const Turn *turn = &turns[nth];
  m->harmony       = turn->harmony;
  CS_TRY(share_theme(f, job));
  CS_TRY(set_own_seed(f, job, m, nth));
  CS_TRY(set_density(f, job, m, turn->density));
  CS_TRY(set_reroll(f, job, "harmony",
      turn->harmony == 0
          ? 0
          : turn->harmony + f->members[0].job->options.wish.rerolls.harmony));
  CS_TRY(set_fades(f, job, m));
  return m->cut.kind == CS_CUT_LOOP ? ask_for_loop(f, job)
                                    : ask_for_cut(f, job, m, nth);
}
