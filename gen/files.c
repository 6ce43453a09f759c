// cs_job_write() and cs_job_listen(): the files of a job, whole or not at all.

#include "gen/alternate_files.h"
#include "gen/decoded.h"
#include "gen/judge.h"
#include "gen/tags.h"

#include "gen/io/midi.h"
#include "gen/io/output.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// What is open while the second pass runs.
typedef struct Desk {
  CsJob *job;
  CsOutputs *outputs;
  CsAudioWriter *mix;
  CsAudioWriter *stems[CS_N_STEMS];
  CsAlternateFiles *alternates; ///< NULL where there is no mix.
  const char *made_folder;      ///< Stem folder made by this job, else NULL.
  CsEar *ear;                   ///< Hears the mix, to judge it...
  CsArena *ear_arena;           ///< ...in whatever thread, with this.
  CsOutline *outline;
  CsAudioFn *listener;
  void *listener_user;
  const char *path; ///< Of the mix, NULL when only listening.
  int mix_fd;       ///< Owned by the outputs.
  CsContainer container;
  CsTags tags;
  CsLevels levels; ///< Of the mix.
  size_t n_record_bytes;
} Desk;

// ---- Names ------------------------------------------------------------------

enum { MAX_NAME_TRIES = 10000 };

/// A name made from the prompt that no file has yet.
static CsStatus
free_name(CsJob *job, const char **path)
{
  char slug[CS_SLUG_BYTES] = "";
  if (job->brief != NULL)
    cs_slug(job->brief->prompt, slug);
  const char *base = slug[0] != '\0' ? slug : "cue";
  for (int i = 1; i < MAX_NAME_TRIES; i++) {
    *path = i == 1 ? cs_arena_printf(job->arena, "%s.wav", base)
                   : cs_arena_printf(job->arena, "%s-%d.wav", base, i);
    CS_TRY_NEW(*path);
    if (access(*path, F_OK) != 0)
      return CS_OK;
  }
  return cs_fail(job->arena, CS_ERR_REQUEST,
      "every name like %s is taken; name a file with --output", *path);
}

// ---- Before the work --------------------------------------------------------

/// Scaled times were asked for, by --times-for or a family: they are told, and
/// nothing was refused.
static const CsWarning *
first_refusal(const CsWarning *warnings, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(warnings[i].code, "times_scaled") != 0)
      return &warnings[i];
  return NULL;
}

CsStatus
cs_job_refuse_warnings(CsJob *job)
{
  const CsWarning *first = NULL;
  if (job->brief != NULL)
    first = first_refusal(job->brief->warnings, job->brief->n_warnings);
  if (first == NULL)
    first = first_refusal(job->plan->warnings, job->plan->n_warnings);
  if (!job->options.strict || first == NULL)
    return CS_OK;
  return cs_fail(job->arena, CS_ERR_REQUEST, "%s: %s (--strict)", first->code,
      first->message);
}

static bool
is_lossless(CsContainer container)
{
  return container == CS_WAV || container == CS_FLAC;
}

static CsAudioFormat
audio_format(const CsJob *job, CsContainer container)
{
  return (CsAudioFormat){
      .container   = container,
      .format      = job->options.format,
      .sample_rate = job->plan->sample_rate,
      .n_channels  = job->options.n_channels,
      .n_frames    = (int64_t)job->plan->n_frames,
  };
}

static CsStatus
check_paths(CsJob *job, const Desk *desk)
{
  const CsOptions *o        = &job->options;
  const char *const paths[] = {desk->path, o->midi, o->record, o->picture};
  int n_streams             = 0;
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    if (paths[i] == NULL)
      continue;
    CS_TRY(cs_output_check(job->arena, paths[i]));
    n_streams += strcmp(paths[i], "-") == 0;
  }
  if (n_streams > 1)
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "- is named for two outputs; one alone can go to standard output");
  if (o->picture != NULL) {
    const size_t n = strlen(o->picture);
    if (n < 4 || strcmp(o->picture + n - 4, ".svg") != 0)
      return cs_fail(job->arena, CS_ERR_REQUEST,
          "--picture %s does not end in .svg; name an .svg file", o->picture);
  }
  if (desk->path == NULL)
    return CS_OK;
  CS_TRY(cs_alternate_files_check(job, desk->path));
  const CsAudioFormat format = audio_format(job, desk->container);
  if (o->stems_folder != NULL && !is_lossless(desk->container))
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "stems add up to the mix only in WAV or FLAC; name the output .wav or "
        ".flac");
  return cs_audio_format_check(job->arena, &format);
}

