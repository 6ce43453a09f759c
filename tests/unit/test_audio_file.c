#include "gen/base/hash.h"
#include "gen/base/rng.h"
#include "gen/io/audio_file.h"
#include "gen/io/output.h"
#include "gen/io/wav.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROOM_BYTES = 2000, FEED_FRAMES = 777 };

static const char record[] =
    "{\"cuesmith\": \"1\", \"prompt\": \"ein B\xc3\xa4r\"}";

typedef struct Place {
  CsArena *arena;
  char path[64];  ///< A file that does not exist yet.
  char other[64]; ///< Another one.
} Place;

static int
set_up(void **state)
{
  Place *place = calloc(1, sizeof *place);
  assert_non_null(place);
  place->arena = cs_arena_new(NULL);
  assert_non_null(place->arena);
  char folder[] = "/tmp/cs-audio-XXXXXX";
  assert_non_null(mkdtemp(folder));
  (void)snprintf(place->path, sizeof place->path, "%s/a", folder);
  (void)snprintf(place->other, sizeof place->other, "%s/b", folder);
  *state = place;
  return 0;
}

static int
tear_down(void **state)
{
  Place *place = *state;
  (void)unlink(place->path);
  (void)unlink(place->other);
  *strrchr(place->path, '/') = '\0';
  assert_int_equal(rmdir(place->path), 0);
  cs_arena_free(place->arena);
  free(place);
  return 0;
}

/// A sample of a test signal: a tone and noise that use the whole range.
static int32_t
whole_sample(CsSampleFormat format, int64_t i)
{
  const int32_t full = format == CS_PCM_16 ? 32767 : 8388607;
  CsRng rng          = cs_rng_at(7, "test", (uint64_t)i, 0);
  const double unit  = i % 997 == 0 ? 1.0 : cs_rng_unit(&rng) - 0.5;
  const int32_t x    = (int32_t)(unit * full);
  return i % 991 == 0 ? -full - 1 : x;
}

static void
fill(const CsAudioFormat *format, int64_t from, size_t n, int32_t *whole,
    float *floats)
{
  const bool is_float = format->format == CS_FLOAT_32;
  for (size_t i = 0; i < n; i++) {
    const int64_t at = from + (int64_t)i;
    whole[i]         = whole_sample(is_float ? CS_PCM_24 : format->format, at);
    floats[i]        = (float)whole[i] / 8388608.0F;
  }
}

CS_NODISCARD static CsStatus
write_to(CsArena *arena, int fd, const CsAudioFormat *format, size_t n_room,
    const char *text)
{
  static int32_t whole[2 * FEED_FRAMES];
  static float floats[2 * FEED_FRAMES];
  CsAudioWriter *w = NULL;
  CS_TRY(cs_audio_writer_new(arena, fd, "cue", format, NULL, n_room, &w));
  CsStatus status = CS_OK;
  for (int64_t at = 0; status == CS_OK && at < format->n_frames;) {
    const int64_t left = format->n_frames - at;
    const size_t n     = left < FEED_FRAMES ? (size_t)left : FEED_FRAMES;
    fill(format, at * format->n_channels, n * (size_t)format->n_channels, whole,
        floats);
    const bool is_float = format->format == CS_FLOAT_32;
    status              = cs_audio_writer_put(
                     arena, w, is_float ? NULL : whole, is_float ? floats : NULL, n);
    at += (int64_t)n;
  }
  if (status == CS_OK)
    return cs_audio_writer_close(arena, w, text, NULL);
  cs_audio_writer_free(w);
  return status;
}

static void
write_file(Place *place, const char *path, const CsAudioFormat *format,
    size_t n_room, const char *text)
{
  const int fd = open(path, O_CREAT | O_TRUNC | O_RDWR, 0600);
  assert_true(fd >= 0);
  const CsStatus status = write_to(place->arena, fd, format, n_room, text);
  if (status != CS_OK)
    fail_msg("%s", cs_arena_error(place->arena));
  assert_int_equal(close(fd), 0);
}

