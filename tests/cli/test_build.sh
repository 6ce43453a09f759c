# A course is built from its template: what changed is made anew, the rest stays,
# and nothing leaves its folder.
. tests/cli/lib.sh
here=$work/here
cd "$here" || exit 1

cat >course.json <<'.'
{"theme_seed": 3, "variables": {"mood": "calm", "quizword": "light", "talk": "{{module}}.vtt"},
 "defaults": {"brief": "warm corporate", "options": {"rate": 16000}},
 "parts": [
  {"kind": "intro", "length": 2},
  {"kind": "bed", "brief": "{{mood}}", "under": "{{talk}}", "after": 1},
  {"kind": "quiz", "bars": 4, "brief": "{{quizword}}"},
  {"kind": "outro", "length": 6}],
 "modules": [
  {"name": "one"},
  {"name": "two", "variables": {"mood": "bright"}},
  {"name": "three"}]}
.
captions() { # FILE END
  printf 'WEBVTT\n\n00:00.500 --> 00:%s\nWords.\n' "$2" >"$1.vtt"
}
captions one 05.000
captions two 06.500
captions three 04.250

build() { "$CUESMITH" build course.json -o out "$@" 2>.err; }
# fates [OPTION...]: "module/part status why" of every part that is not kept
fates() {
  build --json "$@" >.report
  python3 -c 'import json
r = json.load(open(".report"))
for m in r["modules"]:
    for p in m["parts"]:
        if p["status"] != "kept":
            print(m["name"] + "/" + p["name"], p["status"], p.get("why", ""))'
}
figure() { # EXPRESSION over the report r
  python3 -c 'import json,sys
r = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$@"
}
is() { # NAME WANTED GOT
  [ "$2" = "$3" ] || printf '# wanted: %s\n# got: %s\n' "$2" "$3"
  [ "$2" = "$3" ]
  report $? "$1"
}
sums() { (cd "$1" && find . -type f ! -name report.json | sort | xargs sha256sum); }

fates --dry-run >.fates
if grep -q "soundfont" .err; then
  skip "building courses" "$(cat .err)"
  finish
fi
is "a dry run says that all is new" "12 due new" \
  "$(awk '{print $2, $3}' .fates | sort | uniq -c | sed 's/^ *//')"
check "and writes nothing" test ! -e out

check "a course is built" build --threads 1
is "all parts are built" 12 "$(figure out/report.json 'r["built"]')"
is "a bed is as long as its captions and what comes after" "6 7.5 5.25" \
  "$(figure out/report.json '" ".join(str(p["length_s"]) for m in r["modules"] for p in m["parts"] if p["name"] == "bed")')"
is "a bed lies under speech, a sting does not" "True" \
  "$(figure out/report.json 'all((p["lufs"] < -29) == (p["name"] == "bed") for m in r["modules"] for p in m["parts"])')"
is "modules are related as asked" "3 0" \
  "$(figure out/report.json 'str(len(r["pairs"])) + " " + str(r["pairs_off"])')"
check "a part is what its record says" "$CUESMITH" verify out/two/quiz.wav
sums out >.first

is "nothing changed, nothing is due" "" "$(fates)"
sums out >.second
check "and every file stays as it is" cmp .first .second

sed -i 's/"mood": "bright"/"mood": "tense"/' course.json
is "a variable of one module" \
  'two/bed due brief changed: "warm corporate, tense" was "warm corporate, bright"' "$(fates --dry-run)"
sums out >.second
check "a dry run changes nothing" cmp .first .second
is "is that part built anew" two/bed "$(fates | cut -d' ' -f1)"

captions three 05.750
is "a longer narration" 'three/bed built length changed: "6.75" was "5.25"' "$(fates)"

cp out/one/intro.wav talk.wav
sed -i 's/{"name": "three"}/{"name": "three", "variables": {"talk": "talk.wav"}}/' course.json
is "a narration that is a sound" 'three/bed built length changed: "3" was "6.75"' "$(fates)"

rm out/one/intro.wav
truncate -s 40000 out/two/outro.wav
printf x | dd of=out/three/quiz.wav bs=1 seek=5000 conv=notrunc 2>.out
is "files that were harmed" "one/intro built the file is missing
two/outro built the file was cut short
three/quiz built the file was changed" "$(fates)"
is "are whole then" "" "$(fates)"

sums out >.first
rm -r out
build --threads 2 >.out
sums out >.second
check "built at once by two threads it is the same, byte for byte" cmp .first .second

rm -r out
for pause in 0.3 0.6 1.2; do # each time it is killed a little later
  "$CUESMITH" build course.json -o out --threads 2 >.out 2>.err &
  pid=$!
  sleep $pause
  kill -9 $pid 2>.out
  wait $pid 2>.out
