#include "gen/perform/performer.h"

#include "gen/base/mathx.h"

#include <math.h>

/// How far a function lets the level follow the energy, and how a build rises
/// in it (RULEBOOK 3.2, 3.4).
typedef struct Dynamics {
  double level;    ///< Share of the section level.
  double build_lu; ///< What a build's end is louder than its start, T40.
  double lift_db;  ///< What the place that a build leads to is raised by.
  double swell;    ///< Share of a pad's swell.
  double usual[2]; ///< Energies that it keeps to where nothing is asked.
} Dynamics;

// Layers that enter add one or two LU to a build (measured on the styles with
// FluidR3).
static const Dynamics dynamics[CS_N_FUNCTIONS] = {
    [CS_UNDERSCORE] = {0.3, 3.8, 2.0, 0.7, {0.3, 0.45}},
    [CS_BED]        = {0.2, 3.8, 2.0, 0.5, {0.44, 0.7}},
    [CS_STINGER]    = {0.7, 4.0, 0.0, 0.4, {0.0, 1.0}},
    [CS_THEMATIC]   = {0.4, 4.8, 1.8, 1.0, {0.0, 1.0}},
    [CS_AMBIENT]    = {0.5, 3.0, 1.5, 1.0, {0.22, 0.46}},
};

static const double range_db    = 9.0; ///< Between no energy and all.
static const double asked_share = 0.6; ///< Of it, outside the usual energies.
static const double build_power = 1.6;

static const double last_chord_ease_db = 2.0;
static const double under_climax_db    = 1.2;

/// A build rises by this much at least and at most, and begins at most so far
/// under what stands before it; further under a climax, which the next build
/// has to leave for a new one.
static const double least_rise_db = 5.0, most_rise_db = 9.0;
static const double most_dip_db = 6.5, most_dip_from_climax_db = 9.0;

/// A new level is reached within this time, just before the bar line: at once
/// by what is struck, gently by what is held over it (T48: 3 steps of
/// controller 11 in 30 ms, which is 7 dB a second).
static const double struck_glide_s = 0.06, held_glide_s = 0.44;

// ---- Sections and builds ----------------------------------------------------

/// Where few play, no layers come and go: they grow by playing up. A theme of
/// two players takes three quarters of the range, one of seven its usual share.
static double
level_share(const CsPerformer *p)
{
  enum { FEW = 2, MANY = 7 };
  const double share = dynamics[p->plan->function].level, most = 0.75;
  int n_players = 0;
  for (size_t i = 0; i < p->plan->n_tracks; i++)
    n_players += p->plan->tracks[i].role != CS_ROLE_EFFECTS;
  if (p->plan->function != CS_THEMATIC || n_players >= MANY)
    return share;
  const int left = MANY - (n_players > FEW ? n_players : FEW);
  return cs_lerp(share, most, (double)left / (MANY - FEW));
}

double
cs_unusual_energy(const CsPerformer *p, double energy)
{
  const double *usual = dynamics[p->plan->function].usual;
  return energy - cs_clamp(energy, usual[0], usual[1]);
}

static double
level_of_energy(const CsPerformer *p, double energy)
{
  return range_db * (level_share(p) * (energy - 1.0) +
                        asked_share * cs_unusual_energy(p, energy));
}

/// How much of a build's rise is heard between its first and last two bars: the
/// difference of the means of x^1.6 there.
static double
heard_share(int n_bars)
{
  const double f     = n_bars > 2 ? 2.0 / n_bars : 1.0;
  const double q     = build_power + 1.0;
  const double first = cs_pow(f, build_power) / q;
  const double last  = f < 1.0 ? (1.0 - cs_pow(1.0 - f, q)) / (q * f) : first;
  return last - first;
}

/// A climax stands over the levels that energy gives. So does a last chord that
/// a build leads to; one after a climax is eased, because all strike it at
/// once.
static double
lift_db(const CsPerformer *p, size_t index)
{
  const double lift  = dynamics[p->plan->function].lift_db;
  const CsSection *s = &p->plan->sections[index];
  if (s->kind == CS_SECTION_CLIMAX)
    return lift;
  if (s->kind != CS_SECTION_END || index == 0)
    return 0.0;
  switch (s[-1].kind) {
  case CS_SECTION_BUILD:
    return lift;
  case CS_SECTION_CLIMAX:
    return lift - last_chord_ease_db;
  default:
    return 0.0;
  }
}

