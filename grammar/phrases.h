/// A prompt as a row of items: what stands where, before anything is decided.
#ifndef CS_GRAMMAR_PHRASES_H
#define CS_GRAMMAR_PHRASES_H

#include "grammar/lexicon.h"
#include "grammar/normal.h"

typedef enum CsItemKind {
  CS_ITEM_WORD, ///< A word that no entry knows.
  CS_ITEM_ENTRY,
  CS_ITEM_NUMBER,
  CS_ITEM_TIME,
  CS_ITEM_KEY,
  CS_ITEM_METER,
  CS_ITEM_LUFS,
  CS_ITEM_RATE, ///< Frames per second.
  CS_ITEM_CUE_ID,
  CS_ITEM_WEIGHT,
  CS_ITEM_MARK, ///< Punctuation.
} CsItemKind;

typedef enum CsTimeForm {
  CS_TIME_LENGTH, ///< "20 seconds", "1:30", "8 bars": an amount.
  CS_TIME_MOMENT, ///< "at 0:40", "halfway".
  CS_TIME_SPAN,   ///< "from 0:40 to 1:05", "the last 20 s".
  CS_TIME_FROM,   ///< "from 1:20".
  CS_TIME_UNTIL,  ///< "until 1:55".
  CS_TIME_EVERY,  ///< "every 15 s".
  CS_TIME_FOR,    ///< "for three seconds", "over 4 s".
  CS_TIME_RANGE,  ///< "between 25 and 30 s": one of these lengths.
  CS_TIME_LATER,  ///< "10 s later", "two bars before that": from the last one.
  CS_TIME_BESIDE, ///< "a beat after": from the change or player that follows.
} CsTimeForm;

/// A place in the cue, or an amount; bars and beats wait for the tempo.
typedef struct CsPlace {
  double at; ///< Seconds from the start or to the end, or a share.
  CsAnchor anchor;
  CsUnit unit; ///< SECOND, or BAR, BEAT: `at` counted these.
} CsPlace;

typedef struct CsTime {
  CsTimeForm form;
  CsPlace a;     ///< The amount, the moment, or where a span begins.
  CsPlace b;     ///< Where a span ends; the longer one of a range.
  bool is_clock; ///< Written as a place on a clock: 1:30.
  bool is_timecode;
  bool is_latest; ///< "by 0:40": what grows has grown then.
  bool lasts;     ///< "from .. to", "for ..": what plays then stops at its end.
} CsTime;

enum {
  CS_FLAG_NEGATED  = 1 << 0, ///< Not wanted.
  CS_FLAG_MAYBE    = 1 << 1,
  CS_FLAG_LESS     = 1 << 2,
  CS_FLAG_INSISTS  = 1 << 3, ///< "yes to", "keep".
  CS_FLAG_USED     = 1 << 4, ///< Belongs to a phrase that was understood.
  CS_FLAG_CAPITAL  = 1 << 5, ///< First letter was a capital.
  CS_FLAG_SHOUTED  = 1 << 6, ///< Every letter was a capital.
  CS_FLAG_MISSPELT = 1 << 7,
  CS_FLAG_CORRECTS = 1 << 8, ///< Said after "no, make it".
  CS_FLAG_GLUED    = 1 << 9, ///< A hyphen joins it to the item before.
  CS_FLAG_SPACE    = 1 << 10,
  CS_FLAG_NO_LEAD  = 1 << 11, ///< Only a quality of it is negated.
  CS_FLAG_HEDGED   = 1 << 12, ///< about
  CS_FLAG_TAKEN    = 1 << 13, ///< Belongs to a change, or to an instrument.
  CS_FLAG_ENTERS   = 1 << 14, ///< "no drums until 0:20": comes in then.
  CS_FLAG_TOTAL    = 1 << 15, ///< The time that is the length.
  CS_FLAG_LEAVES   = 1 << 16, ///< "no drums from 0:40": goes out then.
  CS_FLAG_STEP     = 1 << 17, ///< Compared with what is not known: a step.
  CS_FLAG_SECONDS  = 1 << 18, ///< A bare number that counts seconds,
  CS_FLAG_BARS     = 1 << 19, ///< or bars.
  CS_FLAG_KEY_WAY  = 1 << 20, ///< A key or mode that comes on the way.
};

