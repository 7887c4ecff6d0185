//! A workspace as Cedar sees it: one entity for every thing, one policy for every grant.

use super::world::{NOW, World};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy, PolicyId, PolicySet, Request, RestrictedExpression,
};
use domain::{
    catalog::{Action, Role},
    grant::{Grant, Scope},
    id::ResourceId,
    member::MemberKind,
    policy::{Question, Subject, Target},
    resource::Resource,
    time::Timestamp,
};
use std::{
    collections::{HashMap, HashSet},
    error::Error,
    fmt::Display,
    str::FromStr as _,
};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

pub struct Cedar {
    pub policies: PolicySet,
    entities: Entities,
    authorizer: Authorizer,
}

impl Cedar {
    pub fn of(world: &World) -> Outcome<Self> {
        let mut entities = Vec::new();
        for resource in &world.resources {
            let parent = resource.parent.and_then(|parent| world.resources.iter().find(|it| it.id == parent));
            entities.push(entity(resource, parent)?);
        }
        for kind in &world.catalog.types {
            entities.push(Entity::new(uid("Type", &kind.id)?, labels_of([("labels", &[][..]), ("parentLabels", &[][..])]), HashSet::new())?);
        }
        for group in &world.groups {
            entities.push(Entity::new(uid("Group", &group.id)?, HashMap::new(), HashSet::new())?);
        }
        for member in &world.members {
            let owner = RestrictedExpression::new_bool(member.kind == MemberKind::Owner);
            let known = |id: &&domain::id::GroupId| world.groups.iter().any(|group| group.id == **id);
            let groups: HashSet<EntityUid> = member.groups.iter().filter(known).map(|group| uid("Group", group)).collect::<Outcome<_>>()?;
            entities.push(Entity::new(uid("Member", &member.id)?, HashMap::from([("owner".to_owned(), owner)]), groups)?);
        }
        for token in &world.tokens {
            let owner = RestrictedExpression::new_bool(token.owner_access);
            // without an end it ends behind all time
            let ends = RestrictedExpression::new_long(token.expires_at.map_or(i64::MAX, Timestamp::micros));
            let attributes = HashMap::from([("owner".to_owned(), owner), ("ends".to_owned(), ends)]);
            entities.push(Entity::new(uid("Token", &token.id)?, attributes, HashSet::new())?);
        }
        let policies = policies(world, |_| true)?;
        Ok(Self { policies, entities: Entities::from_entities(entities, None)?, authorizer: Authorizer::new() })
    }

    pub fn allows(&self, question: &Question, policies: &PolicySet) -> Outcome<bool> {
        let request = request(question)?;
        Ok(self.authorizer.is_authorized(&request, policies, &self.entities).decision() == Decision::Allow)
    }
}

/// One for every grant of those holders that are wanted, and one for owners.
pub fn policies(world: &World, wanted: impl Fn(Subject) -> bool) -> Outcome<PolicySet> {
    let owners = Policy::parse(Some(PolicyId::new("owners")), "permit(principal is Member, action, resource) when { principal.owner };")?;
    let owning = "permit(principal is Token, action, resource) when { principal.owner && context.now < principal.ends };";
    let mut policies = vec![owners, Policy::parse(Some(PolicyId::new("owning tokens")), owning)?];
    let groups = world.groups.iter().map(|group| (Subject::Group(group.id), &group.grants));
    let members = world.members.iter().map(|member| (Subject::Member(member.id), &member.grants));
    let tokens = world.tokens.iter().map(|token| (Subject::Token(token.id), &token.grants));
    for (holder, grants) in groups.chain(members).chain(tokens).filter(|(holder, _)| wanted(*holder)) {
        let principal = match holder {
            Subject::Group(id) => format!("principal in Group::\"{id}\""),
            Subject::Member(id) => format!("principal == Member::\"{id}\""),
            Subject::Token(id) => format!("principal == Token::\"{id}\""),
        };
        for grant in grants {
            let Some(role) = world.catalog.role(&grant.spec.role) else { continue };
            if !world.catalog.is_unlocked(&grant.spec, world.plan) {
                continue;
            }
            let alive = if matches!(holder, Subject::Token(_)) { "context.now < principal.ends && " } else { "" };
            for (part, text) in written(role, grant, &principal, alive).into_iter().enumerate() {
                policies.push(Policy::parse(Some(PolicyId::new(format!("{}-{part}", grant.id))), text)?);
            }
        }
    }
    Ok(PolicySet::from_policies(policies)?)
}

