//! A small company for tests of processes.

use crate::process::done;
use domain::{
    catalog::{Catalog, RoleId},
    email::EmailAddress,
    grant::{GrantSpec, Scope},
    invite::Invitation,
    member::MemberKind,
};
use serde_json::Value;
use service::{Settings, accounts, actor::Meta, invites, secrets::SecretKey, setup};
use std::sync::Arc;

/// The workspace `acme`: its owner's session and a token with owner access; Bea has one role on all.
pub struct Acme {
    pub url: String,
    pub cookie: String,
    pub token: String,
    pub bea: String,
}

/// Makes it on an empty database.
pub async fn acme(url: &str, role: &str) -> Acme {
    let settings = Settings::usual("http://127.0.0.1:3000".to_owned(), SecretKey::parse(&"k".repeat(32)).unwrap());
    let services = setup::open(url, Arc::new(Catalog::parse(Catalog::BUILT_IN).unwrap()), settings).await.unwrap();
    let anyone = services.anonymous(Meta::default());
    let password = "vexing-lantern-orbit".to_owned();
    let (name, email, workspace_name) = ("Amara".to_owned(), "amara@acme.test".to_owned(), "Acme".to_owned());
    let up = accounts::sign_up(&services, &anyone, accounts::SignUp { name, email, password: password.clone(), workspace_name }).await.unwrap();
    let owner = services.owner(services.signed_in(&up.session_secret, Meta::default()).await.unwrap(), &up.slug).await.unwrap();
    let emails = vec![EmailAddress::parse("bea@acme.test").unwrap()];
    let sent = invites::send(
        &services,
        &owner,
        Invitation { emails, kind: MemberKind::Member, pii: false, grants: vec![GrantSpec::new(RoleId::new(role), Scope::All)], groups: Vec::new() },
    );
    let sent = sent.await.unwrap();
    let bea = invites::accept_as_new(&services, &anyone, sent[0].link.rsplit('/').next().unwrap(), "Bea", &password).await.unwrap();
    let bea = services.member(services.signed_in(&bea.session_secret, Meta::default()).await.unwrap(), &bea.slug).await.unwrap().member();
    services.store.close().await.unwrap();
    let made: Value = serde_json::from_str(&done(url, &["token", "create", "shop", "--owner-access", "--json"])).unwrap();
    let token = made["token"].as_str().unwrap().to_owned();
    Acme { url: url.to_owned(), cookie: format!("rolecall={}", up.session_secret), token, bea: bea.to_string() }
}
