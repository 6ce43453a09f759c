#include "gen/io/audio_file.h"

#include "gen/io/id3.h"
#include "gen/io/output.h"
#include "gen/io/wav.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sndfile.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  /// libvorbis keeps a whole call on the stack, so calls are short.
  PIECE_FRAMES   = 1024,
  WAV_FRAMES     = 4096, ///< A write of some 24 kB.
  MAX_CHANNELS   = 2,
  COPY_BYTES     = 64 * 1024,
  FLAC_HEAD_MORE = 64 * 1024, ///< Of metadata beside the record.
  /// FLAC's streamable subset: rates from here on are multiples of 10.
  FLAC_FREE_RATES = 65536,
};

/// Stands in a FLAC comment until the record is known.
static const char record_place[] = "{cuesmith record}";

// Measured on music at 48 kHz: MP3 V2 gives 180..195 kb/s.
static const double vorbis_quality  = 0.6;
static const double mp3_compression = 0.2; // LAME's V2
static const double opus_bits_s     = 160000.0;

static const int opus_rates[] = {8000, 12000, 16000, 24000, 48000};
static const int mp3_rates[]  = {
     8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000};

/// What a container is and what it takes. No rates: all of them.
typedef struct Container {
  const char *name;
  const char *suffixes[3];
  int major, minor; ///< Of libsndfile; minor 0 follows the sample format.
  const int *rates;
  size_t n_rates;
  const char *rates_text;
} Container;

static const Container containers[CS_N_CONTAINERS] = {
    [CS_WAV]  = {"WAV", {".wav", ".wave"}, SF_FORMAT_WAV, 0, NULL, 0, NULL},
    [CS_FLAC] = {"FLAC", {".flac"}, SF_FORMAT_FLAC, 0, NULL, 0, NULL},
    [CS_OGG] = {"Ogg Vorbis", {".ogg", ".oga"}, SF_FORMAT_OGG, SF_FORMAT_VORBIS,
        NULL, 0, NULL},
    [CS_OPUS] = {"Opus", {".opus"}, SF_FORMAT_OGG, SF_FORMAT_OPUS, opus_rates,
        sizeof opus_rates / sizeof *opus_rates, "8, 12, 16, 24 or 48 kHz"},
    [CS_MP3]  = {"MP3", {".mp3"}, SF_FORMAT_MPEG, SF_FORMAT_MPEG_LAYER_III,
         mp3_rates, sizeof mp3_rates / sizeof *mp3_rates,
         "8, 11.025, 12, 16, 22.05, 24, 32, 44.1 or 48 kHz"},
};

static const int sample_subtypes[CS_N_SAMPLE_FORMATS] = {
    [CS_PCM_16]   = SF_FORMAT_PCM_16,
    [CS_PCM_24]   = SF_FORMAT_PCM_24,
    [CS_FLOAT_32] = SF_FORMAT_FLOAT,
};

// ---- What can be written --------------------------------------------------

static bool
has_suffix(const char *path, const char *suffix)
{
  const size_t n = strlen(path), n_suffix = strlen(suffix);
  return n > n_suffix && strcasecmp(path + n - n_suffix, suffix) == 0;
}

CsStatus
cs_container_of(CsArena *arena, const char *path, CsContainer *container)
{
  for (int c = 0; c < CS_N_CONTAINERS; c++)
    for (size_t i = 0; containers[c].suffixes[i] != NULL; i++)
      if (has_suffix(path, containers[c].suffixes[i])) {
        *container = (CsContainer)c;
        return CS_OK;
      }
  if (strcmp(path, "-") == 0 || strncmp(path, "/dev/", 5) == 0) {
    *container = CS_WAV;
    return CS_OK;
  }
  return cs_fail(arena, CS_ERR_REQUEST,
      "%.300s: the kind of file is not known from its name; end it in .wav, "
      ".flac, .ogg, .opus or .mp3",
      path);
}

static bool
takes_rate(const Container *c, int rate)
{
  for (size_t i = 0; i < c->n_rates; i++)
    if (c->rates[i] == rate)
      return true;
  return c->n_rates == 0;
}

