#include "gen/perform/performance.h"

#include "gen/base/mathx.h"
#include "gen/base/text.h"

#include <inttypes.h>

double
cs_track_gain_db(const CsPlayedTrack *track, int64_t frame)
{
  const CsGainPoint *points = track->gains;
  size_t low = 0, high = track->n_gains; // First point after the frame.
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (points[middle].frame <= frame)
      low = middle + 1;
    else
      high = middle;
  }
  if (track->n_gains == 0)
    return 0.0;
  if (low == 0)
    return points[0].gain_db;
  const CsGainPoint *last = &points[low - 1];
  if (low == track->n_gains)
    return last->gain_db;
  const double share =
      (double)(frame - last->frame) / (double)(points[low].frame - last->frame);
  return cs_lerp(last->gain_db, points[low].gain_db, share);
}

CsStatus
cs_performance_dump(
    CsArena *arena, const CsPerformance *performance, const char **text)
{
  const CsPerformance *p = performance;
  CsText t               = cs_text_new(arena);
  cs_text_addf(&t,
      "performance %d Hz, %" PRId64 " frames, %" PRId64 " before\n",
      p->sample_rate, p->n_frames, p->n_preroll_frames);
  for (size_t i = 0; i < p->n_tracks; i++) {
    const CsPlayedTrack *track = &p->tracks[i];
    cs_text_addf(&t, "track %zu %s %s\n", i, cs_role_names[track->track->role],
        track->track->instrument == NULL ? "-" : track->track->instrument);
    for (size_t k = 0; k < track->n_gains; k++)
      cs_text_addf(&t, "  gain %" PRId64 " %.2f dB\n", track->gains[k].frame,
          track->gains[k].gain_db);
  }
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *n = &p->notes[i];
    cs_text_addf(&t, "note %" PRId64 " %" PRId64 " track %u key %u vel %u\n",
        n->on_frame, n->off_frame, n->track, n->key, n->velocity);
  }
  return cs_text_take(&t, text);
}
