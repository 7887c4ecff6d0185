//! Labels on many resources at once: by owners, and by whoever may edit each of them.

use crate::{
    company::{Browser, Company},
    resources::{label, make, only, spec, trail, wish},
};
use domain::{
    catalog::Action,
    failure::{Failure, FailureKind},
    grant::Scope,
    id::ResourceId,
    labelling::{MOST_LABELLED, Relabel, Relabelled, ResourceSelection},
    member::{MemberAccess, MemberKind},
    policy::{Subject, Target},
    resource::{Resource, ResourceQuery, ResourceType, ResourceWish},
    text::{ResourceKey, ResourceName},
};
use service::{decisions, labels, members, resources};
use std::collections::BTreeSet;
use testkit::{World, on_both};

fn put(text: &str) -> Relabel {
    Relabel::Put(label(text))
}

fn take(key: &str) -> Relabel {
    Relabel::Take(key.to_owned())
}

fn all() -> ResourceSelection {
    ResourceSelection::Matching(ResourceQuery::default())
}

async fn relabel(company: &Company, who: &Browser, selection: ResourceSelection, change: Relabel) -> Result<Relabelled, Failure> {
    resources::relabel(&company.services, &company.member(who).await, &selection, &change).await
}

/// Three sources with `environment`: none, dev, prod.
async fn stocked(company: &Company, owner: &Browser) -> Vec<ResourceId> {
    let mut ids = Vec::new();
    for (name, labels) in [("App", vec![]), ("Blog", vec![label("environment:dev")]), ("Cart", vec![label("environment:prod")])] {
        ids.push(make(company, owner, ResourceWish { labels, ..wish("source", name) }).await.resource.id);
    }
    ids
}