CsStatus
cs_audio_format_check(CsArena *arena, const CsAudioFormat *format)
{
  const Container *c = &containers[format->container];
  const int rate     = format->sample_rate;
  assert(format->n_channels >= 1 && format->n_channels <= MAX_CHANNELS);
  if (!takes_rate(c, rate))
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s cannot be written at %d Hz; rates that work are %s", c->name, rate,
        c->rates_text);
  if (format->container == CS_FLAC && format->format == CS_FLOAT_32)
    return cs_fail(arena, CS_ERR_REQUEST,
        "FLAC holds no 32f samples; use 16 or 24 bits, or WAV for 32f");
  if (format->container == CS_FLAC && rate >= FLAC_FREE_RATES && rate % 10 != 0)
    return cs_fail(arena, CS_ERR_REQUEST,
        "FLAC cannot be written at %d Hz; rates that work are those up to %d "
        "Hz and multiples of 10 Hz above",
        rate, FLAC_FREE_RATES - 1);
  return CS_OK;
}

// ---- A descriptor as libsndfile sees it -----------------------------------

/// Where encoded bytes go. Its own account of the error, because libsndfile
/// forgets errno.
typedef struct Sink {
  int fd;
  off_t start; ///< Where the encoder's bytes begin.
  int error;   ///< First errno; 0 for none.
} Sink;

static sf_count_t
sink_length(void *user)
{
  const Sink *sink = user;
  struct stat info;
  return fstat(sink->fd, &info) == 0 ? (sf_count_t)(info.st_size - sink->start)
                                     : -1;
}

static sf_count_t
sink_seek(sf_count_t offset, int whence, void *user)
{
  const Sink *sink = user;
  const off_t from = whence == SEEK_SET ? sink->start : 0;
  const off_t at   = lseek(sink->fd, from + (off_t)offset, whence);
  return (sf_count_t)(at < 0 ? at : at - sink->start);
}

static sf_count_t
sink_read(void *bytes, sf_count_t n_bytes, void *user)
{
  const Sink *sink = user;
  return (sf_count_t)read(sink->fd, bytes, (size_t)n_bytes);
}

/// After an error it swallows everything: told of a failure, libsndfile 1.2.0
/// would leave its Vorbis encoder unfreed. The callers ask for `error`.
static sf_count_t
sink_write(const void *bytes, sf_count_t n_bytes, void *user)
{
  Sink *sink = user;
  for (sf_count_t at = 0; sink->error == 0 && at < n_bytes;) {
    const ssize_t n =
        write(sink->fd, (const char *)bytes + at, (size_t)(n_bytes - at));
    if (n >= 0)
      at += n;
    else if (errno != EINTR)
      sink->error = errno;
  }
  return n_bytes;
}

static sf_count_t
sink_tell(void *user)
{
  return sink_seek(0, SEEK_CUR, user);
}

// ---- Writing --------------------------------------------------------------

struct CsAudioWriter {
  int fd;
  const char *path;
  CsAudioFormat format;
  size_t n_record_bytes; ///< Even.
  int64_t n_written;     ///< Frames.
  int64_t levels_at;     ///< Offset of the loudness fields; 0: none.
  SNDFILE *encoder;      ///< NULL for WAV.
  Sink sink;
  FILE *spool; ///< Encoders go back to their head, which a pipe cannot.
  unsigned char *packed; ///< WAV_FRAMES of WAV data.
  float *floats;         ///< PIECE_FRAMES for an encoder.
  int32_t *whole;        ///< The same, for FLAC.
};

static CsStatus
encoder_failed(CsArena *arena, const CsAudioWriter *w)
{
  if (w->sink.error != 0)
    return cs_write_failed(arena, w->path, w->sink.error);
  return cs_fail(arena, CS_ERR_WORK, "%s cannot be encoded as %s: %s", w->path,
      containers[w->format.container].name, sf_strerror(w->encoder));
}

