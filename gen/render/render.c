#include "gen/render/render.h"

#include "gen/base/mathx.h"
#include "gen/render/chokes.h"
#include "gen/render/copies.h"
#include "gen/render/fluid.h"
#include "gen/render/live.h"
#include "gen/render/pool.h"
#include "soundfonts/sf2_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *const cs_render_way_names[CS_N_RENDER_WAYS] = {
    [CS_RENDER_FAST]      = "fast",
    [CS_RENDER_REFERENCE] = "reference",
};

enum { N_CHANNELS = 2, BLOCK_SAMPLES = CS_BLOCK_FRAMES * N_CHANNELS };

/// Every font parses the file once more (some 15 MB and 20 ms for a font of
/// 150 MB), so more threads than this share fonts.
enum { MAX_LANES = 8 };

/// What recordings of notes may take in memory, of all tracks together.
enum { MOST_COPY_BYTES = 80 << 20 };

/// Some 10 ms: short beside a note, long beside a wave.
enum { JOIN_FRAMES = 512 };

_Static_assert(CS_BLOCK_FRAMES % CS_GRID_FRAMES == 0, "blocks lie on the grid");

/// A track's part of a block.
typedef struct Slot {
  bool is_silent;
  float samples[BLOCK_SAMPLES];
} Slot;

typedef struct Track {
  const CsPlayedTrack *played;
  CsTrackSound sound;
  size_t lane;
  const CsPlayedNote **notes; ///< Its own.
  size_t n_notes;
  CsLive *live;         ///< NULL where nothing is played live.
  CsCopies *copies;     ///< NULL where nothing is copied.
  double n_note_frames; ///< Sum of lengths: how much work it is.
  Slot *slots;          ///< CS_POOL_AHEAD of them.
  size_t next_gain;     ///< First gain point after the last mixed frame.
} Track;

struct CsRenderer {
  const CsPerformance *performance;
  CsRenderWay way;
  CsSf2 *facts;        ///< Of the font; NULL where they are not needed.
  size_t n_copy_bytes; ///< Left for recordings.
  size_t n_tracks;
  Track *tracks;
  size_t n_lanes;
  CsFluidFont *fonts[MAX_LANES];
  CsPool *pool;
  int64_t step;             ///< Block that the next read gives.
  float *joins[CS_N_STEMS]; ///< Of a loop: the last frames before frame 0.
  float *stems[CS_N_STEMS];
};

// ---- Notes ------------------------------------------------------------------

static CsStatus
share_notes_out(CsRenderer *r)
{
  const CsPerformance *p = r->performance;
  for (size_t i = 0; i < p->n_notes; i++)
    r->tracks[p->notes[i].track].n_notes++;
  for (size_t i = 0; i < r->n_tracks; i++) {
    Track *t = &r->tracks[i];
    t->notes = calloc(t->n_notes + 1, sizeof *t->notes);
    if (t->notes == NULL)
      return CS_ERR_MEMORY;
    t->n_notes = 0;
  }
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *n  = &p->notes[i];
    Track *t               = &r->tracks[n->track];
    t->notes[t->n_notes++] = n;
    t->n_note_frames += (double)(n->off_frame - n->on_frame);
  }
  return CS_OK;
}

// ---- Playing one track (in any thread) --------------------------------------

static int64_t
block_start(const CsRenderer *r, int64_t step)
{
  return step * CS_BLOCK_FRAMES - r->performance->n_preroll_frames;
}

static bool
play_block(Track *t, Slot *slot, int64_t start)
{
  slot->is_silent = true;
  if (t->live != NULL && !cs_live_play(t->live, start, CS_BLOCK_FRAMES,
                             slot->samples, &slot->is_silent))
    return false;
  return t->copies == NULL || cs_copies_add(t->copies, start, CS_BLOCK_FRAMES,
                                  slot->samples, &slot->is_silent);
}

static Slot *
slot_at(const Track *t, int64_t step)
{
  return &t->slots[step % CS_POOL_AHEAD];
}

/// A lane holds the tracks that share a font.
static bool
play_lane(void *user, size_t lane, int64_t step)
{
  CsRenderer *r = user;
  for (size_t i = 0; i < r->n_tracks; i++) {
    Track *t = &r->tracks[i];
    if (t->n_notes == 0 || t->lane != lane)
      continue;
    if (!play_block(t, slot_at(t, step), block_start(r, step)))
      return false;
  }
  return true;
}

// ---- Mixing tracks into stems (in the reader's thread) ----------------------

