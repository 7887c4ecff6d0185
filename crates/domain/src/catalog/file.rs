//! The catalogue as a TOML file: how it is written, and every mistake answered with its place and its cure.

use super::{Action, Catalog, Role, RoleId, TypeEntry, is_word};
use crate::{grant::ScopeKind, plan::Plan, resource::ResourceType};
use serde::Deserialize;
use std::{fmt, ops::Range};
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "type")]
    types: Vec<FileType>,
    #[serde(rename = "role")]
    roles: Vec<FileRole>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileType {
    id: Spanned<String>,
    one: String,
    many: String,
    actions: Spanned<Vec<Spanned<String>>>,
    parent: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRole {
    id: Spanned<String>,
    name: String,
    #[serde(default)]
    description: String,
    permissions: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    through_parent: Vec<Spanned<String>>,
    scopes: Spanned<Vec<Spanned<String>>>,
    plans: Spanned<Vec<Spanned<String>>>,
    /// Plans on which `labelled` may be used, where they are fewer than `plans`.
    labelled_plans: Option<Vec<Spanned<String>>>,
}

/// What is wrong in a catalogue file, where, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct CatalogError {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub message: String,
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn error<T>(&self, at: Range<usize>, message: String) -> Result<T, CatalogError> {
        let before = self.text.get(..at.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Err(CatalogError { line, column, message })
    }

    fn word(&self, id: &Spanned<String>, what: &str) -> Result<String, CatalogError> {
        if is_word(id.get_ref()) {
            return Ok(id.get_ref().clone());
        }
        self.error(
            id.span(),
            format!("{what} `{}` must be lower-case letters, digits and `_`, begin with a letter, and have at most 64 characters", id.get_ref()),
        )
    }

    fn plans(&self, names: &[Spanned<String>]) -> Result<Vec<Plan>, CatalogError> {
        names.iter().map(|name| name.get_ref().parse().or_else(|error: crate::plan::PlanError| self.error(name.span(), error.to_string()))).collect()
    }

    fn types(&self, entries: &[FileType]) -> Result<Vec<TypeEntry>, CatalogError> {
        let mut types: Vec<TypeEntry> = Vec::with_capacity(entries.len());
        for entry in entries {
            let id = ResourceType::new(&self.word(&entry.id, "type id")?);
            if types.iter().any(|known| known.id == id) {
                return self.error(entry.id.span(), format!("type `{id}` is declared twice; give one of them another id"));
            }
            if entry.actions.get_ref().is_empty() {
                return self.error(entry.actions.span(), format!("type `{id}` has no action; give it at least `read`"));
            }
            let mut actions = Vec::new();
            for action in entry.actions.get_ref() {
                let verb = self.word(action, "action")?;
                if actions.contains(&verb) {
                    return self.error(action.span(), format!("action `{verb}` is declared twice; remove one"));
                }
                actions.push(verb);
            }
            let parent = match &entry.parent {
                None => None,
                Some(parent) if types.iter().any(|known| known.id.as_str() == parent.get_ref()) => Some(ResourceType::new(parent.get_ref())),
                Some(parent) => return self.error(parent.span(), format!("parent type `{}` is not declared above; declare it first", parent.get_ref())),
            };
            types.push(TypeEntry { id, one: entry.one.clone(), many: entry.many.clone(), actions, parent });
        }
        Ok(types)
    }

    fn role(&self, entry: &FileRole, types: &[TypeEntry]) -> Result<Role, CatalogError> {
        let id = RoleId::new(&self.word(&entry.id, "role id")?);
        if entry.permissions.get_ref().is_empty() {
            return self.error(entry.permissions.span(), format!("role `{id}` has no permission; give it at least one, like `source:read`"));
        }
        let mut permissions = Vec::new();
        for text in entry.permissions.get_ref() {
            permissions.push(self.permission(text, types)?);
        }
        let mut through_parent = Vec::new();
        for name in &entry.through_parent {
            match types.iter().find(|known| known.id.as_str() == name.get_ref()) {
                Some(known) if known.parent.is_some() => through_parent.push(known.id.clone()),
                Some(_) => return self.error(name.span(), format!("type `{}` has no parent; give it one, or remove it here", name.get_ref())),
                None => return self.error(name.span(), format!("type `{}` does not exist; declare it as a [[type]]", name.get_ref())),
            }
        }
        let plans = self.plans(entry.plans.get_ref())?;
        if plans.is_empty() {
            return self.error(entry.plans.span(), format!("role `{id}` is on no plan; name at least one of `free`, `team`, `business`"));
        }
        let labelled_plans = entry.labelled_plans.as_deref().map(|names| self.plans(names)).transpose()?;
        let mut scopes = Vec::new();
        for name in entry.scopes.get_ref() {
            let Some(kind) = ScopeKind::EVERY.into_iter().find(|kind| kind.as_str() == name.get_ref()) else {
                return self.error(name.span(), format!("scope `{}` does not exist; use `all`, `only` or `labelled`", name.get_ref()));
            };
            let allowed = match (&labelled_plans, kind) {
                (Some(fewer), ScopeKind::Labelled) => fewer.clone(),
                (_, ScopeKind::All | ScopeKind::Only | ScopeKind::Labelled) => plans.clone(),
            };
            scopes.push((kind, allowed));
        }
        if scopes.is_empty() {
            return self.error(entry.scopes.span(), format!("role `{id}` takes no scope; name at least `all`"));
        }
        Ok(Role { id, name: entry.name.clone(), description: entry.description.clone(), permissions, through_parent, plans, scopes })
    }

    fn permission(&self, text: &Spanned<String>, types: &[TypeEntry]) -> Result<Action, CatalogError> {
        let action = Action::parse(text.get_ref()).or_else(|error| self.error(text.span(), error.to_string()))?;
        let Some(kind) = types.iter().find(|known| known.id == action.kind) else {
            return self.error(text.span(), format!("type `{}` does not exist; declare it as a [[type]]", action.kind));
        };
        if !kind.actions.contains(&action.verb) {
            let known = kind.actions.iter().map(|verb| format!("`{}:{verb}`", kind.id)).collect::<Vec<_>>().join(", ");
            return self.error(text.span(), format!("action `{action}` does not exist; use one of {known}, or add it to the type's actions"));
        }
        Ok(action)
    }
}

pub(super) fn parse(text: &str) -> Result<Catalog, CatalogError> {
    let reader = Reader { text };
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => return reader.error(error.span().unwrap_or(0..0), error.message().to_owned()),
    };
    let types = reader.types(&file.types)?;
    let mut roles: Vec<Role> = Vec::with_capacity(file.roles.len());
    for entry in &file.roles {
        let role = reader.role(entry, &types)?;
        if roles.iter().any(|known| known.id == role.id) {
            return reader.error(entry.id.span(), format!("role `{}` is declared twice; give one of them another id", role.id));
        }
        roles.push(role);
    }
    Ok(Catalog { types, roles })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
[[type]]
id = "ticket"
one = "ticket"
many = "tickets"
actions = ["read", "edit"]

[[role]]
id = "agent"
name = "Agent"
permissions = ["ticket:read", "ticket:edit"]
scopes = ["all", "labelled"]
plans = ["free", "business"]
labelled_plans = ["business"]
"#;

    fn refused(from: &str, to: &str) -> CatalogError {
        assert!(SMALL.contains(from), "{from}");
        parse(&SMALL.replacen(from, to, 1)).unwrap_err()
    }

    #[test]
    fn the_built_in_catalogue_is_sound() {
        let catalog = Catalog::parse(Catalog::BUILT_IN).unwrap();
        assert!(catalog.role(&RoleId::new("source_admin")).unwrap().is_unlocked(Plan::Free));
        assert!(!catalog.role(&RoleId::new("source_read_only")).unwrap().is_unlocked(Plan::Team));
    }

    #[test]
    fn reads_a_catalogue_of_another_product() {
        let catalog = parse(SMALL).unwrap();
        let agent = catalog.role(&RoleId::new("agent")).unwrap();
        assert!(agent.takes_on(ScopeKind::All, Plan::Free));
        assert!(!agent.takes_on(ScopeKind::Labelled, Plan::Free));
        assert!(agent.takes_on(ScopeKind::Labelled, Plan::Business));
        assert!(!agent.takes(ScopeKind::Only));
    }

    #[test]
    fn mistakes_name_their_place_and_cure() {
        let error = refused("\"ticket:edit\"]", "\"ticket:close\"]");
        assert_eq!((error.line, error.column), (11, 31));
        assert!(error.message.contains("`ticket:edit`"), "{error}");

        for (from, to, word) in [
            ("permissions = [\"ticket:read\", \"ticket:edit\"]", "permissions = []", "no permission"),
            ("\"ticket:read\"", "\"invoice:read\"", "type `invoice` does not exist"),
            ("\"free\", \"business\"", "\"gold\"", "plan `gold` does not exist"),
            ("\"all\", \"labelled\"", "\"some\"", "scope `some` does not exist"),
            ("id = \"agent\"", "id = \"Agent!\"", "must be lower-case"),
            ("name = \"Agent\"", "nmae = \"Agent\"", "unknown field `nmae`"),
            ("\"read\", \"edit\"]", "\"read\", \"read\"]", "declared twice"),
        ] {
            let error = refused(from, to);
            assert!(error.message.contains(word), "{from} → {to}: {error}");
            assert!(error.line > 1, "{error}");
        }
        assert!(parse(&format!("{SMALL}{}", &SMALL[SMALL.find("[[role]]").unwrap()..])).unwrap_err().message.contains("declared twice"));
        assert_eq!(parse("[[type]\n").unwrap_err().line, 1);
    }
}