typedef struct CsItem {
  CsItemKind kind;
  size_t begin, end; ///< In the normalised text.
  const CsEntry *entry;
  const char *spelt;   ///< What a misspelt word was taken for, or NULL.
  const CsEntry *base; ///< Of a comparative: "calm" of "calmer"; else NULL.
  char mark;
  double number;
  CsTime time;
  CsKey key;
  bool is_bare; ///< Of a key: its mode is not said.
  CsMeter meter;
  unsigned flags;
  int change;   ///< A CsArcKind, CS_EVEN or -1; set when the arc is read.
  int clause;   ///< Between commas.
  int sentence; ///< Between full stops, semicolons, bars, brackets, lines.
} CsItem;

typedef struct CsItems {
  CsItem *items;
  size_t n, capacity;
} CsItems;

/// "a bit darker than last time": so much more, or less, of a word.
typedef struct CsStep {
  size_t first, last; ///< Items, with the size in front and the reference,
  size_t begin, end;  ///< and their bytes, which stay when items are joined.
  const CsEntry *base;
  double size; ///< 1 is a small step; below 0 is less of it.
} CsStep;

/// What the passes share. `brief` fills up as they go.
typedef struct CsParse {
  CsArena *arena;
  const CsLexicon *lexicon;
  CsMatcher *matcher;
  CsNormal normal;
  CsItem *items;
  size_t n;
  double rate;        ///< Frames per second, 25 where none is said.
  bool shouts;        ///< The prompt is in capitals throughout.
  bool is_titled;     ///< Nearly Every Word Begins With A Capital.
  double timecode_in; ///< First time code of a pair, or -1.
  size_t n_phrases, n_warnings, n_arc, n_unknown; ///< Capacities.
  bool has_range;  ///< A range of lengths was asked for.
  double length_s; ///< The length that times are worked out for.
  CsStep *steps;
  size_t n_steps, steps_capacity;
  bool key_is_bare; ///< A tonic without a mode: "in the key of G".
  CsBrief *brief;
} CsParse;

/// Words, numbers and marks of the text, in order, clauses counted.
CS_NODISCARD CsStatus cs_read_items(CsParse *p);

/// Tempo, meter, loudness; their numbers are taken.
CS_NODISCARD CsStatus cs_read_settings(CsParse *p);

/// Key and mode. Another key on the way is marked, not taken.
CS_NODISCARD CsStatus cs_read_keys(CsParse *p);

/// Let the words that lead to another key ask for that change.
void cs_mark_key_changes(CsParse *p);

/// Where the change that item i asks for leads. @return Its last word.
size_t cs_key_move(const CsParse *p, size_t i, CsKeyMove *move);

/// The form of a theme, where one is named; the later wins. After the scopes.
CS_NODISCARD CsStatus cs_read_form(CsParse *p);

/// "no key change" is understood. After the scopes.
CS_NODISCARD CsStatus cs_note_kept_key(CsParse *p);

/// Join numbers and units to times, and times with their prepositions.
CS_NODISCARD CsStatus cs_read_times(CsParse *p);

/// Mark what a correction takes back: "slow? no: fast". Runs first, because a
/// number that is taken back must not be taken.
void cs_read_retractions(CsParse *p);

/// Mark comparisons with an earlier cue, and leave their words to
/// cs_take_steps(). Runs before the passes that would read them as they stand.
CS_NODISCARD CsStatus cs_mark_steps(CsParse *p);

/// Move mood, density and tempo by the steps that were marked, and say so.
CS_NODISCARD CsStatus cs_take_steps(CsParse *p);

/// Mark what is negated, hedged, reduced or insisted on.
void cs_read_scopes(CsParse *p);

/// The total length, where one is said or follows from the times.
CS_NODISCARD CsStatus cs_read_length(CsParse *p);

/// What the cue must do; the length tells a logo from a film about one.
CS_NODISCARD CsStatus cs_read_function(CsParse *p);

/// The length that stands in where none is said; a length out of range.
CS_NODISCARD CsStatus cs_settle_length(CsParse *p);

