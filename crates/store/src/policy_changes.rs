//! The change feed: what each version of a workspace's policy touched. Write functions note it in their change, and the commit keeps it.
//!
//! Whoever writes what decisions rest on (members, groups, tokens, their grants and places, resources with their labels, the plan) calls
//! [`WriteTx::touch`] in the same function, so that no use case can forget it.

use crate::{
    connect::Backend,
    entity::policy_change::{self, Column, Entity},
    error::{StoreError, corrupt},
    sql::{insert_all, tuples},
    transaction::{Db, WriteTx, on},
};
use domain::{
    grant::Holder,
    id::{GroupId, MemberId, ResourceId, TokenId, WorkspaceId},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement,
    sea_query::{Order, Query},
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// How many versions of a workspace are kept: who is further behind reads the whole policy again.
pub const KEPT_VERSIONS: i64 = 1_000;

/// A change that touches more than this is told as one that touched everything: reading it all again is then the shorter way.
pub const MOST_TOUCHED: usize = 500;

/// How many rows a reader takes in to catch up.
const MOST_ROWS: u64 = 5_000;

/// Where PostgreSQL tells other nodes of a commit: `<workspace's id> <version>`.
pub(crate) const CHANNEL: &str = "rolecall_policy";

/// Something that decisions rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touched {
    /// The member, their grants, or their places in groups.
    Member(MemberId),
    /// The group itself or its grants; who is in it is the members' matter.
    Group(GroupId),
    Token(TokenId),
    /// The resource or its labels.
    Resource(ResourceId),
    Plan,
}

impl Touched {
    /// Whose grants these are; an invite's reach nobody yet.
    pub(crate) const fn holder(holder: Holder) -> Option<Self> {
        match holder {
            Holder::Member(id) => Some(Self::Member(id)),
            Holder::Group(id) => Some(Self::Group(id)),
            Holder::Token(id) => Some(Self::Token(id)),
            Holder::Invite(_) => None,
        }
    }

    const fn columns(self) -> (&'static str, Uuid) {
        match self {
            Self::Member(id) => ("member", id.uuid()),
            Self::Group(id) => ("group", id.uuid()),
            Self::Token(id) => ("token", id.uuid()),
            Self::Resource(id) => ("resource", id.uuid()),
            Self::Plan => ("plan", Uuid::nil()),
        }
    }
}

/// What one change touched in one workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touches {
    these: BTreeSet<Touched>,
    everything: bool,
}

impl Touches {
    pub(crate) fn add(&mut self, touched: Touched) {
        if self.everything {
            return;
        }
        self.these.insert(touched);
        if self.these.len() > MOST_TOUCHED {
            self.these.clear();
            self.everything = true;
        }
    }

    fn rows(&self) -> Vec<(&'static str, Uuid)> {
        match (self.everything, self.these.is_empty()) {
            (true, _) => vec![("everything", Uuid::nil())],
            (false, true) => vec![("nothing", Uuid::nil())],
            (false, false) => self.these.iter().map(|touched| touched.columns()).collect(),
        }
    }
}

/// What happened between a version and the present one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    Touched(BTreeSet<Touched>),
    /// The feed does not reach back so far, or so much was touched that it does not say what.
    TooMuch,
}

/// Keeps what this version touched, forgets what is long past, and on PostgreSQL tells the other nodes when it commits.
pub(crate) async fn write(tx: &WriteTx, workspace: Uuid, version: i64, touches: &Touches) -> Result<(), StoreError> {
    let row = |(kind, object_id): (&str, Uuid)| policy_change::Model { workspace_id: workspace, version, kind: kind.to_owned(), object_id };
    insert_all::<Entity>(tx, &touches.rows().into_iter().map(row).collect::<Vec<_>>()).await?;
    let past = Entity::delete_many().filter(Column::WorkspaceId.eq(workspace)).filter(Column::Version.lte(version.saturating_sub(KEPT_VERSIONS)));
    past.exec(on(tx)).await?;
    if Backend::of(on(tx)) == Backend::Postgres {
        let payload = format!("{workspace} {version}");
        on(tx).execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_notify($1, $2)", [CHANNEL.into(), payload.into()])).await?;
    }
    Ok(())
}

/// What was touched after `from` and up to `to`, which is the present version in `db`.
pub async fn since(db: &impl Db, workspace: WorkspaceId, from: i64, to: i64) -> Result<Since, StoreError> {
    // a version from the future: the database was put back from a copy
    if from > to || to - from > KEPT_VERSIONS {
        return Ok(Since::TooMuch);
    }
    let select = Query::select()
        .columns([Column::Version, Column::Kind, Column::ObjectId])
        .from(Entity)
        .and_where(Column::WorkspaceId.eq(workspace.uuid()))
        .and_where(Column::Version.gt(from))
        .and_where(Column::Version.lte(to))
        .order_by(Column::Version, Order::Asc)
        .limit(MOST_ROWS)
        .take();
    let rows: Vec<(i64, String, Uuid)> = tuples(db, &select).await?;
    let versions: BTreeSet<i64> = rows.iter().map(|(version, ..)| *version).collect();
    let whole = i64::try_from(versions.len()).is_ok_and(|versions| versions == to - from) && (rows.len() as u64) < MOST_ROWS;
    let mut touched = BTreeSet::new();
    for (_, kind, id) in rows {
        touched.insert(match kind.as_str() {
            "nothing" => continue,
            "everything" => return Ok(Since::TooMuch),
            "member" => Touched::Member(MemberId::from_uuid(id)),
            "group" => Touched::Group(GroupId::from_uuid(id)),
            "token" => Touched::Token(TokenId::from_uuid(id)),
            "resource" => Touched::Resource(ResourceId::from_uuid(id)),
            "plan" => Touched::Plan,
            other => return Err(corrupt("policy_changes.kind")(other)),
        });
    }
    Ok(if whole { Since::Touched(touched) } else { Since::TooMuch })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_too_much_is_told_as_everything() {
        let mut touches = Touches::default();
        assert_eq!(touches.rows(), [("nothing", Uuid::nil())]);
        touches.add(Touched::Plan);
        assert_eq!(touches.rows(), [("plan", Uuid::nil())]);
        for n in 0..=MOST_TOUCHED as u128 {
            touches.add(Touched::Member(MemberId::from_uuid(Uuid::from_u128(n))));
        }
        assert_eq!(touches.rows(), [("everything", Uuid::nil())]);
    }
}
