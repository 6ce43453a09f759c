#include "grammar/match.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Limits of one match. The widest of the built-in patterns needs under 300.
enum { MATCH_LIMIT = 5000, DEPTH_LIMIT = 500, MAX_PAIRS = 32 };
// What a shape may see of the text; the longest time code has 12 bytes.
enum { MAX_SHAPE_BYTES = 256 };

struct CsShape {
  pcre2_code *code;
  unsigned char group_of[26]; ///< Number of the group with that name, or 0.
  bool starts[256];
};

struct CsMatcher {
  pcre2_match_data *data;
  pcre2_match_context *context;
};

static void
read_group_names(CsShape *shape)
{
  uint32_t n = 0, size = 0;
  PCRE2_SPTR table = NULL;
  (void)pcre2_pattern_info(shape->code, PCRE2_INFO_NAMECOUNT, &n);
  (void)pcre2_pattern_info(shape->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
  (void)pcre2_pattern_info(shape->code, PCRE2_INFO_NAMETABLE, (void *)&table);
  for (uint32_t i = 0; i < n; i++) {
    const PCRE2_SPTR entry = table + i * size;
    const int letter       = entry[2] - 'a';
    if (letter >= 0 && letter < 26 && entry[3] == '\0' && entry[0] == 0)
      shape->group_of[letter] = entry[1];
  }
}

static void
read_first_bytes(CsShape *shape)
{
  uint32_t kind = 0, unit = 0;
  const uint8_t *bits = NULL;
  (void)pcre2_pattern_info(shape->code, PCRE2_INFO_FIRSTCODETYPE, &kind);
  (void)pcre2_pattern_info(shape->code, PCRE2_INFO_FIRSTCODEUNIT, &unit);
  (void)pcre2_pattern_info(shape->code, PCRE2_INFO_FIRSTBITMAP, &bits);
  for (unsigned byte = 0; byte < 256; byte++)
    shape->starts[byte] = kind == 1      ? byte == unit
                          : bits != NULL ? (bits[byte / 8] >> byte % 8 & 1) != 0
                                         : true;
}

static CsStatus
fail_compile(int error, size_t offset, char *why)
{
  PCRE2_UCHAR text[200] = "";
  if (error == PCRE2_ERROR_HEAP_FAILED) {
    (void)snprintf(why, CS_MESSAGE_BYTES, "not enough memory");
    return CS_ERR_MEMORY;
  }
  (void)pcre2_get_error_message(error, text, sizeof text);
  (void)snprintf(why, CS_MESSAGE_BYTES, "%s, at byte %zu of the pattern",
      (const char *)text, offset);
  return CS_ERR_REQUEST;
}

CsStatus
cs_shape_new(const char *pattern, char *why, CsShape **shape)
{
  int error         = PCRE2_ERROR_HEAP_FAILED;
  PCRE2_SIZE offset = 0;
  CsShape *made     = calloc(1, sizeof *made);
  if (made != NULL)
    made->code = pcre2_compile((PCRE2_SPTR)pattern, strlen(pattern),
        PCRE2_ANCHORED | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF, &error,
        &offset, NULL);
  if (made == NULL || made->code == NULL) {
    free(made);
    return fail_compile(error, offset, why);
  }
  // Without machine code (a system that forbids it) PCRE2 interprets.
  (void)pcre2_jit_compile(made->code, PCRE2_JIT_COMPLETE);
  read_group_names(made);
  read_first_bytes(made);
  *shape = made;
  return CS_OK;
}

bool
cs_shape_has_group(const CsShape *shape, char name)
{
  return shape->group_of[name - 'a'] != 0;
}

/// Does matching this text run out of steps? Machine code counts none.
static bool
runs_out(const CsMatcher *matcher, const pcre2_code *code, const char *text,
    size_t n)
{
  const int found = pcre2_match(code, (PCRE2_SPTR)text, n, 0, PCRE2_NO_JIT,
      matcher->data, matcher->context);
  return found == PCRE2_ERROR_MATCHLIMIT || found == PCRE2_ERROR_DEPTHLIMIT ||
         found == PCRE2_ERROR_HEAPLIMIT;
}

/// Texts that repeat up to three bytes of the pattern, or a common one.
static bool
runs_out_on_probes(
    const CsMatcher *matcher, const pcre2_code *code, const char *pattern)
{
  enum { PROBE_BYTES = 48, LONGEST = 3 };
  static const char others[] = "a1 :-.";
  char probe[PROBE_BYTES];
  const size_t n = strlen(pattern), n_others = sizeof others - 1;
  for (size_t at = 0; at < n + n_others; at++) {
    const char *piece = at < n ? pattern + at : others + (at - n);
    const size_t most = at < n ? LONGEST : 1;
    for (size_t length = 1; length <= most && at + length <= n + n_others;
         length++) {
      if (at < n && at + length > n)
        break;
      for (size_t i = 0; i < PROBE_BYTES; i++)
        probe[i] = piece[i % length];
      probe[PROBE_BYTES - 1] = '!'; // what follows must not match
      if (runs_out(matcher, code, probe, PROBE_BYTES))
        return true;
    }
  }
  return false;
}

bool
cs_pattern_is_slow(const char *pattern)
{
  int error          = 0;
  PCRE2_SIZE offset  = 0;
  CsMatcher *matcher = cs_matcher_new();
  // Without the look ahead for bytes that must come, which hides the cost.
  pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, strlen(pattern),
      PCRE2_ANCHORED | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF |
          PCRE2_NO_START_OPTIMIZE,
      &error, &offset, NULL);
  const bool slow  = matcher == NULL || code == NULL ||
                    runs_out_on_probes(matcher, code, pattern);
  pcre2_code_free(code);
  cs_matcher_free(matcher);
  return slow;
}

