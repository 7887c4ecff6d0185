//! Chooses the reviewers: searched by name or address, oneself at first.

use crate::{
    components::{CheckItem, CheckList, Tag},
    pages::{access::found::Finder, frame::Here},
    rpc::members,
};
use domain::{
    id::MemberId,
    member::{UserId, UserQuery, UserRow, UserStatus},
    review::{MOST_REVIEWERS, Reviewer},
};
use leptos::prelude::*;

/// Who is chosen, in the order in which they were. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Chosen(RwSignal<Vec<(MemberId, String)>>);

impl Chosen {
    pub fn me(here: Here) -> Self {
        let frame = here.frame();
        Self(RwSignal::new(vec![(frame.me, frame.account.name.to_string())]))
    }

    pub fn these(reviewers: &[Reviewer]) -> Self {
        Self(RwSignal::new(reviewers.iter().map(|reviewer| (reviewer.id, reviewer.name.to_string())).collect()))
    }

    pub fn ids(self) -> Vec<MemberId> {
        self.0.with_untracked(|chosen| chosen.iter().map(|(id, _)| *id).collect())
    }

    pub fn is_empty(self) -> bool {
        self.0.with(Vec::is_empty)
    }
}

#[component]
pub fn Reviewers(here: Here, chosen: Chosen, #[prop(into)] error: Signal<Option<String>>) -> impl IntoView {
    let Chosen(chosen) = chosen;
    let slug = StoredValue::new(here.slug());
    let finder = Finder::new(move |search| {
        let query = UserQuery { search, statuses: vec![UserStatus::Active], ..UserQuery::default() };
        members::users(slug.get_value(), query)
    });
    finder.ask.run((String::new(),));
    let items = Signal::derive(move || finder.found.with(|found| found.iter().flat_map(|found| &found.rows).filter_map(item).collect::<Vec<_>>()));
    let ids = Signal::derive(move || chosen.with(|chosen| chosen.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>()));
    let change = move |id: String, on: bool| {
        let Ok(id) = id.parse::<MemberId>() else { return };
        let name = items.with_untracked(|items| items.iter().find(|item| item.id == id.to_string()).map(|item| item.title.clone()));
        chosen.update(|chosen| {
            chosen.retain(|(other, _)| *other != id);
            chosen.extend(on.then(|| (id, name.unwrap_or_default())));
        });
    };
    let full = Signal::derive(move || chosen.with(|chosen| chosen.len() >= MOST_REVIEWERS).then(|| format!("{MOST_REVIEWERS} reviewers are the most")));
    let tags = move || {
        let tag = |(id, name): (MemberId, String)| {
            let remove = Callback::from(move || chosen.update(|chosen| chosen.retain(|(other, _)| *other != id)));
            view! { <Tag text=name on_remove=remove/> " " }
        };
        chosen.get().into_iter().map(tag).collect_view()
    };
    view! {
        <div class="field" role="group" aria-label="Reviewers">
            <span class="field-label">"Reviewers"</span>
            <p class="field-hint">{if here.frame().mail_is_on { "They are mailed, and go through the list." } else { "They go through the list; this server sends no mail, so tell them." }}
                " They need not be owners; nobody decides about themselves."</p>
            <p class="invite-tags">{tags}</p>
            {move || error.get().map(|error| view! { <p class="field-error" role="alert">{error}</p> })}
            <CheckList id="reviewers" label="Team members" items chosen=ids on_change=change search=finder.search() locked=full empty="Nobody here"/>
        </div>
    }
    .into_any()
}

fn item(row: &UserRow) -> Option<CheckItem> {
    let UserId::Member(id) = row.id else { return None };
    let name = row.name.as_ref().map_or_else(|| row.email.to_string(), ToString::to_string);
    Some(CheckItem::new(&id.to_string(), &name, row.email.as_str()))
}
