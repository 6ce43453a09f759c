#include "gen/master/room.h"

#include "gen/base/mathx.h"
#include "gen/base/wide.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// A feedback delay network (Jot & Chaigne 1991): eight delay lines feed each
// other through an orthogonal matrix whose entries all have the same size, so
// that every echo spreads over all lines at once. What each line loses follows
// from its own length, hence all decay alike. Four all-passes before it (after
// Schroeder 1962) make the first echoes dense.

enum {
  N_LINES      = 8,
  N_ALLPASSES  = 4,
  CHUNK_FRAMES = 128, ///< No line is shorter.
};

/// T60 over size: what a size of FluidSynth's room gives (RULEBOOK 8.1), as the
/// presets are tuned to it, with the largest tamed.
static const double t60_table[][2] = {
    {0.2, 0.9},
    {0.4, 1.4},
    {0.6, 2.1},
    {0.7, 2.7},
    {0.8, 3.7},
    {0.9, 5.5},
    {1.0, 8.0},
};
enum { N_T60 = sizeof t60_table / sizeof t60_table[0] };

/// About a factor 1.13 apart, so that few echoes of different lines coincide.
static const double line_ms[N_LINES] = {
    29.7, 33.9, 38.3, 43.1, 48.7, 54.9, 61.3, 68.9};
static const double allpass_ms[N_ALLPASSES] = {4.77, 6.31, 9.13, 12.07};

static const float allpass_gain  = 0.6F;
static const double bright_hz    = 3000.0;
static const double bright_share = 0.6; ///< T60 at bright_hz over T60.
static const double level_hz     = 1000.0;
static const double early_gain   = 0.35; ///< Diffused sound, before the lines.
static const double cross_gain   = 0.25; ///< Of the other channel's lines.
static const float silence       = 1e-12F;

/// What went in `length` frames ago is what comes out: each frame that comes
/// takes the place of the oldest.
typedef struct Delay {
  float *frames;
  size_t length; ///< Frames.
  size_t at;     ///< The oldest frame.
} Delay;

struct CsRoom {
  Delay predelay; ///< Stereo, as the all-passes.
  Delay allpasses[N_ALLPASSES];
  Delay lines[N_LINES]; ///< One channel each.
  CsEight loss;         ///< Of the lines: gain per pass times (1 - pole).
  CsEight poles[4];     ///< Of the low-pass in the line, to the first power
                        ///< up to the fourth.
  CsEight low;          ///< What the low-pass remembers.
  float early, own, cross;
  size_t n_quiet_frames; ///< Since anything went in or came out.
  bool asleep;
};

double
cs_room_t60_s(double size)
{
  if (size <= t60_table[0][0])
    return t60_table[0][1];
  for (size_t i = 1; i < N_T60; i++) {
    const double *from = t60_table[i - 1], *to = t60_table[i];
    if (size <= to[0])
      return cs_lerp(from[1], to[1], (size - from[0]) / (to[0] - from[0]));
  }
  return t60_table[N_T60 - 1][1];
}

static bool
is_prime(size_t n)
{
  for (size_t d = 2; d * d <= n; d++)
    if (n % d == 0)
      return false;
  return n > 1;
}

static size_t
frames_of_ms(double ms, int sample_rate)
{
  size_t n = (size_t)(ms * sample_rate / 1000.0 + 0.5);
  while (!is_prime(n))
    n++;
  return n;
}

static CsStatus
delay_new(CsArena *arena, size_t length, size_t n_channels, Delay *delay)
{
  *delay        = (Delay){.length = length};
  delay->frames = CS_NEW_N(arena, float, length *n_channels);

  return delay->frames != NULL ? CS_OK : CS_ERR_MEMORY;
}

/// Squared gain of (1 - p) / (1 - p z^-1) at a frequency.
static double
lowpass_power(double pole, double hz, int sample_rate)
{
  const double c = cs_cos(2.0 * CS_PI * hz / sample_rate);
  return (1.0 - pole) * (1.0 - pole) / (1.0 - 2.0 * pole * c + pole * pole);
}

/// The pole that gives a squared gain of `power` at bright_hz: the smaller root
/// of p^2 - 2 b p + 1.
static double
lowpass_pole(double power, int sample_rate)
{
  const double c = cs_cos(2.0 * CS_PI * bright_hz / sample_rate);
  const double b = (1.0 - power * c) / (1.0 - power);
  return b - sqrt(b * b - 1.0);
}

