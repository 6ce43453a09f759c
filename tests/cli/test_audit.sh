# The audit from outside: where it finds record and sound, what it says, how it
# ends; a file that was changed is found out by the property that says so.
. tests/cli/lib.sh
W="$work"
prompt="calm piano bed, no drums, 90 BPM, 8 s"
(cd "$W" && "$CUESMITH" "$prompt" -o a.wav --record a-record.json >/dev/null 2>&1)

# missed FILE: ids of the hard properties that the JSON says are missed.
missed() {
  "$CUESMITH" audit "$@" --json 2>/dev/null | python3 -c 'import json,sys; print(*json.load(sys.stdin)["hard_missed"])'
}
# ends STATUS ARGUMENT...: the audit ends with that status.
ends() {
  local want=$1
  shift
  "$CUESMITH" audit "$@" >/dev/null 2>&1
  [ $? -eq "$want" ]
}
says() { # PATTERN ARGUMENT...
  local pattern=$1
  shift
  "$CUESMITH" audit "$@" 2>&1 | grep -qE -- "$pattern"
}

check "a cue that was just made holds" ends 0 "$W/a.wav"
check "it names what was heard" says "^heard: .*a\.wav" "$W/a.wav"
check "a record alone is judged by its notes" says "only the notes" "$W/a-record.json"
cp "$W/a-record.json" "$W/a.json"
check "a record finds the sound of its name" says "^heard: .*a\.wav" "$W/a.json"
(cd "$W" && "$CUESMITH" "$prompt" -o b.mp3 --record b.json >/dev/null 2>&1)
check "a lossy file finds the record of its name" says "^heard: .*b\.mp3" "$W/b.mp3"
mv "$W/b.json" "$W/other.json"
check "a record can be named" says "^heard: .*b\.mp3" "$W/b.mp3" "$W/other.json"
refuse "a sound file without a record" 2 "no record.*RECORD.json" audit "$W/b.mp3"
refuse "two records" 2 "two records" audit "$W/a.json" "$W/other.json"
refuse "no file" 2 "file is missing" audit
refuse "a file that is not there" 2 "nothing.wav" audit "$W/nothing.wav"
echo '{"prompt": "bed"}' >"$W/half.json"
refuse "half a record" 2 "record of .*half.json lacks" audit "$W/half.json"
refuse "a text that is no sound" 2 "dev.jsonl" audit "$root/tests/data/dev.jsonl" "$W/a.json"
sed 's/"bpm": [0-9.]*/"bpm": 91/' "$W/a.json" >"$W/c.json"
refuse "a record that makes another plan here" 2 "another plan" audit "$W/c.json"
font=$("$CUESMITH" list soundfonts | sed -n 's/.*; \(\/.*\.sf[23]\)$/\1/p' | head -1)
check "a soundfont can be heard instead" says "^heard: $font" "$W/a-record.json" --soundfont "$font"

# Changed sound: one frame more; 1 dB of gain; a chopped end.
change() { # HOW FROM TO
  python3 - "$@" <<'P'
import sys
sys.path.insert(0, "tests/tools")
how, source, target = sys.argv[1:]
raw = open(source, "rb").read()
at = 12
while raw[at:at + 4] != b"data":
    at += 8 + (int.from_bytes(raw[at + 4:at + 8], "little") + 1) // 2 * 2
at += 8
n = int.from_bytes(raw[at - 4:at], "little")
head, data, tail = raw[:at], raw[at:at + n], raw[at + n:]
if how == "longer":
    data += data[-6:]
elif how == "louder":
    out = bytearray()
    for i in range(0, n, 3):
        x = int.from_bytes(data[i:i + 3], "little", signed=True)
        out += max(-8388608, min(8388607, round(x * 1.1885))).to_bytes(3, "little", signed=True)
    data = bytes(out)
elif how == "chopped":
    data = data[:n - 6 * 4800] + data[6 * 4800:6 * 9600]
size = len(data).to_bytes(4, "little")
open(target, "wb").write(head[:-4] + size + data + tail)
P
}
change longer "$W/a.wav" "$W/longer.wav"
check "one frame more is found" test "$(missed "$W/longer.wav")" = "R01 T01"
change louder "$W/a.wav" "$W/louder.wav"
check "1.5 dB more is found" test "$(missed "$W/louder.wav")" = "T04a"
change chopped "$W/a.wav" "$W/chopped.wav"
check "an end that does not die away is found" test "$(missed "$W/chopped.wav")" = "T03a T03b"
check "a hard miss ends with status 3" ends 3 "$W/longer.wav"
check "and is named" says "misses what it has to keep: R01 T01$" "$W/longer.wav"

check "the record holds what make found" python3 -c '
import json, sys
record = json.load(open(sys.argv[1]))
sys.exit(record["audit"] != {"hard_missed": []})' "$W/a-record.json"

check "properties are listed" sh -c '"$1" list properties | grep -q "^T02 "' - "$CUESMITH"
check "the README holds the table of the program" tests/tools/audit_table.py --check
finish
