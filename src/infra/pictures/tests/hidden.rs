//! What goes: where it was taken, comments, other files within.

use super::*;

#[test]
fn where_a_picture_was_taken_is_gone_and_it_stands_upright() {
    let jpeg = bytes_of(stripes(90, 30), Kind::Jpeg);
    let data = [b"Exif\0\0".as_slice(), &exif(6)].concat();
    let sent = with_segment(&jpeg, 0xE1, &data);
    assert!(contains(&sent, b"GPS-47.3769N"));
    let kept = tidied(&sent, Kind::Jpeg);
    for hidden in [b"GPS-47".as_slice(), b"Exif", b"MM\x00\x2A"] {
        assert!(!contains(&kept.bytes, hidden));
    }
    // Turned to the right: what was left is on top.
    assert_eq!((kept.width, kept.height), (30, 90));
    let picture = open(&kept.bytes);
    assert_eq!((picture.width(), picture.height()), (30, 90));
    for (y, color) in [(10, RED), (45, GREEN), (80, BLUE)] {
        assert_color(&picture, 15, y, color);
    }
    let upright = tidied(&with_segment(&jpeg, 0xE1, b"Exif\0\0broken"), Kind::Jpeg);
    assert_eq!((upright.width, upright.height), (90, 30));
}

#[test]
fn every_orientation_is_applied() {
    let jpeg = bytes_of(stripes(90, 30), Kind::Jpeg);
    // Where the red of the left side is then, for 1 to 8.
    let left = (5, 15);
    let right = (84, 15);
    let (top, bottom) = ((15, 5), (15, 84));
    for (orientation, (x, y)) in (1..=8).zip([left, right, right, left, top, top, bottom, bottom]) {
        let data = [b"Exif\0\0".as_slice(), &exif(orientation)].concat();
        let kept = tidied(&with_segment(&jpeg, 0xE1, &data), Kind::Jpeg);
        let size = if orientation < 5 { (90, 30) } else { (30, 90) };
        assert_eq!((kept.width, kept.height), size, "{orientation}");
        assert_color(&open(&kept.bytes), x, y, RED);
    }
}

#[test]
fn png_and_webp_lose_what_is_in_them_too() {
    let png = bytes_of(stripes(90, 30), Kind::Png);
    let hidden = [
        chunk(b"eXIf", &exif(6)),
        chunk(b"tEXt", b"Comment\0my street 5"),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x>my street 5</x>"),
        chunk(b"tIME", &[7, 234, 5, 4, 9, 30, 0]),
        chunk(b"stNd", b"my street 5"),
    ];
    let sent = [&png[..33], &hidden.concat(), &png[33..]].concat();
    let kept = tidied(&sent, Kind::Png);
    assert_eq!((kept.width, kept.height), (30, 90));
    for hidden in [b"my street".as_slice(), b"eXIf", b"tEXt", b"iTXt", b"tIME", b"stNd", b"GPS"] {
        assert!(!contains(&kept.bytes, hidden), "{}", hidden.escape_ascii());
    }

    // The simple kind, made the extended kind that can carry more.
    let webp = bytes_of(stripes(90, 30), Kind::WebP);
    let part = |name: &[u8], data: &[u8]| {
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        let padding = vec![0; data.len() % 2];
        [name, &length, data, &padding].concat()
    };
    let parts = [
        part(b"VP8X", &[0b1100, 0, 0, 0, 89, 0, 0, 29, 0, 0]),
        webp[12..].to_vec(),
        part(b"EXIF", &exif(6)),
        part(b"XMP ", b"<x>my street 5</x>"),
    ];
    let sent = part(b"RIFF", &[b"WEBP".as_slice(), &parts.concat()].concat());
    let kept = tidied(&sent, Kind::WebP);
    assert_eq!((kept.width, kept.height), (30, 90));
    assert_color(&open(&kept.bytes), 15, 10, RED);
    for hidden in [b"my street".as_slice(), b"EXIF", b"XMP ", b"GPS"] {
        assert!(!contains(&kept.bytes, hidden));
    }
}

#[test]
fn a_gif_loses_its_comments_and_what_programs_put_into_it() {
    let sent = moving(8, 8, 3, gif::Repeat::Infinite);
    // Behind the header and its palette of four.
    let (head, frames) = sent.split_at(13 + 12);
    let comment = b"\x21\xFE\x0Bmy street 5\x00";
    let program = b"\x21\xFF\x0BXMP DataXMP\x0B<x>hello</x\x00";
    let sent = [head, comment, program, frames].concat();
    assert!(gif::Decoder::new(std::io::Cursor::new(&sent)).unwrap().xmp_metadata().is_some());
    let kept = tidied(&sent, Kind::Gif);
    assert_eq!(kept.frames, 3);
    assert!(!contains(&kept.bytes, b"my street") && !contains(&kept.bytes, b"XMP"));
    assert!(contains(&kept.bytes, b"NETSCAPE2.0"));
}

#[test]
fn files_behind_a_picture_are_gone() {
    let behind = b"PK\x03\x04 a zip, or <script>alert(1)</script>";
    for kind in KINDS {
        let sent = [bytes_of(stripes(30, 30), kind), behind.to_vec()].concat();
        let kept = tidied(&sent, kind);
        assert!(
            !contains(&kept.bytes, b"PK\x03\x04") && !contains(&kept.bytes, b"<script>"),
            "{kind:?}"
        );
    }
    let comment =
        with_segment(&bytes_of(stripes(30, 30), Kind::Jpeg), 0xFE, b"<script>alert(1)</script>");
    assert!(!contains(&tidied(&comment, Kind::Jpeg).bytes, b"<script>"));
}

#[test]
fn what_was_tidied_once_stays_the_same_size_and_shape() {
    for kind in KINDS {
        let once = tidied(&bytes_of(stripes(90, 40), kind), kind);
        let twice = tidied(&once.bytes, kind);
        assert_eq!(
            (once.width, once.height, once.frames),
            (twice.width, twice.height, twice.frames)
        );
    }
}
