//! A sign-in by single sign-on that was not accepted: why, in plain words, and what to do next.

use crate::{
    components::{AuthLayout, Banner, ButtonKind, LinkButton, SkeletonLines, Tone},
    pages::{doors::begins, failure::FailureView},
    path,
    rpc::{Rpc, sso},
};
use domain::{
    failure::{FailureKind, quoted},
    id::SignInId,
    sso::way_in::SsoRefusal,
};
use leptos::prelude::*;

/// What is said where no connection is known.
const UNKNOWN: &str = "What came back belongs to no sign-in that was begun in this browser, or to one that took longer than 10 minutes. Begin again.";

/// What is said where something else than a provider's answer stood in the way.
const STOPPED: [(FailureKind, &str); 4] = [
    (
        FailureKind::NotFound,
        "This way in is not there any more: its connection was removed, or its workspace was closed. Sign in with your address, or ask an owner of the workspace.",
    ),
    (FailureKind::Conflict, "Something was changed at the same moment that this sign-in rests on. Nothing of it was kept; begin again."),
    (FailureKind::Limited, "So many sign-ins came from your network that some have to wait. Wait a minute, then begin again."),
    (FailureKind::Internal, "Something went wrong on our side. Begin again; if that does not help, tell whoever runs Rolecall."),
];

/// What the address of the page says of it. The page is sent with 200 all the same: anybody can ask for any of these addresses, and were it sent as
/// a failure of ours, they could raise the alarm by that. What failed was logged where it did.
fn stopped(word: &str) -> &'static str {
    STOPPED.iter().find(|(kind, _)| path::stopped_by(*kind) == word).map_or(UNKNOWN, |(_, text)| *text)
}

#[component]
pub fn RefusedPage(
    /// The entry of a log; where there is none, what else stood in the way.
    refused: String,
    next: Memo<String>,
) -> impl IntoView {
    let id = refused.parse::<SignInId>().ok();
    let text = stopped(&refused);
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
                    Ok(None) => unknown(text.to_owned(), &next.get_untracked()),
                    Err(error) if error.kind() == FailureKind::NotFound => unknown(error.message(), &next.get_untracked()),
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
            <div role="alert"><Banner tone=Tone::Bad>{quoted(&reason)}</Banner></div>
            <a class="btn primary" href=again rel="external"><span>"Try again"</span></a>
            <LinkButton href=other>"Sign in with a password"</LinkButton>
            <p class="field-hint">{format!("The owners of {workspace} find this in the log of the connection, as ")}<code>{code}</code>"."</p>
        </AuthLayout>
    }
    .into_any()
}

fn unknown(text: String, next: &str) -> AnyView {
    let sign_in = path::sign_in_then(next);
    view! {
        <AuthLayout title="You are not signed in" text=text>
            <LinkButton kind=ButtonKind::Primary href=sign_in>"Sign in"</LinkButton>
        </AuthLayout>
    }
    .into_any()
}
