//! Webhooks: deliveries go in with their change, are taken once, tried again, given up, and sent again by hand.

use domain::{
    audit::{Chain, Event, Object},
    id::{DeliveryId, WebhookId, WorkspaceId},
    page::PageSize,
    time::{Span, Timestamp},
    webhook::{DeliveryRow, DeliveryState},
    webhook_url::WebhookUrl,
};
use std::collections::BTreeSet;
use store::{
    Store,
    outbox::Backlog,
    webhooks::{self, Attempt, CLAIM, Due, NewWebhook, Setting},
};
use testkit::{World, on_both};

fn setting(events: &[&str], enabled: bool) -> Setting {
    let url = WebhookUrl::parse("https://hooks.acme.test/").unwrap();
    Setting { url, description: "The shop".to_owned(), events: events.iter().map(|event| (*event).to_owned()).collect(), enabled }
}

/// The change that makes it tells nobody of itself: other kinds are heard of, or none.
async fn webhook(world: &World, workspace: WorkspaceId, events: &[&str]) -> WebhookId {
    let id = world.id(WebhookId::new);
    let new = NewWebhook { id, setting: setting(events, true), created_by: None, created_at: world.now() };
    let tx = world.store.begin().await.unwrap();
    webhooks::insert(&tx, workspace, &new).await.unwrap();
    tx.commit(world.record(Chain::Accounts, Event::SignedOut)).await.unwrap();
    id
}

async fn happens(world: &World, workspace: WorkspaceId, label: &str) {
    let record = world.record(Chain::Workspace(workspace), Event::LabelCreated { label: label.to_owned() });
    world.store.begin().await.unwrap().commit(record).await.unwrap();
}

async fn due(store: &Store, now: Timestamp) -> Vec<Due> {
    webhooks::due(store, now, 100).await.unwrap()
}

async fn log(world: &World, webhook: WebhookId) -> Vec<DeliveryRow> {
    webhooks::deliveries(&world.store, webhook, None, PageSize::SCREEN).await.unwrap().rows
}

fn refused() -> Attempt {
    Attempt { status: Some(500), answer: "no".to_owned() }
}

