//! Who holds grants that name something: page by page, each with a way to its holder.

use crate::{
    components::{Button, Chip, IconName, SkeletonLines, Who, plural},
    pages::{access::words::glance, frame::Here},
    path,
    rpc::{Answer, members},
    session::use_session,
};
use domain::{
    access_context::Terms,
    grant::{Holder, ScopeSummary},
    held::HeldGrant,
    id::GrantId,
    member::UserId,
    page::{Cursor, Page},
    time::Timestamp,
    workspace::WorkspaceSlug,
};
use leptos::{prelude::*, task::spawn_local};

/// Asks for a page.
pub type Fetch = Box<dyn Fn(Option<Cursor>) -> Answer<Page<HeldGrant>> + Send + Sync>;

#[component]
pub fn Holders(
    here: Here,
    fetch: Fetch,
    /// Asks again when it grows.
    follows: Signal<u32>,
    /// What to say when nobody does.
    #[prop(into)]
    empty: String,
) -> impl IntoView {
    let session = use_session();
    let (rows, next) = (RwSignal::new(None::<Vec<HeldGrant>>), RwSignal::new(None::<String>));
    let (failed, busy, terms) = (RwSignal::new(None::<String>), RwSignal::new(false), RwSignal::new(None::<Terms>));
    let (fetch, read_on) = (StoredValue::new(fetch), StoredValue::new(false));
    let load: Callback<(bool,)> = Callback::from(move |more: bool| {
        busy.set(true);
        read_on.set_value(more);
        let cursor = if more { next.get_untracked().and_then(|text| Cursor::decode(&text).ok()) } else { None };
        let answer = fetch.with_value(|fetch| fetch(cursor));
        let slug = here.slug();
        spawn_local(async move {
            if terms.try_with_untracked(Option::is_none) == Some(true)
                && let Ok(known) = members::terms(slug).await
            {
                let _ = terms.try_set(Some(known));
            }
            let answer = answer.await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(page) => {
                    failed.set(None);
                    next.set(page.next);
                    rows.update(|rows| match rows {
                        Some(rows) if more => rows.extend(page.rows),
                        Some(_) | None => *rows = Some(page.rows),
                    });
                }
                Err(error) if session.ask_again(&error, || ()) => {}
                Err(error) => failed.set(Some(error.message())),
            }
        });
    });
    Effect::new(move || {
        let _ = (session.version(), follows.get());
        // who has read on keeps their place
        if !read_on.get_value() {
            load.run((false,));
        }
    });
    let slug = here.slug();
    let line = move |row: HeldGrant| line(&slug, row, terms);
    // the lines that stay are not drawn anew
    let state = Memo::new(move |_| (rows.with(|rows| rows.as_ref().map(Vec::is_empty)), failed.get()));
    let list = move || match state.get() {
        (_, Some(text)) => {
            view! { <p class="field-error">{text}</p><Button small=true icon=IconName::RotateCw on_click=move || load.run((false,))>"Try again"</Button> }
                .into_any()
        }
        (None, None) => view! { <SkeletonLines lines=3/> }.into_any(),
        (Some(true), None) => view! { <p class="field-hint">{empty.clone()}</p> }.into_any(),
        (Some(false), None) => {
            let line = line.clone();
            let more =
                move || next.with(Option::is_some).then(|| view! { <Button small=true pending=busy on_click=move || load.run((true,))>"Show more"</Button> });
            view! {
                <ul class="people-list" aria-label="Grants and their holders"><For each=move || rows.get().unwrap_or_default() key=key children=line/></ul>
                <p class="list-more">{more}</p>
            }
            .into_any()
        }
    };
    list.into_any()
}

/// A grant that is changed is drawn anew.
fn key(row: &HeldGrant) -> (GrantId, ScopeSummary, Option<Timestamp>, Option<u32>) {
    (row.id, row.grant.scope.clone(), row.grant.expires_at, row.holder.members)
}

fn line(slug: &WorkspaceSlug, row: HeldGrant, terms: RwSignal<Option<Terms>>) -> AnyView {
    let (href, hue, kind) = match row.holder.id {
        Holder::Member(id) => (path::user(slug, UserId::Member(id)), id.to_string(), "Member"),
        Holder::Group(id) => (path::group(slug, id), id.to_string(), "User group"),
        Holder::Token(id) => (path::token(slug, id), id.to_string(), "Token"),
        Holder::Invite(id) => (path::user(slug, UserId::Invite(id)), id.to_string(), "Invite"),
    };
    let invited = matches!(row.holder.id, Holder::Invite(_));
    let members = row.holder.members.map(|members| format!("{kind}, {}", plural(u64::from(members), "member", "members")));
    let note = row.holder.email.as_ref().map(ToString::to_string).or(members).unwrap_or_else(|| kind.to_owned());
    let within = match row.holder.id {
        Holder::Group(id) => row.holder.members.filter(|members| *members > 0).map(|_| {
            let name = format!("See members of {}", row.holder.name);
            view! { <a href=path::users_of(slug, id) aria-label=name>"See members"</a> }
        }),
        Holder::Member(_) | Holder::Token(_) | Holder::Invite(_) => None,
    };
    let grant = row.grant;
    let chip = move || {
        terms.with(|terms| {
            terms.as_ref().map(|terms| {
                let at_a_glance = glance(&terms.catalog, terms.plan, terms.now, &grant);
                let but = at_a_glance.but.map(|but| format!(" {}", but.to_lowercase())).unwrap_or_default();
                view! { <Chip text=at_a_glance.role detail=Some(format!("({}){but}", at_a_glance.scope))/> }
            })
        })
    };
    view! { <li><Who name=row.holder.name note=note id=hue invited=invited href=Signal::stored(href)/><span class="holder-gives">{chip}{within}</span></li> }
        .into_any()
}
