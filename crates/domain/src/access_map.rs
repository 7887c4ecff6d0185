//! The access map: who reaches what, as a picture of rows and columns that is looked at from afar and from near.
//!
//! From afar the rows are groups and the columns types; nearer, the members of a group and the things of a type; nearest, one cell, of
//! which the policy says why.

use crate::{
    group::GroupRef,
    id::{GroupId, ResourceId},
    page::Cursor,
    policy::Subject,
    resource::ResourceType,
};
use serde::{Deserialize, Serialize};

/// Who stands in the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapRows {
    /// Each group, with what it gives.
    Groups,
    /// Each member, of one group or of all.
    Members { group: Option<GroupId> },
}

/// Which part of the map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapQuery {
    pub rows: MapRows,
    /// The things of this type in the columns; without one, the types.
    pub kind: Option<ResourceType>,
    /// Part of a name in the rows.
    pub search: Option<String>,
    pub rows_at: Option<Cursor>,
    pub columns_at: Option<Cursor>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapColumn {
    pub kind: ResourceType,
    /// One thing; without it, the type as a whole.
    pub resource: Option<ResourceId>,
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
        match column.resource {
            Some(_) => verb.clone(),
            None if self.reached == column.total => format!("{verb}, all {}", column.total),
            None => format!("{verb}, {} of {}", self.reached, column.total),
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
    /// The group whose members stand in the rows.
    pub group: Option<GroupRef>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_reads_without_its_colour() {
        let verbs = ["read", "edit"].map(str::to_owned).to_vec();
        let kind = MapColumn { kind: ResourceType::new("source"), resource: None, name: "Sources".to_owned(), verbs, total: 12 };
        let words = |level, reached| MapCell { level, reached }.words(&kind);
        assert_eq!([words(0, 0), words(1, 3), words(2, 12)], ["", "read, 3 of 12", "edit, all 12"]);
        let heat = |level| MapCell { level, reached: 1 }.heat(&kind);
        assert_eq!([heat(0), heat(1), heat(2)], [0, 2, 4]);
        let one = MapColumn { resource: Some(ResourceId::from_uuid(uuid::Uuid::nil())), total: 1, ..kind };
        assert_eq!(MapCell { level: 2, reached: 1 }.words(&one), "edit");
    }
}
