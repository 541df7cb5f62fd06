//! The pages on SQLite: one statement each, which makes the whole answer.

use std::path::Path;

use guildhall::markdown;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use uuid::Uuid;

use super::{NewComment, made_at, public_id};

/// The posts that a guest may read.
macro_rules! for_guests {
    () => {
        "p.visibility = 'public'"
    };
}

/// The posts that the member `?2` may read.
macro_rules! for_members {
    () => {
        "(p.visibility IN ('public', 'members') OR p.author_id = ?2 OR p.author_id IN \
         (SELECT f.followed_id FROM follow f WHERE f.follower_id = ?2)) \
         AND p.author_id NOT IN (SELECT b.blocked_id FROM block b WHERE b.blocker_id = ?2 \
         UNION ALL SELECT b.blocker_id FROM block b WHERE b.blocked_id = ?2)"
    };
}

/// The first comments under the post `p`.
macro_rules! comments {
    ($comments:expr, $limit:expr) => {
        concat!(
            "json_object('nodes', (SELECT json_group_array(json_object('id', c.hand_id, \
             'createdAt', c.hand_made_at, 'body', CASE WHEN c.deleted_at IS NULL THEN \
             json_object('html', c.body_html) END, 'author', CASE WHEN c.deleted_at IS NULL THEN \
             json_object('id', w.hand_id, 'handle', w.handle, 'name', w.name) END)) \
             FROM (SELECT c.id, c.author_id, c.hand_id, c.hand_made_at, c.body_html, c.deleted_at \
             FROM comment c WHERE c.post_id = p.id AND c.parent_id IS NULL ",
            $comments,
            " ORDER BY c.id LIMIT ",
            $limit,
            ") c JOIN profile w ON w.id = c.author_id))"
        )
    };
}

/// The feed: `?1` is the key that it comes before.
macro_rules! feed {
    ($posts:expr, $comments:expr) => {
        concat!(
            "SELECT json_object('data', json_object('feed', json_object('nodes', \
             json_group_array(json_object('id', p.hand_id, 'createdAt', p.hand_made_at, \
             'body', json_object('html', p.body_html), \
             'author', json_object('id', a.hand_id, 'handle', a.handle, 'name', a.name, \
             'headline', a.headline), 'reactions', json(p.hand_reactions), \
             'commentCount', p.comment_count, 'comments', ",
            comments!($comments, "3"),
            "))))) FROM (SELECT p.id, p.author_id, p.hand_id, p.hand_made_at, p.body_html, \
             p.hand_reactions, p.comment_count FROM post p WHERE p.id < ?1 AND ",
            $posts,
            " ORDER BY p.id DESC LIMIT 20) p JOIN profile a ON a.id = p.author_id"
        )
    };
}

const GUEST_FEED: &str = feed!(for_guests!(), "");

const MEMBER_FEED: &str = feed!(
    concat!(
        for_members!(),
        " AND p.author_id NOT IN (SELECT m.muted_id FROM mute m WHERE m.muter_id = ?2 \
         AND (m.until IS NULL OR m.until > strftime('%Y-%m-%dT%H:%M:%S', 'now')))"
    ),
    "AND c.author_id NOT IN (SELECT b.blocked_id FROM block b WHERE b.blocker_id = ?2 \
     UNION ALL SELECT b.blocker_id FROM block b WHERE b.blocked_id = ?2)"
);

const POST: &str = concat!(
    "SELECT json_object('data', json_object('post', json_object('id', p.hand_id, \
     'createdAt', p.hand_made_at, 'body', json_object('html', p.body_html), \
     'commentCount', p.comment_count, 'reactionCount', p.reaction_count, \
     'author', json_object('id', a.hand_id, 'handle', a.handle, 'name', a.name, \
     'headline', a.headline)))) \
     FROM post p JOIN profile a ON a.id = p.author_id WHERE p.id = ?1 AND ",
    for_guests!()
);

