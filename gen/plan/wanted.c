// The instruments that were asked for take their places.

#include "gen/plan/band.h"

#include <string.h>

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
    if (roles[r] > 0.0 && cs_may_play(d, (CsRole)r) &&
        (best < 0 || roles[r] > roles[best]))
      best = r;
  CsRole role = best >= 0 ? (CsRole)best : role_by_nature(in);
  // A melody that the function or the words rule out becomes a soft layer.
  if (!cs_may_play(d, role) && !cs_is_struck(role))
    role = in->sustain == CS_SUSTAIN_HELD ? CS_ROLE_PAD : CS_ROLE_COLOUR;
  return role;
}

/// A sound of that name: the name itself, else the best of the family.
static const CsInstrument *
find_wanted(const CsDraft *d, const char *name)
{
  const CsInstrument *best = cs_find_instrument(d->presets, name);
  if (best != NULL && !cs_is_instrument_excluded(d, best))
    return best;
  best = NULL;
  for (size_t i = 0; i < d->presets->n_instruments; i++) {
    const CsInstrument *in = &d->presets->instruments[i];
    if (!cs_instrument_is(in, name) || cs_is_instrument_excluded(d, in))
      continue;
    if (best == NULL || in->grade < best->grade)
      best = in;
  }
  return best;
}

/// A cymbal that marks sections is no kit that plays: effects answer to their
/// own names only.
static bool
is_mark(
    const CsBand *band, CsRole role, const CsInstrument *in, const char *name)
{
  return role == CS_ROLE_EFFECTS &&
         in != cs_find_instrument(band->d->presets, name);
}

/// Does a track answer to a name, by its instrument or by its role?
static bool
answers_to(
    const CsBand *band, const CsTrackDraft *t, const char *name, bool by_role)
{
  if (t->is_ghost || is_mark(band, t->track.role, t->instrument, name))
    return false;
  return by_role ? strcmp(cs_role_names[t->track.role], name) == 0
                 : cs_instrument_is(t->instrument, name);
}

/// Who plays already what is named: the instrument, else one of that role that
/// was not asked for by another name.
static CsTrackDraft *
find_playing(CsBand *band, const char *name)
{
  for (int by_role = 0; by_role < 2; by_role++)
    for (size_t i = 0; i < band->n; i++) {
      CsTrackDraft *t = &band->tracks[i];
      if (answers_to(band, t, name, by_role == 1) &&
          !(by_role == 1 && t->is_wanted))
        return t;
    }
  return NULL;
}

/// A track of the style that could play it among its choices.
static CsTrackDraft *
give_to_choice(CsBand *band, const char *name)
{
  const CsStyle *style        = band->d->style;
  uint64_t counts[CS_N_ROLES] = {0};
  for (size_t s = 0; s < style->n_tracks; s++) {
    const CsStyleTrack *st = &style->tracks[s];
    const uint64_t index   = counts[st->role]++;
    for (size_t i = 0; i < st->instruments.n; i++) {
      const CsInstrument *in =
          cs_find_instrument(band->d->presets, st->instruments.items[i]);
      if (in == NULL || !cs_instrument_is(in, name) ||
          is_mark(band, st->role, in, name) ||
          cs_is_instrument_excluded(band->d, in))
        continue;
      for (size_t t = 0; t < band->n; t++) {
        CsTrackDraft *draft = &band->tracks[t];
        if (draft->is_wanted || draft->is_ghost ||
            draft->track.role != st->role ||
            draft->track.seed != cs_track_seed(band->d, st->role, index))
          continue;
        cs_set_instrument(draft, in, st->level_db, st->octave);
        return draft;
      }
    }
  }
  return NULL;
}

/// Put it in the place of a track of its role, or add one.
static CsStatus
give_role(CsBand *band, const CsInstrument *in, size_t nth, CsTrackDraft **out)
{
  const CsRole role = role_for(band->d, in);
  *out              = NULL;
  if (cs_is_role_excluded(band->d, role))
    return CS_OK;
  *out = cs_stand_in(band, role, in);
  for (size_t i = 0; i < band->n && *out == NULL; i++) {
    CsTrackDraft *t = &band->tracks[i];
    if (t->is_wanted || t->is_ghost || t->track.role != role)
      continue;
    const double level_db = t->track.level_db - t->instrument->trim_db;
    cs_set_instrument(t, in, level_db, 0);
    *out = t;
  }
  if (*out != NULL)
    return CS_OK;
  *out = cs_add_track(band, role, in, 100 + nth);
  return *out != NULL ? cs_give_usual_pattern(band, *out) : CS_OK;
}

