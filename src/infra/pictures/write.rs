//! Writes a picture: its pixels, and nothing else.

use image::{
    DynamicImage,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
    },
};

use super::{Kind, Rejected};

/// How true a JPEG that is kept is to its pixels, of 100.
const JPEG_QUALITY: u8 = 88;
/// The same of a WebP.
const WEBP_QUALITY: f32 = 85.0;

/// The picture in this kind; a GIF is copied frame by frame instead.
pub(super) fn picture(picture: &DynamicImage, kind: Kind) -> Result<Vec<u8>, Rejected> {
    let written = match kind {
        Kind::Jpeg => jpeg(picture, JPEG_QUALITY),
        Kind::WebP => webp(picture, WEBP_QUALITY),
        Kind::Png => png(picture),
        Kind::Gif => None,
    };
    written.ok_or(Rejected::Broken)
}

pub(super) fn png(picture: &DynamicImage) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
    encode(picture, encoder)?;
    Some(bytes)
}

/// Of a picture without alpha.
pub(super) fn jpeg(picture: &DynamicImage, quality: u8) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    encode(picture, JpegEncoder::new_with_quality(&mut bytes, quality))?;
    Some(bytes)
}

fn encode(picture: &DynamicImage, encoder: impl image::ImageEncoder) -> Option<()> {
    let (width, height) = (picture.width(), picture.height());
    encoder.write_image(picture.as_bytes(), width, height, picture.color().into()).ok()
}

pub(super) fn webp(picture: &DynamicImage, quality: f32) -> Option<Vec<u8>> {
    let (width, height) = (picture.width(), picture.height());
    let written = if picture.color().has_alpha() {
        let pixels = picture.as_rgba8().map(std::borrow::Cow::Borrowed);
        let pixels = pixels.unwrap_or_else(|| std::borrow::Cow::Owned(picture.to_rgba8()));
        webp::Encoder::from_rgba(&pixels, width, height).encode_simple(false, quality)
    } else {
        let pixels = picture.as_rgb8().map(std::borrow::Cow::Borrowed);
        let pixels = pixels.unwrap_or_else(|| std::borrow::Cow::Owned(picture.to_rgb8()));
        webp::Encoder::from_rgb(&pixels, width, height).encode_simple(false, quality)
    };
    written.ok().map(|bytes| bytes.to_vec())
}
