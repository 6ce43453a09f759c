// In which mode and on which tonic.

#include "gen/base/rng.h"
#include "gen/plan/planning.h"

#include <math.h>

/// How high each mode stands on the ladder from dark to bright, RULEBOOK 1.3.
static const double heights[CS_N_MODES] = {
    [CS_MAJOR]             = 4.8,
    [CS_MINOR]             = 1.95,
    [CS_DORIAN]            = 3.05,
    [CS_PHRYGIAN]          = 0.9,
    [CS_LYDIAN]            = 4.9,
    [CS_MIXOLYDIAN]        = 3.9,
    [CS_LOCRIAN]           = 0.3,
    [CS_HARMONIC_MINOR]    = 1.0,
    [CS_PHRYGIAN_DOMINANT] = 1.4,
    [CS_MAJOR_PENTATONIC]  = 4.6,
    [CS_MINOR_PENTATONIC]  = 2.1,
    [CS_BLUES]             = 3.3,
    [CS_WHOLE_TONE]        = 2.9,
    [CS_OCTATONIC]         = 0.6,
};

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

/// Where on the ladder valence and arousal stand.
static double
height_of_mood(const CsDraft *d)
{
  return 3.2 + 3.2 * d->plan->valence + 0.3 * d->plan->arousal;
}

/// The mode that valence and arousal call for, before the style is asked.
static CsMode
mode_on_ladder(const CsDraft *d)
{
  const double a = d->plan->arousal;
  const double b = height_of_mood(d);
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

/// Is one of a mood's progressions in that mode?
static bool
is_told_in(const CsDraft *d, const CsMood *mood, CsMode mode)
{
  for (size_t i = 0; i < mood->progressions.n; i++) {
    const CsProgression *p =
        cs_find_progression(d->presets, mood->progressions.items[i]);
    if (p != NULL && (p->modes >> mode & 1U) != 0)
      return true;
  }
  return false;
}

/// How gladly each mode is taken by what the words name: the first of a word's
/// modes before the next, of several words' modes those that lie near to where
/// the words together stand on the ladder.
/// @param modes  Those that may be taken, as bits; 0 = all.
/// @return false where none of them is named.
static bool
weigh_named_modes(const CsDraft *d, unsigned modes, double weights[CS_N_MODES])
{
  const CsMoods *moods = &d->moods;
  bool has_some        = false;
  for (int m = 0; m < CS_N_MODES; m++)
    weights[m] = 0.0;
  for (size_t i = 0; i < moods->n; i++)
    for (size_t k = 0; k < moods->items[i]->n_modes; k++) {
      const CsMode m   = moods->items[i]->modes[k];
      const double off = heights[m] - height_of_mood(d);
      if (modes != 0 && (modes >> m & 1U) == 0)
        continue;
      weights[m] = fmax(weights[m],
          (is_told_in(d, moods->items[i], m) ? 1.0 : 0.12) /
              ((double)(k + 1) * (1.0 + 0.3 * (double)moods->n * off * off)));
      has_some   = true;
    }
  return has_some;
}

static CsMode
draw_mode(const CsDraft *d, const double weights[CS_N_MODES])
{
  CsRng rng = cs_rng_at(d->plan->theme_seed, "harmony.mode", 0, 0);
  return (CsMode)cs_rng_weighted(&rng, weights, CS_N_MODES);
}

/// What the words name wins over the ladder (RULEBOOK 1.3), and over a style
/// that has nothing near it: a sad song is in minor, in country too.
static CsMode
choose_mode(const CsDraft *d)
{
  const double near = 1.3; // from major to mixolydian, from dorian to minor
  double weights[CS_N_MODES];
  const unsigned modes = d->style->modes;
  if (weigh_named_modes(d, modes, weights))
    return draw_mode(d, weights);
  const CsMode wanted = weigh_named_modes(d, 0, weights) ? draw_mode(d, weights)
                                                         : mode_on_ladder(d);
  if (modes == 0 || modes >> wanted & 1U)
    return wanted;
  CsMode best  = wanted;
  double least = near;
  for (int m = 0; m < CS_N_MODES; m++) {
    const double off = fabs(heights[m] - heights[wanted]);
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
  double weights[12];
  for (int i = 0; i < 12; i++)
    weights[i] = cs_leads_to_tonic(d->brief, i) ? 0.0 : tonics_of_style(d)[i];
  plan->key.tonic_pc = (int)cs_rng_weighted(&rng, weights, 12);
  return CS_OK;
}
