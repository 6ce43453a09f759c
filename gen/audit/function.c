// What each function allows: how even, soft and sparse it is (T42 to T45, N06,
// N07).

#include "gen/audit/asked.h"
#include "gen/audit/course.h"
#include "gen/audit/properties.h"

#include "gen/base/mathx.h"

#include <math.h>

// ---- T42: beds --------------------------------------------------------------

enum { PHRASE_BARS = 4, MIN_PHRASES = 3, MAX_CHANGES = 64 };

/// May this run of bars be judged as even? What was asked to change may.
static bool
is_even_ground(
    const CsEvidence *e, const CsCourse *course, int from_bar, int to_bar)
{
  for (int b = from_bar; b < to_bar; b++)
    if (course->is_asked[b])
      return false;
  return course->n_changes[from_bar] == course->n_changes[to_bar - 1] &&
         !cs_is_asked_silence(e, cs_bar_s(e, from_bar), cs_bar_s(e, to_bar));
}

/// Densities of the phrases between two asked changes.
typedef struct Ground {
  double sum, sum_of_squares;
  int n;
} Ground;

/// Coefficient of variation over all grounds, each around its own mean.
static double
variation(const Ground *grounds, int *n)
{
  double sum = 0.0;
  *n         = 0;
  for (int i = 0; i < MAX_CHANGES; i++) {
    const Ground *g = &grounds[i];
    if (g->n < 2 || g->sum <= 0.0)
      continue;
    const double mean = g->sum / g->n;
    sum += g->sum_of_squares / (mean * mean) - g->n;
    *n += g->n;
  }
  return *n > 0 ? sqrt(fmax(0.0, sum / *n)) : 0.0;
}

static CsStatus
bed_density(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  Ground grounds[MAX_CHANGES] = {{0}};
  const CsCourse *course      = e->course;
  int n                       = 0;
  if (!cs_has_function(e, CS_BED))
    return CS_OK;
  for (int b = 0; b + PHRASE_BARS <= cs_n_body_bars(e); b += PHRASE_BARS) {
    const int change = course->n_changes[b];
    if (change >= MAX_CHANGES || !is_even_ground(e, course, b, b + PHRASE_BARS))
      continue;
    const double rate = cs_course_rate(e, course->onsets, b, b + PHRASE_BARS);
    grounds[change].sum += rate;
    grounds[change].sum_of_squares += rate * rate;
    grounds[change].n++;
  }
  const double varied = variation(grounds, &n);
  if (n >= MIN_PHRASES)
    *f = cs_finding_at_most(varied, 0.25);
  return CS_OK;
}

static CsStatus
bed_top_line(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const size_t track     = cs_track_of_role(e, CS_ROLE_MELODY);
  double n_onsets        = 0.0;
  int n_bars             = 0;
  const CsCourse *course = e->course;
  if (!cs_has_function(e, CS_BED) || track == e->score->n_parts)
    return CS_OK;
  for (int b = 0; b < cs_n_body_bars(e); b++) {
    if (course->is_asked[b])
      continue;
    n_onsets += (double)cs_count_onsets(
        e, (int)track, cs_bar_s(e, b), cs_bar_s(e, b + 1));
    n_bars++;
  }
  if (n_bars > 0)
    *f = cs_finding_at_most(n_onsets / n_bars, 1.0);
  return CS_OK;
}

const CsProperty cs_property_T42b = {
    .id   = "T42b",
    .name = "a bed's density is even",
    .text =
        "A bed's onsets a second vary from phrase to phrase by at most 25 % "
        "(standard deviation), except where a change was asked.",
    .unit    = "share",
    .is_hard = true,
    .fn      = bed_density,
};

const CsProperty cs_property_T42c = {
    .id   = "T42c",
    .name = "top line of a bed",
    .text =
        "A bed's top line has at most one onset a bar, except where a change "
        "was asked.",
    .unit       = "onsets/bar",
    .is_hard    = true,
    .mend_roles = CS_ROLE_BIT(CS_ROLE_MELODY),
    .fn         = bed_top_line,
};

// ---- T43, T44: underscores and ambient --------------------------------------

enum { MOST_VELOCITY = 75 };

static CsStatus
soft_notes(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  size_t n_loud          = 0;
  const CsCourse *course = e->course;
  if (!cs_has_function(e, CS_UNDERSCORE))
    return CS_OK;
  for (size_t i = 0; i < e->performance->n_notes; i++) {
    const CsPlayedNote *n = &e->performance->notes[i];
    const double at_s     = cs_played_s(e, n);
    const int bar         = cs_bar_of_tick(
                e->score->timeline, cs_tick_of_seconds(e->score->timeline, at_s));
    if (n->velocity <= MOST_VELOCITY || course->is_asked[bar])
      continue;
    n_loud++;
    cs_finding_where(f, "%s at %.1f s has %d",
        e->plan->tracks[n->track].instrument, at_s, n->velocity);
  }
  cs_finding_settle(f, cs_finding_at_most((double)n_loud, 0.0));
  return CS_OK;
}

/// Distinct onsets a second where no change was asked.
static double
even_rate(const CsEvidence *e)
{
  const CsCourse *course = e->course;
  double n = 0.0, s = 0.0;
  for (int b = 0; b < course->n_bars; b++) {
    if (course->is_asked[b])
      continue;
    n += course->onsets[b];
    s += cs_bar_s(e, b + 1) - cs_bar_s(e, b);
  }
  return s > 0.0 ? n / s : 0.0;
}

