/// Chordal parts that move: comping, strumming, pulses, arpeggios, ostinatos.
/// A pattern is kept for a section; what changes is the harmony under it, the
/// end of each phrase, and a build.
#include "gen/base/mathx.h"
#include "gen/compose/frame.h"
#include "gen/compose/solo.h"
#include "gen/compose/strokes.h"

#include <string.h>

typedef struct Texture {
  CsComposer *c;
  size_t track;
  uint64_t seed;
  bool is_motion;
  bool doubles_lowest; ///< Six strings: full strokes have one note more.
  int high; ///< No key above it: figures that climb come back an octave down.
  CsVoicing *voicings; ///< One per chord of the cue.
} Texture;

static bool
is_speech_function(const CsComposer *c)
{
  return c->plan->function == CS_BED || c->plan->function == CS_UNDERSCORE;
}

/// The voicing that belongs to a tick.
static const CsVoicing *
voicing_at(const Texture *t, int64_t tick)
{
  return &t->voicings[cs_chord_at(t->c, tick) - t->c->chords];
}

/// A voicing's tones for figures: each pitch class once, the lowest of it, so
/// that a figure of three goes on with the octave of its first.
static CsVoicing
figure_of(const CsVoicing *v)
{
  CsVoicing figure = {0};
  unsigned heard   = 0;
  for (int i = 0; i < v->n; i++) {
    const unsigned bit = 1U << cs_mod(v->keys[i], 12);
    if ((heard & bit) == 0)
      figure.keys[figure.n++] = v->keys[i];
    heard |= bit;
  }
  return figure;
}

/// The nth tone of a figure, going on an octave higher beyond its last, and
/// back down by octaves at the top. -1 when there is none.
static int
nth_key(const Texture *t, const CsVoicing *figure, int n)
{
  const CsTrack *track = &t->c->plan->tracks[t->track];
  if (figure->n == 0)
    return -1;
  int key = figure->keys[n % figure->n] + 12 * (n / figure->n);
  while (key > t->high)
    key -= 12;
  return key >= track->range[0] ? key : -1;
}

// --- Notes of a stroke ------------------------------------------------------

static CsStatus
add_key(const Texture *t, const CsBarStroke *s, int key)
{
  // A figure's tones lie anywhere over the pad's; chords keep to one voicing.
  if (t->is_motion)
    key = cs_clear_key(t->c, s->tick, s->n_ticks, key,
        t->c->plan->tracks[t->track].range[0], t->high);
  const int velocity = cs_velocity(t->c, t->track, s->tick, key, s->velocity);
  return cs_add(t->c, t->track,
      (CsNote){.start_tick = s->tick,
          .n_ticks         = s->n_ticks,
          .key             = (uint8_t)key,
          .velocity        = (uint8_t)velocity,
          .delay_ms        = (float)s->spread_ms});
}

static void
add_once(CsVoicing *keys, int key)
{
  for (int i = 0; i < keys->n; i++)
    if (keys->keys[i] == key)
      return;
  if (key >= 0 && keys->n < 8)
    keys->keys[keys->n++] = key;
}

/// The whole chord; a guitar doubles its lowest note when that is no leading
/// tone.
static CsVoicing
full_chord(const Texture *t, const CsVoicing *v, int tonic_pc)
{
  CsVoicing keys = *v;
  if (v->n > 0 && t->doubles_lowest && v->keys[0] + 12 <= t->high &&
      cs_mod(v->keys[0] + 1 - tonic_pc, 12) != 0)
    add_once(&keys, v->keys[0] + 12);
  return keys;
}

/// What strikes only the upper tones of a chord leaves out those at its bottom,
/// too, that lie nearer than their height allows (RULEBOOK 5.1).
static void
clear_bottom(CsVoicing *keys)
{
  while (
      keys->n > 1 && keys->keys[1] - keys->keys[0] < cs_low_gap(keys->keys[0]))
    memmove(&keys->keys[0], &keys->keys[1],
        (size_t)--keys->n * sizeof keys->keys[0]);
}

/// Keys of a stroke, low to high, each once.
static CsVoicing
stroke_keys(const Texture *t, const CsBarStroke *s, int climb)
{
  const CsVoicing *v     = voicing_at(t, s->tick);
  const CsVoicing figure = figure_of(v);
  if (s->tones == 0 && climb == 0)
    return full_chord(t, v, cs_chord_at(t->c, s->tick)->key.tonic_pc);
  const unsigned tones = s->tones != 0 ? s->tones : (1U << figure.n) - 1U;
  CsVoicing keys       = {0};
  for (int i = 0; i < 16; i++) {
    const int key =
        (tones >> i & 1U) != 0 ? nth_key(t, &figure, i + climb) : -1;
    // a chord rises: what had to come back down would only fill it again
    if (key >= 0 && (keys.n == 0 || key > keys.keys[keys.n - 1]))
      add_once(&keys, key);
  }
  clear_bottom(&keys);
  return keys;
}