/// Loss and damping of each line; gives the mean power that a pass keeps.
static double
tune_lines(CsRoom *room, int sample_rate, double t60_s)
{
  const double log2_60_db = 9.96578428466208704361; // 60 dB as powers of two
  float loss[N_LINES], pole[N_LINES];
  double kept = 0.0;
  for (size_t k = 0; k < N_LINES; k++) {
    const double passes = (double)room->lines[k].length / (t60_s * sample_rate);
    const double gain   = cs_exp2(-log2_60_db * passes);
    const double power =
        cs_exp2(-2.0 * log2_60_db * passes * (1.0 / bright_share - 1.0));
    const double p = lowpass_pole(power, sample_rate);
    loss[k]        = (float)(gain * (1.0 - p));
    pole[k]        = (float)p;
    kept += gain * gain * lowpass_power(p, level_hz, sample_rate) / N_LINES;
  }
  room->loss     = *cs_eight(loss);
  room->poles[0] = *cs_eight(pole);
  for (size_t i = 1; i < 4; i++)
    room->poles[i] = room->poles[i - 1] * room->poles[0];
  return kept;
}

/// Steady noise of power 1 leaves each line with kept / (1 - kept); four lines
/// and a share of the other four make a channel.
static void
set_level(CsRoom *room, double kept)
{
  const double late =
      4.0 * (1.0 + cross_gain * cross_gain) * kept / (1.0 - kept);
  const double own = sqrt((1.0 - early_gain * early_gain) / late);
  room->early      = (float)early_gain;
  room->own        = (float)own;
  room->cross      = (float)(own * cross_gain);
}

CsStatus
cs_room_new(CsArena *arena, int sample_rate, double size, CsRoom **out)
{
  size         = cs_clamp(size, 0.2, 1.0);
  CsRoom *room = CS_NEW(arena, CsRoom);
  CS_TRY_NEW(room);
  CS_TRY(delay_new(
      arena, frames_of_ms(4.0 + 20.0 * size, sample_rate), 2, &room->predelay));
  for (size_t i = 0; i < N_ALLPASSES; i++)
    CS_TRY(delay_new(arena, frames_of_ms(allpass_ms[i], sample_rate), 2,
        &room->allpasses[i]));
  for (size_t k = 0; k < N_LINES; k++)
    CS_TRY(delay_new(arena,
        frames_of_ms(line_ms[k] * (0.55 + 0.75 * size), sample_rate), 1,
        &room->lines[k]));
  set_level(room, tune_lines(room, sample_rate, cs_room_t60_s(size)));
  room->asleep = true;
  *out         = room;
  return CS_OK;
}

/// Frames up to the end of the delay's memory.
static size_t
n_straight(const Delay *delay, size_t n_wanted)
{
  const size_t n = delay->length - delay->at;
  return n < n_wanted ? n : n_wanted;
}

static void
advance(Delay *delay, size_t n_frames)
{
  delay->at += n_frames;
  if (delay->at == delay->length)
    delay->at = 0;
}

CS_SAME_LOOP void
swap_samples(float *a, float *b, size_t n_samples)
{
  size_t i = 0;
  for (; i + 8 <= n_samples; i += 8) {
    const CsEight x  = *cs_eight(a + i);
    *cs_eight(a + i) = *cs_eight(b + i);
    *cs_eight(b + i) = x;
  }
  for (; i < n_samples; i++) {
    const float x = a[i];
    a[i]          = b[i];
    b[i]          = x;
  }
}

CS_SAME_LOOP void
run_predelay(Delay *delay, float *frames, size_t n_frames)
{
  for (size_t i = 0; i < n_frames;) {
    const size_t n = n_straight(delay, n_frames - i);
    swap_samples(frames + 2 * i, delay->frames + 2 * delay->at, 2 * n);
    advance(delay, n);
    i += n;
  }
}

CS_SAME_LOOP void
pass_eight(CsEight *x, float *memory)
{
  const CsEight old = *cs_eight(memory);
  const CsEight v   = *x + allpass_gain * old;
  *cs_eight(memory) = v;
  *x                = old - allpass_gain * v;
}

static inline float
pass_one(float x, float *memory)
{
  const float old = *memory;
  const float v   = x + allpass_gain * old;
  *memory         = v;
  return old - allpass_gain * v;
}

