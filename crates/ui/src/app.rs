//! The console as a whole: the HTML round every page, and which page stands at which URL.

use crate::{
    components::{Toasts, provide_toasts},
    pages::{
        access::{AccessPage, GroupDrawer, TokenDrawer, UserDrawer, UsersPage},
        frame::{AccessGate, WorkspaceFrame, for_owners},
        home::{HomePage, WorkspaceHome},
        not_found::NotFoundPage,
    },
    parts::{audit::AUDIT, door::DOOR, lists::LISTS, settings::SETTINGS, things::THINGS},
    session::{SignInAgain, provide_session},
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// Every page waits for its data before it is sent: then its status is right, and it reads without JavaScript.
const SSR: SsrMode = SsrMode::Async;

const NO_SETTINGS: &str =
    "Settings are for the owners of this workspace. Ask one of them to change what it is called, or what it asks of sessions and invites.";

const NO_TRAIL: &str = "The audit trail and its webhooks are for the owners of this workspace. Ask one of them what you need to know.";

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_toasts();
    provide_session();
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Rolecall".to_owned() } else { format!("{title} · Rolecall") }/>
        <Router>
            <Routes fallback=|| view! { <NotFoundPage/> }>
                <Route path=path!("/") view=HomePage ssr=SSR/>
                <Route path=path!("/signin") view=|| DOOR.whole_page(|door| door.sign_in) ssr=SSR/>
                <Route path=path!("/signup") view=|| DOOR.whole_page(|door| door.sign_up) ssr=SSR/>
                <Route path=path!("/reset") view=|| DOOR.whole_page(|door| door.reset) ssr=SSR/>
                <Route path=path!("/reset/:secret") view=|| DOOR.whole_page(|door| door.new_password) ssr=SSR/>
                <Route path=path!("/invites/:secret") view=|| DOOR.whole_page(|door| door.accept_invite) ssr=SSR/>
                <Route path=path!("/workspaces") view=|| DOOR.whole_page(|door| door.workspaces) ssr=SSR/>
                <Route path=path!("/account") view=|| DOOR.whole_page(|door| door.account) ssr=SSR/>
                <ParentRoute path=path!("/w/:slug") view=WorkspaceFrame ssr=SSR>
                    <Route path=path!("") view=WorkspaceHome ssr=SSR/>
                    <ParentRoute path=path!("access") view=|| view! { <AccessGate page=AccessPage/> } ssr=SSR>
                        <Route path=path!("") view=WorkspaceHome ssr=SSR/>
                        <ParentRoute path=path!("users") view=UsersPage ssr=SSR>
                            <Route path=path!("") view=|| () ssr=SSR/>
                            <Route path=path!(":member") view=UserDrawer ssr=SSR/>
                        </ParentRoute>
                        <ParentRoute path=path!("groups") view=|| LISTS.page(|lists| lists.groups) ssr=SSR>
                            <Route path=path!("") view=|| () ssr=SSR/>
                            <Route path=path!(":group") view=GroupDrawer ssr=SSR/>
                        </ParentRoute>
                        <ParentRoute path=path!("tokens") view=|| LISTS.page(|lists| lists.tokens) ssr=SSR>
                            <Route path=path!("") view=|| () ssr=SSR/>
                            <Route path=path!(":token") view=TokenDrawer ssr=SSR/>
                        </ParentRoute>
                    </ParentRoute>
                    <Route path=path!("audit") view=|| for_owners(|| AUDIT.page(|audit| audit.trail), NO_TRAIL) ssr=SSR/>
                    <ParentRoute path=path!("audit/webhooks") view=|| for_owners(|| AUDIT.page(|audit| audit.webhooks), NO_TRAIL) ssr=SSR>
                        <Route path=path!("") view=|| () ssr=SSR/>
                        <Route path=path!(":webhook") view=|| AUDIT.page(|audit| audit.webhook) ssr=SSR/>
                    </ParentRoute>
                    <Route path=path!("settings") view=|| for_owners(|| SETTINGS.page(|settings| settings.settings), NO_SETTINGS) ssr=SSR/>
                    <ParentRoute path=path!("resources") view=|| THINGS.page(|things| things.resources) ssr=SSR>
                        <Route path=path!("") view=|| () ssr=SSR/>
                        <Route path=path!(":resource") view=|| THINGS.page(|things| things.resource) ssr=SSR/>
                    </ParentRoute>
                    <ParentRoute path=path!("labels") view=|| THINGS.page(|things| things.labels) ssr=SSR>
                        <Route path=path!("") view=|| () ssr=SSR/>
                        <Route path=path!(":label") view=|| THINGS.page(|things| things.label) ssr=SSR/>
                    </ParentRoute>
                    <Route path=path!("map") view=|| THINGS.page(|things| things.map) ssr=SSR/>
                    <ParentRoute path=path!("roles") view=|| THINGS.page(|things| things.roles) ssr=SSR>
                        <Route path=path!("") view=|| () ssr=SSR/>
                        <Route path=path!(":role") view=|| THINGS.page(|things| things.role) ssr=SSR/>
                    </ParentRoute>
                </ParentRoute>
                <Route path=path!("/*any") view=NotFoundPage ssr=SSR/>
            </Routes>
            <SignInAgain/>
        </Router>
        <Toasts/>
    }
}

/// The names under `/pkg/` of what a browser loads; empty while there is no build of the browser's half.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default)]
pub struct Assets {
    pub js: String,
    /// What `js` imports, where its name is known.
    pub parts_js: String,
    pub wasm: String,
    pub css: String,
}

/// The whole document. Needs a nonce in context (`leptos::nonce`) for its one inline script.
#[cfg(feature = "ssr")]
pub fn shell(assets: &Assets, options: LeptosOptions) -> impl IntoView + use<> {
    let Assets { js, parts_js, wasm, css } = assets.clone();
    let styles = (!css.is_empty()).then(|| view! { <link rel="stylesheet" href=format!("/pkg/{css}")/> });
    let scripts = (!js.is_empty() && !wasm.is_empty()).then(|| {
        let start = format!("import init, {{ hydrate }} from '/pkg/{js}'; init({{ module_or_path: '/pkg/{wasm}' }}).then(() => hydrate());");
        view! {
            <link rel="modulepreload" href=format!("/pkg/{js}")/>
            {(!parts_js.is_empty()).then(|| view! { <link rel="modulepreload" href=format!("/pkg/{parts_js}")/> })}
            <link rel="preload" href=format!("/pkg/{wasm}") r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
            <script type="module" nonce=leptos::nonce::use_nonce() inner_html=start></script>
        }
    });
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                {styles}
                {scripts}
                <AutoReload options/>
                <leptos_meta::MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
