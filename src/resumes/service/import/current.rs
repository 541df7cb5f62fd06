use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use crate::{
    Error, Result,
    entity::{profile_skill, resume, resume_entry, spoken_language, tag},
    resumes::service::{json::Details, kept, update::spoken},
    sql,
};

/// All that an import compares with.
#[derive(Debug)]
pub(super) struct Current {
    /// Whose it is.
    pub(super) owner: Uuid,
    pub(super) resume: Option<resume::Model>,
    pub(super) details: Details,
    /// In the order of their sections and places.
    pub(super) entries: Vec<resume_entry::Model>,
    pub(super) languages: Vec<spoken_language::Model>,
    pub(super) skills: Vec<(profile_skill::Model, tag::Model)>,
}

impl Current {
    pub(super) async fn read(db: &impl ConnectionTrait, me: Uuid) -> Result<Self> {
        use resume_entry::Column;
        let resume = kept(db, me).await?;
        let details = match &resume {
            Some(row) => Details::parse(&row.details)?,
            None => Details::default(),
        };
        let entries = resume_entry::Entity::find()
            .filter(Column::ProfileId.eq(me))
            .order_by_asc(Column::Kind)
            .order_by_asc(Column::Position)
            .order_by_asc(Column::Id);
        let entries = entries.all(db).await?;
        let languages = spoken(db, me).await?;
        let skills = profile_skill::Entity::find()
            .filter(profile_skill::Column::ProfileId.eq(me))
            .order_by_asc(profile_skill::Column::Position);
        let skills = skills.all(db).await?;
        let keys: Vec<Uuid> = skills.iter().map(|skill| skill.tag_id).collect();
        let these = sql::key_in(db.get_database_backend(), tag::Column::Id, &keys);
        let tags = tag::Entity::find().filter(these).all(db).await?;
        let tagged = |skill: profile_skill::Model| {
            let tag = tags.iter().find(|tag| tag.id == skill.tag_id).cloned();
            Ok((skill, tag.ok_or_else(|| Error::bug("a skill has no tag"))?))
        };
        let skills = skills.into_iter().map(tagged).collect::<Result<_>>()?;
        Ok(Self { owner: me, resume, details, entries, languages, skills })
    }
}
