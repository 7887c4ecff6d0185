//! Search by any part of a name: each three letters in a row are in an index, so that a rare name costs no walk through everybody.
//!
//! SQLite's full text search keeps rows by number, hence the numbers: a table's own may change when the file is cleaned up. PostgreSQL
//! needs an extension that comes with it and that whoever owns the database may switch on; without it, search works as it did.
//! The lists' own indexes hold all that a search looks at, so that the table is read for what was found only.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0023_search",
    sql: &[
        "DROP INDEX members_by_name",
        "CREATE INDEX members_by_name ON members (workspace_id, name_key, id, email)",
        "DROP INDEX members_by_last_seen",
        "CREATE INDEX members_by_last_seen ON members (workspace_id, last_seen_at, id, name_key, email)",
        "CREATE INDEX members_owners_by_last_seen ON members (workspace_id, last_seen_at, id) WHERE kind = 'owner'",
        "DROP INDEX members_owners",
        "CREATE INDEX members_owners ON members (workspace_id, name_key, id) WHERE kind = 'owner'",
        "DROP INDEX resources_by_name",
        "CREATE INDEX resources_by_name ON resources (workspace_id, kind, name_key, id, key)",
        // what hangs on a thing, in the order of the list: SQLite would walk all of the list for it
        "DROP INDEX resources_parent",
        "CREATE INDEX resources_parent ON resources (workspace_id, parent_id, kind, name_key, id) WHERE parent_id IS NOT NULL",
        "sqlite: CREATE TABLE member_numbers (n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT",
        "sqlite: CREATE VIRTUAL TABLE member_search USING fts5(text, content='', contentless_delete=1, tokenize='trigram')",
        "sqlite: INSERT INTO member_numbers (id) SELECT id FROM members",
        "sqlite: INSERT INTO member_search (rowid, text) SELECT n, name_key || char(10) || email FROM member_numbers JOIN members USING (id)",
        "sqlite: CREATE TRIGGER member_comes AFTER INSERT ON members BEGIN
            INSERT INTO member_numbers (id) VALUES (new.id);
            INSERT INTO member_search (rowid, text) SELECT n, new.name_key || char(10) || new.email FROM member_numbers WHERE id = new.id;
        END",
        "sqlite: CREATE TRIGGER member_is_renamed AFTER UPDATE OF name_key, email ON members BEGIN
            UPDATE member_search SET text = new.name_key || char(10) || new.email WHERE rowid = (SELECT n FROM member_numbers WHERE id = new.id);
        END",
        "sqlite: CREATE TRIGGER member_goes AFTER DELETE ON members BEGIN
            DELETE FROM member_search WHERE rowid = (SELECT n FROM member_numbers WHERE id = old.id);
            DELETE FROM member_numbers WHERE id = old.id;
        END",
        "sqlite: CREATE TABLE resource_numbers (n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT",
        "sqlite: CREATE VIRTUAL TABLE resource_search USING fts5(text, content='', contentless_delete=1, tokenize='trigram')",
        "sqlite: INSERT INTO resource_numbers (id) SELECT id FROM resources",
        "sqlite: INSERT INTO resource_search (rowid, text) SELECT n, name_key || char(10) || lower(key) FROM resource_numbers JOIN resources USING (id)",
        "sqlite: CREATE TRIGGER resource_comes AFTER INSERT ON resources BEGIN
            INSERT INTO resource_numbers (id) VALUES (new.id);
            INSERT INTO resource_search (rowid, text) SELECT n, new.name_key || char(10) || lower(new.key) FROM resource_numbers WHERE id = new.id;
        END",
        "sqlite: CREATE TRIGGER resource_is_renamed AFTER UPDATE OF name_key, key ON resources BEGIN
            UPDATE resource_search SET text = new.name_key || char(10) || lower(new.key) WHERE rowid = (SELECT n FROM resource_numbers WHERE id = new.id);
        END",
        "sqlite: CREATE TRIGGER resource_goes AFTER DELETE ON resources BEGIN
            DELETE FROM resource_search WHERE rowid = (SELECT n FROM resource_numbers WHERE id = old.id);
            DELETE FROM resource_numbers WHERE id = old.id;
        END",
        "postgres: DO $$ BEGIN
            CREATE EXTENSION IF NOT EXISTS pg_trgm;
            CREATE INDEX members_search ON members USING gin (name_key gin_trgm_ops, email gin_trgm_ops);
            CREATE INDEX user_groups_search ON user_groups USING gin (name_key gin_trgm_ops);
            CREATE INDEX resources_search ON resources USING gin (name_key gin_trgm_ops, lower(key) gin_trgm_ops);
        EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
            RAISE NOTICE 'without pg_trgm, search in large workspaces is slower: %', SQLERRM;
        END $$",
    ],
};
