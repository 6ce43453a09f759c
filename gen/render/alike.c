// Which notes of a track are one, and which begin alike.

#include "gen/render/copying.h"

#include <stdlib.h>
#include <string.h>

static int
compare_starts(const CsCandidate *x, const CsCandidate *y)
{
  return x->key != y->key ? (int)x->key - (int)y->key
                          : (int)x->velocity - (int)y->velocity;
}

static int
compare_kinds(const CsCandidate *x, const CsCandidate *y)
{
  const int order = compare_starts(x, y);
  if (order != 0)
    return order;
  if (x->n_held_frames != y->n_held_frames)
    return x->n_held_frames < y->n_held_frames ? -1 : 1;
  return (int)x->tail_velocity - (int)y->tail_velocity;
}

bool
cs_are_one_kind(const CsCandidate *a, const CsCandidate *b)
{
  return compare_kinds(a, b) == 0;
}

static int
by_kind(const void *a, const void *b)
{
  const CsCandidate *x = a, *y = b;
  const int order = compare_kinds(x, y);
  return order != 0 ? order : x->note < y->note ? -1 : x->note > y->note;
}

/// As they are played, each by itself so far.
static void
gather_candidates(CsCopies *c, const CsPlayedNote *const *notes, size_t n_notes,
    const bool *is_live)
{
  for (size_t i = 0; i < n_notes; i++) {
    const CsPlayedNote *note = notes[i];
    if (!is_live[i])
      c->candidates[c->n_candidates++] =
          (CsCandidate){note->key, note->velocity, note->velocity,
              note->off_frame - note->on_frame, note->on_frame, i, 1.0F};
  }
}

// ---- How notes die away -----------------------------------------------------

enum { LOUDEST = CS_N_VELOCITIES - 1 };

/// How much longer than the next of a key's tails one is, at least. A note dies
/// away with that which is nearest to its own, so it is half of that off.
static const double least_apart = 1.15;

/// What of a key's tails is played.
typedef struct Tails {
  uint8_t chosen[CS_N_VELOCITIES]; ///< By velocity; 0 before it is known.
  size_t n;                        ///< 0 before they are known.
  uint8_t velocities[CS_N_CLASS_POINTS];
  double n_frames[CS_N_CLASS_POINTS];
} Tails;

/// How long a key sounds after it was let go.
static int64_t
tail_of(const CsCopies *c, int key, int velocity)
{
  return cs_synth_facts(c->synths[0], key, velocity).n_tail_frames;
}

/// How many times as long the longer is.
static double
apart(double a, double b)
{
  return a > b ? a / b : b / a;
}

/// From the loudest on, at the velocities at which classes may begin. Where the
/// loudest, a soft one and the softest are alike, all are.
static void
find_tails(const CsCopies *c, int key, Tails *tails)
{
  const int64_t loudest = tail_of(c, key, LOUDEST);
  const bool are_alike =
      tail_of(c, key, LOUDEST / 2) == loudest && tail_of(c, key, 1) == loudest;
  const int last = are_alike ? LOUDEST : 1;
  for (int v = LOUDEST; v >= last; v -= CS_VELOCITY_STEP) {
    const double n = (double)tail_of(c, key, v);
    if (tails->n > 0 && apart(n, tails->n_frames[tails->n - 1]) < least_apart)
      continue;
    tails->velocities[tails->n] = (uint8_t)v;
    tails->n_frames[tails->n++] = n;
  }
}

/// The velocity of the tail that is nearest to a note's own.
static uint8_t
tail_velocity_of(const CsCopies *c, Tails *of_keys, int key, int velocity)
{
  Tails *tails = &of_keys[key];
  if (tails->n == 0)
    find_tails(c, key, tails);
  if (tails->n == 1)
    return tails->velocities[0];
  if (tails->chosen[velocity] != 0)
    return tails->chosen[velocity];
  const double n = (double)tail_of(c, key, velocity);
  size_t best    = 0;
  for (size_t i = 1; i < tails->n; i++)
    if (apart(n, tails->n_frames[i]) < apart(n, tails->n_frames[best]))
      best = i;
  tails->chosen[velocity] = tails->velocities[best];
  return tails->chosen[velocity];
}

// ---- Company ----------------------------------------------------------------

/// Velocities of a key.
typedef bool Velocities[CS_N_VELOCITIES];

static int
by_length(const void *a, const void *b)
{
  const CsCandidate *x = a, *y = b;
  if (x->key != y->key)
    return (int)x->key - (int)y->key;
  return x->n_held_frames < y->n_held_frames   ? -1
         : x->n_held_frames > y->n_held_frames ? 1
                                               : 0;
}

/// Those of notes that are not alone with their key and length, or not with
/// their key and worth a recording though they sound once: others are played
/// live whatever they sound like.
static void
find_company(CsCopies *c, Velocities *of_keys)
{
  const CsCandidate *all = c->candidates;
  const size_t n         = c->n_candidates;
  int64_t n_tail_frames  = 0;
  qsort(c->candidates, n, sizeof *all, by_length);
  for (size_t i = 0; i < n; i++) {
    const CsCandidate *note   = &all[i];
    const CsCandidate *before = i > 0 ? note - 1 : NULL;
    const CsCandidate *after  = i + 1 < n ? note + 1 : NULL;
    const bool is_first       = before == NULL || before->key != note->key;
    const bool is_last        = after == NULL || after->key != note->key;
    if (is_first && !is_last)
      n_tail_frames = tail_of(c, note->key, note->velocity);
    if ((!is_first && by_length(before, note) == 0) ||
        (!is_last && by_length(note, after) == 0) ||
        (!(is_first && is_last) &&
            cs_is_worth_its_tail(note->n_held_frames, n_tail_frames)))
      of_keys[note->key][note->velocity] = true;
  }
}

