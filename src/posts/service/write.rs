use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{locked, mentions, told, visible};
use crate::{
    Cx, Error, Result,
    check::{self, Check},
    client_key,
    entity::{
        file_use::Place,
        post::{self, Column, Kind, Visibility},
        post_tag, profile, revision, tag,
    },
    error::{Detail, ErrorCode, Problem},
    files::service::{self as files, On},
    index,
    markdown::{Rendered, render},
    notice::{self, Notice},
    posts::policy,
    streams::{self, Events, NewEvent, Stream},
    tags::{self, service::Name},
};

/// Characters of a note.
const NOTE: usize = 5_000;
/// Characters of an article.
const ARTICLE: usize = 100_000;
/// Tags of a post.
const TAGS: usize = 10;
/// The argument that names files.
const ATTACHMENTS: &[&str] = &["input", "attachments"];

/// A post to publish.
#[derive(Clone, Debug)]
pub struct NewPost {
    /// What it is.
    pub kind: Kind,
    /// Articles have one.
    pub title: Option<String>,
    /// Markdown.
    pub body: String,
    /// Who may read it.
    pub visibility: Visibility,
    /// What readers are warned of.
    pub content_warning: Option<String>,
    /// Tags beside those in the body.
    pub tags: Vec<String>,
    /// Files of the author's to hang on it, in order; `None` is an id that names no file.
    pub attachments: Vec<Option<Uuid>>,
    /// What the client calls this call.
    pub client_key: Option<String>,
}

/// What to change in a post: `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// A new title.
    pub title: Option<Option<String>>,
    /// A new body.
    pub body: Option<String>,
    /// Who may read it from now on.
    pub visibility: Option<Visibility>,
    /// What readers are warned of.
    pub content_warning: Option<Option<String>>,
    /// Tags beside those in the body.
    pub tags: Option<Vec<String>>,
    /// All files that hang on it from now on.
    pub attachments: Option<Vec<Option<Uuid>>>,
}

/// Publishes a post. The same `client_key` answers the first post again.
pub async fn create(cx: Cx<'_>, new: NewPost) -> Result<post::Model> {
    let author = policy::write(cx.actor)?.id;
    let mut check = Check::new();
    let title = title(&mut check, new.kind, new.title.as_deref());
    let (body_source, rendered) = check.markdown(&["body"], &new.body, longest(new.kind));
    let content_warning = new
        .content_warning
        .as_deref()
        .and_then(|text| check.optional_line(&["contentWarning"], text, 200));
    let names = tag_names(&mut check, &new.tags, &rendered);
    check.done()?;

    let tx = cx.begin().await?;
    let id = cx.key();
    let first = client_key::claim(cx, &tx, new.client_key.as_deref(), "post", id).await?;
    if let Some(first) = first {
        tx.rollback().await?;
        let first = visible(cx).filter(Column::Id.eq(first)).one(cx.db).await?;
        return first.ok_or_else(|| client_key::gone("post"));
    }
    let post = post::ActiveModel {
        id: Set(id),
        author_id: Set(author),
        kind: Set(new.kind),
        title: Set(title),
        mentions: Set(mentions(cx, &tx, &rendered).await?),
        body_source: Set(body_source),
        body_html: Set(rendered.html),
        visibility: Set(new.visibility),
        content_warning: Set(content_warning),
        comment_count: Set(0),
        reaction_count: Set(0),
        reactions: Set("[]".to_owned()),
        version: Set(1),
        edited_at: Set(None),
    };
    let post = post.insert(&tx).await?;
    index::put_post(&tx, &post).await?;
    count(&tx, author, 1).await?;
    let tags = tags::service::ensure(cx, &tx, &names).await?;
    tags::service::recount(&tx, &[], &tags).await?;
    link(&tx, id, &tags).await?;
    files::hang(cx, &tx, On::Post(id), Place::Attachment, &new.attachments, ATTACHMENTS).await?;
    if post.mentions.is_some() {
        notice::tell(cx, &tx, Notice::PostPublished(id)).await?;
    }
    // Last: the community has one such stream, so posts are published one at a time from here to the commit.
    let mut events = Events::new();
    events.append(cx, &tx, Stream::feed(), NewEvent::new(told::PUBLISHED, id)).await?;
    events.commit(cx, tx).await?;
    Ok(post)
}

