#include "gen/balance.h"

#include "gen/base/mathx.h"
#include "gen/level_cache.h"
#include "gen/levels.h"
#include "soundfonts/measured.h"
#include "soundfonts/sf2_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KIT_BANK = 128, GM_FAMILY = 8, NONE = -1 };

/// A font farther off than this is no font for music.
static const double most_gain_db = 24.0;

typedef struct Balance {
  CsJob *job;
  CsArena *scratch; ///< Goes when the choice is made.
  CsSf2 *presets;
  CsMeasuredFonts *measured;
  int source; ///< CsBankSource of a font that was measured, or NONE.
  CsLevelCache cache;
  bool has_news; ///< For the cache.
} Balance;

// ---- Presets ----------------------------------------------------------------

static int
nearest_in_family(const CsSf2 *presets, int program)
{
  size_t n                = 0;
  const CsSf2Preset *list = cs_sf2_presets(presets, &n);
  int best                = NONE;
  for (size_t i = 0; i < n; i++) {
    const bool is_kin =
        list[i].bank == 0 && list[i].program / GM_FAMILY == program / GM_FAMILY;
    if (is_kin && (best == NONE || abs(list[i].program - program) <
                                       abs(list[best].program - program)))
      best = (int)i;
  }
  return best;
}

static int
first_of_kind(const CsSf2 *presets, bool is_kit)
{
  size_t n                = 0;
  const CsSf2Preset *list = cs_sf2_presets(presets, &n);
  for (size_t i = 0; i < n; i++)
    if ((list[i].bank == KIT_BANK) == is_kit)
      return (int)i;
  return NONE;
}

/// The preset itself, its program of bank 0, its nearest kin there, the piano
/// or the first kit, any at all.
static int
find_nearest(const CsSf2 *presets, int bank, int program)
{
  const bool is_kit = bank == KIT_BANK;
  int i             = cs_sf2_find(presets, bank, program);
  if (i == NONE && !is_kit)
    i = cs_sf2_find(presets, 0, program);
  if (i == NONE && !is_kit)
    i = nearest_in_family(presets, program);
  if (i == NONE)
    i = cs_sf2_find(presets, is_kit ? KIT_BANK : 0, 0);
  return i != NONE ? i : first_of_kind(presets, is_kit);
}

static CsStatus
warn(Balance *b, const CsTrack *track, const CsSf2Preset *instead)
{
  CsJob *job       = b->job;
  void *warnings   = job->font_warnings;
  const char *text = cs_arena_printf(job->arena,
      "the soundfont %s has no %s (bank %d, program %d); %s%s%s plays instead",
      job->font.name, track->instrument, track->bank, track->program,
      instead != NULL ? "its \"" : "", instead != NULL ? instead->name : "none",
      instead != NULL ? "\"" : "");
  CS_TRY_NEW(text);
  for (size_t i = 0; i < job->n_font_warnings; i++)
    if (strcmp(job->font_warnings[i].message, text) == 0)
      return CS_OK;
  CS_TRY(cs_arena_grow(job->arena, &warnings, &job->font_warnings_capacity,
      job->n_font_warnings + 1, sizeof *job->font_warnings));
  job->font_warnings = warnings;
  job->font_warnings[job->n_font_warnings++] =
      (CsWarning){"soundfont_lacks", text};
  return CS_OK;
}

// ---- Levels -----------------------------------------------------------------

static int
source_of(const CsFont *font)
{
  static const char *const names[CS_N_SOURCES] = {
      [CS_SOURCE_FLUID]     = "FluidR3 GM",
      [CS_SOURCE_MUSESCORE] = "MuseScore General",
  };
  for (int s = 0; s < CS_N_SOURCES; s++)
    if (names[s] != NULL && strcmp(names[s], font->name) == 0)
      return s;
  return NONE;
}

/// Where a track's level is at home: what FluidR3 has there. The house, which
/// FluidR3 lacks, is as loud as its piano.
static const CsMeasuredPreset *
home_level(const Balance *b, int bank, int program)
{
  const CsMeasuredPreset *home =
      cs_measured_find(b->measured, CS_SOURCE_FLUID, bank, program);
  return home != NULL ? home
                      : cs_measured_find(b->measured, CS_SOURCE_FLUID,
                            bank == KIT_BANK ? KIT_BANK : 0, 0);
}

