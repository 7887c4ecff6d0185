//! One domain: how it stands, what to show to prove it, and looking for that now.

use super::domains::Shared;
use crate::{
    components::{Banner, Button, ButtonKind, CopyField, IconName, StatusDot, TimeAgo, Tone},
    pages::doing::Doing,
    rpc::sso,
};
use domain::sso::domains::{DomainState, WorkspaceDomain};
use leptos::prelude::*;

#[component]
pub fn DomainRow(shared: Shared, domain: WorkspaceDomain) -> impl IntoView {
    let (doing, id, name) = (Doing::default(), domain.id, domain.name.to_string());
    let slug = StoredValue::new(shared.here.slug());
    let called = StoredValue::new(name.clone());
    let again = domain.is_proven();
    let check = move || {
        doing.run(
            move || sso::check_domain(slug.get_value(), id),
            move |checked, _| {
                let name = &checked.domain.name;
                match (checked.found, again) {
                    (true, true) => doing.toasts.success(format!("The proof of {name} is still there.")),
                    (true, false) => doing.toasts.success(format!("{name} is proven.")),
                    (false, _) => {}
                }
                shared.changed();
            },
        );
    };
    let add_again = move || {
        doing.run(
            move || sso::add_domain(slug.get_value(), called.get_value()),
            move |added, _| {
                doing.toasts.success(format!("{} has a new proof to show.", added.name));
                shared.changed();
            },
        );
    };
    let state = domain.state;
    let (label, removing) = (format!("Remove {name}"), domain.clone());
    let (check_label, again_label) = (format!("Check {name} now"), format!("Add {name} again"));
    let steps = match state {
        DomainState::Expired => view! { <Button small=true pending=doing.pending disabled_reason=shared.locked on_click=add_again attr:aria-label=again_label>"Add again"</Button> }.into_any(),
        DomainState::Pending { .. } | DomainState::Proven { .. } => {
            view! { <Button small=true icon=IconName::RotateCw pending=doing.pending disabled_reason=shared.locked on_click=check attr:aria-label=check_label>"Check now"</Button> }
                .into_any()
        }
    };
    view! {
        <li class="domain">
            <div class="rows-line">
                <div class="rows-text"><b>{name}</b><small>{stands(&domain)}</small></div>
                {word(&domain)}
                {steps}
                <Button small=true kind=ButtonKind::Quiet on_click=move || shared.removing.set(Some(removing.clone())) attr:aria-label=label>"Remove"</Button>
            </div>
            {proof(&domain)}
            {missing(&domain)}
            <div role="alert">{move || doing.message().get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}</div>
        </li>
    }
    .into_any()
}

fn word(domain: &WorkspaceDomain) -> AnyView {
    let (tone, text) = match domain.state {
        DomainState::Pending { .. } => (Tone::Warn, "Not proven yet"),
        DomainState::Proven { .. } if domain.failing_since.is_some() => (Tone::Warn, "Proof missing"),
        DomainState::Proven { .. } => (Tone::Good, "Proven"),
        DomainState::Expired => (Tone::Bad, "Expired"),
    };
    view! { <StatusDot tone text/> }.into_any()
}

/// What was found instead of the proof, and what follows from that.
fn missing(domain: &WorkspaceDomain) -> Option<AnyView> {
    let note = domain.note.clone()?;
    let head = match (domain.failing_since, domain.lapses_at()) {
        // what ends on a day is said as one, and not as "in 3 days" of whenever the page was opened
        (Some(since), Some(lapses_at)) => format!("Not found since {}: lapses on {}. ", since.to_the_day(), lapses_at.to_the_day()),
        (_, _) => "Not found. ".to_owned(),
    };
    Some(view! { <Banner tone=Tone::Warn><b>{head}</b>{note}</Banner> }.into_any())
}

fn stands(domain: &WorkspaceDomain) -> AnyView {
    let checked = domain.checked_at.map(|at| view! { " · looked for "<TimeAgo at=Some(at.micros())/> });
    match domain.state {
        DomainState::Pending { until } => view! { "Its proof is due "<TimeAgo at=Some(until.micros())/>{checked} }.into_any(),
        DomainState::Proven { since, by } => view! { "Proven "{by.words()}" "<TimeAgo at=Some(since.micros())/>{checked} }.into_any(),
        DomainState::Expired => "It was not proven in time. Add it again for a new proof.".into_any(),
    }
}

/// What is to be shown at the domain, one or the other.
fn proof(domain: &WorkspaceDomain) -> Option<AnyView> {
    let DomainState::Pending { .. } = domain.state else { return None };
    let (id, name) = (domain.id, domain.name.to_string());
    Some(
        view! {
            <p class="field-hint">{format!("Show one of these two at {name}, then check. A new record takes a while to be seen everywhere.")}</p>
            <CopyField id=format!("txt-{id}") label=format!("TXT record of {name}") value=domain.txt_record() copy_label="Copy record"/>
            <CopyField id=format!("tag-{id}") label=format!("Or a tag in the head of https://{name}/") value=domain.meta_tag() copy_label="Copy tag"/>
        }
        .into_any(),
    )
}
