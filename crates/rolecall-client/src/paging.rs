//! Lists, a page at a time.

use crate::{client::Client, error::Error, transport::Call};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, de::DeserializeOwned};
use std::marker::PhantomData;

/// How many are asked for at once.
const SIZE: u32 = 1_000;

/// What needs no escape in a path's part or a query's value (RFC 3986).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(crate) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// A path with those of these that have a value.
pub(crate) fn with_query(path: &str, values: &[(&str, Option<&str>)]) -> String {
    let mut path = path.to_owned();
    for (name, value) in values {
        if let Some(value) = value {
            path.push(if path.contains('?') { '&' } else { '?' });
            path.push_str(name);
            path.push('=');
            path.push_str(&escaped(value));
        }
    }
    path
}

/// Some of a list, in its order.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    pub items: Vec<T>,
    /// How many there are in all, where that is known.
    #[serde(default)]
    pub total: Option<u64>,
    /// The version of the policy that it rests on; only of lists of access.
    #[serde(default)]
    pub policy_version: Option<i64>,
    #[serde(default)]
    next: Option<String>,
}

/// A list that is read page by page.
///
/// ```no_run
/// # async fn read(client: rolecall_client::Client) -> Result<(), rolecall_client::Error> {
/// let mut pages = client.resources_of("email:bea@acme.test", "source:edit");
/// while let Some(page) = pages.next().await? {
///     for source in page.items {
///         println!("{}", source.name);
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Pages<T> {
    client: Client,
    path: String,
    /// Nothing before the first page.
    cursor: Option<String>,
    ended: bool,
    /// It rests on the policy: no page is older than what is known of that.
    of_access: bool,
    item: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Pages<T> {
    pub(crate) fn new(client: &Client, path: &str, values: &[(&str, Option<&str>)]) -> Self {
        let path = with_query(&with_query(path, values), &[("limit", Some(&SIZE.to_string()))]);
        Self { client: client.clone(), path, cursor: None, ended: false, of_access: false, item: PhantomData }
    }

    pub(crate) fn of_access(client: &Client, path: &str, values: &[(&str, Option<&str>)]) -> Self {
        Self { of_access: true, ..Self::new(client, path, values) }
    }

    /// The next page; nothing after the last.
    pub async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        if self.ended {
            return Ok(None);
        }
        let call = |at_least: Option<i64>| {
            let at_least = at_least.map(|version| version.to_string());
            Call::get(with_query(&self.path, &[("at_least", at_least.as_deref()), ("cursor", self.cursor.as_deref())]))
        };
        let answered = match self.of_access {
            true => self.client.as_new_as_known(|at_least| Ok(call(at_least))).await?,
            false => self.client.call(&call(None)).await?,
        };
        let page: Page<T> = answered.json(&self.client.inner.transport)?;
        page.policy_version.iter().for_each(|version| self.client.note(*version));
        self.ended = page.next.is_none();
        self.cursor.clone_from(&page.next);
        Ok(Some(page))
    }

    /// Whatever is left, in memory.
    pub async fn rest(mut self) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        while let Some(page) = self.next().await? {
            items.extend(page.items);
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_into_a_path_stays_in_its_place() {
        assert_eq!(with_query("/a", &[("q", Some("x&y=/?")), ("none", None), ("z", Some("é"))]), "/a?q=x%26y%3D%2F%3F&z=%C3%A9");
    }
}
