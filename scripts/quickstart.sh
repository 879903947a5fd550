#!/usr/bin/env bash
# Sets up, builds, and lets a Go player teach itself for a few minutes; ends with the table of its
# generations. Run it again to go on: finished work is kept, the campaign resumes.
#
#   scripts/quickstart.sh [--minutes M] [--store FILE] [--campaign FILE.toml]
#
#   --minutes M   how long the campaign runs this time (default: what the campaign file says)
#   --store FILE  where games and checkpoints go (default: runs/quickstart.db)
#   --campaign F  another campaign (default: experiments/quickstart.toml)
#
# Ctrl-C stops cleanly: unfinished games are kept too.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

store=runs/quickstart.db
campaign=experiments/quickstart.toml
limits=()
while [ $# -gt 0 ]; do
  case "$1" in
    --minutes) limits=(--minutes "${2:?--minutes needs a number}"); shift ;;
    --store) store="${2:?--store needs a file}"; shift ;;
    --campaign) campaign="${2:?--campaign needs a file}"; shift ;;
    -h | --help) usage; exit 0 ;;
    *) say "unknown option $1"; usage >&2; exit 2 ;;
  esac
  shift
done

tesuji=build/release/bin/tesuji
started=$(date +%s)

heading "1/4 packages"
scripts/setup.sh

heading "2/4 build (the first time takes some minutes, most of it LibTorch)"
if [ ! -f build/release/build.ninja ]; then cmake --preset release >&2; fi
# The program, and what `cmake --install` adds to it: the package for environments of your own.
cmake --build --preset release -j "$(build_jobs)" --target tesuji tesuji_sdk >&2
say "ready after $(duration $(($(date +%s) - started))): $tesuji"

heading "3/4 self-play campaign $campaign"
mkdir -p "$(dirname "$store")"
if [ -e "$store" ]; then say "going on with $store"; fi
"$tesuji" run "$campaign" --store "$store" ${limits[@]+"${limits[@]}"} >/dev/null

heading "4/4 what it has learned"
"$tesuji" status "$store"

cat >&2 <<EOF2

Next:
  scripts/quickstart.sh --minutes 10   goes on with the same player
  $tesuji verify $store      replays every stored game through the rules
  $tesuji gtp --help                    plays it from any Go program
EOF2
