//! What a caller may spend: cost points by the minute, for a member or an address.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock as _, DefaultClock},
};
use uuid::Uuid;

use crate::config::Config;

/// Points left to spend, by who spends them. In the memory of this process. The budget fills up
/// evenly and holds at most a minute's worth.
#[derive(Debug)]
pub struct Budget {
    members: Purse<Uuid>,
    guests: Purse<IpAddr>,
}

#[derive(Debug)]
struct Purse<K: Eq + std::hash::Hash + Clone> {
    size: NonZeroU32,
    limiter: DefaultKeyedRateLimiter<K>,
}

impl Budget {
    /// Full budgets, as large as the operator set.
    pub fn new(config: &Config) -> Self {
        Self {
            members: Purse::new(config.member_cost_per_minute),
            guests: Purse::new(config.guest_cost_per_minute),
        }
    }

    /// Takes `points` from the budget of the member, or of the address where nobody signed in;
    /// answers how long to wait when they are not there. More than the budget ever holds empties it.
    pub fn spend(
        &self,
        member: Option<Uuid>,
        address: IpAddr,
        points: u64,
    ) -> Result<(), Duration> {
        match member {
            Some(member) => self.members.spend(&member, points),
            None => self.guests.spend(&network(address), points),
        }
    }

    /// Forgets whose budget is full again. To be called now and then.
    pub fn tidy(&self) {
        self.members.tidy();
        self.guests.tidy();
    }
}

impl<K: Eq + std::hash::Hash + Clone> Purse<K> {
    fn new(per_minute: u32) -> Self {
        let size = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
        Self { size, limiter: DefaultKeyedRateLimiter::keyed(Quota::per_minute(size)) }
    }

    fn spend(&self, key: &K, points: u64) -> Result<(), Duration> {
        let points = u32::try_from(points).unwrap_or(u32::MAX).min(self.size.get());
        let Some(points) = NonZeroU32::new(points) else { return Ok(()) };
        match self.limiter.check_key_n(key, points) {
            Ok(Err(later)) => Err(later.wait_time_from(DefaultClock::default().now())),
            // It always holds as much as is asked for: the points were cut to its size.
            Ok(Ok(())) | Err(_) => Ok(()),
        }
    }

    fn tidy(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

/// An IPv6 address stands for its /64: a household has that many addresses to itself.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    fn budget() -> Budget {
        Budget::new(&Config { guest_cost_per_minute: 100, ..Config::default() })
    }

    #[test]
    fn a_spent_budget_says_how_long_to_wait() {
        let budget = budget();
        assert_eq!(budget.spend(None, HERE, 100), Ok(()));
        let wait = budget.spend(None, HERE, 50).unwrap_err();
        assert!((25..=30).contains(&wait.as_secs()), "{wait:?}");
    }

    #[test]
    fn more_than_the_budget_ever_holds_empties_it() {
        let budget = budget();
        assert_eq!(budget.spend(None, HERE, 1_000), Ok(()));
        assert!(budget.spend(None, HERE, 1).is_err());
    }

    #[test]
    fn neighbours_have_budgets_of_their_own_but_a_household_shares_one() {
        let budget = budget();
        budget.spend(None, HERE, 100).unwrap();
        budget.spend(None, "192.0.2.2".parse().unwrap(), 100).unwrap();
        budget.spend(None, "2001:db8::1".parse().unwrap(), 100).unwrap();
        assert!(budget.spend(None, "2001:db8::2".parse().unwrap(), 1).is_err());
        budget.spend(None, "2001:db8:0:1::1".parse().unwrap(), 100).unwrap();
    }
}
