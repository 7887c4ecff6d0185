//! Webhooks against a real receiver: signed, tried again, given up, switched off, sent again.

use crate::company::{Browser, Company};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    failure::FailureKind,
    id::WebhookId,
    member::MemberKind,
    save::SaveOutcome,
    time::Span,
    webhook::{DeliveryRow, DeliveryState, NewSecret, WebhookDraft},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use service::webhooks::{self, Courier};
use sha2::Sha256;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};
use testkit::{World, on_both};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};

#[derive(Clone, Debug)]
struct Heard {
    line: String,
    headers: HashMap<String, String>,
    body: String,
}

/// A web server that keeps what it is sent, and answers what it is told to; 204 where it is told nothing.
#[derive(Clone)]
struct Receiver {
    url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
}

impl Receiver {
    async fn open(answers: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?from=rolecall", listener.local_addr().unwrap());
        let (heard, answers) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(answers.iter().copied().collect::<VecDeque<_>>())));
        let receiver = Self { url, heard, answers };
        let kept = receiver.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (read, mut write) = stream.split();
                let mut read = BufReader::new(read);
                let (mut line, mut headers) = (String::new(), HashMap::new());
                read.read_line(&mut line).await.unwrap();
                loop {
                    let mut header = String::new();
                    read.read_line(&mut header).await.unwrap();
                    let Some((name, value)) = header.trim().split_once(": ") else { break };
                    headers.insert(name.to_lowercase(), value.to_owned());
                }
                let mut body = vec![0; headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
                read.read_exact(&mut body).await.unwrap();
                kept.heard.lock().unwrap().push(Heard { line: line.trim().to_owned(), headers, body: String::from_utf8(body).unwrap() });
                let answer = kept.answers.lock().unwrap().pop_front().unwrap_or("HTTP/1.1 204 No Content\r\n\r\n");
                let _ = write.write_all(answer.as_bytes()).await;
            }
        });
        receiver
    }

    fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    fn types(&self) -> Vec<String> {
        self.heard().iter().map(|heard| serde_json::from_str::<serde_json::Value>(&heard.body).unwrap()["type"].as_str().unwrap().to_owned()).collect()
    }
}

const REFUSED: &str = "HTTP/1.1 500 Oh\r\ncontent-length: 7\r\n\r\nno room";

impl Heard {
    /// As a receiver checks it.
    fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = <Hmac<Sha256>>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", self.headers["webhook-id"], self.headers["webhook-timestamp"], self.body).as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.headers["webhook-signature"].split(' ').any(|signature| signature == expected)
    }
}

fn draft(url: &str, events: &[&str]) -> WebhookDraft {
    WebhookDraft { url: url.to_owned(), description: " The shop ".to_owned(), events: events.iter().map(|event| (*event).to_owned()).collect(), enabled: true }
}

/// A company that may send to this machine, with its owner and one webhook.
async fn wired(world: World, receiver: &Receiver, events: &[&str]) -> (Company, Browser, NewSecret) {
    let company = Company::with_private_webhooks(world);
    let amara = company.founder("Amara").await;
    let made = webhooks::create(&company.services, &company.owner(&amara).await, &draft(&receiver.url, events)).await.unwrap();
    (company, amara, made)
}

async fn log(company: &Company, owner: &Browser, id: WebhookId) -> Vec<DeliveryRow> {
    webhooks::deliveries(&company.services, &company.owner(owner).await, id, None).await.unwrap().rows
}

async fn invite(company: &Company, owner: &Browser, name: &str) {
    company.invite(owner, &format!("{name}@acme.test"), MemberKind::Member, Vec::new()).await;
}

