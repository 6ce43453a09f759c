/// The inside of CsEngine and CsJob: what the public calls and the command line
/// share. Not installed.
#ifndef CS_GEN_ENGINE_H
#define CS_GEN_ENGINE_H

#include "gen/cuesmith.h"
#include "gen/io/picture.h"
#include "gen/master/master.h"
#include "gen/options.h"
#include "gen/perform/performance.h"
#include "gen/render/note_store.h"
#include "gen/render/render.h"
#include "grammar/parse.h"
#include "soundfonts/catalogue.h"

/// Grows when an old prompt would give other bytes.
enum { CS_ENGINE_VERSION = 4 };

struct CsEngine {
  CsArena *arena; ///< Owns presets and catalogue.
  const char *data_folder;
  const char *words_folder;
  CsLexicon *lexicon;
  CsPresets *presets;
  CsCatalogue *catalogue;
  CsChunks *chunks;   ///< What its jobs keep sound in.
  CsNoteStore *notes; ///< Shared by its jobs; NULL unless asked for.
};

/// As cs_engine_open(), when a cue is to be made at once: the memory that it
/// will take is made ready while the words are read.
CS_NODISCARD CsStatus cs_engine_open_to_make(
    const char *data_dir, char *why, CsEngine **engine);

/// What other notes have mended.
typedef struct CsMended {
  const char *property; ///< Id of the property that was missed.
  const char *rerolls;  ///< The draws that mend it: "bass=1,motion=1".
} CsMended;

enum { CS_MAX_MENDED = 3 };

/// What became of an alternate that was asked for.
typedef struct CsAlternateMade {
  bool sounds; ///< Else it was left out.
  CsMeasured measured;
} CsAlternateMade;

struct CsJob {
  const CsEngine *engine;
  CsArena *arena;
  CsOptions options;
  CsProgressFn *on_progress;
  void *progress_user;
  CsLexicon *lexicon; ///< With the words of the options, or NULL.
  size_t n_words;     ///< Files of words that it holds.
  CsBrief *brief;
  CsPlan *plan;
  bool plan_is_edited; ///< The plan was read, not made.
  CsScore *score;
  CsPerformance *performance;
  CsMended mended[CS_MAX_MENDED];
  size_t n_mended;
  const char **missed; ///< Ids of the hard properties that the cue misses.
  size_t n_missed;
  const char *missed_text; ///< The same as a list with names and places.
  CsFont font;
  /// What it plays, one for each track performed; NULL before it is chosen.
  CsTrackSound *sounds;
  CsWarning *font_warnings; ///< What the font lacks.
  size_t n_font_warnings, font_warnings_capacity;
  const char *family;       ///< What it belongs to, as JSON; or NULL.
  const char *cache_folder; ///< For what was measured of fonts; or NULL.
  CsMeasured measured;
  /// True peak of a lossy output as it plays back.
  bool is_decoded_known;
  double decoded_peak_dbtp;
  CsAlternateMade alternates[CS_MAX_ALTERNATES]; ///< Of options.alternates.
  const char *brief_json, *plan_json, *record_json;
};

/// The words that the job's prompts are read with: the engine's, or those with
/// the files of the option "lexicon" over them.
CS_NODISCARD CsStatus cs_job_lexicon(CsJob *job, const CsLexicon **lexicon);

/// The presets of a job: the engine's, or with the person's own style.
const CsPresets *cs_job_presets(const CsJob *job);

/// Report progress. @return CS_ERR_CANCELLED when the caller wants to stop.
CS_NODISCARD CsStatus cs_job_report(
    CsJob *job, const char *stage, double share);

/// With --strict the first warning of brief or plan is an error, but those of
/// times that were asked to be scaled.
CS_NODISCARD CsStatus cs_job_refuse_warnings(CsJob *job);

/// The next of the mastered blocks of a job goes here.
typedef struct CsBlockSink {
  CsStatus (*put)(void *user, CsArena *arena, const CsCueBlock *block);
  void *user;
  /// After the last block, when job->measured is filled. May be NULL.
  CsStatus (*done)(void *user, const CsMaster *master);
  /// Hears the mix (CsMasterEar), ahead of `put`. May be NULL.
  CsStatus (*hear)(
      void *user, CsArena *why, const float *frames, size_t n_frames);
} CsBlockSink;

/// Called once after the first pass, before the first block.
typedef CsStatus CsJobReadyFn(void *user, const CsMaster *master);

/// Render and master a performed job. The sink sees every block in order; a
/// sink with `put` NULL is skipped. Fills job->measured.
///
/// @param ready  So that files can be opened when it is known which stems
/// sound.
///               May be NULL.
CS_NODISCARD CsStatus cs_job_sound(
    CsJob *job, CsJobReadyFn *ready, CsBlockSink sink);

/// The record (DESIGN, section 5) of a job that has been mastered.
CS_NODISCARD CsStatus cs_record_make(
    CsArena *arena, const CsJob *job, const char **json);

/// The record of the nth alternate: its name and figures in the place of the
/// mix's.
CS_NODISCARD CsStatus cs_record_make_alternate(
    CsArena *arena, const CsJob *job, size_t index, const char **json);

/// The parts of a record that making its file again needs.
typedef struct CsRecord {
  double engine;
  const char *prompt;
  bool plan_is_edited;
  const CsJson *options, *plan;
  const char *sha256;
  const char *alternate;   ///< NULL for a full mix.
  const char *font_sha256; ///< NULL when the record lacks it.
  const char *fluidsynth;  ///< NULL where it has not played.
  double target_lufs;      ///< As reached for by the master.
} CsRecord;

/// Read a record.
///
/// @param path  The file that carries it, for messages.
/// @return CS_ERR_REQUEST when it is no JSON or lacks what is needed.
CS_NODISCARD CsStatus cs_record_read(CsArena *arena, const char *path,
    const char *json, size_t n_bytes, CsRecord *record);

/// Set a fresh job to what a record says: its options, then its prompt is
/// understood, or its edited plan is taken.
///
/// @return CS_ERR_REQUEST when the record asks for what a record does not hold,
///         such as a file to read.
CS_NODISCARD CsStatus cs_record_apply(CsJob *job, const CsRecord *record);

/// How a file differs from what its record makes.
typedef struct CsVerdict {
  bool is_same;
  double difference_dbfs; ///< Largest sample difference; -200 for none.
  const char *reason;     ///< One sentence: what differs.
} CsVerdict;

/// Make a file again from its record and compare the samples.
///
/// @param path       WAV or FLAC with an embedded record.
/// @param soundfont  NULL: the catalogue's.
/// @return CS_ERR_REQUEST when the file or its record cannot be used.
CS_NODISCARD CsStatus cs_verify(const CsEngine *engine, CsArena *arena,
    const char *path, const char *soundfont, int n_threads, CsVerdict *verdict);

#endif
