# Soundfonts: our own bank is the first choice and says what is in it; another
# font is played in the same balance, and what it lacks is said.
. tests/cli/lib.sh
bank=$root/build/cuesmith.sf2
font=/usr/share/sounds/sf2/FluidR3_GM.sf2
export XDG_CACHE_HOME=$work/cache
make_cue() { "$CUESMITH" "calm pad bed, 3 s" --seed 2 -o "$work/cue.wav" --record "$work/cue.json" "$@"; }

if [ ! -r "$bank" ] || [ ! -r "$font" ]; then
  skip "soundfonts" "no bank is made here, or FluidR3 is not installed"
  finish
fi
check "our own bank is the first of the list" bash -c "'$CUESMITH' list soundfonts | head -1 | grep -q '^cuesmith bank .*cuesmith.sf2'"
check "doctor says what it is made from" bash -c "'$CUESMITH' doctor | grep -q 'made from FluidR3 GM'"
check "a cue is made with it" make_cue
check "its record names the bank, its checksum and the fonts in it" bash -c "grep -q '\"name\": \"cuesmith bank\"' '$work/cue.json' &&
  grep -q \"$(sha256sum "$bank" | cut -d' ' -f1)\" '$work/cue.json' && grep -A6 made_from '$work/cue.json' | grep -q 'FluidR3 GM'"
check "nothing was measured for it" test ! -e "$XDG_CACHE_HOME"
ln -s "$bank" "$work/other.sf2"
check "a font that nobody knows is measured once" bash -c "\"\$0\" 'calm pad bed, 3 s' --seed 2 -o '$work/other.wav' --soundfont '$work/other.sf2' &&
  ls '$XDG_CACHE_HOME'/cuesmith/levels-*.json" "$CUESMITH"
cp "$XDG_CACHE_HOME"/cuesmith/levels-*.json "$work/first.json"
check "and is not measured again" bash -c "\"\$0\" 'calm pad bed, 3 s' --seed 2 -o '$work/again.wav' --soundfont '$work/other.sf2' &&
  cmp '$work/first.json' '$XDG_CACHE_HOME'/cuesmith/levels-*.json && cmp '$work/other.wav' '$work/again.wav'" "$CUESMITH"
check "what a font lacks is replaced by name" bash -c "\"\$0\" 'lo-fi beat with an analog pad, 3 s' --seed 3 -o '$work/lacks.wav' --soundfont $font 2>&1 |
  grep -q 'soundfont_lacks: the soundfont FluidR3 GM has no .*plays instead'" "$CUESMITH"
finish
