//! Labels put on many resources at once, or taken off: by owners, and by whoever may edit each of them.

use super::{
    change::{no_such_label, referred},
    editable, gone,
    registry::sorted,
    sight, sound,
};
use crate::{access::Acting, bulk, refusal::stored, services::Services};
use domain::{
    audit::{BorneBefore, Event, Object, Record},
    failure::{Failure, FailureKind},
    id::{OperationId, ResourceId},
    label::Label,
    labelling::{MOST_LABELLED, Relabel, Relabelled, ResourceSelection},
    number::grouped,
    policy::Sight,
    resource::ResourceQuery,
    save::{Expected, Stale},
};
use std::collections::{BTreeMap, BTreeSet};
use store::{Db, WriteTx};

/// How many resources one entry of the audit trail names; a change of more has several entries.
const IN_ONE_ENTRY: usize = 500;

/// How many values that would go are looked up among grants.
const VALUES: usize = 20;

/// Who changes labels, and as of which version of the policy that is judged.
struct Changer<'a> {
    services: &'a Services,
    me: Acting<'a>,
    at_least: Option<i64>,
}

/// What a change comes down to.
struct Plan {
    /// Those that change, and the value that each bears before.
    changing: Vec<(ResourceId, Option<String>)>,
    unchanged: u64,
    left_out: u64,
}

/// What a change would do, without doing it.
pub async fn preview(services: &Services, me: impl Into<Acting<'_>> + Send, selection: &ResourceSelection, relabel: &Relabel) -> Result<Relabelled, Failure> {
    let me = me.into();
    let changer = Changer { services, me, at_least: None };
    let plan = changer.plan(&services.store, selection, relabel).await?;
    let mut told = told(&plan);
    if me.manages() {
        told.grants = Some(naming(services, me, relabel, &told).await?);
    }
    Ok(told)
}

/// Changes the labels of all of them in one change, or of none.
pub async fn relabel(services: &Services, me: impl Into<Acting<'_>> + Send, selection: &ResourceSelection, relabel: &Relabel) -> Result<Relabelled, Failure> {
    let me = me.into();
    let tx = services.store.begin().await.map_err(stored)?;
    let version = me.still_the_same(services, &tx).await?;
    let changer = Changer { services, me, at_least: Some(version) };
    let (plan, records) = changer.write(&tx, selection, relabel).await?;
    let told = told(&plan);
    if !records.is_empty() {
        bulk::commit(tx, as_one(services, records)).await?;
    }
    Ok(told)
}

/// Gives one resource, where it is as `expected`, these labels and no others, in one change; gives them as they were written, each once and in
/// order, and the revision that it is at by them.
pub async fn set_labels(
    services: &Services,
    me: impl Into<Acting<'_>> + Send,
    id: ResourceId,
    labels: Vec<Label>,
    expected: Expected,
) -> Result<Result<(Vec<Label>, i64), Stale>, Failure> {
    let me = me.into();
    let labels = sorted(labels).map_err(|message| Failure::field("labels", message))?;
    let tx = services.store.begin().await.map_err(stored)?;
    let version = me.still_the_same(services, &tx).await?;
    let changer = Changer { services, me, at_least: Some(version) };
    let selection = ResourceSelection::These(vec![id]);
    let found = store::resources::find(&tx, me.workspace().id, id).await.map_err(stored)?;
    let Some(before) = found else { return Err(if me.manages() { gone() } else { not_theirs() }) };
    // whether they might is asked first, and with nothing to change too
    changer.selected(&tx, &selection).await?;
    if let Err(stale) = expected.hold(Some(before.revision)) {
        return Ok(Err(stale));
    }
    let goes = |label: &&Label| labels.iter().all(|other| other.key() != label.key());
    let going: Vec<Relabel> = before.resource.labels.iter().filter(goes).map(|label| Relabel::Take(label.key().to_owned())).collect();
    let mut all = Vec::new();
    for relabel in going.into_iter().chain(labels.iter().cloned().map(Relabel::Put)) {
        all.append(&mut changer.write(&tx, &selection, &relabel).await?.1);
    }
    if all.is_empty() {
        return Ok(Ok((labels, before.revision)));
    }
    let after = store::resources::find(&tx, me.workspace().id, id).await.map_err(stored)?.ok_or_else(gone)?;
    bulk::commit(tx, as_one(services, all)).await?;
    Ok(Ok((labels, after.revision)))
}

