#include "gen/base/mathx.h"
#include "gen/compose/frame.h"

#include <assert.h>
#include <string.h>

/// Writers by role.
static CsPartWriter *const writers[CS_N_ROLES] = {
    [CS_ROLE_PAD]        = cs_write_pad,
    [CS_ROLE_CHORDS]     = cs_write_chords,
    [CS_ROLE_MOTION]     = cs_write_motion,
    [CS_ROLE_BASS]       = cs_write_bass,
    [CS_ROLE_DRUMS]      = cs_write_drums,
    [CS_ROLE_PERCUSSION] = cs_write_percussion,
    [CS_ROLE_MELODY]     = cs_write_melody,
    [CS_ROLE_COUNTER]    = cs_write_counter,
    [CS_ROLE_COLOUR]     = cs_write_colour,
    [CS_ROLE_EFFECTS]    = cs_write_effects,
};

/// Velocities by function: range, and how much of the shaping is let through,
/// so that a bed and an underscore stay flat (RULEBOOK 2.1).
typedef struct Dynamics {
  int low, high;
  double spread;
} Dynamics;

static const Dynamics dynamics[CS_N_FUNCTIONS] = {
    [CS_UNDERSCORE] = {40, 70, 0.5},
    [CS_BED]        = {55, 85, 0.7},
    [CS_STINGER]    = {80, 120, 1.0},
    [CS_THEMATIC]   = {50, 112, 1.0},
    [CS_AMBIENT]    = {35, 65, 0.6},
};

/// Most onsets a second of one track (RULEBOOK 2.1 gives the union; parts share
/// one grid, so the union of tracks that keep to it keeps to it too).
static const double onset_rates[CS_N_FUNCTIONS] = {
    [CS_UNDERSCORE] = 2.0,
    [CS_BED]        = 4.0,
    [CS_STINGER]    = 12.0,
    [CS_THEMATIC]   = 9.0,
    [CS_AMBIENT]    = 0.3,
};

// --- Chords and scales ------------------------------------------------------

static uint16_t
bit_of(int pitch_class)
{
  return (uint16_t)(1U << cs_mod(pitch_class, 12));
}

const CsChordSpan *
cs_chord_at(const CsComposer *c, int64_t tick)
{
  assert(c->n_chords > 0);
  size_t low  = 0;
  size_t high = c->n_chords;
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    if (c->chords[middle].start_tick <= tick)
      low = middle;
    else
      high = middle;
  }
  return &c->chords[low];
}

uint16_t
cs_chord_pcs(const CsChordSpan *span)
{
  const CsChord *chord = &span->chord;
  unsigned set         = 0;
  for (int i = 0; i < chord->n_tones; i++)
    set |= bit_of(span->key.tonic_pc + chord->root + chord->tones[i]);
  return (uint16_t)set;
}

int
cs_key_shift(const CsComposer *c, int64_t tick)
{
  const CsKey now = cs_chord_at(c, tick)->key;
  return cs_mod(now.tonic_pc - c->plan->key.tonic_pc + 5, 12) - 5;
}

static int
degree_of(const int degrees[7], int semitones)
{
  for (int i = 0; i < 7; i++)
    if (degrees[i] == cs_mod(semitones, 12))
      return i;
  return -1;
}

/// Degree 0..6 that a chord's root is written on, altered or not: bVI is the
/// sixth, a diminished passing chord sits on the raised degree below.
static int
root_degree(const int degrees[7], const CsChord *chord)
{
  const int first = chord->is_diminished ? -1 : 1;
  int degree      = degree_of(degrees, chord->root);
  if (degree < 0)
    degree = degree_of(degrees, chord->root + first);
  if (degree < 0)
    degree = degree_of(degrees, chord->root - first);
  return degree < 0 ? 0 : degree;
}

