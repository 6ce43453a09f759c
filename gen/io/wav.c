#include "gen/io/wav.h"

#include "gen/base/text.h"

#include <math.h>
#include <string.h>

enum {
  FORMAT_PCM      = 1,
  FORMAT_FLOAT    = 3,
  FMT_BYTES       = 16,
  FMT_MORE        = 2, ///< Where the format is not PCM: size of an extension.
  DS64_BYTES      = 28,
  CHUNK_HEAD      = 8, ///< Id and size.
  RIFF_HEAD       = 12,
  SIZE_IS_IN_DS64 = -1,
};

/// bext, EBU Tech 3285 version 2.
enum {
  BEXT_DESCRIPTION = 256,
  BEXT_NAME        = 32,
  BEXT_DATE        = 10,
  BEXT_TIME        = 8,
  BEXT_UMID        = 64,
  BEXT_RESERVED    = 180,
  BEXT_VERSION     = 2,
  BEXT_LEVELS_AT   = 412,
  UNKNOWN_LEVEL    = 0x7fff,
};

void
cs_put_le32(unsigned char *out, uint32_t value)
{
  for (size_t i = 0; i < 4; i++)
    out[i] = (unsigned char)(value >> (8 * i) & 0xff);
}

static void
put(CsText *t, uint64_t value, size_t n_bytes)
{
  for (size_t i = 0; i < n_bytes; i++) {
    const char byte = (char)(unsigned char)(value >> (8 * i) & 0xff);
    cs_text_add_bytes(t, &byte, 1);
  }
}

static void
put_blank(CsText *t, size_t n_bytes)
{
  for (size_t i = 0; i < n_bytes; i++)
    put(t, 0, 1);
}

static void
put_chunk(CsText *t, const char *id, uint32_t n_bytes)
{
  cs_text_add_bytes(t, id, 4);
  put(t, n_bytes, 4);
}

/// A chunk of text that ends with a zero byte, padded to an even length.
static void
put_text_chunk(CsText *t, const char *id, const char *text)
{
  const size_t n = strlen(text) + 1;
  put_chunk(t, id, (uint32_t)n);
  cs_text_add_bytes(t, text, n);
  put_blank(t, n % 2);
}

/// A field of fixed size, filled up with zero bytes.
static void
put_field(CsText *t, const char *text, size_t n_room)
{
  const size_t n = text != NULL ? cs_utf8_fitting(text, n_room) : 0;
  cs_text_add_bytes(t, text != NULL ? text : "", n);
  put_blank(t, n_room - n);
}

// ---- Chunks -----------------------------------------------------------------

static uint64_t
data_bytes(const CsAudioFormat *format)
{
  return (uint64_t)format->n_frames * (uint64_t)format->n_channels *
         cs_sample_bytes(format->format);
}

static void
put_format(CsText *t, const CsAudioFormat *format)
{
  const uint64_t n_frame_bytes =
      (uint64_t)format->n_channels * cs_sample_bytes(format->format);
  const bool is_float = format->format == CS_FLOAT_32;
  put_chunk(t, "fmt ", is_float ? FMT_BYTES + FMT_MORE : FMT_BYTES);
  put(t, is_float ? FORMAT_FLOAT : FORMAT_PCM, 2);
  put(t, (uint64_t)format->n_channels, 2);
  put(t, (uint64_t)format->sample_rate, 4);
  put(t, (uint64_t)format->sample_rate * n_frame_bytes, 4);
  put(t, n_frame_bytes, 2);
  put(t, 8 * cs_sample_bytes(format->format), 2);
  if (!is_float)
    return;
  const bool fits = (uint64_t)format->n_frames <= UINT32_MAX;
  put(t, 0, FMT_MORE);
  put_chunk(t, "fact", 4);
  put(t, fits ? (uint64_t)format->n_frames : UINT32_MAX, 4);
}

