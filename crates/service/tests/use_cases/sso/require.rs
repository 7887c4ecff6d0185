//! Requiring single sign-on: who came otherwise is out of that workspace and of no other, and a way in is always kept.

use super::stage::{Stage, connected, oidc};
use crate::{
    company::{Browser, PASSWORD},
    resources::trail,
};
use domain::{
    audit::{Chain, Event},
    bulk::{BulkChange, UserSelection},
    failure::{Failure, FailureKind},
    id::MemberId,
    member::{MemberKind, UserId},
    sso::require::{RequirementWish, SsoRequirement},
};
use futures::StreamExt as _;
use serde_json::json;
use service::{account_deletion, bulk, live, members, operator, sso, tokens};
use testkit::{World, on_both, providers::oidc::Provider};

/// Amara came by single sign-on, in a session beside the one by her password.
async fn by_sso(stage: &Stage) -> Browser {
    stage.comes(json!({ "sub": "amara", "email": "amara@acme.test" })).await
}

async fn set(stage: &Stage, who: &Browser, required: bool, exceptions: &[MemberId]) -> Result<SsoRequirement, Failure> {
    let wish = RequirementWish { required, exceptions: exceptions.to_vec() };
    sso::require::set(&stage.company.services, &stage.company.owner(who).await, &wish).await
}

/// It is required, but of Amara; gives her session by single sign-on.
async fn required(stage: &Stage) -> Browser {
    let amara = by_sso(stage).await;
    let me = stage.company.id(&amara).await;
    set(stage, &amara, true, &[me]).await.unwrap();
    amara
}

/// Dora, an owner who came by single sign-on and has no password.
async fn without_password(stage: &Stage, by: &Browser) -> Browser {
    let dora = stage.comes(json!({ "sub": "dora", "email": "dora@acme.test" })).await;
    let (owner, id) = (stage.company.owner(by).await, stage.company.id(&dora).await);
    let found = members::find(&stage.company.services, &owner, id).await.unwrap();
    let access = domain::member::MemberAccess { kind: MemberKind::Owner, ..found.access() };
    members::change_access(&stage.company.services, &owner, id, found.revision, access, None).await.unwrap();
    dora
}

fn demoted(member: &domain::member::Member) -> domain::member::MemberAccess {
    domain::member::MemberAccess { kind: MemberKind::Member, ..member.access() }
}

