/// Functions whose last bit must not depend on the machine's libm: they use
/// only
/// + - * / and exact scaling, and are good to about 1e-14 relative.
#ifndef CS_GEN_BASE_MATHX_H
#define CS_GEN_BASE_MATHX_H

#define CS_PI 3.14159265358979323846

double cs_exp2(double x);
double cs_log2(double x);                    ///< x > 0.
double cs_pow(double base, double exponent); ///< base > 0.
double cs_sin(double radians);
double cs_cos(double radians);

/// Decibels to an amplitude factor and back; 0 gives CS_SILENCE_DB.
#define CS_SILENCE_DB (-200.0)
double cs_gain_from_db(double db);
double cs_db_from_gain(double gain);

// Asked for every note many times over, so they are written out where they are
// called.

static inline double
cs_clamp(double x, double low, double high)
{
  return x < low ? low : x > high ? high : x;
}

static inline int
cs_clamp_int(int x, int low, int high)
{
  return x < low ? low : x > high ? high : x;
}

static inline double
cs_lerp(double from, double to, double share)
{
  return from + (to - from) * share;
}

/// Floor division and the remainder 0..n-1, also for negative x; n over 0.
static inline int
cs_floor_div(int x, int n)
{
  const int rest = x % n;
  return x / n - (rest < 0 ? 1 : 0);
}

static inline int
cs_mod(int x, int n)
{
  const int rest = x % n;
  return rest < 0 ? rest + n : rest;
}

#endif
