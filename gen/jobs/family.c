#include "gen/jobs/family.h"

#include "gen/base/rng.h"
#include "gen/io/output.h"
#include "gen/jobs/inside.h"
#include "gen/jobs/naming.h"
#include "gen/judge.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *const cs_beside_names[CS_N_BESIDE] = {
    [CS_BESIDE_MIDI]    = "midi",
    [CS_BESIDE_PICTURE] = "picture",
    [CS_BESIDE_RECORD]  = "record",
    [CS_BESIDE_STEMS]   = "stems",
};

/// What distinguishes the draws of a member: first another seed alone, then
/// busier patterns, since a short cut has much to say, or sparser ones, then
/// other chords too.
typedef struct Turn {
  double density;
  int harmony;
} Turn;

static const Turn turns[] = {{0.0, 0}, {0.0, 0}, {0.5, 0}, {1.0, 0}, {-0.4, 0},
    {-1.0, 0}, {0.0, 1}, {0.25, 0}, {0.75, 0}, {0.5, 1}, {-0.7, 0}, {0.0, 2},
    {-0.2, 1}, {0.5, 2}, {0.0, 3}};

enum { N_TURNS = sizeof turns / sizeof *turns };

/// In a bar longer than this a sting goes in double time, so that one bar and
/// its last chord have room.
static const double longest_sting_bar_s = 3.4;
static const double fastest_sting_bpm   = 240.0;

// ---- Options ----------------------------------------------------------------

static CsStatus
set_text(CsFamily *f, CsJob *job, const char *option, const char *value)
{
  const CsStatus status = cs_job_set(job, option, value);
  return status == CS_OK ? CS_OK
                         : cs_fail(f->arena, status, "%s", cs_job_error(job));
}

static CsStatus
set_number(CsFamily *f, CsJob *job, const char *option, double value)
{
  char text[48];
  (void)snprintf(text, sizeof text, "%.6f", value);
  return set_text(f, job, option, text);
}

static CsStatus
set_seed(CsFamily *f, CsJob *job, const char *option, uint64_t seed)
{
  char text[32];
  (void)snprintf(text, sizeof text, "%llu", (unsigned long long)seed);
  return set_text(f, job, option, text);
}

/// Options that mean one file, or another way to make several.
static CsStatus
refuse_options(CsFamily *f, const CsOptions *options)
{
  static const char *const refused[][2] = {
      {"output", "-o DIR names the folder"},
      {"stems", "use --beside stems"},
      {"midi", "use --beside midi"},
      {"record", "use --beside record"},
      {"picture", "use --beside picture"},
      {"alt", "name alternates in --cuts"},
      {"takes", "ask for families with other seeds one by one"},
      {"times-for", "each member scales the times by itself"},
  };
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    if (cs_option_is_given(options, refused[i][0]))
      return cs_fail(f->arena, CS_ERR_REQUEST,
          "--%s does not go with a family; %s", refused[i][0], refused[i][1]);
  return CS_OK;
}

static CsStatus
read_beside(CsFamily *f)
{
  for (const char *at = f->wish.beside; at != NULL && *at != '\0';) {
    const size_t n   = strcspn(at, ",");
    const char *name = cs_arena_copy(f->arena, at, n);
    CS_TRY_NEW(name);
    const int index = cs_name_index(name, cs_beside_names, CS_N_BESIDE);
    if (index < 0)
      return cs_fail(f->arena, CS_ERR_REQUEST,
          "--beside \"%s\" does not work; use midi, picture, record and stems",
          name);
    f->beside |= 1U << index;
    at += n + (at[n] == ',');
  }
  return CS_OK;
}

static bool
is_lossless(const char *format)
{
  return strcmp(format, "wav") == 0 || strcmp(format, "flac") == 0;
}

