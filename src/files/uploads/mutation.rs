use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::UploadSession;
use crate::{
    entity::file::Visibility,
    files::{
        File,
        service::uploads::{self, NewUpload, Started},
    },
    graph::{ByteSize, ContextExt, DeletePayload, Result, UserError, decode, encode, settle},
};

/// A file to be sent.
#[derive(Debug, InputObject)]
pub struct UploadStartInput {
    /// What it is called, 255 characters at most; folders and what can't be seen are cut off.
    name: String,
    /// Its bytes: 1 at least, as many as the server takes of one file at most.
    size: ByteSize,
    /// What it is said to be: `image/png`. Its bytes decide.
    media_type: Option<String>,
    /// SHA-256 of its bytes, 64 hexadecimal digits. Bytes that you have stored before need not be sent again; bytes that
    /// come out otherwise are refused.
    sha256: Option<String>,
    /// What a picture shows, for who does not see it; at most 1,000 characters.
    alt_text: Option<String>,
    /// Who may fetch it, beside those who see what it hangs on.
    #[graphql(default_with = "Visibility::Private")]
    visibility: Visibility,
    /// Your name for this call: the same one within 24 hours answers the first upload again.
    client_key: Option<String>,
}

/// Answer about an upload.
#[derive(SimpleObject)]
pub struct UploadPayload {
    /// The upload: send the bytes to its `url`. Null when nothing was done, or nothing need be sent.
    upload: Option<UploadSession>,
    /// The file, where you have stored the same bytes before: nothing need be sent.
    file: Option<File>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    user_errors: Vec<UserError>,
}

/// The uploads' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "UploadMutation")]
impl Mutation {
    /// Announce a file, and keep room for it in your storage; then send its bytes to the answer's `url`. At most 20
    /// uploads are on the way at a time.
    async fn upload_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: UploadStartInput,
    ) -> Result<UploadPayload> {
        let UploadStartInput { name, size, media_type, sha256, alt_text, visibility, client_key } =
            input;
        let size = size.0;
        let new = NewUpload { name, size, media_type, sha256, alt_text, visibility, client_key };
        let started = Box::pin(uploads::start(ctx.cx(), new)).await;
        let (started, user_errors) = settle(ctx, started).await?;
        let (upload, file) = match started {
            Some(Started::Upload(upload)) => (Some(UploadSession(upload.into())), None),
            Some(Started::File(file)) => (None, Some(File(file.into()))),
            None => (None, None),
        };
        Ok(UploadPayload { upload, file, user_errors })
    }

    /// Throw away an upload with all that was sent; the room that it kept is free again.
    async fn upload_abort(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<DeletePayload> {
        let aborted = Box::pin(uploads::abort(ctx.cx(), decode("upload", &id))).await;
        DeletePayload::settle(ctx, aborted.map(|id| vec![encode("upload", id)])).await
    }
}
