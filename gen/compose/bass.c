/// The bass: the written bass note on every chord change, a pattern between
/// them, an approach on the last eighth (RULEBOOK 5.3).
#include "gen/base/mathx.h"
#include "gen/compose/frame.h"
#include "gen/compose/kick.h"
#include "gen/compose/strokes.h"

/// The bass register: its lowest octave carries the roots, fifths and octaves
/// reach above, as high as the lowest chord tones allow (cs_low_gap): those
/// begin at 52, in beds and underscores at 48.
enum { BASS_LOW = 28, CENTRE = 34 };

static const int bass_high[CS_N_FUNCTIONS] = {
    [CS_UNDERSCORE] = 41,
    [CS_BED]        = 41,
    [CS_STINGER]    = 48,
    [CS_THEMATIC]   = 48,
    [CS_AMBIENT]    = 41,
};

typedef struct Bass {
  CsComposer *c;
  size_t track;
  uint64_t seed;
  int low, high;   ///< Where it sounds best ...
  int lowest;      ///< ... and how far it can go down.
  bool is_doubled; ///< Another low part holds the roots: no other notes.
  bool is_pedal;   ///< In the bar at hand.
  int *keys;       ///< Bass note per chord of the cue; -1 where none fits.
} Bass;

// --- The line ---------------------------------------------------------------

static int
distance(int a, int b)
{
  return a < b ? b - a : a - b;
}

/// What speaks against a root: the way from the one before and the way from the
/// centre.
static int
root_cost(const Bass *bass, int key, int before)
{
  const int centre = cs_clamp_int(CENTRE, bass->low, bass->high);
  return 2 * distance(key, before) + distance(key, centre);
}

/// The root nearest to the line; where the harmony lies too near above, an
/// octave lower if the instrument has it at all.
static int
choose_root(const Bass *bass, const CsChordSpan *span, int before)
{
  const int pc  = span->key.tonic_pc + span->chord.bass;
  const int top = bass->low + 11 < bass->high ? bass->low + 11 : bass->high;
  int best      = cs_nearest_key(bass->low, pc, bass->low, bass->high);
  for (int key = best; key >= 0 && key <= top; key += 12)
    if (root_cost(bass, key, before) < root_cost(bass, best, before))
      best = key;
  const bool is_muddy = cs_is_muddy(bass->c, span->start_tick, best);
  return is_muddy && best - 12 >= bass->lowest ? best - 12 : best;
}

/// The bass note of every chord: near the one before, drawn to the centre. Only
/// the chords decide, so that the line stays when energies change.
static CsStatus
draw_line(Bass *bass)
{
  const CsComposer *c = bass->c;
  CS_TRY_NEW(bass->keys = CS_NEW_N(c->arena, int, c->n_chords));
  int before = cs_clamp_int(CENTRE, bass->low, bass->high);
  for (size_t i = 0; i < c->n_chords; i++) {
    bass->keys[i] = choose_root(bass, &c->chords[i], before);
    if (bass->keys[i] >= 0)
      before = bass->keys[i];
  }
  return CS_OK;
}

/// A chord tone a given number of scale degrees above the root, in semitones;
/// -1 when the chord has none.
static int
chord_interval(const CsChord *chord, int degree)
{
  static const struct {
    int degree, low, high;
  } members[] = {{3, 3, 5}, {5, 6, 8}, {7, 9, 11}};
  for (size_t m = 0; m < 3; m++)
    for (int i = 1; members[m].degree == degree && i < chord->n_tones; i++) {
      const int step = cs_mod(chord->tones[i], 12);
      if (step >= members[m].low && step <= members[m].high)
        return step;
    }
  return -1;
}

/// Over a written bass only that note and the chord's root and fifth are used.
static int
degree_pc(const CsChord *chord, int degree)
{
  if (degree == 1 || degree == 8)
    return chord->bass;
  if (chord->bass != chord->root) {
    const int fifth = chord_interval(chord, 5);
    const int root  = chord->root;
    return degree == 5 && fifth >= 0 && chord->bass != root + fifth
               ? root
               : chord->bass;
  }
  const int interval = chord_interval(chord, degree);
  if (interval < 0 && degree == 7)
    return chord->root + 10;
  return chord->root + (interval < 0 ? 0 : interval);
}

