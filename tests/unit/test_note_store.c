#include "gen/render/note_store.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

enum { N_FRAMES = 1000, NOTE_BYTES = 2 * CS_CHUNK_BYTES };

static const CsPresetName piano = {"font", 48000, {0, 0, 0.0}};

static CsNoteName
name_of(uint32_t preset, int64_t n_held_frames)
{
  return (CsNoteName){preset, 60, 90, n_held_frames};
}

/// A recording that can be told from others.
static CsRecording
make_recording(CsNoteStore *store, float value)
{
  CsRecording r = {.n_chunks = 1, .n_frames = N_FRAMES};
  for (size_t c = 0; c < 2; c++) {
    r.channels[c] = calloc(1, sizeof *r.channels[c]);
    assert_non_null(r.channels[c]);
    r.channels[c][0] = cs_chunk_take(cs_note_store_chunks(store));
    assert_non_null(r.channels[c][0]);
  }
  r.channels[0][0][0] = value;
  return r;
}

/// Give the store a note, and let go of it.
static void
put(CsNoteStore *store, const CsNoteName *name, float value)
{
  CsRecording *kept =
      cs_note_store_keep(store, name, make_recording(store, value));
  assert_non_null(kept);
  cs_note_store_let_go(store, kept);
}

static bool
is_there(CsNoteStore *store, const CsNoteName *name)
{
  CsRecording *found = cs_note_store_find(store, name);
  if (found != NULL)
    cs_note_store_let_go(store, found);
  return found != NULL;
}

static void
test_a_note_is_found_by_all_parts_of_its_name(void **state)
{
  (void)state;
  CsNoteStore *store    = cs_note_store_new(1 << 20);
  const uint32_t preset = cs_note_store_preset(store, &piano);
  const CsNoteName name = name_of(preset, 640);
  put(store, &name, 0.5F);
  CsRecording *found = cs_note_store_find(store, &name);
  assert_non_null(found);
  assert_true(found->channels[0][0][0] == 0.5F && found->n_frames == N_FRAMES);
  cs_note_store_let_go(store, found);
  const CsNoteName others[] = {
      {preset + 1, 60, 90, 640},
      {preset, 61, 90, 640},
      {preset, 60, 91, 640},
      {preset, 60, 90, 704},
      {preset, 60, 90, 640, 127},
  };
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    assert_false(is_there(store, &others[i]));
  cs_note_store_free(store);
}

static void
test_presets_that_sound_alike_have_one_number(void **state)
{
  (void)state;
  const CsPresetName others[] = {
      {"another font", 48000, {0, 0, 0.0}},
      {"font", 44100, {0, 0, 0.0}},
      {"font", 48000, {128, 0, 0.0}},
      {"font", 48000, {0, 1, 0.0}},
      {"font", 48000, {0, 0, 0.25}},
  };
  CsNoteStore *store    = cs_note_store_new(1 << 20);
  const uint32_t number = cs_note_store_preset(store, &piano);
  assert_true(number > 0);
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    assert_int_not_equal(cs_note_store_preset(store, &others[i]), number);
  assert_int_equal(cs_note_store_preset(store, &piano), number);
  cs_note_store_free(store);
}

static void
test_what_was_not_used_for_longest_goes_first(void **state)
{
  (void)state;
  CsNoteStore *store    = cs_note_store_new(3 * NOTE_BYTES + 1000);
  const uint32_t preset = cs_note_store_preset(store, &piano);
  CsNoteName names[4];
  for (size_t i = 0; i < 4; i++)
    names[i] = name_of(preset, 64 * (int64_t)(i + 1));
  for (size_t i = 0; i < 3; i++)
    put(store, &names[i], 0.0F);
  assert_true(is_there(store, &names[0]));
  put(store, &names[3], 0.0F);
  assert_true(is_there(store, &names[0]));
  assert_false(is_there(store, &names[1]));
  assert_true(is_there(store, &names[2]));
  assert_true(is_there(store, &names[3]));
  assert_true(cs_note_store_use(store).n_bytes <= 3 * NOTE_BYTES + 1000);
  cs_note_store_free(store);
}

static void
test_what_is_in_use_stays_and_the_rest_is_refused(void **state)
{
  (void)state;
  CsNoteStore *store    = cs_note_store_new(NOTE_BYTES + 500);
  const CsNoteName used = name_of(cs_note_store_preset(store, &piano), 64);
  const CsNoteName more = name_of(used.preset, 128);
  CsRecording *kept =
      cs_note_store_keep(store, &used, make_recording(store, 1.0F));
  assert_non_null(kept);
  CsRecording refused = make_recording(store, 2.0F);
  assert_null(cs_note_store_keep(store, &more, refused));
  cs_recording_clear(&refused);
  assert_true(kept->channels[0][0][0] == 1.0F);
  cs_note_store_let_go(store, kept);
  put(store, &more, 2.0F);
  assert_false(is_there(store, &used));
  cs_note_store_free(store);
}

