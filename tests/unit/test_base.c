#include "gen/base/arena.h"
#include "gen/base/hash.h"
#include "gen/base/json.h"
#include "gen/base/mathx.h"
#include "gen/base/rng.h"
#include "gen/base/text.h"
#include "gen/music/vocabulary.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int
begin(void **state)
{
  *state = cs_arena_new(NULL);
  return *state == NULL;
}

static int
end(void **state)
{
  cs_arena_free(*state);
  return 0;
}

// ---- Arena ------------------------------------------------------------------

typedef struct Refuser {
  size_t n_left;
} Refuser;

static void *
get_or_refuse(void *user, size_t n_bytes)
{
  Refuser *r = user;
  return r->n_left-- > 0 ? malloc(n_bytes) : NULL;
}

static void
give_back(void *user, void *chunk)
{
  (void)user;
  free(chunk);
}

static void
test_a_reset_arena_asks_for_no_more_memory(void **state)
{
  (void)state;
  Refuser refuser          = {100};
  const CsAllocator source = {get_or_refuse, give_back, &refuser};
  CsArena *arena           = cs_arena_new(&source);
  size_t n_left            = 0;
  for (int round = 0; round < 3; round++) {
    cs_arena_reset(arena);
    for (size_t n = 1; n < 300000; n *= 3) {
      char *zeros = cs_arena_alloc(arena, n, 1);
      assert_non_null(zeros);
      assert_int_equal(zeros[0] | zeros[n / 2] | zeros[n - 1], 0);
      memset(zeros, 'x', n);
    }
    if (round == 0)
      n_left = refuser.n_left;
    assert_int_equal(refuser.n_left, n_left);
  }
  cs_arena_free(arena);
}

static void
test_a_refused_chunk_is_reported_and_nothing_leaks(void **state)
{
  (void)state;
  for (size_t n = 0; n < 4; n++) {
    Refuser refuser          = {n};
    const CsAllocator source = {get_or_refuse, give_back, &refuser};
    CsArena *arena           = cs_arena_new(&source);
    if (n == 0) {
      assert_null(arena);
      continue;
    }
    size_t n_got = 0;
    while (cs_arena_alloc(arena, 1, 200000) != NULL)
      n_got++;
    assert_int_equal(n_got, n - 1);
    assert_string_equal(cs_arena_error(arena), "not enough memory");
    cs_arena_free(arena);
  }
}

static void
test_an_overflowing_size_is_refused(void **state)
{
  assert_null(cs_arena_alloc(*state, SIZE_MAX / 4, 8));
  assert_string_not_equal(cs_arena_error(*state), "");
}

static void
test_growing_keeps_what_was_there(void **state)
{
  int *numbers    = NULL;
  size_t capacity = 0;
  for (int i = 0; i < 1000; i++) {
    void *room = numbers;
    assert_int_equal(
        cs_arena_grow(*state, &room, &capacity, (size_t)i + 1, sizeof *numbers),
        CS_OK);
    numbers    = room;
    numbers[i] = i;
  }
  for (int i = 0; i < 1000; i++)
    assert_int_equal(numbers[i], i);
}

static void
test_the_first_error_detail_stays(void **state)
{
  (void)cs_fail(*state, CS_ERR_WORK, "first %d", 1);
  (void)cs_fail(*state, CS_ERR_WORK, "second");
  assert_string_equal(cs_arena_error(*state), "first 1");
}

// ---- Numbers ----------------------------------------------------------------

static void
assert_close(double got, double want, double relative)
{
  const double off = fabs(got - want);
  if (off > relative * fabs(want) + 1e-300)
    fail_msg("got %.17g, wanted %.17g", got, want);
}

static void
test_own_functions_agree_with_libm(void **state)
{
  (void)state;
  for (double x = -30.0; x < 30.0; x += 0.0371) {
    assert_close(cs_exp2(x), exp2(x), 1e-14);
    assert_true(fabs(cs_sin(x) - sin(x)) < 1e-14);
    assert_true(fabs(cs_cos(x) - cos(x)) < 1e-14);
    assert_close(cs_gain_from_db(x), pow(10.0, x / 20.0), 1e-13);
  }
  for (double x = 1e-6; x < 1e6; x *= 1.37) {
    assert_true(fabs(cs_log2(x) - log2(x)) < 1e-13);
    assert_close(cs_pow(x, 1.6), pow(x, 1.6), 1e-12);
  }
}

