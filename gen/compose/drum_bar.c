#include "gen/compose/drum_bar.h"

#include <string.h>

void
cs_drum_bar_read(const CsBeat *b, const CsPattern *pattern, int bar, int level,
    CsDrumBar *out)
{
  const int steps = cs_beat_steps(b->c, pattern, bar);
  memset(out, 0, sizeof *out);
  out->n_steps = steps < CS_MAX_STEPS ? steps : CS_MAX_STEPS;
  for (size_t i = 0; i < pattern->n_lines && out->n_lines < CS_MAX_DRUM_LINES;
       i++) {
    const CsDrumLine *line = &pattern->lines[i];
    if (line->from_energy > level)
      continue;
    out->keys[out->n_lines] = line->key;
    for (int s = 0; s < out->n_steps; s++)
      out->velocities[out->n_lines][s] =
          (uint8_t)line->velocities[cs_beat_column(b->c, pattern, bar, s)];
    out->n_lines++;
  }
}

int
cs_drum_bar_line(const CsDrumBar *cells, int key)
{
  for (int i = 0; i < cells->n_lines; i++)
    if (cells->keys[i] == key)
      return i;
  return -1;
}

CsStatus
cs_drum_bar_play(CsBeat *b, const CsPattern *pattern, int bar,
    const CsDrumBar *cells, int until_step)
{
  for (int s = 0; s < cells->n_steps && s < until_step; s++)
    for (int i = 0; i < cells->n_lines; i++)
      if (cells->velocities[i][s] != 0)
        CS_TRY(cs_beat_add(b, cs_beat_tick(b->c, pattern, bar, s),
            cells->keys[i], cells->velocities[i][s]));
  return CS_OK;
}
