# An hour is made in bounded memory.
. tests/cli/lib.sh
case $(basename "$OUT") in
asan* | tsan*) skip "an hour in 512 MiB" "sanitizers need memory of their own" && finish ;;
esac
python3 - "$CUESMITH" "$work/hour.wav" <<'PY'
import os, subprocess, sys
p = subprocess.Popen([sys.argv[1], "steady corporate bed, 1 hour", "-o", sys.argv[2], "--rate", "16000", "--bits", "16",
                      "--channels", "1", "-q"], stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(p.pid, 0)
mib = usage.ru_maxrss / 1024
print(f"# an hour took {mib:.0f} MiB")
good = status == 0 and mib < 512
print("ok 1 - an hour stays under 512 MiB" if good else "not ok 1 - an hour stays under 512 MiB")
sys.exit(not good)
PY
