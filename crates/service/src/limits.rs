//! How often something may be tried: per address that is tried, and per network it comes from. Kept in memory, per process.

use domain::failure::{Failure, FailureKind};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

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
    /// Mails to one address that anybody could cause.
    mail: DefaultKeyedRateLimiter<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            address: RateLimiter::keyed(quota(count(10), count(2))),
            network: RateLimiter::keyed(quota(count(60), count(30))),
            mail: RateLimiter::keyed(quota(count(5), count(1))),
        }
    }
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

    /// Whether another mail may go to the address. Answers quietly: who asks must not learn whether one went.
    pub fn may_mail(&self, email: &str) -> bool {
        self.mail.check_key(&email.to_lowercase()).is_ok()
    }

    /// Forgets whoever has been quiet; called from time to time, so that the memory stays bounded.
    pub fn forget_quiet(&self) {
        for limiter in [&self.address, &self.network, &self.mail] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_try_at_once_is_refused_and_others_are_not() {
        let limits = Limits::default();
        for _ in 0..10 {
            assert!(limits.sign_in("A@b.co", Some("10.0.0.1")).is_ok());
        }
        assert_eq!(limits.sign_in("a@b.co", Some("10.0.0.2")).unwrap_err().kind, FailureKind::Limited);
        assert!(limits.sign_in("c@b.co", Some("10.0.0.1")).is_ok());
    }
}
