#include "gen/plan/timeline.h"

#include "gen/base/mathx.h"

#include <math.h>
#include <string.h>

/// A stretch of one tempo.
typedef struct Stretch {
  int64_t tick;
  double at_s;
  double ticks_per_s;
} Stretch;

struct CsTimeline {
  const CsPlan *plan;
  int n_bars;
  int64_t *bar_ticks;  ///< n_bars + 1 bar lines.
  int64_t usual_ticks; ///< Of a whole bar.
  int *section_of_bar; ///< n_bars indices.
  Stretch *stretches;
  size_t n_stretches;
  /// Bit i of a bar: does plan->tracks[i] play there? NULL without tracks.
  uint16_t *plays;
};

enum {
  BLOCK_BARS      = 4,  ///< Layers come and go on this grid.
  MAX_MASK_TRACKS = 16, ///< Bits of the mask.
};

// ---- Bar lines -------------------------------------------------------------

static int64_t
ticks_of_quarters(double quarters)
{
  const double ticks = floor(quarters * CS_TICKS_PER_QUARTER + 0.5);
  return ticks < 1.0 ? 1 : (int64_t)ticks;
}

static double
bar_quarters(const CsPlan *plan, int bar)
{
  for (size_t i = 0; i < plan->n_short_bars; i++)
    if (plan->short_bars[i].bar == bar)
      return plan->short_bars[i].quarters;
  return cs_meter_quarters(plan->meter);
}

static Stretch
stretch_after(const Stretch *before, int64_t tick, double bpm)
{
  return (Stretch){
      .tick = tick,
      .at_s =
          before->at_s + (double)(tick - before->tick) / before->ticks_per_s,
      .ticks_per_s = bpm * CS_TICKS_PER_QUARTER / 60.0,
  };
}

static void
add_tempos_of_bar(CsTimeline *t, int bar, size_t *next)
{
  const CsPlan *plan = t->plan;
  for (; *next < plan->n_tempos && plan->tempos[*next].bar <= bar; (*next)++) {
    const double bpm = plan->tempos[*next].bpm;
    Stretch *last    = &t->stretches[t->n_stretches - 1];
    if (last->tick == t->bar_ticks[bar])
      last->ticks_per_s = bpm * CS_TICKS_PER_QUARTER / 60.0;
    else
      t->stretches[t->n_stretches++] =
          stretch_after(last, t->bar_ticks[bar], bpm);
  }
}

static bool
has_end_bar(const CsPlan *plan)
{
  return plan->n_sections > 0 &&
         plan->sections[plan->n_sections - 1].kind == CS_SECTION_END;
}

/// The bar of the last downbeat is as long as the file still is.
static void
stretch_end_bar(CsTimeline *t)
{
  const int64_t start = t->bar_ticks[t->n_bars - 1];
  const double rest =
      t->plan->duration_s - cs_seconds_of_tick(t, (double)start);
  const double rate       = t->stretches[t->n_stretches - 1].ticks_per_s;
  const double n          = ceil(rest * rate - 1e-6);
  t->bar_ticks[t->n_bars] = start + (n < 1.0 ? 1 : (int64_t)n);
}

static void
lay_bars(CsTimeline *t)
{
  const CsPlan *plan  = t->plan;
  const double bpm    = plan->n_tempos > 0 ? plan->tempos[0].bpm : 120.0;
  size_t next_tempo   = plan->n_tempos > 0 ? 1 : 0;
  size_t next_short   = 0;
  const int64_t whole = ticks_of_quarters(cs_meter_quarters(plan->meter));
  t->stretches[0] =
      (Stretch){0, plan->lead_in_s, bpm * CS_TICKS_PER_QUARTER / 60.0};
  t->n_stretches = 1;
  t->usual_ticks = whole;
  for (int bar = 0; bar < t->n_bars; bar++) {
    add_tempos_of_bar(t, bar, &next_tempo);
    int64_t ticks = whole;
    if (next_short < plan->n_short_bars &&
        plan->short_bars[next_short].bar == bar) {
      ticks = ticks_of_quarters(bar_quarters(plan, bar));
      next_short++;
    }
    t->bar_ticks[bar + 1] = t->bar_ticks[bar] + ticks;
  }
  if (has_end_bar(plan))
    stretch_end_bar(t);
}

static void
lay_sections(CsTimeline *t)
{
  int bar = 0;
  for (size_t s = 0; s < t->plan->n_sections; s++) {
    const int end =
        t->plan->sections[s].first_bar + t->plan->sections[s].n_bars;
    for (; bar < end && bar < t->n_bars; bar++)
      t->section_of_bar[bar] = (int)s;
  }
  for (; bar < t->n_bars; bar++)
    t->section_of_bar[bar] =
        t->plan->n_sections > 0 ? (int)t->plan->n_sections - 1 : 0;
}

