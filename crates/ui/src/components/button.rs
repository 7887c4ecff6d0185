//! Buttons, and links that look like them.
use super::icon::{Icon, IconName};
use leptos::{ev::MouseEvent, prelude::*};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// Bordered, the usual one.
    #[default]
    Plain,
    /// The one thing to do here.
    Primary,
    /// Bordered in the accent: the answer that moves things on.
    Strong,
    /// Without a border, for what is seldom needed.
    Quiet,
    /// Red words: leads to something that can't be undone.
    Danger,
    /// Red all over: does it.
    DangerSolid,
}

impl ButtonKind {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "btn",
            Self::Primary => "btn primary",
            Self::Strong => "btn strong",
            Self::Quiet => "btn quiet",
            Self::Danger => "btn danger",
            Self::DangerSolid => "btn danger-solid",
        }
    }
}

fn class(kind: ButtonKind, small: bool, square: bool) -> String {
    let mut class = kind.class().to_owned();
    if small {
        class.push_str(" small");
    }
    if square {
        class.push_str(" square");
    }
    class
}

/// Runs the callback unless the button is pending or has a reason not to.
fn guard(pending: Signal<bool>, reason: Signal<Option<String>>, on_click: Option<Callback<()>>) -> impl Fn(MouseEvent) {
    move |event: MouseEvent| {
        if pending.get_untracked() || reason.with_untracked(Option::is_some) {
            event.prevent_default();
            event.stop_propagation();
        } else if let Some(on_click) = on_click {
            on_click.run(());
        }
    }
}

/// A button with words. Its root is one `<button>`: other attributes may be spread on it.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] small: bool,
    /// Submits its form.
    #[prop(optional)]
    submit: bool,
    #[prop(optional, into)] icon: Option<IconName>,
    /// Waits for an answer: shows a spinner, keeps its width, takes no click.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// Why it can't be used now. It stays in place, reachable, and says this.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
    #[prop(optional, into)] on_click: Option<Callback<()>>,
    /// For forms: the field it sends.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    /// The id of the form it submits, when it stands outside it.
    #[prop(optional, into)]
    form: Option<String>,
    children: Children,
) -> impl IntoView {
    let off = move || pending.get() || disabled_reason.with(Option::is_some);
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=class(kind, small, false)
            name=name
            value=value
            form=form
            aria-busy=move || pending.get().then_some("true")
            aria-disabled=move || off().then_some("true")
            aria-description=move || disabled_reason.get()
            data-tip=move || disabled_reason.get()
            on:click=guard(pending, disabled_reason, on_click)
        >
            {icon.map(|name| view! { <Icon name=name/> })}
            <span>{children()}</span>
        </button>
    }
    .into_any()
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    #[prop(into)] href: Signal<String>,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] small: bool,
    #[prop(optional, into)] icon: Option<IconName>,
    /// Left to the browser: a file, not a page.
    #[prop(optional)]
    download: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=class(kind, small, false) href=href download=download.then_some("") rel=download.then_some("external")>
            {icon.map(|name| view! { <Icon name=name/> })}
            <span>{children()}</span>
        </a>
    }
    .into_any()
}

/// A square button with an icon alone; the label is its name and its tooltip.
#[component]
pub fn IconButton(
    #[prop(into)] label: Signal<String>,
    icon: IconName,
    #[prop(default = ButtonKind::Quiet)] kind: ButtonKind,
    #[prop(optional)] small: bool,
    #[prop(optional, into)] pending: Signal<bool>,
    #[prop(optional, into)] disabled_reason: Signal<Option<String>>,
    /// Whether what it opens is open.
    #[prop(optional, into)]
    expanded: Signal<Option<bool>>,
    #[prop(optional, into)] on_click: Option<Callback<()>>,
) -> impl IntoView {
    let off = move || pending.get() || disabled_reason.with(Option::is_some);
    view! {
        <button
            type="button"
            class=class(kind, small, true)
            aria-label=label
            aria-busy=move || pending.get().then_some("true")
            aria-disabled=move || off().then_some("true")
            aria-description=move || disabled_reason.get()
            aria-expanded=move || expanded.get().map(|open| if open { "true" } else { "false" })
            data-tip=move || disabled_reason.get().unwrap_or_else(|| label.get())
            on:click=guard(pending, disabled_reason, on_click)
        >
            <Icon name=icon/>
        </button>
    }
    .into_any()
}