/// How good lossy files are. The stages that libsndfile takes from 0 to 1 mean
/// another thing for each encoder.
static bool
set_quality(SNDFILE *encoder, const CsAudioFormat *format)
{
  // libsndfile's Opus: 6000 bits per second and channel at 1, 256000 at 0.
  const double opus_share =
      (opus_bits_s / format->n_channels - 6000.0) / 250000.0;
  double quality = vorbis_quality, mp3 = mp3_compression,
         opus = 1.0 - opus_share;
  int mode    = SF_BITRATE_MODE_VARIABLE;
  switch (format->container) {
  case CS_OGG:
    return sf_command(encoder, SFC_SET_VBR_ENCODING_QUALITY, &quality,
               sizeof quality) == SF_TRUE;
  case CS_OPUS:
    return sf_command(encoder, SFC_SET_COMPRESSION_LEVEL, &opus, sizeof opus) ==
           SF_TRUE;
  case CS_MP3: // the mode takes the level that was set before
    return sf_command(encoder, SFC_SET_COMPRESSION_LEVEL, &mp3, sizeof mp3) ==
               SF_TRUE &&
           sf_command(encoder, SFC_SET_BITRATE_MODE, &mode, sizeof mode) ==
               SF_TRUE;
  case CS_WAV:
  case CS_FLAC:
  case CS_N_CONTAINERS:
    break;
  }
  return true;
}

static CsStatus
set_tags(CsArena *arena, CsAudioWriter *w, const CsTags *tags)
{
  if (tags == NULL)
    return CS_OK;
  const bool has_record =
      w->format.container == CS_FLAC && w->n_record_bytes > 0;
  const struct {
    int kind;
    const char *text;
  } items[] = {{SF_STR_TITLE, tags->title}, {SF_STR_SOFTWARE, tags->software},
      {SF_STR_GENRE, tags->genre}, {SF_STR_COPYRIGHT, tags->rights},
      {SF_STR_DATE, tags->date},
      {SF_STR_COMMENT, has_record ? NULL : tags->description}};
  for (size_t i = 0; i < sizeof items / sizeof *items; i++)
    if (items[i].text != NULL && items[i].text[0] != '\0' &&
        sf_set_string(w->encoder, items[i].kind, items[i].text) != 0)
      return encoder_failed(arena, w);
  return CS_OK;
}

/// Keep room for the record in a FLAC comment: blanks, replaced at the end.
CS_NODISCARD static CsStatus
reserve_comment(CsArena *arena, CsAudioWriter *w)
{
  char *blank = cs_arena_alloc(arena, w->n_record_bytes + 1, 1);
  CS_TRY_NEW(blank);
  memset(blank, ' ', w->n_record_bytes);
  memcpy(blank, record_place, sizeof record_place - 1);
  if (sf_set_string(w->encoder, SF_STR_COMMENT, blank) != 0)
    return encoder_failed(arena, w);
  return CS_OK;
}

CS_NODISCARD static CsStatus
begin_mp3(CsArena *arena, CsAudioWriter *w, const CsTags *tags)
{
  const char *bytes = NULL;
  size_t n_bytes    = 0;
  if (tags == NULL)
    return CS_OK;
  CS_TRY(cs_id3_tag(arena, tags, &bytes, &n_bytes));
  w->sink.start = (off_t)n_bytes;
  return cs_write_all(arena, w->sink.fd, w->path, bytes, n_bytes);
}

CS_NODISCARD static CsStatus
open_encoder(CsArena *arena, CsAudioWriter *w, const CsTags *tags)
{
  const Container *c = &containers[w->format.container];
  SF_VIRTUAL_IO io = {sink_length, sink_seek, sink_read, sink_write, sink_tell};
  SF_INFO info     = {
          .samplerate = w->format.sample_rate,
          .channels   = w->format.n_channels,
          .format     = c->major |
                    (c->minor != 0 ? c->minor : sample_subtypes[w->format.format]),
  };
  w->sink.fd = w->fd;
  if (lseek(w->fd, 0, SEEK_CUR) < 0) {
    w->spool = tmpfile();
    if (w->spool == NULL)
      return cs_fail(arena, CS_ERR_WORK,
          "%s: no temporary file can be made: %s", w->path, strerror(errno));
    w->sink.fd = fileno(w->spool);
  }
  if (w->format.container == CS_MP3)
    CS_TRY(begin_mp3(arena, w, tags));
  w->encoder = sf_open_virtual(&io, SFM_WRITE, &info, &w->sink);
  if (w->encoder == NULL || !set_quality(w->encoder, &w->format))
    return encoder_failed(arena, w);
  if (w->format.container != CS_MP3)
    CS_TRY(set_tags(arena, w, tags));
  if (w->format.container == CS_FLAC && w->n_record_bytes > 0)
    return reserve_comment(arena, w);
  return CS_OK;
}

