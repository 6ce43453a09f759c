#include "gen/base/mathx.h"
#include "gen/compose/composer.h"

#include <string.h>

enum { MAX_VOICES = 8, MAX_KEYS = 64, MAX_MEMOS = 256 };

/// What a chord asks of a voicing: its pitch classes with their duties.
typedef struct Tone {
  int pc;          ///< Absolute.
  int importance;  ///< The least important are left out first.
  int double_cost; ///< Cost of hearing it twice; NEVER forbids it.
} Tone;

enum { NEVER = 99, MISSING_COST = 20 };

typedef struct Chord {
  Tone tones[CS_MAX_CHORD_TONES];
  int n_tones;
  bool allows_minor_ninth;
} Chord;

/// Where the hand stands: the voicing before and how its top came there.
typedef struct Stance {
  CsVoicing voicing;
  int top_leap; ///< -1, 0, 1: direction of a leap of the top voice.
} Stance;

typedef struct Search {
  uint64_t seed;
  int low, high, n_voices;
  Chord chord;
  const Stance *before;
  int keys[MAX_KEYS];    ///< Keys that may sound, rising ...
  int tone_of[MAX_KEYS]; ///< ... and the tone that each one is.
  int n_keys;
  CsVoicing current, best;
  int n_of_tone[CS_MAX_CHORD_TONES];
  double best_cost;
} Search;

// --- What a chord asks ------------------------------------------------------

static Tone
tone_of_interval(const CsComposer *c, const CsChord *chord, int interval)
{
  const int tonic = c->plan->key.tonic_pc;
  const int step  = cs_mod(interval, 12);
  Tone tone       = {.pc = cs_mod(tonic + chord->root + step, 12)};
  switch (step) {
  case 0:
    tone.importance = 2;
    break;
  case 7:
    tone.importance  = 1;
    tone.double_cost = 1;
    break;
  case 3:
  case 4:
    tone.importance  = 6;
    tone.double_cost = 3;
    break;
  case 10:
  case 11:
    tone.importance  = 5;
    tone.double_cost = NEVER;
    break;
  default:
    tone.importance  = 4;
    tone.double_cost = NEVER;
  }
  if (tone.pc == cs_mod(tonic + 11, 12))
    tone.double_cost = NEVER;
  return tone;
}

static Chord
read_chord(const CsComposer *c, const CsChord *from)
{
  Chord chord = {0};
  for (int i = 0; i < from->n_tones; i++) {
    const Tone tone = tone_of_interval(c, from, from->tones[i]);
    bool is_new     = true;
    for (int k = 0; k < chord.n_tones; k++)
      is_new = is_new && chord.tones[k].pc != tone.pc;
    if (is_new)
      chord.tones[chord.n_tones++] = tone;
    if (from->is_dominant && cs_mod(from->tones[i], 12) == 1)
      chord.allows_minor_ninth = true;
  }
  if (chord.n_tones == 1)
    chord.tones[0].double_cost = 0;
  return chord;
}

// --- What a voicing costs ---------------------------------------------------

int
cs_low_gap(int key)
{
  static const struct {
    int below, gap;
  } limits[] = {{36, 12}, {44, 7}, {48, 5}, {53, 4}, {60, 3}};
  for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
    if (key < limits[i].below)
      return limits[i].gap;
  return 2;
}

/// A number in [0, 1) that belongs to that voicing, so that equal costs are
/// decided alike wherever the same chords meet.
static double
tie_noise(uint64_t seed, const CsVoicing *v)
{
  uint64_t name = 0;
  for (int i = 0; i < v->n; i++)
    name = name * 128 + (uint64_t)v->keys[i];
  CsRng rng = cs_rng_at(seed, "voicing", name, 0);
  return cs_rng_unit(&rng);
}

static double
shape_cost(const Search *s, const CsVoicing *v)
{
  const int top    = v->keys[v->n - 1];
  const int span   = top - v->keys[0];
  const int target = s->low + s->high;
  double cost      = span > 19 ? 4.0 * (span - 19) : 0.0;
  int sum          = 0;
  for (int i = 0; i < v->n; i++) {
    sum += v->keys[i];
    if (i + 1 < v->n && v->keys[i + 1] - v->keys[i] < cs_low_gap(v->keys[i]))
      cost += 10.0;
  }
  const double off = (double)sum / v->n - target / 2.0;
  cost += 2.0 * (off < 0 ? -off : off) / 3.0;
  for (int i = 0; i < v->n && !s->chord.allows_minor_ninth; i++)
    for (int k = i + 1; k < v->n; k++)
      cost += v->keys[k] - v->keys[i] == 13 ? 8.0 : 0.0;
  for (int i = 0; i < s->chord.n_tones; i++) {
    if (s->n_of_tone[i] == 0)
      cost += MISSING_COST * s->chord.tones[i].importance;
    if (s->n_of_tone[i] > 1)
      cost += s->chord.tones[i].double_cost * (s->n_of_tone[i] - 1);
  }
  return cost;
}

