#include "gen/cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// The one mutable global of the program: a signal handler reaches nothing else.
static volatile sig_atomic_t signal_seen;

static void
note_signal(int number)
{
  signal_seen = number;
}

void
cs_signals_watch(void)
{
  const struct sigaction watch = {.sa_handler = note_signal};
  const struct sigaction skip  = {.sa_handler = SIG_IGN};
  const int numbers[]          = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction before;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    // A shell starts background jobs with SIGINT ignored, nohup with SIGHUP.
    if (sigaction(numbers[i], NULL, &before) == 0 &&
        before.sa_handler != SIG_IGN)
      (void)sigaction(numbers[i], &watch, NULL);
  (void)sigaction(SIGPIPE, &skip, NULL);
  (void)sigaction(SIGXFSZ, &skip, NULL);
}

int
cs_signal_seen(void)
{
  return (int)signal_seen;
}

CsProgressLine
cs_progress_line(bool quiet)
{
  return (CsProgressLine){!quiet && isatty(STDERR_FILENO) == 1, -1};
}

bool
cs_progress_show(void *user, const char *stage, double share)
{
  CsProgressLine *line = user;
  const int percent    = (int)(100.0 * share);
  if (line->is_shown && percent != line->shown_percent) {
    (void)fprintf(stderr, "\r%3d %%  %-8s", percent, stage);
    line->shown_percent = percent;
  }
  return signal_seen == 0;
}

void
cs_progress_clear(CsProgressLine *line)
{
  if (line->is_shown && line->shown_percent >= 0)
    (void)fprintf(stderr, "\r%-20s\r", "");
  line->shown_percent = -1;
}

CsStatus
cs_print(CsArena *arena, const char *text)
{
  if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
    return cs_fail(arena, CS_ERR_WORK, "standard output cannot be written: %s",
        strerror(errno));
  return CS_OK;
}
