//! The access map: who reaches what, as a picture of rows and columns that is looked at from afar and from near.
//!
//! From afar the rows are groups and the columns types, or the values of a key of labels; nearer, the members of a group and the things of
//! a type or with a label; nearest, one cell, of which the policy says why.

use crate::{
    catalog::TypeEntry,
    group::GroupRef,
    id::{GroupId, ResourceId},
    label::Bearing,
    page::Cursor,
    policy::Subject,
    resource::ResourceType,
};
use serde::{Deserialize, Serialize};

/// How many rows and columns are drawn at once.
pub const SIDE: u16 = 40;

/// How many members a band has at least, where there are so many.
pub const LEAST_IN_BAND: usize = 10;

/// Who stands in the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapRows {
    /// Each group, with what it gives.
    Groups,
    /// Each member, of one group or of all.
    Members { group: Option<GroupId> },
    /// All members at once, in bands by their names; where a name is searched, one by one.
    Bands,
}

/// Which part of the map. The columns are types, where it names neither a type nor a label nor a key; things, where it names no key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapQuery {
    pub rows: MapRows,
    /// Only things of this type.
    pub kind: Option<ResourceType>,
    /// Only things that bear this label, or none of its key.
    pub label: Option<Bearing>,
    /// The values of this key of labels in the columns, and last what bears none.
    pub by: Option<String>,
    /// Part of a name in the rows.
    pub search: Option<String>,
    pub rows_at: Option<Cursor>,
    pub columns_at: Option<Cursor>,
}

/// What stands in a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapThing {
    /// All of a type.
    Type(ResourceType),
    /// All with a label, or with none of a key.
    Bearing(Bearing),
    Resource(ResourceType, ResourceId),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapColumn {
    pub thing: MapThing,
    pub name: String,
    /// What is worked with, the weakest first: a cell's level counts along it.
    pub verbs: Vec<String>,
    /// How many things stand in it.
    pub total: u32,
}

/// Who stands in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapWho {
    Subject(Subject),
    /// Members who follow one another by name.
    Band {
        count: u32,
        /// Behind whom they come; the first come behind nobody.
        after: Option<String>,
        /// The place of the first among all members, from 1.
        place: u64,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapRow {
    pub who: MapWho,
    /// Of a band, its first and its last.
    pub name: String,
    /// An address, or how many members.
    pub note: String,
    pub owner: bool,
    /// One for each column.
    pub cells: Vec<MapCell>,
}

/// What one row reaches in one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapCell {
    /// 0 is nothing; else the place of the strongest verb, from 1.
    pub level: u8,
    /// How many things of the column are reached at all; by a band, how many of its members reach any.
    pub reached: u32,
}

impl MapCell {
    /// `edit`, `read, 3 of 12`, `edit, 40 of 250 members`, or nothing.
    #[must_use]
    pub fn words(self, who: &MapWho, column: &MapColumn) -> String {
        let Some(verb) = usize::from(self.level).checked_sub(1).and_then(|at| column.verbs.get(at)) else { return String::new() };
        let share = |all: u32| if self.reached == all { format!("all {all}") } else { format!("{} of {all}", self.reached) };
        match (who, &column.thing) {
            (MapWho::Band { count, .. }, _) => format!("{verb}, {} members", share(*count)),
            (MapWho::Subject(_), MapThing::Resource(..)) => verb.clone(),
            (MapWho::Subject(_), MapThing::Type(_) | MapThing::Bearing(_)) => format!("{verb}, {}", share(column.total)),
        }
    }

    /// How strong it is, from 0 to 4, whatever the number of verbs.
    #[must_use]
    pub fn heat(self, column: &MapColumn) -> usize {
        (usize::from(self.level) * 4).div_ceil(column.verbs.len().max(1)).min(4)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapPage {
    pub columns: Vec<MapColumn>,
    pub rows: Vec<MapRow>,
    pub rows_before: Option<String>,
    pub rows_after: Option<String>,
    pub columns_before: Option<String>,
    pub columns_after: Option<String>,
    /// How many rows there are on all pages, where that is known.
    pub rows_total: Option<u64>,
    pub columns_total: u64,
    /// The keys of labels that are in use: the columns can be the values of each.
    pub keys: Vec<String>,
    /// The group whose members stand in the rows.
    pub group: Option<GroupRef>,
}

/// What is done with a thing that is there, the weakest first: making and deleting go with editing.
#[must_use]
pub fn of_work(entry: &TypeEntry) -> Vec<String> {
    let kept: Vec<String> = entry.actions.iter().filter(|verb| !matches!(verb.as_str(), "create" | "delete")).cloned().collect();
    if kept.is_empty() { entry.actions.clone() } else { kept }
}

/// The verbs of several types in one order, which is each type's own as far as they agree.
#[must_use]
pub fn one_scale<'a>(types: impl Iterator<Item = &'a [String]>) -> Vec<String> {
    let mut scale: Vec<String> = Vec::new();
    for verbs in types {
        let mut at = 0;
        for verb in verbs {
            match scale.iter().position(|known| known == verb) {
                Some(place) => at = at.max(place + 1),
                None => {
                    scale.insert(at, verb.clone());
                    at += 1;
                }
            }
        }
    }
    scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_reads_without_its_colour() {
        let verbs = ["read", "edit"].map(str::to_owned).to_vec();
        let kind = MapColumn { thing: MapThing::Type(ResourceType::new("source")), name: "Sources".to_owned(), verbs, total: 12 };
        let who = MapWho::Subject(Subject::Group(GroupId::from_uuid(uuid::Uuid::nil())));
        let words = |level, reached| MapCell { level, reached }.words(&who, &kind);
        assert_eq!([words(0, 0), words(1, 3), words(2, 12)], ["", "read, 3 of 12", "edit, all 12"]);
        let heat = |level| MapCell { level, reached: 1 }.heat(&kind);
        assert_eq!([heat(0), heat(1), heat(2)], [0, 2, 4]);
        let prod = MapColumn { thing: MapThing::Bearing(Bearing::parse("environment:prod").unwrap()), ..kind.clone() };
        assert_eq!(MapCell { level: 2, reached: 5 }.words(&who, &prod), "edit, 5 of 12");
        let one = MapColumn { thing: MapThing::Resource(ResourceType::new("source"), ResourceId::from_uuid(uuid::Uuid::nil())), total: 1, ..kind };
        assert_eq!(MapCell { level: 2, reached: 1 }.words(&who, &one), "edit");
        let band = MapWho::Band { count: 250, after: None, place: 1 };
        assert_eq!(
            [MapCell { level: 2, reached: 40 }, MapCell { level: 1, reached: 250 }, MapCell::default()].map(|cell| cell.words(&band, &one)),
            ["edit, 40 of 250 members", "read, all 250 members", ""]
        );
    }

    #[test]
    fn what_several_types_know_stands_in_one_order() {
        let types = [vec!["read", "edit"], vec!["read", "engage", "edit"], vec!["read", "edit", "own"], vec!["edit", "read"]];
        let types = types.map(|verbs| verbs.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(one_scale(types.iter().map(Vec::as_slice)), ["read", "engage", "edit", "own"]);
    }
}
