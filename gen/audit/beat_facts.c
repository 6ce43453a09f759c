// Drums, and the bass with them: bass on the kick, fills, crashes (T38, T51).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"

enum {
  KICK      = 36, ///< Electric bass drum; the acoustic one is a key lower.
  CRASH_1   = 49,
  CRASH_2   = 57,
  MAX_STEPS = 64, ///< Sixteenths of the longest bar.
  MIN_BASS  = 8,  ///< Onsets that a share is worth.
};

// ---- T38 --------------------------------------------------------------------

/// Which sixteenths of a bar a part strikes: with any key (0), or with that one
/// or the one below.
static uint64_t
struck_steps(const CsEvidence *e, size_t track, int key, int bar)
{
  const CsPart *part = &e->score->parts[track];
  const int64_t from = cs_bar_tick(e->score->timeline, bar);
  const int64_t to   = cs_bar_tick(e->score->timeline, bar + 1);
  uint64_t steps     = 0;
  for (size_t k = cs_first_from(part, from);
       k < part->n_notes && part->notes[k].start_tick < to; k++) {
    const CsNote *n    = &part->notes[k];
    const int64_t step = (n->start_tick - from) / CS_TICKS_PER_STEP;
    if (step < MAX_STEPS && (key == 0 || n->key == key || n->key == key - 1))
      steps |= UINT64_C(1) << step;
  }
  return steps;
}

static int
count_bits(uint64_t bits)
{
  int n = 0;
  for (; bits != 0; bits &= bits - 1)
    n++;
  return n;
}

/// Steps between neighbouring onsets when all are as far apart, from bar line
/// to bar line, and a beat at most; else 0. An approach on the last eighth may
/// stand besides.
static int
even_gap(uint64_t steps, int n_steps, int beat)
{
  const uint64_t approach = UINT64_C(1) << (n_steps - 2);
  for (int gap = 1; gap <= beat; gap *= 2)
    for (int first = 0; first < gap; first++) {
      uint64_t line = 0;
      for (int s = first; s < n_steps; s += gap)
        line |= UINT64_C(1) << s;
      if ((steps & ~approach) == (line & ~approach))
        return gap;
    }
  return 0;
}

typedef struct Meetings {
  int n, n_met;
} Meetings;

/// Where the bass runs evenly the pulse is its own: in eighths or finer the
/// kick must fall on it, in quarters or on the off-beats (walking, house)
/// nothing is asked.
static void
meet_in_bar(
    const CsEvidence *e, size_t bass, size_t kit, int bar, Meetings *meetings)
{
  const int beat    = (int)(cs_beat_ticks(e) / CS_TICKS_PER_STEP);
  const int64_t all = cs_bar_ticks(e->score->timeline, bar) / CS_TICKS_PER_STEP;
  const int n_steps = all < 2 ? 2 : all > MAX_STEPS ? MAX_STEPS : (int)all;
  const uint64_t played = struck_steps(e, bass, 0, bar);
  const uint64_t kicks  = struck_steps(e, kit, KICK, bar);
  const int gap         = even_gap(played, n_steps, beat);
  if (kicks == 0 || played == 0 ||
      (gap > 0 && 2 * gap >= beat && (gap >= beat || (played & 1) == 0)))
    return;
  meetings->n += count_bits(gap > 0 ? kicks : played);
  meetings->n_met += count_bits(kicks & played);
}

static CsStatus
bass_on_kick(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const size_t bass = cs_track_of_role(e, CS_ROLE_BASS);
  const size_t kit  = cs_track_of_role(e, CS_ROLE_DRUMS);
  Meetings all      = {0, 0};
  if (bass == e->score->n_parts || kit == e->score->n_parts || !cs_is_metred(e))
    return CS_OK;
  for (int b = 0; b < cs_n_body_bars(e); b++) {
    Meetings here = {0, 0};
    meet_in_bar(e, bass, kit, b, &here);
    all.n += here.n;
    all.n_met += here.n_met;
    if (2 * here.n_met < here.n)
      cs_finding_where(f, "bar %d: %d of %d", b + 1, here.n_met, here.n);
  }
  if (all.n >= MIN_BASS)
    cs_finding_settle(f, cs_finding_at_least((double)all.n_met / all.n, 0.7));
  return CS_OK;
}

