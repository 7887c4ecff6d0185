//! People brought in from a CSV file: which column is what, what becomes of each row, and what the workspace gets with them.

mod roles;

pub use roles::{NamedGrant, NamedScope, parse_roles};

use crate::{
    export::{harmless, unescape},
    failure::quoted,
};
use serde::{Deserialize, Serialize};

/// How many rows one file may have.
pub const MOST_ROWS: usize = 10_000;

/// How many bytes one file may have.
pub const MOST_BYTES: usize = 8 * 1_024 * 1_024;

/// What a column can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    Email,
    Permission,
    PersonalData,
    Roles,
    Groups,
    /// Which of the groups let their members see personal data.
    PersonalDataByGroups,
}

impl Column {
    pub const ALL: [Self; 6] = [Self::Email, Self::Permission, Self::PersonalData, Self::Roles, Self::Groups, Self::PersonalDataByGroups];

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Email => "Email",
            Self::Permission => "Permission",
            Self::PersonalData => "Personal data",
            Self::Roles => "Roles",
            Self::Groups => "Groups",
            Self::PersonalDataByGroups => "Personal data by groups",
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Permission => "permission",
            Self::PersonalData => "personal_data",
            Self::Roles => "roles",
            Self::Groups => "groups",
            Self::PersonalDataByGroups => "personal_data_by_groups",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.as_str() == text)
    }

    /// By what a file's own header calls it.
    fn of_header(text: &str) -> Option<Self> {
        let plain: String = text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        Some(match plain.as_str() {
            "email" | "emails" | "mail" | "emailaddress" | "emailaddresses" | "address" | "useremail" => Self::Email,
            "permission" | "permissions" | "kind" | "membership" => Self::Permission,
            "personaldata" | "pii" | "piiaccess" => Self::PersonalData,
            "roles" | "role" | "grants" => Self::Roles,
            "groups" | "group" | "usergroups" | "usergroup" | "teams" | "team" => Self::Groups,
            "personaldatabygroups" => Self::PersonalDataByGroups,
            _ => return None,
        })
    }

    /// What each column of this header is most likely; each is taken once, by the first that says so.
    #[must_use]
    pub fn guess(header: &[String]) -> Vec<Option<Self>> {
        let mut taken = Vec::new();
        let guess = |text: &String| {
            let column = Self::of_header(text).filter(|column| !taken.contains(column));
            taken.extend(column);
            column
        };
        header.iter().map(guess).collect()
    }
}

/// A file and how to read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportWish {
    pub text: String,
    /// What each column is; guessed by the header where nothing is said.
    pub columns: Option<Vec<Option<Column>>>,
    /// Groups that aren't there are made, with the roles that the file says came by them.
    pub create_groups: bool,
    /// Rows that can't be taken are left out; else they stop all others.
    pub leave_out_wrong: bool,
}

/// UTF-8, or what older spreadsheets write: there each byte is the character of its number.
#[must_use]
pub fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect())
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowOutcome {
    Invite,
    /// Takes the place of an invite that waits.
    Replace,
    /// Is a member already, by this name, and stays as they are.
    Member(String),
    /// Stands in an earlier line too, and is taken from there.
    Twice(u64),
    Wrong {
        column: Column,
        message: String,
    },
}

impl RowOutcome {
    #[must_use]
    pub const fn is_wrong(&self) -> bool {
        matches!(self, Self::Wrong { .. })
    }

    /// Whether somebody is invited by it.
    #[must_use]
    pub const fn invites(&self) -> bool {
        matches!(self, Self::Invite | Self::Replace)
    }

