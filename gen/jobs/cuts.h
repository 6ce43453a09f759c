/// The list of what a family is made of: "60,30,sting,loop,no-drums".
#ifndef CS_GEN_JOBS_CUTS_H
#define CS_GEN_JOBS_CUTS_H

#include "gen/base/text.h"

typedef enum CsCutKind {
  CS_CUT_FULL,
  CS_CUT_LENGTH,    ///< So many seconds, with an end of its own.
  CS_CUT_STING,     ///< Of CS_STING_S: the theme in a nutshell.
  CS_CUT_LOOP,      ///< Of CS_LOOP_BARS, end and start joined.
  CS_CUT_ALTERNATE, ///< Some stems of the full one.
  CS_N_CUT_KINDS
} CsCutKind;

extern const char *const cs_cut_kind_names[CS_N_CUT_KINDS];

#define CS_STING_S 5.0
enum { CS_LOOP_BARS = 8, CS_MAX_CUTS = 24 };

/// What is made where nothing was asked.
#define CS_USUAL_CUTS "60,30,15,sting,loop,underscore,no-drums"

typedef struct CsCut {
  const char *name; ///< "30", "sting", "no-drums": files are called after it.
  CsCutKind kind;
  double length_s; ///< Of CS_CUT_LENGTH and CS_CUT_STING.
} CsCut;

/// The full one comes first, the others as they were named.
typedef struct CsCuts {
  CsCut items[CS_MAX_CUTS];
  size_t n;
  bool is_usual; ///< Nobody asked for these.
} CsCuts;

/// Read a list. Lengths are times such as 60, 7.5 or 1:30; "full" may be named
/// and is there anyway.
///
/// @param text  NULL: CS_USUAL_CUTS.
/// @return CS_ERR_REQUEST for what is no cut, is named twice, or is too short,
///         in one sentence that says what is allowed.
CS_NODISCARD CsStatus cs_cuts_parse(
    CsArena *arena, const char *text, CsCuts *cuts);

/// Take away what the length of the full one has no room for: cuts that are not
/// shorter.
///
/// @param notes  Receives a sentence for each, with a line feed behind it.
/// @return CS_ERR_REQUEST where such a one was asked for by name.
CS_NODISCARD CsStatus cs_cuts_fit(
    CsArena *arena, CsCuts *cuts, double full_s, CsText *notes);

#endif
