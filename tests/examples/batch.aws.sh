#!/bin/bash
# A list of jobs on AWS Batch: an array job of eight children, each does every
# eighth job. List and outputs lie in a bucket; what a child made goes there
# when it ends, also when it is about to be taken away (SIGTERM), and a retry
# fetches it and goes on.
#
#   aws batch submit-job --job-name cuesmith --job-queue QUEUE \
#     --job-definition cuesmith --array-properties size=8 \
#     --retry-strategy attempts=3 \
#     --parameters jobs=s3://BUCKET/jobs.jsonl,outputs=s3://BUCKET/outputs
#
# with a job definition whose command is
#   ["batch.aws.sh", "Ref::jobs", "Ref::outputs"]
#
# When all have ended:
#   aws s3 sync s3://BUCKET/outputs outputs && cuesmith batch --join outputs
set -u
jobs=$1 outputs=$2
here=${TMPDIR:-/tmp}/cuesmith
mkdir -p "$here/out"
aws s3 cp --quiet "$jobs" "$here/jobs.jsonl" || exit 1
aws s3 sync --quiet "$outputs" "$here/out" || exit 1
keep() { aws s3 sync --quiet "$here/out" "$outputs"; }
trap 'kill -TERM "$pid"; wait "$pid"; keep; exit 143' TERM
"${CUESMITH:-cuesmith}" batch "$here/jobs.jsonl" -o "$here/out" --shard aws --resume --quiet &
pid=$!
wait "$pid"
status=$?
keep || exit 1
exit $status