impl Changer<'_> {
    /// Writes the change; gives what it comes down to, and its records, of which there are none where nothing changes.
    async fn write(&self, tx: &WriteTx, selection: &ResourceSelection, relabel: &Relabel) -> Result<(Plan, Vec<Record>), Failure> {
        let plan = self.plan(tx, selection, relabel).await?;
        if plan.changing.is_empty() {
            return Ok((plan, Vec::new()));
        }
        let (workspace, ids) = (self.me.workspace().id, plan.changing.iter().map(|(id, _)| *id).collect::<Vec<_>>());
        match relabel {
            Relabel::Put(label) => store::resource_labels::put(tx, workspace, &ids, label).await.map_err(referred)?,
            Relabel::Take(key) => store::resource_labels::take(tx, workspace, &ids, key).await.map_err(stored)?,
        }
        let records = records(self.services, self.me, tx, &plan, relabel).await?;
        Ok((plan, records))
    }

    async fn plan(&self, db: &impl Db, selection: &ResourceSelection, relabel: &Relabel) -> Result<Plan, Failure> {
        let workspace = self.me.workspace().id;
        let (ids, left_out) = self.selected(db, selection).await?;
        if ids.is_empty() && !self.me.manages() {
            return Ok(Plan { changing: Vec::new(), unchanged: 0, left_out });
        }
        // only now: who may label nothing does not learn which labels there are
        match relabel {
            Relabel::Put(label) => known(db, self.me, label).await?,
            Relabel::Take(key) => sound_key(key)?,
        }
        let mut borne = store::resource_labels::borne(db, workspace, &ids, relabel.key()).await.map_err(stored)?;
        let before = ids.iter().map(|id| (*id, borne.remove(id)));
        let (changing, unchanged): (Vec<_>, Vec<_>) = before.partition(|(_, value)| value.as_deref() != relabel.value());
        Ok(Plan { changing, unchanged: unchanged.len() as u64, left_out })
    }

    /// Those that may be changed, and how many of the selection may not.
    async fn selected(&self, db: &impl Db, selection: &ResourceSelection) -> Result<(Vec<ResourceId>, u64), Failure> {
        let workspace = self.me.workspace().id;
        match selection {
            ResourceSelection::These(ids) => {
                let ids: BTreeSet<ResourceId> = ids.iter().copied().collect();
                let ids: Vec<ResourceId> = ids.into_iter().collect();
                not_too_many(ids.len())?;
                let known = store::resources::known(db, workspace, &ids).await.map_err(stored)?;
                let editable = editable(self.services, self.me, &known, self.at_least).await?;
                match (known.len() == ids.len(), editable.len() == ids.len()) {
                    (true, true) => Ok((ids, 0)),
                    // what somebody may not see looks as if it weren't there
                    (false, _) if self.me.manages() => {
                        Err(Failure::field("resources", "one of the resources no longer exists; reload to see the resources there are"))
                    }
                    (_, _) => Err(not_theirs()),
                }
            }
            ResourceSelection::Matching(query) => {
                let query = ResourceQuery { cursor: None, ..sound(query)?.clone() };
                let ids = store::resources::matching(db, workspace, &query, &self.sight().await?, MOST_LABELLED + 1).await.map_err(stored)?;
                not_too_many(ids.len())?;
                let editable = editable(self.services, self.me, &ids, self.at_least).await?;
                let left_out = ids.len() - editable.len();
                Ok((ids.into_iter().filter(|id| editable.contains(id)).collect(), left_out as u64))
            }
        }
    }

    /// What is seen is a matter of the list; what is changed is judged resource by resource.
    async fn sight(&self) -> Result<Sight, Failure> {
        sight(self.services, self.me).await
    }
}

