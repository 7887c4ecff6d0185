//! The way in: address and password, or the identity provider that the address's domain leads to. Where some domain leads to one, the address
//! is asked for first; elsewhere both are on the page.

mod address;
pub mod gone;
mod link;
mod refused;
mod switch;

use super::{
    doors::doors,
    form::{MOST, Refusal, on, refusal, when_done},
    not_found::NotFoundPage,
};
use crate::{
    components::{AuthLayout, Banner, Button, ButtonKind, Field, LinkButton, PasswordField, SkeletonLines, Tone},
    path,
    rpc::{
        Rpc,
        accounts::{self, Start},
        sso,
    },
};
use address::AddressFirst;
use domain::sso::way_in::{AsksForSso, WayIn, WaysIn};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    components::Redirect,
    hooks::{use_params_map, use_query_map},
};
use link::LinkPage;
use refused::RefusedPage;
use switch::SwitchPage;

/// The way in, and what stands below its address.
#[component]
pub fn SignInPages() -> impl IntoView {
    let params = use_params_map();
    let rest = Memo::new(move |_| params.with(|params| params.get("rest").unwrap_or_default()));
    (move || {
        let rest = rest.get();
        match rest.trim_end_matches('/').split_once('/') {
            None if rest.is_empty() => view! { <SignInPage/> }.into_any(),
            Some(("link", secret)) => view! { <LinkPage secret=secret.to_owned()/> }.into_any(),
            Some(("switch", secret)) => view! { <SwitchPage secret=secret.to_owned()/> }.into_any(),
            None | Some(_) => view! { <NotFoundPage/> }.into_any(),
        }
    })
    .into_any()
}

#[component]
fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move |name: &'static str| Memo::new(move |_| query.with(|query| query.get(name).unwrap_or_default()));
    let next = Memo::new(move |_| query.with(|query| query.get("next").and_then(|next| path::local(&next).map(str::to_owned)).unwrap_or_default()));
    let (refused, email, way) = (asked("refused"), asked("email"), asked("way"));
    let is_gone = RwSignal::new(false);
    let start = Resource::new(move || next.get(), |next| accounts::start(Some(next)));
    let ways = Resource::new(move || next.get(), |next| sso::ways_in(Some(next)));
    // an address in the query was typed into the page as it is without scripts
    let led = Resource::new(
        move || email.get(),
        |email| async move { if email.is_empty() { None } else { Some((email.clone(), sso::where_to_sign_in(email).await)) } },
    );
    let way_in = move || {
        view! {
            <Suspense fallback=|| view! { <AuthLayout title="Sign in"><SkeletonLines lines=3/></AuthLayout> }>
                {move || {
                    let by_password = way.get() == "password";
                    Suspend::new(async move {
                        let (start, ways, led) = (start.await, ways.await.unwrap_or_default(), led.await);
                        let ways = WaysIn { address_first: ways.address_first && !by_password, ..ways };
                        shown(next, start.ok(), ways, led, is_gone)
                    })
                }}
            </Suspense>
        }
        .into_any()
    };
    view! {
        <Title text="Sign in"/>
        {move || match refused.get() {
            refused if refused.is_empty() => way_in(),
            refused => view! { <RefusedPage refused next/> }.into_any(),
        }}
    }
    .into_any()
}

/// `is_gone`: who comes has deleted their account just now, which the browser knows once the page is alive.
fn shown(next: Memo<String>, start: Option<Start>, ways: WaysIn, led: Option<(String, Rpc<WayIn>)>, is_gone: RwSignal<bool>) -> AnyView {
    if let Some(asks) = ways.asks_for_sso {
        return sso_only(asks, &next.get_untracked());
    }
    if start.as_ref().is_some_and(|start| start.signed_in) {
        let to = Some(next.get_untracked()).filter(|next| !next.is_empty()).unwrap_or_else(|| path::HOME.to_owned());
        return view! { <Redirect path=to/> }.into_any();
    }
    let is_open = start.as_ref().is_some_and(|start| start.signup_is_open || start.is_new);
    let footer = move || match is_open {
        true => view! { "New here? " <a href=path::SIGN_UP>"Create a workspace"</a> }.into_any(),
        false => view! { "New here? Ask a workspace owner to invite you." }.into_any(),
    };
    let why = start.and_then(|start| start.why);
    let form = match (ways.address_first, led) {
        (true, led) => view! { <AddressFirst next led/> }.into_any(),
        (false, _) => view! { <SignInForm next/> }.into_any(),
    };
    Effect::new(move || {
        if gone::take() {
            is_gone.set(true);
        }
    });
    let gone = move || is_gone.get().then(|| view! { <Banner tone=Tone::Good>"Your account is deleted, and you have left your workspaces."</Banner> });
    view! { <AuthLayout title="Sign in" footer=footer>{gone}{why.map(|why| view! { <Banner>{why}</Banner> })}{form}</AuthLayout> }.into_any()
}