/// Meant offset of a tone in a strum or roll; wide rolls are drawn together to
/// what an offset may be.
static double
spread_of(const CsBarStroke *s, int n, int place)
{
  enum { MAX_OFFSET_MS = 120 };
  const double widest = n > 1 ? (double)MAX_OFFSET_MS / (n - 1) : 0.0;
  const double spread = s->spread_ms < 0 ? -s->spread_ms : s->spread_ms;
  const int turn      = s->spread_ms < 0 ? n - 1 - place : place;
  return (spread < widest ? spread : widest) * turn;
}

static CsStatus
add_stroke(const Texture *t, const CsBarStroke *s, int climb)
{
  const CsVoicing keys = stroke_keys(t, s, climb);
  for (int i = 0; i < keys.n; i++) {
    CsBarStroke one = *s;
    one.spread_ms   = spread_of(s, keys.n, i);
    CS_TRY(add_key(t, &one, keys.keys[i]));
  }
  return CS_OK;
}

// --- Variation --------------------------------------------------------------

static void
remove_stroke(CsBarStrokes *strokes, int index)
{
  strokes->n--;
  memmove(&strokes->strokes[index], &strokes->strokes[index + 1],
      (size_t)(strokes->n - index) * sizeof(CsBarStroke));
}

/// Leave the last beat open: what was struck before it rings through.
static void
thin_last_beat(const CsComposer *c, CsBarStrokes *strokes, int bar)
{
  const int64_t end = cs_bar_tick(c->timeline, bar + 1);
  const int64_t beat =
      (int64_t)(cs_meter_beat_quarters(c->plan->meter) * CS_TICKS_PER_QUARTER);
  int kept = strokes->n;
  while (kept > 1 && strokes->strokes[kept - 1].tick >= end - beat)
    kept--;
  strokes->n = kept;
  if (kept > 0 && strokes->strokes[kept - 1].tick + beat >= end - beat)
    strokes->strokes[kept - 1].n_ticks =
        end - strokes->strokes[kept - 1].tick - 60;
}

/// A run over the last beat: tones rise or fall to the next bar.
static void
run_last_beat(const Texture *t, CsBarStrokes *strokes, int bar, CsRng *rng)
{
  const CsComposer *c = t->c;
  const int64_t end   = cs_bar_tick(c->timeline, bar + 1);
  const int64_t beat =
      (int64_t)(cs_meter_beat_quarters(c->plan->meter) * CS_TICKS_PER_QUARTER);
  const int64_t grid = cs_finest_grid(c, bar, cs_max_onset_rate(c));
  const int64_t step = grid < beat / 2 && t->is_motion ? beat / 4 : beat / 2;
  const bool rises   = cs_rng_below(rng, 3) > 0;
  if (grid > beat / 2 || end - beat < cs_bar_tick(c->timeline, bar))
    return;
  while (strokes->n > 0 && strokes->strokes[strokes->n - 1].tick >= end - beat)
    strokes->n--;
  const int n = (int)(beat / step);
  for (int i = 0; i < n && strokes->n < CS_MAX_BAR_STROKES; i++)
    strokes->strokes[strokes->n++] =
        (CsBarStroke){.tick = end - beat + i * step,
            .n_ticks        = step,
            .velocity       = 76 + 3 * i,
            .tones          = 1U << (rises ? i + 1 : n - i)};
}

/// A bar on the same chord as before is told apart by one stroke: two tones
/// change places, or the lightest stroke is left out.
static void
vary_one_stroke(CsBarStrokes *strokes, CsRng *rng)
{
  if (strokes->n < 2)
    return;
  const int i    = 1 + (int)cs_rng_below(rng, (uint32_t)strokes->n - 1U);
  const int k    = 1 + i % (strokes->n - 1);
  CsBarStroke *a = &strokes->strokes[i];
  CsBarStroke *b = &strokes->strokes[k];
  if (a->tones != b->tones) {
    const unsigned tones = a->tones;
    a->tones             = b->tones;
    b->tones             = tones;
    return;
  }
  int lightest = 1;
  for (int j = 2; j < strokes->n; j++)
    if (strokes->strokes[j].velocity < strokes->strokes[lightest].velocity)
      lightest = j;
  remove_stroke(strokes, lightest);
}

