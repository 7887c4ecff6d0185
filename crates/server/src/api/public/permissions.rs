//! Grants as the reference words them: a role on resources, where the workspace itself is a resource too.

use super::{query::MOST_NAMED, refusal::Refusal};
use crate::api::at_most::{at_most, maybe_at_most};
use domain::{
    catalog::{Catalog, RoleId},
    failure::Failure,
    grant::{Grant, GrantSpec, MOST_GRANTS, Scope},
    id::{ResourceId, WorkspaceId},
    label::Label,
    labelling::MOST_LABELLED,
    member::MemberKind,
    resource::ResourceType,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use service::{
    Services,
    access::WorkspaceOwner,
    permissions::{Wished, kinds},
};
use std::collections::{BTreeSet, HashMap};
use utoipa::ToSchema;

/// The roles by which the reference tells owners from members.
pub const OWNER: (&str, &str) = (Catalog::OWNER, "Workspace Owner");
pub const MEMBER: (&str, &str) = (Catalog::MEMBER, "Workspace Member");

/// What stands for all resources.
const WORKSPACE: &str = "WORKSPACE";

/// A role that somebody has, and on what.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    #[schema(example = "source_admin")]
    role_id: String,
    #[schema(example = "Source Admin")]
    role_name: String,
    resources: Vec<Resource>,
    /// When it ends; missing: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, example = "2026-12-31T17:00:00.000000Z")]
    expires_at: Option<String>,
}

/// What a role applies to: the workspace stands for everything in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PermissionResource)]
pub struct Resource {
    #[schema(format = "uuid", example = "018f3c1e-1a2b-7c3d-8e4f-0123456789ab")]
    id: String,
    /// `WORKSPACE`, or the resource's type in capitals.
    #[schema(example = "WORKSPACE")]
    r#type: String,
    /// They narrow the workspace to what bears all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    labels: Option<Vec<LabelPair>>,
}

/// What a role is to apply to.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PermissionResourceWish)]
pub struct ResourceWish {
    /// An id that Rolecall gave.
    #[schema(example = "018f3c1e-1a2b-7c3d-8e4f-0123456789ab")]
    id: String,
    /// `WORKSPACE`, or the resource's type in capitals.
    #[schema(example = "WORKSPACE")]
    r#type: String,
    /// They narrow the workspace to what bears all of them. Other resources take none.
    #[serde(default, deserialize_with = "maybe_at_most::<_, _, MOST_NAMED>")]
    #[schema(max_items = 1000)]
    labels: Option<Vec<LabelPair>>,
}

/// The key and the value of a label that the workspace has.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct LabelPair {
    #[schema(example = "region")]
    key: String,
    #[schema(example = "apac")]
    value: String,
}

/// A permission that somebody is to have. An invite's has its labels beside the resources.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "roleId": "source_admin",
    "resources": [{ "id": "018f3c1e-1a2b-7c3d-8e4f-0123456789ab", "type": "WORKSPACE", "labels": [{ "key": "region", "value": "apac" }] }],
    "expiresAt": "2026-12-31T17:00:00Z",
}))]
pub struct PermissionWish {
    /// The id of a role, as the list of roles has it. `workspace_owner` makes an owner, and needs nothing else.
    #[schema(min_length = 1, example = "source_admin")]
    role_id: String,
    /// What the role applies to; the workspace for everything in it.
    #[serde(default, deserialize_with = "maybe_at_most::<_, _, MOST_LABELLED>")]
    #[schema(max_items = 10000)]
    resources: Option<Vec<ResourceWish>>,
    /// The same as labels of the workspace: with these alone, the role applies to what bears all of them.
    #[serde(default, deserialize_with = "maybe_at_most::<_, _, MOST_NAMED>")]
    #[schema(max_items = 1000)]
    labels: Option<Vec<LabelPair>>,
    /// When it ends (RFC 3339); missing: never, or when the same one ends that is replaced.
    #[schema(format = DateTime, example = "2026-12-31T17:00:00Z")]
    expires_at: Option<String>,
}

