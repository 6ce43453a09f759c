#include "gen/render/copies.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  N_CHANNELS = 2,
  /// What is compared to tell whether two velocities differ by more than their
  /// level: 21 ms at 48 kHz of a note, and as much after it is let go, for
  /// fonts change attack, filter and release with the velocity.
  HELD_PROBE_FRAMES = 1024,
  PROBE_FRAMES      = 2 * HELD_PROBE_FRAMES,
  N_VELOCITIES      = 128,
  STEP_FRAMES = 16 * CS_GRID_FRAMES, ///< Rendered between looks at the level.
};

/// Two velocities are one sound when nothing but this share of it differs, in
/// power: -32 dB, some 0.2 dB in any part of the spectrum.
static const double same_sound = 6.3e-4;

/// Below this, -114 dB of full scale, a tail is over.
static const float end_of_tail = 2e-6F;

static const double longest_tail_s = 30.0;

/// A tail as the plan of memory expects it.
static const double usual_tail_s = 0.6;

/// A recording of one note.
typedef struct Kind {
  uint8_t key, velocity;
  int64_t n_held_frames;
  size_t n_uses; ///< Copies still to come, and being played.
  bool is_recorded;
  float *samples; ///< NULL until it is first used.
  size_t n_frames;
} Kind;

typedef struct Copy {
  int64_t frame;
  uint32_t kind;
  float gain;
} Copy;

struct CsCopies {
  CsFluidVoice *voice;
  int sample_rate;
  Kind *kinds;
  size_t n_kinds;
  Copy *copies; ///< By frame.
  size_t n_copies, next;
  Copy **playing;
  size_t n_playing;
};

// ---- Which velocities are one sound -----------------------------------------

/// How a velocity of a key is played: a recording at another one, and a gain.
typedef struct Layer {
  uint8_t velocity; ///< 0: not known yet.
  float gain;
} Layer;

typedef struct Prober {
  CsFluidVoice *voice;
  float reference[N_CHANNELS * PROBE_FRAMES];
  float probe[N_CHANNELS * PROBE_FRAMES];
} Prober;

static bool
probe(Prober *p, int key, int velocity, float *out)
{
  cs_fluid_note_on(p->voice, key, velocity);
  bool is_well = cs_fluid_render(p->voice, out, HELD_PROBE_FRAMES);
  cs_fluid_note_off(p->voice, key);
  is_well &= cs_fluid_render(p->voice, out + N_CHANNELS * HELD_PROBE_FRAMES,
      PROBE_FRAMES - HELD_PROBE_FRAMES);
  return cs_fluid_stop(p->voice) && is_well;
}

static double
dot(const float *a, const float *b)
{
  double sum = 0.0;
  // FluidSynth fades each note in from where its voice was left: over the
  // first step of the grid notes are no pure functions.
  for (size_t i = N_CHANNELS * CS_GRID_FRAMES; i < N_CHANNELS * PROBE_FRAMES;
       i++)
    sum += (double)a[i] * (double)b[i];
  return sum;
}

/// Is the probe the reference but for a gain?
static bool
is_scaled(const Prober *p, float *gain)
{
  const double rr = dot(p->reference, p->reference);
  const double rp = dot(p->reference, p->probe);
  const double pp = dot(p->probe, p->probe);
  if (!(rr > 0.0) || !(pp > 0.0) || !(rp > 0.0))
    return false;
  *gain = (float)(rp / rr);
  return pp - rp * rp / rr <= same_sound * pp;
}

/// From the loudest velocity down: each belongs to the layer above it, or
/// begins one of its own.
static bool
find_layers(Prober *p, int key, Layer layers[N_VELOCITIES])
{
  int top = 0;
  for (int v = N_VELOCITIES - 1; v > 0; v--) {
    if (layers[v].velocity == 0)
      continue; // nobody plays it
    if (!probe(p, key, v, top == 0 ? p->reference : p->probe))
      return false;
    float gain = 1.0F;
    if (top > 0 && is_scaled(p, &gain)) {
      layers[v] = (Layer){(uint8_t)top, gain};
      continue;
    }
    if (top > 0)
      memcpy(p->reference, p->probe, sizeof p->reference);
    top       = v;
    layers[v] = (Layer){(uint8_t)v, 1.0F};
  }
  return true;
}

