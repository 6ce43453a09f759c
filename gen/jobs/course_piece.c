// A part as a job: the options that make it.

#include "gen/jobs/course_planning.h"

#include "gen/base/mathx.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/// What a kind of part asks of `cuesmith make`.
typedef struct KindRow {
  const char *function, *ending, *profile; ///< NULL: the words decide.
} KindRow;

static const KindRow kinds[CS_N_PART_KINDS] = {
    [CS_PART_INTRO]      = {.function = "stinger"},
    [CS_PART_BED]        = {.function = "bed", .profile = "under-speech"},
    [CS_PART_TRANSITION] = {.function = "stinger"},
    [CS_PART_QUIZ]       = {.function = "thematic", .ending = "loop"},
    [CS_PART_OUTRO]      = {.function = "thematic", .ending = "ring"},
};

// ---- Options ----------------------------------------------------------------

void
cs_course_put(CsCoursePiece *piece, const char *name, const char *value)
{
  size_t i = 0;
  while (i < piece->n_options && strcmp(piece->options[i].name, name) != 0)
    i++;
  assert(i < CS_MAX_OPTIONS);
  piece->options[i] = (CsGivenOption){name, value};
  piece->n_options += i == piece->n_options;
}

void
cs_course_take_out(CsCoursePiece *piece, const char *name)
{
  size_t n = 0;
  for (size_t i = 0; i < piece->n_options; i++)
    if (strcmp(piece->options[i].name, name) != 0)
      piece->options[n++] = piece->options[i];
  piece->n_options = n;
}

/// Micros are finer than a frame and than any tempo.
static CsStatus
put_number(CsArena *arena, CsCoursePiece *piece, const char *name, double x)
{
  char text[32];
  cs_format_number(floor(x * 1e6 + 0.5) / 1e6, text);
  const char *kept = cs_arena_copy(arena, text, strlen(text));
  CS_TRY_NEW(kept);
  cs_course_put(piece, name, kept);
  return CS_OK;
}

static const char *
key_text(CsArena *arena, CsKey key)
{
  char name[32];
  cs_key_name(key, name);
  return cs_arena_copy(arena, name, strlen(name));
}

CsStatus
cs_course_set(CsJob *job, const CsGivenOption *options, size_t n)
{
  for (size_t i = 0; i < n; i++)
    CS_TRY(cs_job_set(job, options[i].name, options[i].value));
  return CS_OK;
}

CsStatus
cs_course_job(const CsEngine *engine, const CsCoursePiece *piece, CsJob **job)
{
  CS_TRY(cs_job_new(engine, job));
  CS_TRY(cs_course_set(*job, piece->options, piece->n_options));
  return cs_job_parse(*job, piece->part->prompt);
}

// ---- Pieces -----------------------------------------------------------------

static CsStatus
put_shared(CsCoursePlanner *p, const CsCourseUnit *unit, CsCoursePiece *piece)
{
  const CsCourseHome *home = &p->plan->home;
  CsKey key                = home->key;
  if (unit->module->in_fifth)
    key.tonic_pc = cs_mod(key.tonic_pc + 7, 12);
  const char *key_name = key_text(p->arena, key);
  const char *meter    = cs_arena_printf(
         p->arena, "%d/%d", home->meter.numerator, home->meter.denominator);
  const char *seed = NULL;
  CS_TRY(cs_course_seed_text(p, &seed));
  CS_TRY_NEW(key_name);
  CS_TRY_NEW(meter);
  cs_course_put(
      piece, "style", p->file->style != NULL ? p->file->style : home->style);
  cs_course_put(piece, "key", key_name);
  cs_course_put(piece, "meter", meter);
  // One seed for all: who plays hangs on it, and the palette is to be one.
  cs_course_put(piece, "seed", seed);
  cs_course_put(piece, "theme-seed", seed);
  return put_number(p->arena, piece, "tempo", unit->tempo_bpm);
}

static CsStatus
put_length(CsCoursePlanner *p, const CsCourseUnit *unit, CsCoursePiece *piece)
{
  const CsCoursePart *part = piece->part;
  const double quarters    = cs_meter_quarters(p->plan->home.meter);
  const double length_s    = part->n_bars > 0
                                 ? part->n_bars * quarters * 60.0 / unit->tempo_bpm
                                 : part->duration_s;
  return put_number(p->arena, piece, "duration", length_s);
}

CsStatus
cs_course_lay_piece(
    CsCoursePlanner *p, const CsCourseUnit *unit, CsCoursePiece *piece)
{
  const KindRow *kind = &kinds[piece->part->kind];
  CS_TRY(put_shared(p, unit, piece));
  CS_TRY(put_length(p, unit, piece));
  if (kind->function != NULL)
    cs_course_put(piece, "function", kind->function);
  if (kind->ending != NULL)
    cs_course_put(piece, "ending", kind->ending);
  if (kind->profile != NULL)
    cs_course_put(piece, "profile", kind->profile);
  for (size_t i = 0; i < piece->part->n_options; i++)
    cs_course_put(
        piece, piece->part->options[i].name, piece->part->options[i].value);
  return CS_OK;
}
