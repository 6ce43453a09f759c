#include "soundfonts/measured.h"

#include "gen/base/file.h"

enum { MAX_BYTES = 4 << 20 };

#define AT(member) offsetof(CsMeasuredPreset, member)
#define NUMBER(key, low, high, what)                                           \
  {                                                                            \
#key, CS_FIELD_DOUBLE, AT(key), low, high, what, .required = true          \
  }
#define WHOLE(key, low, high, what)                                            \
  {                                                                            \
#key, CS_FIELD_INT, AT(key), low, high, what, .required = true             \
  }

static const CsField fields[] = {
    {"font", CS_FIELD_ENUM, AT(font), .what = "source",
        .names = cs_source_names, .n_names = CS_N_SOURCES, .required = true},
    {"name", CS_FIELD_STRING, AT(name), .what = "name", .required = true},
    WHOLE(bank, 0, 128, "bank"),
    WHOLE(program, 0, 127, "program"),
    NUMBER(level_db, -200, 20, "dB"),
    NUMBER(cents, -2400, 2400, "cents"),
    NUMBER(off_cents, 0, 4800, "cents"),
    NUMBER(uneven_db, 0, 99, "dB"),
    NUMBER(worst_db, 0, 99, "dB"),
    NUMBER(hnr_db, -99, 99, "dB"),
    WHOLE(silent, 0, 128, "keys"),
    NUMBER(bright_hz, 0, 24000, "Hz"),
    NUMBER(vel, 0, 99, "ratio"),
    NUMBER(fold_db, -200, 20, "dB"),
    NUMBER(attack_ms, 0, 20000, "ms"),
    NUMBER(waver_db, 0, 200, "dB"),
    NUMBER(dc_db, -200, 20, "dB"),
    NUMBER(band_hz, 0, 96000, "Hz"),
    NUMBER(joint_db, -200, 99, "dB"),
    WHOLE(zones, 0, 65535, "zones"),
    WHOLE(rate_hz, 0, 192000, "Hz"),
    NUMBER(mb, 0, 1000, "MB"),
};

typedef struct File {
  const CsJson *presets;
} File;

static const CsField file_fields[] = {
    {"presets", CS_FIELD_NODE, offsetof(File, presets),
        .what = "list of presets", .required = true},
};

CsStatus
cs_measured_load(CsArena *arena, const char *folder, CsMeasuredFonts **measured)
{
  const char *text   = NULL;
  size_t n_bytes     = 0;
  const CsJson *root = NULL;
  File file          = {NULL};
  const char *path   = cs_arena_printf(arena, "%s/measured.json", folder);
  CS_TRY_NEW(path);
  CS_TRY(cs_file_read(arena, path, MAX_BYTES, &text, &n_bytes));
  CS_TRY(cs_json_parse(arena, path, text, n_bytes, &root));
  CS_TRY(cs_json_read(arena, root, file_fields, 1, &file));
  CsMeasuredFonts *m = CS_NEW(arena, CsMeasuredFonts);
  CS_TRY_NEW(m);
  m->rows = CS_NEW_N(arena, CsMeasuredPreset, file.presets->n_children);
  CS_TRY_NEW(m->rows);
  for (const CsJson *n = file.presets->first; n != NULL; n = n->next)
    CS_TRY(cs_json_read(arena, n, fields, sizeof fields / sizeof *fields,
        &m->rows[m->n_rows++]));
  *measured = m;
  return CS_OK;
}

const CsMeasuredPreset *
cs_measured_find(
    const CsMeasuredFonts *measured, CsBankSource font, int bank, int program)
{
  for (size_t i = 0; i < measured->n_rows; i++) {
    const CsMeasuredPreset *row = &measured->rows[i];
    if (row->font == (int)font && row->bank == bank && row->program == program)
      return row;
  }
  return NULL;
}
