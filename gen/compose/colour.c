#include "gen/base/mathx.h"
#include "gen/compose/frame.h"
#include "gen/compose/groove.h"
#include "gen/compose/strokes.h"
#include "gen/compose/theme.h"

enum { HARP_PROGRAM = 46, MAX_CHORD = 4 };

// Bells, sparkle, harp runs, a high held note: what shines on top and marks
// where something begins.
typedef struct Colour {
  CsComposer *c;
  size_t track;
  const CsInstrument *instrument;
  CsTheme theme; ///< Empty unless the cue has a tune.
  int low, high; ///< Where it shines.
  bool is_held;
  bool is_harp;
} Colour;

static CsStatus
ring(const Colour *k, int64_t tick, int64_t n_ticks, int key, int stroke)
{
  CsComposer *c = k->c;
  if (key < k->low || key > k->high)
    return CS_OK;
  key = cs_clear_key(c, tick, n_ticks, key, k->low, k->high);
  return cs_add(c, k->track,
      (CsNote){.start_tick = tick,
          .n_ticks         = n_ticks > 0 ? n_ticks : 1,
          .key             = (uint8_t)key,
          .velocity = (uint8_t)cs_velocity(c, k->track, tick, key, stroke)});
}

static CsRng
rng_of(const Colour *k, const char *purpose, int bar)
{
  return cs_rng_at(
      k->c->plan->tracks[k->track].seed, purpose, 0, (uint64_t)bar);
}

// Above 65 where the instrument reaches that far (RULEBOOK 5.2, A22).
static void
find_register(Colour *k)
{
  enum { LOWEST = 65, HIGHEST = 98 };
  const CsTrack *t = &k->c->plan->tracks[k->track];
  k->low           = t->range[0];
  k->high          = t->range[1];
  if (k->high >= LOWEST + 12 && k->low < LOWEST)
    k->low = LOWEST;
  if (k->low <= HIGHEST - 12 && k->high > HIGHEST)
    k->high = HIGHEST;
}

static uint16_t
chord_pcs_at(const CsComposer *c, int64_t tick)
{
  return cs_chord_pcs(cs_chord_at(c, tick));
}

// Chord tones upwards from a key that rub against nothing while they ring;
// gives how many there are.
static int
chord_tones(const Colour *k, CsTickSpan ring, int from, int n, int *keys)
{
  const uint16_t chord = chord_pcs_at(k->c, ring.start);
  const CsKeySet rubs =
      cs_keys_that_rub_while(k->c, ring.start, ring.end - ring.start);
  int found = 0;
  for (int key = from; key <= k->high && found < n; key++)
    if (key >= k->low && ((unsigned)chord >> (key % 12) & 1u) != 0 &&
        !cs_has_key(rubs, key))
      keys[found++] = key;
  return found;
}

// --- Gestures ---------------------------------------------------------------

// The last chord rolls from its root: a colour may be the lowest of all.
static int
roll_from(const Colour *k, int64_t tick)
{
  const int from = k->low + (k->high - k->low) / 3;
  if (tick != k->c->final_tick)
    return from;
  const CsChordSpan *span = cs_chord_at(k->c, tick);
  const int up = cs_mod(span->key.tonic_pc + span->chord.root - from, 12);
  return from + up <= k->high ? from + up : from;
}

// A chord rolled from below: the mark of a new section.
static CsStatus
roll_chord(const Colour *k, int64_t tick, int64_t n_ticks, int stroke)
{
  CsComposer *c = k->c;
  int keys[MAX_CHORD];
  const int from        = roll_from(k, tick);
  const CsTickSpan span = {tick, tick + n_ticks};
  const int n           = chord_tones(k, span, from, k->is_harp ? 4 : 3, keys);
  const float roll      = k->is_harp ? 35.0F : 18.0F;
  for (int i = 0; i < n; i++)
    CS_TRY(cs_add(c, k->track,
        (CsNote){.start_tick = tick,
            .n_ticks         = n_ticks,
            .key             = (uint8_t)keys[i],
            .velocity        = (uint8_t)cs_velocity(
                       c, k->track, tick, keys[i], stroke + 3 * i),
            .delay_ms = roll * (float)i}));
  return CS_OK;
}

