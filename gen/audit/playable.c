// What can be played at all: ranges, dead zones, note pairs, voices
// (T07 to T10).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"

#include <stdlib.h>

// ---- T07 --------------------------------------------------------------------

static CsStatus
hard_range(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  size_t n_out           = 0;
  const CsNote *out      = NULL;
  const char *instrument = "";
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsInstrument *in = e->instruments[i];
    const CsPart *part     = &e->score->parts[i];
    for (size_t k = 0; in != NULL && cs_is_pitched(e, i) && k < part->n_notes;
         k++)
      if (part->notes[k].key < in->range[0] ||
          part->notes[k].key > in->range[1]) {
        n_out++;
        out        = &part->notes[k];
        instrument = in->name;
      }
  }
  *f = cs_finding_at_most((double)n_out, 0.0);
  if (out != NULL)
    cs_finding_where(f, "%s plays key %d at %.2f s", instrument, out->key,
        cs_seconds_at(e, out->start_tick));
  return CS_OK;
}

static CsStatus
sweet_range(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  size_t n = 0, n_out = 0;
  const char *instrument = "";
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsInstrument *in = e->instruments[i];
    const CsPart *part     = &e->score->parts[i];
    for (size_t k = 0; in != NULL && cs_is_pitched(e, i) && k < part->n_notes;
         k++) {
      n++;
      if (part->notes[k].key >= in->sweet[0] &&
          part->notes[k].key <= in->sweet[1])
        continue;
      n_out++;
      instrument = in->name;
    }
  }
  if (n == 0)
    return CS_OK;
  *f = cs_finding_at_least(1.0 - (double)n_out / (double)n, 0.95);
  cs_finding_where(f, "%s", instrument);
  return CS_OK;
}

#define ALL_PITCHED                                                            \
  (CS_ALL_ROLES &                                                              \
      ~(CS_ROLE_BIT(CS_ROLE_DRUMS) | CS_ROLE_BIT(CS_ROLE_PERCUSSION) |         \
          CS_ROLE_BIT(CS_ROLE_EFFECTS)))

const CsProperty cs_property_T07a = {
    .id         = "T07a",
    .name       = "notes out of range",
    .text       = "Every note lies within what its instrument can play.",
    .unit       = "notes",
    .is_hard    = true,
    .mend_roles = ALL_PITCHED,
    .fn         = hard_range,
};

const CsProperty cs_property_T07b = {
    .id   = "T07b",
    .name = "notes in the sweet range",
    .text = "At least 95 % of the notes lie where their instruments sound "
            "best.",
    .unit = "share",
    .mend_roles = ALL_PITCHED,
    .fn         = sweet_range,
};

// ---- T08 --------------------------------------------------------------------

/// Programs that are silent or out of tune above a key (RULEBOOK 8.1).
typedef struct DeadZone {
  int first_program, last_program;
  int highest_key; ///< That still sounds.
} DeadZone;

static const DeadZone dead_zones[] = {
    {43, 43, 57}, {58, 58, 73}, {67, 67, 72}, {33, 37, 84}};

static int
highest_live_key(const CsTrack *track)
{
  for (size_t z = 0; z < sizeof dead_zones / sizeof *dead_zones; z++)
    if (track->bank == 0 && track->program >= dead_zones[z].first_program &&
        track->program <= dead_zones[z].last_program)
      return dead_zones[z].highest_key;
  return 127;
}

static CsStatus
dead_zone_notes(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  size_t n_dead       = 0;
  const CsTrack *dead = NULL;
  int key             = 0;
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsPart *part = &e->score->parts[i];
    const int highest  = highest_live_key(&e->plan->tracks[i]);
    for (size_t k = 0; highest < 127 && k < part->n_notes; k++)
      if (part->notes[k].key > highest) {
        n_dead++;
        dead = &e->plan->tracks[i];
        key  = part->notes[k].key;
      }
  }
  *f = cs_finding_at_most((double)n_dead, 0.0);
  if (dead != NULL)
    cs_finding_where(f, "%s plays key %d", dead->instrument, key);
  return CS_OK;
}

const CsProperty cs_property_T08 = {
    .id      = "T08",
    .name    = "notes in dead zones",
    .text    = "No note lies where the sound fonts are silent or out of tune.",
    .unit    = "notes",
    .is_hard = true,
    .mend_roles = ALL_PITCHED,
    .fn         = dead_zone_notes,
};

// ---- T09 --------------------------------------------------------------------

enum { N_KEYS = 128 };

static CsStatus
note_pairs(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  const CsPerformance *p    = e->performance;
  const size_t n_slots      = p->n_tracks * N_KEYS;
  int64_t *free_from        = CS_NEW_N(scratch, int64_t, n_slots);
  size_t n_wrong            = 0;
  const CsPlayedNote *wrong = NULL;
  CS_TRY_NEW(free_from);
  for (size_t i = 0; i < n_slots; i++)
    free_from[i] = INT64_MIN;
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *n = &p->notes[i];
    int64_t *from = &free_from[(size_t)n->track * N_KEYS + n->key % N_KEYS];
    if (n->off_frame <= n->on_frame || n->on_frame < *from ||
        n->on_frame >= p->n_frames || n->velocity < 1) {
      n_wrong++;
      wrong = n;
    }
    *from = n->off_frame;
  }
  *f = cs_finding_at_most((double)n_wrong, 0.0);
  if (wrong != NULL)
    cs_finding_where(f, "%s, key %d at %.3f s",
        e->plan->tracks[wrong->track].instrument, wrong->key,
        cs_played_s(e, wrong));
  return CS_OK;
}

const CsProperty cs_property_T09 = {
    .id   = "T09",
    .name = "note pairs",
    .text = "Every note begins, ends after it began, and has ended before its "
            "track strikes the same key again.",
    .unit = "notes",
    .is_hard    = true,
    .mend_roles = CS_ALL_ROLES,
    .fn         = note_pairs,
};

// ---- T10 --------------------------------------------------------------------

static int
by_frame(const void *a, const void *b)
{
  const int64_t x = *(const int64_t *)a;
  const int64_t y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static CsStatus
voices(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  const CsPerformance *p = e->performance;
  int64_t *offs          = CS_NEW_N(scratch, int64_t, p->n_notes);
  size_t n_ended = 0, most = 0;
  double at_s = 0.0;
  CS_TRY_NEW(offs);
  for (size_t i = 0; i < p->n_notes; i++)
    offs[i] = p->notes[i].off_frame;
  if (p->n_notes > 0)
    qsort(offs, p->n_notes, sizeof *offs, by_frame);
  for (size_t i = 0; i < p->n_notes; i++) {
    while (n_ended < i && offs[n_ended] <= p->notes[i].on_frame)
      n_ended++;
    if (i + 1 - n_ended > most) {
      most = i + 1 - n_ended;
      at_s = cs_played_s(e, &p->notes[i]);
    }
  }
  *f = cs_finding_at_most((double)most, 80.0);
  cs_finding_where(f, "at %.1f s", at_s);
  return CS_OK;
}

const CsProperty cs_property_T10 = {
    .id   = "T10",
    .name = "voices",
    .text = "At most 80 notes are held at once.",
    .unit = "notes",
    .fn   = voices,
};
