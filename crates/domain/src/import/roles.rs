//! A cell of roles, as the downloaded user list has it and as people write it:
//! `Source Admin (environment:prod), until 2027-01-01T00:00:00Z, because of the move; Function Admin (all), by group Data`.

use super::short;
use crate::{
    catalog::{Catalog, Role, RoleId},
    export::{BECAUSE, BY_GROUP, UNTIL, unescape},
    label::Label,
    resource::ResourceType,
    text::Reason,
    time::Timestamp,
};

/// A role with a scope, by the names that a file has for things.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedGrant {
    pub role: RoleId,
    pub scope: NamedScope,
    pub expires_at: Option<Timestamp>,
    pub reason: Option<Reason>,
    /// Not their own, but by this group.
    pub by_group: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NamedScope {
    All,
    /// Type and id, as the product beside Rolecall knows them.
    Only(Vec<(ResourceType, String)>),
    Labelled(Vec<Label>),
    /// `source:web-1` can be an id or a label: it is the label where the workspace has it.
    Either(Vec<(ResourceType, String)>, Vec<Label>),
}

/// How many roles one cell may name: own ones, and those by groups.
const MOST: usize = 500;

/// Reads the whole cell; the message names what can't be read, and the cure.
pub fn parse_roles(cell: &str, catalog: &Catalog) -> Result<Vec<NamedGrant>, String> {
    let mut rest = cell.trim();
    let mut grants = Vec::new();
    while !rest.is_empty() {
        let (grant, after) = one(rest, catalog)?;
        if grants.len() == MOST {
            return Err(format!("more than {MOST} roles are too many; use a group"));
        }
        grants.push(grant);
        rest = match after.trim_start() {
            "" => "",
            more => more.strip_prefix(';').ok_or_else(|| format!("`{}` is not understood; separate roles by semicolons", short(more)))?.trim_start(),
        };
    }
    Ok(grants)
}

fn one<'a>(text: &'a str, catalog: &Catalog) -> Result<(NamedGrant, &'a str), String> {
    let (role, rest) = role(text, catalog).ok_or_else(|| unknown_role(text, catalog))?;
    let (scope, mut rest) = match rest.trim_start().strip_prefix('(') {
        // a list of which nothing is left is not everything
        Some(inner) if inner.trim_start().starts_with(')') => {
            let name = &role.name;
            return Err(format!("`{name} ()` does not say where it applies; write `{name} (all)`, `{name} (environment:prod)` or `{name} (source:web-1)`"));
        }
        Some(inner) => scope(inner, catalog).ok_or_else(|| {
            let name = &role.name;
            format!("where {name} applies is not understood; write it as `{name} (all)`, `{name} (environment:prod)` or `{name} (source:web-1)`")
        })?,
        None => (NamedScope::All, rest),
    };
    let mut grant = NamedGrant { role: role.id.clone(), scope, expires_at: None, reason: None, by_group: None };
    if let Some(after) = rest.strip_prefix(UNTIL) {
        let end = after.find([',', ';']).unwrap_or(after.len());
        let (moment, after) = after.split_at(end);
        grant.expires_at = Some(day_or_moment(moment.trim()).ok_or_else(|| format!("`{}` is no day; write it as 2027-01-31", short(moment)))?);
        rest = after;
    }
    if let Some(after) = rest.strip_prefix(BECAUSE) {
        let end = after.find(';').unwrap_or(after.len());
        let end = after[..end].find(BY_GROUP).unwrap_or(end);
        let (reason, after) = after.split_at(end);
        // taken for a part of the reason, it would give for good what was to end
        if reason.contains(UNTIL) {
            let name = &role.name;
            return Err(format!("put the end before the reason, as in `{name} (all), until 2027-01-31, because of the move`"));
        }
        grant.reason = Some(Reason::parse(&unescape(reason)).map_err(|error| error.to_string())?);
        rest = after;
    }
    if let Some(after) = rest.strip_prefix(BY_GROUP) {
        let end = after.find(';').unwrap_or(after.len());
        let (group, after) = after.split_at(end);
        grant.by_group = Some(unescape(group.trim()));
        rest = after;
    }
    Ok((grant, rest))
}

