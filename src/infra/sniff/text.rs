//! Text that is only read: UTF-8 that nothing takes for a page, a drawing or a program.

/// What no text that is only read begins with, in lower case: markup of any kind is refused before.
const ACTIVE: &[&[u8]] = &[b"#!", b"%!", b"%pdf", b"{\\rtf", b"@echo"];

/// Whether `head` is the beginning (`is_all`: the whole) of a text that is only read. Nothing is not.
pub(super) fn is_harmless(head: &[u8], is_all: bool) -> bool {
    let text = match str::from_utf8(head) {
        Ok(text) => text,
        // Its last character may go on behind the head.
        Err(error) if !is_all && error.error_len().is_none() => {
            let (whole, _) = head.split_at(error.valid_up_to());
            str::from_utf8(whole).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let is_plain = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\x0C');
    !text.is_empty() && text.chars().all(is_plain) && !is_active(text)
}

/// Whether browsers (by the standard of MIME sniffing, and beyond) or systems take it for something to run.
fn is_active(text: &str) -> bool {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    let mut letters = start.chars();
    let is_markup = letters.next() == Some('<')
        && letters.next().is_some_and(|c| c.is_ascii_alphabetic() || "!?/%:_".contains(c));
    let start = start.as_bytes();
    is_markup
        || ACTIVE.iter().any(|active| {
            start.get(..active.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(active))
        })
        // Readers of PDF look for its beginning in the first 1,024 bytes.
        || text.as_bytes().windows(5).take(1_024).any(|five| five == b"%PDF-")
}
