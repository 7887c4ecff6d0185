//! Roles: every role of the catalogue with what it allows, where it applies, which plan has it and, for owners, who holds it.

mod drawer;
mod words;

pub use drawer::RoleDrawer;

use super::{
    failure::FailureView,
    frame::{Here, use_here},
};
use crate::{
    components::{Chip, DataTable, IconName, PageHead, SkeletonRows, Tone},
    path,
    rpc::{Rpc, roles},
    session::use_session,
};
use domain::{catalog::Role, held::RolesOverview};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Outlet, hooks::use_location};
use words::{at_a_glance, held_by, locked, scopes};

/// What the page's pieces share. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Roles {
    pub here: Here,
    pub overview: Resource<Rpc<RolesOverview>>,
}

#[must_use]
pub fn use_roles() -> Option<Roles> {
    use_context()
}

#[component]
pub fn RolesPage() -> impl IntoView {
    let Some(here) = use_here() else { return ().into_any() };
    let (session, slug) = (use_session(), here.slug());
    let overview = Resource::new(move || (session.version(), here.live.version()), move |_| roles::overview(slug.clone()));
    provide_context(Roles { here, overview });
    let waiting = || view! { <DataTable label="Roles" class="role-list cards" busy=true head=|| view! { <th scope="col">"Role"</th> }><SkeletonRows rows=8 columns=4/></DataTable> };
    let shown = move || match overview.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <FailureView error retry=move || overview.refetch()/> }.into_any(),
        Some(Ok(overview)) => table(here, &overview),
    };
    view! {
        <Title text="Roles"/>
        <PageHead title="Roles" text=Some("What can be given, on which resources and on which plan. Roles come from the catalogue, which the operator of this server chooses.".to_owned())/>
        <section class="panel" aria-label="Roles"><Transition fallback=waiting>{shown}</Transition></section>
        <Outlet/>
    }
    .into_any()
}

fn table(here: Here, overview: &RolesOverview) -> AnyView {
    let pathname = use_location().pathname;
    let owner = overview.holders.is_some();
    let head = move || {
        view! {
            <th scope="col">"Role"</th><th scope="col">"Allows"</th><th scope="col">"Scopes"</th>
            {owner.then(|| view! { <th scope="col">"Held by"</th> })}
        }
    };
    let row = |role: &Role| {
        let mine = path::role(&here.slug(), &role.id);
        let open = {
            let mine = mine.clone();
            Memo::new(move |_| pathname.with(|path| *path == mine))
        };
        let locked = locked(role, overview.plan);
        let is_locked = locked.is_some();
        let holders = overview.holders.as_ref().map(|all| held_by(all.iter().find(|one| one.role == role.id)));
        let forms: Vec<&str> = scopes(role, overview.plan).into_iter().map(|(title, _)| title).collect();
        view! {
            <tr class="row-link" class:chosen=open class:locked=is_locked>
                <td class="cell-who"><span class="who-lines"><a class="who-name" href=mine data-noscroll="">{role.name.clone()}</a><small>{role.description.clone()}</small>
                    {locked.map(|text| view! { <Chip text=text tone=Tone::Warn icon=IconName::Lock/> })}</span></td>
                <td class="cell-allows">{at_a_glance(&overview.catalog, role)}</td>
                <td class="cell-note">{forms.into_iter().map(|form| view! { <span class="line">{form}</span> }).collect_view()}</td>
                {holders.clone().map(|holders| view! { <td class="cell-held">{holders}</td> })}
                <td class="cell-more">{holders.map(|holders| format!("Held by: {holders}"))}</td>
            </tr>
        }
    };
    let rows = overview.catalog.roles.iter().map(row).collect_view();
    view! { <DataTable label="Roles" class="role-list cards" head=head>{rows}</DataTable> }.into_any()
}
