#include "gen/io/picture.h"

#include "gen/base/mathx.h"
#include "gen/io/picture_parts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
  MARGIN        = 36,
  GAP           = 10, ///< Between lanes.
  HEADER_TOP    = 54, ///< Base line of the title.
  SECTION_TOP   = 146,
  SECTION_HIGH  = 34,
  RULER_HIGH    = 20,
  EVENT_ROW     = 22,
  ENERGY_HIGH   = 70,
  DRUM_ROW      = 15,
  WAVE_HIGH     = 84,
  AXIS_HIGH     = 22,
  LEAST_BLOCK   = 2,  ///< Thinnest section that is drawn by itself.
  BORDER_ROOM   = 12, ///< Section borders closer than this hide the notes.
  MAX_SILENCES  = 500,
  LEGEND_ROW    = 22,
  LEGEND_ROWS   = 2,
  LEGEND_SWATCH = 12,
};

const char cs_colour_text[]  = "#e9edf5";
const char cs_colour_dim[]   = "#8a94a8";
const char cs_colour_lane[]  = "#191e29";
const char cs_colour_line[]  = "#2b3342";
const char cs_colour_event[] = "#ffd166";

// Told apart by hue and by lightness, also by eyes that confuse red and green;
// the tune has the warmest.
const char *const cs_role_colours[CS_N_ROLES] = {
    [CS_ROLE_PAD]        = "#5b83e6",
    [CS_ROLE_CHORDS]     = "#38b6c9",
    [CS_ROLE_MOTION]     = "#57d6a4",
    [CS_ROLE_BASS]       = "#a97bf2",
    [CS_ROLE_DRUMS]      = "#f0984a",
    [CS_ROLE_PERCUSSION] = "#cfae52",
    [CS_ROLE_MELODY]     = "#ff6f8e",
    [CS_ROLE_COUNTER]    = "#f5abcb",
    [CS_ROLE_COLOUR]     = "#ece68a",
    [CS_ROLE_EFFECTS]    = "#9aa8bc",
};

// ---- The outline of the waveform ------------------------------------------

void
cs_outline_begin(CsOutline *outline, int64_t n_frames)
{
  *outline = (CsOutline){.n_frames = n_frames};
}

/// First frame of a column.
static int64_t
column_start(const CsOutline *o, int64_t column)
{
  return (int64_t)((double)o->n_frames * (double)column / CS_PICTURE_COLUMNS);
}

static void
add_frame(CsOutline *o, size_t column, const float *frame, int n_channels)
{
  for (int c = 0; c < n_channels; c++) {
    const float x = frame[c];
    if (x < o->low[column])
      o->low[column] = x;
    if (x > o->high[column])
      o->high[column] = x;
    o->energy[column] += (double)x * (double)x;
  }
  o->n_summed[column] += n_channels;
}

void
cs_outline_add(
    CsOutline *o, const float *frames, size_t n_frames, int n_channels)
{
  if (o->n_seen >= o->n_frames)
    return;
  int64_t column =
      (int64_t)((double)o->n_seen * CS_PICTURE_COLUMNS / (double)o->n_frames);
  for (size_t i = 0; i < n_frames && o->n_seen < o->n_frames; i++) {
    while (column + 1 < CS_PICTURE_COLUMNS &&
           o->n_seen >= column_start(o, column + 1))
      column++;
    add_frame(o, (size_t)column, frames + i * (size_t)n_channels, n_channels);
    o->n_seen++;
  }
}

// ---- The page -------------------------------------------------------------

double
cs_page_x(const CsPage *page, double seconds)
{
  return CS_PLOT_LEFT +
         cs_clamp(seconds / page->seconds, 0.0, 1.0) * CS_PLOT_WIDTH;
}

const char *
cs_page_text(const CsPage *page, const char *text)
{
  if (text == NULL)
    page->svg->failed = true;
  return text != NULL ? text : "";
}

void
cs_page_lane(const CsPage *page, const CsLane *lane, const char *name)
{
  static const CsTextStyle style = {12.5, cs_colour_dim, CS_AT_START, false};
  cs_svg_rect(page->svg, CS_PLOT_LEFT, lane->top, CS_PLOT_WIDTH, lane->height,
      4.0, cs_colour_lane, 1.0);
  cs_svg_text(page->svg, MARGIN, lane->top + 14.0, &style, name);
}