/// Does the style give chords or figures to a bass, which then plays the roots
/// (cs_track_voicings)? Asked of the style, so that the line stays when that
/// part is taken away.
static bool
style_doubles_roots(const CsComposer *c)
{
  for (size_t i = 0; i < c->style->n_tracks; i++) {
    const CsStyleTrack *t = &c->style->tracks[i];
    for (size_t k = 0; t->role <= CS_ROLE_MOTION && k < t->instruments.n; k++) {
      const CsInstrument *in =
          cs_find_instrument(c->presets, t->instruments.items[k]);
      if (in != NULL && cs_instrument_is(in, "bass"))
        return true;
    }
  }
  return false;
}

/// The higher of two octaves, unless the line would then leap more than an
/// octave to the next chord's bass or come too near to the harmony.
static int
choose_octave(const Bass *bass, size_t chord, int above)
{
  const int next = chord + 1 < bass->c->n_chords ? bass->keys[chord + 1] : -1;
  const bool is_far = next >= 0 && above - next > 12;
  const bool is_muddy =
      cs_is_muddy(bass->c, bass->c->chords[chord].start_tick, above);
  if (above <= bass->high && !is_far && !is_muddy)
    return above;
  return above - 12 >= bass->low ? above - 12 : bass->keys[chord];
}

static int
degree_key(const Bass *bass, const CsChordSpan *span, int degree)
{
  const size_t chord = (size_t)(span - bass->c->chords);
  const int root     = bass->keys[chord];
  if (root < 0 || degree == 1 || (bass->is_doubled && degree != 8))
    return root;
  if (degree == 8)
    return choose_octave(bass, chord, root + 12);
  const int pc = span->key.tonic_pc + degree_pc(&span->chord, degree);
  return choose_octave(bass, chord, root + cs_mod(pc - root, 12));
}

/// A scale step (or a semitone where the scale has it) beside the next bass
/// note, on the side from which the line comes; -1 when the harmony stays.
static int
approach_key(const Bass *bass, int64_t tick)
{
  const CsComposer *c         = bass->c;
  const CsChordSpan *span     = cs_chord_at(c, tick);
  const size_t i              = (size_t)(span - c->chords);
  const int64_t last_approach = span->end_tick - CS_TICKS_PER_QUARTER;
  if (bass->is_doubled || i + 1 >= c->n_chords || tick < last_approach)
    return -1;
  const int from = bass->keys[i];
  const int to   = bass->keys[i + 1];
  if (from < 0 || to < 0 || from == to)
    return -1;
  const int side       = from < to ? -1 : 1;
  const uint16_t scale = cs_scale_at(c, tick);
  for (int step = 1; step <= 2; step++) {
    const int key = to + side * step;
    if ((scale >> cs_mod(key, 12) & 1) != 0 && key >= bass->low &&
        key <= bass->high && key != from)
      return key;
  }
  return -1;
}

// --- Strokes ----------------------------------------------------------------

/// The key's tonic in the bass register, for pedals.
static int
pedal_key(const Bass *bass, const CsChordSpan *span)
{
  const int centre = cs_clamp_int(CENTRE, bass->low, bass->high);
  return cs_nearest_key(centre, span->key.tonic_pc, bass->low, bass->high);
}

static int
stroke_key(const Bass *bass, const CsBarStroke *s)
{
  const CsChordSpan *span = cs_chord_at(bass->c, s->tick);
  if (bass->is_pedal)
    return pedal_key(bass, span);
  if (s->tick == span->start_tick)
    return bass->keys[span - bass->c->chords];
  if (s->degree == 0) {
    const int key = approach_key(bass, s->tick);
    return key >= 0 ? key : degree_key(bass, span, 5);
  }
  return degree_key(bass, span, s->degree);
}

