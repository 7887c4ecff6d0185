//! How far the changes of many are that this process is making: kept while they run, told to who makes them and to nobody else.

use crate::{access::WorkspaceOwner, services::Services};
use domain::{
    bulk::{BulkProgress, BulkStage, BulkTicket},
    id::{MemberId, WorkspaceId},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How many are followed at once; those beyond it are made all the same.
const MOST_FOLLOWED: usize = 1_000;

/// And of one member: a change counts while it waits for its turn, so that one who asks for many leaves room for the others'.
const MOST_OF_ONE: usize = 4;

/// Whose change it is, and what their browser calls it.
type Whose = (WorkspaceId, MemberId, BulkTicket);

/// The changes that are under way. One per server.
#[derive(Debug, Default)]
pub(crate) struct UnderWay(Mutex<HashMap<Whose, BulkProgress>>);

impl UnderWay {
    /// Follows a change from its beginning, until what is returned is dropped.
    pub(super) fn follow<'a>(&'a self, owner: &WorkspaceOwner, ticket: Option<BulkTicket>) -> Steps<'a> {
        let whose = ticket.zip(owner.member()).map(|(ticket, member)| (owner.workspace().id, member, ticket));
        self.begin(whose)
    }

    fn begin(&self, whose: Option<Whose>) -> Steps<'_> {
        let steps = Steps { under_way: self, whose: whose.filter(|whose| self.with(|known| has_room(known, *whose))) };
        steps.at(BulkStage::Looking, 0, 0);
        steps
    }

    /// What nobody waits for.
    pub(super) const fn untold(&self) -> Steps<'_> {
        Steps { under_way: self, whose: None }
    }

    fn with<T>(&self, act: impl FnOnce(&mut HashMap<Whose, BulkProgress>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn has_room(known: &HashMap<Whose, BulkProgress>, (workspace, member, _): Whose) -> bool {
    known.len() < MOST_FOLLOWED && known.keys().filter(|whose| (whose.0, whose.1) == (workspace, member)).count() < MOST_OF_ONE
}

/// Notes how far one change is.
pub(super) struct Steps<'a> {
    under_way: &'a UnderWay,
    whose: Option<Whose>,
}

impl Steps<'_> {
    pub(super) fn at(&self, stage: BulkStage, done: usize, of: usize) {
        if let Some(whose) = self.whose {
            self.under_way.with(|known| known.insert(whose, BulkProgress { stage, done: done as u64, of: of as u64 }));
        }
    }
}

impl Drop for Steps<'_> {
    fn drop(&mut self) {
        if let Some(whose) = self.whose {
            self.under_way.with(|known| known.remove(&whose));
        }
    }
}

/// How far this owner's own change is; nothing where it has ended, or another node makes it.
#[must_use]
pub fn progress(services: &Services, owner: &WorkspaceOwner, ticket: BulkTicket) -> Option<BulkProgress> {
    let whose = (owner.workspace().id, owner.member()?, ticket);
    services.under_way.with(|known| known.get(&whose).copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn one_who_asks_for_many_leaves_room_for_others() {
        let under_way = UnderWay::default();
        let whose = |member: u128, ticket| (WorkspaceId::from_uuid(Uuid::from_u128(1)), MemberId::from_uuid(Uuid::from_u128(member)), BulkTicket(ticket));
        let is_followed = |member, ticket| under_way.with(|known| known.contains_key(&whose(member, ticket)));
        let steps: Vec<_> = (0..6).map(|ticket| under_way.begin(Some(whose(1, ticket)))).collect();
        assert_eq!((0..6).map(|ticket| is_followed(1, ticket)).collect::<Vec<_>>(), [true, true, true, true, false, false]);
        let others = under_way.begin(Some(whose(2, 0)));
        assert!(is_followed(2, 0));
        // once they have ended, there is room again
        drop(steps);
        let again = under_way.begin(Some(whose(1, 9)));
        assert!(is_followed(1, 9) && is_followed(2, 0) && !is_followed(1, 0));
        drop((others, again));
        assert!(!is_followed(1, 9) && !is_followed(2, 0));
    }
}
