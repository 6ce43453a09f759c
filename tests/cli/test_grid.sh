# The covering set of functions, lengths, meters and rates.
. tests/cli/lib.sh
tests/bench/grid.py --cover
