//! The lines of the palette: pages, things to do, and what the server found.

use crate::{
    components::IconName,
    pages::{frame::Here, shortcut::Making},
    path,
};
use domain::{
    member::UserId,
    palette::{Found, FoundResource, FoundRole, FoundToken, FoundUser},
    workspace::WorkspaceSlug,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    Go(String),
    /// Opens that dialog on this page.
    Make(Making, String),
    SignOut,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Under which heading it stands.
    pub group: &'static str,
    pub icon: IconName,
    pub title: String,
    pub note: String,
    pub does: Does,
}

impl Entry {
    fn new(group: &'static str, icon: IconName, title: &str, note: &str, href: String) -> Self {
        Self { group, icon, title: title.to_owned(), note: note.to_owned(), does: Does::Go(href) }
    }

    /// Whether each of the words is in what the line says.
    fn holds(&self, words: &[String]) -> bool {
        let line = format!("{} {} {}", self.title, self.note, self.group).to_lowercase();
        words.iter().all(|word| line.contains(word.as_str()))
    }
}

/// What can be done, and where one can go, by whoever looks.
pub fn fixed(here: Here) -> Vec<Entry> {
    let slug = here.slug();
    let mut all = if here.is_owner() { owners_actions(&slug, here) } else { Vec::new() };
    all.push(Entry { group: "Actions", icon: IconName::LogOut, title: "Sign out".to_owned(), note: String::new(), does: Does::SignOut });
    let page = |icon, title: &str, note: &str, href| Entry::new("Pages", icon, title, note, href);
    if here.is_owner() {
        all.extend([
            page(IconName::Users, "Users", "Access management", path::users(&slug)),
            page(IconName::UsersRound, "User groups", "Access management", path::groups(&slug)),
            page(IconName::KeyRound, "Tokens", "Access management", path::tokens(&slug)),
        ]);
    } else {
        all.push(page(IconName::Users, "My access", "", path::users(&slug)));
    }
    all.push(page(IconName::Database, "Resources", "", path::resources(&slug)));
    if here.is_owner() {
        all.push(page(IconName::Tag, "Labels", "", path::labels(&slug)));
    }
    all.push(page(IconName::Shield, "Roles", "", path::roles(&slug)));
    if here.is_owner() {
        all.extend([
            page(IconName::Map, "Access map", "", path::map(&slug)),
            page(IconName::ClipboardCheck, "Access reviews", "", path::reviews(&slug)),
            page(IconName::Inbox, "Notifications", "", path::notifications(&slug)),
            page(IconName::ScrollText, "Audit trail", "", path::audit(&slug)),
            page(IconName::Link, "Webhooks", "Audit trail", path::webhooks(&slug)),
            page(IconName::Settings, "Settings", "", path::settings(&slug)),
            page(IconName::Lock, "Authentication", "Single sign-on", path::authentication(&slug)),
        ]);
    }
    all.extend([
        page(IconName::UserRound, "Account", "Password and sessions", path::ACCOUNT.to_owned()),
        page(IconName::Building, "All workspaces", "", path::WORKSPACES.to_owned()),
    ]);
    all
}

fn owners_actions(slug: &WorkspaceSlug, here: Here) -> Vec<Entry> {
    let action = |icon, title: &str, what, page| Entry { group: "Actions", icon, title: title.to_owned(), note: String::new(), does: Does::Make(what, page) };
    let groups = here.frame().workspace.plan.has_groups();
    let mut all = vec![action(IconName::UserPlus, "Invite team member", Making::Invite, path::users(slug))];
    all.extend(groups.then(|| action(IconName::UsersRound, "Create user group", Making::Group, path::groups(slug))));
    all.extend([
        action(IconName::KeyRound, "Create token", Making::Token, path::tokens(slug)),
        action(IconName::Database, "Create resource", Making::Resource, path::resources(slug)),
        action(IconName::Tag, "Create label", Making::Label, path::labels(slug)),
    ]);
    let sso = here.frame().workspace.plan.has_sso();
    all.extend(sso.then(|| Entry::new("Actions", IconName::Lock, "Add connection", "Single sign-on", path::add_connection(slug))));
    all
}

/// Those that hold every word of what was typed.
pub fn matching(all: &[Entry], typed: &str) -> Vec<Entry> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    all.iter().filter(|entry| entry.holds(&words)).cloned().collect()
}

