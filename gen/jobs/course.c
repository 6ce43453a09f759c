#include "gen/jobs/course_planning.h"

#include "gen/base/hash.h"
#include "gen/base/mathx.h"
#include "gen/judge.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/// How often modules may move one after the other.
enum { MAX_ROUNDS = 5 };

/// Further draws for a part that misses a hard property.
enum { MAX_MENDING = 6 };

/// How far a module's words may move its tempo: any two modules then stay
/// within 12 %, with room for a loop whose length is rounded to frames.
static const double tempo_room = 1.05;

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

/// Later ones stand over earlier ones of that name.
static void
put(CsCoursePiece *piece, const char *name, const char *value)
{
  size_t i = 0;
  while (i < piece->n_options && strcmp(piece->options[i].name, name) != 0)
    i++;
  assert(i < CS_MAX_OPTIONS);
  piece->options[i] = (CsGivenOption){name, value};
  piece->n_options += i == piece->n_options;
}

static void
take_out(CsCoursePiece *piece, const char *name)
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
  put(piece, name, kept);
  return CS_OK;
}

static const char *
key_text(CsArena *arena, CsKey key)
{
  char name[32];
  cs_key_name(key, name);
  return cs_arena_copy(arena, name, strlen(name));
}

static CsStatus
set_all(CsJob *job, const CsGivenOption *options, size_t n)
{
  for (size_t i = 0; i < n; i++)
    CS_TRY(cs_job_set(job, options[i].name, options[i].value));
  return CS_OK;
}

CsStatus
cs_course_job(const CsEngine *engine, const CsCoursePiece *piece, CsJob **job)
{
  CS_TRY(cs_job_new(engine, job));
  CS_TRY(set_all(*job, piece->options, piece->n_options));
  return cs_job_parse(*job, piece->part->prompt);
}

// ---- What all share ---------------------------------------------------------

/// In a mode with few progressions the modules would all go the same way: where
/// nobody asked for it, major or minor stands in.
static CsMode
rich_mode(const CsPresets *presets, CsMode mode)
{
  enum { FEW = 6 };
  size_t n = 0;
  for (size_t i = 0; i < presets->n_progressions; i++)
    n += presets->progressions[i].modes >> mode & 1U;
  if (n >= FEW)
    return mode;
  return cs_mode_is_minor(mode) ? CS_MINOR : CS_MAJOR;
}

static bool
names_key(const CsJob *job)
{
  return job->options.wish.has_key ||
         (job->brief->said & (CS_SAID_KEY | CS_SAID_MODE)) != 0;
}

/// What words alone would decide.
static CsStatus
plan_words(CsCoursePlanner *p, const char *words, const CsGivenOption *options,
    size_t n_options, CsCourseHome *home)
{
  CsJob *job      = NULL;
  CsPlan *plan    = NULL;
  CsStatus status = cs_job_new(p->engine, &job);
  if (status == CS_OK)
    status = set_all(job, options, n_options);
  if (status == CS_OK)
    status = cs_job_parse(job, words);
  if (status == CS_OK)
    status = cs_plan_make(
        job->arena, cs_job_presets(job), job->brief, &job->options.wish, &plan);
  if (status == CS_OK) {
    *home = (CsCourseHome){
        cs_arena_copy(p->arena, plan->style, strlen(plan->style)), plan->key,
        plan->meter, plan->tempos[0].bpm};
    if (!names_key(job))
      home->key.mode = rich_mode(cs_job_presets(job), plan->key.mode);
    status = home->style != NULL ? CS_OK : CS_ERR_MEMORY;
  } else if (job != NULL) {
    (void)cs_fail(p->arena, status, "%s", cs_job_error(job));
  }
  cs_job_free(job);
  return status;
}

static CsStatus
seed_text(CsCoursePlanner *p, const char **text)
{
  *text = cs_arena_printf(
      p->arena, "%llu", (unsigned long long)p->file->theme_seed);
  return *text != NULL ? CS_OK : CS_ERR_MEMORY;
}

