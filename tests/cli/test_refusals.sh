# Bad requests: the right exit status, one sentence that names place and mend,
# nothing written.
. tests/cli/lib.sh
p="calm bed, 3 s"
W="$work"

refuse "an empty prompt" 2 "empty" "" -o x.wav
refuse "a blank prompt" 2 "empty|blank" "   " -o x.wav
refuse "a prompt over 16 KiB" 2 "16" "$(head -c 17000 /dev/zero | tr '\0' a)" -o x.wav
refuse "bytes that are not UTF-8" 2 "UTF-8" "$(printf 'calm \xff bed')" -o x.wav
refuse "a prompt in two arguments" 2 "quotes" calm bed -o x.wav
refuse "a length of 0.1 s" 2 "0\.5" "$p" -d 0.1 -o x.wav
refuse "a length of 13 h" 2 "12 h" "$p" -d 46801 -o x.wav
refuse "a length out of range in the prompt" 2 "0\.5|12 h" "calm bed, 20 hours" -o x.wav
refuse "a length that is none" 2 "time" "$p" -d soon -o x.wav
refuse "tempo 0" 2 "tempo.*30\.\.300" "$p" --tempo 0 -o x.wav
refuse "tempo fast" 2 "tempo.*30\.\.300" "$p" --tempo fast -o x.wav
refuse "key H#" 2 "key.*A\.\.G" "$p" --key "H#" -o x.wav
refuse "rate 1000" 2 "rate.*8000\.\.96000" "$p" --rate 1000 -o x.wav
refuse "rate 192000" 2 "rate.*8000\.\.96000" "$p" --rate 192000 -o x.wav
refuse "12 bits" 2 "bits.*16, 24 or 32f" "$p" --bits 12 -o x.wav
refuse "three channels" 2 "channels" "$p" --channels 3 -o x.wav
refuse "meter 4/5" 2 "meter" "$p" --meter 4/5 -o x.wav
refuse "a profile nobody knows" 2 "profile.*standalone.*web" "$p" --profile tv -o x.wav
refuse "a loudness of +3" 2 "lufs.*-60\.\.-8" "$p" --lufs 3 -o x.wav
refuse "a peak of +1" 2 "peak.*-20\.\.0" "$p" --peak 1 -o x.wav
refuse "a negative seed" 2 "seed" "$p" --seed -4 -o x.wav
refuse "a seed over 2^53" 2 "seed" "$p" --seed 9007199254740992 -o x.wav
refuse "an unknown option, with the nearest" 2 "did you mean --tempo" "$p" --temp 90 -o x.wav
refuse "an unknown style, with the known ones" 2 "style.*corporate" "$p" --style zydeco -o x.wav
refuse "an unknown function" 2 "underscore, bed" "$p" --function jingle -o x.wav
refuse "an unknown ending" 2 "ring, button" "$p" --ending bang -o x.wav
refuse "an unknown extension" 2 "\.wav" "$p" -o x.aiff
refuse "no extension" 2 "\.wav" "$p" -o x
refuse "FLAC with 32f" 2 "FLAC|32f" "$p" --bits 32f -o x.flac
refuse "Opus at 44100 Hz names the rates" 2 "48000|48 kHz" "$p" --rate 44100 -o x.opus
refuse "MP3 at 96 kHz names the rates" 2 "48000|48 kHz" "$p" --rate 96000 -o x.mp3
refuse "stems beside a lossy mix" 2 "WAV or FLAC" "$p" -o x.mp3 --stems s
refuse "a folder that is missing" 2 "nowhere" "$p" -o nowhere/x.wav
mkdir "$W/folder.wav"
refuse "a folder as output" 2 "folder" "$p" -o ../folder.wav
refuse "a picture that is no SVG" 2 "\.svg" "$p" -o x.wav --picture x.png
refuse "a value that is missing" 2 "value" "$p" -o x.wav --tempo
refuse "an unknown list" 2 "styles" list dances
refuse "a plan with a prompt" 2 "together" "$p" --plan x.json -o x.wav
refuse "a plan that is missing" 2 "missing.json" make --plan missing.json -o x.wav
refuse "a soundfont that is missing" 2 "no-such.sf2" "$p" --soundfont no-such.sf2 -o x.wav
printf 'RIFF\x00\x00' >"$W/short.sf2"
refuse "a truncated soundfont" 2 "short.sf2" "$p" --soundfont "$W/short.sf2" -o x.wav
head -c 100000 /dev/urandom >"$W/noise.sf2"
refuse "a file that is no soundfont" 2 "noise.sf2" "$p" --soundfont "$W/noise.sf2" -o x.wav
refuse "verify of a file that is missing" 2 "gone.wav" verify gone.wav
refuse "strict makes a warning an error" 2 "duration_missing" "calm bed" --strict -o x.wav

