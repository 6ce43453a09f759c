// Make a cue and judge its sound: one JSON object with every finding.
//
//     findings PROMPT [OPTION VALUE]...

#include "gen/audit/audit.h"
#include "gen/engine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Listener {
  CsEar *ear;
  double scale;
  size_t n_channels;
} Listener;

static CsStatus
listen(void *user, CsArena *arena, const CsCueBlock *block)
{
  Listener *l = user;
  float frames[2 * CS_BLOCK_FRAMES];
  for (size_t i = 0; i < block->n_frames * l->n_channels; i++)
    frames[i] = block->mix != NULL ? (float)(block->mix[i] * l->scale)
                                   : block->mix_float[i];
  return cs_ear_hear(arena, l->ear, frames, block->n_frames);
}

static void
print_number(const char *key, double x)
{
  if (isfinite(x))
    (void)printf(", \"%s\": %.4f", key, x);
  else
    (void)printf(", \"%s\": null", key);
}

static void
print(const CsJob *job, const CsHeard *h, const CsAudit *audit)
{
  (void)printf("{\"style\": \"%s\", \"function\": \"%s\", \"seed\": %llu, "
               "\"range\": %.2f, \"octaves\": [",
      job->plan->style, cs_function_names[job->plan->function],
      (unsigned long long)job->plan->seed, h->range_lu);
  for (int o = 0; o < CS_N_OCTAVES; o++)
    (void)printf("%s%.2f", o > 0 ? ", " : "", h->octave_db[o]);
  (void)printf("], \"gap\": %.2f, \"findings\": [",
      job->plan->loudness_lufs - job->measured.target_lufs);
  bool is_first = true;
  for (size_t i = 0; i < cs_n_properties; i++) {
    const CsFinding *f = &audit->findings[i];
    if (!f->applies)
      continue;
    (void)printf("%s\n{\"id\": \"%s\", \"name\": \"%s\", \"hard\": %s, "
                 "\"sound\": %s, \"holds\": %s",
        is_first ? "" : ",", cs_properties[i]->id, cs_properties[i]->name,
        cs_properties[i]->is_hard ? "true" : "false",
        cs_properties[i]->wants_sound ? "true" : "false",
        f->holds ? "true" : "false");
    print_number("value", f->value);
    print_number("low", f->low);
    print_number("high", f->high);
    (void)printf(", \"where\": \"%s\"}", f->where);
    is_first = false;
  }
  (void)printf("]}\n");
}

static CsStatus
judge(CsJob *job)
{
  CsHeard heard;
  CsAudit audit;
  Listener l = {.scale = job->options.format == CS_PCM_16 ? 0x1p-15 : 0x1p-23,
      .n_channels      = (size_t)job->options.n_channels};
  CS_TRY(cs_job_compose(job));
  CS_TRY(cs_ear_new(
      job->arena, job->plan->sample_rate, job->options.n_channels, &l.ear));
  CsStatus status = cs_job_sound(job, NULL, (CsBlockSink){listen, &l});
  if (status == CS_OK)
    status = cs_ear_report(job->arena, l.ear, &heard);
  cs_ear_free(l.ear);
  CS_TRY(status);
  CsEvidence e = {.presets = job->engine->presets,
      .brief               = job->brief,
      .wish                = &job->options.wish,
      .plan                = job->plan,
      .score               = job->score,
      .performance         = job->performance,
      .sound               = &heard,
      .target_lufs         = job->measured.target_lufs};
  CS_TRY(cs_evidence_gather(job->arena, &e));
  CS_TRY(cs_audit_run(job->arena, &e, false, &audit));
  print(job, &heard, &audit);
  return CS_OK;
}

int
main(int argc, char **argv)
{
  char why[CS_MESSAGE_BYTES];
  CsEngine *engine = NULL;
  CsJob *job       = NULL;
  if (argc < 2 || cs_engine_open(NULL, why, &engine) != CS_OK ||
      cs_job_new(engine, &job) != CS_OK)
    return 1;
  CsStatus status = CS_OK;
  for (int i = 2; i + 1 < argc && status == CS_OK; i += 2)
    status = cs_job_set(job, argv[i], argv[i + 1]);
  if (status == CS_OK)
    status = cs_job_parse(job, argv[1]);
  if (status == CS_OK)
    status = judge(job);
  if (status != CS_OK)
    (void)fprintf(stderr, "%s\n", cs_job_error(job));
  cs_job_free(job);
  cs_engine_close(engine);
  return status != CS_OK;
}
