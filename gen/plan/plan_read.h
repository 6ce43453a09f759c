/// What the files that read a plan share. Each reader refuses with the file,
/// the JSON path and what is allowed there.
#ifndef CS_GEN_PLAN_PLAN_READ_H
#define CS_GEN_PLAN_PLAN_READ_H

#include "gen/plan/planning.h"

/// Largest whole number that a JSON number holds exactly.
#define CS_MAX_SEED 9007199254740991.0

#define CS_COUNT(array) (sizeof(array) / sizeof *(array))

enum { CS_MAX_ITEMS = 4096 }; ///< In a list of a plan.

/// A plan being read. The steps below fill `plan`, in order.
typedef struct CsPlanReader {
  CsArena *arena;
  const CsPresets *presets;
  const CsJson *root;
  CsPlan *plan;
} CsPlanReader;

// ---- Lists: plan_read.c ----------------------------------------------------

/// @param what  What the list holds, in the plural.
CS_NODISCARD CsStatus cs_want_list(const CsPlanReader *r, const CsJson *node,
    size_t least, size_t most, const char *what);

/// Two numbers in low..high.
CS_NODISCARD CsStatus cs_read_pair(const CsPlanReader *r, const CsJson *node,
    double low, double high, const char *what, double out[2]);

/// [[start, end], ...] in seconds; a missing list leaves none.
CS_NODISCARD CsStatus cs_read_spans(
    const CsPlanReader *r, const CsJson *node, CsSpan **spans, size_t *n_spans);

/// @param key  Member of the object that held the value, for the refusal.
CS_NODISCARD CsStatus cs_want_whole_seed(const CsPlanReader *r,
    const CsJson *object, const char *key, double value, uint64_t *seed);

// ---- Parts of a plan -------------------------------------------------------

// read_form.c; n_bars and the meter are known.
CS_NODISCARD CsStatus cs_read_tempos(CsPlanReader *r, const CsJson *node);
CS_NODISCARD CsStatus cs_read_short_bars(CsPlanReader *r, const CsJson *node);
CS_NODISCARD CsStatus cs_read_key_changes(CsPlanReader *r, const CsJson *node);
CS_NODISCARD CsStatus cs_read_sections(CsPlanReader *r, const CsJson *node);
/// A last downbeat that rings needs its section, other endings have none.
CS_NODISCARD CsStatus cs_check_ending(const CsPlanReader *r);
CS_NODISCARD CsStatus cs_read_hits(CsPlanReader *r, const CsJson *node);

CS_NODISCARD CsStatus cs_read_tracks(
    CsPlanReader *r, const CsJson *node); // read_tracks.c

/// Do the bars of a completed plan end where the file does? Names the tempos
/// that would do.
CS_NODISCARD CsStatus cs_check_fit(const CsPlanReader *r); // read_fit.c

#endif
