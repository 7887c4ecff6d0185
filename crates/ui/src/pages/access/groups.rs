//! The User groups list.

use super::{
    Access,
    simple_list::{Opens, SimpleList},
    use_access,
    words::glance,
};
use crate::{
    components::{Banner, Button, ButtonKind, Chip, EmptyState, IconName, TimeAgo, Tone, Who, plural},
    pages::shortcut::{Making, open_if_wanted},
    path,
    rpc::groups,
};
use domain::{
    access_context::Terms,
    grant::GrantSummary,
    group::{Group, GroupRow},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::Outlet, hooks::use_navigate};

#[component]
pub fn GroupsPage() -> impl IntoView {
    let Some(access) = use_access() else { return ().into_any() };
    let slug = access.here.slug();
    let creating = RwSignal::new(false);
    if locked(access).is_none() {
        open_if_wanted(access.here, Making::Group, creating);
    }
    let list = SimpleList {
        access,
        title: "User groups",
        search: "Search groups",
        path: path::groups(&slug),
        columns: &["Group", "Roles", "Created"],
        fetch: move |search, cursor| groups::page(slug.clone(), search, cursor),
        row,
        id: |group: &GroupRow| group.id.to_string(),
        empty,
        actions: create_button(access, creating),
    };
    view! {
        {move || locked(access).map(|_| without_groups(access))}
        {list.view()}
        <Outlet/>
        {move || creating.get().then(|| create_dialog(access, creating))}
    }
    .into_any()
}

/// Why no group can be made here, if so. Read it inside `<Suspense>` or in an effect.
fn locked(access: Access) -> Option<String> {
    let plan = access.here.frame().workspace.plan;
    (!plan.has_groups()).then(|| "user groups need the Business plan".to_owned())
}

fn without_groups(access: Access) -> AnyView {
    let plan = access.here.frame().workspace.plan.title();
    view! {
        <Banner tone=Tone::Warn>
            <b>"The " {plan} " plan has no user groups."</b>
            " Those that are here still count and can be changed, emptied and deleted, but nobody new can come in. Whoever runs Rolecall can change the plan."
        </Banner>
    }
    .into_any()
}

fn create_button(access: Access, creating: RwSignal<bool>) -> AnyView {
    view! {
        <Button kind=ButtonKind::Primary icon=IconName::Plus disabled_reason=Signal::derive(move || locked(access)) on_click=move || creating.set(true) attr:aria-haspopup="dialog">
            "Create user group"
        </Button>
    }
    .into_any()
}

fn create_dialog(access: Access, creating: RwSignal<bool>) -> AnyView {
    access.editing.want();
    let navigate = use_navigate();
    let made = move |group: Group| {
        creating.set(false);
        navigate(&path::group(&access.here.slug(), group.id), NavigateOptions { scroll: false, ..NavigateOptions::default() });
    };
    let (close, made) = (Callback::from(move || creating.set(false)), Callback::from(made));
    (move || access.editing.get().map(|editing| (editing.create_group)(access, close, made))).into_any()
}

fn row(group: &GroupRow, terms: &Terms, opens: Opens) -> AnyView {
    let note = plural(u64::from(group.members), "member", "members");
    view! {
        <tr class="row-link" class:chosen=opens.is_open>
            <td class="cell-who"><Who name=group.name.to_string() note=note id=group.id.to_string() href=opens.href/></td>
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
    view! { <EmptyState icon=IconName::UsersRound title="No user groups yet" text="A group gives all its members the same roles, in one place: change it once, and it changes for everybody in it."/> }.into_any()
}
