use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use super::{
    PortfolioItem,
    service::{self, Changes, Credit},
};
use crate::{
    Error,
    entity::post::Visibility,
    error::ErrorCode,
    graph::{ContextExt, Date, DeletePayload, Markdown, Result, decode, encode, maybe, payload},
    members::{LinkInput, Profile, ProfilePayload},
};

/// A portfolio item, new or changed: what is left out stays, null clears.
#[derive(Debug, InputObject)]
pub struct PortfolioItemInput {
    /// 1 to 200 characters; a new item needs one.
    title: Option<String>,
    /// Its name in addresses: 1 to 80 of a to z, digits, and - between them. Without one it is made from the title.
    slug: MaybeUndefined<String>,
    /// At most 500 characters.
    summary: MaybeUndefined<String>,
    /// Markdown; at most 50,000 characters.
    story: MaybeUndefined<Markdown>,
    /// Who may see it once it is published; `MEMBERS` for a new item.
    visibility: Option<Visibility>,
    /// A picture of yours that stands for it: the id of a file.
    cover: MaybeUndefined<ID>,
    /// Pictures and films of yours, all of them, in order: ids of files; at most 30.
    media: MaybeUndefined<Vec<ID>>,
    /// All links, in order; at most 10.
    links: MaybeUndefined<Vec<LinkInput>>,
    /// All tags; at most 10.
    tags: MaybeUndefined<Vec<String>>,
    /// Whom it was made for; at most 100 characters.
    client: MaybeUndefined<String>,
    /// What you did in it; at most 100 characters.
    role: MaybeUndefined<String>,
    /// When work on it began.
    started_on: MaybeUndefined<Date>,
    /// When it was done, not before it was begun.
    finished_on: MaybeUndefined<Date>,
    /// All whom to credit beside you, in order; at most 20. Each is asked, and shown once they agreed; who agreed is
    /// asked again when the words change. Who refused is asked again once they were left out.
    collaborators: MaybeUndefined<Vec<CollaboratorInput>>,
    /// Your name for the call that begins an item: the same one within 24 hours answers the first item again.
    client_key: Option<String>,
}

/// Somebody to credit; they are asked first.
#[derive(Debug, InputObject)]
pub struct CollaboratorInput {
    /// Who: the id of a profile, not your own.
    profile: ID,
    /// For what; 1 to 100 characters.
    credit: String,
}

payload!(
    /// Answer about a portfolio item.
    PortfolioItemPayload {
        /// The item as it is now; null when nothing was done.
        portfolio_item: PortfolioItem
    }
);

/// The portfolios' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "PortfolioMutation")]
impl Mutation {
    /// Begin a portfolio item, as a draft behind your others; you have at most 200.
    async fn portfolio_item_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to begin with.")] input: PortfolioItemInput,
    ) -> Result<PortfolioItemPayload> {
        let client_key = input.client_key.clone();
        let item = Box::pin(service::create(ctx.cx(), input.into(), client_key.as_deref())).await;
        PortfolioItemPayload::settle(ctx, item.map(PortfolioItem::from)).await
    }

    /// Change a portfolio item of yours.
    async fn portfolio_item_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "What to change.")] input: PortfolioItemInput,
        #[graphql(desc = "The version that you read; another one is STALE_VERSION.")]
        expected_version: Option<i32>,
    ) -> Result<PortfolioItemPayload> {
        let id = decode("portfolio_item", &id);
        let item = match input.client_key {
            None => Box::pin(service::update(ctx.cx(), id, input.into(), expected_version)).await,
            Some(_) => {
                let message = "only a call that begins an item is named";
                Err(Error::refused(ErrorCode::Invalid, ["input", "clientKey"], message))
            }
        };
        PortfolioItemPayload::settle(ctx, item.map(PortfolioItem::from)).await
    }

    /// Publish a portfolio item of yours, or take it back; what is published needs a story or a picture. Taken back
    /// it is a draft again, and hidden from others at once.
    async fn portfolio_item_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(default = true, desc = "Whether to show it.")] published: bool,
    ) -> Result<PortfolioItemPayload> {
        let item = service::publish(ctx.cx(), decode("portfolio_item", &id), published).await;
        PortfolioItemPayload::settle(ctx, item.map(PortfolioItem::from)).await
    }

    /// Delete a portfolio item of yours; moderators may delete any. Its comments go with it, its files stay yours.
    async fn portfolio_item_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<DeletePayload> {
        let gone = service::delete(ctx.cx(), decode("portfolio_item", &id)).await;
        let ids = gone.map(|item| vec![encode("portfolio_item", item.id)]);
        DeletePayload::settle(ctx, ids).await
    }

    /// Put your portfolio in another order.
    async fn portfolio_items_reorder(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids of all your portfolio items, drafts too.")] ids: Vec<ID>,
    ) -> Result<ProfilePayload> {
        let ids: Vec<_> = ids.iter().map(|id| decode("portfolio_item", id)).collect();
        let profile = service::reorder(ctx.cx(), &ids).await;
        ProfilePayload::settle(ctx, profile.map(|row| Profile::whole(row.into()))).await
    }

    /// Agree to being credited on a portfolio item, or refuse; either can be taken back for as long as you see it.
    async fn collaboration_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the portfolio item.")] item: ID,
        #[graphql(desc = "Whether you agree.")] accept: bool,
    ) -> Result<PortfolioItemPayload> {
        let item = service::answer(ctx.cx(), decode("portfolio_item", &item), accept).await;
        PortfolioItemPayload::settle(ctx, item.map(PortfolioItem::from)).await
    }
}

impl From<PortfolioItemInput> for Changes {
    fn from(input: PortfolioItemInput) -> Self {
        let file = |id: ID| decode("file", &id);
        Self {
            title: input.title,
            slug: maybe(input.slug),
            summary: maybe(input.summary),
            story: maybe(input.story).map(|story| story.map(|story| story.0)),
            visibility: input.visibility,
            cover: maybe(input.cover).map(|id| id.into_iter().map(file).collect()),
            media: all(input.media, file),
            links: all(input.links, Into::into),
            tags: all(input.tags, |tag| tag),
            client: maybe(input.client),
            role: maybe(input.role),
            started_on: maybe(input.started_on).map(|day| day.map(|day| day.0)),
            finished_on: maybe(input.finished_on).map(|day| day.map(|day| day.0)),
            collaborators: all(input.collaborators, |one| Credit {
                profile: decode("profile", &one.profile),
                credit: one.credit,
            }),
        }
    }
}

/// A list of an update; null is an empty one.
fn all<A, B>(list: MaybeUndefined<Vec<A>>, each: impl Fn(A) -> B) -> Option<Vec<B>> {
    maybe(list).map(|list| list.unwrap_or_default().into_iter().map(each).collect())
}
