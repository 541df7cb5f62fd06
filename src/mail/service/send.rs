use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    EntityTrait as _, IntoActiveModel as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::{
    Result,
    app::App,
    clock,
    cx::Hand,
    entity::{
        email::{self, State},
        email_attempt,
    },
    infra::mailer::{Letter, Try, Verdict},
    queue::{Job, Outcome},
};

/// Hands a mail to the mail server, and writes down what that said. What was sent, cancelled or erased meanwhile is
/// left alone.
pub async fn send(job: Job) -> Result<Outcome> {
    let (app, id) = (job.app.clone(), job.payload::<Uuid>()?);
    let Some(mail) = email::Entity::find_by_id(id).one(&app.db.write).await? else {
        return Ok(Outcome::Done);
    };
    if !matches!(mail.state, State::Queued | State::Scheduled | State::Deferred | State::Sending) {
        return Ok(Outcome::Done);
    }
    let attempt = app.mailer.send(&letter(&mail)).await?;
    let last = job.is_last_try();
    written(&app, &mail, &attempt, last).await?;
    match attempt.verdict {
        Verdict::Taken | Verdict::Never => Ok(Outcome::Done),
        Verdict::Later if last => Ok(Outcome::Done),
        Verdict::Later => Err(crate::Error::bug(attempt.response)),
    }
}

fn letter(mail: &email::Model) -> Letter {
    Letter {
        from: mail.sender_line.clone(),
        to_email: mail.to_email.clone(),
        to_name: mail.to_name.clone(),
        reply_to: mail.reply_to.clone(),
        subject: mail.subject.clone(),
        text: mail.text.clone().unwrap_or_default(),
        html: mail.html.clone().unwrap_or_default(),
        message_ref: mail.message_ref.clone(),
        thread_refs: mail.thread_refs.clone(),
        unsubscribe: None,
        date: clock::made_at(mail.id),
        attached: Vec::new(),
    }
}

async fn written(app: &App, mail: &email::Model, attempt: &Try, last: bool) -> Result<()> {
    let hand = Hand::of_server(app);
    let cx = hand.cx(app);
    let tx = cx.begin().await?;
    let row = email_attempt::Model {
        id: cx.key(),
        email_id: mail.id,
        relay: attempt.relay.clone(),
        code: attempt.code.map(i32::from),
        enhanced_code: attempt.enhanced_code.clone(),
        response: attempt.response.clone(),
        took_ms: attempt.took_ms,
        tls: i32::from(attempt.tls),
    };
    email_attempt::Entity::insert(row.into_active_model()).exec_without_returning(&tx).await?;
    let now = email::Entity::find_by_id(mail.id).lock_exclusive().one(&tx).await?;
    let Some(now) = now else { return Ok(tx.rollback().await?) };
    let state = match attempt.verdict {
        Verdict::Taken => State::Sent,
        Verdict::Later if !last => State::Deferred,
        Verdict::Later | Verdict::Never => State::Failed,
    };
    let mut change = email::ActiveModel {
        id: Unchanged(mail.id),
        state: Set(state),
        attempt_count: Set(now.attempt_count + 1),
        ..Default::default()
    };
    if state == State::Sent {
        change.sent_at = Set(Some(cx.now()));
        // What only its reader may know is not kept longer than it takes to tell them.
        if mail.is_secret != 0 && !app.mailer.is_capture() {
            (change.text, change.html) = (Set(None), Set(None));
        }
    }
    change.update(&tx).await?;
    tx.commit().await?;
    Ok(())
}
