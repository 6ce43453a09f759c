#include "soundfonts/sf2_read.h"

#include "gen/io/decode.h"
#include "soundfonts/sf2_file.h"
#include "soundfonts/sf2_merge.h"

#include <string.h>

enum {
  /// The largest font known has 12 MB of tables.
  MAX_TABLE_BYTES = 64 << 20,
  /// Indices of records have 16 bits, but zones multiply.
  MAX_ZONES = 20000,
  /// Pairs of a preset's and an instrument's zone that are looked at.
  MAX_PAIRS = 200000,
  /// Of one sample: over 12 minutes at 44.1 kHz.
  MAX_SAMPLE_FRAMES = 1 << 25,
  /// Of all samples read: 512 MB.
  MAX_FRAMES = 1 << 28,
  /// Vorbis codes silence in about one byte per 1024 frames.
  MOST_FRAMES_PER_BYTE = 1024,
};

enum {
  ROM_SAMPLE    = 0x8000,
  VORBIS_SAMPLE = 0x10,
  LOOPS         = 1,
  LOOPS_HELD    = 3,
  LINKED        = 0x8000 ///< A modulator's destination is another modulator.
};

typedef struct Sample {
  char name[21];
  uint32_t start, end, loop_start, loop_end;
  uint32_t sample_rate;
  int root_key, correction_cents;
  unsigned type;
  const int16_t *frames; ///< NULL until it is read.
  size_t n_frames;
} Sample;

struct CsSf2 {
  CsArena *arena;
  CsSf2File file;
  const unsigned char *tables[CS_N_SF2_TABLES];
  size_t n_records[CS_N_SF2_TABLES]; ///< The end mark counts.
  CsSf2Preset *presets;
  size_t n_presets;
  Sample *samples;
  size_t n_frames; ///< Of all samples read.
};

static unsigned
u16(const unsigned char *b)
{
  return (unsigned)b[0] | (unsigned)b[1] << 8;
}

static int16_t
i16(const unsigned char *b)
{
  const unsigned u = u16(b);
  return (int16_t)(u < 0x8000u ? (int)u : (int)u - 0x10000);
}

static uint32_t
u32(const unsigned char *b)
{
  return (uint32_t)u16(b) | (uint32_t)u16(b + 2) << 16;
}

static const unsigned char *
record(const CsSf2 *font, CsSf2Table table, size_t i)
{
  return font->tables[table] + i * cs_sf2_rows[table].record_bytes;
}

static CsStatus
damaged(const CsSf2 *font, const char *what, const char *name)
{
  return cs_fail(font->arena, CS_ERR_REQUEST,
      "soundfont %s is damaged: %s \"%s\"; copy or download it again",
      font->file.path, what, name);
}

/// Names may hold anything; what a person or another file gets is plain.
static void
take_name(const unsigned char *bytes, char out[21])
{
  size_t n = 0;
  for (; n < 20 && bytes[n] != 0; n++)
    out[n] = bytes[n] >= ' ' && bytes[n] <= '~' ? (char)bytes[n] : '_';
  while (n > 0 && out[n - 1] == ' ')
    n--;
  out[n] = '\0';
}

// ---- Opening ----------------------------------------------------------------

static CsStatus
read_tables(CsSf2 *font)
{
  for (int t = 0; t < CS_N_SF2_TABLES; t++) {
    const CsSf2Part *part = &font->file.tables[t];
    const int64_t n       = part->end - part->start;
    if (n > MAX_TABLE_BYTES)
      return cs_fail(font->arena, CS_ERR_REQUEST,
          "soundfont %s cannot be used: its table %s has %lld bytes, at most "
          "%d are read",
          font->file.path, cs_sf2_rows[t].name, (long long)n, MAX_TABLE_BYTES);
    unsigned char *bytes = cs_arena_room(font->arena, (size_t)n, 1);
    CS_TRY_NEW(bytes);
    if (!cs_sf2_file_read(&font->file, part->start, bytes, (size_t)n))
      return damaged(font, "cannot read the table", cs_sf2_rows[t].name);
    font->tables[t]    = bytes;
    font->n_records[t] = (size_t)n / cs_sf2_rows[t].record_bytes;
  }
  return CS_OK;
}

