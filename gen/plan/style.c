#include "gen/base/mathx.h"
#include "gen/base/rng.h"
#include "gen/plan/band.h"

#include <math.h>
#include <string.h>

/// What speaks for or against a style, strongest words first.
typedef enum Reason {
  BECAUSE_GENRE,
  BECAUSE_USE,
  BECAUSE_MOOD_WORD,
  BECAUSE_FUNCTION,
  BECAUSE_MOOD,
  BECAUSE_TEMPO,
  BECAUSE_METER,
  BECAUSE_MODE,
  BECAUSE_INSTRUMENT,
  BECAUSE_EXCLUDED,
  BECAUSE_UNASKED,
  N_REASONS
} Reason;

/// Largest gain of each reason. A named genre outweighs everything else; a use
/// says more than a mood word; what a style lacks only decides between equals.
static const double weights[N_REASONS] = {
    [BECAUSE_GENRE]      = 6.0,
    [BECAUSE_USE]        = 3.0,
    [BECAUSE_MOOD_WORD]  = 2.5,
    [BECAUSE_FUNCTION]   = 2.5,
    [BECAUSE_MOOD]       = 2.0,
    [BECAUSE_TEMPO]      = 1.0,
    [BECAUSE_METER]      = 0.8,
    [BECAUSE_MODE]       = 0.6,
    [BECAUSE_INSTRUMENT] = 2.0,
    [BECAUSE_EXCLUDED]   = 1.5,
    [BECAUSE_UNASKED]    = 3.0,
};

typedef struct Score {
  double share[N_REASONS];                     ///< -1..1 of each weight.
  const char *genre, *use, *mood, *instrument; ///< The first word that met.
  double total;
} Score;

// ---- Words -----------------------------------------------------------------

static char
plain_letter(char letter)
{
  return letter == '-' ? ' ' : letter;
}

/// Is the word on the list? "forward moving" is "forward-moving".
static bool
names_word(const CsStrings *list, const char *word)
{
  for (size_t i = 0; i < list->n; i++) {
    const char *own = list->items[i];
    size_t k        = 0;
    while (own[k] != '\0' && plain_letter(own[k]) == plain_letter(word[k]))
      k++;
    if (own[k] == '\0' && word[k] == '\0')
      return true;
  }
  return false;
}

/// Share of the words that a style names.
static double
share_of_words(
    const CsStrings *words, const CsStrings *style, const char **first)
{
  if (words->n == 0)
    return 0.0;
  size_t n = 0;
  for (size_t i = 0; i < words->n; i++)
    if (names_word(style, words->items[i])) {
      *first = *first != NULL ? *first : words->items[i];
      n++;
    }
  return (double)n / (double)words->n;
}

static void
score_words(const CsBrief *brief, const CsStyle *style, Score *score)
{
  // A genre that is the style's own name says more than one that it serves too.
  score->share[BECAUSE_GENRE] =
      0.85 * share_of_words(&brief->genres, &style->genres, &score->genre);
  if (names_word(&brief->genres, style->name)) {
    score->genre                = style->name;
    score->share[BECAUSE_GENRE] = 1.0;
  } // "documentary bed", "a news sting": the use that a style is made for.
  else if (names_word(&brief->uses, style->name)) {
    score->genre                = style->name;
    score->share[BECAUSE_GENRE] = fmax(0.9, score->share[BECAUSE_GENRE]);
  }
  score->share[BECAUSE_USE] =
      share_of_words(&brief->uses, &style->uses, &score->use);
  score->share[BECAUSE_MOOD_WORD] =
      share_of_words(&brief->moods, &style->moods, &score->mood);
}

// ---- Numbers ---------------------------------------------------------------

static double
outside(double x, const double range[2])
{
  return x < range[0] ? range[0] - x : x > range[1] ? x - range[1] : 0.0;
}

/// Where nothing says the mood, background music is mildly bright.
static const double usual_valence = 0.4, usual_arousal = 0.25;

static double
mood_share(const CsBrief *brief, const CsStyle *style)
{
  const bool has_v = brief->said & CS_SAID_VALENCE;
  const bool has_a = brief->said & CS_SAID_AROUSAL;
  const double v   = has_v ? brief->valence : usual_valence;
  const double a   = has_a ? brief->arousal : usual_arousal;
  const double ov  = outside(v, style->valence);
  const double oa  = outside(a, style->arousal);
  // Inside the box, nearer to its middle is a little better.
  const double dv    = v - 0.5 * (style->valence[0] + style->valence[1]);
  const double da    = a - 0.5 * (style->arousal[0] + style->arousal[1]);
  const double far   = sqrt(ov * ov + oa * oa);
  const double near  = sqrt(dv * dv + da * da);
  const double share = cs_clamp(1.0 - 2.5 * far - 0.25 * near, -2.0, 1.0);
  return has_v || has_a ? share : 0.4 * share;
}