static CsStatus
make_stem_folder(CsJob *job, Desk *desk)
{
  const char *folder = job->options.stems_folder;
  if (folder == NULL)
    return CS_OK;
  if (mkdir(folder, 0777) == 0)
    desk->made_folder = folder;
  else if (errno != EEXIST)
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "the stem folder %s cannot be made: %s; name a folder that can be "
        "written",
        folder, strerror(errno));
  const char *probe =
      cs_arena_printf(job->arena, "%s/%s.wav", folder, cs_stem_names[0]);
  CS_TRY_NEW(probe);
  return cs_output_check(job->arena, probe);
}

static CsStatus
prepare(CsJob *job, Desk *desk, bool writes)
{
  if (job->performance == NULL)
    CS_TRY(cs_job_compose(job));
  CS_TRY(cs_job_refuse_warnings(job));
  if (writes) {
    desk->path = job->options.output;
    if (desk->path == NULL)
      CS_TRY(free_name(job, &desk->path));
    job->options.output = desk->path;
    CS_TRY(cs_container_of(job->arena, desk->path, &desk->container));
  }
  CS_TRY(check_paths(job, desk));
  CS_TRY(make_stem_folder(job, desk));
  if (job->options.picture != NULL) {
    desk->outline = CS_NEW(job->arena, CsOutline);
    CS_TRY_NEW(desk->outline);
    cs_outline_begin(desk->outline, (int64_t)job->plan->n_frames);
  }
  return cs_outputs_new(job->arena, &desk->outputs);
}

// ---- While the blocks come --------------------------------------------------

enum {
  MOST_ID_BYTES        = 8, ///< Of a property in the record, with its quotes.
  MOST_ALTERNATE_BYTES = 256,
};

/// The record's length with figures in place that are as long as any.
static CsStatus
measure_record(Desk *desk)
{
  const char *json = NULL;
  CS_TRY(cs_record_make(desk->job->arena, desk->job, &json));
  desk->n_record_bytes = strlen(json) + 512 + MOST_ID_BYTES * cs_n_properties +
                         MOST_ALTERNATE_BYTES * desk->job->options.alternates.n;
  return CS_OK;
}

static CsStatus
open_stems(Desk *desk, const CsMaster *master)
{
  CsJob *job                 = desk->job;
  const CsAudioFormat format = audio_format(job, CS_WAV);
  for (int s = 0; s < CS_N_STEMS; s++) {
    int fd = -1;
    if (!cs_master_has_stem(master, (CsStem)s))
      continue;
    const char *path = cs_arena_printf(
        job->arena, "%s/%s.wav", job->options.stems_folder, cs_stem_names[s]);
    CS_TRY_NEW(path);
    CS_TRY(cs_outputs_open(job->arena, desk->outputs, path, &fd));
    CS_TRY(cs_audio_writer_new(
        job->arena, fd, path, &format, &desk->tags, 0, &desk->stems[s]));
  }
  return CS_OK;
}

static CsStatus
put_midi(Desk *desk)
{
  CsJob *job        = desk->job;
  const char *bytes = NULL;
  size_t n_bytes    = 0;
  const char *title = job->brief != NULL ? job->brief->prompt : "cuesmith";
  if (job->options.midi == NULL)
    return CS_OK;
  CS_TRY(cs_midi_write(job->arena, job->performance, title, &bytes, &n_bytes));
  return cs_outputs_put(
      job->arena, desk->outputs, job->options.midi, bytes, n_bytes);
}

