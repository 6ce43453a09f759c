/// What can be measured on the notes of a cue, RULEBOOK section 9 where a
/// number is named: each fact is read off the score or the performance, never
/// off what the plan claims to have done. The plan serves only as the request:
/// where bars and chords were meant to be.
#ifndef CS_TESTS_MUSIC_FACTS_H
#define CS_TESTS_MUSIC_FACTS_H

#include "gen/base/mathx.h"
#include "gen/perform/performance.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// A cue and all that led to it.
typedef struct Music {
  const char *name;
  uint64_t seed;
  const CsPresets *presets;
  const CsBrief *brief;
  const CsPlanWish *wish;
  CsPlan *plan;
  CsScore *score;
  CsPerformance *performance;
} Music;

/// What was found. `where` says which place is meant, for a person.
typedef struct Fact {
  bool applies;
  bool holds;
  double value;
  char where[160];
} Fact;

typedef Fact FactFn(const Music *m);

static const Fact no_fact = {.applies = false, .holds = true};

static inline Fact
fact_at_most(double value, double limit)
{
  return (Fact){
      .applies = true, .holds = value <= limit + 1e-9, .value = value};
}

static inline Fact
fact_at_least(double value, double limit)
{
  return (Fact){
      .applies = true, .holds = value >= limit - 1e-9, .value = value};
}

static inline Fact
fact_within(double value, double low, double high)
{
  return (Fact){.applies = true,
      .holds             = value >= low - 1e-9 && value <= high + 1e-9,
      .value             = value};
}

#define FACT_WHERE(fact, ...)                                                  \
  ((void)snprintf((fact).where, sizeof(fact).where, __VA_ARGS__))

// --- Asking the cue ---------------------------------------------------------

static inline bool
is_struck_role(CsRole role)
{
  return role == CS_ROLE_DRUMS || role == CS_ROLE_PERCUSSION ||
         role == CS_ROLE_EFFECTS;
}

static inline bool
is_pitched(const Music *m, size_t track)
{
  const CsTrack *t = &m->plan->tracks[track];
  return !is_struck_role(t->role) && t->bank != 128;
}

static inline const CsInstrument *
instrument_of(const Music *m, size_t track)
{
  const CsTrack *t       = &m->plan->tracks[track];
  const CsInstrument *in = cs_find_instrument(m->presets, t->instrument);
  return in != NULL ? in
                    : cs_instrument_of_program(m->presets, t->bank, t->program);
}

static inline bool
is_metred(const Music *m)
{
  return m->plan->function != CS_AMBIENT && m->plan->duration_s >= 4.0 &&
         m->plan->function != CS_STINGER;
}

static inline bool
has_cadence(const Music *m)
{
  return m->plan->ending == CS_ENDING_RING ||
         m->plan->ending == CS_ENDING_BUTTON;
}

static inline double
seconds_at(const Music *m, int64_t tick)
{
  return cs_seconds_of_tick(m->score->timeline, (double)tick);
}

static inline double
bar_seconds(const Music *m, int bar)
{
  return seconds_at(m, cs_bar_tick(m->score->timeline, bar));
}

/// The bar of the last downbeat, or n_bars.
static inline int
last_bar(const Music *m)
{
  const CsSection *s = &m->plan->sections[m->plan->n_sections - 1];
  return s->kind == CS_SECTION_END ? s->first_bar : m->plan->n_bars;
}

static inline const CsSection *
section_at(const Music *m, int64_t tick)
{
  const CsTimeline *t = m->score->timeline;
  return cs_section_of_bar(t, cs_bar_of_tick(t, tick));
}

static inline bool
has_said(const Music *m, CsArcKind kind)
{
  for (size_t i = 0; i < m->brief->n_arc; i++)
    if (m->brief->arc[i].kind == kind)
      return true;
  return false;
}

/// First track of a role that has notes, or n_parts.
static inline size_t
track_of_role(const Music *m, CsRole role)
{
  for (size_t i = 0; i < m->score->n_parts; i++)
    if (m->plan->tracks[i].role == role && m->score->parts[i].n_notes > 0)
      return i;
  return m->score->n_parts;
}

// --- Onsets -----------------------------------------------------------------

