#include "gen/io/svg.h"

#include <stdint.h>
#include <string.h>

enum {
  WIDE_FROM   = 0x1100, ///< Hangul, Kana, Han, emoji: about an em wide.
  SOONEST_CUT = 3,      ///< A blank counts from 1/3 of the line on.
};

static const double mean_em   = 0.57;
static const double narrow_em = 0.30;
static const double large_em  = 0.72;

void
cs_svg_number(CsText *svg, double x)
{
  const long tenths = (long)(x * 10.0 + (x < 0.0 ? -0.5 : 0.5));
  const long size   = tenths < 0 ? -tenths : tenths;
  cs_text_addf(svg, "%s%ld", tenths < 0 ? "-" : "", size / 10);
  if (size % 10 != 0)
    cs_text_addf(svg, ".%ld", size % 10);
}

/// The next character of a text that may be damaged.
static size_t
next_code(const char *text, uint32_t *code)
{
  const size_t n = cs_utf8_decode(text, strlen(text), code);
  if (n == 0) {
    *code = '?';
    return 1;
  }
  return n;
}

/// May it stand in XML, and does it show?
static bool
is_shown(uint32_t code)
{
  const bool is_control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  const bool is_bidi    = (code >= 0x200e && code <= 0x200f) ||
                       (code >= 0x2028 && code <= 0x202e) ||
                       (code >= 0x2066 && code <= 0x2069);
  const bool is_no_character =
      (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);
  return !is_control && !is_bidi && !is_no_character;
}

static const char *
entity(uint32_t code)
{
  switch (code) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  default:
    return NULL;
  }
}

void
cs_svg_escape(CsText *svg, const char *text)
{
  for (const char *at = text; *at != '\0';) {
    uint32_t code;
    const size_t n   = next_code(at, &code);
    const char *name = entity(code);
    if (name != NULL)
      cs_text_add(svg, name);
    else if (!is_shown(code))
      cs_text_add(svg, " ");
    else if (code == '?')
      cs_text_add(svg, "?");
    else
      cs_text_add_bytes(svg, at, n);
    at += n;
  }
}

void
cs_svg_text(
    CsText *svg, double x, double y, const CsTextStyle *style, const char *text)
{
  static const char *const anchors[] = {[CS_AT_START] = "",
      [CS_AT_MIDDLE] = " text-anchor=\"middle\"",
      [CS_AT_END]    = " text-anchor=\"end\""};
  cs_text_add(svg, "<text x=\"");
  cs_svg_number(svg, x);
  cs_text_add(svg, "\" y=\"");
  cs_svg_number(svg, y);
  cs_text_add(svg, "\" font-size=\"");
  cs_svg_number(svg, style->size);
  cs_text_addf(svg, "\" fill=\"%s\"%s%s>", style->colour,
      anchors[style->anchor], style->is_bold ? " font-weight=\"600\"" : "");
  cs_svg_escape(svg, text);
  cs_text_add(svg, "</text>\n");
}

static void
put_attribute(CsText *svg, const char *name, double value)
{
  cs_text_addf(svg, " %s=\"", name);
  cs_svg_number(svg, value);
  cs_text_add(svg, "\"");
}

/// Hundredths, for what is between 0 and 1.
static void
put_opacity(CsText *svg, const char *name, double opacity)
{
  const int hundredths = (int)(opacity * 100.0 + 0.5);
  if (hundredths < 100)
    cs_text_addf(svg, " %s=\".%02d\"", name, hundredths);
}

void
cs_svg_rect(CsText *svg, double x, double y, double width, double height,
    double radius, const char *fill, double opacity)
{
  cs_text_add(svg, "<rect");
  put_attribute(svg, "x", x);
  put_attribute(svg, "y", y);
  put_attribute(svg, "width", width > 0.0 ? width : 0.0);
  put_attribute(svg, "height", height > 0.0 ? height : 0.0);
  if (radius > 0.0)
    put_attribute(svg, "rx", radius);
  cs_text_addf(svg, " fill=\"%s\"", fill);
  put_opacity(svg, "fill-opacity", opacity);
  cs_text_add(svg, "/>\n");
}

void
cs_svg_line(CsText *svg, double x1, double y1, double x2, double y2,
    const char *colour, double opacity)
{
  cs_text_add(svg, "<line");
  put_attribute(svg, "x1", x1);
  put_attribute(svg, "y1", y1);
  put_attribute(svg, "x2", x2);
  put_attribute(svg, "y2", y2);
  cs_text_addf(svg, " stroke=\"%s\"", colour);
  put_opacity(svg, "stroke-opacity", opacity);
  cs_text_add(svg, "/>\n");
}

void
cs_svg_point(CsText *svg, char command, double x, double y)
{
  cs_text_add_bytes(svg, &command, 1);
  cs_svg_number(svg, x);
  cs_text_add(svg, " ");
  cs_svg_number(svg, y);
}

// ---- Measuring ------------------------------------------------------------

static double
em_of(uint32_t code)
{
  if (code >= WIDE_FROM && !(code >= 0x1e00 && code <= 0x2e7f))
    return 1.05;
  if (code < 0x80 && strchr(" .,:;!|'ijlI()[]", (int)code) != NULL)
    return narrow_em;
  if ((code >= 'A' && code <= 'Z') || code == 'm' || code == 'w' ||
      code == '%' || code == '@')
    return large_em;
  return mean_em;
}

double
cs_svg_width(const char *text, double size)
{
  double em = 0.0;
  for (const char *at = text; *at != '\0';) {
    uint32_t code;
    at += next_code(at, &code);
    em += em_of(code);
  }
  return em * size;
}

char *
cs_svg_fit(CsArena *arena, const char *text, double size, double width,
    bool ends, const char **rest)
{
  const double reserve = ends ? 1.2 : 0.0; // the mark of a cut
  double em            = 0.0;
  size_t at = 0, fits = 0, blank = 0;
  while (text[at] != '\0' && em * size <= width) {
    uint32_t code;
    if (text[at] == ' ' && (em + reserve) * size <= width)
      blank = at;
    const size_t n = next_code(text + at, &code);
    em += em_of(code);
    at += n;
    if ((em + reserve) * size <= width)
      fits = at;
  }
  if (em * size <= width) {
    *rest = text + at;
    return cs_arena_copy(arena, text, at);
  }
  if (blank > fits / SOONEST_CUT)
    fits = blank;
  *rest = text + fits;
  while (**rest == ' ')
    (*rest)++;
  return cs_arena_printf(
      arena, "%.*s%s", (int)fits, text, ends ? "\xe2\x80\xa6" : "");
}
