//! A sign-in by single sign-on that was not accepted: why, in plain words, and what to do next.

use crate::{
    components::{AuthLayout, Banner, ButtonKind, LinkButton, SkeletonLines, Tone},
    pages::{doors::begins, failure::FailureView},
    path,
    rpc::{Rpc, sso},
};
use domain::{failure::FailureKind, id::SignInId, sso::way_in::SsoRefusal};
use leptos::prelude::*;

/// What is said where no connection is known.
const UNKNOWN: &str = "What came back belongs to no sign-in that was begun in this browser, or to one that took longer than 10 minutes. Begin again.";

#[component]
pub fn RefusedPage(
    /// The entry of a log; anything else where there is none.
    refused: String,
    next: Memo<String>,
) -> impl IntoView {
    let id = refused.parse::<SignInId>().ok();
    let found = Resource::new(
        move || id,
        |id| async move {
            Ok(match id {
                Some(id) => Some(sso::refusal(id).await?),
                None => None,
            })
        },
    );
    let found: Resource<Rpc<Option<SsoRefusal>>> = found;
    view! {
        <Suspense fallback=|| view! { <AuthLayout title="You are not signed in"><SkeletonLines lines=3/></AuthLayout> }>
            {move || Suspend::new(async move {
                match found.await {
                    Ok(Some(refusal)) => told(&refusal, &next.get_untracked()),
                    Ok(None) => unknown(UNKNOWN.to_owned()),
                    Err(error) if error.kind() == FailureKind::NotFound => unknown(error.message()),
                    Err(error) => view! { <AuthLayout title="You are not signed in"><FailureView error retry=move || found.refetch()/></AuthLayout> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn told(refusal: &SsoRefusal, next: &str) -> AnyView {
    let SsoRefusal { door, workspace, code, reason } = refusal.clone();
    let text = format!("{} of {workspace} did not let you in.", door.name);
    let (again, other) = (begins(&door, next), path::sign_in_by_password(next));
    view! {
        <AuthLayout title="You are not signed in" text=text>
            <div role="alert"><Banner tone=Tone::Bad>{reason}</Banner></div>
            <a class="btn primary" href=again rel="external"><span>"Try again"</span></a>
            <LinkButton href=other>"Sign in with a password"</LinkButton>
            <p class="field-hint">{format!("The owners of {workspace} find this in the log of the connection, as ")}<code>{code}</code>"."</p>
        </AuthLayout>
    }
    .into_any()
}

fn unknown(text: String) -> AnyView {
    view! {
        <AuthLayout title="You are not signed in" text=text>
            <LinkButton kind=ButtonKind::Primary href=path::SIGN_IN.to_owned()>"Sign in"</LinkButton>
        </AuthLayout>
    }
    .into_any()
}
