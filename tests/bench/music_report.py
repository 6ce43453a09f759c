#!/usr/bin/env python3
"""Make every cue of a list of prompts with several seeds, audit each, and say how often each property holds.

usage: music_report.py [--seeds N] [--out DIR] [--jobs N] [--user NAME] [PROMPTS.jsonl]

Writes DIR/report.md, a row per property: how many cues it applies to, the share that holds, the figures, the cue that
misses it most; and DIR/contact.svg, the picture of the first seed of every prompt. Exit status 3 when a hard property
is missed, a soft one holds for less than 80 in 100, or the soft ones on average for less than 92.
"""
import argparse, collections, concurrent.futures, json, os, re, statistics, subprocess, sys

CUESMITH = os.environ.get("CUESMITH", "build/cuesmith")
LEAST_SOFT, LEAST_SOFT_MEAN = 0.80, 0.92
THUMB_WIDTH, COLUMNS = 480, 4


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def make_and_judge(job):
    """One cue: its findings, or the sentence that refused it."""
    number, prompt, seed, folder = job
    base = f"{folder}/{number:03d}-{seed}"
    made = run(CUESMITH, "make", prompt, "--seed", str(seed), "-o", base + ".wav", "--threads", "1", "--quiet",
               *(["--picture", base + ".svg"] if seed == 1 else []))
    if made.returncode not in (0, 3):
        return job, None, made.stderr.strip()
    judged = run(CUESMITH, "audit", base + ".wav", "--json")
    os.remove(base + ".wav")
    if judged.returncode not in (0, 3):
        return job, None, judged.stderr.strip()
    return job, json.loads(judged.stdout)["properties"], made.returncode


def miss(row):
    """How far a figure lies outside its limits."""
    measured = row.get("measured")
    if row["holds"] or measured is None:
        return 0.0
    return max(row.get("low", measured) - measured, measured - row.get("high", measured), 1e-9)


class Tally:
    def __init__(self, row):
        self.name, self.hard, self.unit = row["name"], row["hard"], row["unit"]
        self.values, self.n, self.held, self.worst, self.place = [], 0, 0, 0.0, ""

    def add(self, row, prompt, seed):
        self.n += 1
        self.held += row["holds"]
        if isinstance(row.get("measured"), (int, float)):
            self.values.append(row["measured"])
        if miss(row) > self.worst:
            self.worst = miss(row)
            self.place = f"{prompt[:60]} (seed {seed}): {row.get('measured')} {row.get('where', '')}".replace("|", "/")


def contact_sheet(folder, numbers, prompts):
    """All pictures of the first seed, in a grid, as one SVG."""
    parts, height = [], 0
    for place, number in enumerate(numbers):
        try:
            with open(f"{folder}/{number:03d}-1.svg", encoding="utf-8") as f:
                svg = f.read()
        except FileNotFoundError:
            continue
        head = re.search(r"<svg[^>]*>", svg).group(0)
        width, tall = (float(re.search(rf'\b{k}="([\d.]+)', head).group(1)) for k in ("width", "height"))
        scaled = THUMB_WIDTH * tall / width
        height = max(height, scaled)
        body = svg[svg.index(head) + len(head):svg.rindex("</svg>")]
        body = re.sub(r'\b(id="|url\(#|href="#)', rf"\g<1>n{number}-", body)
        parts.append((place, width, tall, scaled, body))
    rows = (len(numbers) + COLUMNS - 1) // COLUMNS
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{COLUMNS * THUMB_WIDTH}" height="{rows * height:.0f}">']
    for place, width, tall, scaled, body in parts:
        x, y = place % COLUMNS * THUMB_WIDTH, place // COLUMNS * height
        out.append(f'<svg x="{x}" y="{y:.0f}" width="{THUMB_WIDTH}" height="{scaled:.0f}" viewBox="0 0 {width} {tall}">'
                   f"{body}</svg>")
    with open(f"{folder}/contact.svg", "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n</svg>\n")


def table(tallies):
    lines = ["| id | property | | cues | hold | median | least held |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for key, t in sorted(tallies.items()):
        median = f"{statistics.median(t.values):.3g} {t.unit}" if t.values else ""
        lines.append(f"| {key} | {t.name} | {'hard' if t.hard else 'soft'} | {t.n} | {t.held / t.n:.3f} | {median} | {t.place} |")
    return lines


def main():
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("prompts", nargs="?", default="tests/bench/music_prompts.jsonl")
    ask.add_argument("--seeds", type=int, default=5)
    ask.add_argument("--out", default="build/music-report")
    ask.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    ask.add_argument("--user", help="only the prompts of that kind of user")
    a = ask.parse_args()
    os.makedirs(a.out, exist_ok=True)
    with open(a.prompts, encoding="utf-8") as f:
        rows = [json.loads(line) for line in f if line.strip()]
    prompts = {i: r["prompt"] for i, r in enumerate(rows) if a.user in (None, r.get("user"))}
    jobs = [(i, p, s, a.out) for i, p in prompts.items() for s in range(1, a.seeds + 1)]
    tallies, refused, clean = {}, [], 0
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        for (number, prompt, seed, _), found, status in pool.map(make_and_judge, jobs):
            if found is None:
                refused.append(f"{prompt} (seed {seed}): {status}")
                continue
            clean += all(r["holds"] or not r["hard"] for r in found)
            for row in found:
                tallies.setdefault(row["id"], Tally(row)).add(row, prompt, seed)
    contact_sheet(a.out, list(prompts), prompts)
    n = len(jobs) - len(refused)
    hard = {k: t for k, t in tallies.items() if t.hard and t.held < t.n}
    shares = {k: t.held / t.n for k, t in tallies.items() if not t.hard}
    low = {k: s for k, s in shares.items() if s < LEAST_SOFT}
    mean = sum(shares.values()) / max(1, len(shares))
    summary = [f"{n} cues of {len(prompts)} prompts; {clean} hold every hard property",
               "hard ones missed: " + (", ".join(f"{k} {t.held / t.n:.3f}" for k, t in sorted(hard.items())) or "none"),
               f"soft ones hold for {mean:.3f} on average (at least {LEAST_SOFT_MEAN}); under {LEAST_SOFT}: "
               + (", ".join(f"{k} {s:.3f}" for k, s in sorted(low.items())) or "none")]
    summary += ["refused: " + r for r in refused]
    with open(f"{a.out}/report.md", "w", encoding="utf-8") as f:
        f.write("\n".join(["# What the music holds", "", *summary, "", *table(tallies)]) + "\n")
    print("\n".join(summary))
    print(f"{a.out}/report.md has the table, {a.out}/contact.svg the pictures")
    return 3 if hard or low or mean < LEAST_SOFT_MEAN or refused else 0


if __name__ == "__main__":
    sys.exit(main())
