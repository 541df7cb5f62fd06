//! Invitations. Their tokens are signed, not kept.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ExprTrait as _, IntoActiveModel as _, QuerySelect as _,
    prelude::*,
    sea_query::{LockType, SimpleExpr},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Cx, Error, Result,
    accounts::policy,
    app::App,
    check::Check,
    clock::first_key,
    entity::{
        account::{self, Role},
        invitation::{self, Column, State},
        profile,
    },
    error::{Detail, ErrorCode, Problem},
    mail::service::{NewMail, To, put},
    page::{self, By, Page, Place},
    typeid,
};

/// Open invitations that a member may have.
const QUOTA: u64 = 20;

/// The most people for whom one invitation is.
const MAX_USES: i32 = 1_000;

/// Invitations that a member may have mailed within a day.
const MAILS: u64 = 20;

/// Sets these signatures apart from others by the same key.
const LABEL: &str = "invitation";

/// The same for links that were mailed, and shown to nobody: who has one reads the mail of that address.
const MAILED: &str = "mailed invitation";

/// Where an invitation stands.
pub fn state_of(invitation: &invitation::Model, now: DateTime<Utc>) -> State {
    match () {
        () if invitation.revoked_at.is_some() => State::Revoked,
        () if invitation.use_count >= invitation.max_uses => State::Used,
        () if invitation.expires_at.is_some_and(|end| end <= now) => State::Expired,
        () => State::Open,
    }
}

/// An invitation to be made.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// The only address that may use it.
    pub email: Option<String>,
    /// What those who use it become.
    pub role: Role,
    /// A word to its holder; at most 500 characters.
    pub note: Option<String>,
    /// How many may use it; 1 to 1,000.
    pub max_uses: i32,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Makes an invitation, and mails it if it is for an address. A member may have 20 open ones and have 20 mailed a day,
/// staff any number.
pub async fn create_invitation(cx: Cx<'_>, new: NewInvitation) -> Result<invitation::Model> {
    let maker = policy::invite(cx.actor, cx.app.config.registration, new.role)?;
    let now = cx.now();
    let mut check = Check::new();
    let email = new.email.map(|email| check.email(&["email"], &email).to_lowercase());
    let note = new.note.map(|note| check.text(&["note"], &note, 0..=500));
    if !(1..=MAX_USES).contains(&new.max_uses) {
        check.push(uses_out_of_range(new.max_uses));
    }
    if new.expires_at.is_some_and(|end| end <= now) {
        check.problem(ErrorCode::OutOfRange, &["expiresAt"], "choose a time to come");
    }
    check.done()?;
    let invitation = invitation::Model {
        id: cx.key(),
        inviter_id: maker.id,
        email,
        role: new.role,
        note: note.filter(|note| !note.is_empty()),
        max_uses: new.max_uses,
        use_count: 0,
        expires_at: new.expires_at,
        revoked_at: None,
    };
    let tx = cx.begin().await?;
    if maker.role == Role::Member {
        // In line with others of the same member, so that two do not pass the quota together.
        account::Entity::find_by_id(maker.id).lock(LockType::NoKeyUpdate).one(&tx).await?;
        let open = invitation::Entity::find().filter(still_open(now));
        if open.filter(Column::InviterId.eq(maker.id)).count(&tx).await? >= QUOTA {
            let message = format!("you have {QUOTA} open invitations: take one back first");
            return Err(Error::refused(ErrorCode::QuotaExceeded, [""; 0], message));
        }
        if invitation.email.is_some() {
            let mailed = invitation::Entity::find()
                .filter(Column::InviterId.eq(maker.id))
                .filter(Column::Id.gte(first_key(now - TimeDelta::days(1))))
                .filter(Column::Email.is_not_null());
            if mailed.count(&tx).await? >= MAILS {
                let message = format!("you had {MAILS} invitations mailed today: go on tomorrow");
                return Err(Error::refused(ErrorCode::QuotaExceeded, ["input", "email"], message));
            }
        }
    }
    invitation::Entity::insert(invitation.clone().into_active_model()).exec(&tx).await?;
    if let Some(email) = &invitation.email {
        mail(cx, &tx, &invitation, email).await?;
    }
    tx.commit().await?;
    Ok(invitation)
}

/// Mails an invitation, in its maker's language: its reader's is not known.
async fn mail(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    invitation: &invitation::Model,
    email: &str,
) -> Result<()> {
    let id = invitation.inviter_id;
    let gone = || Error::Unauthenticated;
    let maker = account::Entity::find_by_id(id).one(tx).await?.ok_or_else(gone)?;
    let profile = profile::Entity::find_by_id(id).one(tx).await?.ok_or_else(gone)?;
    let to = To { email: email.to_owned(), name: None, profile: None, locale: maker.locale };
    let link = address(cx.app, MAILED, invitation.id);
    let note = invitation.note.as_deref().unwrap_or_default();
    let blanks = json!({ "inviter": profile.name, "note": note, "link": link });
    let mail = NewMail::of(to, "invitation", blanks);
    put(cx, tx, NewMail { is_secret: true, sender: Some(id), ..mail }).await.map(|_| ())
}

/// Takes an invitation back. Who has joined by it stays.
pub async fn revoke_invitation(cx: Cx<'_>, id: Uuid) -> Result<invitation::Model> {
    policy::in_session(cx.actor)?;
    let tx = cx.begin().await?;
    let invitation = invitation::Entity::find_by_id(id)
        .one(&tx)
        .await?
        .filter(|invitation| policy::keep_invitation(cx.actor, invitation))
        .ok_or_else(|| Error::not_found("invitation"))?;
    if invitation.revoked_at.is_some() {
        return Ok(invitation);
    }
    let now = Some(cx.now());
    revoke(&tx, Column::Id.eq(id), cx.now()).await?;
    tx.commit().await?;
    Ok(invitation::Model { revoked_at: now, ..invitation })
}

