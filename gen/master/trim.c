#include "gen/master/easing.h"
#include "gen/master/mastering.h"

#include "gen/base/mathx.h"

#include <math.h>

/// What is left to the limiter, which hears true peaks and more than the rhythm
/// section. With this much 39 of the 89 cues of the music report have a stroke
/// trimmed; the other 50 are as they were.
static const double left_db = 1.5;
/// A stroke that loses more than 6 dB is another stroke.
static const double most_taken = 0.5;
static const double release_s = 0.04; ///< Half the limiter's: it is one stroke.

CsStatus
cs_trim_new(CsArena *arena, int sample_rate, int64_t n_frames, CsSpool *spool,
    CsTrim *trim)
{
  CS_TRY(cs_easing_new(arena, sample_rate, release_s, &trim->easing));
  CS_TRY(cs_gain_curve_new(arena, spool, n_frames, &trim->curves[0]));
  CS_TRY(cs_gain_curve_new(arena, spool, n_frames, &trim->curves[1]));
  CS_TRY(cs_new_block(arena, &trim->rhythm));
  return cs_new_block(arena, &trim->gains);
}

bool
cs_trim_changes(const CsTrim *trim, size_t block)
{
  return trim->is_on &&
         cs_gain_curve_bends(&trim->curves[trim->n_curve], block);
}

float
cs_trim_lowest(const CsTrim *trim)
{
  return trim->is_on ? trim->curves[trim->n_curve].lowest : 1.0F;
}

void
cs_trim_run(
    const CsTrim *trim, float *frames, size_t n_frames, size_t n_channels)
{
  for (size_t f = 0; f < n_frames; f++) {
    const float taken = 1.0F - trim->gains[f];
    if (taken <= 0.0F)
      continue;
    for (size_t c = 0; c < n_channels; c++)
      frames[f * n_channels + c] -= taken * trim->rhythm[f * n_channels + c];
  }
}

/// How much of the rhythm has to go to bring a sample of the mix to the
/// threshold. It takes no larger share than it has in the peak: what it hardly
/// makes it cannot mend. Where it works against the rest, less of it would only
/// make the peak larger.
static double
taken_for(double threshold, double mix, double rhythm)
{
  const double over = fabs(mix) - threshold;
  if (over <= 0.0 || mix * rhythm <= 0.0)
    return 0.0;
  return fmin(over / fabs(rhythm), fmin(most_taken, rhythm / mix));
}

static double
needed_at(const CsMaster *m, const float *mix, size_t frame)
{
  double taken = 0.0;
  for (size_t c = 0; c < m->n_channels; c++) {
    const size_t i = frame * m->n_channels + c;
    taken          = fmax(taken, taken_for(m->trim.threshold, (double)mix[i],
                                     (double)m->trim.rhythm[i]));
  }
  return 1.0 - taken;
}

/// Go on with the curve over some frames of the mix, whose rhythm is at hand;
/// NULL is silence.
static CsStatus
extend(CsArena *arena, CsMaster *m, const float *mix, size_t n)
{
  CsTrim *t = &m->trim;
  for (size_t f = 0; f < n; f++)
    t->gains[f] =
        cs_easing_next(t->easing, mix != NULL ? needed_at(m, mix, f) : 1.0);
  return cs_gain_curve_add(arena, &t->curves[t->n_curve], t->gains, n);
}

/// Go on over the first frames of a block. Where it stays below the threshold
/// and no stroke before it is still eased, there is nothing to do.
static CsStatus
extend_block(CsArena *arena, CsMaster *m, size_t block, size_t n)
{
  CsTrim *t           = &m->trim;
  const int64_t at    = (int64_t)block * CS_BLOCK_FRAMES;
  const size_t rhythm = m->signals[CS_SIGNAL_MIX].rhythm;
  if (cs_easing_is_idle(t->easing) &&
      (double)m->plain.extents[block].size <= t->threshold)
    return cs_gain_curve_add(arena, &t->curves[t->n_curve], NULL, n);
  const size_t n_all = cs_playback_n_block(m, at);
  CS_TRY(cs_playback_load(arena, m, at, n_all, CS_SIGNAL_MIX, m->scratch));
  CS_TRY(cs_playback_load(arena, m, at, n_all, rhythm, t->rhythm));
  return extend(arena, m, m->scratch, n);
}

/// The blocks from one on, up to the end of the cue.
static CsStatus
extend_from(CsArena *arena, CsMaster *m, size_t first)
{
  for (size_t b = first; b < cs_n_blocks(m); b++)
    CS_TRY(extend_block(
        arena, m, b, cs_playback_n_block(m, (int64_t)b * CS_BLOCK_FRAMES)));
  return CS_OK;
}

/// The curve comes late: its end needs what follows, in a loop the start.
static CsStatus
run_out(CsArena *arena, CsMaster *m)
{
  const size_t n_late = cs_easing_delay(m->trim.easing);
  if (m->wish.n_preroll_frames == 0 || cs_playback_n_block(m, 0) < n_late)
    return extend(arena, m, NULL, n_late);
  return extend_block(arena, m, 0, n_late);
}

bool
cs_trim_can_more(const CsMaster *m)
{
  return m->signals[CS_SIGNAL_MIX].rhythm != 0 &&
         (double)cs_trim_lowest(&m->trim) > 1.001 * (1.0 - most_taken);
}

/// Where far more is asked than strokes can give, only their tops are taken.
static double
threshold(const CsMaster *m, double gain_db)
{
  const double peak_db = cs_db_from_gain((double)m->trim.plain_peak);
  const double db      = cs_playback_ceiling_db(m) - gain_db + left_db;
  return cs_gain_from_db(fmax(db, peak_db + cs_db_from_gain(1.0 - most_taken)));
}

CsStatus
cs_trim_set(CsArena *arena, CsMaster *m, double gain_db)
{
  CsTrim *t = &m->trim;
  if (t->plain_peak <= 0.0F)
    t->plain_peak = m->plain.peak;
  t->gain_db   = gain_db;
  t->threshold = threshold(m, gain_db);
  if (m->signals[CS_SIGNAL_MIX].rhythm == 0 ||
      (double)t->plain_peak <= t->threshold)
    return cs_master_measure_again(arena, m);
  const bool loops   = m->wish.n_preroll_frames > 0;
  const int64_t lead = loops ? cs_playback_lead_frame(m) : m->wish.n_frames;
  t->is_on           = false;
  CS_TRY(cs_master_measure_again(arena, m));
  t->n_curve = 1 - t->n_curve; // what was set before may come back
  cs_gain_curve_begin(&t->curves[t->n_curve],
      cs_easing_delay(t->easing) + (size_t)(m->wish.n_frames - lead));
  cs_easing_begin(t->easing);
  // A loop's curve goes round: what is before its first frame is its end.
  if (loops)
    CS_TRY(extend_from(arena, m, (size_t)(lead / CS_BLOCK_FRAMES)));
  CS_TRY(extend_from(arena, m, 0));
  CS_TRY(run_out(arena, m));
  t->is_on = true;
  return cs_master_measure_again(arena, m);
}
