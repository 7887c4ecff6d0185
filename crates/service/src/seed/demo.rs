//! The workspace `acme`: 40 members, 6 groups, 30 resources, and one of everything that the console shows.

use super::{Dice, Seeded, founded, new_account, new_owner, password, people};
use crate::{access::Operator, invite_links, refusal::stored, secrets, services::Services, workspaces};
use domain::{
    audit::{AccessSnapshot, Actor, Chain, Event, Object, Origin, Record},
    catalog::RoleId,
    email::EmailAddress,
    failure::Failure,
    grant::{Grant, GrantSpec, Holder, Scope},
    id::{GrantId, GroupId, InviteId, MemberId, RequestId, ResourceId, TokenId, WorkspaceId},
    invite::InviteState,
    label::Label,
    member::MemberKind,
    resource::{Resource, ResourceType},
    settings::InviteDays,
    text::{GroupName, Reason, ResourceKey, ResourceName, TokenName, WantedResource, WorkspaceName},
    time::{Span, Timestamp},
    token::TokenSecret,
};
use store::{WriteTx, groups::NewGroup, invites::NewInvite, members::NewMember, requests::NewRequest, tokens::NewToken};

const OWNER: &str = "owner@acme.test";

const GROUPS: [(&str, &str, &str); 6] = [
    ("Analysts", "source_read_only", "environment:prod"),
    ("Contractors", "source_read_only", "environment:dev"),
    ("Data", "warehouse_destination_admin", ""),
    ("Marketing", "unify_and_engage_admin", ""),
    ("On-call", "function_admin", ""),
    ("Platform", "source_admin", "environment:dev"),
];

const RESOURCES: [(&str, &str, &str); 30] = [
    ("source", "Website", "environment:prod region:emea"),
    ("source", "dev-site", "environment:dev region:emea"),
    ("source", "iOS app", "environment:prod region:apac"),
    ("source", "dev-ios", "environment:dev region:apac"),
    ("source", "Android app", "environment:prod region:apac"),
    ("source", "dev-android", "environment:dev region:apac"),
    ("source", "Checkout API", "environment:prod region:amer"),
    ("source", "dev-api", "environment:dev region:apac"),
    ("source", "Billing events", "environment:prod region:amer"),
    ("source", "Support desk", "environment:prod region:emea"),
    ("source", "sandbox", "environment:dev region:apac"),
    ("source", "Stores point of sale", "environment:prod region:amer"),
    ("source", "Partner feed", "environment:prod region:apac"),
    ("source", "Email events", "environment:prod region:emea"),
    ("warehouse", "Analytics warehouse", "environment:prod"),
    ("warehouse", "Staging warehouse", "environment:dev"),
    ("warehouse", "Finance warehouse", "environment:prod"),
    ("function", "Enrich country", ""),
    ("function", "Drop test traffic", ""),
    ("function", "Currency to euro", ""),
    ("space", "Customers", "environment:prod"),
    ("space", "Customers staging", "environment:dev"),
    ("tracking_plan", "Web plan", ""),
    ("tracking_plan", "Mobile plan", ""),
    ("entity", "Orders", ""),
    ("entity", "Subscriptions", ""),
    ("identity", "Identity rules", ""),
    ("end_user_privacy", "Deletion requests", ""),
    ("destination", "Website to CRM", ""),
    ("destination", "Website to ads", ""),
];

struct Demo<'a> {
    services: &'a Services,
    tx: &'a WriteTx,
    workspace: WorkspaceId,
    owner: (MemberId, String),
    now: Timestamp,
    dice: Dice,
}

