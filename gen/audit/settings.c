// Length, key, mode, meter and loudness as they were asked (R01, R03 to R05,
// R10).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/request.h"

#include "gen/base/mathx.h"

#include <math.h>
#include <string.h>

// ---- R01 --------------------------------------------------------------------

static CsStatus
length(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  double asked_s = 0.0;
  if (!cs_asked_duration(e, &asked_s))
    return CS_OK;
  const int rate =
      e->sound != NULL ? e->sound->sample_rate : e->performance->sample_rate;
  const double n      = e->sound != NULL ? (double)e->sound->n_frames
                                         : (double)e->performance->n_frames;
  const double wanted = floor(asked_s * rate + 0.5);
  *f                  = cs_finding_within(n, wanted, wanted);
  return CS_OK;
}

const CsProperty cs_property_R01 = {
    .id      = "R01",
    .name    = "length asked",
    .text    = "The cue has round(asked length x rate) frames.",
    .unit    = "frames",
    .is_hard = true,
    .fn      = length,
};

// ---- R03: key ---------------------------------------------------------------

enum { N_PITCH_CLASSES = 12, MAX_WEIGHT_QUARTERS = 4 };

/// How long each pitch class sounds; a held note counts for a bar at most.
typedef struct Profile {
  double weights[N_PITCH_CLASSES];
  double sum;
} Profile;

/// Up to where the asked key holds: a change of key ends it (R22 judges that).
static int64_t
end_of_first_key(const CsEvidence *e)
{
  return e->plan->n_key_changes > 0
             ? cs_bar_tick(e->score->timeline, e->plan->key_changes[0].bar)
             : INT64_MAX;
}

static Profile
profile_of(const CsEvidence *e)
{
  const int64_t end  = end_of_first_key(e);
  const int64_t most = MAX_WEIGHT_QUARTERS * CS_TICKS_PER_QUARTER;
  Profile p          = {.sum = 0.0};
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsPart *part = &e->score->parts[i];
    for (size_t k = 0; cs_is_pitched(e, i) && k < part->n_notes &&
                       part->notes[k].start_tick < end;
         k++) {
      const int64_t n     = part->notes[k].n_ticks;
      const double weight = (double)(n < most ? n : most);
      p.weights[part->notes[k].key % N_PITCH_CLASSES] += weight;
      p.sum += weight;
    }
  }
  return p;
}

static double
share_in(const Profile *p, int tonic_pc, unsigned scale)
{
  double sum = 0.0;
  for (int i = 0; i < N_PITCH_CLASSES; i++)
    if ((scale >> i & 1U) != 0)
      sum += p->weights[(tonic_pc + i) % N_PITCH_CLASSES];
  return p->sum > 0.0 ? sum / p->sum : 0.0;
}

/// The mode's pitch classes and those that its chords are built of.
static unsigned
scale_of(CsMode mode)
{
  int degrees[7];
  unsigned scale = cs_mode_pitch_classes(mode);
  cs_mode_degrees(mode, degrees);
  for (int i = 0; i < 7; i++)
    scale |= 1U << degrees[i];
  return scale;
}

/// Does the scale on another tonic hold clearly more? Then it is in another
/// key. (Progressions borrow: the lydian I II IV I has a fourth that is not of
/// its scale.)
static int
better_tonic(const Profile *p, const CsKey *key)
{
  const unsigned scale = scale_of(key->mode);
  const double ours    = share_in(p, key->tonic_pc, scale);
  for (int i = 0; i < N_PITCH_CLASSES; i++)
    if (share_in(p, i, scale) > ours + 0.05)
      return i;
  return -1;
}

/// Key of the lowest note that begins last, or -1.
static int
last_lowest_key(const CsEvidence *e)
{
  enum { NEAR_TICKS = 60 };
  int64_t last = INT64_MIN;
  int lowest   = -1;
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsPart *part = &e->score->parts[i];
    if (part->n_notes > 0 && e->plan->tracks[i].role <= CS_ROLE_BASS &&
        part->notes[part->n_notes - 1].start_tick > last)
      last = part->notes[part->n_notes - 1].start_tick;
  }
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsPart *part = &e->score->parts[i];
    for (size_t k = cs_first_from(part, last - NEAR_TICKS);
         cs_is_pitched(e, i) && k < part->n_notes; k++)
      if (lowest < 0 || part->notes[k].key < lowest)
        lowest = part->notes[k].key;
  }
  return lowest;
}

