#include "gen/judge.h"

#include "gen/base/text.h"
#include "gen/cue_files.h"

#include <string.h>

// ---- The notes, again -------------------------------------------------------

static bool
is_same_text(const char *a, const char *b)
{
  return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
is_same_json(const CsJson *a, const CsJson *b)
{
  if (a->kind != b->kind || a->n_children != b->n_children ||
      a->number != b->number || !is_same_text(a->string, b->string))
    return false;
  const CsJson *x = a->first;
  const CsJson *y = b->first;
  for (; x != NULL && y != NULL; x = x->next, y = y->next)
    if (!is_same_text(x->key, y->key) || !is_same_json(x, y))
      return false;
  return true;
}

/// Notes of another plan say nothing of this cue.
static CsStatus
want_same_plan(CsJob *job, const CsCueFiles *files, const CsRecord *record)
{
  const CsJson *ours = NULL;
  const char *json   = cs_job_plan_json(job);
  CS_TRY_NEW(json);
  CS_TRY(cs_json_parse(job->arena, "the plan", json, strlen(json), &ours));
  if (is_same_json(ours, record->plan))
    return CS_OK;
  return cs_fail(job->arena, CS_ERR_REQUEST,
      "the record of %s makes another plan here (it is of engine %.0f, this is "
      "%d): its notes cannot be judged; use the version and the presets that "
      "made it",
      files->record_path, record->engine, CS_ENGINE_VERSION);
}

static CsStatus
compose_again(CsJob *job, const CsCueFiles *files, double *target_lufs)
{
  CsRecord record;
  CS_TRY(cs_record_read(
      job->arena, files->record_path, files->json, files->n_bytes, &record));
  if (record.alternate != NULL)
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "%s is the alternate %s of a cue; audit the full mix",
        files->record_path, record.alternate);
  CS_TRY(cs_record_apply(job, &record));
  CS_TRY(cs_job_compose(job));
  *target_lufs = record.target_lufs;
  return want_same_plan(job, files, &record);
}

CsStatus
cs_job_evidence(CsArena *arena, const CsJob *job, CsEvidence *evidence)
{
  *evidence = (CsEvidence){
      .presets     = cs_job_presets(job),
      .brief       = job->brief,
      .wish        = &job->options.wish,
      .plan        = job->plan,
      .score       = job->score,
      .performance = job->performance,
  };
  return cs_evidence_gather(arena, evidence);
}

// ---- The sound --------------------------------------------------------------

static CsStatus
hear_all(CsArena *arena, CsAudioReader *reader, CsEar *ear)
{
  float frames[CS_BLOCK_FRAMES * 2];
  size_t n_read = 0;
  do {
    CS_TRY(
        cs_audio_reader_read(arena, reader, frames, CS_BLOCK_FRAMES, &n_read));
    CS_TRY(cs_ear_hear(arena, ear, frames, n_read));
  } while (n_read > 0);
  return CS_OK;
}

static CsStatus
hear_file(CsArena *arena, const char *path, CsHeard *heard, bool *is_lossy)
{
  CsAudioInfo info;
  CsAudioReader *reader = NULL;
  CsEar *ear            = NULL;
  CS_TRY(cs_audio_info(arena, path, false, &info));
  *is_lossy = !info.is_wav && !info.is_flac;
  if (info.n_channels > 2)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s has %d channels; one or two can be heard", path, info.n_channels);
  CS_TRY(cs_audio_reader_open(arena, path, &reader));
  CsStatus status = cs_ear_new(arena, info.sample_rate, info.n_channels, &ear);
  if (status == CS_OK)
    status = hear_all(arena, reader, ear);
  if (status == CS_OK)
    status = cs_ear_report(arena, ear, heard);
  cs_ear_free(ear);
  cs_audio_reader_free(reader);
  return status;
}

/// Hears a cue while it is made.
typedef struct Listener {
  CsJob *job;
  CsEar *ear;
} Listener;

static CsStatus
hear_block(void *user, CsArena *arena, const CsCueBlock *block)
{
  const Listener *l = user;
  return cs_ear_hear(arena, l->ear, block->mix_float, block->n_frames);
}

static CsStatus
hear_font(CsJob *job, const CsCase *c, CsHeard *heard)
{
  Listener l             = {.job = job};
  job->options.soundfont = c->soundfont;
  job->options.n_threads = c->n_threads;
  job->options.output    = c->path; // the spool lies beside it
  CS_TRY(cs_ear_new(
      job->arena, job->plan->sample_rate, job->options.n_channels, &l.ear));
  CsStatus status =
      cs_job_sound(job, NULL, (CsBlockSink){.put = hear_block, .user = &l});
  if (status == CS_OK)
    status = cs_ear_report(job->arena, l.ear, heard);
  cs_ear_free(l.ear);
  return status;
}

// ---- While a cue is made ----------------------------------------------------

