/// The head of a WAV file and the bytes of its samples.
///
/// The length is known before the first frame, so the head can be final from
/// the start and a WAV can flow into a pipe. libsndfile 1.2.0 cannot do that:
/// it goes back to fill its sizes in, and gives RF64 float files a PEAK chunk
/// with the time of day even when told not to.
#ifndef CS_GEN_IO_WAV_H
#define CS_GEN_IO_WAV_H

#include "gen/io/audio_file.h"

/// Chunk that holds the record; players skip what they do not know.
#define CS_WAV_RECORD_ID "cSmt"

enum { CS_WAV_HEAD_BYTES = 128 };

/// Does the file need 64-bit sizes (RF64, EBU Tech 3306)?
bool cs_wav_is_long(const CsAudioFormat *format, size_t n_record_bytes);

/// Everything before the first sample.
///
/// @param n_record_bytes  Even; 0 for no record.
/// @return Bytes written.
size_t cs_wav_head(const CsAudioFormat *format, size_t n_record_bytes,
    unsigned char head[CS_WAV_HEAD_BYTES]);

/// A 32-bit number, little endian.
void cs_put_le32(unsigned char *out, uint32_t value);

#endif