/// Decide style, key, meter and tempo.
///
/// @param natural_bpm  Receives the tempo that the words alone would take.
static CsStatus
find_home(CsCoursePlanner *p, double *natural_bpm)
{
  const CsCourseFile *file = p->file;
  CsGivenOption options[5] = {{"function", "thematic"}};
  size_t n                 = 1;
  const char *seed         = NULL;
  CS_TRY(seed_text(p, &seed));
  options[n++] = (CsGivenOption){"seed", seed};
  if (file->style != NULL)
    options[n++] = (CsGivenOption){"style", file->style};
  if (file->key != NULL)
    options[n++] = (CsGivenOption){"key", file->key};
  CS_TRY(plan_words(p, file->words, options, n, &p->plan->home));
  *natural_bpm = p->plan->home.tempo_bpm;
  if (file->tempo_bpm > 0.0)
    p->plan->home.tempo_bpm = file->tempo_bpm;
  return CS_OK;
}

/// What is wrong with the whole course is wrong with its defaults.
static CsStatus
at_defaults(CsCoursePlanner *p, CsStatus status)
{
  if (status != CS_ERR_REQUEST)
    return status;
  const char *why = cs_arena_error(p->arena);
  why             = cs_arena_copy(p->arena, why, strlen(why));
  CS_TRY_NEW(why);
  cs_arena_clear_error(p->arena);
  return cs_json_fail(p->arena, p->file->defaults, "%s", why);
}

