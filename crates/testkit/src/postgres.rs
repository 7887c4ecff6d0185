//! A throwaway PostgreSQL cluster for one test process: it listens on a socket in its own folder and nowhere else, and goes when
//! the process goes, however that ends.

use std::{
    io::{BufRead, BufReader},
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    /// Its standard input is what keeps the cluster alive: the system closes it when this process ends.
    _watchdog: Child,
}

impl Cluster {
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://rolecall@localhost/{database}?host={}", self.folder.display())
    }
}

/// Starts it on first use.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| start().unwrap_or_else(|problem| panic!("{problem}")))
}

/// `cat` ends when the test process has ended, whether well, by a signal or by a crash; then the cluster and its folder go.
const WATCHDOG: &str = r#"
set -eu
folder=$1 bin=$2
finish() {
    "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap finish EXIT
try() {
    "$@" >>"$folder/log" 2>&1 </dev/null || { tail -n 20 "$folder/log"; exit 1; }
}
try "$bin/initdb" -D "$folder/data" -U rolecall -A trust -E UTF8 --locale=C --no-sync
cat >>"$folder/data/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$folder'
max_connections = 300
shared_buffers = 32MB
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
max_wal_senders = 0
wal_level = minimal
END
try "$bin/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -s start
echo ready
exec >/dev/null
cat
"#;

fn start() -> Result<Cluster, String> {
    let bin = programs()?;
    let folder = tempfile::Builder::new().prefix("rolecall-pg-").tempdir_in(base()).map_err(|error| format!("no folder for PostgreSQL: {error}"))?;
    let mut command = Command::new("sh");
    command.args(["-c", WATCHDOG, "sh"]).arg(folder.path()).arg(bin).current_dir(folder.path());
    // a group of its own: what ends the tests from the keyboard must not end the watchdog before its work
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    run_as_other_than_root(&mut command, folder.path())?;
    let mut watchdog = command.spawn().map_err(|error| format!("PostgreSQL can't be started: {error}"))?;
    let output = watchdog.stdout.take().ok_or("PostgreSQL's start can't be heard")?;
    let mut said = Vec::new();
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if line == "ready" {
            // from here on the watchdog removes it
            return Ok(Cluster { folder: folder.keep(), _watchdog: watchdog });
        }
        said.push(line);
    }
    Err(format!("PostgreSQL did not start:\n{}", said.join("\n")))
}

/// PostgreSQL refuses to run as root; then it runs as `postgres` or `nobody`.
fn run_as_other_than_root(command: &mut Command, folder: &Path) -> Result<(), String> {
    let owner = std::fs::metadata(folder).map_err(|error| error.to_string())?;
    if owner.uid() != 0 {
        return Ok(());
    }
    let users = std::fs::read_to_string("/etc/passwd").map_err(|error| format!("/etc/passwd: {error}"))?;
    let ids = |name: &str| {
        let fields: Vec<&str> = users.lines().map(|line| line.split(':').collect()).find(|fields: &Vec<&str>| fields.first() == Some(&name))?;
        Some((fields.get(2)?.parse::<u32>().ok()?, fields.get(3)?.parse::<u32>().ok()?))
    };
    let (user, group) = ids("postgres").or_else(|| ids("nobody")).ok_or("there is neither a user `postgres` nor `nobody` to run PostgreSQL as")?;
    chown(folder, Some(user), Some(group)).map_err(|error| error.to_string())?;
    command.uid(user).gid(group);
    Ok(())
}

/// Socket paths have room for about 100 characters.
fn base() -> PathBuf {
    let folder = std::env::temp_dir();
    if folder.as_os_str().len() > 60 { PathBuf::from("/tmp") } else { folder }
}

/// The folder of `initdb` and `pg_ctl`: named by `ROLECALL_POSTGRES_BIN`, on the PATH, or where Debian puts the newest one.
fn programs() -> Result<PathBuf, String> {
    let named = std::env::var_os("ROLECALL_POSTGRES_BIN").map(PathBuf::from);
    let on_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    let mut packaged: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|folders| folders.flatten().filter_map(|folder| Some((folder.file_name().to_str()?.parse().ok()?, folder.path().join("bin")))).collect())
        .unwrap_or_default();
    packaged.sort();
    let folders = named.into_iter().chain(on_path).chain(packaged.into_iter().rev().map(|(_, folder)| folder));
    folders
        .filter_map(|folder| folder.join("initdb").canonicalize().ok()?.parent().map(Path::to_path_buf))
        .find(|folder| folder.join("pg_ctl").is_file())
        .ok_or_else(|| {
            "PostgreSQL is not installed; install it (Debian: `apt install postgresql`), or name its programs' folder in ROLECALL_POSTGRES_BIN".to_owned()
        })
}
