//! What bytes are, by an allow-list of what they begin with. Names and announced types count for nothing.

mod media;
mod text;
mod zip;

#[cfg(test)]
mod tests;

use crate::entity::file::Kind;

/// Bytes of the beginning of a file that [`sniff`] looks at.
pub const HEAD: usize = 8 * 1024;

/// What bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sniffed {
    /// As in the header `Content-Type`, without parameters; text is UTF-8.
    pub media_type: &'static str,
    /// Broadly.
    pub kind: Kind,
}

/// What a file of `len` bytes is, by the first [`HEAD`] of them (or all, if there are fewer). `None` is what is
/// not taken: whatever a browser or a machine would run (HTML, SVG, XML, scripts, programs), what is not known,
/// and nothing at all.
///
/// Only the beginning is looked at, so this tells what others will take the bytes for, not that they are whole.
pub fn sniff(head: &[u8], len: u64) -> Option<Sniffed> {
    let head = head.get(..HEAD).unwrap_or(head);
    let is_all = u64::try_from(head.len()).is_ok_and(|seen| seen >= len);
    if let Some(media_type) = picture(head) {
        return Some(Sniffed { media_type, kind: Kind::Image });
    }
    if let Some(found) = media::sound_or_film(head) {
        return Some(found);
    }
    if is_pdf(head) {
        return Some(Sniffed { media_type: "application/pdf", kind: Kind::Document });
    }
    if zip::is_zip(head) {
        return zip::what(head);
    }
    if let Some(media_type) = archive(head) {
        return Some(Sniffed { media_type, kind: Kind::Archive });
    }
    let is_text = text::is_harmless(head, is_all);
    is_text.then_some(Sniffed { media_type: "text/plain", kind: Kind::Document })
}

fn picture(head: &[u8]) -> Option<&'static str> {
    let riff = at(head, 0, b"RIFF") && at(head, 8, b"WEBP");
    match () {
        () if at(head, 0, b"\x89PNG\r\n\x1a\n") && at(head, 12, b"IHDR") => Some("image/png"),
        () if at(head, 0, b"\xFF\xD8\xFF") => Some("image/jpeg"),
        () if at(head, 0, b"GIF87a") || at(head, 0, b"GIF89a") => Some("image/gif"),
        () if riff && at(head, 12, b"VP8") => Some("image/webp"),
        () => None,
    }
}

/// Readers also take a PDF that begins later: what is before it could be anything, so we don't.
fn is_pdf(head: &[u8]) -> bool {
    at(head, 0, b"%PDF-1.") || at(head, 0, b"%PDF-2.")
}

fn archive(head: &[u8]) -> Option<&'static str> {
    let reserved_flags = head.get(3).is_none_or(|flags| flags & 0b1110_0000 != 0);
    match () {
        () if at(head, 0, b"\x1F\x8B\x08") && !reserved_flags => Some("application/gzip"),
        () if at(head, 0, b"7z\xBC\xAF\x27\x1C\x00") => Some("application/x-7z-compressed"),
        () if is_tar(head) => Some("application/x-tar"),
        () => None,
    }
}

/// A tar begins with a name that its maker chose, so the checksum of its first header has to be right, and the
/// name has to be one.
fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.get(..512) else { return false };
    let Some((name, _)) = header.split_at_checked(100) else { return false };
    let used = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
    let (used, rest) = name.split_at(used);
    let is_name =
        !used.is_empty() && text::is_harmless(used, false) && rest.iter().all(|b| *b == 0);
    let field = header.get(148..156).unwrap_or_default();
    let digits = field.iter().copied().skip_while(|byte| *byte == b' ');
    let sum = digits
        .take_while(|byte| (b'0'..=b'7').contains(byte))
        .fold(0_u64, |sum, digit| sum * 8 + u64::from(digit - b'0'));
    let others = header.iter().enumerate().filter(|(place, _)| !(148..156).contains(place));
    let right = others.map(|(_, byte)| u64::from(*byte)).sum::<u64>() + 8 * u64::from(b' ');
    is_name && at(header, 257, b"ustar") && sum == right
}

/// Whether `what` stands at `place`.
fn at(head: &[u8], place: usize, what: &[u8]) -> bool {
    head.get(place..).is_some_and(|rest| rest.starts_with(what))
}