/// The tempo that a module's words lean to, near to that of the course; half
/// beats a minute are fine enough.
static CsStatus
choose_tempo(CsCoursePlanner *p, double natural_bpm, CsCourseUnit *unit)
{
  const CsCourseHome *home = &p->plan->home;
  CsCourseHome own         = {0};
  const char *seed         = NULL;
  CS_TRY(seed_text(p, &seed));
  const CsGivenOption options[] = {{"function", "thematic"}, {"seed", seed},
      {"style", p->file->style != NULL ? p->file->style : home->style}};
  CS_TRY(plan_words(
      p, unit->module->words, options, sizeof options / sizeof *options, &own));
  const double ratio =
      cs_clamp(own.tempo_bpm / natural_bpm, 1.0 / tempo_room, tempo_room);
  unit->tempo_bpm = floor(2.0 * home->tempo_bpm * ratio + 0.5) / 2.0;
  return CS_OK;
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
  CS_TRY(seed_text(p, &seed));
  CS_TRY_NEW(key_name);
  CS_TRY_NEW(meter);
  put(piece, "style", p->file->style != NULL ? p->file->style : home->style);
  put(piece, "key", key_name);
  put(piece, "meter", meter);
  // One seed for all: who plays hangs on it, and the palette is to be one.
  put(piece, "seed", seed);
  put(piece, "theme-seed", seed);
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

static CsStatus
lay_piece(CsCoursePlanner *p, const CsCourseUnit *unit, CsCoursePiece *piece)
{
  const KindRow *kind = &kinds[piece->part->kind];
  CS_TRY(put_shared(p, unit, piece));
  CS_TRY(put_length(p, unit, piece));
  if (kind->function != NULL)
    put(piece, "function", kind->function);
  if (kind->ending != NULL)
    put(piece, "ending", kind->ending);
  if (kind->profile != NULL)
    put(piece, "profile", kind->profile);
  for (size_t i = 0; i < piece->part->n_options; i++)
    put(piece, piece->part->options[i].name, piece->part->options[i].value);
  return CS_OK;
}

/// Keep what is wrong with a piece, or with all pieces of a module.
static CsStatus
add_problem(CsCoursePlanner *p, const CsJson *node, const char *why,
    const char *module, const char **problem)
{
  CsStrings *list = &p->plan->problems;
  void *items     = list->items;
  *problem        = cs_arena_printf(p->arena, "%s: %s (module \"%s\")",
             cs_json_place(p->arena, node), why, module);
  CS_TRY_NEW(*problem);
  CS_TRY(cs_arena_grow(
      p->arena, &items, &p->problems_capacity, list->n + 1, sizeof *problem));
  list->items            = items;
  list->items[list->n++] = *problem;
  return CS_OK;
}

/// Judge a composed piece by its notes.
static CsStatus
judge(CsCoursePiece *piece)
{
  CsAudit audit;
  CS_TRY(cs_job_evidence(piece->job->arena, piece->job, &piece->notes));
  CS_TRY(cs_audit_run(piece->job->arena, &piece->notes, true, &audit));
  piece->n_missed = audit.n_missed_hard;
  return CS_OK;
}

/// Compose a piece from its options. What is wrong with it is kept.
static CsStatus
compose(CsCoursePlanner *p, const CsCourseUnit *unit, CsCoursePiece *piece)
{
  if (p->goes_on != NULL && !p->goes_on(p->user))
    return cs_fail(p->arena, CS_ERR_CANCELLED, "stopped on request");
  cs_job_free(piece->job);
  piece->job      = NULL;
  CsStatus status = cs_course_job(p->engine, piece, &piece->job);
  if (status == CS_OK)
    status = cs_job_compose(piece->job);
  if (status == CS_OK)
    return judge(piece);
  if (status == CS_ERR_REQUEST)
    status = add_problem(p, piece->part->node, cs_job_error(piece->job),
        unit->module->name, &piece->problem);
  else if (piece->job != NULL)
    (void)cs_fail(p->arena, status, "%s", cs_job_error(piece->job));
  cs_job_free(piece->job);
  piece->job = NULL;
  return status;
}

/// Another draw of the harmony and of every role that plays, but for the tune:
/// modules go the same way with other steps.
static CsRerolls
own_draws(const CsCoursePiece *piece, int number)
{
  CsRerolls rerolls  = {{0}, number};
  const CsPlan *plan = piece->notes.plan;
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (plan->tracks[i].role != CS_ROLE_MELODY)
      rerolls.roles[plan->tracks[i].role] = number;
  return rerolls;
}

/// Compose a piece anew with another draw of its harmony.
CsStatus
cs_course_draw(CsCoursePlanner *p, const CsCourseUnit *unit,
    CsCoursePiece *piece, const CsRerolls *rerolls)
{
  const char *text = NULL;
  piece->rerolls   = *rerolls;
  CS_TRY(cs_rerolls_text(p->arena, rerolls, &text));
  take_out(piece, "reroll");
  if (text[0] != '\0')
    put(piece, "reroll", text);
  return compose(p, unit, piece);
}

/// A cue that misses a hard property takes the next draw, if that is better.
static CsStatus
mend_piece(CsCoursePlanner *p, CsCourseUnit *unit, CsCoursePiece *piece)
{
  for (int d = 1; d <= MAX_MENDING && piece->job != NULL && piece->n_missed > 0;
       d++) {
    const size_t n_problems = p->plan->problems.n;
    CsCoursePiece tried     = *piece;
    CsRerolls rerolls       = own_draws(piece, piece->rerolls.harmony + d);
    tried.job               = NULL;
    unit->n_draws++;
    CS_TRY(cs_course_draw(p, unit, &tried, &rerolls));
    p->plan->problems.n = n_problems;
    if (tried.job != NULL && tried.n_missed < piece->n_missed) {
      cs_job_free(piece->job);
      *piece = tried;
      break;
    }
    cs_job_free(tried.job);
  }
  return CS_OK;
}

/// The notes of a piece as module number `index` tells them at first.
static CsStatus
begin_piece(
    CsCoursePlanner *p, CsCourseUnit *unit, size_t index, CsCoursePiece *piece)
{
  CS_TRY(compose(p, unit, piece));
  if (piece->job != NULL && index > 0) {
    const CsRerolls rerolls = own_draws(piece, (int)index);
    CS_TRY(cs_course_draw(p, unit, piece, &rerolls));
  }
  return mend_piece(p, unit, piece);
}

// ---- Modules ----------------------------------------------------------------

static void
collect_notes(CsCourseUnit *unit)
{
  unit->notes = (CsModuleNotes){{NULL}};
  for (size_t i = 0; i < unit->n_pieces; i++) {
    const CsCoursePiece *piece = &unit->pieces[i];
    const CsEvidence **place   = &unit->notes.parts[piece->part->kind];
    if (piece->job != NULL && *place == NULL)
      *place = &piece->notes;
  }
}

static bool
has_notes(const CsCourseUnit *unit)
{
  for (int k = 0; k < CS_N_PART_KINDS; k++)
    if (unit->notes.parts[k] != NULL)
      return true;
  return false;
}

// ---- All modules together ---------------------------------------------------

/// Weigh what is off between two modules more, so that it gives way last.
static void
press(CsCoursePlanner *p, size_t a, size_t b)
{
  static const double harder = 3.0;
  const size_t n             = p->plan->n_units;
  p->weights[a * n + b] *= harder;
  p->weights[b * n + a] *= harder;
}

/// How far all pairs together are from what was asked. What is off is pressed.
static CsStatus
measure_off(CsCoursePlanner *p, double *off)
{
  const CsCoursePlan *plan = p->plan;
  CsArena *scratch         = cs_arena_new(NULL);
  CsStatus status          = scratch != NULL ? CS_OK : CS_ERR_MEMORY;
  *off                     = 0.0;
  for (size_t a = 0; status == CS_OK && a < plan->n_units; a++)
    for (size_t b = a + 1; status == CS_OK && b < plan->n_units; b++) {
      CsRelation r = {0};
      status       = cs_relation_measure(
                scratch, &plan->units[a].notes, &plan->units[b].notes, &r);
      cs_arena_reset(scratch);
      if (status != CS_OK || cs_relation_off(&r) <= 0.0)
        continue;
      *off += cs_relation_off(&r);
      press(p, a, b);
    }
  cs_arena_free(scratch);
  return status;
}

/// Take the draws of all pieces down.
static void
note_draws(const CsCoursePlan *plan, CsRerolls *noted)
{
  for (size_t u = 0; u < plan->n_units; u++)
    for (size_t i = 0; i < plan->units[u].n_pieces; i++)
      *noted++ = plan->units[u].pieces[i].rerolls;
}

/// Go back to draws that were taken down.
static CsStatus
take_draws(CsCoursePlanner *p, const CsRerolls *noted)
{
  for (size_t u = 0; u < p->plan->n_units; u++) {
    CsCourseUnit *unit = &p->plan->units[u];
    for (size_t i = 0; i < unit->n_pieces; i++, noted++)
      if (unit->pieces[i].job != NULL &&
          memcmp(noted, &unit->pieces[i].rerolls, sizeof *noted) != 0)
        CS_TRY(cs_course_draw(p, unit, &unit->pieces[i], noted));
    collect_notes(unit);
  }
  return CS_OK;
}

static CsStatus
relate_once(CsCoursePlanner *p)
{
  for (size_t i = 0; i < p->plan->n_units; i++)
    CS_TRY(cs_course_relate(p, i));
  return CS_OK;
}

/// A module finds its place among those before it; where that was not to be
/// had, all may move. What was off once weighs more from then on, which leads
/// out of places where no module alone can better anything. The best that was
/// found stands.
static CsStatus
relate_all(CsCoursePlanner *p)
{
  size_t n    = 0;
  double best = 0.0, off = 0.0;
  for (size_t u = 0; u < p->plan->n_units; u++)
    n += p->plan->units[u].n_pieces;
  CsRerolls *noted = CS_NEW_N(p->arena, CsRerolls, n);
  CS_TRY_NEW(noted);
  CS_TRY(measure_off(p, &best));
  note_draws(p->plan, noted);
  off = best;
  for (int round = 0; round < MAX_ROUNDS && best > 0.0; round++) {
    CS_TRY(relate_once(p));
    CS_TRY(measure_off(p, &off));
    if (off < best) {
      best = off;
      note_draws(p->plan, noted);
    }
  }
  return off > best ? take_draws(p, noted) : CS_OK;
}

static CsStatus
weigh_evenly(CsCoursePlanner *p)
{
  const size_t n = p->plan->n_units;
  p->weights     = CS_NEW_N(p->arena, double, n *n);
  CS_TRY_NEW(p->weights);
  for (size_t i = 0; i < n * n; i++)
    p->weights[i] = 1.0;
  return CS_OK;
}

/// A module whose words cannot be planned has no parts that can be made.
static CsStatus
give_up(CsCoursePlanner *p, CsCourseUnit *unit)
{
  const char *why = cs_arena_error(p->arena);
  why             = cs_arena_copy(p->arena, why, strlen(why));
  CS_TRY_NEW(why);
  cs_arena_clear_error(p->arena);
  CS_TRY(add_problem(
      p, unit->module->node, why, unit->module->name, &unit->problem));
  for (size_t i = 0; i < unit->module->n_parts; i++)
    unit->pieces[unit->n_pieces++] = (CsCoursePiece){
        .part = &unit->module->parts[i], .problem = unit->problem};
  return CS_OK;
}

/// Everything of a module but its draws.
static CsStatus
lay_unit(CsCoursePlanner *p, CsCourseUnit *unit, double natural_bpm)
{
  const CsCourseModule *module = unit->module;
  unit->pieces = CS_NEW_N(p->arena, CsCoursePiece, module->n_parts);
  CS_TRY_NEW(unit->pieces);
  if (module->words == NULL)
    return CS_OK;
  const CsStatus status = choose_tempo(p, natural_bpm, unit);
  if (status == CS_ERR_REQUEST)
    return give_up(p, unit);
  CS_TRY(status);
  for (size_t i = 0; i < module->n_parts; i++) {
    CsCoursePiece *piece = &unit->pieces[unit->n_pieces++];
    piece->part          = &module->parts[i];
    piece->problem       = piece->part->problem;
    if (piece->problem == NULL)
      CS_TRY(lay_piece(p, unit, piece));
  }
  return CS_OK;
}

static CsStatus
search_unit(CsCoursePlanner *p, size_t index)
{
  CsCourseUnit *unit = &p->plan->units[index];
  for (size_t i = 0; i < unit->n_pieces; i++)
    if (unit->pieces[i].problem == NULL)
      CS_TRY(begin_piece(p, unit, index, &unit->pieces[i]));
  collect_notes(unit);
  return cs_course_relate(p, index);
}

static CsStatus
search(CsCoursePlanner *p)
{
  CS_TRY(weigh_evenly(p));
  for (size_t i = 0; i < p->plan->n_units; i++)
    CS_TRY(search_unit(p, i));
  return relate_all(p);
}

// ---- Draws that are known ---------------------------------------------------

static void
hash_text(CsHash *hash, const char *text)
{
  cs_hash_add(hash, text, strlen(text) + 1);
}

/// What the search hangs on: every piece before its draws, and the ground.
static CsStatus
find_asked(CsCoursePlanner *p, const CsGround *ground)
{
  const CsCoursePlan *plan = p->plan;
  CsHash hash;
  char hex[65];
  cs_hash_begin(&hash);
  hash_text(&hash, ground->engine);
  hash_text(&hash, ground->presets);
  for (size_t u = 0; u < plan->n_units; u++) {
    hash_text(&hash, "module");
    for (size_t i = 0; i < plan->units[u].n_pieces; i++) {
      const CsCoursePiece *piece = &plan->units[u].pieces[i];
      hash_text(&hash, piece->problem != NULL ? "no part" : "part");
      if (piece->problem != NULL)
        continue;
      hash_text(&hash, cs_part_kind_names[piece->part->kind]);
      hash_text(&hash, piece->part->prompt);
      for (size_t k = 0; k < piece->n_options; k++) {
        hash_text(&hash, piece->options[k].name);
        hash_text(&hash, piece->options[k].value);
      }
    }
  }
  cs_hash_end(&hash, hex);
  p->plan->draws.asked = cs_arena_copy(p->arena, hex, strlen(hex));
  return p->plan->draws.asked != NULL ? CS_OK : CS_ERR_MEMORY;
}

static bool
is_known(const CsCoursePlanner *p, const CsCourseDraws *known)
{
  const CsCoursePlan *plan = p->plan;
  if (known == NULL || known->asked == NULL ||
      strcmp(known->asked, plan->draws.asked) != 0 ||
      known->n_units != plan->n_units)
    return false;
  for (size_t u = 0; u < plan->n_units; u++)
    if (known->units[u].rerolls.n != plan->units[u].n_pieces)
      return false;
  return true;
}

static CsStatus
recall_piece(CsCoursePlanner *p, const CsCourseUnit *unit, CsCoursePiece *piece,
    const char *text)
{
  CsRerolls rerolls = {{0}, 0};
  CS_TRY(cs_rerolls_parse(p->arena, text, &rerolls));
  return cs_course_draw(p, unit, piece, &rerolls);
}

static CsStatus
recall(CsCoursePlanner *p, const CsCourseDraws *known)
{
  for (size_t u = 0; u < p->plan->n_units; u++) {
    CsCourseUnit *unit = &p->plan->units[u];
    unit->n_draws      = known->units[u].n_further;
    for (size_t i = 0; i < unit->n_pieces; i++)
      if (unit->pieces[i].problem == NULL)
        CS_TRY(recall_piece(
            p, unit, &unit->pieces[i], known->units[u].rerolls.items[i]));
    collect_notes(unit);
  }
  return CS_OK;
}

static CsStatus
keep_draws(CsCoursePlanner *p)
{
  CsCoursePlan *plan = p->plan;
  plan->draws.units  = CS_NEW_N(p->arena, CsUnitDraws, plan->n_units);
  CS_TRY_NEW(plan->draws.units);
  for (size_t u = 0; u < plan->n_units; u++) {
    const CsCourseUnit *unit = &plan->units[u];
    CsUnitDraws *kept        = &plan->draws.units[plan->draws.n_units++];
    kept->n_further          = unit->n_draws;
    kept->rerolls.items      = CS_NEW_N(p->arena, const char *, unit->n_pieces);
    CS_TRY_NEW(kept->rerolls.items);
    for (size_t i = 0; i < unit->n_pieces; i++) {
      const char **text = &kept->rerolls.items[kept->rerolls.n++];
      CS_TRY(cs_rerolls_text(p->arena, &unit->pieces[i].rerolls, text));
      if ((*text)[0] == '\0')
        *text = "harmony=0";
    }
  }
  return CS_OK;
}

static CsStatus
measure_pairs(CsCoursePlanner *p)
{
  CsCoursePlan *plan = p->plan;
  const size_t n     = plan->n_units;
  plan->pairs        = CS_NEW_N(p->arena, CsCoursePair, n * (n - 1) / 2);
  CS_TRY_NEW(plan->pairs);
  for (size_t a = 0; a < n; a++)
    for (size_t b = a + 1; b < n; b++) {
      if (!has_notes(&plan->units[a]) || !has_notes(&plan->units[b]))
        continue;
      CsCoursePair *pair = &plan->pairs[plan->n_pairs++];
      *pair              = (CsCoursePair){.a = a, .b = b};
      CS_TRY(cs_relation_measure(p->arena, &plan->units[a].notes,
          &plan->units[b].notes, &pair->relation));
    }
  return CS_OK;
}

static CsStatus
take_problems(CsCoursePlanner *p)
{
  const CsStrings *given = &p->file->problems;
  CsStrings *own         = &p->plan->problems;
  void *items            = NULL;
  CS_TRY(cs_arena_grow(p->arena, &items, &p->problems_capacity, given->n + 1,
      sizeof *given->items));
  own->items = items;
  own->n     = given->n;
  if (given->n > 0)
    memcpy(own->items, given->items, given->n * sizeof *given->items);
  return CS_OK;
}

CsStatus
cs_course_plan(CsArena *arena, const CsEngine *engine, const CsCourseFile *file,
    const CsGround *ground, const CsCourseDraws *known, CsCourseGoesOn *goes_on,
    void *user, CsCoursePlan *plan)
{
  CsCoursePlanner p  = {.arena = arena,
       .engine                 = engine,
       .file                   = file,
       .goes_on                = goes_on,
       .user                   = user,
       .plan                   = plan};
  double natural_bpm = 0.0;
  *plan              = (CsCoursePlan){.file = file};
  plan->units        = CS_NEW_N(arena, CsCourseUnit, file->n_modules);
  CS_TRY_NEW(plan->units);
  CS_TRY(take_problems(&p));
  CS_TRY(at_defaults(&p, find_home(&p, &natural_bpm)));
  for (size_t i = 0; i < file->n_modules; i++) {
    CsCourseUnit *unit = &plan->units[plan->n_units++];
    unit->module       = &file->modules[i];
    CS_TRY(lay_unit(&p, unit, natural_bpm));
  }
  CS_TRY(find_asked(&p, ground));
  CS_TRY(is_known(&p, known) ? recall(&p, known) : search(&p));
  CS_TRY(keep_draws(&p));
  return measure_pairs(&p);
}

void
cs_course_plan_free(CsCoursePlan *plan)
{
  for (size_t i = 0; i < plan->n_units; i++)
    for (size_t k = 0; k < plan->units[i].n_pieces; k++) {
      cs_job_free(plan->units[i].pieces[k].job);
      plan->units[i].pieces[k].job = NULL;
    }
}
