// Stems that add up to the mix, bytes that are the same, and what is refused.

#include "tests/unit/master_fixture.h"

#include <signal.h>
#include <sys/resource.h>

static void
test_stems_add_up_to_the_mix_to_the_last_step(void **state)
{
  (void)state;
  static Signal *const signals[] = {noise, strokes, cancelling};
  for (int format = 0; format < CS_N_SAMPLE_FORMATS; format++)
    for (int n_channels = 1; n_channels <= 2; n_channels++)
      for (size_t k = 0; k < 3; k++) {
        CsArena *arena         = arena_new();
        Run run                = run_of(signals[k]);
        run.stems              = k == 2 ? 6U : 63U;
        run.wish.format        = (CsSampleFormat)format;
        run.wish.n_channels    = n_channels;
        run.wish.n_frames      = 60001;
        run.wish.wants_stems   = true;
        run.wish.carves_speech = false;
        make(arena, &run);
        const size_t n = (size_t)run.n_frames * (size_t)n_channels;
        for (size_t i = 0; i < n; i++)
          if (run.stem_sum[i] != run.steps[i])
            fail_msg("%s bits, sample %zu: stems %.0f, mix %.0f",
                cs_sample_format_names[format], i, run.stem_sum[i],
                run.steps[i]);
        cs_arena_free(arena);
      }
}

static void
test_asking_for_stems_leaves_the_mix_as_it_was(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run plain = run_of(strokes), with = run_of(strokes);
  plain.stems = with.stems = 63U;
  plain.wish.format = with.wish.format = CS_PCM_16;
  with.wish.wants_stems                = true;
  make(arena, &plain);
  make(arena, &with);
  assert_true(same_mix(&plain, &with));
  cs_arena_free(arena);
}

static void
test_stem_carries_its_own_sound_and_tail_only(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run both = run_of(noise), one = run_of(noise);
  both.wish.wants_stems = one.wish.wants_stems = true;
  one.stems                                    = 1U << CS_STEM_DRUMS;
  make(arena, &both);
  make(arena, &one);
  assert_true(both.has_stem[CS_STEM_HARMONY]);
  assert_false(one.has_stem[CS_STEM_HARMONY]);
  // Alone the drums get another gain; but for that they are the same.
  const double gain =
      cs_gain_from_db(both.measured.gain_db - one.measured.gain_db);
  for (size_t i = 0; i < 2 * (size_t)one.n_frames; i++)
    assert_near("drums", (double)both.stem[CS_STEM_DRUMS][i],
        gain * (double)one.mix[i], 1e-5);
  cs_arena_free(arena);
}

static void
test_same_input_gives_same_bytes(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run a = run_of(strokes), b = run_of(strokes), c = run_of(strokes);
  a.wish.format = b.wish.format = c.wish.format = CS_PCM_16;
  c.wish.seed                                   = 6;
  make(arena, &a);
  make(arena, &b);
  make(arena, &c);
  assert_true(same_mix(&a, &b));
  assert_false(same_mix(&a, &c)); // another dither
  cs_arena_free(arena);
}

static void
test_threads_change_no_byte(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run a = run_of(strokes), b = run_of(strokes);
  a.wish.wants_stems = b.wish.wants_stems = true;
  a.wish.n_threads                        = 1;
  b.wish.n_threads                        = 4;
  make(arena, &a);
  make(arena, &b);
  assert_true(same_mix(&a, &b));
  assert_string_equal(a.measured.sha256, b.measured.sha256);
  assert_true(a.measured.true_peak_dbtp == b.measured.true_peak_dbtp);
  for (int s = 0; s < CS_N_STEMS; s++)
    for (int64_t i = 0; i < 2 * a.wish.n_frames; i++)
      assert_true(a.stem[s][i] == b.stem[s][i]);
  cs_arena_free(arena);
}

static void
test_missing_frames_count_as_silence_and_the_room_rings_on(void **state)
{
  (void)state;
  CsArena *arena       = arena_new();
  Run run              = run_of(noise);
  run.n_given          = CS_BLOCK_FRAMES;
  run.wish.target_lufs = -24.0;
  make(arena, &run);
  assert_int_equal(run.n_frames, run.wish.n_frames);
  double tail = 0.0;
  for (size_t i = 4 * CS_BLOCK_FRAMES; i < 6 * CS_BLOCK_FRAMES; i++)
    tail = fmax(tail, fabs((double)run.mix[i]));
  assert_true(tail > 1e-4);
  cs_arena_free(arena);
}

