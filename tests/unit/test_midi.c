#include "gen/io/midi.h"
#include "tests/unit/sample_cue.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_TRACKS = 64, RATE = 48000 };

/// An event as a reader sees it.
typedef struct Read {
  int64_t tick;
  int status, first, second; ///< A meta event: 255, kind.
  const unsigned char *text;
  size_t n_text;
} Read;

typedef struct Song {
  int n_tracks, division;
  Read *events[MAX_TRACKS];
  size_t n_events[MAX_TRACKS];
  int64_t end_tick;
} Song;

typedef struct Place {
  CsArena *arena;
  SampleCue cue;
  const char *bytes;
  size_t n_bytes;
  Song song;
} Place;

// ---- A reader -------------------------------------------------------------

typedef struct Bytes {
  const unsigned char *at, *end;
} Bytes;

static int
next_byte(Bytes *b)
{
  assert_true(b->at < b->end);
  return *b->at++;
}

static int64_t
next_number(Bytes *b, int n_bytes)
{
  int64_t x = 0;
  for (int i = 0; i < n_bytes; i++)
    x = x << 8 | next_byte(b);
  return x;
}

static int64_t
next_variable(Bytes *b)
{
  int64_t x = 0;
  for (int i = 0; i < 4; i++) {
    const int byte = next_byte(b);
    x              = x << 7 | (byte & 0x7f);
    if (byte < 0x80)
      return x;
  }
  fail_msg("a number of more than four bytes");
  return 0;
}

static void
read_event(Bytes *b, Read *e)
{
  e->status = next_byte(b);
  assert_true(e->status >= 0x80);
  e->first = next_byte(b);
  if (e->status == 0xff) {
    e->n_text = (size_t)next_variable(b);
    e->text   = b->at;
    assert_true(e->n_text <= (size_t)(b->end - b->at));
    b->at += e->n_text;
    return;
  }
  assert_true(e->first < 0x80);
  if (e->status >> 4 != 0xc)
    e->second = next_byte(b);
  assert_true(e->second < 0x80);
}

static void
read_track(Place *place, Bytes *file, int track)
{
  Song *song = &place->song;
  assert_memory_equal(file->at, "MTrk", 4);
  file->at += 4;
  const int64_t n = next_number(file, 4);
  assert_true(n <= file->end - file->at);
  Bytes b             = {file->at, file->at + n};
  song->events[track] = CS_NEW_N(place->arena, Read, (size_t)n / 3 + 1);
  int64_t tick        = 0;
  Read *e             = NULL;
  while (b.at < b.end) {
    e = &song->events[track][song->n_events[track]++];
    tick += next_variable(&b);
    e->tick = tick;
    read_event(&b, e);
  }
  assert_true(e != NULL && e->status == 0xff && e->first == 0x2f);
  if (tick > song->end_tick)
    song->end_tick = tick;
  file->at += n;
}

static void
read_song(Place *place)
{
  Bytes b = {(const unsigned char *)place->bytes,
      (const unsigned char *)place->bytes + place->n_bytes};
  assert_memory_equal(b.at, "MThd", 4);
  b.at += 4;
  assert_int_equal(next_number(&b, 4), 6);
  assert_int_equal(next_number(&b, 2), 1);
  place->song          = (Song){0};
  place->song.n_tracks = (int)next_number(&b, 2);
  place->song.division = (int)next_number(&b, 2);
  assert_in_range(place->song.n_tracks, 1, MAX_TRACKS);
  for (int t = 0; t < place->song.n_tracks; t++)
    read_track(place, &b, t);
  assert_ptr_equal(b.at, b.end);
}

