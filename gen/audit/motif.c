// The motif: what the tune is made of (T33).

#include "gen/audit/motif.h"

#include "gen/audit/asked.h"
#include "gen/audit/facts.h"
#include "gen/audit/properties.h"

#include <math.h>
#include <stdlib.h>

#define MELODY CS_ROLE_BIT(CS_ROLE_MELODY)

enum {
  MAX_CANDIDATES = 32, ///< Bars that may be the motif: the first so many.
  MIN_STATEMENTS = 4,
  MIN_MOTIF_S    = 25, ///< Shorter cues have no room for four statements.
};

static CsToldBar
tune_bar(const CsEvidence *e, size_t track, int bar)
{
  CsToldBar b        = {0};
  const CsPart *part = &e->score->parts[track];
  const int64_t from = cs_bar_tick(e->score->timeline, bar);
  const int64_t to   = cs_bar_tick(e->score->timeline, bar + 1);
  for (size_t k = cs_first_from(part, from);
       k < part->n_notes && part->notes[k].start_tick < to &&
       b.n < CS_MOST_BAR_NOTES;
       k++) {
    const int64_t in = part->notes[k].start_tick - from;
    b.onsets[b.n]    = (int)((in + CS_TICKS_PER_STEP / 2) / CS_TICKS_PER_STEP);
    b.keys[b.n++]    = part->notes[k].key;
  }
  return b;
}

/// Do two notes of two bars say the same: time, and direction into them?
///
/// @param turn  -1 compares with the second bar upside down.
static double
note_cost(const CsToldBar *a, int i, const CsToldBar *b, int k, int turn)
{
  const int x        = i > 0 ? a->keys[i] - a->keys[i - 1] : 0;
  const int y        = turn * (k > 0 ? b->keys[k] - b->keys[k - 1] : 0);
  const bool is_time = a->onsets[i] == b->onsets[k];
  const bool is_move = abs(x - y) <= 2;
  return is_time && is_move ? 0.0 : is_time || is_move ? 0.5 : 1.0;
}

/// Edit distance of two bars against the longer one, 0..1.
static double
bar_distance(const CsToldBar *a, const CsToldBar *b, int turn)
{
  double before[CS_MOST_BAR_NOTES + 1];
  double row[CS_MOST_BAR_NOTES + 1];
  for (int k = 0; k <= b->n; k++)
    before[k] = k;
  for (int i = 1; i <= a->n; i++) {
    row[0] = i;
    for (int k = 1; k <= b->n; k++) {
      const double less =
          (before[k] < row[k - 1] ? before[k] : row[k - 1]) + 1.0;
      const double same = before[k - 1] + note_cost(a, i - 1, b, k - 1, turn);
      row[k]            = same < less ? same : less;
    }
    for (int k = 0; k <= b->n; k++)
      before[k] = row[k];
  }
  const int longer = a->n > b->n ? a->n : b->n;
  return longer > 0 ? before[b->n] / longer : 1.0;
}

double
cs_told_distance(const CsToldBar *a, const CsToldBar *b)
{
  return fmin(bar_distance(a, b, 1), bar_distance(a, b, -1));
}

static const double most_derived = 0.4;

bool
cs_is_derived(const CsToldBar *a, const CsToldBar *b)
{
  const int longer = a->n > b->n ? a->n : b->n;
  if (abs(a->n - b->n) > most_derived * longer) // each missing note costs one
    return false;
  return bar_distance(a, b, 1) <= most_derived ||
         bar_distance(a, b, -1) <= most_derived;
}

static int
count_derived(const CsTelling *t, int motif)
{
  int n = 0;
  for (int b = 0; b < t->n_bars; b++)
    n += !t->is_told[b] && t->bars[b].n >= 2 &&
         cs_is_derived(&t->bars[motif], &t->bars[b]);
  return n;
}

int
cs_find_motif(CsTelling *t)
{
  int most = 0, motif = -1;
  for (int a = 0; a < t->n_bars && a < MAX_CANDIDATES; a++) {
    const int n = t->bars[a].n >= 3 ? count_derived(t, a) : 0;
    if (n > most)
      most = n, motif = a;
  }
  for (int b = 0; b < t->n_bars && motif >= 0; b++)
    t->is_told[b] |=
        t->bars[b].n >= 2 && cs_is_derived(&t->bars[motif], &t->bars[b]);
  return motif;
}

CsStatus
cs_hear_tune(CsArena *scratch, const CsEvidence *e, CsTelling *t)
{
  const size_t track = cs_track_of_role(e, CS_ROLE_MELODY);
  *t                 = (CsTelling){.n_bars = 0};
  if (track == e->score->n_parts)
    return CS_OK;
  t->n_bars  = cs_n_body_bars(e);
  t->bars    = CS_NEW_N(scratch, CsToldBar, (size_t)t->n_bars);
  t->is_told = CS_NEW_N(scratch, bool, (size_t)t->n_bars);
  CS_TRY_NEW(t->bars);
  CS_TRY_NEW(t->is_told);
  for (int b = 0; b < t->n_bars; b++)
    t->bars[b] = tune_bar(e, track, b);
  return CS_OK;
}

