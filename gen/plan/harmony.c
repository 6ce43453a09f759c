#include "gen/base/mathx.h"
#include "gen/base/rng.h"
#include "gen/plan/planning.h"

#include <math.h>
#include <string.h>

/// What a mode brings to a plan. `ladder` is its height on the ladder from dark
/// to bright of RULEBOOK 1.3; `approach` leads into a section or out of a
/// build, the quiet one without a dominant (4.3).
typedef struct ModeHabit {
  double ladder;
  const char *before;   ///< One bar before the approach.
  const char *approach; ///< Wants the tonic next.
  const char *quiet;    ///< The same without a dominant.
  const char *tonic;
} ModeHabit;

static const ModeHabit habits[CS_N_MODES] = {
    [CS_MAJOR]             = {4.8, "IV", "V", "IV", "I"},
    [CS_MINOR]             = {1.95, "bVI", "bVII", "iv", "i"},
    [CS_DORIAN]            = {3.05, "IV", "bVII", "IV", "i"},
    [CS_PHRYGIAN]          = {0.9, "bvii", "bII", "bII", "i"},
    [CS_LYDIAN]            = {4.9, "vi", "II", "II/1", "I"},
    [CS_MIXOLYDIAN]        = {3.9, "IV", "bVII", "IV", "I"},
    [CS_LOCRIAN]           = {0.3, "bVI", "bII", "bII", "i"},
    [CS_HARMONIC_MINOR]    = {1.0, "iv", "V", "iv", "i"},
    [CS_PHRYGIAN_DOMINANT] = {1.4, "iv", "bII", "iv", "I"},
    [CS_MAJOR_PENTATONIC]  = {4.6, "IV", "V", "IV", "I"},
    [CS_MINOR_PENTATONIC]  = {2.1, "bVI", "bVII", "iv", "i"},
    [CS_BLUES]             = {3.3, "IV", "V", "IV", "I"},
    [CS_WHOLE_TONE]        = {2.9, "II/1", "II", "II/1", "I"},
    [CS_OCTATONIC]         = {0.6, "bIII", "bII", "bII", "i"},
};

/// What plays where neither style nor presets have a progression of the mode.
static const char *const fallback_major[]         = {"I", "IV", "vi", "IV"};
static const char *const fallback_minor[]         = {"i", "bVI", "iv", "bVII"};
static const char *const fallback_cadence_major[] = {"IV", "I"};
static const char *const fallback_cadence_minor[] = {"iv", "i"};

enum { MAX_CHOICES = 96, MAX_LOOP_BARS = 256 };

// ---- Key -------------------------------------------------------------------

