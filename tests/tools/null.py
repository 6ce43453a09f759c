#!/usr/bin/env python3
"""null.py MIX PART...: is the integer sum of the parts the mix, sample for sample?"""
import sys
from wav_samples import samples

mix, _ = samples(sys.argv[1])
total = None
for path in sys.argv[2:]:
    part, _ = samples(path)
    total = part if total is None else [a + b for a, b in zip(total, part)]
if len(total) != len(mix):
    sys.exit("lengths differ")
worst = max(abs(a - b) for a, b in zip(mix, total))
if worst:
    sys.exit(f"off by {worst}")
