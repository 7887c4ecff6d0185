//! Labels of the workspace. The reference lists them without pages: who names none gets the first thousand.

use super::{
    envelope::{Data, Done},
    paging::{Pagination, Paging},
    query::Asked,
    refusal::{Refusal, Sent},
};
use crate::api::asking::Owner;
use axum::extract::{Path, State};
use domain::{
    failure::{Failure, FailureKind},
    label::Label as Name,
    page::PageSize,
    text::LabelDescription,
};
use serde::{Deserialize, Serialize};
use service::{Services, labels};

#[derive(Serialize)]
pub struct Labels {
    labels: Vec<Label>,
    pagination: Pagination,
}

#[derive(Deserialize, Serialize)]
pub struct Labelled {
    label: Label,
}

#[derive(Deserialize, Serialize)]
struct Label {
    key: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

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

pub async fn create(State(services): State<Services>, Owner(owner): Owner, Sent(body): Sent<Labelled>) -> Result<Data<Labelled>, Refusal> {
    let Label { key, value, description } = body.label;
    let within = |failure: Failure| Failure { field: failure.field.map(|field| format!("label.{field}")), ..failure };
    let made = labels::create(&services, &owner, &key, &value, description.as_deref().unwrap_or_default()).await.map_err(within)?;
    Ok(Data::made(Labelled { label: Label { key: made.key().to_owned(), value: made.value().to_owned(), description } }))
}

pub async fn remove(State(services): State<Services>, Owner(owner): Owner, Path((key, value)): Path<(String, String)>) -> Result<Data<Done>, Refusal> {
    let unknown = |_| Failure::new(FailureKind::NotFound, "this label is not in the workspace; nothing was deleted");
    labels::delete(&services, &owner, &Name::new(&key, &value).map_err(unknown)?).await?;
    Ok(Data::done())
}
