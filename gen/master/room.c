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
  CHUNK_FRAMES = 32, ///< No all-pass is shorter.
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

/// A value for each of the eight lines.
typedef struct Lines {
  Four a, b;
} Lines;
static_assert(sizeof(Lines) == N_LINES * sizeof(float), "no gap");

typedef struct Delay {
  float *frames; ///< `length` old frames, then the block.
  size_t length; ///< Frames.
} Delay;

struct CsRoom {
  Delay predelay;
  Delay allpasses[N_ALLPASSES];
  float *ring; ///< N_LINES samples per frame.
  size_t mask; ///< Frames of the ring less one.
  size_t now;
  size_t lengths[N_LINES];
  Lines loss; ///< Gain per pass times (1 - pole).
  Lines pole; ///< Of the low-pass in the line.
  Lines low;  ///< What the low-pass remembers.
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
delay_new(CsArena *arena, size_t length, Delay *delay)
{
  *delay        = (Delay){.length = length};
  delay->frames = CS_NEW_N(arena, float, 2 * (length + CS_ROOM_FRAMES));
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
    const double passes = (double)room->lengths[k] / (t60_s * sample_rate);
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
      arena, frames_of_ms(4.0 + 20.0 * size, sample_rate), &room->predelay));
  for (size_t i = 0; i < N_ALLPASSES; i++)
    CS_TRY(delay_new(
        arena, frames_of_ms(allpass_ms[i], sample_rate), &room->allpasses[i]));
  for (size_t k = 0; k < N_LINES; k++)
    room->lengths[k] =
        frames_of_ms(line_ms[k] * (0.55 + 0.75 * size), sample_rate);
  size_t n_ring = 1024;
  while (n_ring <= room->lengths[N_LINES - 1])
    n_ring *= 2;
  room->mask = n_ring - 1;
  room->ring = CS_NEW_N(arena, float, n_ring *N_LINES);
  CS_TRY_NEW(room->ring);
  set_level(room, tune_lines(room, sample_rate, cs_room_t60_s(size)));
  room->asleep = true;
  *out         = room;
  return CS_OK;
}

/// Keep the last `length` frames in front of the next block.
static void
delay_advance(Delay *delay, size_t n_frames)
{
  memmove(delay->frames, delay->frames + 2 * n_frames,
      2 * delay->length * sizeof *delay->frames);
}

static void
run_predelay(Delay *delay, float *frames, size_t n_frames)
{
  const size_t n_bytes = 2 * n_frames * sizeof *frames;
  memcpy(delay->frames + 2 * delay->length, frames, n_bytes);
  memcpy(frames, delay->frames, n_bytes);
  delay_advance(delay, n_frames);
}

static inline void
allpass_samples(float *restrict frames, const float *restrict old,
    float *restrict fresh, size_t n_samples)
{
  for (size_t i = 0; i < n_samples; i++) {
    const float v = frames[i] + allpass_gain * old[i];
    frames[i]     = old[i] - allpass_gain * v;
    fresh[i]      = v;
  }
}

static void
run_allpass(Delay *delay, float *frames, size_t n_frames)
{
  enum { CHUNK = 2 * CHUNK_FRAMES };
  float *old = delay->frames, *fresh = old + 2 * delay->length;
  size_t i = 0;
  assert(delay->length >= CHUNK_FRAMES);
  for (; i + CHUNK <= 2 * n_frames; i += CHUNK)
    allpass_samples(frames + i, old + i, fresh + i, CHUNK);
  allpass_samples(frames + i, old + i, fresh + i, 2 * n_frames - i);
  delay_advance(delay, n_frames);
}

static inline float
sum_of(Four x)
{
  return (x[0] + x[1]) + (x[2] + x[3]);
}

static inline float
hear_line(const CsRoom *r, size_t now, size_t k)
{
  return r->ring[((now - r->lengths[k]) & r->mask) * N_LINES + k];
}

/// What comes out of the lines at a frame. Written out, so that compilers put
/// it together in registers.
static inline Lines
hear_lines(const CsRoom *r, size_t now)
{
  return (Lines){
      {hear_line(r, now, 0), hear_line(r, now, 1), hear_line(r, now, 2),
          hear_line(r, now, 3)},
      {hear_line(r, now, 4), hear_line(r, now, 5), hear_line(r, now, 6),
          hear_line(r, now, 7)},
  };
}

/// Half the Householder matrix of four times the sum and difference of two:
/// together an orthogonal 8x8 matrix with entries of one size.
static inline Lines
mix_lines(Lines in)
{
  const float norm      = 0.70710678118654752440F;
  const Four sum        = norm * (in.a + in.b);
  const Four difference = norm * (in.a - in.b);
  return (Lines){
      sum - 0.5F * sum_of(sum), difference - 0.5F * sum_of(difference)};
}

static void
run_lines(CsRoom *room, float *frames, size_t n_frames)
{
  const CsRoom r = *room;
  Lines low      = r.low;
  for (size_t i = 0; i < n_frames; i++) {
    const size_t now  = r.now + i;
    const Lines heard = hear_lines(&r, now);
    low.a             = r.loss.a * heard.a + r.pole.a * low.a;
    low.b             = r.loss.b * heard.b + r.pole.b * low.b;
    const float left = frames[2 * i], right = frames[2 * i + 1];
    const float even  = (low.a[0] + low.a[2]) + (low.b[0] - low.b[2]);
    const float odd   = (low.a[1] + low.a[3]) + (low.b[1] - low.b[3]);
    frames[2 * i]     = r.early * left + r.own * even + r.cross * odd;
    frames[2 * i + 1] = r.early * right + r.own * odd + r.cross * even;
    Lines fresh       = mix_lines(low);
    fresh.a += (Four){left, right, -left, -right};
    fresh.b += (Four){left, right, left, right};
    memcpy(r.ring + (now & r.mask) * N_LINES, &fresh, sizeof fresh);
  }
  room->low = low;
  room->now = r.now + n_frames;
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
fall_asleep(CsRoom *room)
{
  memset(room->ring, 0, (room->mask + 1) * N_LINES * sizeof *room->ring);
  memset(&room->low, 0, sizeof room->low);
  memset(room->predelay.frames, 0, 2 * room->predelay.length * sizeof(float));
  for (size_t i = 0; i < N_ALLPASSES; i++)
    memset(room->allpasses[i].frames, 0,
        2 * room->allpasses[i].length * sizeof(float));
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
  for (size_t i = 0; i < N_ALLPASSES; i++)
    run_allpass(&room->allpasses[i], frames, n_frames);
  run_lines(room, frames, n_frames);
  if (is_silent && is_quiet(frames, n_frames, silence))
    room->n_quiet_frames += n_frames;
  else
    room->n_quiet_frames = 0;
  if (room->n_quiet_frames > room->predelay.length + 2 * room->mask)
    fall_asleep(room);
}
