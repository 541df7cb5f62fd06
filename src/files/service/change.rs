use std::borrow::Cow;

use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{ALT_TEXT, clean_name, places, storage};
use crate::{
    Cx, Error, Result,
    check::{Check, each_once, limit},
    entity::{
        file::{self, Column, Kind, Visibility},
        storage as counters,
    },
    error::{Detail, ErrorCode, Problem},
    files::policy,
    index, sql,
};

/// Characters of a caption.
const CAPTION: usize = 1_000;
/// Files that are deleted at once.
const MOST: usize = 100;

/// What to change in a file: `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// What its owner calls it.
    pub name: Option<String>,
    /// What a picture shows, for who does not see it.
    pub alt_text: Option<Option<String>>,
    /// What stands below it.
    pub caption: Option<Option<String>>,
    /// Who may fetch it from now on.
    pub visibility: Option<Visibility>,
    /// What a picture is about, from the left: 0 to 1.
    pub focus_x: Option<f64>,
    /// The same, from the top.
    pub focus_y: Option<f64>,
}

/// Changes a file of the actor's own.
pub async fn update(cx: Cx<'_>, id: Option<Uuid>, changes: Changes) -> Result<file::Model> {
    let me = policy::write(cx.actor)?.id;
    let missing = || Error::not_found("file");
    let tx = cx.begin().await?;
    let mine = file::Entity::find_by_id(id.ok_or_else(missing)?).filter(Column::OwnerId.eq(me));
    let file = mine.lock_exclusive().one(&tx).await?.ok_or_else(missing)?;
    policy::edit(cx.actor, &file)?;
    let mut check = Check::new();
    let mut row = file::ActiveModel { id: Unchanged(file.id), ..Default::default() };
    if let Some(name) = &changes.name {
        row.name = Set(clean_name(&check.line(&["name"], name, 1..=255)));
    }
    let mut text = |path: &str, text: Option<String>, most| {
        text.map(|text| check.text(&[path], &text, 0..=most)).filter(|text| !text.is_empty())
    };
    if let Some(alt_text) = changes.alt_text {
        row.alt_text = Set(text("altText", alt_text, ALT_TEXT));
    }
    if let Some(caption) = changes.caption {
        row.caption = Set(text("caption", caption, CAPTION));
    }
    if let Some(visibility) = changes.visibility {
        row.visibility = Set(visibility);
    }
    if let Some(x) = changes.focus_x {
        row.focus_x = Set(focus(&mut check, "focusX", file.kind, x));
    }
    if let Some(y) = changes.focus_y {
        row.focus_y = Set(focus(&mut check, "focusY", file.kind, y));
    }
    check.done()?;
    if !row.is_changed() {
        return Ok(file);
    }
    let file = row.update(&tx).await?;
    index::put_file(&tx, &file).await?;
    tx.commit().await?;
    Ok(file)
}

/// A part of a picture's width or height, in thousandths.
fn focus(check: &mut Check, path: &str, kind: Kind, part: f64) -> i32 {
    if kind != Kind::Image {
        check.problem(ErrorCode::Invalid, &[path], "only a picture is about a place in it");
    } else if !(0.0..=1.0).contains(&part) {
        let whole = Detail::Limit { min: Some(0.0), max: Some(1.0), actual: Some(part) };
        let path = ["input".to_owned(), path.to_owned()];
        let message = "write a part of the whole: 0 to 1";
        check.push(Problem::at(ErrorCode::OutOfRange, path, message).with(whole));
    }
    #[expect(clippy::as_conversions, reason = "a number from 0 to 1000, or one that is refused")]
    let thousandths = (part * 1_000.0).round() as i32;
    thousandths
}

/// Deletes files of the actor's own, all or none: one that is used somewhere stays, and is told with where. Answers
/// them as they were. Their bytes are swept when no other file has them.
pub async fn delete(cx: Cx<'_>, ids: &[Option<Uuid>]) -> Result<Vec<file::Model>> {
    let me = policy::write(cx.actor)?.id;
    if ids.len() > MOST {
        let message = format!("delete at most {MOST} files at once");
        let problem = Problem::at(ErrorCode::TooLong, ["ids"], message);
        return Err(problem.with(limit(&(0..=MOST), ids.len())).into());
    }
    let keys = each_once(ids.iter().flatten().copied().collect());
    let tx = cx.begin().await?;
    // As who stores a file does: first the counters, then the files, in the order of their keys.
    let row = storage::locked(&tx, me).await?;
    let files = file::Entity::find()
        .filter(sql::key_in(cx.backend(), Column::Id, &keys))
        .filter(Column::OwnerId.eq(me))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(&tx)
        .await?;
    // Only now: who hangs one of them somewhere at the same moment has done so, or comes too late.
    let used = places::of(cx, &tx, &keys).await?;
    let mut problems = Vec::new();
    for (at, id) in ids.iter().enumerate() {
        let mut refuse = |code, message: String| {
            let path = [Cow::Borrowed("ids"), Cow::Owned(at.to_string())];
            problems.push(Problem::at(code, path, message));
        };
        match id.filter(|id| files.iter().any(|file| file.id == *id)) {
            None => refuse(ErrorCode::NotFound, "there is no such file of yours".to_owned()),
            Some(id) => {
                if let Some(places) = used.get(&id) {
                    let message = format!("this file is in use: {}", places.join(", "));
                    refuse(ErrorCode::StateNotAllowed, message);
                }
            }
        }
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let bytes = files.iter().fold(0_i64, |sum, file| sum.saturating_add(file.size));
    let count = i32::try_from(files.len()).unwrap_or(i32::MAX);
    let less = counters::ActiveModel {
        profile_id: Unchanged(me),
        used: Set(row.used.saturating_sub(bytes).max(0)),
        file_count: Set(row.file_count.saturating_sub(count).max(0)),
        ..Default::default()
    };
    less.update(&tx).await?;
    let gone = file::Entity::delete_many().filter(sql::key_in(cx.backend(), Column::Id, &keys));
    gone.filter(Column::OwnerId.eq(me)).exec(&tx).await?;
    tx.commit().await?;
    Ok(files)
}
