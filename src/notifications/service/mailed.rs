//! Notifications by mail: to those who are away and have not read them, each once.

use chrono::TimeDelta;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DatabaseTransaction, EntityTrait as _,
    QueryFilter as _, QuerySelect as _, QueryTrait as _, sea_query::Expr,
};
use serde_json::json;
use uuid::Uuid;

use super::{Subject, lists, settings::topic, words};
use crate::{
    Cx, Result, applications, chat, comments,
    cx::Hand,
    entity::{
        account::{self, State},
        application, comment, conversation, conversation_member as member,
        email::{self, Priority},
        message,
        notification::{Column, Entity, Kind, Model},
        portfolio_item, post, profile, submission_mail, task,
    },
    mail::service::{NewMail, To, put},
    members,
    notifications::work,
    portfolio, posts,
    queue::{self, Job, NewItem, Outcome},
    sql, tasks,
};

/// How long somebody has to see a notification before a mail tells of it.
const PAUSE: TimeDelta = TimeDelta::minutes(2);

/// Asks, in the transaction that wrote these notifications of one kind, for a mail of each whose reader takes such
/// mail at a proved address, if none told of it yet.
pub(super) async fn ask(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    kind: Kind,
    written: &[(Uuid, Uuid)],
) -> Result<()> {
    if written.is_empty() {
        return Ok(());
    }
    let backend = cx.backend();
    let text = format!(
        "SELECT n.id FROM notification n JOIN account a ON a.id = n.profile_id \
         JOIN email_topic t ON t.key = $1 \
         LEFT JOIN email_choice c ON c.email_key = a.email_key AND c.topic_id = t.id \
         WHERE {} AND n.mailed_at IS NULL AND a.email_verified_at IS NOT NULL \
         AND a.state = 'active' AND COALESCE(c.subscribed, t.default_on) = 1",
        sql::among(backend, "n.id", 2)
    );
    let ids: Vec<Uuid> = written.iter().map(|(_, id)| *id).collect();
    let values = [topic(kind)?.into(), sql::keys(backend, &ids)];
    let rows = tx.query_all_raw(sql::statement(backend, text, values)).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let id: Uuid = row.try_get_by_index(0)?;
        let once = format!("mail notification {}", id.simple());
        items.push(NewItem::new(&work::MAIL, &id)?.at(cx.now() + PAUSE).once(once));
    }
    queue::add_many(cx, tx, items).await
}

