//! Erases submissions whose time is over, with all that belongs to them.

use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{challenge, inbox, locked};
use crate::{
    Error, Result,
    app::App,
    entity::{
        email, file_use,
        submission::{self, Column, State},
        submission_message,
    },
    files::service::{self as files, On},
    sql, typeid,
};

/// How many are looked for at once.
const AT_ONCE: u64 = 100;

/// The word by which mails about a submission are found again, to be erased with it: every mail that holds something
/// of a submission has it among its tags.
pub fn mail_tag(submission: Uuid) -> String {
    typeid::encode("submission", submission)
}

/// Erases what is past its time, and forgets challenges that are. To be called hourly.
pub async fn erase_due(app: &App) -> Result<()> {
    challenge::prune(app).await?;
    loop {
        let due: Vec<(Uuid, Uuid)> = submission::Entity::find()
            .select_only()
            .columns([Column::Id, Column::FormId])
            .filter(Column::EraseAt.lte(app.clock.now()))
            .order_by_asc(Column::EraseAt)
            .limit(AT_ONCE)
            .into_tuple()
            .all(&app.db.write)
            .await?;
        if due.is_empty() {
            return Ok(());
        }
        for (id, form) in due {
            erase(app, id, form).await?;
        }
    }
}

async fn erase(app: &App, id: Uuid, form: Uuid) -> Result<()> {
    let tx = app.db.begin().await?;
    let form = locked(&tx, form).await?.ok_or_else(|| Error::bug("a submission of no form"))?;
    let row = submission::Entity::find_by_id(id).lock_exclusive().one(&tx).await?;
    let Some(row) = row else { return Ok(tx.rollback().await?) };
    let mails: Vec<Uuid> = submission_message::Entity::find()
        .select_only()
        .column(submission_message::Column::EmailId)
        .filter(submission_message::Column::SubmissionId.eq(id))
        .filter(submission_message::Column::EmailId.is_not_null())
        .into_tuple()
        .all(&tx)
        .await?;
    let mut addresses: Vec<String> =
        serde_json::from_str(&form.notify_emails).map_err(Error::internal)?;
    addresses.extend(row.sender_email.clone());
    let addresses = addresses.iter().map(|address| address.to_lowercase());
    let about = email::Column::ToKey
        .is_in(addresses)
        .and(email::Column::Tags.like(format!("%{}%", mail_tag(id))));
    let backend = tx.get_database_backend();
    inbox::erase_mails(&tx, &[id]).await?;
    email::Entity::update_many()
        .col_expr(email::Column::Text, Expr::value(None::<String>))
        .col_expr(email::Column::Html, Expr::value(None::<String>))
        .filter(sql::key_in(backend, email::Column::Id, &mails).or(about))
        .exec(&tx)
        .await?;
    let hung: Vec<Uuid> = file_use::Entity::find()
        .select_only()
        .column(file_use::Column::FileId)
        .filter(file_use::Column::SubmissionId.eq(id))
        .into_tuple()
        .all(&tx)
        .await?;
    files::let_go(&tx, On::Submission(id)).await?;
    // A member's own files stay theirs; what came within the request was kept for the form alone.
    if row.sender_id != Some(form.owner_id) {
        files::discard(&tx, form.owner_id, &hung).await?;
    }
    submission::Entity::delete_by_id(id).exec(&tx).await?;
    let was_open = matches!(row.state, State::New | State::Open | State::Waiting);
    let mut counts = form.clone().into_active_model();
    counts.submission_count = Set(Ord::max(form.submission_count - 1, 0));
    counts.open_count = Set(Ord::max(form.open_count - i32::from(was_open), 0));
    counts.update(&tx).await?;
    Ok(tx.commit().await?)
}
