/// FluidSynth as it is needed: a program that plays by itself neither loads it
/// nor needs it, which is 5 ms of each start.
#ifndef CS_GEN_RENDER_FLUID_LIBRARY_H
#define CS_GEN_RENDER_FLUID_LIBRARY_H

#include <fluidsynth.h>

#define CS_FLUID_FUNCTIONS(OF)                                                 \
  OF(delete_fluid_settings)                                                    \
  OF(delete_fluid_sfloader)                                                    \
  OF(delete_fluid_synth)                                                       \
  OF(fluid_preset_get_banknum)                                                 \
  OF(fluid_preset_get_num)                                                     \
  OF(fluid_set_log_function)                                                   \
  OF(fluid_settings_setint)                                                    \
  OF(fluid_settings_setnum)                                                    \
  OF(fluid_sfloader_get_data)                                                  \
  OF(fluid_sfloader_set_data)                                                  \
  OF(fluid_sfont_iteration_next)                                               \
  OF(fluid_sfont_iteration_start)                                              \
  OF(fluid_synth_add_sfloader)                                                 \
  OF(fluid_synth_cc)                                                           \
  OF(fluid_synth_get_active_voice_count)                                       \
  OF(fluid_synth_get_sfont_by_id)                                              \
  OF(fluid_synth_noteoff)                                                      \
  OF(fluid_synth_noteon)                                                       \
  OF(fluid_synth_program_select)                                               \
  OF(fluid_synth_remove_sfont)                                                 \
  OF(fluid_synth_set_channel_type)                                             \
  OF(fluid_synth_set_gen)                                                      \
  OF(fluid_synth_sfload)                                                       \
  OF(fluid_synth_write_float)                                                  \
  OF(fluid_version_str)                                                        \
  OF(new_fluid_settings)                                                       \
  OF(new_fluid_sfloader)                                                       \
  OF(new_fluid_synth)

/// Each function by its own name.
typedef struct CsFluidLibrary {
#define CS_FLUID_MEMBER(name) __typeof__(&(name)) name;
  CS_FLUID_FUNCTIONS(CS_FLUID_MEMBER)
#undef CS_FLUID_MEMBER
} CsFluidLibrary;

/// Load it, once for the process. @return NULL where it is not installed or too
/// old.
const CsFluidLibrary *cs_fluid_library(void);

#endif
