//! A workspace with people in it, made in few words.

use domain::{
    account::Account,
    audit::{Chain, Event},
    catalog::RoleId,
    email::EmailAddress,
    grant::{Grant, GrantSpec, Holder, Scope},
    id::{AccountId, GrantId, GroupId, InviteId, MemberId, ResourceId, WorkspaceId},
    invite::InviteState,
    label::Label,
    member::MemberKind,
    resource::{Resource, ResourceType},
    text::{GroupName, PersonName, ResourceKey, ResourceName},
    time::{Span, Timestamp},
};
use store::{WriteTx, accounts, accounts::NewAccount, grants, groups::NewGroup, invites::NewInvite, labels, members::NewMember, resources, seed};
use testkit::World;

pub struct Team<'a> {
    pub world: &'a World,
    pub id: WorkspaceId,
}

impl<'a> Team<'a> {
    pub async fn new(world: &'a World, slug: &str) -> Self {
        Self { world, id: world.workspace(slug).await }
    }

    pub async fn begin(&self) -> WriteTx {
        self.world.store.begin().await.unwrap()
    }

    pub async fn commit(&self, tx: WriteTx) {
        tx.commit(self.world.record(Chain::Workspace(self.id), Event::UsersExported { count: 0 })).await.unwrap();
    }

    pub fn person(&self, name: &str, email: &str) -> NewMember {
        NewMember {
            id: self.world.id(MemberId::new),
            account: self.world.id(AccountId::new),
            name: PersonName::parse(name).unwrap(),
            email: EmailAddress::parse(email).unwrap(),
            kind: MemberKind::Member,
            pii: false,
            joined_at: self.world.now(),
            last_seen_at: None,
            revision: 1,
        }
    }

    /// Makes accounts and memberships of them.
    pub async fn join(&self, people: &[NewMember]) {
        let tx = self.begin().await;
        let account =
            |new: &NewMember| Account { id: new.account, name: new.name.clone(), email: new.email.clone(), email_verified: true, created_at: new.joined_at };
        let new: Vec<_> = people.iter().map(|new| NewAccount { account: account(new), password_hash: None }).collect();
        accounts::insert_many(&tx, &new).await.unwrap();
        seed::members(&tx, self.id, people).await.unwrap();
        self.commit(tx).await;
    }

    pub async fn member(&self, name: &str, email: &str) -> MemberId {
        let person = self.person(name, email);
        self.join(std::slice::from_ref(&person)).await;
        person.id
    }

    pub async fn owner(&self, name: &str, email: &str) -> MemberId {
        let person = NewMember { kind: MemberKind::Owner, ..self.person(name, email) };
        self.join(std::slice::from_ref(&person)).await;
        person.id
    }

    pub fn invited(&self, email: &str) -> NewInvite {
        let now = self.world.now();
        NewInvite {
            id: self.world.id(InviteId::new),
            email: EmailAddress::parse(email).unwrap(),
            kind: MemberKind::Member,
            pii: false,
            secret_hash: self.world.hash(),
            invited_by: None,
            invited_by_name: Some(PersonName::parse("Amara Okafor").unwrap()),
            created_at: now,
            expires_at: now.plus(Span::days(7)),
            groups: Vec::new(),
        }
    }

    pub async fn invite(&self, new: NewInvite) -> InviteId {
        let id = new.id;
        let tx = self.begin().await;
        seed::invites(&tx, self.id, &[(new, InviteState::Pending)]).await.unwrap();
        self.commit(tx).await;
        id
    }

    pub async fn group(&self, name: &str, members: &[MemberId]) -> GroupId {
        let new = NewGroup { id: self.world.id(GroupId::new), name: GroupName::parse(name).unwrap(), pii: false, created_at: self.world.now() };
        let tx = self.begin().await;
        seed::groups(&tx, self.id, std::slice::from_ref(&new)).await.unwrap();
        seed::places(&tx, self.id, &members.iter().map(|member| (new.id, *member)).collect::<Vec<_>>()).await.unwrap();
        self.commit(tx).await;
        new.id
    }

    pub fn resource(&self, kind: &str, name: &str) -> Resource {
        Resource {
            id: self.world.id(ResourceId::new),
            kind: ResourceType::new(kind),
            key: ResourceKey::parse(&name.to_lowercase().replace(' ', "-")).unwrap(),
            name: ResourceName::parse(name).unwrap(),
            parent: None,
            labels: Vec::new(),
        }
    }

    pub async fn register(&self, resources: &[Resource]) {
        let tx = self.begin().await;
        resources::insert_many(&tx, self.id, resources, self.world.now()).await.unwrap();
        self.commit(tx).await;
    }

    pub async fn labels(&self, labels: &[&str]) -> Vec<Label> {
        let labels: Vec<Label> = labels.iter().map(|label| Label::parse(label).unwrap()).collect();
        let tx = self.begin().await;
        labels::insert_many(&tx, self.id, &labels, self.world.now()).await.unwrap();
        self.commit(tx).await;
        labels
    }

    pub fn grant(&self, role: &str, scope: Scope) -> Grant {
        Grant { id: self.world.id(GrantId::new), spec: GrantSpec::new(RoleId::new(role), scope) }
    }

    pub async fn give(&self, holder: Holder, grants: &[Grant]) {
        let tx = self.begin().await;
        grants::replace(&tx, self.id, holder, grants, self.world.now()).await.unwrap();
        self.commit(tx).await;
    }

    /// One of the counts on the workspace, as it is stored.
    pub async fn count(&self, column: &str) -> String {
        self.world.text(&format!("SELECT CAST(\"{column}\" AS text) AS text FROM workspaces WHERE id = {}", self.world.literal(self.id.uuid()))).await
    }

    pub fn at(&self, seconds: i64) -> Timestamp {
        Timestamp::from_micros(1_700_000_000_000_000).plus(Span::seconds(seconds))
    }
}
