#include "gen/io/id3.h"

#include "gen/base/text.h"

#include <string.h>

enum { IS_UTF8 = 3, MAX_TEXT_BYTES = 1 << 20 };

/// Seven bits a byte, the highest first.
static void
put_size(CsText *t, size_t n)
{
  for (int shift = 21; shift >= 0; shift -= 7) {
    const char byte = (char)(n >> shift & 0x7f);
    cs_text_add_bytes(t, &byte, 1);
  }
}

/// @param before  What stands between encoding and text: the language and the
///                empty title of a comment.
static void
put_frame(CsText *t, const char *id, const char *before, size_t n_before,
    const char *text)
{
  static const char flags[2] = {0, 0}, encoding = IS_UTF8;
  if (text == NULL || text[0] == '\0' || strlen(text) > MAX_TEXT_BYTES)
    return;
  cs_text_add(t, id);
  put_size(t, 1 + n_before + strlen(text));
  cs_text_add_bytes(t, flags, sizeof flags);
  cs_text_add_bytes(t, &encoding, 1);
  cs_text_add_bytes(t, before, n_before);
  cs_text_add(t, text);
}

CsStatus
cs_id3_tag(
    CsArena *arena, const CsTags *tags, const char **bytes, size_t *n_bytes)
{
  static const char version[] = {4, 0, 0}, language[] = {'u', 'n', 'd', 0};
  CsText frames = cs_text_new(arena), all = cs_text_new(arena);
  put_frame(&frames, "TIT2", "", 0, tags->title);
  put_frame(&frames, "TCON", "", 0, tags->genre);
  put_frame(&frames, "TSSE", "", 0, tags->software);
  put_frame(&frames, "TCOP", "", 0, tags->rights);
  put_frame(&frames, "TDRC", "", 0, tags->date);
  put_frame(&frames, "COMM", language, sizeof language, tags->description);
  cs_text_add(&all, "ID3");
  cs_text_add_bytes(&all, version, sizeof version);
  put_size(&all, frames.n);
  cs_text_add_bytes(&all, frames.bytes != NULL ? frames.bytes : "", frames.n);
  all.failed |= frames.failed;
  *n_bytes = all.n;
  return cs_text_take(&all, bytes);
}
