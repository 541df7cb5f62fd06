use std::borrow::Cow;

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, Select, sea_query::LockType,
};
use uuid::Uuid;

use crate::{
    Cx, Error, Result,
    entity::{
        file,
        file_use::{self, Column, Place},
    },
    error::{Detail, ErrorCode, Problem},
    files::policy,
    sql,
};

/// What a file hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum On {
    /// A profile.
    Profile(Uuid),
    /// A post.
    Post(Uuid),
    /// A comment.
    Comment(Uuid),
    /// A message.
    Message(Uuid),
    /// A portfolio item.
    PortfolioItem(Uuid),
    /// A mail.
    Email(Uuid),
    /// A submission of a form.
    Submission(Uuid),
    /// A mail of the talk about one.
    SubmissionMessage(Uuid),
    /// An application to a job.
    Application(Uuid),
    /// An organization.
    Organization(Uuid),
    /// A task.
    Task(Uuid),
}

impl On {
    /// The column that names it.
    pub fn column(self) -> Column {
        match self {
            Self::Profile(_) => Column::ProfileId,
            Self::Post(_) => Column::PostId,
            Self::Comment(_) => Column::CommentId,
            Self::Message(_) => Column::MessageId,
            Self::PortfolioItem(_) => Column::PortfolioItemId,
            Self::Email(_) => Column::EmailId,
            Self::Submission(_) => Column::SubmissionId,
            Self::SubmissionMessage(_) => Column::SubmissionMessageId,
            Self::Application(_) => Column::ApplicationId,
            Self::Organization(_) => Column::OrganizationId,
            Self::Task(_) => Column::TaskId,
        }
    }

    /// What a use stands on.
    pub fn of(used: &file_use::Model) -> Option<Self> {
        let on = [
            used.profile_id.map(Self::Profile),
            used.post_id.map(Self::Post),
            used.comment_id.map(Self::Comment),
            used.message_id.map(Self::Message),
            used.portfolio_item_id.map(Self::PortfolioItem),
            used.email_id.map(Self::Email),
            used.submission_id.map(Self::Submission),
            used.submission_message_id.map(Self::SubmissionMessage),
            used.application_id.map(Self::Application),
            used.organization_id.map(Self::Organization),
            used.task_id.map(Self::Task),
        ];
        on.into_iter().flatten().next()
    }

    /// What its kind is called in ids.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Profile(_) => "profile",
            Self::Post(_) => "post",
            Self::Comment(_) => "comment",
            Self::Message(_) => "message",
            Self::PortfolioItem(_) => "portfolio_item",
            Self::Email(_) => "email",
            Self::Submission(_) => "submission",
            Self::SubmissionMessage(_) => "submission_message",
            Self::Application(_) => "application",
            Self::Organization(_) => "organization",
            Self::Task(_) => "task",
        }
    }

    /// Its key.
    pub fn key(self) -> Uuid {
        match self {
            Self::Profile(key)
            | Self::Post(key)
            | Self::Comment(key)
            | Self::Message(key)
            | Self::PortfolioItem(key)
            | Self::Email(key)
            | Self::Submission(key)
            | Self::Task(key)
            | Self::Organization(key)
            | Self::Application(key)
            | Self::SubmissionMessage(key) => key,
        }
    }
}

/// Hangs files of the actor's own on something that is new, in their order; without files nothing is asked of the
/// database. `path` is the argument that named them, from the top down; `None` is an id that names no file. The
/// same file twice, one of somebody else, one of a kind that does not fit and too many are refused.
pub async fn hang(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    on: On,
    place: Place,
    files: &[Option<Uuid>],
    path: &[&'static str],
) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    hang_on_each(cx, tx, &[on], place, files, path).await
}

/// [`hang`] the same files on each of several new things, with as many statements as on one.
pub async fn hang_on_each(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    things: &[On],
    place: Place,
    files: &[Option<Uuid>],
    path: &[&'static str],
) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    check(cx, tx, place, files, path).await?;
    let files: Vec<Uuid> = files.iter().flatten().copied().collect();
    put_up(cx, tx, things, place, &files).await
}