static double
gain_between(const CsGainPoint *from, const CsGainPoint *to, int64_t frame)
{
  const double share =
      (double)(frame - from->frame) / (double)(to->frame - from->frame);
  return cs_lerp(from->gain_db, to->gain_db, share);
}

/// The gain at a frame that is not before the one asked last.
static double
gain_db_at(Track *t, int64_t frame)
{
  const CsPlayedTrack *p = t->played;
  while (t->next_gain < p->n_gains && p->gains[t->next_gain].frame <= frame)
    t->next_gain++;
  const double level_db = p->track->level_db + t->sound.gain_db;
  if (p->n_gains == 0)
    return level_db;
  if (t->next_gain == 0)
    return level_db + p->gains[0].gain_db;
  const CsGainPoint *last = &p->gains[t->next_gain - 1];
  if (t->next_gain == p->n_gains)
    return level_db + last->gain_db;
  return level_db + gain_between(last, last + 1, frame);
}

/// Even steps from one gain to the other, so that a curve makes no clicks.
static void
mix_step(float *stem, const float *in, double from, double to)
{
  const double slope = (to - from) / CS_GRID_FRAMES;
  for (size_t i = 0; i < CS_GRID_FRAMES; i++) {
    const float gain = (float)(from + slope * (double)i);
    stem[2 * i] += in[2 * i] * gain;
    stem[2 * i + 1] += in[2 * i + 1] * gain;
  }
}

static void
mix_track(Track *t, float *stem, const Slot *slot, int64_t start)
{
  double from = cs_gain_from_db(gain_db_at(t, start));
  for (size_t at = 0; at < CS_BLOCK_FRAMES; at += CS_GRID_FRAMES) {
    const int64_t next = start + (int64_t)at + CS_GRID_FRAMES;
    const double to    = cs_gain_from_db(gain_db_at(t, next));
    mix_step(stem + at * N_CHANNELS, slot->samples + at * N_CHANNELS, from, to);
    from = to;
  }
}

static void
mix_stems(CsRenderer *r)
{
  for (size_t s = 0; s < CS_N_STEMS; s++) {
    if (r->stems[s] != NULL)
      memset(r->stems[s], 0, BLOCK_SAMPLES * sizeof(float));
  }
  for (size_t i = 0; i < r->n_tracks; i++) {
    Track *t = &r->tracks[i];
    if (t->n_notes == 0 || slot_at(t, r->step)->is_silent)
      continue;
    mix_track(t, r->stems[t->played->track->stem], slot_at(t, r->step),
        block_start(r, r->step));
  }
}

// ---- The join of a loop -----------------------------------------------------

// The file's end must lead to its start. What was rendered before frame 0 is
// the loop's end and does so sample by sample, so the end fades over to it. The
// two differ where the loop is no multiple of the grid: the copies of its notes
// are then up to half a grid step off.

static bool
has_join(const CsPerformance *p)
{
  return p->n_preroll_frames >= JOIN_FRAMES && p->n_frames >= JOIN_FRAMES;
}

/// Place of a frame in the join, when the join ends at `end`.
static bool
is_in_join(int64_t frame, int64_t end, size_t *place)
{
  *place = (size_t)(frame - (end - JOIN_FRAMES));
  return frame >= end - JOIN_FRAMES && frame < end;
}

static void
join_stem(float *stem, float *join, int64_t start, int64_t n_frames)
{
  for (int64_t i = 0; i < CS_BLOCK_FRAMES; i++) {
    float *frame = stem + i * N_CHANNELS;
    size_t place = 0;
    if (is_in_join(start + i, 0, &place))
      memcpy(join + place * N_CHANNELS, frame, N_CHANNELS * sizeof *frame);
    if (!is_in_join(start + i, n_frames, &place))
      continue;
    const float share = (float)(place + 1) / JOIN_FRAMES;
    for (size_t c = 0; c < N_CHANNELS; c++)
      frame[c] += share * (join[place * N_CHANNELS + c] - frame[c]);
  }
}

static void
join_stems(CsRenderer *r)
{
  const CsPerformance *p = r->performance;
  const int64_t start    = block_start(r, r->step);
  const int64_t end      = start + CS_BLOCK_FRAMES;
  const bool is_near     = (start < 0 && end > -JOIN_FRAMES) ||
                       (start < p->n_frames && end > p->n_frames - JOIN_FRAMES);
  if (!has_join(p) || !is_near)
    return;
  for (size_t s = 0; s < CS_N_STEMS; s++) {
    if (r->stems[s] != NULL)
      join_stem(r->stems[s], r->joins[s], start, p->n_frames);
  }
}

// ---- Setting up -------------------------------------------------------------

