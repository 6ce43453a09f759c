# A list of jobs: what comes out is the same for any number of threads, in parts
# and in several goes; bad lines are named and stop nobody.
. tests/cli/lib.sh
here=$work/here
cd "$here" || exit 1
export XDG_CACHE_HOME=$work/cache
unset SLURM_ARRAY_TASK_ID JOB_COMPLETION_INDEX AWS_BATCH_JOB_ARRAY_INDEX

# batch STATUS ARGUMENT...: rows into .rows, errors into .err.
batch() {
  local want=$1 status
  shift
  "$CUESMITH" batch "$@" >.rows 2>.err </dev/null
  status=$?
  [ $status -eq "$want" ] && return 0
  echo "status $status, wanted $want"
  cat .err
  return 1
}
says() { # PATTERN...: each stands in .err
  local p
  for p; do grep -qE -- "$p" .err || { echo "lacks: $p"; cat .err; return 1; }; done
}
inodes() { (cd "$1" && find . -type f ! -name 'manifest*' -exec stat -c '%n %i %Y' {} + | sort); }

cat >jobs.jsonl <<'.'
{"prompt": "calm piano bed", "duration": 3}
{"prompt": "calm piano bed", "duration": 3, "seed": 2, "output": "a/b.wav", "midi": "a/b.mid", "stems": "a/stems", "record": "r/2.json"}

{"prompt": "tense", "duration": 2.5, "output": "x.flac", "alt": "no-drums"}
{"prompt": "corporate sting, 2 s", "output": "o.mp3", "key": "D minor"}
{"prompt": "ambient", "duration": "3", "bits": 16, "channels": 1}
{"prompt": "house, 120 bpm", "duration": "3", "loop": true, "rate": 22050}
.
one() {
  batch 0 jobs.jsonl -o one --threads 1 && cmp .rows one/manifest.jsonl && [ ! -s .err ] &&
    [ "$(wc -l <.rows)" -eq 6 ] && [ "$(cut -d, -f1 .rows | tr '\n' ' ')" = '{"line":1 {"line":2 {"line":4 {"line":5 {"line":6 {"line":7 ' ]
}
check "every job is made, its row is on standard output and in the manifest" one
check "outputs stand where the list says" test -s one/a/b.wav -a -s one/a/b.mid -a -s one/r/2.json -a -s one/x.no-drums.flac
check "encoded sound has its record beside it" grep -q '"prompt": "corporate sting, 2 s"' one/o.json
check "a job without a name is called after prompt and content" \
  sh -c 'ls one | grep -qxE "calm-piano-bed-[0-9a-f]{8}\.wav"'
"$CUESMITH" "ambient" -d 3 --bits 16 --channels 1 -o single.wav -q
check "a job's file is that of a single run" sh -c 'cmp single.wav one/ambient-*.wav'
check "a row has the measured figures" python3 - <<'.'
import json
rows = [json.loads(line) for line in open("one/manifest.jsonl")]
for row in rows:
    assert row["status"] == "made" and row["missed"] == [] and len(row["sha256"]) == 64, row
    assert row["seconds"] in (2, 2.5, 3) and -30 < row["lufs"] < -8 and row["peak_dbtp"] <= 0, row
assert rows[3]["key"] == "D minor" and rows[3]["file"] == "o.mp3"
assert 30 <= rows[5]["tempo_bpm"] <= 300 and rows[0]["style"] and rows[1]["seed"] == 2
.
many() { batch 0 jobs.jsonl -o many --threads 5 && diff -r one many; }
check "any number of threads gives the same bytes" many
parts() {
  local i
  for i in 2 0 1; do batch 0 jobs.jsonl -o parts --shard $i/3 || return 1; done
  batch 0 --join parts && rm parts/manifest-*-of-3.jsonl && diff -r one parts
}
check "parts joined are the whole" parts
slurm() {
  local i
  for i in 1 2; do
    SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=2 SLURM_ARRAY_TASK_STEP=1 \
      SLURM_ARRAY_TASK_COUNT=2 batch 0 jobs.jsonl -o slurm --shard slurm || return 1
  done
  ls slurm/manifest-0-of-2.jsonl slurm/manifest-1-of-2.jsonl && batch 0 --join slurm && cmp one/manifest.jsonl slurm/manifest.jsonl
}
check "a Slurm array is read" slurm
another_split() {
  SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=2 SLURM_ARRAY_TASK_STEP=1 \
    SLURM_ARRAY_TASK_COUNT=3 batch 2 jobs.jsonl -o slurm --shard slurm && says "slurm/2"
}
check "an array that does not fit what stands there is refused" another_split

