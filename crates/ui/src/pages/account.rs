//! One's own account: what one is called, whether the address is proven, the password, where one is signed in, and the end of it.

use super::{
    account_deletion::DeleteAccount,
    failure::FailureView,
    form::{MOST, Refusal, on, refusal, use_strength, when_done},
    links::Links,
    sessions::Sessions,
};
use crate::{
    components::{AppShell, Banner, Button, ButtonKind, Field, IconName, MenuItem, NavItem, PageHead, PasswordField, SkeletonLines, Tone, Who},
    path,
    rpc::accounts,
    session::use_session,
};
use domain::account::{Account, OwnName};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn AccountPage() -> impl IntoView {
    let me = Resource::new(|| (), |()| accounts::me());
    view! {
        <Title text="Account"/>
        <Suspense fallback=|| view! { <main class="main" id="main" aria-busy="true"><SkeletonLines lines=6/></main> }>
            {move || Suspend::new(async move {
                match me.await {
                    Ok(me) => view! { <Mine me/> }.into_any(),
                    Err(error) => view! { <main class="main" id="main"><FailureView error retry=move || me.refetch()/></main> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Mine(me: Account) -> impl IntoView {
    use_session().belongs_to(me.email.as_str());
    let items = vec![NavItem::new("Workspaces", path::WORKSPACES, IconName::Building), NavItem::new("Account", path::ACCOUNT, IconName::UserRound)];
    let me_items = vec![MenuItem::post("Sign out", path::SIGN_OUT).icon(IconName::LogOut)];
    let (name, id, email) = (me.name.to_string(), me.id.to_string(), me.email.to_string());
    let called = RwSignal::new(name.clone());
    let switcher = || view! { <section class="ws-name" aria-label="Rolecall"><b>"Rolecall"</b></section> };
    view! {
        <AppShell switcher=switcher items=items current=path::ACCOUNT.to_owned() me_name=called me_id=id.clone() me_items=me_items>
            <PageHead title="Account"/>
            <div class="account">
                <section class="panel" aria-labelledby="profile-title">
                    <div class="section">
                        <div class="section-head"><h2 id="profile-title">"Profile"</h2></div>
                        <Who name=called note=email.clone() id=id/>
                        <YourName called/>
                        {(!me.email_verified).then(|| view! { <Unproven email=email.clone()/> })}
                    </div>
                </section>
                <section class="panel" aria-labelledby="password-title">
                    <div class="section">
                        <div class="section-head"><h2 id="password-title">"Password"</h2><p>"Changing it ends every other session."</p></div>
                        <ChangePassword name email=email.clone()/>
                    </div>
                </section>
                <Links/>
                <section class="panel" aria-labelledby="sessions-title">
                    <div class="section">
                        <div class="section-head"><h2 id="sessions-title">"Sessions"</h2><p>"Where you are signed in. End what you don't know."</p></div>
                        <Sessions/>
                    </div>
                </section>
                <DeleteAccount email/>
            </div>
        </AppShell>
    }
    .into_any()
}

/// What one is called in all workspaces: changed here, though a provider may say it anew.
#[component]
fn YourName(called: RwSignal<String>) -> impl IntoView {
    let query = use_query_map();
    let changed = Memo::new(move |_| query.with(|query| query.get("changed").as_deref() == Some("name")));
    let session = use_session();
    let action = ServerAction::<accounts::ChangeName>::new();
    let error = refusal(action.value().into(), action.pending());
    let name = RwSignal::new(called.get_untracked());
    let standing = Resource::new(|| (), |()| accounts::own_name());
    when_done(action.value().into(), Callback::from(move || called.set(name.get_untracked().trim().to_owned())));
    Effect::new(move || {
        if let Some(error) = error.get() {
            let _ = session.ask_again(&error, move || {
                // the page may be left by then
                if let Some(name) = name.try_get_untracked() {
                    action.dispatch(accounts::ChangeName { name });
                }
            });
        }
    });
    let form = move |note: Option<String>| {
        view! {
            <ActionForm action=action attr:class="form" attr:novalidate=true>
                <Refusal error=error fields=&["name"]/>
                <Field label="Name" name="name" value=name autocomplete="name" required=true maxlength=MOST hint=Signal::stored(note) error=on(error, "name")/>
                <div><Button submit=true pending=action.pending()>"Change name"</Button></div>
            </ActionForm>
        }
        .into_any()
    };
    view! {
        <div role="status">{move || changed.get().then(|| view! { <Banner tone=Tone::Good>"Your name is changed, in all your workspaces."</Banner> })}</div>
        <Suspense>
            {move || Suspend::new(async move {
                match standing.await {
                    Ok(OwnName::Kept(why)) => view! { <p class="field-hint">{why}</p> }.into_any(),
                    Ok(OwnName::Free(note)) => form(note),
                    Err(_) => form(None),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// The address is only what somebody typed so far: the way to show that it is theirs.
#[component]
fn Unproven(email: String) -> impl IntoView {
    let query = use_query_map();
    let sent = Memo::new(move |_| query.with(|query| query.get("sent").as_deref() == Some("proof")));
    let session = use_session();
    let action = ServerAction::<accounts::SendProof>::new();
    let error = refusal(action.value().into(), action.pending());
    let start = Resource::new(|| (), |()| accounts::start(None));
    let words = move || if sent.get() { "Send another proof link" } else { "Send proof link" };
    let button =
        move |off: Option<String>| view! { <div><Button submit=true pending=action.pending() disabled_reason=Signal::stored(off)>{words}</Button></div> };
    Effect::new(move || {
        if let Some(error) = error.get() {
            let _ = session.ask_again(&error, move || {
                // the page may be left by then
                if sent.try_get_untracked().is_some() {
                    action.dispatch(accounts::SendProof {});
                }
            });
        }
    });
    let told = move || {
        sent.get().then(|| {
            let text = format!("Sent to {email}. Look into your mailbox, and into the spam folder too.");
            view! { <Banner tone=Tone::Good>{text}</Banner> }
        })
    };
    view! {
        <ActionForm action=action attr:class="form">
            <p class="field-hint">
                "This address has not been proven yet. Until it is, you can't link the account with single sign-on yourself; and whoever comes with this address by single sign-on that speaks for its domain gets the account without its password, sessions and links."
            </p>
            // there before it says something: what comes with its words is not read out
            <div role="status">{told}</div>
            <Refusal error=error fields=&[]/>
            <Suspense>
                {move || Suspend::new(async move {
                    let is_off = start.await.is_ok_and(|start| !start.mail_is_on);
                    button(is_off.then(|| "Mail is off on this server. Ask whoever runs it to turn mail on.".to_owned()))
                })}
            </Suspense>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn ChangePassword(name: String, email: String) -> impl IntoView {
    let query = use_query_map();
    let changed = Memo::new(move |_| query.with(|query| query.get("changed").as_deref() == Some("password")));
    let session = use_session();
    let action = ServerAction::<accounts::ChangePassword>::new();
    let error = refusal(action.value().into(), action.pending());
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let strength = use_strength(new, {
        let email = email.clone();
        move || vec![name.clone(), email.clone()]
    });
    when_done(
        action.value().into(),
        Callback::from(move || {
            current.set(String::new());
            new.set(String::new());
        }),
    );
    Effect::new(move || {
        if let Some(error) = error.get() {
            let _ = session.ask_again(&error, move || {
                // the page may be left by then
                if let (Some(current), Some(new)) = (current.try_get_untracked(), new.try_get_untracked()) {
                    action.dispatch(accounts::ChangePassword { current, new });
                }
            });
        }
    });
    view! {
        {move || changed.get().then(|| view! { <Banner tone=Tone::Good>"Your password is changed, and every other session of yours has ended."</Banner> })}
        <ActionForm action=action attr:class="form" attr:novalidate=true>
            <Refusal error=error fields=&["current", "new"]/>
            // tells password managers whose password it is
            <input type="text" name="username" value=email autocomplete="username" hidden=true/>
            <PasswordField label="Current password" name="current" value=current required=true error=on(error, "current")/>
            <PasswordField label="New password" name="new" value=new autocomplete="new-password" required=true meter=true score=strength.score feedback=strength.advice error=on(error, "new")/>
            <div><Button kind=ButtonKind::Primary submit=true pending=action.pending()>"Change password"</Button></div>
        </ActionForm>
    }
    .into_any()
}
