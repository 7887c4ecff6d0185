//! Labels of a workspace: as many as the plan allows, never renamed, kept while in use.

use crate::{
    company::{Browser, Company},
    resources::{label, make, spec, trail, wish},
};
use domain::{
    audit::{Chain, Event},
    failure::{Failure, FailureKind},
    grant::Scope,
    label::{Label, LabelRoom},
    member::MemberKind,
    resource::ResourceWish,
    save::SaveOutcome,
};
use service::{labels, operator};
use std::collections::BTreeSet;
use testkit::{World, on_both};

async fn create(company: &Company, owner: &Browser, key: &str, value: &str) -> Result<Label, Failure> {
    labels::create(&company.services, &company.owner(owner).await, key, value, "").await
}

/// What a label is for, after somebody told it anew who had seen what it `was`.
async fn describe(company: &Company, owner: &Browser, label: &Label, was: &str, now: &str) -> SaveOutcome<String> {
    let outcome = labels::describe(&company.services, &company.owner(owner).await, label, was, now).await.unwrap();
    outcome.map(|row| row.description.map(|text| text.to_string()).unwrap_or_default())
}

async fn listed(company: &Company, owner: &Browser) -> Vec<String> {
    let list = labels::page(&company.services, &company.owner(owner).await, None, None).await.unwrap();
    list.page.rows.iter().map(|row| row.label.to_string()).collect()
}

async fn plan(company: &Company, owner: &Browser, plan: &str) {
    operator::set_plan(&company.services, &company.services.operator(), owner.slug.as_str(), plan).await.unwrap();
}

