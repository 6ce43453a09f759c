/// The Brief as text for a person.
#include "grammar/brief.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 80, PHRASE_WIDTH = 24 };

/// Colours by what a phrase became.
typedef struct Style {
  const char *field;
  const char *escape;
  char mark; ///< Under the phrase where there is no colour.
} Style;

static const Style styles[] = {
    {"duration_s", "\033[4;36m", '='},
    {"tempo_bpm", "\033[4;35m", '-'},
    {"key", "\033[4;35m", '-'},
    {"mode", "\033[4;35m", '-'},
    {"meter", "\033[4;35m", '-'},
    {"valence", "\033[4;33m", '~'},
    {"arousal", "\033[4;33m", '~'},
    {"moods", "\033[4;33m", '~'},
    {"density", "\033[4;33m", '~'},
    {"instruments", "\033[4;32m", '^'},
    {"exclude", "\033[4;31m", 'x'},
    {"arc", "\033[4;34m", '>'},
    {"ending", "\033[4;34m", '>'},
    {"function", "\033[4;36m", '='},
    {"warnings", "\033[1;31m", '!'},
};

static const char plain_escape[] = "\033[4m";
static const char reset[]        = "\033[0m";

static const Style *
style_of(const char *field)
{
  for (size_t i = 0; i < sizeof styles / sizeof *styles; i++)
    if (strcmp(styles[i].field, field) == 0)
      return &styles[i];
  return NULL;
}

/// The phrase that covers a byte, or NULL. The list is in prompt order, so the
/// search goes on from where it was.
static const CsPhrase *
phrase_at(const CsBrief *brief, size_t at, size_t *from)
{
  while (*from < brief->n_understood && brief->understood[*from].end <= at)
    ++*from;
  const CsPhrase *phrase =
      *from < brief->n_understood ? &brief->understood[*from] : NULL;
  return phrase != NULL && phrase->begin <= at ? phrase : NULL;
}

static size_t
character(const char *s)
{
  const size_t n = cs_utf8_decode(s, strlen(s) < 4 ? strlen(s) : 4, NULL);
  return n > 0 ? n : 1;
}

/// Where a line of the prompt ends: at a blank before the width, or a break.
static size_t
line_end(const char *prompt, size_t at)
{
  size_t columns = 0, last_blank = 0, i = at;
  while (prompt[i] != '\0' && prompt[i] != '\n' && columns < WIDTH) {
    if (prompt[i] == ' ')
      last_blank = i;
    i += character(prompt + i);
    columns++;
  }
  return prompt[i] != '\0' && prompt[i] != '\n' && last_blank > at ? last_blank
                                                                   : i;
}

static void
add_coloured(CsText *text, const CsBrief *brief, size_t at, size_t end)
{
  const CsPhrase *open = NULL;
  size_t from          = 0;
  while (at < end) {
    const size_t n          = character(brief->prompt + at);
    const CsPhrase *covered = phrase_at(brief, at, &from);
    if (covered != open) {
      if (open != NULL)
        cs_text_add(text, reset);
      const Style *style = covered != NULL ? style_of(covered->field) : NULL;
      if (covered != NULL)
        cs_text_add(text, style != NULL ? style->escape : plain_escape);
      open = covered;
    }
    cs_text_add_bytes(text, brief->prompt + at, n);
    at += n;
  }
  if (open != NULL)
    cs_text_add(text, reset);
  cs_text_add(text, "\n");
}

static void
add_underlined(CsText *text, const CsBrief *brief, size_t at, size_t end)
{
  char marks[WIDTH + 1];
  size_t columns = 0, used = 0, from = 0;
  const size_t start = at;
  while (at < end && columns < WIDTH) {
    const CsPhrase *covered = phrase_at(brief, at, &from);
    const Style *style      = covered != NULL ? style_of(covered->field) : NULL;
    marks[columns++]        = covered == NULL ? ' '
                              : style != NULL ? style->mark
                                              : '_';
    used                    = covered != NULL ? columns : used;
    at += character(brief->prompt + at);
  }
  cs_text_add_bytes(text, brief->prompt + start, end - start);
  cs_text_add(text, "\n");
  cs_text_add_bytes(text, marks, used);
  cs_text_add(text, used > 0 ? "\n" : "");
}

static void
add_prompt(CsText *text, const CsBrief *brief, bool colour)
{
  for (size_t at = 0; brief->prompt[at] != '\0';) {
    const size_t end = line_end(brief->prompt, at);
    if (colour)
      add_coloured(text, brief, at, end);
    else
      add_underlined(text, brief, at, end);
    at = end;
    if (brief->prompt[at] == ' ' || brief->prompt[at] == '\n')
      at++;
  }
  cs_text_add(text, "\n");
}

