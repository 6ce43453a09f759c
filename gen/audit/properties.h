/// Every row of the contract in one list. The row itself stands in the file
/// that measures it, as
///
///     const CsProperty cs_property_T02 = {.id = "T02", ... .fn = ring_out};
///
/// and is named here once, in order of id: properties.c makes the table of it.
#ifndef CS_GEN_AUDIT_PROPERTIES_H
#define CS_GEN_AUDIT_PROPERTIES_H

#include "gen/audit/audit.h"

// A comment stands between the rows that different hands add, so that two
// additions never touch the same line.
#define CS_ALL_PROPERTIES(ROW)                                                 \
  /* N: beyond the rulebook */                                                 \
  ROW(N01)                                                                     \
  ROW(N02)                                                                     \
  ROW(N03)                                                                     \
  ROW(N04)                                                                     \
  ROW(N05)                                                                     \
  ROW(N06)                                                                     \
  ROW(N07)                                                                     \
  /* R: what was asked */                                                      \
  ROW(R07)                                                                     \
  ROW(R16)                                                                     \
  /* T01 length */                                                             \
  ROW(T01)                                                                     \
  /* T02 last downbeat */                                                      \
  ROW(T02)                                                                     \
  /* T03 silence at the end */                                                 \
  ROW(T03a)                                                                    \
  ROW(T03b)                                                                    \
  /* T04 loudness, true peak */                                                \
  ROW(T04a)                                                                    \
  ROW(T04b)                                                                    \
  /* T05 loudness range */                                                     \
  ROW(T05)                                                                     \
  /* T06 lead */                                                               \
  ROW(T06)                                                                     \
  /* T07 ranges */                                                             \
  ROW(T07a)                                                                    \
  ROW(T07b)                                                                    \
  /* T08 dead zones */                                                         \
  ROW(T08)                                                                     \
  /* T09 note pairs */                                                         \
  ROW(T09)                                                                     \
  /* T10 voices */                                                             \
  ROW(T10)                                                                     \
  /* T11 scale */                                                              \
  ROW(T11)                                                                     \
  /* T12 chromatic notes */                                                    \
  /* T13 bass on changes */                                                    \
  ROW(T13a)                                                                    \
  ROW(T13b)                                                                    \
  /* T14 bass on beats */                                                      \
  ROW(T14)                                                                     \
  /* T15 chord tones of the tune */                                            \
  ROW(T15a)                                                                    \
  ROW(T15b)                                                                    \
  /* T16 non-chord tones */                                                    \
  /* T17 seconds between layers */                                             \
  /* T18 final chord */                                                        \
  ROW(T18)                                                                     \
  /* T19 phrases on the grid */                                                \
  /* T20 chords a bar */                                                       \
  /* T21 progression */                                                        \
  /* T22 section ends */                                                       \
  /* T23 voice leading */                                                      \
  /* T24 parallels */                                                          \
  /* T25 low intervals */                                                      \
  ROW(T25)                                                                     \
  /* T26 crossings */                                                          \
  /* T27 steps and leaps */                                                    \
  ROW(T27a)                                                                    \
  ROW(T27b)                                                                    \
  ROW(T27c)                                                                    \
  /* T28 leaps turn */                                                         \
  /* T29 range of the tune */                                                  \
  /* T30 pitch classes of the tune */                                          \
  /* T31 rests of the tune */                                                  \
  /* T32 phrase ends */                                                        \
  /* T33 motif */                                                              \
  ROW(T33a)                                                                    \
  ROW(T33b)                                                                    \
  ROW(T33c)                                                                    \
  ROW(T33d)                                                                    \
  /* T34 repeats of the tune */                                                \
  /* T35 sections */                                                           \
  /* T36 same bars */                                                          \
  ROW(T36)                                                                     \
  /* T37 groove */                                                             \
  /* T38 bass and kick */                                                      \
  ROW(T38)                                                                     \
  /* T39 energy */                                                             \
  ROW(T39)                                                                     \
  /* T40 build */                                                              \
  ROW(T40a)                                                                    \
  ROW(T40b)                                                                    \
  ROW(T40c)                                                                    \
  ROW(T40d)                                                                    \
  /* T41 climax */                                                             \
  ROW(T41)                                                                     \
  /* T42 bed */                                                                \
  ROW(T42a)                                                                    \
  ROW(T42b)                                                                    \
  ROW(T42c)                                                                    \
  /* T43 underscore */                                                         \
  ROW(T43a)                                                                    \
  ROW(T43b)                                                                    \
  ROW(T43c)                                                                    \
  /* T44 ambient */                                                            \
  ROW(T44a)                                                                    \
  ROW(T44b)                                                                    \
  /* T45 stinger */                                                            \
  ROW(T45a)                                                                    \
  ROW(T45b)                                                                    \
  ROW(T45c)                                                                    \
  /* T46 velocities */                                                         \
  /* T47 timing */                                                             \
  /* T48 swells */                                                             \
  /* T49 pedal */                                                              \
  /* T50 layers */                                                             \
  /* T51 fills and crashes */                                                  \
  ROW(T51a)                                                                    \
  ROW(T51b)                                                                    \
  /* T52 role levels */                                                        \
  /* T53 stereo */                                                             \
  ROW(T53a)                                                                    \
  ROW(T53b)                                                                    \
  ROW(T53c)                                                                    \
  /* T54 spectrum */                                                           \
  ROW(T54)                                                                     \
  /* T55 no fade */                                                            \
  ROW(T55)                                                                     \
  /* T56 seeds */                                                              \
  /* T57 mood */                                                               \
  /* T58 edit points */                                                        \
  /* T59 hits */                                                               \
  ROW(T59)                                                                     \
  /* T60 cut-down */

#define CS_DECLARE_PROPERTY(id) extern const CsProperty cs_property_##id;
CS_ALL_PROPERTIES(CS_DECLARE_PROPERTY)
#undef CS_DECLARE_PROPERTY

#endif