async fn borne(company: &Company, owner: &Browser) -> Vec<String> {
    let page = resources::list(&company.services, &company.member(owner).await, &ResourceQuery::default()).await.unwrap();
    page.rows.iter().map(|row| row.resource.labels.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")).collect()
}

on_both! {
    async fn a_preview_tells_what_the_change_then_does(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let ids = stocked(&company, &amara).await;
        company.joined(&amara, "Bea", MemberKind::Member, vec![spec("source_admin", Scope::Labelled(BTreeSet::from([label("environment:dev")])))]).await;
        let owner = company.owner(&amara).await;
        let told = resources::preview(&company.services, &owner, &all(), &put("environment:prod")).await.unwrap();
        assert_eq!((told.changed, told.unchanged, told.left_out), (2, 1, 0));
        assert_eq!((told.replaced.clone(), told.grants), (vec![("dev".to_owned(), 1)], Some(1)), "one grant names what goes");
        assert_eq!(borne(&company, &amara).await, ["", "environment:dev", "environment:prod"], "a preview changes nothing");
        let version = company.owner(&amara).await.workspace().policy_version;

        let done = relabel(&company, &amara, all(), put("environment:prod")).await.unwrap();
        assert_eq!(done, Relabelled { grants: None, ..told });
        assert_eq!(borne(&company, &amara).await, ["environment:prod"; 3]);
        assert_eq!(company.owner(&amara).await.workspace().policy_version, version + 1, "one change");
        let again = relabel(&company, &amara, all(), put("environment:prod")).await.unwrap();
        assert_eq!((again.changed, again.unchanged), (0, 3));
        assert_eq!(company.owner(&amara).await.workspace().policy_version, version + 1, "nothing changed");

        let taken = relabel(&company, &amara, ResourceSelection::These(vec![ids[0], ids[1], ids[1]]), take("environment")).await.unwrap();
        assert_eq!((taken.changed, taken.replaced), (2, vec![("prod".to_owned(), 2)]));
        assert_eq!(borne(&company, &amara).await, ["", "", "environment:prod"]);
        relabel(&company, &amara, ResourceSelection::These(vec![ids[2]]), take("environment")).await.unwrap();
        let told = trail(&company, &amara).await;
        assert_eq!(told[..3], ["took the label environment off source:cart", "took the label environment off 2 resources", "put environment:prod on 2 resources"]);
    }

    async fn a_label_that_comes_lets_its_grants_reach(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let ids = stocked(&company, &amara).await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, vec![spec("source_admin", Scope::Labelled(BTreeSet::from([label("environment:prod")])))]).await;
        let (owner, subject) = (company.owner(&amara).await, Subject::Member(company.id(&bea).await));
        let may = async |id: ResourceId| {
            let edit = Action::parse("source:edit").unwrap();
            decisions::check(&company.services, &owner, subject, &edit, &Target::Resource(id), None).await.unwrap().decision.is_allowed()
        };
        assert!(!may(ids[1]).await && may(ids[2]).await);
        relabel(&company, &amara, ResourceSelection::These(vec![ids[1]]), put("environment:prod")).await.unwrap();
        relabel(&company, &amara, ResourceSelection::These(vec![ids[2]]), take("environment")).await.unwrap();
        assert!(may(ids[1]).await && !may(ids[2]).await);
    }

    async fn member_who_may_edit_labels_and_who_may_not_does_not(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let ids = stocked(&company, &amara).await;
        let grants = vec![spec("source_admin", only(&ids[..1])), spec("source_read_only", only(&ids[1..2]))];
        let bea = company.joined(&amara, "Bea", MemberKind::Member, grants).await;
        let cai = company.joined(&amara, "Cai", MemberKind::Member, Vec::new()).await;
        let me = company.member(&bea).await;
        let rows = resources::list(&company.services, &me, &ResourceQuery::default()).await.unwrap().rows;
        assert_eq!(rows.iter().map(|row| (row.resource.name.as_str(), row.may_label)).collect::<Vec<_>>(), [("App", true), ("Blog", false)]);
        let overview = resources::overview(&company.services, &me).await.unwrap();
        assert_eq!(overview.labels.len(), 2, "what may be put on is told");

        let done = relabel(&company, &bea, ResourceSelection::These(vec![ids[0]]), put("environment:dev")).await.unwrap();
        assert_eq!((done.changed, done.grants), (1, None));
        for (who, id) in [(&bea, ids[1]), (&bea, ids[2]), (&cai, ids[0])] {
            let refused = relabel(&company, who, ResourceSelection::These(vec![id]), put("environment:prod")).await.unwrap_err();
            assert_eq!(refused.kind, FailureKind::Forbidden, "{refused}");
        }
        let told = resources::preview(&company.services, &me, &all(), &put("environment:prod")).await.unwrap();
        assert_eq!((told.changed, told.left_out, told.grants), (1, 1, None), "what is out of sight is not even counted");
        relabel(&company, &bea, all(), put("environment:prod")).await.unwrap();
        assert_eq!(relabel(&company, &cai, all(), put("environment:prod")).await.unwrap(), Relabelled::default());
        assert_eq!(borne(&company, &amara).await, ["environment:prod", "environment:dev", "environment:prod"]);
    }

    /// The proof was made while she might still; what counts is the moment of the change.
    async fn a_right_that_ended_changes_nothing(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let ids = stocked(&company, &amara).await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, vec![spec("source_admin", only(&ids))]).await;
        let proof = company.member(&bea).await;
        let selection = ResourceSelection::These(vec![ids[0]]);
        resources::relabel(&company.services, &proof, &selection, &put("environment:dev")).await.unwrap();
        let owner = company.owner(&amara).await;
        let id = company.id(&bea).await;
        let revision = members::find(&company.services, &owner, id).await.unwrap().revision;
        let nothing = MemberAccess { kind: MemberKind::Member, pii: false, grants: Vec::new(), groups: Vec::new() };
        // another process takes it: this one must hear of it before it decides
        let twin = company.twin(company.world.other_node().await);
        members::change_access(&twin, &owner, id, revision, nothing, None).await.unwrap();
        let refused = resources::relabel(&company.services, &proof, &selection, &put("environment:prod")).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Forbidden, "{refused}");
        members::remove(&company.services, &owner, id).await.unwrap();
        assert_eq!(resources::relabel(&company.services, &proof, &selection, &put("environment:prod")).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(borne(&company, &amara).await[0], "environment:dev");
    }

    async fn wrong_labels_and_selections_are_refused_by_field(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let ids = stocked(&company, &amara).await;
        let theirs = make(&company, &eve, wish("source", "Theirs")).await.resource.id;
        for (selection, change, field) in [
            (all(), put("region:mars"), "labels"),
            (all(), take("no key"), "labels"),
            (ResourceSelection::These(vec![ids[0], theirs]), put("environment:dev"), "resources"),
            (ResourceSelection::These(vec![company.world.id(ResourceId::new)]), put("environment:dev"), "resources"),
        ] {
            let refused = relabel(&company, &amara, selection, change).await.unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field), "{refused}");
        }
        assert_eq!(relabel(&company, &amara, ResourceSelection::These(Vec::new()), put("environment:dev")).await.unwrap(), Relabelled::default());
        assert_eq!(borne(&company, &amara).await, ["", "environment:dev", "environment:prod"]);
    }

    async fn more_than_ten_thousand_are_refused_and_so_many_are_done(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let thing = |n: usize| Resource {
            id: company.world.id(ResourceId::new),
            kind: ResourceType::new("source"),
            key: ResourceKey::parse(&format!("s{n}")).unwrap(),
            name: ResourceName::parse(&format!("s{n:05}")).unwrap(),
            parent: None,
            labels: Vec::new(),
        };
        let many: Vec<Resource> = (0..=MOST_LABELLED).map(thing).collect();
        let tx = company.world.store.begin().await.unwrap();
        store::resources::insert_many(&tx, owner.workspace().id, &many, company.services.now()).await.unwrap();
        let chain = domain::audit::Chain::Workspace(owner.workspace().id);
        tx.commit(company.world.record(chain, domain::audit::Event::UsersExported { count: 0 })).await.unwrap();
        let refused = relabel(&company, &amara, all(), put("environment:dev")).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("resources"));
        assert!(refused.message.contains("10,000"), "{refused}");
        let most: Vec<ResourceId> = many[..MOST_LABELLED].iter().map(|it| it.id).collect();
        let done = relabel(&company, &amara, ResourceSelection::These(most), put("environment:dev")).await.unwrap();
        assert_eq!(done.changed, MOST_LABELLED as u64);
        let told = trail(&company, &amara).await;
        assert_eq!(told.iter().filter(|it| *it == "put environment:dev on 500 resources").count(), 20, "each is named in the trail");
        let entries = store::audit::page(&company.world.store, chain, &Default::default()).await.unwrap().rows;
        let of_labels = entries.iter().filter(|entry| matches!(entry.event, domain::audit::Event::ResourcesRelabelled { .. }));
        let operations: BTreeSet<_> = of_labels.map(|entry| entry.origin.operation).collect();
        assert!(operations.len() == 1 && !operations.contains(&None), "all are one change: {operations:?}");
        assert_eq!(store::audit::verify(&company.world.store, chain).await.unwrap().faults, []);
    }

    /// Whoever comes second finds what the first left: a label is never deleted while it is on something.
    async fn a_label_put_on_while_it_is_deleted_is_one_or_the_other(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let ids = stocked(&company, &amara).await;
        for round in 0..8 {
            let text = format!("round:r{round}");
            labels::create(&company.services, &company.owner(&amara).await, "round", &format!("r{round}"), "").await.unwrap();
            let owner = company.owner(&amara).await;
            let (selection, change, gone) = (ResourceSelection::These(vec![ids[0]]), put(&text), label(&text));
            let (labelled, deleted) = tokio::join!(
                resources::relabel(&company.services, &owner, &selection, &change),
                labels::delete(&company.services, &owner, &gone),
            );
            match (&labelled, &deleted) {
                (Ok(_), Err(refused)) => assert_eq!(refused.kind, FailureKind::Conflict, "{refused}"),
                (Err(refused), Ok(())) => assert_eq!(refused.field.as_deref(), Some("labels"), "{refused}"),
                (_, _) => panic!("{labelled:?} {deleted:?}"),
            }
            let found = labels::find(&company.services, &owner, &gone).await;
            assert_eq!(found.is_ok(), labelled.is_ok());
        }
    }
}
