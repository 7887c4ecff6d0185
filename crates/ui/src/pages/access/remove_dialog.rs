//! Asks before somebody is removed, and says what they will lose.

use super::{
    Access,
    bulk_words::NOT_BACK,
    words::{and, sections},
};
use crate::{
    components::{ConfirmDialog, SkeletonLines, opener_goes, plural},
    pages::doing::Doing,
    path,
    rpc::members,
};
use domain::{
    catalog::Catalog,
    effective::EffectiveAccess,
    member::{Member, RemovalPreview},
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn RemoveDialog(access: Access, member: Member, #[prop(into)] on_close: Callback<()>, #[prop(into)] on_removed: Callback<()>) -> impl IntoView {
    let doing = Doing::default();
    let id = member.id;
    let me = access.here.frame().me == id;
    let slug = access.here.slug();
    let preview = LocalResource::new(move || members::removal_preview(slug.clone(), id));
    let name = StoredValue::new(member.name.to_string());
    let (workspace, navigate) = (access.here.frame().workspace.name, use_navigate());
    let remove = Callback::from(move || {
        let (slug, name, workspace, navigate) = (access.here.slug(), name.get_value(), workspace.clone(), navigate.clone());
        doing.run(
            move || members::remove(slug.clone(), id),
            move |(), is_here| {
                doing.toasts.success(if me { format!("You have left {workspace}.") } else { format!("{name} removed from the workspace.") });
                match (is_here, me) {
                    (true, true) => navigate(path::WORKSPACES, Default::default()),
                    (true, false) => {
                        opener_goes();
                        on_removed.run(());
                    }
                    (false, _) => access.changed(),
                }
            },
        );
    });
    let lost = move || match preview.get() {
        None => view! { <SkeletonLines lines=3/> }.into_any(),
        Some(Err(failure)) => view! { <p>"What would be lost can't be shown: " {failure.message()}</p> }.into_any(),
        Some(Ok(preview)) => {
            let context = access.context.known();
            context.with(|known| known.as_deref().map(|context| losses(&preview, &context.catalog))).unwrap_or_default().into_any()
        }
    };
    let title = if me { "Remove yourself from the workspace?".to_owned() } else { format!("Remove {} from the workspace?", name.get_value()) };
    view! {
        <ConfirmDialog title=title confirm="Remove from workspace" pending=doing.pending error=doing.message() on_confirm=remove on_close=on_close>
            <p>{if me { "You lose your access to this workspace at once." } else { "They lose their access to this workspace at once." }} " The account stays."</p>
            {lost}
            {(!me).then(|| view! { <p>"It can be undone for ten minutes. " {NOT_BACK}</p> })}
        </ConfirmDialog>
    }
    .into_any()
}

fn losses(preview: &RemovalPreview, catalog: &Catalog) -> Vec<AnyView> {
    let mut lines = Vec::new();
    if preview.access.owner {
        lines.push("Everything in the workspace, as an owner".to_owned());
    }
    if preview.grants > 0 {
        lines.push(format!("{} of their own", plural(u64::from(preview.grants), "grant", "grants")));
    }
    if !preview.groups.is_empty() {
        let names: Vec<String> = preview.groups.iter().map(|group| group.name.to_string()).collect();
        lines.push(format!("Membership in {}", and(&names)));
    }
    lines.extend(reach_lines(&preview.access, catalog));
    if lines.is_empty() {
        return vec![view! { <p>"They hold no grants and are in no groups: nothing else is lost."</p> }.into_any()];
    }
    vec![view! { <p>"What they will lose:"</p><ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul> }.into_any()]
}

/// What is reached, a line for each thing to do: `Can edit: 4 sources and 1 function`.
pub fn reach_lines(access: &EffectiveAccess, catalog: &Catalog) -> Vec<String> {
    let mut lines = Vec::new();
    for section in sections(access, catalog, &|_| None) {
        let things: Vec<String> = section.lines.into_iter().map(|line| line.title.to_lowercase()).fold(Vec::new(), |mut all, title| {
            if !all.contains(&title) {
                all.push(title);
            }
            all
        });
        lines.push(format!("{}: {}", section.heading, and(&things)));
    }
    lines
}
