//! Writes that happen once: their key is kept with the write, or not at all.

use crate::company::{Browser, Company};
use domain::{
    failure::FailureKind,
    group::GroupWish,
    once::{Once, OnceKey},
    time::Span,
    token::TokenWish,
};
use service::{
    access::WorkspaceToken,
    actor::Meta,
    groups,
    once::{self, Kept, Standing},
    tokens,
};
use testkit::{World, on_both};

async fn secret(company: &Company, owner: &Browser) -> String {
    let wish = TokenWish { name: "ci".to_owned(), owner_access: true, ..TokenWish::default() };
    tokens::create(&company.services, &company.owner(owner).await, wish).await.unwrap().secret.reveal().to_owned()
}

/// A company on the plan that has groups, its owner, and the secret of a token that manages it.
async fn started(world: World) -> (Company, Browser, String) {
    let company = Company::new(world);
    let amara = company.founder("Amara").await;
    service::operator::set_plan(&company.services, &company.services.operator(), amara.slug.as_str(), "business").await.unwrap();
    let secret = secret(&company, &amara).await;
    (company, amara, secret)
}

/// A call with this key, and how it stands with it.
async fn begun(company: &Company, secret: &str, key: &str, asked: u8) -> (WorkspaceToken, Standing) {
    let mut token = company.services.token(secret, &Meta::default()).await.unwrap();
    let standing = once::begin(&company.services, &mut token, OnceKey::parse(key).unwrap(), [asked; 32]).await.unwrap();
    (token, standing)
}

fn new(standing: Standing) -> Once {
    match standing {
        Standing::New(once) => once,
        other => panic!("{other:?}"),
    }
}

async fn make(company: &Company, token: WorkspaceToken, name: &str) -> Result<domain::id::GroupId, domain::failure::Failure> {
    let owner = company.services.owner_by_token(token).unwrap();
    let wish = GroupWish { name: name.to_owned(), ..GroupWish::default() };
    groups::create(&company.services, &owner, &wish).await.map(|group| group.id)
}

fn answer(text: &str) -> Kept {
    Kept { status: 201, headers: vec![("etag".to_owned(), "\"1\"".to_owned())], body: text.to_owned() }
}

on_both! {
    async fn a_write_is_kept_with_its_key_and_answered_from_it(world: World) {
        let (company, _, secret) = started(world).await;
        let (token, standing) = begun(&company, &secret, "k", 1).await;
        let once = new(standing);
        let group = make(&company, token, "Makers").await.unwrap();
        // the server ends before it answers
        let (_, standing) = begun(&company, &secret, "k", 1).await;
        assert!(matches!(&standing, Standing::Done { object: Some(object), .. } if object.id == group.uuid() && object.kind == "group"), "{standing:?}");
        once::keep(&company.services, &once, &answer("made")).await.unwrap();
        let (_, standing) = begun(&company, &secret, "k", 1).await;
        assert!(matches!(&standing, Standing::Answered(kept) if *kept == answer("made")), "{standing:?}");
        assert!(matches!(begun(&company, &secret, "k", 2).await.1, Standing::Another));
        assert!(matches!(begun(&company, &secret, "other", 1).await.1, Standing::New(_)));
    }

    async fn what_wrote_nothing_leaves_nothing(world: World) {
        let (company, _, secret) = started(world).await;
        let (token, standing) = begun(&company, &secret, "k", 1).await;
        let once = new(standing);
        assert_eq!(make(&company, token, " ").await.unwrap_err().kind, FailureKind::Invalid);
        once::keep(&company.services, &once, &answer("nothing")).await.unwrap();
        assert!(matches!(begun(&company, &secret, "k", 1).await.1, Standing::New(_)));
    }

    async fn of_two_at_the_same_time_one_writes(world: World) {
        let (company, amara, secret) = started(world).await;
        let (one, first) = begun(&company, &secret, "k", 1).await;
        let (two, second) = begun(&company, &secret, "k", 1).await;
        let (first, _) = (new(first), new(second));
        make(&company, one, "Makers").await.unwrap();
        let refused = make(&company, two, "Takers").await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Conflict, "{refused}");
        let page = groups::whole(&company.services, &company.owner(&amara).await, None, None, domain::page::PageSize::SCREEN).await.unwrap();
        assert_eq!(page.rows.iter().map(|group| group.name.to_string()).collect::<Vec<_>>(), ["Makers"]);
        // the answer of the one that wrote is the one that is kept
        once::keep(&company.services, &first, &answer("made")).await.unwrap();
        assert!(matches!(begun(&company, &secret, "k", 1).await.1, Standing::Answered(kept) if kept.body == "made"));
    }

    /// What the first left is what the second was refused for.
    async fn whoever_was_refused_for_the_same_request_learns_that_it_was_done(world: World) {
        let (company, _, secret) = started(world).await;
        let (one, first) = begun(&company, &secret, "k", 1).await;
        let (two, second) = begun(&company, &secret, "k", 1).await;
        let (three, third) = begun(&company, &secret, "k", 3).await;
        let (first, second, third) = (new(first), new(second), new(third));
        assert!(once::meanwhile(&company.services, &second).await.unwrap().is_none(), "nothing was done yet");
        make(&company, one, "Makers").await.unwrap();
        assert_eq!(make(&company, two, "Makers").await.unwrap_err().field.as_deref(), Some("name"));
        assert!(matches!(once::meanwhile(&company.services, &second).await.unwrap(), Some(Standing::Done { .. })));
        once::keep(&company.services, &first, &answer("made")).await.unwrap();
        assert!(matches!(once::meanwhile(&company.services, &second).await.unwrap(), Some(Standing::Answered(kept)) if kept == answer("made")));
        // another request is refused for what it is
        assert!(make(&company, three, "Makers").await.is_err());
        assert!(once::meanwhile(&company.services, &third).await.unwrap().is_none());
    }

    async fn a_day_later_it_is_forgotten(world: World) {
        let (company, _, secret) = started(world).await;
        let (token, _) = begun(&company, &secret, "k", 1).await;
        make(&company, token, "Makers").await.unwrap();
        company.clock.advance(Span::seconds(once::KEPT.as_seconds()));
        assert_eq!(once::forget(&company.services).await.unwrap(), 0);
        company.clock.advance(Span::seconds(1));
        assert_eq!(once::forget(&company.services).await.unwrap(), 1);
        assert!(matches!(begun(&company, &secret, "k", 1).await.1, Standing::New(_)));
    }
}
