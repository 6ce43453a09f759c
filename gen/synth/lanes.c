#include "gen/synth/lanes.h"

#include "gen/base/wide.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

enum { N = CS_SYNTH_LANES, N_PLACES = 256 };

typedef double Row __attribute__((vector_size(N * sizeof(double))));
typedef float Samples __attribute__((vector_size(N * sizeof(float))));
typedef float Points
    __attribute__((vector_size(CS_WAVE_POINTS * sizeof(float))));

/// Weights of the points for each place, and those for two sides in turns.
static float cubic[N_PLACES][CS_WAVE_POINTS] __attribute__((aligned(16)));
static float cubics[N_PLACES][N * CS_WAVE_POINTS] __attribute__((aligned(16)));

static pthread_once_t once = PTHREAD_ONCE_INIT;

/// The cubic through the two inner points with the slopes of their neighbours
/// (Catmull-Rom).
static void
fill_cubic(void)
{
  for (int i = 0; i < N_PLACES; i++) {
    const double x = (double)i / N_PLACES;
    cubic[i][0]    = (float)(x * (-0.5 + x * (1.0 - 0.5 * x)));
    cubic[i][1]    = (float)(1.0 + x * x * (1.5 * x - 2.5));
    cubic[i][2]    = (float)(x * (0.5 + x * (2.0 - 1.5 * x)));
    cubic[i][3]    = (float)(0.5 * x * x * (x - 1.0));
    for (int k = 0; k < N * CS_WAVE_POINTS; k++)
      cubics[i][k] = cubic[i][k / N];
  }
}

// ---- Lanes as rows ----------------------------------------------------------

typedef struct Rows {
  Row taps[CS_N_TAPS], increments[CS_N_TAPS], history[2];
  Row amplitude, slope;
  Row gains[N]; ///< Of a lane: left and right.
  uint64_t phases[N];
} Rows;

/// What a pair's lane reads, and its filter.
static inline const CsLane *
lane_of(const CsLanePair *pair, size_t k)
{
  return &pair->lanes[pair->are_sides ? 0 : k];
}

/// Written whole: what is put together piece by piece in memory is waited for.
static void
gather(const CsLanePair *pair, Rows *r)
{
  static const CsLowpass idle = {0};
  const CsLane *a = lane_of(pair, 0), *b = lane_of(pair, 1);
  const bool has_b   = pair->n_lanes > 1;
  const CsLowpass *f = a->filter, *g = has_b ? b->filter : &idle;
  const double *own = f->history[0], *other = g->history[pair->are_sides];
  for (int i = 0; i < CS_N_TAPS; i++) {
    r->taps[i]       = (Row){f->taps[i], g->taps[i]};
    r->increments[i] = (Row){f->increments[i], g->increments[i]};
  }
  r->history[0] = (Row){own[0], other[0]};
  r->history[1] = (Row){own[1], other[1]};
  r->amplitude  = (Row){a->amplitude, has_b ? b->amplitude : 0.0};
  r->slope      = (Row){a->slope, has_b ? b->slope : 0.0};
  r->phases[0]  = a->wave.phase;
  r->phases[1]  = b->wave.phase;
}

static void
scatter(const Rows *r, CsLanePair *pair)
{
  for (size_t k = 0; k < pair->n_lanes; k++) {
    CsLowpass *f    = lane_of(pair, k)->filter;
    double *history = f->history[pair->are_sides ? k : 0];
    history[0]      = r->history[0][k];
    history[1]      = r->history[1][k];
    if (!f->is_moving)
      continue;
    for (int i = 0; i < CS_N_TAPS; i++)
      f->taps[i] = r->taps[i][k];
    f->is_moving = f->keeps_level = false;
    memset(f->increments, 0, sizeof f->increments);
  }
}

/// A lane that nobody uses stands still on zeros.
static void
fill_idle(CsLanePair *pair)
{
  for (size_t k = pair->n_lanes; k < N; k++) {
    float *window = pair->window + k * CS_WAVE_WINDOW;
    memset(window, 0, CS_WAVE_POINTS * sizeof *window);
    pair->lanes[k].wave = (CsWaveStep){0, 0, 0};
  }
}