static inline int
by_double(const void *a, const void *b)
{
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

/// Distinct onset times in a span, merged within 30 ms: of one track, or of
/// all (track < 0).
static inline size_t
count_onsets(const Music *m, int track, double from_s, double to_s)
{
  size_t n_all = 0;
  for (size_t i = 0; i < m->score->n_parts; i++)
    n_all += m->score->parts[i].n_notes;
  double *times = calloc(n_all + 1, sizeof *times);
  size_t n      = 0;
  for (size_t i = 0; times != NULL && i < m->score->n_parts; i++) {
    if (track >= 0 && (size_t)track != i)
      continue;
    const CsPart *part = &m->score->parts[i];
    for (size_t k = 0; k < part->n_notes; k++) {
      const double at = seconds_at(m, part->notes[k].start_tick);
      if (at >= from_s - 1e-6 && at < to_s - 1e-6)
        times[n++] = at;
    }
  }
  if (n > 0)
    qsort(times, n, sizeof *times, by_double);
  size_t n_distinct = 0;
  double first      = -1.0;
  for (size_t i = 0; i < n; i++)
    if (n_distinct == 0 || times[i] - first > 0.03) {
      first = times[i];
      n_distinct++;
    }
  free(times);
  return n_distinct;
}

/// RULEBOOK 9: onsets per track, summed over tracks, a second.
static inline double
event_density(const Music *m, int from_bar, int to_bar)
{
  const double from_s = bar_seconds(m, from_bar);
  const double to_s   = bar_seconds(m, to_bar);
  size_t n            = 0;
  for (size_t i = 0; i < m->score->n_parts; i++)
    n += count_onsets(m, (int)i, from_s, to_s);
  return to_s > from_s ? (double)n / (to_s - from_s) : 0.0;
}

/// Does a note of that part sound in the span of ticks?
static inline bool
sounds_between(const CsNote *n, int64_t from, int64_t to)
{
  return n->start_tick < to && n->start_tick + n->n_ticks > from;
}

// --- Keys -------------------------------------------------------------------

static inline bool
is_chord_tone(const Music *m, const CsChord *chord, int key)
{
  const int above = cs_mod(key - m->plan->key.tonic_pc, 12);
  return (cs_chord_pitch_classes(chord) >> above & 1) != 0;
}

static inline const CsChordSpan *
span_at(const CsChordSpan *spans, size_t n, int64_t tick)
{
  const CsChordSpan *found = NULL;
  for (size_t i = 0; i < n && spans[i].start_tick <= tick; i++)
    found = &spans[i];
  return found;
}

typedef struct Chords {
  CsArena *arena;
  CsChordSpan *spans;
  size_t n;
} Chords;

static inline Chords
chords_of(const Music *m)
{
  Chords c = {.arena = cs_arena_new(NULL)};
  if (cs_timeline_chords(c.arena, m->score->timeline, &c.spans, &c.n) != CS_OK)
    c.n = 0;
  return c;
}

// --- T02, T18: how it ends --------------------------------------------------

/// The last time that harmony or bass is struck; spread chords count from
/// their first note.
static inline double
final_onset_s(const Music *m)
{
  double last = -1.0;
  for (size_t i = 0; i < m->score->n_parts; i++) {
    const CsRole role  = m->plan->tracks[i].role;
    const CsPart *part = &m->score->parts[i];
    if (role != CS_ROLE_PAD && role != CS_ROLE_CHORDS && role != CS_ROLE_BASS &&
        role != CS_ROLE_MOTION)
      continue;
    for (size_t k = 0; k < part->n_notes; k++) {
      const double at = seconds_at(m, part->notes[k].start_tick);
      last            = at > last ? at : last;
    }
  }
  return last;
}

static inline Fact
fact_last_downbeat(const Music *m)
{
  if (!has_cadence(m) || !is_metred(m) || m->plan->n_silences > 0)
    return no_fact;
  const double ring_s = m->plan->duration_s - final_onset_s(m);
  if (m->plan->duration_s < 10.0)
    return fact_within(ring_s / m->plan->duration_s, 0.15, 0.7);
  const double beat_s = m->wish->has_tempo
                            ? 60.0 / m->plan->tempos[0].bpm *
                                  cs_meter_beat_quarters(m->plan->meter)
                            : 0.0;
  const CsRingOut ring =
      cs_ring_out(m->plan->function, m->plan->duration_s, beat_s);
  const double low = fmax(1.5, 0.8 * ring.usual_s);
  Fact f = fact_within(ring_s, low - 0.01, 1.3 * ring.usual_s + beat_s + 0.01);
  FACT_WHERE(f, "usual %.2f s, beat %.2f s", ring.usual_s, beat_s);
  return f;
}

static inline Fact
fact_final_chord(const Music *m)
{
  if (!has_cadence(m))
    return no_fact;
  const int64_t tick      = cs_bar_tick(m->score->timeline, last_bar(m));
  int lowest              = 128;
  double longest_s        = 0.0;
  int strange             = -1;
  Chords c                = chords_of(m);
  const CsChordSpan *span = span_at(c.spans, c.n, tick);
  for (size_t i = 0; i < m->score->n_parts; i++) {
    if (!is_pitched(m, i))
      continue;
    const CsPart *part = &m->score->parts[i];
    for (size_t k = 0; k < part->n_notes; k++) {
      const CsNote *n = &part->notes[k];
      if (n->start_tick < tick - 60 || n->start_tick > tick + 60)
        continue;
      if (n->key < lowest)
        lowest = n->key;
      if (span != NULL && !is_chord_tone(m, &span->chord, n->key))
        strange = n->key;
      const double s =
          seconds_at(m, n->start_tick + n->n_ticks) - seconds_at(m, tick);
      longest_s = fmax(longest_s, s);
    }
  }
  const double beat_s = 60.0 / m->plan->tempos[m->plan->n_tempos - 1].bpm;
  const double left_s = m->plan->duration_s - seconds_at(m, tick);
  double need_s       = fmin(1.2, 0.7 * left_s);
  if (m->plan->ending == CS_ENDING_BUTTON)
    need_s = fmin(0.9 * beat_s, 0.7 * left_s);
  Fact f  = fact_at_least(longest_s, need_s);
  f.holds = f.holds && lowest < 128 && strange < 0 && span != NULL &&
            (lowest % 12 == m->plan->key.tonic_pc || span->chord.has_slash);
  cs_arena_free(c.arena);
  FACT_WHERE(f, "lowest %d, tonic %d, strange %d, need %.2f s", lowest,
      m->plan->key.tonic_pc, strange, need_s);
  return f;
}

// --- T07 to T09: what can be played -----------------------------------------

static inline Fact
fact_hard_range(const Music *m)
{
  Fact f = fact_at_most(0, 0);
  for (size_t i = 0; i < m->score->n_parts; i++) {
    const CsInstrument *in = instrument_of(m, i);
    const CsPart *part     = &m->score->parts[i];
    for (size_t k = 0; in != NULL && is_pitched(m, i) && k < part->n_notes; k++)
      if (part->notes[k].key < in->range[0] ||
          part->notes[k].key > in->range[1]) {
        f.value++;
        f.holds = false;
        FACT_WHERE(f, "%s plays %d", in->name, part->notes[k].key);
      }
  }
  return f;
}

static inline Fact
fact_sweet_range(const Music *m)
{
  size_t n = 0, n_out = 0;
  const char *worst = "";
  for (size_t i = 0; i < m->score->n_parts; i++) {
    const CsInstrument *in = instrument_of(m, i);
    const CsPart *part     = &m->score->parts[i];
    for (size_t k = 0; in != NULL && is_pitched(m, i) && k < part->n_notes;
         k++) {
      n++;
      if (part->notes[k].key >= in->sweet[0] &&
          part->notes[k].key <= in->sweet[1])
        continue;
      n_out++;
      worst = in->name;
    }
  }
  if (n == 0)
    return no_fact;
  Fact f = fact_at_least(1.0 - (double)n_out / (double)n, 0.95);
  FACT_WHERE(f, "%s", worst);
  return f;
}

/// Programs that are silent or out of tune above a key (RULEBOOK 8.1).
static inline Fact
fact_dead_zones(const Music *m)
{
  static const int zones[][3] = {
      {43, 43, 57}, {58, 58, 73}, {67, 67, 72}, {33, 37, 84}};
  Fact f = fact_at_most(0, 0);
  for (size_t i = 0; i < m->score->n_parts; i++) {
    const CsTrack *t   = &m->plan->tracks[i];
    const CsPart *part = &m->score->parts[i];
    for (size_t z = 0; t->bank == 0 && z < sizeof zones / sizeof *zones; z++)
      for (size_t k = 0; t->program >= zones[z][0] &&
                         t->program <= zones[z][1] && k < part->n_notes;
           k++)
        if (part->notes[k].key > zones[z][2]) {
          f.value++;
          f.holds = false;
          FACT_WHERE(f, "%s plays %d", t->instrument, part->notes[k].key);
        }
  }
  return f;
}

static inline Fact
fact_note_pairs(const Music *m)
{
  Fact f                 = fact_at_most(0, 0);
  const CsPerformance *p = m->performance;
  int64_t free_from[16][128];
  for (size_t t = 0; t < 16; t++)
    for (size_t k = 0; k < 128; k++)
      free_from[t][k] = INT64_MIN;
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *n = &p->notes[i];
    int64_t *from         = &free_from[n->track % 16][n->key % 128];
    if (n->off_frame <= n->on_frame || n->on_frame < *from ||
        n->on_frame >= p->n_frames || n->velocity < 1) {
      f.value++;
      f.holds = false;
      FACT_WHERE(f, "track %d %s key %d at %.3f s", n->track,
          m->plan->tracks[n->track].instrument, n->key,
          (double)n->on_frame / p->sample_rate);
    }
    *from = n->off_frame;
  }
  return f;
}

// --- T11 to T15, T25: harmony -----------------------------------------------

static inline Fact
fact_scale(const Music *m)
{
  int degrees[7];
  unsigned scale = cs_mode_pitch_classes(m->plan->key.mode);
  cs_mode_degrees(m->plan->key.mode, degrees);
  for (int i = 0; i < 7; i++)
    scale |= 1u << degrees[i];
  Chords c     = chords_of(m);
  double worst = 1.0;
  Fact f       = fact_at_least(1.0, 0.0);
  for (size_t s = 0; s < m->plan->n_sections; s++) {
    size_t n = 0, n_in = 0;
    for (size_t i = 0; i < m->score->n_parts; i++) {
      const CsPart *part = &m->score->parts[i];
      for (size_t k = 0; is_pitched(m, i) && k < part->n_notes; k++) {
        const CsNote *note      = &part->notes[k];
        const CsChordSpan *span = span_at(c.spans, c.n, note->start_tick);
        if (section_at(m, note->start_tick) != &m->plan->sections[s])
          continue;
        n++;
        n_in += (scale >> cs_mod(note->key - m->plan->key.tonic_pc, 12) & 1) ||
                (span != NULL && is_chord_tone(m, &span->chord, note->key));
      }
    }
    const double share = n > 0 ? (double)n_in / (double)n : 1.0;
    if (share < worst) {
      worst = share;
      FACT_WHERE(f, "section %s, %zu notes", m->plan->sections[s].name, n);
    }
  }
  cs_arena_free(c.arena);
  const bool is_bent = strcmp(m->plan->style, "tense") == 0 ||
                       strcmp(m->plan->style, "jazz") == 0;
  f.value = worst;
  f.holds = worst >= (is_bent ? 0.88 : 0.97);
  return f;
}

