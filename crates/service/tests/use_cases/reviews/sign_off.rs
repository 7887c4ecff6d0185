//! What a sign-off does, to what is still what was looked at, and its record.

use super::{field, role, team};
use domain::{
    audit::{Chain, Event},
    bulk::{BulkChange, UserSelection},
    catalog::RoleId,
    failure::FailureKind,
    grant::{GrantSpec, Scope},
    label::Label,
    member::{GrantDraft, MemberAccess, MemberKind, UserQuery},
    review::{Decision, Done, Outcome, ReviewOf, ReviewState, SignedOff},
    time::Span,
    token::TokenWish,
};
use service::{actor::Meta, bulk, groups, members, reviews, tokens};
use sha2::{Digest as _, Sha256};
use testkit::{World, on_both};

on_both! {
    async fn a_role_is_reviewed_by_somebody_who_is_no_owner_and_ends_with_the_sign_off(world: World) {
        let team = team(world).await;
        let started = team.start(ReviewOf::Role(RoleId::new("source_admin"))).await;
        assert_eq!((started.items, started.about.as_str(), started.state), (2, "the role Source Admin", ReviewState::Open));
        let seen: Vec<(String, String)> = team.items(&team.rae, started.id).await.into_iter().map(|item| (item.name, item.access)).collect();
        assert_eq!(seen.len(), 2);
        assert!(seen.contains(&("Bea".to_owned(), "Source Admin (all)".to_owned())) && seen.contains(&("Data".to_owned(), "Source Admin (all)".to_owned())));
        assert_eq!(team.mail().await.len(), 1, "the reviewer is told, who started it is not");

        assert_eq!(team.decide(&team.rae, started.id, "Bea", Decision::Revoke).await.unwrap(), 1);
        assert_eq!(team.decide(&team.rae, started.id, "Data", Decision::Keep).await.unwrap(), 1);
        assert_eq!(team.person(&team.bea).await.grants.len(), 2, "a decision is a word until the sign-off");
        let review = team.find(started.id).await;
        assert_eq!((review.kept, review.revoked, review.undecided()), (1, 1, 0));

        let before = team.person(&team.bea).await.revision;
        let done = team.sign_off(started.id).await.unwrap();
        assert_eq!(done, SignedOff { kept: 1, revoked: 1, undecided: 0, stayed: 0 });
        let bea = team.person(&team.bea).await;
        assert_eq!(bea.grants.iter().map(|grant| grant.spec.role.as_str()).collect::<Vec<_>>(), ["tracking_plan_admin"]);
        assert!(bea.revision > before, "an open drawer of hers has to meet a conflict");
        let group = groups::find(&team.company.services, &team.company.owner(&team.amara).await, team.group).await.unwrap();
        assert_eq!(group.grants.len(), 1);
        assert_eq!(team.item(started.id, "Bea").await.outcome, Some(Outcome::Revoked));
        assert_eq!(team.item(started.id, "Data").await.outcome, Some(Outcome::Kept));
        let trail = team.trail(2).await;
        assert!(matches!(&trail[0].event, Event::ReviewSignedOff { revoked: 1, kept: 1, .. }), "{trail:?}");
        assert!(matches!(&trail[1].event, Event::MemberAccessChanged { member, .. } if member == "Bea"), "{trail:?}");
        assert!(trail[1].origin.operation.is_some());
    }

    async fn groups_and_tokens_lose_the_role_too(world: World) {
        let team = team(world).await;
        let (services, owner) = (&team.company.services, team.company.owner(&team.amara).await);
        let wish = TokenWish { name: "Nightly".to_owned(), grants: vec![GrantDraft { id: None, spec: role("source_admin") }], ..TokenWish::default() };
        let token = tokens::create(services, &owner, wish).await.unwrap().id;
        let id = team.start(ReviewOf::Role(RoleId::new("source_admin"))).await.id;
        for name in ["Data", "Nightly"] {
            team.decide(&team.rae, id, name, Decision::Revoke).await.unwrap();
        }
        let (group_before, token_before) = (groups::find(services, &owner, team.group).await.unwrap().revision, tokens::find(services, &owner, token).await.unwrap().revision);
        assert_eq!(team.sign_off(id).await.unwrap(), SignedOff { kept: 0, revoked: 2, undecided: 1, stayed: 0 });
        let (group, token) = (groups::find(services, &owner, team.group).await.unwrap(), tokens::find(services, &owner, token).await.unwrap());
        assert!(group.grants.is_empty() && token.grants.is_empty());
        assert!(group.revision > group_before && token.revision > token_before);
        assert_eq!(team.person(&team.bea).await.grants.len(), 2, "nobody decided about Bea");
        assert_eq!(team.item(id, "Bea").await.outcome, Some(Outcome::Undecided));
    }

    async fn who_is_no_owner_goes_though_no_way_in_by_password_is_left(world: World) {
        let team = team(world).await;
        let id = team.start(ReviewOf::Everyone).await.id;
        team.decide(&team.rae, id, "Bea", Decision::Revoke).await.unwrap();
        // Amara is excepted, and her address was never shown to be hers
        let (workspace, amara) = (team.company.owner(&team.amara).await.workspace().id, team.company.id(&team.amara).await);
        let tx = team.company.world.store.begin().await.unwrap();
        store::workspaces::require_sso(&tx, workspace, true).await.unwrap();
        store::sso::requirement::set_exceptions(&tx, workspace, &[amara]).await.unwrap();
        tx.commit(team.company.world.record(Chain::Workspace(workspace), Event::SignedOut)).await.unwrap();
        assert_eq!(team.sign_off(id).await.unwrap().revoked, 1);
    }

    async fn a_group_is_left_and_a_member_removed(world: World) {
        let team = team(world).await;
        let (bea, rae) = (team.company.id(&team.bea).await, team.company.id(&team.rae).await);
        team.put_into_group(&[bea, rae]).await;
        let id = team.start(ReviewOf::Group(team.group)).await.id;
        team.decide(&team.rae, id, "Bea", Decision::Revoke).await.unwrap();
        assert_eq!(team.sign_off(id).await.unwrap().revoked, 1);
        assert!(team.person(&team.bea).await.groups.is_empty());
        assert_eq!(team.person(&team.rae).await.groups.len(), 1);

        let id = team.start(ReviewOf::Everyone).await.id;
        assert_eq!(team.item(id, "Amara").await.access, "Workspace owner");
        assert_eq!(team.item(id, "Rae").await.access, "in Data");
        team.decide(&team.rae, id, "Bea", Decision::Revoke).await.unwrap();
        team.decide(&team.rae, id, "Amara", Decision::Revoke).await.unwrap();
        let done = team.sign_off(id).await.unwrap();
        assert_eq!((done.revoked, done.stayed), (1, 1), "who signs off does not remove themselves");
        assert_eq!(team.item(id, "Amara").await.outcome, Some(Outcome::Yourself));
        let gone = members::find(&team.company.services, &team.company.owner(&team.amara).await, bea).await.unwrap_err();
        assert_eq!(gone.kind, FailureKind::NotFound);
    }

    async fn a_label_is_reviewed_by_the_grants_that_name_it(world: World) {
        let team = team(world).await;
        let label = Label::parse("environment:prod").unwrap();
        let labelled = GrantSpec::new(RoleId::new("source_read_only"), Scope::Labelled([label.clone()].into()));
        let cy = team.company.joined(&team.amara, "Cy", MemberKind::Member, vec![labelled, role("source_admin")]).await;
        let id = team.start(ReviewOf::Label(label)).await.id;
        let items = team.items(&team.rae, id).await;
        assert_eq!(items.iter().map(|item| (item.name.as_str(), item.access.as_str())).collect::<Vec<_>>(), [("Cy", "Source Read-only (environment:prod)")]);
        team.decide(&team.rae, id, "Cy", Decision::Revoke).await.unwrap();
        team.sign_off(id).await.unwrap();
        assert_eq!(team.person(&cy).await.grants.iter().map(|grant| grant.spec.role.as_str()).collect::<Vec<_>>(), ["source_admin"]);
        let nothing = team.wish(ReviewOf::Label(Label::parse("environment:dev").unwrap())).await;
        let refused = reviews::start(&team.company.services, &team.company.owner(&team.amara).await, &nothing).await.unwrap_err();
        assert_eq!(field(&refused), "of", "{refused}");
    }

    async fn what_was_changed_since_stays_and_what_is_gone_is_said_to_be(world: World) {
        let team = team(world).await;
        let cy = team.company.joined(&team.amara, "Cy", MemberKind::Member, vec![role("source_admin")]).await;
        let id = team.start(ReviewOf::Role(RoleId::new("source_admin"))).await.id;
        let (services, owner) = (&team.company.services, team.company.owner(&team.amara).await);
        let bea = team.person(&team.bea).await;
        let mut access = bea.access();
        let held = access.grants.iter_mut().find(|grant| grant.spec.role.as_str() == "source_admin").unwrap();
        held.spec.expires_at = Some(services.now().plus(Span::days(5)));
        members::change_access(services, &owner, bea.id, bea.revision, access, None).await.unwrap();
        let gone = team.person(&cy).await;
        members::change_access(services, &owner, gone.id, gone.revision, MemberAccess { grants: Vec::new(), ..gone.access() }, None).await.unwrap();
        for name in ["Bea", "Cy"] {
            team.decide(&team.rae, id, name, Decision::Revoke).await.unwrap();
        }
        assert_eq!(team.sign_off(id).await.unwrap(), SignedOff { kept: 0, revoked: 0, undecided: 1, stayed: 2 });
        assert_eq!(team.person(&team.bea).await.grants.len(), 2);
        assert_eq!((team.item(id, "Bea").await.outcome, team.item(id, "Cy").await.outcome), (Some(Outcome::Changed), Some(Outcome::Gone)));
        assert_eq!(team.find(id).await.done, Some(Done { revoked: 0, stayed: 2 }));
    }

    async fn who_has_other_access_by_now_is_not_removed_and_not_vouched_for(world: World) {
        let team = team(world).await;
        let cy = team.company.joined(&team.amara, "Cy", MemberKind::Member, Vec::new()).await;
        let id = team.start(ReviewOf::Everyone).await.id;
        team.decide(&team.rae, id, "Bea", Decision::Revoke).await.unwrap();
        team.decide(&team.rae, id, "Cy", Decision::Keep).await.unwrap();
        for who in [&team.bea, &cy] {
            let before = team.person(who).await;
            let wish = MemberAccess { kind: MemberKind::Owner, ..before.access() };
            members::change_access(&team.company.services, &team.company.owner(&team.amara).await, before.id, before.revision, wish, None).await.unwrap();
        }
        let shown = reviews::sign_off_preview(&team.company.services, &team.company.owner(&team.amara).await, id).await.unwrap();
        assert_eq!(shown.owners, 1, "that Bea is an owner by now is said before");
        assert_eq!(team.sign_off(id).await.unwrap(), SignedOff { kept: 1, revoked: 0, undecided: 2, stayed: 1 });
        assert_eq!(team.person(&team.bea).await.kind, MemberKind::Owner);
        for name in ["Bea", "Cy"] {
            assert_eq!(team.item(id, name).await.outcome, Some(Outcome::Changed));
        }
    }

    async fn a_machine_does_not_leave_the_workspace_without_an_owner(world: World) {
        let team = team(world).await;
        let services = &team.company.services;
        let wish = TokenWish { name: "Sweeper".to_owned(), owner_access: true, ..TokenWish::default() };
        let secret = tokens::create(services, &team.company.owner(&team.amara).await, wish).await.unwrap().secret;
        let machine = services.owner_by_token(services.token(secret.reveal(), &Meta::default()).await.unwrap()).unwrap();
        let id = team.start(ReviewOf::Everyone).await.id;
        team.decide(&team.rae, id, "Amara", Decision::Revoke).await.unwrap();
        let shown = reviews::sign_off_preview(services, &machine, id).await.unwrap();
        let refused = reviews::sign_off(services, &machine, id, shown.decisions).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Conflict, "{refused}");
        assert!(team.find(id).await.is_open());
        let everybody = UserSelection::Matching(UserQuery::default());
        let seen = bulk::preview(services, &machine, &everybody, &BulkChange::Remove).await.unwrap().seen();
        let refused = bulk::apply(services, &machine, &everybody, &BulkChange::Remove, seen, None).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Conflict, "{refused}");
        // what it may do bears its own name
        team.decide(&team.rae, id, "Amara", Decision::Keep).await.unwrap();
        let shown = reviews::sign_off_preview(services, &machine, id).await.unwrap();
        reviews::sign_off(services, &machine, id, shown.decisions).await.unwrap();
        assert_eq!(team.trail(1).await[0].actor.name(), "Sweeper");
    }

    async fn the_record_is_what_the_trail_vouches_for(world: World) {
        let team = team(world).await;
        let services = &team.company.services;
        let id = team.start(ReviewOf::Role(RoleId::new("source_admin"))).await.id;
        let early = reviews::csv(services, &team.company.owner(&team.amara).await, id).await.map(drop).unwrap_err();
        assert_eq!(early.kind, FailureKind::Conflict, "{early}");
        team.decide(&team.rae, id, "Bea", Decision::Revoke).await.unwrap();
        let place = team.item(id, "Bea").await.place;
        reviews::note(services, &team.company.member(&team.rae).await, id, place, "=left, \"gone\"").await.unwrap();
        team.sign_off(id).await.unwrap();
        let file = team.record(id).await;
        let digest: String = Sha256::digest(&file).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(team.find(id).await.digest.as_deref(), Some(digest.as_str()));
        let trail = team.trail(2).await;
        assert!(matches!(&trail[0].event, Event::ReviewExported { .. }), "{trail:?}");
        assert!(matches!(&trail[1].event, Event::ReviewSignedOff { digest: told, .. } if *told == digest));
        let text = String::from_utf8(file).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
        let bea = rows.iter().find(|row| &row[6] == "Bea").unwrap();
        assert_eq!((&bea[2], &bea[3], &bea[10], &bea[11], &bea[13], &bea[14]), ("Signed off", "Amara", "Revoke", "Rae", "'=left, \"gone\"", "Revoked"));
        assert_eq!(rows.len(), 2);
        // the trail's digest holds only as long as these words do
        assert_eq!(text.lines().next(), Some("Review,About,State,Ended by,Ended at,Holder,Name,Email,Access,Last used,Decision,Decided by,Decided at,Note,Outcome"));
        let data = rows.iter().find(|row| &row[6] == "Data").unwrap();
        assert_eq!([&data[0], &data[1], &data[2], &data[5], &data[8], &data[10], &data[14]], ["Autumn", "the role Source Admin", "Signed off", "Group", "Source Admin (all)", "To decide", "Stays: not decided"]);
    }

    async fn an_ended_review_takes_no_decision_and_a_cancelled_one_revokes_nothing(world: World) {
        let team = team(world).await;
        let services = &team.company.services;
        let id = team.start(ReviewOf::Role(RoleId::new("source_admin"))).await.id;
        team.decide(&team.rae, id, "Bea", Decision::Revoke).await.unwrap();
        let owner = team.company.owner(&team.amara).await;
        // as many are to be revoked as were shown, but others
        let shown = reviews::sign_off_preview(services, &owner, id).await.unwrap();
        assert_eq!((shown.revoked, shown.whose.as_slice(), shown.owners), (1, ["Bea".to_owned()].as_slice(), 0));
        team.decide(&team.rae, id, "Bea", Decision::Undecided).await.unwrap();
        team.decide(&team.rae, id, "Data", Decision::Revoke).await.unwrap();
        let stale = reviews::sign_off(services, &owner, id, shown.decisions).await.unwrap_err();
        assert_eq!(stale.kind, FailureKind::Conflict);
        team.decide(&team.rae, id, "Data", Decision::Undecided).await.unwrap();
        reviews::cancel(services, &owner, id).await.unwrap();
        assert_eq!(team.person(&team.bea).await.grants.len(), 2);
        assert_eq!(team.decide(&team.rae, id, "Data", Decision::Keep).await.unwrap_err().kind, FailureKind::Conflict);
        for refused in [reviews::cancel(services, &owner, id).await.unwrap_err(), team.sign_off(id).await.unwrap_err()] {
            assert_eq!(refused.kind, FailureKind::Conflict, "{refused}");
        }
        assert_eq!(team.find(id).await.state, ReviewState::Cancelled);
    }
}
