// What hands do: how hard and when they strike (T46, T47), RULEBOOK 7.3.

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/share.h"

#include <math.h>

enum { N_KEYS = 128, FEW_NOTES = 24 };

/// Machines keep time and strength: kits and drums that are synthesized.
static bool
is_electronic(const CsEvidence *e, size_t track)
{
  enum { ELECTRONIC_KIT = 24, KIT_808 = 25 };
  const CsTrack *t       = &e->plan->tracks[track];
  const CsInstrument *in = e->instruments[track];
  return (t->bank == 128 &&
             (t->program == ELECTRONIC_KIT || t->program == KIT_808)) ||
         (in != NULL && cs_instrument_is(in, "electronic drums"));
}

// ---- T46 --------------------------------------------------------------------

/// Sums over the notes of one key of a track, or over all of them.
typedef struct Moments {
  double n, sum, sum2;
} Moments;

static void
add_moment(Moments *m, double x)
{
  m->n += 1.0;
  m->sum += x;
  m->sum2 += x * x;
}

/// Sum of squared deviations from the mean.
static double
spread_of(const Moments *m)
{
  return m->n > 0.0 ? fmax(0.0, m->sum2 - m->sum * m->sum / m->n) : 0.0;
}

/// The sixteenth of its bar to which a moment is nearest.
static int
step_near(const CsEvidence *e, double seconds)
{
  const CsTimeline *t = e->score->timeline;
  const int64_t tick  = cs_tick_of_seconds(t, seconds) + CS_TICKS_PER_STEP / 2;
  const int64_t in    = tick - cs_bar_tick(t, cs_bar_of_tick(t, tick));
  return in < 0 ? 0 : (int)(in / CS_TICKS_PER_STEP);
}

enum { MOST_STEPS = 64 };

/// Squared deviations within the cells, and in how many ways they are free.
static void
add_cells(Moments *cells, size_t n_cells, double *sum, double *n_free)
{
  for (size_t k = 0; k < n_cells; k++) {
    *sum += spread_of(&cells[k]);
    *n_free += cells[k].n > 1.0 ? cells[k].n - 1.0 : 0.0;
    cells[k] = (Moments){0};
  }
}

/// Deviation of a track's velocities. A drummer's accents are written, and
/// other ones in other sections; there it is what each drum does at one place
/// of the bar while a section lasts.
static CsStatus
velocity_deviation(
    CsArena *scratch, const CsEvidence *e, size_t track, double *deviation)
{
  const CsPerformance *p   = e->performance;
  const bool is_struck     = !cs_is_pitched(e, track);
  const size_t n_cells     = is_struck ? N_KEYS * MOST_STEPS : 1;
  const CsSection *section = NULL;
  Moments *cells           = CS_NEW_N(scratch, Moments, n_cells);
  double sum = 0.0, n_free = 0.0;
  size_t n = 0;
  CS_TRY_NEW(cells);
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *note = &p->notes[i];
    if (note->track != track)
      continue;
    const double s      = cs_played_s(e, note);
    const CsSection *at = cs_section_at(
        e, cs_tick_of_seconds(e->score->timeline, s) + CS_TICKS_PER_STEP / 2);
    if (is_struck && at != section)
      add_cells(cells, n_cells, &sum, &n_free);
    section         = at;
    const int place = note->key * MOST_STEPS + step_near(e, s) % MOST_STEPS;
    add_moment(&cells[is_struck ? place : 0], note->velocity);
    n++;
  }
  add_cells(cells, n_cells, &sum, &n_free);
  *deviation = n >= FEW_NOTES && n_free > 0.0 ? sqrt(sum / n_free) : -1.0;
  return CS_OK;
}

/// How far outside its limits a value lies; below 0 inside.
static double
miss_of(double value, double low, double high)
{
  return fmax(low - value, value - high);
}

static CsStatus
velocities_vary(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  const double low = 4.0, high = 16.0;
  double worst = -1e9;
  for (size_t t = 0; t < e->plan->n_tracks; t++) {
    double deviation = 0.0;
    if (e->plan->tracks[t].role == CS_ROLE_EFFECTS || is_electronic(e, t))
      continue;
    CS_TRY(velocity_deviation(scratch, e, t, &deviation));
    if (deviation < 0.0 || miss_of(deviation, low, high) <= worst)
      continue;
    worst = miss_of(deviation, low, high);
    *f    = cs_finding_within(deviation, low, high);
    cs_finding_where(f, "%s (%s)", e->plan->tracks[t].instrument,
        cs_role_names[e->plan->tracks[t].role]);
  }
  return CS_OK;
}

