//! What a notice tells, to whom: read from the rows as they are now. What is gone by then is told to nobody.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::{On, Subject, applications, talks, tasks, watch::watchers};
use crate::{
    Cx, Error, Result,
    clock::made_at,
    comments,
    entity::{
        account::{self, Role},
        collaborator, comment, follow, form_member, message,
        notification::Kind,
        portfolio_item, post, reaction, skill_endorsement, submission, submission_message, tag,
    },
    markdown,
    notice::Notice,
};

/// Characters of an excerpt.
const EXCERPT: usize = 140;

/// Something that happened, and whom it may concern.
#[derive(Clone, Debug)]
pub(super) struct News {
    /// Who did it; nobody, if that was a guest.
    pub actor: Option<Uuid>,
    /// When they did: the same however often it is told.
    pub at: DateTime<Utc>,
    /// The beginning of what they wrote.
    pub excerpt: Option<String>,
    /// Where it happened: who hears of it sees that, and may have said how much of it they want to hear.
    pub place: Option<On>,
    /// Whom it may concern, the strongest kind first.
    pub told: Vec<Told>,
}

/// Somebody whom news may concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// Who.
    pub who: Uuid,
    /// As what.
    pub kind: Kind,
    /// About what.
    pub subject: Subject,
}

impl News {
    /// News made of a row with this key.
    pub(super) fn of(key: Uuid, actor: impl Into<Option<Uuid>>) -> Self {
        let (actor, at) = (actor.into(), made_at(key));
        Self { actor, at, excerpt: None, place: None, told: Vec::new() }
    }

    pub(super) fn excerpt(self, excerpt: impl Into<String>) -> Self {
        Self { excerpt: Some(excerpt.into()), ..self }
    }

    pub(super) fn text(self, html: &str) -> Self {
        self.excerpt(markdown::plain_text(html, Some(EXCERPT)))
    }

    pub(super) fn at(self, place: On) -> Self {
        Self { place: Some(place), ..self }
    }

    pub(super) fn tell(
        mut self,
        people: impl IntoIterator<Item = Uuid>,
        kind: Kind,
        subject: Subject,
    ) -> Self {
        self.told.extend(people.into_iter().map(|who| Told { who, kind, subject }));
        self
    }
}

/// What a notice that was written at a moment tells, in order.
pub(super) async fn of(cx: Cx<'_>, notice: Notice, asked_at: DateTime<Utc>) -> Result<Vec<News>> {
    let one = match notice {
        Notice::PostPublished(id) => named_in_post(cx, id, None).await?,
        Notice::PostNames(id, new) => named_in_post(cx, id, Some(new)).await?,
        Notice::PortfolioItemPublished(id) => named_in_item(cx, id, None).await?,
        Notice::PortfolioItemNames(id, new) => named_in_item(cx, id, Some(new)).await?,
        Notice::CommentAdded(id) => commented(cx, id).await?,
        Notice::CommentNames(id, new) => named_in_comment(cx, id, &new).await?,
        Notice::Reacted { actor, kind, subject } => reacted(cx, actor, &kind, subject).await?,
        Notice::Followed { follower, followed } => followed_by(cx, follower, followed).await?,
        Notice::Endorsed(id) => endorsed(cx, id).await?,
        Notice::CollaboratorAsked(id) => asked(cx, id).await?,
        Notice::MessageNames(id, new) => named_in_message(cx, id, &new).await?,
        Notice::MessageSent(id) => return talks::said_since(cx, id).await,
        Notice::SubmissionReceived(id) => received(cx, id).await?,
        Notice::SubmissionReplied(id) => replied(cx, id).await?,
        Notice::TaskAssigned(id, people) => tasks::assigned(cx, id, &people).await?,
        Notice::TaskNames(id, people) => tasks::named(cx, id, &people).await?,
        Notice::TaskDue(id) => tasks::due(cx, id, asked_at).await?,
        Notice::ApplicationReceived(id) => applications::received(cx, id).await?,
        Notice::ApplicationUpdated(id) => applications::updated(cx, id).await?,
    };
    Ok(one.into_iter().collect())
}

/// Those whom a text names, as they are kept beside it; of these, if that is given.
fn named(kept: Option<&str>, of: Option<&[Uuid]>) -> Result<Vec<Uuid>> {
    let Some(kept) = kept else { return Ok(Vec::new()) };
    let keys: Vec<Uuid> = serde_json::from_str(kept).map_err(Error::internal)?;
    Ok(keys.into_iter().filter(|key| of.is_none_or(|of| of.contains(key))).collect())
}

