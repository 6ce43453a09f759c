#!/usr/bin/env bash
# Times and ratios, as a table. Medians of RUNS runs in one go, because machines
# are shared: ours and `fluidsynth -F` in turn on the MIDI that ours exports.
set -eu
cd "$(dirname "$0")/../.."
runs=${RUNS:-5}
cuesmith=$PWD/build/cuesmith
font=${FONT:-/usr/share/sounds/sf2/FluidR3_GM.sf2}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 - "$cuesmith" "$font" "$runs" <<'PY'
import json, os, resource, statistics, subprocess, sys, time
cuesmith, font, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
MISSION = "bright, forward-moving, no vocals, 90 s, builds in last 20 s"

def timed(command):
    start = time.perf_counter()
    p = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(p.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(command)} ended with {status}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024

def median(rows, i):
    return statistics.median(r[i] for r in rows)

jobs = [
    ("thematic 90 s", [MISSION]),
    ("bed 90 s", ["calm corporate bed, 90 s"]),
    ("underscore 90 s", ["tense underscore, 90 s"]),
    ("ambient 90 s", ["dreamy ambient, 90 s"]),
    ("stinger 3 s", ["triumphant stinger, 3 s"]),
    ("bed 10 min", ["calm corporate bed, 10 min"]),
]
print(f"{'job':18} {'wall s':>8} {'cpu s':>8} {'x real':>8} {'fluidsynth -F':>14} {'ratio':>7} {'peak MiB':>9}")
for name, args in jobs:
    ours, theirs = [], []
    timed([cuesmith, *args, "-o", "a.wav", "--midi", "a.mid", "-q"])
    seconds = json.loads(subprocess.run([cuesmith, "plan", *args], capture_output=True).stdout)["duration_s"]
    for _ in range(runs):
        ours.append(timed([cuesmith, *args, "-o", "a.wav", "-q"]))
        theirs.append(timed(["fluidsynth", "-ni", "-q", "-r", "48000", "-F", "b.wav", font, "a.mid"]))
    ratio = statistics.median(t[0] / o[0] for o, t in zip(ours, theirs))
    wall = median(ours, 0)
    print(f"{name:18} {wall:8.3f} {median(ours, 1):8.3f} {seconds / wall:8.1f} "
          f"{median(theirs, 0):12.3f} s {ratio:6.2f}x {median(ours, 2):9.1f}")
PY
echo
"$OLDPWD/build/release/tools/stages"
echo
"$OLDPWD/build/release/tools/parse_bench" "$OLDPWD"
