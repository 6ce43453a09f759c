# A person's own styles: from a file, from the config folder, in a plan, in the
# record; and what a broken one does.
. tests/cli/lib.sh
here=$work/here
cd "$here" || exit 1
cp "$root/presets/examples/tango.json" .
prompt="theme, 12 s"

equal() { [ "$1" = "$2" ] || { echo "$1 is not $2"; return 1; }; }
of() { # EXPRESSION FILE: over the JSON j
  python3 -c 'import json,sys; j=json.load(open(sys.argv[2])); print(eval(sys.argv[1]))' "$@"
}

# From a file
"$CUESMITH" plan "$prompt" --style tango.json -o tango.plan
check "a file gives the style" equal "$(of 'j["style"], j["warnings"]' tango.plan)" "('tango', [])"
check "with its patterns" equal "$(of '[t["patterns"] for t in j["tracks"] if t["role"]=="chords"]' tango.plan)" "[['tango-marcato', 'tango-sincopa']]"
check "list shows it among the others" bash -c "'$CUESMITH' list styles --style tango.json | cut -d' ' -f1 | grep -xE 'tango|jazz' | wc -l | grep -qx 2"
check "without it nothing of it is there" bash -c "! '$CUESMITH' list styles | grep -q tango"
check "explain names it" bash -c "'$CUESMITH' explain '$prompt' --style tango.json | grep -qF -- '--style tango'"
sed 's/"name": "tango"/"name": "jazz"/' tango.json >jazz.json
"$CUESMITH" plan "$prompt" --style jazz.json -o over.plan
check "one of a built-in name takes its place" equal "$(of 'any("tango-marcato" in t["patterns"] for t in j["tracks"])' over.plan)" "True"

# In a plan
refuse "a plan in an own style without its file" 2 'style "tango" is unknown.*--style FILE' make --plan tango.plan -o x.wav
"$CUESMITH" plan "$prompt" --style funk -o funk.plan
refuse "a plan with another style" 2 'the plan is in "funk"' make --plan funk.plan --style tango.json -o x.wav
refuse "a plan with a built-in style" 2 'does not go with a plan' make --plan funk.plan --style funk -o x.wav

# In the record
if "$CUESMITH" "$prompt" --style tango.json -d 3 -o a.wav -q 2>.err; then
  "$CUESMITH" make --plan tango.plan --style tango.json -o b.wav -q
  mv tango.json away.json
  check "verify repeats it without the file" "$CUESMITH" verify a.wav
  check "verify repeats an edited plan in it" "$CUESMITH" verify b.wav
  check "no path is in the record" bash -c "! grep -aq '$work' a.wav"
  mv away.json tango.json
else
  skip "the record and verify" "$(cat .err)"
fi

# The config folder
mkdir -p "$XDG_CONFIG_HOME/cuesmith/styles"
cp tango.json "$XDG_CONFIG_HOME/cuesmith/styles/milonga.json"
check "the config folder adds styles" bash -c "'$CUESMITH' plan '$prompt' --style milonga | grep -q tango-marcato"
check "list shows them by their files" bash -c "'$CUESMITH' list styles | grep -q '^milonga .*Bandoneon'"
echo '{"name": 1}' >"$XDG_CONFIG_HOME/cuesmith/styles/broken.json"
check "a broken one disturbs nobody" bash -c "'$CUESMITH' plan '$prompt' | grep -q '\"warnings\": \[\]'"
check "list goes on and names it" bash -c "'$CUESMITH' list styles 2>&1 >list.txt | grep -q 'broken.json /name' && grep -q '^milonga' list.txt"
check "the doctor names it" bash -c "'$CUESMITH' doctor 2>/dev/null | grep -q 'your own style: .*broken.json /name'"
rm -f list.txt
refuse "asked for, it is refused" 2 'broken.json /name' plan "$prompt" --style broken
rm -r "$XDG_CONFIG_HOME/cuesmith"

# What is wrong with a file
bad() { sed "$1" tango.json >bad.json; }
bad 's/\[108, 132\]/[108, 500]/'
refuse "a tempo" 2 'bad.json /tempo_bpm/1: 500 is outside 30..300 \(beats per minute\)' plan x --style bad.json
bad 's/"tango-walk", "tango-habanera"\]/"tango-wlk"]/'
refuse "a pattern" 2 'bad.json /tracks/3/patterns/1: the pattern "tango-wlk" is unknown; did you mean "tango-walk"' plan x --style bad.json
bad 's/"iv | i | V7\/V | V7"/"iv | Q"/'
refuse "a chord" 2 'bad.json /brings/progressions/1/chords: "Q" is no chord' plan x --style bad.json
bad 's/"role": "counter"/"role": "descant"/'
refuse "a role" 2 'bad.json /tracks/6/role: "descant" is unknown; allowed are: pad, chords' plan x --style bad.json
echo '{' >bad.json
refuse "half a file" 2 'bad.json line' plan x --style bad.json
refuse "a file that is missing" 2 'none.json' plan x --style none.json
refuse "a style that is none" 2 'unknown; use' plan x --style tangoo
finish
