// Phrases stand on a grid of four bars (T19).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/share.h"

enum { GRID_BARS = 4, REST_BARS = 2 };

/// Is a change asked for near a bar? It comes where it was asked.
static bool
is_asked_near(const CsEvidence *e, int bar)
{
  const double from_s = cs_bar_s(e, bar - 1) - 0.5;
  const double to_s   = cs_bar_s(e, bar + 1) + 0.5;
  for (size_t i = 0; e->brief != NULL && i < e->brief->n_arc; i++) {
    const CsArcEvent *event = &e->brief->arc[i];
    const double end_s      = event->has_end ? event->end_s : event->start_s;
    if (event->has_start &&
        ((event->start_s >= from_s && event->start_s <= to_s) ||
            (end_s >= from_s && end_s <= to_s)))
      return true;
  }
  return false;
}

/// May a layer come in on any bar there?
static bool
is_free(const CsEvidence *e, const CsSection *section, int bar)
{
  return section == NULL || cs_is_growing(e->plan, section) ||
         is_asked_near(e, bar);
}

/// The bar that a note opens: a pick-up of a beat belongs to the next one.
static int
bar_opened(const CsEvidence *e, const CsNote *note)
{
  const CsTimeline *t = e->score->timeline;
  const int bar       = cs_bar_of_tick(t, note->start_tick);
  const bool is_pickup =
      note->start_tick >= cs_bar_tick(t, bar + 1) - cs_beat_ticks(e);
  return is_pickup ? bar + 1 : bar;
}

/// Entries of a track: notes after two bars of rest.
static void
count_entries(
    const CsEvidence *e, size_t track, CsShare *share, CsFinding *place)
{
  const CsTimeline *t   = e->score->timeline;
  const CsPart *part    = &e->score->parts[track];
  const double quarters = cs_meter_quarters(e->plan->meter);
  // Bars of two quarters go in pairs: a pattern may rest for one of them.
  const int n_bars    = quarters < 3.0 ? 2 : 1;
  const int64_t whole = (int64_t)(n_bars * quarters * CS_TICKS_PER_QUARTER);
  int64_t rested_from = INT64_MIN / 2;
  for (size_t k = 0; k < part->n_notes; k++) {
    const CsNote *note       = &part->notes[k];
    const int bar            = bar_opened(e, note);
    const CsSection *section = cs_section_of_bar(t, bar);
    const bool is_entry      = cs_bar_tick(t, bar) - rested_from >=
                          REST_BARS * whole - cs_beat_ticks(e);
    if (note->start_tick + note->n_ticks > rested_from)
      rested_from = note->start_tick + note->n_ticks;
    if (!is_entry || bar >= cs_n_body_bars(e) || is_free(e, section, bar))
      continue;
    const int first  = cs_first_phrase_bar(e->plan, section);
    const bool leads = e->plan->tracks[track].role == CS_ROLE_DRUMS &&
                       (bar + 1 - first) % GRID_BARS == 0;
    const bool is_on =
        bar < first || leads || (bar - first) % GRID_BARS < n_bars;
    cs_share_add(share, is_on);
    if (!is_on)
      cs_finding_where(place, "%s enters in bar %d, %d bars into %s",
          e->plan->tracks[track].instrument, bar + 1, bar - first,
          section->name);
  }
}

static CsStatus
phrase_grid(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  CsShare share = {0, 0};
  if (!cs_is_metred(e))
    return CS_OK;
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsRole role = e->plan->tracks[i].role;
    if (role <= CS_ROLE_DRUMS)
      count_entries(e, i, &share, f);
  }
  if (share.n > 0)
    cs_finding_settle(f, cs_finding_at_least(cs_share_of(&share), 0.95));
  return CS_OK;
}

const CsProperty cs_property_T19 = {
    .id   = "T19",
    .name = "phrases on the grid",
    .text =
        "At least 95 % of the entries of harmony, bass and drums (after two "
        "bars of rest) stand on the four-bar grid of their section, or drums "
        "fill the bar before it; not in builds and not where something was "
        "asked.",
    .unit    = "share",
    .is_hard = true,
    .fn      = phrase_grid,
};
