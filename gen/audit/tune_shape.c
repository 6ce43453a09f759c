// How a tune moves and breathes (T16, T28 to T32), RULEBOOK 6.1.

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/share.h"
#include "gen/audit/melody_line.h"
#include "gen/base/mathx.h"

#include <math.h>
#include <stdlib.h>

enum {
  FEW_NOTES     = 16, ///< Of which little can be said.
  LEAP          = 5,  ///< Semitones.
  FEW_LEAPS     = 4,
  FEW_PHRASES   = 3,
  PHRASE_NOTES  = 3,
  PITCH_CLASSES = 12
};

static int
bar_number(const CsEvidence *e, const CsNote *note)
{
  return cs_bar_of_tick(e->score->timeline, note->start_tick) + 1;
}

// ---- T16 --------------------------------------------------------------------

static bool
is_step(const CsEvidence *e, const CsTune *tune, size_t from)
{
  int move = 0;
  return cs_tune_move(e, tune, from, &move) && abs(move) >= 1 && abs(move) <= 2;
}

static CsStatus
non_chord_tones(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const CsTune tune = cs_theme_tune(e, FEW_NOTES);
  CsShare share     = {0};
  const CsNote *bad = NULL;
  for (size_t i = 0; i < tune.n; i++) {
    const CsNote *note       = &tune.notes[i];
    const CsChordSpan *chord = cs_chord_span_at(e, note->start_tick);
    if (chord == NULL || cs_is_chord_tone(chord, note->key))
      continue;
    const bool is_good =
        (i > 0 && is_step(e, &tune, i - 1)) || is_step(e, &tune, i);
    cs_share_add(&share, is_good);
    bad = is_good ? bad : note;
  }
  if (share.n < 4)
    return CS_OK;
  *f = cs_finding_at_least(cs_share_of(&share), 0.90);
  if (bad != NULL)
    cs_finding_where(f, "bar %d: key %d", bar_number(e, bad), bad->key);
  return CS_OK;
}

const CsProperty cs_property_T16 = {
    .id   = "T16",
    .name = "non-chord tones",
    .text = "Notes of the tune outside the chord that are entered or left by "
            "step: 90 % at least.",
    .unit = "share",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_MELODY),
    .fn         = non_chord_tones,
};

// ---- T28 --------------------------------------------------------------------

static CsStatus
leaps_turn(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const CsTune tune = cs_theme_tune(e, FEW_NOTES);
  CsShare share     = {0};
  const CsNote *bad = NULL;
  for (size_t i = 0; i + 2 < tune.n; i++) {
    int leap = 0, next = 0;
    if (!cs_tune_move(e, &tune, i, &leap) || abs(leap) < LEAP ||
        !cs_tune_move(e, &tune, i + 1, &next))
      continue;
    const bool turns = leap * next < 0;
    cs_share_add(&share, turns);
    bad = turns ? bad : &tune.notes[i + 1];
  }
  if (share.n < FEW_LEAPS)
    return CS_OK;
  *f = cs_finding_at_least(cs_share_of(&share), 0.55);
  if (bad != NULL)
    cs_finding_where(f, "%zu leaps; after bar %d the line goes on", share.n,
        bar_number(e, bad));
  return CS_OK;
}

const CsProperty cs_property_T28 = {
    .id   = "T28",
    .name = "leaps turn back",
    .text = "Leaps of 5 semitones or more in the tune after which it turns "
            "round: 55 % at least.",
    .unit = "share",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_MELODY),
    .fn         = leaps_turn,
};

// ---- T29, T30 ---------------------------------------------------------------

static CsStatus
tune_range(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  const CsTune tune = cs_theme_tune(e, FEW_NOTES);
  CsFigures keys    = {0};
  for (size_t i = 0; i < tune.n; i++)
    CS_TRY(cs_figures_add(scratch, &keys, tune.notes[i].key));
  if (keys.n == 0)
    return CS_OK;
  const double low  = cs_figures_rank(&keys, 0.05);
  const double high = cs_figures_rank(&keys, 0.95);
  *f                = cs_finding_within(high - low, 7.0, 17.0);
  cs_finding_where(f, "keys %.0f to %.0f", low, high);
  return CS_OK;
}

