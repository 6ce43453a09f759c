#include "soundfonts/bank.h"

#include "soundfonts/mend.h"
#include "soundfonts/sf2_read.h"

#include <string.h>

enum { KIT_BANK = 128 };

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
  CsHouse *house;
  CsSound *house_sounds; ///< Without zones before they are made.
  bool is_alone;         ///< No font is installed: the house plays all.
} Maker;

// The house alone is played that much softer, so that what FluidR3 has louder
// than its piano needs no samples of its own.
static const double alone_db = -9.0;

static CsStatus
open_fonts(Maker *m, const CsCatalogue *catalogue)
{
  m->is_alone = true;
  for (int s = 0; s < CS_N_SOURCES; s++)
    for (size_t i = 0; font_names[s] != NULL && i < catalogue->n_fonts; i++) {
      const CsKnownFont *known = &catalogue->fonts[i];
      const char *path         = strcmp(known->name, font_names[s]) == 0
                                     ? cs_catalogue_path(m->arena, catalogue, known)
                                     : NULL;
      if (path == NULL)
        continue;
      CS_TRY(cs_sf2_open(m->arena, path, &m->fonts[s]));
      m->known[s] = known;
      m->is_alone = false;
    }
  if (m->is_alone)
    m->bank->warnings[m->bank->n_warnings++] =
        "no font of the catalogue is installed, so that the house plays "
        "everything; run: make setup";
  return CS_OK;
}

/// The sound of the house that a row means, or that stands in for it.
static int
find_in_house(const Maker *m, const CsBankPreset *row)
{
  const size_t n = cs_house_n_sounds(m->house);
  for (size_t i = 0; i < n; i++)
    if (m->house_sounds[i].bank == row->from_bank &&
        m->house_sounds[i].program == row->from_program)
      return (int)i;
  const size_t i = cs_house_stand_in(
      m->house, row->from_bank == KIT_BANK ? KIT_BANK : 0, row->from_program);
  return i < n ? (int)i : -1;
}

static int
find_in(const Maker *m, int source, const CsBankPreset *row)
{
  if (source == CS_SOURCE_HOUSE)
    return find_in_house(m, row);
  return m->fonts[source] == NULL
             ? -1
             : cs_sf2_find(m->fonts[source], row->from_bank, row->from_program);
}

/// A row that takes what the source has as it is.
static CsBankPreset
bare_row(const CsBankPreset *row, int source)
{
  return (CsBankPreset){.name = row->name,
      .bank                   = row->bank,
      .program                = row->program,
      .source                 = source,
      .from_bank              = row->from_bank,
      .from_program           = row->from_program,
      .keys                   = {row->keys[0], row->keys[1]},
      .every                  = 1,
      .up_to_velocity         = 127,
      .why                    = row->why};
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
      const CsBankPreset bare = bare_row(row, s);
      *row                    = bare;
      if (!m->is_alone)
        m->bank->warnings[m->bank->n_warnings++] = cs_arena_printf(m->arena,
            "\"%s\" is made from %s, for %s is not installed", row->name,
            cs_source_names[s], cs_source_names[wanted]);
      return CS_OK;
    }
  return cs_fail(m->arena, CS_ERR_REQUEST,
      "no installed font has bank %d program %d for \"%s\"", row->from_bank,
      row->from_program, row->name);
}

/// What brings the source to the level that FluidR3 has there. A sound of the
/// house is as loud as the piano.
static double
levelling_db(const Maker *m, const CsBankPreset *row)
{
  const CsMeasuredPreset *is =
      row->source == CS_SOURCE_HOUSE
          ? cs_measured_find(m->measured, CS_SOURCE_FLUID, 0, 0)
          : cs_measured_find(m->measured, (CsBankSource)row->source,
                row->from_bank, row->from_program);
  const CsMeasuredPreset *wanted =
      cs_measured_find(m->measured, CS_SOURCE_FLUID, row->bank, row->program);
  return is != NULL && wanted != NULL ? wanted->level_db - is->level_db : 0.0;
}

/// A sound of the house, under its own name and number; made once.
static CsStatus
make_house_sound(Maker *m, size_t index, CsSound *sound)
{
  CsSound *made = &m->house_sounds[index];
  if (made->zones == NULL)
    CS_TRY(cs_house_make(m->arena, m->house, index, made));
  *sound       = *made;
  sound->zones = CS_NEW_N(m->arena, CsSoundZone, made->n_zones);
  CS_TRY_NEW(sound->zones);
  memcpy(sound->zones, made->zones, made->n_zones * sizeof *made->zones);
  return CS_OK;
}

