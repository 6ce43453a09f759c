# Are the styles told apart by their notes? Needs the build's tools.
. tests/cli/lib.sh
tools=${OUT:-build/release}/tools/features
[ -x "$tools" ] || { skip "styles are told apart" "no $tools; make test builds it"; finish; }
check "of 290 cues nine in ten name their style" tests/bench/variety.py --least 0.9
check "a seed gives the same figures again" bash -c "cmp <('$tools' 5 5 bed '20 s') <('$tools' 5 5 bed '20 s')"
finish
