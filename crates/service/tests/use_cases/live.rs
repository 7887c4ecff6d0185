//! Open pages are told of changes, of what their member has become, and that it is over.

use crate::company::{Browser, Company};
use domain::{
    failure::FailureKind,
    group::GroupWish,
    member::{MemberAccess, MemberKind},
    workspace::WorkspaceSlug,
};
use futures::{Stream, StreamExt as _};
use service::{
    accounts, groups,
    live::{self, Told},
    members,
};
use std::pin::Pin;
use testkit::{World, on_both};

async fn followed(company: &Company, who: &Browser) -> Pin<Box<dyn Stream<Item = Told> + Send>> {
    Box::pin(live::follow(&company.services, who.secret.clone(), who.slug.clone()).await.unwrap())
}

/// Some change in this owner's workspace.
async fn change(company: &Company, by: &Browser, name: &str) {
    let wish = GroupWish { name: name.to_owned(), pii: false, grants: Vec::new() };
    groups::create(&company.services, &company.owner(by).await, &wish).await.unwrap();
}

on_both! {
    async fn a_change_is_told_and_what_one_has_become(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let id = company.id(&bea).await;
        let (mut mine, mut theirs) = (followed(&company, &amara).await, followed(&company, &bea).await);
        change(&company, &amara, "Designers").await;
        assert_eq!((mine.next().await, theirs.next().await), (Some(Told::Changed(MemberKind::Owner)), Some(Told::Changed(MemberKind::Member))));

        let owner = company.owner(&amara).await;
        let before = members::find(&company.services, &owner, id).await.unwrap();
        let wish = MemberAccess { kind: MemberKind::Owner, ..before.access() };
        members::change_access(&company.services, &owner, id, before.revision, wish, None).await.unwrap();
        assert_eq!(theirs.next().await, Some(Told::Changed(MemberKind::Owner)));
        members::remove(&company.services, &owner, id).await.unwrap();
        assert_eq!((theirs.next().await, theirs.next().await), (Some(Told::Gone), None));
    }

    async fn strangers_follow_nothing_and_other_workspaces_are_silent(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let refused = |secret: &str, slug: &WorkspaceSlug| live::follow(&company.services, secret.to_owned(), slug.clone());
        assert_eq!(refused(&eve.secret, &amara.slug).await.err().unwrap().kind, FailureKind::NotFound);
        assert_eq!(refused("nothing", &amara.slug).await.err().unwrap().kind, FailureKind::SignedOut);
        let mut mine = followed(&company, &amara).await;
        change(&company, &eve, "Elsewhere").await;
        change(&company, &amara, "Here").await;
        assert_eq!(mine.next().await, Some(Told::Changed(MemberKind::Owner)));
        company.services.ending.begin();
        assert_eq!(mine.next().await, None, "one change, told once; then the server ended");
    }

    async fn who_signed_out_is_told_at_the_next_change(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let mut theirs = followed(&company, &bea).await;
        accounts::sign_out(&company.services, company.signed_in(&bea).await).await.unwrap();
        change(&company, &amara, "Designers").await;
        assert_eq!((theirs.next().await, theirs.next().await), (Some(Told::SignedOut), None));
    }
}
