#include "grammar/stem.h"

#include <stdbool.h>
#include <string.h>

static bool
has_vowel(const char *word, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (strchr("aeiouy", word[i]) != NULL)
      return true;
  return false;
}

/// Length without the ending, or n when it does not end so or too little stays.
static size_t
without(const char *word, size_t n, const char *ending)
{
  const size_t e = strlen(ending);
  if (n < e + 2 || memcmp(word + n - e, ending, e) != 0 ||
      !has_vowel(word, n - e))
    return n;
  return n - e;
}

static bool
is_doubled(const char *word, size_t n)
{
  return n > 3 && word[n - 1] == word[n - 2] &&
         strchr("bdgmnprt", word[n - 1]) != NULL;
}

size_t
cs_stem(const char *word, size_t n, char *stem)
{
  static const char *const verbal[] = {"ing", "ed"};
  memcpy(stem, word, n);
  n              = without(stem, n, "ly");
  const size_t s = without(stem, n, "s");
  if (s < n && s > 2 && stem[s - 1] != 's' && stem[s - 1] != 'u')
    n = s;
  for (size_t i = 0; i < sizeof verbal / sizeof *verbal; i++) {
    const size_t cut = without(stem, n, verbal[i]);
    if (cut < n && cut > 2) {
      n = is_doubled(stem, cut) ? cut - 1 : cut;
      break;
    }
  }
  n = n > 3 && stem[n - 1] == 'e' ? n - 1 : n;
  if (n > 2 && stem[n - 1] == 'y')
    stem[n - 1] = 'i';
  return n;
}