static CsStatus
underscore_rate(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  if (cs_has_function(e, CS_UNDERSCORE))
    *f = cs_finding_at_most(even_rate(e), 2.0);
  return CS_OK;
}

static CsStatus
ambient_rate(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  if (cs_has_function(e, CS_AMBIENT))
    *f = cs_finding_at_most(even_rate(e), 0.8);
  return CS_OK;
}

const CsProperty cs_property_T43b = {
    .id   = "T43b",
    .name = "soft notes of an underscore",
    .text =
        "No note of an underscore is struck harder than velocity 75, except "
        "where a change was asked.",
    .unit       = "notes",
    .is_hard    = true,
    .mend_roles = CS_ALL_ROLES,
    .fn         = soft_notes,
};

const CsProperty cs_property_T43c = {
    .id   = "T43c",
    .name = "onsets of an underscore",
    .text =
        "An underscore has at most 2 onsets a second, except where a change "
        "was asked.",
    .unit       = "onsets/s",
    .is_hard    = true,
    .mend_roles = CS_ALL_ROLES,
    .fn         = underscore_rate,
};

const CsProperty cs_property_T44a = {
    .id   = "T44a",
    .name = "onsets of an ambient cue",
    .text = "An ambient cue has at most 0.8 onsets a second, except where a "
            "change was asked.",
    .unit = "onsets/s",
    .mend_roles = CS_ALL_ROLES,
    .fn         = ambient_rate,
};

// ---- T45: stingers ----------------------------------------------------------

/// The 50 ms in which the most is struck, by the squared velocity law.
static CsStatus
stinger_peak(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const CsPerformance *p = e->performance;
  const int64_t window   = p->sample_rate / 20;
  double sum = 0.0, most = 0.0, at_s = 0.0;
  if (!cs_is_sting(e) || cs_is_hit_asked_after(e, 0.6 * e->plan->duration_s))
    return CS_OK;
  for (size_t first = 0, next = 0; first < p->n_notes; first++) {
    for (; next < p->n_notes &&
           p->notes[next].on_frame < p->notes[first].on_frame + window;
         next++)
      sum += cs_pow(p->notes[next].velocity / 127.0, 4.0);
    if (sum > most + 1e-9)
      most = sum, at_s = cs_played_s(e, &p->notes[first]);
    sum -= cs_pow(p->notes[first].velocity / 127.0, 4.0);
  }
  *f = cs_finding_at_most(at_s / e->plan->duration_s, 0.6);
  cs_finding_where(f, "%.2f s", at_s);
  return CS_OK;
}

const CsProperty cs_property_T45a = {
    .id      = "T45a",
    .name    = "a stinger's strongest moment",
    .text    = "A stinger strikes hardest within the first 60 % of its length, "
               "unless a "
               "later hit was asked.",
    .unit    = "share",
    .is_hard = true,
    .mend_roles = CS_ALL_ROLES,
    .fn         = stinger_peak,
};

// ---- N06, N07: what a function has ------------------------------------------

/// RULEBOOK 2.1, with a margin of a fifth on the low side; the top of a bed and
/// a theme is met by fills.
static const double onset_rates[CS_N_FUNCTIONS][2] = {
    [CS_UNDERSCORE] = {0.15, 2.0},
    [CS_BED]        = {1.6, 4.3},
    [CS_STINGER]    = {1.0, 14.0},
    [CS_THEMATIC]   = {2.5, 9.0},
    [CS_AMBIENT]    = {0.1, 0.8},
};

static CsStatus
function_rate(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  const double *range = onset_rates[e->plan->function];
  (void)scratch;
  if (e->plan->duration_s < 4.0)
    return CS_OK;
  // RULEBOOK 1.3: a calm tune may be thinner than the function is.
  const double calm = 0.8 * 2.6 * cs_exp2(1.15 * e->plan->arousal);
  *f = cs_finding_within(even_rate(e), fmin(range[0], calm), range[1]);
  return CS_OK;
}

const CsProperty cs_property_N06 = {
    .id   = "N06",
    .name = "onsets of the function",
    .text =
        "Onsets a second are those of the function: underscore 0.15 to 2, "
        "bed 1.6 to 4.3, stinger 1 to 14, thematic 2.5 to 9, ambient 0.1 to "
        "0.8; calm cues may be thinner (from 4 s on).",
    .unit = "onsets/s",
    .fn   = function_rate,
};

static CsStatus
own_drums(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  size_t n = 0;
  if (e->plan->function != CS_UNDERSCORE && e->plan->function != CS_AMBIENT)
    return CS_OK;
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsTrack *track = &e->plan->tracks[i];
    if ((track->role != CS_ROLE_DRUMS && track->role != CS_ROLE_PERCUSSION) ||
        cs_is_wanted(e, i) || e->score->parts[i].n_notes == 0)
      continue;
    n += e->score->parts[i].n_notes;
    cs_finding_where(f, "%s", track->instrument);
  }
  cs_finding_settle(f, cs_finding_at_most((double)n, 0.0));
  return CS_OK;
}

const CsProperty cs_property_N07 = {
    .id   = "N07",
    .name = "no drums of their own",
    .text =
        "Underscores and ambient cues have no drums or percussion that were "
        "not asked for.",
    .unit = "notes",
    .fn   = own_drums,
};
