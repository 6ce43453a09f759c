// Whether a cue states the theme of another: the motif of its tune, the chords
// of A, or the groove of drums alone.

#include "gen/jobs/kin.h"

#include "gen/audit/facts.h"
#include "gen/audit/melody_line.h"
#include "gen/audit/motif.h"
#include "gen/jobs/kin_groove.h"

#include <stdlib.h>
#include <string.h>

const char *const cs_carrier_names[CS_N_CARRIERS] = {
    [CS_CARRIED_BY_TUNE]    = "tune",
    [CS_CARRIED_BY_HARMONY] = "harmony",
    [CS_CARRIED_BY_GROOVE]  = "groove",
    [CS_CARRIED_BY_NOTHING] = "nothing",
};

// ---- Tunes ----------------------------------------------------------------

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

/// A gesture has a chord that leads and the one that it leads to: every cue
/// ends so.
static bool
is_gesture(const CsPlan *plan)
{
  const double short_s = 4.0;
  return plan->function == CS_STINGER || plan->duration_s < short_s;
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
  if (cs_has_pitches(whole) && !is_gesture(whole->plan)) {
    statement->carrier = CS_CARRIED_BY_HARMONY;
    return count_harmony(scratch, whole, part, &statement->n_heard);
  }
  int n_grooves      = 0;
  statement->carrier = CS_CARRIED_BY_NOTHING;
  statement->n_heard = 0;
  CS_TRY(cs_kin_count_groove(scratch, whole, whole, &n_grooves));
  if (cs_has_pitches(whole) || n_grooves < FEW_STATEMENTS)
    return CS_OK;
  statement->carrier = CS_CARRIED_BY_GROOVE;
  return cs_kin_count_groove(scratch, whole, part, &statement->n_heard);
}
