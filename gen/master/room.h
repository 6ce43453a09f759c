/// The room: a linear, time-invariant reverberation of interleaved stereo.
///
/// Because it is linear, a room for each stem and one for the mix agree: the
/// stems' rooms add up to the mix's. It sounds alike at every sample rate: all
/// delays and decay times are set in seconds.
#ifndef CS_GEN_MASTER_ROOM_H
#define CS_GEN_MASTER_ROOM_H

#include "gen/base/arena.h"

typedef struct CsRoom CsRoom;

/// Most frames of one call of cs_room_run().
enum { CS_ROOM_FRAMES = 4096 };

/// Seconds in which a size of room decays by 60 dB at low and middle pitch; at
/// 3 kHz it takes about 0.6 of that.
///
/// @param size  0.2..1; outside values count as the nearest.
double cs_room_t60_s(double size);

/// An empty room. To a steady sound it answers as loudly, around 1 kHz; above
/// that it grows darker.
CS_NODISCARD CsStatus cs_room_new(
    CsArena *arena, int sample_rate, double size, CsRoom **room);

/// Replace a sound by what the room answers, the dry sound not included.
///
/// @param frames    Interleaved stereo.
/// @param n_frames  At most CS_ROOM_FRAMES.
void cs_room_run(CsRoom *room, float *frames, size_t n_frames);

#endif