/// What somebody is to have, up to 100 roles.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Permissions {
    #[serde(deserialize_with = "at_most::<_, _, MOST_GRANTS>")]
    #[schema(max_items = 100)]
    pub permissions: Vec<PermissionWish>,
}

/// What permissions are told with: the types of the resources that they name.
pub struct Teller<'a> {
    catalog: &'a Catalog,
    workspace: WorkspaceId,
    kinds: HashMap<ResourceId, ResourceType>,
}

impl<'a> Teller<'a> {
    /// Of all these grants at once.
    pub async fn of(services: &'a Services, owner: &WorkspaceOwner, grants: impl Iterator<Item = &Grant>) -> Result<Self, Failure> {
        let mut named = BTreeSet::new();
        for grant in grants {
            if let Scope::Only(ids) = &grant.spec.scope {
                named.extend(ids.iter().copied());
            }
        }
        Ok(Self::with(services, owner, kinds(services, owner, &named.into_iter().collect::<Vec<_>>()).await?))
    }

    /// Of grants that name resources of these types.
    pub fn with(services: &'a Services, owner: &WorkspaceOwner, kinds: HashMap<ResourceId, ResourceType>) -> Self {
        Self { catalog: &services.catalog, workspace: owner.workspace().id, kinds }
    }

    /// What a member has.
    pub fn of_member(&self, kind: MemberKind, grants: &[Grant]) -> Vec<Permission> {
        let owner = (kind == MemberKind::Owner).then(|| Permission {
            role_id: OWNER.0.to_owned(),
            role_name: OWNER.1.to_owned(),
            resources: vec![self.whole(None)],
            expires_at: None,
        });
        owner.into_iter().chain(self.of_grants(grants)).collect()
    }

    pub fn of_grants(&self, grants: &[Grant]) -> Vec<Permission> {
        grants.iter().map(|grant| self.permission(&grant.spec)).collect()
    }

    fn permission(&self, spec: &GrantSpec) -> Permission {
        Permission {
            role_id: spec.role.to_string(),
            role_name: self.catalog.role(&spec.role).map_or_else(|| spec.role.to_string(), |role| role.name.clone()),
            resources: match &spec.scope {
                Scope::All => vec![self.whole(None)],
                Scope::Labelled(labels) => vec![self.whole(Some(labels.iter().map(pair).collect()))],
                Scope::Only(ids) => ids.iter().filter_map(|id| self.named(*id)).collect(),
            },
            expires_at: spec.expires_at.map(|end| end.to_string()),
        }
    }

