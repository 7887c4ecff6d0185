//! Sign-up: an account and its first workspace.

use super::form::{MOST, Refusal, on, refusal, use_strength};
use crate::{
    components::{AuthLayout, Banner, Button, ButtonKind, Field, PasswordField},
    path,
    rpc::accounts,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;

#[component]
pub fn SignUpPage() -> impl IntoView {
    let start = Resource::new(|| (), |()| accounts::start(None));
    let footer = move || view! { "Have an account? " <a href=path::SIGN_IN>"Sign in"</a> };
    let text = move || {
        let is_new = start.get().and_then(Result::ok).is_some_and(|start| start.is_new);
        Some(
            if is_new {
                "This Rolecall is new. Make the first account and the workspace it owns."
            } else {
                "You will own the workspace and can invite people to it."
            }
            .to_owned(),
        )
    };
    view! {
        <Title text="Create a workspace"/>
        <Suspense>
            <AuthLayout title="Create a workspace" text=Signal::derive(text) footer=footer>
                {move || start.get().map(|start| match start {
                    Ok(start) if start.signed_in => view! { <Redirect path=path::WORKSPACES/> }.into_any(),
                    Ok(start) if !start.signup_is_open && !start.is_new => view! { <Banner>"Sign-up is by invitation here. Ask a workspace owner to invite you; the link in the mail leads on."</Banner> }.into_any(),
                    // whether it is open is decided again when the form is sent
                    Ok(_) | Err(_) => view! { <SignUpForm/> }.into_any(),
                })}
            </AuthLayout>
        </Suspense>
    }
    .into_any()
}

#[component]
fn SignUpForm() -> impl IntoView {
    let action = ServerAction::<accounts::SignUp>::new();
    let error = refusal(action.value().into(), action.pending());
    let [name, email, password, workspace] = [(); 4].map(|()| RwSignal::new(String::new()));
    let strength = use_strength(password, move || vec![name.get(), email.get(), workspace.get()]);
    view! {
        <ActionForm action=action attr:class="form" attr:novalidate=true>
            <Refusal error=error fields=&["name", "email", "password", "workspace_name"]/>
            <Field label="Name" name="name" value=name autocomplete="name" required=true maxlength=MOST autofocus=true error=on(error, "name")/>
            <Field label="Email" name="email" kind="email" value=email autocomplete="username" required=true maxlength=MOST error=on(error, "email")/>
            <PasswordField label="Password" name="password" value=password autocomplete="new-password" required=true meter=true score=strength.score feedback=strength.advice error=on(error, "password")/>
            <Field label="Workspace name" name="workspace_name" value=workspace autocomplete="organization" required=true maxlength=MOST hint="Your team or company. You can have more than one.".to_owned() error=on(error, "workspace_name")/>
            <Button kind=ButtonKind::Primary submit=true pending=action.pending()>"Create workspace"</Button>
        </ActionForm>
    }
    .into_any()
}
