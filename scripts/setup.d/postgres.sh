# PostgreSQL's programs: the tests start a throwaway cluster of their own with them.
# shellcheck shell=bash

setup_postgres() {
  local found
  if found=$(find_postgres); then
    have "PostgreSQL's programs ($found)"
  elif can_apt && apt_knows postgresql; then
    local begun=$SECONDS
    doing "Debian's postgresql" "every store test runs on it as well as on SQLite" "30 s"
    without_a_running_server
    apt_install postgresql || return 1
    done_in "$begun"
  else
    missing "PostgreSQL's programs" "every store test runs on it as well as on SQLite" \
      "brew install postgresql, or your package manager's, and the folder of initdb in ROLECALL_POSTGRES_BIN"
    return 1
  fi
  ROLECALL_POSTGRES_BIN=$(find_postgres) && export ROLECALL_POSTGRES_BIN
}

# Only the programs are wanted: Debian would set up a cluster and start it.
without_a_running_server() {
  as_root mkdir -p /etc/postgresql-common/createcluster.d
  echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.d/rolecall.conf > /dev/null
}
