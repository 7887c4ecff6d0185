//! The Tokens list.

use super::{
    Access,
    groups::grant_chips,
    simple_list::{Opens, SimpleList},
    use_access,
};
use crate::{
    components::{Button, ButtonKind, Chip, EmptyState, IconName, StatusDot, TimeAgo, Tone, Who},
    pages::shortcut::{Making, open_if_wanted},
    path,
    rpc::tokens,
};
use domain::{
    access_context::Terms,
    token::{TokenRow, TokenState},
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

#[component]
pub fn TokensPage() -> impl IntoView {
    let Some(access) = use_access() else { return ().into_any() };
    let slug = access.here.slug();
    let creating = RwSignal::new(false);
    open_if_wanted(access.here, Making::Token, creating);
    let list = SimpleList {
        access,
        title: "Tokens",
        search: "Search tokens",
        path: path::tokens(&slug),
        columns: &["Token", "Status", "Roles", "Created by", "Created", "Last used", "Expires"],
        fetch: move |search, cursor| tokens::page(slug.clone(), search, cursor),
        row,
        id: |token: &TokenRow| token.id.to_string(),
        empty,
        actions: view! {
            <Button kind=ButtonKind::Primary icon=IconName::Plus on_click=move || creating.set(true) attr:aria-haspopup="dialog">"Create token"</Button>
        }
        .into_any(),
    };
    view! {
        {list.view()}
        <Outlet/>
        {move || creating.get().then(|| create_dialog(access, creating))}
    }
    .into_any()
}

fn create_dialog(access: Access, creating: RwSignal<bool>) -> AnyView {
    access.editing.want();
    let close = Callback::from(move || creating.set(false));
    (move || access.editing.get().map(|editing| (editing.create_token)(access, close))).into_any()
}

/// The word for how a token stands, and the tone that repeats it.
pub fn state_words(state: TokenState) -> (Tone, &'static str) {
    match state {
        TokenState::Active => (Tone::Good, "Active"),
        TokenState::Expiring => (Tone::Warn, "Expires soon"),
        TokenState::Expired => (Tone::Bad, "Expired"),
        TokenState::Revoked => (Tone::Muted, "Revoked"),
    }
}

fn row(token: &TokenRow, terms: &Terms, opens: Opens) -> AnyView {
    let state = TokenState::of(token.expires_at, token.revoked_at, terms.now);
    let (tone, word) = state_words(state);
    let roles = if token.owner_access {
        view! { <Chip text="Everything" detail=Some("(owner access)".to_owned())/> }.into_any()
    } else {
        grant_chips(&token.grants, false, terms)
    };
    let from = token.last_used_from.as_ref().map(|from| format!(" from {from}"));
    view! {
        <tr class="row-link" class:chosen=opens.is_open>
            <td class="cell-who"><Who name=token.name.to_string() note=format!("{}…", token.prefix) id=token.id.to_string() href=opens.href/></td>
            <td class="cell-status" class:telling=state != TokenState::Active><StatusDot tone text=word/></td>
            <td class="cell-roles">{roles}</td>
            <td class="cell-note">{token.created_by.as_ref().map_or_else(|| "The operator".to_owned(), ToString::to_string)}</td>
            <td class="cell-seen cell-made"><TimeAgo at=Some(token.created_at.micros())/></td>
            <td class="cell-seen"><TimeAgo at=token.last_used_at.map(domain::time::Timestamp::micros)/>{from}</td>
            <td class="cell-seen"><TimeAgo at=token.expires_at.map(domain::time::Timestamp::micros)/></td>
        </tr>
    }
    .into_any()
}

fn empty() -> AnyView {
    view! { <EmptyState icon=IconName::KeyRound title="No tokens yet" text="A token is a machine's key to this workspace, with roles like a member's: products and scripts ask with it."/> }.into_any()
}
