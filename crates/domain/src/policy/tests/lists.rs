//! What random worlds seldom meet: pages cut where things are found both ways, and changes that must leave nothing behind.

use super::*;

/// One ticket with forty that hang on it, all of them named beside it.
#[test]
fn a_page_is_full_though_things_are_found_by_themselves_and_by_their_parent() {
    let catalog = Arc::new(Catalog::parse(include_str!("../../../catalog/help-desk.toml")).unwrap());
    let mut policy = Policy::new(catalog, Plan::Business);
    policy.put_resource(thing(1, "ticket", None, &["area:north"]));
    (2..42).for_each(|n| policy.put_resource(thing(n, "ticket", Some(1), &["area:north"])));
    let every: Vec<u128> = (1..42).collect();
    let read = Action::parse("ticket:read").unwrap();
    for scope in [only(&every), labels(&["area:north"])] {
        let member = PolicyMember { id: ME, kind: MemberKind::Member, pii: false, grants: vec![grant(1, "lead", scope)], groups: BTreeSet::new() };
        policy.put_member(member);
        for limit in [1, 2, 7, 20, 41, 50] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let listed = policy.resources_for(Subject::Member(ME), &read, NOW, after, limit);
                found.extend(listed.found);
                after = listed.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found, every.iter().map(|n| resource(*n)).collect::<Vec<_>>(), "{limit} a page");
        }
    }
}

#[test]
fn what_is_gone_leaves_nothing_behind() {
    let mut world = world().with("source_admin", labels(&["environment:dev"]));
    let round = |world: &mut World, n: u128| {
        let label = format!("team:t{n}");
        world.policy.put_resource(thing(1_000 + n, "source", Some(2_000 + n), &[&label]));
        let grants = vec![grant(1, "source_admin", only(&[3_000 + n])), grant(2, "source_admin", labels(&[&label, "environment:dev"]))];
        let group = GroupId::from_uuid(id(n));
        let member =
            PolicyMember { id: MemberId::from_uuid(id(9_000 + n)), kind: MemberKind::Member, pii: false, grants: grants.clone(), groups: [group].into() };
        world.policy.put_member(member);
        world.policy.put_token(PolicyToken { id: TokenId::from_uuid(id(n)), owner_access: true, expires_at: None, grants });
        world.policy.remove_member(MemberId::from_uuid(id(9_000 + n)));
        world.policy.remove_token(TokenId::from_uuid(id(n)));
        world.policy.remove_resource(resource(1_000 + n));
        world.policy.bytes()
    };
    let first = (1..20).map(|n| round(&mut world, n)).last();
    let last = (20..2_000).map(|n| round(&mut world, n)).last();
    assert!(last <= first, "{first:?} bytes became {last:?}");
    assert!(world.may("source:edit", DEV));
}

/// A number is not given to another thing while a scope still names what bore it.
#[test]
fn a_grant_on_what_is_gone_is_no_grant_on_what_comes_after() {
    let mut world = world().with("source_admin", only(&[PROD]));
    world.policy.remove_resource(resource(PROD));
    world.policy.put_resource(thing(50, "source", None, &[]));
    assert!(!world.may("source:edit", 50));
    world.policy.put_resource(thing(PROD, "source", None, &[]));
    assert!(world.may("source:edit", PROD), "the same id is the same thing");
    // through a parent that went and came again, too
    world.policy.remove_resource(resource(DEV));
    world.policy.put_resource(thing(51, "source", None, &[]));
    let mut world = world.with("source_admin", only(&[51]));
    assert!(!world.may("destination:edit", ON_DEV));
    world.policy.put_resource(thing(DEV, "source", None, &[]));
    assert!(world.with("source_admin", only(&[DEV])).may("destination:edit", ON_DEV));
}

/// The group that a member names before it is known is the one that comes.
#[test]
fn a_group_may_come_after_its_members() {
    let later = GroupId::from_uuid(id(600));
    let mut world = world();
    world.member.groups.insert(later);
    let mut world = world.stored();
    assert!(!world.may("source:read", DEV));
    world.policy.put_group(PolicyGroup { id: later, pii: true, grants: vec![grant(1, "source_read_only", Scope::All)] });
    assert!(world.may("source:read", DEV) && world.policy.has_pii_access(Subject::Member(ME)));
    world.policy.remove_group(later);
    world.policy.put_group(PolicyGroup { id: later, pii: true, grants: vec![grant(1, "source_read_only", Scope::All)] });
    assert!(!world.may("source:read", DEV), "removing a group ends its memberships");
}