static size_t
slurp(const char *path, unsigned char **bytes)
{
  struct stat info;
  assert_int_equal(stat(path, &info), 0);
  *bytes  = malloc((size_t)info.st_size + 1);
  FILE *f = fopen(path, "rb");
  assert_non_null(*bytes);
  assert_non_null(f);
  assert_int_equal(
      fread(*bytes, 1, (size_t)info.st_size, f), (size_t)info.st_size);
  (void)fclose(f);
  return (size_t)info.st_size;
}

static void
assert_same_files(const char *a, const char *b)
{
  unsigned char *bytes_a, *bytes_b;
  const size_t n = slurp(a, &bytes_a);
  assert_int_equal(n, slurp(b, &bytes_b));
  assert_memory_equal(bytes_a, bytes_b, n);
  free(bytes_a);
  free(bytes_b);
}

/// The hash that the master would give for the test signal.
static void
hash_signal(const CsAudioFormat *format, char hex[65])
{
  CsHash hash;
  cs_hash_begin(&hash);
  for (int64_t i = 0; i < format->n_frames * format->n_channels; i++) {
    int32_t whole;
    float value;
    unsigned char bytes[4];
    fill(format, i, 1, &whole, &value);
    if (format->format == CS_FLOAT_32)
      memcpy(&whole, &value, sizeof whole);
    for (int b = 0; b < 4; b++)
      bytes[b] = (unsigned char)((uint32_t)whole >> (8 * b));
    cs_hash_add(&hash, bytes, cs_sample_bytes(format->format));
  }
  cs_hash_end(&hash, hex);
}

static const CsAudioFormat lossless[] = {
    {CS_WAV, CS_PCM_16, 48000, 2, 10001},
    {CS_WAV, CS_PCM_24, 44100, 1, 10001},
    {CS_WAV, CS_PCM_24, 96000, 2, 1},
    {CS_WAV, CS_FLOAT_32, 8000, 2, 5000},
    {CS_FLAC, CS_PCM_16, 48000, 1, 4097},
    {CS_FLAC, CS_PCM_24, 88200, 2, 10001},
    {CS_FLAC, CS_PCM_24, 96000, 2, 1},
};

static void
test_lossless_files_give_back_samples_format_and_record(void **state)
{
  Place *place = *state;
  for (size_t i = 0; i < sizeof lossless / sizeof *lossless; i++) {
    const CsAudioFormat *f = &lossless[i];
    CsAudioInfo info;
    char hex[65];
    write_file(place, place->path, f, ROOM_BYTES, record);
    assert_int_equal(
        cs_audio_info(place->arena, place->path, true, &info), CS_OK);
    assert_int_equal(info.n_frames, f->n_frames);
    assert_int_equal(info.sample_rate, f->sample_rate);
    assert_int_equal(info.n_channels, f->n_channels);
    assert_int_equal(info.format, f->format);
    assert_int_equal(info.is_wav, f->container == CS_WAV);
    assert_int_equal(info.is_flac, f->container == CS_FLAC);
    assert_non_null(info.record);
    assert_string_equal(info.record, record);
    hash_signal(f, hex);
    assert_string_equal(info.sha256, hex);
  }
}

static void
test_files_without_a_record_have_none(void **state)
{
  Place *place = *state;
  for (size_t i = 0; i < sizeof lossless / sizeof *lossless; i++) {
    CsAudioInfo info;
    write_file(place, place->path, &lossless[i], i % 2 * ROOM_BYTES, NULL);
    assert_int_equal(
        cs_audio_info(place->arena, place->path, false, &info), CS_OK);
    assert_null(info.record);
    assert_string_equal(info.sha256, "");
  }
}

