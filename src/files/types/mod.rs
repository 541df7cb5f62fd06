//! Files as the graph shows them.

mod picture;

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use futures_util::future::try_join_all;

pub use self::picture::{ImageFit, ImageFormat, ImageInfo};
use super::{
    Loaders, policy,
    service::{self, On},
};
use crate::{
    clock::made_at,
    entity::{
        file::{self, Kind, Visibility},
        file_use::Place,
    },
    graph::{ByteSize, ContextExt, DateTime, Result, Url, connection, encode, lane},
    members::Profile,
    node::{self, Node},
    page::Ask,
};

/// A stored file. A file that hangs on something is seen by whoever sees that thing. Bytes travel over plain HTTP: by
/// `url` and `thumbnail`.
#[derive(Clone, Debug)]
pub struct File(pub Arc<file::Model>);

impl File {
    /// The files in a place of something that the caller sees, in their order.
    pub async fn hung(ctx: &Context<'_>, on: On, place: Place) -> Result<Vec<Self>> {
        let loaders = ctx.loaders().of::<Loaders>();
        let files = loaders.hung_on(on, place, lane(ctx)).await?;
        Ok(files.iter().cloned().map(Self).collect())
    }

    /// The one file in a place that holds one.
    pub async fn one(ctx: &Context<'_>, on: On, place: Place) -> Option<Result<Self>> {
        let file = ctx.loaders().of::<Loaders>().one_on(on, place, lane(ctx)).await;
        file.map(|file| file.map(Self)).map_err(Into::into).transpose()
    }
}

/// A stored file. A file that hangs on something is seen by whoever sees that thing. Bytes travel over plain HTTP: by
/// `url` and `thumbnail`.
#[Object]
impl File {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("file", self.0.id)
    }

    /// As its owner calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What the bytes are, as they themselves tell: `image/png`.
    async fn media_type(&self) -> &str {
        &self.0.media_type
    }

    /// How many bytes it has.
    async fn size(&self) -> ByteSize {
        self.0.size.into()
    }

    /// SHA-256 of the bytes, in lower-case hexadecimal digits.
    async fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// Broadly what it is.
    async fn file_kind(&self) -> Kind {
        self.0.kind
    }

    /// What a picture shows, for who does not see it.
    async fn alt_text(&self) -> Option<&str> {
        self.0.alt_text.as_deref()
    }

    /// What stands below it.
    async fn caption(&self) -> Option<&str> {
        self.0.caption.as_deref()
    }

    /// Who may fetch it, beside those who see what it hangs on.
    async fn visibility(&self) -> Visibility {
        self.0.visibility
    }

    /// When it was stored.
    async fn created_at(&self) -> DateTime {
        made_at(self.0.id).into()
    }

    /// Who stored it; null when you may not see them.
    async fn uploaded_by(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        let loaders = ctx.loaders().of::<Loaders>();
        let owner = Box::pin(loaders.owner(self.0.owner_id, lane(ctx))).await;
        owner.map(|owner| owner.map(Profile::face)).map_err(Into::into).transpose()
    }

    /// Where its bytes are, for whoever has the address. Of a public file it does not change; of any other it is good
    /// for 5 to 10 minutes: ask anew rather than keep it. Pictures, films and sound may be shown in pages, everything
    /// else is only ever downloaded.
    async fn url(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = false, desc = "Whether browsers keep it, whatever it is.")]
        download: bool,
    ) -> Url {
        Url(service::link(ctx.cx().app, &self.0, download))
    }

    /// Where a smaller picture of it is, as `url`: made when it is first fetched, then kept. Null unless it is a picture;
    /// of one that moves it is the first frame.
    async fn thumbnail(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Pixels across, 1 to 4096.")] width: i32,
        #[graphql(desc = "Pixels down, 1 to 4096; left out, it keeps the proportions.")]
        height: Option<i32>,
        #[graphql(default_with = "ImageFit::Cover", desc = "How it fills the box.")] fit: ImageFit,
        #[graphql(default_with = "ImageFormat::Auto", desc = "What it is written as.")]
        format: ImageFormat,
    ) -> Option<Result<Url>> {
        let thumbnail = picture::thumbnail(&self.0, (width, height), fit, format);
        let link = |thumbnail| Url(service::thumbnail_link(ctx.cx().app, &self.0, &thumbnail));
        thumbnail.map(|thumbnail| thumbnail.map(link)).map_err(Into::into).transpose()
    }

    /// What shows it, of what you may see; the latest use first.
    async fn used_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.")] first: i32,
    ) -> Result<Vec<Node>> {
        let ask = Ask::new(first, None)?;
        let uses = ctx.loaders().of::<Loaders>().uses_of(self.0.id, ask).await?;
        let mut things: Vec<On> = Vec::new();
        for on in uses.items.iter().filter_map(|(_, used)| On::of(used)) {
            if !things.contains(&on) {
                things.push(on);
            }
        }
        let found = things.into_iter().map(|on| Box::pin(node::of(ctx, on.kind(), on.key())));
        Ok(try_join_all(found).await?.into_iter().flatten().collect())
    }

    /// What a layout needs before the picture arrives; null unless it is a picture.
    async fn image(&self) -> Option<ImageInfo> {
        ImageInfo::of(&self.0)
    }

    /// You and this file; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<FileViewer> {
        ctx.cx().actor.id().map(|_| FileViewer(self.0.clone()))
    }
}

impl From<file::Model> for File {
    fn from(row: file::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// You and a file: what you may do.
#[derive(Debug)]
pub struct FileViewer(Arc<file::Model>);

/// You and a file: what you may do.
#[Object]
impl FileViewer {
    /// Whether you stored it.
    async fn is_owner(&self, ctx: &Context<'_>) -> bool {
        ctx.cx().actor.is(self.0.owner_id)
    }

    /// Whether `fileUpdate` would be allowed.
    async fn can_edit(&self, ctx: &Context<'_>) -> bool {
        policy::edit(ctx.cx().actor, &self.0).is_ok()
    }

    /// Whether `filesDelete` would be allowed, once it is used nowhere.
    async fn can_delete(&self, ctx: &Context<'_>) -> bool {
        policy::edit(ctx.cx().actor, &self.0).is_ok()
    }
}

connection!(
    /// A page of files.
    FileConnection,
    /// One of the files on a page.
    FileEdge of File,
);
