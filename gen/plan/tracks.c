#include "gen/base/mathx.h"
#include "gen/base/rng.h"
#include "gen/plan/planning.h"

#include <math.h>
#include <string.h>

/// A track on its way, and why it is there.
typedef struct Draft {
  CsTrack track;
  const CsInstrument *instrument;
  bool is_wanted; ///< The Brief named its instrument.
  bool is_nudged; ///< Its threshold was moved to make a change.
  int importance; ///< Lower ones fall first when there are too many.
} Draft;

typedef struct Band {
  CsDraft *d;
  Draft tracks[CS_MAX_TRACKS * 2];
  size_t n;
} Band;

/// Where a role sounds, before the instrument's own range narrows it
/// (RULEBOOK 5.1, register slots), and how it stands in the mix (8.4).
typedef struct RoleHabit {
  int range[2];
  double level_db;
  double enter;
  int importance;
  const char *pattern;
} RoleHabit;

static const RoleHabit habits[CS_N_ROLES] = {
    [CS_ROLE_PAD]        = {{43, 76}, -12.0, 0.0, 7, NULL},
    [CS_ROLE_CHORDS]     = {{45, 79}, -8.0, 0.0, 8, "A03"},
    [CS_ROLE_MOTION]     = {{48, 84}, -11.0, 0.4, 6, "A06"},
    [CS_ROLE_BASS]       = {{28, 52}, -7.0, 0.35, 8, "B02"},
    [CS_ROLE_DRUMS]      = {{0, 127}, -9.0, 0.45, 7, "D03"},
    [CS_ROLE_PERCUSSION] = {{0, 127}, -12.0, 0.5, 4, "D02"},
    [CS_ROLE_MELODY]     = {{57, 88}, -5.0, 0.4, 9, NULL},
    [CS_ROLE_COUNTER]    = {{52, 84}, -10.0, 0.6, 3, NULL},
    [CS_ROLE_COLOUR]     = {{67, 96}, -16.0, 0.55, 2, NULL},
    [CS_ROLE_EFFECTS]    = {{0, 127}, -12.0, 0.5, 1, NULL},
};

// ---- What may play ---------------------------------------------------------

static bool
is_voice(const CsInstrument *instrument)
{
  static const int programs[] = {52, 53, 54, 85, 91};
  if (instrument->bank == 128)
    return false;
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
    if (instrument->program == programs[i])
      return true;
  return false;
}

static bool
is_excluded(const CsDraft *d, const CsInstrument *instrument)
{
  for (size_t i = 0; i < d->brief->exclude.n; i++) {
    const char *name = d->brief->exclude.items[i];
    if (cs_instrument_is(instrument, name) ||
        (strcmp(name, "vocals") == 0 && is_voice(instrument)))
      return true;
  }
  return false;
}

/// "melody" and "bass" in the exclusions name roles as well as sounds.
static bool
is_role_excluded(const CsDraft *d, CsRole role)
{
  const CsStrings *out = &d->brief->exclude;
  if (cs_strings_have(out, cs_role_names[role]))
    return true;
  if (role == CS_ROLE_COUNTER)
    return cs_strings_have(out, "melody");
  if (role == CS_ROLE_DRUMS)
    return cs_strings_have(out, "percussion");
  return role == CS_ROLE_MOTION && cs_strings_have(out, "arpeggio");
}

static bool
is_role_wanted(const CsDraft *d, CsRole role)
{
  const CsStrings *wanted = &d->brief->instruments;
  if (cs_strings_have(wanted, cs_role_names[role]))
    return true;
  if (role == CS_ROLE_DRUMS)
    return cs_strings_have(wanted, "percussion") ||
           cs_strings_have(wanted, "drum machine");
  return role == CS_ROLE_PERCUSSION && cs_strings_have(wanted, "drums");
}

/// RULEBOOK 2.1: which roles a function has of itself.
static bool
function_has(CsFunction function, CsRole role)
{
  static const unsigned none[CS_N_FUNCTIONS] = {
      [CS_UNDERSCORE] = 1U << CS_ROLE_DRUMS | 1U << CS_ROLE_PERCUSSION |
                        1U << CS_ROLE_EFFECTS | 1U << CS_ROLE_COUNTER,
      [CS_BED]      = 1U << CS_ROLE_EFFECTS | 1U << CS_ROLE_COUNTER,
      [CS_STINGER]  = 0,
      [CS_THEMATIC] = 0,
      [CS_AMBIENT]  = 1U << CS_ROLE_DRUMS | 1U << CS_ROLE_PERCUSSION |
                     1U << CS_ROLE_MELODY | 1U << CS_ROLE_COUNTER |
                     1U << CS_ROLE_EFFECTS,
  };
  return !(none[function] >> role & 1U);
}

