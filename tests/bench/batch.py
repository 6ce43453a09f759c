#!/usr/bin/env python3
"""Many cues: `cuesmith batch` against one process for each.

500 different beds of 30 s are made by one batch on all cores; a sample of them,
spread over the list, by single processes one after the other, half of them
before the batch and half after. Told are the throughput for each core in cues
for each second of processor time, which a busy machine bends least; that by the
clock, as against a loop in a shell, which wants a quiet machine; and the memory
of the batch over its run. Wanted: 1.6 times the single processes' throughput,
the memory of the last quarter within 5 % of that of the second, no failed job.

    tests/bench/batch.py [--jobs 500] [--singles 40] [--threads N] [--keep DIR]
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CUESMITH = os.environ.get("CUESMITH", str(ROOT / "build" / "cuesmith"))
MOODS = ["calm", "bright", "hopeful", "serious", "playful", "tense", "dreamy", "confident", "warm", "gentle",
         "energetic", "reflective", "optimistic", "cool", "light", "mysterious", "proud", "relaxed", "curious", "steady"]
KINDS = ["corporate", "lo-fi", "cinematic", "ambient", "acoustic", "electronic", "jazz", "house", "orchestral", "folk",
         "piano", "guitar", "strings", "synth", "funk", "documentary", "technology", "nature", "travel", "news",
         "fashion", "food", "science", "history", "sports"]
WANTED_RATIO, WANTED_DRIFT = 1.6, 0.05


def jobs(n):
    """n different beds; neighbours differ in mood and kind."""
    pairs = [(m, k) for k in range(len(KINDS)) for m in range(len(MOODS))]
    for i in range(n):
        m, k = pairs[i % len(pairs)]
        yield {"prompt": "%s %s bed" % (MOODS[m], KINDS[(k + m) % len(KINDS)]), "duration": 30,
               "seed": 1 + i // len(pairs), "output": "%04d.wav" % i}


def measured(work):
    """Seconds of processor and clock for which `work` waits, and its result."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    result = work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, time.monotonic() - begun, result


def resident_kib(pid):
    try:
        for line in open("/proc/%d/status" % pid):
            if line.startswith("VmRSS"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def run_batch(jobs_path, folder, threads):
    """@return rows, (share of the rows told, resident KiB) every 0.1 s."""
    command = [CUESMITH, "batch", str(jobs_path), "-o", str(folder), "--quiet"]
    if threads:
        command += ["--threads", str(threads)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    rows, samples, over = [], [], threading.Event()

    def watch():
        while not over.wait(0.1):
            samples.append((len(rows), resident_kib(run.pid)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    for line in run.stdout:
        rows.append(json.loads(line))
    run.wait()
    over.set()
    watcher.join()
    return rows, samples


def run_single(job, folder):
    command = [CUESMITH, job["prompt"], "-d", str(job["duration"]), "--seed", str(job["seed"]),
               "-o", str(folder / ("single-" + job["output"])), "--quiet"]
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode


def quarter(samples, n, which):
    """Median KiB while the rows of a quarter were told."""
    inside = [kib for told, kib in samples if which * n <= 4 * told < (which + 1) * n and kib > 0]
    return statistics.median(inside) if inside else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--singles", type=int, default=40)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--keep", help="leave the outputs in this folder")
    wish = parser.parse_args()
    work = pathlib.Path(wish.keep or tempfile.mkdtemp(prefix="cuesmith-batch-"))
    work.mkdir(exist_ok=True)
    try:
        all_jobs = list(jobs(wish.jobs))
        path = work / "jobs.jsonl"
        path.write_text("".join(json.dumps(job) + "\n" for job in all_jobs))
        sample = all_jobs[:: max(1, len(all_jobs) // wish.singles)][: wish.singles]
        first = measured(lambda: [run_single(job, work) for job in sample[::2]])
        batch_s, batch_clock_s, (rows, samples) = measured(lambda: run_batch(path, work / "out", wish.threads))
        last = measured(lambda: [run_single(job, work) for job in sample[1::2]])
        single_s, single_clock_s, codes = (a + b for a, b in zip(first, last))
        differs = [job["output"] for job in sample
                   if (work / "out" / job["output"]).read_bytes() != (work / ("single-" + job["output"])).read_bytes()]
    finally:
        if not wish.keep:
            shutil.rmtree(work, ignore_errors=True)
    failed = [row for row in rows if row["status"] == "failed"]
    missed = [row for row in rows if row["status"] == "missed"]
    rates = [(len(rows) / batch, len(sample) / single)
             for batch, single in ((batch_s, single_s), (batch_clock_s, single_clock_s))]
    second, last = quarter(samples, len(rows), 1), quarter(samples, len(rows), 3)
    drift = last / second - 1.0 if second else 0.0
    for what, (batch, single) in zip(("processor", "clock"), rates):
        print("%-9s batch %.2f, singles %.2f cues per second: %.2f times (wanted %.1f)" %
              (what, batch, single, batch / single, WANTED_RATIO))
    print("memory    %.0f MiB in the second quarter, %.0f MiB in the last: %+.1f %% (wanted within %.0f %%)" %
          (second / 1024, last / 1024, 100 * drift, 100 * WANTED_DRIFT))
    print("failed    %d, missed %d, unlike their single %d" % (len(failed), len(missed), len(differs)))
    for row in failed + missed:
        print("  line %d: %s: %s" % (row["line"], row["prompt"], row.get("error") or " ".join(row["missed"])))
    bad = (len(rows) != len(all_jobs) or failed or differs or any(code not in (0, 3) for code in codes) or
           rates[0][0] < WANTED_RATIO * rates[0][1] or abs(drift) > WANTED_DRIFT)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
