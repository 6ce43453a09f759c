#include "gen/synth/modulators.h"

#include "gen/synth/units.h"
#include "soundfonts/sf2_merge.h"

#include <math.h>
#include <string.h>

/// How a source is packed (8.2).
enum {
  INDEX        = 0x7F,
  CONTROLLER   = 0x80,
  NEGATIVE     = 0x100,
  BIPOLAR      = 0x200,
  KIND_SHIFT   = 10,
  KIND_LINEAR  = 0,
  KIND_CONCAVE = 1,
  KIND_CONVEX  = 2,
  KIND_SWITCH  = 3,
  ABSOLUTE     = 2, ///< The transform.
};

/// Sources that are no controllers (8.2.1).
enum {
  NONE        = 0,
  VELOCITY    = 2,
  KEY         = 3,
  WHEEL       = 14,
  WHEEL_RANGE = 16,
};

static const double range = 128.0, last = 127.0;

enum { LEVEL = 7, BALANCE = 8, PAN = 10, EXPRESSION = 11 };

/// The usual route from velocity to the filter, as fonts name it to turn it
/// off; FluidSynth never follows it.
static const CsModulator no_route = {
    0x0102, CS_GEN_FILTER_CUTOFF, 0, 0x0C02, 0};

static bool
same_route(const CsModulator *a, const CsModulator *b)
{
  return a->source == b->source && a->destination == b->destination &&
         a->amount_source == b->amount_source;
}

static bool
has_route(const CsSoundZone *zone, const CsModulator *wanted)
{
  for (size_t i = 0; i < zone->n_modulators; i++)
    if (same_route(&zone->modulators[i], wanted))
      return true;
  return false;
}

size_t
cs_modulators_of(const CsSoundZone *zone, CsModulator *all)
{
  size_t n_usual = 0, n = 0;
  const CsModulator *usual = cs_sf2_usual_modulators(&n_usual);
  for (size_t i = 0; i < n_usual; i++)
    if (!has_route(zone, &usual[i]))
      all[n++] = usual[i];
  for (size_t i = 0; i < zone->n_modulators && n < CS_MAX_MODULATORS; i++)
    if (!same_route(&zone->modulators[i], &no_route))
      all[n++] = zone->modulators[i];
  return n;
}

/// Where a controller stands.
static double
controller(int number, const CsControllers *set)
{
  switch (number) {
  case LEVEL:
    return set->level;
  case PAN:
    return set->pan;
  case EXPRESSION:
    return 127.0;
  case BALANCE:
    return 64.0;
  default: // sound controllers stand in the middle, the others at nothing
    return number >= 70 && number <= 79 ? 64.0 : 0.0;
  }
}

/// A source's value as a share of its range, of which 127 is 127/128 (9.5.3),
/// so that a controller's 64 is its middle.
static double
share_of(unsigned source, int key, int velocity, const CsControllers *set)
{
  const int index = source & INDEX;
  if ((source & CONTROLLER) != 0)
    return controller(index, set) / range;
  switch (index) {
  case VELOCITY:
    return velocity / range;
  case KEY:
    return key / range;
  case WHEEL:
    return 0.5;
  case WHEEL_RANGE:
    return 2.0 / range;
  default:
    return 0.0;
  }
}

static double
curve(unsigned kind, double x)
{
  switch (kind) {
  case KIND_CONCAVE:
    return cs_concave(last * x);
  case KIND_CONVEX:
    return cs_convex(last * x);
  default:
    return x;
  }
}

static double
value_of(unsigned source, int key, int velocity, const CsControllers *set)
{
  const unsigned kind = source >> KIND_SHIFT;
  double x            = share_of(source, key, velocity, set);
  const bool is_upper = x >= 0.5;
  if ((source & NEGATIVE) != 0)
    x = 1.0 - x;
  if (kind == KIND_SWITCH) {
    const bool is_on = is_upper != ((source & NEGATIVE) != 0);
    return is_on ? 1.0 : (source & BIPOLAR) != 0 ? -1.0 : 0.0;
  }
  if ((source & BIPOLAR) == 0)
    return curve(kind, x);
  const double y = 2.0 * x - 1.0;
  return y < 0.0 ? -curve(kind, -y) : curve(kind, y);
}

void
cs_modulate(const CsModulator *modulators, size_t n, int key, int velocity,
    const CsControllers *controllers, double amounts[CS_N_GENERATORS])
{
  for (size_t i = 0; i < n; i++) {
    const CsModulator *m = &modulators[i];
    if ((m->source & (INDEX | CONTROLLER)) == NONE ||
        m->destination >= CS_N_GENERATORS)
      continue;
    const bool has_second = (m->amount_source & (INDEX | CONTROLLER)) != NONE;
    double value = m->amount * value_of(m->source, key, velocity, controllers);
    if (has_second)
      value *= value_of(m->amount_source, key, velocity, controllers);
    amounts[m->destination] += m->transform == ABSOLUTE ? fabs(value) : value;
  }
}
