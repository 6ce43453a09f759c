#include "gen/alternates.h"

#include "gen/base/file.h"
#include "gen/base/hash.h"
#include "gen/base/mathx.h"
#include "gen/base/text.h"
#include "gen/master/true_peak.h"
#include "gen/tags.h"

#include <string.h>

enum { ALL_STEMS = (1U << CS_N_STEMS) - 1U };

// ---- Names ------------------------------------------------------------------

/// The stem whose name ends at the next dash.
static bool
take_stem(const char **at, unsigned *stems)
{
  const size_t n = strcspn(*at, "-");
  for (unsigned s = 0; s < CS_N_STEMS; s++)
    if (strlen(cs_stem_names[s]) == n &&
        memcmp(cs_stem_names[s], *at, n) == 0) {
      *stems |= 1U << s;
      *at += n;
      return true;
    }
  return false;
}

static bool
parse_stems(const char *name, unsigned *stems)
{
  const bool leaves_out = strncmp(name, "no-", 3) == 0;
  const char *at        = leaves_out ? name + 3 : name;
  *stems                = 0;
  if (strcmp(name, "underscore") == 0) {
    *stems = ALL_STEMS & ~(1U << CS_STEM_MELODY | 1U << CS_STEM_DRUMS |
                             1U << CS_STEM_EFFECTS);
    return true;
  }
  while (take_stem(&at, stems)) {
    if (*at == '\0') {
      *stems = leaves_out ? ALL_STEMS & ~*stems : *stems;
      return *stems != 0;
    }
    at++;
  }
  return false;
}

static bool
has_name(const CsAlternates *alternates, const char *name)
{
  for (size_t i = 0; i < alternates->n; i++)
    if (strcmp(alternates->items[i].name, name) == 0)
      return true;
  return false;
}

static CsStatus
add_alternate(CsArena *arena, const char *name, CsAlternates *alternates)
{
  unsigned stems = 0;
  if (!parse_stems(name, &stems))
    return cs_fail(arena, CS_ERR_REQUEST,
        "--alt \"%s\" does not work; give underscore, stems that are left out "
        "(no-drums, no-drums-bass) or that are left (drums-bass), of drums, "
        "bass, harmony, pads, melody and effects",
        name);
  if (has_name(alternates, name))
    return CS_OK;
  if (alternates->n == CS_MAX_ALTERNATES)
    return cs_fail(arena, CS_ERR_REQUEST,
        "--alt: at most %d alternates are made at once", CS_MAX_ALTERNATES);
  alternates->items[alternates->n++] = (CsAlternate){name, stems};
  return CS_OK;
}

CsStatus
cs_alternates_parse(CsArena *arena, const char *text, CsAlternates *alternates)
{
  alternates->n = 0;
  for (const char *at = text; at != NULL;) {
    const CsListItem item = cs_list_next(&at);
    const char *name      = cs_arena_copy(arena, item.text, item.n);
    CS_TRY_NEW(name);
    CS_TRY(add_alternate(arena, name, alternates));
  }
  return CS_OK;
}

CsStatus
cs_alternate_path(CsArena *arena, const char *path,
    const CsAlternate *alternate, const char **out)
{
  const size_t n = cs_path_stem(path);
  *out           = cs_arena_printf(
                arena, "%.*s.%s%s", (int)n, path, alternate->name, path + n);
  return *out != NULL ? CS_OK : CS_ERR_MEMORY;
}

// ---- Adding up --------------------------------------------------------------

struct CsSubmix {
  unsigned stems;
  CsSampleFormat format;
  size_t n_channels;
  CsLoudness *loudness;
  CsTruePeak peak;
  float max_peak;
  CsHash hash;
  int32_t *whole;
  float *floats;
  unsigned char *bytes;
};

