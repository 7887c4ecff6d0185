//! Accounts, their sessions, and their requests to set a new password.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0001_accounts",
    sql: &[
        "CREATE TABLE accounts (
            id uuid PRIMARY KEY,
            email text NOT NULL,
            name text NOT NULL,
            password_hash text,
            email_verified boolean NOT NULL,
            created_at bigint NOT NULL
        )",
        "CREATE UNIQUE INDEX accounts_email ON accounts (email)",
        "CREATE TABLE sessions (
            id uuid PRIMARY KEY,
            account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            secret_hash bytea NOT NULL,
            device text NOT NULL,
            address text NOT NULL,
            created_at bigint NOT NULL,
            last_seen_at bigint NOT NULL,
            expires_at bigint NOT NULL
        )",
        "CREATE UNIQUE INDEX sessions_secret ON sessions (secret_hash)",
        "CREATE INDEX sessions_account ON sessions (account_id, last_seen_at)",
        "CREATE INDEX sessions_expiry ON sessions (expires_at)",
        "CREATE TABLE resets (
            id uuid PRIMARY KEY,
            account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            secret_hash bytea NOT NULL,
            created_at bigint NOT NULL,
            expires_at bigint NOT NULL,
            used_at bigint
        )",
        "CREATE UNIQUE INDEX resets_secret ON resets (secret_hash)",
        "CREATE INDEX resets_account ON resets (account_id)",
    ],
};