const CsProperty cs_property_T38 = {
    .id   = "T38",
    .name = "bass on the kick",
    .text =
        "In bars with a kick at least 70 % of the bass onsets meet it; an "
        "even bass in eighths is met by the kick, one in quarters or on the "
        "off-beats is free.",
    .unit       = "share",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_BASS),
    .fn         = bass_on_kick,
};

// ---- T51 --------------------------------------------------------------------

/// What the kit plays in a bar, folded into a number.
static uint64_t
kit_sum(const CsEvidence *e, size_t kit, int bar)
{
  const CsPart *part = &e->score->parts[kit];
  const int64_t from = cs_bar_tick(e->score->timeline, bar);
  const int64_t to   = cs_bar_tick(e->score->timeline, bar + 1);
  uint64_t sum       = 0;
  for (size_t k = cs_first_from(part, from);
       k < part->n_notes && part->notes[k].start_tick < to; k++)
    sum += (uint64_t)(part->notes[k].start_tick - from + 7) *
           (part->notes[k].key + UINT64_C(131));
  return sum;
}

/// Does the kit play in the last bar of a section of some weight?
static bool
wants_fill(const CsEvidence *e, size_t kit, const CsSection *section)
{
  const int bar = section->first_bar + section->n_bars - 1;
  return section->n_bars >= 4 && section->energy[1] >= 0.5 &&
         cs_track_plays(e->score->timeline, &e->plan->tracks[kit], bar);
}

/// A fill is a bar in which the kit plays something else than two bars before.
static CsStatus
fills(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const size_t kit = cs_track_of_role(e, CS_ROLE_DRUMS);
  size_t n = 0, n_filled = 0;
  if (kit == e->score->n_parts || !cs_is_metred(e))
    return CS_OK;
  for (size_t s = 0; s + 1 < e->plan->n_sections; s++) {
    const CsSection *section = &e->plan->sections[s];
    const int bar            = section->first_bar + section->n_bars - 1;
    if (!wants_fill(e, kit, section))
      continue;
    n++;
    if (kit_sum(e, kit, bar) != kit_sum(e, kit, bar - 2))
      n_filled++;
    else
      cs_finding_where(f, "bar %d, end of %s", bar + 1, section->name);
  }
  if (n > 0)
    cs_finding_settle(
        f, cs_finding_at_least((double)n_filled / (double)n, 0.9));
  return CS_OK;
}

static bool
is_hit_bar(const CsEvidence *e, int bar)
{
  for (size_t h = 0; h < e->plan->n_hits; h++)
    if (e->plan->hits[h].bar == bar)
      return true;
  return false;
}

static CsStatus
crashes(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const size_t kit = cs_track_of_role(e, CS_ROLE_DRUMS);
  size_t n_near    = 0;
  int last         = -4;
  if (kit == e->score->n_parts || !cs_is_metred(e))
    return CS_OK;
  const CsPart *part = &e->score->parts[kit];
  for (size_t k = 0; k < part->n_notes; k++) {
    const int bar =
        cs_bar_of_tick(e->score->timeline, part->notes[k].start_tick);
    if ((part->notes[k].key != CRASH_1 && part->notes[k].key != CRASH_2) ||
        is_hit_bar(e, bar))
      continue;
    if (bar < last + 4 && bar != last && bar != cs_n_body_bars(e)) {
      n_near++;
      cs_finding_where(f, "bars %d and %d", last + 1, bar + 1);
    }
    last = bar;
  }
  cs_finding_settle(f, cs_finding_at_most((double)n_near, 0.0));
  return CS_OK;
}

const CsProperty cs_property_T51a = {
    .id   = "T51a",
    .name = "fills",
    .text =
        "With drums, at least 90 % of the sections that end at an energy of "
        "0.5 or more end in a fill.",
    .unit       = "share",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_DRUMS),
    .fn         = fills,
};

const CsProperty cs_property_T51b = {
    .id   = "T51b",
    .name = "crashes",
    .text =
        "No crash within four bars of another, hits that were asked and the "
        "last downbeat apart.",
    .unit       = "crashes",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_DRUMS),
    .fn         = crashes,
};
