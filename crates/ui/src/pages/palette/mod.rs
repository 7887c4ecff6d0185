//! The command palette: type a few letters, choose, and be there.

mod entries;
mod recent;

use super::frame::{Here, use_here};
use crate::{
    components::{Banner, CommandDialog, Icon, IconName, Pause, Tone, plural},
    path,
    rpc::{RpcError, palette},
    session::{BrowserSession, use_session},
};
use entries::{Does, Entry};
use leptos::{ev, html, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

const LIST: &str = "palette-list";

/// Copy it into callbacks.
#[derive(Clone, Copy)]
struct Jumping {
    here: Here,
    session: BrowserSession,
    typed: RwSignal<String>,
    /// What the server found for what was typed last, as far as it answered.
    found: RwSignal<Vec<Entry>>,
    waiting: RwSignal<bool>,
    failed: RwSignal<Option<RpcError>>,
    entries: Memo<Vec<Entry>>,
    active: RwSignal<usize>,
    pause: Pause,
    choose: Callback<(Entry,)>,
}

#[component]
pub fn Palette() -> impl IntoView {
    let Some(here) = use_here() else { return ().into_any() };
    let (typed, found) = (RwSignal::new(String::new()), RwSignal::new(Vec::new()));
    let (fixed, before) = (entries::fixed(here), recent::recent(here));
    let entries = Memo::new(move |_| {
        let text = typed.get();
        let mut all = if text.trim().is_empty() { before.iter().chain(&fixed).cloned().collect() } else { entries::matching(&fixed, &text) };
        all.extend(found.get());
        all
    });
    let (navigate, sign_out) = (use_navigate(), NodeRef::<html::Button>::new());
    let choose = Callback::from(move |entry: Entry| {
        recent::remember(here, &entry);
        match entry.does {
            Does::Go(href) => navigate(&href, Default::default()),
            Does::Make(what, page) => {
                here.wanted.set(Some(what));
                navigate(&page, Default::default());
            }
            Does::SignOut => {
                if let Some(button) = sign_out.get_untracked() {
                    button.click();
                }
            }
        }
        here.palette.set(false);
    });
    let jumping = Jumping {
        here,
        session: use_session(),
        typed,
        found,
        waiting: RwSignal::new(false),
        failed: RwSignal::new(None),
        entries,
        active: RwSignal::new(0),
        pause: Pause::new(Pause::TYPING),
        choose,
    };
    view! {
        <CommandDialog label="Search or jump to" on_close=move || here.palette.set(false)>
            {jumping.view()}
            <form method="post" action=path::SIGN_OUT hidden><button node_ref=sign_out type="submit">"Sign out"</button></form>
        </CommandDialog>
    }
    .into_any()
}

impl Jumping {
    fn view(self) -> AnyView {
        let some = Memo::new(move |_| self.entries.with(|entries| !entries.is_empty()));
        let placeholder = if self.here.is_owner() { "A name, an address, a page, an action" } else { "A resource, a page, an action" };
        let input = view! {
            <div class="palette-head">
                <Icon name=IconName::Search/>
                <input
                    class="palette-input"
                    type="text"
                    role="combobox"
                    aria-label="Search or jump to"
                    aria-autocomplete="list"
                    aria-expanded=move || if some.get() { "true" } else { "false" }
                    aria-controls=move || some.get().then_some(LIST)
                    aria-activedescendant=move || some.get().then(|| option_id(self.active.get()))
                    aria-busy=move || self.waiting.get().then_some("true")
                    placeholder=placeholder
                    autocomplete="off"
                    spellcheck="false"
                    autofocus
                    on:input=move |event| self.type_in(event_target_value(&event))
                    on:keydown=move |event| self.press(&event)
                />
            </div>
        };
        view! {
            {input}
            {move || self.failed.get().map(|error| view! { <div class="palette-note" role="alert"><Banner tone=Tone::Bad>{error.message()}</Banner></div> })}
            {move || some.get().then(|| self.list())}
            {move || self.nothing().then(|| view! {
                <div class="palette-note">
                    <b>{move || format!("Nothing matches “{}”", self.typed.get().trim())}</b>
                    <p>"Look for a part of a name, an address or a key."</p>
                </div>
            })}
            <p class="visually-hidden" role="status">{move || self.told()}</p>
            <div class="palette-foot" aria-hidden="true"><span><kbd>"↑"</kbd><kbd>"↓"</kbd>" choose"</span><span><kbd>"Enter"</kbd>" open"</span><span><kbd>"Esc"</kbd>" close"</span></div>
        }
        .into_any()
    }

    fn list(self) -> AnyView {
        let groups = move || {
            let mut groups: Vec<(&'static str, Vec<(usize, Entry)>)> = Vec::new();
            for (at, entry) in self.entries.get().into_iter().enumerate() {
                match groups.last_mut() {
                    Some((name, lines)) if *name == entry.group => lines.push((at, entry)),
                    Some(_) | None => groups.push((entry.group, vec![(at, entry)])),
                }
            }
            let group = |(name, lines): (&'static str, Vec<(usize, Entry)>)| {
                view! {
                    <div role="group" aria-label=name>
                        <div class="palette-group" aria-hidden="true">{name}</div>
                        {lines.into_iter().map(|(at, entry)| self.option(at, entry)).collect_view()}
                    </div>
                }
            };
            groups.into_iter().map(group).collect_view()
        };
        view! { <div class="palette-list" id=LIST role="listbox" aria-label="Results">{groups}</div> }.into_any()
    }

    fn option(self, at: usize, entry: Entry) -> AnyView {
        let on = move || self.active.get() == at;
        let (icon, title, note) = (entry.icon, entry.title.clone(), entry.note.clone());
        // the focus stays where one types
        view! {
            <div class="palette-option" id=option_id(at) role="option" aria-selected=move || if on() { "true" } else { "false" }
                on:pointermove=move |_| { if self.active.get_untracked() != at { self.active.set(at) } }
                on:mousedown=move |event| event.prevent_default()
                on:click=move |_| self.choose.run((entry.clone(),))>
                <Icon name=icon/>
                <span class="palette-title">{title}</span>
                {(!note.is_empty()).then(|| view! { <small>{note}</small> })}
            </div>
        }
        .into_any()
    }

    fn type_in(self, text: String) {
        let is_empty = text.trim().is_empty();
        // until the answer is here, what was found before is shown and opened only where it fits
        self.found.update(|found| entries::keep_fitting(found, &text));
        self.typed.set(text);
        self.active.set(0);
        self.failed.set(None);
        self.pause.stop();
        self.waiting.set(!is_empty);
        if is_empty {
            self.found.set(Vec::new());
        } else {
            self.pause.then(move || self.ask());
        }
    }

    /// An answer to what is no longer typed says nothing.
    fn ask(self) {
        let (Some(slug), Some(text)) = (self.here.try_slug(), self.typed.try_get_untracked()) else { return };
        spawn_local(async move {
            let answer = palette::find(slug.clone(), text.clone()).await;
            if self.typed.try_get_untracked() != Some(text) {
                return;
            }
            self.waiting.set(false);
            match answer {
                Ok(found) => self.found.set(entries::found(found, &slug)),
                Err(error) => {
                    self.found.set(Vec::new());
                    if !self.session.ask_again(&error, move || self.ask()) {
                        self.failed.set(Some(error));
                    }
                }
            }
        });
    }

    fn press(self, event: &ev::KeyboardEvent) {
        let (count, at) = (self.entries.with_untracked(Vec::len), self.active.get_untracked());
        if event.is_composing() || event.ctrl_key() || event.meta_key() || event.alt_key() || count == 0 {
            return;
        }
        let next = match event.key().as_str() {
            "ArrowDown" => (at + 1) % count,
            "ArrowUp" => (at + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            "Enter" => {
                event.prevent_default();
                if let Some(entry) = self.entries.with_untracked(|entries| entries.get(at).cloned()) {
                    self.choose.run((entry,));
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        self.active.set(next);
        if let Some(option) = document().get_element_by_id(&option_id(next)) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            option.scroll_into_view_with_scroll_into_view_options(&options);
        }
    }

    fn nothing(self) -> bool {
        self.entries.with(Vec::is_empty) && !self.waiting.get() && self.failed.with(Option::is_none)
    }

    /// For who can't see the list.
    fn told(self) -> String {
        if self.waiting.get() {
            return String::new();
        }
        match self.entries.with(Vec::len) {
            0 => "Nothing matches".to_owned(),
            count => plural(count as u64, "result", "results"),
        }
    }
}

fn option_id(at: usize) -> String {
    format!("palette-option-{at}")
}
