#include "gen/compose/kick.h"

#include "gen/compose/beat.h"
#include "gen/compose/groove.h"

enum { WEAK_KICK = 66, MOST_KICKS = 4, MOST_TAKEN = 2, MOST_STROKES = 6 };

/// The pattern of the style's own track of a role for the bar's energy.
static const CsPattern *
style_pattern(const CsComposer *c, CsRole role, int bar)
{
  for (size_t i = 0; i < c->style->n_tracks; i++) {
    const CsStyleTrack *t = &c->style->tracks[i];
    if (t->role == role)
      return cs_pattern_among(c, role, &t->patterns, t->enter, t->leave, bar);
  }
  return NULL;
}

static bool
has_backbeat(const CsPattern *pattern, int column)
{
  for (size_t i = 0; i < pattern->n_lines; i++) {
    const CsDrumLine *line = &pattern->lines[i];
    if (line->key >= CS_RIM && line->key <= CS_CLAP &&
        line->velocities[column] != 0)
      return true;
  }
  return false;
}

/// The kick takes up a push or two of the style's bass where it leaves room: a
/// bass that runs on has a pulse of its own, a kick on every beat as well.
static void
take_up_pushes(const CsComposer *c, const CsPattern *pattern, int bar,
    uint8_t *row, int n_steps)
{
  const CsPattern *bass = style_pattern(c, CS_ROLE_BASS, bar);
  int n_kicks           = 0;
  for (int s = 0; s < n_steps; s++)
    n_kicks += row[s] != 0;
  if (bass == NULL || bass->is_triplet || pattern->is_triplet ||
      bass->n_strokes > MOST_STROKES || n_kicks >= MOST_KICKS ||
      !cs_beat_is_bold(c))
    return;
  int n_taken = 0;
  for (size_t i = 0; i < bass->n_strokes && n_taken < MOST_TAKEN; i++) {
    const int step = bass->strokes[i].step;
    if (step % 4 != 2 || step >= n_steps || row[step] != 0 ||
        has_backbeat(pattern, cs_beat_column(c, pattern, bar, step)))
      continue;
    row[step] = WEAK_KICK;
    n_taken++;
  }
}

/// Every second bar of a section moves one or two weak kicks, the same all
/// through the section and when it comes back.
static void
move_weak_kicks(const CsComposer *c, int bar, uint8_t *row, int n_steps)
{
  static const int pushes[] = {6, 7, 10, 14, 3, 11, 15};
  const int in              = cs_bar_in_section(c, bar);
  if (in % 2 == 0 || n_steps < 12)
    return;
  const CsSectionKind kind = cs_section_of_bar(c->timeline, bar)->kind;
  const CsSectionKind told = kind == CS_SECTION_A2 ? CS_SECTION_A : kind;
  CsRng rng           = cs_rng_at(c->plan->seed, "drums.b", (uint64_t)told, 0);
  const int n_changes = 1 + (int)cs_rng_below(&rng, 2);
  for (int i = 0; i < n_changes; i++) {
    const int step = pushes[cs_rng_below(&rng, 7)];
    if (step < n_steps)
      row[step] = row[step] != 0 ? 0 : WEAK_KICK;
  }
}

void
cs_shape_kicks(const CsComposer *c, const CsPattern *pattern, int bar,
    uint8_t *row, int n_steps)
{
  take_up_pushes(c, pattern, bar, row, n_steps);
  move_weak_kicks(c, bar, row, n_steps);
}

/// As a kit plays it: raised to where the first line comes in.
static const CsDrumLine *
kick_line(const CsComposer *c, const CsPattern *pattern, int bar)
{
  const CsDrumLine *kick = NULL;
  int first              = 5;
  for (size_t i = 0; i < pattern->n_lines; i++) {
    const CsDrumLine *line = &pattern->lines[i];
    if (line->key == CS_KICK)
      kick = line;
    if (line->from_energy < first)
      first = line->from_energy;
  }
  const int level = cs_beat_level(c, bar);
  const int heard = level > first ? level : first;
  return kick != NULL && kick->from_energy <= heard ? kick : NULL;
}

CsKicks
cs_kicks_of_bar(const CsComposer *c, int bar)
{
  CsKicks kicks            = {.n = 0};
  const CsPattern *pattern = style_pattern(c, CS_ROLE_DRUMS, bar);
  if (pattern == NULL || pattern->scatter_per_s > 0.0 ||
      c->plan->function == CS_UNDERSCORE || c->plan->function == CS_AMBIENT)
    return kicks;
  const CsDrumLine *line = kick_line(c, pattern, bar);
  if (line == NULL)
    return kicks;
  uint8_t row[CS_MAX_STEPS] = {0};
  int n_steps               = cs_beat_steps(c, pattern, bar);
  n_steps                   = n_steps < CS_MAX_STEPS ? n_steps : CS_MAX_STEPS;
  for (int s = 0; s < n_steps; s++)
    row[s] = (uint8_t)line->velocities[cs_beat_column(c, pattern, bar, s)];
  cs_shape_kicks(c, pattern, bar, row, n_steps);
  for (int s = 0; s < n_steps; s++)
    if (row[s] != 0)
      kicks.ticks[kicks.n++] = cs_beat_tick(c, pattern, bar, s);
  return kicks;
}