static CsStatus
check_format(CsFamily *f)
{
  static const char *const formats[] = {"wav", "flac", "ogg", "opus", "mp3"};
  const char *format                 = f->wish.format;
  if (cs_name_index(format, formats, sizeof formats / sizeof *formats) < 0)
    return cs_fail(f->arena, CS_ERR_REQUEST,
        "--format \"%s\" does not work; use wav, flac, ogg, opus or mp3",
        format);
  if (!is_lossless(format))
    f->beside |= 1U << CS_BESIDE_RECORD; // no room for it inside
  if (!is_lossless(format) && (f->beside >> CS_BESIDE_STEMS & 1U) != 0)
    return cs_fail(f->arena, CS_ERR_REQUEST,
        "stems add up to the mix only in WAV or FLAC; use --format wav or "
        "flac, or leave the stems out");
  return CS_OK;
}

// ---- Who there is -----------------------------------------------------------

static CsStatus
begin(CsFamily *f, CsJob **job)
{
  const CsStatus status = f->wish.begin(f->wish.user, job);
  if (status != CS_OK && *job != NULL && cs_arena_error(f->arena)[0] == '\0')
    (void)cs_fail(f->arena, status, "%s", cs_job_error(*job));
  return status;
}

/// A member that cannot be made says which one it is.
static CsStatus
compose(CsFamily *f, CsMember *m, CsJob *job)
{
  CsStatus status = cs_job_parse(job, f->wish.prompt);
  if (status == CS_OK)
    status = cs_job_compose(job);
  if (status == CS_OK)
    status = cs_job_refuse_warnings(job);
  if (status == CS_OK)
    status = cs_job_evidence(job->arena, job, &m->e);
  if (status != CS_OK)
    (void)cs_fail(f->arena, status, "%s%s%s",
        m->cut.kind == CS_CUT_FULL ? "" : m->cut.name,
        m->cut.kind == CS_CUT_FULL ? "" : ": ", cs_job_error(job));
  return status;
}

/// Over prompt, seed and whatever decides bytes.
static void
find_id(CsFamily *f, const CsOptions *options, const char *seed)
{
  char content[65];
  CsGivenOption given[CS_MAX_OPTIONS + 1];
  size_t n = 0;
  for (size_t i = 0; i < cs_n_option_rows; i++)
    if (options->given[i].name != NULL && cs_option_rows[i].decides_bytes &&
        strcmp(options->given[i].name, "seed") != 0)
      given[n++] = options->given[i];
  given[n++] = (CsGivenOption){"seed", seed};
  cs_content_of(f->wish.prompt, given, n, content);
  (void)snprintf(f->id, sizeof f->id, "%.16s", content);
}

static CsStatus
compose_full(CsFamily *f)
{
  char seed[32];
  CsMember *full = &f->members[0];
  CS_TRY(begin(f, &full->job));
  CS_TRY(refuse_options(f, &full->job->options));
  CS_TRY(compose(f, full, full->job));
  full->n_draws = 1;
  (void)snprintf(seed, sizeof seed, "%llu",
      (unsigned long long)full->job->options.wish.seed);
  find_id(f, &full->job->options, seed);
  return cs_member_measure(f->arena, full, NULL, 0);
}

/// Stems in which something is written.
static unsigned
written_stems(const CsJob *job)
{
  unsigned stems = 0;
  for (size_t i = 0; i < job->score->n_parts; i++)
    if (job->score->parts[i].n_notes > 0)
      stems |= 1U << job->plan->tracks[i].stem;
  return stems;
}

/// Does an alternate hold something, and not all that the full one holds?
static CsStatus
is_alternate_worth_it(
    CsFamily *f, const char *name, bool *is_worth_it, CsText *notes)
{
  CsAlternates one;
  const unsigned all = written_stems(f->members[0].job);
  CS_TRY(cs_alternates_parse(f->arena, name, &one));
  const unsigned kept = one.items[0].stems & all;
  *is_worth_it        = kept != 0 && kept != all;
  if (!*is_worth_it)
    cs_text_addf(notes, "%s is left out: %s\n", name,
        kept == 0 ? "nothing would sound" : "it would be the full one");
  return CS_OK;
}

static const char *
file_of(CsFamily *f, const CsCut *cut)
{
  return cs_arena_printf(f->arena, "%s%s.%s",
      cut->kind == CS_CUT_ALTERNATE ? "full." : "", cut->name, f->wish.format);
}

