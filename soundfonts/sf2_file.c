#include "soundfonts/sf2_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

// SoundFont 2.04 technical specification: a RIFF file of form "sfbk" that holds
// three LISTs, INFO, sdta and pdta; pdta holds nine tables of fixed records.
// SF3 is the same with Ogg Vorbis streams in sdta. Chunks are looked at here,
// before FluidSynth sees the file, so that a person reads what is wrong with
// it.

const CsSf2Row cs_sf2_rows[CS_N_SF2_TABLES] = {
    [CS_SF2_PRESETS]          = {"phdr", 38, 2},
    [CS_SF2_PRESET_ZONES]     = {"pbag", 4, 2},
    [CS_SF2_PRESET_MODS]      = {"pmod", 10, 1},
    [CS_SF2_PRESET_GENS]      = {"pgen", 4, 1},
    [CS_SF2_INSTRUMENTS]      = {"inst", 22, 2},
    [CS_SF2_INSTRUMENT_ZONES] = {"ibag", 4, 2},
    [CS_SF2_INSTRUMENT_MODS]  = {"imod", 10, 1},
    [CS_SF2_INSTRUMENT_GENS]  = {"igen", 4, 1},
    [CS_SF2_SAMPLES]          = {"shdr", 46, 2},
};

typedef struct Chunk {
  char id[5];
  char form[5];  ///< Of a RIFF or LIST, else "".
  int64_t start; ///< Of its contents.
  int64_t end;
} Chunk;

static CsStatus
refuse(const CsSf2File *f, const char *why)
{
  return cs_fail(f->arena, CS_ERR_REQUEST,
      "soundfont %s %s; give an SF2 or SF3 file", f->path, why);
}

static CsStatus
refuse_short(const CsSf2File *f, const Chunk *chunk)
{
  return cs_fail(f->arena, CS_ERR_REQUEST,
      "soundfont %s is cut short: its %s part should reach byte %lld, but the "
      "file ends at %lld; copy or download it again",
      f->path, chunk->id, (long long)chunk->end, (long long)f->n_bytes);
}

bool
cs_sf2_file_read(const CsSf2File *f, int64_t at, void *bytes, size_t n_bytes)
{
  return fseeko(f->stream, (off_t)at, SEEK_SET) == 0 &&
         fread(bytes, 1, n_bytes, f->stream) == n_bytes;
}

static uint32_t
u32(const unsigned char *b)
{
  return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
         (uint32_t)b[3] << 24;
}

/// Names of chunks are shown to a person: four letters, whatever the file says.
static void
take_id(const unsigned char *bytes, char *id)
{
  for (int i = 0; i < 4; i++)
    id[i] = bytes[i] >= ' ' && bytes[i] <= '~' ? (char)bytes[i] : '?';
  id[4] = '\0';
}

/// The chunk that begins at a byte. @return CS_ERR_REQUEST when it reaches
/// beyond the file.
static CsStatus
read_chunk(const CsSf2File *f, int64_t at, Chunk *chunk)
{
  unsigned char head[8], form[4];
  if (at + 8 > f->n_bytes || !cs_sf2_file_read(f, at, head, sizeof head))
    return refuse(f, "ends within a chunk header");
  *chunk = (Chunk){.start = at + 8, .end = at + 8 + (int64_t)u32(head + 4)};
  take_id(head, chunk->id);
  if (chunk->end > f->n_bytes)
    return refuse_short(f, chunk);
  const bool is_list =
      strcmp(chunk->id, "RIFF") == 0 || strcmp(chunk->id, "LIST") == 0;
  if (is_list && chunk->end - chunk->start >= 4 &&
      cs_sf2_file_read(f, chunk->start, form, sizeof form)) {
    take_id(form, chunk->form);
    chunk->start += 4;
  }
  return CS_OK;
}

static int64_t
after(const Chunk *chunk)
{
  return chunk->end + ((chunk->end - chunk->start) & 1);
}

