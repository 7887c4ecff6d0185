//! Adds a connection: whose product the provider is, which protocol, and what it is called. All else follows on its page, since both sides must
//! be told of each other.

use super::guide::advice;
use crate::{
    components::{Banner, Button, ButtonKind, Dialog, Field, RadioCard, RadioCards, SelectField, Tone},
    pages::{doing::Doing, form::MOST, frame::Here},
    path,
    rpc::sso,
};
use domain::sso::{ConnectionDraft, OidcDraft, Preset, Protocol, ProviderDraft, SamlDraft};
use leptos::{ev, prelude::*};
use leptos_router::hooks::use_navigate;

const FORM: &str = "connection-add";

/// The products with a guide, as a field offers them.
pub fn presets() -> Vec<(String, String)> {
    Preset::ALL.iter().map(|preset| (preset.as_str().to_owned(), preset.title().to_owned())).collect()
}

#[component]
pub fn AddConnection(here: Here, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let (preset, protocol) = (RwSignal::new(Preset::Okta.as_str().to_owned()), RwSignal::new(Protocol::Oidc.as_str().to_owned()));
    let name = RwSignal::new(Preset::Okta.title().to_owned());
    let chosen = Memo::new(move |_| preset.with(|preset| preset.parse::<Preset>().unwrap_or_default()));
    // a name is offered for as long as nobody typed another one
    Effect::new(move |before: Option<Preset>| {
        let now = chosen.get();
        let offered = name.with_untracked(|name| name.is_empty() || before.is_some_and(|before| before.title() == name));
        if offered && before.is_some() {
            name.set(now.title().to_owned());
        }
        now
    });
    let doing = Doing::default();
    let navigate = use_navigate();
    let slug = StoredValue::new(here.slug());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let provider = match protocol.get_untracked().parse() {
            Ok(Protocol::Saml) => ProviderDraft::Saml(SamlDraft::default()),
            Ok(Protocol::Oidc) | Err(_) => ProviderDraft::Oidc(OidcDraft::default()),
        };
        let draft = ConnectionDraft { name: name.get_untracked(), preset: chosen.get_untracked(), provider, allow_idp_initiated: false, mapping: Vec::new() };
        let navigate = navigate.clone();
        doing.run(
            move || sso::create_connection(slug.get_value(), draft.clone()),
            move |made, is_here| {
                doing.toasts.success(format!("{} is added, switched off. Go on with its set-up.", made.connection.name));
                if is_here {
                    navigate(&path::connection(&slug.get_value(), made.connection.id), Default::default());
                }
            },
        );
    };
    let footer = move || {
        view! {
            <Button on_click=move || on_close.run(())>"Cancel"</Button>
            <Button kind=ButtonKind::Primary submit=true form=FORM pending=doing.pending>"Add connection"</Button>
        }
    };
    let protocols = vec![
        RadioCard::new("oidc", Protocol::Oidc.title(), "Three values to bring back. Keys renew by themselves."),
        RadioCard::new("saml", Protocol::Saml.title(), "By metadata. The provider may begin a sign-in, if you let it."),
    ];
    let beside = doing.beside(&["name"]);
    view! {
        <Dialog title="Add connection" text=Some("It begins switched off. Its page leads through the set-up, step by step.".to_owned()) on_close=on_close footer=footer>
            <form id=FORM class="form" novalidate on:submit=submit>
                <div role="alert">{move || beside.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}</div>
                <SelectField label="Provider" name="preset" value=preset options=Signal::stored(presets())/>
                <RadioCards label="Protocol" name="protocol" options=protocols value=protocol on_change=move |value: String| protocol.set(value)/>
                {move || advice(chosen.get()).map(|text| view! { <p class="field-hint">{text}</p> })}
                <Field label="Name" name="name" id="connection-name" value=name required=true maxlength=MOST autocomplete="off"
                    hint=Some("Shown to those who sign in: “Continue with …”".to_owned()) error=doing.on("name")/>
            </form>
        </Dialog>
    }
    .into_any()
}
