// Suspensions: a note of the chord before is held into the next one and comes
// down a step in its second half (RULEBOOK 4.5). They are written as chords,
// "Vsus4 V", so that every part agrees on what is held up.

#include "gen/plan/harmony.h"

#include "gen/base/mathx.h"
#include "gen/base/rng.h"

#include <string.h>

/// What is held up, and how the chord is written meanwhile.
typedef struct Suspension {
  int above;           ///< Semitones above the root: of the held note.
  int down[2];         ///< Where it may come down to.
  const char *quality; ///< Of the chord that waits.
  bool takes_seventh;  ///< A dominant seventh may wait too.
} Suspension;

/// The fourth before the third, and where a triad stands plain the ninth before
/// the octave, which over a third in the bass is the seventh before the sixth.
static const Suspension suspensions[] = {
    {5, {4, 3}, "sus4", true},
    {2, {0, 0}, "add9", false},
};

static bool
is_of_mode(const CsDraft *d, int above_tonic)
{
  int degrees[7];
  cs_mode_degrees(d->key.mode, degrees);
  for (int i = 0; i < 7; i++)
    if (degrees[i] == cs_mod(above_tonic, 12))
      return true;
  return false;
}

/// A symbol in three parts: "V", "7", "/3".
typedef struct Parts {
  int n_root;
  const char *quality, *slash;
  int n_quality;
} Parts;

static Parts
parts_of(const char *symbol)
{
  Parts p     = {.n_root = (int)strspn(symbol, "#bIVivx")};
  p.quality   = symbol + p.n_root;
  p.n_quality = (int)strcspn(p.quality, "/");
  p.slash     = p.quality + p.n_quality;
  return p;
}

/// Is its note there before, of the mode, and a step above a tone of the chord?
static bool
is_prepared(const CsDraft *d, const Suspension *s, const CsChord *before,
    const CsChord *chord)
{
  const int held = cs_mod(chord->root + s->above, 12);
  return (cs_chord_has_tone(chord, s->down[0]) ||
             cs_chord_has_tone(chord, s->down[1])) &&
         !cs_chord_has_tone(chord, s->above) && is_of_mode(d, held) &&
         (cs_chord_pitch_classes(before) >> held & 1) != 0;
}

/// A suspension of a bar's chord after another, or NULL where none is prepared.
static const char *
suspended(const CsDraft *d, const char *before, const char *symbol)
{
  CsChord last, chord;
  if (cs_is_hold(symbol) || strchr(symbol, ' ') != NULL ||
      !cs_chord_parse(before, &last) || !cs_chord_parse(symbol, &chord) ||
      last.root == chord.root)
    return NULL;
  const Parts p = parts_of(symbol);
  for (size_t i = 0; i < sizeof suspensions / sizeof *suspensions; i++) {
    const Suspension *s  = &suspensions[i];
    const bool is_plain  = p.n_quality == 0;
    const bool is_minded = is_plain || (s->takes_seventh && p.n_quality == 1 &&
                                           p.quality[0] == '7');
    if (!is_minded || (s->takes_seventh && *p.slash != '\0') ||
        !is_prepared(d, s, &last, &chord))
      continue;
    CsChord made;
    const char *text  = cs_arena_printf(d->arena, "%.*s%.*s%s%s %s", p.n_root,
         symbol, p.n_quality, p.quality, s->quality, p.slash, symbol);
    const char *first = cs_arena_printf(d->arena, "%.*s%.*s%s%s", p.n_root,
        symbol, p.n_quality, p.quality, s->quality, p.slash);
    if (text != NULL && first != NULL && cs_chord_parse(first, &made))
      return text;
  }
  return NULL;
}

/// What sounds at the end of a bar of a section.
static const char *
sounding(const CsSection *s, int bar)
{
  while (bar > 0 && cs_is_hold(s->chords.items[bar]))
    bar--;
  const char *space = strrchr(s->chords.items[bar], ' ');
  return space != NULL ? space + 1 : s->chords.items[bar];
}

/// The last bar of a phrase whose chord can wait does.
static void
suspend_phrase(const CsDraft *d, CsSection *s, int from, int to)
{
  for (int bar = to - 1; bar >= from && bar > 0; bar--) {
    const char *text = suspended(d, sounding(s, bar - 1), s->chords.items[bar]);
    if (text == NULL)
      continue;
    s->chords.items[bar] = text;
    return;
  }
}

/// A section that comes back has what it had, and all its phrases go alike.
static CsSectionKind
family_of(CsSectionKind kind)
{
  return kind == CS_SECTION_A2 || kind == CS_SECTION_CLIMAX ? CS_SECTION_A
                                                            : kind;
}

void
cs_suspend_section(const CsDraft *d, CsSection *s, int n_pickup)
{
  CsRng rng = cs_rng_at(
      d->plan->theme_seed, "harmony.suspension", family_of(s->kind), 0);
  enum { FEW_BARS = 16 }; // of which each has to tell the tune again
  if (d->plan->function == CS_AMBIENT || d->n_body < FEW_BARS ||
      cs_rng_unit(&rng) >= d->style->suspensions)
    return;
  for (int from = n_pickup; from < s->n_bars; from += CS_PHRASE_BARS)
    suspend_phrase(d, s, from,
        from + CS_PHRASE_BARS < s->n_bars ? from + CS_PHRASE_BARS : s->n_bars);
}