static void
test_lossy_files_hold_the_exact_number_of_frames(void **state)
{
  Place *place = *state;
  static const struct {
    CsContainer container;
    int rate;
  } cases[] = {{CS_OGG, 48000}, {CS_OGG, 8000}, {CS_OGG, 96000},
      {CS_OPUS, 48000}, {CS_OPUS, 8000}, {CS_OPUS, 24000}, {CS_MP3, 48000},
      {CS_MP3, 44100}, {CS_MP3, 8000}, {CS_MP3, 11025}};
  static const int64_t lengths[] = {1, 1152, 30001};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
    for (size_t k = 0; k < 3; k++) {
      const CsAudioFormat f = {cases[c].container,
          k == 0 ? CS_FLOAT_32 : CS_PCM_24, cases[c].rate, 1 + (int)(k % 2),
          lengths[k]};
      CsAudioInfo info;
      write_file(place, place->path, &f, 0, NULL);
      assert_int_equal(
          cs_audio_info(place->arena, place->path, true, &info), CS_OK);
      assert_int_equal(info.n_frames, f.n_frames);
      assert_int_equal(info.sample_rate, f.sample_rate);
      assert_int_equal(info.n_channels, f.n_channels);
      assert_false(info.is_wav || info.is_flac);
    }
}

/// 2 s of a chord, to hear whether level and shape get through an encoder.
static void
test_lossy_files_keep_the_level(void **state)
{
  Place *place                     = *state;
  static const CsContainer which[] = {CS_OGG, CS_OPUS, CS_MP3};
  static int32_t tone[2 * 48000];
  for (int i = 0; i < 48000; i++) // a triangle of 480 Hz at half of full scale
    tone[2 * i] = tone[2 * i + 1] =
        4194304 / 25 * (i % 100 < 50 ? i % 100 - 25 : 75 - i % 100);
  for (size_t c = 0; c < 3; c++) {
    const CsAudioFormat f = {which[c], CS_PCM_24, 48000, 2, 48000};
    const int fd          = open(place->path, O_CREAT | O_TRUNC | O_RDWR, 0600);
    CsAudioWriter *w      = NULL;
    assert_int_equal(
        cs_audio_writer_new(place->arena, fd, "cue", &f, NULL, 0, &w), CS_OK);
    assert_int_equal(
        cs_audio_writer_put(place->arena, w, tone, NULL, 48000), CS_OK);
    assert_int_equal(cs_audio_writer_close(place->arena, w, NULL, NULL), CS_OK);
    (void)close(fd);
    CsAudioReader *r = NULL;
    static float back[2 * 48000];
    size_t n = 0, n_all = 0;
    assert_int_equal(
        cs_audio_reader_open(place->arena, place->path, &r), CS_OK);
    do {
      assert_int_equal(cs_audio_reader_read(place->arena, r, back + 2 * n_all,
                           48000 - n_all, &n),
          CS_OK);
      n_all += n;
    } while (n > 0);
    cs_audio_reader_free(r);
    assert_int_equal(n_all, 48000);
    double power = 0.0;
    for (int i = 20000; i < 70000; i++)
      power += (double)back[i] * (double)back[i] / 50000.0;
    // A triangle of peak 0.5 has the mean square 0.25 / 3.
    assert_true(power > 0.25 / 3 * 0.9 && power < 0.25 / 3 * 1.1);
  }
}

static void
test_the_same_frames_give_the_same_bytes(void **state)
{
  Place *place            = *state;
  const CsAudioFormat mp3 = {CS_MP3, CS_PCM_24, 44100, 2, 50000};
  write_file(place, place->path, &mp3, 0, NULL);
  write_file(place, place->other, &mp3, 0, NULL);
  assert_same_files(place->path, place->other);
  for (size_t i = 0; i < sizeof lossless / sizeof *lossless; i++) {
    write_file(place, place->path, &lossless[i], ROOM_BYTES, record);
    write_file(place, place->other, &lossless[i], ROOM_BYTES, record);
    assert_same_files(place->path, place->other);
  }
}

typedef struct Pipe {
  int fd;
  const char *path;
} Pipe;

static void *
drain(void *user)
{
  const Pipe *from = user;
  FILE *to         = fopen(from->path, "wb");
  char bytes[4096];
  for (ssize_t n; (n = read(from->fd, bytes, sizeof bytes)) > 0;)
    (void)fwrite(bytes, 1, (size_t)n, to);
  (void)fclose(to);
  return NULL;
}