static bool
may_play(const CsDraft *d, CsRole role)
{
  if (is_role_excluded(d, role))
    return false;
  return function_has(d->plan->function, role) || is_role_wanted(d, role);
}

static bool
is_harmony(CsRole role)
{
  return role == CS_ROLE_PAD || role == CS_ROLE_CHORDS ||
         role == CS_ROLE_MOTION;
}

static bool
is_struck(CsRole role)
{
  return role == CS_ROLE_DRUMS || role == CS_ROLE_PERCUSSION ||
         role == CS_ROLE_EFFECTS;
}

// ---- One track -------------------------------------------------------------

/// The keys of a track: those of its role where the instrument sounds well.
static void
set_range(CsTrack *track, const CsInstrument *in, int octave)
{
  const RoleHabit *habit = &habits[track->role];
  track->range[0] = in->range[0], track->range[1] = in->range[1];
  if (is_struck(track->role) || in->bank == 128)
    return;
  const int low  = habit->range[0] + 12 * octave;
  const int high = habit->range[1] + 12 * octave;
  int from       = in->sweet[0] > low ? in->sweet[0] : low;
  int to         = in->sweet[1] < high ? in->sweet[1] : high;
  if (to - from < 14) // the role lies elsewhere: the sound decides
    from = in->sweet[0], to = in->sweet[1];
  if (to - from < 12)
    from = in->range[0], to = in->range[1];
  track->range[0] = from, track->range[1] = to;
}

/// Seeds depend on role and place in the style alone, so that leaving a track
/// out changes no other. Tunes hang on the theme seed.
static uint64_t
seed_of(const CsDraft *d, CsRole role, uint64_t index)
{
  const bool is_theme = role == CS_ROLE_MELODY;
  const uint64_t seed = is_theme ? d->plan->theme_seed : d->plan->seed;
  CsRng rng           = cs_rng_at(seed, "track", (uint64_t)role, index);
  return cs_seed_53(cs_rng_next(&rng));
}

static void
set_instrument(
    Draft *draft, const CsInstrument *in, double level_db, int octave)
{
  draft->instrument       = in;
  draft->track.instrument = in->name;
  draft->track.bank       = in->bank;
  draft->track.program    = in->program;
  draft->track.level_db = floor((level_db + in->trim_db) * 100.0 + 0.5) / 100.0;
  set_range(&draft->track, in, octave);
}

static Draft *
add_track(Band *band, CsRole role, const CsInstrument *in, uint64_t index)
{
  if (band->n >= sizeof band->tracks / sizeof *band->tracks)
    return NULL;
  Draft *draft       = &band->tracks[band->n++];
  *draft             = (Draft){.importance = habits[role].importance};
  draft->track.role  = role;
  draft->track.stem  = cs_stem_of_role(role);
  draft->track.enter = habits[role].enter;
  draft->track.leave = 1.01;
  draft->track.seed  = seed_of(band->d, role, index);
  set_instrument(draft, in, habits[role].level_db, 0);
  return draft;
}

static bool
is_used(const Band *band, const CsInstrument *in)
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

/// One of a style's choices: the first is twice as likely as the next; what is
/// ruled out or plays already stands back, as does a weak sound in front. Cues
/// of one theme share who tells it.
static const CsInstrument *
pick_instrument(const Band *band, const CsStyleTrack *st, uint64_t index)
{
  enum { MAX_CHOICES = 16 };
  const CsInstrument *choices[MAX_CHOICES];
  double weights[MAX_CHOICES];
  size_t n      = 0;
  double weight = 1.0;
  for (size_t i = 0; i < st->instruments.n && n < MAX_CHOICES; i++) {
    const CsInstrument *in =
        cs_find_instrument(band->d->presets, st->instruments.items[i]);
    if (in == NULL || is_excluded(band->d, in))
      continue;
    choices[n]   = in;
    weights[n++] = weight * (is_used(band, in) ? 0.01 : 1.0) *
                   (is_too_weak(in, st->role) ? 0.15 : 1.0);
    weight *= 0.5;
  }
  if (n == 0)
    return NULL;
  const uint64_t seed = st->role == CS_ROLE_MELODY ? band->d->plan->theme_seed
                                                   : band->d->plan->seed;
  CsRng rng = cs_rng_at(seed, "track.instrument", (uint64_t)st->role, index);
  return choices[cs_rng_weighted(&rng, weights, n)];
}

