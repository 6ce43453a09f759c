// Layers come in a few at a time (RULEBOOK T50): who must wait for whom is
// decided here, once, and stands in the plan, so that an edit of one section
// moves nothing in the others.

#include "gen/plan/planning.h"

enum {
  BLOCK_BARS     = 4, ///< Layers come and go on this grid.
  MAX_NEW        = 2, ///< Layers that come in together.
  MAX_NEW_CLIMAX = 4,
};

/// Who comes in first: the tune, then the lowest threshold. An underscore's
/// colour strikes so seldom that who is heard at once goes before it.
static double
rank_of(const CsPlan *plan, const CsTrack *track)
{
  if (track->role == CS_ROLE_COLOUR && plan->function == CS_UNDERSCORE)
    return track->enter + 1.0;
  return track->role == CS_ROLE_MELODY ? track->enter - 2.0 : track->enter;
}

static bool
has_bit(unsigned mask, size_t i)
{
  return (mask >> i & 1U) != 0;
}

/// Of those that newly reach their threshold, let in the `most` first ones.
static unsigned
let_in(const CsPlan *plan, unsigned before, unsigned wanted, int most)
{
  const size_t n = plan->n_tracks;
  unsigned now   = before & wanted;
  for (int k = 0; k < most; k++) {
    size_t best = n;
    for (size_t i = 0; i < n; i++) {
      if (!has_bit(wanted, i) || has_bit(now, i))
        continue;
      if (best == n ||
          rank_of(plan, &plan->tracks[i]) < rank_of(plan, &plan->tracks[best]))
        best = i;
    }
    if (best < n)
      now |= 1U << best;
  }
  return now;
}

/// How many may come in at a bar: two at each bar line of a build, else two at
/// each block, four where a climax begins or the energy leaps.
static int
most_new(const CsPlan *plan, const CsSection *section, int bar)
{
  if (cs_is_growing(plan, section))
    return MAX_NEW;
  const int first = cs_first_phrase_bar(plan, section);
  if (bar != section->first_bar && (bar - first) % BLOCK_BARS != 0)
    return 0;
  return section->kind == CS_SECTION_CLIMAX || cs_leaps_up(plan, section)
             ? MAX_NEW_CLIMAX
             : MAX_NEW;
}

static CsStatus
add_wait(CsArena *arena, CsTrack *track, int bar)
{
  if (track->n_waits > 0) {
    CsBars *last = &track->waits[track->n_waits - 1];
    if (last->first_bar + last->n_bars == bar) {
      last->n_bars++;
      return CS_OK;
    }
  }
  // Capacity doubles at powers of two, so it need not be kept beside the list.
  const size_t n  = track->n_waits;
  size_t capacity = n;
  void *waits     = track->waits;
  if ((n & (n - 1)) == 0) {
    CS_TRY(cs_arena_grow(arena, &waits, &capacity, 2 * n + 1, sizeof(CsBars)));
    track->waits = waits;
  }
  track->waits[track->n_waits++] = (CsBars){bar, 1};
  return CS_OK;
}

static unsigned
wanted_at(const CsPlan *plan, const CsTimeline *t, int bar)
{
  unsigned wanted = 0;
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (plan->tracks[i].n_spans == 0 &&
        cs_track_plays(t, &plan->tracks[i], bar))
      wanted |= 1U << i;
  return wanted;
}

CsStatus
cs_stagger_layers(CsArena *arena, CsPlan *plan, CsTimeline **timeline)
{
  for (size_t i = 0; i < plan->n_tracks; i++)
    plan->tracks[i].n_waits = 0;
  CS_TRY(cs_timeline_make(arena, plan, timeline));
  unsigned before = 0;
  for (int bar = 0; bar < plan->n_bars; bar++) {
    const CsSection *section = cs_section_of_bar(*timeline, bar);
    const unsigned wanted    = wanted_at(plan, *timeline, bar);
    if (section == NULL || section->kind == CS_SECTION_END)
      continue;
    const unsigned now =
        bar == 0 ? wanted
                 : let_in(plan, before, wanted, most_new(plan, section, bar));
    for (size_t i = 0; i < plan->n_tracks; i++)
      if (has_bit(wanted & ~now, i))
        CS_TRY(add_wait(arena, &plan->tracks[i], bar));
    before = now;
  }
  return cs_timeline_make(arena, plan, timeline);
}