/// A build ends where the next section begins, so that it leads there. It ends
/// a little under a climax, which has fewer strokes than the build's last fill
/// and is to be the loudest place all the same (T41).
static double
build_top(const CsPerformer *p, size_t index)
{
  const CsSection *s = &p->plan->sections[index];
  const double top   = level_of_energy(p, s->energy[1]);
  if (index + 1 == p->plan->n_sections)
    return top;
  const double next =
      fmax(top, level_of_energy(p, s[1].energy[0]) + lift_db(p, index + 1));
  return s[1].kind == CS_SECTION_CLIMAX ? next - under_climax_db : next;
}

/// How far under what stands before it a build may begin.
static double
most_dip(const CsPerformer *p, const CsSection *before)
{
  if (cs_is_growing(p->plan, before))
    return 0.0;
  return before->kind == CS_SECTION_CLIMAX ? most_dip_from_climax_db
                                           : most_dip_db;
}

static double
build_rise(const CsPerformer *p, size_t index)
{
  const CsSection *s = &p->plan->sections[index];
  const double top   = build_top(p, index);
  const double heard = heard_share(s->n_bars);
  double rise        = top - level_of_energy(p, s->energy[0]);
  if (heard > 0.1)
    rise = fmax(rise, dynamics[p->plan->function].build_lu / heard);
  rise = cs_clamp(rise, least_rise_db, most_rise_db);
  if (index > 0) {
    const double before =
        level_of_energy(p, s[-1].energy[1]) + lift_db(p, index - 1);
    const double dip_db = most_dip(p, &s[-1]);
    rise = fmax(least_rise_db, fmin(rise, top - (before - dip_db)));
  }
  return rise;
}

/// Level in a section, `share` 0..1 through it.
static double
section_level(const CsPerformer *p, size_t index, double share)
{
  const CsSection *s = &p->plan->sections[index];
  if (s->kind == CS_SECTION_BUILD) {
    const double bent = share <= 0.0 ? 0.0 : cs_pow(share, build_power);
    return build_top(p, index) - build_rise(p, index) * (1.0 - bent);
  }
  const double bar  = s->first_bar + share * s->n_bars;
  const double last = s->first_bar + s->n_bars - 1e-6;
  return level_of_energy(p, cs_energy_at_bar(p->timeline, fmin(bar, last))) +
         lift_db(p, index);
}

/// Where the level bends: every bar, in builds every quarter of one.
static CsStatus
add_section(const CsPerformer *p, size_t index, double glide_s, CsCurve *curve)
{
  const CsSection *s = &p->plan->sections[index];
  const int n_steps  = s->kind == CS_SECTION_BUILD ? 4 * s->n_bars : s->n_bars;
  const double start = cs_frame_of_bar(p, s->first_bar);
  const double end   = cs_frame_of_bar(p, s->first_bar + s->n_bars);
  // A build leads to what follows: there is nothing to glide over.
  const bool is_build   = s->kind == CS_SECTION_BUILD;
  const double wanted_s = is_build ? struck_glide_s : glide_s;
  const double glide    = fmin(wanted_s * p->rate, 0.25 * (end - start));
  const double last     = is_build ? 1.0 : 1.0 - glide / (end - start);
  for (int i = 0; i < n_steps; i++) {
    const double share = (double)i / n_steps;
    CS_TRY(cs_curve_add(p, curve,
        cs_frame_of_bar(p, s->first_bar + share * s->n_bars),
        section_level(p, index, share)));
  }
  return cs_curve_add(p, curve, end - glide, section_level(p, index, last));
}

static CsStatus
write_levels(const CsPerformer *p, double glide_s, CsCurve *curve)
{
  for (size_t i = 0; i < p->plan->n_sections; i++)
    CS_TRY(add_section(p, i, glide_s, curve));
  return CS_OK;
}

// ---- Ring-out and silences --------------------------------------------------