static inline bool
is_pedal_at(const Music *m, size_t track, int64_t tick)
{
  (void)tick;
  const CsTrack *t = &m->plan->tracks[track];
  for (size_t i = 0; i < t->patterns.n; i++) {
    const CsPattern *p = cs_find_pattern(m->presets, t->patterns.items[i]);
    if (p != NULL && p->is_pedal)
      return true;
  }
  return false;
}

/// What a bass note is to its chord.
typedef enum BassTone {
  BASS_ROOT,
  BASS_WRITTEN,
  BASS_TRIAD,
  BASS_OTHER
} BassTone;

static inline BassTone
bass_tone(const Music *m, const CsChord *chord, int key)
{
  const int above = cs_mod(key - m->plan->key.tonic_pc, 12);
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

static inline Fact
fact_bass_on_change(const Music *m)
{
  const size_t track = track_of_role(m, CS_ROLE_BASS);
  if (track == m->score->n_parts || !is_metred(m) || is_pedal_at(m, track, 0))
    return no_fact;
  Chords c           = chords_of(m);
  const CsPart *part = &m->score->parts[track];
  size_t n = 0, n_good = 0, n_plain = 0, n_root = 0;
  Fact f = {0};
  for (size_t k = 0; k < part->n_notes; k++) {
    const CsChordSpan *s = span_at(c.spans, c.n, part->notes[k].start_tick);
    if (s == NULL || s->start_tick != part->notes[k].start_tick)
      continue;
    const BassTone tone = bass_tone(m, &s->chord, part->notes[k].key);
    n++;
    n_good += tone != BASS_OTHER;
    n_plain += !s->chord.has_slash;
    n_root += !s->chord.has_slash && tone == BASS_ROOT;
    if (tone == BASS_OTHER)
      FACT_WHERE(f, "bar %d: %d on %s", s->bar, part->notes[k].key, s->symbol);
  }
  cs_arena_free(c.arena);
  if (n == 0)
    return no_fact;
  f.applies = true;
  f.value   = (double)n_good / (double)n;
  f.holds   = f.value >= 0.98 && (double)n_root >= 0.85 * (double)n_plain;
  return f;
}

static inline Fact
fact_bass_on_beats(const Music *m)
{
  const size_t track = track_of_role(m, CS_ROLE_BASS);
  if (track == m->score->n_parts || !is_metred(m) || is_pedal_at(m, track, 0))
    return no_fact;
  Chords c            = chords_of(m);
  const CsPart *part  = &m->score->parts[track];
  const CsTimeline *t = m->score->timeline;
  size_t n = 0, n_good = 0;
  Fact f = {0};
  for (size_t k = 0; k < part->n_notes; k++) {
    const int64_t tick = part->notes[k].start_tick;
    const int bar      = cs_bar_of_tick(t, tick);
    const int64_t in   = tick - cs_bar_tick(t, bar);
    const bool is_even = cs_meter_beats(m->plan->meter) % 2 == 0;
    if (in != 0 && !(is_even && 2 * in == cs_bar_ticks(t, bar)))
      continue;
    const CsChordSpan *s = span_at(c.spans, c.n, tick);
    const bool is_good =
        s != NULL && bass_tone(m, &s->chord, part->notes[k].key) != BASS_OTHER;
    n++;
    n_good += is_good;
    if (!is_good && s != NULL)
      FACT_WHERE(f, "bar %d: %d on %s", bar, part->notes[k].key, s->symbol);
  }
  cs_arena_free(c.arena);
  if (n == 0)
    return no_fact;
  f.applies = true;
  f.value   = (double)n_good / (double)n;
  f.holds   = f.value >= 0.95;
  return f;
}

static inline Fact
melody_chord_tones(const Music *m, bool on_downbeats)
{
  const size_t track = track_of_role(m, CS_ROLE_MELODY);
  if (track == m->score->n_parts || m->plan->function != CS_THEMATIC ||
      !is_metred(m))
    return no_fact;
  Chords c           = chords_of(m);
  const CsPart *part = &m->score->parts[track];
  const int64_t beat =
      (int64_t)(cs_meter_beat_quarters(m->plan->meter) * CS_TICKS_PER_QUARTER);
  size_t n = 0, n_good = 0;
  Fact f = {0};
  for (size_t k = 0; k < part->n_notes; k++) {
    const CsNote *note = &part->notes[k];
    const int bar      = cs_bar_of_tick(m->score->timeline, note->start_tick);
    const bool is_down =
        note->start_tick == cs_bar_tick(m->score->timeline, bar);
    if (on_downbeats ? !is_down : note->n_ticks < beat * 9 / 10)
      continue;
    const CsChordSpan *s = span_at(c.spans, c.n, note->start_tick);
    const bool is_good   = s != NULL && is_chord_tone(m, &s->chord, note->key);
    n++;
    n_good += is_good;
    if (!is_good && s != NULL)
      FACT_WHERE(f, "bar %d: %d on %s", bar, note->key, s->symbol);
  }
  cs_arena_free(c.arena);
  if (n < 4)
    return no_fact;
  f.applies = true;
  f.value   = (double)n_good / (double)n;
  f.holds   = f.value >= 0.85;
  return f;
}

static inline Fact
fact_melody_downbeats(const Music *m)
{
  return melody_chord_tones(m, true);
}

static inline Fact
fact_melody_long_notes(const Music *m)
{
  return melody_chord_tones(m, false);
}

static inline int
low_gap(int key)
{
  return key < 36   ? 12
         : key < 44 ? 7
         : key < 48 ? 5
         : key < 53 ? 4
         : key < 60 ? 3
                    : 2;
}

/// Share of struck notes at which the two lowest sounding ones lie too near.
static inline Fact
fact_low_intervals(const Music *m)
{
  size_t n = 0, n_bad = 0;
  Fact f = {0};
  for (size_t i = 0; i < m->score->n_parts; i++) {
    const CsPart *part = &m->score->parts[i];
    for (size_t k = 0; is_pitched(m, i) && k < part->n_notes; k++) {
      const CsNote *a    = &part->notes[k];
      const int64_t at   = a->start_tick + 60;
      const int64_t tail = cs_tick_of_seconds(m->score->timeline,
                               seconds_at(m, a->start_tick) + 0.26) -
                           a->start_tick;
      if (a->key > 64) { // hears of what lies low when that is struck
        n++;
        continue;
      }
      int lowest = a->key, next = 128;
      size_t who = i;
      for (size_t j = 0; j < m->score->n_parts; j++)
        for (size_t l = 0; is_pitched(m, j) && l < m->score->parts[j].n_notes;
             l++) {
          const CsNote *b = &m->score->parts[j].notes[l];
          if (b->start_tick > at)
            break;
          if (b == a)
            continue;
          // Pads run up to 250 ms into the next chord (RULEBOOK 7.4).
          if (b->start_tick + b->n_ticks <= at + tail)
            continue;
          if (b->key < lowest)
            next = lowest, lowest = b->key, who = j;
          else if (b->key > lowest && b->key < next)
            next = b->key, who = j;
        }
      n++;
      if (next < 128 && lowest < 60 && next - lowest < low_gap(lowest)) {
        n_bad++;
        FACT_WHERE(f, "bar %d: %d under %d (%s, %s)",
            cs_bar_of_tick(m->score->timeline, a->start_tick), lowest, next,
            cs_role_names[m->plan->tracks[i].role],
            cs_role_names[m->plan->tracks[who].role]);
      }
    }
  }
  if (n == 0)
    return no_fact;
  f.applies = true;
  f.value   = (double)n_bad / (double)n;
  f.holds   = f.value <= 0.01;
  return f;
}

/// How far apart the harmony lies where three layers or more of it sound: the
/// span on each beat, on average, in semitones (RULEBOOK 5.1, register slots).
static inline Fact
fact_harmony_is_spread(const Music *m)
{
  if (m->plan->function != CS_THEMATIC)
    return no_fact;
  double sum = 0.0;
  int n      = 0;
  for (int64_t at = 60; at < cs_bar_tick(m->score->timeline, last_bar(m));
       at += CS_TICKS_PER_QUARTER) {
    int low = 128, high = -1, n_layers = 0;
    for (size_t i = 0; i < m->score->n_parts; i++) {
      const CsPart *part = &m->score->parts[i];
      bool is_heard      = false;
      for (size_t k = 0;
           m->plan->tracks[i].role <= CS_ROLE_MOTION && k < part->n_notes;
           k++) {
        const CsNote *note = &part->notes[k];
        if (!sounds_between(note, at, at + 60))
          continue;
        is_heard = true;
        low      = note->key < low ? note->key : low;
        high     = note->key > high ? note->key : high;
      }
      n_layers += is_heard;
    }
    if (n_layers < 3)
      continue;
    sum += high - low;
    n++;
  }
  return n < 16 ? no_fact : fact_at_least(sum / n, 19.0);
}

// --- T27, T33: the tune -----------------------------------------------------

typedef struct Moves {
  size_t n, n_steps, n_over_7, n_over_12;
} Moves;

/// Moves from note to note; a rest of more than a bar parts phrases.
static inline Moves
moves_of(const Music *m, size_t track)
{
  Moves moves        = {0};
  const CsPart *part = &m->score->parts[track];
  for (size_t k = 1; k < part->n_notes; k++) {
    const CsNote *a = &part->notes[k - 1];
    const CsNote *b = &part->notes[k];
    const int size  = abs(b->key - a->key);
    if (b->start_tick - a->start_tick - a->n_ticks >
        cs_bar_ticks(m->score->timeline, 0))
      continue;
    moves.n++;
    moves.n_steps += size == 1 || size == 2;
    moves.n_over_7 += size > 7;
    moves.n_over_12 += size > 12;
  }
  return moves;
}

static inline Fact
fact_melody_steps(const Music *m)
{
  const size_t track = track_of_role(m, CS_ROLE_MELODY);
  if (track == m->score->n_parts || m->plan->function != CS_THEMATIC)
    return no_fact;
  const Moves moves = moves_of(m, track);
  if (moves.n < 24)
    return no_fact;
  return fact_within((double)moves.n_steps / (double)moves.n, 0.45, 0.65);
}

static inline Fact
fact_melody_leaps(const Music *m)
{
  const size_t track = track_of_role(m, CS_ROLE_MELODY);
  if (track == m->score->n_parts ||
      (m->plan->function != CS_THEMATIC && m->plan->function != CS_BED))
    return no_fact;
  const Moves moves = moves_of(m, track);
  if (moves.n < 8)
    return no_fact;
  // A short tune may have one.
  const double share = (double)moves.n_over_7 / (double)moves.n;
  const double one   = 1.0 / (double)moves.n;
  Fact f =
      fact_at_most(share, m->plan->function == CS_BED ? 0.0 : fmax(0.04, one));
  f.holds = f.holds && moves.n_over_12 == 0;
  FACT_WHERE(f, "%zu of %zu over a fifth, %zu over an octave", moves.n_over_7,
      moves.n, moves.n_over_12);
  return f;
}

enum { MAX_BAR_NOTES = 24 };

/// A bar of the tune: onsets in sixteenths and moves in semitones.
typedef struct TuneBar {
  int n;
  int onsets[MAX_BAR_NOTES];
  int keys[MAX_BAR_NOTES];
} TuneBar;

static inline TuneBar
tune_bar(const Music *m, size_t track, int bar)
{
  TuneBar b          = {0};
  const CsPart *part = &m->score->parts[track];
  const int64_t from = cs_bar_tick(m->score->timeline, bar);
  const int64_t to   = cs_bar_tick(m->score->timeline, bar + 1);
  for (size_t k = 0; k < part->n_notes && b.n < MAX_BAR_NOTES; k++) {
    const int64_t tick = part->notes[k].start_tick;
    if (tick < from || tick >= to)
      continue;
    b.onsets[b.n] = (int)((tick - from + 120) / 240);
    b.keys[b.n++] = part->notes[k].key;
  }
  return b;
}

/// Do two notes of two bars say the same: time, and direction into them?
static inline double
note_cost(const TuneBar *a, int i, const TuneBar *b, int k, int turn)
{
  const int x        = i > 0 ? a->keys[i] - a->keys[i - 1] : 0;
  const int y        = turn * (k > 0 ? b->keys[k] - b->keys[k - 1] : 0);
  const bool is_time = a->onsets[i] == b->onsets[k];
  const bool is_move = abs(x - y) <= 2;
  return is_time && is_move ? 0.0 : is_time || is_move ? 0.5 : 1.0;
}

/// Edit distance of two bars against the longer one, 0..1.
static inline double
bar_distance(const TuneBar *a, const TuneBar *b, int turn)
{
  double d[MAX_BAR_NOTES + 1][MAX_BAR_NOTES + 1];
  for (int i = 0; i <= a->n; i++)
    for (int k = 0; k <= b->n; k++) {
      if (i == 0 || k == 0) {
        d[i][k] = i + k;
        continue;
      }
      d[i][k] = d[i - 1][k - 1] + note_cost(a, i - 1, b, k - 1, turn);
      d[i][k] = fmin(d[i][k], fmin(d[i - 1][k], d[i][k - 1]) + 1.0);
    }
  const int longer = a->n > b->n ? a->n : b->n;
  return longer > 0 ? d[a->n][b->n] / longer : 1.0;
}

static inline bool
is_derived(const TuneBar *a, const TuneBar *b)
{
  return bar_distance(a, b, 1) <= 0.4 || bar_distance(a, b, -1) <= 0.4;
}

/// The bar that most others derive from is the motif; the bars that derive from
/// it or from the next such bar (its answer) are told, the rest is free.
static inline Fact
fact_motif(const Music *m)
{
  const size_t track = track_of_role(m, CS_ROLE_MELODY);
  if (track == m->score->n_parts || m->plan->function != CS_THEMATIC ||
      !is_metred(m) || m->plan->duration_s < 25.0)
    return no_fact;
  enum { MAX_BARS = 160 };
  TuneBar bars[MAX_BARS];
  bool is_told[MAX_BARS] = {false};
  const int n            = last_bar(m) < MAX_BARS ? last_bar(m) : MAX_BARS;
  int n_sung             = 0;
  for (int b = 0; b < n; b++) {
    bars[b] = tune_bar(m, track, b);
    n_sung += bars[b].n >= 2;
  }
  int n_motif = 0, motif = -1;
  for (int round = 0; round < 2; round++) {
    int most = 0, best = -1;
    for (int a = 0; a < n; a++) {
      int count = 0;
      for (int b = 0; b < n && bars[a].n >= 3; b++)
        count +=
            !is_told[b] && bars[b].n >= 2 && is_derived(&bars[a], &bars[b]);
      if (count > most)
        most = count, best = a;
    }
    if (round == 0)
      n_motif = most, motif = best;
    for (int b = 0; b < n && best >= 0; b++)
      is_told[b] |= bars[b].n >= 2 && is_derived(&bars[best], &bars[b]);
  }
  int n_told = 0, first = -1, last = -1;
  for (int b = 0; b < n && motif >= 0; b++) {
    n_told += is_told[b];
    if (bars[b].n < 2 || !is_derived(&bars[motif], &bars[b]))
      continue;
    first = first < 0 ? b : first;
    last  = b;
  }
  Fact f = fact_at_least(n_sung > 0 ? (double)n_told / n_sung : 0.0, 0.6);
  f.holds =
      f.holds && n_motif >= 4 && first <= 0.25 * n + 1 && last + 1 >= 0.8 * n;
  FACT_WHERE(f, "%d statements, bars %d..%d of %d, %d sung", n_motif, first,
      last, n, n_sung);
  return f;
}

// --- T36, empty bars, silences: what a bar holds ----------------------------

/// Do two bars hold the same notes in all tracks, velocities aside?
static inline bool
are_same_bars(const Music *m, int a, int b)
{
  const CsTimeline *t = m->score->timeline;
  const int64_t at[2] = {cs_bar_tick(t, a), cs_bar_tick(t, b)};
  const int64_t to[2] = {cs_bar_tick(t, a + 1), cs_bar_tick(t, b + 1)};
  for (size_t i = 0; i < m->score->n_parts; i++) {
    const CsPart *part = &m->score->parts[i];
    size_t k[2]        = {0, 0};
    for (;;) {
      const CsNote *n[2] = {NULL, NULL};
      for (int s = 0; s < 2; s++) {
        while (k[s] < part->n_notes &&
               !sounds_between(&part->notes[k[s]], at[s], to[s]))
          k[s]++;
        if (k[s] < part->n_notes)
          n[s] = &part->notes[k[s]++];
      }
      if (n[0] == NULL && n[1] == NULL)
        break;
      if (n[0] == NULL || n[1] == NULL || n[0]->key != n[1]->key ||
          n[0]->start_tick - at[0] != n[1]->start_tick - at[1])
        return false;
    }
  }
  return true;
}

static inline Fact
fact_same_bars(const Music *m)
{
  if (m->plan->function == CS_STINGER || m->plan->duration_s < 4.0)
    return no_fact;
  int run = 1, longest = 1, at = 0;
  for (int b = 1; b < last_bar(m); b++) {
    run = are_same_bars(m, b - 1, b) ? run + 1 : 1;
    if (run > longest)
      longest = run, at = b;
  }
  const int limit = m->plan->function == CS_BED       ? 4
                    : m->plan->function == CS_AMBIENT ? 1
                                                      : 2;
  Fact f          = fact_at_most(longest, limit);
  FACT_WHERE(f, "up to bar %d", at);
  return f;
}

static inline bool
is_asked_silence(const Music *m, double from_s, double to_s)
{
  for (size_t i = 0; i < m->plan->n_silences; i++)
    if (m->plan->silences[i].start_s < to_s - 0.01 &&
        m->plan->silences[i].end_s > from_s + 0.01)
      return true;
  return false;
}

/// Bars in which nothing sounds at all.
static inline Fact
fact_empty_bars(const Music *m)
{
  Fact f              = fact_at_most(0, 0);
  const CsTimeline *t = m->score->timeline;
  for (int b = 0; b < m->plan->n_bars; b++) {
    bool sounds = is_asked_silence(m, bar_seconds(m, b), bar_seconds(m, b + 1));
    for (size_t i = 0; i < m->score->n_parts && !sounds; i++) {
      const CsPart *part = &m->score->parts[i];
      for (size_t k = 0; k < part->n_notes && !sounds; k++)
        sounds = sounds_between(
            &part->notes[k], cs_bar_tick(t, b), cs_bar_tick(t, b + 1));
    }
    if (sounds)
      continue;
    f.value++;
    f.holds = false;
    FACT_WHERE(f, "bar %d of %d", b, m->plan->n_bars);
  }
  return f;
}

/// No note is held or struck inside an asked silence.
static inline Fact
fact_silences(const Music *m)
{
  if (m->plan->n_silences == 0)
    return no_fact;
  Fact f = fact_at_most(0, 0);
  for (size_t i = 0; i < m->performance->n_notes; i++) {
    const CsPlayedNote *n = &m->performance->notes[i];
    const double on       = (double)n->on_frame / m->performance->sample_rate;
    const double off      = (double)n->off_frame / m->performance->sample_rate;
    for (size_t s = 0; s < m->plan->n_silences; s++)
      if (on < m->plan->silences[s].end_s - 0.03 &&
          off > m->plan->silences[s].start_s + 0.03) {
        f.value++;
        f.holds = false;
        FACT_WHERE(f, "track %d, %.2f to %.2f s", n->track, on, off);
      }
  }
  return f;
}

/// A loop plays on across its seam, and nowhere pauses for two bars.
static inline Fact
fact_loop_is_full(const Music *m)
{
  if (m->plan->ending != CS_ENDING_LOOP)
    return no_fact;
  const double bar_s = bar_seconds(m, 1) - bar_seconds(m, 0);
  double gap = 0.0, last = 0.0;
  for (size_t i = 0; i < m->performance->n_notes; i++) {
    const double at =
        (double)m->performance->notes[i].on_frame / m->performance->sample_rate;
    if (at < 0.0)
      continue;
    gap  = fmax(gap, at - last);
    last = at;
  }
  gap = fmax(gap, m->plan->duration_s - last);
  return fact_at_most(
      gap / bar_s, m->plan->function == CS_AMBIENT ? 4.0 : 2.05);
}

// --- T38, T51: drums --------------------------------------------------------

static inline bool
has_stroke_near(const Music *m, size_t track, int key, double at_s, double by_s)
{
  const CsPart *part = &m->score->parts[track];
  for (size_t k = 0; k < part->n_notes; k++)
    if ((key < 0 || part->notes[k].key == key) &&
        fabs(seconds_at(m, part->notes[k].start_tick) - at_s) <= by_s)
      return true;
  return false;
}

enum { BAR_STEPS = 64 }; ///< Sixteenths of the longest bar.

/// What of the steps of a bar a part strikes: any key (0), or that one or the
/// one below (the two kicks).
static inline uint64_t
struck_steps(const Music *m, size_t track, int key, int bar)
{
  const CsPart *part = &m->score->parts[track];
  const int64_t from = cs_bar_tick(m->score->timeline, bar);
  const int64_t to   = cs_bar_tick(m->score->timeline, bar + 1);
  uint64_t steps     = 0;
  for (size_t k = 0; k < part->n_notes; k++) {
    const CsNote *n    = &part->notes[k];
    const int64_t step = (n->start_tick - from) * 4 / CS_TICKS_PER_QUARTER;
    if (n->start_tick >= from && n->start_tick < to && step < BAR_STEPS &&
        (key == 0 || n->key == key || n->key == key - 1))
      steps |= 1ULL << step;
  }
  return steps;
}

static inline int
count_bits(uint64_t bits)
{
  int n = 0;
  for (; bits != 0; bits &= bits - 1)
    n++;
  return n;
}

/// Steps between neighbouring onsets when all are as far apart, from bar line
/// to bar line, and a beat at most; else 0. An approach on the last eighth may
/// stand besides.
static inline int
even_gap(uint64_t steps, int n_steps, int beat)
{
  for (int gap = 1; gap <= beat; gap *= 2)
    for (int first = 0; first < gap; first++) {
      uint64_t line = 0;
      for (int s = first; s < n_steps; s += gap)
        line |= 1ULL << s;
      if ((steps & ~(1ULL << (n_steps - 2))) ==
          (line & ~(1ULL << (n_steps - 2))))
        return gap;
    }
  return 0;
}

/// Bass onsets that meet the kick, in bars that have one. Where the bass runs
/// evenly the pulse is its own: in eighths or finer the kick must fall on it,
/// in quarters or on the off-beats (walking, house) nothing is asked.
static inline Fact
fact_bass_on_kick(const Music *m)
{
  const size_t bass = track_of_role(m, CS_ROLE_BASS);
  const size_t kit  = track_of_role(m, CS_ROLE_DRUMS);
  if (bass == m->score->n_parts || kit == m->score->n_parts || !is_metred(m) ||
      is_pedal_at(m, bass, 0))
    return no_fact;
  const int beat = (int)(4.0 * cs_meter_beat_quarters(m->plan->meter));
  int n = 0, n_met = 0;
  Fact f = {0};
  for (int b = 0; b < last_bar(m); b++) {
    const int n_steps =
        (int)(cs_bar_ticks(m->score->timeline, b) * 4 / CS_TICKS_PER_QUARTER);
    const uint64_t played = struck_steps(m, bass, 0, b);
    const uint64_t kicks  = struck_steps(m, kit, 36, b);
    const int gap         = even_gap(played, n_steps, beat);
    if (kicks == 0 || played == 0 ||
        (gap > 0 && 2 * gap >= beat && (gap >= beat || !(played & 1))))
      continue;
    n += count_bits(gap > 0 ? kicks : played);
    n_met += count_bits(kicks & played);
    if (gap == 0 && 2 * count_bits(kicks & played) <= count_bits(played))
      FACT_WHERE(f, "bar %d: bass %llx, kick %llx", b,
          (unsigned long long)played, (unsigned long long)kicks);
  }
  if (n < 8)
    return no_fact;
  f.applies = true;
  f.value   = (double)n_met / n;
  f.holds   = f.value >= 0.7;
  return f;
}

static inline Fact
fact_crashes(const Music *m)
{
  const size_t kit = track_of_role(m, CS_ROLE_DRUMS);
  if (kit == m->score->n_parts || !is_metred(m))
    return no_fact;
  Fact f             = fact_at_most(0, 0);
  int last           = -4;
  const CsPart *part = &m->score->parts[kit];
  for (size_t k = 0; k < part->n_notes; k++) {
    const int key = part->notes[k].key;
    const int bar =
        cs_bar_of_tick(m->score->timeline, part->notes[k].start_tick);
    if (key != 49 && key != 57)
      continue;
    bool is_hit = false;
    for (size_t h = 0; h < m->plan->n_hits; h++)
      is_hit |= m->plan->hits[h].bar == bar;
    if (is_hit)
      continue;
    if (bar < last + 4 && bar != last && bar != last_bar(m)) {
      f.value++;
      f.holds = false;
      FACT_WHERE(f, "bars %d and %d", last, bar);
    }
    last = bar;
  }
  return f;
}

/// Does the kit play something else in a bar than two bars before?
static inline bool
kit_turns(const Music *m, size_t kit, int bar)
{
  const CsTimeline *t   = m->score->timeline;
  const CsPart *part    = &m->score->parts[kit];
  unsigned long sums[2] = {0, 0};
  for (int s = 0; s < 2; s++) {
    const int64_t from = cs_bar_tick(t, bar - 2 * s);
    const int64_t to   = cs_bar_tick(t, bar - 2 * s + 1);
    for (size_t k = 0; k < part->n_notes; k++) {
      const int64_t tick = part->notes[k].start_tick;
      if (tick >= from && tick < to)
        sums[s] +=
            (unsigned long)(tick - from + 7) * (part->notes[k].key + 131u);
    }
  }
  return sums[0] != sums[1];
}

static inline Fact
fact_fills(const Music *m)
{
  const size_t kit = track_of_role(m, CS_ROLE_DRUMS);
  if (kit == m->score->n_parts || !is_metred(m))
    return no_fact;
  size_t n = 0, n_filled = 0;
  Fact f = {0};
  for (size_t s = 0; s + 1 < m->plan->n_sections; s++) {
    const CsSection *section = &m->plan->sections[s];
    const int bar            = section->first_bar + section->n_bars - 1;
    if (section->n_bars < 4 || section->energy[1] < 0.5 ||
        !cs_track_plays(m->score->timeline, &m->plan->tracks[kit], bar))
      continue;
    n++;
    n_filled += kit_turns(m, kit, bar);
    if (!kit_turns(m, kit, bar))
      FACT_WHERE(f, "bar %d, %s, %s of %d", bar,
          m->plan->tracks[kit].instrument, section->name, section->n_bars);
  }
  if (n == 0)
    return no_fact;
  f.applies = true;
  f.value   = (double)n_filled / (double)n;
  f.holds   = f.value >= 0.9;
  return f;
}

// --- T39, T40, T42 to T45: course and density -------------------------------

typedef struct Stretch {
  int from, to; ///< Bars.
} Stretch;

/// The bars that an asked build covers.
static inline Stretch
build_bars(const Music *m)
{
  Stretch s = {-1, -1};
  for (size_t i = 0; i < m->brief->n_arc; i++) {
    const CsArcEvent *e = &m->brief->arc[i];
    if (e->kind != CS_ARC_BUILD || !e->has_start)
      continue;
    const double to_s = e->has_end ? e->end_s : m->plan->duration_s;
    double best[2]    = {1e9, 1e9};
    for (int b = 0; b <= last_bar(m); b++) {
      const double at = bar_seconds(m, b);
      if (fabs(at - e->start_s) < best[0])
        best[0] = fabs(at - e->start_s), s.from = b;
      if (fabs(at - to_s) < best[1])
        best[1] = fabs(at - to_s), s.to = b;
    }
  }
  return s;
}

/// The plan's own borders of that build: it begins at a phrase and may end in a
/// climax.
static inline Stretch
build_sections(const Music *m)
{
  Stretch s = {-1, -1};
  for (size_t i = 0; i < m->plan->n_sections; i++) {
    const CsSection *x = &m->plan->sections[i];
    if (x->kind != CS_SECTION_BUILD)
      continue;
    if (s.from < 0)
      s.from = x->first_bar;
    s.to = x->first_bar + x->n_bars;
  }
  return s;
}

/// From where the build begins in the plan to where it was asked to end, the
/// climax that it leads to included.
static inline Stretch
asked_build(const Music *m)
{
  const Stretch asked = build_bars(m);
  Stretch s           = build_sections(m);
  if (s.from < 0)
    return asked;
  if (asked.to > s.to)
    s.to = asked.to;
  return s;
}

static inline Fact
fact_build_density(const Music *m)
{
  const Stretch s = asked_build(m);
  if (!has_said(m, CS_ARC_BUILD) || !is_metred(m) || s.to - s.from < 4)
    return no_fact;
  const double before = event_density(m, s.from, s.from + 2);
  const double after  = event_density(m, s.to - 2, s.to);
  const bool is_flat =
      m->plan->function == CS_BED || m->plan->function == CS_UNDERSCORE;
  Fact f = fact_at_least(before > 0.0 ? after / before : 99.0,
      m->plan->function == CS_AMBIENT ? 1.2
      : is_flat                       ? 1.4
                                      : 1.8);
  FACT_WHERE(
      f, "bars %d..%d: %.1f to %.1f events/s", s.from, s.to, before, after);
  return f;
}

static inline int
key_span(const Music *m, int from_bar, int to_bar)
{
  const CsTimeline *t = m->score->timeline;
  int low = 128, high = -1;
  for (size_t i = 0; i < m->score->n_parts; i++) {
    const CsPart *part = &m->score->parts[i];
    for (size_t k = 0; is_pitched(m, i) && k < part->n_notes; k++) {
      const CsNote *n = &part->notes[k];
      if (!sounds_between(
              n, cs_bar_tick(t, from_bar) + 60, cs_bar_tick(t, to_bar) - 60))
        continue;
      low  = n->key < low ? n->key : low;
      high = n->key > high ? n->key : high;
    }
  }
  return high >= low ? high - low : 0;
}

static inline Fact
fact_build_span(const Music *m)
{
  const Stretch s = asked_build(m);
  if (!has_said(m, CS_ARC_BUILD) || !is_metred(m) || s.to - s.from < 4)
    return no_fact;
  const int before = key_span(m, s.from, s.from + 2);
  const int after  = key_span(m, s.to - 2, s.to);
  Fact f           = fact_at_least(after - before, 7);
  FACT_WHERE(f, "%d to %d semitones", before, after);
  return f;
}

/// Loudness of a stretch as the notes have it: squared velocity law, levels and
/// gain curves, weighted by sounding time. In dB.
static inline double
level_db(const Music *m, double from_s, double to_s)
{
  const CsPerformance *p = m->performance;
  double sum             = 1e-12;
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *n  = &p->notes[i];
    const CsInstrument *in = instrument_of(m, n->track);
    const double on        = fmax((double)n->on_frame / p->sample_rate, from_s);
    double off             = (double)n->off_frame / p->sample_rate;
    if (in != NULL && in->sustain == CS_SUSTAIN_DECAYS)
      off = fmin(off, (double)n->on_frame / p->sample_rate + 0.6);
    off = fmin(off, to_s);
    if (off <= on)
      continue;
    const double db = m->plan->tracks[n->track].level_db -
                      (in != NULL ? in->trim_db : 0.0) +
                      cs_track_gain_db(&p->tracks[n->track], n->on_frame) +
                      40.0 * log10(n->velocity / 127.0);
    sum += (off - on) * pow(10.0, db / 10.0);
  }
  return 10.0 * log10(sum / (to_s - from_s));
}

