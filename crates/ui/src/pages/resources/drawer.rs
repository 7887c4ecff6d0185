//! The drawer of one resource: its name and what it hangs on, its labels, what hangs on it, and who is given it by name.

use super::{Things, drawer_labels::labels, holders::Holders, parent_field::ParentField, query::type_words, reachers::ReachersView, use_things};
use crate::{
    components::{
        Banner, Button, ButtonKind, ConfirmDialog, Drawer, EmptyState, Field, IconName, SkeletonLines, TimeAgo, Toaster, Tone, capital, grouped, plural,
        use_toasts,
    },
    pages::{
        access::opened,
        discard::discard_changes,
        failure::{ask_for_access, not_loaded},
        form::MOST,
        frame::Here,
        newest::Newest,
    },
    path,
    rpc::{RpcError, resources},
};
use domain::{
    failure::FailureKind,
    id::ResourceId,
    resource::{ResourceDetail, ResourceRef, ResourcesOverview},
};
use leptos::{ev, prelude::*, task::spawn_local};

const FORM: &str = "resource-edit";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    Nothing,
    Discard,
    Delete,
}

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Drawn {
    pub things: Things,
    pub toasts: Toaster,
    pub id: ResourceId,
    pub known: RwSignal<Option<ResourceDetail>>,
    seen: RwSignal<u32>,
    newest: Newest,
    /// Somebody deleted it while it was open.
    gone: RwSignal<bool>,
    failed: RwSignal<Option<RpcError>>,
    pub(super) name: RwSignal<String>,
    pub(super) parent: RwSignal<Option<ResourceRef>>,
    /// What was typed before the drawer was left is back.
    pub(super) restored: RwSignal<bool>,
    pub(super) refused: RwSignal<Option<RpcError>>,
    pub(super) theirs: RwSignal<Option<ResourceDetail>>,
    pub(super) busy: RwSignal<bool>,
    asking: RwSignal<Asking>,
    pub(super) close: Callback<()>,
}

#[component]
pub fn ResourceDrawer() -> impl IntoView {
    let Some(things) = use_things() else { return ().into_any() };
    let (segment, close) = opened("resource", path::resources(&things.here.slug()));
    let toasts = use_toasts();
    (move || match segment.with(|segment| segment.parse().ok()) {
        Some(id) => {
            let drawn = Drawn {
                things,
                toasts,
                id,
                known: RwSignal::new(None),
                seen: RwSignal::new(0),
                newest: Newest::default(),
                gone: RwSignal::new(false),
                failed: RwSignal::new(None),
                name: RwSignal::new(String::new()),
                parent: RwSignal::new(None),
                restored: RwSignal::new(false),
                refused: RwSignal::new(None),
                theirs: RwSignal::new(None),
                busy: RwSignal::new(false),
                asking: RwSignal::new(Asking::Nothing),
                close,
            };
            drawn.view()
        }
        None => view! { <Drawer label="Not found" on_close=close header=|| view! { <h2>"Not found"</h2> }>{nothing(things.here)}</Drawer> }.into_any(),
    })
    .into_any()
}

fn nothing(here: Here) -> AnyView {
    let text = "It may have been deleted, or you have no access to it. Close this to see what there is.";
    match here.is_owner() {
        true => view! { <EmptyState icon=IconName::Database title="This resource is not here" text=text/> }.into_any(),
        false => view! { <EmptyState icon=IconName::Database title="This resource is not here" text=text>{ask_for_access(here)}</EmptyState> }.into_any(),
    }
}

impl Drawn {
    fn view(self) -> AnyView {
        self.things.here.live.each(move || self.asking.get() == Asking::Delete, move || self.load());
        self.keep_what_is_typed();
        let name =
            Signal::derive(move || self.known.with(|known| known.as_ref().map_or_else(|| "Resource".to_owned(), |known| known.resource.name.to_string())));
        let ready = Memo::new(move |_| self.known.with(Option::is_some));
        let body = move || {
            if ready.get() {
                return self.body();
            }
            match self.failed.get() {
                None => view! { <div class="drawer-section"><SkeletonLines lines=8/></div> }.into_any(),
                Some(error) if error.kind() == FailureKind::NotFound => nothing(self.things.here),
                Some(error) => not_loaded(&error, move || self.load()),
            }
        };
        let header = move || view! { {move || self.header()} };
        let foot = move || ready.get().then(|| if self.gone.get() { self.farewell() } else { self.footer() });
        let footer = move || view! { {foot} };
        let close = move || self.ask_close();
        let drawer = match self.things.here.is_owner() {
            true => view! { <Drawer label=name on_close=close header=header footer=footer>{body}</Drawer> }.into_any(),
            false => view! { <Drawer label=name on_close=close header=header>{body}</Drawer> }.into_any(),
        };
        view! {
            {drawer}
            {move || self.questions()}
        }
        .into_any()
    }

