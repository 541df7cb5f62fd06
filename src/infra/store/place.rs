use object_store::path::Path;
use uuid::Uuid;

/// Where something is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The bytes of files, by their SHA-256 in lower-case hexadecimal digits.
    Blob(String),
    /// A piece of an upload, by the key of its row.
    Part(Uuid),
    /// A picture made of another: the SHA-256 of that one, and a name that says how.
    Thumbnail(String, String),
}

impl Place {
    /// The first part of the paths of [`Place::Blob`].
    pub const BLOBS: &'static str = "blobs";
    /// The first part of the paths of [`Place::Part`].
    pub const PARTS: &'static str = "parts";
    /// The first part of the paths of [`Place::Thumbnail`].
    pub const THUMBNAILS: &'static str = "thumbnails";

    /// Its path in the store; no part of it was typed by anybody.
    pub(super) fn path(&self) -> Path {
        match self {
            Self::Blob(sha256) => Path::from_iter([Self::BLOBS, folder(sha256), sha256]),
            Self::Part(id) => Path::from_iter([Self::PARTS, &id.simple().to_string()]),
            Self::Thumbnail(sha256, name) => thumbnails(sha256).join(name.as_str()),
        }
    }

    /// The place of a path, if it is one of ours.
    pub(super) fn parse(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        let place = match *parts.as_slice() {
            [Self::BLOBS, _, sha256] if is_sha256(sha256) => Self::Blob(sha256.to_owned()),
            [Self::PARTS, id] => Self::Part(id.parse().ok()?),
            [Self::THUMBNAILS, _, sha256, name] if is_sha256(sha256) => {
                Self::Thumbnail(sha256.to_owned(), name.to_owned())
            }
            _ => return None,
        };
        // What we would not find again is somebody else's.
        (place.path().as_ref() == path).then_some(place)
    }
}

/// Where all is that was made of a picture.
pub(super) fn thumbnails(sha256: &str) -> Path {
    Path::from_iter([Place::THUMBNAILS, folder(sha256), sha256])
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
}

/// Folders of many thousand files are slow on some disks: 256 share them.
fn folder(sha256: &str) -> &str {
    sha256.get(..2).unwrap_or("00")
}
