#include "gen/jobs/row.h"

#include <string.h>

static void
put_text(CsJsonWriter *w, const CsJson *from, const char *name)
{
  const char *text = cs_json_text_of(from, name);
  if (text != NULL)
    cs_json_put_string(w, name, text);
}

/// The warnings of the brief or of the plan.
static CsStatus
put_warnings(CsArena *arena, const CsJson *from, CsJsonWriter *w)
{
  const CsJson *list = cs_json_member_of(from, "warnings", CS_JSON_ARRAY);
  const CsJson *it   = list != NULL ? list->first : NULL;
  for (; it != NULL; it = it->next) {
    const char *code    = cs_json_text_of(it, "code");
    const char *message = cs_json_text_of(it, "message");
    if (code == NULL || message == NULL)
      continue;
    const char *text = cs_arena_printf(arena, "%s: %s", code, message);
    CS_TRY_NEW(text);
    cs_json_put_string(w, NULL, text);
  }
  return CS_OK;
}

static const CsJson *
missed_of(const CsJson *root)
{
  return cs_json_member_of(cs_json_member_of(root, "audit", CS_JSON_OBJECT),
      "hard_missed", CS_JSON_ARRAY);
}

static void
put_missed(CsJsonWriter *w, const CsJson *root)
{
  const CsJson *list = missed_of(root);
  const CsJson *it   = list != NULL ? list->first : NULL;
  cs_json_begin_array(w, "missed");
  for (; it != NULL; it = it->next)
    if (it->kind == CS_JSON_STRING)
      cs_json_put_string(w, NULL, it->string);
  cs_json_end_array(w);
}

static double
first_tempo(const CsJson *plan)
{
  const CsJson *list = cs_json_member_of(plan, "tempo", CS_JSON_ARRAY);
  return list != NULL ? cs_json_number_of(list->first, "bpm") : 0.0;
}

static CsStatus
parse(CsArena *arena, const char *record, size_t n_bytes, const CsJson **root)
{
  CS_TRY(cs_json_parse(arena, "the record", record, n_bytes, root));
  if (cs_json_member_of(*root, "plan", CS_JSON_OBJECT) != NULL &&
      cs_json_member_of(*root, "audio", CS_JSON_OBJECT) != NULL)
    return CS_OK;
  return cs_json_fail(arena, *root, "a record holds a plan and audio");
}

CsStatus
cs_row_n_missed(
    CsArena *arena, const char *record, size_t n_bytes, size_t *n_missed)
{
  const CsJson *root = NULL;
  CS_TRY(parse(arena, record, n_bytes, &root));
  const CsJson *list = missed_of(root);
  *n_missed          = list != NULL ? list->n_children : 0;
  return CS_OK;
}

CsStatus
cs_row_put_record(
    CsArena *arena, const char *record, size_t n_bytes, CsJsonWriter *w)
{
  const CsJson *root = NULL;
  CS_TRY(parse(arena, record, n_bytes, &root));
  const CsJson *plan   = cs_json_member_of(root, "plan", CS_JSON_OBJECT);
  const CsJson *audio  = cs_json_member_of(root, "audio", CS_JSON_OBJECT);
  const CsJson *missed = missed_of(root);
  const double rate    = cs_json_number_of(audio, "sample_rate");
  cs_json_put_string(w, "status",
      missed != NULL && missed->n_children > 0 ? "missed" : "made");
  put_text(w, plan, "function");
  put_text(w, plan, "style");
  cs_json_put_rounded(w, "seconds",
      rate > 0.0 ? cs_json_number_of(audio, "frames") / rate : 0.0, 6);
  cs_json_put_rounded(
      w, "lufs", cs_json_number_of(audio, "integrated_lufs"), 2);
  cs_json_put_rounded(
      w, "momentary_lufs", cs_json_number_of(audio, "momentary_max_lufs"), 2);
  cs_json_put_rounded(
      w, "peak_dbtp", cs_json_number_of(audio, "true_peak_dbtp"), 2);
  if (cs_json_member(audio, "decoded_true_peak_dbtp") != NULL)
    cs_json_put_rounded(w, "decoded_peak_dbtp",
        cs_json_number_of(audio, "decoded_true_peak_dbtp"), 2);
  cs_json_put_rounded(w, "tempo_bpm", first_tempo(plan), 3);
  put_text(w, plan, "key");
  cs_json_put_number(w, "seed", cs_json_number_of(root, "seed"));
  cs_json_begin_array(w, "warnings");
  CS_TRY(
      put_warnings(arena, cs_json_member_of(root, "brief", CS_JSON_OBJECT), w));
  CS_TRY(put_warnings(arena, plan, w));
  cs_json_end_array(w);
  put_missed(w, root);
  put_text(w, audio, "sha256");
  return CS_OK;
}