/// All all-passes at once, as far as none comes to the end of its memory.
CS_SAME_LOOP void
pass_stretch(Delay passes[N_ALLPASSES], float *frames, size_t n_frames)
{
  static_assert(N_ALLPASSES == 4, "all are here");
  float *a       = passes[0].frames + 2 * passes[0].at;
  float *b       = passes[1].frames + 2 * passes[1].at;
  float *c       = passes[2].frames + 2 * passes[2].at;
  float *d       = passes[3].frames + 2 * passes[3].at;
  const size_t n = 2 * n_frames;
  size_t i       = 0;
  for (; i + 8 <= n; i += 8) {
    CsEight x = *cs_eight(frames + i);
    pass_eight(&x, a + i);
    pass_eight(&x, b + i);
    pass_eight(&x, c + i);
    pass_eight(&x, d + i);
    *cs_eight(frames + i) = x;
  }
  for (; i < n; i++) {
    const float x = pass_one(pass_one(frames[i], a + i), b + i);
    frames[i]     = pass_one(pass_one(x, c + i), d + i);
  }
}

CS_SAME_LOOP void
run_allpasses(Delay passes[N_ALLPASSES], float *frames, size_t n_frames)
{
  for (size_t i = 0; i < n_frames;) {
    size_t n = n_frames - i;
    for (size_t k = 0; k < N_ALLPASSES; k++)
      n = n_straight(&passes[k], n);
    pass_stretch(passes, frames + 2 * i, n);
    for (size_t k = 0; k < N_ALLPASSES; k++)
      advance(&passes[k], n);
    i += n;
  }
}

// ---- The lines --------------------------------------------------------------

/// A stretch of one line: what came out of it, then what goes in, in its place.
typedef float Row[CHUNK_FRAMES];

/// In one piece in the line's memory, or else in a row of its own. Apart, so
/// that gcc does not make a slow string instruction of it.
static __attribute__((noinline)) float *
begin_stretch(const Delay *line, Row row, size_t n)
{
  const size_t n_first = n_straight(line, n);
  if (n_first == CHUNK_FRAMES)
    return line->frames + line->at;
  memcpy(row, line->frames + line->at, n_first * sizeof *row);
  memcpy(row + n_first, line->frames, (n - n_first) * sizeof *row);
  memset(row + n, 0, (CHUNK_FRAMES - n) * sizeof *row);
  return row;
}

static __attribute__((noinline)) void
end_stretch(Delay *line, const float *stretch, size_t n)
{
  const size_t n_first = n_straight(line, n);
  float *to            = line->frames + line->at;
  advance(line, n_first);
  if (stretch == to)
    return;
  memcpy(to, stretch, n_first * sizeof *to);
  memcpy(line->frames + line->at, stretch + n_first,
      (n - n_first) * sizeof *stretch);
  advance(line, n - n_first);
}

// What follows is written out, row by row: gcc keeps arrays of vectors in
// memory unless every loop over them is gone early, which costs a third of the
// time.

/// Rows become columns, in both halves of the vectors.
CS_SAME_LOOP void
turn(CsEight *w, CsEight *x, CsEight *y, CsEight *z)
{
#define PICK(x, y, a, b, c, d)                                                 \
  __builtin_shufflevector(x, y, a, b, c, d, a + 4, b + 4, c + 4, d + 4)
  const CsEight a = PICK(*w, *x, 0, 8, 1, 9), b = PICK(*y, *z, 0, 8, 1, 9);
  const CsEight c = PICK(*w, *x, 2, 10, 3, 11);
  const CsEight d = PICK(*y, *z, 2, 10, 3, 11);
  *w              = PICK(a, b, 0, 1, 8, 9);
  *x              = PICK(a, b, 2, 3, 10, 11);
  *y              = PICK(c, d, 0, 1, 8, 9);
  *z              = PICK(c, d, 2, 3, 10, 11);
#undef PICK
}

/// Four frames of a line, and of the fourth after it.
CS_SAME_LOOP void
load_two(const float *line, const float *other, CsEight *both)
{
  *both = __builtin_shufflevector(
      *cs_four(line), *cs_four(other), 0, 1, 2, 3, 4, 5, 6, 7);
}

