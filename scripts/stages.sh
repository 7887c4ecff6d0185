# Runs stages one after another, counts their tests, and ends with a table. Sourced by test and lint.
# shellcheck shell=bash

stage_rows=()
passed=0
failed=0

# stage NAME COMMAND...: a stage that fails does not keep the next from running.
# Counts what cargo and Playwright say; a stage without tests counts as one.
stage() {
  local name=$1 log begun=$SECONDS status=0 good bad verdict=ok
  shift
  echo
  echo "== $name"
  log=$(mktemp)
  "$@" 2>&1 | tee "$log" || status=$?
  good=$(count passed "$log")
  bad=$(count failed "$log")
  rm -f "$log"
  if ((status != 0 && bad == 0)); then bad=1; fi
  if ((status == 0 && good == 0)); then good=1; fi
  if ((status != 0 || bad > 0)); then verdict=FAILED; fi
  passed=$((passed + good))
  failed=$((failed + bad))
  stage_rows+=("$(printf '%-30s %-6s %6d passed %4d failed %5d s' "$name" "$verdict" "$good" "$bad" "$((SECONDS - begun))")")
}

# count passed|failed LOG: the sum over `test result: … 3 passed; 0 failed` and Playwright's own `  3 passed (4s)`.
count() {
  sed -n -e "s/^test result: .* \([0-9][0-9]*\) $1;.*/\1/p" -e "s/^  \([0-9][0-9]*\) $1\( (.*)\)\{0,1\}\$/\1/p" "$2" \
    | awk '{ sum += $1 } END { print sum + 0 }'
}

# The table; its last line is the sum over all stages.
summary() {
  echo
  printf '%s\n' "${stage_rows[@]}"
  echo "$passed passed, $failed failed"
  ((failed == 0))
}
