//! The drawer of one resource: its name and what it hangs on, its labels, what hangs on it, and who is given it by name.

use super::{Things, drawer_labels::labels, holders::Holders, parent_field::ParentField, query::type_words, reachers::ReachersView, use_things};
use crate::{
    components::{
        Banner, Button, ButtonKind, ConfirmDialog, Drawer, EmptyState, Field, IconName, SkeletonLines, TimeAgo, Toaster, Tone, capital, grouped, plural,
        use_toasts,
    },
    pages::{
        access::opened,
        failure::{ask_for_access, not_loaded},
        form::MOST,
        frame::Here,
    },
    path,
    rpc::{Rpc, RpcError, resources},
};
use domain::{
    failure::FailureKind,
    id::ResourceId,
    resource::{ResourceDetail, ResourceRef, ResourcesOverview},
    save::SaveOutcome,
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
    failed: RwSignal<Option<RpcError>>,
    pub(super) name: RwSignal<String>,
    pub(super) parent: RwSignal<Option<ResourceRef>>,
    /// What was typed before the drawer was left is back.
    pub(super) restored: RwSignal<bool>,
    refused: RwSignal<Option<RpcError>>,
    theirs: RwSignal<Option<ResourceDetail>>,
    busy: RwSignal<bool>,
    asking: RwSignal<Asking>,
    close: Callback<()>,
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
        Effect::new(move || self.load());
        self.keep_what_is_typed();
        let name =
            Signal::derive(move || self.known.with(|known| known.as_ref().map_or_else(|| "Resource".to_owned(), |known| known.resource.name.to_string())));
        let ready = Memo::new(move |_| self.known.with(Option::is_some));
        let body = move || match (ready.get(), self.failed.get()) {
            (true, _) => self.body(),
            (false, None) => view! { <div class="drawer-section"><SkeletonLines lines=8/></div> }.into_any(),
            (false, Some(error)) if error.kind() == FailureKind::NotFound => nothing(self.things.here),
            (false, Some(error)) => not_loaded(&error, move || self.load()),
        };
        let header = move || view! { {move || self.header()} };
        let footer = move || view! { {move || ready.get().then(|| self.footer())} };
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

    pub fn load(self) {
        self.failed.set(None);
        let slug = self.things.here.slug();
        spawn_local(async move {
            let answer = resources::find(slug, self.id).await;
            if self.known.try_with_untracked(|_| ()).is_none() {
                return;
            }
            match answer {
                Ok(found) => self.open(found),
                Err(error) if self.things.session.ask_again(&error, move || self.load()) => {}
                Err(error) => self.failed.set(Some(error)),
            }
        });
    }

    fn open(self, found: ResourceDetail) {
        self.name.set(found.resource.name.to_string());
        self.parent.set(found.parent.clone());
        self.known.set(Some(found));
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
        let slug = self.things.here.slug();
        let uses = owner.then(|| {
            let slug = slug.clone();
            let id = self.id;
            view! {
                <section class="drawer-section" aria-label="Given by name">
                    <h3>"Given by name"</h3>
                    <Holders here=self.things.here empty="No grant names it. It is reached by roles on all of its type, and by labels."
                        fetch=Box::new(move |cursor| Box::pin(resources::uses(slug.clone(), id, cursor)))/>
                </section>
            }
        });
        view! {
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
        Some(view! { <ReachersView things=self.things id=self.id verbs/> }.into_any())
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

    fn conflict(self) -> Option<AnyView> {
        let theirs = self.theirs.get()?;
        let hangs = theirs.parent.as_ref().map_or_else(|| "hangs on nothing".to_owned(), |parent| format!("hangs on {}", parent.name));
        let text = format!("Somebody else changed it meanwhile: it is called {} and {hangs}. Nothing of yours is saved yet.", theirs.resource.name);
        let take = {
            let theirs = theirs.clone();
            move || {
                self.theirs.set(None);
                self.open(theirs.clone());
            }
        };
        let keep = move || {
            self.known.set(Some(theirs.clone()));
            self.theirs.set(None);
            self.save();
        };
        let actions = move || view! { <Button small=true on_click=take>"Take theirs"</Button><Button small=true kind=ButtonKind::Strong on_click=keep>"Save mine"</Button> };
        Some(view! { <div class="drawer-section"><Banner tone=Tone::Warn actions=actions>{text}</Banner></div> }.into_any())
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

    /// Why it can't be deleted, if so.
    fn kept(self) -> Option<String> {
        let known = self.known.get()?;
        let hang = (known.children_count > 0).then(|| plural(known.children_count, "resource hangs on it", "resources hang on it"));
        let name = known.grants.filter(|grants| *grants > 0).map(|grants| plural(grants, "grant names it", "grants name it"));
        let why: Vec<String> = hang.into_iter().chain(name).collect();
        (!why.is_empty()).then(|| why.join(" and "))
    }

    fn save(self) {
        let Some(known) = self.known.get_untracked() else { return };
        if self.busy.get_untracked() || !untrack(|| self.is_dirty()) {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let (slug, name, parent) = (self.things.here.slug(), self.name.get_untracked(), self.parent.with_untracked(|parent| parent.as_ref().map(|one| one.id)));
        spawn_local(async move {
            let answer = resources::change(slug, self.id, known.revision, name, parent).await;
            if self.busy.try_set(false).is_none() {
                self.settle(answer);
            }
        });
    }

    fn settle(self, answer: Rpc<SaveOutcome<ResourceDetail>>) {
        match answer {
            Ok(SaveOutcome::Saved(saved)) => {
                self.toasts.success(format!("{} saved.", saved.resource.name));
                self.things.changed();
                self.open(saved);
                self.close.run(());
            }
            Ok(SaveOutcome::Conflict(theirs)) if self.is_called_so_still(&theirs) => {
                self.known.set(Some(theirs));
                self.save();
            }
            Ok(SaveOutcome::Conflict(theirs)) => self.theirs.set(Some(theirs)),
            Err(error) if self.things.session.ask_again(&error, move || self.save()) => {}
            Err(error) => self.refused.set(Some(error)),
        }
    }

    /// Only its labels were changed meanwhile, which the form leaves as they are.
    fn is_called_so_still(self, theirs: &ResourceDetail) -> bool {
        let theirs = &theirs.resource;
        self.known.with_untracked(|known| known.as_ref().is_some_and(|known| known.resource.name == theirs.name && known.resource.parent == theirs.parent))
    }

    fn ask_close(self) {
        if self.busy.get_untracked() {
            return;
        }
        if untrack(|| self.is_dirty()) { self.asking.set(Asking::Discard) } else { self.close.run(()) }
    }

    fn questions(self) -> AnyView {
        let stop = move || self.asking.set(Asking::Nothing);
        match self.asking.get() {
            Asking::Nothing => ().into_any(),
            Asking::Discard => {
                let discard = move || {
                    self.revert();
                    self.close.run(());
                };
                view! {
                    <ConfirmDialog title="Discard your changes?" confirm="Discard changes" on_confirm=discard on_close=stop>
                        <p>"What you changed here has not been saved."</p>
                    </ConfirmDialog>
                }
                .into_any()
            }
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
        if self.busy.get_untracked() {
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
                    self.close.run(());
                }
                Err(error) if self.things.session.ask_again(&error, move || self.delete()) => {}
                Err(error) => self.refused.set(Some(error)),
            }
        });
    }
}
