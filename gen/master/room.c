#include "gen/master/room.h"

#include "gen/base/mathx.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
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

/// Four floats that are worked on together; gcc and clang know no standard way
/// to say so, and without it the lines take twice the time.
typedef float Four __attribute__((vector_size(16)));

/// Four of the eight floats of two; gcc before 12 says it otherwise.
#if defined __clang__ || __GNUC__ >= 12
#define PICK(x, y, a, b, c, d) __builtin_shufflevector(x, y, a, b, c, d)
#else
typedef int32_t Places __attribute__((vector_size(16)));
#define PICK(x, y, a, b, c, d) __builtin_shuffle(x, y, (Places){a, b, c, d})
#endif

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
  Four loss[2];         ///< Of four lines each: gain per pass times (1 - pole).
  Four pole[2];         ///< Of the low-pass in the line.
  Four low[2];          ///< What the low-pass remembers.
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
  memcpy(&room->loss, loss, sizeof room->loss);
  memcpy(&room->pole, pole, sizeof room->pole);
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

static void
swap_samples(float *restrict a, float *restrict b, size_t n_samples)
{
  for (size_t i = 0; i < n_samples; i++) {
    const float x = a[i];
    a[i]          = b[i];
    b[i]          = x;
  }
}

static void
run_predelay(Delay *delay, float *frames, size_t n_frames)
{
  for (size_t i = 0; i < n_frames;) {
    const size_t n = n_straight(delay, n_frames - i);
    swap_samples(frames + 2 * i, delay->frames + 2 * delay->at, 2 * n);
    advance(delay, n);
    i += n;
  }
}

static inline Four
load(const float *from)
{
  Four x;
  memcpy(&x, from, sizeof x);
  return x;
}

static inline void
store(float *to, Four x)
{
  memcpy(to, &x, sizeof x);
}

