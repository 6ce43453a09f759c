#include "gen/options.h"

#include "gen/base/file.h"
#include "grammar/parse.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_STYLE_BYTES = 256 * 1024 };
enum { MIN_RATE_HZ = 8000, MAX_RATE_HZ = 96000, MAX_THREADS = 256 };

// Seeds stay below 2^53 so that they survive JSON, whose numbers are doubles.
#define MAX_SEED UINT64_C(9007199254740991)

// ---- Reading values ---------------------------------------------------------

static bool
parse_number(const char *text, double *out)
{
  char *end         = NULL;
  const double read = strtod(text, &end);
  if (end == text || *end != '\0' || !isfinite(read) ||
      strpbrk(text, "xXpP \t") != NULL)
    return false;
  *out = read;
  return true;
}

typedef struct Range {
  const char *option;
  double low, high;
  const char *unit;
} Range;

static CsStatus
number_in(CsArena *arena, const char *text, Range range, double *out)
{
  char low[32], high[32];
  double number = 0.0;
  cs_format_number(range.low, low);
  cs_format_number(range.high, high);
  if (!parse_number(text, &number) || number < range.low || number > range.high)
    return cs_fail(arena, CS_ERR_REQUEST,
        "--%s \"%s\" does not work; give a number %s..%s (%s)", range.option,
        text, low, high, range.unit);
  *out = number;
  return CS_OK;
}

static CsStatus
whole_in(CsArena *arena, const char *text, Range range, int *out)
{
  double number = 0.0;
  CS_TRY(number_in(arena, text, range, &number));
  if (number != floor(number))
    return cs_fail(arena, CS_ERR_REQUEST,
        "--%s \"%s\" does not work; give a whole number (%s)", range.option,
        text, range.unit);
  *out = (int)number;
  return CS_OK;
}

static CsStatus
seed_in(CsArena *arena, const char *option, const char *text, uint64_t *out)
{
  char *end                     = NULL;
  errno                         = 0;
  const unsigned long long seed = strtoull(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
      seed > MAX_SEED)
    return cs_fail(arena, CS_ERR_REQUEST,
        "--%s \"%s\" does not work; give a whole number 0..9007199254740991",
        option, text);
  *out = seed;
  return CS_OK;
}

static CsStatus
name_in(CsArena *arena, const char *option, const char *text,
    const char *const *names, size_t n, int *out)
{
  *out = cs_name_index(text, names, n);
  if (*out >= 0)
    return CS_OK;
  CsText all = cs_text_new(arena);
  for (size_t i = 0; i < n; i++)
    cs_text_addf(&all, "%s%s",
        i == 0      ? ""
        : i + 1 < n ? ", "
                    : " or ",
        names[i]);
  const char *allowed = "";
  CS_TRY(cs_text_take(&all, &allowed));
  return cs_fail(arena, CS_ERR_REQUEST, "--%s \"%s\" is unknown; use %s",
      option, text, allowed);
}

static CsStatus
path_in(CsArena *arena, const char *option, const char *text, const char **out)
{
  if (text[0] == '\0')
    return cs_fail(
        arena, CS_ERR_REQUEST, "--%s needs the name of a file", option);
  *out = cs_arena_copy(arena, text, strlen(text));
  return *out != NULL ? CS_OK : CS_ERR_MEMORY;
}

// ---- One setter per option --------------------------------------------------

#define SETTER(name)                                                           \
  static CsStatus set_##name(CsArena *arena, const CsPresets *presets,         \
      CsOptions *options, const char *value)

#define PATH_SETTER(name, option, member)                                      \
  SETTER(name)                                                                 \
  {                                                                            \
    (void)presets;                                                             \
    return path_in(arena, option, value, &options->member);                    \
  }

#define SWITCH_SETTER(name, member)                                            \
  SETTER(name)                                                                 \
  {                                                                            \
    (void)arena, (void)presets, (void)value;                                   \
    options->member = true;                                                    \
    return CS_OK;                                                              \
  }

PATH_SETTER(output, "output", output)
PATH_SETTER(stems, "stems", stems_folder)
PATH_SETTER(midi, "midi", midi)
PATH_SETTER(record, "record", record)
PATH_SETTER(picture, "picture", picture)
PATH_SETTER(soundfont, "soundfont", soundfont)
SWITCH_SETTER(strict, strict)
SWITCH_SETTER(quiet, quiet)
SWITCH_SETTER(verbose, verbose)
SWITCH_SETTER(json, json)

