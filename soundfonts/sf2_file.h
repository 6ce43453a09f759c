/// A SoundFont 2 file as its chunks: where its tables and samples lie. What it
/// says is read by sf2_read.c.
#ifndef CS_SOUNDFONTS_SF2_FILE_H
#define CS_SOUNDFONTS_SF2_FILE_H

#include "gen/base/arena.h"

#include <stdio.h>

/// The tables of the specification, in the order of the file.
typedef enum CsSf2Table {
  CS_SF2_PRESETS,          ///< phdr
  CS_SF2_PRESET_ZONES,     ///< pbag
  CS_SF2_PRESET_MODS,      ///< pmod
  CS_SF2_PRESET_GENS,      ///< pgen
  CS_SF2_INSTRUMENTS,      ///< inst
  CS_SF2_INSTRUMENT_ZONES, ///< ibag
  CS_SF2_INSTRUMENT_MODS,  ///< imod
  CS_SF2_INSTRUMENT_GENS,  ///< igen
  CS_SF2_SAMPLES,          ///< shdr
  CS_N_SF2_TABLES
} CsSf2Table;

typedef struct CsSf2Row {
  const char *name; ///< Of the chunk, four letters.
  uint32_t record_bytes;
  uint32_t n_least; ///< The last record of each table is an end mark.
} CsSf2Row;

extern const CsSf2Row cs_sf2_rows[CS_N_SF2_TABLES];

/// A stretch of the file, in bytes.
typedef struct CsSf2Part {
  int64_t start, end;
} CsSf2Part;

typedef struct CsSf2File {
  CsArena *arena; ///< For messages.
  const char *path;
  FILE *stream;
  int64_t n_bytes;
  CsSf2Part tables[CS_N_SF2_TABLES];
  CsSf2Part samples; ///< Empty where all samples are in a ROM.
} CsSf2File;

/// Open a font and find its parts. All of them lie within the file, and each
/// table is a whole number of records with its end mark.
///
/// @param path  Outlives the file.
/// @return CS_ERR_REQUEST in one sentence when the file is missing, cut short,
///         or no soundfont; nothing is open then.
CS_NODISCARD CsStatus cs_sf2_file_open(
    CsArena *arena, const char *path, CsSf2File *file);

/// The same from an open stream, which the file closes at the end.
///
/// @param name  What messages call it.
CS_NODISCARD CsStatus cs_sf2_file_take(
    CsArena *arena, const char *name, FILE *stream, CsSf2File *file);

/// @return false when the bytes are not there.
bool cs_sf2_file_read(
    const CsSf2File *file, int64_t at, void *bytes, size_t n_bytes);

void cs_sf2_file_close(CsSf2File *file);

/// Is the file a soundfont that can be opened? The same errors as above.
CS_NODISCARD CsStatus cs_sf2_check(CsArena *arena, const char *path);

#endif