/// Takes back what somebody invited to while they were an admin, and may not any more.
pub(super) async fn revoke_beyond(
    tx: &impl ConnectionTrait,
    inviter: Uuid,
    role: Role,
    now: DateTime<Utc>,
) -> Result<()> {
    if policy::invites_as(role) < Role::Admin {
        let beyond = Column::InviterId.eq(inviter).and(Column::Role.ne(Role::Member));
        revoke(tx, beyond, now).await?;
    }
    Ok(())
}

async fn revoke(tx: &impl ConnectionTrait, which: SimpleExpr, now: DateTime<Utc>) -> Result<()> {
    invitation::Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .filter(which.and(Column::RevokedAt.is_null()))
        .exec(tx)
        .await?;
    Ok(())
}

/// A page of all invitations, newest first.
pub async fn invitations(cx: Cx<'_>, ask: &page::Ask) -> Result<Page<invitation::Model>> {
    let rows = invitation::Entity::find();
    By::newest(Column::Id).page(cx.db, rows, ask, |row| Place::key(row.id)).await
}

/// The invitation that a token stands for.
pub async fn by_token(cx: Cx<'_>, token: &str) -> Result<Option<invitation::Model>> {
    Ok(find(cx, token).await?.map(|opened| opened.invitation))
}

/// Where the holder of an invitation goes.
pub fn link(app: &App, invitation: &invitation::Model) -> String {
    address(app, LABEL, invitation.id)
}

fn address(app: &App, label: &str, id: Uuid) -> String {
    let signature = app.vault.sign(label, id.as_bytes());
    format!("{}/join/{}.{signature}", app.config.front_url(), typeid::digits(id))
}

/// An invitation that somebody came with.
pub(super) struct Opened {
    /// The invitation.
    pub(super) invitation: invitation::Model,
    /// Whether the link was mailed: who came by it reads the mail of the invited address.
    pub(super) proves_address: bool,
}

async fn find(cx: Cx<'_>, token: &str) -> Result<Option<Opened>> {
    let Some((digits, signature)) = token.split_once('.') else { return Ok(None) };
    let Some(id) = typeid::decode_digits(digits) else { return Ok(None) };
    let is_by = |label| cx.app.vault.is_signed(label, id.as_bytes(), signature);
    let (shown, mailed) = (is_by(LABEL), is_by(MAILED));
    if !shown && !mailed {
        return Ok(None);
    }
    let invitation = invitation::Entity::find_by_id(id).one(cx.db).await?;
    Ok(invitation.map(|invitation| Opened {
        proves_address: mailed && invitation.email.is_some(),
        invitation,
    }))
}

/// The invitation of a token, if it opens the door to this address.
pub(super) async fn open(cx: Cx<'_>, token: &str, email: &str) -> Result<Opened> {
    let found = find(cx, token).await?;
    let opened =
        found.ok_or_else(|| refused(ErrorCode::NotFound, "there is no such invitation"))?;
    shut(state_of(&opened.invitation, cx.now()))?;
    if opened.invitation.email.as_ref().is_some_and(|only| *only != email.to_lowercase()) {
        let message = "this invitation is for another address";
        return Err(Error::refused(ErrorCode::Forbidden, ["input", "email"], message));
    }
    Ok(opened)
}

/// Counts a use. Of two who want the last one, the second finds it gone.
pub(super) async fn use_up(
    tx: &impl ConnectionTrait,
    invitation: &invitation::Model,
    now: DateTime<Utc>,
) -> Result<()> {
    let used = invitation::Entity::update_many()
        .col_expr(Column::UseCount, Expr::col(Column::UseCount).add(1))
        .filter(Column::Id.eq(invitation.id).and(still_open(now)))
        .exec(tx)
        .await?;
    if used.rows_affected > 0 {
        return Ok(());
    }
    let found = invitation::Entity::find_by_id(invitation.id).one(tx).await?;
    shut(found.map_or(State::Revoked, |found| state_of(&found, now)))
}

fn still_open(now: DateTime<Utc>) -> SimpleExpr {
    let time_left = Column::ExpiresAt.is_null().or(Column::ExpiresAt.gt(now));
    let uses_left = Expr::col(Column::UseCount).lt(Expr::col(Column::MaxUses));
    Column::RevokedAt.is_null().and(uses_left).and(time_left)
}

fn shut(state: State) -> Result<()> {
    match state {
        State::Open => Ok(()),
        State::Used => Err(refused(ErrorCode::Closed, "this invitation is used up")),
        State::Expired => Err(refused(ErrorCode::Expired, "the time of this invitation is over")),
        State::Revoked => Err(refused(ErrorCode::Closed, "this invitation was taken back")),
    }
}

fn refused(code: ErrorCode, message: &str) -> Error {
    Error::refused(code, ["input", "invitation"], message)
}

fn uses_out_of_range(actual: i32) -> Problem {
    let message = format!("choose 1 to {MAX_USES}");
    Problem::at(ErrorCode::OutOfRange, ["input", "maxUses"], message).with(Detail::Limit {
        min: Some(1.0),
        max: Some(f64::from(MAX_USES)),
        actual: Some(f64::from(actual)),
    })
}