async fn named_in_post(cx: Cx<'_>, id: Uuid, new: Option<Vec<Uuid>>) -> Result<Option<News>> {
    let Some(post) = post::Entity::find_by_id(id).one(cx.db).await? else { return Ok(None) };
    let people = named(post.mentions.as_deref(), new.as_deref())?;
    let news = News::of(id, post.author_id).text(&post.body_html).at(On::Post(id));
    Ok(Some(news.tell(people, Kind::Mention, Subject::Post(id))))
}

async fn item(cx: Cx<'_>, id: Uuid) -> Result<Option<portfolio_item::Model>> {
    Ok(portfolio_item::Entity::find_by_id(id).one(cx.db).await?)
}

async fn named_in_item(cx: Cx<'_>, id: Uuid, new: Option<Vec<Uuid>>) -> Result<Option<News>> {
    let item = item(cx, id).await?.filter(|item| item.publication.is_some());
    let Some(item) = item else { return Ok(None) };
    let people = named(item.mentions.as_deref(), new.as_deref())?;
    let news = News::of(id, item.owner_id).excerpt(item.title).at(On::PortfolioItem(id));
    Ok(Some(news.tell(people, Kind::Mention, Subject::PortfolioItem(id))))
}

async fn comment(cx: Cx<'_>, id: Uuid) -> Result<Option<comment::Model>> {
    let rows = comment::Entity::find_by_id(id).filter(comment::Column::DeletedAt.is_null());
    Ok(rows.one(cx.db).await?)
}

/// Where a comment stands, as people watch it.
fn place(comment: &comment::Model) -> Result<(On, Subject)> {
    Ok(match comments::service::On::of(comment)? {
        comments::service::On::Post(id) => (On::Post(id), Subject::Post(id)),
        comments::service::On::PortfolioItem(id) => {
            (On::PortfolioItem(id), Subject::PortfolioItem(id))
        }
        comments::service::On::Task(id) => (On::Task(id), Subject::Task(id)),
    })
}

async fn commented(cx: Cx<'_>, id: Uuid) -> Result<Option<News>> {
    let Some(row) = comment(cx, id).await? else { return Ok(None) };
    let (on, about) = place(&row)?;
    let authors: Vec<Uuid> = match on {
        On::Post(id) => {
            let post = post::Entity::find_by_id(id).one(cx.db).await?;
            post.map(|post| post.author_id).into_iter().collect()
        }
        On::Task(id) => tasks::those_concerned(cx, id).await?,
        _ => item(cx, on.key()).await?.map(|item| item.owner_id).into_iter().collect(),
    };
    let parent = match row.parent_id {
        None => None,
        Some(parent) => comment(cx, parent).await?,
    };
    let mut news = News::of(id, row.author_id).text(&row.body_html).at(on);
    let people = named(row.mentions.as_deref(), None)?;
    news = news.tell(people, Kind::Mention, Subject::Comment(id));
    if let Some(parent) = parent {
        news = news.tell([parent.author_id], Kind::Reply, Subject::Comment(parent.id));
    }
    let watching = watchers(cx.db, on).await?;
    Ok(Some(news.tell(authors.into_iter().chain(watching), Kind::Comment, about)))
}

async fn named_in_comment(cx: Cx<'_>, id: Uuid, new: &[Uuid]) -> Result<Option<News>> {
    let Some(row) = comment(cx, id).await? else { return Ok(None) };
    let people = named(row.mentions.as_deref(), Some(new))?;
    let news = News::of(id, row.author_id).text(&row.body_html).at(place(&row)?.0);
    Ok(Some(news.tell(people, Kind::Mention, Subject::Comment(id))))
}

async fn said(cx: Cx<'_>, id: Uuid) -> Result<Option<message::Model>> {
    let rows = message::Entity::find_by_id(id).filter(message::Column::DeletedAt.is_null());
    Ok(rows.one(cx.db).await?)
}

async fn named_in_message(cx: Cx<'_>, id: Uuid, new: &[Uuid]) -> Result<Option<News>> {
    let Some(row) = said(cx, id).await? else { return Ok(None) };
    let people = named(row.mentions.as_deref(), Some(new))?;
    let news = News::of(id, row.author_id).text(&row.body_html);
    let news = news.at(On::Conversation(row.conversation_id));
    Ok(Some(news.tell(people, Kind::Mention, Subject::Message(id))))
}

