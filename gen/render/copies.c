#include "gen/render/copying.h"

#include "gen/base/wide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_CHANNELS = 2, SESSION_FAMILIES = 8 };

/// Of what is recorded in one go: 1 ms of work, for others may wait for it.
static const double session_s = 8.0;

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
  c->families   = calloc(n_notes + 1, sizeof *c->families);
  c->candidates = calloc(n_notes + 1, sizeof *c->candidates);
  c->copies     = calloc(n_notes + 1, sizeof *c->copies);
  c->playing    = calloc(n_notes + 1, sizeof *c->playing);
  c->recorded   = calloc(n_notes + 1, sizeof *c->recorded);
  c->ends       = calloc(n_notes + 1, sizeof *c->ends);
  if (c->kinds == NULL || c->families == NULL || c->candidates == NULL ||
      c->copies == NULL || c->playing == NULL || c->recorded == NULL ||
      c->ends == NULL || !is_well ||
      !cs_find_kinds(c, notes, n_notes, is_live)) {
    cs_copies_free(c);
    return NULL;
  }
  return c;
}

// ---- Places -----------------------------------------------------------------

static int
by_frame(const void *a, const void *b)
{
  const CsCopy *x = a, *y = b;
  if (x->frame != y->frame)
    return x->frame < y->frame ? -1 : 1;
  return x->kind < y->kind ? -1 : x->kind > y->kind;
}

static int
by_first_use(const void *a, const void *b)
{
  const CsKindFamily *x = *(CsKindFamily *const *)a;
  const CsKindFamily *y = *(CsKindFamily *const *)b;
  if (x->first_frame != y->first_frame)
    return x->first_frame < y->first_frame ? -1 : 1;
  return x < y ? -1 : x > y;
}

static void
list_recorded(CsCopies *c)
{
  for (size_t i = 0; i < c->n_families; i++)
    if (c->families[i].is_recorded)
      c->recorded[c->n_recorded++] = &c->families[i];
  qsort(c->recorded, c->n_recorded, sizeof *c->recorded, by_first_use);
}

void
cs_copies_place(CsCopies *c, bool *is_live)
{
  size_t kind = 0;
  for (size_t i = 0; i < c->n_candidates; i++) {
    const CsCandidate *from = &c->candidates[i];
    if (i > 0 && !cs_are_one_kind(from - 1, from))
      kind++;
    is_live[from->note] = !c->kinds[kind].is_recorded;
    if (!is_live[from->note])
      c->copies[c->n_copies++] =
          (CsCopy){from->frame, (uint32_t)kind, from->gain};
  }
  qsort(c->copies, c->n_copies, sizeof *c->copies, by_frame);
  list_recorded(c);
  free(c->candidates);
  c->candidates   = NULL;
  c->n_candidates = 0;
}

// ---- Sounds -----------------------------------------------------------------

static const CsRecording *
recording_of(const CsKeptSound *sound)
{
  return sound->kept != NULL ? sound->kept : &sound->own;
}

static bool
is_there(const CsKeptSound *sound)
{
  return recording_of(sound)->channels[0] != NULL;
}

static CsNoteName
name_of_start(const CsCopies *c, const CsKindFamily *f)
{
  return (CsNoteName){.preset = c->preset,
      .key                    = f->key,
      .velocity               = f->velocity,
      .n_held_frames          = CS_START_OF_NOTES};
}

static CsNoteName
name_of_tail(const CsCopies *c, const CsKind *kind)
{
  CsNoteName name    = name_of_start(c, &c->families[kind->family]);
  name.tail_velocity = kind->tail_velocity;
  name.n_held_frames = kind->n_held_frames;
  return name;
}

static void
let_go(const CsCopies *c, CsKeptSound *sound)
{
  if (sound->kept != NULL)
    cs_note_store_let_go(c->source.store, sound->kept);
  cs_recording_clear(&sound->own);
  sound->kept = NULL;
}

