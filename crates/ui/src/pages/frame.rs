//! The frame round every page of a workspace, and what its pages know of where they stand.

use super::{
    failure::{FailureView, Forbidden},
    live::Live,
    shortcut::{Making, listen_for_palette},
};
use crate::{
    components::{AppShell, IconName, MenuItem, NavItem, WorkspaceSwitcher, brief, use_toasts},
    parts::{door::DOOR, palette::JUMP, settings::SETTINGS},
    path,
    rpc::{
        RpcError,
        workspaces::{self, Closed, Frame, Standing},
    },
    session::use_session,
};
use domain::{
    failure::Failure,
    member::{MemberKind, UserId},
    settings::{SettingsWish, WorkspaceSettings},
    workspace::{Membership, WorkspaceCounts, WorkspaceSlug},
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
    name: RwSignal<String>,
    counts: RwSignal<WorkspaceCounts>,
    /// Changes by others: to be read among the sources of what is shown.
    pub live: Live,
    reload: Callback<()>,
    /// Whether the command palette is open.
    pub palette: RwSignal<bool>,
    /// A dialog that the page one goes to is to open.
    pub wanted: RwSignal<Option<Making>>,
    /// Settings that were typed and not saved when their page was left.
    pub unsaved: StoredValue<Option<SettingsWish>>,
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

    /// The workspace has other settings now: the frame shows its name, and its pages how long invites last.
    pub fn changed(self, settings: &WorkspaceSettings) {
        let _ = self.frame.try_update_value(|frame| {
            frame.workspace.name = settings.name.clone();
            frame.invite_days = settings.rules.invites.days();
        });
        let _ = self.name.try_set(settings.name.to_string());
    }

    /// Asks for everything again: the workspace is not what it was.
    pub fn reload(self) {
        self.reload.run(());
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
                let reload = Callback::from(move || frame.refetch());
                let standing = frame.await;
                shown.set(slug.get_untracked());
                match standing {
                    Ok(Standing { open: Some(frame), .. }) => view! { <Framed frame reload/> }.into_any(),
                    Ok(Standing { closed, .. }) => closed.map(|closed| view! { <InItsPlace closed reload/> }).into_any(),
                    Err(error) => view! { <main class="main" id="main"><FailureView error retry=move || frame.refetch()/></main> }.into_any(),
                }
            })}
        </div>
    }
    .into_any()
}

/// A closed workspace, for the page that stands in its place. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct ClosedHere {
    pub closed: StoredValue<Closed>,
    pub reload: Callback<()>,
}

#[component]
fn InItsPlace(closed: Closed, reload: Callback<()>) -> impl IntoView {
    provide_context(ClosedHere { closed: StoredValue::new(closed), reload });
    SETTINGS.whole_page(|settings| settings.closed)
}

#[component]
fn Framed(frame: Frame, reload: Callback<()>) -> impl IntoView {
    use_session().belongs_to(frame.account.email.as_str());
    let kind = if frame.is_owner() { MemberKind::Owner } else { MemberKind::Member };
    let live = Live::follow(path::events(&frame.workspace.slug), kind);
    let name = RwSignal::new(frame.workspace.name.to_string());
    let here = Here {
        counts: RwSignal::new(frame.counts),
        frame: StoredValue::new(frame.clone()),
        name,
        live,
        reload,
        palette: RwSignal::new(false),
        wanted: RwSignal::new(None),
        unsaved: StoredValue::new(None),
    };
    listen_for_palette(here.palette);
    provide_context(here);
    Effect::new(move |ran: Option<()>| {
        let _ = live.version();
        if ran.is_some() {
            here.recount();
        }
    });
    let pathname = use_location().pathname;
    let switcher = {
        let (memberships, id) = (frame.memberships.clone(), frame.workspace.id);
        let item = move |one: &Membership| {
            let called = if one.workspace.id == id { name.get() } else { one.workspace.name.to_string() };
            let item = MenuItem::link(&called, &path::workspace(&one.workspace.slug));
            if one.workspace.is_closed() { item.note("Closed, will be deleted") } else { item }
        };
        let all = || MenuItem::link("All workspaces", path::WORKSPACES).icon(IconName::Building);
        let items = Signal::derive(move || memberships.iter().map(item).chain([all()]).collect::<Vec<_>>());
        move || view! { <WorkspaceSwitcher name=name items=items/> }
    };
    let slug = frame.workspace.slug.clone();
    let is_owner = frame.is_owner();
    let items = Signal::derive(move || {
        let label = if is_owner { "Access management" } else { "My access" };
        let counts = here.counts.get();
        // as many as the tab says
        let users = is_owner.then(|| brief(counts.members + counts.invites));
        let access = NavItem::new(label, &if is_owner { path::access(&slug) } else { path::users(&slug) }, IconName::Users).count(users);
        let mut items = vec![access, NavItem::new("Resources", &path::resources(&slug), IconName::Database)];
        if is_owner {
            items.push(NavItem::new("Labels", &path::labels(&slug), IconName::Tag));
        }
        items.push(NavItem::new("Roles", &path::roles(&slug), IconName::Shield));
        if is_owner {
            items.push(NavItem::new("Access map", &path::map(&slug), IconName::Map));
        }
        // a member hears of reviews only where they are asked
        let counted = |count: u64| (count > 0).then(|| brief(count));
        if is_owner || counts.reviews > 0 {
            items.push(NavItem::new("Access reviews", &path::reviews(&slug), IconName::ClipboardCheck).count(counted(counts.reviews)));
        }
        if is_owner {
            items.push(NavItem::new("Notifications", &path::notifications(&slug), IconName::Inbox).count(counted(counts.requests + counts.reviews)));
            items.push(NavItem::new("Audit trail", &path::audit(&slug), IconName::ScrollText));
            items.push(NavItem::new("Settings", &path::settings(&slug), IconName::Settings));
        }
        items
    });
    let toasts = use_toasts();
    let lost = Callback::from(move || {
        here.palette.set(false);
        toasts.error("The search could not be loaded. Check the connection, then try again.");
    });
    let me_items = vec![MenuItem::link("Account", path::ACCOUNT).icon(IconName::UserRound), MenuItem::post("Sign out", path::SIGN_OUT).icon(IconName::LogOut)];
    view! {
        <AppShell switcher=switcher items=items current=pathname me_name=frame.account.name.to_string() me_id=frame.account.id.to_string() me_items=me_items
            on_find=Callback::from(move || here.palette.set(true))>
            <Outlet/>
        </AppShell>
        {move || here.palette.get().then(|| JUMP.over(|jump| jump.palette, lost))}
    }
    .into_any()
}

/// Access management is for owners; a member sees at its first address, and where their own drawer would be, what is theirs, and elsewhere whom to ask.
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
    // who was an owner a moment ago may stand at their own drawer
    let drawer = path::user(&here.slug(), UserId::Member(here.frame().me));
    let is_own = move |path: &str| path.ends_with("/users") || path.ends_with("/access") || path == drawer;
    let own = Memo::new(move |_| pathname.with(|path| is_own(path.trim_end_matches('/'))));
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