// Sixteenths up the scale through the last half bar, into the next downbeat.
static CsStatus
run_up(const Colour *k, int bar)
{
  const CsComposer *c = k->c;
  const int n_steps   = cs_steps_in_bar(c, bar);
  const int n         = n_steps / 2 < 8 ? n_steps / 2 : 8;
  const int64_t start = cs_bar_tick(c->timeline, bar);
  int key             = k->low + (k->high - k->low) / 4;
  for (int i = 0; i < n; i++) {
    const int step     = n_steps - n + i;
    const int64_t tick = start + step * cs_step_ticks(c);
    const uint16_t set = cs_scale_at(c, tick);
    do
      key++;
    while (key < k->high && ((unsigned)set >> (key % 12) & 1u) == 0);
    CS_TRY(ring(k, cs_step_tick(c, bar, step), CS_TICKS_PER_QUARTER / 2, key,
        62 + 3 * i));
  }
  return CS_OK;
}

// Two to four chord tones on eighths at the end of a phrase.
static CsStatus
sparkle(const Colour *k, int bar)
{
  const CsComposer *c = k->c;
  CsRng rng           = rng_of(k, "sparkle", bar);
  const int n_steps   = cs_steps_in_bar(c, bar);
  const int n         = 2 + (int)cs_rng_below(&rng, 3);
  const bool down     = cs_rng_unit(&rng) < 0.4;
  int keys[MAX_CHORD];
  const int from  = k->low + (int)cs_rng_below(&rng, 8);
  const int first = n_steps - 2 * n;
  if (first < 0)
    return CS_OK;
  const int64_t tick = cs_bar_tick(c->timeline, bar) + first * cs_step_ticks(c);
  const CsTickSpan span = {tick, tick + CS_TICKS_PER_QUARTER};
  const int found       = chord_tones(k, span, from, n, keys);
  for (int i = 0; i < found; i++) {
    const int step = first + 2 * i;
    CS_TRY(ring(k, cs_step_tick(c, bar, step), CS_TICKS_PER_QUARTER,
        keys[down ? found - 1 - i : i], 64 + 3 * i));
  }
  return CS_OK;
}

// One bell: the chord's third or fifth.
static CsStatus
strike_bell(const Colour *k, int64_t tick, int64_t n_ticks, int stroke)
{
  const CsChordSpan *span = cs_chord_at(k->c, tick);
  const CsChord *chord    = &span->chord;
  const int tonic         = span->key.tonic_pc;
  const int middle        = (k->low + k->high) / 2;
  CsRng rng =
      cs_rng_at(k->c->plan->tracks[k->track].seed, "bell", 0, (uint64_t)tick);
  const int which = 1 + (int)cs_rng_below(&rng, 2);
  const int tone  = chord->tones[which < chord->n_tones ? which : 0];
  const int key   = cs_nearest_key(
        middle, cs_mod(tonic + chord->root + tone, 12), k->low, k->high);
  return key < 0 ? CS_OK : ring(k, tick, n_ticks, key, stroke);
}

// Two neighbouring chord tones, one a beat after the other.
static CsStatus
strike_pair(const Colour *k, int64_t tick, int64_t n_ticks, int stroke)
{
  int keys[2];
  const int64_t beat    = (int64_t)(cs_meter_beat_quarters(k->c->plan->meter) *
                                 CS_TICKS_PER_QUARTER);
  const int from        = k->low + (k->high - k->low) / 2;
  const CsTickSpan span = {tick, tick + n_ticks};
  const int n           = chord_tones(k, span, from, 2, keys);
  for (int i = 0; i < n; i++)
    CS_TRY(ring(k, tick + i * beat, n_ticks - i * beat, keys[n - 1 - i],
        stroke - 6 * i));
  return CS_OK;
}

