//! How often something may be tried: per address that is tried, and per network it comes from. Kept in memory, per process.

mod failing;

use domain::{
    failure::{Failure, FailureKind},
    id::{ConnectionId, TokenId},
};
use failing::Failing;
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
};
use std::num::NonZeroU32;

/// How often a token may call in a minute, and as often at once after a rest; 0 lets it call as often as it likes.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    pub calls: u32,
    /// Questions about access: products ask one for each request of their own.
    pub questions: u32,
}

impl Rates {
    /// Where the operator says nothing else.
    pub const USUAL: Self = Self { calls: 600, questions: 60_000 };
}

const fn quota(burst: NonZeroU32, per_minute: NonZeroU32) -> Quota {
    Quota::per_minute(per_minute).allow_burst(burst)
}

const fn count(n: u32) -> NonZeroU32 {
    match NonZeroU32::new(n) {
        Some(n) => n,
        None => NonZeroU32::MIN,
    }
}

/// Buckets that refill with time.
#[derive(Debug)]
pub struct Limits {
    /// Sign-ins for one email address.
    address: DefaultKeyedRateLimiter<String>,
    /// Sign-ins, sign-ups and resets from one network.
    network: DefaultKeyedRateLimiter<String>,
    /// Sign-ins by single sign-on that are begun from one network, and what is asked around them: a whole company may come in at nine, and no
    /// password is tried. One sign-in counts once: what belongs to it until its end is not counted again, and the sign-in page apart.
    sso: DefaultKeyedRateLimiter<String>,
    /// What the sign-in page asks from one network, twice for each sign-in: as many as may begin find their way.
    ways: DefaultKeyedRateLimiter<String>,
    /// Answers from one network that belong to no sign-in: each could be posted by anybody's page, in anybody's browser.
    unasked: DefaultKeyedRateLimiter<String>,
    /// Those of them that are recorded.
    told: DefaultKeyedRateLimiter<String>,
    /// Mails to one address that anybody could cause.
    mail: DefaultKeyedRateLimiter<String>,
    /// Secrets from one network that no token has.
    unknown: Failing,
    /// Messages from one network to one connection that are to end sessions and are not accepted; those to no connection by the network alone.
    logouts: Failing,
    /// Calls of one token to the REST API, where they are counted.
    calls: Option<Calls>,
    /// The same of questions about access.
    questions: Option<Calls>,
}

#[derive(Debug)]
struct Calls {
    most: u32,
    buckets: DefaultKeyedRateLimiter<TokenId, StateInformationMiddleware>,
}

/// How much of what a token may call it has used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// So many at once, and so many a minute.
    pub most: u32,
    pub left: u32,
    /// In so many seconds as much as ever may be called again.
    pub whole_in: u32,
    /// This call was one too many; in so many seconds there is room for one.
    pub wait: Option<u32>,
}

impl Limits {
    #[must_use]
    pub fn new(rates: Rates) -> Self {
        let counted = |most: NonZeroU32| Calls { most: most.get(), buckets: RateLimiter::keyed(quota(most, most)).with_middleware() };
        Self {
            address: RateLimiter::keyed(quota(count(10), count(2))),
            network: RateLimiter::keyed(quota(count(60), count(30))),
            sso: RateLimiter::keyed(quota(count(300), count(120))),
            ways: RateLimiter::keyed(quota(count(600), count(240))),
            unasked: RateLimiter::keyed(quota(count(60), count(30))),
            told: RateLimiter::keyed(quota(count(5), count(1))),
            mail: RateLimiter::keyed(quota(count(5), count(1))),
            unknown: Failing::new(quota(count(60), count(60))),
            logouts: Failing::new(quota(count(60), count(30))),
            calls: NonZeroU32::new(rates.calls).map(counted),
            questions: NonZeroU32::new(rates.questions).map(counted),
        }
    }
}

/// What is said of messages that are to end sessions.
const LOGOUTS: &str = "messages from your network were to end sessions and could not be accepted";

fn place(network: Option<&str>) -> &str {
    network.unwrap_or("unknown")
}

fn place_and(connection: ConnectionId, network: Option<&str>) -> String {
    format!("{connection} {}", place(network))
}

fn slow_down<T>(tried: Result<(), T>, what: &str) -> Result<(), Failure> {
    tried.map_err(|_| Failure::new(FailureKind::Limited, format_args!("too many {what}; wait a minute and try again")))
}

