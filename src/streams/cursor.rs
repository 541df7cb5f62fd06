use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::Stream;
use crate::infra::secrets;

/// A place in a stream: all events up to it were seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The number of the last event seen; 0 before the first.
    pub seq: i64,
}

/// Bytes that tell the cursors of different streams apart.
const TAG: usize = 4;

impl Cursor {
    /// The opaque text that stands for the place.
    pub fn encode(self, stream: Stream) -> String {
        let mut bytes = tag(stream).to_vec();
        bytes.extend_from_slice(&self.seq.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Cursor::encode`] wrote for the same stream; `None` is a cursor of another stream, or none.
    pub fn decode(stream: Stream, text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (found, seq) = bytes.split_first_chunk::<TAG>()?;
        let seq = i64::from_be_bytes(seq.try_into().ok()?);
        (*found == tag(stream) && seq >= 0).then_some(Self { seq })
    }
}

fn tag(stream: Stream) -> [u8; TAG] {
    let hash = secrets::hash(&format!("{} {}", stream.kind, stream.id));
    hash.first_chunk().copied().unwrap_or_default()
}