/// Seconds of a tick by the tempo events.
static double
seconds_of(const Song *song, int64_t tick)
{
  double at = 0.0, us = 500000.0;
  int64_t from = 0;
  for (size_t i = 0; i < song->n_events[0]; i++) {
    const Read *e = &song->events[0][i];
    if (e->status != 0xff || e->first != 0x51 || e->tick > tick)
      continue;
    at += (double)(e->tick - from) * us / 1e6 / song->division;
    from = e->tick;
    us   = (double)(e->text[0] << 16 | e->text[1] << 8 | e->text[2]);
  }
  return at + (double)(tick - from) * us / 1e6 / song->division;
}

static size_t
count(const Song *song, int track, int status, int first)
{
  size_t n = 0;
  for (size_t i = 0; i < song->n_events[track]; i++)
    n += (song->events[track][i].status & (status == 0xff ? 0xff : 0xf0)) ==
             status &&
         (first < 0 || song->events[track][i].first == first);
  return n;
}

// ---- The tests ------------------------------------------------------------

static void
write_song(Place *place, const char *title)
{
  const CsStatus status = cs_midi_write(place->arena, &place->cue.performance,
      title, &place->bytes, &place->n_bytes);
  if (status != CS_OK)
    fail_msg("%s", cs_arena_error(place->arena));
  read_song(place);
}

static int
set_up(void **state)
{
  Place *place = calloc(1, sizeof *place);
  assert_non_null(place);
  place->arena = cs_arena_new(NULL);
  assert_non_null(place->arena);
  assert_int_equal(sample_cue_make(place->arena, 4, RATE, &place->cue), CS_OK);
  write_song(place, "a sample");
  *state = place;
  return 0;
}

static int
tear_down(void **state)
{
  Place *place = *state;
  cs_arena_free(place->arena);
  free(place);
  return 0;
}

static void
test_there_is_a_conductor_and_a_track_for_each_part(void **state)
{
  const Place *place = *state;
  assert_int_equal(place->song.n_tracks, 1 + SAMPLE_TRACKS);
  assert_int_equal(place->song.division, 960);
  for (int t = 0; t < place->song.n_tracks; t++)
    assert_int_equal(count(&place->song, t, 0xff, 0x03), 1);
  assert_int_equal(count(&place->song, 0, 0xff, 0x06), SAMPLE_SECTIONS);
  assert_int_equal(count(&place->song, 0, 0xff, 0x59), 1);
}

static void
test_a_change_of_key_stands_at_its_bar(void **state)
{
  Place *place                  = *state;
  CsKeyChange change            = {.bar = 2, .key = {4, CS_MAJOR}};
  place->cue.plan.key_changes   = &change;
  place->cue.plan.n_key_changes = 1;
  write_song(place, "two keys");
  const Song *song  = &place->song;
  const double at_s = cs_seconds_of_tick(
      place->cue.timeline, (double)cs_bar_tick(place->cue.timeline, 2));
  assert_int_equal(count(song, 0, 0xff, 0x59), 2);
  const Read *last = NULL;
  for (size_t i = 0; i < song->n_events[0]; i++)
    if (song->events[0][i].status == 0xff && song->events[0][i].first == 0x59)
      last = &song->events[0][i];
  assert_true(fabs(seconds_of(song, last->tick) - at_s) < 0.0005);
  assert_int_equal(last->text[0], 4); // sharps of E major
  assert_int_equal(last->text[1], 0);
}

static void
test_every_note_is_played_within_a_millisecond(void **state)
{
  const Place *place         = *state;
  const Song *song           = &place->song;
  const CsPerformance *p     = &place->cue.performance;
  size_t next[SAMPLE_TRACKS] = {0};
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *note = &p->notes[i];
    const int t              = note->track + 1;
    const Read *e;
    do
      e = &song->events[t][next[note->track]++];
    while (e->status >> 4 != 9);
    assert_int_equal(e->first, note->key);
    const double at = seconds_of(song, e->tick);
    assert_true(fabs(at - (double)note->on_frame / RATE) < 0.001);
  }
}

