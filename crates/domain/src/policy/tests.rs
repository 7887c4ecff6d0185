//! The rules of decisions, each allowed case beside its refused twin.

mod called;
mod cases;
mod lists;
mod random;
mod reference;
mod roles;
mod sentences;
mod sight;
mod unseen;

use super::*;
use crate::{
    catalog::{Action, RoleId},
    effective::EffectiveAccess,
    grant::{GrantSpec, Scope},
    id::{GrantId, ResourceId},
    label::Label,
    resource::Resource,
    text::{ResourceKey, ResourceName},
};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_micros(1_000_000_000);
const LATER: Timestamp = Timestamp::from_micros(2_000_000_000);

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

const fn resource(n: u128) -> ResourceId {
    ResourceId::from_uuid(Uuid::from_u128(n))
}

fn thing(n: u128, kind: &str, parent: Option<u128>, labels: &[&str]) -> Resource {
    Resource {
        id: resource(n),
        kind: crate::resource::ResourceType::new(kind),
        key: ResourceKey::parse(&format!("{kind}-{n}")).unwrap(),
        name: ResourceName::parse(&format!("{kind} {n}")).unwrap(),
        parent: parent.map(resource),
        labels: labels.iter().map(|text| Label::parse(text).unwrap()).collect(),
    }
}

const DEV: u128 = 1;
const PROD_APAC: u128 = 2;
const PROD: u128 = 3;
const HOUSE: u128 = 4;
const ON_DEV: u128 = 5;
const ME: MemberId = MemberId::from_uuid(Uuid::from_u128(77));
const TEAM: GroupId = GroupId::from_uuid(Uuid::from_u128(88));

/// A workspace with three sources, a warehouse and a destination on the dev source.
struct World {
    policy: Policy,
    member: PolicyMember,
}

fn world() -> World {
    let catalog = Arc::new(Catalog::parse(Catalog::BUILT_IN).unwrap());
    let mut policy = Policy::new(catalog, Plan::Business);
    for resource in [
        thing(DEV, "source", None, &["environment:dev"]),
        thing(PROD_APAC, "source", None, &["environment:prod", "region:apac"]),
        thing(PROD, "source", None, &["environment:prod"]),
        thing(HOUSE, "warehouse", None, &[]),
        thing(ON_DEV, "destination", Some(DEV), &[]),
    ] {
        policy.put_resource(resource);
    }
    policy.put_group(PolicyGroup { id: TEAM, pii: false, grants: Vec::new() });
    let member = PolicyMember { id: ME, kind: MemberKind::Member, pii: false, grants: Vec::new(), groups: BTreeSet::new() };
    World { policy, member }.stored()
}

fn grant(n: u128, role: &str, scope: Scope) -> Grant {
    Grant { id: GrantId::from_uuid(id(n)), spec: GrantSpec::new(RoleId::new(role), scope) }
}

fn labels(all: &[&str]) -> Scope {
    Scope::Labelled(all.iter().map(|text| Label::parse(text).unwrap()).collect())
}

fn only(ids: &[u128]) -> Scope {
    Scope::Only(ids.iter().map(|n| resource(*n)).collect())
}

impl World {
    fn stored(mut self) -> Self {
        self.policy.put_member(self.member.clone());
        self
    }

    fn with(mut self, role: &str, scope: Scope) -> Self {
        let n = 100 + self.member.grants.len() as u128;
        self.member.grants.push(grant(n, role, scope));
        self.stored()
    }

    fn until(mut self, end: Timestamp) -> Self {
        self.member.grants.last_mut().unwrap().spec.expires_at = Some(end);
        self.stored()
    }

    fn owner(mut self) -> Self {
        self.member.kind = MemberKind::Owner;
        self.stored()
    }

    fn in_team_with(mut self, role: &str, scope: Scope) -> Self {
        self.policy.put_group(PolicyGroup { id: TEAM, pii: true, grants: vec![grant(200, role, scope)] });
        self.member.groups.insert(TEAM);
        self.stored()
    }

    fn on_plan(mut self, plan: Plan) -> Self {
        self.policy.set_plan(plan);
        self
    }

    fn decide(&self, action: &str, on: u128) -> Decision {
        self.policy.decide(Subject::Member(ME), &Action::parse(action).unwrap(), &Target::Resource(resource(on)), NOW)
    }

    fn may(&self, action: &str, on: u128) -> bool {
        self.decide(action, on).is_allowed()
    }