/// Of every key and velocity that the notes use.
static bool
find_all_layers(Prober *p, const CsPlayedNote *const *notes, size_t n_notes,
    const bool *is_live, Layer (*layers)[N_VELOCITIES])
{
  bool is_used[N_VELOCITIES] = {false};
  for (size_t i = 0; i < n_notes; i++) {
    if (is_live[i])
      continue;
    is_used[notes[i]->key]                             = true;
    layers[notes[i]->key][notes[i]->velocity].velocity = 1;
  }
  for (int key = 0; key < N_VELOCITIES; key++)
    if (is_used[key] && !find_layers(p, key, layers[key]))
      return false;
  return true;
}

// ---- Which notes are one ----------------------------------------------------

/// A note on its way to a kind.
typedef struct Candidate {
  uint8_t key, velocity;
  int64_t n_held_frames;
  size_t note;
  float gain;
} Candidate;

static int
compare_kinds(const Candidate *x, const Candidate *y)
{
  if (x->key != y->key)
    return (int)x->key - (int)y->key;
  if (x->velocity != y->velocity)
    return (int)x->velocity - (int)y->velocity;
  return x->n_held_frames < y->n_held_frames   ? -1
         : x->n_held_frames > y->n_held_frames ? 1
                                               : 0;
}

static int
by_kind(const void *a, const void *b)
{
  const Candidate *x = a, *y = b;
  const int order = compare_kinds(x, y);
  return order != 0 ? order : x->note < y->note ? -1 : x->note > y->note;
}

static size_t
expected_bytes(const CsCopies *c, const Kind *kind)
{
  const double n_frames =
      (double)kind->n_held_frames + usual_tail_s * c->sample_rate;
  return (size_t)n_frames * N_CHANNELS * sizeof(float);
}

/// One kind per run of equal candidates.
static void
gather_kinds(CsCopies *c, const Candidate *candidates, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (i == 0 || compare_kinds(&candidates[i - 1], &candidates[i]) != 0)
      c->kinds[c->n_kinds++] = (Kind){
          .key           = candidates[i].key,
          .velocity      = candidates[i].velocity,
          .n_held_frames = candidates[i].n_held_frames,
      };
    c->kinds[c->n_kinds - 1].n_uses++;
  }
}

/// The most frequent kinds are recorded: each saves as many renderings as it
/// has copies, less one, and costs its length. Rounds of falling frequency
/// keep the kinds where they are.
static void
choose_recorded(CsCopies *c, size_t *n_bytes)
{
  size_t most = 0;
  for (size_t i = 0; i < c->n_kinds; i++)
    most = c->kinds[i].n_uses > most ? c->kinds[i].n_uses : most;
  for (size_t least = most; least >= 2;) {
    size_t next = 0;
    for (size_t i = 0; i < c->n_kinds; i++) {
      Kind *k = &c->kinds[i];
      if (k->n_uses < least && k->n_uses > next)
        next = k->n_uses;
      const size_t n = expected_bytes(c, k);
      if (k->n_uses != least || n > *n_bytes)
        continue;
      k->is_recorded = true;
      *n_bytes -= n;
    }
    least = next;
  }
}

static int
by_frame(const void *a, const void *b)
{
  const Copy *x = a, *y = b;
  if (x->frame != y->frame)
    return x->frame < y->frame ? -1 : 1;
  return x->kind < y->kind ? -1 : x->kind > y->kind;
}

static void
place_copies(CsCopies *c, const Candidate *candidates, size_t n,
    const CsPlayedNote *const *notes, bool *is_live)
{
  size_t kind = 0;
  for (size_t i = 0; i < n; i++) {
    if (i > 0 && compare_kinds(&candidates[i - 1], &candidates[i]) != 0)
      kind++;
    const size_t note = candidates[i].note;
    is_live[note]     = !c->kinds[kind].is_recorded;
    if (!is_live[note])
      c->copies[c->n_copies++] =
          (Copy){notes[note]->on_frame, (uint32_t)kind, candidates[i].gain};
  }
  qsort(c->copies, c->n_copies, sizeof *c->copies, by_frame);
}

