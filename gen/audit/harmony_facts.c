// Scale, bass and low intervals: what the notes are to the chords that were
// wanted (T11, T13, T14, T25, N05).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"

#include "gen/base/mathx.h"

#include <string.h>

// ---- T11 --------------------------------------------------------------------

/// Notes of a section, and those of them that are of the scale.
typedef struct Tally {
  size_t n, n_in;
} Tally;

static double
share_of(const Tally *tally)
{
  return tally->n > 0 ? (double)tally->n_in / (double)tally->n : 1.0;
}

/// The mode's own pitch classes and those of the scale its chords come from.
static unsigned
scale_of(const CsKey *key)
{
  int degrees[7];
  unsigned scale = cs_mode_pitch_classes(key->mode);
  cs_mode_degrees(key->mode, degrees);
  for (int i = 0; i < 7; i++)
    scale |= 1U << degrees[i];
  return scale;
}

/// A note is of the scale, or of the chord that was written there.
static void
tally_notes(const CsEvidence *e, size_t track, Tally *tallies)
{
  const CsPart *part = &e->score->parts[track];
  for (size_t k = 0; k < part->n_notes; k++) {
    const CsNote *note       = &part->notes[k];
    const CsChordSpan *chord = cs_chord_span_at(e, note->start_tick);
    const CsSection *section = cs_section_at(e, note->start_tick);
    if (section == NULL)
      continue;
    Tally *tally    = &tallies[section - e->plan->sections];
    const int above = cs_above_tonic(e, note);
    const CsKey key = cs_key_at(e, note->start_tick);
    tally->n++;
    tally->n_in += (scale_of(&key) >> above & 1U) != 0 ||
                   (chord != NULL && cs_is_chord_tone(chord, note->key));
  }
}

static CsStatus
scale(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  const bool is_bent = strcmp(e->plan->style, "tense") == 0 ||
                       strcmp(e->plan->style, "jazz") == 0;
  Tally *tallies = CS_NEW_N(scratch, Tally, e->plan->n_sections);
  size_t worst   = 0;
  CS_TRY_NEW(tallies);
  if (e->plan->n_sections == 0)
    return CS_OK;
  for (size_t i = 0; i < e->score->n_parts; i++)
    if (cs_is_pitched(e, i))
      tally_notes(e, i, tallies);
  for (size_t s = 1; s < e->plan->n_sections; s++)
    if (share_of(&tallies[s]) < share_of(&tallies[worst]))
      worst = s;
  *f = cs_finding_at_least(share_of(&tallies[worst]), is_bent ? 0.88 : 0.97);
  cs_finding_where(f, "section %s at %.1f s, %zu notes",
      e->plan->sections[worst].name, e->plan->sections[worst].start_s,
      tallies[worst].n);
  return CS_OK;
}

#define HARMONY                                                                \
  (CS_ROLE_BIT(CS_ROLE_PAD) | CS_ROLE_BIT(CS_ROLE_CHORDS) |                    \
      CS_ROLE_BIT(CS_ROLE_MOTION))

const CsProperty cs_property_T11 = {
    .id   = "T11",
    .name = "notes of the scale",
    .text =
        "In every section at least 97 % of the notes are of the key's scale "
        "or of the chord (tense and jazz styles: 88 %).",
    .unit       = "share",
    .is_hard    = true,
    .mend_roles = CS_ROLE_BIT(CS_ROLE_MELODY) | CS_ROLE_BIT(CS_ROLE_COUNTER) |
                  CS_ROLE_BIT(CS_ROLE_COLOUR) | CS_ROLE_BIT(CS_ROLE_BASS),
    .fn = scale,
};

// ---- T13, T14 ---------------------------------------------------------------

/// What a bass note is to its chord.
typedef enum BassTone {
  BASS_ROOT,
  BASS_WRITTEN, ///< The bass that the symbol names.
  BASS_TRIAD,   ///< Third or fifth.
  BASS_OTHER
} BassTone;