/// The members that the full one has room for.
static CsStatus
gather(CsFamily *f, CsCuts *cuts)
{
  CsText notes = cs_text_new(f->arena);
  CS_TRY(
      cs_cuts_fit(f->arena, cuts, f->members[0].job->plan->duration_s, &notes));
  f->n = 0;
  for (size_t i = 0; i < cuts->n; i++) {
    bool is_worth_it = true;
    if (cuts->items[i].kind == CS_CUT_ALTERNATE)
      CS_TRY(
          is_alternate_worth_it(f, cuts->items[i].name, &is_worth_it, &notes));
    if (!is_worth_it)
      continue;
    CsMember *m = &f->members[f->n++];
    m->cut      = cuts->items[i];
    m->file     = file_of(f, &m->cut);
    CS_TRY_NEW(m->file);
  }
  return cs_text_take(&notes, &f->notes);
}

// ---- What a member is asked -------------------------------------------------

/// Draws of the melody that the full one was mended with: its theme is theirs.
static CsStatus
theme_draw(CsFamily *f, const CsJob *full, int *draw)
{
  *draw = full->options.wish.rerolls.roles[CS_ROLE_MELODY];
  for (size_t i = 0; i < full->n_mended; i++) {
    CsRerolls mended = {{0}, 0};
    CS_TRY(cs_rerolls_parse(f->arena, full->mended[i].rerolls, &mended));
    *draw += mended.roles[CS_ROLE_MELODY];
  }
  return CS_OK;
}

static CsStatus
set_reroll(CsFamily *f, CsJob *job, const char *what, int draw)
{
  char text[48];
  if (draw == 0)
    return CS_OK;
  (void)snprintf(text, sizeof text, "%s=%d", what, draw);
  return set_text(f, job, "reroll", text);
}

/// The theme, its key and its band.
static CsStatus
share_theme(CsFamily *f, CsJob *job)
{
  int draw               = 0;
  const CsJob *full      = f->members[0].job;
  const CsPlanWish *wish = &full->options.wish;
  const uint64_t band =
      wish->has_palette_seed ? wish->palette_seed : wish->seed;
  CS_TRY(set_seed(f, job, "theme-seed", wish->theme_seed));
  CS_TRY(set_seed(f, job, "palette-seed", band));
  if (wish->style == NULL)
    CS_TRY(set_text(f, job, "style", full->plan->style));
  CS_TRY(theme_draw(f, full, &draw));
  return set_reroll(f, job, "melody", draw);
}

/// A seed of the member's own.
static CsStatus
set_own_seed(CsFamily *f, CsJob *job, const CsMember *m, int nth)
{
  const char *place = cs_arena_printf(f->arena, "family.%s", m->cut.name);
  CS_TRY_NEW(place);
  CsRng rng =
      cs_rng_at(f->members[0].job->options.wish.seed, place, (uint64_t)nth, 0);
  return set_seed(f, job, "seed", cs_rng_next(&rng) >> 11);
}

/// Busier or sparser than the full one, but not the other side of what the
/// prompt asks.
static CsStatus
set_density(CsFamily *f, CsJob *job, CsMember *m, double shift)
{
  const double asked = f->members[0].job->plan->density;
  double density     = fmin(fmax(asked + shift, -1.0), 1.0);
  if (asked * density < 0.0)
    density = 0.0;
  m->density = density - asked;
  return shift == 0.0 ? CS_OK : set_number(f, job, "density", density);
}

static double
bar_s(const CsPlan *plan, double bpm)
{
  return cs_meter_quarters(plan->meter) * 60.0 / bpm;
}

static bool
comes_home(CsEnding ending)
{
  return ending == CS_ENDING_RING || ending == CS_ENDING_BUTTON;
}

/// Does a sting go in double time? Where a bar is too long for it; else in
/// every third draw, since with two bars more it has another way home.
static bool
goes_double(const CsPlan *full, double bpm, int nth)
{
  return 2.0 * bpm <= fastest_sting_bpm &&
         (bar_s(full, bpm) > longest_sting_bar_s || nth % 3 == 2);
}

