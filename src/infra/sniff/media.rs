//! Sound and films.

use super::{Sniffed, at};
use crate::entity::file::Kind;

/// Brands of MP4, as the registry of its makers has them.
const FILMS: &[&[u8; 4]] = &[
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41",
    b"mp42", b"mp71", b"avc1", b"M4V ", b"M4VP", b"M4VH", b"MSNV", b"dash", b"XAVC",
];

/// The film or sound that begins with `head`, if it does.
pub(super) fn sound_or_film(head: &[u8]) -> Option<Sniffed> {
    let sound = |media_type| Some(Sniffed { media_type, kind: Kind::Audio });
    let film = |media_type| Some(Sniffed { media_type, kind: Kind::Video });
    if let Some(brand) = brand(head) {
        return match brand {
            b"qt  " => film("video/quicktime"),
            b"M4A " | b"M4B " => sound("audio/mp4"),
            brand if FILMS.contains(&brand) => film("video/mp4"),
            // Pictures come as brands, too.
            _ => None,
        };
    }
    match () {
        () if is_webm(head) => film("video/webm"),
        () if is_sound_in_ogg(head) => sound("audio/ogg"),
        () if at(head, 0, b"RIFF") && at(head, 8, b"WAVE") => sound("audio/wav"),
        () if is_flac(head) => sound("audio/flac"),
        () if has_id3(head) || is_mp3(head) => sound("audio/mpeg"),
        () => None,
    }
}

/// The brand of an ISO media file. Its first box is small, so that its size can't be read as text.
fn brand(head: &[u8]) -> Option<&[u8; 4]> {
    let (size, rest) = head.split_first_chunk::<4>()?;
    let brand = rest.strip_prefix(b"ftyp")?.first_chunk::<4>()?;
    (16..=4_096).contains(&u32::from_be_bytes(*size)).then_some(brand)
}

fn is_webm(head: &[u8]) -> bool {
    let start = head.get(..256).unwrap_or(head);
    at(head, 0, b"\x1A\x45\xDF\xA3") && start.windows(7).any(|seven| seven == b"\x42\x82\x84webm")
}

/// Its first page says what is in it.
fn is_sound_in_ogg(head: &[u8]) -> bool {
    let Some(segments) = head.get(26) else { return false };
    let codec = 27 + usize::from(*segments);
    let sounds: &[&[u8]] = &[b"\x01vorbis", b"OpusHead", b"\x7FFLAC", b"Speex   "];
    at(head, 0, b"OggS\x00") && sounds.iter().any(|sound| at(head, codec, sound))
}

/// Its first block is about the whole, and always as long.
fn is_flac(head: &[u8]) -> bool {
    at(head, 0, b"fLaC\x00\x00\x00\x22") || at(head, 0, b"fLaC\x80\x00\x00\x22")
}

fn has_id3(head: &[u8]) -> bool {
    let Some([version, _, flags, size @ ..]) =
        head.strip_prefix(b"ID3").and_then(<[u8]>::first_chunk::<7>)
    else {
        return false;
    };
    (2..=4).contains(version) && flags & 0x0F == 0 && size.iter().all(|byte| *byte < 0x80)
}

/// Two frames one behind the other: the mark of a frame alone is eleven bits, which is no proof.
fn is_mp3(head: &[u8]) -> bool {
    frame(head).is_some_and(|length| head.get(length..).is_some_and(|next| frame(next).is_some()))
}

/// Bytes of the frame of MPEG layer III that begins here.
fn frame(bytes: &[u8]) -> Option<usize> {
    const MPEG_1: [usize; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const MPEG_2: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    const HERTZ: [usize; 3] = [44_100, 48_000, 32_000];
    let [0xFF, second, third] = *bytes.first_chunk::<3>()? else { return None };
    if second & 0b1110_0110 != 0b1110_0010 {
        return None;
    }
    let rate = usize::from(third >> 4).checked_sub(1)?;
    let hertz = HERTZ.get(usize::from(third >> 2 & 0b11))?;
    let padding = usize::from(third >> 1 & 1);
    let (kilobits, hertz, samples) = match second >> 3 & 0b11 {
        0b11 => (MPEG_1.get(rate)?, *hertz, 144_000),
        0b10 => (MPEG_2.get(rate)?, hertz / 2, 72_000),
        0b00 => (MPEG_2.get(rate)?, hertz / 4, 72_000),
        _ => return None,
    };
    Some(samples * kilobits / hertz + padding)
}