static void
add_style_track(Band *band, const CsStyleTrack *st, uint64_t index)
{
  if (!may_play(band->d, st->role))
    return;
  const CsInstrument *in = pick_instrument(band, st, index);
  if (in == NULL)
    return;
  Draft *draft = add_track(band, st->role, in, index);
  if (draft == NULL)
    return;
  draft->track.patterns = st->patterns;
  draft->track.enter    = st->enter;
  draft->track.leave    = st->leave;
  draft->track.pan      = st->pan;
  set_instrument(draft, in, st->level_db, st->octave);
}

static void
add_style_tracks(Band *band)
{
  uint64_t counts[CS_N_ROLES] = {0};
  const CsStyle *style        = band->d->style;
  for (size_t i = 0; i < style->n_tracks; i++)
    add_style_track(band, &style->tracks[i], counts[style->tracks[i].role]++);
}

// ---- Wanted instruments ----------------------------------------------------

/// How gladly the styles give that instrument each role.
static void
count_roles(
    const CsPresets *presets, const CsInstrument *in, double roles[CS_N_ROLES])
{
  memset(roles, 0, CS_N_ROLES * sizeof *roles);
  for (size_t s = 0; s < presets->n_styles; s++)
    for (size_t t = 0; t < presets->styles[s].n_tracks; t++) {
      const CsStyleTrack *st = &presets->styles[s].tracks[t];
      for (size_t i = 0; i < st->instruments.n; i++)
        if (cs_find_instrument(presets, st->instruments.items[i]) == in)
          roles[st->role] += 1.0 / (1.0 + (double)i);
    }
}

/// A role by what the sound is, for one that no style uses.
static CsRole
role_by_nature(const CsInstrument *in)
{
  if (in->drum_key >= 0)
    return CS_ROLE_PERCUSSION;
  if (in->bank == 128)
    return CS_ROLE_DRUMS;
  if (cs_instrument_is(in, "bass"))
    return CS_ROLE_BASS;
  if (cs_instrument_is(in, "percussion") || cs_instrument_is(in, "taiko"))
    return CS_ROLE_PERCUSSION;
  if (cs_instrument_is(in, "woodwinds") || cs_instrument_is(in, "brass"))
    return CS_ROLE_MELODY;
  if (cs_instrument_is(in, "bells"))
    return CS_ROLE_COLOUR;
  return in->sustain == CS_SUSTAIN_HELD ? CS_ROLE_PAD : CS_ROLE_CHORDS;
}

static CsRole
role_for(const CsDraft *d, const CsInstrument *in)
{
  double roles[CS_N_ROLES];
  count_roles(d->presets, in, roles);
  int best = -1;
  for (int r = 0; r < CS_N_ROLES; r++)
    if (roles[r] > 0.0 && may_play(d, (CsRole)r) &&
        (best < 0 || roles[r] > roles[best]))
      best = r;
  CsRole role = best >= 0 ? (CsRole)best : role_by_nature(in);
  // A melody that the function or the words rule out becomes a soft layer.
  if (!may_play(d, role) && !is_struck(role))
    role = in->sustain == CS_SUSTAIN_HELD ? CS_ROLE_PAD : CS_ROLE_COLOUR;
  return role;
}

/// A sound of that name: the name itself, else the best of the family.
static const CsInstrument *
find_wanted(const CsDraft *d, const char *name)
{
  const CsInstrument *best = cs_find_instrument(d->presets, name);
  if (best != NULL && !is_excluded(d, best))
    return best;
  best = NULL;
  for (size_t i = 0; i < d->presets->n_instruments; i++) {
    const CsInstrument *in = &d->presets->instruments[i];
    if (!cs_instrument_is(in, name) || is_excluded(d, in))
      continue;
    if (best == NULL || in->grade < best->grade)
      best = in;
  }
  return best;
}

static Draft *
find_playing(Band *band, const char *name)
{
  for (size_t i = 0; i < band->n; i++) {
    Draft *t = &band->tracks[i];
    if (cs_instrument_is(t->instrument, name) ||
        strcmp(cs_role_names[t->track.role], name) == 0)
      return t;
  }
  return NULL;
}

