//! Single sign-on: connections to identity providers, domains, whose accounts theirs are, sign-ins under way, and how sessions came in.
//!
//! An attempt is found by the hash of what brings it on: the state on its way to the provider, then a ticket, then a link to agree to.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0026_sso",
    sql: &[
        "CREATE TABLE sso_connections (
            id uuid PRIMARY KEY,
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            name text NOT NULL,
            name_key text NOT NULL,
            protocol text NOT NULL CHECK (protocol IN ('oidc', 'saml')),
            preset text NOT NULL,
            issuer text,
            client_id text,
            client_secret bytea,
            sso_url text,
            slo_url text,
            certificates text,
            enabled boolean NOT NULL,
            allow_idp_initiated boolean NOT NULL,
            created_at bigint NOT NULL,
            created_by_name text,
            used_at bigint,
            revision bigint NOT NULL
        )",
        "CREATE UNIQUE INDEX sso_connections_name ON sso_connections (workspace_id, name_key)",
        "CREATE INDEX sso_connections_of_workspace ON sso_connections (workspace_id, created_at, id)",
        "CREATE TABLE sso_rules (
            connection_id uuid NOT NULL REFERENCES sso_connections (id) ON DELETE CASCADE,
            place integer NOT NULL,
            workspace_id uuid NOT NULL,
            claim text NOT NULL,
            value text NOT NULL,
            group_id uuid NOT NULL,
            PRIMARY KEY (connection_id, place),
            FOREIGN KEY (workspace_id, group_id) REFERENCES user_groups (workspace_id, id) ON DELETE CASCADE
        ) clustered",
        "CREATE INDEX sso_rules_group ON sso_rules (workspace_id, group_id)",
        "CREATE TABLE sso_domains (
            id uuid PRIMARY KEY,
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            name text NOT NULL,
            token text NOT NULL,
            created_at bigint NOT NULL,
            expires_at bigint NOT NULL,
            proven_at bigint,
            proven_by text CHECK (proven_by IN ('dns', 'meta_tag')),
            checked_at bigint,
            note text
        )",
        "CREATE UNIQUE INDEX sso_domains_of_workspace ON sso_domains (workspace_id, name)",
        "CREATE UNIQUE INDEX sso_domains_proven ON sso_domains (name) WHERE proven_at IS NOT NULL",
        "CREATE TABLE sso_identities (
            connection_id uuid NOT NULL REFERENCES sso_connections (id) ON DELETE CASCADE,
            subject text NOT NULL,
            account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            linked_at bigint NOT NULL,
            PRIMARY KEY (connection_id, subject)
        ) clustered",
        "CREATE INDEX sso_identities_account ON sso_identities (account_id)",
        "CREATE TABLE sso_attempts (
            id uuid PRIMARY KEY,
            connection_id uuid NOT NULL REFERENCES sso_connections (id) ON DELETE CASCADE,
            purpose text NOT NULL CHECK (purpose IN ('sign_in', 'test')),
            stage text NOT NULL CHECK (stage IN ('begun', 'answered', 'link', 'done')),
            secret_hash bytea NOT NULL,
            browser_hash bytea,
            sealed bytea,
            next_path text NOT NULL,
            account_id uuid REFERENCES accounts (id) ON DELETE CASCADE,
            created_at bigint NOT NULL,
            expires_at bigint NOT NULL
        )",
        "CREATE UNIQUE INDEX sso_attempts_secret ON sso_attempts (secret_hash)",
        "CREATE INDEX sso_attempts_connection ON sso_attempts (connection_id)",
        "CREATE INDEX sso_attempts_account ON sso_attempts (account_id) WHERE account_id IS NOT NULL",
        "CREATE INDEX sso_attempts_expiry ON sso_attempts (expires_at)",
        "CREATE TABLE sso_messages (
            connection_id uuid NOT NULL REFERENCES sso_connections (id) ON DELETE CASCADE,
            hash bytea NOT NULL,
            ends_at bigint NOT NULL,
            PRIMARY KEY (connection_id, hash)
        ) clustered",
        "CREATE INDEX sso_messages_end ON sso_messages (ends_at)",
        "CREATE TABLE sso_log (
            id uuid PRIMARY KEY,
            connection_id uuid NOT NULL REFERENCES sso_connections (id) ON DELETE CASCADE,
            at bigint NOT NULL,
            purpose text NOT NULL CHECK (purpose IN ('sign_in', 'test')),
            code text,
            reason text,
            who text,
            address text
        )",
        "CREATE INDEX sso_log_of_connection ON sso_log (connection_id, at, id)",
        "CREATE TABLE sso_exceptions (
            workspace_id uuid NOT NULL,
            member_id uuid NOT NULL,
            PRIMARY KEY (workspace_id, member_id),
            FOREIGN KEY (workspace_id, member_id) REFERENCES members (workspace_id, id) ON DELETE CASCADE
        ) clustered",
        "ALTER TABLE workspaces ADD COLUMN sso_required boolean NOT NULL DEFAULT false",
        // a session ends with the connection that it came by
        "ALTER TABLE sessions ADD COLUMN connection_id uuid REFERENCES sso_connections (id) ON DELETE CASCADE",
        "ALTER TABLE sessions ADD COLUMN provider_subject text",
        "ALTER TABLE sessions ADD COLUMN provider_session text",
        "ALTER TABLE sessions ADD COLUMN only_here boolean NOT NULL DEFAULT false",
        "CREATE INDEX sessions_of_connection ON sessions (connection_id, provider_subject) WHERE connection_id IS NOT NULL",
    ],
};
