//! What has access and a drawer to edit it in: a member, a group or a token, as it is stored.

use super::draft::AccessDraft;
use crate::rpc::{Rpc, groups, members, tokens};
use domain::{
    audit::Entry,
    grant::Grant,
    group::{Group, GroupRef},
    id::RequestId,
    member::{Member, MemberKind},
    policy::Subject,
    save::SaveOutcome,
    token::Token,
    workspace::WorkspaceSlug,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    Member(Member),
    Group(Group),
    Token(Token),
}

impl Stored {
    pub async fn find(slug: WorkspaceSlug, subject: Subject) -> Rpc<Self> {
        match subject {
            Subject::Member(id) => members::find(slug, id).await.map(Self::Member),
            Subject::Group(id) => groups::find(slug, id).await.map(Self::Group),
            Subject::Token(id) => tokens::find(slug, id).await.map(Self::Token),
        }
    }

    /// Saves the draft as one change, made from this revision; a member's request that it answers is approved with it.
    pub async fn save(slug: WorkspaceSlug, subject: Subject, revision: i64, draft: AccessDraft, answers: Option<RequestId>) -> Rpc<SaveOutcome<Self>> {
        match subject {
            Subject::Member(id) => Ok(members::change_access(slug, id, revision, draft.access(), answers).await?.map(Self::Member)),
            Subject::Group(id) => Ok(groups::change(slug, id, revision, draft.group()).await?.map(Self::Group)),
            Subject::Token(id) => Ok(tokens::change(slug, id, revision, draft.token()).await?.map(Self::Token)),
        }
    }

    /// What was done to it lately.
    pub async fn activity(slug: WorkspaceSlug, subject: Subject) -> Rpc<Vec<Entry>> {
        match subject {
            Subject::Member(id) => members::activity(slug, id).await,
            Subject::Group(id) => groups::activity(slug, id).await,
            Subject::Token(id) => tokens::activity(slug, id).await,
        }
    }

    #[must_use]
    pub fn draft(&self) -> AccessDraft {
        match self {
            Self::Member(member) => member.into(),
            Self::Group(group) => group.into(),
            Self::Token(token) => token.into(),
        }
    }

    /// Whether this is what the draft comes to once it is saved: grants that were new in it have ids here.
    #[must_use]
    pub fn is_like(&self, draft: &AccessDraft) -> bool {
        let plain = |mut draft: AccessDraft| {
            draft.rebase(&[]);
            // with owner access a token's roles are dropped
            if matches!(self, Self::Token(_)) && draft.kind == MemberKind::Owner {
                draft.roles.clear();
            }
            draft
        };
        !plain(self.draft()).differs_from(&plain(draft.clone()))
    }

    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Member(member) => member.name.to_string(),
            Self::Group(group) => group.name.to_string(),
            Self::Token(token) => token.name.to_string(),
        }
    }

    #[must_use]
    pub const fn revision(&self) -> i64 {
        match self {
            Self::Member(member) => member.revision,
            Self::Group(group) => group.revision,
            Self::Token(token) => token.revision,
        }
    }

    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        match self {
            Self::Member(member) => &member.grants,
            Self::Group(group) => &group.grants,
            Self::Token(token) => &token.grants,
        }
    }

    /// The groups it is in.
    #[must_use]
    pub fn groups(&self) -> &[GroupRef] {
        match self {
            Self::Member(member) => &member.groups,
            Self::Group(_) | Self::Token(_) => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        catalog::RoleId,
        grant::{GrantSpec, Scope},
        id::{GrantId, GroupId, TokenId},
        text::{GroupName, TokenName},
        time::Timestamp,
    };

    fn grants() -> Vec<Grant> {
        vec![Grant { id: GrantId::new(Timestamp::default(), [1; 10]), spec: GrantSpec::new(RoleId::new("source_admin"), Scope::All) }]
    }

    #[test]
    fn what_was_sent_is_known_again_by_what_it_says() {
        let stored = Stored::Group(Group {
            id: GroupId::new(Timestamp::default(), [2; 10]),
            name: GroupName::parse("Data").unwrap(),
            pii: false,
            grants: grants(),
            members: 3,
            invited: 0,
            created_at: Timestamp::default(),
            revision: 2,
        });
        let mut sent = stored.draft();
        sent.rebase(&[]);
        sent.name = " Data ".to_owned();
        assert!(stored.is_like(&sent), "new grants had no ids when they were sent");
        sent.pii = true;
        assert!(!stored.is_like(&sent));
    }

    #[test]
    fn roles_that_owner_access_drops_are_not_missed() {
        let token = Token {
            id: TokenId::new(Timestamp::default(), [3; 10]),
            name: TokenName::parse("Export").unwrap(),
            prefix: "rc_ws_abcd".to_owned(),
            owner_access: false,
            grants: grants(),
            created_by: None,
            created_at: Timestamp::default(),
            last_used_at: None,
            last_used_from: None,
            expires_at: None,
            revoked_at: None,
            old_secret_until: None,
            revision: 1,
        };
        let mut sent = Stored::Token(token.clone()).draft();
        sent.kind = MemberKind::Owner;
        assert!(!Stored::Token(token.clone()).is_like(&sent));
        assert!(Stored::Token(Token { owner_access: true, grants: Vec::new(), ..token }).is_like(&sent));
    }
}
