// The tune and the bass as lines: chord tones, steps and leaps, the motif
// (T15, T27, T33, N04).

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

/// A beat long, but for the gap before the next note.
static bool
is_long(const CsEvidence *e, const CsNote *note)
{
  return note->n_ticks >= cs_beat_ticks(e) * 9 / 10;
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
    if (cs_is_chord_tone(e, &chord->chord, note->key))
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
    .text    = "At least 85 % of the tune's notes that last a beat or more are "
               "tones of the chord (thematic).",
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

// ---- T33: the motif ---------------------------------------------------------

enum {
  MAX_BAR_NOTES  = 24,
  MAX_CANDIDATES = 128, ///< Bars that may be the motif: the first so many.
  MIN_STATEMENTS = 4,
  MIN_MOTIF_S    = 25, ///< Shorter cues have no room for four statements.
};

/// A bar of the tune: onsets in sixteenths, and keys.
typedef struct TuneBar {
  int n;
  int onsets[MAX_BAR_NOTES];
  int keys[MAX_BAR_NOTES];
} TuneBar;

static TuneBar
tune_bar(const CsEvidence *e, size_t track, int bar)
{
  TuneBar b          = {0};
  const CsPart *part = &e->score->parts[track];
  const int64_t from = cs_bar_tick(e->score->timeline, bar);
  const int64_t to   = cs_bar_tick(e->score->timeline, bar + 1);
  for (size_t k = cs_first_from(part, from);
       k < part->n_notes && part->notes[k].start_tick < to &&
       b.n < MAX_BAR_NOTES;
       k++) {
    const int64_t in = part->notes[k].start_tick - from;
    b.onsets[b.n]    = (int)((in + CS_TICKS_PER_STEP / 2) / CS_TICKS_PER_STEP);
    b.keys[b.n++]    = part->notes[k].key;
  }
  return b;
}

/// Do two notes of two bars say the same: time, and direction into them?
///
/// @param turn  -1 compares with the second bar upside down.
static double
note_cost(const TuneBar *a, int i, const TuneBar *b, int k, int turn)
{
  const int x        = i > 0 ? a->keys[i] - a->keys[i - 1] : 0;
  const int y        = turn * (k > 0 ? b->keys[k] - b->keys[k - 1] : 0);
  const bool is_time = a->onsets[i] == b->onsets[k];
  const bool is_move = abs(x - y) <= 2;
  return is_time && is_move ? 0.0 : is_time || is_move ? 0.5 : 1.0;
}

/// Edit distance of two bars against the longer one, 0..1.
static double
bar_distance(const TuneBar *a, const TuneBar *b, int turn)
{
  double before[MAX_BAR_NOTES + 1];
  double row[MAX_BAR_NOTES + 1];
  for (int k = 0; k <= b->n; k++)
    before[k] = k;
  for (int i = 1; i <= a->n; i++) {
    row[0] = i;
    for (int k = 1; k <= b->n; k++)
      row[k] = fmin(before[k - 1] + note_cost(a, i - 1, b, k - 1, turn),
          fmin(before[k], row[k - 1]) + 1.0);
    for (int k = 0; k <= b->n; k++)
      before[k] = row[k];
  }
  const int longer = a->n > b->n ? a->n : b->n;
  return longer > 0 ? before[b->n] / longer : 1.0;
}

/// RULEBOOK 9: a bar derives from another when their edit distance is at most
/// 40 %; upside down counts (6.3, inversion).
static bool
is_derived(const TuneBar *a, const TuneBar *b)
{
  const int longer = a->n > b->n ? a->n : b->n;
  if (abs(a->n - b->n) > 0.4 * longer) // each missing note costs one
    return false;
  return bar_distance(a, b, 1) <= 0.4 || bar_distance(a, b, -1) <= 0.4;
}

/// The tune bar by bar, and which bars were told by a motif found so far.
typedef struct Telling {
  TuneBar *bars;
  bool *is_told;
  int n_bars;
} Telling;

static int
count_derived(const Telling *t, int motif)
{
  int n = 0;
  for (int b = 0; b < t->n_bars; b++)
    n += !t->is_told[b] && t->bars[b].n >= 2 &&
         is_derived(&t->bars[motif], &t->bars[b]);
  return n;
}

/// The bar that most untold ones derive from; they are told then.
///
/// @return -1 where no bar has three notes.
static int
find_motif(Telling *t)
{
  int most = 0, motif = -1;
  for (int a = 0; a < t->n_bars && a < MAX_CANDIDATES; a++) {
    const int n = t->bars[a].n >= 3 ? count_derived(t, a) : 0;
    if (n > most)
      most = n, motif = a;
  }
  for (int b = 0; b < t->n_bars && motif >= 0; b++)
    t->is_told[b] |=
        t->bars[b].n >= 2 && is_derived(&t->bars[motif], &t->bars[b]);
  return motif;
}

static CsStatus
hear_tune(CsArena *scratch, const CsEvidence *e, size_t track, Telling *t)
{
  t->n_bars  = cs_n_body_bars(e);
  t->bars    = CS_NEW_N(scratch, TuneBar, (size_t)t->n_bars);
  t->is_told = CS_NEW_N(scratch, bool, (size_t)t->n_bars);
  CS_TRY_NEW(t->bars);
  CS_TRY_NEW(t->is_told);
  for (int b = 0; b < t->n_bars; b++)
    t->bars[b] = tune_bar(e, track, b);
  return CS_OK;
}

/// Where the motif stands.
typedef struct Statements {
  int n, first, last; ///< Bars.
} Statements;

static Statements
statements_of(const Telling *t, int motif)
{
  Statements s = {0, -1, -1};
  for (int b = 0; b < t->n_bars && motif >= 0; b++) {
    if (t->bars[b].n < 2 || !is_derived(&t->bars[motif], &t->bars[b]))
      continue;
    s.n++;
    s.first = s.first < 0 ? b : s.first;
    s.last  = b;
  }
  return s;
}

static CsStatus
hear_motif(CsArena *scratch, const CsEvidence *e, Telling *t, Statements *s)
{
  const size_t track = tune_of(e);
  *t                 = (Telling){0};
  *s                 = (Statements){0, -1, -1};
  if (track == e->score->n_parts || !cs_is_metred(e) ||
      e->plan->duration_s < MIN_MOTIF_S)
    return CS_OK;
  CS_TRY(hear_tune(scratch, e, track, t));
  *s = statements_of(t, find_motif(t));
  return CS_OK;
}

static CsStatus
motif_statements(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  Telling t;
  Statements s;
  CS_TRY(hear_motif(scratch, e, &t, &s));
  if (t.n_bars > 0)
    *f = cs_finding_at_least(s.n, MIN_STATEMENTS);
  return CS_OK;
}

/// The motif and its answer (the bar that most of the rest derive from) tell
/// the tune.
static CsStatus
derived_bars(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  Telling t;
  Statements s;
  int n_sung = 0, n_told = 0;
  CS_TRY(hear_motif(scratch, e, &t, &s));
  (void)find_motif(&t);
  for (int b = 0; b < t.n_bars; b++) {
    n_sung += t.bars[b].n >= 2;
    n_told += t.is_told[b];
    if (t.bars[b].n >= 2 && !t.is_told[b])
      cs_finding_where(f, "bar %d is free", b + 1);
  }
  if (n_sung > 0)
    cs_finding_settle(f, cs_finding_at_least((double)n_told / n_sung, 0.6));
  return CS_OK;
}

static CsStatus
motif_first(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  Telling t;
  Statements s;
  CS_TRY(hear_motif(scratch, e, &t, &s));
  if (s.n > 0)
    *f = cs_finding_at_most(cs_bar_s(e, s.first) / e->plan->duration_s, 0.25);
  return CS_OK;
}

static CsStatus
motif_last(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  Telling t;
  Statements s;
  CS_TRY(hear_motif(scratch, e, &t, &s));
  if (s.n > 0)
    *f =
        cs_finding_at_least(cs_bar_s(e, s.last + 1) / e->plan->duration_s, 0.8);
  return CS_OK;
}

const CsProperty cs_property_T33a = {
    .id   = "T33a",
    .name = "statements of the motif",
    .text = "The bar from which most others derive is heard at least 4 times "
            "(thematic, from 25 s on).",
    .unit = "bars",
    .is_hard    = true,
    .mend_roles = MELODY,
    .fn         = motif_statements,
};

const CsProperty cs_property_T33b = {
    .id      = "T33b",
    .name    = "bars derived from the motif",
    .text    = "At least 60 % of the tune's bars derive from the motif or its "
               "answer: 40 % edit distance over onsets and moves (thematic, from "
               "25 s on).",
    .unit    = "share",
    .is_hard = true,
    .mend_roles = MELODY,
    .fn         = derived_bars,
};

const CsProperty cs_property_T33c = {
    .id      = "T33c",
    .name    = "first statement",
    .text    = "The motif is first heard within the first quarter (thematic, "
               "from 25 s on).",
    .unit    = "share",
    .is_hard = true,
    .mend_roles = MELODY,
    .fn         = motif_first,
};

const CsProperty cs_property_T33d = {
    .id      = "T33d",
    .name    = "last statement",
    .text    = "The motif is heard once more in the last fifth (thematic, from "
               "25 s on).",
    .unit    = "share",
    .is_hard = true,
    .mend_roles = MELODY,
    .fn         = motif_last,
};