    pub(super) fn load(self) {
        // another try may come after the drawer is gone
        if self.failed.try_set(None).is_some() {
            return;
        }
        self.newest.ask(resources::find(self.things.here.slug(), self.id), move |answer| {
            let is_first = self.known.with_untracked(Option::is_none);
            match answer {
                Ok(found) => {
                    self.set_gone(false);
                    if is_first {
                        self.unstash();
                    }
                    self.refresh(found);
                }
                Err(error) if self.things.session.ask_again(&error, move || self.load()) => {}
                Err(error) if is_first => self.failed.set(Some(error)),
                Err(error) if error.kind() == FailureKind::NotFound => self.set_gone(true),
                // what is shown stays, and the next change asks again
                Err(_) => {}
            }
        });
    }

    /// Takes in what is stored now. What is being edited stays, with the revision it was made from: the save meets what others did.
    fn refresh(self, found: ResourceDetail) {
        if self.busy.get_untracked() || self.known.with_untracked(|known| known.as_ref() == Some(&found)) {
            return self.seen.update(|seen| *seen += 1);
        }
        if untrack(|| self.is_dirty()) {
            self.known.update(|known| {
                let Some(known) = known else { return };
                let before = std::mem::replace(known, found);
                if before.resource.name != known.resource.name || before.parent != known.parent {
                    (known.resource.name, known.resource.parent) = (before.resource.name, before.resource.parent);
                    (known.parent, known.revision) = (before.parent, before.revision);
                }
            });
        } else {
            self.open(found);
        }
        self.seen.update(|seen| *seen += 1);
    }

    /// Whether somebody deleted it. What hangs on it is drawn anew only where that is news.
    fn set_gone(self, gone: bool) {
        if self.gone.get_untracked() != gone {
            self.gone.set(gone);
        }
    }

    pub(super) fn open(self, found: ResourceDetail) {
        self.name.set(found.resource.name.to_string());
        self.parent.set(found.parent.clone());
        self.known.set(Some(found));
        self.restored.set(false);
    }

    pub(super) fn is_dirty(self) -> bool {
        let (name, parent) = (self.name.get(), self.parent.get());
        self.known.with(|known| known.as_ref().is_some_and(|known| known.resource.name.as_str() != name || known.parent != parent))
    }

    fn overview(self) -> Option<ResourcesOverview> {
        self.things.overview.get_untracked().and_then(Result::ok)
    }

    fn header(self) -> AnyView {
        let Some(known) = self.known.get() else { return view! { <SkeletonLines lines=2/> }.into_any() };
        let kind = self.overview().map_or_else(|| known.resource.kind.to_string(), |overview| type_words(&overview, &known.resource.kind).0);
        view! {
            <div>
                <h2>{known.resource.name.to_string()}</h2>
                <p>{capital(&kind)} " · " <span class="mono">{known.resource.key.to_string()}</span> " · created " <TimeAgo at=Some(known.created_at.micros())/></p>
            </div>
        }
        .into_any()
    }

    fn body(self) -> AnyView {
        let owner = self.things.here.is_owner();
        let uses = owner.then(|| {
            let slug = self.things.here.slug();
            view! {
                <section class="drawer-section" aria-label="Given by name">
                    <h3>"Given by name"</h3>
                    <Holders here=self.things.here follows=self.seen.into() empty="No grant names it. It is reached by roles on all of its type, and by labels."
                        fetch=Box::new(move |cursor| Box::pin(resources::uses(slug.clone(), self.id, cursor)))/>
                </section>
            }
        });
        view! {
            {move || (!owner && self.gone.get()).then(|| view! { <div class="drawer-section" role="status">{self.lost()}</div> })}
            {move || self.conflict()}
            {self.restored()}
            {owner.then(|| self.form())}
            {move || (!owner).then(|| self.known.get().and_then(|known| known.parent)).flatten().map(|parent| view! {
                <section class="drawer-section" aria-label="Hangs on"><h3>"Hangs on"</h3><p>{parent.name.to_string()}</p></section>
            })}
            {labels(self)}
            {move || self.children()}
            {owner.then(|| self.reachers())}
            {uses}
        }
        .into_any()
    }

    fn reachers(self) -> Option<AnyView> {
        let kind = self.known.with_untracked(|known| known.as_ref().map(|known| known.resource.kind.clone()))?;
        let entry = self.overview()?.types.into_iter().find(|entry| entry.id == kind)?;
        // making one is about the type, not about this one
        let verbs = entry.actions.into_iter().filter(|verb| verb != "create").collect();
        Some(view! { <ReachersView things=self.things id=self.id follows=self.seen.into() verbs/> }.into_any())
    }

    fn form(self) -> AnyView {
        let on = move |field: &'static str| Signal::derive(move || self.refused.with(|refused| refused.as_ref().and_then(|refused| refused.on(field))));
        let hangs = self.overview().and_then(|overview| {
            let kind = self.known.with_untracked(|known| known.as_ref().map(|known| known.resource.kind.clone()))?;
            let parent = overview.types.iter().find(|entry| entry.id == kind)?.parent.clone()?;
            overview.types.into_iter().find(|entry| entry.id == parent)
        });
        let submit = move |event: ev::SubmitEvent| {
            event.prevent_default();
            self.save();
        };
        view! {
            <section class="drawer-section" aria-label="Details">
                <form id=FORM class="form" novalidate on:submit=submit>
                    <Field label="Name" name="name" id="resource-name" value=self.name error=on("name") maxlength=MOST autocomplete="off"/>
                    {hangs.map(|entry| view! { <ParentField things=self.things entry value=self.parent error=on("parent")/> })}
                </form>
            </section>
        }
        .into_any()
    }

