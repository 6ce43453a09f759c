// The tune and the bass as lines: chord tones, steps and leaps (T15, T27, N04).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"

#include <math.h>
#include <stdlib.h>

#define MELODY CS_ROLE_BIT(CS_ROLE_MELODY)

/// The track that sings in a thematic cue, or n_parts.
static size_t
tune_of(const CsEvidence *e)
{
  return e->plan->function == CS_THEMATIC ? cs_track_of_role(e, CS_ROLE_MELODY)
                                          : e->score->n_parts;
}

// ---- T15 --------------------------------------------------------------------

enum { MIN_TUNE_NOTES = 4 };

static bool
is_on_downbeat(const CsEvidence *e, const CsNote *note)
{
  const CsTimeline *t = e->score->timeline;
  return note->start_tick ==
         cs_bar_tick(t, cs_bar_of_tick(t, note->start_tick));
}

/// A beat long, but for the gap before the next note. Meters that count
/// eighths are felt in twos and threes of them: no beat is under a quarter.
static bool
is_long(const CsEvidence *e, const CsNote *note)
{
  const int64_t counted = cs_beat_ticks(e);
  const int64_t felt =
      counted > CS_TICKS_PER_QUARTER ? counted : CS_TICKS_PER_QUARTER;
  return note->n_ticks >= felt * 9 / 10;
}

typedef bool NoteTest(const CsEvidence *e, const CsNote *note);

static void
judge_chord_tones(const CsEvidence *e, NoteTest *counts, CsFinding *f)
{
  const size_t track = tune_of(e);
  size_t n = 0, n_good = 0;
  if (track == e->score->n_parts || !cs_is_metred(e))
    return;
  const CsPart *part = &e->score->parts[track];
  for (size_t k = 0; k < part->n_notes; k++) {
    const CsNote *note       = &part->notes[k];
    const CsChordSpan *chord = cs_chord_span_at(e, note->start_tick);
    if (chord == NULL || !counts(e, note))
      continue;
    n++;
    if (cs_is_chord_tone(chord, note->key))
      n_good++;
    else
      cs_finding_where(f, "bar %d: key %d on %s",
          cs_bar_of_tick(e->score->timeline, note->start_tick) + 1, note->key,
          chord->symbol);
  }
  if (n >= MIN_TUNE_NOTES)
    cs_finding_settle(f, cs_finding_at_least((double)n_good / (double)n, 0.85));
}

static CsStatus
tune_downbeats(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  judge_chord_tones(e, is_on_downbeat, f);
  return CS_OK;
}

static CsStatus
tune_long_notes(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  judge_chord_tones(e, is_long, f);
  return CS_OK;
}

const CsProperty cs_property_T15a = {
    .id   = "T15a",
    .name = "tune on downbeats",
    .text = "At least 85 % of the tune's notes on downbeats are tones of the "
            "chord (thematic).",
    .unit = "share",
    .is_hard    = true,
    .mend_roles = MELODY,
    .fn         = tune_downbeats,
};

const CsProperty cs_property_T15b = {
    .id      = "T15b",
    .name    = "long notes of the tune",
    .text    = "At least 85 % of the tune's notes that last a beat or more (a "
               "quarter, where eighths are counted) are tones of the chord "
               "(thematic).",
    .unit    = "share",
    .is_hard = true,
    .mend_roles = MELODY,
    .fn         = tune_long_notes,
};

// ---- T27, N04: steps and leaps ----------------------------------------------

enum { MIN_MOVES = 8, FIFTH = 7, OCTAVE = 12 };

typedef struct Moves {
  size_t n, n_steps, n_over_fifth, n_over_octave;
  int widest; ///< Semitones.
  int64_t widest_tick;
} Moves;

static void
count_move(const CsNote *from, const CsNote *to, Moves *moves)
{
  const int size = abs(to->key - from->key);
  moves->n++;
  moves->n_steps += size == 1 || size == 2;
  moves->n_over_fifth += size > FIFTH;
  moves->n_over_octave += size > OCTAVE;
  if (size > moves->widest) {
    moves->widest      = size;
    moves->widest_tick = to->start_tick;
  }
}

