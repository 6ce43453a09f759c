// Sound files, read: frames, facts, the record they carry, and encoded sounds
// in memory.

#include "gen/base/hash.h"
#include "gen/io/audio_file.h"
#include "gen/io/decode.h"
#include "gen/io/wav.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <sndfile.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  /// libvorbis keeps a whole call on the stack, so calls are short.
  PIECE_FRAMES = 1024,
};

static const int sample_subtypes[CS_N_SAMPLE_FORMATS] = {
    [CS_PCM_16]   = SF_FORMAT_PCM_16,
    [CS_PCM_24]   = SF_FORMAT_PCM_24,
    [CS_FLOAT_32] = SF_FORMAT_FLOAT,
};

static int
bits_of(CsSampleFormat format)
{
  return 8 * (int)cs_sample_bytes(format);
}

struct CsAudioReader {
  SNDFILE *file;
  SF_INFO info;
  const char *path;
};

static CsStatus
new_reader(CsArena *arena, const char *path, CsAudioReader **reader)
{
  *reader = CS_NEW(arena, CsAudioReader);
  CS_TRY_NEW(*reader);
  (*reader)->path = cs_arena_copy(arena, path, strlen(path));
  CS_TRY_NEW((*reader)->path);
  return CS_OK;
}

static CsStatus
check_open(CsArena *arena, const CsAudioReader *r)
{
  return r->file != NULL ? CS_OK
                         : cs_fail(arena, CS_ERR_REQUEST,
                               "%s cannot be read as a sound file, it is "
                               "damaged or of another kind: %s",
                               r->path, sf_strerror(NULL));
}

CsStatus
cs_audio_reader_open(CsArena *arena, const char *path, CsAudioReader **reader)
{
  struct stat info;
  CsAudioReader *r = NULL;
  *reader          = NULL;
  if (stat(path, &info) != 0 || access(path, R_OK) != 0)
    return cs_fail(arena, CS_ERR_REQUEST, "%s cannot be opened: %s", path,
        strerror(errno));
  if (S_ISDIR(info.st_mode))
    return cs_fail(
        arena, CS_ERR_REQUEST, "%s is a folder; name a sound file", path);
  CS_TRY(new_reader(arena, path, &r));
  r->file = sf_open(path, SFM_READ, &r->info);
  CS_TRY(check_open(arena, r));
  *reader = r;
  return CS_OK;
}

CsStatus
cs_audio_reader_open_fd(
    CsArena *arena, int fd, const char *path, CsAudioReader **reader)
{
  CsAudioReader *r = NULL;
  *reader          = NULL;
  CS_TRY(new_reader(arena, path, &r));
  r->file = sf_open_fd(fd, SFM_READ, &r->info, SF_FALSE);
  CS_TRY(check_open(arena, r));
  *reader = r;
  return CS_OK;
}

int
cs_audio_reader_rate(const CsAudioReader *r)
{
  return r->info.samplerate;
}

size_t
cs_audio_reader_channels(const CsAudioReader *r)
{
  return (size_t)r->info.channels;
}

CsStatus
cs_audio_reader_read(CsArena *arena, CsAudioReader *r, float *frames,
    size_t n_frames, size_t *n_read)
{
  const sf_count_t n = sf_readf_float(r->file, frames, (sf_count_t)n_frames);
  *n_read            = n > 0 ? (size_t)n : 0;
  if (sf_error(r->file) != SF_ERR_NO_ERROR)
    return cs_fail(arena, CS_ERR_REQUEST, "%s is damaged: %s", r->path,
        sf_strerror(r->file));
  return CS_OK;
}

void
cs_audio_reader_free(CsAudioReader *r)
{
  if (r != NULL && r->file != NULL) {
    (void)sf_close(r->file);
    r->file = NULL;
  }
}

/// Text without the blanks at its end, or NULL when it is no JSON object.
CS_NODISCARD static CsStatus
take_record(CsArena *arena, const char *bytes, size_t n, const char **record)
{
  while (n > 0 && (bytes[n - 1] == ' ' || bytes[n - 1] == '\0'))
    n--;
  if (n < 2 || bytes[0] != '{')
    return CS_OK;
  *record = cs_arena_copy(arena, bytes, n);
  CS_TRY_NEW(*record);
  return CS_OK;
}

