#include "gen/plan/plan.h"

#include "gen/base/mathx.h"
#include "gen/plan/planning.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const cs_section_kind_names[CS_N_SECTION_KINDS] = {
    [CS_SECTION_INTRO]  = "intro",
    [CS_SECTION_A]      = "A",
    [CS_SECTION_A2]     = "A'",
    [CS_SECTION_B]      = "B",
    [CS_SECTION_BREAK]  = "break",
    [CS_SECTION_BUILD]  = "build",
    [CS_SECTION_CLIMAX] = "climax",
    [CS_SECTION_OUTRO]  = "outro",
    [CS_SECTION_END]    = "end",
};

/// What a function is when nothing else was said (RULEBOOK 2.1).
typedef struct Usual {
  double duration_s;
  double tempo_bpm[2]; ///< Felt beats; {0, 0} = any.
} Usual;

static const Usual usuals[CS_N_FUNCTIONS] = {
    [CS_UNDERSCORE] = {60.0, {56.0, 96.0}},
    [CS_BED]        = {120.0, {0.0, 0.0}},
    [CS_STINGER]    = {4.0, {0.0, 0.0}},
    [CS_THEMATIC]   = {90.0, {0.0, 0.0}},
    [CS_AMBIENT]    = {180.0, {40.0, 70.0}},
};

static const double lowest_bpm = 30.0, highest_bpm = 300.0;
/// How far from a step of the tempo a fit may end: less than is heard.
static const double near_step = 1.015;

// ---- Shared small things ---------------------------------------------------

CsStatus
cs_plan_warn(CsDraft *d, const char *code, const char *format, ...)
{
  char text[CS_MESSAGE_BYTES];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  CsPlan *plan = d->plan;
  CS_TRY(cs_arena_grow(d->arena, (void **)&plan->warnings, &d->n_warnings_room,
      plan->n_warnings + 1, sizeof *plan->warnings));
  const char *message = cs_arena_copy(d->arena, text, strlen(text));
  CS_TRY_NEW(message);
  plan->warnings[plan->n_warnings++] = (CsWarning){code, message};
  return CS_OK;
}

uint64_t
cs_seed_53(uint64_t seed)
{
  return seed & ((UINT64_C(1) << 53) - 1);
}

static bool
is_said(const CsBrief *brief, CsSaid what)
{
  return (brief->said & (unsigned)what) != 0;
}

// ---- What was not asked ----------------------------------------------------

/// What was asked for; 0 where nothing was.
static double
asked_duration_s(const CsDraft *d)
{
  if (d->wish->has_duration)
    return d->wish->duration_s;
  return is_said(d->brief, CS_SAID_DURATION) ? d->brief->duration_s : 0.0;
}

/// Nobody listens to a theme for so long: what is longer runs on behind
/// something, as a bed does (RULEBOOK 2.1).
static const double longest_theme_s = 600.0;

static void
resolve_function(CsDraft *d)
{
  CsPlan *plan   = d->plan;
  plan->function = CS_THEMATIC;
  if (asked_duration_s(d) > longest_theme_s)
    plan->function = CS_BED;
  if (is_said(d->brief, CS_SAID_FUNCTION))
    plan->function = d->brief->function;
  if (d->wish->has_function)
    plan->function = d->wish->function;
}

static CsStatus
resolve_duration(CsDraft *d)
{
  CsPlan *plan     = d->plan;
  plan->duration_s = usuals[plan->function].duration_s;
  if (d->wish->has_duration || is_said(d->brief, CS_SAID_DURATION))
    plan->duration_s = asked_duration_s(d);
  if (plan->duration_s >= CS_MIN_DURATION_S &&
      plan->duration_s <= CS_MAX_DURATION_S)
    return CS_OK;
  char asked[32];
  cs_format_number(plan->duration_s, asked);
  return cs_fail(d->arena, CS_ERR_REQUEST,
      "a duration of %s s cannot be made; ask for 0.5 s to 12 h", asked);
}

/// The brief's times fit its own length; another one moves them.
static CsStatus
fit_arc(CsDraft *d)
{
  CsBrief *brief = CS_NEW(d->arena, CsBrief);
  CS_TRY_NEW(brief);
  *brief = *d->brief;
  if (is_said(brief, CS_SAID_DURATION) &&
      brief->duration_s == d->plan->duration_s) {
    d->brief = brief;
    return CS_OK;
  }
  brief->arc        = CS_NEW_N(d->arena, CsArcEvent, brief->n_arc);
  brief->warnings   = NULL;
  brief->n_warnings = 0;
  CS_TRY_NEW(brief->arc);
  for (size_t i = 0; i < brief->n_arc; i++)
    brief->arc[i] = d->brief->arc[i];
  CS_TRY(cs_brief_fit_arc(d->arena, brief, d->plan->duration_s));
  for (size_t i = 0; i < brief->n_warnings; i++)
    CS_TRY(cs_plan_warn(
        d, brief->warnings[i].code, "%s", brief->warnings[i].message));
  d->brief = brief;
  return CS_OK;
}

