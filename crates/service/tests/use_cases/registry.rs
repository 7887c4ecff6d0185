//! Resources as products register them: all of a call, or none of it.

use crate::{
    company::{Browser, Company},
    resources::{label, trail},
};
use domain::{
    audit::Chain,
    catalog::Action,
    failure::{Failure, FailureKind},
    labelling::{Relabel, ResourceSelection},
    policy::{Subject, Target},
    resource::{Registered, Registration, ResourceQuery, ResourceType, ResourceWish},
    save::{Expected, SaveOutcome, Stale},
};
use service::{decisions, labels, resources};
use testkit::{World, on_both};

fn of(kind: &str, key: &str, name: &str) -> Registration {
    Registration { kind: ResourceType::new(kind), key: key.to_owned(), name: name.to_owned(), parent: None, labels: None }
}

fn on(parent: &str, one: Registration) -> Registration {
    Registration { parent: Some((ResourceType::new("source"), parent.to_owned())), ..one }
}

fn bearing(texts: &[&str], one: Registration) -> Registration {
    Registration { labels: Some(texts.iter().map(|text| label(text)).collect()), ..one }
}

async fn register(company: &Company, owner: &Browser, all: &[Registration], expected: Expected) -> Result<Result<Registered, Stale>, Failure> {
    resources::register(&company.services, &company.owner(owner).await, all, expected, &|place, field| format!("[{place}].{field}")).await
}

/// How many came, changed and stayed.
async fn counts(company: &Company, owner: &Browser, all: &[Registration]) -> (u64, u64, u64) {
    let told = register(company, owner, all, Expected::Anything).await.unwrap().unwrap();
    (told.created, told.changed, told.unchanged)
}

async fn refused(company: &Company, owner: &Browser, all: &[Registration]) -> String {
    register(company, owner, all, Expected::Anything).await.unwrap_err().field.unwrap_or_default()
}

/// `app The app (environment:dev)`, in order.
async fn listed(company: &Company, owner: &Browser) -> Vec<String> {
    let page = resources::list(&company.services, &company.owner(owner).await, &ResourceQuery::default()).await.unwrap();
    let labels = |labels: &[domain::label::Label]| labels.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let parent = |row: &domain::resource::ResourceRow| row.parent.as_ref().map(|parent| format!(" on {}", parent.name)).unwrap_or_default();
    page.rows.iter().map(|row| format!("{} {} ({}){}", row.resource.key, row.resource.name, labels(&row.resource.labels), parent(row))).collect()
}

