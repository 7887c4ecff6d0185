//! Accounts are found by address whatever its case, once each.

use domain::{
    account::Account,
    audit::{Chain, Event},
    email::EmailAddress,
    id::{AccountId, MemberId},
    text::PersonName,
};
use store::{
    Constraint, StoreError,
    accounts::{self, NewAccount},
};
use testkit::{World, on_both};

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn new(world: &World, address: &str) -> NewAccount {
    let account = Account {
        id: world.id(AccountId::new),
        name: PersonName::parse("Amara Okafor").unwrap(),
        email: email(address),
        email_verified: false,
        created_at: world.now(),
    };
    NewAccount { account, password_hash: Some("$argon2id$…".to_owned()) }
}

fn made(world: &World) -> domain::audit::Record {
    world.record(Chain::Accounts, Event::AccountCreated { email: "amara@acme.test".to_owned() })
}

on_both! {
    async fn an_account_reads_back_as_it_was_written(world: World) {
        let new = new(&world, "Amara@Acme.test");
        let tx = world.store.begin().await.unwrap();
        accounts::insert(&tx, &new).await.unwrap();
        tx.commit(made(&world)).await.unwrap();
        assert_eq!(accounts::by_id(&world.store, new.account.id).await.unwrap(), Some(new.account.clone()));
        let found = accounts::by_email(&world.store, &email("AMARA@acme.TEST")).await.unwrap().unwrap();
        assert_eq!((found.account, found.password_hash), (new.account.clone(), new.password_hash.clone()));
        assert_eq!(accounts::password_hash(&world.store, new.account.id).await.unwrap(), new.password_hash);
    }

    async fn what_is_not_there_is_not_found(world: World) {
        assert_eq!(accounts::by_id(&world.store, world.id(AccountId::new)).await.unwrap(), None);
        assert!(accounts::by_email(&world.store, &email("nobody@acme.test")).await.unwrap().is_none());
        assert_eq!(accounts::password_hash(&world.store, world.id(AccountId::new)).await.unwrap(), None);
    }

    async fn an_address_has_one_account(world: World) {
        world.account("amara@acme.test").await;
        let tx = world.store.begin().await.unwrap();
        let error = accounts::insert(&tx, &new(&world, "amara@acme.test")).await.unwrap_err();
        assert!(error.is_conflict(Constraint::AccountEmail), "{error:?}");
        assert_eq!(error.to_string(), "the email address is taken already");
    }

    async fn an_id_taken_is_no_address_taken(world: World) {
        let first = new(&world, "a@acme.test");
        let mut second = new(&world, "b@acme.test");
        second.account.id = first.account.id;
        let tx = world.store.begin().await.unwrap();
        accounts::insert(&tx, &first).await.unwrap();
        let error = accounts::insert(&tx, &second).await.unwrap_err();
        assert!(error.is_conflict(Constraint::Other), "{error:?}");
    }

    async fn password_and_proof_of_the_address_are_set(world: World) {
        let new = new(&world, "amara@acme.test");
        let tx = world.store.begin().await.unwrap();
        accounts::insert(&tx, &new).await.unwrap();
        assert!(accounts::set_password(&tx, new.account.id, "other").await.unwrap());
        assert!(accounts::set_verified(&tx, new.account.id).await.unwrap());
        assert!(!accounts::set_password(&tx, world.id(AccountId::new), "other").await.unwrap());
        tx.commit(made(&world)).await.unwrap();
        let found = accounts::by_email(&world.store, &new.account.email).await.unwrap().unwrap();
        assert_eq!(found.password_hash.as_deref(), Some("other"));
        assert!(found.account.email_verified);
    }

    async fn renaming_an_account_renames_it_everywhere(world: World) {
        let (account, workspace) = (world.account("amara@acme.test").await, world.workspace("acme").await);
        let id = world.id(MemberId::new);
        world.raw(&member_row(&world, id, account, workspace)).await;
        let tx = world.store.begin().await.unwrap();
        assert!(accounts::rename(&tx, account, &PersonName::parse("Élodie").unwrap()).await.unwrap());
        tx.commit(made(&world)).await.unwrap();
        let account = accounts::by_id(&world.store, account).await.unwrap().unwrap();
        assert_eq!(account.name.as_str(), "Élodie");
        assert_eq!(world.text("SELECT name || '/' || name_key AS text FROM members").await, "Élodie/élodie");
    }

    async fn an_account_is_deleted_once(world: World) {
        let account = world.account("amara@acme.test").await;
        let tx = world.store.begin().await.unwrap();
        assert!(accounts::delete(&tx, account).await.unwrap());
        assert!(!accounts::delete(&tx, account).await.unwrap());
        tx.commit(made(&world)).await.unwrap();
        assert_eq!(accounts::by_id(&world.store, account).await.unwrap(), None);
    }

    async fn who_is_a_member_is_not_deleted(world: World) {
        let (account, workspace) = (world.account("amara@acme.test").await, world.workspace("acme").await);
        world.raw(&member_row(&world, world.id(MemberId::new), account, workspace)).await;
        let tx = world.store.begin().await.unwrap();
        let refused = accounts::delete(&tx, account).await.unwrap_err();
        assert!(matches!(refused, StoreError::Reference), "{refused:?}");
    }

    async fn many_go_in_at_once_and_are_counted(world: World) {
        let many: Vec<NewAccount> = (0..4_500).map(|n| new(&world, &format!("person{n}@acme.test"))).collect();
        let tx = world.store.begin().await.unwrap();
        accounts::insert_many(&tx, &many).await.unwrap();
        tx.commit(made(&world)).await.unwrap();
        assert_eq!(accounts::count(&world.store).await.unwrap(), 4_500);
    }
}

fn member_row(world: &World, id: MemberId, account: AccountId, workspace: domain::id::WorkspaceId) -> String {
    let [id, workspace, account] = [id.uuid(), workspace.uuid(), account.uuid()].map(|id| world.literal(id));
    let boolean = world.boolean(false);
    format!("INSERT INTO members VALUES ({id}, {workspace}, {account}, 'member', {boolean}, 'x', 'x', 'amara@acme.test', 1, 0, 1)")
}
