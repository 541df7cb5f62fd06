//! Pictures that strangers send: decoded under limits, written anew without what was hidden in them, made
//! smaller. A few at a time, off the async threads.

mod bounds;
mod color;
mod frames;
mod hash;
mod read;
mod thumbnail;
mod write;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use image::DynamicImage;
use tokio::{sync::Semaphore, task::spawn_blocking};

pub use bounds::{FRAMES, MEGAPIXELS, MEGAPIXELS_IN_ALL, SIDE};
pub use thumbnail::{Fit, Format, THUMBNAIL_SIDE, Thumb};

use crate::{Error, Result};

/// Works on pictures, on at most half the cores at a time; the others wait their turn.
#[derive(Clone, Debug)]
pub struct Pictures(Arc<Semaphore>);

/// A picture as it is kept: written anew, upright, in the colours of screens (sRGB), nothing in it but pixels.
#[derive(Clone, Debug)]
pub struct Tidied {
    /// The picture; it may be larger than what was sent.
    pub bytes: Bytes,
    /// What it is: the same as was sent.
    pub media_type: &'static str,
    /// Pixels across, once upright.
    pub width: u32,
    /// Pixels down, once upright.
    pub height: u32,
    /// Pictures in it: more than 1 moves.
    pub frames: u32,
    /// A tiny placeholder: <https://blurha.sh>.
    pub blurhash: String,
}

/// Why a picture is not taken, in words that its owner can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// It is none of the kinds that are taken.
    #[error("this is no picture that is taken here: send PNG, JPEG, GIF or WebP")]
    Unknown,
    /// It can't be read to its end.
    #[error("the picture is broken or was cut off: open it, save it again and send that")]
    Broken,
    /// It has too many pixels, or reading it would take too much memory.
    #[error(
        "the picture is too large: at most {SIDE} pixels a side and {MEGAPIXELS} million in all are taken; \
         make it smaller"
    )]
    TooLarge,
    /// It moves for too long.
    #[error(
        "the picture moves for too long: at most {FRAMES} frames, and {MEGAPIXELS_IN_ALL} million pixels in \
         all of them, are taken; make it shorter or smaller, or send a film"
    )]
    TooLong,
    /// It moves, and pictures of its kind must not.
    #[error("moving pictures are taken as GIF only: send it as GIF, or as a film")]
    Moving,
}

impl Default for Pictures {
    fn default() -> Self {
        Self::new()
    }
}

impl Pictures {
    /// Takes half the cores, one at least.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        Self(Arc::new(Semaphore::new((cores / 2).max(1))))
    }

    /// What is kept of a picture that somebody sent; `media_type` is what its bytes say that it is.
    pub async fn tidy(&self, bytes: Bytes, media_type: &str) -> Result<Tidied, Rejected> {
        let kind = Kind::named(media_type).ok_or(Rejected::Unknown)?;
        let done = self.run(move || tidy(&bytes, kind)).await;
        done.unwrap_or_else(|error| {
            // Whatever a reader of pictures stumbles over is not taken.
            tracing::warn!(%error, "a picture could not be tidied");
            Err(Rejected::Broken)
        })
    }

    /// A small picture of one that is kept; of one that moves, its first frame. A side that is out of its range
    /// is a bad request; bytes that are no picture are our own fault.
    pub async fn thumbnail(&self, bytes: Bytes, thumb: &Thumb) -> Result<Vec<u8>> {
        let thumb = thumb.checked()?;
        self.run(move || thumbnail::make(&bytes, &thumb)).await?
    }

    /// Works in its turn, which ends with the work though nobody waits for it any more.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = self.0.clone().acquire_owned().await.map_err(Error::internal)?;
        let work = move || {
            let _turn = turn;
            work()
        };
        spawn_blocking(work).await.map_err(Error::internal)
    }
}

/// The kinds of pictures that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Png,
    Jpeg,
    Gif,
    WebP,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Gif, Self::WebP];

    fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }

    fn named(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.media_type() == media_type)
    }
}

fn tidy(bytes: &[u8], kind: Kind) -> Result<Tidied, Rejected> {
    let (written, frames, picture) = match kind {
        Kind::Gif => {
            let (written, frames) = frames::copy(bytes)?;
            (written, frames, read::picture(bytes, kind)?)
        }
        Kind::Png | Kind::Jpeg | Kind::WebP => {
            let picture = read::picture(bytes, kind)?;
            (write::picture(&picture, kind)?, 1, picture)
        }
    };
    Ok(Tidied {
        bytes: written.into(),
        media_type: kind.media_type(),
        width: picture.width(),
        height: picture.height(),
        frames,
        blurhash: hash::blurhash(&picture)?,
    })
}

/// The same picture in the same kind of pixels but of this size, from a part of it (left, top, width, height).
fn resized(
    picture: &DynamicImage,
    (width, height): (u32, u32),
    (left, top, across, down): (f64, f64, f64, f64),
) -> Option<DynamicImage> {
    use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
    let mut smaller = DynamicImage::new(width, height, picture.color());
    let filter = ResizeAlg::Convolution(FilterType::Lanczos3);
    let options = ResizeOptions::new().resize_alg(filter).crop(left, top, across, down);
    Resizer::new().resize(picture, &mut smaller, &options).ok()?;
    Some(smaller)
}