/// Changes a post; what it was is kept as a revision. With `expected_version` the change is refused when
/// somebody, on another device perhaps, was faster.
pub async fn update(
    cx: Cx<'_>,
    id: Option<Uuid>,
    changes: Changes,
    expected_version: Option<i32>,
) -> Result<post::Model> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let post = locked(cx, &tx, id).await?.ok_or_else(|| Error::not_found("post"))?;
    policy::edit(cx.actor, &post)?;
    if expected_version.is_some_and(|expected| expected != post.version) {
        let message = "this post was changed since you read it";
        let stale = Problem::at(ErrorCode::StaleVersion, ["expectedVersion"], message);
        return Err(stale.with(Detail::Stale { current: post.version }).into());
    }
    let mut check = Check::new();
    let mut row = post::ActiveModel { id: Unchanged(post.id), ..Default::default() };
    if let Some(new) = &changes.title {
        row.title = Set(title(&mut check, post.kind, new.as_deref()));
    }
    let rendered = changes.body.as_deref().map(|new| {
        let (source, rendered) = check.markdown(&["body"], new, longest(post.kind));
        row.body_source = Set(source);
        row.body_html = Set(rendered.html.clone());
        rendered
    });
    let shown_to_others = changes.visibility.is_some_and(|new| new != post.visibility);
    if let Some(visibility) = changes.visibility {
        row.visibility = Set(visibility);
    }
    if let Some(warning) = &changes.content_warning {
        let warning = warning.as_deref();
        row.content_warning =
            Set(warning.and_then(|text| check.optional_line(&["contentWarning"], text, 200)));
    }
    let names = match (&changes.tags, &rendered) {
        (None, None) => None,
        (Some(named), Some(rendered)) => Some(tag_names(&mut check, named, rendered)),
        (Some(named), None) => Some(tag_names(&mut check, named, &render(&post.body_source))),
        (None, Some(rendered)) => {
            let named = named_beside(&tx, &post).await?;
            Some(tag_names(&mut check, &named, rendered))
        }
    };
    check.done()?;
    let reworded = matches!(&row.title, Set(title) if *title != post.title)
        || matches!(&row.body_source, Set(body) if *body != post.body_source);

    if let Some(rendered) = &rendered {
        row.mentions = Set(mentions(cx, &tx, rendered).await?);
    }
    let retagged = names.is_some();
    let rehung = changes.attachments.is_some();
    if let Some(files) = &changes.attachments {
        files::rehang(cx, &tx, On::Post(post.id), Place::Attachment, files, ATTACHMENTS).await?;
    }
    if let Some(names) = names {
        let after = tags::service::ensure(cx, &tx, &names).await?;
        retag(&tx, post.id, &after).await?;
    }
    if reworded {
        keep(cx, &tx, &post).await?;
        row.version = Set(post.version + 1);
        row.edited_at = Set(Some(cx.now()));
    }
    if !row.is_changed() && !retagged && !rehung {
        tx.rollback().await?;
        return Ok(post);
    }
    let before = post.mentions.clone();
    let post = if row.is_changed() { row.update(&tx).await? } else { post };
    if reworded {
        index::put_post(&tx, &post).await?;
    }
    let named = notice::newly_named(before.as_deref(), post.mentions.as_deref());
    if !named.is_empty() {
        notice::tell(cx, &tx, Notice::PostNames(post.id, named)).await?;
    }
    let event = NewEvent::new(told::CHANGED, post.id);
    let event = if shown_to_others { event.changes_access() } else { event };
    streams::tell(cx, tx, Stream::discussion(post.id), [event]).await?;
    Ok(post)
}

/// Deletes a post with all that belongs to it, and answers what it was.
pub async fn delete(cx: Cx<'_>, id: Option<Uuid>) -> Result<post::Model> {
    cx.actor.member()?;
    let tx = cx.begin().await?;
    let post = locked(cx, &tx, id).await?.ok_or_else(|| Error::not_found("post"))?;
    policy::delete(cx.actor, &post)?;
    count(&tx, post.author_id, -1).await?;
    let tags = tags_of(&tx, post.id).await?;
    tags::service::recount(&tx, &tags, &[]).await?;
    post::Entity::delete_by_id(post.id).exec(&tx).await?;
    let event = NewEvent::new(told::REMOVED, post.id).changes_access();
    streams::tell(cx, tx, Stream::discussion(post.id), [event]).await?;
    Ok(post)
}

fn longest(kind: Kind) -> usize {
    match kind {
        Kind::Note => NOTE,
        Kind::Article => ARTICLE,
    }
}

