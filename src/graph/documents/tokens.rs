//! Counts lexical tokens, so that a long document is refused before a parser builds anything of it.

/// How many lexical tokens `text` has; `None` as soon as they are more than `most`. Text that is no
/// GraphQL is counted too, never less than a lexer would find in it.
pub(super) fn count(text: &str, most: usize) -> Option<usize> {
    let mut rest = text.as_bytes();
    let mut tokens = 0usize;
    while let Some((first, after)) = rest.split_first() {
        rest = match first {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                rest = after;
                continue;
            }
            b'#' => {
                rest = skip(after, |byte| byte != b'\n');
                continue;
            }
            b'"' => string(after),
            b'.' => after.strip_prefix(b"..").unwrap_or(after),
            b'-' | b'0'..=b'9' => number(after),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                skip(after, |byte| byte == b'_' || byte.is_ascii_alphanumeric())
            }
            _ => after,
        };
        tokens = tokens.saturating_add(1);
        if tokens > most {
            return None;
        }
    }
    Some(tokens)
}

fn skip(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> &[u8] {
    let end = bytes.iter().position(|byte| !belongs(*byte)).unwrap_or(bytes.len());
    bytes.get(end..).unwrap_or_default()
}

/// What follows a number whose first character was taken.
fn number(bytes: &[u8]) -> &[u8] {
    let digits = |bytes| skip(bytes, |byte: u8| byte.is_ascii_digit());
    let whole = digits(bytes);
    let fraction = whole.strip_prefix(b".").map_or(whole, digits);
    match fraction.split_first() {
        Some((b'e' | b'E', [b'+' | b'-', exponent @ ..] | exponent)) => digits(exponent),
        _ => fraction,
    }
}

/// What follows a string whose first quote was taken.
fn string(bytes: &[u8]) -> &[u8] {
    if let Some(mut block) = bytes.strip_prefix(b"\"\"") {
        loop {
            block = match block {
                [] => return block,
                [b'"', b'"', b'"', after @ ..] | [b'\\', b'"', b'"', b'"', after @ ..]
                    if block.first() == Some(&b'"') =>
                {
                    return after;
                }
                [b'\\', b'"', b'"', b'"', after @ ..] | [_, after @ ..] => after,
            };
        }
    }
    let mut line = bytes;
    loop {
        line = match line {
            [] | [b'\n', ..] => return line,
            [b'"', after @ ..] => return after,
            [b'\\', _, after @ ..] | [_, after @ ..] => after,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_numbers_strings_and_punctuators_count_one_each() {
        let text = r#"query Q($a: [Int!]! = [1, -2.5e+3]) { f(s: "a \" b", n: $a) ...F } # no"#;
        assert_eq!(count(text, 100), Some(31));
    }

    #[test]
    fn a_block_string_is_one_token_whatever_is_in_it() {
        assert_eq!(count(r#" """ { { { " \""" } """ x "#, 100), Some(2));
    }

    #[test]
    fn numbers_without_a_space_between_count_each() {
        assert_eq!(count("[1-1-1]", 100), Some(5));
    }

    #[test]
    fn counting_ends_at_the_limit() {
        assert_eq!(count(&"{".repeat(200_000), 2_000), None);
        assert_eq!(count("{ a }", 3), Some(3));
        assert_eq!(count("{ a }", 2), None);
    }
}
