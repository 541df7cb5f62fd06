//! TypeIDs: how a key is written outside the database, with the kind of its thing in front.

use uuid::Uuid;

/// Crockford's base32 in lower case, as TypeID 0.3 asks for.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The TypeID (<https://github.com/jetify-com/typeid>, version 0.3) of a thing: `post_01jcz…`.
pub fn encode(kind: &str, key: Uuid) -> String {
    let mut id = String::with_capacity(kind.len() + 27);
    id.push_str(kind);
    id.push('_');
    push_digits(&mut id, key);
    id
}

/// The 26 digits of a key alone.
pub fn digits(key: Uuid) -> String {
    let mut digits = String::with_capacity(26);
    push_digits(&mut digits, key);
    digits
}

/// The key in an ID of this kind. An ID of another kind, or no ID at all, names nothing.
pub fn decode(kind: &str, id: &str) -> Option<Uuid> {
    decode_any(id).filter(|(found, _)| *found == kind).map(|(_, key)| key)
}

/// The kind and the key of an ID.
pub fn decode_any(id: &str) -> Option<(&str, Uuid)> {
    let (kind, digits) = id.rsplit_once('_')?;
    Some((kind, decode_digits(digits)?))
}

/// The key that [`digits`] wrote.
pub fn decode_digits(digits: &str) -> Option<Uuid> {
    let first_fits = digits.bytes().next().is_some_and(|first| first <= b'7');
    if digits.len() != 26 || !first_fits {
        return None;
    }
    let number = digits.bytes().try_fold(0u128, |number, byte| {
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        Some(number << 5 | u128::try_from(digit).ok()?)
    })?;
    Some(Uuid::from_u128(number))
}

fn push_digits(text: &mut String, key: Uuid) {
    let number = key.as_u128();
    for place in (0..26).rev() {
        let digit = usize::try_from((number >> (place * 5)) & 31).unwrap_or_default();
        text.push(DIGITS.get(digit).copied().map_or('0', char::from));
    }
}