/// A cut of its own length, which comes home.
static CsStatus
ask_for_cut(CsFamily *f, CsJob *job, const CsMember *m, int nth)
{
  const CsPlan *full = f->members[0].job->plan;
  const double bpm   = f->members[0].figures.tempo_bpm;
  const bool is_double =
      m->cut.kind == CS_CUT_STING && goes_double(full, bpm, nth);
  CS_TRY(set_number(f, job, "duration", m->cut.length_s));
  CS_TRY(set_number(
      f, job, is_double ? "tempo" : "tempo-near", is_double ? 2.0 * bpm : bpm));
  CS_TRY(set_number(f, job, "times-for", full->duration_s));
  cs_option_forget(&job->options, "loop");
  if (!comes_home(full->ending))
    CS_TRY(set_text(f, job, "ending", cs_ending_names[CS_ENDING_RING]));
  return CS_OK;
}

/// Eight bars at the tempo of the full one. A stinger's loop is a little tune.
static CsStatus
ask_for_loop(CsFamily *f, CsJob *job)
{
  const CsPlan *full = f->members[0].job->plan;
  const double bpm   = f->members[0].figures.tempo_bpm;
  CS_TRY(set_number(f, job, "duration", CS_LOOP_BARS * bar_s(full, bpm)));
  CS_TRY(set_number(f, job, "tempo", bpm));
  CS_TRY(set_number(f, job, "times-for", full->duration_s));
  if (full->function == CS_STINGER)
    CS_TRY(set_text(f, job, "function", cs_function_names[CS_THEMATIC]));
  return set_text(f, job, "ending", cs_ending_names[CS_ENDING_LOOP]);
}

/// A fade-in keeps its share of a cut; the end is the cut's own. Stings and
/// loops have no fades.
static CsStatus
set_fades(CsFamily *f, CsJob *job, const CsMember *m)
{
  const CsJob *full  = f->members[0].job;
  const double share = m->cut.kind == CS_CUT_LENGTH
                           ? m->cut.length_s / full->plan->duration_s
                           : 0.0;
  if (cs_option_is_given(&job->options, "fade-in"))
    CS_TRY(set_number(f, job, "fade-in", share * full->options.wish.fade_in_s));
  if (cs_option_is_given(&job->options, "fade-out"))
    CS_TRY(set_text(f, job, "fade-out", "0"));
  return CS_OK;
}

static CsStatus
ask(CsFamily *f, CsJob *job, CsMember *m, int nth)
{
  const Turn *turn = &turns[nth];
  m->harmony       = turn->harmony;
  CS_TRY(share_theme(f, job));
  CS_TRY(set_own_seed(f, job, m, nth));
  CS_TRY(set_density(f, job, m, turn->density));
  CS_TRY(set_reroll(f, job, "harmony",
      turn->harmony == 0
          ? 0
          : turn->harmony + f->members[0].job->options.wish.rerolls.harmony));
  CS_TRY(set_fades(f, job, m));
  return m->cut.kind == CS_CUT_LOOP ? ask_for_loop(f, job)
                                    : ask_for_cut(f, job, m, nth);
}

// ---- Drawing ----------------------------------------------------------------

static CsStatus
draw_member(CsFamily *f, CsMember *m, int nth, size_t n_kin)
{
  CS_TRY(begin(f, &m->job));
  CS_TRY(ask(f, m->job, m, nth));
  CS_TRY(compose(f, m, m->job));
  return cs_member_measure(f->arena, m, f->members, n_kin);
}

/// Is less wrong with a draw, or as much but fewer bars are shared?
static bool
is_better(const CsMember *next, const CsMember *kept)
{
  if (kept->job == NULL || next->n_wrong != kept->n_wrong)
    return kept->job == NULL || next->n_wrong < kept->n_wrong;
  return next->figures.literal_share < kept->figures.literal_share &&
         kept->figures.literal_share > CS_MOST_LITERAL;
}

/// Keep the first draw that is as it must be, else the one with the least that
/// is not.
static CsStatus
choose_draw(CsFamily *f, size_t index)
{
  CsMember *kept = &f->members[index];
  CsMember next  = *kept;
  for (int nth = 0; nth < N_TURNS; nth++) {
    next.job              = NULL;
    const CsStatus status = draw_member(f, &next, nth, index);
    next.n_draws          = nth + 1;
    if (status == CS_OK && is_better(&next, kept)) {
      cs_job_free(kept->job);
      *kept = next;
    } else {
      cs_job_free(next.job);
    }
    CS_TRY(status);
    kept->n_draws = nth + 1;
    if (kept->n_wrong == 0)
      return CS_OK;
  }
  return CS_OK;
}