static CsStatus
add_stroke(const Bass *bass, const CsBarStroke *s)
{
  const int key = stroke_key(bass, s);
  if (key < 0)
    return CS_OK;
  const int velocity =
      cs_velocity(bass->c, bass->track, s->tick, key, s->velocity);
  return cs_add(bass->c, bass->track,
      (CsNote){.start_tick = s->tick,
          .n_ticks         = s->n_ticks,
          .key             = (uint8_t)key,
          .velocity        = (uint8_t)velocity});
}

/// Beats that carry the bar (1 and 3, or all of a waltz's first) keep to chord
/// tones; an approach moves to a fifth there.
static void
keep_strong_beats(const CsComposer *c, CsBarStrokes *strokes, int bar)
{
  const int64_t start = cs_bar_tick(c->timeline, bar);
  const int64_t half  = cs_meter_beats(c->plan->meter) % 2 == 0
                            ? cs_bar_ticks(c->timeline, bar) / 2
                            : cs_bar_ticks(c->timeline, bar);
  for (int i = 0; i < strokes->n; i++) {
    CsBarStroke *s = &strokes->strokes[i];
    if (s->tick == start)
      s->degree = 1;
    else if ((s->tick - start) % half == 0 &&
             (s->degree == 0 || s->degree == 7))
      s->degree = 5;
  }
}

/// The last eighth before a new chord leads to it.
static void
lead_on(const Bass *bass, CsBarStrokes *strokes, int bar)
{
  const int64_t end    = cs_bar_tick(bass->c->timeline, bar + 1);
  const int64_t eighth = CS_TICKS_PER_QUARTER / 2;
  const int64_t tick   = end - eighth;
  if (strokes->n == 0 || strokes->n == CS_MAX_BAR_STROKES ||
      approach_key(bass, tick) < 0)
    return;
  while (strokes->n > 1 && strokes->strokes[strokes->n - 1].tick >= tick)
    strokes->n--;
  CsBarStroke *last = &strokes->strokes[strokes->n - 1];
  if (last->tick >= tick)
    return;
  if (last->tick + last->n_ticks > tick)
    last->n_ticks = tick - last->tick;
  strokes->strokes[strokes->n++] = (CsBarStroke){
      .tick = tick, .n_ticks = eighth * 9 / 10, .velocity = 74, .degree = 0};
}

/// End of a phrase: often a lead to the next chord where the style moves at
/// all; second bar on one chord: its last stroke goes to the fifth or the
/// octave.
static void
vary(const Bass *bass, CsBarStrokes *strokes, int bar)
{
  const CsComposer *c      = bass->c;
  const CsSection *section = cs_section_of_bar(c->timeline, bar);
  const int place          = bar - section->first_bar;
  CsRng rng = cs_rng_at(bass->seed, "bass.turn", (uint64_t)place, 0);
  if (bass->is_pedal || strokes->n < 2 || c->plan->function == CS_UNDERSCORE)
    return;
  if (cs_phrase_bar(c, bar) == 3 && cs_rng_below(&rng, 4) > 0)
    lead_on(bass, strokes, bar);
  else if (cs_phrase_bar(c, bar) == 1 && cs_repeats_chord(c, bar))
    strokes->strokes[strokes->n - 1].degree =
        cs_rng_below(&rng, 2) == 0 ? 5 : 8;
}

// --- With the kick ----------------------------------------------------------

/// Strokes that follow each other evenly, a beat apart at most, all through the
/// bar: walking, driving, off-beat. Such a line has a pulse of its own.
static bool
runs_evenly(const CsComposer *c, const CsBarStrokes *strokes, int bar)
{
  const int64_t beat =
      (int64_t)(cs_meter_beat_quarters(c->plan->meter) * CS_TICKS_PER_QUARTER);
  if (strokes->n < 2)
    return false;
  const int64_t gap = strokes->strokes[1].tick - strokes->strokes[0].tick;
  for (int i = 1; i < strokes->n; i++)
    if (strokes->strokes[i].tick - strokes->strokes[i - 1].tick != gap)
      return false;
  const int64_t rest =
      cs_bar_tick(c->timeline, bar + 1) - strokes->strokes[strokes->n - 1].tick;
  return gap <= beat && rest <= gap;
}

