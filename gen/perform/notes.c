#include "gen/perform/performer.h"

#include <math.h>
#include <stdlib.h>

/// Silence between two strokes of one key (RULEBOOK 7.4).
static const double repetition_gap_s = 0.025;

/// Lengths come in classes: so far apart, and never farther than in seconds.
/// What was struck or plucked dies away by itself, and its end is no event.
typedef struct Classes {
  double step, most_s;
} Classes;

/// A key that is struck again ends by the finer ones (RULEBOOK 7.4).
static const Classes held_classes = {1.03, 1e9}, struck_classes = {1.12, 0.12};
static const double shortest_class_s = 0.02;

int64_t
cs_grid_frame(double frame)
{
  return (int64_t)floor(frame / CS_GRID_FRAMES + 0.5) * CS_GRID_FRAMES;
}

static const Classes *
classes_of(const CsPlayer *player)
{
  return player->is_held ? &held_classes : &struck_classes;
}

/// Up to this length classes are a ratio apart, from there on a stretch of
/// time.
static double
even_from_s(const Classes *c)
{
  return c->most_s / (c->step - 1.0);
}

/// Index, with its fraction, of a length.
static double
class_index(const Classes *c, double length_s)
{
  const double bend = even_from_s(c);
  const double low  = length_s < bend ? length_s : bend;
  return log(low / shortest_class_s) / log(c->step) +
         (length_s - low) / c->most_s;
}

/// The length of a class; the first ones are neighbours on the grid.
static int64_t
class_length(const CsPerformer *p, const Classes *c, double index)
{
  const double bend = even_from_s(c), at_bend = class_index(c, bend);
  const double s  = index < at_bend ? shortest_class_s * pow(c->step, index)
                                    : bend + (index - at_bend) * c->most_s;
  const int64_t n = cs_grid_frame(s * p->rate);
  return n > CS_GRID_FRAMES ? n : CS_GRID_FRAMES;
}

int64_t
cs_length_class(const CsPerformer *p, const CsPlayer *player, double n_frames)
{
  const Classes *c   = classes_of(player);
  const double index = class_index(c, fmax(n_frames, 1.0) / p->rate);
  return class_length(p, c, round(index));
}

/// The class below a length of what must end in time: of the finer ones.
static int64_t
class_length_below(const CsPerformer *p, double n_frames)
{
  const Classes *c = &held_classes;
  double index     = floor(class_index(c, fmax(n_frames, 1.0) / p->rate));
  while (class_length(p, c, index) > (int64_t)n_frames && index > -200.0)
    index -= 1.0;
  return class_length(p, c, index);
}

CsStatus
cs_add_played_note(CsArena *arena, CsPlayedNotes *notes, CsPlayedNote note)
{
  void *items = notes->items;
  CS_TRY(cs_arena_grow(
      arena, &items, &notes->capacity, notes->n + 1, sizeof *notes->items));
  notes->items             = items;
  notes->items[notes->n++] = note;
  return CS_OK;
}

// ---- Silences and the end ---------------------------------------------------

/// A note that would begin in a silence comes after it when it was only early,
/// else not at all. @return false to drop it.
static bool
clip_to_silence(const CsPerformer *p, const CsSpan *span, CsPlayedNote *note)
{
  const int64_t start = cs_grid_frame(span->start_s * p->rate);
  const int64_t end   = cs_grid_frame(span->end_s * p->rate);
  const int64_t early = cs_grid_frame(0.15 * p->rate);
  if (note->on_frame < start) {
    if (note->off_frame > start)
      note->off_frame = start;
    return true;
  }
  if (note->on_frame >= end)
    return true;
  const bool is_early = end - note->on_frame <= early;
  note->on_frame      = end;
  return is_early && note->off_frame > end;
}

static bool
clip_to_silences(const CsPerformer *p, CsPlayedNote *note)
{
  for (size_t i = 0; i < p->plan->n_silences; i++) {
    if (!clip_to_silence(p, &p->plan->silences[i], note))
      return false;
  }
  return true;
}

/// When the last notes are let go, so that they die away within the file: after
/// two thirds of the ring-out, but not before the last chord was heard.
static int64_t
last_release(const CsPerformer *p)
{
  const CsPlan *plan   = p->plan;
  const double least_s = 1.25, short_cue_s = 4.0;
  const bool rings =
      plan->ending == CS_ENDING_RING || plan->ending == CS_ENDING_BUTTON;
  if (!rings)
    return INT64_MAX;
  if (plan->duration_s < short_cue_s)
    return p->n_frames / CS_GRID_FRAMES * CS_GRID_FRAMES;
  const double r = plan->ring_out_s;
  const double s =
      plan->duration_s - r + fmax(0.68 * r, fmin(least_s, 0.9 * r));
  return cs_grid_frame(s * p->rate);
}

static bool
clip_to_end(const CsPerformer *p, int64_t release, CsPlayedNote *note)
{
  if (p->plan->ending == CS_ENDING_LOOP)
    return true;
  if (note->on_frame < 0)
    note->on_frame = 0;
  if (note->on_frame >= p->n_frames)
    return false;
  if (note->off_frame > release)
    note->off_frame = release;
  if (note->off_frame <= note->on_frame)
    note->off_frame = note->on_frame + CS_GRID_FRAMES;
  return true;
}

