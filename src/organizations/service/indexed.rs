use sea_orm::ConnectionTrait;

use crate::{
    Result,
    clock::made_at,
    entity::organization,
    index::{self, Document, Kind},
    markdown,
};

/// Writes what is to be found of an organization.
pub(super) async fn put(tx: &impl ConnectionTrait, row: &organization::Model) -> Result<()> {
    let about = markdown::plain_text(&row.about_html, None);
    let words = [row.industry.as_deref(), row.location.as_deref(), Some(about.as_str())];
    let body = words.into_iter().flatten().collect::<Vec<_>>().join("\n");
    let document = Document {
        kind: Kind::Organization,
        subject: row.id,
        author: None,
        made_at: made_at(row.id),
        language: "en",
        title: &row.name,
        body: &body,
    };
    index::put(tx, &document).await
}
