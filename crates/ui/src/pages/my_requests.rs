//! What a member asked for lately, what came of it, and the way to take back what waits.

use super::{access::words::wanted, frame::Here};
use crate::{
    components::{Button, StatusDot, TimeAgo, Toaster, Tone, use_toasts},
    rpc::requests,
    session::{BrowserSession, use_session},
};
use domain::{
    catalog::Catalog,
    id::RequestId,
    request::{MyRequest, RequestState},
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct MyRequests {
    here: Here,
    session: BrowserSession,
    toasts: Toaster,
    all: RwSignal<Vec<MyRequest>>,
    /// Whether one of them is not answered yet.
    pub waits: Memo<bool>,
}

impl MyRequests {
    /// Follows what others change.
    pub fn new(here: Here, first: Vec<MyRequest>) -> Self {
        let all = RwSignal::new(first);
        let waits = Memo::new(move |_| all.with(|all| all.iter().any(|request| request.state == RequestState::Pending)));
        let requests = Self { here, session: use_session(), toasts: use_toasts(), all, waits };
        Effect::new(move |ran: Option<()>| {
            let _ = here.live.version();
            if ran.is_some() {
                requests.refresh();
            }
        });
        requests
    }

    /// Nothing where nothing was asked for.
    pub fn panel(self, catalog: Arc<Catalog>) -> AnyView {
        (move || {
            let all = self.all.get();
            if all.is_empty() {
                return ().into_any();
            }
            let lines = all.into_iter().map(|request| self.line(request, &catalog)).collect_view();
            view! {
                <section class="panel" aria-label="Your requests">
                    <div class="section">
                        <div class="section-head"><h2>"Your requests"</h2></div>
                        <ul class="rows" aria-label="Your requests">{lines}</ul>
                    </div>
                </section>
            }
            .into_any()
        })
        .into_any()
    }

    /// Asks again, after something was asked or taken back.
    pub fn refresh(self) {
        let Some(slug) = self.here.try_slug() else { return };
        spawn_local(async move {
            if let Ok(all) = requests::mine(slug).await {
                let _ = self.all.try_set(all);
            }
        });
    }

    fn line(self, request: MyRequest, catalog: &Catalog) -> AnyView {
        let what = wanted(catalog, request.role.as_ref(), request.resource.as_deref());
        let by = request.settled_by.as_ref().map(|name| format!(" by {name}")).unwrap_or_default();
        let (tone, state) = match request.state {
            RequestState::Pending => (Tone::Warn, "Waiting".to_owned()),
            RequestState::Approved => (Tone::Good, format!("Approved{by}")),
            RequestState::Declined => (Tone::Bad, format!("Declined{by}")),
        };
        let at = request.settled_at.unwrap_or(request.created_at).micros();
        let word = request.answer.map(|word| view! { <small>"“" {word} "”"</small> });
        let id = request.id;
        let label = format!("Take back the request for {what}");
        let back = (request.state == RequestState::Pending).then(|| {
            view! { <Button small=true on_click=move || self.withdraw(id) attr:aria-label=label>"Take back"</Button> }
        });
        view! {
            <li>
                <div class="rows-text">
                    <b>{what}</b>
                    <small>{request.reason.to_string()}</small>
                    <small><StatusDot tone text=state/> " · " <TimeAgo at=Some(at)/></small>
                    {word}
                </div>
                {back}
            </li>
        }
        .into_any()
    }

    fn withdraw(self, id: RequestId) {
        // another try may come after the page was left
        let Some(slug) = self.here.try_slug() else { return };
        spawn_local(async move {
            match requests::withdraw(slug, id).await {
                Ok(()) => self.toasts.success("Request taken back."),
                Err(error) if self.session.ask_again(&error, move || self.withdraw(id)) => {}
                Err(error) => self.toasts.error(error.message()),
            }
            self.refresh();
        });
    }
}