static void
find(const CsCopies *c, const CsNoteName *name, CsKeptSound *sound)
{
  if (c->preset != 0 && !is_there(sound))
    sound->kept = cs_note_store_find(c->source.store, name);
}

static void
offer(const CsCopies *c, const CsNoteName *name, CsKeptSound *sound)
{
  if (c->preset == 0 || sound->kept != NULL || !is_there(sound))
    return;
  sound->kept = cs_note_store_keep(c->source.store, name, sound->own);
  if (sound->kept != NULL)
    sound->own = (CsRecording){0};
}

// ---- Recording --------------------------------------------------------------

/// Families that are recorded in one go: two takes side by side, so that little
/// of it is the last, which plays alone.
typedef struct Session {
  CsKindFamily *families[SESSION_FAMILIES];
  CsNoteWish wishes[SESSION_FAMILIES];
  CsRecording again[SESSION_FAMILIES]; ///< Starts that were there, for tails.
  size_t n, n_ends;
  int64_t n_frames; ///< At most, of all.
} Session;

/// A start that was found may be another job's, whose notes are shorter.
static void
find_start(const CsCopies *c, CsKindFamily *f)
{
  const CsNoteName name = name_of_start(c, f);
  find(c, &name, &f->start);
  const CsRecording *r = recording_of(&f->start);
  if (f->start.kept != NULL && !r->is_whole &&
      (int64_t)r->n_frames < f->n_start_frames)
    let_go(c, &f->start);
}

/// Is a kind let go while it sounds?
static bool
has_tail(const CsKindFamily *f, const CsKind *kind)
{
  const CsRecording *start = recording_of(&f->start);
  const bool is_over       = is_there(&f->start) && start->is_whole &&
                       (int64_t)start->n_frames <= kind->n_held_frames;
  return kind->n_tail_frames > 0 && !is_over;
}

/// What of a family's tails is neither there nor in the store.
///
/// @param n_frames  Receives how long they are at most, together.
static size_t
gather_ends(
    CsCopies *c, const CsKindFamily *f, CsNoteEnd *ends, int64_t *n_frames)
{
  size_t n  = 0;
  *n_frames = 0;
  for (size_t i = f->first_kind; i < f->first_kind + f->n_kinds; i++) {
    CsKind *kind          = &c->kinds[i];
    const CsNoteName name = name_of_tail(c, kind);
    if (!kind->is_recorded || kind->n_uses == 0 || !has_tail(f, kind))
      continue;
    find(c, &name, &kind->tail);
    if (is_there(&kind->tail))
      continue;
    *n_frames += kind->n_tail_frames;
    ends[n++] = (CsNoteEnd){kind->tail_velocity, kind->n_held_frames,
        cs_n_heard_frames(c, kind->first_frame) - kind->n_held_frames,
        &kind->tail.own};
  }
  return n;
}

/// Get a family from the store, or take it up into a session.
static void
gather(CsCopies *c, Session *session, CsKindFamily *f)
{
  find_start(c, f);
  CsNoteEnd *ends      = c->ends + session->n_ends;
  int64_t n_frames     = 0;
  const size_t n_ends  = gather_ends(c, f, ends, &n_frames);
  const bool has_start = is_there(&f->start);
  const size_t i       = session->n;
  if (has_start && n_ends == 0)
    return;
  // For tails alone it is held no longer than the last of them.
  session->families[i] = f;
  session->wishes[i]   = (CsNoteWish){f->key, f->velocity,
      has_start ? ends[n_ends - 1].n_held_frames : f->n_start_frames,
      has_start ? &session->again[i] : &f->start.own, ends, n_ends};
  session->n_frames += session->wishes[i].n_start_frames + n_frames;
  session->n_ends += n_ends;
  session->n++;
}

