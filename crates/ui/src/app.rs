//! The console as a whole: the HTML round every page, and which page stands at which URL.

use crate::{
    components::{Toasts, provide_toasts},
    pages::{
        access::{AccessPage, GroupDrawer, TokenDrawer, UserDrawer, UsersPage},
        frame::{AccessGate, WorkspaceFrame, for_owners},
        home::{HomePage, WorkspaceHome},
        not_found::NotFoundPage,
    },
    parts::{Draw, audit::AUDIT, door::DOOR, lists::LISTS, reviews::REVIEWS, settings::SETTINGS, things::THINGS},
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

// Views of one type: the router's code is made anew for each type of view, and a closure's type is its own.
const SIGN_IN: Draw = || DOOR.whole_page(|door| door.sign_in);
const SIGN_UP: Draw = || DOOR.whole_page(|door| door.sign_up);
const RESET: Draw = || DOOR.whole_page(|door| door.reset);
const NEW_PASSWORD: Draw = || DOOR.whole_page(|door| door.new_password);
const PROVE_ADDRESS: Draw = || DOOR.whole_page(|door| door.prove_address);
const ACCEPT_INVITE: Draw = || DOOR.whole_page(|door| door.accept_invite);
const WORKSPACES: Draw = || DOOR.whole_page(|door| door.workspaces);
const ACCOUNT: Draw = || DOOR.whole_page(|door| door.account);
const ACCESS: Draw = || view! { <AccessGate page=AccessPage/> }.into_any();
const NOTHING: Draw = || ().into_any();
const GROUPS: Draw = || LISTS.page(|lists| lists.groups);
const TOKENS: Draw = || LISTS.page(|lists| lists.tokens);
const TRAIL: Draw = || for_owners(|| AUDIT.page(|audit| audit.trail), NO_TRAIL);
const WEBHOOKS: Draw = || for_owners(|| AUDIT.page(|audit| audit.webhooks), NO_TRAIL);
const WEBHOOK: Draw = || AUDIT.page(|audit| audit.webhook);
const WORKSPACE_SETTINGS: Draw = || for_owners(|| SETTINGS.page(|settings| settings.settings), NO_SETTINGS);
const RESOURCES: Draw = || THINGS.page(|things| things.resources);
const RESOURCE: Draw = || THINGS.page(|things| things.resource);
const LABELS: Draw = || THINGS.page(|things| things.labels);
const LABEL: Draw = || THINGS.page(|things| things.label);
const MAP: Draw = || THINGS.page(|things| things.map);
const ROLES: Draw = || THINGS.page(|things| things.roles);
const ROLE: Draw = || THINGS.page(|things| things.role);
const REVIEW_LIST: Draw = || REVIEWS.page(|reviews| reviews.list);
const REVIEW: Draw = || REVIEWS.page(|reviews| reviews.review);
const NOTICES: Draw = || REVIEWS.page(|reviews| reviews.notices);
const HOME_PAGE: Draw = || view! { <HomePage/> }.into_any();
const WORKSPACE_FRAME: Draw = || view! { <WorkspaceFrame/> }.into_any();
const WORKSPACE_HOME: Draw = || view! { <WorkspaceHome/> }.into_any();
const USERS_PAGE: Draw = || view! { <UsersPage/> }.into_any();
const USER_DRAWER: Draw = || view! { <UserDrawer/> }.into_any();
const GROUP_DRAWER: Draw = || view! { <GroupDrawer/> }.into_any();
const TOKEN_DRAWER: Draw = || view! { <TokenDrawer/> }.into_any();
const NOT_FOUND_PAGE: Draw = || view! { <NotFoundPage/> }.into_any();

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_toasts();
    provide_session();
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Rolecall".to_owned() } else { format!("{title} · Rolecall") }/>
        <Router>
            <Routes fallback=|| view! { <NotFoundPage/> }>
                <Route path=path!("/") view=HOME_PAGE ssr=SSR/>
                <Route path=path!("/signin/*rest") view=SIGN_IN ssr=SSR/>
                <Route path=path!("/signup") view=SIGN_UP ssr=SSR/>
                <Route path=path!("/reset") view=RESET ssr=SSR/>
                <Route path=path!("/reset/:secret") view=NEW_PASSWORD ssr=SSR/>
                <Route path=path!("/verify/:token") view=PROVE_ADDRESS ssr=SSR/>
                <Route path=path!("/invites/:secret") view=ACCEPT_INVITE ssr=SSR/>
                <Route path=path!("/workspaces") view=WORKSPACES ssr=SSR/>
                <Route path=path!("/account") view=ACCOUNT ssr=SSR/>
                <ParentRoute path=path!("/w/:slug") view=WORKSPACE_FRAME ssr=SSR>
                    <Route path=path!("") view=WORKSPACE_HOME ssr=SSR/>
                    <ParentRoute path=path!("access") view=ACCESS ssr=SSR>
                        <Route path=path!("") view=WORKSPACE_HOME ssr=SSR/>
                        <ParentRoute path=path!("users") view=USERS_PAGE ssr=SSR>
                            <Route path=path!("") view=NOTHING ssr=SSR/>
                            <Route path=path!(":member") view=USER_DRAWER ssr=SSR/>
                        </ParentRoute>
                        <ParentRoute path=path!("groups") view=GROUPS ssr=SSR>
                            <Route path=path!("") view=NOTHING ssr=SSR/>
                            <Route path=path!(":group") view=GROUP_DRAWER ssr=SSR/>
                        </ParentRoute>
                        <ParentRoute path=path!("tokens") view=TOKENS ssr=SSR>
                            <Route path=path!("") view=NOTHING ssr=SSR/>
                            <Route path=path!(":token") view=TOKEN_DRAWER ssr=SSR/>
                        </ParentRoute>
                    </ParentRoute>
                    <Route path=path!("audit") view=TRAIL ssr=SSR/>
                    <ParentRoute path=path!("audit/webhooks") view=WEBHOOKS ssr=SSR>
                        <Route path=path!("") view=NOTHING ssr=SSR/>
                        <Route path=path!(":webhook") view=WEBHOOK ssr=SSR/>
                    </ParentRoute>
                    <Route path=path!("settings/*rest") view=WORKSPACE_SETTINGS ssr=SSR/>
                    <ParentRoute path=path!("resources") view=RESOURCES ssr=SSR>
                        <Route path=path!("") view=NOTHING ssr=SSR/>
                        <Route path=path!(":resource") view=RESOURCE ssr=SSR/>
                    </ParentRoute>
                    <ParentRoute path=path!("labels") view=LABELS ssr=SSR>
                        <Route path=path!("") view=NOTHING ssr=SSR/>
                        <Route path=path!(":label") view=LABEL ssr=SSR/>
                    </ParentRoute>
                    <Route path=path!("map") view=MAP ssr=SSR/>
                    <Route path=path!("reviews") view=REVIEW_LIST ssr=SSR/>
                    <Route path=path!("reviews/:review") view=REVIEW ssr=SSR/>
                    <Route path=path!("notifications") view=NOTICES ssr=SSR/>
                    <ParentRoute path=path!("roles") view=ROLES ssr=SSR>
                        <Route path=path!("") view=NOTHING ssr=SSR/>
                        <Route path=path!(":role") view=ROLE ssr=SSR/>
                    </ParentRoute>
                </ParentRoute>
                <Route path=path!("/*any") view=NOT_FOUND_PAGE ssr=SSR/>
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