/// Scale steps from the root to a chord tone, by its semitones.
static int
steps_to_tone(const CsChord *chord, int semitones)
{
  static const int steps[12] = {0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6};
  bool has_fifth             = false;
  bool has_seventh           = false;
  for (int i = 0; i < chord->n_tones; i++) {
    has_fifth   = has_fifth || cs_mod(chord->tones[i], 12) == 7;
    has_seventh = has_seventh || cs_mod(chord->tones[i], 12) >= 10;
  }
  const int pc = cs_mod(semitones, 12);
  if ((pc == 6 || pc == 8) && !has_fifth)
    return 4;
  if (pc == 9 && chord->is_diminished && !has_seventh)
    return 6;
  return steps[pc];
}

uint16_t
cs_scale_at(const CsComposer *c, int64_t tick)
{
  const CsChordSpan *span = cs_chord_at(c, tick);
  const CsChord *chord    = &span->chord;
  int scale[7];
  int degrees[7];
  cs_mode_degrees(span->key.mode, degrees);
  for (int i = 0; i < 7; i++)
    scale[i] = degrees[i];
  const int root = root_degree(degrees, chord);
  for (int i = 0; i < chord->n_tones; i++) {
    const int tone = cs_mod(chord->root + chord->tones[i], 12);
    if (degree_of(degrees, tone) < 0)
      scale[(root + steps_to_tone(chord, chord->tones[i])) % 7] = tone;
  }
  unsigned set = 0;
  for (int i = 0; i < 7; i++)
    set |= bit_of(span->key.tonic_pc + scale[i]);
  return (uint16_t)set;
}

int
cs_snap(int key, uint16_t pitch_classes)
{
  for (int distance = 0; distance <= 6; distance++) {
    if ((pitch_classes & bit_of(key - distance)) != 0)
      return key - distance;
    if ((pitch_classes & bit_of(key + distance)) != 0)
      return key + distance;
  }
  return key;
}

int
cs_nearest_key(int key, int pitch_class, int low, int high)
{
  const int below = key - cs_mod(key - pitch_class, 12);
  int best        = -1;
  for (int k = below - 120; k <= below + 132; k += 12) {
    if (k < low || k > high)
      continue;
    const int distance = k > key ? k - key : key - k;
    if (best < 0 || distance < (best > key ? best - key : key - best))
      best = k;
  }
  return best;
}

// --- Patterns and time ------------------------------------------------------

/// Energies between which one value serves all; those beyond lead up to it.
typedef struct Steady {
  double low, high, middle;
} Steady;

static double
steadied(const Steady *s, double energy)
{
  if (energy < s->low)
    return s->middle * energy / s->low;
  if (energy <= s->high)
    return s->middle;
  return cs_lerp(s->middle, 1.0, (energy - s->high) / (1.0 - s->high));
}

double
cs_groove_energy(const CsComposer *c, double energy)
{
  static const Steady bed = {.low = 0.42, .high = 0.70, .middle = 0.55};
  return c->plan->function == CS_BED ? steadied(&bed, energy) : energy;
}

/// Sections that tell the theme keep the figures of harmony and bass, A and A'
/// those of the kit too, through all energies that such a section has unasked:
/// they grow by their layers and by what moves on top, not by other figures
/// everywhere (RULEBOOK 3.2, 5.2, T35).
static bool
keeps_figure(const CsComposer *c, CsRole role, CsSectionKind kind)
{
  const bool returns = kind == CS_SECTION_A || kind == CS_SECTION_A2;
  const bool is_told = returns || kind == CS_SECTION_B;
  return c->plan->function == CS_THEMATIC &&
         ((role == CS_ROLE_DRUMS && returns) ||
             (is_told && (role == CS_ROLE_PAD || role == CS_ROLE_CHORDS ||
                             role == CS_ROLE_BASS)));
}

/// Mean energy of a section, moved by how busy the cue is wanted.
static double
pattern_energy(const CsComposer *c, CsRole role, const CsSection *section)
{
  static const Steady told = {.low = 0.38, .high = 0.68, .middle = 0.51};
  const double own         = (section->energy[0] + section->energy[1]) / 2.0;
  const double mean        = keeps_figure(c, role, section->kind)
                                 ? steadied(&told, own)
                                 : cs_groove_energy(c, own);
  return cs_clamp(mean + 0.2 * c->plan->density, 0.0, 1.0);
}

