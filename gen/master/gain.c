// Between the passes: the gain that brings the cue to its loudness, how much
// the limiter may take away for it (RULEBOOK 2.3), and what gives way then.

#include "gen/master/mastering.h"

#include "gen/base/mathx.h"

#include <math.h>

static const double max_limiting_db    = 3.0;  ///< RULEBOOK 2.3.
static const double forced_limiting_db = 30.0; ///< Where the target is kept.
static const double max_gain_db        = 60.0; ///< More would only lift noise.

/// From here on a limiter lowers the loudness by a figure that counts.
static const double audible_limiting_db = 0.3;
/// Errors in LU: below the first nothing is corrected; a correction below the
/// second is small enough to be trusted unheard.
static const double close_lu = 0.05, near_lu = 0.1;
/// What a limiter that takes so many dB off the peaks usually takes from the
/// loudness, in LU by their square. Of the 45 cues of the music report that are
/// limited, 30 are close with the first gain tried then, 11 without.
static const double usual_loss = 0.03;
enum { MAX_ROUNDS = 8 };

double
cs_master_loudness_with(
    const CsMaster *m, const CsLoudness *loudness, double gain_db)
{
  if (m->wish.function != CS_STINGER)
    return cs_loudness_integrated(loudness, gain_db);
  const double lufs = cs_loudness_momentary(loudness);
  return lufs > CS_SILENCE_DB ? lufs + gain_db : CS_SILENCE_DB;
}

/// Before the limiter.
static double
loudness_with(const CsMaster *m, double gain_db)
{
  return cs_master_loudness_with(m, m->trimmed.loudness, gain_db);
}

/// The gain that brings the measured signal to the target, no limiter yet. A
/// huge gain opens the absolute gate first; then the gate is as it will be.
static double
plain_gain_db(const CsMaster *m)
{
  const double open_db = 200.0;
  const double lufs    = loudness_with(m, open_db);
  if (lufs <= CS_SILENCE_DB)
    return 0.0;
  double gain_db = m->wish.target_lufs - (lufs - open_db);
  for (int i = 0; i < 3; i++) {
    const double reached = loudness_with(m, gain_db);
    if (reached > CS_SILENCE_DB)
      gain_db += m->wish.target_lufs - reached;
  }
  return gain_db;
}

/// Limit the mix and measure it.
static CsStatus
simulate(CsArena *arena, CsMaster *m, double gain_db, double *lufs)
{
  CS_TRY(cs_master_limit(arena, m, gain_db));
  *lufs = cs_master_loudness_with(m, m->loudness, 0.0);
  return CS_OK;
}

/// Coarse enough that the last bit of the meter's own arithmetic decides
/// nothing.
static double
rounded_db(double db)
{
  return floor(db * 1024.0 + 0.5) / 1024.0;
}

/// The more is limited, the less a dB of gain adds to the loudness. The first
/// gain tried makes up for what is usual. How much the loudness changed between
/// the last two says where to try next; before the first, that is where the
/// limiter begins.
static CsStatus
make_up_for_limiting(
    CsArena *arena, CsMaster *m, double free_db, double cap_db, double *gain_db)
{
  const double over_db = *gain_db - free_db;
  const double first   = rounded_db(*gain_db + usual_loss * over_db * over_db);
  double last_db = free_db, last_lufs = loudness_with(m, free_db);
  *gain_db = first < cap_db ? first : cap_db;
  for (int round = 0; round < MAX_ROUNDS; round++) {
    double lufs = 0.0;
    CS_TRY(simulate(arena, m, *gain_db, &lufs));
    const double missing = m->wish.target_lufs - lufs;
    m->is_capped         = missing > 0.0 && *gain_db >= cap_db;
    if (fabs(missing) < close_lu || m->is_capped || lufs <= CS_SILENCE_DB)
      break;
    const double slope =
        cs_clamp((lufs - last_lufs) / (*gain_db - last_db), 0.1, 1.0);
    const double next_db = rounded_db(*gain_db + missing / slope);
    last_db              = *gain_db;
    last_lufs            = lufs;
    *gain_db             = next_db < cap_db ? next_db : cap_db;
    if (fabs(missing) < near_lu || *gain_db == last_db)
      break;
  }
  return CS_OK;
}

/// The gain from which on the limiter has work.
static double
free_gain_db(const CsMaster *m)
{
  return cs_playback_ceiling_db(m) - cs_db_from_gain((double)m->trimmed.peak);
}

/// The plain gain, and what limiting allows.
static double
wanted_gain_db(CsMaster *m, double limiting_db, double *cap_db)
{
  const double most_db = free_gain_db(m) + limiting_db;
  const double gain_db = rounded_db(plain_gain_db(m));
  *cap_db      = rounded_db(most_db < max_gain_db ? most_db : max_gain_db);
  m->is_capped = gain_db > *cap_db;
  return m->is_capped ? *cap_db : gain_db;
}

static CsStatus
level(CsArena *arena, CsMaster *m, double most_db)
{
  m->leveller.n_loop = m->wish.n_preroll_frames > 0 ? m->wish.n_frames : 0;
  CS_TRY(cs_leveller_set(arena, m->trimmed.loudness, most_db, &m->leveller));
  return cs_master_measure_again(arena, m);
}

