//! What is sent to do harm is refused, quickly and in little memory, and nothing panics.

use std::time::{Duration, Instant};

use super::*;

/// What came of it, which took less than a second.
#[track_caller]
fn quickly(bytes: &[u8], kind: Kind) -> Rejected {
    let start = Instant::now();
    let rejected = rejected(bytes, kind);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    rejected
}

/// The most memory that this process ever had, in bytes.
#[cfg(target_os = "linux")]
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[test]
fn pictures_that_blow_up_are_refused_before_they_do() {
    // Packed one thousand to one: a gigabyte of black.
    let black = black_png(30_000, 30_000);
    assert!(black.len() < 2_000_000);
    let header =
        [50_000_u32.to_be_bytes().as_slice(), &50_000_u32.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let claim =
        [b"\x89PNG\r\n\x1a\n".as_slice(), &chunk(b"IHDR", &header), &chunk(b"IEND", b"")].concat();
    #[cfg(target_os = "linux")]
    let before = most_memory();
    assert_eq!(quickly(&black, Kind::Png), Rejected::TooLarge);
    assert_eq!(tidied(&black_png(200, 100), Kind::Png).width, 200, "it is whole otherwise");
    assert_eq!(quickly(&claim, Kind::Png), Rejected::TooLarge);
    let said = Rejected::TooLarge.to_string();
    assert!(said.contains("12000 pixels a side and 40 million in all"), "{said}");
    // Within the longest side, but too many in all.
    assert_eq!(quickly(&black_png(8_000, 5_001), Kind::Png), Rejected::TooLarge);

    let mut canvas = moving(1, 1, 2, gif::Repeat::Infinite);
    canvas[6..10].copy_from_slice(&[0xFF; 4]);
    assert_eq!(quickly(&canvas, Kind::Gif), Rejected::TooLarge);

    let mut jpeg = bytes_of(stripes(30, 30), Kind::Jpeg);
    let frame = jpeg.windows(2).position(|two| two == b"\xFF\xC0").unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    assert_eq!(quickly(&jpeg, Kind::Jpeg), Rejected::TooLarge);
    // Within the limit of pixels, but in two scans, whose coefficients are held all at once.
    let mut scans = bytes_of(stripes(30, 30), Kind::Jpeg);
    let size = [6_300_u16.to_be_bytes(), 6_300_u16.to_be_bytes()].concat();
    scans[frame + 5..frame + 9].copy_from_slice(&size);
    let scan = scans.windows(2).position(|two| two == b"\xFF\xDA").unwrap();
    let again = scans[scan..].to_vec();
    scans.truncate(scans.len() - 2);
    scans.extend(again);
    let components = &mut scans[frame + 10..frame + 19];
    for factors in [1, 4, 7] {
        components[factors] = 0x44;
    }
    assert_eq!(quickly(&scans, Kind::Jpeg), Rejected::TooLarge);

    let mut webp = bytes_of(stripes(30, 30), Kind::WebP);
    let frame = webp.windows(3).position(|three| three == b"\x9D\x01\x2A").unwrap();
    webp[frame + 3..frame + 7].copy_from_slice(&[0xFF, 0x3F, 0xFF, 0x3F]);
    assert_eq!(quickly(&webp, Kind::WebP), Rejected::TooLarge);
    #[cfg(target_os = "linux")]
    assert!(most_memory() - before < 150_000_000, "other tests run beside, but not that large");
}

#[test]
fn gifs_that_never_end_are_refused() {
    // A frame of one pixel costs next to nothing, but each is painted whole.
    let palette = [RED, GREEN].concat();
    let frames = |side: u16, frames: u32| {
        let mut encoder = gif::Encoder::new(Vec::new(), side, side, &palette).unwrap();
        for _ in 0..frames {
            let frame = gif::Frame::from_indexed_pixels(1, 1, vec![0], None);
            encoder.write_frame(&frame).unwrap();
        }
        encoder.into_inner().unwrap()
    };
    assert_eq!(tidied(&frames(1, 1_000), Kind::Gif).frames, 1_000);
    assert_eq!(quickly(&frames(1, 1_001), Kind::Gif), Rejected::TooLong);
    assert_eq!(tidied(&frames(1_000, 200), Kind::Gif).frames, 200);
    assert_eq!(quickly(&frames(1_000, 201), Kind::Gif), Rejected::TooLong);
}

#[test]
fn a_frame_outside_of_its_canvas_is_refused() {
    let mut sent = moving(8, 8, 2, gif::Repeat::Finite(0));
    let frame = sent.windows(5).position(|five| five == b"\x2C\x00\x00\x00\x00").unwrap();
    sent[frame + 1] = 200;
    assert_eq!(rejected(&sent, Kind::Gif), Rejected::Broken);
}

#[test]
fn moving_pictures_of_other_kinds_are_refused() {
    let png = bytes_of(stripes(30, 30), Kind::Png);
    let control = chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    let sent = [&png[..33], &control, &png[33..]].concat();
    assert_eq!(rejected(&sent, Kind::Png), Rejected::Moving);

    let still = bytes_of(stripes(30, 30), Kind::WebP);
    let config = webp::WebPConfig::new().unwrap();
    let mut encoder = webp::AnimEncoder::new(8, 8, &config);
    let frames = [[RED; 64].concat(), [BLUE; 64].concat()];
    for (frame, at) in frames.iter().zip([0, 100]) {
        encoder.add_frame(webp::AnimFrame::from_rgb(frame, 8, 8, at));
    }
    let sent = encoder.encode().to_vec();
    assert_eq!(rejected(&sent, Kind::WebP), Rejected::Moving);
    assert!(Rejected::Moving.to_string().contains("GIF"));
    tidied(&still, Kind::WebP);
}

#[test]
fn what_was_cut_off_is_refused() {
    for kind in KINDS {
        let whole = bytes_of(stripes(90, 60), kind);
        for cut in 1..whole.len().min(60) {
            assert_eq!(
                rejected(&whole[..whole.len() - cut], kind),
                Rejected::Broken,
                "{kind:?} {cut}"
            );
        }
        for part in 0..40 {
            let cut = whole.len() * part / 40;
            assert_eq!(rejected(&whole[..cut], kind), Rejected::Broken, "{kind:?} {cut}");
        }
        assert_eq!(rejected(b"", kind), Rejected::Broken);
        tidied(&whole, kind);
    }
}

#[test]
fn what_is_another_kind_than_it_says_is_refused() {
    for kind in KINDS {
        for other in KINDS.into_iter().filter(|other| *other != kind) {
            let sent = bytes_of(stripes(30, 30), kind);
            assert_eq!(rejected(&sent, other), Rejected::Broken, "{kind:?} as {other:?}");
        }
    }
}

/// The same PNG with checksums that are right: wrong ones would hide what is behind them.
fn mended(png: &[u8]) -> Vec<u8> {
    let (head, mut rest) = png.split_at(png.len().min(8));
    let mut mended = head.to_vec();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap();
        let whole = after.get(..length.saturating_add(8));
        let (Some(name), Some(data)) =
            (after.first_chunk::<4>(), after.get(4..length.saturating_add(4)))
        else {
            break;
        };
        let Some(whole) = whole else { break };
        mended.extend(chunk(name, data));
        rest = &after[whole.len()..];
    }
    mended.extend(rest);
    mended
}

