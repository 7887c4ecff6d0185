//! The plan as the operator set it: what it includes, what it locks, and how it is changed.

use crate::components::{Chip, plural};
use domain::settings::{PlanIncludes, WorkspaceSettings};
use leptos::prelude::*;

pub fn panel(settings: &WorkspaceSettings) -> AnyView {
    let PlanIncludes { roles, locked, custom_labels, groups, sso } = settings.includes.clone();
    let how = format!("rolecall workspace set-plan {} free|team|business", settings.slug);
    let labels = match custom_labels {
        Some(most) => format!("{} of your own", plural(most as u64, "label", "labels")),
        None => "as many of your own as you want".to_owned(),
    };
    let groups = if groups { "included" } else { "not included: those that are there stay and can be emptied, and nobody new can come in" };
    let sso = if sso { "included" } else { "not included: connections that are there let nobody in, and none is required" };
    view! {
        <section class="panel" aria-labelledby="plan-title">
            <div class="section">
                <div class="section-head"><h2 id="plan-title">"Plan"</h2><p>"Set by whoever runs Rolecall."</p></div>
                <dl class="entry-facts">
                    <div><dt>"Plan"</dt><dd><Chip text=settings.plan.title()/></dd></div>
                    <div><dt>"Roles"</dt><dd>{roles_line(&roles, &locked)}</dd></div>
                    <div><dt>"Labels"</dt><dd>{labels}</dd></div>
                    <div><dt>"User groups"</dt><dd>{groups}</dd></div>
                    <div><dt>"Single sign-on"</dt><dd>{sso}</dd></div>
                </dl>
                <p class="field-hint">"The operator changes it on the server: " <code>{how}</code></p>
            </div>
        </section>
    }
    .into_any()
}

fn roles_line(roles: &[String], locked: &[String]) -> AnyView {
    if locked.is_empty() {
        return format!("all {}", plural(roles.len() as u64, "role", "roles")).into_any();
    }
    let words = format!("{} of {}", roles.join(", "), plural((roles.len() + locked.len()) as u64, "role", "roles"));
    let more = format!("{} another plan", plural(locked.len() as u64, "role needs", "roles need"));
    let names = locked.iter().map(|name| view! { <li>{name.clone()}</li> }).collect_view();
    view! {
        {words}
        <details class="locked-roles"><summary>{more}</summary><ul>{names}</ul></details>
    }
    .into_any()
}
