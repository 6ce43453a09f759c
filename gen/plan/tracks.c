// Who plays: the style's tracks, what was asked, and what must not lack.

#include "gen/base/mathx.h"
#include "gen/base/rng.h"
#include "gen/plan/band.h"

#include <string.h>

// ---- The style's tracks ----------------------------------------------------

static bool
is_used(const CsBand *band, const CsInstrument *in)
{
  for (size_t i = 0; i < band->n; i++)
    if (band->tracks[i].instrument == in)
      return true;
  return false;
}

/// Does a sound that does not hold up alone carry this role alone?
static bool
is_too_weak(const CsInstrument *in, CsRole role)
{
  enum { GRADE_AVOID = 2 };
  return in->grade == GRADE_AVOID &&
         (role == CS_ROLE_MELODY || role == CS_ROLE_PAD);
}

enum { MAX_CHOICES = 16 };

/// Who could play a track, and how likely.
typedef struct Choices {
  const CsInstrument *items[MAX_CHOICES];
  double weights[MAX_CHOICES];
  size_t n;
} Choices;

/// How gladly a theme is given to an instrument: less the further it lies from
/// where the mood wants the tune (RULEBOOK 1.3).
static double
reach_of(const CsDraft *d, const CsInstrument *in, CsRole role)
{
  enum { BELOW = 9, ABOVE = 10, FAR = 8 }; // a tune reaches so far
  const double centre = 69.0 + 5.0 * d->plan->valence + 4.0 * d->plan->arousal;
  if (role != CS_ROLE_MELODY || d->plan->function != CS_THEMATIC ||
      in->sweet[1] - in->sweet[0] < BELOW + ABOVE)
    return 1.0;
  const double nearest =
      cs_clamp(centre, in->sweet[0] + BELOW, in->sweet[1] - ABOVE);
  const double off = (nearest - centre) / FAR;
  return 1.0 / (1.0 + off * off);
}

/// A style's choices: the first is twice as likely as the next; what plays
/// already stands back, as does a weak sound in front.
static Choices
choices_of(const CsBand *band, const CsStyleTrack *st)
{
  Choices c     = {.n = 0};
  double weight = 1.0;
  for (size_t i = 0; i < st->instruments.n && c.n < MAX_CHOICES; i++) {
    const CsInstrument *in =
        cs_find_instrument(band->d->presets, st->instruments.items[i]);
    if (in == NULL)
      continue;
    c.items[c.n]     = in;
    c.weights[c.n++] = weight * (is_used(band, in) ? 0.01 : 1.0) *
                       (is_too_weak(in, st->role) ? 0.15 : 1.0) *
                       reach_of(band->d, in, st->role);
    weight *= 0.5;
  }
  return c;
}

static void
rule_out(const CsDraft *d, Choices *choices)
{
  size_t n = 0;
  for (size_t i = 0; i < choices->n; i++) {
    if (cs_is_instrument_excluded(d, choices->items[i]))
      continue;
    choices->items[n]     = choices->items[i];
    choices->weights[n++] = choices->weights[i];
  }
  choices->n = n;
}

/// Who plays a track of the style; where that one is excluded, another one, or
/// its ghost. Cues of one theme share who tells it.
static const CsInstrument *
pick_instrument(const CsBand *band, const CsStyleTrack *st, uint64_t index)
{
  const CsDraft *d    = band->d;
  Choices choices     = choices_of(band, st);
  const bool is_theme = st->role == CS_ROLE_MELODY;
  const uint64_t palette =
      d->wish->has_palette_seed ? d->wish->palette_seed : d->plan->seed;
  const uint64_t seed = is_theme ? d->plan->theme_seed : palette;
  CsRng rng = cs_rng_at(seed, "track.instrument", (uint64_t)st->role, index);
  if (choices.n == 0)
    return NULL;
  const CsInstrument *in =
      choices.items[cs_rng_weighted(&rng, choices.weights, choices.n)];
  if (!cs_is_instrument_excluded(d, in))
    return in;
  rule_out(d, &choices);
  return choices.n == 0
             ? in
             : choices.items[cs_rng_weighted(&rng, choices.weights, choices.n)];
}

static void
add_style_track(CsBand *band, const CsStyleTrack *st, uint64_t index)
{
  if (!cs_is_role_usual(band->d, st->role))
    return;
  const CsInstrument *in = pick_instrument(band, st, index);
  if (in == NULL)
    return;
  CsTrackDraft *draft = cs_add_track(band, st->role, in, index);
  if (draft == NULL)
    return;
  draft->is_ghost = cs_is_role_excluded(band->d, st->role) ||
                    cs_is_instrument_excluded(band->d, in);
  draft->track.patterns = st->patterns;
  draft->track.enter    = st->enter;
  draft->track.leave    = st->leave;
  draft->track.pan      = st->pan;
  cs_set_instrument(draft, in, st->level_db, st->octave);
}

