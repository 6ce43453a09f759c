// Any text as a lexicon file: refused with its reason, or words by which a
// prompt can be understood.
#include "fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/cuesmith-fuzz-XXXXXX";
static char path[sizeof folder + sizeof "/words.json"];

static void
clean_up(void)
{
  (void)unlink(path);
  (void)rmdir(folder);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc, (void)argv;
  fuzz_want(mkdtemp(folder) != NULL, "a folder can be made", folder);
  (void)snprintf(path, sizeof path, "%s/words.json", folder);
  (void)atexit(clean_up);
  return 0;
}

static void
put_file(const uint8_t *bytes, size_t n_bytes)
{
  const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  fuzz_want(fd >= 0 && write(fd, bytes, n_bytes) == (ssize_t)n_bytes,
      "the file can be written", path);
  (void)close(fd);
}

static void
use(CsArena *arena, const CsLexicon *lexicon)
{
  static const char prompt[] =
      "bright, forward-moving piano, no vocals, 1:30, at 120 bpm in D minor, "
      "7/8, -14 LUFS, 2M07 pads::2 builds in the last 20 s";
  CsBrief *brief   = NULL;
  const char *text = NULL;
  const CsStatus status =
      cs_brief_parse(arena, lexicon, prompt, strlen(prompt), &brief);
  fuzz_check_refusal(status, cs_arena_error(arena));
  fuzz_want(cs_lexicon_list(arena, lexicon, NULL, true, &text) == CS_OK,
      "the words can be listed", cs_arena_error(arena));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
  CsArena *arena     = cs_arena_new(NULL);
  CsLexicon *lexicon = NULL;
  put_file(bytes, n_bytes);
  const CsStatus status = cs_lexicon_load(arena, folder, &lexicon);
  fuzz_check_refusal(status, cs_arena_error(arena));
  if (status == CS_OK)
    use(arena, lexicon);
  cs_lexicon_free(lexicon);
  cs_arena_free(arena);
  return 0;
}
