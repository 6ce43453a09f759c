/// A way to fill a cue's length with bars, and what it costs: how near its
/// tempo, its ring-out and its hits come to what is wanted (RULEBOOK 3.3).
#ifndef CS_GEN_PLAN_FIT_H
#define CS_GEN_PLAN_FIT_H

#include "gen/plan/planning.h"

enum { CS_MAX_SHORT_BARS = 12 };

/// A hit may sound 40 ms early to 80 ms late.
#define CS_HIT_EARLY_S 0.040
#define CS_HIT_LATE_S 0.080

/// What is struck later than that before the end is cut off, not heard to ring.
#define CS_LEAST_RING_S 0.3

typedef struct CsFit {
  int n_bars;    ///< Whole or short ones before the last downbeat.
  double pickup; ///< Quarters of a pick-up in front, 0 = none.
  double ring_s;
  double bpm;
  CsShortBar shorts[CS_MAX_SHORT_BARS]; ///< Rising; bars without the pick-up.
  int n_shorts;
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
} CsFitSearch;

/// Where a hit falls.
typedef struct CsHitPlace {
  int bar;        ///< Without the pick-up; -1 is the pick-up.
  double beat;    ///< Quarters from the bar line.
  double error_s; ///< Sounds that much later than asked.
  double cost;
} CsHitPlace;

/// Quarters from bar 0 (pick-up included) to a bar line of a candidate.
double cs_fit_quarters_to(const CsFitSearch *s, const CsFit *f, int bar);

/// The half beat near a hit on which it costs least; of a drop the bar line.
CsHitPlace cs_fit_place_hit(const CsFitSearch *s, const CsFit *f, double hit_s);

/// Is it near enough to where it was asked?
bool cs_is_on_hit(const CsHitPlace *place);

/// Hits that the best candidate puts too far from where they were asked.
int cs_fit_count_missed(const CsFitSearch *s);

/// Judge a candidate, and keep it as the best where it costs less.
void cs_fit_consider(CsFitSearch *s, CsFit *f);

#endif
