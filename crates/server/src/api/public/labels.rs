//! Labels of the workspace. The reference lists them without pages: who names none gets the first thousand.

use super::{
    envelope::{Data, Done},
    paging::{Pagination, Paging},
    params::Pages,
    query::Asked,
    refusal::{Refusal, Sent},
    shapes,
};
use crate::api::{asking::Owner, ids::Pair};
use axum::extract::State;
use domain::{
    failure::{Failure, FailureKind},
    label::Label as Name,
    page::PageSize,
    text::LabelDescription,
};
use serde::{Deserialize, Serialize};
use service::{Services, labels};
use utoipa::ToSchema;

/// A page of labels.
#[derive(Serialize, ToSchema)]
#[schema(as = LabelList)]
pub struct Labels {
    labels: Vec<Label>,
    pagination: Pagination,
}

/// A label that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = LabelFound)]
pub struct Labelled {
    label: Label,
}

/// A label of the workspace.
#[derive(Serialize, ToSchema)]
struct Label {
    #[schema(example = "region")]
    key: String,
    #[schema(example = "apac")]
    value: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Asia and Pacific")]
    description: Option<String>,
}

/// A label to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = CreateLabel)]
pub struct Wished {
    label: Wish,
}

/// How it is called, and what it is for.
#[derive(Deserialize, ToSchema)]
#[schema(as = LabelWish)]
struct Wish {
    #[schema(schema_with = shapes::label_key)]
    key: String,
    #[schema(schema_with = shapes::label_value)]
    value: String,
    #[schema(schema_with = shapes::label_description)]
    description: Option<String>,
}

/// List labels
///
/// All of them, up to a thousand, where no count is named.
#[utoipa::path(get, operation_id = "listLabels", path = "/api/labels", tag = "Labels", params(Pages),
    responses((status = 200, description = "A page", body = Data<Labels>)))]
pub async fn page(State(services): State<Services>, Owner(owner): Owner, asked: Asked) -> Result<Data<Labels>, Refusal> {
    let paging = Paging::of(&asked)?;
    let size = if asked.one("pagination[count]").is_some() { paging.size } else { PageSize::new(PageSize::MAX) };
    let page = labels::some(&services, &owner, paging.cursor.clone(), size).await?;
    let pagination = paging.of_page(&page);
    let label = |(label, description): (Name, Option<LabelDescription>)| Label {
        key: label.key().to_owned(),
        value: label.value().to_owned(),
        description: description.map(|text| text.to_string()),
    };
    Ok(Data::of(Labels { labels: page.rows.into_iter().map(label).collect(), pagination }))
}

/// Create label
#[utoipa::path(post, operation_id = "createLabel", path = "/api/labels", tag = "Labels", request_body = Wished,
    responses((status = 201, description = "The label", body = Data<Labelled>)))]
pub async fn create(State(services): State<Services>, Owner(owner): Owner, Sent(body): Sent<Wished>) -> Result<Data<Labelled>, Refusal> {
    let Wish { key, value, description } = body.label;
    let within = |field: String| format!("label.{field}");
    let made = labels::create(&services, &owner, &key, &value, description.as_deref().unwrap_or_default()).await.map_err(|failure| failure.renamed(within))?;
    Ok(Data::made(Labelled { label: Label { key: made.key().to_owned(), value: made.value().to_owned(), description } }))
}

/// Delete label
///
/// One that a resource bears or a grant names is kept, as are the two that every workspace has.
#[utoipa::path(delete, operation_id = "deleteLabel", path = "/api/labels/{key}/{value}", tag = "Labels",
    params(("key" = String, Path, description = "Its key", example = "region"), ("value" = String, Path, description = "Its value", example = "apac")),
    responses((status = 200, description = "It was deleted", body = Data<Done>)))]
pub async fn remove(State(services): State<Services>, Owner(owner): Owner, Pair(key, value): Pair) -> Result<Data<Done>, Refusal> {
    let unknown = |_| Failure::new(FailureKind::NotFound, "this label is not in the workspace; nothing was deleted");
    labels::delete(&services, &owner, &Name::new(&key, &value).map_err(unknown)?).await?;
    Ok(Data::done())
}
