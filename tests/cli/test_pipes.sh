# cuesmith in a pipe: the examples of tests/examples work with ffmpeg as it is.
. tests/cli/lib.sh
cd "$work/here" || exit 1
export CUESMITH
examples=$root/tests/examples

"$CUESMITH" "calm bed, 3 s" -o cue.wav -q --record - >record.json
check "the record goes to standard output" python3 -c '
import json
record = json.load(open("record.json"))
assert record["audio"]["frames"] == 144000, record["audio"]'
"$CUESMITH" "calm bed, 3 s" -o - -q --record other.json >piped.wav
check "the cue goes to standard output, its record to a file" cmp record.json other.json
refuse "both on standard output are refused" 2 "one alone can go to standard output" "calm bed, 3 s" -o - --record -

if command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null; then
  value() { ffprobe -v error -select_streams "$1" -show_entries "$2" -of csv=p=0 "$3"; }
  filler() {
    bash "$examples/filler.sh" 09:59:58:24 10:00:02:00 "calm bed" filler.mov &&
      [ "$(value v stream=nb_frames filler.mov)" = 76 ] && [ "$(value a stream=nb_frames filler.mov)" = $((76 * 1920)) ] &&
      [ "$(value v stream_tags=timecode filler.mov)" = 09:59:58:24 ]
  }
  check "a filler at 25 fps has picture and sound of one length" filler
  ffmpeg -v error -nostdin -y -f lavfi -i testsrc=s=64x36:r=25:d=3.4 -f lavfi -i sine=f=300:d=3.4 -c:v mpeg4 -c:a aac talk.mp4
  under() {
    bash "$examples/under_video.sh" talk.mp4 "calm corporate bed" with.mp4 &&
      [ "$(value v stream=nb_frames with.mp4)" = 85 ] &&
      [ "$(value v stream=codec_name talk.mp4)" = "$(value v stream=codec_name with.mp4)" ] &&
      ! cmp -s talk.mp4 with.mp4
  }
  check "a bed goes under a video" under
else
  skip "a filler at 25 fps, a bed under a video" "ffmpeg is not installed"
fi
finish
