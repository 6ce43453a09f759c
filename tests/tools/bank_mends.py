#!/usr/bin/env python3
"""What soundfonts/recipe.json has to mend, zone by zone, so that a bank is in
tune and even: reads the bank and what font_table -k says of it, and prints the
rows of "mends" for each preset, [key, cents, dB].

    bank_mends.py BANK.sf2 TABLE.jsonl > mends.json

Cents are mended towards equal temperament where the tone is clear, and in
pianos towards the stretch of the neighbours; levels towards a running mean of
the neighbouring zones, at most 3 dB.
"""
import json
import struct
import sys

# Bells, drums and effects have no harmonics for the measurement to hold on to.
UNTUNED = {(0, p) for p in (9, 13, 14, 47, 101, 112, 114, 116, 117, 118, 119)} | {(8, 116)}
STRETCHED = {(0, p) for p in (0, 1, 2, 3)}
SIZES = {b"phdr": 38, b"pbag": 4, b"pmod": 10, b"pgen": 4, b"inst": 22, b"ibag": 4, b"imod": 10, b"igen": 4, b"shdr": 46}


def tables(path):
    data = open(path, "rb").read()
    at = data.rfind(b"LIST", 0, data.rfind(b"phdr")) + 12
    out = {}
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        rows = data[at + 8 : at + 8 + size]
        out[name] = [rows[i : i + SIZES[name]] for i in range(0, size, SIZES[name])]
        at += 8 + size
    return out


def u16(b, at=0):
    return struct.unpack_from("<H", b, at)[0]


def key_ranges(t):
    """Preset -> its zones' key ranges, when they part the keys among them."""
    out = {}
    for preset, head in enumerate(t[b"phdr"][:-1]):
        first, last = u16(t[b"inst"][preset], 20), u16(t[b"inst"][preset + 1], 20)
        ranges = set()
        for zone in range(first, last):
            for g in range(u16(t[b"ibag"][zone]), u16(t[b"ibag"][zone + 1])):
                gen = t[b"igen"][g]
                if u16(gen) == 43:
                    ranges.add((gen[2], gen[3]))
        parts = sorted(ranges)
        is_parted = all(a[1] < b[0] for a, b in zip(parts, parts[1:]))
        out[(u16(head, 22), u16(head, 20))] = parts if is_parted else []
    return out


def mean(x):
    return sum(x) / len(x) if x else 0.0


def median(x):
    return sorted(x)[len(x) // 2] if x else 0.0


def mends_of(preset, row, parts):
    zones = []
    for low, high in parts:
        keys = [k for k in row["keys"] if low <= k[0] <= high]
        if keys:
            zones.append((keys[len(keys) // 2][0], median([k[2] for k in keys]), mean([k[1] for k in keys]), median([k[3] for k in keys])))
    out = []
    for i, (key, cents, level, hnr) in enumerate(zones):
        around = zones[max(0, i - 2) : i + 3]
        wanted_db = mean([z[2] for z in around])
        wanted_cents = median([z[1] for z in around]) if preset in STRETCHED else 0.0
        more_cents = wanted_cents - cents if hnr >= 8 and preset not in UNTUNED else 0.0
        more_db = max(-3.0, min(3.0, wanted_db - level))
        more_cents = round(more_cents) if abs(more_cents) >= 2 and abs(more_cents) <= 60 else 0
        more_db = round(more_db, 1) if abs(more_db) >= 0.4 else 0
        if more_cents or more_db:
            out.append([key, more_cents, more_db])
    return out


def main():
    parts = key_ranges(tables(sys.argv[1]))
    found = {}
    for line in open(sys.argv[2]):
        row = json.loads(line)
        preset = (row["bank"], row["program"])
        if row["keys"] and parts.get(preset):
            mends = mends_of(preset, row, parts[preset])
            if mends:
                found["%d:%d" % preset] = {"mends": mends}
    json.dump(found, sys.stdout)


main()
