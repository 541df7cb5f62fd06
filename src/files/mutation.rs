use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::{
    File,
    service::{self, Changes, NewFile},
};
use crate::{
    entity::file::Visibility,
    graph::{ContextExt, Result, Upload, UserError, decode, encode, maybe, payload, settle},
};

/// A small file, sent within a multipart request.
#[derive(Debug, InputObject)]
pub struct FileUploadInput {
    /// The file; at most 8 MB.
    upload: Upload,
    /// What you call it, at most 255 characters; left out, as the part of the request does.
    name: Option<String>,
    /// What a picture shows, for who does not see it; at most 1,000 characters.
    alt_text: Option<String>,
    /// Who may fetch it, beside those who see what it will hang on.
    #[graphql(default_with = "Visibility::Private")]
    visibility: Visibility,
    /// Your name for this call: the same one within 24 hours answers the first file again.
    client_key: Option<String>,
}

/// Changes to a file: what is left out stays, null clears.
#[derive(Debug, InputObject)]
pub struct FileUpdateInput {
    /// What you call it: 1 to 255 characters.
    name: Option<String>,
    /// What a picture shows, for who does not see it; at most 1,000 characters.
    alt_text: MaybeUndefined<String>,
    /// What stands below it; at most 1,000 characters.
    caption: MaybeUndefined<String>,
    /// Who may fetch it from now on, beside those who see what it hangs on. What was public may still be kept by
    /// browsers and by servers between.
    visibility: Option<Visibility>,
    /// What a picture is about, from the left: 0 to 1. Smaller pictures keep it in sight.
    focus_x: Option<f64>,
    /// The same, from the top.
    focus_y: Option<f64>,
}

payload!(
    /// Answer about a file.
    FilePayload {
        /// The file as it is now; null when nothing was done.
        file: File
    }
);

/// Answer about files.
#[derive(SimpleObject)]
pub struct FilesPayload {
    /// The files, as they were before they were deleted.
    files: Vec<File>,
    /// The ids of what was deleted: drop them from your cache.
    deleted_ids: Vec<ID>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    user_errors: Vec<UserError>,
}

/// The files' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "FileMutation")]
impl Mutation {
    /// Store a small file in one go: send this in a multipart request
    /// (<https://github.com/jaydenseric/graphql-multipart-request-spec>) with the header `GraphQL-Require-Preflight`.
    async fn file_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to store.")] input: FileUploadInput,
    ) -> Result<FilePayload> {
        let (sent_name, content) = input.upload.open(ctx)?;
        let new = NewFile {
            name: input.name.or(sent_name).unwrap_or_default(),
            alt_text: input.alt_text,
            visibility: input.visibility,
        };
        let (path, key) = (["input", "upload"], input.client_key.as_deref());
        let file = service::store_small(ctx.cx(), new, content, &path, key).await;
        FilePayload::settle(ctx, file.map(File::from)).await
    }

    /// Change what is said of a file of yours, and who may fetch it. Its bytes never change.
    async fn file_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "What to change.")] input: FileUpdateInput,
    ) -> Result<FilePayload> {
        let changes = Changes {
            name: input.name,
            alt_text: maybe(input.alt_text),
            caption: maybe(input.caption),
            visibility: input.visibility,
            focus_x: input.focus_x,
            focus_y: input.focus_y,
        };
        let file = service::update(ctx.cx(), decode("file", &id), changes).await;
        FilePayload::settle(ctx, file.map(File::from)).await
    }

    /// Delete files of yours, all or none. One that is used somewhere is STATE_NOT_ALLOWED, and says where.
    async fn files_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; at most 100.")] ids: Vec<ID>,
    ) -> Result<FilesPayload> {
        let ids: Vec<_> = ids.iter().map(|id| decode("file", id)).collect();
        let (files, user_errors) = settle(ctx, service::delete(ctx.cx(), &ids).await).await?;
        let files: Vec<File> = files.unwrap_or_default().into_iter().map(File::from).collect();
        let deleted_ids = files.iter().map(|file| encode("file", file.0.id)).collect();
        Ok(FilesPayload { files, deleted_ids, user_errors })
    }
}
