use async_graphql::{Context, Object, SimpleObject};

use crate::{
    config::{Config, Registration},
    contact::{Challenge, ChallengePurpose},
    files::policy::inline_bytes,
    graph::{ByteSize, ContextExt, RequestErrorCode, Result, Url},
    infra::sniff::MEDIA_TYPES,
    page,
};

/// The hash of the schema that is served, made once when it is built.
#[derive(Clone, Debug)]
pub struct SchemaHash(pub String);

/// What every client must know before anybody signs in: names, limits, ways in.
#[derive(Debug)]
pub struct Server;

/// What every client must know before anybody signs in: names, limits, ways in.
#[Object]
impl Server {
    /// What the community is called.
    async fn name<'a>(&self, ctx: &Context<'a>) -> &'a str {
        &config(ctx).name
    }

    /// A line about it.
    async fn tagline<'a>(&self, ctx: &Context<'a>) -> Option<&'a str> {
        config(ctx).tagline.as_deref()
    }

    /// Where the server is reached.
    async fn url(&self, ctx: &Context<'_>) -> Url {
        Url(config(ctx).public_url())
    }

    /// The version of the program, Semantic Versioning 2.0.
    async fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// Changes when the schema does; reload your generated types when it differs.
    async fn schema_hash<'a>(&self, ctx: &Context<'a>) -> Result<&'a str> {
        let hash = ctx.data_opt::<SchemaHash>();
        Ok(&hash.ok_or_else(|| crate::Error::bug("the schema was built without its hash"))?.0)
    }

    /// How one becomes a member.
    async fn registration(&self, ctx: &Context<'_>) -> Registration {
        config(ctx).registration
    }

    /// What a password must satisfy; the server checks it again.
    async fn password_policy(&self) -> PasswordPolicy {
        PasswordPolicy { min_length: 8, max_length: 256 }
    }

    /// Limits to show and to check before sending.
    async fn limits(&self, ctx: &Context<'_>) -> ServerLimits {
        let limits = &config(ctx).limits;
        ServerLimits {
            max_page_size: page::MAX,
            max_depth: i32::try_from(limits.depth).unwrap_or(i32::MAX),
            max_cost: i32::try_from(limits.cost).unwrap_or(i32::MAX),
            note_max_length: 5_000,
            article_max_length: 100_000,
            comment_max_length: 5_000,
            bio_max_length: 5_000,
            tags_max: 10,
            file_max_size: ByteSize(config(ctx).file_bytes),
            inline_upload_max_size: ByteSize(inline_bytes(config(ctx))),
            storage_quota: ByteSize(config(ctx).storage_quota),
            allowed_file_types: MEDIA_TYPES.to_vec(),
        }
    }

    /// Proof of work for what nobody need sign in for; no third party is involved.
    async fn challenge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is wanted for.")] purpose: ChallengePurpose,
    ) -> Challenge {
        Challenge::new(ctx, purpose)
    }

    /// Every value of `extensions.code` that a top-level error may carry.
    async fn request_error_codes(&self) -> Vec<RequestErrorCode> {
        RequestErrorCode::ALL.to_vec()
    }
}

fn config<'a>(ctx: &Context<'a>) -> &'a Config {
    &ctx.execution().app.config
}

/// What a password must satisfy; one that is easy to guess is refused whatever its length.
#[derive(Debug, SimpleObject)]
pub struct PasswordPolicy {
    /// The least number of characters.
    min_length: i32,
    /// The most.
    max_length: i32,
}

/// Limits to show and to check before sending.
#[derive(Debug, SimpleObject)]
pub struct ServerLimits {
    /// The most things on a page.
    max_page_size: i32,
    /// Levels that a document may nest.
    max_depth: i32,
    /// Cost points that an operation may have.
    max_cost: i32,
    /// Characters of a note.
    note_max_length: i32,
    /// Characters of an article.
    article_max_length: i32,
    /// Characters of a comment.
    comment_max_length: i32,
    /// Characters of a bio.
    bio_max_length: i32,
    /// Tags of a post.
    tags_max: i32,
    /// Bytes of the largest file.
    file_max_size: ByteSize,
    /// Bytes of the largest file that `fileUpload` takes.
    inline_upload_max_size: ByteSize,
    /// Bytes that one member may store.
    storage_quota: ByteSize,
    /// What files may be, as their bytes tell: media types.
    allowed_file_types: Vec<&'static str>,
}
