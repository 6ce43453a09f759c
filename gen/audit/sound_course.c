// How loud it is over time: range, builds, climax, evenness, pulse, the peak of
// a stinger, no fade at the end (T05, T40 to T42, T44, T45, T55).

#include "gen/audit/course.h"
#include "gen/audit/events.h"
#include "gen/audit/properties.h"
#include "gen/base/mathx.h"

#include <math.h>
#include <stdlib.h>

static const double short_term_s = 3.0;

/// End of point i of the loudness curves.
static double
point_s(size_t i)
{
  return (double)(i + 1) / CS_EAR_STEPS_PER_S;
}

/// Is point i a full 3 s?
static bool
is_full(size_t i)
{
  return point_s(i) >= short_term_s - 1e-9;
}

// ---- T05 --------------------------------------------------------------------

/// RULEBOOK 2.1; the table of section 9 allows 1 LU more either way.
static const double range_lu[CS_N_FUNCTIONS][2] = {
    [CS_UNDERSCORE] = {0.0, 5.0},
    [CS_BED]        = {0.0, 4.0},
    [CS_THEMATIC]   = {5.0, 10.0},
    [CS_AMBIENT]    = {0.0, 6.0},
};

/// What the request itself makes soft or loud is left out: silences and fades;
/// for what has to be even all else that was asked for.
static bool
counts_for_range(const CsEvidence *e, double from_s, double to_s)
{
  const CsPlan *p    = e->plan;
  const bool is_even = p->function != CS_THEMATIC;
  if (is_even && cs_is_eventful(e, from_s, to_s))
    return false;
  return !cs_is_asked_silence(e, from_s, to_s) && from_s >= p->fade_in_s &&
         to_s <= p->duration_s - p->fade_out_s;
}

