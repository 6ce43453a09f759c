#!/usr/bin/env python3
"""How different the styles are, measured on notes.

usage: variety.py [--one] [--train N] [--test N] [--least SHARE] [-v]

Names the style of cues by the nearest centroid over feature rows of
build tools' `features`: density, register, rhythm, harmony, texture; tempo,
sounds and loudness are left out. The centroids come from other seeds than the
cues. Each figure is divided by its spread within a style, so that what a style
keeps counts more than what it varies, and each of the five kinds counts the same.
Themes and beds of several lengths and moods stand for each style; --one takes
60 s themes only. Prints the share of cues that are named rightly, the pairs that
are taken for each other, and the styles that share most of their patterns; exit
1 below --least.
"""
import argparse, collections, glob, itertools, json, os, subprocess, sys

FEATURES = os.environ.get("OUT", "build/release") + "/tools/features"
REQUESTS = [
    ("thematic", "60 s"),
    ("thematic", "30 s"),
    ("thematic", "100 s, builds at the end"),
    ("bed", "60 s"),
    ("bed", "120 s"),
    ("thematic", "45 s, calm"),
    ("thematic", "45 s, energetic"),
]


def rows(first, last, function, prompt):
    command = [FEATURES, str(first), str(last), function, prompt]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line.split("\t") for line in text.splitlines()]
    return lines[0][2:], [(line[0], [float(x) for x in line[2:]]) for line in lines[1:]]


def cues(first, n, requests):
    """n cues of each style, the requests in turn, seeds from `first` on."""
    names, all_rows = [], []
    for i, (function, prompt) in enumerate(requests):
        part = n * (i + 1) // len(requests) - n * i // len(requests)
        if part > 0:
            names, more = rows(first, first + part - 1, function, prompt)
            all_rows += more
            first += part
    return names, all_rows


def shared_patterns():
    """(share of the smaller set, style, style), largest first."""
    sets = {}
    for path in glob.glob("presets/styles/*.json"):
        with open(path) as file:
            style = json.load(file)
        lists = (entry.split("|") for t in style["tracks"] for entry in t.get("patterns", []))
        sets[style["name"]] = set(itertools.chain.from_iterable(lists))
    pairs = itertools.combinations(sorted(sets), 2)
    return sorted(((len(sets[a] & sets[b]) / min(len(sets[a]), len(sets[b])), a, b) for a, b in pairs), reverse=True)


def centroids(data):
    by_style = collections.defaultdict(list)
    for style, values in data:
        by_style[style].append(values)
    return {style: [sum(column) / len(column) for column in zip(*values)] for style, values in by_style.items()}


def scales(data, centres):
    """Weight of each column: one over its mean square within a style."""
    n = len(data[0][1])
    within = [0.0] * n
    for style, values in data:
        for i, (x, c) in enumerate(zip(values, centres[style])):
            within[i] += (x - c) ** 2
    middle = [sum(c[i] for c in centres.values()) / len(centres) for i in range(n)]
    between = [sum((c[i] - middle[i]) ** 2 for c in centres.values()) / len(centres) for i in range(n)]
    # A figure that never moves within any style would count without bound.
    return [1.0 / (w / len(data) + 0.05 * b + 1e-9) if b > 1e-12 else 0.0 for w, b in zip(within, between)]


def kinds(names):
    counts = collections.Counter(name.split(".")[0] for name in names)
    return [1.0 / counts[name.split(".")[0]] for name in names]


def classify(values, centres, weights):
    """One figure far off (beyond four spreads) counts no more than that."""

    def distance(centre):
        return sum(k * min(s * (x - c) ** 2, 16.0) for x, c, (s, k) in zip(values, centre, weights))

    return min(centres, key=lambda style: distance(centres[style]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--one", action="store_true")
    parser.add_argument("--train", type=int, default=28)
    parser.add_argument("--test", type=int, default=10)
    parser.add_argument("--least", type=float, default=0.9)
    parser.add_argument("-v", action="store_true")
    args = parser.parse_args()
    requests = REQUESTS[:1] if args.one else REQUESTS
    names, train = cues(1001, args.train, requests)
    _, test = cues(1, args.test, requests)
    centres = centroids(train)
    weights = list(zip(scales(train, centres), kinds(names)))
    confused, right = collections.Counter(), 0
    for style, values in test:
        named = classify(values, centres, weights)
        right += named == style
        if named != style:
            confused[style, named] += 1
    share = right / len(test)
    print(f"{100 * share:.1f} % of {len(test)} cues named rightly, {len(centres)} styles")
    for (style, named), n in confused.most_common() if args.v else confused.most_common(8):
        print(f"  {style} taken for {named}: {n}")
    for kind in sorted({name.split(".")[0] for name in names}) if args.v else []:
        only = [(s, k if name.split(".")[0] == kind else 0.0) for (s, k), name in zip(weights, names)]
        hits = sum(classify(values, centres, only) == style for style, values in test)
        print(f"  by {kind} alone: {100 * hits / len(test):.1f} %")
    print("patterns shared, of the smaller set:")
    for part, a, b in shared_patterns()[: 20 if args.v else 5]:
        print(f"  {a} and {b}: {100 * part:.0f} %")
    sys.exit(share < args.least)


if __name__ == "__main__":
    main()