async fn reacted(cx: Cx<'_>, actor: Uuid, kind: &str, id: Uuid) -> Result<Option<News>> {
    use reaction::Column::{CommentId, Id, MessageId, PortfolioItemId, PostId, ProfileId, TaskId};
    // Who made it, where it stands, and how reactions and notifications name it.
    let found = match kind {
        "post" => post::Entity::find_by_id(id)
            .one(cx.db)
            .await?
            .map(|row| (row.author_id, On::Post(id), PostId, Subject::Post(id))),
        "comment" => match comment(cx, id).await? {
            None => None,
            Some(row) => Some((row.author_id, place(&row)?.0, CommentId, Subject::Comment(id))),
        },
        "message" => said(cx, id).await?.map(|row| {
            let on = On::Conversation(row.conversation_id);
            (row.author_id, on, MessageId, Subject::Message(id))
        }),
        "portfolio_item" => item(cx, id).await?.map(|row| {
            (row.owner_id, On::PortfolioItem(id), PortfolioItemId, Subject::PortfolioItem(id))
        }),
        "task" => tasks::task(cx, id).await?.and_then(|row| {
            row.creator_id.map(|creator| (creator, On::Task(id), TaskId, Subject::Task(id)))
        }),
        _ => return Err(Error::bug(format!("nobody reacts to a {kind}"))),
    };
    let Some((author, on, column, subject)) = found else { return Ok(None) };
    let theirs = Condition::all().add(column.eq(id)).add(ProfileId.eq(actor));
    let reaction = reaction::Entity::find().filter(theirs).order_by_desc(Id).one(cx.db).await?;
    let Some(reaction) = reaction else { return Ok(None) };
    let news = News::of(reaction.id, actor).excerpt(reaction.emoji).at(on);
    Ok(Some(news.tell([author], Kind::Reaction, subject)))
}

async fn followed_by(cx: Cx<'_>, follower: Uuid, followed: Uuid) -> Result<Option<News>> {
    let row = follow::Entity::find()
        .filter(follow::Column::FollowerId.eq(follower))
        .filter(follow::Column::FollowedId.eq(followed))
        .one(cx.db)
        .await?;
    let news = |row: follow::Model| News::of(row.id, follower);
    Ok(row.map(|row| news(row).tell([followed], Kind::Follow, Subject::Member(followed))))
}

async fn endorsed(cx: Cx<'_>, id: Uuid) -> Result<Option<News>> {
    let row = skill_endorsement::Entity::find_by_id(id).one(cx.db).await?;
    let Some(row) = row else { return Ok(None) };
    let skill = tag::Entity::find_by_id(row.tag_id).one(cx.db).await?;
    let mut news = News::of(id, row.endorser_id);
    news.excerpt = skill.map(|skill| skill.name);
    let them = row.profile_id;
    Ok(Some(news.tell([them], Kind::Endorsement, Subject::Member(them))))
}

async fn asked(cx: Cx<'_>, id: Uuid) -> Result<Option<News>> {
    let row = collaborator::Entity::find_by_id(id)
        .filter(collaborator::Column::State.eq(collaborator::State::Asked))
        .one(cx.db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let of = row.portfolio_item_id;
    let Some(item) = item(cx, of).await? else { return Ok(None) };
    let news = News::of(id, item.owner_id).excerpt(row.credit).at(On::PortfolioItem(of));
    Ok(Some(news.tell([row.profile_id], Kind::Collaboration, Subject::PortfolioItem(of))))
}

async fn received(cx: Cx<'_>, id: Uuid) -> Result<Option<News>> {
    let row = submission::Entity::find_by_id(id)
        .filter(submission::Column::State.ne(submission::State::Spam))
        .one(cx.db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let team = form_member::Entity::find().filter(form_member::Column::FormId.eq(row.form_id));
    let team = team.all(cx.db).await?;
    let mut team: Vec<Uuid> = team.into_iter().map(|member| member.profile_id).collect();
    if team.is_empty() {
        let staff = account::Entity::find().filter(account::Column::Role.ne(Role::Member));
        team = staff.all(cx.db).await?.into_iter().map(|account| account.id).collect();
    }
    // What the sender added since is news of its own.
    let added = submission_message::Entity::find()
        .filter(submission_message::Column::SubmissionId.eq(id))
        .filter(submission_message::Column::FromTeam.eq(0))
        .order_by_desc(submission_message::Column::Id)
        .one(cx.db)
        .await?;
    let news = News::of(added.map_or(id, |message| message.id), row.sender_id);
    Ok(Some(news.tell(team, Kind::SubmissionReceived, Subject::Submission(id))))
}

async fn replied(cx: Cx<'_>, id: Uuid) -> Result<Option<News>> {
    let row = submission_message::Entity::find_by_id(id)
        .filter(submission_message::Column::FromTeam.eq(1))
        .one(cx.db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let to = submission::Entity::find_by_id(row.submission_id).one(cx.db).await?;
    let sender = to.and_then(|submission| submission.sender_id);
    let news = News::of(id, row.author_id).text(&row.body_html);
    let about = Subject::Submission(row.submission_id);
    Ok(Some(news.tell(sender, Kind::SubmissionReply, about)))
}
