//! Decisions that were answered before. They count for the version of the policy that they rest on, and only while the server tells of
//! others: whoever does not hear of changes remembers nothing.

use crate::{decision::Decision, question::Question, versions::Versions};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, time::Instant};

/// How decisions are remembered.
///
/// ```
/// use rolecall_client::Caching;
/// use std::time::Duration;
///
/// let caching = Caching { grace: Duration::ZERO, ..Caching::default() };
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Caching {
    /// How many decisions are remembered, about.
    pub entries: usize,
    /// How long they are trusted after the stream of changes broke off. It is opened anew at once.
    pub grace: Duration,
    /// How long they are trusted while the stream is silent. The server shows every 15 seconds that it lives.
    pub silence: Duration,
    /// How long one is trusted while nothing changes. One that rests on a grant with an end is not trusted beyond that end.
    pub longest: Duration,
}

impl Default for Caching {
    fn default() -> Self {
        Self { entries: 10_000, grace: Duration::from_secs(1), silence: Duration::from_secs(20), longest: Duration::from_secs(60) }
    }
}

/// What is heard of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Following {
    /// Nothing; the stream is being opened.
    Away,
    /// The policy has this version.
    At(i64),
    /// The token or the workspace ended, as the server says.
    Ended(String),
}

#[derive(Debug)]
pub(crate) struct Cache {
    caching: Caching,
    versions: Arc<Versions>,
    state: Mutex<State>,
    following: watch::Sender<Following>,
}

#[derive(Debug)]
struct State {
    /// What is remembered rests on this version.
    version: i64,
    /// The last version that the stream told. A node that is behind an answer can't say yet whether it still holds.
    told: i64,
    link: Link,
    /// What was asked lately; when it is full it grows old, and what is old and was not asked for again is gone.
    young: HashMap<Question, Entry>,
    old: HashMap<Question, Entry>,
}

#[derive(Clone, Copy, Debug)]
enum Link {
    Down,
    Open { sign: Instant },
    Lost { at: Instant },
}

#[derive(Clone, Debug)]
struct Entry {
    decision: Decision,
    /// For as long as nothing changes, where there is none.
    until: Option<Instant>,
}

impl Cache {
    pub(crate) fn new(caching: Caching, versions: Arc<Versions>) -> Self {
        let state = State { version: 0, told: 0, link: Link::Down, young: HashMap::new(), old: HashMap::new() };
        Self { caching, versions, state: Mutex::new(state), following: watch::Sender::new(Following::Away) }
    }

    pub(crate) const fn caching(&self) -> &Caching {
        &self.caching
    }

    pub(crate) fn following(&self) -> watch::Receiver<Following> {
        self.following.subscribe()
    }

    /// What was answered before, where it still counts.
    pub(crate) fn find(&self, question: &Question, at_least: i64, now: Instant) -> Option<Decision> {
        let mut state = self.state();
        if !state.is_trusted(&self.caching, now) || state.version < at_least {
            return None;
        }
        let entry = match state.young.get(question) {
            Some(entry) => entry.clone(),
            None => {
                let (question, entry) = state.old.remove_entry(question)?;
                state.keep(question, entry.clone(), self.caching.entries);
                entry
            }
        };
        entry.until.is_none_or(|until| now < until).then_some(entry.decision)
    }

    /// Whether what is remembered counts now, and the next change will be heard of.
    pub(crate) fn is_trusted(&self, now: Instant) -> bool {
        self.state().is_trusted(&self.caching, now)
    }

    /// Remembers an answer to a question that was asked then, for so long at most.
    pub(crate) fn keep(&self, question: Question, decision: &Decision, most: Option<Duration>, asked: Instant) {
        let mut state = self.state();
        state.reach(decision.policy_version);
        if decision.policy_version < state.version {
            return;
        }
        let most = most.map_or(self.caching.longest, |most| most.min(self.caching.longest));
        let entry = Entry { decision: Decision { from_cache: true, ..decision.clone() }, until: asked.checked_add(most) };
        state.keep(question, entry, self.caching.entries);
    }

    /// The stream told a version.
    pub(crate) fn told(&self, version: i64, now: Instant) {
        self.versions.note(version);
        let mut state = self.state();
        state.told = version;
        if version < state.version {
            // a node that is behind, or a database that was put back: then it comes to this version again, and to another policy
            state.clear();
        }
        state.reach(version);
        state.link = Link::Open { sign: now };
        drop(state);
        self.following.send_if_modified(|following| {
            let next = Following::At(version);
            let differs = *following != next;
            *following = next;
            differs
        });
    }

    /// The stream lives.
    pub(crate) fn sign(&self, now: Instant) {
        let mut state = self.state();
        if let Link::Open { sign } = &mut state.link {
            *sign = now;
        }
    }

    pub(crate) fn lost(&self, now: Instant) {
        let mut state = self.state();
        if let Link::Open { .. } = state.link {
            state.link = Link::Lost { at: now };
        }
        drop(state);
        self.following.send_if_modified(|following| {
            let was_at = matches!(following, Following::At(_));
            if was_at {
                *following = Following::Away;
            }
            was_at
        });
    }

    pub(crate) fn ended(&self, why: String) {
        self.forget();
        self.state().link = Link::Down;
        self.following.send_replace(Following::Ended(why));
    }

