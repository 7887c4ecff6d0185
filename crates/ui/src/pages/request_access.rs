//! Where a member asks for what they lack, and sees what came of it.

use super::{access::words::wanted, frame::Here};
use crate::{
    components::{Banner, Button, ButtonKind, Field, SelectField, StatusDot, TextArea, TimeAgo, Toaster, Tone, use_toasts},
    rpc::{RpcError, requests},
    session::{BrowserSession, use_session},
};
use domain::{
    catalog::{Catalog, RoleId},
    id::RequestId,
    request::{MyRequest, RequestState, RequestWish},
};
use leptos::{ev, prelude::*, task::spawn_local};
use std::sync::Arc;

#[component]
pub fn RequestAccess(
    here: Here,
    catalog: Arc<Catalog>,
    /// What was asked for so far.
    first: Vec<MyRequest>,
) -> impl IntoView {
    let (session, toasts) = (use_session(), use_toasts());
    let asked = Asked { here, session, toasts, all: RwSignal::new(first) };
    let (role, resource, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (pending, failed) = (RwSignal::new(false), RwSignal::new(None::<RpcError>));
    let send = move || {
        if pending.get_untracked() {
            return;
        }
        pending.set(true);
        failed.set(None);
        let chosen = role.get_untracked();
        let wish = RequestWish { role: (!chosen.is_empty()).then(|| RoleId::new(&chosen)), resource: resource.get_untracked(), reason: reason.get_untracked() };
        let slug = here.slug();
        spawn_local(async move {
            let answer = requests::ask(slug, wish).await;
            let is_here = pending.try_set(false).is_none();
            match answer {
                Ok(()) if !is_here => toasts.success("Your request is with the owners of the workspace."),
                Ok(()) => {
                    toasts.success("Your request is with the owners of this workspace.");
                    [role, resource, reason].into_iter().for_each(|field| field.set(String::new()));
                    asked.refresh();
                }
                Err(error) if is_here && session.ask_again(&error, || ()) => {}
                Err(error) if is_here => failed.set(Some(error)),
                Err(error) => toasts.error(error.message()),
            }
        });
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        send();
    };
    let on = move |field: &'static str| Signal::derive(move || failed.with(|failed| failed.as_ref().and_then(|error| error.on(field))));
    let beside = move || failed.with(|failed| failed.as_ref().and_then(|error| error.beside(&["role", "resource", "reason"])));
    let plan = here.frame().workspace.plan;
    let told = match here.frame().mail_is_on {
        true => "The owners of this workspace are told by mail, and so are you once one of them has answered.",
        false => "The owners of this workspace find it in their console. The answer will stand here.",
    };
    let choices = std::iter::once((String::new(), "I don't know which".to_owned()))
        .chain(catalog.roles.iter().filter(|role| role.is_unlocked(plan)).map(|role| (role.id.to_string(), format!("{}: {}", role.name, role.description))))
        .collect::<Vec<_>>();
    view! {
        <section class="panel" aria-label="Request access">
            <div class="section">
                <div class="section-head"><h2>"Request access"</h2><p>{told}</p></div>
                <form class="access-fields" novalidate on:submit=submit>
                    {move || beside().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
                    <SelectField label="Role" name="role" value=role options=Signal::stored(choices) error=on("role")/>
                    <Field label="Resource" name="resource" value=resource autocomplete="off" error=on("resource")
                        hint=Some("What you need to work with, as you call it. Leave it empty if you don't know.".to_owned())/>
                    <TextArea label="Why" name="reason" id="request-reason" value=reason rows=3 error=on("reason")/>
                    <p><Button kind=ButtonKind::Primary submit=true pending=pending>"Request access"</Button></p>
                </form>
                {asked.view(catalog)}
            </div>
        </section>
    }
    .into_any()
}

/// What was asked for lately. Copy it into callbacks.
#[derive(Clone, Copy)]
struct Asked {
    here: Here,
    session: BrowserSession,
    toasts: Toaster,
    all: RwSignal<Vec<MyRequest>>,
}

impl Asked {
    fn view(self, catalog: Arc<Catalog>) -> AnyView {
        (move || {
            let all = self.all.get();
            if all.is_empty() {
                return ().into_any();
            }
            let lines = all.into_iter().map(|request| self.line(request, &catalog)).collect_view();
            view! { <h3>"Your requests"</h3><ul class="rows" aria-label="Your requests">{lines}</ul> }.into_any()
        })
        .into_any()
    }

    /// Asks again, after something was asked or taken back.
    fn refresh(self) {
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
        let slug = self.here.slug();
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
