//! The filters above the trail; what they choose goes into the URL.

use super::entry::called;
use crate::{
    components::{Button, ButtonKind, FilterMenu, FilterOption, Tag},
    pages::{
        access::{found::Finder, list_state::ListState, local_time},
        frame::Here,
    },
    rpc::{Rpc, audit},
};
use domain::{
    audit_kinds,
    audit_query::{AuditPage, Doer, NamedDoer},
    time::{Span, Timestamp},
};
use leptos::{ev, html, prelude::*};

type Go = Callback<(ListState,)>;

#[component]
pub fn Filters(here: Here, state: Memo<ListState>, go: Go, trail: Resource<Rpc<AuditPage>>) -> impl IntoView {
    let events = audit_kinds::of_workspace().map(|kind| FilterOption::new(kind.name, kind.title)).collect::<Vec<_>>();
    let chosen = move |name: &'static str| Signal::derive(move || state.with(|state| state.chosen(name)));
    let change = move |name: &'static str| Callback::from(move |values: Vec<String>| go.run((state.get_untracked().filtered(name, &values),)));
    let slug = StoredValue::new(here.slug());
    let finder = Finder::new(move |text| audit::doers(slug.get_value(), text));
    let names = Names::new(finder, trail);
    view! {
        <FilterMenu label="Actor" options=Signal::derive(move || names.options(chosen("actor").get())) chosen=chosen("actor") on_change=change("actor") search=finder.search()/>
        <FilterMenu label="Event" options=Signal::stored(events) chosen=chosen("event") on_change=change("event")/>
        <Moment label="From" name="from" state go/>
        <Moment label="Until" name="until" state go/>
        {SPANS.map(|(words, days)| view! { <Button small=true kind=ButtonKind::Quiet on_click=move || since(days, state, go)>{words}</Button> }).into_iter().collect_view()}
    }
    .into_any()
}

/// What people mostly look back to.
const SPANS: [(&str, i64); 2] = [("Last 7 days", 7), ("Last 30 days", 30)];

/// Narrows the trail to the last days, up to now.
fn since(days: i64, state: Memo<ListState>, go: Go) {
    let now = Timestamp::from_micros(js_sys::Date::now() as i64 * 1_000);
    let from = now.minus(Span::days(days)).to_string();
    go.run((state.get_untracked().filtered("from", &[from]).filtered("until", &[]),));
}

/// Names of those who can be chosen, as far as they were met.
#[derive(Clone, Copy)]
struct Names {
    finder: Finder<NamedDoer>,
    known: RwSignal<Vec<NamedDoer>>,
}

impl Names {
    fn new(finder: Finder<NamedDoer>, trail: Resource<Rpc<AuditPage>>) -> Self {
        let known = RwSignal::new(Vec::new());
        let learn = move |met: Vec<NamedDoer>| {
            known.update(|known: &mut Vec<NamedDoer>| {
                for one in met {
                    if known.iter().all(|other| other.doer != one.doer) {
                        known.push(one);
                    }
                }
            });
        };
        Effect::new(move || {
            if let Some(Ok(found)) = trail.get() {
                learn(found.page.rows.iter().map(|entry| NamedDoer { doer: Doer::from(&entry.actor), name: entry.actor.name().to_owned() }).collect());
            }
        });
        Effect::new(move || {
            if let Some(found) = finder.found.get() {
                learn(found.rows);
            }
        });
        Self { finder, known }
    }

    fn name(self, value: &str) -> String {
        let doer = value.parse::<Doer>().ok();
        let known = self.known.with(|known| known.iter().find(|one| Some(one.doer) == doer).map(|one| one.name.clone()));
        known.unwrap_or_else(|| "Somebody".to_owned())
    }

    /// What was found; where nothing is searched for, what is chosen stands before it.
    fn options(self, chosen: Vec<String>) -> Vec<FilterOption> {
        self.finder.found.with(|found| {
            let text = found.as_ref().map_or("", |found| found.text.trim());
            let first = if text.is_empty() { chosen } else { Vec::new() };
            let mut options: Vec<FilterOption> = first.iter().map(|value| FilterOption::new(value, &self.name(value))).collect();
            let rows = found.iter().flat_map(|found| &found.rows).map(|one| FilterOption::new(&one.doer.to_string(), &one.name));
            options.extend(rows.filter(|option| !first.contains(&option.value)));
            options
        })
    }
}

/// A moment in the reader's zone; in the URL it is UTC.
#[component]
fn Moment(label: &'static str, name: &'static str, state: Memo<ListState>, go: Go) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        let Some(field) = field.get() else { return };
        let moment = state.with(|state| state.chosen(name).first().and_then(|value| Timestamp::parse(value)));
        field.set_value(&moment.map(local_time::to_box).unwrap_or_default());
    });
    let changed = move |event: ev::Event| {
        let values: Vec<String> = local_time::from_box(&event_target_value(&event)).map(|moment| moment.to_string()).into_iter().collect();
        go.run((state.get_untracked().filtered(name, &values),));
    };
    view! { <label class="moment"><span>{label}</span><input class="input" type="datetime-local" node_ref=field on:change=changed/></label> }.into_any()
}

/// What the trail is narrowed to by a link of an entry, and the way back.
#[component]
pub fn Narrowed(state: Memo<ListState>, go: Go, trail: Resource<Rpc<AuditPage>>) -> impl IntoView {
    let about = Memo::new(move |_| state.with(|state| state.chosen("object").first().cloned()));
    let words = RwSignal::new(String::new());
    Effect::new(move || {
        let Some((kind, id)) = about.get().as_deref().and_then(|about| about.split_once(':')).map(|(kind, id)| (kind.to_owned(), id.to_owned())) else {
            return;
        };
        let name = trail.get().and_then(Result::ok).and_then(|found| {
            let named = |object: &domain::audit::Object| object.id.to_string() == id;
            found.page.rows.iter().find_map(|entry| entry.object.as_ref().filter(|object| named(object)).map(|object| called(object, &entry.event)))
        });
        words.set(format!("About {}", name.unwrap_or_else(|| format!("one {kind}"))));
    });
    let clear = Callback::from(move || go.run((state.get_untracked().filtered("object", &[]),)));
    (move || about.with(Option::is_some).then(|| view! { <p class="trail-narrowed"><Tag text=Signal::derive(move || words.get()) on_remove=clear/></p> }))
        .into_any()
}
