// The chords as they are heard and how they follow one another (T20 to T22).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/share.h"
#include "gen/base/mathx.h"

#include <math.h>
#include <stdio.h>

enum { PITCH_CLASSES = 12 };

#define HARMONY_ROLES                                                          \
  (CS_ROLE_BIT(CS_ROLE_PAD) | CS_ROLE_BIT(CS_ROLE_CHORDS) |                    \
      CS_ROLE_BIT(CS_ROLE_MOTION) | CS_ROLE_BIT(CS_ROLE_BASS))

// ---- T20: chords heard ------------------------------------------------------

enum { MOST_CHORDS = 24, FEW_CHORDS = 4 };

/// The chords that a cue is made of, and how well each fits each beat. Which of
/// them is heard is decided for all beats together: a change that one passing
/// note would explain is none.
typedef struct Hearing {
  int roots[MOST_CHORDS], basses[MOST_CHORDS];
  unsigned tones[MOST_CHORDS]; ///< Pitch classes above the tonic.
  int n_chords;
  double cost[MOST_CHORDS];   ///< Of the best way to here.
  int n_changes[MOST_CHORDS]; ///< Along it.
} Hearing;

/// A chord as it is counted from another key's tonic.
static CsChord
seen_from(const CsChordSpan *span, CsKey key)
{
  const int up  = span->key.tonic_pc - key.tonic_pc;
  CsChord chord = span->chord;
  chord.root    = cs_mod(chord.root + up, PITCH_CLASSES);
  chord.bass    = cs_mod(chord.bass + up, PITCH_CLASSES);
  return chord;
}

static int
chord_index(Hearing *h, const CsChordSpan *span, CsKey key)
{
  const CsChord chord  = seen_from(span, key);
  const unsigned tones = cs_chord_pitch_classes(&chord);
  for (int i = 0; i < h->n_chords; i++)
    if (h->roots[i] == chord.root && h->basses[i] == chord.bass &&
        h->tones[i] == tones)
      return i;
  if (h->n_chords == MOST_CHORDS)
    return -1;
  h->roots[h->n_chords]  = chord.root;
  h->basses[h->n_chords] = chord.bass;
  h->tones[h->n_chords]  = tones;
  return h->n_chords++;
}

/// What sounds within a beat: sounding time by pitch class above the tonic, 1
/// in all; the lowest note counts again for its root.
typedef struct Beat {
  double weights[PITCH_CLASSES];
  int lowest;
} Beat;

static Beat
listen(const CsEvidence *e, int64_t from, int64_t to)
{
  Beat beat  = {.lowest = 128};
  double sum = 0.0;
  for (size_t t = 0; t < e->score->n_parts; t++) {
    const CsPart *part = &e->score->parts[t];
    if ((HARMONY_ROLES & CS_ROLE_BIT(e->plan->tracks[t].role)) == 0 ||
        !cs_is_pitched(e, t))
      continue;
    for (size_t i = cs_first_from(part, to); i-- > 0;) {
      const CsNote *note = &part->notes[i];
      const int64_t end  = note->start_tick + note->n_ticks;
      const int64_t on   = note->start_tick > from ? note->start_tick : from;
      const double ticks = (double)((end < to ? end : to) - on);
      if (on - note->start_tick > 32 * CS_TICKS_PER_QUARTER)
        break; // What began eight bars ago has been heard.
      if (ticks <= 0.0)
        continue;
      beat.weights[cs_mod(note->key - e->plan->key.tonic_pc, PITCH_CLASSES)] +=
          ticks;
      sum += ticks;
      beat.lowest = note->key < beat.lowest ? note->key : beat.lowest;
    }
  }
  for (int i = 0; i < PITCH_CLASSES && sum > 0.0; i++)
    beat.weights[i] /= sum;
  return beat;
}

/// What speaks against a chord: foreign notes, missing ones, another bass.
static double
misfit(const CsEvidence *e, const Hearing *h, int chord, const Beat *beat)
{
  const double missing_cost = 0.06, bass_cost = 0.15;
  double cost = 0.0;
  if (beat->lowest == 128)
    return 0.0;
  for (int i = 0; i < PITCH_CLASSES; i++) {
    const bool is_tone = (h->tones[chord] >> i & 1U) != 0;
    cost += is_tone ? (beat->weights[i] > 0.0 ? 0.0 : missing_cost)
                    : beat->weights[i];
  }
  const int bass = cs_mod(beat->lowest - e->plan->key.tonic_pc, PITCH_CLASSES);
  return cost + (bass == h->basses[chord] ? 0.0 : bass_cost);
}

