//! Decisions as sentences, batches and the words of a change.

use super::*;

fn named(named: Named) -> Option<String> {
    match named {
        Named::Group(_) => Some("Data team".to_owned()),
        Named::Resource(id) if id == resource(DEV) => Some("dev-site".to_owned()),
        Named::Resource(_) => None,
    }
}

impl World {
    fn says(&self, action: &str, target: Target) -> String {
        let question = Question { subject: Subject::Member(ME), action: Action::parse(action).unwrap(), target };
        let decision = self.policy.decide(question.subject, &question.action, &question.target, NOW);
        self.policy.explain(&question, &decision, &named)
    }

    fn says_on(&self, action: &str, on: u128) -> String {
        self.says(action, Target::Resource(resource(on)))
    }
}

#[test]
fn an_allowed_decision_names_role_scope_and_way() {
    let team = world().in_team_with("source_admin", labels(&["environment:dev"]));
    assert_eq!(team.says_on("source:edit", DEV), "Allowed: Source Admin on environment:dev, through the group Data team");
    assert_eq!(
        team.says_on("destination:edit", ON_DEV),
        "Allowed: Source Admin on environment:dev, by what it hangs on, dev-site, through the group Data team"
    );
    let own = world().with("source_admin", only(&[DEV])).with("source_read_only", Scope::All);
    assert_eq!(own.says_on("source:read", DEV), "Allowed: Source Admin on 1 source; Source Read-only on all sources");
    assert_eq!(world().owner().says_on("source:read", DEV), "Allowed: as an owner, who may do anything in the workspace");
    let many = (0..5).fold(world(), |world, _| world.with("source_read_only", Scope::All));
    assert!(many.says_on("source:read", DEV).ends_with("; 2 more"));
}

#[test]
fn a_denied_decision_names_what_is_missing() {
    let held = world().with("source_admin", labels(&["environment:dev"]));
    assert_eq!(
        held.says_on("source:edit", PROD),
        "Denied: source:edit needs Source Admin (on all, or on named ones, or by label). Source Admin on environment:dev is held, but does not reach this"
    );
    assert_eq!(
        held.says("source:create", Target::Type),
        "Denied: source:create needs Source Admin (on all). Source Admin on environment:dev is held, but this needs it on all"
    );
    assert_eq!(
        held.on_plan(Plan::Team).says_on("source:edit", DEV),
        "Denied: source:edit needs Source Admin (on all, or on named ones). Source Admin on environment:dev is held, but the plan does not have it"
    );
    let both = world().with("source_admin", labels(&["environment:dev", "region:apac"]));
    assert!(both.says_on("source:edit", PROD).ends_with(". Source Admin on environment:dev and region:apac is held, but does not reach this"));
    let ended = world().with("source_read_only", Scope::All).until(NOW);
    assert!(ended.says_on("source:read", DEV).ends_with("Source Read-only on all sources is held, but has expired"));
    assert_eq!(world().on_plan(Plan::Free).says_on("warehouse:edit", HOUSE), "Denied: no role allows warehouse:edit on the Free plan; an owner may do it");
}

#[test]
fn a_question_about_something_unknown_says_what() {
    assert_eq!(world().says_on("source:fly", DEV), "Denied: the catalogue has no action `source:fly`");
    assert_eq!(world().says_on("source:read", HOUSE), "Denied: the resource is a warehouse, and `source:read` is about a source");
    assert!(world().says_on("source:read", 99).starts_with("Denied: there is no resource 00000000-"));
    let mut gone = world();
    gone.policy.remove_member(ME);
    assert_eq!(gone.says_on("source:read", DEV), "Denied: the subject is not known in this workspace, or its access has ended");
}

