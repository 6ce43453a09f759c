// What changes where a progression comes round again (RULEBOOK 4.4).

#include "gen/plan/harmony.h"

#include "gen/base/mathx.h"

#include <string.h>

/// Chords that can stand for each other.
static const char *const substitutes[][2] = {
    {"I", "vi"},
    {"IV", "ii"},
    {"i", "bVI"},
    {"bVII", "v"},
    {"Iadd9", "vi7"},
    {"IVadd9", "ii7"},
    {"Imaj7", "vi9"},
    {"iv", "bVI"},
};

static const char *
substitute_of(const char *symbol)
{
  for (size_t i = 0; i < sizeof substitutes / sizeof *substitutes; i++)
    for (int k = 0; k < 2; k++)
      if (strcmp(substitutes[i][k], symbol) == 0)
        return substitutes[i][1 - k];
  return NULL;
}

static bool
is_plain(const char *symbol)
{
  return !cs_is_hold(symbol) && strpbrk(symbol, " /") == NULL;
}

/// Swap one chord of bars from..to-1; the first stays.
static void
swap_one(const char **bars, int from, int to)
{
  for (int i = to - 1; i > from; i--) {
    const char *other = substitute_of(bars[i]);
    const char *next  = i + 1 < to ? bars[i + 1] : bars[from];
    if (other == NULL || cs_same_root(other, bars[i - 1]) ||
        cs_same_root(other, next))
      continue;
    bars[i] = other;
    return;
  }
}

static int
distance_of_classes(int a, int b)
{
  const int up = cs_mod(a - b, 12);
  return up < 12 - up ? up : 12 - up;
}

/// Turn one chord over so that the bass moves by step.
static CsStatus
invert_one(CsArena *arena, const char **bars, int from, int to)
{
  for (int i = from + 1; i + 1 < to; i++) {
    CsChord before, chord, after;
    if (!is_plain(bars[i]) || !cs_chord_parse(bars[i], &chord) ||
        !cs_chord_parse(bars[i - 1], &before) ||
        !cs_chord_parse(bars[i + 1], &after) || chord.n_tones < 3 ||
        (chord.tones[1] != 3 && chord.tones[1] != 4)) // sus has no third
      continue;
    const int third = (chord.root + chord.tones[1]) % 12;
    const int plain = distance_of_classes(chord.root, before.bass) +
                      distance_of_classes(chord.root, after.bass);
    const int turned = distance_of_classes(third, before.bass) +
                       distance_of_classes(third, after.bass);
    if (turned >= plain || distance_of_classes(third, after.bass) == 0)
      continue;
    bars[i] = cs_arena_printf(arena, "%s/3", bars[i]);
    CS_TRY_NEW(bars[i]);
    return CS_OK;
  }
  return CS_OK;
}

/// A passing chord in the last half bar.
static CsStatus
pass_on(const CsDraft *d, const char **bars, int to)
{
  const char *chord = cs_approach_of(d);
  const char *last  = bars[to - 1];
  if (strchr(last, ' ') != NULL || cs_is_hold(last) ||
      cs_same_root(last, chord))
    return CS_OK;
  bars[to - 1] = cs_arena_printf(d->arena, "%s %s", last, chord);
  CS_TRY_NEW(bars[to - 1]);
  return CS_OK;
}

CsStatus
cs_vary_loop(
    const CsDraft *d, const char **bars, int n_bars, int loop_bars, int nth)
{
  enum { FEW_BARS = 8 }; // would be another progression with a chord swapped
  const int from = (n_bars - 1) / loop_bars * loop_bars;
  if (n_bars - from < 3)
    return CS_OK;
  switch (nth % 4) {
  case 1:
    return invert_one(d->arena, bars, from, n_bars);
  case 2:
    if (n_bars >= FEW_BARS)
      swap_one(bars, from, n_bars);
    return CS_OK;
  case 3:
    return pass_on(d, bars, n_bars);
  default:
    return CS_OK;
  }
}
