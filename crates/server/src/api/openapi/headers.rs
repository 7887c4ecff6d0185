//! The headers of answers beside those of single routes: each is described once, and named by every answer that may bear it.

use crate::{
    api::{asking, once},
    origin,
};
use http::{HeaderName, header};
use serde_json::{Value, json};
use utoipa::openapi::{
    Components, HeaderBuilder, Ref, RefOr, Response,
    schema::{ObjectBuilder, Type},
};

fn all() -> [(HeaderName, Type, &'static str, Value); 8] {
    let [consumed, remaining, reset] = asking::USAGE;
    [
        (origin::REQUEST_ID, Type::String, "As which the audit trail knows the request: its own `x-request-id`, or a new id", json!("AAECAwQFBgcAAAAAAAAAKg")),
        (
            consumed,
            Type::Integer,
            "How many calls of the token count at this moment. This and the next two are missing where the call was not counted",
            json!(12),
        ),
        (remaining, Type::Integer, "How many calls the token may still make at once", json!(588)),
        (reset, Type::Integer, "In how many seconds it may make as many as ever", json!(2)),
        (header::RETRY_AFTER, Type::Integer, "How many seconds to wait", json!(1)),
        (header::WWW_AUTHENTICATE, Type::String, "How to say who calls (RFC 6750)", json!("Bearer realm=\"rolecall\"")),
        (asking::POLICY_VERSION, Type::Integer, "The policy's version that the write led to, for `at_least`. Missing where it can't be told", json!(1234)),
        (once::REPLAYED, Type::String, "`true` where this is the answer that the first try was given; missing else", json!("true")),
    ]
}

/// Describes them.
pub fn describe(components: &mut Components) {
    for (name, kind, about, example) in all() {
        let schema = ObjectBuilder::new().schema_type(kind).build();
        let header = HeaderBuilder::new().schema(Some(schema)).description(Some(about)).example(Some(example)).build();
        components.headers.insert(name.to_string(), RefOr::T(header));
    }
}

/// Names those that an answer of this status bears.
pub fn name(status: &str, writes: bool, response: &mut Response) {
    let mut names = vec![origin::REQUEST_ID];
    // these are refused before anybody counts
    if !matches!(status, "401" | "413") {
        names.extend(asking::USAGE);
    }
    match status {
        "401" => names.push(header::WWW_AUTHENTICATE),
        "429" => names.push(header::RETRY_AFTER),
        good if good.starts_with('2') && writes => names.extend([asking::POLICY_VERSION, once::REPLAYED]),
        _ => {}
    }
    for name in names {
        let described = Ref::new(format!("#/components/headers/{name}"));
        response.headers.insert(name.to_string(), RefOr::Ref(described));
    }
}