/// A build is louder at its end: +4 dB, in beds and underscores +3.
static inline Fact
fact_build_level(const Music *m)
{
  const Stretch s = asked_build(m);
  if (!has_said(m, CS_ARC_BUILD) || !is_metred(m) || s.to - s.from < 4)
    return no_fact;
  const bool is_flat =
      m->plan->function == CS_BED || m->plan->function == CS_UNDERSCORE;
  const double before =
      level_db(m, bar_seconds(m, s.from), bar_seconds(m, s.from + 2));
  const double after =
      level_db(m, bar_seconds(m, s.to - 2), bar_seconds(m, s.to));
  return fact_at_least(after - before, is_flat ? 3.0 : 4.0);
}

/// Rank correlation of wanted energy and heard level over the sections.
static inline Fact
fact_level_follows_energy(const Music *m)
{
  enum { MAX_SECTIONS = 32 };
  double wanted[MAX_SECTIONS], heard[MAX_SECTIONS];
  int n = 0;
  for (size_t s = 0; s < m->plan->n_sections && n < MAX_SECTIONS; s++) {
    const CsSection *x = &m->plan->sections[s];
    if (x->kind == CS_SECTION_END || x->kind == CS_SECTION_BUILD)
      continue;
    wanted[n] = 0.5 * (x->energy[0] + x->energy[1]);
    heard[n] =
        level_db(m, bar_seconds(m, x->first_bar),
            bar_seconds(m, x->first_bar + x->n_bars)) /
            6.0 +
        log2(0.1 + event_density(m, x->first_bar, x->first_bar + x->n_bars));
    n++;
  }
  if (n < 4 || m->plan->function != CS_THEMATIC)
    return no_fact;
  double agree = 0.0, all = 0.0;
  for (int i = 0; i < n; i++)
    for (int k = i + 1; k < n; k++) {
      if (fabs(wanted[i] - wanted[k]) < 0.03)
        continue;
      all += 1.0;
      agree += (wanted[i] < wanted[k]) == (heard[i] < heard[k]);
    }
  return all > 0.0 ? fact_at_least(agree / all, 0.85) : no_fact;
}