on_both! {
    async fn who_came_otherwise_loses_the_workspace_in_mid_session_and_no_other(world: World) {
        let stage = Stage::set(world).await;
        let eve = stage.company.founder("Eve").await;
        let bea = stage.company.joined(&stage.owner, "Bea", MemberKind::Member, Vec::new()).await;
        stage.company.joined(&eve, "Cai", MemberKind::Member, Vec::new()).await;
        let invite = stage.company.invite(&eve, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        service::invites::accept(&stage.company.services, &stage.company.signed_in(&bea).await, &invite).await.unwrap();
        stage.enters(&bea, &stage.owner.slug).await.unwrap();
        let amara = required(&stage).await;
        let refused = stage.enters(&bea, &stage.owner.slug).await.unwrap_err();
        assert!(refused.kind == FailureKind::SsoRequired && refused.message.contains("Amara Inc asks"), "{refused}");
        stage.enters(&bea, &eve.slug).await.unwrap();
        let doors = sso::ways::doors(&stage.company.services, &stage.company.signed_in(&bea).await, &stage.owner.slug).await.unwrap();
        assert_eq!(doors.iter().map(|door| door.connection).collect::<Vec<_>>(), [stage.connection]);
        let strange = sso::ways::doors(&stage.company.services, &stage.company.signed_in(&eve).await, &stage.owner.slug).await;
        assert_eq!(strange.unwrap_err().kind, FailureKind::NotFound);
        let asked = async |who: &Browser, slug| {
            let services = &stage.company.services;
            let me = stage.company.signed_in(who).await;
            sso::ways::ways_in(services, &services.anonymous(Default::default()), Some(me), Some(slug)).await.unwrap().asks_for_sso
        };
        let asks = asked(&bea, &stage.owner.slug).await.unwrap();
        assert_eq!((asks.workspace.as_str(), asks.doors, asks.reason), ("Amara Inc", doors, refused.message));
        assert_eq!(asked(&bea, &eve.slug).await, None, "that one asks for nothing");
        assert_eq!(asked(&eve, &stage.owner.slug).await, None, "it is told to members alone");
        // by single sign-on she is in again, and so is who is excepted
        let bea = stage.comes(json!({})).await;
        stage.enters(&bea, &stage.owner.slug).await.unwrap();
        stage.enters(&stage.owner, &stage.owner.slug).await.unwrap();
        assert_eq!(trail(&stage.company, &amara).await.iter().filter(|line| *line == "required single sign-on").count(), 1);
        // no longer required: the way it was
        set(&stage, &stage.owner, false, &[]).await.unwrap();
        let by_password = stage.by_password("bea@acme.test", &stage.owner.slug).await;
        stage.enters(&by_password, &stage.owner.slug).await.unwrap();
    }

    async fn an_open_page_of_who_came_otherwise_is_told_at_once(world: World) {
        let stage = Stage::set(world).await;
        let bea = stage.company.joined(&stage.owner, "Bea", MemberKind::Member, Vec::new()).await;
        let (amara, services) = (by_sso(&stage).await, &stage.company.services);
        let mut theirs = Box::pin(live::follow(services, bea.secret.clone(), bea.slug.clone()).await.unwrap());
        let me = stage.company.id(&amara).await;
        set(&stage, &amara, true, &[me]).await.unwrap();
        assert_eq!((theirs.next().await, theirs.next().await), (Some(live::Told::SignedOut), None));
        let refused = live::follow(services, bea.secret, bea.slug).await.err().unwrap();
        assert_eq!(refused.kind, FailureKind::SsoRequired);
    }

    async fn only_who_came_by_it_switches_it_on(world: World) {
        let stage = Stage::set(world).await;
        let me = stage.company.id(&stage.owner).await;
        let shown = sso::require::find(&stage.company.services, &stage.company.owner(&stage.owner).await).await.unwrap();
        assert!(shown.hindrance.as_ref().is_some_and(|why| why.starts_with("Sign in by")), "{shown:?}");
        let refused = set(&stage, &stage.owner, true, &[me]).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Conflict, "{refused}");
        let amara = by_sso(&stage).await;
        assert_eq!(sso::require::find(&stage.company.services, &stage.company.owner(&amara).await).await.unwrap().hindrance, None);
        assert!(set(&stage, &amara, true, &[me]).await.unwrap().required);
    }

    async fn not_by_the_single_sign_on_of_another_workspace(world: World) {
        let stage = Stage::set(world).await;
        let eve = stage.company.founder("Eve").await;
        let provider = Provider::open().await;
        connected(&stage.company, &eve, &oidc("Hers", &provider)).await;
        let amara = by_sso(&stage).await;
        // Amara, who came by her own workspace's, owns another one
        let second = service::workspaces::create(&stage.company.services, &stage.company.signed_in(&amara).await, "Second").await.unwrap();
        let there = Browser { secret: amara.secret.clone(), slug: second };
        let me = stage.company.id(&there).await;
        let refused = set(&stage, &there, true, &[me]).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Conflict, "{refused}");
    }

    async fn who_came_by_one_workspace_s_does_not_enter_another_that_requires_its_own(world: World) {
        let stage = Stage::set(world).await;
        required(&stage).await;
        let bea = stage.comes(json!({})).await;
        // Eve's workspace has its own provider and domain, and asks for it
        let eve = stage.company.founder("Eve").await;
        let invite = stage.company.invite(&eve, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        service::invites::accept(&stage.company.services, &stage.company.signed_in(&bea).await, &invite).await.unwrap();
        stage.enters(&bea, &eve.slug).await.unwrap();
        let tx = stage.company.world.store.begin().await.unwrap();
        let theirs = stage.company.owner(&eve).await.workspace().id;
        store::workspaces::require_sso(&tx, theirs, true).await.unwrap();
        tx.commit(stage.company.world.record(Chain::Workspace(theirs), Event::SignedOut)).await.unwrap();
        assert_eq!(stage.enters(&bea, &eve.slug).await.unwrap_err().kind, FailureKind::SsoRequired);
        stage.enters(&bea, &stage.owner.slug).await.unwrap();
    }

    async fn one_owner_with_a_password_is_always_excepted(world: World) {
        let stage = Stage::set(world).await;
        let amara = by_sso(&stage).await;
        let bea = stage.company.joined(&stage.owner, "Bea", MemberKind::Member, Vec::new()).await;
        let dora = without_password(&stage, &amara).await;
        let (member, without) = (stage.company.id(&bea).await, stage.company.id(&dora).await);
        // a member is none, and an owner without a password is none
        for exceptions in [&[][..], &[member], &[member, without]] {
            let refused = set(&stage, &amara, true, exceptions).await.unwrap_err();
            assert_eq!((refused.kind, refused.field.as_deref()), (FailureKind::Conflict, Some("exceptions")), "{refused}");
        }
        // nor is one who has never shown that the address is theirs: its holder may come any day, and take the account without the password
        let unproven = stage.company.invite(&stage.owner, "finn@acme.test", MemberKind::Owner, Vec::new()).await;
        let anyone = stage.company.services.anonymous(service::actor::Meta::default());
        let up = service::invites::accept_as_new(&stage.company.services, &anyone, &unproven, "Finn", crate::company::PASSWORD).await.unwrap();
        let finn = Browser { secret: up.session_secret, slug: up.slug };
        let finn = stage.company.id(&finn).await;
        assert_eq!(set(&stage, &amara, true, &[finn]).await.unwrap_err().field.as_deref(), Some("exceptions"));
        let me = stage.company.id(&amara).await;
        let shown = set(&stage, &amara, true, &[me, member]).await.unwrap();
        assert_eq!(shown.exceptions.iter().map(|one| (one.name.as_str(), one.is_break_glass)).collect::<Vec<_>>(), [("Amara", true), ("Bea", false)]);
        let refused = set(&stage, &amara, true, &[member]).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("exceptions"), "{refused}");
        let stranger = stage.company.world.id(MemberId::new);
        assert_eq!(set(&stage, &amara, true, &[me, stranger]).await.unwrap_err().field.as_deref(), Some("exceptions"));
    }

    async fn the_last_one_is_neither_removed_nor_demoted_and_does_not_leave(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let amara = required(&stage).await;
        let me = stage.company.id(&amara).await;
        let _by_password = stage.company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        let bea = stage.comes(json!({ "sub": "bea", "email": "bea@acme.test" })).await;
        let owner = stage.company.owner(&bea).await;
        let found = members::find(services, &owner, me).await.unwrap();
        let selection = UserSelection::These(vec![UserId::Member(me)]);
        let seen = bulk::preview(services, &owner, &selection, &BulkChange::Remove).await.unwrap().seen();
        for refused in [
            members::remove(services, &owner, me).await.map(drop),
            members::remove_many(services, &owner, &[me]).await.map(drop),
            members::change_access(services, &owner, me, found.revision, demoted(&found), None).await.map(drop),
            members::leave(services, &stage.company.member(&amara).await).await,
            bulk::apply(services, &owner, &selection, &BulkChange::Remove, seen, None).await.map(drop),
            account_deletion::delete(services, &stage.company.signed_in(&amara).await, "amara@acme.test", PASSWORD).await,
        ] {
            let refused = refused.unwrap_err();
            assert!(refused.kind == FailureKind::Conflict && refused.message.contains("last owner who may come by password"), "{refused}");
        }
        let shown = account_deletion::preview(services, &stage.company.signed_in(&amara).await).await.unwrap();
        assert!(shown.leaves.is_empty() && shown.needed_in[0].why.contains("last owner who may come by password"), "{shown:?}");
        // with another one she may go
        let other = stage.company.id(&bea).await;
        set(&stage, &bea, true, &[me, other]).await.unwrap();
        assert!(account_deletion::preview(services, &stage.company.signed_in(&amara).await).await.unwrap().needed_in.is_empty());
        members::remove(services, &owner, me).await.unwrap();
        let left = sso::require::find(services, &owner).await.unwrap();
        assert_eq!(left.exceptions.iter().map(|one| one.member).collect::<Vec<_>>(), [other]);
    }

    async fn an_exception_comes_back_with_who_was_removed(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let amara = by_sso(&stage).await;
        let bea = stage.company.joined(&stage.owner, "Bea", MemberKind::Owner, Vec::new()).await;
        let cai = stage.company.joined(&stage.owner, "Cai", MemberKind::Member, Vec::new()).await;
        let (me, excepted, other) = (stage.company.id(&amara).await, stage.company.id(&bea).await, stage.company.id(&cai).await);
        set(&stage, &amara, true, &[me, excepted]).await.unwrap();
        let owner = stage.company.owner(&amara).await;
        // one alone, and then both at once
        members::remove(services, &owner, excepted).await.unwrap();
        let alone = bulk::latest(services, &owner).await.unwrap().remove(0);
        assert_eq!(bulk::undo(services, &owner, alone.id, None).await.unwrap().restored, 1);
        stage.enters(&bea, &stage.owner.slug).await.unwrap();
        let selection = UserSelection::These(vec![UserId::Member(excepted), UserId::Member(other)]);
        let seen = bulk::preview(services, &owner, &selection, &BulkChange::Remove).await.unwrap().seen();
        let both = bulk::apply(services, &owner, &selection, &BulkChange::Remove, seen, None).await.unwrap().done.unwrap();
        assert!(stage.enters(&bea, &stage.owner.slug).await.is_err());
        assert_eq!(bulk::undo(services, &owner, both.id, None).await.unwrap().restored, 2);
        stage.enters(&bea, &stage.owner.slug).await.unwrap();
        assert!(stage.enters(&cai, &stage.owner.slug).await.is_err(), "who was not excepted is not now");
        let shown = sso::require::find(services, &owner).await.unwrap();
        assert_eq!(shown.exceptions.iter().map(|one| one.member).collect::<Vec<_>>(), [me, excepted]);
        let told = trail(&stage.company, &amara).await;
        assert_eq!(told.iter().filter(|line| line.contains("who is excepted from single sign-on")).count(), 2, "{told:?}");
    }

    async fn who_is_no_owner_goes_though_no_way_in_is_left(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let amara = required(&stage).await;
        let mut people = Vec::new();
        for name in ["Bea", "Cai", "Finn"] {
            stage.company.joined(&stage.owner, name, MemberKind::Member, Vec::new()).await;
            let by_sso = stage.comes(json!({ "sub": name, "email": format!("{}@acme.test", name.to_lowercase()) })).await;
            people.push(stage.company.id(&by_sso).await);
        }
        let dora = without_password(&stage, &amara).await;
        let owner = stage.company.owner(&amara).await;
        // whoever was excepted has lost what made them a way in
        let workspace = owner.workspace().id;
        let tx = stage.company.world.store.begin().await.unwrap();
        store::sso::requirement::set_exceptions(&tx, workspace, &[]).await.unwrap();
        tx.commit(stage.company.world.record(Chain::Workspace(workspace), Event::SignedOut)).await.unwrap();
        members::remove(services, &owner, people[0]).await.unwrap();
        members::remove_many(services, &owner, &[people[1]]).await.unwrap();
        let selection = UserSelection::These(vec![UserId::Member(people[2])]);
        let seen = bulk::preview(services, &owner, &selection, &BulkChange::Remove).await.unwrap().seen();
        bulk::apply(services, &owner, &selection, &BulkChange::Remove, seen, None).await.unwrap();
        // an owner is told what to do first
        let dora = stage.company.id(&dora).await;
        let selection = UserSelection::These(vec![UserId::Member(dora)]);
        let seen = bulk::preview(services, &owner, &selection, &BulkChange::Remove).await.unwrap().seen();
        for refused in [
            members::remove(services, &owner, dora).await.map(drop),
            members::remove_many(services, &owner, &[dora]).await.map(drop),
            bulk::apply(services, &owner, &selection, &BulkChange::Remove, seen, None).await.map(drop),
        ] {
            let refused = refused.unwrap_err();
            assert!(refused.message.contains("proven address") && refused.message.contains("account page"), "{refused}");
        }
    }

    async fn of_two_that_go_at_the_same_instant_one_stays(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let amara = by_sso(&stage).await;
        let bea = stage.company.joined(&stage.owner, "Bea", MemberKind::Owner, Vec::new()).await;
        let dora = without_password(&stage, &amara).await;
        let (one, two) = (stage.company.id(&amara).await, stage.company.id(&bea).await);
        let shown = set(&stage, &amara, true, &[one, two]).await.unwrap();
        assert!(shown.exceptions.iter().all(|exception| exception.is_break_glass), "{shown:?}");
        // an owner stays in any case: Dora, who has no other way in than the provider
        let (first, second) = (stage.company.owner(&dora).await, stage.company.owner(&dora).await);
        let (removed, left) = tokio::join!(members::remove(services, &first, one), members::remove(services, &second, two));
        assert!(removed.is_ok() != left.is_ok(), "{removed:?} {left:?}");
        let refused = removed.err().or(left.err()).unwrap();
        assert!(refused.kind == FailureKind::Conflict && refused.message.contains("last owner who may come by password"), "{refused}");
        let left = sso::require::find(services, &stage.company.owner(&dora).await).await.unwrap();
        assert_eq!(left.exceptions.iter().map(|exception| exception.is_break_glass).collect::<Vec<_>>(), [true]);
    }

    async fn the_last_connection_is_kept_while_it_is_required(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let amara = required(&stage).await;
        let owner = stage.company.owner(&amara).await;
        assert!(sso::connections::page(services, &owner, stage.connection).await.unwrap().kept_on.is_some());
        for refused in [
            sso::connections::switch(services, &owner, stage.connection, false).await.map(drop),
            sso::connections::delete(services, &owner, stage.connection).await,
        ] {
            assert_eq!(refused.unwrap_err().kind, FailureKind::Conflict);
        }
        let other = connected(&stage.company, &amara, &oidc("Second", &stage.provider)).await;
        sso::connections::delete(services, &owner, stage.connection).await.unwrap();
        // who came by the one that is gone is out; who is excepted puts things right
        assert_eq!(stage.enters(&amara, &amara.slug).await.unwrap_err().kind, FailureKind::SignedOut);
        stage.goes_by(other, json!({})).await;
        set(&stage, &stage.owner, false, &[]).await.unwrap();
    }

    async fn a_plan_that_lost_it_asks_for_nothing(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let bea = stage.company.joined(&stage.owner, "Bea", MemberKind::Member, Vec::new()).await;
        required(&stage).await;
        operator::set_plan(services, &services.operator(), stage.owner.slug.as_str(), "team").await.unwrap();
        stage.enters(&bea, &stage.owner.slug).await.unwrap();
        operator::set_plan(services, &services.operator(), stage.owner.slug.as_str(), "business").await.unwrap();
        assert_eq!(stage.enters(&bea, &stage.owner.slug).await.unwrap_err().kind, FailureKind::SsoRequired);
    }

    async fn tokens_are_untouched(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let wish = domain::token::TokenWish { name: "Shop".to_owned(), owner_access: true, grants: Vec::new(), expires_at: None };
        let made = tokens::create(services, &stage.company.owner(&stage.owner).await, wish).await.unwrap();
        required(&stage).await;
        let token = services.token(made.secret.reveal(), &Default::default()).await.unwrap();
        let owner = services.owner_by_token(token).unwrap();
        members::users(services, &owner, &Default::default()).await.unwrap();
        // but a machine switches nothing on: it never came by single sign-on
        set(&stage, &stage.owner, false, &[]).await.unwrap();
        let refused = sso::require::set(services, &owner, &RequirementWish { required: true, exceptions: Vec::new() }).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Forbidden, "{refused}");
    }
}
