//! What becomes of each row of a file.

use super::file::{self, File};
use crate::{
    export::COLUMNS,
    groups,
    refusal::{granted, stored},
    services::Services,
};
use domain::{
    audit_words::role_name,
    email::EmailAddress,
    failure::Failure,
    grant::{GrantSpec, MOST_GRANTS, Scope},
    group::GroupRef,
    id::{MemberId, ResourceId, WorkspaceId},
    import::{Column, ImportOutcome, ImportRow, ImportWish, NamedGrant, NamedScope, NewGroupRow, RowOutcome, parse_flag, parse_list, parse_roles},
    label::Label,
    member::MemberKind,
    plan::Plan as Tier,
    resource::ResourceType,
    text::{GroupName, PersonName, ResourceKey},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::Db;

/// How many groups one file may make.
const MOST_NEW_GROUPS: usize = 500;

/// How many groups one row may name.
const MOST_GROUPS: usize = 100;

/// Who is invited, and what is made for them.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) outcome: ImportOutcome,
    pub(super) people: Vec<Person>,
    /// With what the file says came by each.
    pub(super) new_groups: Vec<(GroupName, Given)>,
}

/// What a new group gives.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) pii: bool,
    pub(super) grants: Vec<GrantSpec>,
}

#[derive(Debug)]
pub(super) struct Person {
    pub(super) email: EmailAddress,
    pub(super) kind: MemberKind,
    pub(super) pii: bool,
    pub(super) grants: Vec<GrantSpec>,
    pub(super) groups: Vec<GroupRef>,
    /// Groups that are made with it, by the keys of their names.
    pub(super) new_groups: Vec<String>,
    /// How many of the roles, own ones and by new groups, have ended.
    ended: u64,
}

/// A row whose cells could be read.
struct Read {
    email: EmailAddress,
    kind: MemberKind,
    pii: bool,
    roles: Vec<NamedGrant>,
    groups: Vec<String>,
    /// Those of them by which personal data is seen.
    pii_groups: Vec<String>,
}

type Wrong = (Column, String);

/// A file as it could be read: before anything is asked of the workspace.
pub(super) struct Parsed {
    header: Vec<String>,
    columns: Vec<Option<Column>>,
    unused: Vec<usize>,
    rows: Vec<(u64, String, Result<Read, Wrong>)>,
}

/// Reads the file; what takes long is done here, before a change begins.
pub(super) fn parsed(services: &Services, wish: &ImportWish) -> Result<Parsed, Failure> {
    let file = file::read(&wish.text)?;
    let columns = match &wish.columns {
        Some(columns) => sound(columns, file.header.len())?,
        None => Column::guess(&file.header),
    };
    // nothing can be said of rows before somebody says where the addresses are
    let rows = match columns.contains(&Some(Column::Email)) {
        true => file.rows.iter().map(|(line, cells)| read(services, *line, cells, &columns)).collect(),
        false => Vec::new(),
    };
    let unused = unused(&file, &columns);
    Ok(Parsed { header: file.header, columns, unused, rows })
}

/// The columns by which something was meant that is not done. Our own list has some that only tell of a user.
fn unused(file: &File, columns: &[Option<Column>]) -> Vec<usize> {
    let only_tells = |name: &String| COLUMNS.contains(&name.as_str()) && Column::guess(std::slice::from_ref(name)) == [None];
    let holds = |at: usize| file.rows.iter().any(|(_, cells)| cells.get(at).is_some_and(|cell| !cell.is_empty()));
    let is_unused = |at: usize, name: &String| columns.get(at).is_some_and(Option::is_none) && !only_tells(name) && holds(at);
    file.header.iter().enumerate().filter_map(|(at, name)| is_unused(at, name).then_some(at)).collect()
}

