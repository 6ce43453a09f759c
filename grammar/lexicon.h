/// The words, loaded: entries by phrase, patterns by shape.
#ifndef CS_GRAMMAR_LEXICON_H
#define CS_GRAMMAR_LEXICON_H

#include "gen/base/json.h"
#include "gen/music/vocabulary.h"
#include "grammar/brief.h"
#include "grammar/match.h"
#include "grammar/parse.h"
#include "grammar/text_table.h"

/// What sort of word an entry is: one class per lexicon file.
typedef enum CsClass {
  CS_CLASS_MOOD,
  CS_CLASS_GENRE,
  CS_CLASS_USE,
  CS_CLASS_IMAGE, ///< What the picture shows: weak evidence of a mood.
  CS_CLASS_FUNCTION,
  CS_CLASS_INSTRUMENT,
  CS_CLASS_CHANGE, ///< Something that happens over time.
  CS_CLASS_ENDING,
  CS_CLASS_TEMPO,
  CS_CLASS_SETTING, ///< Mode, meter, density, loudness.
  CS_CLASS_CANNOT,  ///< Asked often, answered with a warning.
  CS_CLASS_UNIT,
  CS_CLASS_MARKER,  ///< Words of the grammar itself.
  CS_CLASS_PLAIN,   ///< Ordinary words that ask for nothing.
  CS_CLASS_SHORT,   ///< Stands for another word: "gtr" for "guitar".
  CS_CLASS_FOREIGN, ///< Common words of other languages.
  CS_N_CLASSES
} CsClass;

extern const char *const cs_class_names[CS_N_CLASSES];

/// What a marker does in the grammar. README.md lists them.
typedef enum CsMarker {
  CS_MARK_NONE,
  CS_MARK_NO,      ///< Opens a negation: no, without, avoid.
  CS_MARK_NONE_OF, ///< Negates what stands before: "vocals: none", "-free".
  CS_MARK_NOT,     ///< Negates a mood or verb: not, never, don't.
  CS_MARK_DOUBLE,  ///< Cancels itself: "don't not".
  CS_MARK_BUT,     ///< Ends a negation: but, keep, though.
  CS_MARK_YES,     ///< Ends it and insists: "yes to", "keep".
  CS_MARK_ONLY,    ///< Nothing else: only, nothing but.
  CS_MARK_ALONE,   ///< Strong only: unaccompanied, "nothing else".
  CS_MARK_SOLO,
  CS_MARK_BACKED,     ///< "backed by": company that a lone player cannot have.
  CS_MARK_MAYBE,      ///< A wish that may be left out.
  CS_MARK_LESS,       ///< Less than before: a reduction, not exclusion.
  CS_MARK_SPARING,    ///< Reduction too: "light on".
  CS_MARK_BOOST,      ///< very (scale 1.3)
  CS_MARK_DAMP,       ///< slightly (scale 0.5)
  CS_MARK_RATHER,     ///< "rather than": what follows is not wanted.
  CS_MARK_CORRECTION, ///< "no wait", "make it": the next value wins.
  CS_MARK_ABOUT,
  CS_MARK_AT_MOST,
  CS_MARK_AT_LEAST,
  CS_MARK_LIKE,       ///< "in the style of"
  CS_MARK_LIKE_AFTER, ///< "-esque", "style song"
  CS_MARK_AT,
  CS_MARK_FROM,
  CS_MARK_TO,
  CS_MARK_UNTIL,
  CS_MARK_BY,
  CS_MARK_OVER, ///< over, across, through
  CS_MARK_FOR,
  CS_MARK_IN,
  CS_MARK_AFTER,
  CS_MARK_BEFORE,
  CS_MARK_EVERY,
  CS_MARK_BETWEEN,
  CS_MARK_WITH,
  CS_MARK_LEFT, ///< left, to go, remaining
  CS_MARK_FIRST,
  CS_MARK_SECOND,
  CS_MARK_THIRD,
  CS_MARK_FOURTH,
  CS_MARK_LAST,
  CS_MARK_HALFWAY, ///< halfway, the middle
  CS_MARK_HALF,
  CS_MARK_THIRDS,
  CS_MARK_QUARTER,
  CS_MARK_START, ///< the start, the top
  CS_MARK_END,   ///< the end
  CS_MARK_THROUGHOUT,
  CS_MARK_THEN,
  CS_MARK_LATER,   ///< later, after that
  CS_MARK_EARLIER, ///< earlier, before that
  CS_MARK_POINT,   ///< Behind a share: mark, of the way.
  CS_MARK_AND,
  CS_MARK_WHERE, ///< where, when: the time said just before
  CS_MARK_EVERYTHING,
  CS_MARK_LENGTH,    ///< length, duration, DUR
  CS_MARK_TOTAL,     ///< total, long, in all
  CS_MARK_TEMPO,     ///< tempo, BPM as a heading
  CS_MARK_ENDING,    ///< "ending:"
  CS_MARK_MUSIC_IN,  ///< "in at", "in:"
  CS_MARK_MUSIC_OUT, ///< "out:", "done by", "gone"
  CS_MARK_FRAMES,
  CS_MARK_SECTION,       ///< intro, main, outro
  CS_MARK_SOME,          ///< a, an, any, the
  CS_MARK_BIG,           ///< A quality: "no big drums" keeps drums.
  CS_MARK_UNDER,         ///< under, behind: gives room to what follows.
  CS_MARK_MORE,          ///< more than before
  CS_MARK_PLENTY,        ///< lots of: opens a noun phrase.
  CS_MARK_MUCH,          ///< Makes a step of a comparison larger (scale 1.6).
  CS_MARK_THAN,          ///< than, compared to
  CS_MARK_OTHER_TAKE,    ///< Another take, which is not known here.
  CS_MARK_BECOME,        ///< become, get, grow
  CS_MARK_NO_HEADING,    ///< Negates as a heading only: "negative: a, b".
  CS_MARK_NONE_OF_THOSE, ///< Negates the things named before.
  CS_MARK_AWAY,          ///< away, out of it: "keep the drums well away".
  CS_MARK_JOINS,         ///< flow, feed, lead: one end to the other.
  CS_MARK_ASIDE,         ///< A time beside it is another's: "on average".
  CS_MARK_IN_FRONT,      ///< The instrument beside it tells the tune.
  CS_MARK_BEHIND,        ///< The instrument beside it stays back.
  CS_MARK_PLACE,         ///< An address: the name before it is no artist.
  CS_N_MARKERS
} CsMarker;