CS_SAME_LOOP void
store_two(float *line, float *other, const CsEight *both)
{
  *cs_four(line)  = __builtin_shufflevector(*both, *both, 0, 1, 2, 3);
  *cs_four(other) = __builtin_shufflevector(*both, *both, 4, 5, 6, 7);
}

/// The loss of the lines, four frames at a time, turned so that a vector is a
/// frame of all eight. A low-pass waits for itself: so first what the four
/// frames add to each other, then what was remembered, which is waited for
/// once.
CS_SAME_LOOP void
damp_four(const CsRoom *r, float *const rows[N_LINES], size_t t, CsEight *low)
{
  const CsEight *pole = r->poles;
  CsEight w, x, y, z;
  load_two(rows[0] + t, rows[4] + t, &w);
  load_two(rows[1] + t, rows[5] + t, &x);
  load_two(rows[2] + t, rows[6] + t, &y);
  load_two(rows[3] + t, rows[7] + t, &z);
  turn(&w, &x, &y, &z);
  w *= r->loss, x *= r->loss, y *= r->loss, z *= r->loss;
  z += pole[0] * y, y += pole[0] * x, x += pole[0] * w;
  z += pole[1] * x, y += pole[1] * w;
  w += pole[0] * *low, x += pole[1] * *low, y += pole[2] * *low;
  z += pole[3] * *low;
  *low = z;
  turn(&w, &x, &y, &z);
  store_two(rows[0] + t, rows[4] + t, &w);
  store_two(rows[1] + t, rows[5] + t, &x);
  store_two(rows[2] + t, rows[6] + t, &y);
  store_two(rows[3] + t, rows[7] + t, &z);
}

static void
damp_one(const CsRoom *r, float *const rows[N_LINES], size_t t, CsEight *low)
{
  for (size_t k = 0; k < N_LINES; k++) {
    (*low)[k]  = r->loss[k] * rows[k][t] + r->poles[0][k] * (*low)[k];
    rows[k][t] = (*low)[k];
  }
}

CS_SAME_LOOP void
damp_lines(CsRoom *r, float *const rows[N_LINES], size_t n)
{
  CsEight low = r->low;
  size_t t    = 0;
  for (; t + 4 <= n; t += 4)
    damp_four(r, rows, t, &low);
  for (; t < n; t++)
    damp_one(r, rows, t, &low);
  r->low = low;
}

/// From eight frames in and what the lines give to eight frames out. It is half
/// the Householder matrix of four times the sum and difference of two: together
/// an orthogonal 8x8 matrix with entries of one size.
CS_SAME_LOOP void
mix_eight(const CsRoom *r, float *const rows[N_LINES], size_t t, float *frames)
{
  const float norm = 0.70710678118654752440F;
  const CsEight p = *cs_eight(frames), q = *cs_eight(frames + 8);
  const CsEight left = __builtin_shufflevector(p, q, 0, 2, 4, 6, 8, 10, 12, 14);
  const CsEight right =
      __builtin_shufflevector(p, q, 1, 3, 5, 7, 9, 11, 13, 15);
  const CsEight a0 = *cs_eight(rows[0] + t), b0 = *cs_eight(rows[4] + t);
  const CsEight a1 = *cs_eight(rows[1] + t), b1 = *cs_eight(rows[5] + t);
  const CsEight a2 = *cs_eight(rows[2] + t), b2 = *cs_eight(rows[6] + t);
  const CsEight a3 = *cs_eight(rows[3] + t), b3 = *cs_eight(rows[7] + t);
  const CsEight even      = (a0 + a2) + (b0 - b2);
  const CsEight odd       = (a1 + a3) + (b1 - b3);
  const CsEight new_left  = r->early * left + r->own * even + r->cross * odd;
  const CsEight new_right = r->early * right + r->own * odd + r->cross * even;
  const CsEight s0 = norm * (a0 + b0), d0 = norm * (a0 - b0);
  const CsEight s1 = norm * (a1 + b1), d1 = norm * (a1 - b1);
  const CsEight s2 = norm * (a2 + b2), d2 = norm * (a2 - b2);
  const CsEight s3 = norm * (a3 + b3), d3 = norm * (a3 - b3);
  const CsEight s        = 0.5F * ((s0 + s1) + (s2 + s3));
  const CsEight d        = 0.5F * ((d0 + d1) + (d2 + d3));
  *cs_eight(rows[0] + t) = (s0 - s) + left;
  *cs_eight(rows[1] + t) = (s1 - s) + right;
  *cs_eight(rows[2] + t) = (s2 - s) - left;
  *cs_eight(rows[3] + t) = (s3 - s) - right;
  *cs_eight(rows[4] + t) = (d0 - d) + left;
  *cs_eight(rows[5] + t) = (d1 - d) + right;
  *cs_eight(rows[6] + t) = (d2 - d) + left;
  *cs_eight(rows[7] + t) = (d3 - d) + right;
  *cs_eight(frames) =
      __builtin_shufflevector(new_left, new_right, 0, 8, 1, 9, 2, 10, 3, 11);
  *cs_eight(frames + 8) =
      __builtin_shufflevector(new_left, new_right, 4, 12, 5, 13, 6, 14, 7, 15);
}

