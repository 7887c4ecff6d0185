//! Labels of a workspace: made and deleted by owners, never renamed, kept while anything bears or names them.

use crate::{
    access::WorkspaceOwner,
    members,
    refusal::{named, stored},
    resources::{counted, holders, told},
    services::Services,
};
use domain::{
    audit::{Event, Object},
    failure::{Failure, FailureKind, both},
    held::HeldGrant,
    id::WorkspaceId,
    label::{Label, LabelError, LabelList, LabelRoom, LabelRow},
    page::{Cursor, Page, PageSize},
    plan::Plan,
    policy::{LabelUse, Policy},
    save::SaveOutcome,
    text::LabelDescription,
};
use store::{
    Constraint, Db, StoreError,
    held::{self, Naming},
};

/// How many holders a refusal names.
const NAMED: u16 = 3;

pub async fn page(services: &Services, owner: &WorkspaceOwner, search: Option<&str>, cursor: Option<Cursor>) -> Result<LabelList, Failure> {
    let (db, workspace) = (&services.store, owner.workspace());
    let page = store::labels::page(db, workspace.id, search, cursor, PageSize::SCREEN).await.map_err(stored)?;
    let labels: Vec<Label> = page.rows.iter().map(|row| row.label.clone()).collect();
    let mut uses = counted_uses(services, workspace.id, &labels).await?.into_iter();
    let page = page.map(|row| {
        let used = uses.next().unwrap_or_default();
        row.used(used.resources, used.grants)
    });
    Ok(LabelList { page, room: room(db, workspace.id, workspace.plan).await? })
}

/// A page of this size, as programs read it.
pub async fn some(
    services: &Services,
    owner: &WorkspaceOwner,
    cursor: Option<Cursor>,
    size: PageSize,
) -> Result<Page<(Label, Option<LabelDescription>)>, Failure> {
    let page = store::labels::page(&services.store, owner.workspace().id, None, cursor, size).await.map_err(stored)?;
    Ok(page.map(|known| (known.label, known.description)))
}

pub async fn find(services: &Services, owner: &WorkspaceOwner, label: &Label) -> Result<LabelRow, Failure> {
    let workspace = owner.workspace().id;
    let found = store::labels::find(&services.store, workspace, label).await.map_err(stored)?.ok_or_else(gone)?;
    let used = uses_of(services, workspace, label).await?;
    Ok(found.used(used.resources, used.grants))
}

/// What uses each of these: the policy has counted it, but for what pending invites hold.
pub(crate) async fn counted_uses(services: &Services, workspace: WorkspaceId, labels: &[Label]) -> Result<Vec<LabelUse>, Failure> {
    let invites = held::labels_of_invites(&services.store, workspace).await.map_err(stored)?;
    let count = |policy: &Policy, _| labels.iter().map(|label| policy.label_use(label)).collect::<Vec<_>>();
    let (mut used, _) = services.decisions.ask(workspace, None, count).await?;
    for (label, used) in labels.iter().zip(&mut used) {
        used.grants += invites.get(label).copied().unwrap_or(0);
    }
    Ok(used)
}

async fn uses_of(services: &Services, workspace: WorkspaceId, label: &Label) -> Result<LabelUse, Failure> {
    Ok(counted_uses(services, workspace, std::slice::from_ref(label)).await?.pop().unwrap_or_default())
}

/// The grants that name a label, with their holders.
pub async fn uses(services: &Services, owner: &WorkspaceOwner, label: &Label, cursor: Option<Cursor>) -> Result<Page<HeldGrant>, Failure> {
    let workspace = owner.workspace().id;
    let used = uses_of(services, workspace, label).await?;
    held::page(&services.store, workspace, Naming::Label(label), cursor, PageSize::SCREEN, Some(used.grants)).await.map_err(stored)
}

pub async fn create(services: &Services, owner: &WorkspaceOwner, key: &str, value: &str, description: &str) -> Result<Label, Failure> {
    let (key, value) = (key.trim(), value.trim());
    let wrong = |error: LabelError| Failure::field(part(&error), error);
    let parts = both(Label::check_key(key).map_err(wrong), Label::check_value(value).map_err(wrong));
    let (_, description) = both(parts, described(description))?;
    let label = Label::new(key, value).map_err(wrong)?;
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    let plan = members::still_owner(services, &tx, owner).await?;
    let room = room(&tx, workspace, plan).await?;
    if room.is_full() && !label.is_built_in() {
        return Err(Failure::new(FailureKind::Conflict, full(plan, room.custom)));
    }
    if let Some(there) = store::labels::alike(&tx, workspace, &label).await.map_err(stored)? {
        return Err(looks_like(&label, &there));
    }
    store::labels::insert(&tx, workspace, &label, description.as_ref(), services.now()).await.map_err(|error| match error {
        error if error.is_conflict(Constraint::Label) => {
            Failure::field("value", format_args!("the label `{label}` exists already; use it, or choose another value"))
        }
        other => stored(other),
    })?;
    let event = Event::LabelCreated { label: label.to_string() };
    tx.commit(owner.record(services, event, Some(Object::new("workspace", workspace.uuid())))).await.map_err(stored)?;
    Ok(label)
}

