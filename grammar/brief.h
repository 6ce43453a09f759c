/// What a prompt said, and nothing more: the value that parsing gives and
/// planning takes.
#ifndef CS_GRAMMAR_BRIEF_H
#define CS_GRAMMAR_BRIEF_H

#include "gen/base/arena.h"
#include "gen/base/json.h"
#include "gen/music/vocabulary.h"

/// Longest prompt, in bytes.
enum { CS_MAX_PROMPT_BYTES = 16 * 1024 };

/// Lengths that can be made, in seconds.
#define CS_MIN_DURATION_S 0.5
#define CS_MAX_DURATION_S (12.0 * 3600.0)

/// Which fields of a brief were said. Others hold nothing.
typedef enum CsSaid {
  CS_SAID_DURATION   = 1 << 0,
  CS_SAID_TEMPO      = 1 << 1,
  CS_SAID_KEY        = 1 << 2, ///< `key.tonic_pc` and `key.mode`.
  CS_SAID_MODE       = 1 << 3, ///< `key.mode`; always with CS_SAID_KEY.
  CS_SAID_METER      = 1 << 4,
  CS_SAID_FUNCTION   = 1 << 5,
  CS_SAID_VALENCE    = 1 << 6,
  CS_SAID_AROUSAL    = 1 << 7,
  CS_SAID_DENSITY    = 1 << 8,
  CS_SAID_ENDING     = 1 << 9,
  CS_SAID_LOUDNESS   = 1 << 10,
  CS_SAID_FLAT_ARC   = 1 << 11, ///< An even course: no build, drop or peak.
  CS_SAID_TEMPO_STEP = 1 << 12,
  CS_SAID_FORM       = 1 << 13,
} CsSaid;

typedef enum CsArcKind {
  CS_ARC_BUILD,
  CS_ARC_FALL,
  CS_ARC_PEAK,
  CS_ARC_DROP,
  CS_ARC_RISE,
  CS_ARC_HIT,
  CS_ARC_SILENCE,
  CS_ARC_ENTER,
  CS_ARC_EXIT,
  CS_ARC_FADE_IN,
  CS_ARC_FADE_OUT,
  CS_ARC_KEY, ///< Another key from then on, or for its span.
  CS_N_ARC_KINDS
} CsArcKind;

/// What an event's time was counted from.
typedef enum CsAnchor {
  CS_ANCHOR_START, ///< Seconds from the start: "at 0:45".
  CS_ANCHOR_END,   ///< Seconds before the end: "last 20 s".
  CS_ANCHOR_SHARE, ///< A share of the length: "halfway".
  CS_N_ANCHORS
} CsAnchor;

extern const char *const cs_arc_kind_names[CS_N_ARC_KINDS];
extern const char *const cs_anchor_names[CS_N_ANCHORS];

/// Where a change of key leads. All false and 0: up by what is usual.
typedef struct CsKeyMove {
  int semitones; ///< Of the tonic, -11..11; counts where no tonic is named.
  bool has_tonic, has_mode;
  CsKey key; ///< What is named of it.
} CsKeyMove;

/// One requested change over time.
///
/// Times are worked out for `duration_s` of the brief. When another length is
/// used, cs_brief_fit_arc() works them out anew from the anchor.
typedef struct CsArcEvent {
  CsArcKind kind;
  bool has_start;
  bool has_end; ///< A span; else a moment.
  double start_s;
  double end_s;
  CsAnchor anchor;     ///< Of start_at.
  CsAnchor end_anchor; ///< Of end_at.
  double start_at; ///< As said: seconds from start, from end, or share 0..1.
  double end_at;
  double amount;      ///< Size of the change, 0..1; 1 where nothing was said.
  const char *target; ///< Instrument of an enter or exit, else NULL.
  CsStrings stay;     ///< Of a fall: the instruments that are left; or none.
  CsKeyMove move;     ///< Of CS_ARC_KEY.
} CsArcEvent;