done
build >.out
sums out >.second
check "killed and begun again it is the same, byte for byte" cmp .first .second

echo '{"state": 1, "files": [{' >out/course.state.json
build >.out
is "a damaged state builds all anew" "12 parts: 12 built, 0 kept, 0 failed" "$(tail -n 1 .out)"
check "and says so" grep -q "course.state.json in the folder is damaged" .out

mkdir data
cp -r "$root/grammar" "$root/presets" "$root/soundfonts" data/
mkdir data/build
for f in "$root"/build/cuesmith.sf2*; do ln -s "$f" data/build/; done
export CUESMITH_DATA=$here/data
is "the same presets elsewhere change nothing" "" "$(fates --dry-run)"
sed -i 's/"name": "web"/"name": "net"/' data/presets/delivery.json
is "a preset that changed" "12 due words or presets changed" \
  "$(fates --dry-run | cut -d' ' -f2- | sort | uniq -c | sed 's/^ *//')"
unset CUESMITH_DATA

# ---- What is wrong is named; the rest is built --------------------------------

bad() { # NAME STATUS PATTERN SED-SCRIPT: one thing in the course is changed
  sed "$4" course.json >bad.json
  "$CUESMITH" build bad.json -o out --dry-run >.out 2>.err
  local status=$?
  [ $status -eq "$2" ] && grep -qE -- "$3" .err
  local good=$?
  [ $good -eq 0 ] || { echo "# status $status, wanted $2: $3"; sed 's/^/# /' .err; }
  report $good "$1"
}
bad "a variable without a value" 1 'bad.json line 5 /parts/1/brief: \{\{mod\}\} has no value; did you mean \{\{mood\}\}' \
  's/{{mood}}/{{mod}}/'
bad "a variable that comes back to itself" 1 \
  'line 1 /variables/mood: the value comes back to itself: \{\{mood\}\} -> \{\{quizword\}\} -> \{\{mood\}\}; give' \
  's/"mood": "calm", "quizword": "light"/"mood": "{{quizword}}", "quizword": "{{mood}}"/'
bad "an output that climbs" 1 'line 7 /parts/3/output: "output" climbs out of the output folder: ../one.wav' \
  's/"length": 6/"length": 6, "output": "..\/{{module}}.wav"/'
bad "an output from the root" 1 'outside the output folder' 's/"length": 6/"length": 6, "output": "\/tmp\/{{module}}.wav"/'
bad "an unknown key" 1 'line 4 /parts/0/lenght: this key is unknown; did you mean "length"' 's/"length": 2/"lenght": 2/'
bad "a value that an option refuses" 1 '--rate "9" does not work; give a number' 's/16000/9/'
bad "no words at all" 2 'line 2 /defaults: "brief" is missing under "defaults"; give' 's/"brief": "warm corporate", //'
bad "no JSON" 2 'bad.json line 8 column' 's/"modules": \[/"modules": [,/'
bad "an unknown style" 2 'style "no such" is unknown|--style "no such"' 's/"brief": "warm corporate"/"style": "no such", &/'
: >empty.json
refuse "an empty course" 2 'empty.json line 1: the file is empty' build empty.json -o new
refuse "no course" 2 'none.json cannot be opened' build none.json -o new
refuse "no folder" 2 'name one with -o DIR' build course.json
refuse "an option of another command" 2 'does not go with .build' build course.json -o new --seed 2
refuse "a folder that is a file" 2 'is no folder' build course.json -o course.json

printf 'WEBVTT\n\n00:04.000 --> 00:05.000\na\n\n00:01.000 --> 00:02.000\nb\n' >two.vtt
: >one.vtt
rm -r out
build >.out
is "bad captions end with 1" 1 $?
check "times out of order are named with their line" grep -q \
  'course.json line 5 /parts/1/under: two.vtt line 6: the caption begins at 1.000 s, the one before it at 4.000 s; put' .err
check "and an empty file" grep -q 'one.vtt line 1: the file is empty; give the captions' .err
is "all other parts are built" "12 parts: 10 built, 0 kept, 2 failed" "$(tail -n 1 .out)"
captions one 05.000
captions two 06.500

rm -r out
mkdir out outside
ln -s "$here/outside" out/one
ln -s "$here/outside/state.json" out/course.state.json
build >.out
is "links that lead out end the build" 2 $?
rm out/course.state.json
build >.out
is "a link on the way is one module's problem" 1 $?
is "the others are built" "12 parts: 8 built, 0 kept, 4 failed" "$(tail -n 1 .out)"
check "nothing is written outside" test -z "$(ls -A outside)"
check "no temporary stays" test -z "$(find out -name '.*' -type f)"
finish