static CsStatus
open_mix(Desk *desk, const CsMaster *master)
{
  CsJob *job                 = desk->job;
  const CsAudioFormat format = audio_format(job, desk->container);
  CS_TRY(cs_outputs_open(job->arena, desk->outputs, desk->path, &desk->mix_fd));
  CS_TRY(cs_audio_writer_new(job->arena, desk->mix_fd, desk->path, &format,
      &desk->tags, desk->n_record_bytes, &desk->mix));
  return cs_alternate_files_open(job, desk->path, &format, &desk->tags,
      desk->n_record_bytes, master, desk->outputs, &desk->alternates);
}

static CsStatus
open_files(void *user, const CsMaster *master)
{
  Desk *desk      = user;
  desk->ear_arena = cs_arena_new(NULL);
  CS_TRY_NEW(desk->ear_arena);
  CS_TRY(cs_job_listen_begin(desk->job, &desk->ear));
  CS_TRY(measure_record(desk));
  CS_TRY(cs_job_tags(desk->job, &desk->tags));
  if (desk->job->options.stems_folder != NULL)
    CS_TRY(open_stems(desk, master));
  CS_TRY(put_midi(desk));
  return desk->path != NULL ? open_mix(desk, master) : CS_OK;
}

static CsStatus
show_block(Desk *desk, CsArena *arena, const CsCueBlock *block)
{
  const float *frames      = block->mix_float;
  const CsOptions *options = &desk->job->options;
  if (desk->outline != NULL)
    cs_outline_add(desk->outline, frames, block->n_frames, options->n_channels);
  if (desk->listener != NULL &&
      !desk->listener(desk->listener_user, frames, block->n_frames))
    return cs_fail(arena, CS_ERR_CANCELLED, "stopped on request");
  return CS_OK;
}

static CsStatus
hear_block(void *user, CsArena *why, const float *frames, size_t n_frames)
{
  const Desk *desk = user;
  const CsStatus status =
      cs_ear_hear(desk->ear_arena, desk->ear, frames, n_frames);
  return status == CS_OK
             ? CS_OK
             : cs_fail(why, status, "%s", cs_arena_error(desk->ear_arena));
}

static CsStatus
put_mix(const Desk *desk, CsArena *arena, const CsCueBlock *block)
{
  if (desk->mix == NULL)
    return CS_OK;
  return desk->container == CS_WAV
             ? cs_audio_writer_put_packed(
                   arena, desk->mix, block->mix_bytes, block->n_frames)
             : cs_audio_writer_put(arena, desk->mix, block->mix,
                   block->mix_float, block->n_frames);
}

static CsStatus
put_block(void *user, CsArena *arena, const CsCueBlock *block)
{
  Desk *desk = user;
  CS_TRY(put_mix(desk, arena, block));
  for (int s = 0; s < CS_N_STEMS; s++)
    if (desk->stems[s] != NULL)
      CS_TRY(cs_audio_writer_put(arena, desk->stems[s], block->stems[s],
          block->stems_float[s], block->n_frames));
  CS_TRY(cs_alternate_files_put(arena, desk->alternates, block));
  return show_block(desk, arena, block);
}

static CsStatus
judge_sound(void *user, const CsMaster *master)
{
  Desk *desk = user;
  CS_TRY(cs_levels_of(desk->job->arena, cs_master_measured(master),
      cs_master_loudness(master), &desk->levels));
  return cs_job_judge(desk->job, master, desk->ear);
}

// ---- After the work ---------------------------------------------------------

static CsStatus
put_picture(Desk *desk)
{
  CsJob *job      = desk->job;
  const char *svg = NULL;
  if (job->options.picture == NULL)
    return CS_OK;
  CS_TRY(cs_picture_draw(job->arena, job->performance, job->brief,
      desk->outline, &job->measured, &svg));
  return cs_outputs_put(
      job->arena, desk->outputs, job->options.picture, svg, strlen(svg));
}

