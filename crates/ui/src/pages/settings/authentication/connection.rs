//! The page of one connection: how it stands, its set-up step by step, its test, the log of who came by it, and its end.

use super::{
    super::head,
    connections::{kind, state, switch},
    editor::ConnectionEditor,
    log::SignIns,
    questions::{DeleteConnection, SwitchOff},
    tested::{TestPanel, TestShown},
};
use crate::{
    components::{Banner, Button, ButtonKind, IconName, SkeletonLines, TabPanel, TimeAgo, plural},
    pages::{failure::FailureView, frame::Here},
    path,
    rpc::sso,
};
use domain::{
    id::{AttemptId, ConnectionId},
    sso::ConnectionPage,
    time::Timestamp,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// What the parts of the page share. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Shared {
    pub here: Here,
    pub id: ConnectionId,
    /// As last heard of.
    pub page: RwSignal<ConnectionPage>,
}

impl Shared {
    /// Asks for it again, after it was switched.
    fn look_again(self) {
        let Some(slug) = self.here.try_slug() else { return };
        leptos::task::spawn_local(async move {
            if let Ok(page) = sso::connection(slug, self.id).await {
                let _ = self.page.try_set(page);
            }
        });
    }
}

#[component]
pub fn ConnectionView(here: Here, id: ConnectionId) -> impl IntoView {
    let slug = here.slug();
    let found = Resource::new(|| (), move |()| sso::connection(slug.clone(), id));
    let shown = move || match found.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <FailureView error retry=move || found.refetch()/> }.into_any(),
        Some(Ok(page)) => view! { <Opened here page/> }.into_any(),
    };
    // what is read within waits here too: a Suspense would take the form out of the page each time that the log is asked for again
    view! {
        <Title text="Connection"/>
        {head(here, "authentication")}
        <TabPanel tab=Signal::stored("authentication".to_owned())>
            <Transition fallback=|| view! { <div aria-busy="true"><SkeletonLines lines=8/></div> }>{shown}</Transition>
        </TabPanel>
    }
    .into_any()
}

#[component]
fn Opened(here: Here, page: ConnectionPage) -> impl IntoView {
    let id = page.connection.id;
    let shared = Shared { here, id, page: RwSignal::new(page) };
    let (dirty, off, deleting) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let query = use_query_map();
    let test = Memo::new(move |_| query.with(|query| query.get("test").and_then(|test| test.parse::<AttemptId>().ok())));
    let name = move || shared.page.with(|page| page.connection.name.to_string());
    // the document's title is drawn last, when what stands in a Suspense may have been drawn anew or left
    let title = {
        let first = untrack(name);
        move || shared.page.try_with(|page| page.connection.name.to_string()).unwrap_or_else(|| first.clone())
    };
    let changed = Callback::from(move || shared.look_again());
    let turn_off = Callback::from(move || off.set(true));
    view! {
        <Title text=title/>
        <div class="account settings">
            <p><a href=path::authentication(&here.slug())>"← All connections"</a></p>
            <section class="panel" aria-labelledby="connection-title">
                <div class="section">
                    <div class="rows-line">
                        <div class="section-head rows-text">
                            <h2 id="connection-title">{name}</h2>
                            <p>{move || shared.page.with(|page| kind(&page.connection))}</p>
                        </div>
                        {move || shared.page.with(|page| state(&page.connection))}
                        {move || shared.page.with(|page| switch(here, &page.connection, Signal::derive(move || super::locked(here)), turn_off, changed))}
                    </div>
                    {move || shared.page.with(facts)}
                    {move || shared.page.with(next_step)}
                </div>
            </section>
            {move || test.get().map(|attempt| view! { <TestShown shared attempt/> })}
            <ConnectionEditor shared dirty/>
            <TestPanel shared dirty/>
            <SignIns shared/>
            <section class="panel danger-zone" aria-labelledby="delete-title">
                <div class="section">
                    <div class="section-head">
                        <h2 id="delete-title">"Delete connection"</h2>
                        <p>"Who came by it is signed out. Their accounts and memberships stay."</p>
                    </div>
                    <div><Button kind=ButtonKind::Danger icon=IconName::Trash on_click=move || deleting.set(true) attr:aria-haspopup="dialog">"Delete connection"</Button></div>
                </div>
            </section>
        </div>
        {move || off.get().then(|| view! { <SwitchOff here id name=untrack(name) on_done=changed on_close=move || off.set(false)/> })}
        {move || deleting.get().then(|| view! { <DeleteConnection shared on_close=move || deleting.set(false)/> })}
    }
    .into_any()
}

fn facts(page: &ConnectionPage) -> AnyView {
    let ConnectionPage { connection, sessions, .. } = page;
    let by = connection.created_by.as_ref().map(|name| format!(" by {name}"));
    view! {
        <dl class="entry-facts">
            <div><dt>"Last sign-in"</dt><dd><TimeAgo at=connection.used_at.map(Timestamp::micros)/></dd></div>
            <div><dt>"Signed in by it now"</dt><dd>{plural(*sessions, "session", "sessions")}</dd></div>
            <div><dt>"Created"</dt><dd><TimeAgo at=Some(connection.created_at.micros())/>{by}</dd></div>
        </dl>
    }
    .into_any()
}

/// What is left to be done before people can come by it.
fn next_step(page: &ConnectionPage) -> Option<AnyView> {
    let connection = &page.connection;
    let text = match (connection.enabled, connection.is_complete()) {
        (true, _) => return None,
        (false, false) => "Two steps: copy the addresses below to the provider, then bring back what it shows. Both are needed before it can be tested.",
        (false, true) => "It is told. Test it, then switch it on here: until then nobody signs in by it.",
    };
    Some(view! { <Banner>{text}</Banner> }.into_any())
}
