//! Cedar as an independent judge: random workspaces put to it entity by entity and grant by grant, and no decision may differ.
//!
//! A workspace in which one does is made as small as it goes and printed as a case for `crates/domain/cases`.
#![expect(dead_code, reason = "the benchmark's worlds and translation, of which this needs a part")]

#[path = "../src/policy/cedar.rs"]
mod cedar;
#[path = "../src/policy/world.rs"]
mod world;

use cedar::Cedar;
use domain::{
    catalog::Action,
    grant::{Grant, Scope},
    id::{GrantId, GroupId, ResourceId, TokenId},
    member::MemberKind,
    plan::Plan,
    policy::{PolicyToken, Question, Subject, Target},
    time::Timestamp,
};
use std::error::Error;
use world::{Dice, NOW, Size, World};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const WORLDS: u64 = 400;
const QUESTIONS: usize = 260;
const SIZE: Size = Size { name: "tiny", members: 7, groups: 4, resources: 16, grants: 30 };

/// On any plan, with scopes that name what they should not, and ends at the very moment of the question.
fn some_world(seed: u64) -> Outcome<World> {
    let mut world = World::of(SIZE, seed)?;
    let mut dice = Dice(seed ^ 0xced);
    world.plan = dice.pick(&[Plan::Business, Plan::Business, Plan::Team, Plan::Free]).copied().unwrap_or(Plan::Business);
    if let Some(member) = world.members.first_mut() {
        member.kind = MemberKind::Owner;
    }
    // tokens hold what some members hold; some may do anything, some have ended
    for (place, member) in world.members.iter().enumerate().skip(1).step_by(2) {
        let expires_at = (dice.below(2) == 0).then(|| about_now(&mut dice));
        let (owner_access, grants) = (dice.below(4) == 0, member.grants.clone());
        let id = TokenId::from_uuid(uuid::Uuid::from_u128(place as u128 + 1));
        world.tokens.push(PolicyToken { id, owner_access, expires_at, grants });
    }
    for (n, grant) in world.tokens.iter_mut().flat_map(|token| &mut token.grants).enumerate() {
        grant.id = GrantId::from_uuid(uuid::Uuid::from_u128(u128::MAX - n as u128));
    }
    let everything: Vec<ResourceId> = world.resources.iter().map(|resource| resource.id).collect();
    let labels: Vec<_> = world.resources.iter().flat_map(|resource| resource.labels.clone()).collect();
    for grant in world.members.iter_mut().flat_map(|member| &mut member.grants).chain(world.groups.iter_mut().flat_map(|group| &mut group.grants)) {
        match (&mut grant.spec.scope, dice.below(4)) {
            (Scope::Only(ids), 0) => ids.extend(dice.pick(&everything)),
            (Scope::Labelled(all), 0) => all.clear(),
            (Scope::Labelled(all), 1) => all.extend(dice.pick(&labels).cloned()),
            (Scope::Only(_) | Scope::Labelled(_) | Scope::All, _) => {}
        }
        if dice.below(12) == 0 {
            grant.spec.expires_at = Some(about_now(&mut dice));
        }
    }
    Ok(world)
}

/// The very moment of the questions, one microsecond before or after.
fn about_now(dice: &mut Dice) -> Timestamp {
    Timestamp::from_micros(NOW.micros() + i64::try_from(dice.below(3)).unwrap_or_default() - 1)
}

fn some_question(world: &World, dice: &mut Dice) -> Option<Question> {
    let subject = match dice.below(5) {
        0 => Subject::Group(dice.pick(&world.groups)?.id),
        1 => Subject::Token(dice.pick(&world.tokens)?.id),
        _ => Subject::Member(dice.pick(&world.members)?.id),
    };
    let resource = dice.pick(&world.resources)?;
    let entry = world.catalog.kind(&resource.kind)?;
    let action = Action::new(&entry.id, dice.pick(&entry.actions)?);
    let target = if dice.below(6) == 0 { Target::Type } else { Target::Resource(resource.id) };
    Some(Question { subject, action, target })
}

/// What the policy says where Cedar says otherwise.
fn differs(ours: &World, theirs: &World, question: &Question) -> Outcome<Option<bool>> {
    let allowed = ours.policy().decide(question.subject, &question.action, &question.target, NOW).is_allowed();
    let cedar = Cedar::of(theirs)?;
    Ok((cedar.allows(question, &cedar.policies)? != allowed).then_some(allowed))
}

/// Takes away whatever the difference does not need.
fn smallest(mut world: World, question: &Question, still: impl Fn(&World) -> bool) -> World {
    let mut at = 0;
    while let Some(smaller) = without(&world, question, at) {
        if still(&smaller) {
            world = smaller;
        } else {
            at += 1;
        }
    }
    world
}

/// The world without its `at`th part that can be taken away.
fn without(world: &World, question: &Question, mut at: usize) -> Option<World> {
    let mut less = world.clone();
    let holders = less.members.iter_mut().map(|member| &mut member.grants).chain(less.groups.iter_mut().map(|group| &mut group.grants));
    for grants in holders.chain(less.tokens.iter_mut().map(|token| &mut token.grants)) {
        if at < grants.len() {
            grants.remove(at);
            return Some(less);
        }
        at -= grants.len();
    }
    for member in &mut less.members {
        if let Some(group) = member.groups.iter().nth(at).copied() {
            member.groups.remove(&group);
            return Some(less);
        }
        at -= member.groups.len();
    }
    let target = match &question.target {
        Target::Resource(id) => Some(*id),
        Target::Type => None,
    };
    let spare: Vec<ResourceId> = less.resources.iter().map(|resource| resource.id).filter(|id| Some(*id) != target).collect();
    if let Some(id) = spare.get(at) {
        less.resources.retain(|resource| resource.id != *id);
        return Some(less);
    }
    at -= spare.len();
    let (resource, label) = less.resources.iter().enumerate().flat_map(|(place, resource)| (0..resource.labels.len()).map(move |n| (place, n))).nth(at)?;
    less.resources.get_mut(resource)?.labels.remove(label);
    Some(less)
}

