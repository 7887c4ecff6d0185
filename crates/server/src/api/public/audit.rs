//! The audit trail: what happened, the newest first.

use super::{
    envelope::Data,
    paging::{Pagination, Paging},
    params::{Pages, Trail},
    query::Asked,
    refusal::Refusal,
};
use crate::api::asking::Owner;
use axum::extract::State;
use domain::{
    audit::{Actor, Entry},
    audit_query::{AuditFilter, AuditQuery, Doer},
    email::EmailAddress,
    failure::Failure,
    id::{AuditId, MemberId},
    time::Timestamp,
    workspace::Workspace,
};
use serde::Serialize;
use service::{Services, audit};
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A page of the trail.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEventList)]
pub struct Events {
    events: Vec<Event>,
    pagination: Pagination,
}

/// What happened.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEvent)]
struct Event {
    #[schema(value_type = String, format = "uuid", example = "018f3c1e-9f8e-7d6c-8b5a-0123456789ab")]
    id: AuditId,
    #[schema(format = DateTime, example = "2026-11-23T09:30:00.000000Z")]
    timestamp: String,
    #[schema(value_type = String, example = "group_changed")]
    r#type: &'static str,
    /// The id of who did it; the name of who has none.
    #[schema(example = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab")]
    actor: String,
    /// Missing where no member did it, or one who has left.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, format = "email", example = "amara@acme.test")]
    actor_email: Option<EmailAddress>,
    /// The id of what it was done to; the workspace's, where it was done to nothing else.
    #[schema(value_type = String, format = "uuid", example = "018f3c1e-2b3c-7d4e-8f5a-0123456789ab")]
    resource_id: Uuid,
    #[schema(example = "USER_GROUP")]
    resource_type: String,
    #[schema(example = "Marketing")]
    resource_name: String,
}

/// What the reference calls these kinds of things.
const KINDS: [(&str, &str); 2] = [("member", "USER"), ("group", "USER_GROUP")];

/// List audit events
///
/// What happened in the workspace, the newest first. The filters narrow the list together.
#[utoipa::path(get, operation_id = "listAuditEvents", path = "/api/audit-events", tag = "Audit Trail", params(Pages, Trail),
    responses((status = 200, description = "A page", body = Data<Events>)))]
pub async fn page(State(services): State<Services>, Owner(owner): Owner, asked: Asked) -> Result<Data<Events>, Refusal> {
    let paging = Paging::of(&asked)?;
    let query = AuditQuery { filter: filter(&asked)?, cursor: paging.cursor.clone(), size: paging.size };
    let page = audit::page(&services, &owner, &query).await?.page;
    let emails = audit::emails(&services, &owner, &page.rows).await?;
    let pagination = paging.of_page(&page);
    let events = page.rows.into_iter().map(|entry| event(&entry, owner.workspace(), &emails)).collect();
    Ok(Data::of(Events { events, pagination }))
}

fn filter(asked: &Asked) -> Result<AuditFilter, Failure> {
    let moment = |name: &str| match asked.one(name).map(|text| (text, Timestamp::parse(text))) {
        None => Ok(None),
        Some((_, Some(moment))) => Ok(Some(moment)),
        Some((text, None)) => Err(Failure::field(name, format_args!("`{text}` is no moment; write it as 2026-11-23T09:30:00Z"))),
    };
    let thing = asked.one("resourceId").map(|text| Uuid::try_parse(text).map_err(|_| Failure::field("resourceId", format_args!("`{text}` is no id"))));
    let mut filter = AuditFilter {
        from: moment("startTime")?,
        until: moment("endTime")?,
        thing: thing.transpose()?,
        thing_kind: asked.one("resourceType").map(ours),
        ..AuditFilter::default()
    };
    for actor in asked.list("actor")? {
        filter.take("actor", actor).map_err(|error| Failure::field("actor", error))?;
    }
    for kind in asked.list("type")? {
        filter.take("event", kind).map_err(|error| Failure::field("type", error))?;
    }
    Ok(filter)
}

fn theirs(kind: &str) -> String {
    KINDS.iter().find(|(ours, _)| *ours == kind).map_or_else(|| kind.to_uppercase(), |(_, theirs)| (*theirs).to_owned())
}

fn ours(kind: &str) -> String {
    KINDS.iter().find(|(_, theirs)| *theirs == kind).map_or_else(|| kind.to_lowercase(), |(ours, _)| (*ours).to_owned())
}

fn event(entry: &Entry, here: &Workspace, emails: &HashMap<MemberId, EmailAddress>) -> Event {
    let member = if let Actor::Member { id, .. } = &entry.actor { Some(*id) } else { None };
    let about = entry.event.about().map(str::to_owned);
    // what was done to nothing else was done to the workspace
    let (id, kind, name) = match &entry.object {
        Some(object) => (object.id, theirs(&object.kind), about.unwrap_or_else(|| here.name.to_string())),
        None => (here.id.uuid(), theirs("workspace"), about.unwrap_or_else(|| here.name.to_string())),
    };
    Event {
        id: entry.id,
        timestamp: entry.at.to_string(),
        r#type: entry.event.name(),
        actor: match Doer::from(&entry.actor) {
            Doer::Member(id) => id.to_string(),
            Doer::Account(id) => id.to_string(),
            Doer::Token(id) => id.to_string(),
            doer @ (Doer::Operator | Doer::System | Doer::Anonymous) => doer.to_string(),
        },
        actor_email: member.and_then(|id| emails.get(&id).cloned()),
        resource_id: id,
        resource_type: kind,
        resource_name: name,
    }
}
