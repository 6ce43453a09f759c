#include "grammar/brief.h"

#include <math.h>
#include <string.h>

const char *const cs_arc_kind_names[CS_N_ARC_KINDS] = {
    [CS_ARC_BUILD]    = "build",
    [CS_ARC_FALL]     = "fall",
    [CS_ARC_PEAK]     = "peak",
    [CS_ARC_DROP]     = "drop",
    [CS_ARC_RISE]     = "rise",
    [CS_ARC_HIT]      = "hit",
    [CS_ARC_SILENCE]  = "silence",
    [CS_ARC_ENTER]    = "enter",
    [CS_ARC_EXIT]     = "exit",
    [CS_ARC_FADE_IN]  = "fade_in",
    [CS_ARC_FADE_OUT] = "fade_out",
    [CS_ARC_KEY]      = "key",
};

const char *const cs_anchor_names[CS_N_ANCHORS] = {
    [CS_ANCHOR_START] = "start",
    [CS_ANCHOR_END]   = "end",
    [CS_ANCHOR_SHARE] = "share",
};

/// Lengths by function where none is said, in seconds (DESIGN, section 5).
static const double default_s[CS_N_FUNCTIONS] = {
    [CS_STINGER]    = 4.0,
    [CS_UNDERSCORE] = 60.0,
    [CS_THEMATIC]   = 90.0,
    [CS_BED]        = 120.0,
    [CS_AMBIENT]    = 180.0,
};

double
cs_brief_default_s(const CsBrief *brief)
{
  return default_s[brief->said & CS_SAID_FUNCTION ? brief->function
                                                  : CS_THEMATIC];
}

/// Rounding in what people say: an event this late still lies inside.
static const double edge_s = 0.05;

CsStatus
cs_brief_warn(
    CsArena *arena, CsBrief *brief, const char *code, const char *message)
{
  for (size_t i = 0; i < brief->n_warnings; i++)
    if (strcmp(brief->warnings[i].code, code) == 0 &&
        strcmp(brief->warnings[i].message, message) == 0)
      return CS_OK;
  CsWarning *larger = CS_NEW_N(arena, CsWarning, brief->n_warnings + 1);
  const char *copy  = cs_arena_copy(arena, message, strlen(message));
  const char *name  = cs_arena_copy(arena, code, strlen(code));
  CS_TRY_NEW(larger);
  CS_TRY_NEW(copy);
  CS_TRY_NEW(name);
  if (brief->n_warnings > 0)
    memcpy(larger, brief->warnings, brief->n_warnings * sizeof *larger);
  larger[brief->n_warnings++] = (CsWarning){name, copy};
  brief->warnings             = larger;
  return CS_OK;
}

double
cs_anchored_seconds(CsAnchor anchor, double at, double duration_s)
{
  switch (anchor) {
  case CS_ANCHOR_START:
    return at;
  case CS_ANCHOR_END:
    return duration_s - at;
  case CS_ANCHOR_SHARE:
    return at * duration_s;
  case CS_N_ANCHORS:
    break;
  }
  return at;
}

typedef enum Fit {
  FIT_INSIDE,
  FIT_OUTSIDE, ///< It would begin before or behind the cue.
  FIT_TURNED,  ///< It would end before it begins.
} Fit;

/// A span that ended with the old length ends with the new one.
static Fit
fit_event(CsArcEvent *event, double old_s, double duration_s)
{
  const bool to_end = event->end_anchor == CS_ANCHOR_START && event->has_end &&
                      old_s > 0.0 && event->end_at >= old_s - edge_s;
  if (to_end)
    event->end_at = duration_s;
  event->start_s =
      cs_anchored_seconds(event->anchor, event->start_at, duration_s);
  event->end_s =
      cs_anchored_seconds(event->end_anchor, event->end_at, duration_s);
  if (event->start_s < 0.0 && event->has_end && event->end_s > 0.0)
    event->start_s = 0.0; // "builds in the last 20 s" of 10 s: all of it
  if (event->has_start &&
      (event->start_s > duration_s + edge_s || event->start_s < -edge_s))
    return FIT_OUTSIDE;
  event->start_s = fmin(fmax(event->start_s, 0.0), duration_s);
  event->end_s   = fmin(event->end_s, duration_s);
  if (event->has_end && event->end_s < event->start_s - edge_s)
    return FIT_TURNED;
  if (event->has_end)
    event->end_s = fmax(event->end_s, event->start_s);
  return FIT_INSIDE;
}

static CsStatus
drop_event(CsArena *arena, CsBrief *brief, const CsArcEvent *event, Fit fit,
    double duration_s)
{
  const char *kind = cs_arc_kind_names[event->kind];
  const char *message =
      fit == FIT_TURNED
          ? cs_arena_printf(arena,
                "the %s from %g s would end at %g s in a length of %g s; it is "
                "left out",
                kind, event->start_s, event->end_s, duration_s)
          : cs_arena_printf(arena,
                "the %s at %g s lies outside the length of %g s; it is left "
                "out",
                kind, event->start_s, duration_s);
  CS_TRY_NEW(message);
  return cs_brief_warn(arena, brief, "contradiction", message);
}

static bool
is_at(double a_s, double b_s)
{
  const double near_s = 0.25;
  return fabs(a_s - b_s) <= near_s;
}

