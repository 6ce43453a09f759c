// Who was asked to stand in front, and who to stay behind (R24, R25).

#include "gen/audit/asked.h"
#include "gen/audit/course.h"
#include "gen/audit/properties.h"

#include "gen/base/mathx.h"

#include <math.h>

/// What each track gives to each bar.
typedef struct Shares {
  const CsEvidence *e;
  size_t n_bars;
  double *power; ///< By track, then bar: power times seconds.
} Shares;

static CsStatus
share_out(CsArena *scratch, const CsEvidence *e, Shares *shares)
{
  int bar            = 0;
  const int n        = e->plan->n_bars;
  *shares            = (Shares){.e = e, .n_bars = (size_t)n};
  const size_t n_all = e->plan->n_tracks * shares->n_bars;
  CS_TRY_NEW(shares->power = CS_NEW_N(scratch, double, n_all));
  for (size_t i = 0; i < e->performance->n_notes; i++) {
    const CsPlayedNote *note = &e->performance->notes[i];
    const CsSound sound      = cs_sound_of(e, note);
    cs_share_sound(
        e, &sound, &bar, &shares->power[note->track * shares->n_bars]);
  }
  return CS_OK;
}

static bool
is_named(const CsEvidence *e, const CsStrings *names, size_t track)
{
  for (size_t i = 0; i < names->n; i++)
    if (cs_count_named(e, track, names->items[i], NULL) > 0)
      return true;
  return false;
}

/// Is the track's instrument one of those by its own name? Then a family that
/// it belongs to does not mean it: "solo cello, strings underneath".
static bool
is_own(const CsEvidence *e, const CsStrings *names, size_t track)
{
  for (size_t i = 0; i < names->n; i++) {
    const CsInstrument *in = cs_find_instrument(e->presets, names->items[i]);
    if (in != NULL && in == e->instruments[track])
      return true;
  }
  return false;
}

/// Those with whom the named one is compared: they have pitches, and a bass
/// stands below everybody.
static bool
is_layer(const CsEvidence *e, size_t track)
{
  return cs_is_pitched(e, track) && e->plan->tracks[track].role != CS_ROLE_BASS;
}

/// How far, in dB, the named ones stand over a track in the bars in which both
/// play; infinite where they never do.
static double
lead_over(const Shares *shares, const double *named, size_t track)
{
  const double *other = &shares->power[track * shares->n_bars];
  double own = 0.0, its = 0.0;
  for (size_t b = 0; b < shares->n_bars; b++)
    if (named[b] > 0.0 && other[b] > 0.0) {
      own += named[b];
      its += other[b];
    }
  return its > 0.0 ? 3.0102999566398120 * cs_log2(own / its) : (double)INFINITY;
}

/// The same over the strongest of the others.
///
/// @param beside   Names that are not compared with.
/// @param against  Names that mean others, though they be of the family.
static CsStatus
find_lead(CsArena *scratch, const Shares *shares, const char *name,
    const CsStrings *beside, const CsStrings *against, double *lead_db)
{
  const CsEvidence *e    = shares->e;
  const CsStrings itself = {&name, 1};
  double *named          = CS_NEW_N(scratch, double, shares->n_bars);
  CS_TRY_NEW(named);
  *lead_db = (double)INFINITY;
  for (size_t i = 0; i < e->score->n_parts; i++)
    for (size_t b = 0; is_named(e, &itself, i) && !is_own(e, against, i) &&
                       b < shares->n_bars;
         b++)
      named[b] += shares->power[i * shares->n_bars + b];
  for (size_t i = 0; i < e->score->n_parts; i++)
    if (is_layer(e, i) && (!is_named(e, beside, i) || is_own(e, against, i)))
      *lead_db = fmin(*lead_db, lead_over(shares, named, i));
  return CS_OK;
}

// ---- R24 --------------------------------------------------------------------

static const double least_lead_db = 0.0;

static CsStatus
in_front(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  Shares shares;
  if (e->brief == NULL || e->brief->in_front.n == 0)
    return CS_OK;
  CS_TRY(share_out(scratch, e, &shares));
  for (size_t i = 0; i < e->brief->in_front.n; i++) {
    const char *name = e->brief->in_front.items[i];
    double lead_db;
    CS_TRY(find_lead(scratch, &shares, name, &e->brief->in_front,
        &e->brief->behind, &lead_db));
    if (!isfinite(lead_db) || (f->applies && lead_db >= f->value))
      continue;
    *f = cs_finding_at_least(lead_db, least_lead_db);
    cs_finding_where(f, "%s", name);
  }
  return CS_OK;
}

const CsProperty cs_property_R24 = {
    .id      = "R24",
    .name    = "in front",
    .text    = "What was asked to stand in front is, in the bars in which both "
               "play, no softer than any other layer but the bass, as notes, "
               "levels and gains have it.",
    .unit    = "dB",
    .is_hard = true,
    .fn      = in_front,
};

// ---- R25 --------------------------------------------------------------------

static const double most_lead_db = -2.5;

static CsStatus
behind(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  Shares shares;
  if (e->brief == NULL || e->brief->behind.n == 0)
    return CS_OK;
  CS_TRY(share_out(scratch, e, &shares));
  for (size_t i = 0; i < e->brief->behind.n; i++) {
    const char *name = e->brief->behind.items[i];
    double lead_db;
    CS_TRY(find_lead(scratch, &shares, name, &e->brief->behind,
        &e->brief->in_front, &lead_db));
    if (!isfinite(lead_db) || (f->applies && lead_db <= f->value))
      continue;
    *f = cs_finding_at_most(lead_db, most_lead_db);
    cs_finding_where(f, "%s", name);
  }
  return CS_OK;
}

const CsProperty cs_property_R25 = {
    .id   = "R25",
    .name = "behind",
    .text = "What was asked to stay behind is, in the bars in which both play, "
            "2.5 dB softer than the strongest other layer but the bass.",
    .unit = "dB",
    .is_hard = true,
    .fn      = behind,
};
