//! Ends a token, or gives it another secret: both ask first and say what happens to what uses it.

use super::{
    subject_drawer::{Asking, Drawn},
    token_secret::TokenSecretDialog,
};
use crate::{
    components::{ConfirmDialog, SelectField},
    rpc::tokens::{self, ShownSecret},
};
use domain::{time::Span, token::Token};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn RevokeToken(drawn: Drawn, token: Token) -> impl IntoView {
    let (pending, error) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let (id, name) = (token.id, StoredValue::new(token.name.to_string()));
    let revoke = move || {
        if pending.get_untracked() {
            return;
        }
        pending.set(true);
        error.set(None);
        let slug = drawn.access.here.slug();
        spawn_local(async move {
            let answer = tokens::revoke(slug, id).await;
            let _ = pending.try_set(false);
            match answer {
                Ok(()) => {
                    drawn.toasts.success(format!("Token {} revoked.", name.get_value()));
                    drawn.leave();
                }
                Err(failure) if drawn.session.ask_again(&failure, || ()) => {}
                Err(failure) => {
                    let _ = error.try_set(Some(failure.message()));
                }
            }
        });
    };
    let used = match token.last_used_at {
        None => "It was never used.",
        Some(_) => "What uses it stops working at once.",
    };
    view! {
        <ConfirmDialog title=format!("Revoke the token {}?", name.get_value()) confirm="Revoke token" pending=pending error=error
            on_confirm=revoke on_close=move || drawn.asking.set(Asking::Nothing)>
            <p>{used} " This can't be undone; a new token can be created at any time."</p>
        </ConfirmDialog>
    }
    .into_any()
}

/// For how long a replaced secret may live on.
const GRACE: [(&str, Span); 4] = [("It ends at once", Span::hours(0)), ("1 hour", Span::hours(1)), ("1 day", Span::days(1)), ("7 days", Span::days(7))];

#[component]
pub fn RotateToken(drawn: Drawn, token: Token) -> impl IntoView {
    let (pending, error) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let grace = RwSignal::new(Span::days(1).as_seconds().to_string());
    let made = RwSignal::new(None::<(ShownSecret, Span)>);
    let (id, name) = (token.id, StoredValue::new(token.name.to_string()));
    let stop = Callback::from(move || drawn.asking.set(Asking::Nothing));
    let rotate = move || {
        if pending.get_untracked() {
            return;
        }
        pending.set(true);
        error.set(None);
        let (slug, span) = (drawn.access.here.slug(), Span::seconds(grace.get_untracked().parse().unwrap_or_default()));
        spawn_local(async move {
            let answer = tokens::rotate(slug, id, span).await;
            let _ = pending.try_set(false);
            match answer {
                Ok(secret) => {
                    drawn.changed();
                    made.set(Some((secret, span)));
                }
                Err(failure) if drawn.session.ask_again(&failure, || ()) => {}
                Err(failure) => {
                    let _ = error.try_set(Some(failure.message()));
                }
            }
        });
    };
    let options = Signal::stored(GRACE.map(|(words, span)| (span.as_seconds().to_string(), words.to_owned())).to_vec());
    move || {
        match made.get() {
        Some((secret, span)) => {
            let note = if span == Span::hours(0) { "The old secret has ended.".to_owned() } else { format!("The old secret works for {} more.", span.words()) };
            view! { <TokenSecretDialog title="Token rotated" secret on_close=stop note=note/> }.into_any()
        }
        None => view! {
            <ConfirmDialog title=format!("Rotate the token {}?", name.get_value()) confirm="Rotate" safe=true pending=pending error=error on_confirm=rotate on_close=stop>
                <p>"It gets a new secret, shown once. Its roles and its end stay."</p>
                <SelectField label="The old secret works for another" name="grace" value=grace options=options/>
            </ConfirmDialog>
        }
        .into_any(),
    }
    }
}
