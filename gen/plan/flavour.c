// What is added to plain chords: as much tension as the mood asks for (RULEBOOK
// 1.3), and what the style likes to hear in a chord (4.5).

#include "gen/plan/harmony.h"

#include "gen/base/mathx.h"

#include <string.h>

// ---- Symbols ----------------------------------------------------------------

/// A chord symbol taken apart: "bVI", "maj7", "/3".
typedef struct Symbol {
  const char *text;
  size_t n_numeral;
  const char *quality;
  size_t n_quality;
  const char *slash; ///< "" when the bass is the root.
  CsChord chord;
} Symbol;

static bool
take_apart(const char *text, Symbol *s)
{
  if (strchr(text, ' ') != NULL || !cs_chord_parse(text, &s->chord))
    return false;
  s->text      = text;
  s->n_numeral = strspn(text, "b#");
  s->n_numeral += strspn(text + s->n_numeral, "IViv");
  s->quality   = text + s->n_numeral;
  s->n_quality = strcspn(s->quality, "/");
  if (strncmp(s->quality, "6/9", 3) == 0)
    s->n_quality = 3;
  s->slash = s->quality + s->n_quality;
  return s->n_numeral > 0 && text[s->n_numeral - 1] > '9';
}

static bool
has_numeral(const Symbol *s, const char *numeral)
{
  return strlen(numeral) == s->n_numeral &&
         strncmp(s->text, numeral, s->n_numeral) == 0;
}

static bool
has_quality(const Symbol *s, const char *quality)
{
  return strlen(quality) == s->n_quality &&
         strncmp(s->quality, quality, s->n_quality) == 0;
}

/// Is there more in it than a triad, a suspension or an added ninth; in styles
/// that live on sevenths, than those?
static bool
is_tense(const CsDraft *d, const CsChord *chord)
{
  const bool is_free = d->style->voicing == CS_VOICING_SEVENTHS;
  const unsigned plain =
      is_free ? CS_PLAIN_STEPS | CS_SEVENTH_STEPS : CS_PLAIN_STEPS;
  const int bass = cs_mod(chord->bass - chord->root, 12);
  bool is_more   = (plain >> bass & 1U) == 0;
  for (int i = 0; i < chord->n_tones; i++)
    is_more |= (plain >> chord->tones[i] % 12 & 1U) == 0;
  return is_more;
}

// ---- Tension ----------------------------------------------------------------

/// What makes a chord of the mode tense: softly, without a semitone that others
/// could rub against; hard, with a tritone or a semitone (RULEBOOK 1.2: sad
/// music has sevenths, tense music tritones); and where sevenths are plain.
typedef struct Tension {
  const char *numeral;
  unsigned modes; ///< Bits; 0 = any.
  const char *soft, *hard, *jazz;
  int pull; ///< How much it wants to move on: those are coloured first.
} Tension;

#define MODE(mode) (1U << (mode))

/// The first row that fits counts.
static const Tension tensions[] = {
    {"I", MODE(CS_MIXOLYDIAN) | MODE(CS_BLUES), "7", "7", "7", 1},
    {"I", MODE(CS_LYDIAN), "maj7", "maj7#11", "maj7#11", 1},
    {"I", 0, "6", "maj7", "maj7", 1},
    {"ii", 0, "7", "7", "ø", 4},
    {"iii", 0, "7", "7", "7", 2},
    {"IV", MODE(CS_DORIAN) | MODE(CS_BLUES) | MODE(CS_MIXOLYDIAN), "7", "7",
        "7#11", 3},
    {"IV", 0, "6", "maj7", "maj7#11", 3},
    {"V", 0, "7", "7b9", "7b9", 5},
    {"vi", 0, "7", "7", "7", 3},
    {"II", 0, "7", "7", "7b5", 3},
    {"III", 0, "7", "7b9", "7b9", 4},
    {"i", MODE(CS_HARMONIC_MINOR), "7", "(maj7)", "(maj7)", 1},
    {"i", MODE(CS_DORIAN), "7", "6", "7", 1},
    {"i", 0, "7", "7", "7", 1},
    {"iv", 0, "7", "6", "7", 4},
    {"v", 0, "7", "7", "7", 4},
    {"bII", 0, "6", "maj7#11", "maj7#11", 5},
    {"bIII", 0, "6", "maj7", "maj7#11", 2},
    {"bVI", 0, "6", "maj7#11", "maj7#11", 3},
    {"bVII", MODE(CS_MIXOLYDIAN) | MODE(CS_MAJOR) | MODE(CS_DORIAN), "6",
        "maj7", "7#11", 3},
    {"bVII", 0, "6", "7", "7#11", 3},
    {"bvii", 0, "7", "6", "7", 4},
};

