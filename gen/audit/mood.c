// The mood that the notes tell against the one that was asked (T57).
//
// RULEBOOK 1.3 leads from valence and arousal to tempo, density, dynamics,
// mode, register and dissonance. Here that way is gone backwards, with the
// weights of section 9. Where the cue's function holds a parameter within
// limits (2.1), what was asked is seen through the same limits; where the words
// themselves set a parameter, it tells nothing of the mood and is left out.

#include "gen/audit/asked.h"
#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/base/mathx.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
  PITCH_CLASSES = 12,
  FEW_BEATS     = 8, ///< Of which little harmony can be told.
};

/// Deviations from what was asked, each with the weight it has.
typedef struct Estimate {
  double sum, weight;
  char said[120]; ///< Each of them, for a person.
  size_t n_said;
} Estimate;

static void
add_term(Estimate *estimate, const char *name, double deviation, double weight)
{
  estimate->sum += weight * deviation;
  estimate->weight += weight;
  const size_t room = sizeof estimate->said - estimate->n_said;
  const int n = snprintf(estimate->said + estimate->n_said, room, "%s%s %+.2f",
      estimate->n_said > 0 ? ", " : "", name, deviation);
  estimate->n_said += n > 0 && (size_t)n < room ? (size_t)n : 0;
}

/// What a function keeps to, RULEBOOK 2.1; of velocities the middle that leaves
/// their deviation room on both sides.
typedef struct Limits {
  double onsets[2], velocity[2], bpm[2];
} Limits;

static const Limits limits[CS_N_FUNCTIONS] = {
    [CS_UNDERSCORE] = {{0.4, 2.0}, {48, 60}, {56, 96}},
    [CS_BED]        = {{2.0, 4.0}, {64, 76}, {80, 112}},
    [CS_STINGER]    = {{4.0, 10.0}, {88, 112}, {30, 300}},
    [CS_THEMATIC]   = {{3.0, 8.0}, {58, 104}, {50, 150}},
    [CS_AMBIENT]    = {{0.1, 0.8}, {43, 57}, {40, 70}},
};

/// Add how far a value is off from what was asked. Where the function forbids
/// what was asked, all that it allows is right, and what lies between that and
/// what was asked: the value tells no mood then.
static void
add_limited_term(Estimate *estimate, const char *name, double value,
    double asked, const double range[2], double unit)
{
  const bool is_free = asked >= range[0] && asked <= range[1];
  const double kept =
      cs_clamp(value, fmin(asked, range[0]), fmax(asked, range[1]));
  if (is_free)
    add_term(estimate, name, (value - asked) / unit, 1.0);
  else if (value != kept)
    add_term(estimate, name, (value - kept) / unit, 1.0);
}

// ---- Arousal ----------------------------------------------------------------

static double
body_s(const CsEvidence *e)
{
  const double end_s = cs_bar_s(e, cs_n_body_bars(e));
  return end_s - e->plan->lead_in_s > 1.0 ? end_s : e->plan->duration_s;
}

/// The rate of quarters, eighths or sixteenths that is nearest to a wanted one
/// (RULEBOOK 1.3); both as log2.
static double
nearest_grid(const CsEvidence *e, double wanted)
{
  const double beats = log2(cs_bpm_at(e, 0) / 60.0);
  double nearest     = beats;
  for (int i = 1; i <= 2; i++)
    if (fabs(beats + i - wanted) < fabs(nearest - wanted))
      nearest = beats + i;
  return nearest;
}

/// A gesture is over before its rate tells anything.
static void
compare_density(const CsEvidence *e, double arousal, Estimate *estimate)
{
  const double *range  = limits[e->plan->function].onsets;
  const double logs[2] = {log2(range[0]), log2(range[1])};
  const double asked   = log2(2.6) + 1.15 * arousal;
  const double grid    = nearest_grid(e, asked);
  const double to_s    = body_s(e);
  const size_t n       = cs_count_onsets(e, -1, 0.0, to_s);
  if (n == 0 || e->plan->function == CS_STINGER ||
      (e->brief->said & CS_SAID_DENSITY) != 0)
    return;
  const double rate = log2((double)n / (to_s - e->plan->lead_in_s));
  add_limited_term(estimate, "density", rate,
      cs_clamp(rate, fmin(asked, grid), fmax(asked, grid)), logs, 1.15);
}

