#include "soundfonts/sf2_write.h"

#include "soundfonts/generators.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// SoundFont 2.04 technical specification, sections 5 to 7.

enum {
  PAUSE_FRAMES = 46, ///< Zeros after every sample (7.10).
  MAX_INDEX    = 65535,
  MONO_SAMPLE  = 1,
  NAME_BYTES   = 20,
};

/// A stretch of samples that zones share.
typedef struct Recording {
  const int16_t *samples;
  size_t n_frames;
  uint32_t start; ///< Frame in the file.
} Recording;

/// A record of the table shdr.
typedef struct Header {
  const CsSoundZone *zone; ///< The first that uses it.
  const Recording *recording;
} Header;

/// A table under construction.
typedef struct Table {
  unsigned char *bytes;
  size_t n_bytes, capacity;
} Table;

enum { PHDR, PBAG, PMOD, PGEN, INST, IBAG, IMOD, IGEN, SHDR, N_TABLES };

static const char table_ids[N_TABLES][5] = {
    "phdr", "pbag", "pmod", "pgen", "inst", "ibag", "imod", "igen", "shdr"};
static const size_t record_bytes[N_TABLES] = {38, 4, 10, 4, 22, 4, 10, 4, 46};

typedef struct Bank {
  CsArena *arena;
  const CsSound **sounds; ///< By bank, then program.
  size_t n_sounds;
  Recording *recordings;
  size_t n_recordings;
  Header *headers;
  size_t n_headers;
  uint32_t n_frames; ///< With the pauses.
  Table tables[N_TABLES];
  Table info;
} Bank;

// ---- Bytes ------------------------------------------------------------------

static CsStatus
put(Bank *b, Table *t, const void *bytes, size_t n)
{
  void *room = t->bytes;
  CS_TRY(cs_arena_grow(b->arena, &room, &t->capacity, t->n_bytes + n, 1));
  t->bytes = room;
  if (n > 0)
    memcpy(t->bytes + t->n_bytes, bytes, n);
  t->n_bytes += n;
  return CS_OK;
}

static void
set_16(unsigned char *b, unsigned x)
{
  b[0] = (unsigned char)(x & 0xff);
  b[1] = (unsigned char)(x >> 8 & 0xff);
}

static void
set_32(unsigned char *b, uint32_t x)
{
  set_16(b, x & 0xffff);
  set_16(b + 2, x >> 16);
}

static void
set_name(unsigned char *b, const char *name)
{
  memset(b, 0, NAME_BYTES);
  memcpy(b, name, strnlen(name, NAME_BYTES));
}

static size_t
n_records(const Bank *b, int table)
{
  return b->tables[table].n_bytes / record_bytes[table];
}

static CsStatus
put_bag(Bank *b, int bags, int gens, int mods)
{
  unsigned char bytes[4];
  if (n_records(b, gens) > MAX_INDEX || n_records(b, mods) > MAX_INDEX ||
      n_records(b, bags) > MAX_INDEX)
    return cs_fail(b->arena, CS_ERR_REQUEST,
        "the bank has more zones, generators or modulators than a soundfont "
        "can count (%d); take fewer presets",
        MAX_INDEX);
  set_16(bytes, (unsigned)n_records(b, gens));
  set_16(bytes + 2, (unsigned)n_records(b, mods));
  return put(b, &b->tables[bags], bytes, sizeof bytes);
}

static CsStatus
put_generator(Bank *b, int table, int number, int amount)
{
  unsigned char bytes[4];
  set_16(bytes, (unsigned)number);
  set_16(bytes + 2, (unsigned)amount & 0xffffu);
  return put(b, &b->tables[table], bytes, sizeof bytes);
}

static CsStatus
put_range(Bank *b, int number, int low, int high)
{
  return put_generator(b, IGEN, number, low | high << 8);
}

static CsStatus
put_modulator(Bank *b, const CsModulator *m)
{
  unsigned char bytes[10];
  set_16(bytes, m->source);
  set_16(bytes + 2, m->destination);
  set_16(bytes + 4, (unsigned)m->amount & 0xffffu);
  set_16(bytes + 6, m->amount_source);
  set_16(bytes + 8, m->transform);
  return put(b, &b->tables[IMOD], bytes, sizeof bytes);
}

// ---- Recordings -------------------------------------------------------------

static const Recording *
take_recording(Bank *b, const CsSoundZone *z)
{
  for (size_t i = 0; i < b->n_recordings; i++)
    if (b->recordings[i].samples == z->samples &&
        b->recordings[i].n_frames == z->n_frames)
      return &b->recordings[i];
  Recording *r = &b->recordings[b->n_recordings++];
  *r           = (Recording){z->samples, z->n_frames, b->n_frames};
  b->n_frames += (uint32_t)z->n_frames + PAUSE_FRAMES;
  return r;
}

