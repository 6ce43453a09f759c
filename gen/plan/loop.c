// A progression laid out in bars, and how two of them resemble one another.

#include "gen/plan/harmony.h"

#include "gen/base/mathx.h"

#include <string.h>

/// Bars shorter than this (fast 6/8, 2/4) share a chord in pairs.
static const double short_bar_s = 1.4;

/// Under dialogue chords change every two or four bars (RULEBOOK 2.1): open
/// harmony stands, a vamp of sevenths goes on.
static int
bars_under_dialogue(const CsDraft *d)
{
  switch (d->style->voicing) {
  case CS_VOICING_OPEN:
    return 4;
  case CS_VOICING_SEVENTHS:
    return 2;
  case CS_VOICING_TRIADS:
  case CS_VOICING_ADDED:
  case CS_VOICING_CLOSE:
  case CS_N_VOICING_KINDS:
    break;
  }
  return d->plan->arousal < -0.2 ? 4 : 2;
}

/// RULEBOOK 1.3, 2.1 and 4.5.
int
cs_bars_per_chord(const CsDraft *d)
{
  const double a     = d->plan->arousal;
  const double bar_s = d->bar_quarters * 60.0 / d->plan->tempos[0].bpm;
  const int by_mood  = a < -0.8 ? 4 : a < -0.45 ? 2 : 1;
  const int by_bar   = bar_s < short_bar_s ? 2 : 1;
  switch (d->plan->function) {
  case CS_AMBIENT:
    return cs_clamp_int((int)(12.0 / bar_s + 0.5), 1, 64);
  case CS_UNDERSCORE:
    return bars_under_dialogue(d) * by_bar;
  case CS_BED:
    return (a < -0.1 ? 2 : 1) * by_bar;
  case CS_THEMATIC:
  case CS_STINGER:
  case CS_N_FUNCTIONS:
    break;
  }
  return by_mood * by_bar;
}

/// A progression that holds its chords by itself needs less stretching.
static int
stretch_of(const CsProgression *p, int bars)
{
  size_t n_chords = 0;
  for (size_t i = 0; i < p->chords.n; i++)
    n_chords += !cs_is_hold(p->chords.items[i]);
  const double own = n_chords > 0 ? (double)p->chords.n / (double)n_chords : 1;
  const int factor = (int)(bars / own + 0.5);
  return factor < 1 ? 1 : factor;
}

void
cs_lay_out_loop(const CsProgression *p, int bars_per_chord, CsLoop *loop)
{
  const int factor = stretch_of(p, bars_per_chord);
  loop->n          = 0;
  for (size_t i = 0; i < p->chords.n; i++)
    for (int k = 0; k < factor && loop->n < CS_MAX_LOOP_BARS; k++)
      loop->bars[loop->n++] = k == 0 ? p->chords.items[i] : "%";
}

/// The chord in the first or second half of a bar, going round.
static bool
chord_in_half(const CsLoop *loop, int bar, int half, CsChord *chord)
{
  char symbol[32];
  int i = bar % loop->n;
  while (i > 0 && cs_is_hold(loop->bars[i]))
    i--, half = 1;
  const char *space = strrchr(loop->bars[i], ' ');
  if (half == 1 && space != NULL)
    return cs_chord_parse(space + 1, chord);
  const size_t n = strcspn(loop->bars[i], " ");
  if (n >= sizeof symbol)
    return false;
  memcpy(symbol, loop->bars[i], n);
  symbol[n] = '\0';
  return cs_chord_parse(symbol, chord);
}

static int
count_bits(unsigned set)
{
  int n = 0;
  for (; set != 0; set &= set - 1)
    n++;
  return n;
}

/// Two parts in three are the chord tones that both have, one the bass: so much
/// of harmony and bass is common where they play alike (RULEBOOK 9, section
/// similarity).
static double
common_share(const CsChord *a, const CsChord *b)
{
  const unsigned x   = cs_chord_pitch_classes(a);
  const unsigned y   = cs_chord_pitch_classes(b);
  const double tones = (double)count_bits(x & y) / (double)count_bits(x | y);
  return (2.0 * tones + (a->bass == b->bass ? 1.0 : 0.0)) / 3.0;
}

