/// What the files of the picture share: the page, its lanes and colours.
#ifndef CS_GEN_IO_PICTURE_PARTS_H
#define CS_GEN_IO_PICTURE_PARTS_H

#include "gen/io/picture.h"
#include "gen/io/svg.h"

enum {
  CS_PAGE_WIDTH  = 1600,
  CS_PAGE_HEIGHT = 900,
  CS_PLOT_LEFT   = 150,
  CS_PLOT_RIGHT  = 1564,
  CS_PLOT_WIDTH  = CS_PLOT_RIGHT - CS_PLOT_LEFT,
  CS_KIT_BANK    = 128,
};

/// A horizontal strip of the page; height 0 when it is left out.
typedef struct CsLane {
  double top, height;
} CsLane;

typedef struct CsPage {
  CsArena *arena;
  CsText *svg;
  const CsPerformance *performance;
  const CsBrief *brief;       ///< May be NULL.
  const CsOutline *outline;   ///< May be NULL.
  const CsMeasured *measured; ///< May be NULL.
  double seconds;             ///< Of the cue, over 0.
  CsLane sections, events, energy, roll, drums, wave, axis, legend;
} CsPage;

extern const char *const cs_role_colours[CS_N_ROLES];

extern const char cs_colour_text[], cs_colour_dim[], cs_colour_lane[],
    cs_colour_line[], cs_colour_event[];

/// Where a moment lies on the page, kept inside the plot.
double cs_page_x(const CsPage *page, double seconds);

/// The text, or "" and a failed page where memory for it was refused.
const char *cs_page_text(const CsPage *page, const char *text);

/// The panel of a lane and its name on the left.
void cs_page_lane(const CsPage *page, const CsLane *lane, const char *name);

/// Kinds of drum that are there: rows of the drum lane.
int cs_page_drum_rows(const CsPerformance *performance);

/// Marks of what was asked: give the rows that they need, or draw them.
int cs_page_event_rows(const CsPage *page);
void cs_page_draw_events(const CsPage *page);

void cs_page_draw_roll(const CsPage *page);
void cs_page_draw_drums(const CsPage *page);
void cs_page_draw_wave(const CsPage *page);

#endif