/// A phrase of the prompt and what it became.
typedef struct CsPhrase {
  size_t begin, end; ///< Byte span in the prompt.
  const char *text;  ///< The prompt's own words.
  const char *field; ///< Field of the brief: "tempo_bpm".
  const char *value; ///< As JSON text.
  const char *rule;  ///< Which rule decided: "word", "number", "scope" ...
} CsPhrase;

/// A stretch of the prompt that was not understood.
typedef struct CsUnknown {
  size_t begin, end;
  const char *text;
  CsStrings nearest; ///< Up to three known words, nearest first.
} CsUnknown;

typedef struct CsWarning {
  const char *code;    ///< One of the codes in DESIGN, section 5.
  const char *message; ///< What was done instead, one sentence.
} CsWarning;

typedef struct CsBrief {
  const char *prompt; ///< As typed.
  unsigned said;      ///< CsSaid bits.
  double duration_s;
  double tempo_bpm[2]; ///< Lowest and highest that fit the words.
  double tempo_step;   ///< A tempo that is derived moves by this share of it.
  CsKey key;
  CsMeter meter;
  CsFunction function;
  double valence; ///< -1..1.
  double arousal; ///< -1..1.
  double density; ///< -1 sparse .. 1 dense.
  double loudness_lufs;
  CsEnding ending;
  CsTuneForm form;       ///< Of a theme.
  CsStrings instruments; ///< Plain names; each must be heard.
  bool only_instruments; ///< "only", "solo": nothing else may play.
  CsStrings in_front;    ///< Of the instruments: those that tell the tune.
  CsStrings behind;      ///< Of the instruments: those that stay back.
  CsStrings exclude;     ///< Plain names; none may be heard.
  CsStrings moods;       ///< Mood words found, for the style choice.
  CsStrings genres;
  CsStrings uses;
  CsArcEvent *arc;
  size_t n_arc;
  CsWarning *warnings;
  size_t n_warnings;
  CsPhrase *understood; ///< In prompt order.
  size_t n_understood;
  CsUnknown *unknown;
  size_t n_unknown;
} CsBrief;

/// Add a warning once per code and message.
CS_NODISCARD CsStatus cs_brief_warn(
    CsArena *arena, CsBrief *brief, const char *code, const char *message);

/// The length that stands in where none was said: by function, thematic where
/// that was not said either. `duration_s` holds it then, without its bit.
double cs_brief_default_s(const CsBrief *brief);

/// Seconds from the start of what was counted from an anchor.
double cs_anchored_seconds(CsAnchor anchor, double at, double duration_s);

/// Work the times of the arc out for a length. Events that then lie outside the
/// length, or would end before they begin, are dropped with a `contradiction`
/// warning.
CS_NODISCARD CsStatus cs_brief_fit_arc(
    CsArena *arena, CsBrief *brief, double duration_s);

/// From this length on a cue has a course over time; a shorter one is a
/// gesture.
#define CS_LEAST_COURSE_S 10.0

/// Take the times of the arc as meant for one length and put them on the scale
/// of another: falls, entries and the like keep their share of it, builds their
/// own length as far as 40 % of the whole hold it. What
/// is bound to moments of a picture (hits, silences) or to the end of the first
/// length (fade-outs) is left out. Warnings `times_scaled` and `contradiction`
/// say so.
///
/// @param from_s  Length that the times are meant for.
/// @param to_s    The other length; 0 leaves every event out.
CS_NODISCARD CsStatus cs_brief_scale_arc(
    CsArena *arena, CsBrief *brief, double from_s, double to_s);

/// The Brief as JSON (DESIGN, section 5). Only what was said is present.
void cs_brief_write_json(
    const CsBrief *brief, CsJsonWriter *writer, const char *key);

/// Read a Brief back from that JSON.
CS_NODISCARD CsStatus cs_brief_read_json(
    CsArena *arena, const CsJson *node, CsBrief **brief);

/// The Brief as text for a person: the prompt with its phrases marked, a table
/// phrase -> field = value, what is assumed, what was not understood, warnings.
///
/// @param colour  Use ANSI colours and underlines.
CS_NODISCARD CsStatus cs_brief_explain(
    CsArena *arena, const CsBrief *brief, bool colour, const char **text);

#endif
