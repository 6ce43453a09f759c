#include "gen/render/fluid_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

/// Of FluidSynth 2, as its header is.
static const char file_name[] = "libfluidsynth.so.3";

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CsFluidLibrary library;
static bool is_there;

static bool
find(void *handle, const char *name, void *function)
{
  void *symbol = dlsym(handle, name);
  memcpy(function, &symbol, sizeof symbol); // ISO C knows no such cast
  return symbol != NULL;
}

/// It stays: what it keeps for the process goes with the process.
static void
load(void)
{
  void *handle = dlopen(file_name, RTLD_NOW | RTLD_LOCAL);
  is_there     = handle != NULL;
#define FIND(name) is_there = is_there && find(handle, #name, &library.name);
  CS_FLUID_FUNCTIONS(FIND)
#undef FIND
}

const CsFluidLibrary *
cs_fluid_library(void)
{
  (void)pthread_once(&once, load);
  return is_there ? &library : NULL;
}
