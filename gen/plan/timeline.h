/// Where bars, beats and ticks of a plan fall in seconds, and how much energy
/// is wanted there.
#ifndef CS_GEN_PLAN_TIMELINE_H
#define CS_GEN_PLAN_TIMELINE_H

#include "gen/plan/plan.h"

enum { CS_TICKS_PER_QUARTER = 960 };

typedef struct CsTimeline CsTimeline;

/// How long a cue may ring after its last downbeat, RULEBOOK 3.3 and T02.
typedef struct CsRingOut {
  double low_s, usual_s, high_s;
} CsRingOut;

/// Of a stinger of up to 15 s the greater part may ring, as of every cue under
/// 10 s: its hit comes within 60 % of its length (T45).
///
/// @param beat_s  Length of a beat where the tempo was given, which may then be
///                added to the longest ring-out; else 0.
CsRingOut cs_ring_out(CsFunction function, double duration_s, double beat_s);

/// How long an asked silence is that lasts to the end of the file; 0 for none.
/// The music ends before it, and what rings does.
double cs_tail_silence_s(const CsPlan *plan);

/// Is it a stinger of which T45 speaks, one hit and its tail: up to 15 s?
bool cs_is_sting_length(CsFunction function, double duration_s);

/// Work out the bar lines of a plan. Lives in the arena, refers to the plan.
///
/// Tick 0 is the start of bar 0, `lead_in_s` after the file's start. A section
/// CS_SECTION_END counts as one bar, whatever time it takes: it begins on the
/// last downbeat, and its ticks are as many as it takes to reach the end of the
/// file (at least 1), so that it can be far longer or shorter than its meter.
/// Without such a section the last bar is an ordinary one.
CS_NODISCARD CsStatus cs_timeline_make(
    CsArena *arena, const CsPlan *plan, CsTimeline **timeline);

/// First tick of a bar; bar n_bars gives the end of the last one.
int64_t cs_bar_tick(const CsTimeline *t, int bar);
/// Ticks in a bar (a short bar has fewer).
int64_t cs_bar_ticks(const CsTimeline *t, int bar);
/// The bar that holds a tick, clamped to 0..n_bars-1.
int cs_bar_of_tick(const CsTimeline *t, int64_t tick);

/// Seconds from the file's start; exact for any length (no accumulation).
double cs_seconds_of_tick(const CsTimeline *t, double tick);
/// The inverse, rounded to a tick.
int64_t cs_tick_of_seconds(const CsTimeline *t, double seconds);

/// Section that holds a bar.
const CsSection *cs_section_of_bar(const CsTimeline *t, int bar);

/// The bar from which the phrases of a section are counted: its first one, but
/// for a pick-up, which stands before them.
int cs_first_phrase_bar(const CsPlan *plan, const CsSection *section);

/// How much the start of a section asks to be marked, 0..1: from the form
/// alone, so that the energy of one section moves no notes of another.
///
/// @param section  Not the first.
double cs_weight_of_start(const CsPlan *plan, size_t section);

/// Energy at a bar (fractions allowed), 0..1.
double cs_energy_at_bar(const CsTimeline *t, double bar);

/// Do layers come in bar by bar in this section, because its energy grows?
bool cs_is_growing(const CsPlan *plan, const CsSection *section);
/// Does it lead on what the section before it has begun? A build that is longer
/// than a build can be begins as a tune that grows.
bool cs_goes_on_growing(const CsPlan *plan, const CsSection *section);
/// Does the energy leap where it begins, as after a break that was asked for?
bool cs_leaps_up(const CsPlan *plan, const CsSection *section);

/// Does a track play in a bar? By its thresholds, decided at most every 4 bars
/// of a section (every bar where the energy grows) and unless it waits, or by
/// its spans. In the END bar those play that played just before. What happens
/// in one section depends on that section alone. A plan has at most 16 tracks.
bool cs_track_plays(const CsTimeline *t, const CsTrack *track, int bar);

/// A chord and how long it lasts.
typedef struct CsChordSpan {
  int64_t start_tick, end_tick;
  CsChord chord;
  const char *symbol;
  int bar;   ///< In which it begins.
  CsKey key; ///< Of that bar, above whose tonic the chord is counted.
} CsChordSpan;

/// All chords of a plan in time, equal neighbours written with "%" joined.
CS_NODISCARD CsStatus cs_timeline_chords(CsArena *arena, const CsTimeline *t,
    CsChordSpan **chords, size_t *n_chords);

#endif
