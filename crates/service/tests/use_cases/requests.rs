//! Requests for access: asked with a why, answered once, and never telling a member what there is.

use crate::company::{Browser, Company};
use domain::{
    audit::Event,
    catalog::RoleId,
    failure::{Failure, FailureKind},
    grant::{GrantSpec, Scope},
    id::MemberId,
    member::{GrantDraft, MemberAccess, MemberKind},
    request::{MOST_PER_DAY, RequestState, RequestWish},
    time::Span,
};
use service::{members, requests};
use testkit::{World, on_both};

fn wish(role: Option<&str>, resource: &str) -> RequestWish {
    RequestWish { role: role.map(RoleId::new), resource: resource.to_owned(), reason: "For the launch".to_owned() }
}

async fn ask(company: &Company, who: &Browser, wish: &RequestWish) -> Result<(), Failure> {
    requests::ask(&company.services, &company.member(who).await, wish).await
}

async fn mails(company: &Company, kind: &str) -> Vec<String> {
    let now = company.services.now();
    let due = store::outbox::due(&company.world.store, now, 100).await.unwrap();
    let mut to: Vec<String> = due.into_iter().filter(|mail| mail.kind == kind).map(|mail| mail.recipient.to_string()).collect();
    to.sort();
    to
}

async fn events(company: &Company, by: &Browser, member: MemberId) -> Vec<Event> {
    members::activity(&company.services, &company.owner(by).await, member).await.unwrap().into_iter().map(|entry| entry.event).collect()
}