extern const char *const cs_marker_names[CS_N_MARKERS];

typedef enum CsUnit {
  CS_UNIT_SECOND,
  CS_UNIT_MINUTE,
  CS_UNIT_HOUR,
  CS_UNIT_MS,
  CS_UNIT_DAY,
  CS_UNIT_FRAME,
  CS_UNIT_BEAT,
  CS_UNIT_BAR,
  CS_UNIT_BPM,
  CS_UNIT_PERCENT,
  CS_N_UNITS
} CsUnit;

extern const char *const cs_unit_names[CS_N_UNITS];

/// How numbers and times are written. Each has its patterns.
typedef enum CsShapeKind {
  CS_SHAPE_TIMECODE, ///< h m s f, d = the mark before the frames
  CS_SHAPE_CLOCK,    ///< h m s
  CS_SHAPE_PRIME,    ///< m s: 1'30", 20"
  CS_SHAPE_KEY,      ///< t tonic, x accidental, q quality
  CS_SHAPE_METER,    ///< n d
  CS_SHAPE_LUFS,     ///< n
  CS_SHAPE_RATE,     ///< n frames per second, u when the unit is said
  CS_SHAPE_CUE_ID,   ///< 2M07
  CS_SHAPE_WEIGHT,   ///< n: pads::2
  CS_SHAPE_NUMBER,   ///< n
  CS_N_SHAPES
} CsShapeKind;

extern const char *const cs_shape_names[CS_N_SHAPES];

/// Words of the longest phrase that an entry may have, and the room for a word
/// with its end mark; longer words are not known.
enum { CS_MAX_PHRASE_WORDS = 8, CS_MAX_WORD_BYTES = 40 };

/// A number of an entry that was not given.
#define CS_UNSET (-1000.0)