static bool
is_stroke_at(const CsBarStrokes *strokes, int64_t tick)
{
  for (int i = 0; i < strokes->n; i++)
    if (strokes->strokes[i].tick == tick)
      return true;
  return false;
}

static bool
is_kick_at(const CsKicks *kicks, int64_t tick)
{
  for (int i = 0; i < kicks->n; i++)
    if (kicks->ticks[i] == tick)
      return true;
  return false;
}

/// Where the harmony or the bar begins, the bass begins.
static bool
is_anchored(const CsComposer *c, int64_t tick)
{
  const int bar = cs_bar_of_tick(c->timeline, tick);
  return tick == cs_bar_tick(c->timeline, bar) ||
         tick == cs_chord_at(c, tick)->start_tick;
}

/// The nearest kick of the same chord that no stroke has yet, the tick itself
/// where there is none near.
static int64_t
kick_near(const CsComposer *c, const CsBarStrokes *strokes,
    const CsKicks *kicks, int64_t tick)
{
  int64_t best = CS_TICKS_PER_QUARTER / 2 + 1;
  int64_t at   = tick;
  for (int i = 0; i < kicks->n; i++) {
    const int64_t kick = kicks->ticks[i];
    const int64_t far  = kick < tick ? tick - kick : kick - tick;
    if (far < best && !is_stroke_at(strokes, kick) &&
        cs_chord_at(c, kick) == cs_chord_at(c, tick)) {
      best = far;
      at   = kick;
    }
  }
  return at;
}

static int64_t
next_tick(const CsBarStrokes *strokes, int i, int64_t end)
{
  return i + 1 < strokes->n ? strokes->strokes[i + 1].tick : end;
}

/// The weakest stroke that meets no kick and need not stay, or -1. The last of
/// equals stays: it leads on.
static int
weakest_free(
    const CsComposer *c, const CsBarStrokes *strokes, const CsKicks *kicks)
{
  int weakest = -1;
  for (int i = 0; i < strokes->n; i++) {
    const CsBarStroke *s = &strokes->strokes[i];
    if (is_kick_at(kicks, s->tick) || is_anchored(c, s->tick))
      continue;
    if (weakest < 0 || s->velocity < strokes->strokes[weakest].velocity)
      weakest = i;
  }
  return weakest;
}

/// Leave out what meets no kick until four in five strokes do.
static void
thin_out(const CsComposer *c, CsBarStrokes *strokes, const CsKicks *kicks)
{
  for (;;) {
    int n_free = 0;
    for (int i = 0; i < strokes->n; i++)
      n_free += !is_kick_at(kicks, strokes->strokes[i].tick);
    const int weakest = weakest_free(c, strokes, kicks);
    if (5 * n_free <= strokes->n || weakest < 0)
      return;
    strokes->n--;
    for (int i = weakest; i < strokes->n; i++)
      strokes->strokes[i] = strokes->strokes[i + 1];
  }
}

/// Note how much of the way to the next one each stroke sounds.
static void
note_shares(CsBarStrokes *strokes, int64_t end)
{
  for (int i = 0; i < strokes->n; i++) {
    CsBarStroke *s      = &strokes->strokes[i];
    const int64_t space = next_tick(strokes, i, end) - s->tick;
    s->share            = (double)s->n_ticks / (double)space;
  }
}

static void
hold_shares(CsBarStrokes *strokes, int64_t end)
{
  for (int i = 0; i < strokes->n; i++) {
    CsBarStroke *s      = &strokes->strokes[i];
    const int64_t space = next_tick(strokes, i, end) - s->tick;
    s->n_ticks          = (int64_t)(s->share * (double)space);
  }
}

/// Bass and kick are one instrument (RULEBOOK 5.3): strokes go to the kick that
/// is a sixteenth or two away, others are left out and the stroke before holds
/// for them.
static void
lock_to_kick(const CsComposer *c, CsBarStrokes *strokes, int bar)
{
  const CsKicks kicks = cs_kicks_of_bar(c, bar);
  const int64_t end   = cs_bar_tick(c->timeline, bar + 1);
  if (kicks.n == 0 || runs_evenly(c, strokes, bar))
    return;
  note_shares(strokes, end);
  for (int i = 0; i < strokes->n; i++) {
    CsBarStroke *s = &strokes->strokes[i];
    if (!is_kick_at(&kicks, s->tick) && !is_anchored(c, s->tick))
      s->tick = kick_near(c, strokes, &kicks, s->tick);
  }
  cs_sort_strokes(strokes);
  thin_out(c, strokes, &kicks);
  hold_shares(strokes, end);
}

