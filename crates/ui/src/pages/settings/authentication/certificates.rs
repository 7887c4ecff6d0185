//! The certificates that a SAML provider signs with: those that are kept by their fingerprints, and new ones beside them while it changes over.

use super::typed::{Typed, TypedCertificate};
use crate::components::{Button, ButtonKind, IconButton, IconName, TextArea};
use domain::sso::MOST_CERTIFICATES;
use leptos::prelude::*;

#[component]
pub fn Certificates(typed: Typed, #[prop(into)] error: Signal<Option<String>>) -> impl IntoView {
    let all = typed.certificates;
    let full = Signal::derive(move || all.with(|all| all.len() >= MOST_CERTIFICATES).then(|| format!("{MOST_CERTIFICATES} certificates are the most")));
    let add = move || {
        let fresh = typed.certificate(String::new(), None);
        all.update(|all| all.push(fresh));
    };
    let line = move |one: TypedCertificate| {
        let remove = move || all.update(|all| all.retain(|other| other.key != one.key));
        let Some(fingerprint) = one.fingerprint.get_value() else {
            return view! {
                <TextArea label="New certificate" name="certificate" id=format!("certificate-{}", one.key) rows=5 value=one.text placeholder="-----BEGIN CERTIFICATE-----"
                    hint=Some("PEM, or the Base64 alone. The kept ones go on to count beside it.".to_owned())/>
                <div><Button small=true kind=ButtonKind::Quiet on_click=remove>"Leave it out"</Button></div>
            }
            .into_any();
        };
        let short: String = fingerprint.chars().take(17).collect();
        view! {
            <div class="rows-line">
                <code class="rows-text">{fingerprint}</code>
                <IconButton label=format!("Remove certificate {short}") icon=IconName::Trash on_click=remove/>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="field" role="group" aria-label="Certificates">
            <span class="legend">"Certificates"</span>
            <p class="field-hint">"What it signs with, by SHA-256 fingerprint. Add the new one before the provider changes over; remove the old one after."</p>
            <For each=move || all.get() key=|one| one.key children=line/>
            {move || error.get().map(|error| view! { <p class="field-error" role="alert">{error}</p> })}
            <div><Button small=true icon=IconName::Plus disabled_reason=full on_click=add>"Add certificate"</Button></div>
        </div>
    }
    .into_any()
}
