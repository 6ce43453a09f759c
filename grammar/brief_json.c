/// The Brief as JSON and back (DESIGN, section 5).
#include "grammar/brief.h"

#include <stdio.h>
#include <string.h>

#define N_OF(table) (sizeof(table) / sizeof *(table))

enum { DECIMALS = 3 };

static void
put_span(CsJsonWriter *w, size_t begin, size_t end)
{
  cs_json_begin_flat_array(w, "span");
  cs_json_put_number(w, NULL, (double)begin);
  cs_json_put_number(w, NULL, (double)end);
  cs_json_end_array(w);
}

static void
put_numbers(const CsBrief *brief, CsJsonWriter *w)
{
  char name[32];
  if (brief->said & CS_SAID_DURATION)
    cs_json_put_rounded(w, "duration_s", brief->duration_s, 6);
  if (brief->said & CS_SAID_TEMPO) {
    cs_json_begin_flat_array(w, "tempo_bpm");
    cs_json_put_rounded(w, NULL, brief->tempo_bpm[0], DECIMALS);
    cs_json_put_rounded(w, NULL, brief->tempo_bpm[1], DECIMALS);
    cs_json_end_array(w);
  }
  if (brief->said & CS_SAID_TEMPO_STEP)
    cs_json_put_rounded(w, "tempo_step", brief->tempo_step, DECIMALS);
  if (brief->said & CS_SAID_KEY) {
    cs_key_name(brief->key, name);
    cs_json_put_string(w, "key", name);
  }
  if (brief->said & CS_SAID_MODE)
    cs_json_put_string(w, "mode", cs_mode_names[brief->key.mode]);
  if (brief->said & CS_SAID_METER) {
    (void)snprintf(name, sizeof name, "%d/%d", brief->meter.numerator,
        brief->meter.denominator);
    cs_json_put_string(w, "meter", name);
  }
  if (brief->said & CS_SAID_FUNCTION)
    cs_json_put_string(w, "function", cs_function_names[brief->function]);
  if (brief->said & CS_SAID_VALENCE)
    cs_json_put_rounded(w, "valence", brief->valence, DECIMALS);
  if (brief->said & CS_SAID_AROUSAL)
    cs_json_put_rounded(w, "arousal", brief->arousal, DECIMALS);
}

static void
put_move(CsJsonWriter *w, const CsKeyMove *move)
{
  if (move->semitones != 0)
    cs_json_put_number(w, "semitones", move->semitones);
  if (move->has_tonic)
    cs_json_put_string(w, "tonic", cs_tonic_name(move->key));
  if (move->has_mode)
    cs_json_put_string(w, "mode", cs_mode_names[move->key.mode]);
}

static void
put_event(CsJsonWriter *w, const CsArcEvent *event)
{
  cs_json_begin_flat_object(w, NULL);
  cs_json_put_string(w, "kind", cs_arc_kind_names[event->kind]);
  if (event->has_start)
    cs_json_put_rounded(w, "start_s", event->start_s, DECIMALS);
  if (event->has_end)
    cs_json_put_rounded(w, "end_s", event->end_s, DECIMALS);
  if (event->has_start || event->has_end)
    cs_json_put_string(w, "anchor", cs_anchor_names[event->anchor]);
  if (event->has_end && event->end_anchor != event->anchor)
    cs_json_put_string(w, "end_anchor", cs_anchor_names[event->end_anchor]);
  cs_json_put_rounded(w, "amount", event->amount, DECIMALS);
  if (event->target != NULL)
    cs_json_put_string(w, "target", event->target);
  cs_json_put_strings(w, "stay", &event->stay);
  if (event->kind == CS_ARC_KEY)
    put_move(w, &event->move);
  cs_json_end_object(w);
}