// The tune's bar, an octave or two up where the instrument shines.
static CsStatus
echo_bar(const Colour *k, int bar)
{
  const CsComposer *c = k->c;
  size_t i            = cs_theme_find(&k->theme, bar);
  for (; i < k->theme.n_notes && k->theme.notes[i].bar == bar; i++) {
    const CsThemeNote *n = &k->theme.notes[i];
    int key              = n->key + 12;
    while (key < k->low + 5 && key + 12 <= k->high)
      key += 12;
    CS_TRY(ring(k, cs_step_tick(c, bar, n->step), n->n_steps * cs_step_ticks(c),
        key, 60));
  }
  return CS_OK;
}

// One high chord tone, held: what strings or a choir give as colour.
static CsStatus
hold_high(const Colour *k, int bar, int n_bars, int stroke)
{
  const CsComposer *c     = k->c;
  const int64_t start     = cs_bar_tick(c->timeline, bar);
  const int64_t end       = cs_bar_tick(c->timeline, bar + n_bars);
  const CsChordSpan *span = cs_chord_at(c, start);
  const int64_t until     = span->end_tick < end ? span->end_tick : end;
  int keys[1];
  if (chord_tones(k, (CsTickSpan){start, until},
          k->low + (k->high - k->low) / 2, 1, keys) == 0)
    return CS_OK;
  return ring(k, start, until - start, keys[0], stroke);
}

// --- Where a section begins -------------------------------------------------

typedef enum Opening {
  OPENING_NONE,
  OPENING_ROLL,
  OPENING_BELL,
  OPENING_PAIR,
  OPENING_ECHO,
  N_OPENINGS
} Opening;

// Not every section is marked, and not in one way: a climax always with the
// full chord, any other with what its own stream says.
static Opening
opening_of(const Colour *k, const CsSection *s)
{
  static const double bold[N_OPENINGS]  = {1.5, 1.5, 2.0, 2.0, 2.0};
  static const double quiet[N_OPENINGS] = {2.0, 1.0, 2.5, 2.0, 0.0};
  if (s->kind == CS_SECTION_CLIMAX)
    return OPENING_ROLL;
  CsRng rng      = rng_of(k, "opening", s->first_bar);
  const size_t i = cs_theme_find(&k->theme, s->first_bar);
  const bool is_told =
      i < k->theme.n_notes && k->theme.notes[i].bar == s->first_bar;
  return (Opening)cs_rng_weighted(&rng, is_told ? bold : quiet, N_OPENINGS);
}

static CsStatus
open_section(const Colour *k, const CsSection *s, int stroke)
{
  const CsComposer *c = k->c;
  const int64_t tick  = cs_bar_tick(c->timeline, s->first_bar);
  const int64_t ticks = cs_bar_ticks(c->timeline, s->first_bar);
  switch (opening_of(k, s)) {
  case OPENING_ROLL:
    return roll_chord(k, tick, ticks, stroke);
  case OPENING_BELL:
    return strike_bell(k, tick, ticks, stroke);
  case OPENING_PAIR:
    return strike_pair(k, tick, ticks, stroke);
  case OPENING_ECHO:
    return echo_bar(k, s->first_bar);
  case OPENING_NONE:
  case N_OPENINGS:
    break;
  }
  return CS_OK;
}

// --- By function ------------------------------------------------------------

