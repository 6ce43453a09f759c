// Layers of velocity that differ in their times alone.

#include "soundfonts/generators.h"
#include "soundfonts/mend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Times that layers may differ in, in timecents.
static const int times[] = {CS_GEN_HOLD, CS_GEN_DECAY, CS_GEN_RELEASE};

enum {
  N_TIMES    = sizeof times / sizeof *times,
  USUAL_TIME = -12000,
  MAX_LAYERS = 16,
  LOUDEST    = 127,
};

static bool
is_time(int number)
{
  for (size_t i = 0; i < N_TIMES; i++)
    if (times[i] == number)
      return true;
  return false;
}

/// Does every generator of `a` but the times stand in `b` too?
static bool
says_no_more(const CsSoundZone *a, const CsSoundZone *b)
{
  enum { NONE = 1 << 20 };
  for (size_t i = 0; i < a->n_generators; i++) {
    const int number = a->generators[i].number;
    if (!is_time(number) &&
        cs_zone_generator(b, number, NONE) != a->generators[i].amount)
      return false;
  }
  return true;
}

/// Are these two layers of one sound?
static bool
is_layer(const CsSoundZone *a, const CsSoundZone *b)
{
  return a->low_key == b->low_key && a->high_key == b->high_key &&
         a->samples == b->samples && a->n_frames == b->n_frames &&
         a->loop_start == b->loop_start && a->loop_end == b->loop_end &&
         a->root_key == b->root_key &&
         a->loops_until_release == b->loops_until_release &&
         says_no_more(a, b) && says_no_more(b, a) &&
         a->n_modulators == b->n_modulators &&
         (a->n_modulators == 0 ||
             memcmp(a->modulators, b->modulators,
                 a->n_modulators * sizeof *a->modulators) == 0);
}

static int
by_velocity(const void *a, const void *b)
{
  const CsSoundZone *x = *(CsSoundZone *const *)a;
  const CsSoundZone *y = *(CsSoundZone *const *)b;
  return x->low_velocity - y->low_velocity;
}

/// The layers of a zone, lowest first; 0 when they leave a gap or overlap.
static size_t
find_layers(CsSound *sound, size_t first, const bool *is_done,
    CsSoundZone *layers[MAX_LAYERS])
{
  size_t n = 0;
  for (size_t i = first; i < sound->n_zones; i++)
    if (!is_done[i] && is_layer(&sound->zones[first], &sound->zones[i])) {
      if (n == MAX_LAYERS)
        return 0;
      layers[n++] = &sound->zones[i];
    }
  qsort((void *)layers, n, sizeof *layers, by_velocity);
  for (size_t i = 1; i < n; i++)
    if (layers[i]->low_velocity != layers[i - 1]->high_velocity + 1)
      return 0;
  return n;
}

/// A straight line over the softness of the layers' middles: the time at full
/// velocity, and what is added at velocity 0.
static void
fit_line(CsSoundZone *const *layers, size_t n, int number, double *at_loudest,
    double *more)
{
  double sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0;
  for (size_t i = 0; i < n; i++) {
    const double middle =
        0.5 * (layers[i]->low_velocity + layers[i]->high_velocity);
    const double x = (LOUDEST - middle) / LOUDEST;
    const double y = cs_zone_generator(layers[i], number, USUAL_TIME);
    sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  const double count = (double)n, below = count * sxx - sx * sx;
  *more       = below > 0.0 ? (count * sxy - sx * sy) / below : 0.0;
  *at_loudest = (sy - *more * sx) / count;
}

static CsStatus
join_time(CsArena *arena, CsSoundZone *const *layers, size_t n, int number,
    CsSoundZone *joined)
{
  double at_loudest = 0.0, more = 0.0;
  fit_line(layers, n, number, &at_loudest, &more);
  if (lrint(at_loudest) == USUAL_TIME && lrint(more) == 0)
    return CS_OK;
  CS_TRY(cs_zone_set_generator(arena, joined, number, (int)lrint(at_loudest)));
  if (lrint(more) == 0)
    return CS_OK;
  CsModulator *list = CS_NEW_N(arena, CsModulator, joined->n_modulators + 1);
  CS_TRY_NEW(list);
  if (joined->n_modulators > 0)
    memcpy(list, joined->modulators, joined->n_modulators * sizeof *list);
  list[joined->n_modulators++] = (CsModulator){CS_MOD_VELOCITY_NEGATIVE_LINEAR,
      (uint16_t)number, (int16_t)lrint(more), 0, 0};
  joined->modulators           = list;
  return CS_OK;
}

/// The lowest layer reaches far down and stays; those above become one.
static CsStatus
join_layers(CsArena *arena, CsSoundZone **layers, size_t n)
{
  CsSoundZone *joined = layers[1];
  for (size_t i = 0; i < N_TIMES; i++)
    CS_TRY(join_time(arena, layers + 1, n - 1, times[i], joined));
  joined->high_velocity = layers[n - 1]->high_velocity;
  return CS_OK;
}

CsStatus
cs_mend_layers(CsArena *arena, CsSound *sound)
{
  bool *is_done   = CS_NEW_N(arena, bool, sound->n_zones);
  bool *is_joined = CS_NEW_N(arena, bool, sound->n_zones);
  if (is_done == NULL || is_joined == NULL)
    return CS_ERR_MEMORY;
  for (size_t i = 0; i < sound->n_zones; i++) {
    CsSoundZone *layers[MAX_LAYERS];
    const size_t n = is_done[i] ? 0 : find_layers(sound, i, is_done, layers);
    if (n < 3)
      continue;
    for (size_t k = 0; k < n; k++) {
      is_done[layers[k] - sound->zones]   = true;
      is_joined[layers[k] - sound->zones] = k > 1;
    }
    CS_TRY(join_layers(arena, layers, n));
  }
  size_t n_left = 0;
  for (size_t i = 0; i < sound->n_zones; i++)
    if (!is_joined[i])
      sound->zones[n_left++] = sound->zones[i];
  sound->n_zones = n_left;
  return CS_OK;
}
