// What an editor checks first: length, end, loudness, peak, beginning
// (T01, T03, T04, T06).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/base/mathx.h"

#include <math.h>

// ---- T01 --------------------------------------------------------------------

static CsStatus
length(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const double wanted =
      floor(e->plan->duration_s * e->sound->sample_rate + 0.5);
  *f = cs_finding_within((double)e->sound->n_frames, wanted, wanted);
  return CS_OK;
}

const CsProperty cs_property_T01 = {
    .id          = "T01",
    .name        = "length",
    .text        = "The file has round(duration x rate) frames.",
    .unit        = "frames",
    .is_hard     = true,
    .wants_sound = true,
    .fn          = length,
};

// ---- T03 --------------------------------------------------------------------

static bool
ends_in_silence(const CsEvidence *e)
{
  return e->plan->ending != CS_ENDING_LOOP && e->plan->ending != CS_ENDING_CUT;
}

static CsStatus
end_level(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  if (ends_in_silence(e))
    *f = cs_finding_at_most(e->sound->last_50_ms_dbfs, -60.0);
  return CS_OK;
}

/// -60 dB: an encoder keeps what is heard, and no single sample.
static const double decoded_silence = 0.001;

static CsStatus
last_sample(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  if (ends_in_silence(e))
    *f = cs_finding_at_most(
        e->sound->last_sample, e->is_decoded ? decoded_silence : 0.0);
  return CS_OK;
}

const CsProperty cs_property_T03a = {
    .id   = "T03a",
    .name = "silence at the end",
    .text = "The last 50 ms have an RMS of at most -60 dB of full scale; not "
            "of loops and cuts.",
    .unit = "dB",
    .is_hard     = true,
    .wants_sound = true,
    .fn          = end_level,
};

const CsProperty cs_property_T03b = {
    .id          = "T03b",
    .name        = "last sample",
    .text        = "The last sample is 0, of a lossy file below -60 dB; not of "
                   "loops and cuts.",
    .unit        = "of full scale",
    .is_hard     = true,
    .wants_sound = true,
    .fn          = last_sample,
};

// ---- T04 --------------------------------------------------------------------

static CsStatus
loudness(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const bool is_stinger = e->plan->function == CS_STINGER;
  const double lufs =
      is_stinger ? e->sound->momentary_max_lufs : e->sound->integrated_lufs;
  const double short_lu = e->plan->loudness_lufs - e->target_lufs;
  *f = cs_finding_within(lufs, e->target_lufs - 0.5, e->target_lufs + 0.5);
  if (short_lu > 0.05)
    cs_finding_where(f,
        "%.1f LUFS were asked for; %.1f LU are missing, because more limiting "
        "would be heard",
        e->plan->loudness_lufs, short_lu);
  return CS_OK;
}

static CsStatus
true_peak(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const double most = e->is_decoded
                          ? cs_delivery_peak_dbtp(e->presets, e->wish, e->plan)
                          : e->plan->peak_dbtp;
  *f                = cs_finding_at_most(e->sound->true_peak_dbtp, most);
  return CS_OK;
}

const CsProperty cs_property_T04a = {
    .id      = "T04a",
    .name    = "loudness",
    .text    = "Integrated loudness (of a stinger the largest momentary) is "
               "within 0.5 LU of what the master aimed at.",
    .unit    = "LUFS",
    .is_hard = true,
    .wants_sound = true,
    .fn          = loudness,
};

const CsProperty cs_property_T04b = {
    .id          = "T04b",
    .name        = "true peak",
    .text        = "No true peak is over the ceiling (-1 dBTP where none was "
                   "asked for); of a lossy file over that of its delivery, to "
                   "which a lower --peak leaves room.",
    .unit        = "dBTP",
    .is_hard     = true,
    .wants_sound = true,
    .fn          = true_peak,
};

// ---- T06 --------------------------------------------------------------------

/// Notes that begin this soon after the first count as the beginning.
static const double beginning_s = 0.1;
/// What takes longer to speak is a soft attack.
static const double hard_attack_ms = 30.0;

/// Does every note of the beginning speak slowly?
static bool
begins_softly(const CsEvidence *e)
{
  const CsPerformance *p = e->performance;
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *note = &p->notes[i];
    const CsInstrument *x    = e->instruments[note->track];
    if (cs_played_s(e, note) > cs_played_s(e, &p->notes[0]) + beginning_s)
      break;
    if (x == NULL || x->attack_ms <= hard_attack_ms)
      return false;
  }
  return true;
}

/// Did the request delay the beginning?
static bool
is_held_back(const CsEvidence *e)
{
  for (size_t i = 0; e->brief != NULL && i < e->brief->n_arc; i++) {
    const CsArcEvent *event = &e->brief->arc[i];
    const bool delays =
        event->kind == CS_ARC_FADE_IN || event->kind == CS_ARC_ENTER;
    if (delays && event->has_start && event->start_s < 0.5)
      return true;
  }
  return e->plan->fade_in_s > 0.0 || cs_is_asked_silence(e, 0.0, 0.1);
}

static CsStatus
lead(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  if (e->plan->function == CS_AMBIENT || is_held_back(e) ||
      e->performance->n_notes == 0)
    return CS_OK;
  const bool is_soft  = begins_softly(e);
  const double most_s = is_soft                           ? 0.4
                        : e->plan->function == CS_STINGER ? 0.015
                                                          : 0.03;
  *f                  = cs_finding_at_most(e->sound->lead_s, most_s);
  cs_finding_where(f, "it begins with %s%s",
      e->plan->tracks[e->performance->notes[0].track].instrument,
      is_soft ? ", which speaks slowly" : "");
  return CS_OK;
}

const CsProperty cs_property_T06 = {
    .id   = "T06",
    .name = "beginning",
    .text = "The first 10 ms within 30 dB of the cue's RMS begin within 30 ms "
            "(stingers 15, where all instruments speak slowly 400); not of "
            "ambient cues and asked late beginnings.",
    .unit = "s",
    .is_hard     = true,
    .wants_sound = true,
    .fn          = lead,
};
