/// Where the tracks that play chords keep them: register slots by function and
/// role (RULEBOOK 5.1).
#include "gen/base/mathx.h"
#include "gen/compose/frame.h"

/// Register slots by function and role: the usual one, and another for
/// instruments that cannot go there. Beds keep out of 60..76 and underscores
/// out of 58..78, where voices speak (RULEBOOK 2.1, 2.2, 5.1). Pads and chords
/// share a slot and a seed: they double one another instead of rubbing.
typedef struct Slots {
  CsKeySpan usual, other;
} Slots;

enum { SLOT_CHORDS, SLOT_MOTION, N_SLOTS };

static const Slots slots[CS_N_FUNCTIONS][N_SLOTS] = {
    [CS_UNDERSCORE] = {{{48, 59}, {79, 91}}, {{79, 91}, {48, 59}}},
    [CS_BED]        = {{{48, 64}, {76, 91}}, {{76, 91}, {48, 64}}},
    [CS_STINGER]    = {{{52, 70}, {67, 86}}, {{60, 79}, {67, 91}}},
    [CS_THEMATIC]   = {{{52, 70}, {67, 86}}, {{60, 79}, {67, 91}}},
    [CS_AMBIENT]    = {{{50, 70}, {64, 86}}, {{62, 84}, {67, 91}}},
};

CsKeySpan
cs_usual_slot(CsFunction function)
{
  return slots[function][SLOT_CHORDS].usual;
}

static CsKeySpan
overlap(CsKeySpan a, CsKeySpan b)
{
  return (CsKeySpan){
      a.low > b.low ? a.low : b.low, a.high < b.high ? a.high : b.high};
}

/// A track that was set an octave higher keeps that: its range's middle lies so
/// far above where its role usually sits. Not where a speaker's register is
/// kept free.
static int
octaves_up(const CsComposer *c, CsKeySpan range)
{
  enum { USUAL_MIDDLE = 63 };
  if (c->plan->function == CS_BED || c->plan->function == CS_UNDERSCORE)
    return 0;
  const int off = (range.low + range.high) / 2 - USUAL_MIDDLE;
  return cs_clamp_int(cs_floor_div(off + 4, 12), 0, 2);
}

/// The slot that a track's range reaches well enough, or {0, -1}.
static CsKeySpan
slot_of(const CsComposer *c, size_t track)
{
  const CsTrack *t      = &c->plan->tracks[track];
  const CsKeySpan range = {t->range[0], t->range[1]};
  const bool is_chordal = t->role == CS_ROLE_PAD || t->role == CS_ROLE_CHORDS;
  const Slots *s =
      &slots[c->plan->function][is_chordal ? SLOT_CHORDS : SLOT_MOTION];
  const bool is_tune     = c->plan->function == CS_THEMATIC;
  const int above_chords = is_tune ? 4 : 0;
  const int up = is_chordal ? 12 * octaves_up(c, range) : above_chords;
  // Who reaches little of the usual slot had better have one of its own: what
  // is left of four voices moves in parallels.
  const struct {
    CsKeySpan slot;
    int room;
  } tries[] = {{{s->usual.low + up, s->usual.high + up}, is_chordal ? 11 : 12},
      {s->usual, 11}, {s->other, 7}, {s->usual, 7}};
  for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
    const CsKeySpan window = overlap(range, tries[i].slot);
    if (window.high - window.low >= tries[i].room)
      return tries[i].slot;
  }
  return (CsKeySpan){0, -1};
}

CsKeySpan
cs_voicing_window(const CsComposer *c, size_t track)
{
  const CsTrack *t      = &c->plan->tracks[track];
  const CsKeySpan range = {t->range[0], t->range[1]};
  const CsKeySpan slot  = slot_of(c, track);
  if (slot.high >= slot.low)
    return overlap(range, slot);
  const int middle =
      cs_clamp_int(60, range.low + 9 < range.high ? range.low + 9 : range.high,
          range.high - 9 > range.low ? range.high - 9 : range.high);
  return overlap(range, (CsKeySpan){middle - 9, middle + 10});
}