/// Fills `acme`; refused where its owner's address is taken already.
pub async fn demo(services: &Services, _operator: &Operator) -> Result<Seeded, Failure> {
    let now = services.now();
    let password = password(services);
    let tx = services.store.begin().await.map_err(stored)?;
    let (name, email) = people::named("Olivia Owner", OWNER)?;
    let owner = new_owner(services, &tx, name, email, &password).await?;
    let acme = WorkspaceName::parse("Acme").map_err(|error| Failure::field("name", error))?;
    let (slug, mut founding) = workspaces::found(services, &tx, &owner, &acme, &Origin::default()).await?;
    founding.at = now.minus(Span::days(120));
    let workspace = founded(&tx, &slug).await?.id;
    let standing = store::members::by_account(&tx, workspace, owner.id).await.map_err(stored)?.ok_or_else(Failure::internal)?;
    let mut demo = Demo { services, tx: &tx, workspace, owner: (standing.id, owner.name.to_string()), now, dice: Dice(7) };

    let resources = demo.resources().await?;
    let groups = demo.groups().await?;
    let (members, mut history) = demo.members(&resources, &groups).await?;
    history.extend(demo.invites(&resources).await?);
    demo.tokens(&resources).await?;
    demo.request(&members, &resources).await?;
    let seeded = Event::WorkspaceSeeded { members: 40, groups: 6, resources: 30 };
    history.push(services.record(Chain::Workspace(workspace), Actor::Operator, seeded, Some(Object::new("workspace", workspace.uuid())), Origin::default()));
    history.sort_by_key(|record| record.at);
    tx.commit_all(founding, history).await.map_err(stored)?;
    Ok(Seeded { slug, owner: OWNER.to_owned(), password, members: 40, groups: 6, resources: 30 })
}