static bool
fits_header(const Header *h, const CsSoundZone *z)
{
  const CsSoundZone *o = h->zone;
  const bool same_loop = z->loop_end == 0 || (o->loop_start == z->loop_start &&
                                                 o->loop_end == z->loop_end);
  return o->samples == z->samples && o->n_frames == z->n_frames && same_loop &&
         o->sample_rate == z->sample_rate &&
         o->correction_cents == z->correction_cents;
}

static size_t
take_header(Bank *b, const CsSoundZone *z)
{
  for (size_t i = 0; i < b->n_headers; i++)
    if (fits_header(&b->headers[i], z))
      return i;
  b->headers[b->n_headers] = (Header){z, take_recording(b, z)};
  return b->n_headers++;
}

static CsStatus
put_header(Bank *b, const Header *h)
{
  const CsSoundZone *z    = h->zone;
  const uint32_t start    = h->recording->start;
  unsigned char bytes[46] = {0};
  set_name(bytes, z->sample_name);
  set_32(bytes + 20, start);
  set_32(bytes + 24, start + (uint32_t)z->n_frames);
  set_32(bytes + 28, start + (uint32_t)z->loop_start);
  set_32(bytes + 32, start + (uint32_t)z->loop_end);
  set_32(bytes + 36, (uint32_t)z->sample_rate);
  bytes[40] = (unsigned char)z->root_key;
  bytes[41] = (unsigned char)(z->correction_cents & 0xff);
  set_16(bytes + 44, MONO_SAMPLE);
  return put(b, &b->tables[SHDR], bytes, sizeof bytes);
}

// ---- Zones ------------------------------------------------------------------

static const CsGenerator *
generator_of(const CsSoundZone *z, int number)
{
  for (size_t i = 0; i < z->n_generators; i++)
    if (z->generators[i].number == number)
      return &z->generators[i];
  return NULL;
}

/// Do all zones of a sound say this?
static bool
is_common_generator(const CsSound *sound, const CsGenerator *g)
{
  for (size_t i = 0; i < sound->n_zones; i++) {
    const CsGenerator *o = generator_of(&sound->zones[i], g->number);
    if (o == NULL || o->amount != g->amount)
      return false;
  }
  return true;
}

static bool
has_modulator(const CsSoundZone *z, const CsModulator *m)
{
  for (size_t i = 0; i < z->n_modulators; i++)
    if (memcmp(&z->modulators[i], m, sizeof *m) == 0)
      return true;
  return false;
}

static bool
is_common_modulator(const CsSound *sound, const CsModulator *m)
{
  for (size_t i = 0; i < sound->n_zones; i++)
    if (!has_modulator(&sound->zones[i], m))
      return false;
  return true;
}

/// What the zones of a sound share, or what is a zone's own.
static CsStatus
put_lists(Bank *b, const CsSound *sound, const CsSoundZone *z, bool is_common)
{
  for (int number = 0; number < CS_N_GENERATORS; number++) {
    const CsGenerator *g = generator_of(z, number);
    if (g != NULL && is_common_generator(sound, g) == is_common)
      CS_TRY(put_generator(b, IGEN, number, g->amount));
  }
  for (size_t i = 0; i < z->n_modulators; i++)
    if (is_common_modulator(sound, &z->modulators[i]) == is_common)
      CS_TRY(put_modulator(b, &z->modulators[i]));
  return CS_OK;
}

static CsStatus
put_zone(Bank *b, const CsSound *sound, const CsSoundZone *z)
{
  const size_t header = take_header(b, z);
  const bool loops    = z->loop_end > z->loop_start;
  CS_TRY(put_bag(b, IBAG, IGEN, IMOD));
  CS_TRY(put_range(b, CS_GEN_KEY_RANGE, z->low_key, z->high_key));
  if (z->low_velocity > 1 || z->high_velocity < 127)
    CS_TRY(put_range(b, CS_GEN_VELOCITY_RANGE,
        z->low_velocity > 1 ? z->low_velocity : 0, z->high_velocity));
  CS_TRY(put_lists(b, sound, z, false));
  if (loops)
    CS_TRY(put_generator(
        b, IGEN, CS_GEN_SAMPLE_MODES, z->loops_until_release ? 3 : 1));
  if (z->root_key != b->headers[header].zone->root_key)
    CS_TRY(put_generator(b, IGEN, CS_GEN_ROOT_KEY, z->root_key));
  return put_generator(b, IGEN, CS_GEN_SAMPLE, (int)header);
}

