#include "gen/decoded.h"

#include "gen/base/mathx.h"
#include "gen/io/audio_file.h"
#include "gen/master/true_peak.h"

#include <math.h>
#include <unistd.h>

/// libvorbis keeps a whole call on the stack, so calls are short.
enum { PIECE_FRAMES = 1024, MAX_CHANNELS = 2 };

static CsStatus
read_peak(CsArena *arena, CsAudioReader *reader, double *peak_dbtp)
{
  float frames[PIECE_FRAMES * MAX_CHANNELS];
  CsTruePeak *peak = CS_NEW(arena, CsTruePeak);
  size_t n         = 0;
  float max        = 0.0F;
  CS_TRY_NEW(peak);
  cs_true_peak_begin(
      peak, cs_audio_reader_rate(reader), cs_audio_reader_channels(reader));
  do {
    CS_TRY(cs_audio_reader_read(arena, reader, frames, PIECE_FRAMES, &n));
    max = cs_true_peak_max(peak, frames, n, max);
  } while (n > 0);
  max        = cs_true_peak_max(peak, NULL, peak->half, max);
  *peak_dbtp = cs_db_from_gain((double)max);
  return CS_OK;
}

CsStatus
cs_decoded_peak(
    CsArena *arena, int fd, const char *path, bool *is_known, double *peak_dbtp)
{
  CsAudioReader *reader = NULL;
  *is_known             = lseek(fd, 0, SEEK_SET) == 0;
  *peak_dbtp            = 0.0;
  if (!*is_known)
    return CS_OK;
  CsStatus status = cs_audio_reader_open_fd(arena, fd, path, &reader);
  if (status == CS_OK)
    status = read_peak(arena, reader, peak_dbtp);
  cs_audio_reader_free(reader);
  return status;
}

CsStatus
cs_decoded_warning(CsArena *arena, const CsJob *job, const char **sentence)
{
  const double most_dbtp =
      cs_delivery_peak_dbtp(cs_job_presets(job), &job->options.wish, job->plan);
  const double over_db = job->decoded_peak_dbtp - most_dbtp;
  *sentence            = NULL;
  if (!job->is_decoded_known || over_db <= 0.0)
    return CS_OK;
  *sentence = cs_arena_printf(arena,
      "encoded, it plays back up to %.2f dBTP, %.2f dB over the ceiling; "
      "--peak %.1f makes room for that",
      job->decoded_peak_dbtp, over_db,
      job->plan->peak_dbtp - 0.1 * ceil(10.0 * over_db + 1.0));
  return *sentence != NULL ? CS_OK : CS_ERR_MEMORY;
}
