//! Long lists by what narrows them: the uses of a label in order of age, and search by fewer letters than the indexes of step 23 hold.
//!
//! On SQLite the terms of those indexes are read by how they begin. Each letter begins one, since two ends of line now stand behind every
//! text. The numbers know names besides, so that what was found is put in order without being read. PostgreSQL gets an index of its own,
//! of each letter and each two in a row, which needs no extension. Of things it is known which letters each type has ever had, so that
//! a list of all types begins with the first that can have what is searched.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0025_long_lists",
    sql: &[
        "ALTER TABLE grant_labels ADD COLUMN created_at bigint NOT NULL DEFAULT 0",
        "UPDATE grant_labels SET created_at = (SELECT grants.created_at FROM grants WHERE grants.id = grant_labels.grant_id)",
        "DROP INDEX grant_labels_label",
        "CREATE INDEX grant_labels_label ON grant_labels (workspace_id, key, value, created_at, grant_id)",
        // how many hold a role is counted in the index alone
        "DROP INDEX grants_by_role",
        "CREATE INDEX grants_by_role ON grants (role, workspace_id, created_at, id, member_id)",
        // with all that is asked by address: SQLite would sooner read everybody in an index that has it
        "DROP INDEX members_by_email",
        "CREATE INDEX members_by_email ON members (workspace_id, email, id)",
        "CREATE TABLE resource_letters (
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            letters text NOT NULL,
            kind text NOT NULL,
            PRIMARY KEY (workspace_id, letters, kind)
        ) clustered",
        "sqlite: WITH RECURSIVE texts (workspace_id, kind, text) AS (
                SELECT workspace_id, kind, name_key FROM resources UNION SELECT workspace_id, kind, lower(key) FROM resources
            ), places (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM places WHERE n < (SELECT max(length(text)) FROM texts))
            INSERT INTO resource_letters (workspace_id, letters, kind)
            SELECT workspace_id, substr(text, n, 2), kind FROM texts JOIN places ON n <= length(text)
            UNION SELECT workspace_id, substr(text, n, 1), kind FROM texts JOIN places ON n <= length(text)",
        "postgres: INSERT INTO resource_letters (workspace_id, letters, kind)
            WITH texts AS (SELECT workspace_id, kind, name_key AS text FROM resources UNION SELECT workspace_id, kind, lower(key) FROM resources)
            SELECT workspace_id, substr(text, n, 2), kind FROM texts, generate_series(1, length(text)) n
            UNION SELECT workspace_id, substr(text, n, 1), kind FROM texts, generate_series(1, length(text)) n",
        "sqlite: DROP TRIGGER member_comes",
        "sqlite: DROP TRIGGER member_is_renamed",
        "sqlite: DROP TABLE member_search",
        "sqlite: ALTER TABLE member_numbers ADD COLUMN name_key TEXT NOT NULL DEFAULT ''",
        "sqlite: UPDATE member_numbers SET name_key = (SELECT members.name_key FROM members WHERE members.id = member_numbers.id)",
        "sqlite: CREATE VIRTUAL TABLE member_search USING fts5(text, content='', contentless_delete=1, tokenize='trigram')",
        "sqlite: CREATE VIRTUAL TABLE member_terms USING fts5vocab(member_search, instance)",
        "sqlite: INSERT INTO member_search (rowid, text)
            SELECT n, members.name_key || char(10) || email || char(10, 10) FROM member_numbers JOIN members USING (id)",
        "sqlite: CREATE TRIGGER member_comes AFTER INSERT ON members BEGIN
            INSERT INTO member_numbers (id, name_key) VALUES (new.id, new.name_key);
            INSERT INTO member_search (rowid, text)
                SELECT n, new.name_key || char(10) || new.email || char(10, 10) FROM member_numbers WHERE id = new.id;
        END",
        "sqlite: CREATE TRIGGER member_is_renamed AFTER UPDATE OF name_key, email ON members BEGIN
            UPDATE member_numbers SET name_key = new.name_key WHERE id = new.id;
            UPDATE member_search SET text = new.name_key || char(10) || new.email || char(10, 10)
                WHERE rowid = (SELECT n FROM member_numbers WHERE id = new.id);
        END",
        "sqlite: DROP TRIGGER resource_comes",
        "sqlite: DROP TRIGGER resource_is_renamed",
        "sqlite: DROP TABLE resource_search",
        "sqlite: CREATE VIRTUAL TABLE resource_search USING fts5(text, content='', contentless_delete=1, tokenize='trigram')",
        "sqlite: CREATE VIRTUAL TABLE resource_terms USING fts5vocab(resource_search, instance)",
        "sqlite: INSERT INTO resource_search (rowid, text)
            SELECT n, name_key || char(10) || lower(key) || char(10, 10) FROM resource_numbers JOIN resources USING (id)",
        "sqlite: CREATE TRIGGER resource_comes AFTER INSERT ON resources BEGIN
            INSERT INTO resource_numbers (id) VALUES (new.id);
            INSERT INTO resource_search (rowid, text)
                SELECT n, new.name_key || char(10) || lower(new.key) || char(10, 10) FROM resource_numbers WHERE id = new.id;
        END",
        "sqlite: CREATE TRIGGER resource_is_renamed AFTER UPDATE OF name_key, key ON resources BEGIN
            UPDATE resource_search SET text = new.name_key || char(10) || lower(new.key) || char(10, 10)
                WHERE rowid = (SELECT n FROM resource_numbers WHERE id = new.id);
        END",
        "postgres: CREATE FUNCTION letters_of(of text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT array_agg(DISTINCT substr(of, n, 2)) || array_agg(DISTINCT substr(of, n, 1)) FROM generate_series(1, length(of)) n
        $$",
        "postgres: CREATE INDEX members_letters ON members USING gin (letters_of(name_key || chr(10) || email))",
        "postgres: CREATE INDEX resources_letters ON resources USING gin (letters_of(name_key || chr(10) || lower(key)))",
    ],
};
