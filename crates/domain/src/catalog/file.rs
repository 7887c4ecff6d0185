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
    one: Spanned<String>,
    many: Spanned<String>,
    actions: Spanned<Vec<Spanned<String>>>,
    parent: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRole {
    id: Spanned<String>,
    name: Spanned<String>,
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

    /// What people read: a name, or a noun in a sentence.
    fn shown(&self, text: &Spanned<String>, what: &'static str) -> Result<String, CatalogError> {
        crate::text::line(what, text.get_ref(), 80).or_else(|error| self.error(text.span(), error.to_string()))
    }

    fn plans(&self, names: &[Spanned<String>]) -> Result<Vec<Plan>, CatalogError> {
        self.each_once(names)?;
        names.iter().map(|name| name.get_ref().parse().or_else(|error: crate::plan::PlanError| self.error(name.span(), error.to_string()))).collect()
    }

    fn each_once(&self, names: &[Spanned<String>]) -> Result<(), CatalogError> {
        for (place, name) in names.iter().enumerate() {
            if names.iter().take(place).any(|before| before.get_ref() == name.get_ref()) {
                return self.error(name.span(), format!("`{}` stands here twice; remove one", name.get_ref()));
            }
        }
        Ok(())
    }

    fn no_such_type<T>(&self, at: Range<usize>, name: &str, types: &[TypeEntry]) -> Result<T, CatalogError> {
        let known = types.iter().map(|known| format!("`{}`", known.id)).collect::<Vec<_>>().join(", ");
        self.error(at, format!("type `{name}` does not exist; use one of {known}, or declare it as a [[type]]"))
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
            let (one, many) = (self.shown(&entry.one, "the word for one")?, self.shown(&entry.many, "the word for many")?);
            types.push(TypeEntry { id, one, many, actions, parent });
        }
        Ok(types)
    }

    fn role(&self, entry: &FileRole, types: &[TypeEntry]) -> Result<Role, CatalogError> {
        let id = RoleId::new(&self.word(&entry.id, "role id")?);
        if entry.permissions.get_ref().is_empty() {
            return self.error(entry.permissions.span(), format!("role `{id}` has no permission; give it at least one, like `source:read`"));
        }
        let name = self.shown(&entry.name, "the role's name")?;
        self.each_once(entry.permissions.get_ref())?;
        self.each_once(&entry.through_parent)?;
        self.each_once(entry.scopes.get_ref())?;
        let mut permissions = Vec::new();
        for text in entry.permissions.get_ref() {
            permissions.push(self.permission(text, types)?);
        }
        let mut through_parent = Vec::new();
        for name in &entry.through_parent {
            if !permissions.iter().any(|action: &Action| action.kind.as_str() == name.get_ref())
                && types.iter().any(|known| known.id.as_str() == name.get_ref())
            {
                return self
                    .error(name.span(), format!("role `{id}` has no permission on `{0}`; give it one, like `{0}:read`, or remove it here", name.get_ref()));
            }
            match types.iter().find(|known| known.id.as_str() == name.get_ref()) {
                Some(known) if known.parent.is_some() => through_parent.push(known.id.clone()),
                Some(_) => return self.error(name.span(), format!("type `{}` has no parent; give it one, or remove it here", name.get_ref())),
                None => return self.no_such_type(name.span(), name.get_ref(), types),
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
        self.labelled_plans_fit(&id, entry, &plans)?;
        if let Some(create) = entry.permissions.get_ref().iter().find(|text| text.get_ref().ends_with(":create"))
            && !scopes.iter().any(|(kind, _)| *kind == ScopeKind::All)
        {
            return self.error(
                create.span(),
                format!("`{}` needs the scope `all`, which role `{id}` can't take; add `all` to its scopes, or remove it", create.get_ref()),
            );
        }
        Ok(Role { id, name, description: entry.description.clone(), permissions, through_parent, plans, scopes })
    }

    fn labelled_plans_fit(&self, id: &RoleId, entry: &FileRole, plans: &[Plan]) -> Result<(), CatalogError> {
        let Some(fewer) = &entry.labelled_plans else { return Ok(()) };
        let labelled = entry.scopes.get_ref().iter().any(|scope| scope.get_ref() == ScopeKind::Labelled.as_str());
        if !labelled || fewer.is_empty() {
            let cure = if labelled { "name a plan, or remove `labelled` from its scopes" } else { "add `labelled` to its scopes, or remove `labelled_plans`" };
            return self.error(entry.id.span(), format!("the `labelled_plans` of role `{id}` say nothing; {cure}"));
        }
        for (name, plan) in fewer.iter().zip(self.plans(fewer)?) {
            if !plans.contains(&plan) {
                return self.error(name.span(), format!("role `{id}` is not on the plan `{plan}`; add it to `plans`, or remove it here"));
            }
        }
        Ok(())
    }

    fn permission(&self, text: &Spanned<String>, types: &[TypeEntry]) -> Result<Action, CatalogError> {
        let action = Action::parse(text.get_ref()).or_else(|error| self.error(text.span(), error.to_string()))?;
        let Some(kind) = types.iter().find(|known| known.id == action.kind) else {
            return self.no_such_type(text.span(), action.kind.as_str(), types);
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
        Err(error) => return reader.error(error.span().unwrap_or(0..0), with_cure(error.message())),
    };
    let types = reader.types(&file.types)?;
    let mut roles: Vec<Role> = Vec::with_capacity(file.roles.len());
    for entry in &file.roles {
        let role = reader.role(entry, &types)?;
        if roles.iter().any(|known| known.id == role.id) {
            return reader.error(entry.id.span(), format!("role `{}` is declared twice; give one of them another id", role.id));
        }
        if [Catalog::OWNER, Catalog::MEMBER].contains(&role.id.as_str()) {
            return reader.error(entry.id.span(), format!("`{}` is Rolecall's own word for owners and members; give the role another id", role.id));
        }
        roles.push(role);
    }
    Ok(Catalog { types, roles })
}

/// What the parser says names what is wrong, not always what to do.
fn with_cure(message: &str) -> String {
    match message.strip_prefix("missing field ") {
        Some(field) if matches!(field, "`type`" | "`role`") => format!("there is no [[{}]]; declare at least one", field.trim_matches('`')),
        Some(field) => format!("{field} is missing; write it into this entry"),
        None if message.starts_with("invalid type") => format!("{message}; write it in the form that is expected"),
        None => message.to_owned(),
    }
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
            ("\"ticket:read\", \"ticket:edit\"", "\"ticket:read\", \"ticket:read\"", "stands here twice; remove one"),
            ("\"all\", \"labelled\"", "\"all\", \"all\"", "stands here twice; remove one"),
            ("\"free\", \"business\"", "\"free\", \"free\"", "stands here twice; remove one"),
            ("plans = [\"free\", \"business\"]", "plans = []", "is on no plan; name at least one"),
            ("scopes = [\"all\", \"labelled\"]", "scopes = []", "takes no scope; name at least `all`"),
            ("scopes = [\"all\", \"labelled\"]", "scopes = [\"all\"]", "say nothing; add `labelled`"),
            ("labelled_plans = [\"business\"]", "labelled_plans = [\"team\"]", "is not on the plan `team`; add it"),
            ("labelled_plans = [\"business\"]", "labelled_plans = []", "say nothing; name a plan"),
            ("labelled_plans = [\"business\"]", "through_parent = [\"ticket\"]", "type `ticket` has no parent; give it one"),
            ("labelled_plans = [\"business\"]", "through_parent = [\"reply\"]", "type `reply` does not exist; use one of `ticket`"),
            ("actions = [\"read\", \"edit\"]", "actions = []", "has no action; give it at least `read`"),
            ("actions = [\"read\", \"edit\"]", "actions = [\"read\", \"edit\"]\nparent = \"queue\"", "is not declared above; declare it first"),
            ("\"ticket:edit\"", "\"edit\"", "write it as `type:verb`"),
            ("name = \"Agent\"", "name = \" \"", "the role's name is missing"),
            ("one = \"ticket\"", "one = \"tic\\u0000ket\"", "remove it"),
            ("name = \"Agent\"\n", "", "`name` is missing; write it into this entry"),
            ("id = \"agent\"", "id = \"workspace_owner\"", "give the role another id"),
            ("name = \"Agent\"", "name = 7", "expected a string; write it in the form"),
        ] {
            let error = refused(from, to);
            assert!(error.message.contains(word), "{from} → {to}: {error}");
            assert!(error.line > 1, "{error}");
        }
        assert!(parse(&format!("{SMALL}{}", &SMALL[SMALL.find("[[role]]").unwrap()..])).unwrap_err().message.contains("declared twice"));
        assert_eq!(parse("[[type]\n").unwrap_err().line, 1);
        assert!(parse("role = []").unwrap_err().message.contains("there is no [[type]]; declare at least one"));
        let never = SMALL.replace("\"edit\"]\n", "\"edit\", \"create\"]\n").replace("\"ticket:edit\"", "\"ticket:create\"").replace("\"all\", ", "");
        let error = parse(&never).unwrap_err();
        assert!(error.message.contains("`ticket:create` needs the scope `all`, which role `agent` can't take"), "{error}");
        assert_eq!((error.line, error.column), (11, 31));
    }
}
