#!/usr/bin/env python3
"""Make cues of every function in the styles that serve it, and count which
properties of the sound hold.

usage: sound.py [--seeds N] [--function NAME]... [--all] [--spectra] [STYLE...]

A line per property: how many cues it applies to, the share that holds, the
figures' range, and the worst cues. --spectra adds how far each octave is off
the line of T54, style by style. --all shows properties of the notes too.
"""
import argparse, collections, concurrent.futures, json, os, subprocess, sys

OUT = os.environ.get("OUT", "build/release")
CUESMITH = os.environ.get("CUESMITH", OUT + "/cuesmith")
FINDINGS = OUT + "/tools/findings"
SECONDS = {"underscore": 45, "bed": 60, "stinger": 4, "thematic": 48, "ambient": 60}
EXTRA = {"thematic": ["", "builds in the last 16 seconds"], "bed": ["", "builds from 0:30 to 0:50"],
         "underscore": ["", "builds in the last 15 seconds"], "stinger": [""], "ambient": [""]}
LEAST_FIT = 0.7


def styles():
    found = {}
    for name in sorted(os.listdir("presets/styles")):
        with open("presets/styles/" + name) as f:
            style = json.load(f)
        found[style["name"]] = style["fit"]
    return found


def make(job):
    style, function, seed, words = job
    prompt = f"{style} music" + (", " + words if words else "")
    command = ["nice", FINDINGS, prompt, "style", style, "function", function, "seed", str(seed), "duration",
               str(SECONDS[function]), "threads", "1"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr.strip()[:300]}")
    return job, json.loads(done.stdout)


def name_of(job):
    return f"{job[0]} {job[1]} {job[2]}" + (" builds" if job[3] else "")


def report(cues, everything):
    rows = collections.OrderedDict()
    for job, cue in cues:
        for f in cue["findings"]:
            if f["sound"] or everything:
                rows.setdefault(f["id"], []).append((f, job))
    gaps = [cue["gap"] for _, cue in cues]
    print(f"level gave way in {sum(g > 0.05 for g in gaps)} of {len(gaps)} cues, by {sum(gaps) / len(gaps):.2f} LU on "
          f"average, at most {max(gaps):.1f}")
    for key, seen in sorted(rows.items()):
        missed = [(f, j) for f, j in seen if not f["holds"]]
        values = [f["value"] for f, _ in seen]
        print(f"{key:5} {'hard' if seen[0][0]['hard'] else 'soft'} {seen[0][0]['name']:28} {len(seen):4} cues, "
              f"{1 - len(missed) / len(seen):6.1%} hold, {min(values):9.2f} to {max(values):9.2f}")
        for f, job in sorted(missed, key=lambda m: name_of(m[1])):
            print(f"        {name_of(job):36} {f['value']:9.2f} ({f['low']} to {f['high']}) {f['where']}")


def spectra(cues):
    by = collections.defaultdict(list)
    for job, cue in cues:
        off = [e + 1.5 * i for i, e in enumerate(cue["octaves"])]
        by[job[1], job[0]].append([x - sum(off) / len(off) for x in off])
    print("\noctaves off the line:   63   125   250   500    1k    2k    4k    8k")
    for (function, style), rows in sorted(by.items()):
        print(f"{function:10} {style:13}" + "".join(f"{sum(c) / len(c):6.1f}" for c in zip(*rows)))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("styles", nargs="*")
    ap.add_argument("--seeds", type=int, default=1)
    ap.add_argument("--first-seed", type=int, default=1)
    ap.add_argument("--function", action="append")
    ap.add_argument("--fit", type=float, default=LEAST_FIT)
    ap.add_argument("--plain", action="store_true", help="no asked builds")
    ap.add_argument("--all", action="store_true")
    ap.add_argument("--spectra", action="store_true")
    ap.add_argument("--jobs", type=int, default=2)
    a = ap.parse_args()
    jobs = [(style, function, seed, words) for style, fit in styles().items() for function in SECONDS
            for seed in range(a.first_seed, a.first_seed + a.seeds) for words in EXTRA[function]
            if fit[function] >= a.fit and (not a.styles or style in a.styles)
            and (not a.function or function in a.function) and not (a.plain and words)]
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        cues = list(pool.map(make, jobs))
    if os.environ.get("SOUND_JSON"):
        json.dump(cues, open(os.environ["SOUND_JSON"], "w"))
    report(cues, a.all)
    if a.spectra:
        spectra(cues)
    return 0


if __name__ == "__main__":
    sys.exit(main())
