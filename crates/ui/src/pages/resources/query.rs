//! What the Resources list is asked, as its URL says it, and how that reads in words.

use crate::pages::access::list_state::ListState;
use domain::{
    label::Label,
    page::{Cursor, PageSize},
    resource::{ResourceQuery, ResourceType, ResourcesOverview},
};

/// Filters that name nothing possible are left out: `type:source`, `label:region:apac`, `label:region:` for none of the key, `parent:ID`.
pub fn asked(state: &ListState) -> ResourceQuery {
    let search = state.search.trim();
    let labels = state.chosen("label");
    ResourceQuery {
        kind: kind(state),
        parent: state.chosen("parent").first().and_then(|id| id.parse().ok()),
        search: (!search.is_empty()).then(|| search.to_owned()),
        labels: labels.iter().filter_map(|text| Label::parse(text).ok()).collect(),
        lacking: labels.iter().filter_map(|text| text.strip_suffix(':').filter(|key| !key.is_empty()).map(str::to_owned)).collect(),
        cursor: state.after.as_deref().and_then(|after| Cursor::decode(after).ok()),
        size: PageSize::SCREEN,
    }
}

/// The type that is shown; none is all.
pub fn kind(state: &ListState) -> Option<ResourceType> {
    state.chosen("type").first().map(|kind| ResourceType::new(kind))
}

/// How many the list shows in all, where the types' counts tell.
pub fn counted(query: &ResourceQuery, overview: &ResourcesOverview) -> Option<u64> {
    if query.is_narrowed() {
        return None;
    }
    match &query.kind {
        None => Some(overview.counts.iter().map(|(_, count)| count).sum()),
        Some(kind) => Some(overview.counts.iter().find(|(other, _)| other == kind).map_or(0, |(_, count)| *count)),
    }
}

/// The words for one and for many of a type.
pub fn type_words(overview: &ResourcesOverview, kind: &ResourceType) -> (String, String) {
    let entry = overview.types.iter().find(|entry| entry.id == *kind);
    entry.map_or_else(|| (kind.to_string(), kind.to_string()), |entry| (entry.one.clone(), entry.many.clone()))
}

/// `Looked for “web” in names and ids, of type source, with region:apac.`
pub fn searched(state: &ListState) -> String {
    let query = asked(state);
    let mut parts = Vec::new();
    if let Some(search) = &query.search {
        parts.push(format!("“{search}” in names and ids"));
    }
    if let Some(kind) = &query.kind {
        parts.push(format!("type {kind}"));
    }
    if query.parent.is_some() {
        parts.push("what hangs on one resource".to_owned());
    }
    parts.extend(query.labels.iter().map(|label| format!("label {label}")));
    parts.extend(query.lacking.iter().map(|key| format!("no label {key}")));
    format!("Looked for {}.", crate::pages::access::words::and(&parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_says_what_is_asked() {
        let state = ListState::parse("q=+web&filter=type:source&filter=label:region:apac&filter=label:team:&filter=label:no+label&filter=parent:x");
        let query = asked(&state);
        assert_eq!(query.kind, Some(ResourceType::new("source")));
        assert_eq!((query.search.as_deref(), query.parent), (Some("web"), None));
        assert_eq!(query.labels, [Label::parse("region:apac").unwrap()]);
        assert_eq!(query.lacking, ["team"]);
        assert_eq!(searched(&state), "Looked for “web” in names and ids, type source, label region:apac and no label team.");
        assert_eq!(asked(&ListState::default()), ResourceQuery::default());
    }

    #[test]
    fn counts_are_told_where_nothing_is_left_out() {
        let counts = vec![(ResourceType::new("source"), 14), (ResourceType::new("space"), 2)];
        let overview = ResourcesOverview { types: Vec::new(), plan: domain::plan::Plan::Free, counts, labels: Vec::new(), keys: Vec::new() };
        let of = |kind: Option<&str>, search: Option<&str>| {
            let query = ResourceQuery { kind: kind.map(ResourceType::new), search: search.map(str::to_owned), ..ResourceQuery::default() };
            counted(&query, &overview)
        };
        assert_eq!((of(None, None), of(Some("source"), None), of(Some("entity"), None)), (Some(16), Some(14), Some(0)));
        assert_eq!(of(None, Some("x")), None);
    }
}
