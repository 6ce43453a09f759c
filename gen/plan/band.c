// The band of a cue under construction: who may play, and one track of it.

#include "gen/plan/band.h"

#include "gen/base/rng.h"

#include <math.h>
#include <string.h>

const CsRoleHabit cs_role_habits[CS_N_ROLES] = {
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

// ---- Who may play ----------------------------------------------------------

bool
cs_is_voice(const CsInstrument *instrument)
{
  static const int programs[] = {52, 53, 54, 85, 91};
  if (instrument->bank == 128)
    return false;
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
    if (instrument->program == programs[i])
      return true;
  return false;
}

bool
cs_rules_out_instrument(const CsStrings *exclude, const CsInstrument *in)
{
  for (size_t i = 0; i < exclude->n; i++)
    if (cs_instrument_is(in, exclude->items[i]) ||
        (strcmp(exclude->items[i], "vocals") == 0 && cs_is_voice(in)))
      return true;
  return false;
}

bool
cs_rules_out_role(const CsStrings *exclude, CsRole role)
{
  if (cs_strings_have(exclude, cs_role_names[role]))
    return true;
  if (role == CS_ROLE_COUNTER)
    return cs_strings_have(exclude, "melody");
  if (role == CS_ROLE_DRUMS)
    return cs_strings_have(exclude, "percussion");
  return role == CS_ROLE_MOTION && cs_strings_have(exclude, "arpeggio");
}

bool
cs_is_instrument_excluded(const CsDraft *d, const CsInstrument *instrument)
{
  return cs_rules_out_instrument(&d->brief->exclude, instrument);
}

bool
cs_is_role_excluded(const CsDraft *d, CsRole role)
{
  return cs_rules_out_role(&d->brief->exclude, role);
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

bool
cs_is_role_usual(const CsDraft *d, CsRole role)
{
  return function_has(d->plan->function, role) || is_role_wanted(d, role);
}

bool
cs_may_play(const CsDraft *d, CsRole role)
{
  return cs_is_role_usual(d, role) && !cs_is_role_excluded(d, role);
}

bool
cs_is_harmony(CsRole role)
{
  return role == CS_ROLE_PAD || role == CS_ROLE_CHORDS ||
         role == CS_ROLE_MOTION;
}

bool
cs_is_struck(CsRole role)
{
  return role == CS_ROLE_DRUMS || role == CS_ROLE_PERCUSSION ||
         role == CS_ROLE_EFFECTS;
}

// ---- One track -------------------------------------------------------------

/// A tune or a second voice: on a low instrument it is sung in the upper part
/// of the range, out of the bass and above the lowest chords.
static bool
is_line(CsRole role)
{
  return role == CS_ROLE_MELODY || role == CS_ROLE_COUNTER;
}

/// The keys of a track: those of its role where the instrument sounds well.
static void
set_range(CsTrack *track, const CsInstrument *in, int octave)
{
  enum { REACH = 17 }; // what a tune spans at most (RULEBOOK T29)
  const CsRoleHabit *habit = &cs_role_habits[track->role];
  track->range[0] = in->range[0], track->range[1] = in->range[1];
  if (cs_is_struck(track->role) || in->bank == 128)
    return;
  const int low  = habit->range[0] + 12 * octave;
  const int high = habit->range[1] + 12 * octave;
  int from       = in->sweet[0] > low ? in->sweet[0] : low;
  int to         = in->sweet[1] < high ? in->sweet[1] : high;
  if (to - from < 14) { // the role lies elsewhere: the sound decides
    from = in->sweet[0], to = in->sweet[1];
    if (is_line(track->role) && to < high && from < to - REACH)
      from = to - REACH;
  }
  if (to - from < 12)
    from = in->range[0], to = in->range[1];
  if (track->role == CS_ROLE_BASS && from > low && in->range[0] < from)
    from = in->range[0] > low ? in->range[0] : low;
  track->range[0] = from, track->range[1] = to;
}

/// Seeds depend on role and place in the style alone, so that leaving a track
/// out changes no other. Tunes hang on the theme seed.
uint64_t
cs_track_seed(const CsDraft *d, CsRole role, uint64_t index)
{
  const bool is_theme = role == CS_ROLE_MELODY;
  const uint64_t seed = is_theme ? d->plan->theme_seed : d->plan->seed;
  CsRng rng           = cs_rng_at(seed, "track", (uint64_t)role, index);
  return cs_seed_53(cs_rng_next(&rng));
}

void
cs_set_instrument(
    CsTrackDraft *draft, const CsInstrument *in, double level_db, int octave)
{
  draft->instrument       = in;
  draft->track.instrument = in->name;
  draft->track.bank       = in->bank;
  draft->track.program    = in->program;
  draft->track.level_db = floor((level_db + in->trim_db) * 100.0 + 0.5) / 100.0;
  set_range(&draft->track, in, octave);
}

CsTrackDraft *
cs_add_track(CsBand *band, CsRole role, const CsInstrument *in, uint64_t index)
{
  if (band->n >= sizeof band->tracks / sizeof *band->tracks)
    return NULL;
  CsTrackDraft *draft = &band->tracks[band->n++];
  *draft = (CsTrackDraft){.importance = cs_role_habits[role].importance};
  draft->track.role  = role;
  draft->track.stem  = cs_stem_of_role(role);
  draft->track.enter = cs_role_habits[role].enter;
  draft->track.leave = 1.01;
  draft->track.seed  = cs_track_seed(band->d, role, index);
  cs_set_instrument(draft, in, cs_role_habits[role].level_db, 0);
  return draft;
}

CsStatus
cs_give_usual_pattern(CsBand *band, CsTrackDraft *draft)
{
  const char *id = cs_role_habits[draft->track.role].pattern;
  if (id == NULL || cs_find_pattern(band->d->presets, id) == NULL)
    return CS_OK;
  const char **items = CS_NEW_N(band->d->arena, const char *, 1);
  CS_TRY_NEW(items);
  items[0]              = id;
  draft->track.patterns = (CsStrings){items, 1};
  return CS_OK;
}

void
cs_remove_track(CsBand *band, size_t at)
{
  for (size_t i = at; i + 1 < band->n; i++)
    band->tracks[i] = band->tracks[i + 1];
  band->n--;
}

CsTrackDraft *
cs_stand_in(CsBand *band, CsRole role, const CsInstrument *in)
{
  if (cs_is_role_excluded(band->d, role))
    return NULL;
  for (size_t i = 0; i < band->n; i++) {
    CsTrackDraft *t = &band->tracks[i];
    if (!t->is_ghost || t->track.role != role)
      continue;
    cs_set_instrument(t, in, t->track.level_db - t->instrument->trim_db, 0);
    t->is_ghost = false;
    return t;
  }
  return NULL;
}

// ---- Who is heard ----------------------------------------------------------

bool
cs_has_role(const CsBand *band, CsRole role)
{
  for (size_t i = 0; i < band->n; i++)
    if (!band->tracks[i].is_ghost && band->tracks[i].track.role == role)
      return true;
  return false;
}

bool
cs_has_harmony(const CsBand *band)
{
  for (size_t i = 0; i < band->n; i++)
    if (!band->tracks[i].is_ghost && cs_is_harmony(band->tracks[i].track.role))
      return true;
  return false;
}

bool
cs_has_any(const CsBand *band)
{
  for (size_t i = 0; i < band->n; i++)
    if (!band->tracks[i].is_ghost)
      return true;
  return false;
}
