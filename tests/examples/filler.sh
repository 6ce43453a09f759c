#!/bin/bash
# A filler for a gap on a 25 fps timeline, from timecode to timecode, with a
# slate: exactly as many frames of picture as of sound, 1920 samples each.
#
#   filler.sh 10:00:12:05 10:00:20:00 "calm bed" filler.mov
set -eu -o pipefail
from=$1 to=$2 prompt=$3 output=$4
frames() { # TIMECODE at 25 fps
  local h m s f
  IFS=: read -r h m s f <<<"$1"
  echo $((((10#$h * 60 + 10#$m) * 60 + 10#$s) * 25 + 10#$f))
}
n=$(($(frames "$to") - $(frames "$from")))
length=$(printf '%02d:%02d:%02d:%02d@25' $((n / 90000)) $((n / 1500 % 60)) $((n / 25 % 60)) $((n % 25)))
seconds=$((n / 25)).$(printf '%02d' $((n % 25 * 4)))
"${CUESMITH:-cuesmith}" "$prompt" -d "$length" -o - --quiet |
  ffmpeg -v error -nostdin -y -f lavfi -i "color=c=black:s=640x360:r=25:d=$seconds" -i pipe:0 \
    -map 0:v -map 1:a -map_chapters -1 -c:v mpeg4 -q:v 8 -c:a pcm_s24le -timecode "$from" "$output"
