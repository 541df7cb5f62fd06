//! What is packed in a zip says what it is: a document, a book, a program, or just files.

use super::{Sniffed, at};
use crate::entity::file::Kind;

const ENTRY: &[u8] = b"PK\x03\x04";

/// What the first entry of a zip, called `mimetype`, says that the zip is.
const DECLARED: &[&str] = &[
    "application/epub+zip",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
];

/// The folder that only documents of this kind have.
const OFFICE: &[(&[u8], &str)] = &[
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
];

/// Names that packed programs have in front: of Java, of Android.
const PROGRAMS: &[&[u8]] = &[b"META-INF/MANIFEST.MF", b"AndroidManifest.xml", b"classes.dex"];

/// Whether it is a zip, which may be empty.
pub(super) fn is_zip(head: &[u8]) -> bool {
    at(head, 0, ENTRY) || (at(head, 0, b"PK\x05\x06") && head.len() >= 22)
}

/// What the zip is; a program is nothing that is taken.
pub(super) fn what(head: &[u8]) -> Option<Sniffed> {
    let names = names(head);
    if names.iter().any(|name| PROGRAMS.contains(name)) {
        return None;
    }
    let document = |media_type| Some(Sniffed { media_type, kind: Kind::Document });
    if let Some(declared) = declared(head) {
        return document(declared);
    }
    let is_office = |name: &&[u8]| *name == b"[Content_Types].xml" || name.starts_with(b"_rels/");
    if names.iter().any(is_office) {
        let of = |folder: &[u8]| names.iter().any(|name| name.starts_with(folder));
        if let Some((_, media_type)) = OFFICE.iter().find(|(folder, _)| of(folder)) {
            return document(media_type);
        }
    }
    Some(Sniffed { media_type: "application/zip", kind: Kind::Archive })
}

/// The names of the entries that begin in the head.
fn names(mut head: &[u8]) -> Vec<&[u8]> {
    let mut names = Vec::new();
    while let Some(entry) = Entry::read(head) {
        names.push(entry.name);
        // Entries that were written as a stream have their sizes behind them: the next is looked for.
        let rest = head.get(entry.end..).unwrap_or_default();
        let next = rest.windows(ENTRY.len()).position(|four| four == ENTRY);
        head = next.and_then(|next| rest.get(next..)).unwrap_or_default();
    }
    names
}

/// What an entry called `mimetype` says, which is first and not compressed.
fn declared(head: &[u8]) -> Option<&'static str> {
    let entry = Entry::read(head).filter(|entry| entry.name == b"mimetype")?;
    let said = head.get(entry.start..entry.end)?;
    DECLARED.iter().copied().find(|known| known.as_bytes() == said)
}

struct Entry<'a> {
    name: &'a [u8],
    /// Where its bytes begin and, as far as its header knows, end.
    start: usize,
    end: usize,
}

impl<'a> Entry<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let header = bytes.first_chunk::<30>().filter(|header| header.starts_with(ENTRY))?;
        let number = |place: usize| {
            let [low, high] = *header.get(place..)?.first_chunk::<2>()?;
            Some(usize::from(u16::from_le_bytes([low, high])))
        };
        let size = number(18)? + (number(20)? << 16);
        let name = 30 + number(26)?;
        let start = name + number(28)?;
        Some(Self { name: bytes.get(30..name)?, start, end: start + size })
    }
}
