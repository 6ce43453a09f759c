#!/usr/bin/env python3
"""Many cues: `cuesmith batch` against one process for each.

500 different beds of 30 s are made by one batch on all cores; a sample of them,
spread over the list, by single processes. Told are the throughput for each core
(cues for each second of processor time, which a busy machine bends least) and
its ratio, and the memory of the batch over its run. Wanted: ratio 1.6, the
memory of the last quarter within 5 % of that of the second, no failed job.

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


def processor_s(work):
    """Processor time of the children that `work` waits for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, result


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
               "-o", str(folder / ("single-" + job["output"])), "--threads", "1", "--quiet"]
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
        begun = time.monotonic()
        batch_s, (rows, samples) = processor_s(lambda: run_batch(path, work / "out", wish.threads))
        wall_s = time.monotonic() - begun
        sample = all_jobs[:: max(1, len(all_jobs) // wish.singles)][: wish.singles]
        single_s, codes = processor_s(lambda: [run_single(job, work) for job in sample])
        differs = [job["output"] for job in sample
                   if (work / "out" / job["output"]).read_bytes() != (work / ("single-" + job["output"])).read_bytes()]
    finally:
        if not wish.keep:
            shutil.rmtree(work, ignore_errors=True)
    failed = [row for row in rows if row["status"] == "failed"]
    missed = [row for row in rows if row["status"] == "missed"]
    batch_rate, single_rate = len(rows) / batch_s, len(sample) / single_s
    second, last = quarter(samples, len(rows), 1), quarter(samples, len(rows), 3)
    drift = last / second - 1.0 if second else 0.0
    print("batch     %d cues, %.1f s, %.2f cues per processor second" % (len(rows), wall_s, batch_rate))
    print("singles   %d cues, %.2f cues per processor second" % (len(sample), single_rate))
    print("ratio     %.2f (wanted %.1f)" % (batch_rate / single_rate, WANTED_RATIO))
    print("memory    %.0f MiB in the second quarter, %.0f MiB in the last: %+.1f %% (wanted within %.0f %%)" %
          (second / 1024, last / 1024, 100 * drift, 100 * WANTED_DRIFT))
    print("failed    %d, missed %d, unlike their single %d" % (len(failed), len(missed), len(differs)))
    for row in failed + missed:
        print("  line %d: %s: %s" % (row["line"], row["prompt"], row.get("error") or " ".join(row["missed"])))
    bad = (len(rows) != len(all_jobs) or failed or differs or any(code not in (0, 3) for code in codes) or
           batch_rate < WANTED_RATIO * single_rate or abs(drift) > WANTED_DRIFT)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
