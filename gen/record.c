// The record: how a cue was made and what it measures (DESIGN, section 5).

#include "gen/engine.h"

#include "gen/render/render.h"

#include <string.h>

static const char statement[] =
    "Composed by rule and rendered by cuesmith; no recording or composition of "
    "others is used beyond the samples named here. The audio is given to you "
    "without conditions.";

static void
write_libraries(CsJsonWriter *w)
{
  cs_json_begin_object(w, "libraries");
  cs_json_put_string(w, "fluidsynth", cs_fluidsynth_version());
  cs_json_put_string(w, "libsndfile", cs_sndfile_version());
  cs_json_end_object(w);
}

static void
write_audio(CsJsonWriter *w, const CsJob *job)
{
  const CsMeasured *m = &job->measured;
  cs_json_begin_object(w, "audio");
  cs_json_put_number(w, "frames", (double)job->plan->n_frames);
  cs_json_put_number(w, "sample_rate", job->plan->sample_rate);
  cs_json_put_number(w, "channels", job->options.n_channels);
  cs_json_put_string(w, "bits", cs_sample_format_names[job->options.format]);
  cs_json_put_rounded(w, "integrated_lufs", m->integrated_lufs, 2);
  cs_json_put_rounded(w, "momentary_max_lufs", m->momentary_lufs, 2);
  cs_json_put_rounded(w, "true_peak_dbtp", m->true_peak_dbtp, 2);
  cs_json_put_rounded(w, "target_lufs", m->target_lufs, 2);
  cs_json_put_rounded(w, "limiting_db", m->limiting_db, 2);
  cs_json_put_string(w, "sha256", m->sha256);
  cs_json_end_object(w);
}

static const char *
base_name(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

static void
write_provenance(CsJsonWriter *w, const CsJob *job)
{
  const CsFont *font = &job->font;
  cs_json_begin_object(w, "provenance");
  cs_json_begin_array(w, "soundfonts");
  cs_json_begin_object(w, NULL);
  cs_json_put_string(w, "name", font->name);
  cs_json_put_string(w, "file", base_name(font->path));
  cs_json_put_string(w, "sha256", font->sha256);
  cs_json_put_string(w, "licence", font->licence);
  if (font->holder != NULL)
    cs_json_put_string(w, "holder", font->holder);
  cs_json_end_object(w);
  cs_json_end_array(w);
  cs_json_put_string(w, "licence", "CC0-1.0");
  cs_json_put_string(w, "statement", statement);
  cs_json_end_object(w);
}

CsStatus
cs_record_make(CsArena *arena, const CsJob *job, const char **json)
{
  CsText text    = cs_text_new(arena);
  CsJsonWriter w = cs_json_writer(&text, true);
  cs_json_begin_object(&w, NULL);
  cs_json_put_string(&w, "cuesmith", cs_version());
  cs_json_put_number(&w, "engine", CS_ENGINE_VERSION);
  cs_json_put_string(
      &w, "prompt", job->brief != NULL ? job->brief->prompt : "");
  cs_options_write_json(&job->options, &w, "options");
  cs_json_put_number(&w, "seed", (double)job->plan->seed);
  cs_json_put_bool(&w, "plan_edited", job->plan_is_edited);
  write_libraries(&w);
  if (job->brief != NULL)
    cs_brief_write_json(job->brief, &w, "brief");
  cs_plan_write_json(job->plan, &w, "plan");
  write_audio(&w, job);
  write_provenance(&w, job);
  cs_json_end_object(&w);
  cs_text_add(&text, "\n");
  return cs_text_take(&text, json);
}
