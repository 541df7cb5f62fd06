use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::{
    Result,
    cx::Hand,
    entity::{
        job::{self, Column, State},
        job_tag, organization, tag,
    },
    index::{self, Document, Kind},
    markdown,
    queue::{Job, Outcome},
    sql,
};

/// Postings whose documents are written in one transaction.
const BATCH: u64 = 100;

/// Writes what is to be found of a posting that is no draft.
pub async fn put(
    tx: &impl ConnectionTrait,
    row: &job::Model,
    organization: &organization::Model,
) -> Result<()> {
    let links = job_tag::Entity::find()
        .filter(job_tag::Column::JobId.eq(row.id))
        .order_by_asc(job_tag::Column::Position);
    let to = (job_tag::Column::TagId, tag::Column::Id);
    let links = sql::with_one::<job_tag::Model, tag::Model>(links, to.0, to.1);
    let skills = sql::pairs::<job_tag::Model, tag::Model>(tx, &links).await?;
    let html =
        [&Some(row.description_html.clone()), &row.requirements_html, &row.responsibilities_html];
    let texts = html.into_iter().flatten().map(|html| markdown::plain_text(html, None));
    let skills = skills.into_iter().map(|(_, tag)| tag.label);
    let body: Vec<String> =
        std::iter::once(organization.name.clone()).chain(texts).chain(skills).collect();
    let document = Document {
        kind: Kind::Job,
        subject: row.id,
        author: row.posted_by_id,
        made_at: row.published_at.unwrap_or(row.updated_at),
        language: row.language.as_deref().unwrap_or("en"),
        title: &row.title,
        body: &body.join("\n"),
    };
    index::put(tx, &document).await
}

/// Writes anew what is to be found of all postings of an organization, which has another name now.
pub async fn renamed(work: Job) -> Result<Outcome> {
    let id: Uuid = work.payload()?;
    let hand = Hand::of_server(&work.app);
    let cx = hand.cx(&work.app);
    let mut after = Uuid::nil();
    loop {
        let tx = cx.begin().await?;
        let Some(organization) = organization::Entity::find_by_id(id).one(&tx).await? else {
            return Ok(Outcome::Done);
        };
        let rows = job::Entity::find()
            .filter(Column::OrganizationId.eq(id))
            .filter(Column::State.ne(State::Draft))
            .filter(Column::Id.gt(after))
            .order_by_asc(Column::Id)
            .limit(BATCH)
            .lock_exclusive()
            .all(&tx)
            .await?;
        let Some(last) = rows.last() else { return Ok(Outcome::Done) };
        after = last.id;
        for row in &rows {
            put(&tx, row, &organization).await?;
        }
        tx.commit().await?;
    }
}
