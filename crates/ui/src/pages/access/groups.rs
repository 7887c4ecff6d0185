//! The User groups list.

use super::{simple_list::SimpleList, use_access, words::glance};
use crate::{
    components::{Chip, EmptyState, IconName, TimeAgo, Who, plural},
    path,
    rpc::groups,
};
use domain::{access_context::Terms, grant::GrantSummary, group::GroupRow};
use leptos::prelude::*;

#[component]
pub fn GroupsPage() -> impl IntoView {
    let Some(access) = use_access() else { return ().into_any() };
    let slug = access.here.slug();
    let list = SimpleList {
        access,
        title: "User groups",
        search: "Search groups",
        path: path::groups(&slug),
        columns: &["Group", "Roles", "Created"],
        fetch: move |search, cursor| groups::page(slug.clone(), search, cursor),
        row,
        empty,
    };
    list.view()
}

fn row(group: &GroupRow, terms: &Terms) -> AnyView {
    view! {
        <tr>
            <td class="cell-who"><Who name=group.name.to_string() note=plural(u64::from(group.members), "member", "members") id=group.id.to_string()/></td>
            <td class="cell-roles">{grant_chips(&group.grants, group.pii, terms)}</td>
            <td class="cell-seen"><TimeAgo at=Some(group.created_at.micros())/></td>
        </tr>
    }
    .into_any()
}

/// What a group or token may, at a glance.
pub fn grant_chips(grants: &[GrantSummary], pii: bool, terms: &Terms) -> AnyView {
    if grants.is_empty() && !pii {
        return view! { <span class="none">"No roles"</span> }.into_any();
    }
    let chips = grants.iter().map(|grant| {
        let at_a_glance = glance(&terms.catalog, terms.plan, terms.now, grant);
        let but = at_a_glance.but.map(|but| format!(" {}", but.to_lowercase())).unwrap_or_default();
        view! { <Chip text=at_a_glance.role detail=Some(format!("({}){but}", at_a_glance.scope))/> " " }
    });
    view! { {chips.collect_view()}{pii.then(|| view! { <Chip text="Personal data" icon=IconName::Eye/> })} }.into_any()
}

fn empty() -> AnyView {
    view! { <EmptyState icon=IconName::UsersRound title="No user groups yet" text="A group gives all its members the same roles, in one place. This workspace has none so far."/> }.into_any()
}
