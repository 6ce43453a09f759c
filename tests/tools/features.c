// A row of figures per cue, worked out from its notes alone: how dense, how
// high, in which rhythm, on which harmonies, how woven. Tempo, sounds and
// loudness are left out on purpose. For tests/bench/variety.py.
//
// usage: features FIRST-SEED LAST-SEED [FUNCTION [PROMPT]]
//
// Every style with every seed; the first line names the columns.

#include "gen/engine.h"
#include "gen/plan/planning.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Who plays, as a listener tells them apart.
typedef enum Group {
  LOW_DRUMS,
  MID_DRUMS, ///< Snares, rims, claps.
  HIGH_DRUMS,
  BASS,
  HARMONY,
  TUNE,
  N_GROUPS
} Group;

static const char *const group_names[N_GROUPS] = {
    "low_drums", "mid_drums", "high_drums", "bass", "harmony", "tune"};

enum { N_STEPS = 16, N_PCS = 12, MAX_FEATURES = 256 };

typedef struct Row {
  char names[MAX_FEATURES][40];
  double values[MAX_FEATURES];
  size_t n;
} Row;

/// A note of the score with what is asked of it again and again.
typedef struct Heard {
  Group group;
  size_t part;
  int64_t tick;
  double beats; ///< Length.
  int key;
  int bar, step; ///< Step of N_STEPS in its bar.
  bool is_triplet, is_spread;
} Heard;

typedef struct Cue {
  const CsScore *score;
  Heard *notes;
  size_t n;
  int n_bars;
  double n_beats;
} Cue;

static void
put(Row *row, const char *kind, const char *what, const char *of, double value)
{
  (void)snprintf(row->names[row->n], sizeof row->names[0], "%s.%s%s%s", kind,
      what, of[0] != '\0' ? "_" : "", of);
  row->values[row->n++] = value;
}

// ---- The notes --------------------------------------------------------------

static Group
drum_group(const CsTrack *track, int key)
{
  if (track->bank != 128)
    return LOW_DRUMS; // taiko, timpani, toms
  if (key >= 37 && key <= 40)
    return MID_DRUMS;
  const bool is_low = key <= 36 || key == 41 || key == 43 || key == 45 ||
                      key == 64 || key >= 86;
  return is_low ? LOW_DRUMS : HIGH_DRUMS;
}

/// @return false for what belongs to no group.
static bool
group_of(const CsTrack *track, int key, Group *group)
{
  switch (track->role) {
  case CS_ROLE_PAD:
  case CS_ROLE_CHORDS:
  case CS_ROLE_MOTION:
  case CS_ROLE_COLOUR:
    *group = HARMONY;
    return true;
  case CS_ROLE_BASS:
    *group = BASS;
    return true;
  case CS_ROLE_DRUMS:
  case CS_ROLE_PERCUSSION:
    *group = drum_group(track, key);
    return true;
  case CS_ROLE_MELODY:
  case CS_ROLE_COUNTER:
    *group = TUNE;
    return true;
  case CS_ROLE_EFFECTS:
  case CS_N_ROLES:
    break;
  }
  return false;
}

static Heard
hear(const CsScore *score, size_t part, const CsNote *note)
{
  const CsTimeline *t   = score->timeline;
  const int bar         = cs_bar_of_tick(t, note->start_tick);
  const double in_bar   = (double)(note->start_tick - cs_bar_tick(t, bar));
  const double quarters = in_bar / CS_TICKS_PER_QUARTER;
  const double in_beat  = quarters - floor(quarters);
  return (Heard){.part = part,
      .tick            = note->start_tick,
      .beats           = (double)note->n_ticks / CS_TICKS_PER_QUARTER,
      .key             = note->key,
      .bar             = bar,
      .step            = (int)floor(quarters * 4.0 + 0.5) % N_STEPS,
      .is_triplet =
          fabs(in_beat - 1.0 / 3.0) < 0.04 || fabs(in_beat - 2.0 / 3.0) < 0.04,
      .is_spread = note->delay_ms > 5.0F};
}

static Cue
cue_of(const CsScore *score)
{
  size_t n = 0;
  for (size_t p = 0; p < score->n_parts; p++)
    n += score->parts[p].n_notes;
  Cue cue     = {.score = score, .notes = calloc(n + 1, sizeof *cue.notes)};
  cue.n_bars  = score->plan->n_bars - 1; // without the last downbeat
  cue.n_beats = cue.n_bars * cs_meter_quarters(score->plan->meter);
  for (size_t p = 0; cue.notes != NULL && p < score->n_parts; p++)
    for (size_t i = 0; i < score->parts[p].n_notes; i++) {
      Heard h = hear(score, p, &score->parts[p].notes[i]);
      if (h.bar < cue.n_bars &&
          group_of(&score->plan->tracks[p], h.key, &h.group))
        cue.notes[cue.n++] = h;
    }
  return cue;
}

// ---- Figures ----------------------------------------------------------------

