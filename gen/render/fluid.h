/// FluidSynth, one instance per track: what our own voices are compared with.
/// fluid.c alone calls it, through fluid_library.h.
///
/// A font holds the parsed soundfont and the samples of the presets in use. Its
/// reference counts are not atomic, so the voices of one font belong to one
/// thread at a time; voices of different fonts are free of each other.
#ifndef CS_GEN_RENDER_FLUID_H
#define CS_GEN_RENDER_FLUID_H

#include "gen/synth/patch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct CsFluidFont CsFluidFont;
typedef struct CsFluidVoice CsFluidVoice;

/// Parse a soundfont.
///
/// @param font  Receives it, or NULL.
/// @return CS_ERR_REQUEST when FluidSynth refuses it; CS_ERR_WORK where it is
///         not installed.
CS_NODISCARD CsStatus cs_fluid_font_open(
    const char *path, int sample_rate, CsFluidFont **font);

/// Free a font whose voices have all been freed. NULL is accepted.
void cs_fluid_font_free(CsFluidFont *font);

/// A synthesizer that plays one preset; NULL when memory is short. Where the
/// font lacks it, the same program of bank 0, else the piano; a missing kit is
/// replaced by another kit or is silent, but never by a piano.
CsFluidVoice *cs_fluid_voice_new(
    CsFluidFont *font, int sample_rate, const CsPresetChoice *preset);

/// A font that is opened when the first voice is asked for.
typedef struct CsFluidSource {
  const char *path; ///< The caller's.
  int sample_rate;
  CsFluidFont *font; ///< NULL until it is opened; freed by the caller.
  CsStatus status;   ///< Why it could not be opened.
} CsFluidSource;

/// A voice of a source's font; NULL when the font cannot be opened, as `status`
/// then says, or memory is short.
CsFluidVoice *cs_fluid_source_voice(
    CsFluidSource *source, const CsPresetChoice *preset);

/// Take effect with the next frame rendered, which must lie on the grid.
void cs_fluid_note_on(CsFluidVoice *voice, int key, int velocity);
void cs_fluid_note_off(CsFluidVoice *voice, int key);

/// Is nothing sounding, and nothing going to before the next note-on?
bool cs_fluid_is_silent(CsFluidVoice *voice);

/// Render both channels.
///
/// @param left, right  Each channel's samples, `n_frames` of them, a multiple
///                     of CS_GRID_FRAMES.
/// @return false when the synthesizer fails.
bool cs_fluid_render(
    CsFluidVoice *voice, float *left, float *right, size_t n_frames);

void cs_fluid_voice_free(CsFluidVoice *voice);

#endif
