//! Text of a certain form, as the description of the API tells it: addresses, names, parts of labels.
//!
//! Text is trimmed before it is looked at, so each pattern lets blanks stand around it.

use domain::{label::Label, text::GroupName, text::LabelDescription};
use serde_json::json;
use utoipa::openapi::{
    SchemaFormat,
    schema::{Array, ArrayBuilder, Object, ObjectBuilder, SchemaType, Type},
};

/// What trimming takes off.
const BLANK: &str = r"\u0009-\u000D\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000";

/// What no name may have: control characters, and those that steer or hide what follows.
const UNSEEN: &str = r"\u0000-\u001F\u007F-\u009F\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF";

/// One line of 1 to `most` characters, blanks around it not counted.
fn line(most: usize) -> String {
    let (edge, inner) = (format!("[^{UNSEEN}{BLANK}]"), format!("[^{UNSEEN}]"));
    format!("{edge}({inner}{{0,{}}}{edge})?", most.saturating_sub(2))
}

/// The whole of a text, blanks around it left aside.
fn whole(inside: &str) -> Option<String> {
    Some(format!("^[{BLANK}]*{inside}[{BLANK}]*$"))
}

fn text(words: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(words).filter(|words| !words.is_empty()))
}

fn email_of(words: &str) -> Object {
    text(words).format(Some(SchemaFormat::Custom("email".to_owned()))).max_length(Some(254)).examples([json!("bea@acme.test")]).build()
}

/// An address as it is sent.
pub fn email() -> Object {
    email_of("An email address; upper and lower case are the same")
}

fn list(words: &str, one: Object) -> ArrayBuilder {
    ArrayBuilder::new().items(one).description(Some(words))
}

/// Addresses in an answer.
pub fn told_emails() -> Array {
    list("In the order of their addresses", email_of("")).build()
}

/// Addresses as they were sent.
pub fn same_emails() -> Array {
    list("Those that were named", email_of("")).build()
}

/// Addresses in a body, of which there may be none.
pub fn emails() -> Array {
    list("Up to 1,000 addresses, each of a member or of somebody invited", email_of("")).max_items(Some(1_000)).build()
}

/// Addresses in a body or a query, one at least.
pub fn some_emails() -> Array {
    list("1 to 1,000 addresses", email_of("")).min_items(Some(1)).max_items(Some(1_000)).build()
}

pub fn group_name() -> Object {
    let words = format!("1 to {} characters in one line; unique in the workspace, whatever the case", GroupName::MAX);
    text(&words).min_length(Some(1)).pattern(whole(&line(GroupName::MAX))).examples([json!("Marketing")]).build()
}

fn label_part(example: &str) -> Object {
    let words = format!("Begins with a letter, and goes on with letters, digits, `-` or `_`; up to {} characters", Label::MAX_PART);
    text(&words).min_length(Some(1)).pattern(whole(&format!("[A-Za-z][A-Za-z0-9_\\-]{{0,{}}}", Label::MAX_PART - 1))).examples([json!(example)]).build()
}

pub fn label_key() -> Object {
    label_part("region")
}

pub fn label_value() -> Object {
    label_part("apac")
}

pub fn label_description() -> Object {
    let words = format!("What the label is for, up to {} characters in one line", LabelDescription::MAX);
    text(&words)
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .pattern(whole(&format!("({})?", line(LabelDescription::MAX))))
        .examples([json!("Asia and Pacific")])
        .build()
}

/// What a deletion that was done is told with.
pub fn success() -> Object {
    text("It was done").enum_values(Some(["SUCCESS"])).build()
}

/// How an invite that nobody answered yet stands.
pub fn invite_state() -> Object {
    text("Whether its link still works").enum_values(Some(["pending", "expired"])).examples([json!("pending")]).build()
}
