//! A workspace's settings: saved as one change, refused by field, and what they ask of sessions and invites.

use crate::{
    company::{Browser, Company, PASSWORD},
    resources::trail,
};
use domain::{
    failure::{Failure, FailureKind},
    invite::InviteState,
    member::MemberKind,
    plan::Plan,
    save::SaveOutcome,
    settings::{SettingsWish, WorkspaceSettings},
    time::Span,
    workspace::WorkspaceSlug,
};
use service::{accounts, actor::Meta, invites, operator, sessions, settings, workspaces};
use testkit::{World, on_both};

async fn found(company: &Company, who: &Browser) -> WorkspaceSettings {
    settings::find(&company.services, &company.owner(who).await).await.unwrap()
}

/// Saves what is there with this in it changed.
async fn save(company: &Company, who: &Browser, edit: impl FnOnce(&mut SettingsWish)) -> Result<WorkspaceSettings, Failure> {
    let owner = company.owner(who).await;
    let known = settings::find(&company.services, &owner).await?;
    let mut wish = known.wish();
    edit(&mut wish);
    match settings::change(&company.services, &owner, known.revision, &wish).await? {
        SaveOutcome::Saved(saved) => Ok(saved),
        SaveOutcome::Conflict(theirs) => panic!("nobody else saved: {theirs:?}"),
    }
}

async fn idle_after(company: &Company, who: &Browser, minutes: u32) {
    save(company, who, |wish| wish.idle_minutes = minutes).await.unwrap();
}

/// How a request to the workspace would be answered.
async fn asked(company: &Company, who: &Browser) -> Option<FailureKind> {
    let me = company.services.signed_in(&who.secret, Meta::default()).await.map_err(|failure| failure.kind);
    match me {
        Ok(me) => company.services.member(me, &who.slug).await.err().map(|failure| failure.kind),
        Err(kind) => Some(kind),
    }
}

