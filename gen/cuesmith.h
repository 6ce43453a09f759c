/// cuesmith: background music from a description of what it must do.
///
/// This is the public C API and the only header that is installed. The line of
/// work is prompt -> brief -> plan -> score -> cue; every step can be called
/// alone and its value looked at, changed and fed back.
///
///     CsEngine *engine = NULL;
///     CsJob    *job    = NULL;
///     char      why[CS_MESSAGE_BYTES];
///     if (cs_engine_open(NULL, why, &engine) == CS_OK &&
///         cs_job_new(engine, &job) == CS_OK &&
///         cs_job_set(job, "output", "cue.wav") == CS_OK &&
///         cs_job_parse(job, "calm piano bed, 30 s") == CS_OK)
///       cs_job_write(job);
///
/// Threads: a CsEngine is read-only once open and may be shared by any number
/// of threads. A CsJob belongs to one thread at a time. There is no global
/// state.
#ifndef CUESMITH_H
#define CUESMITH_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CS_NODISCARD __attribute__((warn_unused_result))
#define CS_API __attribute__((visibility("default")))
#else
#define CS_NODISCARD
#define CS_API
#endif

/// Bytes that hold any message of this library, its end mark included.
#define CS_MESSAGE_BYTES 1024

/// How a call ended. The command line's exit status follows from it.
typedef enum CsStatus {
  CS_OK = 0,
  CS_ERR_REQUEST,   ///< The request is wrong: option, text, file, length (2).
  CS_ERR_WORK,      ///< The work failed: input or output, a library (1).
  CS_ERR_MEMORY,    ///< Memory was refused (1).
  CS_ERR_MISSED,    ///< Made, but a hard property is missed (3).
  CS_ERR_CANCELLED, ///< The progress function asked to stop.
} CsStatus;

/// The loaded words and presets.
typedef struct CsEngine CsEngine;

/// One cue on its way from prompt to files.
typedef struct CsJob CsJob;

/// Version of the program, "1.2.3".
CS_API const char *cs_version(void);

/// Version of everything that decides the bytes of a cue: it grows when an old
/// prompt would sound different.
CS_API int cs_engine_version(void);

/// Load lexicon, presets and catalogue.
///
/// @param data_dir  Folder that holds grammar/, presets/ and soundfonts/. NULL
///                  looks at $CUESMITH_DATA, beside the program (build tree),
///                  and in the installed share folder.
/// @param why       CS_MESSAGE_BYTES long; one sentence on failure. May be
/// NULL.
/// @param engine    Receives the engine; close it with cs_engine_close(). Up to
///                  32 MiB that its jobs gave back stay with it for the next.
/// @return CS_ERR_REQUEST for data that is missing or broken.
CS_API CS_NODISCARD CsStatus cs_engine_open(
    const char *data_dir, char *why, CsEngine **engine);

/// Let the jobs of an engine share the notes that they render: for many cues in
/// one process. Every job still gives the bytes it gives alone, whatever ran
/// before it or runs beside it.
///
/// @param most_bytes  Of memory that shared notes may take; what was not used
///                    for longest goes first. 0 shares nothing.
/// @return CS_ERR_MEMORY when memory is short. No job of it may be alive.
CS_API CS_NODISCARD CsStatus cs_engine_share_notes(
    CsEngine *engine, size_t most_bytes);

/// Free an engine. No job of it may be alive. NULL is accepted.
CS_API void cs_engine_close(CsEngine *engine);

/// Begin a cue.
///
/// @param job  Receives the job; free it with cs_job_free().
CS_API CS_NODISCARD CsStatus cs_job_new(const CsEngine *engine, CsJob **job);

/// Set an option by its long name on the command line, without dashes:
/// "duration" "1:30", "seed" "7", "output" "cue.wav". Options override the
/// prompt; set them before the step that uses them.
///
/// @param value  The text as typed; "" for a switch.
CS_API CS_NODISCARD CsStatus cs_job_set(
    CsJob *job, const char *option, const char *value);

/// Called now and then while cs_job_write() works.
///
/// @param share  Part of the work done, 0..1.
/// @return false to stop: the call ends with CS_ERR_CANCELLED and no file.
typedef bool CsProgressFn(void *user, const char *stage, double share);
CS_API void cs_job_on_progress(CsJob *job, CsProgressFn *fn, void *user);

/// Understand a prompt: UTF-8, at most 16 KiB.
CS_API CS_NODISCARD CsStatus cs_job_parse(CsJob *job, const char *prompt);

/// Decide everything: form, tempo, key, chords, tracks. Needs a parsed prompt.
/// The notes are tried: roles whose notes miss a hard property are drawn anew.
CS_API CS_NODISCARD CsStatus cs_job_plan(CsJob *job);

/// Take a plan from its JSON instead of making one. No prompt is needed.
///
/// @param name  What messages call the text, usually a file name.
CS_API CS_NODISCARD CsStatus cs_job_read_plan(
    CsJob *job, const char *name, const char *json, size_t n_bytes);

/// Write the notes and perform them. Plans first where that was not done.
CS_API CS_NODISCARD CsStatus cs_job_compose(CsJob *job);

/// Render, master and write every file that the options name; a missing earlier
/// step is done first. Files appear whole or not at all.
///
/// @return CS_ERR_MISSED when the cue misses a hard property: all files stand,
///         and cs_job_error() names the property, the place and the mend.
CS_API CS_NODISCARD CsStatus cs_job_write(CsJob *job);

/// Receives interleaved frames, full scale 1.0, block after block.
///
/// @return false to stop the work.
typedef bool CsAudioFn(void *user, const float *frames, size_t n_frames);

/// Render and master like cs_job_write(), but hand the audio to a function
/// instead of a file. Options that name other files are honoured.
CS_API CS_NODISCARD CsStatus cs_job_listen(
    CsJob *job, CsAudioFn *fn, void *user);

/// What was understood, decided and made, as JSON text that lives as long as
/// the job. NULL while the step has not been done.
CS_API const char *cs_job_brief_json(CsJob *job);
CS_API const char *cs_job_plan_json(CsJob *job);
CS_API const char *cs_job_record_json(CsJob *job);

/// The sentence that explains the last failure of a call on this job; "" when
/// nothing failed.
CS_API const char *cs_job_error(const CsJob *job);

/// Free a job and everything that it gave out. NULL is accepted.
CS_API void cs_job_free(CsJob *job);

#ifdef __cplusplus
}
#endif

#endif