#[test]
fn remedies_are_only_those_that_would_work() {
    let policy = world().policy;
    let remedies = |action: &str, on: u128| policy.remedies(&Action::parse(action).unwrap(), &Target::Resource(resource(on)));
    let scopes = |action: &str, on: u128| remedies(action, on).into_iter().next().unwrap().scopes;
    use crate::grant::ScopeKind::{All, Labelled, Only};
    assert_eq!(scopes("source:edit", DEV), [All, Only, Labelled]);
    assert_eq!(scopes("destination:edit", ON_DEV), [All, Only, Labelled], "its source bears a label");
    assert_eq!(scopes("warehouse:edit", HOUSE), [All]);
    assert!(remedies("source:fly", DEV).is_empty());
}

#[test]
fn a_role_that_could_take_no_scope_here_is_not_named() {
    let catalog = Arc::new(Catalog::parse(include_str!("../../../catalog/help-desk.toml")).unwrap());
    let mut policy = Policy::new(catalog, Plan::Free);
    policy.put_resource(thing(1, "ticket", None, &["area:north"]));
    policy.put_resource(thing(2, "ticket", None, &[]));
    let roles = |policy: &Policy, n: u128| -> Vec<String> {
        let remedies = policy.remedies(&Action::parse("ticket:reply").unwrap(), &Target::Resource(resource(n)));
        remedies.into_iter().map(|remedy| remedy.role.to_string()).collect()
    };
    assert_eq!(roles(&policy, 1), ["lead"], "a specialist works by label, and labels are not on this plan");
    policy.set_plan(Plan::Team);
    assert_eq!(roles(&policy, 1), ["lead", "agent", "specialist"]);
    assert_eq!(roles(&policy, 2), ["lead", "agent"], "what bears no label is reached by none");
}

/// CVE-2026-34972 in a peer: a batch that asked the same twice, or for one person under two ids, mixed up its answers.
#[test]
fn a_batch_answers_each_question_rightly_however_often_it_stands_there() {
    let mut world = world().with("source_admin", only(&[DEV]));
    let again = MemberId::from_uuid(id(78));
    world.policy.put_member(PolicyMember { id: again, grants: vec![grant(500, "source_read_only", Scope::All)], ..world.member.clone() });
    let ask = |member: MemberId, action: &str, on: u128| Question {
        subject: Subject::Member(member),
        action: Action::parse(action).unwrap(),
        target: Target::Resource(resource(on)),
    };
    // a member and a token may bear the same id too
    let token = Subject::Token(TokenId::from_uuid(ME.uuid()));
    world.policy.put_token(PolicyToken { id: TokenId::from_uuid(ME.uuid()), owner_access: false, expires_at: None, grants: Vec::new() });
    let questions = [
        ask(ME, "source:edit", DEV),
        ask(again, "source:edit", DEV),
        ask(ME, "source:edit", DEV),
        Question { subject: token, ..ask(ME, "source:edit", DEV) },
        ask(again, "source:read", PROD),
        ask(ME, "source:read", PROD),
        ask(ME, "source:edit", DEV),
    ];
    let answers: Vec<bool> = world.policy.decide_all(&questions, NOW).iter().map(Decision::is_allowed).collect();
    assert_eq!(answers, [true, false, true, false, true, false, true]);
}

#[test]
fn a_change_reads_as_gains_and_losses() {
    let before = world().with("source_admin", labels(&["environment:prod"]));
    let after = world().with("source_admin", only(&[DEV]));
    let words: Vec<String> = EffectiveAccess::diff(&before.access(), &after.access()).iter().map(|change| change.words(before.policy.catalog())).collect();
    assert!(words.contains(&"gains source:edit on 1 source, loses source:edit on 2 sources".to_owned()), "{words:?}");
    assert!(words.contains(&"gains destination:edit on 1 destination".to_owned()), "{words:?}");
    let back: Vec<String> = EffectiveAccess::diff(&after.access(), &world().access()).iter().map(|change| change.words(before.policy.catalog())).collect();
    assert!(back.contains(&"loses source:edit on 1 source".to_owned()), "{back:?}");
}