/// Where in the file the head begins, when it can be gone back to.
static bool
find_start(int fd, int64_t *start)
{
  struct stat info;
  const int flags = fcntl(fd, F_GETFL);
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || flags < 0 ||
      (flags & O_APPEND) != 0)
    return false;
  *start = (int64_t)lseek(fd, 0, SEEK_CUR);
  return *start >= 0;
}

CS_NODISCARD static CsStatus
begin_wav(CsArena *arena, CsAudioWriter *w, const CsTags *tags)
{
  CsWavHead head;
  int64_t start = 0;
  CS_TRY(cs_wav_head(arena, &w->format, tags, w->n_record_bytes, &head));
  if (head.levels_at > 0 && find_start(w->fd, &start))
    w->levels_at = start + (int64_t)head.levels_at;
  return cs_write_all(arena, w->fd, w->path, head.bytes, head.n_bytes);
}

CS_NODISCARD static CsStatus
begin(CsArena *arena, CsAudioWriter *w, const CsTags *tags)
{
  const size_t n_samples = (size_t)PIECE_FRAMES * MAX_CHANNELS;
  if (w->format.container != CS_WAV) {
    w->floats = CS_NEW_N(arena, float, n_samples);
    w->whole  = CS_NEW_N(arena, int32_t, n_samples);
    if (w->floats == NULL || w->whole == NULL)
      return CS_ERR_MEMORY;
    return open_encoder(arena, w, tags);
  }
  w->packed = cs_arena_alloc(arena, (size_t)WAV_FRAMES * MAX_CHANNELS, 4);
  CS_TRY_NEW(w->packed);
  return begin_wav(arena, w, tags);
}

CsStatus
cs_audio_writer_new(CsArena *arena, int fd, const char *path,
    const CsAudioFormat *format, const CsTags *tags, size_t n_record_bytes,
    CsAudioWriter **writer)
{
  *writer = NULL;
  CS_TRY(cs_audio_format_check(arena, format));
  CsAudioWriter *w = CS_NEW(arena, CsAudioWriter);
  CS_TRY_NEW(w);
  assert(n_record_bytes <= CS_MAX_RECORD_BYTES);
  const size_t n_least = n_record_bytes > 0 ? sizeof record_place : 0;
  w->fd                = fd;
  w->path              = cs_arena_copy(arena, path, strlen(path));
  w->format            = *format;
  w->n_record_bytes    = n_record_bytes > n_least ? n_record_bytes : n_least;
  w->n_record_bytes += w->n_record_bytes % 2;
  CS_TRY_NEW(w->path);
  const CsStatus status = begin(arena, w, tags);
  if (status == CS_OK)
    *writer = w;
  else
    cs_audio_writer_free(w);
  return status;
}

CS_NODISCARD static CsStatus
put_wav(CsArena *arena, CsAudioWriter *w, const int32_t *whole,
    const float *floats, size_t n_samples)
{
  cs_pack_samples(w->format.format, whole, floats, n_samples, w->packed);
  return cs_write_all(arena, w->fd, w->path, w->packed,
      n_samples * cs_sample_bytes(w->format.format));
}

static int
bits_of(CsSampleFormat format)
{
  return 8 * (int)cs_sample_bytes(format);
}

CS_NODISCARD static CsStatus
put_flac(
    CsArena *arena, CsAudioWriter *w, const int32_t *whole, size_t n_samples)
{
  // libsndfile takes integers at the top of 32 bits.
  const int32_t scale = (int32_t)1 << (32 - bits_of(w->format.format));
  for (size_t i = 0; i < n_samples; i++)
    w->whole[i] = whole[i] * scale;
  if (sf_write_int(w->encoder, w->whole, (sf_count_t)n_samples) !=
          (sf_count_t)n_samples ||
      w->sink.error != 0)
    return encoder_failed(arena, w);
  return CS_OK;
}

CS_NODISCARD static CsStatus
put_lossy(CsArena *arena, CsAudioWriter *w, const int32_t *whole,
    const float *floats, size_t n_samples)
{
  if (w->format.format == CS_FLOAT_32) {
    memcpy(w->floats, floats, n_samples * sizeof *floats);
  } else {
    const float full = (float)((int32_t)1 << (bits_of(w->format.format) - 1));
    for (size_t i = 0; i < n_samples; i++)
      w->floats[i] = (float)whole[i] / full;
  }
  // Always as floats: libsndfile 1.2.0 loses half of each block of shorts that
  // it hands to LAME.
  if (sf_write_float(w->encoder, w->floats, (sf_count_t)n_samples) !=
          (sf_count_t)n_samples ||
      w->sink.error != 0)
    return encoder_failed(arena, w);
  return CS_OK;
}