static double
bar_seconds(const CsPage *page, int bar)
{
  const CsTimeline *t = page->performance->timeline;
  return cs_seconds_of_tick(t, (double)cs_bar_tick(t, bar));
}

/// Lanes from the top down to the roll and from the bottom up to it, which
/// takes what is left.
static void
lay_out(CsPage *page, int n_legend_rows)
{
  const int n_events = cs_page_event_rows(page);
  const int n_drums  = cs_page_drum_rows(page->performance);
  double y           = SECTION_TOP;
  page->sections     = (CsLane){y, SECTION_HIGH};
  y += SECTION_HIGH + RULER_HIGH + GAP;
  page->events = (CsLane){y, n_events * EVENT_ROW};
  y += n_events > 0 ? page->events.height + GAP : 0.0;
  page->energy = (CsLane){y, ENERGY_HIGH};
  y += ENERGY_HIGH + GAP;
  double foot  = CS_PAGE_HEIGHT - 18 - n_legend_rows * LEGEND_ROW;
  page->legend = (CsLane){foot, n_legend_rows * LEGEND_ROW};
  foot -= AXIS_HIGH + GAP / 2;
  page->axis = (CsLane){foot, AXIS_HIGH};
  if (page->outline != NULL) {
    page->wave = (CsLane){foot - WAVE_HIGH, WAVE_HIGH};
    foot -= WAVE_HIGH + GAP;
  }
  if (n_drums > 0) {
    const double high = n_drums * DRUM_ROW;
    page->drums       = (CsLane){foot - high, high};
    foot -= high + GAP;
  }
  page->roll = (CsLane){y, foot - y};
}

// ---- Header ---------------------------------------------------------------

static void
draw_title(const CsPage *page)
{
  static const CsTextStyle one = {27.0, cs_colour_text, CS_AT_START, true};
  static const CsTextStyle two = {19.0, cs_colour_text, CS_AT_START, true};
  // Bold letters are up to a tenth wider than those that are reckoned with.
  const double width    = (CS_PLOT_RIGHT - MARGIN) / 1.1;
  const bool has_prompt = page->brief != NULL && page->brief->prompt != NULL &&
                          page->brief->prompt[0] != '\0';
  const char *title =
      has_prompt ? page->brief->prompt : page->performance->plan->style;
  title                    = title != NULL ? title : "cue";
  const bool is_one        = cs_svg_width(title, one.size) <= width;
  const CsTextStyle *style = is_one ? &one : &two;
  const char *rest         = "";
  char *line = cs_svg_fit(page->arena, title, style->size, width, false, &rest);
  if (line != NULL)
    cs_svg_text(
        page->svg, MARGIN, is_one ? HEADER_TOP : HEADER_TOP - 14, style, line);
  if (*rest == '\0')
    return;
  line = cs_svg_fit(page->arena, rest, style->size, width, true, &rest);
  cs_svg_text(
      page->svg, MARGIN, HEADER_TOP + 12, style, cs_page_text(page, line));
}

/// A fact: a small name with its value below. Gives the place of the next.
static double
draw_fact(const CsPage *page, double x, const char *name, const char *value)
{
  static const CsTextStyle small = {11.5, cs_colour_dim, CS_AT_START, false};
  static const CsTextStyle large = {18.0, cs_colour_text, CS_AT_START, false};
  const double named             = cs_svg_width(name, small.size);
  const double told              = cs_svg_width(value, large.size);
  const double width             = (named > told ? named : told) + 30.0;
  if (value[0] == '\0' || x + width > CS_PLOT_RIGHT + 30.0)
    return x;
  cs_svg_text(page->svg, x, HEADER_TOP + 40, &small, name);
  cs_svg_text(page->svg, x, HEADER_TOP + 62, &large, value);
  return x + width;
}

/// A number with one decimal and a unit, whatever the locale; a true minus.
static const char *
tenths(const CsPage *page, double x, const char *unit)
{
  const long t      = (long)(x * 10.0 + (x < 0.0 ? -0.5 : 0.5));
  const long size   = t < 0 ? -t : t;
  const char *value = cs_arena_printf(page->arena, "%s%ld.%ld%s",
      t < 0 ? "\xe2\x88\x92" : "", size / 10, size % 10, unit);
  return cs_page_text(page, value);
}

