//! A button that opens a short list of things to do or places to go.
use super::focus::walk;
use super::icon::{Icon, IconName};
use super::popover::{close_on_escape, use_popover};
use leptos::{ev, html, prelude::*};

/// What choosing an item does.
#[derive(Clone, Debug)]
enum Does {
    Link(String),
    Run(Callback<()>),
    Post(String),
}

/// One line of a menu.
#[derive(Clone, Debug)]
pub struct MenuItem {
    label: String,
    note: Option<String>,
    icon: Option<IconName>,
    danger: bool,
    current: bool,
    disabled_reason: Option<String>,
    does: Does,
}

impl MenuItem {
    fn new(label: &str, does: Does) -> Self {
        Self { label: label.to_owned(), note: None, icon: None, danger: false, current: false, disabled_reason: None, does }
    }

    /// Goes to a page.
    pub fn link(label: &str, href: &str) -> Self {
        Self::new(label, Does::Link(href.to_owned()))
    }

    /// Does something here.
    pub fn run(label: &str, action: impl Into<Callback<()>>) -> Self {
        Self::new(label, Does::Run(action.into()))
    }

    /// Sends a POST form without fields.
    pub fn post(label: &str, action: &str) -> Self {
        Self::new(label, Does::Post(action.to_owned()))
    }

    #[must_use]
    pub fn icon(mut self, icon: IconName) -> Self {
        self.icon = Some(icon);
        self
    }

    /// A lighter line below the words.
    #[must_use]
    pub fn note(mut self, note: &str) -> Self {
        self.note = Some(note.to_owned());
        self
    }

    /// Leads to something that can't be undone.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }

    /// The one that is chosen now.
    #[must_use]
    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }

    /// Shows it off, with the reason.
    #[must_use]
    pub fn disabled(mut self, reason: Option<String>) -> Self {
        self.disabled_reason = reason;
        self
    }

    /// The line itself; `done` closes what it stands in.
    pub(super) fn draw(self, done: impl Fn() + Clone + Send + Sync + 'static) -> AnyView {
        let class = if self.danger { "menu-item danger" } else { "menu-item" };
        let off = self.disabled_reason.is_some();
        let note = self.disabled_reason.or(self.note);
        let content = view! {
            {self.icon.map(|name| view! { <Icon name=name/> })}
            <span>{self.label}{note.map(|note| view! { <small>{note}</small> })}</span>
            {self.current.then(|| view! { <Icon name=IconName::Check/> })}
        };
        match self.does {
            Does::Link(href) => {
                view! { <a class=class href=href aria-current=self.current.then_some("true") on:click=move |_| done()>{content}</a> }.into_any()
            }
            Does::Run(action) => {
                let click = move |_| {
                    if !off {
                        done();
                        action.run(());
                    }
                };
                view! { <button type="button" class=class aria-disabled=off.then_some("true") on:click=click>{content}</button> }.into_any()
            }
            Does::Post(action) => view! { <form method="post" action=action><button type="submit" class=class>{content}</button></form> }.into_any(),
        }
    }
}

/// A menu. With an icon its trigger is a square button named by the label; with children they are the trigger's words.
#[component]
pub fn Menu(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] items: Signal<Vec<MenuItem>>,
    #[prop(default = IconName::MoreHorizontal)] icon: IconName,
    #[prop(optional)] small: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let anchor = NodeRef::<html::Button>::new();
    let panel = NodeRef::<html::Div>::new();
    use_popover(anchor, panel, open);
    let keys = move |event: ev::KeyboardEvent| {
        close_on_escape(&event, anchor, open);
        if let Some(panel) = panel.get_untracked().filter(|_| open.get_untracked()) {
            walk(&event, &panel, ".menu-item");
        }
    };
    let worded = children.is_some();
    let face = match children {
        Some(children) => view! { <span>{children()}</span><Icon name=IconName::ChevronDown/> }.into_any(),
        None => view! { <Icon name=icon/> }.into_any(),
    };
    let mut class = if worded { "btn" } else { "btn quiet square" }.to_owned();
    if small {
        class.push_str(" small");
    }
    view! {
        <span class="menu" on:keydown=keys>
            <button
                type="button"
                node_ref=anchor
                class=class
                aria-label=move || (!worded).then(|| label.get())
                aria-expanded=move || if open.get() { "true" } else { "false" }
                on:click=move |event| { event.stop_propagation(); open.update(|open| *open = !*open); }
            >
                {face}
            </button>
            {move || open.get().then(|| view! {
                <div class="popover menu-panel" node_ref=panel role="group" aria-label=label tabindex="-1">
                    {items.get().into_iter().map(|item| item.draw(move || open.set(false))).collect_view()}
                </div>
            })}
        </span>
    }
    .into_any()
}