/// RULEBOOK 2.1: how many onsets a second a function has.
static inline Fact
fact_union_density(const Music *m)
{
  static const double ranges[CS_N_FUNCTIONS][2] = {
      [CS_UNDERSCORE] = {0.15, 2.0},
      [CS_BED]        = {1.6, 4.3},
      [CS_STINGER]    = {1.0, 14.0},
      [CS_THEMATIC]   = {2.5, 9.0},
      [CS_AMBIENT]    = {0.1, 0.8},
  };
  const double *range = ranges[m->plan->function];
  const Stretch build = asked_build(m);
  double to_s         = bar_seconds(m, last_bar(m));
  if (m->plan->duration_s < 4.0)
    return no_fact;
  if (m->plan->function != CS_THEMATIC && build.from >= 0)
    to_s = bar_seconds(m, build.from);
  if (to_s - m->plan->lead_in_s < 2.0)
    return no_fact;
  const double rate =
      (double)count_onsets(m, -1, 0.0, to_s) / (to_s - m->plan->lead_in_s);
  // RULEBOOK 1.3: a calm tune may be thinner than the function is.
  const double calm = 0.8 * 2.6 * exp2(1.15 * m->plan->arousal);
  return fact_within(rate, fmin(range[0], calm), range[1]);
}

/// Onsets of a bed's top line a bar.
static inline Fact
fact_top_line(const Music *m)
{
  const size_t track = track_of_role(m, CS_ROLE_MELODY);
  if (m->plan->function != CS_BED || track == m->score->n_parts)
    return no_fact;
  const Stretch build = asked_build(m);
  const int to        = build.from >= 0 ? build.from : last_bar(m);
  const double n = (double)count_onsets(m, (int)track, 0.0, bar_seconds(m, to));
  return to > 0 ? fact_at_most(n / to, 1.0) : no_fact;
}

