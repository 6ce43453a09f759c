#include "gen/rights.h"

#include "gen/base/file.h"
#include "gen/io/audio_file.h"

#include <string.h>

enum { MAX_SOURCES = 16 };

/// What a record says of its rights; NULL or 0 where it says nothing.
typedef struct Rights {
  const char *file; ///< Base name of the sound file.
  const char *version, *prompt, *sha256, *licence, *alternate;
  double engine, seed;
  const CsJson *fonts, *synthesised;
  CsSoundState state;
} Rights;

// ---- Reading the record -----------------------------------------------------

static CsStatus
look_at_sound(CsArena *arena, const CsCueFiles *files, Rights *r)
{
  CsAudioInfo info;
  r->file  = cs_path_name(files->record_path);
  r->state = CS_SOUND_ABSENT;
  if (files->sound_path == NULL)
    return CS_OK;
  r->file = cs_path_name(files->sound_path);
  CS_TRY(cs_audio_info(arena, files->sound_path, true, &info));
  if (info.sha256[0] != '\0' && r->sha256 != NULL)
    r->state =
        strcmp(info.sha256, r->sha256) == 0 ? CS_SOUND_SAME : CS_SOUND_CHANGED;
  return CS_OK;
}

static CsStatus
read_rights(CsArena *arena, const CsCueFiles *files, Rights *r)
{
  const CsJson *root = NULL;
  CS_TRY(cs_json_parse(
      arena, files->record_path, files->json, files->n_bytes, &root));
  const CsJson *provenance =
      cs_json_member_of(root, "provenance", CS_JSON_OBJECT);
  *r = (Rights){
      .version = cs_json_text_of(root, "cuesmith"),
      .prompt  = cs_json_text_of(root, "prompt"),
      .sha256  = cs_json_text_of(
           cs_json_member_of(root, "audio", CS_JSON_OBJECT), "sha256"),
      .licence   = cs_json_text_of(provenance, "licence"),
      .alternate = cs_json_text_of(root, "alternate"),
      .engine    = cs_json_number_of(root, "engine"),
      .seed      = cs_json_number_of(root, "seed"),
      .fonts     = cs_json_member_of(provenance, "soundfonts", CS_JSON_ARRAY),
      .synthesised =
          cs_json_member_of(provenance, "synthesised", CS_JSON_ARRAY),
  };
  if (r->version == NULL || r->fonts == NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s holds no provenance; it is not a record of cuesmith",
        files->record_path);
  return look_at_sound(arena, files, r);
}

// ---- Saying it --------------------------------------------------------------

static void
add_names(CsText *t, const CsJson *list)
{
  size_t n = 0;
  for (const CsJson *e = list != NULL ? list->first : NULL; e != NULL;
       e               = e->next)
    if (e->kind == CS_JSON_STRING)
      cs_text_addf(t, "%s%s", n++ > 0 ? ", " : "", e->string);
}

static const char *
or_unknown(const char *text)
{
  return text != NULL ? text : "unknown";
}

/// Fonts that play in the cue: those that a bank's samples came from, or the
/// font itself where it is no bank of ours.
typedef struct Sources {
  const CsJson *items[MAX_SOURCES];
  size_t n;
} Sources;

static void
add_source(Sources *s, const CsJson *font)
{
  const CsJson *played = cs_json_member_of(font, "instruments", CS_JSON_ARRAY);
  if (played != NULL && played->n_children > 0 && s->n < MAX_SOURCES)
    s->items[s->n++] = font;
}

static Sources
find_sources(const CsJson *fonts)
{
  Sources s = {.n = 0};
  for (const CsJson *f = fonts->first; f != NULL; f = f->next) {
    const CsJson *origins = cs_json_member_of(f, "made_from", CS_JSON_ARRAY);
    for (const CsJson *o = origins != NULL ? origins->first : NULL; o != NULL;
         o               = o->next)
      add_source(&s, o);
    add_source(&s, f);
  }
  return s;
}

static bool
is_licensed(const CsJson *font)
{
  const char *licence = cs_json_text_of(font, "licence");
  return licence != NULL && strcmp(licence, "unknown") != 0;
}