    fn words(&self, done: bool) -> String {
        match (self, done) {
            (Self::Invite, false) => "Will be invited".to_owned(),
            (Self::Invite, true) => "Invited".to_owned(),
            (Self::Replace, false) => "Will be invited anew; the earlier invite ends".to_owned(),
            (Self::Replace, true) => "Invited anew; the earlier invite ended".to_owned(),
            (Self::Member(name), _) => format!("A member already: {name}"),
            (Self::Twice(line), _) => format!("The same as in line {line}"),
            (Self::Wrong { column, message }, _) => format!("{}: {message}", column.title()),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// Where it begins in the file, from 1.
    pub line: u64,
    /// As the file has it.
    pub email: String,
    /// Becomes an owner.
    pub owner: bool,
    /// How many of the roles that come with the row have ended already.
    pub ended: u64,
    pub outcome: RowOutcome,
    /// Of who was invited where mail is off: for the owner to pass on.
    pub link: Option<String>,
}

impl ImportRow {
    /// In words, for the list and the report.
    #[must_use]
    pub fn words(&self, done: bool) -> String {
        let words = self.outcome.words(done);
        if !self.outcome.invites() {
            return words;
        }
        let owner = if self.owner { ", as an owner of the workspace" } else { "" };
        let ended = match self.ended {
            0 => String::new(),
            1 => "; 1 role has ended already, and gives nothing".to_owned(),
            ended => format!("; {ended} roles have ended already, and give nothing"),
        };
        format!("{words}{owner}{ended}")
    }
}

/// A group that is made with an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewGroupRow {
    pub name: String,
    /// Whether its members will see personal data.
    pub pii: bool,
    /// The roles that it will give, by their names.
    pub roles: Vec<String>,
}

/// What an import would do, or has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportOutcome {
    pub header: Vec<String>,
    pub columns: Vec<Option<Column>>,
    /// Columns that hold something, are not used, and are none of those that tell more of a user in our own list; by their places.
    pub unused: Vec<usize>,
    pub rows: Vec<ImportRow>,
    /// Groups that are made with it.
    pub new_groups: Vec<NewGroupRow>,
    /// Groups that rows name and that are not there.
    pub missing_groups: Vec<String>,
    /// Whether it was done.
    pub done: bool,
}

impl ImportOutcome {
    /// How many of those who are invited become owners.
    #[must_use]
    pub fn owners(&self) -> u64 {
        self.rows.iter().filter(|row| row.owner && row.outcome.invites()).count() as u64
    }

    /// How many are invited, and how many rows are wrong.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        let count = |is: fn(&RowOutcome) -> bool| self.rows.iter().filter(|row| is(&row.outcome)).count() as u64;
        (count(RowOutcome::invites), count(RowOutcome::is_wrong))
    }
}

impl ImportOutcome {
    /// Addresses and links to pass on, a line each; empty where mail brings them.
    #[must_use]
    pub fn links(&self) -> String {
        let lines: Vec<String> = self.rows.iter().filter_map(|row| Some(format!("{} {}", row.email, row.link.as_ref()?))).collect();
        lines.join("\n")
    }

    /// The whole of it as CSV (RFC 4180), for the owner to keep; with the links where there are some to pass on.
    #[must_use]
    pub fn report(&self) -> String {
        let has_links = self.rows.iter().any(|row| row.link.is_some());
        let mut report = if has_links { "Line,Email,Outcome,Link\r\n" } else { "Line,Email,Outcome\r\n" }.to_owned();
        for row in &self.rows {
            let link = has_links.then(|| row.link.clone().unwrap_or_default());
            let cells = [row.line.to_string(), row.email.clone(), quoted(&row.words(self.done))].into_iter().chain(link);
            let cells: Vec<String> = cells.map(|cell| format!("\"{}\"", harmless(&cell).replace('"', "\"\""))).collect();
            report.push_str(&cells.join(","));
            report.push_str("\r\n");
        }
        report
    }
}

/// A cell of many: `Data; Growth`.
#[must_use]
pub fn parse_list(cell: &str) -> Vec<String> {
    cell.split(';').map(str::trim).filter(|text| !text.is_empty()).map(unescape).collect()
}

