//! Pages: `pagination[count]` from 1 to 1,000 and `pagination[cursor]`, which says nothing to anybody but us.

use super::query::Asked;
use domain::{
    failure::Failure,
    page::{Cursor, Page, PageSize},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// How many come where nobody says how many.
const USUAL: u16 = 100;

/// The cursor of a list's beginning. The reference's own word for it is understood too.
const START: [&str; 2] = ["start", "MA=="];

/// Which page is asked for.
#[derive(Clone, Debug)]
pub struct Paging {
    pub cursor: Option<Cursor>,
    pub size: PageSize,
    current: String,
}

/// Where a page stands, beside it in the answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    /// The cursor of this page.
    #[schema(example = "start")]
    current: String,
    /// The cursor of the page behind it; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "n018f3c1e6d5a7b3c8d4e0123456789ab616d617261")]
    next: Option<String>,
    /// The cursor of the page before it; missing on the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "p018f3c1e6d5a7b3c8d4e0123456789ab616d617261")]
    previous: Option<String>,
    /// How many there are in all. Left out where counting would cost more than the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 42)]
    total_entries: Option<u64>,
}

impl Paging {
    pub fn of(asked: &Asked) -> Result<Self, Failure> {
        let count = asked.number("pagination[count]").or_else(|| asked.number("pagination.count"));
        let size = match count.map(str::parse::<u16>) {
            None => USUAL,
            Some(Ok(count @ 1..=PageSize::MAX)) => count,
            Some(_) => return Err(Failure::field("pagination.count", format_args!("this is no count from 1 to {}", PageSize::MAX))),
        };
        let current = asked.one("pagination[cursor]").or_else(|| asked.one("pagination.cursor")).unwrap_or(START[0]);
        let cursor = match START.contains(&current) {
            true => None,
            false => Some(Cursor::decode(current).map_err(|error| Failure::field("pagination.cursor", error))?),
        };
        Ok(Self { cursor, size: PageSize::new(size), current: current.to_owned() })
    }

    /// Where this page stands.
    pub fn of_page<T>(&self, page: &Page<T>) -> Pagination {
        Pagination { current: self.current.clone(), next: page.next.clone(), previous: page.previous.clone(), total_entries: page.total }
    }

    /// The page of a list that is at hand whole.
    pub fn cut<T>(&self, all: Vec<T>) -> Page<T> {
        let (size, total) = (usize::from(self.size.get()), all.len());
        let from = self.cursor.as_ref().and_then(|cursor| cursor.key.parse::<usize>().ok()).unwrap_or(0).min(total);
        let at = |place: usize| Cursor { key: place.to_string(), id: Uuid::nil(), before: false }.encode();
        let next = (total - from > size).then(|| at(from + size));
        let previous = (from > 0).then(|| at(from.saturating_sub(size)));
        Page { rows: all.into_iter().skip(from).take(size).collect(), next, previous, total: Some(total as u64) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(size: u16, cursor: Option<&str>) -> Paging {
        Paging { cursor: cursor.map(|text| Cursor::decode(text).unwrap()), size: PageSize::new(size), current: String::new() }
    }

    #[test]
    fn a_whole_list_is_cut_into_pages_there_and_back() {
        let list = || (0..5).collect::<Vec<_>>();
        let first = paging(2, None).cut(list());
        assert_eq!((first.rows, first.previous), (vec![0, 1], None));
        let second = paging(2, first.next.as_deref()).cut(list());
        assert_eq!(second.rows, [2, 3]);
        let third = paging(2, second.next.as_deref()).cut(list());
        assert_eq!((third.rows, third.next, third.total), (vec![4], None, Some(5)));
        assert_eq!(paging(2, second.previous.as_deref()).cut(list()).rows, [0, 1]);
    }
}