static CsStatus
put_preset_head(Bank *b, const char *name, int bank, int program)
{
  unsigned char bytes[38] = {0};
  set_name(bytes, name);
  set_16(bytes + 20, (unsigned)program);
  set_16(bytes + 22, (unsigned)bank);
  set_16(bytes + 24, (unsigned)n_records(b, PBAG));
  return put(b, &b->tables[PHDR], bytes, sizeof bytes);
}

static CsStatus
put_instrument_head(Bank *b, const char *name)
{
  unsigned char bytes[22] = {0};
  set_name(bytes, name);
  set_16(bytes + 20, (unsigned)n_records(b, IBAG));
  return put(b, &b->tables[INST], bytes, sizeof bytes);
}

static CsStatus
put_sound(Bank *b, const CsSound *sound)
{
  const size_t instrument = n_records(b, INST);
  CS_TRY(put_preset_head(b, sound->name, sound->bank, sound->program));
  CS_TRY(put_bag(b, PBAG, PGEN, PMOD));
  CS_TRY(put_generator(b, PGEN, CS_GEN_INSTRUMENT, (int)instrument));
  CS_TRY(put_instrument_head(b, sound->name));
  if (sound->n_zones > 0) {
    CS_TRY(put_bag(b, IBAG, IGEN, IMOD));
    CS_TRY(put_lists(b, sound, &sound->zones[0], true));
  }
  for (size_t i = 0; i < sound->n_zones; i++)
    CS_TRY(put_zone(b, sound, &sound->zones[i]));
  return CS_OK;
}

/// The last record of each table marks where the one before it ends.
static CsStatus
put_end_marks(Bank *b)
{
  static const unsigned char zeros[46] = {0};
  unsigned char name[46]               = {0};
  CS_TRY(put_preset_head(b, "EOP", 0, 0));
  CS_TRY(put_bag(b, PBAG, PGEN, PMOD));
  CS_TRY(put(b, &b->tables[PGEN], zeros, record_bytes[PGEN]));
  CS_TRY(put(b, &b->tables[PMOD], zeros, record_bytes[PMOD]));
  CS_TRY(put_instrument_head(b, "EOI"));
  CS_TRY(put_bag(b, IBAG, IGEN, IMOD));
  CS_TRY(put(b, &b->tables[IGEN], zeros, record_bytes[IGEN]));
  CS_TRY(put(b, &b->tables[IMOD], zeros, record_bytes[IMOD]));
  set_name(name, "EOS");
  return put(b, &b->tables[SHDR], name, sizeof name);
}

// ---- The file ---------------------------------------------------------------

static CsStatus
put_text(Bank *b, const char *id, const char *text)
{
  unsigned char head[8];
  const size_t n = strlen(text) + 1, n_even = n + n % 2;
  memcpy(head, id, 4);
  set_32(head + 4, (uint32_t)n_even);
  CS_TRY(put(b, &b->info, head, sizeof head));
  CS_TRY(put(b, &b->info, text, n));
  return put(b, &b->info, "", n_even - n);
}

static CsStatus
put_info(Bank *b, const CsSf2Info *info)
{
  static const unsigned char version[12] = {
      'i', 'f', 'i', 'l', 4, 0, 0, 0, 2, 0, 1, 0};
  CS_TRY(put(b, &b->info, version, sizeof version));
  CS_TRY(put_text(b, "isng", "EMU8000"));
  CS_TRY(put_text(b, "INAM", info->name));
  CS_TRY(put_text(b, "ICOP", info->copyright));
  CS_TRY(put_text(b, "ICMT", info->comment));
  return put_text(b, "ISFT", "cuesmith");
}

/// @param form  Of a RIFF or LIST; "" for a plain chunk.
static bool
write_head(FILE *file, const char *id, size_t n_bytes, const char *form)
{
  unsigned char size[4];
  const size_t n_form = strlen(form);
  set_32(size, (uint32_t)n_bytes);
  return fwrite(id, 1, 4, file) == 4 && fwrite(size, 1, 4, file) == 4 &&
         fwrite(form, 1, n_form, file) == n_form;
}

static bool
write_samples(FILE *file, const int16_t *samples, size_t n_frames)
{
  enum { N_PIECE = 4096 };
  unsigned char piece[2 * N_PIECE];
  for (size_t at = 0; at < n_frames;) {
    const size_t n = n_frames - at < N_PIECE ? n_frames - at : N_PIECE;
    for (size_t i = 0; i < n; i++)
      set_16(piece + 2 * i, (unsigned)samples[at + i] & 0xffffu);
    if (fwrite(piece, 2, n, file) != n)
      return false;
    at += n;
  }
  return true;
}

