//! Team members that are chosen: searched by name or address, ticked in a list, and named in the order in which they were.

use super::found::Finder;
use crate::{
    components::{CheckItem, CheckList, Tag},
    pages::frame::Here,
    rpc::members,
};
use domain::{
    id::MemberId,
    member::{UserId, UserQuery, UserRow, UserStatus},
};
use leptos::prelude::*;

/// Who is chosen; what it says of them is followed by whoever asks for it. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Chosen(RwSignal<Vec<(MemberId, String)>>);

impl Chosen {
    pub fn new(these: Vec<(MemberId, String)>) -> Self {
        Self(RwSignal::new(these))
    }

    pub fn set(self, these: Vec<(MemberId, String)>) {
        self.0.set(these);
    }

    pub fn ids(self) -> Vec<MemberId> {
        self.0.with(|chosen| chosen.iter().map(|(id, _)| *id).collect())
    }

    pub fn names(self) -> Vec<String> {
        self.0.with(|chosen| chosen.iter().map(|(_, name)| name.clone()).collect())
    }

    pub fn len(self) -> usize {
        self.0.with(Vec::len)
    }

    pub fn is_empty(self) -> bool {
        self.0.with(Vec::is_empty)
    }

    /// As the list has them.
    pub fn ticked(self) -> Signal<Vec<String>> {
        Signal::derive(move || self.0.with(|chosen| chosen.iter().map(|(id, _)| id.to_string()).collect()))
    }

    /// To be called when a line of the list is ticked or unticked.
    pub fn tick(self, id: &str, on: bool, items: Signal<Vec<CheckItem>>) {
        let Ok(member) = id.parse::<MemberId>() else { return };
        let name = items.with_untracked(|items| items.iter().find(|item| item.id == id).map(|item| item.title.clone()));
        self.0.update(|chosen| {
            chosen.retain(|(other, _)| *other != member);
            chosen.extend(on.then(|| (member, name.unwrap_or_default())));
        });
    }

    /// Their names, each with the way to take it back.
    pub fn tags(self) -> impl Iterator<Item = AnyView> {
        let Self(chosen) = self;
        chosen.get().into_iter().map(move |(id, name)| {
            let remove = Callback::from(move || chosen.update(|chosen| chosen.retain(|(other, _)| *other != id)));
            view! { <Tag text=name on_remove=remove/> " " }.into_any()
        })
    }
}

/// Finds them by name or address.
pub fn members_finder(here: Here) -> Finder<UserRow> {
    let slug = StoredValue::new(here.slug());
    Finder::new(move |search| {
        let query = UserQuery { search, statuses: vec![UserStatus::Active], ..UserQuery::default() };
        members::users(slug.get_value(), query)
    })
}

/// As a line of the list; who is only invited is no member yet.
pub fn item(row: &UserRow) -> Option<CheckItem> {
    let UserId::Member(id) = row.id else { return None };
    let name = row.name.as_ref().map_or_else(|| row.email.to_string(), ToString::to_string);
    Some(CheckItem::new(&id.to_string(), &name, row.email.as_str()))
}

/// The part of a form in which they are chosen. The children are its heading and its hint.
#[component]
pub fn ChooseMembers(
    here: Here,
    chosen: Chosen,
    /// What they are chosen as: `Reviewers`.
    label: &'static str,
    /// How many at most.
    most: usize,
    #[prop(into)] error: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    let finder = members_finder(here);
    Effect::new(move || finder.ask.run((String::new(),)));
    let items = Signal::derive(move || finder.found.with(|found| found.iter().flat_map(|found| &found.rows).filter_map(item).collect::<Vec<_>>()));
    let id = label.to_lowercase();
    let noun = id.clone();
    let full = Signal::derive(move || (chosen.len() >= most).then(|| format!("{most} {noun} are the most")));
    let change = move |id: String, on: bool| chosen.tick(&id, on, items);
    view! {
        <div class="field" role="group" aria-label=label>
            {children()}
            <p class="invite-tags">{move || chosen.tags().collect_view()}</p>
            {move || error.get().map(|error| view! { <p class="field-error" role="alert">{error}</p> })}
            <CheckList id=id label="Team members" items chosen=chosen.ticked() on_change=change search=finder.search() locked=full empty="Nobody here"/>
        </div>
    }
    .into_any()
}
