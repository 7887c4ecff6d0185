//! The drawer of an invite that waits: what it will give, until when it lasts, and what can be done about it.

use super::{
    Access,
    conflict::lines,
    draft::AccessDraft,
    drawer::nobody,
    editor::{Editor, EditorOf},
    effective_panel::EffectivePanel,
    invite_actions::InviteActions,
    user_row::standing_words,
};
use crate::{
    components::{Avatar, Banner, Button, ButtonKind, Drawer, IconName, SkeletonLines, StatusDot, TimeAgo, Tone, plural},
    pages::failure::not_loaded,
    rpc::{invites, workspaces::Frame},
    session::use_session,
};
use domain::{
    failure::FailureKind,
    id::InviteId,
    invite::{Invite, InviteState},
    member::UserStanding,
};
use leptos::prelude::*;

#[component]
pub fn InviteDrawer(access: Access, id: InviteId, on_close: Callback<()>) -> impl IntoView {
    let session = use_session();
    let slug = access.here.slug();
    let editor = Editor::new(EditorOf::Waiting, access);
    let answer = LocalResource::new(move || {
        let _ = (access.list_version(), session.version());
        invites::find(slug.clone(), id)
    });
    // while it is asked for again, what was shown stays
    let invite = RwSignal::new(None::<Invite>);
    Effect::new(move || {
        if let Some(Ok(found)) = answer.get()
            && invite.with_untracked(|known| known.as_ref() != Some(&found))
        {
            editor.groups.want(found.groups.iter().copied());
            editor.draft.set(AccessDraft::from(&found));
            invite.set(Some(found));
        }
    });
    let actions = use_context::<InviteActions>();
    if let Some(actions) = actions {
        actions.on_revoked.set_value(Some(Callback::from(move |revoked: InviteId| {
            if revoked == id {
                on_close.run(());
            }
        })));
        on_cleanup(move || actions.on_revoked.set_value(None));
    }
    let label = Signal::derive(move || invite.with(|invite| invite.as_ref().map_or_else(|| "Invite".to_owned(), |invite| invite.email.to_string())));
    let header = move || view! { {move || invite.get().map(header)} };
    let failed = Memo::new(move |_| answer.get().and_then(Result::err));
    let is_gone = Memo::new(move |_| failed.with(|failed| failed.as_ref().is_some_and(|error| error.kind() == FailureKind::NotFound)));
    let foot = move || invite.get().zip(actions).filter(|_| !is_gone.get()).map(|(invite, actions)| footer(&invite, actions));
    let footer = move || view! { {foot} };
    let body = move || match (invite.get(), failed.get()) {
        (_, Some(error)) if error.kind() == FailureKind::NotFound => nobody(),
        (Some(invite), _) => body(&invite, editor, &access.here.frame()),
        (None, Some(error)) => not_loaded(&error, move || answer.refetch()),
        (None, None) => view! { <div class="drawer-section"><SkeletonLines lines=6/></div> }.into_any(),
    };
    view! { <Drawer label=label on_close=on_close header=header footer=footer>{body}</Drawer> }.into_any()
}

fn header(invite: Invite) -> AnyView {
    let by = invite.invited_by.map_or_else(|| "Invited".to_owned(), |name| format!("Invited by {name}"));
    view! {
        <Avatar name=invite.email.to_string() id=invite.id.to_string() big=true invited=true/>
        <div>
            <h2>{invite.email.to_string()}</h2>
            <p>{by} " · " <TimeAgo at=Some(invite.created_at.micros())/></p>
        </div>
    }
    .into_any()
}

fn body(invite: &Invite, editor: Editor, frame: &Frame) -> AnyView {
    let (tone, word) = standing_words(&UserStanding::Invited { state: invite.state, invited_by: None, expires_at: invite.expires_at });
    let ends = if invite.state == InviteState::Pending { "The link ends " } else { "The link ended " };
    let draft = AccessDraft::from(invite);
    let gives = move || {
        editor.context.get().map(|context| lines(&draft, editor.of, &context, editor.groups).into_iter().map(|line| view! { <li>{line}</li> }).collect_view())
    };
    let expired = (invite.state == InviteState::Expired).then(|| {
        let days = plural(u64::from(frame.invite_days), "day", "days");
        view! {
            <Banner tone=Tone::Warn>"This invite has expired: its link gives nothing any more. Send it again for another " {days} ", with a new link."</Banner>
        }
    });
    let mail_is_off = (!frame.mail_is_on && invite.state == InviteState::Pending)
        .then(|| view! { <p class="field-hint">"Mail is off: copy the link and pass it on yourself."</p> });
    view! {
        <div class="drawer-columns">
            <div class="edit">
                {expired}
                <p><StatusDot tone text=word/></p>
                <p>{ends} <TimeAgo at=Some(invite.expires_at.micros())/> "."</p>
                {mail_is_off}
                <h3>"What they will have"</h3>
                <ul class="access-lines">{gives}</ul>
                <p class="field-hint">"To give something else, invite the same address again: the new invite takes the place of this one."</p>
            </div>
            <EffectivePanel editor when="once they accept"/>
        </div>
    }
    .into_any()
}

fn footer(invite: &Invite, actions: InviteActions) -> AnyView {
    let (id, email) = (invite.id, StoredValue::new(invite.email.to_string()));
    if !matches!(invite.state, InviteState::Pending | InviteState::Expired) {
        return ().into_any();
    }
    let pending = invite.state == InviteState::Pending;
    view! {
        <Button kind=ButtonKind::Danger on_click=move || actions.ask_revoke(id, email.get_value())>"Revoke invite"</Button>
        <span class="gap"></span>
        {pending.then(|| view! { <Button icon=IconName::Link on_click=move || actions.copy(id, email.get_value())>"Copy invite link"</Button> })}
        <Button kind=ButtonKind::Primary icon=IconName::RotateCw pending=actions.is_resending(id) on_click=move || actions.resend(id, email.get_value())>"Resend invite"</Button>
    }
    .into_any()
}