/// Silence from the first frame on is a lead-in; others are kept as spans.
static CsStatus
resolve_silences(CsDraft *d)
{
  CsPlan *plan   = d->plan;
  plan->silences = CS_NEW_N(d->arena, CsSpan, d->brief->n_arc);
  CS_TRY_NEW(plan->silences);
  for (size_t i = 0; i < d->brief->n_arc; i++) {
    const CsArcEvent *e = &d->brief->arc[i];
    if (e->kind != CS_ARC_SILENCE || !e->has_start)
      continue;
    const double end = e->has_end ? fmin(e->end_s, plan->duration_s)
                                  : fmin(e->start_s + 1.0, plan->duration_s);
    if (e->start_s <= 0.01 && end < 0.8 * plan->duration_s)
      plan->lead_in_s = fmax(plan->lead_in_s, end);
    else if (end > e->start_s)
      plan->silences[plan->n_silences++] = (CsSpan){e->start_s, end};
  }
  return CS_OK;
}

static const CsArcEvent *
find_event(const CsBrief *brief, CsArcKind kind)
{
  for (size_t i = 0; i < brief->n_arc; i++)
    if (brief->arc[i].kind == kind)
      return &brief->arc[i];
  return NULL;
}

static void
resolve_fades(CsDraft *d)
{
  CsPlan *plan          = d->plan;
  const double length   = plan->duration_s;
  const CsArcEvent *in  = find_event(d->brief, CS_ARC_FADE_IN);
  const CsArcEvent *out = find_event(d->brief, CS_ARC_FADE_OUT);
  const double usual    = fmin(8.0, 0.15 * length);
  if (in != NULL)
    plan->fade_in_s = in->has_end ? in->end_s : usual;
  if (out != NULL)
    plan->fade_out_s = out->has_start ? length - out->start_s : usual;
  if (out != NULL && !is_said(d->brief, CS_SAID_ENDING) &&
      (!out->has_end || out->end_s >= length - 0.5))
    plan->ending = CS_ENDING_FADE;
  if (d->wish->has_ending)
    plan->ending = d->wish->ending;
  if (plan->ending == CS_ENDING_FADE && plan->fade_out_s <= 0.0)
    plan->fade_out_s = usual;
  if (d->wish->fade_in_s > 0.0)
    plan->fade_in_s = d->wish->fade_in_s;
  if (d->wish->fade_out_s > 0.0)
    plan->fade_out_s = d->wish->fade_out_s;
  plan->fade_in_s  = cs_clamp(plan->fade_in_s, 0.0, length);
  plan->fade_out_s = cs_clamp(plan->fade_out_s, 0.0, length);
}

static const CsProfile *
profile_of(const CsPresets *presets, const CsPlanWish *wish)
{
  return wish->profile != NULL ? wish->profile : &presets->profiles[0];
}

double
cs_delivery_peak_dbtp(
    const CsPresets *presets, const CsPlanWish *wish, const CsPlan *plan)
{
  return fmax(plan->peak_dbtp, profile_of(presets, wish)->peak_dbtp);
}

/// An option comes before the prompt, and a figure before a profile.
static void
resolve_level(CsDraft *d)
{
  const CsPlanWish *wish   = d->wish;
  const CsProfile *profile = profile_of(d->presets, wish);
  d->plan->loudness_lufs   = profile->lufs[d->plan->function];
  if (wish->profile == NULL && is_said(d->brief, CS_SAID_LOUDNESS))
    d->plan->loudness_lufs = d->brief->loudness_lufs;
  if (wish->has_lufs)
    d->plan->loudness_lufs = wish->lufs;
  d->plan->peak_dbtp = wish->has_peak ? wish->peak_dbtp : profile->peak_dbtp;
}

CsStatus
cs_resolve_request(CsDraft *d)
{
  CsPlan *plan      = d->plan;
  plan->engine      = cs_engine_version();
  plan->seed        = cs_seed_53(d->wish->seed);
  plan->theme_seed  = cs_seed_53(d->wish->theme_seed);
  plan->sample_rate = d->wish->sample_rate > 0 ? d->wish->sample_rate : 48000;
  resolve_function(d);
  CS_TRY(resolve_duration(d));
  CS_TRY(fit_arc(d));
  plan->ending = CS_ENDING_RING;
  if (is_said(d->brief, CS_SAID_ENDING))
    plan->ending = d->brief->ending;
  resolve_fades(d);
  CS_TRY(cs_spare_wanted(d));
  CS_TRY(resolve_silences(d));
  d->has_end =
      plan->ending == CS_ENDING_RING || plan->ending == CS_ENDING_BUTTON;
  resolve_level(d);
  plan->density = is_said(d->brief, CS_SAID_DENSITY) ? d->brief->density : 0.0;
  if (d->wish->has_density)
    plan->density = d->wish->density;
  plan->exclude = d->brief->exclude;
  return CS_OK;
}