on_both! {
    async fn owner_changes_all_of_it_as_one_change(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let saved = save(&company, &amara, |wish| *wish = SettingsWish {
            name: "  Okafor & Sons ".to_owned(), slug: "okafor".to_owned(), idle_minutes: 60, invite_days: " 14 ".to_owned(),
        }).await.unwrap();
        assert_eq!((saved.name.as_str(), saved.slug.as_str(), saved.revision), ("Okafor & Sons", "okafor", 2));
        assert_eq!(asked(&company, &amara).await, Some(FailureKind::NotFound), "old addresses end");
        let moved = Browser { secret: amara.secret.clone(), slug: saved.slug.clone() };
        assert_eq!(found(&company, &moved).await, saved);
        assert_eq!(trail(&company, &moved).await[0], "renamed the workspace to Okafor & Sons");
        let mine = workspaces::mine(&company.services, &company.signed_in(&moved).await).await.unwrap();
        assert_eq!(mine[0].workspace.slug.as_str(), "okafor");
    }

    async fn what_can_not_be_is_refused_by_field(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let long = "x".repeat(41);
        type Edit<'a> = (&'a str, &'a str, Box<dyn Fn(&mut SettingsWish) + 'a>);
        let edits: [Edit<'_>; 8] = [
            ("name", "missing", Box::new(|wish| wish.name = "  ".to_owned())),
            ("slug", "lower-case", Box::new(|wish| wish.slug = "Acme Inc".to_owned())),
            ("slug", "2 to 40", Box::new(|wish| wish.slug = long.clone())),
            ("slug", "has the address `eve-inc`; choose", Box::new(|wish| wish.slug = eve.slug.to_string())),
            ("idle_minutes", "15, 30, 60", Box::new(|wish| wish.idle_minutes = 14)),
            ("invite_days", "from 1 to 30", Box::new(|wish| wish.invite_days = "0".to_owned())),
            ("invite_days", "from 1 to 30", Box::new(|wish| wish.invite_days = "31".to_owned())),
            ("invite_days", "`soon` is no number", Box::new(|wish| wish.invite_days = "soon".to_owned())),
        ];
        let before = found(&company, &amara).await;
        for (field, words, edit) in edits {
            let refused = save(&company, &amara, edit).await.unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field), "{refused}");
            assert!(refused.message.contains(words), "{refused}");
        }
        let all = |wish: &mut SettingsWish| *wish = SettingsWish { slug: "Bad Slug/%".to_owned(), invite_days: "99".to_owned(), ..SettingsWish::default() };
        let refused = save(&company, &amara, all).await.unwrap_err();
        let also: Vec<&str> = refused.also.iter().map(|wrong| wrong.field.as_str()).collect();
        assert_eq!((refused.field.as_deref(), also.as_slice()), (Some("name"), ["slug", "invite_days"].as_slice()), "all that is wrong is told at once");
        assert_eq!(found(&company, &amara).await, before);
    }

    async fn who_comes_second_is_shown_what_the_first_left(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        let known = found(&company, &amara).await;
        let theirs = save(&company, &bea, |wish| wish.invite_days = "3".to_owned()).await.unwrap();
        let wish = SettingsWish { name: "Mine".to_owned(), ..known.wish() };
        let outcome = settings::change(&company.services, &company.owner(&amara).await, known.revision, &wish).await.unwrap();
        assert_eq!(outcome, SaveOutcome::Conflict(theirs));
    }

    async fn a_member_has_no_settings_and_a_former_owner_saves_none(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        let dora = company.joined(&amara, "Dora", MemberKind::Member, Vec::new()).await;
        let refused = company.services.owner(company.signed_in(&dora).await, &dora.slug).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Forbidden);
        let (proof, known) = (company.owner(&bea).await, found(&company, &bea).await);
        service::members::remove(&company.services, &company.owner(&amara).await, proof.member().unwrap()).await.unwrap();
        let late = settings::change(&company.services, &proof, known.revision, &known.wish()).await.unwrap_err();
        assert_eq!(late.kind, FailureKind::NotFound);
    }

    async fn the_plan_s_page_tells_what_it_locks(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        assert!(found(&company, &amara).await.includes.locked.is_empty());
        operator::set_plan(&company.services, &company.services.operator(), amara.slug.as_str(), "team").await.unwrap();
        let page = found(&company, &amara).await;
        assert_eq!((page.plan, page.includes.roles.as_slice(), page.includes.groups), (Plan::Team, ["Source Admin".to_owned()].as_slice(), false));
    }

    async fn new_and_resent_invites_last_as_long_as_the_workspace_says(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        save(&company, &amara, |wish| wish.invite_days = "1".to_owned()).await.unwrap();
        let link = company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let anyone = company.services.anonymous(Meta::default());
        let ends = company.services.now().plus(Span::days(1));
        assert_eq!(invites::offer(&company.services, &anyone, &link).await.unwrap().expires_at, ends);
        company.clock.advance(Span::days(1));
        assert_eq!(invites::offer(&company.services, &anyone, &link).await.unwrap().state, InviteState::Expired);
        save(&company, &amara, |wish| wish.invite_days = "30".to_owned()).await.unwrap();
        let owner = company.owner(&amara).await;
        let query = domain::member::UserQuery::default();
        let rows = service::members::users(&company.services, &owner, &query).await.unwrap().rows;
        let id = rows.iter().find_map(|row| match row.id {
            domain::member::UserId::Invite(id) => Some(id),
            domain::member::UserId::Member(_) => None,
        });
        let resent = invites::resend(&company.services, &owner, id.unwrap()).await.unwrap();
        let offer = invites::offer(&company.services, &anyone, resent.link.rsplit('/').next().unwrap()).await.unwrap();
        assert_eq!(offer.expires_at, company.services.now().plus(Span::days(30)));
    }

    async fn a_session_that_rested_too_long_is_signed_out_of_that_workspace_alone(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        // Eve is in both; only Amara's asks for more
        let invite = company.invite(&amara, "eve@acme.test", MemberKind::Member, Vec::new()).await;
        invites::accept(&company.services, &company.signed_in(&eve).await, &invite).await.unwrap();
        let there = Browser { secret: eve.secret.clone(), slug: amara.slug.clone() };
        idle_after(&company, &amara, 15).await;
        for _ in 0..4 {
            company.clock.advance(Span::minutes(15));
            assert_eq!((asked(&company, &there).await, asked(&company, &amara).await), (None, None), "15 minutes are not more than 15");
        }
        company.clock.advance(Span::minutes(16));
        assert_eq!(asked(&company, &there).await, Some(FailureKind::SignedOut));
        assert_eq!(asked(&company, &there).await, Some(FailureKind::SignedOut), "asking again makes it no younger");
        assert_eq!(asked(&company, &eve).await, None, "her own workspace asks for nothing");
        assert_eq!(asked(&company, &there).await, Some(FailureKind::SignedOut), "nor does being busy elsewhere");
        let refused = company.services.member(company.signed_in(&there).await, &there.slug).await.unwrap_err();
        assert!(refused.message.contains("Amara Inc asks for the password again after 15 minutes"), "{refused}");
    }

    async fn what_an_open_page_asks_by_itself_is_no_sign_of_life(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        idle_after(&company, &amara, 15).await;
        let by_itself = async || {
            let meta = Meta { unattended: true, ..Meta::default() };
            let me = company.services.signed_in(&amara.secret, meta).await.unwrap();
            company.services.member(me, &amara.slug).await.err().map(|failure| failure.kind)
        };
        company.clock.advance(Span::minutes(10));
        assert_eq!(by_itself().await, None);
        company.clock.advance(Span::minutes(6));
        assert_eq!(by_itself().await, Some(FailureKind::SignedOut));
        assert_eq!(asked(&company, &amara).await, Some(FailureKind::SignedOut), "the page kept nobody awake");
    }

    async fn the_password_given_again_opens_it_and_the_old_session_is_gone(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        idle_after(&company, &amara, 30).await;
        company.clock.advance(Span::minutes(31));
        assert_eq!(asked(&company, &amara).await, Some(FailureKind::SignedOut));
        let old = company.signed_in(&amara).await;
        let anyone = company.services.anonymous(Meta::default());
        let secret = accounts::sign_in_over(&company.services, &anyone, "amara@acme.test", PASSWORD, Some(old)).await.unwrap();
        let again = Browser { secret, slug: amara.slug.clone() };
        assert_eq!(asked(&company, &again).await, None);
        assert_eq!(sessions::mine(&company.services, &company.signed_in(&again).await).await.unwrap().len(), 1);
        assert_eq!(company.services.signed_in(&amara.secret, Meta::default()).await.unwrap_err().kind, FailureKind::SignedOut);
    }

    async fn somebody_else_s_session_does_not_end_with_a_sign_in(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let anyone = company.services.anonymous(Meta::default());
        accounts::sign_in_over(&company.services, &anyone, "eve@acme.test", PASSWORD, Some(company.signed_in(&amara).await)).await.unwrap();
        assert_eq!((asked(&company, &amara).await, asked(&company, &eve).await), (None, None));
    }

    async fn a_stranger_is_told_nothing_whatever_their_session_did(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        idle_after(&company, &amara, 15).await;
        company.clock.advance(Span::hours(1));
        let there = Browser { secret: eve.secret.clone(), slug: amara.slug.clone() };
        assert_eq!(asked(&company, &there).await, Some(FailureKind::NotFound));
        let nowhere = Browser { secret: eve.secret, slug: WorkspaceSlug::parse("nowhere").unwrap() };
        assert_eq!(asked(&company, &nowhere).await, Some(FailureKind::NotFound));
    }
}