static CsStatus
close_mix(Desk *desk, const char *record)
{
  CsAudioWriter *mix = desk->mix;
  desk->mix          = NULL;
  return mix == NULL ? CS_OK
                     : cs_audio_writer_close(
                           desk->job->arena, mix, record, &desk->levels);
}

/// A lossy file is listened to before it is told of; one that embeds its record
/// is closed with it.
static CsStatus
close_lossy(Desk *desk)
{
  CsJob *job = desk->job;
  if (desk->mix == NULL || is_lossless(desk->container))
    return CS_OK;
  CS_TRY(close_mix(desk, NULL));
  return cs_decoded_peak(job->arena, desk->mix_fd, desk->path,
      &job->is_decoded_known, &job->decoded_peak_dbtp);
}

static CsStatus
close_stems(Desk *desk)
{
  for (int s = 0; s < CS_N_STEMS; s++) {
    CsAudioWriter *stem = desk->stems[s];
    desk->stems[s]      = NULL;
    if (stem != NULL)
      CS_TRY(cs_audio_writer_close(desk->job->arena, stem, NULL, NULL));
  }
  return CS_OK;
}

static CsStatus
finish(Desk *desk)
{
  CsJob *job = desk->job;
  CS_TRY(cs_alternate_files_close(job, desk->alternates));
  CS_TRY(close_lossy(desk));
  CS_TRY(cs_record_make(job->arena, job, &job->record_json));
  CS_TRY(close_stems(desk));
  CS_TRY(put_picture(desk));
  CS_TRY(close_mix(desk, job->record_json));
  if (job->options.record != NULL)
    CS_TRY(cs_outputs_put(job->arena, desk->outputs, job->options.record,
        job->record_json, strlen(job->record_json)));
  // The file that proves the others goes last: the mix where it embeds the
  // record, else the record.
  cs_outputs_rename_last(desk->outputs,
      desk->path != NULL && is_lossless(desk->container) ? desk->path
                                                         : job->options.record);
  return cs_outputs_commit(job->arena, desk->outputs);
}

/// The files stand; what they miss is named.
static CsStatus
end_with_missed(CsJob *job)
{
  const char *path = job->options.output;
  if (job->n_missed == 0)
    return CS_OK;
  return cs_fail(job->arena, CS_ERR_MISSED, "%s is made, but misses %s; %s",
      strcmp(path, "-") == 0 ? "the cue" : path, job->missed_text,
      job->plan_is_edited
          ? "change that in the plan, or take the cue as it is"
          : "try another --seed, ask for less, or take the cue as it is");
}

static CsStatus
run(CsJob *job, Desk *desk, bool writes)
{
  cs_arena_clear_error(job->arena);
  desk->job       = job;
  CsStatus status = prepare(job, desk, writes);
  if (status == CS_OK)
    status = cs_job_sound(job, open_files,
        (CsBlockSink){put_block, desk, judge_sound, hear_block});
  if (status == CS_OK)
    status = finish(desk);
  cs_ear_free(desk->ear);
  cs_arena_free(desk->ear_arena);
  cs_alternate_files_free(desk->alternates);
  cs_audio_writer_free(desk->mix);
  for (int s = 0; s < CS_N_STEMS; s++)
    cs_audio_writer_free(desk->stems[s]);
  cs_outputs_free(desk->outputs);
  if (status != CS_OK && desk->made_folder != NULL)
    (void)rmdir(desk->made_folder);
  if (status == CS_OK)
    status = cs_job_report(job, "done", 1.0);
  return status == CS_OK && writes ? end_with_missed(job) : status;
}

CsStatus
cs_job_write(CsJob *job)
{
  Desk desk = {0};
  return run(job, &desk, true);
}

CsStatus
cs_job_listen(CsJob *job, CsAudioFn *fn, void *user)
{
  Desk desk = {.listener = fn, .listener_user = user};
  return run(job, &desk, false);
}
