#!/usr/bin/env python3
"""How loud every track stands in the mix, style by style.

usage: balance.py [--function NAME] [--seeds N] [--seconds S] [--tracks] [--fit] [STYLE...]

A row per cue: how far its level had to give way, loudness range, peak over
loudness before any limiting, balance of the sides, correlation, what mono
loses, share of 1 to 4 kHz, deviation of the short-term loudness, first sound,
the octave furthest off a fall of 4.5 dB an octave.
--tracks adds a row per track: loudness against the mix at the climax (of beds
and the rest: the whole), what RULEBOOK 8.4 asks, and its own peak over the
mix's loudness. --fit sums up per track of the style over all seeds, with the
level_db that would bring it to its target.

Soloing is done by the plan: track after track of a stem keeps it, the others
of that stem move to another one. The loudness of the cue is lowered for it, so
that no limiter takes part.
"""
import argparse, collections, json, os, subprocess, sys, tempfile

OUT = os.environ.get("OUT", "build/release")
CUESMITH = os.environ.get("CUESMITH", OUT + "/cuesmith")
MIX = OUT + "/tools/mix"
TARGETS = {"melody": -5, "chords": -8, "motion": -11, "pad": -12, "bass": -7, "drums": -7, "counter": -10,
           "percussion": -15, "colour": -16, "effects": -16}
STEMS = ["drums", "bass", "harmony", "pads", "melody", "effects"]
QUIET_LUFS = -34


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()[:300]}")
    return done.stdout


def look(path, span):
    done = run(MIX, str(span[0]), str(span[1]), path)
    return json.loads(done)


def span_of(plan):
    climax = [s for s in plan["sections"] if s["kind"] == "climax"]
    if plan["function"] == "thematic" and climax:
        return climax[0]["start_s"], climax[-1]["end_s"]
    return 0, plan["duration_s"]


def worst_octave(octaves):
    """Against the line of -4.5 dB an octave that fits best."""
    off = [e + 4.5 * i for i, e in enumerate(octaves)]
    mean = sum(off) / len(off)
    i = max(range(len(off)), key=lambda i: abs(off[i] - mean))
    return off[i] - mean, int(62.5 * 2 ** i)


def cue(folder, style, function, seed, seconds):
    wav = folder + "/cue.wav"
    record = json.loads(run(CUESMITH, "music", "--style", style, "--function", function, "--seed", str(seed), "-d",
                            str(seconds), "--rate", "24000", "-o", wav, "-q", "--json"))
    plan = record["plan"]
    figures = look(wav, (0, seconds))
    gap = plan["loudness_lufs"] - record["audio"]["target_lufs"]
    return plan, figures, gap


def solo(folder, plan, figures):
    """Loudness and peak of each track against the mix."""
    rows, by_stem = {}, collections.defaultdict(list)
    for i, track in enumerate(plan["tracks"]):
        by_stem[track["stem"]].append(i)
    span, wav, stems = span_of(plan), folder + "/solo.wav", folder + "/stems"
    for turn in range(max(map(len, by_stem.values()))):
        chosen = {s: tracks[turn] for s, tracks in by_stem.items() if turn < len(tracks)}
        spare = next((s for s in reversed(STEMS) if s not in chosen), None)
        if spare is None:  # One of the stems waits for a turn of its own.
            by_stem["effects"].append(chosen.pop("effects"))
            spare = "effects"
        edited = json.loads(json.dumps(plan)) | {"loudness_lufs": QUIET_LUFS}
        for i, track in enumerate(edited["tracks"]):
            track["stem"] = track["stem"] if chosen.get(track["stem"]) == i else spare
        with open(folder + "/plan.json", "w") as f:
            json.dump(edited, f)
        run(CUESMITH, "--plan", folder + "/plan.json", "-o", wav, "-q", "--stems", stems)
        mix = look(wav, span)
        if turn == 0:
            whole = look(wav, (0, plan["duration_s"]))
            figures["plr"] = whole["true_peak"] - whole["integrated"]
        for stem, i in chosen.items():
            alone = look(f"{stems}/{stem}.wav", span)
            rows[i] = (alone["integrated"] - mix["integrated"], alone["true_peak"] - mix["integrated"],
                       alone["balance"], alone["true_peak"] - alone["integrated"])
    for i in range(len(plan["tracks"])):  # Those that the effects waited for.
        rows.setdefault(i, (-200, -200, 0, 0))
    return rows


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("styles", nargs="*")
    ap.add_argument("--function", default="thematic")
    ap.add_argument("--seeds", type=int, default=1)
    ap.add_argument("--seconds", type=float, default=48)
    ap.add_argument("--tracks", action="store_true")
    ap.add_argument("--fit", action="store_true")
    a = ap.parse_args()
    styles = a.styles or [s["name"] for s in json.loads(run(CUESMITH, "list", "styles", "--json"))]
    print(f"{'style':15} {'seed':>4} {'gap':>5} {'LRA':>5} {'PLR':>5} {'L-R':>5} {'corr':>5} {'mono':>5} {'1-4k':>6} "
          f"{'sd':>5} {'lead':>6} {'octave':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for style in styles:
            fits = collections.defaultdict(list)
            for seed in range(1, a.seeds + 1):
                plan, f, gap = cue(folder, style, a.function, seed, a.seconds)
                rows = solo(folder, plan, f) if a.tracks or a.fit else {}
                off, hz = worst_octave(f["octaves"])
                print(f"{style:15} {seed:4} {gap:5.2f} {f['range']:5.1f} {f.get('plr', 0):5.1f} {f['balance']:5.1f} "
                      f"{f['correlation']:5.2f} {f['mono_loss']:5.2f} {f['speech_band']:6.1f} {f['short_sd']:5.2f} "
                      f"{f['lead_s']:6.3f} {off:+5.1f} @{hz:5}", flush=True)
                count = collections.Counter()
                for i, track in enumerate(plan["tracks"]):
                    place = track["role"], count[track["role"]]
                    count[track["role"]] += 1
                    if i not in rows:
                        continue
                    lu, peak, side, crest = rows[i]
                    wish = TARGETS[track["role"]]
                    fits[place].append((track["name"], lu - wish))
                    if a.tracks:
                        print(f"    {track['role']:11} {track['name']:20} level {track['level_db']:6.1f}  "
                              f"{lu:6.1f} LU (asked {wish:4}, off {lu - wish:+5.1f})  peak {peak:+5.1f} "
                              f"crest {crest:5.1f}  L-R {side:+5.1f}")
            if a.fit:
                for place, seen in fits.items():
                    print(f"  fit {place[0]:11} {place[1]}: " + ", ".join(f"{n} {d:+.1f}" for n, d in seen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