CsStatus
cs_submix_new(CsArena *arena, unsigned stems, CsSampleFormat format,
    int sample_rate, int n_channels, CsSubmix **submix)
{
  const size_t n_samples = (size_t)CS_BLOCK_FRAMES * (size_t)n_channels;
  CsSubmix *m            = CS_NEW(arena, CsSubmix);
  CS_TRY_NEW(m);
  m->stems      = stems;
  m->format     = format;
  m->n_channels = (size_t)n_channels;
  m->whole      = CS_NEW_N(arena, int32_t, n_samples);
  m->floats     = CS_NEW_N(arena, float, n_samples);
  m->bytes      = cs_arena_alloc(arena, n_samples, 4);
  if (m->whole == NULL || m->floats == NULL || m->bytes == NULL)
    return CS_ERR_MEMORY;
  cs_true_peak_begin(&m->peak, sample_rate, m->n_channels);
  cs_hash_begin(&m->hash);
  CS_TRY(cs_loudness_new(arena, sample_rate, m->n_channels, &m->loudness));
  *submix = m;
  return CS_OK;
}

static void
add_whole(CsSubmix *m, const CsCueBlock *block, size_t n_samples)
{
  const int32_t full = m->format == CS_PCM_16 ? 0x7fff : 0x7fffff;
  const float scale  = m->format == CS_PCM_16 ? 0x1p-15F : 0x1p-23F;
  memset(m->whole, 0, n_samples * sizeof *m->whole);
  for (unsigned s = 0; s < CS_N_STEMS; s++)
    if ((m->stems >> s & 1U) != 0 && block->stems[s] != NULL)
      for (size_t i = 0; i < n_samples; i++)
        m->whole[i] += block->stems[s][i];
  for (size_t i = 0; i < n_samples; i++) {
    const int32_t x = m->whole[i];
    m->whole[i]     = x > full ? full : x < -full - 1 ? -full - 1 : x;
    m->floats[i]    = (float)m->whole[i] * scale;
  }
}

static void
add_floats(CsSubmix *m, const CsCueBlock *block, size_t n_samples)
{
  memset(m->floats, 0, n_samples * sizeof *m->floats);
  for (unsigned s = 0; s < CS_N_STEMS; s++)
    if ((m->stems >> s & 1U) != 0 && block->stems_float[s] != NULL)
      for (size_t i = 0; i < n_samples; i++)
        m->floats[i] += block->stems_float[s][i];
}

CsStatus
cs_submix_add(
    CsArena *arena, CsSubmix *m, const CsCueBlock *block, CsCueBlock *sum)
{
  const size_t n_samples = block->n_frames * m->n_channels;
  const bool is_float    = m->format == CS_FLOAT_32;
  if (is_float)
    add_floats(m, block, n_samples);
  else
    add_whole(m, block, n_samples);
  CS_TRY(cs_loudness_feed(arena, m->loudness, m->floats, block->n_frames));
  m->max_peak =
      cs_true_peak_max(&m->peak, m->floats, block->n_frames, m->max_peak);
  cs_pack_samples(m->format, m->whole, m->floats, n_samples, m->bytes);
  cs_hash_add(&m->hash, m->bytes, n_samples * cs_sample_bytes(m->format));
  *sum = (CsCueBlock){.n_frames = block->n_frames,
      .mix                      = is_float ? NULL : m->whole,
      .mix_float                = m->floats,
      .mix_bytes                = m->bytes};
  return CS_OK;
}

CsStatus
cs_submix_end(
    CsArena *arena, CsSubmix *m, CsMeasured *measured, CsLevels *levels)
{
  CS_TRY(cs_loudness_end(arena, m->loudness));
  m->max_peak = cs_true_peak_max(&m->peak, NULL, m->peak.half, m->max_peak);
  measured->integrated_lufs = cs_loudness_integrated(m->loudness, 0.0);
  measured->momentary_lufs  = cs_loudness_momentary(m->loudness);
  measured->true_peak_dbtp  = cs_db_from_gain((double)m->max_peak);
  cs_hash_end(&m->hash, measured->sha256);
  return cs_levels_of(arena, measured, m->loudness, levels);
}

void
cs_submix_free(CsSubmix *m)
{
  if (m != NULL)
    cs_loudness_free(m->loudness);
}
