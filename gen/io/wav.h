/// The head of a WAV file.
///
/// The length is known before the first frame, so the head can be final from
/// the start and a WAV can flow into a pipe. libsndfile 1.2.0 cannot do that:
/// it goes back to fill its sizes in, gives RF64 float files a PEAK chunk with
/// the time of day even when told not to, writes no labels of cue points, and
/// in RF64 neither cue points nor loops.
#ifndef CS_GEN_IO_WAV_H
#define CS_GEN_IO_WAV_H

#include "gen/io/audio_file.h"

/// Chunk that holds the record; players skip what they do not know.
#define CS_WAV_RECORD_ID "cSmt"

enum { CS_WAV_LEVEL_BYTES = 10 };

typedef struct CsWavHead {
  const unsigned char *bytes;
  size_t n_bytes;
  size_t levels_at; ///< Offset of the loudness fields; 0 when there are none.
  bool is_long;     ///< 64-bit sizes: RF64, EBU Tech 3306.
} CsWavHead;

/// Everything before the first sample: format; broadcast extension (bext
/// version 2), INFO list, cue points with labels and loop as far as the tags
/// have them.
///
/// @param tags            NULL: the format alone.
/// @param n_record_bytes  Even; 0 for no record.
CS_NODISCARD CsStatus cs_wav_head(CsArena *arena, const CsAudioFormat *format,
    const CsTags *tags, size_t n_record_bytes, CsWavHead *head);

/// The loudness fields, which are known when the last frame is: hundredths of
/// a unit, 0x7fff for unknown.
void cs_wav_levels(
    const CsLevels *levels, unsigned char out[CS_WAV_LEVEL_BYTES]);

/// A 32-bit number, little endian.
void cs_put_le32(unsigned char *out, uint32_t value);

#endif