static CsStatus
read_presets(CsSf2 *font)
{
  font->n_presets = font->n_records[CS_SF2_PRESETS] - 1;
  font->presets   = CS_NEW_N(font->arena, CsSf2Preset, font->n_presets);
  CS_TRY_NEW(font->presets);
  for (size_t i = 0; i < font->n_presets; i++) {
    const unsigned char *b   = record(font, CS_SF2_PRESETS, i);
    font->presets[i].program = (int)u16(b + 20);
    font->presets[i].bank    = (int)u16(b + 22);
    take_name(b, font->presets[i].name);
  }
  return CS_OK;
}

static int
correction_of(unsigned char byte)
{
  const int cents = byte < 0x80 ? byte : (int)byte - 0x100;
  return cents < -99 ? -99 : cents > 99 ? 99 : cents;
}

static CsStatus
read_samples(CsSf2 *font)
{
  const size_t n = font->n_records[CS_SF2_SAMPLES] - 1;
  font->samples  = CS_NEW_N(font->arena, Sample, n);
  CS_TRY_NEW(font->samples);
  for (size_t i = 0; i < n; i++) {
    const unsigned char *b = record(font, CS_SF2_SAMPLES, i);
    Sample *s              = &font->samples[i];
    take_name(b, s->name);
    s->start            = u32(b + 20);
    s->end              = u32(b + 24);
    s->loop_start       = u32(b + 28);
    s->loop_end         = u32(b + 32);
    s->sample_rate      = u32(b + 36);
    s->root_key         = b[40] <= 127 ? b[40] : 60;
    s->correction_cents = correction_of(b[41]);
    s->type             = u16(b + 44);
  }
  return CS_OK;
}

static CsStatus
open_font(CsArena *arena, CsSf2File file, CsSf2 **font)
{
  CsSf2 *f        = CS_NEW(arena, CsSf2);
  CsStatus status = f != NULL ? CS_OK : CS_ERR_MEMORY;
  if (f != NULL) {
    f->arena = arena;
    f->file  = file;
    status   = read_tables(f);
    if (status == CS_OK)
      status = read_presets(f);
    if (status == CS_OK)
      status = read_samples(f);
  }
  if (status != CS_OK) {
    cs_sf2_file_close(&file);
    return status;
  }
  *font = f;
  return CS_OK;
}

CsStatus
cs_sf2_open(CsArena *arena, const char *path, CsSf2 **font)
{
  CsSf2File file;
  *font = NULL;
  CS_TRY(cs_sf2_file_open(arena, path, &file));
  return open_font(arena, file, font);
}

CsStatus
cs_sf2_take(CsArena *arena, const char *name, FILE *stream, CsSf2 **font)
{
  CsSf2File file;
  *font = NULL;
  CS_TRY(cs_sf2_file_take(arena, name, stream, &file));
  return open_font(arena, file, font);
}

const CsSf2Preset *
cs_sf2_presets(const CsSf2 *font, size_t *n)
{
  *n = font->n_presets;
  return font->presets;
}

int
cs_sf2_find(const CsSf2 *font, int bank, int program)
{
  for (size_t i = 0; i < font->n_presets; i++)
    if (font->presets[i].bank == bank && font->presets[i].program == program)
      return (int)i;
  return -1;
}

void
cs_sf2_close(CsSf2 *font)
{
  if (font != NULL)
    cs_sf2_file_close(&font->file);
}

// ---- Samples ----------------------------------------------------------------

static CsStatus
read_plain(CsSf2 *font, Sample *s, const CsSf2Part *part)
{
  const size_t n       = (size_t)(part->end - part->start) / 2;
  unsigned char *bytes = cs_arena_room(font->arena, n, sizeof(int16_t));
  CS_TRY_NEW(bytes);
  if (!cs_sf2_file_read(&font->file, part->start, bytes, 2 * n))
    return damaged(font, "cannot read the sample", s->name);
  int16_t *frames = (int16_t *)(void *)bytes; // the arena aligns for any type
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ // as which the file has them
  for (size_t i = 0; i < n; i++)
    frames[i] = i16(bytes + 2 * i);
#endif
  s->frames   = frames;
  s->n_frames = n;
  return CS_OK;
}

