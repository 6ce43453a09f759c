#include "gen/cli/cli.h"

#include "gen/judge.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// ---- Numbers for a person ---------------------------------------------------

enum { FIGURE_BYTES = 48, WANTED_BYTES = 160 };

static bool
is_share(const CsProperty *property)
{
  return strcmp(property->unit, "share") == 0;
}

/// A count, a percentage, or two decimals.
static void
format_figure(const CsProperty *property, double value, char *out)
{
  const double shown = is_share(property) ? 100.0 * value : value;
  if (fabs(shown - round(shown)) < 1e-9 && fabs(shown) < 1e12)
    (void)snprintf(out, FIGURE_BYTES, "%.0f", shown);
  else
    (void)snprintf(
        out, FIGURE_BYTES, is_share(property) ? "%.1f" : "%.2f", shown);
}

static const char *
unit_of(const CsProperty *property)
{
  return is_share(property) ? "%" : property->unit;
}

static bool
is_truth(const CsProperty *property, const CsFinding *f)
{
  return property->unit[0] == '\0' && f->low == f->high;
}

static void
format_wanted(const CsProperty *property, const CsFinding *f, char *out)
{
  char low[FIGURE_BYTES], high[FIGURE_BYTES];
  format_figure(property, f->low, low);
  format_figure(property, f->high, high);
  const char *space = property->unit[0] != '\0' ? " " : "";
  const char *unit  = unit_of(property);
  if (is_truth(property, f))
    (void)snprintf(out, WANTED_BYTES, "yes");
  else if (f->low == f->high || (f->high == 0.0 && isinf(f->low)))
    (void)snprintf(out, WANTED_BYTES, "%s%s%s", high, space, unit);
  else if (isinf(f->low))
    (void)snprintf(out, WANTED_BYTES, "<= %s%s%s", high, space, unit);
  else if (isinf(f->high))
    (void)snprintf(out, WANTED_BYTES, ">= %s%s%s", low, space, unit);
  else
    (void)snprintf(out, WANTED_BYTES, "%s..%s%s%s", low, high, space, unit);
}

static void
format_measured(const CsProperty *property, const CsFinding *f, char *out)
{
  if (is_truth(property, f))
    (void)snprintf(out, FIGURE_BYTES, "%s", f->value == f->low ? "yes" : "no");
  else
    format_figure(property, f->value, out);
}

// ---- The table --------------------------------------------------------------

static const char *
verdict_of(const CsProperty *property, const CsFinding *f)
{
  return f->holds ? "pass" : property->is_hard ? "MISS" : "miss";
}

static void
add_row(CsText *text, const CsProperty *property, const CsFinding *f)
{
  char wanted[WANTED_BYTES], measured[FIGURE_BYTES];
  format_wanted(property, f, wanted);
  format_measured(property, f, measured);
  cs_text_addf(text, "%-5s %-32s %-20s %10s  %s%s%s\n", property->id,
      property->name, wanted, measured, verdict_of(property, f),
      f->holds || f->where[0] == '\0' ? "" : "  ", f->holds ? "" : f->where);
}

static void
add_missed(CsText *text, const CsAudit *audit, bool is_hard)
{
  for (size_t i = 0; i < cs_n_properties; i++)
    if (audit->findings[i].applies && !audit->findings[i].holds &&
        cs_properties[i]->is_hard == is_hard)
      cs_text_addf(text, " %s", cs_properties[i]->id);
}

static void
add_summary(CsText *text, const CsJudgement *judgement)
{
  const CsAudit *audit = &judgement->audit;
  cs_text_addf(text, "\n%zu properties apply, %zu hold", audit->n_applied,
      audit->n_applied - audit->n_missed_hard - audit->n_missed_soft);
  cs_text_add(text, "; hard missed:");
  if (audit->n_missed_hard == 0)
    cs_text_add(text, " none");
  add_missed(text, audit, true);
  cs_text_add(text, "; others missed:");
  if (audit->n_missed_soft == 0)
    cs_text_add(text, " none");
  add_missed(text, audit, false);
  cs_text_addf(text, "\n%s: %s\n",
      judgement->sound != NULL ? "heard" : "only the notes were judged",
      judgement->sound != NULL ? judgement->sound
                               : "no sound file of its name is beside the "
                                 "record");
}