// Bells without a pulse: Poisson, from the pentatonic of the key, long.
static CsStatus
scatter_bar(const Colour *k, int bar)
{
  static const int major[5] = {0, 2, 4, 7, 9};
  static const int minor[5] = {0, 3, 5, 7, 10};
  const CsComposer *c       = k->c;
  const CsPattern *pattern  = cs_pattern_at(c, k->track, bar);
  const double rate         = pattern != NULL && pattern->scatter_per_s > 0.0
                                  ? pattern->scatter_per_s
                                  : 0.14;
  const int64_t start       = cs_bar_tick(c->timeline, bar);
  const int64_t end         = cs_bar_tick(c->timeline, bar + 1);
  const double from_s       = cs_seconds_of_tick(c->timeline, (double)start);
  const double to_s         = cs_seconds_of_tick(c->timeline, (double)end);
  const CsKey key_now       = cs_chord_at(c, start)->key;
  const int *scale          = cs_mode_is_minor(key_now.mode) ? minor : major;
  CsRng rng                 = rng_of(k, "bells", bar);
  const int n_tosses        = 4 + (int)(4.0 * rate * (to_s - from_s));
  for (int i = 0; i < n_tosses; i++) {
    const double chance = cs_rng_unit(&rng);
    const double at_s   = cs_rng_between(&rng, from_s, to_s);
    const int near =
        k->low + (int)cs_rng_below(&rng, (uint32_t)(k->high - k->low + 1));
    const int pc       = key_now.tonic_pc + scale[cs_rng_below(&rng, 5)];
    const int key      = cs_nearest_key(near, cs_mod(pc, 12), k->low, k->high);
    const int64_t tick = cs_tick_of_seconds(c->timeline, at_s);
    if (chance < rate * (to_s - from_s) / n_tosses && key >= 0)
      CS_TRY(ring(k, tick, cs_tick_of_seconds(c->timeline, at_s + 4.0) - tick,
          key, 60));
  }
  return CS_OK;
}

// A build opens upwards (RULEBOOK 3.4: the top goes up by 5 to 12 semitones):
// a note over a whole bar in the instrument's highest octave, at the summit
// the highest there is.
static CsStatus
crown_bar(const Colour *k, int bar, bool is_summit, int stroke)
{
  const CsComposer *c   = k->c;
  const int64_t tick    = cs_bar_tick(c->timeline, bar);
  const int64_t n_ticks = cs_bar_ticks(c->timeline, bar);
  int keys[MAX_CHORD];
  const int n = chord_tones(k, (CsTickSpan){tick, tick + n_ticks}, k->high - 11,
      is_summit ? MAX_CHORD : 1, keys);
  return n > 0 ? ring(k, tick, n_ticks, keys[n - 1], stroke) : CS_OK;
}

// Under speech: a mark where a section begins, one glint every four bars.
static CsStatus
write_quiet_bar(const Colour *k, int bar)
{
  const CsComposer *c = k->c;
  const int in        = cs_bar_in_section(c, bar);
  const int64_t start = cs_bar_tick(c->timeline, bar);
  CsRng rng           = rng_of(k, "glint", bar - in % 4);
  const bool is_bed   = c->plan->function == CS_BED;
  const int place =
      is_bed ? 1 + (int)cs_rng_below(&rng, 3) : (int)cs_rng_below(&rng, 4);
  if (cs_is_summit(c, bar))
    return crown_bar(k, bar, true, 66);
  if (k->is_held)
    return in % 4 == 0 ? hold_high(k, bar, 2, 66) : CS_OK;
  if (cs_section_of_bar(c->timeline, bar)->kind == CS_SECTION_BUILD)
    return crown_bar(k, bar, false, 66);
  if (in == 0 && is_bed)
    return open_section(k, cs_section_of_bar(c->timeline, bar), 68);
  if (in % 4 != place)
    return CS_OK;
  int keys[1];
  const int from        = k->low + (int)cs_rng_below(&rng, 10);
  const int64_t tick    = start + cs_bar_ticks(c->timeline, bar) / 2;
  const CsTickSpan span = {tick, tick + cs_bar_ticks(c->timeline, bar)};
  if (chord_tones(k, span, from, 1, keys) == 0)
    return CS_OK;
  return ring(k, tick, cs_bar_ticks(c->timeline, bar), keys[0], 62);
}