on_both! {
    async fn they_are_made_changed_and_left_as_they_are(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        labels::create(&company.services, &company.owner(&amara).await, "region", "apac", "").await.unwrap();
        // what hangs on another may stand before it
        let all = [on("app", of("destination", "crm", "CRM")), bearing(&["environment:dev"], of("source", "app", "App")), of("source", "blog", "Blog")];
        assert_eq!(counts(&company, &amara, &all).await, (3, 0, 0));
        assert_eq!(counts(&company, &amara, &all).await, (0, 0, 3));
        let next = [
            on("blog", of("destination", "crm", "CRM")),
            bearing(&["region:apac", "environment:prod"], of("source", "app", "App")),
            of("source", "blog", "Our blog"),
            of("space", "main", "Main"),
        ];
        assert_eq!(counts(&company, &amara, &next).await, (1, 3, 0));
        assert_eq!(
            listed(&company, &amara).await,
            ["crm CRM () on Our blog", "app App (environment:prod region:apac)", "blog Our blog ()", "main Main ()"]
        );
        assert_eq!(counts(&company, &amara, &[bearing(&[], of("source", "app", "App"))]).await, (0, 1, 0));
        assert!(listed(&company, &amara).await.contains(&"app App ()".to_owned()));
        let told = trail(&company, &amara).await;
        assert!(told.contains(&"registered 3 resources".to_owned()) && told.contains(&"registered Main".to_owned()) && told.contains(&"changed 3 resources".to_owned()), "{told:?}");
        let chain = Chain::Workspace(company.owner(&amara).await.workspace().id);
        let verdict = store::audit::verify(&company.world.store, chain).await.unwrap();
        assert!(verdict.faults.is_empty(), "{verdict:?}");
    }

    async fn a_mistake_in_one_leaves_all_as_they_were(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        assert_eq!(counts(&company, &amara, &[of("source", "app", "App")]).await, (1, 0, 0));
        let good = of("source", "app", "Renamed");
        for (bad, field) in [
            (of("nothing", "x", "X"), "[1].type"),
            (of("source", " ", "X"), "[1].id"),
            (of("source", "app", "X"), "[1].id"),
            (of("source", "x", ""), "[1].name"),
            (on("app", of("source", "x", "X")), "[1].parent"),
            (on("nowhere", of("destination", "x", "X")), "[1].parent"),
            (bearing(&["region:mars"], of("source", "x", "X")), "[1].labels"),
            (bearing(&["environment:dev", "environment:prod"], of("source", "x", "X")), "[1].labels"),
        ] {
            assert_eq!(refused(&company, &amara, &[good.clone(), bad.clone()]).await, field, "{bad:?}");
        }
        assert_eq!(refused(&company, &amara, &[]).await, "resources");
        assert_eq!(listed(&company, &amara).await, ["app App ()"]);
    }

    async fn a_revision_guards_name_and_parent(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let put = |name: &'static str, expected: Expected| {
            let (company, amara) = (&company, &amara);
            async move { register(company, amara, &[of("source", "app", name)], expected).await.unwrap().map(|told| (told.created, told.changed)) }
        };
        assert_eq!(put("App", Expected::Revision(1)).await, Err(Stale(None)));
        assert_eq!(put("App", Expected::Something).await, Err(Stale(None)));
        assert_eq!(counts(&company, &amara, &[of("source", "app", "App")]).await, (1, 0, 0));
        assert_eq!(put("One", Expected::Revision(1)).await, Ok((0, 1)));
        assert_eq!(put("Two", Expected::Revision(1)).await, Err(Stale(Some(2))));
        assert_eq!(listed(&company, &amara).await, ["app One ()"]);
        assert_eq!(put("Two", Expected::Something).await, Ok((0, 1)));
        let owner = company.owner(&amara).await;
        let id = resources::by_key(&company.services, &owner, &ResourceType::new("source"), "app").await.unwrap().resource.id;
        let delete = async |expected| resources::delete_if(&company.services, &owner, id, expected).await.unwrap();
        assert_eq!(delete(Expected::Revision(2)).await, Err(Stale(Some(3))));
        assert_eq!(listed(&company, &amara).await, ["app Two ()"]);
        assert_eq!(delete(Expected::Revision(3)).await, Ok(()));
    }

    async fn a_revision_guards_labels_that_others_changed(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let app = [bearing(&["environment:dev"], of("source", "app", "App"))];
        assert_eq!(counts(&company, &amara, &app).await, (1, 0, 0));
        let owner = company.owner(&amara).await;
        let before = resources::by_key(&company.services, &owner, &ResourceType::new("source"), "app").await.unwrap();
        let id = before.resource.id;
        let selection = ResourceSelection::These(vec![id]);
        resources::relabel(&company.services, &owner, &selection, &Relabel::Put(label("environment:prod"))).await.unwrap();
        let late = register(&company, &amara, &app, Expected::Revision(before.revision)).await.unwrap();
        assert_eq!(late.map(|told| told.changed), Err(Stale(Some(before.revision + 1))));
        let late = resources::set_labels(&company.services, &owner, id, Vec::new(), Expected::Revision(before.revision)).await.unwrap();
        assert_eq!(late, Err(Stale(Some(before.revision + 1))));
        let SaveOutcome::Conflict(theirs) = resources::change(&company.services, &owner, id, before.revision, "Late", None).await.unwrap() else { panic!() };
        assert_eq!(theirs.resource.labels, [label("environment:prod")]);
        assert_eq!(listed(&company, &amara).await, ["app App (environment:prod)"], "nothing was lost");
        // what is so already is no change, and leaves the revision
        resources::relabel(&company.services, &owner, &selection, &Relabel::Put(label("environment:prod"))).await.unwrap();
        let labels = resources::set_labels(&company.services, &owner, id, Vec::new(), Expected::Revision(theirs.revision)).await.unwrap();
        assert_eq!(labels, Ok((Vec::new(), theirs.revision + 1)));
        resources::delete_if(&company.services, &owner, id, Expected::Anything).await.unwrap().unwrap();
        let gone = resources::set_labels(&company.services, &owner, id, Vec::new(), Expected::Anything).await.unwrap_err();
        assert_eq!(gone.kind, FailureKind::NotFound, "{gone}");
    }

    async fn one_comes_back_as_it_was_written(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let put = async |one: Registration, expected| {
            let place_of = |_: usize, field: &str| field.to_owned();
            resources::register_one(&company.services, &owner, &one, expected, &place_of).await.unwrap()
        };
        let app = put(bearing(&["environment:dev"], of("source", "app", "App")), Expected::Anything).await.unwrap();
        assert_eq!((app.is_new, app.revision, app.parent), (true, 1, None));
        let crm = put(on("app", of("destination", "crm", "CRM")), Expected::Anything).await.unwrap();
        assert_eq!((crm.is_new, crm.parent.as_deref(), crm.resource.parent), (true, Some("source:app"), Some(app.resource.id)));
        let renamed = put(of("source", "app", "One"), Expected::Revision(1)).await.unwrap();
        let found = resources::by_key(&company.services, &owner, &ResourceType::new("source"), "app").await.unwrap();
        assert_eq!((renamed.is_new, renamed.revision, &renamed.resource), (false, found.revision, &found.resource));
        assert_eq!((found.revision, renamed.resource.name.as_str(), renamed.resource.labels), (2, "One", vec![label("environment:dev")]));
        let as_it_was = put(of("source", "app", "One"), Expected::Something).await.unwrap();
        assert_eq!((as_it_was.is_new, as_it_was.revision, as_it_was.resource), (false, 2, found.resource));
        assert_eq!(put(of("source", "app", "Two"), Expected::Revision(1)).await.unwrap_err(), Stale(Some(2)));
    }

    /// By our id a resource is found that the product knows by another.
    async fn our_id_of_a_resource_is_no_id_for_a_new_one(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        assert_eq!(counts(&company, &amara, &[of("source", "app", "App")]).await, (1, 0, 0));
        let owner = company.owner(&amara).await;
        let id = resources::by_key(&company.services, &owner, &ResourceType::new("source"), "app").await.unwrap().resource.id.to_string();
        for kind in ["source", "space"] {
            let wrong = register(&company, &amara, &[of("source", "blog", "Blog"), of(kind, &id, "App")], Expected::Anything).await.unwrap_err();
            assert_eq!(wrong.field.as_deref(), Some("[1].id"), "{wrong}");
            assert!(wrong.message.contains("`source:app`"), "{wrong}");
        }
        let wish = ResourceWish { kind: ResourceType::new("source"), name: "App".to_owned(), key: id, parent: None, labels: Vec::new() };
        assert_eq!(resources::create(&company.services, &owner, wish).await.unwrap_err().field.as_deref(), Some("key"));
        // what looks like one and is of nothing is an id like any other
        assert_eq!(counts(&company, &amara, &[of("source", "018f3c1e-6d5a-7b3c-8d4e-0123456789ab", "Odd")]).await, (1, 0, 0));
        assert_eq!(listed(&company, &amara).await.len(), 2);
    }

    async fn blanks_around_an_id_are_none_of_it(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        assert_eq!(counts(&company, &amara, &[of("source", " app ", "App")]).await, (1, 0, 0));
        let owner = company.owner(&amara).await;
        for key in ["app", " app", "app "] {
            let found = resources::by_key(&company.services, &owner, &ResourceType::new("source"), key).await.unwrap();
            assert_eq!(found.resource.key.as_str(), "app");
        }
    }

    async fn decisions_know_of_it_at_the_version_that_is_told(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let subject = Subject::Member(company.id(&amara).await);
        for n in 0..3 {
            let key = format!("s{n}");
            let told = register(&company, &amara, &[of("source", &key, "S")], Expected::Anything).await.unwrap().unwrap();
            let found = resources::by_key(&company.services, &owner, &ResourceType::new("source"), &key).await.unwrap();
            let action = Action::parse("source:read").unwrap();
            let target = Target::Resource(found.resource.id);
            let answer = decisions::check(&company.services, &owner, subject, &action, &target, Some(told.policy_version)).await.unwrap();
            assert!(answer.decision.is_allowed() && answer.policy_version >= told.policy_version);
        }
    }
}
