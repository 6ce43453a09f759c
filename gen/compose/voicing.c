/// The voicings of a row of chords, led smoothly (RULEBOOK 5.1).
#include "gen/base/mathx.h"
#include "gen/compose/frame.h"

enum { MAX_KEYS = 64, MAX_MEMOS = 256 };

/// What a chord asks of a voicing: its pitch classes with their duties.
typedef struct Tone {
  int pc;          ///< Absolute.
  int importance;  ///< The least important are left out first.
  int double_cost; ///< Cost of hearing it twice; NEVER forbids it.
} Tone;

enum {
  NEVER        = 99,
  MISSING_COST = 20,
  MISSED_COST  = 6, ///< Of what sounds in another slot.
};

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
  const CsVoicing *beside; ///< What sounds in another slot, or NULL.
  int keys[MAX_KEYS];      ///< Keys that may sound, rising ...
  int tone_of[MAX_KEYS];   ///< ... and the tone that each one is.
  int n_keys;
  CsVoicing current, best;
  int n_of_tone[CS_MAX_CHORD_TONES];
  double best_cost;
} Search;

// --- What a chord asks ------------------------------------------------------

static Tone
tone_of_interval(const CsChordSpan *span, int interval)
{
  const int tonic = span->key.tonic_pc;
  const int step  = cs_mod(interval, 12);
  Tone tone       = {.pc = cs_mod(tonic + span->chord.root + step, 12)};
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
read_chord(const CsChordSpan *span)
{
  const CsChord *from = &span->chord;
  Chord chord         = {0};
  for (int i = 0; i < from->n_tones; i++) {
    const Tone tone = tone_of_interval(span, from->tones[i]);
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

static bool
is_heard_beside(const Search *s, int pc)
{
  for (int i = 0; s->beside != NULL && i < s->beside->n; i++)
    if (cs_mod(s->beside->keys[i], 12) == pc)
      return true;
  return false;
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
      cost += 36.0;
  }
  const double off = (double)sum / v->n - target / 2.0;
  cost += 2.0 * (off < 0 ? -off : off) / 3.0;
  for (int i = 0; i < v->n && !s->chord.allows_minor_ninth; i++)
    for (int k = i + 1; k < v->n; k++)
      cost += v->keys[k] - v->keys[i] == 13 ? 24.0 : 0.0;
  for (int i = 0; i < v->n && s->beside != NULL; i++)
    cost += 50.0 * cs_count_rubs(s->beside, v->keys[i]);
  for (int i = 0; i < s->chord.n_tones; i++) {
    if (s->n_of_tone[i] == 0)
      cost += (is_heard_beside(s, s->chord.tones[i].pc) ? MISSED_COST
                                                        : MISSING_COST) *
              s->chord.tones[i].importance;
    if (s->n_of_tone[i] > 1)
      cost += s->chord.tones[i].double_cost * (s->n_of_tone[i] - 1);
  }
  return cost;
}

bool
cs_voicing_has(const CsVoicing *v, int key)
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
    if (cs_voicing_has(v, before->keys[i]))
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
        cost += i == 0 && k == n - 1 ? 22.0 : 3.0;
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
find_voicing(const CsComposer *c, const CsLeading *how, size_t chord,
    const Stance *before)
{
  Search s = {.seed = how->seed, .low = how->keys.low, .high = how->keys.high};
  s.before = before;
  s.chord  = read_chord(&c->chords[chord]);
  if (how->beside != NULL && !s.chord.allows_minor_ninth)
    s.beside = &how->beside[chord];
  list_keys(&s);
  for (s.n_voices = cs_clamp_int(how->n_voices, 1, CS_VOICING_KEYS);
       s.n_voices > 0; s.n_voices--) {
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
  const CsChordSpan *span;
  CsVoicing beside;
  CsVoicing voicing;
} Memo;

static bool
same_keys(const CsVoicing *a, const CsVoicing *b)
{
  if (a->n != b->n)
    return false;
  for (int i = 0; i < a->n; i++)
    if (a->keys[i] != b->keys[i])
      return false;
  return true;
}

static bool
same_chord(const CsChordSpan *one, const CsChordSpan *other)
{
  const CsChord *a = &one->chord, *b = &other->chord;
  if (one->key.tonic_pc != other->key.tonic_pc || a->root != b->root ||
      a->n_tones != b->n_tones || a->is_dominant != b->is_dominant)
    return false;
  for (int i = 0; i < a->n_tones; i++)
    if (a->tones[i] != b->tones[i])
      return false;
  return true;
}

static const Memo *
recall(const Memo *memos, int n, const Memo *wanted)
{
  for (int i = 0; i < n; i++)
    if (same_chord(memos[i].span, wanted->span) &&
        memos[i].before.top_leap == wanted->before.top_leap &&
        same_keys(&memos[i].before.voicing, &wanted->before.voicing) &&
        same_keys(&memos[i].beside, &wanted->beside))
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

/// Every section sets out from the cue's first voicing, so that what comes
/// again comes in the same place (T35) and no section hangs on others.
static bool
begins_section(const CsComposer *c, size_t chord)
{
  const int bar = c->chords[chord].bar;
  return cs_section_of_bar(c->timeline, bar)->first_bar == bar &&
         c->chords[chord - 1].bar != bar;
}

/// The cue's first voicing; after a change of key moved along with it, where
/// that keeps to the range, so that everything lies as it lay.
static CsVoicing
first_voicing(const CsComposer *c, const CsLeading *how, size_t chord,
    const CsVoicing *first)
{
  const int shift = cs_key_shift(c, c->chords[chord].start_tick);
  CsVoicing v     = *first;
  for (int i = 0; i < v.n; i++) {
    v.keys[i] += shift;
    if (v.keys[i] < how->keys.low || v.keys[i] > how->keys.high)
      return *first;
  }
  return v;
}

CsStatus
cs_lead_voices(CsComposer *c, const CsLeading *how, CsVoicing **voicings)
{
  Memo *memos   = CS_NEW_N(c->arena, Memo, MAX_MEMOS);
  CsVoicing *v  = CS_NEW_N(c->arena, CsVoicing, c->n_chords);
  int n_memos   = 0;
  Stance stance = {.top_leap = 0};
  CS_TRY_NEW(memos);
  CS_TRY_NEW(v);
  for (size_t i = 0; i < c->n_chords; i++) {
    if (i > 0 && begins_section(c, i))
      stance = (Stance){.voicing = first_voicing(c, how, i, &v[0])};
    Memo step = {.before = stance, .span = &c->chords[i]};
    if (how->beside != NULL)
      step.beside = how->beside[i];
    const Memo *known = recall(memos, n_memos, &step);
    v[i]              = step.voicing =
        known != NULL ? known->voicing : find_voicing(c, how, i, &stance);
    if (known == NULL && n_memos < MAX_MEMOS)
      memos[n_memos++] = step;
    stance = stand_on(&stance, &v[i]);
  }
  *voicings = v;
  return CS_OK;
}
