use sea_orm::{ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use uuid::Uuid;

use super::{form_of, locked_one, policy};
use crate::{
    Cx, Error, Result,
    contact::{self, service::answers},
    entity::{form, submission, submission_task, task},
    error::ErrorCode,
    mail::words::fill::{as_words, one_line},
    tasks::service::{DESCRIPTION, NewTask, TITLE, make, visible},
};

/// Characters of the answers that a task takes over; the rest stands in the submission.
const SHOWN: usize = 8_000;

/// Makes a submission a task at the foot of the first column of a board, and ties the two: for whoever answers the
/// submission and makes tasks there. What is one already answers that task again.
pub async fn to_task(cx: Cx<'_>, id: Option<Uuid>, board: Option<Uuid>) -> Result<task::Model> {
    contact::policy::answer(cx.actor)?;
    let tx = cx.begin().await?;
    let (row, is_team) = locked_one(cx, &tx, id).await?;
    policy::to_task(cx.actor, is_team, &row)?;
    if let Some(tie) = submission_task::Entity::find_by_id(row.id).one(&tx).await? {
        tx.rollback().await?;
        let task = visible(cx).filter(task::Column::Id.eq(tie.task_id)).one(cx.db).await?;
        let message = "it is a task already, on a board that you may not see";
        return task.ok_or_else(|| Error::refused(ErrorCode::Duplicate, ["id"], message));
    }
    let form = form_of(&tx, &row).await?;
    let new = NewTask {
        board,
        title: title(&form, &row),
        description: Some(description(&row)?),
        ..NewTask::default()
    };
    let (task, desk) = Box::pin(make(cx, &tx, cx.key(), new)).await.map_err(at_board)?;
    let tie = submission_task::Model { submission_id: row.id, task_id: task.id };
    let tie = submission_task::Entity::insert(tie.into_active_model());
    tie.exec_without_returning(&tx).await?;
    desk.finish(cx, tx).await?;
    Ok(task)
}

/// What is refused of the board is the fault of the argument that names it.
fn at_board(error: Error) -> Error {
    let Error::Refused(mut problems) = error else { return error };
    for problem in &mut problems {
        problem.path = vec!["board".into()];
    }
    Error::Refused(problems)
}

fn title(form: &form::Model, row: &submission::Model) -> String {
    let sender = row.sender_name.as_deref().or(row.sender_email.as_deref());
    let sender = sender.map(|sender| format!(": {sender}")).unwrap_or_default();
    let whole = one_line(&format!("{} #{}{sender}", form.title, row.number));
    whole.chars().take(TITLE).collect()
}

/// The answers, each below its question.
fn description(row: &submission::Model) -> Result<String> {
    let (mut text, mut left) = (String::new(), SHOWN);
    for answer in answers(row)? {
        let files = answer.files.len();
        let shown = if files > 0 { format!("({files})") } else { answer.shown() };
        let mut short: String = shown.chars().take(left).collect();
        left -= short.chars().count();
        if short.len() < shown.len() {
            short.push('…');
        }
        text.push_str(&format!("**{}**\n\n{}\n\n", words(&answer.label), words(&short)));
        if left == 0 {
            break;
        }
    }
    Ok(text.trim_end().chars().take(DESCRIPTION).collect())
}

/// Markdown that shows a text as it is. What nobody sees behind `@` and `#` keeps them from naming a member, a tag or
/// an address.
fn words(text: &str) -> String {
    as_words(&text.replace('@', "@\u{2060}").replace('#', "#\u{2060}"))
}
