//! What was last jumped to: kept in this browser, for this person in this workspace, until they sign out.

use super::entries::{Does, Entry};
use crate::{components::IconName, pages::frame::Here, path};
use domain::workspace::WorkspaceSlug;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How many are kept.
const MOST: usize = 6;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    title: String,
    note: String,
    /// Behind the workspace's own address, which may change; whole outside of it.
    to: String,
}

/// The last first. Nothing where the browser keeps nothing.
pub fn recent(here: Here) -> Vec<Entry> {
    let slug = here.slug();
    read(here).into_iter().map(|kept| entry(kept, &slug)).collect()
}

/// Only places are kept: what was done once is not done again by the way.
pub fn remember(here: Here, chosen: &Entry) {
    let Does::Go(href) = &chosen.does else { return };
    let root = path::workspace(&here.slug());
    let to = href.strip_prefix(root.as_str()).unwrap_or(href).to_owned();
    let all = with(read(here), Kept { title: chosen.title.clone(), note: chosen.note.clone(), to });
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&all)) {
        // refused where the browser has no room, or keeps nothing: then nothing is recent
        let _ = storage.set_item(&key(here), &text);
    }
}

fn with(mut all: Vec<Kept>, new: Kept) -> Vec<Kept> {
    all.retain(|kept| kept.to != new.to);
    all.insert(0, new);
    all.truncate(MOST);
    all
}

fn entry(kept: Kept, slug: &WorkspaceSlug) -> Entry {
    let is_inside = !(kept.to == path::ACCOUNT || kept.to == path::WORKSPACES);
    let href = if is_inside { format!("{}{}", path::workspace(slug), kept.to) } else { kept.to.clone() };
    Entry { group: "Recent", icon: icon(&kept.to), title: kept.title, note: kept.note, does: Does::Go(href) }
}

fn icon(to: &str) -> IconName {
    let starts = [
        ("/access/users/invite-", IconName::Mail),
        ("/access/users/", IconName::UserRound),
        ("/access/groups/", IconName::UsersRound),
        ("/access/tokens/", IconName::KeyRound),
        ("/resources/", IconName::Database),
        ("/roles/", IconName::Shield),
    ];
    starts.iter().find(|(start, _)| to.starts_with(start)).map_or(IconName::Clock, |(_, icon)| *icon)
}

fn read(here: Here) -> Vec<Kept> {
    let text = storage().and_then(|storage| storage.get_item(&key(here)).ok().flatten());
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Browsers may refuse it.
fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn key(here: Here) -> String {
    let frame = here.frame();
    format!("rolecall.recent.{}.{}", frame.account.id, frame.workspace.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(to: &str) -> Kept {
        Kept { title: to.to_owned(), note: String::new(), to: to.to_owned() }
    }

    #[test]
    fn the_last_stands_first_once_and_old_ones_go() {
        let all = (0..8).fold(Vec::new(), |all, n| with(all, kept(&format!("/resources/{n}"))));
        assert_eq!((all.len(), all[0].to.as_str()), (MOST, "/resources/7"));
        let again = with(all, kept("/resources/5"));
        assert_eq!(again.iter().map(|kept| kept.to.as_str()).take(3).collect::<Vec<_>>(), ["/resources/5", "/resources/7", "/resources/6"]);
        assert_eq!(again.len(), MOST);
    }

    #[test]
    fn places_follow_the_workspace_to_its_address_of_now() {
        let slug = WorkspaceSlug::parse("acme-inc").unwrap();
        assert_eq!(entry(kept("/access/users/1"), &slug).does, Does::Go("/w/acme-inc/access/users/1".to_owned()));
        assert_eq!(entry(kept("/account"), &slug).does, Does::Go("/account".to_owned()));
    }
}
