/// What the files of the copies share. Nothing but copies.c, alike.c and
/// choice.c includes this.
#ifndef CS_GEN_RENDER_COPYING_H
#define CS_GEN_RENDER_COPYING_H

#include "gen/render/copies.h"

/// A recording: the track's own, or one that the store keeps.
typedef struct CsKeptSound {
  CsRecording own;
  CsRecording *kept; ///< NULL where it is the track's own.
} CsKeptSound;

/// Notes that are one but for their gains.
typedef struct CsKind {
  size_t family;
  uint8_t tail_velocity; ///< That it dies away with.
  int64_t n_held_frames;
  int64_t first_frame, last_frame; ///< Onsets of its first and last use.
  size_t n_uses;                   ///< Copies still to come and being played.
  int64_t n_tail_frames;           ///< At most, as far as it is heard.
  bool is_recorded;
  CsKeptSound tail;
} CsKind;

/// Kinds that begin alike: of one key and velocity.
typedef struct CsKindFamily {
  uint8_t key, velocity;
  size_t first_kind, n_kinds; ///< By length.
  size_t n_channels;          ///< Of recordings.
  bool is_recorded; ///< Some of its kinds are; what follows is of them.
  size_t n_uses;
  int64_t first_frame; ///< Onset of the first use.
  /// As long as any of them is held, as far as it is heard.
  int64_t n_start_frames;
  CsKeptSound start;
} CsKindFamily;

/// A note on its way to a kind.
typedef struct CsCandidate {
  uint8_t key, velocity, tail_velocity;
  int64_t n_held_frames;
  int64_t frame;
  size_t note;
  float gain;
} CsCandidate;

typedef struct CsCopy {
  int64_t frame;
  uint32_t kind;
  float gain;
} CsCopy;

struct CsCopies {
  CsCopySource source;
  uint32_t preset; ///< Of the store; 0 without one.
  CsSynth *synths[CS_TAKES];
  CsKind *kinds;
  size_t n_kinds;
  CsKindFamily *families;
  size_t n_families;
  CsCandidate *candidates; ///< By kind; NULL once the copies are placed.
  size_t n_candidates;
  CsCopy *copies; ///< By frame.
  size_t n_copies, next;
  const CsCopy **playing;
  size_t n_playing;
  CsKindFamily **recorded; ///< Those that are, by their first use.
  size_t n_recorded, next_recorded;
  CsNoteEnd *ends; ///< Room for those of all kinds.
};

/// Sort notes into kinds and families. @return false when memory is short.
bool cs_find_kinds(CsCopies *copies, const CsPlayedNote *const *notes,
    size_t n_notes, const bool *is_live);

/// Are two candidates that follow each other of one kind?
bool cs_are_one_kind(const CsCandidate *a, const CsCandidate *b);

/// Is what sounds once worth the memory of its tail, where others begin alike?
/// It is where it shares more than that: to keep a frame costs half of what it
/// costs to play one.
bool cs_is_worth_its_tail(int64_t n_held_frames, int64_t n_tail_frames);

/// How much of a note from its onset on is heard, in whole steps; 0 of what
/// begins too late.
int64_t cs_n_heard_frames(const CsCopies *copies, int64_t onset);

#endif
