//! Reading a JSON Resume into a resume: what it would do is worked out whole, told, and then done or not.

mod current;
mod lists;
mod plan;
mod write;

use serde_json::Value;

use super::{begin, json::Document, kept, policy};
use crate::{
    Cx, Result,
    entity::{resume, resume_entry::Kind},
    members,
};
use current::Current;
use plan::Plan;

/// What becomes of something in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is new here.
    Add,
    /// It is here, and is changed.
    Change,
    /// It is here already.
    Keep,
    /// It has no place here: it is kept for the export alone.
    Skip,
}

/// What becomes of one thing in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it stands in the document: `work.2`.
    pub path: String,
    /// The section that it comes to stand in.
    pub kind: Option<Kind>,
    /// What it is called.
    pub title: Option<String>,
    /// What becomes of it.
    pub action: Action,
    /// More about that, for people.
    pub message: Option<String>,
}

/// What an import did, or would do.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// In the order of the document's parts.
    pub rows: Vec<Row>,
    /// The resume as it is now.
    pub resume: Option<resume::Model>,
}

impl Outcome {
    /// How many rows tell of an action.
    pub fn count(&self, action: Action) -> i32 {
        let count = self.rows.iter().filter(|row| row.action == action).count();
        i32::try_from(count).unwrap_or(i32::MAX)
    }
}

/// Reads a JSON Resume into the actor's resume, in one transaction; with `dry_run` it only tells what that would do.
///
/// Entries of one section with the same title, organization and beginning are the same entry: it is then as the document
/// has it. Others are added; what the document does not name stays, behind what it names. What has no column is kept
/// for the export. Skills are a part of the profile: to change them, a token needs the right to change that.
pub async fn import(cx: Cx<'_>, document: Value, dry_run: bool) -> Result<Outcome> {
    let me = policy::write(cx.actor)?.id;
    let document = Document::read(document)?;
    if dry_run {
        let current = Current::read(cx.db, me).await?;
        let resume = current.resume.clone();
        let rows = planned(cx, &current, document)?.rows;
        return Ok(Outcome { rows, resume });
    }
    let tx = begin(cx, me).await?;
    let current = Current::read(&tx, me).await?;
    let plan = planned(cx, &current, document)?;
    write::write(cx, &tx, me, &current, &plan).await?;
    let resume = kept(&tx, me).await?;
    tx.commit().await?;
    Ok(Outcome { rows: plan.rows, resume })
}

fn planned(cx: Cx<'_>, current: &Current, document: Document) -> Result<Plan> {
    let plan = Plan::of(current, document)?;
    if plan.skills.is_some() {
        members::policy::edit(cx.actor)?;
    }
    Ok(plan)
}