const CsProperty cs_property_T29 = {
    .id   = "T29",
    .name = "range of the tune",
    .text = "What nine in ten notes of the tune span, from the 5th to the 95th "
            "hundredth: 7 to 17 semitones.",
    .unit = "st",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_MELODY),
    .fn         = tune_range,
};

static CsStatus
tune_entropy(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const CsTune tune            = cs_theme_tune(e, FEW_NOTES);
  size_t counts[PITCH_CLASSES] = {0};
  double bits                  = 0.0;
  for (size_t i = 0; i < tune.n; i++)
    counts[cs_above_tonic(e, &tune.notes[i])]++;
  if (tune.n == 0)
    return CS_OK;
  for (size_t i = 0; i < PITCH_CLASSES; i++) {
    const double p = (double)counts[i] / (double)tune.n;
    bits -= p > 0.0 ? p * log2(p) : 0.0;
  }
  *f = cs_finding_within(bits, 2.0, 3.0);
  return CS_OK;
}

const CsProperty cs_property_T30 = {
    .id   = "T30",
    .name = "pitch classes of the tune",
    .text = "Entropy of the tune's pitch classes: 2 to 3 bits, which is five "
            "to seven notes of a scale, some more at home than others.",
    .unit = "bit",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_MELODY),
    .fn         = tune_entropy,
};

// ---- T31, T32 ---------------------------------------------------------------

static CsStatus
tune_rests(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const CsTune tune = cs_theme_tune(e, FEW_NOTES);
  double sounding_s = 0.0, heard_until_s = 0.0;
  if (tune.n == 0)
    return CS_OK;
  const double from_s = cs_seconds_at(e, tune.notes[0].start_tick);
  for (size_t i = 0; i < tune.n; i++) {
    const CsNote *note = &tune.notes[i];
    const double on_s = fmax(cs_seconds_at(e, note->start_tick), heard_until_s);
    const double off_s = cs_seconds_at(e, note->start_tick + note->n_ticks);
    sounding_s += fmax(0.0, off_s - on_s);
    heard_until_s = fmax(heard_until_s, off_s);
  }
  const double span_s = heard_until_s - from_s;
  *f = cs_finding_within(1.0 - sounding_s / span_s, 0.20, 0.45);
  cs_finding_where(f, "%.1f of %.1f s sung", sounding_s, span_s);
  return CS_OK;
}

const CsProperty cs_property_T31 = {
    .id   = "T31",
    .name = "rests of the tune",
    .text = "How much of its span, from first onset to last release, the tune "
            "is silent: 20 to 45 %.",
    .unit = "share",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_MELODY),
    .fn         = tune_rests,
};

/// In a build fragments follow one another without an end (RULEBOOK 3.4).
static bool
drives_on(const CsEvidence *e, const CsNote *first)
{
  return cs_section_at(e, first->start_tick)->kind == CS_SECTION_BUILD;
}

static CsStatus
phrase_ends(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const CsTune tune = cs_theme_tune(e, FEW_NOTES);
  CsShare share     = {0};
  const CsNote *bad = NULL;
  for (size_t i = 0, end = 0; i < tune.n; i = end) {
    end            = cs_tune_phrase_end(e, &tune, i);
    double sum     = 0.0;
    const size_t n = end - i - 1; // all but the last
    for (size_t k = i; k < i + n; k++)
      sum += (double)tune.notes[k].n_ticks;
    if (n + 1 < PHRASE_NOTES || drives_on(e, &tune.notes[i]))
      continue;
    const CsNote *last = &tune.notes[end - 1];
    const bool is_good = (double)last->n_ticks >= 1.5 * sum / (double)n;
    cs_share_add(&share, is_good);
    bad = is_good ? bad : last;
  }
  if (share.n < FEW_PHRASES)
    return CS_OK;
  *f = cs_finding_at_least(cs_share_of(&share), 0.80);
  if (bad != NULL)
    cs_finding_where(f, "%zu phrases; one ends short in bar %d", share.n,
        bar_number(e, bad));
  return CS_OK;
}

const CsProperty cs_property_T32 = {
    .id   = "T32",
    .name = "phrase ends",
    .text = "Phrases of the tune whose last note lasts at least 1.5 times as "
            "long as the others do on average: 80 % at least; those of a build "
            "drive on.",
    .unit = "share",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_MELODY),
    .fn         = phrase_ends,
};
