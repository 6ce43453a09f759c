// How sections and bars resemble one another (T35, T37).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/share.h"
#include "gen/base/mathx.h"

#include <stdlib.h>
#include <string.h>

// ---- What a bar holds -------------------------------------------------------

/// A note of a bar as RULEBOOK 9 compares them: who, when, what.
typedef struct Mark {
  int role, step, above; ///< `above` the tonic; of drums the key itself.
} Mark;

typedef struct Bar {
  Mark *marks; ///< Rising, each once.
  size_t n;
  size_t capacity;
} Bar;

static int
by_mark(const void *a, const void *b)
{
  const Mark *x = a;
  const Mark *y = b;
  if (x->role != y->role)
    return x->role - y->role;
  return x->step != y->step ? x->step - y->step : x->above - y->above;
}

static CsStatus
add_part(CsArena *scratch, const CsEvidence *e, size_t track, int bar, Bar *out)
{
  const CsPart *part   = &e->score->parts[track];
  const int64_t from   = cs_bar_tick(e->score->timeline, bar);
  const int64_t to     = cs_bar_tick(e->score->timeline, bar + 1);
  const bool is_struck = !cs_is_pitched(e, track);
  for (size_t i = cs_first_from(part, from);
       i < part->n_notes && part->notes[i].start_tick < to; i++) {
    const CsNote *note = &part->notes[i];
    void *marks        = out->marks;
    CS_TRY(cs_arena_grow(
        scratch, &marks, &out->capacity, out->n + 1, sizeof *out->marks));
    out->marks           = marks;
    out->marks[out->n++] = (Mark){(int)e->plan->tracks[track].role,
        (int)((note->start_tick - from + CS_TICKS_PER_STEP / 2) /
              CS_TICKS_PER_STEP),
        is_struck ? note->key : cs_above_tonic(e, note)};
  }
  return CS_OK;
}

static CsStatus
read_bar(
    CsArena *scratch, const CsEvidence *e, unsigned roles, int bar, Bar *out)
{
  *out = (Bar){.n = 0};
  for (size_t t = 0; t < e->score->n_parts; t++)
    if ((roles & CS_ROLE_BIT(e->plan->tracks[t].role)) != 0)
      CS_TRY(add_part(scratch, e, t, bar, out));
  if (out->n == 0)
    return CS_OK;
  qsort(out->marks, out->n, sizeof *out->marks, by_mark);
  size_t n = 1;
  for (size_t i = 1; i < out->n; i++)
    if (by_mark(&out->marks[n - 1], &out->marks[i]) != 0)
      out->marks[n++] = out->marks[i];
  out->n = n;
  return CS_OK;
}

/// What both hold against what either holds.
static double
similarity_of(const Bar *a, const Bar *b)
{
  size_t n_common = 0, i = 0, k = 0;
  while (i < a->n && k < b->n) {
    const int order = by_mark(&a->marks[i], &b->marks[k]);
    n_common += order == 0;
    i += order <= 0;
    k += order >= 0;
  }
  const size_t n_all = a->n + b->n - n_common;
  return n_all > 0 ? (double)n_common / (double)n_all : 1.0;
}

// ---- T35 --------------------------------------------------------------------

/// Roles with notes in a section.
static unsigned
roles_in(const CsEvidence *e, const CsSection *s)
{
  const CsTimeline *t = e->score->timeline;
  unsigned roles      = 0;
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsPart *part = &e->score->parts[i];
    const size_t first = cs_first_from(part, cs_bar_tick(t, s->first_bar));
    if (first < part->n_notes && part->notes[first].start_tick <
                                     cs_bar_tick(t, s->first_bar + s->n_bars))
      roles |= CS_ROLE_BIT(e->plan->tracks[i].role);
  }
  return roles;
}

/// Mean over the bars that lie under one another.
static CsStatus
section_similarity(CsArena *scratch, const CsEvidence *e, const CsSection *a,
    const CsSection *b, unsigned roles, double *similarity)
{
  const int n = a->n_bars < b->n_bars ? a->n_bars : b->n_bars;
  double sum  = 0.0;
  int n_bars  = 0;
  for (int i = 0; i < n; i++) {
    Bar x, y;
    CS_TRY(read_bar(scratch, e, roles, a->first_bar + i, &x));
    CS_TRY(read_bar(scratch, e, roles, b->first_bar + i, &y));
    if (x.n == 0 && y.n == 0)
      continue;
    sum += similarity_of(&x, &y);
    n_bars++;
  }
  *similarity = n_bars > 0 ? sum / n_bars : -1.0;
  return CS_OK;
}

/// The first section of a kind, or NULL.
static const CsSection *
first_section(const CsEvidence *e, CsSectionKind kind)
{
  for (size_t i = 0; i < e->plan->n_sections; i++)
    if (e->plan->sections[i].kind == kind)
      return &e->plan->sections[i];
  return NULL;
}

static bool
is_sectional(const CsEvidence *e)
{
  return cs_is_metred(e) && e->plan->function != CS_UNDERSCORE;
}

