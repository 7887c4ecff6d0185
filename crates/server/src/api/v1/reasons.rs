//! Decisions as the API words them: allowed by what, or what is missing. Of many grants the first are told, and how many more there are: somebody in a
//! hundred groups may hold thousands that come near.

use super::writing::Json;
use domain::{
    catalog::{Catalog, RoleId},
    id::{GrantId, GroupId, ResourceId},
    policy::{Arrival, But, Decision, Held, Missing, Reason},
};
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

/// How many grants an answer tells at most.
pub const MOST_TOLD: usize = 20;

/// What allows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Because<'a> {
    /// An owner may do anything in the workspace.
    Owner {
        /// When the token that is asked about ends by itself; the policy's version stays the same then.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false, format = DateTime)]
        expires_at: Option<String>,
    },
    Grant {
        #[schema(value_type = String, format = "uuid")]
        grant: GrantId,
        #[schema(value_type = String, example = "source_admin")]
        role: RoleId,
        #[schema(value_type = String, example = "Source Admin")]
        role_name: Cow<'a, str>,
        /// The group by which the grant came; absent for a grant of the subject's own.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = "uuid", nullable = false)]
        group: Option<GroupId>,
        /// The parent by which the resource was reached.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = "uuid", nullable = false)]
        through: Option<ResourceId>,
        /// When the grant ends by itself, or before it the token that holds it; the policy's version stays the same then.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false, format = DateTime)]
        expires_at: Option<String>,
    },
}

/// What would have to be there for it to be allowed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lacking<'a> {
    /// The subject or the resource is not in the workspace. Of resources only owner tokens are told so.
    unknown: bool,
    /// Roles that would allow it, with a scope that covers the resource.
    roles: Vec<Wanted<'a>>,
    /// Grants that would allow it but for something, up to 20 of them.
    #[schema(max_items = 20)]
    held: Vec<Short>,
    /// How many more such grants there are; missing: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    held_more: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Wanted<'a> {
    #[schema(value_type = String, example = "source_admin")]
    id: RoleId,
    #[schema(value_type = String, example = "Source Admin")]
    name: Cow<'a, str>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Short {
    #[schema(value_type = String, format = "uuid")]
    grant: GrantId,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid", nullable = false)]
    group: Option<GroupId>,
    /// What stands in the way.
    #[schema(value_type = String, example = "expired")]
    but: But,
}

impl Because<'_> {
    /// The same with a name of its own.
    pub fn owned(self) -> Because<'static> {
        match self {
            Self::Owner { expires_at } => Because::Owner { expires_at },
            Self::Grant { grant, role, role_name, group, through, expires_at } => {
                Because::Grant { grant, role, role_name: Cow::Owned(role_name.into_owned()), group, through, expires_at }
            }
        }
    }
}

/// The first grants of an answer that allows, and how many more there are; none of one that denies.
pub fn reasons(decision: Decision, catalog: &Catalog) -> (Vec<Because<'_>>, Option<u32>) {
    match decision {
        Decision::Allowed(found) => first(found, |reason| because(reason, catalog)),
        Decision::Denied(_) => (Vec::new(), None),
    }
}

/// The first of them in the API's words, and how many more there are.
fn first<T, U>(all: Vec<T>, word: impl FnMut(T) -> U) -> (Vec<U>, Option<u32>) {
    let more = u32::try_from(all.len().saturating_sub(MOST_TOLD)).unwrap_or(u32::MAX);
    (all.into_iter().take(MOST_TOLD).map(word).collect(), (more > 0).then_some(more))
}

/// What an answer that denies lacks.
pub fn lacking(missing: Missing, catalog: &Catalog) -> Lacking<'_> {
    match missing {
        Missing::Unknown => Lacking { unknown: true, roles: Vec::new(), held: Vec::new(), held_more: None },
        Missing::Roles { roles, held_but } => {
            let roles = roles.into_iter().map(|id| Wanted { name: role_name(&id, catalog), id }).collect();
            let (held, held_more) = first(held_but, short);
            Lacking { unknown: false, roles, held, held_more }
        }
    }
}

