//! Single sign-on in the database: what must be unique is, what is used up is, and sessions know how they came.

use domain::{
    audit::{Chain, Event},
    id::{AttemptId, ConnectionId, DomainId, SessionId, WorkspaceId},
    sso::{
        OidcProvider, Protocol, Provider, ProviderCertificate, ProviderUrl, SamlProvider,
        domains::{DomainName, DomainState, ProofMethod},
        log::Purpose,
    },
    text::ConnectionName,
    time::{Span, Timestamp},
};
use store::{
    Constraint,
    sessions::{self, CameBy, NewCameBy, NewSession},
    sso::{
        attempts::{self, Attempt, Stage, Step},
        connections::{self, NewConnection, Setting},
        domains::{self, NewDomain},
        identities, messages,
    },
};
use testkit::{World, on_both};

fn print(der: &str) -> String {
    format!("print of {der}")
}

fn oidc(name: &str) -> Setting {
    let issuer = ProviderUrl::parse("https://idp.test/a").unwrap();
    Setting {
        name: ConnectionName::parse(name).unwrap(),
        preset: "okta".to_owned(),
        provider: Provider::Oidc(Some(OidcProvider { issuer, client_id: "acme".to_owned() })),
        allow_idp_initiated: false,
        mapping: Vec::new(),
        client_secret: Some(vec![1, 2, 3]),
    }
}

async fn connection(world: &World, workspace: WorkspaceId, setting: Setting) -> Result<ConnectionId, store::StoreError> {
    let id = world.id(ConnectionId::new);
    let tx = world.store.begin().await.unwrap();
    connections::insert(&tx, workspace, &NewConnection { id, setting, created_by: None, created_at: world.now() }).await?;
    tx.commit(world.record(Chain::Workspace(workspace), Event::SignedOut)).await.unwrap();
    Ok(id)
}

async fn domain(world: &World, workspace: WorkspaceId, name: &str, expires_at: Timestamp) -> DomainId {
    let id = world.id(DomainId::new);
    let new = NewDomain { id, name: DomainName::parse(name).unwrap(), token: "abc".to_owned(), created_at: world.now(), expires_at };
    let tx = world.store.begin().await.unwrap();
    domains::insert(&tx, workspace, &new).await.unwrap();
    tx.commit(world.record(Chain::Workspace(workspace), Event::SignedOut)).await.unwrap();
    id
}

fn attempt(world: &World, connection: ConnectionId) -> Attempt {
    let now = world.now();
    Attempt {
        id: world.id(AttemptId::new),
        connection,
        purpose: Purpose::SignIn,
        stage: Stage::Begun,
        secret_hash: world.hash(),
        browser_hash: Some(world.hash()),
        sealed: Some(vec![1]),
        next: "/a".to_owned(),
        account: None,
        created_at: now,
        expires_at: now.plus(Span::minutes(10)),
    }
}

