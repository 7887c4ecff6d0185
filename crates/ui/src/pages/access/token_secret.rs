//! Shows a token's secret, the only time that it can be seen.

use crate::{
    components::{Banner, Button, ButtonKind, ConfirmDialog, CopyField, Dialog, Tone},
    rpc::tokens::ShownSecret,
};
use leptos::prelude::*;

#[component]
pub fn TokenSecretDialog(title: &'static str, secret: ShownSecret, on_close: Callback<()>, #[prop(optional, into)] note: Option<String>) -> impl IntoView {
    // a stray Escape must not lose what is nowhere else
    let asking = RwSignal::new(false);
    let footer = move || view! { <Button kind=ButtonKind::Primary on_click=move || on_close.run(())>"Done"</Button> };
    let ShownSecret { name, secret, .. } = secret;
    view! {
        <Dialog title=title text=Some(name) wide=true on_close=move || asking.set(true) footer=footer>
            <div class="secret">
                <Banner tone=Tone::Warn><b>"Copy it now."</b>" It is not kept and can't be shown again. Who has it may do all that the token may."</Banner>
                <CopyField id="token-secret" label="Secret" value=Signal::stored(secret) copy_label="Copy token"/>
                {note.map(|note| view! { <p>{note}</p> })}
                <p class="field-hint">"Send it as " <code>"Authorization: Bearer …"</code> ", and keep it where secrets are kept: never in code."</p>
            </div>
        </Dialog>
        {move || asking.get().then(|| view! {
            <ConfirmDialog title="Close without the secret?" confirm="Close" on_confirm=on_close on_close=move || asking.set(false)>
                <p>"If you have not copied it, it is lost: rotate the token to get another."</p>
            </ConfirmDialog>
        })}
    }
    .into_any()
}
