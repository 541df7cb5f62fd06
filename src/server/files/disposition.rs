//! `Content-Disposition`, as RFC 6266 has it: whether a browser shows a file, and under what name it keeps it.

use std::fmt::Write as _;

use axum::http::HeaderValue;

/// Shown, or only ever kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disposition {
    /// A page may show it.
    Inline,
    /// It is kept.
    Attachment,
}

/// The value of the header for a file of this name, whatever its owner called it.
pub(super) fn header(disposition: Disposition, name: &str) -> HeaderValue {
    let kind = match disposition {
        Disposition::Inline => "inline",
        Disposition::Attachment => "attachment",
    };
    let name = safe(name);
    let mut value = format!("{kind}; filename=\"{}\"", ascii(&name));
    if ascii(&name) != name {
        let _ = write!(value, "; filename*=UTF-8''{}", encoded(&name));
    }
    // It is plain ASCII; should that ever change, keeping it without a name is right.
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

/// The name without folders, and without what could not be seen in it.
fn safe(name: &str) -> String {
    let plain = |c: char| if matches!(c, '/' | '\\') { '_' } else { c };
    let name: String = name.chars().filter(|c| !c.is_control()).map(plain).collect();
    let name = name.trim();
    if name.chars().all(|c| c == '.') { "file".to_owned() } else { name.to_owned() }
}

/// For old clients: what is not ASCII, or would be read in another way within quotes, is `_`.
fn ascii(name: &str) -> String {
    let plain = |c: char| (c == ' ' || c.is_ascii_graphic()) && !matches!(c, '"' | '\\' | '%');
    name.chars().map(|c| if plain(c) { c } else { '_' }).collect()
}

/// As RFC 8187 writes text.
fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte);
    name.bytes().fold(String::new(), |mut text, byte| {
        if plain(byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_said_safely() {
        for (name, value) in [
            ("photo.png", "filename=\"photo.png\""),
            ("my photo; 1.png", "filename=\"my photo; 1.png\""),
            ("a\"b\\c.txt", "filename=\"a_b_c.txt\"; filename*=UTF-8''a%22b_c.txt"),
            ("a\r\nSet-Cookie: x=y", "filename=\"aSet-Cookie: x=y\""),
            ("../../etc/passwd", "filename=\".._.._etc_passwd\""),
            ("..", "filename=\"file\""),
            ("", "filename=\"file\""),
            ("50%.txt", "filename=\"50_.txt\"; filename*=UTF-8''50%25.txt"),
            ("Grüße.pdf", "filename=\"Gr__e.pdf\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.pdf"),
            ("🎉'(x).png", "filename=\"_'(x).png\"; filename*=UTF-8''%F0%9F%8E%89%27%28x%29.png"),
        ] {
            let header = header(Disposition::Attachment, name);
            assert_eq!(header.to_str().unwrap(), format!("attachment; {value}"), "{name:?}");
        }
        let long = header(Disposition::Inline, &"🎉".repeat(255));
        let expected = format!(
            "inline; filename=\"{}\"; filename*=UTF-8''{}",
            "_".repeat(255),
            "%F0%9F%8E%89".repeat(255)
        );
        assert_eq!(long.to_str().unwrap(), expected);
    }
}