/// A track of the style that could play it among its choices.
static Draft *
give_to_choice(Band *band, const char *name)
{
  const CsStyle *style        = band->d->style;
  uint64_t counts[CS_N_ROLES] = {0};
  for (size_t s = 0; s < style->n_tracks; s++) {
    const CsStyleTrack *st = &style->tracks[s];
    const uint64_t index   = counts[st->role]++;
    for (size_t i = 0; i < st->instruments.n; i++) {
      const CsInstrument *in =
          cs_find_instrument(band->d->presets, st->instruments.items[i]);
      if (in == NULL || !cs_instrument_is(in, name) || is_excluded(band->d, in))
        continue;
      for (size_t t = 0; t < band->n; t++) {
        Draft *draft = &band->tracks[t];
        if (draft->is_wanted || draft->track.role != st->role ||
            draft->track.seed != seed_of(band->d, st->role, index))
          continue;
        set_instrument(draft, in, st->level_db, st->octave);
        return draft;
      }
    }
  }
  return NULL;
}

static CsStatus
one_pattern(Band *band, Draft *draft)
{
  const char *id = habits[draft->track.role].pattern;
  if (id == NULL || cs_find_pattern(band->d->presets, id) == NULL)
    return CS_OK;
  const char **items = CS_NEW_N(band->d->arena, const char *, 1);
  CS_TRY_NEW(items);
  items[0]              = id;
  draft->track.patterns = (CsStrings){items, 1};
  return CS_OK;
}

/// Put it in the place of a track of its role, or add one.
static CsStatus
give_role(Band *band, const CsInstrument *in, size_t nth, Draft **out)
{
  const CsRole role = role_for(band->d, in);
  *out              = NULL;
  if (is_role_excluded(band->d, role))
    return CS_OK;
  for (size_t i = 0; i < band->n && *out == NULL; i++) {
    Draft *t = &band->tracks[i];
    if (t->is_wanted || t->track.role != role)
      continue;
    const double level_db = t->track.level_db - t->instrument->trim_db;
    set_instrument(t, in, level_db, 0);
    *out = t;
  }
  if (*out != NULL)
    return CS_OK;
  *out = add_track(band, role, in, 100 + nth);
  return *out != NULL ? one_pattern(band, *out) : CS_OK;
}

static CsStatus
add_wanted(Band *band)
{
  const CsStrings *wanted = &band->d->brief->instruments;
  for (size_t i = 0; i < wanted->n; i++) {
    const char *name = wanted->items[i];
    Draft *draft     = find_playing(band, name);
    if (draft == NULL)
      draft = give_to_choice(band, name);
    if (draft == NULL) {
      const CsInstrument *in = find_wanted(band->d, name);
      if (in != NULL)
        CS_TRY(give_role(band, in, i, &draft));
    }
    if (draft == NULL) {
      CS_TRY(cs_plan_warn(band->d, "contradiction",
          "No sound for \"%s\" may play here; it was left out.", name));
      continue;
    }
    draft->is_wanted = true;
    draft->importance += 20;
  }
  return CS_OK;
}

// ---- Only these ------------------------------------------------------------

static void
remove_track(Band *band, size_t at)
{
  for (size_t i = at; i + 1 < band->n; i++)
    band->tracks[i] = band->tracks[i + 1];
  band->n--;
}

static bool
is_named(const CsDraft *d, const Draft *t)
{
  for (size_t i = 0; i < d->brief->instruments.n; i++)
    if (cs_instrument_is(t->instrument, d->brief->instruments.items[i]))
      return true;
  return false;
}

static bool
has_role(const Band *band, CsRole role)
{
  for (size_t i = 0; i < band->n; i++)
    if (band->tracks[i].track.role == role)
      return true;
  return false;
}

static bool
has_harmony(const Band *band)
{
  for (size_t i = 0; i < band->n; i++)
    if (is_harmony(band->tracks[i].track.role))
      return true;
  return false;
}

/// Who answers a tune plays it when nobody else does.
static void
turn_to_tune(Band *band)
{
  if (has_role(band, CS_ROLE_MELODY) || !may_play(band->d, CS_ROLE_MELODY))
    return;
  for (size_t i = 0; i < band->n; i++) {
    Draft *t = &band->tracks[i];
    if (t->track.role != CS_ROLE_COUNTER)
      continue;
    t->track.role = CS_ROLE_MELODY;
    t->track.seed = seed_of(band->d, CS_ROLE_MELODY, 0);
    set_instrument(t, t->instrument, habits[CS_ROLE_MELODY].level_db, 0);
    t->track.enter = habits[CS_ROLE_MELODY].enter;
    return;
  }
}

