//! The policy alone, on worlds of four sizes: decisions beside two bare look-ups, lists, changes in place, memory, and two peers.

mod casbin;
mod cedar;
mod changes;
mod clock;
mod peers;
mod world;

use crate::{Outcome, ratio, row, table};
use clock::{Clock, shown};
use domain::{
    catalog::Action,
    policy::{Policy, Question, Subject, Target},
};
use std::{collections::HashMap, hint::black_box, time::Instant};
use uuid::Uuid;
use world::{Dice, NOW, Size, World};

const SIZES: [Size; 4] = [
    Size { name: "small", members: 100, groups: 20, resources: 100, grants: 300 },
    Size { name: "medium", members: 10_000, groups: 500, resources: 5_000, grants: 30_000 },
    Size { name: "large", members: 100_000, groups: 5_000, resources: 50_000, grants: 300_000 },
    Size { name: "huge", members: 1_000_000, groups: 20_000, resources: 200_000, grants: 3_000_000 },
];
const QUESTIONS: usize = 40_000;

/// The worlds of these names; all of them where none is named.
pub async fn measure(names: &[String]) -> Outcome {
    let clock = Clock::new();
    let mut medians = Vec::new();
    for size in SIZES.into_iter().filter(|size| names.is_empty() || names.iter().any(|name| name == size.name)) {
        let (decision, floor) = one_world(size, &clock).await?;
        medians.push((size.name, decision, floor));
    }
    table("The policy: large beside small");
    let of = |name: &str| medians.iter().find(|(known, _, _)| *known == name).map_or((0, 0), |(_, decision, floor)| (*decision, *floor));
    let ((small, small_floor), (large, large_floor), (huge, _)) = (of("small"), of("large"), of("huge"));
    row("one decision beside its floor, small", &ratio(small, small_floor), "with every reason");
    row("one decision beside its floor, large", &ratio(large, large_floor), "");
    row("one decision, large beside small", &ratio(large, small), "goal at most 2×, and 1 µs on large");
    row("two bare look-ups, large beside small", &ratio(large_floor, small_floor), "what the machine's caches do to anything");
    row("one decision, huge beside small", &ratio(huge, small), "");
    Ok(())
}

async fn one_world(size: Size, clock: &Clock) -> Outcome<(u128, u128)> {
    let world = World::of(size, 42)?;
    table(&format!("The policy, {}: {} members, {} groups, {} resources, {} grants", size.name, size.members, size.groups, size.resources, size.grants));
    let before = resident()?;
    let begun = Instant::now();
    let mut policy = world.policy();
    let built = begun.elapsed().as_nanos();
    let grown = resident()?.saturating_sub(before) * 1024;
    memory(&world, &policy, grown);

    let (allowed, denied) = questions(&world, &policy);
    let decide = |question: &Question| {
        black_box(policy.decide(question.subject, &question.action, &question.target, NOW));
    };
    let bare = |question: &Question| {
        black_box(policy.allows(question.subject, &question.action, &question.target, NOW));
    };
    let floor = floor(&world, &policy, &allowed, clock);
    row("floor: two look-ups in std's HashMap", &shown(floor.0), &format!("99 in 100: {}", shown(floor.1)));
    let yes = clock.each(&allowed, bare);
    line("one decision, allowed, no reasons", yes, floor.0);
    let reasons = clock.each(&allowed, decide);
    line("one decision, allowed, with every reason", reasons, floor.0);
    line("one decision, denied, no reasons", clock.each(&denied, bare), floor.0);
    line("one decision, denied, with what is missing", clock.each(&denied, decide), floor.0);
    let mixed: Vec<Question> = allowed.iter().zip(&denied).take(500).flat_map(|(yes, no)| [yes.clone(), no.clone()]).collect();
    let batch = clock.each(&[(); 100], |()| {
        black_box(policy.decide_all(&mixed, NOW));
    });
    line("a batch of 1,000, half of them denied", batch, floor.0 * 1_000);
    lists(&world, &policy, clock);
    if size.name == "medium" {
        peers::measure(&world, &policy, &mixed, clock).await?;
    }
    changes::measure(&world, &mut policy, clock, built);
    Ok((reasons.0, floor.0))
}

fn line(what: &str, (median, late): (u128, u128), floor: u128) {
    row(what, &shown(median), &format!("99 in 100: {}; {} the floor", shown(late), ratio(median, floor)));
}