static CsStatus
find_tables(CsSf2File *f, const Chunk *pdta)
{
  int64_t at = pdta->start;
  for (size_t i = 0; i < CS_N_SF2_TABLES; i++) {
    const CsSf2Row *row = &cs_sf2_rows[i];
    Chunk chunk         = {0};
    CS_TRY(read_chunk(f, at, &chunk));
    const int64_t n = chunk.end - chunk.start;
    if (strcmp(chunk.id, row->name) != 0 || chunk.end > pdta->end ||
        n % row->record_bytes != 0 ||
        n < (int64_t)row->record_bytes * row->n_least)
      return cs_fail(f->arena, CS_ERR_REQUEST,
          "soundfont %s is damaged: its table %s is missing or has no whole "
          "number of entries; copy or download it again",
          f->path, row->name);
    f->tables[i] = (CsSf2Part){chunk.start, chunk.end};
    at           = after(&chunk);
  }
  return CS_OK;
}

static CsStatus
find_samples(CsSf2File *f, const Chunk *sdta)
{
  for (int64_t at = sdta->start; at + 8 <= sdta->end;) {
    Chunk chunk = {0};
    CS_TRY(read_chunk(f, at, &chunk));
    if (strcmp(chunk.id, "smpl") == 0)
      f->samples = (CsSf2Part){chunk.start, chunk.end};
    at = after(&chunk);
  }
  return CS_OK;
}

static CsStatus
find_lists(CsSf2File *f, const Chunk *riff)
{
  bool has_samples = false, has_tables = false;
  int64_t at = riff->start;
  while (at + 8 <= riff->end) {
    Chunk chunk = {0};
    CS_TRY(read_chunk(f, at, &chunk));
    if (strcmp(chunk.form, "sdta") == 0) {
      has_samples = true;
      CS_TRY(find_samples(f, &chunk));
    }
    if (strcmp(chunk.form, "pdta") == 0) {
      has_tables = true;
      CS_TRY(find_tables(f, &chunk));
    }
    at = after(&chunk);
  }
  if (!has_samples)
    return refuse(f, "holds no samples (no sdta part)");
  if (!has_tables)
    return refuse(f, "holds no presets (no pdta part)");
  return CS_OK;
}

static CsStatus
find_parts(CsSf2File *f)
{
  unsigned char head[12] = {0};
  if (fseeko(f->stream, 0, SEEK_END) != 0)
    return refuse(f, "cannot be read");
  f->n_bytes          = (int64_t)ftello(f->stream);
  const bool has_head = f->n_bytes >= (int64_t)sizeof head &&
                        cs_sf2_file_read(f, 0, head, sizeof head);
  if (!has_head || memcmp(head, "RIFF", 4) != 0 ||
      memcmp(head + 8, "sfbk", 4) != 0)
    return refuse(f, "is not a soundfont");
  Chunk riff = {0};
  CS_TRY(read_chunk(f, 0, &riff));
  return find_lists(f, &riff);
}

CsStatus
cs_sf2_file_take(
    CsArena *arena, const char *name, FILE *stream, CsSf2File *file)
{
  *file = (CsSf2File){.arena = arena, .path = name, .stream = stream};
  const CsStatus status = find_parts(file);
  if (status != CS_OK)
    cs_sf2_file_close(file);
  return status;
}

CsStatus
cs_sf2_file_open(CsArena *arena, const char *path, CsSf2File *file)
{
  struct stat info;
  *file        = (CsSf2File){.arena = arena, .path = path};
  FILE *stream = fopen(path, "rb");
  if (stream == NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "soundfont %s cannot be opened: %s; give an SF2 or SF3 file with "
        "--soundfont or install fluid-soundfont-gm",
        path, strerror(errno));
  if (fstat(fileno(stream), &info) != 0 || !S_ISREG(info.st_mode)) {
    (void)fclose(stream);
    return refuse(file, "is not a file");
  }
  return cs_sf2_file_take(arena, path, stream, file);
}

void
cs_sf2_file_close(CsSf2File *file)
{
  if (file->stream != NULL)
    (void)fclose(file->stream);
  file->stream = NULL;
}

CsStatus
cs_sf2_check(CsArena *arena, const char *path)
{
  CsSf2File file;
  CS_TRY(cs_sf2_file_open(arena, path, &file));
  cs_sf2_file_close(&file);
  return CS_OK;
}
