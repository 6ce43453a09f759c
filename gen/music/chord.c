#include "gen/music/chord.h"

#include <string.h>

/// Stands in a quality's tones for the third that the numeral's case asks for.
enum { THIRD = -1 };

/// A quality and its tones above the root, triad first, then colour.
typedef struct Quality {
  const char *name;
  int tones[CS_MAX_CHORD_TONES]; ///< Ends at the first 0 after tones[0].
} Quality;

/// Longest names win, so the order is free.
static const Quality qualities[] = {
    {"", {0, THIRD, 7}},
    {"5", {0, 7}},
    {"6", {0, THIRD, 7, 9}},
    {"6/9", {0, THIRD, 7, 9, 14}},
    {"7", {0, THIRD, 7, 10}},
    {"9", {0, THIRD, 7, 10, 14}},
    {"11", {0, THIRD, 7, 10, 14, 17}},
    {"13", {0, THIRD, 7, 10, 14, 21}},
    {"7b9", {0, THIRD, 7, 10, 13}},
    {"7#9", {0, THIRD, 7, 10, 15}},
    {"7#11", {0, THIRD, 7, 10, 18}},
    {"7b5", {0, THIRD, 6, 10}},
    {"7#5", {0, THIRD, 8, 10}},
    {"add9", {0, THIRD, 7, 14}},
    {"add11", {0, THIRD, 7, 17}},
    {"maj7", {0, THIRD, 7, 11}},
    {"maj9", {0, THIRD, 7, 11, 14}},
    {"maj13", {0, THIRD, 7, 11, 14, 21}},
    {"maj7#11", {0, THIRD, 7, 11, 18}},
    {"sus2", {0, 2, 7}},
    {"sus4", {0, 5, 7}},
    {"sus", {0, 5, 7}},
    {"7sus4", {0, 5, 7, 10}},
    {"9sus4", {0, 5, 7, 10, 14}},
    {"m", {0, 3, 7}},
    {"m6", {0, 3, 7, 9}},
    {"m7", {0, 3, 7, 10}},
    {"m9", {0, 3, 7, 10, 14}},
    {"m11", {0, 3, 7, 10, 14, 17}},
    {"madd9", {0, 3, 7, 14}},
    {"m7b5", {0, 3, 6, 10}},
    {"dim", {0, 3, 6}},
    {"°", {0, 3, 6}},
    {"o", {0, 3, 6}},
    {"dim7", {0, 3, 6, 9}},
    {"°7", {0, 3, 6, 9}},
    {"o7", {0, 3, 6, 9}},
    {"ø", {0, 3, 6, 10}},
    {"ø7", {0, 3, 6, 10}},
    {"aug", {0, 4, 8}},
    {"+", {0, 4, 8}},
    {"aug7", {0, 4, 8, 10}},
    {"+7", {0, 4, 8, 10}},
};

enum { N_QUALITIES = sizeof qualities / sizeof qualities[0] };

/// Semitones of the degrees of the major scale, from which numerals count.
static const int major_scale[7] = {0, 2, 4, 5, 7, 9, 11};

static const char *const numerals[7] = {
    "I", "II", "III", "IV", "V", "VI", "VII"};
static const char *const small_numerals[7] = {
    "i", "ii", "iii", "iv", "v", "vi", "vii"};

/// A root as written: its place above a tonic, and what its letters say.
typedef struct Root {
  int semitones;   ///< 0..11.
  int degree;      ///< 0..6.
  bool is_small;   ///< Small numeral: minor third.
  bool is_numeral; ///< Else a digit, which has no third.
} Root;

static bool
take(const char **at, const char *word)
{
  const size_t n = strlen(word);
  if (strncmp(*at, word, n) != 0)
    return false;
  *at += n;
  return true;
}

/// A flat or a sharp, at most one.
static int
take_accidental(const char **at)
{
  if (take(at, "b") || take(at, "♭"))
    return -1;
  return take(at, "#") || take(at, "♯") ? 1 : 0;
}

/// The longest numeral of a table that stands here, or -1.
static int
longest_numeral(const char *at, const char *const *table)
{
  int best = -1;
  for (int i = 0; i < 7; i++) {
    if (table[i][0] != at[0])
      continue;
    const size_t n = strlen(table[i]);
    if (strncmp(at, table[i], n) == 0 && (best < 0 || n > strlen(table[best])))
      best = i;
  }
  return best;
}

static bool
take_root(const char **at, bool digits_too, Root *root)
{
  const char *p     = *at;
  const int altered = take_accidental(&p);
  const int capital = longest_numeral(p, numerals);
  const int small   = longest_numeral(p, small_numerals);
  *root             = (Root){.is_small = small >= 0, .is_numeral = true};
  if (capital >= 0 || small >= 0) {
    root->degree = capital >= 0 ? capital : small;
    p += strlen(numerals[root->degree]);
  } else if (digits_too && *p >= '1' && *p <= '7') {
    root->is_numeral = false;
    root->degree     = *p++ - '1';
  } else {
    return false;
  }
  root->semitones = (major_scale[root->degree] + altered + 12) % 12;
  *at             = p;
  return true;
}

