//! What a list shows, as its URL says it: search, order, filters and page. The URL is the only place where it lives.

use crate::path::encode;
use domain::{
    catalog::RoleId,
    member::{MemberKind, UserQuery, UserSort, UserStatus},
    page::{Cursor, PageSize},
};

/// The query of a list's URL: `?q=ama&sort=-last_seen&filter=status:invited&filter=role:source_admin&after=…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListState {
    pub search: String,
    pub sort: String,
    /// Name and value, as they stand in the URL.
    pub filters: Vec<(String, String)>,
    pub after: Option<String>,
    /// The place of the page's first row, from 1: only to be shown.
    pub from: Option<u64>,
}

impl ListState {
    /// Reads the query without its `?`. What makes no sense is left out.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let mut state = Self::default();
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let value = decode(value);
            match key {
                "q" => state.search = value,
                "sort" => state.sort = value,
                "filter" => state.filters.extend(value.split_once(':').map(|(name, value)| (name.to_owned(), value.to_owned()))),
                "after" => state.after = Cursor::decode(&value).is_ok().then_some(value),
                "from" => state.from = value.parse().ok(),
                _ => {}
            }
        }
        state
    }

    /// The query with its `?`; empty for the list as it opens.
    #[must_use]
    pub fn query(&self) -> String {
        let mut pairs: Vec<String> = Vec::new();
        let mut push = |key: &str, value: &str| pairs.push(format!("{key}={}", encode(value)));
        if !self.search.is_empty() {
            push("q", &self.search);
        }
        if !self.sort.is_empty() {
            push("sort", &self.sort);
        }
        for (name, value) in &self.filters {
            push("filter", &format!("{name}:{value}"));
        }
        if let Some(after) = &self.after {
            push("after", after);
        }
        if let Some(from) = self.from {
            push("from", &from.to_string());
        }
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }

    #[must_use]
    pub fn chosen(&self, name: &str) -> Vec<String> {
        self.filters.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        !self.search.trim().is_empty() || !self.filters.is_empty()
    }

    fn first_page(mut self) -> Self {
        self.after = None;
        self.from = None;
        self
    }

    #[must_use]
    pub fn searching(&self, text: &str) -> Self {
        Self { search: text.to_owned(), ..self.clone() }.first_page()
    }

    #[must_use]
    pub fn sorted(&self, sort: &str) -> Self {
        Self { sort: sort.to_owned(), ..self.clone() }.first_page()
    }

    #[must_use]
    pub fn filtered(&self, name: &str, values: &[String]) -> Self {
        let mut state = self.clone().first_page();
        state.filters.retain(|(key, _)| key != name);
        state.filters.extend(values.iter().map(|value| (name.to_owned(), value.clone())));
        state
    }

    /// The same order, with nothing left out.
    #[must_use]
    pub fn cleared(&self) -> Self {
        Self { sort: self.sort.clone(), ..Self::default() }
    }

    /// The page at a cursor whose first row has this place.
    #[must_use]
    pub fn at(&self, cursor: &str, from: u64) -> Self {
        Self { after: Some(cursor.to_owned()), from: (from > 1).then_some(from), ..self.clone() }
    }

    /// What the server is asked. Filters that name nothing known are left out.
    #[must_use]
    pub fn users(&self) -> UserQuery {
        let (sort, descending) = UserSort::parse(&self.sort).unwrap_or_default();
        let search = self.search.trim();
        UserQuery {
            search: (!search.is_empty()).then(|| search.to_owned()),
            sort,
            descending,
            statuses: self.chosen("status").iter().filter_map(|value| UserStatus::parse(value)).collect(),
            kinds: self.chosen("permission").iter().filter_map(|value| value.parse::<MemberKind>().ok()).collect(),
            roles: self.chosen("role").iter().map(|value| RoleId::new(value)).collect(),
            groups: self.chosen("group").iter().filter_map(|value| value.parse().ok()).collect(),
            cursor: self.after.as_deref().and_then(|after| Cursor::decode(after).ok()),
            size: PageSize::SCREEN,
        }
    }
}

/// Decodes a form's value; what isn't UTF-8 becomes a replacement character.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = if *first == b'%' {
            tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok()).and_then(|pair| u8::from_str_radix(pair, 16).ok())
        } else {
            None
        };
        match hex {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_holds_the_list() {
        let text = "q=100%25+%C3%A9&sort=-last_seen&filter=status:invited&filter=role:source_admin&from=51";
        let state = ListState::parse(text);
        assert_eq!(state.search, "100% é");
        assert_eq!(state.chosen("role"), ["source_admin"]);
        assert_eq!(ListState::parse(state.query().trim_start_matches('?')), state);
        let query = state.users();
        assert_eq!((query.sort, query.descending, query.statuses), (UserSort::LastSeen, true, vec![UserStatus::Invited]));
    }

    #[test]
    fn nonsense_is_left_out() {
        let state = ListState::parse("q=%&after=zz&from=x&filter=nothing&filter=status:gone&a&&=");
        assert_eq!((state.search.as_str(), state.after.as_deref(), state.from), ("%", None, None));
        assert!(state.users().statuses.is_empty());
        assert_eq!(ListState::default().query(), "");
    }

    #[test]
    fn narrowing_starts_from_the_first_page() {
        let cursor = Cursor { key: "a".to_owned(), id: domain::id::MemberId::new(Default::default(), [1; 10]).uuid(), before: false }.encode();
        let state = ListState::default().at(&cursor, 51);
        assert!(state.users().cursor.is_some());
        for other in [state.searching("a"), state.sorted("-name"), state.filtered("status", &["active".to_owned()]), state.cleared()] {
            assert_eq!((other.after, other.from), (None, None));
        }
    }
}
