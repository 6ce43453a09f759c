#include "gen/music/vocabulary.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const cs_function_names[CS_N_FUNCTIONS] = {
    [CS_UNDERSCORE] = "underscore",
    [CS_BED]        = "bed",
    [CS_STINGER]    = "stinger",
    [CS_THEMATIC]   = "thematic",
    [CS_AMBIENT]    = "ambient",
};

const char *const cs_ending_names[CS_N_ENDINGS] = {
    [CS_ENDING_RING]   = "ring",
    [CS_ENDING_BUTTON] = "button",
    [CS_ENDING_FADE]   = "fade",
    [CS_ENDING_CUT]    = "cut",
    [CS_ENDING_LOOP]   = "loop",
};

const char *const cs_form_names[CS_N_FORMS_OF_TUNES] = {
    [CS_TUNE_ARC]    = "arc",
    [CS_TUNE_AABA]   = "aaba",
    [CS_TUNE_VERSES] = "verses",
    [CS_TUNE_ABAC]   = "abac",
    [CS_TUNE_RONDO]  = "rondo",
    [CS_TUNE_DIRECT] = "direct",
    [CS_TUNE_HOOK]   = "hook",
};

const char *const cs_mode_names[CS_N_MODES] = {
    [CS_MAJOR]             = "major",
    [CS_MINOR]             = "minor",
    [CS_DORIAN]            = "dorian",
    [CS_PHRYGIAN]          = "phrygian",
    [CS_LYDIAN]            = "lydian",
    [CS_MIXOLYDIAN]        = "mixolydian",
    [CS_LOCRIAN]           = "locrian",
    [CS_HARMONIC_MINOR]    = "harmonic minor",
    [CS_PHRYGIAN_DOMINANT] = "phrygian dominant",
    [CS_MAJOR_PENTATONIC]  = "major pentatonic",
    [CS_MINOR_PENTATONIC]  = "minor pentatonic",
    [CS_BLUES]             = "blues",
    [CS_WHOLE_TONE]        = "whole tone",
    [CS_OCTATONIC]         = "octatonic",
};

const char *const cs_role_names[CS_N_ROLES] = {
    [CS_ROLE_PAD]        = "pad",
    [CS_ROLE_CHORDS]     = "chords",
    [CS_ROLE_MOTION]     = "motion",
    [CS_ROLE_BASS]       = "bass",
    [CS_ROLE_DRUMS]      = "drums",
    [CS_ROLE_PERCUSSION] = "percussion",
    [CS_ROLE_MELODY]     = "melody",
    [CS_ROLE_COUNTER]    = "counter",
    [CS_ROLE_COLOUR]     = "colour",
    [CS_ROLE_EFFECTS]    = "effects",
};

const char *const cs_stem_names[CS_N_STEMS] = {
    [CS_STEM_DRUMS]   = "drums",
    [CS_STEM_BASS]    = "bass",
    [CS_STEM_HARMONY] = "harmony",
    [CS_STEM_PADS]    = "pads",
    [CS_STEM_MELODY]  = "melody",
    [CS_STEM_EFFECTS] = "effects",
};

int
cs_name_index(const char *name, const char *const *names, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (names[i] != NULL && strcmp(names[i], name) == 0)
      return (int)i;
  return -1;
}

CsStem
cs_stem_of_role(CsRole role)
{
  static const CsStem stems[CS_N_ROLES] = {
      [CS_ROLE_PAD]        = CS_STEM_PADS,
      [CS_ROLE_CHORDS]     = CS_STEM_HARMONY,
      [CS_ROLE_MOTION]     = CS_STEM_HARMONY,
      [CS_ROLE_BASS]       = CS_STEM_BASS,
      [CS_ROLE_DRUMS]      = CS_STEM_DRUMS,
      [CS_ROLE_PERCUSSION] = CS_STEM_DRUMS,
      [CS_ROLE_MELODY]     = CS_STEM_MELODY,
      [CS_ROLE_COUNTER]    = CS_STEM_MELODY,
      [CS_ROLE_COLOUR]     = CS_STEM_MELODY,
      [CS_ROLE_EFFECTS]    = CS_STEM_EFFECTS,
  };
  return stems[role];
}

typedef struct ModeFacts {
  signed char scale[9]; // semitones of the mode's own notes, -1 ends
  signed char degrees[7];
} ModeFacts;

