# One role is drawn anew, from a prompt and from a plan, and the record repeats it.
. tests/cli/lib.sh
here=$work/here
cd "$here" || exit 1
prompt="theme in corporate style, 20 s"

seeds() { # FILE.json: role and seed of every track
  python3 -c 'import json,sys
p = json.load(open(sys.argv[1])); print(p["theme_seed"], *((t["role"], t["seed"]) for t in p["tracks"]))' "$1"
}
differ_in() { # A B WORD: the lists differ, and only in tracks of that role
  python3 -c 'import json,sys
a, b = (json.load(open(f))["tracks"] for f in sys.argv[1:3])
moved = {x["role"] for x, y in zip(a, b) if x != y}
sys.exit(0 if moved == {sys.argv[3]} else print(moved) or 1)' "$@"
}
same() { [ "$(seeds "$1")" = "$(seeds "$2")" ]; }

"$CUESMITH" plan "$prompt" -o plain.json
"$CUESMITH" plan "$prompt" --reroll bass -o bass.json
"$CUESMITH" plan "$prompt" --reroll bass=1 -o one.json
"$CUESMITH" plan "$prompt" --reroll bass=2 -o two.json
"$CUESMITH" plan "$prompt" --reroll bass=0 -o none.json
check "one role gets another seed" differ_in plain.json bass.json bass
check "without a number it is the first draw" cmp bass.json one.json
check "another number is another draw" differ_in bass.json two.json bass
check "draw 0 is the plain cue" cmp plain.json none.json

refuse "a role that is none" 2 'no role; did you mean "drums"' plan "$prompt" --reroll drum
refuse "a draw that is no number" 2 'whole number 0..9999' plan "$prompt" --reroll bass=x
refuse "chords of a plan" 2 'chords are written out' make --plan plain.json --reroll harmony -o x.wav
sed 's/"role": "bass"/"role": "counter"/' plain.json >nobass.json
refuse "a role that a plan lacks" 2 'no track with that role' make --plan nobass.json --reroll bass -o x.wav

record() { python3 -c 'import json,sys; r=json.load(open(sys.argv[1])); json.dump(r["plan"], open(sys.argv[2],"w")); print(r["options"])' "$@"; }
if "$CUESMITH" "$prompt" --reroll bass --reroll melody=2 -d 3 -o a.wav --record a.json -q 2>.err; then
  check "the record holds every one" test "$(record a.json a-plan.json)" = "{'duration': '3', 'reroll': 'bass=1,melody=2'}"
  check "verify repeats it" "$CUESMITH" verify a.wav
  "$CUESMITH" make --plan two.json --reroll pad -o b.wav --record b.json -q
  record b.json b-plan.json >.out
  check "a plan can be drawn from" differ_in two.json b-plan.json pad
  check "and verified" "$CUESMITH" verify b.wav
else
  skip "the record and verify" "$(cat .err)"
fi
finish
