#include "gen/render/fluid.h"

#include "gen/base/mathx.h"
#include "gen/render/fluid_library.h"
#include "gen/render/render.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/// Voices at once. A pad with four layers and two chords in release stays under
/// 100; a stolen voice would make a note depend on others.
enum { POLYPHONY = 256 };

enum {
  CC_LEVEL  = 7,
  CC_PAN    = 10,
  CC_REVERB = 91,
  CC_CHORUS = 93,
};

/// The level that instrument trims were measured at.
enum { LEVEL = 100 };

/// Over the range of the generator (0..1000 tenths of a percent), so that what
/// a preset sends by itself is taken away too.
static const float no_send = -1000.0f;

/// Room for some 20 loud voices; float output does not clip anyway.
static const double synth_gain = 0.4;

struct CsFluidFont {
  fluid_settings_t *settings;
  fluid_synth_t *owner; ///< Loads the font, never plays.
  fluid_sfont_t *sfont;
};

struct CsFluidVoice {
  fluid_settings_t *settings;
  fluid_synth_t *synth;
  fluid_sfont_t *sfont;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

/// Set before the first font is opened; NULL where it is not installed.
static const CsFluidLibrary *library;

/// Lives as long as the process, see settle_process_state(); nobody reads it.
static fluid_synth_t *first_synth __attribute__((used));

/// FluidSynth keeps one cache of samples for all fonts of the process. One
/// thread that frees what another just found in it crashed some of its runs, so
/// synthesizers come, choose their presets and go one at a time.
static pthread_mutex_t coming_and_going = PTHREAD_MUTEX_INITIALIZER;

static fluid_settings_t *
new_settings(int sample_rate, int polyphony)
{
  fluid_settings_t *s = library->new_fluid_settings();
  if (s == NULL)
    return NULL;
  library->fluid_settings_setnum(s, "synth.sample-rate", (double)sample_rate);
  library->fluid_settings_setnum(s, "synth.gain", synth_gain);
  library->fluid_settings_setint(s, "synth.polyphony", polyphony);
  library->fluid_settings_setint(s, "synth.dynamic-sample-loading", 1);
  library->fluid_settings_setint(s, "synth.reverb.active", 0);
  library->fluid_settings_setint(s, "synth.chorus.active", 0);
  library->fluid_settings_setint(s, "synth.threadsafe-api", 0);
  library->fluid_settings_setint(s, "synth.cpu-cores", 1);
  library->fluid_settings_setint(s, "synth.lock-memory", 0);
  return s;
}

// FluidSynth keeps two things for the whole process: where its log goes, and
// tables that the first synthesizer fills in. Both are settled here, once and
// before any other call, so that several threads may render at the same time.
// The log is silenced, because a library has no business on standard error and
// every failure that matters is reported by us. The first synthesizer stays:
// with the last one libinstpatch closes and with the next opens again, and each
// time leaves some 2 KB behind.
static void
settle_process_state(void)
{
  library = cs_fluid_library();
  if (library == NULL)
    return;
  for (int level = 0; level < LAST_LOG_LEVEL; level++)
    library->fluid_set_log_function(level, NULL, NULL);
  fluid_settings_t *settings = new_settings(48000, 1);
  if (settings != NULL)
    first_synth = library->new_fluid_synth(settings);
  if (first_synth == NULL)
    library->delete_fluid_settings(settings);
}

/// Settings and the synthesizer that they belong to. @return false when memory
/// is short; what there is stays for the caller to free.
static bool
new_synth(int sample_rate, int polyphony, fluid_settings_t **settings,
    fluid_synth_t **synth)
{
  *settings = new_settings(sample_rate, polyphony);
  *synth    = *settings != NULL ? library->new_fluid_synth(*settings) : NULL;
  return *synth != NULL;
}

static CsStatus
open_font(CsFluidFont *font, const char *path, int sample_rate)
{
  if (!new_synth(sample_rate, 1, &font->settings, &font->owner))
    return CS_ERR_MEMORY;
  const int id = library->fluid_synth_sfload(font->owner, path, 0);
  if (id != FLUID_FAILED)
    font->sfont = library->fluid_synth_get_sfont_by_id(font->owner, id);
  return font->sfont != NULL ? CS_OK : CS_ERR_REQUEST;
}

CsStatus
cs_fluid_font_open(const char *path, int sample_rate, CsFluidFont **font)
{
  pthread_once(&once, settle_process_state);
  *font = NULL;
  if (library == NULL)
    return CS_ERR_WORK;
  CsFluidFont *made = calloc(1, sizeof *made);
  if (made == NULL)
    return CS_ERR_MEMORY;
  (void)pthread_mutex_lock(&coming_and_going);
  const CsStatus status = open_font(made, path, sample_rate);
  (void)pthread_mutex_unlock(&coming_and_going);
  if (status == CS_OK)
    *font = made;
  else
    cs_fluid_font_free(made);
  return status;
}

void
cs_fluid_font_free(CsFluidFont *font)
{
  if (font == NULL)
    return;
  (void)pthread_mutex_lock(&coming_and_going);
  library->delete_fluid_synth(font->owner);
  library->delete_fluid_settings(font->settings);
  (void)pthread_mutex_unlock(&coming_and_going);
  free(font);
}

// fluid_synth_add_sfont() would share the font as well, but it also selects
// piano and kit on all sixteen channels and so loads their samples.
static fluid_sfont_t *
give_shared_font(fluid_sfloader_t *loader, const char *path)
{
  (void)path;
  return library->fluid_sfloader_get_data(loader);
}

static int
share_font(CsFluidVoice *v, fluid_sfont_t *sfont)
{
  fluid_sfloader_t *loader = library->new_fluid_sfloader(
      give_shared_font, library->delete_fluid_sfloader);
  if (loader == NULL)
    return FLUID_FAILED;
  library->fluid_sfloader_set_data(loader, sfont);
  library->fluid_synth_add_sfloader(v->synth, loader);
  const int id = library->fluid_synth_sfload(v->synth, "shared", 0);
  if (id != FLUID_FAILED)
    v->sfont = sfont;
  return id;
}

static bool
select_preset(CsFluidVoice *v, int id, int bank, int program)
{
  return library->fluid_synth_program_select(v->synth, 0, id, bank, program) ==
         FLUID_OK;
}

/// The first preset of the font that is a kit, or is none.
static bool
select_first(CsFluidVoice *v, int id, bool is_kit)
{
  fluid_preset_t *preset = NULL;
  library->fluid_sfont_iteration_start(v->sfont);
  while ((preset = library->fluid_sfont_iteration_next(v->sfont)) != NULL) {
    const int bank = library->fluid_preset_get_banknum(preset);
    if ((bank == 128) == is_kit &&
        select_preset(v, id, bank, library->fluid_preset_get_num(preset)))
      return true;
  }
  return false;
}

static void
choose_preset(CsFluidVoice *v, int id, const CsPresetChoice *wanted)
{
  const bool is_kit   = wanted->bank == 128;
  const bool is_found = select_preset(v, id, wanted->bank, wanted->program) ||
                        (!is_kit && select_preset(v, id, 0, wanted->program)) ||
                        select_preset(v, id, is_kit ? 128 : 0, 0) ||
                        select_first(v, id, is_kit);
  (void)is_found; // A font of kits alone, or without any, stays silent there.
}

static void
set_channel(CsFluidVoice *v, const CsPresetChoice *preset)
{
  const int pan = 64 + (int)lrint(cs_clamp(preset->pan, -1.0, 1.0) * 63.0);
  library->fluid_synth_cc(v->synth, 0, CC_LEVEL, LEVEL);
  library->fluid_synth_cc(v->synth, 0, CC_PAN, pan);
  library->fluid_synth_cc(v->synth, 0, CC_REVERB, 0);
  library->fluid_synth_cc(v->synth, 0, CC_CHORUS, 0);
  library->fluid_synth_set_gen(v->synth, 0, GEN_REVERBSEND, no_send);
  library->fluid_synth_set_gen(v->synth, 0, GEN_CHORUSSEND, no_send);
}

static bool
make_ready(CsFluidVoice *v, const CsFluidFont *font, int sample_rate,
    const CsPresetChoice *preset)
{
  if (!new_synth(sample_rate, POLYPHONY, &v->settings, &v->synth))
    return false;
  library->fluid_synth_set_channel_type(v->synth, 0,
      preset->bank == 128 ? CHANNEL_TYPE_DRUM : CHANNEL_TYPE_MELODIC);
  const int id = share_font(v, font->sfont);
  if (id == FLUID_FAILED)
    return false;
  choose_preset(v, id, preset);
  set_channel(v, preset);
  return true;
}

CsFluidVoice *
cs_fluid_voice_new(
    CsFluidFont *font, int sample_rate, const CsPresetChoice *preset)
{
  CsFluidVoice *v = calloc(1, sizeof *v);
  if (v == NULL)
    return NULL;
  (void)pthread_mutex_lock(&coming_and_going);
  const bool is_ready = make_ready(v, font, sample_rate, preset);
  (void)pthread_mutex_unlock(&coming_and_going);
  if (is_ready)
    return v;
  cs_fluid_voice_free(v);
  return NULL;
}

CsFluidVoice *
cs_fluid_source_voice(CsFluidSource *source, const CsPresetChoice *preset)
{
  if (source->font == NULL && source->status == CS_OK)
    source->status =
        cs_fluid_font_open(source->path, source->sample_rate, &source->font);
  return source->font != NULL
             ? cs_fluid_voice_new(source->font, source->sample_rate, preset)
             : NULL;
}

void
cs_fluid_note_on(CsFluidVoice *voice, int key, int velocity)
{
  // Fails where the preset has no sound for the key: then it is silent.
  (void)library->fluid_synth_noteon(voice->synth, 0, key, velocity);
}

void
cs_fluid_note_off(CsFluidVoice *voice, int key)
{
  // Fails when the note has died away by itself.
  (void)library->fluid_synth_noteoff(voice->synth, 0, key);
}

bool
cs_fluid_is_silent(CsFluidVoice *voice)
{
  return library->fluid_synth_get_active_voice_count(voice->synth) == 0;
}

bool
cs_fluid_render(CsFluidVoice *voice, float *left, float *right, size_t n_frames)
{
  return library->fluid_synth_write_float(
             voice->synth, (int)n_frames, left, 0, 1, right, 0, 1) == FLUID_OK;
}

void
cs_fluid_voice_free(CsFluidVoice *voice)
{
  if (voice == NULL)
    return;
  (void)pthread_mutex_lock(&coming_and_going);
  // Deleting a synthesizer deletes the fonts that it still holds.
  if (voice->synth != NULL && voice->sfont != NULL)
    library->fluid_synth_remove_sfont(voice->synth, voice->sfont);
  library->delete_fluid_synth(voice->synth);
  library->delete_fluid_settings(voice->settings);
  (void)pthread_mutex_unlock(&coming_and_going);
  free(voice);
}

const char *
cs_fluidsynth_version(void)
{
  const CsFluidLibrary *found = cs_fluid_library();
  return found != NULL ? found->fluid_version_str() : NULL;
}

bool
cs_is_fluidsynth(const char *version)
{
  const char *own = cs_fluidsynth_version();
  return own != NULL && strcmp(own, version) == 0;
}
