//! One entry of the trail: a sentence, and unfolded what it changed and where it came from.

use crate::{
    components::{TimeAgo, iso},
    pages::access::list_state::ListState,
    path,
};
use domain::{
    audit::{Actor, Entry, Event, Object},
    audit_kinds,
    audit_query::Doer,
    audit_words::details,
    catalog::Catalog,
    id::{ConnectionId, GroupId, MemberId, ResourceId, ReviewId, TokenId, WebhookId},
    member::UserId,
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

/// `opens`: what it tells of is there still.
pub fn entry(entry: &Entry, opens: bool, catalog: &Catalog, slug: &WorkspaceSlug) -> AnyView {
    let kind = audit_kinds::kind(entry.event.name()).map_or_else(|| entry.event.name().to_owned(), |kind| kind.title.to_owned());
    let changes = details(&entry.event, catalog);
    let changed =
        (!changes.is_empty()).then(|| view! { <ul class="entry-changes" aria-label="What changed">{changes.into_iter().map(change).collect_view()}</ul> });
    let address = entry.origin.address.clone();
    view! {
        <li class="entry">
            <details>
                <summary>
                    <span class="entry-say"><b>{entry.subject()}</b> " " {entry.event.sentence_by(catalog)}</span>
                    <span class="entry-note">{kind}{address.as_ref().map(|address| format!(" · from {address}"))}</span>
                    <TimeAgo at=Some(entry.at.micros())/>
                </summary>
                <div class="entry-more">
                    {changed}
                    <dl class="entry-facts">
                        {fact("When", Some(iso(entry.at.micros()).replace('T', " ").replace('Z', " UTC")))}
                        {fact("From", Some(address.unwrap_or_else(|| from_where(&entry.actor).to_owned())))}
                        {fact("Request", entry.origin.request.clone())}
                        {fact("Operation", entry.origin.operation.map(|operation| operation.to_string()))}
                        {fact("Entry", Some(entry.seq.to_string()))}
                    </dl>
                    <ul class="entry-links">{links(entry, opens, slug)}</ul>
                </div>
            </details>
        </li>
    }
    .into_any()
}

/// A line that begins with a sign says by colour too whether something was given or taken.
fn change(line: String) -> AnyView {
    let class = match line.chars().next() {
        Some('+') => "gave",
        Some('−') => "took",
        Some(_) | None => "",
    };
    view! { <li class=class>{line}</li> }.into_any()
}

fn fact(name: &'static str, value: Option<String>) -> Option<AnyView> {
    value.map(|value| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }.into_any())
}

/// Where something came from that came over no network.
const fn from_where(actor: &Actor) -> &'static str {
    match actor {
        Actor::Operator => "the command line",
        Actor::System => "the server itself",
        Actor::Member { .. } | Actor::Account { .. } | Actor::Token { .. } | Actor::Anonymous => "not known",
    }
}

fn links(entry: &Entry, opens: bool, slug: &WorkspaceSlug) -> Vec<AnyView> {
    let link = |href: String, words: String| view! { <li><a href=href>{words}</a></li> }.into_any();
    let narrowed = |name: &str, value: String| format!("{}{}", path::audit(slug), ListState::default().filtered(name, &[value]).query());
    let mut links = Vec::new();
    if let Some(object) = &entry.object {
        let name = called(object, &entry.event);
        if let Some(href) = opens.then(|| opened(object, slug)).flatten() {
            links.push(link(href, format!("Open {name}")));
        }
        links.push(link(narrowed("object", format!("{}:{}", object.kind, object.id)), format!("All about {name}")));
    }
    links.extend(entry.origin.operation.map(|operation| link(narrowed("operation", operation.to_string()), "All of this change".to_owned())));
    links.push(link(narrowed("actor", Doer::from(&entry.actor).to_string()), format!("All by {}", entry.actor.name())));
    links
}

/// The page of a thing.
fn opened(object: &Object, slug: &WorkspaceSlug) -> Option<String> {
    match object.kind.as_str() {
        "member" => Some(path::user(slug, UserId::Member(MemberId::from_uuid(object.id)))),
        "group" => Some(path::group(slug, GroupId::from_uuid(object.id))),
        "token" => Some(path::token(slug, TokenId::from_uuid(object.id))),
        "resource" => Some(path::resource(slug, ResourceId::from_uuid(object.id))),
        "review" => Some(path::review(slug, ReviewId::from_uuid(object.id))),
        "webhook" => Some(path::webhook(slug, WebhookId::from_uuid(object.id))),
        "connection" => Some(path::connection(slug, ConnectionId::from_uuid(object.id))),
        _ => None,
    }
}

/// What the event calls its object, or what kind of thing it is.
fn called(object: &Object, event: &Event) -> String {
    named(object, event).unwrap_or_else(|| format!("this {}", object.kind))
}

/// What the event calls its object, where it does.
pub fn named(object: &Object, event: &Event) -> Option<String> {
    match event {
        Event::WorkspaceCreated { name, .. } | Event::WorkspaceClosed { name, .. } | Event::WorkspaceKept { name } => Some(name.clone()),
        Event::WebhookChanged { after, .. } => Some(after.url.clone()),
        Event::SettingsChanged { after, .. } => Some(after.name.clone()),
        // what is told of the workspace may be about a label
        _ if object.kind == "workspace" => None,
        _ => event.about().map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_called_by_its_name_where_the_event_tells_it() {
        let id = GroupId::new(Default::default(), [1; 10]).uuid();
        assert_eq!(called(&Object::new("token", id), &Event::TokenRevoked { name: "Shop".to_owned() }), "Shop");
        assert_eq!(called(&Object::new("review", id), &Event::ReviewCancelled { name: "Autumn".to_owned() }), "Autumn");
        assert_eq!(called(&Object::new("account", id), &Event::PasswordChanged), "this account");
        assert_eq!(called(&Object::new("workspace", id), &Event::LabelCreated { label: "tier:gold".to_owned() }), "this workspace");
    }

    #[test]
    fn what_has_a_page_is_opened_there() {
        let slug = WorkspaceSlug::parse("acme").unwrap();
        let id = GroupId::new(Default::default(), [1; 10]).uuid();
        assert_eq!(opened(&Object::new("group", id), &slug), Some(format!("/w/acme/access/groups/{id}")));
        assert_eq!(opened(&Object::new("resource", id), &slug), Some(format!("/w/acme/resources/{id}")));
        assert_eq!(opened(&Object::new("review", id), &slug), Some(format!("/w/acme/reviews/{id}")));
        assert_eq!(opened(&Object::new("workspace", id), &slug), None);
    }
}
