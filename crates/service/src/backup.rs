//! Takes a copy of a SQLite database that is in use, proves it, and puts one back. By whoever runs the server: no proof is asked for, as for
//! [`crate::setup`].

use serde::Serialize;
use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::Instant,
};
use store::{
    Store, StoreError,
    copies::{self, CopyError},
};

/// Why there is no copy, or none was put back: one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("PostgreSQL is backed up by its own tools: `pg_dump --format=custom --file=rolecall.dump DATABASE`, and `pg_restore` to put it back")]
    Postgres,
    #[error("there is no database at `{0}`; name it by --database-url or DATABASE_URL")]
    NoDatabase(String),
    #[error("there is no file `{0}`; name one that `rolecall backup` made")]
    NoBackup(String),
    #[error("`{0}` is there already; name another file, or write over it with --force")]
    Exists(String),
    #[error("`{0}` is the database itself; name another file")]
    Same(String),
    #[error("the database `{0}` is there already; with --force it is kept beside it under another name and the backup takes its place")]
    Occupied(String),
    #[error("a process has the database `{0}` open; stop the server and other commands, then restore")]
    Held(String),
    #[error("`{path}` is damaged: {what}; take a backup that is whole")]
    Damaged { path: String, what: String },
    #[error("`{0}` is no database of Rolecall's")]
    Foreign(String),
    #[error("{0}; nothing was changed")]
    Copy(#[from] CopyError),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("`{path}` can't be written: {error}; make its folder, or one where you may write, and try again")]
    File { path: String, error: std::io::Error },
}

/// A copy, and what was found in it.
#[derive(Debug, Serialize)]
pub struct Report {
    pub file: PathBuf,
    pub bytes: u64,
    pub milliseconds: u128,
    pub audit: Audit,
    /// Where the database that stood there before is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<PathBuf>,
}

/// How the audit trail in it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Audit {
    Whole {
        entries: i64,
    },
    /// So many chains are not as they were written. The copy is what the database is.
    Broken {
        entries: i64,
        chains: usize,
    },
    /// Of another version of Rolecall, which can tell.
    OtherVersion,
}

/// Writes the database as it is at this moment to a file: whole, checked and on the disk before it has its name.
pub async fn backup(url: &str, file: &Path, overwrite: bool) -> Result<Report, BackupError> {
    let begun = Instant::now();
    let database = copies::file_of(url)?.ok_or(BackupError::Postgres)?;
    if !database.is_file() {
        return Err(BackupError::NoDatabase(shown(&database)));
    }
    if is_same(&database, file) {
        return Err(BackupError::Same(shown(file)));
    }
    if file.exists() && !overwrite {
        return Err(BackupError::Exists(shown(file)));
    }
    let draft = Draft::beside(file)?;
    let audit = copied(&database, &draft.0).await?;
    let bytes = draft.name(file)?;
    Ok(Report { file: file.to_owned(), bytes, milliseconds: begun.elapsed().as_millis(), audit, kept: None })
}

/// Puts a backup where the database URL points. What stood there is kept under another name.
pub async fn restore(url: &str, backup: &Path, replace: bool) -> Result<Report, BackupError> {
    let begun = Instant::now();
    let database = copies::file_of(url)?.ok_or(BackupError::Postgres)?;
    if !backup.is_file() {
        return Err(BackupError::NoBackup(shown(backup)));
    }
    if is_same(&database, backup) {
        return Err(BackupError::Same(shown(backup)));
    }
    let is_there = database.exists();
    if is_there && !replace {
        return Err(BackupError::Occupied(shown(&database)));
    }
    if let Some(folder) = database.parent() {
        fs::create_dir_all(folder).map_err(|error| BackupError::File { path: shown(folder), error })?;
    }
    let draft = Draft::beside(&database)?;
    let audit = copied(backup, &draft.0).await?;
    let mut kept = None;
    if is_there {
        // what can't be read can't be asked who reads it; it is replaced for that very reason
        if matches!(copies::is_held(&database).await, Ok(true)) {
            return Err(BackupError::Held(shown(&database)));
        }
        kept = Some(set_aside(&database)?);
    }
    let bytes = draft.name(&database)?;
    Ok(Report { file: database, bytes, milliseconds: begun.elapsed().as_millis(), audit, kept })
}

/// Copies, and looks whether the copy is a whole database of ours.
async fn copied(from: &Path, to: &Path) -> Result<Audit, BackupError> {
    copies::copy(from, to).await?;
    if let Some(what) = copies::damage(to).await?.into_iter().next() {
        return Err(BackupError::Damaged { path: shown(from), what });
    }
    let copy = Store::open_copy(to).await?;
    let audit = match copy.check_schema().await {
        Ok(()) => proven(&copy).await,
        Err(StoreError::SchemaNewer { .. }) => Ok(Audit::OtherVersion),
        Err(StoreError::SchemaOlder { .. }) if copy.is_ours().await? => Ok(Audit::OtherVersion),
        Err(StoreError::SchemaOlder { .. }) => Err(BackupError::Foreign(shown(from))),
        Err(error) => Err(error.into()),
    };
    copy.close().await?;
    audit
}

async fn proven(copy: &Store) -> Result<Audit, BackupError> {
    let (mut entries, mut broken) = (0, 0);
    for chain in store::audit::chains(copy).await? {
        let verdict = store::audit::verify(copy, chain).await?;
        entries += verdict.entries;
        broken += usize::from(!verdict.is_whole());
    }
    Ok(if broken == 0 { Audit::Whole { entries } } else { Audit::Broken { entries, chains: broken } })
}

/// Gives the database another name, its log with it: the first that is free.
fn set_aside(database: &Path) -> Result<PathBuf, BackupError> {
    let mut number = 1;
    let kept = loop {
        let kept = with(database, &format!(".replaced-{number}"));
        if !kept.exists() {
            break kept;
        }
        number += 1;
    };
    for suffix in ["", "-wal", "-shm"] {
        let (from, to) = (with(database, suffix), with(&kept, suffix));
        if from.exists() {
            fs::rename(&from, to).map_err(|error| BackupError::File { path: shown(&from), error })?;
        }
    }
    Ok(kept)
}

/// A file on its way to its name; it goes with the value where it doesn't get there.
struct Draft(PathBuf);

impl Draft {
    /// Empty, for its owner's eyes only: it will hold people's addresses.
    fn beside(file: &Path) -> Result<Self, BackupError> {
        let draft = with(file, &format!(".{}.partial", std::process::id()));
        let made = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft);
        made.map_err(|error| BackupError::File { path: shown(file), error })?;
        Ok(Self(draft))
    }

    /// Gives it its name for good; says how many bytes it has.
    fn name(self, file: &Path) -> Result<u64, BackupError> {
        let named = || {
            let bytes = fs::metadata(&self.0)?.len();
            fs::rename(&self.0, file)?;
            copies::flush(file)?;
            Ok(bytes)
        };
        named().map_err(|error| BackupError::File { path: shown(file), error })
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // after it got its name, nothing is there
        let _ = fs::remove_file(&self.0);
    }
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn is_same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