# ---- Going on ------------------------------------------------------------------
cp -a one again
inodes again >before
kept() { batch 0 jobs.jsonl -o again --resume && diff -r one again && inodes again | cmp - before; }
check "what is there and whole is kept, and its rows read the same" kept
printf 'x' | dd of=again/a/b.wav bs=1 seek=2000 conv=notrunc 2>/dev/null
rm again/o.json again/x.no-drums.flac
truncate -s 1000 again/"$(basename again/ambient-*.wav)"
rm again/a/stems/"$(ls again/a/stems | head -1)"
mended() {
  batch 0 jobs.jsonl -o again --resume && diff -r one again && [ "$(inodes again | comm -12 - before | wc -l)" -eq 2 ]
}
check "what is broken or missing is made again, and only that" mended
sed 's/"tense"/"very tense"/; s/3, "seed": 2/3, "seed": 3/' jobs.jsonl >changed.jsonl
changed() {
  batch 0 changed.jsonl -o changed && batch 0 changed.jsonl -o again --resume && diff -r changed again
}
check "a job that was changed is made again" changed
bits() { batch 0 jobs.jsonl -o again --resume --bits 16 && batch 0 jobs.jsonl -o fresh --bits 16 && cmp fresh/a/b.wav again/a/b.wav; }
check "so is one for which the options of the run changed" bits
n_long=12
case $(basename "${OUT:-}") in asan* | tsan*) n_long=5 ;; esac # each job takes them as long
for i in $(seq $n_long); do echo "{\"prompt\": \"calm piano bed\", \"duration\": 2, \"seed\": $i, \"midi\": \"m/$i.mid\"}"; done >long.jsonl
killed() {
  local t pid
  batch 0 long.jsonl -o undisturbed || return 1
  for t in 0.15 0.4 0.7; do
    rm -rf killed
    "$CUESMITH" batch long.jsonl -o killed >/dev/null 2>&1 &
    pid=$!
    sleep $t
    kill -9 $pid
    wait $pid
    batch 0 long.jsonl -o killed --resume && diff -r undisturbed killed || return 1
  done
} 2>/dev/null
check "a run that was killed goes on to the same end" killed
touch killed/.other.wav.cuesmith-00ab12 killed/m/.3.mid.cuesmith-00ab12
swept() {
  batch 0 long.jsonl -o killed --resume && [ "$(find killed -name '*.cuesmith-*')" = killed/.other.wav.cuesmith-00ab12 ]
}
check "half files of its jobs are swept, those of others stay" swept
stopped() {
  local pid status
  "$CUESMITH" batch long.jsonl -o stopped >.rows 2>.err &
  pid=$!
  sleep 0.4
  kill -TERM $pid
  wait $pid
  status=$?
  [ $status -eq 0 ] && return 0 # it was faster
  [ $status -eq 143 ] && [ ! -e stopped/manifest.jsonl ] && ! find stopped -name '*.cuesmith-*' | grep .
}
check "a signal stops it cleanly" stopped

