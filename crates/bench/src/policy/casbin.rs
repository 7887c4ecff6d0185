//! A workspace as casbin sees it: its RBAC model with groups, a line for every subject, scope and action.

use super::world::{NOW, World};
use crate::Outcome;
use casbin::{CoreApi as _, DefaultModel, Enforcer, MemoryAdapter, MgmtApi as _};
use domain::{
    catalog::Action,
    grant::{Grant, Scope},
    member::MemberKind,
    policy::{Question, Subject, Target},
};

/// Subjects inherit from groups; a line names a subject, a resource (or all of a type) and an action.
const MODEL: &str = "
[request_definition]
r = sub, obj, kind, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && (p.obj == r.obj || p.obj == r.kind) && g(r.sub, p.sub)
";

pub async fn enforcer(world: &World) -> Outcome<Enforcer> {
    let mut enforcer = Enforcer::new(DefaultModel::from_str(MODEL).await?, MemoryAdapter::default()).await?;
    let mut lines = Vec::new();
    let mut inherits = Vec::new();
    // casbin knows neither labels nor parents nor owners: those are left out, which leaves it less to do than the others
    for group in &world.groups {
        for grant in &group.grants {
            lines.extend(written(world, &group.id.to_string(), grant));
        }
    }
    for member in &world.members {
        if member.kind == MemberKind::Owner {
            continue;
        }
        for grant in &member.grants {
            lines.extend(written(world, &member.id.to_string(), grant));
        }
        for group in &member.groups {
            inherits.push(vec![member.id.to_string(), group.to_string()]);
        }
    }
    lines.sort();
    lines.dedup();
    enforcer.add_policies(lines).await?;
    enforcer.add_grouping_policies(inherits).await?;
    Ok(enforcer)
}

fn written(world: &World, name: &str, grant: &Grant) -> Vec<Vec<String>> {
    let Some(role) = world.catalog.role(&grant.spec.role) else { return Vec::new() };
    if grant.is_expired(NOW) || !world.catalog.is_unlocked(&grant.spec, world.plan) {
        return Vec::new();
    }
    let line = |object: String, action: &Action| vec![name.to_owned(), object, action.to_string()];
    match &grant.spec.scope {
        Scope::All => role.permissions.iter().map(|action| line(format!("all:{}", action.kind), action)).collect(),
        Scope::Only(ids) => ids
            .iter()
            .flat_map(|id| {
                role.permissions.iter().filter(|action| Some(&action.kind) == role.main_type() && !action.is_create()).map(move |action| (id, action))
            })
            .map(|(id, action)| line(id.to_string(), action))
            .collect(),
        Scope::Labelled(_) => Vec::new(),
    }
}

pub fn allows(enforcer: &Enforcer, question: &Question) -> Outcome<bool> {
    let Subject::Member(id) = question.subject else { return Ok(false) };
    let object = match &question.target {
        Target::Resource(id) => id.to_string(),
        Target::Type => "-".to_owned(),
    };
    Ok(enforcer.enforce((id.to_string(), object, format!("all:{}", question.action.kind), question.action.to_string()))?)
}