/// A cell of yes or no; empty is no.
pub fn parse_flag(cell: &str) -> Result<bool, String> {
    match cell.trim().to_lowercase().as_str() {
        "" | "no" | "false" | "0" | "n" => Ok(false),
        "yes" | "true" | "1" | "y" | "x" => Ok(true),
        _ => Err(format!("`{}` is neither yes nor no", short(cell))),
    }
}

/// Spreadsheets keep a cell as text by an apostrophe in front, and so does our own export.
#[must_use]
pub fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        Some(_) | None => cell,
    }
}

pub(crate) fn short(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= 60 { text.to_owned() } else { format!("{}…", text.chars().take(59).collect::<String>()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Vec<Option<Column>> {
        Column::guess(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_header_says_what_its_columns_are() {
        assert_eq!(
            header(&["E-Mail", "Full name", "role", "Team", "PII"]),
            [Some(Column::Email), None, Some(Column::Roles), Some(Column::Groups), Some(Column::PersonalData)]
        );
        assert_eq!(header(&["email", "Email address"]), [Some(Column::Email), None], "the first counts");
        assert!(Column::ALL.iter().all(|column| header(&[column.title()]) == [Some(*column)] && Column::parse(column.as_str()) == Some(*column)));
    }

    #[test]
    fn cells_are_read_as_people_write_them() {
        assert_eq!(parse_list(" Data;; Growth ; "), ["Data", "Growth"]);
        assert_eq!((parse_flag(" Yes "), parse_flag("")), (Ok(true), Ok(false)));
        assert!(parse_flag("perhaps").unwrap_err().contains("perhaps"));
        assert_eq!((plain("'=cmd@a.b"), plain("'quoted'"), plain("o'neill@a.b")), ("=cmd@a.b", "'quoted'", "o'neill@a.b"));
    }

    #[test]
    fn outcomes_are_counted() {
        let row = |outcome| ImportRow { line: 2, email: String::new(), owner: false, ended: 1, outcome, link: None };
        let wrong = RowOutcome::Wrong { column: Column::Roles, message: "no".to_owned() };
        let outcome =
            ImportOutcome { rows: vec![row(RowOutcome::Invite), row(RowOutcome::Replace), row(RowOutcome::Twice(2)), row(wrong)], ..Default::default() };
        assert_eq!((outcome.counts(), outcome.owners()), ((2, 1), 0));
        assert_eq!(outcome.rows[0].words(false), "Will be invited; 1 role has ended already, and gives nothing");
        assert_eq!(outcome.rows[3].words(false), "Roles: no");
        let mut told = ImportOutcome {
            rows: vec![ImportRow { line: 2, email: "=a\"b".to_owned(), owner: true, ended: 0, outcome: RowOutcome::Invite, link: None }],
            done: true,
            ..Default::default()
        };
        assert_eq!(told.report(), "Line,Email,Outcome\r\n\"2\",\"'=a\"\"b\",\"Invited, as an owner of the workspace\"\r\n");
        assert_eq!(told.links(), "");
        told.rows[0].link = Some("https://rolecall.test/invites/x".to_owned());
        told.rows.push(row(RowOutcome::Wrong { column: Column::Groups, message: "no group `A`".to_owned() }));
        assert_eq!(
            told.report(),
            "Line,Email,Outcome,Link\r\n\"2\",\"'=a\"\"b\",\"Invited, as an owner of the workspace\",\"https://rolecall.test/invites/x\"\r\n\
             \"2\",\"\",\"Groups: no group “A”\",\"\"\r\n"
        );
        assert_eq!(told.links(), "=a\"b https://rolecall.test/invites/x");
    }

    #[test]
    fn reads_latin_1_where_it_is_no_utf_8() {
        assert_eq!(text("é".as_bytes().to_vec()), "é");
        assert_eq!(text(vec![b'a', 0xe9]), "aé");
    }
}
