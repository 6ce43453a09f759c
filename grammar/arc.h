/// What the files that read changes over time share. Nothing else includes it.
///
/// Drafts are collected by several readers (arc_change.c with arc_word.c,
/// arc_enter.c, arc_state.c), get their times in arc_draft.c, and become the
/// events of the brief in arc_settle.c.
#ifndef CS_GRAMMAR_ARC_H
#define CS_GRAMMAR_ARC_H

#include "grammar/phrases.h"

/// An event while its times are still being found.
typedef struct CsArcDraft {
  CsArcEvent event;
  size_t item;     ///< The word that asks for it.
  bool has_moment; ///< A time was attached that says where.
  bool is_next;    ///< One more place of a draft that stands before it.
  bool said_again; ///< Another one of its clause says it with a time.
  bool lasts;      ///< What was said for the time of a player ends with it.
  double length_s; ///< How long, where nothing says where yet; or 0.
  double every_s;  ///< Comes again after so long; or 0.
  size_t beside;   ///< Time that counts from another change, or SIZE_MAX.
} CsArcDraft;

typedef struct CsArc {
  CsParse *p;
  CsArcDraft *drafts;
  size_t n, capacity;
  CsPlace cursor; ///< Where the story stands.
  size_t lead;    ///< Leading time of the sentence, or SIZE_MAX.
  size_t last;    ///< Draft that may still take a time, or SIZE_MAX.
  size_t closed;  ///< Last time that ends a stretch, or SIZE_MAX.
} CsArc;

// ---- Drafts and their times (arc_draft.c) -----------------------------------

/// @param target  Instrument of an entrance or exit, or NULL.
CS_NODISCARD CsStatus cs_draft_add(
    CsArc *arc, CsArcKind kind, size_t item, const char *target);

void cs_draft_set_start(CsArcDraft *draft, CsPlace place);
void cs_draft_set_end(CsArcDraft *draft, CsPlace place);

/// From the cursor to a place. An entrance waits until then.
void cs_draft_set_until(CsArc *arc, CsArcDraft *draft, const CsTime *time);

/// For so long, from the cursor where nothing else says where.
void cs_draft_set_length(CsArc *arc, CsArcDraft *draft, double seconds);

/// At a place, or over a span.
void cs_draft_set_place(CsArc *arc, CsArcDraft *draft, const CsTime *time);

/// Give the draft the time of an item, which is then taken. A second moment
/// adds a draft.
CS_NODISCARD CsStatus cs_draft_attach(CsArc *arc, size_t which, size_t time_at);

/// From the start of the cue to its end.
void cs_draft_fill(CsArcDraft *draft);

CsPlace cs_draft_start(const CsArcDraft *draft);
CsPlace cs_draft_end(const CsArcDraft *draft);
double cs_draft_start_s(const CsArc *arc, const CsArcDraft *draft);
double cs_cursor_s(const CsArc *arc);

// ---- Questions about items --------------------------------------------------

/// Does it ask for an event? cs_arc_mark_changes() says of what kind.
bool cs_item_is_change(const CsItem *item);

/// An instrument, or something that is played on one, that is wanted.
bool cs_item_is_playable(const CsItem *item);

/// Its plain name.
const char *cs_item_played(const CsItem *item);

/// A single place.
bool cs_time_is_moment(const CsTime *time);

/// Does it say where something happens, and not only how long it lasts?
bool cs_time_is_place(const CsTime *time);

/// Does a marker stand in the clause of item i?
bool cs_clause_has(const CsParse *p, size_t i, CsMarker marker);

// ---- Change words (arc_word.c) ----------------------------------------------

/// Set `change` of every item, and leave out what is only counted from.
void cs_arc_mark_changes(CsParse *p);

/// Draft what a change word asks for: one event, or one for each player.
CS_NODISCARD CsStatus cs_draft_change(CsArc *arc, size_t i);

// ---- Readers ----------------------------------------------------------------

/// Change words with their times.
CS_NODISCARD CsStatus cs_arc_read_changes(CsArc *arc);

/// Players that come and go without a verb: "drums from 0:20".
CS_NODISCARD CsStatus cs_arc_read_entrances(CsArc *arc);

/// "an accent on each": of the times before.
CS_NODISCARD CsStatus cs_arc_read_each(CsArc *arc);

/// "strings out, brass in", "nothing until 0:05".
CS_NODISCARD CsStatus cs_arc_read_short(CsArc *arc);

/// "at 0:10 ... no wait, 0:14": put the later time in the place of the earlier.
void cs_arc_correct_times(CsParse *p);

/// Moods that follow each other: "0:00-0:50 stalking, 0:50-1:10 chase".
CS_NODISCARD CsStatus cs_arc_read_states(CsArc *arc);

/// "four rounds, each 45 s hard followed by 15 s easy", where nothing else
/// changes.
CS_NODISCARD CsStatus cs_arc_read_rounds(CsArc *arc);

/// Who is left after the falls that are drafted (arc_left.c).
CS_NODISCARD CsStatus cs_arc_read_rest(CsArc *arc);

/// End the spans that are open (arc_close.c).
CS_NODISCARD CsStatus cs_arc_close(CsArc *arc);

/// Complete the drafts and write them to the brief, in order of time.
CS_NODISCARD CsStatus cs_arc_settle(CsArc *arc);

#endif
