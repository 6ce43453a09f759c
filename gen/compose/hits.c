#include "gen/compose/groove.h"

#include "gen/base/mathx.h"

// An asked hit is an accent of the whole ensemble: whoever sounds strikes anew.
// Harmony and bass also come in on it when they rest.
static const int accent_stroke = 122;

static bool
joins_hits(CsRole role)
{
  return role == CS_ROLE_PAD || role == CS_ROLE_CHORDS || role == CS_ROLE_BASS;
}

static uint8_t
louder(int a, int b)
{
  return (uint8_t)(a > b ? a : b);
}

/// Strike anew what is held over the hit, and lean on what begins there.
///
/// @param n_struck  Receives how many notes begin at the hit now.
static CsStatus
strike_held(CsComposer *c, size_t track, int64_t tick, int *n_struck)
{
  const int64_t shortest = CS_TICKS_PER_QUARTER / 8;
  CsPart *part           = &c->score->parts[track];
  const bool restrikes   = joins_hits(c->plan->tracks[track].role);
  const size_t n         = part->n_notes;
  *n_struck              = 0;
  for (size_t i = 0; i < n; i++) {
    CsNote *old         = &part->notes[i];
    const int64_t end   = old->start_tick + old->n_ticks;
    const int velocity  = cs_velocity(c, track, tick, old->key, accent_stroke);
    const bool is_there = old->start_tick == tick;
    if (is_there)
      old->velocity = louder(old->velocity, velocity);
    if (!is_there && (!restrikes || old->start_tick > tick - shortest ||
                         end < tick + shortest))
      continue;
    ++*n_struck;
    if (is_there)
      continue;
    CsNote again     = *old;
    old->n_ticks     = tick - old->start_tick;
    again.start_tick = tick;
    again.n_ticks    = end - tick;
    again.velocity   = (uint8_t)velocity;
    CS_TRY(cs_add(c, track, again));
  }
  return CS_OK;
}

/// Onset of the track that lies nearest the hit under the same chord, or -1.
static int64_t
nearest_onset(const CsComposer *c, const CsPart *part, int64_t tick)
{
  const CsChordSpan *chord = cs_chord_at(c, tick);
  int64_t best             = -1;
  int64_t nearest          = INT64_MAX;
  for (size_t i = 0; i < part->n_notes; i++) {
    const int64_t start    = part->notes[i].start_tick;
    const int64_t distance = start > tick ? start - tick : tick - start;
    if (cs_chord_at(c, start) == chord && distance < nearest)
      nearest = distance, best = start;
  }
  return best;
}

/// A track that rests at the hit comes in with its own nearest notes.
static CsStatus
come_in(CsComposer *c, size_t track, int64_t tick)
{
  const CsPart *part = &c->score->parts[track];
  const int64_t from = nearest_onset(c, part, tick);
  const size_t n     = part->n_notes;
  int64_t end        = cs_chord_at(c, tick)->end_tick;
  if (end > tick + CS_TICKS_PER_QUARTER)
    end = tick + CS_TICKS_PER_QUARTER;
  for (size_t i = 0; i < n && from >= 0; i++)
    if (part->notes[i].start_tick > tick && part->notes[i].start_tick < end)
      end = part->notes[i].start_tick;
  for (size_t i = 0; i < n && from >= 0; i++) {
    CsNote note = part->notes[i];
    if (note.start_tick != from)
      continue;
    note.start_tick = tick;
    note.n_ticks    = end - tick;
    note.velocity =
        (uint8_t)cs_velocity(c, track, tick, note.key, accent_stroke);
    CS_TRY(cs_add(c, track, note));
  }
  return CS_OK;
}

static bool
is_struck_by_itself(CsRole role)
{
  return role == CS_ROLE_DRUMS || role == CS_ROLE_PERCUSSION ||
         role == CS_ROLE_EFFECTS;
}

static int64_t
tick_of_hit(const CsComposer *c, const CsHit *hit)
{
  return cs_bar_tick(c->timeline, hit->bar) +
         (int64_t)(hit->beat * CS_TICKS_PER_QUARTER + 0.5);
}

