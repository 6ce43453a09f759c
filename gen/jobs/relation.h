/// How the modules of a course stand to one another: one theme, told anew.
#ifndef CS_GEN_JOBS_RELATION_H
#define CS_GEN_JOBS_RELATION_H

#include "gen/audit/audit.h"
#include "gen/jobs/course_file.h"

/// What holds between any two modules.
#define CS_LEAST_SIMILARITY 0.15
#define CS_MOST_SIMILARITY 0.60
#define CS_MOST_TEMPO_RATIO 1.12
enum { CS_MOST_FIFTHS = 1 };

/// The parts of a module by kind, as far as they are composed: the first of
/// each, else NULL.
typedef struct CsModuleNotes {
  const CsEvidence *parts[CS_N_PART_KINDS];
} CsModuleNotes;

/// Two modules, measured on their notes.
typedef struct CsRelation {
  bool has_tunes;     ///< Else nothing sings in like parts of both.
  double similarity;  ///< Of the tunes of like parts, weighted by their notes.
  double tempo_ratio; ///< Of the fastest part to the slowest, 1 or more.
  int n_fifths;       ///< Between the tonics, 0..6.
  bool same_mode;
  bool same_style;
  double palette; ///< Share of the instruments that both have, where both
                  ///< have the part; the least over like parts.
} CsRelation;

/// Does a cue have a tune that can be compared?
bool cs_relation_sings(const CsEvidence *e);

/// How alike two cues' tunes are, and how much that counts beside those of
/// other parts: by their notes; 0 where one of them does not sing.
CS_NODISCARD CsStatus cs_relation_of_tunes(CsArena *scratch,
    const CsEvidence *a, const CsEvidence *b, double *weight,
    double *similarity);

CS_NODISCARD CsStatus cs_relation_measure(CsArena *scratch,
    const CsModuleNotes *a, const CsModuleNotes *b, CsRelation *relation);

/// How far the tunes are from being neither strangers nor the same, 0 when they
/// are not.
double cs_relation_off(const CsRelation *relation);

bool cs_relation_has_key(const CsRelation *relation);
bool cs_relation_has_palette(const CsRelation *relation);
bool cs_relation_has_tempo(const CsRelation *relation);
/// All that was asked of two modules.
bool cs_relation_holds(const CsRelation *relation);

#endif
