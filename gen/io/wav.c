#include "gen/io/wav.h"

#include <string.h>

enum {
  FORMAT_PCM      = 1,
  FORMAT_FLOAT    = 3,
  FMT_BYTES       = 16,
  FMT_MORE        = 2, ///< Where the format is not PCM: size of an extension.
  FACT_BYTES      = 4,
  DS64_BYTES      = 28,
  CHUNK_HEAD      = 8, ///< Id and size.
  RIFF_HEAD       = 12,
  SIZE_IS_IN_DS64 = -1,
};

/// Fills a head from its start.
typedef struct Cursor {
  unsigned char *at;
} Cursor;

static void
put(Cursor *c, uint64_t value, size_t n_bytes)
{
  for (size_t i = 0; i < n_bytes; i++)
    *c->at++ = (unsigned char)(value >> (8 * i) & 0xff);
}

static void
put_chunk(Cursor *c, const char *id, uint32_t n_bytes)
{
  memcpy(c->at, id, 4);
  c->at += 4;
  put(c, n_bytes, 4);
}

void
cs_put_le32(unsigned char *out, uint32_t value)
{
  Cursor c = {out};
  put(&c, value, 4);
}

static uint64_t
data_bytes(const CsAudioFormat *format)
{
  return (uint64_t)format->n_frames * (uint64_t)format->n_channels *
         cs_sample_bytes(format->format);
}

/// Of the whole file. Data of odd length are padded.
static uint64_t
file_bytes(const CsAudioFormat *format, size_t n_record_bytes, bool is_long)
{
  const uint64_t n_data = data_bytes(format);
  uint64_t n            = RIFF_HEAD + CHUNK_HEAD + FMT_BYTES + CHUNK_HEAD;
  if (is_long)
    n += CHUNK_HEAD + DS64_BYTES;
  if (format->format == CS_FLOAT_32)
    n += FMT_MORE + CHUNK_HEAD + FACT_BYTES;
  if (n_record_bytes > 0)
    n += CHUNK_HEAD + n_record_bytes;
  return n + n_data + n_data % 2;
}

bool
cs_wav_is_long(const CsAudioFormat *format, size_t n_record_bytes)
{
  return file_bytes(format, n_record_bytes, false) > UINT32_MAX;
}

static void
put_format(Cursor *c, const CsAudioFormat *format)
{
  const uint64_t n_frame_bytes =
      (uint64_t)format->n_channels * cs_sample_bytes(format->format);
  const bool is_float = format->format == CS_FLOAT_32;
  put_chunk(c, "fmt ", is_float ? FMT_BYTES + FMT_MORE : FMT_BYTES);
  put(c, is_float ? FORMAT_FLOAT : FORMAT_PCM, 2);
  put(c, (uint64_t)format->n_channels, 2);
  put(c, (uint64_t)format->sample_rate, 4);
  put(c, (uint64_t)format->sample_rate * n_frame_bytes, 4);
  put(c, n_frame_bytes, 2);
  put(c, 8 * cs_sample_bytes(format->format), 2);
  if (is_float)
    put(c, 0, FMT_MORE);
}

size_t
cs_wav_head(const CsAudioFormat *format, size_t n_record_bytes,
    unsigned char head[CS_WAV_HEAD_BYTES])
{
  const bool is_long    = cs_wav_is_long(format, n_record_bytes);
  const uint64_t n_data = data_bytes(format);
  const uint64_t n_riff =
      file_bytes(format, n_record_bytes, is_long) - CHUNK_HEAD;
  Cursor c = {head};
  put_chunk(&c, is_long ? "RF64" : "RIFF",
      is_long ? (uint32_t)SIZE_IS_IN_DS64 : (uint32_t)n_riff);
  memcpy(c.at, "WAVE", 4);
  c.at += 4;
  if (is_long) {
    put_chunk(&c, "ds64", DS64_BYTES);
    put(&c, n_riff, 8);
    put(&c, n_data, 8);
    put(&c, (uint64_t)format->n_frames, 8);
    put(&c, 0, 4); // no table of further long chunks
  }
  put_format(&c, format);
  if (format->format == CS_FLOAT_32) {
    const bool fits = (uint64_t)format->n_frames <= UINT32_MAX;
    put_chunk(&c, "fact", FACT_BYTES);
    put(&c, fits ? (uint64_t)format->n_frames : UINT32_MAX, 4);
  }
  put_chunk(&c, "data", is_long ? (uint32_t)SIZE_IS_IN_DS64 : (uint32_t)n_data);
  return (size_t)(c.at - head);
}
