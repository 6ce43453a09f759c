#include "gen/render/layers.h"

#include "gen/base/wide.h"
#include "gen/perform/performance.h"

#include <stdlib.h>
#include <string.h>

enum {
  N_CHANNELS = 2,
  /// What is compared: 21 ms at 48 kHz of a note, and as much after it is let
  /// go, for fonts change attack, filter and release with the velocity.
  HELD_PROBE_FRAMES = 1024,
  PROBE_FRAMES      = 2 * HELD_PROBE_FRAMES,
  LOUDEST           = CS_N_VELOCITIES - 1,
};

/// Two velocities are one sound when no more than this share of it differs, in
/// power. A class is as wide as its ends allow, -20 dB; its recording is made
/// in the middle, which halves the difference. test_render.c holds the bands of
/// what comes out within 1 dB.
static const double same_ends = 1e-2, same_sound = 4e-3;

typedef struct Probe {
  int key, velocity; ///< Velocity 0: nothing there.
  double power;
  float samples[N_CHANNELS][PROBE_FRAMES];
} Probe;

struct CsProber {
  CsSynth *synth;
  Probe reference, probe;
};

CsProber *
cs_prober_new(CsSynth *synth)
{
  CsProber *p = calloc(1, sizeof *p);
  if (p != NULL)
    p->synth = synth;
  return p;
}

void
cs_prober_free(CsProber *p)
{
  free(p);
}

/// In rows, so that no sum waits for the one before.
CS_SAME_LOOP double
add_products(const Probe *a, const Probe *b)
{
  enum { ROWS = 8 };
  double sums[ROWS] = {0.0};
  for (size_t c = 0; c < N_CHANNELS; c++)
    for (size_t i = 0; i < PROBE_FRAMES; i += ROWS)
      for (size_t k = 0; k < ROWS; k++)
        sums[k] += (double)a->samples[c][i + k] * (double)b->samples[c][i + k];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
         ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

CS_WIDE static double
add_products_wide(const Probe *a, const Probe *b)
{
  return add_products(a, b);
}

static double
dot(const Probe *a, const Probe *b)
{
  return cs_can_go_wide() ? add_products_wide(a, b) : add_products(a, b);
}

static bool
listen(CsProber *p, int key, int velocity, Probe *probe)
{
  if (probe->key == key && probe->velocity == velocity)
    return true;
  cs_synth_note_on(p->synth, key, velocity);
  float *left = probe->samples[0], *right = probe->samples[1];
  bool is_well = cs_synth_render(p->synth, left, right, HELD_PROBE_FRAMES);
  cs_synth_note_off(p->synth, key);
  is_well &= cs_synth_render(p->synth, left + HELD_PROBE_FRAMES,
      right + HELD_PROBE_FRAMES, PROBE_FRAMES - HELD_PROBE_FRAMES);
  cs_synth_stop(p->synth);
  probe->key      = key;
  probe->velocity = velocity;
  probe->power    = dot(probe, probe);
  return is_well;
}

/// The gain that makes one velocity the other, and what then still differs, as
/// a share of the other's power.
static bool
compare(CsProber *p, int key, int reference, int velocity, float *gain,
    double *rest)
{
  *gain = 1.0F;
  *rest = 0.0;
  if (reference == velocity)
    return true;
  if (!listen(p, key, reference, &p->reference) ||
      !listen(p, key, velocity, &p->probe))
    return false;
  const double rr = p->reference.power, pp = p->probe.power;
  const double rp = dot(&p->reference, &p->probe);
  *rest           = 1.0;
  if (rr > 0.0 && pp > 0.0 && rp > 0.0) {
    *gain = (float)(rp / rr);
    *rest = 1.0 - rp * rp / (rr * pp);
  }
  return true;
}

// ---- Classes ----------------------------------------------------------------

/// Velocity of a point: 127, 119 ... 7.
static int
point(int index)
{
  return LOUDEST - CS_VELOCITY_STEP * index;
}

static int
index_of(int velocity)
{
  return (LOUDEST - velocity) / CS_VELOCITY_STEP;
}

static int
class_top(const CsKeyLayers *l, size_t class)
{
  return class == 0 ? LOUDEST : l->lows[class - 1] - CS_VELOCITY_STEP;
}

/// Where a class is recorded.
static int
class_middle(const CsKeyLayers *l, size_t class)
{
  const int from = index_of(class_top(l, class));
  return point((from + index_of(l->lows[class])) / 2);
}

/// How far down the next class goes. Sounds grow apart the farther velocities
/// lie, so halving finds the border.
static bool
add_class(CsProber *p, int key, CsKeyLayers *l)
{
  const int top = class_top(l, l->n_classes);
  int same = index_of(top), other = CS_N_CLASS_POINTS;
  int next = CS_N_CLASS_POINTS - 1; // most presets have one class
  while (other - same > 1) {
    float gain  = 0.0F;
    double rest = 0.0;
    if (!compare(p, key, top, point(next), &gain, &rest))
      return false;
    if (rest <= same_ends)
      same = next;
    else
      other = next;
    next = (same + other) / 2;
  }
  l->lows[l->n_classes++] = (uint8_t)point(same);
  return true;
}

/// The first class that reaches down to a velocity, or the last.
static bool
find_class(CsProber *p, int key, int velocity, CsKeyLayers *l, size_t *class)
{
  for (*class = 0;; ++*class) {
    if (*class == l->n_classes && !add_class(p, key, l))
      return false;
    if (l->lows[*class] <= velocity || l->lows[*class] < CS_VELOCITY_STEP)
      return true;
  }
}

/// A velocity is played by its class, or by the class above where it lies
/// between two, else by itself.
static bool
find_layer(CsProber *p, int key, int velocity, CsKeyLayers *l)
{
  size_t class = 0;
  if (!find_class(p, key, velocity, l, &class))
    return false;
  const bool is_between = velocity > class_top(l, class);
  for (size_t c = is_between ? class - 1 : class; c <= class; c++) {
    const int middle = class_middle(l, c);
    float gain       = 0.0F;
    double rest      = 0.0;
    if (!compare(p, key, middle, velocity, &gain, &rest))
      return false;
    if (rest <= same_sound) {
      l->layers[velocity] = (CsLayer){(uint8_t)middle, gain};
      return true;
    }
  }
  l->layers[velocity] = (CsLayer){(uint8_t)velocity, 1.0F};
  return true;
}

bool
cs_find_layers(CsProber *p, int key, const bool is_wanted[CS_N_VELOCITIES],
    CsKeyLayers *layers)
{
  for (int v = LOUDEST; v > 0; v--)
    if (is_wanted[v] && layers->layers[v].velocity == 0 &&
        !find_layer(p, key, v, layers))
      return false;
  return true;
}
