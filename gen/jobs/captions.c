#include "gen/jobs/captions.h"

#include "gen/base/file.h"
#include "gen/base/text.h"
#include "gen/io/audio_file.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { MAX_CAPTION_BYTES = 16 << 20, SHOWN_BYTES = 60 };

static const char arrow[]      = "-->";
static const char want_times[] = "00:00:01.000 --> 00:00:04.000";

// ---- Lines ------------------------------------------------------------------

/// A line without its end.
typedef struct Line {
  const char *at;
  size_t n;
} Line;

typedef struct Reader {
  CsArena *arena;
  const char *name;
  const char *at, *end;
  unsigned long number; ///< Of the line read last, from 1.
  bool has_any;         ///< A caption was read.
  double last_start_s, end_s;
} Reader;

/// A line ends with CR LF, LF, or, as WebVTT allows, CR alone.
static bool
next_line(Reader *r, Line *line)
{
  if (r->at == r->end)
    return false;
  const char *stop = r->at;
  while (stop < r->end && *stop != '\n' && *stop != '\r')
    stop++;
  *line = (Line){r->at, (size_t)(stop - r->at)};
  stop += stop + 1 < r->end && stop[0] == '\r' && stop[1] == '\n';
  r->at = stop < r->end ? stop + 1 : r->end;
  r->number++;
  return true;
}

static bool
is_blank(Line line)
{
  for (size_t i = 0; i < line.n; i++)
    if (line.at[i] != ' ' && line.at[i] != '\t')
      return false;
  return true;
}

static const char *
find_arrow(Line line)
{
  const size_t n = sizeof arrow - 1;
  for (size_t i = 0; i + n <= line.n; i++)
    if (memcmp(line.at + i, arrow, n) == 0)
      return line.at + i;
  return NULL;
}

static bool
is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static bool
is_number(Line line)
{
  size_t i = 0;
  while (i < line.n && is_digit(line.at[i]))
    i++;
  return i > 0 && is_blank((Line){line.at + i, line.n - i});
}

/// "00:12" at its begin?
static bool
begins_like_time(Line line)
{
  return line.n > 4 && is_digit(line.at[0]) && is_digit(line.at[1]) &&
         line.at[2] == ':' && is_digit(line.at[3]);
}

// ---- Times ------------------------------------------------------------------

/// The digits at the front. @return How many.
static size_t
take_digits(Line *line, unsigned *value)
{
  size_t n = 0;
  *value   = 0;
  while (n < line->n && n < 5 && is_digit(line->at[n]))
    *value = *value * 10 + (unsigned)(line->at[n++] - '0');
  line->at += n;
  line->n -= n;
  return n;
}

static bool
take_mark(Line *line, const char *marks)
{
  if (line->n == 0 || strchr(marks, *line->at) == NULL)
    return false;
  line->at++;
  line->n--;
  return true;
}

static void
take_blanks(Line *line)
{
  while (take_mark(line, " \t"))
    ;
}

/// [hours:]minutes:seconds.thousandths, with a comma in SubRip.
static bool
take_time(Line *line, double *seconds)
{
  unsigned part[3] = {0, 0, 0}, thousandths = 0;
  size_t n = 0;
  do {
    const size_t n_digits = n < 3 ? take_digits(line, &part[n]) : 0;
    if (n_digits == 0 || (n > 0 && n_digits != 2))
      return false;
    n++;
  } while (take_mark(line, ":"));
  if (n < 2 || !take_mark(line, ".,") || take_digits(line, &thousandths) != 3)
    return false;
  const unsigned hours   = n == 3 ? part[0] : 0;
  const unsigned minutes = part[n - 2], s = part[n - 1];
  *seconds = 3600.0 * hours + 60.0 * minutes + s + thousandths / 1000.0;
  return minutes < 60 && s < 60;
}

static CsStatus
fail_times(const Reader *r, Line line)
{
  const size_t n     = line.n < SHOWN_BYTES ? line.n : SHOWN_BYTES;
  const size_t valid = cs_utf8_check(line.at, n);
  return cs_fail(r->arena, CS_ERR_REQUEST,
      "%s line %lu: \"%.*s\" is no time of a caption; write it like %s",
      r->name, r->number, (int)valid, line.at, want_times);
}

