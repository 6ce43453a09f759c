# Where prompts come from, a person's own words, and what they do to a record.
. tests/cli/lib.sh
here=$work/here
cd "$here" || exit 1

equal() { [ "$1" = "$2" ] || { echo "$1 is not $2"; return 1; }; }
brief() { # EXPRESSION ARGUMENT...: over the Brief b
  local expression=$1
  shift
  "$CUESMITH" explain --json "$@" | python3 -c 'import json,sys; b=json.load(sys.stdin); print(eval(sys.argv[1]))' "$expression"
}

# The prompt
printf 'calm piano bed\n30 s, no drums\n' >brief.txt
printf '\xef\xbb\xbfcalm piano bed, 30 s' >marked.txt
printf 'calm\0piano' >zero.txt
head -c 17000 /dev/zero | tr '\0' 'a' >long.txt
check "a prompt comes from a file" equal "$(brief 'b["duration_s"], b["exclude"]' -f brief.txt)" "(30, ['drums'])"
check "--file is its long name" equal "$(brief 'b["instruments"]' --file=brief.txt)" "['piano']"
check "a prompt comes from standard input" equal "$(brief 'b["duration_s"]' - <brief.txt)" "30"
check "a byte order mark is no word" equal "$(brief 'b["unknown"]' -f marked.txt)" "[]"
check "plan reads it too" bash -c "'$CUESMITH' plan - <brief.txt | grep -q '\"duration_s\": 30'"
check "make reads standard input and writes standard output" bash -c "printf 'sting, 1 s' | '$CUESMITH' - -o - | head -c 4 | grep -q RIFF"
check "a prompt written like options is a prompt" equal "$(brief 'b["duration_s"], b["key"]' '--dur 30s --key "D minor"')" "(30, 'D minor')"
check "a prompt can follow --" equal "$(brief 'b["duration_s"]' -- '-dur-30s, 30 s')" "30"
refuse "a prompt and a file" 2 "do not go together" explain "calm" -f brief.txt
refuse "a plan and a file" 2 "do not go together" make --plan p.json -f brief.txt
refuse "a file that is missing" 2 "nothing.txt" explain -f nothing.txt
refuse "a zero byte in a file" 2 "zero byte" explain -f zero.txt
refuse "a file beyond 16 KiB" 2 "long.txt" explain -f long.txt
refuse "an empty standard input" 2 "empty" explain -
refuse "a file of verify" 2 "--file does not go" verify -f brief.txt

# Own words
cat >brand.json <<'J'
{"class": "mood", "entries": [{"words": ["brand-calm"], "like": ["calm", "warm"], "bpm": [84, 92], "exclude": ["drums"]}]}
J
own='b["tempo_bpm"], b["exclude"], b["moods"], b["valence"] > 0.1, b["arousal"] < -0.1'
check "brand-calm is calm, warm, 84-92 BPM, no drums" equal "$(brief "$own" "brand-calm, 30 s" --lexicon brand.json)" \
  "([84, 92], ['drums'], ['calm', 'warm'], True, True)"
check "without the file it is unknown" equal "$(brief '"exclude" in b' "brand-calm, 30 s")" "False"
check "a number beats the word" equal "$(brief 'b["tempo_bpm"]' "brand-calm, 88 BPM, 30 s" --lexicon brand.json)" "[88, 88]"
check "list words shows what it does" bash -c "'$CUESMITH' list words brand-calm --lexicon brand.json | grep -q 'tempo 84..92 like calm, warm without drums'"
mkdir -p "$XDG_CONFIG_HOME/cuesmith/lexicon"
echo '[{"class":"instrument","entries":[{"words":["the usual","accordion"],"name":"harp"}]}]' >"$XDG_CONFIG_HOME/cuesmith/lexicon/house.json"
check "the config folder adds words" equal "$(brief 'b["instruments"]' "the usual, 20 s")" "['harp']"
check "and replaces built-in ones" equal "$(brief 'b["instruments"]' "accordion, 20 s")" "['harp']"
check "a replaced word is listed once" equal "$("$CUESMITH" list words accordion | grep -c '^accordion ')" "1"
echo '{"class":"instrument","entries":[{"words":["the usual"],"name":"flute"}]}' >flute.json
check "a file stands above the folder" equal "$(brief 'b["instruments"]' "the usual, 20 s" --lexicon flute.json)" "['flute']"
"$CUESMITH" "brand-calm, the usual, 3 s" --lexicon brand.json -o own.wav -q
check "the words stand in the record" bash -c "grep -aq brand-calm own.wav && ! grep -aq '$work' own.wav"
rm -r "$XDG_CONFIG_HOME/cuesmith"
rm brand.json
check "verify repeats them without the files" "$CUESMITH" verify own.wav
rm own.wav

words() { echo "$1" >bad.json; }
words '{"class":"mood","entries":[{"words":["aa"],"like":["calm"]},{"words":["aa"],"like":["calm"]}]}'
refuse "a duplicate word" 2 'bad.json /entries/1/words/0: the phrase "aa" stands already' explain x --lexicon bad.json
words '{"class":"mood","entries":[{"words":["aa"],"lik":["calm"]}]}'
refuse "an unknown field" 2 'bad.json /entries/0/lik: .*did you mean "like"' explain x --lexicon bad.json
words '{"class":"mood","entries":[{"words":["aa"],"like":["caalm"]}]}'
refuse "a likeness to no word" 2 'bad.json /entries/0/like/0: "caalm" is no mood word' explain x --lexicon bad.json
words '{"patterns":[{"shape":"number","pattern":"(?<n>\\d+"}]}'
refuse "a broken pattern" 2 'bad.json /patterns/0/pattern: the pattern cannot be used' explain x --lexicon bad.json
words '{"patterns":[{"shape":"number","pattern":"(?<n>(\\d+)+)x"}]}'
refuse "a pattern that backtracks without end" 2 'bad.json /patterns/0/pattern: the pattern takes too long' explain x --lexicon bad.json
words '{"class":"moood"}'
refuse "an unknown class" 2 'bad.json /class' explain x --lexicon bad.json
refuse "a lexicon that is missing" 2 'none.json' explain x --lexicon none.json
check "nothing of them stays" equal "$(brief 'b["valence"] > 0' "calm piano, 20 s")" "True"

# Options and the prompt
check "explain shows which option beats what" bash -c "'$CUESMITH' explain 'piano, 30 s, 90 BPM' --duration 45 --tempo 100 | grep -qF -- '--duration 45; the prompt'"
# The doctor looks at a person's words too.
mkdir -p "$work/ill/cuesmith/lexicon"
echo '{"bad": 1}' >"$work/ill/cuesmith/lexicon/mine.json"
XDG_CONFIG_HOME=$work/ill "$CUESMITH" doctor >"$work/doctor.txt" 2>/dev/null
report $(($? != 1)) "the doctor ends with 1 where own words are broken"
check "and names the file" grep -q "mine.json /bad" "$work/doctor.txt"
finish
