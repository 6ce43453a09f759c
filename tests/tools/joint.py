#!/usr/bin/env python3
"""joint.py LOOP.wav: is the step from the last frame to the first no larger than the 99.9th percentile of steps?"""
import sys
from wav_samples import samples

x, channels = samples(sys.argv[1])
for c in range(channels):
    one = x[c::channels]
    steps = sorted(abs(b - a) for a, b in zip(one, one[1:]))
    limit = steps[int(0.999 * len(steps))]
    if abs(one[0] - one[-1]) > limit:
        sys.exit(f"channel {c}: step {abs(one[0] - one[-1])} over {limit}")