/// Felt beats a minute, from the onsets that fall on beats: how far apart in
/// time they are played against how many beats lie between.
static double
played_bpm(const CsEvidence *e)
{
  const int64_t beat     = cs_beat_ticks(e);
  const CsPerformance *p = e->performance;
  double first_s = -1.0, last_s = -1.0;
  double first = 0.0, last = 0.0;
  for (size_t i = 0; i < p->n_notes; i++) {
    const double s     = cs_played_s(e, &p->notes[i]);
    const int64_t tick = cs_tick_of_seconds(e->score->timeline, s);
    const double at    = (double)tick / (double)beat;
    if (s < 0.0 || fabs(at - floor(at + 0.5)) > 0.06 || s >= body_s(e))
      continue;
    if (first_s < 0.0)
      first_s = s, first = floor(at + 0.5);
    last_s = s, last = floor(at + 0.5);
  }
  return last > first + 1.0 ? 60.0 * (last - first) / (last_s - first_s) : 0.0;
}

/// What the words of the prompt name in presets/moods.json.
static CsMoods
named_moods(const CsEvidence *e)
{
  const CsStrings *const lists[] = {
      &e->brief->moods, &e->brief->genres, &e->brief->uses};
  return cs_moods_of_words(e->presets, lists, sizeof lists / sizeof *lists);
}

/// The style, where it was asked for: a genre has a tempo of its own.
static const CsStyle *
named_style(const CsEvidence *e)
{
  const CsStyle *style =
      e->plan->style != NULL ? cs_find_style(e->presets, e->plan->style) : NULL;
  for (size_t i = 0; style != NULL && i < e->brief->genres.n; i++)
    for (size_t k = 0; k < style->genres.n; k++)
      if (strcmp(e->brief->genres.items[i], style->genres.items[k]) == 0)
        return style;
  return e->wish->style != NULL ? style : NULL;
}

/// The tempo of a mood, within the range that its words have (RULEBOOK 1.3),
/// and then within that of a style that was asked for.
static double
asked_bpm(const CsEvidence *e, double valence, double arousal)
{
  const CsMoods moods  = named_moods(e);
  const CsStyle *style = named_style(e);
  double bpm           = 94.0 + 36.0 * arousal + 6.0 * valence;
  double range[2];
  if (cs_moods_tempo(&moods, range))
    bpm = cs_clamp(bpm, range[0], range[1]);
  return style != NULL ? cs_clamp(bpm, style->tempo_bpm[0], style->tempo_bpm[1])
                       : bpm;
}

static void
compare_tempo(
    const CsEvidence *e, double valence, double arousal, Estimate *estimate)
{
  const double *range = limits[e->plan->function].bpm;
  const double asked  = asked_bpm(e, valence, arousal);
  const double bpm    = played_bpm(e);
  if (bpm > 0.0 && !e->wish->has_tempo && (e->brief->said & CS_SAID_TEMPO) == 0)
    add_limited_term(estimate, "tempo", bpm, asked, range, 36.0);
}

static void
compare_dynamics(const CsEvidence *e, double arousal, Estimate *estimate)
{
  const CsPerformance *p = e->performance;
  const double *range    = limits[e->plan->function].velocity;
  double sum             = 0.0;
  size_t n               = 0;
  for (size_t i = 0; i < p->n_notes; i++)
    if (cs_is_pitched(e, p->notes[i].track)) {
      sum += p->notes[i].velocity;
      n++;
    }
  if (n == 0)
    return;
  add_limited_term(estimate, "dynamics", sum / (double)n, 74.0 + 22.0 * arousal,
      range, 22.0);
}

// ---- Valence ----------------------------------------------------------------

/// Sounding time by pitch class above the tonic.
static void
weigh_pitch_classes(const CsEvidence *e, double weights[PITCH_CLASSES])
{
  for (int i = 0; i < PITCH_CLASSES; i++)
    weights[i] = 0.0;
  for (size_t t = 0; t < e->score->n_parts; t++) {
    const CsPart *part = &e->score->parts[t];
    for (size_t i = 0; cs_is_pitched(e, t) && i < part->n_notes; i++)
      weights[cs_above_tonic(e, &part->notes[i])] +=
          (double)part->notes[i].n_ticks;
  }
}

/// How much of two forms of a degree is the first; `otherwise` where neither
/// sounds.
static double
form_share(const double *weights, int first, int second, double otherwise)
{
  const double sum = weights[first] + weights[second];
  return sum > 0.0 ? weights[first] / sum : otherwise;
}

/// Rungs of the ladder from dark to bright: the darkest modes up to 1.3, minor,
/// Dorian, Mixolydian, major from 4.3.
typedef enum Rung {
  RUNG_DARK,
  RUNG_MINOR,
  RUNG_DORIAN,
  RUNG_MIXOLYDIAN,
  RUNG_MAJOR,
  N_RUNGS
} Rung;

static const double rungs[N_RUNGS][2] = {
    {-0.3, 1.3}, {1.3, 2.6}, {2.6, 3.5}, {3.5, 4.3}, {4.3, 6.7}};