static void
test_hash_is_of_the_bytes_of_a_wav_file(void **state)
{
  (void)state;
  static const size_t sizes[] = {2, 3, 4};
  for (int format = 0; format < CS_N_SAMPLE_FORMATS; format++) {
    CsArena *arena  = arena_new();
    Run run         = run_of(strokes);
    run.wish.format = (CsSampleFormat)format;
    make(arena, &run);
    CsHash hash;
    char hex[65];
    cs_hash_begin(&hash);
    for (size_t i = 0; i < 2 * (size_t)run.n_frames; i++) {
      const int32_t whole = (int32_t)run.steps[i];
      uint32_t bits       = (uint32_t)whole;
      uint8_t bytes[4];
      if (format == CS_FLOAT_32)
        memcpy(&bits, &run.mix[i], sizeof bits);
      for (size_t k = 0; k < 4; k++)
        bytes[k] = (uint8_t)(bits >> (8 * k));
      cs_hash_add(&hash, bytes, sizes[format]);
    }
    cs_hash_end(&hash, hex);
    assert_string_equal(run.measured.sha256, hex);
    cs_arena_free(arena);
  }
}

static void
test_full_disk_is_one_sentence_that_names_the_folder(void **state)
{
  (void)state;
  CsArena *arena       = arena_new();
  CsMaster *master     = NULL;
  Run run              = run_of(tone);
  run.stems            = 63U;
  run.wish.n_frames    = 48000 * 40;
  run.wish.wants_stems = true;
  struct rlimit before, tiny;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  tiny          = before;
  tiny.rlim_cur = 1 << 20;
  signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
  assert_int_equal(cs_master_new(arena, &run.wish, &master), CS_OK);
  run.signal            = silence; // quick; silence fills a disk too
  const CsStatus status = feed_all(arena, master, &run);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, SIG_DFL);
  assert_int_equal(status, CS_ERR_WORK);
  assert_string_equal(cs_arena_error(arena),
      "disk full while writing beside /tmp: free some space there or choose "
      "another output folder");
  cs_master_free(master);
  cs_arena_free(arena);
}

/// Refuses the request after `left` more.
typedef struct Refusal {
  long left;
} Refusal;

static void *
get_or_refuse(void *user, size_t n_bytes)
{
  Refusal *refusal = user;
  return refusal->left-- > 0 ? malloc(n_bytes) : NULL;
}

static void
give_back(void *user, void *chunk)
{
  (void)user;
  free(chunk);
}

static CsStatus
try_all(CsArena *arena, const Run *run)
{
  CsMaster *master = NULL;
  CsCueBlock block = {.n_frames = 1};
  CsStatus status  = cs_master_new(arena, &run->wish, &master);
  if (status == CS_OK)
    status = feed_all(arena, master, run);
  if (status == CS_OK)
    status = cs_master_decide(arena, master);
  while (status == CS_OK && block.n_frames > 0)
    status = cs_master_read(arena, master, &block);
  cs_master_free(master);
  return status;
}

static void
test_every_refused_allocation_is_passed_up(void **state)
{
  (void)state;
  Run run              = run_of(silence);
  run.wish.n_frames    = 20000;
  run.wish.wants_stems = true;
  CsStatus status      = CS_ERR_MEMORY;
  long n_tried         = 1;
  for (; status != CS_OK && n_tried < 1000; n_tried++) {
    Refusal refusal          = {.left = n_tried};
    const CsAllocator source = {get_or_refuse, give_back, &refusal};
    CsArena *arena           = cs_arena_new(&source);
    if (arena == NULL)
      continue;
    status = try_all(arena, &run);
    assert_true(status == CS_OK || status == CS_ERR_MEMORY);
    cs_arena_free(arena);
  }
  assert_int_equal(status, CS_OK);
  assert_true(n_tried > 5);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_stems_add_up_to_the_mix_to_the_last_step),
      cmocka_unit_test(test_asking_for_stems_leaves_the_mix_as_it_was),
      cmocka_unit_test(test_stem_carries_its_own_sound_and_tail_only),
      cmocka_unit_test(test_same_input_gives_same_bytes),
      cmocka_unit_test(test_threads_change_no_byte),
      cmocka_unit_test(
          test_missing_frames_count_as_silence_and_the_room_rings_on),
      cmocka_unit_test(test_hash_is_of_the_bytes_of_a_wav_file),
      cmocka_unit_test(test_full_disk_is_one_sentence_that_names_the_folder),
      cmocka_unit_test(test_every_refused_allocation_is_passed_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
