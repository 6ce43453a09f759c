#include "gen/base/mathx.h"
#include "gen/plan/planning.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// The text form of a plan. Bars and beats are counted from 1 there, from 0 in
// the structs.

// ---- Writing ---------------------------------------------------------------

/// Onsets a second that each function may aim at, RULEBOOK 2.1.
static const double densities[CS_N_FUNCTIONS][2] = {
    [CS_UNDERSCORE] = {0.4, 2.0},
    [CS_BED]        = {2.0, 4.0},
    [CS_STINGER]    = {4.0, 10.0},
    [CS_THEMATIC]   = {1.0, 8.0},
    [CS_AMBIENT]    = {0.1, 0.8},
};

static double
density_of(const CsPlan *plan, double energy)
{
  const double *range = densities[plan->function];
  const double surface =
      2.6 * cs_exp2(1.15 * plan->arousal + 0.5 * plan->density);
  return cs_clamp(surface * (0.35 + 0.85 * energy), range[0], range[1]);
}

static void
write_times(const CsPlan *plan, CsJsonWriter *w)
{
  cs_json_put_number(w, "duration_s", plan->duration_s);
  cs_json_put_number(w, "frames", (double)plan->n_frames);
  cs_json_put_number(w, "sample_rate", plan->sample_rate);
  cs_json_put_number(w, "lead_in_s", plan->lead_in_s);
  cs_json_put_rounded(w, "ring_out_s", plan->ring_out_s, 6);
  cs_json_begin_array(w, "tempo");
  for (size_t i = 0; i < plan->n_tempos; i++) {
    cs_json_begin_flat_object(w, NULL);
    cs_json_put_rounded(w, "at_s", plan->tempos[i].at_s, 6);
    cs_json_put_number(w, "bar", plan->tempos[i].bar + 1);
    cs_json_put_number(w, "bpm", plan->tempos[i].bpm);
    cs_json_end_object(w);
  }
  cs_json_end_array(w);
  cs_json_put_number(w, "bars", plan->n_bars);
  if (plan->n_short_bars == 0)
    return;
  cs_json_begin_array(w, "short_bars");
  for (size_t i = 0; i < plan->n_short_bars; i++) {
    cs_json_begin_flat_object(w, NULL);
    cs_json_put_number(w, "bar", plan->short_bars[i].bar + 1);
    cs_json_put_number(w, "quarters", plan->short_bars[i].quarters);
    cs_json_end_object(w);
  }
  cs_json_end_array(w);
}

static void
write_key_changes(const CsPlan *plan, CsJsonWriter *w)
{
  char name[32];
  if (plan->n_key_changes == 0)
    return;
  cs_json_begin_array(w, "key_changes");
  for (size_t i = 0; i < plan->n_key_changes; i++) {
    cs_key_name(plan->key_changes[i].key, name);
    cs_json_begin_flat_object(w, NULL);
    cs_json_put_rounded(w, "at_s", plan->key_changes[i].at_s, 6);
    cs_json_put_number(w, "bar", plan->key_changes[i].bar + 1);
    cs_json_put_string(w, "key", name);
    cs_json_end_object(w);
  }
  cs_json_end_array(w);
}

static void
write_strings(CsJsonWriter *w, const char *key, const CsStrings *strings)
{
  cs_json_begin_flat_array(w, key);
  for (size_t i = 0; i < strings->n; i++)
    cs_json_put_string(w, NULL, strings->items[i]);
  cs_json_end_array(w);
}

static void
write_pair(CsJsonWriter *w, const char *key, double a, double b)
{
  cs_json_begin_flat_array(w, key);
  cs_json_put_number(w, NULL, a);
  cs_json_put_number(w, NULL, b);
  cs_json_end_array(w);
}

static void
write_sections(const CsPlan *plan, CsJsonWriter *w)
{
  cs_json_begin_array(w, "sections");
  for (size_t i = 0; i < plan->n_sections; i++) {
    const CsSection *s = &plan->sections[i];
    cs_json_begin_object(w, NULL);
    cs_json_put_string(w, "name", s->name);
    cs_json_put_string(w, "kind", cs_section_kind_names[s->kind]);
    cs_json_put_rounded(w, "start_s", s->start_s, 6);
    cs_json_put_rounded(w, "end_s", s->end_s, 6);
    cs_json_put_number(w, "bars", s->n_bars);
    write_pair(w, "energy", s->energy[0], s->energy[1]);
    write_strings(w, "chords", &s->chords);
    cs_json_end_object(w);
  }
  cs_json_end_array(w);
}

/// A curve through the sections' borders; a step has two points.
static void
write_curve(const CsPlan *plan, CsJsonWriter *w, const char *key, bool density)
{
  cs_json_begin_flat_array(w, key);
  double last_t = -1.0, last_e = -1.0;
  for (size_t i = 0; i < plan->n_sections; i++)
    for (int k = 0; k < 2; k++) {
      const CsSection *s = &plan->sections[i];
      const double t     = k == 0 ? s->start_s : s->end_s;
      const double e     = s->energy[k];
      if (t == last_t && e == last_e)
        continue;
      cs_json_begin_flat_array(w, NULL);
      cs_json_put_rounded(w, NULL, t, 3);
      cs_json_put_rounded(w, NULL, density ? density_of(plan, e) : e, 3);
      cs_json_end_array(w);
      last_t = t, last_e = e;
    }
  cs_json_end_array(w);
}