static int16_t
hundredths(double level)
{
  const double value = round(100.0 * level);
  if (value >= -32768.0 && value < UNKNOWN_LEVEL)
    return (int16_t)value;
  return UNKNOWN_LEVEL;
}

void
cs_wav_levels(const CsLevels *levels, unsigned char out[CS_WAV_LEVEL_BYTES])
{
  const double fields[] = {levels->integrated_lufs, levels->range_lu,
      levels->true_peak_dbtp, levels->momentary_lufs, levels->short_term_lufs};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    const uint16_t value = (uint16_t)hundredths(fields[i]);
    out[2 * i]           = (unsigned char)(value & 0xff);
    out[2 * i + 1]       = (unsigned char)(value >> 8);
  }
}

/// @return Offset of the loudness fields in the text.
static size_t
put_bext(CsText *t, const CsAudioFormat *format, const CsTags *tags)
{
  CsText history         = cs_text_new(t->arena);
  const CsLevels unknown = {CS_UNKNOWN_LEVEL, CS_UNKNOWN_LEVEL,
      CS_UNKNOWN_LEVEL, CS_UNKNOWN_LEVEL, CS_UNKNOWN_LEVEL};
  unsigned char levels[CS_WAV_LEVEL_BYTES];
  const size_t at = t->n + CHUNK_HEAD;
  cs_wav_levels(&unknown, levels);
  cs_text_addf(&history, "A=PCM,F=%d,W=%zu,M=%s,T=%s\r\n", format->sample_rate,
      8 * cs_sample_bytes(format->format),
      format->n_channels == 1 ? "mono" : "stereo", tags->software);
  const size_t n_history = history.n + history.n % 2;
  put_chunk(t, "bext",
      (uint32_t)(BEXT_LEVELS_AT + CS_WAV_LEVEL_BYTES + BEXT_RESERVED +
                 n_history));
  put_field(t, tags->description, BEXT_DESCRIPTION);
  put_field(t, tags->software, BEXT_NAME);
  put_blank(t, BEXT_NAME); // the originator's reference
  put_field(t, tags->date, BEXT_DATE);
  put_blank(t, BEXT_TIME);
  put(t, 0, 8); // the first frame is the first since midnight
  put(t, BEXT_VERSION, 2);
  put_blank(t, BEXT_UMID);
  cs_text_add_bytes(t, (const char *)levels, sizeof levels);
  put_blank(t, BEXT_RESERVED);
  put_field(t, history.bytes, n_history);
  t->failed |= history.failed;
  return at + BEXT_LEVELS_AT;
}

static void
put_info(CsText *t, const CsTags *tags)
{
  const struct {
    const char *id, *text;
  } items[]   = {{"INAM", tags->title}, {"ISFT", tags->software},
        {"IGNR", tags->genre}, {"ICOP", tags->rights}, {"ICRD", tags->date},
        {"ICMT", tags->description}};
  CsText list = cs_text_new(t->arena);
  for (size_t i = 0; i < sizeof items / sizeof *items; i++)
    if (items[i].text != NULL)
      put_text_chunk(&list, items[i].id, items[i].text);
  put_chunk(t, "LIST", (uint32_t)(4 + list.n));
  cs_text_add(t, "INFO");
  cs_text_add_bytes(t, list.bytes != NULL ? list.bytes : "", list.n);
  t->failed |= list.failed;
}

/// Cue points and their labels.
static void
put_marks(CsText *t, const CsTags *tags)
{
  enum { POINT_BYTES = 24 };
  if (tags->n_marks == 0)
    return;
  put_chunk(t, "cue ", (uint32_t)(4 + POINT_BYTES * tags->n_marks));
  put(t, tags->n_marks, 4);
  for (size_t i = 0; i < tags->n_marks; i++) {
    const uint64_t frame = (uint64_t)tags->marks[i].frame;
    put(t, i + 1, 4);
    put(t, frame, 4); // place in the play list
    cs_text_add(t, "data");
    put(t, 0, 8); // there is one chunk, of one block
    put(t, frame, 4);
  }
  CsText labels = cs_text_new(t->arena);
  for (size_t i = 0; i < tags->n_marks; i++) {
    const char *label = tags->marks[i].label;
    const size_t n    = strlen(label) + 1;
    put_chunk(&labels, "labl", (uint32_t)(4 + n));
    put(&labels, i + 1, 4);
    cs_text_add_bytes(&labels, label, n);
    put_blank(&labels, n % 2);
  }
  put_chunk(t, "LIST", (uint32_t)(4 + labels.n));
  cs_text_add(t, "adtl");
  cs_text_add_bytes(t, labels.bytes != NULL ? labels.bytes : "", labels.n);
  t->failed |= labels.failed;
}

