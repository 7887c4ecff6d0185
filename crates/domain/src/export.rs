//! The downloaded user list: one user with all they hold, in words that need nothing else to be read.

use crate::{
    catalog::RoleId,
    email::EmailAddress,
    label::Label,
    member::{MemberKind, UserId, UserStanding},
    resource::ResourceType,
    text::{GroupName, PersonName, Reason, ResourceKey, ResourceName},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A member, or somebody invited, with every grant they hold by themselves or by a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportRow {
    pub id: UserId,
    /// Empty for an invite.
    pub name: Option<PersonName>,
    pub email: EmailAddress,
    pub kind: MemberKind,
    pub pii: bool,
    /// When they joined and were last seen, or how their invite stands.
    pub standing: UserStanding,
    /// In order of their names.
    pub groups: Vec<GroupName>,
    /// Those of them by which personal data is seen.
    pub pii_groups: Vec<GroupName>,
    /// Their own first, then group by group.
    pub grants: Vec<ExportGrant>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportGrant {
    pub role: RoleId,
    pub scope: ExportScope,
    pub expires_at: Option<Timestamp>,
    pub reason: Option<Reason>,
    pub granted: Granted,
}

/// How a grant reached the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Granted {
    Own,
    Group(GroupName),
}

/// Where a role applies, with names in place of ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportScope {
    All,
    Only(Vec<ExportResource>),
    Labelled(Vec<Label>),
}

/// A resource as the product beside Rolecall knows it, and as people do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExportResource {
    pub kind: ResourceType,
    pub name: ResourceName,
    pub key: ResourceKey,
}

impl Granted {
    /// `own`, or the group's name.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Own => "own",
            Self::Group(name) => name.as_str(),
        }
    }
}

impl ExportScope {
    /// `all`, `Website (source:web-1); Orders (source:ord)`, `environment:prod and region:apac`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Only(resources) => {
                let named: Vec<String> = resources.iter().map(|it| format!("{} ({}:{})", tame(it.name.as_str()), it.kind, escape(it.key.as_str()))).collect();
                named.join("; ")
            }
            Self::Labelled(labels) => labels.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and "),
        }
    }
}

/// Spreadsheets run cells that begin with these; an apostrophe in front makes them text (OWASP, CSV injection).
#[must_use]
pub fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}").into() } else { cell.into() }
}

/// A name that is for people only: what would end a scope or begin another role is written otherwise.
fn tame(name: &str) -> String {
    name.replace('(', "[").replace(')', "]").replace(';', ",")
}

/// What sets things apart in a cell is escaped as in a URL, so that no id or name can pose as more than it is.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => escaped.push_str("%25"),
            '(' => escaped.push_str("%28"),
            ')' => escaped.push_str("%29"),
            ';' => escaped.push_str("%3B"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// What stands between a role and its end, the reason why it was given, and the group by which it came: in this order.
pub const UNTIL: &str = ", until ";
pub const BECAUSE: &str = ", because ";
pub const BY_GROUP: &str = ", by group ";

/// A reason beside a role: nothing in it can pose as an end, or as the group that would follow.
#[must_use]
pub fn escape_reason(text: &str) -> String {
    escape(text).replace(BY_GROUP, "%2C by group ").replace(UNTIL, "%2C until ")
}

/// The text that [`escape`] made this of; a percent sign that escapes nothing is one.
#[must_use]
pub fn unescape(text: &str) -> String {
    text.replace("%28", "(").replace("%29", ")").replace("%3B", ";").replace("%2C", ",").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(name: &str, key: &str) -> ExportResource {
        ExportResource { kind: ResourceType::new("source"), name: ResourceName::parse(name).unwrap(), key: ResourceKey::parse(key).unwrap() }
    }

    #[test]
    fn cells_that_spreadsheets_would_run_are_made_text() {
        for bad in ["=1+1", "+1", "-1", "@SUM", "\tx", "\rx"] {
            assert_eq!(harmless(bad), format!("'{bad}"));
        }
        assert_eq!(harmless("Amara = Okafor"), "Amara = Okafor");
    }

    #[test]
    fn a_scope_reads_without_the_workspace_at_hand() {
        let label = |text| Label::parse(text).unwrap();
        assert_eq!(ExportScope::All.words(), "all");
        assert_eq!(ExportScope::Only(vec![resource("Website", "web-1"), resource("Orders", "ord")]).words(), "Website (source:web-1); Orders (source:ord)");
        assert_eq!(ExportScope::Labelled(vec![label("environment:prod"), label("region:apac")]).words(), "environment:prod and region:apac");
    }

    #[test]
    fn nothing_in_a_name_or_id_can_pose_as_more() {
        let scope = ExportScope::Only(vec![resource("Web); Source Admin (all", "k); Source Admin (all")]);
        assert_eq!(scope.words(), "Web], Source Admin [all (source:k%29%3B Source Admin %28all)");
        for text in ["k); Source Admin (all", "100% (beta)", "%28", "plain"] {
            assert_eq!(unescape(&escape(text)), text);
        }
        for text in ["asked, by group leads; by group (all)", "%2C by group ", ", by group , by group ", "the move, until May", ", until , until "] {
            let escaped = escape_reason(text);
            assert!(!escaped.contains(BY_GROUP) && !escaped.contains(UNTIL) && unescape(&escaped) == text, "{escaped}");
        }
    }

    #[test]
    fn a_grant_says_how_it_came() {
        assert_eq!(Granted::Own.words(), "own");
        assert_eq!(Granted::Group(GroupName::parse("Data team").unwrap()).words(), "Data team");
    }
}