/// The entry of a list from low to high energy that a role takes in a bar, or
/// NULL.
static const char *
entry_at(const CsComposer *c, CsRole role, const CsStrings *patterns,
    double enter, double leave, int bar)
{
  const int n = (int)patterns->n;
  if (n == 0)
    return NULL;
  const double energy =
      pattern_energy(c, role, cs_section_of_bar(c->timeline, bar));
  const double top   = cs_clamp(leave, enter, 1.0);
  const double width = top - enter > 0.01 ? top - enter : 1.0;
  const double share = cs_clamp((energy - enter) / width, 0.0, 1.0);
  return patterns->items[cs_clamp_int((int)(share * n), 0, n - 1)];
}

static const CsPattern *
in_meter(const CsComposer *c, const CsPattern *pattern)
{
  return pattern == NULL
             ? NULL
             : cs_pattern_for_meter(c->presets, pattern, c->plan->meter);
}

const CsPattern *
cs_pattern_among(const CsComposer *c, CsRole role, const CsStrings *patterns,
    double enter, double leave, int bar)
{
  const char *entry = entry_at(c, role, patterns, enter, leave, bar);
  return entry == NULL ? NULL : in_meter(c, cs_find_pattern(c->presets, entry));
}

/// Which of an entry's alternatives a track plays: the same one all through.
static const CsPattern *
take_alternative(const CsComposer *c, const char *entry, uint64_t seed)
{
  uint32_t n = 0;
  for (const char *p = entry; p != NULL; p = strchr(p + 1, '|'))
    n++;
  CsRng rng = cs_rng_at(seed, "pattern", 0, 0);
  return cs_find_alternative(c->presets, entry, cs_rng_below(&rng, n));
}

static bool
are_same_strings(const CsStrings *a, const CsStrings *b)
{
  bool is_same = a->n == b->n;
  for (size_t i = 0; is_same && i < a->n; i++)
    is_same = strcmp(a->items[i], b->items[i]) == 0;
  return is_same;
}

/// A kit that plays the style's own groove changes pattern where the style says
/// so, however early the plan lets it in: the bass counts on it.
static const CsStyleTrack *
groove_of(const CsComposer *c, const CsTrack *t)
{
  for (size_t i = 0; t->role == CS_ROLE_DRUMS && i < c->style->n_tracks; i++) {
    const CsStyleTrack *st = &c->style->tracks[i];
    if (st->role == CS_ROLE_DRUMS)
      return are_same_strings(&st->patterns, &t->patterns) ? st : NULL;
  }
  return NULL;
}

const CsPattern *
cs_pattern_at(const CsComposer *c, size_t track, int bar)
{
  const CsTrack *t       = &c->plan->tracks[track];
  const CsStyleTrack *st = groove_of(c, t);
  const char *entry =
      entry_at(c, t->role, &t->patterns, st != NULL ? st->enter : t->enter,
          st != NULL ? st->leave : t->leave, bar);
  return entry == NULL ? NULL
                       : in_meter(c, take_alternative(c, entry, t->seed));
}

int64_t
cs_step_ticks(const CsComposer *c)
{
  (void)c;
  return CS_TICKS_PER_QUARTER / 4;
}

int
cs_steps_in_bar(const CsComposer *c, int bar)
{
  const int64_t step = cs_step_ticks(c);
  return (int)((cs_bar_ticks(c->timeline, bar) + step - 1) / step);
}

bool
cs_is_end_bar(const CsComposer *c, int bar)
{
  return bar == c->end_bar;
}

bool
cs_plays(const CsComposer *c, size_t track, int bar)
{
  const CsTrack *t = &c->plan->tracks[track];
  if (cs_track_plays(c->timeline, t, bar))
    return true;
  return cs_is_end_bar(c, bar) && bar > 0 && t->n_spans == 0 &&
         cs_track_plays(c->timeline, t, bar - 1);
}

