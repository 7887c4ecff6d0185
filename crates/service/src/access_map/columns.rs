//! The columns of the map: types, the values of a key of labels, or things; and what a row reaches in each.

use super::Side;
use crate::{access::WorkspaceOwner, refusal::stored, services::Services};
use domain::{
    access_map::{MapCell, MapColumn, MapQuery, MapThing, SIDE, of_work},
    catalog::{Action, TypeEntry},
    effective::EffectiveAccess,
    failure::Failure,
    id::ResourceId,
    label::Bearing,
    page::{Cursor, PageSize},
    policy::{ByLabel, Covering, Crowd, Policy, Sight, Subject, Target},
    resource::{Resource, ResourceQuery, ResourceType},
    time::Timestamp,
};

/// Whether the columns are things: one by one, of a type or with a label.
pub(super) const fn are_things(query: &MapQuery) -> bool {
    query.by.is_none() && (query.kind.is_some() || query.label.is_some())
}

/// A page of things, of the type and with the label that the query names.
pub(super) async fn things(services: &Services, owner: &WorkspaceOwner, query: &MapQuery) -> Result<Side<MapColumn>, Failure> {
    let mut asked = ResourceQuery { kind: query.kind.clone(), cursor: query.columns_at.clone(), size: PageSize::new(SIDE), ..ResourceQuery::default() };
    match &query.label {
        Some(Bearing::With(label)) => asked.labels.push(label.clone()),
        Some(Bearing::Without(key)) => asked.lacking.push(key.clone()),
        None => {}
    }
    let page = store::resources::page(&services.store, owner.workspace().id, &asked, &Sight::Everything).await.map_err(stored)?;
    let column = |resource: Resource| MapColumn {
        verbs: services.catalog.kind(&resource.kind).map(of_work).unwrap_or_default(),
        name: resource.name.to_string(),
        thing: MapThing::Resource(resource.kind, resource.id),
        total: 1,
    };
    Ok(Side { items: page.rows.into_iter().map(column).collect(), before: page.previous, after: page.next, total: None })
}

pub(super) struct Columns<'a> {
    policy: &'a Policy,
    side: Side<MapColumn>,
    covering: Covering<'a>,
    /// Where the columns are values.
    by_label: Option<ByLabel<'a>>,
}

impl<'a> Columns<'a> {
    pub(super) fn of(policy: &'a Policy, query: &MapQuery, things: Option<Side<MapColumn>>) -> Self {
        let covering = Covering::of(policy);
        let (kind, label) = (query.kind.as_ref(), query.label.as_ref());
        if let Some(key) = &query.by {
            let mut by_label = ByLabel::of(policy, kind, label);
            let values = stretch(by_label.values(key), query.columns_at.as_ref());
            by_label.stand(values.items.iter().map(|(bearing, _)| bearing));
            let column = |(bearing, total): (Bearing, u32)| MapColumn {
                name: named(&bearing),
                thing: MapThing::Bearing(bearing),
                verbs: by_label.verbs().to_vec(),
                total,
            };
            let items = values.items.into_iter().map(column).collect();
            let side = Side { items, before: values.before, after: values.after, total: values.total };
            return Self { policy, side, covering, by_label: Some(by_label) };
        }
        let side = match things {
            Some(things) => {
                let total = match (kind, label) {
                    (Some(kind), None) => policy.count_of_kind(kind),
                    (None, _) | (_, Some(_)) => ByLabel::of(policy, kind, label).count(),
                };
                Side { total: Some(total.into()), ..things }
            }
            None => types(policy),
        };
        Self { policy, side, covering, by_label: None }
    }

    /// One for each column.
    pub(super) fn cells(&mut self, subject: Subject, now: Timestamp) -> Vec<MapCell> {
        if let Some(by_label) = &mut self.by_label {
            return by_label.cells(subject, now);
        }
        let (policy, columns) = (self.policy, &self.side.items);
        // one look at all that they reach is worth it for types only
        let of_types = columns.iter().any(|column| matches!(column.thing, MapThing::Type(_)));
        let whole = of_types.then(|| EffectiveAccess::among(&mut self.covering, subject, now));
        let cell = |column: &MapColumn| match (&column.thing, &whole) {
            (MapThing::Resource(kind, id), _) => on_one(policy, now, subject, &column.verbs, kind, *id),
            (MapThing::Type(kind), Some(access)) => on_type(access, &column.verbs, kind),
            (MapThing::Type(_), None) | (MapThing::Bearing(_), _) => MapCell::default(),
        };
        columns.iter().map(cell).collect()
    }

    pub(super) fn side(self) -> Side<MapColumn> {
        self.side
    }
}

/// For looks at very many members with these columns.
pub(super) fn crowd(policy: &Policy, query: &MapQuery, columns: &[MapColumn]) -> Crowd {
    if query.by.is_some() {
        let mut by_label = ByLabel::of(policy, query.kind.as_ref(), query.label.as_ref());
        by_label.stand(columns.iter().filter_map(bearing));
        return by_label.crowd();
    }
    if are_things(query) {
        let things: Vec<ResourceId> = columns.iter().filter_map(thing).collect();
        return Crowd::of_things(policy, &things);
    }
    Crowd::of_types(policy)
}