/// Gains of the lanes whose recordings have not ended before a frame.
static void
set_gains(const CsLanePair *pair, int frame, Rows *r)
{
  for (size_t k = 0; k < N; k++) {
    const CsLane *lane = &pair->lanes[k];
    const bool sounds =
        k < pair->n_lanes && lane_of(pair, k)->wave.n_frames > frame;
    r->gains[k] = (Row){sounds ? lane->left : 0.0, sounds ? lane->right : 0.0};
  }
}

/// Where the next of a pair's recordings ends after a frame, or the step.
static int
next_end(const CsLanePair *pair, int from)
{
  int end = CS_SYNTH_STEP_FRAMES;
  for (size_t k = 0; k < pair->n_lanes; k++) {
    const int n = lane_of(pair, k)->wave.n_frames;
    end         = n > from && n < end ? n : end;
  }
  return end;
}

/// How the filters of a step move.
typedef enum Motion { STILL, MOVING, KEEPING_LEVEL } Motion;

static Motion
motion_of(const CsLanePair *pair)
{
  Motion motion = STILL;
  for (size_t k = 0; k < pair->n_lanes; k++) {
    const CsLowpass *f = lane_of(pair, k)->filter;
    const Motion own   = f->keeps_level ? KEEPING_LEVEL
                         : f->is_moving ? MOVING
                                        : STILL;
    motion             = own > motion ? own : motion;
  }
  return motion;
}

// ---- Frames of a pair -------------------------------------------------------

static inline Points
points_at(const float *from)
{
  Points points;
  memcpy(&points, from, sizeof points);
  return points;
}

/// The points of a recording, each weighted for the place between them.
static inline void
weigh(const float *window, uint64_t phase, Points *points)
{
  *points = points_at(window + (phase >> 32)) *
            points_at(cubic[(uint32_t)phase >> 24]);
}

/// Halves of the sums of two lanes' points.
static inline void
add_halves(Points a, Points b, Points *halves)
{
  *halves = __builtin_shufflevector(a, b, 0, 4, 1, 5) +
            __builtin_shufflevector(a, b, 2, 6, 3, 7);
}

/// Halves of the sums of two sides' points.
static inline void
weigh_sides(const float *window, uint64_t phase, Points *halves)
{
  enum { HALF = N * CS_WAVE_POINTS / 2 };
  const float *from = window + N * (phase >> 32);
  const float *by   = cubics[(uint32_t)phase >> 24];
  *halves           = points_at(from) * points_at(by) +
            points_at(from + HALF) * points_at(by + HALF);
}

/// What a pair's lanes read, and where. Two numbers and no array, which would
/// be kept in memory.
typedef struct Reader {
  const float *first, *second;
  uint64_t first_step, second_step;
} Reader;

static inline Reader
reader_of(const CsLanePair *pair)
{
  return (Reader){pair->window, pair->window + CS_WAVE_WINDOW,
      lane_of(pair, 0)->wave.increment, lane_of(pair, 1)->wave.increment};
}

/// Halves of the sums of a frame; go on to the next.
CS_SAME_LOOP void
read_frame(const Reader *r, bool are_sides, uint64_t *first, uint64_t *second,
    Points *halves)
{
  if (are_sides) {
    weigh_sides(r->first, *first, halves);
  } else {
    Points p, q;
    weigh(r->first, *first, &p);
    weigh(r->second, *second, &q);
    add_halves(p, q, halves);
    *second += r->second_step;
  }
  *first += r->first_step;
}

/// After a large move of its gain a filter's history would ring at the old one.
static void
keep_level(
    const Row *before, const Row *now, const bool keeps[N], Row *h1, Row *h2)
{
  for (int k = 0; k < N; k++) {
    const double ratio =
        keeps[k] && fabs((*now)[k]) > 0.001 ? (*before)[k] / (*now)[k] : 1.0;
    (*h1)[k] *= ratio;
    (*h2)[k] *= ratio;
  }
}

