#include "soundfonts/bank_papers.h"

#include "gen/base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MAX_PAPER_BYTES = 1 << 20 };

static const char *
path_of(CsArena *arena, const char *bank)
{
  return cs_arena_printf(arena, "%s.json", bank);
}

const char *
cs_bank_preset_name(CsArena *arena, int bank, int program)
{
  return cs_arena_printf(arena, "%d:%d", bank, program);
}

CsStatus
cs_bank_papers_write(
    CsArena *arena, const char *bank, const CsBankPapers *papers)
{
  CsText text      = cs_text_new(arena);
  CsJsonWriter w   = cs_json_writer(&text, true);
  const char *json = NULL;
  const char *path = path_of(arena, bank);
  CS_TRY_NEW(path);
  cs_json_begin_object(&w, NULL);
  cs_json_put_number(&w, "bytes", papers->n_bytes);
  cs_json_put_string(&w, "ends_sha256", papers->ends_sha256);
  cs_json_put_string(&w, "sha256", papers->sha256);
  cs_json_begin_array(&w, "origins");
  for (size_t i = 0; i < papers->n_origins; i++) {
    cs_json_begin_object(&w, NULL);
    cs_json_put_string(&w, "name", papers->origins[i].name);
    cs_json_put_string(&w, "sha256", papers->origins[i].sha256);
    cs_json_put_string(&w, "licence", papers->origins[i].licence);
    cs_json_put_string(&w, "holder", papers->origins[i].holder);
    cs_json_put_strings(&w, "presets", &papers->origins[i].presets);
    cs_json_end_object(&w);
  }
  cs_json_end_array(&w);
  cs_json_put_strings(&w, "synthesised", &papers->synthesised);
  cs_json_end_object(&w);
  cs_text_add(&text, "\n");
  CS_TRY(cs_text_take(&text, &json));
  FILE *file = fopen(path, "wb");
  bool done  = file != NULL && fputs(json, file) >= 0;
  done       = file != NULL && fclose(file) == 0 && done;
  return done ? CS_OK
              : cs_fail(arena, CS_ERR_WORK, "%s cannot be written: %s", path,
                    strerror(errno));
}

#define ORIGIN(key)                                                            \
  {                                                                            \
#key, CS_FIELD_STRING, offsetof(CsBankOrigin, key), .what = #key,          \
                                                        .required = true       \
  }

static const CsField origin_fields[] = {ORIGIN(name), ORIGIN(sha256),
    ORIGIN(licence), ORIGIN(holder),
    {"presets", CS_FIELD_STRINGS, offsetof(CsBankOrigin, presets),
        .what = "list of bank:program"}};

typedef struct File {
  CsBankPapers papers;
  const CsJson *origins;
} File;

#define AT(member) offsetof(File, member)

static const CsField fields[] = {
    {"bytes", CS_FIELD_DOUBLE, AT(papers.n_bytes), 1, 4e9, "length in bytes",
        .required = true},
    {"ends_sha256", CS_FIELD_STRING, AT(papers.ends_sha256),
        .what = "SHA-256 of the first and last MiB", .required = true},
    {"sha256", CS_FIELD_STRING, AT(papers.sha256), .what = "SHA-256",
        .required = true},
    {"origins", CS_FIELD_NODE, AT(origins), .what = "list of fonts",
        .required = true},
    {"synthesised", CS_FIELD_STRINGS, AT(papers.synthesised),
        .what = "list of bank:program"},
};

CsStatus
cs_bank_papers_read(CsArena *arena, const char *bank, CsBankPapers *papers)
{
  const char *text   = NULL;
  size_t n_bytes     = 0;
  const CsJson *root = NULL;
  File file          = {.origins = NULL};
  const char *path   = path_of(arena, bank);
  CS_TRY_NEW(path);
  CS_TRY(cs_file_read(arena, path, MAX_PAPER_BYTES, &text, &n_bytes));
  CS_TRY(cs_json_parse(arena, path, text, n_bytes, &root));
  CS_TRY(
      cs_json_read(arena, root, fields, sizeof fields / sizeof *fields, &file));
  CsBankOrigin *origins =
      CS_NEW_N(arena, CsBankOrigin, file.origins->n_children);
  CS_TRY_NEW(origins);
  for (const CsJson *n = file.origins->first; n != NULL; n = n->next)
    CS_TRY(cs_json_read(arena, n, origin_fields,
        sizeof origin_fields / sizeof *origin_fields,
        &origins[file.papers.n_origins++]));
  file.papers.origins = origins;
  *papers             = file.papers;
  return CS_OK;
}
