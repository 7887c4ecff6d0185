//! Draws an icon of our sprite, `public/icons.svg` (Lucide, ISC licence).
use leptos::prelude::*;

macro_rules! icons {
    ($($name:ident => $id:literal),+ $(,)?) => {
        /// The icons of the sprite.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum IconName { $($name),+ }

        impl IconName {
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Where the sprite keeps it.
            fn href(self) -> &'static str {
                match self { $(Self::$name => concat!("/icons.svg#", $id)),+ }
            }
        }
    };
}

icons! {
    Search => "search", X => "x", Plus => "plus", Check => "check", Minus => "minus",
    ChevronDown => "chevron-down", ChevronLeft => "chevron-left", ChevronRight => "chevron-right", ChevronUp => "chevron-up", ChevronsUpDown => "chevrons-up-down",
    Menu => "menu", MoreHorizontal => "ellipsis", Users => "users", UsersRound => "users-round", KeyRound => "key-round",
    Shield => "shield", ShieldCheck => "shield-check", Tag => "tag", Database => "database", Map => "network",
    ClipboardCheck => "clipboard-check", ScrollText => "scroll-text", Settings => "settings", LogOut => "log-out",
    UserRound => "user-round", UserPlus => "user-plus", Mail => "mail", MailX => "mail-x", Clock => "clock",
    Download => "download", Upload => "upload", Copy => "copy", Eye => "eye", EyeOff => "eye-off", Lock => "lock",
    TriangleAlert => "triangle-alert", CircleAlert => "circle-alert", CircleCheck => "circle-check", Info => "info",
    Trash => "trash-2", RotateCw => "rotate-cw", ArrowUp => "arrow-up", ArrowDown => "arrow-down",
    ExternalLink => "external-link", Filter => "list-filter", Pencil => "pencil", Inbox => "inbox", Building => "building-2",
    Undo => "undo-2", Monitor => "monitor", Link => "link", Calendar => "calendar", Sparkles => "sparkles",
}

/// An icon of 16 px. Without a label it is decoration, and a word must stand beside it.
#[component]
pub fn Icon(
    name: IconName,
    /// What it says to who can't see it.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    let hidden = label.is_none().then_some("true");
    let role = label.is_some().then_some("img");
    view! {
        <svg class="icon" aria-hidden=hidden role=role aria-label=label>
            <use href=name.href()></use>
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::IconName;

    #[test]
    fn every_icon_is_in_the_sprite() {
        let sprite = include_str!("../../../../public/icons.svg");
        for icon in IconName::ALL {
            let id = icon.href().trim_start_matches("/icons.svg#");
            assert!(sprite.contains(&format!("<symbol id=\"{id}\"")), "`{id}` is missing from public/icons.svg");
        }
    }
}
