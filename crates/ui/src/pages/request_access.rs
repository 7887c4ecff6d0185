//! Where a member asks for what they lack, and sees what came of it.

use super::{access::words::wanted, doing::Doing, frame::Here};
use crate::{
    components::{Banner, Button, ButtonKind, Field, SelectField, StatusDot, TextArea, TimeAgo, Toaster, Tone, use_toasts},
    rpc::requests,
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
    let doing = Doing::default();
    let asked = Asked { here, session: use_session(), toasts: use_toasts(), all: RwSignal::new(first) };
    Effect::new(move |ran: Option<()>| {
        let _ = here.live.version();
        if ran.is_some() {
            asked.refresh();
        }
    });
    let (role, resource, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let send = move || {
        let chosen = role.get_untracked();
        let wish = RequestWish { role: (!chosen.is_empty()).then(|| RoleId::new(&chosen)), resource: resource.get_untracked(), reason: reason.get_untracked() };
        let slug = here.slug();
        doing.run(
            move || requests::ask(slug.clone(), wish.clone()),
            move |(), is_here| {
                doing.toasts.success("Your request is with the owners of the workspace.");
                if is_here {
                    [role, resource, reason].into_iter().for_each(|field| field.set(String::new()));
                    asked.refresh();
                }
            },
        );
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        send();
    };
    let on = move |field: &'static str| doing.on(field);
    let beside = doing.beside(&["role", "resource", "reason"]);
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
                    {move || beside.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
                    <SelectField label="Role" name="role" value=role options=Signal::stored(choices) error=on("role")/>
                    <Field label="Resource" name="resource" value=resource autocomplete="off" error=on("resource")
                        hint=Some("What you need to work with, as you call it. Leave it empty if you don't know.".to_owned())/>
                    <TextArea label="Why" name="reason" id="request-reason" value=reason rows=3 error=on("reason")/>
                    <p><Button kind=ButtonKind::Primary submit=true pending=doing.pending>"Request access"</Button></p>
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