static CsStatus
length_in(CsArena *arena, const char *option, const char *value, double *out)
{
  double seconds = 0.0;
  if (value[0] == '@') {
    CsAudioInfo info;
    CS_TRY(cs_audio_info(arena, value + 1, false, &info));
    seconds = (double)info.n_frames / info.sample_rate;
  } else if (!cs_parse_time(value, &seconds)) {
    return cs_fail(arena, CS_ERR_REQUEST,
        "--%s \"%s\" does not work; give a time such as 90, 1:30, 1m30s, "
        "00:01:30:12@25 or @FILE",
        option, value);
  }
  if (!(seconds >= CS_MIN_DURATION_S && seconds <= CS_MAX_DURATION_S))
    return cs_fail(arena, CS_ERR_REQUEST,
        "--%s \"%s\" is outside 0.5 s..12 h; ask for a length between", option,
        value);
  *out = seconds;
  return CS_OK;
}

SETTER(duration)
{
  (void)presets;
  CS_TRY(length_in(arena, "duration", value, &options->wish.duration_s));
  options->wish.has_duration = true;
  return CS_OK;
}

SETTER(times_for)
{
  (void)presets;
  return length_in(arena, "times-for", value, &options->times_for_s);
}

SETTER(tempo)
{
  (void)presets;
  const Range range = {"tempo", 30, 300, "beats per minute"};
  CS_TRY(number_in(arena, value, range, &options->wish.tempo_bpm));
  options->wish.has_tempo = true;
  return CS_OK;
}

SETTER(tempo_near)
{
  (void)presets;
  const Range range = {"tempo-near", 30, 300, "beats per minute"};
  return number_in(arena, value, range, &options->wish.tempo_near_bpm);
}

SETTER(key)
{
  (void)presets;
  if (!cs_key_parse(value, &options->wish.key))
    return cs_fail(arena, CS_ERR_REQUEST,
        "--key \"%s\" is no key; give a letter A..G with # or b and a mode, "
        "such as \"D minor\" or \"Bb major\"",
        value);
  options->wish.has_key = true;
  return CS_OK;
}

SETTER(meter)
{
  (void)presets;
  if (!cs_meter_parse(value, &options->wish.meter))
    return cs_fail(arena, CS_ERR_REQUEST,
        "--meter \"%s\" is no meter; give 1..16 over 2, 4, 8 or 16, such as "
        "3/4",
        value);
  options->wish.has_meter = true;
  return CS_OK;
}

SETTER(function)
{
  (void)presets;
  int index = 0;
  CS_TRY(name_in(
      arena, "function", value, cs_function_names, CS_N_FUNCTIONS, &index));
  options->wish.has_function = true;
  options->wish.function     = (CsFunction)index;
  return CS_OK;
}

SETTER(ending)
{
  (void)presets;
  int index = 0;
  CS_TRY(
      name_in(arena, "ending", value, cs_ending_names, CS_N_ENDINGS, &index));
  options->wish.has_ending = true;
  options->wish.ending     = (CsEnding)index;
  return CS_OK;
}

SETTER(loop)
{
  (void)value;
  return set_ending(arena, presets, options, cs_ending_names[CS_ENDING_LOOP]);
}

static CsStatus
set_own_style(CsArena *arena, const CsPresets *presets, CsOptions *options,
    const char *title, const char *text, size_t n_bytes)
{
  CS_TRY(cs_presets_add_style(arena, presets, title, text, n_bytes,
      &options->presets, &options->wish.style));
  options->style_text = text + strspn(text, " \t\r\n"); // begins with {
  return CS_OK;
}

/// A style that its broken file keeps away says what is wrong with it.
static CsStatus
fail_style(CsArena *arena, const CsPresets *presets, const char *name)
{
  for (size_t i = 0; i < presets->n_broken; i++)
    if (strcmp(presets->broken[i].name, name) == 0)
      return cs_fail(
          arena, CS_ERR_REQUEST, "--style: %s", presets->broken[i].message);
  const char **names = CS_NEW_N(arena, const char *, presets->n_styles);
  CS_TRY_NEW(names);
  for (size_t i = 0; i < presets->n_styles; i++)
    names[i] = presets->styles[i].name;
  int index = 0;
  return name_in(arena, "style", name, names, presets->n_styles, &index);
}

