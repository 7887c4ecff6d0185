//! The filters above the trail; what they choose goes into the URL.

use super::{
    asked,
    names::{self, Names},
};
use crate::{
    components::{Button, ButtonKind, FilterMenu, FilterOption, Pause, Search, Tag},
    pages::{
        access::{list_state::ListState, local_time},
        frame::Here,
    },
    rpc::Rpc,
};
use domain::{
    audit_kinds,
    audit_query::AuditPage,
    time::{Span, Timestamp},
};
use leptos::{ev, html, prelude::*};

type Go = Callback<(ListState,)>;

#[component]
pub fn Filters(here: Here, state: Memo<ListState>, go: Go, trail: Resource<Rpc<AuditPage>>, targets: Names) -> impl IntoView {
    let events = audit_kinds::of_workspace().map(|kind| FilterOption::new(kind.name, kind.title)).collect::<Vec<_>>();
    let chosen = move |name: &'static str| Signal::derive(move || state.with(|state| state.chosen(name)));
    let change = move |name: &'static str| Callback::from(move |values: Vec<String>| go.run((state.get_untracked().filtered(name, &values),)));
    // one at a time: the last takes the place of the one before
    let aim = Callback::from(move |values: Vec<String>| go.run((state.get_untracked().filtered("object", &values[values.len().saturating_sub(1)..]),)));
    let options = move |name: &'static str, names: Names| Signal::derive(move || names.options(&state.with_untracked(|state| state.chosen(name))));
    let actors = names::doers(here.slug(), trail);
    let wrong = Signal::derive(move || state.with(|state| asked(state).filter.crossed()).is_some());
    view! {
        <FilterMenu label="Actor" options=options("actor", actors) chosen=chosen("actor") on_change=change("actor") search=actors.finder.search()/>
        <FilterMenu label="Event" options=Signal::stored(events) chosen=chosen("event") on_change=change("event")/>
        <FilterMenu label="Target" options=options("object", targets) chosen=chosen("object") on_change=aim search=Search { more: targets.more(), ..targets.finder.search() }/>
        <span class="moments">
            <Moment label="From" name="from" state go wrong/>
            <Moment label="Until" name="until" state go wrong/>
            {SPANS.map(|(words, days)| view! {
                <Button small=true kind=ButtonKind::Quiet on_click=move || since(days, state, go) attr:aria-label=format!("Last {words}")>{words}</Button>
            }).into_iter().collect_view()}
        </span>
    }
    .into_any()
}

/// What people mostly look back to.
const SPANS: [(&str, i64); 2] = [("7 days", 7), ("30 days", 30)];

/// Narrows the trail to the last days, up to now.
fn since(days: i64, state: Memo<ListState>, go: Go) {
    let now = Timestamp::from_micros(js_sys::Date::now() as i64 * 1_000);
    let from = now.minus(Span::days(days)).to_string();
    go.run((state.get_untracked().filtered("from", &[from]).filtered("until", &[]),));
}

/// A moment in the reader's zone; in the URL it is UTC.
#[component]
fn Moment(label: &'static str, name: &'static str, state: Memo<ListState>, go: Go, wrong: Signal<bool>) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        let Some(field) = field.get() else { return };
        let moment = state.with(|state| state.chosen(name).first().and_then(|value| Timestamp::parse(value)));
        let text = moment.map(local_time::to_box).unwrap_or_default();
        // what is half typed reads as nothing: to set nothing would take the rest of it away
        if field.value() != text {
            field.set_value(&text);
        }
    });
    // each figure that is typed is a change
    let pause = Pause::new(Pause::TYPING);
    let changed = move |event: ev::Event| {
        let text = event_target_value(&event);
        pause.then(move || {
            let values: Vec<String> = local_time::from_box(&text).map(|moment| moment.to_string()).into_iter().collect();
            go.run((state.get_untracked().filtered(name, &values),));
        });
    };
    view! { <label class="moment"><span>{label}</span><input class="input" type="datetime-local" aria-invalid=move || wrong.get().then_some("true") node_ref=field on:change=changed/></label> }.into_any()
}

/// What the trail is narrowed to without a menu, or by one that shows a number alone; each with the way back.
#[component]
pub fn Narrowed(
    state: Memo<ListState>,
    go: Go,
    targets: Names,
    /// Has the focus once a way back was gone.
    panel: NodeRef<html::Section>,
) -> impl IntoView {
    let last = move |name: &'static str| Memo::new(move |_| state.with(|state| state.chosen(name).pop()));
    let (about, operation) = (last("object"), last("operation"));
    let chip = move |name: &'static str, text: Signal<String>| {
        let clear = Callback::from(move || {
            go.run((state.get_untracked().filtered(name, &[]),));
            if let Some(panel) = panel.get_untracked() {
                let _ = panel.focus();
            }
        });
        view! { <Tag text on_remove=clear/> }.into_any()
    };
    (move || {
        let about = about.get().map(|value| chip("object", Signal::derive(move || format!("About {}", targets.name(&value)))));
        let operation = operation.get().map(|_| chip("operation", Signal::stored("Parts of one change".to_owned())));
        let chips: Vec<AnyView> = about.into_iter().chain(operation).collect();
        (!chips.is_empty()).then(|| view! { <p class="trail-narrowed">{chips}</p> })
    })
    .into_any()
}
