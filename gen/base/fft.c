#include "gen/base/fft.h"

#include "gen/base/mathx.h"
#include "gen/base/wide.h"

#include <assert.h>

// Cooley and Tukey's decimation in time, radix 2; the first two stages, which
// turn by quarters only, are done at once. Real and imaginary parts lie apart,
// so that four neighbours are worked out together, or eight in wide vectors.

typedef float Four __attribute__((vector_size(16), aligned(4), may_alias));

enum { LANES = 4 };

struct CsFft {
  size_t n_points;
  uint32_t *places;
  /// Turns of the stage with halves of h points: entries h to 2 h - 1.
  float *turns_re, *turns_im;
};

static void
set_places(CsFft *fft)
{
  fft->places[0] = 0;
  for (size_t done = 1; done < fft->n_points; done *= 2)
    for (size_t i = 0; i < done; i++)
      fft->places[done + i] =
          fft->places[i] + (uint32_t)(fft->n_points / 2 / done);
}

static void
set_turns(CsFft *fft)
{
  for (size_t half = 1; half < fft->n_points; half *= 2)
    for (size_t i = 0; i < half; i++) {
      const double angle      = CS_PI * (double)i / (double)half;
      fft->turns_re[half + i] = (float)cs_cos(angle);
      fft->turns_im[half + i] = (float)-cs_sin(angle);
    }
}

CsStatus
cs_fft_new(CsArena *arena, size_t n_points, CsFft **fft)
{
  assert(n_points >= 16 && (n_points & (n_points - 1)) == 0);
  CsFft *f = CS_NEW(arena, CsFft);
  CS_TRY_NEW(f);
  f->n_points = n_points;
  f->places   = CS_NEW_N(arena, uint32_t, n_points);
  CS_TRY_NEW(f->places);
  f->turns_re = CS_NEW_N(arena, float, n_points);
  CS_TRY_NEW(f->turns_re);
  f->turns_im = CS_NEW_N(arena, float, n_points);
  CS_TRY_NEW(f->turns_im);
  set_places(f);
  set_turns(f);
  *fft = f;
  return CS_OK;
}

const uint32_t *
cs_fft_places(const CsFft *fft)
{
  return fft->places;
}

/// Transforms of four points each.
static void
first_stages(float *re, float *im, size_t n_points)
{
  for (size_t i = 0; i < n_points; i += 4) {
    float *r = re + i, *m = im + i;
    const float r0 = r[0] + r[1], r1 = r[0] - r[1];
    const float r2 = r[2] + r[3], r3 = r[2] - r[3];
    const float m0 = m[0] + m[1], m1 = m[0] - m[1];
    const float m2 = m[2] + m[3], m3 = m[2] - m[3];
    r[0] = r0 + r2, r[1] = r1 + m3, r[2] = r0 - r2, r[3] = r1 - m3;
    m[0] = m0 + m2, m[1] = m1 - r3, m[2] = m0 - m2, m[3] = m1 + r3;
  }
}

static inline Four *
four(float *x)
{
  return (Four *)(void *)x;
}

static inline Four
four_at(const float *x)
{
  return *(const Four *)(const void *)x;
}

/// Join two transforms of `half` points that lie side by side into one.
static void
join(const CsFft *fft, float *re, float *im, size_t half)
{
  const float *turns_re = fft->turns_re + half;
  const float *turns_im = fft->turns_im + half;
  for (size_t i = 0; i < half; i += LANES) {
    const Four wr = four_at(turns_re + i), wi = four_at(turns_im + i);
    const Four br = four_at(re + half + i), bi = four_at(im + half + i);
    const Four ar = four_at(re + i), ai = four_at(im + i);
    const Four tr = br * wr - bi * wi, ti = br * wi + bi * wr;
    *four(re + i)        = ar + tr;
    *four(im + i)        = ai + ti;
    *four(re + half + i) = ar - tr;
    *four(im + half + i) = ai - ti;
  }
}

static void
run(const CsFft *fft, float *re, float *im)
{
  for (size_t half = LANES; half < fft->n_points; half *= 2)
    for (size_t at = 0; at < fft->n_points; at += 2 * half)
      join(fft, re + at, im + at, half);
}

#if CS_MAY_GO_WIDE

typedef float Eight __attribute__((vector_size(32), aligned(4), may_alias));

CS_WIDE_INLINE Eight *
eight(float *x)
{
  return (Eight *)(void *)x;
}

/// As join(), of eight points and more.
CS_WIDE_INLINE void
join_wide(const CsFft *fft, float *re, float *im, size_t half)
{
  for (size_t i = 0; i < half; i += 2 * (size_t)LANES) {
    const Eight wr = *eight(fft->turns_re + half + i);
    const Eight wi = *eight(fft->turns_im + half + i);
    const Eight br = *eight(re + half + i), bi = *eight(im + half + i);
    const Eight ar = *eight(re + i), ai = *eight(im + i);
    const Eight tr = br * wr - bi * wi, ti = br * wi + bi * wr;
    *eight(re + i)        = ar + tr;
    *eight(im + i)        = ai + ti;
    *eight(re + half + i) = ar - tr;
    *eight(im + half + i) = ai - ti;
  }
}

CS_WIDE static void
run_wide(const CsFft *fft, float *re, float *im)
{
  const size_t n = fft->n_points;
  for (size_t at = 0; at < n; at += 2 * (size_t)LANES)
    join(fft, re + at, im + at, LANES);
  for (size_t half = 2 * (size_t)LANES; half < n; half *= 2)
    for (size_t at = 0; at < n; at += 2 * half)
      join_wide(fft, re + at, im + at, half);
}

#else

static void
run_wide(const CsFft *fft, float *re, float *im)
{
  run(fft, re, im);
}

#endif

void
cs_fft_run(const CsFft *fft, float *re, float *im)
{
  first_stages(re, im, fft->n_points);
  if (cs_can_go_wide())
    run_wide(fft, re, im);
  else
    run(fft, re, im);
}