/// The longest name or id of a role that the text begins with.
fn role<'a, 'c>(text: &'a str, catalog: &'c Catalog) -> Option<(&'c Role, &'a str)> {
    let begins = |name: &str| {
        let head = text.get(..name.len())?;
        let rest = &text[name.len()..];
        let ends = rest.is_empty() || rest.starts_with([' ', '(', ';', ',']);
        (head.eq_ignore_ascii_case(name) && ends).then_some(rest)
    };
    let named = |role: &'c Role| [begins(&role.name), begins(role.id.as_str())].into_iter().flatten().map(move |rest| (role, rest));
    catalog.roles.iter().flat_map(named).min_by_key(|(_, rest)| rest.len())
}

fn unknown_role(text: &str, catalog: &Catalog) -> String {
    let end = text.find(['(', ';', ',']).unwrap_or(text.len());
    let names: Vec<&str> = catalog.roles.iter().take(3).map(|role| role.name.as_str()).collect();
    format!("there is no role `{}`; use a role's name, such as {}", short(&text[..end]), names.join(", "))
}

/// What stands up to the closing parenthesis, and what comes after it.
fn scope<'a>(text: &'a str, catalog: &Catalog) -> Option<(NamedScope, &'a str)> {
    let (inner, after) = text.split_at(text.find(')')?);
    let rest = &after[1..];
    let ends = rest.trim_start().is_empty() || rest.trim_start().starts_with([',', ';']);
    if let Some(scope) = bare(inner.trim(), catalog).filter(|_| ends) {
        return Some((scope, rest));
    }
    // `Website (source:web-1); Orders (source:ord)`: names may be anything, so it is the ids that are looked for
    let (mut things, mut rest) = (Vec::new(), text);
    loop {
        let (thing, after) = next_id(rest, catalog)?;
        things.push(thing);
        if let Some(after) = after.strip_prefix(')') {
            return Some((NamedScope::Only(things), after));
        }
        rest = after.strip_prefix(';')?;
    }
}

/// The first `(type:id)`. Ids hold no parentheses, so the innermost ones are it; each character is looked at once.
fn next_id<'a>(text: &'a str, catalog: &Catalog) -> Option<((ResourceType, String), &'a str)> {
    let mut from = 0;
    loop {
        let close = from + text[from..].find(')')?;
        let open = text[from..close].rfind('(').map(|at| from + at);
        if let Some(thing) = open.and_then(|open| known_id(&text[open + 1..close], catalog)) {
            return Some((thing, &text[close + 1..]));
        }
        from = close + 1;
    }
}

fn known_id(text: &str, catalog: &Catalog) -> Option<(ResourceType, String)> {
    let (kind, key) = text.split_once(':')?;
    let kind = ResourceType::new(kind.trim());
    (catalog.kind(&kind).is_some() && !key.trim().is_empty()).then(|| (kind, unescape(key.trim())))
}

/// `all`, labels, or ids without names.
fn bare(text: &str, catalog: &Catalog) -> Option<NamedScope> {
    if text.eq_ignore_ascii_case("all") {
        return Some(NamedScope::All);
    }
    let ids: Option<Vec<_>> = text.split(';').map(|text| known_id(text, catalog)).collect();
    let labels: Option<Vec<Label>> = text.split(" and ").map(|text| Label::parse(text.trim()).ok()).collect();
    match (ids, labels) {
        (Some(ids), Some(labels)) => Some(NamedScope::Either(ids, labels)),
        (Some(ids), None) => Some(NamedScope::Only(ids)),
        (None, Some(labels)) => Some(NamedScope::Labelled(labels)),
        (None, None) => None,
    }
}