/// Give the longest track to the lane with the least work, then the next: any
/// share gives the same sound, so only the time depends on it.
static void
share_out(CsRenderer *r)
{
  double work[MAX_LANES] = {0};
  for (size_t i = 0; i < r->n_tracks; i++)
    r->tracks[i].lane = MAX_LANES;
  for (;;) {
    Track *longest = NULL;
    for (size_t i = 0; i < r->n_tracks; i++) {
      Track *t = &r->tracks[i];
      if (t->lane == MAX_LANES && t->n_notes > 0 &&
          (longest == NULL || t->n_note_frames > longest->n_note_frames))
        longest = t;
    }
    if (longest == NULL)
      return;
    size_t lane = 0;
    for (size_t i = 1; i < r->n_lanes; i++) {
      if (work[i] < work[lane])
        lane = i;
    }
    work[lane] += longest->n_note_frames;
    longest->lane = lane;
  }
}

static size_t
count_lanes(const CsRenderer *r, int n_threads)
{
  size_t n = 0;
  for (size_t i = 0; i < r->n_tracks; i++)
    n += r->tracks[i].n_notes > 0 ? 1 : 0;
  n = n < (size_t)n_threads ? n : (size_t)n_threads;
  return n < MAX_LANES ? n : MAX_LANES;
}

static CsStatus
open_fonts(CsArena *arena, CsRenderer *r, const char *path)
{
  for (size_t i = 0; i < r->n_lanes; i++) {
    const CsStatus status =
        cs_fluid_font_open(path, r->performance->sample_rate, &r->fonts[i]);
    if (status == CS_ERR_REQUEST)
      return cs_fail(arena, status,
          "soundfont %s is damaged: FluidSynth cannot load it; copy or "
          "download it again",
          path);
    if (status != CS_OK)
      return cs_fail(arena, status, "not enough memory for the soundfont");
  }
  return CS_OK;
}

static CsFluidVoice *
new_voice(const CsRenderer *r, const Track *t)
{
  const CsFluidPreset preset = {
      t->sound.bank, t->sound.program, t->played->track->pan};
  return cs_fluid_voice_new(
      r->fonts[t->lane], r->performance->sample_rate, &preset);
}

/// Sort out which notes are copied. Those that may end each other are not.
static CsStatus
open_copies(CsRenderer *r, Track *t, bool *is_live)
{
  bool chokes[CS_N_KEYS];
  cs_find_chokes(r->facts, t->sound.bank, t->sound.program, chokes);
  for (size_t i = 0; i < t->n_notes; i++)
    is_live[i] = chokes[t->notes[i]->key];
  CsFluidVoice *prober = new_voice(r, t);
  CsFluidVoice *voice  = new_voice(r, t);
  if (prober != NULL && voice != NULL)
    t->copies = cs_copies_new(prober, voice, r->performance->sample_rate,
        t->notes, t->n_notes, is_live, &r->n_copy_bytes);
  cs_fluid_voice_free(prober);
  if (t->copies == NULL)
    cs_fluid_voice_free(voice);
  return t->copies == NULL ? CS_ERR_MEMORY : CS_OK;
}

/// Hand the notes that are played live to a synthesizer.
static CsStatus
open_live(CsRenderer *r, Track *t, const bool *is_live)
{
  const CsPlayedNote **notes = calloc(t->n_notes + 1, sizeof *notes);
  size_t n                   = 0;
  if (notes == NULL)
    return CS_ERR_MEMORY;
  for (size_t i = 0; i < t->n_notes; i++)
    if (is_live[i])
      notes[n++] = t->notes[i];
  CsFluidVoice *voice = n > 0 ? new_voice(r, t) : NULL;
  if (voice != NULL)
    t->live = cs_live_new(voice, notes, n);
  free(notes);

  return n > 0 && t->live == NULL ? CS_ERR_MEMORY : CS_OK;
}

static CsStatus
open_track(CsRenderer *r, Track *t)
{
  if (t->n_notes == 0)
    return CS_OK;
  bool *is_live   = calloc(t->n_notes, sizeof *is_live);
  t->slots        = calloc(CS_POOL_AHEAD, sizeof *t->slots);
  CsStatus status = t->slots != NULL && is_live != NULL ? CS_OK : CS_ERR_MEMORY;
  if (status == CS_OK && r->way == CS_RENDER_REFERENCE)
    memset(is_live, true, t->n_notes * sizeof *is_live);
  else if (status == CS_OK)
    status = open_copies(r, t, is_live);
  if (status == CS_OK)
    status = open_live(r, t, is_live);
  free(is_live);
  return status;
}

