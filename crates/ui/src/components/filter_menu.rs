//! A button that narrows a list by some of many values.
use super::focus::walk;
use super::icon::{Icon, IconName};
use super::popover::{close_on_escape, use_popover};
use super::search::{Search, SearchState};
use leptos::{ev, html, prelude::*};

/// A value to filter by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterOption {
    pub value: String,
    pub label: String,
}

impl FilterOption {
    pub fn new(value: &str, label: &str) -> Self {
        Self { value: value.to_owned(), label: label.to_owned() }
    }
}

/// Above this many values the panel gets its own search.
const FEW: usize = 8;

/// Checkboxes behind a button; the button tells how many are chosen.
#[component]
pub fn FilterMenu(
    #[prop(into)] label: String,
    #[prop(into)] options: Signal<Vec<FilterOption>>,
    #[prop(into)] chosen: Signal<Vec<String>>,
    /// Called with all that are chosen, at every change.
    #[prop(into)]
    on_change: Callback<(Vec<String>,)>,
    /// Where not all values are here, they are searched for elsewhere, when the panel opens and as somebody types: `options` is what was found.
    #[prop(optional)]
    search: Option<Search>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let anchor = NodeRef::<html::Button>::new();
    let panel = NodeRef::<html::Div>::new();
    use_popover(anchor, panel, open);
    let keys = move |event: ev::KeyboardEvent| {
        close_on_escape(&event, anchor, open);
        let in_panel = panel.get_untracked().filter(|_| open.get_untracked());
        if let Some(panel) = in_panel
            && matches!(event.key().as_str(), "ArrowDown" | "ArrowUp")
        {
            walk(&event, &panel, "input");
        }
    };
    Effect::new(move || {
        if let (true, Some(search)) = (open.get(), search) {
            search.ask.run((String::new(),));
        }
    });
    let choices = Choices { panel, options, chosen, on_change, search };
    let count = move || chosen.with(Vec::len);
    let title = label.clone();
    view! {
        <span class="menu" on:keydown=keys>
            <button
                type="button"
                node_ref=anchor
                class="btn filter"
                class:on=move || count() != 0
                aria-expanded=move || if open.get() { "true" } else { "false" }
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <span>{title}</span>
                {move || (count() != 0).then(|| view! { <span class="filter-count">{count()}<span class="visually-hidden">" chosen"</span></span> })}
                <Icon name=IconName::ChevronDown/>
            </button>
            {move || open.get().then(|| choices.view(label.clone()))}
        </span>
    }
    .into_any()
}

/// What the open panel shows.
#[derive(Clone, Copy)]
struct Choices {
    panel: NodeRef<html::Div>,
    options: Signal<Vec<FilterOption>>,
    chosen: Signal<Vec<String>>,
    on_change: Callback<(Vec<String>,)>,
    search: Option<Search>,
}

impl Choices {
    fn toggle(self, value: &str, on: bool) {
        let mut now = self.chosen.get_untracked();
        now.retain(|other| other != value);
        if on {
            now.push(value.to_owned());
        }
        self.on_change.run((now,));
    }

    fn line(self, option: FilterOption) -> AnyView {
        let (mine, value) = (option.value.clone(), option.value);
        view! {
            <label class="check">
                <input type="checkbox" prop:checked=move || self.chosen.with(|chosen| chosen.contains(&mine)) on:change=move |event| self.toggle(&value, event_target_checked(&event))/>
                <span>{option.label}</span>
            </label>
        }
        .into_any()
    }

    fn view(self, label: String) -> AnyView {
        let Self { panel, options, chosen, on_change, search } = self;
        let needle = RwSignal::new(String::new());
        let lines = move || {
            // who searches elsewhere has left out already what doesn't fit
            let wanted = if search.is_some() { String::new() } else { needle.get().to_lowercase() };
            let fits = |option: &FilterOption| option.label.to_lowercase().contains(&wanted);
            let found: Vec<_> = options.get().into_iter().filter(fits).map(|option| self.line(option)).collect();
            if !found.is_empty() {
                return found.into_any();
            }
            let none = match search.map(|search| search.state.get()) {
                Some(SearchState::Waiting) => Some("Searching…"),
                Some(SearchState::Failed) => None,
                Some(SearchState::Answered) | None => Some("No match"),
            };
            none.map(|none| view! { <p class="popover-none">{none}</p> }).into_any()
        };
        let typed = move |event: ev::Event| {
            let text = event_target_value(&event);
            needle.set(text.clone());
            if let Some(search) = search {
                search.ask.run((text,));
            }
        };
        let search_label = format!("Find in {}", label.to_lowercase());
        let find = (search.is_some() || options.with_untracked(Vec::len) > FEW).then(|| {
            view! { <input class="input popover-search" type="text" placeholder=search_label.clone() aria-label=search_label autocomplete="off" on:input=typed/> }
        });
        view! {
            <div class="popover" node_ref=panel role="group" aria-label=label tabindex="-1">
                {find}
                {search.map(|search| search.failure("popover-none"))}
                <div class="popover-list">
                    {lines}
                    {move || search.is_some_and(|search| search.more.get()).then(|| view! { <p class="popover-none">"And more: type to find them"</p> })}
                </div>
                <div class="popover-foot">
                    <button type="button" class="btn quiet small" aria-disabled=move || chosen.with(Vec::is_empty).then_some("true") on:click=move |_| on_change.run((Vec::new(),))>"Clear"</button>
                </div>
            </div>
        }
        .into_any()
    }
}