CsStatus
cs_audio_writer_put(CsArena *arena, CsAudioWriter *w, const int32_t *frames,
    const float *frames_float, size_t n_frames)
{
  const size_t n_channels = (size_t)w->format.n_channels;
  const size_t n_most =
      w->format.container == CS_WAV ? WAV_FRAMES : PIECE_FRAMES;
  assert((w->format.format == CS_FLOAT_32 ? frames_float != NULL
                                          : frames != NULL) ||
         n_frames == 0);
  for (size_t at = 0; at < n_frames; at += n_most) {
    const size_t n_left    = n_frames - at;
    const size_t n_piece   = n_left < n_most ? n_left : n_most;
    const size_t n_samples = n_piece * n_channels;
    const int32_t *whole   = frames != NULL ? frames + at * n_channels : NULL;
    const float *floats =
        frames_float != NULL ? frames_float + at * n_channels : NULL;
    if (w->format.container == CS_WAV)
      CS_TRY(put_wav(arena, w, whole, floats, n_samples));
    else if (w->format.container == CS_FLAC)
      CS_TRY(put_flac(arena, w, whole, n_samples));
    else
      CS_TRY(put_lossy(arena, w, whole, floats, n_samples));
    w->n_written += (int64_t)n_piece;
  }
  return CS_OK;
}

CsStatus
cs_audio_writer_put_packed(
    CsArena *arena, CsAudioWriter *w, const uint8_t *bytes, size_t n_frames)
{
  const size_t n_bytes = n_frames * (size_t)w->format.n_channels *
                         cs_sample_bytes(w->format.format);
  assert(w->format.container == CS_WAV);
  w->n_written += (int64_t)n_frames;
  return cs_write_all(arena, w->fd, w->path, bytes, n_bytes);
}

/// The record, filled up with blanks, which JSON ignores.
CS_NODISCARD static CsStatus
pad_record(
    CsArena *arena, const CsAudioWriter *w, const char *record, char **padded)
{
  const size_t n = record != NULL ? strlen(record) : 0;
  if (n > w->n_record_bytes)
    return cs_fail(arena, CS_ERR_WORK,
        "%s: the record has %zu bytes, but room was kept for %zu", w->path, n,
        w->n_record_bytes);
  *padded = cs_arena_alloc(arena, w->n_record_bytes + 1, 1);
  CS_TRY_NEW(*padded);
  memset(*padded, ' ', w->n_record_bytes);
  if (n > 0)
    memcpy(*padded, record, n);
  return CS_OK;
}

CS_NODISCARD static CsStatus
fill_levels(CsArena *arena, const CsAudioWriter *w, const CsLevels *levels)
{
  unsigned char bytes[CS_WAV_LEVEL_BYTES];
  if (levels == NULL || w->levels_at == 0)
    return CS_OK;
  cs_wav_levels(levels, bytes);
  const ssize_t n = pwrite(w->fd, bytes, sizeof bytes, (off_t)w->levels_at);
  return n == (ssize_t)sizeof bytes ? CS_OK
                                    : cs_write_failed(arena, w->path, errno);
}

CS_NODISCARD static CsStatus
end_wav(CsArena *arena, CsAudioWriter *w, const char *record,
    const CsLevels *levels)
{
  CS_TRY(fill_levels(arena, w, levels));
  const bool is_odd = w->n_written * w->format.n_channels *
                          (int64_t)cs_sample_bytes(w->format.format) % 2 !=
                      0;
  unsigned char chunk[8];
  if (is_odd)
    CS_TRY(cs_write_all(arena, w->fd, w->path, "", 1));
  if (w->n_record_bytes == 0)
    return CS_OK;
  char *padded = NULL;
  CS_TRY(pad_record(arena, w, record, &padded));
  // NOLINTNEXTLINE(bugprone-not-null-terminated-result): four letters, no text
  memcpy(chunk, CS_WAV_RECORD_ID, 4);
  cs_put_le32(chunk + 4, (uint32_t)w->n_record_bytes);
  CS_TRY(cs_write_all(arena, w->fd, w->path, chunk, sizeof chunk));
  return cs_write_all(arena, w->fd, w->path, padded, w->n_record_bytes);
}

