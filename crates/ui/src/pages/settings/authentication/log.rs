//! The log of a connection: who came by it last, and why somebody was refused.

use super::connection::Shared;
use crate::{
    components::{Button, ButtonKind, IconButton, IconName, SkeletonLines, StatusDot, TimeAgo, Tone, grouped},
    pages::failure::not_loaded,
    rpc::sso,
    session::use_session,
};
use domain::{
    failure::quoted,
    sso::log::{Purpose, SignInEntry, SignInOutcome},
};
use leptos::prelude::*;

/// How many are shown before somebody asks for all.
const FEW: usize = 10;

#[component]
pub fn SignIns(shared: Shared) -> impl IntoView {
    let (session, all) = (use_session(), RwSignal::new(false));
    let slug = StoredValue::new(shared.here.slug());
    let log = LocalResource::new(move || {
        let _ = (session.version(), shared.here.live.version());
        sso::sign_ins(slug.get_value(), shared.id)
    });
    let busy = Signal::derive(move || log.get().is_none());
    let list = move || match log.get() {
        None => view! { <SkeletonLines lines=3/> }.into_any(),
        Some(Err(error)) => not_loaded(&error, move || log.refetch()),
        Some(Ok(entries)) if entries.is_empty() => {
            view! { <p class="field-hint">"Nobody has come by it yet. Sign-ins and tests stand here as they happen."</p> }.into_any()
        }
        Some(Ok(entries)) => {
            let shown = if all.get() { entries.len() } else { FEW };
            let rest = entries.len().saturating_sub(shown);
            let rows = entries.iter().take(shown).map(row).collect_view();
            view! {
                <ul class="rows" aria-label="Sign-ins, the newest first">{rows}</ul>
                {(rest > 0).then(|| view! { <div><Button small=true kind=ButtonKind::Quiet on_click=move || all.set(true)>{format!("Show {} more", grouped(rest as u64))}</Button></div> })}
            }
            .into_any()
        }
    };
    view! {
        <section class="panel" aria-labelledby="log-title">
            <div class="section">
                <div class="rows-line">
                    <div class="section-head rows-text"><h2 id="log-title">"Sign-ins"</h2><p>"The last 200, and why somebody was refused. The same again is counted. The audit trail goes further back."</p></div>
                    <IconButton label="Look again" icon=IconName::RotateCw pending=busy on_click=move || log.refetch()/>
                </div>
                {list}
            </div>
        </section>
    }
    .into_any()
}

fn row(entry: &SignInEntry) -> AnyView {
    let (tone, word, reason) = match (&entry.outcome, entry.purpose) {
        (SignInOutcome::Accepted, Purpose::SignIn) => (Tone::Good, "Signed in", None),
        (SignInOutcome::Accepted, Purpose::Test) => (Tone::Info, "Test passed", None),
        (SignInOutcome::Refused { code, reason }, Purpose::SignIn) if entry.is_logout() => {
            (Tone::Bad, "Sign-out refused", Some((code.clone(), reason.clone())))
        }
        (SignInOutcome::Refused { code, reason }, Purpose::SignIn) => (Tone::Bad, "Refused", Some((code.clone(), reason.clone()))),
        (SignInOutcome::Refused { code, reason }, Purpose::Test) => (Tone::Warn, "Test refused", Some((code.clone(), reason.clone()))),
    };
    let who = entry.who.clone().unwrap_or_else(|| "Nobody was named".to_owned());
    let from = entry.address.as_ref().map(|address| format!(" · from {address}"));
    let more = (entry.more > 0).then(|| format!(" · and {} more {}", grouped(entry.more), if entry.more == 1 { "time" } else { "times" }));
    view! {
        <li>
            <div class="rows-text">
                <b>{who}</b>
                {reason.map(|(code, reason)| view! { <span>{quoted(&reason)}" "<code>{code}</code></span> })}
                <small><TimeAgo at=Some(entry.at.micros())/>{from}{more}</small>
            </div>
            <StatusDot tone text=word/>
        </li>
    }
    .into_any()
}
