/// What a soundfont plays for each track of a job, and in which balance. The
/// levels of tracks are tuned on FluidR3 and our own bank, which are equally
/// loud preset by preset; another font is measured and brought there.
#ifndef CS_GEN_BALANCE_H
#define CS_GEN_BALANCE_H

#include "gen/engine.h"

/// Choose the presets of job->font for the tracks of job->performance, and the
/// gains. A preset that the font lacks is replaced by the nearest one, which
/// job->font_warnings names. Fills job->sounds.
CS_NODISCARD CsStatus cs_balance_font(CsJob *job);

#endif
