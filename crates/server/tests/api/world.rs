//! A workspace on the Business plan with two people, a group, an invite and resources; another workspace; and a token of each kind.

use axum::{Router, body::Body, response::Response};
use domain::{
    audit::Entry,
    audit_query::AuditQuery,
    catalog::{Catalog, RoleId},
    email::EmailAddress,
    grant::{GrantSpec, Scope},
    group::GroupWish,
    invite::Invitation,
    member::{GrantDraft, MemberKind},
    request::RequestWish,
    resource::{ResourceType, ResourceWish},
    time::{Span, Timestamp},
    token::TokenWish,
};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use server::{
    app::{AppState, router},
    door::{self, Door, Visitor},
    metrics::{Answered, Metrics},
    site::Site,
};
use service::{
    Services, Settings,
    access::WorkspaceOwner,
    accounts,
    actor::Meta,
    audit,
    clock::{Clock, SystemClock, SystemEntropy},
    groups, invites, labels,
    limits::Rates,
    operator, requests, resources,
    secrets::SecretKey,
    setup, tokens,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    task::Poll,
};
use tower::ServiceExt as _;

/// In this time a token ends that is to be an ended one: a world is made sooner.
const ENDS_IN: Span = Span::minutes(10);

/// The machine's clock, so many seconds later.
#[derive(Default)]
struct ShiftedClock(AtomicI64);

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus(Span::seconds(self.0.load(Ordering::Relaxed)))
    }
}

const PASSWORD: &str = "vexing-lantern-orbit";

