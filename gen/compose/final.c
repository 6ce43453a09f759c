/// The last chord: who holds what on the final downbeat (RULEBOOK 4.5).
#include "gen/base/mathx.h"
#include "gen/compose/composer.h"

#include <string.h>

/// Semitones above the root that the final chord may hold: its fifth, third
/// and mild colours; the seventh only where the idiom keeps it.
static bool
is_kept_at_the_end(const CsComposer *c, int interval)
{
  const int step = cs_mod(interval, 12);
  if (step != 10 && step != 11)
    return true;
  for (size_t i = 0; i < c->style->genres.n; i++) {
    const char *genre = c->style->genres.items[i];
    if (strstr(genre, "jazz") != NULL || strstr(genre, "lo-fi") != NULL ||
        strstr(genre, "lofi") != NULL || strstr(genre, "lounge") != NULL)
      return true;
  }
  return false;
}

static void
insert_key(CsVoicing *v, int key)
{
  if (v->n == CS_VOICING_KEYS || cs_voicing_has(v, key))
    return;
  int i = v->n++;
  for (; i > 0 && v->keys[i - 1] > key; i--)
    v->keys[i] = v->keys[i - 1];
  v->keys[i] = key;
}

/// Would the key sit well among the others and in the range?
static bool
fits(const CsTrack *t, const CsVoicing *v, int key)
{
  if (key < t->range[0] || key > t->range[1])
    return false;
  for (int i = 0; i < v->n; i++) {
    const int low = v->keys[i] < key ? v->keys[i] : key;
    const int gap = v->keys[i] < key ? key - v->keys[i] : v->keys[i] - key;
    if (gap < cs_low_gap(low))
      return false;
  }
  return true;
}

CsVoicing
cs_final_voicing(const CsComposer *c, size_t track, int centre)
{
  const CsTrack *t        = &c->plan->tracks[track];
  const CsChordSpan *span = cs_chord_at(c, c->final_tick);
  const CsChord *chord    = &span->chord;
  const int root_pc       = span->key.tonic_pc + chord->root;
  CsVoicing v             = {0};
  const int root =
      cs_nearest_key(centre - 8, root_pc, t->range[0], t->range[1]);
  if (root < 0)
    return v;
  insert_key(&v, root);
  if (root + 12 <= t->range[1])
    insert_key(&v, root + 12);
  else if (fits(t, &v, root - 12) && root - 12 >= 40)
    insert_key(&v, root - 12);
  for (int i = 1; i < chord->n_tones && v.n < 5; i++) {
    const int step = cs_mod(chord->tones[i], 12);
    if (!is_kept_at_the_end(c, step))
      continue;
    const bool is_colour = step != 7 && step != 3 && step != 4;
    const int first      = is_colour ? root + 12 + step : root + step;
    const int second     = is_colour ? root + step : root + 12 + step;
    if (fits(t, &v, first))
      insert_key(&v, first);
    else if (fits(t, &v, second))
      insert_key(&v, second);
  }
  return v;
}

int
cs_final_velocity(const CsComposer *c)
{
  // A theme lands on its last chord; what lies under speech or is a texture
  // dissolves into it (RULEBOOK 2.1).
  static const int rings[CS_N_FUNCTIONS] = {
      [CS_UNDERSCORE] = 60,
      [CS_BED]        = 74,
      [CS_STINGER]    = 86,
      [CS_THEMATIC]   = 86,
      [CS_AMBIENT]    = 54,
  };
  const int ring = rings[c->plan->function];
  return c->plan->ending == CS_ENDING_BUTTON ? ring + 14 : ring;
}

CsStatus
cs_add_final(
    CsComposer *c, size_t track, const CsVoicing *keys, double spread_ms)
{
  for (int i = 0; i < keys->n; i++) {
    const int velocity = cs_velocity(
        c, track, c->final_tick, keys->keys[i], cs_final_velocity(c));
    const CsNote note = {.start_tick = c->final_tick,
        .n_ticks                     = c->final_end_tick - c->final_tick,
        .key                         = (uint8_t)keys->keys[i],
        .velocity                    = (uint8_t)velocity,
        .delay_ms                    = (float)(spread_ms * i)};
    CS_TRY(cs_add(c, track, note));
  }
  return CS_OK;
}
