// Which notes are recorded, over all tracks, so that the memory lasts at every
// moment. The unit is the family: its start is played as long as its longest
// kind is held, and each kind adds its tail.

#include "gen/render/copying.h"

#include <stdlib.h>

/// A family that would like to be recorded.
typedef struct Choice {
  CsCopies *copies;
  CsKindFamily *family;
  size_t place; ///< Among all, for an order that is always the same.
  size_t n_bytes;
  double worth; ///< Frames that are heard for each that is played.
  int64_t first_frame, end_frame;
} Choice;

/// How much memory is taken in each stretch of time.
typedef struct Plan {
  int64_t first, stretch, lead; ///< Frames.
  size_t most, taken[1024];
} Plan;

/// To keep a frame costs about as much as to play it, and to copy it a fifth of
/// that; so a recording pays where its frames are heard at least so many times.
static const double least_worth = 2.2;

enum { N_STRETCHES = sizeof(((Plan *)0)->taken) / sizeof(size_t) };

// ---- What a family would take -----------------------------------------------

bool
cs_is_worth_its_tail(int64_t n_held_frames, int64_t n_tail_frames)
{
  return n_tail_frames <= n_held_frames;
}

static bool
may_be_recorded(const CsKind *kind)
{
  return kind->n_uses > 1 ||
         cs_is_worth_its_tail(kind->n_held_frames, kind->n_tail_frames);
}

static int64_t
n_start_frames(const CsCopies *c, const CsKind *kind)
{
  const int64_t n_heard = cs_n_heard_frames(c, kind->first_frame);
  return kind->n_held_frames < n_heard ? kind->n_held_frames : n_heard;
}

/// Sort out what of a family would be recorded, and what that takes.
static void
weigh_up(Choice *choice)
{
  CsKindFamily *f = choice->family;
  double n_heard = 0.0, n_played = 0.0;
  f->n_uses           = 0;
  f->n_start_frames   = 0;
  choice->first_frame = INT64_MAX;
  choice->end_frame   = INT64_MIN;
  for (size_t i = f->first_kind; i < f->first_kind + f->n_kinds; i++) {
    CsKind *kind = &choice->copies->kinds[i];
    if (!may_be_recorded(kind))
      continue;
    const int64_t start = n_start_frames(choice->copies, kind);
    const int64_t end   = kind->last_frame + start + kind->n_tail_frames;
    f->n_uses += kind->n_uses;
    f->n_start_frames = start > f->n_start_frames ? start : f->n_start_frames;
    n_heard += (double)kind->n_uses * (double)(start + kind->n_tail_frames);
    n_played += (double)kind->n_tail_frames;
    if (kind->first_frame < choice->first_frame)
      choice->first_frame = kind->first_frame;
    choice->end_frame = end > choice->end_frame ? end : choice->end_frame;
  }
  n_played += (double)f->n_start_frames;
  f->first_frame  = choice->first_frame;
  choice->worth   = n_played > 0.0 ? n_heard / n_played : 0.0;
  choice->n_bytes = (size_t)n_played * f->n_channels * sizeof(float);
}

static void
record_family(const Choice *choice)
{
  CsKindFamily *f = choice->family;
  f->is_recorded  = true;
  for (size_t i = f->first_kind; i < f->first_kind + f->n_kinds; i++) {
    CsKind *kind      = &choice->copies->kinds[i];
    kind->is_recorded = may_be_recorded(kind);
  }
}

// ---- Memory -----------------------------------------------------------------

static int
by_worth(const void *a, const void *b)
{
  const Choice *x = a, *y = b;
  if (x->worth > y->worth || x->worth < y->worth)
    return x->worth > y->worth ? -1 : 1;
  return x->place < y->place ? -1 : x->place > y->place;
}

static size_t
stretch_of(const Plan *plan, int64_t frame)
{
  const int64_t i = (frame - plan->first) / plan->stretch;
  return i < N_STRETCHES ? (size_t)i : N_STRETCHES - 1;
}

static bool
take_memory(Plan *plan, const Choice *choice)
{
  const size_t from = stretch_of(plan, choice->first_frame - plan->lead);
  const size_t to   = stretch_of(plan, choice->end_frame);
  for (size_t i = from; i <= to; i++)
    if (plan->taken[i] + choice->n_bytes > plan->most)
      return false;
  for (size_t i = from; i <= to; i++)
    plan->taken[i] += choice->n_bytes;
  return true;
}

static Plan
plan_over(const Choice *choices, size_t n, size_t n_bytes, int64_t lead)
{
  Plan plan   = {.first = INT64_MAX, .most = n_bytes, .lead = lead};
  int64_t end = INT64_MIN;
  for (size_t i = 0; i < n; i++) {
    const int64_t first = choices[i].first_frame - lead;
    plan.first          = first < plan.first ? first : plan.first;
    end = choices[i].end_frame > end ? choices[i].end_frame : end;
  }
  plan.stretch = n > 0 ? (end - plan.first) / N_STRETCHES + 1 : 1;
  return plan;
}

static void
choose(Choice *choices, size_t n, size_t n_bytes, int sample_rate)
{
  const int64_t lead = (int64_t)(CS_COPIES_LEAD_S * sample_rate);
  Plan plan          = plan_over(choices, n, n_bytes, lead);
  qsort(choices, n, sizeof *choices, by_worth);
  for (size_t i = 0; i < n; i++)
    if (take_memory(&plan, &choices[i]))
      record_family(&choices[i]);
}

bool
cs_copies_choose(CsCopies *const *copies, size_t n_copies, size_t n_bytes)
{
  size_t n_families = 0, n = 0;
  int sample_rate = 0;
  for (size_t i = 0; i < n_copies; i++)
    n_families += copies[i] != NULL ? copies[i]->n_families : 0;
  Choice *choices = calloc(n_families + 1, sizeof *choices);
  if (choices == NULL)
    return false;
  for (size_t i = 0, place = 0; i < n_copies; i++) {
    CsCopies *c = copies[i];
    if (c == NULL)
      continue;
    sample_rate = c->source.sample_rate;
    for (size_t k = 0; k < c->n_families; k++, place++) {
      choices[n] = (Choice){c, &c->families[k], place, 0, 0.0, 0, 0};
      weigh_up(&choices[n]);
      // What sounds once is played where it stands, and so is what pays less.
      n += choices[n].worth >= least_worth ? 1 : 0;
    }
  }
  choose(choices, n, n_bytes, sample_rate);
  free(choices);
  return true;
}