CS_SAME_LOOP void
run_chunk(CsRoom *room, float *frames, size_t n)
{
  Row own[N_LINES];
  float *rows[N_LINES];
  for (size_t k = 0; k < N_LINES; k++)
    rows[k] = begin_stretch(&room->lines[k], own[k], n);
  damp_lines(room, rows, n);
  for (size_t t = 0; t < n; t += 8)
    mix_eight(room, rows, t, frames + 2 * t);
  for (size_t k = 0; k < N_LINES; k++)
    end_stretch(&room->lines[k], rows[k], n);
}

CS_SAME_LOOP void
run_lines(CsRoom *room, float *frames, size_t n_frames)
{
  size_t i = 0;
  for (; i + CHUNK_FRAMES <= n_frames; i += CHUNK_FRAMES)
    run_chunk(room, frames + 2 * i, CHUNK_FRAMES);
  if (i == n_frames)
    return;
  // Chunks are worked on in eights; what is over goes nowhere.
  const size_t n               = n_frames - i;
  float rest[2 * CHUNK_FRAMES] = {0.0F};
  memcpy(rest, frames + 2 * i, 2 * n * sizeof *rest);
  run_chunk(room, rest, n);
  memcpy(frames + 2 * i, rest, 2 * n * sizeof *rest);
}

CS_SAME_LOOP void
run_all(CsRoom *room, float *frames, size_t n_frames)
{
  run_predelay(&room->predelay, frames, n_frames);
  run_allpasses(room->allpasses, frames, n_frames);
  run_lines(room, frames, n_frames);
}

CS_WIDE static void
run_wide(CsRoom *room, float *frames, size_t n_frames)
{
  run_all(room, frames, n_frames);
}

static void
run_narrow(CsRoom *room, float *frames, size_t n_frames)
{
  run_all(room, frames, n_frames);
}

static bool
is_quiet(const float *frames, size_t n_frames, float limit)
{
  for (size_t i = 0; i < 2 * n_frames; i++)
    if (frames[i] > limit || frames[i] < -limit)
      return false;
  return true;
}

static void
forget(Delay *delay, size_t n_channels)
{
  memset(delay->frames, 0, delay->length * n_channels * sizeof *delay->frames);
}

static void
fall_asleep(CsRoom *room)
{
  forget(&room->predelay, 2);
  for (size_t i = 0; i < N_ALLPASSES; i++)
    forget(&room->allpasses[i], 2);
  for (size_t k = 0; k < N_LINES; k++)
    forget(&room->lines[k], 1);
  memset(&room->low, 0, sizeof room->low);
  room->asleep         = true;
  room->n_quiet_frames = 0;
}

// A room that nothing has entered and nothing has left (-240 dB) for longer
// than any path through it is empty. Clearing it saves the work and keeps it
// away from numbers so small that processors handle them slowly.
void
cs_room_run(CsRoom *room, float *frames, size_t n_frames)
{
  assert(n_frames <= CS_ROOM_FRAMES);
  const bool is_silent = is_quiet(frames, n_frames, 0.0F);
  if (room->asleep && is_silent)
    return;
  room->asleep = false;
  if (cs_can_go_wide())
    run_wide(room, frames, n_frames);
  else
    run_narrow(room, frames, n_frames);
  if (is_silent && is_quiet(frames, n_frames, silence))
    room->n_quiet_frames += n_frames;
  else
    room->n_quiet_frames = 0;
  if (room->n_quiet_frames >
      room->predelay.length + 4 * room->lines[N_LINES - 1].length)
    fall_asleep(room);
}
