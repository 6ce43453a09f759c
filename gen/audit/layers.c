// Who comes and goes (T50), RULEBOOK 3.1 and 3.2.

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/share.h"

#include <string.h>

enum {
  N_KEYS         = 128,
  SHORT_REST     = 3, ///< Bars without a note that part no layer from itself.
  STEADY_RUN     = 4, ///< Who has played in so many bars on end
  LEAST_BREAK    = 2, ///< and is silent for these has left.
  LEAST_RUN      = 2, ///< Bars that a layer stays at least.
  FEW_BARS       = 16,
  MOST_UNCHANGED = 8,
  MOST_ENTRIES   = 2,
  MOST_ENTRIES_AT_CLIMAX = 4
};

/// Bar by bar, where layers come in or go.
typedef struct Changes {
  int n_bars;
  bool *is_heard; ///< Of the layer at hand.
  bool *changes;
  int *n_entries; ///< Of tracks; drums of a kit come together.
} Changes;

/// Mark the bars in which notes of a track sound; of a kit those of one key.
static void
hear_layer(const CsEvidence *e, size_t track, int drum_key, Changes *c)
{
  const CsPart *part  = &e->score->parts[track];
  const CsTimeline *t = e->score->timeline;
  memset(c->is_heard, 0, (size_t)c->n_bars * sizeof *c->is_heard);
  for (size_t i = 0; i < part->n_notes; i++) {
    const CsNote *note = &part->notes[i];
    const bool is_kit  = drum_key >= 0;
    if (is_kit && note->key != drum_key)
      continue;
    const int first = cs_bar_of_tick(t, note->start_tick);
    const int last  = is_kit
                          ? first
                          : cs_bar_of_tick(t, note->start_tick + note->n_ticks -
                                                  CS_TICKS_PER_STEP);
    for (int b = first; b <= last && b < c->n_bars; b++)
      c->is_heard[b] = true;
    if (first < c->n_bars)
      c->is_heard[first] = true;
  }
}

/// Who has played on and on and is silent for two bars has left, however soon
/// it comes back: so bass and drums open a build.
static void
note_breaks(Changes *c)
{
  int run = 0;
  for (int b = 0; b < c->n_bars;) {
    int end = b;
    while (end < c->n_bars && c->is_heard[end] == c->is_heard[b])
      end++;
    const bool is_break = !c->is_heard[b] && run >= STEADY_RUN &&
                          end - b >= LEAST_BREAK && end < c->n_bars;
    if (is_break)
      c->changes[b] = c->changes[end] = true;
    run = c->is_heard[b] ? end - b : 0;
    b   = end;
  }
}

/// A layer that rests for a few bars has not left.
static void
close_rests(Changes *c)
{
  int last = -1;
  for (int b = 0; b < c->n_bars; b++) {
    if (!c->is_heard[b])
      continue;
    for (int k = last + 1; last >= 0 && b - last - 1 <= SHORT_REST && k < b;
         k++)
      c->is_heard[k] = true;
    last = b;
  }
}

static void
note_changes(Changes *c, bool is_track)
{
  for (int b = 0; b < c->n_bars;) {
    int end = b;
    while (end < c->n_bars && c->is_heard[end] == c->is_heard[b])
      end++;
    const bool is_run = c->is_heard[b] && end - b >= LEAST_RUN;
    if (is_run) {
      c->changes[b] = true;
      c->n_entries[b] += is_track;
    }
    if (is_run && end < c->n_bars)
      c->changes[end] = true;
    b = end;
  }
}

static bool
has_key(const CsPart *part, int key)
{
  for (size_t i = 0; i < part->n_notes; i++)
    if (part->notes[i].key == key)
      return true;
  return false;
}

static CsStatus
find_changes(CsArena *scratch, const CsEvidence *e, Changes *c)
{
  *c           = (Changes){.n_bars = cs_n_body_bars(e)};
  c->is_heard  = CS_NEW_N(scratch, bool, (size_t)c->n_bars);
  c->changes   = CS_NEW_N(scratch, bool, (size_t)c->n_bars);
  c->n_entries = CS_NEW_N(scratch, int, (size_t)c->n_bars);
  CS_TRY_NEW(c->is_heard);
  CS_TRY_NEW(c->changes);
  CS_TRY_NEW(c->n_entries);
  for (size_t t = 0; t < e->score->n_parts; t++) {
    if (e->plan->tracks[t].role == CS_ROLE_EFFECTS)
      continue;
    hear_layer(e, t, -1, c);
    note_breaks(c);
    close_rests(c);
    note_changes(c, true);
    for (int key = 0; e->plan->tracks[t].bank == 128 && key < N_KEYS; key++) {
      if (!has_key(&e->score->parts[t], key))
        continue;
      hear_layer(e, t, key, c);
      close_rests(c);
      note_changes(c, false);
    }
  }
  return CS_OK;
}

static bool
is_judged(const CsEvidence *e)
{
  return cs_is_metred(e) && cs_n_body_bars(e) > FEW_BARS;
}

static CsStatus
layers_change(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  Changes c;
  int last = 0, longest = 0, at = 0;
  if (!is_judged(e))
    return CS_OK;
  CS_TRY(find_changes(scratch, e, &c));
  for (int b = 0; b <= c.n_bars; b++) {
    if (b < c.n_bars && !c.changes[b])
      continue;
    if (b - last > longest)
      longest = b - last, at = last;
    last = b;
  }
  *f = cs_finding_at_most(longest, MOST_UNCHANGED);
  cs_finding_where(f, "from bar %d", at + 1);
  return CS_OK;
}

const CsProperty cs_property_T50a = {
    .id   = "T50a",
    .name = "layers change",
    .text = "The longest stretch in which no layer, and no drum of a kit, "
            "enters or leaves: 8 bars at most. A rest of up to 3 bars is no "
            "leave, but of who has played in four bars on end.",
    .unit = "bars",
    .fn   = layers_change,
};

/// All come back after a silence that was asked.
static bool
follows_silence(const CsEvidence *e, int bar)
{
  return bar > 0 &&
         cs_is_asked_silence(e, cs_bar_s(e, bar - 1), cs_bar_s(e, bar) + 0.05);
}

static CsStatus
entries(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  Changes c;
  int most = 0, first = 0;
  bool is_over = false;
  if (!is_judged(e))
    return CS_OK;
  CS_TRY(find_changes(scratch, e, &c));
  while (first < c.n_bars && c.n_entries[first] == 0)
    first++; // Who begins does not join in.
  for (int b = first + 1; b < c.n_bars; b++) {
    const CsSection *s = cs_section_of_bar(e->score->timeline, b);
    const bool is_top = s->kind == CS_SECTION_CLIMAX || cs_leaps_up(e->plan, s);
    const int spare   = is_top ? MOST_ENTRIES_AT_CLIMAX - MOST_ENTRIES : 0;
    if (c.n_entries[b] - spare <= most || follows_silence(e, b))
      continue;
    most    = c.n_entries[b] - spare;
    is_over = most > MOST_ENTRIES;
    cs_finding_where(f, "%d in bar %d, %s", c.n_entries[b], b + 1, s->name);
  }
  if (!is_over)
    f->where[0] = '\0';
  cs_finding_settle(f, cs_finding_at_most(most, MOST_ENTRIES));
  return CS_OK;
}

const CsProperty cs_property_T50b = {
    .id   = "T50b",
    .name = "entries at once",
    .text = "The most tracks that enter in one bar: 2, at a climax and where "
            "the wanted energy leaps by a quarter 4 (told as 2 fewer).",
    .unit = "tracks",
    .fn   = entries,
};
