// Any text as the record that a sound file carries: what `verify` does with it
// up to the first sound.
#include "fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc, (void)argv;
  (void)fuzz_engine();
  return 0;
}

static void
apply(CsJob *job, const CsRecord *record)
{
  CsStatus status = cs_record_apply(job, record);
  if (status == CS_OK && job->plan == NULL)
    status = cs_job_plan(job);
  fuzz_check_refusal(status, cs_job_error(job));
  if (status == CS_OK)
    fuzz_compose(job->arena, job->engine->presets, job->plan, job->brief);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
  CsJob *job = NULL;
  CsRecord record;
  fuzz_want(cs_job_new(fuzz_engine(), &job) == CS_OK, "a job is made", "");
  const CsStatus status =
      cs_record_read(job->arena, "fuzz", (const char *)bytes, n_bytes, &record);
  fuzz_check_refusal(status, cs_job_error(job));
  if (status == CS_OK)
    apply(job, &record);
  cs_job_free(job);
  return 0;
}
