//! Reads one picture, of a moving one the first frame: upright, eight bits a channel, in the colours of screens.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, Limits,
    codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder},
    metadata::Orientation,
};

use super::{Kind, Rejected, bounds, color};

/// The picture in `bytes`, which are of this kind.
pub(super) fn picture(bytes: &[u8], kind: Kind) -> Result<DynamicImage, Rejected> {
    let source = Cursor::new(bytes);
    match kind {
        Kind::Png => {
            bounds::png(bytes)?;
            let decoder = PngDecoder::with_limits(source, limits()).map_err(reason)?;
            if decoder.is_apng().map_err(reason)? {
                return Err(Rejected::Moving);
            }
            read(decoder)
        }
        Kind::Jpeg => {
            bounds::jpeg(bytes)?;
            read(JpegDecoder::new(source).map_err(reason)?)
        }
        Kind::Gif => read(GifDecoder::new(source).map_err(reason)?),
        Kind::WebP => {
            bounds::webp(bytes)?;
            let decoder = WebPDecoder::new(source).map_err(reason)?;
            if decoder.has_animation() {
                return Err(Rejected::Moving);
            }
            read(decoder)
        }
    }
}

fn read(mut decoder: impl ImageDecoder) -> Result<DynamicImage, Rejected> {
    let (width, height) = decoder.dimensions();
    bounds::size(width, height)?;
    if decoder.total_bytes() > bounds::MEMORY {
        return Err(Rejected::TooLarge);
    }
    decoder.set_limits(limits()).map_err(reason)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().unwrap_or_default();
    let picture = DynamicImage::from_decoder(decoder).map_err(reason)?;
    let mut picture = eight_bits(picture);
    if let Some(profile) = profile {
        color::to_srgb(&mut picture, &profile);
    }
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn eight_bits(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageLuma16(_) => picture.into_luma8().into(),
        DynamicImage::ImageLumaA16(_) => picture.into_luma_alpha8().into(),
        DynamicImage::ImageRgb16(_) => picture.into_rgb8().into(),
        DynamicImage::ImageRgba16(_) => picture.into_rgba8().into(),
        picture => picture,
    }
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(bounds::SIDE);
    limits.max_image_height = Some(bounds::SIDE);
    limits.max_alloc = Some(bounds::MEMORY);
    limits
}

fn reason(error: ImageError) -> Rejected {
    match error {
        ImageError::Limits(_) => Rejected::TooLarge,
        _ => Rejected::Broken,
    }
}