static void
test_every_note_ends_once_and_never_overlaps_itself(void **state)
{
  const Place *place = *state;
  const Song *song   = &place->song;
  for (int t = 1; t < song->n_tracks; t++) {
    bool sounds[128] = {false};
    assert_int_equal(count(song, t, 0x90, -1), count(song, t, 0x80, -1));
    for (size_t i = 0; i < song->n_events[t]; i++) {
      const Read *e = &song->events[t][i];
      if (e->status >> 4 != 8 && e->status >> 4 != 9)
        continue;
      assert_int_equal(sounds[e->first], e->status >> 4 == 8);
      sounds[e->first] = e->status >> 4 == 9;
    }
  }
}

static void
test_bar_lines_are_where_they_are_heard_after_hours(void **state)
{
  Place *place = *state;
  assert_int_equal(
      sample_cue_make(place->arena, 1000, RATE, &place->cue), CS_OK);
  write_song(place, "long");
  const Song *song      = &place->song;
  const CsTimeline *t   = place->cue.timeline;
  const int64_t lead_in = song->events[0][0].tick;
  assert_int_equal(lead_in, 0);
  size_t section = 0;
  for (size_t i = 0; i < song->n_events[0]; i++) {
    const Read *e = &song->events[0][i];
    if (e->status != 0xff || e->first != 0x06)
      continue;
    const int bar      = place->cue.plan.sections[section++].first_bar;
    const double heard = cs_seconds_of_tick(t, (double)cs_bar_tick(t, bar));
    assert_true(fabs(seconds_of(song, e->tick) - heard) < 0.0005);
  }
  test_every_note_is_played_within_a_millisecond(state);
}

static void
test_the_file_ends_with_the_cue(void **state)
{
  const Place *place = *state;
  const double end   = seconds_of(&place->song, place->song.end_tick);
  assert_true(fabs(end - place->cue.plan.duration_s) < 0.002);
}

static void
test_a_short_bar_has_its_own_meter(void **state)
{
  const Place *place           = *state;
  static const int wanted[][2] = {{3, 16}, {4, 4}, {3, 8}, {4, 4}};
  size_t n                     = 0;
  for (size_t i = 0; i < place->song.n_events[0]; i++) {
    const Read *e = &place->song.events[0][i];
    if (e->status != 0xff || e->first != 0x58)
      continue;
    assert_true(n < 4);
    assert_int_equal(e->text[0], wanted[n][0]);
    assert_int_equal(1 << e->text[1], wanted[n][1]);
    n++;
  }
  assert_int_equal(n, 4);
}

static void
test_kits_share_channel_ten_and_softer_ones_play_softer(void **state)
{
  const Place *place = *state;
  const Song *song   = &place->song;
  const int kit = 4, shaker = 5;
  assert_int_equal(count(song, kit, 0xc0, -1), 1);
  assert_int_equal(count(song, shaker, 0xc0, -1), 0);
  for (int t = 1; t < song->n_tracks; t++)
    for (size_t i = 0; i < song->n_events[t]; i++)
      if (song->events[t][i].status < 0xf0)
        assert_int_equal(
            (song->events[t][i].status & 15) == 9, t == kit || t == shaker);
  // 6 dB less is 10^(-6/40) = 0.708 of the velocity.
  const CsPerformance *p = &place->cue.performance;
  size_t at              = 0;
  for (size_t i = 0; i < p->n_notes; i++) {
    if (p->notes[i].track != shaker - 1)
      continue;
    while (song->events[shaker][at].status >> 4 != 9)
      at++;
    assert_int_equal(song->events[shaker][at++].second,
        (int)(p->notes[i].velocity * 0.70795 + 0.5));
  }
}

