//! Inviting, accepting, resending, revoking.

use crate::company::{Browser, Company, PASSWORD};
use domain::{
    catalog::RoleId,
    email::EmailAddress,
    failure::FailureKind,
    grant::{GrantSpec, Scope},
    invite::{Invitation, InviteState},
    member::{MemberKind, UserId, UserQuery},
    save::{Expected, Stale},
    time::Span,
};
use service::{actor::Meta, invites, members, workspaces};
use testkit::{World, on_both};

fn admin() -> GrantSpec {
    GrantSpec::new(RoleId::new("source_admin"), Scope::All)
}

fn to(emails: &[&str]) -> Invitation {
    let emails = emails.iter().map(|email| EmailAddress::parse(email).unwrap()).collect();
    Invitation { emails, kind: MemberKind::Member, pii: true, grants: vec![admin()], groups: Vec::new() }
}

async fn offer(company: &Company, secret: &str) -> Result<InviteState, domain::failure::Failure> {
    Ok(invites::offer(&company.services, &company.services.anonymous(Meta::default()), secret).await?.state)
}

async fn pending(company: &Company, owner: &Browser) -> Vec<domain::id::InviteId> {
    let owner = company.owner(owner).await;
    let page = members::users(&company.services, &owner, &UserQuery::default()).await.unwrap();
    page.rows.into_iter().filter_map(|row| if let UserId::Invite(id) = row.id { Some(id) } else { None }).collect()
}

on_both! {
    async fn who_accepts_gets_what_they_were_invited_with(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let secret = company.invite(&amara, "bea@acme.test", MemberKind::Member, vec![admin()]).await;
        let anyone = company.services.anonymous(Meta::default());
        let up = invites::accept_as_new(&company.services, &anyone, &secret, "Bea", PASSWORD).await.unwrap();
        let bea = Browser { secret: up.session_secret, slug: up.slug };
        let mine = members::mine(&company.services, &company.member(&bea).await).await.unwrap();
        assert_eq!(mine.member.grants.iter().map(|grant| grant.spec.clone()).collect::<Vec<_>>(), [admin()]);
        assert!(pending(&company, &amara).await.is_empty());
        assert_eq!(offer(&company, &secret).await.unwrap(), InviteState::Accepted);
        assert!(invites::accept_as_new(&company.services, &anyone, &secret, "Bea", PASSWORD).await.is_err(), "only once");
    }

    async fn who_has_an_account_signs_in_with_the_invited_address(world: World) {
        let company = Company::new(world);
        let (amara, bea, eve) = (company.founder("Amara").await, company.founder("Bea").await, company.founder("Eve").await);
        let secret = company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let refused = invites::accept(&company.services, &company.signed_in(&eve).await, &secret).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Forbidden);
        assert_eq!(offer(&company, &secret).await.unwrap(), InviteState::Pending);
        invites::accept(&company.services, &company.signed_in(&bea).await, &secret).await.unwrap();
        assert_eq!(workspaces::mine(&company.services, &company.signed_in(&bea).await).await.unwrap().len(), 2);
        assert_eq!(workspaces::mine(&company.services, &company.signed_in(&eve).await).await.unwrap().len(), 1);
    }

    async fn an_invite_lasts_seven_days(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let secret = company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        company.clock.advance(Span::days(6));
        assert_eq!(offer(&company, &secret).await.unwrap(), InviteState::Pending);
        company.clock.advance(Span::days(1));
        assert_eq!(offer(&company, &secret).await.unwrap(), InviteState::Expired);
        let anyone = company.services.anonymous(Meta::default());
        assert_eq!(invites::accept_as_new(&company.services, &anyone, &secret, "Bea", PASSWORD).await.unwrap_err().kind, FailureKind::Conflict);
    }

    async fn resending_renews_the_time_and_kills_the_old_link(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let old = company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        company.clock.advance(Span::days(5));
        let id = pending(&company, &amara).await[0];
        let owner = company.owner(&amara).await;
        let resent = invites::resend(&company.services, &owner, id).await.unwrap();
        assert_eq!(resent.revision, 2);
        let late = Expected::Revision(1);
        assert_eq!(invites::resend_if(&company.services, &owner, id, late).await.unwrap(), Err(Stale(Some(2))), "it was sent again since");
        assert_eq!(invites::revoke_if(&company.services, &owner, id, late).await.unwrap(), Err(Stale(Some(2))));
        let new = resent.link.rsplit('/').next().unwrap().to_owned();
        company.clock.advance(Span::days(1));
        assert_eq!(offer(&company, &old).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(offer(&company, &new).await.unwrap(), InviteState::Pending);
        assert_eq!(invites::link(&company.services, &owner, id).await.unwrap(), resent.link, "an owner can copy it again");
    }

    async fn a_revoked_invite_grants_nothing(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let secret = company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let id = pending(&company, &amara).await[0];
        invites::revoke(&company.services, &company.owner(&amara).await, id).await.unwrap();
        assert_eq!(offer(&company, &secret).await.unwrap(), InviteState::Revoked);
        let anyone = company.services.anonymous(Meta::default());
        assert!(invites::accept_as_new(&company.services, &anyone, &secret, "Bea", PASSWORD).await.is_err());
    }

    async fn inviting_again_replaces_and_a_members_address_is_refused_by_name(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let first = company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let owner = company.owner(&amara).await;
        let again = invites::send(&company.services, &owner, to(&["bea@acme.test", "cleo@acme.test"])).await.unwrap();
        assert_eq!(again.iter().map(|one| one.replaced).collect::<Vec<_>>(), [true, false]);
        assert_eq!(offer(&company, &first).await.unwrap(), InviteState::Revoked);
        let refused = invites::send(&company.services, &owner, to(&["dora@acme.test", "amara@acme.test"])).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("emails"));
        assert!(refused.message.contains("Amara"), "{refused}");
        assert_eq!(pending(&company, &amara).await.len(), 2, "none of a refused invitation is sent");
    }

    async fn two_who_accept_at_once_join_once(world: World) {
        let company = Company::new(world);
        let (amara, bea) = (company.founder("Amara").await, company.founder("Bea").await);
        let secret = company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let (me, again) = (company.signed_in(&bea).await, company.signed_in(&bea).await);
        let (one, two) = tokio::join!(invites::accept(&company.services, &me, &secret), invites::accept(&company.services, &again, &secret));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        assert_eq!(workspaces::mine(&company.services, &me).await.unwrap().len(), 2);
    }

    async fn an_invite_of_another_workspace_is_not_found(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let id = pending(&company, &amara).await[0];
        let stranger = company.owner(&eve).await;
        for refused in [
            invites::find(&company.services, &stranger, id).await.map(|_| ()),
            invites::link(&company.services, &stranger, id).await.map(|_| ()),
            invites::resend(&company.services, &stranger, id).await.map(|_| ()),
            invites::revoke(&company.services, &stranger, id).await,
        ] {
            assert_eq!(refused.unwrap_err().kind, FailureKind::NotFound);
        }
    }
}
