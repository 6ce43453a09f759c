/// SVG written piece by piece: numbers without locale, text escaped and
/// measured well enough that labels do not meet.
#ifndef CS_GEN_IO_SVG_H
#define CS_GEN_IO_SVG_H

#include "gen/base/text.h"

typedef enum CsAnchorAt { CS_AT_START, CS_AT_MIDDLE, CS_AT_END } CsAnchorAt;

/// How a text looks.
typedef struct CsTextStyle {
  double size;
  const char *colour;
  CsAnchorAt anchor;
  bool is_bold;
} CsTextStyle;

/// A number rounded to tenths, as short as it can be.
void cs_svg_number(CsText *svg, double x);

/// Text for an element or attribute: markup escaped, control characters and
/// what is no UTF-8 replaced.
void cs_svg_escape(CsText *svg, const char *text);

void cs_svg_text(CsText *svg, double x, double y, const CsTextStyle *style,
    const char *text);
void cs_svg_rect(CsText *svg, double x, double y, double width, double height,
    double radius, const char *fill, double opacity);
void cs_svg_line(CsText *svg, double x1, double y1, double x2, double y2,
    const char *colour, double opacity);
/// "Mx y" and so on inside the `d` of a path.
void cs_svg_point(CsText *svg, char command, double x, double y);

/// Width that a text needs at most, about, in a common sans-serif font.
double cs_svg_width(const char *text, double size);

/// The first line of `text` that fits into a width, cut at a blank where one is
/// near.
///
/// @param ends  Put "..." (one character) at a cut, because no line follows.
/// @param rest  Receives what is left; "" when all of it fitted.
/// @return The line in the arena, or NULL.
char *cs_svg_fit(CsArena *arena, const char *text, double size, double width,
    bool ends, const char **rest);

#endif
