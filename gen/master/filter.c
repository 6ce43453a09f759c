#include "gen/master/filter.h"

#include "gen/base/mathx.h"
#include "gen/base/wide.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

// Both designs are bilinear transforms; the frequency is bent beforehand, so
// that it is met exactly at every sample rate.

CsBiquad
cs_highpass(int sample_rate, double cutoff_hz)
{
  const double w     = 2.0 * CS_PI * cutoff_hz / sample_rate;
  const double alpha = cs_sin(w) * 0.70710678118654752440;
  const double c     = cs_cos(w);
  const double a0    = 1.0 + alpha;
  return (CsBiquad){
      .b0 = (1.0 + c) / 2.0 / a0,
      .b1 = -(1.0 + c) / a0,
      .b2 = (1.0 + c) / 2.0 / a0,
      .a1 = -2.0 * c / a0,
      .a2 = (1.0 - alpha) / a0,
  };
}

CsBiquad
cs_bell(int sample_rate, double centre_hz, double q, double gain_db)
{
  if (centre_hz > 0.45 * sample_rate)
    return (CsBiquad){.b0 = 1.0};
  const double w     = 2.0 * CS_PI * centre_hz / sample_rate;
  const double alpha = cs_sin(w) / (2.0 * q);
  const double c     = cs_cos(w);
  const double a     = cs_gain_from_db(gain_db / 2.0);
  const double a0    = 1.0 + alpha / a;
  return (CsBiquad){
      .b0 = (1.0 + alpha * a) / a0,
      .b1 = -2.0 * c / a0,
      .b2 = (1.0 - alpha * a) / a0,
      .a1 = -2.0 * c / a0,
      .a2 = (1.0 - alpha / a) / a0,
  };
}

/// A low shelf; a high one is its mirror image, with the cosine's sign turned.
static CsBiquad
shelf(int sample_rate, double corner_hz, double gain_db, double mirror)
{
  if (corner_hz > 0.45 * sample_rate)
    return (CsBiquad){.b0 = 1.0};
  const double w    = 2.0 * CS_PI * corner_hz / sample_rate;
  const double c    = mirror * cs_cos(w);
  const double a    = cs_gain_from_db(gain_db / 2.0);
  const double beta = sqrt(2.0 * a) * cs_sin(w);
  const double up = a + 1.0, down = a - 1.0;
  const double a0 = up + down * c + beta;
  return (CsBiquad){
      .b0 = a * (up - down * c + beta) / a0,
      .b1 = mirror * 2.0 * a * (down - up * c) / a0,
      .b2 = a * (up - down * c - beta) / a0,
      .a1 = mirror * -2.0 * (down + up * c) / a0,
      .a2 = (up + down * c - beta) / a0,
  };
}

CsBiquad
cs_low_shelf(int sample_rate, double corner_hz, double gain_db)
{
  return shelf(sample_rate, corner_hz, gain_db, 1.0);
}

CsBiquad
cs_high_shelf(int sample_rate, double corner_hz, double gain_db)
{
  return shelf(sample_rate, corner_hz, gain_db, -1.0);
}

void
cs_filter_add(CsFilter *filter, CsBiquad section)
{
  assert(filter->n_sections < CS_MAX_SECTIONS);
  filter->sections[filter->n_sections++] = section;
}

// Transposed direct form II, with the output put into the memories' own
// equations: a memory then waits for one product and one sum of its past, not
// for two. Left and right go through side by side, and so do two sections.

typedef double Pair __attribute__((vector_size(16)));

typedef struct Section {
  double b0, c1, c2, a1, a2;
  Pair m1, m2;
} Section;

static Section
section_begin(const CsBiquad *s, const double *memory)
{
  return (Section){
      .b0 = s->b0,
      .c1 = s->b1 - s->a1 * s->b0,
      .c2 = s->b2 - s->a2 * s->b0,
      .a1 = s->a1,
      .a2 = s->a2,
      .m1 = {memory[0], memory[1]},
      .m2 = {memory[2], memory[3]},
  };
}

static inline Pair
section_step(Section *s, Pair in)
{
  const Pair out = s->b0 * in + s->m1;
  const Pair m1  = (s->m2 + s->c1 * in) - s->a1 * s->m1;
  s->m2          = s->c2 * in - s->a2 * s->m1;
  s->m1          = m1;
  return out;
}

