//! Places in an order, as text that is compared byte by byte, so that one thing moves by writing one row.
//!
//! A rank is a list of whole numbers, outermost first, each written so that it ends by itself and numbers order as their
//! texts do: a letter that says how many digits follow (`a` one, `b` two; `Z` and `Y` likewise below zero), and these
//! digits of `0-9A-Za-z`. At the ends the outermost number counts on, and where there is no number left between two, a
//! number is added inside, which again counts on both ways. So what is put at one and the same spot, whichever that is,
//! grows with the logarithm of how much is. What is put between the last two again and again, each time on the other
//! side, grows by about a letter in three: nothing that is never numbered anew can do better than one in six.

/// Digits in the order of their bytes.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// How far inner numbers are apart: as many as leave room for a few between them, and still take few digits.
const STEP: i64 = 32;
/// The most digits of a number: more than 64 bits would not hold.
const MOST_DIGITS: u8 = 10;

/// A rank that comes after `after` and before `before`; where one of them is not said, at that end. Both are ranks of
/// this module, and `after` comes first; of two that are alike, or the wrong way round, it comes somewhere after `after`.
pub fn between(after: Option<&str>, before: Option<&str>) -> String {
    let numbers = match (after.map(read), before.map(read)) {
        (None, None) => vec![0],
        (Some(after), None) => match after.first() {
            Some(outermost) => vec![outermost + 1],
            None => vec![0],
        },
        (None, Some(before)) => match before.as_slice() {
            [] => vec![0],
            [outermost] => vec![outermost - 1],
            [outermost, ..] => vec![*outermost],
        },
        (Some(after), Some(before)) => inside(&after, &before),
    };
    numbers.into_iter().map(write).collect()
}

/// `n` ranks in their order, all of them between these two, as [`between`].
pub fn spread(after: Option<&str>, before: Option<&str>, n: usize) -> Vec<String> {
    let mut ranks: Vec<String> = Vec::with_capacity(n);
    for _ in 0..n {
        let next = between(ranks.last().map(String::as_str).or(after), before);
        ranks.push(next);
    }
    ranks
}

/// The numbers of a rank between two: the shortest that there are.
fn inside(after: &[i64], before: &[i64]) -> Vec<i64> {
    let common = after.iter().zip(before).take_while(|(a, b)| a == b).count();
    let mut numbers: Vec<i64> = after.iter().take(common).copied().collect();
    let mut after = after.iter().skip(common).copied();
    let mut before = before.iter().skip(common).copied();
    let (low, high) = (after.next(), before.next());
    // What `before` stands inside of comes ahead of it, and is free: nothing is between the two.
    let is_nested = before.next().is_some();
    match (low, high) {
        (None, None) => numbers.push(0),
        (Some(low), Some(high)) if low + 1 < high => numbers.push(low + (high - low) / 2),
        (_, Some(high)) if is_nested && low.is_none_or(|low| low < high) => numbers.push(high),
        (None, Some(high)) => numbers.push(high - STEP),
        (Some(low), Some(high)) if low < high => {
            numbers.extend([low, after.next().map_or(0, |inner| inner + STEP)]);
        }
        (Some(low), _) => numbers.push(low + STEP),
    }
    numbers
}

/// A number as text.
fn write(number: i64) -> String {
    let is_negative = number < 0;
    // Counted from zero on either side: -1 is the first below it.
    let mut rest = if is_negative { -(number + 1) } else { number };
    let (mut length, mut many) = (1, 62);
    while rest >= many && length < MOST_DIGITS {
        rest -= many;
        many *= 62;
        length += 1;
    }
    let mut rest = if is_negative { many - 1 - rest } else { rest };
    let mut text = Vec::with_capacity(usize::from(length) + 1);
    for _ in 0..length {
        let digit = usize::try_from(rest % 62).ok().and_then(|at| DIGITS.get(at));
        text.push(char::from(digit.copied().unwrap_or(b'0')));
        rest /= 62;
    }
    text.push(char::from(if is_negative { b'Z' - (length - 1) } else { b'a' + (length - 1) }));
    text.into_iter().rev().collect()
}

/// The numbers of a rank, as far as it is one.
fn read(rank: &str) -> Vec<i64> {
    let mut bytes = rank.bytes();
    std::iter::from_fn(|| number(&mut bytes)).collect()
}

fn number(bytes: &mut impl Iterator<Item = u8>) -> Option<i64> {
    let head = bytes.next()?;
    let is_negative = head.is_ascii_uppercase();
    let length = if is_negative { b'Z'.checked_sub(head) } else { head.checked_sub(b'a') }? + 1;
    if length > MOST_DIGITS {
        return None;
    }
    let (mut value, mut many, mut shorter) = (0, 1, 0);
    for _ in 0..length {
        let digit = bytes.next()?;
        let digit = DIGITS.iter().position(|other| *other == digit)?;
        value = value * 62 + i64::try_from(digit).ok()?;
        many *= 62;
        shorter += many;
    }
    // Numbers with fewer digits came first.
    shorter -= many;
    Some(if is_negative { -(shorter + many - 1 - value) - 1 } else { shorter + value })
}

#[cfg(test)]
mod tests {
    use super::{between, number, read, spread, write};

