#include "gen/synth/synth.h"

#include "gen/base/mathx.h"
#include "gen/synth/lanes.h"
#include "gen/synth/units.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  MOST_ZONES = 64,  ///< That answer to one note.
  LEVEL      = 100, ///< What instrument trims were measured at.
};

/// FluidSynth lets no note end before this, so that a click is a note.
static const double shortest_note_s = 0.010;

/// Room for some 20 loud voices, as the reference has it; of 16-bit samples.
static const double full_scale = 0.4 / 32768.0;

/// A voice whose envelope stays under this is over.
static const double end_of_voice = 5e-7;

/// A voice that another ends goes down like this: 0.9 s for all of the range.
static const double choked_release_timecents = -200.0;

typedef struct Voice {
  CsZoneNote note;
  double other_left, other_right; ///< Gains of the other side, of two.
  int key;
  uint32_t number; ///< Of the note-on; its zones share it.
  CsEnvelope volume, sweep;
  CsLfo modulation, vibrato;
  CsWave wave;
  CsLowpass filter;
  double amplitude; ///< At the end of the last step.
  double target;    ///< The same of this one.
  bool is_heard;    ///< In this step.
  int64_t n_frames; ///< Since the note-on.
  bool is_released; ///< Or will be, when the shortest note is over.
  bool is_off;      ///< In its release.
  bool is_over;     ///< Done with this step.
} Voice;

/// Voices on their way to the lanes, of one synthesizer or of several.
typedef struct Queue {
  CsLanePair pairs[CS_LANE_PAIRS];
  size_t n_pairs;
} Queue;

struct CsSynth {
  const CsPatch *patch;
  CsControllers controllers;
  int sample_rate;
  uint32_t n_notes;
  Voice *voices; ///< In order of their note-ons.
  size_t n_voices, room;
  bool is_short_of_memory;
  /// A step: pairs of voices go to one place and the other in turn, so that two
  /// may be summed up at once.
  CsFrame sums[CS_LANE_PAIRS][CS_SYNTH_STEP_FRAMES];
  size_t n_pairs; ///< Of this step.
  CsFoundTaps found_taps;
  Queue queue; ///< Of the first of those that are rendered together.
};

CsSynth *
cs_synth_new(const CsPatch *patch, double pan, int sample_rate)
{
  CsSynth *s = calloc(1, sizeof *s);
  if (s == NULL)
    return NULL;
  s->patch             = patch;
  s->sample_rate       = sample_rate;
  s->controllers.pan   = 64 + (int)lrint(cs_clamp(pan, -1.0, 1.0) * 63.0);
  s->controllers.level = LEVEL;
  return s;
}

CsSynth *
cs_synth_fork(const CsSynth *s)
{
  CsSynth *fork = calloc(1, sizeof *fork);
  Voice *voices = malloc((s->n_voices + 1) * sizeof *voices);
  if (fork == NULL || voices == NULL) {
    free(fork);
    free(voices);
    return NULL;
  }
  memcpy(voices, s->voices, s->n_voices * sizeof *voices);
  fork->patch       = s->patch;
  fork->sample_rate = s->sample_rate;
  fork->controllers = s->controllers;
  fork->n_notes     = s->n_notes;
  fork->voices      = voices;
  fork->n_voices    = s->n_voices;
  fork->room        = s->n_voices + 1;
  return fork;
}

void
cs_synth_free(CsSynth *s)
{
  if (s == NULL)
    return;
  free(s->voices);
  free(s);
}

// ---- Ending voices ----------------------------------------------------------

static bool
is_looping(const Voice *v)
{
  const CsSoundZone *z = v->note.zone;
  return z->loop_end >= z->loop_start + 2 &&
         !(z->loops_until_release && v->volume.stage >= CS_STAGE_RELEASE);
}

/// The attack is even in amplitude, the release in decibels: let go within an
/// attack, the envelope goes on from the same loudness.
static double
volume_at_release(const Voice *v)
{
  if (v->volume.stage != CS_STAGE_ATTACK || !(v->volume.value > 0.0))
    return v->volume.value;
  const double sway      = -v->modulation.value * v->note.modulation_to_volume;
  const double gain      = v->volume.value * cs_gain_of_centibels(sway);
  const double centibels = -10.0 * cs_db_from_gain(gain);
  return cs_clamp(1.0 - (centibels - sway) / CS_RANGE_CENTIBELS, 0.0, 1.0);
}

