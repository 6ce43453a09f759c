/// What the files that read times share. Nothing else includes it.
#ifndef CS_GRAMMAR_TIMES_H
#define CS_GRAMMAR_TIMES_H

#include "grammar/phrases.h"

/// The item at i, or an empty mark beyond the ends.
const CsItem *cs_at(const CsParse *p, size_t i);
bool cs_at_is(const CsParse *p, size_t i, CsMarker marker);

/// A number that nothing else has taken.
bool cs_at_is_number(const CsParse *p, size_t i);

/// An amount of time: "20 s", "1:30", "8 bars".
bool cs_at_is_amount(const CsParse *p, size_t i);

/// A share of the cue: "75%", "2/3".
bool cs_at_is_share(const CsParse *p, size_t i);

/// Over "the", "a", "about", "exactly".
size_t cs_skip_some(const CsParse *p, size_t i);

/// The unit at i. @param counted A number or an article stands before it.
bool cs_unit_at(const CsParse *p, size_t i, bool counted, CsUnit *unit);

/// "beat" is drums elsewhere, and a unit where beats are counted.
bool cs_item_is_beat(const CsParse *p, const CsItem *item);

/// Bars and beats, which wait for the tempo.
bool cs_unit_is_musical(CsUnit unit);

/// So many of a unit; a form CS_TIME_LENGTH.
CsTime cs_amount_of(const CsParse *p, double n, CsUnit unit);

/// A word that no marker stands for.
bool cs_at_text(const CsParse *p, size_t i, const char *word);

/// Put one time in the place of items first..last-1; `n` items are kept so far.
void cs_replace_by_time(
    CsParse *p, size_t *n, size_t first, size_t last, const CsTime *time);

/// Does the prompt count in frames? Sets their rate.
bool cs_counts_in_frames(CsParse *p);

/// "at 10, 20 and 30 s": the numbers of a list take the unit of the last one.
/// Runs before the amounts are read.
void cs_share_units(CsParse *p);

/// "bars 9-16", "bar 5 beat 3", "frame 200". @return Where it ends, or i.
size_t cs_read_numbered(const CsParse *p, size_t i, CsTime *time);

/// One of "0-15, 15-40, 40-60", or of "9-16" behind "bars 1-8", as
/// cs_share_units() found them. @return Where it ends, or i.
size_t cs_read_bare_range(const CsParse *p, size_t i, CsTime *time);

/// Join numbers and units to amounts.
void cs_read_amounts(CsParse *p);

/// "at 0:15 and 0:30": what goes on from a moment is a moment too. Runs after
/// times have their prepositions.
void cs_join_moments(CsParse *p);

/// A share that says that it is a place: "two thirds in", "75% of the way".
size_t cs_read_share(const CsParse *p, size_t i, CsTime *time);

/// "the last 20 s", "the first bar", "the second half", "the middle third".
size_t cs_read_ordinal(const CsParse *p, size_t i, CsTime *time);

/// "5 s before the end", "15 s left".
size_t cs_read_from_end(const CsParse *p, size_t i, CsTime *time);

/// A point: an amount from the start or the end, a share, the start, the middle
/// or the end.
size_t cs_read_point(const CsParse *p, size_t i, CsTime *time);

/// A point, or where the span of an ordinal begins: "the last bar". Of the
/// first part it is where that ends.
size_t cs_read_place(const CsParse *p, size_t i, CsTime *time);

/// Give times their place behind those that stand before them. Runs when units
/// are worked out.
void cs_chain_times(CsParse *p);

/// Let the cells of a table row that hold only a time stand in the clause of
/// the cell beside them.
void cs_join_cells(CsParse *p);

#endif