const CsProperty cs_property_T46a = {
    .id   = "T46a",
    .name = "velocities vary",
    .text = "The standard deviation of each track's velocities, of drums "
            "at one place of the bar within a section: 4 to 16, electronic "
            "drums apart.",
    .unit = "",
    .fn   = velocities_vary,
};

static CsStatus
equal_velocities(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  enum { MOST_EQUAL = 8 };
  const CsPerformance *p = e->performance;
  int *last              = CS_NEW_N(scratch, int, e->plan->n_tracks);
  int *run               = CS_NEW_N(scratch, int, e->plan->n_tracks);
  int longest            = 0;
  CS_TRY_NEW(last);
  CS_TRY_NEW(run);
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *n = &p->notes[i];
    if (is_electronic(e, n->track))
      continue;
    run[n->track]  = n->velocity == last[n->track] ? run[n->track] + 1 : 1;
    last[n->track] = n->velocity;
    if (run[n->track] <= longest)
      continue;
    longest = run[n->track];
    cs_finding_where(f, "%s at %.1f s", e->plan->tracks[n->track].instrument,
        cs_played_s(e, n));
  }
  if (longest > 0)
    cs_finding_settle(f, cs_finding_at_most(longest, MOST_EQUAL));
  return CS_OK;
}

const CsProperty cs_property_T46b = {
    .id   = "T46b",
    .name = "equal velocities",
    .text = "The longest run of notes of a track with the same velocity: 8 at "
            "most, electronic drums apart.",
    .unit = "notes",
    .fn   = equal_velocities,
};

// ---- T47: deviations --------------------------------------------------------

enum {
  PLACES       = 24,
  N_CLASSES    = 2 * PLACES,
  FEW_IN_CLASS = 5,
  FEW_MEETINGS = 30
};

/// How far an onset is from where the score has it, in ms.
typedef struct Deviation {
  int64_t tick;
  int place; ///< In its beat, and whether the chord changes there.
  bool is_rare;
  double ms;
} Deviation;

typedef struct Deviations {
  Deviation *items;
  size_t n;
} Deviations;

static int
place_of(const CsEvidence *e, int64_t tick)
{
  const CsTimeline *t      = e->score->timeline;
  const int64_t beat       = cs_beat_ticks(e);
  const int64_t in         = tick - cs_bar_tick(t, cs_bar_of_tick(t, tick));
  const CsChordSpan *chord = cs_chord_span_at(e, tick);
  const bool is_change     = chord != NULL && chord->start_tick == tick;
  return (int)(in % beat * PLACES / beat) + (is_change ? PLACES : 0);
}

/// The notes that a track plays, from a little before frame 0 on.
static CsStatus
played_by(CsArena *scratch, const CsEvidence *e, size_t track,
    const CsPlayedNote ***notes, size_t *n)
{
  const double early_s   = 0.2;
  const CsPerformance *p = e->performance;
  *notes                 = CS_NEW_N(scratch, const CsPlayedNote *, p->n_notes);
  *n                     = 0;
  CS_TRY_NEW(*notes);
  for (size_t i = 0; i < p->n_notes; i++)
    if (p->notes[i].track == track && cs_played_s(e, &p->notes[i]) > -early_s)
      (*notes)[(*n)++] = &p->notes[i];
  return CS_OK;
}

/// When each written note was played, in seconds; NAN where that is not clear.
/// Each key's notes are played in their order; where some were left out or put
/// before a loop, none is told.
static CsStatus
find_played(
    CsArena *scratch, const CsEvidence *e, size_t track, double **played_s)
{
  const CsPart *part         = &e->score->parts[track];
  const CsPlayedNote **notes = NULL;
  size_t n = 0, n_written[N_KEYS] = {0}, n_played[N_KEYS] = {0},
         at[N_KEYS] = {0};
  CS_TRY(played_by(scratch, e, track, &notes, &n));
  *played_s = CS_NEW_N(scratch, double, part->n_notes);
  CS_TRY_NEW(*played_s);
  for (size_t i = 0; i < part->n_notes; i++)
    n_written[part->notes[i].key % N_KEYS]++;
  for (size_t i = 0; i < n; i++)
    n_played[notes[i]->key % N_KEYS]++;
  for (size_t i = 0; i < part->n_notes; i++) {
    const int key  = part->notes[i].key % N_KEYS;
    (*played_s)[i] = (double)NAN;
    if (n_written[key] != n_played[key])
      continue;
    while (notes[at[key]]->key != key)
      at[key]++;
    (*played_s)[i] = cs_played_s(e, notes[at[key]++]);
  }
  return CS_OK;
}

