/// A way to fill a cue's length with bars, and what it costs: how near its
/// tempo, its ring-out and its hits come to what is wanted (RULEBOOK 3.3).
#ifndef CS_GEN_PLAN_FIT_H
#define CS_GEN_PLAN_FIT_H

#include "gen/plan/planning.h"

enum { CS_MAX_SHORT_BARS = 12 };

/// A hit may sound 40 ms early to 80 ms late; hands take some of that.
#define CS_HIT_EARLY_S 0.030
#define CS_HIT_LATE_S 0.060

/// What is struck later than that before the end is cut off, not heard to ring.
#define CS_LEAST_RING_S 0.3

/// A tempo from a bar line on.
typedef struct CsTempoStretch {
  int bar;         ///< Without the pick-up; -1 is the pick-up.
  double quarters; ///< From bar 0 to that line.
  double at_s;     ///< From bar 0.
  double bpm;
} CsTempoStretch;

typedef struct CsFit {
  int n_bars;    ///< Whole or short ones before the last downbeat.
  double pickup; ///< Quarters of a pick-up in front, 0 = none.
  double ring_s;
  double bpm;
  CsShortBar shorts[CS_MAX_SHORT_BARS]; ///< Rising; bars without the pick-up.
  int n_shorts;
  CsTempoStretch *stretches; ///< Where the tempo changes; else bpm holds.
  int n_stretches;
  double cost;
} CsFit;

/// What a search keeps to.
typedef struct CsFitSearch {
  const CsDraft *d;
  double length_s; ///< From bar 0 to the end of the file.
  double ring[3];  ///< Shortest, wanted, longest.
  double low_bpm, high_bpm;
  bool is_given;
  int max_bars;
  int near_bars;        ///< Look only near this number of bars; 0 = everywhere.
  int grain;            ///< Bars come in multiples of it.
  double pickup_step;   ///< Quarters; 0 = no pick-ups.
  const double *hits_s; ///< From bar 0; drops are among them.
  int n_hits;
  const double *drops_s; ///< Those that must fall on a bar line.
  int n_drops;
  const double *borders_s; ///< Where sections should begin, from bar 0.
  int n_borders;
  long n_looks; ///< Hits placed so far.
  CsFit seed;   ///< Short bars that every candidate has.
  CsFit best;
  CsFit bent; ///< Whose tempo changes; no stretches before that was tried.
} CsFitSearch;

/// Where a hit falls.
typedef struct CsHitPlace {
  int bar;         ///< Without the pick-up; -1 is the pick-up.
  double beat;     ///< Quarters from the bar line.
  double quarters; ///< From bar 0.
  double error_s;  ///< Sounds that much later than asked.
} CsHitPlace;

/// Quarters from bar 0 (pick-up included) to a bar line of a candidate.
double cs_fit_quarters_to(const CsFitSearch *s, const CsFit *f, int bar);

/// The bar that holds a moment; n_bars is the last downbeat.
int cs_fit_bar_at(const CsFitSearch *s, const CsFit *f, double quarters);

/// Quarters from bar 0 to a moment.
double cs_fit_quarters_at(const CsFit *f, double seconds);

/// Must that hit fall on a bar line?
bool cs_is_drop(const CsFitSearch *s, double hit_s);

/// The half beat near a hit on which it costs least; of a drop the bar line.
CsHitPlace cs_fit_place_hit(const CsFitSearch *s, const CsFit *f, double hit_s);

/// Is it near enough to where it was asked?
bool cs_is_on_hit(const CsHitPlace *place);

/// What that costs.
double cs_cost_of_place(const CsFitSearch *s, const CsHitPlace *place);

/// The same, but where no half beat is near enough any moment inside the bar.
CsHitPlace cs_fit_place_anyhow(
    const CsFitSearch *s, const CsFit *f, double hit_s);

/// Hits that a candidate puts too far from where they were asked.
int cs_fit_count_missed(const CsFitSearch *s, const CsFit *f);

/// What a number of bars costs that is no multiple of a phrase.
double cs_cost_of_bars(const CsFitSearch *s, int n_bars);

/// Judge a candidate, and keep it as the best where it costs less.
void cs_fit_consider(CsFitSearch *s, CsFit *f);

/// Bend the tempo of the best candidate from hit to hit, by 4 % at most, so
/// that as many as can be fall on beats.
///
/// @param bent  Receives the candidate with its stretches in the plan's arena;
///              the best one itself where there is no way to bend it.
CS_NODISCARD CsStatus cs_fit_bend(const CsFitSearch *s, CsFit *bent); // bends.c

#endif
