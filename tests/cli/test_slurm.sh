# A list of jobs on a real Slurm, started for this: see tests/slurm/array.sh.
. tests/slurm/array.sh
