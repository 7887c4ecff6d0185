//! How one statement is said to each database: the only place where their schemas differ.

use crate::connect::Backend;

/// Steps are written in PostgreSQL's words, with `clustered` behind tables that are nothing but their key.
/// Text compares byte by byte in both: the order of a list must not hang on the server's locale.
/// SQLite's tables are strict: it refuses a value of another type as PostgreSQL does.
/// What one of them alone is told begins with its name, and is said as it stands; the other hears nothing.
pub(super) fn say(backend: Backend, sql: &str) -> Option<String> {
    for (told, name) in [(Backend::Sqlite, "sqlite: "), (Backend::Postgres, "postgres: ")] {
        if let Some(sql) = sql.strip_prefix(name) {
            return (told == backend).then(|| sql.to_owned());
        }
    }
    Some(translated(backend, sql))
}

fn translated(backend: Backend, sql: &str) -> String {
    let word = |word: &str| match (backend, word) {
        (Backend::Sqlite, "uuid" | "bytea") => Some("BLOB"),
        (Backend::Sqlite, "bigint" | "boolean" | "integer") => Some("INTEGER"),
        (Backend::Sqlite, "clustered") => Some("WITHOUT ROWID"),
        (Backend::Postgres, "text") => Some("text COLLATE \"C\""),
        (Backend::Postgres, "clustered") => Some(""),
        (Backend::Sqlite | Backend::Postgres, _) => None,
    };
    let mut said = String::with_capacity(sql.len() + 64);
    let mut rest = sql;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (head, tail) = rest.split_at(end);
        said.push_str(word(head).unwrap_or(head));
        let mut others = tail.chars();
        said.extend(others.next());
        rest = others.as_str();
    }
    if backend == Backend::Sqlite && sql.starts_with("CREATE TABLE") {
        said.push_str(if sql.ends_with("clustered") { ", STRICT" } else { " STRICT" });
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_types_in_each_database_s_words() {
        let sql = "CREATE TABLE a (id uuid, text_key text, n bigint) clustered";
        assert_eq!(translated(Backend::Sqlite, sql), "CREATE TABLE a (id BLOB, text_key text, n INTEGER) WITHOUT ROWID, STRICT");
        assert_eq!(translated(Backend::Postgres, sql), "CREATE TABLE a (id uuid, text_key text COLLATE \"C\", n bigint) ");
    }

    #[test]
    fn says_to_one_what_is_for_one() {
        assert_eq!(say(Backend::Sqlite, "sqlite: SELECT 'a text'").as_deref(), Some("SELECT 'a text'"));
        assert_eq!(say(Backend::Postgres, "sqlite: SELECT 'a text'"), None);
    }
}
