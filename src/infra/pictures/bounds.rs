//! What is refused before it is read: pictures that would take too much memory or time, and such as were cut
//! off, which readers pass over in silence.

use super::Rejected;

/// Pixels of a picture's longer side, at most.
pub const SIDE: u32 = 12_000;
/// Millions of pixels of a picture, at most.
pub const MEGAPIXELS: u64 = 40;
/// Frames of a moving picture, at most.
pub const FRAMES: u32 = 1_000;
/// Millions of pixels in all frames of a moving picture, at most.
pub const MEGAPIXELS_IN_ALL: u64 = 200;
/// Bytes that reading one picture may take, at most.
pub(super) const MEMORY: u64 = 256 * 1024 * 1024;

/// Refuses a picture of too many pixels.
pub(super) fn size(width: u32, height: u32) -> Result<(), Rejected> {
    let pixels = u64::from(width) * u64::from(height);
    match () {
        () if pixels == 0 => Err(Rejected::Broken),
        () if width > SIDE || height > SIDE => Err(Rejected::TooLarge),
        () if pixels > MEGAPIXELS * 1_000_000 => Err(Rejected::TooLarge),
        () => Ok(()),
    }
}

/// Refuses a PNG that has no end.
pub(super) fn png(bytes: &[u8]) -> Result<(), Rejected> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        if after.starts_with(b"IEND") && after.len() >= 8 {
            return Ok(());
        }
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        // Its name before, its checksum behind.
        rest = after.get(length.saturating_add(8)..).unwrap_or_default();
    }
    Err(Rejected::Broken)
}

/// Refuses a WebP that is shorter than it says.
pub(super) fn webp(bytes: &[u8]) -> Result<(), Rejected> {
    let size = bytes.get(4..8).and_then(<[u8]>::first_chunk::<4>);
    let size = size.map_or(u64::MAX, |size| u64::from(u32::from_le_bytes(*size)) + 8);
    let is_whole = u64::try_from(bytes.len()).is_ok_and(|length| size <= length);
    if is_whole { Ok(()) } else { Err(Rejected::Broken) }
}

/// Refuses a JPEG that has no end, and one whose coefficients, which are all held at once when it comes in
/// several scans, take too much memory.
pub(super) fn jpeg(bytes: &[u8]) -> Result<(), Rejected> {
    let mut rest = bytes.strip_prefix(b"\xFF\xD8").ok_or(Rejected::Broken)?;
    let (mut scans, mut memory) = (0_u32, 0_u64);
    while let Some((marker, after)) = next_marker(rest) {
        if marker == 0xD9 {
            let is_large = scans > 1 && memory > MEMORY;
            return if is_large { Err(Rejected::TooLarge) } else { Ok(()) };
        }
        let length =
            after.first_chunk::<2>().map(|length| usize::from(u16::from_be_bytes(*length)));
        let segment = length.and_then(|length| after.get(..length));
        let (Some(length), Some(segment)) = (length, segment) else { break };
        match marker {
            0xDA => scans += 1,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                memory = memory_of(segment).ok_or(Rejected::Broken)?;
            }
            _ => {}
        }
        rest = after.get(length..).unwrap_or_default();
    }
    Err(Rejected::Broken)
}

/// The next marker that stands for something, and what is behind it. Within the data of a scan, 0xFF is followed
/// by 0x00 or by the number of a restart.
fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let is_one = |pair: &[u8]| matches!(pair, [0xFF, 0x02..=0xCF | 0xD8..=0xFE]);
    let place = bytes.windows(2).position(is_one)?;
    let (marker, after) = bytes.get(place + 1..)?.split_first()?;
    Some((*marker, after))
}

/// Bytes of a frame's pixels and coefficients together, by its header.
fn memory_of(header: &[u8]) -> Option<u64> {
    let &[_, _, _, h1, h0, w1, w0, _, ref components @ ..] = header else { return None };
    let number = |high, low| u64::from(u16::from_be_bytes([high, low]));
    let (height, width) = (number(h1, h0), number(w1, w0));
    let factors = components.chunks_exact(3).filter_map(|component| component.get(1));
    let factors = factors.map(|both| (u64::from(both >> 4), u64::from(both & 0x0F)));
    let most = factors.clone().reduce(|most, one| (most.0.max(one.0), most.1.max(one.1)))?;
    // Blocks of 8 by 8, as many as fill the largest pieces, which hold a block of each component at least.
    let pieces = |pixels: u64, most: u64| pixels.div_ceil(8 * most.max(1));
    let all = pieces(width, most.0) * pieces(height, most.1);
    let coefficients: u64 = factors.map(|(across, down)| all * across * down * 64).sum();
    Some(coefficients * 2 + width * height * 3)
}