/// What still sounds in the ring-out is led to nothing: from 0.6 of it before
/// the end (RULEBOOK 3.3), slowly first, and done before the last 70 ms. A
/// stinger is a stroke that dies away: it begins to at once.
static CsStatus
write_ring_out(const CsPerformer *p, CsCurve *curve)
{
  const CsPlan *plan  = p->plan;
  const double share  = plan->function == CS_STINGER ? 0.9 : 0.6;
  const double most_s = share * plan->ring_out_s;
  const double least_s =
      fmin(fmax(0.06 * plan->ring_out_s, 0.07), most_s / 3.0);
  const struct {
    double before_s;
    double gain_db;
  } shape[] = {
      {most_s, 0.0}, {cs_lerp(least_s, most_s, 0.35), -12.0}, {least_s, -60.0}};
  if ((plan->ending != CS_ENDING_RING && plan->ending != CS_ENDING_BUTTON) ||
      most_s <= 0.0)
    return CS_OK;
  for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
    CS_TRY(cs_curve_add(p, curve,
        (double)p->n_frames - shape[i].before_s * p->rate, shape[i].gain_db));
  return CS_OK;
}

static CsStatus
write_silences(const CsPerformer *p, CsCurve *curve)
{
  for (size_t i = 0; i < p->plan->n_silences; i++) {
    const double start = p->plan->silences[i].start_s * p->rate;
    const double end   = p->plan->silences[i].end_s * p->rate;
    const double down  = 0.02 * p->rate;
    const double up    = fmin(0.003 * p->rate, 0.5 * (end - start));
    if (start > down)
      CS_TRY(cs_curve_add(p, curve, start - down, 0.0));
    CS_TRY(cs_curve_add(p, curve, fmax(start, 0.0), CS_SILENCE_DB));
    CS_TRY(cs_curve_add(p, curve, end - up, CS_SILENCE_DB));
    CS_TRY(cs_curve_add(p, curve, end, 0.0));
  }
  return CS_OK;
}

// ---- A track's gain ---------------------------------------------------------

enum { N_PARTS = 6 };

/// Sum of curves: a point wherever one of them has one.
static CsStatus
add_up(const CsPerformer *p, const CsCurve *parts[N_PARTS], double constant_db,
    CsCurve *sum)
{
  size_t next[N_PARTS] = {0}, cursor[N_PARTS] = {0};
  int64_t frame = 0;
  for (;;) {
    double gain_db = constant_db;
    for (size_t i = 0; i < N_PARTS; i++)
      gain_db += cs_curve_at(parts[i], &cursor[i], frame);
    CS_TRY(cs_curve_add(p, sum, (double)frame, fmax(gain_db, CS_SILENCE_DB)));
    int64_t nearest = INT64_MAX;
    for (size_t i = 0; i < N_PARTS; i++) {
      while (next[i] < parts[i]->n && parts[i]->points[next[i]].frame <= frame)
        next[i]++;
      if (next[i] < parts[i]->n && parts[i]->points[next[i]].frame < nearest)
        nearest = parts[i]->points[next[i]].frame;
    }
    if (nearest >= p->n_frames)
      return CS_OK;
    frame = nearest;
  }
}

/// A loop's gain goes round: before frame 0 stands what stands before its end,
/// and the end leads to the gain of frame 0.
static CsStatus
make_periodic(const CsPerformer *p, double glide_s, CsCurve *curve)
{
  if (p->n_preroll_frames == 0 || curve->n == 0)
    return CS_OK;
  const double glide   = glide_s * p->rate;
  const int64_t n_back = p->n_preroll_frames / p->n_frames + 1;
  CsCurve round        = {0};
  for (int64_t k = -n_back; k <= 0; k++) {
    for (size_t i = 0; i < curve->n; i++) {
      const CsGainPoint point = curve->points[i];
      if (i == 0 || (double)point.frame < (double)p->n_frames - glide)
        CS_TRY(cs_curve_add(
            p, &round, (double)(point.frame + k * p->n_frames), point.gain_db));
    }
    const double last_db = curve->points[curve->n - 1].gain_db;
    CS_TRY(cs_curve_add(
        p, &round, (double)((k + 1) * p->n_frames) - glide, last_db));
  }
  CS_TRY(
      cs_curve_add(p, &round, (double)p->n_frames, curve->points[0].gain_db));
  *curve = round;
  return CS_OK;
}

