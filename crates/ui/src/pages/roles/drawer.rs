//! The drawer of one role: what it allows by type, where it applies, on which plans, and who holds it.

use super::{
    use_roles,
    words::{allowed, locked, scopes},
};
use crate::{
    components::{Button, ButtonKind, Chip, Drawer, EmptyState, IconName, TabItem, TabPanel, Tabs, Tone, grouped, plural},
    pages::{access::opened, frame::Here, resources::Holders},
    path,
    rpc::{Answer, roles},
};
use domain::{
    catalog::{Role, RoleId},
    held::{HeldGrant, HolderKind, RoleHolders, RolesOverview},
    page::Page,
};
use leptos::prelude::*;

#[component]
pub fn RoleDrawer() -> impl IntoView {
    let Some(page) = use_roles() else { return ().into_any() };
    let (segment, close) = opened("role", path::roles(&page.here.slug()));
    // in the browser only, as every drawer
    let alive = RwSignal::new(false);
    Effect::new(move || alive.set(true));
    let overview = Memo::new(move |before: Option<&Option<RolesOverview>>| {
        let found = alive.get().then(|| page.overview.get()).flatten().and_then(Result::ok);
        found.or_else(|| before.cloned().flatten())
    });
    // counted apart: an open drawer is not drawn anew because others give and take the role
    let holders = Signal::derive(move || overview.get().and_then(|overview| overview.holders).unwrap_or_default());
    let catalogue = Memo::new(move |_| overview.get().map(|overview| RolesOverview { holders: overview.holders.map(|_| Vec::new()), ..overview }));
    (move || {
        let overview = catalogue.get()?;
        let role = segment.with(|segment| overview.catalog.role(&RoleId::new(segment)).cloned());
        Some(match role {
            Some(role) => show(page.here, &overview, holders, &role, close),
            None => view! {
                <Drawer label="Not found" on_close=close header=|| view! { <h2>"Not found"</h2> }>
                    <EmptyState icon=IconName::Shield title="There is no such role" text="The catalogue of this server has no role by this name. Close this to see which there are."/>
                </Drawer>
            }
            .into_any(),
        })
    })
    .into_any()
}

fn show(here: Here, overview: &RolesOverview, holders: Signal<Vec<RoleHolders>>, role: &Role, close: Callback<()>) -> AnyView {
    let (name, description) = (role.name.clone(), role.description.clone());
    let locked = locked(role, overview.plan);
    let header = {
        let name = name.clone();
        move || view! { <div><h2>{name}</h2><p>{description}</p>{locked.map(|text| view! { <Chip text=text tone=Tone::Warn icon=IconName::Lock/> })}</div> }
    };
    let lines = allowed(&overview.catalog, role).into_iter().map(|line| {
        let through = line.through.map(|through| view! { <small>"also through " {through}</small> });
        view! { <li><div class="rows-text"><b>{line.title}</b>{through}</div><span>{line.verbs}</span></li> }
    });
    let forms = scopes(role, overview.plan).into_iter().map(|(title, why)| {
        view! { <li><div class="rows-text"><b>{title}</b></div>{why.map(|why| view! { <Chip text=why tone=Tone::Warn icon=IconName::Lock/> })}</li> }
    });
    let plans: Vec<&str> = role.plans.iter().map(|plan| plan.title()).collect();
    let holders = overview.holders.is_some().then(|| who(here, holders, role.id.clone()));
    view! {
        <Drawer label=name on_close=close header=header>
            <section class="drawer-section" aria-label="What it allows"><h3>"What it allows"</h3><ul class="rows">{lines.collect_view()}</ul></section>
            <section class="drawer-section" aria-label="Where it applies"><h3>"Where it applies"</h3><ul class="rows">{forms.collect_view()}</ul></section>
            <section class="drawer-section" aria-label="Plans"><h3>"Plans"</h3><p>{plans.join(", ")}</p></section>
            {holders}
        </Drawer>
    }
    .into_any()
}

/// Who holds it by a grant of their own: members, groups for all their members, tokens, and invites that wait.
fn who(here: Here, holders: Signal<Vec<RoleHolders>>, role: RoleId) -> AnyView {
    let held = role.clone();
    let of = move |kind: HolderKind| {
        let counted = |counts: &RoleHolders| match kind {
            HolderKind::Member => counts.members,
            HolderKind::Group => counts.groups,
            HolderKind::Token => counts.tokens,
            HolderKind::Invite => counts.invites,
        };
        holders.with(|all| all.iter().find(|one| one.role == held).map_or(0, counted))
    };
    let kinds = [
        (HolderKind::Member, "members", "Members", "No member holds it by a grant of their own."),
        (HolderKind::Group, "groups", "User groups", "No user group gives it to its members."),
        (HolderKind::Token, "tokens", "Tokens", "No token holds it."),
        (HolderKind::Invite, "invites", "Invites", "No invite that waits brings it."),
    ];
    // apart from the drawer, which is not drawn anew because a group gives it
    let groups = Memo::new({
        let of = of.clone();
        move |_| of(HolderKind::Group)
    });
    let items = move || {
        let item = |(kind, id, title, _): &(HolderKind, &str, &str, &str)| TabItem::here(id, title).count((of(*kind) > 0).then(|| grouped(of(*kind))));
        kinds.iter().map(item).collect::<Vec<TabItem>>()
    };
    let tab = RwSignal::new("members".to_owned());
    let slug = here.slug();
    let list = move || {
        let chosen = tab.get();
        let (kind, .., empty) = kinds.iter().find(|(_, id, ..)| *id == chosen).copied()?;
        let (slug, role) = (slug.clone(), role.clone());
        let fetch = Box::new(move |cursor| -> Answer<Page<HeldGrant>> { Box::pin(roles::holders(slug.clone(), role.clone(), kind, cursor)) });
        let by_groups = (kind == HolderKind::Member).then(|| by_groups(groups, tab));
        Some(view! { {by_groups}<Holders here fetch=fetch follows=Signal::derive(move || here.live.version()) empty=empty/> })
    };
    view! {
        <section class="drawer-section" aria-label="Who holds it">
            <h3>"Who holds it"</h3>
            <Tabs label="Who holds it" items=Signal::derive(items) current=tab on_select=move |id: String| tab.set(id)/>
            <TabPanel tab=tab>{list}</TabPanel>
        </section>
    }
    .into_any()
}

/// Said beside the members who hold it themselves: others hold it by a group.
fn by_groups(groups: Memo<u64>, tab: RwSignal<String>) -> AnyView {
    let words = move || plural(groups.get(), "user group gives it to its members as well.", "user groups give it to their members as well.");
    let hint = move || {
        view! {
            <p class="field-hint">
                {words} " " <Button small=true kind=ButtonKind::Quiet on_click=move || tab.set("groups".to_owned())>"Show user groups"</Button>
            </p>
        }
    };
    let any = Memo::new(move |_| groups.get() > 0);
    (move || any.get().then(hint)).into_any()
}