static CsStatus
find_deviations(
    CsArena *scratch, const CsEvidence *e, size_t track, Deviations *out)
{
  const CsPart *part = &e->score->parts[track];
  double *played_s   = NULL;
  CS_TRY(find_played(scratch, e, track, &played_s));
  *out = (Deviations){.items = CS_NEW_N(scratch, Deviation, part->n_notes)};
  CS_TRY_NEW(out->items);
  for (size_t i = 0; i < part->n_notes; i++) {
    const CsNote *note = &part->notes[i];
    // Of what is struck together the lowest key speaks, the rest is spread;
    // what begins the cue or ends a silence cannot come early.
    if (isnan(played_s[i]) || note->start_tick < CS_TICKS_PER_STEP ||
        (i > 0 && note[-1].start_tick == note->start_tick) ||
        cs_section_at(e, note->start_tick)->kind == CS_SECTION_END)
      continue;
    const double at_s = cs_seconds_at(e, note->start_tick);
    if (cs_is_asked_silence(e, at_s - 0.2, at_s))
      continue;
    const double off_s   = played_s[i] - at_s;
    out->items[out->n++] = (Deviation){.tick = note->start_tick,
        .place                               = place_of(e, note->start_tick),
        .ms = 1e3 * off_s - (double)note->delay_ms};
  }
  return CS_OK;
}

enum { ANYWHERE = -1 };

/// The middle of the deviations at a place; 0 where it is so little that chance
/// may have made it.
static CsStatus
find_habit(CsArena *scratch, const Deviations *d, int place, double *habit_ms,
    size_t *n)
{
  const double least_ms = 5.0;
  CsFigures figures     = {0};
  for (size_t i = 0; i < d->n; i++)
    if (place == ANYWHERE || d->items[i].place == place)
      CS_TRY(cs_figures_add(scratch, &figures, d->items[i].ms));
  const double middle = cs_figures_rank(&figures, 0.5);
  *habit_ms           = fabs(middle) > least_ms ? middle : 0.0;
  *n                  = figures.n;
  return CS_OK;
}

/// Early starts of slow sounds, swing and a drummer's habit of place are meant:
/// what is usual for a track and for a place is no deviation. Rare places are
/// left out.
static CsStatus
forgive_habits(CsArena *scratch, Deviations *d)
{
  size_t n_kept = 0;
  for (int place = ANYWHERE; place < N_CLASSES; place++) {
    double habit_ms = 0.0;
    size_t n        = 0;
    CS_TRY(find_habit(scratch, d, place, &habit_ms, &n));
    for (size_t i = 0; i < d->n; i++)
      if (place == ANYWHERE || d->items[i].place == place) {
        d->items[i].ms -= habit_ms;
        d->items[i].is_rare = n < FEW_IN_CLASS;
      }
  }
  for (size_t i = 0; i < d->n; i++)
    if (!d->items[i].is_rare)
      d->items[n_kept++] = d->items[i];
  d->n = n_kept;
  return CS_OK;
}

static double
deviation_of(const Deviations *d)
{
  Moments m = {0};
  for (size_t i = 0; i < d->n; i++)
    add_moment(&m, d->items[i].ms);
  return m.n > 0.0 ? sqrt(spread_of(&m) / m.n) : 0.0;
}

/// Those of every track that is played by hand and has enough to say.
static CsStatus
hear_hands(CsArena *scratch, const CsEvidence *e, Deviations **all)
{
  *all = CS_NEW_N(scratch, Deviations, e->score->n_parts);
  CS_TRY_NEW(*all);
  for (size_t t = 0; t < e->score->n_parts; t++) {
    Deviations *d = &(*all)[t];
    if (!cs_is_metred(e) || e->plan->tracks[t].role == CS_ROLE_EFFECTS)
      continue;
    CS_TRY(find_deviations(scratch, e, t, d));
    CS_TRY(forgive_habits(scratch, d));
    d->n = d->n >= FEW_NOTES ? d->n : 0;
  }
  return CS_OK;
}

// ---- T47: what is wanted ----------------------------------------------------

/// Machine-made styles keep within two milliseconds.
static bool
is_tight(const CsEvidence *e)
{
  const double tight   = 0.3;
  const CsStyle *style = cs_find_style(e->presets, e->plan->style);
  return style != NULL && style->humanise <= tight;
}

