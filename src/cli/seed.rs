//! `guildhall seed`

use std::{path::Path, time::Instant};

use anyhow::{Context as _, bail};
use chrono::{DurationRound as _, TimeDelta};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Usage, output, setup};
use crate::{
    infra::{db::Db, migrations},
    search::service,
    seed::{self, Sizes},
};

/// What members of a made-up community sign in with.
const PASSWORD: &str = "correct horse battery staple";

/// How much of everything. The same numbers on the same day make the same community.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Args {
    /// How many members.
    #[arg(long, value_name = "N", default_value_t = 100)]
    members: usize,
    /// How many posts.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    posts: usize,
    /// How many comments.
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    comments: usize,
    /// How many reactions.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    reactions: usize,
    /// How many follow another: pairs of members.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    follows: usize,
    /// How many postings; one organization for each 25.
    #[arg(long, value_name = "N", default_value_t = 200)]
    jobs: usize,
    /// How many boards.
    #[arg(long, value_name = "N", default_value_t = 10)]
    boards: usize,
    /// How many tasks, on these boards.
    #[arg(long, value_name = "M", default_value_t = 500)]
    tasks: usize,
    /// Another number makes another community.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

pub(super) async fn run(file: Option<&Path>, args: Args) -> anyhow::Result<()> {
    let Args { members, posts, comments, reactions, follows, jobs, boards, tasks, seed } = args;
    let sizes = Sizes { members, posts, comments, reactions, follows, jobs, boards, tasks };
    if let Some(problem) = sizes.problem() {
        return Err(Usage(problem).into());
    }
    let config = setup::load(file, setup::Settings::default())?.config;
    let db = Db::connect(&config, None).await?;
    migrations::up(&db).await?;
    let app = setup::app(config, db)?;
    if !seed::is_empty(&app).await? {
        bail!(
            "there are members in this database already, and a made-up community would mix with \
             them: give it an empty one (--config, GUILDHALL_DATA_DIR or GUILDHALL_DATABASE_URL)"
        );
    }
    let began = Instant::now();
    let today = app.clock.now().duration_trunc(TimeDelta::days(1))?;
    let community = seed::grow(&sizes, seed, today);
    let grown = began.elapsed();
    let hash = app.passwords.hash(PASSWORD).await?;
    let rows = community.rows();
    let bar = bar_of(u64::try_from(rows)?)?;
    let on_rows = |count: usize| bar.inc(u64::try_from(count).unwrap_or_default());
    seed::write(&app, &community, &hash, &on_rows)
        .await
        .context("can't fill the database: empty it before you try again")?;
    bar.finish_and_clear();
    let documents = bar_of(service::rows(&app).await?)?;
    let on_rows = |count: usize| documents.inc(u64::try_from(count).unwrap_or_default());
    service::rebuild(&app, &on_rows).await?;
    documents.finish_and_clear();
    app.db.clone().close().await;
    output::print(&format!(
        "{members} members, {posts} posts, {comments} comments, {reactions} reactions, {follows} \
         follows, {jobs} postings, {tasks} tasks on {boards} boards: {rows} rows in {:.1} s, of which {:.1} s to make them up.\n\
         Everybody's password is \"{PASSWORD}\"; @{} is the administrator.",
        began.elapsed().as_secs_f64(),
        grown.as_secs_f64(),
        community.first_handle(),
    ))?;
    Ok(())
}

/// Shows how far a command is through its rows.
pub(super) fn bar_of(rows: u64) -> anyhow::Result<ProgressBar> {
    let style = "{wide_bar} {human_pos} of {human_len} rows, {per_sec}, {eta} to go";
    let bar = ProgressBar::new(rows);
    Ok(bar.with_style(ProgressStyle::with_template(style)?))
}