static CsStatus
read_vorbis(CsSf2 *font, Sample *s, const CsSf2Part *part)
{
  const size_t n       = (size_t)(part->end - part->start);
  unsigned char *bytes = cs_arena_room(font->arena, n, 1);
  CsDecoded sound;
  CS_TRY_NEW(bytes);
  if (!cs_sf2_file_read(&font->file, part->start, bytes, n))
    return damaged(font, "cannot read the sample", s->name);
  const size_t most     = n < MAX_SAMPLE_FRAMES / MOST_FRAMES_PER_BYTE
                              ? n * MOST_FRAMES_PER_BYTE
                              : MAX_SAMPLE_FRAMES;
  const CsStatus status = cs_decode(font->arena, bytes, n, most, &sound);
  if (status == CS_ERR_REQUEST) {
    cs_arena_clear_error(font->arena);
    return damaged(font, "cannot decode the sample", s->name);
  }
  CS_TRY(status);
  s->frames   = sound.samples;
  s->n_frames = sound.n_frames;
  return CS_OK;
}

/// Where a sample lies in the file: plain ones count in frames, coded ones in
/// bytes.
static bool
find_sample(const CsSf2 *font, const Sample *s, CsSf2Part *part)
{
  const int64_t unit = (s->type & VORBIS_SAMPLE) != 0 ? 1 : 2;
  part->start        = font->file.samples.start + unit * (int64_t)s->start;
  part->end          = font->file.samples.start + unit * (int64_t)s->end;
  return s->start < s->end && part->end <= font->file.samples.end;
}

static CsStatus
load_sample(CsSf2 *font, Sample *s)
{
  CsSf2Part part;
  if (s->frames != NULL)
    return CS_OK;
  if (!find_sample(font, s, &part))
    return damaged(font, "its samples do not hold the whole of", s->name);
  if ((s->type & VORBIS_SAMPLE) != 0)
    CS_TRY(read_vorbis(font, s, &part));
  else
    CS_TRY(read_plain(font, s, &part));
  font->n_frames += s->n_frames;
  if (font->n_frames > MAX_FRAMES)
    return cs_fail(font->arena, CS_ERR_REQUEST,
        "soundfont %s cannot be used: its samples are longer than %d frames "
        "together",
        font->file.path, MAX_FRAMES);
  return CS_OK;
}

// ---- Zones as the file has them ---------------------------------------------

/// The tables of presets and those of instruments have the same shape.
typedef struct Level {
  CsSf2Table heads, zones, gens, mods;
  size_t first_zone_at; ///< Offset in a record of heads.
} Level;

static const Level preset_level     = {CS_SF2_PRESETS, CS_SF2_PRESET_ZONES,
        CS_SF2_PRESET_GENS, CS_SF2_PRESET_MODS, 24};
static const Level instrument_level = {CS_SF2_INSTRUMENTS,
    CS_SF2_INSTRUMENT_ZONES, CS_SF2_INSTRUMENT_GENS, CS_SF2_INSTRUMENT_MODS,
    20};

/// A stretch of records.
typedef struct Span {
  size_t from, to;
} Span;

/// From a record's index to the next one's. @return false when they are out of
/// order or beyond the table.
static bool
span_of(const CsSf2 *font, CsSf2Table from, size_t i, size_t offset,
    CsSf2Table into, Span *span)
{
  span->from = u16(record(font, from, i) + offset);
  span->to   = u16(record(font, from, i + 1) + offset);
  return span->from <= span->to && span->to < font->n_records[into];
}

static void
take_generator(CsSf2Zone *zone, unsigned number, const unsigned char *amount)
{
  int *range = number == CS_GEN_KEY_RANGE        ? zone->keys
               : number == CS_GEN_VELOCITY_RANGE ? zone->velocities
                                                 : NULL;
  if (range != NULL) {
    range[0] = amount[0] <= 127 ? amount[0] : 127;
    range[1] = amount[1] <= 127 ? amount[1] : 127;
  } else if (number < CS_N_GENERATORS) {
    zone->amounts[number] = i16(amount);
    zone->is_set[number]  = true;
  }
}

static CsStatus
read_zone(const CsSf2 *font, const Level *level, size_t i, CsSf2Zone *zone)
{
  Span gens, mods;
  if (!span_of(font, level->zones, i, 0, level->gens, &gens) ||
      !span_of(font, level->zones, i, 2, level->mods, &mods))
    return damaged(font, "the zones of its table are out of order",
        cs_sf2_rows[level->zones].name);
  for (size_t g = gens.from; g < gens.to; g++) {
    const unsigned char *b = record(font, level->gens, g);
    take_generator(zone, u16(b), b + 2);
  }
  for (size_t m = mods.from; m < mods.to; m++) {
    const unsigned char *b = record(font, level->mods, m);
    const CsModulator mod = {(uint16_t)u16(b), (uint16_t)u16(b + 2), i16(b + 4),
        (uint16_t)u16(b + 6), (uint16_t)u16(b + 8)};
    if ((mod.destination & LINKED) == 0 && mod.destination < CS_N_GENERATORS &&
        !cs_sf2_zone_add_modulator(zone, &mod))
      return damaged(font, "too many modulators in a zone of its table",
          cs_sf2_rows[level->zones].name);
  }
  return CS_OK;
}

