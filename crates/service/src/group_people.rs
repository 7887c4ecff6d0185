//! Who is in a group, by their addresses: members are in it, and who is invited will be once they accept.

use crate::{
    access::WorkspaceOwner,
    bulk, groups, members,
    refusal::{few, stored},
    services::Services,
};
use domain::{
    audit::{Event, Object},
    email::EmailAddress,
    failure::Failure,
    group::{Group, GroupRef},
    id::{GroupId, InviteId, MemberId, WorkspaceId},
};
use std::collections::{BTreeSet, HashSet};
use store::{Db, WriteTx};

/// The largest group that is replaced as a whole.
const MOST_REPLACED: usize = 10_000;

/// Puts these into the group: all, or nobody where one of them is not known.
pub async fn add(services: &Services, owner: &WorkspaceOwner, id: GroupId, emails: &[EmailAddress]) -> Result<Group, Failure> {
    let tx = begin(services).await?;
    groups::on_plan(members::still_owner(services, &tx, owner).await?)?;
    let group = groups::known(&tx, owner.workspace().id, id).await?;
    let these = People::all_of(&tx, owner.workspace().id, emails).await?;
    let moved = Moved { joined: these, left: People::default() };
    moved.write(services, owner, tx, &group).await
}

/// Takes these out of the group; who is not in it stays so.
pub async fn remove(services: &Services, owner: &WorkspaceOwner, id: GroupId, emails: &[EmailAddress]) -> Result<Group, Failure> {
    let tx = begin(services).await?;
    members::still_owner(services, &tx, owner).await?;
    let group = groups::known(&tx, owner.workspace().id, id).await?;
    let (these, _) = People::of(&tx, owner.workspace().id, emails).await?;
    let moved = Moved { joined: People::default(), left: these };
    moved.write(services, owner, tx, &group).await
}

/// Makes these the ones in the group, and nobody else.
pub async fn replace(services: &Services, owner: &WorkspaceOwner, id: GroupId, emails: &[EmailAddress]) -> Result<Group, Failure> {
    let workspace = owner.workspace().id;
    let tx = begin(services).await?;
    let plan = members::still_owner(services, &tx, owner).await?;
    let group = groups::known(&tx, workspace, id).await?;
    let wanted = People::all_of(&tx, workspace, emails).await?;
    if group.members as usize > MOST_REPLACED {
        return Err(Failure::field("emails", format_args!("more than {MOST_REPLACED} are in this group; add and remove them in parts instead")));
    }
    let members = store::group_members::of_group(&tx, workspace, id).await.map_err(stored)?;
    let invites: Vec<InviteId> = store::invite_groups::of_group(&tx, workspace, id).await.map_err(stored)?.into_keys().collect();
    let inside = People { members, invites };
    let moved = Moved { joined: wanted.without(&inside), left: inside.without(&wanted) };
    if !moved.joined.is_empty() {
        groups::on_plan(plan)?;
    }
    moved.write(services, owner, tx, &group).await
}

async fn begin(services: &Services) -> Result<WriteTx, Failure> {
    services.store.begin().await.map_err(stored)
}

/// Members and invites.
#[derive(Debug, Default)]
struct People {
    members: Vec<MemberId>,
    invites: Vec<InviteId>,
}

impl People {
    /// Those that these addresses are of, and the first address that is nobody's.
    async fn of(db: &impl Db, workspace: WorkspaceId, emails: &[EmailAddress]) -> Result<(Self, Option<usize>), Failure> {
        let emails: Vec<&EmailAddress> = few(emails, "emails")?.iter().collect();
        if emails.is_empty() {
            return Err(Failure::field("emails", "no address is given; name one at least"));
        }
        let members = store::members::by_emails(db, workspace, &emails).await.map_err(stored)?;
        let invites = store::invites::pending_to(db, workspace, &emails).await.map_err(stored)?;
        let nobody = emails.iter().position(|email| !members.contains_key(*email) && !invites.contains_key(*email));
        Ok((Self { members: members.into_values().collect(), invites: invites.into_values().collect() }, nobody))
    }

    async fn all_of(db: &impl Db, workspace: WorkspaceId, emails: &[EmailAddress]) -> Result<Self, Failure> {
        if emails.is_empty() {
            return Ok(Self::default());
        }
        match Self::of(db, workspace, emails).await? {
            (these, None) => Ok(these),
            (_, Some(place)) => {
                let nobody = emails.get(place).map(ToString::to_string).unwrap_or_default();
                let message = format!("{nobody} is neither a member nor invited; invite the address first");
                Err(Failure::field(&format!("emails[{place}]"), message))
            }
        }
    }

    fn without(&self, others: &Self) -> Self {
        let (members, invites): (HashSet<_>, HashSet<_>) = (others.members.iter().collect(), others.invites.iter().collect());
        Self {
            members: self.members.iter().copied().filter(|id| !members.contains(id)).collect(),
            invites: self.invites.iter().copied().filter(|id| !invites.contains(id)).collect(),
        }
    }

    const fn is_empty(&self) -> bool {
        self.members.is_empty() && self.invites.is_empty()
    }
}

/// Who comes and who goes.
struct Moved {
    joined: People,
    left: People,
}

impl Moved {
    /// Writes it, with an entry for each who moved. Where nobody did, there is nothing to be kept.
    async fn write(self, services: &Services, owner: &WorkspaceOwner, tx: WriteTx, group: &Group) -> Result<Group, Failure> {
        let (workspace, id) = (owner.workspace().id, group.id);
        let joined = People {
            members: store::group_members::join(&tx, workspace, id, &self.joined.members).await.map_err(stored)?,
            invites: store::invite_groups::join(&tx, workspace, id, &self.joined.invites).await.map_err(stored)?,
        };
        let left = People {
            members: store::group_members::leave(&tx, workspace, id, &self.left.members).await.map_err(stored)?,
            invites: store::invite_groups::leave(&tx, workspace, id, &self.left.invites).await.map_err(stored)?,
        };
        if joined.is_empty() && left.is_empty() {
            return Ok(group.clone());
        }
        let mut records = Vec::new();
        for (people, into) in [(joined, true), (left, false)] {
            for (name, object) in people.named(&tx, workspace).await? {
                let event = event(into, name, group.reference());
                records.push(owner.record(services, event, Some(object)));
            }
        }
        let after = groups::known(&tx, workspace, id).await?;
        bulk::commit(tx, records).await?;
        Ok(after)
    }
}

const fn event(into: bool, member: String, group: GroupRef) -> Event {
    if into { Event::MemberJoinedGroup { member, group } } else { Event::MemberLeftGroup { member, group } }
}

impl People {
    /// How each is called in the trail: a member by their name, who is invited by the address.
    async fn named(&self, tx: &WriteTx, workspace: WorkspaceId) -> Result<Vec<(String, Object)>, Failure> {
        let members = store::members::named(tx, workspace, &self.members).await.map_err(stored)?;
        let invites = store::invites::pending_many(tx, workspace, &self.invites).await.map_err(stored)?;
        let members: BTreeSet<_> = members.into_iter().map(|(id, name)| (id.uuid(), name.to_string())).collect();
        let invites: BTreeSet<_> = invites.into_iter().map(|invite| (invite.id.uuid(), invite.email.to_string())).collect();
        let members = members.into_iter().map(|(id, name)| (name, Object::new("member", id)));
        Ok(members.chain(invites.into_iter().map(|(id, email)| (email, Object::new("invite", id)))).collect())
    }
}
