#include "gen/master/fade.h"

#include "gen/base/mathx.h"

// A cue that ends silent closes within a quarter of a second, of which the last
// 50 ms are digital silence: a fade that only reaches zero at the last frame
// leaves loud music at -45 dBFS there, and T03 asks for -60.
static const double close_s     = 0.2;
static const double close_share = 0.1; ///< Of a short cue, at most.
static const double silent_s    = 0.05;

static int64_t
frames_of(double seconds, int sample_rate, int64_t n_frames)
{
  const double n = seconds * sample_rate + 0.5;
  return n < (double)n_frames ? (int64_t)n : n_frames;
}

CsFade
cs_fade_of(const CsMasterWish *wish)
{
  const int64_t n = wish->n_frames;
  CsFade fade     = {
          .n_frames = n,
          .n_in     = frames_of(wish->fade_in_s, wish->sample_rate, n),
          .n_out    = frames_of(wish->fade_out_s, wish->sample_rate, n),
  };
  if (!wish->ends_silent)
    return fade;
  const int64_t n_share = (int64_t)(close_share * (double)n);
  fade.n_close          = frames_of(close_s, wish->sample_rate, n_share);
  fade.n_silent         = frames_of(silent_s, wish->sample_rate, n / 2);
  return fade;
}

/// Half a cosine from 0 to 1 over n frames; the ends lie half a frame outside.
static double
rise(int64_t frame, int64_t n)
{
  if (frame >= n)
    return 1.0;
  if (frame < 0)
    return 0.0;
  return 0.5 - 0.5 * cs_cos(CS_PI * ((double)frame + 0.5) / (double)n);
}

double
cs_fade_gain(const CsFade *fade, int64_t frame)
{
  const int64_t n_left = fade->n_frames - 1 - frame;
  if (n_left < fade->n_silent)
    return 0.0;
  return rise(frame, fade->n_in) * rise(n_left, fade->n_out) *
         rise(n_left - fade->n_silent, fade->n_close);
}

static bool
is_flat(const CsFade *fade, int64_t first, int64_t end)
{
  const int64_t n_closing = fade->n_silent + fade->n_close;
  const int64_t n_tail    = fade->n_out > n_closing ? fade->n_out : n_closing;
  return first >= fade->n_in && end <= fade->n_frames - n_tail;
}

void
cs_fade_run(const CsFade *fade, int64_t first, float *frames, size_t n_frames,
    size_t n_channels)
{
  if (is_flat(fade, first, first + (int64_t)n_frames))
    return;
  for (size_t f = 0; f < n_frames; f++) {
    const double gain = cs_fade_gain(fade, first + (int64_t)f);
    for (size_t c = 0; c < n_channels; c++) {
      float *sample = &frames[f * n_channels + c];
      *sample       = (float)((double)*sample * gain);
    }
  }
}