static bool
wants_wonder(const CsBrief *brief)
{
  static const char *const words[] = {"wonder", "magical", "dreamy",
      "technological", "tech", "futuristic", "innovative", "ethereal",
      "whimsical"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (cs_strings_have(&brief->moods, words[i]))
      return true;
  return false;
}

/// The mode that valence and arousal call for, before the style is asked.
static CsMode
mode_on_ladder(const CsDraft *d)
{
  const double v = d->plan->valence, a = d->plan->arousal;
  const double b = 3.2 + 3.2 * v + 0.3 * a;
  CsRng rng      = cs_rng_at(d->plan->theme_seed, "harmony.mode", 0, 0);
  const double u = cs_rng_unit(&rng);
  if (b >= 4.3)
    return (b > 5.0 || wants_wonder(d->brief)) && u < 0.25 ? CS_LYDIAN
                                                           : CS_MAJOR;
  if (b >= 3.5)
    return u < 0.5 ? CS_MIXOLYDIAN : CS_MAJOR;
  if (b >= 2.6)
    return CS_DORIAN;
  if (b >= 1.3)
    return CS_MINOR;
  return a > 0.0 ? CS_PHRYGIAN : CS_HARMONIC_MINOR;
}

static CsMode
choose_mode(const CsDraft *d)
{
  const CsMode wanted  = mode_on_ladder(d);
  const unsigned modes = d->style->modes;
  if (modes == 0 || modes >> wanted & 1U)
    return wanted;
  CsMode best  = wanted;
  double least = 1e9;
  for (int m = 0; m < CS_N_MODES; m++) {
    const double off = fabs(habits[m].ladder - habits[wanted].ladder);
    if (modes >> m & 1U && off < least)
      best = (CsMode)m, least = off;
  }
  return best;
}

/// How gladly each tonic is played: by strings and horns, by guitars, by keys.
static const double tonics_strings[12] = {
    3, 0, 3, 2.5, 0.5, 3, 0, 3, 0.5, 1, 2.5, 0};
static const double tonics_guitars[12] = {
    2, 0, 3, 0, 3, 0.5, 0, 3, 0, 3, 0, 0.5};
static const double tonics_keys[12] = {
    3, 0.5, 3, 2, 2, 2.5, 0.3, 3, 1.5, 2.5, 2, 0.8};

static const double *
tonics_of_style(const CsDraft *d)
{
  int n_guitars = 0, n_strings = 0;
  for (size_t i = 0; i < d->style->n_tracks; i++) {
    const CsStyleTrack *track = &d->style->tracks[i];
    const CsInstrument *first =
        track->instruments.n > 0
            ? cs_find_instrument(d->presets, track->instruments.items[0])
            : NULL;
    if (first == NULL)
      continue;
    n_guitars += cs_instrument_is(first, "guitar");
    n_strings +=
        cs_instrument_is(first, "strings") || cs_instrument_is(first, "brass");
  }
  if (n_guitars > n_strings)
    return tonics_guitars;
  return n_strings >= 2 ? tonics_strings : tonics_keys;
}

/// A number of the style's own, so that one theme seed does not put all styles
/// into one key.
static uint64_t
place_of_style(const CsStyle *style)
{
  uint64_t place = 0;
  for (const char *p = style->name; *p != '\0'; p++)
    place = 31 * place + (unsigned char)*p;
  return place;
}

CsStatus
cs_choose_key(CsDraft *d)
{
  CsPlan *plan = d->plan;
  if (d->wish->has_key) {
    plan->key = d->wish->key;
    return CS_OK;
  }
  const unsigned said = d->brief->said;
  plan->key.mode =
      said & (CS_SAID_KEY | CS_SAID_MODE) ? d->brief->key.mode : choose_mode(d);
  if (said & CS_SAID_KEY) {
    plan->key.tonic_pc = d->brief->key.tonic_pc;
    return CS_OK;
  }
  CsRng rng =
      cs_rng_at(plan->theme_seed, "harmony.tonic", place_of_style(d->style), 0);
  plan->key.tonic_pc = (int)cs_rng_weighted(&rng, tonics_of_style(d), 12);
  return CS_OK;
}

// ---- Progressions ----------------------------------------------------------

static bool
is_full_dominant(const char *symbol)
{
  CsChord chord;
  return cs_chord_parse(symbol, &chord) && chord.is_dominant && chord.root == 7;
}

static bool
has_dominant(const CsStrings *chords)
{
  for (size_t i = 0; i < chords->n; i++) {
    const char *p = chords->items[i];
    if (strchr(p, ' ') == NULL && is_full_dominant(p))
      return true;
  }
  return false;
}

static bool
begins_on_tonic(const CsProgression *p)
{
  CsChord chord;
  return p->chords.n == 0 || !cs_chord_parse(p->chords.items[0], &chord) ||
         chord.root == 0;
}

/// Share of a progression's chord tones that lie in the mode.
static double
share_in_mode(CsMode mode, const CsProgression *p)
{
  const unsigned scale = cs_mode_pitch_classes(mode);
  int n_tones = 0, n_in = 0;
  for (size_t i = 0; i < p->chords.n; i++) {
    CsChord chord;
    if (!cs_chord_parse(p->chords.items[i], &chord))
      continue; // holds and shared bars say little
    n_tones += chord.n_tones;
    for (int k = 0; k < chord.n_tones; k++)
      n_in += (int)(scale >> cs_mod(chord.root + chord.tones[k], 12) & 1U);
  }
  return n_tones > 0 ? (double)n_in / n_tones : 1.0;
}

/// Who names a key or a mode wants to hear it: chords from elsewhere are rare
/// then.
static bool
is_key_named(const CsDraft *d)
{
  return d->wish->has_key ||
         (d->brief->said & (CS_SAID_KEY | CS_SAID_MODE)) != 0;
}

static double
weight_of(const CsDraft *d, const CsProgression *p)
{
  static const double enough_in_mode = 0.8;
  const double a                     = d->plan->arousal;
  const double off                   = a < p->arousal[0]   ? p->arousal[0] - a
                                       : a > p->arousal[1] ? a - p->arousal[1]
                                                           : 0.0;
  double weight                      = 1.0 / (1.0 + 60.0 * off * off);
  if (d->plan->function == CS_UNDERSCORE && has_dominant(&p->chords))
    weight *= 0.02; // no V-I under dialogue
  if (is_key_named(d) && share_in_mode(d->plan->key.mode, p) < enough_in_mode)
    weight *= 0.02;
  return weight;
}

/// Progressions of the mode: the style's own first, and how many those are.
typedef struct Choices {
  const CsProgression *items[MAX_CHOICES];
  double weights[MAX_CHOICES]; ///< 0 for one that was drawn.
  size_t n, n_own;
} Choices;

static void
add_choice(Choices *c, const CsProgression *p)
{
  for (size_t i = 0; i < c->n; i++)
    if (c->items[i] == p)
      return;
  if (c->n < MAX_CHOICES)
    c->items[c->n++] = p;
}

static void
collect(const CsDraft *d, Choices *c)
{
  const unsigned bit = 1U << d->plan->key.mode;
  c->n               = 0;
  for (size_t i = 0; i < d->style->progressions.n; i++) {
    const CsProgression *p =
        cs_find_progression(d->presets, d->style->progressions.items[i]);
    if (p != NULL && p->modes & bit)
      add_choice(c, p);
  }
  c->n_own = c->n;
  for (size_t i = 0; i < d->presets->n_progressions; i++)
    if (d->presets->progressions[i].modes & bit)
      add_choice(c, &d->presets->progressions[i]);
  if (c->n_own == 0)
    c->n_own = c->n;
}

static CsStatus
make_fallback(CsDraft *d, const CsProgression **out)
{
  CsProgression *p    = CS_NEW(d->arena, CsProgression);
  const char **chords = CS_NEW_N(d->arena, const char *, 4);
  const char **ending = CS_NEW_N(d->arena, const char *, 2);
  CS_TRY_NEW(p);
  CS_TRY_NEW(chords);
  CS_TRY_NEW(ending);
  const bool is_minor = cs_mode_is_minor(d->plan->key.mode);
  memcpy(
      chords, is_minor ? fallback_minor : fallback_major, 4 * sizeof *chords);
  memcpy(ending, is_minor ? fallback_cadence_minor : fallback_cadence_major,
      2 * sizeof *ending);
  *p   = (CsProgression){.id = "plain",
        .chords              = {chords, 4},
        .cadence             = {ending, 2},
        .modes               = 1U << d->plan->key.mode,
        .arousal             = {-1.0, 1.0}};
  *out = p;
  return CS_OK;
}

/// The root that a progression has in a bar, going round; -1 if unreadable.
static int
root_in_bar(const CsProgression *p, size_t bar)
{
  size_t i = bar % p->chords.n;
  CsChord chord;
  while (i > 0 && strcmp(p->chords.items[i], "%") == 0)
    i--;
  const char *symbol = p->chords.items[i];
  const char *first =
      strchr(symbol, ' ') == NULL ? symbol : NULL; // shared bars differ
  return first != NULL && cs_chord_parse(first, &chord) ? chord.root : -1;
}

/// How well B contrasts with A: best where some bars keep their chord, so that
/// it is another thought about the same thing (T35); hardly where all do.
static double
kinship(const CsProgression *a, const CsProgression *b)
{
  enum { N_BARS = 8 };
  int n_shared = 0;
  if (a->chords.n == 0 || b->chords.n == 0)
    return 1.0;
  for (size_t bar = 0; bar < N_BARS; bar++)
    n_shared +=
        root_in_bar(a, bar) >= 0 && root_in_bar(a, bar) == root_in_bar(b, bar);
  if (n_shared >= N_BARS - 1)
    return 0.05;
  return n_shared == 0 ? 0.4 : 1.6;
}

enum { FOR_A, FOR_B, FOR_BUILDS };

/// How gladly a progression is taken for a use; no two of A and B are the same.
static double
weight_for(const CsDraft *d, const CsProgression *p, int use)
{
  const bool on_tonic = begins_on_tonic(p);
  const double weight = weight_of(d, p);
  switch (use) {
  case FOR_A:
    return on_tonic ? 2.0 * weight : weight;
  case FOR_B:
    return p == d->progressions[FOR_A] ? 0.0
                                       : kinship(d->progressions[FOR_A], p) *
                                             (on_tonic ? 0.7 * weight : weight);
  default:
    return (on_tonic ? 0.5 : 4.0) * weight;
  }
}

/// Lay choices from..to out to be drawn. @return How many those are.
static size_t
lay_out(const CsDraft *d, Choices *c, size_t from, size_t to, int use)
{
  size_t n_out = 0;
  for (size_t i = from; i < to; i++) {
    c->weights[i] = weight_for(d, c->items[i], use);
    n_out += c->weights[i] > 0.0;
  }
  return n_out;
}

/// Take one of the style's choices. Another draw takes none again before the
/// style's own, then all others of the mode have had their turn.
static void
draw_progression(CsDraft *d, Choices *c, int use, const char *purpose)
{
  size_t drawn = 0;
  size_t next  = 0; // the first that was not laid out
  size_t n_out = 0;
  memset(c->weights, 0, sizeof c->weights);
  for (int draw = 0; draw <= d->wish->rerolls.harmony; draw++) {
    for (int turn = 0; n_out == 0 && turn <= (draw > 0); turn++) {
      const size_t to = next < c->n_own ? c->n_own : c->n;
      n_out           = lay_out(d, c, next, to, use);
      next            = to < c->n ? to : 0;
    }
    if (n_out == 0)
      continue; // a style's only one serves all uses
    CsRng rng = cs_rng_at(d->plan->theme_seed, purpose, (uint64_t)draw, 0);
    drawn     = cs_rng_weighted(&rng, c->weights, c->n);
    c->weights[drawn] = 0.0;
    n_out--;
  }
  d->progressions[use] = c->items[drawn];
}

/// One for A, another for B, one that does not begin on the tonic for builds.
static CsStatus
choose_progressions(CsDraft *d)
{
  Choices choices;
  collect(d, &choices);
  if (choices.n == 0) {
    CS_TRY(make_fallback(d, &d->progressions[0]));
    d->progressions[1] = d->progressions[2] = d->progressions[0];
    return CS_OK;
  }
  draw_progression(d, &choices, FOR_A, "harmony.A");
  draw_progression(d, &choices, FOR_B, "harmony.B");
  draw_progression(d, &choices, FOR_BUILDS, "harmony.build");
  return CS_OK;
}

// ---- Harmonic rhythm -------------------------------------------------------

/// Bars shorter than this (fast 6/8, 2/4) share a chord in pairs.
static const double short_bar_s = 1.4;

/// Bars per chord in the main sections, RULEBOOK 1.3, 2.1 and 4.5.
static int
bars_per_chord(const CsDraft *d)
{
  const double a     = d->plan->arousal;
  const double bar_s = d->bar_quarters * 60.0 / d->plan->tempos[0].bpm;
  const int by_mood  = a < -0.8 ? 4 : a < -0.45 ? 2 : 1;
  const int by_bar   = bar_s < short_bar_s ? 2 : 1;
  switch (d->plan->function) {
  case CS_AMBIENT:
    return cs_clamp_int((int)(12.0 / bar_s + 0.5), 1, 64);
  case CS_UNDERSCORE:
    return (a < -0.2 ? 4 : 2) * by_bar;
  case CS_BED:
    return (a < -0.1 ? 2 : 1) * by_bar;
  case CS_THEMATIC:
  case CS_STINGER:
  case CS_N_FUNCTIONS:
    break;
  }
  return by_mood * by_bar;
}

static bool
is_hold(const char *symbol)
{
  return symbol[0] == '%' && symbol[1] == '\0';
}

/// A progression that holds its chords by itself needs less stretching.
static int
stretch_of(const CsProgression *p, int bars)
{
  size_t n_chords = 0;
  for (size_t i = 0; i < p->chords.n; i++)
    n_chords += !is_hold(p->chords.items[i]);
  const double own = n_chords > 0 ? (double)p->chords.n / (double)n_chords : 1;
  const int factor = (int)(bars / own + 0.5);
  return factor < 1 ? 1 : factor;
}

/// A loop of bars: the progression, each symbol `factor` bars long.
typedef struct Loop {
  const char *bars[MAX_LOOP_BARS];
  int n;
} Loop;

static void
stretch(const CsProgression *p, int bars, Loop *loop)
{
  const int factor = stretch_of(p, bars);
  loop->n          = 0;
  for (size_t i = 0; i < p->chords.n; i++)
    for (int k = 0; k < factor && loop->n < MAX_LOOP_BARS; k++)
      loop->bars[loop->n++] = k == 0 ? p->chords.items[i] : "%";
}

// ---- Variation (RULEBOOK 4.4) ----------------------------------------------

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
  return !is_hold(symbol) && strpbrk(symbol, " /") == NULL;
}

