/// Times as a user types them for --duration.
#include "grammar/parse.h"

#include <math.h>
#include <string.h>

enum { MAX_DIGITS = 9 };

static bool
digits(const char **text, double *value, int *n)
{
  *n     = 0;
  *value = 0.0;
  for (; **text >= '0' && **text <= '9'; (*text)++, (*n)++)
    *value = *value * 10.0 + (**text - '0');
  return *n > 0 && *n <= MAX_DIGITS;
}

/// Digits with an optional fraction; 1/3 s is written 0.333333.
static bool
number(const char **text, double *value)
{
  int n = 0, n_fraction = 0;
  double fraction = 0.0, scale = 1.0;
  const bool whole = digits(text, value, &n);
  if (**text != '.')
    return whole;
  (*text)++;
  if (!digits(text, &fraction, &n_fraction) || (!whole && n > 0))
    return false;
  for (int i = 0; i < n_fraction; i++)
    scale *= 10.0;
  *value += fraction / scale;
  return true;
}

typedef struct Unit {
  const char *name;
  double seconds;
} Unit;

static const Unit units[] = {
    {"ms", 0.001},
    {"min", 60.0},
    {"mins", 60.0},
    {"m", 60.0},
    {"minute", 60.0},
    {"minutes", 60.0},
    {"sec", 1.0},
    {"secs", 1.0},
    {"s", 1.0},
    {"second", 1.0},
    {"seconds", 1.0},
    {"h", 3600.0},
    {"hour", 3600.0},
    {"hours", 3600.0},
};

static const Unit *
unit(const char **text)
{
  size_t n = 0;
  while ((*text)[n] >= 'a' && (*text)[n] <= 'z')
    n++;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (strlen(units[i].name) == n && memcmp(units[i].name, *text, n) == 0) {
      *text += n;
      return &units[i];
    }
  return NULL;
}

static void
blanks(const char **text)
{
  while (**text == ' ')
    (*text)++;
}

/// "90", "90s", "1m30s", "2 h 5 min"
static bool
parse_amount(const char *text, double *seconds)
{
  double total = 0.0, value = 0.0, smallest = 1e9;
  do {
    if (!number(&text, &value))
      return false;
    blanks(&text);
    const Unit *found = unit(&text);
    if (found == NULL && (*text != '\0' || smallest < 1.0))
      return false;
    // "1m30" counts 30 in the next smaller unit.
    const double scale = found != NULL        ? found->seconds
                         : smallest == 3600.0 ? 60.0
                                              : 1.0;
    if (scale >= smallest)
      return false;
    smallest = scale;
    total += value * scale;
    blanks(&text);
  } while (*text != '\0');
  *seconds = total;
  return true;
}

typedef struct Rate {
  const char *name;
  int numerator, denominator; ///< Frames per second, exactly.
  bool drops;
} Rate;

// SMPTE ST 12-1: 29.97 is 30000/1001; drop frame leaves out the numbers 0 and 1
// of each minute that is not a multiple of ten.
static const Rate rates[] = {
    {"23.976", 24000, 1001, false},
    {"23.98", 24000, 1001, false},
    {"24", 24, 1, false},
    {"25", 25, 1, false},
    {"29.97", 30000, 1001, false},
    {"29.97df", 30000, 1001, true},
    {"30", 30, 1, false},
    {"50", 50, 1, false},
    {"59.94", 60000, 1001, false},
    {"59.94df", 60000, 1001, true},
    {"60", 60, 1, false},
};

static const Rate *
find_rate(const char *name, bool drops)
{
  for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
    if (strcmp(rates[i].name, name) != 0)
      continue;
    const bool can_drop =
        i + 1 < sizeof rates / sizeof *rates && rates[i + 1].drops;
    return drops && !rates[i].drops && can_drop ? &rates[i + 1] : &rates[i];
  }
  return NULL;
}

/// A frame number that drop frame leaves out names no time.
static bool
frames_to_seconds(
    const Rate *rate, const double clock[3], double frame, double *seconds)
{
  const int nominal =
      (rate->numerator + rate->denominator - 1) / rate->denominator;
  const int n_dropped  = rate->drops ? nominal / 15 : 0;
  const double minutes = clock[0] * 60.0 + clock[1];
  if (frame >= nominal)
    return false;
  if (n_dropped > 0 && frame < n_dropped && clock[2] <= 0.0 &&
      fmod(minutes, 10.0) > 0.0)
    return false;
  const double n = (minutes * 60.0 + clock[2]) * nominal + frame -
                   n_dropped * (minutes - floor(minutes / 10.0));
  *seconds = n * rate->denominator / rate->numerator;
  return true;
}

/// "1:30", "0:01:30.5", "00:01:30:12@25", "00:01:30;12@29.97"
static bool
parse_clock(const char *text, double *seconds)
{
  double part[4] = {0.0};
  char marks[4]  = {0};
  size_t n       = 0;
  bool fraction  = false;
  for (;; text++) {
    const char *before = text;
    if (n == 4 || fraction || !number(&text, &part[n]))
      return false;
    fraction = memchr(before, '.', (size_t)(text - before)) != NULL;
    if (*text != ':' && *text != ';')
      break;
    marks[n++] = *text;
  }
  if (n == 0 || (*text != '\0' && *text != '@'))
    return false;
  for (size_t i = 1; i <= n && i < 3; i++)
    if (part[i] >= 60.0)
      return false;
  if (n < 3) {
    const bool hours = n == 2;
    *seconds         = hours ? part[0] * 3600.0 + part[1] * 60.0 + part[2]
                             : part[0] * 60.0 + part[1];
    return *text == '\0' && marks[0] == ':';
  }
  const bool drops = marks[2] == ';';
  const Rate *rate = *text == '@' ? find_rate(text + 1, drops)
                     : drops      ? find_rate("29.97", true)
                                  : NULL;
  return rate != NULL && frames_to_seconds(rate, part, part[3], seconds);
}

bool
cs_parse_time(const char *text, double *seconds)
{
  double found    = 0.0;
  const bool good = strpbrk(text, ":;") != NULL ? parse_clock(text, &found)
                                                : parse_amount(text, &found);
  if (good)
    *seconds = found;
  return good;
}
