#include "gen/render/render.h"

#include "gen/base/mathx.h"
#include "gen/base/wide.h"
#include "gen/render/copies.h"
#include "gen/render/live.h"
#include "gen/base/pool.h"
#include "soundfonts/sf2_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *const cs_render_way_names[CS_N_RENDER_WAYS] = {
    [CS_RENDER_FAST]      = "fast",
    [CS_RENDER_REFERENCE] = "reference",
};

enum { N_CHANNELS = 2, BLOCK_SAMPLES = CS_BLOCK_FRAMES * N_CHANNELS };

enum {
  MAX_LANES = 8,
  /// More lanes than threads, so that a thread that is done finds other work.
  LANES_PER_THREAD = 2,
};

/// What recordings of notes may take in memory at once, of all tracks together:
/// a whole process stays under 250 MiB for a short cue, under 512 for any.
enum {
  SHORT_COPY_BYTES = 200 << 20,
  LONG_COPY_BYTES  = 320 << 20,
  SHORT_S          = 240
};

/// Some 10 ms: short beside a note, long beside a wave.
enum { JOIN_FRAMES = 512 };

_Static_assert(CS_BLOCK_FRAMES % CS_GRID_FRAMES == 0, "blocks lie on the grid");
_Static_assert(
    CS_GRID_FRAMES % CS_SYNTH_STEP_FRAMES == 0, "notes begin with a step");

/// A track's part of a block.
typedef struct Slot {
  bool is_silent;
  float left[CS_BLOCK_FRAMES], right[CS_BLOCK_FRAMES];
} Slot;

/// Tracks that are worked on one after the other.
typedef struct Lane {
  CsArena *sounds;     ///< What its patches are in; NULL by FluidSynth.
  CsFluidSource fluid; ///< Its counts are not atomic: a font to each lane.
  CsStatus failure;    ///< Why it stopped.
} Lane;

typedef struct Track {
  const CsPlayedTrack *played;
  CsTrackSound sound;
  size_t lane;
  const CsPlayedNote **notes; ///< Its own.
  size_t n_notes;
  const CsPatch *patch; ///< In the lane's arena; NULL by FluidSynth.
  CsLive *live;         ///< NULL where nothing is played live.
  CsCopies *copies;     ///< NULL where nothing is copied.
  bool *is_live;        ///< For each note; while setting up.
  double n_note_frames; ///< Sum of lengths: how much work it is.
  Slot *slots;          ///< CS_POOL_AHEAD of them.
  size_t next_gain;     ///< First gain point after the last mixed frame.
} Track;

