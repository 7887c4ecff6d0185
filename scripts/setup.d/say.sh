# How set-up speaks, and how it installs what the machine's own package manager has.
# shellcheck shell=bash

# have WHAT: it is there, nothing to do.
have() { printf '  ok      %s\n' "$*"; }

# doing WHAT WHY HOW_LONG: it will be installed now.
doing() { printf '  install %s: %s (about %s)\n' "$1" "$2" "$3"; }

# missing WHAT WHY COMMAND: it can't be installed from here; a person is told how.
missing() {
  printf '  MISSING %s: %s\n' "$1" "$2" >&2
  printf '          to install it: %s\n' "$3" >&2
}

# done_in SECONDS_BEFORE: says how long the last step really took.
done_in() { printf '          took %d s\n' "$((SECONDS - $1))"; }

# Runs a command, quietly while it goes well.
quietly() {
  local log
  log=$(mktemp)
  if "$@" > "$log" 2>&1 < /dev/null; then
    rm -f "$log"
    return 0
  fi
  tail -n 25 "$log" >&2
  rm -f "$log"
  return 1
}

# macOS has no `timeout`.
limited() {
  local seconds=$1
  shift
  if command -v timeout > /dev/null; then timeout "$seconds" "$@"; else "$@"; fi
}

is_root() { [[ $(id -u) == 0 ]]; }

# Whether this machine lets us install system packages without asking anyone.
can_apt() {
  command -v apt-get > /dev/null && { is_root || sudo -n true 2> /dev/null; }
}

as_root() {
  if is_root; then "$@"; else sudo -n "$@"; fi
}

# Whether Debian knows a package, in this version or a later one; a machine whose list of packages doesn't is made to ask once.
apt_knows() {
  apt_has "$@" && return 0
  if [[ -z ${apt_updated:-} ]]; then
    apt_updated=yes
    quietly as_root apt-get update || return 1
  fi
  apt_has "$@"
}

# Read whole before it is searched: a `grep -q` that leaves early would end apt-cache by SIGPIPE, which counts as a failure here.
apt_has() {
  local policy candidate
  policy=$(apt-cache policy "$1" 2> /dev/null) || return 1
  candidate=$(sed -n 's/^ *Candidate: //p' <<< "$policy")
  [[ -n $candidate && $candidate != "(none)" ]] && at_least "${2:-0}" "$candidate"
}

# Whether the second version is the first or a later one.
at_least() {
  [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | sed -n 1p) == "$1" ]]
}

apt_install() {
  quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" && return 0
  # The list of packages may be older than the mirror.
  quietly as_root apt-get update
  quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}