    /// Numbers that look random, and are the same each time.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
        }
    }

    /// Puts a new rank at a place of a list, whose ranks are in order.
    fn put(list: &mut Vec<String>, at: usize) -> usize {
        let after = at.checked_sub(1).map(|at| list[at].clone());
        let before = list.get(at).cloned();
        let made = between(after.as_deref(), before.as_deref());
        assert!(after.is_none_or(|after| after < made), "not after: {made}");
        assert!(before.is_none_or(|before| made < before), "not before: {made}");
        assert!(made.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{made}");
        let length = made.len();
        list.insert(at, made);
        length
    }

    #[test]
    fn numbers_are_read_as_they_were_written_and_their_texts_are_in_their_order() {
        let edges = [0, 61, 62, 3_905, 3_906, 242_233, 242_234, 1 << 40, 1 << 56];
        let mut all: Vec<i64> =
            edges.iter().flat_map(|edge| [*edge, edge + 1, -edge - 1]).collect();
        all.extend(-5_000..5_000);
        all.sort_unstable();
        all.dedup();
        for number in &all {
            assert_eq!(read(&write(*number)), [*number], "{}", write(*number));
        }
        for pair in all.windows(2) {
            assert!(write(pair[0]) < write(pair[1]), "{pair:?}");
        }
        assert_eq!(write(0), "a0");
        assert_eq!(write(61), "az");
        assert_eq!(write(62), "b00");
        assert_eq!(write(-1), "Zz");
        assert_eq!(write(-63), "Yzz");
    }

    #[test]
    fn a_hundred_thousand_at_either_end_stay_short() {
        let (mut last, mut first) = (between(None, None), between(None, None));
        for _ in 0..100_000 {
            let next = between(Some(&last), None);
            assert!(last < next && next.len() <= 4, "{next}");
            last = next;
            let ahead = between(None, Some(&first));
            assert!(ahead < first && ahead.len() <= 4, "{ahead}");
            first = ahead;
        }
    }

    #[test]
    fn ten_thousand_at_the_same_spot_stay_short() {
        let ends = spread(None, None, 2);
        // Each behind the one before; each ahead of it.
        for is_behind in [true, false] {
            let (mut low, mut high) = (ends[0].clone(), ends[1].clone());
            for _ in 0..10_000 {
                let made = between(Some(&low), Some(&high));
                assert!(low < made && made < high && made.len() <= 8, "{made}");
                if is_behind { low = made } else { high = made }
            }
        }
    }

    #[test]
    fn ten_thousand_at_random_places_stay_in_order_and_short() {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        let mut list = Vec::new();
        let mut longest = 0;
        for _ in 0..10_000 {
            let at = dice.roll(list.len() + 1);
            longest = put(&mut list, at).max(longest);
        }
        assert!(list.is_sorted());
        assert!(longest < 40, "{longest}");
    }

    #[test]
    fn moved_about_at_random_they_stay_in_order_and_short() {
        let mut dice = Dice(0x0123_4567_89ab_cdef);
        let mut list = spread(None, None, 60);
        let mut longest = 0;
        for _ in 0..50_000 {
            let from = dice.roll(list.len());
            list.remove(from);
            let to = dice.roll(list.len() + 1);
            longest = put(&mut list, to).max(longest);
        }
        assert!(list.is_sorted());
        assert!(longest < 40, "{longest}");
    }

    #[test]
    fn the_worst_of_all_orders_grows_by_less_than_a_letter_in_two() {
        let ends = spread(None, None, 2);
        let (mut low, mut high) = (ends[0].clone(), ends[1].clone());
        for turn in 0..1_000 {
            let made = between(Some(&low), Some(&high));
            assert!(low < made && made < high, "{made}");
            if turn % 2 == 0 { low = made } else { high = made }
        }
        assert!(high.len() < 500, "{}", high.len());
    }

    #[test]
    fn many_at_once_are_in_order_and_stay_between() {
        let ends = spread(None, None, 3);
        for (after, before) in [
            (None, None),
            (Some(&ends[1]), None),
            (None, Some(&ends[1])),
            (Some(&ends[0]), Some(&ends[1])),
            (Some(&ends[0]), Some(&ends[2])),
        ] {
            let (after, before) = (after.map(String::as_str), before.map(String::as_str));
            let ranks = spread(after, before, 5_000);
            assert_eq!(ranks.len(), 5_000);
            assert!(ranks.is_sorted() && ranks.windows(2).all(|pair| pair[0] != pair[1]));
            assert!(after.is_none_or(|after| after < ranks[0].as_str()));
            assert!(before.is_none_or(|before| ranks[4_999].as_str() < before));
            assert!(ranks.iter().all(|rank| rank.len() <= 8));
        }
        assert!(spread(None, None, 0).is_empty());
    }

    #[test]
    fn two_alike_or_the_wrong_way_round_make_one_that_comes_after_the_first() {
        let ranks = spread(None, None, 3);
        let inner = between(Some(&ranks[0]), Some(&ranks[1]));
        for (after, before) in [
            (&ranks[0], &ranks[0]),
            (&ranks[2], &ranks[0]),
            (&inner, &inner),
            (&inner, &ranks[0]),
            (&ranks[1], &inner),
        ] {
            assert!(*after < between(Some(after), Some(before)));
        }
    }

    #[test]
    fn what_is_no_rank_makes_one_all_the_same() {
        for text in ["", "a", "!", "kzzzzzzzzzzzzzzz", "a0\u{e9}", "AAAA", "0"] {
            let made = between(Some(text), Some(text));
            assert!(number(&mut made.bytes()).is_some(), "{text}: {made}");
            assert!(!between(Some(text), None).is_empty());
            assert!(!between(None, Some(text)).is_empty());
        }
    }
}
