/// The frame of the harmony: the voicing that the pads and chords of the usual
/// slot share, chord by chord. It follows from plan and style alone, so that
/// every other part can keep clear of it and none moves when a pad is taken
/// away or drawn anew.
#ifndef CS_GEN_COMPOSE_FRAME_H
#define CS_GEN_COMPOSE_FRAME_H

#include "gen/compose/composer.h"

/// A set of MIDI keys.
typedef struct CsKeySet {
  uint64_t bits[2];
} CsKeySet;

static inline bool
cs_has_key(CsKeySet set, int key)
{
  return key >= 0 && key < 128 && (set.bits[key / 64] >> key % 64 & 1) != 0;
}

static inline CsKeySet
cs_join_keys(CsKeySet a, CsKeySet b)
{
  return (CsKeySet){{a.bits[0] | b.bits[0], a.bits[1] | b.bits[1]}};
}

/// Keys that go against a chord.
typedef struct CsClashes {
  CsKeySet muddy; ///< See cs_muddy_keys().
  CsKeySet above; ///< A semitone above one of its tones, in any octave.
  CsKeySet rubs;  ///< Those, and a minor second or ninth from its frame.
} CsClashes;

typedef struct CsFrame {
  CsVoicing *voicings; ///< One per chord of the cue.
  CsVoicing *opened;   ///< The same as pads hold them: see cs_open_voicing().
  CsVoicing *all;      ///< The keys of both.
  CsClashes *clashes;
  bool is_opened; ///< Else `opened` is what `voicings` is.
} CsFrame;

/// Voices that pads and chords have in a cue of that function.
int cs_n_frame_voices(CsFunction function);

/// Work the frame out; cs_composer_begin() does, once chords are known.
CS_NODISCARD CsStatus cs_frame_make(CsComposer *c, CsFrame **frame);

/// Open position: an upper voice goes an octave down, below the chords that a
/// pad doubled (RULEBOOK 5.1, register slots). The second voice from the top is
/// tried first; one that would lie too near the lowest stays, and so does a
/// ninth or seventh, which others should carry.
void cs_open_voicing(const CsChordSpan *span, CsVoicing *v, int lowest);

/// Lowest key to which a pad opens: free of the bass.
enum { CS_LOWEST_OPENED = 50 };

/// Keys that, struck at a tick, would be one of the two lowest with the frame
/// and lie nearer to the other than their height allows (cs_low_gap). A key of
/// the frame itself never does.
CsKeySet cs_muddy_keys(const CsComposer *c, int64_t tick);
bool cs_is_muddy(const CsComposer *c, int64_t tick, int key);

/// Keys that would rub against the chord if they were held: a semitone above
/// another of its tones, and so a minor second or ninth above whoever has that
/// one (T17).
CsKeySet cs_keys_that_rub(const CsComposer *c, int64_t tick);

/// Keys that, held that long, would lie a minor second or ninth from a tone of
/// the frame, or above any tone of a chord, for more than a beat (T17).
CsKeySet cs_keys_that_rub_while(
    const CsComposer *c, int64_t start, int64_t n_ticks);

/// The key, or where it would be muddy the nearest chord tone in low..high that
/// is not; -1 when there is none.
int cs_unmuddied_key(
    const CsComposer *c, int64_t tick, int key, int low, int high);

/// How many voices of a chord a key lies a minor second or ninth from.
int cs_count_rubs(const CsVoicing *v, int key);

/// The key, or where it would rub and lasts longer than a beat the nearest
/// chord tone in low..high that does not.
int cs_clear_key(const CsComposer *c, int64_t tick, int64_t n_ticks, int key,
    int low, int high);

#endif
