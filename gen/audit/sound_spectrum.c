// Where in pitch and space the sound lies: room for speech, sides, octaves
// (T43, T53, T54).

#include "gen/audit/events.h"
#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/base/mathx.h"

#include <math.h>

// ---- T43 --------------------------------------------------------------------

static CsStatus
room_for_speech(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const CsHeard *h = e->sound;
  double all = 0.0, speech = 0.0;
  if (e->plan->function != CS_UNDERSCORE)
    return CS_OK;
  for (size_t i = 0; i < h->n_slices; i++) {
    const double at_s = (double)i * h->slice_s;
    if (cs_is_eventful(e, at_s - h->slice_s, at_s + h->slice_s))
      continue;
    all += (double)h->slices[i].all;
    speech += (double)h->slices[i].speech;
  }
  if (all > 0.0)
    *f = cs_finding_at_most(cs_db_from_power(speech / all), -12.0);
  return CS_OK;
}

const CsProperty cs_property_T43a = {
    .id      = "T43a",
    .name    = "room for speech",
    .text    = "From 1 to 4 kHz lies at most -12 dB of an underscore's energy; "
               "not counted where the prompt asks for an event.",
    .unit    = "dB",
    .is_hard = true,
    .wants_sound = true,
    .fn          = room_for_speech,
};

// ---- T53 --------------------------------------------------------------------

static bool
has_sides(const CsEvidence *e)
{
  return e->sound->n_channels == 2 && e->sound->rms_dbfs > CS_SILENCE_DB;
}

static CsStatus
balance(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  if (!has_sides(e))
    return CS_OK;
  *f = cs_finding_within(e->sound->balance_db, -1.0, 1.0);
  cs_finding_where(
      f, "the %s is louder", e->sound->balance_db > 0.0 ? "left" : "right");
  return CS_OK;
}

static CsStatus
correlation(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  if (has_sides(e))
    *f = cs_finding_at_least(e->sound->correlation, 0.2);
  return CS_OK;
}

/// The piano of FluidR3 is sampled so widely that it loses 3.2 dB of itself
/// (RULEBOOK 8.1).
static bool
is_led_by_piano(const CsEvidence *e)
{
  static const CsRole leading[] = {CS_ROLE_MELODY, CS_ROLE_CHORDS};
  for (size_t i = 0; i < sizeof leading / sizeof *leading; i++) {
    const size_t track = cs_track_of_role(e, leading[i]);
    if (track < e->score->n_parts && e->plan->tracks[track].bank == 0 &&
        e->plan->tracks[track].program <= 1)
      return true;
  }
  return false;
}

static CsStatus
mono_loss(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  if (has_sides(e))
    *f = cs_finding_at_most(
        e->sound->mono_loss_db, is_led_by_piano(e) ? 3.5 : 2.0);
  return CS_OK;
}

const CsProperty cs_property_T53a = {
    .id          = "T53a",
    .name        = "balance of the sides",
    .text        = "Left and right are equally loud to 1 dB.",
    .unit        = "dB",
    .wants_sound = true,
    .fn          = balance,
};

const CsProperty cs_property_T53b = {
    .id          = "T53b",
    .name        = "likeness of the sides",
    .text        = "Left and right correlate by at least 0.2.",
    .unit        = "correlation",
    .wants_sound = true,
    .fn          = correlation,
};

const CsProperty cs_property_T53c = {
    .id   = "T53c",
    .name = "mono",
    .text = "Folded to one channel the cue loses at most 2 dB (3.5 dB where a "
            "piano leads).",
    .unit = "dB",
    .wants_sound = true,
    .fn          = mono_loss,
};

// ---- T54 --------------------------------------------------------------------

/// The line falls by 4.5 dB an octave in power per hertz. An octave is twice as
/// wide as the one below, so that from band to band 1.5 dB are left; README.md
/// says why it is this reading.
static const double fall_db = 1.5;

