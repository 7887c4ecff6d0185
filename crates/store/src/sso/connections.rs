//! Connections to identity providers. Their client secrets are sealed by the floor above.

use crate::{
    entity::{
        sso_connection::{Column, Entity, Model},
        sso_rule, user_group,
    },
    error::{StoreError, corrupt},
    sql::{insert_all, tuples},
    transaction::{Db, WriteTx, on},
};
use domain::{
    id::{ConnectionId, GroupId, WorkspaceId},
    sso::{Connection, OidcProvider, Protocol, Provider, ProviderCertificate, ProviderUrl, SamlProvider, mapping::MappingRule},
    text::{ConnectionName, GroupName, PersonName},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, Select, UpdateMany,
    sea_query::{Expr, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

/// A certificate as it is kept, for the floor above to tell its fingerprint.
pub type Fingerprint = fn(&str) -> String;

/// What can be set of a connection.
#[derive(Clone, Debug)]
pub struct Setting {
    pub name: ConnectionName,
    pub preset: String,
    pub provider: Provider,
    pub allow_idp_initiated: bool,
    pub mapping: Vec<MappingRule>,
    /// Sealed; `None` keeps the one that there is, as long as the provider is the one that it was given for.
    pub client_secret: Option<Vec<u8>>,
}

#[derive(Clone, Debug)]
pub struct NewConnection {
    pub id: ConnectionId,
    pub setting: Setting,
    pub created_by: Option<PersonName>,
    pub created_at: Timestamp,
}

/// A connection with what only the floor above may open.
#[derive(Clone, Debug)]
pub struct Found {
    pub workspace: WorkspaceId,
    pub connection: Connection,
    pub client_secret: Option<Vec<u8>>,
}

/// A new one is switched off. [`Constraint::ConnectionName`](crate::Constraint::ConnectionName) where the workspace has one of this name.
pub async fn insert(tx: &WriteTx, workspace: WorkspaceId, new: &NewConnection) -> Result<(), StoreError> {
    let told = Told::of(&new.setting.provider);
    let row = Model {
        id: new.id.uuid(),
        workspace_id: workspace.uuid(),
        name: new.setting.name.to_string(),
        name_key: new.setting.name.key(),
        protocol: new.setting.provider.protocol().to_string(),
        preset: new.setting.preset.clone(),
        issuer: told.issuer,
        client_id: told.client_id,
        client_secret: new.setting.client_secret.clone(),
        sso_url: told.sso_url,
        slo_url: told.slo_url,
        certificates: told.certificates,
        enabled: false,
        allow_idp_initiated: new.setting.allow_idp_initiated,
        created_at: new.created_at.micros(),
        created_by_name: new.created_by.as_ref().map(ToString::to_string),
        used_at: None,
        revision: 1,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(on(tx)).await?;
    set_rules(tx, workspace, new.id, &new.setting.mapping).await
}

/// Sets all of it; `false` where it isn't there at this revision. The protocol stays what it is.
pub async fn set(tx: &WriteTx, workspace: WorkspaceId, id: ConnectionId, revision: i64, to: &Setting) -> Result<bool, StoreError> {
    let told = Told::of(&to.provider);
    // a secret is its issuer's: whoever could lead it to another server could read it, at once or by emptying the provider in between
    let mut others = only(workspace, id).col_expr(Column::ClientSecret, Expr::val(None::<Vec<u8>>)).filter(Column::Revision.eq(revision));
    if let Some(issuer) = &told.issuer {
        others = others.filter(Column::Issuer.is_null().or(Column::Issuer.ne(issuer.as_str())));
    }
    others.exec(on(tx)).await?;
    let mut update = only(workspace, id)
        .col_expr(Column::Name, Expr::val(to.name.as_str()))
        .col_expr(Column::NameKey, Expr::val(to.name.key()))
        .col_expr(Column::Preset, Expr::val(to.preset.as_str()))
        .col_expr(Column::Issuer, Expr::val(told.issuer))
        .col_expr(Column::ClientId, Expr::val(told.client_id))
        .col_expr(Column::SsoUrl, Expr::val(told.sso_url))
        .col_expr(Column::SloUrl, Expr::val(told.slo_url))
        .col_expr(Column::Certificates, Expr::val(told.certificates))
        .col_expr(Column::AllowIdpInitiated, Expr::val(to.allow_idp_initiated))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::Protocol.eq(to.provider.protocol().as_str()))
        .filter(Column::Revision.eq(revision));
    if let Some(secret) = &to.client_secret {
        update = update.col_expr(Column::ClientSecret, Expr::val(secret.clone()));
    }
    let changed = update.exec(on(tx)).await?.rows_affected == 1;
    if changed {
        sso_rule::Entity::delete_many().filter(sso_rule::Column::ConnectionId.eq(id.uuid())).exec(on(tx)).await?;
        set_rules(tx, workspace, id, &to.mapping).await?;
    }
    Ok(changed)
}

/// [`StoreError::Reference`] where a group isn't in the workspace.
async fn set_rules(tx: &WriteTx, workspace: WorkspaceId, id: ConnectionId, rules: &[MappingRule]) -> Result<(), StoreError> {
    let row = |(place, rule): (usize, &MappingRule)| sso_rule::Model {
        connection_id: id.uuid(),
        place: i32::try_from(place).unwrap_or(i32::MAX),
        workspace_id: workspace.uuid(),
        claim: rule.claim.clone(),
        value: rule.value.clone(),
        group_id: rule.group.uuid(),
    };
    insert_all::<sso_rule::Entity>(tx, &rules.iter().enumerate().map(row).collect::<Vec<_>>()).await
}

/// Whether it became different.
pub async fn switch(tx: &WriteTx, workspace: WorkspaceId, id: ConnectionId, enabled: bool) -> Result<bool, StoreError> {
    let update = only(workspace, id)
        .col_expr(Column::Enabled, Expr::val(enabled))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::Enabled.eq(!enabled));
    Ok(update.exec(on(tx)).await?.rows_affected == 1)
}

/// Notes that somebody signed in by it.
pub async fn used(tx: &WriteTx, id: ConnectionId, at: Timestamp) -> Result<(), StoreError> {
    Entity::update_many().col_expr(Column::UsedAt, Expr::val(at.micros())).filter(Column::Id.eq(id.uuid())).exec(on(tx)).await?;
    Ok(())
}

/// Removes it with its log, its links and the sessions that came by it.
pub async fn remove(tx: &WriteTx, workspace: WorkspaceId, id: ConnectionId) -> Result<bool, StoreError> {
    let gone = Entity::delete_many().filter(Column::WorkspaceId.eq(workspace.uuid())).filter(Column::Id.eq(id.uuid())).exec(on(tx)).await?;
    Ok(gone.rows_affected == 1)
}

/// All of a workspace, the oldest first; there are few.
pub async fn all(db: &impl Db, workspace: WorkspaceId, fingerprint: Fingerprint) -> Result<Vec<Connection>, StoreError> {
    let rows = of(workspace).order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(on(db)).await?;
    read_all(db, rows, fingerprint).await
}

/// Those that people may sign in by, the oldest first.
pub async fn enabled(db: &impl Db, workspace: WorkspaceId, fingerprint: Fingerprint) -> Result<Vec<Connection>, StoreError> {
    let rows = of(workspace).filter(Column::Enabled.eq(true)).order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(on(db)).await?;
    read_all(db, rows, fingerprint).await
}

pub async fn count(db: &impl Db, workspace: WorkspaceId) -> Result<u64, StoreError> {
    Ok(of(workspace).count(on(db)).await?)
}

pub async fn count_enabled(db: &impl Db, workspace: WorkspaceId) -> Result<u64, StoreError> {
    Ok(of(workspace).filter(Column::Enabled.eq(true)).count(on(db)).await?)
}

pub async fn find(db: &impl Db, workspace: WorkspaceId, id: ConnectionId, fingerprint: Fingerprint) -> Result<Option<Found>, StoreError> {
    Ok(by_id(db, id, fingerprint).await?.filter(|found| found.workspace == workspace))
}

/// Whoever's it is: for who comes by it, and is nobody yet.
pub async fn by_id(db: &impl Db, id: ConnectionId, fingerprint: Fingerprint) -> Result<Option<Found>, StoreError> {
    let Some(row) = Entity::find_by_id(id.uuid()).one(on(db)).await? else { return Ok(None) };
    let (workspace, client_secret) = (WorkspaceId::from_uuid(row.workspace_id), row.client_secret.clone());
    let connection = read_all(db, vec![row], fingerprint).await?.pop();
    Ok(connection.map(|connection| Found { workspace, connection, client_secret }))
}

fn of(workspace: WorkspaceId) -> Select<Entity> {
    Entity::find().filter(Column::WorkspaceId.eq(workspace.uuid()))
}

fn only(workspace: WorkspaceId, id: ConnectionId) -> UpdateMany<Entity> {
    Entity::update_many().filter(Column::WorkspaceId.eq(workspace.uuid())).filter(Column::Id.eq(id.uuid()))
}

/// The provider's part in columns.
#[derive(Default)]
struct Told {
    issuer: Option<String>,
    client_id: Option<String>,
    sso_url: Option<String>,
    slo_url: Option<String>,
    certificates: Option<String>,
}

impl Told {
    fn of(provider: &Provider) -> Self {
        match provider {
            Provider::Oidc(Some(told)) => Self { issuer: Some(told.issuer.to_string()), client_id: Some(told.client_id.clone()), ..Self::default() },
            Provider::Saml(Some(told)) => Self {
                issuer: Some(told.entity_id.clone()),
                client_id: None,
                sso_url: Some(told.sso_url.to_string()),
                slo_url: told.slo_url.as_ref().map(ToString::to_string),
                certificates: Some(told.certificates.iter().map(|certificate| certificate.der.as_str()).collect::<Vec<_>>().join(" ")),
            },
            Provider::Oidc(None) | Provider::Saml(None) => Self::default(),
        }
    }
}

async fn read_all(db: &impl Db, rows: Vec<Model>, fingerprint: Fingerprint) -> Result<Vec<Connection>, StoreError> {
    let mut rules = rules(db, rows.iter().map(|row| row.id).collect()).await?;
    rows.into_iter().map(|row| read(row, &mut rules, fingerprint)).collect()
}

async fn rules(db: &impl Db, connections: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<MappingRule>>, StoreError> {
    use sso_rule::Column;
    let mut rules: HashMap<Uuid, Vec<MappingRule>> = HashMap::new();
    if connections.is_empty() {
        return Ok(rules);
    }
    let select = Query::select()
        .columns([Column::ConnectionId, Column::Claim, Column::Value, Column::GroupId].map(|column| (sso_rule::Entity, column)))
        .column((user_group::Entity, user_group::Column::Name))
        .from(sso_rule::Entity)
        .inner_join(user_group::Entity, Expr::col((user_group::Entity, user_group::Column::Id)).equals((sso_rule::Entity, Column::GroupId)))
        .and_where(Expr::col((sso_rule::Entity, Column::ConnectionId)).is_in(connections))
        .order_by((sso_rule::Entity, Column::ConnectionId), sea_orm::sea_query::Order::Asc)
        .order_by((sso_rule::Entity, Column::Place), sea_orm::sea_query::Order::Asc)
        .take();
    for (connection, claim, value, group, name) in tuples::<(Uuid, String, String, Uuid, String)>(db, &select).await? {
        let group_name = Some(GroupName::parse(&name).map_err(corrupt("user_groups.name"))?);
        rules.entry(connection).or_default().push(MappingRule { claim, value, group: GroupId::from_uuid(group), group_name });
    }
    Ok(rules)
}

fn read(row: Model, rules: &mut HashMap<Uuid, Vec<MappingRule>>, fingerprint: Fingerprint) -> Result<Connection, StoreError> {
    let url = |text: &str, place| ProviderUrl::parse(text).map_err(corrupt(place));
    let protocol: Protocol = row.protocol.parse().map_err(corrupt("sso_connections.protocol"))?;
    let provider = match protocol {
        Protocol::Oidc => Provider::Oidc(match (&row.issuer, row.client_id) {
            (Some(issuer), Some(client_id)) => Some(OidcProvider { issuer: url(issuer, "sso_connections.issuer")?, client_id }),
            (_, _) => None,
        }),
        Protocol::Saml => Provider::Saml(match (row.issuer, &row.sso_url) {
            (Some(entity_id), Some(sso_url)) => Some(SamlProvider {
                entity_id,
                sso_url: url(sso_url, "sso_connections.sso_url")?,
                slo_url: row.slo_url.as_deref().map(|text| url(text, "sso_connections.slo_url")).transpose()?,
                certificates: row
                    .certificates
                    .iter()
                    .flat_map(|all| all.split_whitespace())
                    .map(|der| ProviderCertificate { der: der.to_owned(), fingerprint: fingerprint(der) })
                    .collect(),
            }),
            (_, _) => None,
        }),
    };
    Ok(Connection {
        id: ConnectionId::from_uuid(row.id),
        name: ConnectionName::parse(&row.name).map_err(corrupt("sso_connections.name"))?,
        preset: row.preset.parse().map_err(corrupt("sso_connections.preset"))?,
        provider,
        enabled: row.enabled,
        allow_idp_initiated: row.allow_idp_initiated,
        mapping: rules.remove(&row.id).unwrap_or_default(),
        created_at: Timestamp::from_micros(row.created_at),
        created_by: row.created_by_name.as_deref().map(PersonName::parse).transpose().map_err(corrupt("sso_connections.created_by_name"))?,
        used_at: row.used_at.map(Timestamp::from_micros),
        revision: row.revision,
    })
}