    fn may_create(&self, kind: &str) -> bool {
        let action = Action::parse(&format!("{kind}:create")).unwrap();
        self.policy.decide(Subject::Member(ME), &action, &Target::Type, NOW).is_allowed()
    }

    fn access(&self) -> EffectiveAccess {
        EffectiveAccess::of(&self.policy, Subject::Member(ME), NOW)
    }
}

#[test]
fn nothing_is_allowed_by_default() {
    assert!(!world().may("source:read", DEV));
    assert!(world().access().is_minimal());
    assert!(matches!(world().decide("source:read", DEV), Decision::Denied(Missing::Roles { roles, held_but }) if held_but.is_empty()
        && roles == [RoleId::new("source_admin"), RoleId::new("source_read_only")]));
}

#[test]
fn an_owner_may_do_anything_here_and_nothing_elsewhere() {
    assert_eq!(world().owner().decide("warehouse:edit", HOUSE), Decision::Allowed(vec![Reason::Owner { expires_at: None }]));
    assert!(world().owner().may_create("function"));
    assert_eq!(world().owner().decide("source:read", 999), Decision::Denied(Missing::Unknown));
    assert_eq!(world().owner().decide("source:fly", DEV), Decision::Denied(Missing::Unknown));
    let stranger = Subject::Member(MemberId::from_uuid(id(5)));
    let decision = world().policy.decide(stranger, &Action::parse("source:read").unwrap(), &Target::Resource(resource(DEV)), NOW);
    assert_eq!(decision, Decision::Denied(Missing::Unknown));
}

#[test]
fn a_role_allows_what_it_says_and_no_more() {
    let reader = world().with("source_read_only", Scope::All);
    assert!(reader.may("source:read", DEV));
    assert!(!reader.may("source:edit", DEV));
    assert!(!reader.may("warehouse:read", HOUSE));
}

#[test]
fn only_these_reaches_only_these() {
    let admin = world().with("source_admin", only(&[DEV]));
    assert!(admin.may("source:edit", DEV));
    assert!(!admin.may("source:edit", PROD));
    assert!(matches!(admin.decide("source:edit", PROD), Decision::Denied(Missing::Roles { held_but, .. }) if held_but[0].but == But::OutOfScope));
}

#[test]
fn labels_in_one_grant_are_and_two_grants_are_or() {
    let both = world().with("source_admin", labels(&["environment:prod", "region:apac"]));
    assert!(both.may("source:edit", PROD_APAC));
    assert!(!both.may("source:edit", PROD), "a missing key is not covered");
    assert!(!both.may("source:edit", DEV));
    let either = world().with("source_admin", labels(&["environment:dev"])).with("source_admin", labels(&["region:apac"]));
    assert!(either.may("source:edit", DEV) && either.may("source:edit", PROD_APAC));
    assert!(!either.may("source:edit", PROD));
    assert!(!world().with("source_admin", labels(&[])).may("source:edit", PROD), "no label is no reach");
}

#[test]
fn creating_needs_all() {
    assert!(world().with("source_admin", Scope::All).may_create("source"));
    assert!(!world().with("source_admin", only(&[DEV])).may_create("source"));
    assert!(!world().with("source_admin", labels(&["environment:dev"])).may_create("source"));
    assert!(!world().with("source_read_only", Scope::All).may_create("source"));
}

#[test]
fn connecting_needs_edit_on_both() {
    let one = world().with("source_admin", Scope::All);
    let connect = |world: &World| world.policy.decide_connect(Subject::Member(ME), resource(DEV), resource(HOUSE), NOW).is_allowed();
    assert!(!connect(&one));
    let both = one.with("warehouse_destination_admin", Scope::All);
    assert!(connect(&both));
    let roles = |from, to| match both.policy.decide_connect(Subject::Member(ME), resource(from), resource(to), NOW) {
        Decision::Allowed(reasons) => reasons.iter().map(|reason| if let Reason::Grant { role, .. } = reason { role.to_string() } else { panic!() }).collect(),
        Decision::Denied(_) => Vec::new(),
    };
    assert_eq!(roles(DEV, HOUSE), ["source_admin", "warehouse_destination_admin"], "a reason for each end");
    assert_eq!(roles(DEV, DEV), ["source_admin"], "one for both is told once");
}