/// m:ss or h:mm:ss; with tenths where they say something.
static const char *
clock_time(const CsPage *page, double seconds, bool has_tenths)
{
  const long all = (long)(seconds * 10.0 + 0.5);
  const long s   = all / 10;
  const char *text =
      s >= 3600 ? cs_arena_printf(page->arena, "%ld:%02ld:%02ld", s / 3600,
                      s / 60 % 60, s % 60)
                : cs_arena_printf(page->arena, "%ld:%02ld", s / 60, s % 60);
  if (text != NULL && has_tenths && all % 10 != 0)
    text = cs_arena_printf(page->arena, "%s.%ld", text, all % 10);
  return cs_page_text(page, text);
}

static const char *
tempo_text(const CsPage *page, const CsPlan *plan)
{
  if (plan->n_tempos == 0)
    return "";
  double low = plan->tempos[0].bpm, high = low;
  for (size_t i = 1; i < plan->n_tempos; i++) {
    low  = plan->tempos[i].bpm < low ? plan->tempos[i].bpm : low;
    high = plan->tempos[i].bpm > high ? plan->tempos[i].bpm : high;
  }
  if (high - low < 0.05)
    return tenths(page, low, " BPM");
  const char *text = cs_arena_printf(page->arena, "%s\xe2\x80\x93%s",
      tenths(page, low, ""), tenths(page, high, " BPM"));
  return cs_page_text(page, text);
}

/// "C major", "C major – D major".
static const char *
key_text(const CsPage *page, const CsPlan *plan)
{
  char name[32];
  cs_key_name(plan->key, name);
  const char *text = cs_arena_printf(page->arena, "%s", name);
  for (size_t i = 0; text != NULL && i < plan->n_key_changes; i++) {
    cs_key_name(plan->key_changes[i].key, name);
    text = cs_arena_printf(page->arena, "%s \xe2\x80\x93 %s", text, name);
  }
  return cs_page_text(page, text);
}

static void
draw_facts(const CsPage *page)
{
  const CsPlan *plan = page->performance->plan;
  char meter[32], bars[32], seed[32];
  (void)snprintf(meter, sizeof meter, "%d/%d", plan->meter.numerator,
      plan->meter.denominator);
  (void)snprintf(bars, sizeof bars, "%d", plan->n_bars);
  (void)snprintf(seed, sizeof seed, "%llu", (unsigned long long)plan->seed);
  double x = MARGIN;
  x        = draw_fact(page, x, "FUNCTION", cs_function_names[plan->function]);
  x = draw_fact(page, x, "STYLE", plan->style != NULL ? plan->style : "");
  x = draw_fact(page, x, "KEY", key_text(page, plan));
  x = draw_fact(page, x, "METER", meter);
  x = draw_fact(page, x, "TEMPO", tempo_text(page, plan));
  x = draw_fact(page, x, "LENGTH", clock_time(page, page->seconds, true));
  x = draw_fact(page, x, "BARS", bars);
  x = draw_fact(page, x, "ENDING", cs_ending_names[plan->ending]);
  if (page->measured != NULL) {
    x = draw_fact(page, x, "LOUDNESS",
        tenths(page, page->measured->integrated_lufs, " LUFS"));
    x = draw_fact(page, x, "TRUE PEAK",
        tenths(page, page->measured->true_peak_dbtp, " dBTP"));
  }
  (void)draw_fact(page, x, "SEED", seed);
}

// ---- Sections and bars ----------------------------------------------------

/// From night blue over teal to amber: the more energy, the warmer.
static const char *
tint(double energy, char out[8])
{
  static const int stops[3][3] = {
      {0x2a, 0x40, 0x6e}, {0x2f, 0x7d, 0x80}, {0xd0, 0x82, 0x32}};
  const double at = cs_clamp(energy, 0.0, 1.0) * 2.0;
  const int i     = at < 1.0 ? 0 : 1;
  int rgb[3];
  for (int c = 0; c < 3; c++)
    rgb[c] = (int)cs_lerp(stops[i][c], stops[i + 1][c], at - i);
  (void)snprintf(
      out, 8, "#%02x%02x%02x", rgb[0] & 0xff, rgb[1] & 0xff, rgb[2] & 0xff);
  return out;
}

/// Bold letters against plain ones, at most, in the fonts asked for.
#define BOLD_WIDER 1.12

/// A stretch of the section lane.
typedef struct Block {
  double from, to;
  double energy;    ///< Mean.
  const char *name; ///< Of the first section in it.
  size_t n_sections;
} Block;

