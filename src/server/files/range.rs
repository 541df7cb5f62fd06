//! Which bytes of a file a request is for (RFC 9110, 13 and 14).

use std::ops::Range;

use axum::http::{
    HeaderMap, HeaderName, Method,
    header::{IF_NONE_MATCH, IF_RANGE, RANGE},
};

/// What a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All bytes.
    Whole,
    /// These.
    Part(Range<u64>),
    /// Some that are not there.
    Beyond,
    /// None: what the client has is as good.
    Nothing,
}

/// What a request asks of something of `size` bytes, strongly named `tag`. Several ranges at once are answered with
/// all of it, as are ranges that can't be read.
pub(super) fn asked(method: &Method, headers: &HeaderMap, size: u64, tag: &str) -> Asked {
    if knows(headers, tag) {
        return Asked::Nothing;
    }
    let Some(range) = only(headers, RANGE).filter(|_| *method == Method::GET) else {
        return Asked::Whole;
    };
    // A date names no bytes here, and a weak name none for sure.
    if headers.contains_key(IF_RANGE) && only(headers, IF_RANGE) != Some(tag) {
        return Asked::Whole;
    }
    read(range, size)
}

/// The value of a header that stands there once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then(|| value.trim())
}

fn knows(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

fn read(range: &str, size: u64) -> Asked {
    let Some((unit, range)) = range.split_once('=') else { return Asked::Whole };
    let Some((first, last)) = range.trim().split_once('-') else { return Asked::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Asked::Whole;
    }
    match (first, last) {
        ("", last) => match number(last) {
            None => Asked::Whole,
            Some(0) => Asked::Beyond,
            Some(_) if size == 0 => Asked::Beyond,
            Some(bytes) => Asked::Part(size.saturating_sub(bytes)..size),
        },
        (first, "") => match number(first) {
            None => Asked::Whole,
            Some(first) if first >= size => Asked::Beyond,
            Some(first) => Asked::Part(first..size),
        },
        (first, last) => match (number(first), number(last)) {
            (Some(first), Some(last)) if first > last => Asked::Whole,
            (Some(first), Some(_)) if first >= size => Asked::Beyond,
            (Some(first), Some(last)) => Asked::Part(first..last.saturating_add(1).min(size)),
            _ => Asked::Whole,
        },
    }
}

/// A number of digits alone; one that is too large for us is larger than any file.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_read_and_anything_else_is_the_whole() {
        for (range, asked) in [
            ("bytes=0-0", Asked::Part(0..1)),
            ("bytes=0-9", Asked::Part(0..10)),
            ("bytes=3-5", Asked::Part(3..6)),
            ("Bytes=3-", Asked::Part(3..10)),
            ("bytes=9-99999999999999999999999999", Asked::Part(9..10)),
            ("bytes=-3", Asked::Part(7..10)),
            ("bytes=-99", Asked::Part(0..10)),
            ("bytes=-0", Asked::Beyond),
            ("bytes=10-", Asked::Beyond),
            ("bytes=10-20", Asked::Beyond),
            ("bytes=99999999999999999999999999-", Asked::Beyond),
            ("bytes=5-3", Asked::Whole),
            ("bytes=0-1,3-4", Asked::Whole),
            ("bytes=0-1, -1", Asked::Whole),
            ("bytes=", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
            ("bytes=+1-2", Asked::Whole),
            ("lines=0-1", Asked::Whole),
            ("0-1", Asked::Whole),
        ] {
            assert_eq!(read(range, 10), asked, "{range}");
        }
        assert_eq!(read("bytes=0-", 0), Asked::Beyond);
        assert_eq!(read("bytes=-1", 0), Asked::Beyond);
    }
}
