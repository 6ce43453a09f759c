#include "soundfonts/bank.h"

#include "soundfonts/mend.h"
#include "soundfonts/sf2_read.h"

#include <string.h>

/// Names in the catalogue.
static const char *const font_names[CS_N_SOURCES] = {
    [CS_SOURCE_FLUID]     = "FluidR3 GM",
    [CS_SOURCE_MUSESCORE] = "MuseScore General",
};

typedef struct Maker {
  CsArena *arena;
  const CsMeasuredFonts *measured;
  CsBank *bank;
  const CsKnownFont *known[CS_N_SOURCES];
  CsSf2 *fonts[CS_N_SOURCES]; ///< NULL where not installed.
} Maker;

static CsStatus
open_fonts(Maker *m, const CsCatalogue *catalogue)
{
  size_t n_open = 0;
  for (int s = 0; s < CS_N_SOURCES; s++)
    for (size_t i = 0; font_names[s] != NULL && i < catalogue->n_fonts; i++) {
      const CsKnownFont *known = &catalogue->fonts[i];
      const char *path         = strcmp(known->name, font_names[s]) == 0
                                     ? cs_catalogue_path(m->arena, known)
                                     : NULL;
      if (path == NULL)
        continue;
      CS_TRY(cs_sf2_open(m->arena, path, &m->fonts[s]));
      m->known[s] = known;
      n_open++;
    }
  return n_open > 0 ? CS_OK
                    : cs_fail(m->arena, CS_ERR_REQUEST,
                          "none of the fonts that the bank is made from is "
                          "installed; run: make setup");
}

static int
find_in(const Maker *m, int source, const CsBankPreset *row)
{
  return m->fonts[source] == NULL
             ? -1
             : cs_sf2_find(m->fonts[source], row->from_bank, row->from_program);
}

/// The source of a row, or another one that has the preset too. Mends are for
/// the row's own source; of another the preset is taken as it is.
static CsStatus
choose_source(Maker *m, CsBankPreset *row)
{
  const int wanted = row->source;
  if (find_in(m, wanted, row) >= 0)
    return CS_OK;
  for (int s = 0; s < CS_N_SOURCES; s++)
    if (find_in(m, s, row) >= 0) {
      const CsBankPreset bare                  = {.name = row->name,
                           .bank                        = row->bank,
                           .program                     = row->program,
                           .source                      = s,
                           .from_bank                   = row->from_bank,
                           .from_program                = row->from_program,
                           .why                         = row->why};
      *row                                     = bare;
      m->bank->warnings[m->bank->n_warnings++] = cs_arena_printf(m->arena,
          "\"%s\" is made from %s, for %s is not installed", row->name,
          cs_source_names[s], cs_source_names[wanted]);
      return CS_OK;
    }
  return cs_fail(m->arena, CS_ERR_REQUEST,
      "no installed font has bank %d program %d for \"%s\"", row->from_bank,
      row->from_program, row->name);
}

/// What brings the source to the level that FluidR3 has there.
static double
levelling_db(const Maker *m, const CsBankPreset *row)
{
  const CsMeasuredPreset *is = cs_measured_find(
      m->measured, row->source, row->from_bank, row->from_program);
  const CsMeasuredPreset *wanted =
      cs_measured_find(m->measured, CS_SOURCE_FLUID, row->bank, row->program);
  return is != NULL && wanted != NULL ? wanted->level_db - is->level_db : 0.0;
}

static CsStatus
make_sound(Maker *m, const CsBankPreset *wanted, CsSound *sound)
{
  CsBankPreset row = *wanted;
  CS_TRY(choose_source(m, &row));
  const int index = find_in(m, row.source, &row);
  CS_TRY(cs_sf2_read(m->fonts[row.source], (size_t)index, NULL, NULL, sound));
  m->bank->fonts[row.source] = m->known[row.source];
  return cs_mend_sound(m->arena, &row, levelling_db(m, &row), sound);
}

CsStatus
cs_bank_make(CsArena *arena, const CsRecipe *recipe,
    const CsMeasuredFonts *measured, const CsCatalogue *catalogue, CsBank *bank)
{
  Maker m = {.arena = arena, .measured = measured, .bank = bank};
  *bank   = (CsBank){.sounds = CS_NEW_N(arena, CsSound, recipe->n_presets),
        .warnings            = CS_NEW_N(arena, const char *, recipe->n_presets)};
  if (bank->sounds == NULL || bank->warnings == NULL)
    return CS_ERR_MEMORY;
  CsStatus status = open_fonts(&m, catalogue);
  for (size_t i = 0; status == CS_OK && i < recipe->n_presets; i++)
    status =
        make_sound(&m, &recipe->presets[i], &bank->sounds[bank->n_sounds++]);
  for (int s = 0; s < CS_N_SOURCES; s++)
    cs_sf2_close(m.fonts[s]);
  return status;
}
