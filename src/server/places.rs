//! How many connections may stay open: in all, of a member, of an address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

use crate::{config::Config, infra::throttle};

/// The places for connections that stay open.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    most_of_member: usize,
    most_of_address: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by: HashMap<Who, usize>,
}

/// By whom places are taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    /// A member, by the key of the account.
    Member(Uuid),
    /// Whoever has not signed in, by address.
    Address(String),
}

impl Who {
    /// By an account, else by an address.
    pub(super) fn of(member: Option<Uuid>, address: IpAddr) -> Self {
        member.map_or_else(|| Self::Address(throttle::place(address)), Self::Member)
    }
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// All places are taken.
    Server,
    /// The one who asks has as many as one may have.
    Caller,
}

impl Places {
    pub(super) fn new(config: &Config) -> Arc<Self> {
        Arc::new(Self {
            most: config.sockets,
            most_of_member: config.sockets_per_member,
            most_of_address: config.sockets_per_address,
            taken: Mutex::default(),
        })
    }

    /// Places for members alone: so many in all, and of one.
    pub(super) fn for_members(most: usize, most_of_member: usize) -> Arc<Self> {
        Arc::new(Self { most, most_of_member, most_of_address: 0, taken: Mutex::default() })
    }

    /// Places for guests alone: so many in all, and of one address.
    pub(super) fn for_guests(most: usize, most_of_address: usize) -> Arc<Self> {
        Arc::new(Self { most, most_of_member: 0, most_of_address, taken: Mutex::default() })
    }

    /// Takes a place; it is free again when the answer is dropped.
    pub(super) fn take(self: &Arc<Self>, who: Who) -> Result<Place, Full> {
        let mut taken = self.lock();
        if taken.all >= self.most {
            return Err(Full::Server);
        }
        self.enter(&mut taken, &who)?;
        taken.all += 1;
        drop(taken);
        Ok(Place { places: self.clone(), who })
    }

    fn enter(&self, taken: &mut Taken, who: &Who) -> Result<(), Full> {
        let most = match who {
            Who::Member(_) => self.most_of_member,
            Who::Address(_) => self.most_of_address,
        };
        let count = taken.by.get(who).copied().unwrap_or_default();
        if count >= most {
            return Err(Full::Caller);
        }
        taken.by.insert(who.clone(), count + 1);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn leave(&mut self, who: &Who) {
        match self.by.get_mut(who) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                self.by.remove(who);
            }
        }
    }
}

/// A place that is taken.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    who: Who,
}

impl Place {
    /// The connection is somebody else's, as it has turned out.
    pub(super) fn hand_to(&mut self, who: Who) -> Result<(), Full> {
        let mut taken = self.places.lock();
        self.places.enter(&mut taken, &who)?;
        taken.leave(&self.who);
        drop(taken);
        self.who = who;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.all = taken.all.saturating_sub(1);
        taken.leave(&self.who);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(all: usize, of_member: usize, of_address: usize) -> Arc<Places> {
        Places::new(&Config {
            sockets: all,
            sockets_per_member: of_member,
            sockets_per_address: of_address,
            ..Config::default()
        })
    }

    #[test]
    fn a_place_is_free_again_when_it_is_dropped() {
        let places = places(2, 1, 1);
        let (ada, guest) = (Who::Member(Uuid::from_u128(1)), Who::Address("a".to_owned()));
        let first = places.take(ada.clone()).unwrap();
        assert_eq!(places.take(ada.clone()).unwrap_err(), Full::Caller);
        let _second = places.take(guest.clone()).unwrap();
        assert_eq!(places.take(Who::Address("b".to_owned())).unwrap_err(), Full::Server);
        drop(first);
        assert_eq!(places.take(guest).unwrap_err(), Full::Caller);
        drop(places.take(ada).unwrap());
        assert_eq!(places.lock().by.len(), 1, "who has left is forgotten");
    }

    #[test]
    fn a_guest_who_signs_in_gives_the_place_of_the_address_back() {
        let places = places(9, 1, 1);
        let (ada, guest) = (Who::Member(Uuid::from_u128(1)), Who::Address("a".to_owned()));
        let mut first = places.take(guest.clone()).unwrap();
        first.hand_to(ada.clone()).unwrap();
        let mut second = places.take(guest.clone()).unwrap();
        assert_eq!(second.hand_to(ada).unwrap_err(), Full::Caller);
        assert_eq!(places.take(guest).unwrap_err(), Full::Caller, "the second is a guest still");
    }
}
