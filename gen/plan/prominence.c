// Who was asked for by name stands in front: tells the tune where it can, and
// is not drowned by what the style brings along.

#include "gen/plan/band.h"

#include "gen/base/mathx.h"

#include <math.h>

enum { TUNE_SPAN = 14, GRADE_AVOID = 2 };

/// A named layer that accompanies is raised by this much at most; one that was
/// asked to stay back keeps so far under the loudest of the others.
static const double most_lift_db = 6.0, behind_db = -5.0;

/// What was asked to stand in front is raised by this, and what was asked to
/// stay back lies so much further down: where few notes are played, one that
/// dies away stands in front of what is held only if it is louder. Measured on
/// 25 prompts (R24, R25).
static const double front_db[CS_N_FUNCTIONS] = {
    [CS_UNDERSCORE] = 4.5,
    [CS_BED]        = 2.0,
    [CS_STINGER]    = 2.0,
    [CS_THEMATIC]   = 2.0,
    [CS_AMBIENT]    = 7.0,
};
static const double further_db[CS_N_FUNCTIONS] = {
    [CS_UNDERSCORE] = 4.5,
    [CS_AMBIENT]    = 10.0,
};

/// How a list names an instrument: 2 by its own name, 1 by a family's, 0 not.
static int
naming(const CsPresets *presets, const CsStrings *names, const CsTrackDraft *t)
{
  int best = 0;
  for (size_t i = 0; i < names->n; i++)
    if (cs_instrument_is(t->instrument, names->items[i]))
      best = cs_find_instrument(presets, names->items[i]) == t->instrument ? 2
             : best > 1 ? best
                        : 1;
  return best;
}

/// "Solo cello, strings underneath": the nearer name decides.
static bool
is_in_front(const CsBand *band, const CsTrackDraft *t)
{
  const CsBrief *brief     = band->d->brief;
  const CsPresets *presets = band->d->presets;
  const int front          = naming(presets, &brief->in_front, t);
  return front > 0 && front >= naming(presets, &brief->behind, t);
}

static bool
is_behind(const CsBand *band, const CsTrackDraft *t)
{
  return naming(band->d->presets, &band->d->brief->behind, t) > 0 &&
         !is_in_front(band, t);
}

static bool
is_pitched(const CsTrackDraft *t)
{
  return !t->is_ghost && !cs_is_struck(t->track.role) &&
         t->instrument->bank != 128 && t->instrument->drum_key < 0;
}

// ---- The tune ---------------------------------------------------------------

/// How well an instrument tells a tune: by how often styles let it, and a
/// little for any that has the range, less where its sound does not hold up; 0
/// where it cannot.
static double
tune_fitness(const CsPresets *presets, const CsInstrument *in)
{
  double n = 0.5;
  if (in->sweet[1] - in->sweet[0] < TUNE_SPAN || cs_instrument_is(in, "bass") ||
      cs_instrument_is(in, "pad"))
    return 0.0;
  for (size_t s = 0; s < presets->n_styles; s++)
    for (size_t t = 0; t < presets->styles[s].n_tracks; t++) {
      const CsStyleTrack *st = &presets->styles[s].tracks[t];
      n += st->role == CS_ROLE_MELODY &&
           cs_strings_have(&st->instruments, in->name);
    }
  return in->grade == GRADE_AVOID ? 0.1 * n : n;
}

static CsTrackDraft *
find_tune(CsBand *band)
{
  for (size_t i = 0; i < band->n; i++)
    if (band->tracks[i].track.role == CS_ROLE_MELODY &&
        !band->tracks[i].is_ghost)
      return &band->tracks[i];
  return NULL;
}

/// Is it asked to come or go on the way? Then the tune would, too.
static bool
comes_or_goes(const CsBand *band, const CsTrackDraft *t)
{
  const CsBrief *brief = band->d->brief;
  for (size_t i = 0; i < brief->n_arc; i++)
    if (brief->arc[i].target != NULL &&
        cs_instrument_is(t->instrument, brief->arc[i].target))
      return true;
  return false;
}

/// The named instrument that tells a tune best, or NULL: one that was asked to,
/// if there is one, and none that was asked to stay back or away for a while.
static CsTrackDraft *
find_teller(CsBand *band)
{
  CsTrackDraft *best = NULL;
  double fitness     = 0.0;
  for (size_t i = 0; i < band->n; i++) {
    CsTrackDraft *t = &band->tracks[i];
    if (!t->is_wanted || !is_pitched(t) || is_behind(band, t) ||
        (comes_or_goes(band, t) && !is_in_front(band, t)))
      continue;
    // Who would only answer the tune has no other part to play.
    const double asked = is_in_front(band, t)               ? 1e3
                         : t->track.role == CS_ROLE_COUNTER ? 30.0
                                                            : 1.0;
    const double fit   = asked * tune_fitness(band->d->presets, t->instrument);
    if (fit > fitness)
      best = t, fitness = fit;
  }
  return best;
}

static double
nominal_db(const CsTrackDraft *t)
{
  return t->track.level_db - t->instrument->trim_db;
}