/// Hangs files, in their order, on each of several things: files that are known to fit, and to be there until the end of
/// the change.
pub async fn put_up(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    things: &[On],
    place: Place,
    files: &[Uuid],
) -> Result<()> {
    let rows: Vec<_> = things.iter().flat_map(|on| hung(cx, *on, place, files)).collect();
    for rows in rows.chunks(500) {
        file_use::Entity::insert_many(rows.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn hung(cx: Cx<'_>, on: On, place: Place, files: &[Uuid]) -> Vec<file_use::ActiveModel> {
    let only = |other: fn(Uuid) -> On| Set((other(on.key()) == on).then_some(on.key()));
    let rows = files.iter().zip(0..).map(|(file, position)| file_use::ActiveModel {
        id: Set(cx.key()),
        file_id: Set(*file),
        place: Set(place),
        position: Set(position),
        profile_id: only(On::Profile),
        post_id: only(On::Post),
        comment_id: only(On::Comment),
        message_id: only(On::Message),
        portfolio_item_id: only(On::PortfolioItem),
        email_id: only(On::Email),
        submission_id: only(On::Submission),
        submission_message_id: only(On::SubmissionMessage),
        application_id: only(On::Application),
        organization_id: only(On::Organization),
        task_id: only(On::Task),
    });
    rows.collect()
}

/// [`hang`] in place of what hung there.
pub async fn rehang(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    on: On,
    place: Place,
    files: &[Option<Uuid>],
    path: &[&'static str],
) -> Result<()> {
    let old = file_use::Entity::delete_many().filter(on.column().eq(on.key()));
    old.filter(Column::Place.eq(place)).exec(tx).await?;
    hang(cx, tx, on, place, files, path).await
}

/// Whether anything hangs in a place.
pub async fn any_on(tx: &impl ConnectionTrait, on: On, place: Place) -> Result<bool> {
    let found = hung_on(place).filter(on.column().eq(on.key())).one(tx).await?;
    Ok(found.is_some())
}

/// Takes everything off something.
pub async fn let_go(tx: &impl ConnectionTrait, on: On) -> Result<()> {
    file_use::Entity::delete_many().filter(on.column().eq(on.key())).exec(tx).await?;
    Ok(())
}

/// What hangs in a place, in its order within each thing; not yet cut to things.
pub fn hung_on(place: Place) -> Select<file_use::Entity> {
    file_use::Entity::find().filter(Column::Place.eq(place))
}

async fn check(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    place: Place,
    files: &[Option<Uuid>],
    path: &[&'static str],
) -> Result<()> {
    let me = cx.actor.member()?.id;
    let most = policy::most(place);
    if files.len() > most {
        let limit = Detail::Limit {
            min: None,
            max: Some(f64::from(u32::try_from(most).unwrap_or(u32::MAX))),
            actual: Some(f64::from(u32::try_from(files.len()).unwrap_or(u32::MAX))),
        };
        let problem = Problem::at(
            ErrorCode::TooLong,
            path.iter().copied(),
            format!("name at most {most} files"),
        );
        return Err(problem.with(limit).into());
    }
    let keys: Vec<Uuid> = files.iter().flatten().copied().collect();
    let mut rows = file::Entity::find()
        .select_only()
        .columns([file::Column::Id, file::Column::Kind])
        .filter(sql::key_in(cx.backend(), file::Column::Id, &keys))
        .filter(file::Column::OwnerId.eq(me));
    // Who deletes one of them now waits, and then sees that it is used.
    if cx.backend() == sea_orm::DbBackend::Postgres {
        rows = rows.lock(LockType::KeyShare);
    }
    let found: Vec<(Uuid, file::Kind)> = rows.into_tuple().all(tx).await?;
    let mut problems = Vec::new();
    for (at, key) in files.iter().enumerate() {
        let path = || -> Vec<Cow<'static, str>> {
            let list = path.iter().copied().map(Cow::Borrowed);
            let index = (most > 1).then(|| Cow::Owned(at.to_string()));
            list.chain(index).collect()
        };
        let kind = found.iter().find(|(id, _)| Some(*id) == *key).map(|(_, kind)| *kind);
        match kind {
            None => {
                let message = "there is no such file of yours";
                problems.push(Problem::at(ErrorCode::NotFound, path(), message));
            }
            Some(_) if files.iter().take(at).any(|earlier| earlier == key) => {
                let message = "this file is named twice";
                problems.push(Problem::at(ErrorCode::Duplicate, path(), message));
            }
            Some(kind) => {
                if let Err(why) = policy::fits(place, kind) {
                    problems.push(policy::misplaced(path(), why));
                }
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Refused(problems)) }
}