# ---- Bad input -----------------------------------------------------------------
mkdir bad away
ln -s ../away bad/link
ln -s ../away/file.wav bad/file.wav
cat >bad.jsonl <<'.'
{"prompt": "calm bed", "duration": 2, "output": "good.wav"}
{"prompt": "calm bed", "duration":
{"prompt": "calm bed", "durration": 2}
{"prompt": "calm bed", "duration": 2, "output": "../up.wav"}
{"prompt": "calm bed", "duration": 2, "output": "/tmp/cuesmith-absolute.wav"}
{"prompt": "calm bed", "duration": 2, "output": "link/x.wav"}
{"prompt": "calm bed", "duration": 2, "output": "file.wav"}
{"prompt": "calm bed", "duration": 2, "output": "good.wav", "seed": 2}
{"prompt": "calm bed", "duration": 2, "output": "folder/"}
{"prompt": "calm bed", "duration": 2, "midi": "link/x.mid", "seed": 2}
{"prompt": "calm bed", "duration": 2, "stems": "link/stems", "seed": 3}
{"prompt": "calm bed", "duration": 2, "seed": 4}
{"prompt": "calm bed", "duration": 2, "seed": 4}
{"prompt": "calm bed", "duration": 0.1}
{"prompt": "calm bed", "duration": 2, "output": "x.aiff"}
{"duration": 2}
{"prompt": "calm bed", "duration": 2, "output": "last.wav", "style": "no-such-style"}
{"prompt": "calm bed", "duration": 2, "output": "good.wav/x.wav"}
{"prompt": "calm bed", "duration": 2, "alt": "no-drums", "output": "alt.wav"}
.
ln -s ../away/alt.wav bad/alt.no-drums.wav
bad() {
  batch 1 bad.jsonl -o bad && says "line 2: column .*one object on one line" 'line 3: .*did you mean "duration"' \
    "line 4: .*climbs out" "line 5: .*outside the output folder" "line 6: .*through the link" \
    "line 7: .*a link and no plain file" "line 8: good.wav is an output of line 1" "line 9: .*ends in a slash" \
    "line 10: .*through the link" "line 11: .*through the link" "line 13: .*job of line 12 again" \
    "line 14: .*0.5 s" "line 15: .*aiff" "line 16: .*no prompt" "line 17: .*no-such-style" \
    "line 18: good.wav is an output of line 1" "line 19: .*a link and no plain file" "17 of 19 jobs failed.*--resume" || return 1
  [ "$(wc -l <.err)" -eq 18 ] && [ "$(grep -c '"status":"made"' bad/manifest.jsonl)" -eq 2 ]
}
check "each bad line is named with its mend, and the good ones are made" bad
check "nothing is written outside the folder" \
  sh -c '[ -z "$(ls -A away)" ] && [ ! -e up.wav ] && [ ! -e /tmp/cuesmith-absolute.wav ]'
echo '{"prompt": "piano, 8 s, silence from 0:02 to 0:05, hit at 0:03", "output": "miss.wav"}' >miss.jsonl
missed() {
  batch 3 miss.jsonl -o miss && says "line 1: miss/miss.wav is made, but misses T59" "1 of 1 cues" && test -s miss/miss.wav &&
    grep -q '"status":"missed".*"missed":\["T59"\]' miss/manifest.jsonl && cp miss/manifest.jsonl first &&
    batch 3 miss.jsonl -o miss --resume && cmp first miss/manifest.jsonl
}
check "a cue that misses a property stands, marked, with status 3" missed
csv() {
  printf 'prompt,duration,output\r\n"calm, soft bed",2,a b.wav\r\n' | "$CUESMITH" batch - -o csv >.rows 2>.err &&
    grep -q '"file":"a b.wav","prompt":"calm, soft bed"' .rows
}
check "CSV is read from standard input" csv
slow() { # a producer that takes its time does not hold back what is done
  local pid
  mkfifo pipe
  "$CUESMITH" batch - -o slow <pipe >slow.rows 2>/dev/null &
  pid=$!
  exec 7>pipe
  echo '{"prompt": "calm bed", "duration": 2}' >&7
  for _ in $(seq 300); do [ -s slow.rows ] && break; sleep 0.1; done
  [ -s slow.rows ] && kill -0 $pid
  local ok=$?
  exec 7>&-
  wait $pid && return $ok
}
check "what is done is told while the list still grows" slow
million() {
  python3 - <<'.'
import os, resource, subprocess
is_release = not os.path.basename(os.environ.get("OUT", "")).startswith(("asan", "tsan"))
n = 10**6 if is_release else 10**4
with open("million.jsonl", "w") as out:
    for i in range(n):
        out.write('{"prompt": "calm piano bed", "duration": 2, "seed": %d}\n' % i)
ran = subprocess.run([os.environ["CUESMITH"], "batch", "million.jsonl", "-o", "million", "--shard", "%d/%d" % (n - 1, n), "-q"],
                     stdout=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print("peak %d MiB" % peak)
assert ran.returncode == 0 and (peak < 300 or not is_release), peak
.
}
CUESMITH=$CUESMITH check "a million lines fit into little memory" million
rm -f million.jsonl
: >empty.jsonl
printf 'prompt,sead\na,1\n' >unknown.csv
printf 'prompt\n' >header.csv
refuse "a list that is not there is refused" 2 "nowhere.jsonl cannot be read" batch nowhere.jsonl -o out.d
mkdir out.d
refuse "an empty list is refused" 2 "empty.jsonl holds no job" batch empty.jsonl -o out.d
refuse "a header alone is refused" 2 "header.csv holds no job" batch header.csv -o out.d
refuse "an unknown column is refused" 2 'unknown.csv line 1: "sead" is unknown; did you mean "seed"' batch unknown.csv -o out.d
refuse "a folder as list is refused" 2 "is a folder" batch one -o out.d
refuse "a folder is asked for" 2 "name it with -o DIR" batch jobs.jsonl
refuse "a file is no folder" 2 "is no folder" batch jobs.jsonl -o jobs.jsonl
refuse "a list is asked for" 2 "list of jobs is missing" batch -o out.d
refuse "one name for all jobs is refused" 2 "--midi would give all jobs one name" batch jobs.jsonl -o out.d --midi x.mid
refuse "a wrong option for all jobs is one error" 2 "tempo" batch jobs.jsonl -o out.d --tempo 1000
refuse "takes are refused" 2 "takes" batch jobs.jsonl -o out.d --takes 2
refuse "a part that is not there is refused" 2 "parts count from 0 to 7" batch jobs.jsonl -o out.d --shard 8/8
refuse "no scheduler is guessed" 2 "SLURM_ARRAY_TASK_ID is not set" batch jobs.jsonl -o out.d --shard slurm
refuse "parts are for batch alone" 2 "does not go with" "calm bed" --shard 0/2
refuse "a folder without parts is not joined" 2 "holds no manifest" batch --join out.d
finish
