// How the voices of chords move (T23, T24, T26), RULEBOOK 5.1.

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/share.h"
#include "gen/audit/voices.h"
#include "gen/base/mathx.h"

#include <stdlib.h>

enum { FEW_CHANGES = 8, UPPER_VOICES = 3 };

#define CHORDAL_ROLES (CS_ROLE_BIT(CS_ROLE_PAD) | CS_ROLE_BIT(CS_ROLE_CHORDS))

// ---- T23 --------------------------------------------------------------------

typedef struct Motions {
  CsFigures figures;
  double largest;
  int bar;
} Motions;

static CsStatus
add_motion(void *user, CsArena *scratch, size_t track, const CsChordSpan *chord,
    const CsVoices *before, const CsVoices *after)
{
  Motions *m = user;
  int sum    = 0;
  (void)track;
  for (int i = 1; i <= UPPER_VOICES; i++)
    sum += abs(after->keys[after->n - i] - before->keys[before->n - i]);
  if (sum > m->largest) {
    m->largest = sum;
    m->bar     = chord->bar;
  }
  return cs_figures_add(scratch, &m->figures, sum);
}

static CsStatus
motion_at(CsArena *scratch, const CsEvidence *e, double rank, double most,
    CsFinding *f)
{
  Motions m = {.bar = -1};
  CS_TRY(cs_each_change(scratch, e, UPPER_VOICES, add_motion, &m));
  if (m.figures.n < FEW_CHANGES)
    return CS_OK;
  *f = cs_finding_at_most(cs_figures_rank(&m.figures, rank), most);
  cs_finding_where(f, "%zu changes, most in bar %d: %.0f", m.figures.n,
      m.bar + 1, m.largest);
  return CS_OK;
}

static CsStatus
usual_motion(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  return motion_at(scratch, e, 0.5, 7.0, f);
}

const CsProperty cs_property_T23a = {
    .id   = "T23a",
    .name = "motion of upper voices",
    .text = "What the three upper voices of pads and chords move together from "
            "chord to chord: 7 semitones at most in the median.",
    .unit = "st",
    .mend_roles = CHORDAL_ROLES,
    .fn         = usual_motion,
};

static CsStatus
large_motion(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  return motion_at(scratch, e, 0.95, 12.0, f);
}

const CsProperty cs_property_T23b = {
    .id         = "T23b",
    .name       = "large motion of upper voices",
    .text       = "The same at the 95th hundredth: 12 semitones at most.",
    .unit       = "st",
    .mend_roles = CHORDAL_ROLES,
    .fn         = large_motion,
};

// ---- T24 --------------------------------------------------------------------

typedef struct Parallels {
  const CsEvidence *e;
  CsShare share;
  int bar;
} Parallels;

/// Players or singers with a voice each; synthesizers and guitars go in
/// parallels by habit.
static bool
is_contrapuntal(const CsEvidence *e, size_t track)
{
  const CsInstrument *in = e->instruments[track];
  return in != NULL && !cs_instrument_is(in, "synth") &&
         !cs_instrument_is(in, "guitar") &&
         (cs_instrument_is(in, "strings") || cs_instrument_is(in, "choir"));
}

/// A fifth or an octave into the same, both voices moving the same way.
static bool
is_parallel(const CsVoices *before, const CsVoices *after)
{
  const int low  = after->keys[0] - before->keys[0];
  const int high = after->keys[after->n - 1] - before->keys[before->n - 1];
  const int from = cs_mod(before->keys[before->n - 1] - before->keys[0], 12);
  const int to   = cs_mod(after->keys[after->n - 1] - after->keys[0], 12);
  return from == to && (from == 0 || from == 7) && low * high > 0;
}

static CsStatus
add_parallel(void *user, CsArena *scratch, size_t track,
    const CsChordSpan *chord, const CsVoices *before, const CsVoices *after)
{
  Parallels *p = user;
  (void)scratch;
  if (!is_contrapuntal(p->e, track))
    return CS_OK;
  const bool is_bad = is_parallel(before, after);
  cs_share_add(&p->share, !is_bad);
  p->bar = is_bad ? chord->bar : p->bar;
  return CS_OK;
}

