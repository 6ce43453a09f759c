// From which energy on the tracks of a band play, so that something changes and
// harmony never stops.

#include "gen/plan/band.h"

#include "gen/base/mathx.h"

#include <math.h>

// ---- Thresholds ------------------------------------------------------------

static void
energy_bounds(const CsPlan *plan, double *low, double *high)
{
  *low = 1.0, *high = 0.0;
  for (size_t i = 0; i < plan->n_sections; i++)
    for (int k = 0; k < 2; k++) {
      *low  = fmin(*low, plan->sections[i].energy[k]);
      *high = fmax(*high, plan->sections[i].energy[k]);
    }
}

/// A gesture has no time for layers to come in.
static void
open_all(CsBand *band)
{
  for (size_t i = 0; i < band->n; i++) {
    band->tracks[i].track.enter = 0.0;
    band->tracks[i].track.leave = 1.01;
  }
}

/// Who belongs to the core: the bass, then who comes in first.
static double
core_rank(const CsTrack *track)
{
  return track->role == CS_ROLE_BASS ? -1.0 : track->enter;
}

static void
sort_by_rank(const CsBand *band, size_t order[])
{
  for (size_t i = 0; i < band->n; i++) {
    const double rank = core_rank(&band->tracks[i].track);
    size_t k          = i;
    for (; k > 0 && core_rank(&band->tracks[order[k - 1]].track) > rank; k--)
      order[k] = order[k - 1];
    order[k] = i;
  }
}

/// Eighths of a bar on which a pattern strikes when a bed plays it; a bed's
/// hands keep to eighths, and its kit to the first two levels.
static int
count_eighths(const CsPattern *pattern)
{
  enum { EIGHTHS = 8, BED_LEVEL = 2 };
  bool is_struck_at[EIGHTHS] = {false};
  int n                      = 0;
  for (size_t i = 0; i < pattern->n_strokes; i++)
    is_struck_at[pattern->strokes[i].step / 2 % EIGHTHS] = true;
  for (size_t i = 0; i < pattern->n_lines; i++)
    for (int s = 0; s < pattern->n_steps; s++)
      if (pattern->lines[i].from_energy <= BED_LEVEL &&
          pattern->lines[i].velocities[s] > 0)
        is_struck_at[s / 2 % EIGHTHS] = true;
  for (int s = 0; s < EIGHTHS; s++)
    n += is_struck_at[s];
  return n;
}

/// How busy a layer is in a bed, by the middle one of its patterns.
static int
busyness_of(const CsPresets *presets, const CsTrack *t)
{
  const CsPattern *pattern = NULL;
  if (t->patterns.n > 0 && t->role <= CS_ROLE_PERCUSSION)
    pattern = cs_find_pattern(presets, t->patterns.items[t->patterns.n / 2]);
  return pattern != NULL && pattern->scatter_per_s <= 0.0
             ? count_eighths(pattern)
             : 0;
}

/// A bed is as busy at first as it is later: its busiest layer belongs to the
/// core (RULEBOOK T42).
static void
keep_pulse(CsBand *band)
{
  CsTrackDraft *busiest = NULL;
  int most              = 0;
  for (size_t i = 0; i < band->n; i++) {
    CsTrack *t    = &band->tracks[i].track;
    const int n   = busyness_of(band->d->presets, t);
    const bool is = n > most || (n == most && busiest != NULL &&
                                    t->enter < busiest->track.enter);
    if (!is)
      continue;
    most    = n;
    busiest = &band->tracks[i];
  }
  if (busiest != NULL) {
    busiest->track.enter = 0.0;
    busiest->is_pulse    = true;
  }
}

/// Where the energy hardly moves, thresholds are spread over the little that it
/// does, in their own order: the core always plays, the rest comes and goes.
static void
spread_thresholds(CsBand *band, double low, double high)
{
  size_t order[CS_MAX_TRACKS * 2];
  sort_by_rank(band, order);
  const size_t n_core = band->n < 4 ? (band->n + 1) / 2 : (band->n + 3) / 3;
  for (size_t k = 0; k < band->n; k++) {
    CsTrack *t = &band->tracks[order[k]].track;
    t->leave   = 1.01;
    t->enter   = 0.0;
    if (k >= n_core)
      t->enter = cs_lerp(low, high,
          ((double)(k - n_core) + 1.0) / ((double)(band->n - n_core) + 1.0));
  }
}

/// Energy with which the first section of a tune begins; 1 where none does.
static double
energy_of_tune(const CsPlan *plan)
{
  for (size_t i = 0; i < plan->n_sections; i++)
    if (plan->sections[i].kind == CS_SECTION_A)
      return fmin(plan->sections[i].energy[0], plan->sections[i].energy[1]);
  return 1.0;
}