static void
test_kits_that_differ_set_their_program_before_each_note(void **state)
{
  Place *place                      = *state;
  place->cue.plan.tracks[4].program = 40;
  write_song(place, "two kits");
  const Song *song = &place->song;
  for (int t = 4; t <= 5; t++) {
    int64_t set_at = -1;
    for (size_t i = 0; i < song->n_events[t]; i++) {
      const Read *e = &song->events[t][i];
      if (e->status == 0xc9) {
        assert_int_equal(e->first, t == 4 ? 0 : 40);
        set_at = e->tick;
      }
      if (e->status == 0x99)
        assert_int_equal(e->tick, set_at);
    }
  }
}

static void
test_levels_follow_the_law_of_forty_decibels(void **state)
{
  const Place *place    = *state;
  const double levels[] = {-10 + 3, -6, -4, -3, -9, -5};
  for (int t = 1; t < place->song.n_tracks; t++)
    for (size_t i = 0; i < place->song.n_events[t]; i++) {
      const Read *e = &place->song.events[t][i];
      if (e->status >> 4 == 0xb && e->first == 7)
        assert_int_equal(
            e->second, (int)(110 * pow(10, (levels[t - 1] + 3) / 40) + 0.5));
    }
}

static void
test_a_swell_moves_in_small_steps_and_not_too_often(void **state)
{
  const Place *place = *state;
  const Read *before = NULL;
  int top            = 0;
  size_t n           = 0;
  for (size_t i = 0; i < place->song.n_events[1]; i++) {
    const Read *e = &place->song.events[1][i];
    if (e->status >> 4 != 0xb || e->first != 11)
      continue;
    if (before != NULL) {
      assert_true(abs(e->second - before->second) <= 3);
      assert_true(seconds_of(&place->song, e->tick) -
                      seconds_of(&place->song, before->tick) >
                  0.025);
    }
    top    = e->second > top ? e->second : top;
    before = e;
    n++;
  }
  assert_int_equal(top, 127);
  assert_in_range(n, 40, 400);
  // A curve that does not move costs one event.
  assert_int_equal(count(&place->song, 2, 0xb0, 11), 1);
}

static void
test_notes_of_the_preroll_are_left_out(void **state)
{
  Place *place     = *state;
  CsPerformance *p = &place->cue.performance;
  const size_t n   = count(&place->song, 1, 0x90, -1);
  memmove(p->notes + 1, p->notes, p->n_notes * sizeof *p->notes);
  p->notes[0] = (CsPlayedNote){-6400, 640, 0, 60, 100};
  p->n_notes++;
  p->n_preroll_frames = 12800;
  write_song(place, "loop");
  assert_int_equal(count(&place->song, 1, 0x90, -1), n);
}

static void
test_a_key_struck_again_ends_first(void **state)
{
  Place *place               = *state;
  CsPerformance *p           = &place->cue.performance;
  const CsPlayedNote notes[] = {{0, 48000, 2, 60, 80},
      {24000, 36032, 2, 60, 90}, {24000, 30016, 2, 60, 100}};
  memcpy(p->notes, notes, sizeof notes);
  p->n_notes = 3;
  write_song(place, "again");
  const Song *song = &place->song;
  assert_int_equal(count(song, 3, 0x90, -1), 2);
  int velocity = 0;
  for (size_t i = 0; i < song->n_events[3]; i++)
    if (song->events[3][i].status >> 4 == 9)
      velocity = song->events[3][i].second;
  assert_int_equal(velocity, 100);
  test_every_note_ends_once_and_never_overlaps_itself(state);
}