/// A text cut or padded to a number of columns.
static void
add_column(CsText *text, const char *s, size_t width)
{
  size_t columns = 0, total = 0;
  for (size_t i = 0; s[i] != '\0'; i += character(s + i))
    total++;
  for (size_t i = 0; s[i] != '\0' && columns < width; columns++) {
    const size_t n = character(s + i);
    if (total > width && columns + 1 == width)
      cs_text_add(text, "\xe2\x80\xa6");
    else
      cs_text_add_bytes(text, s[i] == '\n' ? " " : s + i, s[i] == '\n' ? 1 : n);
    i += n;
  }
  for (; columns < width; columns++)
    cs_text_add(text, " ");
}

static void
add_table(CsText *text, const CsBrief *brief)
{
  char value[WIDTH];
  if (brief->n_understood == 0) {
    cs_text_add(text, "Nothing was understood.\n");
    return;
  }
  for (size_t i = 0; i < brief->n_understood; i++) {
    const CsPhrase *phrase = &brief->understood[i];
    const bool dropped     = strcmp(phrase->value, "null") == 0 ||
                         strcmp(phrase->value, "\"\"") == 0;
    (void)snprintf(value, sizeof value, "%s = %s", phrase->field,
        dropped ? "(not taken)" : phrase->value);
    add_column(text, phrase->text, PHRASE_WIDTH);
    cs_text_add(text, "  ");
    add_column(text, value, 36);
    cs_text_addf(text, "  (%s)\n", phrase->rule);
  }
}

static bool
has_warning(const CsBrief *brief, const char *code)
{
  for (size_t i = 0; i < brief->n_warnings; i++)
    if (strcmp(brief->warnings[i].code, code) == 0)
      return true;
  return false;
}

static void
add_assumed(CsText *text, const CsBrief *brief)
{
  const bool foreign = has_warning(brief, "unknown_language");
  if (foreign)
    return;
  cs_text_add(text, "\nAssumed:\n");
  if (!(brief->said & CS_SAID_FUNCTION))
    cs_text_add(text, "  function = thematic, over 10 minutes a bed\n");
  if (!(brief->said & CS_SAID_DURATION))
    cs_text_addf(text, "  duration_s = %g, the function's default length\n",
        brief->duration_s);
  if (!(brief->said & CS_SAID_TEMPO))
    cs_text_add(text, "  tempo_bpm from mood and style\n");
  if (!(brief->said & CS_SAID_MODE))
    cs_text_add(text, "  key and mode from mood and style\n");
  if (!(brief->said & CS_SAID_METER))
    cs_text_add(text, "  meter from the style, mostly 4/4\n");
  if (!(brief->said & CS_SAID_ENDING))
    cs_text_add(text, "  ending from the function\n");
}

/// A sentence in lines of the width, indented.
static void
add_wrapped(CsText *text, const char *indent, const char *sentence)
{
  const size_t room = WIDTH - strlen(indent);
  while (*sentence != '\0') {
    const size_t n = cs_words_fitting(sentence, room);
    cs_text_addf(text, "%s%.*s\n", indent, (int)n, sentence);
    sentence += n;
    while (*sentence == ' ')
      sentence++;
  }
}

static void
add_unknown(CsText *text, const CsBrief *brief)
{
  if (brief->n_unknown == 0)
    return;
  cs_text_add(text, "\nNot understood:\n");
  for (size_t i = 0; i < brief->n_unknown; i++) {
    const CsUnknown *unknown = &brief->unknown[i];
    cs_text_addf(text, "  %s", unknown->text);
    for (size_t k = 0; k < unknown->nearest.n; k++)
      cs_text_addf(text, "%s%s", k == 0 ? " (nearest known words: " : ", ",
          unknown->nearest.items[k]);
    cs_text_add(text, unknown->nearest.n > 0 ? ")\n" : "\n");
  }
}

static void
add_warnings(CsText *text, const CsBrief *brief)
{
  if (brief->n_warnings == 0)
    return;
  cs_text_add(text, "\nWarnings:\n");
  for (size_t i = 0; i < brief->n_warnings; i++) {
    cs_text_addf(text, "  %s\n", brief->warnings[i].code);
    add_wrapped(text, "    ", brief->warnings[i].message);
  }
}

CsStatus
cs_brief_explain(
    CsArena *arena, const CsBrief *brief, bool colour, const char **out)
{
  CsText text = cs_text_new(arena);
  add_prompt(&text, brief, colour);
  add_table(&text, brief);
  add_assumed(&text, brief);
  add_unknown(&text, brief);
  add_warnings(&text, brief);
  return cs_text_take(&text, out);
}