const PROFILE: &str = concat!(
    "SELECT json_object('data', json_object('profile', json_object('id', a.hand_id, \
     'handle', a.handle, 'name', a.name, 'headline', a.headline, \
     'bio', json_object('html', a.bio_html), 'followerCount', a.follower_count, \
     'followingCount', a.following_count, 'postCount', a.post_count, \
     'posts', json_object('nodes', (SELECT json_group_array(json_object('id', p.hand_id, \
     'createdAt', p.hand_made_at, 'body', json_object('html', p.body_html), \
     'commentCount', p.comment_count, 'reactionCount', p.reaction_count, 'comments', ",
    comments!("", "2"),
    ")) FROM (SELECT p.id, p.hand_id, p.hand_made_at, p.body_html, p.comment_count, \
     p.reaction_count FROM post p WHERE p.author_id = a.id AND ",
    for_guests!(),
    " ORDER BY p.id DESC LIMIT 10) p))))) FROM profile a WHERE a.id = ?1"
);

const MEMBERS: &str = "SELECT json_object('data', json_object('profiles', json_object('nodes', \
     json_group_array(json_object('id', a.hand_id, 'handle', a.handle, 'name', a.name, \
     'headline', a.headline, 'location', a.location, 'joinedAt', a.hand_made_at, \
     'followerCount', a.follower_count))))) \
     FROM (SELECT a.* FROM profile a WHERE a.id < ?1 AND a.kind = 'person' \
     ORDER BY a.id DESC LIMIT 100) a";

const INSERT: &str = concat!(
    "INSERT INTO comment (id, post_id, author_id, depth, body_source, body_html, hand_id, \
     hand_made_at) SELECT ?3, p.id, ?2, 0, ?4, ?5, ?6, ?7 FROM post p WHERE p.id = ?1 AND ",
    for_members!()
);

const COUNT: &str = "UPDATE post SET comment_count = comment_count + 1 WHERE id = ?1";

const COMMENT: &str = "SELECT json_object('data', json_object('commentCreate', json_object( \
     'comment', json_object('id', c.hand_id, 'createdAt', c.hand_made_at, \
     'body', json_object('html', c.body_html), \
     'author', json_object('id', w.hand_id, 'handle', w.handle, 'name', w.name)), \
     'userErrors', json('[]')))) \
     FROM comment c JOIN profile w ON w.id = c.author_id WHERE c.id = ?1";

/// The tables, on SQLite.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    read: SqlitePool,
    write: SqlitePool,
}

impl Tables {
    /// Opens the file as Guildhall does.
    pub(super) async fn open(path: &Path, connections: u32) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .pragma("foreign_keys", "ON")
            .pragma("temp_store", "MEMORY")
            .pragma("cache_size", "-65536")
            .pragma("mmap_size", "268435456")
            .busy_timeout(std::time::Duration::from_secs(5))
            .statement_cache_capacity(512);
        let pool = |connections: u32| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .min_connections(connections.min(2))
                .test_before_acquire(false)
        };
        Ok(Self {
            read: pool(connections).connect_with(options.clone()).await?,
            write: pool(1).connect_with(options).await?,
        })
    }

    pub(super) async fn feed(&self, me: Option<Uuid>, before: Uuid) -> sqlx::Result<String> {
        match me {
            None => sqlx::query_scalar(GUEST_FEED).bind(before).fetch_one(&self.read).await,
            Some(me) => {
                sqlx::query_scalar(MEMBER_FEED).bind(before).bind(me).fetch_one(&self.read).await
            }
        }
    }

    pub(super) async fn post(&self, id: Uuid) -> sqlx::Result<String> {
        sqlx::query_scalar(POST).bind(id).fetch_one(&self.read).await
    }

    pub(super) async fn profile(&self, id: Uuid) -> sqlx::Result<String> {
        sqlx::query_scalar(PROFILE).bind(id).fetch_one(&self.read).await
    }

    pub(super) async fn members(&self, before: Uuid) -> sqlx::Result<String> {
        sqlx::query_scalar(MEMBERS).bind(before).fetch_one(&self.read).await
    }

    pub(super) async fn comment(&self, me: Uuid, new: &NewComment) -> sqlx::Result<String> {
        let id = Uuid::now_v7();
        let html = markdown::render(&new.body).html;
        let mut transaction = self.write.begin_with("BEGIN IMMEDIATE").await?;
        let insert = sqlx::query(INSERT).bind(new.post).bind(me).bind(id).bind(&new.body);
        let insert = insert.bind(html).bind(public_id("comment", id)).bind(made_at(id));
        insert.execute(&mut *transaction).await?;
        sqlx::query(COUNT).bind(new.post).execute(&mut *transaction).await?;
        let answer = sqlx::query_scalar(COMMENT).bind(id).fetch_one(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(answer)
    }
}
