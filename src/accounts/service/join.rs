//! Becoming a member.

use chrono::{DateTime, Utc};
use sea_orm::{IntoActiveModel as _, SqlErr, prelude::*};
use serde_json::json;
use uuid::Uuid;

use super::{
    invitations, letters,
    password::{too_many, weakness},
    sessions::{self, SignedIn},
    settings,
};
use crate::{
    Cx, Error, Result,
    app::App,
    check::{self, Check},
    config::Registration,
    entity::{
        account::{self, Role, State},
        former_handle, invitation, profile,
    },
    error::{ErrorCode, Problem},
    index,
    infra::throttle,
};

/// What somebody writes who wants to join.
#[derive(Clone, Debug)]
pub struct Joiner {
    /// The e-mail address.
    pub email: String,
    /// The handle.
    pub handle: String,
    /// What they are called; 1 to 80 characters.
    pub name: String,
    /// The password.
    pub password: String,
    /// The language to be written to in, as a BCP 47 tag; English by default.
    pub locale: Option<String>,
}

/// A member who is about to be written: all of it is checked.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// The key; its time is when they joined.
    pub id: Uuid,
    /// The e-mail address as it was typed.
    pub email: String,
    /// The handle, in lower case.
    pub handle: String,
    /// What they are called.
    pub name: String,
    /// The password, hashed.
    pub password_hash: String,
    /// What they are in the community.
    pub role: Role,
    /// The invitation that they came by.
    pub invitation_id: Option<Uuid>,
    /// Now.
    pub at: DateTime<Utc>,
    /// When the address was proved to be theirs.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// The language to write to them in, as a BCP 47 tag.
    pub locale: String,
}

/// Makes an account and its profile, and signs it in. A mail proves the address, unless the invitation came there.
pub async fn register(
    cx: Cx<'_>,
    joiner: Joiner,
    invitation: Option<&str>,
    device: &str,
) -> Result<SignedIn> {
    let mode = cx.app.config.registration;
    if mode == Registration::Closed {
        return Err(Error::refused(ErrorCode::Closed, [""; 0], "nobody can join at the moment"));
    }
    let joiner = joiner.check(cx.app).await?;
    let opened = match invitation {
        Some(token) => Some(invitations::open(cx, token, &joiner.email).await?),
        None if mode == Registration::InviteOnly => {
            let message = "you need an invitation to join";
            return Err(Error::refused(ErrorCode::Required, ["input", "invitation"], message));
        }
        None => None,
    };
    // Counted from here on, where the answer says whether an address is in use.
    let place = format!("join {}", throttle::place(cx.address));
    cx.app.throttle.take(&place, cx.now()).map_err(too_many)?;
    free(cx.app.db.fresh(), &joiner, cx.now()).await?;

    let invitation = opened.as_ref().map(|opened| &opened.invitation);
    let is_proved = opened.as_ref().is_some_and(|opened| opened.proves_address);
    let member = joiner.hashed(cx.app, invitation, is_proved).await?;
    let beginning = sessions::ready(cx, member.id, device).await?;
    let tx = cx.begin().await?;
    if let Some(invitation) = invitation {
        invitations::use_up(&tx, invitation, cx.now()).await?;
    }
    let account = insert_member(&tx, member).await?;
    beginning.write(&tx).await?;
    if is_proved {
        letters::tell(cx, &tx, &account, "welcome", json!({})).await?;
    } else {
        letters::verification(cx, &tx, &account).await?;
    }
    tx.commit().await?;
    Ok(beginning.done(&account))
}

/// Makes an admin, for whoever holds the server in hand; the mode of registration does not matter, and the address is
/// taken to be theirs.
pub async fn create_admin(app: &App, joiner: Joiner) -> Result<account::Model> {
    let joiner = joiner.check(app).await?;
    free(app.db.fresh(), &joiner, app.clock.now()).await?;
    let member = NewMember { role: Role::Admin, ..joiner.hashed(app, None, true).await? };
    let tx = app.db.begin().await?;
    let account = insert_member(&tx, member).await?;
    tx.commit().await?;
    Ok(account)
}

