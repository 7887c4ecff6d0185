# Node and the npm packages: wasm-opt for the page, Playwright and its helpers for the browser tests.
# shellcheck shell=bash

wanted_node=20

setup_node() {
  if node_is_new_enough; then
    have "Node $(node --version)"
    return 0
  fi
  if ! command -v npm > /dev/null; then
    if ! { can_apt && apt_knows npm; }; then
      missing "Node $wanted_node or newer with npm" "the browser tests are written for it, and wasm-opt runs on it" \
        "https://nodejs.org, or your package manager's nodejs and npm"
      return 1
    fi
    local begun=$SECONDS
    doing "Debian's nodejs and npm" "the browser tests are written for it, and wasm-opt runs on it" "60 s"
    apt_install nodejs npm || return 1
    done_in "$begun"
  fi
  node_is_new_enough || newer_node
}

# Debian 12 has Node 18; npm itself has newer ones, by platform.
newer_node() {
  local begun=$SECONDS platform
  platform=node-$(node -p 'process.platform + "-" + process.arch')
  doing "Node 22 from npm" "yours is $(node --version), Playwright wants $wanted_node" "15 s"
  quietly npm install --prefix "$cache/node" --no-save --no-package-lock "$platform@22" \
    && mkdir -p "$cache/node/bin" \
    && ln -sfn "../node_modules/$platform/bin/node" "$cache/node/bin/node"
  hash -r
  node_is_new_enough && done_in "$begun"
}

node_is_new_enough() {
  command -v node > /dev/null && command -v npm > /dev/null \
    && [[ $(node -p 'process.versions.node.split(".")[0]') -ge $wanted_node ]]
}

# wasm-opt, for every build of the page; `optional` does without where there is no Node.
setup_wasm_opt() {
  if [[ ${1:-} == optional ]] && ! node_is_new_enough; then
    echo "  skip    wasm-opt: no Node here; the page works all the same and is about a fifth larger"
    return 0
  fi
  npm_packages scripts/node "wasm-opt" "makes the page about a fifth smaller" "5 s"
}

setup_end2end() {
  npm_packages end2end "Playwright, axe, an SMTP server, a CSV reader and two providers of sign-in" "the browser tests use them" "10 s"
}

# npm_packages FOLDER WHAT WHY HOW_LONG: installs exactly what the lock file says, once per lock file.
npm_packages() {
  local folder=$root/$1 begun=$SECONDS
  if cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed"; then
    have "$2"
    return 0
  fi
  doing "$2" "$3" "$4"
  quietly npm ci --prefix "$folder" --no-audit --no-fund || {
    missing "$2" "$3" "(cd $1 && npm ci)"
    return 1
  }
  cp "$folder/package-lock.json" "$folder/node_modules/.installed"
  done_in "$begun"
}