static void
vary(const Texture *t, CsBarStrokes *strokes, int bar)
{
  const CsSection *section = cs_section_of_bar(t->c->timeline, bar);
  const int place          = bar - section->first_bar;
  CsRng rng = cs_rng_at(t->seed, "texture.turn", (uint64_t)place, 0);
  if (strokes->n == 1 && place % 2 == 1 && cs_repeats_chord(t->c, bar)) {
    strokes->strokes[0].tones = 0x6; // its second and third tone alone
    return;
  }
  switch (cs_phrase_bar(t->c, bar)) {
  case 3:
    if (is_speech_function(t->c) || cs_rng_below(&rng, 5) < 3)
      thin_last_beat(t->c, strokes, bar);
    else
      run_last_beat(t, strokes, bar, &rng);
    break;
  case 1:
    if (cs_repeats_chord(t->c, bar))
      vary_one_stroke(strokes, &rng);
    break;
  default:
    break;
  }
}

/// A build on one chord does not stand still: its third bar on it and those
/// after differ by one stroke.
static void
vary_build(const Texture *t, CsBarStrokes *strokes, int bar)
{
  const CsSection *section = cs_section_of_bar(t->c->timeline, bar);
  const int place          = bar - section->first_bar;
  CsRng rng = cs_rng_at(t->seed, "texture.build", (uint64_t)place, 0);
  if (place >= 2 && cs_repeats_chord(t->c, bar) &&
      cs_repeats_chord(t->c, bar - 1))
    vary_one_stroke(strokes, &rng);
}

// --- Bars -------------------------------------------------------------------

/// Tones by which a figure has climbed in a build, an octave by its end; a
/// climax keeps half of the height.
static int
climb_at(const Texture *t, int bar)
{
  const double progress = cs_build_progress(t->c, bar);
  if (t->c->plan->function == CS_THEMATIC && t->is_motion &&
      cs_section_of_bar(t->c->timeline, bar)->kind == CS_SECTION_CLIMAX)
    return 2;
  if (progress < 0.0 || t->c->plan->function == CS_AMBIENT)
    return 0;
  const int n = t->is_motion ? 4 : 2;
  return (int)(progress * (n + 0.99));
}

/// Figures double their speed twice in a build; so do chords in a long one,
/// from half bars over beats to eighths, in a short one at once.
static CsBarStrokes
build_strokes(const Texture *t, const CsPattern *pattern, int bar)
{
  CsComposer *c      = t->c;
  const int64_t half = cs_bar_ticks(c->timeline, bar) / 2;
  int64_t finest     = cs_finest_grid(c, bar, cs_max_onset_rate(c));
  if (!t->is_motion && finest < CS_TICKS_PER_QUARTER / 2)
    finest = CS_TICKS_PER_QUARTER / 2;
  int64_t grid       = cs_build_grid(c, bar, finest);
  const bool is_long = cs_section_of_bar(c->timeline, bar)->n_bars >= 6;
  if (!t->is_motion && cs_build_progress(c, bar) < (is_long ? 0.25 : 0.5) &&
      cs_meter_beats(c->plan->meter) % 2 == 0 && grid < half)
    grid = half;
  return cs_pulse_strokes(c, pattern, bar, grid);
}

/// The pulse of a build goes on in the climax that it leads to: a theme's
/// figures keep it, and where few or soft ones play, all do.
static bool
keeps_pulse(const Texture *t, int bar)
{
  return cs_all_keep_pulse(t->c, bar) ||
         (t->is_motion && t->c->plan->function == CS_THEMATIC &&
             cs_is_climax_of_build(t->c, bar));
}

static CsBarStrokes
climax_strokes(const Texture *t, const CsPattern *pattern, int bar)
{
  CsComposer *c        = t->c;
  const int64_t eighth = CS_TICKS_PER_QUARTER / 2;
  const int64_t finest = cs_finest_grid(c, bar, cs_max_onset_rate(c));
  CsBarStrokes own     = cs_pattern_strokes(c, pattern, bar);
  CsBarStrokes pulse =
      cs_pulse_strokes(c, pattern, bar, finest > eighth ? finest : eighth);
  return pulse.n > own.n ? pulse : own;
}

/// Ambient figures keep no time: each bar has its own start, and many pass in
/// silence.
static void
scatter_bar(const Texture *t, CsBarStrokes *strokes, int bar)
{
  const CsComposer *c        = t->c;
  const double strokes_per_s = cs_is_solo(c) ? 0.35 : 0.11;
  const int64_t start        = cs_bar_tick(c->timeline, bar);
  const int64_t end          = cs_bar_tick(c->timeline, bar + 1);
  const double seconds       = cs_seconds_of_tick(c->timeline, (double)end) -
                         cs_seconds_of_tick(c->timeline, (double)start);
  CsRng rng = cs_rng_at(t->seed, "texture.drift", 0, (uint64_t)bar);
  int n     = 0;
  for (int i = 0; i < strokes->n; i++) {
    CsBarStroke s     = strokes->strokes[i];
    const double p    = strokes_per_s * seconds / strokes->n;
    const double late = cs_rng_between(&rng, 0.0, 0.8);
    if (cs_rng_unit(&rng) >= p)
      continue;
    s.tick += (int64_t)(late * (double)(end - s.tick));
    if (s.tick < c->final_tick && s.tick + s.n_ticks > c->final_tick)
      s.n_ticks = c->final_tick - s.tick; // the last chord stands alone
    strokes->strokes[n++] = s;
  }
  strokes->n = n;
}