// ---- One preset -------------------------------------------------------------

typedef struct Reading {
  CsSf2 *font;
  CsSf2WantsFn *wants;
  void *user;
  CsSound *sound;
  size_t capacity;
  size_t n_pairs;
} Reading;

static CsStatus
take_lists(CsArena *arena, const CsSf2Zone *merged, CsSoundZone *zone)
{
  static const int told_by_fields[] = {CS_GEN_START_OFFSET, CS_GEN_END_OFFSET,
      CS_GEN_LOOP_START_OFFSET, CS_GEN_LOOP_END_OFFSET,
      CS_GEN_START_COARSE_OFFSET, CS_GEN_END_COARSE_OFFSET, CS_GEN_INSTRUMENT,
      CS_GEN_KEY_RANGE, CS_GEN_VELOCITY_RANGE, CS_GEN_LOOP_START_COARSE,
      CS_GEN_LOOP_END_COARSE, CS_GEN_SAMPLE, CS_GEN_SAMPLE_MODES,
      CS_GEN_ROOT_KEY};
  bool is_told[CS_N_GENERATORS]     = {false};
  for (size_t i = 0; i < sizeof told_by_fields / sizeof *told_by_fields; i++)
    is_told[told_by_fields[i]] = true;
  CsGenerator *gens = CS_NEW_N(arena, CsGenerator, CS_N_GENERATORS);
  CsModulator *mods = CS_NEW_N(arena, CsModulator, merged->n_modulators);
  if (gens == NULL || mods == NULL)
    return CS_ERR_MEMORY;
  for (uint16_t g = 0; g < CS_N_GENERATORS; g++)
    if (merged->is_set[g] && !is_told[g])
      gens[zone->n_generators++] = (CsGenerator){g, merged->amounts[g]};
  memcpy(mods, merged->modulators, merged->n_modulators * sizeof *mods);
  zone->generators   = gens;
  zone->modulators   = mods;
  zone->n_modulators = merged->n_modulators;
  return CS_OK;
}

static int64_t
offset_of(const CsSf2Zone *z, int fine, int coarse)
{
  return (int64_t)z->amounts[fine] + 32768 * (int64_t)z->amounts[coarse];
}

static int64_t
within(int64_t x, int64_t low, int64_t high)
{
  return x < low ? low : x > high ? high : x;
}

/// The part of its sample that a zone plays, and its loop, both kept inside.
static void
take_frames(const CsSf2Zone *merged, const Sample *s, CsSoundZone *zone)
{
  const int64_t n     = (int64_t)s->n_frames;
  const int64_t start = within(
      offset_of(merged, CS_GEN_START_OFFSET, CS_GEN_START_COARSE_OFFSET), 0, n);
  const int64_t end =
      within(n + offset_of(merged, CS_GEN_END_OFFSET, CS_GEN_END_COARSE_OFFSET),
          start, n);
  // Loops of plain samples count from the first sample of the font.
  const int64_t origin =
      (s->type & VORBIS_SAMPLE) != 0 ? start : (int64_t)s->start + start;
  const int64_t loop_start =
      (int64_t)s->loop_start - origin +
      offset_of(merged, CS_GEN_LOOP_START_OFFSET, CS_GEN_LOOP_START_COARSE);
  const int64_t loop_end =
      (int64_t)s->loop_end - origin +
      offset_of(merged, CS_GEN_LOOP_END_OFFSET, CS_GEN_LOOP_END_COARSE);
  const int mode = merged->amounts[CS_GEN_SAMPLE_MODES] & 3;
  zone->samples  = s->frames + start;
  zone->n_frames = (size_t)(end - start);
  if (mode != LOOPS && mode != LOOPS_HELD)
    return;
  zone->loop_start          = (size_t)within(loop_start, 0, end - start);
  zone->loop_end            = (size_t)within(loop_end, 0, end - start);
  zone->loops_until_release = mode == LOOPS_HELD;
  if (zone->loop_end <= zone->loop_start)
    zone->loop_start = zone->loop_end = 0;
}