/// A solo instrument takes all the parts that it can play.
static CsStatus
fill_solo(Band *band)
{
  if (band->n == 0)
    return CS_OK;
  const CsInstrument *in = band->tracks[0].instrument;
  for (size_t i = 1; i < band->n && in->bank == 128; i++)
    in = band->tracks[i].instrument;
  if (in->bank == 128)
    return CS_OK; // drums alone
  turn_to_tune(band);
  static const CsRole roles[] = {CS_ROLE_CHORDS, CS_ROLE_MELODY, CS_ROLE_BASS};
  for (size_t k = 0; k < sizeof roles / sizeof *roles; k++) {
    const CsRole role = roles[k];
    if (has_role(band, role) || !may_play(band->d, role) ||
        (role == CS_ROLE_BASS && in->sweet[0] > 40) ||
        (role == CS_ROLE_CHORDS && has_harmony(band)))
      continue;
    Draft *draft = add_track(band, role, in, 200);
    if (draft == NULL)
      return CS_OK;
    draft->is_wanted = true;
    if (role != CS_ROLE_MELODY)
      draft->track.enter = 0.0;
    CS_TRY(one_pattern(band, draft));
  }
  return CS_OK;
}

static CsStatus
keep_only_wanted(Band *band)
{
  for (size_t i = band->n; i-- > 0;)
    if (!is_named(band->d, &band->tracks[i]) && !band->tracks[i].is_wanted)
      remove_track(band, i);
  return fill_solo(band);
}

// ---- Never without harmony, nor a theme without a tune ---------------------

static const CsInstrument *
find_substitute(const CsDraft *d, CsSustain sustain)
{
  const CsInstrument *best = NULL;
  for (size_t i = 0; i < d->presets->n_instruments; i++) {
    const CsInstrument *in = &d->presets->instruments[i];
    if (in->bank == 128 || in->drum_key >= 0 || is_excluded(d, in) ||
        is_voice(in) || in->sweet[1] - in->sweet[0] < 24 ||
        cs_instrument_is(in, "bass") || cs_instrument_is(in, "percussion"))
      continue;
    const int score = in->grade * 2 + (in->sustain != sustain);
    if (best == NULL || score < best->grade * 2 + (best->sustain != sustain))
      best = in;
  }
  return best;
}

static CsStatus
keep_harmony(Band *band)
{
  if (has_harmony(band) || (band->d->brief->only_instruments && band->n > 0))
    return CS_OK;
  const CsInstrument *in = find_substitute(band->d, CS_SUSTAIN_HELD);
  if (in == NULL)
    return band->n > 0 ? CS_OK
                       : cs_fail(band->d->arena, CS_ERR_REQUEST,
                             "every instrument is excluded; leave one to play");
  Draft *draft = add_track(band, CS_ROLE_PAD, in, 300);
  if (draft == NULL)
    return CS_OK;
  draft->track.enter = 0.0;
  return cs_plan_warn(band->d, "contradiction",
      "What was asked leaves no harmony in this style; %s was put in to carry "
      "it.",
      in->name);
}

static CsStatus
keep_tune(Band *band)
{
  const CsDraft *d = band->d;
  const bool needs_tune =
      d->plan->function == CS_THEMATIC || d->plan->function == CS_STINGER;
  if (!needs_tune || !may_play(d, CS_ROLE_MELODY) ||
      has_role(band, CS_ROLE_MELODY) || d->brief->only_instruments)
    return CS_OK;
  const CsInstrument *in = cs_find_instrument(d->presets, "piano");
  if (in == NULL || is_excluded(d, in))
    in = find_substitute(d, CS_SUSTAIN_DECAYS);
  if (in != NULL)
    (void)add_track(band, CS_ROLE_MELODY, in, 300);
  return CS_OK;
}

/// At most 16 tracks, the least needed go first.
static void
limit_tracks(Band *band)
{
  while (band->n > CS_MAX_TRACKS) {
    size_t least = 0;
    for (size_t i = 1; i < band->n; i++)
      if (band->tracks[i].importance <= band->tracks[least].importance)
        least = i;
    remove_track(band, least);
  }
}

// ---- When they play --------------------------------------------------------

static void
energy_bounds(const CsPlan *plan, double *low, double *high)
{
  *low = 1.0, *high = 0.0;
  for (size_t i = 0; i < plan->n_sections; i++)
    for (int k = 0; k < 2; k++) {
      *low  = fmin(*low, plan->sections[i].energy[k]);
      *high = fmax(*high, plan->sections[i].energy[k]);
    }
}

/// A gesture has no time for layers to come in.
static void
open_all(Band *band)
{
  for (size_t i = 0; i < band->n; i++) {
    band->tracks[i].track.enter = 0.0;
    band->tracks[i].track.leave = 1.01;
  }
}

