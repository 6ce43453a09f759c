#include "gen/perform/performer.h"

#include "gen/base/mathx.h"

#include <math.h>

/// How much of a pad's swell suits a role when strings, choir or a pad play it.
static const double depths[CS_N_ROLES] = {
    [CS_ROLE_PAD]     = 1.0,
    [CS_ROLE_CHORDS]  = 0.5,
    [CS_ROLE_MOTION]  = 0.5,
    [CS_ROLE_BASS]    = 0.35,
    [CS_ROLE_MELODY]  = 0.35,
    [CS_ROLE_COUNTER] = 0.5,
    [CS_ROLE_COLOUR]  = 0.6,
};

bool
cs_swells(const CsPlayer *player)
{
  const CsInstrument *in = player->instrument;
  if (player->track->role == CS_ROLE_PAD)
    return true;
  return player->is_held && depths[player->track->role] > 0.0 &&
         (cs_instrument_is(in, "strings") || cs_instrument_is(in, "choir") ||
             cs_instrument_is(in, "pad"));
}

/// Controller 11 at 78 % of its way, 100 % in the middle, 85 % at the end
/// (RULEBOOK 7.4), in dB, by raised cosines.
static double
swell_db(double share)
{
  const double from_db = -4.3, to_db = -2.8, middle = 0.5;
  const double x =
      share < middle ? share / middle : (1.0 - share) / (1.0 - middle);
  const double bent = 0.5 - 0.5 * cs_cos(CS_PI * cs_clamp(x, 0.0, 1.0));
  return (share < middle ? from_db : to_db) * (1.0 - bent);
}

/// A chord of some seconds is swelled over in full, a short one by as much
/// less: so that neither the swell nor the way back is steep.
static CsStatus
add_swell(const CsPerformer *p, const CsChordSpan *chord, double depth,
    CsCurve *curve)
{
  enum { LEAST_STEPS = 8 };
  const double full_s = 2.5, most_glide_s = 0.25, step_s = 0.6;
  const CsSection *place = cs_section_of_bar(p->timeline, chord->bar);
  const double start =
      cs_seconds_of_tick(p->timeline, (double)chord->start_tick) * p->rate;
  const double end =
      cs_seconds_of_tick(p->timeline, (double)chord->end_tick) * p->rate;
  if (end <= start)
    return CS_OK;
  if (place->kind == CS_SECTION_END)
    return cs_curve_add(p, curve, start, 0.0);
  const double length = end - start;
  const double glide  = fmin(most_glide_s * p->rate, 0.1 * length);
  const int n_steps   = (int)fmax(LEAST_STEPS, length / (step_s * p->rate));
  depth *= fmin(1.0, length / (full_s * p->rate));
  for (int i = 0; i <= n_steps; i++) {
    const double share = (double)i / n_steps;
    CS_TRY(cs_curve_add(
        p, curve, start + share * (length - glide), depth * swell_db(share)));
  }
  return CS_OK;
}

CsStatus
cs_write_swells(
    const CsPerformer *p, const CsPlayer *player, double share, CsCurve *curve)
{
  if (!cs_swells(player))
    return CS_OK;
  for (size_t i = 0; i < p->n_chords; i++)
    CS_TRY(add_swell(
        p, &p->chords[i], share * depths[player->track->role], curve));
  return CS_OK;
}
