#!/usr/bin/env python3
"""notes.py A.mid B.mid [--from SECONDS]: are the notes that begin there or later the same in both?"""
import sys
from midi import notes

start = float(sys.argv[4]) if len(sys.argv) > 4 else -1.0
# A hair's breadth of room: a note at the border may be played early.
a, b = ({(c, k, v, round(s, 3)) for _, c, k, v, s, _ in notes(p) if s >= start + 0.05} for p in sys.argv[1:3])
if a != b:
    print(f"{len(a - b)} notes of the first and {len(b - a)} of the second differ")
    print(sorted(a - b, key=lambda n: n[3])[:5], sorted(b - a, key=lambda n: n[3])[:5])
    sys.exit(1)