static inline Four
pass_four(Four x, float *memory)
{
  const Four old = load(memory);
  const Four v   = x + allpass_gain * old;
  store(memory, v);
  return old - allpass_gain * v;
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
static void
pass_stretch(Delay passes[N_ALLPASSES], float *frames, size_t n_frames)
{
  static_assert(N_ALLPASSES == 4, "all are here");
  float *a       = passes[0].frames + 2 * passes[0].at;
  float *b       = passes[1].frames + 2 * passes[1].at;
  float *c       = passes[2].frames + 2 * passes[2].at;
  float *d       = passes[3].frames + 2 * passes[3].at;
  const size_t n = 2 * n_frames;
  size_t i       = 0;
  for (; i + 4 <= n; i += 4) {
    const Four x = pass_four(pass_four(load(frames + i), a + i), b + i);
    store(frames + i, pass_four(pass_four(x, c + i), d + i));
  }
  for (; i < n; i++) {
    const float x = pass_one(pass_one(frames[i], a + i), b + i);
    frames[i]     = pass_one(pass_one(x, c + i), d + i);
  }
}

static void
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

/// A stretch of one line: what came out of it, then what goes in.
typedef float Row[CHUNK_FRAMES];

static void
copy_samples(float *to, const float *from, size_t n)
{
  memcpy(to, from, n * sizeof *to);
}

static void
read_line(const Delay *line, Row row, size_t n)
{
  const size_t n_first = n_straight(line, n);
  copy_samples(row, line->frames + line->at, n_first);
  copy_samples(row + n_first, line->frames, n - n_first);
}

static void
write_line(Delay *line, const Row row, size_t n)
{
  const size_t n_first = n_straight(line, n);
  copy_samples(line->frames + line->at, row, n_first);
  advance(line, n_first);
  copy_samples(line->frames + line->at, row + n_first, n - n_first);
  advance(line, n - n_first);
}

// What follows is written out, row by row: gcc keeps arrays of vectors in
// memory unless every loop over them is gone early, which costs a third of the
// time.

/// Rows become columns.
static inline void
turn(Four *w, Four *x, Four *y, Four *z)
{
  const Four a = PICK(*w, *x, 0, 4, 1, 5), b = PICK(*y, *z, 0, 4, 1, 5);
  const Four c = PICK(*w, *x, 2, 6, 3, 7), d = PICK(*y, *z, 2, 6, 3, 7);
  *w = PICK(a, b, 0, 1, 4, 5);
  *x = PICK(a, b, 2, 3, 6, 7);
  *y = PICK(c, d, 0, 1, 4, 5);
  *z = PICK(c, d, 2, 3, 6, 7);
}

/// The loss of four lines. A low-pass waits for itself, so the lines go side by
/// side: four frames are turned, so that a vector is a frame of all four.
static inline void
damp_four(Row rows[4], size_t t, Four loss, Four pole, Four *low)
{
  Four w = load(rows[0] + t), x = load(rows[1] + t);
  Four y = load(rows[2] + t), z = load(rows[3] + t);
  turn(&w, &x, &y, &z);
  w    = loss * w + pole * *low;
  x    = loss * x + pole * w;
  y    = loss * y + pole * x;
  z    = loss * z + pole * y;
  *low = z;
  turn(&w, &x, &y, &z);
  store(rows[0] + t, w);
  store(rows[1] + t, x);
  store(rows[2] + t, y);
  store(rows[3] + t, z);
}

static inline void
damp_one(Row rows[4], size_t t, Four loss, Four pole, Four *low)
{
  const Four x = {rows[0][t], rows[1][t], rows[2][t], rows[3][t]};
  *low         = loss * x + pole * *low;
  for (size_t k = 0; k < 4; k++)
    rows[k][t] = (*low)[k];
}

static void
damp_lines(CsRoom *r, Row rows[N_LINES], size_t n)
{
  const Four loss_a = r->loss[0], loss_b = r->loss[1];
  const Four pole_a = r->pole[0], pole_b = r->pole[1];
  Four low_a = r->low[0], low_b = r->low[1];
  size_t t = 0;
  for (; t + 4 <= n; t += 4) {
    damp_four(rows, t, loss_a, pole_a, &low_a);
    damp_four(rows + 4, t, loss_b, pole_b, &low_b);
  }
  for (; t < n; t++) {
    damp_one(rows, t, loss_a, pole_a, &low_a);
    damp_one(rows + 4, t, loss_b, pole_b, &low_b);
  }
  r->low[0] = low_a;
  r->low[1] = low_b;
}

/// From four frames in and what the lines give to four frames out. It is half
/// the Householder matrix of four times the sum and difference of two: together
/// an orthogonal 8x8 matrix with entries of one size.
static inline void
mix_four(const CsRoom *r, Row rows[N_LINES], size_t t, float *frames)
{
  const float norm = 0.70710678118654752440F;
  const Four p = load(frames), q = load(frames + 4);
  const Four left  = PICK(p, q, 0, 2, 4, 6);
  const Four right = PICK(p, q, 1, 3, 5, 7);
  const Four a0 = load(rows[0] + t), b0 = load(rows[4] + t);
  const Four a1 = load(rows[1] + t), b1 = load(rows[5] + t);
  const Four a2 = load(rows[2] + t), b2 = load(rows[6] + t);
  const Four a3 = load(rows[3] + t), b3 = load(rows[7] + t);
  const Four even      = (a0 + a2) + (b0 - b2);
  const Four odd       = (a1 + a3) + (b1 - b3);
  const Four new_left  = r->early * left + r->own * even + r->cross * odd;
  const Four new_right = r->early * right + r->own * odd + r->cross * even;
  const Four s0 = norm * (a0 + b0), d0 = norm * (a0 - b0);
  const Four s1 = norm * (a1 + b1), d1 = norm * (a1 - b1);
  const Four s2 = norm * (a2 + b2), d2 = norm * (a2 - b2);
  const Four s3 = norm * (a3 + b3), d3 = norm * (a3 - b3);
  const Four s = 0.5F * ((s0 + s1) + (s2 + s3));
  const Four d = 0.5F * ((d0 + d1) + (d2 + d3));
  store(rows[0] + t, (s0 - s) + left);
  store(rows[1] + t, (s1 - s) + right);
  store(rows[2] + t, (s2 - s) - left);
  store(rows[3] + t, (s3 - s) - right);
  store(rows[4] + t, (d0 - d) + left);
  store(rows[5] + t, (d1 - d) + right);
  store(rows[6] + t, (d2 - d) + left);
  store(rows[7] + t, (d3 - d) + right);
  store(frames, PICK(new_left, new_right, 0, 4, 1, 5));
  store(frames + 4, PICK(new_left, new_right, 2, 6, 3, 7));
}

static void
run_chunk(CsRoom *room, float *frames, size_t n)
{
  Row rows[N_LINES];
  if (n % 4 != 0)
    memset(rows, 0, sizeof rows);
  for (size_t k = 0; k < N_LINES; k++)
    read_line(&room->lines[k], rows[k], n);
  damp_lines(room, rows, n);
  for (size_t t = 0; t < n; t += 4)
    mix_four(room, rows, t, frames + 2 * t);
  for (size_t k = 0; k < N_LINES; k++)
    write_line(&room->lines[k], rows[k], n);
}

static void
run_lines(CsRoom *room, float *frames, size_t n_frames)
{
  size_t i = 0;
  for (; i + CHUNK_FRAMES <= n_frames; i += CHUNK_FRAMES)
    run_chunk(room, frames + 2 * i, CHUNK_FRAMES);
  if (i == n_frames)
    return;
  // Chunks are worked on in fours; what is over goes nowhere.
  const size_t n               = n_frames - i;
  float rest[2 * CHUNK_FRAMES] = {0.0F};
  copy_samples(rest, frames + 2 * i, 2 * n);
  run_chunk(room, rest, n);
  copy_samples(frames + 2 * i, rest, 2 * n);
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
  memset(room->low, 0, sizeof room->low);
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
  run_predelay(&room->predelay, frames, n_frames);
  run_allpasses(room->allpasses, frames, n_frames);
  run_lines(room, frames, n_frames);
  if (is_silent && is_quiet(frames, n_frames, silence))
    room->n_quiet_frames += n_frames;
  else
    room->n_quiet_frames = 0;
  if (room->n_quiet_frames >
      room->predelay.length + 4 * room->lines[N_LINES - 1].length)
    fall_asleep(room);
}
