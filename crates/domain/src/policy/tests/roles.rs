//! What each role may do, as a table to read: asked of the policy, not read from the catalogue.

use super::*;
use crate::grant::ScopeKind;
use std::fmt::Write as _;

/// For every type, a row per role that may do anything to it; then the forms of scope that each role may take on each plan.
fn table(text: &str) -> String {
    let catalog = Arc::new(Catalog::parse(text).unwrap());
    let mut policy = Policy::new(Arc::clone(&catalog), Plan::Business);
    let names = catalog.roles.iter().map(|role| role.id.as_str()).chain(catalog.types.iter().map(|entry| entry.id.as_str()));
    let wide = names.map(str::len).max().unwrap();
    let mut table = String::new();
    for entry in &catalog.types {
        let one = thing(1, entry.id.as_str(), None, &[]);
        policy.put_resource(one.clone());
        writeln!(table, "{:wide$}  {}", entry.id.as_str().to_uppercase(), entry.actions.join("  ")).unwrap();
        for role in &catalog.roles {
            let grants = vec![grant(1, role.id.as_str(), if role.takes(ScopeKind::All) { Scope::All } else { labels(&["a:b"]) })];
            policy.put_member(PolicyMember { id: ME, kind: MemberKind::Member, pii: false, grants, groups: BTreeSet::new() });
            policy.put_resource(Resource { labels: vec![Label::parse("a:b").unwrap()], ..one.clone() });
            let may = |verb: &String| policy.allows(Subject::Member(ME), &Action::new(&entry.id, verb), &Target::Resource(one.id), NOW);
            let marks: Vec<String> = entry.actions.iter().map(|verb| format!("{:<width$}", if may(verb) { "yes" } else { "-" }, width = verb.len())).collect();
            if entry.actions.iter().any(may) {
                writeln!(table, "{:wide$}  {}", role.id.as_str(), marks.join("  ").trim_end()).unwrap();
            }
        }
        table.push('\n');
    }
    writeln!(table, "{:wide$}  {:22}  {:22}  business", "SCOPES", "free", "team").unwrap();
    for role in &catalog.roles {
        let forms = |plan: Plan| -> String {
            let taken: Vec<&str> =
                ScopeKind::EVERY.into_iter().filter(|form| role.is_unlocked(plan) && role.takes_on(*form, plan)).map(ScopeKind::as_str).collect();
            format!("{:22}", if taken.is_empty() { "-".to_owned() } else { taken.join(", ") })
        };
        writeln!(table, "{}", format!("{:wide$}  {}", role.id.as_str(), Plan::ALL.map(forms).join("  ")).trim_end()).unwrap();
    }
    table
}

#[test]
fn what_the_built_in_roles_may_do() {
    insta::assert_snapshot!(table(Catalog::BUILT_IN));
}

#[test]
fn what_the_roles_of_a_help_desk_may_do() {
    insta::assert_snapshot!(table(include_str!("../../../catalog/help-desk.toml")));
}
