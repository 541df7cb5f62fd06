//! Small pictures: made when they are first asked for, then kept.

use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use moka::future::Cache;
use tokio::sync::Semaphore;

use crate::{
    Error, Result,
    app::App,
    entity::file,
    files::service::Thumbnail,
    infra::{
        pictures::{Fit, Format, Thumb},
        sniff::sniff,
        store::{Kept, Place},
    },
};

/// How many small pictures are remembered to be kept.
const REMEMBERED: u64 = 10_000;
/// For how long: others may sweep them away.
const LIFE: Duration = Duration::from_secs(600);
/// Large pictures that are held at a time, to make small ones of them.
const AT_ONCE: usize = 4;
/// Small pictures that are kept of one picture; whoever asks for more has the oldest thrown away.
const KEPT: usize = 100;
/// Bytes by which a picture is known.
const HEAD: u64 = 64;

/// The small pictures that this server knows of.
#[derive(Debug)]
pub(in crate::server) struct Thumbnails {
    made: Cache<Place, Made>,
    turns: Semaphore,
}

/// A small picture that is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    /// Bytes.
    pub(super) size: u64,
    /// What it is.
    pub(super) media_type: &'static str,
}

impl Default for Thumbnails {
    fn default() -> Self {
        let made = Cache::builder().max_capacity(REMEMBERED).time_to_live(LIFE).build();
        Self { made, turns: Semaphore::new(AT_ONCE) }
    }
}

impl Thumbnails {
    /// The small picture of a file: made by the first who asks, while others who ask for the same wait.
    pub(super) async fn get(&self, app: &App, file: &file::Model, thumb: Thumb) -> Result<Made> {
        let place = place(file, &thumb);
        let make = Box::pin(self.make(app, file, thumb, &place));
        let made = self.made.try_get_with_by_ref(&place, make).await;
        made.map_err(|error| Error::clone(&error))
    }

    /// It is not there any more.
    pub(super) async fn forget(&self, place: &Place) {
        self.made.invalidate(place).await;
    }

    async fn make(
        &self,
        app: &App,
        file: &file::Model,
        thumb: Thumb,
        place: &Place,
    ) -> Result<Made> {
        if let Some(size) = app.store.size(place).await? {
            return Ok(Made { size, media_type: self.media_type(app, place, size).await? });
        }
        // Held by few at a time, whoever waits behind them.
        let _turn = self.turns.acquire().await.map_err(Error::internal)?;
        let picture = app.store.bytes(&Place::Blob(file.sha256.clone())).await?;
        let picture = picture.ok_or_else(|| Error::bug("a file has no bytes"))?;
        let small = Bytes::from(app.pictures.thumbnail(picture, &thumb).await?);
        let size = u64::try_from(small.len()).map_err(Error::internal)?;
        let media_type = known(&small, size)?;
        make_room(app, &file.sha256).await?;
        app.store.put(place, small).await?;
        Ok(Made { size, media_type })
    }

    async fn media_type(&self, app: &App, place: &Place, size: u64) -> Result<&'static str> {
        let head = app.store.read(place, 0..size.min(HEAD)).await?;
        let head = head.ok_or_else(|| Error::bug("a small picture is gone"))?;
        let head: Vec<Bytes> = head.try_collect().await?;
        known(&head.concat(), size)
    }
}

/// Throws away the oldest small pictures of a picture that has too many: a link may ask for any size.
async fn make_room(app: &App, sha256: &str) -> Result<()> {
    let mut kept: Vec<Kept> = app.store.thumbnails(sha256).try_collect().await?;
    let over = (kept.len() + 1).saturating_sub(KEPT);
    if over == 0 {
        return Ok(());
    }
    kept.sort_by_key(|kept| kept.at);
    for oldest in kept.iter().take(over) {
        app.store.delete(&oldest.place).await?;
    }
    Ok(())
}

/// Where the small picture is kept: under a name that says all that counts.
pub(super) fn place(file: &file::Model, thumb: &Thumb) -> Place {
    let Thumb { width, height, fit, format, focus: (x, y) } = thumb;
    let height = height.map(|height| height.to_string()).unwrap_or_default();
    let how = match fit {
        // Only what is cut is about something.
        Fit::Cover if !height.is_empty() => format!("cover-{x}-{y}"),
        Fit::Cover | Fit::Contain => "contain".to_owned(),
        Fit::ScaleDown => "down".to_owned(),
    };
    let ending = match format {
        Format::Jpeg => "jpg",
        Format::Png => "png",
        Format::Webp => "webp",
        Format::Plain => "plain",
    };
    Place::Thumbnail(file.sha256.clone(), format!("{width}x{height}-{how}.{ending}"))
}

/// What is to be made; `takes_webp` is whether the client does, where it is left to it.
pub(super) fn thumb(thumbnail: &Thumbnail, takes_webp: bool) -> Thumb {
    let Thumbnail { width, height, fit, format, focus } = *thumbnail;
    let left = if takes_webp { Format::Webp } else { Format::Plain };
    Thumb { width, height, fit, focus, format: format.unwrap_or(left) }
}

fn known(head: &[u8], size: u64) -> Result<&'static str> {
    let found = sniff(head, size).ok_or_else(|| Error::bug("a small picture is none"))?;
    Ok(found.media_type)
}