// A memory that has died away is cleared, before it gets so small that
// processors handle it slowly.
static double
settled(double x)
{
  return x > -1e-30 && x < 1e-30 ? 0.0 : x;
}

static void
section_end(const Section *s, double *memory)
{
  memory[0] = settled(s->m1[0]);
  memory[1] = settled(s->m1[1]);
  memory[2] = settled(s->m2[0]);
  memory[3] = settled(s->m2[1]);
}

static inline Pair
frame_at(const float *frames, size_t i)
{
  return (Pair){(double)frames[2 * i], (double)frames[2 * i + 1]};
}

static inline void
put_frame(float *frames, size_t i, Pair x)
{
  frames[2 * i]     = (float)x[0];
  frames[2 * i + 1] = (float)x[1];
}

// Several sections go at once: the next works while the one before waits for
// itself, and frames are read and written once.

static void
run_one(CsFilter *filter, size_t index, float *frames, size_t n_frames)
{
  Section a = section_begin(&filter->sections[index], filter->memory[index]);
  for (size_t i = 0; i < n_frames; i++)
    put_frame(frames, i, section_step(&a, frame_at(frames, i)));
  section_end(&a, filter->memory[index]);
}

static void
run_two(CsFilter *filter, size_t first, float *frames, size_t n_frames)
{
  const CsBiquad *sections = filter->sections + first;
  double(*memory)[4]       = filter->memory + first;
  Section a                = section_begin(&sections[0], memory[0]);
  Section b                = section_begin(&sections[1], memory[1]);
  for (size_t i = 0; i < n_frames; i++)
    put_frame(
        frames, i, section_step(&b, section_step(&a, frame_at(frames, i))));
  section_end(&a, memory[0]);
  section_end(&b, memory[1]);
}

static void
run_three(CsFilter *filter, float *frames, size_t n_frames)
{
  Section a = section_begin(&filter->sections[0], filter->memory[0]);
  Section b = section_begin(&filter->sections[1], filter->memory[1]);
  Section c = section_begin(&filter->sections[2], filter->memory[2]);
  for (size_t i = 0; i < n_frames; i++) {
    const Pair x = section_step(&a, frame_at(frames, i));
    put_frame(frames, i, section_step(&c, section_step(&b, x)));
  }
  section_end(&a, filter->memory[0]);
  section_end(&b, filter->memory[1]);
  section_end(&c, filter->memory[2]);
}

void
cs_filter_run(CsFilter *filter, float *frames, size_t n_frames)
{
  const size_t n = filter->n_sections;
  static_assert(CS_MAX_SECTIONS == 4, "all numbers of sections are here");
  if (n == 1)
    run_one(filter, 0, frames, n_frames);
  if (n == 2 || n == 4)
    run_two(filter, 0, frames, n_frames);
  if (n == 3)
    run_three(filter, frames, n_frames);
  if (n == 4)
    run_two(filter, 2, frames, n_frames);
}

// ---- Two filters ------------------------------------------------------------

// Where the processor has vectors of four doubles, two signals take the time of
// one.

#if CS_MAY_GO_WIDE

/// A section of both filters.
typedef struct WideSection {
  CsQuad b0, c1, c2, a1, a2;
  CsQuad m1, m2;
} WideSection;

CS_WIDE_INLINE void
join(CsQuad *out, double a, double b)
{
  *out = (CsQuad){a, a, b, b};
}

CS_WIDE_INLINE void
wide_begin(WideSection *out, const CsFilter *filter_a, const CsFilter *filter_b,
    size_t index)
{
  const double *ma = filter_a->memory[index], *mb = filter_b->memory[index];
  const Section a = section_begin(&filter_a->sections[index], ma);
  const Section b = section_begin(&filter_b->sections[index], mb);
  join(&out->b0, a.b0, b.b0);
  join(&out->c1, a.c1, b.c1);
  join(&out->c2, a.c2, b.c2);
  join(&out->a1, a.a1, b.a1);
  join(&out->a2, a.a2, b.a2);
  out->m1 = (CsQuad){ma[0], ma[1], mb[0], mb[1]};
  out->m2 = (CsQuad){ma[2], ma[3], mb[2], mb[3]};
}

