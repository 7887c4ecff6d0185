//! Access reviews, and what else waits for who looks.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    id::ReviewId,
    notice::Notice,
    page::{Cursor, Page},
    review::{Decided, Decision, ItemPage, ItemQuery, ItemSelection, ItemsSeen, Review, ReviewTerms, ReviewWish, SignOffPreview, SignedOff},
    time::Timestamp,
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

/// Reviews, and the moment at which they were looked at.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reviews {
    pub page: Page<Review>,
    pub now: Timestamp,
}

#[server(name = FetchReviews, prefix = "/rpc", endpoint = "reviews/list", input = Json, output = Json)]
pub async fn list(slug: WorkspaceSlug, cursor: Option<Cursor>) -> Rpc<Reviews> {
    let (services, member) = context::member(&slug).await?;
    Ok(Reviews { page: service::reviews::list(&services, &member, cursor).await?, now: services.now() })
}

#[server(name = FindReview, prefix = "/rpc", endpoint = "reviews/find", input = Json, output = Json)]
pub async fn find(slug: WorkspaceSlug, review: ReviewId) -> Rpc<(Review, Timestamp)> {
    let (services, member) = context::member(&slug).await?;
    Ok((service::reviews::find(&services, &member, review).await?, services.now()))
}

#[server(name = FetchReviewItems, prefix = "/rpc", endpoint = "reviews/items", input = Json, output = Json)]
pub async fn items(slug: WorkspaceSlug, review: ReviewId, query: ItemQuery) -> Rpc<ItemPage> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::reviews::items(&services, &member, review, &query).await?)
}

#[server(name = StartReview, prefix = "/rpc", endpoint = "reviews/start", input = Json, output = Json)]
pub async fn start(slug: WorkspaceSlug, wish: ReviewWish) -> Rpc<Review> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::reviews::start(&services, &owner, &wish).await?)
}

#[server(name = DecideInReview, prefix = "/rpc", endpoint = "reviews/decide", input = Json, output = Json)]
pub async fn decide(slug: WorkspaceSlug, review: ReviewId, selection: ItemSelection, seen: Option<ItemsSeen>, decision: Decision) -> Rpc<Decided> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::reviews::decide(&services, &member, review, &selection, seen, decision, "").await?)
}

#[server(name = NoteInReview, prefix = "/rpc", endpoint = "reviews/note", input = Json, output = Json)]
pub async fn note(slug: WorkspaceSlug, review: ReviewId, place: i64, note: String) -> Rpc<()> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::reviews::note(&services, &member, review, place, &note).await?)
}

#[server(name = ChangeReview, prefix = "/rpc", endpoint = "reviews/change", input = Json, output = Json)]
pub async fn change(slug: WorkspaceSlug, review: ReviewId, terms: ReviewTerms) -> Rpc<Review> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::reviews::change(&services, &owner, review, &terms).await?)
}

#[server(name = RemindReviewers, prefix = "/rpc", endpoint = "reviews/remind", input = Json, output = Json)]
pub async fn remind(slug: WorkspaceSlug, review: ReviewId) -> Rpc<Review> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::reviews::remind(&services, &owner, review).await?)
}

#[server(name = CancelReview, prefix = "/rpc", endpoint = "reviews/cancel", input = Json, output = Json)]
pub async fn cancel(slug: WorkspaceSlug, review: ReviewId) -> Rpc<()> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::reviews::cancel(&services, &owner, review).await?)
}

#[server(name = PreviewSignOff, prefix = "/rpc", endpoint = "reviews/preview", input = Json, output = Json)]
pub async fn preview(slug: WorkspaceSlug, review: ReviewId) -> Rpc<SignOffPreview> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::reviews::sign_off_preview(&services, &owner, review).await?)
}

#[server(name = SignOffReview, prefix = "/rpc", endpoint = "reviews/sign_off", input = Json, output = Json)]
pub async fn sign_off(slug: WorkspaceSlug, review: ReviewId, decisions: i64) -> Rpc<SignedOff> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::reviews::sign_off(&services, &owner, review, decisions).await?)
}

#[server(name = FetchNotices, prefix = "/rpc", endpoint = "notices/all", input = Json, output = Json)]
pub async fn notices(slug: WorkspaceSlug) -> Rpc<Vec<Notice>> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::notices::all(&services, &member).await?)
}