// ---- What the style decides ------------------------------------------------

/// A mood that was not said is the style's own.
static void
resolve_mood(CsDraft *d)
{
  const CsStyle *style = d->style;
  d->plan->valence     = is_said(d->brief, CS_SAID_VALENCE)
                             ? d->brief->valence
                             : 0.5 * (style->valence[0] + style->valence[1]);
  d->plan->arousal     = is_said(d->brief, CS_SAID_AROUSAL)
                             ? d->brief->arousal
                             : 0.5 * (style->arousal[0] + style->arousal[1]);
}

static void
resolve_meter(CsDraft *d)
{
  CsMeter meter = {4, 4};
  if (d->style->meters.n > 0)
    (void)cs_meter_parse(d->style->meters.items[0], &meter);
  if (is_said(d->brief, CS_SAID_METER))
    meter = d->brief->meter;
  if (d->wish->has_meter)
    meter = d->wish->meter;
  d->plan->meter  = meter;
  d->bar_quarters = cs_meter_quarters(meter);
}

/// RULEBOOK 1.3, in felt beats; narrowed by what the words name, then by the
/// style, then by the function.
static double
felt_tempo(const CsDraft *d)
{
  double named[2];
  const double *style = d->style->tempo_bpm;
  const double *usual = usuals[d->plan->function].tempo_bpm;
  double bpm          = 94.0 + 36.0 * d->plan->arousal + 6.0 * d->plan->valence;
  if (cs_moods_tempo(&d->moods, named))
    bpm = cs_clamp(bpm, named[0], named[1]);
  if (style[1] > 0.0)
    bpm = cs_clamp(bpm, style[0], style[1]);
  if (usual[1] > 0.0)
    bpm = cs_clamp(bpm, usual[0], usual[1]);
  return bpm;
}

/// Narrow the tempo to the neighbourhood of another cue's.
static void
stay_near(CsDraft *d, double *low, double *high)
{
  const double near_bpm = d->wish->tempo_near_bpm;
  const bool is_bounded = *high > 0.0;
  if (near_bpm <= 0.0)
    return;
  const double least = near_bpm / (1.0 + CS_TEMPO_NEAR);
  const double most  = near_bpm * (1.0 + CS_TEMPO_NEAR);
  d->target_bpm      = near_bpm;
  *low               = is_bounded ? cs_clamp(least, *low, *high) : least;
  *high              = is_bounded ? cs_clamp(most, *low, *high) : most;
}

static void
resolve_tempo(CsDraft *d)
{
  const double unit   = cs_meter_is_compound(d->plan->meter)
                            ? cs_meter_beat_quarters(d->plan->meter)
                            : 1.0;
  d->target_bpm       = cs_clamp(felt_tempo(d) * unit, lowest_bpm, highest_bpm);
  const double *usual = usuals[d->plan->function].tempo_bpm;
  d->usual_bpm[0]     = usual[1] > 0.0 ? usual[0] * unit : lowest_bpm;
  d->usual_bpm[1]     = usual[1] > 0.0 ? usual[1] * unit : highest_bpm;
  double low = 0.0, high = 0.0;
  if (is_said(d->brief, CS_SAID_TEMPO))
    low = d->brief->tempo_bpm[0], high = d->brief->tempo_bpm[1];
  if (d->wish->has_tempo)
    low = high = d->wish->tempo_bpm;
  stay_near(d, &low, &high);
  if (high <= 0.0)
    return;
  d->tempo_bpm[0]    = cs_clamp(low, lowest_bpm, highest_bpm);
  d->tempo_bpm[1]    = cs_clamp(high, d->tempo_bpm[0], highest_bpm);
  d->is_tempo_given  = d->tempo_bpm[1] - d->tempo_bpm[0] < 1e-9;
  d->is_tempo_ranged = !d->is_tempo_given;
  d->target_bpm = cs_clamp(d->target_bpm, d->tempo_bpm[0], d->tempo_bpm[1]);
}