/// What is known of a key's velocities, and what has to be found out.
static bool
find_layers_of(CsCopies *c, CsProber *prober, int key,
    const bool is_wanted[CS_N_VELOCITIES], CsKeyLayers *layers)
{
  if (memchr(is_wanted, true, CS_N_VELOCITIES) == NULL)
    return true;
  if (c->preset != 0)
    cs_note_store_learn(c->source.store, c->preset, key, layers);
  if (!cs_find_layers(prober, key, is_wanted, layers))
    return false;
  if (c->preset != 0)
    cs_note_store_learn(c->source.store, c->preset, key, layers);
  return true;
}

/// Give the notes that have company the velocities that they are played at.
static void
take_layers(const CsCopies *c, Velocities *of_keys, const CsKeyLayers *keys,
    Tails *tails)
{
  for (size_t i = 0; i < c->n_candidates; i++) {
    CsCandidate *note = &c->candidates[i];
    const CsLayer l   = keys[note->key].layers[note->velocity];
    if (!of_keys[note->key][note->velocity])
      continue;
    if (note->velocity != l.velocity)
      note->tail_velocity =
          tail_velocity_of(c, tails, note->key, note->velocity);
    note->velocity = l.velocity;
    note->gain     = l.gain;
  }
}

static bool
find_all_layers(CsCopies *c, CsKeyLayers *keys)
{
  Velocities *of_keys = calloc(CS_N_VELOCITIES, sizeof *of_keys);
  Tails *tails        = calloc(CS_N_VELOCITIES, sizeof *tails);
  CsProber *prober    = cs_prober_new(c->synths[0]);
  bool is_well        = of_keys != NULL && tails != NULL && prober != NULL;
  if (is_well)
    find_company(c, of_keys);
  for (int key = 0; is_well && key < CS_N_VELOCITIES; key++)
    is_well = find_layers_of(c, prober, key, of_keys[key], &keys[key]);
  if (is_well)
    take_layers(c, of_keys, keys, tails);
  cs_prober_free(prober);
  free(tails);
  free(of_keys);
  return is_well;
}

// ---- Kinds and families -----------------------------------------------------

int64_t
cs_n_heard_frames(const CsCopies *c, int64_t onset)
{
  const int64_t n = c->source.end_frame - onset + CS_SYNTH_STEP_FRAMES - 1;
  return n > 0 ? n - n % CS_SYNTH_STEP_FRAMES : 0;
}

/// A family without kinds.
static CsKindFamily
new_family(const CsCopies *c, const CsCandidate *from)
{
  return (CsKindFamily){
      .key        = from->key,
      .velocity   = from->velocity,
      .first_kind = c->n_kinds,
      .n_channels =
          cs_synth_facts(c->synths[0], from->key, from->velocity).is_panned ? 1
                                                                            : 2,
  };
}

/// A kind with its first use.
static CsKind
new_kind(const CsCopies *c, const CsCandidate *from)
{
  const int64_t n_tail  = tail_of(c, from->key, from->tail_velocity);
  const int64_t n_heard = cs_n_heard_frames(c, from->frame);
  const int64_t n_after =
      n_heard > from->n_held_frames ? n_heard - from->n_held_frames : 0;
  return (CsKind){
      .family        = c->n_families - 1,
      .tail_velocity = from->tail_velocity,
      .n_held_frames = from->n_held_frames,
      .first_frame   = from->frame,
      .n_tail_frames = n_tail < n_after ? n_tail : n_after,
  };
}

/// One kind per run of equal candidates, which are in order of their onsets.
static void
gather_kinds(CsCopies *c)
{
  for (size_t i = 0; i < c->n_candidates; i++) {
    const CsCandidate *from = &c->candidates[i];
    if (i == 0 || compare_starts(from - 1, from) != 0)
      c->families[c->n_families++] = new_family(c, from);
    if (i == 0 || compare_kinds(from - 1, from) != 0) {
      c->kinds[c->n_kinds++] = new_kind(c, from);
      c->families[c->n_families - 1].n_kinds++;
    }
    c->kinds[c->n_kinds - 1].last_frame = from->frame;
    c->kinds[c->n_kinds - 1].n_uses++;
  }
}

bool
cs_find_kinds(CsCopies *c, const CsPlayedNote *const *notes, size_t n_notes,
    const bool *is_live)
{
  CsKeyLayers *keys = calloc(CS_N_VELOCITIES, sizeof *keys);
  gather_candidates(c, notes, n_notes, is_live);
  const bool is_well = keys != NULL && find_all_layers(c, keys);
  if (is_well) {
    qsort(c->candidates, c->n_candidates, sizeof *c->candidates, by_kind);
    gather_kinds(c);
  }
  free(keys);
  return is_well;
}
