// How a family is told: in the record of every member, and in family.json.

#include "gen/jobs/family.h"

#include <string.h>

static void
write_files(CsJsonWriter *w, const CsFamily *f)
{
  cs_json_begin_array(w, "members");
  for (size_t i = 0; i < f->n; i++) {
    const CsMember *m = &f->members[i];
    cs_json_begin_flat_object(w, NULL);
    cs_json_put_string(w, "member", m->cut.name);
    cs_json_put_string(w, "file", m->file);
    cs_json_end_object(w);
  }
  cs_json_end_array(w);
}

/// How the member was drawn, and how near of kin it is.
static void
write_figures(CsJsonWriter *w, const CsMember *m)
{
  const CsMemberFigures *f = &m->figures;
  cs_json_put_number(w, "draws", m->n_draws);
  cs_json_put_rounded(w, "density_step", m->density, 2);
  cs_json_put_number(w, "harmony_draw", m->harmony);
  cs_json_put_rounded(w, "literal_share", f->literal_share, 3);
  if (f->literal_with != NULL)
    cs_json_put_string(w, "literal_with", f->literal_with);
  cs_json_put_string(w, "theme_in", cs_carrier_names[f->theme.carrier]);
  cs_json_put_number(w, "theme_stated", f->theme.n_heard);
  cs_json_put_rounded(w, "tempo_bpm", f->tempo_bpm, 2);
  cs_json_put_rounded(w, "palette_share", f->palette_share, 2);
  if (f->cadence != NULL) {
    cs_json_put_rounded(w, "last_downbeat_before_end_s", f->ring_s, 3);
    cs_json_put_string(w, "cadence", f->cadence);
  }
  if (m->n_wrong > 0)
    cs_json_put_string(w, "wrong", m->wrong);
}

CsStatus
cs_family_note(
    const CsFamily *family, const CsMember *member, const char **json)
{
  CsText text    = cs_text_new(family->arena);
  CsJsonWriter w = cs_json_writer(&text, false);
  cs_json_begin_object(&w, NULL);
  cs_json_put_string(&w, "id", family->id);
  cs_json_put_string(&w, "member", member->cut.name);
  write_figures(&w, member);
  write_files(&w, family);
  cs_json_end_object(&w);
  return cs_text_take(&text, json);
}

/// The notes, one string a line.
static CsStatus
write_notes(CsJsonWriter *w, const CsFamily *f)
{
  cs_json_begin_array(w, "notes");
  for (const char *at = f->notes; *at != '\0';) {
    const size_t n   = strcspn(at, "\n");
    const char *line = cs_arena_copy(f->arena, at, n);
    CS_TRY_NEW(line);
    cs_json_put_string(w, NULL, line);
    at += n + (at[n] == '\n');
  }
  cs_json_end_array(w);
  return CS_OK;
}

static void
write_warnings(CsJsonWriter *w, const CsJob *job)
{
  const CsWarning *lists[] = {job->brief->warnings, job->plan->warnings};
  const size_t n[]         = {job->brief->n_warnings, job->plan->n_warnings};
  cs_json_begin_array(w, "warnings");
  for (int l = 0; l < 2; l++)
    for (size_t i = 0; i < n[l]; i++) {
      cs_json_begin_flat_object(w, NULL);
      cs_json_put_string(w, "code", lists[l][i].code);
      cs_json_put_string(w, "message", lists[l][i].message);
      cs_json_end_object(w);
    }
  cs_json_end_array(w);
}

static void
write_member(CsJsonWriter *w, const CsMember *m)
{
  cs_json_begin_object(w, NULL);
  cs_json_put_string(w, "member", m->cut.name);
  cs_json_put_string(w, "kind", cs_cut_kind_names[m->cut.kind]);
  cs_json_put_string(w, "file", m->file);
  if (m->sha256 != NULL)
    cs_json_put_string(w, "sha256", m->sha256);
  if (m->job != NULL) {
    cs_json_put_number(w, "duration_s", m->job->plan->duration_s);
    cs_json_put_rounded(w, "target_lufs", m->job->measured.target_lufs, 2);
    cs_json_put_number(w, "seed", (double)m->job->plan->seed);
    write_figures(w, m);
    cs_json_begin_flat_array(w, "hard_missed");
    for (size_t i = 0; i < m->job->n_missed; i++)
      cs_json_put_string(w, NULL, m->job->missed[i]);
    cs_json_end_array(w);
    write_warnings(w, m->job);
  }
  cs_json_end_object(w);
}

CsStatus
cs_family_json(const CsFamily *family, const char **json)
{
  char key[32];
  const CsJob *full = family->members[0].job;
  CsText text       = cs_text_new(family->arena);
  CsJsonWriter w    = cs_json_writer(&text, true);
  cs_key_name(full->plan->key, key);
  cs_json_begin_object(&w, NULL);
  cs_json_put_string(&w, "cuesmith", cs_version());
  cs_json_put_number(&w, "engine", cs_engine_version());
  cs_json_put_string(&w, "id", family->id);
  cs_json_put_string(&w, "prompt", family->wish.prompt);
  cs_options_write_json(&full->options, &w, "options");
  cs_json_put_number(&w, "seed", (double)full->plan->seed);
  cs_json_put_number(&w, "theme_seed", (double)full->plan->theme_seed);
  cs_json_put_string(&w, "style", full->plan->style);
  cs_json_put_string(&w, "key", key);
  cs_json_begin_array(&w, "members");
  for (size_t i = 0; i < family->n; i++)
    write_member(&w, &family->members[i]);
  cs_json_end_array(&w);
  CS_TRY(write_notes(&w, family));
  cs_json_end_object(&w);
  cs_text_add(&text, "\n");
  return cs_text_take(&text, json);
}
