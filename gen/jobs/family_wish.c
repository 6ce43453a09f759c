// What is asked of a family as a whole.

#include "gen/jobs/family_parts.h"

#include <string.h>

const char *const cs_beside_names[CS_N_BESIDE] = {
    [CS_BESIDE_MIDI]    = "midi",
    [CS_BESIDE_PICTURE] = "picture",
    [CS_BESIDE_RECORD]  = "record",
    [CS_BESIDE_STEMS]   = "stems",
};

CsStatus
cs_family_refuse_options(CsFamily *f, const CsOptions *options)
{
  static const char *const refused[][2] = {
      {"output", "-o DIR names the folder"},
      {"stems", "use --beside stems"},
      {"midi", "use --beside midi"},
      {"record", "use --beside record"},
      {"picture", "use --beside picture"},
      {"alt", "name alternates in --cuts"},
      {"takes", "ask for families with other seeds one by one"},
      {"times-for", "each member scales the times by itself"},
  };
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    if (cs_option_is_given(options, refused[i][0]))
      return cs_fail(f->arena, CS_ERR_REQUEST,
          "--%s does not go with a family; %s", refused[i][0], refused[i][1]);
  return CS_OK;
}

static CsStatus
read_beside(CsFamily *f)
{
  for (const char *at = f->wish.beside; at != NULL;) {
    const CsListItem item = cs_list_next(&at);
    const char *name      = cs_arena_copy(f->arena, item.text, item.n);
    CS_TRY_NEW(name);
    const int index = cs_name_index(name, cs_beside_names, CS_N_BESIDE);
    if (index < 0)
      return cs_fail(f->arena, CS_ERR_REQUEST,
          "--beside \"%s\" does not work; use midi, picture, record and stems",
          name);
    f->beside |= 1U << index;
  }
  return CS_OK;
}

static bool
is_lossless(const char *format)
{
  return strcmp(format, "wav") == 0 || strcmp(format, "flac") == 0;
}

static CsStatus
check_format(CsFamily *f)
{
  static const char *const formats[] = {"wav", "flac", "ogg", "opus", "mp3"};
  const char *format                 = f->wish.format;
  if (cs_name_index(format, formats, sizeof formats / sizeof *formats) < 0)
    return cs_fail(f->arena, CS_ERR_REQUEST,
        "--format \"%s\" does not work; use wav, flac, ogg, opus or mp3",
        format);
  if (!is_lossless(format))
    f->beside |= 1U << CS_BESIDE_RECORD; // no room for it inside
  if (!is_lossless(format) && (f->beside >> CS_BESIDE_STEMS & 1U) != 0)
    return cs_fail(f->arena, CS_ERR_REQUEST,
        "stems add up to the mix only in WAV or FLAC; use --format wav or "
        "flac, or leave the stems out");
  return CS_OK;
}

CsStatus
cs_family_read_wish(CsFamily *f)
{
  if (f->wish.format == NULL)
    f->wish.format = "wav";
  CS_TRY(read_beside(f));
  return check_format(f);
}
