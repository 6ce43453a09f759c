// What is held: swells under long notes, pedals over chord changes (T48, T49).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/share.h"
#include "gen/base/mathx.h"

#include <math.h>

// ---- T48 --------------------------------------------------------------------

static const double long_note_s = 3.0;

/// Pads, and strings or choir that are held.
static bool
is_sustained(const CsEvidence *e, size_t track)
{
  const CsInstrument *in = e->instruments[track];
  if (in == NULL || in->sustain != CS_SUSTAIN_HELD || !cs_is_pitched(e, track))
    return false;
  return e->plan->tracks[track].role == CS_ROLE_PAD ||
         cs_instrument_is(in, "strings") || cs_instrument_is(in, "pad") ||
         cs_instrument_is(in, "choir");
}

/// Points of a gain curve within a note.
static size_t
count_points(const CsPlayedTrack *track, const CsPlayedNote *note)
{
  size_t low = 0, high = track->n_gains;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (track->gains[middle].frame < note->on_frame)
      low = middle + 1;
    else
      high = middle;
  }
  size_t n = 0;
  while (low + n < track->n_gains &&
         track->gains[low + n].frame <= note->off_frame)
    n++;
  return n;
}

static bool
is_long(const CsEvidence *e, const CsPlayedNote *note)
{
  const double s =
      (double)(note->off_frame - note->on_frame) / e->performance->sample_rate;
  return s > long_note_s && is_sustained(e, note->track);
}

static CsStatus
swells(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  enum { LEAST_POINTS = 4 };
  const CsPerformance *p = e->performance;
  CsShare share          = {0};
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *note = &p->notes[i];
    if (!is_long(e, note))
      continue;
    const size_t n = count_points(&p->tracks[note->track], note);
    cs_share_add(&share, n >= LEAST_POINTS);
    if (n < LEAST_POINTS)
      cs_finding_where(f, "%s at %.1f s: %zu",
          e->plan->tracks[note->track].instrument, cs_played_s(e, note), n);
  }
  if (share.n > 0)
    cs_finding_settle(f, cs_finding_at_least(cs_share_of(&share), 0.95));
  return CS_OK;
}

const CsProperty cs_property_T48a = {
    .id   = "T48a",
    .name = "long notes swell",
    .text = "Notes of pads, strings and choirs over 3 s during which the "
            "track's gain curve has 4 points or more: 95 % at least.",
    .unit = "share",
    .fn   = swells,
};

/// Controller 11 for a gain (RULEBOOK 7.1: 40 log10 of its share of 127).
static double
control_of(double gain_db, double top_db)
{
  return 127.0 * pow(10.0, fmin(0.0, gain_db - top_db) / 40.0);
}

/// How far the controller goes within an event's time. What the request keeps
/// silent is cut off on purpose, and a ring-out is led to nothing.
static double
largest_step(const CsEvidence *e, const CsPlayedNote *note, double top_db)
{
  const double event_s       = 0.03;
  const CsPlayedTrack *track = &e->performance->tracks[note->track];
  const double rate          = e->performance->sample_rate;
  const int64_t gap          = (int64_t)(event_s * rate);
  const double body_s        = cs_bar_s(e, cs_n_body_bars(e));
  const int64_t body         = (int64_t)(body_s * rate);
  const int64_t end          = note->off_frame < body ? note->off_frame : body;
  double largest             = 0.0;
  for (int64_t at = note->on_frame; at + gap < end; at += gap) {
    const double s      = (double)at / rate;
    const double from   = control_of(cs_track_gain_db(track, at), top_db);
    const double to     = control_of(cs_track_gain_db(track, at + gap), top_db);
    const bool is_asked = cs_is_asked_silence(e, s, s + event_s);
    largest             = is_asked ? largest : fmax(largest, fabs(to - from));
  }
  return largest;
}

static double
top_gain_db(const CsPlayedTrack *track)
{
  double top = CS_SILENCE_DB;
  for (size_t i = 0; i < track->n_gains; i++)
    top = fmax(top, track->gains[i].gain_db);
  return top;
}

static CsStatus
smooth_swells(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  const CsPerformance *p = e->performance;
  double *tops           = CS_NEW_N(scratch, double, p->n_tracks);
  double largest         = -1.0;
  CS_TRY_NEW(tops);
  for (size_t t = 0; t < p->n_tracks; t++)
    tops[t] = top_gain_db(&p->tracks[t]);
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *note = &p->notes[i];
    if (!is_long(e, note))
      continue;
    const double step = largest_step(e, note, tops[note->track]);
    if (step <= largest)
      continue;
    largest = step;
    cs_finding_where(f, "%s, note at %.1f s",
        e->plan->tracks[note->track].instrument, cs_played_s(e, note));
  }
  if (largest >= 0.0)
    cs_finding_settle(f, cs_finding_at_most(largest, 3.0));
  return CS_OK;
}

