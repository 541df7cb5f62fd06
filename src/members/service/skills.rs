use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{own, relations::blocks, visible};
use crate::{
    Cx, Error, Result, check,
    entity::{
        account::Role,
        profile,
        profile_skill::{self, Column, Level},
        skill_endorsement as endorsement,
    },
    error::{ErrorCode, Problem},
    index,
    members::policy,
    notice::{self, Notice},
    sql,
    tags::{self, service::Name},
};

/// Skills of a profile.
pub const MOST_SKILLS: usize = 50;

/// A skill that somebody claims.
#[derive(Clone, Debug)]
pub struct Skill {
    /// What it is called.
    pub name: String,
    /// How well.
    pub level: Option<Level>,
    /// For how many years.
    pub years: Option<i32>,
}

/// Sets the whole list of the actor's skills, in order. Endorsements of those that stay are kept.
pub async fn set_skills(cx: Cx<'_>, skills: Vec<Skill>) -> Result<profile::Model> {
    let me = policy::edit(cx.actor)?.id;
    let mut problems = Vec::new();
    if skills.len() > MOST_SKILLS {
        let message = format!("name at most {MOST_SKILLS} skills");
        let limit = check::limit(&(0..=MOST_SKILLS), skills.len());
        return Err(problem(ErrorCode::TooLong, &[], &message).with(limit).into());
    }
    let mut named: Vec<(Name, Skill)> = Vec::with_capacity(skills.len());
    for (at, skill) in skills.into_iter().enumerate() {
        let at = at.to_string();
        let years = skill.years;
        match tags::service::name(&skill.name) {
            None => problems.push(problem(
                ErrorCode::Invalid,
                &[&at, "skill"],
                "write 1 to 50 letters, digits or _ - + # .",
            )),
            Some(name) if named.iter().any(|(other, _)| other.name == name.name) => problems
                .push(problem(ErrorCode::Duplicate, &[&at, "skill"], "this skill is named twice")),
            Some(name) => named.push((name, skill)),
        }
        if years.is_some_and(|years| !(0..=80).contains(&years)) {
            problems.push(problem(ErrorCode::OutOfRange, &[&at, "years"], "write 0 to 80 years"));
        }
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let tx = cx.begin().await?;
    sql::lock::<profile::Entity>(&tx, profile::Column::Id, &[me]).await?;
    put_skills(cx, &tx, me, &named).await?;
    let row = own(&tx, me).await?;
    tx.commit().await?;
    Ok(row)
}

/// Writes the whole list of a member's skills, which were checked and are named once each; their profile's row is
/// locked. Endorsements of those that stay are kept, and those of the others go.
pub async fn put_skills(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    member: Uuid,
    skills: &[(Name, Skill)],
) -> Result<()> {
    let theirs = || Column::ProfileId.eq(member);
    let before: Vec<(Uuid, i32)> = profile_skill::Entity::find()
        .select_only()
        .columns([Column::TagId, Column::EndorsementCount])
        .filter(theirs())
        .into_tuple()
        .all(tx)
        .await?;
    let names: Vec<Name> = skills.iter().map(|(name, _)| name.clone()).collect();
    let after = tags::service::ensure(cx, tx, &names).await?;
    let had: Vec<Uuid> = before.iter().map(|(tag, _)| *tag).collect();
    tags::service::recount(tx, &had, &after).await?;
    profile_skill::Entity::delete_many().filter(theirs()).exec(tx).await?;
    let gone = tags::service::without(&had, &after);
    if !gone.is_empty() {
        endorsement::Entity::delete_many()
            .filter(endorsement::Column::ProfileId.eq(member))
            .filter(sql::key_in(cx.backend(), endorsement::Column::TagId, &gone))
            .exec(tx)
            .await?;
    }
    let count = |tag: Uuid| before.iter().find(|(had, _)| *had == tag).map_or(0, |(_, n)| *n);
    let rows = after.iter().zip(skills).enumerate().map(|(at, (tag, (_, skill)))| {
        profile_skill::ActiveModel {
            profile_id: Set(member),
            tag_id: Set(*tag),
            position: Set(i32::try_from(at).unwrap_or(i32::MAX)),
            level: Set(skill.level),
            years: Set(skill.years),
            endorsement_count: Set(count(*tag)),
        }
    });
    if !after.is_empty() {
        profile_skill::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    index::put_profile(tx, &own(tx, member).await?).await
}

/// Vouches for a skill of somebody, or no more; doing it twice is doing it once. Answers their profile.
pub async fn endorse(
    cx: Cx<'_>,
    profile: Option<Uuid>,
    skill: Option<Uuid>,
    endorsed: bool,
) -> Result<profile::Model> {
    policy::relate_at_all(cx.actor)?;
    let nobody = || Error::refused(ErrorCode::NotFound, ["profile"], "there is no such profile");
    let them = profile.ok_or_else(nobody)?;
    let me = policy::endorse(cx.actor, them)?.id;
    visible(cx).filter(profile::Column::Id.eq(them)).one(cx.db).await?.ok_or_else(nobody)?;

    let tx = cx.begin().await?;
    // As those who block and those who set their skills do: neither may happen meanwhile.
    sql::lock::<profile::Entity>(&tx, profile::Column::Id, &[me, them]).await?;
    if endorsed && blocks(&tx, me, them).await? {
        let message = "you blocked them: unblock them first";
        return Err(Error::refused(ErrorCode::Blocked, ["profile"], message));
    }
    if endorsed && blocks(&tx, them, me).await? {
        return Err(match cx.actor.is_at_least(Role::Moderator) {
            true => Error::refused(ErrorCode::Blocked, ["profile"], "they blocked you"),
            false => nobody(),
        });
    }
    let tag = skill.unwrap_or_default();
    let claimed = profile_skill::Entity::find_by_id((them, tag)).one(&tx).await?;
    if claimed.is_none() {
        let message = "they claim no such skill";
        return Err(Error::refused(ErrorCode::NotFound, ["skill"], message));
    }
    let id = cx.key();
    let changed = if endorsed {
        let row = endorsement::ActiveModel {
            id: Set(id),
            profile_id: Set(them),
            tag_id: Set(tag),
            endorser_id: Set(me),
        };
        sql::insert_new(&tx, row).await?
    } else {
        let gone = endorsement::Entity::delete_many()
            .filter(endorsement::Column::ProfileId.eq(them))
            .filter(endorsement::Column::TagId.eq(tag))
            .filter(endorsement::Column::EndorserId.eq(me));
        gone.exec(&tx).await?.rows_affected > 0
    };
    if changed && endorsed {
        notice::tell(cx, &tx, Notice::Endorsed(id)).await?;
    }
    if changed {
        let by = if endorsed { 1 } else { -1 };
        profile_skill::Entity::update_many()
            .col_expr(Column::EndorsementCount, Expr::col(Column::EndorsementCount).add(by))
            .filter(Column::ProfileId.eq(them))
            .filter(Column::TagId.eq(tag))
            .exec(&tx)
            .await?;
    }
    let row = own(&tx, them).await?;
    tx.commit().await?;
    Ok(row)
}

fn problem(code: ErrorCode, below: &[&str], message: &str) -> Problem {
    let path = std::iter::once("skills").chain(below.iter().copied()).map(str::to_owned);
    Problem::at(code, path, message)
}
