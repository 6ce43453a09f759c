// A cue from a prompt through the C API, step by step: what was understood,
// what was decided, then the sound.
//
//     one_cue "calm piano bed, 30 s" cue.wav

#include <cuesmith.h>

#include <stdio.h>

static bool
show_progress(void *user, const char *stage, double share)
{
  (void)user;
  (void)fprintf(stderr, "%s %.0f %%\n", stage, 100.0 * share);
  return true; // false would stop the work
}

static CsStatus
make(CsJob *job, const char *prompt, const char *path)
{
  CsStatus status = cs_job_set(job, "output", path);
  if (status == CS_OK)
    status = cs_job_parse(job, prompt);
  if (status == CS_OK)
    (void)printf("understood: %s\n", cs_job_brief_json(job));
  if (status == CS_OK)
    status = cs_job_plan(job);
  if (status == CS_OK)
    (void)printf("decided: %s\n", cs_job_plan_json(job));
  if (status == CS_OK)
    status = cs_job_write(job);
  return status;
}

int
main(int argc, char **argv)
{
  CsEngine *engine = NULL;
  CsJob *job       = NULL;
  char why[CS_MESSAGE_BYTES];
  if (argc != 3) {
    (void)fprintf(stderr, "usage: one_cue PROMPT FILE.wav\n");
    return 2;
  }
  if (cs_engine_open(NULL, why, &engine) != CS_OK) {
    (void)fprintf(stderr, "%s\n", why);
    return 1;
  }
  CsStatus status = cs_job_new(engine, &job);
  if (status == CS_OK) {
    cs_job_on_progress(job, show_progress, NULL);
    status = make(job, argv[1], argv[2]);
  }
  if (status != CS_OK && job != NULL)
    (void)fprintf(stderr, "%s\n", cs_job_error(job));
  cs_job_free(job);
  cs_engine_close(engine);
  return status == CS_OK ? 0 : 1;
}
