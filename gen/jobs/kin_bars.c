#include "gen/jobs/kin_bars.h"

#include "gen/audit/facts.h"
#include "gen/jobs/kin.h"

#include <stdlib.h>
#include <string.h>

enum {
  KEY_BITS      = 7,
  VELOCITY_BITS = 7,
  ROLE_BITS     = 4,
  IDEA_BARS     = 2, ///< RULEBOOK 6.3.
};

static int
by_number(const void *a, const void *b)
{
  const uint32_t x = *(const uint32_t *)a;
  const uint32_t y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/// Sixteenth, role, key, velocity. Bars have fewer than 2^13 sixteenths.
static uint32_t
number_of(const CsEvidence *e, const CsPlacedNote *placed, int64_t bar_tick)
{
  const int64_t in = placed->note->start_tick - bar_tick;
  const uint32_t step =
      (uint32_t)((in + CS_TICKS_PER_STEP / 2) / CS_TICKS_PER_STEP);
  const uint32_t role = e->plan->tracks[placed->track].role;
  const uint32_t place =
      step << (KEY_BITS + ROLE_BITS) | role << KEY_BITS | placed->note->key;
  return place << VELOCITY_BITS | placed->note->velocity;
}

static CsStatus
new_bars(CsArena *scratch, size_t n_notes, int n_bars, CsKinBars *bars)
{
  *bars            = (CsKinBars){.n_bars = n_bars};
  bars->notes      = CS_NEW_N(scratch, uint32_t, n_notes + 1);
  bars->velocities = CS_NEW_N(scratch, uint8_t, n_notes + 1);
  bars->first      = CS_NEW_N(scratch, size_t, (size_t)n_bars + 1);
  CS_TRY_NEW(bars->notes);
  CS_TRY_NEW(bars->velocities);
  CS_TRY_NEW(bars->first);
  return CS_OK;
}

CsStatus
cs_kin_bars(CsArena *scratch, const CsEvidence *e, CsKinBars *bars)
{
  const CsTimeline *t = e->score->timeline;
  CsPlacedNote *notes = NULL;
  size_t n = 0, i = 0;
  CS_TRY(cs_notes_in_time(scratch, e, CS_ALL_ROLES, false, &notes, &n));
  CS_TRY(new_bars(scratch, n, cs_n_body_bars(e), bars));
  for (int b = 0; b < bars->n_bars; b++) {
    const int64_t from = cs_bar_tick(t, b);
    const int64_t to   = cs_bar_tick(t, b + 1);
    bars->first[b]     = i;
    for (; i < n && notes[i].note->start_tick < to; i++)
      bars->notes[i] = number_of(e, &notes[i], from);
    qsort(bars->notes + bars->first[b], i - bars->first[b], sizeof *bars->notes,
        by_number);
  }
  bars->first[bars->n_bars] = i;
  for (size_t k = 0; k < i; k++) {
    bars->velocities[k] = bars->notes[k] & ((1U << VELOCITY_BITS) - 1U);
    bars->notes[k] >>= VELOCITY_BITS;
  }
  return CS_OK;
}

static size_t
count_common(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b)
{
  size_t n = 0, i = 0, k = 0;
  while (i < n_a && k < n_b) {
    const uint32_t x = a[i], y = b[k];
    n += x == y;
    i += x <= y;
    k += y <= x;
  }
  return n;
}

static CsRole
role_of(uint32_t note)
{
  return (CsRole)(note >> KEY_BITS & ((1U << ROLE_BITS) - 1U));
}

uint32_t
cs_kin_stroke_of(uint32_t note)
{
  const uint32_t key = (1U << KEY_BITS) - 1U;
  return role_of(note) == CS_ROLE_PERCUSSION ? note & ~key : note;
}

/// Are all notes of a bar one stroke, of one drum or several?
static bool
is_one_stroke(const CsKinBars *bars, int bar)
{
  const uint32_t first = bars->notes[bars->first[bar]];
  for (size_t i = bars->first[bar]; i < bars->first[bar + 1]; i++)
    if (!cs_is_struck_role(role_of(bars->notes[i])) ||
        bars->notes[i] >> (KEY_BITS + ROLE_BITS) !=
            first >> (KEY_BITS + ROLE_BITS))
      return false;
  return true;
}

/// Do two bars hold the same, but for one note in ten? One stroke is too little
/// to tell.
static bool
is_literal(const CsKinBars *a, int bar, const CsKinBars *b, int other)
{
  const size_t n_a   = a->first[bar + 1] - a->first[bar];
  const size_t n_b   = b->first[other + 1] - b->first[other];
  const size_t least = n_a < n_b ? n_a : n_b;
  const size_t most  = n_a < n_b ? n_b : n_a;
  if (least == 0 || 10 * least < 9 * most)
    return false;
  if (is_one_stroke(a, bar))
    return false;
  const size_t n = count_common(
      a->notes + a->first[bar], n_a, b->notes + b->first[other], n_b);
  return 10 * n >= 9 * most;
}

static bool
is_held(const CsKinBars *whole, const CsKinBars *part, int bar)
{
  for (int b = 0; b < whole->n_bars; b++)
    if (is_literal(part, bar, whole, b))
      return true;
  return false;
}

/// Does one instrument play all there is?
static bool
is_solo(const CsEvidence *e)
{
  const char *name = NULL;
  for (size_t i = 0; i < e->score->n_parts; i++) {
    if (e->score->parts[i].n_notes == 0)
      continue;
    if (name != NULL && strcmp(name, e->plan->tracks[i].instrument) != 0)
      return false;
    name = e->plan->tracks[i].instrument;
  }
  return name != NULL;
}

CsStatus
cs_kin_literal_share(CsArena *scratch, const CsEvidence *whole,
    const CsEvidence *part, double *share)
{
  CsKinBars x, y;
  int n_held = 0;
  CS_TRY(cs_kin_bars(scratch, whole, &x));
  CS_TRY(cs_kin_bars(scratch, part, &y));
  for (int b = 0; b < y.n_bars; b++)
    n_held += is_held(&x, &y, b);
  if (is_solo(part))
    n_held = n_held > IDEA_BARS ? n_held - IDEA_BARS : 0;
  *share = y.n_bars > 0 ? (double)n_held / y.n_bars : 0.0;
  return CS_OK;
}