/// Who belongs to the core: the bass, then who comes in first.
static double
core_rank(const CsTrack *track)
{
  return track->role == CS_ROLE_BASS ? -1.0 : track->enter;
}

static void
sort_by_rank(const Band *band, size_t order[])
{
  for (size_t i = 0; i < band->n; i++) {
    const double rank = core_rank(&band->tracks[i].track);
    size_t k          = i;
    for (; k > 0 && core_rank(&band->tracks[order[k - 1]].track) > rank; k--)
      order[k] = order[k - 1];
    order[k] = i;
  }
}

/// Eighths of a bar on which a pattern strikes when a bed plays it; a bed's
/// hands keep to eighths, and its kit to the first two levels.
static int
count_eighths(const CsPattern *pattern)
{
  enum { EIGHTHS = 8, BED_LEVEL = 2 };
  bool is_struck_at[EIGHTHS] = {false};
  int n                      = 0;
  for (size_t i = 0; i < pattern->n_strokes; i++)
    is_struck_at[pattern->strokes[i].step / 2 % EIGHTHS] = true;
  for (size_t i = 0; i < pattern->n_lines; i++)
    for (int s = 0; s < pattern->n_steps; s++)
      if (pattern->lines[i].from_energy <= BED_LEVEL &&
          pattern->lines[i].velocities[s] > 0)
        is_struck_at[s / 2 % EIGHTHS] = true;
  for (int s = 0; s < EIGHTHS; s++)
    n += is_struck_at[s];
  return n;
}

/// How busy a layer is in a bed, by the middle one of its patterns.
static int
busyness_of(const CsPresets *presets, const CsTrack *t)
{
  const CsPattern *pattern = NULL;
  if (t->patterns.n > 0 && t->role <= CS_ROLE_PERCUSSION)
    pattern = cs_find_pattern(presets, t->patterns.items[t->patterns.n / 2]);
  return pattern != NULL && pattern->scatter_per_s <= 0.0
             ? count_eighths(pattern)
             : 0;
}

/// A bed is as busy at first as it is later: its busiest layer belongs to the
/// core (RULEBOOK T42).
static void
keep_pulse(Band *band)
{
  Draft *busiest = NULL;
  int most       = 0;
  for (size_t i = 0; i < band->n; i++) {
    CsTrack *t    = &band->tracks[i].track;
    const int n   = busyness_of(band->d->presets, t);
    const bool is = n > most || (n == most && busiest != NULL &&
                                    t->enter < busiest->track.enter);
    if (!is)
      continue;
    most    = n;
    busiest = &band->tracks[i];
  }
  if (busiest != NULL)
    busiest->track.enter = 0.0;
}

/// Where the energy hardly moves, thresholds are spread over the little that it
/// does, in their own order: the core always plays, the rest comes and goes.
static void
spread_thresholds(Band *band, double low, double high)
{
  size_t order[CS_MAX_TRACKS * 2];
  sort_by_rank(band, order);
  const size_t n_core = band->n < 4 ? (band->n + 1) / 2 : (band->n + 3) / 3;
  for (size_t k = 0; k < band->n; k++) {
    CsTrack *t = &band->tracks[order[k]].track;
    t->leave   = 1.01;
    t->enter   = 0.0;
    if (k >= n_core)
      t->enter = cs_lerp(low, high,
          ((double)(k - n_core) + 1.0) / ((double)(band->n - n_core) + 1.0));
  }
}

/// Denser: layers come in sooner. What was wanted is heard for most of the cue.
static void
shift_thresholds(Band *band, double low, double high)
{
  const double shift = -0.2 * band->d->plan->density;
  for (size_t i = 0; i < band->n; i++) {
    Draft *t = &band->tracks[i];
    if (t->track.enter > 0.0)
      t->track.enter = fmax(0.0, t->track.enter + shift);
    if (t->is_wanted) {
      t->track.enter = fmin(t->track.enter, cs_lerp(low, high, 0.35));
      t->track.leave = 1.01;
    }
    t->track.enter = floor(t->track.enter * 1000.0 + 0.5) / 1000.0;
  }
}

static bool
bar_has_harmony(const CsPlan *plan, const CsTimeline *t, int bar)
{
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (is_harmony(plan->tracks[i].role) &&
        cs_track_plays(t, &plan->tracks[i], bar))
      return true;
  return false;
}