static bool
has_key(const CsVoicing *v, int key)
{
  for (int i = 0; i < v->n; i++)
    if (v->keys[i] == key)
      return true;
  return false;
}

static bool
has_pc(const Chord *chord, int key)
{
  for (int i = 0; i < chord->n_tones; i++)
    if (chord->tones[i].pc == cs_mod(key, 12))
      return true;
  return false;
}

/// A common tone exists and none was kept where it was.
static bool
gives_up_common_tones(const Search *s, const CsVoicing *v)
{
  const CsVoicing *before = &s->before->voicing;
  bool exists             = false;
  for (int i = 0; i < before->n; i++) {
    if (!has_pc(&s->chord, before->keys[i]))
      continue;
    exists = true;
    if (has_key(v, before->keys[i]))
      return false;
  }
  return exists;
}

/// Do two voices move the same way from one fifth or octave to another?
static bool
is_parallel(const CsVoicing *a, const CsVoicing *b, int low, int high)
{
  const int from = cs_mod(a->keys[high] - a->keys[low], 12);
  const int to   = cs_mod(b->keys[high] - b->keys[low], 12);
  return from == to && (from == 0 || from == 7) && a->keys[low] != b->keys[low];
}

static double
motion_cost(const Search *s, const CsVoicing *v)
{
  const CsVoicing *before = &s->before->voicing;
  double cost             = gives_up_common_tones(s, v) ? 2.0 : 0.0;
  const int n             = v->n < before->n ? v->n : before->n;
  for (int i = 1; i <= n; i++) { // from the top, where the ear is
    const int move = v->keys[v->n - i] - before->keys[before->n - i];
    const int size = move < 0 ? -move : move;
    cost += size + (size > 4 ? 3.0 : 0.0) + (size > 7 ? 8.0 : 0.0);
  }
  if (v->n != before->n)
    return cost;
  for (int i = 0; i < n; i++)
    for (int k = i + 1; k < n; k++)
      if (is_parallel(before, v, i, k))
        cost += i == 0 && k == n - 1 ? 6.0 : 2.0;
  const int top = v->keys[n - 1] - before->keys[n - 1];
  if (top * s->before->top_leap > 4)
    cost += 3.0;
  return cost;
}

// --- The search -------------------------------------------------------------

static void
weigh(Search *s)
{
  double cost = shape_cost(s, &s->current) + tie_noise(s->seed, &s->current);
  if (s->before->voicing.n > 0)
    cost += motion_cost(s, &s->current);
  if (cost < s->best_cost) {
    s->best_cost = cost;
    s->best      = s->current;
  }
}

static bool
may_follow(const Search *s, int index)
{
  const CsVoicing *v = &s->current;
  const int tone     = s->tone_of[index];
  if (s->n_of_tone[tone] > 0 && s->chord.tones[tone].double_cost == NEVER)
    return false;
  if (v->n == 0)
    return true;
  const int gap = s->keys[index] - v->keys[v->n - 1];
  if (v->n == 1)
    return gap >= cs_low_gap(v->keys[0]) && gap <= 16;
  return gap >= 2 && gap <= 12;
}

/// Every rising choice of n_voices keys; the ranges in use leave some hundreds.
static void
choose_from(Search *s, int index)
{
  if (s->current.n == s->n_voices) {
    weigh(s);
    return;
  }
  for (int i = index; i < s->n_keys; i++) {
    if (!may_follow(s, i))
      continue;
    s->current.keys[s->current.n++] = s->keys[i];
    s->n_of_tone[s->tone_of[i]]++;
    choose_from(s, i + 1);
    s->n_of_tone[s->tone_of[i]]--;
    s->current.n--;
  }
}

static void
list_keys(Search *s)
{
  s->n_keys = 0;
  for (int key = s->low; key <= s->high && s->n_keys < MAX_KEYS; key++)
    for (int i = 0; i < s->chord.n_tones; i++)
      if (s->chord.tones[i].pc == cs_mod(key, 12)) {
        s->tone_of[s->n_keys] = i;
        s->keys[s->n_keys++]  = key;
      }
}

/// The best voicing of a chord after another; where n_voices do not fit in the
/// range, as many as do.
static CsVoicing
find_voicing(const CsComposer *c, const CsChord *chord, uint64_t seed,
    CsKeySpan window, int n_voices, const Stance *before)
{
  Search s = {.seed = seed, .low = window.low, .high = window.high};
  s.before = before;
  s.chord  = read_chord(c, chord);
  list_keys(&s);
  for (s.n_voices = n_voices; s.n_voices > 0; s.n_voices--) {
    s.best_cost = 1e9;
    choose_from(&s, 0);
    if (s.best.n > 0)
      break;
  }
  return s.best;
}

/// Chord progressions go round: the same step is looked up, not searched again.
typedef struct Memo {
  Stance before;
  const CsChord *chord;
  CsVoicing voicing;
} Memo;

