//! Resources: made, changed and deleted by owners; seen by whoever may do something to them.

use crate::company::{Browser, Company};
use domain::{
    catalog::RoleId,
    failure::FailureKind,
    grant::{GrantSpec, Scope},
    id::ResourceId,
    label::Label,
    member::MemberKind,
    page::Cursor,
    resource::{Resource, ResourceDetail, ResourceQuery, ResourceType, ResourceWish},
    save::SaveOutcome,
    text::{ResourceKey, ResourceName},
};
use service::resources;
use std::collections::BTreeSet;
use testkit::{World, on_both};

pub fn wish(kind: &str, name: &str) -> ResourceWish {
    let key = name.to_lowercase().replace(' ', "-");
    ResourceWish { kind: ResourceType::new(kind), name: name.to_owned(), key, parent: None, labels: Vec::new() }
}

pub fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

pub async fn make(company: &Company, owner: &Browser, wish: ResourceWish) -> ResourceDetail {
    resources::create(&company.services, &company.owner(owner).await, wish).await.unwrap()
}

pub fn only(ids: &[ResourceId]) -> Scope {
    Scope::Only(ids.iter().copied().collect())
}

pub fn spec(role: &str, scope: Scope) -> GrantSpec {
    GrantSpec::new(RoleId::new(role), scope)
}

async fn names(company: &Company, who: &Browser) -> Vec<String> {
    let page = resources::list(&company.services, &company.member(who).await, &ResourceQuery::default()).await.unwrap();
    page.rows.iter().map(|row| row.resource.name.to_string()).collect()
}

pub async fn trail(company: &Company, owner: &Browser) -> Vec<String> {
    let workspace = company.owner(owner).await.workspace().id;
    let chain = domain::audit::Chain::Workspace(workspace);
    let entries = store::audit::page(&company.world.store, chain, &Default::default()).await.unwrap();
    entries.rows.iter().map(|entry| entry.event.sentence()).collect()
}

