//! The drawer of one label: what it is for, which resources bear it, which grants name it, and its deletion once nothing does.

use super::{Labels, use_labels};
use crate::{
    components::{Banner, Button, ButtonKind, ConfirmDialog, Drawer, EmptyState, Field, IconName, SkeletonLines, TimeAgo, Tone, plural, use_toasts},
    pages::{access::opened, discard::discard_changes, failure::not_loaded, form::MOST, meanwhile, newest::Newest, resources::Holders},
    path,
    rpc::{Rpc, RpcError, labels},
};
use domain::{
    failure::FailureKind,
    label::{Label, LabelRow},
    save::SaveOutcome,
};
use leptos::{ev, prelude::*, task::spawn_local};

const FORM: &str = "label-edit";

#[derive(Clone, Copy)]
pub(super) struct Drawn {
    pub(super) labels: Labels,
    pub(super) label: StoredValue<Label>,
    pub(super) known: RwSignal<Option<LabelRow>>,
    /// Grows each time that it was looked at again.
    seen: RwSignal<u32>,
    newest: Newest,
    /// Somebody deleted it while it was open.
    gone: RwSignal<bool>,
    failed: RwSignal<Option<RpcError>>,
    pub(super) description: RwSignal<String>,
    /// What was typed before the drawer was left is back.
    pub(super) restored: RwSignal<bool>,
    refused: RwSignal<Option<RpcError>>,
    /// What somebody else left meanwhile.
    theirs: RwSignal<Option<LabelRow>>,
    busy: RwSignal<bool>,
    deleting: RwSignal<bool>,
    discarding: RwSignal<bool>,
    toasts: crate::components::Toaster,
    close: Callback<()>,
}

#[component]
pub fn LabelDrawer() -> impl IntoView {
    let Some(labels) = use_labels() else { return ().into_any() };
    let (segment, close) = opened("label", path::labels(&labels.here.slug()));
    let toasts = use_toasts();
    (move || match segment.with(|segment| Label::parse(segment).ok()) {
        Some(label) => {
            let drawn = Drawn {
                labels,
                label: StoredValue::new(label),
                known: RwSignal::new(None),
                seen: RwSignal::new(0),
                newest: Newest::default(),
                gone: RwSignal::new(false),
                failed: RwSignal::new(None),
                description: RwSignal::new(String::new()),
                restored: RwSignal::new(false),
                refused: RwSignal::new(None),
                theirs: RwSignal::new(None),
                busy: RwSignal::new(false),
                deleting: RwSignal::new(false),
                discarding: RwSignal::new(false),
                toasts,
                close,
            };
            drawn.view()
        }
        None => view! { <Drawer label="Not found" on_close=close header=|| view! { <h2>"Not found"</h2> }>{nothing()}</Drawer> }.into_any(),
    })
    .into_any()
}

fn nothing() -> AnyView {
    view! { <EmptyState icon=IconName::Tag title="This label is not here" text="It may have been deleted. Close this to see which labels there are."/> }
        .into_any()
}

/// What it is for, as it is typed.
pub(super) fn described(known: &LabelRow) -> String {
    known.description.as_ref().map(ToString::to_string).unwrap_or_default()
}

impl Drawn {
    fn view(self) -> AnyView {
        self.labels.here.live.each(move || self.deleting.get(), move || self.load());
        self.keep_what_is_typed();
        let ready = Memo::new(move |_| self.known.with(Option::is_some));
        let body = move || {
            if ready.get() {
                return self.body();
            }
            match self.failed.get() {
                None => view! { <div class="drawer-section"><SkeletonLines lines=6/></div> }.into_any(),
                Some(error) if error.kind() == FailureKind::NotFound => nothing(),
                Some(error) => not_loaded(&error, move || self.load()),
            }
        };
        let name = self.label.with_value(ToString::to_string);
        let title = name.clone();
        let header = move || {
            view! {
                <div>
                    <h2 class="mono">{title}</h2>
                    <p>{move || self.known.get().map(|known| view! { {known.label.is_built_in().then_some("Built in · ")} "created " <TimeAgo at=Some(known.created_at.micros())/> })}</p>
                </div>
            }
        };
        let foot = move || ready.get().then(|| if self.gone.get() { self.farewell() } else { self.footer() });
        let footer = move || view! { {foot} };
        view! {
            <Drawer label=name on_close=move || self.ask_close() header=header footer=footer>{body}</Drawer>
            {move || self.deleting.get().then(|| self.question())}
            {move || self.discarding.get().then(|| self.discard())}
        }
        .into_any()
    }

