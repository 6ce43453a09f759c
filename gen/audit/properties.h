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
  ROW(R01)                                                                     \
  ROW(R02)                                                                     \
  ROW(R03)                                                                     \
  ROW(R04)                                                                     \
  ROW(R05)                                                                     \
  ROW(R06)                                                                     \
  ROW(R07)                                                                     \
  ROW(R08)                                                                     \
  ROW(R09a)                                                                    \
  ROW(R09b)                                                                    \
  ROW(R09c)                                                                    \
  ROW(R09d)                                                                    \
  ROW(R09e)                                                                    \
  ROW(R10)                                                                     \
  ROW(R11)                                                                     \
  ROW(R12)                                                                     \
  ROW(R13)                                                                     \
  ROW(R14)                                                                     \
  ROW(R15)                                                                     \
  ROW(R16)                                                                     \
  ROW(R18)                                                                     \
  ROW(R19)                                                                     \
  ROW(R20)                                                                     \
  ROW(R21)                                                                     \
  ROW(R22)                                                                     \
  /* R23 who is left */                                                        \
  ROW(R23)                                                                     \
  /* R24 in front, R25 behind */                                               \
  ROW(R24)                                                                     \
  ROW(R25)                                                                     \
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
  ROW(T12)                                                                     \
  /* T13 bass on changes */                                                    \
  ROW(T13a)                                                                    \
  ROW(T13b)                                                                    \
  /* T14 bass on beats */                                                      \
  ROW(T14)                                                                     \
  /* T15 chord tones of the tune */                                            \
  ROW(T15a)                                                                    \
  ROW(T15b)                                                                    \
  /* T16 non-chord tones */                                                    \
  ROW(T16)                                                                     \
  /* T17 seconds between layers */                                             \
  ROW(T17)                                                                     \
  /* T18 final chord */                                                        \
  ROW(T18)                                                                     \
  /* T19 phrases on the grid */                                                \
  ROW(T19)                                                                     \
  /* T20 chords a bar */                                                       \
  ROW(T20)                                                                     \
  /* T21 progression */                                                        \
  ROW(T21)                                                                     \
  /* T22 section ends */                                                       \
  ROW(T22)                                                                     \
  /* T23 voice leading */                                                      \
  ROW(T23a)                                                                    \
  ROW(T23b)                                                                    \
  /* T24 parallels */                                                          \
  ROW(T24)                                                                     \
  /* T25 low intervals */                                                      \
  ROW(T25)                                                                     \
  /* T26 crossings */                                                          \
  ROW(T26a)                                                                    \
  ROW(T26b)                                                                    \
  /* T27 steps and leaps */                                                    \
  ROW(T27a)                                                                    \
  ROW(T27b)                                                                    \
  ROW(T27c)                                                                    \
  /* T28 leaps turn */                                                         \
  ROW(T28)                                                                     \
  /* T29 range of the tune */                                                  \
  ROW(T29)                                                                     \
  /* T30 pitch classes of the tune */                                          \
  ROW(T30)                                                                     \
  /* T31 rests of the tune */                                                  \
  ROW(T31)                                                                     \
  /* T32 phrase ends */                                                        \
  ROW(T32)                                                                     \
  /* T33 motif */                                                              \
  ROW(T33a)                                                                    \
  ROW(T33b)                                                                    \
  ROW(T33c)                                                                    \
  ROW(T33d)                                                                    \
  /* T34 repeats of the tune */                                                \
  ROW(T34a)                                                                    \
  ROW(T34b)                                                                    \
  /* T35 sections */                                                           \
  ROW(T35a)                                                                    \
  ROW(T35b)                                                                    \
  /* T36 same bars */                                                          \
  ROW(T36)                                                                     \
  /* T37 groove */                                                             \
  ROW(T37a)                                                                    \
  ROW(T37b)                                                                    \
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
  ROW(T46a)                                                                    \
  ROW(T46b)                                                                    \
  /* T47 timing */                                                             \
  ROW(T47a)                                                                    \
  ROW(T47b)                                                                    \
  ROW(T47c)                                                                    \
  /* T48 swells */                                                             \
  ROW(T48a)                                                                    \
  ROW(T48b)                                                                    \
  /* T49 pedal */                                                              \
  ROW(T49)                                                                     \
  /* T50 layers */                                                             \
  ROW(T50a)                                                                    \
  ROW(T50b)                                                                    \
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
  ROW(T56a)                                                                    \
  ROW(T56b)                                                                    \
  /* T57 mood */                                                               \
  ROW(T57a)                                                                    \
  ROW(T57b)                                                                    \
  /* T58 edit points */                                                        \
  ROW(T58)                                                                     \
  /* T59 hits */                                                               \
  ROW(T59)                                                                     \
  /* T60 cut-down */                                                           \
  ROW(T60)

#define CS_DECLARE_PROPERTY(id) extern const CsProperty cs_property_##id;
CS_ALL_PROPERTIES(CS_DECLARE_PROPERTY)
#undef CS_DECLARE_PROPERTY

#endif