/// One beat on: stay, or change from the best chord before.
static void
hear_beat(const CsEvidence *e, Hearing *h, const Beat *beat)
{
  const double change_cost = 0.25;
  int best                 = 0;
  for (int i = 1; i < h->n_chords; i++)
    best = h->cost[i] < h->cost[best] ? i : best;
  const double from   = h->cost[best] + change_cost;
  const int n_changes = h->n_changes[best] + 1;
  for (int i = 0; i < h->n_chords; i++) {
    if (from < h->cost[i]) {
      h->cost[i]      = from;
      h->n_changes[i] = n_changes;
    }
    h->cost[i] += misfit(e, h, i, beat);
  }
}

static int
count_heard(const CsEvidence *e, Hearing *h, int64_t end)
{
  const int64_t beat = cs_beat_ticks(e);
  for (int64_t at = 0; at + beat <= end; at += beat) {
    const Beat b = listen(e, at, at + beat);
    hear_beat(e, h, &b);
  }
  int best = 0;
  for (int i = 1; i < h->n_chords; i++)
    best = h->cost[i] < h->cost[best] ? i : best;
  return h->n_changes[best] + 1;
}

static CsStatus
chords_a_bar(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  Hearing h        = {.n_chords = 0};
  const int n_bars = cs_n_body_bars(e);
  int n_wanted = 0, before = -1;
  for (size_t i = 0; i < e->n_chords && e->chords[i].bar < n_bars; i++) {
    const int chord = chord_index(&h, &e->chords[i], e->plan->key);
    n_wanted += chord != before;
    before = chord;
  }
  if (n_wanted < FEW_CHORDS)
    return CS_OK;
  const int n_heard =
      count_heard(e, &h, cs_bar_tick(e->score->timeline, n_bars));
  const double wanted = (double)n_wanted / n_bars;
  *f =
      cs_finding_within((double)n_heard / n_bars, 0.75 * wanted, 1.25 * wanted);
  cs_finding_where(
      f, "%d heard, %d wanted in %d bars", n_heard, n_wanted, n_bars);
  return CS_OK;
}

const CsProperty cs_property_T20 = {
    .id   = "T20",
    .name = "chords a bar",
    .text = "How often harmony and bass change the chord, as heard from their "
            "notes, against what was planned: within 25 %.",
    .unit = "1/bar",
    .mend_roles = HARMONY_ROLES,
    .fn         = chords_a_bar,
};

// ---- T21 --------------------------------------------------------------------

/// The chords of RULEBOOK 4.2, by root and third.
typedef enum Degree {
  DEGREE_I,
  DEGREE_II,
  DEGREE_III,
  DEGREE_IV,
  DEGREE_V,
  DEGREE_VI,
  DEGREE_MINOR_I,
  DEGREE_MINOR_IV,
  DEGREE_MINOR_V,
  DEGREE_FLAT_VII,
  DEGREE_FLAT_VI,
  DEGREE_FLAT_III,
  N_DEGREES,
  DEGREE_OTHER = N_DEGREES
} Degree;

/// How often one follows another, in hundredths: the larger figure of popular
/// songs (POP909) and charts (McGill Billboard). 0: under 1, or not listed.
static const int follow_percent[N_DEGREES][N_DEGREES] = {
    [DEGREE_I] = {[DEGREE_II] = 8,
        [DEGREE_III]          = 13,
        [DEGREE_IV]           = 36,
        [DEGREE_V]            = 26,
        [DEGREE_VI]           = 23,
        [DEGREE_FLAT_VII]     = 10},
    [DEGREE_II] =
        {[DEGREE_I] = 21, [DEGREE_III] = 7, [DEGREE_IV] = 16, [DEGREE_V] = 71},
    [DEGREE_III] =
        {[DEGREE_II] = 22, [DEGREE_IV] = 26, [DEGREE_V] = 11, [DEGREE_VI] = 42},
    [DEGREE_IV] = {[DEGREE_I] = 47,
        [DEGREE_II]           = 5,
        [DEGREE_III]          = 15,
        [DEGREE_V]            = 46,
        [DEGREE_MINOR_I]      = 5,
        [DEGREE_FLAT_VII]     = 4},
    [DEGREE_V] =
        {[DEGREE_I] = 54, [DEGREE_III] = 9, [DEGREE_IV] = 21, [DEGREE_VI] = 19},
    [DEGREE_VI]       = {[DEGREE_I] = 15,
              [DEGREE_II]           = 23,
              [DEGREE_III]          = 13,
              [DEGREE_IV]           = 29,
              [DEGREE_V]            = 17},
    [DEGREE_MINOR_I]  = {[DEGREE_IV] = 23,
         [DEGREE_MINOR_IV]           = 14,
         [DEGREE_MINOR_V]            = 6,
         [DEGREE_FLAT_III]           = 8,
         [DEGREE_FLAT_VI]            = 18,
         [DEGREE_FLAT_VII]           = 19},
    [DEGREE_FLAT_VII] = {[DEGREE_I] = 25,
        [DEGREE_IV]                 = 26,
        [DEGREE_MINOR_I]            = 19,
        [DEGREE_FLAT_VI]            = 9},
    [DEGREE_FLAT_VI]  = {[DEGREE_V] = 16,
         [DEGREE_MINOR_I]           = 11,
         [DEGREE_FLAT_III]          = 9,
         [DEGREE_FLAT_VII]          = 36},
    [DEGREE_FLAT_III] =
        {[DEGREE_IV] = 31, [DEGREE_FLAT_VI] = 14, [DEGREE_FLAT_VII] = 19},
};

