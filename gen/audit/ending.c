// How a cue ends: the last downbeat and the final chord (T02, T18).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/request.h"

#include <math.h>

static double
last_onset_s(const CsEvidence *e, CsRole last_role)
{
  double last = -1.0;
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsPart *part = &e->score->parts[i];
    if (e->plan->tracks[i].role > last_role || part->n_notes == 0)
      continue;
    last =
        fmax(last, cs_seconds_at(e, part->notes[part->n_notes - 1].start_tick));
  }
  return last;
}

/// The last time that harmony or bass is struck, or where there is neither
/// whatever else; spread chords count from their first note.
static double
final_onset_s(const CsEvidence *e)
{
  const double last = last_onset_s(e, CS_ROLE_BASS);
  return last >= 0.0 ? last : last_onset_s(e, CS_ROLE_EFFECTS);
}

/// Does the last chord fall on what was asked, wherever that is?
static bool
is_on_last_hit(const CsEvidence *e, double at_s)
{
  const double hit_s = cs_last_hit_s(e);
  return hit_s >= 0.0 && at_s >= hit_s - 0.04 && at_s <= hit_s + 0.08;
}

static CsStatus
last_downbeat(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const double duration_s = e->plan->duration_s;
  if (!cs_has_cadence(e) || !cs_is_metred(e) || e->plan->n_silences > 0)
    return CS_OK;
  const double ring_s = duration_s - final_onset_s(e);
  if (is_on_last_hit(e, duration_s - ring_s)) {
    *f = cs_finding_within(ring_s, 0.0, duration_s);
    return CS_OK;
  }
  if (duration_s < 10.0) {
    *f = cs_finding_within(ring_s, 0.15 * duration_s, 0.7 * duration_s);
    return CS_OK;
  }
  const double beat_s =
      cs_is_tempo_given(e)
          ? 60.0 / cs_bpm_at(e, 0) * cs_meter_beat_quarters(e->plan->meter)
          : 0.0;
  const CsRingOut ring = cs_ring_out(e->plan->function, duration_s, beat_s);
  *f = cs_finding_within(ring_s, fmax(1.5, 0.8 * ring.usual_s) - 0.01,
      1.3 * ring.usual_s + beat_s + 0.01);
  cs_finding_where(f, "usual %.2f s, beat %.2f s", ring.usual_s, beat_s);
  return CS_OK;
}

const CsProperty cs_property_T02 = {
    .id   = "T02",
    .name = "last downbeat",
    .text =
        "The last chord begins so long before the end that it rings out: "
        "from 1.5 s and 0.8 of the usual ring to 1.3 of it, one beat more "
        "where the tempo was given; below 10 s 15 to 70 % of the length; or "
        "it falls on the last hit that was asked.",
    .unit    = "s",
    .is_hard = true,
    .fn      = last_downbeat,
};

// ---- T18 --------------------------------------------------------------------

/// Notes this near a tick are struck on it: strums and pushes stay within.
enum { NEAR_TICKS = 60, SHORT_CUE_S = 4 };

/// What is struck on the last downbeat.
typedef struct FinalChord {
  int lowest;       ///< Key; 128 for none.
  int strange;      ///< A key that is no tone of the chord, or -1.
  double longest_s; ///< How long the longest of it is held.
} FinalChord;

static void
hear_final_note(const CsEvidence *e, const CsChordSpan *wanted, int64_t tick,
    const CsNote *note, FinalChord *heard)
{
  const double held_s = cs_seconds_at(e, note->start_tick + note->n_ticks) -
                        cs_seconds_at(e, tick);
  heard->longest_s = fmax(heard->longest_s, held_s);
  if (note->key < heard->lowest)
    heard->lowest = note->key;
  if (!cs_is_chord_tone(wanted, note->key))
    heard->strange = note->key;
}

static FinalChord
final_chord_heard(const CsEvidence *e, const CsChordSpan *wanted, int64_t tick)
{
  FinalChord heard = {.lowest = 128, .strange = -1};
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsPart *part = &e->score->parts[i];
    if (!cs_is_pitched(e, i))
      continue;
    for (size_t k = cs_first_from(part, tick - NEAR_TICKS);
         k < part->n_notes && part->notes[k].start_tick <= tick + NEAR_TICKS;
         k++)
      hear_final_note(e, wanted, tick, &part->notes[k], &heard);
  }
  return heard;
}

/// How long the final chord has to be held.
static double
final_chord_s(const CsEvidence *e, double left_s)
{
  if (e->plan->ending == CS_ENDING_BUTTON)
    return fmin(0.9 * 60.0 / cs_bpm_at(e, e->plan->n_bars), 0.7 * left_s);
  if (e->plan->duration_s < SHORT_CUE_S)
    return 0.7 * left_s; // sounds to the end, but for the release
  return fmin(1.2, 0.7 * left_s);
}

static CsStatus
final_chord(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const int64_t tick = cs_bar_tick(e->score->timeline, cs_n_body_bars(e));
  const CsChordSpan *wanted = cs_chord_span_at(e, tick);
  const double at_s         = cs_seconds_at(e, tick);
  if (!cs_has_cadence(e) || wanted == NULL || !cs_has_pitches(e) ||
      cs_is_asked_silence(e, at_s, at_s + 0.1))
    return CS_OK;
  const FinalChord heard = final_chord_heard(e, wanted, tick);
  const double left_s    = e->plan->duration_s - cs_seconds_at(e, tick);
  const bool is_rooted =
      heard.lowest < 128 &&
      (heard.lowest % 12 == wanted->key.tonic_pc || wanted->chord.has_slash);
  *f       = cs_finding_at_least(heard.longest_s, final_chord_s(e, left_s));
  f->holds = f->holds && is_rooted && heard.strange < 0;
  if (!is_rooted)
    cs_finding_where(f, "the lowest key is %d, the tonic %s", heard.lowest,
        cs_tonic_name(wanted->key));
  else if (heard.strange >= 0)
    cs_finding_where(
        f, "key %d is no tone of %s", heard.strange, wanted->symbol);
  return CS_OK;
}

const CsProperty cs_property_T18 = {
    .id   = "T18",
    .name = "final chord",
    .text =
        "On the last downbeat stands the tonic chord, its root lowest, and "
        "nothing strange to it; it is held for 1.2 s (a button for a beat).",
    .unit       = "s",
    .is_hard    = true,
    .mend_roles = CS_ROLE_BIT(CS_ROLE_PAD) | CS_ROLE_BIT(CS_ROLE_CHORDS) |
                  CS_ROLE_BIT(CS_ROLE_MOTION) | CS_ROLE_BIT(CS_ROLE_BASS) |
                  CS_ROLE_BIT(CS_ROLE_MELODY),
    .fn = final_chord,
};