/// A sound of the house in another's place.
static CsStatus
make_stand_in(Maker *m, const CsBankPreset *row, size_t index, CsSound *sound)
{
  CS_TRY(make_house_sound(m, index, sound));
  const bool is_kit = row->bank == KIT_BANK;
  sound->name       = row->name;
  sound->bank       = row->bank;
  sound->program    = row->program;
  return cs_mend_sound(m->arena, row,
      (is_kit ? 0.0 : levelling_db(m, row)) + (m->is_alone ? alone_db : 0.0),
      sound);
}

static bool
has_sound(const CsBank *bank, const CsSound *sound)
{
  for (size_t i = 0; i < bank->n_sounds; i++)
    if (bank->sounds[i].bank == sound->bank &&
        bank->sounds[i].program == sound->program)
      return true;
  return false;
}

/// A sound of the house under its own number, unless a row has made it. Where
/// fonts are installed the recipe says which of them the bank takes.
static CsStatus
make_own(Maker *m, size_t index)
{
  CsSound *sound          = &m->bank->sounds[m->bank->n_sounds];
  const CsSound *own      = &m->house_sounds[index];
  const CsBankPreset name = {.name = own->name,
      .bank                        = own->bank,
      .program                     = own->program,
      .keys                        = {0, 127}};
  const CsBankPreset row  = bare_row(&name, CS_SOURCE_HOUSE);
  if (has_sound(m->bank, own))
    return CS_OK;
  m->bank->sources[m->bank->n_sounds] = CS_SOURCE_HOUSE;
  CS_TRY(make_house_sound(m, index, sound));
  m->bank->n_sounds++;
  return cs_mend_sound(m->arena, &row, alone_db, sound);
}

static CsStatus
make_sound(Maker *m, const CsBankPreset *wanted)
{
  CsBankPreset row = *wanted;
  CsBank *bank     = m->bank;
  CS_TRY(choose_source(m, &row));
  const int index                 = find_in(m, row.source, &row);
  CsSound *sound                  = &bank->sounds[bank->n_sounds];
  bank->sources[bank->n_sounds++] = (CsBankSource)row.source;
  if (row.source == CS_SOURCE_HOUSE)
    return make_stand_in(m, &row, (size_t)index, sound);
  CS_TRY(cs_sf2_read(
      m->fonts[row.source], (size_t)index, cs_mend_wants, &row, sound));
  bank->fonts[row.source] = m->known[row.source];
  return cs_mend_sound(m->arena, &row, levelling_db(m, &row), sound);
}

static CsStatus
outline_house(Maker *m)
{
  const size_t n  = cs_house_n_sounds(m->house);
  m->house_sounds = CS_NEW_N(m->arena, CsSound, n);
  CS_TRY_NEW(m->house_sounds);
  for (size_t i = 0; i < n; i++)
    m->house_sounds[i] = cs_house_outline(m->house, i);
  return CS_OK;
}

CsStatus
cs_bank_make(CsArena *arena, const CsRecipe *recipe,
    const CsMeasuredFonts *measured, const CsCatalogue *catalogue,
    CsHouse *house, CsBank *bank)
{
  Maker m = {
      .arena = arena, .measured = measured, .bank = bank, .house = house};
  const size_t n_house = cs_house_n_sounds(house);
  *bank =
      (CsBank){.sounds = CS_NEW_N(arena, CsSound, recipe->n_presets + n_house),
          .sources = CS_NEW_N(arena, CsBankSource, recipe->n_presets + n_house),
          .warnings = CS_NEW_N(arena, const char *, recipe->n_presets + 1)};
  if (bank->sounds == NULL || bank->sources == NULL || bank->warnings == NULL)
    return CS_ERR_MEMORY;
  CS_TRY(outline_house(&m));
  CsStatus status = open_fonts(&m, catalogue);
  for (size_t i = 0; status == CS_OK && i < recipe->n_presets; i++)
    status = make_sound(&m, &recipe->presets[i]);
  for (size_t i = 0; status == CS_OK && m.is_alone && i < n_house; i++)
    status = make_own(&m, i);
  for (int s = 0; s < CS_N_SOURCES; s++)
    cs_sf2_close(m.fonts[s]);
  return status;
}