on_both! {
    async fn owner_makes_changes_and_deletes_a_resource(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let (web, app) = (make(&company, &amara, wish("source", "Web")).await, make(&company, &amara, wish("source", "App")).await);
        let crm = ResourceWish { parent: Some(web.resource.id), labels: vec![label("environment:prod")], ..wish("destination", "CRM") };
        let crm = make(&company, &amara, crm).await;
        assert_eq!(crm.parent, Some(web.resource.reference()));
        assert_eq!((crm.resource.labels.clone(), crm.grants, crm.may_label), (vec![label("environment:prod")], Some(0), true));
        let opened = resources::find(&company.services, &owner, web.resource.id).await.unwrap();
        assert_eq!((opened.children, opened.children_count), (vec![crm.resource.reference()], 1));

        let (id, parent) = (crm.resource.id, Some(app.resource.id));
        let SaveOutcome::Saved(moved) = resources::change(&company.services, &owner, id, crm.revision, "CRM of Acme", parent).await.unwrap() else { panic!() };
        assert_eq!((moved.resource.name.as_str(), moved.parent, moved.revision), ("CRM of Acme", Some(app.resource.reference()), crm.revision + 1));
        let SaveOutcome::Conflict(theirs) = resources::change(&company.services, &owner, id, crm.revision, "Late", None).await.unwrap() else { panic!("saved over it") };
        assert_eq!((theirs.resource.name.as_str(), theirs.revision), ("CRM of Acme", moved.revision));
        // what changes nothing is no change
        let before = company.owner(&amara).await.workspace().policy_version;
        resources::change(&company.services, &owner, id, moved.revision, " CRM of Acme ", parent).await.unwrap();
        assert_eq!(company.owner(&amara).await.workspace().policy_version, before);
        resources::change(&company.services, &owner, id, moved.revision, "CRM of Acme", None).await.unwrap();

        resources::delete(&company.services, &owner, id).await.unwrap();
        assert_eq!(resources::find(&company.services, &owner, id).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(resources::delete(&company.services, &owner, id).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(names(&company, &amara).await, ["App", "Web"]);
        let trail = trail(&company, &amara).await;
        assert_eq!(trail[..4], ["deleted CRM of Acme", "moved CRM of Acme away from App", "changed CRM", "registered CRM"]);
    }

    async fn bad_wishes_are_refused_by_field(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let web = make(&company, &amara, wish("source", "Web")).await.resource.id;
        let house = make(&company, &amara, wish("warehouse", "House")).await.resource.id;
        let both = vec![label("environment:prod"), label("environment:dev")];
        for (bad, field, word) in [
            (wish("rocket", "R"), "kind", "`rocket`"),
            (wish("source", " "), "name", "missing"),
            (wish("source", &"x".repeat(201)), "name", "at most 200"),
            (wish("source", "a\u{202e}b"), "name", "control"),
            (ResourceWish { key: String::new(), ..wish("source", "New") }, "key", "missing"),
            (ResourceWish { key: "web".to_owned(), ..wish("source", "Other") }, "key", "has the id `web` already"),
            (ResourceWish { parent: Some(web), ..wish("source", "New") }, "parent", "hang on nothing"),
            (ResourceWish { parent: Some(house), ..wish("destination", "New") }, "parent", "hang on a source"),
            (ResourceWish { parent: Some(company.world.id(ResourceId::new)), ..wish("destination", "New") }, "parent", "not here any more"),
            (ResourceWish { labels: both, ..wish("source", "New") }, "labels", "one value"),
            (ResourceWish { labels: vec![label("region:mars")], ..wish("source", "New") }, "labels", "region:mars"),
        ] {
            let refused = resources::create(&company.services, &owner, bad.clone()).await.unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field), "{bad:?}: {refused}");
            assert!(refused.message.contains(word), "{refused}");
        }
        let revision = resources::find(&company.services, &owner, web).await.unwrap().revision;
        let refused = resources::change(&company.services, &owner, web, revision, "", None).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("name"));
        assert_eq!(names(&company, &amara).await, ["Web", "House"], "nothing came of any of them");
        // the same id in another type is another thing
        make(&company, &amara, ResourceWish { key: "web".to_owned(), ..wish("warehouse", "Web house") }).await;
    }

    /// A catalogue whose types hung on each other the other way round before.
    async fn nothing_comes_to_hang_on_itself(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let crm = make(&company, &amara, wish("destination", "CRM")).await;
        let old = Resource {
            id: company.world.id(ResourceId::new),
            kind: ResourceType::new("source"),
            key: ResourceKey::parse("old").unwrap(),
            name: ResourceName::parse("Old").unwrap(),
            parent: Some(crm.resource.id),
            labels: Vec::new(),
        };
        let tx = company.world.store.begin().await.unwrap();
        store::resources::insert_many(&tx, owner.workspace().id, std::slice::from_ref(&old), company.services.now()).await.unwrap();
        let chain = domain::audit::Chain::Workspace(owner.workspace().id);
        tx.commit(company.world.record(chain, domain::audit::Event::UsersExported { count: 0 })).await.unwrap();
        let refused = resources::change(&company.services, &owner, crm.resource.id, crm.revision, "CRM", Some(old.id)).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("parent"));
        assert!(refused.message.contains("hang on itself"), "{refused}");
    }

    async fn what_is_in_use_is_not_deleted_and_the_refusal_says_where(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let web = make(&company, &amara, wish("source", "Web")).await.resource.id;
        let crm = make(&company, &amara, ResourceWish { parent: Some(web), ..wish("destination", "CRM") }).await.resource.id;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, vec![spec("source_admin", only(&[web]))]).await;
        let pending = company.invite(&amara, "zoe@acme.test", MemberKind::Member, vec![spec("source_read_only", only(&[web]))]).await;
        let refused = resources::delete(&company.services, &owner, web).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Conflict);
        for words in ["1 resource hangs on it (CRM)", "2 grants name it (Bea, zoe@acme.test)", "first"] {
            assert!(refused.message.contains(words), "{refused}");
        }
        let uses = resources::uses(&company.services, &owner, web, None).await.unwrap();
        assert_eq!(uses.rows.iter().map(|row| row.holder.name.as_str()).collect::<Vec<_>>(), ["Bea", "zoe@acme.test"]);

        resources::delete(&company.services, &owner, crm).await.unwrap();
        service::members::remove(&company.services, &owner, company.id(&bea).await).await.unwrap();
        assert!(resources::delete(&company.services, &owner, web).await.unwrap_err().message.contains("1 grant names it (zoe@acme.test)"));
        let invited = service::members::users(&company.services, &owner, &domain::member::UserQuery::default()).await.unwrap();
        let invite = invited.rows.iter().find_map(|row| match row.id { domain::member::UserId::Invite(id) => Some(id), domain::member::UserId::Member(_) => None });
        service::invites::revoke(&company.services, &owner, invite.unwrap()).await.unwrap();
        assert!(!pending.is_empty());
        resources::delete(&company.services, &owner, web).await.unwrap();
    }

    async fn members_see_theirs_and_nothing_else(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let mut ids = Vec::new();
        for name in ["App", "Blog", "Cart"] {
            ids.push(make(&company, &amara, wish("source", name)).await.resource.id);
        }
        let crm = make(&company, &amara, ResourceWish { parent: Some(ids[0]), ..wish("destination", "CRM") }).await.resource.id;
        make(&company, &amara, wish("warehouse", "House")).await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, vec![spec("source_read_only", only(&ids[..1])), spec("warehouse_destination_read_only", Scope::All)]).await;
        let cai = company.joined(&amara, "Cai", MemberKind::Member, Vec::new()).await;
        assert_eq!(names(&company, &amara).await, ["CRM", "App", "Blog", "Cart", "House"]);
        assert_eq!(names(&company, &bea).await, ["CRM", "App", "House"]);
        assert_eq!(names(&company, &cai).await, Vec::<String>::new());

        let me = company.member(&bea).await;
        let overview = resources::overview(&company.services, &me).await.unwrap();
        let counts: Vec<(&str, u64)> = overview.counts.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
        assert_eq!(counts, [("source", 1), ("destination", 1), ("warehouse", 1)], "in the catalogue's order");
        assert!(overview.labels.is_empty() && overview.keys.is_empty(), "who labels nothing need not know the labels");
        let mine = resources::find(&company.services, &me, ids[0]).await.unwrap();
        assert_eq!((mine.children.len(), mine.children_count, mine.grants, mine.may_label), (1, 1, None, false));
        assert_eq!(resources::find(&company.services, &me, crm).await.unwrap().parent.unwrap().id, ids[0]);
        assert_eq!(resources::find(&company.services, &me, ids[1]).await.unwrap_err().kind, FailureKind::NotFound);
        assert!(resources::list(&company.services, &me, &ResourceQuery::default()).await.unwrap().rows.iter().all(|row| !row.may_label));
    }

    async fn what_a_thing_hangs_on_is_named_only_to_who_sees_it(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let web = make(&company, &amara, wish("source", "Web")).await.resource.id;
        let crm = make(&company, &amara, ResourceWish { parent: Some(web), ..wish("destination", "CRM") }).await.resource.id;
        // the grant names the destination by itself
        let bea = company.joined(&amara, "Bea", MemberKind::Member, vec![spec("source_read_only", only(&[crm]))]).await;
        let me = company.member(&bea).await;
        let row = resources::list(&company.services, &me, &ResourceQuery::default()).await.unwrap().rows.remove(0);
        assert_eq!((row.resource.name.as_str(), row.parent), ("CRM", None));
        assert_eq!(resources::find(&company.services, &me, crm).await.unwrap().parent, None);
        let owner = company.owner(&amara).await;
        assert!(resources::list(&company.services, &owner, &ResourceQuery::default()).await.unwrap().rows[0].parent.is_some());
    }

    async fn nothing_crosses_a_workspace(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let web = make(&company, &amara, wish("source", "Web")).await;
        let stranger = company.owner(&eve).await;
        let id = web.resource.id;
        assert_eq!(resources::find(&company.services, &stranger, id).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(resources::delete(&company.services, &stranger, id).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(resources::change(&company.services, &stranger, id, web.revision, "Mine", None).await.unwrap_err().kind, FailureKind::NotFound);
        let refused = resources::create(&company.services, &stranger, ResourceWish { parent: Some(id), ..wish("destination", "CRM") }).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("parent"));
        assert_eq!(names(&company, &eve).await, Vec::<String>::new());
        assert_eq!(names(&company, &amara).await, ["Web"]);
    }

    async fn too_many_filters_and_foreign_cursors_are_taken_calmly(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        make(&company, &amara, wish("source", "Web")).await;
        let owner = company.owner(&amara).await;
        let many = ResourceQuery { lacking: (0..51).map(|n| format!("k{n}")).collect(), ..ResourceQuery::default() };
        assert_eq!(resources::list(&company.services, &owner, &many).await.unwrap_err().field.as_deref(), Some("labels"));
        let cursor = Some(Cursor { key: "zzz\nzzz".to_owned(), id: uuid::Uuid::max(), before: false });
        let beyond = resources::list(&company.services, &owner, &ResourceQuery { cursor, ..ResourceQuery::default() }).await.unwrap();
        assert_eq!(beyond.rows.len(), 1, "behind the end is the last page");
    }

    async fn an_owner_of_before_changes_nothing(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        let proof = company.owner(&bea).await;
        let web = make(&company, &bea, wish("source", "Web")).await;
        service::members::remove(&company.services, &company.owner(&amara).await, company.id(&bea).await).await.unwrap();
        for refused in [
            resources::create(&company.services, &proof, wish("source", "Late")).await.unwrap_err(),
            resources::change(&company.services, &proof, web.resource.id, web.revision, "Late", None).await.unwrap_err(),
            resources::delete(&company.services, &proof, web.resource.id).await.unwrap_err(),
        ] {
            assert_eq!(refused.kind, FailureKind::NotFound, "{refused}");
        }
        assert_eq!(names(&company, &amara).await, ["Web"]);
        assert_eq!(BTreeSet::from([web.resource.id]).len(), 1);
    }
}
