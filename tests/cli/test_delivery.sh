# What is delivered beside the samples: alternates, and what files say of
# themselves, read back with other people's programs.
. tests/cli/lib.sh
here=$work/here
mkdir -p "$here" && cd "$here" || exit 1

holds() { python3 -c 'import sys; sys.exit(0 if eval(sys.argv[1]) else 1)' "$1"; }
null() { python3 "$root/tests/tools/null.py" "$@"; }
field() { # FILE PYTHON: over its record r
  python3 - "$1" "$2" <<'PY'
import json, sys
d = open(sys.argv[1], 'rb').read()
i = d.rfind(b'cSmt')
r = json.loads(d[i + 8:i + 8 + int.from_bytes(d[i + 4:i + 8], 'little')])
print(eval(sys.argv[2]))
PY
}

# ---- Alternates ---------------------------------------------------------------

prompt="upbeat corporate theme with drums, 12 s, hit at 6 s"
"$CUESMITH" "$prompt" -o full.wav -q
check "alternates are made beside the mix" "$CUESMITH" "$prompt" -o a.wav --stems st -q \
  --alt "no-melody, no-drums,drums-bass,underscore"
check "they go by the name of the mix" test -s a.no-melody.wav -a -s a.no-drums.wav -a -s a.drums-bass.wav -a -s a.underscore.wav
check "they are as long as the mix" test "$(soxi -s a.no-drums.wav)" = "$(soxi -s a.wav)"
check "an alternate is the sum of its stems" null a.drums-bass.wav st/drums.wav st/bass.wav
mapfile -t others < <(ls st/*.wav | grep -v drums.wav)
check "what is left out is what is missing" null a.no-drums.wav "${others[@]}"
check "the samples of the mix are the same without them" test "$(field a.wav 'r["audio"]["sha256"]')" = "$(field full.wav 'r["audio"]["sha256"]')"
check "the record of the mix lists them" test "$(field a.wav '[x["name"] for x in r["alternates"]]')" = "['no-melody', 'no-drums', 'drums-bass', 'underscore']"
check "an alternate's record has its own figures" test "$(field a.no-drums.wav 'r["audio"]["sha256"]')" = "$(field a.wav 'r["alternates"][1]["sha256"]')"
check "an alternate is verified" "$CUESMITH" verify a.no-drums.wav
refuse "an alternate is not audited" 2 "alternate no-drums.*full mix" audit a.no-drums.wav
"$CUESMITH" "$prompt" -o f.flac --alt no-drums -q
check "a FLAC alternate is verified" "$CUESMITH" verify f.no-drums.flac
"$CUESMITH" "$prompt" -o t.wav --alt no-drums --takes 2 -q
check "every take has its alternates" test -s t-1.no-drums.wav -a -s t-2.no-drums.wav
"$CUESMITH" "solo piano, no drums, 5 s" -o p.wav --alt drums,no-drums 2>said
check "an alternate without a sound is left out, with a warning" test ! -e p.drums.wav -a -e p.no-drums.wav -a -n "$(grep 'alternate_empty.*drums' said)"
refuse "an alternate nobody knows" 2 "alt.*\"no-flute\".*drums" "$prompt" --alt no-flute -o x.wav
refuse "nothing left" 2 "alt.*\"no-drums-bass-harmony-pads-melody-effects\"" "$prompt" --alt no-drums-bass-harmony-pads-melody-effects -o x.wav
refuse "alternates on standard output" 2 "alt.*--output" "$prompt" --alt no-drums -o -
mkdir blocked && : >blocked/x.no-drums.wav && chmod 444 blocked/x.no-drums.wav
if [ "$(id -u)" -ne 0 ]; then
  refuse "an alternate that cannot be written" 2 "write-protected" "$prompt" --alt no-drums -o blocked/x.wav
fi

# ---- What files say -----------------------------------------------------------

tags() { # FILE: as ffprobe reads them
  ffprobe -v error -show_entries format_tags:stream_tags -of default=nw=1 "$1"
}
said="tense sting, 5 s, hit at 2 s, Ünïcödé 音楽 \"quoted\""
SOURCE_DATE_EPOCH=1000000000 "$CUESMITH" "$said" -o u.wav -q
for kind in flac ogg opus mp3; do
  "$CUESMITH" "$said" -o u.$kind -q
done
if command -v ffprobe >/dev/null; then
  tags u.wav >wav.tags
  check "ffprobe reads the prompt" grep -qF "comment=$said" wav.tags
  check "ffprobe reads the program" grep -q "encoded_by=cuesmith" wav.tags
  check "the date is the one given" grep -q "date=2001-09-09" wav.tags
  chapters=$(ffprobe -v error -show_chapters -of default=nw=1 full.wav)
  check "sections and hits are cue points with labels" test -n "$(grep 'title=hit' <<<"$chapters")" -a -n "$(grep 'title=A' <<<"$chapters")"
  for kind in ogg opus mp3; do
    check "the texts of $kind are whole" test -n "$(tags u.$kind | grep -i "^TAG:comment=" | grep -F "$said")"
  done
  check "the title of a FLAC is whole" test -n "$(tags u.flac | grep -i '^TAG:title=' | grep -F "$said")"
  check "nothing of the clock is in a file" test -z "$(tags full.wav | grep -i date)"
  loudness=$(ffmpeg -hide_banner -nostats -i full.wav -af ebur128=peak=true -f null - 2>&1 | awk '/ I:/ {v=$2} END {print v}')
  stated=$(python3 -c '
d = open("full.wav", "rb").read()
i = d.find(b"bext") + 8 + 412
print(int.from_bytes(d[i:i + 2], "little", signed=True) / 100)')
  check "bext states the loudness" holds "abs($loudness - $stated) < 0.15"
else
  skip "tags read by ffprobe" "ffprobe is missing"
fi
if command -v soxi >/dev/null; then
  check "sox reads the length" test "$(soxi -s u.wav)" = 240000
fi
check "a file without a date has none" sh -c '! grep -q "ICRD" full.wav'

"$CUESMITH" "calm bed, 8 s" --loop -o loop.wav -q
check "a loop says so" holds "(lambda d, i: int.from_bytes(d[i + 36:i + 40], 'little') == 1 and int.from_bytes(d[i + 56:i + 60], 'little') == 383999)(open('loop.wav', 'rb').read(), open('loop.wav', 'rb').read().find(b'smpl'))"
check "--loop is --ending loop" test "$(field loop.wav 'r["plan"]["ending"]')" = loop
check "a file with no loop has no smpl" sh -c '! head -c 4000 full.wav | grep -q smpl'
"$CUESMITH" "calm bed, 8 s" --loop -o - -q >pipe.wav
check "standard output has the same samples" cmp <(tail -c +4000 loop.wav) <(tail -c +4000 pipe.wav)
# ---- Rights -------------------------------------------------------------------

"$CUESMITH" rights full.wav >rights.txt
check "rights name the font and its licence" grep -q "licence MIT" rights.txt
check "rights name the instruments" grep -q "plays .*[a-z]" rights.txt
if grep -q "cuesmith bank" rights.txt; then
  "$CUESMITH" "lo-fi beat with an analog pad and nylon guitar, 8 s" -o lofi.wav -q
  check "each sound is said to come from its font, or from us" test "$(field lofi.wav '[f["name"] for f in r["provenance"]["soundfonts"][0]["made_from"] if "nylon guitar" in f.get("instruments", [])] + [len(r["provenance"]["synthesised"]) > 0]')" = "['FluidR3 GM', True]"
fi
font=/usr/share/sounds/sf2/FluidR3_GM.sf2
if [ -r "$font" ]; then
  cp "$font" nobody.sf2
  printf 'x' | dd of=nobody.sf2 bs=1 seek=400 conv=notrunc 2>/dev/null
  "$CUESMITH" "calm piano, 3 s" --soundfont nobody.sf2 -o nobody.wav -q
  "$CUESMITH" rights nobody.wav >nobody.txt
  check "no licence is claimed for a font that nobody knows" sh -c 'grep -q "supplied under its own licence" nobody.txt && ! grep -q "covers commercial use" nobody.txt'
  rm nobody.sf2
fi
check "rights hold a statement with the prompt" grep -qF "from the description \"$prompt\" (seed 1)" rights.txt
check "rights say that the samples are the record's" grep -q "samples are those of the record" rights.txt
"$CUESMITH" "$prompt" -o r.mp3 --record r.json -q
check "a lossy file's record is found beside it" sh -c '"$CUESMITH" rights r.mp3 --json | python3 -c "import json, sys; r = json.load(sys.stdin); assert r[\"file\"] == \"r.mp3\" and r[\"soundfonts\"]"'

# ---- What an encoder adds -----------------------------------------------------

said_for() { # OPTIONS: is it said exactly where the file plays back too loud?
  "$CUESMITH" "trap beat, 8 s" -o loud.mp3 --record loud.json "$@" 2>said
  python3 - "$("$root/$OUT/tools/meter" loud.mp3)" "$(cat said)" <<'END'
import json, sys
audio, played = json.load(open("loud.json"))["audio"], json.loads(sys.argv[1])["true_peak"]
assert abs(audio["decoded_true_peak_dbtp"] - played) < 0.1, (audio, played)
assert ("decoded_peak" in sys.argv[2]) == (audio["decoded_true_peak_dbtp"] > -1), (audio, sys.argv[2])
END
}
check "a lossy file's own peak is in the record, and said where it is too high" said_for
check "room for it is made by --peak" said_for --peak -3
check "a file that keeps its ceiling audits clean" "$CUESMITH" audit loud.mp3
check "WAV has no such figure" test "$(field full.wav '"decoded_true_peak_dbtp" in r["audio"]')" = False

cp full.wav changed.wav
printf 'xxxx' | dd of=changed.wav bs=1 seek=100000 conv=notrunc 2>/dev/null
check "a changed file is told" sh -c '"$CUESMITH" rights changed.wav >/dev/null 2>said; test $? = 3 && grep -q "changed after" said'
"$CUESMITH" "$prompt" -o r2.mp3 -q
refuse "rights of a file without a record" 2 "holds no record" rights r2.mp3
finish