/// Writes an account and its profile, in the caller's transaction. A handle or address in use is
/// refused.
pub async fn insert_member(tx: &impl ConnectionTrait, new: NewMember) -> Result<account::Model> {
    let profile = profile::Model {
        id: new.id,
        handle: new.handle,
        name_key: new.name.to_lowercase(),
        name: new.name,
        kind: profile::Kind::Person,
        pronouns: None,
        headline: None,
        bio_source: String::new(),
        bio_html: String::new(),
        location: None,
        country: None,
        website: None,
        links: "[]".to_owned(),
        follower_count: 0,
        following_count: 0,
        post_count: 0,
    };
    let account = account::Model {
        id: new.id,
        email_key: new.email.to_lowercase(),
        email: new.email,
        password_hash: new.password_hash,
        role: new.role,
        state: State::Active,
        invitation_id: new.invitation_id,
        last_seen_at: new.at,
        email_verified_at: new.email_verified_at,
        locale: new.locale,
    };
    let row = profile.clone().into_active_model();
    profile::Entity::insert(row).exec(tx).await.map_err(taken)?;
    let row = account.clone().into_active_model();
    account::Entity::insert(row).exec(tx).await.map_err(taken)?;
    index::put_profile(tx, &profile).await?;
    Ok(account)
}

/// What is wrong with a handle for somebody new, if anything is: its form, or that it is in use, or
/// that it still leads to somebody who had it.
pub async fn handle_problem(
    db: &impl ConnectionTrait,
    text: &str,
    now: DateTime<Utc>,
) -> Result<Option<(ErrorCode, &'static str)>> {
    let handle = match check::handle(text) {
        Ok(handle) => handle,
        Err(problem) => return Ok(Some(problem)),
    };
    let of_somebody = profile::Entity::find().filter(profile::Column::Handle.eq(&handle));
    let former = former_handle::Entity::find_by_id(handle.clone())
        .filter(former_handle::Column::ExpiresAt.gt(now));
    let is_taken = of_somebody.count(db).await? > 0 || former.count(db).await? > 0;
    Ok(is_taken.then_some((ErrorCode::Taken, HANDLE_TAKEN)))
}

const HANDLE_TAKEN: &str = "this handle is in use";
const EMAIL_TAKEN: &str = "there is an account with this address";

impl Joiner {
    /// The same in the form in which it is kept.
    async fn check(self, app: &App) -> Result<Self> {
        let mut check = Check::new();
        let email = check.email(&["email"], &self.email);
        let handle = check.handle(&["handle"], &self.handle);
        let name = check.line(&["name"], &self.name, 1..=80);
        let words = [email.as_str(), &handle, &name];
        if let Some(problem) = weakness(app, &["input", "password"], &self.password, &words).await?
        {
            check.push(problem);
        }
        let locale = self.locale.map(|locale| settings::language(&mut check, &locale));
        check.done()?;
        Ok(Self { email, handle, name, password: self.password, locale })
    }

    async fn hashed(
        self,
        app: &App,
        invitation: Option<&invitation::Model>,
        is_proved: bool,
    ) -> Result<NewMember> {
        let at = app.clock.now();
        Ok(NewMember {
            id: app.clock.key(),
            email: self.email,
            handle: self.handle,
            name: self.name,
            password_hash: app.passwords.hash(&self.password).await?,
            role: invitation.map_or(Role::Member, |invitation| invitation.role),
            invitation_id: invitation.map(|invitation| invitation.id),
            at,
            email_verified_at: is_proved.then_some(at),
            locale: self.locale.unwrap_or_else(|| "en".to_owned()),
        })
    }
}

/// Refuses an address and a handle that are in use, both at once.
async fn free(db: &impl ConnectionTrait, joiner: &Joiner, now: DateTime<Utc>) -> Result<()> {
    let mut check = Check::new();
    let email = joiner.email.to_lowercase();
    if account::Entity::find().filter(account::Column::EmailKey.eq(email)).count(db).await? > 0 {
        check.problem(ErrorCode::Taken, &["email"], EMAIL_TAKEN);
    }
    if let Some((code, message)) = handle_problem(db, &joiner.handle, now).await? {
        check.problem(code, &["handle"], message);
    }
    check.done()
}

/// Somebody took the handle or the address a moment ago.
fn taken(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(what)) if what.contains("handle") => {
            Problem::at(ErrorCode::Taken, ["input", "handle"], HANDLE_TAKEN).into()
        }
        Some(SqlErr::UniqueConstraintViolation(what)) if what.contains("email") => {
            Problem::at(ErrorCode::Taken, ["input", "email"], EMAIL_TAKEN).into()
        }
        _ => error.into(),
    }
}
