# A Chromium or Chrome for the browser tests: the one that is there, or Debian's.
# shellcheck shell=bash

setup_chromium() {
  local found
  if found=$(find_chromium); then
    have "Chromium ($found)"
  elif can_apt && apt_knows chromium; then
    local begun=$SECONDS
    doing "Debian's chromium" "the browser tests run in it" "60 s"
    apt_install chromium || return 1
    done_in "$begun"
  else
    missing "Chromium or Chrome" "the browser tests run in it" \
      "https://www.google.com/chrome, or any Chromium and its path in ROLECALL_CHROMIUM"
    return 1
  fi
  ROLECALL_CHROMIUM=$(find_chromium) && export ROLECALL_CHROMIUM
}