/// Where every file will stand; nothing may lie in the way.
static CsStatus
place_files(CsFamily *f)
{
  CS_TRY(cs_inside_open(f->arena, f->wish.folder));
  for (size_t i = 0; i < f->n; i++) {
    CsMember *m = &f->members[i];
    CS_TRY(
        cs_inside_path(f->arena, f->wish.folder, "output", m->file, &m->path));
    CS_TRY(cs_output_check(f->arena, m->path));
  }
  return CS_OK;
}

CsStatus
cs_family_compose(CsArena *arena, const CsFamilyWish *wish, CsFamily *family)
{
  CsCuts cuts;
  CsFamily *f = family;
  *f          = (CsFamily){.arena = arena, .wish = *wish, .n = 1, .notes = ""};
  if (f->wish.format == NULL)
    f->wish.format = "wav";
  CS_TRY(cs_cuts_parse(arena, wish->cuts, &cuts));
  CS_TRY(read_beside(f));
  CS_TRY(check_format(f));
  f->members[0].cut = cuts.items[0];
  CS_TRY(compose_full(f));
  CS_TRY(gather(f, &cuts));
  for (size_t i = 1; i < f->n; i++)
    if (f->members[i].cut.kind != CS_CUT_ALTERNATE)
      CS_TRY(choose_draw(f, i));
  return place_files(f);
}

// ---- Writing ----------------------------------------------------------------

/// One member of several, for their common progress.
typedef struct Share {
  CsFamily *family;
  size_t nth, n;
  const char *name;
} Share;

static bool
show_share(void *user, const char *stage, double share)
{
  const Share *s = user;
  (void)stage;
  return s->family->wish.on_progress == NULL ||
         s->family->wish.on_progress(s->family->wish.progress_user, s->name,
             ((double)s->nth + share) / (double)s->n);
}

static CsStatus
set_path(CsFamily *f, CsJob *job, const char *option, const char *name,
    const char *ending)
{
  const char *path = NULL;
  const char *file = cs_arena_printf(f->arena, "%s%s", name, ending);
  CS_TRY_NEW(file);
  CS_TRY(cs_inside_path(f->arena, f->wish.folder, option, file, &path));
  return set_text(f, job, option, path);
}

static CsStatus
set_files(CsFamily *f, CsMember *m)
{
  static const char *const endings[CS_N_BESIDE] = {
      [CS_BESIDE_MIDI]    = ".mid",
      [CS_BESIDE_PICTURE] = ".svg",
      [CS_BESIDE_RECORD]  = ".json",
      [CS_BESIDE_STEMS]   = "-stems",
  };
  CS_TRY(set_text(f, m->job, "output", m->path));
  for (int b = 0; b < CS_N_BESIDE; b++)
    if ((f->beside >> b & 1U) != 0)
      CS_TRY(set_path(f, m->job, cs_beside_names[b], m->cut.name, endings[b]));
  return CS_OK;
}

/// The alternates are written with the full one.
static CsStatus
ask_for_alternates(CsFamily *f)
{
  CsText list      = cs_text_new(f->arena);
  const char *text = "";
  for (size_t i = 0; i < f->n; i++)
    if (f->members[i].cut.kind == CS_CUT_ALTERNATE)
      cs_text_addf(
          &list, "%s%s", list.n > 0 ? "," : "", f->members[i].cut.name);
  CS_TRY(cs_text_take(&list, &text));
  return text[0] == '\0' ? CS_OK : set_text(f, f->members[0].job, "alt", text);
}

static void
note_alternates(CsFamily *f)
{
  const CsJob *full = f->members[0].job;
  for (size_t i = 0; i < full->options.alternates.n; i++)
    for (size_t k = 1; k < f->n; k++)
      if (f->members[k].cut.kind == CS_CUT_ALTERNATE &&
          strcmp(f->members[k].cut.name,
              full->options.alternates.items[i].name) == 0 &&
          full->alternates[i].sounds)
        f->members[k].sha256 = full->alternates[i].measured.sha256;
}

