// Reading the tracks of a plan.

#include "gen/plan/band.h"
#include "gen/plan/plan_read.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

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
        .high = CS_MAX_SEED,
        .what = "seed"},
};

/// The bank and program are what sounds. Where they were edited and the name
/// was not, the name follows.
static CsStatus
follow_program(const CsPlanReader *r, const CsJson *node, const RawTrack *raw,
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
find_instrument(const CsPlanReader *r, const CsJson *node, const RawTrack *raw,
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
check_patterns(const CsPlanReader *r, const CsJson *node)
{
  const CsJson *list = cs_json_member(node, "patterns");
  for (const CsJson *e = list != NULL ? list->first : NULL; e != NULL;
       e               = e->next)
    for (const char *id = e->string;; id++) {
                    if (cs_find_pattern(r->presets, id) == NULL)
        return cs_json_fail(r->arena, e,
                          "the pattern \"%.*s\" is unknown; presets/patterns lists them",
                          (int)strcspn(id, "|"), id);
      id += strcspn(id, "|");
                    if (*id == '\0')
        break;
    }
  return CS_OK;
}

/// Without a range the instrument's own; a written one stands, so that another
/// program plays the same notes.
static CsStatus
check_range(const CsPlanReader *r, const CsJson *node, const RawTrack *raw,
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

/// [[first bar, number of bars], ...]
static CsStatus
read_waits(const CsPlanReader *r, const CsJson *node, CsTrack *track)
{
  if (node == NULL)
    return CS_OK;
  CS_TRY(cs_want_list(r, node, 0, CS_MAX_CUE_BARS, "waits"));
  track->waits = CS_NEW_N(r->arena, CsBars, node->n_children);
  CS_TRY_NEW(track->waits);
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    double pair[2] = {0.0, 0.0};
    CS_TRY(cs_read_pair(r, e, 1.0, CS_MAX_CUE_BARS, "bars", pair));
    if (pair[0] != floor(pair[0]) || pair[1] != floor(pair[1]))
      return cs_json_fail(r->arena, e, "whole bars are wanted here");
    track->waits[track->n_waits++] = (CsBars){(int)pair[0] - 1, (int)pair[1]};
  }
  return CS_OK;
}

/// A track that the plan's "exclude" rules out is left out.
static CsStatus
read_track(CsPlanReader *r, const CsJson *node)
{
  RawTrack raw = {.stem = -1, .level_db = -10.0, .leave = 1.01};
  CS_TRY(
      cs_json_read(r->arena, node, track_fields, CS_COUNT(track_fields), &raw));
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
  if (cs_rules_out_instrument(&r->plan->exclude, in) ||
      cs_rules_out_role(&r->plan->exclude, track->role)) {
    r->plan->n_tracks--;
    return CS_OK;
  }
  track->stem = raw.stem >= 0 ? (CsStem)raw.stem : cs_stem_of_role(track->role);
  CS_TRY(check_range(r, node, &raw, in, track));
  CS_TRY(cs_read_spans(r, raw.spans, &track->spans, &track->n_spans));
  CS_TRY(read_waits(r, raw.waits, track));
  return cs_want_whole_seed(r, node, "seed", raw.seed, &track->seed);
}

CsStatus
cs_read_tracks(CsPlanReader *r, const CsJson *node)
{
  CS_TRY(cs_want_list(r, node, 1, CS_MAX_TRACKS, "tracks"));
  r->plan->tracks = CS_NEW_N(r->arena, CsTrack, node->n_children);
  CS_TRY_NEW(r->plan->tracks);
  for (const CsJson *e = node->first; e != NULL; e = e->next)
    CS_TRY(read_track(r, e));
  if (r->plan->n_tracks == 0)
    return cs_json_fail(
        r->arena, node, "\"exclude\" leaves no track to play; leave one");
  return CS_OK;
}
