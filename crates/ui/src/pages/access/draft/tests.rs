//! What a draft of access says it would save, and what stands against it.

use super::*;
use domain::{
    access_context::Terms,
    email::EmailAddress,
    group::GroupRef,
    id::MemberId,
    text::{GroupName, PersonName},
};

fn role(id: &str) -> Role {
    catalog().role(&RoleId::new(id)).cloned().unwrap()
}

fn catalog() -> Catalog {
    Catalog::parse(Catalog::BUILT_IN).unwrap()
}

fn context(plan: Plan) -> AccessContext {
    AccessContext {
        terms: Terms { catalog: catalog(), plan, now: Timestamp::from_micros(1_000) },
        labels: Label::built_in().to_vec(),
        groups: Vec::new(),
        resources: Vec::new(),
        complete: true,
    }
}

fn resource(n: u8) -> ResourceId {
    ResourceId::new(Timestamp::default(), [n; 10])
}

fn member(grants: Vec<Grant>) -> Member {
    Member {
        id: MemberId::new(Timestamp::default(), [1; 10]),
        name: PersonName::parse("Dmitri").unwrap(),
        email: EmailAddress::parse("dmitri@acme.test").unwrap(),
        kind: MemberKind::Member,
        pii: false,
        grants,
        groups: vec![GroupRef { id: GroupId::new(Timestamp::default(), [2; 10]), name: GroupName::parse("Data").unwrap() }],
        joined_at: Timestamp::default(),
        last_seen_at: None,
        revision: 3,
    }
}

fn grant(n: u8, role: &str, scope: Scope) -> Grant {
    Grant { id: GrantId::new(Timestamp::default(), [n; 10]), spec: GrantSpec::new(RoleId::new(role), scope) }
}

#[test]
fn reads_a_member_and_writes_the_same_access() {
    let label = Label::parse("environment:dev").unwrap();
    let member = member(vec![
        grant(1, "source_admin", Scope::Only([resource(1), resource(2)].into())),
        grant(2, "source_admin", Scope::Labelled([label].into())),
        grant(3, "function_admin", Scope::All),
    ]);
    let draft = AccessDraft::from(&member);
    assert_eq!(draft.roles.len(), 2);
    let access = draft.access();
    assert_eq!(access.grants, member.grants.iter().map(GrantDraft::from).collect::<Vec<_>>());
    assert_eq!(access.groups, vec![member.groups[0].id]);
    assert!(!draft.differs_from(&AccessDraft::from(&member)));
}

#[test]
fn a_role_switched_off_and_on_is_as_it_was() {
    let member = member(vec![grant(1, "source_admin", Scope::Only([resource(1)].into()))]);
    let before = AccessDraft::from(&member);
    let mut draft = before.clone();
    draft.choose(&role("source_admin"), Plan::Business, false);
    assert!(draft.access().grants.is_empty());
    assert!(draft.differs_from(&before));
    draft.choose(&role("source_admin"), Plan::Business, true);
    assert!(!draft.differs_from(&before));
}

#[test]
fn looking_at_another_form_of_scope_loses_nothing() {
    let id = RoleId::new("source_admin");
    let member = member(vec![grant(1, "source_admin", Scope::Only([resource(1)].into()))]);
    let mut draft = AccessDraft::from(&member);
    let key = draft.role(&id).unwrap().scopes[0].key;
    draft.edit(&id, key, |scope| scope.kind = ScopeKind::All);
    assert_eq!(draft.scope(&id, key).unwrap().scope(), Scope::All);
    draft.edit(&id, key, |scope| scope.kind = ScopeKind::Only);
    assert_eq!(draft.scope(&id, key).unwrap().scope(), Scope::Only([resource(1)].into()));
}

#[test]
fn a_new_role_begins_with_a_scope_that_the_plan_has() {
    let mut draft = AccessDraft::default();
    draft.choose(&role("source_admin"), Plan::Free, true);
    assert_eq!(draft.access().grants[0].spec.scope, Scope::All);
    let second = draft.add_scope(&role("source_admin"), Plan::Free);
    assert_eq!(draft.scope(&RoleId::new("source_admin"), second).unwrap().kind, ScopeKind::Only);
    draft.remove_scope(&RoleId::new("source_admin"), second);
    assert!(draft.has(&RoleId::new("source_admin")));
}

#[test]
fn without_its_last_scope_a_role_is_off_and_comes_back_fresh() {
    let mut draft = AccessDraft::default();
    let source_admin = role("source_admin");
    draft.choose(&source_admin, Plan::Business, true);
    let key = draft.role(&source_admin.id).unwrap().scopes[0].key;
    draft.remove_scope(&source_admin.id, key);
    assert!(!draft.has(&source_admin.id));
    draft.choose(&source_admin, Plan::Business, true);
    assert_eq!(draft.access().grants.len(), 1);
}

