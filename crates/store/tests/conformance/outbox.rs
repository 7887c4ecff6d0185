//! The outbox: mail goes in with its change, and out once.

use domain::{
    audit::{Chain, Event},
    email::EmailAddress,
    id::MailId,
    time::{Span, Timestamp},
};
use std::collections::BTreeSet;
use store::{
    Store,
    outbox::{self, Backlog, CLAIM, NewMail},
};
use testkit::{World, on_both};

fn new(world: &World) -> NewMail {
    let recipient = EmailAddress::parse("amara@acme.test").unwrap();
    NewMail { id: world.id(MailId::new), kind: "invite".to_owned(), workspace: None, recipient, payload: "{\"n\":1}".to_owned(), created_at: world.now() }
}

async fn post(world: &World, count: usize) -> Vec<NewMail> {
    let mails: Vec<NewMail> = (0..count).map(|_| new(world)).collect();
    let tx = world.store.begin().await.unwrap();
    for mail in &mails {
        outbox::add(&tx, std::slice::from_ref(mail)).await.unwrap();
    }
    tx.commit(world.record(Chain::Accounts, Event::SignedOut)).await.unwrap();
    mails
}

async fn due(store: &Store, now: Timestamp) -> Vec<MailId> {
    outbox::due(store, now, 20).await.unwrap().into_iter().map(|mail| mail.id).collect()
}

on_both! {
    async fn a_mail_waits_for_its_change(world: World) {
        let tx = world.store.begin().await.unwrap();
        outbox::add(&tx, &[new(&world)]).await.unwrap();
        drop(tx);
        assert_eq!(due(&world.store, world.now()).await, []);
        let posted = post(&world, 1).await;
        let taken = outbox::due(&world.store, world.now(), 20).await.unwrap();
        assert_eq!((taken.len(), taken[0].id, taken[0].attempts), (1, posted[0].id, 1));
        assert_eq!((taken[0].kind.as_str(), taken[0].payload.as_str(), &taken[0].recipient), ("invite", "{\"n\":1}", &posted[0].recipient));
    }

    async fn the_oldest_go_first_and_a_mail_taken_is_not_taken_again(world: World) {
        let posted = post(&world, 5).await;
        let now = world.now();
        let ids: Vec<MailId> = posted.iter().map(|mail| mail.id).collect();
        let first: Vec<MailId> = outbox::due(&world.store, now, 2).await.unwrap().into_iter().map(|mail| mail.id).collect();
        assert_eq!(first, ids[..2]);
        assert_eq!(due(&world.store, now).await, ids[2..]);
        assert_eq!(due(&world.store, now).await, []);
        // its taker died: it comes again
        assert_eq!(due(&world.store, now.plus(CLAIM)).await, ids);
    }

    async fn what_was_not_tried_is_put_back_as_it_was(world: World) {
        let posted = post(&world, 3).await;
        let now = world.now();
        let taken = outbox::due(&world.store, now, 20).await.unwrap();
        outbox::sent(&world.store, taken[0].id, now).await.unwrap();
        let untried: Vec<MailId> = taken.iter().map(|mail| mail.id).collect();
        outbox::put_back(&world.store, &untried, now).await.unwrap();
        let again = outbox::due(&world.store, now, 20).await.unwrap();
        // what went out meanwhile stays out
        assert_eq!(again.iter().map(|mail| (mail.id, mail.attempts)).collect::<Vec<_>>(), [(posted[1].id, 1), (posted[2].id, 1)]);
    }

    async fn what_waits_is_counted(world: World) {
        assert_eq!(outbox::backlog(&world.store).await.unwrap(), Backlog::default());
        let posted = post(&world, 3).await;
        assert_eq!(outbox::backlog(&world.store).await.unwrap(), Backlog { waiting: 3, oldest: Some(posted[0].created_at) });
        let now = world.now();
        outbox::sent(&world.store, posted[0].id, now).await.unwrap();
        outbox::failed(&world.store, posted[1].id, now, None, "no such mailbox").await.unwrap();
        assert_eq!(outbox::backlog(&world.store).await.unwrap(), Backlog { waiting: 1, oldest: Some(posted[2].created_at) });
    }

    async fn two_nodes_never_take_the_same_mail(world: World) {
        post(&world, 60).await;
        let now = world.now();
        let nodes = [world.store.clone(), world.other_node().await];
        let tasks: Vec<_> = (0..6)
            .map(|n| {
                let store = nodes[n % 2].clone();
                tokio::spawn(async move { due(&store, now).await })
            })
            .collect();
        let mut taken = Vec::new();
        for task in tasks {
            taken.extend(task.await.unwrap());
        }
        taken.extend(due(&world.store, now).await);
        assert_eq!((taken.len(), taken.iter().collect::<BTreeSet<_>>().len()), (60, 60));
    }

    async fn what_was_sent_stays_sent(world: World) {
        let id = post(&world, 1).await[0].id;
        let now = world.now();
        assert_eq!(due(&world.store, now).await, [id]);
        outbox::sent(&world.store, id, now).await.unwrap();
        assert_eq!(due(&world.store, now.plus(Span::days(1))).await, []);
    }

    async fn what_failed_comes_again_until_it_is_given_up(world: World) {
        let id = post(&world, 1).await[0].id;
        let now = world.now();
        due(&world.store, now).await;
        let next = now.plus(Span::minutes(10));
        outbox::failed(&world.store, id, now, Some(next), "the server said no").await.unwrap();
        assert_eq!(due(&world.store, next.minus(Span::seconds(1))).await, []);
        let again = outbox::due(&world.store, next, 20).await.unwrap();
        assert_eq!((again.len(), again[0].attempts), (1, 2));
        outbox::failed(&world.store, id, next, None, "the server said no").await.unwrap();
        assert_eq!(due(&world.store, next.plus(Span::days(1))).await, []);
        assert_eq!(world.text("SELECT last_error AS text FROM outbox").await, "the server said no");
    }
}
