//! The way in: address and password.

use super::form::{MOST, Refusal, on, refusal, when_done};
use crate::{
    components::{AuthLayout, Banner, Button, ButtonKind, Field, PasswordField},
    path,
    rpc::accounts,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Redirect, hooks::use_query_map};

#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let next = Memo::new(move |_| query.with(|query| query.get("next").and_then(|next| path::local(&next).map(str::to_owned)).unwrap_or_default()));
    let start = Resource::new(move || next.get(), |next| accounts::start(Some(next)));
    let footer = move || {
        view! {
            <Suspense>
                {move || start.get().and_then(Result::ok).map(|start| {
                    if start.signed_in {
                        let to = Some(next.get_untracked()).filter(|next| !next.is_empty()).unwrap_or_else(|| path::HOME.to_owned());
                        view! { <Redirect path=to/> }.into_any()
                    } else if start.signup_is_open || start.is_new {
                        view! { "New here? " <a href=path::SIGN_UP>"Create a workspace"</a> }.into_any()
                    } else {
                        view! { "New here? Ask a workspace owner to invite you." }.into_any()
                    }
                })}
            </Suspense>
        }
    };
    view! {
        <Title text="Sign in"/>
        <AuthLayout title="Sign in" footer=footer>
            <Suspense>{move || start.get().and_then(Result::ok).and_then(|start| start.why).map(|why| view! { <Banner>{why}</Banner> })}</Suspense>
            <SignInForm next=next/>
        </AuthLayout>
    }
    .into_any()
}

/// The form itself; with `email` given, for that address only.
#[component]
pub fn SignInForm(
    #[prop(into)] next: Signal<String>,
    #[prop(optional, into)] email: Option<String>,
    /// For a page that `next` leads back to: going to where one is would not load it anew.
    #[prop(optional, into)]
    done: Option<Callback<()>>,
) -> impl IntoView {
    let action = ServerAction::<accounts::SignIn>::new();
    if let Some(done) = done {
        when_done(action.value().into(), done);
    }
    let error = refusal(action.value().into(), action.pending());
    let fixed = email.is_some();
    let email = RwSignal::new(email.unwrap_or_default());
    view! {
        <ActionForm action=action attr:class="form" attr:novalidate=true>
            <Refusal error=error fields=&["email", "password"]/>
            <input type="hidden" name="next" value=next/>
            <Field label="Email" name="email" kind="email" value=email autocomplete="username" required=true maxlength=MOST readonly=fixed autofocus=!fixed error=on(error, "email")/>
            <PasswordField label="Password" name="password" required=true autofocus=fixed error=on(error, "password")/>
            <p class="auth-side"><a href=path::RESET>"Forgot your password?"</a></p>
            <Button kind=ButtonKind::Primary submit=true pending=action.pending()>"Sign in"</Button>
        </ActionForm>
    }
    .into_any()
}
