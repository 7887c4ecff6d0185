//! The workspace's domains: added here, proven at the domain, and looked at again.

use super::domain_row::DomainRow;
use crate::{
    components::{Button, ConfirmDialog, Field, IconName, SkeletonLines},
    pages::{access::answered::answered, doing::Doing, failure::FailureView, form::MOST, frame::Here},
    rpc::sso,
    session::use_session,
};
use domain::sso::domains::{PROOF_GRACE, PROOF_LASTS, WorkspaceDomain};
use leptos::{ev, prelude::*};

/// What the rows share. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Shared {
    pub here: Here,
    pub version: RwSignal<u32>,
    /// What is asked about before it is removed.
    pub removing: RwSignal<Option<WorkspaceDomain>>,
    pub locked: Signal<Option<String>>,
}

impl Shared {
    /// To be called after a change; whoever asked may have left by then.
    pub fn changed(self) {
        let _ = self.version.try_update(|version| *version += 1);
    }
}

#[component]
pub fn Domains(here: Here, locked: Option<String>) -> impl IntoView {
    let (slug, session) = (here.slug(), use_session());
    let shared = Shared { here, version: RwSignal::new(0), removing: RwSignal::new(None), locked: Signal::stored(locked) };
    let (all, _) = answered(move || (shared.version.get(), session.version(), here.live.version()), move |_| sso::domains(slug.clone()));
    let list = move || match all.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <FailureView error retry=move || all.refetch()/> }.into_any(),
        Some(Ok(found)) if found.is_empty() => {
            view! { <p class="field-hint">"No domains yet. Without one, everybody who comes by a connection signs in otherwise first and agrees."</p> }
                .into_any()
        }
        Some(Ok(found)) => {
            let rows = found.into_iter().map(|domain| view! { <DomainRow shared domain/> }).collect_view();
            view! { <ul class="rows" aria-label="Domains">{rows}</ul> }.into_any()
        }
    };
    view! {
        <section class="panel" aria-labelledby="domains-title">
            <div class="section">
                <div class="section-head">
                    <h2 id="domains-title">"Domains"</h2>
                    <p>
                        {format!(
                            "Under a proven domain, your provider's word counts: the sign-in page leads there, and accounts are made or linked at once. Leave the \
                             proof where it is: it is looked for every day, and lapses once it was missing for {}.",
                            PROOF_GRACE.words(),
                        )}
                    </p>
                </div>
                <Transition fallback=|| view! { <SkeletonLines lines=2/> }>{list}</Transition>
                <AddDomain shared/>
            </div>
        </section>
        {move || shared.removing.get().map(|domain| view! { <RemoveDomain shared domain/> })}
    }
    .into_any()
}

#[component]
fn AddDomain(shared: Shared) -> impl IntoView {
    let (doing, typed) = (Doing::default(), RwSignal::new(String::new()));
    let slug = StoredValue::new(shared.here.slug());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if shared.locked.with_untracked(Option::is_some) {
            return;
        }
        let name = typed.get_untracked();
        doing.run(
            move || sso::add_domain(slug.get_value(), name.clone()),
            move |added, is_here| {
                doing.toasts.success(format!("{} is added. Prove it within {}.", added.name, PROOF_LASTS.words()));
                shared.changed();
                if is_here {
                    typed.set(String::new());
                }
            },
        );
    };
    let error = move || doing.message().get();
    view! {
        <form class="form" novalidate aria-label="Add domain" on:submit=submit>
            <Field label="Domain" name="domain" value=typed maxlength=MOST autocomplete="off" placeholder="example.com"
                hint=Some("What stands behind the @ of your people's addresses.".to_owned()) error=Signal::derive(error)/>
            <div><Button submit=true icon=IconName::Plus pending=doing.pending disabled_reason=shared.locked>"Add domain"</Button></div>
        </form>
    }
    .into_any()
}

#[component]
fn RemoveDomain(shared: Shared, domain: WorkspaceDomain) -> impl IntoView {
    let (doing, id) = (Doing::default(), domain.id);
    let slug = StoredValue::new(shared.here.slug());
    let said = StoredValue::new(format!("{} is removed.", domain.name));
    let close = Callback::from(move || shared.removing.set(None));
    let confirm = move || {
        doing.run(
            move || sso::remove_domain(slug.get_value(), id),
            move |(), is_here| {
                doing.toasts.success(said.try_get_value().unwrap_or_default());
                shared.changed();
                if is_here {
                    close.run(());
                }
            },
        );
    };
    let text = if domain.is_proven() {
        "The sign-in page asks people under it for their passwords again. Who is linked already stays so, but their sessions reach no other workspace, and where \
         single sign-on is required they come by it anew. Whoever comes by a connection for the first time signs in otherwise first and agrees. Another workspace \
         may prove it then."
    } else {
        "It was not proven: nothing depends on it."
    };
    view! {
        <ConfirmDialog title=format!("Remove {}?", domain.name) confirm="Remove domain" pending=doing.pending error=doing.message() on_confirm=confirm on_close=close>
            <p>{text}</p>
        </ConfirmDialog>
    }
    .into_any()
}
