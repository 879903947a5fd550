#!/usr/bin/env bash
# Installs what tesuji needs on Debian 12, as root or through sudo.
#
#   scripts/setup.sh [--dev] [--no-libtorch] [--no-parquet] [--readers] [--languages]
#
#   --dev          also clang, clang-tidy and the libFuzzer run-time (scripts/test.sh --all)
#   --no-libtorch  leaves LibTorch out: you bring a newer one with CMAKE_PREFIX_PATH
#   --no-parquet   leaves pyarrow out, whose wheel carries Arrow C++; tesuji then writes no Parquet
#   --languages    also compilers and interpreters of every language that the judge knows (2 GB)
#   --readers      also other programs' readers of datasets and clients of the service, for tests
#                  (about 400 MB)
#
# Python packages go into an environment of their own, ~/.cache/tesuji/venv, of the user who runs
# this; nothing of the system's Python is touched.
#
# Running it again is free: when every package is there it asks for no password and no network.
# docs/dependencies.md says what each package is for.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

packages=(
  # Building
  build-essential cmake ninja-build pkg-config ccache mold
  # Libraries of the program
  libtbb-dev libboost-dev libsqlitecpp-dev libsqlite3-dev libzstd-dev libtomlplusplus-dev
  nlohmann-json3-dev libcli11-dev libfmt-dev libexpected-dev libssl-dev
  libseccomp-dev libyaml-dev bubblewrap libarchive-dev zlib1g-dev
  # Tests: frameworks, and GNU Go as oracle and opponent
  libgtest-dev libgmock-dev libbenchmark-dev gnugo python3 python3-venv clang-format jq zstd
)
# Torch calls whichever BLAS the system offers. Debian's default is the unoptimised reference; the
# serial OpenBLAS is about 25 times faster and leaves the choice of threads to us.
torch_packages=(libtorch-dev libopenblas0-serial)
# One of each entry of verifier/compile/languages.toml.
language_packages=(
  openjdk-17-jdk-headless kotlin scala rustc golang-go nodejs node-typescript mono-mcs
  libmono-system-core4.0-cil libmono-system-numerics4.0-cil ghc ocaml-nox fp-compiler gfortran gdc
  ruby php-cli perl lua5.4 pypy3 r-base-core sbcl swi-prolog-nox
  python3-numpy  # Tests of HumanEval+ and MBPP+ use it.
)
dev_packages=(clang clang-tidy libclang-rt-14-dev)

python_packages=(parquet)
for argument in "$@"; do
  case "$argument" in
    --dev) packages+=("${dev_packages[@]}") ;;
    --languages) packages+=("${language_packages[@]}") ;;
    --no-libtorch) torch_packages=() ;;
    --no-parquet) python_packages=() ;;
    --readers) readers=1 ;;
    -h | --help) usage; exit 0 ;;
    *) say "unknown option $argument"; usage >&2; exit 2 ;;
  esac
done
if [ "${readers:-0}" = 1 ]; then python_packages=(parquet readers clients); fi
packages+=(${torch_packages[@]+"${torch_packages[@]}"})

# The Python environment, last: it needs python3-venv. Without a network tesuji still builds.
setup_python() {
  if [ ${#python_packages[@]} -eq 0 ]; then return; fi
  local venv="${XDG_CACHE_HOME:-$HOME/.cache}/tesuji/venv" name wanted=() imports=pyarrow
  for name in "${python_packages[@]}"; do wanted+=(-r "scripts/python/$name.txt"); done
  if [ "${readers:-0}" = 1 ]; then
    imports=pyarrow,numpy,datasets,safetensors,mlcroissant,sgfmill,webdataset,zstandard
    imports+=,requests,sandbox_fusion,verl
  fi
  if "$venv/bin/python" -c "import importlib.util as u, sys
sys.exit(any(u.find_spec(n) is None for n in '$imports'.split(',')))" 2>/dev/null; then
    say "setup: Python packages are in $venv"
    return
  fi
  say "setup: installing Python packages into $venv"
  if ! { python3 -m venv "$venv" && "$venv/bin/pip" install -q "${wanted[@]}" &&
    { [ "${readers:-0}" = 0 ] ||
      "$venv/bin/pip" install -q --no-deps -r scripts/python/clients_alone.txt; }; } >&2; then
    say "setup: could not install them; tesuji will build without Parquet, and tests that need other"
    say "       programs' readers will be skipped"
  fi
}

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  say "This is not a Debian system. Install the equivalents of these packages, then go on:"
  say "  ${packages[*]}"
  exit 3
fi

# One query for all: apt-get is asked for nothing that is already there.
# (dpkg-query exits 1 when it has never heard of one.)
installed=" $({ dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null ||
  true; } | sed -n 's/^installed //p' | tr '\n' ' ') "
missing=()
for package in "${packages[@]}"; do
  case "$installed" in
    *" $package "*) ;;
    *) missing+=("$package") ;;
  esac
done

if [ ${#missing[@]} -eq 0 ]; then
  say "setup: all ${#packages[@]} packages are installed"
  setup_python
  exit 0
fi

if [ "$(id -u)" -eq 0 ]; then
  as_root=(env)
elif command -v sudo >/dev/null; then
  as_root=(sudo env)
else
  say "setup: ${#missing[@]} packages are missing and there is no sudo. As root, run:"
  say "  apt-get update && apt-get install --no-install-recommends ${missing[*]}"
  exit 3
fi

codename=$(. /etc/os-release 2>/dev/null && printf '%s' "${VERSION_CODENAME:-unknown}")
if [ "$codename" != bookworm ]; then
  say "setup: made for Debian 12 (bookworm), this is \"$codename\"; trying all the same"
fi

say "setup: installing ${#missing[@]} packages: ${missing[*]}"
apt_get=("${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -q -y
  -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
"${apt_get[@]}" update >&2 || die "apt-get update failed: is there a network?"
"${apt_get[@]}" install --no-install-recommends "${missing[@]}" >&2 ||
  die "apt-get could not install: ${missing[*]}"
setup_python
say "setup: done"
