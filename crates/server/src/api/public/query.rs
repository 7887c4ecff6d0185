//! What a URL asks for. Lists come as `emails[0]=…`, as `emails[]=…` or by repeating the name.

use super::refusal::Refusal;
use axum::extract::{FromRequestParts, Query};
use domain::{email::EmailAddress, failure::Failure};
use http::request::Parts;

/// How many a list may name.
pub const MOST_NAMED: usize = 1_000;

/// The pairs of a query, in their order.
pub struct Asked(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Query::<Vec<(String, String)>>::from_request_parts(parts, state).await {
            Ok(Query(pairs)) => Ok(Self(pairs)),
            Err(rejection) => Err(Refusal::malformed(rejection.body_text())),
        }
    }
}

impl Asked {
    /// What this name says; an empty value says nothing.
    pub fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// What this name says, also where that is empty: of a number it is wrong.
    pub fn number(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The list of this name, in order of its numbers where it has any.
    pub fn list(&self, name: &str) -> Result<Vec<&str>, Failure> {
        let place = |key: &str| {
            let rest = key.strip_prefix(name)?;
            let inside = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            match (rest, inside) {
                ("", _) | (_, Some("")) => Some(u32::MAX),
                (_, Some(number)) => number.parse().ok(),
                (_, None) => None,
            }
        };
        let mut found: Vec<(u32, &str)> = self.0.iter().filter_map(|(key, value)| Some((place(key)?, value.as_str()))).collect();
        if found.len() > MOST_NAMED {
            return Err(Failure::field(name, format_args!("{} at once are too many; name at most {MOST_NAMED}", found.len())));
        }
        // stable: those without a number stay in the order in which they stand
        found.sort_by_key(|(place, _)| *place);
        Ok(found.into_iter().map(|(_, value)| value).collect())
    }

    /// The addresses of this name.
    pub fn emails(&self, name: &str) -> Result<Vec<EmailAddress>, Failure> {
        emails(&self.list(name)?, name)
    }
}

/// These as addresses; a refusal names the place of the first that is none.
pub fn emails<T: AsRef<str>>(texts: &[T], field: &str) -> Result<Vec<EmailAddress>, Failure> {
    let read = |(place, text): (usize, &T)| EmailAddress::parse(text.as_ref()).map_err(|error| Failure::field(&format!("{field}[{place}]"), error));
    texts.iter().enumerate().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Asked {
        Asked(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_list_is_read_in_each_of_its_forms() {
        for pairs in [
            [("emails[1]", "b"), ("emails[0]", "a"), ("emails[2]", "c")],
            [("emails[]", "a"), ("emails[]", "b"), ("emails[]", "c")],
            [("emails", "a"), ("emails", "b"), ("emails", "c")],
        ] {
            assert_eq!(asked(&pairs).list("emails").unwrap(), ["a", "b", "c"]);
        }
        assert!(asked(&[("emails[x]", "a"), ("emailsish", "b"), ("emails[0", "c")]).list("emails").unwrap().is_empty());
    }

    #[test]
    fn a_list_is_bounded_and_its_wrong_address_is_named() {
        let many = vec![("userIds", "x"); 1_001];
        assert_eq!(asked(&many).list("userIds").unwrap_err().field.as_deref(), Some("userIds"));
        assert_eq!(asked(&many[1..]).list("userIds").unwrap().len(), 1_000);
        let refused = asked(&[("emails[0]", "a@b.co"), ("emails[1]", "nobody")]).emails("emails").unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("emails[1]"));
    }

    #[test]
    fn an_empty_value_says_nothing() {
        assert_eq!(asked(&[("q", ""), ("q", "x")]).one("q"), Some("x"));
        assert_eq!(asked(&[("q", "")]).one("q"), None);
    }
}
