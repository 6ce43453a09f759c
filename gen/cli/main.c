// cuesmith: the program. Finds the command, runs it, says what went wrong.

#include "gen/cli/cli.h"

#include "gen/base/json.h"

#include <stdio.h>
#include <string.h>

typedef struct CommandRow {
  const char *name;
  const char *usage;
  const char *help;
  CsCommand *run;
} CommandRow;

static const CommandRow commands[] = {
    {"make", "PROMPT -o FILE", "make a cue (the word may be left out)",
        cs_cli_make},
    {"explain", "PROMPT [OPTIONS] [--json]", "show what was understood",
        cs_cli_explain},
    {"plan", "PROMPT [-o plan.json]", "write the plan, for editing",
        cs_cli_plan},
    {"list",
        "styles|instruments|words "
        "[PATTERN]|endings|profiles|soundfonts|properties "
        "[--json]",
        "show what there is", cs_cli_list},
    {"verify", "FILE.wav", "make it again from its record and compare",
        cs_cli_verify},
    {"audit", "FILE.wav|RECORD.json [RECORD.json] [--json]",
        "compare what was asked with what was made, on notes and sound",
        cs_cli_audit},
    {"rights", "FILE.wav|RECORD.json [RECORD.json] [--json]",
        "which sounds, which licences, a statement for a claim dispute",
        cs_cli_rights},
    {"batch", "JOBS -o DIR [--shard PART] [--resume] [OPTIONS]",
        "make every job of a list, JSON Lines or CSV; - is standard input",
        cs_cli_batch},
    {"build", "COURSE.json -o DIR [--dry-run] [--json]",
        "make the music of a course from its template; what is up to date "
        "stays",
        cs_cli_build},
    {"family", "PROMPT -o DIR [--cuts LIST] [OPTIONS]",
        "make a cue in several lengths, with a sting, a loop and alternates",
        cs_cli_family},
    {"doctor", "", "show what is installed and how to mend what is missing",
        cs_cli_doctor},
};

enum { N_COMMANDS = sizeof commands / sizeof *commands };

static void
add_option_help(CsText *text, const CsOptionRow *row)
{
  char left[64];
  if (row->letter != 0)
    (void)snprintf(left, sizeof left, "-%c, --%s %s", row->letter, row->name,
        row->argument != NULL ? row->argument : "");
  else
    (void)snprintf(left, sizeof left, "    --%s %s", row->name,
        row->argument != NULL ? row->argument : "");
  cs_text_addf(text, "  %-26s %s\n", left, row->help);
}

static CsStatus
print_help(CsArena *arena)
{
  CsText text = cs_text_new(arena);
  cs_text_add(&text, "cuesmith: background music from a description\n\n");
  for (size_t i = 0; i < N_COMMANDS; i++)
    cs_text_addf(&text, "  cuesmith %s %s\n        %s\n", commands[i].name,
        commands[i].usage, commands[i].help);
  cs_text_add(&text, "  cuesmith make --plan plan.json -o FILE\n"
                     "        go on from an edited plan\n"
                     "  cuesmith batch --join DIR\n"
                     "        join the manifests of all parts of a list\n\n"
                     "PROMPT may be - (standard input) or -f, --file FILE.\n\n"
                     "Options of make:\n");
  for (size_t i = 0; i < cs_n_option_rows; i++)
    add_option_help(&text, &cs_option_rows[i]);
  cs_text_add(&text,
      "\nOptions of batch, beside those for all its jobs:\n"
      "      --shard PART           I/N, slurm[/N], k8s/N or aws[/N]: every "
      "Nth job alone\n"
      "      --resume               keep cues that are there and whole\n"
      "      --join DIR             join the manifests of all parts\n\n"
      "Options of build, with --soundfont, --threads, --json and --quiet:\n"
      "      --dry-run              say what would be built and why, write "
      "nothing\n\n"
      "Options of family, beside those of make:\n"
      "      --cuts LIST            60,30,15,sting,loop,underscore,no-drums\n"
      "      --format EXT           wav, flac, ogg, opus or mp3 (wav)\n"
      "      --beside LIST          midi,picture,record,stems of each\n\n"
      "  -h, --help                 this text\n"
      "  -V, --version              the version\n\n"
      "Exit status: 0 done; 1 the work failed, some job or part failed;\n"
      "2 the request is wrong; 3 made, but a hard property is missed; 128+n "
      "signal n.\n");
  const char *out = "";
  CS_TRY(cs_text_take(&text, &out));
  return cs_print(arena, out);
}

