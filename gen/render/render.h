/// Performance to stems, block by block. fluid.c is the only file that
/// calls FluidSynth.
#ifndef CS_GEN_RENDER_RENDER_H
#define CS_GEN_RENDER_RENDER_H

#include "gen/perform/performance.h"
#include "gen/render/note_store.h"

/// Frames in a block everywhere between notes and file.
enum { CS_BLOCK_FRAMES = 4096 };

/// One block of every stem: interleaved stereo, CS_BLOCK_FRAMES long. Stems
/// that no track belongs to are NULL.
typedef struct CsStemBlock {
  float *stems[CS_N_STEMS];
  bool is_silent[CS_N_STEMS]; ///< All zeros, which need not be read.
  size_t n_frames;            ///< Filled; 0 at the end.
} CsStemBlock;

typedef struct CsRenderer CsRenderer;

/// How notes become sound.
typedef enum CsRenderWay {
  /// Each distinct note is rendered once and copied; see copies.h.
  CS_RENDER_FAST,
  /// Every note is rendered where it stands: slower, and what the other is
  /// compared with.
  CS_RENDER_REFERENCE,
  CS_N_RENDER_WAYS
} CsRenderWay;

extern const char *const cs_render_way_names[CS_N_RENDER_WAYS];

/// What a font plays for a track.
typedef struct CsTrackSound {
  int bank, program;
  double gain_db; ///< Added to the track's level.
} CsTrackSound;

/// What a performance is rendered with.
typedef struct CsRenderWish {
  const char *soundfont;      ///< SF2 or SF3 file.
  const CsTrackSound *sounds; ///< One for each track; NULL: as the tracks say.
  CsRenderWay way;
  int n_threads;      ///< 1..256.
  CsNoteStore *store; ///< Of notes shared with other jobs; may be NULL.
  /// What sound is kept in; the store's own where there is one. NULL: the
  /// renderer's own.
  CsChunks *chunks;
  /// Checksum of the soundfont, by which the store knows it; NULL: nothing is
  /// shared.
  const char *font_sha256;
} CsRenderWish;

/// Load the sounds that a performance needs.
///
/// Each track plays on its own; level, pan and gain curve are applied here.
/// Reverb and chorus are off. The result depends neither on the number of
/// threads nor on what the store holds.
///
/// @param arena  For messages only.
/// @param wish   Read now; its soundfont's path and the store outlive the
///               renderer.
/// @return CS_ERR_REQUEST when the file is missing, truncated, or no soundfont;
///         CS_ERR_WORK when the reference is asked for and FluidSynth missing.
CS_NODISCARD CsStatus cs_renderer_new(CsArena *arena,
    const CsPerformance *performance, const CsRenderWish *wish,
    CsRenderer **renderer);

/// The next block. The first frame of all is frame -n_preroll_frames. Tails go
/// on for a second after the cue's last frame; from there on they may be cut.
/// With a pre-roll the cue's last 512 frames fade over to those before frame 0,
/// so that frame 0 follows the last one without a step.
///
/// @param block  Buffers belong to the renderer, valid until the next call.
CS_NODISCARD CsStatus cs_renderer_read(
    CsArena *arena, CsRenderer *renderer, CsStemBlock *block);

void cs_renderer_free(CsRenderer *renderer);

/// Version of the FluidSynth library, "2.3.1"; NULL where there is none. Only
/// the reference needs it.
const char *cs_fluidsynth_version(void);

/// Is it there in this version?
bool cs_is_fluidsynth(const char *version);

#endif