static CsStatus
strike(CsComposer *c, const CsHit *hit)
{
  const int64_t tick = tick_of_hit(c, hit);
  for (size_t t = 0; t < c->score->n_parts; t++) {
    const CsRole role = c->plan->tracks[t].role;
    int n_struck      = 0;
    if (is_struck_by_itself(role) || !cs_plays(c, t, hit->bar))
      continue;
    CS_TRY(strike_held(c, t, tick, &n_struck));
    if (n_struck == 0 && joins_hits(role))
      CS_TRY(come_in(c, t, tick));
  }
  return CS_OK;
}

// ---- Room around a hit -----------------------------------------------------

/// What is struck so near is one with the hit (RULEBOOK 3.3).
static const double early_s = 0.040, late_s = 0.080;

/// A hit is to be so much stronger than the beats around it, in power.
static const double stands_out = 1.4;

static CsTickSpan
moment_around(const CsComposer *c, int64_t tick)
{
  const double at_s = cs_seconds_of_tick(c->timeline, (double)tick);
  return (CsTickSpan){cs_tick_of_seconds(c->timeline, at_s - early_s),
      cs_tick_of_seconds(c->timeline, at_s + late_s)};
}

static bool
is_within(const CsTickSpan *span, int64_t tick)
{
  return tick >= span->start && tick <= span->end;
}

/// Power of what begins around a moment, by the squared velocity law.
static double
power_around(const CsComposer *c, const CsTickSpan *span)
{
  double sum = 0.0;
  for (size_t t = 0; t < c->score->n_parts; t++) {
    const CsPart *part = &c->score->parts[t];
    for (size_t i = 0; i < part->n_notes; i++)
      if (is_within(span, part->notes[i].start_tick))
        sum += cs_pow(part->notes[i].velocity / 127.0, 4.0);
  }
  return sum;
}

static void
soften(CsComposer *c, const CsTickSpan *span, double factor)
{
  for (size_t t = 0; t < c->score->n_parts; t++) {
    CsPart *part = &c->score->parts[t];
    for (size_t i = 0; i < part->n_notes; i++)
      if (is_within(span, part->notes[i].start_tick))
        part->notes[i].velocity =
            louder((int)(part->notes[i].velocity * factor + 0.5), 1);
  }
}

/// Is that beat a hit itself, or the last downbeat?
static bool
is_marked(const CsComposer *c, const CsTickSpan *span)
{
  if (is_within(span, c->final_tick))
    return true;
  for (size_t i = 0; i < c->plan->n_hits; i++)
    if (is_within(span, tick_of_hit(c, &c->plan->hits[i])))
      return true;
  return false;
}

/// The beats before and after a hit give way where they are as strong.
static void
make_room(CsComposer *c, const CsHit *hit)
{
  const int64_t tick = tick_of_hit(c, hit);
  const int64_t beat =
      (int64_t)(cs_meter_beat_quarters(c->plan->meter) * CS_TICKS_PER_QUARTER);
  const CsTickSpan here = moment_around(c, tick);
  const double power    = power_around(c, &here);
  for (int side = -1; side <= 1; side += 2) {
    const CsTickSpan there = moment_around(c, tick + side * beat);
    const double least     = stands_out * power_around(c, &there);
    if (power > 0.0 && power < least && !is_marked(c, &there))
      soften(c, &there, cs_pow(power / least, 0.25));
  }
}

CsStatus
cs_accent_hits(CsComposer *c)
{
  for (size_t i = 0; i < c->plan->n_hits; i++) {
    const CsHit *hit = &c->plan->hits[i];
    if (hit->bar >= 0 && hit->bar < c->plan->n_bars &&
        !cs_is_end_bar(c, hit->bar))
      CS_TRY(strike(c, hit));
  }
  for (size_t i = 0; i < c->plan->n_hits; i++)
    make_room(c, &c->plan->hits[i]);
  return CS_OK;
}
