#include "gen/base/mathx.h"
#include "gen/plan/planning.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/// Largest whole number that a JSON number holds exactly.
#define MAX_SEED 9007199254740991.0

enum {
  MAX_TEMPOS   = 4096,
  MAX_SECTIONS = 1 << 16,
  MAX_ITEMS    = 4096,
  MAX_SPANS    = 64,
  MAX_SYMBOLS  = 4, ///< Chords that may share a bar.
};

/// Bars may miss the end of a file without a last downbeat by so much.
static const double end_tolerance_s = 0.010;

/// Members that need more than a field table.
typedef struct Raw {
  CsPlan *plan;
  int function, ending;
  double seed, theme_seed;
  const char *key, *mode, *meter;
  const CsJson *tempo, *bars, *short_bars, *sections, *hits, *silences, *tracks,
      *warnings, *ignored;
} Raw;

typedef struct Reader {
  CsArena *arena;
  const CsPresets *presets;
  const CsJson *root;
  CsPlan *plan;
} Reader;

#define COUNT(array) (sizeof(array) / sizeof *(array))

// ---- Lists -----------------------------------------------------------------

static CsStatus
want_list(const Reader *r, const CsJson *node, size_t least, size_t most,
    const char *what)
{
  if (node->kind != CS_JSON_ARRAY)
    return cs_json_fail(r->arena, node, "a list (%s) is wanted here", what);
  if (node->n_children < least || node->n_children > most)
    return cs_json_fail(r->arena, node, "%zu %s are too %s; %zu..%zu can be",
        node->n_children, what, node->n_children < least ? "few" : "many",
        least, most);
  return CS_OK;
}

static CsStatus
read_pair(const Reader *r, const CsJson *node, double low, double high,
    const char *what, double out[2])
{
  if (node->kind != CS_JSON_ARRAY || node->n_children != 2)
    return cs_json_fail(
        r->arena, node, "two numbers (%s) are wanted here", what);
  const CsJson *item = node->first;
  for (int k = 0; k < 2; k++, item = item->next) {
    if (item->kind != CS_JSON_NUMBER || item->number < low ||
        item->number > high)
      return cs_json_fail(r->arena, item, "a number %g..%g (%s) is wanted here",
          low, high, what);
    out[k] = item->number;
  }
  return CS_OK;
}

static CsStatus
read_spans(const Reader *r, const CsJson *node, CsSpan **spans, size_t *n_spans)
{
  if (node == NULL)
    return CS_OK;
  CS_TRY(want_list(r, node, 0, MAX_SPANS, "spans"));
  *spans = CS_NEW_N(r->arena, CsSpan, node->n_children);
  CS_TRY_NEW(*spans);
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    double pair[2] = {0.0, 0.0};
    CS_TRY(read_pair(r, e, 0.0, CS_MAX_DURATION_S, "seconds", pair));
    if (pair[0] >= pair[1])
      return cs_json_fail(r->arena, e, "a span must end after it starts");
    (*spans)[(*n_spans)++] = (CsSpan){pair[0], pair[1]};
  }
  return CS_OK;
}

/// [[first bar, number of bars], ...]
static CsStatus
read_waits(const Reader *r, const CsJson *node, CsTrack *track)
{
  if (node == NULL)
    return CS_OK;
  CS_TRY(want_list(r, node, 0, CS_MAX_CUE_BARS, "waits"));
  track->waits = CS_NEW_N(r->arena, CsBars, node->n_children);
  CS_TRY_NEW(track->waits);
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    double pair[2] = {0.0, 0.0};
    CS_TRY(read_pair(r, e, 1.0, CS_MAX_CUE_BARS, "bars", pair));
    if (pair[0] != floor(pair[0]) || pair[1] != floor(pair[1]))
      return cs_json_fail(r->arena, e, "whole bars are wanted here");
    track->waits[track->n_waits++] = (CsBars){(int)pair[0] - 1, (int)pair[1]};
  }
  return CS_OK;
}

static CsStatus
want_whole_seed(const Reader *r, const CsJson *object, const char *key,
    double value, uint64_t *seed)
{
  if (value != floor(value))
    return cs_json_fail(
        r->arena, cs_json_member(object, key), "a seed is a whole number");
  *seed = (uint64_t)value;
  return CS_OK;
}

// ---- Tempo and bars --------------------------------------------------------

typedef struct RawTempo {
  int bar;
  double bpm;
  const CsJson *ignored;
} RawTempo;

static const CsField tempo_fields[] = {
    {.key       = "at_s",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(RawTempo, ignored)},
    {.key         = "bar",
        .kind     = CS_FIELD_INT,
        .offset   = offsetof(RawTempo, bar),
        .low      = 1,
        .high     = CS_MAX_CUE_BARS,
        .what     = "bar, from 1",
        .required = true},
    {.key         = "bpm",
        .kind     = CS_FIELD_DOUBLE,
        .offset   = offsetof(RawTempo, bpm),
        .low      = 30,
        .high     = 300,
        .what     = "quarter notes a minute",
        .required = true},
};

