use async_graphql::{Context, Enum, ID, Object, OneofObject, SimpleObject};
use sea_orm::{EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::{
    Form, policy,
    service::{self, By},
};
use crate::{
    entity::form,
    graph::{ContextExt, DateTime, Result, decode},
};

/// How to name one form.
#[derive(Debug, OneofObject)]
pub enum FormBy {
    /// By its global id.
    Id(ID),
    /// By its name in addresses.
    Slug(String),
}

impl From<FormBy> for By {
    fn from(by: FormBy) -> Self {
        match by {
            FormBy::Id(id) => Self::Id(decode("form", &id)),
            FormBy::Slug(slug) => Self::Slug(slug),
        }
    }
}

/// What a challenge is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ChallengePurpose {
    /// To send a form.
    Contact,
}

/// A puzzle that costs a machine a moment: find `n` with `hex(SHA-256(salt + n)) = target` and `n <= maxNumber`, where `n`
/// is written in decimal digits; send `token:n` back. It is good once, and until it expires.
#[derive(Debug, SimpleObject)]
pub struct Challenge {
    /// What to send back, with `:` and the number behind it.
    token: String,
    /// Which hash: `SHA-256`.
    algorithm: &'static str,
    /// What stands before the number.
    salt: String,
    /// What the hash has to be, in lower-case hexadecimal digits.
    target: String,
    /// The greatest number to try. The more comes in, the greater.
    max_number: i32,
    /// When it is good for nothing any more.
    expires_at: DateTime,
}

impl Challenge {
    /// A new one for the caller.
    pub fn new(ctx: &Context<'_>, purpose: ChallengePurpose) -> Self {
        let made = match purpose {
            ChallengePurpose::Contact => service::challenge(ctx.cx()),
        };
        Self {
            token: made.token,
            algorithm: "SHA-256",
            salt: made.salt,
            target: made.target,
            max_number: i32::try_from(made.max_number).unwrap_or(i32::MAX),
            expires_at: made.expires_at.into(),
        }
    }
}

/// The forms' part of the root.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "ContactQuery")]
impl Query {
    /// One form; null if there is none that you may see. Forms that are or were open are for everybody; drafts, and what
    /// was put away, for staff and the team.
    async fn form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: FormBy,
    ) -> Option<Result<Form>> {
        let form = service::named(ctx.cx(), &by.into()).await;
        form.map(|form| form.map(|row| Form(row.into()))).map_err(Into::into).transpose()
    }
}

/// The forms' part of the staff desk.
#[derive(Debug, Default)]
pub struct ContactDesk;

#[Object]
impl ContactDesk {
    /// All forms, by their names in addresses; the first 500. A token needs READ_CONTACT.
    async fn forms(&self, ctx: &Context<'_>) -> Option<Result<Vec<Form>>> {
        let cx = ctx.cx();
        let forms = async {
            policy::read(cx.actor)?;
            let rows = form::Entity::find().filter(policy::worked_on_by(cx.actor));
            let rows = sea_orm::QuerySelect::limit(rows.order_by_asc(form::Column::Slug), 500);
            let rows = rows.all(cx.db).await?;
            Ok(rows.into_iter().map(|row| Form(row.into())).collect())
        };
        Some(forms.await)
    }
}
