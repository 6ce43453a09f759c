// Which progressions the sections of a cue go round.

#include "gen/plan/harmony.h"

#include "gen/base/mathx.h"
#include "gen/base/rng.h"

#include <string.h>

/// What plays where neither style nor presets have a progression of the mode.
static const char *const fallback_major[]         = {"I", "IV", "vi", "IV"};
static const char *const fallback_minor[]         = {"i", "bVI", "iv", "bVII"};
static const char *const fallback_cadence_major[] = {"IV", "I"};
static const char *const fallback_cadence_minor[] = {"iv", "i"};

enum { MAX_CHOICES = 96 };

static bool
has_dominant(const CsStrings *chords)
{
  for (size_t i = 0; i < chords->n; i++) {
    const char *p = chords->items[i];
    if (strchr(p, ' ') == NULL && cs_is_full_dominant(p))
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

/// Share of the tones of some chords that lie in the mode.
static double
share_in_mode(CsMode mode, const CsStrings *chords)
{
  const unsigned scale = cs_mode_pitch_classes(mode);
  int n_tones = 0, n_in = 0;
  for (size_t i = 0; i < chords->n; i++) {
    CsChord chord;
    if (!cs_chord_parse(chords->items[i], &chord))
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

/// A cue of a few bars is cadence for the most part: one that leaves the mode
/// leaves the key that was asked for.
static bool
leaves_mode_at_once(const CsDraft *d, const CsProgression *p)
{
  return d->n_body < 2 * CS_PHRASE_BARS &&
         share_in_mode(d->key.mode, &p->cadence) < 1.0;
}

/// Does a word of the brief call for it?
static bool
is_named(const CsDraft *d, const CsProgression *p)
{
  for (size_t i = 0; i < d->moods.n; i++)
    if (cs_strings_have(&d->moods.items[i]->progressions, p->id))
      return true;
  return false;
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
  if (is_key_named(d) &&
      share_in_mode(d->key.mode, &p->chords) < enough_in_mode)
    weight *= 0.02;
  if (is_key_named(d) && leaves_mode_at_once(d, p))
    weight *= 0.001;
  return is_named(d, p) ? 4.0 * weight : weight;
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
  const unsigned bit = 1U << d->key.mode;
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
  const bool is_minor = cs_mode_is_minor(d->key.mode);
  memcpy(
      chords, is_minor ? fallback_minor : fallback_major, 4 * sizeof *chords);
  memcpy(ending, is_minor ? fallback_cadence_minor : fallback_cadence_major,
      2 * sizeof *ending);
  *p   = (CsProgression){.id = "plain",
        .chords              = {chords, 4},
        .cadence             = {ending, 2},
        .modes               = 1U << d->key.mode,
        .arousal             = {-1.0, 1.0}};
  *out = p;
  return CS_OK;
}

/// How well B contrasts with A: best where it is another thought about the same
/// thing (T35), hardly where it is the same or where nothing is common.
static double
kinship(const CsDraft *d, const CsProgression *a, const CsProgression *b)
{
  static const struct {
    double up_to, weight;
  } kin[] = {{0.22, 0.05}, {0.30, 0.5}, {0.60, 1.6}, {0.72, 0.3}, {2.0, 0.03}};
  CsLoop x, y;
  cs_lay_out_loop(a, cs_bars_per_chord(d), &x);
  cs_lay_out_loop(b, cs_bars_per_chord(d), &y);
  const double similarity = cs_loop_similarity(&x, &y);
  size_t i                = 0;
  while (similarity > kin[i].up_to)
    i++;
  return kin[i].weight;
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
                                       : kinship(d, d->progressions[FOR_A], p) *
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

CsStatus
cs_choose_progressions(CsDraft *d)
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