/// Two policies where the role reaches something through what it hangs on, else one.
fn written(role: &Role, grant: &Grant, principal: &str, alive: &str) -> Vec<String> {
    let on_all = grant.spec.scope == Scope::All;
    let actions: Vec<&Action> = role.permissions.iter().filter(|action| on_all || !action.is_create()).collect();
    let (through, itself): (Vec<&Action>, Vec<&Action>) = actions.into_iter().partition(|action| role.through_parent.contains(&action.kind));
    let until = grant.spec.expires_at.map(|end| format!("context.now < {} && ", end.micros())).unwrap_or_default();
    let mut texts = Vec::new();
    for (actions, through) in [(itself, false), (through, true)] {
        if actions.is_empty() {
            continue;
        }
        let actions: Vec<String> = actions.iter().map(|action| format!("Action::\"{action}\"")).collect();
        let condition = covering(&grant.spec.scope, through);
        texts.push(format!("permit({principal}, action in [{}], resource) when {{ {alive}{until}({condition}) }};", actions.join(", ")));
    }
    texts
}

fn covering(scope: &Scope, through: bool) -> String {
    let of = |ids: &mut dyn Iterator<Item = &ResourceId>| ids.map(|id| format!("Resource::\"{id}\"")).collect::<Vec<_>>().join(", ");
    match scope {
        Scope::All => "true".to_owned(),
        Scope::Only(ids) if through => {
            let ids = of(&mut ids.iter());
            format!("[{ids}].contains(resource) || (resource has parent && [{ids}].contains(resource.parent))")
        }
        Scope::Only(ids) => format!("[{}].contains(resource)", of(&mut ids.iter())),
        Scope::Labelled(labels) if labels.is_empty() => "false".to_owned(),
        Scope::Labelled(labels) => {
            let labels = labels.iter().map(|label| format!("\"{label}\"")).collect::<Vec<_>>().join(", ");
            let parents = if through { format!(" || resource.parentLabels.containsAll([{labels}])") } else { String::new() };
            format!("resource.labels.containsAll([{labels}]){parents}")
        }
    }
}

fn request(question: &Question) -> Outcome<Request> {
    let principal = match question.subject {
        Subject::Member(id) => uid("Member", &id)?,
        Subject::Group(id) => uid("Group", &id)?,
        Subject::Token(id) => uid("Token", &id)?,
    };
    let resource = match &question.target {
        Target::Resource(id) => uid("Resource", id)?,
        Target::Type => uid("Type", &question.action.kind)?,
    };
    let context = Context::from_pairs([("now".to_owned(), RestrictedExpression::new_long(NOW.micros()))])?;
    Ok(Request::new(principal, uid("Action", &question.action)?, resource, context, None)?)
}

fn entity(resource: &Resource, parent: Option<&Resource>) -> Outcome<Entity> {
    let of_parent = parent.map_or(&[][..], |parent| &parent.labels[..]);
    let mut attributes = labels_of([("labels", &resource.labels[..]), ("parentLabels", of_parent)]);
    if let Some(parent) = parent {
        attributes.insert("parent".to_owned(), RestrictedExpression::new_entity_uid(uid("Resource", &parent.id)?));
    }
    Ok(Entity::new(uid("Resource", &resource.id)?, attributes, HashSet::new())?)
}

fn labels_of(lists: [(&str, &[domain::label::Label]); 2]) -> HashMap<String, RestrictedExpression> {
    let set = |labels: &[domain::label::Label]| RestrictedExpression::new_set(labels.iter().map(|label| RestrictedExpression::new_string(label.to_string())));
    lists.into_iter().map(|(name, labels)| (name.to_owned(), set(labels))).collect()
}

fn uid(kind: &str, id: &impl Display) -> Outcome<EntityUid> {
    Ok(EntityUid::from_type_name_and_id(EntityTypeName::from_str(kind)?, EntityId::new(id.to_string())))
}