/// Frames `from` to `to` of a step, made anew for each kind of step. One
/// history serves both halves of a filter (direct form II).
CS_SAME_LOOP void
run(Rows *r, const CsLanePair *pair, Motion motion, bool is_first,
    bool are_sides, int from, int to)
{
  const CsLane *one = lane_of(pair, 0), *other = lane_of(pair, 1);
  const Reader reader = reader_of(pair);
  CsFrame *out        = pair->out;
  uint64_t at0 = r->phases[0], at1 = r->phases[1];
  const bool keeps[N] = {motion == KEEPING_LEVEL && one->filter->keeps_level,
      motion == KEEPING_LEVEL && pair->n_lanes > 1 &&
          other->filter->keeps_level};
  Row a1 = r->taps[CS_TAP_A1], a2 = r->taps[CS_TAP_A2];
  Row b02 = r->taps[CS_TAP_B02], b1 = r->taps[CS_TAP_B1];
  Row h1 = r->history[0], h2 = r->history[1], amplitude = r->amplitude;
  const Row first = r->gains[0], second = r->gains[1], slope = r->slope;
  for (int i = from; i < to; i++) {
    Points halves;
    read_frame(&reader, are_sides, &at0, &at1, &halves);
    const Points sums =
        halves + __builtin_shufflevector(halves, halves, 2, 3, 2, 3);
    const Row in =
        __builtin_convertvector(__builtin_shufflevector(sums, sums, 0, 1), Row);
    const Row x = in * amplitude - a2 * h2 - a1 * h1;
    const Row y = b02 * (x + h2) + b1 * h1;
    Row sum     = __builtin_shufflevector(y, y, 0, 0) * first +
              __builtin_shufflevector(y, y, 1, 1) * second;
    if (!is_first) {
      Row there;
      memcpy(&there, out[i], sizeof there);
      sum += there;
    }
    memcpy(out[i], &sum, sizeof sum);
    amplitude += slope;
    h2 = h1;
    h1 = x;
    if (motion == STILL)
      continue;
    const Row before = b02;
    a1 += r->increments[CS_TAP_A1];
    a2 += r->increments[CS_TAP_A2];
    b02 += r->increments[CS_TAP_B02];
    b1 += r->increments[CS_TAP_B1];
    if (motion == KEEPING_LEVEL)
      keep_level(&before, &b02, keeps, &h1, &h2);
  }
  r->taps[CS_TAP_A1]  = a1;
  r->taps[CS_TAP_A2]  = a2;
  r->taps[CS_TAP_B02] = b02;
  r->taps[CS_TAP_B1]  = b1;
  r->history[0]       = h1;
  r->history[1]       = h2;
  r->amplitude        = amplitude;
  r->phases[0]        = at0;
  r->phases[1]        = at1;
}

CS_SAME_LOOP void
run_motions(Rows *r, const CsLanePair *pair, Motion motion, bool are_sides,
    int from, int to)
{
  const bool is_first = pair->is_first;
  if (motion == STILL && is_first)
    run(r, pair, STILL, true, are_sides, from, to);
  else if (motion == STILL)
    run(r, pair, STILL, false, are_sides, from, to);
  else if (motion == MOVING && is_first)
    run(r, pair, MOVING, true, are_sides, from, to);
  else if (motion == MOVING)
    run(r, pair, MOVING, false, are_sides, from, to);
  else
    run(r, pair, KEEPING_LEVEL, is_first, are_sides, from, to);
}

/// A loop of its own for each kind.
CS_SAME_LOOP void
run_kinds(Rows *r, const CsLanePair *pair, Motion motion, int from, int to)
{
  if (pair->are_sides)
    run_motions(r, pair, motion, true, from, to);
  else
    run_motions(r, pair, motion, false, from, to);
}