/// "A (piano, harp; licence MIT, copyright H), B (...)", of those whose licence
/// is known, or of the others.
static void
add_fonts(CsText *t, const Sources *sources, bool licensed)
{
  size_t n = 0;
  for (size_t i = 0; i < sources->n; i++) {
    const CsJson *font = sources->items[i];
    const char *holder = cs_json_text_of(font, "holder");
    if (is_licensed(font) != licensed)
      continue;
    cs_text_addf(t, "%s%s (", n++ > 0 ? ", " : "",
        or_unknown(cs_json_text_of(font, "name")));
    add_names(t, cs_json_member_of(font, "instruments", CS_JSON_ARRAY));
    if (licensed)
      cs_text_addf(t, "; licence %s", cs_json_text_of(font, "licence"));
    if (licensed && holder != NULL)
      cs_text_addf(t, ", copyright %s", holder);
    cs_text_add(t, ")");
  }
}

/// Where the sounds come from, and what their licences allow.
static void
add_sounds(CsText *t, const Rights *r)
{
  const Sources sources = find_sources(r->fonts);
  size_t n_licensed     = 0;
  for (size_t i = 0; i < sources.n; i++)
    n_licensed += is_licensed(sources.items[i]);
  if (n_licensed > 0) {
    cs_text_add(t, "It plays samples of ");
    add_fonts(t, &sources, true);
    cs_text_add(t, "; the licence covers commercial use of their sound. ");
  }
  if (n_licensed < sources.n) {
    cs_text_add(t, "It plays samples of ");
    add_fonts(t, &sources, false);
    cs_text_add(t, ", which I supplied under its own licence. ");
  }
  if (r->synthesised != NULL && r->synthesised->n_children > 0) {
    cs_text_add(t, "The program synthesised these sounds itself, from no "
                   "recording: ");
    add_names(t, r->synthesised);
    cs_text_add(t, ". ");
  }
}

/// The sentences that a person can send to whoever claims the music.
static void
add_statement(CsText *t, const Rights *r)
{
  cs_text_addf(t,
      "The music in \"%s\" was composed and rendered for me by the program "
      "cuesmith %s",
      r->file, r->version);
  if (r->prompt != NULL && r->prompt[0] != '\0')
    cs_text_addf(t, " from the description \"%s\"", r->prompt);
  cs_text_addf(t, " (seed %.0f). ", r->seed);
  cs_text_add(t, "It is written note by note by rules: no composition of "
                 "anybody else was used, and no recording beside the "
                 "instrument samples named here. ");
  add_sounds(t, r);
  if (r->sha256 != NULL)
    cs_text_addf(t,
        "Whoever has the same version of the program can make it again "
        "sample for sample; its samples have the SHA-256 %s. ",
        r->sha256);
  cs_text_add(t, "The audio was given to me without conditions (CC0-1.0), so "
                 "that no one else can hold exclusive rights in it.");
}

static const char *
state_text(CsSoundState state)
{
  return state == CS_SOUND_SAME ? "the file's samples are those of the record"
         : state == CS_SOUND_CHANGED
             ? "the file's samples are NOT those of the record; it was changed "
               "after it was made"
             : "there are no samples to compare with the record";
}

static void
add_played(CsText *t, const char *before, const CsJson *instruments)
{
  if (instruments == NULL || instruments->n_children == 0)
    return;
  cs_text_add(t, before);
  add_names(t, instruments);
  cs_text_add(t, "\n");
}

/// The fonts that a bank's samples came from, and what each plays here.
static void
add_origins(CsText *t, const CsJson *origins)
{
  for (const CsJson *o = origins != NULL ? origins->first : NULL; o != NULL;
       o               = o->next) {
    cs_text_addf(t, "    made from %s, licence %s, %s\n",
        or_unknown(cs_json_text_of(o, "name")),
        or_unknown(cs_json_text_of(o, "licence")),
        or_unknown(cs_json_text_of(o, "holder")));
    add_played(t, "      plays   ",
        cs_json_member_of(o, "instruments", CS_JSON_ARRAY));
  }
}

