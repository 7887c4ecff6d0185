//! Shows a token's secret, the only time that it can be seen.

use crate::{
    components::{Banner, Button, ButtonKind, CopyField, Dialog, Tone},
    rpc::tokens::ShownSecret,
};
use leptos::prelude::*;

#[component]
pub fn TokenSecretDialog(title: &'static str, secret: ShownSecret, on_close: Callback<()>, #[prop(optional, into)] note: Option<String>) -> impl IntoView {
    let footer = move || view! { <Button kind=ButtonKind::Primary on_click=move || on_close.run(())>"Done"</Button> };
    let ShownSecret { name, secret, .. } = secret;
    view! {
        <Dialog title=title text=Some(name) wide=true on_close=on_close footer=footer>
            <div class="secret">
                <Banner tone=Tone::Warn><b>"Copy it now."</b>" It is not kept and can't be shown again. Who has it may do all that the token may."</Banner>
                <CopyField id="token-secret" label="Secret" value=Signal::stored(secret) copy_label="Copy token"/>
                {note.map(|note| view! { <p>{note}</p> })}
                <p class="field-hint">"Send it as " <code>"Authorization: Bearer …"</code> ", and keep it where secrets are kept: never in code."</p>
            </div>
        </Dialog>
    }
    .into_any()
}
