#compdef cuesmith
# zsh completion for cuesmith
local -a commands options
commands=(
  'make:make a cue'
  'explain:show what was understood'
  'plan:write the plan, for editing'
  'list:show what there is'
  'verify:make it again from its record and compare'
  'audit:compare what was asked with what was made'
  'rights:show which sounds under which licences'
  'batch:make every job of a list'
  'build:make the music of a course'
  'family:make a cue in several lengths'
  'doctor:show what is installed'
)
options=(
  '(-o --output)'{-o,--output}'[sound file]:file:_files'
  '(-d --duration)'{-d,--duration}'[length]:time'
  '--tempo[beats per minute]:BPM'
  '--key[key]:key'
  '--meter[meter]:meter:(4/4 3/4 6/8)'
  '--function[function]:name:(underscore bed stinger thematic ambient)'
  '--style[style]:name:($(cuesmith list styles 2>/dev/null | cut -d" " -f1))'
  '--ending[ending]:name:(ring button fade cut loop)'
  '--loop[the end joins the start]'
  '--seed[which cue]:number'
  '--theme-seed[which theme]:number'
  '--palette-seed[which instruments]:number'
  '--tempo-near[a tempo within 8 %]:BPM'
  '--times-for[the length that the times are meant for]:time'
  '--density[how busy, -1 to 1]:number'
  '*--reroll[draw one role anew]:role:(harmony pad chords motion bass drums percussion melody counter colour effects)'
  '--takes[number of cues]:number'
  '--rate[sample rate]:Hz:(44100 48000 96000)'
  '--bits[sample format]:bits:(16 24 32f)'
  '--channels[channels]:number:(1 2)'
  '--fade-in[seconds]:seconds'
  '--fade-out[seconds]:seconds'
  '--profile[levels]:name:(standalone web podcast broadcast cinema under-speech broadcast,under-speech)'
  '--lufs[loudness target]:LUFS'
  '--peak[true-peak ceiling]:dBTP'
  '--stems[stem folder]:folder:_files -/'
  '--alt[mixes of some stems]:list:(no-melody no-drums drums-bass underscore)'
  '--renderer[how notes become sound]:name:(fast reference)'
  '--midi[MIDI file]:file:_files'
  '--record[record]:file:_files'
  '--picture[picture]:file:_files -g "*.svg"'
  '--soundfont[soundfont]:file:_files -g "*.sf[23]"'
  '--lexicon[your own words]:file:_files -g "*.json"'
  '(-f --file)'{-f,--file}'[prompt from a file]:file:_files'
  '--threads[threads]:number'
  '--plan[edited plan]:file:_files -g "*.json"'
  '--strict[warnings are errors]'
  '--json[print the record]'
  '(-q --quiet)'{-q,--quiet}'[no progress]'
  '(-v --verbose)'{-v,--verbose}'[reasons]'
  '(-h --help)'{-h,--help}'[help]'
  '(-V --version)'{-V,--version}'[version]'
)
[[ $words[2] == batch ]] && options+=(
  '--shard[one part of the list]:part:(slurm slurm/8 k8s/8 aws 0/8)'
  '--resume[keep cues that are there and whole]'
  '--join[join the manifests of all parts]:folder:_files -/'
)
[[ $words[2] == build ]] && options+=('--dry-run[say what would be built and why]')
[[ $words[2] == family ]] && options+=(
  '--cuts[the members beside the full one]:list:(60,30,15,sting,loop,underscore,no-drums)'
  '--format[kind of the sound files]:extension:(wav flac ogg opus mp3)'
  '--beside[what stands beside each]:list:(midi picture record stems)'
)
if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then
  _describe command commands
elif [[ $words[2] == list ]]; then
  _values subject styles instruments words endings profiles soundfonts properties
elif [[ $words[2] == (verify|audit|rights) ]]; then
  _files
elif [[ $words[2] == batch ]]; then
  _arguments $options '2:list of jobs:_files'
elif [[ $words[2] == build ]]; then
  _arguments $options '2:course:_files -g "*.json"'
else
  _arguments $options '*:prompt:_files'
fi