static Degree
degree_of(const CsChord *chord)
{
  static const Degree of_root[PITCH_CLASSES][2] = {
      {DEGREE_I, DEGREE_MINOR_I},
      {DEGREE_OTHER, DEGREE_OTHER},
      {DEGREE_OTHER, DEGREE_II},
      {DEGREE_FLAT_III, DEGREE_OTHER},
      {DEGREE_OTHER, DEGREE_III},
      {DEGREE_IV, DEGREE_MINOR_IV},
      {DEGREE_OTHER, DEGREE_OTHER},
      {DEGREE_V, DEGREE_MINOR_V},
      {DEGREE_FLAT_VI, DEGREE_OTHER},
      {DEGREE_OTHER, DEGREE_VI},
      {DEGREE_FLAT_VII, DEGREE_OTHER},
      {DEGREE_OTHER, DEGREE_OTHER},
  };
  return of_root[chord->root][chord->is_minor ? 1 : 0];
}

/// Keys whose chords lead somewhere, so that the table speaks of them.
static bool
is_functional(const CsEvidence *e)
{
  const CsMode mode = e->plan->key.mode;
  return cs_is_metred(e) &&
         (e->plan->function == CS_THEMATIC || e->plan->function == CS_BED) &&
         (mode == CS_MAJOR || mode == CS_MINOR || mode == CS_DORIAN ||
             mode == CS_MIXOLYDIAN);
}

/// In hundredths, 1 at least; in minor a dominant's tonic is the minor one.
static int
weight_of(CsKey key, Degree from, Degree to)
{
  const bool is_minor = cs_mode_is_minor(key.mode);
  int percent         = follow_percent[from][to];
  if (is_minor && to == DEGREE_MINOR_I && from == DEGREE_V)
    percent = follow_percent[from][DEGREE_I];
  return percent > 0 ? percent : 1;
}

/// Does the table tell what follows it? It has no row for iv and v in minor.
static bool
is_listed(Degree from)
{
  for (int to = 0; from < N_DEGREES && to < N_DEGREES; to++)
    if (follow_percent[from][to] > 0)
      return true;
  return false;
}

/// Two triads of one kind whose roots lie a third apart: no scale has both, and
/// harmony that lives on it is a palette of its own (RULEBOOK 4.3).
static bool
is_mediant(const CsChord *a, const CsChord *b)
{
  const int up = cs_mod(b->root - a->root, PITCH_CLASSES);
  return a->is_minor == b->is_minor && !a->is_diminished && !b->is_diminished &&
         (up == 3 || up == 4 || up == 8 || up == 9);
}

/// Is every other move one?
static bool
lives_on_mediants(const CsEvidence *e)
{
  size_t n = 0, n_mediants = 0;
  for (size_t i = 0; i + 1 < e->n_chords; i++) {
    const CsChord *a = &e->chords[i].chord;
    const CsChord *b = &e->chords[i + 1].chord;
    n += a->root != b->root;
    n_mediants += is_mediant(a, b);
  }
  return 2 * n_mediants >= n && n > 0;
}

/// Does a chord lead to another key? Of the way to it no table speaks.
static bool
is_pivot(const CsEvidence *e, size_t i)
{
  return i + 1 < e->n_chords &&
         e->chords[i].key.tonic_pc != e->chords[i + 1].key.tonic_pc;
}

