//! A tiny placeholder to paint before a picture arrives.

use image::DynamicImage;

use super::{Rejected, resized, thumbnail};

/// Pixels a side that the placeholder is made of.
const SIDE: u32 = 32;

/// The blurhash of a picture, of 4 by 3 components.
pub(super) fn blurhash(picture: &DynamicImage) -> Result<String, Rejected> {
    let whole = (0.0, 0.0, f64::from(picture.width()), f64::from(picture.height()));
    let tiny = resized(picture, (SIDE, SIDE), whole).ok_or(Rejected::Broken)?;
    let tiny = DynamicImage::from(thumbnail::on_white(&tiny)).into_rgba8();
    blurhash::encode(4, 3, SIDE, SIDE, &tiny).map_err(|_| Rejected::Broken)
}
