#include "gen/base/mathx.h"
#include "soundfonts/house/tone.h"

#include <math.h>

// Chowning's frequency modulation, written as phase modulation. A pair's energy
// ends about `index` + 5 side bands from its carrier (the rest is 60 dB down),
// and the index is held so that this stays under the band's limit.

static const double far_bands = 5.0;

static double
index_limit(const CsFmPair *p, const CsToneRequest *wanted)
{
  const double room = wanted->top_hz - p->carrier * wanted->hz;
  return fmax(0.0, room / (p->modulator * wanted->hz) - far_bands);
}

static double
gain_per_frame(double db, double seconds, int sample_rate)
{
  return seconds <= 0.0 ? 1.0 : cs_gain_from_db(db / (seconds * sample_rate));
}

static void
add_pair(CsTone *tone, const CsTurns *turns, const CsToneRequest *wanted,
    const CsFmRecipe *r, const CsFmPair *p)
{
  const int rate    = turns->sample_rate;
  const double n    = (double)turns->n_loop;
  const double step = 2.0 * CS_PI * cs_tone_cycles(turns, p->carrier) / n;
  const double keyed =
      cs_exp2(-(wanted->key - 60.0) / 12.0 * r->index_tracking);
  const double limit = index_limit(p, wanted);
  const double low   = fmin(limit, p->index_end * keyed);
  double above       = fmin(limit, p->index * keyed) - low;
  const double sink  = gain_per_frame(-60.0, p->index_decay_s, rate);
  const double rest_s =
      p->decay_share < 1.0
          ? wanted->decay_s * p->decay_share / (1.0 - p->decay_share)
          : 0.0;
  const double fall = gain_per_frame(-60.0, rest_s, rate);
  double gain       = cs_gain_from_db(p->level_db);
  CsTurner modulator =
      cs_turner(0.0, 2.0 * CS_PI * cs_tone_cycles(turns, p->modulator) / n);
  for (size_t i = 0; i < tone->n_frames; i++) {
    const double moved = (low + above) * cs_turner_next(&modulator);
    tone->frames[0][i] += gain * cs_sin(step * (double)i + moved);
    if (i < turns->n_head) {
      above *= sink;
      gain *= fall;
    }
  }
}

CsStatus
cs_tone_fm(CsArena *arena, const CsToneRequest *wanted,
    const CsFmRecipe *recipe, CsTone *tone)
{
  const CsTurns turns =
      cs_tone_turns(wanted->hz, recipe->head_s, recipe->loop_s, 44100);
  tone->sample_rate = turns.sample_rate;
  tone->loop_start  = turns.n_head;
  tone->loop_end    = turns.n_head + turns.n_loop;
  CS_TRY(cs_tone_room(arena, tone, tone->loop_end + CS_LOOP_MARGIN, 1));
  for (size_t i = 0; i < recipe->n_pairs; i++)
    if (recipe->pairs[i].carrier * wanted->hz < wanted->top_hz)
      add_pair(tone, &turns, wanted, recipe, &recipe->pairs[i]);
  const size_t n = (size_t)(recipe->onset_ms * tone->sample_rate / 1000.0);
  for (size_t i = 0; i < n && i < tone->n_frames; i++)
    tone->frames[0][i] *= (double)i / (double)n;
  return CS_OK;
}