/// Does everything come back where a silence ends?
static bool
is_return(const CsBrief *brief, const CsArcEvent *event)
{
  if (event->kind != CS_ARC_RISE || !event->has_start)
    return false;
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *other = &brief->arc[i];
    if (other->kind == CS_ARC_SILENCE && other->has_end &&
        is_at(other->end_s, event->start_s))
      return true;
  }
  return false;
}

/// A cut is another picture: its hits and silences are not those of the whole,
/// nor is what a silence is for.
static bool
is_bound(const CsBrief *brief, const CsArcEvent *event)
{
  return event->kind == CS_ARC_HIT || event->kind == CS_ARC_SILENCE ||
         event->kind == CS_ARC_FADE_OUT || is_return(brief, event);
}

static CsStatus
leave_out(CsArena *arena, CsBrief *brief, const CsArcEvent *event,
    double from_s, double to_s)
{
  const char *message = cs_arena_printf(arena,
      "the %s at %g s is meant for a length of %g s; it is left out in %g s",
      cs_arc_kind_names[event->kind], event->start_s, from_s, to_s);
  CS_TRY_NEW(message);
  return cs_brief_warn(arena, brief, "times_scaled", message);
}

static CsStatus
forget_arc(CsArena *arena, CsBrief *brief, double from_s)
{
  const char *message = cs_arena_printf(arena,
      "what the prompt says about the course of %g s is left out in a loop or "
      "a gesture",
      from_s);
  CS_TRY_NEW(message);
  if (brief->n_arc == 0)
    return CS_OK;
  brief->n_arc = 0;
  return cs_brief_warn(arena, brief, "times_scaled", message);
}

/// A build that is as short as its share of a short cue has no time to grow: it
/// keeps its length up to so much of the whole, and takes at most half of the
/// room that lies before it.
static const double build_share = 0.4;

/// @param free_s  When what comes before is over, in the cut; 0: nothing does.
static void
scale_event(CsArcEvent *event, double from_s, double to_s, double free_s)
{
  const double scale    = to_s / from_s;
  const double length_s = event->end_s - event->start_s;
  event->start_s *= scale;
  event->end_s *= scale;
  if (event->kind == CS_ARC_BUILD && event->has_start && event->has_end) {
    const double kept_s  = fmin(length_s, build_share * to_s);
    const double first_s = free_s > 0.0 ? 0.5 * (free_s + event->start_s) : 0.0;
    event->start_s = fmin(event->start_s, fmax(first_s, event->end_s - kept_s));
  }
  event->anchor = event->end_anchor = CS_ANCHOR_START;
  event->start_at                   = event->start_s;
  event->end_at                     = event->end_s;
}

/// When the builds and falls that end before an event begins are over, in the
/// cut.
static double
over_before(
    const CsArcEvent *all, size_t n, const CsArcEvent *event, double scale)
{
  double over_s = 0.0;
  for (size_t i = 0; i < n; i++)
    if ((all[i].kind == CS_ARC_BUILD || all[i].kind == CS_ARC_FALL) &&
        all[i].has_end && all[i].end_s <= event->start_s + edge_s)
      over_s = fmax(over_s, scale * all[i].end_s);
  return over_s;
}

static CsStatus
scale_all(CsArena *arena, CsBrief *brief, double from_s, double to_s, bool *any)
{
  size_t n         = 0;
  const size_t all = brief->n_arc;
  CsArcEvent *cut  = CS_NEW_N(arena, CsArcEvent, all + 1);
  *any             = false;
  CS_TRY_NEW(cut);
  for (size_t i = 0; i < all; i++) {
    const CsArcEvent *event = &brief->arc[i];
    if (is_bound(brief, event)) {
      CS_TRY(leave_out(arena, brief, event, from_s, to_s));
      continue;
    }
    cut[n] = *event;
    if (event->has_start || event->has_end) {
      scale_event(&cut[n], from_s, to_s,
          over_before(brief->arc, all, event, to_s / from_s));
      *any = true;
    }
    n++;
  }
  brief->arc   = cut;
  brief->n_arc = n;
  return CS_OK;
}

CsStatus
cs_brief_scale_arc(CsArena *arena, CsBrief *brief, double from_s, double to_s)
{
  bool any            = false;
  const double said_s = brief->duration_s;
  CS_TRY(cs_brief_fit_arc(arena, brief, from_s));
  brief->duration_s = said_s;
  if (to_s <= 0.0)
    return forget_arc(arena, brief, from_s);
  CS_TRY(scale_all(arena, brief, from_s, to_s, &any));
  const char *message = cs_arena_printf(arena,
      "the times that the prompt names are meant for %g s; they are scaled to "
      "%g s",
      from_s, to_s);
  CS_TRY_NEW(message);
  return any ? cs_brief_warn(arena, brief, "times_scaled", message) : CS_OK;
}

CsStatus
cs_brief_fit_arc(CsArena *arena, CsBrief *brief, double duration_s)
{
  size_t n = 0;
  for (size_t i = 0; i < brief->n_arc; i++) {
    CsArcEvent event = brief->arc[i];
    const Fit fit    = fit_event(&event, brief->duration_s, duration_s);
    if (fit == FIT_INSIDE)
      brief->arc[n++] = event;
    else
      CS_TRY(drop_event(arena, brief, &event, fit, duration_s));
  }
  brief->n_arc      = n;
  brief->duration_s = duration_s;
  return CS_OK;
}
