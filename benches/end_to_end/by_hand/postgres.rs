//! The pages on PostgreSQL: one statement each, which makes the whole answer.

use guildhall::markdown;
use sqlx::{PgPool, postgres::PgPoolOptions};
use uuid::Uuid;

use super::{NewComment, made_at, public_id};

/// The posts that a guest may read.
macro_rules! for_guests {
    () => {
        "p.visibility = 'public'"
    };
}

/// The posts that the member `$2` may read.
macro_rules! for_members {
    () => {
        "(p.visibility IN ('public', 'members') OR p.author_id = $2 OR p.author_id IN \
         (SELECT f.followed_id FROM follow f WHERE f.follower_id = $2)) \
         AND p.author_id NOT IN (SELECT b.blocked_id FROM block b WHERE b.blocker_id = $2 \
         UNION ALL SELECT b.blocker_id FROM block b WHERE b.blocked_id = $2)"
    };
}

/// The feed: `$1` is the key that it comes before.
macro_rules! feed {
    ($posts:expr, $comments:expr) => {
        concat!(
            "SELECT json_build_object('data', json_build_object('feed', json_build_object('nodes', \
             coalesce(json_agg(json_build_object('id', p.hand_id, 'createdAt', p.hand_made_at, \
             'body', json_build_object('html', p.body_html), \
             'author', json_build_object('id', a.hand_id, 'handle', a.handle, 'name', a.name, \
             'headline', a.headline), 'reactions', p.hand_reactions, \
             'commentCount', p.comment_count, \
             'comments', json_build_object('nodes', coalesce(c.nodes, '[]'))) \
             ORDER BY p.id DESC), '[]'))))::text \
             FROM (SELECT p.* FROM post p WHERE p.id < $1 AND ",
            $posts,
            " ORDER BY p.id DESC LIMIT 20) p JOIN profile a ON a.id = p.author_id \
             CROSS JOIN LATERAL (SELECT json_agg(json_build_object('id', c.hand_id, \
             'createdAt', c.hand_made_at, 'body', CASE WHEN c.deleted_at IS NULL THEN \
             json_build_object('html', c.body_html) END, 'author', CASE WHEN c.deleted_at IS NULL \
             THEN json_build_object('id', w.hand_id, 'handle', w.handle, 'name', w.name) END) \
             ORDER BY c.id) AS nodes FROM (SELECT c.* FROM comment c WHERE c.post_id = p.id \
             AND c.parent_id IS NULL ",
            $comments,
            " ORDER BY c.id LIMIT 3) c JOIN profile w ON w.id = c.author_id) c"
        )
    };
}

const GUEST_FEED: &str = feed!(for_guests!(), "");

const MEMBER_FEED: &str = feed!(
    concat!(
        for_members!(),
        " AND p.author_id NOT IN (SELECT m.muted_id FROM mute m WHERE m.muter_id = $2 \
         AND (m.until IS NULL OR m.until > now()))"
    ),
    "AND c.author_id NOT IN (SELECT b.blocked_id FROM block b WHERE b.blocker_id = $2 \
     UNION ALL SELECT b.blocker_id FROM block b WHERE b.blocked_id = $2)"
);

const POST: &str = concat!(
    "SELECT json_build_object('data', json_build_object('post', json_build_object('id', p.hand_id, \
     'createdAt', p.hand_made_at, 'body', json_build_object('html', p.body_html), \
     'commentCount', p.comment_count, 'reactionCount', p.reaction_count, \
     'author', json_build_object('id', a.hand_id, 'handle', a.handle, 'name', a.name, \
     'headline', a.headline))))::text \
     FROM post p JOIN profile a ON a.id = p.author_id WHERE p.id = $1 AND ",
    for_guests!()
);