/// A name, a file, or the file's text as a record holds it.
SETTER(style)
{
  const char *text = NULL;
  size_t n_bytes   = 0;
  options->presets = NULL;
  if (value[0] == '{')
    return set_own_style(
        arena, presets, options, "the style", value, strlen(value));
  if (cs_is_style_file(value)) {
    CS_TRY(cs_file_read(arena, value, MAX_STYLE_BYTES, &text, &n_bytes));
    return set_own_style(arena, presets, options, value, text, n_bytes);
  }
  if (cs_find_style(presets, value) == NULL)
    return fail_style(arena, presets, value);
  return path_in(arena, "style", value, &options->wish.style);
}

SETTER(seed)
{
  (void)presets;
  CS_TRY(seed_in(arena, "seed", value, &options->wish.seed));
  if (!options->has_theme_seed)
    options->wish.theme_seed = options->wish.seed;
  return CS_OK;
}

SETTER(theme_seed)
{
  (void)presets;
  CS_TRY(seed_in(arena, "theme-seed", value, &options->wish.theme_seed));
  options->has_theme_seed = true;
  return CS_OK;
}

SETTER(palette_seed)
{
  (void)presets;
  CS_TRY(seed_in(arena, "palette-seed", value, &options->wish.palette_seed));
  options->wish.has_palette_seed = true;
  return CS_OK;
}

SETTER(density)
{
  (void)presets;
  const Range range         = {"density", -1, 1, "-1 is sparse, 1 is dense"};
  options->wish.has_density = true;
  return number_in(arena, value, range, &options->wish.density);
}

/// Every one adds; a role that was named before is drawn as said last.
SETTER(reroll)
{
  (void)presets;
  return cs_rerolls_parse(arena, value, &options->wish.rerolls);
}

SETTER(takes)
{
  (void)presets;
  const Range range = {"takes", 1, 1000, "number of takes"};
  return whole_in(arena, value, range, &options->n_takes);
}

SETTER(rate)
{
  (void)presets;
  const Range range = {"rate", MIN_RATE_HZ, MAX_RATE_HZ, "Hz"};
  return whole_in(arena, value, range, &options->wish.sample_rate);
}

SETTER(bits)
{
  (void)presets;
  int index = 0;
  CS_TRY(name_in(arena, "bits", value, cs_sample_format_names,
      CS_N_SAMPLE_FORMATS, &index));
  options->format = (CsSampleFormat)index;
  return CS_OK;
}

SETTER(channels)
{
  (void)presets;
  const Range range = {"channels", 1, 2, "channels"};
  return whole_in(arena, value, range, &options->n_channels);
}

SETTER(fade_in)
{
  (void)presets;
  const Range range = {"fade-in", 0, CS_MAX_DURATION_S, "seconds"};
  return number_in(arena, value, range, &options->wish.fade_in_s);
}

SETTER(fade_out)
{
  (void)presets;
  const Range range = {"fade-out", 0, CS_MAX_DURATION_S, "seconds"};
  return number_in(arena, value, range, &options->wish.fade_out_s);
}

SETTER(lufs)
{
  (void)presets;
  const Range range = {"lufs", -60, -8, "LUFS"};
  CS_TRY(number_in(arena, value, range, &options->wish.lufs));
  options->wish.has_lufs = true;
  return CS_OK;
}

SETTER(peak)
{
  (void)presets;
  const Range range = {"peak", -20, 0, "dBTP"};
  CS_TRY(number_in(arena, value, range, &options->wish.peak_dbtp));
  options->wish.has_peak = true;
  return CS_OK;
}

SETTER(profile)
{
  options->wish.profile = cs_find_profile(presets, value);
  if (options->wish.profile != NULL)
    return CS_OK;
  const char **names = CS_NEW_N(arena, const char *, presets->n_profiles);
  CS_TRY_NEW(names);
  for (size_t i = 0; i < presets->n_profiles; i++)
    names[i] = presets->profiles[i].name;
  int index = 0;
  return name_in(arena, "profile", value, names, presets->n_profiles, &index);
}