/// A label keeps its name for ever; what it is for can be told anew. Where it is told otherwise by now than it `was`, nothing is written and
/// the label comes back as it is.
pub async fn describe(services: &Services, owner: &WorkspaceOwner, label: &Label, was: &str, description: &str) -> Result<SaveOutcome<LabelRow>, Failure> {
    let description = described(description)?;
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    members::still_owner(services, &tx, owner).await?;
    let before = known(&tx, workspace, label).await?;
    if before.description == description {
        return Ok(SaveOutcome::Saved(before));
    }
    let text = |description: Option<&LabelDescription>| description.map(ToString::to_string);
    if text(before.description.as_ref()).unwrap_or_default() != was {
        return Ok(SaveOutcome::Conflict(before));
    }
    if !store::labels::describe(&tx, workspace, label, description.as_ref()).await.map_err(stored)? {
        return Err(gone());
    }
    let event = Event::LabelDescribed { label: label.to_string(), before: text(before.description.as_ref()), after: text(description.as_ref()) };
    tx.commit(owner.record(services, event, Some(Object::new("workspace", workspace.uuid())))).await.map_err(stored)?;
    Ok(SaveOutcome::Saved(LabelRow { description, ..before }))
}

/// Deletes a label that nothing bears and no grant names; a refusal says what does.
pub async fn delete(services: &Services, owner: &WorkspaceOwner, label: &Label) -> Result<(), Failure> {
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    members::still_owner(services, &tx, owner).await?;
    let before = known(&tx, workspace, label).await?;
    if let Some(why) = before.kept_because() {
        let grants = held::page(&tx, workspace, Naming::Label(label), None, PageSize::new(NAMED), None).await.map_err(stored)?;
        let by = if grants.rows.is_empty() {
            String::new()
        } else {
            format!(" (held by {})", told(holders(&grants.rows).into_iter(), grants.total.unwrap_or_default()))
        };
        return Err(Failure::new(FailureKind::Conflict, format_args!("`{label}` can't be deleted: {why}{by}")));
    }
    held::clear_dead(&tx, workspace, Naming::Label(label)).await.map_err(stored)?;
    if !store::labels::remove(&tx, workspace, label).await.map_err(kept)? {
        return Err(gone());
    }
    let event = Event::LabelDeleted { label: label.to_string(), description: before.description.map(|text| text.to_string()) };
    tx.commit(owner.record(services, event, Some(Object::new("workspace", workspace.uuid())))).await.map_err(stored)?;
    Ok(())
}

async fn room(db: &impl Db, workspace: WorkspaceId, plan: Plan) -> Result<LabelRoom, Failure> {
    let custom = store::labels::count_custom(db, workspace).await.map_err(stored)?;
    Ok(LabelRoom { custom, most: plan.custom_labels().map(|most| most as u64) })
}

/// A label with its uses as they are inside a change, counted one by one.
async fn known(db: &impl Db, workspace: WorkspaceId, label: &Label) -> Result<LabelRow, Failure> {
    let found = store::labels::find(db, workspace, label).await.map_err(stored)?.ok_or_else(gone)?;
    let resources = store::labels::bearers(db, workspace, label).await.map_err(stored)?;
    let grants = held::count(db, workspace, Naming::Label(label)).await.map_err(stored)?;
    Ok(found.used(resources, grants))
}

/// Two that differ by case alone would be taken for one, and grants for the one don't count for the other.
fn looks_like(label: &Label, there: &Label) -> Failure {
    if label.key() == there.key() {
        return Failure::field("value", format_args!("the label `{there}` exists already, and `{label}` looks the same; use it, or choose another value"));
    }
    Failure::field("key", format_args!("there are labels with the key `{}`; write it so, or choose another key", there.key()))
}

fn gone() -> Failure {
    Failure::new(FailureKind::NotFound, "this label is not in the workspace, or no longer")
}

fn described(text: &str) -> Result<Option<LabelDescription>, Failure> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    LabelDescription::parse(text).map(Some).map_err(named("description"))
}

/// The field that a refused label's part was typed into.
fn part(error: &LabelError) -> &'static str {
    match error {
        LabelError::NoColon(_) => "key",
        LabelError::Empty { part } | LabelError::TooLong { part, .. } | LabelError::Character { part, .. } => part,
    }
}

fn full(plan: Plan, custom: u64) -> String {
    format!(
        "the {} plan has room for {}, and they are all there; delete one that nothing needs, or ask the operator for the {} plan",
        plan.title(),
        counted(custom, "label of your own", "labels of your own"),
        Plan::Business.title()
    )
}

/// Something took the label in spite of the lock: told as what it is.
fn kept(error: StoreError) -> Failure {
    match error {
        StoreError::Reference => Failure::new(FailureKind::Conflict, "the label has just been put to use; reload to see where"),
        other => stored(other),
    }
}