/// Of all sections of a kind, the first A against the mean of them.
static CsStatus
compare_with_first(CsArena *scratch, const CsEvidence *e, CsSectionKind kind,
    unsigned only, double low, double high, CsFinding *f)
{
  const CsSection *a = first_section(e, CS_SECTION_A);
  double sum = 0.0, furthest = -1.0;
  int n = 0;
  for (size_t i = 0; a != NULL && is_sectional(e) && i < e->plan->n_sections;
       i++) {
    const CsSection *s   = &e->plan->sections[i];
    const unsigned roles = only & roles_in(e, a) & roles_in(e, s);
    double similarity    = 0.0;
    if (s->kind != kind || roles == 0)
      continue;
    CS_TRY(section_similarity(scratch, e, a, s, roles, &similarity));
    if (similarity < 0.0)
      continue;
    sum += similarity;
    n++;
    const double off = similarity < low ? low - similarity : similarity - high;
    if (off <= furthest)
      continue;
    furthest = off;
    cs_finding_where(
        f, "%s, bar %d: %.2f", s->name, s->first_bar + 1, similarity);
  }
  if (n > 0)
    cs_finding_settle(f, cs_finding_within(sum / n, low, high));
  return CS_OK;
}

static CsStatus
returns(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  const unsigned roles = CS_ROLE_BIT(CS_ROLE_MELODY) |
                         CS_ROLE_BIT(CS_ROLE_CHORDS) |
                         CS_ROLE_BIT(CS_ROLE_PAD) | CS_ROLE_BIT(CS_ROLE_BASS);
  return compare_with_first(scratch, e, CS_SECTION_A2, roles, 0.80, 1.0, f);
}

const CsProperty cs_property_T35a = {
    .id   = "T35a",
    .name = "A comes back",
    .text = "How much of melody, chords and bass, where both have them, the "
            "returns of A share with it bar by bar: 80 % at least.",
    .unit = "share",
    .fn   = returns,
};

static CsStatus
contrasts(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  return compare_with_first(
      scratch, e, CS_SECTION_B, CS_ALL_ROLES, 0.25, 0.70, f);
}

const CsProperty cs_property_T35b = {
    .id   = "T35b",
    .name = "B is another, not a stranger",
    .text = "How much of what both play B shares with A bar by bar: 25 to "
            "70 %.",
    .unit = "share",
    .fn   = contrasts,
};

// ---- T37 --------------------------------------------------------------------

enum { MOST_STEPS = 64, FEW_PAIRS = 4 };

/// Which sixteenths of a bar a track strikes. @return Whether any.
static bool
read_groove(const CsEvidence *e, size_t track, int bar, bool steps[MOST_STEPS])
{
  const CsPart *part = &e->score->parts[track];
  const int64_t from = cs_bar_tick(e->score->timeline, bar);
  const int64_t to   = cs_bar_tick(e->score->timeline, bar + 1);
  bool any           = false;
  memset(steps, 0, MOST_STEPS * sizeof *steps);
  for (size_t i = cs_first_from(part, from);
       i < part->n_notes && part->notes[i].start_tick < to; i++) {
    const int64_t step = (part->notes[i].start_tick - from) / CS_TICKS_PER_STEP;
    if (step < MOST_STEPS)
      steps[step] = any = true;
  }
  return any;
}

static double
groove_distance(const CsEvidence *e, const bool *a, const bool *b)
{
  const int n = cs_clamp_int(
      (int)(4.0 * cs_meter_quarters(e->plan->meter)), 1, MOST_STEPS);
  int n_off = 0;
  for (int i = 0; i < n; i++)
    n_off += a[i] != b[i];
  return (double)n_off / n;
}

/// 1 - the mean distance of neighbouring bars of a section in which the track
/// plays.
static CsStatus
groove_of(const CsEvidence *e, CsRole role, double least, CsFinding *f)
{
  const size_t track = cs_track_of_role(e, role);
  double sum = 0.0, furthest = 0.0;
  int n = 0;
  if (track == e->score->n_parts || !cs_is_metred(e))
    return CS_OK;
  for (int bar = 1; bar < cs_n_body_bars(e); bar++) {
    const CsTimeline *t = e->score->timeline;
    bool steps[2][MOST_STEPS];
    if (cs_section_of_bar(t, bar - 1) != cs_section_of_bar(t, bar) ||
        !read_groove(e, track, bar - 1, steps[0]) ||
        !read_groove(e, track, bar, steps[1]))
      continue;
    const double distance = groove_distance(e, steps[0], steps[1]);
    sum += distance;
    n++;
    if (distance > furthest) {
      furthest = distance;
      cs_finding_where(f, "bars %d and %d: %.2f", bar, bar + 1, 1.0 - distance);
    }
  }
  if (n >= FEW_PAIRS)
    cs_finding_settle(f, cs_finding_at_least(1.0 - sum / n, least));
  return CS_OK;
}

static CsStatus
drum_groove(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  return groove_of(e, CS_ROLE_DRUMS, 0.85, f);
}

const CsProperty cs_property_T37a = {
    .id         = "T37a",
    .name       = "groove of the drums",
    .text       = "How alike the rhythms of neighbouring bars of the drums are "
                  "within sections: 85 % at least.",
    .unit       = "share",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_DRUMS),
    .fn         = drum_groove,
};

static CsStatus
tune_groove(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  return e->plan->function == CS_THEMATIC
             ? groove_of(e, CS_ROLE_MELODY, 0.65, f)
             : CS_OK;
}

const CsProperty cs_property_T37b = {
    .id         = "T37b",
    .name       = "groove of the tune",
    .text       = "The same of the tune: 65 % at least.",
    .unit       = "share",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_MELODY),
    .fn         = tune_groove,
};