/// How much a bed's density changes from phrase to phrase.
static inline Fact
fact_bed_is_even(const Music *m)
{
  if (m->plan->function != CS_BED || m->plan->duration_s < 25.0)
    return no_fact;
  const Stretch build = asked_build(m);
  const int to        = build.from >= 0 ? build.from : last_bar(m);
  double sum = 0.0, sum2 = 0.0;
  int n = 0;
  for (int b = 0; b + 4 <= to; b += 4) {
    const double from_s = bar_seconds(m, b);
    const double to_s   = bar_seconds(m, b + 4);
    if (is_asked_silence(m, from_s, to_s))
      continue;
    const double d =
        (double)count_onsets(m, -1, from_s, to_s) / (to_s - from_s);
    sum += d, sum2 += d * d;
    n++;
  }
  if (n < 3)
    return no_fact;
  const double mean = sum / n;
  return fact_at_most(sqrt(fmax(0.0, sum2 / n - mean * mean)) / mean, 0.25);
}

static inline Fact
fact_soft_underscore(const Music *m)
{
  if (m->plan->function != CS_UNDERSCORE)
    return no_fact;
  int loudest = 0;
  for (size_t i = 0; i < m->performance->n_notes; i++)
    if (m->performance->notes[i].velocity > loudest)
      loudest = m->performance->notes[i].velocity;
  return fact_at_most(loudest, 75);
}

