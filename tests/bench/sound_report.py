#!/usr/bin/env python3
"""Make cues of a list of prompts and let other people's tools judge their sound: ffmpeg, sox and a synthetic voice.

usage: sound_report.py [--seeds N] [--limit N] [--out DIR] [--jobs N] [--pictures N] [--stems N] [PROMPTS.jsonl]

--limit takes so many prompts, evenly spread over the list. Measured on every cue:
  loudness   integrated (of stingers the largest momentary) within 0.3 LU of the target in the record
  peak       true peak under the ceiling of the plan
  dc         offset of every channel under -70 dBFS
  end        last 50 ms under -60 dBFS and last sample 0, loops and cuts apart
  joint      of loops: the step from the last frame to the first is no larger than 999 in 1000 others
  T52        of the first themes (--stems): each stem's loudness in the climax against the mix, within 2.5 LU of RULEBOOK
             8.4; a soft property that only the stems can show, which is why no row of the audit has it
and what `cuesmith audit` says of the sound. A voice read at -16 LUFS stands over beds, underscores, themes and ambient cues
made with --profile under-speech: 14 to 20 LU lie between them. How many dB lie between them from 1 to 4 kHz is told too.

Writes DIR/report.md, and for the first cues (--pictures) a spectrogram, the waveform and the loudness over time.
Exit status 3 when a measurement of the above is missed.
"""
import argparse, collections, concurrent.futures, json, math, os, re, shutil, subprocess, sys, wave

HERE = os.path.dirname(os.path.abspath(__file__))
CUESMITH = os.environ.get("CUESMITH", "build/cuesmith")
OF_SOUND = re.compile(r"T0[13456]|T40d|T41|T42a|T43a|T44b|T45[bc]|T5[2345]")
TOLERANCE_LU, DC_DBFS, END_DBFS = 0.3, -70.0, -60.0
VOICE_LUFS, VOICE_GAP_LU = -16.0, (14.0, 20.0)
# RULEBOOK 8.4; a stem of several roles has their powers together: kick and snare, chords and ostinato, tune and second.
STEM_LU = {"drums": -6.0, "bass": -7.0, "pads": -12.0, "harmony": -6.2, "melody": -3.8}
STEM_TOLERANCE_LU = 2.5
SPEECH = ("Welcome back. Today we look at how a small team builds a bridge across the river, why it took eleven years, "
          "and what the people on both sides think of it now that the first cars have crossed.")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, errors="replace")


def checked(*command):
    done = run(*command)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()[-300:]}")
    return done


def loudness(path, span=None):
    """Integrated, largest momentary, range, true peak, as ffmpeg's ebur128 has them, and the short term over time."""
    part = ["-ss", str(span[0]), "-t", str(span[1] - span[0])] if span else []
    said = checked("ffmpeg", "-hide_banner", "-nostats", *part, "-i", path, "-filter_complex", "ebur128=peak=true",
                   "-f", "null", "-").stderr
    last = said[said.rindex("Summary:"):]
    number = {key: float(re.search(pattern + r"\s*(-?[\d.]+|-inf)", last).group(1))
              for key, pattern in (("integrated", r"I:"), ("range", r"LRA:"), ("peak", r"Peak:"))}
    number["momentary"] = max(map(float, re.findall(r" M:\s*(-?[\d.]+|-inf)", said)), default=-math.inf)
    return number


def dc_dbfs(path):
    offsets = re.search(r"DC offset\s+(.*)", checked("sox", path, "-n", "stats").stderr).group(1).split()
    worst = max(abs(float(x)) for x in offsets)
    return 20 * math.log10(worst) if worst > 0 else -200.0


def end_of(path):
    """Level of the last 50 ms and the last frame's largest sample."""
    with wave.open(path) as w:
        width, n = w.getsampwidth(), w.getframerate() // 20
        w.setpos(max(0, w.getnframes() - n))
        data, channels = w.readframes(n), w.getnchannels()
    x = [int.from_bytes(data[i:i + width], "little", signed=True) / 2 ** (8 * width - 1)
         for i in range(0, len(data), width)]
    power = sum(v * v for v in x) / max(1, len(x))
    return (10 * math.log10(power) if power > 0 else -200.0), max(map(abs, x[-channels:]))