static CsStatus
parallels(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  Parallels p = {.e = e, .bar = -1};
  CS_TRY(cs_each_change(scratch, e, 2, add_parallel, &p));
  if (p.share.n < FEW_CHANGES)
    return CS_OK;
  *f = cs_finding_at_most(1.0 - cs_share_of(&p.share), 0.01);
  if (p.bar >= 0)
    cs_finding_where(f, "%zu of %zu changes, as into bar %d",
        p.share.n - p.share.n_good, p.share.n, p.bar + 1);
  return CS_OK;
}

const CsProperty cs_property_T24 = {
    .id   = "T24",
    .name = "parallels",
    .text = "Chord changes at which the outer voices of strings or choir go in "
            "parallel fifths or octaves: 1 % at most.",
    .unit = "share",
    .mend_roles = CHORDAL_ROLES,
    .fn         = parallels,
};

// ---- T26 --------------------------------------------------------------------

/// The key that the bass has at a tick, or -1.
static int
bass_at(const CsEvidence *e, int64_t tick)
{
  const size_t track = cs_track_of_role(e, CS_ROLE_BASS);
  if (track == e->score->n_parts)
    return -1;
  const CsPart *part = &e->score->parts[track];
  for (size_t i = cs_first_from(part, tick + 1); i-- > 0;)
    if (part->notes[i].start_tick + part->notes[i].n_ticks > tick)
      return part->notes[i].key;
  return -1;
}

static CsStatus
crossings(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  CsShare share = {0};
  int bar       = -1;
  for (size_t t = 0; t < e->score->n_parts; t++)
    for (size_t i = 0; cs_is_chordal(e, t) && i < e->n_chords; i++) {
      const CsVoices v = cs_voices_on(e, t, &e->chords[i]);
      const int bass   = bass_at(e, e->chords[i].start_tick);
      if (v.n < 2 || bass < 0)
        continue;
      cs_share_add(&share, bass <= v.keys[0]);
      bar = bass <= v.keys[0] ? bar : e->chords[i].bar;
    }
  if (share.n < FEW_CHANGES)
    return CS_OK;
  *f = cs_finding_at_most(1.0 - cs_share_of(&share), 0.03);
  if (bar >= 0)
    cs_finding_where(f, "%zu of %zu chords, as in bar %d",
        share.n - share.n_good, share.n, bar + 1);
  return CS_OK;
}

const CsProperty cs_property_T26a = {
    .id   = "T26a",
    .name = "voices cross",
    .text = "Chords under whose lowest voice the bass does not stay: 3 % at "
            "most.",
    .unit = "share",
    .mend_roles = CHORDAL_ROLES | CS_ROLE_BIT(CS_ROLE_BASS),
    .fn         = crossings,
};

/// A low voice under the others is their bass: it may lie further off.
static bool
has_wide_gap(const CsVoices *v)
{
  enum { MOST_GAP = 14, LOW = 48 };
  for (int i = v->keys[0] < LOW ? 1 : 0; i + 1 < v->n; i++)
    if (v->keys[i + 1] - v->keys[i] > MOST_GAP)
      return true;
  return false;
}

static CsStatus
gaps(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  CsShare share = {0};
  int bar       = -1;
  for (size_t t = 0; t < e->score->n_parts; t++)
    for (size_t i = 0; cs_is_chordal(e, t) && i < e->n_chords; i++) {
      const CsVoices v = cs_voices_on(e, t, &e->chords[i]);
      if (v.n < 2)
        continue;
      const bool is_bad = has_wide_gap(&v);
      cs_share_add(&share, !is_bad);
      bar = is_bad ? e->chords[i].bar : bar;
    }
  if (share.n < FEW_CHANGES)
    return CS_OK;
  *f = cs_finding_at_most(1.0 - cs_share_of(&share), 0.03);
  if (bar >= 0)
    cs_finding_where(f, "%zu of %zu chords, as in bar %d",
        share.n - share.n_good, share.n, bar + 1);
  return CS_OK;
}

const CsProperty cs_property_T26b = {
    .id   = "T26b",
    .name = "gaps between voices",
    .text = "Chords with more than 14 semitones between neighbouring upper "
            "voices: 3 % at most.",
    .unit = "share",
    .mend_roles = CHORDAL_ROLES,
    .fn         = gaps,
};