/// Of what was found for another text, only what has this one in it stays.
pub fn keep_fitting(found: &mut Vec<Entry>, typed: &str) {
    let wanted = typed.trim().to_lowercase();
    found.retain(|entry| entry.title.to_lowercase().contains(&wanted) || entry.note.to_lowercase().contains(&wanted));
}

/// What the server found, line by line.
pub fn found(found: Found, slug: &WorkspaceSlug) -> Vec<Entry> {
    let Found { users, groups, tokens, roles, resources } = found;
    let user = |FoundUser { id, name, email }| {
        let (icon, state) = match id {
            UserId::Member(_) => (IconName::UserRound, String::new()),
            UserId::Invite(_) => (IconName::Mail, "Invited".to_owned()),
        };
        let (title, note) = match name {
            Some(name) => (name.to_string(), email.to_string()),
            None => (email.to_string(), state),
        };
        Entry::new("Users", icon, &title, &note, path::user(slug, id))
    };
    let group = |group: domain::group::GroupRef| Entry::new("User groups", IconName::UsersRound, group.name.as_str(), "", path::group(slug, group.id));
    let token = |FoundToken { id, name, prefix }| Entry::new("Tokens", IconName::KeyRound, name.as_str(), &format!("{prefix}…"), path::token(slug, id));
    let role = |FoundRole { id, name }| Entry::new("Roles", IconName::Shield, &name, "", path::role(slug, &id));
    let resource =
        |FoundResource { id, kind, key, name }| Entry::new("Resources", IconName::Database, name.as_str(), &format!("{kind}:{key}"), path::resource(slug, id));
    let of_access = users.into_iter().map(user).chain(groups.into_iter().map(group)).chain(tokens.into_iter().map(token));
    of_access.chain(roles.into_iter().map(role)).chain(resources.into_iter().map(resource)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        group::GroupRef,
        id::{GroupId, MemberId},
        text::{GroupName, PersonName},
    };

    #[test]
    fn every_word_must_be_there_in_any_order() {
        let entry = |title: &str, note: &str| Entry::new("Pages", IconName::Users, title, note, String::new());
        let all = [entry("User groups", "Access management"), entry("Users", "Access management"), entry("Labels", "")];
        let titles = |typed: &str| matching(&all, typed).into_iter().map(|entry| entry.title).collect::<Vec<_>>();
        assert_eq!(titles("GROUP acc"), ["User groups"]);
        assert_eq!(titles("user"), ["User groups", "Users"]);
        assert_eq!(titles("zzz"), Vec::<String>::new());
    }

    #[test]
    fn of_what_was_found_before_only_what_fits_stays() {
        let entry = |title: &str, note: &str| Entry::new("Users", IconName::UserRound, title, note, String::new());
        let mut found = vec![entry("Bea Users", "bea@acme.test"), entry("Al", "al@users.test"), entry("Cy", "cy@acme.test")];
        keep_fitting(&mut found, " USERS ");
        assert_eq!(found.iter().map(|entry| entry.title.as_str()).collect::<Vec<_>>(), ["Bea Users", "Al"]);
    }

    #[test]
    fn what_was_found_leads_to_its_drawer() {
        let slug = WorkspaceSlug::parse("acme").unwrap();
        let (member, group) = (MemberId::new(Default::default(), [1; 10]), GroupId::new(Default::default(), [2; 10]));
        let users = vec![FoundUser {
            id: UserId::Member(member),
            name: Some(PersonName::parse("Bea").unwrap()),
            email: domain::email::EmailAddress::parse("bea@acme.test").unwrap(),
        }];
        let groups = vec![GroupRef { id: group, name: GroupName::parse("Data").unwrap() }];
        let roles = vec![FoundRole { id: domain::catalog::RoleId::new("source_admin"), name: "Source Admin".to_owned() }];
        let lines = found(Found { users, groups, roles, ..Found::default() }, &slug);
        assert_eq!(
            lines.iter().map(|line| (line.title.as_str(), line.note.as_str())).collect::<Vec<_>>(),
            [("Bea", "bea@acme.test"), ("Data", ""), ("Source Admin", "")]
        );
        assert_eq!(lines[2].does, Does::Go("/w/acme/roles/source_admin".to_owned()));
        assert_eq!(lines[0].does, Does::Go(format!("/w/acme/access/users/{member}")));
    }
}
