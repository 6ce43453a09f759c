// Make our own bank from the fonts that are installed, and its papers beside
// it:
//
//     cuesmith-bank BANK.sf2
//
// The same fonts and recipe give the same bytes.

#include "gen/base/file.h"
#include "gen/base/hash.h"
#include "soundfonts/bank.h"
#include "soundfonts/bank_papers.h"
#include "soundfonts/sf2_write.h"

#include <stdio.h>

enum { END_BYTES = 1 << 20, MAX_NOTICE_BYTES = 60000 };

typedef struct Hashes {
  char whole[65], ends[65];
} Hashes;

static CsStatus
hash_file(CsArena *arena, const char *path, Hashes *hashes, size_t *n_bytes)
{
  const char *bytes = NULL;
  CsHash whole, ends;
  CS_TRY(cs_file_read(arena, path, UINT32_MAX, &bytes, n_bytes));
  const size_t n     = *n_bytes;
  const size_t n_end = n < END_BYTES ? n : END_BYTES;
  cs_hash_begin(&whole);
  cs_hash_add(&whole, bytes, n);
  cs_hash_end(&whole, hashes->whole);
  cs_hash_begin(&ends);
  cs_hash_add(&ends, bytes, n_end);
  cs_hash_add(&ends, bytes + n - n_end, n_end);
  cs_hash_end(&ends, hashes->ends);
  return CS_OK;
}

/// The presets of the bank that came from one source.
static CsStatus
presets_from(
    CsArena *arena, const CsBank *bank, CsBankSource source, CsStrings *presets)
{
  *presets = (CsStrings){CS_NEW_N(arena, const char *, bank->n_sounds + 1), 0};
  CS_TRY_NEW(presets->items);
  for (size_t i = 0; i < bank->n_sounds; i++) {
    const CsSound *s = &bank->sounds[i];
    if (bank->sources[i] != source)
      continue;
    const char *name = cs_bank_preset_name(arena, s->bank, s->program);
    CS_TRY_NEW(name);
    presets->items[presets->n++] = name;
  }
  return CS_OK;
}

static CsStatus
write_papers(CsArena *arena, const CsBank *bank, const char *path)
{
  CsBankOrigin origins[CS_N_SOURCES];
  CsBankPapers papers = {.origins = origins};
  Hashes hashes;
  size_t n_bytes = 0;
  for (int s = 0; s < CS_N_SOURCES; s++) {
    const CsKnownFont *font = bank->fonts[s];
    if (font == NULL)
      continue;
    CsBankOrigin *origin = &origins[papers.n_origins++];
    *origin              = (CsBankOrigin){.name = font->name,
                     .sha256                    = font->sha256,
                     .licence                   = font->licence,
                     .holder                    = font->holder};
    CS_TRY(presets_from(arena, bank, (CsBankSource)s, &origin->presets));
  }
  CS_TRY(presets_from(arena, bank, CS_SOURCE_HOUSE, &papers.synthesised));
  CS_TRY(hash_file(arena, path, &hashes, &n_bytes));
  papers.n_bytes     = (double)n_bytes;
  papers.sha256      = hashes.whole;
  papers.ends_sha256 = hashes.ends;
  (void)printf("%s: %zu presets, %.1f MB, sha256 %s\n", path, bank->n_sounds,
      papers.n_bytes / 1e6, papers.sha256);
  return cs_bank_papers_write(arena, path, &papers);
}

static const char *
holders(CsArena *arena, const CsBank *bank)
{
  const char *text = "";
  for (int s = 0; s < CS_N_SOURCES && text != NULL; s++)
    if (bank->fonts[s] != NULL)
      text = cs_arena_printf(arena, "%s%sCopyright (c) %s", text,
          text[0] != '\0' ? "; " : "", bank->fonts[s]->holder);
  return text;
}

static CsStatus
make(CsArena *arena, const char *path)
{
  const char *folder = NULL, *sounds = NULL, *licences = NULL;
  const char *notice        = NULL;
  size_t n_notice           = 0;
  CsRecipe *recipe          = NULL;
  CsMeasuredFonts *measured = NULL;
  CsCatalogue *catalogue    = NULL;
  CsHouse *house            = NULL;
  CsBank bank;
  CS_TRY(cs_data_folder(arena, NULL, &folder));
  sounds   = cs_arena_printf(arena, "%s/soundfonts", folder);
  licences = cs_arena_printf(arena, "%s/soundfonts/LICENSES", folder);
  if (sounds == NULL || licences == NULL)
    return CS_ERR_MEMORY;
  CS_TRY(cs_file_read(arena, licences, MAX_NOTICE_BYTES, &notice, &n_notice));
  CS_TRY(cs_catalogue_load(arena, sounds, &catalogue));
  CS_TRY(cs_recipe_load(arena, sounds, &recipe));
  CS_TRY(cs_measured_load(arena, sounds, &measured));
  CS_TRY(cs_house_load(arena, sounds, &house));
  CS_TRY(cs_bank_make(arena, recipe, measured, catalogue, house, &bank));
  for (size_t i = 0; i < bank.n_warnings; i++)
    (void)fprintf(stderr, "cuesmith-bank: warning: %s\n", bank.warnings[i]);
  const CsSf2Info info = {"cuesmith bank", holders(arena, &bank), notice};
  CS_TRY_NEW(info.copyright);
  CS_TRY(cs_sf2_write(arena, path, &info, bank.sounds, bank.n_sounds));
  return write_papers(arena, &bank, path);
}

int
main(int argc, char **argv)
{
  if (argc != 2) {
    (void)fprintf(stderr, "usage: cuesmith-bank BANK.sf2\n");
    return CS_ERR_REQUEST;
  }
  CsArena *arena        = cs_arena_new(NULL);
  const CsStatus status = arena != NULL ? make(arena, argv[1]) : CS_ERR_MEMORY;
  if (status != CS_OK)
    (void)fprintf(stderr, "cuesmith-bank: %s\n",
        arena != NULL ? cs_arena_error(arena) : "not enough memory");
  cs_arena_free(arena);
  return (int)status;
}
