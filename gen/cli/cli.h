/// The command line: the only files that print or exit.
#ifndef CS_GEN_CLI_CLI_H
#define CS_GEN_CLI_CLI_H

#include "gen/engine.h"

/// What was typed after the program's name.
typedef struct CsArgs {
  const char *positional[4];
  size_t n_positional;
  CsGivenOption options[2 * CS_MAX_OPTIONS]; ///< In the order typed.
  size_t n_options;
  const char *plan; ///< --plan FILE, only of `make`.
  const char *file; ///< --file FILE that holds the prompt.
  bool wants_help, wants_version;
} CsArgs;

/// What the commands share while the program runs.
typedef struct CsCli {
  CsArena *arena;
  CsEngine *engine;
  CsArgs args;
} CsCli;

/// Split the arguments by the table of options.
CS_NODISCARD CsStatus cs_args_parse(
    CsArena *arena, int n, char *const *words, CsArgs *args);

/// Is that an option of some command other than `make`: --shard?
bool cs_args_is_of_command(const char *name);

/// Was that option given? @return Its last value, or NULL.
const char *cs_args_option(const CsArgs *args, const char *name);

/// Refuse options that the command does not know.
/// @param allowed  Names with spaces between: "json output".
CS_NODISCARD CsStatus cs_args_allow(CsArena *arena, const CsArgs *args,
    const char *command, const char *allowed);

/// The one positional argument that a command wants.
CS_NODISCARD CsStatus cs_args_one(
    CsArena *arena, const CsArgs *args, const char *what, const char **out);

/// The prompt: the one positional argument, standard input where that is "-",
/// or the text of --file.
CS_NODISCARD CsStatus cs_cli_prompt(CsCli *cli, const char **prompt);

/// Where what was measured of soundfonts is kept, $XDG_CACHE_HOME/cuesmith or
/// ~/.cache/cuesmith; NULL where no folder can be named.
const char *cs_cli_cache_folder(CsArena *arena);

/// Give a job the words of the person's config folder,
/// $XDG_CONFIG_HOME/cuesmith/lexicon or ~/.config/cuesmith/lexicon, where there
/// are any. Call it before the options are set.
CS_NODISCARD CsStatus cs_cli_own_words(CsCli *cli, CsJob *job);

/// A file of the person's own styles folder, $XDG_CONFIG_HOME/cuesmith/styles
/// or
/// ~/.config/cuesmith/styles.
///
/// @param name  A style's name without ".json".
/// @param path  Receives the file, or NULL where there is none.
CS_NODISCARD CsStatus cs_cli_own_style(
    CsCli *cli, const char *name, const char **path);

/// That folder; NULL where none can be named.
CS_NODISCARD CsStatus cs_cli_own_styles_folder(
    CsArena *arena, const char **folder);

/// The names of all files of that folder; none where there is no folder.
CS_NODISCARD CsStatus cs_cli_own_styles(CsCli *cli, CsStrings *names);

/// A command; its name was taken from the positional arguments.
typedef CsStatus CsCommand(CsCli *cli);

CsCommand cs_cli_make;    // make.c
CsCommand cs_cli_explain; // show.c
CsCommand cs_cli_plan;    // show.c
CsCommand cs_cli_list;    // list.c
CsCommand cs_cli_verify;  // check.c
CsCommand cs_cli_audit;   // audit.c
CsCommand cs_cli_rights;  // rights.c
CsCommand cs_cli_doctor;  // check.c
CsCommand cs_cli_build;   // build.c
CsCommand cs_cli_batch;   // batch.c
CsCommand cs_cli_family;  // family.c

/// A job with the person's own words and every given option set; also given
/// when setting fails.
CS_NODISCARD CsStatus cs_cli_job(CsCli *cli, CsJob **job);

/// Hand a job's error to the command line, free the job, return `status`.
CS_NODISCARD CsStatus cs_cli_end_job(CsCli *cli, CsJob *job, CsStatus status);

/// Watch SIGINT, SIGTERM and SIGHUP; a broken pipe or a file that grows too
/// large becomes an error of the write.
void cs_signals_watch(void);
/// The signal that came, or 0.
int cs_signal_seen(void);

/// A progress line on a terminal. Use as the job's progress function.
typedef struct CsProgressLine {
  bool is_shown;
  int shown_percent;
} CsProgressLine;
CsProgressLine cs_progress_line(bool quiet);
bool cs_progress_show(void *line, const char *stage, double share);
void cs_progress_clear(CsProgressLine *line);

/// Write text to standard output whole.
CS_NODISCARD CsStatus cs_print(CsArena *arena, const char *text);

#endif