static CsStatus
read_tempos(Reader *r, const CsJson *node)
{
  CsPlan *plan = r->plan;
  CS_TRY(want_list(r, node, 1, MAX_TEMPOS, "tempos"));
  plan->tempos = CS_NEW_N(r->arena, CsTempo, node->n_children);
  CS_TRY_NEW(plan->tempos);
  int last = 0;
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    RawTempo raw = {0};
    CS_TRY(cs_json_read(r->arena, e, tempo_fields, COUNT(tempo_fields), &raw));
    if (last == 0 && raw.bar != 1)
      return cs_json_fail(r->arena, e, "the first tempo stands at bar 1");
    if (raw.bar <= last || raw.bar > plan->n_bars)
      return cs_json_fail(r->arena, e,
          "bar %d must lie after bar %d and within the %d bars", raw.bar, last,
          plan->n_bars);
    last = raw.bar;
    plan->tempos[plan->n_tempos++] =
        (CsTempo){.bar = raw.bar - 1, .bpm = raw.bpm};
  }
  return CS_OK;
}

typedef struct RawShortBar {
  int bar;
  double quarters;
} RawShortBar;

static const CsField short_bar_fields[] = {
    {.key         = "bar",
        .kind     = CS_FIELD_INT,
        .offset   = offsetof(RawShortBar, bar),
        .low      = 1,
        .high     = CS_MAX_CUE_BARS,
        .what     = "bar, from 1",
        .required = true},
    {.key         = "quarters",
        .kind     = CS_FIELD_DOUBLE,
        .offset   = offsetof(RawShortBar, quarters),
        .low      = 0.001,
        .high     = 32,
        .what     = "quarter notes",
        .required = true},
};

static CsStatus
read_short_bars(Reader *r, const CsJson *node)
{
  CsPlan *plan = r->plan;
  if (node == NULL)
    return CS_OK;
  CS_TRY(want_list(r, node, 0, MAX_ITEMS, "short bars"));
  plan->short_bars = CS_NEW_N(r->arena, CsShortBar, node->n_children);
  CS_TRY_NEW(plan->short_bars);
  int last = 0;
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    RawShortBar raw = {0};
    CS_TRY(cs_json_read(
        r->arena, e, short_bar_fields, COUNT(short_bar_fields), &raw));
    if (raw.bar <= last || raw.bar > plan->n_bars)
      return cs_json_fail(r->arena, e,
          "bar %d must lie after bar %d and within the %d bars", raw.bar, last,
          plan->n_bars);
    if (raw.quarters >= cs_meter_quarters(plan->meter))
      return cs_json_fail(r->arena, e,
          "a short bar must be shorter than the meter's %g quarters",
          cs_meter_quarters(plan->meter));
    last = raw.bar;
    plan->short_bars[plan->n_short_bars++] =
        (CsShortBar){raw.bar - 1, raw.quarters};
  }
  return CS_OK;
}

// ---- Sections --------------------------------------------------------------

typedef struct RawSection {
  const char *name;
  int kind, n_bars;
  CsStrings chords;
  const CsJson *energy, *ignored;
} RawSection;

static const CsField section_fields[] = {
    {.key         = "name",
        .kind     = CS_FIELD_STRING,
        .offset   = offsetof(RawSection, name),
        .what     = "name",
        .required = true},
    {.key        = "kind",
        .kind    = CS_FIELD_ENUM,
        .offset  = offsetof(RawSection, kind),
        .what    = "kind of section",
        .names   = cs_section_kind_names,
        .n_names = CS_N_SECTION_KINDS},
    {.key       = "start_s",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(RawSection, ignored)},
    {.key       = "end_s",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(RawSection, ignored)},
    {.key         = "bars",
        .kind     = CS_FIELD_INT,
        .offset   = offsetof(RawSection, n_bars),
        .low      = 1,
        .high     = CS_MAX_CUE_BARS,
        .what     = "bars",
        .required = true},
    {.key         = "energy",
        .kind     = CS_FIELD_NODE,
        .offset   = offsetof(RawSection, energy),
        .what     = "two energies",
        .required = true},
    {.key         = "chords",
        .kind     = CS_FIELD_STRINGS,
        .offset   = offsetof(RawSection, chords),
        .what     = "chord symbols",
        .required = true},
};

/// "A''", "build 2" and "B5" name their kind.
static CsStatus
kind_of_name(const Reader *r, const CsJson *node, const char *name, int *kind)
{
  const size_t n = strcspn(name, " '0123456789");
  for (int k = 0; k < CS_N_SECTION_KINDS; k++) {
    const char *own = cs_section_kind_names[k];
    if (strlen(own) == n && strncmp(own, name, n) == 0) {
      *kind = k == CS_SECTION_A && name[n] != '\0' ? CS_SECTION_A2 : k;
      return CS_OK;
    }
  }
  return cs_json_fail(r->arena, node,
      "\"%s\" does not say what kind of section it is; add a \"kind\": intro, "
      "A, A', B, break, build, climax, outro or end",
      name);
}

