/// An engine for the tests of a file: open_engine() and close_engine() are the
/// set-up and tear-down of their group. The presets are those of the working
/// folder.
#ifndef CS_TESTS_UNIT_ENGINE_FIXTURE_H
#define CS_TESTS_UNIT_ENGINE_FIXTURE_H

// cmocka wants these before itself.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gen/cuesmith.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static CsEngine *engine;

static inline int
open_engine(void **state)
{
  (void)state;
  char why[CS_MESSAGE_BYTES];
  const CsStatus status = cs_engine_open(".", why, &engine);
  if (status != CS_OK)
    print_error("%s\n", why);
  return status != CS_OK;
}

static inline int
close_engine(void **state)
{
  (void)state;
  cs_engine_close(engine);
  engine = NULL;
  return 0;
}

/// Set options given as "seed=2 ending=fade".
static inline CsStatus
set_options(CsJob *job, const char *options)
{
  char text[256];
  char *rest = NULL;
  (void)snprintf(text, sizeof text, "%s", options);
  for (char *word = strtok_r(text, " ", &rest); word != NULL;
       word       = strtok_r(NULL, " ", &rest)) {
    char *value           = strchr(word, '=');
    *value++              = '\0';
    const CsStatus status = cs_job_set(job, word, value);
    if (status != CS_OK)
      return status;
  }
  return CS_OK;
}

#endif