static void
put_arc(const CsBrief *brief, CsJsonWriter *w)
{
  if (brief->n_arc == 0 && !(brief->said & CS_SAID_FLAT_ARC))
    return;
  cs_json_begin_array(w, "arc");
  for (size_t i = 0; i < brief->n_arc; i++)
    put_event(w, &brief->arc[i]);
  cs_json_end_array(w);
}

static void
put_findings(const CsBrief *brief, CsJsonWriter *w)
{
  cs_json_begin_array(w, "warnings");
  for (size_t i = 0; i < brief->n_warnings; i++) {
    cs_json_begin_flat_object(w, NULL);
    cs_json_put_string(w, "code", brief->warnings[i].code);
    cs_json_put_string(w, "message", brief->warnings[i].message);
    cs_json_end_object(w);
  }
  cs_json_end_array(w);
  cs_json_begin_array(w, "understood");
  for (size_t i = 0; i < brief->n_understood; i++) {
    const CsPhrase *phrase = &brief->understood[i];
    cs_json_begin_flat_object(w, NULL);
    put_span(w, phrase->begin, phrase->end);
    cs_json_put_string(w, "text", phrase->text);
    cs_json_put_string(w, "field", phrase->field);
    cs_json_put_raw(w, "value", phrase->value);
    cs_json_put_string(w, "rule", phrase->rule);
    cs_json_end_object(w);
  }
  cs_json_end_array(w);
  cs_json_begin_array(w, "unknown");
  for (size_t i = 0; i < brief->n_unknown; i++) {
    cs_json_begin_flat_object(w, NULL);
    put_span(w, brief->unknown[i].begin, brief->unknown[i].end);
    cs_json_put_string(w, "text", brief->unknown[i].text);
    if (brief->unknown[i].nearest.n > 0)
      cs_json_put_string(w, "nearest", brief->unknown[i].nearest.items[0]);
    cs_json_put_strings(w, "nearest_words", &brief->unknown[i].nearest);
    cs_json_end_object(w);
  }
  cs_json_end_array(w);
}

void
cs_brief_write_json(const CsBrief *brief, CsJsonWriter *w, const char *key)
{
  cs_json_begin_object(w, key);
  cs_json_put_string(w, "prompt", brief->prompt);
  put_numbers(brief, w);
  cs_json_put_strings(w, "instruments", &brief->instruments);
  cs_json_put_strings(w, "in_front", &brief->in_front);
  cs_json_put_strings(w, "behind", &brief->behind);
  if (brief->only_instruments)
    cs_json_put_bool(w, "only_instruments", true);
  cs_json_put_strings(w, "exclude", &brief->exclude);
  cs_json_put_strings(w, "moods", &brief->moods);
  cs_json_put_strings(w, "genres", &brief->genres);
  cs_json_put_strings(w, "uses", &brief->uses);
  if (brief->said & CS_SAID_DENSITY)
    cs_json_put_rounded(w, "density", brief->density, DECIMALS);
  put_arc(brief, w);
  if (brief->said & CS_SAID_ENDING)
    cs_json_put_string(w, "ending", cs_ending_names[brief->ending]);
  if (brief->said & CS_SAID_FORM)
    cs_json_put_string(w, "form", cs_form_names[brief->form]);
  if (brief->said & CS_SAID_LOUDNESS)
    cs_json_put_rounded(w, "loudness_lufs", brief->loudness_lufs, DECIMALS);
  put_findings(brief, w);
  cs_json_end_object(w);
}

// ---- Reading ----------------------------------------------------------------

typedef struct Raw {
  const char *key_name, *meter_name;
  const CsJson *prompt, *arc, *warnings, *understood, *unknown;
  int mode, function, ending, form;
  CsBrief brief;
} Raw;

