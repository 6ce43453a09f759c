/// What was asked to happen, as labelled marks that keep out of each other's
/// way.
#include "gen/io/picture_parts.h"

#include "gen/base/mathx.h"

#include <string.h>

enum {
  MAX_ROWS   = 3,
  MAX_MARKS  = 200,
  ROW_HEIGHT = 22,
  MARK_HIGH  = 14,
  LABEL_ROOM = 260, ///< Widest label.
};

#define LABEL_SIZE 12.5

/// An event in seconds, with the words that a person reads.
typedef struct Mark {
  CsArcKind kind;
  double from, to; ///< Equal for a moment.
  const char *label;
} Mark;

/// Receives each mark with its place.
typedef struct Place {
  const CsPage *page;
  bool draws;
  double free_from[MAX_ROWS];
  int n_rows;
  size_t n_marks;
} Place;

static const char *const words[CS_N_ARC_KINDS] = {[CS_ARC_BUILD] = "build",
    [CS_ARC_FALL]                                                = "fall",
    [CS_ARC_PEAK]                                                = "peak",
    [CS_ARC_DROP]                                                = "drop",
    [CS_ARC_RISE]                                                = "rise",
    [CS_ARC_HIT]                                                 = "hit",
    [CS_ARC_SILENCE]                                             = "silence",
    [CS_ARC_ENTER]                                               = "enters",
    [CS_ARC_EXIT]                                                = "leaves",
    [CS_ARC_FADE_IN]                                             = "fade in",
    [CS_ARC_FADE_OUT]                                            = "fade out",
    [CS_ARC_KEY]                                                 = "key"};

typedef enum Shape { SHAPE_RISING, SHAPE_FALLING, SHAPE_FLAT } Shape;

static Shape
shape_of(CsArcKind kind)
{
  switch (kind) {
  case CS_ARC_BUILD:
  case CS_ARC_RISE:
  case CS_ARC_FADE_IN:
    return SHAPE_RISING;
  case CS_ARC_FALL:
  case CS_ARC_FADE_OUT:
    return SHAPE_FALLING;
  case CS_ARC_PEAK:
  case CS_ARC_DROP:
  case CS_ARC_HIT:
  case CS_ARC_SILENCE:
  case CS_ARC_ENTER:
  case CS_ARC_EXIT:
  case CS_ARC_KEY:
  case CS_N_ARC_KINDS:
    break;
  }
  return SHAPE_FLAT;
}

static void
draw_span(const CsPage *page, Shape shape, double from, double to, double top)
{
  CsText *svg         = page->svg;
  const double bottom = top + MARK_HIGH;
  if (shape == SHAPE_FLAT) {
    cs_svg_rect(
        svg, from, top, to - from, MARK_HIGH, 3.0, cs_colour_event, 0.4);
    return;
  }
  cs_text_addf(
      svg, "<path fill=\"%s\" fill-opacity=\".4\" d=\"", cs_colour_event);
  cs_svg_point(svg, 'M', from, shape == SHAPE_RISING ? bottom - 2.0 : top);
  cs_svg_point(svg, 'L', to, shape == SHAPE_RISING ? top : bottom - 2.0);
  cs_svg_point(svg, 'L', to, bottom);
  cs_svg_point(svg, 'L', from, bottom);
  cs_text_add(svg, "Z\"/>\n");
}

static void
draw_diamond(const CsPage *page, double x, double top)
{
  const double middle = top + MARK_HIGH / 2.0;
  cs_text_addf(page->svg, "<path fill=\"%s\" d=\"", cs_colour_event);
  cs_svg_point(page->svg, 'M', x, middle - 6.0);
  cs_svg_point(page->svg, 'L', x + 5.0, middle);
  cs_svg_point(page->svg, 'L', x, middle + 6.0);
  cs_svg_point(page->svg, 'L', x - 5.0, middle);
  cs_text_add(page->svg, "Z\"/>\n");
}

/// A row whose marks all end before `from`; -1 when every row is taken there.
static int
free_row(Place *place, double from)
{
  for (int row = 0; row < MAX_ROWS; row++)
    if (place->free_from[row] <= from)
      return row;
  return -1;
}