fn day_or_moment(text: &str) -> Option<Timestamp> {
    Timestamp::parse(text).or_else(|| Timestamp::parse(&format!("{text}T00:00:00Z")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        export::{ExportResource, ExportScope, escape_reason},
        text::{ResourceKey, ResourceName},
    };

    fn catalog() -> Catalog {
        Catalog::parse(Catalog::BUILT_IN).unwrap()
    }

    fn read(cell: &str) -> Vec<NamedGrant> {
        parse_roles(cell, &catalog()).unwrap()
    }

    fn only(keys: &[&str]) -> NamedScope {
        NamedScope::Only(keys.iter().map(|key| (ResourceType::new("source"), (*key).to_owned())).collect())
    }

    #[test]
    fn what_people_write_is_understood() {
        assert!(read("  ").is_empty());
        let grants = read("source admin; Function Admin (all), until 2027-01-31; source_read_only (environment:prod and region:apac)");
        assert_eq!(grants.iter().map(|grant| grant.role.as_str()).collect::<Vec<_>>(), ["source_admin", "function_admin", "source_read_only"]);
        assert_eq!(grants[1].expires_at, Timestamp::parse("2027-01-31T00:00:00Z"));
        assert_eq!(grants[2].scope, NamedScope::Labelled(vec![Label::parse("environment:prod").unwrap(), Label::parse("region:apac").unwrap()]));
        assert_eq!(read("Source Admin (source:web-1; source:ord)")[0].scope, only(&["web-1", "ord"]));
        let NamedScope::Either(ids, labels) = &read("Source Admin (source:web-1)")[0].scope else { panic!("it can be both") };
        assert_eq!((NamedScope::Only(ids.clone()), labels.len()), (only(&["web-1"]), 1));
    }

    #[test]
    fn what_the_user_list_says_is_read_back() {
        let cell =
            "Source Admin (Website (beta) (source:web-1); Orders (source:ord)), until 2027-01-01T00:00:00.000000Z; Source Admin (all), by group Data (EU)";
        let grants = read(cell);
        assert_eq!((grants.len(), &grants[0].scope), (2, &only(&["web-1", "ord"])));
        assert_eq!((grants[0].expires_at.is_some(), grants[1].by_group.as_deref()), (true, Some("Data (EU)")));
        for name in ["Smile :) now", "all", "all) x", "a; b", "(((", "x) (y", "all); Source Admin (all"] {
            let resource =
                ExportResource { kind: ResourceType::new("source"), name: ResourceName::parse(name).unwrap(), key: ResourceKey::parse("k-1").unwrap() };
            let cell = format!("Source Admin ({})", ExportScope::Only(vec![resource]).words());
            assert_eq!(read(&cell)[0].scope, only(&["k-1"]), "{cell}");
        }
        for reason in ["the move, until May", "asked, by group leads; Source Admin (all)", "100% (sure), because"] {
            let (told, until) = (escape_reason(reason), ", until 2027-01-31");
            let grants = read(&format!("Source Admin (all){until}, because {told}, by group Data; Source Admin (all), because {told}"));
            assert_eq!((grants.len(), grants[0].by_group.as_deref(), grants[0].expires_at.is_some()), (2, Some("Data"), true), "{reason}");
            assert!(grants.iter().all(|grant| grant.reason == Some(Reason::parse(reason).unwrap())), "{grants:?}");
        }
    }

    #[test]
    fn what_is_not_understood_is_named_with_the_cure() {
        let wrong = |cell: &str| parse_roles(cell, &catalog()).unwrap_err();
        assert!(wrong("Sorcerer (all)").contains("no role `Sorcerer`"));
        assert!(wrong("Source Admin (everything)").contains("`Source Admin (all)`"));
        assert!(wrong("Source Admin (all").contains("not understood"));
        for empty in ["Source Admin ()", "Function Admin (all); Source Admin ( ), until 2027-01-31"] {
            assert!(wrong(empty).contains("`Source Admin ()` does not say where it applies; write `Source Admin (all)`"), "{empty}");
        }
        assert!(wrong("Source Admin (all), because ; Function Admin").contains("reason"));
        assert!(wrong("Source Admin (all), because of the move, until 2027-01-31").contains("put the end before the reason"));
        assert!(wrong("Source Admin (all), until tomorrow").contains("2027-01-31"));
        assert!(wrong("Source Admin (all) Function Admin").contains("not understood"));
        assert!(wrong(&"Source Admin;".repeat(501)).contains("more than 500"));
        assert!(wrong(&format!("Source Admin ({}", "(".repeat(1_000_000))).contains("not understood"), "and at once");
        assert!(wrong(&format!("Source Admin ({})", "(a:b".repeat(200_000))).contains("not understood"));
    }
}