CsStatus
cs_job_listen_begin(CsJob *job, CsEar **ear)
{
  // Of the hard properties that of underscores alone asks for a band.
  return cs_ear_new_brief(job->arena, job->plan->sample_rate,
      job->options.n_channels, job->plan->function == CS_UNDERSCORE, ear);
}

/// "T18 (final chord: the lowest key is 43, the tonic C), T59 (hits: 3.00 s)"
static CsStatus
tell_missed(CsJob *job, const CsAudit *audit)
{
  CsText text = cs_text_new(job->arena);
  size_t n    = 0;
  for (size_t i = 0; i < cs_n_properties; i++) {
    const CsProperty *p = cs_properties[i];
    const CsFinding *f  = &audit->findings[i];
    if (!f->applies || f->holds || !p->is_hard)
      continue;
    cs_text_addf(&text, "%s%s (%s", n++ > 0 ? ", " : "", p->id, p->name);
    cs_text_addf(&text, f->where[0] != '\0' ? ": %s)" : ")%s", f->where);
  }
  return cs_text_take(&text, &job->missed_text);
}

static CsStatus
note_missed(CsJob *job, const CsAudit *audit)
{
  job->missed   = CS_NEW_N(job->arena, const char *, audit->n_missed_hard);
  job->n_missed = 0;
  CS_TRY_NEW(job->missed);
  for (size_t i = 0; i < cs_n_properties; i++)
    if (audit->findings[i].applies && !audit->findings[i].holds &&
        cs_properties[i]->is_hard)
      job->missed[job->n_missed++] = cs_properties[i]->id;
  return tell_missed(job, audit);
}

static CsStatus
judge_made(CsJob *job, CsArena *arena, CsEar *ear)
{
  CsHeard heard;
  CsEvidence evidence;
  CsAudit audit;
  CS_TRY(cs_job_evidence(arena, job, &evidence));
  CS_TRY(cs_ear_report(arena, ear, &heard));
  evidence.sound       = &heard;
  evidence.target_lufs = job->measured.target_lufs;
  CS_TRY(cs_audit_run(arena, &evidence, true, &audit));
  return note_missed(job, &audit);
}

CsStatus
cs_job_judge(CsJob *job, const CsMaster *master, CsEar *ear)
{
  CsArena *arena = cs_arena_new(NULL);
  if (arena == NULL)
    return cs_fail(job->arena, CS_ERR_MEMORY, "not enough memory");
  cs_ear_lend(ear, cs_master_loudness(master), job->measured.true_peak_dbtp);
  const CsStatus status = judge_made(job, arena, ear);
  if (status != CS_OK)
    (void)cs_fail(job->arena, status, "%s", cs_arena_error(arena));
  cs_arena_free(arena);
  return status;
}

// ---- Judging ----------------------------------------------------------------

/// Hear what there is to hear.
static CsStatus
hear(CsJob *job, const CsCase *c, CsCueFiles *files, CsHeard *heard,
    CsEvidence *evidence)
{
  if (c->soundfont == NULL && files->sound_path == NULL)
    return CS_OK;
  evidence->sound = heard;
  if (c->soundfont == NULL)
    return hear_file(
        job->arena, files->sound_path, heard, &evidence->is_decoded);
  files->sound_path = c->soundfont;
  CS_TRY(hear_font(job, c, heard));
  evidence->target_lufs = job->measured.target_lufs;
  return CS_OK;
}

static CsStatus
copy_text(CsArena *arena, const char *text, const char **copy)
{
  *copy = text != NULL ? cs_arena_copy(arena, text, strlen(text)) : NULL;
  return text == NULL || *copy != NULL ? CS_OK : CS_ERR_MEMORY;
}

static CsStatus
judge_in(CsJob *job, CsArena *arena, const CsCase *c, CsJudgement *judgement)
{
  CsCueFiles files;
  CsEvidence evidence;
  CsHeard heard;
  double target_lufs = 0.0;
  CS_TRY(cs_cue_files_find(job->arena, c->path, c->record, &files));
  CS_TRY(compose_again(job, &files, &target_lufs));
  CS_TRY(cs_job_evidence(job->arena, job, &evidence));
  evidence.target_lufs = target_lufs;
  CS_TRY(hear(job, c, &files, &heard, &evidence));
  CS_TRY(cs_audit_run(arena, &evidence, false, &judgement->audit));
  CS_TRY(copy_text(arena, files.record_path, &judgement->record));
  return copy_text(arena, files.sound_path, &judgement->sound);
}

CsStatus
cs_judge(const CsEngine *engine, CsArena *arena, const CsCase *the_case,
    CsJudgement *judgement)
{
  CsJob *job = NULL;
  *judgement = (CsJudgement){NULL};
  CS_TRY(cs_job_new(engine, &job));
  const CsStatus status = judge_in(job, arena, the_case, judgement);
  if (status != CS_OK)
    (void)cs_fail(arena, status, "%s", cs_job_error(job));
  cs_job_free(job);
  return status;
}
