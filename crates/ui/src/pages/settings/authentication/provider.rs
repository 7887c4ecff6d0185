//! The second step of the set-up: what Rolecall must be told of the provider, brought back from there.

use super::{
    add::presets,
    another::Another,
    certificates::Certificates,
    copying::called,
    guide::{found, issuer},
    typed::Typed,
};
use crate::{
    components::{CheckField, Field, FileBox, PasswordField, RadioCard, RadioCards, SelectField, TextArea, TextFile},
    pages::{doing::Doing, form::MOST},
};
use domain::sso::Protocol;
use leptos::prelude::*;

/// A provider's metadata is a few kilobytes; those of a whole federation are none of ours.
const MOST_METADATA: usize = 1_048_576;

pub fn tell_rolecall(typed: Typed, doing: Doing, has_secret: Signal<bool>, another: Memo<Vec<Another>>) -> AnyView {
    let fields = match typed.protocol {
        Protocol::Oidc => of_oidc(typed, doing, has_secret, another),
        Protocol::Saml => of_saml(typed, doing, another),
    };
    let on = move |field: &'static str| doing.on(field);
    view! {
        <section class="panel" aria-labelledby="here-title">
            <div class="section">
                <div class="section-head">
                    <h2 id="here-title">{move || format!("2. Tell Rolecall of {}", called(typed.chosen()))}</h2>
                    <p>"Bring back what it shows there."</p>
                </div>
                <div class="form wide">
                    <div class="form-row">
                        <Field label="Name" name="name" id="connection-name" value=typed.name required=true maxlength=MOST autocomplete="off" error=on("name")/>
                        <SelectField label="Provider" name="preset" id="connection-preset" value=typed.preset options=Signal::stored(presets())/>
                    </div>
                    {fields}
                </div>
            </div>
        </section>
    }
    .into_any()
}

fn of_oidc(typed: Typed, doing: Doing, has_secret: Signal<bool>, another: Memo<Vec<Another>>) -> AnyView {
    let on = move |field: &'static str| doing.on(field);
    let kept = move || {
        let text = if has_secret.get() {
            "One is kept, sealed, and never shown. Leave this empty to keep it."
        } else {
            "It is sealed when it is saved, and never shown again."
        };
        Some(text.to_owned())
    };
    view! {
        <p class="field-hint">{move || found(typed.chosen())}</p>
        <Field label="Issuer" name="issuer" kind="url" value=typed.issuer maxlength=MOST autocomplete="off"
            hint=Another::Issuer.hint(another, move || Some(format!("It looks like {}", issuer(typed.chosen())))) error=on("issuer")/>
        <Field label="Client ID" name="client_id" value=typed.client_id maxlength=MOST autocomplete="off" hint=Another::ClientId.hint(another, || None) error=on("client_id")/>
        <PasswordField label="Client secret" name="client_secret" value=typed.client_secret autocomplete="off" hint=Signal::derive(kept) error=on("client_secret")/>
    }
    .into_any()
}

fn of_saml(typed: Typed, doing: Doing, another: Memo<Vec<Another>>) -> AnyView {
    let on = move |field: &'static str| doing.on(field);
    let ways = vec![
        RadioCard::new("metadata", "By its metadata", "A file that holds all of it: addresses and certificates."),
        RadioCard::new("by_hand", "Field by field", "Entity id, address and certificates, each copied by itself."),
    ];
    let took = RwSignal::new(None::<String>);
    let take = move |file: TextFile| {
        took.set(Some(format!("{} is below; save to take it over.", file.name)));
        typed.metadata.set(file.text);
    };
    let in_place = || Some("Or paste it. It takes the place of all that is kept of the provider.".to_owned());
    let by_metadata = move || {
        view! {
            <FileBox label="Choose the metadata file, or drop it here" name="metadata-file" accept=".xml,text/xml,application/xml,application/samlmetadata+xml" most=MOST_METADATA
                on_file=take hint=Signal::derive(move || took.get())/>
            <TextArea label="Metadata" name="metadata" rows=6 value=typed.metadata placeholder="<EntityDescriptor …>"
                hint=Another::EntityId.hint(another, in_place) error=on("metadata")/>
        }
        .into_any()
    };
    let names = || Some("Also called issuer, or identifier.".to_owned());
    let by_hand = move || {
        view! {
            <Field label="Entity ID" name="entity_id" value=typed.entity_id maxlength=MOST autocomplete="off" hint=Another::EntityId.hint(another, names) error=on("entity_id")/>
            <Field label="Sign-in URL" name="sso_url" kind="url" value=typed.sso_url maxlength=MOST autocomplete="off" hint=Some("Where browsers are sent, by HTTP-Redirect.".to_owned()) error=on("sso_url")/>
            <Field label="Sign-out URL" name="slo_url" kind="url" value=typed.slo_url maxlength=MOST autocomplete="off" hint=Some("Optional: for single logout.".to_owned()) error=on("slo_url")/>
            <Certificates typed error=on("certificates")/>
        }
        .into_any()
    };
    let note = "For tiles in its list of apps. Nothing ties such an answer to the browser that brings it: leave it off unless you need it.";
    view! {
        <RadioCards label="How to tell" name="how" options=ways value=typed.how on_change=move |value: String| typed.how.set(value)/>
        {move || if typed.how.with(|how| how == "metadata") { by_metadata() } else { by_hand() }}
        <CheckField label="The provider may begin a sign-in" note=Some(note.to_owned()) checked=typed.idp_initiated on_change=move |on: bool| typed.idp_initiated.set(on)/>
    }
    .into_any()
}
