# shellcheck shell=bash
# Shared by the scripts in this folder; sourced, never run.
# Sets ROOT, changes into it, and gives messages, privileges and the number of build jobs.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT" || exit 3

say() { printf '%s\n' "$*" >&2; }

heading() {
  if [ -t 2 ]; then printf '\n\033[1m== %s\033[0m\n' "$*" >&2; else printf '\n== %s\n' "$*" >&2; fi
}

die() {
  say "error: $*"
  exit 3
}

# Prints the comment block at the top of the calling script as its help.
usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; }

# "75 s" or "12 min 05 s".
duration() {
  if [ "$1" -lt 120 ]; then
    printf '%d s' "$1"
  else
    printf '%d min %02d s' $(($1 / 60)) $(($1 % 60))
  fi
}

# One compiler of a LibTorch source takes up to 2 GiB, so memory bounds the jobs as well as cores.
build_jobs() {
  local cores memory_gib jobs
  cores=$(nproc)
  memory_gib=$(awk '/^MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo 2>/dev/null)
  jobs=$((${memory_gib:-4} / 2))
  if [ "$jobs" -lt 1 ]; then jobs=1; fi
  if [ "$jobs" -gt "$cores" ]; then jobs=$cores; fi
  printf '%d' "$jobs"
}