// --- Bars -------------------------------------------------------------------

/// In a build the bass rests or stands on its note for half of it, then pulses.
static CsBarStrokes
build_strokes(const CsComposer *c, int bar)
{
  const int64_t finest  = cs_finest_grid(c, bar, cs_max_onset_rate(c));
  const int64_t eighth  = CS_TICKS_PER_QUARTER / 2;
  const int64_t n_ticks = cs_bar_ticks(c->timeline, bar);
  const int64_t grid = cs_build_grid(c, bar, finest > eighth ? finest : eighth);
  return cs_pulse_strokes(
      c, NULL, bar, cs_build_progress(c, bar) < 0.5 ? n_ticks : grid);
}

/// Where few or soft ones play, the pulse of a build goes on in the climax.
static CsBarStrokes
climax_strokes(const CsComposer *c, int bar, CsBarStrokes own)
{
  const int64_t finest = cs_finest_grid(c, bar, cs_max_onset_rate(c));
  const int64_t beat =
      (int64_t)(cs_meter_beat_quarters(c->plan->meter) * CS_TICKS_PER_QUARTER);
  const CsBarStrokes pulse =
      cs_pulse_strokes(c, NULL, bar, finest > beat ? finest : beat);
  return pulse.n > own.n ? pulse : own;
}

/// Quiet music holds one bass note for as long as the chord lasts, or for a
/// phrase where there are phrases.
static bool
may_go_on(const Bass *bass, const CsBarStrokes *strokes, int bar)
{
  const CsComposer *c      = bass->c;
  const bool is_ambient    = c->plan->function == CS_AMBIENT;
  const CsSection *section = cs_section_of_bar(c->timeline, bar);
  const bool is_phrase     = (bar - section->first_bar) % 4 == 0;
  if (!is_ambient && (c->plan->function != CS_UNDERSCORE || is_phrase))
    return false;
  return strokes->n == 1 && bar > 0 && cs_repeats_chord(c, bar) &&
         cs_plays(c, bass->track, bar - 1);
}

/// @return false when a silence lies between: then it must be struck again.
static bool
extend_last(const Bass *bass, int64_t end)
{
  CsPart *part = &bass->c->score->parts[bass->track];
  if (part->n_notes == 0)
    return false;
  CsNote *last = &part->notes[part->n_notes - 1];
  if (cs_sounding_end(bass->c, last->start_tick, end) < end)
    return false;
  last->n_ticks = end - last->start_tick;
  return true;
}

/// A bass sings one note at a time: two that ring together are too near each
/// other that low (RULEBOOK 5.1, low-interval limits).
static void
let_go_in_time(CsBarStrokes *strokes, int64_t end)
{
  for (int i = 0; i < strokes->n; i++) {
    CsBarStroke *s     = &strokes->strokes[i];
    const int64_t room = next_tick(strokes, i, end) - s->tick;
    if (room > 0 && s->n_ticks > room)
      s->n_ticks = room;
  }
}