static CsStatus
check_bar(const Reader *r, const CsJson *node, const char *text)
{
  int n = 0;
  for (const char *p = text; *p != '\0';) {
    char symbol[32];
    while (*p == ' ')
      p++;
    const size_t length = strcspn(p, " ");
    if (length == 0)
      break;
    CsChord chord;
    if (length < sizeof symbol) {
      memcpy(symbol, p, length);
      symbol[length] = '\0';
    }
    if (length >= sizeof symbol ||
        (strcmp(symbol, "%") != 0 && !cs_chord_parse(symbol, &chord)))
      return cs_json_fail(r->arena, node,
          "\"%.*s\" is no chord symbol; write one like \"vi7\" or \"V/3\"",
          (int)(length < 40 ? length : 40), p);
    p += length;
    n++;
  }
  if (n < 1 || n > MAX_SYMBOLS)
    return cs_json_fail(
        r->arena, node, "a bar holds 1..%d chords, not %d", MAX_SYMBOLS, n);
  return CS_OK;
}

/// One entry per bar, or fewer that go round.
static CsStatus
spread_chords(const Reader *r, const CsJson *node, const RawSection *raw,
    CsStrings *chords)
{
  const CsJson *list = cs_json_member(node, "chords");
  const size_t bars  = (size_t)raw->n_bars;
  if (raw->chords.n == 0 || raw->chords.n > bars || bars % raw->chords.n != 0)
    return cs_json_fail(r->arena, list,
        "%zu entries do not fill %zu bars; write one for each bar, or a loop "
        "that goes round evenly",
        raw->chords.n, bars);
  for (const CsJson *e = list->first; e != NULL; e = e->next)
    CS_TRY(check_bar(r, e, e->string));
  const char **items = CS_NEW_N(r->arena, const char *, bars);
  CS_TRY_NEW(items);
  for (size_t i = 0; i < bars; i++)
    items[i] = raw->chords.items[i % raw->chords.n];
  *chords = (CsStrings){items, bars};
  return CS_OK;
}

static CsStatus
read_section(Reader *r, const CsJson *node)
{
  CsPlan *plan   = r->plan;
  RawSection raw = {.kind = -1};
  CS_TRY(cs_json_read(
      r->arena, node, section_fields, COUNT(section_fields), &raw));
  if (raw.kind < 0)
    CS_TRY(kind_of_name(r, cs_json_member(node, "name"), raw.name, &raw.kind));
  CsSection *s = &plan->sections[plan->n_sections++];
  s->name      = raw.name;
  s->kind      = (CsSectionKind)raw.kind;
  s->n_bars    = raw.n_bars;
  CS_TRY(read_pair(r, raw.energy, 0.0, 1.0, "energy", s->energy));
  CS_TRY(spread_chords(r, node, &raw, &s->chords));
  if (s->kind != CS_SECTION_END)
    return CS_OK;
  if (node->next != NULL)
    return cs_json_fail(
        r->arena, node, "the end stands before another section; move it last");
  if (s->n_bars != 1)
    return cs_json_fail(r->arena, node, "the end is 1 bar long");
  return CS_OK;
}

static CsStatus
read_sections(Reader *r, const Raw *raw)
{
  CsPlan *plan = r->plan;
  CS_TRY(want_list(r, raw->sections, 1, MAX_SECTIONS, "sections"));
  plan->sections = CS_NEW_N(r->arena, CsSection, raw->sections->n_children);
  CS_TRY_NEW(plan->sections);
  long n_bars = 0;
  for (const CsJson *e = raw->sections->first; e != NULL; e = e->next) {
    CS_TRY(read_section(r, e));
    n_bars += plan->sections[plan->n_sections - 1].n_bars;
    if (n_bars > CS_MAX_CUE_BARS)
      return cs_json_fail(r->arena, e, "more than %d bars", CS_MAX_CUE_BARS);
  }
  if (n_bars != plan->n_bars)
    return cs_json_fail(r->arena, raw->bars != NULL ? raw->bars : r->root,
        "the sections hold %ld bars together, not %d", n_bars, plan->n_bars);
  return CS_OK;
}

/// A last downbeat that rings needs its section, other endings have none.
static CsStatus
check_ending(const Reader *r)
{
  const CsPlan *plan = r->plan;
  const CsSection *s = &plan->sections[plan->n_sections - 1];
  const bool rings =
      plan->ending == CS_ENDING_RING || plan->ending == CS_ENDING_BUTTON;
  const CsJson *node = cs_json_member(r->root, "ending");
  if (rings && s->kind != CS_SECTION_END)
    return cs_json_fail(r->arena, node,
        "a %s ending needs a last section of kind \"end\", 1 bar long",
        cs_ending_names[plan->ending]);
  if (!rings && s->kind == CS_SECTION_END)
    return cs_json_fail(r->arena, node,
        "a %s ending has no section of kind \"end\"; remove that section",
        cs_ending_names[plan->ending]);
  return CS_OK;
}