static CsStatus
load_measured(Balance *b)
{
  const char *folder =
      cs_arena_printf(b->scratch, "%s/soundfonts", b->job->engine->data_folder);
  CS_TRY_NEW(folder);
  return b->measured != NULL
             ? CS_OK
             : cs_measured_load(b->scratch, folder, &b->measured);
}

static CsStatus
measure(Balance *b, const CsInstrument *in, const CsTrackSound *sound,
    double *level_db)
{
  int keys[CS_LEVEL_KEYS];
  if (cs_level_cache_find(&b->cache, sound->bank, sound->program, level_db))
    return CS_OK;
  cs_level_keys(in, keys);
  CS_TRY(cs_level_measure(
      b->scratch, b->presets, sound->bank, sound->program, keys, level_db));
  *level_db   = floor(*level_db * 10.0 + 0.5) / 10.0; // as the cache keeps it
  b->has_news = true;
  return cs_level_cache_add(b->scratch, &b->cache,
      (CsCachedLevel){sound->bank, sound->program, *level_db});
}

static CsStatus
find_gain(Balance *b, const CsTrack *track, CsTrackSound *sound)
{
  CS_TRY(load_measured(b));
  const CsMeasuredPreset *home = home_level(b, track->bank, track->program);
  const CsMeasuredPreset *known =
      b->source != NONE ? cs_measured_find(b->measured, (CsBankSource)b->source,
                              sound->bank, sound->program)
                        : NULL;
  const CsInstrument *in =
      cs_find_instrument(cs_job_presets(b->job), track->instrument);
  double level_db = CS_SILENCE_DB;
  if (home == NULL)
    return CS_OK;
  if (known != NULL)
    level_db = known->level_db;
  else if (in != NULL)
    CS_TRY(measure(b, in, sound, &level_db));
  if (level_db > CS_SILENCE_DB)
    sound->gain_db =
        cs_clamp(home->level_db - level_db, -most_gain_db, most_gain_db);
  return CS_OK;
}

static CsStatus
choose_sound(Balance *b, const CsTrack *track, CsTrackSound *sound)
{
  size_t n                = 0;
  const CsSf2Preset *list = cs_sf2_presets(b->presets, &n);
  const int index = find_nearest(b->presets, track->bank, track->program);
  *sound          = (CsTrackSound){.bank = track->bank, track->program, 0.0};
  if (index == NONE)
    return warn(b, track, NULL);
  sound->bank    = list[index].bank;
  sound->program = list[index].program;
  const bool is_there =
      sound->bank == track->bank && sound->program == track->program;
  if (!is_there)
    CS_TRY(warn(b, track, &list[index]));
  return b->job->font.is_made && is_there ? CS_OK : find_gain(b, track, sound);
}

static CsStatus
balance(Balance *b, CsTrackSound *sounds)
{
  const CsJob *job       = b->job;
  const CsPerformance *p = job->performance;
  CS_TRY(cs_sf2_open(b->scratch, job->font.path, &b->presets));
  CS_TRY(cs_level_cache_read(
      b->scratch, job->cache_folder, job->font.sha256, &b->cache));
  for (size_t i = 0; i < p->n_tracks; i++)
    CS_TRY(choose_sound(b, p->tracks[i].track, &sounds[i]));
  return b->has_news
             ? cs_level_cache_write(b->scratch, job->cache_folder, &b->cache)
             : CS_OK;
}

/// The reason goes from the scratch arena to the job's.
static void
say_why(const Balance *b, CsStatus status)
{
  const char *why = b->scratch != NULL ? cs_arena_error(b->scratch) : "";
  (void)cs_fail(b->job->arena, status, "%s",
      why[0] != '\0' ? why : "not enough memory to look at the soundfont");
}

CsStatus
cs_balance_font(CsJob *job)
{
  Balance b = {.job = job, .source = source_of(&job->font)};
  job->sounds =
      CS_NEW_N(job->arena, CsTrackSound, job->performance->n_tracks + 1);
  b.scratch             = cs_arena_new(NULL);
  job->n_font_warnings  = 0;
  const CsStatus status = job->sounds != NULL && b.scratch != NULL
                              ? balance(&b, job->sounds)
                              : CS_ERR_MEMORY;
  if (status != CS_OK)
    say_why(&b, status);
  cs_sf2_close(b.presets);
  cs_arena_free(b.scratch);
  return status;
}