/// Record what a session has gathered and offer it to the store.
static CsStatus
record(CsCopies *c, Session *session)
{
  CS_TRY(cs_record_notes(
      c->synths, session->wishes, session->n, c->source.chunks));
  for (size_t i = 0; i < session->n; i++) {
    CsKindFamily *f        = session->families[i];
    const CsNoteName start = name_of_start(c, f);
    cs_recording_clear(&session->again[i]);
    offer(c, &start, &f->start);
    for (size_t k = f->first_kind; k < f->first_kind + f->n_kinds; k++) {
      CsKind *kind         = &c->kinds[k];
      const CsNoteName end = name_of_tail(c, kind);
      if (kind->tail.own.is_whole)
        offer(c, &end, &kind->tail);
    }
  }
  return CS_OK;
}

/// The next that is not there and needed before `until`, or NULL.
static CsKindFamily *
next_missing(CsCopies *c, int64_t until)
{
  for (; c->next_recorded < c->n_recorded; c->next_recorded++) {
    CsKindFamily *f = c->recorded[c->next_recorded];
    if (f->first_frame >= until)
      return NULL;
    if (f->n_uses > 0 && !is_there(&f->start))
      return f;
  }
  return NULL;
}

int64_t
cs_copies_next_onset(CsCopies *c)
{
  const CsKindFamily *f = next_missing(c, INT64_MAX);
  return f != NULL ? f->first_frame : INT64_MAX;
}

/// Record some of what is needed within the lead of a frame.
static CsStatus
record_some(CsCopies *c, int64_t frame)
{
  const double lead   = CS_COPIES_LEAD_S * c->source.sample_rate;
  const int64_t until = frame + (int64_t)lead;
  const double n_most = session_s * c->source.sample_rate;
  Session session     = {.n = 0};
  while (session.n < SESSION_FAMILIES && (double)session.n_frames < n_most) {
    CsKindFamily *f = next_missing(c, until);
    if (f == NULL)
      break;
    c->next_recorded++;
    gather(c, &session, f);
  }
  return record(c, &session);
}

void
cs_copies_record_ahead(CsCopies *c, int64_t frame)
{
  const CsStatus status = record_some(c, frame);
  (void)status; // who needs it tries again, and says so
}

// ---- Playing ----------------------------------------------------------------

enum {
  CHUNK = 64,
  LINE  = 16,        ///< Floats that memory gives at once.
  AHEAD = 8 * CHUNK, ///< So far does memory take to be there.
};

CS_SAME_LOOP void
add_samples(float *restrict out, const float *restrict in, float gain, size_t n)
{
  for (size_t i = 0; i < n; i++)
    out[i] += gain * in[i];
}

/// The loop that everything waits for, in chunks of fixed length, which
/// compilers turn into vectors; both channels while a chunk is at hand. What
/// comes later is asked for early, as rows are too short for processors to
/// guess it.
CS_SAME_LOOP void
add_rows(float *const out[N_CHANNELS], const float *const in[N_CHANNELS],
    const float gains[N_CHANNELS], size_t n)
{
  size_t i = 0;
  for (; i + CHUNK <= n; i += CHUNK)
    for (size_t ch = 0; ch < N_CHANNELS; ch++) {
      const size_t next = i + AHEAD + CHUNK <= n ? i + AHEAD : i;
      for (size_t k = 0; k < CHUNK; k += LINE)
        __builtin_prefetch(in[ch] + next + k);
      add_samples(out[ch] + i, in[ch] + i, gains[ch], CHUNK);
    }
  for (size_t ch = 0; ch < N_CHANNELS; ch++)
    add_samples(out[ch] + i, in[ch] + i, gains[ch], n - i);
}

CS_WIDE static void
add_rows_wide(float *const out[N_CHANNELS], const float *const in[N_CHANNELS],
    const float gains[N_CHANNELS], size_t n)
{
  add_rows(out, in, gains, n);
}