static const Tension *
tension_of(const CsDraft *d, const Symbol *s)
{
  for (size_t i = 0; i < sizeof tensions / sizeof *tensions; i++) {
    const Tension *t = &tensions[i];
    if (has_numeral(s, t->numeral) &&
        (t->modes == 0 || (t->modes >> d->key.mode & 1U) != 0))
      return t;
  }
  return NULL;
}

static CsStatus
with_quality(
    CsArena *arena, const Symbol *s, const char *quality, const char **out)
{
  *out = cs_arena_printf(
      arena, "%.*s%s%s", (int)s->n_numeral, s->text, quality, s->slash);
  CS_TRY_NEW(*out);
  CsChord chord;
  if (!cs_chord_parse(*out, &chord))
    *out = s->text; // of no such form with this bass
  return CS_OK;
}

static CsStatus
tighten(const CsDraft *d, const Symbol *s, const char **out)
{
  const Tension *t    = tension_of(d, s);
  const char *quality = t->soft;
  switch (d->style->voicing) {
  case CS_VOICING_SEVENTHS:
    quality = t->jazz;
    break;
  case CS_VOICING_CLOSE:
    quality = d->plan->valence < 0.0 ? t->hard : t->soft;
    break;
  case CS_VOICING_TRIADS:
  case CS_VOICING_ADDED:
  case CS_VOICING_OPEN:
  case CS_N_VOICING_KINDS:
    break;
  }
  return with_quality(d->arena, s, quality, out);
}

/// The same chord without its tension; what was rich keeps a ninth.
static CsStatus
relax(const CsDraft *d, const Symbol *s, const char **out)
{
  const bool has_colour = memchr(s->quality, '9', s->n_quality) != NULL ||
                          memchr(s->quality, 'm', s->n_quality) != NULL;
  return with_quality(
      d->arena, s, has_colour && !s->chord.is_dominant ? "add9" : "", out);
}

/// A chord and how long it is held.
typedef struct Span {
  Symbol symbol;
  int bar, n_bars;
  bool is_tense, can_tighten, can_relax;
  int pull;
} Span;

/// Does a bar go on with the chord before?
static bool
is_same(const char *const *bars, int bar)
{
  int before = bar - 1;
  while (before > 0 && cs_is_hold(bars[before]))
    before--;
  return cs_is_hold(bars[bar]) || strcmp(bars[bar], bars[before]) == 0;
}

static size_t
find_spans(const CsDraft *d, const char *const *bars, int n_bars, Span *spans)
{
  size_t n = 0;
  for (int bar = 0; bar < n_bars; bar++) {
    if (cs_is_hold(bars[bar])) {
      if (n > 0)
        spans[n - 1].n_bars++;
      continue;
    }
    Span s                 = {.bar = bar, .n_bars = 1};
    const bool is_readable = take_apart(bars[bar], &s.symbol);
    const Tension *t       = is_readable ? tension_of(d, &s.symbol) : NULL;
    s.is_tense             = is_readable && is_tense(d, &s.symbol.chord);
    s.can_tighten =
        t != NULL && !s.is_tense &&
        (s.symbol.n_quality == 0 || has_quality(&s.symbol, "7") ||
            has_quality(&s.symbol, "add9") || has_quality(&s.symbol, "maj7") ||
            has_quality(&s.symbol, "9"));
    s.can_relax = s.is_tense && !s.symbol.chord.is_diminished &&
                  s.symbol.slash[0] == '\0' && s.symbol.n_quality > 0;
    s.pull     = t != NULL ? t->pull : 0;
    spans[n++] = s;
  }
  if (n > 2)
    spans[n - 1].can_tighten = false;
  return n;
}

