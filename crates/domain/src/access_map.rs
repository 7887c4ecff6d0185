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

/// Who stands in the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapRows {
    /// Each group, with what it gives.
    Groups,
    /// Each member, of one group or of all.
    Members { group: Option<GroupId> },
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapRow {
    pub subject: Subject,
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
    /// How many things of the column are reached at all.
    pub reached: u32,
}

impl MapCell {
    /// `edit`, `read, 3 of 12`, or nothing.
    #[must_use]
    pub fn words(self, column: &MapColumn) -> String {
        let Some(verb) = usize::from(self.level).checked_sub(1).and_then(|at| column.verbs.get(at)) else { return String::new() };
        match column.thing {
            MapThing::Resource(..) => verb.clone(),
            MapThing::Type(_) | MapThing::Bearing(_) if self.reached == column.total => format!("{verb}, all {}", column.total),
            MapThing::Type(_) | MapThing::Bearing(_) => format!("{verb}, {} of {}", self.reached, column.total),
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
        let words = |level, reached| MapCell { level, reached }.words(&kind);
        assert_eq!([words(0, 0), words(1, 3), words(2, 12)], ["", "read, 3 of 12", "edit, all 12"]);
        let heat = |level| MapCell { level, reached: 1 }.heat(&kind);
        assert_eq!([heat(0), heat(1), heat(2)], [0, 2, 4]);
        let prod = MapColumn { thing: MapThing::Bearing(Bearing::parse("environment:prod").unwrap()), ..kind.clone() };
        assert_eq!(MapCell { level: 2, reached: 5 }.words(&prod), "edit, 5 of 12");
        let one = MapColumn { thing: MapThing::Resource(ResourceType::new("source"), ResourceId::from_uuid(uuid::Uuid::nil())), total: 1, ..kind };
        assert_eq!(MapCell { level: 2, reached: 1 }.words(&one), "edit");
    }

    #[test]
    fn what_several_types_know_stands_in_one_order() {
        let types = [vec!["read", "edit"], vec!["read", "engage", "edit"], vec!["read", "edit", "own"], vec!["edit", "read"]];
        let types = types.map(|verbs| verbs.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(one_scale(types.iter().map(Vec::as_slice)), ["read", "engage", "edit", "own"]);
    }
}