static double
tempo_share(const CsBrief *brief, const CsPlanWish *wish, const CsStyle *style)
{
  double low = 0.0, high = 0.0;
  if (brief->said & CS_SAID_TEMPO)
    low = brief->tempo_bpm[0], high = brief->tempo_bpm[1];
  if (wish->has_tempo)
    low = high = wish->tempo_bpm;
  if (high <= 0.0)
    return 0.0;
  const double gap =
      fmax(low / style->tempo_bpm[1], style->tempo_bpm[0] / high);
  return gap <= 1.0 ? 1.0 : fmax(-3.0, 1.0 - 8.0 * cs_log2(gap));
}

static double
meter_share(const CsBrief *brief, const CsPlanWish *wish, const CsStyle *style)
{
  const CsMeter *asked = NULL;
  if (brief->said & CS_SAID_METER)
    asked = &brief->meter;
  if (wish->has_meter)
    asked = &wish->meter;
  if (asked == NULL)
    return 0.0;
  for (size_t i = 0; i < style->meters.n; i++) {
    CsMeter own = {0, 0};
    if (cs_meter_parse(style->meters.items[i], &own) &&
        own.numerator == asked->numerator &&
        own.denominator == asked->denominator)
      return 1.0;
  }
  return -1.0;
}

static double
mode_share(const CsBrief *brief, const CsPlanWish *wish, const CsStyle *style)
{
  int mode = -1;
  if (brief->said & (CS_SAID_MODE | CS_SAID_KEY))
    mode = (int)brief->key.mode;
  if (wish->has_key)
    mode = (int)wish->key.mode;
  if (mode < 0)
    return 0.0;
  return style->modes >> mode & 1U ? 1.0 : -1.0;
}

// ---- Instruments -----------------------------------------------------------

static bool
track_can_be(
    const CsPresets *presets, const CsStyleTrack *track, const char *name)
{
  if (strcmp(cs_role_names[track->role], name) == 0)
    return true;
  for (size_t i = 0; i < track->instruments.n; i++) {
    const CsInstrument *own =
        cs_find_instrument(presets, track->instruments.items[i]);
    if (own != NULL && cs_instrument_is(own, name))
      return true;
  }
  return false;
}

/// Share of wanted names that some layer of the style can take.
static double
wanted_share(const CsDraft *d, const CsStyle *style, const char **first)
{
  const CsStrings *wanted = &d->brief->instruments;
  size_t n                = 0;
  for (size_t i = 0; i < wanted->n; i++)
    for (size_t k = 0; k < style->n_tracks; k++)
      if (track_can_be(d->presets, &style->tracks[k], wanted->items[i])) {
        *first = *first != NULL ? *first : wanted->items[i];
        n++;
        break;
      }
  return wanted->n > 0 ? (double)n / (double)wanted->n : 0.0;
}

static bool
must_fall(const CsDraft *d, const CsStyleTrack *track)
{
  const CsStrings *exclude = &d->brief->exclude;
  for (size_t k = 0; k < track->instruments.n; k++) {
    const CsInstrument *own =
        cs_find_instrument(d->presets, track->instruments.items[k]);
    bool is_out = false;
    for (size_t i = 0; i < exclude->n && own != NULL; i++)
      is_out |= cs_instrument_is(own, exclude->items[i]);
    if (!is_out)
      return false;
  }
  return true;
}

/// An exclusion takes layers away and no more: the style is the one that would
/// be chosen without it, unless nothing of its harmony could stay.
static double
excluded_share(const CsDraft *d, const CsStyle *style)
{
  for (size_t k = 0; k < style->n_tracks; k++)
    if (cs_is_harmony(style->tracks[k].role) &&
        !must_fall(d, &style->tracks[k]))
      return 0.0;
  return -1.0;
}

// ---- The choice ------------------------------------------------------------

static Score
score_style(const CsDraft *d, const CsStyle *style)
{
  Score score = {.total = 0.0};
  score_words(d->brief, style, &score);
  score.share[BECAUSE_FUNCTION]   = style->fit[d->plan->function];
  score.share[BECAUSE_MOOD]       = mood_share(d->brief, style);
  score.share[BECAUSE_TEMPO]      = tempo_share(d->brief, d->wish, style);
  score.share[BECAUSE_METER]      = meter_share(d->brief, d->wish, style);
  score.share[BECAUSE_MODE]       = mode_share(d->brief, d->wish, style);
  score.share[BECAUSE_INSTRUMENT] = wanted_share(d, style, &score.instrument);
  score.share[BECAUSE_EXCLUDED]   = excluded_share(d, style);
  // Jazz or samba should be asked for by a genre or a mood word; that it is
  // usual for a use is half an invitation.
  if (style->is_flavour && score.genre == NULL && score.mood == NULL)
    score.share[BECAUSE_UNASKED] = score.use != NULL ? -0.5 : -1.0;
  for (int i = 0; i < N_REASONS; i++)
    score.total += weights[i] * score.share[i];
  return score;
}