CS_WIDE_INLINE void
wide_step(WideSection *s, CsQuad *x)
{
  const CsQuad in = *x;
  *x              = s->b0 * in + s->m1;
  const CsQuad m1 = (s->m2 + s->c1 * in) - s->a1 * s->m1;
  s->m2           = s->c2 * in - s->a2 * s->m1;
  s->m1           = m1;
}

CS_WIDE_INLINE void
wide_end(
    const WideSection *s, CsFilter *filter_a, CsFilter *filter_b, size_t index)
{
  double *ma = filter_a->memory[index], *mb = filter_b->memory[index];
  for (size_t c = 0; c < 2; c++) {
    ma[c]     = settled(s->m1[c]);
    ma[2 + c] = settled(s->m2[c]);
    mb[c]     = settled(s->m1[2 + c]);
    mb[2 + c] = settled(s->m2[2 + c]);
  }
}

/// One to three sections of both filters.
CS_WIDE_INLINE void
wide_run(CsFilter *filter_a, float *frames_a, CsFilter *filter_b,
    float *frames_b, size_t first, size_t n_sections, size_t n_frames)
{
  WideSection s0, s1, s2;
  wide_begin(&s0, filter_a, filter_b, first);
  if (n_sections > 1)
    wide_begin(&s1, filter_a, filter_b, first + 1);
  if (n_sections > 2)
    wide_begin(&s2, filter_a, filter_b, first + 2);
  for (size_t i = 0; i < n_frames; i++) {
    const Pair a = frame_at(frames_a, i), b = frame_at(frames_b, i);
    CsQuad x = {a[0], a[1], b[0], b[1]};
    wide_step(&s0, &x);
    if (n_sections > 1)
      wide_step(&s1, &x);
    if (n_sections > 2)
      wide_step(&s2, &x);
    put_frame(frames_a, i, (Pair){x[0], x[1]});
    put_frame(frames_b, i, (Pair){x[2], x[3]});
  }
  wide_end(&s0, filter_a, filter_b, first);
  if (n_sections > 1)
    wide_end(&s1, filter_a, filter_b, first + 1);
  if (n_sections > 2)
    wide_end(&s2, filter_a, filter_b, first + 2);
}

/// Two filters of as many sections, which go in the same groups as they do
/// alone: between groups samples are rounded to float.
CS_WIDE static void
run_wide(
    CsFilter *a, float *frames_a, CsFilter *b, float *frames_b, size_t n_frames)
{
  const size_t n = a->n_sections;
  if (n == 1)
    wide_run(a, frames_a, b, frames_b, 0, 1, n_frames);
  if (n == 2 || n == 4)
    wide_run(a, frames_a, b, frames_b, 0, 2, n_frames);
  if (n == 3)
    wide_run(a, frames_a, b, frames_b, 0, 3, n_frames);
  if (n == 4)
    wide_run(a, frames_a, b, frames_b, 2, 2, n_frames);
}

#else

static void
run_wide(
    CsFilter *a, float *frames_a, CsFilter *b, float *frames_b, size_t n_frames)
{
  cs_filter_run(a, frames_a, n_frames);
  cs_filter_run(b, frames_b, n_frames);
}

#endif

/// The first section of each, side by side.
static void
run_first(CsFilter *filter_a, float *frames_a, CsFilter *filter_b,
    float *frames_b, size_t n_frames)
{
  Section a = section_begin(&filter_a->sections[0], filter_a->memory[0]);
  Section b = section_begin(&filter_b->sections[0], filter_b->memory[0]);
  for (size_t i = 0; i < n_frames; i++) {
    put_frame(frames_a, i, section_step(&a, frame_at(frames_a, i)));
    put_frame(frames_b, i, section_step(&b, frame_at(frames_b, i)));
  }
  section_end(&a, filter_a->memory[0]);
  section_end(&b, filter_b->memory[0]);
}

void
cs_filter_run_both(
    CsFilter *a, float *frames_a, CsFilter *b, float *frames_b, size_t n_frames)
{
  if (a->n_sections == b->n_sections && cs_can_go_wide()) {
    run_wide(a, frames_a, b, frames_b, n_frames);
  } else if (a->n_sections == 1 && b->n_sections == 1) {
    run_first(a, frames_a, b, frames_b, n_frames);
  } else {
    cs_filter_run(a, frames_a, n_frames);
    cs_filter_run(b, frames_b, n_frames);
  }
}
