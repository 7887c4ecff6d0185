//! Who holds grants that name something: page by page, each with a way to its holder.

use super::read_on::{Part, ReadOn};
use crate::{
    components::{Chip, Who, plural},
    pages::{access::words::glance, frame::Here},
    path,
    rpc::{Answer, members},
    session::use_session,
};
use domain::{
    access_context::Terms,
    email::EmailAddress,
    grant::{Holder, ScopeSummary},
    held::HeldGrant,
    id::GrantId,
    member::UserId,
    page::{Cursor, Page},
    time::Timestamp,
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

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
    let (session, terms) = (use_session(), RwSignal::new(None::<Terms>));
    let slug = here.slug();
    let fetch = {
        let slug = slug.clone();
        move |cursor: Option<Cursor>| -> Answer<Part<HeldGrant, Cursor>> {
            let (answer, slug) = (fetch(cursor), slug.clone());
            Box::pin(async move {
                if terms.try_with_untracked(Option::is_none) == Some(true)
                    && let Ok(known) = members::terms(slug).await
                {
                    let _ = terms.try_set(Some(known));
                }
                let page = answer.await?;
                Ok((page.rows, page.next.and_then(|text| Cursor::decode(&text).ok())))
            })
        }
    };
    let held = ReadOn::<HeldGrant, Cursor>::new(session, Box::new(fetch));
    Effect::new(move || {
        let _ = (session.version(), follows.get());
        held.refresh();
    });
    let line = move |row: HeldGrant| line(&slug, row, terms);
    let list = move || {
        let line = line.clone();
        view! { <ul class="people-list" aria-label="Grants and their holders"><For each=move || held.rows.get().unwrap_or_default() key=key children=line/></ul> }
            .into_any()
    };
    held.view(empty, list)
}

/// All that a line shows: a grant that is changed is drawn anew, and so is a holder who is called otherwise.
type Key = (GrantId, ScopeSummary, Option<Timestamp>, String, Option<EmailAddress>, Option<u32>);

fn key(row: &HeldGrant) -> Key {
    let holder = &row.holder;
    (row.id, row.grant.scope.clone(), row.grant.expires_at, holder.name.clone(), holder.email.clone(), holder.members)
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