    pub(super) fn load(self) {
        // another try may come after the drawer is gone
        let Some(label) = self.label.try_get_value() else { return };
        self.failed.set(None);
        self.newest.ask(labels::find(self.labels.here.slug(), label), move |answer| {
            let is_first = self.known.with_untracked(Option::is_none);
            match answer {
                Ok(found) => {
                    self.set_gone(false);
                    if is_first {
                        self.unstash();
                    }
                    self.refresh(found);
                }
                Err(error) if self.labels.session.ask_again(&error, move || self.load()) => {}
                Err(error) if is_first => self.failed.set(Some(error)),
                Err(error) if error.kind() == FailureKind::NotFound => self.set_gone(true),
                // what is shown stays, and the next change asks again
                Err(_) => {}
            }
        });
    }

    /// Takes in what is stored now. A description that is being edited stays, with the one that it was made from: the save meets what others did.
    fn refresh(self, mut found: LabelRow) {
        self.seen.update(|seen| *seen += 1);
        if untrack(|| self.is_dirty()) {
            self.known.update(|known| {
                found.description = known.take().and_then(|known| known.description);
                *known = Some(found);
            });
        } else if self.known.with_untracked(|known| known.as_ref() != Some(&found)) {
            self.open(found);
        }
    }

    /// Whether somebody deleted it. The foot is drawn anew only where that is news.
    fn set_gone(self, gone: bool) {
        if self.gone.get_untracked() != gone {
            self.gone.set(gone);
        }
    }

    fn open(self, found: LabelRow) {
        self.description.set(described(&found));
        self.known.set(Some(found));
        self.restored.set(false);
    }

    fn body(self) -> AnyView {
        let (slug, label) = (self.labels.here.slug(), self.label.get_value());
        let bearing = path::resources_by(&slug, "label", &label.to_string());
        let on = Signal::derive(move || self.refused.with(|refused| refused.as_ref().and_then(|refused| refused.on("description"))));
        let submit = move |event: ev::SubmitEvent| {
            event.prevent_default();
            self.save();
        };
        let resources = move || {
            let count = self.known.with(|known| known.as_ref().map_or(0, |known| known.resources));
            match count {
                0 => view! { <p class="field-hint">"No resource bears it."</p> }.into_any(),
                count => view! { <p><a href=bearing.clone()>{plural(count, "resource bears it", "resources bear it")}</a></p> }.into_any(),
            }
        };
        view! {
            {move || self.conflict()}
            {self.restored()}
            <section class="drawer-section" aria-label="Details">
                <form id=FORM class="form" novalidate on:submit=submit>
                    <Field label="Description" name="description" id="label-description" value=self.description error=on maxlength=MOST autocomplete="off" hint=Some("The label itself keeps its name: grants and your product rest on it.".to_owned())/>
                </form>
            </section>
            <section class="drawer-section" aria-label="Resources"><h3>"Resources"</h3>{resources}</section>
            <section class="drawer-section" aria-label="Grants">
                <h3>"Grants"</h3>
                <Holders here=self.labels.here follows=self.seen.into() empty="No grant names it." fetch=Box::new(move |cursor| Box::pin(labels::uses(slug.clone(), label.clone(), cursor)))/>
            </section>
        }
        .into_any()
    }

    pub(super) fn is_dirty(self) -> bool {
        let text = self.description.get();
        self.known.with(|known| known.as_ref().is_some_and(|known| described(known) != text))
    }

    fn conflict(self) -> Option<AnyView> {
        let said = |theirs: &LabelRow| {
            let now = theirs.description.as_ref().map_or_else(|| "it has no description".to_owned(), |text| format!("it is described as “{text}”"));
            format!("Somebody else changed it meanwhile: {now}. Nothing of yours is saved yet.").into_any()
        };
        let keep = move |theirs| {
            self.known.set(Some(theirs));
            self.save();
        };
        let conflict = meanwhile::conflict(self.theirs, said, move |theirs| self.open(theirs), keep)?;
        Some(view! { <div class="drawer-section">{conflict}</div> }.into_any())
    }