/// Instruments, exclusions, genres, uses, density.
CS_NODISCARD CsStatus cs_read_wants(CsParse *p);
/// Which of the wanted instruments stand in front, and which behind.
CS_NODISCARD CsStatus cs_read_foreground(CsParse *p); // foreground.c

/// The ending that is named, and, once the arc is known, the one that a hit in
/// the last moment makes.
CS_NODISCARD CsStatus cs_read_endings(CsParse *p);
CS_NODISCARD CsStatus cs_read_ending_of_arc(CsParse *p);

/// Valence and arousal.
CS_NODISCARD CsStatus cs_read_moods(CsParse *p);

/// Changes over time.
CS_NODISCARD CsStatus cs_read_arc(CsParse *p);

/// Voices, effects, and the artists that are known by name.
CS_NODISCARD CsStatus cs_read_cannots(CsParse *p);

/// Names that are given as the model to follow, whether known or not. Before
/// the passes that would take their words for wishes ("like Massive Attack").
CS_NODISCARD CsStatus cs_read_names(CsParse *p);

/// Is the name at item i what the cue is for or about, or an address?
bool cs_is_subject(const CsParse *p, size_t i);

/// Answer a stretch that cannot be done: warn, and note what is done instead.
CS_NODISCARD CsStatus cs_answer_cannot(
    CsParse *p, size_t first, size_t last, CsCode code);

/// Is the prompt in another language?
bool cs_is_foreign(const CsParse *p);

// ---- Helpers that the passes share ------------------------------------------

/// Is it a phrase that is not ruled out?
bool cs_item_is_wanted(const CsItem *item);

bool cs_item_is(const CsItem *item, CsMarker marker);
/// then, later: what follows comes after what was said.
bool cs_item_is_then(const CsItem *item);
/// before, before the
bool cs_item_is_before(const CsParse *p, const CsItem *item);
bool cs_item_is_class(const CsItem *item, CsClass class_of);
bool cs_item_is_mark(const CsItem *item, const char *marks);
bool cs_item_is_unit(const CsItem *item, CsUnit unit);

/// The item at i + step, or an empty mark beyond the ends.
const CsItem *cs_item_at(const CsParse *p, size_t i, int step);

/// Does item i correct what stands before: "96 BPM, sorry, 69 BPM"?
bool cs_is_corrected(const CsParse *p, size_t i);

/// Does a no or not stand just in front? For the passes before the scopes.
bool cs_is_negated_before(const CsParse *p, size_t i);

/// Does the item tell a time in the cue, before times are joined: a clock that
/// is not alone, "at 20", "halfway", "the chorus", "last"?
bool cs_tells_time(const CsParse *p, size_t i);

/// Does the change at i happen at each of the times before: "accent on each"?
bool cs_says_each(const CsParse *p, size_t i);

/// Does nothing that asks for something stand in the clause of item i?
bool cs_item_is_alone(const CsParse *p, size_t i);

/// The first item of the clause, or of the sentence, that item i stands in.
size_t cs_clause_start(const CsParse *p, size_t i);
size_t cs_sentence_start(const CsParse *p, size_t i);

/// Note that items first..last became field = value by a rule. They are used.
CS_NODISCARD CsStatus cs_understand(CsParse *p, size_t first, size_t last,
    const char *field, const char *value, const char *rule);
CS_NODISCARD CsStatus cs_understand_number(CsParse *p, size_t first,
    size_t last, const char *field, double value, const char *rule);
CS_NODISCARD CsStatus cs_understand_text(CsParse *p, size_t first, size_t last,
    const char *field, const char *value, const char *rule);

/// Add a name once.
CS_NODISCARD CsStatus cs_add_name(
    CsArena *arena, CsStrings *names, const char *name);

/// Turn bars and beats into seconds, for the tempo and meter of the brief.
void cs_place_settle(const CsParse *p, CsPlace *place);

/// Seconds from the start, in the length of the cue.
double cs_place_seconds(const CsParse *p, CsPlace place);

/// A place that many seconds behind another. A share has no seconds: it is
/// counted from the start then.
CsPlace cs_place_later(const CsParse *p, CsPlace place, double seconds);

/// "the end", "until the end".
bool cs_place_is_end(CsPlace place);

#endif
