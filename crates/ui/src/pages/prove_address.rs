//! Where a mailed link leads that proves an address. Opening it changes nothing, since scanners of mail open links too: a button does, for who is
//! signed in to the account. Others sign in to it first; and who has no such account is told how to take it.

use super::{
    failure::FailureView,
    form::{Refusal, refusal},
};
use crate::{
    components::{AuthLayout, Banner, Button, ButtonKind, LinkButton, Tone},
    path,
    rpc::accounts,
};
use domain::{account::AddressClaim, failure::FailureKind};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

const TITLE: &str = "Is this your address?";

#[component]
pub fn ProveAddressPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let token = Memo::new(move |_| params.with(|params| params.get("token").unwrap_or_default()));
    let proven = Memo::new(move |_| query.with(|query| query.get("proven").is_some()));
    // asked again once it is proven
    let claim = Resource::new(move || (token.get(), proven.get()), |(token, _)| accounts::address_claim(token));
    view! {
        <Title text="Prove your address"/>
        <Suspense fallback=|| view! { <AuthLayout title=TITLE>"Checking the link…"</AuthLayout> }>
            {move || Suspend::new(async move {
                match claim.await {
                    Ok(claim) if claim.proven => done(&claim),
                    Ok(claim) if claim.may_confirm => view! { <Ask claim token=token.get_untracked()/> }.into_any(),
                    Ok(claim) => first(claim, &token.get_untracked()),
                    Err(error) if error.kind() == FailureKind::NotFound => view! {
                        <AuthLayout title="This link no longer works" text=error.message()>
                            <LinkButton kind=ButtonKind::Primary href=path::ACCOUNT.to_owned()>"Go to your account"</LinkButton>
                        </AuthLayout>
                    }
                    .into_any(),
                    Err(error) => view! { <AuthLayout title=TITLE><FailureView error retry=move || claim.refetch()/></AuthLayout> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Ask(claim: AddressClaim, token: String) -> impl IntoView {
    let action = ServerAction::<accounts::ProveAddress>::new();
    let error = refusal(action.value().into(), action.pending());
    let AddressClaim { name, email, .. } = claim;
    let text = format!("The account of {name}, which you are signed in to, has the address {email}. Confirm that both are yours.");
    view! {
        <AuthLayout title=TITLE text=text footer=not_mine>
            <ActionForm action=action attr:class="form">
                <Refusal error=error fields=&[]/>
                <input type="hidden" name="token" value=token/>
                <Button kind=ButtonKind::Primary submit=true pending=action.pending()>"Yes, this is my address"</Button>
            </ActionForm>
        </AuthLayout>
    }
    .into_any()
}

/// Whoever reads mail at the address must hold the account too: somebody else may have made it.
fn first(claim: AddressClaim, token: &str) -> AnyView {
    let AddressClaim { name, email, signed_in_as, .. } = claim;
    let sign_in = path::sign_in_then(&path::proof(token));
    let about = format!("The account of {name} has the address {email}.");
    let Some(me) = signed_in_as else {
        let text = format!("{about} Sign in to that account first, to show that both are yours.");
        return view! {
            <AuthLayout title=TITLE text=text footer=not_mine>
                <LinkButton kind=ButtonKind::Primary href=sign_in>"Sign in"</LinkButton>
            </AuthLayout>
        }
        .into_any();
    };
    let as_whom = if me == email { "by single sign-on that does not speak for this address".to_owned() } else { format!("as {me}") };
    let text = format!("{about} You are signed in {as_whom}. Sign out, and sign in to that account to show that both are yours.");
    view! { <OtherAccount text sign_in/> }.into_any()
}

#[component]
fn OtherAccount(text: String, sign_in: String) -> impl IntoView {
    let action = ServerAction::<accounts::SignOut>::new();
    let error = refusal(action.value().into(), action.pending());
    view! {
        <AuthLayout title=TITLE text=text footer=not_mine>
            <ActionForm action=action attr:class="form">
                <Refusal error=error fields=&[]/>
                <input type="hidden" name="next" value=sign_in/>
                <Button kind=ButtonKind::Primary submit=true pending=action.pending()>"Sign out and go on"</Button>
            </ActionForm>
        </AuthLayout>
    }
    .into_any()
}

/// For whose address somebody else signed up with.
fn not_mine() -> AnyView {
    view! { "Not your account? Nobody proves this address without you. " <a href=path::RESET>"Take the account by setting a new password"</a> }.into_any()
}

fn done(claim: &AddressClaim) -> AnyView {
    let proven = format!("{} is shown to be the address of {}.", claim.email, claim.name);
    view! {
        <AuthLayout title="Your address is proven">
            <Banner tone=Tone::Good>{proven}</Banner>
            <LinkButton kind=ButtonKind::Primary href=path::HOME.to_owned()>"Go to Rolecall"</LinkButton>
        </AuthLayout>
    }
    .into_any()
}
