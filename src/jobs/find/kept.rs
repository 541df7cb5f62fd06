//! What all open postings have, kept for a few seconds: the job board's first page shows it to everybody, and counting it
//! reads every posting.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use super::Counts;
use crate::Cx;

/// How old counts may be.
const LIFE: TimeDelta = TimeDelta::seconds(10);

/// When something was counted, and what, by where the database is: a process may serve several communities, as tests
/// do.
type Kept = HashMap<String, (DateTime<Utc>, Counts)>;

static KEPT: Mutex<Option<Kept>> = Mutex::new(None);

fn place(cx: Cx<'_>) -> String {
    let config = &cx.app.config;
    let folder = || config.data_dir.display().to_string();
    config.database_url.clone().unwrap_or_else(folder)
}

/// What was counted of all open postings within the last seconds.
pub(super) fn of_all(cx: Cx<'_>) -> Option<Counts> {
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let (at, counts) = kept.as_ref()?.get(&place(cx))?;
    let age = cx.now() - *at;
    (age >= TimeDelta::zero() && age < LIFE).then(|| counts.clone())
}

/// Keeps what was counted now.
pub(super) fn keep(cx: Cx<'_>, counts: &Counts) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    kept.retain(|_, (at, _)| cx.now() - *at < LIFE);
    kept.insert(place(cx), (cx.now(), counts.clone()));
}
