//! Where an invite's link leads: each state it can be in, in plain words, with a next step.

use super::{
    failure::FailureView,
    form::{MOST, Refusal, on, refusal, use_strength, when_done},
    signin::SignInForm,
};
use crate::{
    components::{AuthLayout, Button, ButtonKind, Field, LinkButton, PasswordField},
    path,
    rpc::{
        accounts,
        invites::{self, Offered},
    },
};
use domain::{
    failure::FailureKind,
    invite::{InviteOffer, InviteState},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

#[component]
pub fn AcceptInvitePage() -> impl IntoView {
    let params = use_params_map();
    let secret = Memo::new(move |_| params.with(|params| params.get("secret").unwrap_or_default()));
    let offered = Resource::new(move || secret.get(), invites::offer);
    view! {
        <Title text="Invite"/>
        <Suspense fallback=|| view! { <AuthLayout title="Your invite">"Looking up the invite…"</AuthLayout> }>
            {move || Suspend::new(async move {
                match offered.await {
                    Ok(found) => show(found, secret.get_untracked(), Callback::from(move || offered.refetch())),
                    Err(error) if error.kind() == FailureKind::NotFound => dead("This invite link does not work", error.message(), None),
                    Err(error) => view! { <AuthLayout title="Your invite"><FailureView error retry=move || offered.refetch()/></AuthLayout> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// `again` looks once more, after who is signed in has changed.
fn show(Offered { offer, signed_in_as }: Offered, secret: String, again: Callback<()>) -> AnyView {
    let workspace = offer.workspace.to_string();
    let inviter = offer.invited_by.as_ref().map_or_else(|| format!("An owner of {workspace}"), ToString::to_string);
    match offer.state {
        InviteState::Accepted => {
            let text = format!("It was for {} to join {workspace}. If that is you, sign in; you are a member already.", offer.email);
            dead("This invite has been used", text, Some(path::sign_in_then(&path::workspace(&offer.slug))))
        }
        InviteState::Expired => {
            dead("This invite has expired", format!("{inviter} invited {} to {workspace}. Ask them to resend it; you then get a new link.", offer.email), None)
        }
        InviteState::Revoked => dead(
            "This invite was revoked",
            format!("It no longer leads into {workspace}. If you think you should have access, ask an owner there to invite you again."),
            None,
        ),
        InviteState::Pending => match signed_in_as {
            Some(me) if me == offer.email => view! { <Join offer secret/> }.into_any(),
            Some(me) => view! { <OtherAccount offer secret me=me.to_string() again/> }.into_any(),
            None if offer.has_account => {
                let text = format!("{inviter} invited you to {workspace}. Sign in as {} to accept.", offer.email);
                view! { <AuthLayout title=format!("Join {workspace}") text=text><SignInForm next=path::invite(&secret) email=offer.email.to_string() done=again/></AuthLayout> }.into_any()
            }
            None => view! { <NewAccount offer secret inviter/> }.into_any(),
        },
    }
}

/// A link that grants nothing, and what can be done about it.
fn dead(title: &'static str, text: String, sign_in: Option<String>) -> AnyView {
    let step = match sign_in {
        Some(href) => view! { <LinkButton kind=ButtonKind::Primary href=href>"Sign in"</LinkButton> },
        None => view! { <LinkButton href=path::HOME.to_owned()>"Go to Rolecall"</LinkButton> },
    };
    view! { <AuthLayout title=title text=text>{step}</AuthLayout> }.into_any()
}

/// Signed in as who was invited: one click.
#[component]
fn Join(offer: InviteOffer, secret: String) -> impl IntoView {
    let action = ServerAction::<invites::Accept>::new();
    let error = refusal(action.value().into(), action.pending());
    let inviter = offer.invited_by.map_or_else(|| "An owner".to_owned(), |name| name.to_string());
    let text = format!("{inviter} invited you to {}. You are signed in as {}.", offer.workspace, offer.email);
    view! {
        <AuthLayout title=format!("Join {}", offer.workspace) text=text>
            <ActionForm action=action attr:class="form">
                <Refusal error=error fields=&[]/>
                <input type="hidden" name="secret" value=secret/>
                <Button kind=ButtonKind::Primary submit=true pending=action.pending()>"Accept invite"</Button>
            </ActionForm>
        </AuthLayout>
    }
    .into_any()
}

/// Signed in as somebody else: an invite is for its address alone.
#[component]
fn OtherAccount(offer: InviteOffer, secret: String, me: String, again: Callback<()>) -> impl IntoView {
    let action = ServerAction::<accounts::SignOut>::new();
    when_done(action.value().into(), again);
    let error = refusal(action.value().into(), action.pending());
    let text = format!("You are signed in as {me}, and the invite to {} is for {}. Sign out, then go on with that address.", offer.workspace, offer.email);
    view! {
        <AuthLayout title="This invite is for another address" text=text footer=move || view! { <a href=path::HOME>"Stay signed in"</a> }>
            <ActionForm action=action attr:class="form">
                <Refusal error=error fields=&[]/>
                <input type="hidden" name="next" value=path::invite(&secret)/>
                <Button kind=ButtonKind::Primary submit=true pending=action.pending()>"Sign out and go on"</Button>
            </ActionForm>
        </AuthLayout>
    }
    .into_any()
}

/// Nobody has an account with the invited address yet: make it here. The link has proven the address.
#[component]
fn NewAccount(offer: InviteOffer, secret: String, inviter: String) -> impl IntoView {
    let action = ServerAction::<invites::AcceptAsNew>::new();
    let error = refusal(action.value().into(), action.pending());
    let email = offer.email.to_string();
    let (name, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let about = email.clone();
    let strength = use_strength(password, move || vec![name.get(), about.clone()]);
    let text = format!("{inviter} invited you to {}. Make your account to accept.", offer.workspace);
    view! {
        <AuthLayout title=format!("Join {}", offer.workspace) text=text>
            <ActionForm action=action attr:class="form" attr:novalidate=true>
                <Refusal error=error fields=&["name", "password"]/>
                <input type="hidden" name="secret" value=secret/>
                <Field label="Email" name="email" kind="email" value=RwSignal::new(email) autocomplete="username" readonly=true/>
                <Field label="Name" name="name" value=name autocomplete="name" required=true maxlength=MOST autofocus=true error=on(error, "name")/>
                <PasswordField label="Password" name="password" value=password autocomplete="new-password" required=true meter=true score=strength.score feedback=strength.advice error=on(error, "password")/>
                <Button kind=ButtonKind::Primary submit=true pending=action.pending()>"Create account and join"</Button>
            </ActionForm>
        </AuthLayout>
    }
    .into_any()
}