/// "a bit faster than before": fit as if it were not said, then anew around the
/// tempo that lies the step away.
static CsStatus
fit_tempo(CsDraft *d)
{
  CsPlan *plan            = d->plan;
  const size_t n_warnings = plan->n_warnings;
  CS_TRY(cs_fit_tempo(d));
  if (!is_said(d->brief, CS_SAID_TEMPO_STEP) || d->is_tempo_given ||
      d->wish->tempo_near_bpm > 0.0)
    return CS_OK;
  const double low  = d->is_tempo_ranged ? d->tempo_bpm[0] : lowest_bpm;
  const double high = d->is_tempo_ranged ? d->tempo_bpm[1] : highest_bpm;
  d->target_bpm =
      cs_clamp(plan->tempos[0].bpm * (1.0 + d->brief->tempo_step), low, high);
  d->tempo_bpm[0]    = fmax(low, d->target_bpm / near_step);
  d->tempo_bpm[1]    = fmin(high, d->target_bpm * near_step);
  d->is_tempo_ranged = true;
  plan->n_warnings   = n_warnings;
  plan->n_hits       = 0;
  plan->n_short_bars = 0;
  return cs_fit_tempo(d);
}

// ---- What follows from the rest --------------------------------------------

static void
complete_sections(CsPlan *plan, const CsTimeline *t)
{
  for (size_t i = 0; i < plan->n_sections; i++) {
    CsSection *s = &plan->sections[i];
    s->start_s   = cs_seconds_of_tick(t, (double)cs_bar_tick(t, s->first_bar));
    s->end_s =
        cs_seconds_of_tick(t, (double)cs_bar_tick(t, s->first_bar + s->n_bars));
    if (i + 1 == plan->n_sections)
      s->end_s = fmin(s->end_s, plan->duration_s);
  }
}

CsStatus
cs_complete_plan(CsArena *arena, CsPlan *plan)
{
  int bar = 0;
  for (size_t i = 0; i < plan->n_sections; i++) {
    plan->sections[i].first_bar = bar;
    bar += plan->sections[i].n_bars;
  }
  plan->n_frames =
      (uint64_t)floor(plan->duration_s * (double)plan->sample_rate + 0.5);
  CsTimeline *t = NULL;
  CS_TRY(cs_timeline_make(arena, plan, &t));
  complete_sections(plan, t);
  for (size_t i = 0; i < plan->n_tempos; i++)
    plan->tempos[i].at_s =
        cs_seconds_of_tick(t, (double)cs_bar_tick(t, plan->tempos[i].bar));
  for (size_t i = 0; i < plan->n_key_changes; i++)
    plan->key_changes[i].at_s =
        cs_seconds_of_tick(t, (double)cs_bar_tick(t, plan->key_changes[i].bar));
  for (size_t i = 0; i < plan->n_hits; i++) {
    CsHit *hit   = &plan->hits[i];
    hit->is_at_s = cs_seconds_of_tick(
        t, (double)cs_bar_tick(t, hit->bar) + hit->beat * CS_TICKS_PER_QUARTER);
  }
  plan->ring_out_s = 0.0;
  if (plan->n_sections > 0 &&
      plan->sections[plan->n_sections - 1].kind == CS_SECTION_END)
    plan->ring_out_s =
        plan->duration_s -
        cs_seconds_of_tick(t, (double)cs_bar_tick(t, plan->n_bars - 1));
  return CS_OK;
}

/// What a broken file would have given is missing among the choices.
static CsStatus
warn_of_broken_presets(CsDraft *d)
{
  for (size_t i = 0; i < d->presets->n_broken; i++)
    CS_TRY(cs_plan_warn(d, "preset_broken", "%s; the file was left out.",
        d->presets->broken[i].message));
  return CS_OK;
}

static void
find_moods(CsDraft *d)
{
  const CsStrings *const lists[] = {
      &d->brief->moods, &d->brief->genres, &d->brief->uses};
  d->moods = cs_moods_of_words(d->presets, lists, sizeof lists / sizeof *lists);
}

CsStatus
cs_plan_make(CsArena *arena, const CsPresets *presets, const CsBrief *brief,
    const CsPlanWish *wish, CsPlan **plan)
{
  CsDraft d = {
      .arena = arena, .presets = presets, .brief = brief, .wish = wish};
  d.plan = CS_NEW(arena, CsPlan);
  CS_TRY_NEW(d.plan);
  CS_TRY(warn_of_broken_presets(&d));
  find_moods(&d);
  CS_TRY(cs_resolve_request(&d));
  CS_TRY(cs_choose_style(&d));
  resolve_mood(&d);
  resolve_meter(&d);
  resolve_tempo(&d);
  CS_TRY(fit_tempo(&d));
  CS_TRY(cs_timeline_make(arena, d.plan, &d.time));
  CS_TRY(cs_lay_form(&d));
  CS_TRY(cs_choose_key(&d));
  CS_TRY(cs_change_keys(&d));
  CS_TRY(cs_write_chords_of_plan(&d));
  CS_TRY(cs_complete_plan(arena, d.plan));
  CS_TRY(cs_choose_tracks(&d));
  CS_TRY(cs_keep_heard_keys(&d));
  *plan = d.plan;
  return CS_OK;
}