#define AT(member) offsetof(Raw, member)
#define IN_BRIEF(member) offsetof(Raw, brief.member)
static const CsField brief_fields[] = {
    {"prompt", CS_FIELD_NODE, AT(prompt), .what = "text"},
    {"duration_s", CS_FIELD_DOUBLE, IN_BRIEF(duration_s), .low = 0,
        .high = 1e13, .what = "seconds"},
    {"tempo_bpm", CS_FIELD_RANGE, IN_BRIEF(tempo_bpm), .low = 20, .high = 300,
        .what = "BPM"},
    {"tempo_step", CS_FIELD_DOUBLE, IN_BRIEF(tempo_step), .low = -0.5,
        .high = 0.5, .what = "share of the tempo"},
    {"key", CS_FIELD_STRING, AT(key_name), .what = "key, \"D minor\""},
    {"mode", CS_FIELD_ENUM, AT(mode), .what = "mode", .names = cs_mode_names,
        .n_names = CS_N_MODES},
    {"meter", CS_FIELD_STRING, AT(meter_name), .what = "meter, \"3/4\""},
    {"function", CS_FIELD_ENUM, AT(function), .what = "function",
        .names = cs_function_names, .n_names = CS_N_FUNCTIONS},
    {"valence", CS_FIELD_DOUBLE, IN_BRIEF(valence), .low = -1, .high = 1,
        .what = "valence"},
    {"arousal", CS_FIELD_DOUBLE, IN_BRIEF(arousal), .low = -1, .high = 1,
        .what = "arousal"},
    {"instruments", CS_FIELD_STRINGS, IN_BRIEF(instruments), .what = "names"},
    {"in_front", CS_FIELD_STRINGS, IN_BRIEF(in_front), .what = "names"},
    {"behind", CS_FIELD_STRINGS, IN_BRIEF(behind), .what = "names"},
    {"only_instruments", CS_FIELD_BOOL, IN_BRIEF(only_instruments),
        .what = "true or false"},
    {"exclude", CS_FIELD_STRINGS, IN_BRIEF(exclude), .what = "names"},
    {"moods", CS_FIELD_STRINGS, IN_BRIEF(moods), .what = "mood words"},
    {"genres", CS_FIELD_STRINGS, IN_BRIEF(genres), .what = "genres"},
    {"uses", CS_FIELD_STRINGS, IN_BRIEF(uses), .what = "uses"},
    {"density", CS_FIELD_DOUBLE, IN_BRIEF(density), .low = -1, .high = 1,
        .what = "density"},
    {"arc", CS_FIELD_NODE, AT(arc), .what = "list of events"},
    {"ending", CS_FIELD_ENUM, AT(ending), .what = "ending",
        .names = cs_ending_names, .n_names = CS_N_ENDINGS},
    {"form", CS_FIELD_ENUM, AT(form), .what = "form of a theme",
        .names = cs_form_names, .n_names = CS_N_FORMS_OF_TUNES},
    {"loudness_lufs", CS_FIELD_DOUBLE, IN_BRIEF(loudness_lufs), .low = -100,
        .high = 0, .what = "LUFS"},
    {"warnings", CS_FIELD_NODE, AT(warnings), .what = "list"},
    {"understood", CS_FIELD_NODE, AT(understood), .what = "list"},
    {"unknown", CS_FIELD_NODE, AT(unknown), .what = "list"},
};

typedef struct RawEvent {
  int kind, anchor, end_anchor, mode;
  const char *tonic;
  CsArcEvent event;
} RawEvent;