fn title(check: &mut Check, kind: Kind, title: Option<&str>) -> Option<String> {
    let title = title.map(str::trim).filter(|title| !title.is_empty());
    match (kind, title) {
        (Kind::Article, title) => Some(check.line(&["title"], title.unwrap_or_default(), 1..=200)),
        (Kind::Note, None) => None,
        (Kind::Note, Some(_)) => {
            let message = "a note has no title: publish an article, or leave the title out";
            check.problem(ErrorCode::Invalid, &["title"], message);
            None
        }
    }
}

/// The tags that were named, and those in the body, each once.
fn tag_names(check: &mut Check, named: &[String], rendered: &Rendered) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let mut add = |name: Name| {
        if names.iter().all(|other| other.name != name.name) {
            names.push(name);
        }
    };
    // Far more than may be kept need not be told apart.
    for (at, text) in named.iter().take(10 * TAGS).enumerate() {
        match tags::service::name(text) {
            Some(name) => add(name),
            None => {
                let message = "write 1 to 50 letters, digits or _ - + # .";
                check.problem(ErrorCode::Invalid, &["tags", &at.to_string()], message);
            }
        }
    }
    rendered.tags.iter().filter_map(|text| tags::service::name(text)).for_each(add);
    if names.len() > TAGS {
        let message = format!("a post has at most {TAGS} tags, with those in its text");
        let problem = Problem::at(ErrorCode::TooLong, ["input", "tags"], message);
        check.push(problem.with(check::limit(&(0..=TAGS), names.len())));
    }
    names
}

async fn link(tx: &impl ConnectionTrait, post: Uuid, tags: &[Uuid]) -> Result<()> {
    if !tags.is_empty() {
        let rows =
            tags.iter().map(|tag| post_tag::ActiveModel { post_id: Set(post), tag_id: Set(*tag) });
        post_tag::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The tags of a post that were named beside its text.
async fn named_beside(tx: &impl ConnectionTrait, post: &post::Model) -> Result<Vec<String>> {
    let in_text = render(&post.body_source).tags;
    let in_text: Vec<String> =
        in_text.iter().filter_map(|text| tags::service::name(text)).map(|tag| tag.name).collect();
    let of_post = post_tag::Entity::find()
        .select_only()
        .column(post_tag::Column::TagId)
        .filter(post_tag::Column::PostId.eq(post.id));
    let rows = tag::Entity::find().filter(tag::Column::Id.in_subquery(of_post.into_query()));
    let rows = rows.order_by_asc(tag::Column::Name).all(tx).await?;
    let names = rows.into_iter().map(|tag| tag.name);
    Ok(names.filter(|name| !in_text.contains(name)).collect())
}

async fn tags_of(tx: &impl ConnectionTrait, post: Uuid) -> Result<Vec<Uuid>> {
    let rows = post_tag::Entity::find().select_only().column(post_tag::Column::TagId);
    Ok(rows.filter(post_tag::Column::PostId.eq(post)).into_tuple().all(tx).await?)
}

async fn retag(tx: &impl ConnectionTrait, post: Uuid, after: &[Uuid]) -> Result<()> {
    let before = tags_of(tx, post).await?;
    tags::service::recount(tx, &before, after).await?;
    let gone = tags::service::without(&before, after);
    if !gone.is_empty() {
        post_tag::Entity::delete_many()
            .filter(post_tag::Column::PostId.eq(post))
            .filter(post_tag::Column::TagId.is_in(gone))
            .exec(tx)
            .await?;
    }
    link(tx, post, &tags::service::without(after, &before)).await
}

/// Keeps the wording that is about to be replaced.
async fn keep(cx: Cx<'_>, tx: &impl ConnectionTrait, post: &post::Model) -> Result<()> {
    let row = revision::ActiveModel {
        id: Set(cx.key()),
        post_id: Set(Some(post.id)),
        message_id: Set(None),
        editor_id: Set(cx.actor.member()?.id),
        version: Set(post.version),
        title: Set(post.title.clone()),
        body_source: Set(post.body_source.clone()),
        body_html: Set(post.body_html.clone()),
        mentions: Set(post.mentions.clone()),
    };
    revision::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

async fn count(tx: &impl ConnectionTrait, author: Uuid, by: i32) -> Result<()> {
    profile::Entity::update_many()
        .col_expr(profile::Column::PostCount, Expr::col(profile::Column::PostCount).add(by))
        .filter(profile::Column::Id.eq(author))
        .exec(tx)
        .await?;
    Ok(())
}
