//! A dialog that makes something with access: its form, what stands against it, sending it, and a question before it is thrown away.

use super::{
    Access,
    access_form::access_form,
    draft::AccessDraft,
    editor::{Editor, EditorOf},
    effective_panel::EffectivePanel,
};
use crate::{
    components::{Banner, Button, ButtonKind, Dialog, Tone},
    pages::{
        discard::Discard,
        doing::Doing,
        form::{lead_to_refusal, lead_to_wrong},
    },
    rpc::{Rpc, RpcError},
};
use leptos::{ev, prelude::*};
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
    /// What to do where no answer came: it may have been made all the same.
    pub lost: &'static str,
}

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Creating {
    pub editor: Editor,
    pub doing: Doing,
    discard: Discard,
}

impl Creating {
    pub fn new(access: Access, of: EditorOf, close: Callback<()>) -> Self {
        let editor = Editor::new(of, access);
        let doing = Doing::telling(editor.failed);
        lead_to_refusal(editor.failed, FORM);
        let creating = Self { editor, doing, discard: Discard::new(move || editor.is_dirty.get(), doing.pending, close) };
        // the list tells whether it was made
        Effect::new(move || {
            if creating.is_lost() {
                access.changed();
            }
        });
        creating
    }

    /// Whether no answer came to what was sent.
    fn is_lost(self) -> bool {
        self.editor.failed.with(|failed| failed.as_ref().is_some_and(RpcError::is_lost))
    }

    pub fn view(self, words: Words, submit: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
        let Words { title, text, button, when, lost } = words;
        let refusal = move || if self.is_lost() { Some(lost.to_owned()) } else { self.editor.refusal() };
        let footer = move || {
            view! {
                <Button on_click=move || self.discard.leave()>"Cancel"</Button>
                <Button kind=ButtonKind::Primary submit=true form=FORM pending=self.doing.pending>{button}</Button>
            }
        };
        let on_submit = move |event: ev::SubmitEvent| {
            event.prevent_default();
            submit();
        };
        view! {
            <Dialog title=title text=Some(text.to_owned()) wide=true on_close=move || self.discard.leave() footer=footer>
                <form id=FORM class="access-fields" novalidate on:submit=on_submit>
                    <div role="alert">{move || refusal().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}</div>
                    {access_form(self.editor)}
                </form>
                <EffectivePanel editor=self.editor when/>
            </Dialog>
            {self.discard.question(move || if self.is_lost() { "It may have been created all the same: the list shows whether it was." } else { "Nothing has been created yet." })}
        }
        .into_any()
    }

    /// Sends the draft, if nothing stands against it. `made` hears whether the dialog is still there.
    pub fn send<T: 'static, Answer: Future<Output = Rpc<T>> + 'static>(
        self,
        ask: impl Fn(AccessDraft) -> Answer + Clone + Send + Sync + 'static,
        made: impl Fn(T, bool) + Clone + Send + Sync + 'static,
    ) {
        if self.editor.check() {
            self.doing.run(move || ask(self.editor.draft.get_untracked()), made);
        } else {
            lead_to_wrong(FORM);
        }
    }
}