/// Narrow vectors by AVX, whose instructions have a place for what comes out:
/// nothing is copied before it is changed.
CS_WIDE static void
run_frames_by_avx(
    Rows *r, const CsLanePair *pair, Motion motion, int from, int to)
{
  run_kinds(r, pair, motion, from, to);
}

static void
run_frames(Rows *r, const CsLanePair *pair, Motion motion, int from, int to)
{
  if (cs_can_go_wide())
    run_frames_by_avx(r, pair, motion, from, to);
  else
    run_kinds(r, pair, motion, from, to);
}

static void
add_pair(CsLanePair *pair)
{
  const Motion motion = motion_of(pair);
  Rows rows;
  fill_idle(pair);
  gather(pair, &rows);
  for (int from = 0; from < CS_SYNTH_STEP_FRAMES;) {
    const int to = next_end(pair, from);
    set_gains(pair, from, &rows);
    run_frames(&rows, pair, motion, from, to);
    from = to;
  }
  scatter(&rows, pair);
}

// ---- Frames of two pairs ----------------------------------------------------

#if CS_MAY_GO_WIDE

// gcc 12 converts two floats at a time if it is not told.
#include <immintrin.h>

CS_WIDE_INLINE void
join(Row a, Row b, CsQuad *both)
{
  *both = __builtin_shufflevector(a, b, 0, 1, 2, 3);
}

CS_WIDE_INLINE void
part(CsQuad both, Row *a, Row *b)
{
  *a = __builtin_shufflevector(both, both, 0, 1);
  *b = __builtin_shufflevector(both, both, 2, 3);
}

CS_WIDE_INLINE void
add_there(const double *a, const double *b, CsQuad *sum)
{
  Row first, second;
  CsQuad there;
  memcpy(&first, a, sizeof first);
  memcpy(&second, b, sizeof second);
  join(first, second, &there);
  *sum += there;
}

/// A kind of step of two pairs, of which the first has sides if any has.
typedef struct Kind {
  bool are_sides[2], is_moving, is_first;
} Kind;

/// As run(), of pairs that keep no level.
CS_WIDE_INLINE void
run_wide(Rows rows[2], CsLanePair *const pairs[2], Kind kind, int from, int to)
{
  Rows *r = &rows[0], *s = &rows[1];
  const Reader a = reader_of(pairs[0]), b = reader_of(pairs[1]);
  CsFrame *out_a = pairs[0]->out, *out_b = pairs[1]->out;
  uint64_t at0 = r->phases[0], at1 = r->phases[1];
  uint64_t at2 = s->phases[0], at3 = s->phases[1];
  CsQuad a1, a2, b02, b1, h1, h2, amplitude, slope, first, second;
  CsQuad to_a1, to_a2, to_b02, to_b1;
  join(r->taps[CS_TAP_A1], s->taps[CS_TAP_A1], &a1);
  join(r->taps[CS_TAP_A2], s->taps[CS_TAP_A2], &a2);
  join(r->taps[CS_TAP_B02], s->taps[CS_TAP_B02], &b02);
  join(r->taps[CS_TAP_B1], s->taps[CS_TAP_B1], &b1);
  join(r->increments[CS_TAP_A1], s->increments[CS_TAP_A1], &to_a1);
  join(r->increments[CS_TAP_A2], s->increments[CS_TAP_A2], &to_a2);
  join(r->increments[CS_TAP_B02], s->increments[CS_TAP_B02], &to_b02);
  join(r->increments[CS_TAP_B1], s->increments[CS_TAP_B1], &to_b1);
  join(r->history[0], s->history[0], &h1);
  join(r->history[1], s->history[1], &h2);
  join(r->amplitude, s->amplitude, &amplitude);
  join(r->slope, s->slope, &slope);
  join(r->gains[0], s->gains[0], &first);
  join(r->gains[1], s->gains[1], &second);
  for (int i = from; i < to; i++) {
    Points left, right;
    read_frame(&a, kind.are_sides[0], &at0, &at1, &left);
    read_frame(&b, kind.are_sides[1], &at2, &at3, &right);
    const Points sums = __builtin_shufflevector(left, right, 0, 1, 4, 5) +
                        __builtin_shufflevector(left, right, 2, 3, 6, 7);
    const CsQuad in = (CsQuad)_mm256_cvtps_pd((__m128)sums);
    const CsQuad x  = in * amplitude - a2 * h2 - a1 * h1;
    const CsQuad y  = b02 * (x + h2) + b1 * h1;
    CsQuad sum      = __builtin_shufflevector(y, y, 0, 0, 2, 2) * first +
                 __builtin_shufflevector(y, y, 1, 1, 3, 3) * second;
    if (!kind.is_first)
      add_there(out_a[i], out_b[i], &sum);
    memcpy(out_a[i], &sum, sizeof(Row));
    memcpy(out_b[i], (const char *)&sum + sizeof(Row), sizeof(Row));
    amplitude += slope;
    h2 = h1;
    h1 = x;
    if (!kind.is_moving)
      continue;
    a1 += to_a1;
    a2 += to_a2;
    b02 += to_b02;
    b1 += to_b1;
  }
  part(a1, &r->taps[CS_TAP_A1], &s->taps[CS_TAP_A1]);
  part(a2, &r->taps[CS_TAP_A2], &s->taps[CS_TAP_A2]);
  part(b02, &r->taps[CS_TAP_B02], &s->taps[CS_TAP_B02]);
  part(b1, &r->taps[CS_TAP_B1], &s->taps[CS_TAP_B1]);
  part(h1, &r->history[0], &s->history[0]);
  part(h2, &r->history[1], &s->history[1]);
  part(amplitude, &r->amplitude, &s->amplitude);
  r->phases[0] = at0;
  r->phases[1] = at1;
  s->phases[0] = at2;
  s->phases[1] = at3;
}