static int
by_size(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/// EBU Tech 3342 over the 3 s windows that count.
static CsStatus
counted_range(
    CsArena *scratch, const CsEvidence *e, double *range, size_t *n_counted)
{
  const CsHeard *h = e->sound;
  double *lufs = CS_NEW_N(scratch, double, h->n_points), power = 0.0;
  CS_TRY_NEW(lufs);
  size_t n = 0, n_soft = 0;
  for (size_t i = 0; i < h->n_points; i++) {
    const double x = h->short_term_lufs[i];
    if (!is_full(i) || x < -70.0 ||
        !counts_for_range(e, point_s(i) - short_term_s, point_s(i)))
      continue;
    lufs[n++] = x;
    power += cs_gain_from_db(2.0 * x);
  }
  const double gate = cs_db_from_power(n > 0 ? power / (double)n : 0.0) - 20.0;
  qsort(lufs, n, sizeof *lufs, by_size);
  while (n_soft < n && lufs[n_soft] < gate)
    n_soft++;
  *n_counted        = n - n_soft;
  const double last = (double)(n - n_soft) - 1.0;
  if (*n_counted > 0)
    *range = lufs[n_soft + (size_t)(0.95 * last + 0.5)] -
             lufs[n_soft + (size_t)(0.10 * last + 0.5)];
  return CS_OK;
}

static CsStatus
range(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  enum { LEAST_POINTS = 100 };
  const double *wanted = range_lu[e->plan->function];
  const bool is_flat =
      e->brief != NULL && (e->brief->said & CS_SAID_FLAT_ARC) != 0;
  double lu = 0.0;
  size_t n  = 0;
  if (e->plan->function == CS_STINGER || e->plan->duration_s < 20.0)
    return CS_OK;
  CS_TRY(counted_range(scratch, e, &lu, &n));
  if (n >= LEAST_POINTS)
    *f = cs_finding_within(
        lu, is_flat ? 0.0 : fmax(0.0, wanted[0] - 1.0), wanted[1] + 1.0);
  return CS_OK;
}

const CsProperty cs_property_T05 = {
    .id   = "T05",
    .name = "loudness range",
    .text = "The loudness range is at most 6 LU in underscores, 5 in beds, 7 "
            "in ambient cues, and 4 to 11 in thematic ones; from 20 s on, "
            "without asked silences and fades (even functions: events).",
    .unit = "LU",
    .wants_sound = true,
    .fn          = range,
};

// ---- T40 --------------------------------------------------------------------

static CsFinding
growth_of(const CsEvidence *e, CsStretch s)
{
  const bool is_even =
      e->plan->function == CS_BED || e->plan->function == CS_UNDERSCORE;
  const double from_s = cs_bar_s(e, s.from), to_s = cs_bar_s(e, s.to);
  const double before =
      cs_heard_lufs(e->sound, from_s, cs_bar_s(e, s.from + 2));
  const double after = cs_heard_lufs(e->sound, cs_bar_s(e, s.to - 2), to_s);
  CsFinding f        = cs_finding_at_least(after - before, is_even ? 3.0 : 4.0);
  cs_finding_where(&f, "from %.1f LUFS at %.1f s to %.1f LUFS at %.1f s",
      before, from_s, after, to_s);
  return f;
}

/// The worst of the asked builds speaks.
static CsStatus
build_loudness(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  enum { LEAST_BARS = 4 };
  if (e->brief == NULL || !cs_is_metred(e))
    return CS_OK;
  for (size_t i = 0; i < e->brief->n_arc; i++) {
    if (e->brief->arc[i].kind != CS_ARC_BUILD)
      continue;
    const CsStretch s = cs_build_bars(e, &e->brief->arc[i]);
    if (s.from < 0 || s.to - s.from < LEAST_BARS)
      continue;
    const CsFinding growth = growth_of(e, s);
    if (!f->applies || growth.value < f->value)
      *f = growth;
  }
  return CS_OK;
}

const CsProperty cs_property_T40d = {
    .id   = "T40d",
    .name = "build: loudness",
    .text = "The last two bars of an asked build are at least 4 LU louder than "
            "its first two (3 LU in beds and underscores).",
    .unit = "LU",
    .is_hard     = true,
    .wants_sound = true,
    .fn          = build_loudness,
};

// ---- T41 --------------------------------------------------------------------

/// The chord that a climax lands on belongs to it.
static const double landing_s = 1.5;

/// Climaxes that want as much as the highest one, to half a decibel.
static const double same_height = 0.05;

static bool
is_climax(const CsSection *s, double top)
{
  return s->kind == CS_SECTION_CLIMAX && s->energy[1] >= top - same_height;
}

static double
top_of_climaxes(const CsPlan *plan)
{
  double top = -1.0;
  for (size_t i = 0; i < plan->n_sections; i++)
    if (plan->sections[i].kind == CS_SECTION_CLIMAX)
      top = fmax(top, plan->sections[i].energy[1]);
  return top;
}

/// The highest climax that holds a moment, else the last of them.
static const CsSection *
climax_at(const CsEvidence *e, double at_s)
{
  const CsSection *climax = NULL;
  const double top        = top_of_climaxes(e->plan);
  for (size_t i = 0; i < e->plan->n_sections; i++) {
    const CsSection *s = &e->plan->sections[i];
    if (!is_climax(s, top))
      continue;
    climax = s;
    if (at_s < cs_bar_s(e, s->first_bar + s->n_bars) + landing_s)
      break;
  }
  return climax;
}

static CsStatus
loudest_place(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const double middle_s   = e->sound->loudest_3_s_at_s + short_term_s / 2.0;
  const CsSection *climax = climax_at(e, middle_s);
  if (climax == NULL || !cs_is_metred(e) || e->plan->duration_s < 12.0)
    return CS_OK;
  const double from_s = cs_bar_s(e, climax->first_bar);
  const double to_s =
      cs_bar_s(e, climax->first_bar + climax->n_bars) + landing_s;
  *f = cs_finding_within(middle_s, from_s - 0.1, to_s);
  cs_finding_where(f, "the climax stands from %.1f s to %.1f s", from_s, to_s);
  return CS_OK;
}

const CsProperty cs_property_T41 = {
    .id   = "T41",
    .name = "loudest place",
    .text = "The middle of the loudest 3 s lies in the climax, or on the chord "
            "that it lands on; of several, in one of the highest.",
    .unit = "s",
    .is_hard     = true,
    .wants_sound = true,
    .fn          = loudest_place,
};

// ---- T42 --------------------------------------------------------------------

/// A run of values that is compared with its own mean only.
typedef struct Run {
  double sum, squares;
  size_t n;
} Run;

/// Sum of squared deviations; the run begins anew.
static double
end_run(Run *run)
{
  const double off =
      run->n > 0 ? run->squares - run->sum * run->sum / (double)run->n : 0.0;
  *run = (Run){0};
  return fmax(0.0, off);
}

/// An event may leave another level behind it, so what is even is each stretch
/// between events.
static CsStatus
evenness(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  enum { LEAST_POINTS = 50 };
  const CsHeard *h  = e->sound;
  const double to_s = cs_bar_s(e, cs_n_body_bars(e));
  Run run           = {0};
  double off        = 0.0;
  size_t n          = 0;
  if (e->plan->function != CS_BED)
    return CS_OK;
  for (size_t i = 0; i < h->n_points && point_s(i) <= to_s; i++) {
    const double x = h->short_term_lufs[i];
    if (!is_full(i))
      continue;
    if (cs_is_eventful(e, point_s(i) - short_term_s, point_s(i))) {
      off += end_run(&run);
      continue;
    }
    run.sum += x, run.squares += x * x;
    run.n++;
    n++;
  }
  off += end_run(&run);
  if (n >= LEAST_POINTS)
    *f = cs_finding_at_most(sqrt(off / (double)n), 1.5);
  return CS_OK;
}

const CsProperty cs_property_T42a = {
    .id      = "T42a",
    .name    = "a bed is level",
    .text    = "The short-term loudness of a bed, up to the last downbeat and "
               "between asked events, deviates by at most 1.5 LU.",
    .unit    = "LU",
    .is_hard = true,
    .wants_sound = true,
    .fn          = evenness,
};

// ---- T44 --------------------------------------------------------------------

static CsStatus
no_pulse(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  if (e->plan->function != CS_AMBIENT || e->plan->duration_s < 10.0 ||
      e->plan->n_hits > 0)
    return CS_OK;
  *f = cs_finding_at_most(e->sound->pulse, 0.3);
  cs_finding_where(f, "most alike after %.2f s", e->sound->pulse_lag_s);
  return CS_OK;
}

const CsProperty cs_property_T44b = {
    .id   = "T44b",
    .name = "no pulse in ambient cues",
    .text = "The envelope of onsets is like itself by at most 0.3 at any lag "
            "from 0.3 to 2 s.",
    .unit = "correlation",
    .wants_sound = true,
    .fn          = no_pulse,
};

// ---- T45 --------------------------------------------------------------------

static CsStatus
stinger_time(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const double duration_s = e->plan->duration_s;
  if (cs_is_sting(e) && !cs_is_hit_asked_after(e, 0.6 * duration_s))
    *f = cs_finding_at_most(e->sound->peak_at_s / duration_s, 0.6);
  return CS_OK;
}

static CsStatus
stinger_decay(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const double end_s = e->plan->duration_s;
  if (!cs_is_sting(e) || !cs_has_cadence(e))
    return CS_OK;
  const double last_db =
      cs_db_from_power(cs_heard_power(e->sound, end_s * 2.0 / 3.0, end_s));
  *f = cs_finding_at_least(e->sound->peak_dbfs - last_db, 6.0);
  return CS_OK;
}

const CsProperty cs_property_T45b = {
    .id   = "T45b",
    .name = "a stinger's peak",
    .text = "The loudest 50 ms of a stinger of up to 15 s come within 60 % of its "
            "length.",
    .unit = "of the length",
    .is_hard     = true,
    .wants_sound = true,
    .fn          = stinger_time,
};

const CsProperty cs_property_T45c = {
    .id   = "T45c",
    .name = "a stinger dies away",
    .text = "The loudest 50 ms of a stinger of up to 15 s are at least 6 dB over "
            "its last third.",
    .unit = "dB",
    .is_hard     = true,
    .wants_sound = true,
    .fn          = stinger_decay,
};

// ---- T55 --------------------------------------------------------------------

/// By how much the line through the momentary loudness changes over a span.
static double
slope_lu(const CsHeard *h, double from_s, double to_s)
{
  double n = 0.0, t = 0.0, x = 0.0, tt = 0.0, tx = 0.0;
  for (size_t i = 0; i < h->n_points; i++) {
    const double at = point_s(i);
    if (at < from_s + 0.4 || at > to_s || h->momentary_lufs[i] < -70.0)
      continue;
    n += 1.0, t += at, x += h->momentary_lufs[i];
    tt += at * at, tx += at * h->momentary_lufs[i];
  }
  const double spread = n * tt - t * t;
  return spread > 0.0 ? (n * tx - t * x) / spread * (to_s - from_s) : 0.0;
}

static CsStatus
no_fade(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  enum { N_BARS = 4 };
  const int last = cs_n_body_bars(e);
  if (!cs_has_cadence(e) || !cs_is_metred(e) || last < 2 * N_BARS)
    return CS_OK;
  const double from_s = cs_bar_s(e, last - N_BARS), to_s = cs_bar_s(e, last);
  const bool is_asked = e->plan->fade_out_s > 0.0 ||
                        cs_has_said(e, CS_ARC_FALL) ||
                        cs_has_said(e, CS_ARC_DROP);
  if (is_asked || cs_is_asked_silence(e, from_s, to_s))
    return CS_OK;
  *f = cs_finding_at_least(slope_lu(e->sound, from_s, to_s), -3.0);
  return CS_OK;
}

const CsProperty cs_property_T55 = {
    .id   = "T55",
    .name = "no fade",
    .text = "Over the four bars before the last downbeat the loudness falls by "
            "no more than 3 LU; not of fades, cuts, loops and asked falls.",
    .unit = "LU",
    .wants_sound = true,
    .fn          = no_fade,
};
