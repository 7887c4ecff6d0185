//! What is said of a resource to who may not learn which there are hangs on no resource.

use super::*;

fn unseen(world: &World, action: &str) -> Decision {
    world.policy.deny_unseen(Subject::Member(ME), &Action::parse(action).unwrap(), NOW)
}

fn but(world: &World) -> Vec<But> {
    match unseen(world, "source:edit") {
        Decision::Denied(Missing::Roles { roles, held_but }) => {
            assert_eq!(roles, [RoleId::new("source_admin")]);
            held_but.into_iter().map(|held| held.but).collect()
        }
        other @ (Decision::Allowed(_) | Decision::Denied(Missing::Unknown)) => panic!("{other:?}"),
    }
}

#[test]
fn it_says_what_is_held_and_which_roles_would_do() {
    assert_eq!(but(&world()), []);
    assert_eq!(but(&world().with("source_read_only", Scope::All)), []);
    assert_eq!(but(&world().with("source_admin", only(&[DEV])).in_team_with("source_admin", labels(&["region:apac"]))), [But::OutOfScope, But::OutOfScope]);
    assert_eq!(but(&world().with("source_admin", Scope::All).until(NOW)), [But::Expired]);
    assert_eq!(but(&world().with("source_admin", Scope::All)), [], "it reaches all that there are");
}

#[test]
fn it_stays_the_same_whatever_is_registered() {
    let holder = || world().with("source_admin", only(&[DEV])).with("source_admin", labels(&["environment:dev"])).until(NOW);
    let before = unseen(&holder(), "source:edit");
    let mut after = holder();
    [DEV, PROD, PROD_APAC].into_iter().for_each(|id| after.policy.remove_resource(resource(id)));
    assert_eq!(unseen(&after, "source:edit"), before);
}

#[test]
fn of_who_is_not_here_and_of_no_action_it_says_nothing() {
    let unknown = Decision::Denied(Missing::Unknown);
    assert_eq!(unseen(&world(), "source:fly"), unknown);
    let stranger = Subject::Member(MemberId::from_uuid(id(5)));
    assert_eq!(world().policy.deny_unseen(stranger, &Action::parse("source:edit").unwrap(), NOW), unknown);
}