static bool
write_recordings(const Bank *b, FILE *file)
{
  static const int16_t pause[PAUSE_FRAMES];
  for (size_t i = 0; i < b->n_recordings; i++)
    if (!write_samples(
            file, b->recordings[i].samples, b->recordings[i].n_frames) ||
        !write_samples(file, pause, PAUSE_FRAMES))
      return false;
  return true;
}

static bool
write_tables(const Bank *b, FILE *file)
{
  for (int t = 0; t < N_TABLES; t++)
    if (!write_head(file, table_ids[t], b->tables[t].n_bytes, "") ||
        fwrite(b->tables[t].bytes, 1, b->tables[t].n_bytes, file) !=
            b->tables[t].n_bytes)
      return false;
  return true;
}

static bool
write_file(const Bank *b, FILE *file)
{
  const size_t n_info = 4 + b->info.n_bytes;
  const size_t n_smpl = 2 * (size_t)b->n_frames;
  const size_t n_sdta = 4 + 8 + n_smpl;
  size_t n_pdta       = 4;
  for (int t = 0; t < N_TABLES; t++)
    n_pdta += 8 + b->tables[t].n_bytes;
  return write_head(file, "RIFF", 4 + 24 + n_info + n_sdta + n_pdta, "sfbk") &&
         write_head(file, "LIST", n_info, "INFO") &&
         fwrite(b->info.bytes, 1, b->info.n_bytes, file) == b->info.n_bytes &&
         write_head(file, "LIST", n_sdta, "sdta") &&
         write_head(file, "smpl", n_smpl, "") && write_recordings(b, file) &&
         write_head(file, "LIST", n_pdta, "pdta") && write_tables(b, file);
}

static CsStatus
save(const Bank *b, const char *path)
{
  const char *draft = cs_arena_printf(b->arena, "%s.new", path);
  CS_TRY_NEW(draft);
  errno      = 0;
  FILE *file = fopen(draft, "wb");
  bool done  = file != NULL && write_file(b, file);
  done       = file != NULL && fclose(file) == 0 && done;
  if (done && rename(draft, path) == 0)
    return CS_OK;
  const int error = errno;
  (void)remove(draft);
  return cs_fail(b->arena, CS_ERR_WORK, "the bank %s cannot be written: %s",
      path, strerror(error));
}

static int
by_program(const void *a, const void *b)
{
  const CsSound *x = *(const CsSound *const *)a;
  const CsSound *y = *(const CsSound *const *)b;
  return x->bank != y->bank ? x->bank - y->bank : x->program - y->program;
}

static CsStatus
prepare(Bank *b, const CsSound *sounds, size_t n_sounds)
{
  size_t n_zones = 0;
  uint64_t n_all = 0;
  b->n_sounds    = n_sounds;
  b->sounds      = CS_NEW_N(b->arena, const CsSound *, n_sounds);
  CS_TRY_NEW(b->sounds);
  for (size_t i = 0; i < n_sounds; i++) {
    b->sounds[i] = &sounds[i];
    n_zones += sounds[i].n_zones;
    for (size_t z = 0; z < sounds[i].n_zones; z++)
      n_all += sounds[i].zones[z].n_frames + PAUSE_FRAMES;
  }
  // A bound: recordings that are shared are counted more than once.
  if (n_all > UINT32_MAX)
    return cs_fail(b->arena, CS_ERR_REQUEST,
        "the bank's zones hold %llu frames, more than a soundfont can count",
        (unsigned long long)n_all);
  qsort(b->sounds, n_sounds, sizeof *b->sounds, by_program);
  b->recordings = CS_NEW_N(b->arena, Recording, n_zones);
  b->headers    = CS_NEW_N(b->arena, Header, n_zones);
  return b->recordings != NULL && b->headers != NULL ? CS_OK : CS_ERR_MEMORY;
}

CsStatus
cs_sf2_write(CsArena *arena, const char *path, const CsSf2Info *info,
    const CsSound *sounds, size_t n_sounds)
{
  Bank b = {.arena = arena};
  CS_TRY(prepare(&b, sounds, n_sounds));
  CS_TRY(put_info(&b, info));
  for (size_t i = 0; i < n_sounds; i++)
    CS_TRY(put_sound(&b, b.sounds[i]));
  for (size_t i = 0; i < b.n_headers; i++)
    CS_TRY(put_header(&b, &b.headers[i]));
  CS_TRY(put_end_marks(&b));
  return save(&b, path);
}