double
cs_max_onset_rate(const CsComposer *c)
{
  const double thinner = c->plan->density < 0.0 ? c->plan->density : 0.0;
  return onset_rates[c->plan->function] * cs_exp2(thinner);
}

int64_t
cs_finest_grid(const CsComposer *c, int bar, double max_rate)
{
  const int64_t start = cs_bar_tick(c->timeline, bar);
  const int64_t beat =
      (int64_t)(cs_meter_beat_quarters(c->plan->meter) * CS_TICKS_PER_QUARTER);
  const int n_beats = cs_meter_beats(c->plan->meter);
  const int64_t eighth =
      cs_meter_is_compound(c->plan->meter) ? beat / 3 : beat / 2;
  const int64_t grids[] = {
      eighth / 2, eighth, beat, n_beats % 2 == 0 ? 2 * beat : n_beats * beat};
  const double seconds =
      cs_seconds_of_tick(c->timeline, (double)(start + beat)) -
      cs_seconds_of_tick(c->timeline, (double)start);
  for (size_t i = 0; i < sizeof grids / sizeof grids[0]; i++)
    if (max_rate * seconds * (double)grids[i] >= 0.98 * (double)beat)
      return grids[i];
  return n_beats * beat;
}

// --- Velocity ---------------------------------------------------------------

/// Offsets of RULEBOOK 7.3, said for any meter.
static int
metric_accent(const CsComposer *c, int64_t tick)
{
  const int bar          = cs_bar_of_tick(c->timeline, tick);
  const int64_t position = tick - cs_bar_tick(c->timeline, bar);
  const int64_t beat =
      (int64_t)(cs_meter_beat_quarters(c->plan->meter) * CS_TICKS_PER_QUARTER);
  const int n_beats = cs_meter_beats(c->plan->meter);
  if (position == 0)
    return 8;
  if (n_beats % 2 == 0 && position == beat * n_beats / 2)
    return 4;
  if (position % beat == 0)
    return 2;
  return position % (CS_TICKS_PER_QUARTER / 2) == 0 ? 0 : -8;
}

/// Bend a velocity into low..high: the last 4 on each side are approached, not
/// run into, so that loud passages do not flatten.
static double
bend_into(double velocity, double low, double high)
{
  const double knee  = 4.0;
  const double over  = velocity - (high - knee);
  const double under = low + knee - velocity;
  if (over > 0.0)
    return high - knee + knee * over / (over + knee);
  if (under > 0.0)
    return low + knee - knee * under / (under + knee);
  return velocity;
}

int
cs_velocity(
    const CsComposer *c, size_t track, int64_t tick, int key, int stroke)
{
  const Dynamics *d  = &dynamics[c->plan->function];
  const int bar      = cs_bar_of_tick(c->timeline, tick);
  const double where = (double)(tick - cs_bar_tick(c->timeline, bar)) /
                       (double)cs_bar_ticks(c->timeline, bar);
  const double energy = cs_energy_at_bar(c->timeline, bar + where);
  const double width  = d->high - d->low;
  const double added  = 4.0; // by strokes and accents, on average
  const double centre = d->spread < 1.0
                            ? d->low + 0.45 * width
                            : cs_clamp(74.0 + 22.0 * c->plan->arousal - added,
                                  d->low + 0.2 * width, d->high - 0.2 * width);
  const double shape =
      14.0 * (energy - 0.55) + 0.6 * (stroke - 80) + metric_accent(c, tick);
  CsRng rng = cs_rng_at(
      c->plan->tracks[track].seed, "velocity", (uint64_t)key, (uint64_t)tick);
  const double velocity = centre + d->spread * shape +
                          (3.5 + 1.0 * d->spread) * cs_rng_normal(&rng);
  return (int)(bend_into(velocity, d->low, d->high) + 0.5);
}

