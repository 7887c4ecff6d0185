//! Every change is in the trail; owners read it, narrow it and take it away, and it can't be changed unseen.

use crate::{
    company::{Browser, Company, PASSWORD},
    resources::{make, wish},
};
use domain::{
    audit::{Event, Object},
    audit_query::{AuditFilter, AuditQuery, Doer},
    audit_verdict::FaultKind,
    bulk::{BulkChange, UserSelection},
    catalog::RoleId,
    email::EmailAddress,
    failure::FailureKind,
    grant::{GrantSpec, Scope},
    member::{MemberKind, UserId},
    request::RequestWish,
    review::{ReviewOf, ReviewWish},
    time::Span,
    token::TokenWish,
};
use futures::{StreamExt as _, TryStreamExt as _};
use service::{
    accounts,
    actor::Meta,
    audit::{self, COLUMNS, Format},
    bulk, members,
    operator::{self, ChainReport},
    requests, resources, retention, reviews, tokens,
};
use testkit::{World, on_both};

async fn verified(company: &Company) -> Vec<ChainReport> {
    let reports = operator::verify_audit(&company.services, &company.services.operator(), None).await.unwrap();
    reports.try_collect().await.unwrap()
}

async fn taken(company: &Company, who: &Browser, filter: AuditFilter, format: Format) -> String {
    let owner = company.owner(who).await;
    let pieces = audit::export(&company.services, &owner, filter, format).await.unwrap();
    String::from_utf8(pieces.map(|piece| piece.unwrap()).collect::<Vec<_>>().await.concat()).unwrap()
}

/// Signed in anew, long after.
async fn again(company: &Company, who: Browser) -> Browser {
    let secret = accounts::sign_in(&company.services, &company.services.anonymous(Meta::default()), "amara@acme.test", PASSWORD).await.unwrap();
    Browser { secret, slug: who.slug }
}

fn of(events: &[&str]) -> AuditFilter {
    AuditFilter { events: events.iter().map(|event| (*event).to_owned()).collect(), ..AuditFilter::default() }
}