/// As it would stand in `crates/domain/cases`: a group that asks is shown as a person.
fn printed(world: &World, question: &Question, ours: bool) -> String {
    let name = |id: &ResourceId| world.resources.iter().find(|resource| resource.id == *id).map_or_else(|| format!("gone-{id}"), |it| it.key.to_string());
    let mut text = String::from("# world.toml\nresource = [\n");
    for resource in &world.resources {
        let labels: Vec<String> = resource.labels.iter().map(|label| format!("\"{label}\"")).collect();
        let parent = resource.parent.map(|parent| format!(", parent = \"{}\"", name(&parent))).unwrap_or_default();
        text.push_str(&format!("  {{ name = \"{}\", type = \"{}\"{parent}, labels = [{}] }},\n", resource.key, resource.kind, labels.join(", ")));
    }
    let written = |grants: &[Grant]| -> String {
        let all: Vec<String> = grants
            .iter()
            .map(|grant| {
                let scope = match &grant.spec.scope {
                    Scope::All => "all".to_owned(),
                    Scope::Only(ids) => ids.iter().map(name).collect::<Vec<_>>().join(" and "),
                    Scope::Labelled(labels) if labels.is_empty() => "no label".to_owned(),
                    Scope::Labelled(labels) => labels.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and "),
                };
                let until = grant.spec.expires_at.map(|end| format!(" until {end}")).unwrap_or_default();
                format!("\"{} on {scope}{until}\"", grant.spec.role)
            })
            .collect();
        format!("[{}]", all.join(", "))
    };
    let verdict = if ours { "allowed" } else { "denied" };
    text.push_str(&format!("]\n\n[[case]]\nsays = \"Cedar says otherwise\"\nplan = \"{}\"\nat = \"{NOW}\"\n", world.plan));
    match question.subject {
        Subject::Member(id) => {
            if let Some(member) = world.members.iter().find(|member| member.id == id) {
                let held = |group: &GroupId| world.groups.iter().find(|it| it.id == *group).map(|it| format!("\"{group}\" = {}", written(&it.grants)));
                let groups: Vec<String> = member.groups.iter().filter_map(held).collect();
                let owner = member.kind == MemberKind::Owner;
                text.push_str(&format!("owner = {owner}\ngrants = {}\ngroups = {{ {} }}\n", written(&member.grants), groups.join(", ")));
            }
        }
        Subject::Group(id) => {
            let grants = world.groups.iter().find(|group| group.id == id).map(|group| written(&group.grants)).unwrap_or_default();
            text.push_str(&format!("grants = {grants}\n"));
        }
        Subject::Token(id) => {
            if let Some(token) = world.tokens.iter().find(|token| token.id == id) {
                let until = token.expires_at.map(|end| format!(" until {end}")).unwrap_or_default();
                text.push_str(&format!("# a token{until}\nowner = {}\ngrants = {}\n", token.owner_access, written(&token.grants)));
            }
        }
    }
    let on = match &question.target {
        Target::Resource(id) => format!(" on {}", name(id)),
        Target::Type => String::new(),
    };
    text.push_str(&format!("{verdict} = [\"{}{on}\"]\n", question.action));
    text
}

#[test]
fn cedar_decides_as_we_do() {
    let (mut asked, mut allowed) = (0, 0);
    for seed in 0..WORLDS {
        let world = some_world(seed).unwrap();
        let (policy, cedar) = (world.policy(), Cedar::of(&world).unwrap());
        let mut dice = Dice(seed);
        for _ in 0..QUESTIONS {
            let question = some_question(&world, &mut dice).unwrap();
            let ours = policy.decide(question.subject, &question.action, &question.target, NOW).is_allowed();
            let theirs = cedar.allows(&question, &cedar.policies).unwrap();
            if ours != theirs {
                let small = smallest(world.clone(), &question, |world| differs(world, world, &question).is_ok_and(|differs| differs.is_some()));
                panic!("world {seed}: a decision differs:\n\n{}", printed(&small, &question, ours));
            }
            asked += 1;
            allowed += usize::from(ours);
        }
    }
    println!("{asked} decisions, {allowed} of them allowed");
    assert!(asked >= 100_000 && allowed * 5 > asked && allowed * 5 < asked * 4, "{allowed} of {asked} were allowed");
}

/// The judge must be able to find a fault: here Cedar is told of another plan.
#[test]
fn a_difference_is_found_and_printed_small() {
    let on_team = |world: &World| World { plan: Plan::Team, ..world.clone() };
    let differing = (0..50).find_map(|seed| {
        let world = World { plan: Plan::Business, ..some_world(seed).unwrap() };
        let mut dice = Dice(seed);
        (0..QUESTIONS).find_map(|_| {
            let question = some_question(&world, &mut dice).unwrap();
            differs(&world, &on_team(&world), &question).unwrap().map(|_| (world.clone(), question))
        })
    });
    let (world, question) = differing.unwrap();
    let small = smallest(world, &question, |world| differs(world, &on_team(world), &question).is_ok_and(|differs| differs.is_some()));
    let grants = small.members.iter().map(|member| member.grants.len()).chain(small.groups.iter().map(|group| group.grants.len())).sum::<usize>();
    let text = printed(&small, &question, true);
    println!("{text}");
    assert_eq!(grants, 1, "{text}");
    assert!(text.contains("plan = \"business\"") && text.contains("\nallowed = ["), "{text}");
}