static double
sweep_at_release(const Voice *v)
{
  return v->sweep.stage == CS_STAGE_ATTACK ? cs_convex(127.0 * v->sweep.value)
                                           : v->sweep.value;
}

static void
go_off(Voice *v)
{
  cs_envelope_release(&v->volume, &v->note.volume, volume_at_release(v));
  cs_envelope_release(&v->sweep, &v->note.sweep, sweep_at_release(v));
  v->is_off = true;
}

static bool
has_lasted(const CsSynth *s, const Voice *v)
{
  return v->n_frames >= (int64_t)(shortest_note_s * s->sample_rate);
}

static void
release(const CsSynth *s, Voice *v)
{
  v->is_released = true;
  if (has_lasted(s, v))
    go_off(v);
}

/// End the voices of a class, as a closed hat does an open one.
static void
choke(CsSynth *s, int exclusive_class)
{
  const double s_down = cs_s_of_timecents(choked_release_timecents);
  const uint32_t n_down =
      1 + (uint32_t)(s_down * s->sample_rate / CS_SYNTH_STEP_FRAMES);
  for (size_t i = 0; i < s->n_voices; i++) {
    Voice *v = &s->voices[i];
    if (v->note.exclusive_class != exclusive_class || v->number == s->n_notes)
      continue;
    v->note.exclusive_class                  = 0;
    v->note.volume.n_steps[CS_STAGE_RELEASE] = n_down;
    v->note.sweep.n_steps[CS_STAGE_RELEASE]  = n_down;
    release(s, v);
  }
}

// ---- Notes ------------------------------------------------------------------

static Voice *
add_voice(CsSynth *s)
{
  if (s->n_voices == s->room) {
    const size_t room = s->room > 0 ? 2 * s->room : 8;
    Voice *grown      = realloc(s->voices, room * sizeof *grown);
    s->is_short_of_memory |= grown == NULL;
    if (grown == NULL)
      return NULL;
    s->voices = grown;
    s->room   = room;
  }
  return &s->voices[s->n_voices++];
}

/// @param other  The other side of what is stereo, or NULL.
static void
start_voice(
    CsSynth *s, const CsZoneNote *note, const CsZoneNote *other, int key)
{
  if (note->exclusive_class != 0)
    choke(s, note->exclusive_class);
  Voice *v = add_voice(s);
  if (v == NULL)
    return;
  *v = (Voice){.note = *note,
      .key           = key,
      .number        = s->n_notes,
      .modulation    = note->modulation,
      .vibrato       = note->vibrato,
      .wave          = {.zone = note->zone}};
  if (other == NULL)
    return;
  v->wave.other  = other->zone;
  v->other_left  = other->left;
  v->other_right = other->right;
}

/// The note after `from` that is the other side of it, or `n`.
static size_t
other_side_of(const CsZoneNote *notes, size_t from, size_t n)
{
  size_t i = from + 1;
  while (i < n && !cs_are_sides(&notes[from], &notes[i]))
    i++;
  return i;
}

void
cs_synth_note_on(CsSynth *s, int key, int velocity)
{
  CsZoneNote notes[MOST_ZONES];
  cs_synth_note_off(s, key); // a key sounds once
  s->n_notes++;
  const size_t n = cs_patch_notes(s->patch, key, velocity, &s->controllers,
      s->sample_rate, notes, MOST_ZONES);
  bool is_begun[MOST_ZONES] = {false};
  for (size_t i = 0; i < n; i++) {
    if (is_begun[i])
      continue;
    const size_t k = other_side_of(notes, i, n);
    start_voice(s, &notes[i], k < n ? &notes[k] : NULL, key);
    if (k < n)
      is_begun[k] = true;
  }
}

void
cs_synth_note_off(CsSynth *s, int key)
{
  for (size_t i = 0; i < s->n_voices; i++)
    if (s->voices[i].key == key && !s->voices[i].is_released)
      release(s, &s->voices[i]);
}

void
cs_synth_note_off_as(CsSynth *s, int key, int velocity)
{
  CsZoneNote notes[MOST_ZONES];
  const size_t n = cs_patch_notes(s->patch, key, velocity, &s->controllers,
      s->sample_rate, notes, MOST_ZONES);
  // Another velocity is often other zones, in the same order and of the same
  // recordings.
  for (size_t i = 0, k = 0; i < s->n_voices; i++) {
    CsZoneNote *note = &s->voices[i].note;
    size_t alike     = k;
    if (s->voices[i].key != key || s->voices[i].is_released)
      continue;
    while (alike < n && notes[alike].zone->samples != note->zone->samples)
      alike++;
    if (alike == n)
      continue;
    note->volume.n_steps[CS_STAGE_RELEASE] =
        notes[alike].volume.n_steps[CS_STAGE_RELEASE];
    note->sweep.n_steps[CS_STAGE_RELEASE] =
        notes[alike].sweep.n_steps[CS_STAGE_RELEASE];
    k = alike + 1;
  }
  cs_synth_note_off(s, key);
}