/// Bytes from the start of a file, as many as there are.
CS_NODISCARD static CsStatus
read_start(CsArena *arena, const CsAudioWriter *w, size_t n_wanted,
    char **bytes, size_t *n_bytes)
{
  *bytes   = cs_arena_alloc(arena, n_wanted + 1, 1);
  *n_bytes = 0;
  CS_TRY_NEW(*bytes);
  while (*n_bytes < n_wanted) {
    const ssize_t n = pread(
        w->sink.fd, *bytes + *n_bytes, n_wanted - *n_bytes, (off_t)*n_bytes);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return cs_write_failed(arena, w->path, errno);
    if (n == 0)
      break;
    *n_bytes += (size_t)n;
  }
  return CS_OK;
}

/// A FLAC comment is not covered by a checksum, so the record can take the
/// place of the blanks.
CS_NODISCARD static CsStatus
fill_comment(CsArena *arena, CsAudioWriter *w, const char *record)
{
  char *bytes = NULL, *padded = NULL;
  size_t n_bytes = 0, at = 0;
  const size_t n_mark = sizeof record_place - 1;
  CS_TRY(pad_record(arena, w, record, &padded));
  CS_TRY(read_start(
      arena, w, w->n_record_bytes + FLAC_HEAD_MORE, &bytes, &n_bytes));
  while (
      at + n_mark <= n_bytes && memcmp(bytes + at, record_place, n_mark) != 0)
    at++;
  if (at + n_mark > n_bytes || lseek(w->sink.fd, (off_t)at, SEEK_SET) < 0)
    return cs_fail(arena, CS_ERR_WORK,
        "%s: libsndfile kept no room for the record", w->path);
  return cs_write_all(arena, w->sink.fd, w->path, padded, w->n_record_bytes);
}

/// Send an encoded file on into a pipe.
CS_NODISCARD static CsStatus
copy_spool(CsArena *arena, const CsAudioWriter *w)
{
  char *block = cs_arena_alloc(arena, COPY_BYTES, 1);
  CS_TRY_NEW(block);
  if (lseek(w->sink.fd, 0, SEEK_SET) < 0)
    return cs_write_failed(arena, w->path, errno);
  for (;;) {
    const ssize_t n = read(w->sink.fd, block, COPY_BYTES);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return cs_write_failed(arena, w->path, errno);
    if (n == 0)
      return CS_OK;
    CS_TRY(cs_write_all(arena, w->fd, w->path, block, (size_t)n));
  }
}

CS_NODISCARD static CsStatus
end_encoder(CsArena *arena, CsAudioWriter *w, const char *record)
{
  const int error = sf_close(w->encoder);
  w->encoder      = NULL;
  if (w->sink.error != 0)
    return cs_write_failed(arena, w->path, w->sink.error);
  if (error != 0)
    return cs_fail(arena, CS_ERR_WORK, "%s cannot be encoded: %s", w->path,
        sf_error_number(error));
  if (w->format.container == CS_FLAC && w->n_record_bytes > 0)
    CS_TRY(fill_comment(arena, w, record));
  return w->spool != NULL ? copy_spool(arena, w) : CS_OK;
}

CsStatus
cs_audio_writer_close(CsArena *arena, CsAudioWriter *w, const char *record,
    const CsLevels *levels)
{
  CsStatus status = CS_OK;
  if (w->n_written != w->format.n_frames)
    status = cs_fail(arena, CS_ERR_WORK,
        "%s: %lld frames came where %lld were announced", w->path,
        (long long)w->n_written, (long long)w->format.n_frames);
  else if (w->format.container == CS_WAV)
    status = end_wav(arena, w, record, levels);
  else
    status = end_encoder(arena, w, record);
  cs_audio_writer_free(w);
  return status;
}

void
cs_audio_writer_free(CsAudioWriter *w)
{
  if (w == NULL)
    return;
  if (w->encoder != NULL)
    (void)sf_close(w->encoder);
  if (w->spool != NULL)
    (void)fclose(w->spool);
  w->encoder = NULL;
  w->spool   = NULL;
}