impl Limits {
    pub fn sign_in(&self, email: &str, network: Option<&str>) -> Result<(), Failure> {
        self.from_network(network)?;
        slow_down(self.address.check_key(&email.to_lowercase()), "tries to sign in with this address")
    }

    pub fn from_network(&self, network: Option<&str>) -> Result<(), Failure> {
        slow_down(self.network.check_key(&network.unwrap_or("unknown").to_owned()), "tries from your network")
    }

    /// Whether a secret from there may be looked up: whoever guesses is to cost the database nothing.
    pub(crate) fn may_show_secret(&self, network: Option<&str>) -> Result<(), Failure> {
        slow_down(self.unknown.look(place(network)), "tokens from your network are not known here")
    }

    /// Counts a secret from there that no token has.
    pub(crate) fn showed_unknown_secret(&self, network: Option<&str>) {
        self.unknown.failed(place(network));
    }

    /// Whether a message from there to this connection that is to end sessions may be looked at. Those that are right are never counted: else the
    /// sessions of a large company would live on. And each connection is counted by itself: all who have the same provider are told from the
    /// same network, and what is wrong in the set-up of one is to hold up no other.
    pub(crate) fn may_log_out(&self, connection: ConnectionId, network: Option<&str>) -> Result<(), Failure> {
        slow_down(self.logouts.look(&place_and(connection, network)), LOGOUTS)
    }

    /// Counts one from there to this connection that was not accepted.
    pub(crate) fn failed_to_log_out(&self, connection: ConnectionId, network: Option<&str>) {
        self.logouts.failed(&place_and(connection, network));
    }

    /// Counts one from there to a connection that isn't there, and says whether that were too many. By the network alone: whoever guesses names
    /// another each time.
    pub(crate) fn logged_out_of_nothing(&self, network: Option<&str>) -> Result<(), Failure> {
        self.logouts.failed(place(network));
        slow_down(self.logouts.look(place(network)), LOGOUTS)
    }

    /// Where nothing can be guessed, but much be asked for.
    pub fn sso(&self, network: Option<&str>) -> Result<(), Failure> {
        slow_down(self.sso.check_key(&network.unwrap_or("unknown").to_owned()), "sign-ins from your network")
    }

    /// Where the sign-in page asks whose address leads where.
    pub fn ways(&self, network: Option<&str>) -> Result<(), Failure> {
        slow_down(self.ways.check_key(&network.unwrap_or("unknown").to_owned()), "questions of the sign-in page from your network")
    }

    /// Where an answer comes that belongs to no sign-in. Apart from sign-ins by password, which would be barred by it for the whole network.
    pub fn unasked(&self, network: Option<&str>) -> Result<(), Failure> {
        slow_down(self.unasked.check_key(&network.unwrap_or("unknown").to_owned()), "answers to no sign-in from your network")
    }

    /// Whether another of them is worth an entry of the trail: a few tell as much as thousands.
    pub fn may_tell(&self, network: Option<&str>) -> bool {
        self.told.check_key(&network.unwrap_or("unknown").to_owned()).is_ok()
    }

    /// Whether another mail may go to the address. Answers quietly: who asks must not learn whether one went.
    pub fn may_mail(&self, email: &str) -> bool {
        self.mail.check_key(&email.to_lowercase()).is_ok()
    }

    /// Counts a call of this token; nothing where calls are not counted.
    pub fn call(&self, token: TokenId) -> Option<Usage> {
        self.calls.as_ref().map(|calls| calls.count(token))
    }

    /// What a token is told that has asked nothing yet; nothing where questions are not counted.
    #[must_use]
    pub fn unused_questions(&self) -> Option<Usage> {
        self.questions.as_ref().map(|questions| Usage { most: questions.most, left: questions.most, whole_in: 0, wait: None })
    }

    /// Counts a call of this token that asks about access.
    pub fn question(&self, token: TokenId) -> Option<Usage> {
        self.questions.as_ref().map(|questions| questions.count(token))
    }