/// Octaves that the sample rate leaves whole.
static size_t
n_whole_octaves(int sample_rate)
{
  size_t n = 0;
  while (n < CS_N_OCTAVES && cs_octave_hz(n) * 1.5 < 0.5 * sample_rate)
    n++;
  return n;
}

/// What lies under a voice leaves it the octaves from 2 kHz on (RULEBOOK 2.2),
/// and ambient cues have no strokes to fill them: there too much is a fault,
/// too little is not.
static bool
may_be_dark(const CsEvidence *e)
{
  const CsFunction f = e->plan->function;
  return f == CS_BED || f == CS_UNDERSCORE || f == CS_AMBIENT;
}

/// For how long of the cue fundamentals up to a frequency sound: notes, and
/// kicks and low toms for the 150 ms that they give their power.
static double
low_share(const CsEvidence *e, double most_hz)
{
  enum { LOWEST_KIT_KEY = 35, LOW_TOM_KEY = 45 };
  const CsPerformance *p = e->performance;
  const double most_key  = 69.0 + 12.0 * cs_log2(most_hz / 440.0);
  double s               = 0.0;
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *note = &p->notes[i];
    if (!cs_is_pitched(e, note->track))
      s += note->key >= LOWEST_KIT_KEY && note->key <= LOW_TOM_KEY ? 0.15 : 0.0;
    else if (note->key <= most_key)
      s += (double)(note->off_frame - note->on_frame) / p->sample_rate;
  }
  return s * p->sample_rate / (double)(p->n_frames > 0 ? p->n_frames : 1);
}

/// Octaves under the lowest notes: nothing was written that could fill them.
static size_t
n_empty_octaves(const CsEvidence *e)
{
  const double least_share = 0.1;
  size_t n                 = 0;
  while (n < 2 && low_share(e, cs_octave_hz(n) * sqrt(2.0)) < least_share)
    n++;
  return n;
}

/// How far an octave lies over the line of fall_db, but for its height.
static double
over_line(const CsHeard *h, size_t octave)
{
  return h->octave_db[octave] + fall_db * (double)octave;
}

static CsStatus
spectrum(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  enum { FIRST_OF_SPEECH = 5 }; // 2 kHz
  const CsHeard *h    = e->sound;
  const size_t n      = n_whole_octaves(h->sample_rate);
  const bool is_dark  = may_be_dark(e);
  const size_t n_line = is_dark && n > FIRST_OF_SPEECH ? FIRST_OF_SPEECH : n;
  const size_t first  = n_empty_octaves(e);
  const bool is_loose =
      e->plan->function == CS_AMBIENT || e->plan->function == CS_UNDERSCORE;
  double mean = 0.0, worst = 0.0, hz = 0.0;
  if (h->rms_dbfs <= CS_SILENCE_DB)
    return CS_OK;
  for (size_t o = first; o < n_line; o++)
    mean += over_line(h, o) / (double)(n_line - first);
  for (size_t o = 0; o < n; o++) {
    const double off = over_line(h, o) - mean;
    if (fabs(off) <= fabs(worst) || ((o < first || o >= n_line) && off < 0.0))
      continue;
    worst = off;
    hz    = cs_octave_hz(o);
  }
  const double most = is_loose ? 12.0 : 7.0;
  *f                = cs_finding_within(worst, -most, most);
  cs_finding_where(f, "the octave around %.0f Hz", hz);
  return CS_OK;
}

const CsProperty cs_property_T54 = {
    .id   = "T54",
    .name = "spectrum",
    .text = "No octave from 63 Hz to 8 kHz is off the line that falls by 4.5 "
            "dB an octave per hertz, 1.5 dB from octave band to octave band, "
            "by more than 7 dB (ambient cues and underscores 12); from 2 kHz "
            "on these and beds may be softer, and so may the octaves around "
            "63 and 125 Hz where hardly a note is written that low.",
    .unit = "dB",
    .wants_sound = true,
    .fn          = spectrum,
};