static bool
sort_out(CsCopies *c, CsFluidVoice *voice, const CsPlayedNote *const *notes,
    size_t n_notes, bool *is_live, size_t *n_bytes)
{
  Layer(*layers)[N_VELOCITIES] = calloc(N_VELOCITIES, sizeof *layers);
  Candidate *candidates        = calloc(n_notes + 1, sizeof *candidates);
  Prober *prober               = calloc(1, sizeof *prober);
  bool is_well = layers != NULL && candidates != NULL && prober != NULL;
  size_t n     = 0;
  if (is_well) {
    prober->voice = voice;
    is_well       = find_all_layers(prober, notes, n_notes, is_live, layers);
  }
  for (size_t i = 0; is_well && i < n_notes; i++) {
    const CsPlayedNote *note = notes[i];
    const Layer *layer       = &layers[note->key][note->velocity];
    if (!is_live[i])
      candidates[n++] = (Candidate){note->key, layer->velocity,
          note->off_frame - note->on_frame, i, layer->gain};
  }
  if (is_well) {
    qsort(candidates, n, sizeof *candidates, by_kind);
    gather_kinds(c, candidates, n);
    choose_recorded(c, n_bytes);
    place_copies(c, candidates, n, notes, is_live);
  }
  free(layers);
  free(candidates);
  free(prober);
  return is_well;
}

CsCopies *
cs_copies_new(CsFluidVoice *prober, CsFluidVoice *voice, int sample_rate,
    const CsPlayedNote *const *notes, size_t n_notes, bool *is_live,
    size_t *n_bytes)
{
  CsCopies *c = calloc(1, sizeof *c);
  if (c == NULL)
    return NULL;
  c->sample_rate = sample_rate;
  c->kinds       = calloc(n_notes + 1, sizeof *c->kinds);
  c->copies      = calloc(n_notes + 1, sizeof *c->copies);
  c->playing     = calloc(n_notes + 1, sizeof *c->playing);
  if (c->kinds == NULL || c->copies == NULL || c->playing == NULL ||
      !sort_out(c, prober, notes, n_notes, is_live, n_bytes)) {
    cs_copies_free(c);
    return NULL;
  }
  c->voice = voice;
  return c;
}

// ---- Recording --------------------------------------------------------------

static bool
make_room(Kind *kind, size_t *room, size_t n_more)
{
  if (kind->n_frames + n_more <= *room)
    return true;
  const size_t wanted =
      2 * *room > kind->n_frames + n_more ? 2 * *room : kind->n_frames + n_more;
  float *grown =
      realloc(kind->samples, wanted * N_CHANNELS * sizeof *kind->samples);
  if (grown == NULL)
    return false;
  kind->samples = grown;
  *room         = wanted;
  return true;
}

static bool
record_frames(CsFluidVoice *voice, Kind *kind, size_t *room, size_t n_frames)
{
  if (!make_room(kind, room, n_frames))
    return false;
  float *out = kind->samples + kind->n_frames * N_CHANNELS;
  kind->n_frames += n_frames;
  return cs_fluid_render(voice, out, n_frames);
}

static bool
has_died_away(const Kind *kind)
{
  const float *tail =
      kind->samples + (kind->n_frames - STEP_FRAMES) * N_CHANNELS;
  for (size_t i = 0; i < STEP_FRAMES * N_CHANNELS; i++)
    if (fabsf(tail[i]) > end_of_tail)
      return false;
  return true;
}

