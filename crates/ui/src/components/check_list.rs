//! A long list of checkboxes that can be searched: resources, members, groups; or of radio buttons, where one is to be chosen.
use super::icon::{Icon, IconName};
use super::search::{Search, SearchState};
use leptos::{ev, prelude::*};

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CheckItem {
    pub id: String,
    pub title: String,
    /// A lighter second line.
    pub detail: String,
}

impl CheckItem {
    pub fn new(id: &str, title: &str, detail: &str) -> Self {
        Self { id: id.to_owned(), title: title.to_owned(), detail: detail.to_owned() }
    }
}

/// Above this many lines the list has a search.
const FEW: usize = 8;
/// Lines drawn at once; a search finds the others.
const SHOWN: usize = 100;

/// Checkboxes, chosen ones first when it opens, with a search when there are many.
#[component]
pub fn CheckList(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    #[prop(into)] label: String,
    #[prop(into)] items: Signal<Vec<CheckItem>>,
    #[prop(into)] chosen: Signal<Vec<String>>,
    #[prop(into)] on_change: Callback<(String, bool)>,
    /// What to say when there is nothing to choose.
    #[prop(default = "Nothing here yet".to_owned(), into)]
    empty: String,
    /// Where not all lines are here, they are searched for elsewhere as somebody types: `items` is what was found.
    #[prop(optional)]
    search: Option<Search>,
    /// Why nothing more may be chosen, if so; what is chosen can be given up.
    #[prop(optional, into)]
    locked: Signal<Option<String>>,
    /// Only one of them is to be chosen.
    #[prop(optional)]
    one: bool,
) -> impl IntoView {
    let (kind, together) = if one { ("radio", Some(id.clone())) } else { ("checkbox", None) };
    let needle = RwSignal::new(String::new());
    // The order is settled when the list opens: lines that jump under the pointer are missed.
    let first = StoredValue::new(chosen.get_untracked());
    let found = Memo::new(move |_| {
        // who searches elsewhere has left out already what doesn't fit
        let wanted = if search.is_some() { String::new() } else { needle.get().trim().to_lowercase() };
        let fits = |item: &CheckItem| item.title.to_lowercase().contains(&wanted) || item.detail.to_lowercase().contains(&wanted);
        let mut found: Vec<_> = items.get().into_iter().filter(fits).collect();
        first.with_value(|first| found.sort_by_key(|item| !first.contains(&item.id)));
        found
    });
    let line = move |item: CheckItem| {
        let (mine, id) = (item.id.clone(), item.id);
        let on = Memo::new(move |_| chosen.with(|chosen| chosen.contains(&mine)));
        view! {
            <label class="check">
                <input type=kind name=together.clone() aria-label=item.title.clone() checked=on.get_untracked() prop:checked=on disabled=move || locked.with(Option::is_some) && !on.get() on:change=move |event| on_change.run((id.clone(), event_target_checked(&event)))/>
                <span><b>{item.title}</b>{(!item.detail.is_empty()).then(|| view! { <small>{item.detail}</small> })}</span>
            </label>
        }
        .into_any()
    };
    // a line keeps its place in the page: who has the focus on it ticks no other because one came or went meanwhile
    let shown = move || found.with(|found| found.iter().take(SHOWN).cloned().collect::<Vec<CheckItem>>());
    let rest = move || {
        let hidden = found.with(Vec::len).saturating_sub(SHOWN);
        let (state, more) = search.map_or((SearchState::Answered, false), |search| (search.state.get(), search.more.get()));
        let words = if found.with(Vec::is_empty) && !more {
            match state {
                SearchState::Waiting => "Searching…".to_owned(),
                SearchState::Failed => String::new(),
                SearchState::Answered if needle.with(String::is_empty) => empty.clone(),
                SearchState::Answered => "No match".to_owned(),
            }
        } else if more {
            "There are more: search to find them".to_owned()
        } else if hidden > 0 {
            format!("{hidden} more: search to find them")
        } else {
            String::new()
        };
        (!words.is_empty()).then(|| view! { <p class="check-list-note">{words}</p> })
    };
    let search_label = format!("Find in {}", label.to_lowercase());
    let many = Memo::new(move |_| search.is_some() || items.with(Vec::len) > FEW);
    let typed = move |event: ev::Event| {
        let text = event_target_value(&event);
        needle.set(text.clone());
        if let Some(search) = search {
            search.ask.run((text,));
        }
    };
    // Enter takes the first that was found, and the next name can be typed over this one
    let press = move |event: ev::KeyboardEvent| {
        if event.key() != "Enter" {
            return;
        }
        event.prevent_default();
        let wanted = needle.with_untracked(|needle| needle.trim().to_lowercase());
        // what an older search found may still be there
        let fits = |item: &&CheckItem| item.title.to_lowercase().contains(&wanted) || item.detail.to_lowercase().contains(&wanted);
        let first = found.with_untracked(|found| found.iter().find(fits).map(|item| item.id.clone()));
        if let Some(id) = first.filter(|_| !wanted.is_empty() && locked.with_untracked(Option::is_none)) {
            let on = chosen.with_untracked(|chosen| chosen.contains(&id));
            on_change.run((id, one || !on));
            event_target::<web_sys::HtmlInputElement>(&event).select();
        }
    };
    view! {
        <fieldset class="check-list" id=id>
            <legend class="visually-hidden">{label}</legend>
            {move || many.get().then(|| view! {
                <input
                    class="input check-list-search"
                    type="text"
                    placeholder=search_label.clone()
                    aria-label=search_label.clone()
                    autocomplete="off"
                    on:input=typed
                    on:keydown=press
                />
            })}
            {move || locked.get().map(|reason| view! { <p class="check-list-note"><Icon name=IconName::Lock/>" "{reason}</p> })}
            {search.map(|search| search.failure("check-list-note"))}
            <div class="check-list-lines" tabindex=move || locked.with(Option::is_some).then_some("0")><For each=shown key=CheckItem::clone children=line/>{rest}</div>
        </fieldset>
    }
    .into_any()
}