static bool
same_root(const char *a, const char *b)
{
  CsChord x, y;
  return cs_chord_parse(a, &x) && cs_chord_parse(b, &y) && x.root == y.root;
}

/// Swap one chord of bars from..to-1; the first stays.
static void
swap_one(const char **bars, int from, int to)
{
  for (int i = to - 1; i > from; i--) {
    const char *other = substitute_of(bars[i]);
    const char *next  = i + 1 < to ? bars[i + 1] : bars[from];
    if (other == NULL || same_root(other, bars[i - 1]) ||
        same_root(other, next))
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
  const ModeHabit *habit = &habits[d->plan->key.mode];
  const bool is_quiet =
      d->plan->function == CS_UNDERSCORE || d->plan->function == CS_AMBIENT;
  const char *chord = is_quiet ? habit->quiet : habit->approach;
  const char *last  = bars[to - 1];
  if (strchr(last, ' ') != NULL || is_hold(last) || same_root(last, chord))
    return CS_OK;
  bars[to - 1] = cs_arena_printf(d->arena, "%s %s", last, chord);
  CS_TRY_NEW(bars[to - 1]);
  return CS_OK;
}

/// The n-th return of a loop is varied in its last pass; bar 1 never is.
static CsStatus
vary(const CsDraft *d, const char **bars, int n_bars, int loop_bars, int nth)
{
  const int from = (n_bars - 1) / loop_bars * loop_bars;
  if (n_bars - from < 3)
    return CS_OK;
  switch (nth % 4) {
  case 1:
    swap_one(bars, from, n_bars);
    return CS_OK;
  case 2:
    return invert_one(d->arena, bars, from, n_bars);
  case 3:
    return pass_on(d, bars, n_bars);
  default:
    return CS_OK;
  }
}

// ---- Cadences --------------------------------------------------------------

/// The symbol that sounds in a bar, holds followed back; its last chord.
static const char *
sounding(const char *const *bars, int bar)
{
  while (bar > 0 && is_hold(bars[bar]))
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

static const char *
approach_of(const CsDraft *d)
{
  const ModeHabit *habit = &habits[d->plan->key.mode];
  const bool is_quiet =
      d->plan->function == CS_UNDERSCORE || d->plan->function == CS_AMBIENT;
  return is_quiet ? habit->quiet : habit->approach;
}

/// A section ends where it can be left; one before a climax leads into it.
static void
close_section(const CsDraft *d, const char **bars, int n_bars)
{
  if (n_bars < 2 || is_stable(sounding((const char *const *)bars, n_bars - 1)))
    return;
  const char *approach = approach_of(d);
  if (is_stable(approach))
    bars[n_bars - 1] = approach;
}

/// The last bars of a build hold the tonic back (RULEBOOK 3.4).
static CsStatus
lead_into_climax(const CsDraft *d, const char **bars, int n_bars)
{
  const ModeHabit *habit = &habits[d->plan->key.mode];
  const char *approach   = approach_of(d);
  bars[n_bars - 1]       = approach;
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

/// The chords that end the cue: those before the last downbeat, and its own.
typedef struct Cadence {
  const char *before[3];
  int n_before;
  const char *last;
} Cadence;

static Cadence
cadence_of(const CsDraft *d)
{
  const ModeHabit *habit = &habits[d->plan->key.mode];
  const CsStrings *said  = &d->progressions[0]->cadence;
  Cadence c              = {.last = habit->tonic};
  CsChord chord;
  size_t n = said->n;
  if (n > 0 && cs_chord_parse(said->items[n - 1], &chord) && chord.root == 0) {
    c.last = said->items[n - 1];
    n--;
  }
  for (size_t i = n > 3 ? n - 3 : 0; i < n; i++)
    if (cs_chord_parse(said->items[i], &chord))
      c.before[c.n_before++] = said->items[i];
  const bool is_quiet =
      d->plan->function == CS_UNDERSCORE || d->plan->function == CS_AMBIENT;
  if (is_quiet && c.n_before > 0 && is_full_dominant(c.before[c.n_before - 1]))
    c.before[0] = habit->quiet, c.n_before = 1;
  return c;
}

static CsStatus
close_cue(const CsDraft *d, const char **bars, int n_bars)
{
  const Cadence c = cadence_of(d);
  if (c.n_before == 0 || n_bars == 0)
    return CS_OK;
  const int n = c.n_before < n_bars - 1 ? c.n_before
                : n_bars > 1            ? n_bars - 1
                                        : 1;
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

// ---- Sections --------------------------------------------------------------

static const CsProgression *
progression_of(const CsDraft *d, CsSectionKind kind)
{
  switch (kind) {
  case CS_SECTION_B:
    return d->progressions[1];
  case CS_SECTION_BUILD:
    return d->progressions[2];
  case CS_SECTION_INTRO:
  case CS_SECTION_A:
  case CS_SECTION_A2:
  case CS_SECTION_BREAK:
  case CS_SECTION_CLIMAX:
  case CS_SECTION_OUTRO:
  case CS_SECTION_END:
  case CS_N_SECTION_KINDS:
    break;
  }
  return d->progressions[0];
}

/// Thin sections change chords half as often.
static int
rhythm_of(const CsDraft *d, CsSectionKind kind)
{
  const int bars     = bars_per_chord(d);
  const bool is_thin = kind == CS_SECTION_INTRO || kind == CS_SECTION_BREAK ||
                       kind == CS_SECTION_OUTRO;
  return is_thin && bars < 4 ? 2 * bars : bars;
}

/// Under dialogue no dominant may pull: a plagal chord stands in its place.
static void
soften(const CsDraft *d, const char **bars, int n_bars)
{
  if (d->plan->function != CS_UNDERSCORE)
    return;
  for (int i = 0; i < n_bars; i++)
    if (is_full_dominant(bars[i]))
      bars[i] = habits[d->plan->key.mode].quiet;
}

static CsStatus
write_section(CsDraft *d, CsSection *s, int n_pickup, int nth)
{
  const CsProgression *p = progression_of(d, s->kind);
  const int n            = s->n_bars - n_pickup;
  const char **all       = CS_NEW_N(d->arena, const char *, (size_t)s->n_bars);
  CS_TRY_NEW(all);
  s->chords         = (CsStrings){all, (size_t)s->n_bars};
  const char **bars = all + n_pickup;
  Loop loop;
  stretch(p, rhythm_of(d, s->kind), &loop);
  for (int i = 0; i < n; i++)
    bars[i] = loop.bars[i % loop.n];
  if (n > 0 && is_hold(bars[0]))
    bars[0] = habits[d->plan->key.mode].tonic;
  for (int i = 0; i < n_pickup; i++)
    all[i] = n > 0 ? bars[0] : approach_of(d);
  if (s->kind == CS_SECTION_A2 || s->kind == CS_SECTION_B ||
      s->kind == CS_SECTION_CLIMAX)
    CS_TRY(vary(d, bars, n, loop.n, nth));
  if (s->kind == CS_SECTION_BUILD && n >= 2)
    CS_TRY(lead_into_climax(d, bars, n));
  else
    close_section(d, bars, n);
  soften(d, bars, n);
  return CS_OK;
}

/// A gesture has few chords: one that leads, then the tonic of the end.
static CsStatus
write_gesture(CsDraft *d, CsSection *s, bool is_last)
{
  const char **bars = CS_NEW_N(d->arena, const char *, (size_t)s->n_bars);
  CS_TRY_NEW(bars);
  s->chords        = (CsStrings){bars, (size_t)s->n_bars};
  const Cadence c  = cadence_of(d);
  const char *lead = c.n_before > 0 ? c.before[c.n_before - 1] : c.last;
  for (int i = 0; i < s->n_bars; i++)
    bars[i] = i == 0 ? habits[d->plan->key.mode].tonic : "%";
  if (is_last && d->has_end)
    bars[s->n_bars - 1] = lead;
  return CS_OK;
}

static CsStatus
write_end(CsDraft *d, CsSection *s)
{
  const char **bars = CS_NEW_N(d->arena, const char *, 1);
  CS_TRY_NEW(bars);
  bars[0]   = cadence_of(d).last;
  s->chords = (CsStrings){bars, 1};
  return CS_OK;
}

/// A loop's last bar leads back to its first.
static void
lead_back(const CsDraft *d, CsSection *s)
{
  const size_t n = s->chords.n;
  if (n < 2)
    return;
  const char *last  = sounding(s->chords.items, (int)n - 1);
  const char *first = d->plan->sections[0].chords.items[0];
  if (same_root(last, first))
    s->chords.items[n - 1] = approach_of(d);
}

CsStatus
cs_write_chords_of_plan(CsDraft *d)
{
  CsPlan *plan = d->plan;
  CS_TRY(choose_progressions(d));
  int counts[CS_N_SECTION_KINDS] = {0};
  const size_t n                 = plan->n_sections - (d->has_end ? 1 : 0);
  const bool is_gesture =
      plan->duration_s < 4.0 || plan->function == CS_STINGER;
  for (size_t i = 0; i < n; i++) {
    CsSection *s = &plan->sections[i];
    if (is_gesture)
      CS_TRY(write_gesture(d, s, i + 1 == n));
    else
      CS_TRY(write_section(d, s, i == 0 ? d->n_pickup : 0,
          counts[s->kind]++ + (s->kind == CS_SECTION_A2)));
  }
  if (d->has_end)
    CS_TRY(write_end(d, &plan->sections[n]));
  if (d->has_end && n > 0 && !is_gesture)
    return close_cue(
        d, plan->sections[n - 1].chords.items, plan->sections[n - 1].n_bars);
  if (plan->ending == CS_ENDING_LOOP && n > 0 && !is_gesture)
    lead_back(d, &plan->sections[n - 1]);
  return CS_OK;
}