static void
test_random_streams_differ_by_each_part_of_their_name(void **state)
{
  (void)state;
  CsRng a = cs_rng_at(1, "bass", 2, 3), b = cs_rng_at(1, "bass", 2, 3);
  CsRng others[] = {cs_rng_at(2, "bass", 2, 3), cs_rng_at(1, "basS", 2, 3),
      cs_rng_at(1, "bass", 3, 3), cs_rng_at(1, "bass", 2, 4),
      cs_rng_at(1, "bass", 3, 2)};
  const uint64_t first = cs_rng_next(&a);
  assert_true(first == cs_rng_next(&b));
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    assert_true(cs_rng_next(&others[i]) != first);
}

static void
test_random_numbers_are_even_and_in_range(void **state)
{
  (void)state;
  CsRng rng     = cs_rng_at(7, "test", 0, 0);
  int counts[6] = {0};
  double sum = 0.0, squares = 0.0;
  for (int i = 0; i < 60000; i++) {
    counts[cs_rng_below(&rng, 6)]++;
    const double x = cs_rng_normal(&rng);
    sum += x, squares += x * x;
  }
  for (int i = 0; i < 6; i++)
    assert_in_range(counts[i], 9600, 10400);
  assert_true(fabs(sum / 60000) < 0.02);
  assert_true(fabs(squares / 60000 - 1.0) < 0.03);
  assert_int_equal(cs_rng_below(&rng, 0), 0);
}

static void
test_numbers_are_printed_as_short_as_they_read_back(void **state)
{
  (void)state;
  const struct {
    double x;
    const char *text;
  } rows[] = {{0.1, "0.1"}, {90.0, "90"}, {-0.0, "0"}, {1e300, "1e+300"},
      {1.0 / 3.0, "0.3333333333333333"}};
  char text[32];
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    cs_format_number(rows[i].x, text);
    assert_string_equal(text, rows[i].text);
  }
}