/// A theme ranges over 5 to 10 LU (RULEBOOK 2.1). From 9 on its climax steps
/// back by what is over, so that what comes before need not be turned up.
static CsStatus
narrow_range(CsArena *arena, CsMaster *m)
{
  const double wide_lu = 9.0, least_db = 0.3;
  double range_lu = 0.0;
  if (m->wish.function != CS_THEMATIC)
    return CS_OK;
  CS_TRY(cs_loudness_range(arena, m->trimmed.loudness, &range_lu));
  const double db = cs_clamp(range_lu - wide_lu, 0.0, CS_MOST_LEVELLING_DB);
  return db < least_db ? CS_OK : level(arena, m, floor(db * 10.0 + 0.5) / 10.0);
}

/// Level the climax, and stay with it where that brings the cue nearer to its
/// target. (A single stroke in a quiet place is out of its reach.)
static CsStatus
try_levelling(CsArena *arena, CsMaster *m, double *gain_db, double *cap_db)
{
  const double before = loudness_with(m, *gain_db);
  CS_TRY(level(arena, m, CS_MOST_LEVELLING_DB));
  *gain_db = wanted_gain_db(m, max_limiting_db, cap_db);
  if (loudness_with(m, *gain_db) > before + near_lu)
    return CS_OK;
  m->leveller = (CsLeveller){.gains = NULL};
  CS_TRY(cs_master_measure_again(arena, m));
  *gain_db = wanted_gain_db(m, max_limiting_db, cap_db);
  return CS_OK;
}

/// With the strokes as they are now: the gain, and the loudness that is reached
/// with it where `is_capped` says that it falls short.
static CsStatus
settle(CsArena *arena, CsMaster *m, double *gain_db, double *lufs)
{
  double cap_db = 0.0;
  *gain_db      = wanted_gain_db(m, max_limiting_db, &cap_db);
  // A stinger's target is its loudest place itself: levelling gains nothing.
  if (m->is_capped && cap_db < max_gain_db && m->leveller.gains == NULL &&
      m->wish.function != CS_STINGER)
    CS_TRY(try_levelling(arena, m, gain_db, &cap_db));
  if (m->wish.keeps_target)
    *gain_db = wanted_gain_db(m, forced_limiting_db, &cap_db);
  const double free_db = rounded_db(free_gain_db(m));
  if (!m->is_capped && *gain_db > free_db + audible_limiting_db)
    CS_TRY(make_up_for_limiting(arena, m, free_db, cap_db, gain_db));
  return m->is_capped ? simulate(arena, m, *gain_db, lufs) : CS_OK;
}

/// Where a cue stands that falls short of its target.
typedef struct Short {
  double gain_db, lufs;
} Short;

/// What trim and limiter take from the loudness comes back as gain, and the
/// strokes with it. Where they cap the level then, they are trimmed once more
/// and deeper, if that brings the cue nearer to its target.
static CsStatus
trim_deeper(CsArena *arena, CsMaster *m, const CsLeveller *narrowed, Short *at,
    bool *is_nearer)
{
  const double least_step_db = 1.5; // less than the limiter would swallow
  const double missing       = m->wish.target_lufs - at->lufs;
  const CsTrim before        = m->trim;
  const CsLeveller leveller  = m->leveller;
  Short deeper               = {0.0, m->wish.target_lufs};
  m->leveller                = *narrowed;
  CS_TRY(cs_trim_set(
      arena, m, rounded_db(before.gain_db + fmax(missing, least_step_db))));
  CS_TRY(settle(arena, m, &deeper.gain_db, &deeper.lufs));
  *is_nearer = deeper.lufs > at->lufs + near_lu;
  if (*is_nearer) {
    *at = deeper;
    return CS_OK;
  }
  m->trim      = before;
  m->leveller  = leveller;
  m->is_capped = true;
  return cs_master_measure_again(arena, m);
}

CsStatus
cs_master_choose_gain(CsArena *arena, CsMaster *m)
{
  enum { MAX_TRIMS = 3 };
  Short at       = {0.0, CS_SILENCE_DB};
  bool is_nearer = true;
  CS_TRY(narrow_range(arena, m));
  const CsLeveller narrowed = m->leveller;
  CS_TRY(cs_trim_set(arena, m, rounded_db(plain_gain_db(m))));
  CS_TRY(settle(arena, m, &at.gain_db, &at.lufs));
  for (int i = 0; i < MAX_TRIMS && m->is_capped && is_nearer &&
                  at.lufs > CS_SILENCE_DB && cs_trim_can_more(m);
       i++)
    CS_TRY(trim_deeper(arena, m, &narrowed, &at, &is_nearer));
  m->measured.gain_db      = at.gain_db;
  m->measured.target_lufs  = m->wish.target_lufs;
  m->measured.levelling_db = m->leveller.most_db;
  m->measured.trimming_db =
      0.0 - cs_db_from_gain((double)cs_trim_lowest(&m->trim));
  return CS_OK;
}