// ---- Hits ------------------------------------------------------------------

typedef struct RawHit {
  double at_s, beat;
  int bar;
  const CsJson *ignored;
} RawHit;

static const CsField hit_fields[] = {
    {.key         = "at_s",
        .kind     = CS_FIELD_DOUBLE,
        .offset   = offsetof(RawHit, at_s),
        .low      = 0,
        .high     = CS_MAX_DURATION_S,
        .what     = "seconds",
        .required = true},
    {.key         = "bar",
        .kind     = CS_FIELD_INT,
        .offset   = offsetof(RawHit, bar),
        .low      = 1,
        .high     = CS_MAX_CUE_BARS,
        .what     = "bar, from 1",
        .required = true},
    {.key         = "beat",
        .kind     = CS_FIELD_DOUBLE,
        .offset   = offsetof(RawHit, beat),
        .low      = 1,
        .high     = 33,
        .what     = "quarter of the bar, from 1",
        .required = true},
    {.key       = "is_at_s",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(RawHit, ignored)},
};

/// A beat is written with six decimals; with those it is taken too, so that a
/// plan from a record is the plan that was made.
static double
as_written(double beat)
{
  return floor(beat * 1e6 + 0.5) / 1e6;
}

static CsStatus
read_hits(Reader *r, const CsJson *node)
{
  CsPlan *plan = r->plan;
  if (node == NULL)
    return CS_OK;
  CS_TRY(want_list(r, node, 0, MAX_ITEMS, "hits"));
  plan->hits = CS_NEW_N(r->arena, CsHit, node->n_children);
  CS_TRY_NEW(plan->hits);
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    RawHit raw = {0};
    CS_TRY(cs_json_read(r->arena, e, hit_fields, COUNT(hit_fields), &raw));
    if (raw.bar > plan->n_bars ||
        raw.beat - 1.0 >= cs_meter_quarters(plan->meter))
      return cs_json_fail(r->arena, e,
          "bar %d beat %g lies outside the %d bars of %g quarters", raw.bar,
          raw.beat, plan->n_bars, cs_meter_quarters(plan->meter));
    plan->hits[plan->n_hits++] = (CsHit){.at_s = raw.at_s,
        .bar                                   = raw.bar - 1,
        .beat                                  = as_written(raw.beat) - 1.0};
  }
  return CS_OK;
}

// ---- Tracks ----------------------------------------------------------------

typedef struct RawTrack {
  int role, stem, bank, program;
  const char *name;
  double range[2], level_db, pan, enter, leave, seed;
  CsStrings patterns;
  const CsJson *spans, *waits;
} RawTrack;

#define AT(field) .offset = offsetof(RawTrack, field)

static const CsField track_fields[] = {
    {.key     = "role",
        .kind = CS_FIELD_ENUM,
        AT(role),
        .what     = "role",
        .names    = cs_role_names,
        .n_names  = CS_N_ROLES,
        .required = true},
    {.key     = "name",
        .kind = CS_FIELD_STRING,
        AT(name),
        .what     = "instrument",
        .required = true},
    {.key     = "bank",
        .kind = CS_FIELD_INT,
        AT(bank),
        .low  = 0,
        .high = 16383,
        .what = "MIDI bank"},
    {.key     = "program",
        .kind = CS_FIELD_INT,
        AT(program),
        .low  = 0,
        .high = 127,
        .what = "MIDI program, from 0"},
    {.key     = "stem",
        .kind = CS_FIELD_ENUM,
        AT(stem),
        .what    = "stem",
        .names   = cs_stem_names,
        .n_names = CS_N_STEMS},
    {.key     = "range",
        .kind = CS_FIELD_RANGE,
        AT(range),
        .low  = 0,
        .high = 127,
        .what = "MIDI keys"},
    {.key     = "level_db",
        .kind = CS_FIELD_DOUBLE,
        AT(level_db),
        .low  = -60,
        .high = 24,
        .what = "dB"},
    {.key     = "pan",
        .kind = CS_FIELD_DOUBLE,
        AT(pan),
        .low  = -1,
        .high = 1,
        .what = "-1 left, 1 right"},
    {.key     = "patterns",
        .kind = CS_FIELD_STRINGS,
        AT(patterns),
        .what = "pattern ids"},
    {.key     = "enter",
        .kind = CS_FIELD_DOUBLE,
        AT(enter),
        .low  = 0,
        .high = 2,
        .what = "energy"},
    {.key     = "leave",
        .kind = CS_FIELD_DOUBLE,
        AT(leave),
        .low  = 0,
        .high = 2,
        .what = "energy"},
    {.key = "spans", .kind = CS_FIELD_NODE, AT(spans)},
    {.key = "waits", .kind = CS_FIELD_NODE, AT(waits)},
    {.key     = "seed",
        .kind = CS_FIELD_DOUBLE,
        AT(seed),
        .low  = 0,
        .high = MAX_SEED,
        .what = "seed"},
};

