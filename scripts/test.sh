#!/usr/bin/env bash
# Sets up, builds and runs the tests; ends with a table of what passed and how long it took.
#
#   scripts/test.sh [--quick | --all] [--stage NAME]... [--jobs N] [--list]
#
#   --quick       only setup, format, build and unit tests
#   --all         also all headers, every sanitizer, clang-tidy and the fuzzers (installs clang)
#   --stage NAME  only the named stages, in their usual order; may be given several times
#   --jobs N      compilers and tests at once (default: by cores and memory)
#   --list        names the stages
#
# Exit code: 0 everything passed, 1 something failed, 2 usage, 3 this machine (no packages, …).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

quick_stages=(setup format build unit)
default_stages=(setup format build unit slow headers parsers sdk)
all_stages=(setup format build unit slow headers parsers sdk all-headers asan commands tsan tidy fuzz)

# What sanitizers watch: everything that reads foreign bytes or runs threads and does not link
# LibTorch, whose instrumented build would take longer than all the rest together.
sanitized_folders="core;api;env;sdk;search;verifier;storage;learner;dataset;arena;campaign;contract;matmul;program;service"
without_torch='_test$'
with_torch='^learner_test$'
# The tests of what parses foreign bytes (configuration, SGF, GTP, stored trajectories): these few
# run under AddressSanitizer every time.
parsers=(core_test go_test sgf_test storage_codec_test gtp_test)
# Not the search for schemes: Debian's oneTBB is not instrumented, so ThreadSanitizer does not see how
# its tasks wait for each other and reports each of them.
threaded='^(core|storage_.*|gtp|match|learner_base|campaign|service)_test$'
# Enumerations of millions of positions in one thread: they say nothing more under a sanitizer and
# take minutes there.
exhaustive='GoLegalPositions.Are24318165On4x4'
fuzz_seconds="${TESUJI_FUZZ_SECONDS:-60}"

stages=("${default_stages[@]}")
chosen=()
jobs=$(build_jobs)
while [ $# -gt 0 ]; do
  case "$1" in
    --quick) stages=("${quick_stages[@]}") ;;
    --all) stages=("${all_stages[@]}") ;;
    --stage) chosen+=("${2:?--stage needs a name}"); shift ;;
    --jobs) jobs="${2:?--jobs needs a number}"; shift ;;
    --list) printf '%s\n' "${all_stages[@]}"; exit 0 ;;
    -h | --help) usage; exit 0 ;;
    *) say "unknown option $1"; usage >&2; exit 2 ;;
  esac
  shift
done
for name in ${chosen[@]+"${chosen[@]}"}; do
  case " ${all_stages[*]} " in
    *" $name "*) ;;
    *) say "unknown stage $name; one of: ${all_stages[*]}"; exit 2 ;;
  esac