pub(super) async fn plan(services: &Services, db: &impl Db, workspace: WorkspaceId, tier: Tier, parsed: Parsed, create_groups: bool) -> Result<Plan, Failure> {
    let Parsed { header, columns, unused, rows } = parsed;
    let mut plan = Plan { outcome: ImportOutcome { header, columns, unused, ..ImportOutcome::default() }, ..Plan::default() };
    let read: Vec<&Read> = rows.iter().filter_map(|(_, _, row)| row.as_ref().ok()).collect();
    let known = Known::of(db, workspace, tier, &read).await?;
    let names = if create_groups { known.to_make(&read)? } else { BTreeMap::new() };
    let mut gives: BTreeMap<String, Given> = BTreeMap::new();
    let mut seen: HashMap<EmailAddress, u64> = HashMap::new();
    let mut missing = BTreeSet::new();
    for (line, text, row) in rows {
        let owner = row.as_ref().is_ok_and(|row| row.kind == MemberKind::Owner);
        let mut ended = 0;
        let outcome = match row {
            Err((column, message)) => RowOutcome::Wrong { column, message },
            Ok(row) => match (seen.get(&row.email), known.members.get(&row.email)) {
                (Some(first), _) => RowOutcome::Twice(*first),
                (None, Some(name)) => RowOutcome::Member(name.to_string()),
                (None, None) => {
                    seen.insert(row.email.clone(), line);
                    known.missing(&row, &names, &mut missing);
                    match known.person(services, row, &names, &mut gives) {
                        Ok(person) => {
                            ended = person.ended;
                            let replaces = known.waiting.contains(&person.email);
                            plan.people.push(person);
                            if replaces { RowOutcome::Replace } else { RowOutcome::Invite }
                        }
                        Err((column, message)) => RowOutcome::Wrong { column, message },
                    }
                }
            },
        };
        plan.outcome.rows.push(ImportRow { line, email: text, owner, ended, outcome, link: None });
    }
    // a group that only wrong rows name is not made
    let wanted: BTreeSet<&String> = plan.people.iter().flat_map(|person| &person.new_groups).collect();
    let made = names.into_iter().filter(|(key, _)| wanted.contains(key));
    plan.new_groups = made.map(|(key, name)| (name, gives.remove(&key).unwrap_or_default())).collect();
    let row = |(name, given): &(GroupName, Given)| NewGroupRow {
        name: name.to_string(),
        pii: given.pii,
        roles: given.grants.iter().map(|spec| role_name(&services.catalog, &spec.role)).collect(),
    };
    plan.outcome.new_groups = plan.new_groups.iter().map(row).collect();
    plan.outcome.missing_groups = missing.into_iter().collect();
    Ok(plan)
}

fn sound(columns: &[Option<Column>], header: usize) -> Result<Vec<Option<Column>>, Failure> {
    if columns.len() != header {
        return Err(Failure::field("columns", "the file has other columns than were chosen; choose it again"));
    }
    for column in Column::ALL {
        if columns.iter().filter(|chosen| **chosen == Some(column)).count() > 1 {
            return Err(Failure::field("columns", format_args!("{} is chosen for two columns; choose one", column.title())));
        }
    }
    Ok(columns.to_vec())
}

fn read(services: &Services, line: u64, cells: &[String], columns: &[Option<Column>]) -> (u64, String, Result<Read, Wrong>) {
    let cell = |column: Column| columns.iter().position(|chosen| *chosen == Some(column)).and_then(|at| cells.get(at)).map_or("", String::as_str);
    let row = || {
        let email = EmailAddress::parse(cell(Column::Email)).map_err(|error| (Column::Email, error.to_string()))?;
        let kind = kind(cell(Column::Permission)).map_err(|message| (Column::Permission, message))?;
        let pii = parse_flag(cell(Column::PersonalData)).map_err(|message| (Column::PersonalData, message))?;
        let roles = parse_roles(cell(Column::Roles), &services.catalog).map_err(|message| (Column::Roles, message))?;
        let groups = parse_list(cell(Column::Groups));
        if groups.len() > MOST_GROUPS {
            return Err((Column::Groups, format!("{} groups are too many for one person; use at most {MOST_GROUPS}", groups.len())));
        }
        let pii_groups = parse_list(cell(Column::PersonalDataByGroups));
        Ok(Read { email, kind, pii, roles, groups, pii_groups })
    };
    (line, cell(Column::Email).to_owned(), row())
}

