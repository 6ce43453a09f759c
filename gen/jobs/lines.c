#include "gen/jobs/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024, CAPACITY = CS_MAX_JOB_BYTES + READ_BYTES };

typedef enum Kind { KIND_UNKNOWN, KIND_JSON, KIND_CSV } Kind;

struct CsLines {
  const char *path;
  int fd;
  bool is_pipe; ///< May have nothing at the moment.
  Kind kind;
  bool is_begun;       ///< The mark of some editors was looked for.
  bool is_skipping;    ///< Inside a line that was too long.
  bool has_ended;      ///< Nothing is left to read.
  size_t at, n;        ///< Window: bytes[at..n).
  uint64_t number;     ///< Of the line at `at`.
  uint64_t n_consumed; ///< Bytes before `at`.
  int64_t n_all;       ///< Of a file; -1.
  char bytes[CAPACITY];
};

static bool
ends_in(const char *path, const char *ending)
{
  const size_t n     = strlen(path);
  const size_t n_end = strlen(ending);
  return n > n_end && strcmp(path + n - n_end, ending) == 0;
}

static Kind
kind_of_name(const char *path)
{
  if (ends_in(path, ".csv"))
    return KIND_CSV;
  if (ends_in(path, ".jsonl") || ends_in(path, ".ndjson") ||
      ends_in(path, ".json"))
    return KIND_JSON;
  return KIND_UNKNOWN;
}

CsStatus
cs_lines_open(CsArena *arena, const char *path, CsLines **lines)
{
  const bool is_stdin = strcmp(path, "-") == 0;
  struct stat info;
  *lines       = NULL;
  const int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return cs_fail(
        arena, CS_ERR_REQUEST, "%s cannot be read: %s", path, strerror(errno));
  if (fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
    if (!is_stdin)
      (void)close(fd);
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s is a folder; name a list of jobs, JSON Lines or CSV", path);
  }
  CsLines *made = calloc(1, sizeof *made);
  if (made == NULL) {
    if (!is_stdin)
      (void)close(fd);
    return CS_ERR_MEMORY;
  }
  made->path    = is_stdin ? "standard input" : path;
  made->fd      = fd;
  made->is_pipe = !S_ISREG(info.st_mode);
  made->kind    = is_stdin ? KIND_UNKNOWN : kind_of_name(path);
  made->number  = 1;
  made->n_all   = made->is_pipe ? -1 : (int64_t)info.st_size;
  *lines        = made;
  return CS_OK;
}

void
cs_lines_close(CsLines *lines)
{
  if (lines == NULL)
    return;
  if (lines->fd != STDIN_FILENO)
    (void)close(lines->fd);
  free(lines);
}

bool
cs_lines_are_csv(const CsLines *lines)
{
  return lines->kind == KIND_CSV;
}

double
cs_lines_share(const CsLines *lines)
{
  return lines->n_all > 0 ? (double)lines->n_consumed / (double)lines->n_all
                          : -1.0;
}

// ---- The window -------------------------------------------------------------

/// Read more into the window, which has room.
static CsStatus
fill(CsArena *arena, CsLines *lines, bool *later)
{
  struct pollfd ask = {.fd = lines->fd, .events = POLLIN};
  *later            = false;
  memmove(lines->bytes, lines->bytes + lines->at, lines->n - lines->at);
  lines->n -= lines->at;
  lines->at = 0;
  if (lines->is_pipe && poll(&ask, 1, 0) == 0) {
    *later = true;
    return CS_OK;
  }
  const ssize_t n =
      read(lines->fd, lines->bytes + lines->n, CAPACITY - lines->n);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
    *later = true;
    return CS_OK;
  }
  if (n < 0)
    return cs_fail(arena, CS_ERR_WORK, "%s cannot be read: %s", lines->path,
        strerror(errno));
  lines->has_ended = n == 0;
  lines->n += (size_t)n;
  return CS_OK;
}

/// Step over `n` bytes of the window, counting lines.
static void
consume(CsLines *lines, size_t n)
{
  for (size_t i = 0; i < n; i++)
    lines->number += lines->bytes[lines->at + i] == '\n';
  lines->at += n;
  lines->n_consumed += n;
}

/// Bytes up to the next line break, or all.
static size_t
line_length(const CsLines *lines)
{
  const char *from = lines->bytes + lines->at;
  const char *end  = memchr(from, '\n', lines->n - lines->at);
  return end != NULL ? (size_t)(end - from) : lines->n - lines->at;
}