static void
add_style_tracks(CsBand *band)
{
  uint64_t counts[CS_N_ROLES] = {0};
  const CsStyle *style        = band->d->style;
  for (size_t i = 0; i < style->n_tracks; i++)
    add_style_track(band, &style->tracks[i], counts[style->tracks[i].role]++);
}

// ---- Never without harmony, nor a theme without a tune ---------------------

static const CsInstrument *
find_substitute(const CsDraft *d, CsSustain sustain)
{
  const CsInstrument *best = NULL;
  for (size_t i = 0; i < d->presets->n_instruments; i++) {
    const CsInstrument *in = &d->presets->instruments[i];
    if (in->bank == 128 || in->drum_key >= 0 ||
        cs_is_instrument_excluded(d, in) || cs_is_voice(in) ||
        in->sweet[1] - in->sweet[0] < 24 || cs_instrument_is(in, "bass") ||
        cs_instrument_is(in, "percussion"))
      continue;
    const int score = in->grade * 2 + (in->sustain != sustain);
    if (best == NULL || score < best->grade * 2 + (best->sustain != sustain))
      best = in;
  }
  return best;
}

static CsStatus
keep_harmony(CsBand *band)
{
  if (cs_has_harmony(band) ||
      (band->d->brief->only_instruments && cs_has_any(band)))
    return CS_OK;
  const CsInstrument *in = find_substitute(band->d, CS_SUSTAIN_HELD);
  if (in == NULL)
    return cs_has_any(band)
               ? CS_OK
               : cs_fail(band->d->arena, CS_ERR_REQUEST,
                     "every instrument is excluded; leave one to play");
  CsTrackDraft *draft = cs_stand_in(band, CS_ROLE_PAD, in);
  if (draft == NULL)
    draft = cs_add_track(band, CS_ROLE_PAD, in, 300);
  if (draft == NULL)
    return CS_OK;
  draft->track.enter = 0.0;
  return cs_plan_warn(band->d, "fallback",
      "What was asked leaves no harmony in this style; %s was put in to carry "
      "it.",
      in->name);
}

/// The best of the basses that may be heard, or NULL.
static const CsInstrument *
find_bass(const CsDraft *d)
{
  const CsInstrument *best = NULL;
  for (size_t i = 0; i < d->presets->n_instruments; i++) {
    const CsInstrument *in = &d->presets->instruments[i];
    if (cs_instrument_is(in, "bass") && !cs_is_instrument_excluded(d, in) &&
        (best == NULL || in->grade < best->grade))
      best = in;
  }
  return best;
}

/// Whoever rules one bass out does not rule out all.
static CsStatus
keep_bass(CsBand *band)
{
  const CsDraft *d = band->d;
  if (!cs_may_play(d, CS_ROLE_BASS) || cs_has_role(band, CS_ROLE_BASS) ||
      d->brief->only_instruments)
    return CS_OK;
  const CsInstrument *in = find_bass(d);
  if (in == NULL || cs_stand_in(band, CS_ROLE_BASS, in) == NULL)
    return CS_OK;
  return cs_plan_warn(band->d, "fallback",
      "What was excluded leaves no bass in this style; the %s plays it.",
      in->name);
}

static CsStatus
keep_tune(CsBand *band)
{
  const CsDraft *d = band->d;
  const bool needs_tune =
      d->plan->function == CS_THEMATIC || d->plan->function == CS_STINGER;
  if (!needs_tune || !cs_may_play(d, CS_ROLE_MELODY) ||
      cs_has_role(band, CS_ROLE_MELODY) || d->brief->only_instruments)
    return CS_OK;
  const CsInstrument *in = cs_find_instrument(d->presets, "piano");
  if (in == NULL || cs_is_instrument_excluded(d, in))
    in = find_substitute(d, CS_SUSTAIN_DECAYS);
  if (in != NULL && cs_stand_in(band, CS_ROLE_MELODY, in) == NULL)
    (void)cs_add_track(band, CS_ROLE_MELODY, in, 300);
  return CS_OK;
}

/// At most 16 tracks, the least needed go first.
static void
limit_tracks(CsBand *band)
{
  while (band->n > CS_MAX_TRACKS) {
    size_t least = 0;
    for (size_t i = 1; i < band->n; i++)
      if (band->tracks[i].importance <= band->tracks[least].importance)
        least = i;
    cs_remove_track(band, least);
  }
}

// ---- What the style cannot --------------------------------------------------

/// Roles whose patterns have no bar of the meter, by what happens to them.
typedef struct MeterGaps {
  unsigned replaced, cut; ///< Bits over CsRole.
} MeterGaps;