on_both! {
    async fn an_event_arrives_signed(world: World) {
        let receiver = Receiver::open(&[]).await;
        let (company, amara, made) = wired(world, &receiver, &["members_invited"]).await;
        assert_eq!(made.webhook.description, "The shop");
        let trail = service::audit::page(&company.services, &company.owner(&amara).await, &Default::default()).await.unwrap();
        // a query may hold a key: records leave it out
        assert_eq!(trail.page.rows[0].event.sentence(), format!("created a webhook to {}", receiver.url.split('?').next().unwrap()));
        invite(&company, &amara, "bea").await;
        let courier = Courier::new(true).unwrap();
        assert_eq!(courier.round(&company.services).await.unwrap(), 1);
        assert_eq!(courier.round(&company.services).await.unwrap(), 0, "sent once");
        let heard = receiver.heard().remove(0);
        assert_eq!(heard.line, "POST /hook?from=rolecall HTTP/1.1");
        assert!(heard.is_signed_with(&made.secret) && !heard.is_signed_with("whsec_AAAA"));
        assert_eq!(heard.headers["webhook-timestamp"], (company.services.now().micros() / 1_000_000).to_string());
        assert_eq!((heard.headers["content-type"].as_str(), heard.headers["host"].as_str()), ("application/json", receiver.url[7..].split('/').next().unwrap()));
        let body: serde_json::Value = serde_json::from_str(&heard.body).unwrap();
        assert_eq!((&body["type"], &body["data"]["event"]["emails"][0]), (&"members_invited".into(), &"bea@acme.test".into()));
        let line = log(&company, &amara, made.webhook.id).await.remove(0);
        assert_eq!((line.state, line.status, line.attempts, line.payload), (DeliveryState::Delivered, Some(204), 1, heard.body));
    }

    async fn a_receiver_that_recovers_gets_all_in_order(world: World) {
        let receiver = Receiver::open(&[REFUSED, REFUSED]).await;
        let (company, amara, made) = wired(world, &receiver, &["members_invited", "invite_accepted"]).await;
        let courier = Courier::new(true).unwrap();
        invite(&company, &amara, "bea").await;
        company.joined(&amara, "Cleo", MemberKind::Member, Vec::new()).await;
        courier.round(&company.services).await.unwrap();
        let lines = log(&company, &amara, made.webhook.id).await;
        let first = lines.iter().find(|line| line.attempts == 1).unwrap();
        assert_eq!((first.state, first.status, first.answer.as_deref()), (DeliveryState::Waiting, Some(500), Some("no room")));
        assert_eq!(first.next_at, Some(company.services.now().plus(Span::seconds(10))));
        assert_eq!(courier.round(&company.services).await.unwrap(), 0, "it rests");
        company.clock.advance(Span::seconds(10));
        courier.round(&company.services).await.unwrap();
        company.clock.advance(Span::minutes(1));
        courier.round(&company.services).await.unwrap();
        assert_eq!(receiver.heard().len(), 5);
        let ids: Vec<String> = receiver.heard().iter().map(|heard| heard.headers["webhook-id"].clone()).collect();
        assert!(ids[0] == ids[1] && ids[1] == ids[2], "the same delivery three times: {ids:?}");
        let all = log(&company, &amara, made.webhook.id).await;
        assert!(all.iter().all(|line| line.state == DeliveryState::Delivered), "{all:?}");
        let found = webhooks::all(&company.services, &company.owner(&amara).await).await.unwrap().remove(0);
        assert_eq!((found.failing_since, found.paused_until), (None, None));
    }

    async fn a_server_that_ends_leaves_the_rest_to_another(world: World) {
        let receiver = Receiver::open(&[]).await;
        let (company, owner, _) = wired(world, &receiver, &[]).await;
        invite(&company, &owner, "bea").await;
        company.services.ending.begin();
        let courier = Courier::new(true).unwrap();
        assert!(courier.round(&company.services).await.unwrap() > 0, "they were taken");
        assert!(receiver.heard.lock().unwrap().is_empty());
        assert!(store::webhooks::waits(&company.services.store, company.services.now()).await.unwrap(), "and put back");
        courier.run(company.services.clone()).await;
    }

    async fn a_receiver_that_is_down_is_given_up_and_switched_off(world: World) {
        let gone = { let listener = TcpListener::bind("127.0.0.1:0").await.unwrap(); format!("http://{}/", listener.local_addr().unwrap()) };
        let company = Company::with_private_webhooks(world);
        let amara = company.founder("Amara").await;
        let made = webhooks::create(&company.services, &company.owner(&amara).await, &draft(&gone, &["members_invited"])).await.unwrap();
        let courier = Courier::new(true).unwrap();
        invite(&company, &amara, "bea").await;
        for _ in 0..12 {
            courier.round(&company.services).await.unwrap();
            company.clock.advance(Span::hours(4));
        }
        let line = log(&company, &amara, made.webhook.id).await.remove(0);
        assert_eq!((line.state, line.status), (DeliveryState::Failed, None));
        assert!((7..=10).contains(&line.attempts) && line.answer.unwrap().contains("no connection"), "{} attempts", line.attempts);
        company.clock.advance(Span::days(3));
        invite(&company, &amara, "cleo").await;
        courier.round(&company.services).await.unwrap();
        let found = webhooks::all(&company.services, &company.owner(&amara).await).await.unwrap().remove(0);
        assert!(!found.enabled && found.note.as_deref().unwrap().contains("taken nothing since"), "{found:?}");
        let trail = service::audit::page(&company.services, &company.owner(&amara).await, &Default::default()).await.unwrap();
        assert_eq!(trail.page.rows[0].event.name(), "webhook_switched_off");
        invite(&company, &amara, "dora").await;
        assert_eq!(courier.round(&company.services).await.unwrap(), 0);
        // switched on again, it begins anew
        let on = WebhookDraft { enabled: true, ..found.draft() };
        let SaveOutcome::Saved(on) = webhooks::change(&company.services, &company.owner(&amara).await, found.id, found.revision, &on).await.unwrap() else { panic!() };
        assert_eq!((on.enabled, on.note, on.failing_since), (true, None, None));
    }

    async fn a_receiver_that_is_gone_for_good_says_so(world: World) {
        let receiver = Receiver::open(&["HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n"]).await;
        let (company, amara, _) = wired(world, &receiver, &[]).await;
        Courier::new(true).unwrap().round(&company.services).await.unwrap();
        let found = webhooks::all(&company.services, &company.owner(&amara).await).await.unwrap().remove(0);
        assert!(!found.enabled && found.note.unwrap().contains("410"));
    }

    async fn a_redirect_is_not_followed(world: World) {
        let receiver = Receiver::open(&["HTTP/1.1 307 Elsewhere\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n"]).await;
        let (company, amara, made) = wired(world, &receiver, &["webhook_created"]).await;
        Courier::new(true).unwrap().round(&company.services).await.unwrap();
        assert_eq!(receiver.heard().len(), 1);
        let line = log(&company, &amara, made.webhook.id).await.remove(0);
        assert!(line.status == Some(307) && line.answer.unwrap().contains("not followed"));
    }

    async fn a_test_and_a_redelivery_reach_that_one_alone(world: World) {
        let (one, other) = (Receiver::open(&[]).await, Receiver::open(&[]).await);
        let (company, amara, made) = wired(world, &one, &["plan_changed"]).await;
        let owner = company.owner(&amara).await;
        webhooks::create(&company.services, &owner, &draft(&other.url, &["plan_changed"])).await.unwrap();
        let courier = Courier::new(true).unwrap();
        webhooks::test(&company.services, &owner, made.webhook.id).await.unwrap();
        courier.round(&company.services).await.unwrap();
        assert_eq!((one.types(), other.types()), (vec!["webhook_tested".to_owned()], Vec::new()));
        let line = log(&company, &amara, made.webhook.id).await.remove(0);
        webhooks::redeliver(&company.services, &owner, made.webhook.id, line.id).await.unwrap();
        let twice = webhooks::redeliver(&company.services, &owner, made.webhook.id, line.id).await.unwrap_err();
        assert_eq!(twice.kind, FailureKind::Conflict);
        courier.round(&company.services).await.unwrap();
        let heard = one.heard();
        assert_eq!((heard.len(), &heard[0].headers["webhook-id"]), (2, &heard[1].headers["webhook-id"]));
        assert_eq!(log(&company, &amara, made.webhook.id).await[0].attempts, 2);
    }

    async fn a_new_secret_signs_beside_the_old_one_for_a_day(world: World) {
        let receiver = Receiver::open(&[]).await;
        let (company, amara, made) = wired(world, &receiver, &["members_invited"]).await;
        let changed = webhooks::rotate(&company.services, &company.owner(&amara).await, made.webhook.id).await.unwrap();
        assert_ne!(changed.secret, made.secret);
        let courier = Courier::new(true).unwrap();
        invite(&company, &amara, "bea").await;
        courier.round(&company.services).await.unwrap();
        company.clock.advance(Span::days(1));
        invite(&company, &amara, "cleo").await;
        courier.round(&company.services).await.unwrap();
        let heard = receiver.heard();
        assert_eq!([&heard[0], &heard[1]].map(|heard| (heard.is_signed_with(&made.secret), heard.is_signed_with(&changed.secret))), [(true, true), (false, true)]);
    }

    async fn private_addresses_are_refused(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        for url in ["http://hooks.acme.test/", "https://127.0.0.1/", "https://10.0.0.1:8443/", "https://[::1]/", "https://localhost/", "https://db.internal/", "nonsense"] {
            let refused = webhooks::create(&company.services, &owner, &draft(url, &[])).await.unwrap_err();
            assert_eq!((refused.kind, refused.field.as_deref()), (FailureKind::Invalid, Some("url")), "{url}: {refused}");
        }
        let unknown = webhooks::create(&company.services, &owner, &draft("https://hooks.acme.test/", &["signed_in"])).await.unwrap_err();
        assert_eq!(unknown.field.as_deref(), Some("events"));
        assert!(webhooks::create(&company.services, &owner, &draft("https://hooks.acme.test/", &[])).await.is_ok());
    }

    async fn and_not_reached_where_a_name_leads_there(world: World) {
        let receiver = Receiver::open(&[]).await;
        let (company, amara, made) = wired(world, &receiver, &["webhook_created"]).await;
        // saved while it was allowed, or a name that leads elsewhere since
        Courier::new(false).unwrap().round(&company.services).await.unwrap();
        assert!(receiver.heard().is_empty());
        let line = log(&company, &amara, made.webhook.id).await.remove(0);
        assert!(line.status.is_none() && line.answer.unwrap().contains("private network"));
    }

    async fn only_owners_of_the_workspace_have_a_say(world: World) {
        let receiver = Receiver::open(&[]).await;
        let (company, amara, made) = wired(world, &receiver, &[]).await;
        let eve = company.founder("Eve").await;
        let (stranger, id) = (company.owner(&eve).await, made.webhook.id);
        let services = &company.services;
        let kinds = [
            webhooks::change(services, &stranger, id, 1, &draft(&receiver.url, &[])).await.unwrap_err().kind,
            webhooks::rotate(services, &stranger, id).await.unwrap_err().kind,
            webhooks::delete(services, &stranger, id).await.unwrap_err().kind,
            webhooks::test(services, &stranger, id).await.unwrap_err().kind,
            webhooks::deliveries(services, &stranger, id, None).await.unwrap_err().kind,
        ];
        assert_eq!(kinds, [FailureKind::NotFound; 5]);
        assert!(webhooks::all(services, &stranger).await.unwrap().is_empty());
        webhooks::delete(services, &company.owner(&amara).await, id).await.unwrap();
        assert!(webhooks::all(services, &company.owner(&amara).await).await.unwrap().is_empty());
    }

    async fn two_owners_do_not_overwrite_each_other(world: World) {
        let receiver = Receiver::open(&[]).await;
        let (company, amara, made) = wired(world, &receiver, &[]).await;
        let owner = company.owner(&amara).await;
        let wish = draft(&receiver.url, &["plan_changed"]);
        let change = async |revision| webhooks::change(&company.services, &owner, made.webhook.id, revision, &wish).await.unwrap();
        assert!(matches!(change(1).await, SaveOutcome::Saved(_)));
        assert!(matches!(change(1).await, SaveOutcome::Conflict(theirs) if theirs.revision == 2));
    }

    async fn so_many_and_no_more(world: World) {
        let receiver = Receiver::open(&[]).await;
        let (company, amara, _) = wired(world, &receiver, &["plan_changed"]).await;
        let owner = company.owner(&amara).await;
        for _ in 1..20 {
            webhooks::create(&company.services, &owner, &draft(&receiver.url, &["plan_changed"])).await.unwrap();
        }
        let refused = webhooks::create(&company.services, &owner, &draft(&receiver.url, &[])).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Conflict);
    }
}