    fn whole(&self, labels: Option<Vec<LabelPair>>) -> Resource {
        Resource { id: self.workspace.to_string(), r#type: WORKSPACE.to_owned(), labels }
    }

    fn named(&self, id: ResourceId) -> Option<Resource> {
        let kind = self.kinds.get(&id)?;
        Some(Resource { id: id.to_string(), r#type: kind.as_str().to_uppercase(), labels: None })
    }
}

fn pair(label: &Label) -> LabelPair {
    LabelPair { key: label.key().to_owned(), value: label.value().to_owned() }
}

/// Reads what somebody is to have. `field` is where in the body it stands.
pub async fn read(services: &Services, owner: &WorkspaceOwner, wishes: &[PermissionWish], field: &str) -> Result<Wished, Refusal> {
    let mut all = read_all(services, owner, &[(wishes, field.to_owned())]).await?;
    Ok(all.pop().ok_or_else(Failure::internal)?)
}

/// The same of many, whose resources are looked up at once.
pub async fn read_all(services: &Services, owner: &WorkspaceOwner, all: &[(&[PermissionWish], String)]) -> Result<Vec<Wished>, Refusal> {
    let (mut read, mut named) = (Vec::with_capacity(all.len()), Vec::new());
    for (wishes, field) in all {
        let mut reader = Reader { workspace: owner.workspace().id, wished: Wished { owner: false, grants: Vec::new() }, named: Vec::new() };
        for (place, wish) in wishes.iter().enumerate() {
            reader.take(wish, &format!("{field}[{place}]"))?;
        }
        read.push(reader.wished);
        named.append(&mut reader.named);
    }
    let ids: BTreeSet<ResourceId> = named.iter().map(|(id, ..)| *id).collect();
    let kinds = kinds(services, owner, &ids.into_iter().collect::<Vec<_>>()).await?;
    for (id, kind, field) in &named {
        if kinds.get(id).is_none_or(|found| found.as_str() != kind) {
            let message = format!("the workspace has no {} with the id `{id}`; ids are those that Rolecall gave", kind.replace('_', " "));
            return Err(Failure::field(&format!("{field}.id"), message).into());
        }
    }
    Ok(read)
}

struct Reader {
    workspace: WorkspaceId,
    wished: Wished,
    /// Each resource that a scope names, of which type it is said to be, and where.
    named: Vec<(ResourceId, String, String)>,
}

impl Reader {
    fn take(&mut self, wish: &PermissionWish, field: &str) -> Result<(), Failure> {
        if wish.role_id == OWNER.0 || wish.role_id == MEMBER.0 {
            self.wished.owner |= wish.role_id == OWNER.0;
            return Ok(());
        }
        let (mut only, mut scopes) = (BTreeSet::new(), Vec::new());
        let beside = wish.labels.as_deref().unwrap_or_default();
        let resources = wish.resources.as_deref().unwrap_or_default();
        for (place, resource) in resources.iter().enumerate() {
            let field = format!("{field}.resources[{place}]");
            let labels = resource.labels.as_deref().unwrap_or_default();
            if resource.r#type == WORKSPACE {
                if resource.id.parse() != Ok(self.workspace) {
                    return Err(Failure::field(&format!("{field}.id"), format_args!("this is not the token's workspace; its id is `{}`", self.workspace)));
                }
                let labels: Vec<&LabelPair> = labels.iter().chain(beside).collect();
                scopes.push(if labels.is_empty() { Scope::All } else { Scope::Labelled(read_labels(&labels, &format!("{field}.labels"))?) });
            } else {
                if !labels.is_empty() || !beside.is_empty() {
                    return Err(Failure::field(&format!("{field}.labels"), "labels narrow the workspace, not a resource; leave one of the two out"));
                }
                let id: ResourceId = resource.id.parse().map_err(|error| Failure::field(&format!("{field}.id"), error))?;
                self.named.push((id, resource.r#type.to_lowercase(), field));
                only.insert(id);
            }
        }
        if !only.is_empty() {
            scopes.push(Scope::Only(only));
        } else if resources.is_empty() && !beside.is_empty() {
            scopes.push(Scope::Labelled(read_labels(&beside.iter().collect::<Vec<_>>(), &format!("{field}.labels"))?));
        }
        if scopes.is_empty() {
            let message = "a role needs resources that it applies to; name the workspace for all of them";
            return Err(Failure::field(&format!("{field}.resources"), message));
        }
        let end = |text: &String| Timestamp::parse(text).ok_or_else(|| format!("`{text}` is no moment; write it as 2026-11-23T09:30:00Z"));
        let expires_at = wish.expires_at.as_ref().map(end).transpose().map_err(|words| Failure::field(&format!("{field}.expiresAt"), words))?;
        let role = RoleId::new(&wish.role_id);
        self.wished.grants.extend(scopes.into_iter().map(|scope| GrantSpec { expires_at, ..GrantSpec::new(role.clone(), scope) }));
        Ok(())
    }
}

fn read_labels(labels: &[&LabelPair], field: &str) -> Result<BTreeSet<Label>, Failure> {
    labels.iter().map(|label| Label::new(&label.key, &label.value).map_err(|error| Failure::field(field, error))).collect()
}