static void
write_through_pipe(Place *place, const char *path, const CsAudioFormat *format)
{
  int ends[2];
  pthread_t reader;
  assert_int_equal(pipe(ends), 0);
  Pipe from = {ends[0], path};
  assert_int_equal(pthread_create(&reader, NULL, drain, &from), 0);
  const CsStatus status =
      write_to(place->arena, ends[1], format, ROOM_BYTES, record);
  (void)close(ends[1]);
  (void)pthread_join(reader, NULL);
  (void)close(ends[0]);
  if (status != CS_OK)
    fail_msg("%s", cs_arena_error(place->arena));
}

static void
test_a_pipe_receives_the_bytes_of_the_file(void **state)
{
  Place *place            = *state;
  const CsAudioFormat mp3 = {CS_MP3, CS_PCM_16, 48000, 2, 20000};
  for (size_t i = 0; i <= sizeof lossless / sizeof *lossless; i++) {
    const CsAudioFormat *f =
        i < sizeof lossless / sizeof *lossless ? &lossless[i] : &mp3;
    write_file(place, place->path, f, ROOM_BYTES, record);
    write_through_pipe(place, place->other, f);
    assert_same_files(place->path, place->other);
  }
}

static void
test_no_clock_and_no_peak_chunk_enter_a_wav(void **state)
{
  Place *place          = *state;
  const CsAudioFormat f = {CS_WAV, CS_FLOAT_32, 48000, 1, 10};
  unsigned char *bytes;
  write_file(place, place->path, &f, 0, NULL);
  const size_t n = slurp(place->path, &bytes);
  assert_int_equal(n, 12 + 26 + 12 + 8 + 40);
  assert_memory_equal(bytes + 12, "fmt ", 4);
  assert_memory_equal(bytes + 38, "fact", 4);
  assert_memory_equal(bytes + 50, "data", 4);
  free(bytes);
}

static void
test_beyond_four_gigabytes_the_file_is_rf64_and_reads_back(void **state)
{
  Place *place         = *state;
  CsAudioFormat f      = {CS_WAV, CS_PCM_24, 96000, 2, 720000000};
  const CsMark marks[] = {{0, "A"}, {4100000000LL, "end"}};
  const CsTags tags    = {.title = "x",
         .description            = "x",
         .software               = "cuesmith 1",
         .marks                  = marks,
         .n_marks                = 2,
         .loops                  = true};
  CsWavHead head;
  CsAudioInfo info;
  f.n_frames = (4294967295LL - 44) / 6;
  assert_int_equal(cs_wav_head(place->arena, &f, NULL, 0, &head), CS_OK);
  assert_false(head.is_long);
  assert_int_equal(cs_wav_head(place->arena, &f, NULL, 100, &head), CS_OK);
  assert_true(head.is_long);
  assert_int_equal(cs_wav_head(place->arena, &f, &tags, 0, &head), CS_OK);
  assert_true(head.is_long);
  f.n_frames = 720000000;
  assert_int_equal(
      cs_wav_head(place->arena, &f, &tags, sizeof record, &head), CS_OK);
  assert_memory_equal(head.bytes, "RF64", 4);
  const size_t n_head = head.n_bytes;
  // Five hours of silence take no room in a file with a hole.
  const int fd = open(place->path, O_CREAT | O_TRUNC | O_RDWR, 0600);
  assert_int_equal(write(fd, head.bytes, n_head), n_head);
  const off_t end = (off_t)n_head + (off_t)f.n_frames * 6;
  if (ftruncate(fd, end) != 0) {
    (void)close(fd);
    skip();
  }
  unsigned char chunk[8] = CS_WAV_RECORD_ID;
  cs_put_le32(chunk + 4, sizeof record);
  assert_int_equal(pwrite(fd, chunk, 8, end), 8);
  assert_int_equal(pwrite(fd, record, sizeof record, end + 8), sizeof record);
  (void)close(fd);
  assert_int_equal(
      cs_audio_info(place->arena, place->path, false, &info), CS_OK);
  assert_int_equal(info.n_frames, f.n_frames);
  assert_true(info.is_wav);
  assert_non_null(info.record);
  assert_string_equal(info.record, record);
}

