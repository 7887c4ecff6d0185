# The Rust compiler, new enough and with the browser as a target. Three ways, the cheapest first.
# shellcheck shell=bash

wasm=wasm32-unknown-unknown
wanted_rust=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")

setup_rust() {
  if use_rust_that_is_there; then
    have "Rust $(rust_version) that compiles for the browser${RUSTUP_TOOLCHAIN:+ (toolchain $RUSTUP_TOOLCHAIN)}"
  elif install_by_rustup || install_from_debian; then
    have "Rust $(rust_version) that compiles for the browser${RUSTUP_TOOLCHAIN:+ (toolchain $RUSTUP_TOOLCHAIN)}"
  else
    tell_how_to_get_rust
    return 1
  fi
}

# clippy and rustfmt, for `make lint`.
setup_rust_lint() {
  if cargo clippy --version > /dev/null 2>&1 && cargo fmt --version > /dev/null 2>&1; then
    have "clippy and rustfmt"
    return 0
  fi
  local begun=$SECONDS
  doing "clippy and rustfmt" "make lint checks with them" "20 s"
  if [[ $(rustc_path) == /usr/bin/* ]] && can_apt; then
    apt_install rust-web-clippy rustfmt-web || true
  elif command -v rustup > /dev/null; then
    quietly limited 120 rustup component add clippy rustfmt || true
  fi
  if cargo clippy --version > /dev/null 2>&1; then
    done_in "$begun"
  else
    missing "clippy and rustfmt" "make lint checks with them" "rustup component add clippy rustfmt"
    return 1
  fi
}

# Way 1: the compiler in use, or the one an earlier set-up chose.
use_rust_that_is_there() {
  local name
  for name in "${RUSTUP_TOOLCHAIN:-}" "" "$wanted_rust" rolecall; do
    if choose "$name" && compiles_for_browser; then
      remember "$name"
      return 0
    fi
  done
  choose ""
  return 1
}

# Way 2: rustup, wherever it has a network.
install_by_rustup() {
  command -v rustup > /dev/null || return 1
  local begun=$SECONDS name=""
  if new_enough; then
    doing "Rust's $wasm target" "the page runs as wasm" "10 s, given up after 60 s"
    quietly limited 60 rustup target add "$wasm" || true
  else
    name=$wanted_rust
    doing "Rust $name by rustup" "this workspace needs it; yours is $(rust_version)" "60 s, given up when its server does not answer"
    if limited 20 rustup check > /dev/null 2>&1; then
      quietly limited 300 rustup toolchain install "$name" --profile minimal \
        --component clippy --component rustfmt --target "$wasm" || true
    fi
  fi
  if choose "$name" && compiles_for_browser; then
    remember "$name"
    done_in "$begun"
    return 0
  fi
  echo "          rustup could not; trying the system's packages"
  choose ""
  return 1
}

# Way 3: Debian's compiler for browsers' needs; its wasm library is built here, from the source that comes with it.
install_from_debian() {
  can_apt && apt_knows rustc-web "$wanted_rust" || return 1
  local begun=$SECONDS
  if ! debian_rust_is_whole; then
    doing "Debian's rustc-web and cargo-web" "compiles server and page" "60 s"
    apt_install rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web gcc libc6-dev || return 1
    apt_install "$(lld_package)" || return 1
    done_in "$begun"
  fi
  choose_debian && new_enough || return 1
  if ! compiles_for_browser; then
    begun=$SECONDS
    doing "the wasm standard library" "Debian ships none for rustc-web, so it is built once" "70 s"
    build_wasm_library "$(lld_package)" || return 1
    done_in "$begun"
  fi
  compiles_for_browser && remember "${RUSTUP_TOOLCHAIN:-}"
}

debian_rust_is_whole() {
  dpkg -s rustc-web cargo-web rust-web-src "$(lld_package)" > /dev/null 2>&1 && at_least "$wanted_rust" "$(dpkg-query -W -f '${Version}' rustc-web)"
}

# With rustup about, its shims come first on the path: Debian's compiler is a toolchain of it then.
choose_debian() {
  if command -v rustup > /dev/null; then choose rolecall; else choose ""; fi
}

# The linker that fits the compiler's LLVM: lld-22 for LLVM 22.
lld_package() {
  /usr/bin/rustc -vV 2> /dev/null | sed -n 's/^LLVM version: \([0-9]*\).*/lld-\1/p'
}

build_wasm_library() {
  local work sysroot host libraries
  work=$(mktemp -d)
  sysroot=$(rustc --print sysroot)
  host=$(rustc -vV | sed -n 's/^host: //p')
  mkdir -p "$work/src"
  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' > "$work/Cargo.toml"
  : > "$work/src/lib.rs"
  (
    cd "$work"
    unset CARGO_TARGET_DIR CARGO_BUILD_TARGET RUSTFLAGS
    RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$work/target quietly cargo build --release \
      -Z build-std=std,panic_abort,panic_unwind,proc_macro,test --target "$wasm"
  ) || return 1
  libraries=$sysroot/lib/rustlib/$wasm/lib
  as_root mkdir -p "$libraries" "$sysroot/lib/rustlib/$host/bin"
  # Two builds side by side would both be candidates for every crate.
  as_root find "$libraries" -name '*.rlib' -delete
  find "$work/target/$wasm/release/deps" -name '*.rlib' ! -name 'libempty-*' -print0 \
    | as_root xargs -0 cp -t "$libraries"
  as_root ln -sfn "/usr/bin/$1" "$sysroot/lib/rustlib/$host/bin/rust-lld"
  rustc -vV | as_root tee "$libraries/../built-by" > /dev/null
  rm -rf "$work"
}

# Makes a rustup toolchain the one in use; the empty name is the machine's own default, `rolecall` the system's.
choose() {
  if [[ -z $1 ]]; then
    unset RUSTUP_TOOLCHAIN
  else
    command -v rustup > /dev/null || return 1
    if ! knows_toolchain "$1"; then
      [[ $1 == rolecall && -x /usr/bin/rustc ]] || return 1
      rustup toolchain link rolecall /usr > /dev/null 2>&1 || return 1
    fi
    export RUSTUP_TOOLCHAIN=$1
  fi
  command -v cargo > /dev/null && rustc --version > /dev/null 2>&1
}

# Read whole before it is searched, as a pipe that is left early counts as a failure.
knows_toolchain() {
  local names
  names=$(rustup toolchain list 2> /dev/null) && grep -q "^$1\b" <<< "$names"
}

# For env.sh, in every later command.
remember() {
  mkdir -p "$cache"
  printf '%s' "$1" > "$cache/toolchain"
}

# Asks for a little program rather than for a folder: a library of another compiler's would be there and not fit.
compiles_for_browser() {
  new_enough || return 1
  [[ -d $(rustc --print target-libdir --target "$wasm" 2> /dev/null) ]] || return 1
  local out status=0
  out=$(mktemp -d)
  echo 'pub fn greet() -> String { format!("{:?}", std::time::Duration::ZERO) }' \
    | rustc --target "$wasm" --crate-type cdylib --crate-name probe -o "$out/probe.wasm" - > /dev/null 2>&1 || status=1
  rm -rf "$out"
  return "$status"
}

new_enough() {
  local version
  version=$(rust_version)
  [[ -n $version ]] && at_least "$wanted_rust" "$version"
}

rust_version() { rustc --version 2> /dev/null | sed -n 's/^rustc \([0-9.]*\).*/\1/p'; }

rustc_path() { if [[ -n ${RUSTUP_TOOLCHAIN:-} ]]; then readlink -f "$(rustup which rustc)"; else readlink -f "$(command -v rustc)"; fi; }

tell_how_to_get_rust() {
  if command -v rustup > /dev/null; then
    missing "Rust $wanted_rust with $wasm" "it compiles server and page" \
      "rustup toolchain install stable --target $wasm && rustup default stable"
  elif command -v apt-get > /dev/null; then
    missing "Rust $wanted_rust with $wasm" "it compiles server and page, and only root may install packages" \
      "sudo scripts/setup run, or https://rustup.rs and then: rustup target add $wasm"
  else
    missing "Rust $wanted_rust with $wasm" "it compiles server and page" \
      "see https://rustup.rs, then: rustup target add $wasm"
  fi
}