static CsStatus
read_times(Reader *r, Line line)
{
  Line rest      = line;
  double start_s = 0.0, end_s = 0.0;
  take_blanks(&rest);
  if (!take_time(&rest, &start_s))
    return fail_times(r, line);
  take_blanks(&rest);
  if (rest.n < sizeof arrow - 1 || find_arrow(rest) != rest.at)
    return fail_times(r, line);
  rest.at += sizeof arrow - 1;
  rest.n -= sizeof arrow - 1;
  take_blanks(&rest);
  if (!take_time(&rest, &end_s) || (rest.n > 0 && !take_mark(&rest, " \t")))
    return fail_times(r, line);
  if (end_s < start_s)
    return cs_fail(r->arena, CS_ERR_REQUEST,
        "%s line %lu: the caption ends at %.3f s, before it begins at %.3f s; "
        "mend one of the two times",
        r->name, r->number, end_s, start_s);
  if (r->has_any && start_s < r->last_start_s)
    return cs_fail(r->arena, CS_ERR_REQUEST,
        "%s line %lu: the caption begins at %.3f s, the one before it at %.3f "
        "s; put the captions in order of time",
        r->name, r->number, start_s, r->last_start_s);
  r->last_start_s = start_s;
  r->end_s        = end_s > r->end_s ? end_s : r->end_s;
  r->has_any      = true;
  return CS_OK;
}

// ---- Blocks -----------------------------------------------------------------

/// The lines up to a blank one: a caption whose times stand in the first or the
/// second line. A block without times is a note, a style, or more text of the
/// caption before, unless its first line counts captions.
static CsStatus
read_block(Reader *r, Line first)
{
  Line second = {"", 0};
  if (find_arrow(first) != NULL)
    return read_times(r, first);
  if (begins_like_time(first))
    return fail_times(r, first);
  if (!next_line(r, &second))
    return CS_OK;
  if (find_arrow(second) != NULL)
    return read_times(r, second);
  if (is_number(first) || begins_like_time(second))
    return fail_times(r, second);
  r->at = second.at; // the block goes on
  r->number--;
  return CS_OK;
}

static void
pass_block(Reader *r)
{
  Line line;
  while (next_line(r, &line) && !is_blank(line))
    ;
}

static bool
begins_with(const Reader *r, const char *mark)
{
  const size_t n = strlen(mark);
  return (size_t)(r->end - r->at) >= n && memcmp(r->at, mark, n) == 0;
}

static CsStatus
pass_mark(Reader *r)
{
  if (begins_with(r, "\xff\xfe") || begins_with(r, "\xfe\xff"))
    return cs_fail(r->arena, CS_ERR_REQUEST,
        "%s is written in UTF-16; save it as UTF-8", r->name);
  r->at += begins_with(r, "\xef\xbb\xbf") ? 3 : 0;
  return CS_OK;
}

CsStatus
cs_captions_length(CsArena *arena, const char *name, const char *text,
    size_t n_bytes, double *seconds)
{
  Reader r = {.arena = arena, .name = name, .at = text, .end = text + n_bytes};
  Line line;
  CS_TRY(pass_mark(&r));
  if (r.at == r.end)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s line 1: the file is empty; give the captions of the narration",
        name);
  while (next_line(&r, &line)) {
    if (is_blank(line))
      continue;
    CS_TRY(read_block(&r, line));
    pass_block(&r);
  }
  if (!r.has_any)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s line %lu: the file ends without a caption; a caption has a line "
        "like %s",
        name, r.number, want_times);
  *seconds = r.end_s;
  return CS_OK;
}

static bool
has_ending(const char *path, const char *ending)
{
  return strcasecmp(path + cs_path_stem(path), ending) == 0;
}

/// A pipe or a device may never end. What is missing is told by who opens it.
static CsStatus
refuse_odd_file(CsArena *arena, const char *path)
{
  struct stat info;
  if (stat(path, &info) != 0 || S_ISREG(info.st_mode))
    return CS_OK;
  return cs_fail(arena, CS_ERR_REQUEST,
      "%s is no plain file; name the sound or the captions of the narration",
      path);
}

CsStatus
cs_narration_length(CsArena *arena, const char *path, double *seconds)
{
  if (has_ending(path, ".srt") || has_ending(path, ".vtt")) {
    const char *text = NULL;
    size_t n_bytes   = 0;
    CS_TRY(refuse_odd_file(arena, path));
    CS_TRY(cs_file_read(arena, path, MAX_CAPTION_BYTES, &text, &n_bytes));
    return cs_captions_length(arena, path, text, n_bytes, seconds);
  }
  CsAudioInfo info;
  CS_TRY(refuse_odd_file(arena, path));
  CS_TRY(cs_audio_info(arena, path, false, &info));
  *seconds = (double)info.n_frames / info.sample_rate;
  return CS_OK;
}