/// Put a mark and its label on the first row that has room for both; where none
/// has, the mark alone goes on the last row.
static void
put_mark(Place *place, const Mark *mark)
{
  static const CsTextStyle style = {
      LABEL_SIZE, cs_colour_text, CS_AT_START, false};
  static const CsTextStyle ending = {
      LABEL_SIZE, cs_colour_text, CS_AT_END, false};
  const CsPage *page = place->page;
  const char *rest   = "";
  const char *label =
      cs_page_text(page, cs_svg_fit(page->arena, mark->label, LABEL_SIZE,
                             LABEL_ROOM, true, &rest));
  if (place->n_marks++ >= MAX_MARKS)
    return;
  const double from  = cs_page_x(page, mark->from);
  const double to    = cs_page_x(page, mark->to);
  const double width = cs_svg_width(label, LABEL_SIZE);
  const bool is_span = to - from > 4.0;
  // Inside a span that is wide enough, else to the right, at the edge to the
  // left.
  double text_x = is_span && to - from > width + 14.0 ? from + 7.0 : to + 9.0;
  if (text_x + width > CS_PLOT_RIGHT)
    text_x = from - 9.0 - width;
  const double left  = (text_x < from ? text_x : from) - 6.0;
  const double right = text_x + width > to ? text_x + width : to;
  int row            = free_row(place, left);
  const bool fits    = row >= 0;
  row                = fits ? row : MAX_ROWS - 1;
  if (fits)
    place->free_from[row] = right + 10.0;
  if (row >= place->n_rows)
    place->n_rows = row + 1;
  if (!place->draws)
    return;
  const double top = page->events.top + row * ROW_HEIGHT + 4.0;
  if (is_span)
    draw_span(page, shape_of(mark->kind), from, to, top);
  else
    draw_diamond(page, from, top);
  if (fits && text_x < from)
    cs_svg_text(page->svg, from - 9.0, top + 11.5, &ending, label);
  else if (fits)
    cs_svg_text(page->svg, text_x, top + 11.5, &style, label);
}

/// A label such as "piano enters".
static const char *
label_of(const CsPage *page, const CsArcEvent *event)
{
  const char *word = words[event->kind];
  if (event->target == NULL)
    return word;
  return cs_page_text(
      page, cs_arena_printf(page->arena, "%s %s", event->target, word));
}

static bool
is_after(const Mark *a, const Mark *b)
{
  return a->from > b->from;
}

/// Changes of key stand where the plan has them, each with its key.
static size_t
gather_keys(const CsPage *page, Mark *marks, size_t n)
{
  const CsPlan *plan = page->performance->plan;
  for (size_t i = 0; i < plan->n_key_changes && n < MAX_MARKS; i++) {
    const CsKeyChange *change = &plan->key_changes[i];
    char name[32];
    cs_key_name(change->key, name);
    marks[n++] = (Mark){CS_ARC_KEY, change->at_s, change->at_s,
        cs_page_text(page, cs_arena_printf(page->arena, "%s", name))};
  }
  return n;
}

/// The brief's events in order of time, then what the plan has without one.
static size_t
gather(const CsPage *page, Mark *marks)
{
  const CsBrief *brief = page->brief;
  const CsPlan *plan   = page->performance->plan;
  size_t n             = 0;
  for (size_t i = 0; brief != NULL && i < brief->n_arc && n < MAX_MARKS; i++) {
    const CsArcEvent *e = &brief->arc[i];
    const double from   = e->has_start ? e->start_s : 0.0;
    const double open   = e->has_start ? from : page->seconds;
    if (e->kind == CS_ARC_KEY)
      continue;
    marks[n++] =
        (Mark){e->kind, from, e->has_end ? e->end_s : open, label_of(page, e)};
  }
  const bool asked = n > 0;
  for (size_t i = 0; !asked && i < plan->n_hits && n < MAX_MARKS; i++)
    marks[n++] = (Mark){CS_ARC_HIT, plan->hits[i].is_at_s,
        plan->hits[i].is_at_s, words[CS_ARC_HIT]};
  for (size_t i = 0; !asked && i < plan->n_silences && n < MAX_MARKS; i++)
    marks[n++] = (Mark){CS_ARC_SILENCE, plan->silences[i].start_s,
        plan->silences[i].end_s, words[CS_ARC_SILENCE]};
  n = gather_keys(page, marks, n);
  for (size_t i = 1; i < n; i++) // few, and equal ones keep their order
    for (size_t k = i; k > 0 && is_after(&marks[k - 1], &marks[k]); k--) {
      const Mark mark = marks[k];
      marks[k]        = marks[k - 1];
      marks[k - 1]    = mark;
    }
  return n;
}

static int
place_marks(const CsPage *page, bool draws)
{
  Mark marks[MAX_MARKS];
  Place place    = {.page = page, .draws = draws};
  const size_t n = gather(page, marks);
  for (size_t i = 0; i < n; i++)
    put_mark(&place, &marks[i]);
  return place.n_rows;
}

int
cs_page_event_rows(const CsPage *page)
{
  return place_marks(page, false);
}

void
cs_page_draw_events(const CsPage *page)
{
  (void)place_marks(page, true);
}