    /// Nothing that is remembered counts any more.
    pub(crate) fn forget(&self) {
        let mut state = self.state();
        state.clear();
        state.version = state.told;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_trusted(&self, caching: &Caching, now: Instant) -> bool {
        let is_heard = match self.link {
            Link::Down => false,
            Link::Open { sign } => now.duration_since(sign) <= caching.silence,
            Link::Lost { at } => now.duration_since(at) < caching.grace,
        };
        is_heard && self.told == self.version
    }

    /// A newer version ends what rests on another.
    fn reach(&mut self, version: i64) {
        if version > self.version {
            self.version = version;
            self.clear();
        }
    }

    fn keep(&mut self, question: Question, entry: Entry, entries: usize) {
        if self.young.len() >= entries.div_ceil(2) && !self.young.contains_key(&question) {
            self.old = std::mem::take(&mut self.young);
        }
        if entries > 0 {
            self.young.insert(question, entry);
        }
    }

    fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(n: usize) -> Question {
        Question::new("email:bea@acme.test", "source:edit", format!("source:{n}"))
    }

    fn decision(policy_version: i64) -> Decision {
        Decision { allowed: true, why: String::new(), reasons: Vec::new(), reasons_more: 0, missing: None, policy_version, from_cache: false }
    }

    fn following(version: i64, now: Instant) -> Cache {
        let cache = Cache::new(Caching { entries: 4, ..Caching::default() }, Arc::default());
        cache.told(version, now);
        cache
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn an_answer_counts_until_another_version_is_heard_of() {
        let now = Instant::now();
        let cache = following(7, now);
        cache.keep(question(1), &decision(7), None, now);
        assert!(cache.find(&question(1), 0, now).unwrap().from_cache);
        assert_eq!(cache.find(&question(1), 8, now), None, "who wants a newer one asks");
        assert_eq!(cache.find(&question(2), 0, now), None);
        cache.told(8, now);
        assert_eq!(cache.find(&question(1), 0, now), None);
        cache.keep(question(1), &decision(7), None, now);
        assert_eq!(cache.find(&question(1), 0, now), None, "an answer that was under way meanwhile is old");
    }

    #[test]
    fn a_node_that_is_behind_cannot_vouch_for_an_answer() {
        let now = Instant::now();
        let cache = following(7, now);
        cache.keep(question(1), &decision(8), None, now);
        assert_eq!(cache.find(&question(1), 0, now), None);
        cache.told(8, now);
        assert!(cache.find(&question(1), 0, now).is_some());
    }

    #[test]
    fn nothing_is_trusted_while_nothing_is_heard() {
        let now = Instant::now();
        let never = Cache::new(Caching::default(), Arc::default());
        never.keep(question(1), &decision(7), None, now);
        assert_eq!(never.find(&question(1), 0, now), None);

        let cache = following(7, now);
        cache.keep(question(1), &decision(7), None, now);
        assert!(cache.find(&question(1), 0, now + 20 * SECOND).is_some());
        assert_eq!(cache.find(&question(1), 0, now + 21 * SECOND), None);
        cache.sign(now + 15 * SECOND);
        assert!(cache.find(&question(1), 0, now + 21 * SECOND).is_some());

        cache.lost(now + 22 * SECOND);
        assert!(cache.find(&question(1), 0, now + 22 * SECOND).is_some());
        assert_eq!(cache.find(&question(1), 0, now + 23 * SECOND), None, "the time of grace is over");
        cache.told(7, now + 24 * SECOND);
        assert!(cache.find(&question(1), 0, now + 24 * SECOND).is_some(), "nothing changed meanwhile");
        cache.ended("revoked".to_owned());
        assert_eq!(cache.find(&question(1), 0, now + 24 * SECOND), None);
    }

    #[test]
    fn what_ends_by_itself_is_not_trusted_beyond_its_end() {
        let now = Instant::now();
        let cache = following(7, now);
        cache.keep(question(1), &decision(7), Some(5 * SECOND), now);
        cache.keep(question(2), &decision(7), None, now);
        cache.sign(now + 50 * SECOND);
        assert_eq!(cache.find(&question(1), 0, now + 5 * SECOND), None);
        assert!(cache.find(&question(2), 0, now + 59 * SECOND).is_some());
        cache.sign(now + 60 * SECOND);
        assert_eq!(cache.find(&question(2), 0, now + 60 * SECOND), None);
    }

    #[test]
    fn as_long_as_can_be_is_no_end() {
        let now = Instant::now();
        let cache = Cache::new(Caching { longest: Duration::MAX, silence: Duration::MAX, ..Caching::default() }, Arc::default());
        cache.told(7, now);
        cache.keep(question(1), &decision(7), None, now);
        cache.keep(question(2), &decision(7), Some(5 * SECOND), now);
        assert!(cache.find(&question(1), 0, now + 1_000_000 * SECOND).is_some());
        assert_eq!(cache.find(&question(2), 0, now + 5 * SECOND), None);
    }

    #[test]
    fn it_holds_so_many_and_keeps_what_is_asked_for() {
        let now = Instant::now();
        let cache = following(7, now);
        for n in 0..100 {
            cache.keep(question(n), &decision(7), None, now);
            assert!(cache.find(&question(0), 0, now).is_some(), "asked for every time");
            let state = cache.state();
            assert!(state.young.len() + state.old.len() <= 4);
        }
    }

    #[test]
    fn a_database_that_was_put_back_is_believed() {
        let now = Instant::now();
        let cache = following(12, now);
        cache.keep(question(1), &decision(12), None, now);
        cache.told(5, now);
        assert_eq!(cache.find(&question(1), 0, now), None);
        cache.told(12, now);
        assert_eq!(cache.find(&question(1), 0, now), None, "it came to this version another way");
        cache.told(5, now);
        cache.forget();
        cache.keep(question(1), &decision(5), None, now);
        assert!(cache.find(&question(1), 0, now).is_some());
    }
}