/// Writes the mail that tells of a notification, unless its reader is around, has read it, or may not see any more
/// what it is about.
pub async fn mail(job: Job) -> Result<Outcome> {
    let app = &*job.app;
    let id: Uuid = job.payload()?;
    let row = Entity::find_by_id(id).one(app.db.fresh()).await?;
    let Some(row) = row.filter(|row| row.read_at.is_none() && row.mailed_at.is_none()) else {
        return Ok(Outcome::Done);
    };
    let account = account::Entity::find_by_id(row.profile_id).one(app.db.fresh()).await?;
    let proved = |account: &account::Model| {
        account.state == State::Active && account.email_verified_at.is_some()
    };
    let Some(account) = account.filter(proved) else { return Ok(Outcome::Done) };
    if app.presence.online(&[account.id]).await.contains(&true) {
        return Ok(Outcome::Done);
    }
    let eyes = Hand::reading(app, account.id, account.role);
    let seeing = eyes.cx(app);
    let subject = Subject::of(&row)?;
    if !sees(seeing, subject).await?
        || has_read(seeing, &row).await?
        || is_written_to(seeing, row.kind, subject, &account.email_key).await?
    {
        return Ok(Outcome::Done);
    }
    let actors = lists::actors(seeing, &[id]).await?;
    // Applications are erased in time, which a mail in somebody's box is not.
    let names_them = row.kind != Kind::ApplicationReceived;
    let actors = actors.iter().filter(|_| names_them);
    let names: Vec<&str> = actors.map(|(_, face)| face.name.as_str()).collect();
    let variables = json!({
        "summary": words::summary(&account.locale, row.kind, subject, &names, row.actor_count),
        "excerpt": row.excerpt.clone().unwrap_or_default(),
        "link": words::url(&app.config, row.kind, subject),
    });
    let face = members::service::face(seeing.db, account.id).await?;
    let to = To {
        email: account.email,
        name: Some(face.name),
        profile: Some(account.id),
        locale: account.locale,
    };
    let hand = Hand::of_server(app);
    let cx = hand.cx(app);
    let tx = cx.begin().await?;
    // Of several that come here, one goes on.
    let first = Entity::update_many()
        .col_expr(Column::MailedAt, Expr::value(cx.now()))
        .filter(Column::Id.eq(id))
        .filter(Column::MailedAt.is_null())
        .filter(Column::ReadAt.is_null())
        .exec(&tx)
        .await?;
    if first.rows_affected == 0 {
        tx.rollback().await?;
        return Ok(Outcome::Done);
    }
    let mail = NewMail::of(to, "notification", variables);
    let topic = Some(topic(row.kind)?.into());
    put(cx, &tx, NewMail { topic, priority: Priority::Normal, ..mail }).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// Whether the actor may see what a notification is about.
async fn sees(cx: Cx<'_>, subject: Subject) -> Result<bool> {
    let db = cx.db;
    Ok(match subject {
        Subject::Post(id) => {
            let rows = posts::service::visible(cx).filter(post::Column::Id.eq(id));
            rows.one(db).await?.is_some()
        }
        Subject::Comment(id) => {
            let rows = comments::service::visible(cx).filter(comment::Column::Id.eq(id));
            rows.filter(comment::Column::DeletedAt.is_null()).one(db).await?.is_some()
        }
        Subject::Message(id) => {
            let rows = chat::service::visible_messages(cx).filter(message::Column::Id.eq(id));
            rows.filter(message::Column::DeletedAt.is_null()).one(db).await?.is_some()
        }
        Subject::Conversation(id) => {
            let rows = chat::service::visible(cx).filter(conversation::Column::Id.eq(id));
            rows.one(db).await?.is_some()
        }
        Subject::Member(id) => {
            let rows = members::service::visible(cx).filter(profile::Column::Id.eq(id));
            rows.one(db).await?.is_some()
        }
        Subject::PortfolioItem(id) => {
            let rows = portfolio::service::visible(cx).filter(portfolio_item::Column::Id.eq(id));
            rows.one(db).await?.is_some()
        }
        Subject::Task(id) => {
            let rows = tasks::service::visible(cx).filter(task::Column::Id.eq(id));
            rows.one(db).await?.is_some()
        }
        Subject::Application(id) => {
            let rows = applications::service::visible(cx).filter(application::Column::Id.eq(id));
            rows.one(db).await?.is_some()
        }
        // Its teams and senders were found when it was told; nothing but the fact stands in the mail.
        Subject::Submission(_) => true,
    })
}

/// Whether what is told reaches an address as a mail of its own: that of a contact form, or of the team that an
/// application went to.
async fn is_written_to(cx: Cx<'_>, kind: Kind, subject: Subject, address: &str) -> Result<bool> {
    if kind == Kind::ApplicationUpdated {
        return Ok(true);
    }
    let Subject::Submission(id) = subject else { return Ok(false) };
    let about = submission_mail::Entity::find()
        .select_only()
        .column(submission_mail::Column::EmailId)
        .filter(submission_mail::Column::SubmissionId.eq(id));
    let mail = email::Entity::find()
        .filter(email::Column::ToKey.eq(address))
        .filter(email::Column::Id.in_subquery(about.into_query()));
    Ok(mail.one(cx.db).await?.is_some())
}

/// Whether the actor has read the messages that a notification is about where they stand.
async fn has_read(cx: Cx<'_>, row: &Model) -> Result<bool> {
    let (room, position) = match (row.conversation_id, row.message_id) {
        (Some(room), _) => {
            let found = conversation::Entity::find_by_id(room).one(cx.db).await?;
            (room, found.map_or(0, |room| room.last_position))
        }
        (_, Some(id)) => match message::Entity::find_by_id(id).one(cx.db).await? {
            Some(message) if row.kind == Kind::Mention => {
                (message.conversation_id, message.position)
            }
            _ => return Ok(false),
        },
        _ => return Ok(false),
    };
    let own = member::Entity::find()
        .filter(member::Column::ConversationId.eq(room))
        .filter(member::Column::ProfileId.eq(row.profile_id))
        .one(cx.db)
        .await?;
    Ok(own.is_some_and(|own| own.read_position >= position))
}
