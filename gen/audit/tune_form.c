// How a tune repeats itself and where it can be cut (T34, T58).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/share.h"
#include "gen/audit/melody_line.h"

enum { FEW_NOTES = 16, FEW_BARS = 8 };

// ---- T34 --------------------------------------------------------------------

/// Where a note lies in its bar, to the nearest sixteenth.
static int64_t
step_of(const CsEvidence *e, const CsNote *note)
{
  const CsTimeline *t = e->score->timeline;
  const int64_t in =
      note->start_tick - cs_bar_tick(t, cs_bar_of_tick(t, note->start_tick));
  return (in + CS_TICKS_PER_STEP / 2) / CS_TICKS_PER_STEP;
}

static bool
repeats(const CsEvidence *e, const CsTune *tune, CsTuneBar a, CsTuneBar b,
    bool only_rhythm)
{
  if (a.end - a.first != b.end - b.first)
    return false;
  for (size_t i = 0; i < a.end - a.first; i++) {
    const CsNote *x = &tune->notes[a.first + i];
    const CsNote *y = &tune->notes[b.first + i];
    if (step_of(e, x) != step_of(e, y) || (!only_rhythm && x->key != y->key))
      return false;
  }
  return true;
}

/// Share of the tune's bars that say what an earlier one said.
static CsStatus
find_repeats(
    CsArena *scratch, const CsEvidence *e, bool only_rhythm, CsShare *share)
{
  const CsTune tune = cs_theme_tune(e, FEW_NOTES);
  const int n_bars  = e->plan->n_bars;
  CsTuneBar *bars   = CS_NEW_N(scratch, CsTuneBar, (size_t)n_bars);
  size_t n_sung     = 0;
  CS_TRY_NEW(bars);
  for (int b = 0; b < n_bars && tune.n > 0; b++) {
    const CsTuneBar bar = cs_tune_bar(e, &tune, b);
    if (bar.end == bar.first)
      continue;
    bool is_said = false;
    for (size_t k = 0; k < n_sung && !is_said; k++)
      is_said = repeats(e, &tune, bar, bars[k], only_rhythm);
    cs_share_add(share, is_said);
    bars[n_sung++] = bar;
  }
  return CS_OK;
}

static CsStatus
repeated_bars(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  CsShare share = {0};
  CS_TRY(find_repeats(scratch, e, false, &share));
  if (share.n < FEW_BARS)
    return CS_OK;
  *f = cs_finding_within(cs_share_of(&share), 0.30, 0.75);
  cs_finding_where(f, "%zu of %zu bars", share.n_good, share.n);
  return CS_OK;
}

const CsProperty cs_property_T34a = {
    .id   = "T34a",
    .name = "bars said again",
    .text = "Bars of the tune that repeat an earlier one note by note: 30 to "
            "75 %.",
    .unit = "share",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_MELODY),
    .fn         = repeated_bars,
};

static CsStatus
repeated_rhythms(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  CsShare share = {0};
  CS_TRY(find_repeats(scratch, e, true, &share));
  if (share.n < FEW_BARS)
    return CS_OK;
  *f = cs_finding_within(cs_share_of(&share), 0.55, 0.90);
  cs_finding_where(f, "%zu of %zu bars", share.n_good, share.n);
  return CS_OK;
}

const CsProperty cs_property_T34b = {
    .id   = "T34b",
    .name = "rhythms said again",
    .text = "Bars of the tune that repeat the rhythm of an earlier one: 55 to "
            "90 %.",
    .unit = "share",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_MELODY),
    .fn         = repeated_rhythms,
};

// ---- T58 --------------------------------------------------------------------

/// Does a sung note reach over a moment?
static bool
is_held_over(const CsPart *part, int64_t tick)
{
  // What is let go this shortly after the line is cut without a loss.
  enum { SLACK = CS_TICKS_PER_STEP / 2 };
  for (size_t i = cs_first_from(part, tick - SLACK); i-- > 0;)
    if (part->notes[i].start_tick + part->notes[i].n_ticks > tick + SLACK)
      return true;
  return false;
}

static bool
is_edit_point(const CsEvidence *e, int bar)
{
  const int64_t tick = cs_bar_tick(e->score->timeline, bar);
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsRole role = e->plan->tracks[i].role;
    if ((role == CS_ROLE_MELODY || role == CS_ROLE_COUNTER) &&
        is_held_over(&e->score->parts[i], tick))
      return false;
  }
  return true;
}

static bool
has_tune(const CsEvidence *e)
{
  return cs_track_of_role(e, CS_ROLE_MELODY) < e->score->n_parts ||
         cs_track_of_role(e, CS_ROLE_COUNTER) < e->score->n_parts;
}

/// A cue may begin with a pick-up bar, from whose end bars are counted.
static int
first_whole_bar(const CsPlan *plan)
{
  return plan->n_short_bars > 0 && plan->short_bars[0].bar == 0 ? 1 : 0;
}

static CsStatus
edit_points(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  enum { EDIT_BARS = 8 };
  if (!cs_is_metred(e) || !has_tune(e))
    return CS_OK;
  CsShare share   = {0};
  int bad         = -1;
  const int first = first_whole_bar(e->plan);
  for (int bar = first + EDIT_BARS; bar < cs_n_body_bars(e); bar += EDIT_BARS) {
    const bool is_good = is_edit_point(e, bar);
    cs_share_add(&share, is_good);
    bad = is_good ? bad : bar;
  }
  if (share.n == 0)
    return CS_OK;
  *f = cs_finding_at_least(cs_share_of(&share), 0.80);
  if (bad >= 0)
    cs_finding_where(f, "a note is held into bar %d", bad + 1);
  return CS_OK;
}

const CsProperty cs_property_T58 = {
    .id   = "T58",
    .name = "edit points",
    .text = "Of the bar lines that stand eight bars apart, those over which no "
            "note of the tune or its second voice is held: 80 % at least.",
    .unit = "share",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_MELODY) | CS_ROLE_BIT(CS_ROLE_COUNTER),
    .fn         = edit_points,
};
