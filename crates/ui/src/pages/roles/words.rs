//! Roles in words: what they allow by type, where they apply, and who holds them.

use crate::{
    components::{capital, plural},
    pages::access::words::and,
};
use domain::{
    catalog::{Catalog, Role},
    grant::ScopeKind,
    held::RoleHolders,
    plan::Plan,
    resource::ResourceType,
};

/// What a role allows on one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// `Sources`
    pub title: String,
    /// `see, edit, create and delete`
    pub verbs: String,
    /// What it is reached through where the scope names that: `the source they hang on`.
    pub through: Option<String>,
}

/// Type by type, in the order of its permissions.
pub fn allowed(catalog: &Catalog, role: &Role) -> Vec<Allowed> {
    let line = |kind: &ResourceType| {
        let entry = catalog.kind(kind);
        let through = entry.and_then(|entry| entry.parent.as_ref()).filter(|_| role.through_parent.contains(kind));
        Allowed {
            title: capital(entry.map_or(kind.as_str(), |entry| entry.many.as_str())),
            verbs: and(&verbs(role, kind)),
            through: through.map(|parent| format!("the {} they hang on", catalog.kind(parent).map_or(parent.as_str(), |entry| entry.one.as_str()))),
        }
    };
    role.types().into_iter().map(line).collect()
}

/// `See, edit, create and delete sources, with destinations, schemas, debuggers and write keys`.
pub fn at_a_glance(catalog: &Catalog, role: &Role) -> String {
    let types = role.types();
    let many = |kind: &&ResourceType| catalog.kind(kind).map_or_else(|| kind.to_string(), |entry| entry.many.clone());
    let Some((first, rest)) = types.split_first() else { return String::new() };
    let main = capital(&format!("{} {}", and(&verbs(role, first)), many(first)));
    if rest.is_empty() { main } else { format!("{main}, with {}", and(&rest.iter().map(many).collect::<Vec<_>>())) }
}

fn verbs(role: &Role, kind: &ResourceType) -> Vec<String> {
    let verb = |verb: &str| if verb == "read" { "see".to_owned() } else { verb.replace('_', " ") };
    role.permissions.iter().filter(|action| action.kind == *kind).map(|action| verb(&action.verb)).collect()
}

/// Each form of scope that a role takes, and why it can't be given on this plan, if so.
pub fn scopes(role: &Role, plan: Plan) -> Vec<(&'static str, Option<String>)> {
    let locked = |form: ScopeKind| {
        let open = role.is_unlocked(plan) && role.takes_on(form, plan);
        (!open).then(|| role.least_plan(form).map_or_else(|| "on no plan".to_owned(), |least| format!("needs the {} plan", least.title())))
    };
    ScopeKind::EVERY.into_iter().filter(|form| role.takes(*form)).map(|form| (applies_to(form), locked(form))).collect()
}

/// Read of a role, where nothing is chosen.
const fn applies_to(form: ScopeKind) -> &'static str {
    match form {
        ScopeKind::Only => "Only chosen ones",
        ScopeKind::All | ScopeKind::Labelled => form.title(),
    }
}

/// Why a role can't be given at all on this plan.
pub fn locked(role: &Role, plan: Plan) -> Option<String> {
    let least = role.plans.iter().min().map_or("another", |plan| plan.title());
    (!role.is_unlocked(plan)).then(|| format!("Needs the {least} plan"))
}

/// `12 members, 2 groups and 1 token`.
pub fn held_by(holders: Option<&RoleHolders>) -> String {
    let Some(holders) = holders else { return "Nobody".to_owned() };
    let counts = [
        (holders.members, "member", "members"),
        (holders.groups, "group", "groups"),
        (holders.tokens, "token", "tokens"),
        (holders.invites, "invite", "invites"),
    ];
    let parts: Vec<String> = counts.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| plural(n, one, many)).collect();
    if parts.is_empty() { "Nobody".to_owned() } else { and(&parts) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::catalog::RoleId;

    fn help_desk() -> Catalog {
        Catalog::parse(include_str!("../../../../domain/catalog/help-desk.toml")).unwrap()
    }

    #[test]
    fn a_role_of_any_catalogue_reads_well() {
        let catalog = Catalog::parse(Catalog::BUILT_IN).unwrap();
        let role = |catalog: &Catalog, id: &str| catalog.role(&RoleId::new(id)).unwrap().clone();
        let admin = role(&catalog, "source_admin");
        assert_eq!(at_a_glance(&catalog, &admin), "See, edit, create and delete sources, with destinations, schemas, debuggers and write keys");
        assert_eq!(at_a_glance(&catalog, &role(&catalog, "tracking_plan_read_only")), "See tracking plans");
        let desk = help_desk();
        let lines = allowed(&desk, &role(&desk, "lead"));
        assert_eq!(
            lines[1],
            Allowed { title: "Tickets".to_owned(), verbs: "see, reply, edit and create".to_owned(), through: Some("the queue they hang on".to_owned()) }
        );
        assert_eq!(lines[2].through, None);
        assert_eq!(at_a_glance(&desk, &role(&desk, "reader")), "See articles, with satisfaction reports");
    }

    #[test]
    fn what_a_plan_locks_is_said() {
        let desk = help_desk();
        let role = |id: &str| desk.role(&RoleId::new(id)).unwrap();
        assert_eq!(
            scopes(role("lead"), Plan::Free),
            [("All, including future", None), ("Only chosen ones", None), ("With labels", Some("needs the Business plan".to_owned()))]
        );
        assert_eq!(scopes(role("specialist"), Plan::Team), [("With labels", None)]);
        assert_eq!(locked(role("agent"), Plan::Free).as_deref(), Some("Needs the Team plan"));
        assert_eq!(locked(role("author"), Plan::Free), None);
    }

    #[test]
    fn holders_are_counted() {
        let holders = |members, groups, tokens, invites| RoleHolders { role: RoleId::new("x"), members, groups, tokens, invites };
        assert_eq!(held_by(None), "Nobody");
        assert_eq!(held_by(Some(&holders(0, 0, 0, 0))), "Nobody");
        assert_eq!(held_by(Some(&holders(1_200, 1, 0, 2))), "1,200 members, 1 group and 2 invites");
    }
}