static BassTone
bass_tone(const CsChordSpan *span, int key)
{
  const CsChord *chord = &span->chord;
  const int above      = cs_mod(key - span->key.tonic_pc, 12);
  if (above == chord->root)
    return BASS_ROOT;
  if (above == chord->bass)
    return BASS_WRITTEN;
  for (int i = 0; i < chord->n_tones; i++) {
    const int tone = chord->tones[i];
    if (tone >= 3 && tone <= 8 && above == cs_mod(chord->root + tone, 12))
      return BASS_TRIAD;
  }
  return BASS_OTHER;
}

static bool
has_pedal(const CsEvidence *e, size_t track)
{
  const CsStrings *patterns = &e->plan->tracks[track].patterns;
  for (size_t i = 0; i < patterns->n; i++) {
    const CsPattern *p = cs_find_pattern(e->presets, patterns->items[i]);
    if (p != NULL && p->is_pedal)
      return true;
  }
  return false;
}

/// What the bass plays at the places that count.
typedef struct BassCount {
  size_t n, n_good;       ///< Written bass, root, third or fifth.
  size_t n_plain, n_root; ///< On chords without a written bass.
} BassCount;

static void
count_bass_note(const CsEvidence *e, bool has_pedal_point, const CsNote *note,
    const CsChordSpan *chord, BassCount *count, CsFinding *place)
{
  const BassTone tone = bass_tone(chord, note->key);
  // A pedal stays on the tonic under all chords, and is meant to.
  if (has_pedal_point && tone != BASS_ROOT &&
      note->key % 12 == chord->key.tonic_pc)
    return;
  count->n++;
  count->n_good += tone != BASS_OTHER;
  count->n_plain += !chord->chord.has_slash;
  count->n_root += !chord->chord.has_slash && tone == BASS_ROOT;
  if (tone == BASS_OTHER)
    cs_finding_where(place, "bar %d: key %d on %s",
        cs_bar_of_tick(e->score->timeline, note->start_tick) + 1, note->key,
        chord->symbol);
}

static bool
is_change(const CsEvidence *e, const CsChordSpan *chord, int64_t tick)
{
  (void)e;
  return chord->start_tick == tick;
}

/// The first beat, and where the beats are even in number the middle one.
static bool
is_strong_beat(const CsEvidence *e, const CsChordSpan *chord, int64_t tick)
{
  (void)chord;
  const CsTimeline *t = e->score->timeline;
  const int bar       = cs_bar_of_tick(t, tick);
  const int64_t in    = tick - cs_bar_tick(t, bar);
  return in == 0 || (cs_meter_beats(e->plan->meter) % 2 == 0 &&
                        2 * in == cs_bar_ticks(t, bar));
}

typedef bool PlaceFn(
    const CsEvidence *e, const CsChordSpan *chord, int64_t tick);

/// @return The bass notes that stand at such places; none where the cue has no
///         bass or no beat.
static BassCount
count_bass(const CsEvidence *e, PlaceFn *counts, CsFinding *place)
{
  BassCount count    = {0};
  const size_t track = cs_track_of_role(e, CS_ROLE_BASS);
  if (track == e->score->n_parts || !cs_is_metred(e))
    return count;
  const CsPart *part         = &e->score->parts[track];
  const bool has_pedal_point = has_pedal(e, track);
  for (size_t k = 0; k < part->n_notes; k++) {
    const CsNote *note       = &part->notes[k];
    const CsChordSpan *chord = cs_chord_span_at(e, note->start_tick);
    if (chord != NULL && counts(e, chord, note->start_tick))
      count_bass_note(e, has_pedal_point, note, chord, &count, place);
  }
  return count;
}

static void
judge_share(size_t n_good, size_t n, double low, CsFinding *f)
{
  cs_finding_settle(f, cs_finding_at_least((double)n_good / (double)n, low));
}

