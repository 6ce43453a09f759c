#include "gen/synth/lanes.h"

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

static void
gather(const CsLane *lanes, int n, Rows *r)
{
  memset(r, 0, sizeof *r);
  for (int k = 0; k < n; k++) {
    const CsLowpass *f = lanes[k].filter;
    for (int i = 0; i < CS_N_TAPS; i++) {
      r->taps[i][k]       = f->taps[i];
      r->increments[i][k] = f->increments[i];
    }
    r->history[0][k] = f->history[0];
    r->history[1][k] = f->history[1];
    r->amplitude[k]  = lanes[k].amplitude;
    r->slope[k]      = lanes[k].slope;
    r->phases[k]     = lanes[k].wave.phase;
  }
}

static void
scatter(const Rows *r, CsLane *lanes, int n)
{
  for (int k = 0; k < n; k++) {
    CsLowpass *f = lanes[k].filter;
    for (int i = 0; i < CS_N_TAPS; i++)
      f->taps[i] = r->taps[i][k];
    f->history[0] = r->history[0][k];
    f->history[1] = r->history[1][k];
    f->is_moving = f->keeps_level = false;
    memset(f->increments, 0, sizeof f->increments);
  }
}

// ---- Frames -----------------------------------------------------------------

/// The points of a recording, each weighted for the place between them.
static inline void
weigh(const float *window, uint64_t phase, Points *points)
{
  Points at, weights;
  memcpy(&at, window + (phase >> 32), sizeof at);
  memcpy(&weights, cubic[(uint32_t)phase >> 24], sizeof weights);
  *points = at * weights;
}

/// The sums of each lane's points, as a row.
static inline void
add_points(const Points p[N], Row *sums)
{
  const Points a = __builtin_shufflevector(p[0], p[1], 0, 4, 1, 5) +
                   __builtin_shufflevector(p[0], p[1], 2, 6, 3, 7);
  const Points b     = a + __builtin_shufflevector(a, a, 2, 3, 2, 3);
  const Samples both = __builtin_shufflevector(b, b, 0, 1);
  *sums              = __builtin_convertvector(both, Row);
}

/// How the filters of a step move.
typedef enum Motion { STILL, MOVING, KEEPING_LEVEL } Motion;

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

/// What the inner loop is made for, so that each kind of step has its own.
typedef struct Kind {
  Motion motion;
  bool is_first; ///< Nothing is there to be added to.
} Kind;

