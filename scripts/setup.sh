#!/usr/bin/env bash
# Installs what tesuji needs on Debian 12, as root or through sudo.
#
#   scripts/setup.sh [--dev] [--no-libtorch]
#
#   --dev          also clang, clang-tidy and the libFuzzer run-time (scripts/test.sh --all)
#   --no-libtorch  leaves LibTorch out: you bring a newer one with CMAKE_PREFIX_PATH
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
  nlohmann-json3-dev libcli11-dev libspdlog-dev libfmt-dev libexpected-dev libssl-dev
  libseccomp-dev libyaml-dev bubblewrap
  # Tests: frameworks, and GNU Go as oracle and opponent
  libgtest-dev libgmock-dev libbenchmark-dev gnugo python3 clang-format
)
# Torch calls whichever BLAS the system offers. Debian's default is the unoptimised reference; the
# serial OpenBLAS is about 25 times faster and leaves the choice of threads to us.
torch_packages=(libtorch-dev libopenblas0-serial)
dev_packages=(clang clang-tidy libclang-rt-14-dev)

for argument in "$@"; do
  case "$argument" in
    --dev) packages+=("${dev_packages[@]}") ;;
    --no-libtorch) torch_packages=() ;;
    -h | --help) usage; exit 0 ;;
    *) say "unknown option $argument"; usage >&2; exit 2 ;;
  esac
done
packages+=(${torch_packages[@]+"${torch_packages[@]}"})

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
say "setup: done"