static void
write_spans(
    CsJsonWriter *w, const char *key, const CsSpan *spans, size_t n_spans)
{
  if (n_spans == 0)
    return;
  cs_json_begin_flat_array(w, key);
  for (size_t i = 0; i < n_spans; i++)
    write_pair(w, NULL, spans[i].start_s, spans[i].end_s);
  cs_json_end_array(w);
}

static void
write_waits(CsJsonWriter *w, const CsTrack *track)
{
  if (track->n_waits == 0)
    return;
  cs_json_begin_flat_array(w, "waits");
  for (size_t i = 0; i < track->n_waits; i++)
    write_pair(w, NULL, track->waits[i].first_bar + 1, track->waits[i].n_bars);
  cs_json_end_array(w);
}

static void
write_hits(const CsPlan *plan, CsJsonWriter *w)
{
  cs_json_begin_array(w, "hits");
  for (size_t i = 0; i < plan->n_hits; i++) {
    const CsHit *hit = &plan->hits[i];
    cs_json_begin_flat_object(w, NULL);
    cs_json_put_number(w, "at_s", hit->at_s);
    cs_json_put_number(w, "bar", hit->bar + 1);
    cs_json_put_rounded(w, "beat", hit->beat + 1.0, 6);
    cs_json_put_rounded(w, "is_at_s", hit->is_at_s, 6);
    cs_json_end_object(w);
  }
  cs_json_end_array(w);
}

static void
write_track(const CsTrack *track, CsJsonWriter *w)
{
  cs_json_begin_object(w, NULL);
  cs_json_put_string(w, "role", cs_role_names[track->role]);
  cs_json_put_string(w, "name", track->instrument);
  cs_json_put_number(w, "bank", track->bank);
  cs_json_put_number(w, "program", track->program);
  cs_json_put_string(w, "stem", cs_stem_names[track->stem]);
  write_pair(w, "range", track->range[0], track->range[1]);
  cs_json_put_number(w, "level_db", track->level_db);
  cs_json_put_number(w, "pan", track->pan);
  write_strings(w, "patterns", &track->patterns);
  cs_json_put_number(w, "enter", track->enter);
  cs_json_put_number(w, "leave", track->leave);
  write_spans(w, "spans", track->spans, track->n_spans);
  write_waits(w, track);
  cs_json_put_number(w, "seed", (double)track->seed);
  cs_json_end_object(w);
}

static void
write_sound(const CsPlan *plan, CsJsonWriter *w)
{
  cs_json_put_string(w, "ending", cs_ending_names[plan->ending]);
  cs_json_put_number(w, "fade_in_s", plan->fade_in_s);
  cs_json_put_number(w, "fade_out_s", plan->fade_out_s);
  cs_json_put_number(w, "loudness_lufs", plan->loudness_lufs);
  cs_json_put_number(w, "peak_dbtp", plan->peak_dbtp);
  cs_json_put_number(w, "valence", plan->valence);
  cs_json_put_number(w, "arousal", plan->arousal);
  cs_json_put_number(w, "busyness", plan->density);
}

static void
write_warnings(const CsPlan *plan, CsJsonWriter *w)
{
  cs_json_begin_array(w, "warnings");
  for (size_t i = 0; i < plan->n_warnings; i++) {
    cs_json_begin_object(w, NULL);
    cs_json_put_string(w, "code", plan->warnings[i].code);
    cs_json_put_string(w, "message", plan->warnings[i].message);
    cs_json_end_object(w);
  }
  cs_json_end_array(w);
}

void
cs_plan_write_json(const CsPlan *plan, CsJsonWriter *w, const char *key)
{
  char text[32];
  cs_json_begin_object(w, key);
  cs_json_put_number(w, "engine", plan->engine);
  cs_json_put_number(w, "seed", (double)plan->seed);
  cs_json_put_number(w, "theme_seed", (double)plan->theme_seed);
  cs_json_put_string(w, "function", cs_function_names[plan->function]);
  cs_json_put_string(w, "style", plan->style);
  cs_json_put_string(w, "style_reason", plan->style_reason);
  cs_key_name(plan->key, text);
  cs_json_put_string(w, "key", text);
  cs_json_put_string(w, "mode", cs_mode_names[plan->key.mode]);
  write_key_changes(plan, w);
  (void)snprintf(text, sizeof text, "%d/%d", plan->meter.numerator,
      plan->meter.denominator);
  cs_json_put_string(w, "meter", text);
  write_times(plan, w);
  write_sections(plan, w);
  write_curve(plan, w, "energy", false);
  write_curve(plan, w, "density", true);
  write_hits(plan, w);
  write_spans(w, "silences", plan->silences, plan->n_silences);
  cs_json_begin_array(w, "tracks");
  for (size_t i = 0; i < plan->n_tracks; i++)
    write_track(&plan->tracks[i], w);
  cs_json_end_array(w);
  write_strings(w, "exclude", &plan->exclude);
  write_sound(plan, w);
  write_warnings(plan, w);
  cs_json_end_object(w);
}
