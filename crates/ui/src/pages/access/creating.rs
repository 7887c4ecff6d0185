//! A dialog that makes something with access: its form, what stands against it, sending it, and a question before it is thrown away.

use super::{
    Access,
    access_form::access_form,
    draft::AccessDraft,
    editor::{Editor, EditorOf},
    effective_panel::EffectivePanel,
};
use crate::{
    components::{Banner, Button, ButtonKind, ConfirmDialog, Dialog, Toaster, Tone, use_toasts},
    rpc::Rpc,
    session::{BrowserSession, use_session},
};
use leptos::{ev, prelude::*, task::spawn_local};
use std::future::Future;

const FORM: &str = "create-form";

/// What the dialog says.
#[derive(Clone, Copy)]
pub struct Words {
    pub title: &'static str,
    pub text: &'static str,
    pub button: &'static str,
    /// By what the effective access is reached: `for its members`.
    pub when: &'static str,
}

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Creating {
    pub editor: Editor,
    pub toasts: Toaster,
    session: BrowserSession,
    sending: RwSignal<bool>,
    asking: RwSignal<bool>,
    close: Callback<()>,
}

impl Creating {
    pub fn new(access: Access, of: EditorOf, close: Callback<()>) -> Self {
        Self {
            editor: Editor::new(of, access),
            toasts: use_toasts(),
            session: use_session(),
            sending: RwSignal::new(false),
            asking: RwSignal::new(false),
            close,
        }
    }

    pub fn view(self, words: Words, submit: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
        let Words { title, text, button, when } = words;
        let footer = move || {
            view! {
                <Button on_click=move || self.ask_close()>"Cancel"</Button>
                <Button kind=ButtonKind::Primary submit=true form=FORM pending=self.sending>{button}</Button>
            }
        };
        let on_submit = move |event: ev::SubmitEvent| {
            event.prevent_default();
            submit();
        };
        let stop = move || self.asking.set(false);
        view! {
            <Dialog title=title text=Some(text.to_owned()) wide=true on_close=move || self.ask_close() footer=footer>
                <form id=FORM class="access-fields" novalidate on:submit=on_submit>
                    {move || self.editor.refusal().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
                    {access_form(self.editor)}
                </form>
                <EffectivePanel editor=self.editor when/>
            </Dialog>
            {move || self.asking.get().then(|| view! {
                <ConfirmDialog title="Discard what you entered?" confirm="Discard" on_confirm=move || { stop(); self.close.run(()); } on_close=stop>
                    <p>"Nothing has been created yet."</p>
                </ConfirmDialog>
            })}
        }
        .into_any()
    }

    /// Sends the draft, once and if nothing stands against it.
    pub fn send<T: 'static, Answer: Future<Output = Rpc<T>> + 'static>(
        self,
        ask: impl Fn(AccessDraft) -> Answer + Clone + Send + Sync + 'static,
        made: impl Fn(T) + Clone + Send + Sync + 'static,
    ) {
        if self.sending.get_untracked() || !self.editor.check() {
            return;
        }
        self.editor.failed.set(None);
        self.sending.set(true);
        let answer = ask(self.editor.draft.get_untracked());
        spawn_local(async move {
            let answer = answer.await;
            let _ = self.sending.try_set(false);
            match answer {
                Ok(thing) => made(thing),
                Err(error) if self.session.ask_again(&error, move || self.send(ask.clone(), made.clone())) => {}
                Err(error) => {
                    let _ = self.editor.failed.try_set(Some(error));
                }
            }
        });
    }

    fn ask_close(self) {
        if self.sending.get_untracked() {
            return;
        }
        if self.editor.is_dirty.get_untracked() { self.asking.set(true) } else { self.close.run(()) }
    }
}
