#include "gen/compose/frame.h"

#include "gen/base/mathx.h"

int
cs_n_frame_voices(CsFunction function)
{
  return function == CS_UNDERSCORE || function == CS_BED ? 3 : 4;
}

/// May it be the lowest of a chord: is it its root, third or fifth?
static bool
is_ground(const CsChordSpan *span, int key)
{
  const int above = cs_mod(key - span->key.tonic_pc - span->chord.root, 12);
  return above == 0 || above == 3 || above == 4 || above == 7;
}

void
cs_open_voicing(const CsChordSpan *span, CsVoicing *v, int lowest)
{
  for (int from = v->n - 2; from > 0; from--) {
    const int key = v->keys[from] - 12;
    if (key < lowest || v->keys[0] - key < cs_low_gap(key) + 1 ||
        !is_ground(span, key))
      continue;
    for (int i = from; i > 0; i--)
      v->keys[i] = v->keys[i - 1];
    v->keys[0] = key;
    return;
  }
}

/// Has the style chords and motion besides its pad? Asked of the style, so that
/// a pad stays the same when a track is taken away.
static bool
is_pad_one_of_three(const CsComposer *c)
{
  bool has_chords = false, has_motion = false;
  for (size_t i = 0; i < c->style->n_tracks; i++) {
    has_chords |= c->style->tracks[i].role == CS_ROLE_CHORDS;
    has_motion |= c->style->tracks[i].role == CS_ROLE_MOTION;
  }
  return has_chords && has_motion;
}

static void
add_key(CsVoicing *v, int key)
{
  int i = v->n;
  while (i > 0 && v->keys[i - 1] >= key)
    i--;
  if ((i < v->n && v->keys[i] == key) || v->n == CS_VOICING_KEYS)
    return;
  for (int k = v->n++; k > i; k--)
    v->keys[k] = v->keys[k - 1];
  v->keys[i] = key;
}

// --- What goes against it ---------------------------------------------------

enum { N_KEYS = 128 };

static void
put_key(CsKeySet *set, int key)
{
  if (key >= 0 && key < N_KEYS)
    set->bits[key / 64] |= UINT64_C(1) << key % 64;
}

static bool
is_too_near(const CsVoicing *v, int key)
{
  int below = 0;
  while (below < v->n && v->keys[below] < key)
    below++;
  if (below > 1 || (below < v->n && v->keys[below] == key))
    return false;
  if (below == 1)
    return key - v->keys[0] < cs_low_gap(v->keys[0]);
  return v->n > 0 && v->keys[0] - key < cs_low_gap(key);
}

static CsKeySet
muddy_keys(const CsVoicing *closed, const CsVoicing *opened)
{
  enum { HIGHEST = 62 }; // no limit reaches further
  CsKeySet set = {{0}};
  for (int key = 0; key <= HIGHEST; key++)
    if (is_too_near(closed, key) || is_too_near(opened, key))
      put_key(&set, key);
  return set;
}

int
cs_count_rubs(const CsVoicing *v, int key)
{
  int n = 0;
  for (int i = 0; i < v->n; i++) {
    const int size = v->keys[i] < key ? key - v->keys[i] : v->keys[i] - key;
    n += size == 1 || size == 13;
  }
  return n;
}

/// A dominant with a minor ninth may rub: it is written so.
static bool
has_minor_ninth(const CsChord *chord)
{
  for (int i = 0; chord->is_dominant && i < chord->n_tones; i++)
    if (cs_mod(chord->tones[i], 12) == 1)
      return true;
  return false;
}

static CsKeySet
keys_above(const CsChordSpan *span)
{
  const uint16_t pcs = cs_chord_pcs(span);
  CsKeySet set       = {{0}};
  for (int key = 0; key < N_KEYS; key++)
    if ((pcs >> cs_mod(key - 1, 12) & 1) != 0)
      put_key(&set, key);
  return set;
}

static CsKeySet
keys_beside(const CsVoicing *v)
{
  CsKeySet set = {{0}};
  for (int i = 0; i < v->n; i++) {
    put_key(&set, v->keys[i] - 13);
    put_key(&set, v->keys[i] - 1);
    put_key(&set, v->keys[i] + 1);
    put_key(&set, v->keys[i] + 13);
  }
  return set;
}

static CsClashes
clashes_of(const CsFrame *frame, const CsChordSpan *span, size_t chord)
{
  CsClashes it = {
      .muddy = muddy_keys(&frame->voicings[chord], &frame->opened[chord])};
  if (!has_minor_ninth(&span->chord)) {
    it.above = keys_above(span);
    it.rubs  = cs_join_keys(it.above, keys_beside(&frame->all[chord]));
  }
  return it;
}