static CsStatus
open_stems(CsRenderer *r)
{
  for (size_t i = 0; i < r->n_tracks; i++) {
    float **stem = &r->stems[r->tracks[i].played->track->stem];
    if (*stem == NULL)
      *stem = calloc(BLOCK_SAMPLES, sizeof **stem);
    if (*stem == NULL)
      return CS_ERR_MEMORY;
  }
  for (size_t s = 0; s < CS_N_STEMS && has_join(r->performance); s++) {
    r->joins[s] = calloc(JOIN_FRAMES * N_CHANNELS, sizeof *r->joins[s]);
    if (r->joins[s] == NULL)
      return CS_ERR_MEMORY;
  }
  return CS_OK;
}

static CsStatus
open_all(CsArena *arena, CsRenderer *r, const CsTrackSound *sounds,
    const char *soundfont, int n_threads)
{
  const CsPerformance *p = r->performance;
  r->tracks              = calloc(p->n_tracks + 1, sizeof *r->tracks);
  if (r->tracks == NULL)
    return CS_ERR_MEMORY;
  r->n_tracks = p->n_tracks;
  for (size_t i = 0; i < r->n_tracks; i++) {
    const CsTrack *track = p->tracks[i].track;
    r->tracks[i].played  = &p->tracks[i];
    r->tracks[i].sound   = sounds != NULL
                               ? sounds[i]
                               : (CsTrackSound){track->bank, track->program, 0.0};
  }
  CS_TRY(share_notes_out(r));
  r->n_lanes = count_lanes(r, n_threads);
  share_out(r);
  CS_TRY(open_fonts(arena, r, soundfont));
  for (size_t i = 0; i < r->n_tracks; i++)
    CS_TRY(open_track(r, &r->tracks[i]));
  CS_TRY(open_stems(r));
  r->pool = cs_pool_new(play_lane, r, r->n_lanes, n_threads);
  return r->pool == NULL ? CS_ERR_MEMORY : CS_OK;
}

CsStatus
cs_renderer_new(CsArena *arena, const CsPerformance *performance,
    const CsTrackSound *sounds, const char *soundfont, CsRenderWay way,
    int n_threads, CsRenderer **renderer)
{
  assert(performance->n_preroll_frames % CS_GRID_FRAMES == 0);
  CS_TRY(cs_sf2_check(arena, soundfont));
  CsRenderer *r = calloc(1, sizeof *r);
  if (r == NULL)
    return cs_fail(arena, CS_ERR_MEMORY, "out of memory");
  r->performance  = performance;
  r->way          = way;
  r->n_copy_bytes = MOST_COPY_BYTES;
  // A font whose tables cannot be read plays all the same, without copies of
  // what might be choked.
  CsArena *facts = cs_arena_new(NULL);
  if (way == CS_RENDER_FAST && facts != NULL &&
      cs_sf2_open(facts, soundfont, &r->facts) != CS_OK)
    r->facts = NULL;
  const CsStatus status = open_all(arena, r, sounds, soundfont, n_threads);
  cs_sf2_close(r->facts);
  r->facts = NULL;
  cs_arena_free(facts);
  if (status != CS_OK) {
    cs_renderer_free(r);
    return status == CS_ERR_MEMORY
               ? cs_fail(arena, status, "out of memory for the synthesizers")
               : status;
  }
  *renderer = r;
  return CS_OK;
}

CsStatus
cs_renderer_read(CsArena *arena, CsRenderer *renderer, CsStemBlock *block)
{
  if (!cs_pool_await(renderer->pool))
    return cs_fail(
        arena, CS_ERR_WORK, "FluidSynth failed while it was rendering");
  mix_stems(renderer);
  join_stems(renderer);
  renderer->step++;
  cs_pool_consume(renderer->pool);
  *block = (CsStemBlock){.n_frames = CS_BLOCK_FRAMES};
  memcpy(block->stems, renderer->stems, sizeof block->stems);
  return CS_OK;
}

void
cs_renderer_free(CsRenderer *renderer)
{
  if (renderer == NULL)
    return;
  cs_pool_free(renderer->pool);
  for (size_t i = 0; i < renderer->n_tracks; i++) {
    cs_live_free(renderer->tracks[i].live);
    cs_copies_free(renderer->tracks[i].copies);
    free(renderer->tracks[i].slots);
    free(renderer->tracks[i].notes);
  }
  for (size_t i = 0; i < renderer->n_lanes; i++)
    cs_fluid_font_free(renderer->fonts[i]);
  for (size_t s = 0; s < CS_N_STEMS; s++) {
    free(renderer->stems[s]);
    free(renderer->joins[s]);
  }
  free(renderer->tracks);
  free(renderer);
}