static const char *
say_reason(const CsDraft *d, const Score *score, int reason)
{
  static const char *const spoken[CS_N_FUNCTIONS] = {
      [CS_UNDERSCORE] = "an underscore",
      [CS_BED]        = "a bed",
      [CS_STINGER]    = "a stinger",
      [CS_THEMATIC]   = "a theme",
      [CS_AMBIENT]    = "ambience",
  };
  const bool has_mood =
      (d->brief->said & (CS_SAID_VALENCE | CS_SAID_AROUSAL)) != 0;
  CsArena *arena = d->arena;
  switch ((Reason)reason) {
  case BECAUSE_GENRE:
    return cs_arena_printf(arena, "\"%s\" names it", score->genre);
  case BECAUSE_USE:
    return cs_arena_printf(arena, "\"%s\" suggests it", score->use);
  case BECAUSE_MOOD_WORD:
    return cs_arena_printf(arena, "\"%s\" calls for it", score->mood);
  case BECAUSE_FUNCTION:
    return cs_arena_printf(
        arena, "it serves well as %s", spoken[d->plan->function]);
  case BECAUSE_MOOD:
    return has_mood ? "its mood is the asked one" : "its mood is a mild one";
  case BECAUSE_TEMPO:
    return "it is at home at that tempo";
  case BECAUSE_METER:
    return "it goes in that meter";
  case BECAUSE_MODE:
    return "it uses that mode";
  case BECAUSE_INSTRUMENT:
    return cs_arena_printf(arena, "it has the %s", score->instrument);
  case BECAUSE_UNASKED:
  case BECAUSE_EXCLUDED:
  case N_REASONS:
    break;
  }
  return "nothing speaks against it";
}

/// One sentence with the two strongest reasons.
static CsStatus
write_reason(CsDraft *d, const Score *score)
{
  int best = -1, next = -1;
  for (int i = 0; i < N_REASONS; i++) {
    const double gain = weights[i] * score->share[i];
    if (gain <= 0.0)
      continue;
    if (best < 0 || gain > weights[best] * score->share[best])
      next = best, best = i;
    else if (next < 0 || gain > weights[next] * score->share[next])
      next = i;
  }
  if (best < 0)
    best = BECAUSE_EXCLUDED;
  const char *first  = say_reason(d, score, best);
  const char *second = next >= 0 ? say_reason(d, score, next) : "";
  CS_TRY_NEW(first);
  CS_TRY_NEW(second);
  d->plan->style_reason = cs_arena_printf(d->arena, "%s: %s%s%s.",
      d->style->name, first, next >= 0 ? ", and " : "", second);
  CS_TRY_NEW(d->plan->style_reason);
  return CS_OK;
}

CsStatus
cs_fail_unknown_style(CsArena *arena, const CsPresets *presets,
    const char *place, const char *name)
{
  const char **names = CS_NEW_N(arena, const char *, presets->n_styles);
  CS_TRY_NEW(names);
  CsText list = cs_text_new(arena);
  for (size_t i = 0; i < presets->n_styles; i++) {
    names[i] = presets->styles[i].name;
    cs_text_addf(&list, "%s%s", i > 0 ? ", " : "", names[i]);
  }
  const char *all     = "";
  const char *nearest = cs_nearest_word(name, names, presets->n_styles);
  CS_TRY(cs_text_take(&list, &all));
  if (nearest != NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s: the style \"%s\" is unknown; did you mean \"%s\"? Styles: %s; "
        "your "
        "own comes with --style FILE.json",
        place, name, nearest, all);
  return cs_fail(arena, CS_ERR_REQUEST,
      "%s: the style \"%s\" is unknown; styles are: %s; your own comes with "
      "--style FILE.json",
      place, name, all);
}

static CsStatus
take_wished(CsDraft *d)
{
  d->style = cs_find_style(d->presets, d->wish->style);
  if (d->style == NULL)
    return cs_fail_unknown_style(
        d->arena, d->presets, "--style", d->wish->style);
  d->plan->style_reason =
      cs_arena_printf(d->arena, "%s: it was asked for.", d->style->name);
  CS_TRY_NEW(d->plan->style_reason);
  return CS_OK;
}

CsStatus
cs_choose_style(CsDraft *d)
{
  if (d->presets->n_styles == 0)
    return cs_fail(d->arena, CS_ERR_REQUEST,
        "presets/styles holds no style; install the presets again");
  if (d->wish->style != NULL) {
    CS_TRY(take_wished(d));
    d->plan->style = d->style->name;
    return CS_OK;
  }
  Score best      = {.total = -1e9};
  uint32_t n_tied = 0;
  CsRng rng       = cs_rng_at(d->plan->theme_seed, "style.tie", 0, 0);
  for (size_t i = 0; i < d->presets->n_styles; i++) {
    const CsStyle *style = &d->presets->styles[i];
    const Score score    = score_style(d, style);
    if (score.total < best.total - 1e-9)
      continue;
    n_tied = score.total > best.total + 1e-9 ? 1 : n_tied + 1;
    if (cs_rng_below(&rng, n_tied) != 0)
      continue;
    best     = score;
    d->style = style;
  }
  d->plan->style = d->style->name;
  return write_reason(d, &best);
}
