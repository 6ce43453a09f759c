/// Pads: the harmony held, chord into chord.
#include "gen/base/mathx.h"
#include "gen/compose/frame.h"
#include "gen/compose/strokes.h"

/// A stretch of one chord in which the pad plays and may be struck once.
typedef struct Stretch {
  int64_t start, end;
  const CsVoicing *voicing;
  bool joins; ///< Follows the one before without a gap, in the same section.
} Stretch;

typedef struct Pad {
  CsComposer *c;
  size_t track;
  uint64_t seed;
  CsVoicing *voicings;
  Stretch *stretches;
  size_t n_stretches;
  size_t capacity;
  bool holds_common_tones;
} Pad;

// --- How wide it lies -------------------------------------------------------

static void
open_voicings(const CsComposer *c, size_t track, CsVoicing *voicings)
{
  const int low = c->plan->tracks[track].range[0];
  for (size_t i = 0; c->frame->is_opened && i < c->n_chords; i++)
    cs_open_voicing(&c->chords[i], &voicings[i],
        low > CS_LOWEST_OPENED ? low : CS_LOWEST_OPENED);
}

// --- Where it plays ---------------------------------------------------------

static CsStatus
add_stretch(Pad *pad, int64_t start, int64_t end, size_t chord, bool joins)
{
  void *stretches = pad->stretches;
  if (end <= start)
    return CS_OK;
  CS_TRY(cs_arena_grow(pad->c->arena, &stretches, &pad->capacity,
      pad->n_stretches + 1, sizeof(Stretch)));
  pad->stretches                     = stretches;
  pad->stretches[pad->n_stretches++] = (Stretch){
      start, end, &pad->voicings[chord], joins && pad->n_stretches > 0};
  return CS_OK;
}

/// The next tick after `tick` at which the pad is struck anew whatever the
/// chord does: the end of an asked silence.
static int64_t
next_silence_end(const CsComposer *c, int64_t tick, int64_t end)
{
  int64_t next = end;
  for (size_t i = 0; i < c->n_silences; i++)
    if (c->silences[i].end > tick && c->silences[i].end < next)
      next = c->silences[i].end;
  return next;
}

/// Ticks between strikes in a bar: in a build the pad joins in, half bars from
/// its middle, beats at its end. A small band goes on in half bars in the
/// climax that it has built.
static int64_t
strike_ticks(const CsComposer *c, int bar)
{
  const int64_t n_ticks = cs_bar_ticks(c->timeline, bar);
  const double progress = cs_build_progress(c, bar);
  const int n_beats     = cs_meter_beats(c->plan->meter);
  if (cs_is_small_band(c) && cs_is_climax_of_build(c, bar) && n_beats % 2 == 0)
    return n_ticks / 2;
  if (progress < 0.5 || c->plan->function == CS_AMBIENT)
    return n_ticks;
  if (progress < 0.75 && n_beats % 2 == 0)
    return n_ticks / 2;
  return c->plan->function == CS_THEMATIC
             ? n_ticks / n_beats
             : n_ticks / (n_beats % 2 == 0 ? 2 : 1);
}

/// Does a new breath begin with that bar: a section, a phrase of four bars, any
/// bar of a build or one that is struck more than once?
static bool
breathes_at(const CsComposer *c, int bar)
{
  if (strike_ticks(c, bar) < cs_bar_ticks(c->timeline, bar))
    return true;
  const CsSection *section = cs_section_of_bar(c->timeline, bar);
  const int place          = bar - section->first_bar;
  if (section->kind == CS_SECTION_BUILD)
    return true;
  const int phrase = c->plan->function == CS_AMBIENT ? 8 : 4;
  return place % phrase == 0;
}

/// Cut a bar at chord changes, strikes and silences.
static CsStatus
add_bar(Pad *pad, int bar, bool joins)
{
  const CsComposer *c  = pad->c;
  const int64_t end    = cs_bar_tick(c->timeline, bar + 1);
  const int64_t strike = strike_ticks(c, bar);
  int64_t tick         = cs_bar_tick(c->timeline, bar);
  while (tick < end) {
    const CsChordSpan *span = cs_chord_at(c, tick);
    int64_t next            = tick + strike < end ? tick + strike : end;
    if (span->end_tick > tick && span->end_tick < next)
      next = span->end_tick;
    next = next_silence_end(c, tick, next);
    Stretch *last =
        pad->n_stretches > 0 ? &pad->stretches[pad->n_stretches - 1] : NULL;
    const size_t i = (size_t)(span - c->chords);
    const bool goes_on =
        joins && last != NULL && last->voicing == &pad->voicings[i] &&
        last->end == tick && !cs_in_silence(c, tick - 1) &&
        (strike == cs_bar_ticks(c->timeline, bar)) &&
        !(breathes_at(c, bar) && tick == cs_bar_tick(c->timeline, bar));
    if (goes_on)
      last->end = next;
    else if (!cs_in_silence(c, tick))
      CS_TRY(add_stretch(pad, tick, next, i, joins));
    joins = true;
    tick  = next;
  }
  return CS_OK;
}