static void
test_sha256_of_a_known_text(void **state)
{
  (void)state;
  CsHash hash;
  char hex[65];
  cs_hash_begin(&hash);
  cs_hash_add(&hash, "a", 1);
  cs_hash_add(&hash, "bc", 2);
  cs_hash_end(&hash, hex);
  assert_string_equal(
      hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// ---- Text -------------------------------------------------------------------

static void
test_utf8_is_checked_strictly(void **state)
{
  (void)state;
  const struct {
    const char *text;
    size_t n_valid;
  } rows[] = {{"ab", 2}, {"\xc3\xa4", 2}, {"\xe2\x99\xaf", 3},
      {"\xf0\x9f\x8e\xb5", 4}, {"a\xff", 1}, {"\xc0\xaf", 0},
      {"\xed\xa0\x80", 0}, {"\xf4\x90\x80\x80", 0}, {"\xe2\x99", 0},
      {"\x80", 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_int_equal(
        cs_utf8_check(rows[i].text, strlen(rows[i].text)), rows[i].n_valid);
}

static void
test_text_is_cut_between_words_or_characters(void **state)
{
  (void)state;
  assert_int_equal(cs_utf8_fitting("caf\xc3\xa9", 4), 3);
  assert_int_equal(cs_utf8_fitting("caf\xc3\xa9", 5), 5);
  assert_int_equal(cs_words_fitting("slow piano", 8), 4);
  assert_int_equal(cs_words_fitting("slow piano", 4), 4);
  assert_int_equal(cs_words_fitting("\xc3\xa9\xc3\xa9", 3), 2);
}

static void
test_edit_distance_counts_swaps_as_one(void **state)
{
  (void)state;
  assert_int_equal(cs_edit_distance("ukelele", "ukulele", 2), 1);
  assert_int_equal(cs_edit_distance("violni", "violin", 2), 1);
  assert_int_equal(cs_edit_distance("drumms", "drums", 2), 1);
  assert_int_equal(cs_edit_distance("bass", "piano", 2), 3);
  assert_int_equal(cs_edit_distance("", "ab", 2), 2);
}

// ---- JSON -------------------------------------------------------------------

static CsStatus
parse(CsArena *arena, const char *text, const CsJson **root)
{
  cs_arena_clear_error(arena);
  return cs_json_parse(arena, "x.json", text, strlen(text), root);
}

static void
test_lax_json_is_refused_with_its_place(void **state)
{
  const struct {
    const char *text, *message;
  } rows[] = {
      {"{\"a\": 1, \"a\": 2}", "x.json: the key \"a\" stands twice"},
      {"{\"a\": 1} x", "x.json line 1 column 10: more text"},
      {"{\"a\": [1, 1e999]}", "x.json /a/1: the number is too large"},
      {"{\"a\": \"\xff\"}", "x.json line 1 column 8: a byte is not valid"},
      {"{\"a\":\n tru}", "x.json line 2"},
      {"", "x.json line 1 column 1"},
      {"[1, 2", "x.json line 1 column"},
      {"[1,]", "x.json line 1 column"},
      {"{\"a\" 1}", "x.json line 1 column"},
      {"{a: 1}", "x.json line 1 column"},
      {"{\"a\": 1,}", "x.json line 1 column"},
      {"[\"a", "x.json line 1 column"},
      {"[\"\\q\"]", "x.json line 1 column"},
      {"[\"\\u0000\"]", "x.json line 1 column"},
      {"[\"\\ud834\"]", "x.json line 1 column"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const CsJson *root = NULL;
    assert_int_equal(parse(*state, rows[i].text, &root), CS_ERR_REQUEST);
    if (strncmp(cs_arena_error(*state), rows[i].message,
            strlen(rows[i].message)) != 0)
      fail_msg("got: %s", cs_arena_error(*state));
  }
}

static void
test_escapes_are_written_out(void **state)
{
  const CsJson *root = NULL;
  assert_int_equal(parse(*state,
                       "\xef\xbb\xbf [\"\\\"\\\\\\/\\b\\f\\n\\r\\t\", "
                       "\"\\u00e9\\u20AC\\ud834\\udd1e\\u0041\", \"\"]",
                       &root),
      CS_OK);
  assert_int_equal(root->n_children, 3);
  assert_string_equal(root->first->string, "\"\\/\b\f\n\r\t");
  assert_string_equal(root->first->next->string,
      "\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e"
      "A");
  assert_string_equal(root->first->next->next->string, "");
}

static void
test_numbers_are_read_as_strtod_reads_them(void **state)
{
  static const char *const texts[] = {"0", "-0", "7", "-12", "0.1", "0.30",
      "3.14159265358979", "123456789012345", "9999999999999999", "-0.7071",
      "12345678.9012345", "0.00000000000001", "1e22", "1E-7", "-2.5e+3",
      "179769313486231570000", "0.1234567890123456789", "4.9e-324"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const CsJson *root = NULL;
    assert_int_equal(parse(*state, texts[i], &root), CS_OK);
    const double wanted = strtod(texts[i], NULL);
    if (memcmp(&root->number, &wanted, sizeof wanted) != 0)
      fail_msg("%s is read as %.17g", texts[i], root->number);
  }
}

static void
test_deep_nesting_is_refused(void **state)
{
  char text[401];
  const CsJson *root = NULL;
  memset(text, '[', 200);
  memset(text + 200, ']', 200);
  text[400] = '\0';
  assert_int_equal(parse(*state, text, &root), CS_ERR_REQUEST);
}

typedef struct Thing {
  double tempo_bpm;
  int n;
  bool is_on;
  const char *name;
  double range[2];
  int kind;
  CsStrings words;
} Thing;

static const char *const kind_names[] = {"one", "two"};

static const CsField thing_fields[] = {
    {"tempo", CS_FIELD_DOUBLE, offsetof(Thing, tempo_bpm), 40, 220, "BPM"},
    {"n", CS_FIELD_INT, offsetof(Thing, n), 0, 9, "things"},
    {"on", CS_FIELD_BOOL, offsetof(Thing, is_on), .what = "switch"},
    {"name", CS_FIELD_STRING, offsetof(Thing, name), .what = "name",
        .required = true},
    {"range", CS_FIELD_RANGE, offsetof(Thing, range), 0, 1, "share"},
    {"kind", CS_FIELD_ENUM, offsetof(Thing, kind), .what = "kind",
        .names = kind_names, .n_names = 2},
    {"words", CS_FIELD_STRINGS, offsetof(Thing, words), .what = "words"},
};

static CsStatus
read_thing(CsArena *arena, const char *text, Thing *thing)
{
  const CsJson *root    = NULL;
  const CsStatus status = parse(arena, text, &root);
  return status != CS_OK
             ? status
             : cs_json_read(arena, root, thing_fields,
                   sizeof thing_fields / sizeof *thing_fields, thing);
}

static void
test_what_is_read_by_a_table_outlives_the_text(void **state)
{
  static const char text[] =
      "{\"name\": \"a\\u00e9\", \"words\": [\"b\", \"cd\"]}";
  CsArena *scratch   = cs_arena_new(NULL);
  const CsJson *root = NULL;
  Thing thing        = {0};
  assert_int_equal(
      cs_json_parse(scratch, "x.json", text, sizeof text - 1, &root), CS_OK);
  assert_int_equal(cs_json_read(*state, root, thing_fields,
                       sizeof thing_fields / sizeof *thing_fields, &thing),
      CS_OK);
  cs_arena_free(scratch);
  assert_string_equal(thing.name, "a\xc3\xa9");
  assert_int_equal(thing.words.n, 2);
  assert_string_equal(thing.words.items[0], "b");
  assert_string_equal(thing.words.items[1], "cd");
}

static void
test_a_table_of_fields_reads_an_object(void **state)
{
  Thing thing = {.n = 5};
  assert_int_equal(
      read_thing(*state,
          "{\"name\": \"x\", \"tempo\": 90.5, \"on\": true, \"range\": [0.1, "
          "0.9], \"kind\": \"two\", \"words\": [\"a\", \"b\"]}",
          &thing),
      CS_OK);
  assert_true(thing.tempo_bpm == 90.5 && thing.n == 5 && thing.is_on);
  assert_true(thing.range[1] == 0.9 && thing.kind == 1 && thing.words.n == 2);
  assert_string_equal(thing.words.items[1], "b");
}

static void
test_a_table_of_fields_names_what_is_wrong(void **state)
{
  const struct {
    const char *text, *message;
  } rows[] = {
      {"{\"name\": \"x\", \"tempo\": 500}",
          "x.json /tempo: 500 is outside 40..220 (BPM)"},
      {"{\"name\": \"x\", \"n\": 1.5}",
          "x.json /n: 1.5 is not a whole number (things)"},
      {"{\"name\": \"x\", \"tempi\": 90}",
          "x.json /tempi: this key is unknown; did you mean \"tempo\"?"},
      {"{}", "x.json: \"name\" (name) is missing"},
      {"{\"name\": \"x\", \"kind\": \"six\"}",
          "x.json /kind: \"six\" is unknown; allowed are: one, two"},
      {"{\"name\": \"x\", \"range\": [0.9, 0.1]}",
          "x.json /range: the first number is above the second"},
      {"{\"name\": 3}", "x.json /name: a text (name) is wanted here"},
      {"[]", "x.json: an object {...} is wanted here"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Thing thing = {0};
    assert_int_equal(read_thing(*state, rows[i].text, &thing), CS_ERR_REQUEST);
    assert_string_equal(cs_arena_error(*state), rows[i].message);
  }
}

/// Some 5 MB of cJSON's memory, and a text after it.
static void
test_a_long_text_is_read_and_a_short_one_after_it(void **state)
{
  enum { N = 60000 };
  char *text         = malloc(2 * (size_t)N + 2);
  const CsJson *root = NULL;
  assert_non_null(text);
  for (size_t round = 0; round < 3; round++) {
    size_t n = 0;
    for (size_t i = 0; i < N; i++) {
      text[n++] = i == 0 ? '[' : ',';
      text[n++] = (char)('0' + (i + round) % 10);
    }
    text[n++] = ']';
    assert_int_equal(cs_json_parse(*state, "x.json", text, n, &root), CS_OK);
    assert_int_equal(root->n_children, N);
    const CsJson *at = root->first;
    for (size_t i = 0; i < N; i++, at = at->next)
      assert_true(at->number == (double)((i + round) % 10));
    assert_int_equal(parse(*state, "{\"a\": [true]}", &root), CS_OK);
    assert_true(root->first->first->number == 1.0);
  }
  free(text);
}

static void
test_written_json_reads_back(void **state)
{
  CsText text    = cs_text_new(*state);
  CsJsonWriter w = cs_json_writer(&text, true);
  cs_json_begin_object(&w, NULL);
  cs_json_put_string(&w, "quote", "a \"b\"\\\n\x01 \xe2\x99\xaf");
  cs_json_begin_flat_array(&w, "numbers");
  cs_json_put_number(&w, NULL, 0.1);
  cs_json_put_rounded(&w, NULL, 2.0 / 3.0, 2);
  cs_json_end_array(&w);
  cs_json_begin_array(&w, "empty");
  cs_json_end_array(&w);
  cs_json_put_bool(&w, "yes", true);
  cs_json_end_object(&w);
  const char *written = NULL;
  const CsJson *root  = NULL;
  assert_int_equal(cs_text_take(&text, &written), CS_OK);
  assert_int_equal(parse(*state, written, &root), CS_OK);
  assert_string_equal(
      cs_json_member(root, "quote")->string, "a \"b\"\\\n\x01 \xe2\x99\xaf");
  assert_true(cs_json_member(root, "numbers")->first->next->number == 0.67);
  assert_non_null(strstr(written, "[0.1, 0.67]"));
  assert_non_null(strstr(written, "\"empty\": []"));
}

// ---- Music ------------------------------------------------------------------

static void
test_keys_are_read_and_named(void **state)
{
  (void)state;
  const struct {
    const char *text, *name;
  } rows[] = {{"D minor", "D minor"}, {"Dm", "D minor"}, {"F#m", "F# minor"},
      {"Bb", "Bb major"}, {"E-flat major", "Eb major"}, {"e flat", "Eb major"},
      {"C\xe2\x99\xaf dorian", "C# dorian"}, {"A#", "Bb major"},
      {"G harmonic minor", "G harmonic minor"}, {"b minor", "B minor"},
      {"Cb", "B major"}, {"F sharp minor", "F# minor"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CsKey key;
    char name[32];
    assert_true(cs_key_parse(rows[i].text, &key));
    cs_key_name(key, name);
    assert_string_equal(name, rows[i].name);
  }
  CsKey key;
  const char *const wrong[] = {"H#", "", "D moll", "CC", "D minor x", "8"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_false(cs_key_parse(wrong[i], &key));
}

static void
test_meters_are_read_and_felt(void **state)
{
  (void)state;
  CsMeter meter;
  assert_true(cs_meter_parse("6/8", &meter));
  assert_int_equal(cs_meter_beats(meter), 2);
  assert_true(cs_meter_quarters(meter) == 3.0);
  assert_true(cs_meter_parse("3/4", &meter));
  assert_int_equal(cs_meter_beats(meter), 3);
  assert_false(cs_meter_parse("4/5", &meter));
  assert_false(cs_meter_parse("0/4", &meter));
  assert_false(cs_meter_parse("4/4x", &meter));
}

static void
test_modes_hold_their_tonic_and_third(void **state)
{
  (void)state;
  for (int m = 0; m < CS_N_MODES; m++) {
    int degrees[7];
    cs_mode_degrees((CsMode)m, degrees);
    assert_true(cs_mode_pitch_classes((CsMode)m) & 1);
    for (int i = 1; i < 7; i++)
      assert_true(degrees[i] > degrees[i - 1]);
    assert_int_equal(cs_mode_is_minor((CsMode)m), degrees[2] == 3);
  }
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
  const struct CMUnitTest tests[] = {
      CASE(test_a_refused_chunk_is_reported_and_nothing_leaks),
      CASE(test_a_reset_arena_asks_for_no_more_memory),
      CASE(test_an_overflowing_size_is_refused),
      CASE(test_growing_keeps_what_was_there),
      CASE(test_the_first_error_detail_stays),
      CASE(test_own_functions_agree_with_libm),
      CASE(test_random_streams_differ_by_each_part_of_their_name),
      CASE(test_random_numbers_are_even_and_in_range),
      CASE(test_numbers_are_printed_as_short_as_they_read_back),
      CASE(test_sha256_of_a_known_text),
      CASE(test_utf8_is_checked_strictly),
      CASE(test_text_is_cut_between_words_or_characters),
      CASE(test_edit_distance_counts_swaps_as_one),
      CASE(test_a_table_of_fields_reads_an_object),
      CASE(test_a_table_of_fields_names_what_is_wrong),
      CASE(test_keys_are_read_and_named),
      CASE(test_meters_are_read_and_felt),
      CASE(test_modes_hold_their_tonic_and_third),
  };
  const struct CMUnitTest json_tests[] = {
      CASE(test_lax_json_is_refused_with_its_place),
      CASE(test_escapes_are_written_out),
      CASE(test_numbers_are_read_as_strtod_reads_them),
      CASE(test_what_is_read_by_a_table_outlives_the_text),
      CASE(test_deep_nesting_is_refused),
      CASE(test_a_long_text_is_read_and_a_short_one_after_it),
      CASE(test_written_json_reads_back),
  };
  const int n_failed =
      cmocka_run_group_tests(tests, NULL, NULL) +
      cmocka_run_group_tests_name("json", json_tests, NULL, NULL);
  cs_json_own_process(); // as the command line does
  return n_failed + cmocka_run_group_tests_name(
                        "json in an own process", json_tests, NULL, NULL);
}
