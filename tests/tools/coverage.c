// How much of a list of musical phrases is understood: lines of "phrase TAB
// count", one header line. A phrase counts when no word of it is unknown and
// something of it became a field or an answer; the rest is listed by count.
//
// usage: coverage phrases.tsv [how many misses to list]

#include "gen/base/file.h"
#include "grammar/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Tally {
  double covered, ordinary, total;
  long n_listed, most_listed;
} Tally;

static bool
is_foreign(const CsBrief *brief)
{
  for (size_t i = 0; i < brief->n_warnings; i++)
    if (strcmp(brief->warnings[i].code, "unknown_language") == 0)
      return true;
  return false;
}

static void
list_miss(Tally *tally, const char *phrase, size_t n, double count,
    const CsBrief *brief)
{
  if (tally->n_listed++ >= tally->most_listed)
    return;
  (void)printf("  %6.0f  %.*s", count, (int)n, phrase);
  for (size_t i = 0; i < brief->n_unknown; i++)
    (void)printf("%s%s", i == 0 ? "  [" : ", ", brief->unknown[i].text);
  (void)printf("%s\n", brief->n_unknown > 0 ? "]" : "");
}

static void
count_line(const CsLexicon *lexicon, const char *line, Tally *tally)
{
  const size_t n     = strcspn(line, "\t\n");
  const double count = line[n] == '\t' ? strtod(line + n, NULL) : 0.0;
  CsArena *arena     = cs_arena_new(NULL);
  CsBrief *brief     = NULL;
  tally->total += count;
  if (count > 0.0 && cs_brief_parse(arena, lexicon, line, n, &brief) == CS_OK) {
    const bool known = brief->n_unknown == 0 && !is_foreign(brief);
    if (known && brief->n_understood > 0)
      tally->covered += count;
    else if (known)
      tally->ordinary += count;
    if (!known || brief->n_understood == 0)
      list_miss(tally, line, n, count, brief);
  }
  cs_arena_free(arena);
}

int
main(int argc, char **argv)
{
  CsArena *arena     = cs_arena_new(NULL);
  CsLexicon *lexicon = NULL;
  const char *text = NULL, *data = NULL;
  size_t n    = 0;
  Tally tally = {.most_listed = argc > 2 ? strtol(argv[2], NULL, 10) : 0};
  if (argc < 2) {
    (void)fputs(
        "usage: coverage phrases.tsv [how many misses to list]\n", stderr);
    return 2;
  }
  if (cs_data_folder(arena, NULL, &data) != CS_OK ||
      cs_lexicon_load(arena, cs_arena_printf(arena, "%s/grammar/lexicon", data),
          &lexicon) != CS_OK ||
      cs_file_read(arena, argv[1], 1 << 24, &text, &n) != CS_OK) {
    (void)fprintf(stderr, "%s\n", cs_arena_error(arena));
    return 2;
  }
  for (const char *line = strchr(text, '\n'); line != NULL && line[1] != '\0';
       line             = strchr(line + 1, '\n'))
    count_line(lexicon, line + 1, &tally);
  (void)printf("understood or answered %.1f %%, ordinary words only %.1f %%, "
               "of %.0f\n",
      100.0 * tally.covered / tally.total, 100.0 * tally.ordinary / tally.total,
      tally.total);
  cs_lexicon_free(lexicon);
  cs_arena_free(arena);
  return 0;
}
