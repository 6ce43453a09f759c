// Where a melody lies: how high, and between which keys.

#include "gen/base/mathx.h"
#include "gen/compose/theme.h"

int
cs_melody_centre(const CsComposer *c)
{
  // Dark cues lie low, but pads and chords reach to the seventies too: the
  // lower the wish, the more of the way to CLEAR it is lifted out of them.
  enum { CLEAR = 75, MOST = 5 };
  const double centre = 69 + 5 * c->plan->valence + 4 * c->plan->arousal;
  const double lift   = cs_clamp(0.7 * (CLEAR - centre), 0, MOST);
  return (int)(cs_clamp(centre + lift, 57, 81) + 0.5);
}

void
cs_melody_range(
    const CsComposer *c, size_t track, int *centre, int *low, int *high)
{
  enum { BELOW = 9, ABOVE = 10 };
  const CsTrack *t = &c->plan->tracks[track];
  const CsInstrument *instrument =
      cs_instrument_of_program(c->presets, t->bank, t->program);
  int bottom = t->range[0];
  int top    = t->range[1];
  if (instrument != NULL) {
    const int a = bottom > instrument->sweet[0] ? bottom : instrument->sweet[0];
    const int b = top < instrument->sweet[1] ? top : instrument->sweet[1];
    if (b - a >= 12) {
      bottom = a;
      top    = b;
    }
  }
  const int half = (top - bottom) / 2;
  *centre        = cs_clamp_int(*centre, bottom + (BELOW < half ? BELOW : half),
             top - (ABOVE < half ? ABOVE : half));
  *low           = *centre - BELOW > bottom ? *centre - BELOW : bottom;
  *high          = *centre + ABOVE < top ? *centre + ABOVE : top;
}