static const ModeFacts mode_facts[CS_N_MODES] = {
    [CS_MAJOR]          = {{0, 2, 4, 5, 7, 9, 11, -1}, {0, 2, 4, 5, 7, 9, 11}},
    [CS_MINOR]          = {{0, 2, 3, 5, 7, 8, 10, -1}, {0, 2, 3, 5, 7, 8, 10}},
    [CS_DORIAN]         = {{0, 2, 3, 5, 7, 9, 10, -1}, {0, 2, 3, 5, 7, 9, 10}},
    [CS_PHRYGIAN]       = {{0, 1, 3, 5, 7, 8, 10, -1}, {0, 1, 3, 5, 7, 8, 10}},
    [CS_LYDIAN]         = {{0, 2, 4, 6, 7, 9, 11, -1}, {0, 2, 4, 6, 7, 9, 11}},
    [CS_MIXOLYDIAN]     = {{0, 2, 4, 5, 7, 9, 10, -1}, {0, 2, 4, 5, 7, 9, 10}},
    [CS_LOCRIAN]        = {{0, 1, 3, 5, 6, 8, 10, -1}, {0, 1, 3, 5, 6, 8, 10}},
    [CS_HARMONIC_MINOR] = {{0, 2, 3, 5, 7, 8, 11, -1}, {0, 2, 3, 5, 7, 8, 11}},
    [CS_PHRYGIAN_DOMINANT] = {{0, 1, 4, 5, 7, 8, 10, -1},
        {0, 1, 4, 5, 7, 8, 10}},
    [CS_MAJOR_PENTATONIC]  = {{0, 2, 4, 7, 9, -1}, {0, 2, 4, 5, 7, 9, 11}},
    [CS_MINOR_PENTATONIC]  = {{0, 3, 5, 7, 10, -1}, {0, 2, 3, 5, 7, 8, 10}},
    [CS_BLUES]             = {{0, 3, 5, 6, 7, 10, -1}, {0, 2, 4, 5, 7, 9, 10}},
    [CS_WHOLE_TONE]        = {{0, 2, 4, 6, 8, 10, -1}, {0, 2, 4, 6, 7, 9, 11}},
    [CS_OCTATONIC] = {{0, 1, 3, 4, 6, 7, 9, 10, -1}, {0, 1, 3, 5, 7, 8, 10}},
};

uint16_t
cs_mode_pitch_classes(CsMode mode)
{
  uint16_t set = 0;
  for (const signed char *s = mode_facts[mode].scale; *s >= 0; s++)
    set = (uint16_t)(set | 1U << *s);
  return set;
}

void
cs_mode_degrees(CsMode mode, int semitones[7])
{
  for (int i = 0; i < 7; i++)
    semitones[i] = mode_facts[mode].degrees[i];
}

bool
cs_mode_is_minor(CsMode mode)
{
  return mode_facts[mode].degrees[2] == 3;
}

// ---- Keys -------------------------------------------------------------------

static const char *const sharp_names[12] = {
    "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"};
static const char *const flat_names[12] = {
    "C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"};

const char *
cs_tonic_name(CsKey key)
{
  // Spelled with flats where the parent major key has flats. The offset leads
  // from the mode's tonic to that key's tonic.
  static const int to_parent[CS_N_MODES] = {
      [CS_MINOR]             = 3,
      [CS_DORIAN]            = 10,
      [CS_PHRYGIAN]          = 8,
      [CS_LYDIAN]            = 7,
      [CS_MIXOLYDIAN]        = 5,
      [CS_LOCRIAN]           = 1,
      [CS_HARMONIC_MINOR]    = 3,
      [CS_PHRYGIAN_DOMINANT] = 8,
      [CS_MINOR_PENTATONIC]  = 3,
      [CS_BLUES]             = 3,
  };
  const int parent     = (key.tonic_pc + to_parent[key.mode]) % 12;
  const unsigned flats = 1U << 1 | 1U << 3 | 1U << 5 | 1U << 8 | 1U << 10;
  // F#/Gb major stands between: F# major, but Eb minor rather than D# minor.
  const bool is_flat = parent == 6 ? key.mode != CS_MAJOR && key.tonic_pc != 6
                                   : (flats >> parent & 1U) != 0;
  return is_flat ? flat_names[key.tonic_pc] : sharp_names[key.tonic_pc];
}