fn because(reason: Reason, catalog: &Catalog) -> Because<'_> {
    match reason {
        Reason::Owner { expires_at } => Because::Owner { expires_at: expires_at.map(|end| end.to_string()) },
        Reason::Grant { grant, role, arrival, through, expires_at } => {
            let expires_at = expires_at.map(|end| end.to_string());
            Because::Grant { grant, role_name: role_name(&role, catalog), role, group: group(arrival), through, expires_at }
        }
    }
}

const fn short(held: Held) -> Short {
    Short { grant: held.grant, group: group(held.arrival), but: held.but }
}

const fn group(arrival: Arrival) -> Option<GroupId> {
    match arrival {
        Arrival::Own => None,
        Arrival::Group(id) => Some(id),
    }
}

fn role_name<'a>(id: &RoleId, catalog: &'a Catalog) -> Cow<'a, str> {
    catalog.role(id).map_or_else(|| Cow::Owned(id.to_string()), |role| Cow::Borrowed(role.name.as_str()))
}

/// Writes what [`Because`] says of the first of these, as the field `reasons`, and as `reasons_more` how many more there are.
pub fn write_reasons(reasons: &[Reason], catalog: &Catalog, json: &mut Json) {
    json.put("\"reasons\":");
    json.list(reasons.iter().take(MOST_TOLD), |json, reason| write_reason(reason, catalog, json));
    write_more("reasons_more", reasons.len(), json);
}

fn write_reason(reason: &Reason, catalog: &Catalog, json: &mut Json) {
    let expires_at = match reason {
        Reason::Owner { expires_at } => {
            json.put("{\"type\":\"owner\"");
            expires_at
        }
        Reason::Grant { grant, role, arrival, through, expires_at } => {
            json.put("{\"type\":\"grant\",\"grant\":");
            json.id(grant.uuid());
            json.put(",\"role\":");
            json.text(role.as_str());
            json.put(",\"role_name\":");
            json.text(&role_name(role, catalog));
            write_group(*arrival, json);
            if let Some(through) = through {
                json.put(",\"through\":");
                json.id(through.uuid());
            }
            expires_at
        }
    };
    if let Some(end) = expires_at {
        json.put(",\"expires_at\":");
        json.moment(*end);
    }
    json.put("}");
}

/// Writes what [`Lacking`] says.
pub fn write_lacking(missing: &Missing, catalog: &Catalog, json: &mut Json) {
    let (unknown, roles, held_but): (bool, &[RoleId], &[Held]) = match missing {
        Missing::Unknown => (true, &[], &[]),
        Missing::Roles { roles, held_but } => (false, roles, held_but),
    };
    json.put(if unknown { "{\"unknown\":true,\"roles\":" } else { "{\"unknown\":false,\"roles\":" });
    json.list(roles, |json, id| {
        json.put("{\"id\":");
        json.text(id.as_str());
        json.put(",\"name\":");
        json.text(&role_name(id, catalog));
        json.put("}");
    });
    json.put(",\"held\":");
    json.list(held_but.iter().take(MOST_TOLD), |json, held| {
        json.put("{\"grant\":");
        json.id(held.grant.uuid());
        write_group(held.arrival, json);
        json.put(",\"but\":\"");
        json.put(match held.but {
            But::Expired => "expired",
            But::Locked => "locked",
            But::OutOfScope => "out_of_scope",
            But::NeedsAll => "needs_all",
        });
        json.put("\"}");
    });
    write_more("held_more", held_but.len(), json);
    json.put("}");
}

fn write_group(arrival: Arrival, json: &mut Json) {
    if let Some(id) = group(arrival) {
        json.put(",\"group\":");
        json.id(id.uuid());
    }
}

fn write_more(field: &str, all: usize, json: &mut Json) {
    if let Some(more) = all.checked_sub(MOST_TOLD).filter(|more| *more > 0) {
        json.put(",\"");
        json.put(field);
        json.put("\":");
        json.number(u32::try_from(more).unwrap_or(u32::MAX).into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_told_and_the_others_counted() {
        let told = |all: usize| {
            let (told, more) = first((0..all).collect(), |n| n);
            assert!(told.iter().copied().eq(0..all.min(MOST_TOLD)));
            (told.len(), more)
        };
        assert_eq!([told(0), told(20), told(21), told(3_000)], [(0, None), (20, None), (20, Some(1)), (20, Some(2_980))]);
    }
}
