# A list of jobs on a real Slurm: one node, an array of eight tasks over 200
# jobs, one task killed and requeued. Together they write what a single run
# writes.
#
# Everything lies in a folder of its own, is started here and stopped at the
# end. Needs root, since a node's daemon does; the packages slurm-wlm and munge
# are installed where they are missing. N_JOBS: another number of jobs.
. tests/cli/lib.sh
: "${N_JOBS:=200}"
what="an array of Slurm gives what a single run gives"
leave() { # REASON
  skip "$what" "$1"
  finish
}
case ${OUT:-} in
*san*) leave "the release build is enough for this" ;;
esac
[ "$(id -u)" -eq 0 ] || leave "a node of Slurm is started by root alone"

install_slurm() {
  command -v apt-get >/dev/null || return 1
  # Services of the packages stay off; ours are started below.
  local policy=/usr/sbin/policy-rc.d made=""
  [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy && made=1; }
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slurm-wlm munge
  [ -z "$made" ] || rm -f $policy
}
have_slurm() {
  for program in munged slurmctld slurmd sbatch squeue scontrol scancel; do
    command -v $program >/dev/null || return 1
  done
}
PATH=$PATH:/usr/sbin:/sbin
have_slurm || install_slurm >"$work/install.log" 2>&1
have_slurm || leave "slurm-wlm and munge cannot be installed here"

# ---- One node --------------------------------------------------------------------
slurm=$work/slurm
pids=()
stop() {
  scancel --quiet --user=root 2>/dev/null
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
  for _ in $(seq 50); do
    kill -0 "${pids[@]}" 2>/dev/null || break
    sleep 0.1
  done
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null; done
  rm -rf "$work"
}
trap stop EXIT
mkdir -p "$slurm"/{munge,state,spool,log}
chmod 700 "$slurm/munge"
head -c 1024 /dev/urandom >"$slurm/munge/key"
chmod 400 "$slurm/munge/key"
node=$(hostname -s)
port=$((20000 + $$ % 20000))
cat >"$slurm/slurm.conf" <<.
ClusterName=cuesmith
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$slurm/munge/socket,cred_expire=10
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.pid
SlurmctldLogFile=$slurm/log/slurmctld
SlurmdLogFile=$slurm/log/slurmd
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=2
NodeName=$node NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=test Nodes=$node Default=YES MaxTime=INFINITE State=UP
.
export SLURM_CONF=$slurm/slurm.conf
munged --foreground --force --key-file="$slurm/munge/key" --socket="$slurm/munge/socket" \
  --pid-file="$slurm/munge/pid" --seed-file="$slurm/munge/seed" >"$slurm/log/munged" 2>&1 &
pids+=($!)
until [ -S "$slurm/munge/socket" ] || ! kill -0 "${pids[0]}" 2>/dev/null; do sleep 0.1; done
slurmctld -D >"$slurm/log/out.ctld" 2>&1 &
pids+=($!)
slurmd -D >"$slurm/log/out.d" 2>&1 &
pids+=($!)
for _ in $(seq 300); do
  [ "$(sinfo -h -o %T 2>/dev/null)" = idle ] && break
  sleep 0.1
done
[ "$(sinfo -h -o %T 2>/dev/null)" = idle ] ||
  leave "the node does not start here: $(tail -qn 1 "$slurm"/log/* | tr '\n' ' ')"

# ---- The list ----------------------------------------------------------------------
export CUESMITH
cd "$work/here" || exit 1
for ((k = 0; k < N_JOBS; k++)); do
  printf '{"prompt": "solo piano underscore", "duration": 1.5, "rate": 16000, "seed": %d, "output": "%d/%d.wav"}\n' \
    $((k + 1)) $((k % 8)) $k
done >jobs.jsonl
tell() { tail -n 5 "$slurm"/log/* ./*.out 2>/dev/null | sed 's/^/# /'; }
wait_until() { # SECONDS COMMAND...
  local n=$((10 * $1))
  shift
  while ! "$@"; do
    n=$((n - 1))
    [ $n -gt 0 ] || return 1
    sleep 0.1
  done
}
id=$(sbatch --parsable -o 'task.%a.out' "$root/tests/examples/batch.slurm" jobs.jsonl out)
check "the array of the example is submitted" test -n "$id"

# Task 3 is killed once it has made some of its jobs.
under_way() { [ "$(ls out/3 2>/dev/null | wc -l)" -ge 2 ]; }
over() { [ -z "$(squeue -h -r -j "${id}_$1" -t R,CG,PD 2>/dev/null)" ]; }
wait_until 120 under_way || tell
scancel --signal=KILL --full "${id}_3"
wait_until 60 over 3 || tell
n_made=$(find out/3 -name '*.wav' | wc -l)
check "a task is killed halfway ($n_made of $((N_JOBS / 8)) jobs were made)" \
  test "$n_made" -ge 1 -a "$n_made" -lt $((N_JOBS / 8)) -a ! -e out/manifest-3-of-8.jsonl
find out/3 -name '*.wav' -exec stat -c '%n %i' {} + | sort >kept
scontrol requeue "${id}_3" || tell
scontrol update JobId="${id}_3" StartTime=now 2>/dev/null

"$CUESMITH" batch jobs.jsonl -o single --quiet >/dev/null 2>&1
all_over() { [ -z "$(squeue -h -r -j "$id" 2>/dev/null)" ]; }
check "all tasks end, the requeued one too" wait_until 240 all_over
[ "$n_bad" -eq 0 ] || tell
check "what it had made before was kept" \
  sh -c 'find out/3 -name "*.wav" -exec stat -c "%n %i" {} + | sort | comm -13 - kept | (! grep .)'
check "the manifests of all parts are there" "$CUESMITH" batch --join out
rm -f out/manifest-*-of-8.jsonl
check "$what" diff -r single out
finish