/// Denser: layers come in sooner. What was wanted is heard for most of the cue.
/// A calm theme has its layers where another one has them, but drums wait for
/// the energy that they are made for.
static void
shift_thresholds(CsBand *band, double low, double high)
{
  const double shift = -0.2 * band->d->plan->density;
  const double calm  = cs_calm_of(band->d);
  for (size_t i = 0; i < band->n; i++) {
    CsTrackDraft *t = &band->tracks[i];
    if (t->track.enter > 0.0 && !cs_is_struck(t->track.role))
      t->track.enter = cs_calmed(t->track.enter, calm);
    if (t->track.enter > 0.0)
      t->track.enter = fmax(0.0, t->track.enter + shift);
    if (t->is_wanted) {
      // What marks moments leads to them from wherever the music stands.
      const double most =
          t->track.role == CS_ROLE_EFFECTS ? 0.0 : cs_lerp(low, high, 0.35);
      t->track.enter = fmin(t->track.enter, most);
      t->track.leave = 1.01;
    }
    if (t->track.role == CS_ROLE_MELODY && !t->is_ghost &&
        band->d->plan->function == CS_THEMATIC)
      t->track.enter = fmin(t->track.enter, energy_of_tune(band->d->plan));
    t->track.enter = floor(t->track.enter * 1000.0 + 0.5) / 1000.0;
  }
}

static bool
tells_tune(const CsSection *s)
{
  return s->kind == CS_SECTION_A || s->kind == CS_SECTION_A2 ||
         s->kind == CS_SECTION_B || s->kind == CS_SECTION_CLIMAX;
}

/// The most energy at the start of a section that is made for a tune and comes
/// within the first quarter of the cue or, where a build or a long opening
/// takes that up, of the opening: from there on the tune has to play (RULEBOOK
/// T33).
static double
first_tune_energy(const CsPlan *plan)
{
  const double latest_s = 0.22 * plan->duration_s;
  double most           = -1.0;
  for (size_t i = 0; i < plan->n_sections; i++) {
    const CsSection *s = &plan->sections[i];
    if (tells_tune(s) && s->start_s <= latest_s)
      most = fmax(most, s->energy[0]);
  }
  return most >= 0.0 || plan->n_sections == 0 ? most
                                              : plan->sections[0].energy[0];
}

static void
keep_tune_early(CsBand *band)
{
  const double energy = first_tune_energy(band->d->plan);
  for (size_t i = 0; i < band->n; i++) {
    CsTrack *t = &band->tracks[i].track;
    if (t->role == CS_ROLE_MELODY)
      t->enter = fmin(t->enter, floor(energy * 1000.0) / 1000.0);
  }
}

/// Functions whose energy is even of itself: a style's thresholds, made for the
/// course of a tune, would leave nothing to come in when they build.
static bool
is_even(CsFunction function)
{
  return function == CS_BED || function == CS_UNDERSCORE ||
         function == CS_AMBIENT;
}

void
cs_set_thresholds(CsBand *band)
{
  const CsPlan *plan = band->d->plan;
  double low = 0.0, high = 1.0;
  energy_bounds(plan, &low, &high);
  if (plan->duration_s < 4.0 || plan->function == CS_STINGER)
    open_all(band);
  else if (high - low < 0.35 || is_even(plan->function))
    spread_thresholds(band, low, high);
  if (plan->function == CS_BED)
    keep_pulse(band);
  shift_thresholds(band, low, high);
  if (plan->function == CS_THEMATIC)
    keep_tune_early(band);
}

// ---- Something changes every eight bars ------------------------------------

static bool
same_layers(const CsPlan *plan, const CsTimeline *t, int bar)
{
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (cs_track_plays(t, &plan->tracks[i], bar) !=
        cs_track_plays(t, &plan->tracks[i], bar - 1))
      return false;
  return true;
}

/// The last section border inside the first stretch after `from` in which the
/// same layers play for more than 8 bars; -1 when there is none.
static int
find_dull_border(const CsPlan *plan, const CsTimeline *t, int from)
{
  int start = from;
  for (int bar = from + 1; bar + 1 < plan->n_bars; bar++) {
    if (!same_layers(plan, t, bar))
      start = bar;
    if (bar - start < 8)
      continue;
    for (int b = bar; b > start; b--)
      if (cs_section_of_bar(t, b)->first_bar == b)
        return b;
    start = bar;
  }
  return -1;
}

