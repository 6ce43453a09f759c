#include "gen/base/rng.h"

// SplitMix64 (Steele, Lea & Flood 2014): one 64-bit state, full period, and a
// finaliser that also serves to mix the parts of a stream's name.
static uint64_t
mix(uint64_t x)
{
  x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

static const uint64_t golden_gamma = UINT64_C(0x9e3779b97f4a7c15);

CsRngPurpose
cs_rng_purpose(uint64_t seed, const char *purpose)
{
  uint64_t h = mix(seed + golden_gamma);
  for (const char *p = purpose; *p != '\0'; p++)
    h = mix(h ^ ((uint64_t)(unsigned char)*p + golden_gamma));
  return (CsRngPurpose){h};
}

CsRng
cs_rng_for(CsRngPurpose purpose, uint64_t place, uint64_t bar)
{
  const uint64_t h = mix(purpose.hash ^ mix(place + 2 * golden_gamma));
  return (CsRng){mix(h ^ mix(bar + 3 * golden_gamma))};
}

CsRng
cs_rng_at(uint64_t seed, const char *purpose, uint64_t place, uint64_t bar)
{
  return cs_rng_for(cs_rng_purpose(seed, purpose), place, bar);
}

uint64_t
cs_rng_next(CsRng *rng)
{
  rng->state += golden_gamma;
  return mix(rng->state);
}

uint32_t
cs_rng_below(CsRng *rng, uint32_t n)
{
  if (n == 0)
    return 0;
  const uint32_t n_biased = (uint32_t)(-n) % n;
  for (;;) {
    const uint64_t product = (cs_rng_next(rng) >> 32) * n;
    if ((uint32_t)product >= n_biased)
      return (uint32_t)(product >> 32);
  }
}

double
cs_rng_unit(CsRng *rng)
{
  return (double)(cs_rng_next(rng) >> 11) * 0x1p-53;
}

double
cs_rng_between(CsRng *rng, double low, double high)
{
  return low + (high - low) * cs_rng_unit(rng);
}

double
cs_rng_normal(CsRng *rng)
{
  double sum = 0.0;
  for (int i = 0; i < 12; i++)
    sum += cs_rng_unit(rng);
  return sum - 6.0;
}

size_t
cs_rng_weighted(CsRng *rng, const double *weights, size_t n)
{
  double total = 0.0;
  for (size_t i = 0; i < n; i++)
    total += weights[i] > 0.0 ? weights[i] : 0.0;
  double left = cs_rng_unit(rng) * total;
  for (size_t i = 0; i < n; i++) {
    if (weights[i] <= 0.0)
      continue;
    if (left < weights[i])
      return i;
    left -= weights[i];
  }
  return 0;
}