void
cs_clip_notes(const CsPerformer *p, CsPlayedNotes *notes)
{
  const int64_t release = last_release(p);
  size_t n              = 0;
  for (size_t i = 0; i < notes->n; i++) {
    CsPlayedNote note = notes->items[i];
    if (clip_to_silences(p, &note) && clip_to_end(p, release, &note))
      notes->items[n++] = note;
  }
  notes->n = n;
}

// ---- Loops ------------------------------------------------------------------

/// A note a whole number of loops away, if that is within what is rendered.
static CsStatus
add_copy(const CsPerformer *p, CsPlayedNotes *notes, CsPlayedNote note,
    int64_t shift)
{
  const int64_t first = -p->n_preroll_frames;
  note.on_frame       = cs_grid_frame((double)(note.on_frame + shift));
  note.off_frame      = cs_grid_frame((double)(note.off_frame + shift));
  if (note.off_frame <= first || note.on_frame >= p->n_frames)
    return CS_OK;
  note.on_frame = note.on_frame < first ? first : note.on_frame;
  return cs_add_played_note(p->arena, notes, note);
}

/// Where the pre-roll must begin: a note that still sounds, or whose
/// reverberation does, at frame 0 has to be played from its own start. Cut
/// short, a beating pad would come to the join in another phase than it leaves
/// the end.
static int64_t
preroll_begin(const CsPerformer *p, const CsPlayedNotes *notes)
{
  const double settle_s = 6.0, longest_s = 60.0;
  const int64_t settle = -(int64_t)(settle_s * p->rate);
  const int64_t least  = -cs_grid_frame(longest_s * p->rate);
  const int64_t n_back = -least / p->n_frames + 1;
  int64_t begin        = -p->n_preroll_frames;
  for (size_t i = 0; i < notes->n; i++) {
    for (int64_t k = -n_back; k <= 0; k++) {
      const int64_t shift = k * p->n_frames;
      const int64_t on    = notes->items[i].on_frame + shift;
      if (on < begin && on >= least &&
          notes->items[i].off_frame + shift > settle)
        begin = on;
    }
  }
  return begin;
}

CsStatus
cs_wrap_notes(CsPerformer *p, CsPlayedNotes *notes)
{
  if (p->n_preroll_frames == 0)
    return CS_OK;
  p->n_preroll_frames =
      cs_grid_frame((double)-preroll_begin(p, notes)) + CS_GRID_FRAMES;
  CsPlayedNotes all    = {0};
  const int64_t n_back = p->n_preroll_frames / p->n_frames + 1;
  for (size_t i = 0; i < notes->n; i++) {
    // Forward by one: an onset before frame 0 is also before the loop's end.
    for (int64_t k = -n_back; k <= 1; k++)
      CS_TRY(add_copy(p, &all, notes->items[i], k * p->n_frames));
  }
  *notes = all;
  return CS_OK;
}

// ---- Order ------------------------------------------------------------------

/// Of two strokes of one key at once the harder one first, then the longer.
static int
by_time(const void *a, const void *b)
{
  const CsPlayedNote *x = a, *y = b;
  if (x->on_frame != y->on_frame)
    return x->on_frame < y->on_frame ? -1 : 1;
  if (x->track != y->track)
    return (int)x->track - (int)y->track;
  if (x->key != y->key)
    return (int)x->key - (int)y->key;
  if (x->velocity != y->velocity)
    return (int)y->velocity - (int)x->velocity;
  return x->off_frame < y->off_frame ? 1 : x->off_frame > y->off_frame ? -1 : 0;
}

/// End a note in time for the next one of its key.
static void
make_way(const CsPerformer *p, const CsPlayer *player, CsPlayedNote *note,
    const CsPlayedNote *next)
{
  const double room = (double)(next->on_frame - note->on_frame);
  const double gap =
      fmin(player->is_kit ? 0.0 : repetition_gap_s * p->rate, 0.4 * room);
  if ((double)note->off_frame > (double)next->on_frame - gap)
    note->off_frame = note->on_frame + class_length_below(p, room - gap);
}

CsStatus
cs_part_notes(
    const CsPerformer *p, const CsPlayer *players, CsPlayedNotes *notes)
{
  enum { N_KEYS = 128 };
  CsPlayedNote **last_of_key =
      CS_NEW_N(p->arena, CsPlayedNote *, p->plan->n_tracks * N_KEYS);
  CS_TRY_NEW(last_of_key);
  if (notes->n > 0)
    qsort(notes->items, notes->n, sizeof *notes->items, by_time);
  size_t n = 0;
  for (size_t i = 0; i < notes->n; i++) {
    const CsPlayedNote next = notes->items[i];
    CsPlayedNote **last     = &last_of_key[next.track * N_KEYS + next.key];
    if (*last != NULL && (*last)->on_frame == next.on_frame)
      continue; // One key cannot be struck twice at once.
    if (*last != NULL)
      make_way(p, &players[next.track], *last, &next);
    notes->items[n] = next;
    *last           = &notes->items[n++];
  }
  notes->n = n;
  return CS_OK;
}
