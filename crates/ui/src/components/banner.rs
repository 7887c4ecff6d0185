//! A line across the page that says something and offers what to do about it.
use super::icon::{Icon, IconName};
use leptos::{children::ViewFnOnce, prelude::*};

/// What a colour means. A word or a shape always goes with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Info,
    Good,
    Warn,
    Bad,
    Muted,
}

impl Tone {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Muted => "muted",
        }
    }

    pub(super) fn icon(self) -> IconName {
        match self {
            Self::Info | Self::Muted => IconName::Info,
            Self::Good => IconName::CircleCheck,
            Self::Warn => IconName::TriangleAlert,
            Self::Bad => IconName::CircleAlert,
        }
    }
}

/// Something the reader should know before going on.
#[component]
pub fn Banner(
    #[prop(optional)] tone: Tone,
    /// Buttons, at the right or below.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class=format!("banner {}", tone.class())>
            <Icon name=tone.icon()/>
            <div class="banner-text">{children()}</div>
            {actions.map(|actions| view! { <div class="banner-actions">{actions.run()}</div> })}
        </div>
    }
    .into_any()
}
