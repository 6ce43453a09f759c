/// What the files of this room share while a plan is being made: the request
/// with all defaults filled in, and the steps in their order.
#ifndef CS_GEN_PLAN_PLANNING_H
#define CS_GEN_PLAN_PLANNING_H

#include "gen/plan/plan.h"
#include "gen/plan/timeline.h"

enum {
  CS_MAX_TRACKS   = 16,
  CS_PHRASE_BARS  = 4,       ///< Sections begin on this grid of bars.
  CS_MAX_CUE_BARS = 1 << 18, ///< 12 hours at 300 BPM in 2/4 are 108000.
};

/// A bar at which the key changes as an event asks, or goes back where its span
/// is over.
typedef struct CsKeyTurn {
  int bar; ///< From 0, without the pick-up.
  const CsArcEvent *event;
  bool is_return;
} CsKeyTurn;

/// A plan under construction. Steps below fill `plan` and the rest, in order.
typedef struct CsDraft {
  CsArena *arena;
  const CsPresets *presets;
  const CsBrief *brief; ///< A copy whose arc fits the length.
  const CsPlanWish *wish;
  const CsStyle *style;
  CsMoods moods; ///< What the brief's words name in presets/moods.json.
  CsPlan *plan;
  size_t n_warnings_room; ///< Capacity of plan->warnings.

  bool is_tempo_given;  ///< Keep it exactly.
  bool is_tempo_ranged; ///< Words bound it.
  double tempo_bpm[2];  ///< Where `is_tempo_ranged`, quarters a minute.
  double usual_bpm[2];  ///< Where the function is at home.
  double target_bpm;    ///< Wanted, quarters a minute.
  double bar_quarters;

  bool has_end;     ///< A last downbeat that rings; else bars to the end.
  int n_pickup;     ///< 1 when bar 0 is a pick-up, else 0.
  int n_body;       ///< Bars before the END bar, pick-up included.
  CsTimeline *time; ///< Bars and seconds; sections not laid yet.

  CsKeyTurn *turns; ///< In order of their bars.
  size_t n_turns;
  CsKey key; ///< Of the section whose chords are being written.
  const CsProgression *progressions[3]; ///< Of A, of B, of builds; in its mode.
} CsDraft;

/// Spell out the families that are ruled out where the words ask for one of
/// their members by its own name: that one may play.
CS_NODISCARD CsStatus cs_spare_wanted(CsDraft *d); // spared.c

/// What was not asked is decided: length, function, meter, mood, ending.
CS_NODISCARD CsStatus cs_resolve_request(CsDraft *d); // plan.c
CS_NODISCARD CsStatus cs_choose_style(CsDraft *d);    // style.c
CS_NODISCARD CsStatus cs_fit_tempo(CsDraft *d);       // tempo.c
CS_NODISCARD CsStatus cs_lay_form(CsDraft *d);        // form.c
CS_NODISCARD CsStatus cs_choose_key(CsDraft *d);      // key.c
CS_NODISCARD CsStatus cs_change_keys(CsDraft *d);     // key_changes.c
/// Is the key to change to that tonic? A cue does not begin there.
bool cs_leads_to_tonic(const CsBrief *brief, int tonic_pc); // key_changes.c
CS_NODISCARD CsStatus cs_keep_heard_keys(CsDraft *d);       // key_changes.c
CS_NODISCARD CsStatus cs_write_chords_of_plan(CsDraft *d);  // harmony.c
CS_NODISCARD CsStatus cs_choose_tracks(CsDraft *d);         // tracks.c

/// Work out everything in a plan that follows from the rest: frames, bar and
/// section times, ring-out, hits. Used after planning and after reading.
CS_NODISCARD CsStatus cs_complete_plan(CsArena *arena, CsPlan *plan);

/// Decide anew which tracks wait in which bars, and work the timeline out.
CS_NODISCARD CsStatus cs_stagger_layers(
    CsArena *arena, CsPlan *plan, CsTimeline **timeline); // layers.c

/// Add a warning of planning.
CS_NODISCARD CsStatus cs_plan_warn(CsDraft *d, const char *code,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/// The words that fail an unknown style: nearest name and all names.
CS_NODISCARD CsStatus cs_fail_unknown_style(CsArena *arena,
    const CsPresets *presets, const char *place, const char *name);

/// How quiet the mood wants a theme to stay: 0 not at all, 1 as calm as can be.
/// Where a course was asked for, that counts and not the mood.
double cs_calm_of(const CsDraft *d); // form.c
/// A calm theme has its arc too, lower and narrower; its climax still stands
/// 0.35 over its A (RULEBOOK 3.2).
/// @param share  0..1, as from cs_calm_of().
double cs_calmed(double energy, double share); // form.c

/// Cut a seed to the 53 bits that a JSON number holds.
uint64_t cs_seed_53(uint64_t seed);

#endif
