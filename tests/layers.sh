#!/usr/bin/env bash
# The walls between the rooms: each outside library is included by one file of
# ours (libsndfile by two, one that writes and one that reads), and nothing
# points back along the line of values.
set -u
cd "$(dirname "$0")/.."
bad=0
say() { echo "$1"; bad=1; }

while read -r library files; do
  strays=$(grep -lE "#include <.*$library" -r gen grammar soundfonts --include='*.[ch]' | grep -vxE "$files")
  [ -z "$strays" ] || say "$library is included by" $strays
done <<'.'
fluidsynth.h gen/render/fluid_library.h
sndfile.h gen/io/audio_(file|read).c
pcre2.h grammar/match.c
cJSON.h gen/base/json_parse.c
ebur128.h (tests alone, to compare)
nettle/ gen/base/hash.c
.
points_back() { # FOLDER FORBIDDEN
  grep -nE "#include \"($2)" -r $1 --include='*.[ch]' && say "$1 must not see $2"
}
points_back gen/base 'gen/(music|plan|compose|perform|render|master|audit|io|cli|presets)|grammar'
points_back gen/music 'gen/(plan|compose|perform|render|master|audit|io|cli|presets)|grammar'
points_back grammar 'gen/(plan|compose|perform|render|master|audit|io|cli|presets)'
points_back soundfonts 'gen/(plan|compose|perform|render|master|audit|cli|presets)|gen/io/[^d]|grammar'
points_back gen/presets 'gen/(plan|compose|perform|render|master|audit|io|cli)'
points_back gen/plan 'gen/(compose|perform|render|master|audit|io|cli)'
points_back gen/compose 'gen/(perform|render|master|audit|io|cli)'
points_back gen/perform 'gen/(render|master|audit|io|cli)'
points_back gen/synth 'gen/(music|plan|compose|perform|render|master|audit|io|cli|presets)|grammar'
points_back gen/render 'gen/(master|audit|io|cli)'
points_back gen/master 'gen/(audit|io|cli)'
points_back gen/audit 'gen/(render|io|cli|job|engine|options)|gen/master/(master|room|limiter|desk)'
points_back gen/io 'gen/(audit|cli)'
points_back gen/jobs 'gen/cli'
points_back "$(find gen -mindepth 1 -maxdepth 1 ! -name jobs ! -name cli)" 'gen/jobs'
[ "$bad" -eq 0 ] && echo "the layers hold"
exit $bad