// ---- Who plays -------------------------------------------------------------

static double
section_energy(const CsSection *section, double bar)
{
  const double n     = section->n_bars > 0 ? (double)section->n_bars : 1.0;
  const double share = cs_clamp((bar - section->first_bar) / n, 0.0, 1.0);
  return cs_clamp(
      cs_lerp(section->energy[0], section->energy[1], share), 0.0, 1.0);
}

int
cs_first_phrase_bar(const CsPlan *plan, const CsSection *section)
{
  const bool has_pickup = section->first_bar == 0 && section->n_bars > 1 &&
                          plan->n_short_bars > 0 &&
                          plan->short_bars[0].bar == 0;
  return section->first_bar + (has_pickup ? 1 : 0);
}

/// The energy that decides who plays in a bar: of the middle of its block.
static double
deciding_energy(const CsPlan *plan, const CsSection *section, int bar)
{
  if (cs_is_growing(plan, section))
    return section_energy(section, bar + 0.5);
  const int first = cs_first_phrase_bar(plan, section);
  const int block = bar < first ? first : bar - (bar - first) % BLOCK_BARS;
  const int rest  = section->first_bar + section->n_bars - block;
  const int n     = rest < BLOCK_BARS ? rest : BLOCK_BARS;
  return section_energy(section, block + 0.5 * n);
}

static bool
plays_by_energy(const CsTimeline *t, const CsTrack *track, int bar)
{
  const CsSection *section = cs_section_of_bar(t, bar);
  if (section == NULL)
    return true;
  const double energy = deciding_energy(t->plan, section, bar);
  return energy >= track->enter && energy <= track->leave;
}

static bool
plays_by_spans(const CsTimeline *t, const CsTrack *track, int bar)
{
  const double start  = cs_seconds_of_tick(t, (double)t->bar_ticks[bar]);
  const double end    = cs_seconds_of_tick(t, (double)t->bar_ticks[bar + 1]);
  const bool is_end   = bar == t->n_bars - 1 && has_end_bar(t->plan);
  const double middle = is_end ? start + 0.01 : 0.5 * (start + end);
  for (size_t i = 0; i < track->n_spans; i++)
    if (middle >= track->spans[i].start_s && middle < track->spans[i].end_s)
      return true;
  return false;
}

static bool
has_bit(unsigned mask, size_t i)
{
  return (mask >> i & 1U) != 0;
}

static bool
is_waiting(const CsTrack *track, int bar)
{
  for (size_t i = 0; i < track->n_waits; i++)
    if (bar >= track->waits[i].first_bar &&
        bar < track->waits[i].first_bar + track->waits[i].n_bars)
      return true;
  return false;
}

static bool
plays(const CsTimeline *t, const CsTrack *track, int bar)
{
  return track->n_spans > 0
             ? plays_by_spans(t, track, bar)
             : plays_by_energy(t, track, bar) && !is_waiting(track, bar);
}

/// The final chord belongs to those who played before it.
static uint16_t
mask_of_bar(const CsTimeline *t, size_t n, int bar, uint16_t before)
{
  const CsSection *section = cs_section_of_bar(t, bar);
  const bool is_end =
      section != NULL && section->kind == CS_SECTION_END && bar > 0;
  uint16_t mask = 0;
  for (size_t i = 0; i < n; i++) {
    const CsTrack *track = &t->plan->tracks[i];
    if (is_end && track->n_spans == 0 ? has_bit(before, i)
                                      : plays(t, track, bar))
      mask = (uint16_t)(mask | 1U << i);
  }
  return mask;
}

static CsStatus
decide_plays(CsArena *arena, CsTimeline *t)
{
  size_t n = t->plan->n_tracks;
  if (n == 0)
    return CS_OK;
  n        = n > MAX_MASK_TRACKS ? MAX_MASK_TRACKS : n;
  t->plays = CS_NEW_N(arena, uint16_t, (size_t)t->n_bars);
  CS_TRY_NEW(t->plays);
  uint16_t before = 0;
  for (int bar = 0; bar < t->n_bars; bar++)
    t->plays[bar] = before = mask_of_bar(t, n, bar, before);
  return CS_OK;
}

// ---- Questions -------------------------------------------------------------