/// Whether one is not there or only not theirs is not told apart: what somebody may not see looks as if it weren't there.
pub(super) fn not_theirs() -> Failure {
    Failure::new(FailureKind::Forbidden, "one of the resources is not here, or you may not edit it; choose those that you may edit")
}

fn not_too_many(selected: usize) -> Result<(), Failure> {
    if selected <= MOST_LABELLED {
        return Ok(());
    }
    Err(Failure::field(
        "resources",
        format_args!(
            "these are more than {} resources, which is the most for one change; narrow the list, and label them in parts",
            grouped(MOST_LABELLED as u64)
        ),
    ))
}

async fn known(db: &impl Db, me: Acting<'_>, label: &Label) -> Result<(), Failure> {
    let found = store::labels::find(db, me.workspace().id, label).await.map_err(stored)?;
    found.map(drop).ok_or_else(|| no_such_label(label))
}

/// A key that no label can have is on nothing.
fn sound_key(key: &str) -> Result<(), Failure> {
    Label::new(key, "any").map(drop).map_err(|error| Failure::field("labels", error))
}

fn told(plan: &Plan) -> Relabelled {
    let mut replaced: BTreeMap<String, u64> = BTreeMap::new();
    for value in plan.changing.iter().filter_map(|(_, value)| value.as_ref()) {
        *replaced.entry(value.clone()).or_default() += 1;
    }
    Relabelled {
        changed: plan.changing.len() as u64,
        unchanged: plan.unchanged,
        left_out: plan.left_out,
        replaced: replaced.into_iter().collect(),
        grants: None,
    }
}

/// How many grants name what comes or what goes.
async fn naming(services: &Services, me: Acting<'_>, relabel: &Relabel, told: &Relabelled) -> Result<u64, Failure> {
    if told.changed == 0 {
        return Ok(0);
    }
    let going = told.replaced.iter().take(VALUES).filter_map(|(value, _)| Label::new(relabel.key(), value).ok());
    let coming = match relabel {
        Relabel::Put(label) => Some(label.clone()),
        Relabel::Take(_) => None,
    };
    // all at once: what invites hold is read for each question anew
    let labels: Vec<Label> = going.chain(coming).collect();
    let uses = crate::labels::counted_uses(services, me.workspace().id, &labels).await?;
    Ok(uses.iter().map(|used| used.grants).sum())
}

/// What changed, by the value that went; entry by entry where it is much.
async fn records(services: &Services, me: Acting<'_>, tx: &WriteTx, plan: &Plan, relabel: &Relabel) -> Result<Vec<Record>, Failure> {
    let ids: Vec<ResourceId> = plan.changing.iter().map(|(id, _)| *id).collect();
    let keys = store::resources::keys(tx, me.workspace().id, &ids).await.map_err(stored)?;
    let only = match ids.as_slice() {
        [only] => Some(Object::new("resource", only.uuid())),
        _ => None,
    };
    let entry = |changing: &[(ResourceId, Option<String>)]| {
        let mut before: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
        for (id, value) in changing {
            before.entry(value.clone()).or_default().push(keys.get(id).cloned().unwrap_or_else(|| id.to_string()));
        }
        let event = Event::ResourcesRelabelled {
            key: relabel.key().to_owned(),
            after: relabel.value().map(str::to_owned),
            before: before.into_iter().map(|(value, resources)| BorneBefore { value, resources }).collect(),
        };
        me.record(services, event, only.clone())
    };
    Ok(plan.changing.chunks(IN_ONE_ENTRY).map(entry).collect())
}

/// Several entries that one change made bear its number.
fn as_one(services: &Services, mut records: Vec<Record>) -> Vec<Record> {
    if records.len() > 1 {
        let operation = OperationId::new(services.now(), services.random());
        records.iter_mut().for_each(|record| record.origin.operation = Some(operation));
    }
    records
}
