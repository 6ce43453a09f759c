#include "gen/base/mathx.h"
#include "soundfonts/house/tone.h"

#include <math.h>

// Each partial has whole cycles in the loop. The player's envelope brings the
// decay of the fundamental; the head holds what the others decay faster, and in
// the loop all keep still, so that it joins exactly.

enum { MAX_PARTIALS = 96, MAX_STRINGS = 3 };

static const double weakest_db        = -60.0;
static const double other_string_gain = 0.7;

typedef struct Modes {
  CsPartial items[MAX_PARTIALS];
  size_t n;
} Modes;

/// The partials of a string by their law.
static void
lay_harmonics(
    const CsPartialsRecipe *r, const CsToneRequest *wanted, Modes *modes)
{
  const double hammer =
      r->hammer_hz * cs_exp2((wanted->key - 60.0) / 12.0 * r->hammer_tracking);
  for (int k = 1; k <= r->harmonics && modes->n < MAX_PARTIALS; k++) {
    const double ratio = k * sqrt(1.0 + r->inharmonicity * k * k);
    double db = r->tilt_db * cs_log2(k) + (k % 2 == 0 ? r->even_db : 0);
    if (r->hammer_hz > 0.0)
      db += cs_db_from_gain(cs_low_pass_gain(wanted->hz * ratio, hammer, 2.0));
    if (r->strike_at > 0.0)
      db += cs_db_from_gain(fmax(0.05, fabs(cs_sin(CS_PI * k * r->strike_at))));
    modes->items[modes->n++] =
        (CsPartial){ratio, db, 1.0 / (1.0 + r->damping * (k - 1))};
  }
}

static Modes
modes_of(const CsPartialsRecipe *r, const CsToneRequest *wanted)
{
  Modes modes = {.n = 0};
  for (size_t i = 0; i < r->n_partials && modes.n < MAX_PARTIALS; i++)
    modes.items[modes.n++] = r->partials[i];
  lay_harmonics(r, wanted, &modes);
  Modes kept     = {.n = 0};
  double loudest = CS_SILENCE_DB;
  for (size_t i = 0; i < modes.n; i++)
    loudest = fmax(loudest, modes.items[i].level_db);
  for (size_t i = 0; i < modes.n; i++)
    if (modes.items[i].ratio * wanted->hz < wanted->top_hz &&
        modes.items[i].level_db > loudest + weakest_db)
      kept.items[kept.n++] = modes.items[i];
  return kept;
}

static double
top_of(const Modes *modes, double hz)
{
  double top = hz;
  for (size_t i = 0; i < modes->n; i++)
    top = fmax(top, modes->items[i].ratio * hz);
  return top;
}

/// Gain from frame to frame that leaves the player the slowest decay.
static double
fall_per_frame(double decay_s, double share, int sample_rate)
{
  if (decay_s <= 0.0 || share >= 1.0)
    return 1.0;
  const double rest_s = decay_s * share / (1.0 - share);
  return cs_gain_from_db(-60.0 / (rest_s * sample_rate));
}

static void
add_line(
    CsTone *tone, const CsTurns *turns, double cycles, double gain, double fall)
{
  CsTurner t  = cs_turner(0.0, 2.0 * CS_PI * cycles / (double)turns->n_loop);
  double *out = tone->frames[0];
  for (size_t i = 0; i < tone->n_frames; i++) {
    out[i] += gain * cs_turner_next(&t);
    if (i < turns->n_head)
      gain *= fall;
  }
}

static void
soften_onset(CsTone *tone, double onset_ms)
{
  const size_t n = (size_t)(onset_ms * tone->sample_rate / 1000.0);
  for (size_t i = 0; i < n && i < tone->n_frames; i++)
    tone->frames[0][i] *= 0.5 - 0.5 * cs_cos(CS_PI * (double)i / (double)n);
}

CsStatus
cs_tone_partials(CsArena *arena, const CsToneRequest *wanted,
    const CsPartialsRecipe *recipe, CsTone *tone)
{
  const CsPartialsRecipe *r = recipe;
  const Modes modes         = modes_of(r, wanted);
  const CsTurns turns       = cs_tone_turns(wanted->hz, r->head_s, r->loop_s,
            cs_tone_rate(top_of(&modes, wanted->hz)));
  tone->sample_rate         = turns.sample_rate;
  tone->loop_start          = turns.n_head;
  tone->loop_end            = turns.n_head + turns.n_loop;
  CS_TRY(cs_tone_room(arena, tone, tone->loop_end + CS_LOOP_MARGIN, 1));
  for (size_t i = 0; i < modes.n; i++) {
    const CsPartial *p = &modes.items[i];
    const double gain =
        cs_gain_from_db(p->level_db) *
        cs_peaks_gain(r->peaks, r->n_peaks, p->ratio * wanted->hz);
    const double fall =
        fall_per_frame(wanted->decay_s, p->decay_share, turns.sample_rate);
    // Where the loop cannot tell the strings apart they sound as one.
    for (int s = 0; s < r->strings; s++) {
      const double detune = cs_exp2(s * r->detune_cents / 1200.0);
      add_line(tone, &turns, cs_tone_cycles(&turns, p->ratio * detune),
          s == 0 ? gain : gain * other_string_gain, fall);
    }
  }
  soften_onset(tone, r->onset_ms);
  return CS_OK;
}
