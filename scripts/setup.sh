#!/usr/bin/env bash
# Makes sure that what a make target needs is on this machine:  scripts/setup.sh NEED…
#
# A machine that has a tool uses it. On Debian and its kin what is missing is installed with apt-get, as root or
# through sudo; elsewhere it is named, and this stops. Rust comes from rustup and is never installed unasked.
# Needs known: cargo cc node postgres chromium strace smtp pip
set -euo pipefail
cd "$(dirname "$0")/.."

readonly NODE_MAJOR=18
readonly RUST=$(sed -nE 's/^channel = "(.*)"/\1/p' rust-toolchain.toml)

packages=()   # what apt-get shall install
by_hand=()    # what only a person can do

need() { # need PACKAGES… : remembers Debian packages to install
  packages+=("$@")
}

stop() {
  printf '%s\n' "$@" >&2
  exit 1
}

has_cargo() {
  command -v cargo >/dev/null || {
    by_hand+=("Rust $RUST (https://rustup.rs):  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh")
    return
  }
  local found
  found=$(cargo --version 2>/dev/null | cut -d ' ' -f 2) || found=none
  [ "$(printf '%s\n' "$RUST" "$found" | sort -V | head -n 1)" = "$RUST" ] ||
    by_hand+=("Rust $RUST; this machine's cargo is $found. With rustup, rust-toolchain.toml chooses the right one: https://rustup.rs")
}

has_cc() {
  command -v cc >/dev/null && echo '#include <stdlib.h>' | cc -E - >/dev/null 2>&1 || need gcc libc6-dev
}

has_node() {
  if ! command -v node >/dev/null; then
    need nodejs npm
    return
  fi
  local major
  major=$(node --version | sed -E 's/^v([0-9]+).*/\1/')
  [ "$major" -ge $NODE_MAJOR ] || by_hand+=("Node.js $NODE_MAJOR or newer; this machine's is $(node --version)")
  command -v npm >/dev/null || need npm
}

has_postgres() {
  command -v postgres >/dev/null && command -v initdb >/dev/null && return
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || need postgresql
}

has_chromium() {
  [ -n "${CAIRN_CHROMIUM:-}" ] && return
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v $name >/dev/null && return
  done
  need chromium fonts-liberation
}

has_strace() {
  command -v strace >/dev/null || need strace
}

has_smtp() { # the mail server of the tests, and what checks signatures; Debian's own python sees Debian's packages
  [ -x /usr/bin/python3 ] && /usr/bin/python3 -c 'import aiosmtpd, dkim' 2>/dev/null || need python3 python3-aiosmtpd python3-dkim
  command -v openssl >/dev/null || need openssl
}

has_pip() { # for what Debian has only in older versions
  [ -x /usr/bin/python3 ] && /usr/bin/python3 -m pip --version >/dev/null 2>&1 || need python3 python3-pip
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

may_install() {
  command -v apt-get >/dev/null || return
  [ "$(id -u)" = 0 ] && return
  command -v sudo >/dev/null || return
  sudo -n true 2>/dev/null || [ -t 0 ]
}

install() {
  echo "Installing with apt-get: $*"
  as_root apt-get update -qq
  case " $* " in *" postgresql "*)
    # The tests start a database of their own: the package shall bring the program, not a running server.
    apt_install postgresql-common
    as_root sed -i -E 's/^#?create_main_cluster *=.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf ;;
  esac
  apt_install "$@"
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

for what in "$@"; do
  declare -F "has_$what" >/dev/null || stop "setup: no such need: $what"
  "has_$what"
done

if [ ${#packages[@]} -gt 0 ] && ! may_install; then
  by_hand+=("these programs, by their Debian names: ${packages[*]}")
  command -v apt-get >/dev/null && by_hand+=("  as root:  apt-get install --no-install-recommends ${packages[*]}")
  packages=()
fi
[ ${#by_hand[@]} -eq 0 ] || stop "This needs, and could not install by itself:" "${by_hand[@]/#/  }"
[ ${#packages[@]} -eq 0 ] || install "${packages[@]}"