/// The body of a chunk of a WAV file, after the nth with that id (and, of a
/// LIST, that kind).
static const unsigned char *
find_chunk(const unsigned char *bytes, size_t n_bytes, const char *id,
    const char *kind, size_t *n_body)
{
  for (size_t at = 12; at + 8 <= n_bytes;) {
    uint32_t n = 0;
    for (size_t i = 4; i > 0; i--)
      n = n << 8 | bytes[at + 3 + i];
    const bool is_it = memcmp(bytes + at, id, 4) == 0;
    if (is_it && (kind == NULL || memcmp(bytes + at + 8, kind, 4) == 0)) {
      *n_body = n;
      return bytes + at + 8;
    }
    at += 8 + (size_t)n + n % 2;
  }
  fail_msg("no chunk %s %s", id, kind != NULL ? kind : "");
  return NULL;
}

static int
le_at(const unsigned char *at, size_t n_bytes)
{
  int64_t value = 0;
  for (size_t i = n_bytes; i > 0; i--)
    value = value << 8 | at[i - 1];
  return (int)(n_bytes == 2 ? (int16_t)value : (int32_t)value);
}

/// A prompt whose 256th byte is in the middle of a character.
static const char *
long_prompt(void)
{
  static char text[400];
  memset(text, 'x', 255);
  (void)strcpy(text + 255, "\xc3\xa4 and more");
  return text;
}

static void
write_tagged(Place *place, const CsAudioFormat *f, const CsTags *tags,
    const CsLevels *levels)
{
  static int32_t silence[2 * FEED_FRAMES];
  CsAudioWriter *w = NULL;
  const int fd     = open(place->path, O_CREAT | O_TRUNC | O_RDWR, 0600);
  assert_true(fd >= 0);
  assert_int_equal(
      cs_audio_writer_new(place->arena, fd, "cue", f, tags, 40, &w), CS_OK);
  assert_int_equal(
      cs_audio_writer_put(place->arena, w, silence, NULL, (size_t)f->n_frames),
      CS_OK);
  assert_int_equal(
      cs_audio_writer_close(place->arena, w, record, levels), CS_OK);
  assert_int_equal(close(fd), 0);
}

static void
test_a_wav_says_who_made_it_where_its_sections_are_and_how_loud_it_is(
    void **state)
{
  Place *place          = *state;
  const CsAudioFormat f = {CS_WAV, CS_PCM_16, 48000, 2, 700};
  const CsMark marks[]  = {{0, "A"}, {100, "A'"}, {650, "hit"}};
  const CsTags tags     = {.title = "B\xc3\xa4r",
          .description            = long_prompt(),
          .software               = "cuesmith 1",
          .genre                  = "tense",
          .rights                 = "CC0-1.0",
          .date                   = "2026-11-21",
          .marks                  = marks,
          .n_marks                = 3,
          .loops                  = true};
  const CsLevels levels = {-16.04, 5.5, -1.0, -12.5, CS_UNKNOWN_LEVEL};
  unsigned char *bytes  = NULL;
  size_t n              = 0;
  write_tagged(place, &f, &tags, &levels);
  const size_t n_bytes      = slurp(place->path, &bytes);
  const unsigned char *body = find_chunk(bytes, n_bytes, "bext", NULL, &n);
  assert_true(n > 602);
  assert_memory_equal(body, tags.description, 255);
  assert_int_equal(body[255], 0); // no half character
  assert_memory_equal(body + 256, "cuesmith 1", 11);
  assert_memory_equal(body + 320, "2026-11-21", 10);
  assert_int_equal(le_at(body + 346, 2), 2);
  assert_int_equal(le_at(body + 412, 2), -1604);
  assert_int_equal(le_at(body + 414, 2), 550);
  assert_int_equal(le_at(body + 416, 2), -100);
  assert_int_equal(le_at(body + 418, 2), -1250);
  assert_int_equal(le_at(body + 420, 2), 0x7fff);
  body = find_chunk(bytes, n_bytes, "LIST", "INFO", &n);
  assert_memory_equal(body + 4, "INAM\5\0\0\0B\xc3\xa4r\0\0ISFT", 18);
  body = find_chunk(bytes, n_bytes, "cue ", NULL, &n);
  assert_int_equal(n, 4 + 3 * 24);
  assert_int_equal(le_at(body, 4), 3);
  assert_int_equal(le_at(body + 4 + 24, 4), 2); // id of the second
  assert_int_equal(le_at(body + 4 + 24 + 20, 4), 100);
  body = find_chunk(bytes, n_bytes, "LIST", "adtl", &n);
  assert_memory_equal(body + 4, "labl\6\0\0\0\1\0\0\0A\0", 14);
  body = find_chunk(bytes, n_bytes, "smpl", NULL, &n);
  assert_int_equal(n, 60);
  assert_int_equal(le_at(body + 8, 4), 20833); // ns a frame
  assert_int_equal(le_at(body + 28, 4), 1);
  assert_int_equal(le_at(body + 44, 4), 0);
  assert_int_equal(le_at(body + 48, 4), 699);
  free(bytes);
  CsAudioInfo info;
  assert_int_equal(
      cs_audio_info(place->arena, place->path, true, &info), CS_OK);
  assert_int_equal(info.n_frames, 700);
  assert_string_equal(info.record, record);
}