/// As the reference names it, or in one word; empty is a member.
fn kind(cell: &str) -> Result<MemberKind, String> {
    let text = cell.trim().to_lowercase();
    let kinds = [MemberKind::Owner, MemberKind::Member];
    let found = kinds.into_iter().find(|kind| text == kind.as_str() || text == kind.title().to_lowercase());
    match (found, text.is_empty()) {
        (Some(kind), _) => Ok(kind),
        (None, true) => Ok(MemberKind::Member),
        (None, false) => Err(format!("`{cell}` is neither `Workspace owner` nor `Workspace member`")),
    }
}

/// What the workspace has of what the file names.
struct Known {
    tier: Tier,
    members: HashMap<EmailAddress, PersonName>,
    waiting: BTreeSet<EmailAddress>,
    /// By the keys of their names.
    groups: HashMap<String, GroupRef>,
    resources: HashMap<(ResourceType, String), ResourceId>,
    labels: BTreeSet<Label>,
}

impl Known {
    async fn of(db: &impl Db, workspace: WorkspaceId, tier: Tier, rows: &[&Read]) -> Result<Self, Failure> {
        let emails: Vec<&EmailAddress> = rows.iter().map(|row| &row.email).collect();
        let ids = store::members::by_emails(db, workspace, &emails).await.map_err(stored)?;
        let names = store::members::named(db, workspace, &ids.values().copied().collect::<Vec<MemberId>>()).await.map_err(stored)?;
        let members = ids.into_iter().filter_map(|(email, id)| Some((email, names.get(&id)?.clone()))).collect();
        let waiting = store::invites::pending_to(db, workspace, &emails).await.map_err(stored)?.into_keys().collect();
        // what can't be a name or an id is on nothing, and some of it no database takes
        let keys: BTreeSet<String> = rows.iter().flat_map(|row| &row.groups).filter_map(|name| GroupName::parse(name).ok()).map(|name| name.key()).collect();
        let groups = store::groups::by_keys(db, workspace, &keys.into_iter().collect::<Vec<_>>()).await.map_err(stored)?;
        let mut wanted: BTreeMap<&ResourceType, BTreeSet<&str>> = BTreeMap::new();
        for grant in rows.iter().flat_map(|row| &row.roles) {
            if let NamedScope::Only(things) | NamedScope::Either(things, _) = &grant.scope {
                for (kind, key) in things.iter().filter(|(_, key)| ResourceKey::parse(key).is_ok()) {
                    wanted.entry(kind).or_default().insert(key);
                }
            }
        }
        let mut resources = HashMap::new();
        for (kind, keys) in wanted {
            let keys: Vec<&str> = keys.into_iter().collect();
            let found = store::resources::ids_by_key(db, workspace, kind, &keys).await.map_err(stored)?;
            resources.extend(found.into_iter().map(|(key, id)| ((kind.clone(), key), id)));
        }
        let labels = store::labels::all(db, workspace).await.map_err(stored)?.into_iter().collect();
        Ok(Self { tier, members, waiting, groups: groups.into_iter().map(|group| (group.name.key(), group)).collect(), resources, labels })
    }

    /// Notes the groups that a row names and that are nowhere.
    fn missing(&self, row: &Read, new: &BTreeMap<String, GroupName>, missing: &mut BTreeSet<String>) {
        let is_missing = |name: &&String| !self.groups.contains_key(&domain::text::key(name)) && !new.contains_key(&domain::text::key(name));
        missing.extend(row.groups.iter().filter(is_missing).cloned());
    }

    /// The groups that the file names and the workspace lacks, by the keys of their names.
    fn to_make(&self, rows: &[&Read]) -> Result<BTreeMap<String, GroupName>, Failure> {
        groups::on_plan(self.tier).map_err(|failure| Failure { field: Some("create_groups".to_owned()), ..failure })?;
        // a name that can't be one is told with its row
        let named = rows.iter().flat_map(|row| &row.groups).filter_map(|name| GroupName::parse(name).ok());
        let new: BTreeMap<String, GroupName> = named.map(|name| (name.key(), name)).filter(|(key, _)| !self.groups.contains_key(key)).collect();
        if new.len() > MOST_NEW_GROUPS {
            let message = format!("the file names {} new groups; at most {MOST_NEW_GROUPS} are made at once", new.len());
            return Err(Failure::field("create_groups", message));
        }
        Ok(new)
    }