/// A stinger's strongest moment comes in its first 60 hundredths.
static inline Fact
fact_stinger_peak(const Music *m)
{
  if (m->plan->function != CS_STINGER)
    return no_fact;
  double best = -1.0, at = 0.0;
  for (size_t i = 0; i < m->performance->n_notes; i++) {
    const double t =
        (double)m->performance->notes[i].on_frame / m->performance->sample_rate;
    double sum = 0.0;
    for (size_t k = 0; k < m->performance->n_notes; k++) {
      const CsPlayedNote *n = &m->performance->notes[k];
      const double u        = (double)n->on_frame / m->performance->sample_rate;
      if (u >= t && u < t + 0.05)
        sum += pow(n->velocity / 127.0, 4.0);
    }
    if (sum > best)
      best = sum, at = t;
  }
  return fact_at_most(at / m->plan->duration_s, 0.6);
}

// --- T46, T47: the hand -----------------------------------------------------

static inline Fact
fact_velocity_life(const Music *m)
{
  Fact f  = fact_at_least(99, 0);
  f.value = 99;
  for (size_t t = 0; t < m->plan->n_tracks; t++) {
    if (is_struck_role(m->plan->tracks[t].role))
      continue;
    double sum = 0.0, sum2 = 0.0;
    size_t n = 0, run = 0, longest = 0;
    int last = -1;
    for (size_t i = 0; i < m->performance->n_notes; i++) {
      const CsPlayedNote *note = &m->performance->notes[i];
      if (note->track != t)
        continue;
      sum += note->velocity, sum2 += note->velocity * note->velocity;
      run     = note->velocity == last ? run + 1 : 1;
      longest = run > longest ? run : longest;
      last    = note->velocity;
      n++;
    }
    if (n < 24)
      continue;
    const double mean  = sum / (double)n;
    const double sd    = sqrt(fmax(0.0, sum2 / (double)n - mean * mean));
    const bool is_good = sd >= 2.5 && sd <= 18.0 && longest <= 8;
    if (sd < f.value && (f.holds || !is_good))
      f.value = sd;
    if (!is_good)
      FACT_WHERE(f, "%s: SD %.1f, run %zu",
          cs_role_names[m->plan->tracks[t].role], sd, longest);
    f.holds = f.holds && is_good;
  }
  return f.value < 99 ? f : no_fact;
}