// --- Notes ------------------------------------------------------------------

bool
cs_in_silence(const CsComposer *c, int64_t tick)
{
  for (size_t i = 0; i < c->n_silences; i++)
    if (tick >= c->silences[i].start && tick < c->silences[i].end)
      return true;
  return false;
}

int64_t
cs_sounding_end(const CsComposer *c, int64_t start, int64_t end)
{
  if (end > c->end_tick)
    end = c->end_tick;
  for (size_t i = 0; i < c->n_silences; i++)
    if (c->silences[i].start > start && c->silences[i].start < end)
      end = c->silences[i].start;
  return end;
}

static bool
is_unpitched(CsRole role)
{
  return role == CS_ROLE_DRUMS || role == CS_ROLE_PERCUSSION ||
         role == CS_ROLE_EFFECTS;
}

/// Keys, harp and vibraphone are lifted where the chord changes: what is
/// foreign to the new one does not ring into it (RULEBOOK 7.4, T49).
static bool
has_pedal(const CsPresets *presets, const CsTrack *track)
{
  const CsInstrument *in =
      cs_instrument_of_program(presets, track->bank, track->program);
  return in != NULL && in->sustain == CS_SUSTAIN_DECAYS && in->bank != 128 &&
         (cs_instrument_is(in, "keyboard") || cs_instrument_is(in, "harp") ||
             cs_instrument_is(in, "vibraphone"));
}

static int64_t
lifted_end(const CsComposer *c, const CsNote *note, int64_t end)
{
  const CsChordSpan *chord = cs_chord_at(c, note->start_tick);
  for (; chord + 1 < c->chords + c->n_chords && chord->end_tick < end; chord++)
    if ((cs_chord_pcs(&chord[1]) >> (note->key % 12) & 1) == 0)
      return chord->end_tick;
  return end;
}

CsStatus
cs_add(CsComposer *c, size_t track, CsNote note)
{
  const CsTrack *t = &c->plan->tracks[track];
  assert(is_unpitched(t->role) ||
         (note.key >= t->range[0] && note.key <= t->range[1]));
  (void)t;
  if (note.start_tick < 0 || cs_in_silence(c, note.start_tick))
    return CS_OK;
  int64_t end =
      cs_sounding_end(c, note.start_tick, note.start_tick + note.n_ticks);
  if ((c->pedals >> track & 1U) != 0)
    end = lifted_end(c, &note, end);
  note.n_ticks = end - note.start_tick;
  if (note.n_ticks <= 0)
    return CS_OK;
  return cs_score_add_note(c->arena, c->score, track, note);
}

// --- Beginning and writing --------------------------------------------------

/// A ring is held until the room alone can carry it to the end (RULEBOOK 3.3:
/// at least 1.2 s; in a cue under 4 s to the end), a button lasts one beat.
static int64_t
final_end_tick(const CsComposer *c)
{
  const CsPlan *plan = c->plan;
  const int64_t beat =
      (int64_t)(cs_meter_beat_quarters(plan->meter) * CS_TICKS_PER_QUARTER);
  const double from_s = cs_seconds_of_tick(c->timeline, (double)c->final_tick);
  const double ring_s = plan->duration_s - from_s;
  if (plan->ending == CS_ENDING_BUTTON)
    return c->final_tick + beat < c->end_tick ? c->final_tick + beat
                                              : c->end_tick;
  if (plan->duration_s < 4.0)
    return c->end_tick;
  const double wanted = 0.72 * ring_s > 1.25 ? 0.72 * ring_s : 1.25;
  const double most = ring_s - 0.2 > 0.6 * ring_s ? ring_s - 0.2 : 0.6 * ring_s;
  return cs_tick_of_seconds(
      c->timeline, from_s + (wanted < most ? wanted : most));
}

static void
find_excluded_keys(CsComposer *c)
{
  for (int key = 0; key < 128; key++)
    for (size_t i = 0; i < c->plan->exclude.n; i++)
      c->is_excluded[key] |= cs_drum_key_is(key, c->plan->exclude.items[i]);
}

