#include "gen/perform/performer.h"

#include "gen/base/mathx.h"

#include <math.h>

/// Longest tail that a loop carries over its join.
static const double preroll_s = 8.0;

/// A note is at least this long, unless its key is struck again.
static const double least_note_s = 0.03;

/// How a style that is not known plays.
static const double default_humanise = 0.7;

static CsPlayer
make_player(const CsPresets *presets, const CsScore *score, size_t index)
{
  const CsTrack *track = &score->plan->tracks[index];
  CsPlayer player      = {.index = index,
           .track                = track,
           .part                 = &score->parts[index],
           .is_kit               = track->bank == 128,
           .middle_key           = 0.5 * (track->range[0] + track->range[1]),
           .timing               = cs_rng_purpose(track->seed, "perform.timing"),
           .velocity             = cs_rng_purpose(track->seed, "perform.velocity"),
           .spread               = cs_rng_purpose(track->seed, "perform.spread")};
  player.instrument =
      cs_instrument_of_program(presets, track->bank, track->program);
  player.is_held = !player.is_kit && player.instrument != NULL &&
                   player.instrument->sustain == CS_SUSTAIN_HELD;
  return player;
}

static CsStrike
strike_at(const CsPart *part, size_t i)
{
  const int64_t tick = part->notes[i].start_tick;
  CsStrike strike    = {.n = 1};
  strike.is_spread   = part->notes[i].delay_ms != 0.0f;
  for (size_t k = i; k > 0 && part->notes[k - 1].start_tick == tick; k--) {
    strike.n++;
    strike.index++;
    strike.is_spread |= part->notes[k - 1].delay_ms != 0.0f;
  }
  for (size_t k = i + 1; k < part->n_notes && part->notes[k].start_tick == tick;
       k++) {
    strike.n++;
    strike.is_spread |= part->notes[k].delay_ms != 0.0f;
  }
  return strike;
}

static CsPlayedNote
play_note(
    const CsPerformer *p, const CsPlayer *player, size_t i, CsPhraseSpan phrase)
{
  const CsNote *note  = &player->part->notes[i];
  const double on_s   = cs_onset_s(p, player, note, strike_at(player->part, i));
  const double off_s  = cs_release_s(p, player, note);
  CsPlayedNote played = {.track = (uint16_t)player->index, .key = note->key};
  played.velocity     = cs_played_velocity(p, player, note, phrase);
  played.on_frame     = cs_grid_frame(on_s * p->rate);
  const double length = fmax(off_s * p->rate - (double)played.on_frame,
      least_note_s * p->rate + CS_GRID_FRAMES);
  played.off_frame    = played.on_frame + cs_length_class(p, player, length);
  return played;
}

static CsStatus
play_track(const CsPerformer *p, const CsPlayer *player, CsPlayedNotes *notes)
{
  for (size_t i = 0; i < player->part->n_notes;) {
    size_t end                = 0;
    const CsPhraseSpan phrase = cs_phrase_at(p, player, i, &end);
    for (; i < end; i++)
      CS_TRY(
          cs_add_played_note(p->arena, notes, play_note(p, player, i, phrase)));
  }
  return CS_OK;
}

static int64_t
find_first_tick(const CsScore *score)
{
  int64_t first = INT64_MAX;
  for (size_t i = 0; i < score->n_parts; i++) {
    const CsPart *part = &score->parts[i];
    if (part->n_notes > 0 && part->notes[0].start_tick < first)
      first = part->notes[0].start_tick;
  }
  return first;
}

