#include "gen/base/fft.h"

#include "gen/base/mathx.h"
#include "gen/base/wide.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

// Decimation in frequency, radix 4 (Gentleman & Sande 1966): a transform splits
// into four of a quarter of its length, whose bins are every fourth of its own.
// Where the length is no power of four, it splits into two first. Real and
// imaginary parts lie apart, so that neighbours are worked out together.

enum {
  LAST  = 16, ///< Points whose transform splits no further.
  WIDTH = 8,
};

/// Turns by a power of e^(-2 pi i / n).
typedef struct Turns {
  float *re, *im;
} Turns;

struct CsFft {
  size_t n_points;
  uint32_t *places;
  /// By the root, its square and its cube: those of a transform of 4 q points
  /// in entries q to 2 q - 1.
  Turns turns[3];
  Turns halves; ///< Of the whole; NULL for a power of four.
};

static bool
is_power_of_four(size_t n)
{
  while (n >= 4)
    n /= 4;
  return n == 1;
}

/// A transform's bins are found by the remainder of their number first, those
/// of the last sixteen in order.
static size_t
place_of(size_t bin, size_t n_points)
{
  size_t place = 0, n = n_points;
  for (size_t radix = is_power_of_four(n) ? 4 : 2; n > LAST; radix = 4) {
    n /= radix;
    place += bin % radix * n;
    bin /= radix;
  }
  return place + bin;
}

static void
set_turn(const Turns *turns, size_t index, double angle)
{
  turns->re[index] = (float)cs_cos(angle);
  turns->im[index] = (float)-cs_sin(angle);
}

static void
set_turns(CsFft *fft)
{
  const size_t n = fft->n_points;
  for (size_t q = 1; q < n / 2; q *= 2)
    for (size_t i = 0; i < q; i++)
      for (size_t t = 0; t < 3; t++)
        set_turn(&fft->turns[t], q + i,
            CS_PI * (double)((t + 1) * i) / (double)(2 * q));
  for (size_t i = 0; i < n / 2 && fft->halves.re != NULL; i++)
    set_turn(&fft->halves, i, 2.0 * CS_PI * (double)i / (double)n);
}

static CsStatus
new_turns(CsArena *arena, size_t n, Turns *turns)
{
  turns->re = CS_NEW_N(arena, float, n);
  CS_TRY_NEW(turns->re);
  turns->im = CS_NEW_N(arena, float, n);
  return turns->im != NULL ? CS_OK : CS_ERR_MEMORY;
}

CsStatus
cs_fft_new(CsArena *arena, size_t n_points, CsFft **fft)
{
  assert(n_points >= 2 * (size_t)LAST && (n_points & (n_points - 1)) == 0);
  CsFft *f = CS_NEW(arena, CsFft);
  CS_TRY_NEW(f);
  f->n_points = n_points;
  f->places   = CS_NEW_N(arena, uint32_t, n_points);
  CS_TRY_NEW(f->places);
  for (size_t t = 0; t < 3; t++)
    CS_TRY(new_turns(arena, n_points / 2, &f->turns[t]));
  if (!is_power_of_four(n_points))
    CS_TRY(new_turns(arena, n_points / 2, &f->halves));
  for (size_t k = 0; k < n_points; k++)
    f->places[k] = (uint32_t)place_of(k, n_points);
  set_turns(f);
  *fft = f;
  return CS_OK;
}

const uint32_t *
cs_fft_places(const CsFft *fft)
{
  return fft->places;
}

// ---- Splitting --------------------------------------------------------------

/// Neighbours of each quarter.
typedef struct Points {
  CsEight re[4], im[4];
} Points;

/// The transforms of four points each, one of every quarter.
CS_SAME_LOOP void
cross(Points *p)
{
  const CsEight sum_re = p->re[0] + p->re[2], sum_im = p->im[0] + p->im[2];
  const CsEight off_re = p->re[0] - p->re[2], off_im = p->im[0] - p->im[2];
  const CsEight and_re = p->re[1] + p->re[3], and_im = p->im[1] + p->im[3];
  // A quarter turn of what the other two differ by.
  const CsEight way_re = p->im[1] - p->im[3], way_im = p->re[3] - p->re[1];
  p->re[0] = sum_re + and_re, p->im[0] = sum_im + and_im;
  p->re[1] = off_re + way_re, p->im[1] = off_im + way_im;
  p->re[2] = sum_re - and_re, p->im[2] = sum_im - and_im;
  p->re[3] = off_re - way_re, p->im[3] = off_im - way_im;
}

CS_SAME_LOOP void
turn(CsEight *re, CsEight *im, const CsEight *turn_re, const CsEight *turn_im)
{
  const CsEight x = *re, y = *im;
  *re = x * *turn_re - y * *turn_im;
  *im = x * *turn_im + y * *turn_re;
}

/// The even bins' transform, and the odd ones'.
CS_SAME_LOOP void
split_in_two(const CsFft *fft, float *re, float *im)
{
  const size_t half = fft->n_points / 2;
  for (size_t i = 0; i < half; i += WIDTH) {
    CsEight *ar = cs_eight(re + i), *br = cs_eight(re + half + i);
    CsEight *ai = cs_eight(im + i), *bi = cs_eight(im + half + i);
    CsEight x = *ar - *br, y = *ai - *bi;
    *ar += *br;
    *ai += *bi;
    turn(&x, &y, cs_eight(fft->halves.re + i), cs_eight(fft->halves.im + i));
    *br = x;
    *bi = y;
  }
}

