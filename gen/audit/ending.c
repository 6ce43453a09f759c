// How a cue ends: the last downbeat and the final chord (T02, T18).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"

#include <math.h>

/// The last time that harmony or bass is struck; spread chords count from
/// their first note.
static double
final_onset_s(const CsEvidence *e)
{
  double last = -1.0;
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsPart *part = &e->score->parts[i];
    if (e->plan->tracks[i].role > CS_ROLE_BASS || part->n_notes == 0)
      continue;
    last =
        fmax(last, cs_seconds_at(e, part->notes[part->n_notes - 1].start_tick));
  }
  return last;
}

static CsStatus
last_downbeat(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const double duration_s = e->plan->duration_s;
  if (!cs_has_cadence(e) || !cs_is_metred(e) || e->plan->n_silences > 0)
    return CS_OK;
  const double ring_s = duration_s - final_onset_s(e);
  if (duration_s < 10.0) {
    *f = cs_finding_within(ring_s, 0.15 * duration_s, 0.7 * duration_s);
    return CS_OK;
  }
  const double beat_s =
      e->wish->has_tempo
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
    .text = "The last chord begins so long before the end that it rings out: "
            "from 1.5 s and 0.8 of the usual ring to 1.3 of it, one beat more "
            "where the tempo was given; below 10 s 15 to 70 % of the length.",
    .unit = "s",
    .is_hard = true,
    .fn      = last_downbeat,
};