/// Moves from note to note; a rest of more than a bar parts phrases.
static Moves
moves_of(const CsEvidence *e, size_t track)
{
  Moves moves        = {0};
  const CsPart *part = &e->score->parts[track];
  const int64_t bar =
      (int64_t)(cs_meter_quarters(e->plan->meter) * CS_TICKS_PER_QUARTER);
  for (size_t k = 1; k < part->n_notes; k++) {
    const CsNote *a = &part->notes[k - 1];
    const CsNote *b = &part->notes[k];
    if (b->start_tick - a->start_tick - a->n_ticks <= bar)
      count_move(a, b, &moves);
  }
  return moves;
}

static void
say_widest(const CsEvidence *e, const Moves *moves, CsFinding *f)
{
  cs_finding_where(f, "%d semitones into bar %d, %.1f s", moves->widest,
      cs_bar_of_tick(e->score->timeline, moves->widest_tick) + 1,
      cs_seconds_at(e, moves->widest_tick));
}

static CsStatus
tune_steps(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const size_t track = tune_of(e);
  if (track == e->score->n_parts)
    return CS_OK;
  const Moves moves = moves_of(e, track);
  if (moves.n >= MIN_MOVES)
    *f = cs_finding_within((double)moves.n_steps / (double)moves.n, 0.45, 0.65);
  return CS_OK;
}

/// A theme may leap over a fifth now and then, a bed's top line never.
static CsStatus
tune_leaps(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const bool is_bed = e->plan->function == CS_BED;
  const size_t track =
      is_bed ? cs_track_of_role(e, CS_ROLE_MELODY) : tune_of(e);
  if (track == e->score->n_parts)
    return CS_OK;
  const Moves moves = moves_of(e, track);
  if (moves.n < MIN_MOVES)
    return CS_OK;
  *f = cs_finding_at_most(
      (double)moves.n_over_fifth / (double)moves.n, is_bed ? 0.0 : 0.04);
  say_widest(e, &moves, f);
  return CS_OK;
}

static void
judge_widest(const CsEvidence *e, size_t track, CsFinding *f)
{
  if (track == e->score->n_parts)
    return;
  const Moves moves = moves_of(e, track);
  *f                = cs_finding_at_most((double)moves.n_over_octave, 0.0);
  if (moves.n_over_octave > 0)
    say_widest(e, &moves, f);
}

static CsStatus
tune_octaves(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const bool is_sung =
      e->plan->function == CS_THEMATIC || e->plan->function == CS_BED;
  if (is_sung)
    judge_widest(e, cs_track_of_role(e, CS_ROLE_MELODY), f);
  return CS_OK;
}

static CsStatus
bass_octaves(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  judge_widest(e, cs_track_of_role(e, CS_ROLE_BASS), f);
  return CS_OK;
}

const CsProperty cs_property_T27a = {
    .id   = "T27a",
    .name = "steps of the tune",
    .text =
        "Between 45 and 65 % of the tune's moves are steps of a semitone or "
        "two (thematic).",
    .unit       = "share",
    .is_hard    = true,
    .mend_roles = MELODY,
    .fn         = tune_steps,
};

const CsProperty cs_property_T27b = {
    .id   = "T27b",
    .name = "leaps of the tune",
    .text = "At most 4 % of the tune's moves are wider than a fifth (the top "
            "line of a bed: none).",
    .unit = "share",
    .is_hard    = true,
    .mend_roles = MELODY,
    .fn         = tune_leaps,
};

const CsProperty cs_property_T27c = {
    .id         = "T27c",
    .name       = "leaps over an octave",
    .text       = "No move of the tune or top line is wider than an octave "
                  "(thematic, bed).",
    .unit       = "moves",
    .is_hard    = true,
    .mend_roles = MELODY,
    .fn         = tune_octaves,
};

const CsProperty cs_property_N04 = {
    .id         = "N04",
    .name       = "leaps of the bass",
    .text       = "No move of the bass is wider than an octave.",
    .unit       = "moves",
    .mend_roles = CS_ROLE_BIT(CS_ROLE_BASS),
    .fn         = bass_octaves,
};
