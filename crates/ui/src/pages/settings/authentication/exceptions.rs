//! Chooses whom the requirement of single sign-on excepts: searched by name or address. The owner who keeps the way in is named.

use crate::{
    components::{CheckItem, CheckList, Tag},
    pages::{access::found::Finder, frame::Here},
    rpc::members,
};
use domain::{
    id::MemberId,
    member::{UserId, UserQuery, UserRow, UserStatus},
    sso::require::{MOST_EXCEPTIONS, SsoException},
};
use leptos::prelude::*;

/// Who is excepted, in the order in which they were chosen. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Excepted(pub RwSignal<Vec<(MemberId, String)>>);

impl Excepted {
    pub fn these(exceptions: &[SsoException]) -> Vec<(MemberId, String)> {
        exceptions.iter().map(|one| (one.member, one.name.to_string())).collect()
    }

    /// Followed by whoever asks for it.
    pub fn ids(self) -> Vec<MemberId> {
        self.0.with(|chosen| chosen.iter().map(|(id, _)| *id).collect())
    }
}

#[component]
pub fn Exceptions(here: Here, excepted: Excepted, #[prop(into)] error: Signal<Option<String>>) -> impl IntoView {
    let Excepted(chosen) = excepted;
    let slug = StoredValue::new(here.slug());
    let finder = Finder::new(move |search| {
        let query = UserQuery { search, statuses: vec![UserStatus::Active], ..UserQuery::default() };
        members::users(slug.get_value(), query)
    });
    Effect::new(move || finder.ask.run((String::new(),)));
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
    let full = Signal::derive(move || chosen.with(|chosen| chosen.len() >= MOST_EXCEPTIONS).then(|| format!("{MOST_EXCEPTIONS} exceptions are the most")));
    let tags = move || {
        let tag = |(id, name): (MemberId, String)| {
            let remove = Callback::from(move || chosen.update(|chosen| chosen.retain(|(other, _)| *other != id)));
            view! { <Tag text=name on_remove=remove/> " " }
        };
        chosen.get().into_iter().map(tag).collect_view()
    };
    view! {
        <div class="field" role="group" aria-label="Exceptions">
            <span class="legend">"Exceptions"</span>
            <p class="field-hint">"They may come by password all the same. One owner with a password and a proven address is always among them: the way in when the provider is down."</p>
            <p class="invite-tags">{tags}</p>
            {move || error.get().map(|error| view! { <p class="field-error" role="alert">{error}</p> })}
            <CheckList id="exceptions" label="Team members" items chosen=ids on_change=change search=finder.search() locked=full empty="Nobody here"/>
        </div>
    }
    .into_any()
}

fn item(row: &UserRow) -> Option<CheckItem> {
    let UserId::Member(id) = row.id else { return None };
    let name = row.name.as_ref().map_or_else(|| row.email.to_string(), ToString::to_string);
    Some(CheckItem::new(&id.to_string(), &name, row.email.as_str()))
}
