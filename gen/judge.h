/// A finished cue before the audit: its record says what was asked, its notes
/// are composed again, its sound is heard.
#ifndef CS_GEN_JUDGE_H
#define CS_GEN_JUDGE_H

#include "gen/audit/audit.h"
#include "gen/engine.h"

/// What is to be judged.
typedef struct CsCase {
  const char *path;      ///< A sound file or a record.
  const char *record;    ///< The record of `path`, or NULL: in it or beside it.
  const char *soundfont; ///< Play the notes with it instead of hearing a file.
  int n_threads;         ///< Of rendering.
} CsCase;

typedef struct CsJudgement {
  const char *record; ///< The file that held the record.
  const char *sound;  ///< What was heard; NULL when only notes were judged.
  CsAudit audit;
} CsJudgement;

/// Judge a cue.
///
/// A sound file is heard as it is. Its record is the one inside it, else
/// `record`, else the file of its name with .json beside it. A record alone is
/// judged with the sound file of its name beside it; where there is none, by
/// its notes.
///
/// @param arena  Owns the judgement.
/// @return CS_ERR_REQUEST when a file or its record cannot be used, or when the
///         record does not make the notes here that it made then.
CS_NODISCARD CsStatus cs_judge(const CsEngine *engine, CsArena *arena,
    const CsCase *the_case, CsJudgement *judgement);

/// The evidence that a composed job gives, without sound.
CS_NODISCARD CsStatus cs_job_evidence(
    CsArena *arena, const CsJob *job, CsEvidence *evidence);

/// Begin to listen to a job's cue while it is made, for what is quick to judge.
///
/// @param ear  Free with cs_ear_free().
CS_NODISCARD CsStatus cs_job_listen_begin(CsJob *job, CsEar **ear);

/// Judge a job that was mastered, by its notes and by what was heard: what is
/// quick to judge of the hard properties. Fills job->missed.
CS_NODISCARD CsStatus cs_job_judge(
    CsJob *job, const CsMaster *master, CsEar *ear);

#endif
