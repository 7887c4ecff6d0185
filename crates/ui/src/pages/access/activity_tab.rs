//! What was done to a member, a group or a token, newest first: by whom, when, and what it gave and took.

use super::{stored::Stored, subject_drawer::Drawn, words::scope_words};
use crate::{
    components::{Button, EmptyState, IconName, SkeletonLines, TimeAgo},
    session::use_session,
};
use domain::{
    audit::{AccessSnapshot, Entry, Event},
    catalog::Catalog,
    grant::{GrantSpec, ScopeSummary},
};
use leptos::prelude::*;

/// Asked for when it is first shown, and again after each change.
#[component]
pub fn ActivityTab(drawn: Drawn, shown: Signal<bool>) -> impl IntoView {
    let visited = Memo::new(move |before: Option<&bool>| before.copied().unwrap_or(false) || shown.get());
    view! { <div class="drawer-section">{move || visited.get().then(|| entries(drawn))}</div> }.into_any()
}

fn entries(drawn: Drawn) -> AnyView {
    let session = use_session();
    let (slug, known) = (drawn.access.here.slug(), drawn.access.context.known());
    let entries = LocalResource::new(move || {
        drawn.stored.with(|stored| stored.as_ref().map(Stored::revision));
        let _ = (session.version(), drawn.access.version());
        Stored::activity(slug.clone(), drawn.subject)
    });
    (move || match entries.get() {
        None => view! { <SkeletonLines lines=6/> }.into_any(),
        Some(Err(error)) => view! {
            <EmptyState icon=IconName::TriangleAlert title="This could not be loaded" text=error.message()>
                <Button icon=IconName::RotateCw on_click=move || entries.refetch()>"Try again"</Button>
            </EmptyState>
        }
        .into_any(),
        Some(Ok(found)) if found.is_empty() => {
            view! { <EmptyState icon=IconName::ScrollText title="Nothing yet" text="Every change made here will be listed."/> }.into_any()
        }
        Some(Ok(found)) => {
            let entries = known.with(|known| {
                let catalog = known.as_ref().map(|context| &context.catalog);
                found.into_iter().map(|entry| line(&entry, catalog)).collect_view()
            });
            view! { <ul class="timeline">{entries}</ul> }.into_any()
        }
    })
    .into_any()
}

fn line(entry: &Entry, catalog: Option<&Catalog>) -> AnyView {
    let details = match (&entry.event, catalog) {
        (Event::MemberAccessChanged { before, after, .. } | Event::GroupChanged { before, after, .. }, Some(catalog)) => changes(before, after, catalog),
        (Event::TokenChanged { before, after, .. }, Some(catalog)) => changes(&before.access, &after.access, catalog),
        _ => Vec::new(),
    };
    view! {
        <li>
            <span><b>{entry.actor.name().to_owned()}</b> " " {entry.event.sentence()}</span>
            <TimeAgo at=Some(entry.at.micros())/>
            {details.into_iter().map(|detail| view! { <small>{detail}</small> }).collect_view()}
        </li>
    }
    .into_any()
}

/// What became different, a line each: `+ Source Admin (2 sources)`.
fn changes(before: &AccessSnapshot, after: &AccessSnapshot, catalog: &Catalog) -> Vec<String> {
    let mut lines = Vec::new();
    if let (Some(was), Some(is)) = (before.kind, after.kind)
        && was != is
    {
        lines.push(format!("{} instead of {}", is.title(), was.title().to_lowercase()));
    }
    let grant = |spec: &GrantSpec| {
        let role = catalog.role(&spec.role).map_or_else(|| spec.role.to_string(), |role| role.name.clone());
        format!("{role} ({})", scope_words(catalog, &spec.role, &ScopeSummary::from(&spec.scope)))
    };
    lines.extend(after.grants.iter().filter(|spec| !before.grants.contains(spec)).map(|spec| format!("+ {}", grant(spec))));
    lines.extend(before.grants.iter().filter(|spec| !after.grants.contains(spec)).map(|spec| format!("− {}", grant(spec))));
    lines.extend(after.groups.iter().filter(|group| !before.groups.contains(group)).map(|group| format!("+ group {}", group.name)));
    lines.extend(before.groups.iter().filter(|group| !after.groups.contains(group)).map(|group| format!("− group {}", group.name)));
    match (before.pii, after.pii) {
        (false, true) => lines.push("+ personal data".to_owned()),
        (true, false) => lines.push("− personal data".to_owned()),
        (true, true) | (false, false) => {}
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{catalog::RoleId, grant::Scope, member::MemberKind};

    #[test]
    fn a_change_is_told_line_by_line() {
        let catalog = Catalog::parse(Catalog::BUILT_IN).unwrap();
        let grant = |role: &str| GrantSpec::new(RoleId::new(role), Scope::All);
        let before = AccessSnapshot { kind: Some(MemberKind::Owner), pii: true, grants: vec![grant("source_admin")], groups: Vec::new() };
        let after = AccessSnapshot { kind: Some(MemberKind::Member), pii: false, grants: vec![grant("function_admin")], groups: Vec::new() };
        assert_eq!(
            changes(&before, &after, &catalog),
            ["Workspace member instead of workspace owner", "+ Function Admin (all)", "− Source Admin (all)", "− personal data"]
        );
        assert!(changes(&after, &after, &catalog).is_empty());
    }
}