const CsProperty cs_property_T48b = {
    .id   = "T48b",
    .name = "swells are smooth",
    .text = "The furthest that the gain of such a note goes within 30 ms, in "
            "steps of MIDI controller 11: 3 at most.",
    .unit = "CC",
    .fn   = smooth_swells,
};

// ---- T49 --------------------------------------------------------------------

/// Instruments that have a pedal.
static bool
has_pedal(const CsEvidence *e, size_t track)
{
  const CsInstrument *in = e->instruments[track];
  return in != NULL && in->sustain == CS_SUSTAIN_DECAYS &&
         cs_is_pitched(e, track) &&
         (cs_instrument_is(in, "keyboard") || cs_instrument_is(in, "harp") ||
             cs_instrument_is(in, "vibraphone"));
}

/// Pitch classes of a chord that the one before has not.
static int
count_new(const CsChord *before, const CsChord *after)
{
  unsigned tones =
      (unsigned)cs_chord_pitch_classes(after) & ~cs_chord_pitch_classes(before);
  int n = 0;
  for (; tones != 0; tones &= tones - 1)
    n++;
  return n;
}

/// Notes of a track that are held while one goes on through its chords.
typedef struct Held {
  const CsPlayedNote **notes;
  size_t n, capacity;
  size_t next; ///< Of the performance, not looked at yet.
} Held;

/// Go on to a chord: what began well before it and lasts beyond the moment when
/// a pedal is up (10 to 30 ms after the change).
static CsStatus
hold_to(CsArena *scratch, const CsEvidence *e, size_t track, double at_s,
    Held *held)
{
  const double before_s = 0.1, lift_s = 0.06;
  const CsPerformance *p = e->performance;
  const double on_frame  = (at_s - before_s) * p->sample_rate;
  const double off_frame = (at_s + lift_s) * p->sample_rate;
  size_t n               = 0;
  for (; held->next < p->n_notes &&
         (double)p->notes[held->next].on_frame <= on_frame;
       held->next++) {
    if (p->notes[held->next].track != track)
      continue;
    CS_TRY(cs_arena_grow(scratch, (void **)&held->notes, &held->capacity,
        held->n + 1, sizeof *held->notes));
    held->notes[held->n++] = &p->notes[held->next];
  }
  for (size_t i = 0; i < held->n; i++)
    if ((double)held->notes[i]->off_frame > off_frame)
      held->notes[n++] = held->notes[i];
  held->n = n;
  return CS_OK;
}

/// Does a pedal hold over this change: is a note from before it still there
/// that the new chord has not?
static bool
is_blurred(const Held *held, const CsChordSpan *chord)
{
  for (size_t i = 0; i < held->n; i++)
    if (!cs_is_chord_tone(chord, held->notes[i]->key))
      return true;
  return false;
}

static CsStatus
count_blurred(CsArena *scratch, const CsEvidence *e, size_t track,
    CsShare *share, CsFinding *place)
{
  Held held = {.n = 0};
  for (size_t i = 1; i < e->n_chords; i++) {
    const CsChordSpan *chord = &e->chords[i];
    CS_TRY(
        hold_to(scratch, e, track, cs_seconds_at(e, chord->start_tick), &held));
    if (count_new(&chord[-1].chord, &chord->chord) < 2)
      continue;
    const bool is_bad = is_blurred(&held, chord);
    cs_share_add(share, !is_bad);
    if (is_bad)
      cs_finding_where(place, "%s over bar %d",
          e->plan->tracks[track].instrument, chord->bar + 1);
  }
  return CS_OK;
}

static CsStatus
pedals(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  CsShare share = {0};
  for (size_t t = 0; t < e->score->n_parts; t++)
    if (has_pedal(e, t) && e->score->parts[t].n_notes > 0)
      CS_TRY(count_blurred(scratch, e, t, &share, f));
  if (share.n > 0)
    cs_finding_settle(f, cs_finding_at_most(1.0 - cs_share_of(&share), 0.02));
  return CS_OK;
}

const CsProperty cs_property_T49 = {
    .id   = "T49",
    .name = "pedals",
    .text = "Chord changes with two new pitch classes or more over which keys, "
            "harp or vibraphone hold a note foreign to the new chord: 2 % at "
            "most.",
    .unit = "share",
    .is_hard    = true,
    .mend_roles = CS_ROLE_BIT(CS_ROLE_CHORDS) | CS_ROLE_BIT(CS_ROLE_MOTION) |
                  CS_ROLE_BIT(CS_ROLE_MELODY) | CS_ROLE_BIT(CS_ROLE_COUNTER) |
                  CS_ROLE_BIT(CS_ROLE_COLOUR),
    .fn = pedals,
};