CS_WIDE_INLINE void
run_sides_wide(Rows rows[2], CsLanePair *const pairs[2], Kind kind, bool first,
    bool second, int from, int to)
{
  if (kind.is_moving && kind.is_first)
    run_wide(rows, pairs, (Kind){{first, second}, true, true}, from, to);
  else if (kind.is_moving)
    run_wide(rows, pairs, (Kind){{first, second}, true, false}, from, to);
  else if (kind.is_first)
    run_wide(rows, pairs, (Kind){{first, second}, false, true}, from, to);
  else
    run_wide(rows, pairs, (Kind){{first, second}, false, false}, from, to);
}

/// A loop of its own for each kind.
CS_WIDE static void
run_frames_wide(
    Rows rows[2], CsLanePair *const pairs[2], Kind kind, int from, int to)
{
  if (kind.are_sides[1])
    run_sides_wide(rows, pairs, kind, true, true, from, to);
  else if (kind.are_sides[0])
    run_sides_wide(rows, pairs, kind, true, false, from, to);
  else
    run_sides_wide(rows, pairs, kind, false, false, from, to);
}

/// To -0 anything can be added without a trace.
static void
clear(CsFrame *out)
{
  for (int i = 0; i < CS_SYNTH_STEP_FRAMES; i++)
    out[i][0] = out[i][1] = -0.0;
}

static void
add_wide(CsLanePair *a, CsLanePair *b)
{
  const bool is_turned       = b->are_sides && !a->are_sides;
  CsLanePair *const pairs[2] = {is_turned ? b : a, is_turned ? a : b};
  const Kind kind            = {{pairs[0]->are_sides, pairs[1]->are_sides},
                 motion_of(a) == MOVING || motion_of(b) == MOVING,
                 a->is_first && b->is_first};
  Rows rows[2];
  for (size_t p = 0; p < 2; p++) {
    fill_idle(pairs[p]);
    gather(pairs[p], &rows[p]);
    if (pairs[p]->is_first && !kind.is_first)
      clear(pairs[p]->out);
  }
  for (int from = 0; from < CS_SYNTH_STEP_FRAMES;) {
    const int to[2] = {next_end(pairs[0], from), next_end(pairs[1], from)};
    const int next  = to[0] < to[1] ? to[0] : to[1];
    for (size_t p = 0; p < 2; p++)
      set_gains(pairs[p], from, &rows[p]);
    run_frames_wide(rows, pairs, kind, from, next);
    from = next;
  }
  for (size_t p = 0; p < 2; p++)
    scatter(&rows[p], pairs[p]);
}

