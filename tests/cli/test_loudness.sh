# The contract of the limiter: 3 dB at most, then the level gives way; a --lufs
# is reached whatever it takes. Either way it is said.
. tests/cli/lib.sh
here=$work/here
mkdir -p "$here" && cd "$here" || exit 1

prompt="driving rock theme, 12 s"
holds() { python3 -c 'import sys; sys.exit(not eval(sys.argv[1]))' "$1" || { echo "not so: $1"; return 1; }; }
audio() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["audio"][sys.argv[2]])' "$@"; }
heard() { # FILE PATTERN: a figure of ffmpeg's summary
  ffmpeg -hide_banner -nostats -i "$1" -af ebur128=peak=true -f null - 2>&1 | sed '1,/Summary/d' |
    grep -oP "$2:\s*\K-?[\d.]+" | head -1
}

# Under so low a ceiling no theme comes to -16 LUFS.
"$CUESMITH" "$prompt" --peak -9 -o a.wav --record a.json 2>a.err
check "without --lufs 3 dB are limited" holds "2.9 <= $(audio a.json limiting_db) <= 3.05"
check "then the level gives way" holds "$(audio a.json gave_way_lu) > 1"
check "by what the record says" holds "abs(-16 - $(audio a.json gave_way_lu) - $(heard a.wav I)) <= 0.3"
check "a warning says so" grep -q "level_gave_way: .*--lufs -16" a.err
check "the peak is under the ceiling" holds "$(heard a.wav Peak) <= -9"

"$CUESMITH" "$prompt" --peak -9 --lufs -16 -o b.wav --record b.json 2>b.err
check "--lufs is reached all the same" holds "abs(-16 - $(heard b.wav I)) <= 0.3"
check "the record says how many dB it took" holds "$(audio b.json limiting_db) > 3.1 and $(audio b.json gave_way_lu) == 0"
check "a warning says so too" holds "abs($(grep -oP 'limiting: \K[\d.]+' b.err || echo 0) - $(audio b.json limiting_db)) <= 0.06"
check "its peak is under the ceiling too" holds "$(heard b.wav Peak) <= -9"
check "nothing is said where nothing is heard" bash -c \
  "'$CUESMITH' '$prompt' --lufs -30 -o c.wav 2>&1 | grep -c 'level_gave_way\|limiting' | grep -qx 0"

# What is delivered for a voice leaves it room, but for what stands between words.
in_speech_band() {
  ffmpeg -hide_banner -nostats -i "$1" -af highpass=1000,highpass=1000,lowpass=4000,lowpass=4000,volumedetect -f null - 2>&1 |
    grep -oP 'mean_volume: \K-?[\d.]+'
}
"$CUESMITH" "$prompt" --profile under-speech -o u.wav -q
"$CUESMITH" "sting, 3 s" -o s.wav --record s.json -q
"$CUESMITH" "sting, 3 s" --profile under-speech -o t.wav --record t.json -q
check "a theme under a voice is as loud as asked" holds "abs(-30 - $(heard u.wav I)) <= 0.3"
check "from 1 to 4 kHz it is softer than another of its loudness" holds "$(in_speech_band u.wav) <= $(in_speech_band c.wav) - 2"
check "a stinger is left as it is" test "$(audio s.json sha256)" = "$(audio t.json sha256)"
finish
