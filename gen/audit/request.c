#include "gen/audit/request.h"

bool
cs_is_said(const CsEvidence *e, CsSaid field)
{
  return e->brief != NULL && (e->brief->said & (unsigned)field) != 0;
}

bool
cs_asked_duration(const CsEvidence *e, double *duration_s)
{
  if (e->wish->has_duration)
    *duration_s = e->wish->duration_s;
  else if (cs_is_said(e, CS_SAID_DURATION))
    *duration_s = e->brief->duration_s;
  else
    return false;
  return true;
}

bool
cs_asked_tempo(const CsEvidence *e, double bpm[2])
{
  if (e->wish->has_tempo) {
    bpm[0] = bpm[1] = e->wish->tempo_bpm;
    return true;
  }
  if (!cs_is_said(e, CS_SAID_TEMPO))
    return false;
  bpm[0] = e->brief->tempo_bpm[0];
  bpm[1] = e->brief->tempo_bpm[1];
  return true;
}

bool
cs_is_tempo_given(const CsEvidence *e)
{
  double bpm[2];
  return cs_asked_tempo(e, bpm) && bpm[1] - bpm[0] < 1e-9;
}

bool
cs_is_tonic_asked(const CsEvidence *e)
{
  return e->wish->has_key || cs_is_said(e, CS_SAID_KEY);
}

bool
cs_asked_key(const CsEvidence *e, CsKey *key)
{
  if (e->wish->has_key)
    *key = e->wish->key;
  else if (cs_is_said(e, CS_SAID_KEY))
    *key = e->brief->key;
  else if (cs_is_said(e, CS_SAID_MODE))
    *key = (CsKey){e->plan->key.tonic_pc, e->brief->key.mode};
  else
    return false;
  return true;
}

bool
cs_asked_meter(const CsEvidence *e, CsMeter *meter)
{
  if (e->wish->has_meter)
    *meter = e->wish->meter;
  else if (cs_is_said(e, CS_SAID_METER))
    *meter = e->brief->meter;
  else
    return false;
  return true;
}

bool
cs_asked_ending(const CsEvidence *e, CsEnding *ending)
{
  if (e->wish->has_ending)
    *ending = e->wish->ending;
  else if (cs_is_said(e, CS_SAID_ENDING))
    *ending = e->brief->ending;
  else
    return false;
  return true;
}

bool
cs_asked_loudness(const CsEvidence *e, double *lufs)
{
  if (e->wish->has_lufs)
    *lufs = e->wish->lufs;
  else if (cs_is_said(e, CS_SAID_LOUDNESS))
    *lufs = e->brief->loudness_lufs;
  else
    return false;
  return true;
}
