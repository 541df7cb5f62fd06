//! Chance that repeats itself: the same seed throws the same numbers, on every machine.

use rand::{Rng as _, RngExt as _, SeedableRng as _, rngs::Xoshiro256PlusPlus};
use uuid::{Builder, Uuid};

/// A source of chance with a fixed algorithm.
pub(super) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A number below `end`; 0 if that is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.0.random_range(0..end) }
    }

    /// A place in a list of `len`; 0 if it is empty.
    pub(super) fn place(&mut self, len: usize) -> usize {
        let place = self.below(u64::try_from(len).unwrap_or(u64::MAX));
        usize::try_from(place).unwrap_or_default()
    }

    /// True `percent` times of 100.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of a list.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.place(list.len()))
    }

    /// One word of a list.
    pub(super) fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.pick(words).copied().unwrap_or_default()
    }

    /// Up to `most` different ones of a list.
    pub(super) fn some<'a, T: PartialEq>(&mut self, list: &'a [T], most: usize) -> Vec<&'a T> {
        let mut picked: Vec<&T> = Vec::new();
        for _ in 0..self.place(most + 1) {
            if let Some(one) = self.pick(list)
                && !picked.contains(&one)
            {
                picked.push(one);
            }
        }
        picked
    }

    /// Puts a list in another order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.place(end + 1));
        }
    }

    /// A time in milliseconds from `from` until before `to`: any, or (`soon`) rather a near one.
    pub(super) fn time(&mut self, from: i64, to: i64, soon: bool) -> i64 {
        let mut span = u64::try_from(to - from).unwrap_or_default();
        if soon {
            span = span / 1_000 * self.below(1_000) / 1_000 * self.below(1_000) / 1_000;
        }
        from + i64::try_from(self.below(span)).unwrap_or_default()
    }

    /// A UUIDv7 of that millisecond.
    pub(super) fn key(&mut self, at: i64) -> Uuid {
        let mut random = [0; 10];
        self.0.fill_bytes(&mut random);
        let at = u64::try_from(at).unwrap_or_default();
        Builder::from_unix_timestamp_millis(at, &random).into_uuid()
    }
}

/// Places of a list of which the first come up more often than the rest: the n-th with a weight of
/// 1 / (n + `flat`), as popularity goes.
pub(super) struct Popularity {
    /// Sums of the weights so far.
    sums: Vec<u64>,
    /// Which place has which rank.
    order: Vec<usize>,
}

impl Popularity {
    /// Ranks by place.
    pub(super) fn ranked(len: usize, flat: u64) -> Self {
        let mut sum = 0;
        let sums = (flat..).take(len).map(|rank| {
            sum += 1_000_000_000 / rank.max(1);
            sum
        });
        Self { sums: sums.collect(), order: (0..len).collect() }
    }

    /// Ranks by chance.
    pub(super) fn shuffled(len: usize, flat: u64, dice: &mut Dice) -> Self {
        let mut ranked = Self::ranked(len, flat);
        dice.shuffle(&mut ranked.order);
        ranked
    }

    /// A place.
    pub(super) fn pick(&self, dice: &mut Dice) -> usize {
        let point = dice.below(self.sums.last().copied().unwrap_or_default());
        let rank = self.sums.partition_point(|sum| *sum <= point);
        self.order.get(rank).copied().unwrap_or_default()
    }
}
