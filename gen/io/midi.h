/// The performance as a Standard MIDI File.
#ifndef CS_GEN_IO_MIDI_H
#define CS_GEN_IO_MIDI_H

#include "gen/perform/performance.h"

/// Type 1 at 960 ticks a quarter: tempo map, meter, key and section markers in
/// the first track, then one track per part with its name, bank and program,
/// CC7 (level), CC10 (pan), CC11 (gain curve) and the notes as they are played,
/// so that any GM synthesizer plays what the WAV holds.
///
/// Drum kits are on channel 10; with more melodic tracks than channels, those
/// with the same program share one. Tracks that share a channel have the level,
/// pan and gain curve of the loudest; the others' notes are softened by what
/// they lack, and a kit's program is set before its notes where kits differ.
/// What finds no channel goes to a second port. Notes that begin in the
/// pre-roll are left out.
CS_NODISCARD CsStatus cs_midi_write(CsArena *arena,
    const CsPerformance *performance, const char *title, const char **bytes,
    size_t *n_bytes);

#endif
