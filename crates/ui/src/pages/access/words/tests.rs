//! How access reads: one sentence for each kind of grant and change.

use super::*;
use domain::{
    access_context::{AccessContext, ContextGroup, Terms},
    grant::Grant,
    group::GroupRef,
    id::{GrantId, MemberId},
    label::Label,
    member::{GrantDraft, MemberAccess, MemberKind},
    policy::Subject,
    text::{GroupName, ResourceKey, ResourceName},
};

const NOW: Timestamp = Timestamp::from_micros(1_000);

fn resource(n: u8, kind: &str, labels: &[&str]) -> Resource {
    Resource {
        id: ResourceId::new(Timestamp::default(), [n; 10]),
        kind: ResourceType::new(kind),
        key: ResourceKey::parse(&format!("k{n}")).unwrap(),
        name: ResourceName::parse(&format!("{kind}-{n}")).unwrap(),
        parent: None,
        labels: labels.iter().map(|label| Label::parse(label).unwrap()).collect(),
    }
}

fn group_id() -> GroupId {
    GroupId::new(Timestamp::default(), [7; 10])
}

fn context() -> AccessContext {
    let mut destination = resource(20, "destination", &[]);
    destination.parent = Some(resource(1, "source", &[]).id);
    let grant = Grant { id: GrantId::new(NOW, [1; 10]), spec: GrantSpec::new(RoleId::new("warehouse_destination_read_only"), Scope::All) };
    AccessContext {
        terms: Terms { catalog: Catalog::parse(Catalog::BUILT_IN).unwrap(), plan: Plan::Business, now: NOW },
        labels: Vec::new(),
        groups: vec![ContextGroup { group: GroupRef { id: group_id(), name: GroupName::parse("Data").unwrap() }, pii: false, grants: vec![grant] }],
        resources: vec![
            resource(1, "source", &["environment:dev"]),
            resource(2, "source", &["environment:prod"]),
            resource(3, "source", &["environment:dev"]),
            destination,
        ],
        complete: true,
    }
}

fn access(grants: Vec<GrantSpec>, groups: Vec<GroupId>) -> EffectiveAccess {
    let member = MemberAccess { kind: MemberKind::Member, pii: false, grants: grants.into_iter().map(|spec| GrantDraft { id: None, spec }).collect(), groups };
    let id = MemberId::new(NOW, [3; 10]);
    let mut policy = context().policy();
    policy.put_member(member.as_member(id));
    EffectiveAccess::of(&policy, Subject::Member(id), NOW)
}

fn labelled(role: &str, label: &str) -> GrantSpec {
    GrantSpec::new(RoleId::new(role), Scope::Labelled([Label::parse(label).unwrap()].into()))
}

#[test]
fn a_scope_reads_as_a_sentence() {
    let context = context();
    let role = context.catalog.role(&RoleId::new("source_admin")).unwrap();
    let read = |scope: &Scope| {
        let words = coverage(&context.catalog, role, scope, &context.resources);
        words.share + &words.rest
    };
    assert_eq!(read(&labelled("source_admin", "environment:dev").scope), "2 of 3 sources today: source-1, source-3");
    assert_eq!(read(&Scope::All), "All 3 sources today, and every one to come");
    assert_eq!(read(&Scope::Only(Default::default())), "0 of 3 sources today");
}

#[test]
fn effective_access_says_what_and_how() {
    let access = access(vec![labelled("source_admin", "environment:dev"), GrantSpec::new(RoleId::new("source_read_only"), Scope::All)], vec![group_id()]);
    let sections = sections(&access, &context().catalog, &|id| (id == group_id()).then(|| "Data".to_owned()));
    let headings: Vec<&str> = sections.iter().map(|section| section.heading.as_str()).collect();
    assert_eq!(headings, ["Can edit", "Can see"]);
    let edit = &sections[0].lines[0];
    assert_eq!((edit.title.as_str(), edit.with.as_deref(), edit.how.as_str()), ("2 sources", Some("with 1 destination"), "Source Admin, environment:dev"));
    assert_eq!(sections[1].lines[0].title, "All sources");
    assert_eq!(sections[1].lines[0].how, "Source Read-only");
}

#[test]
fn changes_are_counted_once_and_stronger_verbs_named() {
    let catalog = context().terms.catalog;
    let nothing = access(Vec::new(), Vec::new());
    let dev = access(vec![labelled("source_admin", "environment:dev")], Vec::new());
    let prod = access(vec![labelled("source_admin", "environment:prod")], Vec::new());
    let reader = access(vec![GrantSpec::new(RoleId::new("source_read_only"), Scope::All)], Vec::new());
    assert_eq!(change_words(&EffectiveAccess::diff(&nothing, &dev), &catalog), ChangeWords { gained: vec!["2 sources".to_owned()], lost: Vec::new() });
    let swap = change_words(&EffectiveAccess::diff(&dev, &prod), &catalog);
    assert_eq!((swap.gained, swap.lost), (vec!["1 source".to_owned()], vec!["2 sources".to_owned()]));
    let weaker = change_words(&EffectiveAccess::diff(&dev, &reader), &catalog);
    assert_eq!((weaker.gained, weaker.lost), (vec!["1 source".to_owned()], vec!["2 sources to edit".to_owned()]));
}

#[test]
fn a_glance_marks_what_has_no_effect() {
    let catalog = context().terms.catalog;
    let summary = |role: &str, scope, expires_at| GrantSummary { role: RoleId::new(role), scope, expires_at };
    let fine = glance(&catalog, Plan::Business, NOW, &summary("source_admin", ScopeSummary::Only(2), None));
    assert_eq!((fine.role.as_str(), fine.scope.as_str(), fine.but), ("Source Admin", "2 sources", None));
    assert_eq!(glance(&catalog, Plan::Business, NOW, &summary("source_admin", ScopeSummary::All, Some(NOW))).but.as_deref(), Some("Expired"));
    assert_eq!(
        glance(&catalog, Plan::Free, NOW, &summary("source_admin", ScopeSummary::Labelled(Label::built_in().into()), None)).but.as_deref(),
        Some("Needs the Business plan")
    );
}

#[test]
fn lists_end_with_and() {
    let words = |n: usize| and(&["a", "b", "c"].map(str::to_owned)[..n]);
    assert_eq!([words(0), words(1), words(2), words(3)], ["", "a", "a and b", "a, b and c"]);
}