void
cs_shape_free(CsShape *shape)
{
  if (shape != NULL)
    pcre2_code_free(shape->code);
  free(shape);
}

CsMatcher *
cs_matcher_new(void)
{
  CsMatcher *matcher = calloc(1, sizeof *matcher);
  if (matcher == NULL)
    return NULL;
  matcher->data    = pcre2_match_data_create(MAX_PAIRS, NULL);
  matcher->context = pcre2_match_context_create(NULL);
  if (matcher->data == NULL || matcher->context == NULL) {
    cs_matcher_free(matcher);
    return NULL;
  }
  (void)pcre2_set_match_limit(matcher->context, MATCH_LIMIT);
  (void)pcre2_set_depth_limit(matcher->context, DEPTH_LIMIT);
  return matcher;
}

void
cs_matcher_free(CsMatcher *matcher)
{
  if (matcher == NULL)
    return;
  pcre2_match_data_free(matcher->data);
  pcre2_match_context_free(matcher->context);
  free(matcher);
}

bool
cs_shape_match(CsMatcher *matcher, const CsShape *shape, const char *text,
    size_t n, size_t at, CsShapeMatch *match)
{
  if (!shape->starts[(unsigned char)text[at]])
    return false;
  // Where a pattern needs a certain byte PCRE2 looks for it up to the end of
  // the text, and would do so at every place.
  const size_t end = n - at < MAX_SHAPE_BYTES ? n : at + MAX_SHAPE_BYTES;
  const int found  = pcre2_match(shape->code, (PCRE2_SPTR)text, end, at, 0,
       matcher->data, matcher->context);
  if (found <= 0)
    return false;
  const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(matcher->data);
  *match                  = (CsShapeMatch){.begin = at, .end = pairs[1]};
  for (int i = 0; i < 26; i++) {
    const int group = shape->group_of[i];
    if (group > 0 && group < found && pairs[2 * group] != PCRE2_UNSET)
      match->groups[i] = (CsGroup){pairs[2 * group], pairs[2 * group + 1]};
  }
  return match->end > match->begin;
}