static void
test_of_two_recordings_of_a_note_the_first_stays(void **state)
{
  (void)state;
  CsNoteStore *store    = cs_note_store_new(1 << 20);
  const CsNoteName name = name_of(cs_note_store_preset(store, &piano), 64);
  put(store, &name, 1.0F);
  CsRecording *kept =
      cs_note_store_keep(store, &name, make_recording(store, 2.0F));
  assert_non_null(kept);
  assert_true(kept->channels[0][0][0] == 1.0F);
  cs_note_store_let_go(store, kept);
  cs_note_store_free(store);
}

static void
test_of_two_starts_the_longer_stays_unless_the_shorter_is_in_use(void **state)
{
  (void)state;
  CsNoteStore *store = cs_note_store_new(1 << 20);
  const CsNoteName name =
      name_of(cs_note_store_preset(store, &piano), CS_START_OF_NOTES);
  CsRecording shorter = make_recording(store, 1.0F);
  shorter.n_frames /= 2;
  CsRecording *used = cs_note_store_keep(store, &name, shorter);
  assert_non_null(used);
  CsRecording refused = make_recording(store, 2.0F);
  assert_null(cs_note_store_keep(store, &name, refused));
  assert_true(used->channels[0][0][0] == 1.0F);
  cs_note_store_let_go(store, used);
  CsRecording *kept = cs_note_store_keep(store, &name, refused);
  assert_non_null(kept);
  assert_true(kept->channels[0][0][0] == 2.0F && kept->n_frames == N_FRAMES);
  cs_note_store_let_go(store, kept);
  assert_in_range(
      cs_note_store_use(store).n_bytes, NOTE_BYTES, NOTE_BYTES + 500);
  cs_note_store_free(store);
}

static void
test_what_is_known_of_a_key_comes_together(void **state)
{
  (void)state;
  CsNoteStore *store    = cs_note_store_new(1 << 20);
  const uint32_t preset = cs_note_store_preset(store, &piano);
  CsKeyLayers a         = {.lows = {95}, .n_classes = 1},
              b         = {.lows = {95, 31}, .n_classes = 2};
  a.layers[100]         = (CsLayer){111, 0.5F};
  b.layers[50]          = (CsLayer){63, 0.25F};
  cs_note_store_learn(store, preset, 60, &a);
  cs_note_store_learn(store, preset, 60, &b);
  cs_note_store_learn(store, preset, 60, &a);
  assert_int_equal(a.layers[50].velocity, 63);
  assert_int_equal(b.layers[100].velocity, 111);
  assert_int_equal(a.n_classes, 2);
  assert_int_equal(a.lows[1], 31);
  CsKeyLayers other = {0};
  cs_note_store_learn(store, preset, 61, &other);
  assert_int_equal(other.layers[50].velocity, 0);
  cs_note_store_free(store);
}

// ---- Several threads --------------------------------------------------------

typedef struct Worker {
  CsNoteStore *store;
  size_t first;
  bool is_right;
} Worker;

static void *
work(void *user)
{
  Worker *w             = user;
  const uint32_t preset = cs_note_store_preset(w->store, &piano);
  w->is_right           = true;
  for (size_t i = 0; i < 2000; i++) {
    const size_t n        = (w->first + i * 7) % 40;
    const CsNoteName name = name_of(preset, 64 * (int64_t)(n + 1));
    CsRecording *r        = cs_note_store_find(w->store, &name);
    if (r == NULL) {
      CsRecording made = make_recording(w->store, (float)n);
      r                = cs_note_store_keep(w->store, &name, made);
      if (r == NULL)
        cs_recording_clear(&made);
    }
    if (r == NULL)
      continue;
    w->is_right &= r->channels[0][0][0] == (float)n;
    cs_note_store_let_go(w->store, r);
  }
  return NULL;
}

static void
test_threads_find_what_they_look_for(void **state)
{
  (void)state;
  CsNoteStore *store = cs_note_store_new(20 * NOTE_BYTES);
  Worker workers[4];
  pthread_t threads[4];
  for (size_t i = 0; i < 4; i++) {
    workers[i] = (Worker){store, i * 11, false};
    assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
  }
  for (size_t i = 0; i < 4; i++) {
    pthread_join(threads[i], NULL);
    assert_true(workers[i].is_right);
  }
  assert_true(cs_note_store_use(store).n_bytes <= 20 * NOTE_BYTES);
  cs_note_store_free(store);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_note_is_found_by_all_parts_of_its_name),
      cmocka_unit_test(test_presets_that_sound_alike_have_one_number),
      cmocka_unit_test(test_what_was_not_used_for_longest_goes_first),
      cmocka_unit_test(test_what_is_in_use_stays_and_the_rest_is_refused),
      cmocka_unit_test(test_of_two_recordings_of_a_note_the_first_stays),
      cmocka_unit_test(
          test_of_two_starts_the_longer_stays_unless_the_shorter_is_in_use),
      cmocka_unit_test(test_what_is_known_of_a_key_comes_together),
      cmocka_unit_test(test_threads_find_what_they_look_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
