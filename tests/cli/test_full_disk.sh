# Every write refused once: a file may not grow past a limit, for many limits up
# to the size of the largest file. Each time the work fails with 1 and one
# sentence, and no file or folder is left.
. tests/cli/lib.sh
python3 - "$CUESMITH" "$work" <<'PY'
import os, resource, shutil, signal, subprocess, sys

program, work = sys.argv[1:]
here = os.path.join(work, "sweep")

def make(limit):
    """Make every kind of file; no file may pass the limit."""
    os.mkdir(here)
    def restrict():
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    p = subprocess.run(
        [program, "playful stinger, 1.2 s", "--rate", "8000", "--bits", "16", "-q", "-o", "x.wav", "--midi", "x.mid",
         "--record", "x.json", "--picture", "x.svg", "--stems", "stems"],
        cwd=here, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=restrict)
    sizes = [os.path.getsize(os.path.join(d, f)) for d, _, files in os.walk(here) for f in files]
    left = os.listdir(here)
    shutil.rmtree(here)
    return p.returncode, p.stderr.decode(), left, sizes

status, said, left, sizes = make(None)
print("ok 1 - every kind of file is made" if status == 0 else "not ok 1 - every kind of file is made")
if status != 0:
    sys.exit(1)

# Just under each file's size, and evenly between.
largest = max(sizes)
limits = {0, 1, 43, 4096, largest - 1} | {s - 1 for s in sizes} | {s // 2 for s in sizes}
limits |= {largest * i // 12 for i in range(1, 12)}
# The thread sanitizer writes something before main(): there is no program then.
writes_nothing = subprocess.run(
    [program, "--version"], stdout=subprocess.DEVNULL,
    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)))
if writes_nothing.returncode == -signal.SIGXFSZ:
    limits.remove(0)
bad = []
for limit in sorted(limits):
    status, said, left, _ = make(limit)
    if status != 1 or said.count("\n") != 1 or not said.startswith("cuesmith: ") or left:
        bad.append(f"# {limit} bytes: status {status}, left {left}, said: {said.strip()!r}")
for line in bad:
    print(line)
print("ok 2" if not bad else "not ok 2", f"- {len(limits)} full disks leave nothing and say why")
status, said, left, _ = make(largest + (1 << 20))
print("ok 3" if status == 0 else "not ok 3", "- a limit over every file refuses nothing")
sys.exit(1 if bad or status != 0 else 0)
PY