# Not even root may make files there.
refuse "a folder that is not writable" 2 "/sys" "$p" -o /sys/x.wav

# A data folder with one broken file each.
data() { # FILE REPLACEMENT...: a copy of the data with one file changed
  rm -rf "$W/data" && mkdir "$W/data"
  cp -r grammar presets soundfonts "$W/data/"
}
broken() { # NAME FILE SED-SCRIPT PATTERN ARGUMENT...
  local name=$1 file=$2 script=$3 pattern=$4
  shift 4
  data
  sed -i "$script" "$W/data/$file"
  CUESMITH_DATA="$W/data" refuse "$name" 2 "$pattern" "$p" -o x.wav "$@"
}
skipped() { # NAME FILE SED-SCRIPT PATTERN: the others work, and a warning says what is wrong
  data
  sed -i "$3" "$W/data/$2"
  check "$1: the others work" bash -c "CUESMITH_DATA='$W/data' '$CUESMITH' plan '$p' --style jazz >'$W/skipped.json'"
  check "$1: the plan says so" bash -c "grep -A1 preset_broken '$W/skipped.json' | grep -qE '$4'"
  CUESMITH_DATA="$W/data" refuse "$1: strict refuses" 2 "$4" "$p" --style jazz --strict -o x.wav
  check "$1: the doctor names it" bash -c "CUESMITH_DATA='$W/data' '$CUESMITH' doctor 2>/dev/null | grep -E '^broken .*$4'"
}
broken "a style with an unknown key" presets/styles/corporate.json '0,/{/s//{"tempp": 1, /' 'corporate\.json.*tempp|corporate\.json /tempp' --style corporate
broken "a style that is no JSON" presets/styles/corporate.json '1s/^/}/' 'corporate\.json line 1' --style corporate
broken "a style with a tempo out of range" presets/styles/corporate.json 's/"tempo_bpm": *\[[^]]*\]/"tempo_bpm": [4, 900]/' 'corporate\.json /tempo_bpm.*30|corporate\.json /tempo_bpm' --style corporate
skipped "a broken style" presets/styles/corporate.json 's/"tempo_bpm": *\[[^]]*\]/"tempo_bpm": [4, 900]/' 'styles/corporate\.json /tempo_bpm/0: 4 is outside 30..300'
skipped "broken patterns" presets/patterns/fills.json '0,/"from_step"/s//"from_stp"/' 'patterns/fills\.json /patterns/0/from_stp'
broken "progressions with a chord that is none" presets/progressions.json '0,/I | V/s//I | H/' 'progressions\.json /progressions/0/chords: "H" is no chord'
broken "instruments with an unknown key" presets/instruments.json '0,/"name"/s//"nmae"/' 'instruments\.json'
first_words=$(ls grammar/lexicon/*.json | head -1)
broken "a lexicon that is no JSON" "$first_words" '1s/^/]/' "$(basename "$first_words") line 1"
data && rm -r "$W/data/grammar"
CUESMITH_DATA="$W/data" refuse "a data folder without words" 2 "CUESMITH_DATA" "$p" -o x.wav

# Without FluidSynth: the program asks for another name, and finds nothing.
sed 's/libfluidsynth\.so\.3/libfluidsynth.so.X/' "$CUESMITH" >"$W/without"
chmod +x "$W/without"
"$W/without" doctor >"$W/doctor" 2>/dev/null
check "without FluidSynth the doctor says so" grep -q "^ok .*no FluidSynth" "$W/doctor"
CUESMITH="$W/without"
export CUESMITH_DATA="$root"
check "and a cue is made" "$CUESMITH" "$p" -q -o "$W/without.wav"
refuse "but not by the reference" 1 "libfluidsynth.*install|install.*libfluidsynth" "$p" --renderer reference -q -o x.wav
finish