static void
test_an_mp3_has_its_texts_in_utf8(void **state)
{
  Place *place          = *state;
  const CsAudioFormat f = {CS_MP3, CS_PCM_16, 48000, 2, 700};
  const CsTags tags     = {
          .title = "B\xc3\xa4r", .description = "D", .software = "cuesmith 1"};
  unsigned char *bytes = NULL;
  write_tagged(place, &f, &tags, NULL);
  const size_t n_bytes = slurp(place->path, &bytes);
  assert_true(n_bytes > 100);
  assert_memory_equal(bytes, "ID3\4\0\0\0\0\0", 9);
  assert_memory_equal(bytes + 10, "TIT2\0\0\0\5\0\0\3B\xc3\xa4r", 15);
  assert_int_equal(bytes[10 + bytes[9]], 0xff); // the stream begins behind it
  free(bytes);
}

static void
test_the_loudness_of_a_pipe_stays_open(void **state)
{
  Place *place          = *state;
  const CsAudioFormat f = {CS_WAV, CS_PCM_16, 48000, 1, 0};
  const CsTags tags     = {.software = "cuesmith 1", .description = "x"};
  const CsLevels levels = {-16.0, 5.5, -1.0, -12.5, -14.0};
  unsigned char bytes[2000];
  CsAudioWriter *w = NULL;
  size_t n_body    = 0;
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(
      cs_audio_writer_new(place->arena, ends[1], "-", &f, &tags, 0, &w), CS_OK);
  assert_int_equal(
      cs_audio_writer_close(place->arena, w, NULL, &levels), CS_OK);
  (void)close(ends[1]);
  const ssize_t n = read(ends[0], bytes, sizeof bytes);
  (void)close(ends[0]);
  assert_true(n > 0);
  const unsigned char *body =
      find_chunk(bytes, (size_t)n, "bext", NULL, &n_body);
  assert_int_equal(le_at(body + 412, 2), 0x7fff);
}