#[test]
fn what_is_incomplete_or_locked_is_named() {
    let context = context(Plan::Free);
    let mut draft = AccessDraft::default();
    draft.choose(&role("source_admin"), Plan::Free, true);
    assert_eq!(draft.problems(&context, &[]), []);
    let id = RoleId::new("source_admin");
    let key = draft.role(&id).unwrap().scopes[0].key;
    for (change, says) in [
        (Box::new(|scope: &mut ScopeDraft| scope.kind = ScopeKind::Only) as Box<dyn Fn(&mut ScopeDraft)>, "names nothing yet"),
        (Box::new(|scope: &mut ScopeDraft| scope.kind = ScopeKind::Labelled), "Business plan"),
        (Box::new(|scope: &mut ScopeDraft| scope.expires_at = Some(Timestamp::from_micros(1_000))), "past"),
        (Box::new(|scope: &mut ScopeDraft| scope.reason = "x\u{202e}".to_owned()), "invisible"),
    ] {
        let mut other = draft.clone();
        other.edit(&id, key, change);
        let problems = other.problems(&context, &[]);
        assert!(problems.iter().any(|problem| problem.key == key && problem.message.contains(says)), "{says}: {problems:?}");
    }
    draft.add_scope(&role("source_admin"), Plan::Free);
    let second = draft.role(&id).unwrap().scopes[1].key;
    draft.edit(&id, second, |scope| scope.kind = ScopeKind::All);
    assert!(draft.problems(&context, &[])[0].message.contains("twice"));
}

#[test]
fn what_is_held_may_stay_whatever_the_plan() {
    let held = vec![grant(1, "tracking_plan_admin", Scope::All)];
    let draft = AccessDraft::from(&member(held.clone()));
    assert_eq!(draft.problems(&context(Plan::Free), &held), []);
    assert_eq!(draft.problems(&context(Plan::Free), &[]).len(), 1);
    assert_eq!(without_effect(&catalog(), Plan::Free, Timestamp::default(), &held[0].spec).as_deref(), Some("Needs the Business plan"));
    assert_eq!(without_effect(&catalog(), Plan::Business, Timestamp::default(), &held[0].spec), None);
}

#[test]
fn an_expired_grant_stays_and_says_so() {
    let mut held = grant(1, "source_admin", Scope::All);
    held.spec.expires_at = Some(Timestamp::from_micros(500));
    let draft = AccessDraft::from(&member(vec![held.clone()]));
    assert_eq!(draft.problems(&context(Plan::Free), &[held.clone()]), []);
    assert_eq!(without_effect(&catalog(), Plan::Free, Timestamp::from_micros(500), &held.spec).as_deref(), Some("Expired"));
}

#[test]
fn saving_over_somebody_elses_change_makes_removed_grants_new() {
    let mine = member(vec![grant(1, "source_admin", Scope::All), grant(2, "function_admin", Scope::All)]);
    let theirs = member(vec![grant(2, "function_admin", Scope::All)]);
    let mut draft = AccessDraft::from(&mine);
    draft.rebase(&theirs.grants);
    let ids: Vec<_> = draft.access().grants.iter().map(|draft| draft.id).collect();
    assert_eq!(ids, [None, Some(theirs.grants[0].id)]);
}

#[test]
fn what_stays_the_same_grant_keeps_its_key() {
    let before = AccessDraft::from(&member(vec![grant(1, "source_admin", Scope::All), grant(2, "function_admin", Scope::All)]));
    let now = member(vec![grant(2, "function_admin", Scope::All), grant(3, "source_admin", Scope::All)]);
    let after = AccessDraft::from(&now).with_keys_after(&before);
    let keys = |draft: &AccessDraft, id: &str| draft.role(&RoleId::new(id)).map(|role| role.scopes.iter().map(|scope| scope.key).collect::<Vec<_>>());
    assert_eq!(keys(&after, "function_admin"), keys(&before, "function_admin"));
    assert_eq!((keys(&before, "source_admin"), keys(&after, "source_admin")), (Some(vec![1]), Some(vec![4])));
}

#[test]
fn an_invitation_has_what_the_editor_shows() {
    let mut draft = AccessDraft { pii: true, ..AccessDraft::default() };
    draft.choose(&role("source_admin"), Plan::Business, true);
    draft.join(GroupId::new(Timestamp::default(), [9; 10]), true);
    let invitation = draft.invitation(vec![EmailAddress::parse("a@b.co").unwrap()]);
    assert_eq!((invitation.grants.len(), invitation.groups.len(), invitation.pii), (1, 1, true));
}

#[test]
fn a_request_is_filled_in_beside_what_is_held() {
    let (admin, business) = (role("source_admin"), Plan::Business);
    let mut draft = AccessDraft::default();
    let this = |n| Wanted::This(resource(n));
    draft.give(&admin, business, this(1));
    let scopes = |draft: &AccessDraft| draft.access().grants.into_iter().map(|grant| grant.spec.scope).collect::<Vec<_>>();
    assert_eq!(scopes(&draft), [Scope::Only([resource(1)].into())]);
    draft.give(&admin, business, this(1));
    assert_eq!(scopes(&draft).len(), 1, "it is there already");
    draft.give(&admin, business, this(2));
    assert_eq!(scopes(&draft), [Scope::Only([resource(1)].into()), Scope::Only([resource(2)].into())]);
    draft.give(&admin, business, Wanted::Open);
    assert_eq!(scopes(&draft).len(), 2, "the role is there already");
    // a role that is given on all alone
    draft.give(&role("tracking_plan_admin"), business, this(3));
    assert_eq!(scopes(&draft)[2], Scope::All);
    // switched off, its old scopes do not come back
    draft.choose(&admin, business, false);
    draft.give(&admin, business, this(4));
    assert_eq!(scopes(&draft)[0], Scope::Only([resource(4)].into()));
}

#[test]
fn a_name_that_names_nothing_is_never_everything() {
    let mut draft = AccessDraft::default();
    draft.give(&role("source_admin"), Plan::Business, Wanted::Unclear);
    assert_eq!(draft.access().grants[0].spec.scope, Scope::Only([].into()));
    assert_eq!(draft.problems(&context(Plan::Business), &[]).len(), 1, "it can't be saved until something is chosen");
}
