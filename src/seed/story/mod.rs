//! What the demo community did beside talking: it hired, and it planned. Written as it happens everywhere, through the
//! services, on days that are over: `jobs.toml` and `boards.toml`.

mod applications;
mod boards;
mod jobs;
mod past;
mod tasks;

use anyhow::{Context as _, Result, anyhow};
use async_graphql::{InputType, Name, Value};

use super::Community;
use crate::app::App;

/// Lets the demo's organizations hire and its boards fill, in a community that was written; nothing of it waits to be
/// told to anybody.
pub(super) async fn tell(app: &App, community: &Community) -> Result<()> {
    jobs::tell(app, community).await.context("jobs.toml")?;
    boards::tell(app, community).await.context("boards.toml")?;
    past::hush(app).await
}

/// A value as the graph calls it.
fn named<T: InputType>(name: &str) -> Result<T> {
    read(Value::Enum(Name::new(name)))
}

/// A value as the graph takes it.
fn read<T: InputType>(value: Value) -> Result<T> {
    let shown = value.to_string();
    T::parse(Some(value)).map_err(|_| anyhow!("{shown} is no {}", T::type_name()))
}
