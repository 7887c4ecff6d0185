//! The part of the console that an owner's pages do without: the door, what people see before they are in a workspace, their account,
//! and what a member sees of their own. A visit of a workspace loads it once the page is alive, a visit of one of its pages before that.
//!
//! These pages are named through here only; a direct mention elsewhere would bring their code into what everybody loads first.

use crate::{
    components::{Button, EmptyState, IconName, SkeletonLines},
    pages::{
        accept_invite::AcceptInvitePage,
        account::AccountPage,
        frame::use_here,
        my_access::MyAccessPage,
        reset::{NewPasswordPage, ResetPage},
        signin::SignInPage,
        signup::SignUpPage,
        workspaces::WorkspacesPage,
    },
    session::AskAgain,
};
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use std::sync::OnceLock;

/// A page, to be drawn.
type Draw = fn() -> AnyView;

#[derive(Clone, Copy, Debug)]
pub struct Door {
    pub sign_in: Draw,
    pub sign_up: Draw,
    pub reset: Draw,
    pub new_password: Draw,
    pub accept_invite: Draw,
    pub workspaces: Draw,
    pub account: Draw,
    pub ask_again: Draw,
    pub my_access: Draw,
}

fn door() -> Door {
    Door {
        sign_in: || view! { <SignInPage/> }.into_any(),
        sign_up: || view! { <SignUpPage/> }.into_any(),
        reset: || view! { <ResetPage/> }.into_any(),
        new_password: || view! { <NewPasswordPage/> }.into_any(),
        accept_invite: || view! { <AcceptInvitePage/> }.into_any(),
        workspaces: || view! { <WorkspacesPage/> }.into_any(),
        account: || view! { <AccountPage/> }.into_any(),
        ask_again: || view! { <AskAgain/> }.into_any(),
        my_access: || use_here().map(|here| view! { <MyAccessPage here/> }).into_any(),
    }
}

#[leptos::wasm_split::wasm_split(door, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_door() -> Result<Door, SplitLoaderError> {
    Ok(door())
}

/// The part, once it was loaded. The server has it from the start.
static DOOR: OnceLock<Door> = OnceLock::new();

fn now() -> Option<Door> {
    #[cfg(feature = "ssr")]
    return Some(door());
    #[cfg(not(feature = "ssr"))]
    DOOR.get().copied()
}

async fn wait() -> Result<Door, SplitLoaderError> {
    if let Some(door) = now() {
        return Ok(door);
    }
    let door = load_door().await?;
    Ok(*DOOR.get_or_init(|| door))
}

/// The page if the part is here; else its outline until it is.
pub fn door_page(pick: fn(&Door) -> Draw) -> AnyView {
    match now() {
        Some(door) => pick(&door)(),
        None => later(pick),
    }
}

fn later(pick: fn(&Door) -> Draw) -> AnyView {
    let state = RwSignal::new(None::<Result<Draw, ()>>);
    let load = move || {
        state.set(None);
        leptos::task::spawn_local(async move {
            let door = wait().await;
            let _ = state.try_set(Some(door.map(|door| pick(&door)).map_err(|_| ())));
        });
    };
    load();
    (move || match state.get() {
        None => view! { <div class="main" aria-busy="true"><SkeletonLines lines=6/></div> }.into_any(),
        Some(Ok(draw)) => draw(),
        Some(Err(())) => view! {
            <div class="main">
                <EmptyState icon=IconName::TriangleAlert title="This page could not be loaded" text="Check the connection, then try again.">
                    <Button icon=IconName::RotateCw on_click=load>"Try again"</Button>
                </EmptyState>
            </div>
        }
        .into_any(),
    })
    .into_any()
}

/// What the served page was made from has to be here before it comes to life.
#[cfg(feature = "hydrate")]
pub async fn before_hydration() -> Result<(), SplitLoaderError> {
    let in_workspace = location().pathname().is_ok_and(|path| path.starts_with("/w/"));
    let of_member = document().query_selector("[data-part=door]").is_ok_and(|found| found.is_some());
    if in_workspace && !of_member { Ok(()) } else { wait().await.map(drop) }
}

/// Brings the rest, for when somebody goes there. Should it fail, it is asked for again then.
pub async fn bring_the_rest() {
    let _ = wait().await;
}

/// What a member sees in a workspace, marked for [`before_hydration`].
pub fn my_access_page() -> AnyView {
    view! { <div data-part="door">{door_page(|door| door.my_access)}</div> }.into_any()
}

/// The dialog that asks for the password again, over any page.
pub fn ask_again() -> AnyView {
    door_page(|door| door.ask_again)
}