/// The one that wants tension most, or least; of equals the later one.
static Span *
pick(Span *spans, size_t n, bool to_tighten)
{
  Span *best = NULL;
  for (size_t i = 0; i < n; i++) {
    Span *s = &spans[i];
    if (!(to_tighten ? s->can_tighten : s->can_relax))
      continue;
    if (best == NULL ||
        (to_tighten ? s->pull >= best->pull : s->pull < best->pull))
      best = s;
  }
  return best;
}

/// Share of the time that the mood wants tense, RULEBOOK 1.3.
static double
wanted_tension(const CsDraft *d)
{
  return cs_clamp(
      0.25 - 0.35 * d->plan->valence + 0.15 * d->plan->arousal, 0.0, 0.7);
}

/// As many tense bars as the mood wants; a progression that has more of its own
/// keeps them while that is its character.
static CsStatus
set_tension(const CsDraft *d, const char **bars, int n_bars, Span *spans)
{
  static const double own_share = 0.2;
  const double wanted           = wanted_tension(d) * n_bars;
  const size_t n                = find_spans(d, bars, n_bars, spans);
  double tense                  = 0.0;
  for (size_t i = 0; i < n; i++)
    tense += spans[i].is_tense ? spans[i].n_bars : 0;
  for (Span *s = pick(spans, n, true); s != NULL; s = pick(spans, n, true)) {
    s->can_tighten = false;
    if (tense + 0.5 * s->n_bars > wanted)
      continue;
    CS_TRY(tighten(d, &s->symbol, &bars[s->bar]));
    tense += s->n_bars;
  }
  for (Span *s = pick(spans, n, false); s != NULL; s = pick(spans, n, false)) {
    s->can_relax = false;
    if (tense - 0.5 * s->n_bars < wanted + own_share * n_bars)
      continue;
    CS_TRY(relax(d, &s->symbol, &bars[s->bar]));
    tense -= s->n_bars;
  }
  return CS_OK;
}

// ---- What the style adds ----------------------------------------------------

/// What the style adds to a plain chord, "" where nothing.
static const char *
colour_of(const CsDraft *d, const Symbol *s)
{
  const Tension *t     = tension_of(d, s);
  const bool is_tonic  = s->chord.root == 0;
  const bool is_fourth = s->chord.root == 5 || s->chord.root == 8;
  const bool is_eased  = d->plan->arousal <= 0.6;
  switch (d->style->voicing) {
  case CS_VOICING_ADDED:
    return is_eased && (is_tonic || is_fourth) ? "add9" : "";
  case CS_VOICING_OPEN:
    return !is_eased || is_tonic ? "" : s->chord.is_minor ? "add9" : "sus2";
  case CS_VOICING_SEVENTHS:
    return t != NULL ? t->soft : "";
  case CS_VOICING_TRIADS:
  case CS_VOICING_CLOSE:
  case CS_N_VOICING_KINDS:
    break;
  }
  return "";
}

/// Where nothing else was added, and not in builds (RULEBOOK 4.5). The last
/// chord stays: on it one rests.
static CsStatus
add_colour(const CsDraft *d, const char **bars, int n_bars)
{
  for (int bar = 0; bar + 1 < n_bars; bar++) {
    Symbol s;
    if (!cs_is_hold(bars[bar]) && take_apart(bars[bar], &s) &&
        s.n_quality == 0 && s.slash[0] == '\0')
      CS_TRY(with_quality(d->arena, &s, colour_of(d, &s), &bars[bar]));
  }
  return CS_OK;
}

bool
cs_is_tense(const CsDraft *d, const char *symbol)
{
  CsChord chord;
  return cs_chord_parse(symbol, &chord) && is_tense(d, &chord);
}

CsStatus
cs_flavour_loop(
    const CsDraft *d, CsSectionKind kind, const char **bars, int n_bars)
{
  Span *spans = CS_NEW_N(d->arena, Span, (size_t)n_bars + 1);
  CS_TRY_NEW(spans);
  for (int bar = n_bars - 1; bar > 0; bar--)
    if (is_same(bars, bar))
      bars[bar] = "%";
  CS_TRY(set_tension(d, bars, n_bars, spans));
  return kind == CS_SECTION_BUILD ? CS_OK : add_colour(d, bars, n_bars);
}