typedef struct CsEntry {
  CsClass class_of;
  CsStrings words;  ///< As written in the lexicon.
  const char *name; ///< Plain or canonical name.
  const char *file;
  int level;      ///< 0 built in; a person's own words stand above.
  CsStrings like; ///< Mood words whose values are averaged into this one's.
  double valence, arousal; ///< CS_UNSET when not given.
  bool adds;               ///< Valence and arousal are added, not averaged.
  double density;          ///< CS_UNSET when not given.
  double amount;           ///< Of a change, 0..1.
  double scale;            ///< Of a booster or damper.
  double bpm[2];           ///< 0 when not given.
  int function;            ///< -1 when not given.
  int strength;            ///< Of the function: 3 names it, 1 suggests it.
  int ending;              ///< -1 when not given.
  int mode;                ///< -1 when not given.
  int form;                ///< CsTuneForm; -1 when not given.
  int kind;                ///< CsArcKind, CS_N_ARC_KINDS = even; -1 not given.
  int code;                ///< Of a warning; -1 not given.
  CsMarker marker;
  CsUnit unit;
  const char *meter;
  const char *genre, *use;
  CsStrings instruments, exclude;
  const char *instead_of; ///< The instrument meant, which the sounds lack,
  const char *sound;      ///< and what plays it, NULL where `name` says it.
  const char *step;       ///< A comparison with the earlier: of which word.
  int semitones;          ///< Of a change of key; 0 where the word says none.
  bool target;   ///< A change that belongs to the instrument beside it.
  bool timeless; ///< A genre of a function, not of a decade.
  bool proper;   ///< A proper name that is no artist's: "Paris", "Monday".
  bool cue;      ///< A noun for the cue itself: "piece".
  bool opens;    ///< Speaks of the beginning alone: "starts".
  bool noun;     ///< A thing: "drop", "hit", "chase".
} CsEntry;

enum { CS_EVEN = CS_N_ARC_KINDS };

typedef enum CsCode {
  CS_CODE_VOCALS,
  CS_CODE_ARTIST,
  CS_CODE_EFFECTS,
  CS_CODE_IGNORED, ///< Not done, and said so, without a warning.
  CS_N_CODES
} CsCode;

extern const char *const cs_code_names[CS_N_CODES];

typedef struct CsShapes {
  CsShape **items;
  size_t n;
} CsShapes;

/// A word that stands in some phrase of the lexicon.
typedef struct CsKnownWord {
  const char *text;
  uint32_t letters; ///< Which letters it holds, for a quick refusal.
  uint32_t hash;    ///< Low half of the hash of its bytes.
  uint32_t n;
  uint8_t max_words; ///< Words of the longest phrase that begins with it.
  bool is_foreign;   ///< Only in entries of other languages: no one means it.
  bool is_rare;      ///< Only a name that few mean: a short one is not guessed.
  bool is_plain;     ///< Only in plain entries: nothing is corrected to it.
} CsKnownWord;

/// Phrases and the words that they are made of, as written or as stems (see
/// stem.h). Phrases are normalised, one space between words.
typedef struct CsPhraseTable {
  CsTextTable phrases;
  const CsEntry **entries; ///< What each phrase means, by its place.
  size_t entries_capacity;
  CsTextTable known;
  CsKnownWord *words; ///< By place.
  size_t words_capacity;
} CsPhraseTable;

/// Words of one length in byte order, for the search of near ones; their
/// letters stand in a row of their own, which is looked through first.
typedef struct CsWordList {
  const CsKnownWord **words;
  uint32_t *letters;
  size_t n;
} CsWordList;

struct CsLexicon {
  CsArena *arena;
  CsArena *scratch; ///< While loading; NULL afterwards.
  CsEntry **entries;
  size_t n_entries, entries_capacity;
  CsShapes shapes[CS_N_SHAPES];
  CsPhraseTable exact;
  CsPhraseTable stems; ///< Of the classes whose words are inflected.
  CsWordList by_length[CS_MAX_WORD_BYTES];
};

uint64_t cs_words_hash_start(void);
uint64_t cs_words_hash_add(uint64_t hash, const char *bytes, size_t n);

/// The entry of a normalised phrase, or NULL.
const CsEntry *cs_phrase_find(
    const CsPhraseTable *table, uint64_t hash, const char *phrase, size_t n);

/// The entry of a phrase as people write it, or NULL.
CS_NODISCARD CsStatus cs_lexicon_lookup(CsArena *arena,
    const CsLexicon *lexicon, const char *text, const CsEntry **entry);

/// The known word, or NULL.
const CsKnownWord *cs_phrase_word(
    const CsPhraseTable *table, const char *word, size_t n);

/// Can there be more and less of it: moods, density, dynamics, tempo?
bool cs_is_comparable(const CsEntry *entry);

/// Which letters a word holds.
uint32_t cs_letters_of(const char *word, size_t n);

#endif