CS_NODISCARD static CsStatus
read_chunk(CsArena *arena, const CsAudioReader *r, const char **record)
{
  SF_CHUNK_INFO chunk      = {.id = CS_WAV_RECORD_ID, .id_size = 4};
  SF_CHUNK_ITERATOR *found = sf_get_chunk_iterator(r->file, &chunk);
  if (found == NULL || sf_get_chunk_size(found, &chunk) != SF_ERR_NO_ERROR)
    return CS_OK;
  if (chunk.datalen > CS_MAX_RECORD_BYTES)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s is damaged: its record claims %u bytes", r->path, chunk.datalen);
  chunk.data = cs_arena_alloc(arena, chunk.datalen + 1, 1);
  CS_TRY_NEW(chunk.data);
  if (sf_get_chunk_data(found, &chunk) != SF_ERR_NO_ERROR)
    return CS_OK;
  return take_record(arena, chunk.data, chunk.datalen, record);
}

CS_NODISCARD static CsStatus
read_comment(CsArena *arena, const CsAudioReader *r, const char **record)
{
  const char *comment = sf_get_string(r->file, SF_STR_COMMENT);
  if (comment == NULL)
    return CS_OK;
  return take_record(arena, comment, strlen(comment), record);
}

/// Read integers and put them back to the scale of the file.
static sf_count_t
read_whole(const CsAudioReader *r, CsSampleFormat format, int32_t *samples)
{
  const sf_count_t n    = sf_readf_int(r->file, samples, PIECE_FRAMES);
  const int32_t divisor = (int32_t)1 << (32 - bits_of(format));
  for (sf_count_t i = 0; i < n * r->info.channels; i++)
    samples[i] /= divisor;
  return n;
}

CS_NODISCARD static CsStatus
hash_samples(CsArena *arena, CsAudioReader *r, CsAudioInfo *info)
{
  const size_t n_room = (size_t)PIECE_FRAMES * (size_t)info->n_channels;
  int32_t *whole      = CS_NEW_N(arena, int32_t, n_room);
  float *floats       = CS_NEW_N(arena, float, n_room);
  unsigned char *out  = cs_arena_alloc(arena, n_room, 4);
  if (whole == NULL || floats == NULL || out == NULL)
    return CS_ERR_MEMORY;
  CsHash hash;
  cs_hash_begin(&hash);
  int64_t n_frames = 0;
  for (;;) {
    const sf_count_t n = info->format == CS_FLOAT_32
                             ? sf_readf_float(r->file, floats, PIECE_FRAMES)
                             : read_whole(r, info->format, whole);
    if (n <= 0)
      break;
    const size_t n_samples = (size_t)n * (size_t)info->n_channels;
    cs_pack_samples(info->format, whole, floats, n_samples, out);
    cs_hash_add(&hash, out, n_samples * cs_sample_bytes(info->format));
    n_frames += n;
  }
  cs_hash_end(&hash, info->sha256);
  if (n_frames != info->n_frames || sf_error(r->file) != SF_ERR_NO_ERROR)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s is damaged: %lld of its %lld frames can be read", r->path,
        (long long)n_frames, (long long)info->n_frames);
  return CS_OK;
}

CS_NODISCARD static CsStatus
fill_info(CsArena *arena, CsAudioReader *r, bool hashes, CsAudioInfo *info)
{
  const int major   = r->info.format & SF_FORMAT_TYPEMASK;
  const int minor   = r->info.format & SF_FORMAT_SUBMASK;
  bool is_ours      = false;
  info->n_frames    = r->info.frames;
  info->sample_rate = r->info.samplerate;
  info->n_channels  = r->info.channels;
  for (int f = 0; f < CS_N_SAMPLE_FORMATS; f++)
    if (minor == sample_subtypes[f]) {
      info->format = (CsSampleFormat)f;
      is_ours      = true;
    }
  info->is_wav =
      is_ours && (major == SF_FORMAT_WAV || major == SF_FORMAT_WAVEX ||
                     major == SF_FORMAT_RF64);
  info->is_flac = is_ours && major == SF_FORMAT_FLAC;
  if (info->is_wav)
    CS_TRY(read_chunk(arena, r, &info->record));
  if (info->is_flac)
    CS_TRY(read_comment(arena, r, &info->record));
  if (hashes && (info->is_wav || info->is_flac))
    CS_TRY(hash_samples(arena, r, info));
  return CS_OK;
}