on_both! {
    async fn owner_makes_describes_and_deletes_a_label(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        assert_eq!(listed(&company, &amara).await, ["environment:dev", "environment:prod"], "with which every workspace starts");
        let owner = company.owner(&amara).await;
        let made = labels::create(&company.services, &owner, " region ", "apac", " Asia and Pacific ").await.unwrap();
        assert_eq!(made, label("region:apac"));
        let row = labels::find(&company.services, &owner, &made).await.unwrap();
        assert_eq!(row.description.as_ref().map(ToString::to_string).as_deref(), Some("Asia and Pacific"));
        let SaveOutcome::Saved(row) = labels::describe(&company.services, &owner, &made, "Asia and Pacific", "").await.unwrap() else { panic!() };
        assert_eq!(row.description, None);
        labels::describe(&company.services, &owner, &made, "", " ").await.unwrap();
        assert_eq!(labels::describe(&company.services, &owner, &made, "", &"x".repeat(201)).await.unwrap_err().field.as_deref(), Some("description"));
        labels::delete(&company.services, &owner, &made).await.unwrap();
        assert_eq!(labels::delete(&company.services, &owner, &made).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(labels::find(&company.services, &owner, &made).await.unwrap_err().kind, FailureKind::NotFound);
        let trail = trail(&company, &amara).await;
        assert_eq!(trail[..3], ["deleted the label region:apac", "changed the description of the label region:apac", "created the label region:apac"]);
    }

    async fn what_somebody_else_told_of_a_label_is_not_written_over(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        let made = create(&company, &amara, "region", "apac").await.unwrap();
        assert_eq!(describe(&company, &amara, &made, "", "Asia").await, SaveOutcome::Saved("Asia".to_owned()));
        assert_eq!(describe(&company, &bea, &made, "", "Pacific").await, SaveOutcome::Conflict("Asia".to_owned()));
        assert_eq!(describe(&company, &bea, &made, "", "Asia").await, SaveOutcome::Saved("Asia".to_owned()), "both wished the same");
        assert_eq!(describe(&company, &bea, &made, "Asia", "Pacific").await, SaveOutcome::Saved("Pacific".to_owned()));
    }

    async fn bad_labels_are_refused_by_field(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let long = "x".repeat(65);
        for (key, value, field, word) in [
            ("", "a", "key", "missing"),
            ("a", "", "value", "missing"),
            ("1a", "b", "key", "begin with a letter"),
            ("a", "b c", "value", "begin with a letter"),
            ("a:b", "c", "key", "begin with a letter"),
            ("é", "b", "key", "begin with a letter"),
            (long.as_str(), "b", "key", "at most 64"),
            ("a", long.as_str(), "value", "at most 64"),
            ("environment", "dev", "value", "exists already"),
        ] {
            let refused = create(&company, &amara, key, value).await.unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field), "{key}:{value} {refused}");
            assert!(refused.message.contains(word), "{refused}");
        }
        let refused = create(&company, &amara, "1a", "").await.unwrap_err();
        assert_eq!(refused.also.iter().map(|wrong| wrong.field.as_str()).collect::<Vec<_>>(), ["value"], "{refused}");
        assert_eq!(listed(&company, &amara).await.len(), 2);
    }

    async fn what_differs_by_case_alone_from_a_label_that_is_there_is_refused(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        create(&company, &eve, "Region", "APAC").await.unwrap();
        create(&company, &amara, "region", "apac").await.unwrap();
        for (key, value, field, there) in [
            ("Environment", "Dev", "key", "`environment`"),
            ("Environment", "other", "key", "`environment`"),
            ("environment", "DEV", "value", "`environment:dev`"),
            ("region", "Apac", "value", "`region:apac`"),
        ] {
            let refused = create(&company, &amara, key, value).await.unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field), "{refused}");
            assert!(refused.message.contains(there), "{refused}");
        }
        create(&company, &amara, "region", "emea").await.unwrap();
        assert_eq!(listed(&company, &amara).await, ["environment:dev", "environment:prod", "region:apac", "region:emea"]);
    }

    async fn who_has_two_spellings_of_a_key_goes_on_with_both(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let workspace = company.owner(&amara).await.workspace().id;
        let tx = company.world.store.begin().await.unwrap();
        store::labels::insert_many(&tx, workspace, &["region:apac", "Region:emea", "Region:EMEA"].map(label), company.services.now()).await.unwrap();
        let event = Event::LabelCreated { label: "region:apac".to_owned() };
        tx.commit(company.world.record(Chain::Workspace(workspace), event)).await.unwrap();
        for (key, value, field, word) in [
            ("region", "apac", "value", "the label `region:apac` exists already; use it"),
            ("Region", "emea", "value", "the label `Region:emea` exists already; use it"),
            ("region", "APAC", "value", "looks the same"),
            ("REGION", "us", "key", "there are labels with the key"),
        ] {
            let refused = create(&company, &amara, key, value).await.unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field), "{key}:{value} {refused}");
            assert!(refused.message.to_lowercase().contains(&word.to_lowercase()), "{refused}");
        }
        create(&company, &amara, "region", "emea").await.unwrap();
        create(&company, &amara, "Region", "apac").await.unwrap();
    }

    async fn a_plan_has_room_for_five_of_one_s_own(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        plan(&company, &amara, "team").await;
        for n in 0..5 {
            create(&company, &amara, "team", &format!("t{n}")).await.unwrap();
        }
        let refused = create(&company, &amara, "team", "t5").await.unwrap_err();
        assert_eq!((refused.kind, refused.field.as_deref()), (FailureKind::Conflict, None));
        assert!(refused.message.contains("Team plan") && refused.message.contains("Business plan"), "{refused}");
        let room = async || labels::page(&company.services, &company.owner(&amara).await, None, None).await.unwrap().room;
        assert_eq!(room().await, LabelRoom { custom: 5, most: Some(5) });
        plan(&company, &amara, "business").await;
        create(&company, &amara, "team", "t5").await.unwrap();
        assert_eq!(room().await, LabelRoom { custom: 6, most: None });
        plan(&company, &amara, "free").await;
        assert!(create(&company, &amara, "team", "t6").await.is_err());
        assert_eq!(listed(&company, &amara).await.len(), 8, "what is there stays, whatever the plan");
        let owner = company.owner(&amara).await;
        for n in [0, 1] {
            labels::delete(&company.services, &owner, &label(&format!("team:t{n}"))).await.unwrap();
        }
        create(&company, &amara, "team", "again").await.unwrap();
    }

    async fn a_label_in_use_is_not_deleted_and_the_refusal_says_where(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        for value in ["apac", "emea", "free"] {
            create(&company, &amara, "region", value).await.unwrap();
        }
        make(&company, &amara, ResourceWish { labels: vec![label("region:apac")], ..wish("source", "Web") }).await;
        let on = |text: &str| Scope::Labelled(BTreeSet::from([label(text)]));
        company.joined(&amara, "Bea", MemberKind::Member, vec![spec("source_admin", on("region:emea")), spec("source_read_only", on("region:emea"))]).await;
        for (text, words) in [
            ("region:apac", "1 resource bears it; take it off first"),
            ("region:emea", "2 grants name it; change their scopes first (held by Bea"),
            ("environment:dev", "every workspace has it"),
        ] {
            let refused = labels::delete(&company.services, &owner, &label(text)).await.unwrap_err();
            assert_eq!(refused.kind, FailureKind::Conflict);
            assert!(refused.message.contains(words), "{refused}");
        }
        let uses = labels::uses(&company.services, &owner, &label("region:emea"), None).await.unwrap();
        assert_eq!((uses.total, uses.rows[0].holder.name.as_str()), (Some(2), "Bea"));
        let row = labels::find(&company.services, &owner, &label("region:apac")).await.unwrap();
        assert_eq!((row.resources, row.grants), (1, 0));
        labels::delete(&company.services, &owner, &label("region:free")).await.unwrap();
    }

    async fn nothing_crosses_a_workspace(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        create(&company, &amara, "region", "apac").await.unwrap();
        let stranger = company.owner(&eve).await;
        let theirs = label("region:apac");
        assert_eq!(labels::find(&company.services, &stranger, &theirs).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(labels::delete(&company.services, &stranger, &theirs).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(labels::describe(&company.services, &stranger, &theirs, "", "mine").await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(labels::uses(&company.services, &stranger, &theirs, None).await.unwrap().rows, []);
        create(&company, &eve, "region", "apac").await.unwrap();
        labels::delete(&company.services, &stranger, &theirs).await.unwrap();
        assert_eq!(listed(&company, &amara).await.len(), 3);
    }

    async fn an_owner_of_before_changes_nothing(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        create(&company, &amara, "region", "apac").await.unwrap();
        let proof = company.owner(&bea).await;
        service::members::remove(&company.services, &company.owner(&amara).await, company.id(&bea).await).await.unwrap();
        let theirs = label("region:apac");
        assert_eq!(labels::create(&company.services, &proof, "region", "emea", "").await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(labels::delete(&company.services, &proof, &theirs).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(labels::describe(&company.services, &proof, &theirs, "", "late").await.unwrap_err().kind, FailureKind::NotFound);
    }
}
