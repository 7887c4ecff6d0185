//! Questions by address and by the product's ids are answered as those by ids are.

use super::*;
use crate::email::EmailAddress;

const ADDRESS: &str = "bea@acme.test";

#[test]
fn who_and_what_are_called_so_are_decided_about_as_by_their_ids() {
    let worlds =
        [world(), world().owner(), world().with("source_admin", only(&[DEV])), world().in_team_with("source_read_only", labels(&["environment:prod"]))];
    for mut world in worlds {
        world.policy.name_member(ME, &EmailAddress::parse(ADDRESS).unwrap());
        for (n, key) in [(DEV, "dev"), (PROD, "prod"), (HOUSE, "house")] {
            world.policy.name_resource(resource(n), &ResourceKey::parse(key).unwrap());
        }
        for action in ["source:read", "source:edit", "source:create", "warehouse:read"] {
            let parsed = Action::parse(action).unwrap();
            for (n, key) in [(DEV, "dev"), (PROD, "prod"), (HOUSE, "house")] {
                let called = world.policy.decide_called(ADDRESS, &parsed, key, NOW);
                // a name is looked for among things of the action's type
                let is_of_type = action.starts_with(if n == HOUSE { "warehouse" } else { "source" });
                let expected = is_of_type.then(|| (Subject::Member(ME), resource(n), world.decide(action, n)));
                assert_eq!(called, expected, "{action} {key}");
            }
            for (address, key) in [("ivo@acme.test", "dev"), (ADDRESS, "nothing"), (ADDRESS, "")] {
                assert_eq!(world.policy.decide_called(address, &parsed, key, NOW), None);
            }
        }
        assert_eq!(world.policy.decide_called(ADDRESS, &Action::parse("source:fly").unwrap(), "dev", NOW), None);
        // those who are gone are not called anything
        world.policy.remove_resource(resource(DEV));
        world.policy.remove_member(ME);
        for key in ["dev", "prod"] {
            assert_eq!(world.policy.decide_called(ADDRESS, &Action::parse("source:read").unwrap(), key, NOW), None);
        }
    }
}