#[test]
fn no_broken_picture_makes_it_panic() {
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 1).unwrap()
    };
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let oriented = [b"Exif\0\0".as_slice(), &exif(6)].concat();
    let jpeg = bytes_of(stripes(40, 30), Kind::Jpeg);
    let sources = [
        (bytes_of(stripes(40, 30), Kind::Png), Kind::Png),
        (bytes_of(half_clear(40, 30), Kind::WebP), Kind::WebP),
        (bytes_of(stripes(40, 30), Kind::WebP), Kind::WebP),
        (with_segment(&jpeg, 0xE1, &oriented), Kind::Jpeg),
        (with_profile(&stripes(40, 30), profile), Kind::Jpeg),
        (moving(20, 15, 4, gif::Repeat::Infinite), Kind::Gif),
    ];
    let mut taken = 0;
    for turn in 0..3_000 {
        let (source, kind) = &sources[turn % sources.len()];
        let mut bytes = source.clone();
        for _ in 0..1 + random() % 6 {
            let place = random() % bytes.len();
            match random() % 4 {
                0 => bytes[place] = 0xFF,
                1 => bytes[place] ^= 1 << (random() % 8),
                2 => drop(bytes.drain(place..(place + random() % 9).min(bytes.len()))),
                _ => bytes[place] = random().to_le_bytes()[0],
            }
            if bytes.is_empty() {
                break;
            }
        }
        if *kind == Kind::Png && turn % 4 != 0 {
            bytes = mended(&bytes);
        }
        if let Ok(tidied) = tidy(&bytes, *kind) {
            taken += 1;
            assert!(tidied.width > 0 && tidied.height > 0 && tidied.frames > 0);
            assert_eq!(open(&tidied.bytes).width(), tidied.width);
        }
    }
    assert!(taken > 100, "some of them can still be read: {taken}");
}
