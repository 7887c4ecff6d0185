//! "May they do this to that, and why?": answered as stored, by the same policy and in the same words as the API and the command line.

use super::{preview_as::PreviewAs, resource_finder::ResourceFinder, stored::Stored, subject_drawer::Drawn};
use crate::{
    components::{Banner, Button, CheckList, IconName, SelectField, SkeletonLines, Tone, capital},
    pages::{explained::explained, newest::Newest},
    rpc::{RpcError, members},
};
use domain::{
    access_context::AccessContext,
    catalog::Action,
    id::ResourceId,
    policy::{Question, Subject, Target},
    question::Explained,
    resource::ResourceType,
};
use leptos::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

#[component]
pub fn ExplainTab(drawn: Drawn, shown: Signal<bool>) -> impl IntoView {
    let visited = Memo::new(move |before: Option<&bool>| before.copied().unwrap_or(false) || shown.get());
    let content = move || match drawn.editor.offered.get() {
        Some(context) => form(drawn, &context),
        None => view! { <SkeletonLines lines=5/> }.into_any(),
    };
    let previewing = RwSignal::new(false);
    let preview = move || match drawn.subject {
        Subject::Member(id) => {
            let name = move || drawn.stored.with(|stored| stored.as_ref().map_or_else(String::new, Stored::name));
            let open = move || previewing.set(true);
            let close = move || previewing.set(false);
            view! {
                <p><Button small=true icon=IconName::Eye on_click=open attr:aria-haspopup="dialog">"Preview as this member"</Button></p>
                {move || previewing.get().then(|| view! { <PreviewAs access=drawn.access member=id name=name() on_close=close/> })}
            }
            .into_any()
        }
        Subject::Group(_) | Subject::Token(_) => ().into_any(),
    };
    view! { <div class="drawer-section">{move || visited.get().then(|| view! { {preview()}{content()} })}</div> }.into_any()
}

/// What is being asked. Copy it into callbacks.
#[derive(Clone, Copy)]
struct Asking {
    drawn: Drawn,
    kind: RwSignal<String>,
    verb: RwSignal<String>,
    resource: RwSignal<Option<ResourceId>>,
    answer: RwSignal<Option<Result<Explained, RpcError>>>,
    newest: Newest,
}

fn form(drawn: Drawn, context: &Arc<AccessContext>) -> AnyView {
    let first = context.catalog.types.first();
    let asking = Asking {
        drawn,
        kind: RwSignal::new(first.map(|entry| entry.id.to_string()).unwrap_or_default()),
        verb: RwSignal::new(first.and_then(|entry| entry.actions.first().cloned()).unwrap_or_default()),
        resource: RwSignal::new(None),
        answer: RwSignal::new(None),
        newest: Newest::default(),
    };
    let kinds: Vec<(String, String)> = context.catalog.types.iter().map(|entry| (entry.id.to_string(), entry.one.clone())).collect();
    let catalog = Arc::clone(context);
    let verbs = Memo::new(move |_| {
        let kind = asking.kind.get();
        let entry = catalog.catalog.types.iter().find(|entry| entry.id.as_str() == kind);
        entry.map(|entry| entry.actions.clone()).unwrap_or_default()
    });
    // another type: another thing, and a verb that it has
    Effect::new(move |before: Option<String>| {
        let kind = asking.kind.get();
        if before.is_some_and(|before| before != kind) {
            asking.resource.set(None);
            let has = verbs.with_untracked(|verbs| asking.verb.with_untracked(|verb| verbs.contains(verb)));
            if !has {
                asking.verb.set(verbs.with_untracked(|verbs| verbs.first().cloned().unwrap_or_default()));
            }
        }
        kind
    });
    Effect::new(move || asking.ask());
    let options = Signal::derive(move || verbs.get().into_iter().map(|verb| (verb.clone(), verb)).collect::<Vec<_>>());
    let on_type = move || asking.verb.with(|verb| verb == "create");
    let many = Arc::clone(context);
    let things = move || {
        let kind = asking.kind.get();
        (!on_type()).then(|| {
            let words = many.catalog.types.iter().find(|entry| entry.id.as_str() == kind).map_or_else(|| kind.clone(), |entry| entry.many.clone());
            asking.things(ResourceType::new(&kind), words)
        })
    };
    view! {
        <p class="field-hint">"Asked of what is saved, not of what is being edited."</p>
        <div class="explain">
            <SelectField label="Type" name="explain-type" value=asking.kind options=Signal::stored(kinds)/>
            <SelectField label="Action" name="explain-action" value=asking.verb options=options/>
        </div>
        {things}
        <div class="answer" role="status">{move || asking.told()}</div>
    }
    .into_any()
}

impl Asking {
    /// The things of a type, of which one is chosen.
    fn things(self, kind: ResourceType, many: String) -> AnyView {
        let chosen = Memo::new(move |_| self.resource.get().into_iter().collect::<BTreeSet<_>>());
        let finder = ResourceFinder::new(self.drawn.access.here.slug(), kind, chosen);
        let ids = Signal::derive(move || self.resource.get().map(|id| id.to_string()).into_iter().collect::<Vec<_>>());
        let change = move |id: String, on: bool| self.resource.set(if on { id.parse().ok() } else { None });
        let empty = format!("There are no {many} in this workspace yet");
        view! {
            <CheckList id="explain-resource" label=capital(&many) one=true items=Signal::derive(move || finder.items()) chosen=ids on_change=change empty
                search=finder.finder.search()/>
        }
        .into_any()
    }

    /// Asks as soon as all is chosen; an answer that was overtaken is left aside.
    fn ask(self) {
        let (kind, verb, resource) = (self.kind.get(), self.verb.get(), self.resource.get());
        let _ = (self.drawn.seen.get(), self.drawn.session.version());
        self.newest.overtake();
        let target = match resource {
            Some(id) => Target::Resource(id),
            None if verb == "create" => Target::Type,
            None => {
                self.answer.set(None);
                return;
            }
        };
        let question = Question { subject: self.drawn.subject, action: Action::new(&ResourceType::new(&kind), &verb), target };
        let slug = self.drawn.access.here.slug();
        self.newest.ask(members::explain(slug, question), move |answer| {
            // the same answer is not read out again
            if self.answer.with_untracked(|known| known.as_ref() != Some(&answer)) {
                self.answer.set(Some(answer));
            }
        });
    }

    fn told(self) -> AnyView {
        match self.answer.get() {
            None => view! { <p class="none">"Choose what it is about."</p> }.into_any(),
            Some(Err(error)) => view! { <Banner tone=Tone::Bad>{error.message()}</Banner> }.into_any(),
            Some(Ok(answer)) => explained(answer),
        }
    }
}
