/// What was asked, whoever said it: options beat the prompt. Nothing here comes
/// from the plan, so that a plan which forgot something is found out.
#ifndef CS_GEN_AUDIT_REQUEST_H
#define CS_GEN_AUDIT_REQUEST_H

#include "gen/audit/audit.h"

/// Was that field said in the prompt?
bool cs_is_said(const CsEvidence *e, CsSaid field);

/// Length in seconds. @return false where none was asked.
bool cs_asked_duration(const CsEvidence *e, double *duration_s);

/// Lowest and highest tempo, quarters a minute; equal for a given one.
bool cs_asked_tempo(const CsEvidence *e, double bpm[2]);
bool cs_is_tempo_given(const CsEvidence *e);

/// Key, or only its mode (then on the tonic of the plan).
bool cs_asked_key(const CsEvidence *e, CsKey *key);
bool cs_is_tonic_asked(const CsEvidence *e);

bool cs_asked_meter(const CsEvidence *e, CsMeter *meter);
bool cs_asked_ending(const CsEvidence *e, CsEnding *ending);
bool cs_asked_loudness(const CsEvidence *e, double *lufs);

#endif