CsNoteFacts
cs_synth_facts(const CsSynth *s, int key, int velocity)
{
  CsZoneNote notes[MOST_ZONES];
  const size_t n = cs_patch_notes(s->patch, key, velocity, &s->controllers,
      s->sample_rate, notes, MOST_ZONES);
  CsNoteFacts f  = {.is_panned = true, .gains = {1.0, 1.0}};
  for (size_t i = 0; i < n; i++) {
    const CsZoneNote *note = &notes[i];
    const int64_t n_steps  = note->volume.n_steps[CS_STAGE_RELEASE];
    if (i == 0) {
      f.gains[0] = note->left;
      f.gains[1] = note->right;
    }
    f.is_panned &=
        fabs(note->left * f.gains[1] - note->right * f.gains[0]) <= 1e-9;
    if (n_steps * CS_SYNTH_STEP_FRAMES > f.n_tail_frames)
      f.n_tail_frames = n_steps * CS_SYNTH_STEP_FRAMES;
  }
  return f;
}

void
cs_synth_stop(CsSynth *s)
{
  s->n_voices = 0;
}

bool
cs_synth_is_silent(const CsSynth *s)
{
  return s->n_voices == 0;
}

// ---- Rendering --------------------------------------------------------------

/// Where the amplitude goes in this step.
static double
amplitude_of(const Voice *v)
{
  const double sway = -v->modulation.value * v->note.modulation_to_volume;
  if (v->volume.stage == CS_STAGE_ATTACK)
    return v->note.gain * cs_gain_of_centibels(sway) * v->volume.value;
  return v->note.gain *
         cs_gain_of_centibels(
             CS_RANGE_CENTIBELS * (1.0 - v->volume.value) + sway);
}

/// Move envelopes and oscillators. @return Does the voice go on?
static bool
step_controls(const CsSynth *s, Voice *v)
{
  if (v->is_released && !v->is_off && has_lasted(s, v))
    go_off(v);
  const int64_t at = v->n_frames;
  v->n_frames += CS_SYNTH_STEP_FRAMES;
  cs_envelope_step(&v->volume, &v->note.volume);
  if (v->volume.stage == CS_STAGE_FINISHED)
    return false;
  cs_envelope_step(&v->sweep, &v->note.sweep);
  cs_lfo_step(&v->modulation, at);
  cs_lfo_step(&v->vibrato, at);
  return v->volume.stage <= CS_STAGE_ATTACK ||
         v->note.gain * v->volume.value >= end_of_voice;
}

/// Lay a voice out for this step: its recording, its amplitude, its filter.
static void
fill_lane(CsSynth *s, Voice *v, CsLane *lane, float *window)
{
  const CsZoneNote *n = &v->note;
  const double sweep  = sweep_at_release(v);
  const double cents =
      n->pitch_cents + v->modulation.value * n->modulation_to_pitch +
      v->vibrato.value * n->vibrato_to_pitch + sweep * n->sweep_to_pitch;
  const double cutoff = n->cutoff_cents +
                        v->modulation.value * n->modulation_to_cutoff +
                        sweep * n->sweep_to_cutoff;
  v->wave.loops = is_looping(v);
  cs_wave_step(
      &v->wave, cs_hz_of_cents(cents) / n->root_hz, window, &lane->wave);
  lane->amplitude = v->amplitude;
  lane->slope     = (v->target - v->amplitude) / CS_SYNTH_STEP_FRAMES;
  lane->left      = n->left * full_scale;
  lane->right     = n->right * full_scale;
  lane->filter    = &v->filter;
  v->amplitude    = v->target;
  cs_lowpass_turn(&v->filter, cs_audible_hz_of_cents(cutoff), n->q,
      s->sample_rate, &s->found_taps);
  if (lane->wave.n_frames < CS_SYNTH_STEP_FRAMES)
    v->is_over = true;
}

static void
remove_finished(CsSynth *s)
{
  size_t n = 0;
  for (size_t i = 0; i < s->n_voices; i++)
    if (!s->voices[i].is_over) {
      if (n != i)
        s->voices[n] = s->voices[i];
      n++;
    }
  s->n_voices = n;
}

