// Times of the parser, for `make bench`: loading the words, then every labelled
// prompt, then 16 KiB of hostile text. Processor time: nothing waits here.

#include "gen/base/file.h"
#include "gen/base/rng.h"
#include "grammar/parse.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { N_LOADS = 15, N_RUNS = 25, MAX_PROMPTS = 1024 };

static double
now_ms(void)
{
  struct timespec t;
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static int
by_value(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/// The value below which that share of them lies.
static double
quantile(double *values, size_t n, double share)
{
  qsort(values, n, sizeof *values, by_value);
  return values[(size_t)(share * (double)(n - 1) + 0.5)];
}

/// Median of several runs in milliseconds, or -1.
static double
time_prompt(const CsLexicon *lexicon, const char *prompt, size_t n, int n_runs)
{
  double runs[N_RUNS];
  for (int i = 0; i < n_runs; i++) {
    CsArena *arena        = cs_arena_new(NULL);
    CsBrief *brief        = NULL;
    const double from     = now_ms();
    const CsStatus status = cs_brief_parse(arena, lexicon, prompt, n, &brief);
    runs[i]               = now_ms() - from;
    cs_arena_free(arena);
    if (status != CS_OK)
      return -1.0;
  }
  return quantile(runs, (size_t)n_runs, 0.5);
}

static size_t
add_file(CsArena *arena, const CsLexicon *lexicon, const char *file,
    double *times, size_t n)
{
  const char *bytes = NULL;
  size_t n_bytes    = 0;
  if (cs_file_read(arena, file, 1 << 20, &bytes, &n_bytes) != CS_OK)
    return n;
  for (const char *line = bytes; *line != '\0' && n < MAX_PROMPTS;) {
    const size_t length = strcspn(line, "\n");
    const CsJson *root  = NULL;
    if (length > 0 &&
        cs_json_parse(arena, file, line, length, &root) == CS_OK) {
      const char *prompt = cs_json_member(root, "prompt")->string;
      times[n++]         = time_prompt(lexicon, prompt, strlen(prompt), N_RUNS);
    }
    line += length + (line[length] == '\n' ? 1 : 0);
  }
  return n;
}

static CsLexicon *
load(CsArena *arena, const char *folder)
{
  double loads[N_LOADS];
  CsLexicon *lexicon = NULL;
  for (int i = 0; i < N_LOADS; i++) {
    cs_lexicon_free(lexicon);
    const double from = now_ms();
    if (cs_lexicon_load(arena, folder, &lexicon) != CS_OK)
      return NULL;
    loads[i] = now_ms() - from;
  }
  (void)printf("the words load in            %8.3f ms (at most 15)\n",
      quantile(loads, N_LOADS, 0.5));
  return lexicon;
}

/// @return The time of the whole text in milliseconds.
static double
time_long(const CsLexicon *lexicon, const char *name, const char *text)
{
  const double half =
      time_prompt(lexicon, text, CS_MAX_PROMPT_BYTES / 2, N_RUNS);
  const double whole = time_prompt(lexicon, text, CS_MAX_PROMPT_BYTES, N_RUNS);
  (void)printf("16 KiB of %-28s %8.3f ms, %.1f times that of 8 KiB\n", name,
      whole, whole / half);
  return whole;
}

static double
time_hostile(const CsLexicon *lexicon, const char *name, const char *piece)
{
  static char text[CS_MAX_PROMPT_BYTES];
  const size_t n = strlen(piece);
  for (size_t i = 0; i < sizeof text; i++)
    text[i] = piece[i % n];
  return time_long(lexicon, name, text);
}

/// Words of four to nine letters, each another one.
static double
time_unknown(const CsLexicon *lexicon)
{
  static char text[CS_MAX_PROMPT_BYTES];
  CsRng rng = cs_rng_at(1, "unknown words", 0, 0);
  for (size_t i = 0; i < sizeof text;) {
    const size_t n = 4 + cs_rng_below(&rng, 6);
    for (size_t k = 0; k < n && i < sizeof text; k++)
      text[i++] = (char)('a' + cs_rng_below(&rng, 26));
    if (i < sizeof text)
      text[i++] = ' ';
  }
  return time_long(lexicon, "other unknown words", text);
}

/// What is repeated to 16 KiB: each has been, or could be, searched from every
/// place to the end. @return The longest time in milliseconds.
static double
time_all_hostile(const CsLexicon *lexicon)
{
  static const char *const pieces[] = {"not ", "not not not ", ",",
      "1234567890", ":", "[", "| 0:01 | a |\n", "a ", "then ", "at 0:01 ",
      "at 1:00, ", "0:01 - 0:02 - ", "50% ", "0-1 1-2 ", "hit every 1.1 s ",
      "10 s later ", "a beat after the drop ", "no piano or ",
      "a bit darker than last time ", "qzxwv jkqpl "};
  double worst                      = time_unknown(lexicon);
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
    const bool line = strchr(pieces[i], '\n') != NULL;
    worst           = fmax(worst,
                  time_hostile(lexicon, line ? "table rows" : pieces[i], pieces[i]));
  }
  return worst;
}

int
main(int argc, char **argv)
{
  static double times[MAX_PROMPTS];
  const char *root   = argc > 1 ? argv[1] : ".";
  CsArena *arena     = cs_arena_new(NULL);
  const char *folder = cs_arena_printf(arena, "%s/grammar/lexicon", root);
  CsLexicon *lexicon = load(arena, folder);
  if (lexicon == NULL) {
    (void)fprintf(stderr, "%s\n", cs_arena_error(arena));
    return 1;
  }
  static const char *const files[] = {"dev.jsonl", "held_out.jsonl"};
  size_t n                         = 0;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    const char *file =
        cs_arena_printf(arena, "%s/tests/data/%s", root, files[i]);
    n = add_file(arena, lexicon, file, times, n);
  }
  const double p50 = quantile(times, n, 0.5), p99 = quantile(times, n, 0.99);
  (void)printf("one of %zu prompts is read in %8.3f ms p50 (at most 0.3), %.3f "
               "ms p99 (at most 2)\n",
      n, p50, p99);
  const double worst = time_all_hostile(lexicon);
  (void)printf("the longest of these takes   %8.3f ms (at most 100)\n", worst);
  cs_lexicon_free(lexicon);
  cs_arena_free(arena);
  return p50 <= 0.3 && p99 <= 2.0 && worst <= 100.0 ? 0 : 1;
}
