//! A row of the Users list: who, how they stand, what they may and when they were last here.

use super::{invite_actions::InviteActions, list_state::ListState, words::glance};
use crate::{
    components::{Chip, IconButton, IconName, StatusDot, TimeAgo, Tone, Who},
    pages::picked::Picked,
    path,
};
use domain::{
    access_context::Terms,
    id::{InviteId, MemberId},
    invite::InviteState,
    member::{MemberKind, UserId, UserQuery, UserRow, UserStanding},
    time::Timestamp,
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::sync::Arc;

/// Chips of a row beyond these are counted.
const CHIPS: usize = 3;

#[component]
pub fn UserRowView(
    row: Memo<UserRow>,
    slug: WorkspaceSlug,
    /// Whose screen it is.
    me: MemberId,
    terms: Signal<Option<Arc<Terms>>>,
    state: Memo<ListState>,
    picked: Picked<UserId, UserQuery>,
) -> impl IntoView {
    let id = row.with_untracked(|row| row.id);
    let invited = matches!(id, UserId::Invite(_));
    let here = path::user(&slug, id);
    let pathname = use_location().pathname;
    let is_open = {
        let here = here.clone();
        Memo::new(move |_| pathname.with(|path| *path == here))
    };
    let href = Signal::derive(move || format!("{here}{}", state.with(ListState::query)));
    let name = Signal::derive(move || row.with(|row| row.name.as_ref().map_or_else(|| row.email.to_string(), ToString::to_string)));
    let note = Signal::derive(move || row.with(|row| note(row, me)));
    let hue = match id {
        UserId::Member(id) => id.to_string(),
        UserId::Invite(id) => id.to_string(),
    };
    view! {
        <tr class="row-link" class:chosen=is_open>
            <td class="cell-pick">{picked.one(id, &name.get_untracked())}</td>
            <td class="cell-who"><Who name=name note=note id=hue invited=invited href=href/></td>
            <td class="cell-status" class:telling=invited>{move || row.with(|row| status(&row.standing))}</td>
            <td class="cell-kind">{move || row.with(|row| match row.kind { MemberKind::Owner => "Owner", MemberKind::Member => "Member" })}</td>
            <td class="cell-roles">{move || row.with(|row| terms.with(|terms| terms.as_ref().map(|terms| roles(row, terms))))}</td>
            <td class="cell-groups">{move || row.with(groups)}</td>
            <td class="cell-seen">{move || row.with(|row| seen(&row.standing))}</td>
            <td class="cell-act">{move || row.with(actions)}</td>
        </tr>
    }
    .into_any()
}

fn note(row: &UserRow, me: MemberId) -> String {
    match &row.standing {
        UserStanding::Active { .. } if row.id == UserId::Member(me) => format!("{} (you)", row.email),
        UserStanding::Active { .. } => row.email.to_string(),
        UserStanding::Invited { invited_by: Some(name), .. } => format!("invited by {name}"),
        UserStanding::Invited { invited_by: None, .. } => "invited".to_owned(),
    }
}

/// The word for how somebody stands, and the tone that repeats it.
pub fn standing_words(standing: &UserStanding) -> (Tone, &'static str) {
    match standing {
        UserStanding::Active { .. } => (Tone::Good, "Active"),
        UserStanding::Invited { state, .. } => match state {
            InviteState::Pending => (Tone::Warn, "Invited"),
            InviteState::Expired => (Tone::Bad, "Expired"),
            InviteState::Accepted => (Tone::Muted, "Accepted"),
            InviteState::Revoked => (Tone::Muted, "Revoked"),
        },
    }
}

fn status(standing: &UserStanding) -> AnyView {
    let (tone, text) = standing_words(standing);
    view! { <StatusDot tone text=text/> }.into_any()
}

fn roles(row: &UserRow, terms: &Terms) -> AnyView {
    if row.kind == MemberKind::Owner {
        return view! { <Chip text="Everything" detail=Some("(owner)".to_owned())/> }.into_any();
    }
    let pii = row.pii.then(|| view! { <Chip text="Personal data" icon=IconName::Eye/> });
    if row.grants.is_empty() {
        let words = if row.groups.is_empty() { "Minimal access" } else { "By groups only" };
        return view! { <span class="none">{words}</span>" "{pii} }.into_any();
    }
    let chips = row.grants.iter().take(CHIPS).map(|grant| {
        let at_a_glance = glance(&terms.catalog, terms.plan, terms.now, grant);
        let (tone, icon, detail) = match at_a_glance.but {
            None => (Tone::Muted, None, format!("({})", at_a_glance.scope)),
            Some(but) if but == "Expired" => (Tone::Warn, Some(IconName::Clock), format!("({}) expired", at_a_glance.scope)),
            Some(but) => (Tone::Warn, Some(IconName::Lock), format!("({}) {}", at_a_glance.scope, but.to_lowercase())),
        };
        match icon {
            Some(icon) => view! { <Chip text=at_a_glance.role detail=Some(detail) tone icon/> " " }.into_any(),
            None => view! { <Chip text=at_a_glance.role detail=Some(detail) tone/> " " }.into_any(),
        }
    });
    let chips = chips.collect_view();
    view! { {chips}{pii}{more(row.grants.len())} }.into_any()
}

fn groups(row: &UserRow) -> AnyView {
    if row.groups.is_empty() {
        return view! { <span class="none">"None"</span> }.into_any();
    }
    let names = row.groups.iter().take(CHIPS).map(|group| view! { <span class="group">{group.name.to_string()}</span> " " }).collect_view();
    view! { {names}{more(row.groups.len())} }.into_any()
}

fn more(count: usize) -> Option<AnyView> {
    let rest = count.saturating_sub(CHIPS);
    (rest > 0).then(|| view! { <span class="none">"and " {rest} " more"</span> }.into_any())
}

fn seen(standing: &UserStanding) -> AnyView {
    let at = |moment: Timestamp| Some(moment.micros());
    match standing {
        UserStanding::Active { last_seen_at, .. } => view! { <TimeAgo at=last_seen_at.and_then(at)/> }.into_any(),
        UserStanding::Invited { state: InviteState::Pending, expires_at, .. } => view! { <span>"Expires " <TimeAgo at=at(*expires_at)/></span> }.into_any(),
        UserStanding::Invited { expires_at, .. } => view! { <span>"Expired " <TimeAgo at=at(*expires_at)/></span> }.into_any(),
    }
}

fn actions(row: &UserRow) -> AnyView {
    let (UserId::Invite(id), UserStanding::Invited { state, .. }) = (row.id, &row.standing) else { return ().into_any() };
    invite_buttons(id, row.email.to_string(), *state == InviteState::Pending)
}

fn invite_buttons(id: InviteId, email: String, pending: bool) -> AnyView {
    let Some(actions) = use_context::<InviteActions>() else { return ().into_any() };
    let email = StoredValue::new(email);
    let copy =
        pending.then(|| view! { <IconButton label="Copy invite link" icon=IconName::Link small=true on_click=move || actions.copy(id, email.get_value())/> });
    view! {
        <span class="row-actions">
            {copy}
            <IconButton label="Resend invite" icon=IconName::RotateCw small=true pending=actions.is_resending(id) on_click=move || actions.resend(id, email.get_value())/>
            <IconButton label="Revoke invite" icon=IconName::Trash small=true on_click=move || actions.ask_revoke(id, email.get_value())/>
        </span>
    }
    .into_any()
}