#else

static void
add_wide(CsLanePair *a, CsLanePair *b)
{
  add_pair(a);
  add_pair(b);
}

#endif

void
cs_lanes_add(CsLanePair *pairs, size_t n_pairs)
{
  assert(n_pairs == 1 || (n_pairs == 2 && pairs[0].out != pairs[1].out));
  pthread_once(&once, fill_cubic);
  if (n_pairs == 2 && cs_can_go_wide() && motion_of(&pairs[0]) <= MOVING &&
      motion_of(&pairs[1]) <= MOVING) {
    add_wide(&pairs[0], &pairs[1]);
    return;
  }
  for (size_t p = 0; p < n_pairs; p++)
    add_pair(&pairs[p]);
}

// ---- Sums as channels -------------------------------------------------------

/// Two frames of both places.
static inline void
load_frames(CsFrame *frames, CsFrame *more, int i, Row *a, Row *b)
{
  memcpy(a, frames[i], sizeof *a);
  memcpy(b, frames[i + 1], sizeof *b);
  if (more == NULL)
    return;
  Row c, d;
  memcpy(&c, more[i], sizeof c);
  memcpy(&d, more[i + 1], sizeof d);
  *a += c;
  *b += d;
}

static void
split(CsFrame *frames, CsFrame *more, float *left, float *right)
{
  for (int i = 0; i < CS_SYNTH_STEP_FRAMES; i += 2) {
    Row a, b;
    load_frames(frames, more, i, &a, &b);
    const Samples l =
        __builtin_convertvector(__builtin_shufflevector(a, b, 0, 2), Samples);
    const Samples r =
        __builtin_convertvector(__builtin_shufflevector(a, b, 1, 3), Samples);
    memcpy(left + i, &l, sizeof l);
    memcpy(right + i, &r, sizeof r);
  }
}

#if CS_MAY_GO_WIDE

/// Two frames of both places as floats. Frames are loaded one by one, as they
/// were stored: what comes from two stores is waited for.
CS_WIDE_INLINE void
load_wide(CsFrame *frames, CsFrame *more, int i, Points *sums)
{
  Row a, b;
  CsQuad both;
  load_frames(frames, more, i, &a, &b);
  join(a, b, &both);
  *sums = (Points)_mm256_cvtpd_ps((__m256d)both);
}

CS_WIDE_INLINE void
run_split_wide(CsFrame *frames, CsFrame *more, float *left, float *right)
{
  for (int i = 0; i < CS_SYNTH_STEP_FRAMES; i += 4) {
    Points a, b;
    load_wide(frames, more, i, &a);
    load_wide(frames, more, i + 2, &b);
    const Points l = __builtin_shufflevector(a, b, 0, 2, 4, 6);
    const Points r = __builtin_shufflevector(a, b, 1, 3, 5, 7);
    memcpy(left + i, &l, sizeof l);
    memcpy(right + i, &r, sizeof r);
  }
}

CS_WIDE static void
split_wide(CsFrame *frames, CsFrame *more, float *left, float *right)
{
  if (more != NULL)
    run_split_wide(frames, more, left, right);
  else
    run_split_wide(frames, NULL, left, right);
}

#else

static void
split_wide(CsFrame *frames, CsFrame *more, float *left, float *right)
{
  split(frames, more, left, right);
}

#endif

void
cs_frames_split(CsFrame *frames, CsFrame *more, float *left, float *right)
{
  if (cs_can_go_wide())
    split_wide(frames, more, left, right);
  else
    split(frames, more, left, right);
}