static const CsField event_fields[] = {
    {"kind", CS_FIELD_ENUM, offsetof(RawEvent, kind), .what = "event",
        .names = cs_arc_kind_names, .n_names = CS_N_ARC_KINDS,
        .required = true},
    {"start_s", CS_FIELD_DOUBLE, offsetof(RawEvent, event.start_s), .low = 0,
        .high = 1e13, .what = "seconds"},
    {"end_s", CS_FIELD_DOUBLE, offsetof(RawEvent, event.end_s), .low = 0,
        .high = 1e13, .what = "seconds"},
    {"anchor", CS_FIELD_ENUM, offsetof(RawEvent, anchor), .what = "anchor",
        .names = cs_anchor_names, .n_names = CS_N_ANCHORS},
    {"end_anchor", CS_FIELD_ENUM, offsetof(RawEvent, end_anchor),
        .what = "anchor", .names = cs_anchor_names, .n_names = CS_N_ANCHORS},
    {"amount", CS_FIELD_DOUBLE, offsetof(RawEvent, event.amount), .low = 0,
        .high = 1, .what = "size of the change"},
    {"target", CS_FIELD_STRING, offsetof(RawEvent, event.target),
        .what = "instrument"},
    {"stay", CS_FIELD_STRINGS, offsetof(RawEvent, event.stay),
        .what = "instruments that are left"},
    {"semitones", CS_FIELD_INT, offsetof(RawEvent, event.move.semitones),
        .low = -11, .high = 11, .what = "semitones to another key"},
    {"tonic", CS_FIELD_STRING, offsetof(RawEvent, tonic),
        .what = "tonic, \"Eb\""},
    {"mode", CS_FIELD_ENUM, offsetof(RawEvent, mode), .what = "mode",
        .names = cs_mode_names, .n_names = CS_N_MODES},
};

static const CsField warning_fields[] = {
    {"code", CS_FIELD_STRING, offsetof(CsWarning, code), .what = "code",
        .required = true},
    {"message", CS_FIELD_STRING, offsetof(CsWarning, message),
        .what = "sentence", .required = true},
};

static CsStatus
want_list(CsArena *arena, const CsJson *node)
{
  return node->kind == CS_JSON_ARRAY
             ? CS_OK
             : cs_json_fail(arena, node, "a list [...] is wanted here");
}

static double
said_at(CsAnchor anchor, double seconds, double duration_s)
{
  switch (anchor) {
  case CS_ANCHOR_START:
    return seconds;
  case CS_ANCHOR_END:
    return duration_s - seconds;
  case CS_ANCHOR_SHARE:
    return duration_s > 0.0 ? seconds / duration_s : 0.0;
  case CS_N_ANCHORS:
    break;
  }
  return seconds;
}

static CsStatus
read_move(CsArena *arena, const CsJson *node, const RawEvent *raw, CsKeyMove *m)
{
  m->has_tonic = raw->tonic != NULL;
  m->has_mode  = cs_json_member(node, "mode") != NULL;
  if (m->has_tonic && !cs_key_parse(raw->tonic, &m->key))
    return cs_json_fail(arena, cs_json_member(node, "tonic"),
        "\"%s\" is no tonic; write it like \"F#\"", raw->tonic);
  m->key.mode = (CsMode)raw->mode;
  return CS_OK;
}

static CsStatus
read_event(
    CsArena *arena, const CsJson *node, double duration_s, CsArcEvent *event)
{
  RawEvent raw = {.end_anchor = -1, .event.amount = 1.0};
  CS_TRY(cs_json_read(arena, node, event_fields, N_OF(event_fields), &raw));
  *event        = raw.event;
  event->kind   = (CsArcKind)raw.kind;
  event->anchor = (CsAnchor)raw.anchor;
  event->end_anchor =
      raw.end_anchor < 0 ? event->anchor : (CsAnchor)raw.end_anchor;
  event->has_start = cs_json_member(node, "start_s") != NULL;
  event->has_end   = cs_json_member(node, "end_s") != NULL;
  if (event->has_start && event->has_end && event->end_s < event->start_s)
    return cs_json_fail(arena, node, "\"end_s\" lies before \"start_s\"");
  event->start_at = said_at(event->anchor, event->start_s, duration_s);
  event->end_at   = said_at(event->end_anchor, event->end_s, duration_s);
  return read_move(arena, node, &raw, &event->move);
}

