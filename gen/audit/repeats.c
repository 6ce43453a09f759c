// What bars hold: bars that come again unchanged, bars of nothing, the seam of
// a loop, tracks that never play (T36, N01 to N03).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"

#include <math.h>

// ---- Bars as a whole --------------------------------------------------------

/// What sounds in a bar, folded into one number that does not depend on order;
/// velocities and lengths are left out.
typedef struct BarContent {
  uint64_t sum;
  size_t n_notes; ///< Struck in it or held into it.
} BarContent;

static uint64_t
note_hash(const CsPlacedNote *placed, int64_t bar_tick)
{
  uint64_t h = (uint64_t)(placed->note->start_tick - bar_tick);
  h          = (h ^ placed->track << 8 ^ placed->note->key) *
      UINT64_C(0x9e3779b97f4a7c15);
  h = (h ^ h >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
  return h ^ h >> 32;
}

static void
add_note(BarContent *bar, const CsPlacedNote *placed, int64_t bar_tick)
{
  bar->sum += note_hash(placed, bar_tick);
  bar->n_notes++;
}

/// Fold every bar of the cue.
static CsStatus
fold_bars(CsArena *scratch, const CsEvidence *e, BarContent **bars)
{
  const CsTimeline *t = e->score->timeline;
  const int n_bars    = e->plan->n_bars;
  CsSweep sweep       = {0};
  CsPlacedNote *notes = NULL;
  *bars               = CS_NEW_N(scratch, BarContent, (size_t)n_bars + 1);
  CS_TRY_NEW(*bars);
  CS_TRY(cs_notes_in_time(
      scratch, e, CS_ALL_ROLES, false, &notes, &sweep.n_notes));
  sweep.notes = notes;
  for (int b = 0; b < n_bars; b++) {
    const int64_t from = cs_bar_tick(t, b);
    const int64_t to   = cs_bar_tick(t, b + 1);
    CS_TRY(cs_sweep_to(scratch, &sweep, from - 1));
    for (size_t i = 0; i < sweep.n_active; i++)
      if (cs_sounds_between(sweep.active[i].note, from, to))
        add_note(&(*bars)[b], &sweep.active[i], from);
    for (size_t i = sweep.next;
         i < sweep.n_notes && notes[i].note->start_tick < to; i++)
      add_note(&(*bars)[b], &notes[i], from);
    (*bars)[b].sum += (uint64_t)(to - from);
  }
  return CS_OK;
}

// ---- T36 --------------------------------------------------------------------

static int
most_same_bars(CsFunction function)
{
  return function == CS_BED ? 4 : function == CS_AMBIENT ? 1 : 2;
}

static CsStatus
same_bars(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  BarContent *bars = NULL;
  int run = 1, longest = 1, end = 0;
  if (e->plan->function == CS_STINGER || e->plan->duration_s < 4.0)
    return CS_OK;
  CS_TRY(fold_bars(scratch, e, &bars));
  for (int b = 1; b < cs_n_body_bars(e); b++) {
    const bool is_same = bars[b].sum == bars[b - 1].sum &&
                         bars[b].n_notes == bars[b - 1].n_notes &&
                         bars[b].n_notes > 0;
    run = is_same ? run + 1 : 1;
    if (run > longest)
      longest = run, end = b;
  }
  *f = cs_finding_at_most(longest, most_same_bars(e->plan->function));
  if (longest > 1)
    cs_finding_where(f, "bars %d to %d, from %.1f s", end - longest + 2,
        end + 1, cs_bar_s(e, end - longest + 1));
  return CS_OK;
}

const CsProperty cs_property_T36 = {
    .id   = "T36",
    .name = "same bars in a row",
    .text = "No more than 2 bars in a row hold the same notes in all tracks, "
            "velocities aside (bed: 4, ambient: 1).",
    .unit = "bars",
    .is_hard    = true,
    .mend_roles = CS_ALL_ROLES,
    .fn         = same_bars,
};

// ---- N01 --------------------------------------------------------------------

enum { MIN_IDLE_S = 25 };

static CsStatus
idle_tracks(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  size_t n_idle = 0;
  for (size_t i = 0; i < e->score->n_parts; i++)
    if (e->score->parts[i].n_notes == 0) {
      n_idle++;
      cs_finding_where(f, "%s (%s)", e->plan->tracks[i].instrument,
          cs_role_names[e->plan->tracks[i].role]);
    }
  if (e->plan->duration_s >= MIN_IDLE_S)
    cs_finding_settle(f, cs_finding_at_most((double)n_idle, 0.0));
  return CS_OK;
}

const CsProperty cs_property_N01 = {
    .id   = "N01",
    .name = "idle tracks",
    .text = "Every track that was planned plays a note (from 25 s on).",
    .unit = "tracks",
    .fn   = idle_tracks,
};

// ---- N02 --------------------------------------------------------------------

static CsStatus
empty_bars(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  BarContent *bars = NULL;
  size_t n_empty   = 0;
  CS_TRY(fold_bars(scratch, e, &bars));
  for (int b = 0; b < e->plan->n_bars; b++) {
    if (bars[b].n_notes > 0 ||
        cs_is_asked_silence(e, cs_bar_s(e, b), cs_bar_s(e, b + 1)))
      continue;
    n_empty++;
    cs_finding_where(
        f, "bar %d of %d, %.1f s", b + 1, e->plan->n_bars, cs_bar_s(e, b));
  }
  cs_finding_settle(f, cs_finding_at_most((double)n_empty, 0.0));
  return CS_OK;
}

const CsProperty cs_property_N02 = {
    .id      = "N02",
    .name    = "empty bars",
    .text    = "In every bar something sounds, silences that were asked apart.",
    .unit    = "bars",
    .is_hard = true,
    .mend_roles = CS_ALL_ROLES,
    .fn         = empty_bars,
};

// ---- N03 --------------------------------------------------------------------

static CsStatus
loop_gap(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const CsPerformance *p = e->performance;
  double gap_s = 0.0, last_s = 0.0, at_s = 0.0;
  if (e->plan->ending != CS_ENDING_LOOP)
    return CS_OK;
  for (size_t i = 0; i <= p->n_notes; i++) {
    const double s =
        i < p->n_notes ? cs_played_s(e, &p->notes[i]) : e->plan->duration_s;
    if (s < 0.0)
      continue;
    if (s - last_s > gap_s)
      gap_s = s - last_s, at_s = last_s;
    last_s = s;
  }
  const double bar_s = cs_bar_s(e, 1) - cs_bar_s(e, 0);
  *f                 = cs_finding_at_most(
                      gap_s / bar_s, e->plan->function == CS_AMBIENT ? 4.0 : 2.05);
  cs_finding_where(f, "from %.1f s", at_s);
  return CS_OK;
}

const CsProperty cs_property_N03 = {
    .id      = "N03",
    .name    = "gap in a loop",
    .text    = "A loop plays on across its seam: no two bars without an onset "
               "(ambient: four).",
    .unit    = "bars",
    .is_hard = true,
    .mend_roles = CS_ALL_ROLES,
    .fn         = loop_gap,
};
