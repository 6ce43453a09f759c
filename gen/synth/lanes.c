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

static float cubic[N_PLACES][CS_WAVE_POINTS] __attribute__((aligned(16)));

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
  }
}

// ---- Lanes as rows ----------------------------------------------------------

typedef struct Rows {
  Row taps[CS_N_TAPS], increments[CS_N_TAPS], history[2];
  Row amplitude, slope;
  Row gains[N]; ///< Of a lane: left and right.
  uint64_t phases[N];
} Rows;

/// Written whole: what is put together piece by piece in memory is waited for.
static void
gather(const CsLanePair *pair, Rows *r)
{
  static const CsLowpass idle = {0};
  const CsLane *a = &pair->lanes[0], *b = &pair->lanes[1];
  const bool has_b   = pair->n_lanes > 1;
  const CsLowpass *f = a->filter, *g = has_b ? b->filter : &idle;
  for (int i = 0; i < CS_N_TAPS; i++) {
    r->taps[i]       = (Row){f->taps[i], g->taps[i]};
    r->increments[i] = (Row){f->increments[i], g->increments[i]};
  }
  r->history[0] = (Row){f->history[0], g->history[0]};
  r->history[1] = (Row){f->history[1], g->history[1]};
  r->amplitude  = (Row){a->amplitude, has_b ? b->amplitude : 0.0};
  r->slope      = (Row){a->slope, has_b ? b->slope : 0.0};
  r->phases[0]  = a->wave.phase;
  r->phases[1]  = b->wave.phase;
}

static void
scatter(const Rows *r, CsLanePair *pair)
{
  for (size_t k = 0; k < pair->n_lanes; k++) {
    CsLowpass *f  = pair->lanes[k].filter;
    f->history[0] = r->history[0][k];
    f->history[1] = r->history[1][k];
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
    CsLane *lane = &pair->lanes[k];
    memset(lane->window, 0, CS_WAVE_POINTS * sizeof *lane->window);
    lane->wave = (CsWaveStep){0, 0, 0};
  }
}

/// Gains of the lanes whose recordings have not ended before a frame.
static void
set_gains(const CsLanePair *pair, int frame, Rows *r)
{
  for (size_t k = 0; k < N; k++) {
    const CsLane *lane = &pair->lanes[k];
    const bool sounds  = k < pair->n_lanes && lane->wave.n_frames > frame;
    r->gains[k] = (Row){sounds ? lane->left : 0.0, sounds ? lane->right : 0.0};
  }
}

/// Where the next of a pair's recordings ends after a frame, or the step.
static int
next_end(const CsLanePair *pair, int from)
{
  int end = CS_SYNTH_STEP_FRAMES;
  for (size_t k = 0; k < pair->n_lanes; k++) {
    const int n = pair->lanes[k].wave.n_frames;
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
    const CsLowpass *f = pair->lanes[k].filter;
    const Motion own   = f->keeps_level ? KEEPING_LEVEL
                         : f->is_moving ? MOVING
                                        : STILL;
    motion             = own > motion ? own : motion;
  }
  return motion;
}

// ---- Frames of a pair -------------------------------------------------------

/// The points of a recording, each weighted for the place between them.
static inline void
weigh(const float *window, uint64_t phase, Points *points)
{
  Points at, weights;
  memcpy(&at, window + (phase >> 32), sizeof at);
  memcpy(&weights, cubic[(uint32_t)phase >> 24], sizeof weights);
  *points = at * weights;
}

