use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QuerySelect as _,
};

use super::{form_of, received, reply::LONGEST, stand};
use crate::{
    Cx, Error, Result,
    check::Check,
    entity::{
        form,
        submission::{self, Column, State},
        submission_message,
    },
    error::{Detail, ErrorCode, Problem},
    infra::{secrets, throttle},
    notice::{self, Notice},
    sql,
};

/// The submission whose sender holds this token, with its form.
pub async fn by_token(cx: Cx<'_>, token: &str) -> Result<Option<(submission::Model, form::Model)>> {
    let found = submission::Entity::find().filter(Column::Receipt.eq(secrets::hash(token)));
    let Some(row) = found.one(cx.db).await? else { return Ok(None) };
    let form = form_of(cx.db, &row).await?;
    Ok(Some((row, form)))
}

/// Writes to the team as the sender who holds this token: what waited for them, or was done, is open again. Answers
/// the submission with its form.
pub async fn follow_up(
    cx: Cx<'_>,
    token: &str,
    body: &str,
) -> Result<(submission::Model, form::Model)> {
    let place = format!("receipt {}", throttle::place(cx.address));
    cx.app.throttle.take(&place, cx.now()).map_err(too_many)?;
    let mut check = Check::new();
    let (source, rendered) = check.markdown(&["body"], body, LONGEST);
    let checked = check.done().map_err(Error::outside_input);
    let none = || {
        let message = "this leads to nothing that was sent";
        Error::refused(ErrorCode::NotFound, ["token"], message)
    };
    let (found, _) = by_token(cx, token).await?.ok_or_else(none)?;
    // Whoever has a good token guesses none.
    cx.app.throttle.give_back(&place);
    checked?;
    let talk = format!("follow-up {}", found.id);
    cx.app.throttle.take(&talk, cx.now()).map_err(too_many)?;

    let tx = cx.begin().await?;
    sql::lock::<form::Entity>(&tx, form::Column::Id, &[found.form_id]).await?;
    let row = submission::Entity::find_by_id(found.id).lock_exclusive().one(&tx).await?;
    let row = row.ok_or_else(none)?;
    let form = form_of(&tx, &row).await?;
    let message = submission_message::Model {
        id: cx.key(),
        submission_id: row.id,
        from_team: 0,
        author_id: row.sender_id.filter(|sender| cx.actor.is(*sender)),
        email_id: None,
        body_source: source,
        body_html: rendered.html,
    };
    let insert = submission_message::Entity::insert(message.clone().into_active_model());
    insert.exec_without_returning(&tx).await?;
    let state = match row.state {
        State::Waiting | State::Done => State::Open,
        other => other,
    };
    stand::count(&tx, std::slice::from_ref(&row), state).await?;
    let change = submission::ActiveModel {
        id: Unchanged(row.id),
        state: Set(state),
        version: Set(row.version + 1),
        ..Default::default()
    };
    let row = change.update(&tx).await?;
    // Nobody hears of what was taken for spam.
    if state != State::Spam {
        received::tell_of_follow_up(cx, &tx, &form, &row, &message).await?;
        notice::tell(cx, &tx, Notice::SubmissionReceived(row.id)).await?;
    }
    tx.commit().await?;
    Ok((row, form))
}

fn too_many(wait: std::time::Duration) -> Error {
    Problem::at(ErrorCode::RateLimited, [""; 0], "too many at once: wait, then try again")
        .with(Detail::RetryAfter(wait))
        .into()
}
