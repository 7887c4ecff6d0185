//! The frame round every page of a workspace, and what its pages know of where they stand.

use super::{
    failure::{FailureView, Forbidden},
    live::Live,
};
use crate::{
    components::{AppShell, IconName, MenuItem, NavItem, WorkspaceSwitcher, grouped},
    parts::door::DOOR,
    path,
    rpc::{
        RpcError,
        workspaces::{self, Frame},
    },
    session::use_session,
};
use domain::{
    failure::Failure,
    member::MemberKind,
    workspace::{WorkspaceCounts, WorkspaceSlug},
};
use leptos::prelude::*;
use leptos_router::{
    components::Outlet,
    hooks::{use_location, use_params_map},
};

/// The workspace that a page stands in. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Here {
    frame: StoredValue<Frame>,
    counts: RwSignal<WorkspaceCounts>,
    /// Changes by others: to be read among the sources of what is shown.
    pub live: Live,
}

impl Here {
    #[must_use]
    pub fn slug(self) -> WorkspaceSlug {
        self.frame.with_value(|frame| frame.workspace.slug.clone())
    }

    /// The same, for an answer that may come after the page was left.
    #[must_use]
    pub fn try_slug(self) -> Option<WorkspaceSlug> {
        self.frame.try_with_value(|frame| frame.workspace.slug.clone())
    }

    #[must_use]
    pub fn frame(self) -> Frame {
        self.frame.get_value()
    }

    #[must_use]
    pub fn is_owner(self) -> bool {
        self.frame.with_value(Frame::is_owner)
    }

    /// What the tabs count, as last heard.
    #[must_use]
    pub fn counts(self) -> WorkspaceCounts {
        self.counts.get()
    }

    /// Asks for the counts again, after something was added or removed.
    pub fn recount(self) {
        // it may be called by an answer that came after the page was left
        let Some(slug) = self.try_slug() else { return };
        leptos::task::spawn_local(async move {
            if let Ok(counts) = workspaces::counts(slug).await {
                let _ = self.counts.try_set(counts);
            }
        });
    }
}

/// The workspace round this page; `None` outside of one.
#[must_use]
pub fn use_here() -> Option<Here> {
    use_context()
}

#[component]
pub fn WorkspaceFrame() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("slug").unwrap_or_default()));
    let frame = Resource::new(
        move || slug.get(),
        |slug| async move {
            match WorkspaceSlug::parse(&slug) {
                Ok(slug) => workspaces::frame(slug).await,
                Err(_) => Err(RpcError::from(Failure::not_found())),
            }
        },
    );
    // no Suspense round it: that draws what is inside several times before it is sent, an outlet makes its page anew each time, and the
    // browser would look for the data of the first
    // while another workspace is on its way, the one that is shown can't be used any more
    let shown = RwSignal::new(slug.get_untracked());
    let leaving = Memo::new(move |_| shown.get() != slug.get());
    view! {
        <div class="frame" inert=leaving aria-busy=move || leaving.get().then_some("true")>
            {move || Suspend::new(async move {
                let framed = frame.await;
                shown.set(slug.get_untracked());
                match framed {
                    Ok(frame) => view! { <Framed frame/> }.into_any(),
                    Err(error) => view! { <main class="main" id="main"><FailureView error retry=move || frame.refetch()/></main> }.into_any(),
                }
            })}
        </div>
    }
    .into_any()
}

#[component]
fn Framed(frame: Frame) -> impl IntoView {
    use_session().belongs_to(frame.account.email.as_str());
    let kind = if frame.is_owner() { MemberKind::Owner } else { MemberKind::Member };
    let live = Live::follow(path::events(&frame.workspace.slug), kind);
    let here = Here { counts: RwSignal::new(frame.counts), frame: StoredValue::new(frame.clone()), live };
    provide_context(here);
    Effect::new(move |ran: Option<()>| {
        let _ = live.version();
        if ran.is_some() {
            here.recount();
        }
    });
    let pathname = use_location().pathname;
    let switcher = {
        let name = frame.workspace.name.to_string();
        let items: Vec<MenuItem> =
            frame.memberships.iter().map(|one| MenuItem::link(one.workspace.name.as_str(), &path::workspace(&one.workspace.slug))).collect();
        let items: Vec<MenuItem> = items.into_iter().chain([MenuItem::link("All workspaces", path::WORKSPACES).icon(IconName::Building)]).collect();
        move || view! { <WorkspaceSwitcher name=name items=items/> }
    };
    let slug = frame.workspace.slug.clone();
    let is_owner = frame.is_owner();
    let items = Signal::derive(move || {
        let label = if is_owner { "Access management" } else { "My access" };
        let members = is_owner.then(|| grouped(here.counts.get().members));
        let access = NavItem::new(label, &if is_owner { path::access(&slug) } else { path::users(&slug) }, IconName::Users).count(members);
        let mut items = vec![access, NavItem::new("Resources", &path::resources(&slug), IconName::Database)];
        if is_owner {
            items.push(NavItem::new("Labels", &path::labels(&slug), IconName::Tag));
        }
        items.push(NavItem::new("Roles", &path::roles(&slug), IconName::Shield));
        if is_owner {
            items.push(NavItem::new("Access map", &path::map(&slug), IconName::Map));
            items.push(NavItem::new("Audit trail", &path::audit(&slug), IconName::ScrollText));
        }
        items
    });
    let me_items = vec![MenuItem::link("Account", path::ACCOUNT).icon(IconName::UserRound), MenuItem::post("Sign out", path::SIGN_OUT).icon(IconName::LogOut)];
    view! {
        <AppShell switcher=switcher items=items current=pathname me_name=frame.account.name.to_string() me_id=frame.account.id.to_string() me_items=me_items>
            <Outlet/>
        </AppShell>
    }
    .into_any()
}

/// Access management is for owners; a member sees at its first address what is theirs, and elsewhere whom to ask.
#[component]
pub fn AccessGate<View, Page>(page: Page) -> impl IntoView
where
    Page: Fn() -> View + Send + 'static,
    View: IntoView + 'static,
{
    let Some(here) = use_here() else { return ().into_any() };
    if here.is_owner() {
        return page().into_any();
    }
    let pathname = use_location().pathname;
    let own = Memo::new(move |_| pathname.with(|path| path.trim_end_matches('/').ends_with("/users") || path.trim_end_matches('/').ends_with("/access")));
    (move || match own.get() {
        true => DOOR.page(|door| door.my_access),
        false => view! { <Forbidden message="Groups, tokens and other people's access are managed by the owners of this workspace. Ask one of them if you need more access."/> }.into_any(),
    })
    .into_any()
}

/// What is for owners alone: others read whom to ask.
pub fn for_owners(page: impl FnOnce() -> AnyView, message: &'static str) -> AnyView {
    match use_here() {
        Some(here) if here.is_owner() => page(),
        Some(_) => view! { <Forbidden message/> }.into_any(),
        None => ().into_any(),
    }
}
