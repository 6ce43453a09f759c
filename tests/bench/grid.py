#!/usr/bin/env python3
"""Make cues over functions x lengths x meters x rates and measure each one.

usage: grid.py [--all | --cover] [--jobs N] [--ending NAME]

--all    the whole grid of 540 (make grid)
--cover  at most 40 that hold every pair of values but for function x length, of
         which there are 60; the function x length pairs that are left are
         planned and checked without sound (part of the tests). Sanitizers take
         ten times as long: their builds leave out what is over 90 s.

Measured by build tools that share nothing with the program: frames, loudness,
true peak, silence at the end. Prints "not ok" lines for what misses and a line
of counts; exit 1 when something missed.
"""
import argparse, concurrent.futures, itertools, json, os, subprocess, sys, tempfile

FUNCTIONS = ["underscore", "bed", "stinger", "thematic", "ambient"]
OUT = os.environ.get("OUT", "build/release")
SANITIZED = os.path.basename(OUT).startswith(("asan", "tsan"))
LENGTHS = [0.5, 1, 2.5, 7, 15, 29.97, 30, 59.94, 60, 90] + ([] if SANITIZED else [187.3, 600])
METERS = ["4/4", "3/4", "6/8"]
RATES = [44100, 48000, 96000]
AXES = [FUNCTIONS, LENGTHS, METERS, RATES]
CUESMITH = os.environ.get("CUESMITH", OUT + "/cuesmith")
METER = OUT + "/tools/meter"
PROMPT = "warm, steady, hopeful"


def pairs(row):
    return {(i, row[i], j, row[j]) for i in range(4) for j in range(i + 1, 4)}


def cover(limit=40):
    """Greedy covering set: first the pairs that can all be had, then as many
    function x length pairs as there is room for."""
    every = list(itertools.product(*AXES))
    wanted = set().union(*map(pairs, every))
    optional = {p for p in wanted if p[0] == 0 and p[2] == 1}
    hard, rows = wanted - optional, []
    while len(rows) < limit:
        row = max(every, key=lambda r: (4 * len(pairs(r) & hard) + 3 * len(pairs(r) & optional), -r[1]))
        if not pairs(row) & (hard | optional):
            break
        rows.append(row)
        hard -= pairs(row)
        optional -= pairs(row)
    assert not hard, "the covering set misses pairs"
    return rows, sorted((p[1], p[3]) for p in optional)


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"status {done.returncode}: {done.stderr.strip()[:300]}")
    return done.stdout


def options(row):
    function, length, meter, rate = row
    return ["--function", function, "--duration", str(length), "--meter", meter, "--rate", str(rate)]


def judge(row, folder, ending):
    function, length, meter, rate = row
    wav = os.path.join(folder, "-".join(map(str, row)).replace("/", "_") + ".wav")
    extra = ["--ending", ending] if ending else []
    record = json.loads(run([CUESMITH, PROMPT, "-o", wav, "--json", "-q", "--threads", "1", *options(row), *extra]))
    figures = json.loads(run([METER, wav]))
    os.unlink(wav)
    audio, missed = record["audio"], []
    loudness = figures["momentary"] if function == "stinger" else figures["integrated"]
    if figures["frames"] != int(length * rate + 0.5):
        missed.append(f"frames {figures['frames']}")
    if abs(loudness - audio["target_lufs"]) > 0.5:
        missed.append(f"loudness {loudness} for {audio['target_lufs']}")
    if figures["true_peak"] > -1.0 + 1e-3:
        missed.append(f"true peak {figures['true_peak']}")
    if ending not in ("loop", "cut") and (figures["end_rms"] > -60 or figures["last"] != 0):
        missed.append(f"end {figures['end_rms']} dBFS, last {figures['last']}")
    return missed, audio["target_lufs"] - record["plan"]["loudness_lufs"]


def judge_plan(function, length):
    plan = json.loads(run([CUESMITH, "plan", PROMPT, "--function", function, "--duration", str(length)]))
    return [] if plan["frames"] == int(length * 48000 + 0.5) else [f"plan frames {plan['frames']}"]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--all", action="store_true")
    ap.add_argument("--cover", action="store_true")
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--ending")
    a = ap.parse_args()
    rows, plans = cover() if not a.all else (list(itertools.product(*AXES)), [])
    bad = n = lowered = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        jobs = {pool.submit(judge, r, folder, a.ending): r for r in rows}
        jobs |= {pool.submit(judge_plan, *p): p for p in plans}
        for job in concurrent.futures.as_completed(jobs):
            n += 1
            try:
                result = job.result()
                missed, off = result if isinstance(result, tuple) else (result, 0)
                lowered += off < -0.05
                if off < -0.05 and a.all:
                    print(f"# {jobs[job]}: level gave way by {-off:.1f} dB")
            except RuntimeError as e:
                missed = [str(e)]
            if missed:
                bad += 1
                print(f"not ok {n} - {jobs[job]}: " + "; ".join(missed))
            else:
                print(f"ok {n} - {' '.join(map(str, jobs[job]))}")
    print(f"# {n} combinations, {bad} missed, level gave way in {lowered}")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