on_both! {
    async fn the_trail_holds_and_a_changed_entry_is_found(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let whole = verified(&company).await;
        assert_eq!(whole.iter().map(|report| report.chain.as_str()).collect::<Vec<_>>(), ["accounts", "amara-inc"]);
        assert!(whole.iter().all(|report| report.verdict.is_whole() && report.verdict.entries > 1));
        company.world.raw("UPDATE audit SET actor_json = replace(actor_json, 'Amara', 'Eve') WHERE event = 'members_invited'").await;
        let broken = verified(&company).await;
        assert!(broken[0].verdict.is_whole());
        let fault = &broken[1].verdict.faults[0];
        assert_eq!((fault.kind, fault.event.as_deref()), (FaultKind::Changed, Some("members_invited")));
    }

    async fn one_workspace_s_trail_is_checked_by_name(world: World) {
        let company = Company::new(world);
        company.founder("Amara").await;
        let by = company.services.operator();
        let one: Vec<ChainReport> = operator::verify_audit(&company.services, &by, Some("amara-inc")).await.unwrap().try_collect().await.unwrap();
        assert_eq!((one.len(), one[0].chain.as_str()), (1, "amara-inc"));
        let refused = operator::verify_audit(&company.services, &by, Some("nowhere")).await.err().unwrap();
        assert_eq!((refused.kind, refused.field.as_deref()), (FailureKind::Invalid, Some("workspace")));
    }

    async fn owners_read_their_own_trail_alone(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let owner = company.owner(&amara).await;
        let all = audit::page(&company.services, &owner, &AuditQuery::default()).await.unwrap();
        let told: Vec<&str> = all.page.rows.iter().map(|entry| entry.event.name()).collect();
        assert_eq!((told, all.page.total), (vec!["invite_accepted", "members_invited", "workspace_created"], Some(3)));
        assert!(all.here.contains(&owner.member().unwrap().uuid()));

        let theirs = audit::page(&company.services, &company.owner(&eve).await, &AuditQuery::default()).await.unwrap();
        assert_eq!(theirs.page.rows.len(), 1);
        let looking_over = AuditFilter { actors: vec![Doer::Member(owner.member().unwrap())], ..AuditFilter::default() };
        let query = AuditQuery { filter: looking_over, ..AuditQuery::default() };
        assert!(audit::page(&company.services, &company.owner(&eve).await, &query).await.unwrap().page.rows.is_empty());
        let refused = company.services.owner(company.signed_in(&bea).await, &bea.slug).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Forbidden);
    }

    async fn links_are_offered_to_what_is_there_still(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let (owner, id) = (company.owner(&amara).await, company.id(&bea).await);
        let token = tokens::create(&company.services, &owner, TokenWish { name: "Shop".to_owned(), ..TokenWish::default() }).await.unwrap();
        let before = audit::page(&company.services, &owner, &AuditQuery::default()).await.unwrap();
        assert!([owner.member().unwrap().uuid(), id.uuid(), token.id.uuid()].iter().all(|id| before.here.contains(id)), "{:?}", before.here);
        members::remove(&company.services, &owner, id).await.unwrap();
        let object = AuditFilter { object: Some(Object::new("member", id.uuid())), ..AuditFilter::default() };
        let after = audit::page(&company.services, &owner, &AuditQuery { filter: object, ..AuditQuery::default() }).await.unwrap();
        assert_eq!(after.page.rows[0].event.name(), "member_removed");
        assert!(!after.here.contains(&id.uuid()));

        let (kept, gone) = (make(&company, &amara, wish("source", "Web")).await, make(&company, &amara, wish("source", "Shop")).await);
        resources::delete(&company.services, &owner, gone.resource.id).await.unwrap();
        let due_at = company.services.now().plus(Span::days(7));
        let review = ReviewWish { of: ReviewOf::Everyone, name: "Autumn".to_owned(), due_at, reviewers: vec![owner.member().unwrap()] };
        let review = reviews::start(&company.services, &owner, &review).await.unwrap();
        let here = audit::page(&company.services, &owner, &AuditQuery::default()).await.unwrap().here;
        let told = [kept.resource.id.uuid(), gone.resource.id.uuid(), review.id.uuid()].map(|id| here.contains(&id));
        assert_eq!(told, [true, false, true]);
    }

    async fn the_parts_of_one_change_are_found_together(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let mut these = Vec::new();
        for name in ["Bea", "Cy"] {
            let joined = company.joined(&amara, name, MemberKind::Member, Vec::new()).await;
            these.push(UserId::Member(company.id(&joined).await));
        }
        let (owner, selection) = (company.owner(&amara).await, UserSelection::These(these));
        let change = BulkChange::GiveRoles(vec![GrantSpec::new(RoleId::new("source_admin"), Scope::All)]);
        let seen = bulk::preview(&company.services, &owner, &selection, &change).await.unwrap().seen();
        let done = bulk::apply(&company.services, &owner, &selection, &change, seen, None).await.unwrap().done.unwrap();

        let filter = AuditFilter { operation: Some(done.id), ..AuditFilter::default() };
        let query = AuditQuery { filter: filter.clone(), ..AuditQuery::default() };
        let parts = audit::page(&company.services, &owner, &query).await.unwrap().page.rows;
        assert_eq!(parts.iter().map(|entry| entry.event.name()).collect::<Vec<_>>(), ["member_access_changed"; 2]);

        // the files name it too
        let id = done.id.to_string();
        let text = taken(&company, &amara, filter.clone(), Format::Csv).await;
        let place = COLUMNS.iter().position(|column| *column == "Operation").unwrap();
        let cells: Vec<String> = csv::Reader::from_reader(text.as_bytes()).records().map(|row| row.unwrap()[place].to_owned()).collect();
        assert_eq!(cells, [id.clone(), id.clone()]);
        let text = taken(&company, &amara, filter, Format::JsonLines).await;
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.iter().map(|line| line["origin"]["operation"].as_str()).collect::<Vec<_>>(), [Some(id.as_str()); 2]);
    }

    async fn whom_to_narrow_to_is_searched(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        company.invite(&amara, "beate@acme.test", MemberKind::Member, Vec::new()).await;
        let owner = company.owner(&amara).await;
        tokens::create(&company.services, &owner, TokenWish { name: "Beacon".to_owned(), ..TokenWish::default() }).await.unwrap();
        let names = |found: Vec<domain::audit_query::NamedDoer>| found.into_iter().map(|one| one.name).collect::<Vec<_>>();
        assert_eq!(names(audit::doers(&company.services, &owner, None).await.unwrap()), ["The operator", "Rolecall", "Amara", "Bea", "Beacon"]);
        assert_eq!(names(audit::doers(&company.services, &owner, Some("BEA")).await.unwrap()), ["Bea", "Beacon"]);
        assert_eq!(names(audit::doers(&company.services, &owner, Some("oper")).await.unwrap()), ["The operator"]);

        // what somebody did is asked after they left too
        let bea = store::members::by_email(&company.world.store, owner.workspace().id, &EmailAddress::parse("bea@acme.test").unwrap()).await.unwrap();
        let bea_id = bea.unwrap().0;
        members::remove(&company.services, &owner, bea_id).await.unwrap();
        let found = audit::doers(&company.services, &owner, Some("bea")).await.unwrap();
        assert_eq!(found.iter().map(|one| (one.doer, one.name.as_str())).collect::<Vec<_>>()[1], (Doer::Member(bea_id), "Bea (left)"));
    }

    async fn too_many_names_are_refused(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let filter = AuditFilter { actors: vec![Doer::Operator; 101], ..AuditFilter::default() };
        let refused = audit::page(&company.services, &owner, &AuditQuery { filter: filter.clone(), ..AuditQuery::default() }).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("actors"));
        assert!(audit::export(&company.services, &owner, filter, Format::Csv).await.is_err());
    }

    async fn the_trail_is_taken_away_as_csv(world: World) {
        let company = Company::new(world);
        let amara = company.founder("=Amara").await;
        company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let text = taken(&company, &amara, AuditFilter::default(), Format::Csv).await;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), COLUMNS);
        let rows: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let told: Vec<&str> = rows.iter().map(|row| row[5].as_str()).collect();
        assert_eq!(told, ["audit_exported", "members_invited", "workspace_created"], "the download is in the trail before it begins");
        assert_eq!((rows[1][2].as_str(), rows[1][6].as_str(), rows[1][7].as_str()), ("'=Amara", "invited bea@acme.test", "as workspace member"));
        assert_eq!((rows[1][1].as_str(), rows[1][3].as_str()), ("2", "member"));
    }

    async fn and_as_json_lines_narrowed(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let text = taken(&company, &amara, of(&["members_invited", "audit_exported"]), Format::JsonLines).await;
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["event"]["filter"], "event:members_invited event:audit_exported");
        assert_eq!((&lines[1]["event"]["type"], &lines[1]["sentence"]), (&"members_invited".into(), &"Amara invited bea@acme.test".into()));
        assert_eq!(lines[1]["actor"]["kind"], "member");
        assert!(text.ends_with('\n'));
    }

    async fn roles_are_named_as_the_catalogue_calls_them(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let wish = RequestWish { role: Some(RoleId::new("source_admin")), resource: "Website".to_owned(), reason: "For the launch".to_owned() };
        requests::ask(&company.services, &company.member(&bea).await, &wish).await.unwrap();
        for format in [Format::Csv, Format::JsonLines] {
            let text = taken(&company, &amara, of(&["access_requested"]), format).await;
            assert!(text.contains("asked for Source Admin on Website"), "{text}");
        }
    }

    async fn what_is_older_than_kept_goes_and_is_recorded(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        company.clock.advance(Span::days(90));
        assert_eq!(retention::round(&company.services).await.unwrap(), 0, "not on the very day");
        company.clock.advance(Span::days(1));
        let amara = again(&company, amara).await;
        company.invite(&amara, "cleo@acme.test", MemberKind::Member, Vec::new()).await;
        company.clock.advance(Span::seconds(1));
        assert_eq!(retention::round(&company.services).await.unwrap(), 3, "two of the workspace, one of accounts");
        assert_eq!(retention::round(&company.services).await.unwrap(), 0, "once");
        let owner = company.owner(&amara).await;
        let left = audit::page(&company.services, &owner, &AuditQuery::default()).await.unwrap().page;
        assert_eq!(left.rows.iter().map(|entry| (entry.seq, entry.event.name())).collect::<Vec<_>>(), [(4, "audit_pruned"), (3, "members_invited")]);
        assert!(matches!(left.rows[0].event, Event::AuditPruned { count: 2, through: 2, .. }), "{:?}", left.rows[0]);
        assert_eq!(left.total, Some(2));
        let verified = verified(&company).await;
        assert!(verified.iter().all(|report| report.verdict.is_whole() && report.verdict.pruned > 0), "{verified:?}");
    }

    async fn what_was_tampered_with_is_not_dropped(world: World) {
        let company = Company::new(world);
        company.founder("Amara").await;
        company.clock.advance(Span::days(100));
        company.world.raw("UPDATE audit SET event_json = replace(event_json, 'Amara', 'Eve') WHERE event = 'workspace_created'").await;
        retention::round(&company.services).await.unwrap();
        let verified = verified(&company).await;
        assert_eq!((verified[0].verdict.pruned > 0, verified[1].verdict.pruned), (true, 0));
        assert_eq!(verified[1].verdict.faults[0].kind, FaultKind::Changed);
    }
}