/// Wherever no harmony would sound, its most faithful track stays in.
static void
keep_harmony_sounding(CsPlan *plan, const CsTimeline *t)
{
  CsTrack *best = NULL;
  for (size_t i = 0; i < plan->n_tracks; i++) {
    CsTrack *track = &plan->tracks[i];
    if (is_harmony(track->role) && track->n_spans == 0 &&
        (best == NULL || track->enter < best->enter))
      best = track;
  }
  for (int bar = 0; best != NULL && bar < plan->n_bars; bar++)
    if (!bar_has_harmony(plan, t, bar)) {
      best->enter = 0.0;
      best->leave = 1.01;
      return;
    }
}

// ---- Asked entries and exits -----------------------------------------------

static bool
is_target(const CsPresets *presets, const CsTrack *track, const char *target)
{
  const CsInstrument *in = cs_find_instrument(presets, track->instrument);
  return strcmp(cs_role_names[track->role], target) == 0 ||
         (in != NULL && cs_instrument_is(in, target));
}

static CsStatus
add_span(CsArena *arena, CsTrack *track, double from, double to)
{
  if (from >= to)
    return CS_OK;
  CsSpan *spans = CS_NEW_N(arena, CsSpan, track->n_spans + 1);
  CS_TRY_NEW(spans);
  for (size_t i = 0; i < track->n_spans; i++)
    spans[i] = track->spans[i];
  spans[track->n_spans++] = (CsSpan){from, to};
  track->spans            = spans;
  return CS_OK;
}

/// The bar line nearest a moment and before the end, in seconds.
static double
bar_line_near(const CsPlan *plan, const CsTimeline *t, double seconds)
{
  const int bar     = cs_bar_of_tick(t, cs_tick_of_seconds(t, seconds));
  const double from = cs_seconds_of_tick(t, (double)cs_bar_tick(t, bar));
  const double to   = cs_seconds_of_tick(t, (double)cs_bar_tick(t, bar + 1));
  if (seconds <= plan->lead_in_s)
    return 0.0;
  return seconds - from <= to - seconds || to >= plan->duration_s ? from : to;
}

/// What entries and exits of one target say, in order, as spans of playing.
static CsStatus
span_track(const CsDraft *d, CsTrack *track)
{
  double from = -1.0;
  bool first = true, is_in = true;
  for (size_t i = 0; i < d->brief->n_arc; i++) {
    const CsArcEvent *e = &d->brief->arc[i];
    if ((e->kind != CS_ARC_ENTER && e->kind != CS_ARC_EXIT) ||
        e->target == NULL || !e->has_start ||
        !is_target(d->presets, track, e->target))
      continue;
    const double at   = bar_line_near(d->plan, d->time, e->start_s);
    const bool enters = e->kind == CS_ARC_ENTER;
    if (first && !enters)
      from = 0.0;
    if (enters && (first || !is_in))
      from = at;
    if (!enters && (first || is_in))
      CS_TRY(add_span(d->arena, track, from, at));
    is_in = enters;
    first = false;
  }
  if (!first && is_in)
    CS_TRY(add_span(d->arena, track, from, d->plan->duration_s));
  return CS_OK;
}

// ---- Something changes every eight bars ------------------------------------

static bool
same_layers(const CsPlan *plan, const CsTimeline *t, int bar)
{
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (cs_track_plays(t, &plan->tracks[i], bar) !=
        cs_track_plays(t, &plan->tracks[i], bar - 1))
      return false;
  return true;
}

/// The last section border inside the first stretch after `from` in which the
/// same layers play for more than 8 bars; -1 when there is none.
static int
find_dull_border(const CsPlan *plan, const CsTimeline *t, int from)
{
  int start = from;
  for (int bar = from + 1; bar + 1 < plan->n_bars; bar++) {
    if (!same_layers(plan, t, bar))
      start = bar;
    if (bar - start < 8)
      continue;
    for (int b = bar; b > start; b--)
      if (cs_section_of_bar(t, b)->first_bar == b)
        return b;
    start = bar;
  }
  return -1;
}

/// Give the optional layer that comes nearest a threshold between the energies
/// on both sides of a border.
static bool
nudge_at(Band *band, const CsTimeline *t, int bar)
{
  CsPlan *plan        = band->d->plan;
  const double before = cs_energy_at_bar(t, bar - 0.5);
  const double after  = cs_energy_at_bar(t, bar + 2.0);
  const double middle = 0.5 * (before + after);
  size_t best         = plan->n_tracks;
  for (size_t i = 0; i < plan->n_tracks && fabs(after - before) > 0.02; i++) {
    const CsTrack *track = &plan->tracks[i];
    const Draft *draft   = &band->tracks[i];
    const bool optional =
        track->role == CS_ROLE_MOTION || track->role == CS_ROLE_PERCUSSION ||
        track->role == CS_ROLE_COUNTER || track->role == CS_ROLE_COLOUR;
    if (!optional || draft->is_wanted || draft->is_nudged || track->n_spans > 0)
      continue;
    if (best == plan->n_tracks ||
        fabs(track->enter - middle) < fabs(plan->tracks[best].enter - middle))
      best = i;
  }
  if (best == plan->n_tracks)
    return false;
  plan->tracks[best].enter     = floor(middle * 1000.0 + 0.5) / 1000.0;
  band->tracks[best].is_nudged = true;
  return true;
}

