//! Tabs: links where the choice belongs in the URL, buttons where it doesn't.
use super::focus::walk;
use leptos::{ev, html, prelude::*};

/// One tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TabItem {
    pub id: String,
    pub label: String,
    /// Where it leads; without, `on_select` is called.
    pub href: Option<String>,
    /// A number beside it, as words.
    pub count: Option<String>,
}

impl TabItem {
    pub fn link(id: &str, label: &str, href: &str) -> Self {
        Self { id: id.to_owned(), label: label.to_owned(), href: Some(href.to_owned()), count: None }
    }

    pub fn here(id: &str, label: &str) -> Self {
        Self { id: id.to_owned(), label: label.to_owned(), href: None, count: None }
    }

    #[must_use]
    pub fn count(mut self, count: impl Into<Option<String>>) -> Self {
        self.count = count.into();
        self
    }
}

/// A row of tabs. Arrow keys move, Enter or Space chooses.
#[component]
pub fn Tabs(
    #[prop(into)] label: String,
    #[prop(into)] items: Signal<Vec<TabItem>>,
    /// The id of the tab that is shown.
    #[prop(into)]
    current: Signal<String>,
    #[prop(optional, into)] on_select: Option<Callback<(String,)>>,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    let keys = move |event: ev::KeyboardEvent| {
        let Some(list) = list.get_untracked() else { return };
        if event.key() == " " {
            event.prevent_default();
            if let Some(tab) = super::focus::focused() {
                tab.click();
            }
        } else if !matches!(event.key().as_str(), "ArrowUp" | "ArrowDown") {
            walk(&event, &list, "[role=tab]");
        }
    };
    let tab = move |item: TabItem| {
        let (mine, id) = (item.id.clone(), item.id.clone());
        let on = Memo::new(move |_| current.with(|current| *current == mine));
        let selected = move || if on.get() { "true" } else { "false" };
        let tabindex = move || if on.get() { "0" } else { "-1" };
        let face = view! { <span>{item.label}</span>{item.count.map(|count| view! { " " <span class="n">{count}</span> })} };
        let tab_id = format!("tab-{}", item.id);
        match item.href {
            Some(href) => view! { <a role="tab" id=tab_id href=href aria-selected=selected tabindex=tabindex>{face}</a> }.into_any(),
            None => {
                let choose = move |_| {
                    if let Some(on_select) = on_select {
                        on_select.run((id.clone(),));
                    }
                };
                view! { <button type="button" role="tab" id=tab_id aria-selected=selected tabindex=tabindex on:click=choose>{face}</button> }.into_any()
            }
        }
    };
    view! { <div class="tabs" role="tablist" aria-label=label node_ref=list on:keydown=keys>{move || items.get().into_iter().map(tab).collect_view()}</div> }
        .into_any()
}

/// What a tab shows.
#[component]
pub fn TabPanel(
    /// The id of its tab.
    #[prop(into)]
    tab: Signal<String>,
    children: Children,
) -> impl IntoView {
    view! { <div class="tab-panel" role="tabpanel" aria-labelledby=move || format!("tab-{}", tab.get())>{children()}</div> }.into_any()
}