/// Frames `from` to `to` of a step. One history serves both halves of a filter
/// (direct form II).
static inline __attribute__((always_inline)) void
run(Rows *r, const CsLane *lanes, const Kind kind, const bool keeps[N],
    int from, int to, CsPair *out)
{
  Row a1 = r->taps[CS_TAP_A1], a2 = r->taps[CS_TAP_A2];
  Row b02 = r->taps[CS_TAP_B02], b1 = r->taps[CS_TAP_B1];
  Row h1 = r->history[0], h2 = r->history[1], amplitude = r->amplitude;
  const Row first = r->gains[0], second = r->gains[1], slope = r->slope;
  uint64_t phases[N] = {r->phases[0], r->phases[1]};
  for (int i = from; i < to; i++) {
    Points points[N];
    Row in;
    for (int k = 0; k < N; k++)
      weigh(lanes[k].window, phases[k], &points[k]);
    for (int k = 0; k < N; k++)
      phases[k] += lanes[k].wave.increment;
    add_points(points, &in);
    const Row x = in * amplitude - a2 * h2 - a1 * h1;
    const Row y = b02 * (x + h2) + b1 * h1;
    Row sum     = __builtin_shufflevector(y, y, 0, 0) * first +
              __builtin_shufflevector(y, y, 1, 1) * second;
    if (!kind.is_first) {
      Row there;
      memcpy(&there, out[i], sizeof there);
      sum += there;
    }
    memcpy(out[i], &sum, sizeof sum);
    amplitude += slope;
    h2 = h1;
    h1 = x;
    if (kind.motion == STILL)
      continue;
    const Row before = b02;
    a1 += r->increments[CS_TAP_A1];
    a2 += r->increments[CS_TAP_A2];
    b02 += r->increments[CS_TAP_B02];
    b1 += r->increments[CS_TAP_B1];
    if (kind.motion == KEEPING_LEVEL)
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
run_frames(Rows *r, const CsLane *lanes, const Kind *kind, const bool keeps[N],
    int from, int to, CsPair *out)
{
  const bool is_first = kind->is_first;
  if (kind->motion == STILL && is_first)
    run(r, lanes, (Kind){STILL, true}, keeps, from, to, out);
  else if (kind->motion == STILL)
    run(r, lanes, (Kind){STILL, false}, keeps, from, to, out);
  else if (kind->motion == MOVING && is_first)
    run(r, lanes, (Kind){MOVING, true}, keeps, from, to, out);
  else if (kind->motion == MOVING)
    run(r, lanes, (Kind){MOVING, false}, keeps, from, to, out);
  else
    run(r, lanes, (Kind){KEEPING_LEVEL, is_first}, keeps, from, to, out);
}

/// Where the next of the recordings ends after a frame.
static int
next_end(const CsLane *lanes, int n, int from)
{
  int end = CS_SYNTH_STEP_FRAMES;
  for (int k = 0; k < n; k++)
    if (lanes[k].wave.n_frames > from && lanes[k].wave.n_frames < end)
      end = lanes[k].wave.n_frames;
  return end;
}

/// A lane that nobody uses stands still on zeros.
static void
fill_idle(CsLane *lanes, int n)
{
  for (int k = n; k < N; k++) {
    memset(lanes[k].window, 0, CS_WAVE_POINTS * sizeof *lanes[k].window);
    lanes[k].wave = (CsWaveStep){0, 0, 0};
  }
}

static Kind
kind_of(const CsLane *lanes, int n, bool is_first, bool keeps[N])
{
  Kind kind = {.motion = STILL, .is_first = is_first};
  for (int k = 0; k < n; k++) {
    const CsLowpass *f = lanes[k].filter;
    keeps[k]           = f->keeps_level;
    const Motion own = keeps[k] ? KEEPING_LEVEL : f->is_moving ? MOVING : STILL;
    kind.motion      = own > kind.motion ? own : kind.motion;
  }
  return kind;
}

void
cs_lanes_add(CsLane lanes[CS_SYNTH_LANES], int n, bool is_first, CsPair *out)
{
  Rows rows;
  bool keeps[N] = {false};
  pthread_once(&once, fill_cubic);
  fill_idle(lanes, n);
  gather(lanes, n, &rows);
  const Kind kind = kind_of(lanes, n, is_first, keeps);
  for (int from = 0; from < CS_SYNTH_STEP_FRAMES;) {
    const int to = next_end(lanes, n, from);
    for (int k = 0; k < n; k++) {
      const bool sounds = lanes[k].wave.n_frames > from;
      rows.gains[k][0]  = sounds ? lanes[k].left : 0.0;
      rows.gains[k][1]  = sounds ? lanes[k].right : 0.0;
    }
    run_frames(&rows, lanes, &kind, keeps, from, to, out);
    from = to;
  }
  scatter(&rows, lanes, n);
}

void
cs_pairs_split(CsPair *pairs, float *restrict left, float *restrict right)
{
  for (int i = 0; i < CS_SYNTH_STEP_FRAMES; i += 2) {
    Row a, b;
    memcpy(&a, pairs[i], sizeof a);
    memcpy(&b, pairs[i + 1], sizeof b);
    const Samples l =
        __builtin_convertvector(__builtin_shufflevector(a, b, 0, 2), Samples);
    const Samples r =
        __builtin_convertvector(__builtin_shufflevector(a, b, 1, 3), Samples);
    memcpy(left + i, &l, sizeof l);
    memcpy(right + i, &r, sizeof r);
  }
}