static bool
ends_on_tonic(const CsEvidence *e, const CsKey *key)
{
  const CsChordSpan *last =
      e->n_chords > 0 ? &e->chords[e->n_chords - 1] : NULL;
  const int lowest = last_lowest_key(e);
  return !cs_has_cadence(e) || lowest < 0 ||
         (last != NULL && last->chord.has_slash) ||
         e->plan->n_key_changes > 0 || // T18 knows the last key
         lowest % N_PITCH_CLASSES == key->tonic_pc;
}

static CsStatus
key(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  CsKey asked;
  if (!cs_asked_key(e, &asked))
    return CS_OK;
  const Profile p    = profile_of(e);
  const bool is_bent = strcmp(e->plan->style, "tense") == 0 ||
                       strcmp(e->plan->style, "jazz") == 0;
  if (p.sum <= 0.0)
    return CS_OK;
  *f = cs_finding_at_least(
      share_in(&p, asked.tonic_pc, scale_of(asked.mode)), is_bent ? 0.7 : 0.8);
  const int other = better_tonic(&p, &asked);
  if (other >= 0)
    cs_finding_where(f, "%s on %s fits better", cs_mode_names[asked.mode],
        cs_tonic_name((CsKey){other, asked.mode}));
  else if (!ends_on_tonic(e, &asked))
    cs_finding_where(f, "it does not end on the tonic");
  f->holds = f->holds && other < 0 && ends_on_tonic(e, &asked);
  return CS_OK;
}

const CsProperty cs_property_R03 = {
    .id   = "R03",
    .name = "key",
    .text =
        "At least 80 % of what sounds is of the scale of the asked key or "
        "mode (tense and jazz styles: 70 %), on no other tonic 5 % more is, "
        "and a cue that ends with a cadence ends on the tonic.",
    .unit    = "share",
    .is_hard = true,
    .fn      = key,
};

// ---- R04: mode --------------------------------------------------------------

/// The degree by which a mode is told from its neighbours, and the one that it
/// stands against.
typedef struct Colour {
  int degree, against; ///< Semitones above the tonic.
} Colour;

static const Colour colours[CS_N_MODES] = {
    [CS_MAJOR]             = {4, 3},
    [CS_MINOR]             = {3, 4},
    [CS_DORIAN]            = {9, 8},
    [CS_PHRYGIAN]          = {1, 2},
    [CS_LYDIAN]            = {6, 5},
    [CS_MIXOLYDIAN]        = {10, 11},
    [CS_LOCRIAN]           = {6, 7},
    [CS_HARMONIC_MINOR]    = {11, 4},
    [CS_PHRYGIAN_DOMINANT] = {4, 3},
    [CS_MAJOR_PENTATONIC]  = {4, 3},
    [CS_MINOR_PENTATONIC]  = {3, 4},
    [CS_BLUES]             = {3, 1},
    [CS_WHOLE_TONE]        = {8, 7},
    [CS_OCTATONIC]         = {6, 11},
};

static CsStatus
mode(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  CsKey asked;
  if (!cs_asked_key(e, &asked))
    return CS_OK;
  const Profile p     = profile_of(e);
  const Colour colour = colours[asked.mode];
  if (p.sum <= 0.0)
    return CS_OK;
  const double degree  = share_in(&p, asked.tonic_pc, 1U << colour.degree);
  const double against = share_in(&p, asked.tonic_pc, 1U << colour.against);
  *f                   = cs_finding_at_least(degree, fmax(0.01, against));
  return CS_OK;
}

const CsProperty cs_property_R04 = {
    .id   = "R04",
    .name = "colour of the mode",
    .text =
        "The degree that tells the asked mode from its neighbours (the third "
        "of major and minor, the raised fourth of lydian ...) sounds for 1 % "
        "of the time, and longer than the one it stands against.",
    .unit = "share",
    .fn   = mode,
};

// ---- R05: meter -------------------------------------------------------------

enum { MAX_BAR_STEPS = 64, MIN_BARS = 8 };