struct CsRenderer {
  const CsPerformance *performance;
  CsRenderWish wish;
  size_t n_tracks;
  Track *tracks;
  size_t n_lanes;
  Lane lanes[MAX_LANES];
  CsChunks *own_chunks; ///< NULL where others' are used.
  CsPool *pool;
  int64_t step;             ///< Block that the next read gives.
  float *joins[CS_N_STEMS]; ///< Of a loop: the last frames before frame 0.
  float *stems[CS_N_STEMS];
  bool is_clear[CS_N_STEMS]; ///< A stem is all zeros.
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

static CsStatus
play_block(Track *t, Slot *slot, int64_t start)
{
  float *const channels[] = {slot->left, slot->right};
  slot->is_silent         = true;
  // Our own voices fail for want of memory alone.
  if (t->live != NULL && !cs_live_play(t->live, start, CS_BLOCK_FRAMES,
                             slot->left, slot->right, &slot->is_silent))
    return t->patch != NULL ? CS_ERR_MEMORY : CS_ERR_WORK;
  return t->copies != NULL ? cs_copies_add(t->copies, start, CS_BLOCK_FRAMES,
                                 channels, &slot->is_silent)
                           : CS_OK;
}

static Slot *
slot_at(const Track *t, int64_t step)
{
  return &t->slots[step % CS_POOL_AHEAD];
}

static bool
play_lane(void *user, size_t lane, int64_t step)
{
  CsRenderer *r = user;
  for (size_t i = 0; i < r->n_tracks; i++) {
    Track *t = &r->tracks[i];
    if (t->n_notes == 0 || t->lane != lane)
      continue;
    r->lanes[lane].failure =
        play_block(t, slot_at(t, step), block_start(r, step));
    if (r->lanes[lane].failure != CS_OK)
      return false;
  }
  return true;
}

/// Record a note of those that a lane will need within the lead.
static bool
record_ahead(void *user, size_t lane, int64_t step)
{
  const CsRenderer *r = user;
  const double lead   = CS_COPIES_LEAD_S * r->performance->sample_rate;
  const int64_t until = block_start(r, step) + (int64_t)lead;
  CsCopies *first     = NULL;
  int64_t onset       = until;
  for (size_t i = 0; i < r->n_tracks; i++) {
    const Track *t = &r->tracks[i];
    if (t->n_notes == 0 || t->lane != lane || t->copies == NULL)
      continue;
    const int64_t next = cs_copies_next_onset(t->copies);
    if (next < onset) {
      onset = next;
      first = t->copies;
    }
  }
  if (first != NULL)
    cs_copies_record_ahead(first, block_start(r, step));
  return first != NULL;
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
CS_SAME_LOOP void
mix_step(float *stem, const float *left, const float *right, double from,
    double to, bool is_first)
{
  const float slope = (float)((to - from) / CS_GRID_FRAMES);
  CsEight gain      = (CsEight){0, 1, 2, 3, 4, 5, 6, 7} * slope + (float)from;
  for (size_t i = 0; i < CS_GRID_FRAMES; i += 8, gain += 8.0F * slope) {
    const CsEight l = *cs_eight(left + i) * gain;
    const CsEight r = *cs_eight(right + i) * gain;
    CsEight *to_a = cs_eight(stem + 2 * i), *to_b = cs_eight(stem + 2 * i + 8);
    const CsEight a = __builtin_shufflevector(l, r, 0, 8, 1, 9, 2, 10, 3, 11);
    const CsEight b = __builtin_shufflevector(l, r, 4, 12, 5, 13, 6, 14, 7, 15);
    if (is_first) {
      *to_a = a;
      *to_b = b;
    } else {
      *to_a += a;
      *to_b += b;
    }
  }
}

/// A track's gain on its way. Between two gain points it moves evenly in dB, so
/// that from step to step it is multiplied by the same.
typedef struct Gliding {
  double db, gain;
  double ratio;     ///< 0 until it is known.
  size_t next_gain; ///< Of the track: where it moves.
} Gliding;

static void
glide(Track *t, int64_t frame, Gliding *g)
{
  const double db    = gain_db_at(t, frame);
  const double from  = g->gain;
  const bool goes_on = t->next_gain == g->next_gain;
  if (db < g->db || db > g->db) {
    g->gain = goes_on && g->ratio > 0.0 ? from * g->ratio : cs_gain_from_db(db);
    g->ratio = goes_on && from > 0.0 ? g->gain / from : 0.0;
  }
  g->db        = db;
  g->next_gain = t->next_gain;
}

/// @param is_first  Nothing is there: the stem is written, not added to.
CS_SAME_LOOP void
run_track(Track *t, float *stem, const Slot *slot, int64_t start, bool is_first)
{
  const double start_db = gain_db_at(t, start);
  Gliding g = {start_db, cs_gain_from_db(start_db), 0.0, t->next_gain};
  for (size_t at = 0; at < CS_BLOCK_FRAMES; at += CS_GRID_FRAMES) {
    const double from = g.gain;
    glide(t, start + (int64_t)at + CS_GRID_FRAMES, &g);
    mix_step(stem + at * N_CHANNELS, slot->left + at, slot->right + at, from,
        g.gain, is_first);
  }
}

CS_WIDE static void
run_track_wide(
    Track *t, float *stem, const Slot *slot, int64_t start, bool is_first)
{
  if (is_first)
    run_track(t, stem, slot, start, true);
  else
    run_track(t, stem, slot, start, false);
}

static void
mix_track(Track *t, float *stem, const Slot *slot, int64_t start, bool is_first)
{
  if (cs_can_go_wide())
    run_track_wide(t, stem, slot, start, is_first);
  else
    run_track(t, stem, slot, start, is_first);
}

static void
mix_stems(CsRenderer *r)
{
  bool sounds[CS_N_STEMS] = {false};
  for (size_t i = 0; i < r->n_tracks; i++) {
    Track *t       = &r->tracks[i];
    const size_t s = t->played->track->stem;
    if (t->n_notes == 0 || slot_at(t, r->step)->is_silent)
      continue;
    mix_track(t, r->stems[s], slot_at(t, r->step), block_start(r, r->step),
        !sounds[s]);
    sounds[s] = true;
  }
  for (size_t s = 0; s < CS_N_STEMS; s++) {
    if (r->stems[s] != NULL && !sounds[s] && !r->is_clear[s])
      memset(r->stems[s], 0, BLOCK_SAMPLES * sizeof(float));
    r->is_clear[s] = !sounds[s];
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
    r->is_clear[s] = false;
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
  const size_t most = LANES_PER_THREAD * (size_t)n_threads;
  n                 = n < most ? n : most;
  return n < MAX_LANES ? n : MAX_LANES;
}

static CsPresetChoice
preset_of(const Track *t)
{
  return (CsPresetChoice){
      t->sound.bank, t->sound.program, t->played->track->pan};
}

/// Sort out which notes are copied. Those that may end each other are not.
static bool
sort_out_copies(CsRenderer *r, Track *t)
{
  const CsCopySource source = {
      .patch       = t->patch,
      .preset      = preset_of(t),
      .sample_rate = r->performance->sample_rate,
      .end_frame   = r->performance->n_frames + r->performance->sample_rate,
      .store       = r->wish.store,
      .chunks      = r->wish.chunks,
      .font        = r->wish.font_sha256,
  };
  t->copies = cs_copies_new(&source, t->notes, t->n_notes, t->is_live);
  return t->copies != NULL;
}

/// Read what a track plays.
static CsStatus
read_patch(CsArena *sounds, CsSf2 *font, Track *t)
{
  bool keys[CS_N_KEYS_PLAYED] = {false}, chokes[CS_N_KEYS_PLAYED];
  for (size_t i = 0; i < t->n_notes; i++)
    keys[t->notes[i]->key] = true;
  CS_TRY(cs_patch_read(
      sounds, font, t->sound.bank, t->sound.program, keys, &t->patch));
  cs_patch_chokes(t->patch, chokes);
  for (size_t i = 0; i < t->n_notes; i++)
    t->is_live[i] = chokes[t->notes[i]->key];
  return CS_OK;
}

static CsStatus
prepare_tracks(CsRenderer *r, size_t lane, CsSf2 *font)
{
  for (size_t i = 0; i < r->n_tracks; i++) {
    Track *t = &r->tracks[i];
    if (t->n_notes == 0 || t->lane != lane)
      continue;
    CS_TRY(read_patch(r->lanes[lane].sounds, font, t));
    if (!sort_out_copies(r, t))
      return CS_ERR_MEMORY;
  }
  return CS_OK;
}

/// How many keys a lane plays, each velocity apart: so much is there to find
/// out about them.
static size_t
count_keys(const CsRenderer *r, size_t lane)
{
  size_t n = 0;
  for (size_t i = 0; i < r->n_tracks; i++) {
    const Track *t = &r->tracks[i];
    if (t->lane != lane)
      continue;
    bool is_there[CS_N_KEYS_PLAYED][CS_N_VELOCITIES] = {{false}};
    for (size_t k = 0; k < t->n_notes; k++) {
      bool *there = &is_there[t->notes[k]->key][t->notes[k]->velocity];
      n += *there ? 0 : 1;
      *there = true;
    }
  }
  return n;
}

/// The lane with most to find out comes first, for the others are done while it
/// is.
static void
order_lanes(const CsRenderer *r, size_t order[MAX_LANES])
{
  size_t n_keys[MAX_LANES];
  for (size_t i = 0; i < r->n_lanes; i++) {
    const size_t n = count_keys(r, i);
    size_t at      = i;
    for (; at > 0 && n_keys[at - 1] < n; at--) {
      n_keys[at] = n_keys[at - 1];
      order[at]  = order[at - 1];
    }
    n_keys[at] = n;
    order[at]  = i;
  }
}

/// What the lanes do before they play.
typedef struct Preparation {
  CsRenderer *r;
  size_t order[MAX_LANES];
} Preparation;

/// The only step of a lane before those that play.
static bool
prepare_lane(void *user, size_t place, int64_t step)
{
  const Preparation *p = user;
  CsRenderer *r        = p->r;
  const size_t index   = p->order[place];
  Lane *lane           = &r->lanes[index];
  CsSf2 *font          = NULL;
  if (step != 0)
    return true;
  lane->sounds  = cs_arena_new(NULL);
  lane->failure = lane->sounds != NULL ? CS_OK : CS_ERR_MEMORY;
  if (lane->failure == CS_OK)
    lane->failure = cs_sf2_open(lane->sounds, r->wish.soundfont, &font);
  if (lane->failure == CS_OK)
    lane->failure = prepare_tracks(r, index, font);
  cs_sf2_close(font);
  return lane->failure == CS_OK;
}

/// Pass on why a lane failed.
static CsStatus
say_failure_of_lanes(CsArena *arena, const CsRenderer *r)
{
  for (size_t i = 0; i < r->n_lanes; i++) {
    const Lane *lane = &r->lanes[i];
    if (lane->failure != CS_OK)
      return cs_fail(arena, lane->failure, "%s",
          lane->sounds != NULL && *cs_arena_error(lane->sounds) != '\0'
              ? cs_arena_error(lane->sounds)
              : "out of memory for the sounds");
  }
  return cs_fail(arena, CS_ERR_MEMORY, "out of memory for the sounds");
}

static CsStatus
prepare_lanes(CsArena *arena, CsRenderer *r)
{
  Preparation p         = {.r = r};
  const CsPoolWork work = {.step = prepare_lane, .user = &p};
  order_lanes(r, p.order);
  CsPool *pool       = cs_pool_new(&work, r->n_lanes, r->wish.n_threads);
  const bool is_well = pool != NULL && cs_pool_await(pool);
  cs_pool_free(pool);
  return is_well ? CS_OK : say_failure_of_lanes(arena, r);
}

static CsStatus
choose_copies(CsRenderer *r)
{
  CsCopies **copies = calloc(r->n_tracks + 1, sizeof *copies);
  if (copies == NULL)
    return CS_ERR_MEMORY;
  for (size_t i = 0; i < r->n_tracks; i++)
    copies[i] = r->tracks[i].copies;
  const CsPerformance *p = r->performance;
  const bool is_short    = p->n_frames <= (int64_t)p->sample_rate * SHORT_S;
  const bool is_well     = cs_copies_choose(
          copies, r->n_tracks, is_short ? SHORT_COPY_BYTES : LONG_COPY_BYTES);
  for (size_t i = 0; i < r->n_tracks && is_well; i++)
    if (copies[i] != NULL)
      cs_copies_place(copies[i], r->tracks[i].is_live);
  free(copies);
  return is_well ? CS_OK : CS_ERR_MEMORY;
}

static CsPlayer
open_player(CsRenderer *r, const Track *t)
{
  const CsPresetChoice preset = preset_of(t);
  if (t->patch != NULL)
    return cs_player_of_synth(
        cs_synth_new(t->patch, preset.pan, r->performance->sample_rate));
  return cs_player_of_fluid(
      cs_fluid_source_voice(&r->lanes[t->lane].fluid, &preset));
}

/// Hand the notes that are played live to a synthesizer.
static CsStatus
open_live(CsRenderer *r, Track *t)
{
  const CsPlayedNote **notes = calloc(t->n_notes + 1, sizeof *notes);
  size_t n                   = 0;
  if (notes == NULL)
    return CS_ERR_MEMORY;
  for (size_t i = 0; i < t->n_notes; i++)
    if (t->is_live[i])
      notes[n++] = t->notes[i];
  if (n > 0) {
    const CsPlayer player = open_player(r, t);
    if (player.self != NULL)
      t->live = cs_live_new(player, notes, n);
  }
  free(notes);
  if (r->lanes[t->lane].fluid.status != CS_OK)
    return r->lanes[t->lane].fluid.status;
  return n > 0 && t->live == NULL ? CS_ERR_MEMORY : CS_OK;
}

/// Until it is sorted out, everything is played live.
static CsStatus
open_track(Track *t)
{
  if (t->n_notes == 0)
    return CS_OK;
  t->is_live = malloc(t->n_notes * sizeof *t->is_live);
  t->slots   = calloc(CS_POOL_AHEAD, sizeof *t->slots);
  if (t->is_live == NULL || t->slots == NULL)
    return CS_ERR_MEMORY;
  memset(t->is_live, true, t->n_notes * sizeof *t->is_live);
  return CS_OK;
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
name_tracks(CsRenderer *r)
{
  const CsPerformance *p = r->performance;
  r->tracks              = calloc(p->n_tracks + 1, sizeof *r->tracks);
  if (r->tracks == NULL)
    return CS_ERR_MEMORY;
  r->n_tracks = p->n_tracks;
  for (size_t i = 0; i < r->n_tracks; i++) {
    const CsTrack *track = p->tracks[i].track;
    r->tracks[i].played  = &p->tracks[i];
    r->tracks[i].sound   = r->wish.sounds != NULL
                               ? r->wish.sounds[i]
                               : (CsTrackSound){track->bank, track->program, 0.0};
  }
  return CS_OK;
}

static CsStatus
open_lanes(CsArena *arena, CsRenderer *r)
{
  r->n_lanes = count_lanes(r, r->wish.n_threads);
  share_out(r);
  for (size_t i = 0; i < r->n_lanes; i++)
    r->lanes[i].fluid = (CsFluidSource){
        .path = r->wish.soundfont, .sample_rate = r->performance->sample_rate};
  if (r->wish.way == CS_RENDER_REFERENCE)
    return CS_OK;
  CS_TRY(prepare_lanes(arena, r));
  return choose_copies(r);
}

static CsStatus
choose_chunks(CsRenderer *r)
{
  if (r->wish.chunks != NULL)
    return CS_OK;
  if (r->wish.store != NULL)
    r->wish.chunks = cs_note_store_chunks(r->wish.store);
  else
    r->wish.chunks = r->own_chunks = cs_chunks_new();
  return r->wish.chunks != NULL ? CS_OK : CS_ERR_MEMORY;
}

static CsStatus
open_all(CsArena *arena, CsRenderer *r)
{
  CS_TRY(choose_chunks(r));
  CS_TRY(name_tracks(r));
  CS_TRY(share_notes_out(r));
  for (size_t i = 0; i < r->n_tracks; i++)
    CS_TRY(open_track(&r->tracks[i]));
  CS_TRY(open_lanes(arena, r));
  for (size_t i = 0; i < r->n_tracks; i++)
    if (r->tracks[i].n_notes > 0)
      CS_TRY(open_live(r, &r->tracks[i]));
  CS_TRY(open_stems(r));
  const CsPoolWork work = {play_lane, record_ahead, r};
  r->pool               = cs_pool_new(&work, r->n_lanes, r->wish.n_threads);
  return r->pool == NULL ? CS_ERR_MEMORY : CS_OK;
}

static CsStatus
say_why(CsArena *arena, const CsRenderer *r, CsStatus status)
{
  if (status == CS_ERR_REQUEST)
    return cs_fail(arena, status,
        "soundfont %s is damaged: FluidSynth cannot load it; copy or download "
        "it again",
        r->wish.soundfont);
  if (status == CS_ERR_WORK)
    return cs_fail(arena, status,
        "the reference is played by FluidSynth, and libfluidsynth.so.3 cannot "
        "be loaded; install it (Debian: libfluidsynth3) or leave --renderer "
        "reference out");
  return cs_fail(arena, status, "out of memory for the synthesizers");
}

CsStatus
cs_renderer_new(CsArena *arena, const CsPerformance *performance,
    const CsRenderWish *wish, CsRenderer **renderer)
{
  assert(performance->n_preroll_frames % CS_GRID_FRAMES == 0);
  CS_TRY(cs_sf2_check(arena, wish->soundfont));
  CsRenderer *r = calloc(1, sizeof *r);
  if (r == NULL)
    return cs_fail(arena, CS_ERR_MEMORY, "out of memory");
  r->performance  = performance;
  r->wish         = *wish;
  CsStatus status = open_all(arena, r);
  if (status != CS_OK) {
    status = say_why(arena, r, status);
    cs_renderer_free(r);
    return status;
  }
  *renderer = r;
  return CS_OK;
}

/// No further block can be read. The lanes are looked at when all threads are
/// done.
static CsStatus
say_failure(CsArena *arena, CsRenderer *r)
{
  cs_pool_free(r->pool);
  r->pool = NULL;
  for (size_t i = 0; i < r->n_lanes; i++)
    if (r->lanes[i].failure == CS_ERR_MEMORY)
      return say_why(arena, r, CS_ERR_MEMORY);
  return cs_fail(
      arena, CS_ERR_WORK, "FluidSynth failed while it was rendering");
}

CsStatus
cs_renderer_read(CsArena *arena, CsRenderer *renderer, CsStemBlock *block)
{
  if (!cs_pool_await(renderer->pool))
    return say_failure(arena, renderer);
  mix_stems(renderer);
  join_stems(renderer);
  renderer->step++;
  cs_pool_consume(renderer->pool);
  *block = (CsStemBlock){.n_frames = CS_BLOCK_FRAMES};
  memcpy(block->stems, renderer->stems, sizeof block->stems);
  memcpy(block->is_silent, renderer->is_clear, sizeof block->is_silent);
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
    free(renderer->tracks[i].is_live);
    free(renderer->tracks[i].slots);
    free(renderer->tracks[i].notes);
  }
  for (size_t i = 0; i < renderer->n_lanes; i++) {
    cs_fluid_font_free(renderer->lanes[i].fluid.font);
    cs_arena_free(renderer->lanes[i].sounds);
  }
  for (size_t s = 0; s < CS_N_STEMS; s++) {
    free(renderer->stems[s]);
    free(renderer->joins[s]);
  }
  free(renderer->tracks);
  cs_chunks_free(renderer->own_chunks);
  free(renderer);
}
