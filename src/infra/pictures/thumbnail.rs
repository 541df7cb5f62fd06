//! Small pictures made of kept ones.

use std::ops::RangeInclusive;

use image::{DynamicImage, Rgb, RgbImage};

use super::{Kind, read, resized, write};
use crate::{Error, Result};

/// Pixels of a side of a small picture.
pub const THUMBNAIL_SIDE: RangeInclusive<u32> = 1..=4_096;

/// How true a small JPEG or WebP is to its pixels, of 100.
const JPEG_QUALITY: u8 = 82;
const WEBP_QUALITY: f32 = 80.0;

/// What small picture is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Thumb {
    /// Pixels of the box across, in [`THUMBNAIL_SIDE`].
    pub width: u32,
    /// Pixels of the box down, in [`THUMBNAIL_SIDE`]; `None` is as high as the picture is at that width.
    pub height: Option<u32>,
    /// How the picture fills the box.
    pub fit: Fit,
    /// What is written.
    pub format: Format,
    /// What must not be cut away: thousandths from the left and from the top; what is more counts as 1,000.
    pub focus: (u16, u16),
}

/// How a picture fills a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fit {
    /// Fills it; what stands out is cut away.
    Cover,
    /// Stands within it, as large as can be.
    Contain,
    /// The same, but never larger than it is.
    ScaleDown,
}

/// What small pictures are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// What is transparent becomes white.
    Jpeg,
    /// Every pixel as it is.
    Png,
    /// The smallest.
    Webp,
}

impl Thumb {
    /// Refuses sides that are out of range.
    pub(super) fn checked(&self) -> Result<Self> {
        let is_good = |side| THUMBNAIL_SIDE.contains(&side);
        if is_good(self.width) && self.height.is_none_or(is_good) {
            return Ok(*self);
        }
        let (least, most) = (THUMBNAIL_SIDE.start(), THUMBNAIL_SIDE.end());
        Err(Error::BadRequest(
            format!("the sides of a picture are {least} to {most} pixels").into(),
        ))
    }
}

/// The small picture.
pub(super) fn make(bytes: &[u8], thumb: &Thumb) -> Result<Vec<u8>> {
    let kind = match image::guess_format(bytes) {
        Ok(image::ImageFormat::Png) => Kind::Png,
        Ok(image::ImageFormat::Jpeg) => Kind::Jpeg,
        Ok(image::ImageFormat::Gif) => Kind::Gif,
        Ok(image::ImageFormat::WebP) => Kind::WebP,
        _ => return Err(Error::bug("a kept picture is none")),
    };
    let picture = read::picture(bytes, kind).map_err(Error::internal)?;
    let (size, part) = plan(picture.width(), picture.height(), thumb);
    let small =
        resized(&picture, size, part).ok_or_else(|| Error::bug("can't resize a picture"))?;
    let written = match thumb.format {
        Format::Jpeg => write::jpeg(&on_white(&small).into(), JPEG_QUALITY),
        Format::Png => write::png(&small),
        Format::Webp => write::webp(&small, WEBP_QUALITY),
    };
    written.ok_or_else(|| Error::bug("can't write a picture"))
}

/// The size of the small picture, and which part (left, top, width, height) of the large one it shows.
fn plan(width: u32, height: u32, thumb: &Thumb) -> ((u32, u32), (f64, f64, f64, f64)) {
    let whole = (0.0, 0.0, f64::from(width), f64::from(height));
    let most = *THUMBNAIL_SIDE.end();
    let within = |across: u32, down: u32| (scaled(width, height, across, down), whole);
    match (thumb.fit, thumb.height) {
        (Fit::Cover, Some(down)) => {
            ((thumb.width, down), part(width, height, (thumb.width, down), thumb.focus))
        }
        (Fit::ScaleDown, down) => within(thumb.width.min(width), down.unwrap_or(most).min(height)),
        (Fit::Cover | Fit::Contain, down) => within(thumb.width, down.unwrap_or(most)),
    }
}

/// The largest size of the same shape within a box.
fn scaled(width: u32, height: u32, across: u32, down: u32) -> (u32, u32) {
    let (w, h, a, d) = (width.into(), height.into(), across.into(), down.into());
    let side = |length: u64, to: u64, from: u64, most: u32| {
        u32::try_from((length * to + from / 2) / from.max(1)).unwrap_or(most).clamp(1, most)
    };
    if d * w < a * h { (side(w, d, h, across), down) } else { (across, side(h, a, w, down)) }
}

/// The largest part of the shape of a box, its middle as near to the focus as can be.
fn part(
    width: u32,
    height: u32,
    (across, down): (u32, u32),
    (x, y): (u16, u16),
) -> (f64, f64, f64, f64) {
    let (w, h, a, d) = (width.into(), height.into(), f64::from(across), f64::from(down));
    let (part_w, part_h): (f64, f64) = if a * h >= d * w { (w, w * d / a) } else { (h * a / d, h) };
    let start = |focus: u16, all: f64, part: f64| {
        let middle = f64::from(focus.min(1_000)) / 1_000.0 * all;
        (middle - part / 2.0).clamp(0.0, (all - part).max(0.0))
    };
    (start(x, w, part_w), start(y, h, part_h), part_w, part_h)
}

/// The picture as it looks on white paper.
pub(super) fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let picture = picture.to_rgba8();
    let mut paper = RgbImage::new(picture.width(), picture.height());
    for (onto, pixel) in paper.pixels_mut().zip(picture.pixels()) {
        let [red, green, blue, alpha] = pixel.0.map(u32::from);
        let mix = |channel: u32| {
            u8::try_from((channel * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
        };
        *onto = Rgb([mix(red), mix(green), mix(blue)]);
    }
    paper
}
