// From performance to mastered blocks: the two passes over renderer and master.

#include "gen/balance.h"
#include "gen/engine.h"

#include "gen/render/render.h"
#include "soundfonts/sf2_file.h"

#include <string.h>
#include <unistd.h>

static int
n_threads_of(const CsJob *job)
{
  if (job->options.n_threads > 0)
    return job->options.n_threads;
  const long n_cores = sysconf(_SC_NPROCESSORS_ONLN);
  return n_cores < 1 ? 1 : n_cores > 256 ? 256 : (int)n_cores;
}

/// The folder of the output, so that the spool lies on a disk that is meant to
/// hold audio; the temporary folder where there is no output file.
static const char *
spool_folder(CsArena *arena, const char *output)
{
  if (output == NULL || output[0] == '-' || output[0] == '\0')
    return "/tmp";
  size_t n = 0;
  for (size_t i = 0; output[i] != '\0'; i++)
    n = output[i] == '/' ? i + 1 : n;
  if (strncmp(output, "/dev/", 5) == 0)
    return "/tmp";
  return n == 0 ? "." : cs_arena_copy(arena, output, n);
}

/// Beds and underscores lie under a voice; so does what is delivered for it. A
/// stinger stands between words.
static bool
carves_speech(const CsJob *job)
{
  const CsProfile *profile = job->options.wish.profile;
  switch (job->plan->function) {
  case CS_BED:
  case CS_UNDERSCORE:
    return true;
  case CS_THEMATIC:
  case CS_AMBIENT:
    return profile != NULL && profile->carves_speech;
  case CS_STINGER:
  case CS_N_FUNCTIONS:
    break;
  }
  return false;
}

static CsStatus
master_wish(CsJob *job, CsChunks *chunks, CsMasterWish *wish)
{
  const CsPlan *plan   = job->plan;
  const CsStyle *style = cs_find_style(cs_job_presets(job), plan->style);
  *wish                = (CsMasterWish){
                     .function         = plan->function,
                     .sample_rate      = plan->sample_rate,
                     .n_channels       = job->options.n_channels,
                     .format           = job->options.format,
                     .n_frames         = job->performance->n_frames,
                     .n_preroll_frames = job->performance->n_preroll_frames,
                     .target_lufs      = plan->loudness_lufs,
                     .keeps_target     = job->options.wish.has_lufs,
                     .peak_dbtp        = plan->peak_dbtp,
                     .fade_in_s        = plan->fade_in_s,
                     .fade_out_s       = plan->fade_out_s,
                     .ends_silent =
                         plan->ending != CS_ENDING_CUT && plan->ending != CS_ENDING_LOOP,
                     .carves_speech = carves_speech(job),
                     .room          = style != NULL ? style->room : 0.5,
                     .wet_db        = style != NULL ? style->wet_db : -12.0,
                     .wants_stems =
                         job->options.stems_folder != NULL || job->options.alternates.n > 0,
                     .seed         = plan->seed,
                     .spool_folder = spool_folder(job->arena, job->options.output),
                     .chunks       = chunks,
                     .n_threads    = n_threads_of(job),
  };
  return wish->spool_folder != NULL ? CS_OK : CS_ERR_MEMORY;
}

static CsStatus
first_pass(CsJob *job, CsRenderer *renderer, CsMaster *master)
{
  const int64_t n_all =
      job->performance->n_frames + job->performance->n_preroll_frames;
  for (int64_t n_done = 0; n_done < n_all;) {
    CsStemBlock block;
    CS_TRY(cs_job_report(job, "render", 0.8 * (double)n_done / (double)n_all));
    CS_TRY(cs_renderer_read(job->arena, renderer, &block));
    CS_TRY(cs_master_feed(job->arena, master, &block));
    n_done += (int64_t)block.n_frames;
  }
  CS_TRY(cs_job_report(job, "master", 0.8));
  return cs_master_decide(job->arena, master);
}

static CsStatus
second_pass(CsJob *job, CsMaster *master, CsBlockSink sink)
{
  const double n_all = (double)job->performance->n_frames;
  int64_t n_done     = 0;
  for (;;) {
    CsCueBlock block;
    CS_TRY(cs_job_report(job, "write", 0.85 + 0.15 * (double)n_done / n_all));
    CS_TRY(cs_master_read(job->arena, master, &block));
    if (block.n_frames == 0)
      break;
    if (sink.put != NULL)
      CS_TRY(sink.put(sink.user, job->arena, &block));
    n_done += (int64_t)block.n_frames;
  }
  job->measured = *cs_master_measured(master);
  return CS_OK;
}

static CsStatus
sound(CsJob *job, CsChunks *chunks, CsJobReadyFn *ready, CsBlockSink sink)
{
  CsRenderer *renderer = NULL;
  CsMaster *master     = NULL;
  CsMasterWish wish;
  CS_TRY(master_wish(job, chunks, &wish));
  const CsRenderWish render = {
      .soundfont   = job->font.path,
      .sounds      = job->sounds,
      .way         = job->options.render_way,
      .n_threads   = n_threads_of(job),
      .store       = job->engine->notes,
      .chunks      = chunks,
      .font_sha256 = job->font.sha256,
  };
  CsStatus status =
      cs_renderer_new(job->arena, job->performance, &render, &renderer);
  if (status == CS_OK)
    status = cs_master_new(job->arena, &wish, &master);
  if (status == CS_OK)
    status = first_pass(job, renderer, master);
  cs_renderer_free(renderer);
  if (status == CS_OK && ready != NULL)
    status = ready(sink.user, master);
  if (status == CS_OK) {
    cs_master_set_ear(master, (CsMasterEar){sink.hear, sink.user});
    status = second_pass(job, master, sink);
  }
  if (status == CS_OK && sink.done != NULL)
    status = sink.done(sink.user, master);
  cs_master_free(master);
  return status;
}

CsStatus
cs_job_sound(CsJob *job, CsJobReadyFn *ready, CsBlockSink sink)
{
  CsNoteStore *notes = job->engine->notes;
  CS_TRY(cs_catalogue_choose(
      job->arena, job->engine->catalogue, job->options.soundfont, &job->font));
  CS_TRY(cs_sf2_check(job->arena, job->font.path));
  CS_TRY(cs_balance_font(job));
  CsChunks *chunks =
      notes != NULL ? cs_note_store_chunks(notes) : job->engine->chunks;
  return sound(job, chunks, ready, sink);
}
