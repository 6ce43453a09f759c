// Reading what a plan says about time: tempos, bars, sections, hits.

#include "gen/plan/plan_read.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum {
  MAX_TEMPOS   = 4096,
  MAX_SECTIONS = 1 << 16,
  MAX_SYMBOLS  = 4, ///< Chords that may share a bar.
};

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

CsStatus
cs_read_tempos(CsPlanReader *r, const CsJson *node)
{
  CsPlan *plan = r->plan;
  CS_TRY(cs_want_list(r, node, 1, MAX_TEMPOS, "tempos"));
  plan->tempos = CS_NEW_N(r->arena, CsTempo, node->n_children);
  CS_TRY_NEW(plan->tempos);
  int last = 0;
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    RawTempo raw = {0};
    CS_TRY(
        cs_json_read(r->arena, e, tempo_fields, CS_COUNT(tempo_fields), &raw));
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

typedef struct RawKeyChange {
  int bar;
  const char *key;
  const CsJson *at_s;
} RawKeyChange;

static const CsField key_change_fields[] = {
    {.key       = "at_s",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(RawKeyChange, at_s)},
    {.key         = "bar",
        .kind     = CS_FIELD_INT,
        .offset   = offsetof(RawKeyChange, bar),
        .low      = 2,
        .high     = CS_MAX_CUE_BARS,
        .what     = "bar, from 2",
        .required = true},
    {.key         = "key",
        .kind     = CS_FIELD_STRING,
        .offset   = offsetof(RawKeyChange, key),
        .what     = "key",
        .required = true},
};

CsStatus
cs_read_key_changes(CsPlanReader *r, const CsJson *node)
{
  CsPlan *plan = r->plan;
  if (node == NULL)
    return CS_OK;
  CS_TRY(cs_want_list(r, node, 0, CS_MAX_ITEMS, "changes of key"));
  plan->key_changes = CS_NEW_N(r->arena, CsKeyChange, node->n_children);
  CS_TRY_NEW(plan->key_changes);
  int last = 1;
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    RawKeyChange raw   = {0};
    CsKeyChange change = {0};
    CS_TRY(cs_json_read(
        r->arena, e, key_change_fields, CS_COUNT(key_change_fields), &raw));
    if (raw.bar <= last || raw.bar > plan->n_bars)
      return cs_json_fail(r->arena, e,
          "bar %d must lie after bar %d and within the %d bars", raw.bar, last,
          plan->n_bars);
    if (!cs_key_parse(raw.key, &change.key))
      return cs_json_fail(r->arena, cs_json_member(e, "key"),
          "\"%s\" is no key; write one like \"D minor\"", raw.key);
    last                                     = raw.bar;
    change.bar                               = raw.bar - 1;
    plan->key_changes[plan->n_key_changes++] = change;
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

CsStatus
cs_read_short_bars(CsPlanReader *r, const CsJson *node)
{
  CsPlan *plan = r->plan;
  if (node == NULL)
    return CS_OK;
  CS_TRY(cs_want_list(r, node, 0, CS_MAX_ITEMS, "short bars"));
  plan->short_bars = CS_NEW_N(r->arena, CsShortBar, node->n_children);
  CS_TRY_NEW(plan->short_bars);
  int last = 0;
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    RawShortBar raw = {0};
    CS_TRY(cs_json_read(
        r->arena, e, short_bar_fields, CS_COUNT(short_bar_fields), &raw));
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
kind_of_name(
    const CsPlanReader *r, const CsJson *node, const char *name, int *kind)
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
check_bar(const CsPlanReader *r, const CsJson *node, const char *text)
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
spread_chords(const CsPlanReader *r, const CsJson *node, const RawSection *raw,
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
read_section(CsPlanReader *r, const CsJson *node)
{
  CsPlan *plan   = r->plan;
  RawSection raw = {.kind = -1};
  CS_TRY(cs_json_read(
      r->arena, node, section_fields, CS_COUNT(section_fields), &raw));
  if (raw.kind < 0)
    CS_TRY(kind_of_name(r, cs_json_member(node, "name"), raw.name, &raw.kind));
  CsSection *s = &plan->sections[plan->n_sections++];
  s->name      = raw.name;
  s->kind      = (CsSectionKind)raw.kind;
  s->n_bars    = raw.n_bars;
  CS_TRY(cs_read_pair(r, raw.energy, 0.0, 1.0, "energy", s->energy));
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

CsStatus
cs_read_sections(CsPlanReader *r, const CsJson *node)
{
  CsPlan *plan = r->plan;
  CS_TRY(cs_want_list(r, node, 1, MAX_SECTIONS, "sections"));
  plan->sections = CS_NEW_N(r->arena, CsSection, node->n_children);
  CS_TRY_NEW(plan->sections);
  long n_bars = 0;
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    CS_TRY(read_section(r, e));
    n_bars += plan->sections[plan->n_sections - 1].n_bars;
    if (n_bars > CS_MAX_CUE_BARS)
      return cs_json_fail(r->arena, e, "more than %d bars", CS_MAX_CUE_BARS);
  }
  if (n_bars != plan->n_bars)
    return cs_json_fail(r->arena, cs_json_member(r->root, "bars"),
        "the sections hold %ld bars together, not %d", n_bars, plan->n_bars);
  return CS_OK;
}

CsStatus
cs_check_ending(const CsPlanReader *r)
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

CsStatus
cs_read_hits(CsPlanReader *r, const CsJson *node)
{
  CsPlan *plan = r->plan;
  if (node == NULL)
    return CS_OK;
  CS_TRY(cs_want_list(r, node, 0, CS_MAX_ITEMS, "hits"));
  plan->hits = CS_NEW_N(r->arena, CsHit, node->n_children);
  CS_TRY_NEW(plan->hits);
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    RawHit raw = {0};
    CS_TRY(cs_json_read(r->arena, e, hit_fields, CS_COUNT(hit_fields), &raw));
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
