//! The frame of every page inside a workspace: where one is, where one can go, who one is.
use super::avatar::Avatar;
use super::icon::{Icon, IconName};
use super::menu::MenuItem;
use super::overlay::use_overlay;
use leptos::{children::ViewFnOnce, ev, html, prelude::*, wasm_bindgen::JsCast};
use web_sys::Node;

const FIND: &str = "Search or jump to";

/// A place in the side navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    pub label: String,
    pub href: String,
    pub icon: IconName,
    /// What waits there, as words.
    pub count: Option<String>,
}

impl NavItem {
    pub fn new(label: &str, href: &str, icon: IconName) -> Self {
        Self { label: label.to_owned(), href: href.to_owned(), icon, count: None }
    }

    #[must_use]
    pub fn count(mut self, count: Option<String>) -> Self {
        self.count = count;
        self
    }
}

/// The item whose address is the longest beginning of the path.
fn here(items: &[NavItem], path: &str) -> Option<String> {
    let holds = |item: &&NavItem| path.strip_prefix(item.href.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    items.iter().filter(holds).max_by_key(|item| item.href.len()).map(|item| item.href.clone())
}

/// Side navigation, which is a dialog behind a button on small screens, and the page.
#[component]
pub fn AppShell(
    /// Beside the mark: `<WorkspaceSwitcher>`.
    #[prop(into)]
    switcher: ViewFnOnce,
    #[prop(into)] items: Signal<Vec<NavItem>>,
    /// The path of this page.
    #[prop(into)]
    current: Signal<String>,
    /// Who is signed in, and the id that gives the hue.
    #[prop(into)]
    me_name: Signal<String>,
    #[prop(into)] me_id: Signal<String>,
    /// Opens what finds everything by a few letters.
    #[prop(optional, into)]
    on_find: Option<Callback<()>>,
    /// The account page and, as a POST form, the way out.
    #[prop(into)]
    me_items: Signal<Vec<MenuItem>>,
    children: Children,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let panel = NodeRef::<html::Div>::new();
    use_overlay(panel, open.into(), Callback::from(move || open.set(false)));
    // Going somewhere closes the navigation.
    Effect::new(move || {
        current.track();
        open.set(false);
    });
    let chosen = Memo::new(move |_| items.with(|items| here(items, &current.get())));
    let link = move |item: NavItem| {
        let mine = item.href.clone();
        let on = move || chosen.with(|chosen| chosen.as_ref() == Some(&mine)).then_some("page");
        view! {
            <li><a href=item.href aria-current=on>
                <Icon name=item.icon/>
                <span>{item.label}</span>
                {item.count.map(|count| view! { <span class="count">{count}</span> })}
            </a></li>
        }
    };
    let me = move || view! { <Avatar name=me_name id=me_id/><span class="me-name">{me_name}</span><Icon name=IconName::ChevronsUpDown/> }.into_any();
    view! {
        <a class="skip" href="#main" rel="external">"Skip to the page"</a>
        <div class="app">
            <header class="topbar">
                <button type="button" class="btn quiet square" aria-label="Menu" aria-expanded=move || if open.get() { "true" } else { "false" } on:click=move |_| open.set(true)>
                    <Icon name=IconName::Menu/>
                </button>
                <span class="mark" aria-hidden="true">"R"</span>
                <span class="topbar-name">"Rolecall"</span>
                {on_find.map(|find| view! { <button type="button" class="btn quiet square" aria-label=FIND aria-haspopup="dialog" on:click=move |_| find.run(())><Icon name=IconName::Search/></button> })}
            </header>
            <div class="nav-scrim" class:open=open on:click=move |_| open.set(false)></div>
            <div
                class="nav"
                class:open=open
                node_ref=panel
                tabindex="-1"
                role=move || open.get().then_some("dialog")
                aria-modal=move || open.get().then_some("true")
                aria-label=move || open.get().then_some("Menu")
            >
                <div class="brand"><span class="mark" aria-hidden="true">"R"</span>{switcher.run()}</div>
                {on_find.map(|find| view! {
                    <button type="button" class="find" aria-haspopup="dialog" aria-keyshortcuts="Control+K Meta+K" on:click=move |_| { open.set(false); find.run(()) }>
                        <Icon name=IconName::Search/><span>{FIND}</span><kbd aria-hidden="true">"Ctrl K"</kbd>
                    </button>
                })}
                <nav aria-label="Workspace"><ul>{move || items.get().into_iter().map(link).collect_view()}</ul></nav>
                <Disclosure class="me" label="Your account" up=true face=me items=me_items/>
            </div>
            <main class="main" id="main" tabindex="-1">{children()}</main>
        </div>
    }
    .into_any()
}

/// The workspace's name, and the way to another.
#[component]
pub fn WorkspaceSwitcher(#[prop(into)] name: Signal<String>, #[prop(into)] items: Signal<Vec<MenuItem>>) -> impl IntoView {
    let face = move || view! { <span class="ws-name">{name}</span><Icon name=IconName::ChevronsUpDown/> }.into_any();
    view! { <Disclosure class="ws" label="Workspace" face=face items=items/> }.into_any()
}

/// A native disclosure, so that it opens before the page is alive.
#[component]
fn Disclosure(
    class: &'static str,
    label: &'static str,
    #[prop(optional)] up: bool,
    #[prop(into)] face: ViewFnOnce,
    items: Signal<Vec<MenuItem>>,
) -> impl IntoView {
    let root = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(root) = root.get_untracked() {
            root.set_open(false);
        }
    };
    Effect::new(move || {
        let Some(element) = root.get() else { return };
        let outside = move |event: ev::PointerEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
            if !element.contains(target.as_ref()) {
                element.set_open(false);
            }
        };
        let handle = window_event_listener(ev::pointerdown, outside);
        on_cleanup(move || handle.remove());
    });
    let keys = move |event: ev::KeyboardEvent| {
        let Some(root) = root.get_untracked().filter(web_sys::HtmlDetailsElement::open) else { return };
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            root.set_open(false);
            if let Some(summary) = super::focus::find_all(&root, "summary").first() {
                super::focus::focus(summary);
            }
        } else {
            super::focus::walk(&event, &root, "summary,.menu-item");
        }
    };
    view! {
        <details class=class node_ref=root on:keydown=keys>
            <summary><span class="visually-hidden">{label}": "</span>{face.run()}</summary>
            <div class="menu-panel" class:up=up>{move || items.get().into_iter().map(|item| item.draw(close)).collect_view()}</div>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{NavItem, here};
    use crate::components::IconName;

    #[test]
    fn the_longest_beginning_is_here() {
        let items = [NavItem::new("Access management", "/w/acme/access", IconName::Users), NavItem::new("Resources", "/w/acme/resources", IconName::Database)];
        assert_eq!(here(&items, "/w/acme/access/users/1").as_deref(), Some("/w/acme/access"));
        assert_eq!(here(&items, "/w/acme/resources").as_deref(), Some("/w/acme/resources"));
        assert_eq!(here(&items, "/w/acme/accessories"), None);
    }
}
