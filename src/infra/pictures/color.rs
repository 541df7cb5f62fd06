//! The colours of a picture, which a profile in it gave a meaning that goes with the profile.

use image::DynamicImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// Bytes of the largest profile that is looked at.
const MOST: usize = 1024 * 1024;

/// Turns colours into those of screens. A profile that can't be followed is passed over: its picture looks a
/// little pale then, as it does in programs that know no profiles.
pub(super) fn to_srgb(picture: &mut DynamicImage, profile: &[u8]) {
    if profile.len() > MOST {
        return;
    }
    let Ok(from) = ColorProfile::new_from_slice(profile) else { return };
    if from.color_space != DataColorSpace::Rgb {
        return;
    }
    let (layout, row) = match picture {
        DynamicImage::ImageRgb8(_) => (Layout::Rgb, 3),
        DynamicImage::ImageRgba8(_) => (Layout::Rgba, 4),
        _ => return,
    };
    let to = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let Ok(transform) = from.create_transform_8bit(layout, &to, layout, options) else { return };
    let Some(row) = usize::try_from(picture.width()).ok().map(|width| width * row) else { return };
    let pixels: &mut [u8] = match picture {
        DynamicImage::ImageRgb8(picture) => picture,
        DynamicImage::ImageRgba8(picture) => picture,
        _ => return,
    };
    let mut before = vec![0; row];
    for row in pixels.chunks_exact_mut(row) {
        before.copy_from_slice(row);
        if transform.transform(&before, row).is_err() {
            return;
        }
    }
}
