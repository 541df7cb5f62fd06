use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use uuid::Uuid;

use super::{
    Head, MOST_LANGUAGES, begin,
    fields::SUMMARY,
    json::{Details, Residue},
    kept, languages, policy, put,
};
use crate::{
    Cx, Result,
    check::Check,
    entity::{
        profile,
        spoken_language::{self, Column, Level, Model},
    },
    error::ErrorCode,
    members,
};

/// Changes what stands above the entries, and answers whose it is: `None` stays, `Some(None)` clears. Languages are the
/// whole list, in order: tags and levels.
pub async fn update(
    cx: Cx<'_>,
    summary: Option<Option<String>>,
    languages: Option<Option<Vec<(String, Level)>>>,
) -> Result<profile::Model> {
    let me = policy::write(cx.actor)?.id;
    let mut check = Check::new();
    let summary = summary.map(|summary| {
        check.text(&["summary"], summary.as_deref().unwrap_or_default(), 0..=SUMMARY)
    });
    let languages = languages.map(|list| tags(&mut check, list.unwrap_or_default()));
    check.done().map_err(crate::Error::outside_input)?;

    let tx = begin(cx, me).await?;
    let before = kept(&tx, me).await?;
    let mut details = match &before {
        Some(row) => Details::parse(&row.details)?,
        None => Details::default(),
    };
    let said = before.as_ref().map_or("", |row| &row.summary_source);
    let summary = summary.filter(|summary| summary != said);
    if let (Some(_), Some(basics)) = (&summary, &mut details.basics) {
        basics.remove("summary");
    }
    let mut changed = summary.is_some();
    if let Some(languages) = languages
        && put_languages(&tx, me, &languages).await?
    {
        details.loose_languages.clear();
        details.empty.remove("languages");
        changed = true;
    }
    if changed {
        let head = Head { summary, details: Some(details.text()?) };
        put(cx, &tx, me, before.as_ref(), head).await?;
    }
    let profile = members::service::own(&tx, me).await?;
    tx.commit().await?;
    Ok(profile)
}

/// The languages by their tags as they are kept, each once.
fn tags(check: &mut Check, list: Vec<(String, Level)>) -> Vec<(String, Level)> {
    check.list(&["languages"], &list, MOST_LANGUAGES);
    let mut kept: Vec<(String, Level)> = Vec::with_capacity(list.len());
    for (at, (text, level)) in list.into_iter().take(MOST_LANGUAGES).enumerate() {
        let path = ["languages", &at.to_string(), "language"];
        match languages::tag(&text) {
            None => {
                let message = "write a language tag: de, pt-BR, zh-Hant";
                check.problem(ErrorCode::Invalid, &path, message);
            }
            Some(tag) if kept.iter().any(|(other, _)| *other == tag) => {
                check.problem(ErrorCode::Duplicate, &path, "this language is named twice");
            }
            Some(tag) => kept.push((tag, level)),
        }
    }
    kept
}

/// The languages of a member, in their order.
pub(super) async fn spoken(db: &impl ConnectionTrait, me: Uuid) -> Result<Vec<Model>> {
    let rows = spoken_language::Entity::find().filter(Column::ProfileId.eq(me));
    Ok(rows.order_by_asc(Column::Position).all(db).await?)
}

/// Writes the whole list if it differs; what is kept of those that stay is kept, but for the words of a level that is
/// another now. Answers whether it differed.
async fn put_languages(
    tx: &impl ConnectionTrait,
    me: Uuid,
    languages: &[(String, Level)],
) -> Result<bool> {
    let before = spoken(tx, me).await?;
    let same = |(row, (tag, level)): (&Model, &(String, Level))| {
        row.language == *tag && row.level == *level
    };
    if before.len() == languages.len() && before.iter().zip(languages).all(same) {
        return Ok(false);
    }
    let mut rows = Vec::with_capacity(languages.len());
    for (position, (tag, level)) in (0..).zip(languages) {
        let known = before.iter().find(|row| row.language == *tag);
        let mut residue = known.map(|row| Residue::parse(&row.details)).transpose()?;
        if let (Some(residue), Some(known)) = (&mut residue, known)
            && known.level != *level
        {
            residue.forget("fluency");
        }
        let details = residue.unwrap_or_default().text()?;
        let language = tag.clone();
        rows.push(Model { profile_id: me, language, position, level: *level, details });
    }
    write_languages(tx, me, rows).await?;
    Ok(true)
}

/// Puts these languages in the place of all that a member had.
pub(super) async fn write_languages(
    tx: &impl ConnectionTrait,
    me: Uuid,
    rows: Vec<Model>,
) -> Result<()> {
    spoken_language::Entity::delete_many().filter(Column::ProfileId.eq(me)).exec(tx).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| spoken_language::ActiveModel {
        profile_id: Set(row.profile_id),
        language: Set(row.language),
        position: Set(row.position),
        level: Set(row.level),
        details: Set(row.details),
    });
    spoken_language::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}
