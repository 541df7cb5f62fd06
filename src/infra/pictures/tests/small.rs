//! Small pictures have the size that was asked for, and show what matters.

use bytes::Bytes;

use super::*;
use crate::{
    Error,
    infra::pictures::{Fit, Format, Pictures, Thumb, thumbnail},
};

fn thumb(width: u32, height: Option<u32>, fit: Fit) -> Thumb {
    Thumb { width, height, fit, format: Format::Png, focus: (500, 500) }
}

fn small(bytes: &[u8], thumb: &Thumb) -> DynamicImage {
    open(&thumbnail::make(bytes, thumb).unwrap())
}

#[test]
fn every_fit_has_its_size() {
    let sent = bytes_of(stripes(120, 60), Kind::Png);
    for (width, height, fit, expected) in [
        (40, Some(40), Fit::Cover, (40, 40)),
        (200, Some(300), Fit::Cover, (200, 300)),
        (40, None, Fit::Cover, (40, 20)),
        (240, None, Fit::Cover, (240, 120)),
        (40, Some(40), Fit::Contain, (40, 20)),
        (200, Some(10), Fit::Contain, (20, 10)),
        (300, Some(300), Fit::Contain, (300, 150)),
        (33, None, Fit::Contain, (33, 17)),
        (40, Some(40), Fit::ScaleDown, (40, 20)),
        (300, Some(300), Fit::ScaleDown, (120, 60)),
        (300, Some(30), Fit::ScaleDown, (60, 30)),
        (300, None, Fit::ScaleDown, (120, 60)),
        (1, Some(1), Fit::Contain, (1, 1)),
        (1, None, Fit::Cover, (1, 1)),
        (120, Some(60), Fit::Cover, (120, 60)),
    ] {
        let picture = small(&sent, &thumb(width, height, fit));
        assert_eq!((picture.width(), picture.height()), expected, "{width} {height:?} {fit:?}");
    }
    // As high as it would be at that width is more than there may be.
    let tall = bytes_of(stripes(3, 9_000), Kind::Png);
    let picture = small(&tall, &thumb(4_000, None, Fit::Cover));
    assert_eq!((picture.width(), picture.height()), (1, 4_096));
}

#[test]
fn the_cut_follows_the_focus() {
    let wide = bytes_of(stripes(120, 40), Kind::Jpeg);
    let tall = {
        let picture = DynamicImage::from(stripes(120, 40)).rotate90();
        bytes_of(picture, Kind::Jpeg)
    };
    for (place, color) in
        [(0, RED), (160, RED), (500, GREEN), (840, BLUE), (1_000, BLUE), (9_999, BLUE)]
    {
        let square = thumb(20, Some(20), Fit::Cover);
        let across = small(&wide, &Thumb { focus: (place, 0), ..square });
        let down = small(&tall, &Thumb { focus: (0, place), ..square });
        for (x, y) in [(3, 3), (10, 10), (16, 16)] {
            assert_color(&across, x, y, color);
            assert_color(&down, x, y, color);
        }
    }
}

#[test]
fn every_format_is_written() {
    let clear = bytes_of(half_clear(80, 80), Kind::Png);
    for (format, expected, alpha) in [
        (Format::Jpeg, image::ImageFormat::Jpeg, 255),
        (Format::Png, image::ImageFormat::Png, 0),
        (Format::Webp, image::ImageFormat::WebP, 0),
    ] {
        let asked = Thumb { format, ..thumb(40, None, Fit::Contain) };
        let written = thumbnail::make(&clear, &asked).unwrap();
        assert_eq!(image::guess_format(&written).unwrap(), expected);
        let picture = open(&written);
        assert_eq!(picture.to_rgba8().get_pixel(5, 20).0[3], alpha, "{format:?}");
        assert_color(&picture, 35, 20, RED);
        if format == Format::Jpeg {
            assert_color(&picture, 5, 20, [255; 3]);
        }
    }
}

#[test]
fn what_is_transparent_does_not_darken_the_edge() {
    // Transparent black beside white: without care the edge would be grey.
    let picture =
        RgbaImage::from_fn(64, 64, |x, _| if x < 31 { Rgba([0; 4]) } else { Rgba([255; 4]) });
    let picture = small(&bytes_of(picture, Kind::Png), &thumb(8, None, Fit::Contain)).to_rgba8();
    for pixel in picture.pixels().filter(|pixel| pixel.0[3] > 16) {
        assert!(pixel.0[..3].iter().all(|channel| *channel > 240), "{pixel:?}");
    }
}

#[test]
fn what_moves_is_shown_by_its_first_frame() {
    let sent = moving(40, 20, 3, gif::Repeat::Infinite);
    let picture = small(&sent, &thumb(10, None, Fit::Contain));
    assert_eq!((picture.width(), picture.height()), (10, 5));
    assert_color(&picture, 5, 2, RED);
}

#[tokio::test]
async fn sides_that_are_out_of_range_are_refused() {
    let pictures = Pictures::new();
    let sent = Bytes::from(bytes_of(stripes(30, 30), Kind::Gif));
    for (width, height) in [(0, None), (4_097, None), (10, Some(0)), (10, Some(4_097))] {
        let asked = thumb(width, height, Fit::Cover);
        let error = pictures.thumbnail(sent.clone(), &asked).await.unwrap_err();
        assert!(matches!(error, Error::BadRequest(_)), "{width} {height:?} {error:?}");
    }
    let asked = thumb(4_096, Some(1), Fit::Cover);
    assert_eq!(open(&pictures.thumbnail(sent, &asked).await.unwrap()).width(), 4_096);
    let none = pictures.thumbnail(Bytes::from_static(b"no picture"), &asked).await.unwrap_err();
    assert!(matches!(none, Error::Internal(_)));
}