/// The rung on which a mode stands.
static const Rung rung_of_mode[CS_N_MODES] = {
    [CS_MAJOR]             = RUNG_MAJOR,
    [CS_MINOR]             = RUNG_MINOR,
    [CS_DORIAN]            = RUNG_DORIAN,
    [CS_PHRYGIAN]          = RUNG_DARK,
    [CS_LYDIAN]            = RUNG_MAJOR,
    [CS_MIXOLYDIAN]        = RUNG_MIXOLYDIAN,
    [CS_LOCRIAN]           = RUNG_DARK,
    [CS_HARMONIC_MINOR]    = RUNG_DARK,
    [CS_PHRYGIAN_DOMINANT] = RUNG_DARK,
    [CS_MAJOR_PENTATONIC]  = RUNG_MAJOR,
    [CS_MINOR_PENTATONIC]  = RUNG_MINOR,
    [CS_BLUES]             = RUNG_MIXOLYDIAN,
    [CS_WHOLE_TONE]        = RUNG_DORIAN,
    [CS_OCTATONIC]         = RUNG_DARK,
};

/// Does a word of the prompt name a mode of that rung? It wins over the ladder
/// (RULEBOOK 1.3).
static bool
is_named_rung(const CsEvidence *e, Rung rung)
{
  const CsMoods moods = named_moods(e);
  for (size_t i = 0; i < moods.n; i++)
    for (size_t k = 0; k < moods.items[i]->n_modes; k++)
      if (rung_of_mode[moods.items[i]->modes[k]] == rung)
        return true;
  return false;
}

/// Which rung: by the third, then by the degrees that tell its neighbours.
static Rung
heard_rung(const CsEvidence *e)
{
  double w[PITCH_CLASSES];
  weigh_pitch_classes(e, w);
  if (form_share(w, 4, 3, 0.5) >= 0.5) // Without a seventh it is major.
    return form_share(w, 11, 10, 1.0) >= 0.5 ? RUNG_MAJOR : RUNG_MIXOLYDIAN;
  if (form_share(w, 1, 2, 0.0) > 0.5 || form_share(w, 11, 10, 0.0) > 0.5)
    return RUNG_DARK;
  return form_share(w, 9, 8, 0.0) > 0.5 ? RUNG_DORIAN : RUNG_MINOR;
}

/// A rung stands for all moods that lead to it; the ladder leaves two of them
/// open where they meet (RULEBOOK 1.3: Mixolydian or Ionian).
static void
compare_mode(
    const CsEvidence *e, double valence, double arousal, Estimate *estimate)
{
  const bool is_given =
      e->wish->has_key || (e->brief->said & (CS_SAID_KEY | CS_SAID_MODE)) != 0;
  const double asked = 3.2 + 3.2 * valence + 0.3 * arousal;
  const Rung rung    = heard_rung(e);
  const double low =
      rung == RUNG_MAJOR ? rungs[RUNG_MIXOLYDIAN][0] : rungs[rung][0];
  const double off = cs_clamp(asked, low, rungs[rung][1]) - asked;
  add_term(estimate, "mode",
      is_given || is_named_rung(e, rung) ? 0.0 : off / 3.2, 0.6);
}

/// Where a mood wants the middle of the tune; that of an instrument which was
/// asked for lies where it can play it.
static double
asked_centre(const CsEvidence *e, size_t track, double valence, double arousal)
{
  enum { HALF_A_TUNE = 8 };
  const CsTrack *t = &e->plan->tracks[track];
  const CsInstrument *in =
      cs_instrument_of_program(e->presets, t->bank, t->program);
  const double asked = cs_clamp(69.0 + 5.0 * valence + 4.0 * arousal, 57, 81);
  if (in == NULL || !cs_is_wanted(e, track) ||
      in->sweet[1] - in->sweet[0] < 2 * HALF_A_TUNE)
    return asked;
  return cs_clamp(
      asked, in->sweet[0] + HALF_A_TUNE, in->sweet[1] - HALF_A_TUNE);
}

/// Only a theme's tune may lie where the mood would have it.
static void
compare_register(
    const CsEvidence *e, double valence, double arousal, Estimate *estimate)
{
  const size_t track = cs_track_of_role(e, CS_ROLE_MELODY);
  double sum = 0.0, ticks = 0.0;
  if (track == e->score->n_parts || e->plan->function != CS_THEMATIC)
    return;
  const CsPart *part = &e->score->parts[track];
  for (size_t i = 0; i < part->n_notes; i++) {
    sum += (double)(part->notes[i].key * part->notes[i].n_ticks);
    ticks += (double)part->notes[i].n_ticks;
  }
  const double asked = asked_centre(e, track, valence, arousal);
  add_term(
      estimate, "register", (cs_clamp(sum / ticks, 57, 81) - asked) / 5.0, 0.2);
}