impl Demo<'_> {
    fn grant(&self, role: &str, scope: Scope) -> Grant {
        Grant { id: GrantId::new(self.now, self.services.random()), spec: GrantSpec::new(RoleId::new(role), scope) }
    }

    fn labelled(text: &str) -> Scope {
        let labels: std::collections::BTreeSet<Label> = text.split(' ').filter_map(|label| Label::parse(label).ok()).collect();
        if labels.is_empty() { Scope::All } else { Scope::Labelled(labels) }
    }

    fn record(&self, days_ago: i64, event: Event, object: Object) -> Record {
        let actor = Actor::Member { id: self.owner.0, name: self.owner.1.clone() };
        let record = self.services.record(Chain::Workspace(self.workspace), actor, event, Some(object), Origin::default());
        Record { at: self.now.minus(Span::days(days_ago)), ..record }
    }

    async fn resources(&mut self) -> Result<Vec<Resource>, Failure> {
        let labels: Vec<Label> = ["region:apac", "region:emea", "region:amer"].iter().filter_map(|text| Label::parse(text).ok()).collect();
        store::labels::insert_many(self.tx, self.workspace, &labels, self.now).await.map_err(stored)?;
        let mut resources: Vec<Resource> = Vec::with_capacity(RESOURCES.len());
        for (kind, name, labels) in RESOURCES {
            // what hangs on a source hangs on the first of them
            let parent = if kind == "destination" { resources.first().map(|it| it.id) } else { None };
            let mut labels: Vec<Label> = labels.split(' ').filter_map(|text| Label::parse(text).ok()).collect();
            labels.sort();
            resources.push(Resource {
                id: ResourceId::new(self.now, self.services.random()),
                kind: ResourceType::new(kind),
                key: ResourceKey::parse(&name.to_lowercase().replace(' ', "-")).map_err(|error| Failure::field("key", error))?,
                name: ResourceName::parse(name).map_err(|error| Failure::field("name", error))?,
                parent,
                labels,
            });
        }
        store::resources::insert_many(self.tx, self.workspace, &resources, self.now).await.map_err(stored)?;
        Ok(resources)
    }

    async fn groups(&mut self) -> Result<Vec<NewGroup>, Failure> {
        let mut groups = Vec::new();
        let mut grants = Vec::new();
        for (name, role, labels) in GROUPS {
            let name = GroupName::parse(name).map_err(|error| Failure::field("name", error))?;
            let id = GroupId::new(self.now, self.services.random());
            grants.push((Holder::Group(id), self.grant(role, Self::labelled(labels))));
            groups.push(NewGroup { id, pii: name.as_str() == "Marketing", name, created_at: self.now.minus(Span::days(90)) });
        }
        store::seed::groups(self.tx, self.workspace, &groups).await.map_err(stored)?;
        store::grants::insert_many(self.tx, self.workspace, &grants, self.now).await.map_err(stored)?;
        Ok(groups)
    }

    /// Thirty-nine people beside the owner: one more owner, many with a role or a group, some with minimal access.
    async fn members(&mut self, resources: &[Resource], groups: &[NewGroup]) -> Result<(Vec<NewMember>, Vec<Record>), Failure> {
        let (mut accounts, mut members, mut grants, mut memberships, mut history) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let special = [("=HYPERLINK(\"x\")", "formula@acme.test"), ("محمد الأحمد", "mohammed@acme.test"), ("李小龍", "xiaolong@acme.test")];
        let sources: Vec<ResourceId> = resources.iter().filter(|it| it.kind.as_str() == "source").map(|it| it.id).collect();
        for n in 0..39_usize {
            let (name, email) = match special.get(n) {
                Some((name, email)) => people::named(name, email)?,
                None => people::person(&mut self.dice, n, "acme.test")?,
            };
            let account = new_account(self.services, name.clone(), email.clone(), None);
            let id = MemberId::new(self.now, self.services.random());
            let joined = i64::try_from(100 - n * 2).unwrap_or_default();
            let seen = (n % 9 != 8).then(|| self.now.minus(Span::minutes(i64::try_from(7 * n * n + 3).unwrap_or_default())));
            let kind = if n == 5 { MemberKind::Owner } else { MemberKind::Member };
            members.push(NewMember {
                id,
                account: account.account.id,
                name: name.clone(),
                email: email.clone(),
                kind,
                pii: n % 11 == 4,
                joined_at: self.now.minus(Span::days(joined)),
                last_seen_at: seen,
                revision: 1,
            });
            let own = self.own_grants(n, &sources);
            let access =
                AccessSnapshot { kind: Some(kind), pii: n % 11 == 4, grants: own.iter().map(|grant| grant.spec.clone()).collect(), groups: Vec::new() };
            history.push(self.record(joined + 1, Event::MembersInvited { emails: vec![email.to_string()], access }, Object::new("member", id.uuid())));
            grants.extend(own.into_iter().map(|grant| (Holder::Member(id), grant)));
            if n % 3 != 2 {
                memberships.extend(groups.get(n % groups.len()).map(|group| (group.id, id)));
            }
            if n % 7 == 1 {
                memberships.extend(groups.get((n + 2) % groups.len()).map(|group| (group.id, id)));
            }
            accounts.push(account);
        }
        store::accounts::insert_many(self.tx, &accounts).await.map_err(stored)?;
        store::seed::members(self.tx, self.workspace, &members).await.map_err(stored)?;
        store::grants::insert_many(self.tx, self.workspace, &grants, self.now).await.map_err(stored)?;
        store::seed::places(self.tx, self.workspace, &memberships).await.map_err(stored)?;
        Ok((members, history))
    }

    fn own_grants(&mut self, n: usize, sources: &[ResourceId]) -> Vec<Grant> {
        let two: std::collections::BTreeSet<ResourceId> = sources.iter().skip(n % 10).take(2).copied().collect();
        let mut grants = match n % 8 {
            0 => vec![self.grant("source_admin", Scope::Only(two))],
            1 => vec![self.grant("source_read_only", Self::labelled("environment:prod"))],
            2 => vec![self.grant("source_admin", Self::labelled("environment:dev region:apac")), self.grant("function_admin", Scope::All)],
            3 => vec![self.grant("unify_and_engage_read_only", Scope::All)],
            4 => vec![self.grant("source_admin", Scope::All)],
            5 => vec![self.grant("tracking_plan_read_only", Scope::All)],
            _ => Vec::new(),
        };
        if let Some(grant) = grants.first_mut().filter(|_| n % 10 == 3) {
            grant.spec.expires_at = Some(self.now.plus(Span::days(9)));
            grant.spec.reason = Reason::parse("For the import project").ok();
        }
        if let Some(grant) = grants.first_mut().filter(|_| n == 16) {
            grant.spec.expires_at = Some(self.now.minus(Span::days(2)));
        }
        grants
    }

    /// Two pending invites, one expired, one revoked.
    async fn invites(&mut self, resources: &[Resource]) -> Result<Vec<Record>, Failure> {
        let source: std::collections::BTreeSet<ResourceId> = resources.iter().take(1).map(|it| it.id).collect();
        let mut history = Vec::new();
        for (email, days_ago, role, state) in [
            ("farid@partner.test", 2, "source_read_only", InviteState::Pending),
            ("noor@partner.test", 0, "warehouse_destination_read_only", InviteState::Pending),
            ("ines@partner.test", 9, "tracking_plan_read_only", InviteState::Expired),
            ("gone@partner.test", 20, "source_admin", InviteState::Revoked),
        ] {
            let id = InviteId::new(self.now, self.services.random());
            let email = EmailAddress::parse(email).map_err(|error| Failure::field("email", error))?;
            let created_at = self.now.minus(Span::days(days_ago));
            let secret = invite_links::secret(self.services, id, 1);
            let new = NewInvite {
                id,
                email: email.clone(),
                kind: MemberKind::Member,
                pii: false,
                secret_hash: secrets::hash(&secret),
                invited_by: Some(self.owner.0),
                invited_by_name: domain::text::PersonName::parse(&self.owner.1).ok(),
                created_at,
                expires_at: created_at.plus(InviteDays::default().span()),
                groups: Vec::new(),
            };
            store::invites::insert(self.tx, self.workspace, std::slice::from_ref(&new)).await.map_err(stored)?;
            let scope = if role == "source_read_only" { Scope::Only(source.clone()) } else { Scope::All };
            let grant = self.grant(role, scope);
            let access = AccessSnapshot { kind: Some(MemberKind::Member), pii: false, grants: vec![grant.spec.clone()], groups: Vec::new() };
            store::grants::insert_many(self.tx, self.workspace, &[(Holder::Invite(id), grant)], created_at).await.map_err(stored)?;
            history.push(self.record(days_ago, Event::MembersInvited { emails: vec![email.to_string()], access }, Object::new("invite", id.uuid())));
            if state == InviteState::Revoked {
                store::invites::settle(self.tx, self.workspace, id, state, None, self.now).await.map_err(stored)?;
                history.push(self.record(days_ago - 1, Event::InviteRevoked { email: email.to_string() }, Object::new("invite", id.uuid())));
            }
        }
        Ok(history)
    }

    async fn tokens(&mut self, resources: &[Resource]) -> Result<(), Failure> {
        let website: std::collections::BTreeSet<ResourceId> = resources.iter().take(1).map(|it| it.id).collect();
        for (name, owner_access, days, scope) in
            [("CI deploys", false, Some(10), Scope::Only(website)), ("Nightly export", false, None, Scope::All), ("Terraform", true, Some(80), Scope::All)]
        {
            let mut chance = [0; 32];
            self.services.entropy.fill(&mut chance);
            let secret = TokenSecret::new(chance);
            let id = TokenId::new(self.now, self.services.random());
            let new = NewToken {
                id,
                name: TokenName::parse(name).map_err(|error| Failure::field("name", error))?,
                secret_hash: secrets::hash(secret.reveal()),
                prefix: secret.prefix().to_owned(),
                owner_access,
                created_by: Some(self.owner.0),
                created_by_name: domain::text::PersonName::parse(&self.owner.1).ok(),
                created_at: self.now.minus(Span::days(30)),
                expires_at: days.map(|days| self.now.plus(Span::days(days))),
            };
            store::tokens::insert(self.tx, self.workspace, &new).await.map_err(stored)?;
            if !owner_access {
                let grant = self.grant("source_read_only", scope);
                store::grants::insert_many(self.tx, self.workspace, &[(Holder::Token(id), grant)], self.now).await.map_err(stored)?;
            }
        }
        Ok(())
    }

    /// One member asks for a role on one source.
    async fn request(&mut self, members: &[NewMember], resources: &[Resource]) -> Result<(), Failure> {
        let Some(member) = members.get(6) else { return Ok(()) };
        let new = NewRequest {
            id: RequestId::new(self.now, self.services.random()),
            member: member.id,
            role: Some(RoleId::new("source_read_only")),
            resource: resources.get(1).map(|it| it.id),
            resource_text: resources.get(1).and_then(|it| WantedResource::parse(it.name.as_str()).ok()),
            reason: Reason::parse("I join the import project on Monday.").map_err(|error| Failure::field("reason", error))?,
            created_at: self.now.minus(Span::hours(5)),
        };
        store::requests::insert(self.tx, self.workspace, &new).await.map_err(stored)
    }
}
