#include "gen/audit/melody_line.h"

#include "gen/audit/facts.h"
#include "gen/base/mathx.h"

#include <math.h>
#include <stdlib.h>

CsTune
cs_tune_of(const CsEvidence *e)
{
  const size_t track = cs_track_of_role(e, CS_ROLE_MELODY);
  if (track == e->score->n_parts)
    return (CsTune){.track = track};
  const CsPart *part = &e->score->parts[track];
  return (CsTune){track, part->notes, part->n_notes};
}

CsTune
cs_theme_tune(const CsEvidence *e, size_t least)
{
  const CsTune none = {.track = e->score->n_parts};
  if (e->plan->function != CS_THEMATIC || !cs_is_metred(e))
    return none;
  const CsTune tune = cs_tune_of(e);
  return tune.n >= least ? tune : none;
}

bool
cs_tune_move(
    const CsEvidence *e, const CsTune *tune, size_t note, int *semitones)
{
  if (note + 1 >= tune->n)
    return false;
  const CsNote *a    = &tune->notes[note];
  const CsNote *b    = a + 1;
  const int64_t rest = b->start_tick - a->start_tick - a->n_ticks;
  const int bar      = cs_bar_of_tick(e->score->timeline, a->start_tick);
  *semitones         = b->key - a->key;
  return rest <= cs_bar_ticks(e->score->timeline, bar);
}

/// Does a phrase that began in a bar end before one that starts at a tick:
/// after four bars, or where another section begins? The last note of all
/// belongs to what leads to it.
static bool
is_over(const CsEvidence *e, int first_bar, int64_t tick)
{
  const CsTimeline *t   = e->score->timeline;
  const int bar         = cs_bar_of_tick(t, tick);
  const CsSection *here = cs_section_of_bar(t, bar);
  return here->kind != CS_SECTION_END &&
         (bar >= first_bar + 4 || here != cs_section_of_bar(t, first_bar));
}

size_t
cs_tune_phrase_end(const CsEvidence *e, const CsTune *tune, size_t first)
{
  const CsTimeline *t = e->score->timeline;
  const int64_t start = tune->notes[first].start_tick;
  const int64_t beat  = cs_beat_ticks(e);
  const int first_bar = cs_bar_of_tick(t, start);
  int64_t end         = start;
  size_t i            = first;
  for (; i < tune->n; i++) {
    const int64_t tick = tune->notes[i].start_tick;
    if (end - start >= 2 * beat && tick - end >= beat / 2)
      break;
    if (i > first && is_over(e, first_bar, tick))
      break;
    end = tick + tune->notes[i].n_ticks;
  }
  return i;
}

CsTuneBar
cs_tune_bar(const CsEvidence *e, const CsTune *tune, int bar)
{
  const int64_t from = cs_bar_tick(e->score->timeline, bar);
  const int64_t to   = cs_bar_tick(e->score->timeline, bar + 1);
  CsTuneBar found    = {0};
  while (found.first < tune->n && tune->notes[found.first].start_tick < from)
    found.first++;
  found.end = found.first;
  while (found.end < tune->n && tune->notes[found.end].start_tick < to)
    found.end++;
  return found;
}

// ---- Similarity -------------------------------------------------------------

/// Sixteenth from the first downbeat * 12 + pitch class, rising, each once.
typedef struct Places {
  int64_t *at;
  size_t n;
} Places;

static int
by_place(const void *a, const void *b)
{
  const int64_t x = *(const int64_t *)a;
  const int64_t y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static CsStatus
find_places(CsArena *scratch, const CsEvidence *e, Places *places)
{
  const CsTune tune = cs_tune_of(e);
  *places           = (Places){.at = CS_NEW_N(scratch, int64_t, tune.n + 1)};
  CS_TRY_NEW(places->at);
  if (tune.n == 0)
    return CS_OK;
  const CsTimeline *t = e->score->timeline;
  const int64_t origin =
      cs_bar_tick(t, cs_bar_of_tick(t, tune.notes[0].start_tick));
  for (size_t i = 0; i < tune.n; i++) {
    const int64_t step =
        (tune.notes[i].start_tick - origin) * 4 / CS_TICKS_PER_QUARTER;
    places->at[i] = step * 12 + cs_above_tonic(e, &tune.notes[i]);
  }
  qsort(places->at, tune.n, sizeof *places->at, by_place);
  for (size_t i = 0; i < tune.n; i++)
    if (places->n == 0 || places->at[places->n - 1] != places->at[i])
      places->at[places->n++] = places->at[i];
  return CS_OK;
}

/// How many places both have when the second's are moved.
static size_t
count_common(const Places *a, const Places *b, int64_t shift)
{
  size_t n = 0, i = 0, k = 0;
  while (i < a->n && k < b->n) {
    const int64_t off = a->at[i] - (b->at[k] + shift);
    n += off == 0;
    i += off <= 0;
    k += off >= 0;
  }
  return n;
}

CsStatus
cs_tune_similarity(CsArena *scratch, const CsEvidence *a, const CsEvidence *b,
    double *similarity)
{
  enum { MOST_SHIFT = 4 };
  Places x, y;
  CS_TRY(find_places(scratch, a, &x));
  CS_TRY(find_places(scratch, b, &y));
  const int64_t bar = (int64_t)(cs_meter_quarters(a->plan->meter) * 4.0) * 12;
  *similarity       = 0.0;
  for (int shift = -MOST_SHIFT; shift <= MOST_SHIFT; shift++) {
    const size_t n_common = count_common(&x, &y, shift * bar);
    const size_t n_all    = x.n + y.n - n_common;
    if (n_all > 0)
      *similarity = fmax(*similarity, (double)n_common / (double)n_all);
  }
  return CS_OK;
}