/// The bank and program are what sounds. Where they were edited and the name
/// was not, the name follows.
static CsStatus
follow_program(const Reader *r, const CsJson *node, const RawTrack *raw,
    const CsInstrument **in)
{
  const bool has_program = cs_json_member(node, "program") != NULL;
  const bool has_bank    = cs_json_member(node, "bank") != NULL;
  const int bank         = has_bank ? raw->bank : (*in)->bank;
  const int program      = has_program ? raw->program : (*in)->program;
  if (bank == (*in)->bank && program == (*in)->program)
    return CS_OK;
  *in = cs_instrument_of_program(r->presets, bank, program);
  if (*in != NULL)
    return CS_OK;
  return cs_json_fail(r->arena, node,
      "bank %d program %d is no known instrument; see cuesmith list "
      "instruments",
      bank, program);
}

static CsStatus
find_instrument(const Reader *r, const CsJson *node, const RawTrack *raw,
    const CsInstrument **out)
{
  const CsPresets *p = r->presets;
  *out               = cs_find_instrument(p, raw->name);
  if (*out != NULL)
    return follow_program(r, node, raw, out);
  const char **names = CS_NEW_N(r->arena, const char *, p->n_instruments);
  CS_TRY_NEW(names);
  for (size_t i = 0; i < p->n_instruments; i++)
    names[i] = p->instruments[i].name;
  const char *near = cs_nearest_word(raw->name, names, p->n_instruments);
  return cs_json_fail(r->arena, cs_json_member(node, "name"),
      "the instrument \"%s\" is unknown%s%s%s; see cuesmith list instruments",
      raw->name, near != NULL ? "; did you mean \"" : "",
      near != NULL ? near : "", near != NULL ? "\"?" : "");
}

static CsStatus
check_patterns(const Reader *r, const CsJson *node)
{
  const CsJson *list = cs_json_member(node, "patterns");
  for (const CsJson *e = list != NULL ? list->first : NULL; e != NULL;
       e               = e->next)
    if (cs_find_pattern(r->presets, e->string) == NULL)
      return cs_json_fail(r->arena, e,
                        "the pattern \"%s\" is unknown; presets/patterns lists them",
                        e->string);
  return CS_OK;
}

/// Without a range the instrument's own; a written one stands, so that another
/// program plays the same notes.
static CsStatus
check_range(const Reader *r, const CsJson *node, const RawTrack *raw,
    const CsInstrument *in, CsTrack *track)
{
  const CsJson *range = cs_json_member(node, "range");
  track->range[0]     = in->range[0];
  track->range[1]     = in->range[1];
  if (range == NULL)
    return CS_OK;
  for (int k = 0; k < 2; k++) {
    if (raw->range[k] != floor(raw->range[k]))
      return cs_json_fail(r->arena, range, "whole keys are wanted here");
    track->range[k] = (int)raw->range[k];
  }
  return CS_OK;
}

/// Does the written name (perhaps an alias) stand for that instrument?
static bool
same_program(const CsPresets *presets, const char *name, const CsInstrument *in)
{
  const CsInstrument *named = cs_find_instrument(presets, name);
  return named->bank == in->bank && named->program == in->program;
}

static CsStatus
read_track(Reader *r, const CsJson *node)
{
  RawTrack raw = {.stem = -1, .level_db = -10.0, .leave = 1.01};
  CS_TRY(cs_json_read(r->arena, node, track_fields, COUNT(track_fields), &raw));
  const CsInstrument *in = NULL;
  CS_TRY(find_instrument(r, node, &raw, &in));
  CS_TRY(check_patterns(r, node));
  CsTrack *track = &r->plan->tracks[r->plan->n_tracks++];
  *track         = (CsTrack){
              .role = (CsRole)raw.role,
              .instrument =
          same_program(r->presets, raw.name, in) ? raw.name : in->name,
              .bank     = in->bank,
              .program  = in->program,
              .level_db = raw.level_db,
              .pan      = raw.pan,
              .patterns = raw.patterns,
              .enter    = raw.enter,
              .leave    = raw.leave,
  };
  track->stem = raw.stem >= 0 ? (CsStem)raw.stem : cs_stem_of_role(track->role);
  CS_TRY(check_range(r, node, &raw, in, track));
  CS_TRY(read_spans(r, raw.spans, &track->spans, &track->n_spans));
  CS_TRY(read_waits(r, raw.waits, track));
  return want_whole_seed(r, node, "seed", raw.seed, &track->seed);
}

static CsStatus
read_tracks(Reader *r, const CsJson *node)
{
  CS_TRY(want_list(r, node, 1, CS_MAX_TRACKS, "tracks"));
  r->plan->tracks = CS_NEW_N(r->arena, CsTrack, node->n_children);
  CS_TRY_NEW(r->plan->tracks);
  for (const CsJson *e = node->first; e != NULL; e = e->next)
    CS_TRY(read_track(r, e));
  return CS_OK;
}

// ---- Warnings --------------------------------------------------------------