const PROFILE: &str = concat!(
    "SELECT json_build_object('data', json_build_object('profile', json_build_object( \
     'id', a.hand_id, 'handle', a.handle, 'name', a.name, 'headline', a.headline, \
     'bio', json_build_object('html', a.bio_html), 'followerCount', a.follower_count, \
     'followingCount', a.following_count, 'postCount', a.post_count, \
     'posts', json_build_object('nodes', (SELECT coalesce(json_agg(json_build_object( \
     'id', p.hand_id, 'createdAt', p.hand_made_at, 'body', json_build_object('html', p.body_html), \
     'commentCount', p.comment_count, 'reactionCount', p.reaction_count, \
     'comments', json_build_object('nodes', coalesce(c.nodes, '[]'))) ORDER BY p.id DESC), '[]') \
     FROM (SELECT p.* FROM post p WHERE p.author_id = a.id AND ",
    for_guests!(),
    " ORDER BY p.id DESC LIMIT 10) p CROSS JOIN LATERAL (SELECT json_agg(json_build_object( \
     'id', c.hand_id, 'createdAt', c.hand_made_at, 'body', CASE WHEN c.deleted_at IS NULL THEN \
     json_build_object('html', c.body_html) END, 'author', CASE WHEN c.deleted_at IS NULL \
     THEN json_build_object('id', w.hand_id, 'handle', w.handle, 'name', w.name) END) \
     ORDER BY c.id) AS nodes FROM (SELECT c.* FROM comment c WHERE c.post_id = p.id \
     AND c.parent_id IS NULL ORDER BY c.id LIMIT 2) c JOIN profile w ON w.id = c.author_id) c)))))\
     ::text FROM profile a WHERE a.id = $1"
);

const MEMBERS: &str = "SELECT json_build_object('data', json_build_object('profiles', \
     json_build_object('nodes', coalesce(json_agg(json_build_object('id', a.hand_id, \
     'handle', a.handle, 'name', a.name, 'headline', a.headline, 'location', a.location, \
     'joinedAt', a.hand_made_at, 'followerCount', a.follower_count) ORDER BY a.id DESC), '[]'))))\
     ::text FROM (SELECT a.* FROM profile a WHERE a.id < $1 AND a.kind = 'person' \
     ORDER BY a.id DESC LIMIT 100) a";

const COMMENT: &str = concat!(
    "WITH c AS (INSERT INTO comment (id, post_id, author_id, depth, body_source, body_html, \
     hand_id, hand_made_at) SELECT $3, p.id, $2, 0, $4, $5, $6, $7 FROM post p WHERE p.id = $1 AND ",
    for_members!(),
    " RETURNING *), n AS (UPDATE post SET comment_count = comment_count + 1 FROM c \
     WHERE post.id = c.post_id) \
     SELECT json_build_object('data', json_build_object('commentCreate', json_build_object( \
     'comment', json_build_object('id', c.hand_id, 'createdAt', c.hand_made_at, \
     'body', json_build_object('html', c.body_html), 'author', json_build_object( \
     'id', w.hand_id, 'handle', w.handle, 'name', w.name)), 'userErrors', '[]'::json)))::text \
     FROM c JOIN profile w ON w.id = c.author_id"
);

/// The tables, on PostgreSQL.
#[derive(Clone, Debug)]
pub(crate) struct Tables(PgPool);

impl Tables {
    /// Connects as Guildhall does.
    pub(super) async fn connect(url: &str, connections: u32) -> anyhow::Result<Self> {
        let options = url.parse::<sqlx::postgres::PgConnectOptions>()?;
        let options = options.statement_cache_capacity(512).options([("jit", "off")]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .min_connections(2)
            .test_before_acquire(false);
        Ok(Self(pool.connect_with(options).await?))
    }

    pub(super) async fn feed(&self, me: Option<Uuid>, before: Uuid) -> sqlx::Result<String> {
        match me {
            None => sqlx::query_scalar(GUEST_FEED).bind(before).fetch_one(&self.0).await,
            Some(me) => {
                sqlx::query_scalar(MEMBER_FEED).bind(before).bind(me).fetch_one(&self.0).await
            }
        }
    }

    pub(super) async fn post(&self, id: Uuid) -> sqlx::Result<String> {
        sqlx::query_scalar(POST).bind(id).fetch_one(&self.0).await
    }

    pub(super) async fn profile(&self, id: Uuid) -> sqlx::Result<String> {
        sqlx::query_scalar(PROFILE).bind(id).fetch_one(&self.0).await
    }

    pub(super) async fn members(&self, before: Uuid) -> sqlx::Result<String> {
        sqlx::query_scalar(MEMBERS).bind(before).fetch_one(&self.0).await
    }

    /// A statement is a transaction: the comment and the counter, or neither.
    pub(super) async fn comment(&self, me: Uuid, new: &NewComment) -> sqlx::Result<String> {
        let id = Uuid::now_v7();
        sqlx::query_scalar(COMMENT)
            .bind(new.post)
            .bind(me)
            .bind(id)
            .bind(&new.body)
            .bind(markdown::render(&new.body).html)
            .bind(public_id("comment", id))
            .bind(made_at(id))
            .fetch_one(&self.0)
            .await
    }
}
