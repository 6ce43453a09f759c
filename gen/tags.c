#include "gen/tags.h"

#include "gen/base/mathx.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TITLE_BYTES = 96, SHORT_TERM_HOPS = 30 };

static const char rights[] =
    "CC0-1.0: the audio is given to you without conditions";

/// The prompt on one line, shortened between words.
static CsStatus
title_of(CsArena *arena, const char *prompt, const char **title)
{
  char *text = cs_arena_copy(arena, prompt, strlen(prompt));
  CS_TRY_NEW(text);
  for (char *p = text; *p != '\0'; p++)
    if ((unsigned char)*p < ' ')
      *p = ' ';
  *title = text;
  if (strlen(text) <= TITLE_BYTES)
    return CS_OK;
  *title = cs_arena_printf(
      arena, "%.*s ...", (int)cs_words_fitting(text, TITLE_BYTES), text);
  CS_TRY_NEW(*title);
  return CS_OK;
}

static CsStatus
date_of(CsArena *arena, const char **date)
{
  const char *text = getenv("SOURCE_DATE_EPOCH");
  char *end        = NULL;
  struct tm day;
  *date = NULL;
  if (text == NULL || text[0] < '0' || text[0] > '9')
    return CS_OK;
  errno                  = 0;
  const long long second = strtoll(text, &end, 10);
  const time_t at        = (time_t)second;
  if (errno != 0 || *end != '\0' || gmtime_r(&at, &day) == NULL ||
      day.tm_year > 9999 - 1900)
    return CS_OK;
  *date = cs_arena_printf(
      arena, "%04d-%02d-%02d", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
  CS_TRY_NEW(*date);
  return CS_OK;
}

static int
by_time(const void *a, const void *b)
{
  const CsMark *x = a, *y = b;
  return x->frame < y->frame ? -1 : x->frame > y->frame;
}

static void
add_mark(const CsPlan *plan, double at_s, const char *label, CsMark *marks,
    size_t *n)
{
  const int64_t frame = llround(fmax(at_s, 0.0) * plan->sample_rate);
  if (frame < (int64_t)plan->n_frames)
    marks[(*n)++] = (CsMark){frame, label};
}

static CsStatus
marks_of(CsArena *arena, const CsPlan *plan, CsTags *tags)
{
  CsMark *marks = CS_NEW_N(arena, CsMark, plan->n_sections + plan->n_hits + 1);
  CS_TRY_NEW(marks);
  for (size_t i = 0; i < plan->n_sections; i++)
    add_mark(plan, plan->sections[i].start_s, plan->sections[i].name, marks,
        &tags->n_marks);
  for (size_t i = 0; i < plan->n_hits; i++)
    add_mark(plan, plan->hits[i].is_at_s, "hit", marks, &tags->n_marks);
  qsort(marks, tags->n_marks, sizeof *marks, by_time);
  tags->marks = marks;
  return CS_OK;
}

CsStatus
cs_job_tags(const CsJob *job, CsTags *tags)
{
  const CsPlan *plan = job->plan;
  const char *prompt = job->brief != NULL ? job->brief->prompt : "";
  *tags              = (CsTags){
                   .description = prompt,
                   .genre       = plan->style,
                   .rights      = rights,
                   .loops       = plan->ending == CS_ENDING_LOOP,
  };
  tags->software = cs_arena_printf(job->arena, "cuesmith %s", cs_version());
  CS_TRY_NEW(tags->software);
  CS_TRY(title_of(
      job->arena, prompt[0] != '\0' ? prompt : "cuesmith", &tags->title));
  CS_TRY(date_of(job->arena, &tags->date));
  return marks_of(job->arena, plan, tags);
}

CsStatus
cs_levels_of(CsArena *arena, const CsMeasured *measured,
    const CsLoudness *loudness, CsLevels *levels)
{
  double largest      = CS_SILENCE_DB;
  const size_t n_hops = cs_loudness_n_hops(loudness);
  for (size_t hop = 0; hop < n_hops; hop++)
    largest = fmax(largest, cs_loudness_until(loudness, hop, SHORT_TERM_HOPS));
  *levels = (CsLevels){
      .integrated_lufs = measured->integrated_lufs,
      .true_peak_dbtp  = measured->true_peak_dbtp,
      .momentary_lufs  = measured->momentary_lufs,
      .short_term_lufs = largest,
  };
  return cs_loudness_range(arena, loudness, &levels->range_lu);
}