static CsStatus
read_warnings(Reader *r, const CsJson *node)
{
  static const CsField fields[] = {
      {.key         = "code",
          .kind     = CS_FIELD_STRING,
          .offset   = offsetof(CsWarning, code),
          .what     = "code",
          .required = true},
      {.key         = "message",
          .kind     = CS_FIELD_STRING,
          .offset   = offsetof(CsWarning, message),
          .what     = "sentence",
          .required = true},
  };
  if (node == NULL)
    return CS_OK;
  CsPlan *plan = r->plan;
  CS_TRY(want_list(r, node, 0, MAX_ITEMS, "warnings"));
  plan->warnings = CS_NEW_N(r->arena, CsWarning, node->n_children);
  CS_TRY_NEW(plan->warnings);
  for (const CsJson *e = node->first; e != NULL; e = e->next)
    CS_TRY(cs_json_read(r->arena, e, fields, COUNT(fields),
        &plan->warnings[plan->n_warnings++]));
  return CS_OK;
}

// ---- Does it fit the length? -----------------------------------------------

/// Where bars that fit the length would need the tempo to be, from seconds that
/// they take now. Rounded inwards to hundredths.
static CsStatus
fail_tempo(const Reader *r, double body_s, double least_s, double most_s,
    const char *what)
{
  const double bpm   = r->plan->tempos[0].bpm;
  const CsJson *at   = cs_json_member(r->root, "tempo");
  const CsJson *one  = at != NULL ? at->first : NULL;
  const CsJson *node = one != NULL ? cs_json_member(one, "bpm") : r->root;
  if (most_s <= 0.0)
    return cs_json_fail(r->arena, node,
        "%d bars find no place in %g s; take bars away", r->plan->n_bars,
        r->plan->duration_s);
  const double low = fmax(30.0, bpm * body_s / most_s);
  const double high =
      least_s > 0.0 ? fmin(300.0, bpm * body_s / least_s) : 300.0;
  if (low > high)
    return cs_json_fail(r->arena, node,
        "%d bars do not fit %g s at any tempo of 30..300 BPM; change the bars",
        r->plan->n_bars, r->plan->duration_s);
  const double few = high - low < 0.1 ? 1e4 : 1e2;
  return cs_json_fail(r->arena, node,
      "at %g BPM %s; with %d bars in %g s the tempo must be %.*f..%.*f BPM",
      bpm, what, r->plan->n_bars, r->plan->duration_s, few > 1e2 ? 4 : 2,
      ceil(low * few) / few, few > 1e2 ? 4 : 2, floor(high * few) / few);
}

static CsStatus
check_ring_out(const Reader *r, const CsTimeline *t)
{
  const CsPlan *plan   = r->plan;
  const double last_s  = plan->duration_s - plan->ring_out_s;
  const double bpm     = plan->tempos[plan->n_tempos - 1].bpm;
  const CsRingOut ring = cs_ring_out(plan->function, plan->duration_s,
      60.0 * cs_meter_beat_quarters(plan->meter) / bpm);
  (void)t;
  if (plan->ring_out_s >= ring.low_s - end_tolerance_s &&
      plan->ring_out_s <= ring.high_s + end_tolerance_s)
    return CS_OK;
  const char *what =
      plan->ring_out_s > 0.0
          ? cs_arena_printf(r->arena,
                "the last downbeat comes %.2f s before the end instead of "
                "%.2f..%.2f s",
                plan->ring_out_s, ring.low_s, ring.high_s)
          : "the last downbeat comes after the end";
  CS_TRY_NEW(what);
  const double room = plan->duration_s - plan->lead_in_s;
  return fail_tempo(
      r, last_s - plan->lead_in_s, room - ring.high_s, room - ring.low_s, what);
}

/// Without a last downbeat the bars reach the end: a loop exactly, others so
/// that only the last one is broken off.
static CsStatus
check_end(const Reader *r, const CsTimeline *t)
{
  const CsPlan *plan = r->plan;
  const double end =
      cs_seconds_of_tick(t, (double)cs_bar_tick(t, plan->n_bars));
  const double last =
      cs_seconds_of_tick(t, (double)cs_bar_tick(t, plan->n_bars - 1));
  const double room = plan->duration_s - plan->lead_in_s;
  const double body = end - plan->lead_in_s;
  if (end < plan->duration_s - end_tolerance_s)
    return fail_tempo(r, body, room - end_tolerance_s, room + end_tolerance_s,
        "the bars end before the file");
  if (plan->ending == CS_ENDING_LOOP &&
      end > plan->duration_s + end_tolerance_s)
    return fail_tempo(r, body, room - end_tolerance_s, room + end_tolerance_s,
        "the bars of the loop end after the file");
  if (last >= plan->duration_s)
    return fail_tempo(r, body, room - end_tolerance_s, room + end_tolerance_s,
        "whole bars stand after the end of the file");
  return CS_OK;
}

static CsStatus
check_fit(const Reader *r)
{
  CsTimeline *t = NULL;
  CS_TRY(cs_timeline_make(r->arena, r->plan, &t));
  const CsSection *last = &r->plan->sections[r->plan->n_sections - 1];
  return last->kind == CS_SECTION_END ? check_ring_out(r, t) : check_end(r, t);
}