/// The quality written here, in brackets or not; "" when there is none.
static const Quality *
take_quality(const char **at)
{
  const char *p          = *at;
  const bool in_brackets = take(&p, "(");
  const Quality *best    = NULL;
  for (int i = 0; i < N_QUALITIES; i++) {
    if (qualities[i].name[0] != p[0] && qualities[i].name[0] != '\0')
      continue;
    const size_t n = strlen(qualities[i].name);
    if (strncmp(p, qualities[i].name, n) == 0 &&
        (best == NULL || n > strlen(best->name)))
      best = &qualities[i];
  }
  p += strlen(best->name);
  if (in_brackets && !take(&p, ")"))
    return best;
  *at = p;
  return best;
}

/// Fill in root and tones. A digit has no third: "1" is a unison.
static bool
build_chord(const Root *root, const Quality *quality, CsChord *chord)
{
  *chord         = (CsChord){.root = root->semitones, .bass = root->semitones};
  chord->n_tones = 1;
  if (!root->is_numeral && quality->name[0] == '\0')
    return true;
  for (int i = 1; i < CS_MAX_CHORD_TONES && quality->tones[i] != 0; i++) {
    const int tone = quality->tones[i];
    if (tone == THIRD && !root->is_numeral)
      return false;
    const int third                = root->is_small ? 3 : 4;
    chord->tones[chord->n_tones++] = tone == THIRD ? third : tone;
  }
  return true;
}

bool
cs_chord_has_tone(const CsChord *chord, int semitones)
{
  for (int i = 0; i < chord->n_tones; i++)
    if (chord->tones[i] == semitones)
      return true;
  return false;
}

/// Say what kind of chord it is, from its tones and its numeral.
static void
classify(CsChord *chord, const Root *root)
{
  const bool major     = cs_chord_has_tone(chord, 4);
  chord->is_minor      = cs_chord_has_tone(chord, 3) && !major;
  chord->is_diminished = chord->is_minor && cs_chord_has_tone(chord, 6);
  const bool on_fifth  = root->degree == 4 && root->semitones == 7;
  const bool suspended =
      cs_chord_has_tone(chord, 5) && !cs_chord_has_tone(chord, 3);
  const bool flat_seven = cs_chord_has_tone(chord, 10);
  chord->is_dominant =
      (major && flat_seven) ||
      (on_fifth && !cs_chord_has_tone(chord, 11) && (major || suspended));
}

/// Tones that a written bass digit can mean, nearest first.
static const int members[8][4] = {
    [3] = {4, 3}, [5] = {7, 6, 8}, [7] = {10, 11, 9}};

/// The seventh below a plain triad ("V/7", "I/7"): major on I and IV.
static int
missing_seventh(const CsChord *chord, const Root *root)
{
  const bool bright = root->degree == 0 || root->degree == 3;
  return bright && cs_chord_has_tone(chord, 4) ? 11 : 10;
}

/// "/1" is the key's tonic, "/3 /5 /7" a member of the chord.
static bool
set_bass(CsChord *chord, const Root *root, int digit)
{
  chord->has_slash = true;
  chord->bass      = 0;
  if (digit == 1)
    return true;
  for (int i = 0; i < 4 && members[digit][i] != 0; i++) {
    if (cs_chord_has_tone(chord, members[digit][i])) {
      chord->bass = (chord->root + members[digit][i]) % 12;
      return true;
    }
  }
  if (digit == 7)
    chord->bass = (chord->root + missing_seventh(chord, root)) % 12;
  return digit == 7;
}

static bool
take_bass(const char **at, const Root *root, CsChord *chord)
{
  const char *p = *at;
  if (!take(&p, "/") || *p == '\0' || strchr("1357", *p) == NULL)
    return false;
  const int digit = *p++ - '0';
  *at             = p;
  return set_bass(chord, root, digit);
}

/// "/V": everything before it is meant in the key of that degree.
static void
take_target(const char **at, CsChord *chord)
{
  const char *p = *at;
  Root target;
  if (!take(&p, "/") || !take_root(&p, false, &target))
    return;
  chord->root = (chord->root + target.semitones) % 12;
  chord->bass = chord->root;
  *at         = p;
}

bool
cs_chord_parse(const char *symbol, CsChord *chord)
{
  const char *p = symbol;
  Root root;
  CsChord read;
  if (!take_root(&p, true, &root) ||
      !build_chord(&root, take_quality(&p), &read))
    return false;
  classify(&read, &root);
  take_target(&p, &read);
  if (*p != '\0' && !take_bass(&p, &root, &read))
    return false;
  if (*p != '\0')
    return false;
  *chord = read;
  return true;
}

uint16_t
cs_chord_pitch_classes(const CsChord *chord)
{
  unsigned set = 1U << (unsigned)(chord->bass % 12);
  for (int i = 0; i < chord->n_tones; i++)
    set |= 1U << (unsigned)((chord->root + chord->tones[i]) % 12);
  return (uint16_t)set;
}