static CsStatus
make_performer(CsArena *arena, const CsPresets *presets, const CsScore *score,
    CsPerformer *p)
{
  const CsPlan *plan = score->plan;
  *p                 = (CsPerformer){.arena = arena,
                      .plan                 = plan,
                      .timeline             = score->timeline,
                      .rate                 = plan->sample_rate,
                      .n_frames             = (int64_t)plan->n_frames,
                      .first_tick           = find_first_tick(score),
                      .swing                = 0.5,
                      .humanise             = default_humanise};
  if (plan->ending == CS_ENDING_LOOP)
    p->n_preroll_frames = cs_grid_frame(preroll_s * plan->sample_rate);
  const CsStyle *style =
      plan->style == NULL ? NULL : cs_find_style(presets, plan->style);
  if (style != NULL) {
    p->humanise = style->humanise;
    p->swing    = style->swing;
  }
  p->drift = CS_NEW_N(arena, CsDriftValue, CS_DRIFT_VALUES);
  CS_TRY_NEW(p->drift);
  const int unit = style != NULL && style->swing_unit == 16 ? 16 : 8;
  p->swing_ticks = 4 * CS_TICKS_PER_QUARTER / unit;
  if (unit == 8 && cs_meter_is_compound(plan->meter))
    p->swing = 0.5; // Three eighths have no pairs to bend.
  return cs_timeline_chords(arena, score->timeline, &p->chords, &p->n_chords);
}

static size_t
count_notes(const CsScore *score)
{
  size_t n = 0;
  for (size_t i = 0; i < score->n_parts; i++)
    n += score->parts[i].n_notes;
  return n;
}

static CsStatus
play_all(CsPerformer *p, const CsPresets *presets, const CsScore *score,
    CsPerformance *out)
{
  CsPlayedNotes notes = {.capacity = count_notes(score)};
  notes.items         = CS_NEW_N(p->arena, CsPlayedNote, notes.capacity);
  CsPlayer *players   = CS_NEW_N(p->arena, CsPlayer, score->n_parts);
  CS_TRY_NEW(notes.items);
  CS_TRY_NEW(players);
  for (size_t i = 0; i < score->n_parts; i++) {
    players[i] = make_player(presets, score, i);
    CS_TRY(play_track(p, &players[i], &notes));
  }
  cs_clip_notes(p, &notes);
  CS_TRY(cs_wrap_notes(p, &notes));
  CS_TRY(cs_part_notes(p, players, &notes));
  out->notes   = notes.items;
  out->n_notes = notes.n;
  out->tracks  = CS_NEW_N(p->arena, CsPlayedTrack, p->plan->n_tracks);
  CS_TRY_NEW(out->tracks);
  out->n_tracks = p->plan->n_tracks;
  return cs_write_gains(p, score, players, out->tracks);
}

static CsStatus
play(CsArena *scratch, const CsPresets *presets, const CsScore *score,
    CsPerformance *out)
{
  CsPerformer p;
  CS_TRY(make_performer(scratch, presets, score, &p));
  out->plan        = score->plan;
  out->timeline    = score->timeline;
  out->sample_rate = p.rate;
  out->n_frames    = p.n_frames;
  CS_TRY(play_all(&p, presets, score, out));
  out->n_preroll_frames = p.n_preroll_frames;
  return CS_OK;
}

/// Move what was played to where it stays, without the room that lists grow in.
static CsStatus
keep_performance(CsArena *arena, CsPerformance *out)
{
  out->notes =
      cs_arena_keep(arena, out->notes, out->n_notes, sizeof *out->notes);
  out->tracks =
      cs_arena_keep(arena, out->tracks, out->n_tracks, sizeof *out->tracks);
  CS_TRY_NEW(out->notes);
  CS_TRY_NEW(out->tracks);
  for (size_t i = 0; i < out->n_tracks; i++) {
    CsPlayedTrack *track = &out->tracks[i];
    track->gains         = cs_arena_keep(
                arena, track->gains, track->n_gains, sizeof *track->gains);
    CS_TRY_NEW(track->gains);
  }
  return CS_OK;
}

CsStatus
cs_perform(CsArena *arena, const CsPresets *presets, const CsScore *score,
    CsPerformance **performance)
{
  CsPerformance *out = CS_NEW(arena, CsPerformance);
  CS_TRY_NEW(out);
  CsArena *scratch = cs_arena_new(NULL);
  if (scratch == NULL)
    return cs_fail(arena, CS_ERR_MEMORY, "not enough memory");
  CsStatus status = play(scratch, presets, score, out);
  if (status != CS_OK)
    (void)cs_fail(arena, status, "%s", cs_arena_error(scratch));
  else
    status = keep_performance(arena, out);
  cs_arena_free(scratch);
  CS_TRY(status);
  *performance = out;
  return CS_OK;
}
