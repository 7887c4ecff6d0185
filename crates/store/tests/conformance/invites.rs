//! An invite is pending once per address, and settled once.

use crate::team::Team;
use domain::{
    grant::{Holder, Scope},
    id::MemberId,
    invite::{InviteQuery, InviteRow, InviteState},
    page::{Cursor, Page, PageSize},
};
use store::{
    Constraint, StoreError,
    invites::{self, NewInvite, NewLink},
};
use testkit::{World, on_both};

on_both! {
    async fn an_invite_reads_back_by_id_and_by_secret(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let group = team.group("Data team", &[]).await;
        let new = NewInvite { groups: vec![group], ..team.invited("zoe@acme.test") };
        let id = team.invite(new.clone()).await;
        let grant = team.grant("source_admin", Scope::All);
        team.give(Holder::Invite(id), std::slice::from_ref(&grant)).await;
        let found = invites::find(&world.store, team.id, id).await.unwrap().unwrap();
        assert_eq!((&found.email, &found.groups, &found.grants), (&new.email, &vec![group], &vec![grant.spec]));
        assert_eq!((found.state, found.generation, found.expires_at), (InviteState::Pending, 1, new.expires_at));
        assert_eq!(found.invited_by, new.invited_by_name);
        assert_eq!(invites::by_secret(&world.store, &new.secret_hash).await.unwrap(), Some((team.id, found)));
        assert_eq!(invites::by_secret(&world.store, &world.hash()).await.unwrap(), None);
        assert_eq!(invites::find(&world.store, other.id, id).await.unwrap(), None);
    }

    async fn an_address_has_one_pending_invite_in_a_workspace(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let first = team.invite(team.invited("zoe@acme.test")).await;
        other.invite(other.invited("zoe@acme.test")).await;
        let second = team.invited("zoe@acme.test");
        let tx = team.begin().await;
        let error = invites::insert(&tx, team.id, std::slice::from_ref(&second)).await.unwrap_err();
        assert!(error.is_conflict(Constraint::PendingInvite), "{error:?}");
        drop(tx);
        let tx = team.begin().await;
        assert_eq!(invites::pending_to(&tx, team.id, &[&second.email]).await.unwrap().get(&second.email), Some(&first));
        assert!(invites::settle(&tx, team.id, first, InviteState::Revoked, None, world.now()).await.unwrap());
        invites::insert(&tx, team.id, std::slice::from_ref(&second)).await.unwrap();
        team.commit(tx).await;
        assert_eq!((team.count("invites").await, other.count("invites").await), ("1".to_owned(), "1".to_owned()));
    }

    async fn an_answer_counts_once(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let id = team.invite(team.invited("zoe@acme.test")).await;
        let member = world.id(MemberId::new);
        let tx = team.begin().await;
        assert!(!invites::settle(&tx, other.id, id, InviteState::Revoked, None, world.now()).await.unwrap());
        assert!(!invites::settle(&tx, team.id, id, InviteState::Pending, None, world.now()).await.unwrap());
        assert!(invites::settle(&tx, team.id, id, InviteState::Accepted, Some(member), world.now()).await.unwrap());
        assert!(!invites::settle(&tx, team.id, id, InviteState::Revoked, None, world.now()).await.unwrap());
        let late = NewLink { id, generation: 2, secret_hash: world.hash() };
        assert_eq!(invites::renew(&tx, team.id, &[late], world.now()).await.unwrap(), 0);
        team.commit(tx).await;
        assert_eq!(invites::find(&world.store, team.id, id).await.unwrap().unwrap().state, InviteState::Accepted);
        assert_eq!((team.count("invites").await, other.count("invites").await), ("0".to_owned(), "0".to_owned()));
    }

    async fn invites_are_listed_by_how_they_stand(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        other.invite(other.invited("ada@acme.test")).await;
        let mut ids = Vec::new();
        for email in ["zoe@acme.test", "ada@acme.test", "bea@acme.test", "cem@acme.test"] {
            ids.push(team.invite(team.invited(email)).await);
        }
        let now = world.now();
        let ended = NewInvite { expires_at: now, ..team.invited("dee@acme.test") };
        team.invite(ended).await;
        let tx = team.begin().await;
        assert!(invites::settle(&tx, team.id, ids[2], InviteState::Accepted, None, now).await.unwrap());
        assert!(invites::settle(&tx, team.id, ids[3], InviteState::Revoked, None, now).await.unwrap());
        team.commit(tx).await;
        let query = |state| InviteQuery { state, search: None, cursor: None, size: PageSize::new(2) };
        let page = async |query: InviteQuery| invites::page(&world.store, team.id, &query, now).await.unwrap();
        let told = |page: &Page<InviteRow>| page.rows.iter().map(|row| format!("{} {}", row.email, row.state.as_str())).collect::<Vec<_>>();
        let waiting = page(query(None)).await;
        assert_eq!((told(&waiting), waiting.total), (vec!["ada@acme.test pending".to_owned(), "dee@acme.test expired".to_owned()], Some(3)));
        let cursor = waiting.next.map(|text| Cursor::decode(&text).unwrap());
        let rest = page(InviteQuery { cursor, ..query(None) }).await;
        assert_eq!((told(&rest), rest.next), (vec!["zoe@acme.test pending".to_owned()], None));
        for (state, email) in [(InviteState::Expired, "dee"), (InviteState::Accepted, "bea"), (InviteState::Revoked, "cem")] {
            assert_eq!(told(&page(query(Some(state))).await), [format!("{email}@acme.test {}", state.as_str())]);
        }
        assert_eq!(told(&page(query(Some(InviteState::Pending))).await), ["ada@acme.test pending", "zoe@acme.test pending"]);
        assert_eq!(told(&page(InviteQuery { search: Some("ZOE".to_owned()), ..query(None) }).await), ["zoe@acme.test pending"]);
        assert_eq!(told(&page(InviteQuery { search: Some("_".to_owned()), ..query(None) }).await), [""; 0]);
    }

    async fn a_new_link_kills_the_old_one(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let (new, second) = (team.invited("zoe@acme.test"), team.invited("yan@acme.test"));
        team.invite(new.clone()).await;
        team.invite(second.clone()).await;
        let (hash, until) = (world.hash(), world.now());
        let links = [NewLink { id: new.id, generation: 2, secret_hash: hash }, NewLink { id: second.id, generation: 5, secret_hash: world.hash() }];
        let tx = team.begin().await;
        assert_eq!(invites::renew(&tx, other.id, &links, until).await.unwrap(), 0);
        assert_eq!(invites::renew(&tx, team.id, &links, until).await.unwrap(), 2);
        team.commit(tx).await;
        for (old, link) in [(&new, &links[0]), (&second, &links[1])] {
            assert_eq!(invites::by_secret(&world.store, &old.secret_hash).await.unwrap(), None);
            let (_, found) = invites::by_secret(&world.store, &link.secret_hash).await.unwrap().unwrap();
            assert_eq!((found.id, found.generation, found.expires_at), (link.id, link.generation, until));
        }
    }

    async fn a_group_of_another_workspace_is_refused(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let group = team.group("Data team", &[]).await;
        let tx = other.begin().await;
        let new = NewInvite { groups: vec![group], ..other.invited("zoe@acme.test") };
        let error = invites::insert(&tx, other.id, std::slice::from_ref(&new)).await.unwrap_err();
        assert!(matches!(error, StoreError::Reference), "{error:?}");
    }
}
