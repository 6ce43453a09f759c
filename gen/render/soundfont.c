#include "gen/render/render.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

// SoundFont 2.04 technical specification: a RIFF file of form "sfbk" that holds
// three LISTs, INFO, sdta and pdta; pdta holds nine tables of fixed records.
// SF3 is the same with Ogg Vorbis streams in sdta. Chunks are looked at here,
// before FluidSynth sees the file, so that a person reads what is wrong with
// it.

typedef struct Table {
  const char *name;
  uint32_t record_bytes;
  uint32_t n_least; ///< The last record of each table is an end mark.
} Table;

static const Table tables[] = {
    {"phdr", 38, 2},
    {"pbag", 4, 2},
    {"pmod", 10, 1},
    {"pgen", 4, 1},
    {"inst", 22, 2},
    {"ibag", 4, 2},
    {"imod", 10, 1},
    {"igen", 4, 1},
    {"shdr", 46, 2},
};

enum { N_TABLES = sizeof tables / sizeof *tables };

typedef struct Reader {
  CsArena *arena;
  const char *path;
  FILE *file;
  int64_t n_bytes; ///< Of the file.
} Reader;

typedef struct Chunk {
  char id[5];
  char form[5];  ///< Of a RIFF or LIST, else "".
  int64_t start; ///< Of its contents.
  int64_t end;
} Chunk;

static CsStatus
refuse(const Reader *r, const char *why)
{
  return cs_fail(r->arena, CS_ERR_REQUEST,
      "soundfont %s %s; give an SF2 or SF3 file", r->path, why);
}

static CsStatus
refuse_short(const Reader *r, const Chunk *chunk)
{
  return cs_fail(r->arena, CS_ERR_REQUEST,
      "soundfont %s is cut short: its %s part should reach byte %lld, but the "
      "file ends at %lld; copy or download it again",
      r->path, chunk->id, (long long)chunk->end, (long long)r->n_bytes);
}

static bool
read_at(const Reader *r, int64_t at, void *bytes, size_t n)
{
  return fseeko(r->file, (off_t)at, SEEK_SET) == 0 &&
         fread(bytes, 1, n, r->file) == n;
}

static uint32_t
u32(const unsigned char *b)
{
  return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
         (uint32_t)b[3] << 24;
}

/// The chunk that begins at a byte. @return CS_ERR_REQUEST when it reaches
/// beyond the file.
static CsStatus
read_chunk(const Reader *r, int64_t at, Chunk *chunk)
{
  unsigned char head[12] = {0};
  if (at + 8 > r->n_bytes || !read_at(r, at, head, 8))
    return refuse(r, "ends within a chunk header");
  *chunk = (Chunk){.start = at + 8, .end = at + 8 + (int64_t)u32(head + 4)};
  memcpy(chunk->id, head, 4);
  if (chunk->end > r->n_bytes)
    return refuse_short(r, chunk);
  const bool is_list =
      strcmp(chunk->id, "RIFF") == 0 || strcmp(chunk->id, "LIST") == 0;
  if (is_list && chunk->end - chunk->start >= 4 &&
      read_at(r, chunk->start, chunk->form, 4))
    chunk->start += 4;
  return CS_OK;
}

static int64_t
after(const Chunk *chunk)
{
  return chunk->end + ((chunk->end - chunk->start) & 1);
}

static CsStatus
check_tables(const Reader *r, const Chunk *pdta)
{
  int64_t at = pdta->start;
  for (size_t i = 0; i < N_TABLES; i++) {
    const Table *t = &tables[i];
    Chunk chunk    = {0};
    CS_TRY(read_chunk(r, at, &chunk));
    const int64_t n = chunk.end - chunk.start;
    if (strcmp(chunk.id, t->name) != 0 || chunk.end > pdta->end ||
        n % t->record_bytes != 0 || n < (int64_t)t->record_bytes * t->n_least)
      return cs_fail(r->arena, CS_ERR_REQUEST,
          "soundfont %s is damaged: its table %s is missing or has no whole "
          "number of entries; copy or download it again",
          r->path, t->name);
    at = after(&chunk);
  }
  return CS_OK;
}

static CsStatus
check_lists(const Reader *r, const Chunk *riff)
{
  bool has_samples = false, has_tables = false;
  int64_t at = riff->start;
  while (at + 8 <= riff->end) {
    Chunk chunk = {0};
    CS_TRY(read_chunk(r, at, &chunk));
    has_samples = has_samples || strcmp(chunk.form, "sdta") == 0;
    if (strcmp(chunk.form, "pdta") == 0) {
      has_tables = true;
      CS_TRY(check_tables(r, &chunk));
    }
    at = after(&chunk);
  }
  if (!has_samples)
    return refuse(r, "holds no samples (no sdta part)");
  if (!has_tables)
    return refuse(r, "holds no presets (no pdta part)");
  return CS_OK;
}

static CsStatus
check_file(Reader *r)
{
  struct stat info;
  if (fstat(fileno(r->file), &info) != 0)
    return refuse(r, "cannot be read");
  if (!S_ISREG(info.st_mode))
    return refuse(r, "is not a file");
  r->n_bytes             = (int64_t)info.st_size;
  unsigned char head[12] = {0};
  const bool has_head    = r->n_bytes >= 12 && read_at(r, 0, head, 12);
  if (!has_head || memcmp(head, "RIFF", 4) != 0 ||
      memcmp(head + 8, "sfbk", 4) != 0)
    return refuse(r, "is not a soundfont");
  Chunk riff = {0};
  CS_TRY(read_chunk(r, 0, &riff));
  return check_lists(r, &riff);
}

CsStatus
cs_soundfont_check(CsArena *arena, const char *path)
{
  Reader r = {.arena = arena, .path = path, .file = fopen(path, "rb")};
  if (r.file == NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "soundfont %s cannot be opened: %s; give an SF2 or SF3 file with "
        "--soundfont or install fluid-soundfont-gm",
        path, strerror(errno));
  const CsStatus status = check_file(&r);
  (void)fclose(r.file);
  return status;
}
