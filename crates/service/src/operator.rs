//! What the operator does at the command line, beside the database: accounts, plans, the trail's check.

use crate::{
    access::Operator,
    refusal::{named, stored},
    services::Services,
    workspaces,
};
use domain::{
    account::Account,
    audit::{Actor, Chain, Event, Object, Origin},
    audit_verdict::Verdict,
    email::EmailAddress,
    failure::Failure,
    id::{AccountId, WorkspaceId},
    page::{Cursor, Page, PageSize},
    plan::Plan,
    text::{PersonName, WorkspaceName},
    token::TokenRow,
    workspace::{Workspace, WorkspaceSlug},
};
use futures::Stream;
use serde::Serialize;
use std::collections::HashMap;
use store::{StoreError, accounts::NewAccount};

pub async fn workspaces(services: &Services, _operator: &Operator) -> Result<Vec<Workspace>, Failure> {
    store::workspaces::list(&services.store).await.map_err(stored)
}

/// The workspace's tokens, the newest first, up to 1,000 in a page.
pub async fn tokens(services: &Services, _operator: &Operator, workspace: &Workspace, cursor: Option<Cursor>) -> Result<Page<TokenRow>, Failure> {
    store::tokens::page(&services.store, workspace.id, None, cursor, PageSize::new(PageSize::MAX)).await.map_err(stored)
}

/// An account whose address the operator vouches for.
pub async fn create_account(services: &Services, _operator: &Operator, name: &str, email: &str, password: &str) -> Result<Account, Failure> {
    let name = PersonName::parse(name).map_err(named("name"))?;
    let email = EmailAddress::parse(email).map_err(|error| Failure::field("email", error))?;
    services.passwords.check(password, &[name.as_str(), email.as_str()], "password").await?;
    let hash = services.passwords.hash(password, services.salt()).await?;
    let now = services.now();
    let account = Account { id: AccountId::new(now, services.random()), name, email, email_verified: true, created_at: now };
    let tx = services.store.begin().await.map_err(stored)?;
    store::accounts::insert(&tx, &NewAccount { account: account.clone(), password_hash: Some(hash) }).await.map_err(|error| match error {
        StoreError::Conflict(_) => Failure::field("email", format_args!("`{}` has an account already; use `account set-password`", account.email)),
        other => stored(other),
    })?;
    let event = Event::AccountCreated { email: account.email.to_string() };
    let record = services.record(Chain::Accounts, Actor::Operator, event, Some(Object::new("account", account.id.uuid())), Origin::default());
    tx.commit(record).await.map_err(stored)?;
    Ok(account)
}

/// Sets a password and ends every session of the account.
pub async fn set_password(services: &Services, _operator: &Operator, email: &str, password: &str) -> Result<(), Failure> {
    let email = EmailAddress::parse(email).map_err(|error| Failure::field("email", error))?;
    let found = store::accounts::by_email(&services.store, &email).await.map_err(stored)?;
    let account = found.ok_or_else(|| Failure::field("email", format_args!("no account has the address {email}; make one with `account create`")))?.account;
    services.passwords.check(password, &[account.name.as_str(), account.email.as_str()], "password").await?;
    let hash = services.passwords.hash(password, services.salt()).await?;
    let tx = services.store.begin().await.map_err(stored)?;
    store::accounts::set_password(&tx, account.id, &hash).await.map_err(stored)?;
    store::sessions::end_all(&tx, account.id, None).await.map_err(stored)?;
    let object = Object::new("account", account.id.uuid());
    tx.commit(services.record(Chain::Accounts, Actor::Operator, Event::PasswordChanged, Some(object), Origin::default())).await.map_err(stored)?;
    Ok(())
}

pub async fn create_workspace(services: &Services, _operator: &Operator, name: &str, owner: &str) -> Result<WorkspaceSlug, Failure> {
    let name = WorkspaceName::parse(name).map_err(named("name"))?;
    let email = EmailAddress::parse(owner).map_err(|error| Failure::field("owner", error))?;
    let found = store::accounts::by_email(&services.store, &email).await.map_err(stored)?;
    let owner = found.ok_or_else(|| Failure::field("owner", format_args!("no account has the address {email}; make one with `account create`")))?.account;
    let tx = services.store.begin().await.map_err(stored)?;
    let (slug, record) = workspaces::found(services, &tx, &owner, &name, &Origin::default()).await?;
    tx.commit(record).await.map_err(stored)?;
    Ok(slug)
}

pub async fn set_plan(services: &Services, _operator: &Operator, slug: &str, plan: &str) -> Result<Workspace, Failure> {
    let slug = WorkspaceSlug::parse(slug).map_err(|error| Failure::field("workspace", error))?;
    let plan: Plan = plan.parse().map_err(|error: domain::plan::PlanError| Failure::field("plan", error))?;
    let missing = || Failure::field("workspace", format_args!("no workspace is called `{slug}`; `workspace list` shows them"));
    let found = store::workspaces::by_slug(&services.store, &slug).await.map_err(stored)?.ok_or_else(missing)?;
    let tx = services.store.begin().await.map_err(stored)?;
    let before = store::workspaces::lock(&tx, found.id).await.map_err(stored)?.ok_or_else(missing)?;
    store::workspaces::set_plan(&tx, found.id, plan).await.map_err(stored)?;
    let event = Event::PlanChanged { before: before.plan, after: plan };
    let object = Object::new("workspace", found.id.uuid());
    tx.commit(services.record(Chain::Workspace(found.id), Actor::Operator, event, Some(object), Origin::default())).await.map_err(stored)?;
    Ok(Workspace { plan, ..before })
}

/// Roles that stored grants use and the catalogue doesn't have: a server must not start with any.
pub async fn roles_missing_from_catalog(services: &Services, _operator: &Operator) -> Result<Vec<String>, Failure> {
    let used = store::grants::roles_in_use(&services.store).await.map_err(stored)?;
    Ok(used.into_iter().filter(|role| services.catalog.role(role).is_none()).map(|role| role.to_string()).collect())
}

/// One chain of the audit trail, and how it stands.
#[derive(Debug, Serialize)]
pub struct ChainReport {
    /// `accounts`, or the workspace's name in URLs.
    pub chain: String,
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// Walks every chain of the audit trail, or that of one workspace, and says of each how it stands, as soon as it is known.
pub async fn verify_audit(
    services: &Services,
    operator: &Operator,
    slug: Option<&str>,
) -> Result<impl Stream<Item = Result<ChainReport, Failure>> + Send + use<>, Failure> {
    let mut named: HashMap<WorkspaceId, String> = workspaces(services, operator).await?.into_iter().map(|it| (it.id, it.slug.to_string())).collect();
    let chains = match slug {
        None => store::audit::chains(&services.store).await.map_err(stored)?,
        Some(slug) => {
            let found = named.iter().find(|(_, name)| name.as_str() == slug).map(|(id, _)| Chain::Workspace(*id));
            let missing = || Failure::field("workspace", format_args!("no workspace is called `{slug}`; `workspace list` shows them"));
            vec![found.ok_or_else(missing)?]
        }
    };
    let services = services.clone();
    Ok(async_stream::try_stream! {
        for chain in chains {
            let name = match chain {
                Chain::Accounts => "accounts".to_owned(),
                Chain::Workspace(id) => named.remove(&id).unwrap_or_else(|| id.to_string()),
            };
            let verdict = store::audit::verify(&services.store, chain).await.map_err(stored)?;
            yield ChainReport { chain: name, verdict };
        }
    })
}
