# What the scripts share. Sourced, never run:  . "$(dirname "$0")/lib.sh"
# shellcheck shell=bash

set -euo pipefail

# The top of the work tree, whatever folder the caller stands in.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Built things live outside the work tree, so that a later run, or a fresh clone, finds them again.
# Nothing depends on their being there.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/safehold
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
export npm_config_cache=${npm_config_cache:-$cache/npm}
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
export PIP_DISABLE_PIP_VERSION_CHECK=1
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
if [ -n "${CI:-}" ]; then
    export CARGO_INCREMENTAL=0 # a build that nobody will edit and build again
fi
mkdir -p "$cache"

# The Python environment with the mail server that tests talk to; made by scripts/setup.
venv=$cache/venv
export SAFEHOLD_PYTHON=${SAFEHOLD_PYTHON:-$venv/bin/python}
# Where tests leave what a person may want to look at.
# shellcheck disable=SC2034 # read by the scripts that source this
artefacts=${SAFEHOLD_ARTEFACTS:-$cache/artefacts}

say() { printf '%s\n' "$*"; }
fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Prints the comment at the head of the calling script, which is its documentation.
help_of() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$1"; }

# Shows the help and ends if it was asked for.
help_if_asked() {
    local script=$1 word
    shift
    for word in "$@"; do
        case $word in -h | --help) help_of "$script" && exit 0 ;; esac
    done
}

# Runs a command as root: as it is, or through sudo without asking for a password.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        fail "This needs root once, and sudo asks for a password here. Run by hand:  sudo $*"
    fi
}

# A loopback port that nothing listens on.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Installs the packages that a folder's package-lock.json names, unless that was done for this very lock.
npm_packages() {
    local folder=$root/$1 stamp=$root/$1/node_modules/.lock-sum sum
    sum=$(sha256sum <"$folder/package-lock.json")
    [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] && return
    (cd "$folder" && npm ci --prefer-offline --no-progress --loglevel=error)
    printf '%s\n' "$sum" >"$stamp"
}

# Builds the web client into web/dist.
web_build() {
    npm_packages web
    (cd "$root/web" && node_modules/.bin/vite build --logLevel warn)
}

# Makes one of cargo's tools known to the calling script, in this very version: built once, into the cache folder.
cargo_tool() {
    local name=$1 version=$2
    export PATH=$cache/tools/bin:$PATH
    grep -qs "^\"$name $version " "$cache/tools/.crates.toml" && return
    say "installing $name $version (once; it takes minutes)"
    CARGO_TARGET_DIR=$cache/tools/target cargo install --quiet --locked --root "$cache/tools" --version "$version" "$name" >&2
    rm -rf "$cache/tools/target"
}