static void
find_ending(CsComposer *c)
{
  const CsPlan *plan = c->plan;
  c->end_tick        = cs_tick_of_seconds(c->timeline, plan->duration_s);
  c->end_bar         = -1;
  c->final_tick      = c->end_tick;
  c->final_end_tick  = c->end_tick;
  if (plan->n_sections == 0 ||
      plan->sections[plan->n_sections - 1].kind != CS_SECTION_END)
    return;
  c->end_bar        = plan->sections[plan->n_sections - 1].first_bar;
  c->final_tick     = cs_bar_tick(c->timeline, c->end_bar);
  c->final_end_tick = final_end_tick(c);
}

CsStatus
cs_composer_begin(
    CsArena *arena, const CsPresets *presets, const CsPlan *plan, CsComposer *c)
{
  *c = (CsComposer){.arena = arena, .presets = presets, .plan = plan};
  CsTimeline *timeline = NULL;
  CS_TRY(cs_timeline_make(arena, plan, &timeline));
  c->timeline = timeline;
  c->style    = cs_find_style(presets, plan->style);
  if (c->style == NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "there is no style \"%s\" among the presets",
        plan->style != NULL ? plan->style : "");
  CS_TRY(cs_timeline_chords(arena, timeline, &c->chords, &c->n_chords));
  find_ending(c);
  find_excluded_keys(c);
  CS_TRY_NEW(c->silences = CS_NEW_N(arena, CsTickSpan, plan->n_silences));
  for (size_t i = 0; i < plan->n_silences; i++)
    c->silences[c->n_silences++] =
        (CsTickSpan){cs_tick_of_seconds(timeline, plan->silences[i].start_s),
            cs_tick_of_seconds(timeline, plan->silences[i].end_s)};
  CS_TRY(cs_frame_make(c, &c->frame));
  CS_TRY_NEW(c->score = CS_NEW(arena, CsScore));
  *c->score = (CsScore){.plan = plan, .timeline = timeline};
  CS_TRY_NEW(c->score->parts = CS_NEW_N(arena, CsPart, plan->n_tracks));
  c->score->n_parts = plan->n_tracks;
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (has_pedal(presets, &plan->tracks[i]))
      c->pedals |= 1U << i;
  return CS_OK;
}

static CsStatus
write_parts(CsComposer *c)
{
  for (size_t i = 0; i < c->plan->n_tracks; i++) {
    CsPartWriter *write = writers[c->plan->tracks[i].role];
    if (write != NULL)
      CS_TRY(write(c, i));
  }
  CS_TRY(cs_show_presence(c));
  CS_TRY(cs_accent_hits(c));
  cs_score_finish(c->score);
  return CS_OK;
}

/// Move the notes to where they stay, without the room that lists grow in.
static CsStatus
keep_notes(CsArena *arena, CsScore *score)
{
  for (size_t i = 0; i < score->n_parts; i++) {
    CsPart *part = &score->parts[i];
    part->notes =
        cs_arena_keep(arena, part->notes, part->n_notes, sizeof *part->notes);
    part->capacity = part->n_notes;
    CS_TRY_NEW(part->notes);
  }
  return CS_OK;
}

CsStatus
cs_compose(CsArena *arena, const CsPresets *presets, const CsPlan *plan,
    CsScore **score)
{
  CsComposer c;
  CS_TRY(cs_composer_begin(arena, presets, plan, &c));
  c.arena = cs_arena_new(NULL); // for all that is only needed on the way
  if (c.arena == NULL)
    return cs_fail(arena, CS_ERR_MEMORY, "not enough memory");
  CsStatus status = write_parts(&c);
  if (status != CS_OK)
    (void)cs_fail(arena, status, "%s", cs_arena_error(c.arena));
  else
    status = keep_notes(arena, c.score);
  cs_arena_free(c.arena);
  CS_TRY(status);
  *score = c.score;
  return CS_OK;
}
