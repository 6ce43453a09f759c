#include "gen/io/picture_parts.h"

#include "gen/base/mathx.h"

#include <string.h>

enum {
  MAX_RUNS     = 24000, ///< Strokes of all notes; about 18 bytes each.
  N_KEYS       = 128,
  N_SHADES     = 4,  ///< Softer notes are fainter.
  LEAST_SPAN   = 25, ///< Keys that the roll shows at least.
  OCTAVE       = 12,
  MAX_VELOCITY = 127,
};

static const double shades[N_SHADES] = {0.35, 0.55, 0.78, 1.0};

/// Notes of one key that touch on the page: drawn as one stroke.
typedef struct Run {
  double from, to;
  int velocity; ///< The largest; 0 when there is no run.
} Run;

/// Kinds of drum, from the top of the lane to its foot.
typedef enum DrumRow {
  ROW_CYMBALS,
  ROW_HATS,
  ROW_TOMS,
  ROW_SNARE,
  ROW_KICK,
  ROW_HAND,
  N_DRUM_ROWS
} DrumRow;

static const char *const row_names[N_DRUM_ROWS] = {[ROW_CYMBALS] = "cymbals",
    [ROW_HATS]                                                   = "hats",
    [ROW_TOMS]                                                   = "toms",
    [ROW_SNARE]                                                  = "snare",
    [ROW_KICK]                                                   = "kick",
    [ROW_HAND] = "percussion"};

/// General MIDI's drum keys; others are hand percussion.
static DrumRow
row_of_key(int key)
{
  static const struct {
    int key;
    DrumRow row;
  } keys[] = {{35, ROW_KICK}, {36, ROW_KICK}, {37, ROW_SNARE}, {38, ROW_SNARE},
      {39, ROW_SNARE}, {40, ROW_SNARE}, {41, ROW_TOMS}, {43, ROW_TOMS},
      {45, ROW_TOMS}, {47, ROW_TOMS}, {48, ROW_TOMS}, {50, ROW_TOMS},
      {42, ROW_HATS}, {44, ROW_HATS}, {46, ROW_HATS}, {49, ROW_CYMBALS},
      {51, ROW_CYMBALS}, {52, ROW_CYMBALS}, {53, ROW_CYMBALS},
      {55, ROW_CYMBALS}, {57, ROW_CYMBALS}, {59, ROW_CYMBALS}};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (keys[i].key == key)
      return keys[i].row;
  return ROW_HAND;
}

static bool
is_kit(const CsPerformance *p, const CsPlayedNote *note)
{
  return p->tracks[note->track].track->bank == CS_KIT_BANK;
}

static bool
is_seen(const CsPerformance *p, const CsPlayedNote *note)
{
  return note->off_frame > 0 && note->on_frame < p->n_frames;
}

static void
find_rows(const CsPerformance *p, bool used[N_DRUM_ROWS])
{
  memset(used, 0, N_DRUM_ROWS * sizeof *used);
  for (size_t i = 0; i < p->n_notes; i++)
    if (is_kit(p, &p->notes[i]) && is_seen(p, &p->notes[i]))
      used[row_of_key(p->notes[i].key)] = true;
}

int
cs_page_drum_rows(const CsPerformance *performance)
{
  bool used[N_DRUM_ROWS];
  int n = 0;
  find_rows(performance, used);
  for (int r = 0; r < N_DRUM_ROWS; r++)
    n += used[r];
  return n;
}

// ---- Runs -----------------------------------------------------------------

/// Draws or counts the strokes of one track.
typedef struct Stroker {
  const CsPage *page;
  size_t track;
  bool is_kit;
  double gap;       ///< Notes this near to each other are one stroke.
  Run runs[N_KEYS]; ///< Under way, by key or drum row.
  size_t n_runs;
  CsText *paths;         ///< One for each shade, or NULL to count.
  double base, step;     ///< Height of key 0's middle, and of a key.
  int rows[N_DRUM_ROWS]; ///< Place of a drum row from the top.
} Stroker;

static void
end_run(Stroker *s, int key)
{
  Run *run = &s->runs[key];
  if (run->velocity == 0)
    return;
  s->n_runs++;
  if (s->paths != NULL) {
    const int shade    = run->velocity * N_SHADES / (MAX_VELOCITY + 1);
    CsText *path       = &s->paths[shade];
    const double place = s->is_kit ? s->rows[key] : -key;
    cs_svg_point(path, 'M', run->from, s->base + s->step * place);
    cs_text_add(path, "h");
    cs_svg_number(path, run->to - run->from);
  }
  run->velocity = 0;
}