CsStatus
cs_audio_info(CsArena *arena, const char *path, bool hashes, CsAudioInfo *info)
{
  CsAudioReader *reader = NULL;
  *info                 = (CsAudioInfo){0};
  CS_TRY(cs_audio_reader_open(arena, path, &reader));
  assert(reader != NULL);
  const CsStatus status = fill_info(arena, reader, hashes, info);
  cs_audio_reader_free(reader);
  return status;
}

// ---- Encoded sounds in memory ----------------------------------------------

/// Bytes as libsndfile sees them.
typedef struct Source {
  const unsigned char *bytes;
  sf_count_t n_bytes, at;
} Source;

static sf_count_t
source_length(void *user)
{
  const Source *source = user;
  return source->n_bytes;
}

static sf_count_t
source_seek(sf_count_t offset, int whence, void *user)
{
  Source *source        = user;
  const sf_count_t from = whence == SEEK_SET   ? 0
                          : whence == SEEK_CUR ? source->at
                                               : source->n_bytes;
  if (offset < -from || offset > source->n_bytes - from)
    return -1;
  source->at = from + offset;
  return source->at;
}

static sf_count_t
source_read(void *bytes, sf_count_t n_bytes, void *user)
{
  Source *source          = user;
  const sf_count_t n_left = source->n_bytes - source->at;
  const sf_count_t n      = n_bytes < n_left ? n_bytes : n_left;
  memcpy(bytes, source->bytes + source->at, (size_t)n);
  source->at += n;
  return n;
}

static sf_count_t
source_tell(void *user)
{
  const Source *source = user;
  return source->at;
}

static int16_t
to_16_bits(float x)
{
  const float scaled = x * 32768.0f;
  if (!(scaled > -32768.0f)) // nor is it a number
    return INT16_MIN;
  return scaled > 32767.0f ? INT16_MAX : (int16_t)lrintf(scaled);
}

CS_NODISCARD static CsStatus
decode(CsArena *arena, SNDFILE *file, const SF_INFO *info, size_t n_room,
    CsDecoded *out)
{
  float piece[PIECE_FRAMES];
  out->sample_rate = info->samplerate;
  out->samples     = CS_NEW_N(arena, int16_t, n_room);
  CS_TRY_NEW(out->samples);
  while (out->n_frames < n_room) {
    const size_t n_left = n_room - out->n_frames;
    const size_t n_most = n_left < PIECE_FRAMES ? n_left : PIECE_FRAMES;
    const sf_count_t n  = sf_readf_float(file, piece, (sf_count_t)n_most);
    if (n <= 0)
      break;
    for (sf_count_t i = 0; i < n; i++)
      out->samples[out->n_frames++] = to_16_bits(piece[i]);
  }
  return CS_OK;
}

CsStatus
cs_decode(CsArena *arena, const void *bytes, size_t n_bytes,
    size_t limit_frames, CsDecoded *out)
{
  Source source    = {bytes, (sf_count_t)n_bytes, 0};
  SF_VIRTUAL_IO io = {
      source_length, source_seek, source_read, NULL, source_tell};
  SF_INFO info  = {0};
  *out          = (CsDecoded){0};
  SNDFILE *file = sf_open_virtual(&io, SFM_READ, &info, &source);
  if (file == NULL)
    return cs_fail(arena, CS_ERR_REQUEST, "%s", sf_strerror(NULL));
  CsStatus status = CS_OK;
  if (info.channels != 1)
    status = cs_fail(arena, CS_ERR_REQUEST,
        "it has %d channels where one is wanted", info.channels);
  else if (info.frames < 0 || (uint64_t)info.frames > limit_frames)
    status = cs_fail(arena, CS_ERR_REQUEST,
        "it claims %lld frames; at most %zu are read", (long long)info.frames,
        limit_frames);
  else
    status = decode(arena, file, &info, (size_t)info.frames, out);
  (void)sf_close(file);
  return status;
}

const char *
cs_sndfile_version(void)
{
  return sf_version_string();
}
