//! Equal questions at one moment are asked once: whoever comes while one is under way waits for its answer.

use crate::{decision::Decision, error::Error, question::Question};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// What makes two questions equal: their words, and how new their answers must be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) question: Question,
    /// What the caller wants.
    pub(crate) floor: Option<i64>,
    /// What the client knew of when it was asked.
    pub(crate) known: Option<i64>,
}

type Answered = Result<Decision, Error>;

/// Where an answer will be told; nothing before it is there.
type Told = watch::Receiver<Option<Answered>>;

/// The questions that are under way.
#[derive(Debug, Default)]
pub(crate) struct Joined(Mutex<HashMap<Key, Told>>);

/// What becomes of somebody who asks.
#[derive(Debug)]
pub(crate) enum Place {
    /// They are the first, and ask for all who come meanwhile.
    First(Asking, Told),
    /// Somebody asks already.
    Behind(Told),
}

/// Whoever asks. When it goes, the question is under way no more, answered or not.
#[derive(Debug)]
pub(crate) struct Asking {
    joined: Arc<Joined>,
    key: Key,
    tells: watch::Sender<Option<Answered>>,
}

impl Joined {
    pub(crate) fn place(self: &Arc<Self>, key: Key) -> Place {
        let mut open = self.open();
        if let Some(told) = open.get(&key) {
            return Place::Behind(told.clone());
        }
        let (tells, told) = watch::channel(None);
        open.insert(key.clone(), told.clone());
        Place::First(Asking { joined: self.clone(), key, tells }, told)
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Key, Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asking {
    /// Tells everybody who waits.
    pub(crate) fn tell(&self, answered: Answered) {
        self.tells.send_replace(Some(answered));
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.joined.open().remove(&self.key);
    }
}

/// Waits for the answer; `None` where whoever asked went without one.
pub(crate) async fn heard(mut told: Told) -> Option<Answered> {
    let answered = told.wait_for(Option::is_some).await.ok()?;
    (*answered).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(floor: Option<i64>) -> Key {
        Key { question: Question::new("email:bea@acme.test", "source:edit", "source:1"), floor, known: Some(7) }
    }

    fn failed() -> Answered {
        Err(Error::Setup("no".to_owned()))
    }

    #[tokio::test]
    async fn who_comes_meanwhile_hears_the_answer_and_who_comes_after_asks() {
        let joined = Arc::new(Joined::default());
        let Place::First(asking, first) = joined.place(key(None)) else { panic!("nobody asks yet") };
        let Place::Behind(second) = joined.place(key(None)) else { panic!("it is under way") };
        assert!(matches!(joined.place(key(Some(8))), Place::First(..)), "who wants a newer answer asks");
        asking.tell(failed());
        let Place::Behind(late) = joined.place(key(None)) else { panic!("it is under way until it is remembered") };
        drop(asking);
        for told in [first, second, late] {
            assert_eq!(heard(told).await.unwrap().unwrap_err().to_string(), "no");
        }
        assert!(matches!(joined.place(key(None)), Place::First(..)));
        assert!(joined.open().is_empty());
    }

    #[tokio::test]
    async fn who_goes_without_an_answer_leaves_nobody_waiting() {
        let joined = Arc::new(Joined::default());
        let Place::First(asking, first) = joined.place(key(None)) else { panic!("nobody asks yet") };
        let waiting = tokio::spawn(heard(first));
        drop(asking);
        assert!(waiting.await.unwrap().is_none());
    }
}
