//! Runs the cases that stand in `crates/domain/cases`, and says which of their sentences does not hold.

use crate::{
    catalog::{Action, Catalog, RoleId},
    grant::{Grant, GrantSpec, Scope},
    id::{GrantId, GroupId, MemberId, ResourceId},
    label::Label,
    member::MemberKind,
    plan::Plan,
    policy::{Policy, PolicyGroup, PolicyMember, Subject, Target},
    resource::{Resource, ResourceType},
    text::{ResourceKey, ResourceName},
    time::Timestamp,
};
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path, sync::Arc};
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct World {
    resource: Vec<Thing>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Thing {
    name: String,
    r#type: String,
    parent: Option<String>,
    #[serde(default)]
    labels: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    plan: Option<Plan>,
    #[serde(default)]
    owner: bool,
    #[serde(default)]
    grants: Vec<String>,
    #[serde(default)]
    groups: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    personal_data: Vec<String>,
    at: Option<String>,
    #[serde(default)]
    allowed: Vec<String>,
    #[serde(default)]
    denied: Vec<String>,
}

const ME: MemberId = MemberId::from_uuid(Uuid::from_u128(1));

/// An id by name: the same name is the same thing.
fn id(name: &str) -> Uuid {
    let bytes = name.bytes().take(16).fold(0_u128, |sum, byte| sum << 8 | u128::from(byte));
    Uuid::from_u128(bytes)
}

fn resource(name: &str) -> ResourceId {
    ResourceId::from_uuid(id(name))
}

fn grant(text: &str, place: usize) -> Grant {
    let (text, until) = text.split_once(" until ").map_or((text, None), |(text, until)| (text, Some(Timestamp::parse(until).unwrap())));
    let (role, scope) = text.split_once(" on ").unwrap();
    let parts = || scope.split(" and ");
    let scope = match scope {
        "all" => Scope::All,
        "no label" => Scope::Labelled([].into()),
        labels if labels.contains(':') => Scope::Labelled(parts().map(|label| Label::parse(label).unwrap()).collect()),
        _ => Scope::Only(parts().map(resource).collect()),
    };
    let spec = GrantSpec { expires_at: until, ..GrantSpec::new(RoleId::new(role), scope) };
    Grant { id: GrantId::from_uuid(id(&format!("{place}"))), spec }
}

fn grants(texts: &[String], catalog: &Catalog) -> Vec<Grant> {
    let grants: Vec<Grant> = texts.iter().enumerate().map(|(place, text)| grant(text, place)).collect();
    for grant in &grants {
        assert!(catalog.role(&grant.spec.role).is_some(), "there is no role {}", grant.spec.role);
    }
    grants
}

fn policy(world: &World, case: &Case) -> Policy {
    let catalog = Arc::new(Catalog::parse(Catalog::BUILT_IN).unwrap());
    let mut policy = Policy::new(Arc::clone(&catalog), case.plan.unwrap_or(Plan::Business));
    for thing in &world.resource {
        policy.put_resource(Resource {
            id: resource(&thing.name),
            kind: ResourceType::new(&thing.r#type),
            key: ResourceKey::parse(&thing.name).unwrap(),
            name: ResourceName::parse(&thing.name).unwrap(),
            parent: thing.parent.as_deref().map(resource),
            labels: thing.labels.iter().map(|label| Label::parse(label).unwrap()).collect(),
        });
    }
    let flagged = |name: &str| case.personal_data.iter().any(|who| who == name);
    for (name, held) in &case.groups {
        policy.put_group(PolicyGroup { id: GroupId::from_uuid(id(name)), pii: flagged(name), grants: grants(held, &catalog) });
    }
    policy.put_member(PolicyMember {
        id: ME,
        kind: if case.owner { MemberKind::Owner } else { MemberKind::Member },
        pii: flagged("own"),
        grants: grants(&case.grants, &catalog),
        groups: case.groups.keys().map(|name| GroupId::from_uuid(id(name))).collect(),
    });
    policy
}

fn holds(policy: &Policy, question: &str, now: Timestamp) -> bool {
    let me = Subject::Member(ME);
    if let Some(ends) = question.strip_prefix("connect ") {
        let (from, to) = ends.split_once(" to ").unwrap();
        return policy.decide_connect(me, resource(from), resource(to), now).is_allowed();
    }
    if let Some(name) = question.strip_prefix("see personal data in ") {
        return policy.sees_personal_data(me, resource(name), now);
    }
    let (action, target) = question.split_once(" on ").map_or((question, Target::Type), |(action, name)| (action, Target::Resource(resource(name))));
    policy.decide(me, &Action::parse(action).unwrap(), &target, now).is_allowed()
}

#[test]
fn all_cases_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let world: World = toml::from_str(&std::fs::read_to_string(folder.join("world.toml")).unwrap()).unwrap();
    let mut asked = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") || path.ends_with("world.toml") {
            continue;
        }
        let file: File = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in &file.case {
            let policy = policy(&world, case);
            let now = case.at.as_deref().map_or(Timestamp::default(), |at| Timestamp::parse(at).unwrap());
            for (questions, expected) in [(&case.allowed, true), (&case.denied, false)] {
                for question in questions {
                    asked += 1;
                    if holds(&policy, question, now) != expected {
                        let verdict = if expected { "denied" } else { "allowed" };
                        wrong.push(format!("{}: {}: `{question}` is {verdict}", path.display(), case.says));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked > 100, "only {asked} questions were asked");
}