/// Sections of a long cue that are thinner than a line are drawn as one.
static Block
next_block(const CsPage *page, size_t *at)
{
  const CsPlan *plan = page->performance->plan;
  const int first    = plan->sections[*at].first_bar;
  Block block        = {.from = cs_page_x(page, bar_seconds(page, first)),
             .name            = plan->sections[*at].name};
  double sum         = 0.0;
  do {
    const CsSection *s = &plan->sections[(*at)++];
    block.to = cs_page_x(page, bar_seconds(page, s->first_bar + s->n_bars));
    sum += 0.5 * (s->energy[0] + s->energy[1]);
    block.n_sections++;
  } while (block.to - block.from < LEAST_BLOCK && *at < plan->n_sections);
  block.energy = sum / (double)block.n_sections;
  return block;
}

static void
draw_block(const CsPage *page, const Block *block, double *label_end)
{
  static const CsTextStyle style = {14.0, "#ffffff", CS_AT_START, true};
  char fill[8];
  const double width = block->to - block->from;
  const double gap   = width > 8.0 ? 0.7 : 0.0;
  cs_svg_rect(page->svg, block->from + gap, page->sections.top,
      width - 2.0 * gap, page->sections.height, width > 8.0 ? 4.0 : 0.0,
      tint(block->energy, fill), 1.0);
  const char *name  = block->name != NULL ? block->name : "";
  const double told = cs_svg_width(name, style.size) * BOLD_WIDER;
  const double x    = block->from + 9.0;
  if (x + told > block->to - 2.0 || block->from < *label_end)
    return;
  cs_svg_text(page->svg, x, page->sections.top + 22.0, &style, name);
  *label_end = x + told;
}

static void
draw_sections(const CsPage *page)
{
  static const CsTextStyle style = {12.5, cs_colour_dim, CS_AT_START, false};
  const CsPlan *plan             = page->performance->plan;
  double label_end               = 0.0;
  cs_svg_rect(page->svg, CS_PLOT_LEFT, page->sections.top, CS_PLOT_WIDTH,
      page->sections.height, 4.0, cs_colour_lane, 1.0);
  cs_svg_text(page->svg, MARGIN, page->sections.top + 21.0, &style, "sections");
  for (size_t i = 0; i < plan->n_sections;) {
    const Block block = next_block(page, &i);
    draw_block(page, &block, &label_end);
  }
}

/// Bars between two numbers: 1, 2, 4, 8 ... so that they do not meet.
static int
bars_per_number(const CsPage *page)
{
  const int n_bars = page->performance->plan->n_bars;
  int step         = 1;
  while (step < n_bars && (double)CS_PLOT_WIDTH * step / n_bars < 42.0)
    step *= 2;
  return step;
}

static void
draw_bars(const CsPage *page)
{
  static const CsTextStyle dim  = {11.0, cs_colour_dim, CS_AT_START, false};
  static const CsTextStyle name = {12.5, cs_colour_dim, CS_AT_START, false};
  const CsPlan *plan            = page->performance->plan;
  const double y                = page->sections.top + page->sections.height;
  const int step                = bars_per_number(page);
  double free_from              = 0.0;
  cs_svg_text(page->svg, MARGIN, y + 15.0, &name, "bars");
  for (int bar = 0; bar < plan->n_bars; bar += step) {
    char number[16];
    const double x = cs_page_x(page, bar_seconds(page, bar));
    (void)snprintf(number, sizeof number, "%d", bar + 1);
    if (x < free_from || x + 24.0 > CS_PLOT_RIGHT + 30.0)
      continue;
    cs_svg_line(page->svg, x, y + 3.0, x, y + 16.0, cs_colour_dim, 0.6);
    cs_svg_text(page->svg, x + 4.0, y + 15.0, &dim, number);
    free_from = x + 12.0 + cs_svg_width(number, dim.size);
  }
}

static void
draw_borders(const CsPage *page, double top, double bottom)
{
  const CsPlan *plan = page->performance->plan;
  if (plan->n_sections > CS_PLOT_WIDTH / BORDER_ROOM)
    return;
  for (size_t i = 1; i < plan->n_sections; i++) {
    const double x =
        cs_page_x(page, bar_seconds(page, plan->sections[i].first_bar));
    cs_svg_line(page->svg, x, top, x, bottom, "#465068", 0.7);
  }
}