/// Bytes of a CSV record: up to a line break outside quotes, or all.
static size_t
record_length(const CsLines *lines, bool *is_open)
{
  const char *from = lines->bytes + lines->at;
  const size_t n   = lines->n - lines->at;
  bool quoted      = false; // between two quotes
  bool has_quotes  = false; // the field has some around it
  bool begins      = true;  // the field
  size_t i         = 0;
  for (; i < n && (quoted || from[i] != '\n'); i++) {
    if (from[i] == '"' && (begins || has_quotes)) {
      quoted     = !quoted;
      has_quotes = true;
      begins     = false;
    } else if (from[i] == ',' && !quoted) {
      has_quotes = false;
      begins     = true;
    } else if (from[i] != ' ' && from[i] != '\t') {
      begins = false;
    }
  }
  *is_open = quoted;
  return i;
}

static bool
is_blank(const char *text, size_t n)
{
  size_t i = 0;
  while (i < n && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r'))
    i++;
  return i == n;
}

/// The list's first bytes: the mark of some editors is skipped, and an unknown
/// kind is told by the first byte that is not blank.
static void
begin(CsLines *lines)
{
  static const char mark[] = "\xef\xbb\xbf";
  if (!lines->is_begun && lines->n - lines->at >= 3 &&
      memcmp(lines->bytes + lines->at, mark, 3) == 0)
    consume(lines, 3);
  lines->is_begun = true;
  for (size_t i = lines->at; lines->kind == KIND_UNKNOWN && i < lines->n; i++)
    if (strchr(" \t\r\n", lines->bytes[i]) == NULL)
      lines->kind = lines->bytes[i] == '{' ? KIND_JSON : KIND_CSV;
}

// ---- Records ----------------------------------------------------------------

/// What is wrong with a record that fills the window or meets the end inside
/// quotes; NULL for a sound one.
static const char *
fault_of(const CsLines *lines, bool is_open, bool is_whole)
{
  if (is_open)
    return lines->has_ended
               ? "a quote is opened and never closed; close it, and double "
                 "quotes inside a field"
               : "a quoted field goes on for more than 256 KiB; close its "
                 "quote";
  return is_whole ? NULL
                  : "the line is longer than 256 KiB; a prompt may have 16 KiB";
}

/// Hand out `n` bytes of the window as a record. @return false for a blank one.
static bool
take(CsLines *lines, size_t n, const char *fault, CsLine *line)
{
  const char *text     = lines->bytes + lines->at;
  const bool has_break = lines->at + n < lines->n;
  const bool says_much = fault != NULL || !is_blank(text, n);
  *line                = (CsLine){text, n, lines->number, fault};
  if (fault != NULL)
    *line = (CsLine){"", 0, lines->number, fault};
  while (line->n_bytes > 0 && text[line->n_bytes - 1] == '\r')
    line->n_bytes--;
  lines->is_skipping = !has_break && !lines->has_ended;
  consume(lines, n + has_break);
  return says_much;
}

/// The rest of a line that was too long.
static void
skip(CsLines *lines)
{
  const size_t n       = line_length(lines);
  const bool has_break = lines->at + n < lines->n;
  consume(lines, n + has_break);
  lines->is_skipping = !has_break;
}

CsStatus
cs_lines_next(CsArena *arena, CsLines *lines, CsLine *line, CsSupply *supply)
{
  for (;;) {
    bool is_open = false, later = false;
    if (lines->n > lines->at)
      begin(lines);
    if (lines->is_skipping)
      skip(lines);
    const size_t n = lines->kind == KIND_CSV ? record_length(lines, &is_open)
                                             : line_length(lines);
    const bool is_whole = lines->at + n < lines->n || lines->has_ended;
    if (lines->has_ended && lines->at == lines->n) {
      *supply = CS_SUPPLY_END;
      return CS_OK;
    }
    if (is_whole || n >= CS_MAX_JOB_BYTES) {
      const char *fault = fault_of(lines, is_open, n < CS_MAX_JOB_BYTES);
      *supply           = CS_SUPPLY_LINE;
      // After an open quote the list goes on with the next line.
      if (take(lines, is_open ? line_length(lines) : n, fault, line))
        return CS_OK;
      continue;
    }
    CS_TRY(fill(arena, lines, &later));
    if (later) {
      *supply = CS_SUPPLY_LATER;
      return CS_OK;
    }
  }
}
