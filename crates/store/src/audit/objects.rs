//! Which of the things that the trail tells of are in the workspace still.

use crate::{
    entity::{member, resource, review, sso_connection, token, user_group, webhook},
    error::StoreError,
    sql::within,
    transaction::{Db, on},
};
use domain::id::WorkspaceId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Those of these ids that are a member, a group, a token, a resource, a review, a webhook or a connection of the workspace.
pub async fn present(db: &impl Db, workspace: WorkspaceId, ids: &BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>, StoreError> {
    let ids = || ids.iter().copied();
    let members = member::Entity::find().select_only().column(member::Column::Id).filter(within(member::Column::WorkspaceId, workspace));
    let groups = user_group::Entity::find().select_only().column(user_group::Column::Id).filter(within(user_group::Column::WorkspaceId, workspace));
    let tokens = token::Entity::find().select_only().column(token::Column::Id).filter(within(token::Column::WorkspaceId, workspace));
    let resources = resource::Entity::find().select_only().column(resource::Column::Id).filter(within(resource::Column::WorkspaceId, workspace));
    let reviews = review::Entity::find().select_only().column(review::Column::Id).filter(within(review::Column::WorkspaceId, workspace));
    let webhooks = webhook::Entity::find().select_only().column(webhook::Column::Id).filter(within(webhook::Column::WorkspaceId, workspace));
    let connections =
        sso_connection::Entity::find().select_only().column(sso_connection::Column::Id).filter(within(sso_connection::Column::WorkspaceId, workspace));
    let mut present: Vec<Uuid> = members.filter(member::Column::Id.is_in(ids())).into_tuple().all(on(db)).await?;
    present.extend(groups.filter(user_group::Column::Id.is_in(ids())).into_tuple::<Uuid>().all(on(db)).await?);
    present.extend(tokens.filter(token::Column::Id.is_in(ids())).into_tuple::<Uuid>().all(on(db)).await?);
    present.extend(resources.filter(resource::Column::Id.is_in(ids())).into_tuple::<Uuid>().all(on(db)).await?);
    present.extend(reviews.filter(review::Column::Id.is_in(ids())).into_tuple::<Uuid>().all(on(db)).await?);
    present.extend(webhooks.filter(webhook::Column::Id.is_in(ids())).into_tuple::<Uuid>().all(on(db)).await?);
    present.extend(connections.filter(sso_connection::Column::Id.is_in(ids())).into_tuple::<Uuid>().all(on(db)).await?);
    Ok(present.into_iter().collect())
}