static int
by_value(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/// The value below which that share of the sorted values lies.
static double
quantile(const double *sorted, size_t n, double share)
{
  return n == 0 ? 0.0 : sorted[(size_t)(share * (double)(n - 1) + 0.5)];
}

static void
add_density(Row *row, const Cue *cue)
{
  double counts[N_GROUPS] = {0};
  double thirds[3]        = {0};
  for (size_t i = 0; i < cue->n; i++) {
    counts[cue->notes[i].group]++;
    thirds[3 * cue->notes[i].bar / cue->n_bars]++;
  }
  for (int g = 0; g < N_GROUPS; g++)
    put(row, "density", group_names[g], "",
        log2(1.0 + 4.0 * counts[g] / cue->n_beats));
  put(row, "density", "growth", "",
      log2((thirds[2] + 4.0) / (thirds[0] + 4.0)));
  put(row, "density", "middle", "",
      log2((thirds[1] + 4.0) / (thirds[0] + 4.0)));
}

/// Sorted values of one kind for a group; the caller frees them.
static double *
values_of(const Cue *cue, Group group, bool of_keys, size_t *n)
{
  double *values = calloc(cue->n + 1, sizeof *values);
  *n             = 0;
  for (size_t i = 0; values != NULL && i < cue->n; i++)
    if (cue->notes[i].group == group)
      values[(*n)++] =
          of_keys ? cue->notes[i].key : log2(cue->notes[i].beats + 0.05);
  if (values != NULL)
    qsort(values, *n, sizeof *values, by_value);
  return values;
}

static void
add_register(Row *row, const Cue *cue)
{
  for (int g = BASS; g <= TUNE; g++) {
    size_t n     = 0;
    double *keys = values_of(cue, (Group)g, true, &n);
    put(row, "register", "low", group_names[g], quantile(keys, n, 0.1));
    put(row, "register", "middle", group_names[g], quantile(keys, n, 0.5));
    put(row, "register", "high", group_names[g], quantile(keys, n, 0.9));
    free(keys);
  }
}

/// On which steps of the bar a group strikes, and how long its notes are.
static void
add_rhythm(Row *row, const Cue *cue)
{
  for (int g = 0; g < N_GROUPS; g++) {
    double steps[N_STEPS] = {0};
    double n = 0, n_triplets = 0;
    for (size_t i = 0; i < cue->n; i++) {
      if (cue->notes[i].group != (Group)g)
        continue;
      steps[cue->notes[i].step]++;
      n_triplets += cue->notes[i].is_triplet;
      n++;
    }
    for (int s = 0; s < N_STEPS; s++) {
      char what[16];
      (void)snprintf(what, sizeof what, "step%02d", s);
      put(row, "rhythm", what, group_names[g], n > 0 ? steps[s] / n : 0.0);
    }
    put(row, "rhythm", "triplets", group_names[g], n > 0 ? n_triplets / n : 0);
    if (g < BASS)
      continue;
    size_t n_lengths = 0;
    double *lengths  = values_of(cue, (Group)g, false, &n_lengths);
    put(row, "rhythm", "length", group_names[g],
        quantile(lengths, n_lengths, 0.5));
    free(lengths);
  }
}

/// Key of the bass that sounds at a tick, or -1.
static int
bass_at(const Cue *cue, int64_t tick)
{
  int key = -1;
  for (size_t i = 0; i < cue->n; i++)
    if (cue->notes[i].group == BASS && cue->notes[i].tick <= tick &&
        (double)(tick - cue->notes[i].tick) <
            cue->notes[i].beats * CS_TICKS_PER_QUARTER + 1.0)
      key = cue->notes[i].key;
  return key;
}

static void
add_classes(Row *row, const char *what, const double counts[N_PCS])
{
  double sum = 0.0;
  for (int i = 0; i < N_PCS; i++)
    sum += counts[i];
  for (int i = 0; i < N_PCS; i++) {
    char of[16];
    (void)snprintf(of, sizeof of, "%02d", i);
    put(row, "harmony", what, of, sum > 0.0 ? counts[i] / sum : 0.0);
  }
}

/// Pitch classes above the tonic, of all and of the bass, and above the bass;
/// how often the bass moves.
static void
add_harmony(Row *row, const Cue *cue)
{
  const int tonic     = cue->score->plan->key.tonic_pc;
  double all[N_PCS]   = {0};
  double low[N_PCS]   = {0};
  double above[N_PCS] = {0};
  int last = -1, n_moves = 0;
  for (size_t i = 0; i < cue->n; i++) {
    const Heard *h = &cue->notes[i];
    if (h->group < BASS)
      continue;
    const int pc        = (h->key - tonic + 120) % N_PCS;
    const double weight = h->beats < 4.0 ? h->beats : 4.0;
    all[pc] += weight;
    if (h->group == BASS) {
      low[pc] += weight;
      n_moves += last >= 0 && pc != last;
      last = pc;
    } else if (h->group == HARMONY && bass_at(cue, h->tick) >= 0) {
      above[(h->key - bass_at(cue, h->tick) + 120) % N_PCS] += weight;
    }
  }
  add_classes(row, "scale", all);
  add_classes(row, "bass", low);
  add_classes(row, "chord", above);
  put(row, "harmony", "moves", "", (double)n_moves / cue->n_bars);
}

/// Bars in which a group plays, and in how many parts at once.
static void
add_presence(Row *row, const Cue *cue)
{
  char *seen            = calloc((size_t)cue->n_bars * CS_MAX_TRACKS + 1, 1);
  double bars[N_GROUPS] = {0}, parts[N_GROUPS] = {0};
  for (int g = 0; seen != NULL && g < N_GROUPS; g++) {
    memset(seen, 0, (size_t)cue->n_bars * CS_MAX_TRACKS);
    for (size_t i = 0; i < cue->n; i++)
      if (cue->notes[i].group == (Group)g)
        seen[(size_t)cue->notes[i].bar * CS_MAX_TRACKS + cue->notes[i].part] =
            1;
    for (int b = 0; b < cue->n_bars; b++) {
      int n = 0;
      for (int p = 0; p < CS_MAX_TRACKS; p++)
        n += seen[b * CS_MAX_TRACKS + p];
      bars[g] += n > 0;
      parts[g] += n;
    }
  }
  for (int g = 0; g < N_GROUPS; g++) {
    put(row, "texture", "bars", group_names[g], bars[g] / cue->n_bars);
    put(row, "texture", "parts", group_names[g], parts[g] / cue->n_bars);
  }
  free(seen);
}

/// How thick chords are, how long they lie, whether they are rolled or
/// strummed.
static void
add_chords(Row *row, const Cue *cue)
{
  double n = 0, n_struck = 0, n_long = 0, n_short = 0, n_spread = 0, lying = 0;
  for (size_t i = 0; i < cue->n; i++) {
    const Heard *h = &cue->notes[i];
    if (h->group != HARMONY)
      continue;
    const Heard *before = i > 0 ? &cue->notes[i - 1] : NULL;
    n++;
    n_struck +=
        before == NULL || before->part != h->part || before->tick != h->tick;
    n_long += h->beats > 3.0;
    n_short += h->beats < 0.3;
    n_spread += h->is_spread;
    lying += h->beats;
  }
  const double all = n > 0 ? n : 1.0;
  put(row, "texture", "thickness", "", n_struck > 0 ? n / n_struck : 0.0);
  put(row, "texture", "long", "", n_long / all);
  put(row, "texture", "short", "", n_short / all);
  put(row, "texture", "spread", "", n_spread / all);
  put(row, "texture", "sounding", "", log2(1.0 + lying / cue->n_beats));
}

static void
print_row(const char *style, uint64_t seed, const Row *row, bool with_names)
{
  if (with_names) {
    (void)printf("style\tseed");
    for (size_t i = 0; i < row->n; i++)
      (void)printf("\t%s", row->names[i]);
    (void)printf("\n");
  }
  (void)printf("%s\t%llu", style, (unsigned long long)seed);
  for (size_t i = 0; i < row->n; i++)
    (void)printf("\t%.5g", row->values[i]);
  (void)printf("\n");
}

// ---- The cues ---------------------------------------------------------------

static bool
measure(const CsEngine *engine, const CsStyle *style, uint64_t seed,
    const char *function, const char *prompt, bool with_names)
{
  static Row row;
  char number[32];
  CsJob *job = NULL;
  (void)snprintf(number, sizeof number, "%llu", (unsigned long long)seed);
  if (cs_job_new(engine, &job) != CS_OK)
    return false;
  const bool works = cs_job_set(job, "style", style->name) == CS_OK &&
                     cs_job_set(job, "seed", number) == CS_OK &&
                     cs_job_set(job, "function", function) == CS_OK &&
                     cs_job_parse(job, prompt) == CS_OK &&
                     cs_job_compose(job) == CS_OK;
  if (works) {
    Cue cue = cue_of(job->score);
    row.n   = 0;
    add_density(&row, &cue);
    add_register(&row, &cue);
    add_rhythm(&row, &cue);
    add_harmony(&row, &cue);
    add_presence(&row, &cue);
    add_chords(&row, &cue);
    print_row(style->name, seed, &row, with_names);
    free(cue.notes);
  } else {
    (void)fprintf(stderr, "%s: %s\n", style->name, cs_job_error(job));
  }
  cs_job_free(job);
  return works;
}

int
main(int argc, char **argv)
{
  char why[CS_MESSAGE_BYTES];
  CsEngine *engine = NULL;
  if (argc < 3 || cs_engine_open(NULL, why, &engine) != CS_OK) {
    (void)fprintf(stderr, "%s\n",
        argc < 3 ? "usage: features FIRST LAST [FUNCTION [PROMPT]]" : why);
    return 2;
  }
  const uint64_t first = strtoull(argv[1], NULL, 10);
  const uint64_t last  = strtoull(argv[2], NULL, 10);
  const char *function = argc > 3 ? argv[3] : "thematic";
  const char *prompt   = argc > 4 ? argv[4] : "60 s";
  bool works           = true;
  for (size_t s = 0; s < engine->presets->n_styles; s++)
    for (uint64_t seed = first; seed <= last && works; seed++)
      works = measure(engine, &engine->presets->styles[s], seed, function,
          prompt, s == 0 && seed == first);
  cs_engine_close(engine);
  return works ? 0 : 1;
}
