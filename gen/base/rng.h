/// Random streams that are named by place, so that a new draw in one place
/// leaves every other place as it was. Integer arithmetic only: the same seed
/// gives the same numbers on every machine.
#ifndef CS_GEN_BASE_RNG_H
#define CS_GEN_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

typedef struct CsRng {
  uint64_t state;
} CsRng;

/// The stream of one decision.
///
/// @param seed     The cue's, the theme's or the track's seed.
/// @param purpose  What is decided, for example "bass.fill".
/// @param place,bar  Where: track or section index, bar number; any numbers.
CsRng cs_rng_at(
    uint64_t seed, const char *purpose, uint64_t place, uint64_t bar);

/// Seed and purpose of decisions that are made for every note: worked out once,
/// they give the same streams as cs_rng_at().
typedef struct CsRngPurpose {
  uint64_t hash;
} CsRngPurpose;

CsRngPurpose cs_rng_purpose(uint64_t seed, const char *purpose);
CsRng cs_rng_for(CsRngPurpose purpose, uint64_t place, uint64_t bar);

/// 64 random bits.
uint64_t cs_rng_next(CsRng *rng);

/// A whole number in 0..n-1 without bias; 0 when n is 0.
uint32_t cs_rng_below(CsRng *rng, uint32_t n);

/// A number in [0, 1).
double cs_rng_unit(CsRng *rng);

/// A number in [low, high).
double cs_rng_between(CsRng *rng, double low, double high);

/// Nearly normal, mean 0, deviation 1, bounded by +-3.46 (sum of 12 uniforms).
double cs_rng_normal(CsRng *rng);

/// Index drawn with probability weights[i] / sum; negative weights count as 0.
/// 0 when all are 0.
size_t cs_rng_weighted(CsRng *rng, const double *weights, size_t n);

#endif