CsStatus
cs_timeline_make(CsArena *arena, const CsPlan *plan, CsTimeline **timeline)
{
  CsTimeline *t = CS_NEW(arena, CsTimeline);
  CS_TRY_NEW(t);
  t->plan           = plan;
  t->n_bars         = plan->n_bars > 0 ? plan->n_bars : 0;
  t->bar_ticks      = CS_NEW_N(arena, int64_t, (size_t)t->n_bars + 1);
  t->section_of_bar = CS_NEW_N(arena, int, (size_t)t->n_bars);
  t->stretches      = CS_NEW_N(arena, Stretch, plan->n_tempos + 1);
  CS_TRY_NEW(t->bar_ticks);
  CS_TRY_NEW(t->section_of_bar);
  CS_TRY_NEW(t->stretches);
  lay_bars(t);
  lay_sections(t);
  CS_TRY(decide_plays(arena, t));
  *timeline = t;
  return CS_OK;
}

int64_t
cs_bar_tick(const CsTimeline *t, int bar)
{
  return t->bar_ticks[cs_clamp_int(bar, 0, t->n_bars)];
}

int64_t
cs_bar_ticks(const CsTimeline *t, int bar)
{
  return cs_bar_tick(t, bar + 1) - cs_bar_tick(t, bar);
}

int
cs_bar_of_tick(const CsTimeline *t, int64_t tick)
{
  // Bars are mostly alike.
  const int64_t guess = tick / t->usual_ticks;
  if (guess >= 0 && guess < t->n_bars && t->bar_ticks[guess] <= tick &&
      tick < t->bar_ticks[guess + 1])
    return (int)guess;
  int low = 0, high = t->n_bars;
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    if (t->bar_ticks[middle] <= tick)
      low = middle;
    else
      high = middle;
  }
  return low;
}

double
cs_seconds_of_tick(const CsTimeline *t, double tick)
{
  size_t low = 0, high = t->n_stretches;
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    if ((double)t->stretches[middle].tick <= tick)
      low = middle;
    else
      high = middle;
  }
  const Stretch *s = &t->stretches[low];
  return s->at_s + (tick - (double)s->tick) / s->ticks_per_s;
}

int64_t
cs_tick_of_seconds(const CsTimeline *t, double seconds)
{
  size_t low = 0, high = t->n_stretches;
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    if (t->stretches[middle].at_s <= seconds)
      low = middle;
    else
      high = middle;
  }
  const Stretch *s = &t->stretches[low];
  return s->tick + (int64_t)floor((seconds - s->at_s) * s->ticks_per_s + 0.5);
}

const CsSection *
cs_section_of_bar(const CsTimeline *t, int bar)
{
  if (t->plan->n_sections == 0 || t->n_bars == 0)
    return NULL;
  const int index = t->section_of_bar[cs_clamp_int(bar, 0, t->n_bars - 1)];
  return &t->plan->sections[index];
}

double
cs_energy_at_bar(const CsTimeline *t, double bar)
{
  const double whole =
      cs_clamp(floor(bar), 0.0, t->n_bars > 0 ? t->n_bars - 1.0 : 0.0);
  const CsSection *section = cs_section_of_bar(t, (int)whole);
  return section != NULL ? section_energy(section, bar) : 0.0;
}

bool
cs_is_growing(const CsPlan *plan, const CsSection *section)
{
  // Growth of energy from which layers come in bar by bar.
  const double build_growth = 0.12;
  return section->kind == CS_SECTION_BUILD ||
         (plan->function != CS_AMBIENT &&
             section->energy[1] - section->energy[0] >= build_growth);
}

bool
cs_goes_on_growing(const CsPlan *plan, const CsSection *section)
{
  const double least_growth = 0.05, most_dip = 0.05;
  if (section == plan->sections)
    return false;
  const CsSection *before = &section[-1];
  return section->energy[1] - section->energy[0] >= least_growth &&
         before->energy[1] - before->energy[0] >= least_growth &&
         before->energy[1] - section->energy[0] <= most_dip;
}

bool
cs_leaps_up(const CsPlan *plan, const CsSection *section)
{
  const double least_leap = 0.25;
  return section > plan->sections &&
         section->energy[0] - section[-1].energy[1] >= least_leap;
}

bool
cs_track_plays(const CsTimeline *t, const CsTrack *track, int bar)
{
  bar = cs_clamp_int(bar, 0, t->n_bars > 0 ? t->n_bars - 1 : 0);
  for (size_t i = 0; i < t->plan->n_tracks && i < MAX_MASK_TRACKS; i++)
    if (track == &t->plan->tracks[i])
      return t->plays != NULL && has_bit(t->plays[bar], i);
  return plays(t, track, bar);
}