static CsStatus
add_bar(Bass *bass, int bar)
{
  const CsComposer *c      = bass->c;
  const CsPattern *pattern = cs_pattern_at(c, bass->track, bar);
  const bool is_build      = cs_build_progress(c, bar) >= 0.0;
  CsBarStrokes strokes;
  bass->is_pedal = pattern != NULL && pattern->is_pedal;
  if (is_build && c->plan->function != CS_AMBIENT)
    strokes = build_strokes(c, bar);
  else if (pattern != NULL)
    strokes = cs_pattern_strokes(c, pattern, bar);
  else
    strokes = cs_pulse_strokes(c, NULL, bar, cs_bar_ticks(c->timeline, bar));
  if (!is_build && cs_all_keep_pulse(c, bar))
    strokes = climax_strokes(c, bar, strokes);
  if (may_go_on(bass, &strokes, bar) &&
      extend_last(bass, cs_bar_tick(c->timeline, bar + 1)))
    return CS_OK;
  if (!bass->is_pedal)
    lock_to_kick(c, &strokes, bar);
  keep_strong_beats(c, &strokes, bar);
  if (is_build && cs_phrase_bar(c, bar) == 3 && !bass->is_pedal)
    lead_on(bass, &strokes, bar);
  else if (!is_build)
    vary(bass, &strokes, bar);
  cs_split_at_chords(c, &strokes, 1);
  let_go_in_time(&strokes, cs_bar_tick(c->timeline, bar + 1));
  for (int i = 0; i < strokes.n; i++)
    CS_TRY(add_stroke(bass, &strokes.strokes[i]));
  return CS_OK;
}

static bool
has_harmony(const CsPlan *plan)
{
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (plan->tracks[i].role <= CS_ROLE_MOTION && plan->tracks[i].n_spans == 0)
      return true;
  return false;
}

/// Is the track asked to come in there?
static bool
is_asked_in(const CsComposer *c, const CsTrack *t, const CsSection *s)
{
  const double from_s = cs_seconds_of_tick(
      c->timeline, (double)cs_bar_tick(c->timeline, s->first_bar - 1));
  for (size_t i = 0; i < t->n_spans; i++)
    if (t->spans[i].start_s > from_s && t->spans[i].start_s < s->end_s)
      return true;
  return false;
}

/// The build of a tune or a bed opens without the bass and gets it back at its
/// half, so that it grows downwards too (RULEBOOK 3.4, span and layer entries).
static bool
waits_in_build(const Bass *bass, int bar)
{
  enum { MOST_BARS = 4 };
  const CsComposer *c    = bass->c;
  const CsTrack *t       = &c->plan->tracks[bass->track];
  const double progress  = cs_build_progress(c, bar);
  const CsSection *build = cs_section_of_bar(c->timeline, bar);
  return progress >= 0.0 && progress < 0.5 && build->n_bars >= 4 &&
         bar - build->first_bar < MOST_BARS && !is_asked_in(c, t, build) &&
         (c->plan->function == CS_THEMATIC || c->plan->function == CS_BED) &&
         has_harmony(c->plan);
}

static CsStatus
add_ending(const Bass *bass)
{
  const CsComposer *c     = bass->c;
  const CsChordSpan *span = cs_chord_at(c, c->final_tick);
  const int key           = bass->keys[span - c->chords];
  const CsVoicing keys    = {.n = key >= 0 ? 1 : 0, .keys = {key}};
  return cs_add_final(bass->c, bass->track, &keys, 0.0);
}

static void
find_register(Bass *bass)
{
  const CsTrack *t = &bass->c->plan->tracks[bass->track];
  const CsInstrument *in =
      cs_instrument_of_program(bass->c->presets, t->bank, t->program);
  const int top   = bass_high[bass->c->plan->function];
  const int sweet = in != NULL ? in->sweet[0] : BASS_LOW;
  bass->lowest    = t->range[0] > BASS_LOW ? t->range[0] : BASS_LOW;
  bass->low       = sweet > bass->lowest ? sweet : bass->lowest;
  bass->high      = t->range[1] < top ? t->range[1] : top;
  if (bass->high < bass->low + 11) // an instrument that lives higher
    bass->high = bass->low + 11 < t->range[1] ? bass->low + 11 : t->range[1];
}

CsStatus
cs_write_bass(CsComposer *c, size_t track)
{
  Bass bass = {.c = c, .track = track, .seed = c->plan->tracks[track].seed};
  find_register(&bass);
  bass.is_doubled = style_doubles_roots(c);
  CS_TRY(draw_line(&bass));
  for (int bar = 0; bar < c->plan->n_bars; bar++) {
    if (!cs_plays(c, track, bar) || waits_in_build(&bass, bar))
      continue;
    if (cs_is_end_bar(c, bar))
      CS_TRY(add_ending(&bass));
    else
      CS_TRY(add_bar(&bass, bar));
  }
  return CS_OK;
}
