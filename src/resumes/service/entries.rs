use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{
    Changes, Fields, Head, MOST_ENTRIES, begin,
    json::{Residue, section_of},
    kept, policy, put, visible_entries,
};
use crate::{
    Cx, Error, Result,
    check::Check,
    entity::{
        profile,
        resume_entry::{self, ActiveModel, Column, Kind, Model},
    },
    error::{ErrorCode, Problem},
    markdown, members,
};

/// Adds an entry, as the last of its section, or changes one (`id`; one that names nothing is `Some(None)`).
pub async fn save(cx: Cx<'_>, id: Option<Option<Uuid>>, changes: Changes) -> Result<Model> {
    let me = policy::write(cx.actor)?.id;
    let tx = begin(cx, me).await?;
    let before = match id {
        None => None,
        Some(id) => Some(own(cx, &tx, id).await?),
    };
    let mut check = Check::new();
    let mut fields = before.as_ref().map_or_else(|| Ok(Fields::default()), Fields::of)?;
    changes.apply(&mut check, &mut fields);
    let kind = changes.kind.or(before.as_ref().map(|row| row.kind));
    if kind.is_none() {
        check.problem(ErrorCode::Required, &["kind"], "say which section it stands in");
    }
    if before.is_none() && changes.title.is_none() {
        check.problem(ErrorCode::Required, &["title"], "write something here");
    }
    check.done()?;
    let kind = kind.unwrap_or(Kind::Position);

    let mut row = filled(&fields)?;
    match &before {
        None => {
            let entries = resume_entry::Entity::find().filter(Column::ProfileId.eq(me));
            if entries.count(&tx).await? >= u64::try_from(MOST_ENTRIES).unwrap_or(u64::MAX) {
                let message = format!("a resume has at most {MOST_ENTRIES} entries");
                return Err(Error::refused(ErrorCode::QuotaExceeded, [""; 0], message));
            }
            row.id = Set(cx.key());
            row.profile_id = Set(me);
            row.details = Set("{}".to_owned());
        }
        Some(before) => {
            if before.kind == kind && Fields::of(before)? == fields {
                tx.rollback().await?;
                return Ok(Model { details: String::new(), ..before.clone() });
            }
            row.id = Unchanged(before.id);
            row.details = Set(residue(before, kind, &fields)?.text()?);
        }
    }
    row.kind = Set(kind);
    if before.as_ref().is_none_or(|before| before.kind != kind) {
        row.position = Set(last(&tx, me, kind).await?.map_or(0, |last| last.saturating_add(1)));
    }
    let row = if before.is_some() { row.update(&tx).await? } else { row.insert(&tx).await? };
    let resume = kept(&tx, me).await?;
    put(cx, &tx, me, resume.as_ref(), Head::default()).await?;
    tx.commit().await?;
    Ok(row)
}

/// The columns that people fill.
pub(super) fn filled(fields: &Fields) -> Result<ActiveModel> {
    let fields = fields.clone();
    Ok(ActiveModel {
        title: Set(fields.title),
        organization: Set(fields.organization),
        location: Set(fields.location),
        url: Set(fields.url),
        starts_on: Set(fields.starts_on),
        ends_on: Set(fields.ends_on),
        summary_html: Set(markdown::render(&fields.summary).html),
        summary_source: Set(fields.summary),
        highlights: Set(serde_json::to_string(&fields.highlights).map_err(Error::internal)?),
        grade: Set(fields.grade),
        credential: Set(fields.credential),
        ..Default::default()
    })
}

/// What is kept beside the columns once they say something else: they speak for what was changed.
fn residue(before: &Model, kind: Kind, fields: &Fields) -> Result<Residue> {
    let mut residue = Residue::parse(&before.details)?;
    let (Some(old), Some(new)) = (section_of(before.kind), section_of(kind)) else {
        return Ok(residue);
    };
    if before.kind != kind {
        // The same property may mean something else there.
        residue.set.retain(|key, _| !old.reads(key) && !new.reads(key));
        residue.unset.clear();
        return Ok(residue);
    }
    for field in Fields::of(before)?.differing(fields) {
        old.keys(field).into_iter().for_each(|key| residue.forget(key));
    }
    Ok(residue)
}

