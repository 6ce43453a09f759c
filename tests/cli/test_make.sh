# The main job from outside: files, exactness, sameness, endings, signals.
. tests/cli/lib.sh
here=$work/here
meter=$root/$OUT/tools/meter
mission="bright, forward-moving, no vocals, 90 s, builds in last 20 s"
cd "$here" || exit 1

field() { # FILE KEY: a figure of the meter
  "$meter" "$1" | python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$2"
}
json() { # FILE EXPRESSION: over the value v
  python3 -c 'import json,sys; v=json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"
}
equal() { [ "$1" = "$2" ] || { echo "$1 is not $2"; return 1; }; }
holds() { python3 -c 'import sys; sys.exit(not eval(sys.argv[1]))' "$1" || { echo "not so: $1"; return 1; }; }

check "the mission prompt is made" "$CUESMITH" "$mission" -o m.wav --midi m.mid --record m.json --picture m.svg --stems stems -q
check "it has 4320000 frames" equal "$(field m.wav frames)" 4320000
check "its end is silent" holds "$(field m.wav end_rms) <= -60 and $(field m.wav last) == 0"
check "its loudness is the target's" holds "abs($(field m.wav integrated) - $(json m.json "v['audio']['target_lufs']")) <= 0.5"
check "its true peak is under the ceiling" holds "$(field m.wav true_peak) <= -1.0"
check "it starts at once" holds "0 <= $(field m.wav lead_s) <= 0.06"
check "it excludes vocals" equal "$(json m.json "v['brief']['exclude']")" "['vocals']"
check "its record embeds the plan" holds "$(json m.json "len(v['plan']['sections'])") >= 4"
check "the picture is SVG" grep -q '</svg>' m.svg
check "the stems add up to the mix" python3 "$root/tests/tools/null.py" m.wav stems/*.wav
check "verify says the same" "$CUESMITH" verify m.wav
check "nothing else was written" equal "$(ls -A | tr '\n' ' ')" "m.json m.mid m.svg m.wav stems "

# Sameness
"$CUESMITH" "$mission" -o m1.wav --midi m1.mid -q --threads 1
"$CUESMITH" "$mission" -o m2.wav --midi m2.mid -q --threads 2
check "1 and 2 threads give the same WAV" cmp m1.wav m2.wav
check "1 and 2 threads give the same MIDI" cmp m1.mid m2.mid
check "stems, picture and record do not change the mix" cmp m.wav m1.wav
"$CUESMITH" "$mission" -o m3.wav --midi m3.mid -q --seed 2
check "another seed gives another MIDI" bash -c '! cmp -s m1.mid m3.mid'
rm -rf m*.* stems

# Verify notices
"$CUESMITH" "calm bed, 4 s" -o v.wav -q
check "verify accepts a fresh file" "$CUESMITH" verify v.wav
printf '\x7f' | dd of=v.wav bs=1 seek=200000 conv=notrunc status=none
"$CUESMITH" verify v.wav >v.txt 2>/dev/null
check "verify refuses a changed sample with 3" equal "$?" 3
check "and says that the file was changed" grep -q "changed after" v.txt
rm -f v.*

# Formats
for kind in wav:16 wav:24 wav:32f flac:16 flac:24 ogg:24 opus:24 mp3:24; do
  name=${kind%:*} bits=${kind#*:}
  "$CUESMITH" "playful stinger, 2.5 s" --bits "$bits" -o "f.$name" -q 2>err || cat err
  check "$name at $bits bits has exact frames" equal "$(field "f.$name" frames)" 120000
  rm -f "f.$name"
done
"$CUESMITH" "playful stinger, 1/3 s" -d 0.5 --rate 44100 --channels 1 -o mono.wav -q
check "mono at 44.1 kHz" equal "$(field mono.wav channels) $(field mono.wav frames)" "1 22050"
"$CUESMITH" "calm bed, 2 s" -o - -q >pipe.wav
"$CUESMITH" "calm bed, 2 s" -o file.wav -q
check "standard output gives the same bytes as a file" cmp pipe.wav file.wav
"$CUESMITH" "calm bed, 2 s" -o - -q | cat >pipe2.wav
# The head states the loudness, which is known at the end: a pipe leaves it open.
without_levels() {
  python3 -c 'import sys
d = bytearray(open(sys.argv[1], "rb").read())
i = d.index(b"bext") + 8 + 412
d[i:i + 10] = bytes(10)
sys.stdout.buffer.write(d)' "$1"
}
check "a pipe gives the same bytes as a file, but for the loudness in the head" cmp <(without_levels pipe2.wav) <(without_levels file.wav)
check "a device is written directly" "$CUESMITH" "calm bed, 1 s" -o /dev/null --json -q
rm -f ./*

# Lengths by timecode and by file
"$CUESMITH" "calm bed" -d 00:00:02:12@25 -o t.wav -q 2>/dev/null
check "timecode at 25 fps" equal "$(field t.wav frames)" 119040
"$CUESMITH" "calm bed" -d @t.wav -o u.wav --record u.json -q 2>/dev/null
check "the length of a sound file" equal "$(field u.wav frames)" 119040
check "no path enters the record" bash -c "! grep -q 't.wav' u.json"
check "and it verifies" "$CUESMITH" verify u.wav
rm -f ./*

# Names, takes
(cd "$here" && "$CUESMITH" "Calm Bed! 2 s" -q && "$CUESMITH" "Calm Bed! 2 s" -q)
check "a made-up name never replaces" equal "$(ls | tr '\n' ' ')" "calm-bed-2-s-2.wav calm-bed-2-s.wav "
rm -f ./*
"$CUESMITH" "calm bed, 2 s" -o take.wav --midi take.mid --takes 2 --seed 5 -q
"$CUESMITH" "calm bed, 2 s" -o seed.wav --seed 6 -q
check "takes count up" equal "$(ls | tr '\n' ' ')" "seed.wav take-1.mid take-1.wav take-2.mid take-2.wav "
check "take 2 is the next seed" cmp take-2.wav seed.wav
rm -f ./*

# Endings
"$CUESMITH" "calm bed, 12 s" --ending loop -o loop.wav -q
check "a loop has exact frames" equal "$(field loop.wav frames)" 576000
check "a loop joins without a step" python3 "$root/tests/tools/joint.py" loop.wav
"$CUESMITH" "driving rock, 10 s" --ending cut -o cut.wav -q
check "a cut breaks off with sound" holds "$(field cut.wav end_rms) > -45"
"$CUESMITH" "driving rock, 10 s" --ending fade -o fade.wav -q
check "a fade ends in silence" holds "$(field fade.wav end_rms) <= -60"
rm -f ./*

# Decisions told
"$CUESMITH" make "theme, 55 s, hits at 9.13 s, 25.28 s, 30.85 s, 46.05 s" -v -o v.wav 2>said
check "every tempo of a cue is told" grep -qE '^music .*[0-9] BPM, [0-9.]+ from bar [0-9]+,' said
rm -f ./*

# Plan in, plan out
"$CUESMITH" plan "happy acoustic bed, 30 s" -o p.json 2>/dev/null
"$CUESMITH" "happy acoustic bed, 30 s" -o a.wav --midi a.mid -q
"$CUESMITH" make --plan p.json -o b.wav --midi b.mid -q
check "a plan that was not edited gives the same notes" python3 "$root/tests/tools/notes.py" a.mid b.mid
check "and the same samples" python3 "$root/tests/tools/null.py" a.wav b.wav
edit() { python3 -c 'import json,sys; v=json.load(open("p.json")); exec(sys.argv[1]); json.dump(v, open("q.json","w"))' "$1"; }
edit 'v["tracks"][0]["program"] = 48; v["tracks"][0]["bank"] = 0'
check "a program can be edited" "$CUESMITH" make --plan q.json -o c.wav --midi c.mid -q
check "and is heard" bash -c '! cmp -s a.wav c.wav'
check "and nothing else moves" python3 "$root/tests/tools/notes.py" a.mid c.mid
edit 'v["sections"][0]["energy"] = [0.9, 0.9]'
# A bed whose energy a person bends is made, and the audit says that it bends.
"$CUESMITH" make --plan q.json -o d.wav --midi d.mid -q 2>bent
check "a section's energy can be edited" test -s d.wav -a -s d.mid -a -z "$(grep -v "misses T42" bent)"
check "and only that section's notes change" python3 "$root/tests/tools/notes.py" a.mid d.mid \
  --from "$(json p.json "v['sections'][1]['start_s']")"
check "and it verifies from its plan" "$CUESMITH" verify d.wav
nonsense() { # NAME EDIT PATTERN
  edit "$2"
  refuse "$1" 2 "$3" make --plan ../q.json -o x.wav
}
"$CUESMITH" make --plan p.json --rate 44100 --lufs -24 -o r.wav -q
check "a plan takes another rate" equal "$(field r.wav frames)" 1323000
check "and another loudness" holds "abs($(field r.wav integrated) + 24) <= 0.5"
check "and verifies" "$CUESMITH" verify r.wav
refuse "a tempo beside a plan" 2 "edit it in the plan" make --plan p.json --tempo 90 -o x.wav
mv p.json q.json "$work" 2>/dev/null; rm -f ./*
cd "$work" || exit 1
nonsense "negative bars" 'v["sections"][0]["bars"] = -4' "sections/0/bars"
nonsense "a billion bars" 'v["sections"][0]["bars"] = 1000000000' "bars"
nonsense "a program of 200" 'v["tracks"][0]["program"] = 200' "tracks/0/program.*0\.\.127"
nonsense "an energy of 2" 'v["sections"][0]["energy"] = [0, 2]' "sections/0/energy"
nonsense "a chord that is none" 'v["sections"][0]["chords"] = ["Q"] * v["sections"][0]["bars"]' "chords"
nonsense "an unknown key" 'v["colour"] = 1' "colour"
nonsense "no sections" 'v["sections"] = []' "sections"
nonsense "a tempo out of what the ring-out allows" 'v["tempo"][0]["bpm"] *= 1.3' "BPM|tempo"
nonsense "an unknown style" 'v["style"] = "zydeco"' "style"
nonsense "a length of 13 h" 'v["duration_s"] = 46801' "duration_s"
cd "$here" || exit 1

# Signals and full disks
"$CUESMITH" "calm bed, 20 min" -o big.wav --stems big -q &
pid=$!
sleep 1
kill -TERM $pid
wait $pid
check "SIGTERM ends with 143" equal "$?" 143
check "and leaves nothing" equal "$(ls -A)" ""
(ulimit -f 2000; exec "$CUESMITH" "calm bed, 90 s" -o full.wav -q) 2>err
check "a file that cannot grow ends with 1" equal "$?" 1
check "in one sentence" equal "$(wc -l <err)" 1
rm -f err
check "and leaves nothing behind" equal "$(ls -A)" ""
if [ "$(id -u)" -eq 0 ] && mkdir "$work/tiny" && mount -t tmpfs -o size=2m none "$work/tiny" 2>/dev/null; then
  "$CUESMITH" "calm bed, 60 s" -o "$work/tiny/x.wav" -q 2>err
  check "a full disk ends with 1" equal "$?" 1
  check "and says so" grep -qi "disk full\|no space" err
  check "and removes the half-written file" equal "$(ls -A "$work/tiny")" ""
  umount "$work/tiny"
else
  skip "a full disk" "no small file system can be mounted here"
fi
finish
