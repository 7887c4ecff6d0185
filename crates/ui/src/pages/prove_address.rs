//! Where a mailed link leads that proves an address. Opening it changes nothing, since scanners of mail open links too: a button does.

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
                    Ok(claim) => view! { <Ask claim token=token.get_untracked()/> }.into_any(),
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
    let text = format!("The account of {name} has the address {email}. Confirm that both are yours. You are not signed in by it.");
    let footer = || view! { <a href=path::RESET>"Not your account? Take it by setting a new password"</a> };
    view! {
        <AuthLayout title=TITLE text=text footer=footer>
            <ActionForm action=action attr:class="form">
                <Refusal error=error fields=&[]/>
                <input type="hidden" name="token" value=token/>
                <Button kind=ButtonKind::Primary submit=true pending=action.pending()>"Yes, this is my address"</Button>
            </ActionForm>
        </AuthLayout>
    }
    .into_any()
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
