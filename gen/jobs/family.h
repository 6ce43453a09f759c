/// A family: cues of several lengths from one theme, key and band, each
/// composed anew for its length. gen/jobs/README.md says what ties them.
#ifndef CS_GEN_JOBS_FAMILY_H
#define CS_GEN_JOBS_FAMILY_H

#include "gen/jobs/member.h"

/// Files that can stand beside every member.
typedef enum CsBeside {
  CS_BESIDE_MIDI,    ///< 30.mid
  CS_BESIDE_PICTURE, ///< 30.svg
  CS_BESIDE_RECORD,  ///< 30.json
  CS_BESIDE_STEMS,   ///< 30-stems/
  CS_N_BESIDE
} CsBeside;

extern const char *const cs_beside_names[CS_N_BESIDE];

typedef struct CsFamilyWish {
  const char *prompt;
  const char *folder; ///< Made where it is missing.
  const char *cuts;   ///< NULL: CS_USUAL_CUTS.
  const char *format; ///< Extension of the sound files; NULL: "wav".
  const char *beside; ///< "midi,picture"; NULL: nothing.
  /// Begin a job with the options that every member has.
  CsStatus (*begin)(void *user, CsJob **job);
  void *user;
  CsProgressFn *on_progress; ///< May be NULL; `stage` is a member's name.
  void *progress_user;
} CsFamilyWish;

typedef struct CsFamily {
  CsArena *arena;
  CsFamilyWish wish;
  char id[17];     ///< Small hex digits over prompt, seed and options.
  unsigned beside; ///< Bits over CsBeside.
  CsMember members[CS_MAX_CUTS]; ///< The full one first.
  size_t n;
  const char *notes; ///< What was left out and why, a line each.
  const char *json;  ///< family.json, once written.
} CsFamily;

/// Compose every member and draw those anew that are not as they must be, a
/// few times. Nothing is written but the folder.
///
/// @param family  Filled; free its jobs with cs_family_free(), also after a
///                failure.
/// @return CS_ERR_REQUEST for what no family can be made of.
CS_NODISCARD CsStatus cs_family_compose(
    CsArena *arena, const CsFamilyWish *wish, CsFamily *family);

/// Render and write all files, family.json last.
///
/// @return CS_ERR_MISSED when all files stand and a member is not as it must
///         be, or misses a hard property: the sentence names the first.
CS_NODISCARD CsStatus cs_family_write(CsFamily *family);

void cs_family_free(CsFamily *family);

/// The part of a member's record that says which family it is of.
CS_NODISCARD CsStatus cs_family_note(
    const CsFamily *family, const CsMember *member, const char **json);

/// The text of family.json.
CS_NODISCARD CsStatus cs_family_json(const CsFamily *family, const char **json);

#endif