SETTER(renderer)
{
  (void)presets;
  int index = 0;
  CS_TRY(name_in(
      arena, "renderer", value, cs_render_way_names, CS_N_RENDER_WAYS, &index));
  options->render_way = (CsRenderWay)index;
  return CS_OK;
}

SETTER(alt)
{
  (void)presets;
  return cs_alternates_parse(arena, value, &options->alternates);
}

SETTER(threads)
{
  (void)presets;
  const Range range = {"threads", 1, MAX_THREADS, "threads"};
  return whole_in(arena, value, range, &options->n_threads);
}

/// A file, or the words themselves as a record holds them. Every file adds.
SETTER(lexicon)
{
  (void)presets;
  if (value[0] == '[')
    return cs_words_parse(arena, &options->words, value);
  return cs_words_read(arena, &options->words, value, CS_WORDS_OF_OPTION);
}

// ---- The table --------------------------------------------------------------

const CsOptionRow cs_option_rows[] = {
    {"output", 'o', "FILE",
        "sound file: .wav .flac .ogg .opus .mp3; - is WAV on standard output",
        false, set_output},
    {"duration", 'd', "TIME", "length: 90, 1:30, 1m30s, 00:01:30:12@25, @FILE",
        true, set_duration},
    {"times-for", 0, "TIME",
        "the length that the prompt's times are meant for: scale them", true,
        set_times_for},
    {"tempo", 0, "BPM", "beats per minute, 30..300", true, set_tempo},
    {"tempo-near", 0, "BPM", "a tempo that fits the length, within 8 % of it",
        true, set_tempo_near},
    {"key", 0, "KEY", "\"D minor\", \"Bb major\", \"G dorian\"", true, set_key},
    {"meter", 0, "N/D", "4/4, 3/4, 6/8 ...", true, set_meter},
    {"density", 0, "X", "how busy: -1 sparse .. 1 dense (by the prompt)", true,
        set_density},
    {"function", 0, "NAME", "underscore, bed, stinger, thematic or ambient",
        true, set_function},
    {"style", 0, "NAME", "one of `cuesmith list styles`, or your own FILE.json",
        true, set_style},
    {"ending", 0, "NAME", "ring, button, fade, cut or loop", true, set_ending},
    {"loop", 0, NULL, "same as --ending loop: the end joins the start", true,
        set_loop},
    {"seed", 0, "N", "which of the endless cues for this prompt (1)", true,
        set_seed},
    {"theme-seed", 0, "N", "which theme (the seed)", true, set_theme_seed},
    {"palette-seed", 0, "N", "which instruments beside the tune's (the seed)",
        true, set_palette_seed},
    {"reroll", 0, "ROLE[=N]",
        "another draw of one role, or of the harmony and what follows it", true,
        set_reroll},
    {"takes", 0, "N", "make N cues with seeds counting up", false, set_takes},
    {"rate", 0, "HZ", "8000..96000 (48000)", true, set_rate},
    {"bits", 0, "N", "16, 24 or 32f (24)", true, set_bits},
    {"channels", 0, "N", "1 or 2 (2)", true, set_channels},
    {"fade-in", 0, "S", "level fade at the start, seconds", true, set_fade_in},
    {"fade-out", 0, "S", "level fade at the end, seconds", true, set_fade_out},
    {"profile", 0, "NAME",
        "levels: one of `cuesmith list profiles` (standalone)", true,
        set_profile},
    {"lufs", 0, "X", "loudness target, -60..-8 (by profile)", true, set_lufs},
    {"peak", 0, "X", "true-peak ceiling in dBTP, -20..0 (by profile)", true,
        set_peak},
    {"stems", 0, "DIR", "also write the stems into this folder", false,
        set_stems},
    {"alt", 0, "LIST",
        "also mixes of some stems: no-melody,no-drums,drums-bass,underscore",
        false, set_alt},
    {"midi", 0, "FILE", "also write a Standard MIDI File", false, set_midi},
    {"record", 0, "FILE", "also write the record as JSON", false, set_record},
    {"picture", 0, "FILE.svg", "also draw the cue", false, set_picture},
    {"soundfont", 0, "FILE", "play this SF2 or SF3", false, set_soundfont},
    {"renderer", 0, "NAME",
        "fast, or reference: every note rendered where it stands (fast)", true,
        set_renderer},
    {"lexicon", 0, "FILE", "your own words, over the built-in ones", true,
        set_lexicon},
    {"threads", 0, "N", "1..256 (all cores)", false, set_threads},
    {"strict", 0, NULL, "every warning becomes an error", false, set_strict},
    {"json", 0, NULL, "print the record", false, set_json},
    {"quiet", 'q', NULL, "no progress", false, set_quiet},
    {"verbose", 'v', NULL, "reasons for each decision", false, set_verbose},
};

