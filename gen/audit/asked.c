// Instruments that were asked for and those that were ruled out (R06 to R08).

#include "gen/audit/asked.h"
#include "gen/audit/properties.h"

#include <string.h>

// ---- Names ------------------------------------------------------------------

/// General MIDI's voices: choirs, "ooh", voice pads and leads.
static bool
is_voice(const CsTrack *track)
{
  return track->bank != 128 &&
         ((track->program >= 52 && track->program <= 54) ||
             track->program == 85 || track->program == 91);
}

/// What the words mean by a role.
static bool
is_role_named(CsRole role, const char *name)
{
  if (strcmp(cs_role_names[role], name) == 0)
    return true;
  if (role == CS_ROLE_COUNTER)
    return strcmp(name, "melody") == 0;
  if (role == CS_ROLE_DRUMS)
    return strcmp(name, "percussion") == 0;
  return role == CS_ROLE_MOTION && strcmp(name, "arpeggio") == 0;
}

static bool
is_track_named(const CsEvidence *e, size_t track, const char *name)
{
  const CsTrack *t       = &e->plan->tracks[track];
  const CsInstrument *in = e->instruments[track];
  const CsInstrument *of_program =
      cs_instrument_of_program(e->presets, t->bank, t->program);
  return is_role_named(t->role, name) ||
         (in != NULL && cs_instrument_is(in, name)) ||
         (of_program != NULL && t->bank != 128 &&
             cs_instrument_is(of_program, name)) ||
         (strcmp(name, "vocals") == 0 && is_voice(t));
}

enum { N_KEYS = 128 };

size_t
cs_count_named(
    const CsEvidence *e, size_t track, const char *name, const CsNote **first)
{
  const CsPart *part  = &e->score->parts[track];
  const bool is_all   = is_track_named(e, track, name);
  const bool is_kit   = e->plan->tracks[track].bank == 128;
  const CsNote *found = NULL;
  size_t n            = 0;
  bool is_named[N_KEYS];
  for (int key = 0; is_kit && key < N_KEYS; key++)
    is_named[key] = cs_drum_key_is(key, name);
  for (size_t k = 0; (is_all || is_kit) && k < part->n_notes; k++) {
    if (!is_all && !is_named[part->notes[k].key])
      continue;
    n++;
    found = found == NULL ? &part->notes[k] : found;
  }
  if (first != NULL)
    *first = found;
  return n;
}

const CsNote *
cs_first_named(
    const CsEvidence *e, size_t track, const char *name, int64_t tick)
{
  const CsPart *part = &e->score->parts[track];
  const bool is_all  = is_track_named(e, track, name);
  const bool is_kit  = e->plan->tracks[track].bank == 128;
  for (size_t k = cs_first_from(part, tick);
       (is_all || is_kit) && k < part->n_notes; k++)
    if (is_all || cs_drum_key_is(part->notes[k].key, name))
      return &part->notes[k];
  return NULL;
}

bool
cs_is_wanted(const CsEvidence *e, size_t track)
{
  if (e->brief == NULL)
    return true;
  for (size_t i = 0; i < e->brief->instruments.n; i++)
    if (cs_count_named(e, track, e->brief->instruments.items[i], NULL) > 0)
      return true;
  for (size_t i = 0; i < e->brief->n_arc; i++) {
    const char *target = e->brief->arc[i].target;
    if (target != NULL && cs_count_named(e, track, target, NULL) > 0)
      return true;
  }
  return false;
}

// ---- R06 --------------------------------------------------------------------

static size_t
count_in_cue(const CsEvidence *e, const char *name)
{
  size_t n = 0;
  for (size_t i = 0; i < e->score->n_parts; i++)
    n += cs_count_named(e, i, name, NULL);
  return n;
}

static CsStatus
wanted(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  size_t n = 0, n_missing = 0;
  for (size_t i = 0; e->brief != NULL && i < e->brief->instruments.n; i++) {
    const char *name = e->brief->instruments.items[i];
    if (cs_strings_have(&e->brief->exclude, name))
      continue;
    n++;
    if (count_in_cue(e, name) > 0)
      continue;
    n_missing++;
    cs_finding_where(f, "%s plays no note", name);
  }
  if (n > 0)
    cs_finding_settle(f, cs_finding_at_most((double)n_missing, 0.0));
  return CS_OK;
}

const CsProperty cs_property_R06 = {
    .id   = "R06",
    .name = "wanted instruments missing",
    .text = "Every instrument that was asked for plays: itself, an alias or a "
            "member of its family.",
    .unit = "names",
    .is_hard = true,
    .fn      = wanted,
};

// ---- R07 --------------------------------------------------------------------

/// A member of a family that was ruled out may play where it was asked for by
/// its own name.
static bool
is_spared(const CsEvidence *e, size_t track, const char *excluded_name)
{
  for (size_t i = 0; e->brief != NULL && i < e->brief->instruments.n; i++) {
    const char *name = e->brief->instruments.items[i];
    if (e->instruments[track] != NULL && strcmp(name, excluded_name) != 0 &&
        is_track_named(e, track, excluded_name) &&
        cs_find_instrument(e->presets, name) == e->instruments[track])
      return true;
  }
  return false;
}

static CsStatus
excluded(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const CsStrings *names =
      e->brief != NULL ? &e->brief->exclude : &e->plan->exclude;
  size_t n = 0;
  for (size_t x = 0; x < names->n; x++)
    for (size_t i = 0; i < e->score->n_parts; i++) {
      const CsNote *first = NULL;
      if (is_spared(e, i, names->items[x]))
        continue;
      n += cs_count_named(e, i, names->items[x], &first);
      if (first != NULL)
        cs_finding_where(f, "no %s: %s plays key %d at %.2f s", names->items[x],
            e->plan->tracks[i].instrument, first->key,
            cs_seconds_at(e, first->start_tick));
    }
  if (names->n > 0)
    cs_finding_settle(f, cs_finding_at_most((double)n, 0.0));
  return CS_OK;
}

const CsProperty cs_property_R07 = {
    .id   = "R07",
    .name = "excluded instruments",
    .text = "No note is played by what was ruled out: instruments, families, "
            "roles and single drums, proven from programs and keys; of a "
            "family that was ruled out, what was asked for by its own name may "
            "play.",
    .unit = "notes",
    .is_hard    = true,
    .mend_roles = CS_ALL_ROLES,
    .fn         = excluded,
};

// ---- R08 --------------------------------------------------------------------

static CsStatus
only_wanted(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  size_t n = 0;
  if (e->brief == NULL || !e->brief->only_instruments ||
      e->brief->instruments.n == 0)
    return CS_OK;
  for (size_t i = 0; i < e->score->n_parts; i++) {
    if (cs_is_wanted(e, i) || e->score->parts[i].n_notes == 0)
      continue;
    n += e->score->parts[i].n_notes;
    cs_finding_where(f, "%s (%s)", e->plan->tracks[i].instrument,
        cs_role_names[e->plan->tracks[i].role]);
  }
  cs_finding_settle(f, cs_finding_at_most((double)n, 0.0));
  return CS_OK;
}

const CsProperty cs_property_R08 = {
    .id   = "R08",
    .name = "others than the only ones",
    .text =
        "Where only certain instruments may play, nothing else plays a note.",
    .unit    = "notes",
    .is_hard = true,
    .fn      = only_wanted,
};
