#!/usr/bin/env bash
# The walls between the rooms: each outside library is included by one file of
# ours, and nothing points back along the line of values.
set -u
cd "$(dirname "$0")/.."
bad=0
say() { echo "$1"; bad=1; }

for library in fluidsynth.h sndfile.h pcre2.h cJSON.h ebur128.h nettle/; do
  n=$(grep -lE "#include <.*$library" -r gen grammar soundfonts --include='*.[ch]' | wc -l)
  [ "$n" -le 1 ] || say "$library is included by $n files"
done
points_back() { # FOLDER FORBIDDEN
  grep -nE "#include \"($2)" -r $1 --include='*.[ch]' && say "$1 must not see $2"
}
points_back gen/base 'gen/(music|plan|compose|perform|render|master|audit|io|cli|presets)|grammar'
points_back gen/music 'gen/(plan|compose|perform|render|master|audit|io|cli|presets)|grammar'
points_back grammar 'gen/(plan|compose|perform|render|master|audit|io|cli|presets)'
points_back gen/presets 'gen/(plan|compose|perform|render|master|audit|io|cli)'
points_back gen/plan 'gen/(compose|perform|render|master|audit|io|cli)'
points_back gen/compose 'gen/(perform|render|master|audit|io|cli)'
points_back gen/perform 'gen/(render|master|audit|io|cli)'
points_back gen/render 'gen/(master|audit|io|cli)'
points_back gen/master 'gen/(audit|io|cli)'
points_back gen/audit 'gen/(render|io|cli|job|engine|options)|gen/master/(master|room|limiter|desk)'
points_back gen/io 'gen/(audit|cli)'
[ "$bad" -eq 0 ] && echo "the layers hold"
exit $bad
