use async_graphql::{Enum, SimpleObject};

use crate::{
    Error, Result,
    entity::file::{self, Kind},
    files::service::Thumbnail,
    infra::pictures::{Fit, Format, THUMBNAIL_SIDE},
};

/// How a picture fills a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ImageFit {
    /// Fills it; what stands out is cut away, what the picture is about last.
    Cover,
    /// Stands within it, as large as can be.
    Contain,
    /// The same, but never larger than it is.
    ScaleDown,
}

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ImageFormat {
    /// As the browser takes it: WebP, else PNG where something is transparent, else JPEG.
    Auto,
    /// What is transparent becomes white.
    Jpeg,
    /// Every pixel as it is.
    Png,
    /// The smallest.
    Webp,
}

/// What a layout needs before the picture arrives.
#[derive(Debug, SimpleObject)]
pub struct ImageInfo {
    /// Pixels across.
    width: i32,
    /// Pixels down.
    height: i32,
    /// A tiny placeholder to paint first: <https://blurha.sh>.
    blurhash: Option<String>,
    /// What it is about, from the left: 0 to 1.
    focus_x: f64,
    /// The same, from the top.
    focus_y: f64,
    /// Whether it moves.
    is_animated: bool,
}

impl ImageInfo {
    /// Of a file that is a picture.
    pub(super) fn of(file: &file::Model) -> Option<Self> {
        Some(Self {
            width: file.width?,
            height: file.height?,
            blurhash: file.blurhash.clone(),
            focus_x: f64::from(file.focus_x) / 1_000.0,
            focus_y: f64::from(file.focus_y) / 1_000.0,
            is_animated: file.frames.is_some_and(|frames| frames > 1),
        })
        .filter(|_| file.kind == Kind::Image)
    }
}

/// What is to be made of a picture, if the file is one.
pub(super) fn thumbnail(
    file: &file::Model,
    (width, height): (i32, Option<i32>),
    fit: ImageFit,
    format: ImageFormat,
) -> Result<Option<Thumbnail>> {
    let width = side("width", width)?;
    let height = height.map(|height| side("height", height)).transpose()?;
    let focus = |part| u16::try_from(part).unwrap_or(500);
    let thumbnail = Thumbnail {
        width,
        height,
        fit: match fit {
            ImageFit::Cover => Fit::Cover,
            ImageFit::Contain => Fit::Contain,
            ImageFit::ScaleDown => Fit::ScaleDown,
        },
        format: match format {
            ImageFormat::Auto => None,
            ImageFormat::Jpeg => Some(Format::Jpeg),
            ImageFormat::Png => Some(Format::Png),
            ImageFormat::Webp => Some(Format::Webp),
        },
        focus: (focus(file.focus_x), focus(file.focus_y)),
    };
    Ok((file.kind == Kind::Image).then_some(thumbnail))
}

fn side(name: &str, pixels: i32) -> Result<u32> {
    let (least, most) = (THUMBNAIL_SIDE.start(), THUMBNAIL_SIDE.end());
    u32::try_from(pixels)
        .ok()
        .filter(|pixels| THUMBNAIL_SIDE.contains(pixels))
        .ok_or_else(|| Error::BadRequest(format!("`{name}` must be {least} to {most}").into()))
}
