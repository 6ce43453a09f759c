#!/usr/bin/env bash
# Run every test of a build: the unit tests named as arguments, then tests/cli.
# Each case prints "ok", "not ok" or "ok ... # SKIP"; the last line counts them.
set -u
cd "$(dirname "$0")/.."
: "${OUT:=build/release}"
export OUT CUESMITH="$PWD/$OUT/cuesmith" LC_ALL=C
unset CUESMITH_DATA
export TSAN_OPTIONS="suppressions=$PWD/tests/tsan.supp ${TSAN_OPTIONS:-}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0 skipped=0

count() { # NAME EXIT-STATUS: add up a TAP log
  local ok bad skip
  # cmocka writes "not ok" where a case skips itself.
  skip=$(grep -cE '^(not )?ok .*# SKIP' "$log")
  ok=$(grep -E '^ok ' "$log" | grep -cvE '# SKIP')
  bad=$(grep -E '^not ok ' "$log" | grep -cvE '# SKIP')
  if [ "$2" -ne 0 ] && [ "$bad" -eq 0 ]; then
    bad=1
    echo "  $1 ended with status $2"
  fi
  if [ "$bad" -gt 0 ]; then
    echo "FAIL $1"
    grep -vE '^ok ' "$log" | tail -n 60
  else
    printf '%-28s %3d ok%s\n' "$1" "$ok" "$([ "$skip" -gt 0 ] && echo ", $skip skipped")"
    grep -E '# SKIP' "$log" | sed 's/^/  /'
  fi
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
}

for test in "$@"; do
  CMOCKA_MESSAGE_OUTPUT=TAP "$test" >"$log" 2>&1
  count "$(basename "$test")" $?
done
for script in tests/cli/test_*.sh; do
  bash "$script" >"$log" 2>&1
  count "$(basename "$script" .sh)" $?
done

if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