void
cs_key_name(CsKey key, char *out)
{
  (void)snprintf(out, 32, "%s %s", cs_tonic_name(key), cs_mode_names[key.mode]);
}

typedef struct Alias {
  const char *name;
  CsMode mode;
} Alias;

static const Alias mode_aliases[] = {
    {"", CS_MAJOR},
    {"maj", CS_MAJOR},
    {"ionian", CS_MAJOR},
    {"m", CS_MINOR},
    {"min", CS_MINOR},
    {"aeolian", CS_MINOR},
    {"natural minor", CS_MINOR},
    {"pentatonic", CS_MAJOR_PENTATONIC},
    {"phrygian-dominant", CS_PHRYGIAN_DOMINANT},
};

static bool
parse_mode(const char *text, CsMode *mode)
{
  char name[32];
  size_t n = 0;
  for (; *text != '\0' && n + 1 < sizeof name; text++)
    name[n++] = (char)tolower((unsigned char)(*text == '-' ? ' ' : *text));
  while (n > 0 && name[n - 1] == ' ')
    n--;
  name[n]         = '\0';
  const int index = cs_name_index(name, cs_mode_names, CS_N_MODES);
  if (index >= 0) {
    *mode = (CsMode)index;
    return true;
  }
  for (size_t i = 0; i < sizeof mode_aliases / sizeof *mode_aliases; i++)
    if (strcmp(mode_aliases[i].name, name) == 0) {
      *mode = mode_aliases[i].mode;
      return true;
    }
  return false;
}

static bool
skip_prefix(const char **text, const char *prefix)
{
  const size_t n = strlen(prefix);
  for (size_t i = 0; i < n; i++)
    if (tolower((unsigned char)(*text)[i]) != (unsigned char)prefix[i])
      return false;
  *text += n;
  return true;
}

bool
cs_key_parse(const char *text, CsKey *key)
{
  static const int letters[7] = {9, 11, 0, 2, 4, 5, 7}; // A..G
  while (*text == ' ')
    text++;
  const int letter = toupper((unsigned char)*text) - 'A';
  if (letter < 0 || letter > 6)
    return false;
  int pc = letters[letter];
  text++;
  if (skip_prefix(&text, "#") || skip_prefix(&text, "\xe2\x99\xaf") ||
      skip_prefix(&text, " sharp") || skip_prefix(&text, "-sharp"))
    pc++;
  else if (skip_prefix(&text, "\xe2\x99\xad") || skip_prefix(&text, " flat") ||
           skip_prefix(&text, "-flat"))
    pc--;
  else if (*text == 'b') {
    text++;
    pc--;
  }
  const bool attached = *text != ' ' && *text != '-';
  while (*text == ' ' || *text == '-')
    text++;
  if (attached && *text == 'M' && (text[1] == '\0' || text[1] == ' '))
    return false;
  CsMode mode = CS_MAJOR;
  if (!parse_mode(text, &mode))
    return false;
  *key = (CsKey){(pc + 12) % 12, mode};
  return true;
}

// ---- Meters -----------------------------------------------------------------

bool
cs_meter_parse(const char *text, CsMeter *meter)
{
  char *end       = NULL;
  const long over = strtol(text, &end, 10);
  if (end == text || *end != '/')
    return false;
  const char *below = end + 1;
  const long under  = strtol(below, &end, 10);
  if (end == below || *end != '\0' || over < 1 || over > 16)
    return false;
  if (under != 2 && under != 4 && under != 8 && under != 16)
    return false;
  *meter = (CsMeter){(int)over, (int)under};
  return true;
}

double
cs_meter_quarters(CsMeter meter)
{
  return 4.0 * meter.numerator / meter.denominator;
}

bool
cs_meter_is_compound(CsMeter meter)
{
  return meter.denominator >= 8 && meter.numerator > 3 &&
         meter.numerator % 3 == 0;
}

int
cs_meter_beats(CsMeter meter)
{
  return cs_meter_is_compound(meter) ? meter.numerator / 3 : meter.numerator;
}

double
cs_meter_beat_quarters(CsMeter meter)
{
  return cs_meter_quarters(meter) / cs_meter_beats(meter);
}
