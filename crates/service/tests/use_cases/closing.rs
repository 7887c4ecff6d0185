//! A workspace that is deleted: closed at once for everybody, kept if an owner says so in time, then gone for good with all of it.

use crate::{
    company::{Browser, Company},
    mail::links,
    resources::trail,
};
use domain::{
    audit::Chain,
    catalog::{Action, RoleId},
    failure::FailureKind,
    grant::{GrantSpec, Scope},
    id::{AttemptId, ConnectionId, GroupId, SessionId, SignInId},
    member::{GrantDraft, MemberKind},
    policy::{Subject, Target},
    resource::ResourceType,
    settings::SettingsWish,
    sso::{
        ConnectionDraft, OidcDraft, Preset, ProviderDraft,
        log::{Purpose, SignInEntry, SignInOutcome},
        mapping::MappingRule,
    },
    text::WorkspaceName,
    time::{Span, Timestamp},
    token::TokenWish,
    workspace::{KEPT_FOR, WorkspaceContents, WorkspaceSlug},
};
use futures::TryStreamExt as _;
use service::{actor::Meta, closing, decisions, groups, invites, members, operator, seed, settings, sso, tokens, workspaces};
use store::{
    sessions::{NewCameBy, NewSession},
    sso::attempts::{Attempt, Stage},
};
use testkit::{World, on_both};

async fn close(company: &Company, who: &Browser) -> Timestamp {
    let owner = company.owner(who).await;
    let name = owner.workspace().name.to_string();
    closing::close(&company.services, &owner, &name).await.unwrap()
}

async fn keep(company: &Company, who: &Browser) -> Result<(), domain::failure::Failure> {
    let owner = company.services.closed_owner(company.signed_in(who).await, &who.slug).await?;
    closing::keep(&company.services, &owner).await
}

async fn asked(company: &Company, who: &Browser) -> Option<FailureKind> {
    company.services.member(company.signed_in(who).await, &who.slug).await.err().map(|failure| failure.kind)
}

async fn listed(company: &Company, who: &Browser) -> Vec<bool> {
    let mine = workspaces::mine(&company.services, &company.signed_in(who).await).await.unwrap();
    mine.iter().map(|one| one.workspace.is_closed()).collect()
}

/// How many rows of the workspace's own a table holds.
async fn rows(company: &Company, table: &str, column: &str, id: uuid::Uuid) -> u64 {
    let id = company.world.literal(id);
    let count = company.world.text(&format!("SELECT CAST(COUNT(*) AS TEXT) AS text FROM {table} WHERE {column} = {id}")).await;
    count.parse().unwrap()
}

/// Something in each table of single sign-on, and a session that came by it.
async fn signed_on(company: &Company, who: &Browser, group: GroupId) -> ConnectionId {
    let (services, owner) = (&company.services, company.owner(who).await);
    let told = OidcDraft { issuer: "https://idp.test".to_owned(), client_id: "acme".to_owned(), client_secret: None };
    let rule = MappingRule { claim: "groups".to_owned(), value: "more".to_owned(), group, group_name: None };
    let draft =
        ConnectionDraft { name: "Okta".to_owned(), preset: Preset::Okta, provider: ProviderDraft::Oidc(told), allow_idp_initiated: false, mapping: vec![rule] };
    let connection = sso::connections::create(services, &owner, &draft).await.unwrap().connection.id;
    sso::domains::add(services, &owner, "acme.test").await.unwrap();
    let (account, now) = (company.signed_in(who).await.account().id, services.now());
    let attempt = Attempt {
        id: company.world.id(AttemptId::new),
        connection,
        purpose: Purpose::SignIn,
        stage: Stage::Begun,
        secret_hash: company.world.hash(),
        browser_hash: None,
        sealed: None,
        next: String::new(),
        account: None,
        created_at: now,
        expires_at: now.plus(Span::days(30)),
    };
    store::sso::attempts::begin(&company.world.store, &attempt).await.unwrap();
    store::sso::messages::take(&company.world.store, connection, &company.world.hash(), attempt.expires_at).await.unwrap();
    let entry = SignInEntry {
        id: company.world.id(SignInId::new),
        at: now,
        purpose: Purpose::SignIn,
        outcome: SignInOutcome::Accepted,
        who: None,
        address: None,
        more: 0,
    };
    let session = NewSession {
        id: company.world.id(SessionId::new),
        account,
        secret_hash: company.world.hash(),
        device: String::new(),
        address: String::new(),
        created_at: now,
        expires_at: now.plus(Span::days(30)),
        came_by: Some(NewCameBy { connection, subject: "amara".to_owned(), session: None, only_here: false }),
    };
    let tx = company.world.store.begin().await.unwrap();
    store::sso::log::write(&tx, connection, &entry).await.unwrap();
    store::sso::identities::link(&tx, connection, "amara", account, now).await.unwrap();
    store::sso::requirement::set_exceptions(&tx, owner.workspace().id, &[owner.member().unwrap()]).await.unwrap();
    store::sessions::insert(&tx, &session).await.unwrap();
    tx.commit(company.world.record(Chain::Accounts, domain::audit::Event::SignedOut)).await.unwrap();
    connection
}

