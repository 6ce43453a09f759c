// How sections and cues come to rest.

#include "gen/plan/harmony.h"

#include <string.h>

/// How a mode comes home, RULEBOOK 4.3.
typedef struct ModeHabit {
  const char *before;   ///< One bar before the approach.
  const char *approach; ///< Wants the tonic next.
  const char *quiet;    ///< The same without a dominant.
  const char *tonic;
  const char *rest; ///< Where a section may stop on its way.
} ModeHabit;

static const ModeHabit habits[CS_N_MODES] = {
    [CS_MAJOR]             = {"IV", "V", "IV", "I", "IV"},
    [CS_MINOR]             = {"bVI", "bVII", "iv", "i", "bVI"},
    [CS_DORIAN]            = {"IV", "bVII", "IV", "i", "IV"},
    [CS_PHRYGIAN]          = {"bvii", "bII", "bII", "i", "bVI"},
    [CS_LYDIAN]            = {"II", "Vsus4", "II/1", "I", "vi"},
    [CS_MIXOLYDIAN]        = {"IV", "bVII", "IV", "I", "IV"},
    [CS_LOCRIAN]           = {"bVI", "bII", "bII", "i", "bVI"},
    [CS_HARMONIC_MINOR]    = {"iv", "V", "iv", "i", "bVI"},
    [CS_PHRYGIAN_DOMINANT] = {"iv", "bII", "iv", "I", "I"},
    [CS_MAJOR_PENTATONIC]  = {"IV", "V", "IV", "I", "vi"},
    [CS_MINOR_PENTATONIC]  = {"bVI", "bVII", "iv", "i", "bVII"},
    [CS_BLUES]             = {"IV", "V", "IV", "I", "IV"},
    [CS_WHOLE_TONE]        = {"II/1", "II", "II/1", "I", "I+"},
    [CS_OCTATONIC]         = {"bIII", "bII", "bII", "i", "i"},
};

bool
cs_is_full_dominant(const char *symbol)
{
  CsChord chord;
  return cs_chord_parse(symbol, &chord) && chord.is_dominant && chord.root == 7;
}

bool
cs_is_hold(const char *symbol)
{
  return symbol[0] == '%' && symbol[1] == '\0';
}

bool
cs_same_root(const char *a, const char *b)
{
  CsChord x, y;
  return cs_chord_parse(a, &x) && cs_chord_parse(b, &y) && x.root == y.root;
}

/// The symbol that sounds in a bar, holds followed back; its last chord.
static const char *
sounding(const char *const *bars, int bar)
{
  while (bar > 0 && cs_is_hold(bars[bar]))
    bar--;
  const char *space = strrchr(bars[bar], ' ');
  return space != NULL ? space + 1 : bars[bar];
}

/// May a section end on it (T22)?
static bool
is_stable(const char *symbol)
{
  CsChord c;
  if (!cs_chord_parse(symbol, &c) || c.is_diminished)
    return false;
  switch (c.root) {
  case 0:
    return true;
  case 5:
  case 7:
  case 8:
  case 10:
    return !c.is_minor;
  case 9:
    return c.is_minor;
  default:
    return false;
  }
}

const char *
cs_tonic_chord(const CsDraft *d)
{
  return habits[d->key.mode].tonic;
}

const char *
cs_quiet_chord(const CsDraft *d)
{
  return habits[d->key.mode].quiet;
}

bool
cs_is_harmony_quiet(const CsDraft *d)
{
  return d->plan->function == CS_UNDERSCORE || d->plan->function == CS_AMBIENT;
}

const char *
cs_approach_of(const CsDraft *d)
{
  const ModeHabit *habit = &habits[d->key.mode];
  return cs_is_harmony_quiet(d) ? habit->quiet : habit->approach;
}

void
cs_close_section(const CsDraft *d, const char **bars, int n_bars)
{
  if (n_bars < 2 || is_stable(sounding((const char *const *)bars, n_bars - 1)))
    return;
  const char *const ways[] = {
      cs_approach_of(d), habits[d->key.mode].rest, cs_tonic_chord(d)};
  const char *before = sounding((const char *const *)bars, n_bars - 2);
  size_t i           = 0;
  while (i < 2 && (!is_stable(ways[i]) || cs_same_root(before, ways[i])))
    i++;
  bars[n_bars - 1] = ways[i];
}