/// Largest deviation of an unspread note from the straight grid, in ms; swing
/// and meant offsets are not deviations.
static inline Fact
fact_timing_cap(const Music *m)
{
  const CsStyle *style = cs_find_style(m->presets, m->plan->style);
  if (style == NULL || fabs(style->swing - 0.5) > 1e-6)
    return no_fact;
  Fact f = fact_at_most(0, 20.0 + 1.4);
  for (size_t t = 0; t < m->score->n_parts; t++) {
    const CsPart *part     = &m->score->parts[t];
    const CsInstrument *in = instrument_of(m, t);
    size_t seen[128]       = {0};
    // Slow sounds are meant to start early (RULEBOOK 7.1), by up to 60 %.
    const double early_ms = in != NULL ? fmin(120.0, 0.6 * in->attack_ms) : 0.0;
    if (m->plan->tracks[t].role == CS_ROLE_EFFECTS)
      continue;
    for (size_t i = 0; i < m->performance->n_notes; i++) {
      const CsPlayedNote *p = &m->performance->notes[i];
      if (p->track != t || p->on_frame < 0)
        continue;
      size_t k = seen[p->key];
      while (k < part->n_notes && part->notes[k].key != p->key)
        k++;
      seen[p->key] = k + 1;
      if (k >= part->n_notes || m->performance->n_preroll_frames > 0 ||
          fabsf(part->notes[k].delay_ms) > 0.01f)
        continue;
      const double ms =
          1e3 * ((double)p->on_frame / m->performance->sample_rate -
                    seconds_at(m, part->notes[k].start_tick));
      const double off_ms = ms > 0.0 ? ms : fmax(0.0, -ms - early_ms);
      if (off_ms > f.value) {
        f.value = off_ms;
        FACT_WHERE(f, "%s at %.2f s", m->plan->tracks[t].instrument,
            seconds_at(m, part->notes[k].start_tick));
      }
    }
  }
  f.holds = f.value <= 21.4;
  return f;
}

// --- What was asked ---------------------------------------------------------

static inline Fact
fact_excluded_are_absent(const Music *m)
{
  if (m->brief->exclude.n == 0)
    return no_fact;
  Fact f = fact_at_most(0, 0);
  for (size_t i = 0; i < m->score->n_parts; i++) {
    const CsTrack *t       = &m->plan->tracks[i];
    const CsInstrument *in = instrument_of(m, i);
    const CsPart *part     = &m->score->parts[i];
    for (size_t x = 0; x < m->brief->exclude.n && part->n_notes > 0; x++) {
      const char *name = m->brief->exclude.items[x];
      bool is_out      = strcmp(cs_role_names[t->role], name) == 0 ||
                    (in != NULL && cs_instrument_is(in, name));
      for (size_t k = 0; t->bank == 128 && k < part->n_notes; k++)
        is_out |= cs_drum_key_is(part->notes[k].key, name);
      if (strcmp(name, "vocals") == 0 && t->bank != 128)
        is_out |= (t->program >= 52 && t->program <= 54) || t->program == 85 ||
                  t->program == 91;
      if (is_out) {
        f.value++;
        f.holds = false;
        FACT_WHERE(f, "%s plays (%s)", t->instrument, cs_role_names[t->role]);
      }
    }
  }
  return f;
}

static inline Fact
fact_no_drums_of_itself(const Music *m)
{
  if (m->plan->function != CS_UNDERSCORE && m->plan->function != CS_AMBIENT)
    return no_fact;
  size_t n = 0;
  for (size_t i = 0; i < m->score->n_parts; i++)
    if (m->plan->tracks[i].role == CS_ROLE_DRUMS ||
        m->plan->tracks[i].role == CS_ROLE_PERCUSSION)
      n += m->score->parts[i].n_notes;
  return fact_at_most((double)n, 0);
}

/// Power of what begins within a window, by the squared velocity law.
static inline double
accent_between(const Music *m, double from_s, double to_s)
{
  double sum = 0.0;
  for (size_t i = 0; i < m->performance->n_notes; i++) {
    const CsPlayedNote *n = &m->performance->notes[i];
    const double at       = (double)n->on_frame / m->performance->sample_rate;
    if (at >= from_s && at <= to_s)
      sum += pow(n->velocity / 127.0, 4.0);
  }
  return sum;
}

/// Each asked hit is an accent: more is struck within -40..+80 ms than in the
/// mean of the like windows a beat earlier and later.
static inline Fact
fact_hits(const Music *m)
{
  Fact f = no_fact;
  for (size_t i = 0; i < m->brief->n_arc; i++) {
    const CsArcEvent *e = &m->brief->arc[i];
    if (e->kind != CS_ARC_HIT || !e->has_start)
      continue;
    const double beat_s = 60.0 / m->plan->tempos[0].bpm;
    const double at     = e->start_s;
    const double here   = accent_between(m, at - 0.04, at + 0.08);
    const double before =
        accent_between(m, at - 0.04 - beat_s, at + 0.08 - beat_s);
    const double after =
        accent_between(m, at - 0.04 + beat_s, at + 0.08 + beat_s);
    const double there = 0.5 * (before + after);
    const double ratio = there > 0.0 ? here / there : here > 0.0 ? 9.0 : 0.0;
    if (!f.applies || ratio < f.value) {
      f = fact_at_least(ratio, 1.0);
      FACT_WHERE(f, "at %.2f s: %.2f against %.2f", at, here, there);
    }
  }
  return f;
}

/// Tracks of the plan that never play a note.
static inline Fact
fact_no_idle_tracks(const Music *m)
{
  if (m->plan->duration_s < 25.0)
    return no_fact;
  Fact f = fact_at_most(0, 0);
  for (size_t i = 0; i < m->score->n_parts; i++)
    if (m->score->parts[i].n_notes == 0) {
      f.value++;
      f.holds = false;
      FACT_WHERE(f, "%s (%s)", m->plan->tracks[i].instrument,
          cs_role_names[m->plan->tracks[i].role]);
    }
  return f;
}

/// Leaps of the bass over an octave.
static inline Fact
fact_bass_leaps(const Music *m)
{
  const size_t track = track_of_role(m, CS_ROLE_BASS);
  if (track == m->score->n_parts)
    return no_fact;
  const Moves moves = moves_of(m, track);
  return fact_at_most((double)moves.n_over_12, 0);
}

// --- T56: different seeds ---------------------------------------------------

typedef struct TuneSet {
  int n;
  int at[4096]; ///< Sixteenth from the first downbeat * 12 + pitch class.
} TuneSet;

static inline void
tune_set(const Music *m, int shift_bars, TuneSet *set)
{
  const size_t track = track_of_role(m, CS_ROLE_MELODY);
  const int64_t bar  = cs_bar_ticks(m->score->timeline, 0);
  set->n             = 0;
  if (track == m->score->n_parts)
    return;
  const CsPart *part = &m->score->parts[track];
  for (size_t k = 0; k < part->n_notes && set->n < 4096; k++) {
    const int64_t tick =
        part->notes[k].start_tick - part->notes[0].start_tick / bar * bar;
    const int pc      = cs_mod(part->notes[k].key - m->plan->key.tonic_pc, 12);
    set->at[set->n++] = (int)((tick + shift_bars * bar) / 240) * 12 + pc;
  }
}

/// RULEBOOK 9, melody similarity.
static inline double
melody_similarity(const Music *a, const Music *b)
{
  static TuneSet x, y;
  double most = 0.0;
  tune_set(a, 0, &x);
  for (int shift = -4; shift <= 4; shift++) {
    int n_common = 0;
    tune_set(b, shift, &y);
    for (int i = 0; i < x.n; i++)
      for (int k = 0; k < y.n; k++)
        if (x.at[i] == y.at[k]) {
          n_common++;
          break;
        }
    const int n_all = x.n + y.n - n_common;
    most            = fmax(most, n_all > 0 ? (double)n_common / n_all : 0.0);
  }
  return most;
}

#endif
