/// What the files that find the length share. Nothing else includes it.
#ifndef CS_GRAMMAR_LENGTH_H
#define CS_GRAMMAR_LENGTH_H

#include "grammar/phrases.h"

// ---- Amounts (length_amount.c) ----------------------------------------------

/// How sure it is that an amount is the total; 0 is not at all.
int cs_length_score(const CsParse *p, size_t i);

/// "0 s": said as a length, but none.
bool cs_is_no_length(const CsParse *p, size_t i);

/// Does a marker stand elsewhere in the clause of item i?
bool cs_shares_clause(const CsParse *p, size_t i, CsMarker marker);

/// Does a clock time stand in front of what happens then?
bool cs_time_leads(const CsParse *p, size_t i);

/// "length: 90 s"
bool cs_follows_heading(const CsParse *p, size_t i);

/// "10 seconds of pulse", "15 seconds left of the 75"
bool cs_is_length_of(const CsParse *p, size_t i);

// ---- Rounds (length_rounds.c)
// ------------------------------------------------

/// Seconds of "four rounds of 20 s", whose amounts are taken then; 0 where
/// nothing comes in rounds. @param at  The item that counts them.
double cs_length_of_rounds(CsParse *p, size_t *at);

// ---- The line of times (length_line.c) --------------------------------------

/// Where the times of a prompt begin and end; -1 where nothing says so.
typedef struct CsEnds {
  double in_s, out_s;
  double latest_s; ///< Last place that something ends at or happens at.
  double open_s;   ///< Last place behind which something goes on.
  size_t in_at, out_at, latest_at; ///< Items that say it.
  size_t n_places;
} CsEnds;

/// In a list of clock times each stands for a moment.
void cs_make_moments(CsParse *p);

/// "intro 8 bars, verse 16 bars": give each part its place behind the one
/// before.
void cs_place_parts(CsParse *p);

CsEnds cs_find_ends(const CsParse *p);

/// Count clock times from the in point.
void cs_count_from(CsParse *p, double in_s);

/// "in:", and "in at" where no instrument comes in.
bool cs_says_start(const CsParse *p, size_t i);

#endif
