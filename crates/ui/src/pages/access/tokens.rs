//! The Tokens list.

use super::{groups::grant_chips, simple_list::SimpleList, use_access};
use crate::{
    components::{Chip, EmptyState, IconName, StatusDot, TimeAgo, Tone, Who},
    path,
    rpc::tokens,
};
use domain::{access_context::Terms, token::TokenRow};
use leptos::prelude::*;

#[component]
pub fn TokensPage() -> impl IntoView {
    let Some(access) = use_access() else { return ().into_any() };
    let slug = access.here.slug();
    let list = SimpleList {
        access,
        title: "Tokens",
        search: "Search tokens",
        path: path::tokens(&slug),
        columns: &["Token", "Status", "Roles", "Created by", "Last used", "Expires"],
        fetch: move |search, cursor| tokens::page(slug.clone(), search, cursor),
        row,
        empty,
    };
    list.view()
}

fn row(token: &TokenRow, terms: &Terms) -> AnyView {
    let expired = token.expires_at.is_some_and(|end| end <= terms.now);
    let (tone, word) = match (token.revoked_at.is_some(), expired) {
        (true, _) => (Tone::Muted, "Revoked"),
        (false, true) => (Tone::Bad, "Expired"),
        (false, false) => (Tone::Good, "Active"),
    };
    let roles = if token.owner_access {
        view! { <Chip text="Everything" detail=Some("(owner access)".to_owned())/> }.into_any()
    } else {
        grant_chips(&token.grants, false, terms)
    };
    let from = token.last_used_from.as_ref().map(|from| format!(" from {from}"));
    view! {
        <tr>
            <td class="cell-who"><Who name=token.name.to_string() note=format!("{}…", token.prefix) id=token.id.to_string()/></td>
            <td class="cell-status" class:telling=token.revoked_at.is_some() || expired><StatusDot tone text=word/></td>
            <td class="cell-roles">{roles}</td>
            <td class="cell-note">{token.created_by.as_ref().map_or_else(|| "Somebody removed".to_owned(), ToString::to_string)}</td>
            <td class="cell-seen"><TimeAgo at=token.last_used_at.map(domain::time::Timestamp::micros)/>{from}</td>
            <td class="cell-seen"><TimeAgo at=token.expires_at.map(domain::time::Timestamp::micros)/></td>
        </tr>
    }
    .into_any()
}

fn empty() -> AnyView {
    view! { <EmptyState icon=IconName::KeyRound title="No tokens yet" text="A token is a machine's key to this workspace, with roles like a member's. This workspace has none so far."/> }.into_any()
}
