//! What stays: the kind, the size, the colours, what moves.

use bytes::Bytes;
use image::DynamicImage;

use super::*;
use crate::infra::pictures::Pictures;

#[test]
fn a_picture_keeps_its_kind_its_size_and_its_colours() {
    for kind in KINDS {
        let tidied = tidied(&bytes_of(stripes(90, 40), kind), kind);
        assert_eq!(tidied.media_type, kind.media_type());
        assert_eq!((tidied.width, tidied.height, tidied.frames), (90, 40, 1));
        assert_eq!(image::guess_format(&tidied.bytes).unwrap().to_mime_type(), tidied.media_type);
        let picture = open(&tidied.bytes);
        assert_eq!((picture.width(), picture.height()), (90, 40));
        for (x, color) in [(10, RED), (45, GREEN), (80, BLUE)] {
            assert_color(&picture, x, 20, color);
        }
        let placeholder = blurhash::decode(&tidied.blurhash, 90, 40, 1.0).unwrap();
        let placeholder = image::RgbaImage::from_raw(90, 40, placeholder).unwrap();
        let [r, g, b, _] = placeholder.get_pixel(5, 20).0;
        assert!(r > g && r > b, "red on the left: {r} {g} {b}");
        let [r, g, b, _] = placeholder.get_pixel(85, 20).0;
        assert!(b > r && b > g, "blue on the right: {r} {g} {b}");
    }
}

#[test]
fn what_is_transparent_stays_so() {
    for kind in [Kind::Png, Kind::WebP, Kind::Gif] {
        let picture = open(&tidied(&bytes_of(half_clear(40, 40), kind), kind).bytes).to_rgba8();
        assert_eq!(picture.get_pixel(5, 20).0[3], 0, "{kind:?}");
        assert_eq!(picture.get_pixel(35, 20).0[3], 255, "{kind:?}");
    }
}

#[test]
fn pixels_of_all_depths_are_read() {
    let grey = image::GrayImage::from_pixel(20, 10, image::Luma([77]));
    let deep =
        image::ImageBuffer::from_pixel(20, 10, image::Rgba([60_000_u16, 1_000, 30_000, 65_535]));
    for kind in [Kind::Png, Kind::Jpeg] {
        let picture = open(&tidied(&bytes_of(grey.clone(), kind), kind).bytes);
        assert_eq!(picture.color(), image::ColorType::L8, "{kind:?}");
        assert_color(&picture, 3, 3, [77; 3]);
    }
    let deep = bytes_of(DynamicImage::ImageRgba16(deep), Kind::Png);
    let picture = open(&tidied(&deep, Kind::Png).bytes);
    assert_eq!(picture.color(), image::ColorType::Rgba8);
    assert_eq!(picture.to_rgba8().get_pixel(3, 3).0, [233, 4, 117, 255]);
}

#[test]
fn a_moving_gif_keeps_its_frames_its_delays_and_how_often_it_plays() {
    for repeat in [gif::Repeat::Infinite, gif::Repeat::Finite(3), gif::Repeat::Finite(0)] {
        let sent = moving(24, 16, 7, repeat);
        let tidied = tidied(&sent, Kind::Gif);
        assert_eq!((tidied.width, tidied.height, tidied.frames), (24, 16, 7));
        let read = |bytes: &[u8]| {
            let mut decoder = gif::Decoder::new(std::io::Cursor::new(bytes.to_vec())).unwrap();
            assert_eq!(decoder.repeat(), repeat);
            let mut frames = Vec::new();
            while let Some(frame) = decoder.read_next_frame().unwrap() {
                let what = (frame.delay, frame.dispose, frame.transparent, frame.left, frame.top);
                frames.push((what, frame.buffer.to_vec()));
            }
            frames
        };
        let frames = read(&tidied.bytes);
        assert_eq!(frames, read(&sent));
        assert_eq!(frames[2].0.0, 12);
    }
}

#[test]
fn an_interlaced_gif_has_its_lines_in_order() {
    let palette: Vec<u8> = (0..16).flat_map(|grey| [grey * 16; 3]).collect();
    let mut encoder = gif::Encoder::new(Vec::new(), 4, 16, &palette).unwrap();
    // As interlaced files hold them: every 8th line, the 4th between them, and so on.
    let order = [0, 8, 4, 12, 2, 6, 10, 14, 1, 3, 5, 7, 9, 11, 13, 15];
    let pixels: Vec<u8> = order.iter().flat_map(|line| [*line; 4]).collect();
    let mut frame = gif::Frame::from_indexed_pixels(4, 16, pixels, None);
    frame.interlaced = true;
    encoder.write_frame(&frame).unwrap();
    let sent = encoder.into_inner().unwrap();
    let picture = open(&tidied(&sent, Kind::Gif).bytes).to_rgb8();
    for line in 0..16_u8 {
        assert_eq!(picture.get_pixel(1, line.into()).0, [line * 16; 3], "{line}");
    }
}

#[test]
fn colours_are_those_of_screens_once_their_profile_is_gone() {
    // The red of these screens is out of reach of others; a middle green is not.
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let green = RgbImage::from_pixel(16, 16, Rgb([100, 180, 100]));
    let sent = with_profile(&green, profile);
    assert!(contains(&sent, b"ICC_PROFILE"));
    let tidied = tidied(&sent, Kind::Jpeg);
    assert!(!contains(&tidied.bytes, b"ICC_PROFILE"));
    let Rgb([red, green, blue]) = *open(&tidied.bytes).to_rgb8().get_pixel(8, 8);
    assert!(red < 90 && green > 178 && blue < 98, "{red} {green} {blue}");
    // One that can't be followed changes nothing.
    let plain = RgbImage::from_pixel(16, 16, Rgb([100, 180, 100]));
    let picture =
        open(&super::tidied(&with_profile(&plain, b"no profile".repeat(20)), Kind::Jpeg).bytes);
    assert_color(&picture, 8, 8, [100, 180, 100]);
}

#[tokio::test]
async fn whatever_comes_at_once_has_its_turn() {
    let pictures = Pictures::new();
    let sent = Bytes::from(bytes_of(stripes(30, 30), Kind::Png));
    let all = (0..20).map(|_| pictures.tidy(sent.clone(), "image/png"));
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().all(|tidied| tidied.as_ref().is_ok_and(|tidied| tidied.width == 30)));
    // Who gives up waiting takes nobody's turn away.
    for _ in 0..20 {
        drop(
            tokio::time::timeout(
                std::time::Duration::ZERO,
                pictures.tidy(sent.clone(), "image/png"),
            )
            .await,
        );
    }
    pictures.tidy(sent.clone(), "image/png").await.unwrap();
    let unknown = pictures.tidy(sent.clone(), "image/svg+xml").await.map(|_| ()).unwrap_err();
    assert_eq!(unknown, Rejected::Unknown);
    // What it is called does not make it so.
    let wrong = pictures.tidy(sent, "image/jpeg").await.map(|_| ()).unwrap_err();
    assert_eq!(wrong, Rejected::Broken);
}