static void
stroke_note(Stroker *s, const CsPlayedNote *note)
{
  const CsPage *page = s->page;
  const double rate  = page->performance->sample_rate;
  const double from  = cs_page_x(page, (double)note->on_frame / rate);
  double to          = cs_page_x(page, (double)note->off_frame / rate);
  const int key =
      s->is_kit ? (int)row_of_key(note->key) : note->key & (N_KEYS - 1);
  Run *run = &s->runs[key];
  if (s->is_kit)
    to = from + 2.0;
  else // a gap, so that repeated notes are seen apart
    to = to - from > 3.0 ? to - 0.8 : cs_clamp(to, from + 1.0, from + 3.0);
  if (run->velocity > 0 && from <= run->to + s->gap) {
    run->to = to > run->to ? to : run->to;
    if (note->velocity > run->velocity)
      run->velocity = note->velocity;
    return;
  }
  end_run(s, key);
  *run = (Run){from, to, note->velocity};
}

static void
stroke_track(Stroker *s)
{
  const CsPerformance *p = s->page->performance;
  for (size_t i = 0; i < p->n_notes; i++)
    if (p->notes[i].track == s->track && is_seen(p, &p->notes[i]))
      stroke_note(s, &p->notes[i]);
  for (int key = 0; key < N_KEYS; key++)
    end_run(s, key);
}

/// The smallest gap at which all strokes stay within the page's budget. Bounded
/// by keys times page width however long the cue is.
static double
find_gap(const CsPage *page, bool kits)
{
  const CsPerformance *p = page->performance;
  for (double gap = -0.3;; gap = gap < 0.0 ? 0.5 : gap * 2.0) {
    size_t n = 0;
    for (size_t t = 0; t < p->n_tracks; t++) {
      Stroker s = {.page = page,
          .track         = t,
          .gap           = gap,
          .is_kit        = p->tracks[t].track->bank == CS_KIT_BANK};
      if (s.is_kit != kits)
        continue;
      stroke_track(&s);
      n += s.n_runs;
    }
    if (n <= MAX_RUNS || gap > CS_PLOT_WIDTH)
      return gap;
  }
}

static void
put_paths(const CsPage *page, CsText *paths, size_t track, double thickness)
{
  const CsTrack *plan = page->performance->tracks[track].track;
  for (int i = 0; i < N_SHADES; i++) {
    const char *d;
    if (cs_text_take(&paths[i], &d) != CS_OK) {
      page->svg->failed = true;
      return;
    }
    if (*d == '\0')
      continue;
    cs_text_addf(page->svg,
        "<path fill=\"none\" stroke=\"%s\" stroke-opacity=\"%s%02d\" "
        "stroke-width=\"",
        cs_role_colours[plan->role], shades[i] < 1.0 ? "." : "1.",
        shades[i] < 1.0 ? (int)(shades[i] * 100.0 + 0.5) : 0);
    cs_svg_number(page->svg, thickness);
    cs_text_addf(page->svg, "\" d=\"%s\"/>\n", d);
  }
}

// ---- The piano roll -------------------------------------------------------

/// The keys that the roll shows.
static void
find_keys(const CsPerformance *p, int *low, int *high)
{
  int lowest = N_KEYS, highest = -1;
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *note = &p->notes[i];
    if (is_kit(p, note) || !is_seen(p, note))
      continue;
    lowest  = note->key < lowest ? note->key : lowest;
    highest = note->key > highest ? note->key : highest;
  }
  if (highest < 0) {
    lowest  = 48;
    highest = 72;
  }
  lowest -= 2;
  highest += 2;
  while (highest - lowest + 1 < LEAST_SPAN) {
    lowest--;
    highest++;
  }
  *low  = lowest < 0 ? 0 : lowest;
  *high = highest >= N_KEYS ? N_KEYS - 1 : highest;
}

static void
draw_octaves(const CsPage *page, int low, int high, double base, double step)
{
  static const CsTextStyle style = {10.5, cs_colour_dim, CS_AT_END, false};
  for (int key = (low + OCTAVE - 1) / OCTAVE * OCTAVE; key <= high;
       key += OCTAVE) {
    const double y   = base - step * key;
    const char *name = cs_page_text(
        page, cs_arena_printf(page->arena, "C%d", key / OCTAVE - 1));
    cs_svg_line(page->svg, CS_PLOT_LEFT, y + step / 2, CS_PLOT_RIGHT,
        y + step / 2, cs_colour_line, 0.55);
    if (y > page->roll.top + 26.0)
      cs_svg_text(page->svg, CS_PLOT_LEFT - 8, y + 3.5, &style, name);
  }
}

/// Quiet roles first, so that the tune lies on top.
static int
layer_of(CsRole role)
{
  static const int layers[CS_N_ROLES] = {[CS_ROLE_PAD] = 0,
      [CS_ROLE_CHORDS]                                 = 2,
      [CS_ROLE_MOTION]                                 = 3,
      [CS_ROLE_BASS]                                   = 4,
      [CS_ROLE_DRUMS]                                  = 1,
      [CS_ROLE_PERCUSSION]                             = 1,
      [CS_ROLE_MELODY]                                 = 7,
      [CS_ROLE_COUNTER]                                = 6,
      [CS_ROLE_COLOUR]                                 = 5,
      [CS_ROLE_EFFECTS]                                = 1};
  return layers[role];
}

