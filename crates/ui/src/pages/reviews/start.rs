//! Starts a review: of what, by whom, until when.

use super::people::{Reviewers, oneself};
use crate::{
    components::{Banner, Button, ButtonKind, Dialog, Field, RadioCard, RadioCards, Search, SelectField, Tone},
    pages::{
        access::{found::Finder, local_time},
        discard::Discard,
        doing::Doing,
        form::MOST,
        frame::Here,
    },
    path,
    rpc::{groups, labels, reviews, roles},
};
use domain::{
    catalog::RoleId,
    group::GroupRow,
    id::GroupId,
    label::{Label, LabelRow},
    page::Page,
    review::{ReviewOf, ReviewWish},
    time::{Span, Timestamp},
};
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

const FORM: &str = "review-start";
const FIELDS: &[&str] = &["name", "due", "reviewers", "of"];

/// How far ahead it is due unless somebody says otherwise.
const AHEAD: Span = Span::days(14);

/// The end of a day, as a date box has it.
pub(super) fn end_of(day: &str) -> Option<Timestamp> {
    if day.is_empty() { None } else { local_time::from_box(&format!("{day}T23:59")) }
}

/// A moment's day, as a date box has it.
pub(super) fn day(moment: Timestamp) -> String {
    local_time::to_box(moment).chars().take(10).collect()
}

