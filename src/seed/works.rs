//! Portfolio items of a made-up community, each with its tags and whom it credits.

use chrono::{DateTime, NaiveDate};
use sea_orm::{ActiveEnum as _, DbErr, Value};
use uuid::Uuid;

use super::{
    Community,
    community::Tally,
    sheet::{Kind, Sheet, Target},
};
use crate::entity::{collaborator::State, post::Visibility};

const ITEM: Sheet = Sheet {
    table: "portfolio_item",
    columns: &[
        ("id", Kind::Uuid),
        ("owner_id", Kind::Uuid),
        ("slug", Kind::Text),
        ("title", Kind::Text),
        ("summary", Kind::MaybeText),
        ("text_key", Kind::Text),
        ("story_source", Kind::Text),
        ("story_html", Kind::Text),
        ("mentions", Kind::MaybeText),
        ("visibility", Kind::Text),
        ("client", Kind::MaybeText),
        ("owner_role", Kind::MaybeText),
        ("started_on", Kind::MaybeDate),
        ("finished_on", Kind::MaybeDate),
        ("links", Kind::Text),
        ("position", Kind::Int),
        ("publication", Kind::MaybeUuid),
        ("comment_count", Kind::Int),
        ("reaction_count", Kind::Int),
        ("reactions", Kind::Text),
    ],
};

const ITEM_TAG: Sheet = Sheet {
    table: "portfolio_item_tag",
    columns: &[("portfolio_item_id", Kind::Uuid), ("tag_id", Kind::Uuid)],
};

const COLLABORATOR: Sheet = Sheet {
    table: "collaborator",
    columns: &[
        ("id", Kind::Uuid),
        ("portfolio_item_id", Kind::Uuid),
        ("profile_id", Kind::Uuid),
        ("credit", Kind::Text),
        ("position", Kind::Int),
        ("state", Kind::Text),
    ],
};

/// A portfolio item. Lists point into the community's by place.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) id: Uuid,
    pub(super) owner: usize,
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) summary: Option<String>,
    /// The wording of its story.
    pub(super) story: usize,
    pub(super) visibility: Visibility,
    pub(super) client: Option<String>,
    pub(super) role: Option<String>,
    /// When work on it began and was done, in milliseconds.
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
    pub(super) links: Vec<(String, String)>,
    pub(super) tags: Vec<usize>,
    /// Its place among its owner's.
    pub(super) position: i32,
    /// The key of its publication, and when that was, in milliseconds; a draft has none.
    pub(super) published: Option<(Uuid, i64)>,
    pub(super) credits: Vec<Credit>,
    pub(super) comments: i32,
    pub(super) reactions: Tally,
}

/// Somebody credited on an item, or asked to be.
#[derive(Debug)]
pub(super) struct Credit {
    pub(super) id: Uuid,
    pub(super) who: usize,
    pub(super) words: String,
    pub(super) state: State,
}

/// Rows of all tables together.
pub(super) fn rows(of: &Community) -> usize {
    of.works.iter().map(|work| 1 + work.tags.len() + work.credits.len()).sum()
}

/// Writes the portfolio items of a community.
pub(super) async fn fill(
    target: &Target<'_>,
    of: &Community,
    on_rows: &(dyn Fn(usize) + Sync),
) -> Result<(), DbErr> {
    let works = || of.works.iter();
    ITEM.fill(target, works().map(|work| item(of, work)), on_rows).await?;
    let tags = works().flat_map(|work| {
        let tags = work.tags.iter().filter_map(|tag| of.tags.get(*tag));
        tags.map(|tag| vec![work.id.into(), tag.id.into()])
    });
    ITEM_TAG.fill(target, tags, on_rows).await?;
    let credits = works().flat_map(|work| {
        (0i32..).zip(&work.credits).map(|(position, credit)| {
            vec![
                credit.id.into(),
                work.id.into(),
                profile(of, credit.who).into(),
                credit.words.clone().into(),
                position.into(),
                credit.state.to_value().into(),
            ]
        })
    });
    COLLABORATOR.fill(target, credits, on_rows).await
}

fn item(of: &Community, work: &Work) -> Vec<Value> {
    let story = of.texts.get(work.story);
    let summary = work.summary.as_deref().unwrap_or_default();
    let links = work.links.iter();
    let links: Vec<_> =
        links.map(|(label, url)| serde_json::json!({ "label": label, "url": url })).collect();
    vec![
        work.id.into(),
        profile(of, work.owner).into(),
        work.slug.clone().into(),
        work.title.clone().into(),
        work.summary.clone().into(),
        format!("{}\n{summary}", work.title).to_lowercase().into(),
        story.map(|words| words.source.clone()).unwrap_or_default().into(),
        story.map(|words| words.html.clone()).unwrap_or_default().into(),
        story.and_then(|words| words.mentions.clone()).into(),
        work.visibility.to_value().into(),
        work.client.clone().into(),
        work.role.clone().into(),
        day(work.from),
        day(work.to),
        serde_json::Value::Array(links).to_string().into(),
        work.position.into(),
        work.published.map(|(key, _)| key).into(),
        work.comments.into(),
        work.reactions.total().into(),
        work.reactions.json().into(),
    ]
}

/// The day of a moment as both databases read it.
fn day(at: Option<i64>) -> Value {
    let day: Option<NaiveDate> =
        at.and_then(DateTime::from_timestamp_millis).map(|at| at.date_naive());
    day.map(|day| day.to_string()).into()
}

fn profile(of: &Community, place: usize) -> Uuid {
    of.members.get(place).map(|member| member.id).unwrap_or_default()
}
