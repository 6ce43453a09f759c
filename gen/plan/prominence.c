// Who was asked for by name stands in front: tells the tune where it can, and
// is not drowned by what the style brings along.

#include "gen/plan/band.h"

#include <math.h>

enum { TUNE_SPAN = 14, GRADE_AVOID = 2 };

/// A named layer that accompanies is raised by this much at most.
static const double most_lift_db = 6.0;

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

/// The named instrument that tells a tune best, or NULL.
static CsTrackDraft *
find_teller(CsBand *band)
{
  CsTrackDraft *best = NULL;
  double fitness     = 0.0;
  for (size_t i = 0; i < band->n; i++) {
    CsTrackDraft *t = &band->tracks[i];
    if (!t->is_wanted || !is_pitched(t))
      continue;
    const double fit = tune_fitness(band->d->presets, t->instrument);
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

/// The tune goes to the named instrument. One that plays chords goes on playing
/// them; one that answered or coloured changes places with the teller.
static void
give_tune(CsBand *band)
{
  CsTrackDraft *tune   = find_tune(band);
  CsTrackDraft *teller = find_teller(band);
  if (tune == NULL || teller == NULL || tune->is_wanted)
    return;
  const CsInstrument *former = tune->instrument;
  const CsInstrument *named  = teller->instrument;
  if (!cs_is_harmony(teller->track.role)) {
    cs_set_instrument(teller, former, nominal_db(teller), 0);
    teller->is_wanted  = false;
    teller->importance = cs_role_habits[teller->track.role].importance;
  }
  cs_set_instrument(tune, named, nominal_db(tune), 0);
  tune->is_wanted = true;
}

// ---- Levels -----------------------------------------------------------------

/// Of the layers that were not named, beside tune and bass; -infinity where
/// there is none.
static double
loudest_other_db(const CsBand *band)
{
  double loudest = -(double)INFINITY;
  for (size_t i = 0; i < band->n; i++) {
    const CsTrackDraft *t = &band->tracks[i];
    if (is_pitched(t) && !t->is_wanted && t->track.role != CS_ROLE_MELODY &&
        t->track.role != CS_ROLE_BASS)
      loudest = fmax(loudest, nominal_db(t));
  }
  return loudest;
}

/// No layer that was not named is louder than one that was.
static void
lift_named(CsBand *band)
{
  const double other_db = loudest_other_db(band);
  for (size_t i = 0; i < band->n; i++) {
    CsTrackDraft *t      = &band->tracks[i];
    const double lift_db = fmin(other_db - nominal_db(t), most_lift_db);
    if (t->is_wanted && is_pitched(t) && t->track.role != CS_ROLE_BASS &&
        lift_db > 0.0)
      t->track.level_db += lift_db;
  }
}

void
cs_put_named_in_front(CsBand *band)
{
  give_tune(band);
  lift_named(band);
}
