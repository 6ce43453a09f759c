#include "gen/cli/cli.h"

#include "gen/rights.h"

CsStatus
cs_cli_rights(CsCli *cli)
{
  const CsArgs *args = &cli->args;
  const char *text   = NULL;
  CsSoundState state = CS_SOUND_ABSENT;
  CsCueFiles files;
  CS_TRY(cs_args_allow(cli->arena, args, "rights", "json quiet verbose"));
  if (args->n_positional < 1 || args->n_positional > 2)
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "name one sound file or record: cuesmith rights FILE [RECORD.json]");
  CS_TRY(cs_cue_files_find(cli->arena, args->positional[0],
      args->n_positional > 1 ? args->positional[1] : NULL, &files));
  CS_TRY(cs_rights_text(
      cli->arena, &files, cs_args_option(args, "json") != NULL, &text, &state));
  CS_TRY(cs_print(cli->arena, text));
  if (state == CS_SOUND_CHANGED)
    return cs_fail(cli->arena, CS_ERR_MISSED,
        "%s was changed after it was made; the record speaks of other samples",
        files.sound_path);
  return CS_OK;
}
