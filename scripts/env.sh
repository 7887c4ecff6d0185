# Sourced by every script here: where things are and which compiler is used. Sets nothing that is already set.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/rolecall
cd "$root"

# Keeps compiled crates between CI's fresh clones.
if [[ ${CI:-} == true ]]; then
  export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
  export CARGO_INCREMENTAL=${CARGO_INCREMENTAL:-0}
  export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
fi
target=${CARGO_TARGET_DIR:-$root/target}
site=$root/target/site

# The compiler that `setup` found; without one, whatever the machine's own default is.
if [[ -z ${RUSTUP_TOOLCHAIN:-} && -s $cache/toolchain ]]; then
  RUSTUP_TOOLCHAIN=$(<"$cache/toolchain")
  export RUSTUP_TOOLCHAIN
fi

# Tools that `setup` installed for this project alone.
export PATH=$cache/tools/bin:$cache/node/bin:$PATH

# The first of its arguments that is a program, on the path or by its full name.
first_program() {
  local name
  for name in "$@"; do
    if [[ -n $name ]] && command -v "$name" > /dev/null 2>&1; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

find_chromium() {
  first_program "${ROLECALL_CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    "/Applications/Chromium.app/Contents/MacOS/Chromium"
}

# The folder with initdb, pg_ctl and postgres; Debian keeps them off the path.
find_postgres() {
  local folder
  for folder in "${ROLECALL_POSTGRES_BIN:-}" /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin \
    /usr/local/opt/postgresql*/bin /Applications/Postgres.app/Contents/Versions/latest/bin; do
    if [[ -x $folder/initdb && -x $folder/postgres ]]; then
      echo "$folder"
      return 0
    fi
  done
  local initdb
  initdb=$(first_program initdb) && dirname "$(readlink -f "$initdb")"
}

if chromium=$(find_chromium); then export ROLECALL_CHROMIUM=$chromium; fi
if postgres=$(find_postgres); then export ROLECALL_POSTGRES_BIN=$postgres; fi