static CsStatus
find_stretches(Pad *pad)
{
  const CsComposer *c = pad->c;
  bool joins          = false;
  for (int bar = 0; bar < c->plan->n_bars; bar++) {
    const bool plays = cs_plays(c, pad->track, bar) && !cs_is_end_bar(c, bar);
    if (plays)
      CS_TRY(add_bar(pad, bar, joins));
    joins = plays;
  }
  return CS_OK;
}

// --- Notes ------------------------------------------------------------------

static bool
holds(const CsVoicing *v, int key)
{
  for (int i = 0; i < v->n; i++)
    if (v->keys[i] == key)
      return true;
  return false;
}

static int64_t
ticks_of_ms(const CsComposer *c, int64_t tick, double ms)
{
  const double at_s = cs_seconds_of_tick(c->timeline, (double)tick);
  return cs_tick_of_seconds(c->timeline, at_s + ms / 1000.0) - tick;
}

/// Is a tone of the stretch before held on into stretch i?
static bool
is_held_over(const Pad *pad, size_t i, int key)
{
  const Stretch *here = &pad->stretches[i];
  return pad->holds_common_tones && i > 0 && here->joins &&
         pad->stretches[i - 1].end == here->start &&
         !breathes_at(pad->c, cs_bar_of_tick(pad->c->timeline, here->start)) &&
         holds(pad->stretches[i - 1].voicing, key) && holds(here->voicing, key);
}

/// Where a tone that begins in stretch i is let go: after every stretch that
/// holds it on, then 80 to 250 ms into a chord without it (RULEBOOK 7.4), or a
/// little before it is struck again.
static int64_t
release_tick(const Pad *pad, size_t i, int key)
{
  const CsComposer *c = pad->c;
  while (i + 1 < pad->n_stretches && is_held_over(pad, i + 1, key))
    i++;
  const int64_t end = pad->stretches[i].end;
  if (i + 1 == pad->n_stretches || pad->stretches[i + 1].start != end)
    return end;
  if (holds(pad->stretches[i + 1].voicing, key))
    return end - ticks_of_ms(c, end, 28.0);
  const double ms = c->plan->function == CS_AMBIENT ? 240.0 : 120.0;
  return end + ticks_of_ms(c, end, ms);
}

/// In ambient music voices come in one after another, so that no pulse shows.
static int64_t
entry_delay(const Pad *pad, size_t i, int voice)
{
  const Stretch *s = &pad->stretches[i];
  if (pad->c->plan->function != CS_AMBIENT || voice < 2)
    return 0;
  CsRng rng =
      cs_rng_at(pad->seed, "pad.entry", (uint64_t)voice, (uint64_t)s->start);
  const double share = cs_rng_between(&rng, 0.08, 0.2) * voice;
  return (int64_t)(cs_clamp(share, 0.0, 0.6) * (double)(s->end - s->start));
}

static CsStatus
add_chord(const Pad *pad, size_t i)
{
  const Stretch *s = &pad->stretches[i];
  for (int voice = 0; voice < s->voicing->n; voice++) {
    const int key = s->voicing->keys[voice];
    if (is_held_over(pad, i, key))
      continue;
    const int64_t start = s->start + entry_delay(pad, i, voice);
    const CsNote note   = {.start_tick = start,
          .n_ticks                     = release_tick(pad, i, key) - start,
          .key                         = (uint8_t)key,
          .velocity = (uint8_t)cs_velocity(pad->c, pad->track, start, key, 78)};
    if (note.n_ticks > 0)
      CS_TRY(cs_add(pad->c, pad->track, note));
  }
  return CS_OK;
}

static CsStatus
add_ending(const Pad *pad, CsKeySpan window)
{
  CsComposer *c = pad->c;
  if (c->end_bar < 0 || !cs_plays(c, pad->track, c->end_bar))
    return CS_OK;
  const CsVoicing keys =
      cs_final_voicing(c, pad->track, (window.low + window.high) / 2);
  return cs_add_final(c, pad->track, &keys, 0.0);
}

CsStatus
cs_write_pad(CsComposer *c, size_t track)
{
  Pad pad = {.c = c, .track = track, .seed = c->plan->tracks[track].seed};
  const CsFunction function = c->plan->function;
  CsRng rng                 = cs_rng_at(pad.seed, "pad.hold", 0, 0);
  pad.holds_common_tones =
      function != CS_THEMATIC || cs_rng_below(&rng, 2) == 0;
  const CsKeySpan window = cs_voicing_window(c, track);
  const int n_voices     = cs_n_frame_voices(function);
  CS_TRY(cs_track_voicings(c, track, n_voices, &pad.voicings));
  open_voicings(c, track, pad.voicings);
  CS_TRY(find_stretches(&pad));
  for (size_t i = 0; i < pad.n_stretches; i++)
    CS_TRY(add_chord(&pad, i));
  return add_ending(&pad, window);
}
