// Reading a plan back: its plain members, and the steps in their order.

#include "gen/plan/plan_read.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { MAX_SPANS = 64 };

/// Members that need more than a field table.
typedef struct Raw {
  int function, ending;
  double seed, theme_seed;
  const char *key, *mode, *meter;
  const CsJson *tempo, *key_changes, *short_bars, *sections, *hits, *silences,
      *tracks, *warnings, *ignored;
} Raw;

// ---- Lists -----------------------------------------------------------------

CsStatus
cs_want_list(const CsPlanReader *r, const CsJson *node, size_t least,
    size_t most, const char *what)
{
  if (node->kind != CS_JSON_ARRAY)
    return cs_json_fail(r->arena, node, "a list (%s) is wanted here", what);
  if (node->n_children < least || node->n_children > most)
    return cs_json_fail(r->arena, node, "%zu %s are too %s; %zu..%zu can be",
        node->n_children, what, node->n_children < least ? "few" : "many",
        least, most);
  return CS_OK;
}

CsStatus
cs_read_pair(const CsPlanReader *r, const CsJson *node, double low, double high,
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

CsStatus
cs_read_spans(
    const CsPlanReader *r, const CsJson *node, CsSpan **spans, size_t *n_spans)
{
  if (node == NULL)
    return CS_OK;
  CS_TRY(cs_want_list(r, node, 0, MAX_SPANS, "spans"));
  *spans = CS_NEW_N(r->arena, CsSpan, node->n_children);
  CS_TRY_NEW(*spans);
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    double pair[2] = {0.0, 0.0};
    CS_TRY(cs_read_pair(r, e, 0.0, CS_MAX_DURATION_S, "seconds", pair));
    if (pair[0] >= pair[1])
      return cs_json_fail(r->arena, e, "a span must end after it starts");
    (*spans)[(*n_spans)++] = (CsSpan){pair[0], pair[1]};
  }
  return CS_OK;
}

CsStatus
cs_want_whole_seed(const CsPlanReader *r, const CsJson *object, const char *key,
    double value, uint64_t *seed)
{
  if (value != floor(value))
    return cs_json_fail(
        r->arena, cs_json_member(object, key), "a seed is a whole number");
  *seed = (uint64_t)value;
  return CS_OK;
}

// ---- Warnings --------------------------------------------------------------

static CsStatus
read_warnings(CsPlanReader *r, const CsJson *node)
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
  CS_TRY(cs_want_list(r, node, 0, CS_MAX_ITEMS, "warnings"));
  plan->warnings = CS_NEW_N(r->arena, CsWarning, node->n_children);
  CS_TRY_NEW(plan->warnings);
  for (const CsJson *e = node->first; e != NULL; e = e->next)
    CS_TRY(cs_json_read(r->arena, e, fields, CS_COUNT(fields),
        &plan->warnings[plan->n_warnings++]));
  return CS_OK;
}

// ---- Plain members ---------------------------------------------------------

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
        .high     = CS_MAX_SEED,
        .what     = "seed",
        .required = true},
    {.key     = "theme_seed",
        .kind = CS_FIELD_DOUBLE,
        RAW(theme_seed),
        .low      = 0,
        .high     = CS_MAX_SEED,
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
    {.key = "key_changes", .kind = CS_FIELD_NODE, RAW(key_changes)},
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
read_split(const CsPlanReader *r, Raw *raw)
{
  enum { N = CS_COUNT(plan_fields) + CS_COUNT(raw_fields) };
  struct Both {
    CsPlan plan;
    Raw raw;
  } *both = CS_NEW(r->arena, struct Both);
  CS_TRY_NEW(both);
  both->plan = *r->plan;
  CsField fields[N];
  memcpy(fields, plan_fields, sizeof plan_fields);
  memcpy(fields + CS_COUNT(plan_fields), raw_fields, sizeof raw_fields);
  for (size_t i = 0; i < N; i++)
    fields[i].offset += i < CS_COUNT(plan_fields) ? offsetof(struct Both, plan)
                                                  : offsetof(struct Both, raw);
  CS_TRY(cs_json_read(r->arena, r->root, fields, N, both));
  *r->plan = both->plan;
  *raw     = both->raw;
  return CS_OK;
}

static CsStatus
read_words(const CsPlanReader *r, const Raw *raw)
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
  CS_TRY(cs_want_whole_seed(r, r->root, "seed", raw->seed, &plan->seed));
  return cs_want_whole_seed(
      r, r->root, "theme_seed", raw->theme_seed, &plan->theme_seed);
}

static CsStatus
check_lengths(const CsPlanReader *r)
{
  static const char *const keys[] = {"lead_in_s", "fade_in_s", "fade_out_s"};
  const CsPlan *plan              = r->plan;
  const double lengths[] = {plan->lead_in_s, plan->fade_in_s, plan->fade_out_s};
  for (size_t i = 0; i < CS_COUNT(keys); i++)
    if (lengths[i] > plan->duration_s)
      return cs_json_fail(r->arena, cs_json_member(r->root, keys[i]),
          "%g s is longer than the cue of %g s", lengths[i], plan->duration_s);
  return CS_OK;
}

// ---- The whole -------------------------------------------------------------

CsStatus
cs_plan_read_json(
    CsArena *arena, const CsPresets *presets, const CsJson *node, CsPlan **plan)
{
  CsPlanReader r = {.arena = arena, .presets = presets, .root = node};
  r.plan         = CS_NEW(arena, CsPlan);
  CS_TRY_NEW(r.plan);
  r.plan->engine       = cs_engine_version();
  r.plan->style_reason = "the plan names it.";
  r.plan->sample_rate  = 48000;
  r.plan->peak_dbtp    = -1.0;
  Raw raw              = {0};
  CS_TRY(read_split(&r, &raw));
  CS_TRY(read_words(&r, &raw));
  CS_TRY(check_lengths(&r));
  CS_TRY(cs_read_tempos(&r, raw.tempo));
  CS_TRY(cs_read_short_bars(&r, raw.short_bars));
  CS_TRY(cs_read_key_changes(&r, raw.key_changes));
  CS_TRY(cs_read_sections(&r, raw.sections));
  CS_TRY(cs_check_ending(&r));
  CS_TRY(cs_read_hits(&r, raw.hits));
  CS_TRY(
      cs_read_spans(&r, raw.silences, &r.plan->silences, &r.plan->n_silences));
  CS_TRY(cs_read_tracks(&r, raw.tracks));
  CS_TRY(read_warnings(&r, raw.warnings));
  CS_TRY(cs_complete_plan(arena, r.plan));
  CS_TRY(cs_check_fit(&r));
  *plan = r.plan;
  return CS_OK;
}