static void
empty_queue(Queue *queue)
{
  if (queue->n_pairs > 0)
    cs_lanes_add(queue->pairs, queue->n_pairs);
  queue->n_pairs = 0;
}

static CsLanePair *
begin_pair(CsSynth *s, Queue *queue)
{
  if (queue->n_pairs == CS_LANE_PAIRS)
    empty_queue(queue);
  CsLanePair *pair = &queue->pairs[queue->n_pairs++];
  pair->n_lanes    = 0;
  pair->are_sides  = false;
  pair->out        = s->sums[s->n_pairs % CS_LANE_PAIRS];
  pair->is_first   = s->n_pairs < CS_LANE_PAIRS;
  s->n_pairs++;
  return pair;
}

/// A voice of two sides has a pair for itself.
static void
fill_pair(CsSynth *s, Queue *queue, Voice *v)
{
  CsLanePair *pair = begin_pair(s, queue);
  fill_lane(s, v, &pair->lanes[0], pair->window);
  pair->lanes[1].left  = v->other_left * full_scale;
  pair->lanes[1].right = v->other_right * full_scale;
  pair->n_lanes        = CS_SYNTH_LANES;
  pair->are_sides      = true;
}

/// The others share one.
static void
fill_pairs(CsSynth *s, Queue *queue)
{
  CsLanePair *open = NULL;
  for (size_t i = 0; i < s->n_voices; i++) {
    Voice *v = &s->voices[i];
    if (!v->is_heard || v->wave.other != NULL)
      continue;
    if (open == NULL)
      open = begin_pair(s, queue);
    const size_t k = open->n_lanes++;
    fill_lane(s, v, &open->lanes[k], open->window + k * CS_WAVE_WINDOW);
    if (open->n_lanes == CS_SYNTH_LANES)
      open = NULL;
  }
}

static void
step_voice(const CsSynth *s, Voice *v)
{
  v->is_over  = !step_controls(s, v);
  v->is_heard = false;
  if (v->is_over)
    return;
  v->target   = amplitude_of(v);
  v->is_heard = v->volume.stage != CS_STAGE_DELAY &&
                (v->target > 0.0 || v->amplitude > 0.0);
}

/// Move all voices on by a step; those that are heard go to the lanes.
static void
step_voices(CsSynth *s, Queue *queue)
{
  s->n_pairs = 0;
  for (size_t i = 0; i < s->n_voices; i++) {
    Voice *v = &s->voices[i];
    step_voice(s, v);
    if (v->is_heard && v->wave.other != NULL)
      fill_pair(s, queue, v);
  }
  fill_pairs(s, queue);
}

static void
give_step(CsSynth *s, float *left, float *right)
{
  if (s->n_pairs > 0) {
    cs_frames_split(
        s->sums[0], s->n_pairs > 1 ? s->sums[1] : NULL, left, right);
  } else {
    memset(left, 0, CS_SYNTH_STEP_FRAMES * sizeof *left);
    memset(right, 0, CS_SYNTH_STEP_FRAMES * sizeof *right);
  }
  remove_finished(s);
}

static bool
are_silent(const CsSynthPart *parts, size_t n_parts)
{
  for (size_t i = 0; i < n_parts; i++)
    if (!cs_synth_is_silent(parts[i].synth))
      return false;
  return true;
}

bool
cs_synths_render(const CsSynthPart *parts, size_t n_parts, size_t n_frames)
{
  Queue *queue = &parts[0].synth->queue;
  bool is_well = true;
  size_t at    = 0;
  assert(n_frames % CS_SYNTH_STEP_FRAMES == 0);
  for (; at < n_frames && !are_silent(parts, n_parts);
       at += CS_SYNTH_STEP_FRAMES) {
    for (size_t i = 0; i < n_parts; i++)
      step_voices(parts[i].synth, queue);
    empty_queue(queue);
    for (size_t i = 0; i < n_parts; i++)
      give_step(parts[i].synth, parts[i].left + at, parts[i].right + at);
  }
  for (size_t i = 0; i < n_parts; i++) {
    memset(parts[i].left + at, 0, (n_frames - at) * sizeof(float));
    memset(parts[i].right + at, 0, (n_frames - at) * sizeof(float));
    is_well &= !parts[i].synth->is_short_of_memory;
  }
  return is_well;
}

bool
cs_synth_render(CsSynth *s, float *left, float *right, size_t n_frames)
{
  return cs_synths_render(&(CsSynthPart){s, left, right}, 1, n_frames);
}
