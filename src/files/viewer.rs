use async_graphql::{Context, InputObject, Object};

use super::{
    File, FileConnection,
    service::{self, Filter},
};
use crate::{
    Actor, Cx,
    cx::Member,
    entity::file::Kind,
    graph::{ContextExt, Result},
    page::Ask,
};

/// Narrows files; all conditions hold, a list means any of.
#[derive(Debug, Default, InputObject)]
pub struct FileFilter {
    /// Of these kinds.
    kinds: Option<Vec<Kind>>,
    /// With this in the name or the alternative text.
    text: Option<String>,
    /// Used nowhere, or (false) somewhere.
    unused: Option<bool>,
}

/// The files' part of what belongs to the person asking.
#[derive(Clone, Copy, Debug)]
pub struct FilesViewer(pub Member);

#[Object]
impl FilesViewer {
    /// Your own files, newest first.
    async fn files(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to list.")] filter: Option<FileFilter>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<FileConnection> {
        let actor = Actor::Member(self.0);
        let cx = Cx { actor: &actor, ..ctx.cx() };
        let ask = Ask::new(first, after.as_deref())?;
        let FileFilter { kinds, text, unused } = filter.unwrap_or_default();
        let filter = Filter { kinds: kinds.unwrap_or_default(), text, unused };
        let page = service::files(cx, filter, &ask).await?;
        Ok(FileConnection(page.map(File::from)))
    }
}