done
if [ ${#chosen[@]} -gt 0 ]; then
  stages=()
  for name in "${all_stages[@]}"; do
    case " ${chosen[*]} " in *" $name "*) stages+=("$name") ;; esac
  done
fi

our_sources() {
  find . -mindepth 2 \( -name '*.h' -o -name '*.cc' \) \
    -not -path './.*' -not -path './build*' -not -path './runs/*' \
    -not -path './tests/*/programs/*' | sort # Those are data: programs to be judged.
}

build_release() {
  if [ ! -f build/release/build.ninja ]; then cmake --preset release; fi
  cmake --build --preset release -j "$jobs"
}

# Configures a sanitizer's preset and runs the unit tests of the targets that match a pattern.
sanitized() {
  local targets
  cmake --preset "$1" -DTESUJI_ONLY="$sanitized_folders" -DTESUJI_LIBTORCH=OFF >/dev/null
  mapfile -t targets < <(targets_of "build/$1" "$2" | grep -vE "$with_torch")
  cmake --build --preset "$1" -j "$jobs" --target "${targets[@]}"
  ctest --preset "$1" -j "$jobs" -L '^unit$' -E "$exhaustive"
}

# The targets of a configured build folder whose names match a pattern, one a line.
targets_of() {
  cmake --build "$1" --target help | sed -nE 's/^([A-Za-z0-9_]+): phony.*/\1/p' | grep -E "$2" ||
    true
}

stage_setup() {
  case " ${stages[*]} " in
    *" tidy "* | *" fuzz "*) scripts/setup.sh --dev --readers ;;
    *" slow "*) scripts/setup.sh --readers ;;
    *) scripts/setup.sh ;;
  esac
}
stage_format() {
  our_sources | xargs clang-format --dry-run -Werror
  say "$(our_sources | wc -l) files formatted as .clang-format says"
}
stage_build() { build_release; }
stage_unit() { ctest --preset release -j "$jobs" -L '^unit$'; }
stage_slow() { ctest --preset release -j "$jobs" -LE '^unit$'; }
# The headers that an environment of your own includes compile alone; after that, all of ours.
stage_headers() {
  cmake --build --preset release -j "$jobs" --target tesuji_sdk_verify_interface_header_sets
}
stage_all-headers() {
  cmake --build --preset release -j "$jobs" --target all_verify_interface_header_sets
}
stage_parsers() {
  local name
  cmake --preset asan -DTESUJI_ONLY="$sanitized_folders" >/dev/null
  cmake --build --preset asan -j "$jobs" --target "${parsers[@]}"
  for name in "${parsers[@]}"; do "build/asan/tests/$name" --gtest_brief=1; done
}
stage_sdk() { scripts/sdk_test.sh; }
stage_asan() { sanitized asan "$without_torch"; }
# The whole program under AddressSanitizer and UBSan, fed with bad input. LibTorch keeps memory to
# the end, so leaks are not looked for here.
stage_commands() {
  cmake --preset asan -DTESUJI_ONLY="" >/dev/null
  cmake --build --preset asan -j "$jobs" --target tesuji
  ASAN_OPTIONS=detect_leaks=0 python3 tests/cli/bad_input_test.py "$PWD/build/asan/bin/tesuji"
}
stage_tsan() { sanitized tsan "$threaded"; }
stage_tidy() {
  # One source at a time and without precompiled headers, which clang cannot read: so it sees as well
  # whether sources name what they use.
  cmake --preset release -B build/tidy -DCMAKE_UNITY_BUILD=OFF \
    -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
  our_sources | grep '\.cc$' | grep -vE '^\./(learner/torch|tests)/' | sed 's|^\./||' |
    xargs -P "$jobs" -n 4 clang-tidy -p build/tidy --quiet
}
stage_fuzz() {
  local name corpora
  cmake --preset fuzz -DTESUJI_ONLY="$sanitized_folders" >/dev/null
  for name in $(targets_of build/fuzz '^fuzz_'); do
    cmake --build --preset fuzz -j "$jobs" --target "$name"
    mkdir -p "build/fuzz/corpus/$name"
    corpora=("build/fuzz/corpus/$name")
    if [ -d "tests/fuzz/corpus/$name" ]; then corpora+=("tests/fuzz/corpus/$name"); fi
    if [ -f "tests/fuzz/${name#fuzz_}.dict" ]; then
      corpora=("-dict=tests/fuzz/${name#fuzz_}.dict" "${corpora[@]}")
    fi
    say "$name for $fuzz_seconds s"
    "build/fuzz/tests/$name" -max_total_time="$fuzz_seconds" -rss_limit_mb=2048 \
      -print_final_stats=1 "${corpora[@]}"
  done
}

logs=build/test-logs
mkdir -p "$logs"
table=()
failed=()
started=$(date +%s)
for name in "${stages[@]}"; do
  heading "$name"
  stage_started=$(date +%s)
  # Not inside an "if": there bash would ignore set -e within the stage.
  set +e
  (set -e; "stage_$name") 2>&1 | tee "$logs/$name.log"
  code=${PIPESTATUS[0]}
  set -e
  verdict=ok
  if [ "$code" -ne 0 ]; then
    verdict=FAILED
    failed+=("$name")
  fi
  took=$(($(date +%s) - stage_started))
  closing=$(grep -aE '[0-9]+% tests passed' "$logs/$name.log" | tail -n 1 || true)
  table+=("$(printf '%-8s %-7s %14s  %s' "$name" "$verdict" "$(duration "$took")" "$closing")")
  # Without packages or a program there is nothing to test.
  if [ "$verdict" = FAILED ]; then case "$name" in setup | build) break ;; esac; fi
done

heading "summary (logs in $logs)"
printf '%s\n' "${table[@]}"
printf '%-8s %-7s %14s\n' total "" "$(duration $(($(date +%s) - started)))"
if [ ${#failed[@]} -gt 0 ]; then
  say "FAILED: ${failed[*]}"
  exit 1
fi
say "all stages passed"