/// What levels and evenness ask of those who strike or of those who hold.
typedef struct Course {
  CsCurve levels, evenness;
} Course;

static CsStatus
write_course(const CsPerformer *p, const double *bar_energies, double glide_s,
    Course *course)
{
  CS_TRY(write_levels(p, glide_s, &course->levels));
  return cs_write_evenness(p, bar_energies, glide_s, &course->evenness);
}

/// An even function keeps to its band; what rides up and down is a theme.
static CsStatus
write_ride(const CsPerformer *p, const CsScore *score,
    const double *bar_energies, const Course *struck, CsCurve *curve)
{
  double *bar_db = CS_NEW_N(p->arena, double, (size_t)p->plan->n_bars);
  CS_TRY_NEW(bar_db);
  if (p->plan->function != CS_THEMATIC || bar_energies == NULL)
    return CS_OK;
  const CsHeardWith with = {&struck->levels, &struck->evenness, bar_energies};
  CS_TRY(cs_find_ride(p, score, &with, bar_db));
  return cs_write_ride(p, bar_db, curve);
}

/// What the gains of all tracks are made from.
typedef struct SharedCurves {
  Course struck, held;
  CsCurve ride, ring_out, silences;
} SharedCurves;

static CsStatus
write_shared(const CsPerformer *p, const CsScore *score,
    const CsPlayer *players, SharedCurves *all)
{
  double *bar_energies = NULL;
  *all                 = (SharedCurves){0};
  CS_TRY(cs_weigh_bars(p, score, players, &bar_energies));
  CS_TRY(write_course(p, bar_energies, struck_glide_s, &all->struck));
  CS_TRY(write_course(p, bar_energies, held_glide_s, &all->held));
  CS_TRY(write_ride(p, score, bar_energies, &all->struck, &all->ride));
  CS_TRY(write_ring_out(p, &all->ring_out));
  return write_silences(p, &all->silences);
}

static CsStatus
write_gain(const CsPerformer *p, const SharedCurves *all,
    const CsPlayer *player, CsCurve *sum)
{
  const bool is_held   = cs_swells(player);
  const Course *course = is_held ? &all->held : &all->struck;
  CsCurve swells       = {0};
  CS_TRY(
      cs_write_swells(p, player, dynamics[p->plan->function].swell, &swells));
  const CsCurve *parts[N_PARTS] = {&course->levels, &course->evenness,
      &all->ride, &swells, &all->ring_out, &all->silences};
  CS_TRY(add_up(p, parts, cs_channel_gain_db(p, player->track), sum));
  return make_periodic(p, is_held ? held_glide_s : struck_glide_s, sum);
}

/// @param scratch  Holds one track's curves at a time.
static CsStatus
write_gains(const CsPerformer *p, CsArena *scratch, const SharedCurves *all,
    const CsPlayer *players, CsPlayedTrack *tracks)
{
  CsPerformer at_work = *p;
  at_work.arena       = scratch;
  for (size_t i = 0; i < p->plan->n_tracks; i++) {
    CsCurve sum = {0};
    cs_arena_reset(scratch);
    CS_TRY(write_gain(&at_work, all, &players[i], &sum));
    CsGainPoint *points =
        cs_arena_keep(p->arena, sum.points, sum.n, sizeof *points);
    CS_TRY_NEW(points);
    tracks[i] = (CsPlayedTrack){&p->plan->tracks[i], points, sum.n};
  }
  return CS_OK;
}

CsStatus
cs_write_gains(const CsPerformer *p, const CsScore *score,
    const CsPlayer *players, CsPlayedTrack *tracks)
{
  SharedCurves all;
  CS_TRY(write_shared(p, score, players, &all));
  CsArena *scratch = cs_arena_new(NULL);
  if (scratch == NULL)
    return cs_fail(p->arena, CS_ERR_MEMORY, "not enough memory");
  const CsStatus status = write_gains(p, scratch, &all, players, tracks);
  if (status != CS_OK)
    (void)cs_fail(p->arena, status, "%s", cs_arena_error(scratch));
  cs_arena_free(scratch);
  return status;
}
