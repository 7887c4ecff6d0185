//! A workspace of any size, written in batches of many rows a statement.

use super::{Dice, Seeded, founded, new_account, new_owner, password, people};
use crate::{access::Operator, refusal::stored, services::Services, workspaces};
use domain::{
    audit::{Actor, Chain, Event, Object, Origin},
    catalog::RoleId,
    failure::Failure,
    grant::{Grant, GrantSpec, Holder, Scope},
    id::{GrantId, GroupId, MemberId, ResourceId},
    label::Label,
    member::MemberKind,
    resource::{Resource, ResourceType},
    text::{GroupName, PersonName, ResourceKey, ResourceName, WorkspaceName},
    time::{Span, Timestamp},
};
use store::{WriteTx, groups::NewGroup, members::NewMember};

/// How much of everything; the same seed makes the same workspace, but for ids.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub members: u32,
    pub groups: u32,
    pub resources: u32,
    pub seed: u64,
}

/// Rows given to the store at once; it cuts them to what a statement takes.
const BATCH: usize = 2_000;

/// Fills a new workspace: every member with up to three grants of their own and up to three groups.
pub async fn sizes(services: &Services, _operator: &Operator, sizes: Sizes) -> Result<Seeded, Failure> {
    let mut dice = Dice(sizes.seed);
    let tx = services.store.begin().await.map_err(stored)?;
    let name = WorkspaceName::parse(&format!("Load {}", sizes.members)).map_err(|error| Failure::field("members", error))?;
    let password = password(services);
    let owner_email = format!("owner@load-{}-{}.test", sizes.members, sizes.seed);
    let (owner_name, email) = people::named("Olivia Owner", &owner_email)?;
    let owner = new_owner(services, &tx, owner_name, email, &password).await?;
    let (slug, founding) = workspaces::found(services, &tx, &owner, &name, &Origin::default()).await?;
    let workspace = founded(&tx, &slug).await?.id;
    let now = services.now();

    let labels: Vec<Label> =
        ["region:apac", "region:emea", "region:amer", "team:data", "team:growth"].iter().filter_map(|text| Label::parse(text).ok()).collect();
    store::labels::insert_many(&tx, workspace, &labels, now).await.map_err(stored)?;
    let labels: Vec<Label> = Label::built_in().into_iter().chain(labels).collect();
    let resources = things(services, &mut dice, sizes.resources as usize, &labels, now)?;
    for batch in resources.chunks(BATCH) {
        store::resources::insert_many(&tx, workspace, batch, now).await.map_err(stored)?;
    }
    let groups = new_groups(services, sizes.groups as usize, now)?;
    for batch in groups.chunks(BATCH) {
        store::seed::groups(&tx, workspace, batch).await.map_err(stored)?;
    }
    let mut grants = Vec::new();
    for group in &groups {
        grants.push((Holder::Group(group.id), grant(services, &mut dice, &resources, &labels, now)));
    }
    store::grants::insert_many(&tx, workspace, &grants, now).await.map_err(stored)?;
    let world = World { workspace, resources, groups, labels, domain: format!("load-{}-{}.test", sizes.members, sizes.seed) };
    members(services, &tx, &mut dice, &world, sizes.members as usize).await?;

    let event = Event::WorkspaceSeeded { members: u64::from(sizes.members), groups: u64::from(sizes.groups), resources: u64::from(sizes.resources) };
    let object = Object::new("workspace", workspace.uuid());
    let record = services.record(Chain::Workspace(workspace), Actor::Operator, event, Some(object), Origin::default());
    tx.commit_all(founding, vec![record]).await.map_err(stored)?;
    Ok(Seeded { slug, owner: owner_email, password, members: u64::from(sizes.members), groups: u64::from(sizes.groups), resources: u64::from(sizes.resources) })
}

struct World {
    workspace: domain::id::WorkspaceId,
    resources: Vec<Resource>,
    groups: Vec<NewGroup>,
    labels: Vec<Label>,
    domain: String,
}

