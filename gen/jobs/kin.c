#include "gen/jobs/kin.h"

#include "gen/audit/facts.h"
#include "gen/audit/melody_line.h"
#include "gen/audit/motif.h"
#include "gen/base/mathx.h"

#include <stdlib.h>
#include <string.h>

const char *const cs_carrier_names[CS_N_CARRIERS] = {
    [CS_CARRIED_BY_TUNE]    = "tune",
    [CS_CARRIED_BY_HARMONY] = "harmony",
    [CS_CARRIED_BY_NOTHING] = "nothing",
};

// ---- Bars that both have ----------------------------------------------------

enum {
  KEY_BITS  = 7,
  ROLE_BITS = 4,
  IDEA_BARS = 2, ///< RULEBOOK 6.3.
};

/// The notes of all bars, each one number, rising within its bar.
typedef struct Bars {
  uint32_t *notes;
  size_t *first; ///< Of a bar; that of bar n_bars is the end.
  int n_bars;
} Bars;

static int
by_number(const void *a, const void *b)
{
  const uint32_t x = *(const uint32_t *)a;
  const uint32_t y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/// Sixteenth, role and key. Bars have fewer than 2^13 sixteenths.
static uint32_t
number_of(const CsEvidence *e, const CsPlacedNote *placed, int64_t bar_tick)
{
  const int64_t in = placed->note->start_tick - bar_tick;
  const uint32_t step =
      (uint32_t)((in + CS_TICKS_PER_STEP / 2) / CS_TICKS_PER_STEP);
  const uint32_t role = e->plan->tracks[placed->track].role;
  return step << (KEY_BITS + ROLE_BITS) | role << KEY_BITS | placed->note->key;
}

static CsStatus
collect_bars(CsArena *scratch, const CsEvidence *e, Bars *bars)
{
  const CsTimeline *t = e->score->timeline;
  CsPlacedNote *notes = NULL;
  size_t n = 0, i = 0;
  CS_TRY(cs_notes_in_time(scratch, e, CS_ALL_ROLES, false, &notes, &n));
  *bars       = (Bars){.n_bars = cs_n_body_bars(e)};
  bars->notes = CS_NEW_N(scratch, uint32_t, n + 1);
  bars->first = CS_NEW_N(scratch, size_t, (size_t)bars->n_bars + 1);
  CS_TRY_NEW(bars->notes);
  CS_TRY_NEW(bars->first);
  for (int b = 0; b < bars->n_bars; b++) {
    const int64_t from = cs_bar_tick(t, b);
    const int64_t to   = cs_bar_tick(t, b + 1);
    bars->first[b]     = i;
    for (; i < n && notes[i].note->start_tick < to; i++)
      bars->notes[i] = number_of(e, &notes[i], from);
    qsort(bars->notes + bars->first[b], i - bars->first[b], sizeof *bars->notes,
        by_number);
  }
  bars->first[bars->n_bars] = i;
  return CS_OK;
}

static size_t
count_common(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b)
{
  size_t n = 0, i = 0, k = 0;
  while (i < n_a && k < n_b) {
    const uint32_t x = a[i], y = b[k];
    n += x == y;
    i += x <= y;
    k += y <= x;
  }
  return n;
}

/// Do two bars hold the same, but for one note in ten?
static bool
is_literal(const Bars *a, int bar, const Bars *b, int other)
{
  const size_t n_a   = a->first[bar + 1] - a->first[bar];
  const size_t n_b   = b->first[other + 1] - b->first[other];
  const size_t least = n_a < n_b ? n_a : n_b;
  const size_t most  = n_a < n_b ? n_b : n_a;
  if (least == 0 || 10 * least < 9 * most)
    return false;
  const size_t n = count_common(
      a->notes + a->first[bar], n_a, b->notes + b->first[other], n_b);
  return 10 * n >= 9 * most;
}

static bool
is_held(const Bars *whole, const Bars *part, int bar)
{
  for (int b = 0; b < whole->n_bars; b++)
    if (is_literal(part, bar, whole, b))
      return true;
  return false;
}

/// Does one instrument play all there is?
static bool
is_solo(const CsEvidence *e)
{
  const char *name = NULL;
  for (size_t i = 0; i < e->score->n_parts; i++) {
    if (e->score->parts[i].n_notes == 0)
      continue;
    if (name != NULL && strcmp(name, e->plan->tracks[i].instrument) != 0)
      return false;
    name = e->plan->tracks[i].instrument;
  }
  return name != NULL;
}

CsStatus
cs_kin_literal_share(CsArena *scratch, const CsEvidence *whole,
    const CsEvidence *part, double *share)
{
  Bars x, y;
  int n_held = 0;
  CS_TRY(collect_bars(scratch, whole, &x));
  CS_TRY(collect_bars(scratch, part, &y));
  for (int b = 0; b < y.n_bars; b++)
    n_held += is_held(&x, &y, b);
  if (is_solo(part))
    n_held = n_held > IDEA_BARS ? n_held - IDEA_BARS : 0;
  *share = y.n_bars > 0 ? (double)n_held / y.n_bars : 0.0;
  return CS_OK;
}

// ---- Tunes ------------------------------------------------------------------

CsStatus
cs_kin_melody(CsArena *scratch, const CsEvidence *a, const CsEvidence *b,
    bool *has_tunes, double *similarity)
{
  enum { FEW_NOTES = 8 };
  *similarity = 0.0;
  *has_tunes  = cs_tune_of(a).n >= FEW_NOTES && cs_tune_of(b).n >= FEW_NOTES;
  return *has_tunes ? cs_tune_similarity(scratch, a, b, similarity) : CS_OK;
}

static int
sign(int x)
{
  return (x > 0) - (x < 0);
}

/// May a note of a bar be an ornament: off the beat, a step from the one
/// before?
static bool
is_ornament(const CsToldBar *bar, int note)
{
  enum { BEAT = 4, STEP = 2 };
  return note > 0 && bar->onsets[note] % BEAT != 0 &&
         abs(bar->keys[note] - bar->keys[note - 1]) <= STEP;
}

/// Do two bars move alike into a note: not the other way, and as wide to two
/// semitones? Another chord may ask for a step where a note came again.
static bool
moves_alike(int x, int y)
{
  return sign(x) * sign(y) >= 0 && abs(x - y) <= 2;
}

/// Do two bars say the same but for ornaments? The second has as many notes or
/// more.
static bool
says_with_ornaments(const CsToldBar *plain, const CsToldBar *full)
{
  enum { MOST_ORNAMENTS = 2 };
  int at = 0, last_plain = 0, last_full = 0;
  if (full->n - plain->n > MOST_ORNAMENTS)
    return false;
  for (int k = 0; k < full->n; k++) {
    const bool meets = at < plain->n && plain->onsets[at] == full->onsets[k];
    if (!meets && !is_ornament(full, k))
      return false;
    if (!meets)
      continue;
    if (at > 0 &&
        !moves_alike(plain->keys[at] - last_plain, full->keys[k] - last_full))
      return false;
    last_plain = plain->keys[at++];
    last_full  = full->keys[k];
  }
  return at == plain->n;
}

static bool
says_same(const CsToldBar *a, const CsToldBar *b)
{
  return a->n <= b->n ? says_with_ornaments(a, b) : says_with_ornaments(b, a);
}

/// Does a bar say what one of those says that the motif of a tune is told by?
static bool
says_motif(const CsTelling *whole, int motif, const CsToldBar *bar)
{
  for (int b = 0; b < whole->n_bars; b++)
    if (whole->bars[b].n >= 3 && says_same(&whole->bars[b], bar) &&
        cs_is_derived(&whole->bars[motif], &whole->bars[b]))
      return true;
  return false;
}

static int
count_motif(const CsTelling *whole, int motif, const CsTelling *part)
{
  int n = 0;
  for (int b = 0; b < part->n_bars; b++)
    n += part->bars[b].n >= 3 && says_motif(whole, motif, &part->bars[b]);
  return n;
}

// ---- Harmony ----------------------------------------------------------------

/// The roots of the chords from a bar on, neighbours that are equal once.
static CsStatus
collect_roots(CsArena *scratch, const CsEvidence *e, int from_bar, int to_bar,
    int **roots, int *n)
{
  *roots = CS_NEW_N(scratch, int, e->n_chords + 1);
  *n     = 0;
  CS_TRY_NEW(*roots);
  for (size_t i = 0; i < e->n_chords; i++) {
    const CsChordSpan *span = &e->chords[i];
    const int root          = span->chord.root;
    if (span->bar >= from_bar && span->bar < to_bar &&
        (*n == 0 || (*roots)[*n - 1] != root))
      (*roots)[(*n)++] = root;
  }
  return CS_OK;
}

/// Where the theme begins: the first A, else the first bar.
static int
first_bar_of_theme(const CsPlan *plan)
{
  for (size_t i = 0; i < plan->n_sections; i++)
    if (plan->sections[i].kind == CS_SECTION_A)
      return plan->sections[i].first_bar;
  return 0;
}

static CsStatus
count_harmony(CsArena *scratch, const CsEvidence *whole, const CsEvidence *part,
    int *n_heard)
{
  enum { HEAD = 4 };
  int *theme = NULL, *told = NULL;
  int n_theme = 0, n_told = 0;
  const int first = first_bar_of_theme(whole->plan);
  CS_TRY(collect_roots(
      scratch, whole, first, cs_n_body_bars(whole), &theme, &n_theme));
  CS_TRY(collect_roots(scratch, part, 0, cs_n_body_bars(part), &told, &n_told));
  // The last chord of a short body is its cadence.
  const int room = n_told > 1 ? n_told - 1 : n_told;
  int n_head     = n_theme < HEAD ? n_theme : HEAD;
  n_head         = n_head < room ? n_head : room;
  *n_heard       = 0;
  for (int i = 0; n_head > 0 && i + n_head <= n_told; i++)
    *n_heard += memcmp(theme, told + i, (size_t)n_head * sizeof *theme) == 0;
  return CS_OK;
}

static bool
is_pitched(const CsEvidence *e)
{
  for (size_t i = 0; i < e->score->n_parts; i++)
    if (e->score->parts[i].n_notes > 0 && cs_is_pitched(e, i))
      return true;
  return false;
}

CsStatus
cs_kin_theme(CsArena *scratch, const CsEvidence *whole, const CsEvidence *part,
    CsStatement *statement)
{
  enum { FEW_STATEMENTS = 3, MOST_BETWEEN = 8 };
  CsTelling x, y;
  CS_TRY(cs_hear_tune(scratch, whole, &x));
  CS_TRY(cs_hear_tune(scratch, part, &y));
  const int motif = x.n_bars > 0 ? cs_find_motif(&x) : -1;
  const int n_own = motif >= 0 ? count_motif(&x, motif, &x) : 0;
  if (n_own >= FEW_STATEMENTS && n_own * MOST_BETWEEN >= x.n_bars) {
    statement->carrier = CS_CARRIED_BY_TUNE;
    statement->n_heard = count_motif(&x, motif, &y);
    return CS_OK;
  }
  statement->carrier = CS_CARRIED_BY_NOTHING;
  statement->n_heard = 0;
  if (!is_pitched(whole) || !is_pitched(part))
    return CS_OK;
  statement->carrier = CS_CARRIED_BY_HARMONY;
  return count_harmony(scratch, whole, part, &statement->n_heard);
}

// ---- Band, tempo, key -------------------------------------------------------

/// Does a band have a role, and an instrument?
static bool
has_role(const CsPlan *plan, CsRole role)
{
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (plan->tracks[i].role == role)
      return true;
  return false;
}

static bool
has_instrument(const CsPlan *plan, const char *name)
{
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (strcmp(plan->tracks[i].instrument, name) == 0)
      return true;
  return false;
}

double
cs_kin_palette_share(const CsEvidence *whole, const CsEvidence *part)
{
  size_t n = 0, n_known = 0;
  for (size_t i = 0; i < part->score->n_parts; i++) {
    const CsTrack *t = &part->plan->tracks[i];
    if (part->score->parts[i].n_notes == 0 || !has_role(whole->plan, t->role))
      continue;
    n++;
    n_known += has_instrument(whole->plan, t->instrument);
  }
  return n > 0 ? (double)n_known / (double)n : 1.0;
}

double
cs_kin_tempo_bpm(const CsEvidence *e)
{
  const CsTimeline *t = e->score->timeline;
  const int n_bars    = cs_n_body_bars(e);
  const int64_t from  = cs_bar_tick(t, 0);
  const int64_t to    = cs_bar_tick(t, n_bars);
  const double length_s =
      cs_seconds_of_tick(t, (double)to) - cs_seconds_of_tick(t, (double)from);
  return length_s > 0.0
             ? (double)(to - from) / CS_TICKS_PER_QUARTER * 60.0 / length_s
             : e->plan->tempos[0].bpm;
}

int
cs_kin_fifths_apart(CsKey a, CsKey b)
{
  const int up = cs_mod(7 * (a.tonic_pc - b.tonic_pc), 12);
  return up <= 6 ? up : 12 - up;
}
