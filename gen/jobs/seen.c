#include "gen/jobs/seen.h"

#include "gen/base/arena.h"
#include "gen/base/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 1024, LINE_BITS = 40 };

static const uint64_t line_mask = (UINT64_C(1) << LINE_BITS) - 1;

/// 64 bits of the hash, 24 more above the line. Line 0: an empty entry.
typedef struct Entry {
  uint64_t hash;
  uint64_t more_and_line;
} Entry;

struct CsSeen {
  Entry *entries;
  size_t capacity; ///< A power of two.
  size_t n;
};

CsSeen *
cs_seen_new(void)
{
  CsSeen *seen = calloc(1, sizeof *seen);
  if (seen == NULL)
    return NULL;
  seen->capacity = FIRST_CAPACITY;
  seen->entries  = calloc(seen->capacity, sizeof *seen->entries);
  if (seen->entries != NULL)
    return seen;
  free(seen);
  return NULL;
}

void
cs_seen_free(CsSeen *seen)
{
  if (seen == NULL)
    return;
  free(seen->entries);
  free(seen);
}

static unsigned
digit_of(char c)
{
  return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static uint64_t
number_of(const char *digits)
{
  uint64_t number = 0;
  for (size_t i = 0; i < 16; i++)
    number = number << 4 | digit_of(digits[i]);
  return number;
}

/// An entry without its line.
static Entry
entry_of(char kind, const char *text)
{
  CsHash hash;
  char hex[65];
  cs_hash_begin(&hash);
  cs_hash_add(&hash, &kind, 1);
  cs_hash_add(&hash, text, strlen(text));
  cs_hash_end(&hash, hex);
  return (Entry){number_of(hex), number_of(hex + 16) & ~line_mask};
}

/// Where an entry is or belongs.
static Entry *
find(const CsSeen *seen, const Entry *entry)
{
  for (size_t i = (size_t)entry->hash;; i++) {
    Entry *here = &seen->entries[i & (seen->capacity - 1)];
    if (here->more_and_line == 0 ||
        (here->hash == entry->hash &&
            (here->more_and_line & ~line_mask) == entry->more_and_line))
      return here;
  }
}

uint64_t
cs_seen_line(const CsSeen *seen, char kind, const char *text)
{
  const Entry entry = entry_of(kind, text);
  return find(seen, &entry)->more_and_line & line_mask;
}

static CsStatus
grow(CsSeen *seen)
{
  CsSeen larger  = {.capacity = seen->capacity * 2, .n = seen->n};
  larger.entries = calloc(larger.capacity, sizeof *larger.entries);
  if (larger.entries == NULL)
    return CS_ERR_MEMORY;
  for (size_t i = 0; i < seen->capacity; i++) {
    const Entry key = {
        seen->entries[i].hash, seen->entries[i].more_and_line & ~line_mask};
    if (seen->entries[i].more_and_line != 0)
      *find(&larger, &key) = seen->entries[i];
  }
  free(seen->entries);
  *seen = larger;
  return CS_OK;
}

CsStatus
cs_seen_put(CsSeen *seen, char kind, const char *text, uint64_t line)
{
  const Entry entry = entry_of(kind, text);
  assert(line > 0 && line <= line_mask);
  if (4 * (seen->n + 1) > 3 * seen->capacity)
    CS_TRY(grow(seen));
  Entry *here = find(seen, &entry);
  if (here->more_and_line != 0)
    return CS_OK;
  *here = (Entry){entry.hash, entry.more_and_line | line};
  seen->n++;
  return CS_OK;
}
