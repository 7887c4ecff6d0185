//! What somebody sees of the resources is what they may do anything to, by the same grants that decide.

use super::*;
use crate::resource::ResourceType;

const ALL: [u128; 5] = [DEV, PROD_APAC, PROD, HOUSE, ON_DEV];

impl World {
    fn sees(&self) -> Vec<u128> {
        let sight = self.policy.sight(Subject::Member(ME), NOW);
        ALL.into_iter().filter(|n| sight.sees(self.policy.kind_of(resource(*n)).unwrap(), resource(*n))).collect()
    }

    fn edits(&self) -> Vec<u128> {
        let editable = self.policy.editable(Subject::Member(ME), &ALL.map(resource), NOW);
        ALL.into_iter().filter(|n| editable.contains(&resource(*n))).collect()
    }
}

#[test]
fn owners_see_and_edit_all_and_strangers_nothing() {
    let world = world().owner();
    assert_eq!((world.sees(), world.edits()), (ALL.to_vec(), ALL.to_vec()));
    let stranger = Subject::Member(MemberId::from_uuid(id(1_234)));
    assert!(world.policy.sight(stranger, NOW).is_nothing());
    assert!(world.policy.editable(stranger, &ALL.map(resource), NOW).is_empty());
    assert!(world.policy.edits_something(Subject::Member(ME), NOW) && !world.policy.edits_something(stranger, NOW));
    assert!(world.policy.editable(Subject::Member(ME), &[resource(999)], NOW).is_empty(), "what isn't here is nobody's to edit");
}

#[test]
fn a_member_without_grants_sees_nothing() {
    let world = world();
    assert!(world.policy.sight(Subject::Member(ME), NOW).is_nothing());
    assert!(!world.policy.edits_something(Subject::Member(ME), NOW));
}

#[test]
fn a_role_on_all_sees_types_those_to_come_included() {
    let world = world().with("source_read_only", Scope::All);
    assert_eq!((world.sees(), world.edits()), (vec![DEV, PROD_APAC, PROD, ON_DEV], vec![]));
    assert!(world.policy.sight(Subject::Member(ME), NOW).sees(&ResourceType::new("source"), resource(500)));
    assert!(!world.policy.edits_something(Subject::Member(ME), NOW));
}

#[test]
fn named_and_labelled_ones_are_seen_with_what_hangs_on_them() {
    let world = world().with("source_admin", only(&[DEV]));
    assert_eq!((world.sees(), world.edits()), (vec![DEV, ON_DEV], vec![DEV, ON_DEV]));
    let world = world_with_labels();
    assert_eq!((world.sees(), world.edits()), (vec![DEV, PROD_APAC, ON_DEV], vec![DEV, ON_DEV]));
    assert!(world.policy.edits_something(Subject::Member(ME), NOW));
}

fn world_with_labels() -> World {
    world().with("source_read_only", labels(&["region:apac"])).in_team_with("source_admin", labels(&["environment:dev"]))
}

#[test]
fn what_has_expired_or_is_locked_shows_nothing() {
    assert_eq!(world().with("source_admin", Scope::All).until(NOW).sees(), Vec::<u128>::new());
    assert_eq!(world().with("source_read_only", Scope::All).on_plan(Plan::Free).sees(), Vec::<u128>::new());
    assert_eq!(world().with("source_admin", Scope::All).until(LATER).sees().len(), 4);
}

/// Every resource to which any action but `create` is allowed, and no other.
#[test]
fn sight_agrees_with_decisions() {
    for world in [world_with_labels(), world().with("warehouse_destination_admin", Scope::All).with("source_read_only", only(&[PROD, HOUSE]))] {
        let catalog = world.policy.catalog().clone();
        let allowed = |n: &u128| {
            let entry = catalog.kind(world.policy.kind_of(resource(*n)).unwrap()).unwrap();
            let mut verbs = entry.actions.iter().filter(|verb| *verb != "create");
            verbs.any(|verb| world.policy.allows(Subject::Member(ME), &Action::new(&entry.id, verb), &Target::Resource(resource(*n)), NOW))
        };
        assert_eq!(world.sees(), ALL.into_iter().filter(allowed).collect::<Vec<_>>());
    }
}