static void
put_loop(CsText *t, const CsAudioFormat *format, const CsTags *tags)
{
  enum { SMPL_BYTES = 36, LOOP_BYTES = 24, MIDDLE_C = 60 };
  if (!tags->loops || format->n_frames <= 0)
    return;
  put_chunk(t, "smpl", SMPL_BYTES + LOOP_BYTES);
  put(t, 0, 8); // no manufacturer, no product
  put(t, (uint64_t)llround(1e9 / format->sample_rate), 4);
  put(t, MIDDLE_C, 4);
  put_blank(t, 12); // fine tuning, SMPTE format and offset
  put(t, 1, 4);     // one loop
  put(t, 0, 4);     // no more data
  put(t, 0, 8);     // its id; forwards
  put(t, 0, 4);
  put(t, (uint64_t)format->n_frames - 1, 4); // the last frame that is played
  put(t, 0, 8);                              // fraction; without end
}

// ---- The head ---------------------------------------------------------------

static void
put_riff(CsText *t, const CsAudioFormat *format, uint64_t n_file, bool is_long)
{
  const uint64_t n_riff = n_file - CHUNK_HEAD;
  put_chunk(t, is_long ? "RF64" : "RIFF",
      is_long ? (uint32_t)SIZE_IS_IN_DS64 : (uint32_t)n_riff);
  cs_text_add(t, "WAVE");
  if (!is_long)
    return;
  put_chunk(t, "ds64", DS64_BYTES);
  put(t, n_riff, 8);
  put(t, data_bytes(format), 8);
  put(t, (uint64_t)format->n_frames, 8);
  put(t, 0, 4); // no table of further long chunks
}

CsStatus
cs_wav_head(CsArena *arena, const CsAudioFormat *format, const CsTags *tags,
    size_t n_record_bytes, CsWavHead *head)
{
  CsText chunks         = cs_text_new(arena);
  CsText all            = cs_text_new(arena);
  const uint64_t n_data = data_bytes(format);
  const char *bytes     = NULL;
  *head                 = (CsWavHead){0};
  put_format(&chunks, format);
  if (tags != NULL) {
    head->levels_at = put_bext(&chunks, format, tags);
    put_info(&chunks, tags);
    put_marks(&chunks, tags);
    put_loop(&chunks, format, tags);
  }
  // Data of odd length are padded.
  uint64_t n_file = RIFF_HEAD + chunks.n + CHUNK_HEAD + n_data + n_data % 2;
  if (n_record_bytes > 0)
    n_file += CHUNK_HEAD + n_record_bytes;
  head->is_long = n_file > UINT32_MAX;
  if (head->is_long)
    n_file += CHUNK_HEAD + DS64_BYTES;
  put_riff(&all, format, n_file, head->is_long);
  if (head->levels_at > 0)
    head->levels_at += all.n;
  cs_text_add_bytes(&all, chunks.bytes != NULL ? chunks.bytes : "", chunks.n);
  put_chunk(&all, "data",
      head->is_long ? (uint32_t)SIZE_IS_IN_DS64 : (uint32_t)n_data);
  all.failed |= chunks.failed;
  head->n_bytes = all.n;
  CS_TRY(cs_text_take(&all, &bytes));
  head->bytes = (const unsigned char *)bytes;
  return CS_OK;
}