const fn bearing(column: &MapColumn) -> Option<&Bearing> {
    match &column.thing {
        MapThing::Bearing(bearing) => Some(bearing),
        MapThing::Type(_) | MapThing::Resource(..) => None,
    }
}

const fn thing(column: &MapColumn) -> Option<ResourceId> {
    match &column.thing {
        MapThing::Resource(_, id) => Some(*id),
        MapThing::Type(_) | MapThing::Bearing(_) => None,
    }
}

fn types(policy: &Policy) -> Side<MapColumn> {
    let column = |entry: &TypeEntry| MapColumn {
        thing: MapThing::Type(entry.id.clone()),
        name: entry.many.clone(),
        verbs: of_work(entry),
        total: policy.count_of_kind(&entry.id),
    };
    let items: Vec<MapColumn> = policy.catalog().types.iter().map(column).collect();
    Side { total: Some(items.len() as u64), items, before: None, after: None }
}

/// The values of one page: there are no more of them than labels, all at hand.
fn stretch(mut values: Vec<(Bearing, u32)>, at: Option<&Cursor>) -> Side<(Bearing, u32)> {
    let (side, count) = (usize::from(SIDE), values.len());
    let place = |is_before: &dyn Fn(&str) -> bool| values.partition_point(|(bearing, _)| is_before(value(bearing)));
    let from = match at {
        None => 0,
        Some(at) if at.before => place(&|value| value < at.key.as_str()).saturating_sub(side),
        Some(at) => place(&|value| value <= at.key.as_str()),
    };
    // behind the last one is the last page
    let from = if from < count { from } else { count.saturating_sub(side) };
    let to = (from + side).min(count);
    let cursor = |place: usize, before: bool| Cursor { key: value(&values[place].0).to_owned(), id: uuid::Uuid::nil(), before }.encode();
    let (before, after) = ((from > 0).then(|| cursor(from, true)), (to < count).then(|| cursor(to - 1, false)));
    values.truncate(to);
    Side { items: values.split_off(from), before, after, total: Some(count as u64) }
}

/// By what columns are in order: what bears no such label comes behind all values, which begin with a letter.
fn value(bearing: &Bearing) -> &str {
    match bearing {
        Bearing::With(label) => label.value(),
        Bearing::Without(_) => "~",
    }
}

fn named(bearing: &Bearing) -> String {
    match bearing {
        Bearing::With(label) => label.value().to_owned(),
        Bearing::Without(key) => format!("no {key}"),
    }
}

fn on_one(policy: &Policy, now: Timestamp, subject: Subject, verbs: &[String], kind: &ResourceType, id: ResourceId) -> MapCell {
    let allowed = |verb: &String| policy.allows(subject, &Action::new(kind, verb), &Target::Resource(id), now);
    let level = verbs.iter().rposition(allowed).map_or(0, |at| at + 1);
    MapCell { level: u8::try_from(level).unwrap_or(u8::MAX), reached: u32::from(level > 0) }
}

fn on_type(access: &EffectiveAccess, verbs: &[String], kind: &ResourceType) -> MapCell {
    let reached: Vec<u32> = verbs.iter().map(|verb| access.count(kind, verb)).collect();
    let level = reached.iter().rposition(|count| *count > 0).map_or(0, |at| at + 1);
    MapCell { level: u8::try_from(level).unwrap_or(u8::MAX), reached: reached.into_iter().max().unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::label::Label;

    #[test]
    fn values_come_in_pages_and_none_of_them_comes_last() {
        let name = |n: u32| format!("v{n:02}");
        let all = || -> Vec<(Bearing, u32)> {
            let values = (0..42).map(|n| Bearing::With(Label::new("team", &name(n)).unwrap()));
            values.chain([Bearing::Without("team".to_owned())]).map(|bearing| (bearing, 1)).collect()
        };
        let page = |at: Option<&String>| stretch(all(), at.map(|at| Cursor::decode(at).unwrap()).as_ref());
        let names = |side: &Side<(Bearing, u32)>| side.items.iter().map(|(bearing, _)| named(bearing)).collect::<Vec<_>>();
        let first = page(None);
        assert_eq!((names(&first), first.before.is_none(), first.total), ((0..40).map(name).collect::<Vec<_>>(), true, Some(43)));
        let second = page(first.after.as_ref());
        assert_eq!((names(&second), second.after.is_none()), (vec![name(40), name(41), "no team".to_owned()], true));
        assert_eq!(names(&page(second.before.as_ref())), names(&first));
        let behind = Cursor { key: "~".to_owned(), id: uuid::Uuid::nil(), before: false }.encode();
        assert_eq!(names(&page(Some(&behind))).last().map(String::as_str), Some("no team"), "the last page, where the place is gone");
    }
}