// ---- The whole -------------------------------------------------------------

#undef AT
#define IN(field) .offset = offsetof(CsPlan, field)
#define RAW(field) .offset = offsetof(Raw, field)

/// Members that go into the plan as they are.
static const CsField plan_fields[] = {
    {.key     = "engine",
        .kind = CS_FIELD_INT,
        IN(engine),
        .low  = 0,
        .high = 1e6,
        .what = "engine version"},
    {.key     = "style",
        .kind = CS_FIELD_STRING,
        IN(style),
        .what     = "style",
        .required = true},
    {.key     = "style_reason",
        .kind = CS_FIELD_STRING,
        IN(style_reason),
        .what = "sentence"},
    {.key     = "duration_s",
        .kind = CS_FIELD_DOUBLE,
        IN(duration_s),
        .low      = CS_MIN_DURATION_S,
        .high     = CS_MAX_DURATION_S,
        .what     = "seconds",
        .required = true},
    {.key     = "sample_rate",
        .kind = CS_FIELD_INT,
        IN(sample_rate),
        .low  = 8000,
        .high = 96000,
        .what = "Hz"},
    {.key     = "lead_in_s",
        .kind = CS_FIELD_DOUBLE,
        IN(lead_in_s),
        .low  = 0,
        .high = CS_MAX_DURATION_S,
        .what = "seconds"},
    {.key     = "bars",
        .kind = CS_FIELD_INT,
        IN(n_bars),
        .low      = 1,
        .high     = CS_MAX_CUE_BARS,
        .what     = "bars",
        .required = true},
    {.key     = "exclude",
        .kind = CS_FIELD_STRINGS,
        IN(exclude),
        .what = "plain names"},
    {.key     = "fade_in_s",
        .kind = CS_FIELD_DOUBLE,
        IN(fade_in_s),
        .low  = 0,
        .high = CS_MAX_DURATION_S,
        .what = "seconds"},
    {.key     = "fade_out_s",
        .kind = CS_FIELD_DOUBLE,
        IN(fade_out_s),
        .low  = 0,
        .high = CS_MAX_DURATION_S,
        .what = "seconds"},
    {.key     = "loudness_lufs",
        .kind = CS_FIELD_DOUBLE,
        IN(loudness_lufs),
        .low      = -60,
        .high     = -8,
        .what     = "LUFS",
        .required = true},
    {.key     = "peak_dbtp",
        .kind = CS_FIELD_DOUBLE,
        IN(peak_dbtp),
        .low  = -20,
        .high = 0,
        .what = "dBTP"},
    {.key     = "valence",
        .kind = CS_FIELD_DOUBLE,
        IN(valence),
        .low  = -1,
        .high = 1,
        .what = "unpleasant..pleasant"},
    {.key     = "arousal",
        .kind = CS_FIELD_DOUBLE,
        IN(arousal),
        .low  = -1,
        .high = 1,
        .what = "calm..excited"},
    {.key     = "busyness",
        .kind = CS_FIELD_DOUBLE,
        IN(density),
        .low  = -1,
        .high = 1,
        .what = "sparse..dense"},
};

/// Members that are looked at afterwards or not at all.
static const CsField raw_fields[] = {
    {.key     = "seed",
        .kind = CS_FIELD_DOUBLE,
        RAW(seed),
        .low      = 0,
        .high     = MAX_SEED,
        .what     = "seed",
        .required = true},
    {.key     = "theme_seed",
        .kind = CS_FIELD_DOUBLE,
        RAW(theme_seed),
        .low      = 0,
        .high     = MAX_SEED,
        .what     = "seed",
        .required = true},
    {.key     = "function",
        .kind = CS_FIELD_ENUM,
        RAW(function),
        .what     = "function",
        .names    = cs_function_names,
        .n_names  = CS_N_FUNCTIONS,
        .required = true},
    {.key     = "ending",
        .kind = CS_FIELD_ENUM,
        RAW(ending),
        .what     = "ending",
        .names    = cs_ending_names,
        .n_names  = CS_N_ENDINGS,
        .required = true},
    {.key     = "key",
        .kind = CS_FIELD_STRING,
        RAW(key),
        .what     = "key",
        .required = true},
    {.key = "mode", .kind = CS_FIELD_STRING, RAW(mode), .what = "mode"},
    {.key     = "meter",
        .kind = CS_FIELD_STRING,
        RAW(meter),
        .what     = "meter",
        .required = true},
    {.key     = "tempo",
        .kind = CS_FIELD_NODE,
        RAW(tempo),
        .what     = "tempo map",
        .required = true},
    {.key = "short_bars", .kind = CS_FIELD_NODE, RAW(short_bars)},
    {.key     = "sections",
        .kind = CS_FIELD_NODE,
        RAW(sections),
        .what     = "sections",
        .required = true},
    {.key = "hits", .kind = CS_FIELD_NODE, RAW(hits)},
    {.key = "silences", .kind = CS_FIELD_NODE, RAW(silences)},
    {.key     = "tracks",
        .kind = CS_FIELD_NODE,
        RAW(tracks),
        .what     = "tracks",
        .required = true},
    {.key = "warnings", .kind = CS_FIELD_NODE, RAW(warnings)},
    {.key = "frames", .kind = CS_FIELD_NODE, RAW(ignored)},
    {.key = "ring_out_s", .kind = CS_FIELD_NODE, RAW(ignored)},
    {.key = "energy", .kind = CS_FIELD_NODE, RAW(ignored)},
    {.key = "density", .kind = CS_FIELD_NODE, RAW(ignored)},
};