/// Who was named and gives the tune away answers it, or plays a layer below.
static void
find_room(CsBand *band, const CsInstrument *in)
{
  for (size_t i = 0; i < band->n; i++)
    if (band->tracks[i].is_wanted && band->tracks[i].instrument == in)
      return; // it plays on elsewhere
  CsTrackDraft *room = NULL;
  for (size_t i = 0; i < band->n && room == NULL; i++)
    if (band->tracks[i].track.role == CS_ROLE_COUNTER &&
        is_pitched(&band->tracks[i]) && !band->tracks[i].is_wanted)
      room = &band->tracks[i];
  if (room != NULL)
    cs_set_instrument(room, in, nominal_db(room), 0);
  else
    room = cs_add_track(band,
        cs_may_play(band->d, CS_ROLE_COUNTER) ? CS_ROLE_COUNTER : CS_ROLE_PAD,
        in, 400);
  if (room != NULL)
    room->is_wanted = true;
}

/// The tune goes to the named instrument. One that plays chords goes on playing
/// them; one that answered or coloured changes places with the teller.
static void
give_tune(CsBand *band)
{
  CsTrackDraft *tune   = find_tune(band);
  CsTrackDraft *teller = find_teller(band);
  if (tune == NULL || teller == NULL || tune == teller ||
      (tune->is_wanted && !is_in_front(band, teller) && !is_behind(band, tune)))
    return;
  const CsInstrument *former = tune->instrument;
  const CsInstrument *named  = teller->instrument;
  const bool was_wanted      = tune->is_wanted;
  const bool changes_places  = !cs_is_harmony(teller->track.role);
  if (changes_places) {
    cs_set_instrument(teller, former, nominal_db(teller), 0);
    teller->is_wanted    = was_wanted;
    const int importance = teller->importance;
    teller->importance   = tune->importance;
    tune->importance     = importance;
  }
  cs_set_instrument(tune, named, nominal_db(tune), 0);
  tune->is_wanted = true;
  if (was_wanted && !changes_places)
    find_room(band, former);
}

// ---- Levels -----------------------------------------------------------------

/// Of the layers beside tune and bass, named or not; -infinity where there is
/// none.
static double
loudest_db(const CsBand *band, bool is_wanted)
{
  double loudest = -(double)INFINITY;
  for (size_t i = 0; i < band->n; i++) {
    const CsTrackDraft *t = &band->tracks[i];
    if (is_pitched(t) && t->is_wanted == is_wanted &&
        t->track.role != CS_ROLE_MELODY && t->track.role != CS_ROLE_BASS &&
        !is_behind(band, t))
      loudest = fmax(loudest, nominal_db(t));
  }
  return loudest;
}

/// No layer that was not named is louder than one that was.
static void
lift_named(CsBand *band)
{
  const double other_db = loudest_db(band, false);
  for (size_t i = 0; i < band->n; i++) {
    CsTrackDraft *t      = &band->tracks[i];
    const double lift_db = fmin(other_db - nominal_db(t), most_lift_db);
    if (t->is_wanted && is_pitched(t) && t->track.role != CS_ROLE_BASS &&
        !is_behind(band, t) && lift_db > 0.0)
      t->track.level_db += lift_db;
  }
}

/// Layers that were asked to stay back: together they are as loud as one.
static int
count_behind(const CsBand *band)
{
  int n = 0;
  for (size_t i = 0; i < band->n; i++)
    n += is_pitched(&band->tracks[i]) && is_behind(band, &band->tracks[i]);
  return n;
}

static void
hold_back(CsBand *band)
{
  const double other_db = fmax(loudest_db(band, false), loudest_db(band, true));
  const int n           = count_behind(band);
  const double most_db  = other_db + behind_db -
                         further_db[band->d->plan->function] -
                         (n > 1 ? cs_db_from_gain(n) / 2.0 : 0.0);
  for (size_t i = 0; i < band->n; i++) {
    CsTrackDraft *t      = &band->tracks[i];
    const double over_db = nominal_db(t) - most_db;
    if (isfinite(other_db) && over_db > 0.0 && is_behind(band, t))
      t->track.level_db -= over_db;
  }
}

static void
bring_forward(CsBand *band)
{
  for (size_t i = 0; i < band->n; i++) {
    CsTrackDraft *t = &band->tracks[i];
    if (t->is_wanted && is_pitched(t) && is_in_front(band, t))
      t->track.level_db += front_db[band->d->plan->function];
  }
}

/// A trumpet's power lies where speech is understood (RULEBOOK 2.2): under it,
/// bright brass that tells the tune stays softer.
static void
soften_brass(CsBand *band)
{
  const double under_speech_db = -3.0;
  for (size_t i = 0; i < band->n; i++) {
    CsTrackDraft *t = &band->tracks[i];
    if (band->d->plan->function == CS_UNDERSCORE &&
        t->track.role == CS_ROLE_MELODY && !is_in_front(band, t) &&
        cs_instrument_is(t->instrument, "brass") &&
        !cs_instrument_is(t->instrument, "french horn"))
      t->track.level_db += under_speech_db;
  }
}

void
cs_put_named_in_front(CsBand *band)
{
  give_tune(band);
  lift_named(band);
  hold_back(band);
  bring_forward(band);
  soften_brass(band);
}
