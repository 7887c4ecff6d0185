//! What a token's drawer has: name, end and roles, where it was used, what was done to it; rotating and revoking it.

use super::{
    access_form::access_form,
    activity_tab::ActivityTab,
    effective_panel::EffectivePanel,
    end_token::{RevokeToken, RotateToken},
    explain_tab::ExplainTab,
    stored::Stored,
    subject_drawer::{Asking, Drawn, Looks},
    tokens::state_words,
};
use crate::components::{Banner, Button, ButtonKind, IconName, StatusDot, TabItem, TabPanel, TimeAgo, Tone};
use domain::{
    time::Timestamp,
    token::{Token, TokenState},
};
use leptos::prelude::*;

pub fn looks(drawn: Drawn) -> Looks {
    let tabs = vec![TabItem::here("token-roles", "Roles"), TabItem::here("token-explain", "Explain"), TabItem::here("token-activity", "Activity")];
    let revoked = Memo::new(move |_| drawn.stored.with(|stored| token(stored.as_ref()).is_some_and(|token| token.revoked_at.is_some())));
    let ended = move || revoked.get().then(|| "this token was revoked".to_owned());
    Looks {
        what: "Token",
        tabs: Signal::stored(tabs),
        panels: Box::new(move |tab| panels(drawn, tab)),
        actions: Box::new(move || {
            view! {
                <Button kind=ButtonKind::Danger disabled_reason=Signal::derive(ended) on_click=move || drawn.asking.set(Asking::Remove)>"Revoke token"</Button>
                <Button icon=IconName::RotateCw disabled_reason=Signal::derive(ended) on_click=move || drawn.asking.set(Asking::Other)>"Rotate"</Button>
            }
            .into_any()
        }),
        questions: Box::new(move |asking| match (drawn.stored.with_untracked(|stored| token(stored.as_ref()).cloned()), asking) {
            (Some(token), Asking::Remove) => view! { <RevokeToken drawn token/> }.into_any(),
            (Some(token), Asking::Other) => view! { <RotateToken drawn token/> }.into_any(),
            (Some(_), Asking::Nothing | Asking::Discard | Asking::StepDown) | (None, _) => ().into_any(),
        }),
    }
}

pub fn token(stored: Option<&Stored>) -> Option<&Token> {
    match stored {
        Some(Stored::Token(token)) => Some(token),
        Some(Stored::Member(_) | Stored::Group(_)) | None => None,
    }
}

pub fn header(token: &Token) -> AnyView {
    let by = token.created_by.as_ref().map_or_else(|| "Created".to_owned(), |name| format!("Created by {name}"));
    view! {
        <div>
            <h2>{token.name.to_string()}</h2>
            <p><code>{token.prefix.clone()} "…"</code> " · " {by} " " <TimeAgo at=Some(token.created_at.micros())/></p>
        </div>
    }
    .into_any()
}

fn panels(drawn: Drawn, tab: RwSignal<String>) -> AnyView {
    let editor = drawn.editor;
    let elsewhere = move |id: &'static str| move || tab.with(|tab| tab != id);
    let revoked = Memo::new(move |_| drawn.stored.with(|stored| token(stored.as_ref()).is_some_and(|token| token.revoked_at.is_some())));
    view! {
        <TabPanel tab="token-roles" attr:hidden=elsewhere("token-roles")>
            <div class="drawer-columns">
                // with every box off, the keyboard scrolls the column itself
                <div class="edit" tabindex=move || revoked.get().then_some("0")>
                    {drawn.restored()}
                    {move || facts(drawn)}
                    <fieldset class="plain" disabled=revoked>
                        {access_form(editor)}
                    </fieldset>
                </div>
                <EffectivePanel editor/>
            </div>
        </TabPanel>
        <TabPanel tab="token-explain" attr:hidden=elsewhere("token-explain")>
            <ExplainTab drawn shown=Signal::derive(move || tab.with(|tab| tab == "token-explain"))/>
        </TabPanel>
        <TabPanel tab="token-activity" attr:hidden=elsewhere("token-activity")>
            <ActivityTab drawn shown=Signal::derive(move || tab.with(|tab| tab == "token-activity"))/>
        </TabPanel>
    }
    .into_any()
}

/// How it stands, and when it was used last.
fn facts(drawn: Drawn) -> AnyView {
    let now = drawn.editor.context.with(|context| context.as_ref().map(|context| context.now));
    let (Some(token), Some(now)) = (drawn.stored.with(|stored| token(stored.as_ref()).cloned()), now) else { return ().into_any() };
    let state = TokenState::of(token.expires_at, token.revoked_at, now);
    let (tone, word) = state_words(state);
    let note = match state {
        TokenState::Revoked => Some("This token was revoked: nothing accepts it any more. It stays here so that its history can be read."),
        TokenState::Expired => Some("This token has expired: nothing accepts it. A later end brings it back."),
        TokenState::Expiring => {
            Some("This token ends within two weeks. Give it a later end, or put another token in its place, before what uses it stops working.")
        }
        TokenState::Active => None,
    };
    let old = token.old_secret_until.filter(|end| *end > now && token.revoked_at.is_none());
    let from = token.last_used_from.map(|from| format!(" from {from}"));
    let at = |moment: Option<Timestamp>| moment.map(Timestamp::micros);
    view! {
        {note.map(|note| view! { <Banner tone=Tone::Warn>{note}</Banner> })}
        <p class="token-facts">
            <StatusDot tone text=word/> " · last used " <TimeAgo at=at(token.last_used_at)/> {from}
            {old.map(|end| view! { " · the old secret ends " <TimeAgo at=at(Some(end))/> })}
        </p>
    }
    .into_any()
}
