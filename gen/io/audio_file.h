/// Sound files, written (audio_file.c) and read (audio_read.c). The two are the
/// only files that include sndfile.h.
#ifndef CS_GEN_IO_AUDIO_FILE_H
#define CS_GEN_IO_AUDIO_FILE_H

#include "gen/base/arena.h"
#include "gen/io/tags.h"
#include "gen/master/master.h"

/// Longest record that a file carries: libFLAC ends a block at 16 MiB.
enum { CS_MAX_RECORD_BYTES = 8 << 20 };

typedef enum CsContainer {
  CS_WAV, ///< RF64 where the data pass 4 GiB.
  CS_FLAC,
  CS_OGG,  ///< Vorbis, quality 0.6.
  CS_OPUS, ///< 160 kb/s.
  CS_MP3,  ///< VBR near 190 kb/s.
  CS_N_CONTAINERS
} CsContainer;

/// By the extension of a file name; "-" is WAV.
/// @return CS_ERR_REQUEST naming the extensions that work.
CS_NODISCARD CsStatus cs_container_of(
    CsArena *arena, const char *path, CsContainer *container);

typedef struct CsAudioFormat {
  CsContainer container;
  CsSampleFormat format; ///< For lossy containers what is fed to the encoder.
  int sample_rate;
  int n_channels;
  int64_t n_frames; ///< Known before the first frame is written.
} CsAudioFormat;

/// Can this be written? The message names the rates or bits that work.
CS_NODISCARD CsStatus cs_audio_format_check(
    CsArena *arena, const CsAudioFormat *format);

typedef struct CsAudioWriter CsAudioWriter;

/// Begin a file on an open descriptor (from cs_outputs_open()). Works on pipes
/// too: the header is made from the known length.
///
/// @param tags            NULL for none. WAV: bext, INFO, cue points with
/// labels
///                        and loop; the others: the texts alone.
/// @param n_record_bytes  Room kept for the record of a WAV file; 0 for none.
CS_NODISCARD CsStatus cs_audio_writer_new(CsArena *arena, int fd,
    const char *path, const CsAudioFormat *format, const CsTags *tags,
    size_t n_record_bytes, CsAudioWriter **writer);

/// Append frames in the format's scale (see CsCueBlock), interleaved.
CS_NODISCARD CsStatus cs_audio_writer_put(CsArena *arena, CsAudioWriter *writer,
    const int32_t *frames, const float *frames_float, size_t n_frames);

/// The same for a WAV file, with the bytes that cs_pack_samples() gives.
CS_NODISCARD CsStatus cs_audio_writer_put_packed(CsArena *arena,
    CsAudioWriter *writer, const uint8_t *bytes, size_t n_frames);

/// End the file.
///
/// @param record  JSON to embed (WAV: a chunk of its own after the data, FLAC:
///                a comment), at most n_record_bytes long. May be NULL.
/// @param levels  What the file measures, for the head of a WAV file that can
///                be gone back to (no pipe); NULL: it stays open there.
CS_NODISCARD CsStatus cs_audio_writer_close(CsArena *arena,
    CsAudioWriter *writer, const char *record, const CsLevels *levels);
/// Free without finishing. NULL is accepted. close() frees too.
void cs_audio_writer_free(CsAudioWriter *writer);

/// Facts of a sound file.
typedef struct CsAudioInfo {
  int64_t n_frames;
  int sample_rate;
  int n_channels;
  bool is_wav, is_flac;
  CsSampleFormat format;
  const char *record; ///< Embedded record, or NULL.
  char sha256[65];    ///< Of the sample data, as CsMeasured; "" if not asked.
} CsAudioInfo;

/// Read a file's facts. @param hashes Also read all samples and hash them.
CS_NODISCARD CsStatus cs_audio_info(
    CsArena *arena, const char *path, bool hashes, CsAudioInfo *info);

/// Largest difference between a file and frames handed to a compare stream:
/// used by verify. Returns the difference in dBFS through `peak_db`.
typedef struct CsAudioReader CsAudioReader;
CS_NODISCARD CsStatus cs_audio_reader_open(
    CsArena *arena, const char *path, CsAudioReader **reader);
/// The same of an open descriptor, which stays the caller's; from its start on.
CS_NODISCARD CsStatus cs_audio_reader_open_fd(
    CsArena *arena, int fd, const char *path, CsAudioReader **reader);
int cs_audio_reader_rate(const CsAudioReader *reader);
size_t cs_audio_reader_channels(const CsAudioReader *reader);
/// Interleaved float frames; *n_read 0 at the end.
CS_NODISCARD CsStatus cs_audio_reader_read(CsArena *arena,
    CsAudioReader *reader, float *frames, size_t n_frames, size_t *n_read);
void cs_audio_reader_free(CsAudioReader *reader);

/// Version of libsndfile in use.
const char *cs_sndfile_version(void);

#endif