/// Halves of the sums of two lanes' points.
static inline void
add_halves(Points a, Points b, Points *halves)
{
  *halves = __builtin_shufflevector(a, b, 0, 4, 1, 5) +
            __builtin_shufflevector(a, b, 2, 6, 3, 7);
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
static inline __attribute__((always_inline)) void
run(Rows *r, const CsLanePair *pair, Motion motion, bool is_first, int from,
    int to)
{
  const CsLane *lanes = pair->lanes;
  const bool keeps[N] = {
      motion == KEEPING_LEVEL && lanes[0].filter->keeps_level,
      motion == KEEPING_LEVEL && pair->n_lanes > 1 &&
          lanes[1].filter->keeps_level};
  Row a1 = r->taps[CS_TAP_A1], a2 = r->taps[CS_TAP_A2];
  Row b02 = r->taps[CS_TAP_B02], b1 = r->taps[CS_TAP_B1];
  Row h1 = r->history[0], h2 = r->history[1], amplitude = r->amplitude;
  const Row first = r->gains[0], second = r->gains[1], slope = r->slope;
  uint64_t phases[N] = {r->phases[0], r->phases[1]};
  for (int i = from; i < to; i++) {
    Points p, q, halves;
    weigh(lanes[0].window, phases[0], &p);
    weigh(lanes[1].window, phases[1], &q);
    for (int k = 0; k < N; k++)
      phases[k] += lanes[k].wave.increment;
    add_halves(p, q, &halves);
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
      memcpy(&there, pair->out[i], sizeof there);
      sum += there;
    }
    memcpy(pair->out[i], &sum, sizeof sum);
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
  memcpy(r->phases, phases, sizeof phases);
}

/// A loop of its own for each kind.
static void
run_frames(Rows *r, const CsLanePair *pair, Motion motion, int from, int to)
{
  const bool is_first = pair->is_first;
  if (motion == STILL && is_first)
    run(r, pair, STILL, true, from, to);
  else if (motion == STILL)
    run(r, pair, STILL, false, from, to);
  else if (motion == MOVING && is_first)
    run(r, pair, MOVING, true, from, to);
  else if (motion == MOVING)
    run(r, pair, MOVING, false, from, to);
  else
    run(r, pair, KEEPING_LEVEL, is_first, from, to);
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

/// As run(), of pairs that keep no level.
CS_WIDE_INLINE void
run_wide(Rows rows[2], const CsLanePair pairs[2], bool is_moving, bool is_first,
    int from, int to)
{
  Rows *r = &rows[0], *s = &rows[1];
  const CsLane *k = pairs[0].lanes, *l = pairs[1].lanes;
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
  uint64_t at0 = r->phases[0], at1 = r->phases[1];
  uint64_t at2 = s->phases[0], at3 = s->phases[1];
  for (int i = from; i < to; i++) {
    Points p0, p1, p2, p3, left, right;
    weigh(k[0].window, at0, &p0);
    weigh(k[1].window, at1, &p1);
    weigh(l[0].window, at2, &p2);
    weigh(l[1].window, at3, &p3);
    at0 += k[0].wave.increment;
    at1 += k[1].wave.increment;
    at2 += l[0].wave.increment;
    at3 += l[1].wave.increment;
    add_halves(p0, p1, &left);
    add_halves(p2, p3, &right);
    const Points sums = __builtin_shufflevector(left, right, 0, 1, 4, 5) +
                        __builtin_shufflevector(left, right, 2, 3, 6, 7);
    const CsQuad in = __builtin_convertvector(sums, CsQuad);
    const CsQuad x  = in * amplitude - a2 * h2 - a1 * h1;
    const CsQuad y  = b02 * (x + h2) + b1 * h1;
    CsQuad sum      = __builtin_shufflevector(y, y, 0, 0, 2, 2) * first +
                 __builtin_shufflevector(y, y, 1, 1, 3, 3) * second;
    if (!is_first)
      add_there(pairs[0].out[i], pairs[1].out[i], &sum);
    memcpy(pairs[0].out[i], &sum, sizeof(Row));
    memcpy(pairs[1].out[i], (const char *)&sum + sizeof(Row), sizeof(Row));
    amplitude += slope;
    h2 = h1;
    h1 = x;
    if (!is_moving)
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

CS_WIDE static void
run_frames_wide(Rows rows[2], const CsLanePair pairs[2], bool is_moving,
    bool is_first, int from, int to)
{
  if (is_moving && is_first)
    run_wide(rows, pairs, true, true, from, to);
  else if (is_moving)
    run_wide(rows, pairs, true, false, from, to);
  else if (is_first)
    run_wide(rows, pairs, false, true, from, to);
  else
    run_wide(rows, pairs, false, false, from, to);
}

/// To -0 anything can be added without a trace.
static void
clear(CsFrame *out)
{
  for (int i = 0; i < CS_SYNTH_STEP_FRAMES; i++)
    out[i][0] = out[i][1] = -0.0;
}

static void
add_wide(CsLanePair pairs[2])
{
  const bool is_moving =
      motion_of(&pairs[0]) == MOVING || motion_of(&pairs[1]) == MOVING;
  const bool is_first = pairs[0].is_first && pairs[1].is_first;
  Rows rows[2];
  for (size_t p = 0; p < 2; p++) {
    fill_idle(&pairs[p]);
    gather(&pairs[p], &rows[p]);
    if (pairs[p].is_first && !is_first)
      clear(pairs[p].out);
  }
  for (int from = 0; from < CS_SYNTH_STEP_FRAMES;) {
    const int to[2] = {next_end(&pairs[0], from), next_end(&pairs[1], from)};
    const int next  = to[0] < to[1] ? to[0] : to[1];
    for (size_t p = 0; p < 2; p++)
      set_gains(&pairs[p], from, &rows[p]);
    run_frames_wide(rows, pairs, is_moving, is_first, from, next);
    from = next;
  }
  for (size_t p = 0; p < 2; p++)
    scatter(&rows[p], &pairs[p]);
}

#else

static void
add_wide(CsLanePair pairs[2])
{
  add_pair(&pairs[0]);
  add_pair(&pairs[1]);
}

#endif

void
cs_lanes_add(CsLanePair *pairs, size_t n_pairs)
{
  assert(n_pairs == 1 || (n_pairs == 2 && pairs[0].out != pairs[1].out));
  pthread_once(&once, fill_cubic);
  if (n_pairs == 2 && cs_can_go_wide() && motion_of(&pairs[0]) <= MOVING &&
      motion_of(&pairs[1]) <= MOVING) {
    add_wide(pairs);
    return;
  }
  for (size_t p = 0; p < n_pairs; p++)
    add_pair(&pairs[p]);
}

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

void
cs_frames_split(
    CsFrame *frames, CsFrame *more, float *restrict left, float *restrict right)
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