/// Signed in, but not as the workspace asks: its doors, and the ways elsewhere.
fn sso_only(asks: AsksForSso, next: &str) -> AnyView {
    let AsksForSso { workspace, reason, doors: all } = asks;
    let text = if all.is_empty() {
        format!("{reason} None of its connections is switched on at the moment: ask an owner who may come by password.")
    } else {
        format!("{reason} Your other workspaces stay open.")
    };
    let (other, all) = (path::sign_in_then(next), doors(&all, next, false));
    let footer = move || {
        view! {
            <form method="post" action=path::SIGN_OUT>
                <input type="hidden" name="next" value=other/>
                <LinkButton kind=ButtonKind::Quiet small=true href=path::WORKSPACES.to_owned()>"Your workspaces"</LinkButton>
                <Button kind=ButtonKind::Quiet small=true submit=true>"Use another account"</Button>
            </form>
        }
    };
    view! {
        <Title text="Single sign-on required"/>
        <AuthLayout title=format!("{workspace} requires single sign-on") text=text footer=footer>{all}</AuthLayout>
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
    /// What a password manager may have filled in before.
    #[prop(optional)]
    password: Option<RwSignal<String>>,
    /// Goes back to the choice of the address.
    #[prop(optional, into)]
    change: Option<Callback<()>>,
) -> impl IntoView {
    let action = ServerAction::<accounts::SignIn>::new();
    if let Some(done) = done {
        when_done(action.value().into(), done);
    }
    let error = refusal(action.value().into(), action.pending());
    let fixed = email.is_some();
    let other = change.map(|change| {
        let href = move || path::sign_in_then(&next.get());
        view! { <a href=href on:click=move |event| { event.prevent_default(); change.run(()); }>"Use another address"</a> " · " }
    });
    let door = (fixed && change.is_none()).then(|| view! { <DoorOf email=email.clone().unwrap_or_default() next/> });
    let email = RwSignal::new(email.unwrap_or_default());
    view! {
        <ActionForm action=action attr:class="form" attr:novalidate=true>
            <Refusal error=error fields=&["email", "password"]/>
            <input type="hidden" name="next" value=next/>
            <Field label="Email" name="email" kind="email" value=email autocomplete="username" required=true maxlength=MOST readonly=fixed autofocus=!fixed error=on(error, "email")/>
            <PasswordField label="Password" name="password" value=password.unwrap_or_default() required=true autofocus=fixed error=on(error, "password")/>
            <p class="auth-side">{other}<a href=path::RESET>"Forgot your password?"</a></p>
            <Button kind=ButtonKind::Primary submit=true pending=action.pending()>"Sign in"</Button>
        </ActionForm>
        {door}
    }
    .into_any()
}

/// The door that an address leads to, if it leads to one.
#[component]
pub fn DoorOf(
    email: String,
    #[prop(into)] next: Signal<String>,
    /// In a tab of its own.
    #[prop(optional)]
    apart: bool,
) -> impl IntoView {
    let way = LocalResource::new(move || sso::where_to_sign_in(email.clone()));
    (move || match way.get() {
        Some(Ok(WayIn::Sso(door))) => doors(&[door], &next.get_untracked(), apart),
        Some(Ok(WayIn::Password) | Err(_)) | None => ().into_any(),
    })
    .into_any()
}