#[test]
fn a_child_is_reached_through_its_parent_when_the_role_says_so() {
    let admin = world().with("source_admin", only(&[DEV]));
    assert!(matches!(admin.decide("destination:edit", ON_DEV), Decision::Allowed(reasons)
        if matches!(&reasons[..], [Reason::Grant { through: Some(parent), .. }] if *parent == resource(DEV))));
    assert!(!world().with("source_admin", only(&[PROD])).may("destination:edit", ON_DEV));
}

#[test]
fn a_decision_names_every_grant_and_how_it_arrived() {
    let twice = world().with("source_admin", only(&[DEV])).in_team_with("source_read_only", Scope::All);
    let Decision::Allowed(reasons) = twice.decide("source:read", DEV) else { panic!("denied") };
    let arrivals: Vec<Arrival> = reasons.iter().map(|reason| if let Reason::Grant { arrival, .. } = reason { *arrival } else { panic!() }).collect();
    assert_eq!(arrivals, [Arrival::Own, Arrival::Group(TEAM)]);
    assert!(!world().may("source:read", DEV));
}

#[test]
fn a_downgrade_locks_and_an_upgrade_unlocks() {
    let labelled = || world().with("source_admin", labels(&["environment:dev"]));
    assert!(labelled().may("source:edit", DEV));
    assert!(!labelled().on_plan(Plan::Team).may("source:edit", DEV), "labels are for business");
    assert!(world().with("source_admin", Scope::All).on_plan(Plan::Free).may("source:edit", DEV));
    let reader = world().with("source_read_only", Scope::All).on_plan(Plan::Team);
    assert!(matches!(reader.decide("source:read", DEV), Decision::Denied(Missing::Roles { held_but, .. }) if held_but[0].but == But::Locked));
    assert!(reader.on_plan(Plan::Business).may("source:read", DEV));
}

#[test]
fn a_grant_ends_at_the_very_moment_of_its_expiry() {
    let admin = || world().with("source_admin", Scope::All);
    assert!(admin().until(LATER).may("source:edit", DEV));
    assert!(admin().until(Timestamp::from_micros(NOW.micros() + 1)).may("source:edit", DEV));
    assert!(!admin().until(NOW).may("source:edit", DEV));
}

#[test]
fn personal_data_is_seen_only_inside_what_is_reached() {
    let sees = |world: &World, on| world.policy.sees_personal_data(Subject::Member(ME), resource(on), NOW);
    let team = world().in_team_with("source_read_only", only(&[DEV]));
    assert!(sees(&team, DEV));
    assert!(!sees(&team, PROD));
    assert!(!sees(&world().with("source_read_only", Scope::All), DEV));
    assert!(sees(&world().owner(), HOUSE));
}

#[test]
fn a_token_does_what_its_grants_do_until_it_expires() {
    let mut world = world();
    let token = TokenId::from_uuid(id(9));
    let put = |world: &mut World, owner_access, expires_at| {
        let grants = vec![grant(300, "source_read_only", Scope::All)];
        world.policy.put_token(PolicyToken { id: token, owner_access, expires_at, grants });
    };
    let may = |world: &World, action: &str| {
        world.policy.decide(Subject::Token(token), &Action::parse(action).unwrap(), &Target::Resource(resource(DEV)), NOW).is_allowed()
    };
    put(&mut world, false, None);
    assert!(may(&world, "source:read") && !may(&world, "source:edit"));
    put(&mut world, true, Some(LATER));
    assert!(may(&world, "source:edit"));
    put(&mut world, true, Some(NOW));
    assert!(!may(&world, "source:read"));
}

#[test]
fn a_reason_holds_no_longer_than_the_token() {
    let mut world = world();
    let token = TokenId::from_uuid(id(9));
    let soon = Timestamp::from_micros(NOW.micros() + 1);
    let mut ends = |owner_access, of_token, of_grant| {
        let mut held = grant(300, "source_read_only", Scope::All);
        held.spec.expires_at = of_grant;
        world.policy.put_token(PolicyToken { id: token, owner_access, expires_at: of_token, grants: vec![held] });
        let read = Action::parse("source:read").unwrap();
        match world.policy.decide(Subject::Token(token), &read, &Target::Resource(resource(DEV)), NOW) {
            Decision::Allowed(reasons) => match reasons[..] {
                [Reason::Owner { expires_at } | Reason::Grant { expires_at, .. }] => expires_at,
                _ => panic!("{reasons:?}"),
            },
            Decision::Denied(missing) => panic!("{missing:?}"),
        }
    };
    assert_eq!(ends(true, Some(LATER), None), Some(LATER));
    assert_eq!(ends(true, None, Some(soon)), None, "an owner needs no grant");
    assert_eq!(ends(false, Some(LATER), None), Some(LATER));
    assert_eq!(ends(false, Some(LATER), Some(soon)), Some(soon));
    assert_eq!(ends(false, Some(soon), Some(LATER)), Some(soon));
    assert_eq!(ends(false, None, None), None);
}

