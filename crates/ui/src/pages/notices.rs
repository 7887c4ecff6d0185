//! What waits for who looks, and what is worth a look: each with the way to it. A notice goes when its cause does.

use super::{
    access::answered::answered,
    failure::FailureView,
    frame::{Here, use_here},
};
use crate::{
    components::{EmptyState, Icon, IconName, PageHead, SkeletonLines, TimeAgo, plural},
    path,
    rpc::reviews,
    session::use_session,
};
use domain::{notice::Notice, time::Timestamp};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn NoticesPage() -> impl IntoView {
    let Some(here) = use_here() else { return ().into_any() };
    let (slug, session) = (here.slug(), use_session());
    let (found, _) = answered(move || (session.version(), here.live.version()), move |_| reviews::notices(slug.clone()));
    let shown = move || {
        match found.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <FailureView error retry=move || found.refetch()/> }.into_any(),
        Some(Ok(notices)) if notices.is_empty() => {
            view! { <EmptyState icon=IconName::CircleCheck title="Nothing waits for you" text="Requests for access, reviews, tokens that end soon, webhooks that fail and domains whose proof is missing stand here."/> }.into_any()
        }
        Some(Ok(notices)) => {
            let (waiting, others): (Vec<Notice>, Vec<Notice>) = notices.into_iter().partition(Notice::waits);
            view! { {part(here, "Waits for you", waiting)}{part(here, "Worth a look", others)} }.into_any()
        }
    }
    };
    view! {
        <Title text="Notifications"/>
        <PageHead title="Notifications" text=Some("What waits for an answer, and what to see to in time.".to_owned())/>
        <Transition fallback=|| view! { <SkeletonLines lines=5/> }>{shown}</Transition>
    }
    .into_any()
}

fn part(here: Here, title: &'static str, notices: Vec<Notice>) -> Option<AnyView> {
    if notices.is_empty() {
        return None;
    }
    let lines = notices.into_iter().map(|notice| line(here, notice)).collect_view();
    Some(view! { <section class="panel notices" aria-label=title><h2>{title}</h2><ul>{lines}</ul></section> }.into_any())
}

/// How one reads: its sign, its words, the moment it is about, and where it leads.
struct Line {
    icon: IconName,
    title: String,
    note: String,
    at: Option<Timestamp>,
    href: String,
}

fn line(here: Here, notice: Notice) -> AnyView {
    let Line { icon, title, note, at, href } = read(here, notice);
    let moment = at.map(|at| view! { " " <TimeAgo at=Some(at.micros())/> });
    view! {
        <li class="notice">
            <Icon name=icon/>
            <span class="who-lines"><a class="who-name" href=href>{title}</a><span class="who-note">{note}{moment}</span></span>
        </li>
    }
    .into_any()
}

fn read(here: Here, notice: Notice) -> Line {
    let slug = here.slug();
    match notice {
        Notice::Requests { count, names, since } => {
            let more = count.saturating_sub(names.len() as u64);
            let others = if more > 0 { format!(" and {more} more") } else { String::new() };
            Line {
                icon: IconName::UserPlus,
                title: plural(count, "request for access waits", "requests for access wait"),
                note: format!("{}{others}, first asked", names.join(", ")),
                at: Some(since),
                href: path::users(&slug),
            }
        }
        Notice::ToReview { id, name, left, due_at } => Line {
            icon: IconName::ClipboardCheck,
            title: format!("Review {name}"),
            note: format!("{left} to decide, due"),
            at: Some(due_at),
            href: path::review(&slug, id),
        },
        Notice::ToSignOff { id, name, revoked, undecided } => Line {
            icon: IconName::ClipboardCheck,
            title: format!("Sign off {name}"),
            note: match undecided {
                0 => format!("Everything is decided: {revoked} to revoke."),
                own => format!("Everything but what you have yourself ({own}) is decided: {revoked} to revoke."),
            },
            at: None,
            href: path::review(&slug, id),
        },
        Notice::Overdue { id, name, left, due_at } => Line {
            icon: IconName::Clock,
            title: format!("{name} is overdue"),
            note: format!("Its reviewers have {left} left to decide; it was due"),
            at: Some(due_at),
            href: path::review(&slug, id),
        },
        Notice::TokenEnds { id, name, at } => Line {
            icon: IconName::KeyRound,
            title: format!("The token {name} ends soon"),
            note: "Give it a later end, or put another token in its place: what uses it stops".to_owned(),
            at: Some(at),
            href: path::token(&slug, id),
        },
        Notice::InvitesExpired { count } => Line {
            icon: IconName::MailX,
            title: plural(count, "invite has expired", "invites have expired"),
            note: "Send them again, or revoke them.".to_owned(),
            at: None,
            href: format!("{}?filter=status:expired", path::users(&slug)),
        },
        Notice::WebhookFails { id, url, since, is_off } => Line {
            icon: IconName::TriangleAlert,
            title: if is_off { "A webhook was switched off".to_owned() } else { "A webhook fails".to_owned() },
            note: if since.is_some() { format!("{url} began to fail") } else { url },
            at: since,
            href: path::webhook(&slug, id),
        },
        Notice::DomainProofMissing { name, since, lapses_at } => Line {
            icon: IconName::TriangleAlert,
            title: format!("{name} shows no proof"),
            // what ends on a day is said as one
            note: format!("The proof has not been found since {}; it lapses on {}.", since.to_the_day(), lapses_at.to_the_day()),
            at: None,
            href: path::authentication(&slug),
        },
    }
}
