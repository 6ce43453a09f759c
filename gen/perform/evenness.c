// What an engineer's hand does: as layers enter, the whole is taken back, so
// that a bed stays level under a voice and a theme's beginning is heard. The
// power is estimated from the notes, whose tracks' levels are balanced by
// loudness.

#include "gen/perform/performer.h"

#include "gen/base/mathx.h"

#include <math.h>

/// What a function evens out (T05, T42). The usual power is fixed, not the
/// cue's own mean: so an edit of one section leaves the level of the others.
typedef struct Evening {
  double share;     ///< Of what layers add, taken back.
  double top_share; ///< The same of a climax and the build to it.
  double usual_db;  ///< Power of the notes from which on it starts.
  double bass_db;   ///< What the master's tone adds to a bass.
} Evening;

// Layers add 3 to 4 LU between the thinnest and the fullest section of a bed;
// the usual powers are means over the styles, 60 s of each.
static const Evening evening[CS_N_FUNCTIONS] = {
    [CS_UNDERSCORE] = {0.6, 0.0, -11.0, 0.0},
    [CS_BED]        = {0.8, 0.0, -4.0, 1.5},
    [CS_STINGER]    = {0.0, 0.0, 0.0, 2.5},
    [CS_THEMATIC]   = {0.7, 0.5, -2.0, 2.5},
    [CS_AMBIENT]    = {0.3, 0.0, -16.0, 0.0},
};

double
cs_channel_gain_db(const CsPerformer *p, const CsTrack *track)
{
  const double tone_share                  = 0.6;
  static const double n_voices[CS_N_ROLES] = {
      [CS_ROLE_PAD] = 4.0, [CS_ROLE_CHORDS] = 3.5, [CS_ROLE_MOTION] = 1.25};
  const double n = n_voices[track->role];
  if (track->stem == CS_STEM_BASS)
    return -tone_share * evening[p->plan->function].bass_db;
  return n > 1.0 ? -0.7 * cs_db_from_gain(n) / 2.0 : 0.0;
}

enum { N_VELOCITIES = 128 };

/// A track as the estimate below sees it.
typedef struct Source {
  double powers[N_VELOCITIES]; ///< Of a note, by its velocity.
  bool is_kit;
  bool is_held; ///< Lasts as long as the note.
} Source;

static Source
source_of(const CsPerformer *p, const CsPlayer *player)
{
  const double bass_db = evening[p->plan->function].bass_db;
  double level_db =
      player->track->level_db + cs_channel_gain_db(p, player->track);
  // The trim makes an instrument as loud as others, not louder.
  if (player->instrument != NULL)
    level_db -= player->instrument->trim_db;
  if (player->track->stem == CS_STEM_BASS)
    level_db += bass_db;
  if (player->track->stem == CS_STEM_DRUMS)
    level_db += 0.5 * bass_db; // its kick
  Source source = {.is_kit = player->is_kit, .is_held = player->is_held};
  for (int v = 0; v < N_VELOCITIES; v++) { // 40 log10
    const double db  = level_db + 2.0 * cs_db_from_gain(v / 80.0);
    source.powers[v] = cs_gain_from_db(2.0 * db);
  }
  return source;
}

/// How long a note gives its power.
static double
sounding_s(const CsPerformer *p, const Source *source, const CsNote *note)
{
  const double start =
      cs_seconds_of_tick(p->timeline, (double)note->start_tick);
  const double end = cs_seconds_of_tick(
      p->timeline, (double)(note->start_tick + note->n_ticks));
  if (source->is_kit)
    return 0.15;
  return source->is_held ? end - start : fmin(end - start, 1.0);
}

/// Spread a note's energy over the bars that it sounds in.
static void
add_energy(const CsPerformer *p, const Source *source, const CsNote *note,
    double *bar_energies)
{
  const double energy =
      source->powers[note->velocity] * sounding_s(p, source, note);
  const int first = cs_bar_of_tick(p->timeline, note->start_tick);
  const int last =
      cs_bar_of_tick(p->timeline, note->start_tick + note->n_ticks - 1);
  for (int bar = first; bar <= last; bar++)
    bar_energies[bar] += energy / (last - first + 1);
}

/// Mean power of some bars, in dB.
static double
power_db(const CsPerformer *p, const double *bar_energies, int bar, int n_bars)
{
  double energy = 0.0;
  for (int i = 0; i < n_bars; i++)
    energy += bar_energies[bar + i];
  const double s =
      (cs_frame_of_bar(p, bar + n_bars) - cs_frame_of_bar(p, bar)) / p->rate;
  return s <= 0.0 ? CS_SILENCE_DB : cs_db_from_gain(energy / s) / 2.0;
}

/// Layers come and go at most every four bars.
enum { BLOCK_BARS = 4 };

typedef struct Block {
  int bar, n_bars;
} Block;

/// The block that begins at a bar.
static Block
block_at(const CsPerformer *p, int bar)
{
  const CsSection *s = cs_section_of_bar(p->timeline, bar);
  const int left     = s->first_bar + s->n_bars - bar;
  return (Block){bar, left < BLOCK_BARS ? left : BLOCK_BARS};
}

