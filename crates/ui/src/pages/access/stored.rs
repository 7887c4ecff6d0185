//! What has access and a drawer to edit it in: a member, a group or a token, as it is stored.

use super::draft::AccessDraft;
use crate::rpc::{Rpc, groups, members, tokens};
use domain::{
    audit::Entry,
    grant::Grant,
    group::{Group, GroupRef},
    id::RequestId,
    member::Member,
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
