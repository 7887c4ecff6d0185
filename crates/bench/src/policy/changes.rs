//! One change in place, beside building the policy anew.

use super::{
    clock::{Clock, shown},
    world::{Dice, World},
};
use crate::{ratio, row};
use domain::{
    label::Label,
    plan::Plan,
    policy::{Policy, PolicyMember},
    resource::Resource,
};

const CHANGES: usize = 2_000;

pub fn measure(world: &World, policy: &mut Policy, clock: &Clock, built: u128) {
    let mut dice = Dice(11);
    let mut members = || -> Vec<PolicyMember> { (0..CHANGES).filter_map(|_| dice.pick(&world.members).cloned()).collect() };
    let one_grant_less = members().into_iter().map(|mut member| {
        member.grants.pop();
        member
    });
    let mut worst = (0, 0);
    let mut note = |what: &str, times: (u128, u128)| {
        worst = worst.max(times);
        row(what, &shown(times.0), &format!("99 in 100: {}", shown(times.1)));
    };
    note("change: a member loses a grant", clock.once(one_grant_less.collect(), |member| policy.put_member(member)));
    note("change: a member as they were", clock.once(members(), |member| policy.put_member(member)));
    let mut joined = members();
    for member in &mut joined {
        member.groups.extend(dice.pick(&world.groups).map(|group| group.id));
    }
    note("change: a member joins a group", clock.once(joined, |member| policy.put_member(member)));
    let mut labelled: Vec<Resource> = (0..CHANGES).filter_map(|_| dice.pick(&world.resources).cloned()).collect();
    for resource in &mut labelled {
        resource.labels.retain(|label| label.key() != "environment");
        resource.labels.extend(Label::parse("environment:prod"));
    }
    note("change: a label is put on a resource", clock.once(labelled, |resource| policy.put_resource(resource)));
    let groups: Vec<_> = (0..CHANGES).filter_map(|_| dice.pick(&world.groups).cloned()).collect();
    note("change: a group's grants", clock.once(groups, |group| policy.put_group(group)));
    let mut leaving = world.members.clone();
    leaving.truncate(CHANGES);
    note("change: a member leaves", clock.once(leaving.iter().map(|member| member.id).collect(), |id| policy.remove_member(id)));
    note("change: a member comes", clock.once(leaving, |member| policy.put_member(member)));
    note("change: the plan", clock.once([Plan::Team, Plan::Business].repeat(50), |plan| policy.set_plan(plan)));
    let ids: Vec<_> = world.groups.iter().take(world.groups.len().min(CHANGES) / 2).map(|group| group.id).collect();
    note("change: a group is removed", clock.once(ids, |id| policy.remove_group(id)));
    row("reference: building it anew", &shown(built), &format!("the slowest of these by their middle: {} of it", ratio(worst.0, built)));
}
