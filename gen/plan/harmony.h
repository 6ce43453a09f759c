/// What the files that write the chords of a plan share. Chord symbols are
/// those of gen/music/chord.h, bars those of CsSection.
#ifndef CS_GEN_PLAN_HARMONY_H
#define CS_GEN_PLAN_HARMONY_H

#include "gen/plan/planning.h"

/// Take progressions from the presets: one for A, another for B, one that does
/// not begin on the tonic for builds.
CS_NODISCARD CsStatus cs_choose_progressions(CsDraft *d);

/// Bars to a chord in the main sections.
int cs_bars_per_chord(const CsDraft *d);

enum { CS_MAX_LOOP_BARS = 256 };

/// A progression bar by bar, "%" where a chord is held.
typedef struct CsLoop {
  const char *bars[CS_MAX_LOOP_BARS];
  int n;
} CsLoop;

void cs_lay_out_loop(const CsProgression *p, int bars_per_chord, CsLoop *loop);

/// How much of their harmony two loops have in common, bar against bar: 0 to 1.
double cs_loop_similarity(const CsLoop *a, const CsLoop *b);

/// How much two loops are to have in common.
typedef struct CsKinship {
  double least, most;
} CsKinship;

/// Lay B's loop out so that it is another thought about the same thing (T35): a
/// loop that goes as A's does begins in its middle, one that has little in
/// common with it ends its thoughts as A does.
void cs_contrast_bars(const CsLoop *a, const CsLoop *b, const CsKinship *wanted,
    int n_bars, const char **bars);

/// Vary the n-th return of a loop in its last pass; bar 1 never changes.
CS_NODISCARD CsStatus cs_vary_loop(
    const CsDraft *d, const char **bars, int n_bars, int loop_bars, int nth);

/// The chords that end the cue: those before the last downbeat, and its own.
typedef struct CsCadence {
  const char *before[3];
  int n_before;
  const char *last;
} CsCadence;

CsCadence cs_cadence_of(const CsDraft *d);

/// Lead from the last section to the last downbeat.
CS_NODISCARD CsStatus cs_close_cue(
    const CsDraft *d, const char **bars, int n_bars);

/// Let a section end where it can be left (T22).
void cs_close_section(const CsDraft *d, const char **bars, int n_bars);

/// Hold the tonic back in the last bars of a build (RULEBOOK 3.4).
CS_NODISCARD CsStatus cs_lead_into_climax(
    const CsDraft *d, const char **bars, int n_bars);

/// Lead from a loop's last bar, in its last section, to its first.
void cs_lead_back(const CsDraft *d, CsSection *s);

/// Add to the chords that a kind of section goes round what mood and style want
/// to hear in them.
CS_NODISCARD CsStatus cs_flavour_loop(
    const CsDraft *d, CsSectionKind kind, const char **bars, int n_bars);

/// Is there more in a chord than the style's plain ones have?
bool cs_is_tense(const CsDraft *d, const char *symbol);

/// Let chords of a section wait for a note of the chord before, as often as the
/// style has it; `d->key` is the section's.
void cs_suspend_section(
    const CsDraft *d, CsSection *s, int n_pickup); // suspensions.c

/// Lead to every other key with its dominant, where one may pull.
CS_NODISCARD CsStatus cs_prepare_keys(CsDraft *d); // key_changes.c

/// Does no dominant pull in this cue?
bool cs_is_harmony_quiet(const CsDraft *d);

/// The mode's tonic chord; the chord that leads to it; the same without a
/// dominant.
const char *cs_tonic_chord(const CsDraft *d);
const char *cs_approach_of(const CsDraft *d);
const char *cs_quiet_chord(const CsDraft *d);

/// Is it V or V7, which wants the tonic next?
bool cs_is_full_dominant(const char *symbol);
/// Is it "%", the chord before?
bool cs_is_hold(const char *symbol);
/// Have two chords, both readable, one root?
bool cs_same_root(const char *a, const char *b);

#endif
