//! What a token claims, by name.

use crate::{Refusal, instant};
use serde_json::{Map, Value};

#[derive(Clone, Debug, Default)]
pub(super) struct Claims(Map<String, Value>);

/// Claims about the token itself, which nobody maps anything by.
const ABOUT_TOKEN: [&str; 4] = ["nonce", "at_hash", "c_hash", "s_hash"];

impl Claims {
    pub(super) fn read(json: &[u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(json).map(Self).map_err(|error| Refusal::malformed(format!("the claims are no JSON object: {error}")))
    }

    /// A text that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    pub(super) fn needed(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| Refusal::malformed(format!("the token has no `{name}`")))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Some providers write it as a text.
    pub(super) fn truth(&self, name: &str) -> Option<bool> {
        let value = self.0.get(name)?;
        value.as_bool().or_else(|| value.as_str()?.parse().ok())
    }

    /// Seconds since 1970, perhaps with fractions, in microseconds.
    pub(super) fn time(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let micros = value.as_i64().and_then(|seconds| seconds.checked_mul(instant::SECOND));
        #[expect(clippy::cast_possible_truncation, reason = "a time beyond all times stays one")]
        let micros = micros.or_else(|| value.as_f64().map(|seconds| (seconds * 1e6) as i64));
        micros.map(Some).ok_or_else(|| Refusal::malformed(format!("`{name}` in the token is no time")))
    }

    /// Takes over what another says and these don't. Whether an address is proven is said by whoever says the address.
    pub(super) fn complete_by(&mut self, other: Self) {
        if self.text("email").is_none() {
            self.0.remove("email");
            self.0.remove("email_verified");
        }
        for (name, value) in other.0 {
            self.0.entry(name).or_insert(value);
        }
    }

    /// That the provider made it, for this client, at a time that holds now: what is checked of each token (Core, 3.1.3.7). Gives its end.
    pub(super) fn check_frame(&self, issuer: &str, client: &str, now: i64) -> Result<i64, Refusal> {
        let found = self.needed("iss")?;
        if found != issuer {
            return Err(Refusal::WrongIssuer { expected: issuer.to_owned(), found: found.to_owned() });
        }
        self.check_audience(client)?;
        let end = self.time("exp")?.ok_or_else(|| Refusal::malformed("the token has no `exp`"))?;
        instant::before(end, now)?;
        let issued = self.time("iat")?.ok_or_else(|| Refusal::malformed("the token has no `iat`"))?;
        instant::since(issued, now)?;
        self.time("nbf")?.map_or(Ok(()), |start| instant::since(start, now))?;
        Ok(end)
    }

    fn check_audience(&self, client: &str) -> Result<(), Refusal> {
        let audiences: Vec<&str> = match self.0.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let wrong = |found: String| Refusal::WrongAudience { expected: client.to_owned(), found };
        if !audiences.contains(&client) {
            return Err(wrong(audiences.join(", ")));
        }
        match self.0.get("azp") {
            Some(party) if party.as_str() != Some(client) => Err(wrong(party.to_string())),
            None if audiences.len() > 1 => Err(wrong(format!("{} (without saying which of them asked, azp)", audiences.join(", ")))),
            _ => Ok(()),
        }
    }

    /// Flat, as a mapping and a person read them.
    pub(super) fn flat(&self) -> Vec<(String, Vec<String>)> {
        let mut flat = Vec::new();
        for (name, value) in self.0.iter().filter(|(name, _)| !ABOUT_TOKEN.contains(&name.as_str())) {
            flatten(name, value, &mut flat);
        }
        flat
    }
}

fn flatten(name: &str, value: &Value, flat: &mut Vec<(String, Vec<String>)>) {
    match value {
        Value::Object(parts) => parts.iter().for_each(|(part, value)| flatten(&format!("{name}.{part}"), value, flat)),
        Value::Array(values) => flat.push((name.to_owned(), values.iter().map(plain).collect())),
        single => flat.push((name.to_owned(), vec![plain(single)])),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(value: &Value) -> Claims {
        Claims::read(value.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn claims_are_flat_for_whoever_maps_them() {
        let value = serde_json::json!({ "groups": ["a", "b"], "address": { "country": "GB" }, "admin": true, "nonce": "x", "age": 36 });
        let mut flat = claims(&value).flat();
        flat.sort();
        let one = |name: &str, value: &str| (name.to_owned(), vec![value.to_owned()]);
        let groups = ("groups".to_owned(), vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(flat, [one("address.country", "GB"), one("admin", "true"), one("age", "36"), groups]);
    }

    #[test]
    fn truth_and_time_are_read_as_providers_write_them() {
        let read = claims(&serde_json::json!({ "a": true, "b": "true", "c": "yes", "whole": 12, "part": 12.5, "word": "12" }));
        assert_eq!([read.truth("a"), read.truth("b"), read.truth("c"), read.truth("d")], [Some(true), Some(true), None, None]);
        assert_eq!(read.time("whole"), Ok(Some(12_000_000)));
        assert_eq!(read.time("part"), Ok(Some(12_500_000)));
        assert!(read.time("word").is_err());
    }
}