static void
add_scaled(float *const out[N_CHANNELS], const float *const in[N_CHANNELS],
    const float gains[N_CHANNELS], size_t n)
{
  if (cs_can_go_wide())
    add_rows_wide(out, in, gains, n);
  else
    add_rows(out, in, gains, n);
}

/// The frames of a recording that lie in a block.
///
/// @param place   Of its first frame.
/// @param n_most  No more of it.
/// @return The frame after its last.
static int64_t
add_part(const CsRecording *r, int64_t place, int64_t n_most, float gain,
    int64_t start, size_t n_frames, float *const channels[N_CHANNELS])
{
  const int64_t n =
      (int64_t)r->n_frames < n_most ? (int64_t)r->n_frames : n_most;
  const int64_t end  = start + (int64_t)n_frames;
  const int64_t last = place + n;
  const int64_t from = place > start ? place : start;
  const int64_t to   = last < end ? last : end;
  const bool is_one  = r->channels[1] == NULL;
  for (int64_t at = from; at < to;) {
    float *out[N_CHANNELS];
    const float *in[N_CHANNELS];
    float gains[N_CHANNELS];
    size_t n_row = (size_t)(to - at);
    for (size_t ch = 0; ch < N_CHANNELS; ch++) {
      out[ch] = channels[ch] + (at - start);
      in[ch] =
          cs_recording_row(r, is_one ? 0 : ch, (size_t)(at - place), &n_row);
      gains[ch] = gain * (is_one ? r->gains[ch] : 1.0F);
    }
    add_scaled(out, in, gains, n_row);
    at += (int64_t)n_row;
  }
  return last;
}

/// @return Does it go on after the block?
static bool
add_copy(const CsCopies *c, const CsCopy *copy, int64_t start, size_t n_frames,
    float *const channels[N_CHANNELS])
{
  const CsKind *kind      = &c->kinds[copy->kind];
  const CsRecording *held = recording_of(&c->families[kind->family].start);
  const CsRecording *tail = recording_of(&kind->tail);
  const int64_t off       = copy->frame + kind->n_held_frames;
  int64_t last = add_part(held, copy->frame, kind->n_held_frames, copy->gain,
      start, n_frames, channels);
  if (tail->n_frames > 0)
    last = add_part(tail, off, (int64_t)tail->n_frames, copy->gain, start,
        n_frames, channels);
  return last > start + (int64_t)n_frames;
}

static void
end_copy(CsCopies *c, const CsCopy *copy)
{
  CsKind *kind    = &c->kinds[copy->kind];
  CsKindFamily *f = &c->families[kind->family];
  if (--kind->n_uses == 0)
    let_go(c, &kind->tail);
  if (--f->n_uses == 0)
    let_go(c, &f->start);
}

/// What could not be recorded ahead, for want of memory.
static CsStatus
record_late(CsCopies *c, CsKindFamily *f)
{
  Session session = {.n = 0};
  gather(c, &session, f);
  return record(c, &session);
}

/// Start the copies that begin before `end`.
static CsStatus
begin_copies(CsCopies *c, int64_t end)
{
  while (next_missing(c, end) != NULL)
    CS_TRY(record_some(c, end));
  for (; c->next < c->n_copies && c->copies[c->next].frame < end; c->next++) {
    const CsCopy *copy = &c->copies[c->next];
    CsKindFamily *f    = &c->families[c->kinds[copy->kind].family];
    if (!is_there(&f->start))
      CS_TRY(record_late(c, f));
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
    const CsCopy *copy = c->playing[i];
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
    let_go(c, &c->kinds[i].tail);
  for (size_t i = 0; i < c->n_families; i++)
    let_go(c, &c->families[i].start);
  for (size_t i = 0; i < CS_TAKES; i++)
    cs_synth_free(c->synths[i]);
  free(c->kinds);
  free(c->families);
  free(c->candidates);
  free(c->copies);
  free(c->playing);
  free(c->recorded);
  free(c->ends);
  free(c);
}