/// Hits and silences, through all lanes.
static void
draw_moments(const CsPage *page, double top, double bottom)
{
  const CsPlan *plan = page->performance->plan;
  for (size_t i = 0; i < plan->n_silences && i < MAX_SILENCES; i++) {
    const double from = cs_page_x(page, plan->silences[i].start_s);
    const double to   = cs_page_x(page, plan->silences[i].end_s);
    cs_svg_rect(page->svg, from, top, to - from, bottom - top, 0.0,
        cs_colour_event, 0.07);
  }
  double before = 0.0;
  for (size_t i = 0; i < plan->n_hits; i++) {
    const double x = cs_page_x(page, plan->hits[i].is_at_s);
    if (x - before < 3.0)
      continue;
    cs_svg_line(page->svg, x, top, x, bottom, cs_colour_event, 0.4);
    before = x;
  }
}

// ---- Energy ---------------------------------------------------------------

static double
energy_y(const CsPage *page, double energy)
{
  return page->energy.top + page->energy.height - 4.0 -
         cs_clamp(energy, 0.0, 1.0) * (page->energy.height - 10.0);
}

/// The curve as points of a path; sections narrower than the pen are skipped.
static void
put_energy(const CsPage *page)
{
  const CsPlan *plan = page->performance->plan;
  double before      = -1.0;
  for (size_t i = 0; i < plan->n_sections; i++) {
    const CsSection *s = &plan->sections[i];
    const double from  = cs_page_x(page, bar_seconds(page, s->first_bar));
    const double to =
        cs_page_x(page, bar_seconds(page, s->first_bar + s->n_bars));
    if (to - before < 0.4 && i + 1 < plan->n_sections)
      continue;
    cs_svg_point(page->svg, before < 0.0 ? 'M' : 'L',
        i == 0 ? CS_PLOT_LEFT : from, energy_y(page, s->energy[0]));
    cs_svg_point(page->svg, 'L', to, energy_y(page, s->energy[1]));
    before = to;
  }
}

static void
draw_energy(const CsPage *page)
{
  const CsPlan *plan = page->performance->plan;
  CsText *svg        = page->svg;
  cs_page_lane(page, &page->energy, "energy");
  if (plan->n_sections == 0)
    return;
  cs_text_add(svg, "<path fill=\"url(#warm)\" d=\"");
  put_energy(page);
  const double foot = page->energy.top + page->energy.height;
  cs_svg_point(
      svg, 'L', cs_page_x(page, bar_seconds(page, plan->n_bars)), foot);
  cs_svg_point(svg, 'L', CS_PLOT_LEFT, foot);
  cs_text_add(svg, "Z\"/>\n<path fill=\"none\" stroke=\"#ffb457\" "
                   "stroke-width=\"2\" stroke-linejoin=\"round\" d=\"");
  put_energy(page);
  cs_text_add(svg, "\"/>\n");
}

// ---- Time -----------------------------------------------------------------

static void
draw_axis(const CsPage *page)
{
  static const double steps[]   = {0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120,
        300, 600, 900, 1800, 3600, 7200, 14400};
  static const CsTextStyle at   = {12.0, cs_colour_dim, CS_AT_MIDDLE, false};
  static const CsTextStyle name = {12.5, cs_colour_dim, CS_AT_START, false};
  const size_t n_steps          = sizeof steps / sizeof *steps;
  size_t k                      = 0;
  while (k + 1 < n_steps && CS_PLOT_WIDTH * steps[k] / page->seconds < 72.0)
    k++;
  cs_svg_text(page->svg, MARGIN, page->axis.top + 16.0, &name, "time");
  for (int i = 0; i * steps[k] <= page->seconds + 1e-9; i++) {
    const double x = cs_page_x(page, i * steps[k]);
    cs_svg_line(page->svg, x, page->axis.top, x, page->axis.top + 5.0,
        cs_colour_dim, 0.8);
    cs_svg_text(page->svg, x, page->axis.top + 18.0, &at,
        clock_time(page, i * steps[k], steps[k] < 1.0));
  }
}

// ---- Legend ---------------------------------------------------------------

/// "bass: fingered bass, sub bass" for the tracks of a role, or NULL.
static const char *
role_text(const CsPage *page, CsRole role)
{
  const CsPerformance *p = page->performance;
  CsText text            = cs_text_new(page->arena);
  const char *out        = NULL;
  int n                  = 0;
  for (size_t i = 0; i < p->n_tracks; i++) {
    const CsTrack *track = p->tracks[i].track;
    if (track->role != role)
      continue;
    cs_text_add(&text, n == 0 ? cs_role_names[role] : "");
    if (track->instrument != NULL)
      cs_text_addf(&text, "%s%s", n == 0 ? ": " : ", ", track->instrument);
    n++;
  }
  if (cs_text_take(&text, &out) != CS_OK)
    page->svg->failed = true;
  return n > 0 ? out : NULL;
}

