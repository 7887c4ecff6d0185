//! What editors of access need to know of the workspace: asked for once their part is here, so that the first drawer finds it there.

use super::{editing::EditingLoader, group_names::GroupNames};
use crate::{
    components::{Button, EmptyState, IconName, SkeletonLines},
    pages::{live::Live, newest::Newest},
    rpc::RpcError,
    session::BrowserSession,
};
use domain::{access_context::AccessContext, workspace::WorkspaceSlug};
use leptos::prelude::*;
use std::sync::Arc;

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct ContextLoader {
    slug: StoredValue<WorkspaceSlug>,
    session: BrowserSession,
    live: Live,
    /// After which change it was asked for.
    asked_at: StoredValue<u32>,
    editing: EditingLoader,
    groups: GroupNames,
    newest: Newest,
    known: RwSignal<Option<Arc<AccessContext>>>,
    failed: RwSignal<Option<RpcError>>,
}

impl ContextLoader {
    pub fn new(slug: WorkspaceSlug, session: BrowserSession, live: Live, editing: EditingLoader, groups: GroupNames) -> Self {
        let (slug, asked_at) = (StoredValue::new(slug), StoredValue::new(0));
        let loader =
            Self { slug, session, live, asked_at, editing, groups, newest: Newest::default(), known: RwSignal::default(), failed: RwSignal::default() };
        Effect::new(move || {
            let _ = session.version();
            if editing.get().is_some() {
                loader.load();
            }
        });
        loader
    }

    #[must_use]
    pub fn known(self) -> Signal<Option<Arc<AccessContext>>> {
        self.known.into()
    }

    /// Asks again whenever somebody changed something: to be called in an effect for as long as an editor is open.
    pub fn follow(self) {
        if self.live.version() != self.asked_at.get_value() {
            self.load();
        }
    }

    /// Asks for it, or asks again: what is known stays until then.
    pub fn load(self) {
        let Some(editing) = self.editing.try_get_untracked() else { return };
        let Some(slug) = self.slug.try_get_value() else { return };
        self.asked_at.set_value(untrack(|| self.live.version()));
        self.newest.ask((editing.context)(slug), move |answer| {
            self.failed.set(None);
            match answer {
                Ok(context) => {
                    self.groups.learn(context.groups.iter().map(|group| &group.group));
                    self.known.set(Some(Arc::new(context)));
                }
                Err(error) => self.failed.set(Some(error)),
            }
        });
    }

    /// What stands where an editor will be: lines that wait, or why it can't be, with another try.
    pub fn waiting(self, lines: usize) -> AnyView {
        (move || match self.failed.get() {
            None => view! { <SkeletonLines lines=lines/> }.into_any(),
            Some(error) => {
                let again = move || {
                    if !self.session.ask_again(&error, move || self.load()) {
                        self.failed.set(None);
                        self.load();
                    }
                };
                let text = self.failed.get_untracked().map(|error| error.message()).unwrap_or_default();
                view! {
                    <EmptyState icon=IconName::TriangleAlert title="The roles and groups could not be loaded" text=text>
                        <Button icon=IconName::RotateCw on_click=again>"Try again"</Button>
                    </EmptyState>
                }
                .into_any()
            }
        })
        .into_any()
    }
}