fn memory(world: &World, policy: &Policy, grown: u64) {
    let mut without = World { members: world.members.clone(), groups: world.groups.clone(), resources: world.resources.clone(), ..world.clone() };
    without.members.iter_mut().for_each(|member| member.grants.clear());
    without.groups.iter_mut().for_each(|group| group.grants.clear());
    let rest = without.policy().bytes();
    let (bytes, grants) = (policy.bytes(), policy.counts().grants.max(1));
    row("memory of the policy", &format!("{} KiB", bytes / 1024), &format!("by its own count; the process grew by {} KiB", grown / 1024));
    row("bytes for a grant", &((bytes - rest) / grants).to_string(), "goal at most 64: the policy with grants less the policy without");
    // what an earlier, larger thing gave back is used again: then the process doesn't grow, and says nothing
    let by_growth = if grown == 0 { "-".to_owned() } else { (grown / grants as u64).to_string() };
    let all = format!("members, groups and resources included; {by_growth} by the process's growth");
    row("bytes of the whole for each grant", &(bytes / grants).to_string(), &all);
}

/// As many allowed ones as denied ones, over all members and resources.
fn questions(world: &World, policy: &Policy) -> (Vec<Question>, Vec<Question>) {
    let mut dice = Dice(7);
    let (mut allowed, mut denied) = (Vec::new(), Vec::new());
    while allowed.len() < QUESTIONS / 2 || denied.len() < QUESTIONS / 2 {
        let (Some(member), Some(resource)) = (dice.pick(&world.members), dice.pick(&world.resources)) else { break };
        let verb = if dice.below(2) == 0 { "read" } else { "edit" };
        let (subject, action) = (Subject::Member(member.id), Action::new(&resource.kind, verb));
        let question = Question { subject, action, target: Target::Resource(resource.id) };
        let list = if policy.allows(subject, &question.action, &question.target, NOW) { &mut allowed } else { &mut denied };
        if list.len() < QUESTIONS / 2 {
            list.push(question);
        }
    }
    (allowed, denied)
}

/// What any answer costs at the least: finding the subject and finding the resource.
fn floor(world: &World, policy: &Policy, questions: &[Question], clock: &Clock) -> (u128, u128) {
    let members: HashMap<Uuid, u32> = world.members.iter().map(|member| member.id.uuid()).zip(0..).collect();
    let resources: HashMap<Uuid, u32> = policy.resources().map(domain::id::ResourceId::uuid).zip(0..).collect();
    clock.each(questions, |question| {
        let Subject::Member(member) = question.subject else { return };
        let Target::Resource(resource) = question.target else { return };
        black_box((members.get(&member.uuid()), resources.get(&resource.uuid())));
    })
}

fn lists(world: &World, policy: &Policy, clock: &Clock) {
    let read = |kind: &str| Action::new(&domain::resource::ResourceType::new(kind), "read");
    let mut dice = Dice(9);
    let members: Vec<Subject> = (0..300).filter_map(|_| dice.pick(&world.members)).map(|member| Subject::Member(member.id)).collect();
    let (source, destination) = (read("source"), read("destination"));
    let (median, late) = clock.each(&members, |member| {
        black_box(policy.resources_for(*member, &source, NOW, None, 50));
    });
    row("a page of 50 sources that a member reads", &shown(median), &format!("99 in 100: {}", shown(late)));
    let (median, late) = clock.each(&members, |member| {
        black_box(policy.resources_for(*member, &destination, NOW, None, 50));
    });
    row("a page of 50 destinations, through sources too", &shown(median), &format!("99 in 100: {}", shown(late)));
    let mut found = 0;
    let begun = Instant::now();
    for member in members.iter().take(20) {
        found += all(policy, *member, &source);
    }
    row("all the sources of 20 members, page by page", &shown(begun.elapsed().as_nanos()), &format!("{found} found"));
    let sources: Vec<_> = world.resources.iter().filter(|it| it.kind == source.kind).collect();
    let asked: Vec<_> = (0..100).filter_map(|_| dice.pick(&sources)).collect();
    let (median, late) = clock.each(&asked, |resource| {
        black_box(policy.subjects_for(resource.id, &source, NOW, None, 50));
    });
    row("a page of 50 who read a source", &shown(median), &format!("99 in 100: {}", shown(late)));
    let begun = Instant::now();
    let (mut after, mut who) = (None, 0);
    if let Some(resource) = asked.first() {
        loop {
            let listed = policy.subjects_for(resource.id, &source, NOW, after, 1_000);
            who += listed.found.len();
            after = listed.next;
            if listed.complete() {
                break;
            }
        }
    }
    row("all who read one source, 1,000 a page", &shown(begun.elapsed().as_nanos()), &format!("{who} found"));
}

fn all(policy: &Policy, member: Subject, action: &Action) -> usize {
    let (mut after, mut found) = (None, 0);
    loop {
        let listed = policy.resources_for(member, action, NOW, after, 1_000);
        found += listed.found.len();
        after = listed.next;
        if listed.complete() {
            return found;
        }
    }
}

/// What the process holds, in KiB.
fn resident() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS in /proc/self/status")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