def measure(path, record):
    """What holds and the figure, by name."""
    plan, audio = record["plan"], record["audio"]
    heard, rows = loudness(path), {}
    lufs = heard["momentary" if plan["function"] == "stinger" else "integrated"]
    rows["loudness"] = abs(lufs - audio["target_lufs"]) <= TOLERANCE_LU, lufs - audio["target_lufs"]
    rows["peak"] = heard["peak"] <= plan["peak_dbtp"] + 1e-6, heard["peak"]
    dc = dc_dbfs(path)
    rows["dc"] = dc < DC_DBFS, dc
    if plan["ending"] not in ("loop", "cut"):
        level, last = end_of(path)
        rows["end"] = level <= END_DBFS and last == 0, level
    if plan["ending"] == "loop":
        done = run(sys.executable, HERE + "/../tools/joint.py", path)
        rows["joint"] = done.returncode == 0, 0.0
    return rows


def stem_levels(path, folder, plan):
    """T52 of a theme with a climax."""
    climax = [s for s in plan["sections"] if s["kind"] == "climax"]
    rows = {}
    if plan["function"] == "thematic" and climax:
        span = climax[0]["start_s"], climax[-1]["end_s"]
        whole = loudness(path, span)["integrated"]
        for stem, wanted in STEM_LU.items():
            if os.path.exists(f"{folder}/{stem}.wav"):
                lu = loudness(f"{folder}/{stem}.wav", span)["integrated"] - whole
                rows[f"T52 {stem} against the mix"] = abs(lu - wanted) <= STEM_TOLERANCE_LU, lu, False
    shutil.rmtree(folder)
    return rows


def draw(path, stem, target_lufs):
    checked("sox", path, "-n", "remix", "-", "rate", "24k", "spectrogram", "-x", "900", "-y", "257", "-o", stem + "-spectrum.png")
    checked("ffmpeg", "-y", "-v", "error", "-i", path, "-filter_complex", "showwavespic=s=900x240", "-frames:v", "1",
            stem + "-waveform.png")
    checked("ffmpeg", "-y", "-v", "error", "-i", path, "-filter_complex",
            f"ebur128=video=1:size=900x480:meter=18:target={round(target_lufs)}[v][a];[v]fps=1[w]", "-map", "[w]", "-update", "1",
            stem + "-loudness.png", "-map", "[a]", "-f", "null", "-")


def make_and_measure(job):
    number, prompt, seed, folder, wants_picture, wants_stems = job
    stem = f"{folder}/{number:03d}-{seed}"
    made = run(CUESMITH, "make", prompt, "--seed", str(seed), "-o", stem + ".wav", "--record", stem + ".json",
               "--threads", "1", "--quiet", *(["--stems", stem + "-stems"] if wants_stems else []))
    if made.returncode not in (0, 3):
        return job, None, made.stderr.strip()
    with open(stem + ".json", encoding="utf-8") as f:
        record = json.load(f)
    rows = {name: (holds, figure, True) for name, (holds, figure) in measure(stem + ".wav", record).items()}
    audit = json.loads(checked(CUESMITH, "audit", stem + ".wav", "--json").stdout)["properties"]
    for row in audit:
        if OF_SOUND.match(row["id"]):
            rows[f"{row['id']} {row['name']}"] = row["holds"], row.get("measured"), row["hard"]
    if wants_stems:
        rows.update(stem_levels(stem + ".wav", stem + "-stems", record["plan"]))
    if wants_picture:
        draw(stem + ".wav", stem, record["audio"]["target_lufs"])
    os.remove(stem + ".wav")
    return job, rows, record["audio"].get("gave_way_lu", 0.0)


def speech_band_dbfs(path):
    """RMS from 1 to 4 kHz."""
    said = checked("ffmpeg", "-hide_banner", "-nostats", "-i", path, "-af",
                   "highpass=1000,highpass=1000,lowpass=4000,lowpass=4000,volumedetect", "-f", "null", "-").stderr
    return float(re.search(r"mean_volume: (-?[\d.]+)", said).group(1))


def voice_gaps(folder):
    """How far what is made for it lies under a voice: in LU, and in dB from 1 to 4 kHz."""
    spoken_raw, raw, voice = folder + "/voice-spoken.wav", folder + "/voice-raw.wav", folder + "/voice.wav"
    checked("espeak-ng", "-s", "150", "-w", spoken_raw, SPEECH)
    # At the rate of the cues before it is measured: at its own it reads 0.1 LU louder.
    checked("ffmpeg", "-y", "-v", "error", "-i", spoken_raw, "-ar", "48000", "-c:a", "pcm_s24le", raw)
    os.remove(spoken_raw)
    checked("ffmpeg", "-y", "-v", "error", "-i", raw, "-af", f"volume={VOICE_LUFS - loudness(raw)['integrated']}dB",
            "-c:a", "pcm_s24le", voice)
    spoken, spoken_band, gaps = loudness(voice)["integrated"], speech_band_dbfs(voice), []
    for style in ("corporate", "documentary", "ambient", "nature"):
        for function in ("bed", "underscore", "ambient" if style in ("ambient", "nature") else "thematic"):
            path = f"{folder}/under-{style}-{function}.wav"
            checked(CUESMITH, "make", f"{style} music, 30 s", "--style", style, "--function", function, "--profile",
                    "under-speech", "--seed", "1", "-o", path, "--quiet")
            gaps.append((f"{style} {function}", spoken - loudness(path)["integrated"], spoken_band - speech_band_dbfs(path)))
            os.remove(path)
    os.remove(raw)
    os.remove(voice)
    return gaps


