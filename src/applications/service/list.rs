use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, Order, QueryFilter as _,
    sea_query::{ExprTrait as _, LikeExpr},
};
use uuid::Uuid;

use super::policy;
use crate::{
    Actor, Cx, Error, Result,
    entity::application::{self, Column, State},
    page::{Ask, By, Page, Place, Rank},
};

/// Characters and words that names are looked up by.
const LONGEST: usize = 200;
const MOST_WORDS: usize = 10;

/// Which applications; all conditions hold, a list means any of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// In one of these states; when it is empty, in any.
    pub states: Vec<State>,
    /// In this stage.
    pub stage: Option<Uuid>,
    /// The name has all of these words in it.
    pub text: Option<String>,
    /// Rated so, or better.
    pub min_rating: Option<i32>,
    /// Came at this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// Came before this moment.
    pub to: Option<DateTime<Utc>>,
}

impl Filter {
    /// What it asks of rows; `None` when nothing can fit.
    pub fn condition(&self, actor: &Actor) -> Result<Option<Condition>> {
        let mut all = Condition::all();
        if !self.states.is_empty() {
            all = all.add(Column::State.is_in(self.states.iter().copied()));
        }
        if let Some(stage) = self.stage {
            all = all.add(Column::StageId.eq(stage));
        }
        if let Some(rating) = self.min_rating {
            all = all.add(Column::Rating.gte(rating));
        }
        // Who hires and applies themselves would learn here what the others think of them.
        if let (true, Some(me)) = (self.stage.is_some() || self.min_rating.is_some(), actor.id()) {
            all = all.add(Column::ApplicantId.ne(me));
        }
        if let Some(from) = self.from {
            all = all.add(Column::SubmittedAt.gte(from));
        }
        if let Some(to) = self.to {
            all = all.add(Column::SubmittedAt.lt(to));
        }
        let text = self.text.as_deref().unwrap_or_default().to_lowercase();
        if text.chars().count() > LONGEST {
            let message = format!("look for at most {LONGEST} characters");
            return Err(Error::BadRequest(message.into()));
        }
        // PostgreSQL can't be asked for text with NUL; no name has one.
        if text.contains('\0') {
            return Ok(None);
        }
        for word in text.split_whitespace().take(MOST_WORDS) {
            let mut pattern = String::from("%");
            for c in word.chars() {
                if matches!(c, '%' | '_' | '\\') {
                    pattern.push('\\');
                }
                pattern.push(c);
            }
            pattern.push('%');
            all = all.add(Column::NameKey.into_expr().like(LikeExpr::new(pattern).escape('\\')));
        }
        Ok(Some(all))
    }
}

/// Applications, those that came last first.
pub fn by() -> By {
    By::dated(Column::SubmittedAt, Column::Id, Order::Desc)
}

/// The place of an application among them.
pub fn place(row: &application::Model) -> Place {
    Place { rank: Some(Rank::Moment(row.submitted_at.timestamp_millis())), id: row.id }
}

/// A page of the actor's own applications, those that came last first.
pub async fn mine(cx: Cx<'_>, states: &[State], ask: &Ask) -> Result<Page<application::Model>> {
    let me = policy::read(cx.actor)?.id;
    let mut rows = application::Entity::find().filter(Column::ApplicantId.eq(me));
    if !states.is_empty() {
        rows = rows.filter(Column::State.is_in(states.iter().copied()));
    }
    by().page(cx.db, rows, ask, place).await
}