#[test]
fn effective_access_agrees_with_every_decision() {
    let world = world().with("source_admin", labels(&["environment:prod"])).in_team_with("source_admin", only(&[DEV]));
    let access = world.access();
    for id in world.policy.resources() {
        let resource = world.policy.resource(id).unwrap();
        for verb in &world.policy.catalog().kind(&resource.kind).unwrap().actions {
            if verb != "create" {
                let action = Action::new(&resource.kind, verb);
                let decided = world.policy.decide(Subject::Member(ME), &action, &Target::Resource(resource.id), NOW).is_allowed();
                assert_eq!(access.covers(&resource.kind, verb, resource.id), decided, "{action} on {id}");
            }
        }
    }
}

#[test]
fn a_change_says_what_it_gives_and_takes() {
    let before = world().with("source_admin", labels(&["environment:prod"])).access();
    let after = world().with("source_admin", only(&[DEV])).access();
    let edit = EffectiveAccess::diff(&before, &after).into_iter().find(|change| change.kind.as_str() == "source" && change.verb == "edit").unwrap();
    assert_eq!((edit.gained, edit.lost), (1, 2));
    assert!(EffectiveAccess::diff(&before, &before).is_empty());
}

#[test]
fn effective_access_says_what_is_to_come_too() {
    let all = |scope| world().with("source_admin", scope).access().reaches.iter().map(|reach| reach.all).collect::<Vec<_>>();
    assert!(all(Scope::All).iter().all(|all| *all) && !all(Scope::All).is_empty());
    assert!(all(only(&[DEV])).iter().all(|all| !*all) && !all(only(&[DEV])).is_empty());
    assert!(all(labels(&["environment:dev"])).iter().all(|all| !*all));
}

#[test]
fn uses_are_counted_as_they_come_and_go() {
    let admin = RoleId::new("source_admin");
    let dev = Label::parse("environment:dev").unwrap();
    let mut world = world().with("source_admin", Scope::All).with("source_admin", labels(&["environment:dev"])).in_team_with("source_admin", only(&[DEV]));
    let used = world.policy.role_use(&admin);
    assert_eq!((used.members, used.groups, used.tokens), (Tally { holders: 1, grants: 2 }, Tally { holders: 1, grants: 1 }, Tally::default()));
    assert_eq!(world.policy.label_use(&dev), LabelUse { resources: 1, grants: 1 });
    assert_eq!(world.policy.label_keys(), ["environment", "region"]);
    world.policy.remove_member(ME);
    world.policy.remove_resource(resource(DEV));
    assert_eq!(world.policy.role_use(&admin).members, Tally::default());
    assert_eq!(world.policy.label_use(&dev), LabelUse::default());
    assert_eq!(world.policy.role_use(&RoleId::new("nobody_has_it")), RoleUse::default());
}

#[test]
fn all_of_a_type_is_more_than_each_of_it() {
    let (all, each) = (world().with("source_admin", Scope::All).access(), world().with("source_admin", only(&[DEV, PROD, PROD_APAC])).access());
    let source = Action::parse("source:edit").unwrap().kind;
    assert_eq!((all.count(&source, "edit"), each.count(&source, "edit")), (3, 3));
    assert!(all.covers(&source, "edit", resource(PROD)) && each.covers(&source, "edit", resource(PROD)));
    assert!(each.is_less_than(&all) && !all.is_less_than(&each));
    let some = world().with("source_admin", only(&[DEV])).access();
    assert_eq!(
        EffectiveAccess::diff(&some, &all).iter().map(|change| (change.verb.as_str(), change.gained)).find(|(verb, _)| *verb == "edit"),
        Some(("edit", 2))
    );
    let both = world().with("source_admin", only(&[DEV])).with("source_admin", Scope::All).access();
    assert_eq!(both.count(&source, "edit"), 3);
}