    /// Forgets whoever has been quiet; called from time to time, so that the memory stays bounded.
    pub fn forget_quiet(&self) {
        for limiter in [&self.address, &self.network, &self.sso, &self.ways, &self.unasked, &self.told, &self.mail] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        for failing in [&self.unknown, &self.logouts] {
            failing.forget_quiet();
        }
        for calls in [&self.calls, &self.questions].into_iter().flatten() {
            calls.buckets.retain_recent();
            calls.buckets.shrink_to_fit();
        }
    }
}

impl Calls {
    fn count(&self, token: TokenId) -> Usage {
        let most = self.most;
        match self.buckets.check_key(&token) {
            Ok(state) => {
                let left = state.remaining_burst_capacity();
                Usage { most, left, whole_in: seconds(most.saturating_sub(left), most), wait: None }
            }
            Err(until) => {
                let wait = until.wait_time_from(DefaultClock::default().now()).as_secs();
                Usage { most, left: 0, whole_in: 60, wait: Some(u32::try_from(wait).unwrap_or(u32::MAX).saturating_add(1)) }
            }
        }
    }
}

/// How long it takes until so many calls may be made again, of which there are `most` a minute.
fn seconds(calls: u32, most: u32) -> u32 {
    let seconds = (u64::from(calls) * 60).div_ceil(u64::from(most.max(1)));
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_try_at_once_is_refused_and_others_are_not() {
        let limits = Limits::new(Rates::USUAL);
        for _ in 0..10 {
            assert!(limits.sign_in("A@b.co", Some("10.0.0.1")).is_ok());
        }
        assert_eq!(limits.sign_in("a@b.co", Some("10.0.0.2")).unwrap_err().kind, FailureKind::Limited);
        assert!(limits.sign_in("c@b.co", Some("10.0.0.1")).is_ok());
    }

    #[test]
    fn a_network_that_guesses_secrets_is_not_listened_to_and_others_are() {
        let limits = Limits::new(Rates::USUAL);
        let guesses = (0..200).take_while(|_| limits.may_show_secret(Some("10.0.0.1")).map(|()| limits.showed_unknown_secret(Some("10.0.0.1"))).is_ok());
        assert!((61..70).contains(&guesses.count()));
        assert_eq!(limits.may_show_secret(Some("10.0.0.1")).unwrap_err().kind, FailureKind::Limited);
        assert!(limits.may_show_secret(Some("10.0.0.2")).is_ok() && limits.may_show_secret(None).is_ok());
    }

    #[test]
    fn what_is_not_accepted_of_one_connection_counts_for_no_other() {
        let limits = Limits::new(Rates::USUAL);
        let connection = |n| ConnectionId::new(domain::time::Timestamp::default(), [n; 10]);
        let here = Some("10.0.0.1");
        let tried = (0..200).take_while(|_| limits.may_log_out(connection(1), here).map(|()| limits.failed_to_log_out(connection(1), here)).is_ok());
        assert!((61..70).contains(&tried.count()));
        assert!(limits.may_log_out(connection(2), here).is_ok() && limits.may_log_out(connection(1), Some("10.0.0.2")).is_ok());
        assert!((0..200).any(|_| limits.logged_out_of_nothing(here).is_err()));
        assert!(limits.may_log_out(connection(2), here).is_ok());
    }

    #[test]
    fn a_token_is_told_what_is_left_and_refused_when_nothing_is() {
        let limits = Limits::new(Rates { calls: 60, questions: 120 });
        assert_eq!(limits.call(token(1)), Some(Usage { most: 60, left: 59, whole_in: 1, wait: None }));
        let refused = (0..=120).filter_map(|_| limits.call(token(1))).find(|usage| usage.wait.is_some());
        assert_eq!(refused, Some(Usage { most: 60, left: 0, whole_in: 60, wait: Some(1) }));
        assert!(limits.call(token(2)).is_some_and(|usage| usage.wait.is_none()));
        // questions are counted by themselves
        assert_eq!(limits.question(token(1)), Some(Usage { most: 120, left: 119, whole_in: 1, wait: None }));
    }

    #[test]
    fn where_calls_are_not_counted_none_is_one_too_many() {
        let limits = Limits::new(Rates { calls: 0, questions: 0 });
        assert!((0..1_000).all(|_| limits.call(token(1)).is_none() && limits.question(token(1)).is_none()));
        limits.forget_quiet();
    }

    fn token(n: u8) -> TokenId {
        TokenId::new(domain::time::Timestamp::default(), [n; 10])
    }
}
