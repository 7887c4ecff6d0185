//! Access in words: roles with their scopes, what is reached and how, and what a change gives and takes.

pub use domain::audit_words::{role_name, scope_words};

use super::draft::without_effect;
use crate::components::{grouped, plural};
use domain::{
    catalog::{Catalog, Role, RoleId},
    effective::{Change, EffectiveAccess, Reach},
    grant::{GrantSpec, GrantSummary, Scope, ScopeSummary},
    id::{GroupId, ResourceId},
    plan::Plan,
    policy::Arrival,
    resource::{Resource, ResourceType},
    time::Timestamp,
};
use std::collections::HashMap;

/// How many names a sentence gives before it says "…".
const NAMES: usize = 4;

fn type_words<'a>(catalog: &'a Catalog, kind: &'a ResourceType) -> (&'a str, &'a str) {
    catalog.kind(kind).map_or((kind.as_str(), kind.as_str()), |entry| (entry.one.as_str(), entry.many.as_str()))
}

/// The words for one and for many of what a role's scopes name.
#[must_use]
pub fn role_words<'a>(catalog: &'a Catalog, role: &'a Role) -> (&'a str, &'a str) {
    role.main_type().map_or(("resource", "resources"), |kind| type_words(catalog, kind))
}

/// What somebody asks for: `Source Admin on Website`, `access to Website`, `access`.
#[must_use]
pub fn wanted(catalog: &Catalog, role: Option<&RoleId>, resource: Option<&str>) -> String {
    match (role.map(|role| role_name(catalog, role)), resource) {
        (Some(role), Some(resource)) => format!("{role} on {resource}"),
        (Some(role), None) => role,
        (None, Some(resource)) => format!("access to {resource}"),
        (None, None) => "access".to_owned(),
    }
}

/// A grant at a glance: role, scope, and why it has no effect if it has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    pub role: String,
    pub scope: String,
    pub but: Option<String>,
}

#[must_use]
pub fn glance(catalog: &Catalog, plan: Plan, now: Timestamp, grant: &GrantSummary) -> Glance {
    // only the form of the scope matters to the plan
    let scope = match grant.scope {
        ScopeSummary::All => Scope::All,
        ScopeSummary::Only(_) => Scope::Only(Default::default()),
        ScopeSummary::Labelled(_) => Scope::Labelled(Default::default()),
    };
    let spec = GrantSpec { expires_at: grant.expires_at, ..GrantSpec::new(grant.role.clone(), scope) };
    Glance { role: role_name(catalog, &grant.role), scope: scope_words(catalog, &grant.role, &grant.scope), but: without_effect(catalog, plan, now, &spec) }
}

/// Which things of a role's main type a scope covers today.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// `4 of 30`
    pub share: String,
    /// ` sources today: dev-site, dev-ios…`
    pub rest: String,
}

/// Where a scope applies, as a sentence in two parts.
#[must_use]
pub fn coverage(catalog: &Catalog, role: &Role, scope: &Scope, resources: &[Resource]) -> Coverage {
    let (one, many) = role_words(catalog, role);
    let of_type = |resource: &&Resource| role.main_type() == Some(&resource.kind);
    let total = resources.iter().filter(of_type).count();
    let covered: Vec<&Resource> = resources.iter().filter(of_type).filter(|resource| scope.covers(resource)).collect();
    if *scope == Scope::All {
        return Coverage { share: format!("All {}", plural(total as u64, one, many)), rest: " today, and every one to come".to_owned() };
    }
    let share = format!("{} of {}", grouped(covered.len() as u64), grouped(total as u64));
    let mut rest = format!(" {} today", if total == 1 { one } else { many });
    if !covered.is_empty() {
        let names: Vec<&str> = covered.iter().take(NAMES).map(|resource| resource.name.as_str()).collect();
        rest = format!("{rest}: {}{}", names.join(", "), if covered.len() > NAMES { "…" } else { "" });
    }
    Coverage { share, rest }
}

/// One line of what is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `4 sources`, `All functions`
    pub title: String,
    /// `with 3 destinations and 2 schemas`
    pub with: Option<String>,
    /// `Source Admin, environment:dev`
    pub how: String,
    pub group: Option<String>,
}

/// All lines of one thing to do: `Can edit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub heading: String,
    pub lines: Vec<Line>,
}

