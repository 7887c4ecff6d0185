//! The door: what people see before they are in a workspace, their account, and what a member sees of their own.

use super::{Draw, Part};
use crate::{
    pages::{
        accept_invite::AcceptInvitePage,
        account::AccountPage,
        frame::use_here,
        live::{Live, follow},
        my_access::MyAccessPage,
        prove_address::ProveAddressPage,
        reset::{NewPasswordPage, ResetPage},
        signin::SignInPages,
        signup::SignUpPage,
        workspaces::WorkspacesPage,
    },
    session::AskAgain,
};
use domain::member::MemberKind;
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use std::sync::OnceLock;

#[derive(Clone, Copy, Debug)]
pub struct Door {
    pub sign_in: Draw,
    pub sign_up: Draw,
    pub reset: Draw,
    pub new_password: Draw,
    pub prove_address: Draw,
    pub accept_invite: Draw,
    pub workspaces: Draw,
    pub account: Draw,
    /// The dialog that asks for the password again, over any page.
    pub ask_again: Draw,
    pub my_access: Draw,
    /// Follows what others change.
    pub follow: fn(Live, String, MemberKind),
}

pub static DOOR: Part<Door> = Part {
    name: "door",
    held: OnceLock::new(),
    load: || Box::pin(load_door()),
    #[cfg(feature = "ssr")]
    make: door,
};

fn door() -> Door {
    Door {
        sign_in: || view! { <SignInPages/> }.into_any(),
        sign_up: || view! { <SignUpPage/> }.into_any(),
        reset: || view! { <ResetPage/> }.into_any(),
        new_password: || view! { <NewPasswordPage/> }.into_any(),
        prove_address: || view! { <ProveAddressPage/> }.into_any(),
        accept_invite: || view! { <AcceptInvitePage/> }.into_any(),
        workspaces: || view! { <WorkspacesPage/> }.into_any(),
        account: || view! { <AccountPage/> }.into_any(),
        ask_again: || view! { <AskAgain/> }.into_any(),
        follow,
        my_access: || use_here().map(|here| view! { <MyAccessPage here/> }).into_any(),
    }
}

#[leptos::wasm_split::wasm_split(door, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_door() -> Result<Door, SplitLoaderError> {
    Ok(door())
}
