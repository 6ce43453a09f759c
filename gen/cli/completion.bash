# bash completion for cuesmith
_cuesmith() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  local options="--output --duration --tempo --key --meter --function --style
    --ending --loop --seed --theme-seed --palette-seed --tempo-near --times-for --density --reroll --takes --rate --bits --channels --fade-in
    --fade-out --profile --lufs --peak --stems --alt --renderer --midi --record --picture --soundfont
    --lexicon --file
    --threads --strict --json --quiet --verbose --help --version --plan"
  local words=""
  [ "${COMP_WORDS[1]}" = batch ] && options="--shard --resume --join $options"
  [ "${COMP_WORDS[1]}" = build ] && options="--output --dry-run --json --quiet --soundfont --threads"
  [ "${COMP_WORDS[1]}" = family ] && options="--cuts --format --beside $options"
  case $before in
  --cuts) words="60,30,15,sting,loop,underscore,no-drums" ;;
  --format) words="wav flac ogg opus mp3" ;;
  --beside) words="midi picture record stems midi,picture,record,stems" ;;
  --function) words="underscore bed stinger thematic ambient" ;;
  --ending) words="ring button fade cut loop" ;;
  --style)
    words=$(cuesmith list styles 2>/dev/null | cut -d' ' -f1)
    COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -X '!*.json' -- "$current"))
    return
    ;;
  --renderer) words="fast reference" ;;
  --alt) words="no-melody no-drums drums-bass underscore" ;;
  --profile) words="standalone web podcast broadcast cinema under-speech broadcast,under-speech" ;;
  --reroll) words="harmony pad chords motion bass drums percussion melody counter colour effects" ;;
  --bits) words="16 24 32f" ;;
  --channels) words="1 2" ;;
  --rate) words="44100 48000 96000" ;;
  --shard) words="slurm slurm/8 k8s/8 aws 0/8" ;;
  --meter) words="4/4 3/4 6/8" ;;
  list) words="styles instruments words endings profiles soundfonts properties" ;;
  -o | --output | --midi | --record | --picture | --soundfont | --plan | --lexicon | -f | --file | verify | audit | rights | batch | build)
    COMPREPLY=($(compgen -f -- "$current"))
    return
    ;;
  --stems | --join)
    COMPREPLY=($(compgen -d -- "$current"))
    return
    ;;
  *)
    words=$options
    [ "$COMP_CWORD" -eq 1 ] && [[ $current != -* ]] &&
      words="make explain plan list verify audit rights batch family build doctor"
    ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _cuesmith cuesmith