/// Give the optional layer that comes nearest a threshold between the energies
/// on both sides of a border.
static bool
nudge_at(CsBand *band, const CsTimeline *t, int bar)
{
  CsPlan *plan        = band->d->plan;
  const double before = cs_energy_at_bar(t, bar - 0.5);
  const double after  = cs_energy_at_bar(t, bar + 2.0);
  const double middle = 0.5 * (before + after);
  size_t best         = plan->n_tracks;
  for (size_t i = 0; i < plan->n_tracks && fabs(after - before) > 0.02; i++) {
    const CsTrack *track      = &plan->tracks[i];
    const CsTrackDraft *draft = &band->tracks[i];
    const bool optional =
        track->role == CS_ROLE_MOTION || track->role == CS_ROLE_PERCUSSION ||
        track->role == CS_ROLE_COUNTER || track->role == CS_ROLE_COLOUR;
    if (!optional || draft->is_wanted || draft->is_pulse || draft->is_nudged ||
        track->n_spans > 0)
      continue;
    if (best == plan->n_tracks ||
        fabs(track->enter - middle) < fabs(plan->tracks[best].enter - middle))
      best = i;
  }
  if (best == plan->n_tracks)
    return false;
  plan->tracks[best].enter     = floor(middle * 1000.0 + 0.5) / 1000.0;
  band->tracks[best].is_nudged = true;
  return true;
}

CsStatus
cs_keep_changing(CsBand *band)
{
  enum { MOST_NUDGES = 8 };
  CsPlan *plan = band->d->plan;
  for (int k = 0; k < MOST_NUDGES; k++) {
    CsTimeline *t = NULL;
    CS_TRY(cs_stagger_layers(band->d->arena, plan, &t));
    int bar = find_dull_border(plan, t, 0);
    while (bar >= 0 && !nudge_at(band, t, bar))
      bar = find_dull_border(plan, t, bar);
    if (bar < 0)
      return CS_OK;
  }
  return CS_OK;
}

// ---- Neither silent nor idle -----------------------------------------------

static bool
is_heard_harmony(const CsBand *band, size_t i)
{
  return !band->tracks[i].is_ghost && cs_is_harmony(band->tracks[i].track.role);
}

static bool
bar_has_harmony(const CsBand *band, const CsTimeline *t, int bar)
{
  const CsPlan *plan = band->d->plan;
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (is_heard_harmony(band, i) && cs_track_plays(t, &plan->tracks[i], bar))
      return true;
  return false;
}

void
cs_keep_harmony_sounding(CsBand *band, const CsTimeline *t)
{
  CsPlan *plan  = band->d->plan;
  CsTrack *best = NULL;
  for (size_t i = 0; i < plan->n_tracks; i++) {
    CsTrack *track = &plan->tracks[i];
    if (is_heard_harmony(band, i) && track->n_spans == 0 &&
        (best == NULL || track->enter < best->enter))
      best = track;
  }
  for (int bar = 0; best != NULL && bar < plan->n_bars; bar++)
    if (!bar_has_harmony(band, t, bar)) {
      best->enter = 0.0;
      best->leave = 1.01;
      return;
    }
}

/// Has an effect a moment to mark: a hit, a start of weight, or one of less
/// that it plays up to? A sting ends in one.
static bool
marks_any(const CsPlan *plan, const CsTimeline *t, const CsTrack *track)
{
  if (plan->n_hits > 0 || plan->function == CS_STINGER ||
      plan->duration_s < 4.0)
    return true;
  for (size_t i = 1; i < plan->n_sections; i++) {
    const double weight = cs_weight_of_start(plan, i);
    if (weight >= 0.8 ||
        (weight > 0.0 &&
            (cs_track_plays(t, track, plan->sections[i].first_bar) ||
                cs_track_plays(t, track, plan->sections[i].first_bar - 1))))
      return true;
  }
  return false;
}

static bool
never_plays(const CsPlan *plan, const CsTimeline *t, const CsTrack *track)
{
  // Effects mark moments, and a kit strikes hits, wherever they play.
  if (track->role == CS_ROLE_EFFECTS)
    return !marks_any(plan, t, track);
  if (track->role == CS_ROLE_DRUMS && plan->n_hits > 0)
    return false;
  for (int bar = 0; bar < plan->n_bars; bar++)
    if (cs_track_plays(t, track, bar))
      return false;
  return true;
}

void
cs_drop_unheard(const CsBand *band, const CsTimeline *t)
{
  CsPlan *plan                 = band->d->plan;
  bool is_heard[CS_MAX_TRACKS] = {false};
  size_t n                     = 0;
  for (size_t i = 0; i < plan->n_tracks; i++)
    is_heard[i] =
        !band->tracks[i].is_ghost &&
        (band->tracks[i].is_wanted || !never_plays(plan, t, &plan->tracks[i]));
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (is_heard[i])
      plan->tracks[n++] = plan->tracks[i];
  plan->n_tracks = n;
}