on_both! {
    async fn a_webhook_reads_back_and_is_changed_at_its_revision(world: World) {
        let acme = world.workspace("acme").await;
        let id = webhook(&world, acme, &["label_created", "plan_changed"]).await;
        let found = webhooks::find(&world.store, acme, id).await.unwrap().unwrap();
        assert_eq!((found.events.len(), found.enabled, found.revision, found.failing_since), (2, true, 1, None));
        assert_eq!(webhooks::all(&world.store, acme).await.unwrap(), [found]);
        let tx = world.store.begin().await.unwrap();
        assert!(!webhooks::set(&tx, acme, id, 7, &setting(&[], true)).await.unwrap());
        assert!(webhooks::set(&tx, acme, id, 1, &setting(&[], false)).await.unwrap());
        tx.commit(world.record(Chain::Accounts, Event::SignedOut)).await.unwrap();
        let found = webhooks::find(&world.store, acme, id).await.unwrap().unwrap();
        assert_eq!((found.events.len(), found.enabled, found.revision), (0, false, 2));
        assert_eq!(webhooks::count(&world.store, acme).await.unwrap(), 1);
    }

    async fn nothing_crosses_a_workspace(world: World) {
        let (acme, other) = (world.workspace("acme").await, world.workspace("other").await);
        let id = webhook(&world, acme, &[]).await;
        assert!(webhooks::find(&world.store, other, id).await.unwrap().is_none());
        let tx = world.store.begin().await.unwrap();
        assert!(!webhooks::set(&tx, other, id, 1, &setting(&[], false)).await.unwrap());
        assert!(!webhooks::remove(&tx, other, id).await.unwrap());
        assert!(webhooks::rotate(&tx, other, id, world.now()).await.unwrap().is_none());
        drop(tx);
        happens(&world, other, "a:b").await;
        assert!(due(&world.store, world.now()).await.is_empty());
    }

    async fn a_delivery_goes_in_with_its_change(world: World) {
        let acme = world.workspace("acme").await;
        webhook(&world, acme, &[]).await;
        let tx = world.store.begin().await.unwrap();
        drop(tx);
        assert!(!webhooks::waits(&world.store, world.now()).await.unwrap());
        happens(&world, acme, "a:b").await;
        assert!(webhooks::waits(&world.store, world.now()).await.unwrap());
        let taken = due(&world.store, world.now()).await;
        assert_eq!((taken.len(), taken[0].event.as_str(), taken[0].workspace), (1, "label_created", acme));
        let payload: serde_json::Value = serde_json::from_str(&taken[0].payload).unwrap();
        assert_eq!((&payload["type"], &payload["data"]["event"]["label"]), (&"label_created".into(), &"a:b".into()));
        assert_eq!((&payload["data"]["seq"], &payload["data"]["actor"]["kind"]), (&2.into(), &"system".into()));
        assert_eq!(payload["timestamp"], taken[0].created_at.to_string());
    }

    async fn each_hears_of_what_it_wants(world: World) {
        let acme = world.workspace("acme").await;
        let (all, some, off) = (webhook(&world, acme, &[]).await, webhook(&world, acme, &["plan_changed"]).await, webhook(&world, acme, &[]).await);
        let tx = world.store.begin().await.unwrap();
        assert!(webhooks::switch_off(&tx, acme, off, "gone").await.unwrap());
        tx.commit(world.record(Chain::Accounts, Event::SignedOut)).await.unwrap();
        assert_eq!(webhooks::find(&world.store, acme, off).await.unwrap().unwrap().note.as_deref(), Some("gone"));
        happens(&world, acme, "a:b").await;
        let told: Vec<WebhookId> = due(&world.store, world.now()).await.into_iter().map(|due| due.webhook).collect();
        assert_eq!(told, [all]);
        // a test is for the one that is tested, whatever else it hears of
        let mut test = world.record(Chain::Workspace(acme), Event::WebhookTested { url: "https://hooks.acme.test/".to_owned() });
        test.object = Some(Object::new("webhook", some.uuid()));
        world.store.begin().await.unwrap().commit(test).await.unwrap();
        let told: Vec<WebhookId> = due(&world.store, world.now()).await.into_iter().map(|due| due.webhook).collect();
        assert_eq!(told, [some]);
    }

    async fn two_nodes_never_take_the_same_delivery(world: World) {
        let acme = world.workspace("acme").await;
        webhook(&world, acme, &[]).await;
        for n in 0..40 {
            happens(&world, acme, &format!("a:b{n}")).await;
        }
        let now = world.now();
        let nodes = [world.store.clone(), world.other_node().await];
        let tasks: Vec<_> = (0..6)
            .map(|n| {
                let store = nodes[n % 2].clone();
                tokio::spawn(async move { webhooks::due(&store, now, 10).await.unwrap() })
            })
            .collect();
        let mut taken: Vec<DeliveryId> = Vec::new();
        for task in tasks {
            taken.extend(task.await.unwrap().into_iter().map(|due| due.id));
        }
        taken.extend(due(&world.store, now).await.into_iter().map(|due| due.id));
        assert_eq!((taken.len(), taken.iter().collect::<BTreeSet<_>>().len()), (40, 40));
        // their taker died: they come again
        assert_eq!(due(&world.store, now.plus(CLAIM)).await.len(), 40);
    }

    async fn what_was_not_tried_is_put_back(world: World) {
        let acme = world.workspace("acme").await;
        webhook(&world, acme, &[]).await;
        assert_eq!(webhooks::backlog(&world.store).await.unwrap(), Backlog::default());
        happens(&world, acme, "environment:dev").await;
        happens(&world, acme, "environment:staging").await;
        let now = world.now();
        let taken = due(&world.store, now).await;
        assert_eq!(webhooks::backlog(&world.store).await.unwrap(), Backlog { waiting: 2, oldest: Some(taken[0].created_at) });
        webhooks::delivered(&world.store, &taken[0], now, &Attempt { status: Some(200), answer: String::new() }).await.unwrap();
        assert_eq!(due(&world.store, now).await, []);
        webhooks::put_back(&world.store, &[taken[0].id, taken[1].id], now).await.unwrap();
        // what was taken by its receiver meanwhile stays taken
        assert_eq!(due(&world.store, now).await, taken[1..]);
        assert_eq!(webhooks::backlog(&world.store).await.unwrap(), Backlog { waiting: 1, oldest: Some(taken[1].created_at) });
    }

    async fn what_was_taken_stays_taken(world: World) {
        let acme = world.workspace("acme").await;
        let id = webhook(&world, acme, &[]).await;
        happens(&world, acme, "a:b").await;
        let now = world.now();
        let taken = due(&world.store, now).await.remove(0);
        webhooks::delivered(&world.store, &taken, now, &Attempt { status: Some(204), answer: String::new() }).await.unwrap();
        assert!(due(&world.store, now.plus(Span::days(9))).await.is_empty());
        let line = log(&world, id).await.remove(0);
        assert_eq!((line.state, line.attempts, line.status, line.done_at, line.next_at), (DeliveryState::Delivered, 1, Some(204), Some(now), None));
    }

    async fn a_failure_makes_the_webhook_rest_and_a_success_wakes_it(world: World) {
        let acme = world.workspace("acme").await;
        let id = webhook(&world, acme, &[]).await;
        happens(&world, acme, "a:a").await;
        happens(&world, acme, "a:b").await;
        let now = world.now();
        let first = due(&world.store, now).await.remove(0);
        let next = now.plus(Span::minutes(1));
        webhooks::failed(&world.store, &first, now, next, now.minus(Span::days(1)), &refused()).await.unwrap();
        let found = webhooks::find(&world.store, acme, id).await.unwrap().unwrap();
        assert_eq!((found.failing_since, found.paused_until), (Some(now), Some(next)));
        happens(&world, acme, "a:c").await;
        assert!(due(&world.store, next.minus(Span::seconds(1))).await.is_empty(), "all of them wait");
        let again = due(&world.store, next).await;
        assert_eq!(again.iter().map(|due| due.failures).collect::<Vec<_>>(), [1, 1, 1]);
        assert_eq!(again[0].id, first.id, "in their order");
        webhooks::delivered(&world.store, &again[0], next, &Attempt { status: Some(200), answer: "ok".to_owned() }).await.unwrap();
        let found = webhooks::find(&world.store, acme, id).await.unwrap().unwrap();
        assert_eq!((found.failing_since, found.paused_until), (None, None));
    }

    async fn saving_it_lets_it_begin_anew(world: World) {
        let acme = world.workspace("acme").await;
        let id = webhook(&world, acme, &[]).await;
        happens(&world, acme, "a:a").await;
        let now = world.now();
        let taken = due(&world.store, now).await.remove(0);
        webhooks::failed(&world.store, &taken, now, now.plus(Span::hours(1)), now.minus(Span::days(1)), &refused()).await.unwrap();
        assert!(due(&world.store, now).await.is_empty());
        let tx = world.store.begin().await.unwrap();
        assert!(webhooks::set(&tx, acme, id, 1, &setting(&[], true)).await.unwrap());
        tx.commit(world.record(Chain::Accounts, Event::SignedOut)).await.unwrap();
        let again = due(&world.store, now).await;
        assert_eq!((again.len(), again[0].id, again[0].failures), (1, taken.id, 0));
    }

    async fn what_is_too_old_is_given_up(world: World) {
        let acme = world.workspace("acme").await;
        let id = webhook(&world, acme, &[]).await;
        happens(&world, acme, "a:a").await;
        happens(&world, acme, "a:b").await;
        let now = world.now();
        let taken = due(&world.store, now).await;
        // the first was put on its way by this moment, the second after it
        webhooks::failed(&world.store, &taken[0], now, now.plus(Span::hours(1)), taken[0].posted_at, &refused()).await.unwrap();
        let states: Vec<_> = log(&world, id).await.into_iter().map(|line| (line.state, line.attempts, line.answer)).collect();
        assert_eq!(states, [(DeliveryState::Waiting, 0, None), (DeliveryState::Failed, 1, Some("no".to_owned()))]);
        assert_eq!(due(&world.store, now.plus(Span::hours(1))).await.len(), 1);
    }

    async fn switching_off_gives_up_what_waits(world: World) {
        let acme = world.workspace("acme").await;
        let id = webhook(&world, acme, &[]).await;
        happens(&world, acme, "a:a").await;
        let tx = world.store.begin().await.unwrap();
        assert!(webhooks::set(&tx, acme, id, 1, &setting(&[], false)).await.unwrap());
        tx.commit(world.record(Chain::Accounts, Event::SignedOut)).await.unwrap();
        let line = log(&world, id).await.remove(0);
        assert_eq!((line.state, line.answer.as_deref()), (DeliveryState::Failed, Some("the webhook was switched off")));
        assert!(!webhooks::waits(&world.store, world.now()).await.unwrap());
    }

    async fn a_settled_delivery_is_sent_again(world: World) {
        let acme = world.workspace("acme").await;
        let (id, other) = (webhook(&world, acme, &[]).await, webhook(&world, acme, &["plan_changed"]).await);
        happens(&world, acme, "a:a").await;
        let now = world.now();
        let taken = due(&world.store, now).await.remove(0);
        let again = async |webhook: WebhookId| {
            let tx = world.store.begin().await.unwrap();
            let event = webhooks::redeliver(&tx, webhook, taken.id, now).await.unwrap();
            tx.commit(world.record(Chain::Accounts, Event::SignedOut)).await.unwrap();
            event
        };
        assert_eq!(again(id).await, None, "it is on its way still");
        webhooks::failed(&world.store, &taken, now, now.plus(Span::hours(1)), now, &refused()).await.unwrap();
        assert_eq!(again(other).await, None, "it is another's");
        assert_eq!(again(id).await.as_deref(), Some("label_created"));
        let sent = due(&world.store, now).await.remove(0);
        assert_eq!((sent.id, sent.posted_at), (taken.id, now));
    }

    async fn the_log_is_paged_and_forgets_by_age(world: World) {
        let acme = world.workspace("acme").await;
        let id = webhook(&world, acme, &[]).await;
        for n in 0..5 {
            happens(&world, acme, &format!("a:b{n}")).await;
        }
        let first = webhooks::deliveries(&world.store, id, None, PageSize::new(2)).await.unwrap();
        let cursor = domain::page::Cursor::decode(&first.next.unwrap()).unwrap();
        let second = webhooks::deliveries(&world.store, id, Some(&cursor), PageSize::new(2)).await.unwrap();
        assert!(first.rows[1].created_at > second.rows[0].created_at && second.previous.is_some());
        let cut = second.rows[0].created_at;
        assert_eq!(webhooks::gone_by_age(&world.store, cut, 1).await.unwrap(), 1);
        assert_eq!(webhooks::gone_by_age(&world.store, cut, 9).await.unwrap(), 1);
        assert_eq!(log(&world, id).await.len(), 3);
        let tx = world.store.begin().await.unwrap();
        assert!(webhooks::remove(&tx, acme, id).await.unwrap());
        tx.commit(world.record(Chain::Accounts, Event::SignedOut)).await.unwrap();
        assert!(log(&world, id).await.is_empty());
    }
}