static void
draw_strokes(const CsPage *page, Stroker *s, double thickness)
{
  CsText paths[N_SHADES];
  for (int i = 0; i < N_SHADES; i++)
    paths[i] = cs_text_new(page->arena);
  s->paths = paths;
  stroke_track(s);
  put_paths(page, paths, s->track, thickness);
}

void
cs_page_draw_roll(const CsPage *page)
{
  const CsPerformance *p = page->performance;
  int low, high;
  find_keys(p, &low, &high);
  const double step = page->roll.height / (high - low + 1);
  const double base = page->roll.top + step * (high + 0.5);
  draw_octaves(page, low, high, base, step);
  const double gap       = find_gap(page, false);
  const double thickness = cs_clamp(step - 0.6, 1.2, 9.0);
  for (int layer = 0; layer < CS_N_ROLES; layer++)
    for (size_t t = 0; t < p->n_tracks; t++) {
      const CsTrack *track = p->tracks[t].track;
      if (track->bank == CS_KIT_BANK || layer_of(track->role) != layer)
        continue;
      Stroker s = {
          .page = page, .track = t, .gap = gap, .base = base, .step = step};
      draw_strokes(page, &s, thickness);
    }
}

void
cs_page_draw_drums(const CsPage *page)
{
  static const CsTextStyle style = {10.5, cs_colour_dim, CS_AT_END, false};
  const CsPerformance *p         = page->performance;
  bool used[N_DRUM_ROWS];
  int rows[N_DRUM_ROWS] = {0}, n = 0;
  find_rows(p, used);
  for (int r = 0; r < N_DRUM_ROWS; r++)
    rows[r] = used[r] ? n++ : 0;
  if (n == 0)
    return;
  const double step = page->drums.height / n;
  const double base = page->drums.top + step / 2;
  for (int r = 0; r < N_DRUM_ROWS; r++)
    if (used[r])
      cs_svg_text(page->svg, CS_PLOT_LEFT - 8, base + step * rows[r] + 3.5,
          &style, row_names[r]);
  const double gap = find_gap(page, true);
  for (size_t t = 0; t < p->n_tracks; t++) {
    if (p->tracks[t].track->bank != CS_KIT_BANK)
      continue;
    Stroker s = {.page = page,
        .track         = t,
        .is_kit        = true,
        .gap           = gap,
        .base          = base,
        .step          = step};
    memcpy(s.rows, rows, sizeof rows);
    draw_strokes(page, &s, cs_clamp(step * 0.62, 2.0, 9.0));
  }
}

// ---- The waveform ---------------------------------------------------------

static double
largest_peak(const CsOutline *o)
{
  double largest = 0.0;
  for (int i = 0; i < CS_PICTURE_COLUMNS; i++) {
    const double high = (double)o->high[i], low = -(double)o->low[i];
    largest = high > largest ? high : largest;
    largest = low > largest ? low : largest;
  }
  return largest;
}

/// Square root by Newton's steps; good to the width of a line.
static double
root(double x)
{
  double y = x > 1.0 ? x : 1.0;
  for (int i = 0; i < 40 && x > 0.0; i++)
    y = 0.5 * (y + x / y);
  return x > 0.0 ? y : 0.0;
}

static double
rms_of_column(const CsOutline *o, int column)
{
  return o->n_summed[column] > 0
             ? root(o->energy[column] / (double)o->n_summed[column])
             : 0.0;
}

/// A closed shape along the columns: above the middle there, below it back.
static void
draw_shape(const CsPage *page, double scale, bool is_rms, const char *fill)
{
  const CsOutline *o  = page->outline;
  const double middle = page->wave.top + page->wave.height / 2;
  const double step   = (double)CS_PLOT_WIDTH / CS_PICTURE_COLUMNS;
  CsText *svg         = page->svg;
  cs_text_addf(svg, "<path fill=\"%s\" d=\"", fill);
  for (int i = 0; i < CS_PICTURE_COLUMNS; i++) {
    const double up = is_rms ? rms_of_column(o, i) : (double)o->high[i];
    cs_svg_point(svg, i == 0 ? 'M' : 'L', CS_PLOT_LEFT + (i + 0.5) * step,
        middle - up * scale - 0.3);
  }
  for (int i = CS_PICTURE_COLUMNS - 1; i >= 0; i--) {
    const double down = is_rms ? -rms_of_column(o, i) : (double)o->low[i];
    cs_svg_point(
        svg, 'L', CS_PLOT_LEFT + (i + 0.5) * step, middle - down * scale + 0.3);
  }
  cs_text_add(svg, "Z\"/>\n");
}

void
cs_page_draw_wave(const CsPage *page)
{
  const double peak  = largest_peak(page->outline);
  const double scale = peak > 1e-6 ? page->wave.height * 0.47 / peak : 0.0;
  draw_shape(page, scale, false, "#3f5f8f");
  draw_shape(page, scale, true, "#9cc2ff");
}
