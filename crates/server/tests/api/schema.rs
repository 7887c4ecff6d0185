//! Holds JSON against a schema of the description: the few words of JSON Schema that it uses. A word that is not known here fails.

use domain::{email::EmailAddress, time::Timestamp};
use serde_json::{Map, Value};

/// Words for people, patterns, and the one that forbids other fields, which are looked for anyway.
const SILENT: [&str; 7] = ["description", "example", "examples", "pattern", "default", "title", "additionalProperties"];

pub struct Schemas<'a>(pub &'a Value);

impl Schemas<'_> {
    /// What is wrong with this value, each with its place.
    pub fn wrongs(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        self.hold(schema, value, "", true, &mut wrong);
        wrong
    }

    /// `closed`: no fields but those that are named.
    fn hold(&self, schema: &Value, value: &Value, at: &str, closed: bool, wrong: &mut Vec<String>) {
        for (word, said) in schema.as_object().unwrap() {
            let fits = match word.as_str() {
                "$ref" => {
                    let named = self.0.pointer(said.as_str().unwrap().trim_start_matches('#'));
                    self.hold(named.unwrap_or_else(|| panic!("{said} is not described")), value, at, closed, wrong);
                    true
                }
                "allOf" => {
                    said.as_array().unwrap().iter().for_each(|part| self.hold(part, value, at, false, wrong));
                    true
                }
                "oneOf" | "anyOf" => said.as_array().unwrap().iter().any(|one| {
                    let mut inside = Vec::new();
                    self.hold(one, value, at, closed, &mut inside);
                    inside.is_empty()
                }),
                "type" if said.is_array() => said.as_array().unwrap().iter().any(|one| is(one, value)),
                "type" => is(said, value),
                "const" => said == value,
                "enum" => said.as_array().unwrap().contains(value),
                "format" => value.as_str().is_none_or(|text| has_form(said.as_str().unwrap(), text)),
                "minLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 >= said.as_u64().unwrap()),
                "maxLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 <= said.as_u64().unwrap()),
                "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= said.as_u64().unwrap()),
                "maxItems" => value.as_array().is_none_or(|items| items.len() as u64 <= said.as_u64().unwrap()),
                "minimum" => value.as_f64().is_none_or(|number| number >= said.as_f64().unwrap()),
                "maximum" => value.as_f64().is_none_or(|number| number <= said.as_f64().unwrap()),
                "required" => said.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some()),
                "items" => {
                    let items = value.as_array().into_iter().flatten().enumerate();
                    items.for_each(|(place, item)| self.hold(said, item, &format!("{at}[{place}]"), true, wrong));
                    true
                }
                "properties" => {
                    self.fields(said.as_object().unwrap(), value, at, closed, wrong);
                    true
                }
                silent => {
                    assert!(SILENT.contains(&silent), "`{silent}` is not known here: {schema}");
                    true
                }
            };
            if !fits {
                wrong.push(format!("{at}: {value} is not of {word} {said}"));
            }
        }
    }

    fn fields(&self, known: &Map<String, Value>, value: &Value, at: &str, closed: bool, wrong: &mut Vec<String>) {
        for (name, inside) in value.as_object().into_iter().flatten() {
            match known.get(name) {
                Some(schema) => self.hold(schema, inside, &format!("{at}.{name}"), true, wrong),
                None if closed => wrong.push(format!("{at}.{name} is not described")),
                None => {}
            }
        }
    }
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("`{other}` is no type"),
    }
}

fn has_form(form: &str, text: &str) -> bool {
    match form {
        "uuid" => uuid::Uuid::try_parse(text).is_ok(),
        "date-time" => Timestamp::parse(text).is_some(),
        "email" => EmailAddress::parse(text).is_ok(),
        "int32" | "int64" => true,
        other => panic!("`{other}` is not known here"),
    }
}