static CsStatus
add_scattered(const Texture *t, const CsPattern *pattern, int bar)
{
  const CsComposer *c   = t->c;
  const int64_t start   = cs_bar_tick(c->timeline, bar);
  const int64_t n_ticks = cs_bar_ticks(c->timeline, bar);
  const double seconds =
      cs_seconds_of_tick(c->timeline, (double)(start + n_ticks)) -
      cs_seconds_of_tick(c->timeline, (double)start);
  CsRng rng = cs_rng_at(t->seed, "texture.scatter", 0, (uint64_t)bar);
  const double n_wanted = pattern->scatter_per_s * seconds;
  const int n = (int)n_wanted + (cs_rng_unit(&rng) < n_wanted - (int)n_wanted);
  for (int i = 0; i < n && pattern->n_strokes > 0; i++) {
    const CsStroke *from =
        &pattern->strokes[cs_rng_below(&rng, (uint32_t)pattern->n_strokes)];
    const int64_t slot  = n_ticks / n;
    const CsBarStroke s = {
        .tick = start + i * slot +
                (int64_t)(cs_rng_unit(&rng) * 0.9 * (double)slot),
        .n_ticks  = from->n_steps * cs_step_ticks(c),
        .velocity = from->velocity,
        .tones = from->tones != 0 ? from->tones : 1U << cs_rng_below(&rng, 5),
        .spread_ms = from->spread_ms};
    CS_TRY(add_stroke(t, &s, 0));
  }
  return CS_OK;
}

static CsStatus
add_bar(const Texture *t, int bar)
{
  const CsPattern *pattern = cs_pattern_at(t->c, t->track, bar);
  const bool is_build =
      t->c->plan->function != CS_AMBIENT && cs_build_progress(t->c, bar) >= 0.0;
  if (pattern == NULL || pattern->n_strokes == 0)
    return CS_OK;
  if (pattern->scatter_per_s > 0.0)
    return add_scattered(t, pattern, bar);
  CsBarStrokes strokes = is_build ? build_strokes(t, pattern, bar)
                         : keeps_pulse(t, bar)
                             ? climax_strokes(t, pattern, bar)
                             : cs_pattern_strokes(t->c, pattern, bar);
  if (t->c->plan->function == CS_AMBIENT)
    scatter_bar(t, &strokes, bar);
  else if (is_build)
    vary_build(t, &strokes, bar);
  else if (!cs_is_summit(t->c, bar))
    vary(t, &strokes, bar);
  cs_solo_touch(t->c, t->track, bar, &strokes);
  cs_split_at_chords(t->c, &strokes, 0);
  const int climb = climb_at(t, bar);
  for (int i = 0; i < strokes.n; i++)
    CS_TRY(add_stroke(t, &strokes.strokes[i], climb));
  return CS_OK;
}

static int
middle_of(const CsKeySpan span)
{
  return (span.low + span.high) / 2;
}

static CsStatus
write_texture(CsComposer *c, size_t track, bool is_motion, bool is_guitar)
{
  Texture t              = {.c     = c,
                   .track          = track,
                   .seed           = c->plan->tracks[track].seed,
                   .is_motion      = is_motion,
                   .doubles_lowest = is_guitar};
  const int n_voices     = cs_n_frame_voices(c->plan->function);
  const CsKeySpan window = cs_voicing_window(c, track);
  t.high =
      is_speech_function(c) ? window.high : c->plan->tracks[track].range[1];
  CS_TRY(cs_track_voicings(c, track, n_voices, &t.voicings));
  for (int bar = 0; bar < c->plan->n_bars; bar++) {
    if (!cs_plays(c, track, bar))
      continue;
    if (cs_is_end_bar(c, bar)) {
      const CsVoicing keys = cs_final_voicing(c, track, middle_of(window));
      CS_TRY(cs_add_final(c, track, &keys, is_motion ? 18.0 : 4.0));
    } else {
      CS_TRY(add_bar(&t, bar));
    }
  }
  return CS_OK;
}

CsStatus
cs_write_chords(CsComposer *c, size_t track)
{
  const CsInstrument *instrument =
      cs_find_instrument(c->presets, c->plan->tracks[track].instrument);
  const bool is_guitar =
      instrument != NULL && cs_instrument_is(instrument, "guitar");
  return write_texture(c, track, false, is_guitar);
}

CsStatus
cs_write_motion(CsComposer *c, size_t track)
{
  return write_texture(c, track, true, false);
}
