#include "gen/render/copies.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_CHANNELS = 2, SESSION_KINDS = 8 };

/// Of notes recorded in one go: 1 ms of work, for others may wait for it.
static const double session_s = 8.0;

/// A recording of one note.
typedef struct Kind {
  uint8_t key, velocity;
  int64_t n_held_frames;
  int64_t first_frame, last_frame; ///< Onsets of its first and last use.
  size_t n_uses;                   ///< Copies still to come and being played.
  size_t n_channels;               ///< Of its recording.
  int64_t n_frames;                ///< The same: at most this many.
  bool is_recorded;
  CsRecording own;
  CsRecording *kept; ///< By the store; NULL where it is the track's own.
} Kind;

/// A note on its way to a kind.
typedef struct Candidate {
  uint8_t key, velocity;
  int64_t n_held_frames;
  int64_t frame;
  size_t note;
  float gain;
} Candidate;

typedef struct Copy {
  int64_t frame;
  uint32_t kind;
  float gain;
} Copy;

struct CsCopies {
  CsCopySource source;
  uint32_t preset; ///< Of the store; 0 without one.
  CsSynth *synths[CS_TAKES];
  Kind *kinds;
  size_t n_kinds;
  Candidate *candidates; ///< By kind; NULL once the copies are placed.
  size_t n_candidates;
  Copy *copies; ///< By frame.
  size_t n_copies, next;
  const Copy **playing;
  size_t n_playing;
  Kind **recorded; ///< Those that are, by their first use.
  size_t n_recorded, next_recorded;
};

// ---- Which notes are one ----------------------------------------------------

/// By key and length: what is not alone there may have company.
static int
by_length(const void *a, const void *b)
{
  const Candidate *x = a, *y = b;
  if (x->key != y->key)
    return (int)x->key - (int)y->key;
  return x->n_held_frames < y->n_held_frames   ? -1
         : x->n_held_frames > y->n_held_frames ? 1
                                               : 0;
}

static int
compare_kinds(const Candidate *x, const Candidate *y)
{
  const int order = by_length(x, y);
  return order != 0 ? order : (int)x->velocity - (int)y->velocity;
}

static int
by_kind(const void *a, const void *b)
{
  const Candidate *x = a, *y = b;
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
      c->candidates[c->n_candidates++] = (Candidate){note->key, note->velocity,
          note->off_frame - note->on_frame, note->on_frame, i, 1.0F};
  }
}

/// Velocities of a key.
typedef bool Velocities[CS_N_VELOCITIES];