// --- The frame --------------------------------------------------------------

static CsStatus
open_frame(CsComposer *c, CsFrame *frame)
{
  CS_TRY_NEW(frame->opened = CS_NEW_N(c->arena, CsVoicing, c->n_chords));
  CS_TRY_NEW(frame->all = CS_NEW_N(c->arena, CsVoicing, c->n_chords));
  CS_TRY_NEW(frame->clashes = CS_NEW_N(c->arena, CsClashes, c->n_chords));
  for (size_t i = 0; i < c->n_chords; i++) {
    frame->opened[i] = frame->all[i] = frame->voicings[i];
    if (frame->is_opened)
      cs_open_voicing(&c->chords[i], &frame->opened[i], CS_LOWEST_OPENED);
    if (frame->opened[i].n > 0)
      add_key(&frame->all[i], frame->opened[i].keys[0]);
    frame->clashes[i] = clashes_of(frame, &c->chords[i], i);
  }
  return CS_OK;
}

CsStatus
cs_frame_make(CsComposer *c, CsFrame **frame)
{
  const CsFunction function = c->plan->function;
  CsFrame *made             = CS_NEW(c->arena, CsFrame);
  CS_TRY_NEW(made);
  made->is_opened = function == CS_THEMATIC && is_pad_one_of_three(c);
  CS_TRY(cs_lead_voices(c,
      &(CsLeading){.seed = c->plan->seed,
          .keys          = cs_usual_slot(function),
          .n_voices      = cs_n_frame_voices(function)},
      &made->voicings));
  *frame = made;
  return open_frame(c, made);
}

// --- Keeping clear of it ----------------------------------------------------

static const CsClashes *
clashes_at(const CsComposer *c, int64_t tick)
{
  return &c->frame->clashes[cs_chord_at(c, tick) - c->chords];
}

CsKeySet
cs_muddy_keys(const CsComposer *c, int64_t tick)
{
  return clashes_at(c, tick)->muddy;
}

bool
cs_is_muddy(const CsComposer *c, int64_t tick, int key)
{
  return cs_has_key(cs_muddy_keys(c, tick), key);
}

CsKeySet
cs_keys_that_rub(const CsComposer *c, int64_t tick)
{
  return clashes_at(c, tick)->above;
}

CsKeySet
cs_keys_that_rub_while(const CsComposer *c, int64_t start, int64_t n_ticks)
{
  const int64_t beat =
      (int64_t)(cs_meter_beat_quarters(c->plan->meter) * CS_TICKS_PER_QUARTER);
  const int64_t end = start + n_ticks;
  int64_t from      = start;
  CsKeySet set      = {{0}};
  while (from < end) {
    const CsChordSpan *span = cs_chord_at(c, from);
    const int64_t until =
        span->end_tick > from && span->end_tick < end ? span->end_tick : end;
    if (until - from > beat)
      set = cs_join_keys(set, c->frame->clashes[span - c->chords].rubs);
    from = until;
  }
  return set;
}

int
cs_clear_key(const CsComposer *c, int64_t tick, int64_t n_ticks, int key,
    int low, int high)
{
  enum { LOWEST_CLEARED = 55 }; // Lower down, drones lie as they are.
  const uint16_t chord = cs_chord_pcs(cs_chord_at(c, tick));
  const CsKeySet rubs  = cs_keys_that_rub_while(c, tick, n_ticks);
  if (key < LOWEST_CLEARED || !cs_has_key(rubs, key))
    return key;
  for (int off = 1; off <= 7; off++)
    for (int side = -1; side <= 1; side += 2) {
      const int other = key + side * off;
      if (other >= low && other >= LOWEST_CLEARED && other <= high &&
          (chord >> cs_mod(other, 12) & 1) != 0 && !cs_has_key(rubs, other))
        return other;
    }
  return key;
}

int
cs_unmuddied_key(const CsComposer *c, int64_t tick, int key, int low, int high)
{
  const uint16_t chord = cs_chord_pcs(cs_chord_at(c, tick));
  if (!cs_is_muddy(c, tick, key))
    return key;
  for (int off = 1; off <= 7; off++)
    for (int side = -1; side <= 1; side += 2) {
      const int other = key + side * off;
      if (other >= low && other <= high &&
          (chord >> cs_mod(other, 12) & 1) != 0 && !cs_is_muddy(c, tick, other))
        return other;
    }
  return -1;
}
