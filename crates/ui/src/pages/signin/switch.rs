//! Asks who is signed in whether they go on as somebody else: a provider has shown another person than this browser is signed in as.

use crate::{
    components::{AuthLayout, Button, ButtonKind, LinkButton, SkeletonLines},
    pages::{
        failure::FailureView,
        form::{Refusal, refusal},
    },
    path,
    rpc::sso,
};
use domain::{failure::FailureKind, sso::way_in::SwitchOffer};
use leptos::prelude::*;
use leptos_meta::Title;

const TITLE: &str = "Go on as somebody else?";

#[component]
pub fn SwitchPage(secret: String) -> impl IntoView {
    let secret = StoredValue::new(secret);
    let offer = Resource::new(|| (), move |()| sso::switch_offer(secret.get_value()));
    view! {
        <Title text="Switch accounts"/>
        <Suspense fallback=|| view! { <AuthLayout title=TITLE><SkeletonLines lines=3/></AuthLayout> }>
            {move || Suspend::new(async move {
                match offer.await {
                    Ok(offer) => view! { <Ask offer secret=secret.get_value()/> }.into_any(),
                    Err(error) if matches!(error.kind(), FailureKind::NotFound | FailureKind::Forbidden) => view! {
                        <AuthLayout title="Nothing was changed" text=error.message()>
                            <LinkButton kind=ButtonKind::Primary href=path::HOME.to_owned()>"Go on"</LinkButton>
                        </AuthLayout>
                    }
                    .into_any(),
                    Err(error) => view! { <AuthLayout title=TITLE><FailureView error retry=move || offer.refetch()/></AuthLayout> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Ask(offer: SwitchOffer, secret: String) -> impl IntoView {
    let action = ServerAction::<sso::ConfirmSwitch>::new();
    let error = refusal(action.value().into(), action.pending());
    let SwitchOffer { signed_in_as, as_whom, connection, workspace } = offer;
    let now = signed_in_as.as_ref().map_or_else(|| "You are signed out.".to_owned(), |email| format!("You are signed in as {email}."));
    let text = format!(
        "{now} {connection} of {workspace} says that you are {as_whom}. If you did not sign in there just now, somebody may have led you here: stay who you are."
    );
    let stay = signed_in_as.map_or_else(|| "Don't sign in".to_owned(), |email| format!("Stay signed in as {email}"));
    let footer = move || view! { <a href=path::HOME>{stay}</a> };
    let go_on = format!("Go on as {as_whom}");
    view! {
        <AuthLayout title=format!("{go_on}?") text=text footer=footer>
            <ActionForm action=action attr:class="form">
                <Refusal error=error fields=&[]/>
                <input type="hidden" name="secret" value=secret/>
                <Button kind=ButtonKind::Primary submit=true pending=action.pending()>{go_on}</Button>
            </ActionForm>
        </AuthLayout>
    }
    .into_any()
}
