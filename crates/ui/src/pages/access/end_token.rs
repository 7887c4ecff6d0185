//! Ends a token, or gives it another secret: both ask first and say what happens to what uses it.

use super::{
    subject_drawer::{Asking, Drawn},
    token_secret::TokenSecretDialog,
};
use crate::{
    components::{ConfirmDialog, SelectField},
    pages::doing::Doing,
    rpc::tokens::{self, ShownSecret},
};
use domain::{time::Span, token::Token};
use leptos::prelude::*;

#[component]
pub fn RevokeToken(drawn: Drawn, token: Token) -> impl IntoView {
    let doing = Doing::default();
    let (id, name) = (token.id, token.name.to_string());
    let title = format!("Revoke the token {name}?");
    let revoke = move || {
        let (slug, name) = (drawn.access.here.slug(), name.clone());
        doing.run(
            move || tokens::revoke(slug.clone(), id),
            move |(), is_here| {
                doing.toasts.success(format!("Token {name} revoked."));
                if is_here {
                    drawn.leave();
                } else {
                    drawn.access.changed();
                }
            },
        );
    };
    let used = match token.last_used_at {
        None => "It was never used.",
        Some(_) => "What uses it stops working at once.",
    };
    view! {
        <ConfirmDialog title=title confirm="Revoke token" pending=doing.pending error=doing.message()
            on_confirm=revoke on_close=move || drawn.asking.set(Asking::Nothing)>
            <p>{used} " This can't be undone; a new token can be created at any time."</p>
        </ConfirmDialog>
    }
    .into_any()
}

/// For how long a replaced secret may live on.
const GRACE: [(&str, Span); 4] = [("It ends at once", Span::hours(0)), ("1 hour", Span::hours(1)), ("1 day", Span::days(1)), ("7 days", Span::days(7))];

/// Said where no answer came: the secret may be another one that nobody saw.
const LOST: &str = "The answer was lost on its way: the token may have a new secret that nobody saw, beside the one in use. \
                    Rotating again gives you one, and ends the one in use at once if that is so.";

#[component]
pub fn RotateToken(drawn: Drawn, token: Token) -> impl IntoView {
    let doing = Doing::default();
    let grace = RwSignal::new(Span::days(1).as_seconds().to_string());
    let made = RwSignal::new(None::<(ShownSecret, Span)>);
    let (id, name) = (token.id, StoredValue::new(token.name.to_string()));
    let stop = Callback::from(move || drawn.asking.set(Asking::Nothing));
    let now = drawn.editor.context.with_untracked(|context| context.as_ref().map(|context| context.now));
    let end = token.expires_at;
    let grace_left = token.old_secret_until.zip(now).is_some_and(|(end, now)| end > now);
    let rotate = move || {
        let (slug, span) = (drawn.access.here.slug(), Span::seconds(grace.get_untracked().parse().unwrap_or_default()));
        doing.run(
            move || tokens::rotate(slug.clone(), id, span),
            move |secret, is_here| {
                if is_here {
                    drawn.changed();
                    made.set(Some((secret, span)));
                } else {
                    let lost = format!("Token {} has a new secret, and the page was left before it could be shown. Rotate it again to get one.", secret.name);
                    doing.toasts.error(lost);
                }
            },
        );
    };
    let error =
        Signal::derive(move || doing.refused.with(|refused| refused.as_ref().map(|error| if error.is_lost() { LOST.to_owned() } else { error.message() })));
    let options = Signal::stored(GRACE.map(|(words, span)| (span.as_seconds().to_string(), words.to_owned())).to_vec());
    move || {
        match made.get() {
        Some((secret, span)) => {
            let note = if span == Span::hours(0) { "The old secret has ended.".to_owned() } else { format!("The old secret works for {} more.", span.words()) };
            view! { <TokenSecretDialog title="Token rotated" secret on_close=stop note=note/> }.into_any()
        }
        None => view! {
            <ConfirmDialog title=format!("Rotate the token {}?", name.get_value()) confirm="Rotate" safe=true pending=doing.pending error=error on_confirm=rotate on_close=stop>
                <p>"It gets a new secret, shown once. Its roles and its end stay."</p>
                {end.map(|end| view! { <p>"It still ends on " {end.to_the_day()} ": a later end is set in its drawer, not by rotating it."</p> })}
                {grace_left.then(|| view! { <p>"It was rotated not long ago, and the secret from before that still works: rotating again ends that one now."</p> })}
                <SelectField label="The old secret works for another" name="grace" value=grace options=options/>
            </ConfirmDialog>
        }
        .into_any(),
    }
    }
}
