//! A forgotten password: asking for a link by mail, and setting a new one by that link.

use super::{
    failure::FailureView,
    form::{MOST, Refusal, on, refusal, use_strength},
};
use crate::{
    components::{AuthLayout, Banner, Button, ButtonKind, Field, LinkButton, PasswordField, Tone},
    path,
    rpc::accounts,
};
use domain::failure::FailureKind;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

/// Asks for the link. Whether the address has an account is never told.
#[component]
pub fn ResetPage() -> impl IntoView {
    let query = use_query_map();
    let sent = Memo::new(move |_| query.with(|query| query.get("sent").is_some()));
    let action = ServerAction::<accounts::RequestReset>::new();
    let error = refusal(action.value().into(), action.pending());
    let start = Resource::new(|| (), |()| accounts::start(None));
    let mail_is_off = move || start.get().and_then(Result::ok).is_some_and(|start| !start.mail_is_on);
    let email = RwSignal::new(String::new());
    view! {
        <Title text="Set a new password"/>
        <AuthLayout title="Set a new password" text="We mail you a link that works once, for an hour.".to_owned() footer=move || view! { <a href=path::SIGN_IN>"Back to sign in"</a> }>
            <Suspense>
                {move || mail_is_off().then(|| view! { <Banner tone=Tone::Warn>"Mail is off on this server, so no link can be sent. Ask the operator to set a new password for you, or to turn mail on."</Banner> })}
            </Suspense>
            {move || sent.get().then(|| view! { <Banner tone=Tone::Good>"If the address has an account, a mail with a link is on its way. Look into the spam folder too."</Banner> })}
            <ActionForm action=action attr:class="form" attr:novalidate=true>
                <Refusal error=error fields=&["email"]/>
                <Field label="Email" name="email" kind="email" value=email autocomplete="username" required=true maxlength=MOST autofocus=true error=on(error, "email")/>
                <Button kind=ButtonKind::Primary submit=true pending=action.pending()>{move || if sent.get() { "Send another link" } else { "Send link" }}</Button>
            </ActionForm>
        </AuthLayout>
    }
    .into_any()
}

/// Where the mailed link leads.
#[component]
pub fn NewPasswordPage() -> impl IntoView {
    let params = use_params_map();
    let secret = Memo::new(move |_| params.with(|params| params.get("secret").unwrap_or_default()));
    let valid = Resource::new(move || secret.get(), accounts::reset_is_valid);
    view! {
        <Title text="Set a new password"/>
        <Suspense fallback=|| view! { <AuthLayout title="Set a new password">"Checking the link…"</AuthLayout> }>
            {move || Suspend::new(async move {
                match valid.await {
                    Ok(()) => view! { <NewPasswordForm secret=secret.get_untracked()/> }.into_any(),
                    Err(error) if error.kind() == FailureKind::NotFound => view! {
                        <AuthLayout title="This link no longer works" text=error.message()>
                            <LinkButton kind=ButtonKind::Primary href=path::RESET.to_owned()>"Ask for a new link"</LinkButton>
                        </AuthLayout>
                    }
                    .into_any(),
                    Err(error) => view! { <AuthLayout title="Set a new password"><FailureView error retry=move || valid.refetch()/></AuthLayout> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn NewPasswordForm(secret: String) -> impl IntoView {
    let action = ServerAction::<accounts::ResetPassword>::new();
    let error = refusal(action.value().into(), action.pending());
    let password = RwSignal::new(String::new());
    let strength = use_strength(password, Vec::new);
    view! {
        <AuthLayout title="Set a new password" text="It ends every other session of your account.".to_owned()>
            <ActionForm action=action attr:class="form" attr:novalidate=true>
                <Refusal error=error fields=&["password"]/>
                <input type="hidden" name="secret" value=secret/>
                <PasswordField label="New password" name="password" value=password autocomplete="new-password" required=true autofocus=true meter=true score=strength.score feedback=strength.advice error=on(error, "password")/>
                <Button kind=ButtonKind::Primary submit=true pending=action.pending()>"Set password"</Button>
            </ActionForm>
        </AuthLayout>
    }
    .into_any()
}