/// Deviations in ms; solo players take more freedom than a rhythm section.
static const double usual_ms[CS_N_ROLES][2] = {
    [CS_ROLE_PAD]        = {5, 12},
    [CS_ROLE_CHORDS]     = {5, 8},
    [CS_ROLE_MOTION]     = {5, 8},
    [CS_ROLE_BASS]       = {4, 6},
    [CS_ROLE_DRUMS]      = {3, 5},
    [CS_ROLE_PERCUSSION] = {3, 5},
    [CS_ROLE_MELODY]     = {5, 12},
    [CS_ROLE_COUNTER]    = {5, 12},
    [CS_ROLE_COLOUR]     = {5, 12},
};

static CsStatus
timing_varies(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  const double tight_ms[2] = {0.0, 2.0};
  Deviations *all          = NULL;
  double worst             = -1e9;
  CS_TRY(hear_hands(scratch, e, &all));
  for (size_t t = 0; t < e->score->n_parts; t++) {
    const double *range =
        is_tight(e) ? tight_ms : usual_ms[e->plan->tracks[t].role];
    const double ms = deviation_of(&all[t]);
    if (all[t].n == 0 || miss_of(ms, range[0], range[1]) <= worst)
      continue;
    worst = miss_of(ms, range[0], range[1]);
    *f    = cs_finding_within(ms, range[0], range[1]);
    cs_finding_where(f, "%s (%s)", e->plan->tracks[t].instrument,
        cs_role_names[e->plan->tracks[t].role]);
  }
  return CS_OK;
}

const CsProperty cs_property_T47a = {
    .id   = "T47a",
    .name = "timing varies",
    .text = "The standard deviation of each track's onsets from where they are "
            "meant: drums 3 to 5 ms, bass 4 to 6, keys and guitars 5 to 8, "
            "solo players up to 12; in electronic styles at most 2.",
    .unit = "ms",
    .fn   = timing_varies,
};

static CsStatus
timing_cap(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  Deviations *all = NULL;
  double most     = -1.0;
  CS_TRY(hear_hands(scratch, e, &all));
  for (size_t t = 0; t < e->score->n_parts; t++)
    for (size_t i = 0; i < all[t].n; i++) {
      const double ms = fabs(all[t].items[i].ms);
      if (ms <= most)
        continue;
      most = ms;
      cs_finding_where(f, "%s, bar %d", e->plan->tracks[t].instrument,
          cs_bar_of_tick(e->score->timeline, all[t].items[i].tick) + 1);
    }
  if (most >= 0.0)
    cs_finding_settle(f, cs_finding_at_most(most, 20.0));
  return CS_OK;
}

const CsProperty cs_property_T47b = {
    .id   = "T47b",
    .name = "largest deviation",
    .text = "The furthest that an onset is from where it is meant: 20 ms.",
    .unit = "ms",
    .fn   = timing_cap,
};

/// Add to `sum` the products of what two tracks do at the same ticks, in units
/// of their deviations.
static size_t
meet(const Deviations *a, const Deviations *b, double *sum)
{
  const double unit = deviation_of(a) * deviation_of(b);
  size_t n = 0, i = 0, k = 0;
  while (i < a->n && k < b->n && unit > 0.0) {
    const int64_t off = a->items[i].tick - b->items[k].tick;
    if (off == 0) {
      *sum += a->items[i].ms * b->items[k].ms / unit;
      n++;
    }
    i += off <= 0;
    k += off >= 0;
  }
  return n;
}

static CsStatus
common_time(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  Deviations *all = NULL;
  double sum      = 0.0;
  size_t n        = 0;
  if (is_tight(e)) // hardly more than the grid that onsets lie on
    return CS_OK;
  CS_TRY(hear_hands(scratch, e, &all));
  for (size_t a = 0; a < e->score->n_parts; a++)
    for (size_t b = a + 1; b < e->score->n_parts; b++)
      n += meet(&all[a], &all[b], &sum);
  if (n >= FEW_MEETINGS)
    *f = cs_finding_within(sum / (double)n, 0.4, 0.8);
  return CS_OK;
}

const CsProperty cs_property_T47c = {
    .id   = "T47c",
    .name = "players hear each other",
    .text = "How much of their deviations in time tracks have in common: 40 to "
            "80 % of the variance.",
    .unit = "share",
    .fn   = common_time,
};