static CsStatus
bass_on_change(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const BassCount count = count_bass(e, is_change, f);
  if (count.n > 0)
    judge_share(count.n_good, count.n, 0.98, f);
  return CS_OK;
}

static CsStatus
bass_roots(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const BassCount count = count_bass(e, is_change, f);
  if (count.n_plain > 0)
    judge_share(count.n_root, count.n_plain, 0.85, f);
  return CS_OK;
}

static CsStatus
bass_on_beats(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const BassCount count = count_bass(e, is_strong_beat, f);
  if (count.n > 0)
    judge_share(count.n_good, count.n, 0.95, f);
  return CS_OK;
}

const CsProperty cs_property_T13a = {
    .id      = "T13a",
    .name    = "bass on chord changes",
    .text    = "At least 98 % of the bass notes on a new chord are its written "
               "bass, root, third or fifth (pedals apart).",
    .unit    = "share",
    .is_hard = true,
    .mend_roles = CS_ROLE_BIT(CS_ROLE_BASS),
    .fn         = bass_on_change,
};

const CsProperty cs_property_T13b = {
    .id      = "T13b",
    .name    = "roots in the bass",
    .text    = "On new chords without a written bass at least 85 % of the bass "
               "notes are the root (pedals apart).",
    .unit    = "share",
    .is_hard = true,
    .mend_roles = CS_ROLE_BIT(CS_ROLE_BASS),
    .fn         = bass_roots,
};

const CsProperty cs_property_T14 = {
    .id      = "T14",
    .name    = "bass on strong beats",
    .text    = "On the first beat of a bar and, in meters of an even number of "
               "beats, on the middle one at least 95 % of the bass notes are the "
               "written bass, root, third or fifth (pedals apart).",
    .unit    = "share",
    .is_hard = true,
    .mend_roles = CS_ROLE_BIT(CS_ROLE_BASS),
    .fn         = bass_on_beats,
};

// ---- T25 --------------------------------------------------------------------

enum {
  N_KEYS       = 128,
  HIGHEST_LOW  = 64, ///< Above it a note can be no part of a low interval.
  STRUCK_TICKS = 60, ///< Notes this near are struck together.
};

/// Pads run so long into the next chord (RULEBOOK 7.4): what ends by then
/// is a tail.
#define TAIL_S 0.26

/// The smallest gap above a lowest key (RULEBOOK 5.1).
static int
smallest_gap(int key)
{
  return key < 36   ? 12
         : key < 44 ? 7
         : key < 48 ? 5
         : key < 53 ? 4
         : key < 60 ? 3
                    : 2;
}

/// The two lowest keys that sound with a note when it is struck.
typedef struct LowPair {
  int lowest, next;         ///< 128 for none.
  size_t track, next_track; ///< Whose they are.
} LowPair;

static void
add_low_key(LowPair *pair, int key, size_t track)
{
  if (key < pair->lowest) {
    pair->next       = pair->lowest;
    pair->next_track = pair->track;
    pair->lowest     = key;
    pair->track      = track;
  } else if (key > pair->lowest && key < pair->next) {
    pair->next       = key;
    pair->next_track = track;
  }
}

static LowPair
low_pair(const CsEvidence *e, const CsSweep *sweep, const CsPlacedNote *struck)
{
  LowPair pair = {struck->note->key, N_KEYS, struck->track, struck->track};
  const int64_t start = struck->note->start_tick;
  const int64_t tail =
      cs_tick_of_seconds(e->score->timeline, cs_seconds_at(e, start) + TAIL_S);
  for (size_t i = 0; i < sweep->n_active; i++) {
    const CsNote *other = sweep->active[i].note;
    const bool is_with  = other->start_tick >= start - STRUCK_TICKS;
    const bool is_lasting =
        other->start_tick + other->n_ticks > tail + STRUCK_TICKS;
    if (other != struck->note && (is_with || is_lasting))
      add_low_key(&pair, other->key, sweep->active[i].track);
  }
  return pair;
}