/// Those of notes that are not alone with their key and length: others are
/// played live whatever they sound like.
static void
find_company(CsCopies *c, Velocities *of_keys)
{
  const Candidate *all = c->candidates;
  const size_t n       = c->n_candidates;
  qsort(c->candidates, n, sizeof *all, by_length);
  for (size_t i = 0; i < n; i++) {
    const bool has_before = i > 0 && by_length(&all[i - 1], &all[i]) == 0;
    const bool has_after  = i + 1 < n && by_length(&all[i + 1], &all[i]) == 0;
    if (has_before || has_after)
      of_keys[all[i].key][all[i].velocity] = true;
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

static bool
find_all_layers(CsCopies *c, CsKeyLayers *keys)
{
  Velocities *of_keys = calloc(CS_N_VELOCITIES, sizeof *of_keys);
  CsProber *prober    = cs_prober_new(c->synths[0]);
  bool is_well        = of_keys != NULL && prober != NULL;
  if (is_well)
    find_company(c, of_keys);
  for (int key = 0; is_well && key < CS_N_VELOCITIES; key++)
    is_well = find_layers_of(c, prober, key, of_keys[key], &keys[key]);
  for (size_t i = 0; is_well && i < c->n_candidates; i++) {
    Candidate *note = &c->candidates[i];
    const CsLayer l = keys[note->key].layers[note->velocity];
    if (of_keys[note->key][note->velocity]) {
      note->velocity = l.velocity;
      note->gain     = l.gain;
    }
  }
  cs_prober_free(prober);
  free(of_keys);
  return is_well;
}

/// How much of a note from its onset on is heard; 0 of what begins too late.
static int64_t
n_heard_frames(const CsCopies *c, int64_t onset)
{
  const int64_t n = c->source.end_frame - onset;
  return n > 0 ? n : 0;
}

/// A kind with its first use.
static Kind
new_kind(const CsCopies *c, const Candidate *from)
{
  const CsNoteFacts facts =
      cs_synth_facts(c->synths[0], from->key, from->velocity);
  const int64_t n_whole = from->n_held_frames + facts.n_tail_frames;
  const int64_t n_heard = n_heard_frames(c, from->frame);
  return (Kind){
      .key           = from->key,
      .velocity      = from->velocity,
      .n_held_frames = from->n_held_frames,
      .first_frame   = from->frame,
      .n_channels    = facts.is_panned ? 1 : N_CHANNELS,
      .n_frames      = n_whole < n_heard ? n_whole : n_heard,
  };
}

/// One kind per run of equal candidates, which are in order of their onsets.
static void
gather_kinds(CsCopies *c)
{
  for (size_t i = 0; i < c->n_candidates; i++) {
    const Candidate *from = &c->candidates[i];
    if (i == 0 || compare_kinds(from - 1, from) != 0)
      c->kinds[c->n_kinds++] = new_kind(c, from);
    c->kinds[c->n_kinds - 1].last_frame = from->frame;
    c->kinds[c->n_kinds - 1].n_uses++;
  }
}

static bool
sort_out(CsCopies *c, const CsPlayedNote *const *notes, size_t n_notes,
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

CsCopies *
cs_copies_new(const CsCopySource *source, const CsPlayedNote *const *notes,
    size_t n_notes, const bool *is_live)
{
  CsCopies *c = calloc(1, sizeof *c);
  if (c == NULL)
    return NULL;
  c->source    = *source;
  bool is_well = true;
  for (size_t i = 0; i < CS_TAKES; i++) {
    c->synths[i] =
        cs_synth_new(source->patch, source->preset.pan, source->sample_rate);
    is_well &= c->synths[i] != NULL;
  }
  if (source->store != NULL && source->font != NULL)
    c->preset = cs_note_store_preset(source->store,
        &(CsPresetName){source->font, source->sample_rate, source->preset});
  c->kinds      = calloc(n_notes + 1, sizeof *c->kinds);
  c->candidates = calloc(n_notes + 1, sizeof *c->candidates);
  c->copies     = calloc(n_notes + 1, sizeof *c->copies);
  c->playing    = calloc(n_notes + 1, sizeof *c->playing);
  c->recorded   = calloc(n_notes + 1, sizeof *c->recorded);
  if (c->kinds == NULL || c->candidates == NULL || c->copies == NULL ||
      c->playing == NULL || c->recorded == NULL || !is_well ||
      !sort_out(c, notes, n_notes, is_live)) {
    cs_copies_free(c);
    return NULL;
  }
  return c;
}

// ---- Which of them are recorded ---------------------------------------------

/// A kind that would like to be recorded.
typedef struct Choice {
  Kind *kind;
  size_t place; ///< Among all, for an order that is always the same.
  size_t n_bytes;
  int64_t end_frame;
} Choice;

/// How much memory is taken in each stretch of time.
typedef struct Plan {
  int64_t first, stretch, lead; ///< Frames.
  size_t most, taken[1024];
} Plan;

enum { N_STRETCHES = sizeof(((Plan *)0)->taken) / sizeof(size_t) };

static Choice
choice_of(Kind *kind, size_t place)
{
  return (Choice){kind, place,
      (size_t)kind->n_frames * kind->n_channels * sizeof(float),
      kind->last_frame + kind->n_frames};
}

/// A note that is recorded saves as many renderings as it has copies, less one.
static int
by_worth(const void *a, const void *b)
{
  const Choice *x = a, *y = b;
  if (x->kind->n_uses != y->kind->n_uses)
    return x->kind->n_uses > y->kind->n_uses ? -1 : 1;
  return x->place < y->place ? -1 : x->place > y->place;
}

static size_t
stretch_of(const Plan *plan, int64_t frame)
{
  const int64_t i = (frame - plan->first) / plan->stretch;
  return i < N_STRETCHES ? (size_t)i : N_STRETCHES - 1;
}

static bool
take_memory(Plan *plan, const Choice *choice)
{
  const size_t from = stretch_of(plan, choice->kind->first_frame - plan->lead);
  const size_t to   = stretch_of(plan, choice->end_frame);
  for (size_t i = from; i <= to; i++)
    if (plan->taken[i] + choice->n_bytes > plan->most)
      return false;
  for (size_t i = from; i <= to; i++)
    plan->taken[i] += choice->n_bytes;
  return true;
}

static Plan
plan_over(const Choice *choices, size_t n, size_t n_bytes, int64_t lead)
{
  Plan plan   = {.first = INT64_MAX, .most = n_bytes, .lead = lead};
  int64_t end = INT64_MIN;
  for (size_t i = 0; i < n; i++) {
    const int64_t first = choices[i].kind->first_frame - lead;
    plan.first          = first < plan.first ? first : plan.first;
    end = choices[i].end_frame > end ? choices[i].end_frame : end;
  }
  plan.stretch = n > 0 ? (end - plan.first) / N_STRETCHES + 1 : 1;
  return plan;
}

static void
choose(Choice *choices, size_t n, size_t n_bytes, int sample_rate)
{
  const int64_t lead = (int64_t)(CS_COPIES_LEAD_S * sample_rate);
  Plan plan          = plan_over(choices, n, n_bytes, lead);
  qsort(choices, n, sizeof *choices, by_worth);
  for (size_t i = 0; i < n; i++) {
    // A note that sounds once is played where it stands.
    Kind *kind        = choices[i].kind;
    kind->is_recorded = kind->n_uses > 1 && take_memory(&plan, &choices[i]);
  }
}

bool
cs_copies_choose(CsCopies *const *copies, size_t n_copies, size_t n_bytes)
{
  size_t n_kinds = 0, n = 0;
  int sample_rate = 0;
  for (size_t i = 0; i < n_copies; i++)
    n_kinds += copies[i] != NULL ? copies[i]->n_kinds : 0;
  Choice *choices = calloc(n_kinds + 1, sizeof *choices);
  if (choices == NULL)
    return false;
  for (size_t i = 0; i < n_copies; i++) {
    if (copies[i] == NULL)
      continue;
    sample_rate = copies[i]->source.sample_rate;
    for (size_t k = 0; k < copies[i]->n_kinds; k++, n++)
      choices[n] = choice_of(&copies[i]->kinds[k], n);
  }
  choose(choices, n, n_bytes, sample_rate);
  free(choices);
  return true;
}

static int
by_frame(const void *a, const void *b)
{
  const Copy *x = a, *y = b;
  if (x->frame != y->frame)
    return x->frame < y->frame ? -1 : 1;
  return x->kind < y->kind ? -1 : x->kind > y->kind;
}

static int
by_first_use(const void *a, const void *b)
{
  const Kind *x = *(Kind *const *)a, *y = *(Kind *const *)b;
  if (x->first_frame != y->first_frame)
    return x->first_frame < y->first_frame ? -1 : 1;
  return x < y ? -1 : x > y;
}

static void
list_recorded(CsCopies *c)
{
  for (size_t i = 0; i < c->n_kinds; i++)
    if (c->kinds[i].is_recorded)
      c->recorded[c->n_recorded++] = &c->kinds[i];
  qsort(c->recorded, c->n_recorded, sizeof *c->recorded, by_first_use);
}

void
cs_copies_place(CsCopies *c, bool *is_live)
{
  size_t kind = 0;
  for (size_t i = 0; i < c->n_candidates; i++) {
    const Candidate *from = &c->candidates[i];
    if (i > 0 && compare_kinds(from - 1, from) != 0)
      kind++;
    is_live[from->note] = !c->kinds[kind].is_recorded;
    if (!is_live[from->note])
      c->copies[c->n_copies++] =
          (Copy){from->frame, (uint32_t)kind, from->gain};
  }
  qsort(c->copies, c->n_copies, sizeof *c->copies, by_frame);
  list_recorded(c);
  free(c->candidates);
  c->candidates   = NULL;
  c->n_candidates = 0;
}

// ---- Recording --------------------------------------------------------------

static CsNoteName
name_of(const CsCopies *c, const Kind *kind)
{
  return (CsNoteName){
      c->preset, kind->key, kind->velocity, kind->n_held_frames};
}

static bool
is_there(const Kind *kind)
{
  return kind->kept != NULL || kind->own.channels[0] != NULL;
}

/// Kinds that are recorded in one go: two side by side, so that few of them are
/// the last, which plays alone.
typedef struct Session {
  Kind *kinds[SESSION_KINDS];
  CsNoteWish wishes[SESSION_KINDS];
  size_t n;
  int64_t n_frames; ///< At most, of all.
} Session;

/// Record what a session has gathered and offer it to the store.
static CsStatus
record(CsCopies *c, const Session *session)
{
  CS_TRY(cs_record_notes(c->synths, session->wishes, session->n));
  for (size_t i = 0; i < session->n; i++) {
    Kind *kind            = session->kinds[i];
    const CsNoteName name = name_of(c, kind);
    if (c->preset != 0 && kind->own.is_whole)
      kind->kept = cs_note_store_keep(c->source.store, &name, kind->own);
    if (kind->kept != NULL)
      kind->own = (CsRecording){0};
  }
  return CS_OK;
}

/// Get a kind from the store, or take it up into a session.
static CsStatus
gather(CsCopies *c, Session *session, Kind *kind)
{
  const CsNoteName name = name_of(c, kind);
  if (c->preset != 0)
    kind->kept = cs_note_store_find(c->source.store, &name);
  if (kind->kept != NULL)
    return CS_OK;
  session->kinds[session->n]    = kind;
  session->wishes[session->n++] = (CsNoteWish){kind->key, kind->velocity,
      kind->n_held_frames, n_heard_frames(c, kind->first_frame), &kind->own};
  session->n_frames += kind->n_frames;
  return CS_OK;
}

/// The next that is not there and needed before `until`, or NULL.
static Kind *
next_missing(CsCopies *c, int64_t until)
{
  for (; c->next_recorded < c->n_recorded; c->next_recorded++) {
    Kind *kind = c->recorded[c->next_recorded];
    if (kind->first_frame >= until)
      return NULL;
    if (kind->n_uses > 0 && !is_there(kind))
      return kind;
  }
  return NULL;
}

int64_t
cs_copies_next_onset(CsCopies *c)
{
  const Kind *kind = next_missing(c, INT64_MAX);
  return kind != NULL ? kind->first_frame : INT64_MAX;
}

/// Record some of what is needed within the lead of a frame.
static CsStatus
record_some(CsCopies *c, int64_t frame)
{
  const double lead   = CS_COPIES_LEAD_S * c->source.sample_rate;
  const int64_t until = frame + (int64_t)lead;
  const double n_most = session_s * c->source.sample_rate;
  Session session     = {.n = 0};
  while (session.n < SESSION_KINDS && (double)session.n_frames < n_most) {
    Kind *kind = next_missing(c, until);
    if (kind == NULL)
      break;
    c->next_recorded++;
    CS_TRY(gather(c, &session, kind));
  }
  return record(c, &session);
}

void
cs_copies_record_ahead(CsCopies *c, int64_t frame)
{
  const CsStatus status = record_some(c, frame);
  (void)status; // who needs it tries again, and says so
}

static void
let_go(CsCopies *c, Kind *kind)
{
  if (kind->kept != NULL)
    cs_note_store_let_go(c->source.store, kind->kept);
  cs_recording_clear(&kind->own);
  kind->kept = NULL;
}

// ---- Playing ----------------------------------------------------------------

static inline void
add_samples(float *restrict out, const float *restrict in, float gain, size_t n)
{
  for (size_t i = 0; i < n; i++)
    out[i] += gain * in[i];
}

/// The loop that everything waits for, in chunks of fixed length, which
/// compilers turn into vectors; both channels while a chunk is at hand.
static void
add_scaled(float *const out[N_CHANNELS], const float *const in[N_CHANNELS],
    const float gains[N_CHANNELS], size_t n)
{
  enum { CHUNK = 64 };
  size_t i = 0;
  for (; i + CHUNK <= n; i += CHUNK)
    for (size_t ch = 0; ch < N_CHANNELS; ch++)
      add_samples(out[ch] + i, in[ch] + i, gains[ch], CHUNK);
  for (size_t ch = 0; ch < N_CHANNELS; ch++)
    add_samples(out[ch] + i, in[ch] + i, gains[ch], n - i);
}

/// @return Does it go on after the block?
static bool
add_copy(const CsCopies *c, const Copy *copy, int64_t start, size_t n_frames,
    float *const channels[N_CHANNELS])
{
  const Kind *kind     = &c->kinds[copy->kind];
  const CsRecording *r = kind->kept != NULL ? kind->kept : &kind->own;
  const int64_t end    = start + (int64_t)n_frames;
  const int64_t last   = copy->frame + (int64_t)r->n_frames;
  const int64_t from   = copy->frame > start ? copy->frame : start;
  const int64_t to     = last < end ? last : end;
  const bool is_one    = r->channels[1] == NULL;
  float *out[N_CHANNELS];
  const float *in[N_CHANNELS];
  float gains[N_CHANNELS];
  for (size_t ch = 0; ch < N_CHANNELS; ch++) {
    out[ch]   = channels[ch] + (from - start);
    in[ch]    = r->channels[is_one ? 0 : ch] + (from - copy->frame);
    gains[ch] = copy->gain * (is_one ? r->gains[ch] : 1.0F);
  }
  if (to > from)
    add_scaled(out, in, gains, (size_t)(to - from));
  return last > end;
}

static void
end_copy(CsCopies *c, const Copy *copy)
{
  Kind *kind = &c->kinds[copy->kind];
  if (--kind->n_uses == 0)
    let_go(c, kind);
}

/// What could not be recorded ahead, for want of memory.
static CsStatus
record_late(CsCopies *c, Kind *kind)
{
  Session session = {.n = 0};
  CS_TRY(gather(c, &session, kind));
  return record(c, &session);
}

/// Start the copies that begin before `end`.
static CsStatus
begin_copies(CsCopies *c, int64_t end)
{
  while (next_missing(c, end) != NULL)
    CS_TRY(record_some(c, end));
  for (; c->next < c->n_copies && c->copies[c->next].frame < end; c->next++) {
    const Copy *copy = &c->copies[c->next];
    Kind *kind       = &c->kinds[copy->kind];
    if (!is_there(kind))
      CS_TRY(record_late(c, kind));
    c->playing[c->n_playing++] = copy;
  }
  return CS_OK;
}

CsStatus
cs_copies_add(CsCopies *c, int64_t start, size_t n_frames,
    float *const channels[N_CHANNELS], bool *is_silent)
{
  CS_TRY(begin_copies(c, start + (int64_t)n_frames));
  for (size_t ch = 0; ch < N_CHANNELS && c->n_playing > 0 && *is_silent; ch++)
    memset(channels[ch], 0, n_frames * sizeof *channels[ch]);
  *is_silent &= c->n_playing == 0;
  size_t n_left = 0;
  for (size_t i = 0; i < c->n_playing; i++) {
    const Copy *copy = c->playing[i];
    if (add_copy(c, copy, start, n_frames, channels))
      c->playing[n_left++] = copy;
    else
      end_copy(c, copy);
  }
  c->n_playing = n_left;
  return CS_OK;
}

void
cs_copies_free(CsCopies *c)
{
  if (c == NULL)
    return;
  for (size_t i = 0; i < c->n_kinds; i++)
    let_go(c, &c->kinds[i]);
  for (size_t i = 0; i < CS_TAKES; i++)
    cs_synth_free(c->synths[i]);
  free(c->kinds);
  free(c->candidates);
  free(c->copies);
  free(c->playing);
  free(c->recorded);
  free(c);
}