/// The block that ends where a bar begins.
static Block
block_before(const CsPerformer *p, int bar)
{
  const CsSection *s = cs_section_of_bar(p->timeline, bar - 1);
  const int left     = (bar - 1 - s->first_bar) % BLOCK_BARS;
  return block_at(p, bar - 1 - left);
}

/// What evening out can make good.
static const double most_evened_db = 8.0;

/// How far a power lies over the function's usual one.
static double
excess_db(const CsPerformer *p, double db)
{
  return cs_clamp(db - evening[p->plan->function].usual_db, -most_evened_db,
      most_evened_db);
}

/// What an energy outside the function's own ones was asked for is meant to be
/// heard: its usual power is another one, by so much for all the energy.
static const double asked_range_db = 12.0;

static double
evened_db(const CsPerformer *p, const double *bar_energies, int bar, int n_bars)
{
  const double share = evening[p->plan->function].share;
  const CsSection *s = cs_section_of_bar(p->timeline, bar);
  const double unusual =
      cs_unusual_energy(p, 0.5 * (s->energy[0] + s->energy[1]));
  const double db =
      power_db(p, bar_energies, bar, n_bars) - asked_range_db * unusual;
  return db > CS_SILENCE_DB / 2.0 ? -share * excess_db(p, db) : 0.0;
}

/// What is taken back in a climax: its layers come on top of a theme's, and all
/// of that would leave what stands before it too soft (T05).
static double
climax_gain_db(
    const CsPerformer *p, const double *bar_energies, const CsSection *s)
{
  const double share = evening[p->plan->function].top_share;
  const double db    = power_db(p, bar_energies, s->first_bar, s->n_bars);
  return -share * fmax(0.0, excess_db(p, db));
}

/// A build shares the gain of the climax that it leads to.
static double
build_gain_db(
    const CsPerformer *p, const double *bar_energies, const CsSection *s)
{
  const CsSection *end = p->plan->sections + p->plan->n_sections;
  return s + 1 < end && s[1].kind == CS_SECTION_CLIMAX
             ? climax_gain_db(p, bar_energies, s + 1)
             : 0.0;
}

/// A climax is raised by what the last bar of its build holds more power: where
/// a roll and a driving bass lead to a groove of short notes, it would be the
/// softer place (T41). Where a fall of energy is asked for it is meant to be
/// one. It is the climax that moves, so that an edit of it leaves the build as
/// it was.
static double
raise_db(const CsPerformer *p, const double *bar_energies, const CsSection *s)
{
  const double most_db = 3.0; // 1.9 is the most of 445 cues
  if (s == p->plan->sections || s[-1].kind != CS_SECTION_BUILD)
    return 0.0;
  const double fall     = s[-1].energy[1] - s->energy[0];
  const double asked_db = asked_range_db * fmax(0.0, fall);
  return cs_clamp(power_db(p, bar_energies, s->first_bar - 1, 1) -
                      power_db(p, bar_energies, s->first_bar, s->n_bars) -
                      asked_db,
      0.0, most_db);
}

static double
block_gain_db(const CsPerformer *p, const double *bar_energies, Block block)
{
  const CsSection *s = cs_section_of_bar(p->timeline, block.bar);
  if (s->kind == CS_SECTION_BUILD)
    return build_gain_db(p, bar_energies, s);
  if (s->kind == CS_SECTION_CLIMAX)
    return climax_gain_db(p, bar_energies, s) + raise_db(p, bar_energies, s);
  // The last chord stays with what it ends.
  if (s->kind == CS_SECTION_END && block.bar > 0)
    return s[-1].kind == CS_SECTION_CLIMAX
               ? climax_gain_db(p, bar_energies, s - 1)
               : block_gain_db(p, bar_energies, block_before(p, block.bar));
  if (cs_is_growing(p->plan, s))
    return 0.0;
  return evened_db(p, bar_energies, block.bar, block.n_bars);
}

CsStatus
cs_weigh_bars(const CsPerformer *p, const CsScore *score,
    const CsPlayer *players, double **bar_energies)
{
  *bar_energies = NULL;
  if (evening[p->plan->function].share <= 0.0)
    return CS_OK;
  *bar_energies = CS_NEW_N(p->arena, double, (size_t)p->plan->n_bars);
  CS_TRY_NEW(*bar_energies);
  for (size_t i = 0; i < score->n_parts; i++) {
    const Source source = source_of(p, &players[i]);
    for (size_t k = 0; k < score->parts[i].n_notes; k++)
      add_energy(p, &source, &score->parts[i].notes[k], *bar_energies);
  }
  return CS_OK;
}

CsStatus
cs_write_evenness(const CsPerformer *p, const double *bar_energies,
    double glide_s, CsCurve *curve)
{
  if (bar_energies == NULL)
    return CS_OK;
  for (int bar = 0; bar < p->plan->n_bars;) {
    const Block block    = block_at(p, bar);
    const double gain_db = block_gain_db(p, bar_energies, block);
    const double start   = cs_frame_of_bar(p, bar);
    bar += block.n_bars;
    const double end   = cs_frame_of_bar(p, bar);
    const double glide = fmin(glide_s * p->rate, 0.25 * (end - start));
    CS_TRY(cs_curve_add(p, curve, start, gain_db));
    CS_TRY(cs_curve_add(p, curve, end - glide, gain_db));
  }
  return CS_OK;
}