/// Weight of what is struck on each sixteenth of the cue's body.
static CsStatus
weigh_steps(CsArena *scratch, const CsEvidence *e, double **steps, size_t *n)
{
  const int64_t end = cs_bar_tick(e->score->timeline, cs_n_body_bars(e));
  *n                = (size_t)(end / CS_TICKS_PER_STEP) + 1;
  *steps            = CS_NEW_N(scratch, double, *n);
  CS_TRY_NEW(*steps);
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsPart *part = &e->score->parts[i];
    for (size_t k = 0; k < part->n_notes; k++) {
      const int64_t tick = part->notes[k].start_tick + CS_TICKS_PER_STEP / 2;
      const size_t step  = (size_t)(tick / CS_TICKS_PER_STEP);
      if (tick >= 0 && step < *n)
        (*steps)[step] += part->notes[k].velocity / 127.0;
    }
  }
  return CS_OK;
}

/// How alike what is struck is so many steps apart, -1..1.
static double
likeness(const double *steps, size_t n, size_t lag)
{
  double mean = 0.0, product = 0.0, square = 0.0;
  if (n <= 2 * lag)
    return 0.0;
  for (size_t i = 0; i < n; i++)
    mean += steps[i] / (double)n;
  for (size_t i = 0; i + lag < n; i++) {
    product += (steps[i] - mean) * (steps[i + lag] - mean);
    square += (steps[i] - mean) * (steps[i] - mean);
  }
  return square > 0.0 ? product / square : 0.0;
}

/// The bar that stands most against another: of three where there are four
/// beats, of four where there are other numbers; in quarters.
static double
rival_quarters(CsMeter meter)
{
  const double quarters = cs_meter_quarters(meter);
  const double in_fours = quarters / 4.0;
  const double in_twos  = quarters / 2.0;
  const bool is_even    = fabs(in_fours - floor(in_fours + 0.5)) < 1e-9 ||
                       fabs(in_twos - floor(in_twos + 0.5)) < 1e-9;
  return is_even ? 3.0 : 4.0;
}

static CsStatus
meter(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  CsMeter asked = {0, 0};
  double *steps = NULL;
  size_t n      = 0;
  if (!cs_asked_meter(e, &asked) || !cs_is_metred(e) ||
      cs_n_body_bars(e) < MIN_BARS)
    return CS_OK;
  CS_TRY(weigh_steps(scratch, e, &steps, &n));
  const size_t bar   = (size_t)(4.0 * cs_meter_quarters(asked) + 0.5);
  const size_t rival = (size_t)(4.0 * rival_quarters(asked) + 0.5);
  double comes_again = likeness(steps, n, bar);
  if (bar < rival && rival % bar != 0) // patterns go over two short bars
    comes_again = fmax(comes_again, likeness(steps, n, 2 * bar));
  *f = cs_finding_at_least(comes_again, likeness(steps, n, rival));
  cs_finding_where(f, "a bar of %zu quarters fits better", rival / 4);
  return CS_OK;
}

const CsProperty cs_property_R05 = {
    .id   = "R05",
    .name = "meter",
    .text = "What is struck comes again after a bar of the asked meter (or two "
            "of two quarters, over which its patterns go) more than after a "
            "bar of three quarters (where the meter is even) or four "
            "(else); from 8 bars on.",
    .unit = "likeness",
    .is_hard = true,
    .fn      = meter,
};

// ---- R10 --------------------------------------------------------------------

static CsStatus
loudness(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  double lufs = 0.0;
  if (!cs_asked_loudness(e, &lufs))
    return CS_OK;
  *f = cs_finding_within(e->plan->function == CS_STINGER
                             ? e->sound->momentary_max_lufs
                             : e->sound->integrated_lufs,
      lufs - 0.5, lufs + 0.5);
  if (e->target_lufs < lufs - 0.05)
    cs_finding_where(f, "more limiting than 3 dB would be heard");
  return CS_OK;
}

const CsProperty cs_property_R10 = {
    .id   = "R10",
    .name = "loudness asked",
    .text =
        "Integrated loudness (of a stinger the largest momentary) is within "
        "0.5 LU of what was asked; asked in words it gives way to clean sound.",
    .unit        = "LUFS",
    .wants_sound = true,
    .fn          = loudness,
};