    fn children(self) -> Option<AnyView> {
        let known = self.known.get()?;
        if known.children_count == 0 {
            return None;
        }
        let slug = self.things.here.slug();
        let lines = known
            .children
            .iter()
            .map(|child| view! { <li><a href=path::resource(&slug, child.id) data-noscroll="">{child.name.to_string()}</a></li> })
            .collect_view();
        let more = (known.children_count > known.children.len() as u64).then(|| {
            let all = path::resources_by(&slug, "parent", &known.resource.id.to_string());
            view! { <p><a href=all>"See all " {grouped(known.children_count)}</a></p> }
        });
        Some(view! { <section class="drawer-section" aria-label="Hang on it"><h3>"Hang on it"</h3><ul class="plain">{lines}</ul>{more}</section> }.into_any())
    }

    fn footer(self) -> AnyView {
        let nothing = move || (!self.is_dirty()).then(|| "nothing was changed".to_owned());
        let beside = move || self.refused.with(|refused| refused.as_ref().and_then(|refused| refused.beside(&["name", "parent"])));
        view! {
            {move || beside().map(|text| view! { <div class="drawer-error"><Banner tone=Tone::Bad>{text}</Banner></div> })}
            <Button kind=ButtonKind::Danger disabled_reason=Signal::derive(move || self.kept()) on_click=move || self.asking.set(Asking::Delete)>"Delete resource"</Button>
            <span class="gap"></span>
            <Button on_click=move || self.ask_close()>"Cancel"</Button>
            <Button kind=ButtonKind::Primary submit=true form=FORM pending=self.busy disabled_reason=Signal::derive(nothing)>"Save changes"</Button>
        }
        .into_any()
    }

    /// What is said once somebody else deleted it. What was shown and edited can still be read.
    fn lost(self) -> AnyView {
        let text = match self.things.here.is_owner() {
            true => "This resource was deleted meanwhile. Nothing can be saved any more.",
            false => "This resource was deleted meanwhile, or you have no access to it any more.",
        };
        view! { <Banner tone=Tone::Warn>{text}</Banner> }.into_any()
    }

    fn farewell(self) -> AnyView {
        view! {
            <div class="drawer-error" role="status">{self.lost()}</div>
            <span class="gap"></span>
            <Button kind=ButtonKind::Primary on_click=move || self.leave()>"Close"</Button>
        }
        .into_any()
    }

    /// Why it can't be deleted, if so.
    fn kept(self) -> Option<String> {
        let known = self.known.get()?;
        let hang = (known.children_count > 0).then(|| plural(known.children_count, "resource hangs on it", "resources hang on it"));
        let name = known.grants.filter(|grants| *grants > 0).map(|grants| plural(grants, "grant names it", "grants name it"));
        let why: Vec<String> = hang.into_iter().chain(name).collect();
        (!why.is_empty()).then(|| why.join(" and "))
    }

    fn ask_close(self) {
        if self.busy.get_untracked() {
            return;
        }
        if !self.gone.get_untracked() && untrack(|| self.is_dirty()) { self.asking.set(Asking::Discard) } else { self.leave() }
    }

    /// Closes without a question: what was typed is not wanted any more, or there is nothing left to save it to.
    fn leave(self) {
        self.revert();
        self.close.run(());
    }

    fn questions(self) -> AnyView {
        let stop = move || self.asking.set(Asking::Nothing);
        match self.asking.get() {
            Asking::Nothing => ().into_any(),
            Asking::Discard => discard_changes(Callback::from(move || self.leave()), Callback::from(stop)),
            Asking::Delete => {
                let name = self.known.with_untracked(|known| known.as_ref().map(|known| known.resource.name.to_string())).unwrap_or_default();
                let error = Signal::derive(move || self.refused.with(|refused| refused.as_ref().map(RpcError::message)));
                view! {
                    <ConfirmDialog title=format!("Delete {name}?") confirm="Delete resource" pending=self.busy error=error on_confirm=move || self.delete() on_close=stop>
                        <p>"It goes from Rolecall with its labels; your product keeps its own. Nobody's roles change, and access to it ends."</p>
                    </ConfirmDialog>
                }
                .into_any()
            }
        }
    }

    fn delete(self) {
        // another try may come after the drawer is gone
        if self.busy.try_get_untracked() != Some(false) {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let slug = self.things.here.slug();
        spawn_local(async move {
            let answer = resources::delete(slug, self.id).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    let name = self.known.with_untracked(|known| known.as_ref().map(|known| known.resource.name.to_string())).unwrap_or_default();
                    self.toasts.success(format!("{name} deleted."));
                    self.things.changed();
                    self.leave();
                }
                Err(error) if self.things.session.ask_again(&error, move || self.delete()) => {}
                Err(error) => self.refused.set(Some(error)),
            }
        });
    }
}