static const CommandRow *
find_command(CsArgs *args)
{
  for (size_t i = 0; args->n_positional > 0 && i < N_COMMANDS; i++) {
    if (strcmp(args->positional[0], commands[i].name) != 0)
      continue;
    args->n_positional--;
    memmove(args->positional, args->positional + 1,
        args->n_positional * sizeof *args->positional);
    return &commands[i];
  }
  return &commands[0];
}

/// One cue after the other, and the first at once, by more than one thread.
static bool
makes_at_once(const CsCli *cli, const CommandRow *command)
{
  const char *threads = cs_args_option(&cli->args, "threads");
  return (command->run == cs_cli_make || command->run == cs_cli_family ||
             command->run == cs_cli_verify) &&
         (threads == NULL || strcmp(threads, "1") != 0);
}

static CsStatus
open_engine(CsCli *cli, const CommandRow *command)
{
  char why[CS_MESSAGE_BYTES];
  const CsStatus status = makes_at_once(cli, command)
                              ? cs_engine_open_to_make(NULL, why, &cli->engine)
                              : cs_engine_open(NULL, why, &cli->engine);
  return status == CS_OK ? CS_OK : cs_fail(cli->arena, status, "%s", why);
}

static CsStatus
print_version(CsArena *arena)
{
  const char *line = cs_arena_printf(
      arena, "cuesmith %s (engine %d)\n", cs_version(), cs_engine_version());
  CS_TRY_NEW(line);
  return cs_print(arena, line);
}

static CsStatus
run(CsCli *cli, int n, char *const *words)
{
  if (n == 0)
    return print_help(cli->arena);
  CS_TRY(cs_args_parse(cli->arena, n, words, &cli->args));
  if (cli->args.wants_version)
    return print_version(cli->arena);
  // "help" could be a prompt, but nobody who types it wants music of that.
  const bool asks_help = cli->args.n_positional == 1 &&
                         strcmp(cli->args.positional[0], "help") == 0;
  if (cli->args.wants_help || asks_help)
    return print_help(cli->arena);
  const CommandRow *command = find_command(&cli->args);
  if (command->run != cs_cli_doctor && command->run != cs_cli_rights)
    CS_TRY(open_engine(cli, command));
  return command->run(cli);
}

static int
exit_status(CsStatus status)
{
  switch (status) {
  case CS_OK:
    return 0;
  case CS_ERR_REQUEST:
    return 2;
  case CS_ERR_WORK:
  case CS_ERR_MEMORY:
    return 1;
  case CS_ERR_MISSED:
    return 3;
  case CS_ERR_CANCELLED:
    return cs_signal_seen() != 0 ? 128 + cs_signal_seen() : 1;
  }
  return 1;
}

int
main(int argc, char **argv)
{
  CsCli cli = {.arena = cs_arena_new(NULL)};
  if (cli.arena == NULL) {
    (void)fputs("cuesmith: not enough memory\n", stderr);
    return 1;
  }
  cs_json_own_process();
  cs_signals_watch();
  const CsStatus status = run(&cli, argc - 1, argv + 1);
  if (status != CS_OK && status != CS_ERR_CANCELLED) {
    const char *why = cs_arena_error(cli.arena);
    (void)fprintf(
        stderr, "cuesmith: %s\n", why[0] != '\0' ? why : "not enough memory");
  }
  cs_engine_close(cli.engine);
  cs_arena_free(cli.arena);
  return exit_status(status);
}