double
cs_loop_similarity(const CsLoop *a, const CsLoop *b)
{
  enum { N_BARS = 8 };
  double sum = 0.0;
  int n      = 0;
  for (int i = 0; i < 2 * N_BARS && a->n > 0 && b->n > 0; i++) {
    CsChord x, y;
    if (!chord_in_half(a, i / 2, i % 2, &x) ||
        !chord_in_half(b, i / 2, i % 2, &y))
      continue;
    sum += common_share(&x, &y);
    n++;
  }
  return n > 0 ? sum / n : 0.0;
}

/// The symbol that sounds in a bar, going round: no hold.
static const char *
sounding(const CsLoop *loop, int bar)
{
  int i = bar % loop->n;
  while (i > 0 && cs_is_hold(loop->bars[i]))
    i--;
  return loop->bars[i];
}

static CsLoop
turned(const CsLoop *whole, int by)
{
  CsLoop loop = *whole;
  for (int i = 0; i < whole->n; i++)
    loop.bars[i] = whole->bars[(i + by) % whole->n];
  loop.bars[0] = sounding(whole, by);
  return loop;
}

/// Begin in the middle, or where that would be the same again in the middle of
/// the half.
static CsLoop
turn_away(const CsLoop *a, const CsLoop *b, double too_like)
{
  CsLoop loop = *b;
  for (int by = b->n / 2; by > 0; by /= 2) {
    loop = turned(b, by);
    if (cs_loop_similarity(a, &loop) <= too_like)
      break;
  }
  return loop;
}

/// How many bars before `end`, wanted or one more or less, begin with a chord.
static int
whole_chords(const CsLoop *a, int n_wanted, int n_most, int end)
{
  const int n = n_wanted < n_most ? n_wanted : n_most;
  if (!cs_is_hold(a->bars[(end - n) % a->n]))
    return n;
  return n < n_most && !cs_is_hold(a->bars[(end - n - 1) % a->n]) ? n + 1
         : n > 1                                                  ? n - 1
                                                                  : n;
}

/// Come home: the bars that end a thought of eight are as in A.
static void
rhyme(const CsLoop *a, int n_rhymes, int n_bars, const char **bars)
{
  enum { THOUGHT = 8 };
  for (int first = 0; first < n_bars; first += THOUGHT) {
    const int left = n_bars - first;
    const int end  = first + (left < THOUGHT ? left : THOUGHT);
    const int n    = whole_chords(a, n_rhymes, (end - first) / 2, end);
    for (int i = end - n; i < end; i++)
      bars[i] = i == end - n ? sounding(a, i) : a->bars[i % a->n];
    if (end < n_bars && cs_is_hold(bars[end]))
      bars[end] = bars[end - THOUGHT];
  }
}

static double
similarity_of_bars(const CsLoop *a, int n_bars, const char *const *bars)
{
  CsLoop b = {.n = n_bars < CS_MAX_LOOP_BARS ? n_bars : CS_MAX_LOOP_BARS};
  for (int i = 0; i < b.n; i++)
    b.bars[i] = bars[i];
  return cs_loop_similarity(a, &b);
}

void
cs_contrast_bars(const CsLoop *a, const CsLoop *b, const CsKinship *wanted,
    int n_bars, const char **bars)
{
  enum { MOST_RHYMES = 4 };
  CsLoop loop = *b;
  if (cs_loop_similarity(a, &loop) > wanted->most)
    loop = turn_away(a, b, wanted->most);
  for (int n_rhymes = 0; n_rhymes <= MOST_RHYMES; n_rhymes++) {
    for (int i = 0; i < n_bars; i++)
      bars[i] = loop.bars[i % loop.n];
    if (n_rhymes > 0)
      rhyme(a, n_rhymes, n_bars, bars);
    if (similarity_of_bars(a, n_bars, bars) >= wanted->least)
      break;
  }
}