CsStatus
cs_lead_into_climax(const CsDraft *d, const char **bars, int n_bars)
{
  const ModeHabit *habit = &habits[d->key.mode];
  const char *approach =
      cs_is_harmony_quiet(d) && cs_is_full_dominant(habit->approach)
          ? habit->quiet
          : habit->approach;
  bars[n_bars - 1] = approach;
  if (n_bars < CS_PHRASE_BARS)
    return CS_OK;
  if (n_bars < 8 && d->plan->arousal > 0.3 && approach == habit->approach) {
    bars[n_bars - 1] =
        cs_arena_printf(d->arena, "%s %s", habit->before, approach);
    CS_TRY_NEW(bars[n_bars - 1]);
    return CS_OK;
  }
  bars[n_bars - 2] = habit->before;
  return CS_OK;
}

CsCadence
cs_cadence_of(const CsDraft *d)
{
  const ModeHabit *habit = &habits[d->key.mode];
  const CsStrings *said  = &d->progressions[0]->cadence;
  CsCadence c            = {.last = habit->tonic};
  CsChord chord;
  size_t n = said->n;
  if (n > 0 && cs_chord_parse(said->items[n - 1], &chord) && chord.root == 0) {
    c.last = said->items[n - 1];
    n--;
  }
  for (size_t i = n > 3 ? n - 3 : 0; i < n; i++)
    if (cs_chord_parse(said->items[i], &chord))
      c.before[c.n_before++] = said->items[i];
  if (cs_is_harmony_quiet(d) && c.n_before > 0 &&
      cs_is_full_dominant(c.before[c.n_before - 1]))
    c.before[0] = habit->quiet, c.n_before = 1;
  return c;
}

/// All there is before the last chord: it says where it comes from and leads
/// on its last beat.
static CsStatus
close_single_bar(const CsDraft *d, const char **bars, const char *lead)
{
  enum { MOST_CHORDS = 4 };
  const char *from  = cs_is_hold(bars[0]) ? cs_tonic_chord(d) : bars[0];
  const int n_beats = cs_meter_beats(d->plan->meter);
  CsText text       = cs_text_new(d->arena);
  if (strchr(from, ' ') != NULL || cs_same_root(from, lead)) {
    bars[0] = lead;
    return CS_OK;
  }
  for (int i = 1; i < (n_beats <= MOST_CHORDS ? n_beats : 2); i++)
    cs_text_addf(&text, "%s ", from);
  cs_text_add(&text, lead);
  return cs_text_take(&text, &bars[0]);
}

CsStatus
cs_close_cue(const CsDraft *d, const char **bars, int n_bars)
{
  const CsCadence c = cs_cadence_of(d);
  if (n_bars == 0)
    return CS_OK;
  if (c.n_before == 0) { // it goes round, and wherever it stops comes home
    if (d->plan->function != CS_AMBIENT &&
        cs_same_root(sounding((const char *const *)bars, n_bars - 1), c.last))
      bars[n_bars - 1] = cs_quiet_chord(d);
    return CS_OK;
  }
  if (n_bars == 1)
    return close_single_bar(d, bars, c.before[c.n_before - 1]);
  const int n = c.n_before < n_bars - 1 ? c.n_before : n_bars - 1;
  if (n_bars >= CS_PHRASE_BARS || c.n_before == 1) {
    for (int i = 0; i < n; i++)
      bars[n_bars - n + i] = c.before[c.n_before - n + i];
    return CS_OK;
  }
  bars[n_bars - 1] = cs_arena_printf(
      d->arena, "%s %s", c.before[c.n_before - 2], c.before[c.n_before - 1]);
  CS_TRY_NEW(bars[n_bars - 1]);
  return CS_OK;
}

void
cs_lead_back(const CsDraft *d, CsSection *s)
{
  const size_t n = s->chords.n;
  if (n < 2)
    return;
  const char *last  = sounding(s->chords.items, (int)n - 1);
  const char *first = d->plan->sections[0].chords.items[0];
  if (cs_same_root(last, first))
    s->chords.items[n - 1] = cs_approach_of(d);
}