#[component]
pub fn StartReview(here: Here, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let slug = StoredValue::new(here.slug());
    let (kind, name, due) = (RwSignal::new("everyone".to_owned()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (role, group, label) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let chosen = oneself(here);
    let doing = Doing::default();
    let roles = RwSignal::new(Vec::<(String, String)>::new());
    let groups = Finder::<GroupRow>::new(move |search| groups::page(slug.get_value(), search, None));
    let labels = Finder::<LabelRow>::new(move |search| {
        let answer = labels::page(slug.get_value(), search, None);
        async move { answer.await.map(|list| Page { next: list.page.next, ..Page { rows: list.page.rows, ..Page::empty() } }) }
    });
    // what is offered is nobody's input: the day, and below the name
    let (offered_due, offered) = (StoredValue::new(String::new()), StoredValue::new(String::new()));
    Effect::new(move || {
        let now = Timestamp::from_micros(js_sys::Date::now() as i64 * 1_000);
        offered_due.set_value(day(now.plus(AHEAD)));
        due.set(offered_due.get_value());
        groups.ask.run((String::new(),));
        labels.ask.run((String::new(),));
        spawn_local(async move {
            if let Ok(overview) = roles::overview(slug.get_value()).await {
                let _ = roles.try_set(overview.catalog.roles.iter().map(|role| (role.id.to_string(), role.name.clone())).collect());
            }
        });
    });
    let group_rows = move || {
        groups.found.with(|found| found.iter().flat_map(|found| found.rows.clone()).map(|row| (row.id.to_string(), row.name.to_string())).collect::<Vec<_>>())
    };
    let label_rows = move || {
        labels
            .found
            .with(|found| found.iter().flat_map(|found| found.rows.clone()).map(|row| (row.label.to_string(), row.label.to_string())).collect::<Vec<_>>())
    };
    let of = move || match kind.get().as_str() {
        "group" => group.with(|id| id.parse::<GroupId>().ok()).map(ReviewOf::Group),
        "role" => role.with(|id| (!id.is_empty()).then(|| ReviewOf::Role(RoleId::new(id)))),
        "label" => label.with(|text| Label::parse(text).ok()).map(ReviewOf::Label),
        _ => Some(ReviewOf::Everyone),
    };
    // a name is offered for as long as nobody typed another one
    Effect::new(move || {
        let called = |rows: Vec<(String, String)>, id: String| rows.into_iter().find(|(key, _)| *key == id).map(|(_, words)| words);
        let about = match kind.get().as_str() {
            "group" => called(group_rows(), group.get()),
            "role" => called(roles.get(), role.get()),
            "label" => Some(label.get()).filter(|label| !label.is_empty()),
            _ => Some("Everyone".to_owned()),
        };
        let words = about.map(|about| format!("{about}, {}", due.get().get(..7).unwrap_or_default())).unwrap_or_default();
        if name.with_untracked(|name| name.is_empty() || offered.with_value(|offered| offered == name)) {
            offered.set_value(words.clone());
            name.set(words);
        }
    });
    let missing = Signal::derive(move || {
        if of().is_none() {
            return Some("choose what to review first".to_owned());
        }
        if due.with(String::is_empty) {
            return Some("choose a due date first".to_owned());
        }
        chosen.is_empty().then(|| "choose a reviewer first".to_owned())
    });
    let entered = move || {
        let is_offered = |field: RwSignal<String>, offered: StoredValue<String>| field.with(|text| offered.with_value(|offered| offered == text));
        kind.with(|kind| kind != "everyone") || !is_offered(name, offered) || !is_offered(due, offered_due) || chosen.ids() != [here.frame().me]
    };
    let discard = Discard::new(entered, doing.pending, on_close);
    let navigate = use_navigate();
    let send = move || {
        if missing.with_untracked(Option::is_some) {
            return;
        }
        let (Some(of), Some(due_at)) = (untrack(of), due.with_untracked(|day| end_of(day))) else { return };
        let wish = ReviewWish { of, name: name.get_untracked(), due_at, reviewers: untrack(|| chosen.ids()) };
        let navigate = navigate.clone();
        doing.run(
            move || reviews::start(slug.get_value(), wish.clone()),
            move |review, is_here| {
                doing.toasts.success(format!("{} started.", review.name));
                if is_here {
                    on_close.run(());
                    navigate(&path::review(&slug.get_value(), review.id), leptos_router::NavigateOptions::default());
                }
            },
        );
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        send();
    };
    let footer = move || {
        view! {
            <Button on_click=move || discard.leave()>"Cancel"</Button>
            <Button kind=ButtonKind::Primary submit=true form=FORM pending=doing.pending disabled_reason=missing>"Start review"</Button>
        }
    };
    let kinds = vec![
        RadioCard::new("everyone", "Everyone", "Whether each member still belongs here"),
        RadioCard::new("group", "A user group", "Whether each member still belongs in it"),
        RadioCard::new("role", "A role", "Whether each member, group and token that holds it still needs it"),
        RadioCard::new("label", "A label", "Whether each role given with this label is still needed"),
    ];
    let choose = |options: Vec<(String, String)>, words: &str| {
        let mut all = vec![(String::new(), words.to_owned())];
        all.extend(options);
        all
    };
    let on_of = doing.on("of");
    let what = move || match kind.get().as_str() {
        "group" => view! {
            <FindIn label="Find a user group" search=groups.search()/>
            <SelectField label="User group" name="group" value=group options=Signal::derive(move || choose(group_rows(), "Choose a group")) error=on_of/>
        }
        .into_any(),
        "role" => view! { <SelectField label="Role" name="role" value=role options=Signal::derive(move || choose(roles.get(), "Choose a role")) error=on_of/> }
            .into_any(),
        "label" => view! {
            <FindIn label="Find a label" search=labels.search()/>
            <SelectField label="Label" name="label" value=label options=Signal::derive(move || choose(label_rows(), "Choose a label")) error=on_of/>
        }
        .into_any(),
        _ => view! { <p role="alert">{move || on_of.get()}</p> }.into_any(),
    };
    let beside = doing.beside(FIELDS);
    view! {
        <Dialog title="Start review" text=Some("Nothing ends while it goes on. What is decided to be revoked ends when you sign it off.".to_owned()) on_close=move || discard.leave() footer=footer>
            <form id=FORM class="form" novalidate on:submit=submit>
                <div role="alert">{move || beside.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}</div>
                <RadioCards label="What to review" name="kind" options=kinds value=kind on_change=move |value: String| kind.set(value)/>
                {what}
                <Field label="Name" name="name" value=name error=doing.on("name") maxlength=MOST autocomplete="off"/>
                <Field label="Due" name="due" kind="date" value=due error=doing.on("due") hint=here.frame().mail_is_on.then(|| "Reviewers are reminded three days before, and on the day.".to_owned())/>
                <Reviewers here chosen error=doing.on("reviewers")/>
            </form>
        </Dialog>
        {discard.question(|| "No review has been started yet.")}
    }
    .into_any()
}

/// A search that narrows the choice below it, where not all of it is there.
#[component]
fn FindIn(label: &'static str, search: Search) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    Effect::new(move |ran: Option<()>| {
        let text = typed.get();
        if ran.is_some() {
            search.ask.run((text,));
        }
    });
    // once it was needed it stays: it must not go while somebody types
    let needed = Memo::new(move |was: Option<&bool>| was.copied().unwrap_or(false) || search.more.get());
    let field = move || {
        needed.get().then(
            || view! { <Field label=label name="find" value=typed autocomplete="off" hint=Some("There are more than the list below holds.".to_owned())/> },
        )
    };
    view! {
        {field}
        {search.failure("field-error")}
    }
    .into_any()
}