/// The two tables read one object: each is given the members that it knows.
static CsStatus
read_split(const Reader *r, Raw *raw)
{
  enum { N = COUNT(plan_fields) + COUNT(raw_fields) };
  struct Both {
    CsPlan plan;
    Raw raw;
  } *both = CS_NEW(r->arena, struct Both);
  CS_TRY_NEW(both);
  both->plan = *r->plan;
  CsField fields[N];
  memcpy(fields, plan_fields, sizeof plan_fields);
  memcpy(fields + COUNT(plan_fields), raw_fields, sizeof raw_fields);
  for (size_t i = 0; i < N; i++)
    fields[i].offset += i < COUNT(plan_fields) ? offsetof(struct Both, plan)
                                               : offsetof(struct Both, raw);
  CS_TRY(cs_json_read(r->arena, r->root, fields, N, both));
  *r->plan = both->plan;
  *raw     = both->raw;
  return CS_OK;
}

static CsStatus
read_words(const Reader *r, const Raw *raw)
{
  CsPlan *plan   = r->plan;
  plan->function = (CsFunction)raw->function;
  plan->ending   = (CsEnding)raw->ending;
  if (!cs_key_parse(raw->key, &plan->key))
    return cs_json_fail(r->arena, cs_json_member(r->root, "key"),
        "\"%s\" is no key; write one like \"D minor\"", raw->key);
  if (raw->mode != NULL &&
      strcmp(raw->mode, cs_mode_names[plan->key.mode]) != 0)
    return cs_json_fail(r->arena, cs_json_member(r->root, "mode"),
        "the mode \"%s\" is not the one of the key \"%s\"; change the key",
        raw->mode, raw->key);
  if (!cs_meter_parse(raw->meter, &plan->meter))
    return cs_json_fail(r->arena, cs_json_member(r->root, "meter"),
        "\"%s\" is no meter; write one like \"3/4\"", raw->meter);
  if (cs_find_style(r->presets, plan->style) == NULL)
    return cs_fail_unknown_style(r->arena, r->presets,
        cs_json_place(r->arena, cs_json_member(r->root, "style")), plan->style);
  CS_TRY(want_whole_seed(r, r->root, "seed", raw->seed, &plan->seed));
  return want_whole_seed(
      r, r->root, "theme_seed", raw->theme_seed, &plan->theme_seed);
}

static CsStatus
check_lengths(const Reader *r)
{
  static const char *const keys[] = {"lead_in_s", "fade_in_s", "fade_out_s"};
  const CsPlan *plan              = r->plan;
  const double lengths[] = {plan->lead_in_s, plan->fade_in_s, plan->fade_out_s};
  for (size_t i = 0; i < COUNT(keys); i++)
    if (lengths[i] > plan->duration_s)
      return cs_json_fail(r->arena, cs_json_member(r->root, keys[i]),
          "%g s is longer than the cue of %g s", lengths[i], plan->duration_s);
  return CS_OK;
}

CsStatus
cs_plan_read_json(
    CsArena *arena, const CsPresets *presets, const CsJson *node, CsPlan **plan)
{
  Reader r = {.arena = arena, .presets = presets, .root = node};
  r.plan   = CS_NEW(arena, CsPlan);
  CS_TRY_NEW(r.plan);
  r.plan->engine       = cs_engine_version();
  r.plan->style_reason = "the plan names it.";
  r.plan->sample_rate  = 48000;
  r.plan->peak_dbtp    = -1.0;
  Raw raw              = {.plan = NULL};
  CS_TRY(read_split(&r, &raw));
  raw.bars = cs_json_member(node, "bars");
  CS_TRY(read_words(&r, &raw));
  CS_TRY(check_lengths(&r));
  CS_TRY(read_tempos(&r, raw.tempo));
  CS_TRY(read_short_bars(&r, raw.short_bars));
  CS_TRY(read_sections(&r, &raw));
  CS_TRY(check_ending(&r));
  CS_TRY(read_hits(&r, raw.hits));
  CS_TRY(read_spans(&r, raw.silences, &r.plan->silences, &r.plan->n_silences));
  CS_TRY(read_tracks(&r, raw.tracks));
  CS_TRY(read_warnings(&r, raw.warnings));
  CS_TRY(cs_complete_plan(arena, r.plan));
  CS_TRY(check_fit(&r));
  *plan = r.plan;
  return CS_OK;
}
