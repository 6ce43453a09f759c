#!/usr/bin/env bash
# The main job under valgrind: no definite leak and no bad access from our code.
#   make MODE=debug build/debug/cuesmith && tests/valgrind.sh
# runs, with every kind of file beside the WAV,
#   valgrind --leak-check=full --show-leak-kinds=definite,indirect \
#     --errors-for-leak-kinds=definite --error-exitcode=9 build/debug/cuesmith \
#     "bright, forward-moving, no vocals, 90 s, builds in last 20 s" --rate 8000
# PCRE2's machine code reads strings in words and is left out by name: valgrind
# cannot see where its buffers end.
set -u
cd "$(dirname "$0")/.."
program=$PWD/${1:-build/debug/cuesmith}
command -v valgrind >/dev/null || { echo "valgrind is not here; skipped"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && valgrind -q --leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite \
  --error-exitcode=9 --num-callers=20 --log-file=valgrind.log "$program" \
  "bright, forward-moving, no vocals, 90 s, builds in last 20 s" --rate 8000 --threads 2 -q \
  -o cue.wav --midi cue.mid --record cue.json --picture cue.svg --stems stems)
status=$?
cat "$work/valgrind.log"
[ "$status" -eq 0 ] && echo "the main job is clean"
exit $status