async fn members(services: &Services, tx: &WriteTx, dice: &mut Dice, world: &World, count: usize) -> Result<(), Failure> {
    let now = services.now();
    for start in (0..count).step_by(BATCH) {
        let mut accounts = Vec::with_capacity(BATCH);
        let mut members = Vec::with_capacity(BATCH);
        let mut grants = Vec::new();
        let mut memberships: Vec<(GroupId, MemberId)> = Vec::new();
        for n in start..count.min(start + BATCH) {
            let (name, email) = people::person(dice, n, &world.domain)?;
            let account = new_account(services, name, email, None);
            let id = MemberId::new(now, services.random());
            members.push(member(&account.account.name, &account, id, dice, now));
            accounts.push(account);
            for _ in 0..dice.below(4) {
                grants.push((Holder::Member(id), grant(services, dice, &world.resources, &world.labels, now)));
            }
            let first = dice.below(world.groups.len());
            for group in world.groups.iter().cycle().skip(first).take(dice.below(4).min(world.groups.len())) {
                memberships.push((group.id, id));
            }
        }
        store::accounts::insert_many(tx, &accounts).await.map_err(stored)?;
        store::seed::members(tx, world.workspace, &members).await.map_err(stored)?;
        store::grants::insert_many(tx, world.workspace, &grants, now).await.map_err(stored)?;
        store::seed::places(tx, world.workspace, &memberships).await.map_err(stored)?;
    }
    Ok(())
}

fn member(name: &PersonName, account: &store::accounts::NewAccount, id: MemberId, dice: &mut Dice, now: Timestamp) -> NewMember {
    let days = i64::try_from(dice.below(400)).unwrap_or_default();
    let seen = dice.chance(90).then(|| now.minus(Span::minutes(i64::try_from(dice.below(60 * 24 * 30)).unwrap_or_default())));
    NewMember {
        id,
        account: account.account.id,
        name: name.clone(),
        email: account.account.email.clone(),
        kind: if dice.chance(1) { MemberKind::Owner } else { MemberKind::Member },
        pii: dice.chance(10),
        joined_at: now.minus(Span::days(days)),
        last_seen_at: seen,
        revision: 1,
    }
}

/// A role on all, on one to three sources, or by a label.
fn grant(services: &Services, dice: &mut Dice, resources: &[Resource], labels: &[Label], now: Timestamp) -> Grant {
    let role = ["source_admin", "source_read_only", "function_admin", "unify_and_engage_read_only", "tracking_plan_read_only"];
    let which = dice.below(if resources.is_empty() { 5 } else { 8 });
    let (role, scope) = match which {
        0..=4 => (role.get(which).copied().unwrap_or("source_admin"), Scope::All),
        5 => ("source_read_only", Scope::Labelled(dice.pick(labels).cloned().into_iter().collect())),
        _ => {
            let sources: Vec<&Resource> = (0..8).filter_map(|_| dice.pick(resources)).filter(|it| it.kind.as_str() == "source").take(3).collect();
            let ids: std::collections::BTreeSet<ResourceId> = sources.into_iter().map(|it| it.id).collect();
            ("source_admin", if ids.is_empty() { Scope::All } else { Scope::Only(ids) })
        }
    };
    Grant { id: GrantId::new(now, services.random()), spec: GrantSpec::new(RoleId::new(role), scope) }
}

fn things(services: &Services, dice: &mut Dice, count: usize, labels: &[Label], now: Timestamp) -> Result<Vec<Resource>, Failure> {
    let kinds = ["source", "source", "source", "warehouse", "function", "space", "tracking_plan"];
    (0..count)
        .map(|n| {
            let kind = kinds.get(n % kinds.len()).copied().unwrap_or("source");
            let mut own: Vec<Label> = Vec::new();
            for _ in 0..dice.below(3) {
                if let Some(label) = dice.pick(labels).filter(|label| own.iter().all(|known| known.key() != label.key())) {
                    own.push(label.clone());
                }
            }
            own.sort();
            Ok(Resource {
                id: ResourceId::new(now, services.random()),
                kind: ResourceType::new(kind),
                key: ResourceKey::parse(&format!("{kind}-{n}")).map_err(|error| Failure::field("resources", error))?,
                name: ResourceName::parse(&format!("{kind} {n}")).map_err(|error| Failure::field("resources", error))?,
                parent: None,
                labels: own,
            })
        })
        .collect()
}

fn new_groups(services: &Services, count: usize, now: Timestamp) -> Result<Vec<NewGroup>, Failure> {
    (0..count)
        .map(|n| {
            let name = GroupName::parse(&format!("Team {n:05}")).map_err(|error| Failure::field("groups", error))?;
            Ok(NewGroup { id: GroupId::new(now, services.random()), name, pii: n % 10 == 0, created_at: now })
        })
        .collect()
}