/// What the sound misses is noted; the other members are made all the same.
static CsStatus
write_member(CsFamily *f, CsMember *m, size_t nth, size_t n)
{
  Share share = {f, nth, n, m->cut.name};
  CS_TRY(set_files(f, m));
  CS_TRY(cs_family_note(f, m, &m->job->family));
  cs_job_on_progress(m->job, show_share, &share);
  const CsStatus status = cs_job_write(m->job);
  if (status != CS_OK && status != CS_ERR_MISSED)
    return cs_fail(f->arena, status, "%s", cs_job_error(m->job));
  m->sha256 = m->job->measured.sha256;
  if (m->cut.kind == CS_CUT_FULL)
    note_alternates(f);
  return CS_OK;
}

/// What the master aimed at in the end.
static double
level_of(const CsMember *m)
{
  return m->job->measured.target_lufs;
}

/// Where limiting ends the level gives way, in each member as far as it must.
static CsStatus
note_loudness(CsFamily *f)
{
  static const double heard_lu = 1.0;
  const CsMember *soft = &f->members[0], *loud = soft;
  for (size_t i = 1; i < f->n; i++) {
    const CsMember *m = &f->members[i];
    if (m->job == NULL)
      continue;
    soft = level_of(m) < level_of(soft) ? m : soft;
    loud = level_of(m) > level_of(loud) ? m : loud;
  }
  if (level_of(loud) - level_of(soft) < heard_lu)
    return CS_OK;
  f->notes = cs_arena_printf(f->arena,
      "%s%s is %.1f LU softer than %s, since more than 3 dB of limiting would "
      "be heard; --lufs %.1f makes all alike\n",
      f->notes, soft->cut.name, level_of(loud) - level_of(soft), loud->cut.name,
      level_of(soft));
  CS_TRY_NEW(f->notes);
  return CS_OK;
}

/// An older list speaks of files that are about to be replaced.
static CsStatus
put_list(CsFamily *f, const char *path)
{
  CsOutputs *outputs = NULL;
  CS_TRY(cs_family_json(f, &f->json));
  CS_TRY(cs_outputs_new(f->arena, &outputs));
  CsStatus status =
      cs_outputs_put(f->arena, outputs, path, f->json, strlen(f->json));
  if (status == CS_OK)
    status = cs_outputs_commit(f->arena, outputs);
  cs_outputs_free(outputs);
  return status;
}

static CsStatus
end_with_missed(const CsFamily *f)
{
  for (size_t i = 0; i < f->n; i++) {
    const CsMember *m = &f->members[i];
    if (m->n_wrong > 0)
      return cs_fail(f->arena, CS_ERR_MISSED,
          "%s is made, but %s, also when drawn %d times; try another --seed, "
          "or take it as it is",
          m->file, m->wrong, m->n_draws);
    if (m->job != NULL && m->job->n_missed > 0)
      return cs_fail(f->arena, CS_ERR_MISSED, "%s", cs_job_error(m->job));
  }
  return CS_OK;
}

CsStatus
cs_family_write(CsFamily *family)
{
  CsFamily *f      = family;
  const char *path = NULL;
  size_t n = 0, nth = 0;
  for (size_t i = 0; i < f->n; i++)
    n += f->members[i].job != NULL;
  CS_TRY(ask_for_alternates(f));
  CS_TRY(
      cs_inside_path(f->arena, f->wish.folder, "output", "family.json", &path));
  CS_TRY(cs_output_check(f->arena, path));
  (void)unlink(path);
  for (size_t i = 0; i < f->n; i++)
    if (f->members[i].job != NULL)
      CS_TRY(write_member(f, &f->members[i], nth++, n));
  CS_TRY(note_loudness(f));
  CS_TRY(put_list(f, path));
  return end_with_missed(f);
}

void
cs_family_free(CsFamily *family)
{
  for (size_t i = 0; i < CS_MAX_CUTS; i++) {
    cs_job_free(family->members[i].job);
    family->members[i].job = NULL;
  }
}
