//! The first step of the set-up: what the provider must be told of Rolecall, to be copied there.

use super::{
    guide::{renewal, steps},
    theirs::{Ours, hint},
};
use crate::components::{CopyField, IconName, LinkButton};
use domain::sso::{Connection, OurAddresses, Preset, Protocol};
use leptos::prelude::*;

/// `preset`: as it is chosen now, saved or not.
pub fn tell_the_provider(connection: &Connection, addresses: &OurAddresses, preset: Memo<Preset>) -> AnyView {
    let protocol = connection.protocol();
    let list = move || steps(preset.get(), protocol).iter().map(|step| view! { <li>{*step}</li> }).collect_view();
    let copied = match protocol {
        Protocol::Oidc => of_oidc(addresses, preset),
        Protocol::Saml => of_saml(connection, addresses, preset),
    };
    view! {
        <section class="panel" aria-labelledby="there-title">
            <div class="section">
                <div class="section-head">
                    <h2 id="there-title">{move || format!("1. Tell {} of Rolecall", called(preset.get()))}</h2>
                    <p>"Do this there, and copy what is needed from here."</p>
                </div>
                <ol class="steps">{list}</ol>
                <div class="form wide">{copied}</div>
            </div>
        </section>
    }
    .into_any()
}

/// A product in a sentence.
pub fn called(preset: Preset) -> &'static str {
    match preset {
        Preset::Other => "the provider",
        Preset::Okta | Preset::EntraId | Preset::Google | Preset::OneLogin | Preset::Keycloak => preset.title(),
    }
}

/// Each with what it is called where it goes.
fn fields(preset: Memo<Preset>, protocol: Protocol) -> impl Fn(Ours, &'static str, &'static str, &str) -> AnyView {
    move |ours, id, label, value| {
        let called = Signal::derive(move || hint(preset.get(), protocol, ours));
        view! { <CopyField id label value=value.to_owned() copy_label="Copy" hint=called/> }.into_any()
    }
}

fn of_oidc(addresses: &OurAddresses, preset: Memo<Preset>) -> AnyView {
    let field = fields(preset, Protocol::Oidc);
    view! {
        {field(Ours::RedirectUri, "copy-redirect", "Redirect URI", &addresses.redirect_uri)}
        {more(vec![
            field(Ours::BackchannelLogout, "copy-logout", "Back-channel logout URI", &addresses.backchannel_logout_uri),
            field(Ours::Start, "copy-start", "Where a sign-in begins, for a tile there", &addresses.start_url),
        ])}
    }
    .into_any()
}

fn of_saml(connection: &Connection, addresses: &OurAddresses, preset: Memo<Preset>) -> AnyView {
    let field = fields(preset, Protocol::Saml);
    // from this page's own origin, whatever the server is called outside
    let file = format!("/sso/saml/{}/metadata", connection.id);
    view! {
        {field(Ours::Acs, "copy-acs", "Single sign-on URL (ACS)", &addresses.acs_url)}
        {field(Ours::EntityId, "copy-entity", "Entity ID (audience)", &addresses.entity_id)}
        <div><LinkButton href=file icon=IconName::Download download=true>"Download metadata"</LinkButton></div>
        {more(vec![
            field(Ours::Metadata, "copy-metadata", "Metadata URL", &addresses.metadata_url),
            field(Ours::Slo, "copy-slo", "Single logout URL", &addresses.slo_url),
            field(Ours::Start, "copy-start", "Where a sign-in begins, for a tile there", &addresses.start_url),
        ])}
        <details class="locked-roles"><summary>"When the provider's certificate is renewed"</summary><p>{move || renewal(preset.get())}</p></details>
    }
    .into_any()
}

/// What some providers ask for, and most don't.
fn more(fields: Vec<AnyView>) -> AnyView {
    view! { <details class="locked-roles"><summary>"More addresses, where they are asked for"</summary><div class="form">{fields}</div></details> }.into_any()
}