on_both! {
    async fn approved_with_the_roles_that_a_program_gives(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, vec![GrantSpec::new(RoleId::new("source_read_only"), Scope::All)]).await;
        ask(&company, &bea, &wish(Some("source_admin"), "")).await.unwrap();
        let owner = company.owner(&amara).await;
        let id = requests::waiting(&company.services, &owner).await.unwrap()[0].id;
        let refused = requests::approve(&company.services, &owner, id, &[]).await.unwrap_err();
        assert_eq!((refused.kind, refused.field.as_deref()), (FailureKind::Invalid, Some("grants")));
        let unknown = [GrantSpec::new(RoleId::new("nobody"), Scope::All)];
        assert_eq!(requests::approve(&company.services, &owner, id, &unknown).await.unwrap_err().kind, FailureKind::Invalid);
        assert_eq!(requests::waiting(&company.services, &owner).await.unwrap().len(), 1, "a refusal settles nothing");
        requests::approve(&company.services, &owner, id, &[GrantSpec::new(RoleId::new("source_admin"), Scope::All)]).await.unwrap();
        let held = members::find(&company.services, &owner, company.id(&bea).await).await.unwrap().grants;
        let mut roles: Vec<&str> = held.iter().map(|grant| grant.spec.role.as_str()).collect();
        roles.sort_unstable();
        assert_eq!(roles, ["source_admin", "source_read_only"]);
        assert_eq!(requests::mine(&company.services, &company.member(&bea).await).await.unwrap()[0].state, RequestState::Approved);
        assert_eq!(mails(&company, "answer").await, ["bea@acme.test"]);
        assert_eq!(requests::approve(&company.services, &owner, id, &unknown).await.unwrap_err().kind, FailureKind::NotFound);
    }

    async fn approved_by_the_save_that_gives_it(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        company.joined(&amara, "Olu", MemberKind::Owner, Vec::new()).await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let site = company.source(&amara, "website").await;
        ask(&company, &bea, &wish(Some("source_admin"), "source:website")).await.unwrap();
        assert_eq!(mails(&company, "request").await, ["amara@acme.test", "olu@acme.test"], "every owner hears of it");

        let owner = company.owner(&amara).await;
        let waiting = requests::waiting(&company.services, &owner).await.unwrap();
        let [request] = waiting.as_slice() else { panic!("one waits: {waiting:?}") };
        assert_eq!((request.name.as_str(), request.resource, request.reason.as_str()), ("Bea", Some(site), "For the launch"));
        assert_eq!(requests::find(&company.services, &owner, request.id).await.unwrap(), *request);

        let member = members::find(&company.services, &owner, request.member).await.unwrap();
        let grants = vec![GrantDraft { id: None, spec: GrantSpec::new(RoleId::new("source_admin"), Scope::Only([site].into())) }];
        let given = MemberAccess { grants, ..member.access() };
        members::change_access(&company.services, &owner, member.id, member.revision, given, Some(request.id)).await.unwrap();
        assert_eq!(requests::waiting(&company.services, &owner).await.unwrap(), []);
        let mine = requests::mine(&company.services, &company.member(&bea).await).await.unwrap();
        assert_eq!((mine[0].state, mine[0].settled_by.as_ref().map(ToString::to_string)), (RequestState::Approved, Some("Amara".to_owned())));
        assert_eq!(mails(&company, "answer").await, ["bea@acme.test"]);
        let told = events(&company, &amara, member.id).await;
        assert!(matches!(&told[..3], [Event::AccessRequestApproved { .. }, Event::MemberAccessChanged { .. }, Event::AccessRequested { reason, .. }] if reason == "For the launch"), "{told:?}");
        assert_eq!(requests::decline(&company.services, &owner, request.id, "").await.unwrap_err().kind, FailureKind::NotFound, "answered once");
    }

    async fn declined_with_a_word(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        ask(&company, &bea, &wish(None, "")).await.unwrap();
        let owner = company.owner(&amara).await;
        let id = requests::waiting(&company.services, &owner).await.unwrap()[0].id;
        assert_eq!(requests::decline(&company.services, &owner, id, &"x".repeat(501)).await.unwrap_err().field.as_deref(), Some("answer"));
        requests::decline(&company.services, &owner, id, " Ask Olu first. ").await.unwrap();
        let mine = requests::mine(&company.services, &company.member(&bea).await).await.unwrap();
        assert_eq!((mine[0].state, mine[0].answer.as_deref()), (RequestState::Declined, Some("Ask Olu first.")));
        // settled, it may be asked again
        ask(&company, &bea, &wish(None, "")).await.unwrap();
    }

    async fn not_twice_while_it_waits_and_not_too_often(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        ask(&company, &bea, &wish(Some("source_admin"), "Website")).await.unwrap();
        let again = ask(&company, &bea, &wish(Some("source_admin"), " WEBSITE ")).await.unwrap_err();
        assert!(again.kind == FailureKind::Conflict && again.message.contains("already"), "{again}");
        let me = company.member(&bea).await;
        let first = requests::mine(&company.services, &me).await.unwrap()[0].id;
        requests::withdraw(&company.services, &me, first).await.unwrap();
        assert_eq!(requests::withdraw(&company.services, &me, first).await.unwrap_err().kind, FailureKind::NotFound);
        // what was taken back was asked all the same
        for n in 1..MOST_PER_DAY {
            ask(&company, &bea, &wish(Some("source_admin"), &format!("Thing {n}"))).await.unwrap();
        }
        assert_eq!(ask(&company, &bea, &wish(None, "")).await.unwrap_err().kind, FailureKind::Limited);
        company.clock.advance(Span::days(1));
        ask(&company, &bea, &wish(None, "")).await.unwrap();
    }

    async fn bad_wishes_are_refused_by_field(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        for (wish, field) in [
            (RequestWish { reason: "  ".to_owned(), ..wish(None, "") }, "reason"),
            (wish(Some("no_such_role"), ""), "role"),
            (wish(None, &"x".repeat(201)), "resource"),
        ] {
            assert_eq!(ask(&company, &bea, &wish).await.unwrap_err().field.as_deref(), Some(field));
        }
        assert_eq!(ask(&company, &amara, &wish(None, "")).await.unwrap_err().kind, FailureKind::Conflict, "an owner reaches everything");
    }

    async fn what_there_is_is_not_told_to_who_asks(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        company.source(&amara, "secret-site").await;
        for resource in ["secret-site", "no-such-site"] {
            ask(&company, &bea, &wish(None, resource)).await.unwrap();
        }
        let mine = requests::mine(&company.services, &company.member(&bea).await).await.unwrap();
        let named: Vec<_> = mine.iter().map(|request| request.resource.as_deref()).collect();
        assert_eq!(named, [Some("no-such-site"), Some("secret-site")], "as typed, both alike");
        let waiting = requests::waiting(&company.services, &company.owner(&amara).await).await.unwrap();
        assert_eq!(waiting.iter().map(|request| request.resource.is_some()).collect::<Vec<_>>(), [true, false]);
    }

    async fn nothing_crosses_members_and_workspaces(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let cem = company.joined(&amara, "Cem", MemberKind::Member, Vec::new()).await;
        ask(&company, &bea, &wish(None, "")).await.unwrap();
        let (owner, stranger) = (company.owner(&amara).await, company.owner(&eve).await);
        let request = requests::waiting(&company.services, &owner).await.unwrap().remove(0);
        assert_eq!(requests::waiting(&company.services, &stranger).await.unwrap(), []);
        assert_eq!(requests::find(&company.services, &stranger, request.id).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(requests::decline(&company.services, &stranger, request.id, "").await.unwrap_err().kind, FailureKind::NotFound);
        let other = company.member(&cem).await;
        assert_eq!(requests::withdraw(&company.services, &other, request.id).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(requests::mine(&company.services, &other).await.unwrap(), []);
        // a save of somebody else's access does not answer it
        let member = members::find(&company.services, &owner, other.member()).await.unwrap();
        let other_s = members::change_access(&company.services, &owner, member.id, member.revision, MemberAccess { pii: true, ..member.access() }, Some(request.id)).await;
        assert_eq!(other_s.unwrap_err().field.as_deref(), Some("request"));
        assert!(!members::find(&company.services, &owner, member.id).await.unwrap().pii, "nothing was saved");
        assert_eq!(requests::waiting(&company.services, &owner).await.unwrap().len(), 1);
        // who leaves takes their requests along
        members::leave(&company.services, &company.member(&bea).await).await.unwrap();
        assert_eq!(requests::waiting(&company.services, &owner).await.unwrap(), []);
    }
}