static CsStatus
add_zone(Reading *r, const CsSf2Zone *merged, Sample *s)
{
  const int16_t *amounts = merged->amounts;
  const int root         = amounts[CS_GEN_ROOT_KEY];
  CsSoundZone zone       = {.low_key = merged->keys[0],
            .high_key                = merged->keys[1],
            .low_velocity     = merged->velocities[0] > 0 ? merged->velocities[0] : 1,
            .high_velocity    = merged->velocities[1],
            .sample_rate      = (int)within(s->sample_rate, 400, 192000),
            .root_key         = s->root_key,
            .correction_cents = s->correction_cents,
            .sample_name      = s->name};
  if (merged->is_set[CS_GEN_ROOT_KEY] && root >= 0 && root <= 127)
    zone.root_key = root;
  CS_TRY(take_lists(r->font->arena, merged, &zone));
  if (zone.high_velocity < zone.low_velocity ||
      (r->wants != NULL && !r->wants(r->user, &zone)))
    return CS_OK;
  CS_TRY(load_sample(r->font, s));
  take_frames(merged, s, &zone);
  if (zone.n_frames == 0)
    return CS_OK;
  if (r->sound->n_zones == MAX_ZONES)
    return damaged(r->font, "too many zones in the preset", r->sound->name);
  void *zones = r->sound->zones;
  CS_TRY(cs_arena_grow(r->font->arena, &zones, &r->capacity,
      r->sound->n_zones + 1, sizeof zone));
  r->sound->zones                      = zones;
  r->sound->zones[r->sound->n_zones++] = zone;
  return CS_OK;
}

static CsStatus
read_instrument(Reading *r, size_t instrument, const CsSf2Zone *preset)
{
  const CsSf2 *font = r->font;
  Span zones;
  CsSf2Zone global, local, merged;
  if (instrument + 1 >= font->n_records[CS_SF2_INSTRUMENTS] ||
      !span_of(font, CS_SF2_INSTRUMENTS, instrument,
          instrument_level.first_zone_at, CS_SF2_INSTRUMENT_ZONES, &zones))
    return damaged(font, "no instrument for the preset", r->sound->name);
  cs_sf2_zone_clear(&global);
  for (size_t i = zones.from; i < zones.to; i++) {
    if (r->n_pairs++ == MAX_PAIRS)
      return damaged(font, "too many zones in the preset", r->sound->name);
    local = global;
    CS_TRY(read_zone(font, &instrument_level, i, &local));
    if (!local.is_set[CS_GEN_SAMPLE]) {
      if (i == zones.from)
        global = local;
      continue;
    }
    const size_t sample = (uint16_t)local.amounts[CS_GEN_SAMPLE];
    if (sample + 1 >= font->n_records[CS_SF2_SAMPLES])
      return damaged(font, "no sample for the preset", r->sound->name);
    if ((font->samples[sample].type & ROM_SAMPLE) == 0 &&
        font->samples[sample].start < font->samples[sample].end &&
        cs_sf2_zone_merge(&local, preset, &merged))
      CS_TRY(add_zone(r, &merged, &r->font->samples[sample]));
  }
  return CS_OK;
}

CsStatus
cs_sf2_read(
    CsSf2 *font, size_t index, CsSf2WantsFn *wants, void *user, CsSound *sound)
{
  const CsSf2Preset *preset = &font->presets[index];
  Reading r = {.font = font, .wants = wants, .user = user, .sound = sound};
  Span zones;
  CsSf2Zone global, local;
  *sound = (CsSound){
      .name = preset->name, .bank = preset->bank, .program = preset->program};
  if (!span_of(font, CS_SF2_PRESETS, index, preset_level.first_zone_at,
          CS_SF2_PRESET_ZONES, &zones))
    return damaged(font, "no zones for the preset", preset->name);
  cs_sf2_zone_clear(&global);
  for (size_t i = zones.from; i < zones.to; i++) {
    local = global;
    CS_TRY(read_zone(font, &preset_level, i, &local));
    if (local.is_set[CS_GEN_INSTRUMENT])
      CS_TRY(read_instrument(
          &r, (uint16_t)local.amounts[CS_GEN_INSTRUMENT], &local));
    else if (i == zones.from)
      global = local;
  }
  return CS_OK;
}