on_both! {
    async fn a_closed_workspace_is_there_for_nobody_but_owners_who_can_keep_it(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        let dora = company.joined(&amara, "Dora", MemberKind::Member, Vec::new()).await;
        let eve = company.founder("Eve").await;
        let link = company.invite(&amara, "new@acme.test", MemberKind::Member, Vec::new()).await;
        let wish = TokenWish { name: "Nightly".to_owned(), owner_access: true, ..TokenWish::default() };
        let token = tokens::create(&company.services, &company.owner(&amara).await, wish).await.unwrap().secret;
        let known = async || company.services.token(token.reveal(), &Meta::default()).await.map(drop).map_err(|failure| failure.kind);
        let anyone = company.services.anonymous(Meta::default());
        let proof = company.member(&dora).await;
        assert_eq!(known().await, Ok(()));

        let deleted_at = close(&company, &amara).await;
        assert_eq!(deleted_at, company.services.now().plus(KEPT_FOR));
        for who in [&amara, &bea, &dora] {
            assert_eq!(asked(&company, who).await, Some(FailureKind::NotFound));
        }
        assert_eq!(known().await, Err(FailureKind::NotFound));
        assert_eq!(invites::offer(&company.services, &anyone, &link).await.unwrap_err().kind, FailureKind::NotFound);
        let late = members::leave(&company.services, &proof).await.unwrap_err();
        assert_eq!(late.kind, FailureKind::NotFound, "a proof made before means nothing after");
        assert_eq!((listed(&company, &amara).await, listed(&company, &dora).await), (vec![true], vec![]));
        for stranger in [&dora, &Browser { secret: eve.secret.clone(), slug: amara.slug.clone() }] {
            assert_eq!(keep(&company, stranger).await.unwrap_err().kind, FailureKind::NotFound);
        }

        keep(&company, &bea).await.unwrap();
        for who in [&amara, &bea, &dora] {
            assert_eq!(asked(&company, who).await, None);
        }
        assert_eq!((known().await, listed(&company, &dora).await), (Ok(()), vec![false]));
        assert!(invites::offer(&company.services, &anyone, &link).await.is_ok());
        assert_eq!(keep(&company, &amara).await.unwrap_err().kind, FailureKind::Conflict, "it is open");
        assert_eq!(keep(&company, &dora).await.unwrap_err().kind, FailureKind::Forbidden);
        let trail = trail(&company, &amara).await;
        assert_eq!(trail[0], "kept the workspace Amara Inc from being deleted");
        assert!(trail[1].starts_with("closed the workspace Amara Inc, to be deleted on 2026-"), "{}", trail[1]);
        company.clock.advance(Span::days(30));
        assert_eq!(closing::round(&company.services).await.unwrap(), 0);
    }

    async fn it_is_closed_by_its_typed_name_and_by_owners_alone(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let dora = company.joined(&amara, "Dora", MemberKind::Member, Vec::new()).await;
        let owner = company.owner(&amara).await;
        for typed in ["", "amara inc", "Amara"] {
            let refused = closing::close(&company.services, &owner, typed).await.unwrap_err();
            assert_eq!((refused.kind, refused.field.as_deref()), (FailureKind::Invalid, Some("name")));
            assert!(refused.message.contains("type Amara Inc"), "{refused}");
        }
        assert_eq!(asked(&company, &dora).await, None);
        let expected = WorkspaceContents { members: 2, invites: 0, groups: 0, tokens: 0, resources: 0 };
        assert_eq!(closing::contents(&company.services, &owner).await.unwrap(), expected);
        closing::close(&company.services, &owner, " Amara Inc ").await.unwrap();
        let twice = closing::close(&company.services, &owner, "Amara Inc").await.unwrap_err();
        assert_eq!(twice.kind, FailureKind::NotFound);
        assert_eq!(links(&company).await, ["amara-inc"], "owners are written to, members are not");
    }

    async fn its_decisions_end_at_once_here_and_on_other_nodes(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let all = vec![GrantSpec::new(RoleId::new("source_admin"), Scope::All)];
        let dora = company.joined(&amara, "Dora", MemberKind::Member, all).await;
        let (owner, subject) = (company.owner(&amara).await, Subject::Member(company.id(&dora).await));
        let there = company.twin(company.world.other_node().await);
        let create = Action::new(&ResourceType::new("source"), "create");
        let ask = async |services: &service::Services| {
            decisions::check(services, &owner, subject, &create, &Target::Type, None).await.map(|answer| answer.decision.is_allowed()).map_err(|failure| failure.kind)
        };
        assert_eq!((ask(&company.services).await, ask(&there).await), (Ok(true), Ok(true)));
        close(&company, &amara).await;
        assert_eq!(ask(&company.services).await, Err(FailureKind::NotFound));
        assert!(!decisions::held(&company.services, &company.services.operator()).contains(&owner.workspace().id));
        // a node that hears of nothing asks again after a moment
        company.clock.advance(Span::seconds(1));
        assert_eq!(ask(&there).await, Err(FailureKind::NotFound));
        keep(&company, &amara).await.unwrap();
        company.clock.advance(Span::seconds(1));
        assert_eq!((ask(&company.services).await, ask(&there).await), (Ok(true), Ok(true)));
    }

    async fn nobody_is_written_to_about_what_was_kept(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        company.invite(&amara, "new@acme.test", MemberKind::Member, Vec::new()).await;
        close(&company, &amara).await;
        keep(&company, &amara).await.unwrap();
        let carried = links(&company).await;
        assert_eq!(carried.len(), 1, "the invite alone: {carried:?}");
    }

    async fn after_its_time_all_of_it_is_gone_and_nothing_else(world: World) {
        let company = Company::new(world);
        let eve = company.founder("Eve").await;
        let operator = company.services.operator();
        let seeded = seed::demo(&company.services, &operator).await.unwrap();
        let anyone = company.services.anonymous(Meta::default());
        let secret = service::accounts::sign_in(&company.services, &anyone, &seeded.owner, &seeded.password).await.unwrap();
        let acme = Browser { secret, slug: seeded.slug.clone() };
        let owner = company.owner(&acme).await;
        let id = owner.workspace().id.uuid();
        service::webhooks::create(&company.services, &owner, &domain::webhook::WebhookDraft {
            url: "https://hooks.example.com/a".to_owned(), enabled: true, ..Default::default()
        }).await.unwrap();
        // a group's own grants, labels and a resource on another are in the demo; a change touches them all
        let wish = domain::group::GroupWish { name: "More".to_owned(), pii: false, grants: vec![GrantDraft { id: None, spec: GrantSpec::new(RoleId::new("source_admin"), Scope::All) }] };
        let group = groups::create(&company.services, &owner, &wish).await.unwrap();
        let emails = vec![domain::email::EmailAddress::parse("late@acme.test").unwrap()];
        let invitation = domain::invite::Invitation { emails, kind: MemberKind::Member, pii: false, grants: Vec::new(), groups: vec![group.id] };
        invites::send(&company.services, &owner, invitation).await.unwrap();
        let connection = signed_on(&company, &acme, group.id).await;
        let known = settings::find(&company.services, &owner).await.unwrap();
        settings::change(&company.services, &owner, known.revision, &SettingsWish { invite_days: "3".to_owned(), ..known.wish() }).await.unwrap();
        let tables = ["members", "user_groups", "group_members", "invites", "invite_groups", "tokens", "grants", "grant_resources", "grant_labels",
            "resources", "resource_labels", "labels", "requests", "policy_changes", "webhooks", "sso_connections", "sso_rules", "sso_domains", "sso_exceptions"];
        for table in tables {
            assert!(rows(&company, table, "workspace_id", id).await > 0, "{table} would be tested with nothing in it");
        }

        close(&company, &acme).await;
        company.clock.advance(Span::days(6));
        assert_eq!(closing::round(&company.services).await.unwrap(), 0, "not before its time");
        company.clock.advance(Span::days(1));
        assert_eq!(closing::round(&company.services).await.unwrap(), 1);
        for table in tables {
            assert_eq!(rows(&company, table, "workspace_id", id).await, 0, "{table}");
        }
        for (table, column) in [("audit", "chain"), ("audit_heads", "chain"), ("audit_anchors", "chain"), ("outbox", "workspace_id"), ("workspaces", "id")] {
            assert_eq!(rows(&company, table, column, id).await, 0, "{table}");
        }
        for table in ["webhook_deliveries", "sso_identities", "sso_attempts", "sso_messages", "sso_log"] {
            assert_eq!(company.world.text(&format!("SELECT CAST(COUNT(*) AS TEXT) AS text FROM {table}")).await, "0", "{table}");
        }
        assert_eq!(rows(&company, "sessions", "connection_id", connection.uuid()).await, 0);
        assert_eq!(closing::round(&company.services).await.unwrap(), 0);

        // the trail of accounts tells of it, and all that stays is whole
        let page = store::audit::page(&company.world.store, Chain::Accounts, &Default::default()).await.unwrap();
        assert!(page.rows.iter().any(|entry| entry.sentence() == "Rolecall deleted the workspace Acme and all that was in it"));
        let reports: Vec<_> = operator::verify_audit(&company.services, &operator, None).await.unwrap().try_collect().await.unwrap();
        assert!(reports.iter().all(|report| report.verdict.is_whole()));
        assert_eq!(reports.iter().map(|report| report.chain.as_str()).collect::<Vec<_>>(), ["accounts", "eve-inc"]);
        assert_eq!(operator::workspaces(&company.services, &operator).await.unwrap().len(), 1);
        let eve = Browser { secret: service::accounts::sign_in(&company.services, &anyone, "eve@acme.test", crate::company::PASSWORD).await.unwrap(), slug: eve.slug };
        assert_eq!(asked(&company, &eve).await, None);
        // its address is free again
        let again = workspaces::create(&company.services, &company.signed_in(&eve).await, "Acme").await.unwrap();
        assert_eq!(again, WorkspaceSlug::parse("acme").unwrap());
    }

    async fn a_deletion_that_was_stopped_midway_is_taken_up_and_can_not_be_called_off(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        for name in ["Bea", "Cai", "Dora"] {
            company.joined(&amara, name, MemberKind::Member, Vec::new()).await;
        }
        let id = company.owner(&amara).await.workspace().id;
        assert_eq!(store::deletion::sweep(&company.world.store, id, 100).await.unwrap(), 0, "what is not being deleted stays");
        let moment = close(&company, &amara).await;
        assert_eq!(store::deletion::sweep(&company.world.store, id, 100).await.unwrap(), 0);
        assert_eq!(store::deletion::due(&company.world.store, company.services.now()).await.unwrap(), []);
        company.clock.advance(KEPT_FOR);
        let anyone = company.services.anonymous(Meta::default());
        let secret = service::accounts::sign_in(&company.services, &anyone, "amara@acme.test", crate::company::PASSWORD).await.unwrap();
        let amara = Browser { secret, slug: amara.slug };
        let too_late = keep(&company, &amara).await.unwrap_err();
        assert!(too_late.kind == FailureKind::Conflict && too_late.message.contains("too late"), "{too_late}");

        let tx = company.world.store.begin().await.unwrap();
        assert!(store::deletion::begin(&tx, id, moment).await.unwrap());
        assert!(!store::deletion::begin(&tx, id, moment).await.unwrap(), "once");
        let event = domain::audit::Event::WorkspaceDeleted { name: "Amara Inc".to_owned(), slug: "amara-inc".to_owned(), contents: WorkspaceContents::default() };
        tx.commit(company.world.record(Chain::Accounts, event)).await.unwrap();
        assert_eq!(keep(&company, &amara).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(listed(&company, &amara).await, Vec::<bool>::new());
        // a part, then the rest by the next round
        assert!(store::deletion::sweep(&company.world.store, id, 1).await.unwrap() <= 1);
        let chains = store::audit::chains(&company.world.store).await.unwrap();
        assert_eq!(chains, [Chain::Accounts], "a trail that is going is not proven any more");
        assert_eq!(closing::round(&company.services).await.unwrap(), 1);
        assert_eq!(rows(&company, "members", "workspace_id", id.uuid()).await, 0);
        let name = WorkspaceName::parse("Amara Inc").unwrap();
        assert_eq!(workspaces::create(&company.services, &company.signed_in(&amara).await, name.as_str()).await.unwrap().as_str(), "amara-inc");
    }
}
