//! What the queries of these addresses may say, as the description of the API tells it. [`Asked`](super::query::Asked) reads them.

use super::shapes;
use domain::{audit_kinds::KINDS, audit_query::MOST_NAMED, page::PageSize};
use serde_json::{Value, json};
use utoipa::{
    IntoParams,
    openapi::{
        RefOr, Required, Schema, SchemaFormat,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ArrayBuilder, Object, ObjectBuilder, Type},
    },
};

/// Which page of a list.
pub struct Pages;

/// Part of a name or address.
pub struct Search;

/// The address of the one user who is wanted.
pub struct ByEmail;

/// The users that a deletion is about.
pub struct UserIds;

/// The addresses that a deletion is about.
pub struct Emails;

/// Which entries of the trail.
pub struct Trail;

fn said(name: &str, words: &str, schema: impl Into<RefOr<Schema>>) -> ParameterBuilder {
    ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query).description(Some(words)).schema(Some(schema))
}

fn may(name: &str, words: &str, schema: impl Into<RefOr<Schema>>, example: Option<Value>) -> Parameter {
    said(name, words, schema).required(Required::False).example(example).build()
}

fn must(name: &str, words: &str, schema: impl Into<RefOr<Schema>>, example: Value) -> Parameter {
    said(name, words, schema).required(Required::True).example(Some(example)).build()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn of_format(format: &str) -> Object {
    text().format(Some(SchemaFormat::Custom(format.to_owned()))).build()
}

/// No format: an empty value says nothing, and is taken.
fn moment() -> Object {
    text().build()
}

impl IntoParams for Pages {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let count = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(PageSize::MAX)).build();
        vec![
            may("pagination[count]", "How many at most", count, Some(json!(100))),
            may("pagination[cursor]", "The `next` or `previous` of another page; the first page without it", text().build(), Some(json!("start"))),
        ]
    }
}

impl IntoParams for Search {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![may("q", "Part of what is looked for: a name or an email address", text().build(), None)]
    }
}

impl IntoParams for ByEmail {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![may("filter[email]", "The whole address of the one who is wanted; nothing else narrows the list then", text().build(), None)]
    }
}

impl IntoParams for UserIds {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let ids = ArrayBuilder::new().items(of_format("uuid")).min_items(Some(1)).max_items(Some(usize::from(PageSize::MAX))).build();
        let words = "The users' ids. Lists may also be written `userIds[0]=…&userIds[1]=…` or `userIds[]=…`";
        vec![must("userIds", words, ids, json!(["018f3c1e-6d5a-7b3c-8d4e-0123456789ab"]))]
    }
}

impl IntoParams for Emails {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let words = "The addresses. Lists may also be written `emails[0]=…&emails[1]=…` or `emails[]=…`";
        vec![must("emails", words, shapes::some_emails(), json!(["bea@acme.test"]))]
    }
}

impl IntoParams for Trail {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let many = |one: Object| ArrayBuilder::new().items(one).max_items(Some(MOST_NAMED)).build();
        let id = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
        let actor = text().pattern(Some(format!("^(operator|system|anonymous|(member|account|token):{id})$"))).build();
        let kind = text().enum_values(Some(KINDS.map(|kind| kind.name))).build();
        vec![
            may("startTime", "The first moment (RFC 3339)", moment(), Some(json!("2026-11-01T00:00:00Z"))),
            may("endTime", "The first moment that is too late (RFC 3339)", moment(), None),
            may("resourceId", "The id of what it was done to", text().build(), None),
            may("resourceType", "What it was done to: `USER`, `USER_GROUP`, `WORKSPACE`, `INVITE`, `TOKEN`…", text().build(), Some(json!("USER_GROUP"))),
            may("actor", "Who did it: any of `member:ID`, `token:ID`, `account:ID`, `operator`, `system`, `anonymous`", many(actor), None),
            may("type", "What happened: any of these", many(kind), Some(json!(["group_created", "group_changed"]))),
        ]
    }
}
