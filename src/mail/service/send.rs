use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QuerySelect as _,
};
use uuid::Uuid;

use super::{
    attached::{self, Files},
    choices, outbox, put, suppress,
};
use crate::{
    Cx, Error, Result,
    app::App,
    clock,
    cx::Hand,
    entity::{
        email::{self, State},
        email_attempt, email_topic, work_item,
    },
    infra::mailer::{Letter, Try, Verdict},
    queue::{Backoff, Job, Outcome},
};

/// Mail servers that put off a mail want it back within minutes, and take days to get well: after [`TRIES`] more than
/// two days have gone by.
const BACKOFF: Backoff = Backoff { first: TimeDelta::minutes(1), most: TimeDelta::hours(8) };
/// How often a mail is tried before it is given up, and again once staff want it tried again.
const TRIES: i32 = 16;

/// Hands a mail to the mail server, and writes down what that said. What was sent, cancelled or erased meanwhile is
/// left alone; so is what nobody wants any more.
pub async fn send(job: Job) -> Result<Outcome> {
    let app = job.app.clone();
    let Some(mail) = begin(&app, &job).await? else { return Ok(Outcome::Done) };
    let attempt = attempt(&app, &mail).await?;
    end(&app, &mail, &attempt).await?;
    Ok(Outcome::Done)
}

/// Takes a mail in hand: from here on nobody else sends or cancels it. `None` is nothing to send.
async fn begin(app: &App, job: &Job) -> Result<Option<email::Model>> {
    let id: Uuid = job.payload()?;
    let hand = Hand::of_server(app);
    let tx = hand.cx(app).begin().await?;
    let Some(mail) = email::Entity::find_by_id(id).lock_exclusive().one(&tx).await? else {
        return Ok(tx.rollback().await.map(|()| None)?);
    };
    let is_mine = match mail.state {
        // A worker that was killed after it had put the mail off leaves an item behind; the next try has its own.
        State::Scheduled | State::Deferred if mail.run_at > app.clock.now() => false,
        State::Queued | State::Scheduled | State::Deferred => true,
        // Whoever had it in hand was killed, unless another item for it is being done now.
        State::Sending => !is_in_other_hands(&tx, job).await?,
        State::Sent | State::Failed | State::Cancelled | State::Suppressed => false,
    };
    if !is_mine {
        return Ok(tx.rollback().await.map(|()| None)?);
    }
    // They may have unsubscribed while it waited.
    let topic = match mail.topic_id {
        Some(topic) => email_topic::Entity::find_by_id(topic).one(&tx).await?,
        None => None,
    };
    let wanted = put::is_wanted(&tx, &mail.to_key, topic.as_ref()).await?;
    let state = if wanted { State::Sending } else { State::Suppressed };
    let change =
        email::ActiveModel { id: Unchanged(mail.id), state: Set(state), ..Default::default() };
    change.update(&tx).await?;
    tx.commit().await?;
    Ok(wanted.then_some(mail))
}

/// Whether a worker does another item for the same mail at this moment.
async fn is_in_other_hands(tx: &impl ConnectionTrait, job: &Job) -> Result<bool> {
    let others = work_item::Entity::find()
        .filter(work_item::Column::State.eq(work_item::State::Running))
        .filter(work_item::Column::Payload.eq(&job.item.payload))
        .filter(work_item::Column::Id.ne(job.item.id));
    Ok(others.one(tx).await?.is_some())
}

/// One try to send it.
async fn attempt(app: &App, mail: &email::Model) -> Result<Try> {
    let files = match attached::read(app, mail.id).await {
        Ok(Files::Read(files)) => files,
        Ok(Files::Never(why)) => return Ok(app.mailer.never(why)),
        Err(Error::Unavailable) => {
            let later = app.mailer.never("its files can't be read at the moment".to_owned());
            return Ok(Try { verdict: Verdict::Later, ..later });
        }
        Err(other) => return Err(other),
    };
    let unsubscribe = match mail.topic_id {
        Some(topic) => Some(choices::unsubscribe_url(app, &mail.to_email, topic)?),
        None => None,
    };
    let letter = Letter {
        from: mail.sender_line.clone(),
        to_email: mail.to_email.clone(),
        to_name: mail.to_name.clone(),
        reply_to: mail.reply_to.clone(),
        subject: mail.subject.clone(),
        text: mail.text.clone().unwrap_or_default(),
        html: mail.html.clone().unwrap_or_default(),
        message_ref: mail.message_ref.clone(),
        thread_refs: mail.thread_refs.clone(),
        unsubscribe,
        date: clock::made_at(mail.id),
        attached: files,
    };
    Ok(app.mailer.send(&letter).await)
}

/// Writes down how a try went, and what becomes of the mail.
async fn end(app: &App, mail: &email::Model, attempt: &Try) -> Result<()> {
    let hand = Hand::of_server(app);
    let cx = hand.cx(app);
    let tx = cx.begin().await?;
    // Erased meanwhile, with all that was known of it.
    let Some(row) = email::Entity::find_by_id(mail.id).lock_exclusive().one(&tx).await? else {
        return Ok(tx.rollback().await?);
    };
    note(cx, &tx, mail.id, attempt).await?;
    let count = row.attempt_count + 1;
    let state = match attempt.verdict {
        Verdict::Taken => State::Sent,
        Verdict::Later if count % TRIES != 0 => State::Deferred,
        Verdict::Later | Verdict::Never => State::Failed,
    };
    let mut change = email::ActiveModel {
        id: Unchanged(mail.id),
        state: Set(state),
        attempt_count: Set(count),
        ..Default::default()
    };
    match state {
        State::Sent => {
            change.sent_at = Set(Some(cx.now()));
            // What only its reader may know is not kept longer than it takes to tell them.
            if mail.is_secret != 0 && !app.mailer.is_capture() {
                (change.text, change.html) = (Set(None), Set(None));
            }
        }
        State::Deferred => {
            let at = next(cx.now(), count);
            change.run_at = Set(at);
            outbox::enqueue(cx, &tx, &row, at).await?;
        }
        _ => {
            if suppress::is_hard_bounce(attempt) {
                suppress::bounced(cx, &tx, mail, attempt).await?;
            }
        }
    }
    change.update(&tx).await?;
    Ok(tx.commit().await?)
}

fn next(now: DateTime<Utc>, count: i32) -> DateTime<Utc> {
    BACKOFF.next(now, count % TRIES, rand::random())
}

async fn note(cx: Cx<'_>, tx: &impl ConnectionTrait, mail: Uuid, attempt: &Try) -> Result<()> {
    let row = email_attempt::Model {
        id: cx.key(),
        email_id: mail,
        relay: attempt.relay.clone(),
        code: attempt.code.map(i32::from),
        enhanced_code: attempt.enhanced_code.clone(),
        response: attempt.response.clone(),
        took_ms: attempt.took_ms,
        tls: i32::from(attempt.tls),
    };
    email_attempt::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}