static CsStatus
keep_changing(Band *band)
{
  enum { MOST_NUDGES = 8 };
  CsPlan *plan = band->d->plan;
  for (int k = 0; k < MOST_NUDGES; k++) {
    CsTimeline *t = NULL;
    CS_TRY(cs_stagger_layers(band->d->arena, plan, &t));
    int bar = find_dull_border(plan, t, 0);
    while (bar >= 0 && !nudge_at(band, t, bar))
      bar = find_dull_border(plan, t, bar);
    if (bar < 0)
      return CS_OK;
  }
  return CS_OK;
}

// ---- The whole -------------------------------------------------------------

static bool
never_plays(const CsPlan *plan, const CsTimeline *t, const CsTrack *track)
{
  // Effects mark moments, and a kit strikes hits, wherever they play.
  if (track->role == CS_ROLE_EFFECTS ||
      (track->role == CS_ROLE_DRUMS && plan->n_hits > 0))
    return false;
  for (int bar = 0; bar < plan->n_bars; bar++)
    if (cs_track_plays(t, track, bar))
      return false;
  return true;
}

/// A layer whose energy the cue never reaches is not announced either, unless
/// it was asked for.
static void
drop_idle(const Band *band, const CsTimeline *t)
{
  CsPlan *plan                = band->d->plan;
  bool is_idle[CS_MAX_TRACKS] = {false};
  size_t n                    = 0;
  for (size_t i = 0; i < plan->n_tracks; i++)
    is_idle[i] =
        !band->tracks[i].is_wanted && never_plays(plan, t, &plan->tracks[i]);
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (!is_idle[i])
      plan->tracks[n++] = plan->tracks[i];
  plan->n_tracks = n;
}

static CsStatus
keep_tracks(Band *band)
{
  CsPlan *plan = band->d->plan;
  plan->tracks = CS_NEW_N(band->d->arena, CsTrack, band->n);
  CS_TRY_NEW(plan->tracks);
  for (size_t i = 0; i < band->n; i++) {
    plan->tracks[plan->n_tracks++] = band->tracks[i].track;
    CS_TRY(span_track(band->d, &plan->tracks[i]));
  }
  if (plan->duration_s >= 4.0 && plan->function != CS_STINGER)
    CS_TRY(keep_changing(band));
  CsTimeline *t = NULL;
  CS_TRY(cs_stagger_layers(band->d->arena, plan, &t));
  keep_harmony_sounding(plan, t);
  CS_TRY(cs_stagger_layers(band->d->arena, plan, &t));
  drop_idle(band, t);
  return cs_stagger_layers(band->d->arena, plan, &t);
}

/// Functions whose energy is even of itself: a style's thresholds, made for the
/// course of a tune, would leave nothing to come in when they build.
static bool
is_even(CsFunction function)
{
  return function == CS_BED || function == CS_UNDERSCORE ||
         function == CS_AMBIENT;
}

static void
set_thresholds(Band *band)
{
  const CsPlan *plan = band->d->plan;
  double low = 0.0, high = 1.0;
  energy_bounds(plan, &low, &high);
  if (plan->duration_s < 4.0 || plan->function == CS_STINGER)
    open_all(band);
  else if (high - low < 0.35 || is_even(plan->function))
    spread_thresholds(band, low, high);
  if (plan->function == CS_BED)
    keep_pulse(band);
  shift_thresholds(band, low, high);
}

CsStatus
cs_choose_tracks(CsDraft *d)
{
  Band *band = CS_NEW(d->arena, Band);
  CS_TRY_NEW(band);
  band->d = d;
  add_style_tracks(band);
  CS_TRY(add_wanted(band));
  if (d->brief->only_instruments && d->brief->instruments.n > 0)
    CS_TRY(keep_only_wanted(band));
  CS_TRY(keep_harmony(band));
  CS_TRY(keep_tune(band));
  limit_tracks(band);
  set_thresholds(band);
  return keep_tracks(band);
}