/// Semitones above a root that are no tension: sixths and sevenths are none in
/// styles that live on them, as jazz and lo-fi do.
static unsigned
plain_steps(const CsEvidence *e)
{
  const CsStyle *style =
      e->plan->style != NULL ? cs_find_style(e->presets, e->plan->style) : NULL;
  return style != NULL && style->voicing == CS_VOICING_SEVENTHS
             ? CS_PLAIN_STEPS | CS_SEVENTH_STEPS
             : CS_PLAIN_STEPS;
}

static bool
is_tension(unsigned plain, const CsChordSpan *chord, int key)
{
  const int above =
      cs_mod(key - chord->key.tonic_pc - chord->chord.root, PITCH_CLASSES);
  return (plain >> above & 1U) == 0;
}

/// Share of the beats in which harmony or bass holds a tension.
static double
dissonance(const CsEvidence *e)
{
  const unsigned plain = plain_steps(e);
  const int64_t beat   = cs_beat_ticks(e);
  const int64_t end    = cs_bar_tick(e->score->timeline, cs_n_body_bars(e));
  int n = 0, n_tense = 0;
  for (int64_t at = 0; at < end; at += beat) {
    const CsChordSpan *chord = cs_chord_span_at(e, at);
    bool is_tense            = false;
    for (size_t t = 0; t < e->score->n_parts && chord != NULL; t++) {
      const CsPart *part = &e->score->parts[t];
      const size_t from  = cs_first_from(part, at - 16 * beat);
      for (size_t i = from;
           cs_is_pitched(e, t) && e->plan->tracks[t].role <= CS_ROLE_BASS &&
           i < part->n_notes && part->notes[i].start_tick < at + beat / 2;
           i++)
        is_tense |=
            cs_sounds_between(&part->notes[i], at + beat / 3, at + beat / 2) &&
            is_tension(plain, chord, part->notes[i].key);
    }
    n++;
    n_tense += is_tense;
  }
  return n > 0 ? (double)n_tense / n : 0.0;
}

static void
compare_dissonance(
    const CsEvidence *e, double valence, double arousal, Estimate *estimate)
{
  const double asked =
      cs_clamp(0.25 - 0.35 * valence + 0.15 * arousal, 0.0, 0.7);
  const double heard = cs_clamp(dissonance(e), 0.0, 0.7);
  if (cs_bar_tick(e->score->timeline, cs_n_body_bars(e)) >=
      FEW_BEATS * cs_beat_ticks(e))
    add_term(estimate, "consonance", (asked - heard) / 0.35, 0.2);
}

// ---- The verdicts -----------------------------------------------------------

static bool
is_asked(const CsEvidence *e, unsigned what)
{
  return e->brief != NULL && (e->brief->said & what) != 0 &&
         e->plan->n_bars > 0;
}

static void
judge(CsFinding *f, const Estimate *estimate, double asked, double tolerance)
{
  if (estimate->weight <= 0.0)
    return;
  const double heard = asked + estimate->sum / estimate->weight;
  *f = cs_finding_within(heard, asked - tolerance, asked + tolerance);
  cs_finding_where(f, "%s", estimate->said);
}

static CsStatus
heard_valence(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  Estimate estimate = {0};
  const double v = e->plan->valence, a = e->plan->arousal;
  if (!is_asked(e, CS_SAID_VALENCE))
    return CS_OK;
  compare_mode(e, v, a, &estimate);
  compare_register(e, v, a, &estimate);
  compare_dissonance(e, v, a, &estimate);
  judge(f, &estimate, e->brief->valence, 0.3);
  return CS_OK;
}

const CsProperty cs_property_T57a = {
    .id   = "T57a",
    .name = "valence",
    .text = "The valence that mode, register and dissonance of the notes tell, "
            "against what was asked: within 0.3. Modes that the words name "
            "are as asked.",
    .unit = "",
    .fn   = heard_valence,
};

static CsStatus
heard_arousal(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  Estimate estimate = {0};
  const double v = e->plan->valence, a = e->plan->arousal;
  if (!is_asked(e, CS_SAID_AROUSAL))
    return CS_OK;
  compare_density(e, a, &estimate);
  compare_tempo(e, v, a, &estimate);
  compare_dynamics(e, a, &estimate);
  judge(f, &estimate, e->brief->arousal, 0.25);
  return CS_OK;
}

const CsProperty cs_property_T57b = {
    .id   = "T57b",
    .name = "arousal",
    .text = "The arousal that density, tempo and dynamics of the notes tell, "
            "against what was asked: within 0.25; the tempo within the range "
            "of the words and of a genre that was asked for.",
    .unit = "",
    .fn   = heard_arousal,
};