static void
write_table(CsText *text, const CsJudgement *judgement)
{
  for (size_t i = 0; i < cs_n_properties; i++)
    if (judgement->audit.findings[i].applies)
      add_row(text, cs_properties[i], &judgement->audit.findings[i]);
  add_summary(text, judgement);
}

// ---- The same as JSON -------------------------------------------------------

static void
put_finite(CsJsonWriter *w, const char *key, double value)
{
  if (isfinite(value))
    cs_json_put_rounded(w, key, value, 6);
}

static void
put_finding(CsJsonWriter *w, const CsProperty *property, const CsFinding *f)
{
  cs_json_begin_flat_object(w, NULL);
  cs_json_put_string(w, "id", property->id);
  cs_json_put_string(w, "name", property->name);
  cs_json_put_bool(w, "hard", property->is_hard);
  cs_json_put_string(w, "unit", property->unit);
  put_finite(w, "low", f->low);
  put_finite(w, "high", f->high);
  put_finite(w, "measured", f->value);
  cs_json_put_bool(w, "holds", f->holds);
  if (!f->holds)
    cs_json_put_string(w, "where", f->where);
  cs_json_end_object(w);
}

static void
put_missed(CsJsonWriter *w, const char *key, const CsAudit *audit, bool is_hard)
{
  cs_json_begin_flat_array(w, key);
  for (size_t i = 0; i < cs_n_properties; i++)
    if (audit->findings[i].applies && !audit->findings[i].holds &&
        cs_properties[i]->is_hard == is_hard)
      cs_json_put_string(w, NULL, cs_properties[i]->id);
  cs_json_end_array(w);
}

static void
write_json(CsText *text, const CsJudgement *judgement)
{
  CsJsonWriter w = cs_json_writer(text, true);
  cs_json_begin_object(&w, NULL);
  cs_json_put_string(&w, "record", judgement->record);
  if (judgement->sound != NULL)
    cs_json_put_string(&w, "heard", judgement->sound);
  cs_json_begin_array(&w, "properties");
  for (size_t i = 0; i < cs_n_properties; i++)
    if (judgement->audit.findings[i].applies)
      put_finding(&w, cs_properties[i], &judgement->audit.findings[i]);
  cs_json_end_array(&w);
  put_missed(&w, "hard_missed", &judgement->audit, true);
  put_missed(&w, "others_missed", &judgement->audit, false);
  cs_json_end_object(&w);
  cs_text_add(text, "\n");
}

// ---- The command ------------------------------------------------------------

static CsStatus
end_with_missed(CsCli *cli, const char *path, const CsAudit *audit)
{
  CsText text       = cs_text_new(cli->arena);
  const char *names = "";
  if (audit->n_missed_hard == 0)
    return CS_OK;
  add_missed(&text, audit, true);
  CS_TRY(cs_text_take(&text, &names));
  return cs_fail(cli->arena, CS_ERR_MISSED, "%s misses what it has to keep:%s",
      path, names);
}

static CsStatus
audit(CsCli *cli, const CsJob *job)
{
  CsJudgement judgement;
  const CsArgs *args  = &cli->args;
  const char *out     = "";
  const CsCase judged = {
      .path      = args->positional[0],
      .record    = args->n_positional > 1 ? args->positional[1] : NULL,
      .soundfont = job->options.soundfont,
      .n_threads = job->options.n_threads,
  };
  CsText text = cs_text_new(cli->arena);
  CS_TRY(cs_judge(cli->engine, cli->arena, &judged, &judgement));
  if (job->options.json)
    write_json(&text, &judgement);
  else
    write_table(&text, &judgement);
  CS_TRY(cs_text_take(&text, &out));
  CS_TRY(cs_print(cli->arena, out));
  return end_with_missed(cli, judged.path, &judgement.audit);
}

static CsStatus
want_files(CsCli *cli)
{
  const size_t n = cli->args.n_positional;
  if (n == 0)
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "the file is missing; give a sound file or a record");
  if (n > 2)
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "\"%s\" is one argument too many; give a sound file and its record",
        cli->args.positional[2]);
  return CS_OK;
}

CsStatus
cs_cli_audit(CsCli *cli)
{
  CsJob *job = NULL; // reads the options
  CS_TRY(cs_args_allow(
      cli->arena, &cli->args, "audit", "soundfont threads json quiet verbose"));
  CS_TRY(want_files(cli));
  CsStatus status = cs_cli_job(cli, &job);
  if (status == CS_OK)
    status = audit(cli, job);
  return cs_cli_end_job(cli, job, status);
}
