//! Whom a provider names is called so at each sign-in; and whose account it is deletes it, password or not.

use super::stage::Stage;
use domain::account::OwnName;
use serde_json::json;
use service::{account_deletion, own_name};
use testkit::{World, on_both};

on_both! {
    async fn who_is_named_by_a_provider_changes_their_name_until_it_says_it_again(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let bea = stage.company.signed_in(&stage.comes(json!({ "name": null })).await).await;
        assert_eq!(bea.account().name.as_str(), "bea", "by the address, where the provider sends no name");
        let told = OwnName::Free(Some("Okta of Amara Inc may set it again when you sign in by it.".to_owned()));
        assert_eq!(own_name::standing(services, &bea).await.unwrap(), told);
        own_name::change(services, &bea, "Beatrice").await.unwrap();
        let called = async |claims| stage.company.signed_in(&stage.comes(claims).await).await.account().name.to_string();
        assert_eq!(called(json!({ "name": null })).await, "Beatrice");
        assert_eq!(called(json!({})).await, "Bea Brandt");
        // who has a password is called what they say, however they came
        let amara = stage.comes(json!({ "sub": "amara", "email": "amara@acme.test" })).await;
        let me = stage.company.signed_in(&amara).await;
        assert_eq!(own_name::standing(services, &me).await.unwrap(), OwnName::Free(None));
        own_name::change(services, &me, "Amara Obi").await.unwrap();
        let again = stage.comes(json!({ "sub": "amara", "email": "amara@acme.test", "name": "Somebody" })).await;
        assert_eq!(stage.company.signed_in(&again).await.account().name.as_str(), "Amara Obi");
    }

    async fn an_account_without_a_password_goes_with_its_link(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let bea = stage.company.signed_in(&stage.comes(json!({})).await).await;
        assert!(!account_deletion::preview(services, &bea).await.unwrap().has_password);
        account_deletion::delete(services, &bea, "bea@acme.test", "").await.unwrap();
        assert!(store::sso::identities::find(&stage.company.world.store, stage.connection, "0001").await.unwrap().is_none());
        // who comes again begins anew
        let anew = stage.company.signed_in(&stage.comes(json!({})).await).await;
        assert_ne!(anew.account().id, bea.account().id);
    }
}
