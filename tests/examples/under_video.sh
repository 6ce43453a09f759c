#!/bin/bash
# A bed under a video, as long as the video is, without a file between: cuesmith
# streams WAV into ffmpeg, which turns the bed down while somebody speaks and
# keeps the picture as it is.
#
#   under_video.sh talk.mp4 "calm corporate bed" talk-with-music.mp4
set -eu -o pipefail
video=$1 prompt=$2 output=$3
seconds=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$video")
"${CUESMITH:-cuesmith}" "$prompt" -d "$seconds" --profile under-speech -o - --quiet |
  ffmpeg -v error -nostdin -y -i "$video" -i pipe:0 -filter_complex \
    "[0:a]asplit[voice][key];[1:a][key]sidechaincompress=threshold=0.03:ratio=4:release=400[bed];[voice][bed]amix=inputs=2:duration=first:normalize=0[mix]" \
    -map 0:v -map "[mix]" -map_chapters -1 -c:v copy -c:a aac -b:a 192k "$output"