static void
add_gap(const CsDraft *d, CsRole role, const CsPattern *own, MeterGaps *gaps)
{
  const CsPattern *played =
      cs_pattern_for_meter(d->presets, own, d->plan->meter);
  if (!cs_pattern_has_bar(played, d->plan->meter))
    gaps->cut |= 1U << role;
  else if (strcmp(played->family, own->family) != 0)
    gaps->replaced |= 1U << role;
}

static MeterGaps
find_meter_gaps(const CsDraft *d)
{
  MeterGaps gaps       = {0, 0};
  const CsPattern *own = NULL;
  for (size_t i = 0; i < d->plan->n_tracks; i++) {
    const CsTrack *t = &d->plan->tracks[i];
    for (size_t k = 0; k < t->patterns.n; k++)
      for (size_t n = 0; (own = cs_find_alternative(
                              d->presets, t->patterns.items[k], n)) != NULL;
           n++)
        add_gap(d, t->role, own, &gaps);
  }
  return gaps;
}

static CsStatus
warn_of_roles(CsDraft *d, unsigned roles, const char *what)
{
  const char *list = NULL;
  const CsMeter m  = d->plan->meter;
  CsText text      = cs_text_new(d->arena);
  for (int r = 0; r < CS_N_ROLES; r++)
    if (roles >> r & 1U)
      cs_text_addf(&text, "%s%s", text.n > 0 ? ", " : "", cs_role_names[r]);
  CS_TRY(cs_text_take(&text, &list));
  return cs_plan_warn(d, "fallback",
      "The style \"%s\" has no bar of %d/%d for %s; %s.", d->style->name,
      m.numerator, m.denominator, list, what);
}

static CsStatus
warn_of_meter(CsDraft *d)
{
  const MeterGaps gaps = find_meter_gaps(d);
  if (gaps.replaced != 0)
    CS_TRY(warn_of_roles(d, gaps.replaced,
        "the nearest patterns that are written in it stand in"));
  if (gaps.cut != 0)
    CS_TRY(warn_of_roles(
        d, gaps.cut, "what it has is cut at the bar line or goes round again"));
  return CS_OK;
}

static CsStatus
warn_of_function(CsDraft *d)
{
  static const double hardly = 0.1;
  const CsFunction f         = d->plan->function;
  if (d->style->fit[f] > hardly)
    return CS_OK;
  return cs_plan_warn(d, "fallback",
      "The style \"%s\" is hardly made for the function \"%s\"; its sounds and "
      "chords play with the roles and at the pace of that.",
      d->style->name, cs_function_names[f]);
}

// ---- The whole -------------------------------------------------------------

static CsStatus
keep_tracks(CsBand *band)
{
  CsPlan *plan = band->d->plan;
  plan->tracks = CS_NEW_N(band->d->arena, CsTrack, band->n);
  CS_TRY_NEW(plan->tracks);
  for (size_t i = 0; i < band->n; i++) {
    plan->tracks[plan->n_tracks++] = band->tracks[i].track;
    CS_TRY(cs_span_track(band->d, &plan->tracks[i]));
  }
  if (plan->duration_s >= 4.0 && plan->function != CS_STINGER)
    CS_TRY(cs_keep_changing(band));
  CsTimeline *t = NULL;
  CS_TRY(cs_stagger_layers(band->d->arena, plan, &t));
  cs_keep_harmony_sounding(band, t);
  CS_TRY(cs_stagger_layers(band->d->arena, plan, &t));
  cs_drop_unheard(band, t);
  return cs_leave_alone(band->d);
}

/// A role that nobody plays cannot be drawn anew.
static CsStatus
reroll(CsDraft *d)
{
  const unsigned missing = cs_plan_reroll(d->plan, &d->wish->rerolls);
  for (int r = 0; r < CS_N_ROLES; r++)
    if (missing >> r & 1U)
      CS_TRY(cs_plan_warn(d, "contradiction",
          "Nothing plays %s in this cue; --reroll %s changes nothing.",
          cs_role_names[r], cs_role_names[r]));
  return CS_OK;
}

CsStatus
cs_choose_tracks(CsDraft *d)
{
  CsBand *band = CS_NEW(d->arena, CsBand);
  CS_TRY_NEW(band);
  band->d = d;
  add_style_tracks(band);
  CS_TRY(cs_add_wanted(band));
  if (d->brief->only_instruments && d->brief->instruments.n > 0)
    CS_TRY(cs_keep_only_wanted(band));
  CS_TRY(keep_harmony(band));
  CS_TRY(keep_bass(band));
  CS_TRY(keep_tune(band));
  cs_put_named_in_front(band);
  CS_TRY(cs_add_left(band));
  limit_tracks(band);
  cs_set_thresholds(band);
  CS_TRY(keep_tracks(band));
  CS_TRY(warn_of_meter(d));
  CS_TRY(warn_of_function(d));
  return reroll(d);
}