/// Strings may hold a style's pad, but who asks for pads means the sound.
static void
make_literal(const CsBand *band, CsTrackDraft *t, const char *name)
{
  const CsInstrument *in = find_wanted(band->d, name);
  if (cs_instrument_is(t->instrument, name) || in == NULL ||
      cs_is_struck(t->track.role))
    return;
  cs_set_instrument(t, in, t->track.level_db - t->instrument->trim_db, 0);
}

CsStatus
cs_add_wanted(CsBand *band)
{
  const CsStrings *wanted = &band->d->brief->instruments;
  for (size_t i = 0; i < wanted->n; i++) {
    const char *name    = wanted->items[i];
    CsTrackDraft *draft = find_playing(band, name);
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
    make_literal(band, draft, name);
    draft->is_wanted = true;
    draft->importance += 20;
  }
  return CS_OK;
}

// ---- Only these ------------------------------------------------------------

static bool
is_named(const CsDraft *d, const CsTrackDraft *t)
{
  for (size_t i = 0; i < d->brief->instruments.n; i++)
    if (cs_instrument_is(t->instrument, d->brief->instruments.items[i]))
      return true;
  return false;
}

/// Who answers a tune plays it when nobody else does.
static void
turn_to_tune(CsBand *band)
{
  if (cs_has_role(band, CS_ROLE_MELODY) ||
      !cs_may_play(band->d, CS_ROLE_MELODY))
    return;
  for (size_t i = 0; i < band->n; i++) {
    CsTrackDraft *t = &band->tracks[i];
    if (t->track.role != CS_ROLE_COUNTER)
      continue;
    t->track.role = CS_ROLE_MELODY;
    t->track.seed = cs_track_seed(band->d, CS_ROLE_MELODY, 0);
    cs_set_instrument(
        t, t->instrument, cs_role_habits[CS_ROLE_MELODY].level_db, 0);
    t->track.enter = cs_role_habits[CS_ROLE_MELODY].enter;
    return;
  }
}

static bool
has_pitch(const CsTrackDraft *t)
{
  return !cs_is_struck(t->track.role) && t->instrument->bank != 128 &&
         t->instrument->drum_key < 0 &&
         !cs_instrument_is(t->instrument, "drums");
}

/// Who can carry the whole of a small band, or NULL: the first that plays notes
/// and is no bass.
static const CsInstrument *
find_soloist(const CsBand *band)
{
  for (size_t i = 0; i < band->n; i++)
    if (has_pitch(&band->tracks[i]) &&
        !cs_instrument_is(band->tracks[i].instrument, "bass"))
      return band->tracks[i].instrument;
  return NULL;
}

/// Drums alone, or drums and a bass with its riff: somebody plays all along.
static void
begin_at_once(CsBand *band)
{
  CsTrackDraft *first = NULL;
  for (size_t i = 0; i < band->n; i++) {
    CsTrackDraft *t = &band->tracks[i];
    if (t->track.role == CS_ROLE_EFFECTS)
      continue;
    if (first == NULL || (has_pitch(t) && !has_pitch(first)) ||
        (has_pitch(t) == has_pitch(first) &&
            t->track.enter < first->track.enter))
      first = t;
  }
  if (first == NULL)
    return;
  first->track.enter = 0.0;
  first->track.leave = 1.01;
}

/// A solo instrument takes all the parts that it can play; a bass keeps to the
/// bass, and what is struck is struck.
static CsStatus
fill_solo(CsBand *band)
{
  const CsInstrument *in = find_soloist(band);
  if (in == NULL) {
    begin_at_once(band);
    return CS_OK;
  }
  turn_to_tune(band);
  static const CsRole roles[] = {CS_ROLE_CHORDS, CS_ROLE_MELODY, CS_ROLE_BASS};
  for (size_t k = 0; k < sizeof roles / sizeof *roles; k++) {
    const CsRole role = roles[k];
    if (cs_has_role(band, role) || !cs_may_play(band->d, role) ||
        (role == CS_ROLE_BASS && in->sweet[0] > 40) ||
        (role == CS_ROLE_CHORDS && cs_has_harmony(band)))
      continue;
    CsTrackDraft *draft = cs_add_track(band, role, in, 200);
    if (draft == NULL)
      return CS_OK;
    draft->is_wanted = true;
    if (role != CS_ROLE_MELODY)
      draft->track.enter = 0.0;
    CS_TRY(cs_give_usual_pattern(band, draft));
  }
  return CS_OK;
}

CsStatus
cs_keep_only_wanted(CsBand *band)
{
  for (size_t i = band->n; i-- > 0;) {
    const CsTrackDraft *t = &band->tracks[i];
    if (t->is_ghost || (!is_named(band->d, t) && !t->is_wanted))
      cs_remove_track(band, i);
  }
  return fill_solo(band);
}
