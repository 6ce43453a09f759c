#include "gen/synth/units.h"

#include "gen/base/mathx.h"

#include <pthread.h>

enum {
  CENTS_PER_OCTAVE = 1200,
  N_CENTIBELS      = 1441, ///< 144 dB, the range of the specification (8.1.3).
  N_PANS           = 1002,
  N_CURVE          = 128,
};

/// Of key 0 less three semitones: 55 / 8 Hz.
static const double lowest_a_hz = 6.875;

/// Of key 0: 440 / 2^(69 / 12).
static const double lowest_key_hz = 8.1757989156437;

static struct {
  double octave[CENTS_PER_OCTAVE];
  double gains[N_CENTIBELS];
  double pans[N_PANS];
  double concave[N_CURVE], convex[N_CURVE];
} tables;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
fill_tables(void)
{
  for (int i = 0; i < CENTS_PER_OCTAVE; i++)
    tables.octave[i] = cs_exp2((double)i / CENTS_PER_OCTAVE);
  for (int i = 0; i < N_CENTIBELS; i++)
    tables.gains[i] = cs_gain_from_db(i / -10.0);
  for (int i = 0; i < N_PANS; i++)
    tables.pans[i] = cs_sin(i * (CS_PI / 2.0 / (N_PANS - 1.0)));
  const int last       = N_CURVE - 1;
  tables.convex[0]     = 0.0;
  tables.concave[0]    = 0.0;
  tables.convex[last]  = 1.0;
  tables.concave[last] = 1.0;
  for (int i = 1; i < last; i++) {
    const double db          = cs_db_from_gain((double)i / last);
    const double x           = -20.0 / CS_RANGE_CENTIBELS * db;
    tables.convex[i]         = 1.0 - x;
    tables.concave[last - i] = x;
  }
}

void
cs_units_prepare(void)
{
  pthread_once(&once, fill_tables);
}

double
cs_exact_hz_of_cents(double cents)
{
  return lowest_key_hz * cs_exp2(cents / CENTS_PER_OCTAVE);
}

double
cs_hz_of_cents(double cents)
{
  if (cents < 0.0)
    return cs_exact_hz_of_cents(cents);
  const unsigned over  = (unsigned)(cents < 20000.0 ? cents : 20000.0) + 300u;
  const unsigned power = over / CENTS_PER_OCTAVE;
  return lowest_a_hz * (double)(1u << power) *
         tables.octave[over % CENTS_PER_OCTAVE];
}

double
cs_audible_hz_of_cents(double cents)
{
  return cs_hz_of_cents(cs_clamp(cents, 1500.0, 13500.0));
}

double
cs_s_of_timecents(double timecents)
{
  return cs_exp2(timecents / 1200.0);
}

double
cs_gain_of_centibels(double centibels)
{
  if (centibels < 0.0)
    return 1.0;
  return centibels < N_CENTIBELS ? tables.gains[(int)centibels] : 0.0;
}

double
cs_pan_gain_right(double pan)
{
  if (pan <= -500.0)
    return 0.0;
  return pan < 500.0 ? tables.pans[(int)pan + 500] : 1.0;
}

double
cs_pan_gain_left(double pan)
{
  return cs_pan_gain_right(-pan);
}

static double
look_up(const double curve[N_CURVE], double x)
{
  if (x < 0.0 || x >= N_CURVE - 1)
    return x < 0.0 ? 0.0 : 1.0;
  const int i = (int)x;
  return cs_lerp(curve[i], curve[i + 1], x - i);
}

double
cs_concave(double x)
{
  return look_up(tables.concave, x);
}

double
cs_convex(double x)
{
  return look_up(tables.convex, x);
}
