# cargo-leptos and wasm-bindgen's command line, which only `make watch` needs.
# shellcheck shell=bash

cargo_leptos=0.3.11

setup_watch() {
  cargo_tool cargo-leptos "$cargo_leptos" "rebuilds and reloads as you edit" "10 min on 2 cores" \
    --locked --features no_downloads
  # Not --locked: a dependency it locks is gone from the registry.
  cargo_tool wasm-bindgen "$(locked_version wasm-bindgen)" "cargo-leptos calls it; it must be the locked version" \
    "4 min on 2 cores"
}

# cargo_tool PROGRAM VERSION WHY HOW_LONG [OPTIONS]: into this project's own tools folder.
cargo_tool() {
  local program=$1 version=$2 why=$3 long=$4 package=$1 begun=$SECONDS
  shift 4
  [[ $program == wasm-bindgen ]] && package=wasm-bindgen-cli
  if [[ $("$cache/tools/bin/$program" --version 2> /dev/null) == *" $version"* ]]; then
    have "$program $version"
    return 0
  fi
  doing "$program $version" "$why" "$long"
  # Run a few times a minute at most: compile time counts, speed does not.
  CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 \
    CARGO_TARGET_DIR="$cache/tools/target" \
    quietly cargo install "$package" --version "$version" --root "$cache/tools" "$@" || {
    missing "$program $version" "$why" "cargo install $package --version $version $*"
    return 1
  }
  rm -rf "$cache/tools/target"
  done_in "$begun"
}

# The version of a crate in Cargo.lock.
locked_version() {
  sed -n "/^name = \"$1\"\$/{n;s/^version = \"\(.*\)\"/\1/p;}" "$root/Cargo.lock"
}