    fn ask_close(self) {
        if self.busy.get_untracked() {
            return;
        }
        if !self.gone.get_untracked() && untrack(|| self.is_dirty()) { self.discarding.set(true) } else { self.leave() }
    }

    /// Closes without a question: what was typed is not wanted any more, or there is nothing left to save it to.
    fn leave(self) {
        self.revert();
        self.close.run(());
    }

    fn discard(self) -> AnyView {
        discard_changes(Callback::from(move || self.leave()), Callback::from(move || self.discarding.set(false)))
    }

    fn footer(self) -> AnyView {
        let kept = move || self.known.with(|known| known.as_ref().and_then(LabelRow::kept_because));
        let nothing = move || (!self.is_dirty()).then(|| "nothing was changed".to_owned());
        let beside = move || {
            (!self.deleting.get()).then(|| self.refused.with(|refused| refused.as_ref().and_then(|refused| refused.beside(&["description"])))).flatten()
        };
        view! {
            {move || beside().map(|text| view! { <div class="drawer-error"><Banner tone=Tone::Bad>{text}</Banner></div> })}
            <Button kind=ButtonKind::Danger disabled_reason=Signal::derive(kept) on_click=move || self.deleting.set(true)>"Delete label"</Button>
            <span class="gap"></span>
            <Button on_click=move || self.ask_close()>"Cancel"</Button>
            <Button kind=ButtonKind::Primary submit=true form=FORM pending=self.busy disabled_reason=Signal::derive(nothing)>"Save changes"</Button>
        }
        .into_any()
    }

    /// Somebody else deleted it: what was edited can still be read.
    fn farewell(self) -> AnyView {
        view! {
            <div class="drawer-error" role="status"><Banner tone=Tone::Warn>"This label was deleted meanwhile. Nothing can be saved any more."</Banner></div>
            <span class="gap"></span>
            <Button kind=ButtonKind::Primary on_click=move || self.leave()>"Close"</Button>
        }
        .into_any()
    }

    fn question(self) -> AnyView {
        let error = Signal::derive(move || self.refused.with(|refused| refused.as_ref().map(RpcError::message)));
        let title = format!("Delete {}?", self.label.with_value(ToString::to_string));
        view! {
            <ConfirmDialog title=title confirm="Delete label" pending=self.busy error=error on_confirm=move || self.delete() on_close=move || self.deleting.set(false)>
                <p>"No resource bears it and no grant names it: nobody's access changes."</p>
            </ConfirmDialog>
        }
        .into_any()
    }

    fn save(self) {
        // another try may come after the drawer is gone
        if self.busy.try_get_untracked() != Some(false) || !untrack(|| self.is_dirty()) {
            return;
        }
        let Some(was) = self.known.with_untracked(|known| known.as_ref().map(described)) else { return };
        self.busy.set(true);
        self.refused.set(None);
        let (slug, label, text) = (self.labels.here.slug(), self.label.get_value(), self.description.get_untracked());
        spawn_local(async move {
            let answer = labels::describe(slug, label, was, text).await;
            if self.busy.try_set(false).is_none() {
                self.settle(answer);
            }
        });
    }

    fn settle(self, answer: Rpc<SaveOutcome<LabelRow>>) {
        match answer {
            // the answer to a save of before was lost
            Ok(SaveOutcome::Conflict(saved)) if described(&saved) == self.description.get_untracked().trim() => self.settle(Ok(SaveOutcome::Saved(saved))),
            Ok(SaveOutcome::Saved(saved)) => {
                self.toasts.success(format!("Label {} saved.", saved.label));
                self.labels.changed();
                self.open(saved);
                self.close.run(());
            }
            Ok(SaveOutcome::Conflict(theirs)) => self.theirs.set(Some(theirs)),
            Err(error) if self.labels.session.ask_again(&error, move || self.save()) => {}
            Err(error) => self.refused.set(Some(error)),
        }
    }

    fn delete(self) {
        // another try may come after the drawer is gone
        if self.busy.try_get_untracked() != Some(false) {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let (slug, label) = (self.labels.here.slug(), self.label.get_value());
        spawn_local(async move {
            let answer = labels::delete(slug, label.clone()).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    self.toasts.success(format!("Label {label} deleted."));
                    self.labels.changed();
                    self.leave();
                }
                Err(error) if self.labels.session.ask_again(&error, move || self.delete()) => {}
                Err(error) => self.refused.set(Some(error)),
            }
        });
    }
}
