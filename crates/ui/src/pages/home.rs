//! The front door: leads to where somebody most likely wants to be.

use super::failure::FailureView;
use crate::{
    path,
    rpc::{RpcError, accounts, workspaces},
};
use leptos::prelude::*;
use leptos_router::components::Redirect;

/// The only workspace, the choice of them, the way in, or on the very first visit the sign-up.
#[component]
pub fn HomePage() -> impl IntoView {
    let to = Resource::new(|| (), |()| destination());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match to.await {
                    Ok(to) => view! { <Redirect path=to/> }.into_any(),
                    Err(error) => view! { <main class="main" id="main"><FailureView error retry=move || to.refetch()/></main> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

async fn destination() -> Result<String, RpcError> {
    let start = accounts::start(None).await?;
    if !start.signed_in {
        return Ok(if start.is_new { path::SIGN_UP } else { path::SIGN_IN }.to_owned());
    }
    Ok(match workspaces::mine().await?.as_slice() {
        [only] => path::workspace(&only.workspace.slug),
        _ => path::WORKSPACES.to_owned(),
    })
}

/// A workspace's own address leads to its first page.
#[component]
pub fn WorkspaceHome() -> impl IntoView {
    super::frame::use_here().map(|here| view! { <Redirect path=path::users(&here.slug())/> })
}