static CsStatus
usual_progression(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  double sum = 0.0;
  int n = 0, least = 101;
  char rarest[48] = "";
  for (size_t i = 0;
       is_functional(e) && !lives_on_mediants(e) && i + 1 < e->n_chords; i++) {
    const CsChordSpan *a = &e->chords[i];
    const CsChordSpan *b = a + 1;
    const CsChord before = seen_from(a, b->key);
    const Degree from    = degree_of(&before);
    const Degree to      = degree_of(&b->chord);
    if (is_pivot(e, i + 1) || from == to || !is_listed(from))
      continue;
    const int percent = to == DEGREE_OTHER ? 1 : weight_of(b->key, from, to);
    sum += log2(0.01 * percent);
    n++;
    if (percent >= least)
      continue;
    least = percent;
    (void)snprintf(rarest, sizeof rarest, "bar %d: %.12s to %.12s", b->bar + 1,
        a->symbol, b->symbol);
  }
  if (n < FEW_CHORDS)
    return CS_OK;
  *f = cs_finding_at_least(sum / n, -3.5);
  cs_finding_where(f, "%s", rarest);
  return CS_OK;
}

const CsProperty cs_property_T21 = {
    .id   = "T21",
    .name = "usual progressions",
    .text = "How usual it is that these chords follow one another: the mean of "
            "log2 of their measured frequency, at least -3.5; not of harmony "
            "that moves by thirds which no scale has.",
    .unit = "bit",
    .fn   = usual_progression,
};

// ---- T22 --------------------------------------------------------------------

static bool
is_resting_place(const CsChord *chord)
{
  switch (degree_of(chord)) {
  case DEGREE_I:
  case DEGREE_IV:
  case DEGREE_V:
  case DEGREE_VI:
  case DEGREE_MINOR_I:
  case DEGREE_FLAT_VI:
  case DEGREE_FLAT_VII:
    return !chord->is_diminished;
  case DEGREE_II:
  case DEGREE_III:
  case DEGREE_MINOR_IV:
  case DEGREE_MINOR_V:
  case DEGREE_FLAT_III:
  case N_DEGREES:
    break;
  }
  return false;
}

/// Does it stand on its feet: is the lowest note that it begins with one of the
/// triad, or the bass that was written? It is asked where the chord is struck,
/// or at the last bar line: later a bass may walk on to the next section.
static bool
is_stable(const CsEvidence *e, const CsChordSpan *span, int64_t end)
{
  const CsTimeline *t  = e->score->timeline;
  const int64_t line   = cs_bar_tick(t, cs_bar_of_tick(t, end - 1));
  const int64_t from   = span->start_tick > line ? span->start_tick : line;
  const Beat beat      = listen(e, from, from + CS_TICKS_PER_STEP);
  const CsChord *chord = &span->chord;
  const int above = cs_mod(beat.lowest - span->key.tonic_pc, PITCH_CLASSES);
  if (beat.lowest == 128 || above == chord->bass || above == 0)
    return true; // the tonic may be held as a pedal
  for (int i = 0; i < chord->n_tones; i++)
    if (chord->tones[i] <= 8 &&
        above == cs_mod(chord->root + chord->tones[i], 12))
      return true;
  return false;
}

/// Where a section comes to rest. The last one does so on the last downbeat,
/// which its cadence leads to.
static int64_t
end_of_section(const CsEvidence *e, const CsSection *s)
{
  const CsTimeline *t = e->score->timeline;
  const int bar       = s->first_bar + s->n_bars;
  const bool is_last  = bar == cs_n_body_bars(e) && bar < e->plan->n_bars;
  return cs_bar_tick(t, bar) + (is_last ? cs_beat_ticks(e) : 0);
}

static CsStatus
section_ends(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  CsShare share = {0};
  for (size_t i = 0; cs_is_metred(e) && i < e->plan->n_sections; i++) {
    const CsSection *s       = &e->plan->sections[i];
    const int64_t end        = end_of_section(e, s);
    const CsChordSpan *chord = cs_chord_span_at(e, end - 1);
    if (s->kind == CS_SECTION_END || s->n_bars < 2 || chord == NULL)
      continue;
    // What leads to another key rests in that one.
    const CsChord seen = seen_from(chord, cs_key_at(e, end));
    const bool is_good = is_resting_place(&seen) && is_stable(e, chord, end);
    cs_share_add(&share, is_good);
    if (!is_good)
      cs_finding_where(f, "%s, bar %d: %s", s->name, s->first_bar + s->n_bars,
          chord->symbol);
  }
  if (share.n > 0)
    cs_finding_settle(f, cs_finding_at_least(cs_share_of(&share), 0.90));
  return CS_OK;
}

const CsProperty cs_property_T22 = {
    .id   = "T22",
    .name = "section ends",
    .text =
        "Sections that end on I, IV, V, vi, i, bVI or bVII with a bass note "
        "of the chord: 90 % at least.",
    .unit = "share",
    .fn   = section_ends,
};