// ---- Chords ----------------------------------------------------------------

typedef struct ChordList {
  CsArena *arena;
  const CsTimeline *t;
  CsChordSpan *spans;
  size_t n, capacity;
} ChordList;

/// Does another key begin between the last chord and a bar? Nothing is held
/// into it.
static bool
changes_key(const ChordList *list, int bar)
{
  const CsKey before = list->spans[list->n - 1].key;
  const CsKey now    = cs_key_at_bar(list->t->plan, bar);
  return before.tonic_pc != now.tonic_pc || before.mode != now.mode;
}

static CsStatus
add_chord(ChordList *list, const char *symbol, size_t n_bytes, int bar,
    int64_t start, int64_t end)
{
  const bool holds = n_bytes == 1 && symbol[0] == '%';
  if (holds && list->n > 0 && !changes_key(list, bar)) {
    list->spans[list->n - 1].end_tick = end;
    return CS_OK;
  }
  CsChordSpan span = {.start_tick = start,
      .end_tick                   = end,
      .bar                        = bar,
      .key                        = cs_key_at_bar(list->t->plan, bar)};
  span.symbol      = holds ? cs_mode_is_minor(span.key.mode) ? "i" : "I"
                           : cs_arena_copy(list->arena, symbol, n_bytes);
  CS_TRY_NEW(span.symbol);
  if (!cs_chord_parse(span.symbol, &span.chord))
    return cs_fail(list->arena, CS_ERR_REQUEST,
        "bar %d: \"%s\" is no chord symbol; write one like \"vi7\" or \"V/3\"",
        bar + 1, span.symbol);
  CS_TRY(cs_arena_grow(list->arena, (void **)&list->spans, &list->capacity,
      list->n + 1, sizeof span));
  list->spans[list->n++] = span;
  return CS_OK;
}

static int
count_words(const char *text)
{
  int n = 0;
  for (const char *p = text; *p != '\0'; p++)
    n += *p != ' ' && (p == text || p[-1] == ' ');
  return n;
}

/// Where the k-th of n chords begins in a bar: on a beat when there are enough
/// beats, the longer share first.
static int64_t
share_of_bar(const CsTimeline *t, int bar, int k, int n)
{
  const int64_t ticks = cs_bar_ticks(t, bar);
  const int beats     = cs_meter_beats(t->plan->meter);
  const int64_t beat =
      ticks_of_quarters(cs_meter_beat_quarters(t->plan->meter));
  if (n > beats || ticks != beat * beats)
    return ticks * k / n;
  return (k * beats + n - 1) / n * beat;
}

static CsStatus
add_bar(ChordList *list, int bar, const char *text)
{
  const int n         = count_words(text);
  const int64_t start = cs_bar_tick(list->t, bar);
  for (int k = 0; k < n; k++) {
    while (*text == ' ')
      text++;
    const size_t n_bytes = strcspn(text, " ");
    const int64_t to     = k + 1 == n ? cs_bar_ticks(list->t, bar)
                                      : share_of_bar(list->t, bar, k + 1, n);
    CS_TRY(add_chord(list, text, n_bytes, bar,
        start + share_of_bar(list->t, bar, k, n), start + to));
    text += n_bytes;
  }
  return CS_OK;
}

CsStatus
cs_timeline_chords(
    CsArena *arena, const CsTimeline *t, CsChordSpan **chords, size_t *n_chords)
{
  ChordList list = {.arena = arena, .t = t};
  for (size_t s = 0; s < t->plan->n_sections; s++) {
    const CsSection *section = &t->plan->sections[s];
    for (size_t i = 0; i < section->chords.n; i++)
      CS_TRY(add_bar(
          &list, section->first_bar + (int)i, section->chords.items[i]));
  }
  *chords   = list.spans;
  *n_chords = list.n;
  return CS_OK;
}

// ---- Starts of sections
// ------------------------------------------------------

double
cs_weight_of_start(const CsPlan *plan, size_t section)
{
  const CsSection *s       = &plan->sections[section];
  const CsSectionKind from = s[-1].kind;
  if (s->kind == CS_SECTION_CLIMAX || from == CS_SECTION_BUILD)
    return 1.0;
  if (from == CS_SECTION_BREAK)
    return 0.8;
  if (s->kind == CS_SECTION_END)
    return from == CS_SECTION_CLIMAX ? 0.7 : 0.0;
  if (s->kind == CS_SECTION_B || s->kind == CS_SECTION_BREAK)
    return 0.5;
  return s->kind == CS_SECTION_A || s->kind == CS_SECTION_A2 ? 0.4 : 0.0;
}