/// Place the legend's entries, and draw them where `draws`.
///
/// @return Rows that they need.
static int
lay_legend(const CsPage *page, bool draws)
{
  static const CsTextStyle style = {13.0, cs_colour_text, CS_AT_START, false};
  double x = CS_PLOT_LEFT, room = CS_PLOT_WIDTH * 0.4;
  int row = 0;
  for (int role = 0; role < CS_N_ROLES; role++) {
    const char *rest = "";
    const char *text = role_text(page, (CsRole)role);
    if (text == NULL)
      continue;
    text = cs_page_text(
        page, cs_svg_fit(page->arena, text, style.size, room, true, &rest));
    const double width = cs_svg_width(text, style.size) + 46.0;
    if (x + width > CS_PLOT_RIGHT + 24.0) {
      x = CS_PLOT_LEFT;
      row++;
    }
    if (row >= LEGEND_ROWS)
      break;
    if (draws) {
      const double y = page->legend.top + row * LEGEND_ROW;
      cs_svg_rect(page->svg, x, y + 3.0, LEGEND_SWATCH, LEGEND_SWATCH, 3.0,
          cs_role_colours[role], 1.0);
      cs_svg_text(page->svg, x + 19.0, y + 14.0, &style, text);
    }
    x += width;
  }
  return row + 1 < LEGEND_ROWS ? row + 1 : LEGEND_ROWS;
}

// ---- All ------------------------------------------------------------------

static void
begin_page(CsText *svg, const char *title)
{
  cs_text_addf(svg,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
      "viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"Inter, 'Segoe UI', "
      "Roboto, 'Helvetica Neue', Arial, 'Noto Sans', 'DejaVu Sans', "
      "sans-serif\">\n<title>",
      CS_PAGE_WIDTH, CS_PAGE_HEIGHT, CS_PAGE_WIDTH, CS_PAGE_HEIGHT);
  cs_svg_escape(svg, title);
  cs_text_add(svg, "</title>\n<defs><linearGradient id=\"warm\" x1=\"0\" "
                   "y1=\"0\" x2=\"0\" y2=\"1\"><stop offset=\"0\" "
                   "stop-color=\"#ffb457\" stop-opacity=\".45\"/><stop "
                   "offset=\"1\" stop-color=\"#ffb457\" stop-opacity=\".05\"/>"
                   "</linearGradient></defs>\n");
  cs_svg_rect(
      svg, 0.0, 0.0, CS_PAGE_WIDTH, CS_PAGE_HEIGHT, 0.0, "#11151d", 1.0);
}

static void
draw_page(const CsPage *page)
{
  draw_title(page);
  draw_facts(page);
  draw_sections(page);
  draw_bars(page);
  if (page->events.height > 0.0)
    cs_page_lane(page, &page->events, "asked");
  draw_energy(page);
  cs_page_lane(page, &page->roll, "notes");
  if (page->drums.height > 0.0)
    cs_page_lane(page, &page->drums, "drums");
  if (page->wave.height > 0.0)
    cs_page_lane(page, &page->wave, "sound");
  draw_borders(page, page->energy.top, page->axis.top);
  draw_moments(page, page->energy.top, page->axis.top);
  cs_page_draw_events(page);
  cs_page_draw_roll(page);
  cs_page_draw_drums(page);
  if (page->wave.height > 0.0)
    cs_page_draw_wave(page);
  draw_axis(page);
  (void)lay_legend(page, true);
}

CsStatus
cs_picture_draw(CsArena *arena, const CsPerformance *performance,
    const CsBrief *brief, const CsOutline *outline, const CsMeasured *measured,
    const char **svg)
{
  CsText text = cs_text_new(arena);
  CsPage page = {.arena = arena,
      .svg              = &text,
      .performance      = performance,
      .brief            = brief,
      .outline          = outline,
      .measured         = measured};
  assert(performance->n_frames > 0 && performance->sample_rate > 0);
  page.seconds =
      (double)performance->n_frames / (double)performance->sample_rate;
  lay_out(&page, lay_legend(&page, false));
  begin_page(
      &text, brief != NULL && brief->prompt != NULL ? brief->prompt : "cue");
  draw_page(&page);
  cs_text_add(&text, "</svg>\n");
  return cs_text_take(&text, svg);
}
