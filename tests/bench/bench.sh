#!/usr/bin/env bash
# Times and ratios, as tables: whole jobs against `fluidsynth -F` (RUNS, QUICK,
# LONG: see speed.py), then what starting costs, the single stages, the parser.
set -eu
cd "$(dirname "$0")/../.."
tests/bench/speed.py
echo
build/release/tools/stages
echo
build/release/tools/parse_bench "$PWD"