static void
write_text(CsText *t, const Rights *r)
{
  cs_text_addf(t, "%s: cuesmith %s, engine %.0f, seed %.0f%s%s\n", r->file,
      r->version, r->engine, r->seed,
      r->alternate != NULL ? ", alternate " : "",
      r->alternate != NULL ? r->alternate : "");
  if (r->prompt != NULL && r->prompt[0] != '\0')
    cs_text_addf(t, "  prompt      %s\n", r->prompt);
  cs_text_addf(t, "  samples     %s\n  sha256      %s\n", state_text(r->state),
      or_unknown(r->sha256));
  cs_text_add(t, "\nSounds\n");
  for (const CsJson *f = r->fonts->first; f != NULL; f = f->next) {
    cs_text_addf(t, "  %s (%s), licence %s\n",
        or_unknown(cs_json_text_of(f, "name")),
        or_unknown(cs_json_text_of(f, "file")),
        or_unknown(cs_json_text_of(f, "licence")));
    if (cs_json_text_of(f, "holder") != NULL)
      cs_text_addf(t, "    holder    %s\n", cs_json_text_of(f, "holder"));
    cs_text_addf(
        t, "    sha256    %s\n", or_unknown(cs_json_text_of(f, "sha256")));
    add_origins(t, cs_json_member_of(f, "made_from", CS_JSON_ARRAY));
    add_played(t, "    plays     ",
        cs_json_member_of(f, "instruments", CS_JSON_ARRAY));
  }
  if (r->synthesised != NULL && r->synthesised->n_children > 0)
    cs_text_add(t, "  synthesised by cuesmith, from no recording\n");
  add_played(t, "    plays     ", r->synthesised);
  cs_text_addf(t, "\nLicence of the audio: %s\n\nFor a claim dispute\n",
      or_unknown(r->licence));
  add_statement(t, r);
  cs_text_add(t, "\n");
}

static void
put_text(CsJsonWriter *w, const char *key, const char *text)
{
  if (text != NULL)
    cs_json_put_string(w, key, text);
}

static void
put_names(CsJsonWriter *w, const char *key, const CsJson *list)
{
  if (list == NULL)
    return;
  cs_json_begin_flat_array(w, key);
  for (const CsJson *e = list->first; e != NULL; e = e->next)
    put_text(w, NULL, e->kind == CS_JSON_STRING ? e->string : NULL);
  cs_json_end_array(w);
}

static void
put_fields(CsJsonWriter *w, const CsJson *font)
{
  static const char *const fields[] = {
      "name", "file", "sha256", "licence", "holder"};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    put_text(w, fields[i], cs_json_text_of(font, fields[i]));
  put_names(
      w, "instruments", cs_json_member_of(font, "instruments", CS_JSON_ARRAY));
}

static void
put_font(CsJsonWriter *w, const CsJson *font)
{
  const CsJson *origins = cs_json_member_of(font, "made_from", CS_JSON_ARRAY);
  cs_json_begin_object(w, NULL);
  put_fields(w, font);
  if (origins != NULL) {
    cs_json_begin_array(w, "made_from");
    for (const CsJson *o = origins->first; o != NULL; o = o->next) {
      cs_json_begin_object(w, NULL);
      put_fields(w, o);
      cs_json_end_object(w);
    }
    cs_json_end_array(w);
  }
  cs_json_end_object(w);
}

static CsStatus
write_json(CsArena *arena, CsText *t, const Rights *r)
{
  CsText statement      = cs_text_new(arena);
  const char *sentences = NULL;
  CsJsonWriter w        = cs_json_writer(t, true);
  add_statement(&statement, r);
  CS_TRY(cs_text_take(&statement, &sentences));
  cs_json_begin_object(&w, NULL);
  put_text(&w, "file", r->file);
  put_text(&w, "cuesmith", r->version);
  put_text(&w, "prompt", r->prompt);
  put_text(&w, "alternate", r->alternate);
  cs_json_put_number(&w, "seed", r->seed);
  put_text(&w, "sha256", r->sha256);
  if (r->state != CS_SOUND_ABSENT)
    cs_json_put_bool(&w, "samples_match", r->state == CS_SOUND_SAME);
  cs_json_begin_array(&w, "soundfonts");
  for (const CsJson *f = r->fonts->first; f != NULL; f = f->next)
    put_font(&w, f);
  cs_json_end_array(&w);
  put_names(&w, "synthesised", r->synthesised);
  put_text(&w, "licence", r->licence);
  put_text(&w, "statement", sentences);
  cs_json_end_object(&w);
  cs_text_add(t, "\n");
  return CS_OK;
}

CsStatus
cs_rights_text(CsArena *arena, const CsCueFiles *files, bool as_json,
    const char **text, CsSoundState *state)
{
  Rights rights;
  CsText t = cs_text_new(arena);
  CS_TRY(read_rights(arena, files, &rights));
  if (as_json)
    CS_TRY(write_json(arena, &t, &rights));
  else
    write_text(&t, &rights);
  *state = rights.state;
  return cs_text_take(&t, text);
}
