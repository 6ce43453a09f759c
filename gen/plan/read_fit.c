// Does a plan that was read fit its length?

#include "gen/plan/plan_read.h"

#include <math.h>

/// Bars may miss the end of a file without a last downbeat by so much.
static const double end_tolerance_s = 0.010;

/// Where bars that fit the length would need the tempo to be, from seconds that
/// they take now. Rounded inwards to hundredths.
static CsStatus
fail_tempo(const CsPlanReader *r, double body_s, double least_s, double most_s,
    const char *what)
{
  const double bpm   = r->plan->tempos[0].bpm;
  const CsJson *at   = cs_json_member(r->root, "tempo");
  const CsJson *one  = at != NULL ? at->first : NULL;
  const CsJson *node = one != NULL ? cs_json_member(one, "bpm") : r->root;
  if (most_s <= 0.0)
    return cs_json_fail(r->arena, node,
        "%d bars find no place in %g s; take bars away", r->plan->n_bars,
        r->plan->duration_s);
  const double low = fmax(30.0, bpm * body_s / most_s);
  const double high =
      least_s > 0.0 ? fmin(300.0, bpm * body_s / least_s) : 300.0;
  if (low > high)
    return cs_json_fail(r->arena, node,
        "%d bars do not fit %g s at any tempo of 30..300 BPM; change the bars",
        r->plan->n_bars, r->plan->duration_s);
  const double few = high - low < 0.1 ? 1e4 : 1e2;
  return cs_json_fail(r->arena, node,
      "at %g BPM %s; with %d bars in %g s the tempo must be %.*f..%.*f BPM",
      bpm, what, r->plan->n_bars, r->plan->duration_s, few > 1e2 ? 4 : 2,
      ceil(low * few) / few, few > 1e2 ? 4 : 2, floor(high * few) / few);
}

static CsStatus
check_ring_out(const CsPlanReader *r)
{
  const CsPlan *plan   = r->plan;
  const double last_s  = plan->duration_s - plan->ring_out_s;
  const double bpm     = plan->tempos[plan->n_tempos - 1].bpm;
  const CsRingOut ring = cs_ring_out(plan->function, plan->duration_s,
      60.0 * cs_meter_beat_quarters(plan->meter) / bpm);
  const double ring_s  = plan->ring_out_s - cs_tail_silence_s(plan);
  if (ring_s >= ring.low_s - end_tolerance_s &&
      ring_s <= ring.high_s + end_tolerance_s)
    return CS_OK;
  const char *what =
      plan->ring_out_s > 0.0
          ? cs_arena_printf(r->arena,
                "the last downbeat comes %.2f s before the end instead of "
                "%.2f..%.2f s",
                plan->ring_out_s, ring.low_s, ring.high_s)
          : "the last downbeat comes after the end";
  CS_TRY_NEW(what);
  const double room = plan->duration_s - plan->lead_in_s;
  return fail_tempo(
      r, last_s - plan->lead_in_s, room - ring.high_s, room - ring.low_s, what);
}

/// Without a last downbeat the bars reach the end: a loop exactly, others so
/// that only the last one is broken off.
static CsStatus
check_end(const CsPlanReader *r, const CsTimeline *t)
{
  const CsPlan *plan = r->plan;
  const double end =
      cs_seconds_of_tick(t, (double)cs_bar_tick(t, plan->n_bars));
  const double last =
      cs_seconds_of_tick(t, (double)cs_bar_tick(t, plan->n_bars - 1));
  const double room = plan->duration_s - plan->lead_in_s;
  const double body = end - plan->lead_in_s;
  if (end < plan->duration_s - end_tolerance_s)
    return fail_tempo(r, body, room - end_tolerance_s, room + end_tolerance_s,
        "the bars end before the file");
  if (plan->ending == CS_ENDING_LOOP &&
      end > plan->duration_s + end_tolerance_s)
    return fail_tempo(r, body, room - end_tolerance_s, room + end_tolerance_s,
        "the bars of the loop end after the file");
  if (last >= plan->duration_s)
    return fail_tempo(r, body, room - end_tolerance_s, room + end_tolerance_s,
        "whole bars stand after the end of the file");
  return CS_OK;
}

CsStatus
cs_check_fit(const CsPlanReader *r)
{
  CsTimeline *t = NULL;
  CS_TRY(cs_timeline_make(r->arena, r->plan, &t));
  const CsSection *last = &r->plan->sections[r->plan->n_sections - 1];
  return last->kind == CS_SECTION_END ? check_ring_out(r) : check_end(r, t);
}