def judged(rows):
    """Markdown of a row each: how many cues, the share that holds, the cue that misses."""
    lines = ["| measured | | cues | hold | lowest | highest | a miss |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for name, all_seen in rows.items():
        figures = [f for _, f, _, _ in all_seen if isinstance(f, (int, float))]
        missed = next((f"{place}: {figure if figure is None else round(figure, 2)}" for holds, figure, _, place in all_seen if not holds), "")
        kind = "hard" if all_seen[0][2] else "soft"
        lines.append(f"| {name} | {kind} | {len(all_seen)} | {sum(s[0] for s in all_seen) / len(all_seen):.3f} | "
                     + (f"{min(figures):.2f} | {max(figures):.2f}" if figures else "|") + f" | {missed.replace('|', '/')} |")
    return lines


def spread(rows, limit):
    return rows if not limit or limit >= len(rows) else [rows[i * len(rows) // limit] for i in range(limit)]


def main():
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("prompts", nargs="?", default=HERE + "/music_prompts.jsonl")
    ask.add_argument("--seeds", type=int, default=1)
    ask.add_argument("--limit", type=int, default=0)
    ask.add_argument("--out", default="build/sound-report")
    ask.add_argument("--jobs", type=int, default=2)
    ask.add_argument("--pictures", type=int, default=6)
    ask.add_argument("--stems", type=int, default=12)
    a = ask.parse_args()
    os.makedirs(a.out, exist_ok=True)
    with open(a.prompts, encoding="utf-8") as f:
        prompts = spread([(i, json.loads(line)["prompt"]) for i, line in enumerate(f) if line.strip()], a.limit)
    jobs = [(i, p, s, a.out, s == 1 and k < a.pictures, s == 1 and k < a.stems) for k, (i, p) in enumerate(prompts) for s in range(1, a.seeds + 1)]
    rows, refused, gave_way = collections.OrderedDict(), [], []
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        for job, found, more in pool.map(make_and_measure, jobs):
            if found is None:
                refused.append(f"{job[1]} (seed {job[2]}): {more}")
                continue
            gave_way.append(more)
            for name, (holds, figure, is_hard) in found.items():
                rows.setdefault(name, []).append((holds, figure, is_hard, f"{job[1][:60]} (seed {job[2]})"))
    rows = collections.OrderedDict(sorted(rows.items(), key=lambda r: (r[0][0] == "T", r[0])))
    gaps = voice_gaps(a.out)
    apart = [g for g in gaps if not VOICE_GAP_LU[0] - TOLERANCE_LU <= g[1] <= VOICE_GAP_LU[1] + TOLERANCE_LU]
    missed = [n for n, seen in rows.items() if seen[0][2] and not all(s[0] for s in seen)]
    given = [g for g in gave_way if g > 0.05]
    summary = [f"{len(gave_way)} cues of {len(prompts)} prompts; missed: " + (", ".join(missed) or "nothing hard"),
               f"the level gave way in {len(given)} of them, by at most {max(given, default=0.0):.1f} LU",
               "under a voice: " + ", ".join(f"{name} {gap:.1f} LU ({band:.0f} dB from 1 to 4 kHz)" for name, gap, band in gaps)]
    summary += [f"not 14 to 20 LU under a voice: {name}, {gap:.1f}" for name, gap, _ in apart]
    summary += ["refused: " + r for r in refused]
    pictures = [f"![{k}](%03d-1-{k}.png)" % i for i, _ in prompts[:a.pictures] for k in ("spectrum", "waveform", "loudness")]
    with open(a.out + "/report.md", "w", encoding="utf-8") as f:
        f.write("\n\n".join(["# How the cues sound", *summary, "\n".join(judged(rows)), *pictures]) + "\n")
    print("\n".join(summary))
    print(f"{a.out}/report.md has the table and the pictures")
    return 3 if missed or apart or refused else 0


if __name__ == "__main__":
    sys.exit(main())
