//! Which letters the names and ids of each type have ever had: where a search can find nothing, and between which types it can.

use crate::{
    entity::resource_letter,
    error::StoreError,
    sql::{Search, insert_new, tuples},
    transaction::{Db, WriteTx},
};
use domain::id::WorkspaceId;
use sea_orm::{ColumnTrait, sea_query::Query};
use std::collections::{BTreeMap, BTreeSet};

/// The first and the last type in the order of the list that can have what is asked for; `None` where it can be any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bounds(pub(super) Option<(String, String)>);

impl Bounds {
    /// `None` where there is no such type.
    pub(super) fn of<'a>(kinds: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let kinds: BTreeSet<&str> = kinds.into_iter().collect();
        Some(Self(Some(((*kinds.first()?).to_owned(), (*kinds.last()?).to_owned()))))
    }
}

/// Each letter of a text, and each two in a row.
fn letters(text: &str) -> impl Iterator<Item = &str> {
    let ends = |start: usize, letters: usize| text[start..].char_indices().nth(letters).map_or(text.len(), |(end, _)| start + end);
    text.char_indices().flat_map(move |(start, _)| [&text[start..ends(start, 1)], &text[start..ends(start, 2)]])
}

/// Notes what these names and ids are made of, by type.
pub(super) async fn note(tx: &WriteTx, workspace: WorkspaceId, texts: &[(&str, String)]) -> Result<(), StoreError> {
    let all: BTreeSet<(&str, &str)> = texts.iter().flat_map(|(kind, text)| letters(text).map(move |letters| (letters, *kind))).collect();
    let row = |(letters, kind): (&str, &str)| resource_letter::Model { workspace_id: workspace.uuid(), letters: letters.to_owned(), kind: kind.to_owned() };
    insert_new::<resource_letter::Entity>(tx, &all.into_iter().map(row).collect::<Vec<_>>()).await
}

/// The types that can have what is searched for in a name, or as it was typed in an id; `None` where nothing is searched for.
pub(super) async fn kinds(db: &impl Db, workspace: WorkspaceId, search: &Search, typed: &str) -> Result<Option<BTreeSet<String>>, StoreError> {
    let Search::For(name) = search else { return Ok(None) };
    let mut can = BTreeSet::new();
    for text in BTreeSet::from([name.as_str(), typed]) {
        // of one letter itself, of more each two in a row
        let parts: BTreeSet<&str> = letters(text).filter(|part| text.chars().count() == 1 || part.chars().count() == 2).take(MOST_PARTS).collect();
        let select = Query::select()
            .columns([resource_letter::Column::Letters, resource_letter::Column::Kind])
            .from(resource_letter::Entity)
            .and_where(resource_letter::Column::WorkspaceId.eq(workspace.uuid()))
            .and_where(resource_letter::Column::Letters.is_in(parts.iter().copied()))
            .take();
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for (_, kind) in tuples::<(String, String)>(db, &select).await? {
            *found.entry(kind).or_default() += 1;
        }
        can.extend(found.into_iter().filter(|(_, has)| *has == parts.len()).map(|(kind, _)| kind));
    }
    Ok(Some(can))
}

/// The first letters of what is searched tell enough.
const MOST_PARTS: usize = 16;
