#include "gen/base/mathx.h"
#include "gen/compose/beat.h"
#include "gen/compose/groove.h"

#include <string.h>

// What an effect does in time. A rise peaks on the moment, an impact starts
// there, a cymbal rolls up to it and is struck.
typedef enum EffectKind {
  EFFECT_RISE,
  EFFECT_IMPACT,
  EFFECT_CYMBAL
} EffectKind;

typedef struct Effect {
  CsBeat beat;
  EffectKind kind;
  double peak_s; ///< From a rise's start to its peak.
  int key;
} Effect;

// Levels by function: an effect must not startle a speaker.
static const double loudness[CS_N_FUNCTIONS] = {
    [CS_UNDERSCORE] = 0.5,
    [CS_BED]        = 0.65,
    [CS_STINGER]    = 1.0,
    [CS_THEMATIC]   = 1.0,
    [CS_AMBIENT]    = 0.45,
};

enum { REVERSE_CYMBAL = 119 };

static bool
named(const CsTrack *t, const char *word)
{
  return t->instrument != NULL && strstr(t->instrument, word) != NULL;
}

static EffectKind
kind_of(const CsTrack *t)
{
  if (t->bank == 128)
    return EFFECT_CYMBAL;
  if (t->program == REVERSE_CYMBAL || named(t, "riser") || named(t, "rise") ||
      named(t, "swell") || named(t, "reverse"))
    return EFFECT_RISE;
  return EFFECT_IMPACT;
}

// FluidR3's reverse cymbal at key 60 is within 6 dB of its peak after 0.88 s
// and peaks after 1.4 s; other rises are taken to grow alike.
static double
peak_of(const CsInstrument *instrument)
{
  static const double peak_to_attack = 1.4 / 0.88;
  if (instrument == NULL || instrument->attack_ms < 100.0)
    return 1.4;
  return cs_clamp(instrument->attack_ms / 1000.0 * peak_to_attack, 0.2, 8.0);
}

// --- Gestures ---------------------------------------------------------------

static CsStatus
put(Effect *e, int64_t start, int64_t end, double velocity)
{
  CsComposer *c = e->beat.c;
  CsRng rng     = cs_rng_at(
          c->plan->tracks[e->beat.track].seed, "effect", 0, (uint64_t)start);
  const double v =
      (velocity + 3.0 * cs_rng_normal(&rng)) * loudness[c->plan->function];
  if (start < 0 || end <= start)
    return CS_OK;
  return cs_add(c, e->beat.track,
      (CsNote){.start_tick = start,
          .n_ticks         = end - start,
          .key             = (uint8_t)e->key,
          .velocity        = (uint8_t)cs_clamp(v, 20, 122)});
}

static CsStatus
rise_to(Effect *e, int64_t tick, double velocity)
{
  const CsTimeline *t  = e->beat.c->timeline;
  const double at_s    = cs_seconds_of_tick(t, (double)tick);
  const double start_s = at_s - e->peak_s;
  if (start_s < 0.0)
    return CS_OK;
  return put(e, cs_tick_of_seconds(t, start_s),
      cs_tick_of_seconds(t, at_s + 0.06), velocity);
}

static CsStatus
strike_at(Effect *e, int64_t tick, double velocity)
{
  const CsTimeline *t = e->beat.c->timeline;
  const double at_s   = cs_seconds_of_tick(t, (double)tick);
  return put(e, tick, cs_tick_of_seconds(t, at_s + 2.5), velocity);
}

static CsStatus
roll_cymbal_to(Effect *e, int64_t tick, double velocity)
{
  CsComposer *c       = e->beat.c;
  const double at_s   = cs_seconds_of_tick(c->timeline, (double)tick);
  const int64_t from  = cs_tick_of_seconds(c->timeline, at_s - 1.6);
  const int bar       = cs_bar_of_tick(c->timeline, tick - 1);
  const int64_t line  = cs_bar_tick(c->timeline, bar);
  const int64_t start = from > line ? from : line;
  if (start >= 0 && start < tick)
    CS_TRY(
        cs_beat_roll(&e->beat, CS_CRASH_2, start, tick, 18, 0.75 * velocity));
  return cs_beat_add(&e->beat, tick, CS_CRASH, velocity);
}

static CsStatus
mark(Effect *e, int64_t tick, double velocity)
{
  switch (e->kind) {
  case EFFECT_RISE:
    return rise_to(e, tick, velocity);
  case EFFECT_IMPACT:
    return strike_at(e, tick, velocity);
  case EFFECT_CYMBAL:
    return roll_cymbal_to(e, tick, velocity);
  }
  return CS_OK;
}

// --- Where ------------------------------------------------------------------

static bool
may_lead(const Effect *e, const CsSection *s, double weight)
{
  const CsComposer *c = e->beat.c;
  const CsTrack *t    = &c->plan->tracks[e->beat.track];
  if (weight <= 0.0)
    return false;
  // What belongs to the moment itself follows the section that begins there.
  if (e->kind == EFFECT_IMPACT && t->n_spans == 0)
    return weight >= 0.8 ||
           (weight >= 0.5 && cs_plays(c, e->beat.track, s->first_bar));
  return cs_plays(c, e->beat.track, s->first_bar - 1) ||
         (t->n_spans == 0 && weight >= 0.8);
}

static CsStatus
mark_sections(Effect *e)
{
  const CsComposer *c = e->beat.c;
  const bool bold     = cs_beat_is_bold(c);
  for (size_t i = 1; i < c->plan->n_sections; i++) {
    const CsSection *s  = &c->plan->sections[i];
    const double weight = cs_weight_of_start(c->plan, i);
    if (may_lead(e, s, weight) && (bold || weight >= 0.4))
      CS_TRY(mark(e, cs_bar_tick(c->timeline, s->first_bar), 64 + 44 * weight));
  }
  return CS_OK;
}

static CsStatus
mark_hits(Effect *e)
{
  const CsComposer *c = e->beat.c;
  for (size_t i = 0; i < c->plan->n_hits; i++) {
    const CsHit *hit = &c->plan->hits[i];
    if (hit->bar < 0 || hit->bar >= c->plan->n_bars)
      continue;
    CS_TRY(mark(e,
        cs_bar_tick(c->timeline, hit->bar) +
            (int64_t)(hit->beat * CS_TICKS_PER_QUARTER + 0.5),
        110));
  }
  return CS_OK;
}

CsStatus
cs_write_effects(CsComposer *c, size_t track)
{
  const CsTrack *t = &c->plan->tracks[track];
  Effect e         = {.beat = cs_beat_of(c, track),
              .kind         = kind_of(t),
              .key          = cs_clamp_int(60, t->range[0], t->range[1])};
  e.peak_s         = peak_of(e.beat.instrument);
  if (c->plan->function != CS_STINGER && c->plan->duration_s >= 4.0)
    CS_TRY(mark_sections(&e));
  else if (c->plan->function != CS_AMBIENT)
    CS_TRY(mark(&e, c->final_tick, 108));
  return mark_hits(&e);
}