static void
test_many_tracks_of_one_sound_share_a_channel_others_take_a_port(void **state)
{
  Place *place     = *state;
  CsPerformance *p = &place->cue.performance;
  enum { N = 20 };
  CsTrack *tracks       = CS_NEW_N(place->arena, CsTrack, N);
  CsPlayedTrack *played = CS_NEW_N(place->arena, CsPlayedTrack, N);
  for (int i = 0; i < N; i++) {
    tracks[i]         = *p->tracks[0].track;
    tracks[i].program = i < 18 ? i : 3;
    played[i]         = p->tracks[0];
    played[i].track   = &tracks[i];
  }
  p->tracks   = played;
  p->n_tracks = N;
  write_song(place, "many");
  const Song *song = &place->song;
  int channels[N]  = {0};
  for (int t = 1; t <= N; t++) {
    assert_int_equal(count(song, t, 0xff, 0x21), 1);
    for (size_t i = 0; i < song->n_events[t]; i++) {
      const Read *e = &song->events[t][i];
      if (e->status == 0xff && e->first == 0x21)
        assert_int_equal(e->text[0], t > 15 && t <= 18);
      if (e->status < 0xf0)
        assert_int_not_equal(e->status & 15, 9);
      if (e->status >> 4 == 0xc)
        channels[t - 1] = 1 + (e->status & 15);
    }
  }
  assert_int_equal(channels[3], 4);
  assert_int_equal(channels[18], 0); // led by the fourth track
  assert_int_equal(channels[15], 1);
}

static void
test_the_same_performance_gives_the_same_bytes(void **state)
{
  Place *place      = *state;
  const char *first = place->bytes;
  const size_t n    = place->n_bytes;
  write_song(place, "a sample");
  assert_int_equal(place->n_bytes, n);
  assert_memory_equal(place->bytes, first, n);
}

static void
test_refused_memory_is_an_error_wherever_it_happens(void **state)
{
  const Place *place = *state;
  CsStatus status    = CS_ERR_MEMORY;
  for (int n = 1; status != CS_OK; n++) {
    SampleMemory memory   = {n};
    const CsAllocator get = {sample_get, sample_give_back, &memory};
    CsArena *arena        = cs_arena_new(&get);
    const char *bytes     = NULL;
    size_t n_bytes        = 0;
    assert_non_null(arena);
    status = cs_midi_write(
        arena, &place->cue.performance, "a sample", &bytes, &n_bytes);
    assert_true(status == CS_OK || status == CS_ERR_MEMORY);
    if (status == CS_OK) {
      assert_int_equal(n_bytes, place->n_bytes);
      assert_memory_equal(bytes, place->bytes, n_bytes);
    }
    cs_arena_free(arena);
  }
}

static void
test_a_long_title_is_cut_between_characters(void **state)
{
  Place *place = *state;
  char title[1001];
  for (int i = 0; i < 500; i++)
    memcpy(title + 2 * i, i == 3 ? "\n\n" : "\xc3\xa9", 2);
  title[1000] = '\0';
  write_song(place, title);
  const Read *name = &place->song.events[0][0];
  assert_int_equal(name->first, 0x03);
  assert_int_equal(
      cs_utf8_check((const char *)name->text, name->n_text), name->n_text);
  assert_true(name->n_text < 210);
  assert_null(memchr(name->text, '\n', name->n_text));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_there_is_a_conductor_and_a_track_for_each_part),
      TEST(test_a_change_of_key_stands_at_its_bar),
      TEST(test_every_note_is_played_within_a_millisecond),
      TEST(test_every_note_ends_once_and_never_overlaps_itself),
      TEST(test_bar_lines_are_where_they_are_heard_after_hours),
      TEST(test_the_file_ends_with_the_cue),
      TEST(test_a_short_bar_has_its_own_meter),
      TEST(test_kits_share_channel_ten_and_softer_ones_play_softer),
      TEST(test_kits_that_differ_set_their_program_before_each_note),
      TEST(test_levels_follow_the_law_of_forty_decibels),
      TEST(test_a_swell_moves_in_small_steps_and_not_too_often),
      TEST(test_notes_of_the_preroll_are_left_out),
      TEST(test_a_key_struck_again_ends_first),
      TEST(test_many_tracks_of_one_sound_share_a_channel_others_take_a_port),
      TEST(test_the_same_performance_gives_the_same_bytes),
      TEST(test_refused_memory_is_an_error_wherever_it_happens),
      TEST(test_a_long_title_is_cut_between_characters),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
