// Which pattern plays in a meter that another was written for.

#include "gen/presets/presets.h"

enum { SAME_METER = 3 };

/// How well a bar of `of` serves a bar of `meter`; 0 = not at all.
static int
meter_match(CsMeter of, CsMeter meter)
{
  if (of.numerator == meter.numerator && of.denominator == meter.denominator)
    return SAME_METER;
  const double bars  = cs_meter_quarters(meter) / cs_meter_quarters(of);
  const bool is_like = cs_meter_is_compound(of) == cs_meter_is_compound(meter);
  if (bars == 0.5 && is_like)
    return 1; // its two halves in turn: 4/4 in 2/4
  if (bars != (double)(int)bars)
    return 0;
  return is_like ? 2 : 1;
}

bool
cs_pattern_has_bar(const CsPattern *pattern, CsMeter meter)
{
  return pattern->drifts || pattern->scatter_per_s > 0.0 ||
         meter_match(pattern->meter, meter) > 0;
}

/// Steps on which anything is struck, in a quarter note.
static double
strokes_per_quarter(const CsPattern *pattern)
{
  bool is_struck[CS_MAX_STEPS] = {false};
  int n                        = 0;
  for (size_t i = 0; i < pattern->n_strokes; i++)
    is_struck[pattern->strokes[i].step] = true;
  for (size_t i = 0; i < pattern->n_lines; i++)
    for (int s = 0; s < pattern->n_steps; s++)
      is_struck[s] |= pattern->lines[i].velocities[s] > 0;
  for (int s = 0; s < pattern->n_steps; s++)
    n += is_struck[s];
  return (double)n / cs_meter_quarters(pattern->meter);
}

static size_t
count_missing_drums(const CsPattern *pattern, const CsPattern *other)
{
  size_t n = 0;
  for (size_t i = 0; i < pattern->n_lines; i++) {
    size_t k = 0;
    while (k < other->n_lines && other->lines[k].key != pattern->lines[i].key)
      k++;
    n += k == other->n_lines;
  }
  return n;
}

/// How far another pattern is from what this one plays.
static double
distance_of(const CsPattern *pattern, const CsPattern *other)
{
  const double busier =
      strokes_per_quarter(other) - strokes_per_quarter(pattern);
  return (busier < 0.0 ? -busier : busier) +
         4.0 * (double)count_missing_drums(pattern, other) +
         0.5 * (pattern->is_triplet != other->is_triplet);
}

/// The nearest of its kind that is written in that meter, or the pattern.
static const CsPattern *
stand_in(const CsPresets *presets, const CsPattern *pattern, CsMeter meter)
{
  const CsPattern *best = pattern;
  double least          = 0.0;
  for (size_t i = 0; i < presets->n_patterns; i++) {
    const CsPattern *it = &presets->patterns[i];
    if (it->kind != pattern->kind || it->is_pedal != pattern->is_pedal ||
        it->drifts || it->scatter_per_s > 0.0 ||
        meter_match(it->meter, meter) != SAME_METER)
      continue;
    const double distance = distance_of(pattern, it);
    if (best == pattern || distance < least)
      best = it, least = distance;
  }
  return best;
}

const CsPattern *
cs_pattern_for_meter(
    const CsPresets *presets, const CsPattern *pattern, CsMeter meter)
{
  const CsPattern *best = pattern;
  int best_match        = meter_match(pattern->meter, meter);
  for (size_t i = 0; i < presets->n_patterns && best_match < SAME_METER; i++) {
    const CsPattern *it = &presets->patterns[i];
    if (!cs_same(it->family, pattern->family))
      continue;
    const int match = meter_match(it->meter, meter);
    if (match > best_match) {
      best       = it;
      best_match = match;
    }
  }
  return cs_pattern_has_bar(best, meter) ? best
                                         : stand_in(presets, pattern, meter);
}