/// The part of a voicing that lies in a window; where none does, its lowest
/// pitch class that the window holds.
static CsVoicing
part_within(const CsVoicing *v, CsKeySpan window)
{
  CsVoicing part = {0};
  for (int i = 0; i < v->n; i++)
    if (v->keys[i] >= window.low && v->keys[i] <= window.high)
      part.keys[part.n++] = v->keys[i];
  for (int i = 0; i < v->n && part.n == 0; i++) {
    const int key =
        cs_nearest_key(v->keys[i], v->keys[i], window.low, window.high);
    if (key >= 0)
      part.keys[part.n++] = key;
  }
  return part;
}

/// Do the style's basses stay on the tonic? Asked of the style, not of the
/// cue's bass, so that a part stays the same when the bass is taken away.
static bool
style_keeps_pedal(const CsComposer *c)
{
  int n_pedals = 0, n_others = 0;
  for (size_t i = 0; i < c->style->n_tracks; i++) {
    const CsStyleTrack *t = &c->style->tracks[i];
    for (size_t k = 0; t->role == CS_ROLE_BASS && k < t->patterns.n; k++) {
      const CsPattern *p = cs_find_pattern(c->presets, t->patterns.items[k]);
      if (p != NULL && p->is_pedal)
        n_pedals++;
      else
        n_others++;
    }
  }
  return n_pedals > n_others;
}

/// Low instruments with a chordal part play the bass note alone, so that they
/// double the bass instead of thickening it.
static void
take_bass_notes(const CsComposer *c, CsKeySpan window, CsVoicing *v)
{
  const bool is_pedal = style_keeps_pedal(c);
  for (size_t i = 0; i < c->n_chords; i++) {
    const int step = is_pedal ? 0 : c->chords[i].chord.bass;
    const int key  = cs_nearest_key(window.low + 5,
         c->chords[i].key.tonic_pc + step, window.low, window.high);
    v[i]           = (CsVoicing){.n = key < 0 ? 0 : 1, .keys = {key}};
  }
}

/// In the usual slot the frame itself, elsewhere what does not rub against it.
static CsStatus
lead_in_slot(CsComposer *c, CsKeySpan slot, int n_voices, CsVoicing **voicings)
{
  const CsKeySpan usual  = cs_usual_slot(c->plan->function);
  const CsVoicing *frame = c->frame->voicings;
  if (slot.low != usual.low || slot.high != usual.high ||
      n_voices != cs_n_frame_voices(c->plan->function))
    return cs_lead_voices(c,
        &(CsLeading){.seed = c->plan->seed,
            .keys          = slot,
            .n_voices      = n_voices,
            .beside        = c->frame->all},
        voicings);
  CsVoicing *copy = CS_NEW_N(c->arena, CsVoicing, c->n_chords);
  CS_TRY_NEW(copy);
  for (size_t i = 0; i < c->n_chords; i++)
    copy[i] = frame[i];
  *voicings = copy;
  return CS_OK;
}

CsStatus
cs_track_voicings(
    CsComposer *c, size_t track, int n_voices, CsVoicing **voicings)
{
  enum { LOWEST_TOP = 53 };
  const CsKeySpan window = cs_voicing_window(c, track);
  const CsKeySpan slot   = slot_of(c, track);
  const CsKeySpan search = slot.high >= slot.low ? slot : window;
  CS_TRY(lead_in_slot(c, search, n_voices, voicings));
  if (window.high <= LOWEST_TOP) {
    take_bass_notes(c, window, *voicings);
    return CS_OK;
  }
  for (size_t i = 0; i < c->n_chords; i++)
    (*voicings)[i] = part_within(&(*voicings)[i], window);
  return CS_OK;
}
