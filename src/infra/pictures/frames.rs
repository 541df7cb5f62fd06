//! Copies a GIF frame by frame, pixel for pixel: comments, profiles and whatever stands behind its end stay
//! behind.

use std::num::NonZeroU64;

use gif::{ColorOutput, DecodeOptions, DecodingError, Encoder, MemoryLimit};

use super::{Rejected, bounds};

/// The same GIF, written anew, and how many frames it has.
pub(super) fn copy(bytes: &[u8]) -> Result<(Vec<u8>, u32), Rejected> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.check_frame_consistency(true);
    if let Some(most) = NonZeroU64::new(bounds::MEMORY) {
        options.set_memory_limit(MemoryLimit::Bytes(most));
    }
    let mut decoder = options.read_info(bytes).map_err(|error| reason(&error))?;
    let (width, height) = (decoder.width(), decoder.height());
    bounds::size(width.into(), height.into())?;
    let palette = decoder.global_palette().unwrap_or_default();
    let mut encoder = Encoder::new(Vec::with_capacity(bytes.len()), width, height, palette)
        .map_err(|_| Rejected::Broken)?;
    // A GIF that says nothing plays once.
    encoder.set_repeat(decoder.repeat()).map_err(|_| Rejected::Broken)?;
    let mut frames = 0_u32;
    while let Some(frame) = decoder.read_next_frame().map_err(|error| reason(&error))? {
        frames += 1;
        let pixels = u64::from(frames) * u64::from(width) * u64::from(height);
        if frames > bounds::FRAMES || pixels > bounds::MEGAPIXELS_IN_ALL * 1_000_000 {
            return Err(Rejected::TooLong);
        }
        let mut frame = frame.clone();
        // Its lines were put in order as they were read.
        frame.interlaced = false;
        frame.needs_user_input = false;
        encoder.write_frame(&frame).map_err(|_| Rejected::Broken)?;
    }
    let written = encoder.into_inner().map_err(|_| Rejected::Broken)?;
    if frames == 0 { Err(Rejected::Broken) } else { Ok((written, frames)) }
}

fn reason(error: &DecodingError) -> Rejected {
    match error {
        DecodingError::MemoryLimit | DecodingError::OutOfMemory => Rejected::TooLarge,
        _ => Rejected::Broken,
    }
}
