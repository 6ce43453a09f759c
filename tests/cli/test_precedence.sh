# An option beats what the prompt says of the same field, and explain says so.
. tests/cli/lib.sh
here=$work/here
cd "$here" || exit 1

prompt="slow waltz in C major, warm bed, fade in over 2 s, fade out over 6 s, 30 s, at -20 LUFS"
planned() { # EXPRESSION OPTION...: over the plan p
  local expression=$1
  shift
  "$CUESMITH" plan "$prompt" "$@" 2>/dev/null |
    python3 -c 'import json,sys; p=json.load(sys.stdin); print(eval(sys.argv[1]))' "$expression"
}

# NAME FIELD-OF-PLAN SAID OPTION VALUE WANTED BEATEN
beats() {
  local said
  said=$(planned "$2")
  [ "$said" = "$3" ] || { echo "without --$4 it is $said, not $3"; return 1; }
  said=$(planned "$2" "--$4" "$5")
  [ "$said" = "$6" ] || { echo "with --$4 $5 it is $said, not $6"; return 1; }
  [ -z "$7" ] || "$CUESMITH" explain "$prompt" "--$4" "$5" |
    grep -qF -- "--$4 $5; the prompt's \"$7\"" || { echo "explain does not say it"; return 1; }
}
bpm='round(p["tempo"][0]["bpm"])'
check "--duration beats the length" beats x 'p["duration_s"]' 30 duration 45 45 "30 s"
check "--duration is length enough for --strict" "$CUESMITH" "calm bed" -d 2 --strict -o strict.wav -q
check "--tempo beats the tempo" beats x "40 <= $bpm <= 84 and 'slow' or $bpm" slow tempo 100 100 "slow"
check "--key beats the key" beats x 'p["key"]' "C major" key "D minor" "D minor" "C major"
check "--meter beats the meter" beats x 'p["meter"]' "3/4" meter 4/4 4/4 "waltz"
check "--function beats the function" beats x 'p["function"]' bed function stinger stinger "bed"
check "--ending beats the ending" beats x 'p["ending"]' fade ending button button "fade out"
check "--lufs beats the loudness" beats x 'p["loudness_lufs"]' -20 lufs -16 -16 "-20 LUFS"
check "--profile beats the loudness" beats x 'p["loudness_lufs"]' -20 profile web -14 "-20 LUFS"
check "--lufs beats a profile" test "$(planned 'p["loudness_lufs"]' --profile web --lufs -17)" = -17
check "a profile has its ceiling" test "$(planned 'p["peak_dbtp"]' --profile cinema)" = -2
check "--peak beats a profile" test "$(planned 'p["peak_dbtp"]' --profile cinema --peak -3)" = -3
check "the words of a profile come in any order" test "$(planned 'p["loudness_lufs"]' --profile "under-speech, broadcast")" = -39
check "--fade-in beats the fade-in" beats x 'p["fade_in_s"]' 2 fade-in 4 4 ""
check "--fade-out beats the fade-out" beats x 'p["fade_out_s"]' 6 fade-out 3 3 ""
check "--style beats the style" beats x 'p["style"] == "house"' False style house True ""
finish
