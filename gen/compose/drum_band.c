#include "gen/compose/drum_band.h"

#include "gen/base/mathx.h"
#include "gen/compose/groove.h"

bool
cs_is_drum_band(const CsComposer *c)
{
  for (size_t i = 0; i < c->plan->n_tracks; i++) {
    const CsRole role = c->plan->tracks[i].role;
    if (role != CS_ROLE_DRUMS && role != CS_ROLE_PERCUSSION &&
        role != CS_ROLE_EFFECTS)
      return false;
  }
  return true;
}

bool
cs_drum_band_leads_home(const CsComposer *c, int bar)
{
  return cs_is_drum_band(c) && c->end_bar >= 0 && bar == c->end_bar - 1;
}

/// Does nobody else play in a bar?
static bool
are_alone(const CsComposer *c, int bar)
{
  for (size_t i = 0; i < c->plan->n_tracks; i++) {
    const CsRole role = c->plan->tracks[i].role;
    if (role != CS_ROLE_DRUMS && role != CS_ROLE_PERCUSSION &&
        role != CS_ROLE_EFFECTS && cs_plays(c, i, bar))
      return false;
  }
  return true;
}

bool
cs_drum_band_turns(const CsComposer *c, int bar)
{
  return are_alone(c, bar) && (cs_bar_in_section(c, bar) % 2 == 1 ||
                                  cs_drum_band_leads_home(c, bar));
}

// --- Touches ----------------------------------------------------------------

/// A stroke as loud as this is of the groove itself.
enum { ACCENT = 75, GROWN = 66, TOUCH = 46, STROKES_PER_TOUCH = 6 };

/// Steps between the beats, as fine as the function lets drums go; where it
/// lets them go no finer, the beats but the first.
static int
places(const CsBeat *b, const CsPattern *pattern, int bar, int n_steps,
    int steps[static CS_MAX_STEPS])
{
  const CsComposer *c = b->c;
  const int64_t start = cs_bar_tick(c->timeline, bar);
  const int64_t beat =
      (int64_t)(cs_meter_beat_quarters(c->plan->meter) * CS_TICKS_PER_QUARTER);
  const bool is_free = cs_beat_is_bold(c);
  const int64_t grid =
      is_free ? 1 : cs_finest_grid(c, bar, cs_max_onset_rate(c));
  int n = 0;
  for (int pass = 0; pass < 2 && n == 0; pass++)
    for (int s = 1; s < n_steps; s++) {
      const int64_t in = cs_beat_tick(c, pattern, bar, s) - start;
      if (in % grid == 0 && (pass == 1 || in % beat != 0))
        steps[n++] = s;
    }
  return n;
}

/// Strokes more that a lone drum plays where the energy is high: it has nobody
/// that could come in.
static int
growth(const CsComposer *c, int bar)
{
  const CsSection *s  = cs_section_of_bar(c->timeline, bar);
  const double energy = s->kind == CS_SECTION_BUILD
                            ? cs_block_energy(c, bar)
                            : 0.5 * (s->energy[0] + s->energy[1]);
  return cs_clamp_int((int)(6.0 * energy - 1.5), 0, 4);
}

static int
count_strokes(const uint8_t *row, int n_steps)
{
  int n = 0;
  for (int s = 0; s < n_steps; s++)
    n += row[s] != 0;
  return n;
}

/// The first place of a row from one on that rests, or -1.
static int
next_rest(const uint8_t *row, const int *steps, int n_places, int from)
{
  for (int i = 0; i < n_places; i++)
    if (row[steps[(from + i) % n_places]] == 0)
      return steps[(from + i) % n_places];
  return -1;
}

/// A soft stroke where there was none; a soft one of a line is left out. One
/// more, for growth, goes to the next place that rests.
static void
touch(uint8_t *row, const int *steps, int n_places, bool is_growth, CsRng *rng)
{
  const int drawn = (int)cs_rng_below(rng, (uint32_t)n_places);
  const int rest  = next_rest(row, steps, n_places, drawn);
  const int step  = is_growth ? rest : steps[drawn];
  if (step >= 0 && row[step] == 0)
    row[step] = is_growth ? GROWN : TOUCH;
  else if (step >= 0 && row[step] < ACCENT)
    row[step] = 0;
}

/// What a section's touches are drawn by: they come back when it does.
static uint64_t
told_kind(const CsComposer *c, int bar)
{
  const CsSectionKind kind = cs_section_of_bar(c->timeline, bar)->kind;
  return kind == CS_SECTION_A2 ? CS_SECTION_A : kind;
}

void
cs_drum_band_touch(
    const CsBeat *b, const CsPattern *pattern, int bar, CsDrumBar *cells)
{
  const CsComposer *c = b->c;
  int steps[CS_MAX_STEPS];
  if (!cs_is_drum_band(c))
    return;
  const int n_places = places(b, pattern, bar, cells->n_steps, steps);
  const int n_grown  = cells->n_lines == 1 ? growth(c, bar) : 0;
  for (int i = 0; i < cells->n_lines && n_places > 0; i++) {
    uint8_t *row = cells->velocities[i];
    const int n_own =
        1 + count_strokes(row, cells->n_steps) / STROKES_PER_TOUCH;
    CsRng rng = cs_rng_at(c->plan->tracks[b->track].seed, "drums.touch",
        told_kind(c, bar), (uint64_t)cells->keys[i]);
    for (int k = 0; k < n_own + n_grown; k++)
      touch(row, steps, n_places, k >= n_own, &rng);
  }
}

void
cs_drum_band_turn(
    const CsBeat *b, const CsPattern *pattern, int bar, CsDrumBar *cells)
{
  enum { PICK_UP = 78 };
  int steps[CS_MAX_STEPS];
  const int kick     = cs_drum_bar_line(cells, CS_KICK);
  uint8_t *row       = cells->velocities[kick >= 0 ? kick : 0];
  const int last     = cells->n_steps - cells->n_steps / 8;
  const int n_places = places(b, pattern, bar, cells->n_steps, steps);
  CsRng rng          = cs_rng_at(
               b->c->plan->tracks[b->track].seed, "drums.turn", told_kind(b->c, bar), 0);
  if (cs_beat_is_bold(b->c))
    row[last] = row[last] > 0 ? 0 : PICK_UP;
  else if (n_places > 0)
    touch(row, steps, n_places, false, &rng);
}
