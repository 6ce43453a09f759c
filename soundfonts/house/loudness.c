#include "soundfonts/house/loudness.h"

#include "gen/base/mathx.h"

enum { HOP_FRAMES = 4800, WINDOW_HOPS = 4 };

// BS.1770-4, tables 1 and 2: the head's shelf and the high pass, at 48 kHz.
typedef struct Biquad {
  double b0, b1, b2, a1, a2;
} Biquad;

static const Biquad shelf     = {1.53512485958697, -2.69169618940638,
        1.19839281085285, -1.69065929318241, 0.73248077421585};
static const Biquad high_pass = {
    1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621};

typedef struct State {
  double s1, s2;
} State;

static double
run(const Biquad *f, State *s, double x)
{
  const double y = f->b0 * x + s->s1;
  s->s1          = f->b1 * x - f->a1 * y + s->s2;
  s->s2          = f->b2 * x - f->a2 * y;
  return y;
}

double
cs_house_loudness(const float *stereo, size_t n_frames)
{
  State head[2] = {{0.0, 0.0}}, low[2] = {{0.0, 0.0}};
  double hops[WINDOW_HOPS] = {0.0}, loudest = 0.0;
  for (size_t hop = 0; hop * HOP_FRAMES < n_frames; hop++) {
    double sum = 0.0;
    for (size_t i = 0; i < HOP_FRAMES; i++) {
      const size_t at = hop * HOP_FRAMES + i;
      for (size_t c = 0; c < 2 && at < n_frames; c++) {
        const double y = run(&high_pass, &low[c],
            run(&shelf, &head[c], (double)stereo[2 * at + c]));
        sum += y * y;
      }
    }
    hops[hop % WINDOW_HOPS] = sum;
    double window           = 0.0;
    for (size_t h = 0; h < WINDOW_HOPS; h++)
      window += hops[h];
    loudest = window > loudest ? window : loudest;
  }
  if (loudest <= 0.0)
    return CS_SILENCE_DB;
  return 0.5 * cs_db_from_gain(loudest / (HOP_FRAMES * WINDOW_HOPS)) - 0.691;
}