/// Effective access, the strongest first; a role's smaller things stand on the line of what they hang on.
#[must_use]
pub fn sections(access: &EffectiveAccess, catalog: &Catalog, group: &dyn Fn(GroupId) -> Option<String>) -> Vec<Section> {
    let mut verbs: Vec<&str> = Vec::new();
    for reach in &access.reaches {
        if !verbs.contains(&reach.verb.as_str()) {
            verbs.push(&reach.verb);
        }
    }
    verbs.sort_by_key(|verb| (*verb == "read", *verb));
    verbs
        .into_iter()
        .map(|verb| {
            let of_verb: Vec<&Reach> = access.reaches.iter().filter(|reach| reach.verb == verb).collect();
            let lines = of_verb.chunk_by(|a, b| (a.grant, a.arrival) == (b.grant, b.arrival)).filter_map(|reaches| line(reaches, catalog, group)).collect();
            Section { heading: if verb == "read" { "Can see".to_owned() } else { format!("Can {verb}") }, lines }
        })
        .filter(|section: &Section| !section.lines.is_empty())
        .collect()
}

fn line(reaches: &[&Reach], catalog: &Catalog, group: &dyn Fn(GroupId) -> Option<String>) -> Option<Line> {
    let main = |reach: &&&Reach| catalog.role(&reach.role).and_then(Role::main_type) == Some(&reach.kind);
    let something = |reach: &&&Reach| reach.all || reach.count > 0;
    let first = *reaches.iter().find(main).or_else(|| reaches.iter().find(something))?;
    let (one, many) = type_words(catalog, &first.kind);
    let title = match (first.all, first.count) {
        (true, _) => format!("All {many}"),
        (false, 0) => format!("No {many} today"),
        (false, count) => plural(u64::from(count), one, many),
    };
    let others: Vec<String> = reaches
        .iter()
        .filter(something)
        .filter(|reach| reach.kind != first.kind)
        .map(|reach| {
            let (one, many) = type_words(catalog, &reach.kind);
            if reach.all { many.to_owned() } else { plural(u64::from(reach.count), one, many) }
        })
        .collect();
    let role = role_name(catalog, &first.role);
    let how = if first.all { role } else { format!("{role}, {}", scope_words(catalog, &first.role, &first.scope)) };
    let group = match first.arrival {
        Arrival::Own => None,
        Arrival::Group(id) => Some(group(id).unwrap_or_else(|| "a group".to_owned())),
    };
    Some(Line { title, with: (!others.is_empty()).then(|| format!("with {}", and(&others))), how, group })
}

/// `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn and(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// What a change gives and takes, in words: `4 sources`, `2 sources to edit`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeWords {
    pub gained: Vec<String>,
    pub lost: Vec<String>,
}

/// Reads changes as one does: what stands on its own before what hangs on it, and a stronger verb only where it differs.
#[must_use]
pub fn change_words(changes: &[Change], catalog: &Catalog) -> ChangeWords {
    let child = |change: &&Change| catalog.kind(&change.kind).is_some_and(|entry| entry.parent.is_some());
    let top: Vec<&Change> = changes.iter().filter(|change| !child(change)).collect();
    let shown = if top.is_empty() { changes.iter().collect() } else { top };
    let mut words = ChangeWords::default();
    for entry in &catalog.types {
        let mut said: Vec<(u32, u32)> = Vec::new();
        for verb in entry.actions.iter().filter(|verb| !matches!(verb.as_str(), "create" | "delete")) {
            let Some(change) = shown.iter().find(|change| change.kind == entry.id && change.verb == *verb) else { continue };
            let counts = (change.gained, change.lost);
            if said.contains(&counts) {
                continue;
            }
            let to = if said.is_empty() && entry.actions.first() == Some(verb) { String::new() } else { format!(" to {verb}") };
            if change.gained > 0 {
                words.gained.push(plural(u64::from(change.gained), &entry.one, &entry.many) + &to);
            }
            if change.lost > 0 {
                words.lost.push(plural(u64::from(change.lost), &entry.one, &entry.many) + &to);
            }
            said.push(counts);
        }
    }
    words
}

/// The names of some resources, as far as they are known here.
#[must_use]
pub fn resource_names(ids: impl Iterator<Item = ResourceId>, resources: &[Resource]) -> Vec<String> {
    let names: HashMap<ResourceId, &str> = resources.iter().map(|resource| (resource.id, resource.name.as_str())).collect();
    ids.map(|id| names.get(&id).map_or_else(|| "a thing not listed here".to_owned(), |name| (*name).to_owned())).collect()
}

#[cfg(test)]
mod tests;
