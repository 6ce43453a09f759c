# For the tests of the program as a whole. A script sources this, works in the
# folder $work, which goes when it ends, and calls the checks below.
set -u
: "${CUESMITH:=$PWD/build/cuesmith}"
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n_case=0
n_bad=0

report() { # OK? NAME
  n_case=$((n_case + 1))
  if [ "$1" -eq 0 ]; then
    echo "ok $n_case - $2"
  else
    echo "not ok $n_case - $2"
    n_bad=$((n_bad + 1))
  fi
}

skip() { # NAME REASON
  n_case=$((n_case + 1))
  echo "ok $n_case - $1 # SKIP $2"
}

# check NAME COMMAND...: the command succeeds.
check() {
  local name=$1
  shift
  "$@" >"$work/.out" 2>&1
  local status=$?
  [ $status -eq 0 ] || sed 's/^/# /' "$work/.out"
  report $status "$name"
}

# refuse NAME STATUS PATTERN ARGUMENT...: cuesmith ends with that status and one
# sentence on standard error that holds the pattern, and leaves no file behind.
refuse() {
  local name=$1 want=$2 pattern=$3 status before after bad=0
  shift 3
  before=$(ls -A "$work/here" 2>/dev/null)
  (cd "$work/here" && "$CUESMITH" "$@") >"$work/.out" 2>"$work/.err" </dev/null
  status=$?
  after=$(ls -A "$work/here" 2>/dev/null)
  [ "$status" -eq "$want" ] || { bad=1; echo "# status $status, wanted $want"; }
  [ "$(wc -l <"$work/.err")" -eq 1 ] || { bad=1; echo "# not one sentence"; }
  grep -qE -- "$pattern" "$work/.err" || { bad=1; echo "# wanted: $pattern"; }
  [ "$before" = "$after" ] || { bad=1; echo "# left behind: $after"; }
  [ "$bad" -eq 0 ] || sed 's/^/# /' "$work/.err"
  report $bad "$name"
}

finish() {
  exit $((n_bad > 0))
}
mkdir -p "$work/here"
export XDG_CONFIG_HOME="$work/config" # nobody's own words