static bool
same_stance(const Stance *a, const Stance *b)
{
  if (a->voicing.n != b->voicing.n || a->top_leap != b->top_leap)
    return false;
  for (int i = 0; i < a->voicing.n; i++)
    if (a->voicing.keys[i] != b->voicing.keys[i])
      return false;
  return true;
}

static bool
same_chord(const CsChord *a, const CsChord *b)
{
  if (a->root != b->root || a->n_tones != b->n_tones ||
      a->is_dominant != b->is_dominant)
    return false;
  for (int i = 0; i < a->n_tones; i++)
    if (a->tones[i] != b->tones[i])
      return false;
  return true;
}

static const Memo *
recall(const Memo *memos, int n, const CsChord *chord, const Stance *before)
{
  for (int i = 0; i < n; i++)
    if (same_chord(memos[i].chord, chord) &&
        same_stance(&memos[i].before, before))
      return &memos[i];
  return NULL;
}

static Stance
stand_on(const Stance *before, const CsVoicing *v)
{
  Stance stance = {.voicing = *v};
  if (before->voicing.n > 0 && v->n > 0) {
    const int move =
        v->keys[v->n - 1] - before->voicing.keys[before->voicing.n - 1];
    stance.top_leap = move > 4 ? 1 : move < -4 ? -1 : 0;
  }
  return stance;
}

CsStatus
cs_lead_voices(CsComposer *c, uint64_t seed, int low, int high, int n_voices,
    CsVoicing **voicings)
{
  Memo *memos            = CS_NEW_N(c->arena, Memo, MAX_MEMOS);
  CsVoicing *v           = CS_NEW_N(c->arena, CsVoicing, c->n_chords);
  int n_memos            = 0;
  Stance stance          = {.top_leap = 0};
  const CsKeySpan window = {low, high};
  CS_TRY_NEW(memos);
  CS_TRY_NEW(v);
  n_voices = cs_clamp_int(n_voices, 1, MAX_VOICES);
  for (size_t i = 0; i < c->n_chords; i++) {
    const CsChord *chord = &c->chords[i].chord;
    const Memo *memo     = recall(memos, n_memos, chord, &stance);
    v[i]                 = memo != NULL
                               ? memo->voicing
                               : find_voicing(c, chord, seed, window, n_voices, &stance);
    if (memo == NULL && n_memos < MAX_MEMOS)
      memos[n_memos++] = (Memo){stance, chord, v[i]};
    stance = stand_on(&stance, &v[i]);
  }
  *voicings = v;
  return CS_OK;
}

// --- Windows and the final chord --------------------------------------------

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
    [CS_BED]        = {{{48, 62}, {76, 91}}, {{76, 91}, {48, 62}}},
    [CS_STINGER]    = {{{52, 70}, {67, 86}}, {{60, 79}, {67, 91}}},
    [CS_THEMATIC]   = {{{52, 70}, {67, 86}}, {{60, 79}, {67, 91}}},
    [CS_AMBIENT]    = {{{50, 70}, {64, 86}}, {{62, 84}, {67, 91}}},
};

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
  const int up   = is_chordal ? 12 * octaves_up(c, range) : above_chords;
  const int room = is_chordal ? 7 : 12; // figures need an octave up there
  const CsKeySpan tries[] = {
      {s->usual.low + up, s->usual.high + up}, s->usual, s->other};
  for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
    const CsKeySpan window = overlap(range, tries[i]);
    if (window.high - window.low >= (i == 0 ? room : 7))
      return tries[i];
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
    const int key  = cs_nearest_key(
         window.low + 5, c->plan->key.tonic_pc + step, window.low, window.high);
    v[i] = (CsVoicing){.n = key < 0 ? 0 : 1, .keys = {key}};
  }
}

CsStatus
cs_track_voicings(
    CsComposer *c, size_t track, int n_voices, CsVoicing **voicings)
{
  enum { LOWEST_TOP = 53 };
  const CsKeySpan window = cs_voicing_window(c, track);
  const CsKeySpan slot   = slot_of(c, track);
  const CsKeySpan search = slot.high >= slot.low ? slot : window;
  CS_TRY(cs_lead_voices(
      c, c->plan->seed, search.low, search.high, n_voices, voicings));
  if (window.high <= LOWEST_TOP) {
    take_bass_notes(c, window, *voicings);
    return CS_OK;
  }
  for (size_t i = 0; i < c->n_chords; i++)
    (*voicings)[i] = part_within(&(*voicings)[i], window);
  return CS_OK;
}

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
  if (v->n == MAX_VOICES || has_key(v, key))
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
  const CsTrack *t     = &c->plan->tracks[track];
  const CsChord *chord = &cs_chord_at(c, c->final_tick)->chord;
  const int root_pc    = c->plan->key.tonic_pc + chord->root;
  CsVoicing v          = {0};
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