pub struct World {
    /// As whoever comes by the network meets it.
    app: Visitor,
    /// What is behind the door.
    router: Router,
    at_the_door: Answered,
    services: Services,
    /// The owner, in the console.
    mine: WorkspaceOwner,
    /// With owner access.
    pub owner: String,
    /// With the role Source Admin, and no owner access.
    pub weak: String,
    /// With the role Source Read-only.
    pub reader: String,
    /// With nothing.
    pub minimal: String,
    pub expired: String,
    pub revoked: String,
    /// With owner access to another workspace.
    pub other: String,
    pub workspace: String,
    /// The owner and the one other member.
    pub olga: String,
    pub bea: String,
    pub group: String,
    pub source: String,
    /// A token that nothing rests on, an invite that waits, and requests of Bea's.
    pub spare: String,
    pub invite: String,
    pub requests: Vec<String>,
    _folder: tempfile::TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// What is inside the envelope.
    pub fn data(&self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text);
        self.json()["data"].take()
    }

    pub fn error(&self) -> Value {
        assert!(!self.status.is_success(), "{}: {}", self.status, self.text);
        self.json()["errors"][0].take()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl World {
    pub async fn send(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Answer {
        let content = body.map(|body| ("application/json", body.to_string()));
        self.send_as(method, path, token, content, &[]).await
    }

    pub async fn send_as(&self, method: &str, path: &str, token: Option<&str>, body: Option<(&str, String)>, more: &[(&str, &str)]) -> Answer {
        read(self.app.clone().oneshot(request(method, path, token, body, more)).await.unwrap()).await
    }

    /// The same question, answered at the door and by the router.
    pub async fn both_ways(&self, token: &str, question: &str, more: &[(&str, &str)]) -> [Answer; 2] {
        let asked = || request("POST", door::ROUTE, Some(token), Some(("application/json", question.to_owned())), more);
        let at_the_door = read(self.app.clone().oneshot(asked()).await.unwrap()).await;
        [at_the_door, read(self.router.clone().oneshot(asked()).await.unwrap()).await]
    }

    /// How many questions the door has answered.
    pub fn answered_at_the_door(&self) -> u64 {
        self.at_the_door.times()
    }

    /// Sends it, and hangs up after so many steps towards the answer; says whether that was before the answer was there.
    pub async fn hang_up(&self, method: &str, path: &str, token: Option<&str>, body: Option<(&str, String)>, more: &[(&str, &str)], mut steps: usize) -> bool {
        let mut answer = std::pin::pin!(self.app.clone().oneshot(request(method, path, token, body, more)));
        std::future::poll_fn(|context| {
            steps -= 1;
            match answer.as_mut().poll(context) {
                Poll::Ready(_) => Poll::Ready(false),
                Poll::Pending if steps == 0 => Poll::Ready(true),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    /// What is answered before any of it is read: a stream is open for as long as this is kept.
    pub async fn open(&self, path: &str, token: &str) -> Response {
        self.app.clone().oneshot(request("GET", path, Some(token), None, &[])).await.unwrap()
    }

    /// The newest entries of the workspace's trail.
    pub async fn trail(&self) -> Vec<Entry> {
        audit::page(&self.services, &self.mine, &AuditQuery::default()).await.unwrap().page.rows
    }

    pub async fn get(&self, path: &str) -> Value {
        self.send("GET", path, Some(&self.owner), None).await.data()
    }

    pub async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        self.send(method, path, Some(&self.owner), Some(&body)).await
    }
}

async fn read(response: Response) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = response.into_body();
    let bytes = if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream") {
        // a stream goes on: what comes first is read
        body.frame().await.unwrap().unwrap().into_data().unwrap()
    } else {
        body.collect().await.unwrap().to_bytes()
    };
    Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
}

fn request(method: &str, path: &str, token: Option<&str>, body: Option<(&str, String)>, more: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let body = match body {
        None => Body::empty(),
        Some((kind, text)) => {
            request = request.header(header::CONTENT_TYPE, kind).header(header::CONTENT_LENGTH, text.len());
            Body::from(text)
        }
    };
    request.body(body).unwrap()
}

pub async fn world() -> World {
    world_with(Rates::USUAL).await
}

/// The same where tokens may call so often.
pub async fn world_with(rates: Rates) -> World {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let settings = || Settings { rates, ..Settings::usual("http://127.0.0.1:3000".to_owned(), SecretKey::parse(&"k".repeat(32)).unwrap()) };
    let catalog = Arc::new(Catalog::parse(Catalog::BUILT_IN).unwrap());
    let opened = setup::open(&url, catalog.clone(), settings()).await.unwrap();
    let clock = Arc::new(ShiftedClock::default());
    let services = Services::with(opened.store.clone(), catalog, settings(), clock.clone(), Arc::new(SystemEntropy));
    let mine = signed_up(&services, "Olga").await;
    let others = signed_up(&services, "Xenia").await;
    let (_, bea) = invite(&services, &mine, "bea@acme.test", true).await;
    invite(&services, &mine, "ivo@acme.test", false).await;
    let (waits, _) = invite(&services, &mine, "eva@acme.test", false).await;
    let group = groups::create(&services, &mine, &GroupWish { name: "Editors".to_owned(), ..GroupWish::default() }).await.unwrap();
    labels::create(&services, &mine, "region", "apac", "").await.unwrap();
    let source = resource(&services, &mine, "source", "Website").await;
    resource(&services, &mine, "source", "Spare").await;
    let requests = asked(&services, &mine, &bea.unwrap(), &["Website", "Spare"]).await;

    let grant = |role: &str| GrantDraft { id: None, spec: GrantSpec::new(RoleId::new(role), Scope::All) };
    let owner_access = || TokenWish { name: "ours".to_owned(), owner_access: true, ..TokenWish::default() };
    let weak = TokenWish { name: "weak".to_owned(), grants: vec![grant("source_admin")], ..TokenWish::default() };
    let reader = TokenWish { name: "reader".to_owned(), grants: vec![grant("source_read_only")], ..TokenWish::default() };
    let minimal = TokenWish { name: "minimal".to_owned(), ..TokenWish::default() };
    let end = services.now().plus(ENDS_IN);
    let expired = token(&services, &mine, TokenWish { expires_at: Some(end), ..owner_access() }).await.1;
    let (gone, revoked) = token(&services, &mine, owner_access()).await;
    tokens::revoke(&services, &mine, gone).await.unwrap();
    let (owner, weak, other) =
        (token(&services, &mine, owner_access()).await.1, token(&services, &mine, weak).await.1, token(&services, &others, owner_access()).await.1);
    let (reader, minimal) = (token(&services, &mine, reader).await.1, token(&services, &mine, minimal).await.1);
    clock.0.store(ENDS_IN.as_seconds() + 1, Ordering::Relaxed);
    let spare = token(&services, &mine, TokenWish { name: "spare".to_owned(), ..TokenWish::default() }).await.0.to_string();
    let workspace = mine.workspace().id.to_string();
    let olga = mine.member().unwrap().to_string();
    let state = AppState { services, site: Site::find() };
    let at_the_door = Metrics::new(state.services.clone()).answered(door::ROUTE, "POST");
    let (services, router) = (state.services.clone(), router(state, 0));
    let mut world = World {
        app: Door::new(&services, router.clone(), at_the_door.clone()).visitor(([127, 0, 0, 1], 50_000).into()),
        router,
        at_the_door,
        services,
        mine,
        owner,
        weak,
        reader,
        minimal,
        expired,
        revoked,
        other,
        workspace,
        olga,
        bea: String::new(),
        group: group.id.to_string(),
        source,
        spare,
        invite: waits,
        requests,
        _folder: folder,
    };
    world.bea = world.get("/api/users?filter[email]=bea@acme.test").await["users"][0]["id"].as_str().unwrap().to_owned();
    world
}

async fn signed_up(services: &Services, name: &str) -> WorkspaceOwner {
    let up = accounts::SignUp {
        name: name.to_owned(),
        email: format!("{}@acme.test", name.to_lowercase()),
        password: PASSWORD.to_owned(),
        workspace_name: format!("{name} Ltd"),
    };
    let signed = accounts::sign_up(services, &services.anonymous(Meta::default()), up).await.unwrap();
    operator::set_plan(services, &services.operator(), signed.slug.as_str(), "business").await.unwrap();
    let me = services.signed_in(&signed.session_secret, Meta::default()).await.unwrap();
    services.owner(me, &signed.slug).await.unwrap()
}

/// The invite's id, and the session of whoever accepted it.
async fn invite(services: &Services, owner: &WorkspaceOwner, email: &str, accept: bool) -> (String, Option<accounts::SignedUp>) {
    let emails = vec![EmailAddress::parse(email).unwrap()];
    let invitation = Invitation { emails, kind: MemberKind::Member, pii: false, grants: Vec::new(), groups: Vec::new() };
    let sent = invites::send(services, owner, invitation).await.unwrap();
    let id = sent[0].id.to_string();
    if !accept {
        return (id, None);
    }
    let secret = sent[0].link.rsplit('/').next().unwrap();
    (id, Some(invites::accept_as_new(services, &services.anonymous(Meta::default()), secret, "Bea", PASSWORD).await.unwrap()))
}

/// Asks for access to each of these; gives the requests' ids in their order.
async fn asked(services: &Services, owner: &WorkspaceOwner, who: &accounts::SignedUp, resources: &[&str]) -> Vec<String> {
    let me = services.signed_in(&who.session_secret, Meta::default()).await.unwrap();
    let me = services.member(me, &who.slug).await.unwrap();
    for resource in resources {
        let wish = RequestWish { role: None, resource: (*resource).to_owned(), reason: "For the launch".to_owned() };
        requests::ask(services, &me, &wish).await.unwrap();
    }
    requests::waiting(services, owner).await.unwrap().into_iter().map(|request| request.id.to_string()).collect()
}

async fn resource(services: &Services, owner: &WorkspaceOwner, kind: &str, name: &str) -> String {
    let wish = ResourceWish { kind: ResourceType::new(kind), name: name.to_owned(), key: name.to_lowercase(), parent: None, labels: Vec::new() };
    resources::create(services, owner, wish).await.unwrap().resource.id.to_string()
}

async fn token(services: &Services, owner: &WorkspaceOwner, wish: TokenWish) -> (domain::id::TokenId, String) {
    let made = tokens::create(services, owner, wish).await.unwrap();
    (made.id, made.secret.reveal().to_owned())
}
