/// What the files of families say to one another.
#ifndef CS_GEN_JOBS_FAMILY_PARTS_H
#define CS_GEN_JOBS_FAMILY_PARTS_H

#include "gen/jobs/family.h"

/// How often a member is drawn at most.
enum { CS_FAMILY_DRAWS = 15 };

/// Read what stands beside members, and check the format: f->beside.
CS_NODISCARD CsStatus cs_family_read_wish(CsFamily *f);

/// Refuse options that mean one file, or another way to make several.
CS_NODISCARD CsStatus cs_family_refuse_options(
    CsFamily *f, const CsOptions *options);

/// Set an option of a member's job; a failure is told by the family.
CS_NODISCARD CsStatus cs_family_set(
    CsFamily *f, CsJob *job, const char *option, const char *value);

/// Ask a member's job for what the member is, as the nth draw has it.
CS_NODISCARD CsStatus cs_family_ask(
    CsFamily *f, CsJob *job, CsMember *m, int nth);

#endif