on_both! {
    async fn a_connection_is_read_back_as_it_was_written(world: World) {
        let acme = world.workspace("acme").await;
        let id = connection(&world, acme, oidc("Okta")).await.unwrap();
        let found = connections::find(&world.store, acme, id, print).await.unwrap().unwrap();
        assert_eq!((found.connection.name.as_str(), found.connection.enabled, found.connection.revision), ("Okta", false, 1));
        assert_eq!((found.connection.provider, found.client_secret), (oidc("Okta").provider, Some(vec![1, 2, 3])));
        let url = |text| ProviderUrl::parse(text).unwrap();
        let certificate = |der: &str| ProviderCertificate { der: der.to_owned(), fingerprint: print(der) };
        let told = SamlProvider {
            entity_id: "urn:idp".to_owned(),
            sso_url: url("https://idp.test/sso"),
            slo_url: Some(url("https://idp.test/slo")),
            certificates: vec![certificate("QUJD"), certificate("REVG")],
        };
        let saml = Setting { provider: Provider::Saml(Some(told)), client_secret: None, ..oidc("Entra") };
        let other = connection(&world, acme, saml.clone()).await.unwrap();
        let found = connections::by_id(&world.store, other, print).await.unwrap().unwrap();
        assert!(found.workspace == acme && found.connection.is_complete());
        assert_eq!(found.connection.provider, saml.provider);
        // one that is not told anything yet
        let bare = connection(&world, acme, Setting { provider: Provider::Saml(None), client_secret: None, ..oidc("Bare") }).await.unwrap();
        let found = connections::find(&world.store, acme, bare, print).await.unwrap().unwrap();
        assert_eq!((found.connection.protocol(), found.connection.provider), (Protocol::Saml, Provider::Saml(None)));
        assert_eq!(connections::count(&world.store, acme).await.unwrap(), 3);
    }

    async fn names_are_unique_in_a_workspace_and_nothing_crosses_it(world: World) {
        let (acme, other) = (world.workspace("acme").await, world.workspace("other").await);
        let id = connection(&world, acme, oidc("Okta")).await.unwrap();
        assert!(connection(&world, acme, oidc("OKTA")).await.unwrap_err().is_conflict(Constraint::ConnectionName));
        connection(&world, other, oidc("Okta")).await.unwrap();
        assert!(connections::find(&world.store, other, id, print).await.unwrap().is_none());
        let tx = world.store.begin().await.unwrap();
        assert!(!connections::set(&tx, other, id, 1, &oidc("Mine")).await.unwrap());
        assert!(!connections::switch(&tx, other, id, true).await.unwrap());
        assert!(!connections::remove(&tx, other, id).await.unwrap());
        assert!(!connections::set(&tx, acme, id, 2, &oidc("Late")).await.unwrap(), "at another revision");
        assert!(connections::set(&tx, acme, id, 1, &Setting { client_secret: None, ..oidc("New") }).await.unwrap());
        let kept = connections::find(&tx, acme, id, print).await.unwrap().unwrap();
        assert_eq!((kept.connection.name.as_str(), kept.client_secret), ("New", Some(vec![1, 2, 3])));
    }

    async fn a_secret_stays_with_the_issuer_that_it_was_given_for(world: World) {
        let acme = world.workspace("acme").await;
        let elsewhere = || {
            let issuer = ProviderUrl::parse("https://idp.test/b").unwrap();
            Provider::Oidc(Some(OidcProvider { issuer, client_id: "acme".to_owned() }))
        };
        for (name, provider) in [("Emptied", Provider::Oidc(None)), ("Led away", elsewhere())] {
            let id = connection(&world, acme, oidc(name)).await.unwrap();
            let tx = world.store.begin().await.unwrap();
            assert!(!connections::set(&tx, acme, id, 2, &Setting { provider: provider.clone(), client_secret: None, ..oidc(name) }).await.unwrap());
            assert!(connections::find(&tx, acme, id, print).await.unwrap().unwrap().client_secret.is_some(), "nothing was written");
            assert!(connections::set(&tx, acme, id, 1, &Setting { provider, client_secret: None, ..oidc(name) }).await.unwrap());
            assert_eq!(connections::find(&tx, acme, id, print).await.unwrap().unwrap().client_secret, None, "{name}");
            let given = Setting { provider: elsewhere(), client_secret: Some(vec![4]), ..oidc(name) };
            assert!(connections::set(&tx, acme, id, 2, &given).await.unwrap());
            assert_eq!(connections::find(&tx, acme, id, print).await.unwrap().unwrap().client_secret, Some(vec![4]));
        }
    }

    async fn a_domain_is_proven_for_one_workspace_at_a_time(world: World) {
        let (acme, other) = (world.workspace("acme").await, world.workspace("other").await);
        let later = world.now().plus(Span::days(14));
        let (ours, theirs) = (domain(&world, acme, "acme.test", later).await, domain(&world, other, "acme.test", later).await);
        let name = DomainName::parse("acme.test").unwrap();
        assert_eq!(domains::proven_for(&world.store, &name).await.unwrap(), None);
        let tx = world.store.begin().await.unwrap();
        assert!(domains::prove(&tx, acme, ours, ProofMethod::Dns, world.now()).await.unwrap());
        assert!(!domains::prove(&tx, acme, ours, ProofMethod::Dns, world.now()).await.unwrap(), "once");
        tx.commit(world.record(Chain::Workspace(acme), Event::SignedOut)).await.unwrap();
        assert_eq!(domains::proven_for(&world.store, &name).await.unwrap(), Some(acme));
        let tx = world.store.begin().await.unwrap();
        let second = domains::prove(&tx, other, theirs, ProofMethod::MetaTag, world.now()).await.unwrap_err();
        assert!(second.is_conflict(Constraint::ProvenDomain), "{second}");
        drop(tx);
        let states = [acme, other].map(|workspace| domains::all(&world.store, workspace, later));
        let [ours, theirs] = states;
        assert!(ours.await.unwrap()[0].is_proven(), "for good");
        assert_eq!(theirs.await.unwrap()[0].state, DomainState::Expired, "its end is the first moment at which it can't be proven");
    }

    async fn each_stage_of_an_attempt_is_used_up_once(world: World) {
        let acme = world.workspace("acme").await;
        let id = connection(&world, acme, oidc("Okta")).await.unwrap();
        let begun = attempt(&world, id);
        attempts::begin(&world.store, &begun).await.unwrap();
        let found = attempts::by_secret(&world.store, &begun.secret_hash).await.unwrap().unwrap();
        assert_eq!((found.id, found.stage, found.browser_hash, found.next.as_str()), (begun.id, Stage::Begun, begun.browser_hash, "/a"));
        let step = Step { stage: Stage::Answered, secret_hash: world.hash(), sealed: Some(vec![2]), account: None, expires_at: begun.expires_at };
        assert!(!attempts::go_on(&world.store, begun.id, &step).await.unwrap(), "not before it was used up");
        let both = tokio::join!(attempts::use_up(&world.store, &found), attempts::use_up(&world.store, &found));
        assert_eq!([both.0.unwrap(), both.1.unwrap()].into_iter().filter(|used| *used).count(), 1);
        assert!(attempts::go_on(&world.store, begun.id, &step).await.unwrap());
        assert!(attempts::by_secret(&world.store, &begun.secret_hash).await.unwrap().is_none(), "the old secret is dead");
        let answered = attempts::by_secret(&world.store, &step.secret_hash).await.unwrap().unwrap();
        assert_eq!((answered.stage, answered.sealed), (Stage::Answered, Some(vec![2])));
        assert_eq!(attempts::forget(&world.store, begun.expires_at).await.unwrap(), 1);
        assert!(attempts::find(&world.store, begun.id).await.unwrap().is_none());
    }

    async fn a_message_is_taken_once_for_each_connection(world: World) {
        let acme = world.workspace("acme").await;
        let (one, two) = (connection(&world, acme, oidc("One")).await.unwrap(), connection(&world, acme, oidc("Two")).await.unwrap());
        let (hash, end) = (world.hash(), world.now().plus(Span::minutes(5)));
        assert!(messages::take(&world.store, one, &hash, end).await.unwrap());
        assert!(!messages::take(&world.store, one, &hash, end).await.unwrap());
        let tx = world.store.begin().await.unwrap();
        assert!(messages::take_in(&tx, two, &hash, end).await.unwrap());
        drop(tx);
        assert!(messages::take(&world.store, two, &hash, end).await.unwrap(), "the change that took it did not come about");
        let tx = world.store.begin().await.unwrap();
        assert!(!messages::take_in(&tx, two, &hash, end).await.unwrap());
        drop(tx);
        assert_eq!(messages::forget(&world.store, end).await.unwrap(), 2);
    }

    async fn a_session_knows_how_it_came_and_ends_with_its_connection(world: World) {
        let acme = world.workspace("acme").await;
        let id = connection(&world, acme, oidc("Okta")).await.unwrap();
        let account = world.account("bea@acme.test").await;
        let now = world.now();
        let mut opened = Vec::new();
        for (subject, session) in [("bea", Some("one")), ("bea", Some("two")), ("cai", Some("one"))] {
            let new = NewSession {
                id: world.id(SessionId::new),
                account,
                secret_hash: world.hash(),
                device: String::new(),
                address: String::new(),
                created_at: now,
                expires_at: now.plus(Span::days(7)),
                came_by: Some(NewCameBy { connection: id, subject: subject.to_owned(), session: session.map(str::to_owned), only_here: true }),
            };
            let tx = world.store.begin().await.unwrap();
            sessions::insert(&tx, &new).await.unwrap();
            identities::link(&tx, id, &format!("{subject} {}", opened.len()), account, now).await.unwrap();
            tx.commit(world.record(Chain::Accounts, Event::SignedOut)).await.unwrap();
            opened.push(new);
        }
        let came = async |new: &NewSession| sessions::find_by_secret(&world.store, &new.secret_hash, now).await.unwrap().map(|found| found.came_by);
        assert_eq!(came(&opened[0]).await, Some(Some(CameBy { connection: id, workspace: acme, only_here: true })));
        let listed = sessions::list(&world.store, account, now).await.unwrap();
        assert!(listed.iter().all(|session| session.sso.as_ref().is_some_and(|origin| origin.connection.as_str() == "Okta" && origin.workspace.as_str() == "acme")));
        let tx = world.store.begin().await.unwrap();
        assert_eq!(sessions::end_of_subject(&tx, id, None, None).await.unwrap(), 0, "who is not named");
        assert_eq!(sessions::end_of_subject(&tx, id, Some("bea"), Some("one")).await.unwrap(), 1);
        assert_eq!(sessions::count_of_connection(&tx, id, now).await.unwrap(), 2);
        connections::remove(&tx, acme, id).await.unwrap();
        tx.commit(world.record(Chain::Workspace(acme), Event::SignedOut)).await.unwrap();
        for session in &opened {
            assert_eq!(came(session).await, None);
        }
        assert_eq!(identities::find(&world.store, id, "bea 0").await.unwrap(), None);
    }
}