static void
test_formats_that_do_not_exist_are_refused_with_those_that_do(void **state)
{
  Place *place = *state;
  static const struct {
    CsAudioFormat format;
    const char *words;
  } cases[] = {
      {{CS_FLAC, CS_FLOAT_32, 48000, 2, 1}, "16 or 24 bits"},
      {{CS_FLAC, CS_PCM_24, 70001, 2, 1}, "multiples of 10 Hz"},
      {{CS_OPUS, CS_PCM_24, 44100, 2, 1}, "8, 12, 16, 24 or 48 kHz"},
      {{CS_MP3, CS_PCM_24, 96000, 2, 1}, "44.1 or 48 kHz"},
      {{CS_MP3, CS_PCM_24, 20000, 2, 1}, "22.05, 24"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cs_arena_clear_error(place->arena);
    assert_int_equal(
        cs_audio_format_check(place->arena, &cases[i].format), CS_ERR_REQUEST);
    assert_non_null(strstr(cs_arena_error(place->arena), cases[i].words));
  }
}

static void
test_the_name_says_which_container(void **state)
{
  Place *place = *state;
  static const struct {
    const char *path;
    CsContainer container;
  } cases[]     = {{"a.wav", CS_WAV}, {"-", CS_WAV}, {"/dev/stdout", CS_WAV},
          {"x/B.FLAC", CS_FLAC}, {"a.b.ogg", CS_OGG}, {"a.opus", CS_OPUS},
          {"a.Mp3", CS_MP3}};
  CsContainer c = CS_N_CONTAINERS;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(cs_container_of(place->arena, cases[i].path, &c), CS_OK);
    assert_int_equal(c, cases[i].container);
  }
  static const char *const refused[] = {"a", "a.aiff", ".wav", "wav", "a.wav "};
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    cs_arena_clear_error(place->arena);
    assert_int_equal(
        cs_container_of(place->arena, refused[i], &c), CS_ERR_REQUEST);
    assert_non_null(strstr(cs_arena_error(place->arena), ".opus or .mp3"));
  }
}

static void
test_files_that_are_absent_or_damaged_get_one_sentence(void **state)
{
  Place *place = *state;
  CsAudioInfo info;
  assert_int_equal(
      cs_audio_info(place->arena, place->path, true, &info), CS_ERR_REQUEST);
  assert_non_null(strstr(cs_arena_error(place->arena), "cannot be opened"));
  const CsAudioFormat flac = {CS_FLAC, CS_PCM_24, 48000, 2, 50000};
  write_file(place, place->path, &flac, 0, NULL);
  struct stat size;
  assert_int_equal(stat(place->path, &size), 0);
  assert_int_equal(truncate(place->path, size.st_size / 2), 0);
  cs_arena_clear_error(place->arena);
  assert_int_equal(
      cs_audio_info(place->arena, place->path, true, &info), CS_ERR_REQUEST);
  assert_non_null(strstr(cs_arena_error(place->arena), "is damaged"));
  assert_int_equal(truncate(place->path, 3), 0);
  cs_arena_clear_error(place->arena);
  assert_int_equal(
      cs_audio_info(place->arena, place->path, true, &info), CS_ERR_REQUEST);
  assert_non_null(strstr(cs_arena_error(place->arena), "sound file"));
}

static void
test_a_full_disk_fails_in_every_container(void **state)
{
  Place *place                     = *state;
  static const CsContainer which[] = {CS_WAV, CS_FLAC, CS_OGG, CS_OPUS, CS_MP3};
  if (access("/dev/full", W_OK) != 0)
    skip();
  for (size_t i = 0; i < 5; i++) {
    const CsAudioFormat f = {which[i], CS_PCM_24, 48000, 2, 20000};
    const int fd          = open("/dev/full", O_WRONLY);
    cs_arena_clear_error(place->arena);
    assert_int_equal(write_to(place->arena, fd, &f, 0, NULL), CS_ERR_WORK);
    assert_non_null(strstr(cs_arena_error(place->arena), "disk full"));
    (void)close(fd);
  }
}

static void
test_a_disk_that_fills_up_anywhere_is_an_error(void **state)
{
  Place *place = *state;
  struct rlimit limit, small;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
  void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
  for (int c = 0; c < CS_N_CONTAINERS; c++) {
    const CsAudioFormat f = {(CsContainer)c, CS_PCM_24, 48000, 2, 20000};
    struct stat info;
    write_file(place, place->path, &f, ROOM_BYTES, record);
    assert_int_equal(stat(place->path, &info), 0);
    for (off_t room = 0; room < info.st_size; room += info.st_size / 23) {
      const int fd = open(place->path, O_CREAT | O_TRUNC | O_RDWR, 0600);
      cs_arena_clear_error(place->arena);
      small          = limit;
      small.rlim_cur = (rlim_t)room;
      assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
      const CsStatus status =
          write_to(place->arena, fd, &f, ROOM_BYTES, record);
      assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
      (void)close(fd);
      assert_int_equal(status, CS_ERR_WORK);
      assert_non_null(strstr(cs_arena_error(place->arena), "largest file"));
    }
  }
  (void)signal(SIGXFSZ, before);
}

