#!/usr/bin/env bash
# What a stranger does: installs the built program into an empty prefix, lets it write a project
# outside the repository, builds that against the installed package alone, holds it against the
# contract, and trains on it for half a minute. Then the same with an environment that has a judge of
# its own.
#
#   scripts/sdk_test.sh [--minutes M] [--keep]
#
#   --minutes M  length of both campaigns together (default 1)
#   --keep       leaves the folder and prints its name
#
# Needs a finished release build. Exit code: 0 all of it works, 1 something does not.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

minutes=1
keep=false
while [ $# -gt 0 ]; do
  case "$1" in
    --minutes) minutes="${2:?--minutes needs a number}"; shift ;;
    --keep) keep=true ;;
    -h | --help) usage; exit 0 ;;
    *) say "unknown option $1"; usage >&2; exit 2 ;;
  esac
  shift
done

work=$(mktemp -d)
if $keep; then say "kept: $work"; else trap 'rm -rf "$work"' EXIT; fi
prefix=$work/prefix
tesuji=$prefix/bin/tesuji

heading "install"
cmake --install build/release --prefix "$prefix" >/dev/null
# The plug-in must build without the repository and without LibTorch.
half=$(python3 -c "print($minutes / 2)")

# try NAME SOURCE [OPTION]: a project from nothing to a verified store.
try() {
  local name=$1 source=$2
  cd "$work"
  heading "new-env $name ${3:-}"
  "$tesuji" new-env "$name" ${3:-}
  cd "$name"
  heading "build"
  cmake -B build -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >"$work/configure.log" ||
    { cat "$work/configure.log"; exit 1; }
  cmake --build build
  if ldd "build/$name.so" | grep -iE 'torch|tesuji'; then
    say "the plug-in depends on more than it should"
    exit 1
  fi
  if command -v clang-format >/dev/null; then
    clang-format --style='{BasedOnStyle: Google, ColumnLimit: 100}' --dry-run --Werror ./*.cc ./*.h
  fi
  local lines
  lines=$(wc -l <"$source")
  say "the environment is $lines lines long"
  [ "$lines" -le 110 ]
  heading "its own tests"
  ctest --test-dir build --output-on-failure
  heading "check-env"
  "$tesuji" check-env "$name" --plugin "build/$name.so" --episodes 100
  heading "campaign of $half minute(s)"
  "$tesuji" run campaign.toml --minutes "$half"
  "$tesuji" verify "runs/$name.db" --plugin "build/$name.so"
  "$tesuji" status "runs/$name.db" --json >status.json
  python3 - status.json ${3:-} <<'PYTHON'
import json, sys
status = json.load(open(sys.argv[1]))
checkpoints = status["checkpoints"]
assert status["verified"] > 100 and status["rejected"] == 0 and status["dropped"] == 0, status
assert len(checkpoints) >= 2, "no generation was trained"
last = checkpoints[-1]
assert last["bits_per_action"] < last["uniform_bits_per_action"], last
if "--judged" in sys.argv:
    assert status["judge"]["judged"] >= status["verified"], status["judge"]
print(f"{status['verified']} games, {len(checkpoints) - 1} generations, bits per move "
      f"{last['bits_per_action']:.3f} (uniform {last['uniform_bits_per_action']:.3f})")
PYTHON
}

try peg-game peg_game.cc
try fair-scales fair_scales.cc --judged
say "environments out of tree work, with rules and with a judge of their own"