static bool
record(const CsCopies *c, Kind *kind)
{
  const size_t n_longest =
      (size_t)(longest_tail_s * c->sample_rate) / STEP_FRAMES;
  size_t room = 0;
  if (!make_room(kind, &room, expected_bytes(c, kind) / sizeof(float) / 2))
    return false;
  // FluidSynth fades a note in from the level at which its voices were left, so
  // they are left at this note's own.
  cs_fluid_note_on(c->voice, kind->key, kind->velocity);
  if (!cs_fluid_render(c->voice, kind->samples, CS_GRID_FRAMES) ||
      !cs_fluid_stop(c->voice))
    return false;
  cs_fluid_note_on(c->voice, kind->key, kind->velocity);
  for (int64_t at = 0; at < kind->n_held_frames;) {
    const int64_t left = kind->n_held_frames - at;
    const int64_t n    = left < STEP_FRAMES ? left : STEP_FRAMES;
    // A note that has ended by itself will not come back.
    if (cs_fluid_is_silent(c->voice))
      break;
    if (!record_frames(c->voice, kind, &room, (size_t)n))
      return false;
    at += n;
  }
  cs_fluid_note_off(c->voice, kind->key);
  for (size_t i = 0; i < n_longest && !cs_fluid_is_silent(c->voice); i++) {
    if (!record_frames(c->voice, kind, &room, STEP_FRAMES))
      return false;
    if (has_died_away(kind))
      break;
  }
  if (!cs_fluid_stop(c->voice))
    return false;
  float *fit = realloc(
      kind->samples, (kind->n_frames + 1) * N_CHANNELS * sizeof *kind->samples);
  kind->samples = fit != NULL ? fit : kind->samples;
  return true;
}

// ---- Playing ----------------------------------------------------------------

/// The loop that everything waits for: compilers turn it into vector
/// instructions.
static void
add_scaled(float *restrict out, const float *restrict in, float gain, size_t n)
{
  for (size_t i = 0; i < n; i++)
    out[i] += gain * in[i];
}

/// @return Does it go on after the block?
static bool
add_copy(const CsCopies *c, const Copy *copy, int64_t start, size_t n_frames,
    float *out)
{
  const Kind *kind   = &c->kinds[copy->kind];
  const int64_t end  = start + (int64_t)n_frames;
  const int64_t last = copy->frame + (int64_t)kind->n_frames;
  const int64_t from = copy->frame > start ? copy->frame : start;
  const int64_t to   = last < end ? last : end;
  if (to > from)
    add_scaled(out + N_CHANNELS * (from - start),
        kind->samples + N_CHANNELS * (from - copy->frame), copy->gain,
        N_CHANNELS * (size_t)(to - from));
  return last > end;
}

static void
end_copy(CsCopies *c, const Copy *copy)
{
  Kind *kind = &c->kinds[copy->kind];
  if (--kind->n_uses > 0)
    return;
  free(kind->samples);
  kind->samples = NULL;
}

/// Start the copies that begin before `end`.
static bool
begin_copies(CsCopies *c, int64_t end)
{
  for (; c->next < c->n_copies && c->copies[c->next].frame < end; c->next++) {
    Copy *copy = &c->copies[c->next];
    Kind *kind = &c->kinds[copy->kind];
    if (kind->samples == NULL && !record(c, kind))
      return false;
    c->playing[c->n_playing++] = copy;
  }
  return true;
}

bool
cs_copies_add(
    CsCopies *c, int64_t start, size_t n_frames, float *out, bool *is_silent)
{
  if (!begin_copies(c, start + (int64_t)n_frames))
    return false;
  if (c->n_playing > 0 && *is_silent)
    memset(out, 0, N_CHANNELS * n_frames * sizeof *out);
  *is_silent &= c->n_playing == 0;
  size_t n_left = 0;
  for (size_t i = 0; i < c->n_playing; i++) {
    Copy *copy = c->playing[i];
    if (add_copy(c, copy, start, n_frames, out))
      c->playing[n_left++] = copy;
    else
      end_copy(c, copy);
  }
  c->n_playing = n_left;
  return true;
}

void
cs_copies_free(CsCopies *c)
{
  if (c == NULL)
    return;
  for (size_t i = 0; i < c->n_kinds; i++)
    free(c->kinds[i].samples);
  cs_fluid_voice_free(c->voice);
  free(c->kinds);
  free(c->copies);
  free(c->playing);
  free(c);
}
