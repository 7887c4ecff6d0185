//! Asks the holder of an account whether a provider's word is theirs: under an address that was not proven for the workspace it is only a claim.

use super::SignInForm;
use crate::{
    components::{AuthLayout, Banner, Button, ButtonKind, LinkButton, SkeletonLines},
    pages::{
        failure::FailureView,
        form::{Refusal, refusal},
    },
    path,
    rpc::sso,
};
use domain::{failure::FailureKind, sso::way_in::LinkOffer};
use leptos::prelude::*;
use leptos_meta::Title;

const TITLE: &str = "Is this your account?";

#[component]
pub fn LinkPage(secret: String) -> impl IntoView {
    let secret = StoredValue::new(secret);
    let offer = Resource::new(|| (), move |()| sso::link_offer(secret.get_value()));
    let again = Callback::from(move || offer.refetch());
    view! {
        <Title text="Link account"/>
        <Suspense fallback=|| view! { <AuthLayout title=TITLE><SkeletonLines lines=3/></AuthLayout> }>
            {move || Suspend::new(async move {
                match offer.await {
                    Ok(offer) if offer.may_agree => view! { <Agree offer secret=secret.get_value()/> }.into_any(),
                    Ok(offer) => first(&offer, &secret.get_value(), again),
                    Err(error) if matches!(error.kind(), FailureKind::NotFound | FailureKind::Forbidden) => view! {
                        <AuthLayout title="Nothing was linked" text=error.message()>
                            <LinkButton kind=ButtonKind::Primary href=path::SIGN_IN.to_owned()>"Sign in"</LinkButton>
                        </AuthLayout>
                    }
                    .into_any(),
                    Err(error) => view! { <AuthLayout title=TITLE><FailureView error retry=again/></AuthLayout> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// Whoever says so must hold the account first.
fn first(offer: &LinkOffer, secret: &str, again: Callback<()>) -> AnyView {
    let LinkOffer { email, connection, workspace, .. } = offer;
    let text = format!(
        "{connection} of {workspace} says that you are {email}. {workspace} has not proven that domain, so its word is not enough: sign in to that account to \
         show that it is yours. No account yet? Ask an owner of {workspace} to invite you."
    );
    let (next, email) = (path::sso_link(secret), email.to_string());
    view! { <AuthLayout title=TITLE text=text><SignInForm next email done=again/></AuthLayout> }.into_any()
}

#[component]
fn Agree(offer: LinkOffer, secret: String) -> impl IntoView {
    let action = ServerAction::<sso::ConfirmLink>::new();
    let error = refusal(action.value().into(), action.pending());
    let LinkOffer { email, connection, workspace, subject, only_here, .. } = offer;
    let reach = only_here.then(|| {
        let words = format!(
            "Then this browser is signed in to {workspace} alone, for which {connection} speaks. To reach other workspaces of yours, sign in by password again."
        );
        view! { <Banner>{words}</Banner> }
    });
    let text = format!("You are signed in as {email}. From now on, whoever {connection} of {workspace} calls {subject} signs in to this account.");
    let footer = || view! { <a href=path::HOME>"Don't link, stay signed in"</a> };
    view! {
        <AuthLayout title=format!("Link your account with {connection}?") text=text footer=footer>
            <ActionForm action=action attr:class="form">
                <Refusal error=error fields=&[]/>
                {reach}
                <input type="hidden" name="secret" value=secret/>
                <Button kind=ButtonKind::Primary submit=true pending=action.pending()>"Link and go on"</Button>
            </ActionForm>
        </AuthLayout>
    }
    .into_any()
}