static CsStatus
low_intervals(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  CsPlacedNote *notes = NULL;
  size_t n_notes = 0, n_bad = 0;
  CS_TRY(cs_notes_in_time(scratch, e, CS_ALL_ROLES, true, &notes, &n_notes));
  CsSweep sweep = {.notes = notes, .n_notes = n_notes};
  for (size_t i = 0; i < n_notes; i++) {
    if (notes[i].note->key > HIGHEST_LOW)
      continue;
    CS_TRY(
        cs_sweep_to(scratch, &sweep, notes[i].note->start_tick + STRUCK_TICKS));
    const LowPair pair = low_pair(e, &sweep, &notes[i]);
    if (pair.next == N_KEYS ||
        pair.next - pair.lowest >= smallest_gap(pair.lowest))
      continue;
    n_bad++;
    cs_finding_where(f, "bar %d: key %d under %d (%s, %s)",
        cs_bar_of_tick(e->score->timeline, notes[i].note->start_tick) + 1,
        pair.lowest, pair.next, cs_role_names[e->plan->tracks[pair.track].role],
        cs_role_names[e->plan->tracks[pair.next_track].role]);
  }
  if (n_notes == 0)
    return CS_OK;
  cs_finding_settle(
      f, cs_finding_at_most((double)n_bad / (double)n_notes, 0.01));
  return CS_OK;
}

const CsProperty cs_property_T25 = {
    .id      = "T25",
    .name    = "low intervals",
    .text    = "At no more than 1 % of the notes the two lowest that sound lie "
               "nearer than their height allows: an octave below key 36, a fifth "
               "below 44, a fourth below 48, then a major and a minor third.",
    .unit    = "share",
    .is_hard = true,
    .mend_roles =
        HARMONY | CS_ROLE_BIT(CS_ROLE_BASS) | CS_ROLE_BIT(CS_ROLE_COUNTER),
    .fn = low_intervals,
};

// ---- N05 --------------------------------------------------------------------

enum { MIN_LAYERS = 3, MIN_BEATS = 16 };

/// How far apart what sounds lies, and how many tracks take part.
static int
span_of(const CsSweep *sweep, int *n_layers)
{
  int low = N_KEYS, high = -1;
  unsigned long long tracks = 0;
  for (size_t i = 0; i < sweep->n_active; i++) {
    const int key = sweep->active[i].note->key;
    low           = key < low ? key : low;
    high          = key > high ? key : high;
    tracks |= 1ULL << sweep->active[i].track % 64;
  }
  *n_layers = 0;
  for (; tracks != 0; tracks &= tracks - 1)
    (*n_layers)++;
  return high - low;
}

static CsStatus
spread(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  const int64_t end   = cs_bar_tick(e->score->timeline, cs_n_body_bars(e));
  CsSweep sweep       = {0};
  CsPlacedNote *notes = NULL;
  double sum          = 0.0;
  int n_beats         = 0;
  if (e->plan->function != CS_THEMATIC)
    return CS_OK;
  CS_TRY(cs_notes_in_time(scratch, e, HARMONY, true, &notes, &sweep.n_notes));
  sweep.notes = notes;
  for (int64_t at = STRUCK_TICKS; at < end; at += CS_TICKS_PER_QUARTER) {
    int n_layers = 0;
    CS_TRY(cs_sweep_to(scratch, &sweep, at));
    const int span = span_of(&sweep, &n_layers);
    if (n_layers < MIN_LAYERS)
      continue;
    sum += span;
    n_beats++;
  }
  if (n_beats >= MIN_BEATS)
    *f = cs_finding_at_least(sum / n_beats, 19.0);
  return CS_OK;
}

const CsProperty cs_property_N05 = {
    .id   = "N05",
    .name = "harmony is spread",
    .text =
        "Where three layers of harmony or more sound, they span 19 semitones "
        "on average (thematic).",
    .unit = "st",
    .fn   = spread,
};
