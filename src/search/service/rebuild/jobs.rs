use std::collections::HashMap;

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::next;
use crate::{
    Result,
    clock::made_at,
    entity::{job, organization},
    index::{Kind, Written, joined},
    markdown::plain_text,
    sql,
};

/// The next organizations, and what is to be found of them.
pub(super) async fn organizations(
    tx: &DatabaseTransaction,
    after: Uuid,
) -> Result<(Vec<Uuid>, Vec<Written>)> {
    let rows = next::<organization::Entity>(tx, organization::Column::Id, after).await?;
    let written = rows.iter().map(|row| {
        let of = |text: &Option<String>| text.clone().unwrap_or_default();
        let (industry, location) = (of(&row.industry), of(&row.location));
        let about = plain_text(&row.about_html, None);
        let written = Written {
            kind: Kind::Organization,
            subject: row.id,
            author: None,
            made_at: made_at(row.id),
            language: "en".to_owned(),
            title: row.name.clone(),
            body: joined(vec![&about, &industry, &location]),
        };
        (row.id, written)
    });
    Ok(written.unzip())
}

/// The next postings, and what is to be found of them.
pub(super) async fn jobs(
    tx: &DatabaseTransaction,
    after: Uuid,
) -> Result<(Vec<Uuid>, Vec<Written>)> {
    let rows = next::<job::Entity>(tx, job::Column::Id, after).await?;
    let backend = tx.get_database_backend();
    let keys: Vec<Uuid> = rows.iter().map(|row| row.organization_id).collect();
    let these = sql::key_in(backend, organization::Column::Id, &keys);
    let organizations = organization::Entity::find().filter(these).all(tx).await?;
    let names: HashMap<Uuid, String> =
        organizations.into_iter().map(|row| (row.id, row.name)).collect();
    let keys: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let text = format!(
        "SELECT s.job_id, t.label FROM job_tag s JOIN tag t ON t.id = s.tag_id WHERE {} \
         ORDER BY s.job_id, t.label",
        sql::among(backend, "s.job_id", 1)
    );
    let found =
        tx.query_all_raw(sql::statement(backend, text, [sql::keys(backend, &keys)])).await?;
    let mut skills: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in found {
        skills.entry(row.try_get_by_index(0)?).or_default().push(row.try_get_by_index(1)?);
    }
    let written = rows.iter().map(|row| {
        let html = [
            Some(&row.description_html),
            row.requirements_html.as_ref(),
            row.responsibilities_html.as_ref(),
        ];
        let texts: Vec<String> =
            html.into_iter().flatten().map(|html| plain_text(html, None)).collect();
        let name = names.get(&row.organization_id).map(String::as_str);
        let skills = skills.get(&row.id).into_iter().flatten().map(String::as_str);
        let body = name.into_iter().chain(texts.iter().map(String::as_str)).chain(skills);
        Written {
            kind: Kind::Job,
            subject: row.id,
            author: row.posted_by_id,
            made_at: row.published_at.unwrap_or_else(|| made_at(row.id)),
            language: row.language.clone().unwrap_or_else(|| "en".to_owned()),
            title: row.title.clone(),
            body: joined(body.collect()),
        }
    });
    let written: Vec<_> = written.collect();
    Ok((keys, written))
}
