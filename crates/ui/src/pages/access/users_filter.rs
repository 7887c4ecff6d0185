//! The filters above the Users list; what they choose goes into the URL.

use super::{Access, editing, found::Finder, list_state::ListState};
use crate::components::{FilterMenu, FilterOption};
use domain::{
    group::GroupRow,
    member::{MemberKind, UserStatus},
};
use leptos::prelude::*;

#[component]
pub fn UsersFilter(access: Access, state: Memo<ListState>, go: Callback<(ListState,)>) -> impl IntoView {
    let statuses = UserStatus::ALL.into_iter().map(|status| FilterOption::new(status.as_str(), status.title())).collect::<Vec<_>>();
    let kinds = [MemberKind::Owner, MemberKind::Member].into_iter().map(|kind| FilterOption::new(kind.as_str(), kind.title())).collect::<Vec<_>>();
    let roles = RwSignal::new(Vec::new());
    Effect::new(move || {
        if let Some(Ok(terms)) = access.terms.get() {
            roles.set(terms.catalog.roles.iter().map(|role| FilterOption::new(role.id.as_str(), &role.name)).collect());
        }
    });
    let chosen = move |name: &'static str| Signal::derive(move || state.with(|state| state.chosen(name)));
    let change = move |name: &'static str| Callback::from(move |values: Vec<String>| go.run((state.get_untracked().filtered(name, &values),)));
    let (found, chosen_groups) = (groups_by_search(access), chosen("group"));
    Effect::new(move || access.groups.want(chosen_groups.with(|ids| ids.iter().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())));
    view! {
        <FilterMenu label="Status" options=Signal::stored(statuses) chosen=chosen("status") on_change=change("status")/>
        <FilterMenu label="Permission" options=Signal::stored(kinds) chosen=chosen("permission") on_change=change("permission")/>
        <FilterMenu label="Role" options=roles chosen=chosen("role") on_change=change("role")/>
        <FilterMenu label="Group" options=Signal::derive(move || group_options(access, found, chosen_groups)) chosen=chosen_groups on_change=change("group")
            search=found.search()/>
    }
    .into_any()
}

/// Searches the workspace's groups; their names are noted on the way.
pub fn groups_by_search(access: Access) -> Finder<GroupRow> {
    let slug = StoredValue::new(access.here.slug());
    let finder = Finder::new(move |text| {
        let slug = slug.get_value();
        async move { (editing::loaded().await?.found_groups)(slug, text).await }
    });
    Effect::new(move || {
        finder.found.with(|found| {
            let rows = found.iter().flat_map(|found| &found.rows);
            access.groups.learn(&rows.map(GroupRow::reference).collect::<Vec<_>>());
        });
    });
    finder
}

/// What was found; where nothing is searched for, what is chosen stands before it.
fn group_options(access: Access, finder: Finder<GroupRow>, chosen: Signal<Vec<String>>) -> Vec<FilterOption> {
    let name = |id: &String| id.parse().ok().and_then(|id| access.groups.get(id)).unwrap_or_else(|| "A group".to_owned());
    finder.found.with(|found| {
        let text = found.as_ref().map_or("", |found| found.text.trim());
        let first = if text.is_empty() { chosen.get() } else { Vec::new() };
        let mut options: Vec<FilterOption> = first.iter().map(|id| FilterOption::new(id, &name(id))).collect();
        let rows = found.iter().flat_map(|found| &found.rows).map(|row| FilterOption::new(&row.id.to_string(), row.name.as_str()));
        options.extend(rows.filter(|option| !first.contains(&option.value)));
        options
    })
}
