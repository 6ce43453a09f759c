#include "gen/base/mathx.h"

#include <math.h>

// Only frexp, ldexp, floor and sqrt are taken from libm: IEEE 754 makes them
// exact or correctly rounded everywhere.

/// e to the power of t, |t| <= ln 2 / 2: the series to the 14th power, in parts
/// that do not wait for each other.
static double
series(double t)
{
  const double t2 = t * t, t4 = t2 * t2, t8 = t4 * t4;
  const double a = (1.0 + t) + t2 * (1.0 / 2.0 + t * (1.0 / 6.0));
  const double b = (1.0 / 24.0 + t * (1.0 / 120.0)) +
                   t2 * (1.0 / 720.0 + t * (1.0 / 5040.0));
  const double c = (1.0 / 40320.0 + t * (1.0 / 362880.0)) +
                   t2 * (1.0 / 3628800.0 + t * (1.0 / 39916800.0));
  const double d = (1.0 / 479001600.0 + t * (1.0 / 6227020800.0)) +
                   t2 * (1.0 / 87178291200.0);
  return (a + t4 * b) + t8 * (c + t4 * d);
}

double
cs_exp2(double x)
{
  if (x < -1022.0)
    return 0.0;
  if (x > 1023.0)
    x = 1023.0;
  const double whole = floor(x + 0.5);
  return ldexp(series((x - whole) * 0.69314718055994530942), (int)whole);
}

double
cs_log2(double x)
{
  int exponent    = 0;
  double mantissa = frexp(x, &exponent); // 0.5..1
  if (mantissa < 0.70710678118654752440) {
    mantissa *= 2.0;
    exponent--;
  }
  const double z  = (mantissa - 1.0) / (mantissa + 1.0);
  const double z2 = z * z;
  double power = z, sum = 0.0;
  for (int i = 1; i <= 23; i += 2) {
    sum += power / i;
    power *= z2;
  }
  return exponent + 2.0 * sum * 1.44269504088896340736;
}

double
cs_pow(double base, double exponent)
{
  return cs_exp2(exponent * cs_log2(base));
}

double
cs_sin(double radians)
{
  const double turns = radians / (2.0 * CS_PI);
  double t           = (turns - floor(turns + 0.5)) * 2.0 * CS_PI; // -pi..pi
  if (t > CS_PI / 2)
    t = CS_PI - t;
  else if (t < -CS_PI / 2)
    t = -CS_PI - t;
  const double t2 = t * t;
  double term = t, sum = t;
  for (int i = 2; i <= 22; i += 2) {
    term *= -t2 / (i * (i + 1));
    sum += term;
  }
  return sum;
}

double
cs_cos(double radians)
{
  return cs_sin(radians + CS_PI / 2);
}

double
cs_gain_from_db(double db)
{
  if (db == 0.0)
    return 1.0;
  return db <= CS_SILENCE_DB ? 0.0
                             : cs_exp2(db * (3.32192809488736234787 / 20));
}

double
cs_db_from_gain(double gain)
{
  if (gain <= 1e-10)
    return CS_SILENCE_DB;
  return cs_log2(gain) * (20.0 * 0.30102999566398119521);
}