static void
test_too_few_frames_or_too_long_a_record_is_an_error(void **state)
{
  Place *place          = *state;
  CsAudioWriter *w      = NULL;
  const CsAudioFormat f = {CS_WAV, CS_PCM_16, 48000, 1, 2};
  const int fd          = open("/dev/null", O_WRONLY);
  const int32_t two[]   = {1, 2};
  assert_int_equal(
      cs_audio_writer_new(place->arena, fd, "cue", &f, NULL, 40, &w), CS_OK);
  assert_int_equal(cs_audio_writer_put(place->arena, w, two, NULL, 1), CS_OK);
  assert_int_equal(
      cs_audio_writer_close(place->arena, w, NULL, NULL), CS_ERR_WORK);
  cs_arena_clear_error(place->arena);
  assert_int_equal(
      cs_audio_writer_new(place->arena, fd, "cue", &f, NULL, 20, &w), CS_OK);
  assert_int_equal(cs_audio_writer_put(place->arena, w, two, NULL, 2), CS_OK);
  assert_int_equal(
      cs_audio_writer_close(place->arena, w, record, NULL), CS_ERR_WORK);
  assert_non_null(strstr(cs_arena_error(place->arena), "room was kept"));
  (void)close(fd);
}

static bool
is_taken_by_ffprobe(const char *path)
{
  char line[300];
  (void)snprintf(
      line, sizeof line, "test -z \"$(ffprobe -v warning %s 2>&1)\"", path);
  return system(line) == 0;
}

static bool
is_taken_by_sox(const char *path)
{
  char line[300];
  (void)snprintf(
      line, sizeof line, "test -z \"$(sox -V2 -t wav %s -n 2>&1)\"", path);
  return system(line) == 0;
}

static void
test_other_programs_take_the_files(void **state)
{
  Place *place = *state;
  if (system("command -v ffprobe >/dev/null 2>&1") != 0 ||
      system("command -v sox >/dev/null 2>&1") != 0)
    skip();
  for (size_t i = 0; i < sizeof lossless / sizeof *lossless; i++) {
    write_file(place, place->path, &lossless[i], ROOM_BYTES, record);
    assert_true(is_taken_by_ffprobe(place->path));
    if (lossless[i].container == CS_WAV)
      assert_true(is_taken_by_sox(place->path));
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_lossless_files_give_back_samples_format_and_record),
      TEST(test_files_without_a_record_have_none),
      TEST(test_lossy_files_hold_the_exact_number_of_frames),
      TEST(test_lossy_files_keep_the_level),
      TEST(test_the_same_frames_give_the_same_bytes),
      TEST(test_a_pipe_receives_the_bytes_of_the_file),
      TEST(test_no_clock_and_no_peak_chunk_enter_a_wav),
      TEST(test_beyond_four_gigabytes_the_file_is_rf64_and_reads_back),
      TEST(test_formats_that_do_not_exist_are_refused_with_those_that_do),
      TEST(test_the_name_says_which_container),
      TEST(test_files_that_are_absent_or_damaged_get_one_sentence),
      TEST(test_a_full_disk_fails_in_every_container),
      TEST(test_a_disk_that_fills_up_anywhere_is_an_error),
      TEST(
          test_a_wav_says_who_made_it_where_its_sections_are_and_how_loud_it_is),
      TEST(test_an_mp3_has_its_texts_in_utf8),
      TEST(test_the_loudness_of_a_pipe_stays_open),
      TEST(test_too_few_frames_or_too_long_a_record_is_an_error),
      TEST(test_other_programs_take_the_files),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
