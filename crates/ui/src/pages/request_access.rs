//! Where a member asks for what they lack. While a request waits it is folded away, but for who is filling it in: the answer comes first.

use super::{doing::Doing, frame::Here, my_requests::MyRequests};
use crate::{
    components::{Banner, Button, ButtonKind, Field, SelectField, TextArea, Tone},
    rpc::requests,
};
use domain::{
    catalog::{Catalog, RoleId},
    request::RequestWish,
};
use leptos::{ev, html, prelude::*};
use std::sync::Arc;

#[component]
pub fn RequestAccess(
    here: Here,
    catalog: Arc<Catalog>,
    /// What was asked for so far.
    asked: MyRequests,
) -> impl IntoView {
    let doing = Doing::default();
    let (more, panel) = (RwSignal::new(false), NodeRef::<html::Section>::new());
    let folded = Memo::new(move |_| asked.waits.get() && !more.get());
    let (role, resource, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    Effect::new(move || {
        // asked for elsewhere, while something else is written here
        if asked.waits.get() && [role, resource, reason].into_iter().any(|field| field.with_untracked(|text| !text.is_empty())) {
            more.set(true);
        }
    });
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
                    // the form with the button that was pressed folds away
                    if let Some(panel) = panel.get_untracked() {
                        let _ = panel.focus();
                    }
                    more.set(false);
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
        false => "The owners of this workspace find it in their console. The answer will stand on this page.",
    };
    let choices = std::iter::once((String::new(), "I don't know which".to_owned()))
        .chain(catalog.roles.iter().filter(|role| role.is_unlocked(plan)).map(|role| (role.id.to_string(), format!("{}: {}", role.name, role.description))))
        .collect::<Vec<_>>();
    view! {
        <section class="panel" aria-label="Request access" tabindex="-1" node_ref=panel>
            <div class="section">
                <div class="section-head"><h2>"Request access"</h2><p>{told}</p></div>
                {move || asked.waits.get().then(|| view! {
                    <p><Button on_click=move || more.update(|more| *more = !*more) attr:aria-expanded=move || if more.get() { "true" } else { "false" }>"Request something else"</Button></p>
                })}
                <form class="access-fields" novalidate hidden=folded on:submit=submit>
                    {move || beside.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
                    <SelectField label="Role" name="role" value=role options=Signal::stored(choices) error=on("role")/>
                    <Field label="Resource" name="resource" value=resource autocomplete="off" error=on("resource")
                        hint=Some("What you need to work with, as you call it. Leave it empty if you don't know.".to_owned())/>
                    <TextArea label="Why" name="reason" id="request-reason" value=reason rows=3 error=on("reason")/>
                    <p><Button kind=ButtonKind::Primary submit=true pending=doing.pending>"Request access"</Button></p>
                </form>
            </div>
        </section>
    }
    .into_any()
}