/// An entry that the actor may change.
async fn own(cx: Cx<'_>, tx: &impl ConnectionTrait, id: Option<Uuid>) -> Result<Model> {
    let missing = || Error::not_found("entry of a resume");
    let id = id.ok_or_else(missing)?;
    let row = visible_entries(cx).filter(Column::Id.eq(id)).one(tx).await?.ok_or_else(missing)?;
    policy::edit(cx.actor, &row)?;
    Ok(row)
}

async fn last(tx: &impl ConnectionTrait, me: Uuid, kind: Kind) -> Result<Option<i32>> {
    let position = resume_entry::Entity::find()
        .select_only()
        .column_as(Column::Position.max(), "last")
        .filter(Column::ProfileId.eq(me))
        .filter(Column::Kind.eq(kind))
        .into_tuple::<Option<i32>>();
    Ok(position.one(tx).await?.flatten())
}

/// Removes an entry, and answers its key.
pub async fn delete(cx: Cx<'_>, id: Option<Uuid>) -> Result<Uuid> {
    let me = policy::write(cx.actor)?.id;
    let tx = begin(cx, me).await?;
    let row = own(cx, &tx, id).await?;
    resume_entry::Entity::delete_by_id(row.id).exec(&tx).await?;
    let resume = kept(&tx, me).await?;
    put(cx, &tx, me, resume.as_ref(), Head::default()).await?;
    tx.commit().await?;
    Ok(row.id)
}

/// Orders a section: first these entries, in this order, then the others of it as they stood. Answers whose it is.
pub async fn reorder(cx: Cx<'_>, kind: Kind, ids: Vec<Option<Uuid>>) -> Result<profile::Model> {
    let me = policy::write(cx.actor)?.id;
    let tx = begin(cx, me).await?;
    let rows = resume_entry::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Position])
        .filter(Column::ProfileId.eq(me))
        .filter(Column::Kind.eq(kind))
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id);
    let rows: Vec<(Uuid, i32)> = rows.into_tuple().all(&tx).await?;
    let mut problems = Vec::new();
    let mut order: Vec<Uuid> = Vec::with_capacity(rows.len());
    // Far more than there are need not be told apart.
    for (at, id) in ids.into_iter().take(2 * MOST_ENTRIES).enumerate() {
        let path = ["ids".to_owned(), at.to_string()];
        match id.filter(|id| rows.iter().any(|(row, _)| row == id)) {
            None => {
                let message = "you have no such entry in this section";
                problems.push(Problem::at(ErrorCode::NotFound, path, message));
            }
            Some(id) if order.contains(&id) => {
                let message = "this entry is named twice";
                problems.push(Problem::at(ErrorCode::Duplicate, path, message));
            }
            Some(id) => order.push(id),
        }
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let others: Vec<Uuid> =
        rows.iter().map(|(id, _)| *id).filter(|id| !order.contains(id)).collect();
    order.extend(others);
    let mut moved = false;
    for (position, id) in (0..).zip(order) {
        if !rows.contains(&(id, position)) {
            move_to(&tx, id, position).await?;
            moved = true;
        }
    }
    if moved {
        let resume = kept(&tx, me).await?;
        put(cx, &tx, me, resume.as_ref(), Head::default()).await?;
    }
    let profile = members::service::own(&tx, me).await?;
    tx.commit().await?;
    Ok(profile)
}

/// Gives an entry another place in its section.
pub(super) async fn move_to(tx: &impl ConnectionTrait, id: Uuid, position: i32) -> Result<()> {
    let row = ActiveModel { id: Unchanged(id), position: Set(position), ..Default::default() };
    resume_entry::Entity::update(row).exec(tx).await?;
    Ok(())
}