static CsStatus
read_arc(CsArena *arena, const CsJson *node, CsBrief *brief)
{
  CS_TRY(want_list(arena, node));
  brief->arc = CS_NEW_N(arena, CsArcEvent, node->n_children);
  CS_TRY_NEW(brief->arc);
  for (const CsJson *e = node->first; e != NULL; e = e->next)
    CS_TRY(
        read_event(arena, e, brief->duration_s, &brief->arc[brief->n_arc++]));
  return CS_OK;
}

static CsStatus
read_warnings(CsArena *arena, const CsJson *node, CsBrief *brief)
{
  CS_TRY(want_list(arena, node));
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    CsWarning warning = {0};
    CS_TRY(
        cs_json_read(arena, e, warning_fields, N_OF(warning_fields), &warning));
    CS_TRY(cs_brief_warn(arena, brief, warning.code, warning.message));
  }
  return CS_OK;
}

typedef struct Said {
  const char *key;
  CsSaid bit;
} Said;

static const Said said_keys[] = {
    {"duration_s", CS_SAID_DURATION},
    {"tempo_bpm", CS_SAID_TEMPO},
    {"tempo_step", CS_SAID_TEMPO_STEP},
    {"key", CS_SAID_KEY},
    {"mode", CS_SAID_MODE},
    {"meter", CS_SAID_METER},
    {"function", CS_SAID_FUNCTION},
    {"valence", CS_SAID_VALENCE},
    {"arousal", CS_SAID_AROUSAL},
    {"density", CS_SAID_DENSITY},
    {"ending", CS_SAID_ENDING},
    {"form", CS_SAID_FORM},
    {"loudness_lufs", CS_SAID_LOUDNESS},
};

static CsStatus
read_music(CsArena *arena, const CsJson *node, Raw *raw)
{
  CsBrief *brief  = &raw->brief;
  brief->function = (CsFunction)raw->function;
  brief->ending   = (CsEnding)raw->ending;
  brief->form     = (CsTuneForm)raw->form;
  brief->key.mode = (CsMode)raw->mode;
  if (raw->key_name != NULL && !cs_key_parse(raw->key_name, &brief->key))
    return cs_json_fail(arena, cs_json_member(node, "key"),
        "\"%s\" is no key; write it like \"F# minor\"", raw->key_name);
  if (raw->key_name != NULL)
    brief->said |= CS_SAID_MODE;
  if (raw->meter_name != NULL &&
      !cs_meter_parse(raw->meter_name, &brief->meter))
    return cs_json_fail(arena, cs_json_member(node, "meter"),
        "\"%s\" is no meter; write it like \"3/4\"", raw->meter_name);
  return CS_OK;
}

// The phrases and unknown words of a saved brief describe the old prompt for a
// person; nothing after parsing reads them.
CsStatus
cs_brief_read_json(CsArena *arena, const CsJson *node, CsBrief **out)
{
  Raw *raw = CS_NEW(arena, Raw);
  CS_TRY_NEW(raw);
  CS_TRY(cs_json_read(arena, node, brief_fields, N_OF(brief_fields), raw));
  CsBrief *brief = &raw->brief;
  for (size_t i = 0; i < N_OF(said_keys); i++)
    if (cs_json_member(node, said_keys[i].key) != NULL)
      brief->said |= said_keys[i].bit;
  CS_TRY(read_music(arena, node, raw));
  brief->prompt = "";
  if (raw->prompt != NULL && raw->prompt->kind != CS_JSON_STRING)
    return cs_json_fail(arena, raw->prompt, "a text is wanted here");
  if (raw->prompt != NULL)
    brief->prompt = raw->prompt->string;
  if (!(brief->said & CS_SAID_DURATION))
    brief->duration_s = cs_brief_default_s(brief);
  if (raw->arc != NULL)
    CS_TRY(read_arc(arena, raw->arc, brief));
  if (raw->arc != NULL && brief->n_arc == 0)
    brief->said |= CS_SAID_FLAT_ARC;
  if (raw->warnings != NULL)
    CS_TRY(read_warnings(arena, raw->warnings, brief));
  *out = brief;
  return CS_OK;
}