    /// Who is invited; notes what their new groups will give, as far as this row says it.
    fn person(&self, services: &Services, row: Read, new: &BTreeMap<String, GroupName>, gives: &mut BTreeMap<String, Given>) -> Result<Person, Wrong> {
        let (mut groups, mut new_groups) = (Vec::new(), Vec::new());
        for name in &row.groups {
            let key = domain::text::key(name);
            match (self.groups.get(&key), new.contains_key(&key)) {
                (Some(group), _) => groups.push(group.clone()),
                (None, true) => new_groups.push(key),
                (None, false) => return Err((Column::Groups, no_group(name))),
            }
        }
        if !(groups.is_empty() && new_groups.is_empty()) {
            groups::on_plan(self.tier).map_err(|failure| (Column::Groups, failure.message))?;
        }
        let mut grants = Vec::new();
        let mut by_group: Vec<(String, GrantSpec)> = Vec::new();
        for grant in &row.roles {
            let by = grant.by_group.as_deref().map(domain::text::key);
            // what a group that is here gives is its own matter
            if by.as_ref().is_some_and(|by| !new_groups.contains(by)) {
                continue;
            }
            let spec = self.spec(services, grant).map_err(|message| (Column::Roles, message))?;
            match by {
                Some(by) => by_group.push((by, spec)),
                None if !grants.contains(&spec) => grants.push(spec),
                None => {}
            }
        }
        few_enough(grants.len())?;
        let now = services.now();
        let ended = grants.iter().chain(by_group.iter().map(|(_, spec)| spec)).filter(|spec| spec.expires_at.is_some_and(|end| end <= now)).count() as u64;
        for (by, spec) in by_group {
            let given = gives.entry(by).or_default();
            if !given.grants.contains(&spec) {
                few_enough(given.grants.len() + 1)?;
                given.grants.push(spec);
            }
        }
        for key in row.pii_groups.iter().map(|name| domain::text::key(name)).filter(|key| new_groups.contains(key)) {
            gives.entry(key).or_default().pii = true;
        }
        groups.sort_unstable_by_key(|group| group.id);
        groups.dedup();
        new_groups.sort_unstable();
        new_groups.dedup();
        Ok(Person { email: row.email, kind: row.kind, pii: row.pii, grants, groups, new_groups, ended })
    }

    fn spec(&self, services: &Services, grant: &NamedGrant) -> Result<GrantSpec, String> {
        let scope = match &grant.scope {
            NamedScope::All => Scope::All,
            NamedScope::Either(_, labels) if labels.iter().all(|label| self.labels.contains(label)) => Scope::Labelled(labels.iter().cloned().collect()),
            NamedScope::Only(things) | NamedScope::Either(things, _) => {
                let id = |thing: &(ResourceType, String)| {
                    self.resources.get(thing).copied().ok_or_else(|| format!("there is no {} with the id `{}` here", thing.0, thing.1))
                };
                Scope::Only(things.iter().map(id).collect::<Result<_, _>>()?)
            }
            NamedScope::Labelled(labels) => {
                if let Some(label) = labels.iter().find(|label| !self.labels.contains(label)) {
                    return Err(format!("the label `{label}` does not exist here; create it first"));
                }
                Scope::Labelled(labels.iter().cloned().collect())
            }
        };
        // one that has ended is taken as it is: it gives nothing, and is part of the list that it stands in
        let spec = GrantSpec { role: grant.role.clone(), scope, expires_at: grant.expires_at, reason: grant.reason.clone() };
        services.catalog.check_grant(&spec, self.tier).map_err(|error| granted(&error).message)?;
        Ok(spec)
    }
}

fn few_enough(grants: usize) -> Result<(), Wrong> {
    if grants <= MOST_GRANTS {
        return Ok(());
    }
    Err((Column::Roles, format!("{grants} roles are too many; use at most {MOST_GRANTS}, or another group")))
}

fn no_group(name: &str) -> String {
    match GroupName::parse(name) {
        Ok(_) if name.contains(',') => format!("there is no group `{name}`; write a semicolon between groups, or have this one created"),
        Ok(_) => format!("there is no group `{name}`; create it first, or have missing groups created"),
        Err(error) => error.to_string(),
    }
}
