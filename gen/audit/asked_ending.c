// The ending that was asked, and fades (R09, R20, R21).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/request.h"

#include "gen/base/mathx.h"

#include <math.h>

// ---- R09 --------------------------------------------------------------------

/// Onset of the last note that is no effect, in seconds.
static double
last_onset_s(const CsEvidence *e)
{
  double last_s = 0.0;
  for (size_t i = e->performance->n_notes; i-- > 0;) {
    const CsPlayedNote *note = &e->performance->notes[i];
    if (e->plan->tracks[note->track].role == CS_ROLE_EFFECTS)
      continue;
    last_s = cs_played_s(e, note);
    break;
  }
  return last_s;
}

static bool
is_asked(const CsEvidence *e, CsEnding ending)
{
  CsEnding asked = CS_ENDING_RING;
  return cs_asked_ending(e, &asked) && asked == ending;
}

/// A chord that is strummed is one stroke: its last string sounds that much
/// later than the downbeat that it is struck on.
static const double strum_s = 0.08;

static CsStatus
ring(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const double duration_s = e->plan->duration_s;
  const double hit_s      = cs_last_hit_s(e);
  double least_s          = fmin(1.5, 0.15 * duration_s);
  if (hit_s >= 0.0)
    least_s = fmin(least_s, duration_s - hit_s);
  least_s -= strum_s;
  if (is_asked(e, CS_ENDING_RING))
    *f = cs_finding_at_least(duration_s - last_onset_s(e), least_s);
  return CS_OK;
}

/// How long, in beats, what is struck last is held; drums and cymbals ring.
static double
last_hold_beats(const CsEvidence *e)
{
  enum { NEAR_MS = 60 };
  const CsPerformance *p = e->performance;
  const double last_s    = last_onset_s(e);
  double longest_s       = 0.0;
  for (size_t i = p->n_notes; i-- > 0;) {
    const CsPlayedNote *note = &p->notes[i];
    if (cs_played_s(e, note) < last_s - 1e-3 * NEAR_MS)
      break;
    if (cs_is_pitched(e, note->track))
      longest_s = fmax(longest_s,
          (double)(note->off_frame - note->on_frame) / p->sample_rate);
  }
  const double beat_s = 60.0 / cs_bpm_at(e, e->plan->n_bars) *
                        cs_meter_beat_quarters(e->plan->meter);
  return longest_s / beat_s;
}

static CsStatus
button(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  if (is_asked(e, CS_ENDING_BUTTON) && e->performance->n_notes > 0)
    *f = cs_finding_at_most(last_hold_beats(e), 1.5);
  return CS_OK;
}

static CsStatus
fade(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const int n_bars = e->plan->n_bars;
  if (!is_asked(e, CS_ENDING_FADE) || n_bars < 1)
    return CS_OK;
  const double bar_s = cs_bar_s(e, n_bars) - cs_bar_s(e, n_bars - 1);
  *f = cs_finding_at_most((e->plan->duration_s - last_onset_s(e)) / bar_s, 2.0);
  return CS_OK;
}

/// Where the music is cut off: at the end, or where a silence up to it begins.
static double
cut_s(const CsEvidence *e)
{
  for (size_t i = 0; i < e->plan->n_silences; i++)
    if (e->plan->silences[i].end_s >= e->plan->duration_s - 0.01)
      return e->plan->silences[i].start_s;
  return e->plan->duration_s;
}

static CsStatus
cut(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const CsPerformance *p = e->performance;
  const double edge_s    = cut_s(e) - 0.05;
  bool is_cut            = false;
  if (!is_asked(e, CS_ENDING_CUT))
    return CS_OK;
  for (size_t i = 0; i < p->n_notes; i++)
    is_cut |= (double)p->notes[i].off_frame / p->sample_rate >= edge_s;
  *f = cs_finding_true(is_cut);
  return CS_OK;
}

static CsStatus
loop(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  if (is_asked(e, CS_ENDING_LOOP))
    *f = cs_finding_at_most(
        1e3 * fabs(cs_bar_s(e, e->plan->n_bars) - e->plan->duration_s), 1.0);
  return CS_OK;
}

const CsProperty cs_property_R09a = {
    .id   = "R09a",
    .name = "ending: ring",
    .text =
        "Where the last chord is to ring, nothing is struck in the last "
        "1.5 s (15 % of a short cue), but for a hit that was asked there and "
        "the strings of one strum (80 ms).",
    .unit    = "s",
    .is_hard = true,
    .fn      = ring,
};

const CsProperty cs_property_R09b = {
    .id   = "R09b",
    .name = "ending: button",
    .text =
        "A button is struck last and held for one and a half beats at most.",
    .unit    = "beats",
    .is_hard = true,
    .fn      = button,
};

const CsProperty cs_property_R09c = {
    .id   = "R09c",
    .name = "ending: fade",
    .text =
        "Where the cue is to fade, the music goes on into its last two bars.",
    .unit    = "bars",
    .is_hard = true,
    .fn      = fade,
};

const CsProperty cs_property_R09d = {
    .id   = "R09d",
    .name = "ending: cut",
    .text = "A cut cue still sounds where it is cut off: at its last frame, or "
            "where "
            "a silence up to the end begins.",
    .unit = "",
    .is_hard = true,
    .fn      = cut,
};

const CsProperty cs_property_R09e = {
    .id      = "R09e",
    .name    = "ending: loop",
    .text    = "A loop is as long as its bars, to a millisecond.",
    .unit    = "ms",
    .is_hard = true,
    .fn      = loop,
};

// ---- R20, R21 ---------------------------------------------------------------

/// The edge of a fade is this far below the music.
#define FADE_DB 12.0

/// How much softer one stretch is than another, in dB.
static double
below_db(const CsEvidence *e, double from_s, double to_s, double than_from_s,
    double than_to_s)
{
  return cs_db_from_power(cs_heard_power(e->sound, than_from_s, than_to_s)) -
         cs_db_from_power(cs_heard_power(e->sound, from_s, to_s));
}

static CsStatus
fade_in(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const double s = e->plan->fade_in_s;
  if (!cs_has_said(e, CS_ARC_FADE_IN) && e->wish->fade_in_s <= 0.0)
    return CS_OK;
  *f = cs_finding_at_least(below_db(e, 0.0, 0.1 * s, s, 2.0 * s), FADE_DB);
  return CS_OK;
}

static CsStatus
fade_out(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const double s     = e->plan->fade_out_s;
  const double end_s = e->plan->duration_s;
  if (!cs_has_said(e, CS_ARC_FADE_OUT) && e->wish->fade_out_s <= 0.0 &&
      !is_asked(e, CS_ENDING_FADE))
    return CS_OK;
  *f = cs_finding_at_least(
      below_db(e, end_s - 0.1 * s, end_s, end_s - 2.0 * s, end_s - s), FADE_DB);
  return CS_OK;
}

const CsProperty cs_property_R20 = {
    .id      = "R20",
    .name    = "fade in",
    .text    = "The first tenth of an asked fade-in is 12 dB softer than what "
               "follows the fade.",
    .unit    = "dB",
    .is_hard = true,
    .wants_sound = true,
    .fn          = fade_in,
};

const CsProperty cs_property_R21 = {
    .id   = "R21",
    .name = "fade out",
    .text =
        "The last tenth of an asked fade-out is 12 dB softer than what comes "
        "before the fade.",
    .unit        = "dB",
    .is_hard     = true,
    .wants_sound = true,
    .fn          = fade_out,
};
