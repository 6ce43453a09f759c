#!/usr/bin/env bash
# Run fuzz targets, each for FUZZ_SECONDS, on the seeds in tests/fuzz/corpus and
# the shipped files of its kind. What is found new is kept in the build folder;
# an input that breaks a promise stands in $OUT and its log is shown.
#   tests/fuzz/run.sh --can      is a compiler with libFuzzer here?
#   tests/fuzz/run.sh TARGET...
set -u
cd "$(dirname "$0")/../.."
: "${OUT:=build/fuzz-clang}" "${FUZZ_SECONDS:=60}"

if [ "${1:-}" = --can ]; then
  echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' |
    clang -fsanitize=fuzzer,address -x c - -o /dev/null 2>/dev/null && exit 0
  echo "fuzzing needs clang with libFuzzer; install it: apt-get install clang libclang-rt-dev" >&2
  exit 1
fi

seeds_of() { # TARGET: shipped files that are good seeds too
  case $1 in
  fuzz_lexicon) echo grammar/lexicon ;;
  fuzz_presets) echo presets ;;
  fuzz_prompt) [ ! -d tests/fuzz/corpus/fuzz_parse ] || echo tests/fuzz/corpus/fuzz_parse ;;
  fuzz_parse) labelled_prompts ;;
  esac
}

labelled_prompts() { # one file per prompt, in a folder of the build
  local folder=$OUT/prompts
  rm -rf "$folder" && mkdir -p "$folder"
  sed -n 's/.*"prompt": "\(\([^"\\]\|\\.\)*\)".*/\1/p' tests/data/*.jsonl tests/cases/*/*.jsonl |
    split -l 1 -a 4 - "$folder/"
  echo "$folder tests/fuzz/corpus/fuzz_prompt"
}

bad=0
for target in "$@"; do
  name=$(basename "$target")
  found=$OUT/corpus/$name
  dict=json
  case $name in fuzz_prompt | fuzz_parse) dict=prompt ;; esac
  mkdir -p "$found"
  known=
  [ -d "tests/fuzz/corpus/$name" ] && known=tests/fuzz/corpus/$name
  "$target" -max_total_time="$FUZZ_SECONDS" -max_len=16384 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -dict="tests/fuzz/$dict.dict" -artifact_prefix="$OUT/" "$found" $known $(seeds_of "$name") \
    >"$OUT/$name.log" 2>&1
  status=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$OUT/$name.log")
  if [ "$status" -eq 0 ]; then
    printf '%-14s %9s runs in %s s, nothing found\n' "$name" "$runs" "$FUZZ_SECONDS"
  else
    bad=1
    echo "$name: something was found"
    tail -n 40 "$OUT/$name.log"
  fi
done
exit $bad
