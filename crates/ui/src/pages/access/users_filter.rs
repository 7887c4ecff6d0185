//! The filters above the Users list; what they choose goes into the URL.

use super::list_state::ListState;
use crate::components::{FilterMenu, FilterOption};
use domain::{
    access_context::AccessContext,
    member::{MemberKind, UserStatus},
};
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn UsersFilter(known: RwSignal<Option<Arc<AccessContext>>>, state: Memo<ListState>, go: Callback<(ListState,)>) -> impl IntoView {
    let menu = move |label: &'static str, options: Signal<Vec<FilterOption>>| {
        let name = label.to_lowercase();
        let read = name.clone();
        let chosen = Signal::derive(move || state.with(|state| state.chosen(&read)));
        let change = move |values: Vec<String>| go.run((state.get_untracked().filtered(&name, &values),));
        view! { <FilterMenu label=label options=options chosen=chosen on_change=change/> }
    };
    let statuses = UserStatus::ALL.into_iter().map(|status| FilterOption::new(status.as_str(), status.title())).collect::<Vec<_>>();
    let kinds = [MemberKind::Owner, MemberKind::Member].into_iter().map(|kind| FilterOption::new(kind.as_str(), kind.title())).collect::<Vec<_>>();
    let of_context =
        move |read: fn(&AccessContext) -> Vec<FilterOption>| Signal::derive(move || known.with(|known| known.as_deref().map(read)).unwrap_or_default());
    let roles = of_context(|context| context.catalog.roles.iter().map(|role| FilterOption::new(role.id.as_str(), &role.name)).collect());
    let groups = of_context(|context| context.groups.iter().map(|group| FilterOption::new(&group.group.id.to_string(), group.group.name.as_str())).collect());
    view! {
        {menu("Status", Signal::stored(statuses))}
        {menu("Permission", Signal::stored(kinds))}
        {menu("Role", roles)}
        {menu("Group", groups)}
    }
    .into_any()
}