static void
find_statements(CsTold *m, int motif)
{
  const CsTelling *t = &m->tune;
  for (int b = 0; b < t->n_bars && motif >= 0; b++) {
    if (t->bars[b].n < 2 || !cs_is_derived(&t->bars[motif], &t->bars[b]))
      continue;
    m->n_stated++;
    m->first = m->first < 0 ? b : m->first;
    m->last  = b;
  }
}

CsStatus
cs_told_make(CsArena *arena, const CsEvidence *e, const CsTold **told)
{
  CsTold *m = CS_NEW(arena, CsTold);
  CS_TRY_NEW(m);
  *m    = (CsTold){.first = -1, .last = -1};
  *told = m;
  if (e->plan->function != CS_THEMATIC || !cs_is_metred(e) ||
      e->plan->duration_s < MIN_MOTIF_S)
    return CS_OK;
  CS_TRY(cs_hear_tune(arena, e, &m->tune));
  find_statements(m, cs_find_motif(&m->tune));
  (void)cs_find_motif(&m->tune); // its answer
  return CS_OK;
}

static CsStatus
motif_statements(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  if (e->told->tune.n_bars > 0)
    *f = cs_finding_at_least(e->told->n_stated, MIN_STATEMENTS);
  return CS_OK;
}

/// The motif and its answer (the bar that most of the rest derive from) tell
/// the tune.
static CsStatus
derived_bars(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  const CsTelling *t = &e->told->tune;
  int n_sung = 0, n_told = 0;
  (void)scratch;
  for (int b = 0; b < t->n_bars; b++) {
    n_sung += t->bars[b].n >= 2;
    n_told += t->is_told[b];
    if (t->bars[b].n >= 2 && !t->is_told[b])
      cs_finding_where(f, "bar %d is free", b + 1);
  }
  if (n_sung > 0)
    cs_finding_settle(f, cs_finding_at_least((double)n_told / n_sung, 0.6));
  return CS_OK;
}

/// The request may keep the tune away: until an entry that is asked of it, and
/// from a fall, or its own exit, on.
static void
tune_time(const CsEvidence *e, double *from_s, double *to_s)
{
  const size_t track = cs_track_of_role(e, CS_ROLE_MELODY);
  const bool is_sung = track < e->score->n_parts;
  *from_s            = 0.0;
  *to_s              = e->plan->duration_s;
  for (size_t i = 0; e->brief != NULL && i < e->brief->n_arc; i++) {
    const CsArcEvent *event = &e->brief->arc[i];
    const bool is_tunes     = is_sung && event->target != NULL &&
                          cs_count_named(e, track, event->target, NULL) > 0;
    if (!event->has_start)
      continue;
    if (event->kind == CS_ARC_ENTER && is_tunes && *from_s <= 0.0)
      *from_s = event->start_s;
    if (event->kind == CS_ARC_FALL || (event->kind == CS_ARC_EXIT && is_tunes))
      *to_s = fmin(*to_s, event->start_s);
  }
}

static CsStatus
motif_first(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  double from_s = 0.0, to_s = 0.0;
  (void)scratch;
  if (e->told->n_stated == 0)
    return CS_OK;
  tune_time(e, &from_s, &to_s);
  *f = cs_finding_at_most(
      (cs_bar_s(e, e->told->first) - from_s) / e->plan->duration_s, 0.25);
  return CS_OK;
}

static CsStatus
motif_last(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  double from_s = 0.0, to_s = 0.0;
  (void)scratch;
  tune_time(e, &from_s, &to_s);
  // A cue that falls from its start on has nothing before its fall.
  if (e->told->n_stated == 0 || to_s <= 0.0)
    return CS_OK;
  *f = cs_finding_at_least(cs_bar_s(e, e->told->last + 1) / to_s, 0.8);
  return CS_OK;
}

const CsProperty cs_property_T33a = {
    .id   = "T33a",
    .name = "statements of the motif",
    .text = "The bar from which most others derive is heard at least 4 times "
            "(thematic, from 25 s on).",
    .unit = "bars",
    .is_hard    = true,
    .mend_roles = MELODY,
    .fn         = motif_statements,
};

const CsProperty cs_property_T33b = {
    .id      = "T33b",
    .name    = "bars derived from the motif",
    .text    = "At least 60 % of the tune's bars derive from the motif or its "
               "answer: 40 % edit distance over onsets and moves (thematic, from "
               "25 s on).",
    .unit    = "share",
    .is_hard = true,
    .mend_roles = MELODY,
    .fn         = derived_bars,
};

const CsProperty cs_property_T33c = {
    .id   = "T33c",
    .name = "first statement",
    .text = "The motif is first heard within the first quarter, counted from "
            "where the tune was asked to enter (thematic, from 25 s on).",
    .unit = "share",
    .is_hard    = true,
    .mend_roles = MELODY,
    .fn         = motif_first,
};

const CsProperty cs_property_T33d = {
    .id   = "T33d",
    .name = "last statement",
    .text =
        "The motif is heard once more in the last fifth, up to where a fall "
        "or the tune's exit was asked (thematic, from 25 s on).",
    .unit       = "share",
    .is_hard    = true,
    .mend_roles = MELODY,
    .fn         = motif_last,
};
