//! Made-up communities: a small hand-written one to look at (`serve --demo`), and one of any size to
//! measure with (`guildhall seed`). Everything is worked out in memory first, so that each row is
//! written once, with its counters right.

mod art;
mod careers;
mod community;
mod demo;
mod dice;
mod forms;
mod grow;
mod hiring;
mod names;
mod pictures;
mod planning;
mod sheet;
mod story;
mod talks;
mod texts;
mod words;
mod works;
mod write;

use chrono::{DateTime, Utc};
pub use community::Community;
use sea_orm::{ConnectionTrait as _, DbErr, Statement};

use crate::{Result, app::App, entity::account::Role};

/// How much of everything a made-up community has.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Members; at least 2.
    pub members: usize,
    /// Posts.
    pub posts: usize,
    /// Comments.
    pub comments: usize,
    /// Reactions, to posts and to comments.
    pub reactions: usize,
    /// Who follows whom.
    pub follows: usize,
    /// Postings, by one organization for each 25.
    pub jobs: usize,
    /// Boards.
    pub boards: usize,
    /// Tasks, on these boards.
    pub tasks: usize,
}

impl Sizes {
    /// Rows to write, all tables together, but for tags and skills.
    pub fn rows(&self) -> usize {
        self.members * 2 + self.posts + self.works() + self.comments + self.reactions + self.follows
    }

    /// Portfolio items: as it goes, one for twenty posts.
    fn works(&self) -> usize {
        self.posts / 20
    }

    /// What is wrong with these sizes, if anything is.
    pub fn problem(&self) -> Option<String> {
        let things = self.posts.saturating_add(self.comments);
        let pairs = self.members.saturating_mul(self.members.saturating_sub(1));
        match () {
            () if self.members < 2 => Some("--members: at least 2".to_owned()),
            () if self.comments > 0 && self.posts == 0 => {
                Some("--comments: there are no posts to comment on".to_owned())
            }
            () if self.tasks > 0 && self.boards == 0 => {
                Some("--tasks: there are no boards for them".to_owned())
            }
            () if self.follows > pairs / 2 => {
                Some(format!("--follows: at most {} among {} members", pairs / 2, self.members))
            }
            () if self.reactions > things.saturating_mul(self.members) => Some(format!(
                "--reactions: at most {} by {} members to {things} posts and comments",
                things.saturating_mul(self.members),
                self.members
            )),
            () => None,
        }
    }
}

/// The hand-written community, as if it had lived until `now`.
pub fn demo(now: DateTime<Utc>) -> anyhow::Result<Community> {
    demo::build(now)
}

/// A community of these sizes, as if it had lived for two years until `now`. The same `seed`, sizes
/// and `now` make the same community.
pub fn grow(sizes: &Sizes, seed: u64, now: DateTime<Utc>) -> Community {
    grow::grow(sizes, seed, now)
}

/// Writes a community into an empty database. All its members sign in with the password that
/// `password_hash` was made of. `on_rows` hears how many rows were written.
pub async fn write(
    app: &App,
    community: &Community,
    password_hash: &str,
    on_rows: &(dyn Fn(usize) + Sync),
) -> Result<(), DbErr> {
    write::write(&app.db, community, password_hash, on_rows).await
}

/// Gives the members and portfolio items of a community that was written pictures, by the way that all files come.
pub async fn picture(app: &App, community: &Community) -> anyhow::Result<()> {
    pictures::hang_all(app, community).await
}

/// Makes the demo's forms in a community that was written.
pub async fn make_forms(app: &App, community: &Community) -> anyhow::Result<()> {
    forms::make(app, community).await
}

/// Lets the demo's organizations hire and its boards fill, in a community that was written: on days that are over, and
/// so that nobody is told of it.
pub async fn tell_story(app: &App, community: &Community) -> anyhow::Result<()> {
    story::tell(app, community).await
}

/// Whether nobody has an account yet.
pub async fn is_empty(app: &App) -> Result<bool, DbErr> {
    some(app, "SELECT 1 FROM account LIMIT 1").await.map(|some| !some)
}

/// Whether somebody runs the community.
pub async fn has_admin(app: &App) -> Result<bool, DbErr> {
    let admin = sea_orm::ActiveEnum::to_value(&Role::Admin);
    some(app, &format!("SELECT 1 FROM account WHERE role = '{admin}' LIMIT 1")).await
}

async fn some(app: &App, query: &str) -> Result<bool, DbErr> {
    let query = Statement::from_string(app.db.backend(), query);
    Ok(app.db.write.query_one_raw(query).await?.is_some())
}