static CsStatus
write_held_bar(const Colour *k, const CsSection *s, int bar)
{
  const int in = bar - s->first_bar;
  if (s->kind == CS_SECTION_CLIMAX || s->kind == CS_SECTION_BUILD)
    return hold_high(k, bar, 1, 82);
  return in % 4 == 0 ? hold_high(k, bar, 2, 72) : CS_OK;
}

static CsStatus
write_bright_bar(const Colour *k, int bar)
{
  const CsComposer *c = k->c;
  const CsSection *s  = cs_section_of_bar(c->timeline, bar);
  const int in        = bar - s->first_bar;
  const bool is_last  = in == s->n_bars - 1;
  const bool is_more  = cs_next_section(c, bar) != NULL;
  if (cs_is_summit(c, bar) && !(k->is_harp && is_last))
    return crown_bar(k, bar, true, 76);
  if (k->is_held)
    return write_held_bar(k, s, bar);
  if (in == 0)
    CS_TRY(open_section(k, s, 76));
  else if (in % 4 == 0 && k->theme.n_notes > 0 &&
           k->theme.bars[bar] == CS_FIGURE_MOTIF &&
           (s->kind == CS_SECTION_A2 || s->kind == CS_SECTION_CLIMAX ||
               s->kind == CS_SECTION_B))
    return echo_bar(k, bar);
  if (k->is_harp && is_last && is_more)
    return run_up(k, bar);
  return in % 4 == 3 ? sparkle(k, bar) : CS_OK;
}

static CsStatus
write_final(const Colour *k)
{
  const CsComposer *c = k->c;
  const int64_t ticks = c->final_end_tick - c->final_tick;
  if (c->end_bar < 0 || ticks <= 0 || !cs_plays(c, k->track, c->end_bar))
    return CS_OK;
  return roll_chord(k, c->final_tick, ticks, cs_final_velocity(c) - 8);
}

/// A build has to have somewhere to go: its first half does without sparkle.
static bool
rests_in_build(const CsComposer *c, int bar)
{
  const CsSection *s = cs_section_of_bar(c->timeline, bar);
  return s->kind == CS_SECTION_BUILD && 2 * (bar - s->first_bar) < s->n_bars;
}

static CsStatus
write_bar(const Colour *k, int bar)
{
  if (rests_in_build(k->c, bar))
    return CS_OK;
  switch (k->c->plan->function) {
  case CS_AMBIENT:
    return scatter_bar(k, bar);
  case CS_UNDERSCORE:
  case CS_BED:
    return write_quiet_bar(k, bar);
  case CS_THEMATIC:
    return write_bright_bar(k, bar);
  case CS_STINGER: // Only what leads into the final chord.
    return k->is_harp && bar + 1 == k->c->end_bar ? run_up(k, bar) : CS_OK;
  case CS_N_FUNCTIONS:
    break;
  }
  return CS_OK;
}

CsStatus
cs_write_colour(CsComposer *c, size_t track)
{
  const CsTrack *t    = &c->plan->tracks[track];
  Colour k            = {.c  = c,
                 .track      = track,
                 .instrument = cs_instrument_of_program(c->presets, t->bank, t->program),
                 .is_harp    = t->bank == 0 && t->program == HARP_PROGRAM};
  const size_t melody = cs_first_track(c, CS_ROLE_MELODY);
  k.is_held = k.instrument != NULL && k.instrument->sustain == CS_SUSTAIN_HELD;
  find_register(&k);
  if (c->plan->function == CS_THEMATIC && melody < c->plan->n_tracks)
    CS_TRY(cs_theme(c, melody, &k.theme));
  for (int bar = 0; bar < c->plan->n_bars; bar++)
    if (cs_plays(c, track, bar) && !cs_is_end_bar(c, bar))
      CS_TRY(write_bar(&k, bar));
  return write_final(&k);
}