/// Four times `q` points become four transforms of `q`.
CS_SAME_LOOP void
split_in_four(const CsFft *fft, float *re, float *im, size_t q)
{
  const Turns *turns = fft->turns;
  for (size_t i = 0; i < q; i += WIDTH) {
    float *r = re + i, *m = im + i;
    Points p = {{*cs_eight(r), *cs_eight(r + q), *cs_eight(r + 2 * q),
                    *cs_eight(r + 3 * q)},
        {*cs_eight(m), *cs_eight(m + q), *cs_eight(m + 2 * q),
            *cs_eight(m + 3 * q)}};
    cross(&p);
    for (size_t k = 1; k < 4; k++)
      turn(&p.re[k], &p.im[k], cs_eight(turns[k - 1].re + q + i),
          cs_eight(turns[k - 1].im + q + i));
    for (size_t k = 0; k < 4; k++) {
      *cs_eight(r + k * q) = p.re[k];
      *cs_eight(m + k * q) = p.im[k];
    }
  }
}

/// Rows become columns, in both halves of the vectors.
CS_SAME_LOOP void
transpose(CsEight rows[4])
{
#define PICK(x, y, a, b, c, d)                                                 \
  __builtin_shufflevector(x, y, a, b, c, d, a + 4, b + 4, c + 4, d + 4)
  const CsEight a = PICK(rows[0], rows[1], 0, 8, 1, 9);
  const CsEight b = PICK(rows[2], rows[3], 0, 8, 1, 9);
  const CsEight c = PICK(rows[0], rows[1], 2, 10, 3, 11);
  const CsEight d = PICK(rows[2], rows[3], 2, 10, 3, 11);
  rows[0]         = PICK(a, b, 0, 1, 8, 9);
  rows[1]         = PICK(a, b, 2, 3, 10, 11);
  rows[2]         = PICK(c, d, 0, 1, 8, 9);
  rows[3]         = PICK(c, d, 2, 3, 10, 11);
#undef PICK
}

/// Rows of four of two transforms, side by side.
CS_SAME_LOOP void
load_rows(const float *from, CsEight rows[4])
{
  for (size_t k = 0; k < 4; k++)
    rows[k] = __builtin_shufflevector(*cs_four(from + 4 * k),
        *cs_four(from + LAST + 4 * k), 0, 1, 2, 3, 4, 5, 6, 7);
}

CS_SAME_LOOP void
store_rows(const CsEight rows[4], float *to)
{
  for (size_t k = 0; k < 4; k++) {
    *cs_four(to + 4 * k) =
        __builtin_shufflevector(rows[k], rows[k], 0, 1, 2, 3);
    *cs_four(to + LAST + 4 * k) =
        __builtin_shufflevector(rows[k], rows[k], 4, 5, 6, 7);
  }
}

/// Two transforms of sixteen points. Their quarters are rows; turned, the rows'
/// own transforms are columns.
CS_SAME_LOOP void
end_two(const CsFft *fft, float *re, float *im)
{
  const size_t q = LAST / 4;
  Points p;
  load_rows(re, p.re);
  load_rows(im, p.im);
  cross(&p);
  for (size_t k = 1; k < 4; k++) {
    const CsFour x   = *cs_four(fft->turns[k - 1].re + q);
    const CsFour y   = *cs_four(fft->turns[k - 1].im + q);
    const CsEight xx = __builtin_shufflevector(x, x, 0, 1, 2, 3, 0, 1, 2, 3);
    const CsEight yy = __builtin_shufflevector(y, y, 0, 1, 2, 3, 0, 1, 2, 3);
    turn(&p.re[k], &p.im[k], &xx, &yy);
  }
  transpose(p.re);
  transpose(p.im);
  cross(&p);
  store_rows(p.re, re);
  store_rows(p.im, im);
}

CS_SAME_LOOP void
run(const CsFft *fft, float *re, float *im)
{
  const size_t n = fft->n_points;
  size_t q       = n / 4;
  if (fft->halves.re != NULL) {
    split_in_two(fft, re, im);
    q = n / 8;
  }
  for (; q >= LAST; q /= 4)
    for (size_t at = 0; at < n; at += 4 * q)
      split_in_four(fft, re + at, im + at, q);
  for (size_t at = 0; at < n; at += 2 * (size_t)LAST)
    end_two(fft, re + at, im + at);
}

CS_WIDE static void
run_wide(const CsFft *fft, float *re, float *im)
{
  run(fft, re, im);
}

void
cs_fft_run(const CsFft *fft, float *re, float *im)
{
  if (cs_can_go_wide())
    run_wide(fft, re, im);
  else
    run(fft, re, im);
}

// ---- Weighing ---------------------------------------------------------------

CS_SAME_LOOP void
weigh_pairs(const float *frames, const float *window, size_t n_points,
    float *re, float *im)
{
  for (size_t i = 0; i < n_points; i += WIDTH) {
    const CsEight a = *cs_eight(frames + 2 * i),
                  b = *cs_eight(frames + 2 * i + WIDTH);
    const CsEight w = *cs_eight(window + i);
    *cs_eight(re + i) =
        w * __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
    *cs_eight(im + i) =
        w * __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
  }
}

CS_WIDE static void
weigh_pairs_wide(const float *frames, const float *window, size_t n_points,
    float *re, float *im)
{
  weigh_pairs(frames, window, n_points, re, im);
}

void
cs_fft_weigh(const CsFft *fft, const float *frames, size_t n_channels,
    const float *window, float *re, float *im)
{
  const size_t n = fft->n_points;
  if (n_channels == 2 && cs_can_go_wide())
    weigh_pairs_wide(frames, window, n, re, im);
  else if (n_channels == 2)
    weigh_pairs(frames, window, n, re, im);
  else
    for (size_t i = 0; i < n; i++) {
      re[i] = window[i] * frames[i];
      im[i] = 0.0F;
    }
}