const size_t cs_n_option_rows = sizeof cs_option_rows / sizeof *cs_option_rows;

_Static_assert(sizeof cs_option_rows / sizeof *cs_option_rows <= CS_MAX_OPTIONS,
    "CsOptions.given has no room for every option");

void
cs_options_default(CsOptions *options)
{
  *options = (CsOptions){.n_takes = 1, .format = CS_PCM_24, .n_channels = 2};
  options->wish = (CsPlanWish){
      .seed        = 1,
      .theme_seed  = 1,
      .sample_rate = 48000,
  };
}

const CsOptionRow *
cs_option_row(const char *name)
{
  for (size_t i = 0; i < cs_n_option_rows; i++)
    if (strcmp(cs_option_rows[i].name, name) == 0)
      return &cs_option_rows[i];
  return NULL;
}

static const char *
seconds_text(CsArena *arena, double seconds)
{
  char text[32];
  cs_format_number(seconds, text);
  return cs_arena_copy(arena, text, strlen(text));
}

CsStatus
cs_option_unknown(CsArena *arena, const char *name)
{
  const char *names[CS_MAX_OPTIONS];
  for (size_t i = 0; i < cs_n_option_rows; i++)
    names[i] = cs_option_rows[i].name;
  const char *nearest = cs_nearest_word(name, names, cs_n_option_rows);
  if (nearest != NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "the option --%s is unknown; did you mean --%s?", name, nearest);
  return cs_fail(arena, CS_ERR_REQUEST,
      "the option --%s is unknown; cuesmith --help lists them", name);
}

CsStatus
cs_options_set(CsArena *arena, const CsPresets *presets, CsOptions *options,
    const char *name, const char *value)
{
  const CsOptionRow *row = cs_option_row(name);
  if (row == NULL)
    return cs_option_unknown(arena, name);
  CS_TRY(row->set(arena, presets, options, value));
  CsGivenOption *given = &options->given[row - cs_option_rows];
  given->name          = row->name;
  given->value         = cs_arena_copy(arena, value, strlen(value));
  // No path may enter a file: the length of a sound file stands as seconds.
  if (value[0] == '@' && row->set == set_duration)
    given->value = seconds_text(arena, options->wish.duration_s);
  if (value[0] == '@' && row->set == set_times_for)
    given->value = seconds_text(arena, options->times_for_s);
  if (row->set == set_reroll) {
    CS_TRY(cs_rerolls_text(arena, &options->wish.rerolls, &given->value));
    given->name = given->value[0] != '\0' ? row->name : NULL;
  }
  if (row->set == set_style && options->presets != NULL)
    given->value = options->style_text;
  if (row->set == set_lexicon)
    CS_TRY(cs_words_json(arena, &options->words, &given->value));
  CS_TRY_NEW(given->value);
  return CS_OK;
}

bool
cs_is_style_file(const char *value)
{
  const size_t n = strlen(value);
  return n > 5 && strcmp(value + n - 5, ".json") == 0;
}

bool
cs_option_is_given(const CsOptions *options, const char *name)
{
  const CsOptionRow *row = cs_option_row(name);
  return row != NULL && options->given[row - cs_option_rows].name != NULL;
}

void
cs_option_forget(CsOptions *options, const char *name)
{
  const CsOptionRow *row = cs_option_row(name);
  if (row != NULL)
    options->given[row - cs_option_rows] = (CsGivenOption){NULL, NULL};
}

void
cs_options_write_json(
    const CsOptions *options, CsJsonWriter *writer, const char *key)
{
  cs_json_begin_object(writer, key);
  for (size_t i = 0; i < cs_n_option_rows; i++)
    if (options->given[i].name != NULL && cs_option_rows[i].decides_bytes)
      cs_json_put_string(
          writer, options->given[i].name, options->given[i].value);
  cs_json_end_object(writer);
}
